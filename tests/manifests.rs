//! The error gallery: each file of `tests/manifests/` holds a manifest and, behind a line of `=====`, what is said
//! about it. A first line `# Kubernetes 1.36` says under which version. Record with `UPDATE_EXPECT=1`, then read the
//! difference as you would code.

use statefulset_lab::kubernetes::{Kubernetes, Version};
use statefulset_lab::manifest::{Problem, Severity, read};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

const RULE: &str = "=====\n";

#[test]
fn every_manifest_gets_its_messages() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/manifests");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(&folder).expect("the gallery").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    let mut differing = Vec::new();
    for path in &paths {
        let golden = fs::read_to_string(path).expect("text");
        let (source, expected) = golden.split_once(RULE).unwrap_or((&golden, ""));
        let rendered = render(source);
        if rendered == expected {
            continue;
        }
        if std::env::var("UPDATE_EXPECT").is_ok() {
            fs::write(path, format!("{source}{RULE}{rendered}")).expect("written");
        } else {
            differing.push(format!("{}\nexpected\n{expected}\nfound\n{rendered}", path.display()));
        }
    }
    assert!(!paths.is_empty(), "the gallery is empty");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

fn render(source: &str) -> String {
    let first = source.lines().next().unwrap_or_default();
    let version = first.strip_prefix("# Kubernetes ").map(|text| Version::parse(text).expect("a version"));
    let manifest = read(source, version.map_or_else(Kubernetes::default, Kubernetes::of));
    let mut out = String::new();
    for problem in &manifest.problems {
        render_problem(&mut out, source, problem);
    }
    for (_, object) in &manifest.objects {
        let name = object.kind.qualified_singular();
        writeln!(out, "accepted: {name}/{}", object.meta.name).expect("a string grows");
    }
    if out.is_empty() { "nothing to apply\n".into() } else { out }
}

fn render_problem(out: &mut String, source: &str, problem: &Problem) {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let span = problem.span;
    writeln!(out, "{severity} at {}:{}", span.line, span.column).expect("a string grows");
    if let Some(line) = source.split('\n').nth(span.line - 1) {
        let before: String = line.chars().take(span.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let marked = source.get(span.start..span.end).unwrap_or("").lines().next().unwrap_or("");
        writeln!(out, "    {line}\n    {before}{}", "^".repeat(marked.chars().count().max(1))).expect("a string grows");
    }
    if !problem.message.is_empty() {
        writeln!(out, "  {}", problem.message).expect("a string grows");
    }
    if let Some(hint) = &problem.hint {
        writeln!(out, "  hint: {}\n  ヒント: {}", hint.english(), hint.japanese()).expect("a string grows");
    }
}
