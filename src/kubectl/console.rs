//! The terminal: a line goes in, marked-up text comes out, and a waiting command goes on as the cluster does.

use super::host::Host;
use super::output::Output;
use crate::model::Millis;

/// What stands before the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// `$ `, `root@my-pod:/# `, `MariaDB [(none)]> `, `Enter password: `.
    pub text: String,
    /// Whether what is typed stays invisible.
    pub is_hidden: bool,
}

/// What could stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Byte offset in the line where the completed word begins.
    pub from: usize,
    /// The candidates: the text to insert and a short explanation, in order.
    pub items: Vec<(String, String)>,
}

/// A terminal session: files of the working directory, settings, and what runs in the foreground.
#[derive(Clone, Debug, Default)]
pub struct Console {}

impl Console {
    /// Runs a line. A command that waits stays in the foreground; see [`Console::poll`].
    pub fn enter(&mut self, line: &str, _host: &mut dyn Host) -> Output {
        let mut output = Output::default();
        let word = line.split_whitespace().next().unwrap_or("");
        output.err(format!("{word}: command not found"));
        output.exit = Some(127);
        output
    }

    /// Lets the foreground command look at the cluster again, after a change or when its time has come.
    pub fn poll(&mut self, _host: &mut dyn Host) -> Output {
        Output::default()
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self, _host: &mut dyn Host) -> Output {
        Output::default()
    }

    /// Whether a command is in the foreground that takes no lines.
    pub fn is_busy(&self) -> bool {
        false
    }

    /// When the foreground command wants to be polled even if nothing changes.
    pub fn wakes_at(&self) -> Option<Millis> {
        None
    }

    /// What stands before the cursor.
    pub fn prompt(&self) -> Prompt {
        Prompt { text: "$ ".into(), is_hidden: false }
    }

    /// What could stand at byte offset `cursor` of `line`.
    pub fn complete(&self, _line: &str, _cursor: usize, _host: &dyn Host) -> Completions {
        Completions::default()
    }
}
