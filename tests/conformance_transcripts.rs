//! Plays the sessions recorded against a real control plane through the playground and compares what kubectl says and
//! what the cluster does.
//!
//! The recordings and their form are those of `tests/conformance/transcripts`; `CONFORMANCE_DIR` names another folder
//! that holds a `transcripts` folder. `TRANSCRIPT=197` plays one and shows every difference.
//! What may differ between two runs of the real thing is brought into order on both sides, see `masks`.

#[path = "transcript_support/masks.rs"]
mod masks;
#[path = "transcript_support/order.rs"]
mod order;
#[path = "transcript_support/recorded.rs"]
mod recorded;

use recorded::{Action, Step, parse, what};
use statefulset_lab::cluster::{Change, Verb};
use statefulset_lab::kubectl::{Output, Stream};
use statefulset_lab::model::pod::is_ready;
use statefulset_lab::model::pod_status_word::pod_state;
use statefulset_lab::model::{Kind, Object};
use statefulset_lab::playground::{Entry, Options, Playground, Record};
use statefulset_lab::world::Environment;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How long it takes until a command's request arrives.
const TYPING: i64 = 150;
/// The longest time that anything is waited for.
const PATIENCE: i64 = 900_000;

/// What was seen of one step.
#[derive(Default)]
struct Seen {
    out: Vec<String>,
    err: Vec<String>,
    exit: i32,
    transitions: Vec<String>,
    sets: Vec<String>,
}

struct Player {
    playground: Playground,
    entries: usize,
    records: usize,
    summaries: BTreeMap<String, String>,
    /// Hashes of revisions whose template holds a time.
    timed: BTreeSet<String>,
    /// Names with five random letters, and what is written for them.
    generated: BTreeMap<String, String>,
    jobs: u32,
    /// As many records were looked at for generated names.
    learned: usize,
}

impl Player {
    fn new() -> Player {
        let environment = Environment::named("recorder").expect("the recorder's environment");
        let options = Options { seed: 1, environment, manifest: String::new(), lines: Vec::new() };
        let mut playground = Playground::new(options);
        // The recorded clusters had been up for a while.
        playground.advance(60_000);
        let records = playground.record_count();
        Player {
            playground,
            entries: 0,
            records,
            summaries: BTreeMap::new(),
            timed: BTreeSet::new(),
            generated: BTreeMap::new(),
            jobs: 0,
            learned: 0,
        }
    }

