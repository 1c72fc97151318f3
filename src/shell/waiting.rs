//! What programs wait for: a line, or a moment.

use crate::model::Millis;

/// A line that a program waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What stands before the cursor: `root@web-0:/# `. Empty without a terminal.
    pub text: String,
    /// Whether what is typed must not be shown (a password).
    pub is_hidden: bool,
}

/// The end of a wait that never ends by itself.
pub const FOREVER: Millis = Millis(i64::MAX);
