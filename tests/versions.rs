//! Each row of the table of differences is one that somebody can see: a session differs where the row alone is taken
//! away. And the page about versions says what the table says.

use statefulset_lab::explain::say_plan;
use statefulset_lab::i18n::{self, Lang, decisions};
use statefulset_lab::kubectl::lab_versions;
use statefulset_lab::kubernetes::{Area, DIFFERENCES, Difference, Kubernetes, Version};
use statefulset_lab::manifest::read_with;
use statefulset_lab::model::{Kind, Millis, Value};
use statefulset_lab::playground::{Entry, Options, Playground};
use statefulset_lab::state::{Action, COMPARED_MAX, LessonAction, MediaFeatures, Micros, Opening, State, View};
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
    w("containers-listed", "1.36", "", include_str!("versions/words.txt")),
    w("labels-modified", "1.36", "", include_str!("versions/words.txt")),
    w("unmanaged-said-once", "1.36", "", include_str!("versions/words.txt")),
    w("debug-is-general", "1.36", "", include_str!("versions/words.txt")),
    w("app-protocol-line", "1.36", "", include_str!("versions/words.txt")),
    w("time-zone-line", "1.36", "", include_str!("versions/words.txt")),
    w("waits-for-several", "1.36", "", include_str!("versions/words.txt")),
    w("run-refuses-briefly", "1.37", "", include_str!("versions/words.txt")),
    w("templates-name-images", "1.37", "", include_str!("versions/image_volume.txt")),
    w("terminating-replicas", "1.36", "", include_str!("versions/terminating_replicas.txt")),
    w("rules-show-values", "1.35", "", include_str!("versions/rules_show_values.txt")),
    w("external-addresses-warning", "1.36", "", include_str!("versions/external_addresses.txt")),
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
        let is_head = ["here", "here.gates", "gates", "differences", "rule", "field", "text"].contains(key);
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
    while playground.cluster().list_in(Kind::ControllerRevision, "default").count() < 2 {
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
    assert_eq!(state.compared, [1], "the one that there is lies beside");
    assert!(state.notice.is_some_and(|notice| notice.contains("2.0")), "it is refused in words");
    assert_eq!(begin("1.34,1.35,1.36,1.37,1.35.0").compared.len(), COMPARED_MAX);
}

/// The text with its blocks of tables as they are to be, in their order.
fn with_tables(text: &str, tables: &[Vec<String>]) -> String {
    let (mut out, mut tables, mut is_inside) = (String::new(), tables.iter(), false);
    for line in text.lines() {
        is_inside &= line != "```";
        if !is_inside {
            out += &format!("{line}\n");
        }
        if line == "```text" {
            is_inside = true;
            tables.next().expect("no block too many").iter().for_each(|row| out += &format!("{row}\n"));
        }
    }
    assert!(tables.next().is_none(), "a table has no block");
    out
}

#[test]
fn the_page_about_versions_says_what_the_table_says() {
    for lang in [Lang::En, Lang::Ja] {
        let path = format!("{}/www/docs/{}/versions.md", env!("CARGO_MANIFEST_DIR"), lang.tag());
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        let areas = [Area::Rule, Area::Field, Area::Text];
        let mut tables = vec![lab_versions::gate_lines(None)];
        tables.extend(areas.map(|area| lab_versions::difference_lines(lang, area, None)));
        let page = with_tables(&stored, &tables);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(path, page).expect("written");
            continue;
        }
        assert_eq!(stored, page, "the table has changed: write {path} anew with UPDATE_EXPECT=1");
    }
}

fn opened(opening: Opening) -> State {
    State::new(&Opening { seed: 1, ..opening }, View::new(Lang::En, 900), MediaFeatures::default()).0
}

fn act(state: &mut State, action: Action) {
    state.reduce(action, &|| Micros(0));
}

