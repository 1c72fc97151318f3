//! Cases of our own for the rules that no recorded case reaches, and a stuck rollout told in both languages; plays
//! without kubelets: the cases say what becomes of pods.

use statefulset_lab::controllers::stateful_set::revisions;
use statefulset_lab::controllers::{Decision, Outcome, Timers};
use statefulset_lab::i18n::{Lang, decisions};
use statefulset_lab::model::pod::POD_NAME_LABEL;
use statefulset_lab::model::{Key, Kind, Object, OwnerReference, Text, Value, parse_json};
use statefulset_lab::sim::Sim;
use statefulset_lab::world::Environment;
use statefulset_lab::{list, obj};
use std::collections::BTreeSet;

/// Checks that a decision has words in both languages, without places that no fact fills.
pub fn check_words(decision: &Decision) {
    for lang in [Lang::En, Lang::Ja] {
        let (said, until) = words(lang, decision);
        assert_ne!(said, decision.rule, "the catalogue has no words for it");
        assert_eq!(until.is_some(), decision.outcome == Outcome::Waits, "{}: a wait has an end", decision.rule);
        for text in [Some(said), until].into_iter().flatten() {
            assert!(!text.contains('{') && !text.is_empty(), "{}: {text:?}", decision.rule);
        }
    }
}

fn words(lang: Lang, decision: &Decision) -> (String, Option<String>) {
    let facts: Vec<(&str, &str)> = decision.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    (decisions::say(lang, decision.rule, &facts), decisions::until(lang, decision.rule, &facts))
}

/// Brings a case to where a sync reaches its rule.
type Prepare = fn(&mut Case);

/// The rules beyond the corpus that the cases here reach.
pub fn reached() -> BTreeSet<&'static str> {
    let cases: [(&str, Prepare); 14] = [
        ("sts.set.gone", |case| case.remove(Kind::StatefulSet, "web")),
        ("sts.set.terminating", |case| {
            case.modify(Kind::StatefulSet, "web", |set| {
                set.meta.add_finalizer("foregroundDeletion");
                set.meta.deletion_timestamp = Some(set.meta.created);
            });
        }),
        ("sts.revision.adopted", |case| {
            case.modify(Kind::ControllerRevision, &case.revision(), |revision| {
                revision.meta.owner_references = Default::default();
            });
        }),
        ("sts.revision.collision", |case| {
            case.template("nginx:2");
            let data = revisions::revision_data(case.set().at(&["spec", "template"]).unwrap_or(&Value::Null));
            let hash = revisions::revision_hash(&statefulset_lab::model::to_json(&data), 0);
            let mut taken = Object::new(Kind::ControllerRevision, "default", format!("web-{hash}"));
            taken.set_at(&["data"], Value::map());
            case.insert(taken);
        }),
        ("sts.revision.means-the-same", |case| {
            case.modify(Kind::ControllerRevision, &case.revision(), |revision| {
                revision.set_at(&["data", "spec", "template", "metadata", "creationTimestamp"], Value::Null);
            });
        }),
        ("sts.pod.released", |case| case.modify(Kind::Pod, "web-0", |pod| pod.meta.labels = Default::default())),
        ("sts.pod.adopted", |case| {
            case.modify(Kind::Pod, "web-0", |pod| pod.meta.owner_references = Default::default());
        }),
        ("sts.replica.more-later", |case| {
            case.modify(Kind::StatefulSet, "web", |set| {
                set.set_at(&["spec", "podManagementPolicy"], "Parallel");
                set.set_at(&["spec", "replicas"], 2_000_000_000);
            });
        }),
        ("sts.replica.stale-claim", |case| {
            case.modify(Kind::StatefulSet, "web", |set| {
                let template = obj! { "metadata" => obj! { "name" => "data" }, "spec" => Value::map() };
                set.set_at(&["spec", "volumeClaimTemplates"], list![template]);
                set.set_at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"], "Delete");
            });
            let pod = case.sim.cluster.get(&key(Kind::Pod, "web-0")).expect("web-0 exists");
            let mut claim = Object::new(Kind::PersistentVolumeClaim, "default", "data-web-0");
            claim.meta.owner_references = vec![OwnerReference::controller_of(pod)].into();
            case.insert(claim);
            case.remove(Kind::Pod, "web-0");
        }),
        ("sts.replica.name-taken", |case| {
            case.remove(Kind::Pod, "web-0");
            case.insert(Object::new(Kind::Pod, "default", "web-0"));
        }),
        ("sts.replica.repair", |case| {
            case.run("web-0", true);
            case.modify(Kind::Pod, "web-0", |pod| _ = pod.meta.labels.remove(POD_NAME_LABEL));
        }),
        ("sts.replica.repair-failed", |case| {
            let mut odd = Object::clone(case.sim.cluster.get(&key(Kind::Pod, "web-0")).expect("web-0 exists"));
            case.remove(Kind::Pod, "web-0");
            odd.meta.name = "web-00".into();
            case.insert(odd);
            case.run("web-00", true);
        }),
        ("sts.status.rejected", |case| {
            // The pods have neither the current nor the update revision, and one of them is replaced.
            case.run("web-0", true);
            case.sync();
            case.run("web-1", true);
            case.template("nginx:2");
            case.modify(Kind::StatefulSet, "web", |set| set.set_at(&["status", "currentRevision"], "web-gone"));
        }),
        ("sts.sync.retry", |case| {
            case.remove(Kind::Pod, "web-0");
            case.insert(Object::new(Kind::Pod, "default", "web-0"));
        }),
    ];
    let mut rules = BTreeSet::new();
    for (rule, prepare) in cases {
        let mut case = Case::new();
        prepare(&mut case);
        let told = case.sync();
        told.iter().for_each(check_words);
        assert!(told.iter().any(|decision| decision.rule == rule), "no {rule} among {told:#?}");
        rules.insert(rule);
    }
    rules
}

