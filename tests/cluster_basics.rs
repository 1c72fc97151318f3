//! The cluster around the controllers, driven through the API alone.

use statefulset_lab::cluster::{DeleteOptions, PODS_MAX, Propagation, Verb};
use statefulset_lab::model::{Key, Kind, Millis, Object, OwnerReference, Text, parse_json};
use statefulset_lab::sim::Sim;
use statefulset_lab::world::Environment;

/// A cluster of the recorded sessions' kind.
fn recorder() -> Sim {
    Sim::new(1, Environment::recorder())
}

/// Creates an object from its JSON, filled up with the defaults that the API would give.
fn create(sim: &mut Sim, json: &str) -> Key {
    let mut object = Object::from_value(&parse_json(json).unwrap()).unwrap();
    if object.meta.namespace.is_empty() && object.kind.names().is_namespaced {
        object.meta.namespace = "default".into();
    }
    if object.kind == Kind::Pod {
        for (field, value) in [("schedulerName", "default-scheduler"), ("restartPolicy", "Always")] {
            if object.at(&["spec", field]).is_none() {
                object.set_at(&["spec", field], value);
            }
        }
    }
    let key = object.key();
    sim.act(|ctx| ctx.cluster.create(object).map(|_| ())).unwrap();
    key
}

fn trace(sim: &mut Sim) -> Vec<String> {
    let changes = sim.take_changes();
    changes
        .iter()
        .filter(|change| change.kind() != Kind::Event)
        .map(|change| {
            let object = &change.object;
            let state = object.list_at(&["status", "containerStatuses"]).first().and_then(|s| s.get("state"));
            let state = state.map(statefulset_lab::model::to_json).unwrap_or_default();
            format!(
                "{} {:?} {} {} {state}",
                change.at,
                change.verb,
                object.meta.name,
                object.str_at(&["status", "phase"])
            )
        })
        .collect()
}

fn events(sim: &Sim) -> Vec<String> {
    sim.cluster
        .list(Kind::Event)
        .map(|event| {
            format!(
                "{} {} {} {} x{}",
                event.str_at(&["involvedObject", "name"]),
                event.str_at(&["type"]),
                event.str_at(&["reason"]),
                event.str_at(&["message"]),
                event.i64_at(&["count"]).or(event.i64_at(&["series", "count"])).unwrap_or(1)
            )
        })
        .collect()
}

const CLAIM: &str = r#"{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},
    "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}"#;
const POD: &str = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{
    "containers":[{"name":"c","image":"nginx:1"}],
    "volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]}}"#;

#[test]
fn a_pod_gets_its_volume_and_runs() {
    let mut sim = recorder();
    create(&mut sim, CLAIM);
    let pod = create(&mut sim, POD);
    sim.advance_to(Millis::seconds(5));
    println!("{}", trace(&mut sim).join("\n"));
    println!("{}", events(&sim).join("\n"));
    assert_eq!(sim.cluster.get(&pod).unwrap().str_at(&["status", "podIP"]), "10.244.1.1");
}

/// Names with dots that controllers read and that are no rules.
const NO_RULES: [&str; 3] =
    ["metadata.name", "deprecated.deployment.rollback.to", "deprecated.daemonset.template.generation"];

/// The literals of a Rust text that look like a rule: `prefix.rule`, in small letters.
fn rules_in(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|it| it.is_ascii_lowercase() || it == '-');
    let literals = text.lines().flat_map(|line| line.split('"').skip(1).step_by(2));
    literals.filter(move |it| it.contains('.') && it.split('.').all(is_word) && !NO_RULES.contains(it))
}

/// Every rule that a controller names has a text in both languages.
#[test]
fn every_rule_has_words() {
    use statefulset_lab::i18n::{cluster_rules, decisions};
    let (mut missing, mut found) = (Vec::new(), 0);
    let mut open = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/controllers"))];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().flatten().map(|entry| entry.path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for rule in rules_in(&text) {
            found += 1;
            if !cluster_rules::ENTRIES.iter().chain(decisions::ENTRIES).any(|(key, ..)| *key == rule) {
                missing.push(rule.to_string());
            }
        }
    }
    assert!(found > 100, "only {found} rules were found: the search is broken");
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn as_many_pods_as_promised_fit_beside_the_clusters_own() {
    let mut sim = Sim::new(1, Environment::minikube());
    let own = sim.cluster.count(Kind::Pod);
    assert!(own > 0, "a cluster runs pods of its own");
    let pod = |number: usize| {
        let text = r#"{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"c","image":"nginx"}]}}"#;
        let mut pod = Object::from_value(&parse_json(text).unwrap()).unwrap();
        (pod.meta.namespace, pod.meta.name) = ("default".into(), Text::new(&format!("p-{number}")));
        pod
    };
    for number in 0..PODS_MAX {
        assert!(sim.cluster.create(pod(number)).is_ok(), "pod {number} of {PODS_MAX}");
    }
    let error = sim.cluster.create(pod(PODS_MAX)).unwrap_err().to_string();
    assert!(error.contains(&format!("at most {PODS_MAX} pods")), "{error}");
}

