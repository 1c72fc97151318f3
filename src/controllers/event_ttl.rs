//! Lets Event objects expire an hour after they were written last; looks at nothing else.
//!
//! Follows pkg/registry/core/event/storage/storage.go, where the store is told how long events live.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::{Key, Kind, Millis};
use crate::sorted::SharedMap;

/// The events by when they are over and the version that they got. Copies share what they have in common.
#[derive(Clone, Debug, Default)]
pub struct EventTtl {
    queue: SharedMap<(Millis, u64), Key>,
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
        self.queue.insert((change.at + TTL, change.resource_version), change.object.key());
    }

    fn reconcile(&mut self, _: &Work, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        while let Some(((_, version), key)) = self.queue.first_key_value().filter(|((at, _), _)| *at <= now) {
            let (version, key) = (*version, key.clone());
            self.queue.pop_first();
            if ctx.cluster.get(&key).is_some_and(|event| event.meta.resource_version == version) {
                ctx.cluster.remove(&key);
            }
        }
        if let Some(((at, _), _)) = self.queue.first_key_value() {
            ctx.timers.add(*at, work());
        }
    }
}

/// All events share one timer.
fn work() -> Work {
    Work { controller: ControllerId::EventTtl, key: Key::new(Kind::Event, "", ""), task: "" }
}
