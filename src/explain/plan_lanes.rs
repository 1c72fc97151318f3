//! A plan as lanes over time: one for each object, with what it is from when to when.

use super::plan::{Plan, What};
use crate::model::{Key, Kind, Millis};
use crate::ordering::Order;

/// What an object is for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Being {
    /// It is there and not ready, or is no pod.
    There,
    /// It is ready.
    Ready,
    /// It is being deleted.
    Leaving,
}

impl Being {
    /// Its name in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Being::There => "there",
            Being::Ready => "ready",
            Being::Leaving => "leaving",
        }
    }
}

/// One object's lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The object.
    pub key: Key,
    /// From when, to when, what it is.
    pub spans: Vec<(Millis, Millis, Being)>,
}

/// The lanes of a plan: sets first, then pods, claims and the rest, each by first step.
pub fn lanes(plan: &Plan) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    // What was there before is taken to be well.
    let before = |key: &Key| if key.kind == Kind::Pod { Being::Ready } else { Being::There };
    for step in &plan.steps {
        let at = match lanes.iter().position(|lane| lane.key == step.key) {
            Some(at) => at,
            None => {
                let is_new = step.what == What::Created;
                let spans = if is_new { Vec::new() } else { vec![(Millis::ZERO, plan.duration, before(&step.key))] };
                lanes.push(Lane { key: step.key.clone(), spans });
                lanes.len() - 1
            }
        };
        let Some(lane) = lanes.get_mut(at) else { continue };
        if let Some(last) = lane.spans.last_mut().filter(|last| last.1 >= step.after) {
            last.1 = step.after;
        }
        let is_leaving = lane.spans.last().is_some_and(|last| last.2 == Being::Leaving);
        let being = match step.what {
            What::Created => Some(Being::There),
            What::Ready => Some(Being::Ready),
            What::Unready if is_leaving => Some(Being::Leaving),
            What::Unready => Some(Being::There),
            What::Terminating => Some(Being::Leaving),
            What::Deleted => None,
        };
        lane.spans.extend(being.map(|being| (step.after, plan.duration, being)));
        lane.spans.retain(|span| span.0 < span.1 || span.0 == plan.duration);
    }
    let rank = |kind: Kind| match kind {
        Kind::StatefulSet => 0,
        Kind::Pod => 1,
        Kind::PersistentVolumeClaim => 2,
        Kind::PersistentVolume => 4,
        _ => 3,
    };
    // A volume comes with its claim and says nothing of its own; one that goes is data that goes.
    let is_told = |lane: &Lane| {
        lane.key.kind != Kind::PersistentVolume || lane.spans.last().is_none_or(|it| it.2 != Being::There)
    };
    lanes.retain(is_told);
    lanes.order_by_key(|lane| rank(lane.key.kind));
    lanes
}