/// What the cluster of a branch says of the set's image, and how many replicas it wants.
fn set_in(state: &State, branch: usize) -> (String, Option<i64>) {
    let playground = state.playground.borrow();
    let (sim, _) = playground.branch_at(branch, playground.now()).expect("there is such a branch");
    let set = sim.cluster.list(Kind::StatefulSet).next().expect("there is a set");
    let containers = set.list_at(&["spec", "template", "spec", "containers"]);
    (containers[0].str_at(&["image"]).to_string(), set.i64_at(&["spec", "replicas"]))
}

/// Versions that lie side by side tell one story: what is typed and applied goes to all of them.
#[test]
fn what_is_done_beside_another_version_is_done_there_too() {
    let mut state = opened(Opening { version: Some("1.34".into()), ..Opening::default() });
    act(&mut state, Action::Advance(Millis::seconds(30)));
    act(&mut state, Action::PlanVersion(Kubernetes::of(Version::parse("1.37").expect("known"))));
    assert_eq!(state.compared, [1]);
    let text = state.files.text().replace("nginx-slim:0.24", "nginx-slim:0.25").replace("replicas: 3", "replicas: 2");
    assert_ne!(text, *state.files.text(), "the scenario is another one");
    act(&mut state, Action::Edit(text.as_str().into()));
    act(&mut state, Action::Apply);
    act(&mut state, Action::Type("kubectl delete pod web-0 --wait=false".into()));
    act(&mut state, Action::Advance(Millis::seconds(60)));
    act(&mut state, Action::Type("kubectl scale sts/web --replicas=4".into()));
    assert_eq!(set_in(&state, 1), ("registry.k8s.io/nginx-slim:0.25".into(), Some(4)));
    assert_eq!(set_in(&state, 1), set_in(&state, 0));
    assert_eq!(state.playground.borrow().current_branch(), 0);
    // Acting in the past begins another story: it is told under the other version as well.
    act(&mut state, Action::Seek(Millis::seconds(40)));
    act(&mut state, Action::Type("kubectl scale sts/web --replicas=1".into()));
    let (here, there) = (state.playground.borrow().current_branch(), state.compared[0]);
    assert!(here != 0 && there > 1, "{here} {there}");
    assert_eq!(set_in(&state, there).1, Some(1));
    assert!(state.playground.borrow().is_same_story(there));
    // And so it is once the session comes back.
    let again = Playground::restore(&state.playground.borrow().save()).expect("it is one of ours");
    assert!(again.is_same_story(there) && !again.is_same_story(0));
}

/// A plan that lies beside stands for itself, and says so.
#[test]
fn a_plan_that_lies_beside_stands_still() {
    let mut state = opened(Opening::default());
    act(&mut state, Action::Advance(Millis::seconds(30)));
    let text = state.files.text().replace("replicas: 3", "replicas: 2");
    act(&mut state, Action::Edit(text.as_str().into()));
    act(&mut state, Action::Plan(None));
    act(&mut state, Action::PlayPlan(true));
    let beside = state.compared[0];
    assert!(!state.playground.borrow().stands_still(beside));
    act(&mut state, Action::Advance(Millis::seconds(1)));
    act(&mut state, Action::Type("kubectl scale sts/web --replicas=5".into()));
    assert!(state.playground.borrow().stands_still(beside));
    assert_eq!(set_in(&state, beside).1, Some(2));
    assert!(state.shown_plan.as_ref().is_some_and(|plan| plan.is_outdated(&state.playground.borrow())));
}

