//! Plays the recorded cases of the StatefulSet controller through ours and compares every write, event, status and
//! error; needs no API server's rules, as the recording had none.

#[path = "stateful_set/rules.rs"]
mod rules;

use statefulset_lab::cluster::{Asked, Request};
use statefulset_lab::controllers::Timers;
use statefulset_lab::i18n::decisions;
use statefulset_lab::kubernetes::{Difference, Gate, Kubernetes, Version};
use statefulset_lab::model::{Key, Kind, Map, Millis, Object, OwnerReference, Text, Value, parse_json, to_json};
use statefulset_lab::sim::Sim;
use statefulset_lab::world::Environment;
use statefulset_lab::{list, obj};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

/// Holds what the recording says still exists.
const HOLD: &str = "test/hold";

/// What is printed for a corpus, its file, and whose controller it records.
const CORPORA: [(&str, &str, &str); 5] = [
    ("controller", "controller.jsonl.gz", "1.36"),
    ("controller 1.34", "controller-1.34.jsonl.gz", "1.34"),
    ("controller 1.35", "controller-1.35.jsonl.gz", "1.35"),
    ("controller 1.36", "controller-1.36-more.jsonl.gz", "1.36"),
    ("controller 1.37", "controller-1.37.jsonl.gz", "1.37"),
];

#[test]
fn the_controller_does_what_the_real_one_did() {
    let known = known_failures();
    let mut surprises = Vec::new();
    for (name, file, version) in CORPORA {
        let version = Version::parse(version).expect("a version of the lab");
        let (mut passed, mut total) = (0, 0);
        for line in corpus(file) {
            let case = parse_json(&line).expect("a line of the corpus is JSON");
            let id = format!("{name}/{}", case.i64_at(&["seed"]).unwrap_or(-1));
            total += 1;
            let result = Player::new(&case, version).play(&case);
            passed += usize::from(result.is_ok());
            match (result, known.get(&id)) {
                (Err(why), None) => surprises.push(format!("case {id}: {why}")),
                (Ok(()), Some(_)) => surprises.push(format!("case {id} passes, but is listed as a known failure")),
                _ => {}
            }
        }
        println!("conformance {name}: {passed} of {total}");
    }
    let count = surprises.len();
    surprises.truncate(12);
    assert!(surprises.is_empty(), "{count} surprises, the first of them:\n{}", surprises.join("\n"));
}

/// The rows of the table of differences that the controller itself obeys are in the recordings: without the row, a
/// recorded case comes out otherwise.
#[test]
fn each_rule_of_the_controller_changes_a_recorded_case() {
    let rows = [
        (Difference::MaxUnavailable, "controller-1.35.jsonl.gz", "1.35"),
        (Difference::UnavailableCostNothing, "controller-1.37.jsonl.gz", "1.37"),
        (Difference::Recreate, "controller-1.37.jsonl.gz", "1.37"),
        (Difference::OnDeleteCompletes, "controller-1.37.jsonl.gz", "1.37"),
        (Difference::CapitalEvents, "controller-1.36-more.jsonl.gz", "1.36"),
    ];
    for (difference, file, version) in rows {
        let version = Version::parse(version).expect("a version of the lab");
        let changes = |line: String| {
            let case = parse_json(&line).expect("a line of the corpus is JSON");
            let kubernetes = Player::new(&case, version).kubernetes();
            let is_so = kubernetes.has(difference);
            is_so && Player::under(&case, kubernetes.without(difference)).play(&case).is_err()
        };
        assert!(corpus(file).any(changes), "no recorded case of {file} shows {difference:?}");
    }
}

/// Lines of a recorded corpus: from `CONFORMANCE_DIR` if it is set, else ours.
fn corpus(name: &str) -> impl Iterator<Item = String> {
    let ours = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let dir = std::env::var_os("CONFORMANCE_DIR").map_or(ours, PathBuf::from);
    let path = dir.join(name);
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    lines.map(|line| line.expect("the corpus is readable")).filter(|line| !line.is_empty())
}

