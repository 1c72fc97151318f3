//! Random operations on a cluster: the named properties hold at every write, and when nothing is broken it settles.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use statefulset_lab::cluster::{Client, DeleteOptions, Fault, FieldValidation};
use statefulset_lab::explain::{About, check, check_change, say, why};
use statefulset_lab::i18n::Lang;
use statefulset_lab::model::{Key, Kind, Millis, Value, parse_json};
use statefulset_lab::sim::Sim;
use statefulset_lab::world::Environment;

/// A StatefulSet with a claim template.
fn manifest(replicas: i64, image: &str, policy: &str) -> Value {
    parse_json(&format!(
        r#"{{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{{"name":"web","namespace":"default"}},"spec":{{
        "replicas":{replicas},"podManagementPolicy":"{policy}","serviceName":"web",
        "selector":{{"matchLabels":{{"app":"web"}}}},
        "template":{{"metadata":{{"labels":{{"app":"web"}}}},"spec":{{"terminationGracePeriodSeconds":5,
          "containers":[{{"name":"c","image":"{image}","volumeMounts":[{{"name":"data","mountPath":"/data"}}]}}]}}}},
        "volumeClaimTemplates":[{{"metadata":{{"name":"data"}},"spec":{{"accessModes":["ReadWriteOnce"],
          "resources":{{"requests":{{"storage":"1Gi"}}}}}}}}]}}}}"#
    ))
    .expect("the text is JSON")
}

fn set_key() -> Key {
    Key::new(Kind::StatefulSet, "default", "web")
}

fn pod_key(ordinal: i64) -> Key {
    Key::new(Kind::Pod, "default", format!("web-{ordinal}"))
}

/// A set of three that has come up.
fn started(policy: &str) -> Sim {
    let mut sim = Sim::new(3, Environment::minikube());
    let value = manifest(3, "nginx:1", policy);
    let client = Client { manager: "test", validation: FieldValidation::Strict };
    sim.act(|ctx| ctx.cluster.create_from(&value, "default", client)).expect("the manifest is valid");
    sim.advance_to(sim.now() + Millis::seconds(120));
    sim
}

fn ready(sim: &Sim) -> i64 {
    sim.cluster.get(&set_key()).and_then(|set| set.i64_at(&["status", "readyReplicas"])).unwrap_or(0)
}

#[derive(Clone, Debug)]
enum Operation {
    Scale(i64),
    DeletePod(i64, bool),
    Image(&'static str),
    Kill(i64),
    Unready(i64, bool),
    Node(bool),
    Wait(i64),
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (0..6_i64).prop_map(Operation::Scale),
        (0..5_i64, any::<bool>()).prop_map(|(ordinal, is_forced)| Operation::DeletePod(ordinal, is_forced)),
        prop::sample::select(vec!["nginx:1", "nginx:2", "nginx:bad", "nginx:crash"]).prop_map(Operation::Image),
        (0..5_i64).prop_map(Operation::Kill),
        (0..3_i64, any::<bool>()).prop_map(|(ordinal, is_on)| Operation::Unready(ordinal, is_on)),
        any::<bool>().prop_map(Operation::Node),
        (1..200_i64).prop_map(Operation::Wait),
    ]
}