/// A plan follows the cluster to another version and other gates.
#[test]
fn a_plan_is_made_anew_when_a_gate_is_switched() {
    let mut state = opened(Opening { version: Some("1.37".into()), ..Opening::default() });
    act(&mut state, Action::Advance(Millis::seconds(30)));
    let text =
        state.files.text().replace("type: RollingUpdate\n    rollingUpdate:\n      partition: 0", "type: Recreate");
    assert!(text.contains("Recreate"), "the scenario is another one");
    act(&mut state, Action::Edit(text.as_str().into()));
    act(&mut state, Action::Plan(None));
    let is_refused = |state: &State| state.shown_plan.as_ref().is_some_and(|it| !it.plan.refused.is_empty());
    assert!(is_refused(&state));
    let line = "minikube start --kubernetes-version=v1.37.0 --feature-gates=StatefulSetRecreateStrategy=true";
    act(&mut state, Action::Run(line.into()));
    assert!(!is_refused(&state));
    assert!(state.shown_plan.as_ref().is_some_and(|it| !it.is_outdated(&state.playground.borrow())));
}

/// What is right of what an address asks for is kept, and the rest is named.
#[test]
fn a_bad_gate_keeps_the_version() {
    let of = |version: &str, gates: &str| {
        let opening = Opening { version: Some(version.into()), gates: Some(gates.into()), ..Opening::default() };
        let state = opened(opening);
        let runs = state.playground.borrow().cluster().kubernetes().version().to_string();
        (runs, state.notice.unwrap_or_default().to_string())
    };
    let (runs, notice) = of("1.35.0", "StatefulSetRecreateStrategy=true");
    assert_eq!(runs, "v1.35.0");
    assert_eq!(
        notice,
        "Kubernetes v1.35.0 has no feature gate StatefulSetRecreateStrategy: only 1.37 has it; of v1.35.0 the lab knows MaxUnavailableStatefulSet, StatefulSetSemanticRevisionComparison, DeploymentReplicaSetTerminatingReplicas. This lab runs as Kubernetes v1.35.0."
    );
    let (runs, notice) = of("1.34", "PodIndexLabel=false");
    assert_eq!(runs, "v1.34.9");
    assert!(notice.contains("locked"), "{notice}");
    assert_eq!(of("banana", "Nope=true").0, Version::DEFAULT.to_string());
    let (runs, notice) = of("1.35.99", "Foo=true");
    assert_eq!(runs, "v1.35.6", "the patch of that minor version that the lab knows");
    assert!(notice.contains("1.35.99") && notice.contains("Foo"), "{notice}");
    let state = opened(Opening { compare: Some("1.36,banana".into()), ..Opening::default() });
    assert_eq!(state.compared, [1]);
    assert!(state.notice.as_deref().is_some_and(|notice| notice.contains("banana")), "{:?}", state.notice);
}

/// A lesson of one version says so, and one about several lies beside itself.
#[test]
fn a_lesson_about_three_versions_shows_three() {
    let source = include_str!("../www/lessons/broken-parallel.md");
    let lesson = Some(("broken-parallel".to_string(), source.to_string()));
    let mut state = opened(Opening { lesson: lesson.clone(), ..Opening::default() });
    assert_eq!(state.compared, [1, 2]);
    act(&mut state, Action::Advance(Millis::seconds(40)));
    act(&mut state, Action::Run("kubectl delete pod web-0".into()));
    act(&mut state, Action::Advance(Millis::seconds(40)));
    for branch in 0..3 {
        assert_eq!(set_in(&state, branch), ("nginx:1.27".into(), Some(3)), "{branch}");
    }
    let state = opened(Opening { lesson, version: Some("1.37".into()), ..Opening::default() });
    assert!(state.notice.as_deref().is_some_and(|notice| notice.contains("v1.35.0")), "{:?}", state.notice);
}

