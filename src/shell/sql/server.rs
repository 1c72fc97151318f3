//! A database server in a container: its data directory, its users, and what its statements do.

use super::connection::{
    Answer, Connection, Heading, Reply, SYSTEM, Server, USERS, disk_error, is_file_name, no_database,
};
use super::error::SqlError;
use super::parser::parse;
use super::statement::{Statement, TableName};
use super::value::{is_like, is_numeric};
use super::{DATA, query, replication, runs_in, unknown};
use crate::cluster::Cluster;
use crate::shell::container::Container;
use crate::shell::images::Family;
use crate::world::disk::{Column, Table};

/// Makes what a server finds missing at its first start: system databases, root's password, the database that the
/// environment asks for. A volume that was used before is taken as it is.
pub fn initialize(container: &Container, cluster: &mut Cluster) {
    if runs_in(container, cluster) || container.runs_default() {
        begin(container, cluster);
    }
}

/// The same of a server that begins now.
pub fn begin(container: &Container, cluster: &mut Cluster) {
    if !container.image.is_database() || container.lookup(cluster, &format!("{DATA}/mysql")).is_some() {
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
    super::first_files::run(container, cluster, variable(cluster, "DATABASE").as_deref());
}

/// The password that the server makes up and writes to its log.
pub fn random_password(container: &Container) -> String {
    container.pod.meta.uid.chars().filter(|c| *c != '-').take(16).collect()
}

/// Whether what is missing is a table of one of the databases that are always there.
fn names_system_table(error: &SqlError) -> bool {
    error.number == 1146 && SYSTEM.iter().any(|name| error.text.contains(&format!("'{name}.")))
}

impl Server<'_> {
    /// Runs a statement.
    ///
    /// # Errors
    /// What the server says.
    pub fn run(&mut self, sql: &str, connection: &mut Connection) -> Answer<Reply> {
        if let Some(request) = replication::request(sql) {
            return self.replicate(request);
        }
        let statement = match parse(sql) {
            Ok(statement) => statement,
            Err(error) => return unknown::unread(sql, error, self.product(), connection),
        };
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
        // Only what is shown is looked at once more.
        let shown =
            matches!(statement, Statement::ShowNothing(_) | Statement::ShowVariables(_)).then(|| statement.clone());
        let result = self.run_statement(statement, connection);
        let reply = match unknown::granted(result, shown.as_ref(), connection) {
            // The server has more tables of its own than are known here: nothing stands in them.
            Err(error) if !writes && names_system_table(&error) => Reply::list("", []),
            reply => reply?,
        };
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
                // The server's own are shown to who may see everything.
                let is_root = connection.user == "root";
                let is_shown = |name: &String| is_root || !matches!(name.as_str(), "mysql" | "sys");
                let names = self.databases().into_iter().filter(|name| is_shown(name));
                Ok(Reply::list(&heading, names.filter(|name| fits(name, pattern.as_deref()))))
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
            Statement::ShowNothing(_) => Ok(Reply::Rows { columns: Vec::new(), rows: Vec::new() }),
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