    fn play(&mut self, action: &Action) -> Seen {
        match action {
            Action::File(name, text) => {
                self.command(&format!("cat <<'EOF' > {name}\n{text}EOF"));
                Seen::default()
            }
            Action::Command(line) => {
                let seen = self.command(line);
                if line.starts_with("lab ") { Seen::default() } else { seen }
            }
            Action::Begin(line) => {
                let begun = self.command(&format!("{line} > begun.txt 2>&1 &"));
                let number = begun.out.iter().find_map(|line| line.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
                self.jobs = number.expect("the number of a command in the background");
                Seen::default()
            }
            Action::End(_) => {
                self.command(&format!("kill %{}", self.jobs));
                let seen = self.command("cat begun.txt");
                Seen { exit: 0, ..seen }
            }
            Action::Wait(length) => {
                self.playground.advance(*length);
                self.look()
            }
            Action::Settle => {
                let start = self.playground.now().0;
                while self.playground.now().0 - start < PATIENCE {
                    self.playground.advance(250);
                    let quiet = self.playground.now().0 - self.last_change().max(start);
                    if quiet >= 3_000 {
                        break;
                    }
                }
                self.look()
            }
        }
    }

    fn command(&mut self, line: &str) -> Seen {
        self.playground.advance(TYPING);
        self.playground.enter(line);
        let start = self.playground.now().0;
        while self.playground.is_busy() && self.playground.now().0 - start < PATIENCE {
            let now = self.playground.now();
            let next = self.playground.next_at().map_or(100, |at| (at.0 - now.0).clamp(1, 1000));
            self.playground.advance(next);
        }
        if self.playground.is_busy() {
            self.playground.interrupt();
        }
        let mut whole = Output::default();
        let entries = self.playground.entries().clone();
        self.entries = self.entries.min(entries.len());
        for entry in entries.iter().skip(self.entries) {
            if let Entry::Said { output, .. } = &**entry {
                whole.append(output.clone());
            }
        }
        self.entries = entries.len();
        self.learn_hashes();
        let lines = |stream: Stream| {
            let lines = whole.lines.iter().filter(move |line| line.stream == stream);
            lines.map(|line| self.without_times(&line.text())).collect()
        };
        Seen { out: lines(Stream::Out), err: lines(Stream::Err), exit: whole.exit.unwrap_or(0), ..Seen::default() }
    }

    fn learn_hashes(&mut self) {
        for revision in self.playground.cluster().list(Kind::ControllerRevision) {
            let path = ["data", "spec", "template", "metadata", "annotations"];
            if revision.at(&path).and_then(|it| it.get("kubectl.kubernetes.io/restartedAt")).is_some() {
                self.timed.insert(hash_of(&revision.meta.name).to_string());
            }
        }
        for set in self.playground.cluster().list(Kind::ReplicaSet) {
            let annotations = set.at(&["spec", "template", "metadata", "annotations"]);
            if annotations.and_then(|it| it.get("kubectl.kubernetes.io/restartedAt")).is_some() {
                self.timed.insert(set.meta.label("pod-template-hash").to_string());
            }
        }
        let count = self.playground.record_count();
        for record in self.playground.records().iter().take(count).skip(self.learned) {
            let Record::Change(change) = record else { continue };
            let meta = &change.object.meta;
            let ending = meta.name.strip_prefix(meta.generate_name.as_str()).filter(|_| !meta.generate_name.is_empty());
            if change.kind() == Kind::Pod && ending.is_some_and(|ending| ending.len() == 5) {
                self.generated.insert(meta.name.to_string(), format!("{}<rnd>", meta.generate_name));
            }
        }
        self.learned = count;
    }

    /// The text without what is chance in every run: hashes over times, and generated names.
    fn without_times(&self, text: &str) -> String {
        let named =
            self.generated.iter().fold(text.to_string(), |text, (name, shown)| text.replace(name.as_str(), shown));
        self.timed.iter().fold(named, |text, hash| text.replace(hash.as_str(), "<hash>"))
    }

    fn last_change(&self) -> i64 {
        let records = self.playground.records().iter().take(self.playground.record_count());
        let last = records.rev().find_map(|record| match record {
            Record::Change(change) if is_watched(change.kind()) => Some(change.at.0),
            _ => None,
        });
        last.unwrap_or(0)
    }

    fn look(&mut self) -> Seen {
        self.learn_hashes();
        let count = self.playground.record_count();
        let records: Vec<Record> = self.playground.records().iter().take(count).skip(self.records).cloned().collect();
        self.records = count;
        let mut transitions = Vec::new();
        for record in &records {
            let Record::Change(change) = record else { continue };
            if let Some(line) = self.transition(change) {
                transitions.push(masks::mask(&self.without_times(&line)));
            }
        }
        let sets = self.playground.cluster().list(Kind::StatefulSet).map(|set| self.without_times(&set_line(set)));
        let sets = sets.collect();
        Seen { transitions, sets, ..Seen::default() }
    }

    fn transition(&mut self, change: &Change) -> Option<String> {
        if !is_watched(change.kind()) || change.kind() == Kind::StatefulSet {
            return None;
        }
        let object = &change.object;
        let name = name_of(object);
        let summary = summary(object);
        let claim = if object.kind == Kind::PersistentVolume { claim_of(object) } else { String::new() };
        if change.verb == Verb::Deleted {
            self.summaries.remove(&name);
            return Some(format!("{name} DELETED {claim}").trim_end().to_string());
        }
        if self.summaries.get(&name) == Some(&summary) {
            return None;
        }
        self.summaries.insert(name.clone(), summary.clone());
        let verb = if change.verb == Verb::Added { "ADDED" } else { "MODIFIED" };
        Some(format!("{name} {verb} {summary}"))
    }
}

fn is_watched(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Pod | Kind::PersistentVolumeClaim | Kind::PersistentVolume | Kind::ControllerRevision | Kind::StatefulSet
    )
}

