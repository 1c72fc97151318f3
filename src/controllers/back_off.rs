//! A ladder of waits, each twice as long as the one before: `CrashLoopBackOff`, `ImagePullBackOff`, the failed pods of a
//! DaemonSet.
//!
//! Follows client-go/util/flowcontrol/backoff.go.

use crate::model::Millis;

/// A wait that doubles, as client-go's `Backoff` keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::controllers) struct BackOff {
    pub delay: Millis,
    pub raised: Millis,
    most: Millis,
}

/// The first wait of a crash loop or of a failing pull, and the longest.
pub(in crate::controllers) const BACK_OFF: Millis = Millis::seconds(10);
pub(in crate::controllers) const BACK_OFF_MAX: Millis = Millis::seconds(300);

/// A wait of these that was not raised for so long is forgotten.
pub(in crate::controllers) const BACK_OFF_FORGOTTEN: Millis = Millis(BACK_OFF_MAX.0 * 2);

impl BackOff {
    /// The wait after one more failure that happened at `since`, from the first wait to the longest.
    pub fn raise(old: Option<BackOff>, (first, most): (Millis, Millis), since: Millis, now: Millis) -> BackOff {
        let delay = match old {
            Some(old) if !old.is_forgotten(since) => Millis(old.delay.0 * 2).min(most),
            _ => first,
        };
        BackOff { delay, raised: now, most }
    }

    /// Whether a wait was raised so long before that it counts no more.
    pub fn is_forgotten(&self, since: Millis) -> bool {
        since - self.raised > Millis(self.most.0 * 2)
    }

    /// How much is left of the wait that is counted from `since`.
    pub fn left(&self, since: Millis, now: Millis) -> Option<Millis> {
        let left = since + self.delay - now;
        (!self.is_forgotten(since) && left > Millis::ZERO).then_some(left)
    }
}
