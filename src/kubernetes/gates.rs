//! Feature gates by their real names, and what each version makes of them; knows nothing of what they switch.

use super::version::Version;

/// A feature gate that the lab obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are Kubernetes' own")]
pub enum Gate {
    MaxUnavailableStatefulSet,
    StatefulSetRecreateStrategy,
    PersistentVolumeClaimUnusedSinceTime,
    StatefulSetSemanticRevisionComparison,
    StaleControllerConsistencyStatefulSet,
    StatefulSetAutoDeletePVC,
    PodIndexLabel,
    DeploymentReplicaSetTerminatingReplicas,
}

/// How far a feature has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Off unless somebody switches it on.
    Alpha,
    /// On or off by default; the value says which.
    Beta(bool),
    /// On for good, the gate is still known.
    Locked,
    /// Nobody knows such a gate.
    Absent,
}

impl Stage {
    /// Whether the feature is on where nobody says otherwise.
    pub fn is_on(self) -> bool {
        matches!(self, Stage::Beta(true) | Stage::Locked)
    }

    /// As the list of gates in a component's help writes it.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Alpha => "ALPHA",
            Stage::Beta(_) => "BETA",
            Stage::Locked => "GA",
            Stage::Absent => "-",
        }
    }
}

/// One gate's history: from each version on, its stage; before the first it is absent.
pub struct History {
    /// Which gate.
    pub gate: Gate,
    /// Its name.
    pub name: &'static str,
    /// From which version on it is at which stage, oldest first.
    pub stages: &'static [(Version, Stage)],
    /// Whether the feature stays on once the gate is gone.
    pub outlives: bool,
}

const V34: Version = Version::new(34, 0);
const V35: Version = Version::new(35, 0);
const V36: Version = Version::new(36, 0);
const V37: Version = Version::new(37, 0);

/// All gates. Follows pkg/features/kube_features.go of each version.
pub const GATES: [History; 8] = [
    History {
        gate: Gate::MaxUnavailableStatefulSet,
        name: "MaxUnavailableStatefulSet",
        stages: &[
            (V34, Stage::Alpha),
            (V35, Stage::Beta(true)),
            // Sets with `Parallel` got stuck (issue 137409).
            (Version::new(35, 4), Stage::Beta(false)),
            (V37, Stage::Beta(true)),
        ],
        outlives: false,
    },
    History {
        gate: Gate::StatefulSetRecreateStrategy,
        name: "StatefulSetRecreateStrategy",
        stages: &[(V37, Stage::Alpha)],
        outlives: false,
    },
    History {
        gate: Gate::PersistentVolumeClaimUnusedSinceTime,
        name: "PersistentVolumeClaimUnusedSinceTime",
        stages: &[(V36, Stage::Alpha), (V37, Stage::Beta(true))],
        outlives: false,
    },
    History {
        gate: Gate::StatefulSetSemanticRevisionComparison,
        name: "StatefulSetSemanticRevisionComparison",
        stages: &[(Version::new(34, 2), Stage::Beta(true))],
        outlives: false,
    },
    // Without an effect here: the controllers of the lab always read the latest objects.
    History {
        gate: Gate::StaleControllerConsistencyStatefulSet,
        name: "StaleControllerConsistencyStatefulSet",
        stages: &[(V36, Stage::Beta(true))],
        outlives: false,
    },
    History {
        gate: Gate::StatefulSetAutoDeletePVC,
        name: "StatefulSetAutoDeletePVC",
        stages: &[(V34, Stage::Locked), (V35, Stage::Absent)],
        outlives: true,
    },
    History {
        gate: Gate::PodIndexLabel,
        name: "PodIndexLabel",
        stages: &[(V34, Stage::Locked), (V35, Stage::Absent)],
        outlives: true,
    },
    History {
        gate: Gate::DeploymentReplicaSetTerminatingReplicas,
        name: "DeploymentReplicaSetTerminatingReplicas",
        stages: &[(V34, Stage::Alpha), (V35, Stage::Beta(true))],
        outlives: false,
    },
];

impl Gate {
    /// The gate's history.
    pub fn history(self) -> &'static History {
        &GATES[self as usize]
    }

    /// The gate's name.
    pub fn name(self) -> &'static str {
        self.history().name
    }

    /// How far the feature is in a version.
    pub fn stage(self, version: Version) -> Stage {
        let stages = self.history().stages.iter().rev();
        stages.into_iter().find(|(since, _)| *since <= version).map_or(Stage::Absent, |(_, stage)| *stage)
    }

    /// Whether the feature is on in a version where nobody says otherwise.
    pub fn is_on_by_default(self, version: Version) -> bool {
        match self.stage(version) {
            Stage::Absent => self.history().outlives,
            stage => stage.is_on(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_stand_at_their_places_in_order_of_versions() {
        for (at, history) in GATES.iter().enumerate() {
            assert_eq!(history.gate as usize, at, "{}", history.name);
            assert!(history.stages.is_sorted_by_key(|(since, _)| *since), "{}", history.name);
        }
    }

    #[test]
    fn the_story_of_max_unavailable() {
        let is_on = |minor, patch| Gate::MaxUnavailableStatefulSet.is_on_by_default(Version::new(minor, patch));
        assert_eq!([is_on(34, 9), is_on(35, 0), is_on(35, 3)], [false, true, true]);
        assert_eq!([is_on(35, 4), is_on(36, 2), is_on(37, 0)], [false, false, true]);
    }
}
