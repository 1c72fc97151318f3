//! Why a node cannot take a pod, in the scheduler's words.
//!
//! Follows the reasons of pkg/scheduler/framework/plugins.

use crate::model::Text;

/// Why a node cannot take the pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Miss {
    pub(super) reasons: Vec<Text>,
    /// Whether the node could take it if other pods went.
    pub(super) resolvable: bool,
}

impl Miss {
    pub(super) fn for_good(reason: impl Into<Text>) -> Miss {
        Miss { reasons: vec![reason.into()], resolvable: false }
    }

    pub(super) fn for_now(reason: impl Into<Text>) -> Miss {
        Miss { reasons: vec![reason.into()], resolvable: true }
    }

    /// Whether the node could take the pod if others went.
    pub(super) fn is_resolvable(&self) -> bool {
        self.resolvable
    }
}