fn name_of(object: &Object) -> String {
    let kind = match object.kind {
        Kind::Pod => "pod",
        Kind::PersistentVolumeClaim => "pvc",
        Kind::PersistentVolume => "pv",
        Kind::StatefulSet => "sts",
        _ => "controllerrevision",
    };
    match object.meta.namespace.as_str() {
        "" | "default" => format!("{kind}/{}", object.meta.name),
        namespace => format!("{kind}/{namespace}/{}", object.meta.name),
    }
}

fn hash_of(revision: &str) -> &str {
    revision.rsplit('-').next().unwrap_or(revision)
}

fn claim_of(volume: &Object) -> String {
    let claim = |field: &str| volume.str_at(&["spec", "claimRef", field]).to_string();
    if claim("name").is_empty() { String::new() } else { format!("{}/{}", claim("namespace"), claim("name")) }
}

fn phase_of(object: &Object) -> String {
    if object.meta.is_terminating() { "Terminating".into() } else { object.str_at(&["status", "phase"]).to_string() }
}

fn summary(object: &Object) -> String {
    let mut text = match object.kind {
        Kind::Pod => {
            // The recorder knew no word for a pod that waits for its gates.
            let mut text = pod_state(object).status.replace("SchedulingGated", "Pending");
            if is_ready(object) {
                text.push_str(" ready");
            }
            let revision = object.meta.label("controller-revision-hash");
            if !revision.is_empty() {
                text.push_str(&format!(" rev={}", hash_of(revision)));
            }
            text
        }
        Kind::PersistentVolumeClaim => {
            let mut text = phase_of(object);
            for owner in object.meta.owner_references.iter() {
                text.push_str(&format!(" owner={}/{}", owner.kind, owner.name));
            }
            text
        }
        Kind::PersistentVolume => format!("{} {}", phase_of(object), claim_of(object)),
        _ => format!("revision={}", object.i64_at(&["revision"]).unwrap_or(0)),
    };
    let has_controller = matches!(object.kind, Kind::Pod | Kind::ControllerRevision);
    if has_controller && object.meta.controller().is_none() {
        text.push_str(" owner=none");
    }
    text.trim_end().to_string()
}

fn set_line(set: &Object) -> String {
    let status = |field: &str| set.i64_at(&["status", field]).unwrap_or(0);
    let prefix = format!("{}-", set.meta.name);
    let revision = |field: &str| {
        let name = set.str_at(&["status", field]);
        name.strip_prefix(&prefix).unwrap_or(name).to_string()
    };
    format!(
        "{} spec={} replicas={} ready={} available={} current={} updated={} currentRevision={} updateRevision={} \
         generation={} observed={}",
        name_of(set),
        set.i64_at(&["spec", "replicas"]).unwrap_or(0),
        status("replicas"),
        status("readyReplicas"),
        status("availableReplicas"),
        status("currentReplicas"),
        status("updatedReplicas"),
        revision("currentRevision"),
        revision("updateRevision"),
        set.meta.generation,
        status("observedGeneration")
    )
}

/// Transitions by object: their order among different objects is another question, see `order`.
fn by_object(transitions: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in transitions {
        all.entry(order::object_of(line)).or_default().push(line.clone());
    }
    // Several objects share a masked name: which of them is first is chance.
    all.iter_mut().filter(|(name, _)| name.contains("<rnd>")).for_each(|(_, lines)| lines.sort());
    all
}

fn differences(step: &Step, seen: &Seen) -> Vec<String> {
    let expected = &step.expected;
    let mut found = Vec::new();
    let mut compare = |what: &str, recorded: &[String], seen: &[String]| {
        if recorded != seen {
            found.push(format!("{what}\n{}", side_by_side(recorded, seen)));
        }
    };
    match &step.action {
        Action::File(..) => {}
        Action::Command(line) | Action::End(line) => {
            let comparable = |lines: &[String]| masks::comparable(line, lines);
            compare("output", &comparable(&expected.out), &comparable(&seen.out));
            compare("times", &masks::out_of_time(line, &expected.out, &seen.out), &[]);
            compare("errors", &comparable(&expected.err), &comparable(&seen.err));
            if expected.exit != seen.exit {
                found.push(format!("exit status: recorded {}, seen {}", expected.exit, seen.exit));
            }
        }
        Action::Begin(_) => {}
        Action::Settle | Action::Wait(_) => {
            let (recorded, seen_by) = (by_object(&expected.transitions), by_object(&seen.transitions));
            for name in recorded.keys().chain(seen_by.keys()).collect::<BTreeSet<_>>() {
                let empty = Vec::new();
                let (a, b) = (recorded.get(name).unwrap_or(&empty), seen_by.get(name).unwrap_or(&empty));
                compare("transitions", a, b);
            }
            let named =
                |lines: &[String]| lines.iter().filter(|line| !line.contains("<rnd>")).cloned().collect::<Vec<_>>();
            compare("exchanged", &order::exchanged(&named(&expected.transitions), &named(&seen.transitions)), &[]);
            compare("sets", &expected.sets, &seen.sets);
        }
    }
    found
}

