//! Each row of the table of differences is one that somebody can see: a session differs where the row alone is taken
//! away. And the page about versions says what the table says.

use statefulset_lab::i18n::{self, Lang};
use statefulset_lab::kubectl::lab_versions;
use statefulset_lab::kubernetes::{DIFFERENCES, Kubernetes, Version};
use statefulset_lab::playground::{Entry, Options, Playground};
use statefulset_lab::world::Environment;
use std::fmt::Write as _;

/// A session that a row changes: the row's key, a version that has it, its gates, and what is typed. A line `@wait N`
/// lets N milliseconds pass, `@file` and the lines up to `EOF` stand in the editor from then on.
struct Witness {
    key: &'static str,
    version: &'static str,
    gates: &'static str,
    session: &'static str,
}

const WITNESSES: &[Witness] = &[
    w("max-unavailable", "1.35.0", "", include_str!("versions/max_unavailable.txt")),
    w("unavailable-free", "1.37", "", include_str!("versions/broken_parallel.txt")),
    w("recreate", "1.37", "StatefulSetRecreateStrategy=true", include_str!("versions/recreate.txt")),
    w("on-delete-completes", "1.37", "", include_str!("versions/on_delete.txt")),
    w("conditions-kept", "1.37", "", include_str!("versions/conditions.txt")),
    w("revisions-by-meaning", "1.36", "", include_str!("versions/same_meaning.txt")),
    w("looks-again-in-time", "1.36", "", include_str!("versions/min_ready.txt")),
    w("capital-events", "1.36", "", include_str!("versions/describe.txt")),
    w("unused-claims", "1.37", "", include_str!("versions/unused_claim.txt")),
    w("unused-once-bound", "1.37", "", include_str!("versions/unused_claim.txt")),
    w("workload-ref", "1.35", "", include_str!("versions/scheduling_fields.txt")),
    w("scheduling-group", "1.36", "", include_str!("versions/scheduling_fields.txt")),
    w("nameless-container-events", "1.36", "", include_str!("versions/pods.txt")),
    w("nameless-taints", "1.36", "", include_str!("versions/pods.txt")),
    w("failure-before-completion", "1.36", "", include_str!("versions/pods.txt")),
    w("no-secrets-column", "1.36", "", include_str!("versions/pods.txt")),
    w("undo-warning", "1.36", "", include_str!("versions/describe.txt")),
    w("kernel-architecture", "1.36", "", include_str!("versions/pods.txt")),
    w("no-kube-proxy-line", "1.36", "", include_str!("versions/pods.txt")),
    w("set-description", "1.37", "", include_str!("versions/describe.txt")),
    w("probe-field-names", "1.37", "", include_str!("versions/describe.txt")),
    w("event-part-told", "1.36", "", include_str!("versions/pods.txt")),
    w("few-events", "1.36", "", include_str!("versions/pods.txt")),
    w("namespace-of-way-back", "1.36", "", include_str!("versions/attach.txt")),
];

const fn w(key: &'static str, version: &'static str, gates: &'static str, session: &'static str) -> Witness {
    Witness { key, version, gates, session }
}

/// What the console says in a session.
fn play(kubernetes: Kubernetes, session: &str) -> String {
    let environment = Environment::minikube().with_kubernetes(kubernetes);
    let mut playground = Playground::new(Options { seed: 7, environment, manifest: String::new(), lines: Vec::new() });
    let mut lines = session.lines();
    while let Some(line) = lines.next() {
        if let Some(ms) = line.strip_prefix("@wait ") {
            playground.advance(ms.parse().expect("milliseconds"));
        } else if line == "@file" {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "EOF").collect();
            playground.set_editor(&(text.join("\n") + "\n"));
        } else if !line.is_empty() && !line.starts_with('#') {
            playground.enter(line);
            playground.advance(100);
        }
    }
    let mut text = String::new();
    for entry in playground.entries().iter() {
        match &**entry {
            Entry::Typed { text: line, .. } => writeln!(text, "$ {line}").expect("a string grows"),
            Entry::Said { output, .. } => {
                output.lines.iter().for_each(|line| writeln!(text, "{}", line.text()).expect("a string grows"));
            }
        }
    }
    text
}

#[test]
fn every_row_changes_a_session() {
    for (row, witness) in DIFFERENCES.iter().zip(WITNESSES) {
        assert_eq!(row.key, witness.key, "each row has a witness, in the order of the table");
        let kubernetes = Kubernetes::read(witness.version, witness.gates).expect("the lab knows it");
        assert!(kubernetes.has(row.difference), "{}: {} does not have it", row.key, witness.version);
        let with = play(kubernetes, witness.session);
        let without = play(kubernetes.without(row.difference), witness.session);
        assert_ne!(with, without, "{}: the session is the same without it:\n{with}", row.key);
    }
    assert_eq!(DIFFERENCES.len(), WITNESSES.len());
}

#[test]
fn every_row_has_words_in_both_languages() {
    for row in DIFFERENCES {
        for lang in [Lang::En, Lang::Ja] {
            assert!(i18n::find(i18n::versions::ENTRIES, lang, row.key).is_some(), "{}: no words", row.key);
        }
    }
    for (key, ..) in i18n::versions::ENTRIES {
        let is_head = ["here", "here.gates", "gates", "differences"].contains(key);
        assert!(is_head || DIFFERENCES.iter().any(|row| row.key == *key), "{key}: no such row");
    }
}

/// The known story: a rolling update under Parallel with maxUnavailable 1, and one pod that is broken already.
#[test]
fn one_broken_pod_under_parallel_plays_three_ways() {
    let session = include_str!("versions/broken_parallel.txt");
    let images = |version: &str| {
        let text = play(Kubernetes::of(Version::parse(version).expect("known")), session);
        let images = text.lines().filter_map(|line| line.strip_prefix("images ")).map(str::to_string);
        images.collect::<Vec<_>>()
    };
    let all = |one: &str, two: &str, three: &str| format!("nginx:{one} nginx:{two} nginx:{three}");
    // 1.35.0: the broken pod spends the budget, and the update waits for ever.
    assert_eq!(images("1.35.0"), [all("1.25", "1.25", "1.25"), all("1.25", "1.25", "1.25")]);
    // 1.36: there is no budget; from the highest down, whatever else is broken.
    assert_eq!(images("1.36"), [all("1.25", "1.25", "1.27"), all("1.27", "1.27", "1.27")]);
    // 1.37: the broken pod costs nothing and goes first; then the budget counts.
    assert_eq!(images("1.37"), [all("1.27", "1.25", "1.25"), all("1.27", "1.27", "1.27")]);
}

#[test]
fn the_page_about_versions_says_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/VERSIONS.md");
    let mut page = String::from(
        "# Which Kubernetes\n\nThe lab is one version of Kubernetes at a time: by `?version=1.37` in the address, by \
         the choice at the top of the page, or by `minikube start --kubernetes-version=v1.37.0 \
         --feature-gates=NAME=true` in the console. `lab versions` prints what follows.\n\n## Feature gates\n\n```text\n",
    );
    lab_versions::gate_lines().iter().for_each(|line| page += &format!("{line}\n"));
    page += "```\n\n## Differences\n\n`o`: it is so. `g`: it is so with its feature gate on. `-`: it is not so.\n\n```text\n";
    lab_versions::difference_lines(Lang::En).iter().for_each(|line| page += &format!("{line}\n"));
    page += "```\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, page).expect("written");
        return;
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(stored, page, "the table has changed: write the page anew with UPDATE_EXPECT=1");
}
