//! Forty hard situations: what the lab says is the cause, what it keeps from being as asked, and what helps, in both
//! languages, held as texts that people read.
//!
//! A situation (`tests/causes/*.txt`): `# …` says what makes it hard, `! world minikube` chooses the environment, `$ …`
//! is typed at the console in the scenario `web` once its pods are ready, `$ wait 30s` lets time go on, `? …` is asked
//! by `why` at the end. What follows `= en` and `= ja` is the answer. `UPDATE_EXPECT=1` writes the answers anew: then
//! read them as a reader would.

use statefulset_lab::explain;
use statefulset_lab::i18n::Lang;
use statefulset_lab::kubernetes::{Kubernetes, Version};
use statefulset_lab::model::pod::is_ready;
use statefulset_lab::model::{Key, Kind, Millis, Object};
use statefulset_lab::playground::{Entry, Options, Playground, Record, Scenario};
use statefulset_lab::scene;
use std::fs;
use std::path::{Path, PathBuf};

fn situations() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/causes");
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path))
        .collect();
    found.sort();
    found
}

/// Plays a situation's lines.
fn begin(text: &str) -> Playground {
    let options = Scenario::named("web").and_then(|it| it.options(1)).expect("it exists");
    let mut playground = Playground::new(options);
    playground.advance(60_000);
    for line in text.lines().take_while(|line| !line.starts_with('?')) {
        match line.strip_prefix("$ ").or_else(|| line.strip_prefix("> ")) {
            Some(line) => match line.strip_prefix("wait ").and_then(|length| length.strip_suffix('s')) {
                Some(seconds) => drop(playground.advance(seconds.parse::<i64>().expect("seconds") * 1000)),
                None => playground.enter(line),
            },
            None => assert!(line.is_empty() || line.starts_with('#'), "{line}"),
        }
    }
    playground
}

fn answer(playground: &mut Playground, question: &str, lang: Lang) -> String {
    let before = playground.entries().len();
    playground.set_lang(lang);
    playground.enter(question);
    let mut out = String::new();
    for entry in playground.entries().iter().skip(before) {
        if let Entry::Said { output, .. } = &**entry {
            output.lines.iter().for_each(|line| out.push_str(&format!("{}\n", line.text())));
        }
    }
    out
}

#[test]
fn every_situation_has_its_cause_and_its_remedy_in_both_languages() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = String::new();
    for (name, path) in situations() {
        let recorded = fs::read_to_string(&path).expect("a text");
        let question = recorded.lines().find_map(|line| line.strip_prefix("? ")).expect("a question");
        let mut playground = begin(&recorded);
        let begun = recorded.split_once("\n? ").expect("a question").0;
        let (en, ja) = (answer(&mut playground, question, Lang::En), answer(&mut playground, question, Lang::Ja));
        let seen = format!("{begun}\n? {question}\n= en\n{en}= ja\n{ja}");
        if update {
            fs::write(&path, seen).expect("writable");
        } else if seen != recorded {
            failures.push_str(&format!("\n{name}\n--- recorded\n{recorded}--- seen\n{seen}"));
        }
    }
    assert!(failures.is_empty(), "UPDATE_EXPECT=1 records anew; then read it as a reader would:{failures}");
}

#[test]
fn there_are_forty() {
    assert!(situations().len() >= 40, "{}", situations().len());
}

/// A remedy is a line that the console takes: each is typed where it is offered, and is not refused.
#[test]
fn every_remedy_can_be_typed() {
    let mut tried = Vec::new();
    for (name, path) in situations() {
        let recorded = fs::read_to_string(&path).expect("a text");
        let lines: Vec<&str> = recorded.lines().filter_map(|line| line.strip_prefix("try: ")).collect();
        for line in lines {
            if line.contains("NODE")
                || line.contains(" edit ")
                || line.contains(" logs ")
                || tried.contains(&line.to_string())
            {
                continue;
            }
            tried.push(line.to_string());
            let mut playground = begin(&recorded);
            let before = playground.entries().len();
            playground.enter(line);
            playground.advance(40_000);
            for entry in playground.entries().iter().skip(before) {
                if let Entry::Said { output, .. } = &**entry {
                    let texts: Vec<String> = output.lines.iter().map(|line| line.text()).collect();
                    let is_refused =
                        texts.iter().any(|text| text.starts_with("error:") || text.starts_with("Error from"));
                    assert!(!is_refused, "{name}: `{line}`: {texts:?}");
                }
            }
        }
    }
}

