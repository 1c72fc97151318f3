//! How the scheduler counts its events: as series of the API `events.k8s.io`; writes nothing itself.
//!
//! Follows client-go's `tools/events/event_broadcaster.go`: a series hangs on the version of the pod. The first repeat is
//! written at once, later ones with the heartbeat of half an hour or when the series is over.

use crate::model::{Key, Millis, Object, Text};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// What happened with which version of which object.
type Series = (Text, u64, &'static str);

/// An Event object and how often it was recorded.
#[derive(Clone, Debug)]
pub(super) struct CountedEvent {
    /// The Event as it was written first.
    pub(super) event: Rc<Object>,
    /// When it was recorded last.
    pub(super) latest: Millis,
    /// How often.
    pub(super) times: i64,
}

/// The series that are open.
#[derive(Clone, Debug, Default)]
pub(super) struct EventSeries {
    open: Rc<SharedMap<Series, CountedEvent>>,
    /// How many of them were recorded more than once.
    repeated: usize,
    /// Those that were recorded once and ended before this moment are gone.
    cleared: Millis,
}

/// How often finished series are looked for; one is finished once it was silent for as long.
const FINISH: Millis = Millis::seconds(360);
/// How often open series are written.
const REFRESH: Millis = Millis::seconds(1800);

impl CountedEvent {
    /// The Event's key.
    pub(super) fn key(&self) -> Key {
        self.event.key()
    }

    /// Whether a look at this moment closes its series.
    fn is_over(&self, now: Millis) -> bool {
        self.latest < now - FINISH
    }
}

/// When the series were or would have been looked through last.
fn last_look(now: Millis) -> Millis {
    Millis(now.0.div_euclid(FINISH.0).saturating_mul(FINISH.0))
}

impl EventSeries {
    /// Counts a repeat. `Err` if there is no such series, `Ok` with what is to be written at once.
    pub(super) fn repeat(
        &mut self,
        about: &Object,
        reason: &'static str,
        now: Millis,
    ) -> Result<Option<CountedEvent>, Series> {
        let series = (about.meta.uid.clone(), about.meta.resource_version, reason);
        let Some(counted) = Rc::make_mut(&mut self.open).get_mut(&series) else { return Err(series) };
        // Nobody looked through the series for those that were recorded once: what a look would have closed is closed.
        if counted.times == 1 && counted.is_over(last_look(now)) {
            return Err(series);
        }
        counted.times = counted.times.saturating_add(1);
        counted.latest = now;
        self.repeated += usize::from(counted.times == 2);
        Ok((counted.times == 2).then(|| counted.clone()))
    }

    /// Opens a series.
    pub(super) fn open(&mut self, series: Series, event: Rc<Object>, now: Millis) {
        let open = Rc::make_mut(&mut self.open);
        if self.cleared < last_look(now) {
            self.cleared = last_look(now);
            open.retain(|_, counted| counted.times > 1 || !counted.is_over(last_look(now)));
        }
        open.insert(series, CountedEvent { event, latest: now, times: 1 });
    }

    /// When is looked through the series next, if there is one of which something may have to be written.
    pub(super) fn next_look(&self, now: Millis) -> Option<Millis> {
        (self.repeated > 0).then(|| Millis(last_look(now).0.saturating_add(FINISH.0)))
    }

    /// Closes the series that are over; returns what is to be written.
    pub(super) fn look(&mut self, now: Millis) -> Vec<CountedEvent> {
        let is_heartbeat = now.0 % REFRESH.0 == 0;
        let mut due = Vec::new();
        Rc::make_mut(&mut self.open).retain(|_, counted| {
            let is_over = counted.is_over(now);
            if counted.times > 1 && (is_over || is_heartbeat) {
                due.push(counted.clone());
            }
            self.repeated -= usize::from(is_over && counted.times > 1);
            !is_over
        });
        due
    }
}
