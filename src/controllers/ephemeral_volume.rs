//! Makes the claims of pods' generic ephemeral volumes; they belong to their pods and go with them. Binds nothing.
//!
//! Follows pkg/controller/volume/ephemeral.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::pod::{ephemeral_claim, ephemeral_template, volumes};
use crate::model::{Key, Kind, Millis, Object, OwnerReference, Text, Value};
use std::rc::Rc;

/// The controller keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct EphemeralVolumes {}

const SOURCE: &str = "ephemeral_volume";
/// How long it takes to look at a new pod.
const DELAY: Millis = Millis(10);
/// How long it waits after a claim that is in the way.
const RETRY: Millis = Millis::seconds(10);

fn has_ephemeral(pod: &Object) -> bool {
    volumes(pod).iter().any(|volume| ephemeral_claim(pod, volume).is_some())
}

impl Controller for EphemeralVolumes {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let (object, at) = (&change.object, change.at + DELAY);
        let work = |key: Key| Work { controller: ControllerId::EphemeralVolume, key, task: "" };
        match (change.kind(), change.verb) {
            (Kind::Pod, Verb::Added) if has_ephemeral(object) => timers.add(at, work(object.key())),
            // A claim that was in the way is gone.
            (Kind::PersistentVolumeClaim, Verb::Deleted) => {
                for key in cluster.pods_using(&object.key()) {
                    if cluster.get(key).is_some_and(|pod| has_ephemeral(pod)) {
                        timers.add(at, work(key.clone()));
                    }
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(pod) = ctx.cluster.get(&work.key).filter(|pod| !pod.meta.is_terminating()).cloned() else { return };
        for volume in volumes(&pod) {
            let Some(key) = ephemeral_claim(&pod, volume) else { continue };
            let problem = match ctx.cluster.get(&key) {
                Some(claim) if claim.meta.is_controlled_by(&pod) => None,
                Some(_) => Some(format!(
                    "PVC {}/{} was not created for pod {}/{} (pod is not owner)",
                    key.namespace, key.name, pod.meta.namespace, pod.meta.name
                )),
                None => ctx.cluster.create(claim_for(&pod, volume, &key)).err().map(|error| error.to_string()),
            };
            if let Some(problem) = problem {
                let text = format!("ephemeral volume {}: {problem}", volume.str_at(&["name"]));
                ctx.event(&pod, SOURCE, true, "FailedBinding", text);
                let at = ctx.now() + RETRY;
                return ctx.timers.add(at, work.clone());
            }
        }
    }
}

fn claim_for(pod: &Object, volume: &Value, key: &Key) -> Object {
    let template = ephemeral_template(volume).cloned().unwrap_or_default();
    let mut claim = Object::new(Kind::PersistentVolumeClaim, key.namespace.clone(), key.name.clone());
    let pairs = |field: &str| template.at(&["metadata", field]).and_then(Value::as_map).cloned().unwrap_or_default();
    for (name, value) in pairs("labels").iter() {
        claim.meta.labels.insert(name.clone(), Text::new(value.as_str().unwrap_or("")));
    }
    for (name, value) in pairs("annotations").iter() {
        claim.meta.annotations.insert(name.clone(), Text::new(value.as_str().unwrap_or("")));
    }
    claim.meta.owner_references = Rc::new(vec![OwnerReference::controller_of(pod)]);
    claim.set_at(&["spec"], template.get("spec").cloned().unwrap_or_else(Value::map));
    claim
}
