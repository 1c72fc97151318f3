//! Statements that do not come from a person: of `-e`, a pipe or a file.

use super::{Client, Stage, seconds};
use crate::cluster::Cluster;
use crate::shell::container::Container;
use crate::shell::sql::connection::Server;
use crate::shell::sql::error::SqlError;
use crate::shell::sql::lexer::{End, take_statement};
use crate::shell::sql::print::{Style, print};

impl Client {
    /// Runs a statement, over a new connection if the server went away.
    pub(super) fn execute(
        &mut self,
        sql: &str,
        own: &Container,
        cluster: &mut Cluster,
        out: &mut String,
    ) -> Result<(crate::shell::sql::connection::Reply, &'static str), String> {
        let is_there = self.server.as_ref().is_some_and(|server| server.is_same_run(cluster));
        if !is_there && !self.reconnect(own, cluster, out) {
            return Err(String::new());
        }
        let Some(server) = self.server.clone() else { return Err(String::new()) };
        let result = Server { container: &server, cluster }.run(sql, &mut self.connection);
        match result {
            Ok(reply) => Ok((reply, seconds(sql, self.is_mysql))),
            // An empty statement is no error at the prompt of MariaDB.
            Err(error) if error.number == 1065 => {
                Err(if self.is_mysql { error.shown(None) } else { "ERROR: No query specified\n\n".to_string() })
            }
            Err(error) => Err(error.shown(None)),
        }
    }

    /// Runs statements without a person. Gives the exit code.
    pub(super) fn batch(&mut self, script: &str, own: &Container, cluster: &mut Cluster, out: &mut String) -> i64 {
        let is_framed = self.options.is_table || (self.has_terminal && !self.options.is_batch);
        let style = if is_framed { Style::Framed } else { Style::Tabs };
        let mut buffer = format!("{}\n;", script.trim_end().trim_end_matches(';'));
        let mut line = 1;
        while let Some((statement, end)) = take_statement(&mut buffer) {
            let blank = statement.trim().is_empty();
            if end == End::Cleared || blank {
                continue;
            }
            match self.run_batch(&statement, own, cluster) {
                Ok(reply) => {
                    out.push_str(&print(&reply, style, end == End::Vertical, !self.options.hides_names, ""));
                }
                Err(error) => {
                    out.push_str(&error.shown(Some(line)));
                    if !self.options.is_forced {
                        return 1;
                    }
                }
            }
            line += statement.matches('\n').count();
        }
        self.forsake(cluster);
        0
    }

    /// Runs a statement of what is piped in. The first error ends it.
    pub(super) fn run_piped(
        &mut self,
        statement: &str,
        end: End,
        own: &Container,
        cluster: &mut Cluster,
        out: &mut String,
    ) {
        let style = if self.options.is_table { Style::Framed } else { Style::Tabs };
        match self.run_batch(statement, own, cluster) {
            Ok(reply) => {
                out.push_str(&print(&reply, style, end == End::Vertical, !self.options.hides_names, ""));
            }
            Err(error) => {
                out.push_str(&error.shown(Some(self.lines)));
                if !self.options.is_forced {
                    self.stage = Stage::Ended(1);
                }
            }
        }
    }

    fn run_batch(
        &mut self,
        statement: &str,
        own: &Container,
        cluster: &mut Cluster,
    ) -> Result<crate::shell::sql::connection::Reply, SqlError> {
        if self.server.is_none() {
            self.connect(own, cluster)?;
        }
        let Some(server) = self.server.clone() else { return Err(SqlError::new(2006, "Server has gone away")) };
        Server { container: &server, cluster }.run(statement, &mut self.connection)
    }
}
