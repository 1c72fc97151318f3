//! Writes Event objects as the components' recorders do: repeats are counted, floods are cut; decides nothing.

use super::Ctx;
use crate::cluster::Cluster;
use crate::model::{Kind, Millis, Object, Text, Value};
use crate::obj;
use crate::sorted::{SharedMap, SharedSet};
use std::rc::Rc;

/// An event that a component records.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// The object it is about.
    pub about: &'a Object,
    /// The part of the object: `spec.containers{nginx}`; empty for the whole.
    pub field_path: Text,
    /// Who tells it.
    pub component: Text,
    /// The machine it is told from; empty for controllers.
    pub host: Text,
    /// Whether it is a `Warning`; otherwise it is `Normal`.
    pub is_warning: bool,
    /// The reason in one word.
    pub reason: &'static str,
    /// The sentence.
    pub message: Text,
}

/// Who tells what about which object: the client-side correlator counts repeats under it.
type Series = (Text, Text, &'static str, Text, Text);

#[derive(Clone, Debug)]
struct Written {
    name: Text,
    namespace: Text,
    count: i64,
}

/// Messages of one reason about one object that differ.
#[derive(Clone, Debug)]
struct Similar {
    messages: SharedSet<Text>,
    latest: Millis,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    milli_tokens: i64,
    filled: Millis,
}

#[derive(Clone, Debug, Default)]
struct Memory {
    written: SharedMap<Series, Written>,
    similar: SharedMap<(Text, Text, &'static str), Similar>,
    buckets: SharedMap<(Text, Text, bool), Bucket>,
    scheduler: SharedMap<(Text, u64, &'static str), Written>,
}

/// What the recorders remember of the events that they wrote.
#[derive(Clone, Debug, Default)]
pub struct Events {
    memory: Rc<Memory>,
    sequence: i64,
    stamp: Option<(Millis, Text)>,
    recorded: Option<Vec<RecordedEvent>>,
}

/// What a component told, whatever the correlator made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Whether it is a `Warning`; otherwise it is `Normal`.
    pub is_warning: bool,
    /// The reason in one word.
    pub reason: &'static str,
    /// The sentence.
    pub message: Text,
}

/// How many series a recorder remembers.
const SERIES_MAX: usize = 4096;
/// Events of one type about one object from one component before the flood is cut.
const BURST: i64 = 25;
/// One more event is let through in this time.
const REFILL: Millis = Millis::seconds(300);
/// From this many messages of one reason on, within `SIMILAR_WITHIN` of each other, they count as one.
const SIMILAR_MAX: usize = 10;
const SIMILAR_WITHIN: Millis = Millis::seconds(600);

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
    }
}

impl Events {
    /// Keeps what is told from now on.
    pub fn trace(&mut self) {
        self.recorded.get_or_insert_default();
    }

