//! What a verb is: one row with its name, its flags and what it does with them; knows none of them.

use super::command::{Cx, Failure, Flow};
use super::flags::{Args, Flag};
use super::subcommand::Subcommand;
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
    /// Where the overview names it; `None` for a subcommand, whose family stands there.
    pub listed: Option<Listed>,
    /// What it does unlike most.
    pub ways: Ways,
    /// What `--help` prints.
    pub help: Help,
}

/// A group of the overview, in the overview's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What one begins with.
    Beginner,
    /// What one needs next.
    Intermediate,
    /// Rollouts and sizes.
    Deploy,
    /// Nodes and what is asked of the cluster as a whole.
    Cluster,
    /// Looking inside.
    Troubleshooting,
    /// Manifests.
    Advanced,
    /// Labels, annotations and the shell.
    Settings,
    /// The rest.
    Other,
}

impl Group {
    /// All groups, in the overview's order.
    pub const ALL: [Self; 8] = [
        Self::Beginner,
        Self::Intermediate,
        Self::Deploy,
        Self::Cluster,
        Self::Troubleshooting,
        Self::Advanced,
        Self::Settings,
        Self::Other,
    ];

    /// What stands above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Beginner => "Basic Commands (Beginner)",
            Self::Intermediate => "Basic Commands (Intermediate)",
            Self::Deploy => "Deploy Commands",
            Self::Cluster => "Cluster Management Commands",
            Self::Troubleshooting => "Troubleshooting and Debugging Commands",
            Self::Advanced => "Advanced Commands",
            Self::Settings => "Settings Commands",
            Self::Other => "Other Commands",
        }
    }

    /// The place in the group, from 1: kubectl's own order, which is not that of the names.
    pub const fn at(self, place: u8) -> Option<Listed> {
        Some(Listed { group: self, place })
    }
}

/// Where the overview names a command. Suggestions come in this order as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The group.
    pub group: Group,
    /// The place in it, from 1.
    pub place: u8,
}

/// What a verb does unlike most.
#[derive(Clone, Copy)]
pub struct Ways {
    /// What stands behind `--` is a command for a container, not a name.
    pub takes_command: bool,
    /// It looks at the format of its output before all else.
    pub looks_at_format_first: bool,
    /// It asks the server something.
    pub needs_server: bool,
    /// It may change how many pods a set wants.
    pub changes_sizes: bool,
    /// Its exit status tells whether there are differences, so that a fault ends with another one.
    pub compares: bool,
    /// It makes objects of flags: its subcommands for that have flags and a help of their own.
    pub makes: Option<Forms>,
}

/// The subcommands of a verb that makes objects of flags.
#[derive(Clone, Copy)]
pub struct Forms {
    /// Their rows.
    pub rows: &'static [Subcommand],
    /// The flags of a line that names none of them.
    pub flags_alone: &'static [&'static [Flag]],
}

impl Ways {
    /// As most verbs are.
    pub const USUAL: Self = Self {
        takes_command: false,
        looks_at_format_first: false,
        needs_server: true,
        changes_sizes: false,
        compares: false,
        makes: None,
    };
}

/// What Tab offers behind a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completes {
    /// Types, and then names of that type.
    Objects,
    /// The same for what has a template of pods.
    Sets,
    /// The same, and then the containers with their images.
    Images,
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
