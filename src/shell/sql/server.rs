//! A database server in a container: its data directory, its users, and what its statements do.

use super::change::Undo;
use super::error::SqlError;
use super::parser::{Expr, Statement, TableName, parse};
use super::value::{Val, fit, is_like, is_numeric};
use super::{DATA, query, replication, runs_in};
use crate::cluster::Cluster;
use crate::model::Text;
use crate::ordering::Order;
use crate::shell::container::{Container, FileError};
use crate::shell::images::Family;
use crate::world::disk::{Column, Entry, Table};
use std::rc::Rc;

/// Where the users are.
pub(super) const USERS: &str = "/var/lib/mysql/mysql/global_priv.MAD";
/// The databases that are always there.
const SYSTEM: [&str; 4] = ["information_schema", "mysql", "performance_schema", "sys"];
/// The most rows of a table.
const ROWS_MAX: usize = 5000;

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

/// Makes what a server finds missing at its first start: system databases, root's password, the database that the
/// environment asks for. A volume that was used before is taken as it is.
pub fn initialize(container: &Container, cluster: &mut Cluster) {
    if !container.image.is_database()
        || !(runs_in(container, cluster) || container.runs_default())
        || container.lookup(cluster, &format!("{DATA}/mysql")).is_some()
    {
        return;
    }
    let container = &container.trusted();
    let variable = |cluster: &Cluster, name: &str| {
        let own = container.variable(cluster, &format!("MARIADB_{name}"));
        let own =
            own.or_else(|| container.variable(cluster, &format!("MYSQL_{name}"))).filter(|value| !value.is_empty());
        // The image's script takes what stands in a file as well.
        own.or_else(|| {
            let names = ["MARIADB", "MYSQL"].map(|maker| format!("{maker}_{name}_FILE"));
            let file = names.iter().find_map(|name| container.variable(cluster, name))?;
            Some(container.read(cluster, &file).ok()?.trim_end_matches('\n').to_string())
        })
    };
    for name in ["mysql", "performance_schema", "sys"] {
        _ = container.make_directory(cluster, &format!("{DATA}/{name}"), true);
    }
    let files: &[&str] = match container.image.family {
        Family::Mysql => &["ibdata1", "mysql.ibd", "undo_001", "undo_002", "auto.cnf"],
        _ => &["aria_log.00000001", "aria_log_control", "ddl_recovery.log", "ib_buffer_pool", "ib_logfile0", "ibdata1"],
    };
    for name in files {
        _ = container.write(cluster, &format!("{DATA}/{name}"), "", false);
    }
    let password =
        variable(cluster, "ROOT_PASSWORD").unwrap_or_else(|| match variable(cluster, "RANDOM_ROOT_PASSWORD") {
            Some(_) => random_password(container),
            None => String::new(),
        });
    let mut users = format!("root:{password}\n");
    if let (Some(user), Some(password)) = (variable(cluster, "USER"), variable(cluster, "PASSWORD")) {
        users.push_str(&format!("{user}:{password}\n"));
    }
    _ = container.write(cluster, USERS, &users, false);
    if let Some(name) = variable(cluster, "DATABASE").filter(|name| is_file_name(name)) {
        _ = container.make_directory(cluster, &format!("{DATA}/{name}"), false);
    }
}

/// The password that the server makes up and writes to its log.
pub fn random_password(container: &Container) -> String {
    container.pod.meta.uid.chars().filter(|c| *c != '-').take(16).collect()
}

