//! A session that is being played again: at once if it is short, else bit by bit.

use super::shelf::Kept;
use crate::kubernetes::Kubernetes;
use crate::playground::{Playground, Restoring};

/// So much work is done at once, without a word: less than a reader notices.
const AT_ONCE_WORK: usize = 3_000;

/// Where a session comes from that is being played.
pub(super) enum Source {
    /// Somebody handed it over, as in a link.
    Given,
    /// It was stored.
    Stored(Kept),
    /// It stands in the list.
    Shelf(Kept),
    /// A file, with the open texts in it.
    File(Option<String>),
}

/// A session that is being played.
pub(super) struct Loading {
    pub restoring: Restoring,
    pub source: Source,
    /// The other versions of Kubernetes that are to lie beside it.
    pub others: Vec<Kubernetes>,
}

impl Loading {
    /// Plays a session at once if it is short. What is longer comes back, to be played in slices.
    pub fn start(restoring: Result<Restoring, String>, source: Source) -> Result<Started, String> {
        let mut restoring = restoring?;
        Ok(match restoring.go_on(AT_ONCE_WORK)? {
            true => Started::Done(Box::new(restoring.finish()), source),
            false => Started::Slow(Box::new(Loading { restoring, source, others: Vec::new() })),
        })
    }
}

/// What became of a session at once.
pub(super) enum Started {
    /// It was short.
    Done(Box<Playground>, Source),
    /// It is long.
    Slow(Box<Loading>),
}
