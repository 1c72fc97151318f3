//! What a verb is: one row with its name, its flags and what it does with them; knows none of them.

use super::command::{Cx, Failure, Flow};
use super::flags::{Args, Flag};
use std::fmt::Write as _;

/// A verb.
#[derive(Clone, Copy)]
pub struct Verb {
    /// Its name; two words for subcommands: `rollout status`.
    pub name: &'static str,
    /// Its own flags, in groups that are read together.
    pub flags: &'static [&'static [Flag]],
    /// What it does.
    pub run: fn(&Args, &mut Cx<'_>) -> Result<Flow, Failure>,
    /// The name under which it owns the fields that it writes.
    pub manager: &'static str,
    /// What Tab offers behind it.
    pub completes: Completes,
    /// What `--help` prints.
    pub help: Help,
}

/// What Tab offers behind a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completes {
    /// Types, and then names of that type.
    Objects,
    /// The same for what has a template of pods.
    Sets,
    /// Pods.
    Pods,
    /// Nodes.
    Nodes,
    /// Types alone.
    Kinds,
    /// Flags alone.
    Nothing,
}

/// The last line of every help.
pub const OPTIONS_LINE: &str =
    "Use \"kubectl options\" for a list of global command-line options (applies to all commands).";

/// One command's help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Help {
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Commands to try, each behind a comment. A test runs them.
    pub examples: &'static [(&'static str, &'static str)],
    /// Its flags with their default, and what they do.
    pub options: &'static [(&'static str, &'static str)],
    /// How it is called, without `kubectl`.
    pub usage: &'static str,
}

impl Help {
    /// As `--help` prints it.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", self.summary);
        if !self.examples.is_empty() {
            out.push_str("\nExamples:\n");
            for (at, (comment, command)) in self.examples.iter().enumerate() {
                if at > 0 {
                    out.push_str("  \n");
                }
                _ = write!(out, "  # {comment}\n  {command}\n");
            }
        }
        if !self.options.is_empty() {
            out.push_str("\nOptions:\n");
            for (at, (flag, text)) in self.options.iter().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                _ = write!(out, "    {flag}:\n\t{text}\n");
            }
        }
        _ = write!(out, "\nUsage:\n  kubectl {}\n\n{OPTIONS_LINE}\n", self.usage);
        out
    }
}