pub(super) fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && !name.contains(['/', '\\', '\0', '.']) && name.trim_end() == name
}

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

    /// Runs a statement.
    ///
    /// # Errors
    /// What the server says.
    pub fn run(&mut self, sql: &str, connection: &mut Connection) -> Answer<Reply> {
        if let Some(request) = replication::request(sql) {
            return self.replicate(request);
        }
        let statement = parse(sql).map_err(|error| SqlError::syntax(error, self.product()))?;
        if matches!(
            statement,
            Statement::CreateDatabase { .. }
                | Statement::DropDatabase { .. }
                | Statement::CreateTable { .. }
                | Statement::DropTable { .. }
                | Statement::Alter { .. }
                | Statement::Truncate(_)
                | Statement::User(_)
        ) {
            // These end a transaction.
            connection.undo = None;
        }
        let is_question = statement == Statement::ShowWarnings;
        let writes = statement.writes();
        if writes {
            self.may_write(&connection.user)?;
        }
        let reply = self.run_statement(statement, connection)?;
        if writes {
            replication::hand_on(self.container, self.cluster);
        }
        if !is_question {
            connection.warning = match &reply {
                Reply::Done { warning, .. } => warning.clone(),
                _ => None,
            };
        }
        Ok(reply)
    }

    fn run_statement(&mut self, statement: Statement, connection: &mut Connection) -> Answer<Reply> {
        match statement {
            Statement::Begin => self.begin(connection),
            Statement::Commit => {
                connection.undo = None;
                Ok(Reply::done(0))
            }
            Statement::Rollback => self.roll_back(connection),
            Statement::User(change) => self.change_user(&change),
            Statement::Alter { table, changes } => self.alter(&table, changes, connection),
            Statement::ShowGrants => Ok(self.show_grants(connection)),
            Statement::ShowWarnings => {
                let columns = [("Level", false), ("Code", true), ("Message", false)];
                let columns = columns.map(|(name, is_number)| Heading::new(name, is_number)).to_vec();
                let row = |text: &String| {
                    let (code, text) = text.split_once(' ').unwrap_or(("1105", text));
                    ["Note", code, text].map(|cell| Some(cell.to_string())).to_vec()
                };
                Ok(Reply::Rows { columns, rows: connection.warning.iter().map(row).collect() })
            }
            Statement::CreateDatabase { name, if_not_exists } => self.create_database(&name, if_not_exists),
            Statement::DropDatabase { name, if_exists } => self.drop_database(&name, if_exists, connection),
            Statement::Use(name) => {
                self.check_database(&name)?;
                connection.database = Some(name);
                Ok(Reply::Changed)
            }
            Statement::ShowDatabases(pattern) => {
                let heading = pattern.as_ref().map_or("Database".to_string(), |p| format!("Database ({p})"));
                Ok(Reply::list(&heading, self.databases().into_iter().filter(|name| fits(name, pattern.as_deref()))))
            }
            Statement::ShowTables { database, pattern } => {
                let database = database.or_else(|| connection.database.clone()).ok_or_else(no_database)?;
                self.check_database(&database)?;
                let suffix = pattern.as_ref().map(|pattern| format!(" ({pattern})")).unwrap_or_default();
                let names = self.tables(&database).into_iter().filter(|name| fits(name, pattern.as_deref()));
                Ok(Reply::list(&format!("Tables_in_{database}{suffix}"), names))
            }
            Statement::ShowVariables(pattern) => Ok(self.show_variables(pattern.as_deref(), connection)),
            Statement::ShowProcesses => Ok(self.show_processes(connection)),
            Statement::ShowNothing => Ok(Reply::Rows { columns: Vec::new(), rows: Vec::new() }),
            Statement::ShowCreateTable(table) => self.show_create(&table, connection),
            Statement::CreateTable { table, if_not_exists, columns } => {
                self.create_table(&table, if_not_exists, columns, connection)
            }
            Statement::DropTable { tables, if_exists } => self.drop_tables(&tables, if_exists, connection),
            Statement::Describe(table) => self.describe(&table, connection),
            Statement::Insert { table, columns, rows, ignores } => {
                self.insert(&table, &columns, &rows, ignores, connection)
            }
            Statement::Select(select) => query::select(self, &select, connection),
            Statement::Update { table, changes, filter } => self.update(&table, &changes, filter.as_ref(), connection),
            Statement::Delete { table, filter } => self.delete(&table, filter.as_ref(), connection),
            Statement::Truncate(table) => {
                let (path, mut data) = self.open(&table, connection)?;
                data.rows.clear();
                data.next_id = 1;
                self.store(&path, data)?;
                Ok(Reply::done(0))
            }
            Statement::Accepted => Ok(Reply::done(0)),
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

    fn check_database(&self, name: &str) -> Answer<()> {
        if self.databases().iter().any(|found| found == name) {
            return Ok(());
        }
        Err(SqlError::new(1049, format!("Unknown database '{name}'")))
    }

    fn create_database(&mut self, name: &str, if_not_exists: bool) -> Answer<Reply> {
        if !is_file_name(name) {
            return Err(SqlError::new(1102, format!("Incorrect database name '{name}'")));
        }
        if self.databases().iter().any(|found| found == name) {
            if if_not_exists {
                return Ok(Reply::Done {
                    affected: 1,
                    note: String::new(),
                    warning: Some(format!("1007 Can't create database '{name}'; database exists")),
                });
            }
            return Err(SqlError::new(1007, format!("Can't create database '{name}'; database exists")));
        }
        let path = format!("{DATA}/{name}");
        let made = self.container.make_directory(self.cluster, &path, false);
        let made = made.and_then(|()| match self.container.image.family {
            Family::Mysql => Ok(()),
            _ => {
                self.container.write(self.cluster, &format!("{path}/db.opt"), "default-character-set=utf8mb4\n", false)
            }
        });
        made.map_err(|error| disk_error(name, error))?;
        Ok(Reply::done(1))
    }

    fn drop_database(&mut self, name: &str, if_exists: bool, connection: &mut Connection) -> Answer<Reply> {
        if SYSTEM.contains(&name) {
            let (user, from) = (&connection.user, &connection.from);
            return Err(SqlError::new(1044, format!("Access denied for user '{user}'@'{from}' to database '{name}'")));
        }
        if self.check_database(name).is_err() {
            if if_exists {
                return Ok(Reply::noted(format!("1008 Can't drop database '{name}'; database doesn't exist")));
            }
            return Err(SqlError::new(1008, format!("Can't drop database '{name}'; database doesn't exist")));
        }
        let count = self.tables(name).len();
        let removed = self.container.remove(self.cluster, &format!("{DATA}/{name}"), true);
        removed.map_err(|error| disk_error(name, error))?;
        if connection.database.as_deref() == Some(name) {
            connection.database = None;
        }
        Ok(Reply::done(count))
    }

    /// The database and the path of a table.
    fn place(&self, table: &TableName, connection: &Connection) -> Answer<(String, String)> {
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

    fn create_table(
        &mut self,
        table: &TableName,
        if_not_exists: bool,
        columns: Vec<Column>,
        connection: &Connection,
    ) -> Answer<Reply> {
        let (database, path) = self.place(table, connection)?;
        self.check_database(&database)?;
        if SYSTEM.contains(&database.as_str()) && database != "mysql" {
            let (user, from) = (&connection.user, &connection.from);
            let text = format!("Access denied for user '{user}'@'{from}' to database '{database}'");
            return Err(SqlError::new(1044, text));
        }
        if self.container.table(self.cluster, &path).is_some() {
            if if_not_exists {
                return Ok(Reply::noted(format!("1050 Table '{}' already exists", table.name)));
            }
            return Err(SqlError::new(1050, format!("Table '{}' already exists", table.name)));
        }
        for (at, column) in columns.iter().enumerate() {
            let is_twice = columns.iter().take(at).any(|other| other.name.eq_ignore_ascii_case(&column.name));
            if is_twice {
                return Err(SqlError::new(1060, format!("Duplicate column name '{}'", column.name)));
            }
        }
        self.store(&path, Table { columns, rows: Vec::new(), next_id: 1 })?;
        if self.container.image.family != Family::Mysql {
            _ = self.container.write(self.cluster, &path.replace(".ibd", ".frm"), "", false);
        }
        Ok(Reply::done(0))
    }

    fn drop_tables(&mut self, tables: &[TableName], if_exists: bool, connection: &Connection) -> Answer<Reply> {
        let mut missing = Vec::new();
        for table in tables {
            let (database, path) = self.place(table, connection)?;
            if self.container.table(self.cluster, &path).is_none() {
                missing.push(format!("{database}.{}", table.name));
                continue;
            }
            _ = self.container.remove(self.cluster, &path, false);
            _ = self.container.remove(self.cluster, &path.replace(".ibd", ".frm"), false);
        }
        if missing.is_empty() {
            return Ok(Reply::done(0));
        }
        if if_exists {
            return Ok(Reply::noted(format!("1051 Unknown table '{}'", missing.join(","))));
        }
        Err(SqlError::new(1051, format!("Unknown table '{}'", missing.join(","))))
    }

    fn describe(&mut self, table: &TableName, connection: &Connection) -> Answer<Reply> {
        let (_, data) = self.open(table, connection)?;
        let names = ["Field", "Type", "Null", "Key", "Default", "Extra"];
        let row = |column: &Column| {
            let is_timestamp = column.default.as_deref() == Some("current_timestamp");
            let default = if is_timestamp { Some("current_timestamp()".into()) } else { column.default.clone() };
            vec![
                Some(column.name.to_string()),
                Some(column.kind.to_string()),
                Some(if column.is_nullable { "YES" } else { "NO" }.to_string()),
                Some(if column.is_primary { "PRI" } else { "" }.to_string()),
                default.map(|text| text.to_string()),
                Some(if column.is_auto_increment { "auto_increment" } else { "" }.to_string()),
            ]
        };
        let columns = names.iter().map(|name| Heading::new(name, false)).collect();
        Ok(Reply::Rows { columns, rows: data.columns.iter().map(row).collect() })
    }

    fn show_create(&mut self, table: &TableName, connection: &Connection) -> Answer<Reply> {
        let (_, data) = self.open(table, connection)?;
        let mut parts: Vec<String> = data.columns.iter().map(column_definition).collect();
        let keys: Vec<String> =
            data.columns.iter().filter(|column| column.is_primary).map(|column| format!("`{}`", column.name)).collect();
        if !keys.is_empty() {
            parts.push(format!("  PRIMARY KEY ({})", keys.join(",")));
        }
        let text =
            format!("CREATE TABLE `{}` (\n{}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4", table.name, parts.join(",\n"));
        let columns = ["Table", "Create Table"].map(|name| Heading::new(name, false)).to_vec();
        Ok(Reply::Rows { columns, rows: vec![vec![Some(table.name.clone()), Some(text)]] })
    }

    fn insert(
        &mut self,
        table: &TableName,
        columns: &[String],
        rows: &[Vec<Expr>],
        ignores: bool,
        connection: &Connection,
    ) -> Answer<Reply> {
        let (path, mut data) = self.open(table, connection)?;
        let mut places = Vec::new();
        for name in columns {
            places.push(query::column_index(&data.columns, name).ok_or_else(|| unknown_column(name, "INSERT INTO"))?);
        }
        if columns.is_empty() {
            places.extend(0..data.columns.len());
        }
        let mut count = 0;
        for (at, values) in rows.iter().enumerate() {
            let is_empty = values.is_empty() && columns.is_empty();
            if values.len() != places.len() && !is_empty {
                return Err(SqlError::new(1136, format!("Column count doesn't match value count at row {}", at + 1)));
            }
            let mut given: Vec<Option<Val>> = vec![None; data.columns.len()];
            for (place, expr) in places.iter().zip(values) {
                if *expr == Expr::Call("default".to_string(), Vec::new()) {
                    continue;
                }
                let value = query::evaluate(self, expr, connection)?;
                if let Some(cell) = given.get_mut(*place) {
                    *cell = Some(value);
                }
            }
            let row = self.complete_row(table, &mut data, given, at + 1)?;
            match self.check_key(&data, &row, None) {
                Err(_) if ignores => continue,
                result => result?,
            }
            if data.rows.len() >= ROWS_MAX {
                return Err(SqlError::new(1114, format!("The table '{}' is full", table.name)));
            }
            data.rows.push(row);
            count += 1;
        }
        self.store(&path, data)?;
        let note = match rows.len() {
            0 | 1 => String::new(),
            all => format!("Records: {all}  Duplicates: {}  Warnings: 0", all - count),
        };
        Ok(Reply::Done { affected: count, note, warning: None })
    }

    /// Puts defaults and numbers where a row brings nothing, and makes values fit their columns.
    fn complete_row(
        &mut self,
        table: &TableName,
        data: &mut Table,
        given: Vec<Option<Val>>,
        row: usize,
    ) -> Answer<Vec<Option<Text>>> {
        let now = query::timestamp(self.cluster.now());
        let mut cells = Vec::new();
        for (column, value) in data.columns.iter().zip(given) {
            let is_absent = matches!(value, None | Some(Val::Null));
            let text = match value {
                _ if column.is_auto_increment && is_absent => {
                    data.next_id = data.next_id.max(1);
                    let id = data.next_id;
                    data.next_id = data.next_id.saturating_add(1);
                    Some(id.to_string())
                }
                Some(value) => value.text(),
                None => match column.default.as_deref() {
                    Some("current_timestamp" | "now") => Some(now.clone()),
                    Some(text) => Some(text.to_string()),
                    None if column.is_nullable => None,
                    None => {
                        return Err(SqlError::new(
                            1364,
                            format!("Field '{}' doesn't have a default value", column.name),
                        ));
                    }
                },
            };
            let cell = fit_cell(table, column, text, row)?;
            if let (true, Some(number)) = (column.is_auto_increment, cell.as_ref().and_then(|t| t.parse::<i64>().ok()))
            {
                data.next_id = data.next_id.max(number.saturating_add(1));
            }
            cells.push(cell);
        }
        Ok(cells)
    }

    fn check_key(&self, data: &Table, row: &[Option<Text>], own: Option<usize>) -> Answer<()> {
        let keys: Vec<usize> =
            (0..data.columns.len()).filter(|at| data.columns.get(*at).is_some_and(|c| c.is_primary)).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let key_of = |row: &[Option<Text>]| -> Vec<String> {
            keys.iter().map(|at| row.get(*at).cloned().flatten().map(|t| t.to_string()).unwrap_or_default()).collect()
        };
        let key = key_of(row);
        let is_taken = data.rows.iter().enumerate().any(|(at, other)| Some(at) != own && key_of(other) == key);
        if is_taken {
            return Err(SqlError::new(1062, format!("Duplicate entry '{}' for key 'PRIMARY'", key.join("-"))));
        }
        Ok(())
    }

    fn update(
        &mut self,
        table: &TableName,
        changes: &[(String, Expr)],
        filter: Option<&Expr>,
        connection: &Connection,
    ) -> Answer<Reply> {
        let (path, mut data) = self.open(table, connection)?;
        let (mut matched, mut changed) = (0, 0);
        for at in 0..data.rows.len() {
            let Some(row) = data.rows.get(at).cloned() else { continue };
            if !query::holds(self, filter, &data.columns, &row, connection)? {
                continue;
            }
            matched += 1;
            let mut next = row.clone();
            for (name, expr) in changes {
                let place = query::column_index(&data.columns, name).ok_or_else(|| unknown_column(name, "SET"))?;
                let value = query::evaluate_row(self, expr, &data.columns, &row, connection)?;
                if let (Some(column), Some(cell)) = (data.columns.get(place), next.get_mut(place)) {
                    *cell = fit_cell(table, column, value.text(), matched)?;
                }
            }
            if next != row {
                self.check_key(&data, &next, Some(at))?;
                changed += 1;
                if let Some(place) = data.rows.get_mut(at) {
                    *place = next;
                }
            }
        }
        self.store(&path, data)?;
        let note = format!("Rows matched: {matched}  Changed: {changed}  Warnings: 0");
        Ok(Reply::Done { affected: changed, note, warning: None })
    }

    fn delete(&mut self, table: &TableName, filter: Option<&Expr>, connection: &Connection) -> Answer<Reply> {
        let (path, mut data) = self.open(table, connection)?;
        let rows = std::mem::take(&mut data.rows);
        let before = rows.len();
        for row in rows {
            if !query::holds(self, filter, &data.columns, &row, connection)? {
                data.rows.push(row);
            }
        }
        let count = before - data.rows.len();
        self.store(&path, data)?;
        Ok(Reply::done(count))
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
            "port" => "3306".to_string(),
            "datadir" => format!("{DATA}/"),
            "server_id" => replication::setting(self.container, self.cluster, "server_id")
                .filter(|value| !value.is_empty())
                .unwrap_or_else(|| if self.version().starts_with("5.") { "0" } else { "1" }.to_string()),
            "autocommit" => "1".to_string(),
            "read_only" | "super_read_only" => {
                let is_on = |name: &str| replication::is_on(self.container, self.cluster, name);
                u8::from(is_on("super_read_only") || name == "read_only" && is_on("read_only")).to_string()
            }
            "max_connections" => "151".to_string(),
            "character_set_server" => "utf8mb4".to_string(),
            "time_zone" | "system_time_zone" => "UTC".to_string(),
            _ => return None,
        })
    }

    fn show_variables(&self, pattern: Option<&str>, _connection: &Connection) -> Reply {
        let names = [
            "autocommit",
            "character_set_server",
            "datadir",
            "hostname",
            "max_connections",
            "port",
            "read_only",
            "server_id",
            "system_time_zone",
            "time_zone",
            "version",
            "version_comment",
        ];
        let columns = ["Variable_name", "Value"].map(|name| Heading::new(name, false)).to_vec();
        let rows = names.into_iter().filter(|name| fits(name, pattern));
        Reply::Rows { columns, rows: rows.map(|name| vec![Some(name.to_string()), self.variable(name)]).collect() }
    }

    fn show_processes(&self, connection: &Connection) -> Reply {
        let names = ["Id", "User", "Host", "db", "Command", "Time", "State", "Info", "Progress"];
        let column = |name: &&str| Heading {
            is_nullable: *name == "db",
            ..Heading::new(name, matches!(*name, "Id" | "Time" | "Progress"))
        };
        let columns = names.iter().map(column).collect();
        let text = |text: &str| Some(text.to_string());
        let row = vec![
            Some(connection.id.to_string()),
            text(&connection.user),
            text(&connection.from),
            connection.database.clone(),
            text("Query"),
            text("0"),
            text("starting"),
            text("SHOW PROCESSLIST"),
            text("0.000"),
        ];
        Reply::Rows { columns, rows: vec![row] }
    }
}

