//! The timeline as a value: for each ordinal the phases of its pods and its claim, and an axis on which idle time takes
//! little room; draws nothing.

use super::set_members::{Memory, identity_of};
use super::style::{ClaimStyle, PodStyle, claim_status, pod_status, pod_style};
use crate::cluster::{Change, Verb};
use crate::model::{Kind, Millis, Object, Text};
use crate::sorted::SharedMap;
use std::cmp::Ordering;
use std::rc::Rc;

/// A stretch of time in which something looked the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<S> {
    /// Since when.
    pub from: Millis,
    /// Until when; `None` if it still does.
    pub until: Option<Millis>,
    /// How it looked.
    pub style: S,
}

/// What a lane is about: namespace, set and ordinal; for a pod without a set the pod's name and no ordinal.
/// Those of sets come first: their pods stay the same, while others come and go under new names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneKey {
    /// The namespace.
    pub namespace: Text,
    /// The set's name, or the pod's.
    pub name: Text,
    /// The ordinal.
    pub ordinal: Option<i64>,
}

impl Ord for LaneKey {
    fn cmp(&self, other: &LaneKey) -> Ordering {
        let place = |it: &LaneKey| (it.ordinal.is_none(), it.namespace.clone(), it.name.clone(), it.ordinal);
        place(self).cmp(&place(other))
    }
}

impl PartialOrd for LaneKey {
    fn partial_cmp(&self, other: &LaneKey) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl LaneKey {
    /// What stands before the lane.
    pub fn label(&self) -> Text {
        match self.ordinal {
            Some(ordinal) => format!("{}-{ordinal}", self.name).into(),
            None => self.name.clone(),
        }
    }
}

/// The life of one ordinal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lane {
    /// The phases of its pods, one after the other.
    pub pods: Vec<Segment<PodStyle>>,
    /// The phases of its first claim.
    pub claims: Vec<Segment<ClaimStyle>>,
}

/// All lanes of a branch, and its axis.
///
/// Invariants:
/// - Segments of a lane are in order and do not overlap; at most the last one is open.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    lanes: SharedMap<LaneKey, Rc<Lane>>,
    memory: Memory,
    axis: Axis,
}

impl Lanes {
    /// Learns of a stored write; they come in order of time.
    pub fn note(&mut self, change: &Change) {
        self.memory.note(change);
        let object = &*change.object;
        match change.kind() {
            // The cluster's own pods are the same in every one.
            Kind::Pod if object.meta.namespace == "kube-system" => return,
            Kind::Pod => {
                let style = (change.verb != Verb::Deleted).then(|| pod_style(object, &pod_status(object), false));
                let Some(lane) = self.lane(pod_key(object), style.is_some()) else { return };
                extend(&mut lane.pods, change.at, style);
            }
            Kind::PersistentVolumeClaim => {
                let style = (change.verb != Verb::Deleted).then(|| claim_status(object).0);
                let Some((set, ordinal)) = self.memory.place_of(object) else { return };
                let key = LaneKey { namespace: object.meta.namespace.clone(), name: set, ordinal: Some(ordinal) };
                let Some(lane) = self.lane(key, style.is_some()) else { return };
                extend(&mut lane.claims, change.at, style);
            }
            Kind::StatefulSet | Kind::Node => {}
            _ => return,
        }
        self.axis.note(change.at);
    }

    /// Learns that something was done.
    pub fn note_input(&mut self, at: Millis) {
        self.axis.note(at);
    }

    /// The lanes in order.
    pub fn iter(&self) -> impl Iterator<Item = (&LaneKey, &Rc<Lane>)> {
        self.lanes.iter()
    }

    /// The number of lanes.
    pub fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Where moments lie.
    pub fn axis(&self) -> &Axis {
        &self.axis
    }

    fn lane(&mut self, key: LaneKey, makes: bool) -> Option<&mut Lane> {
        let lane = if makes { self.lanes.entry(key).or_default() } else { self.lanes.get_mut(&key)? };
        Some(Rc::make_mut(lane))
    }
}

fn pod_key(pod: &Object) -> LaneKey {
    let namespace = pod.meta.namespace.clone();
    match identity_of(pod) {
        Some((name, ordinal)) => LaneKey { namespace, name, ordinal: Some(ordinal) },
        None => LaneKey { namespace, name: pod.meta.name.clone(), ordinal: None },
    }
}

/// Ends the open segment and begins one with `style`, unless it looks the same as before.
fn extend<S: Copy + PartialEq>(segments: &mut Vec<Segment<S>>, at: Millis, style: Option<S>) {
    if let Some(last) = segments.last_mut().filter(|last| last.until.is_none()) {
        if Some(last.style) == style {
            return;
        }
        last.until = Some(at);
        if last.from == at {
            segments.pop();
        }
    }
    if let Some(style) = style {
        segments.push(Segment { from: at, until: None, style });
    }
}

/// Places moments on a line: a millisecond is a unit, but of a long stretch in which nothing happens only the first
/// part is drawn to scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// Where a stretch to scale begins: the moment and its place.
    knots: Vec<(Millis, i64)>,
    last: Millis,
}