/// While Recreate takes all pods away, the picture and `why` say so, and a plan says what it costs.
#[test]
fn recreate_is_explained() {
    let kubernetes = Kubernetes::read("1.37", "StatefulSetRecreateStrategy=true").expect("the lab knows it");
    let session = include_str!("versions/recreate.txt").split("@wait 1500\n").next().expect("a first part");
    let mut playground = played(kubernetes, session);
    let said = |playground: &Playground, line: &str| {
        let entries = playground.would_say(line, Millis::seconds(1));
        let lines = entries.iter().filter_map(|entry| match &**entry {
            Entry::Said { output, .. } => Some(output.lines.iter().map(|line| line.text()).collect::<Vec<_>>()),
            Entry::Typed { .. } => None,
        });
        lines.flatten().collect::<Vec<_>>().join("\n")
    };
    let why = said(&playground, "why sts/web");
    assert!(why.contains("deleted at once") && why.contains("web-0, web-1, web-2"), "{why}");
    let status = said(&playground, "kubectl rollout status sts/web");
    assert!(status.starts_with("error: rollout status is only available for RollingUpdate"), "{status}");
    assert!(status.contains("hint: with Recreate"), "{status}");
    playground.advance(30_000);
    let text = playground.editor().replace("nginx:1.25", "nginx:1.28");
    let plan = playground.plan(&text, None);
    let words = say_plan(Lang::En, &plan).join("\n");
    assert!(words.contains("all at once: web-0, web-1, web-2") && words.contains("That is an outage: for "), "{words}");
    // A rolling update is none.
    let text = text.replace("type: Recreate", "type: RollingUpdate");
    let words = say_plan(Lang::En, &playground.plan(&text, None)).join("\n");
    assert!(words.contains("in this order") && !words.contains("outage"), "{words}");
}

/// How the update went stays to be read once it is over.
#[test]
fn each_version_keeps_the_course_of_its_update() {
    let mut state = opened(Opening { scenario: Some("broken-parallel".into()), ..Opening::default() });
    act(&mut state, Action::Advance(Millis::seconds(200)));
    let course = |branch: usize| {
        let playground = state.playground.borrow();
        let course = playground.course_at(branch, playground.now()).expect("an update has begun");
        let names: Vec<String> = course.replaced.iter().map(|it| it.1.to_string()).collect();
        (names.join(" "), course.fewest, course.first.expect("something decided").rule)
    };
    assert_eq!(course(0), (String::new(), Some((2, 3)), "sts.update.budget-stuck"));
    assert_eq!(course(1), ("web-2 web-1 web-0".into(), Some((1, 3)), "sts.update.delete-uncounted"));
    assert_eq!(course(2), ("web-0 web-2 web-1".into(), Some((2, 3)), "sts.update.delete-unavailable"));
}

/// A lesson quotes what was decided, also where that was before the step began.
#[test]
fn the_lesson_quotes_the_reason_of_the_budget() {
    let source = include_str!("../www/lessons/broken-parallel.md");
    let lesson = Some(("broken-parallel".to_string(), source.to_string()));
    let mut state = opened(Opening { lesson, ..Opening::default() });
    act(&mut state, Action::Advance(Millis::seconds(40)));
    act(&mut state, Action::Run("why sts/web".into()));
    act(&mut state, Action::Run("kubectl delete pod web-0".into()));
    act(&mut state, Action::Advance(Millis::seconds(60)));
    let playground = state.playground.borrow();
    let said: Vec<String> = playground.reasons(1).iter().map(|it| it.say(Lang::En)).collect();
    assert!(said.len() == 1 && said[0].contains("spends the budget itself"), "{said:?}");
}

/// A field of another version is named as one, and nothing says that it is accepted.
#[test]
fn a_field_of_another_version_is_said_to_be_one() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  schedulingGroup: {podGroupName: x}\n  containers: [{name: a, image: nginx}]\n";
    let hints = |version: &str| {
        let problems = read_with(text, Kubernetes::of(Version::parse(version).expect("known")), &[]).problems;
        problems.iter().filter_map(|it| it.hint.as_ref().map(|hint| hint.english())).collect::<Vec<_>>()
    };
    assert_eq!(hints("1.34"), ["`schedulingGroup` is a field of Kubernetes 1.36, 1.37; this cluster is v1.34.9"]);
    assert!(hints("1.36").iter().all(|it| it.contains("is accepted")), "{:?}", hints("1.36"));
}

