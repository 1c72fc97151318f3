//! A pod gets its node: at once, or once its claims are bound, for which it is given ten minutes.
//!
//! Follows the binding cycle in pkg/scheduler/schedule_one.go.

use super::refusal::{Needs, Refusal};
use super::{Scheduler, record, work};
use crate::controllers::{ControllerId, Ctx, Outcome};
use crate::model::conditions::set_condition;
use crate::model::node::ZONE;
use crate::model::pod::claims_of;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// A pod whose node is chosen and whose claims are not bound yet.
#[derive(Clone, Debug)]
pub(super) struct Reserved {
    pub(super) node: Text,
    pub(super) since: Millis,
}

/// Gives up waiting for a pod's claims.
pub(super) const TASK_TIMEOUT: &str = "timeout";

/// How long a reserved pod waits for its claims.
const BIND_TIMEOUT: Millis = Millis::seconds(600);

impl Scheduler {
    /// Keeps a place for a pod until its claims are bound.
    pub(super) fn reserve(&mut self, ctx: &mut Ctx<'_>, pod: &Object, node: Text) {
        let key = pod.key();
        record(ctx, &key, "scheduler.reserved", Outcome::Waits, || vec![("node", node.clone())]);
        self.loads.assume(&key, pod, node.clone());
        let since = ctx.now();
        let by_claim = Rc::make_mut(&mut self.by_claim);
        for claim in claims_of(pod) {
            by_claim.entry(claim).or_default().insert(key.clone());
        }
        Rc::make_mut(&mut self.reserved).insert(key.clone(), Reserved { node, since });
        ctx.timers.set(since + BIND_TIMEOUT, work(&key, TASK_TIMEOUT));
    }

    pub(super) fn give_up(&mut self, key: &Key, ctx: &mut Ctx<'_>) {
        let Some(reserved) = self.reserved.get(key) else { return };
        if reserved.since + BIND_TIMEOUT > ctx.now() {
            return;
        }
        match ctx.cluster.get(key).cloned() {
            Some(pod) => self.leave_place(&pod, "context deadline exceeded", ctx),
            None => {
                self.forget(key);
                self.loads.remove(key);
            }
        }
    }

    /// Gives up a place where one of the pod's volumes may not be used, as `checkBindings` does.
    pub(super) fn give_up_place(&mut self, pod: &Rc<Object>, volume: &Text, node: &Text, ctx: &mut Ctx<'_>) {
        let why = format!(
            "pv {:?} node affinity doesn't match node {:?}: no matching NodeSelectorTerms",
            volume.as_str(),
            node.as_str()
        );
        self.leave_place(pod, &why, ctx);
    }

    /// Gives up the place of a pod whose claims could not be bound there, and looks for another.
    fn leave_place(&mut self, pod: &Rc<Object>, why: &str, ctx: &mut Ctx<'_>) {
        let key = pod.key();
        self.forget(&key);
        self.loads.remove(&key);
        ctx.timers.cancel(&work(&key, TASK_TIMEOUT));
        let message = format!("running PreBind plugin \"VolumeBinding\": binding volumes: {why}");
        let needs = Needs { node: true, pod_gone: false };
        self.refuse(ctx, pod, Refusal { message, needs, plan: None });
        ctx.enqueue(ControllerId::Scheduler, key);
    }

    pub(super) fn bind(&mut self, ctx: &mut Ctx<'_>, pod: &Rc<Object>, node_name: &Text) {
        let mut bound = Object::clone(pod);
        bound.set_at(&["spec", "nodeName"], node_name);
        if let Some(node) = ctx.cluster.find(Kind::Node, &Text::default(), node_name) {
            for label in [ZONE, "topology.kubernetes.io/region"] {
                if let Some(value) = node.meta.labels.get(label) {
                    bound.meta.labels.insert(label, value.clone());
                }
            }
        }
        let condition = obj! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => ctx.now().rfc3339(),
            "observedGeneration" => pod.meta.generation, "status" => "True", "type" => "PodScheduled",
        };
        set_condition(&mut bound, condition);
        bound.remove_at(&["status", "nominatedNodeName"]);
        let key = pod.key();
        if ctx.cluster.replace(bound).is_err() {
            return;
        }
        let text = format!("Successfully assigned {}/{} to {node_name}", pod.meta.namespace, pod.meta.name);
        ctx.scheduler_event(pod, false, "Scheduled", text.into());
        record(ctx, &key, "scheduler.bound", Outcome::Acts, || vec![("node", node_name.clone())]);
        self.forget(&key);
        ctx.timers.cancel(&work(&key, TASK_TIMEOUT));
    }
}
