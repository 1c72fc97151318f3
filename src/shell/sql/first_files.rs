//! The files that the image's script runs when a server begins with an empty directory.

use super::connection::{Connection, Server};
use super::lexer::take_statement;
use crate::cluster::Cluster;
use crate::shell::container::Container;

/// Where they stand.
const FOLDER: &str = "/docker-entrypoint-initdb.d";

/// Runs the statements of `*.sql` in order of the files' names. What this lab does not understand is taken to have been
/// done; scripts and packed files are, too.
pub(super) fn run(container: &Container, cluster: &mut Cluster, database: Option<&str>) {
    let files = container.list(cluster, FOLDER).unwrap_or_default();
    let names: Vec<String> = files.into_iter().map(|file| file.0).filter(|name| name.ends_with(".sql")).collect();
    for name in names {
        let Ok(text) = container.read(cluster, &format!("{FOLDER}/{name}")) else { continue };
        let mut connection = Connection {
            user: "root".to_string(),
            from: "localhost".to_string(),
            database: database.map(str::to_string),
            ..Connection::default()
        };
        let mut rest = format!("{}\n;", text.trim_end().trim_end_matches(';'));
        while let Some((statement, _)) = take_statement(&mut rest) {
            if !statement.trim().is_empty() {
                _ = Server { container, cluster }.run(&statement, &mut connection);
            }
        }
    }
}
