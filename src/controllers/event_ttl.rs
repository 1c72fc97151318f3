//! Lets Event objects expire an hour after they were written last; looks at nothing else.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::{Key, Kind, Millis};
use std::collections::VecDeque;
use std::rc::Rc;

/// The events in the order in which they were written, with the version that they got.
#[derive(Clone, Debug, Default)]
pub struct EventTtl {
    queue: Rc<VecDeque<(Millis, Key, u64)>>,
}

/// How long an event lives after its last write.
const TTL: Millis = Millis::seconds(3600);

impl Controller for EventTtl {
    fn observe(&mut self, change: &Change, _: &Cluster, timers: &mut Timers) {
        if change.kind() != Kind::Event || change.verb == Verb::Deleted {
            return;
        }
        if self.queue.is_empty() {
            timers.add(change.at + TTL, work());
        }
        let entry = (change.at + TTL, change.object.key(), change.resource_version);
        Rc::make_mut(&mut self.queue).push_back(entry);
    }

    fn reconcile(&mut self, _: &Work, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let queue = Rc::make_mut(&mut self.queue);
        while let Some((_, key, version)) = queue.pop_front_if(|(at, _, _)| *at <= now) {
            if ctx.cluster.get(&key).is_some_and(|event| event.meta.resource_version == version) {
                ctx.cluster.remove(&key);
            }
        }
        if let Some((at, _, _)) = queue.front() {
            ctx.timers.add(*at, work());
        }
    }
}

/// All events share one timer.
fn work() -> Work {
    Work { controller: ControllerId::EventTtl, key: Key::new(Kind::Event, "", ""), task: "" }
}