    /// Takes what was told since the last call, oldest first; nothing unless it is kept.
    pub fn take_recorded(&mut self) -> Vec<RecordedEvent> {
        self.recorded.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Forgets what a component told, as it does when it is started anew.
    pub fn forget(&mut self, component: &str) {
        let memory = Rc::make_mut(&mut self.memory);
        memory.written.retain(|series, _| series.0 != component);
        memory.similar.retain(|key, _| key.0 != component);
        memory.buckets.retain(|key, _| key.0 != component);
    }

    fn record(&mut self, cluster: &mut Cluster, mut new: NewEvent<'_>) {
        let now = cluster.now();
        if let Some(recorded) = &mut self.recorded {
            recorded.push(RecordedEvent {
                is_warning: new.is_warning,
                reason: new.reason,
                message: new.message.clone(),
            });
        }
        self.forget_when_full();
        let uid = new.about.meta.uid.clone();
        if self.is_similar_to_many(&new, &uid, now) {
            new.message = format!("(combined from similar events): {}", new.message).into();
        }
        let has_token = self.take_token(&new, now);
        // A combined event goes on counting whatever its text is.
        let text = if new.message.starts_with("(combined") { "".into() } else { new.message.clone() };
        let series = (new.component.clone(), uid, new.reason, text, new.field_path.clone());
        let known = Rc::make_mut(&mut self.memory).written.get_mut(&series);
        // What the flood control holds back is counted all the same.
        let count = match known {
            Some(written) => {
                written.count += 1;
                written.count
            }
            None => 1,
        };
        if !has_token {
            if count == 1 {
                let unwritten = Written { name: Text::default(), namespace: Text::default(), count };
                Rc::make_mut(&mut self.memory).written.insert(series, unwritten);
            }
            return;
        }
        let stamp = self.stamp(now);
        if let Some(written) = self.memory.written.get(&series) {
            let key = crate::model::Key::new(Kind::Event, written.namespace.clone(), written.name.clone());
            let message = new.message.clone();
            let counted = cluster.modify(&key, |event| {
                event.set_at(&["count"], count);
                event.set_at(&["lastTimestamp"], stamp.clone());
                event.set_at(&["message"], message);
            });
            if counted.is_ok() {
                return;
            }
        }
        let mut event = self.begin(new.about, new.is_warning, new.reason, new.message, new.field_path, now);
        let mut source = obj! { "component" => &new.component };
        if !new.host.is_empty() {
            source.set_at(&["host"], &new.host);
        }
        event.set_at(&["source"], source);
        event.set_at(&["reportingComponent"], &new.component);
        event.set_at(&["reportingInstance"], &new.host);
        event.set_at(&["firstTimestamp"], &stamp);
        event.set_at(&["lastTimestamp"], stamp);
        event.set_at(&["count"], count);
        event.set_at(&["eventTime"], Value::Null);
        self.store(cluster, event, |memory, written| _ = memory.written.insert(series, Written { count, ..written }));
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
        self.forget_when_full();
        let series = (pod.meta.uid.clone(), pod.meta.resource_version, reason);
        if let Some(written) = self.memory.scheduler.get(&series) {
            let key = crate::model::Key::new(Kind::Event, written.namespace.clone(), written.name.clone());
            // Only the first repeat is written at once; the later ones wait for a heartbeat of half an hour.
            if written.count == 1 {
                let times = obj! { "count" => 2, "lastObservedTime" => now.rfc3339_micro() };
                _ = cluster.modify(&key, |event| event.set_at(&["series"], times));
            }
            if let Some(written) = Rc::make_mut(&mut self.memory).scheduler.get_mut(&series) {
                written.count += 1;
            }
            return;
        }
        let mut event = self.begin(pod, is_warning, reason, message, Text::default(), now);
        event.set_at(&["action"], if is_warning { "Scheduling" } else { "Binding" });
        event.set_at(&["source"], Value::map());
        event.set_at(&["reportingComponent"], "default-scheduler");
        event.set_at(&["reportingInstance"], format!("default-scheduler-{host}"));
        event.set_at(&["firstTimestamp"], Value::Null);
        event.set_at(&["lastTimestamp"], Value::Null);
        event.set_at(&["eventTime"], now.rfc3339_micro());
        self.store(cluster, event, |memory, written| _ = memory.scheduler.insert(series, written));
    }

    fn begin(
        &mut self,
        about: &Object,
        is_warning: bool,
        reason: &'static str,
        message: Text,
        field_path: Text,
        now: Millis,
    ) -> Object {
        self.sequence += 1;
        let name = format!("{}.{:x}", about.meta.name, now.unix_nanos().saturating_add(self.sequence));
        let namespace = match &about.meta.namespace {
            none if none.is_empty() => Text::from("default"),
            namespace => namespace.clone(),
        };
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
        let mut event = Object::new(Kind::Event, namespace, name);
        event.set_at(&["involvedObject"], involved);
        event.set_at(&["reason"], reason);
        event.set_at(&["message"], message);
        event.set_at(&["type"], if is_warning { "Warning" } else { "Normal" });
        event
    }

    fn store(&mut self, cluster: &mut Cluster, event: Object, remember: impl FnOnce(&mut Memory, Written)) {
        if let Ok(event) = cluster.insert(event) {
            let written = Written { name: event.meta.name.clone(), namespace: event.meta.namespace.clone(), count: 1 };
            remember(Rc::make_mut(&mut self.memory), written);
        }
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

    fn forget_when_full(&mut self) {
        let memory = &self.memory;
        if memory.written.len() + memory.scheduler.len() > SERIES_MAX || memory.buckets.len() > SERIES_MAX {
            self.memory = Rc::default();
        }
    }

    fn is_similar_to_many(&mut self, new: &NewEvent<'_>, uid: &Text, now: Millis) -> bool {
        let memory = Rc::make_mut(&mut self.memory);
        let similar = memory
            .similar
            .entry((new.component.clone(), uid.clone(), new.reason))
            .or_insert_with(|| Similar { messages: SharedSet::new(), latest: now });
        if now - similar.latest > SIMILAR_WITHIN {
            similar.messages.clear();
        }
        similar.latest = now;
        similar.messages.insert(new.message.clone());
        if similar.messages.len() < SIMILAR_MAX {
            return false;
        }
        similar.messages.pop_first();
        true
    }

    /// Follows client-go's `getSpamKey`: warnings and others have a bucket each.
    fn take_token(&mut self, new: &NewEvent<'_>, now: Millis) -> bool {
        let memory = Rc::make_mut(&mut self.memory);
        let full = Bucket { milli_tokens: BURST * 1000, filled: now };
        let place = (new.component.clone(), new.about.meta.uid.clone(), new.is_warning);
        let bucket = memory.buckets.entry(place).or_insert(full);
        let gained = (now - bucket.filled).0.saturating_mul(1000) / REFILL.0;
        bucket.milli_tokens = bucket.milli_tokens.saturating_add(gained).min(BURST * 1000);
        bucket.filled = now;
        if bucket.milli_tokens < 1000 {
            return false;
        }
        bucket.milli_tokens -= 1000;
        true
    }
}
