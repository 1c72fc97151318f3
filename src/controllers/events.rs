//! Writes Event objects as the components' recorders do: repeats are counted, floods are cut; decides nothing.
//!
//! Follows client-go's tools/record/event.go, and tools/events/event_broadcaster.go where events come in series.

use super::event_correlator::{Correlated, Correlator};
use super::event_series::{CountedEvent, EventSeries};
use super::{ControllerId, Ctx, Work};
use crate::cluster::Cluster;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;

pub use super::event_correlator::NewEvent;

/// What the recorders remember of the events that they wrote.
#[derive(Clone, Debug, Default)]
pub struct Events {
    correlator: Correlator,
    series: EventSeries,
    sequence: i64,
    stamp: Option<(Millis, Text)>,
    recorded: Option<Vec<RecordedEvent>>,
}

/// What a component recorded, whatever the correlator made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Whether it is a `Warning`; otherwise it is `Normal`.
    pub is_warning: bool,
    /// The reason in one word.
    pub reason: &'static str,
    /// The sentence.
    pub message: Text,
}

/// The scheduler's task of looking through its series.
pub(super) const TASK_SERIES: &str = "event series";

impl Ctx<'_> {
    /// Writes or counts up an event without the name of a machine.
    pub fn event(
        &mut self,
        about: &Object,
        component: impl Into<Text>,
        is_warning: bool,
        reason: &'static str,
        message: impl Into<Text>,
    ) {
        self.record(NewEvent {
            about,
            field_path: Text::default(),
            component: component.into(),
            host: Text::default(),
            is_warning,
            reason,
            message: message.into(),
        });
    }

    /// Writes or counts up an event.
    pub fn record(&mut self, new: NewEvent<'_>) {
        self.events.record(self.cluster, new);
    }

    /// Writes or counts up an event of the scheduler, whose series hang on the version of the pod: while that stays,
    /// further attempts are counted under the first text.
    pub fn scheduler_event(&mut self, pod: &Object, is_warning: bool, reason: &'static str, message: Text) {
        let host = &self.environment.control_plane_host;
        self.events.scheduler(self.cluster, host, pod, is_warning, reason, message);
        self.look_again();
    }

    /// Writes the scheduler's series that are due and closes those that are over.
    pub(super) fn look_through_series(&mut self) {
        for counted in self.events.series.look(self.now()) {
            self.events.write_series(self.cluster, &counted);
        }
        self.look_again();
    }

    fn look_again(&mut self) {
        if let Some(at) = self.events.series.next_look(self.now()) {
            let key = Key::new(Kind::Event, "", "");
            self.timers.add(at, Work { controller: ControllerId::Scheduler, key, task: TASK_SERIES });
        }
    }
}

impl Events {
    /// Keeps what is recorded from now on.
    pub fn trace(&mut self) {
        self.recorded.get_or_insert_default();
    }

