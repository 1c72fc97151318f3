//! A database server as one statement sees it: its databases, its tables and its variables; what goes on in a connection.

use super::error::SqlError;
use super::statement::TableName;
use super::{DATA, replication};
use crate::cluster::Cluster;
use crate::ordering::Order;
use crate::shell::container::{Container, FileError};
use crate::shell::images::Family;
use crate::world::disk::{Entry, Table};
use std::rc::Rc;

/// Where the users are.
pub(super) const USERS: &str = "/var/lib/mysql/mysql/global_priv.MAD";
/// Where clients look for a server.
pub(super) const PORT: i64 = 3306;
/// The databases that are always there.
pub(super) const SYSTEM: [&str; 4] = ["information_schema", "mysql", "performance_schema", "sys"];

/// The tables of a transaction, as they were at its begin.
pub type Undo = Option<Vec<(String, Rc<Table>)>>;

/// What a connection keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// Who is connected.
    pub user: String,
    /// From where.
    pub from: String,
    /// The current database.
    pub database: Option<String>,
    /// The connection's number.
    pub id: i64,
    /// What a rollback goes back to, within a transaction.
    pub undo: Undo,
    /// What the last statement warned of.
    pub warning: Option<String>,
    /// The first statement or name that this lab does not know and took to work.
    pub assumed: Option<String>,
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its name.
    pub name: String,
    /// Whether it holds numbers.
    pub is_number: bool,
    /// Whether it may hold `NULL`, for which the client keeps room.
    pub is_nullable: bool,
}

impl Heading {
    /// A column that is never `NULL`.
    pub fn new(name: &str, is_number: bool) -> Heading {
        Heading { name: name.to_string(), is_number, is_nullable: false }
    }
}

/// What a statement came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Rows.
    Rows {
        /// The columns' heads.
        columns: Vec<Heading>,
        /// Cells; `None` for `NULL`.
        rows: Vec<Vec<Option<String>>>,
    },
    /// Something was written.
    Done {
        /// How many rows.
        affected: usize,
        /// A second line.
        note: String,
        /// What is noted beside: `show warnings` tells it.
        warning: Option<String>,
    },
    /// Another database is current.
    Changed,
}

impl Reply {
    pub(super) fn done(affected: usize) -> Reply {
        Reply::Done { affected, note: String::new(), warning: None }
    }

    /// Nothing was done, and this is why.
    pub(super) fn noted(why: impl Into<String>) -> Reply {
        Reply::Done { affected: 0, note: String::new(), warning: Some(why.into()) }
    }

    pub(super) fn list(name: &str, values: impl IntoIterator<Item = String>) -> Reply {
        let rows = values.into_iter().map(|value| vec![Some(value)]).collect();
        Reply::Rows { columns: vec![Heading::new(name, false)], rows }
    }
}

/// A server as seen from one statement.
pub struct Server<'a> {
    /// Where it runs.
    pub container: &'a Container,
    /// The cluster that holds its disk.
    pub cluster: &'a mut Cluster,
}

/// A result of the server.
pub(super) type Answer<T> = Result<T, SqlError>;

