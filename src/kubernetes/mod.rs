//! Which Kubernetes: a version and its feature gates as one value, and what follows from it. Depends on nothing.
//!
//! The value is part of the environment. Whoever differs between versions asks it for a [`Difference`]; which versions
//! that means stands in one table.

pub mod differences;
pub mod gates;
pub mod version;

pub use differences::{Area, DIFFERENCES, Difference, has_effect};
pub use gates::{GATES, Gate, Stage};
pub use version::Version;

/// A version of Kubernetes with its feature gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kubernetes {
    version: Version,
    /// Which of [`GATES`] are on, a bit each.
    gates: u32,
    /// Which of [`DIFFERENCES`] are so, a bit each.
    differences: u64,
}

/// Why a feature gate cannot be switched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateError {
    /// Not of the form `NAME=true` or `NAME=false`.
    Form(String),
    /// Neither this version nor the lab knows it.
    Unknown(String),
    /// It is on for good.
    Locked(Gate),
}

impl Default for Kubernetes {
    fn default() -> Kubernetes {
        Kubernetes::of(Version::DEFAULT)
    }
}

impl Kubernetes {
    /// A version with the gates that it has by default.
    pub fn of(version: Version) -> Kubernetes {
        let on = GATES.iter().filter(|history| history.gate.is_on_by_default(version));
        let gates = on.fold(0, |gates, history| gates | bit(history.gate));
        Kubernetes { version, gates, differences: 0 }.settled()
    }

    /// The same version with one gate switched, whether or not anybody may.
    pub fn with(self, gate: Gate, is_on: bool) -> Kubernetes {
        let gates = if is_on { self.gates | bit(gate) } else { self.gates & !bit(gate) };
        Kubernetes { gates, ..self }.settled()
    }

    /// The same with one difference taken away: what the table is tested with.
    pub fn without(self, difference: Difference) -> Kubernetes {
        Kubernetes { differences: self.differences & !difference_bit(difference), ..self }
    }

    /// The same version with gates switched as in `--feature-gates=A=true,B=false`.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn with_gates(self, text: &str) -> Result<Kubernetes, GateError> {
        let mut changed = self;
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let value = |word: &str| match word.trim() {
                "true" | "True" | "TRUE" | "t" | "T" | "1" => Some(true),
                "false" | "False" | "FALSE" | "f" | "F" | "0" => Some(false),
                _ => None,
            };
            let read = pair.split_once('=').and_then(|(name, word)| Some((name.trim(), value(word)?)));
            let (name, is_on) = read.ok_or_else(|| GateError::Form(pair.to_string()))?;
            changed = changed.switched(name, is_on)?;
        }
        Ok(changed)
    }

    fn switched(self, name: &str, is_on: bool) -> Result<Kubernetes, GateError> {
        let stage_of = |word: &str| matches!((name, word), ("AllAlpha", "ALPHA") | ("AllBeta", "BETA"));
        if matches!(name, "AllAlpha" | "AllBeta") {
            let all = GATES.iter().filter(|history| stage_of(history.gate.stage(self.version).word()));
            return Ok(all.fold(self, |all, history| all.with(history.gate, is_on)));
        }
        let history = GATES.iter().find(|history| history.name == name);
        match history.map(|history| (history.gate, history.gate.stage(self.version))) {
            None | Some((_, Stage::Absent)) => Err(GateError::Unknown(name.to_string())),
            Some((gate, Stage::Locked)) if !is_on => Err(GateError::Locked(gate)),
            Some((gate, _)) => Ok(self.with(gate, is_on)),
        }
    }

    fn settled(self) -> Kubernetes {
        let holds = |row: &&differences::Row| {
            row.covers(self.version) && row.gate.is_none_or(|gate| self.gates & bit(gate) != 0)
        };
        let differences = DIFFERENCES.iter().filter(holds).fold(0, |all, row| all | difference_bit(row.difference));
        Kubernetes { differences, ..self }
    }

    /// The version.
    pub fn version(self) -> Version {
        self.version
    }

    /// Whether a gate is on.
    pub fn gate(self, gate: Gate) -> bool {
        self.gates & bit(gate) != 0
    }

    /// Whether this version has such a gate.
    pub fn knows(self, gate: Gate) -> bool {
        gate.stage(self.version) != Stage::Absent
    }

    /// Whether something that differs is so here.
    pub fn has(self, difference: Difference) -> bool {
        self.differences & difference_bit(difference) != 0
    }

    /// The gates that are not as the version has them, as `--feature-gates` takes them; empty if there are none.
    pub fn gates_text(self) -> String {
        let changed =
            GATES.iter().filter(|history| self.gate(history.gate) != history.gate.is_on_by_default(self.version));
        let words: Vec<String> =
            changed.map(|history| format!("{}={}", history.name, self.gate(history.gate))).collect();
        words.join(",")
    }

    /// Reads what [`Kubernetes::gates_text`] and [`Version`] write.
    ///
    /// # Errors
    /// The part that is not understood.
    pub fn read(version: &str, gates: &str) -> Result<Kubernetes, String> {
        let version = Version::parse(version).ok_or_else(|| version.to_string())?;
        Kubernetes::of(version).with_gates(gates).map_err(|error| match error {
            GateError::Form(text) | GateError::Unknown(text) => text,
            GateError::Locked(gate) => gate.name().to_string(),
        })
    }
}

fn bit(gate: Gate) -> u32 {
    1 << gate as u32
}

fn difference_bit(difference: Difference) -> u64 {
    1 << difference as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Kubernetes {
        Kubernetes::of(Version::parse(text).unwrap())
    }

    #[test]
    fn gates_are_switched_by_name() {
        let on = of("1.36").with_gates("MaxUnavailableStatefulSet=true").unwrap();
        assert!(on.has(Difference::MaxUnavailable) && !on.has(Difference::UnavailableCostNothing));
        assert_eq!(on.gates_text(), "MaxUnavailableStatefulSet=true");
        assert_eq!(Kubernetes::read("v1.36.2", &on.gates_text()), Ok(on));
        assert!(of("1.37").with_gates("AllAlpha=true").unwrap().has(Difference::Recreate));
        assert!(!of("1.37").with_gates("AllBeta=false").unwrap().has(Difference::UnusedClaims));
    }

    #[test]
    fn gates_that_nobody_may_switch_are_refused() {
        let refused = |version, text| of(version).with_gates(text).unwrap_err();
        assert_eq!(refused("1.36", "Foo=true"), GateError::Unknown("Foo".into()));
        assert_eq!(
            refused("1.36", "StatefulSetRecreateStrategy=true"),
            GateError::Unknown("StatefulSetRecreateStrategy".into())
        );
        assert_eq!(refused("1.34", "PodIndexLabel=false"), GateError::Locked(Gate::PodIndexLabel));
        assert_eq!(refused("1.35", "PodIndexLabel=true"), GateError::Unknown("PodIndexLabel".into()));
        assert_eq!(refused("1.36", "MaxUnavailableStatefulSet"), GateError::Form("MaxUnavailableStatefulSet".into()));
        assert_eq!(
            refused("1.36", "MaxUnavailableStatefulSet=on"),
            GateError::Form("MaxUnavailableStatefulSet=on".into())
        );
    }

    #[test]
    fn a_difference_that_is_taken_away_is_gone() {
        let kubernetes = of("1.37").without(Difference::OnDeleteCompletes);
        assert!(!kubernetes.has(Difference::OnDeleteCompletes) && kubernetes.has(Difference::SetDescription));
    }
}
