//! Stands in for the playground until the engine is connected; knows no cluster.

use crate::model::Millis;

/// The engine's façade.
#[derive(Default)]
pub struct Playground {
    now: Millis,
}

impl Playground {
    /// The virtual time.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Rises with every visible change.
    pub fn version(&self) -> u64 {
        0
    }
}
