//! What runs inside a simulated container: its processes, a shell, small programs, and a MariaDB client.
//!
//! [`language`] is the shell's language, for the console as for containers; [`ContainerWorld`] is a container as its world.
//!
//! A [`Session`] is one process that somebody talks to: what `kubectl exec`, `run -it` and `attach` open.
//! It is a pure state machine: lines go in, text comes out, and a [`Step`] says what it waits for.
//! Files live on the cluster's [`Disks`](crate::world::Disks), so what is written to a mounted volume is there for
//! the next pod that mounts it, and everything else goes with the container.
//!
//! # Differences from a real container
//! Images have the programs of their base that this lab can run; a program that an image has beside these is taken to
//! do its job, and named. Nothing is installed, nobody but root exists, permissions do not count.

mod addresses;
mod bound_addresses;
mod busybox_errors;
mod call;
pub mod commands;
pub mod container;
mod container_server;
mod container_world;
pub mod downward_api;
mod env_of_spec;
mod environment;
mod exec_target;
pub mod first_process;
mod identifiers;
pub mod images;
pub mod kubelet_expansion;
pub mod language;
mod links;
pub mod logs;
pub mod node_files;
pub mod ownership;
mod passwd;
pub mod path_kind;
mod path_text;
mod process_list;
mod reach;
pub mod registry;
mod runnable_programs;
mod server_files;
mod service_variables;
pub mod sql;
mod start_checks;
mod system_files;
pub mod terminal_session;
mod time_format;
mod told_ports;
mod unknown_page;
mod volumes;
mod waiting;
mod web_refusals;
mod web_settings;

pub use container_world::ContainerWorld;
pub use env_of_spec::variables;
pub use exec_target::{Streams, Target};
pub use first_process::Processes;
pub use logs::{LogLine, container_log};
pub use terminal_session::{Session, Sink, Step};
pub use waiting::{FOREVER, Prompt};

#[cfg(test)]
pub(crate) mod tests;