    /// Takes what was recorded since the last call, oldest first; nothing unless it is kept.
    pub fn take_recorded(&mut self) -> Vec<RecordedEvent> {
        self.recorded.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Forgets what a component recorded, as it does when it is started anew.
    pub fn forget(&mut self, component: &str) {
        self.correlator.forget(component);
    }

    fn record(&mut self, cluster: &mut Cluster, new: NewEvent<'_>) {
        let now = cluster.now();
        if let Some(recorded) = &mut self.recorded {
            recorded.push(RecordedEvent {
                is_warning: new.is_warning,
                reason: new.reason,
                message: new.message.clone(),
            });
        }
        let sequence = &mut self.sequence;
        let name = || name_of(new.about, now, sequence);
        let Some(Correlated { count, combined }) = self.correlator.observe(&new, now, name) else { return };
        let latest = self.stamp(now);
        let message = combined.as_ref().unwrap_or(&new.message);
        if count.times > 1 {
            let key = Key::new(Kind::Event, namespace_of(new.about), count.name.clone());
            let counted = cluster.modify(&key, |event| {
                event.set_at(&["count"], count.times);
                event.set_at(&["lastTimestamp"], latest.clone());
                event.set_at(&["message"], message);
            });
            if counted.is_ok() {
                return;
            }
        }
        let mut event = begin(new.about, count.name, new.is_warning, new.reason, message, new.field_path);
        let mut source = obj! { "component" => &new.component };
        if !new.host.is_empty() {
            source.set_at(&["host"], &new.host);
        }
        // What stands for many is made from the source alone.
        let (component, host) = if combined.is_some() { Default::default() } else { (new.component, new.host) };
        event.set_at(&["source"], source);
        event.set_at(&["reportingComponent"], component);
        event.set_at(&["reportingInstance"], host);
        event.set_at(
            &["firstTimestamp"],
            if count.first == now { latest.clone() } else { count.first.rfc3339().into() },
        );
        event.set_at(&["lastTimestamp"], latest);
        event.set_at(&["count"], count.times);
        event.set_at(&["eventTime"], Value::Null);
        // A refused event is lost, as a recorder loses it.
        _ = cluster.insert(event);
    }

    fn scheduler(
        &mut self,
        cluster: &mut Cluster,
        host: &Text,
        pod: &Object,
        is_warning: bool,
        reason: &'static str,
        message: Text,
    ) {
        let now = cluster.now();
        let series = match self.series.repeat(pod, reason, now) {
            Ok(counted) => return counted.into_iter().for_each(|counted| self.write_series(cluster, &counted)),
            Err(series) => series,
        };
        let name = name_of(pod, now, &mut self.sequence);
        let mut event = begin(pod, name, is_warning, reason, &message, Text::default());
        event.set_at(&["action"], if is_warning { "Scheduling" } else { "Binding" });
        event.set_at(&["source"], Value::map());
        event.set_at(&["reportingComponent"], "default-scheduler");
        event.set_at(&["reportingInstance"], format!("default-scheduler-{host}"));
        event.set_at(&["firstTimestamp"], Value::Null);
        event.set_at(&["lastTimestamp"], Value::Null);
        event.set_at(&["eventTime"], now.rfc3339_micro());
        if let Ok(event) = cluster.insert(event) {
            self.series.open(series, event, now);
        }
    }

    /// Writes how often a series was recorded; one whose Event is gone is written anew.
    fn write_series(&self, cluster: &mut Cluster, counted: &CountedEvent) {
        let times = obj! { "count" => counted.times, "lastObservedTime" => counted.latest.rfc3339_micro() };
        if cluster.modify(&counted.key(), |event| event.set_at(&["series"], times.clone())).is_ok() {
            return;
        }
        let mut event = (*counted.event).clone();
        event.set_at(&["series"], times);
        _ = cluster.insert(event);
    }

    fn stamp(&mut self, now: Millis) -> Text {
        match &self.stamp {
            Some((at, text)) if *at == now.truncated() => text.clone(),
            _ => {
                let text = Text::from(now.rfc3339());
                self.stamp = Some((now.truncated(), text.clone()));
                text
            }
        }
    }
}

/// The name of a new Event: the object's and a number that grows.
fn name_of(about: &Object, now: Millis, sequence: &mut i64) -> Text {
    *sequence += 1;
    format!("{}.{:x}", about.meta.name, now.unix_nanos().saturating_add(*sequence)).into()
}

/// Where the events of an object stand.
fn namespace_of(about: &Object) -> Text {
    if about.meta.namespace.is_empty() { "default".into() } else { about.meta.namespace.clone() }
}

fn begin(
    about: &Object,
    name: Text,
    is_warning: bool,
    reason: &'static str,
    message: &Text,
    field_path: Text,
) -> Object {
    let mut involved = obj! {
        "apiVersion" => about.kind.api_version(), "kind" => about.kind.names().kind, "name" => &about.meta.name,
        "uid" => &about.meta.uid, "resourceVersion" => about.meta.resource_version.to_string(),
    };
    if !about.meta.namespace.is_empty() {
        involved.set_at(&["namespace"], &about.meta.namespace);
    }
    if !field_path.is_empty() {
        involved.set_at(&["fieldPath"], field_path);
    }
    let mut event = Object::new(Kind::Event, namespace_of(about), name);
    event.set_at(&["involvedObject"], involved);
    event.set_at(&["reason"], reason);
    event.set_at(&["message"], message);
    event.set_at(&["type"], if is_warning { "Warning" } else { "Normal" });
    event
}
