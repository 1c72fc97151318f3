//! Plans: what they say, in both languages, held as texts that people read; and their truth: what a plan foretells is what
//! the run does, for every transcript, scenario, lesson and hard situation.
//!
//! A case (`tests/plans/*.txt`): `# …` says what it is about, `$ …` is typed at the console in the scenario `web` once its
//! pods are ready, `$ wait 30s` lets time go on, `? s/from/to/` changes the manifest, again for each, and asks for the plan.
//! What follows `= en` and `= ja` is the answer. `UPDATE_EXPECT=1` writes the answers anew: then read them as a reader would.

mod support;

use statefulset_lab::explain::plan_lanes::lanes;
use statefulset_lab::explain::{End, Plan, Promise, Verdict, What, say_outcome, say_plan};
use statefulset_lab::i18n::Lang;
use statefulset_lab::kubernetes::Kubernetes;
use statefulset_lab::model::{Key, Kind, Millis};
use statefulset_lab::playground::{Entry, Lesson, Options, Playground, SCENARIOS, Scenario};
use std::fs;
use std::path::{Path, PathBuf};

fn web() -> Playground {
    let mut playground = Playground::new(Scenario::named("web").and_then(|it| it.options(1)).expect("it exists"));
    playground.advance(60_000);
    playground
}

/// The scenario's manifest, changed.
fn changed(playground: &Playground, changes: &[(&str, &str)]) -> String {
    let mut text = playground.options().manifest.clone();
    for (from, to) in changes {
        assert!(text.contains(from), "the manifest has no {from:?}");
        text = text.replace(from, &to.replace("\\n", "\n"));
    }
    text
}

fn pod(ordinal: i64) -> Key {
    Key::new(Kind::Pod, "default", format!("web-{ordinal}"))
}

fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let mut found: Vec<_> = paths
        .filter(|path| path.is_file())
        .map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path))
        .collect();
    found.sort();
    found
}

/// Types the lines of a case.
fn begin(text: &str) -> Playground {
    let mut playground = web();
    for line in text.lines().filter_map(|line| line.strip_prefix("$ ").or_else(|| line.strip_prefix("> "))) {
        match line.strip_prefix("wait ").and_then(|length| length.strip_suffix('s')) {
            Some(seconds) => drop(playground.advance(seconds.parse::<i64>().expect("seconds") * 1000)),
            None => playground.enter(line),
        }
    }
    playground
}

#[test]
fn every_plan_says_what_is_recorded_in_both_languages() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = String::new();
    for (name, path) in files("tests/plans") {
        let recorded = fs::read_to_string(&path).expect("a text");
        let begun = recorded.split("\n= en").next().expect("a beginning");
        let playground = begin(begun);
        let asked = begun.lines().filter_map(|line| line.strip_prefix("? "));
        let changes: Vec<(&str, &str)> = asked
            .map(|line| {
                let mut parts = line.strip_prefix("s/").expect("s/from/to/").split('/');
                (parts.next().expect("from"), parts.next().expect("to"))
            })
            .collect();
        let plan = playground.plan(&changed(&playground, &changes), None);
        let say = |lang| say_plan(lang, &plan).iter().map(|line| format!("{line}\n")).collect::<String>();
        let seen = format!("{begun}\n= en\n{}= ja\n{}", say(Lang::En), say(Lang::Ja));
        if update {
            fs::write(&path, seen).expect("writable");
        } else if seen != recorded {
            failures.push_str(&format!("\n{name}\n--- recorded\n{recorded}--- seen\n{seen}"));
        }
    }
    assert!(failures.is_empty(), "UPDATE_EXPECT=1 records anew; then read it as a reader would:{failures}");
}

#[test]
fn a_plan_tells_what_restarts_and_in_which_order() {
    let playground = web();
    let before = playground.cluster().resource_version();
    let rolled = playground.plan(&changed(&playground, &[("nginx-slim:0.24", "nginx-slim:0.25")]), None);
    assert_eq!(rolled.end, End::Settled, "{:?}", rolled.steps);
    assert_eq!(rolled.restarted(), [pod(2), pod(1), pod(0)]);
    assert_eq!(rolled.of(Kind::PersistentVolumeClaim, What::Deleted), []);
    assert_eq!((rolled.worst[0].ready, rolled.worst[0].of), (2, 3));
    assert_eq!(playground.cluster().resource_version(), before, "the cluster itself stays as it is");
    assert!(lanes(&rolled).iter().all(|lane| lane.spans.iter().all(|(from, to, _)| from <= to)));

    let smaller = playground.plan(&changed(&playground, &[("replicas: 3", "replicas: 1")]), None);
    assert_eq!(smaller.of(Kind::Pod, What::Deleted), [pod(2), pod(1)]);
    assert_eq!(smaller.kept.len(), 2, "their claims stay");

    let larger = playground.plan(&changed(&playground, &[("replicas: 3", "replicas: 5")]), None);
    assert_eq!(larger.of(Kind::Pod, What::Created), [pod(3), pod(4)]);
    assert_eq!(larger.worst, [], "nobody is missing");
}