/// The lines of both, with a sign before those that stand on one side only.
fn side_by_side(recorded: &[String], seen: &[String]) -> String {
    let same = recorded.iter().zip(seen).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(1);
    let mut out = String::new();
    recorded.iter().skip(from).take(same - from).for_each(|line| out.push_str(&format!("      {line}\n")));
    recorded.iter().skip(same).take(40).for_each(|line| out.push_str(&format!("    - {line}\n")));
    seen.iter().skip(same).take(40).for_each(|line| out.push_str(&format!("    + {line}\n")));
    out
}

/// The differences of one session.
fn play(text: &str, wants_all: bool) -> Vec<String> {
    let mut player = Player::new();
    let mut found = Vec::new();
    for step in parse(text) {
        let seen = player.play(&step.action);
        let differences = differences(&step, &seen);
        found.extend(differences.into_iter().map(|text| format!("{}: {text}", what(&step))));
        if !found.is_empty() && !wants_all {
            break;
        }
    }
    found
}

fn folder() -> PathBuf {
    match std::env::var_os("CONFORMANCE_DIR") {
        Some(folder) => PathBuf::from(folder).join("transcripts"),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/transcripts"),
    }
}

#[test]
fn sessions_are_as_recorded() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("a folder of transcripts")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == "transcript"))
        .collect();
    files.sort();
    let wanted = std::env::var("TRANSCRIPT").unwrap_or_default();
    let known = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/transcripts-known-failures.txt"),
    )
    .unwrap_or_default();
    let known: BTreeSet<&str> =
        known.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_whitespace().next()).collect();
    let (mut passed, mut unexpected) = (0, Vec::new());
    let files: Vec<&PathBuf> = files
        .iter()
        .filter(|path| path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(&wanted)))
        .collect();
    for path in &files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).expect("a transcript");
        let differences = play(&text, !wanted.is_empty());
        if differences.is_empty() {
            passed += 1;
        } else {
            println!("{name}: {}", differences.join("\n  "));
        }
        if differences.is_empty() == known.contains(name.as_str()) {
            unexpected
                .push(format!("{name} {}", if differences.is_empty() { "passes, but is listed" } else { "fails" }));
        }
    }
    println!("conformance transcripts: {passed} of {}", files.len());
    assert!(unexpected.is_empty(), "other than listed:\n{}", unexpected.join("\n"));
}

#[test]
fn an_exchange_is_found_where_one_waits_for_the_other() {
    let lines = |all: &[&str]| all.iter().map(|line| (*line).to_string()).collect::<Vec<_>>();
    let recorded = lines(&[
        "pvc/www-web-0 ADDED Pending",
        "pod/web-0 ADDED Pending rev=a",
        "pv/pvc-<uid> ADDED Pending default/www-web-0",
        "pod/web-0 MODIFIED Running ready rev=a",
        "pod/other-1 ADDED Pending rev=b",
        "pod/web-1 ADDED Pending rev=a",
    ]);
    for (one, other, counts) in [(0, 1, true), (0, 2, true), (3, 5, true), (1, 2, false), (3, 4, false), (4, 5, false)]
    {
        let mut seen = recorded.clone();
        let moved = seen.remove(other);
        seen.insert(one, moved);
        let found = order::exchanged(&recorded, &seen);
        let pair = format!("{}  before  {}", recorded[one], recorded[other]);
        assert_eq!(found.contains(&pair), counts, "{pair}: {found:?}");
    }
}
