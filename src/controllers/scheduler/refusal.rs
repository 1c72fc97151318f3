//! What the scheduler says of a pod that no node takes (`0/3 nodes are available: …`), and what may help it.
//!
//! Follows `FitError` in pkg/scheduler/framework/types.go.

use super::filter::Query;
use super::miss::Miss;
use super::preempt;
use crate::model::{Object, Text};
use crate::ordering::Order;
use crate::sorted::SharedMap;
use std::rc::Rc;

/// What may help a pod that found no place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) node: bool,
    pub(super) pod_gone: bool,
}

/// Why a pod got no node.
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) needs: Needs,
    /// Who makes room for the pod.
    pub(super) plan: Option<preempt::Plan>,
}

/// All nodes' reasons, counted.
#[derive(Default)]
pub(super) struct Misses {
    reasons: SharedMap<Text, usize>,
    resolvable: usize,
    unresolvable: usize,
    needs: Needs,
}

impl Misses {
    /// Counts one more node, and what would help there.
    pub fn add(&mut self, miss: Miss) {
        self.needs.node = true;
        self.needs.pod_gone |= miss.resolvable;
        *(if miss.resolvable { &mut self.resolvable } else { &mut self.unresolvable }) += 1;
        for reason in miss.reasons {
            *self.reasons.entry(reason).or_default() += 1;
        }
    }

    /// What the scheduler says; `preemption` is what it says of that, nothing if room is being made.
    pub fn into_refusal(self, count: usize, preemption: Option<&str>) -> Refusal {
        let sorted = |mut parts: Vec<String>| {
            parts.order();
            parts.join(", ")
        };
        let reasons = sorted(self.reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect());
        let mut post = Vec::new();
        if self.unresolvable > 0 {
            post.push(format!("{} Preemption is not helpful for scheduling", self.unresolvable));
        }
        if self.resolvable > 0 {
            post.push(format!("{} No preemption victims found for incoming pod", self.resolvable));
        }
        let post = match preemption {
            Some("") => String::new(),
            Some(why) => format!(" no new claims to deallocate, preemption: {why}"),
            None => {
                format!(" no new claims to deallocate, preemption: 0/{count} nodes are available: {}.", sorted(post))
            }
        };
        let message = format!("0/{count} nodes are available: {reasons}.{post}");
        Refusal { message, needs: self.needs, plan: None }
    }
}

/// Why no node took a pod, and who could make room for it.
pub(super) fn refusal(query: &Query<'_>, misses: Vec<(Rc<Object>, Miss)>, count: usize) -> Refusal {
    let is_resolvable = misses.iter().any(|(_, miss)| miss.is_resolvable());
    let why_not = preempt::ineligible(query.cluster, query.pod).filter(|_| is_resolvable);
    let plan = if why_not.is_none() { preempt::plan(query, &misses) } else { None };
    let mut all = Misses::default();
    misses.into_iter().for_each(|(_, miss)| all.add(miss));
    let said = why_not.or(plan.as_ref().map(|_| ""));
    Refusal { plan, ..all.into_refusal(count, said) }
}