#[test]
fn every_rule_in_the_code_stands_in_the_catalogue() {
    let mut waiting = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/controllers/stateful_set")];
    let mut count = 0;
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).expect("the controller has files");
            waiting.extend(entries.map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let text = std::fs::read_to_string(path).expect("source is text");
        for rule in text.split("\"sts.").skip(1).filter_map(|rest| rest.split('"').next()) {
            let rule = format!("sts.{rule}");
            assert!(decisions::ENTRIES.iter().any(|(key, ..)| *key == rule), "the catalogue lacks {rule}");
            count += 1;
        }
    }
    assert!(count > 40, "rules are written as literals");
}

/// The stuck rollout that issue 67250 of Kubernetes describes: a broken image, taken back, and nothing happens.
#[test]
fn a_stuck_rollout_explains_itself() {
    let mut case = Case::new();
    case.run("web-0", true);
    case.sync();
    case.run("web-1", true);
    case.sync();
    let mut told = String::new();
    case.template("nginx:broken");
    case.tell("A broken image is rolled out: the highest pod is replaced.", &mut told);
    case.remove(Kind::Pod, "web-1");
    case.sync();
    case.modify(Kind::Pod, "web-1", |pod| {
        let waiting = obj! { "reason" => "ImagePullBackOff" };
        let status = obj! { "name" => "web", "ready" => false, "state" => obj! { "waiting" => waiting } };
        pod.set_at(&["status"], obj! { "phase" => "Pending", "containerStatuses" => list![status] });
    });
    case.tell("Its image cannot be pulled.", &mut told);
    case.template("nginx:1");
    case.tell("The image is corrected: nothing happens, and this is why.", &mut told);
    case.remove(Kind::Pod, "web-1");
    case.tell("web-1 is deleted by hand.", &mut told);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stateful_set/stuck_rollout.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &told).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(told, expected, "UPDATE_EXPECT=1 records it anew");
}

fn key(kind: Kind, name: &str) -> Key {
    Key::new(kind, "default", Text::new(name))
}

/// A set `web` of two pods whose first sync has happened.
struct Case {
    sim: Sim,
}

impl Case {
    fn new() -> Case {
        let text = r#"{"apiVersion":"apps/v1","kind":"StatefulSet",
            "metadata":{"name":"web","namespace":"default","uid":"set-1","generation":1},
            "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"serviceName":"nginx",
                "podManagementPolicy":"OrderedReady","revisionHistoryLimit":10,
                "updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":0}},
                "template":{"metadata":{"labels":{"app":"web"}},
                    "spec":{"containers":[{"name":"web","image":"nginx:1"}]}}}}"#;
        let set = parse_json(text).ok().and_then(|value| Object::from_value(&value)).expect("a set");
        let mut case = Case { sim: Sim::empty(1, Environment::minikube()) };
        case.insert(set);
        case.sync();
        case
    }

    /// Lets the controller do what it was asked for, and nobody else.
    fn sync(&mut self) -> Vec<Decision> {
        self.sim.timers = Timers::default();
        let key = key(Kind::StatefulSet, "web");
        self.sim.take_decisions();
        self.sim.act(|ctx| ctx.enqueue(statefulset_lab::controllers::ControllerId::StatefulSet, key));
        self.sim.step(self.sim.now());
        let first = self.sim.timers.iter().find(|(_, work)| work.task == "first").map(|(at, _)| at);
        if let Some(at) = first {
            // A new set's first sync comes a moment later.
            self.sim.step(at);
        }
        self.sim.take_decisions()
    }

    fn tell(&mut self, title: &str, out: &mut String) {
        let decisions = self.sync();
        out.push_str(&format!("# {title}\n"));
        for lang in [Lang::En, Lang::Ja] {
            for decision in &decisions {
                let (said, until) = words(lang, decision);
                out.push_str(&format!("{}\n", said));
                if let Some(until) = until {
                    out.push_str(&format!("    {until}\n"));
                }
            }
            out.push('\n');
        }
    }

    fn set(&self) -> &Object {
        self.sim.cluster.get(&key(Kind::StatefulSet, "web")).expect("the set exists")
    }

    fn revision(&self) -> Text {
        let revision = self.sim.cluster.list(Kind::ControllerRevision).next();
        revision.expect("the first sync makes a revision").meta.name.clone()
    }

    fn insert(&mut self, object: Object) {
        self.sim.act(|ctx| ctx.cluster.insert(object)).expect("it is new");
    }

    fn remove(&mut self, kind: Kind, name: &str) {
        self.sim.act(|ctx| ctx.cluster.remove(&key(kind, name)));
    }

    fn modify(&mut self, kind: Kind, name: &str, change: impl FnOnce(&mut Object)) {
        self.sim.act(|ctx| ctx.cluster.modify(&key(kind, name), change)).expect("it exists");
    }

    fn template(&mut self, image: &'static str) {
        self.modify(Kind::StatefulSet, "web", |set| {
            set.at_mut(&["spec", "template", "spec", "containers"]).list_mut()[0].set_at(&["image"], image);
        });
    }

    fn run(&mut self, pod: &str, is_ready: bool) {
        let since = self.sim.now().rfc3339();
        let status = if is_ready { "True" } else { "False" };
        let ready = obj! { "type" => "Ready", "status" => status, "lastTransitionTime" => since };
        self.modify(Kind::Pod, pod, |pod| {
            pod.set_at(&["status"], obj! { "phase" => "Running", "conditions" => list![ready] });
        });
    }
}