impl Server<'_> {
    /// `MariaDB` or `MySQL`.
    pub fn product(&self) -> &'static str {
        if self.container.image.family == Family::Mysql { "MySQL" } else { "MariaDB" }
    }

    /// The version as `select version()` shows it.
    pub fn version(&self) -> String {
        let version = self.container.image.full_version();
        match self.container.image.family {
            Family::Mysql => version,
            _ => format!("{version}-MariaDB-{}", self.container.image.package_version()),
        }
    }

    /// The databases, in order.
    pub fn databases(&self) -> Vec<String> {
        let mut names: Vec<String> = SYSTEM.iter().map(ToString::to_string).collect();
        let entries = self.container.list(self.cluster, DATA).unwrap_or_default();
        names.extend(entries.into_iter().filter(|entry| entry.1.is_directory()).map(|entry| entry.0));
        names.retain(|name| name != "lost+found" && !name.starts_with(['.', '#']));
        names.order();
        names.dedup();
        names
    }

    pub(super) fn tables(&self, database: &str) -> Vec<String> {
        let entries = self.container.list(self.cluster, &format!("{DATA}/{database}")).unwrap_or_default();
        let tables = entries.into_iter().filter(|entry| matches!(entry.1.entry, Entry::Table(_)));
        let mut names: Vec<String> =
            tables.filter_map(|entry| Some(entry.0.strip_suffix(".ibd")?.to_string())).collect();
        if database == "mysql" {
            names.push("user".to_string());
            names.order();
        }
        names
    }

    /// The names of the users, in order.
    pub fn users(&self) -> Vec<String> {
        let users = self.container.read(self.cluster, USERS).unwrap_or_default();
        let mut names: Vec<String> = users.lines().filter_map(|l| Some(l.split_once(':')?.0.to_string())).collect();
        names.order();
        names
    }

    pub(super) fn check_database(&self, name: &str) -> Answer<()> {
        if self.databases().iter().any(|found| found == name) {
            return Ok(());
        }
        Err(SqlError::new(1049, format!("Unknown database '{name}'")))
    }

    /// The database and the path of a table.
    pub(super) fn place(&self, table: &TableName, connection: &Connection) -> Answer<(String, String)> {
        let database = table.database.clone().or_else(|| connection.database.clone()).ok_or_else(no_database)?;
        if !is_file_name(&table.name) {
            return Err(SqlError::new(1103, format!("Incorrect table name '{}'", table.name)));
        }
        let path = format!("{DATA}/{database}/{}.ibd", table.name);
        Ok((database, path))
    }

    /// A table to be read or written.
    ///
    /// # Errors
    /// 1146 and what naming it may come to.
    pub fn open(&self, table: &TableName, connection: &Connection) -> Answer<(String, Table)> {
        let (database, path) = self.place(table, connection)?;
        match self.container.table(self.cluster, &path) {
            Some(found) => Ok((path, Table::clone(&found))),
            None => Err(SqlError::new(1146, format!("Table '{database}.{}' doesn't exist", table.name))),
        }
    }

    pub(super) fn store(&mut self, path: &str, table: Table) -> Answer<()> {
        let entry = Entry::Table(Rc::new(table));
        self.container.put(self.cluster, path, entry).map_err(|error| disk_error(path, error))
    }

    /// The value of a system variable.
    pub fn variable(&self, name: &str) -> Option<String> {
        Some(match name {
            "hostname" => self.container.hostname().to_string(),
            "version" => self.version(),
            "version_comment" => match self.product() {
                "MySQL" => "MySQL Community Server - GPL".to_string(),
                _ => "mariadb.org binary distribution".to_string(),
            },
            "port" => port_of(self.container, self.cluster).to_string(),
            "datadir" => format!("{DATA}/"),
            "server_id" => replication::setting(self.container, self.cluster, "server_id")
                .filter(|value| !value.is_empty())
                .unwrap_or_else(|| if self.version().starts_with("5.") { "0" } else { "1" }.to_string()),
            "autocommit" => "1".to_string(),
            "read_only" | "super_read_only" => {
                let is_on = |name: &str| replication::is_on(self.container, self.cluster, name);
                u8::from(is_on("super_read_only") || name == "read_only" && is_on("read_only")).to_string()
            }
            "max_connections" => {
                let told = replication::setting(self.container, self.cluster, "max_connections");
                told.filter(|value| value.parse::<u32>().is_ok()).unwrap_or_else(|| "151".to_string())
            }
            "character_set_server" => "utf8mb4".to_string(),
            "time_zone" | "system_time_zone" => "UTC".to_string(),
            _ => return None,
        })
    }
}

/// The port on which a database server takes connections.
pub(super) fn port_of(server: &Container, cluster: &Cluster) -> i64 {
    let words = [server.words("command"), server.server_words(cluster)].concat();
    server.said_port(cluster, &words).unwrap_or(PORT)
}

pub(super) fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && !name.contains(['/', '\\', '\0', '.']) && name.trim_end() == name
}

pub(super) fn no_database() -> SqlError {
    SqlError::new(1046, "No database selected")
}

/// The error of a column that is not there.
pub fn unknown_column(name: &str, place: &str) -> SqlError {
    SqlError::new(1054, format!("Unknown column '{name}' in '{place}'"))
}

pub(super) fn disk_error(what: &str, error: FileError) -> SqlError {
    let name = what.rsplit('/').next().unwrap_or(what).trim_end_matches(".ibd");
    match error {
        FileError::NoSpace | FileError::NoRoom => SqlError::new(1114, format!("The table '{name}' is full")),
        FileError::ReadOnly => {
            SqlError::new(1290, "The server is running with the --read-only option so it cannot execute this statement")
        }
        error => SqlError::new(1030, format!("Got error \"{error}\" from storage engine InnoDB")),
    }
}
