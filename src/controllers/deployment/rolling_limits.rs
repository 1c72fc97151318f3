//! What a Deployment's `maxSurge` and `maxUnavailable` come to in pods, and which way shares are rounded.
//!
//! Follows pkg/controller/deployment/util/deployment_util.go.

use super::Rollout;
use crate::model::int_or_percent::scaled;

impl Rollout {
    /// The most pods above the wanted number.
    ///
    /// Follows `MaxSurge`.
    pub(super) fn max_surge(&self) -> i64 {
        if self.is_rolling() { self.fence_posts().0 } else { 0 }
    }

    /// How many of the wanted pods may be missing.
    ///
    /// Follows `MaxUnavailable`.
    pub(super) fn max_unavailable(&self) -> i64 {
        match self.is_rolling() && self.replicas() > 0 {
            true => self.fence_posts().1.min(self.replicas()),
            false => 0,
        }
    }

    /// Follows `ResolveFenceposts`: both zero would mean that nothing ever moves.
    fn fence_posts(&self) -> (i64, i64) {
        let at = |field: &'static str| self.deployment.at(&["spec", "strategy", "rollingUpdate", field]);
        let surge = scaled(at("maxSurge"), self.replicas(), true);
        let unavailable = scaled(at("maxUnavailable"), self.replicas(), false);
        if surge == 0 && unavailable == 0 { (0, 1) } else { (surge, unavailable) }
    }

    pub(super) fn is_rolling(&self) -> bool {
        self.deployment.str_at(&["spec", "strategy", "type"]) == "RollingUpdate"
    }
}