#[test]
fn a_plan_tells_only_what_the_change_causes() {
    let mut playground = web();
    playground.enter("kubectl delete pod web-1 --wait=false");
    let nothing = playground.plan(&changed(&playground, &[]), None);
    assert_eq!(nothing.steps, [], "the pod goes and comes again anyway");
    assert!(nothing.asked.iter().all(|asked| asked.verdict == Verdict::Unchanged), "{:?}", nothing.asked);
}

#[test]
fn a_plan_that_is_carried_out_is_compared_with_what_came() {
    let mut playground = web();
    let text = changed(&playground, &[("nginx-slim:0.24", "nginx-slim:0.25")]);
    let plan = playground.plan(&text, None);
    playground.set_editor(&text);
    let begin = playground.now();
    playground.apply_editor();
    playground.advance(4_000);
    let half = playground.outcome(&plan, begin);
    assert!(half.is_as_foretold() && !half.is_over && half.count() > 0, "{half:?}");
    playground.enter("kubectl delete pod web-0 --wait=false");
    playground.advance(60_000);
    let otherwise = playground.outcome(&plan, begin);
    assert!(!otherwise.is_as_foretold() && otherwise.is_over);
    let said = say_outcome(Lang::En, &plan, &otherwise).join("\n");
    assert!(said.contains("was not foretold") && said.contains("pod/web-0"), "{said}");
}

#[test]
fn a_plan_is_played_as_a_branch_beside() {
    let mut playground = web();
    let text = changed(&playground, &[("replicas: 3", "replicas: 1")]);
    let plan = playground.plan(&text, None);
    let (now, current) = (playground.now(), playground.current_branch());
    let number = playground.play_plan(&text, &plan, "plan");
    assert_eq!((playground.now(), playground.current_branch()), (now, current), "what is looked at stays");
    playground.switch_branch(number);
    playground.seek(now + plan.duration + Millis::seconds(2));
    assert!(playground.outcome(&plan, now).is_as_foretold());
    assert_eq!(playground.cluster().list(Kind::Pod).filter(|pod| pod.meta.name.starts_with("web-")).count(), 1);
}

/// A plan that was made and not yet compared with what came.
struct Pending {
    plan: Plan,
    begin: Millis,
    what: String,
}

/// What the run did otherwise than foretold by now, if anything.
fn otherwise(playground: &Playground, pending: &Pending) -> Option<String> {
    let now = playground.now();
    let outcome = playground.outcome(&pending.plan, pending.begin);
    let late = pending
        .plan
        .steps
        .iter()
        .zip(&outcome.done)
        .find(|(step, done)| done.is_none() && pending.begin + step.after + Millis(1600) <= now);
    if late.is_none() && outcome.strays.is_empty() {
        return None;
    }
    Some(format!("{}\n{}\n", pending.what, say_outcome(Lang::En, &pending.plan, &outcome).join("\n")))
}

/// Does a plan of `text` come true where nobody does anything else?
fn comes_true(playground: &mut Playground, text: &str, what: &str) -> Option<String> {
    let (plan, begin) = (playground.plan(text, None), playground.now());
    let length = plan.duration.0.min(300_000) + 2_000;
    let pending = Pending { plan, begin, what: what.to_string() };
    playground.set_editor(text);
    playground.apply_editor();
    playground.advance(length);
    otherwise(playground, &pending)
}

/// The changes that are foretold everywhere.
const CHANGES: &[(&str, &str, &str)] = &[
    ("larger", "replicas: 3", "replicas: 4"),
    ("smaller", "replicas: 3", "replicas: 1"),
    ("image", "image: ", "image: other/"),
    ("missing image", "image: ", "image: bad-"),
    ("partition", "partition: 0", "partition: 1"),
    ("claims", "storage: 1Gi", "storage: 2Gi"),
];

fn assert_true(failures: &[String]) {
    assert!(failures.is_empty(), "foretold and come otherwise:\n{}", failures.join("\n"));
}

#[test]
fn plans_come_true_in_every_scenario_and_lesson() {
    let mut beginnings: Vec<(String, Options)> =
        SCENARIOS.iter().filter_map(|it| Some((it.id.to_string(), it.options(1)?))).collect();
    for (name, path) in
        files("www/lessons").into_iter().filter(|(_, path)| path.extension().is_some_and(|it| it == "md"))
    {
        let lesson = Lesson::read(&fs::read_to_string(path).expect("a text")).expect("a lesson");
        beginnings.extend(lesson.options(Kubernetes::default()).map(|options| (name, options)));
    }
    let mut failures = Vec::new();
    for (name, options) in beginnings {
        let manifest = options.manifest.clone();
        let mut playground = Playground::new(Options { lines: Vec::new(), ..options });
        failures.extend(comes_true(&mut playground, &manifest, &format!("{name}: its own manifest")));
        for (change, from, to) in CHANGES.iter().filter(|(_, from, _)| manifest.contains(from)) {
            let text = manifest.replacen(from, to, 1);
            failures.extend(comes_true(&mut playground, &text, &format!("{name}: {change}")));
            failures.extend(comes_true(&mut playground, &manifest, &format!("{name}: back from {change}")));
        }
    }
    assert_true(&failures);
}

