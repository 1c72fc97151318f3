//! What passes between a program that runs commands of its own and the shell that runs them; does nothing.

use crate::shell::container::FileError;
use std::rc::Rc;

/// What a program has learnt from outside.
#[derive(Clone, Debug)]
pub enum Answer {
    /// What stood in a file when it read it.
    File(Result<Rc<str>, FileError>),
    /// What a command came to.
    Command {
        /// What it said, where the program listens.
        said: Rc<str>,
        /// Its exit code.
        status: i64,
        /// What it has left of what the program gave it to read.
        left: String,
    },
}

/// What a program was told so far, and what it has done with it.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What comes in, while it waits.
    pub stdin: Option<String>,
    /// The answers, in the order in which it asked.
    pub answers: Vec<Answer>,
    /// How much it has written to its output and to its messages, in bytes.
    pub said: (usize, usize),
    /// How many steps it has taken, all its runs together.
    pub steps: u32,
}

/// A command that a program runs.
#[derive(Clone, Debug)]
pub struct Asked {
    /// For `sh -c`.
    pub command: String,
    /// What the command reads, if that is not what the program would.
    pub stdin: Option<String>,
    /// Whether the program reads what the command says.
    pub is_heard: bool,
    /// What the program knows.
    pub told: Told,
}

/// A program that waits for a command.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    pub words: Rc<Vec<String>>,
    pub told: Told,
    /// What the command has said, where the program listens.
    pub heard: String,
    /// What it has left of what it was given.
    pub left: String,
}
