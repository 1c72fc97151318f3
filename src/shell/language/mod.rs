//! The shell's language: one reader and one evaluator for the console and for containers.
//!
//! It knows neither kubectl nor containers: a [`World`] gives it files, time and programs.

mod aliases;
pub mod arithmetic;
mod assign;
mod braces;
mod builtins;
mod compound;
mod condition;
mod declare;
mod directories;
mod errexit;
mod expand;
mod foreground;
mod getopts;
pub mod glob;
mod jobs;
mod kill;
mod lexer;
pub mod limits;
pub mod machine;
mod messages;
pub mod parse;
mod partial;
mod pipes;
pub mod printf;
mod process_group;
mod quotation;
mod read;
mod reads_input;
mod redirect;
mod servers;
mod shown;
mod signals;
mod simple;
pub mod state;
mod streams;
mod switches;
pub mod syntax;
mod talker;
mod turns;
mod umask;
pub mod variables;
pub mod world;
mod wrappers;

pub use builtins::is_builtin;
pub use glob::matches as matches_glob;
pub use jobs::Aside;
pub use lexer::unescape;
pub use reads_input::is_input;
pub use signals::signal_number;
pub use state::{Event, Program, Role, Shell, ShellKind, Signalled};
pub use streams::{Io, Piece};
pub use talker::Talker;
pub use world::{ASIDE, Invocation, Message, Outcome, Stat, World};
pub use wrappers::{WRAPPERS, duration, fail_after, run_each, run_wrapper};