/// The scheduler writes the second attempt at once, and what follows when its series is over.
#[test]
fn a_series_of_the_scheduler_is_written_when_it_is_over() {
    let mut sim = recorder();
    create(&mut sim, &POD.replace(r#""containers""#, r#""nodeSelector":{"disk":"none"},"containers""#));
    create(&mut sim, CLAIM);
    sim.advance_to(Millis::seconds(2));
    let count = |sim: &Sim| {
        let told = |event: &&std::rc::Rc<Object>| event.str_at(&["reason"]) == "FailedScheduling";
        sim.cluster.list(Kind::Event).filter(told).filter_map(|event| event.i64_at(&["series", "count"])).max()
    };
    // Each new label of a node lets the scheduler look again.
    let key = sim.cluster.list(Kind::Node).next().unwrap().key();
    for round in 0..6 {
        let value = format!("{round}");
        sim.act(|ctx| {
            ctx.cluster.modify(&key, |node| node.set_at(&["metadata", "labels", "round"], value)).map(|_| ())
        })
        .unwrap();
        sim.advance_to(Millis::seconds(20 * (round + 1)));
    }
    println!("{}", events(&sim).join("\n"));
    assert_eq!(count(&sim), Some(2), "only the first repeat is written at once");
    sim.advance_to(Millis::seconds(900));
    println!("{}", events(&sim).join("\n"));
    assert!(count(&sim) > Some(2), "the series is over, and written");
}

/// How often each object of a kind was made or went, in order.
fn comings_and_goings(sim: &mut Sim, kind: Kind) -> Vec<String> {
    let changes = sim.take_changes();
    let of_kind = changes.iter().filter(|change| change.kind() == kind && change.verb != Verb::Modified);
    of_kind.map(|change| format!("{:?} {}", change.verb, change.object.meta.name)).collect()
}

#[test]
fn a_set_deleted_after_its_pods_makes_its_lost_revision_once_more() {
    let mut sim = recorder();
    let set = r#"{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"web"},"spec":{"replicas":3,
        "selector":{"matchLabels":{"app":"web"}},"serviceName":"web","template":{"metadata":{"labels":{"app":"web"}},
        "spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"registry.k8s.io/pause:3.10"}]}}}}"#;
    let key = create(&mut sim, set);
    sim.advance_to(Millis::seconds(60));
    sim.take_changes();
    let options = DeleteOptions { propagation: Propagation::Foreground, ..DeleteOptions::BACKGROUND };
    sim.act(|ctx| ctx.cluster.delete(&key, &options).map(|_| ())).unwrap();
    sim.advance_to(Millis::seconds(120));
    let revisions = comings_and_goings(&mut sim, Kind::ControllerRevision);
    let verbs: Vec<&str> = revisions.iter().filter_map(|told| told.split(' ').next()).collect();
    assert_eq!(verbs, ["Deleted", "Added", "Deleted"], "{revisions:?}");
    assert!(sim.cluster.get(&key).is_none());
}

#[test]
fn objects_that_own_each_other_go_together() {
    let mut sim = recorder();
    let keys = ["a", "b"].map(|name| {
        create(&mut sim, &format!(r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{name}"}}}}"#))
    });
    for (owned, owner) in [(0, 1), (1, 0)] {
        let owner = sim.cluster.get(&keys[owner]).unwrap();
        let mut reference = OwnerReference::controller_of(owner);
        reference.block_owner_deletion = Some(true);
        let change = |object: &mut Object| object.meta.owner_references = vec![reference].into();
        sim.act(|ctx| ctx.cluster.modify(&keys[owned], change).map(|_| ())).unwrap();
    }
    let options = DeleteOptions { propagation: Propagation::Foreground, ..DeleteOptions::BACKGROUND };
    sim.act(|ctx| ctx.cluster.delete(&keys[0], &options).map(|_| ())).unwrap();
    sim.advance_to(Millis::seconds(5));
    assert_eq!(sim.cluster.list(Kind::ConfigMap).filter(|map| keys.contains(&map.key())).count(), 0);
}