/// Cases with the reason why they cannot pass: lines of `corpus/seed: reason`.
fn known_failures() -> BTreeMap<String, String> {
    let text = include_str!("conformance/controller-known-failures.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.filter_map(|line| line.split_once(": ")).map(|(case, why)| (case.into(), why.into())).collect()
}

/// A recorded case in our cluster.
struct Player {
    sim: Sim,
    set: Key,
    is_parallel: bool,
    recreates: bool,
    /// What the recording calls the pods with our UIDs.
    uids: BTreeMap<Text, String>,
}

impl Player {
    fn new(case: &Value, version: Version) -> Player {
        let gate = |name: &str| case.get(name).and_then(Value::as_bool) == Some(true);
        let kubernetes = Kubernetes::of(version)
            .with(Gate::MaxUnavailableStatefulSet, gate("maxUnavailableGate"))
            .with(Gate::StatefulSetRecreateStrategy, gate("recreateGate"));
        Player::under(case, kubernetes)
    }

    fn under(case: &Value, kubernetes: Kubernetes) -> Player {
        let set = case.get("set").and_then(Object::from_value).expect("a case has a set");
        let mut sim = Sim::empty(1, Environment::minikube().with_kubernetes(kubernetes));
        sim.cluster.trust_statuses();
        sim.cluster.trace_requests();
        sim.act(|ctx| ctx.events.trace());
        sim.listen(false);
        let key = set.key();
        let is_parallel = set.str_at(&["spec", "podManagementPolicy"]) == "Parallel";
        let recreates = set.str_at(&["spec", "updateStrategy", "type"]) == "Recreate";
        sim.act(|ctx| ctx.cluster.insert(set)).expect("an empty cluster takes a set");
        Player { sim, set: key, is_parallel, recreates, uids: BTreeMap::new() }
    }

    fn kubernetes(&self) -> Kubernetes {
        self.sim.cluster.kubernetes()
    }

    fn play(&mut self, case: &Value) -> Result<(), String> {
        for (number, step) in case.list_at(&["steps"]).iter().enumerate() {
            self.step(step).map_err(|why| format!("step {number}: {why}"))?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Value) -> Result<(), String> {
        let key =
            |kind| Key::new(kind, "default", step.at(&["name"]).and_then(Value::as_text).cloned().unwrap_or_default());
        let int = |field: &str| step.i64_at(&[field]).unwrap_or(0);
        let text = |field: &str| step.at(&[field]).cloned().unwrap_or_default();
        match step.str_at(&["do"]) {
            "podStatus" => {
                let is_ready = step.get("ready").and_then(Value::as_bool) == Some(true);
                self.pod_status(&key(Kind::Pod), text("phase"), is_ready);
            }
            "terminatePod" => self.terminate(&key(Kind::Pod)),
            "terminateClaim" => self.terminate(&key(Kind::PersistentVolumeClaim)),
            "removePod" => self.remove(&key(Kind::Pod)),
            "removeClaim" => self.remove(&key(Kind::PersistentVolumeClaim)),
            "advance" => {
                let until = self.sim.now() + Millis::seconds(int("seconds"));
                self.sim.cluster.set_now(until);
            }
            "scale" => self.spec(|set| set.set_at(&["spec", "replicas"], int("replicas"))),
            "setImage" => self.spec(|set| {
                let containers = set.at_mut(&["spec", "template", "spec", "containers"]).list_mut();
                containers[0].set_at(&["image"], text("image"));
            }),
            "setPartition" => self.spec(|set| {
                set.set_at(&["spec", "updateStrategy", "rollingUpdate", "partition"], int("partition"));
            }),
            "setRetention" => self.spec(|set| {
                let policy = obj! { "whenDeleted" => text("whenDeleted"), "whenScaled" => text("whenScaled") };
                set.set_at(&["spec", "persistentVolumeClaimRetentionPolicy"], policy);
            }),
            "sync" => return self.sync(step.get("expect").unwrap_or(&Value::Null)),
            other => return Err(format!("nobody knows the step {other:?}")),
        }
        Ok(())
    }

    fn modify(&mut self, key: &Key, change: impl FnOnce(&mut Object)) {
        self.sim.act(|ctx| ctx.cluster.modify(key, change)).unwrap_or_else(|error| panic!("{error}"));
    }

    fn spec(&mut self, change: impl FnOnce(&mut Object)) {
        let key = self.set.clone();
        self.modify(&key, |set| {
            change(set);
            set.meta.generation += 1;
        });
    }

    fn terminate(&mut self, key: &Key) {
        let now = self.sim.now();
        self.modify(key, |object| {
            object.meta.add_finalizer(HOLD);
            object.meta.deletion_timestamp = Some(now);
        });
    }

    fn remove(&mut self, key: &Key) {
        self.sim.act(|ctx| ctx.cluster.remove(key));
    }

    fn pod_status(&mut self, key: &Key, phase: Value, is_ready: bool) {
        let now = self.sim.now().rfc3339();
        self.modify(key, |pod| {
            pod.set_at(&["status", "phase"], phase);
            let was_ready = pod.str_at(&["status", "conditions"]) == "True"
                || pod.list_at(&["status", "conditions"]).iter().any(|c| c.str_at(&["status"]) == "True");
            if was_ready != is_ready {
                let status = if is_ready { "True" } else { "False" };
                let ready = obj! { "type" => "Ready", "status" => status, "lastTransitionTime" => now };
                pod.set_at(&["status", "conditions"], list![ready]);
            }
        });
    }

    fn sync(&mut self, expect: &Value) -> Result<(), String> {
        // Other control loops have no part in the recording.
        self.sim.timers = Timers::default();
        let key = self.set.clone();
        let result = self.sim.act_as(|controllers, ctx| controllers.stateful_set.sync(&key, ctx));
        let requests = self.sim.cluster.take_requests();
        self.name_uids(&requests);
        let told = self.sim.act(|ctx| ctx.events.take_recorded());
        let mut events: Vec<String> = told
            .iter()
            .map(|told| {
                format!("{} {} {}", if told.is_warning { "Warning" } else { "Normal" }, told.reason, told.message)
            })
            .collect();
        let mut writes: Vec<Value> = requests.iter().map(|request| self.write(request)).collect();
        self.sort(&mut writes, &mut events);
        self.keep_what_the_recording_keeps(&requests);
        compare("writes", expect.get("writes"), &writes.into())?;
        compare("events", expect.get("events"), &events.into_iter().map(Value::from).collect::<Vec<_>>().into())?;
        let set = self.sim.cluster.get(&key).ok_or("the set is gone")?;
        // The recording leaves conditions out.
        let mut status = set.at(&["status"]).cloned().unwrap_or_default();
        status.remove_at(&["conditions"]);
        compare("status", expect.get("status"), &status)?;
        let revisions = self.sim.cluster.list(Kind::ControllerRevision);
        let revisions: Map =
            revisions.map(|r| (r.meta.name.clone(), Value::Int(r.i64_at(&["revision"]).unwrap_or(0)))).collect();
        compare("revisions", expect.get("revisions"), &revisions.into())?;
        let error = result.err().map_or(Value::Null, |error| error.to_string().into());
        compare("error", Some(expect.get("error").unwrap_or(&Value::Null)), &error)
    }

    /// New pods get the names that the recording gives their UIDs.
    fn name_uids(&mut self, requests: &[Request]) {
        let made = requests.iter().filter(|r| r.asked == Asked::Create && r.key.kind == Kind::Pod);
        let mut made: Vec<_> = made.filter_map(|request| request.answer.as_ref().ok()).collect();
        if self.is_parallel {
            made.sort_by(|a, b| a.meta.name.cmp(&b.meta.name));
        }
        for pod in made {
            self.uids.insert(pod.meta.uid.clone(), format!("pod-{:04}", self.uids.len() + 1));
        }
    }

    fn owners(&self, object: &Object) -> Value {
        let name = |owner: &OwnerReference| {
            let uid = self.uids.get(&owner.uid).map_or(owner.uid.as_str(), String::as_str);
            let tail = if owner.is_controller() { "/controller" } else { "" };
            format!("{}/{}/{uid}{tail}", owner.kind, owner.name)
        };
        let owners: BTreeSet<String> = object.meta.owner_references.iter().map(name).collect();
        owners.into_iter().map(Value::from).collect::<Vec<_>>().into()
    }

    /// A request as the recording writes it.
    fn write(&self, request: &Request) -> Value {
        let verb = match request.asked {
            Asked::Create => "create",
            Asked::Update => "update",
            Asked::UpdateStatus => "updateStatus",
            Asked::Delete => "delete",
        };
        let mut write = obj! { "verb" => verb, "kind" => request.key.kind.names().kind, "name" => &request.key.name };
        let object = match &request.answer {
            Ok(object) => object,
            Err(error) => {
                write.set_at(&["error"], error.reason());
                return write;
            }
        };
        match (request.key.kind, request.asked) {
            (Kind::ControllerRevision, Asked::Create | Asked::Update) => {
                write.set_at(&["revision"], object.i64_at(&["revision"]).unwrap_or(0));
            }
            (Kind::Pod, Asked::Create) => {
                write.set_at(&["labels"], Value::from(&object.meta.labels));
                write.set_at(&["owners"], self.owners(object));
                write.set_at(&["uid"], self.uids.get(&object.meta.uid).cloned().unwrap_or_default());
                write.set_at(&["hostname"], object.at(&["spec", "hostname"]).cloned().unwrap_or_default());
                write.set_at(&["subdomain"], object.at(&["spec", "subdomain"]).cloned().unwrap_or_default());
                let container = object.list_at(&["spec", "containers"]).first();
                write.set_at(&["image"], container.and_then(|c| c.get("image")).cloned().unwrap_or_default());
                write.set_at(&["claims"], claims(object));
            }
            (Kind::Pod, Asked::Update) => write.set_at(&["labels"], Value::from(&object.meta.labels)),
            (Kind::PersistentVolumeClaim, Asked::Create) => {
                write.set_at(&["labels"], Value::from(&object.meta.labels));
                // Of a parallel sync the recording shows what a new claim was like at its end.
                let later = self.sim.cluster.get(&request.key).filter(|_| self.is_parallel);
                write.set_at(&["owners"], self.owners(later.unwrap_or(object)));
            }
            (Kind::PersistentVolumeClaim, Asked::Update) => write.set_at(&["owners"], self.owners(object)),
            _ => {}
        }
        write
    }

    /// Puts writes and events into the recording's order where the real controller has none.
    fn sort(&self, writes: &mut [Value], events: &mut [String]) {
        if self.is_parallel {
            let order = |write: &Value| {
                let is_truncation =
                    write.str_at(&["kind"]) == "ControllerRevision" && write.str_at(&["verb"]) == "delete";
                (is_truncation, ["kind", "name", "verb"].map(|field| write.str_at(&[field]).to_string()))
            };
            writes.sort_by_key(order);
            events.sort();
            return;
        }
        let claim = |write: &Value| write.str_at(&["kind"]) == "PersistentVolumeClaim";
        for run in writes.chunk_by_mut(|a, b| claim(a) && claim(b) && a.get("verb") == b.get("verb")) {
            run.sort_by_key(|write| write.str_at(&["name"]).to_string());
        }
        if self.recreates {
            let gone = |write: &Value| write.str_at(&["kind"]) == "Pod" && write.str_at(&["verb"]) == "delete";
            for run in writes.chunk_by_mut(|a, b| gone(a) && gone(b)) {
                run.sort_by_key(|write| write.str_at(&["name"]).to_string());
            }
            for run in events.chunk_by_mut(|a, b| a.contains("SuccessfulDelete") && b.contains("SuccessfulDelete")) {
                run.sort();
            }
        }
        for run in events.chunk_by_mut(|a, b| a.contains(" Claim ") && b.contains(" Claim ")) {
            run.sort();
        }
    }

    /// In the recording a new pod is Pending, and a deleted one stays until it is removed.
    fn keep_what_the_recording_keeps(&mut self, requests: &[Request]) {
        for request in requests {
            let Ok(object) = &request.answer else { continue };
            match (request.key.kind, request.asked) {
                (Kind::Pod, Asked::Create) if self.sim.cluster.get(&request.key).is_some() => {
                    self.modify(&request.key, |pod| pod.set_at(&["status"], obj! { "phase" => "Pending" }));
                    self.modify(&request.key, |pod| pod.meta.add_finalizer(HOLD));
                }
                (Kind::Pod, Asked::Delete) if self.sim.cluster.get(&request.key).is_none() => {
                    let mut pod = Object::clone(object);
                    pod.meta.add_finalizer(HOLD);
                    self.sim.act(|ctx| ctx.cluster.insert(pod)).unwrap_or_else(|error| panic!("{error}"));
                }
                (Kind::PersistentVolumeClaim, Asked::Create) => {
                    self.modify(&request.key, |claim| claim.meta.add_finalizer(HOLD));
                }
                _ => {}
            }
        }
    }
}

fn claims(pod: &Object) -> Value {
    let volumes = pod.list_at(&["spec", "volumes"]).iter();
    let claims: BTreeSet<String> = volumes
        .filter_map(|volume| {
            let claim = volume.at(&["persistentVolumeClaim", "claimName"])?.as_str()?;
            Some(format!("{}={claim}", volume.str_at(&["name"])))
        })
        .collect();
    claims.into_iter().map(Value::from).collect::<Vec<_>>().into()
}

fn compare(what: &str, expected: Option<&Value>, actual: &Value) -> Result<(), String> {
    let expected = expected.unwrap_or(&Value::Null);
    if expected == actual {
        return Ok(());
    }
    Err(format!("{what}\n  expected {}\n  actual   {}", to_json(expected), to_json(actual)))
}

/// Rules that no recorded case reaches; `rules` has a test for each.
const BEYOND_THE_CORPUS: &[&str] = &[
    "sts.pod.adopted",
    "sts.pod.released",
    "sts.replica.more-later",
    "sts.replica.name-taken",
    "sts.replica.repair",
    "sts.replica.repair-failed",
    "sts.replica.stale-claim",
    "sts.revision.adopted",
    "sts.revision.collision",
    "sts.revision.means-the-same",
    "sts.set.gone",
    "sts.set.terminating",
    "sts.status.rejected",
    "sts.sync.retry",
];

#[test]
fn every_rule_has_words_and_a_case_that_reaches_it() {
    let mut reached = BTreeSet::new();
    let lines = CORPORA.iter().flat_map(|(_, file, version)| corpus(file).map(move |line| (version, line)));
    for (version, line) in lines {
        let case = parse_json(&line).expect("a line of the corpus is JSON");
        let mut player = Player::new(&case, Version::parse(version).expect("a version of the lab"));
        player.sim.listen(true);
        _ = player.play(&case);
        for decision in player.sim.take_decisions() {
            if reached.insert(decision.rule) {
                rules::check_words(&decision);
            }
        }
    }
    let catalogue: BTreeSet<&str> = decisions::ENTRIES
        .iter()
        .map(|(key, ..)| *key)
        .filter(|key| key.starts_with("sts.") && !key.ends_with(".until"))
        .collect();
    let beyond: BTreeSet<&str> = BEYOND_THE_CORPUS.iter().copied().collect();
    let missing: Vec<_> = catalogue.difference(&reached).filter(|rule| !beyond.contains(*rule)).collect();
    assert!(missing.is_empty(), "the corpus does not reach {missing:?}");
    let nameless: Vec<_> = reached.difference(&catalogue).collect();
    assert!(nameless.is_empty(), "the catalogue lacks {nameless:?}");
    let listed: Vec<_> = reached.intersection(&beyond).collect();
    assert!(listed.is_empty() || std::env::var_os("CONFORMANCE_DIR").is_some(), "the corpus does reach {listed:?}");
    assert_eq!(rules::reached(), beyond, "each rule beyond the corpus is reached by a case of its own");
}
