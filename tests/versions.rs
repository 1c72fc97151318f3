//! Each row of the table of differences is one that somebody can see: a session differs where the row alone is taken
//! away. And the page about versions says what the table says.

use statefulset_lab::i18n::{self, Lang, decisions};
use statefulset_lab::kubectl::lab_versions;
use statefulset_lab::kubernetes::{DIFFERENCES, Kubernetes, Version};
use statefulset_lab::model::{Kind, Millis, Value};
use statefulset_lab::playground::{Entry, Options, Playground};
use statefulset_lab::state::{COMPARED_MAX, MediaFeatures, Opening, State, View};
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
    w("event-part-shown", "1.36", "", include_str!("versions/pods.txt")),
    w("few-events", "1.36", "", include_str!("versions/pods.txt")),
    w("namespace-of-way-back", "1.36", "", include_str!("versions/attach.txt")),
];

const fn w(key: &'static str, version: &'static str, gates: &'static str, session: &'static str) -> Witness {
    Witness { key, version, gates, session }
}

/// What the console says in a session.
fn play(kubernetes: Kubernetes, session: &str) -> String {
    let playground = played(kubernetes, session);
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

/// A cluster after a session.
fn played(kubernetes: Kubernetes, session: &str) -> Playground {
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
    playground
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

/// Recreate takes all pods away because it is asked to: that breaks no promise.
#[test]
fn recreate_breaks_no_promise() {
    let kubernetes = Kubernetes::read("1.37", "StatefulSetRecreateStrategy=true").expect("the lab knows it");
    let playground = played(kubernetes, include_str!("versions/recreate.txt"));
    assert_eq!(playground.lights().breaks(), &[]);
    let set = playground.cluster().list(Kind::StatefulSet).next().expect("it is there");
    assert_eq!(set.at(&["status", "updatedReplicas"]), Some(&Value::Int(3)), "the update is not over");
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

/// The same story as the page's scenario: three branches side by side, each with its reason.
#[test]
fn the_scenario_of_a_broken_pod_lies_side_by_side_with_its_reasons() {
    let opening = Opening { scenario: Some("broken-parallel".into()), seed: 1, ..Opening::default() };
    let (state, _) = State::new(&opening, View::new(Lang::En, 900), MediaFeatures::default());
    assert_eq!(state.compared, [1, 2]);
    let mut playground = state.playground.borrow_mut();
    // The image changes once web-0 has failed.
    while playground.cluster().list(Kind::ControllerRevision).count() < 2 {
        assert!(playground.now() < Millis::seconds(120), "the scenario never comes to its update");
        playground.advance(250);
    }
    playground.advance(750);
    let at = playground.now();
    let told = |branch: usize, at: Millis| {
        let sim = playground.branch_at(branch, at).expect("the branch").0;
        let revisions = sim.cluster.list(Kind::Pod).filter(|pod| pod.meta.name.starts_with("web-"));
        let images: Vec<&str> =
            revisions.map(|pod| pod.list_at(&["spec", "containers"])[0].str_at(&["image"])).collect();
        let reasons = playground.reasons_at(branch, at);
        // Of one that waits, what it waits for; of one that goes on, what it did.
        let decision = if branch == 0 { reasons.last() } else { reasons.first() }.expect("a reason");
        let facts: Vec<(&str, &str)> = decision.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let say = |lang| {
            let until = decisions::until(lang, decision.rule, &facts).unwrap_or_default();
            format!("{} {until}", decisions::say(lang, decision.rule, &facts))
        };
        (
            sim.cluster.kubernetes().version().to_string(),
            images.join(" "),
            decision.rule,
            [say(Lang::En), say(Lang::Ja)],
        )
    };
    let later = at + Millis::seconds(240);
    // The pod that the update deletes first; a moment later its successor is made.
    let first = |branch: usize| {
        let moments = (0..=20).map(|step| Millis(at.0 - 1000 + 50 * step));
        let mut all = moments.filter(|at| !playground.reasons_at(branch, *at).is_empty()).map(|at| told(branch, at));
        all.find(|told| told.2.starts_with("sts.update.delete")).expect("the update deletes a pod")
    };
    let (one, two, three) = (told(0, later), first(1), first(2));
    // 1.35.0: the broken pod spends the budget itself, and the update waits for ever.
    assert_eq!((&*one.0, &*one.1, one.2), ("v1.35.0", "nginx:1.25 nginx:1.25 nginx:1.25", "sts.update.budget-stuck"));
    assert!(
        one.3[0].contains("web-0 is not available") && one.3[0].contains("kubectl delete pod web-0"),
        "{}",
        one.3[0]
    );
    assert!(
        one.3[1].contains("web-0 は利用可能ではなく") && one.3[1].contains("kubectl delete pod web-0"),
        "{}",
        one.3[1]
    );
    // 1.36: no budget; the highest first, whatever else is broken.
    assert_eq!((&*two.0, two.2), ("v1.36.2", "sts.update.delete-uncounted"));
    assert!(two.3.iter().all(|it| it.contains("1.36") && it.contains("web-0")), "{:?}", two.3);
    assert!(two.3[0].starts_with("web-2 has revision") && two.3[1].starts_with("web-2 のリビジョン"), "{:?}", two.3);
    // 1.37: the broken pod costs nothing and goes first.
    assert_eq!((&*three.0, three.2), ("v1.37.0", "sts.update.delete-unavailable"));
    assert!(
        three.3[0].starts_with("web-0 has revision") && three.3[1].starts_with("web-0 のリビジョン"),
        "{:?}",
        three.3
    );
    // Where it does not get stuck, it comes to its end.
    for branch in [1, 2] {
        let told = told(branch, later);
        assert_eq!(told.1, "nginx:1.27 nginx:1.27 nginx:1.27", "branch {branch}: {told:?}");
    }
}

#[test]
fn other_versions_are_laid_beside_by_name() {
    let opening =
        |compare: &str| Opening { scenario: Some("web".into()), compare: Some(compare.into()), ..Opening::default() };
    let begin = |compare: &str| State::new(&opening(compare), View::new(Lang::Ja, 900), MediaFeatures::default()).0;
    let state = begin("1.36, v1.35.0");
    let versions: Vec<String> = state
        .compared
        .iter()
        .map(|branch| {
            let sim = state.playground.borrow().branch_at(*branch, Millis::seconds(1)).expect("a branch").0;
            sim.cluster.kubernetes().version().to_string()
        })
        .collect();
    assert_eq!(versions, ["v1.36.2", "v1.35.0"]);
    let state = begin("1.36,2.0");
    assert!(state.compared.is_empty());
    assert!(state.notice.is_some_and(|notice| notice.contains("2.0")), "it is refused in words");
    assert_eq!(begin("1.34,1.35,1.36,1.37,1.35.0").compared.len(), COMPARED_MAX);
}

#[test]
fn the_page_about_versions_says_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/VERSIONS.md");
    let mut page = String::from(
        "# Which Kubernetes\n\nThe lab is one version of Kubernetes at a time: by `?version=1.37` in the address, by \
         the choice at the top of the page, or by `minikube start --kubernetes-version=v1.37.0 \
         --feature-gates=NAME=true` in the console. `lab versions` prints what follows. \
         `?compare=1.36,1.37` lays other versions of the same session beside it, each with what its controller did and \
         waits for; `?scenario=broken-parallel` is a story that plays three ways.\n\n## Feature gates\n\n```text\n",
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
