//! `lab versions`: the table of what differs between the versions of Kubernetes; changes nothing.

use super::command::Cx;
use crate::i18n::{self, Lang};
use crate::kubernetes::{DIFFERENCES, GATES, Kubernetes, Version};

/// Writes the tables for the cluster that there is.
pub fn versions(cx: &mut Cx<'_>) {
    let (lang, here) = (cx.state.lang, cx.cluster().kubernetes());
    let text = |key, values: &[(&str, &str)]| {
        i18n::fill(i18n::find(i18n::versions::ENTRIES, lang, key).unwrap_or(key), values)
    };
    cx.out.out(text("here", &[("version", &here.version().to_string())]));
    let gates = here.gates_text();
    if !gates.is_empty() {
        cx.out.out(text("here.gates", &[("gates", &gates)]));
    }
    for (key, lines) in [("gates", gate_lines()), ("differences", difference_lines(lang))] {
        cx.out.out("");
        cx.out.out(text(key, &[]));
        lines.into_iter().for_each(|line| cx.out.out(line));
    }
}

/// The gates, a line each, with their stage and default in every version.
pub fn gate_lines() -> Vec<String> {
    let width = GATES.iter().map(|history| history.name.len()).max().unwrap_or(0);
    let row = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("  {cell:<9}")).collect();
        format!("{name:<width$}{cells}").trim_end().to_string()
    };
    let mut lines = vec![row("", Version::all().map(Version::short).collect())];
    lines.extend(GATES.iter().map(|history| {
        let cells = Version::all().map(|version| {
            match (history.gate.stage(version).word(), history.gate.is_on_by_default(version)) {
                ("-", _) => "-".to_string(),
                (stage, is_on) => format!("{stage} {}", if is_on { "on" } else { "off" }),
            }
        });
        row(history.name, cells.collect())
    }));
    lines
}

/// The differences, a line each: where they are so, and what they are.
pub fn difference_lines(lang: Lang) -> Vec<String> {
    let head: String = Version::all().map(|version| format!("{:<6}", version.short())).collect();
    let mut lines = vec![head.trim_end().to_string()];
    lines.extend(DIFFERENCES.iter().map(|row| {
        let marks = Version::all().map(|version| {
            let kubernetes = Kubernetes::of(version);
            match (kubernetes.has(row.difference), row.gate) {
                (true, _) => "o",
                (false, Some(gate)) if row.covers(version) && kubernetes.knows(gate) => "g",
                (false, _) => "-",
            }
        });
        let marks: String = marks.map(|mark| format!("{mark:<6}")).collect();
        let words = i18n::find(i18n::versions::ENTRIES, lang, row.key).unwrap_or(row.key);
        format!("{marks}{words}")
    }));
    lines
}
