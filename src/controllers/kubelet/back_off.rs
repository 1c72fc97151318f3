//! The ladder of waits before a container is started or its image pulled again: `CrashLoopBackOff`, `ImagePullBackOff`.
//!
//! `start.rs` climbs it and says so. Follows client-go/util/flowcontrol/backoff.go with the kubelet's values.

use crate::model::Millis;

/// A wait that doubles, as client-go's `Backoff` keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BackOff {
    pub delay: Millis,
    pub raised: Millis,
}

/// The first wait of a crash loop or of a failing pull, and the longest.
pub(super) const BACK_OFF: Millis = Millis::seconds(10);
pub(super) const BACK_OFF_MAX: Millis = Millis::seconds(300);

/// A wait that was not raised for so long is forgotten.
pub(super) const BACK_OFF_FORGOTTEN: Millis = Millis(BACK_OFF_MAX.0 * 2);

impl BackOff {
    /// The wait after one more failure that happened at `since`.
    pub fn raise(old: Option<BackOff>, since: Millis, now: Millis) -> BackOff {
        let delay = match old {
            Some(old) if !old.is_forgotten(since) => Millis(old.delay.0 * 2).min(BACK_OFF_MAX),
            _ => BACK_OFF,
        };
        BackOff { delay, raised: now }
    }

    fn is_forgotten(&self, since: Millis) -> bool {
        since - self.raised > BACK_OFF_FORGOTTEN
    }

    /// How much is left of the wait that is counted from `since`.
    pub fn left(&self, since: Millis, now: Millis) -> Option<Millis> {
        let left = since + self.delay - now;
        (!self.is_forgotten(since) && left > Millis::ZERO).then_some(left)
    }
}