/// The pods of all sets that are ready.
fn ready_pods(playground: &Playground) -> usize {
    let in_set = |pod: &Object| pod.meta.controller().is_some_and(|owner| owner.kind == "StatefulSet");
    playground.cluster().list(Kind::Pod).filter(|pod| in_set(pod) && is_ready(pod)).count()
}

/// The first line that is offered against what waits for somebody.
fn first_remedy(playground: &Playground) -> Option<String> {
    let roots = explain::restless(playground.sim(), "default").into_iter().map(|(_, links)| links);
    let mut stuck = roots.filter(|links| links.first().is_some_and(|root| root.end == explain::cause::End::Somebody));
    stuck.find_map(|links| explain::remedies(&links).first().map(|(_, remedy)| remedy.line.clone()))
}

/// Where fewer pods are what was asked for: a manifest's number counts, a drain goes on, a set that was renamed goes.
const TAKES_PODS_AWAY: [&str; 8] = [
    "autoscaler_bound_moved",
    "autoscaler_overrules",
    "autoscaler_scaled_by_hand",
    "budget_blocks_drain",
    "drain_refused",
    "drain_refused_for_data",
    "renamed_set",
    "set_with_finalizer",
];

/// Whoever presses the first remedy again and again gets out, and never has fewer pods than before.
#[test]
fn the_first_remedies_lead_out() {
    let mut wrong = Vec::new();
    for (name, path) in situations() {
        let recorded = fs::read_to_string(&path).expect("a text");
        let mut playground = begin(&recorded);
        let before = ready_pods(&playground);
        let mut typed = Vec::new();
        while let Some(line) = first_remedy(&playground).filter(|_| typed.len() < 8) {
            if line.contains(" edit ") || line.contains(" logs ") || line.contains("NODE") {
                break;
            }
            typed.push(line.clone());
            playground.enter(&line);
            playground.advance(120_000);
            if ready_pods(&playground) < before {
                break;
            }
        }
        if typed.len() >= 8 || ready_pods(&playground) < before {
            wrong.push(format!("{name}: {before} -> {} ready after {typed:#?}", ready_pods(&playground)));
        }
    }
    wrong.retain(|it| !TAKES_PODS_AWAY.iter().any(|name| it.starts_with(&format!("{name}:"))));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the API server refuses for good, and what one does instead, stand together at the console.
#[test]
fn a_refused_apply_names_the_way_out() {
    for (line, way) in [
        ("sed 's/storage: 1Gi/storage: 2Gi/' manifest.yaml | kubectl apply -f -", "--cascade=orphan"),
        (
            "sed '/partition: /d; /rollingUpdate:/d; s/type: RollingUpdate/type: Recreate/' manifest.yaml | kubectl apply -f -",
            "--feature-gates=StatefulSetRecreateStrategy=true",
        ),
    ] {
        for lang in [Lang::En, Lang::Ja] {
            let said = answer(&mut begin(""), line, lang);
            let hint = said.lines().find(|line| line.starts_with("hint: "));
            assert!(hint.is_some_and(|hint| hint.contains(way)), "{line}: {said}");
        }
    }
}

/// A way to look at a cluster.
type Look = fn(scene::Source<'_>, &scene::View) -> scene::Scene;

/// The sentences that a picture shows before anything is clicked: of each bubble the first, and those below it.
fn picture(playground: &Playground, look: Look) -> Vec<String> {
    let (mut memory, mut cursors) = (scene::Memory::default(), scene::Cursors::default());
    for record in playground.records().iter().take(playground.record_count()) {
        match record {
            Record::Change(change) => memory.note(change),
            Record::Decision(decision) => cursors.note(decision),
        }
    }
    let (cluster, timers) = (playground.cluster(), &playground.sim().timers);
    let groups = scene::groups(cluster, &memory);
    let source = scene::Source { cluster, timers, groups: &groups, cursors: &cursors };
    let lang = Lang::En;
    let (width, height, bottom) = (1000, 600, 100_000);
    let view = scene::View { width, height, top: 0, bottom, detail: 0, level: None, is_beside: false, lang };
    let parts = look(source, &view).items;
    let words = parts.iter().flat_map(|item| match &item.part {
        scene::Part::Cursor(cursor) => {
            let also = cursor.also.iter().map(|link| link.say(lang));
            std::iter::once(scene::labels::cursor_words(lang, cursor)).chain(also).collect()
        }
        _ => Vec::new(),
    });
    words.collect()
}

/// What the picture does not point at: what is so on purpose, and what the controller's own rule says
/// there. `why` and a click tell it.
const NOT_POINTED_AT: [&str; 19] = [
    // On purpose.
    "claim_without_user",
    "cordoned",
    "cron_job_suspended",
    "deployment_paused",
    "drain_refused_uncordoned",
    "pod_not_wanted_by_name",
    "pod_of_absent_set",
    "service_selects_nobody",
    "unwanted_pod",
    // What is gone has no place.
    "preempted_gone",
    // The controller's rule stands there instead.
    "image_just_set",
    "pod_security_lifted",
    "quota_raised",
    "rolling",
    "slow_shutdown",
    // The answers of `why` alone are lists.
    "everything",
    "everything_ordered",
    "several_objects",
    "no_such_zone_label",
];

/// Nobody has to click for a cause: the root's sentence stands in the picture.
#[test]
fn the_picture_says_each_cause_before_anything_is_clicked() {
    let mut silent = Vec::new();
    for (name, path) in situations() {
        let recorded = fs::read_to_string(&path).expect("a text");
        let root = recorded.split_once("= en\n").and_then(|(_, said)| said.lines().next()).expect("an answer");
        let seen = picture(&begin(&recorded), scene::by_identity);
        if !seen.iter().any(|sentence| sentence.starts_with(root.trim())) {
            silent.push(format!("{name}: {root}\n    seen: {seen:?}"));
        }
    }
    silent.retain(|it| !NOT_POINTED_AT.iter().any(|name| it.starts_with(&format!("{name}:"))));
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// Several causes at once are all told, and each picture tells the same.
#[test]
fn every_picture_says_what_else_is_a_cause() {
    let mut told = 0;
    for (name, path) in situations() {
        let recorded = fs::read_to_string(&path).expect("a text");
        let said = recorded.split_once("= en\n").and_then(|(_, said)| said.split_once("= ja")).expect("an answer").0;
        let also: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("Beside that: ")).collect();
        if also.is_empty() {
            continue;
        }
        told += 1;
        let root = said.lines().next().expect("an answer");
        let playground = begin(&recorded);
        for (view, look) in
            [("identity", scene::by_identity as Look), ("node", scene::by_node), ("owner", scene::by_owner)]
        {
            let seen = picture(&playground, look);
            for sentence in also.iter().chain([&root]) {
                assert!(seen.iter().any(|it| it.trim() == sentence.trim()), "{name} by {view}: {sentence}: {seen:#?}");
            }
        }
    }
    assert!(told >= 2, "{told}");
}

/// What happened leads back to the line behind it, and not to one behind something else.
#[test]
fn the_line_behind_what_happened_is_known() {
    let playground = begin("$ kubectl delete pod web-1 --wait=false\n$ wait 40s\n");
    let key = Key::new(Kind::Pod, "default", "web-1");
    let steps = playground.origins().chain(&key);
    let last = steps.first().map(|step| step.at).expect("it became ready");
    let deleted = steps.last().map(|step| step.at).expect("somebody did it");
    let line = |at| playground.origins().line_behind(&key, at).map(|line| line.to_string());
    assert_eq!(line(last).as_deref(), Some("kubectl delete pod web-1 --wait=false"));
    assert_eq!(line(deleted).as_deref(), Some("kubectl delete pod web-1 --wait=false"), "it began to go");
    assert_eq!(line(deleted - Millis(1)), None, "what was before had another cause");
}

/// Also what a kubelet tells later leads back to it, although nobody has moved the pod since.
#[test]
fn the_line_behind_what_fails_later_is_known() {
    let line = "kubectl set image sts/web nginx=nginx:bad";
    let playground = begin(&format!("$ {line}\n$ wait 40s\n"));
    let key = Key::new(Kind::Pod, "default", "web-2");
    let behind = |at: Millis| playground.origins().line_behind(&key, at).map(|line| line.to_string());
    assert_eq!(behind(playground.now()).as_deref(), Some(line));
}

/// What is tried again after a long pause is tried at once where somebody wants it.
#[test]
fn a_long_pause_can_be_cut_short() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/causes/quota_raised_late.txt"));
    let mut playground = begin(&text.expect("a text"));
    let set = Key::new(Kind::StatefulSet, "default", "web");
    let links = explain::answer(playground.cluster(), &set);
    let line = explain::remedies(&links).first().map(|(_, it)| it.line.clone()).expect("a way to get on");
    assert_eq!(ready_pods(&playground), 3);
    playground.enter(&line);
    playground.advance(60_000);
    assert_eq!(ready_pods(&playground), 5, "{line}");
}

/// A broken pod of a set whose update comes to it by itself needs nobody; where a pod above it is broken for good, it does.
#[test]
fn the_update_comes_to_a_broken_pod() {
    let options = Scenario::named("web").and_then(|it| it.options(1)).expect("it exists");
    let version = Kubernetes::of(Version::parse("1.36").expect("known"));
    let environment = options.environment.clone().with_kubernetes(version);
    let manifest = options.manifest.replace("  serviceName:", "  podManagementPolicy: Parallel\n  serviceName:");
    let probe = r#"{exec: {command: [test, "!", -e, /tmp/broken]}, periodSeconds: 1}"#;
    let manifest = manifest.replacen("        ports:", &format!("        readinessProbe: {probe}\n        ports:"), 1);
    let begin = |image: &str, wait: i64| {
        let (environment, manifest) = (environment.clone(), manifest.clone());
        let mut playground = Playground::new(Options { environment, manifest, ..options.clone() });
        playground.advance(60_000);
        playground.enter("kubectl exec web-0 -- touch /tmp/broken");
        playground.advance(10_000);
        playground.enter(&format!("kubectl set image sts/web nginx={image}"));
        playground.advance(wait);
        playground
    };
    let pod = Key::new(Kind::Pod, "default", "web-0");
    let links = explain::answer(begin("nginx:1.27", 2_000).cluster(), &pod);
    let root = links.first().expect("it is not ready");
    let is_by_itself = matches!(root.end, explain::cause::End::ByItself(_));
    assert!(is_by_itself && root.say(Lang::En).contains("the update replaces it by itself"), "{root:?}");
    let links = explain::answer(begin("nginx:bad", 30_000).cluster(), &pod);
    assert_eq!(links.first().map(|root| root.end), Some(explain::cause::End::Somebody), "{links:?}");
}

/// Nobody is told that a pod is as asked that nobody knows.
#[test]
fn what_nobody_knows_is_not_found() {
    let said = answer(&mut begin(""), "why pod/nope", Lang::En);
    assert_eq!(said, "Error from server (NotFound): pods \"nope\" not found\n");
}

/// What is as asked has no cause, at any time of a quiet life.
#[test]
fn nothing_is_wrong_with_what_is_as_asked() {
    let mut playground = begin("");
    playground.advance(600_000);
    let restless = explain::restless(playground.sim(), "default");
    assert!(restless.is_empty(), "{restless:?}");
    assert_eq!(answer(&mut playground, "why", Lang::En), "Everything is as it is asked to be.\n");
}

/// What stands still because somebody has to act is stuck; what stands still as asked, or on purpose, is not.
#[test]
fn stuck_is_what_waits_for_somebody() {
    for (lines, is_stuck) in [
        ("", false),
        ("$ kubectl cordon node-c\n$ wait 60s\n", false),
        ("$ kubectl scale sts web --replicas=0\n$ wait 90s\n", false),
        ("$ kubectl set image sts/web nginx=nginx:bad\n$ wait 90s\n", true),
        ("$ kubectl delete pvc www-web-0 --wait=false\n$ wait 30s\n", true),
    ] {
        let playground = begin(lines);
        assert_eq!(playground.stuck(Lang::En).is_some(), is_stuck, "{lines}: {:?}", playground.stuck(Lang::En));
    }
}
