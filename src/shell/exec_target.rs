//! A container that somebody is connected to, and how. Which one is meant kubectl says (`kubectl/verbs/chosen_container.rs`).

use crate::model::Text;

/// Which container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The pod's namespace.
    pub namespace: Text,
    /// The pod's name.
    pub pod: Text,
    /// The container's name.
    pub container: Text,
}

/// What a session is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    /// Whether lines can be sent (`-i`). Without it a shell ends at once.
    pub stdin: bool,
    /// Whether it is a terminal (`-t`): prompts are shown.
    pub tty: bool,
}
