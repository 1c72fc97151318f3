//! Who may talk to a database server: `Access denied for user` (1045), and the numbers of connections.

use super::connection::{Answer, Connection, Server, USERS};
use super::error::SqlError;
use super::replication;
use super::server::initialize;

impl Server<'_> {
    /// Lets somebody in.
    ///
    /// # Errors
    /// 1045.
    pub fn connect(&mut self, user: &str, from: &str, password: &str) -> Answer<Connection> {
        initialize(self.container, self.cluster);
        replication::catch_up(self.container, self.cluster);
        let users = self.container.read(self.cluster, USERS).unwrap_or_default();
        let is_right = users.lines().any(|line| line.split_once(':') == Some((user, password)));
        if !is_right {
            let using = if password.is_empty() { "NO" } else { "YES" };
            let text = format!("Access denied for user '{user}'@'{from}' (using password: {using})");
            return Err(SqlError::new(1045, text));
        }
        let counter = "/run/mysqld/connections";
        let id = self.container.read(self.cluster, counter).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(2);
        let id: i64 = i64::checked_add(id, 1).unwrap_or(3);
        _ = self.container.make_directory(self.cluster, "/run/mysqld", true);
        _ = self.container.write(self.cluster, counter, &id.to_string(), false);
        Ok(Connection { user: user.to_string(), from: from.to_string(), database: None, id, ..Connection::default() })
    }
}