/// What another version would do comes with the rule that makes the difference, found by taking the rule away.
#[test]
fn a_plan_under_another_version_says_what_matters() {
    let mut state = opened(Opening { version: Some("1.34".into()), ..Opening::default() });
    act(&mut state, Action::Advance(Millis::seconds(30)));
    let text = state.files.text().replace("nginx-slim:0.24", "nginx-slim:0.25");
    let text = text.replace("      partition: 0", "      partition: 0\n      maxUnavailable: 2");
    act(&mut state, Action::Edit(text.as_str().into()));
    let newest = Kubernetes::of(Version::parse("1.37").expect("known"));
    act(&mut state, Action::Plan(Some(newest)));
    let plan = state.shown_plan.clone().expect("a plan");
    let (here, matters) = plan.here.as_ref().expect("beside the own version's");
    assert_eq!(matters, &[Difference::MaxUnavailable]);
    assert_ne!(say_plan(Lang::En, here), say_plan(Lang::En, &plan.plan));
    // From one pod less nothing hangs on the version.
    let text = state.files.text().replace("replicas: 3", "replicas: 2").replace("nginx-slim:0.25", "nginx-slim:0.24");
    act(&mut state, Action::Edit(text.replace("\n      maxUnavailable: 2", "").as_str().into()));
    act(&mut state, Action::Plan(Some(newest)));
    let (here, matters) = state.shown_plan.as_ref().and_then(|it| it.here.clone()).expect("beside the own version's");
    let there = state.shown_plan.as_ref().map(|it| say_plan(Lang::En, &it.plan)).unwrap_or_default();
    assert!(matters.is_empty(), "{matters:?}\n{:#?}\n{there:#?}", say_plan(Lang::En, &here));
}

/// minikube refuses in its own words; ours stand in a hint. A gate that the lab does not model keeps nothing from starting.
#[test]
fn minikube_refuses_in_its_own_words() {
    let said = |line: &str| play(Kubernetes::default(), line);
    let old = said("minikube start --kubernetes-version=v1.30.0");
    assert!(old.contains("X Exiting due to K8S_OLD_UNSUPPORTED: Kubernetes 1.30.0 is not supported"), "{old}");
    assert!(old.contains("hint: this lab has no Kubernetes v1.30.0"), "{old}");
    let new = said("minikube start --kubernetes-version=1.99");
    assert!(new.contains("X Exiting due to K8S_NEW_UNSUPPORTED: Kubernetes version 1.99.0"), "{new}");
    let wrong = said("minikube start --kubernetes-version=banana");
    assert!(wrong.contains("MK_USAGE: Unable to parse \"banana\": No Major.Minor.Patch elements found"), "{wrong}");
    let gate = said("minikube start --feature-gates=SidecarContainers=true,PersistentVolumeClaimUnusedSinceTime=false");
    assert!(gate.contains("* Done!") && gate.contains("does not model the feature gate SidecarContainers"), "{gate}");
    let absent = said("minikube start --kubernetes-version=1.36 --feature-gates=StatefulSetRecreateStrategy=true");
    assert!(absent.contains("K8S_APISERVER_MISSING") && absent.contains("only 1.37 has it"), "{absent}");
    let help = said("minikube start --help");
    assert!(help.contains("--kubernetes-version=''") && !help.contains("Done!"), "{help}");
}

/// A scenario about versions keeps its guide, whichever version it runs under.
#[test]
fn a_story_about_versions_keeps_its_guide() {
    for version in ["1.34", "1.36", "1.37"] {
        let opening =
            Opening { scenario: Some("broken-parallel".into()), version: Some(version.into()), ..Opening::default() };
        let mut state = opened(opening);
        let text = include_str!("../www/lessons/broken-parallel.md");
        act(&mut state, Action::Lesson(LessonAction::Fetched("broken-parallel".into(), Ok(text.into()))));
        assert!(state.playground.borrow().attempt().is_some(), "{version}: no guide");
        assert_eq!(state.playground.borrow().cluster().kubernetes().version().short(), version);
    }
}