/// So much of an idle stretch is to scale.
const IDLE: i64 = 20_000;
/// The rest takes this part of its room.
const SHRINK: i64 = 20;

fn shrink(length: i64) -> i64 {
    if length <= IDLE { length } else { IDLE + (length - IDLE) / SHRINK }
}

fn grow(room: i64) -> i64 {
    if room <= IDLE { room } else { IDLE + (room - IDLE) * SHRINK }
}

impl Axis {
    /// Something happened at `at`; moments come in order.
    fn note(&mut self, at: Millis) {
        if at.0 - self.last.0 > IDLE {
            let place = self.place(at);
            self.knots.push((at, place));
        }
        self.last = self.last.max(at);
    }

    /// Where a moment lies.
    pub fn place(&self, at: Millis) -> i64 {
        let after = self.knots.partition_point(|(moment, _)| *moment <= at);
        let (moment, place) = after.checked_sub(1).and_then(|n| self.knots.get(n)).copied().unwrap_or_default();
        // The idle part of a stretch begins after the last thing that happened in it.
        let busy = self.busy_until(after).max(moment);
        if at <= busy { place + (at - moment).0 } else { place + (busy - moment).0 + shrink((at - busy).0) }
    }

    /// The moment that lies at a place.
    pub fn moment(&self, place: i64) -> Millis {
        let after = self.knots.partition_point(|(_, knot)| *knot <= place);
        let (moment, knot) = after.checked_sub(1).and_then(|n| self.knots.get(n)).copied().unwrap_or_default();
        let busy = self.busy_until(after).max(moment);
        let room = place - knot;
        let at = if room <= (busy - moment).0 {
            moment + Millis(room)
        } else {
            busy + Millis(grow(room - (busy - moment).0))
        };
        match self.knots.get(after) {
            Some((next, _)) => at.min(*next),
            None => at,
        }
    }

    /// The stretches that are not to scale: from the end of their part to scale to their end; behind all that happened
    /// to `until`.
    pub fn breaks(&self, until: Millis) -> impl Iterator<Item = (Millis, Millis)> {
        let ends = self.knots.iter().map(|(end, _)| *end).chain([until]).enumerate();
        let stretches = ends.map(|(knot, end)| (self.busy_until(knot) + Millis(IDLE), end));
        stretches.filter(|(from, end)| from < end)
    }

    /// Whether what happened so far lies where it lies on the other axis.
    pub fn is_like(&self, other: &Axis) -> bool {
        self.knots == other.knots
    }

    /// The last busy moment before the knot with this number.
    fn busy_until(&self, knot: usize) -> Millis {
        match self.knots.get(knot) {
            None => self.last,
            // The room before a knot says how long its idle stretch was.
            Some((next, place)) => {
                let (from, start) = knot.checked_sub(1).and_then(|n| self.knots.get(n)).copied().unwrap_or_default();
                // place = start + (busy - from) + IDLE + (next - busy - IDLE) / SHRINK, solved for `busy`.
                let (whole, room) = ((*next - from).0, place - start);
                let busy = ((room - IDLE) * SHRINK - (whole - IDLE)) / (SHRINK - 1);
                Millis(from.0 + busy.clamp(0, whole))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, State};
    use super::*;
    use crate::model::Key;

    #[test]
    fn idle_time_takes_little_room_and_every_moment_has_its_place() {
        let mut axis = Axis::default();
        for seconds in [0, 1, 5, 9, 309, 310, 320, 4000, 4001] {
            axis.note(Millis::seconds(seconds));
        }
        assert_eq!(axis.place(Millis::seconds(9)), 9000);
        assert!(axis.place(Millis::seconds(309)) < 50_000);
        let mut before = -1;
        for ms in (0..4_100_000).step_by(700) {
            let place = axis.place(Millis(ms));
            assert!(place >= before, "at {ms}");
            before = place;
            let back = axis.moment(place);
            assert!((back.0 - ms).abs() <= 2 * SHRINK, "{ms} came back as {}", back.0);
        }
    }

    #[test]
    fn a_lane_tells_the_phases_of_an_ordinal() {
        let mut cluster = fixture::cluster();
        fixture::set(&mut cluster, "web", 1);
        fixture::pod(&mut cluster, "web", 0, "node-1", State::Creating);
        fixture::claim(&mut cluster, "web", 0, true);
        cluster.set_now(Millis::seconds(3));
        cluster.remove(&Key::new(Kind::Pod, "default", "web-0"));
        cluster.set_now(Millis::seconds(4));
        fixture::pod(&mut cluster, "web", 0, "node-1", State::Running(true));
        let mut lanes = Lanes::default();
        for change in cluster.take_changes() {
            lanes.note(&change);
        }
        let (key, lane) = lanes.iter().next().unwrap();
        assert_eq!((key.label().as_str(), lanes.len()), ("web-0", 1));
        let starting = Segment { from: Millis::ZERO, until: Some(Millis::seconds(3)), style: PodStyle::Starting };
        let ready = Segment { from: Millis::seconds(4), until: None, style: PodStyle::Ready };
        assert_eq!(lane.pods, [starting, ready]);
        assert_eq!(lane.claims, [Segment { from: Millis::ZERO, until: None, style: ClaimStyle::Bound }]);
    }
}