fn act(sim: &mut Sim, operation: &Operation) {
    match operation {
        Operation::Scale(replicas) => {
            _ = sim.act(|ctx| ctx.cluster.modify(&set_key(), |set| set.set_at(&["spec", "replicas"], *replicas)));
        }
        Operation::DeletePod(ordinal, is_forced) => {
            let options = if *is_forced { DeleteOptions::FORCE } else { DeleteOptions::BACKGROUND };
            _ = sim.act(|ctx| ctx.cluster.delete(&pod_key(*ordinal), &options));
        }
        Operation::Image(image) => {
            let change = |set: &mut statefulset_lab::model::Object| {
                if let Some(first) = set.at_mut(&["spec", "template", "spec", "containers"]).list_mut().first_mut() {
                    first.set_at(&["image"], *image);
                }
            };
            _ = sim.act(|ctx| ctx.cluster.modify(&set_key(), change));
        }
        Operation::Kill(ordinal) => {
            _ = sim.fault(Fault::KillContainer { pod: pod_key(*ordinal), container: "c".into() });
        }
        Operation::Unready(ordinal, is_on) => {
            _ = sim.fault(Fault::FailReadiness { pod: pod_key(*ordinal), is_on: *is_on });
        }
        Operation::Node(is_on) => {
            let node = "minikube".into();
            _ = sim.fault(if *is_on { Fault::StartNode(node) } else { Fault::StopNode(node) });
        }
        Operation::Wait(_) => {}
    }
}

/// Lets time pass and checks every write.
fn watch(sim: &mut Sim, seconds: i64) -> Result<(), String> {
    let until = sim.now() + Millis::seconds(seconds);
    loop {
        for change in sim.take_changes() {
            if let Some(violation) = check_change(&sim.cluster, &change).first() {
                return Err(format!("at {}: {violation:?}", change.at));
            }
        }
        if let Some(violation) = check(&sim.cluster).first() {
            return Err(format!("at {}: {violation:?}", sim.now()));
        }
        if !sim.step(until) {
            sim.advance_to(until);
            return Ok(());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn properties_hold_whatever_is_done(
        is_parallel in any::<bool>(),
        operations in prop::collection::vec(operation(), 1..12),
    ) {
        let mut sim = started(if is_parallel { "Parallel" } else { "OrderedReady" });
        sim.take_changes();
        for operation in &operations {
            act(&mut sim, operation);
            let seconds = if let Operation::Wait(seconds) = operation { *seconds } else { 7 };
            watch(&mut sim, seconds).map_err(TestCaseError::fail)?;
            for ordinal in 0..5 {
                for sentence in why(&sim, &[], &About::Ordinal { set: set_key(), ordinal }) {
                    prop_assert!(!say(Lang::Ja, &sentence).is_empty());
                }
            }
        }
        // Mend everything: the set comes up again.
        act(&mut sim, &Operation::Node(true));
        for ordinal in 0..3 {
            act(&mut sim, &Operation::Unready(ordinal, false));
        }
        act(&mut sim, &Operation::Image("nginx:1"));
        for ordinal in 0..6 {
            act(&mut sim, &Operation::DeletePod(ordinal, true));
        }
        act(&mut sim, &Operation::Scale(3));
        watch(&mut sim, 1200).map_err(TestCaseError::fail)?;
        prop_assert_eq!(ready(&sim), 3, "it settles");
    }
}

#[test]
fn reasons_name_what_holds_a_pod_and_its_claim() {
    let mut sim = started("OrderedReady");
    let claim = Key::new(Kind::PersistentVolumeClaim, "default", "data-web-0");
    sim.act(|ctx| ctx.cluster.delete(&claim, &DeleteOptions::BACKGROUND)).expect("it exists");
    let words = |sim: &Sim, about: &About| -> String {
        let lines: Vec<String> = why(sim, &[], about).iter().map(|sentence| say(Lang::En, sentence)).collect();
        lines.join("\n")
    };
    let text = words(&sim, &About::Object(claim));
    assert!(text.contains("but web-0 still uses it"), "{text}");
    sim.fault(Fault::StopNode("minikube".into())).expect("it is there");
    sim.act(|ctx| ctx.cluster.delete(&pod_key(1), &DeleteOptions::BACKGROUND)).expect("it exists");
    let text = words(&sim, &About::Ordinal { set: set_key(), ordinal: 1 });
    assert!(text.starts_with("web-1 is terminating, but node minikube does not answer"), "{text}");
    let text = words(&sim, &About::Ordinal { set: set_key(), ordinal: 7 });
    assert!(text.starts_with("web-7 does not exist"), "{text}");
}
