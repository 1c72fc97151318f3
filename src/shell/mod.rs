//! What runs inside a simulated container: a small shell, its commands, and a MariaDB client.
//!
//! A [`Session`] is one process that somebody talks to: what `kubectl exec`, `run -it` and `attach` open.
//! It is a pure state machine: lines go in, text comes out, and a [`Step`] says what it waits for.
//! Files live on the cluster's [`Disks`](crate::world::Disks), so what is written to a mounted volume is there for
//! the next pod that mounts it, and everything else goes with the container.
//!
//! # Differences from a real container
//! Every image has about the same commands; nothing is installed, nobody but root exists, permissions do not count.
//! In a pipeline and in `$(…)` no time passes.

pub mod commands;
pub mod container;
pub mod expand;
pub mod flow;
pub mod images;
pub mod logs;
pub mod machine;
pub mod parse;
pub mod process;
pub mod session;
pub mod sql;

pub use logs::{LogLine, container_log};
pub use process::Processes;
pub use session::{FOREVER, Prompt, Session, Step, Streams, Target};

#[cfg(test)]
pub(crate) mod tests;
