//! `lab versions`: the table of what differs between the versions of Kubernetes; changes nothing.

use super::command::Cx;
use crate::i18n::{self, Lang};
use crate::kubernetes::{Area, DIFFERENCES, GATES, Kubernetes, Version};

/// Writes the tables for the cluster that there is: its column is that of its own version and gates.
pub fn versions(cx: &mut Cx<'_>) {
    let (lang, here) = (cx.state.lang, cx.cluster().kubernetes());
    cx.out.out(text(lang, "here", &[("version", &here.version().to_string())]));
    let gates = here.gates_text();
    if !gates.is_empty() {
        cx.out.out(text(lang, "here.gates", &[("gates", &gates)]));
    }
    cx.out.out("");
    cx.out.out(text(lang, "gates", &[]));
    gate_lines(Some(here)).into_iter().for_each(|line| cx.out.out(line));
    cx.out.out("");
    cx.out.out(text(lang, "differences", &[]));
    for area in [Area::Rule, Area::Field, Area::Text] {
        cx.out.out("");
        difference_lines(lang, area, Some(here)).into_iter().for_each(|line| cx.out.out(line));
    }
}

fn text(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    i18n::fill(i18n::find(i18n::versions::ENTRIES, lang, key).unwrap_or(key), values)
}

/// The columns: each version with its own gates, but the cluster's minor as the cluster is.
fn columns(here: Option<Kubernetes>) -> Vec<(String, Kubernetes)> {
    let column = |version: Version| match here.filter(|here| here.version().minor == version.minor) {
        // The patch is told where it is another than the minor alone stands for.
        Some(here) if here.version() == version => (format!("{}*", version.short()), here),
        Some(here) => (format!("{}*", here.version().to_string().trim_start_matches('v')), here),
        None => (version.short(), Kubernetes::of(version)),
    };
    Version::all().map(column).collect()
}

/// The gates, a line each, with their stage and state in every version.
pub fn gate_lines(here: Option<Kubernetes>) -> Vec<String> {
    let columns = columns(here);
    let width = GATES.iter().map(|history| history.name.len()).max().unwrap_or(0);
    let row = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("  {cell:<9}")).collect();
        format!("{name:<width$}{cells}").trim_end().to_string()
    };
    let mut lines = vec![row("", columns.iter().map(|(head, _)| head.clone()).collect())];
    lines.extend(GATES.iter().map(|history| {
        let cells = columns.iter().map(|(_, kubernetes)| {
            match (history.gate.stage(kubernetes.version()).word(), kubernetes.gate(history.gate)) {
                ("-", true) => "always on".to_string(),
                ("-", false) => "-".to_string(),
                (stage, is_on) => format!("{stage} {}", if is_on { "on" } else { "off" }),
            }
        });
        row(history.name, cells.collect())
    }));
    lines
}

/// The differences of a sort, a line each under the versions: where they are so, and what they are.
pub fn difference_lines(lang: Lang, area: Area, here: Option<Kubernetes>) -> Vec<String> {
    let columns = columns(here);
    let head: String = columns.iter().map(|(head, _)| format!("{head:<8}")).collect();
    let mut lines = vec![format!("{head}{}", text(lang, area.word(), &[]))];
    lines.extend(DIFFERENCES.iter().filter(|row| row.area == area).map(|row| {
        let marks = columns.iter().map(|(_, kubernetes)| match (kubernetes.has(row.difference), row.gate) {
            (true, _) => "o",
            (false, Some(gate)) if row.covers(kubernetes.version()) && kubernetes.knows(gate) => "g",
            (false, _) => "-",
        });
        let marks: String = marks.map(|mark| format!("{mark:<8}")).collect();
        format!("{marks}{}", text(lang, row.key, &[]))
    }));
    lines
}