#[test]
fn plans_come_true_in_every_hard_situation() {
    let mut failures = Vec::new();
    for (name, path) in files("tests/causes") {
        let text = fs::read_to_string(path).expect("a text");
        let begun = text.split_once("\n? ").expect("a question").0;
        for (change, from, to) in CHANGES.iter().take(2) {
            let mut playground = begin(begun);
            let text = playground.options().manifest.replacen(from, to, 1);
            failures.extend(comes_true(&mut playground, &text, &format!("{name}: {change}")));
        }
    }
    assert_true(&failures);
}

/// Lines that change nothing.
fn only_looks(line: &str) -> bool {
    let looks = ["wait", "kubectl get", "kubectl describe", "kubectl logs", "lab plan", "cat", "echo", "why"];
    looks.iter().any(|word| line == *word || line.starts_with(&format!("{word} ")))
}

/// The file that a line applies, if it does nothing else.
fn applied_file(line: &str) -> Option<&str> {
    let file = line.strip_prefix("kubectl apply -f ")?;
    (!file.contains([' ', '|', '&', ';']) && file != "-").then_some(file)
}

fn text_of(playground: &Playground, file: &str) -> String {
    let mut text = String::new();
    for entry in playground.would_say(&format!("cat {file}"), Millis::ZERO) {
        if let Entry::Said { output, .. } = &*entry {
            output.lines.iter().for_each(|line| text.push_str(&format!("{}\n", line.text())));
        }
    }
    text
}

#[test]
fn plans_come_true_in_every_transcript() {
    let (mut failures, mut count) = (Vec::new(), 0);
    for (name, path) in support::transcripts() {
        let transcript = support::parse(&fs::read_to_string(path).expect("a text"));
        let mut pending: Option<Pending> = None;
        support::play_with(&transcript, |playground, step| {
            failures.extend(pending.as_ref().and_then(|pending| otherwise(playground, pending)));
            if !only_looks(&step.line) {
                pending = None;
            }
            if let Some(file) = applied_file(&step.line) {
                let plan = playground.plan(&text_of(playground, file), None);
                count += 1;
                pending = Some(Pending { plan, begin: playground.now(), what: format!("{name}: {}", step.line) });
            }
        });
    }
    assert!(count > 5, "transcripts apply files: {count}");
    assert_true(&failures);
}

/// What a StatefulSet promises is watched: each break has its moment and its input.
#[test]
fn lights_say_what_broke_a_promise_and_who() {
    for (lines, promise, by) in [
        (
            "$ lab stop node-b\n$ wait 400s\n$ kubectl delete pod web-2 --force --grace-period=0\n$ wait 60s\n",
            Some(Promise::OnePod),
            "kubectl delete pod web-2 --force --grace-period=0",
        ),
        (
            "$ kubectl delete pvc www-web-0 --wait=false\n$ wait 30s\n",
            Some(Promise::ClaimsKept),
            "kubectl delete pvc www-web-0 --wait=false",
        ),
        ("$ kubectl delete sts web\n$ wait 30s\n", Some(Promise::InOrder), "kubectl delete sts web"),
        ("$ lab stop node-a\n$ lab stop node-b\n$ wait 60s\n", Some(Promise::Available), "lab stop node-b"),
        ("$ kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25\n$ wait 60s\n", None, ""),
        (
            "$ kubectl scale sts web --replicas=1\n$ wait 60s\n$ kubectl scale sts web --replicas=3\n$ wait 60s\n",
            None,
            "",
        ),
        ("$ kubectl delete pod web-1\n$ wait 60s\n", None, ""),
    ] {
        let playground = begin(lines);
        let breaks = playground.lights().breaks();
        assert_eq!(breaks.iter().map(|it| it.promise).next(), promise, "{lines}: {breaks:?}");
        let is_of_deletion = lines.contains("delete sts");
        assert!(breaks.iter().all(|it| it.is_promised() != is_of_deletion), "no order is promised then: {breaks:?}");
        if let Some(broken) = breaks.first() {
            assert_eq!(broken.deed.as_ref().map(|deed| deed.line.to_string()).as_deref(), Some(by), "{breaks:?}");
            assert!(broken.at > Millis::seconds(59));
            for lang in [Lang::En, Lang::Ja] {
                assert!(
                    !broken.say(lang).contains('{') && !broken.say(lang).starts_with("light."),
                    "{}",
                    broken.say(lang)
                );
            }
        }
    }
}