fn fits(name: &str, pattern: Option<&str>) -> bool {
    pattern.is_none_or(|pattern| is_like(name, pattern))
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
        FileError::NoSpace => SqlError::new(1114, format!("The table '{name}' is full")),
        FileError::ReadOnly => {
            SqlError::new(1290, "The server is running with the --read-only option so it cannot execute this statement")
        }
        error => SqlError::new(1030, format!("Got error \"{error}\" from storage engine InnoDB")),
    }
}

fn fit_cell(table: &TableName, column: &Column, text: Option<String>, row: usize) -> Answer<Option<Text>> {
    let Some(text) = text else {
        if column.is_nullable {
            return Ok(None);
        }
        return Err(SqlError::new(1048, format!("Column '{}' cannot be null", column.name)));
    };
    match fit(&column.kind, &text) {
        Ok(text) => Ok(Some(text.into())),
        Err(1406) => Err(SqlError::new(1406, format!("Data too long for column '{}' at row {row}", column.name))),
        Err(number) => {
            let kind = if column.kind.starts_with("decimal") { "decimal" } else { "integer" };
            let database = table.database.clone().map(|name| format!("`{name}`.")).unwrap_or_default();
            let place = format!("{database}`{}`.`{}`", table.name, column.name);
            Err(SqlError::new(number, format!("Incorrect {kind} value: '{text}' for column {place} at row {row}")))
        }
    }
}

fn column_definition(column: &Column) -> String {
    let mut text = format!("  `{}` {}", column.name, column.kind);
    if !column.is_nullable {
        text.push_str(" NOT NULL");
    }
    if column.is_auto_increment {
        text.push_str(" AUTO_INCREMENT");
    }
    match column.default.as_deref() {
        Some("current_timestamp") => text.push_str(" DEFAULT current_timestamp()"),
        Some(default) if is_numeric(&column.kind) => text.push_str(&format!(" DEFAULT {default}")),
        Some(default) => text.push_str(&format!(" DEFAULT '{default}'")),
        None if column.is_nullable => text.push_str(" DEFAULT NULL"),
        None => {}
    }
    text
}
