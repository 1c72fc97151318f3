//! A MariaDB or MySQL server as far as a tutorial needs it, and its client.
//!
//! A database is a directory of the data directory and a table a file in it, so that a volume that is mounted there
//! keeps them, and nothing else does.
//!
//! # Differences from a real server
//! One table at a time: no joins, views, keys but the primary one, or rights: who gets in may do everything. What a
//! transaction writes is seen by all at once; a rollback takes it back. A replica has at once what its primary holds.

mod client;
mod client_options;
mod connection;
mod error;
mod first_files;
mod lexer;
mod login;
mod parser;
mod print;
mod query;
mod replication;
mod replication_statements;
mod rows;
mod server;
mod statement;
mod unique_keys;
mod unknown;
mod users_and_columns;
mod value;

use crate::cluster::Cluster;
use crate::shell::container::Container;

/// Where the data is.
const DATA: &str = "/var/lib/mysql";

/// Whether a database server runs in the container.
fn runs_in(container: &Container, cluster: &Cluster) -> bool {
    container.image.is_database() && container.serves(cluster)
}

pub use client::{Client, start};
pub use replication::{backup_stream, takes_connections, unpack};
pub use server::{begin, initialize, random_password};

#[cfg(test)]
mod tests;
