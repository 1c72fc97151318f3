//! The client of a MariaDB or MySQL server: options, password, prompts, statements line by line.

mod batch;

use super::client_options::{Options, read_options};
use super::connection::{Connection, PORT, Server};
use super::error::SqlError;
use super::lexer::{End, open_quote, take_statement};
use super::print::{Style, print};
use super::runs_in;
use crate::cluster::Cluster;
use crate::shell::addresses::{address_of, containers_at};
use crate::shell::call::{Arguments, Call};
use crate::shell::container::Container;
use crate::shell::images::Family;
use crate::shell::language::{Outcome, Program};
use crate::shell::reach::reach;
use crate::shell::waiting::Prompt;

/// Where a client stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// It wants the password.
    Password,
    /// It takes statements.
    Ready,
    /// It is over.
    Ended(i64),
}

/// A client that talks to the user.
#[derive(Clone, Debug)]
pub struct Client {
    options: Options,
    stage: Stage,
    is_mysql: bool,
    has_terminal: bool,
    buffer: String,
    /// How many lines came in.
    lines: usize,
    connection: Connection,
    server: Option<Container>,
    /// Whether the server went away and the next statement must connect again.
    is_lost: bool,
}

/// The longest statement.
const STATEMENT_BYTES_MAX: usize = 64 * 1024;

/// Starts a client with its options.
pub fn start(call: &mut Call<'_>) -> Outcome {
    let is_mysql = call.container.image.family == Family::Mysql;
    if call.words.arguments().iter().any(|word| matches!(word.as_str(), "--version" | "-V")) {
        let version = call.container.image.full_version();
        call.out.push_str(&match is_mysql {
            true => format!("mysql  Ver {version} for Linux on x86_64 (MySQL Community Server - GPL)\n"),
            false => format!(
                "mariadb from {version}-MariaDB, client 15.2 for debian-linux-gnu (x86_64) using  EditLine wrapper\n"
            ),
        });
        return Outcome::Exit(0);
    }
    let options = match read_options(call.words.arguments()) {
        Ok(mut options) => {
            let path = options
                .defaults
                .clone()
                .unwrap_or_else(|| format!("{}/.my.cnf", call.shell.variable("HOME").unwrap_or_default()));
            let settings = call.container.read(call.cluster, &call.shell.path(&path)).unwrap_or_default();
            options.complete(&settings, |name| call.shell.variable(name));
            options
        }
        Err(flag) => {
            let name = call.words.name().to_string();
            call.err.push_str(&format!("{name}: unknown option '{flag}'\n"));
            return Outcome::Exit(7);
        }
    };
    let asks = options.asks_password;
    let has_terminal = call.shell.streams.tty && call.destination.is_none();
    let mut client = Client {
        options,
        stage: Stage::Password,
        is_mysql,
        has_terminal,
        buffer: String::new(),
        lines: 0,
        connection: Connection::default(),
        server: None,
        is_lost: false,
    };
    if asks && call.shell.streams.stdin && call.stdin.is_none() {
        return Outcome::Launch(Box::new(Program::Client(Box::new(client))));
    }
    if asks {
        call.err.push_str("Enter password: \n");
    }
    let input = call.stdin.take();
    let mut out = String::new();
    if client.open(call.container, call.cluster, &mut out) {
        if let Some(script) = input.filter(|_| client.options.execute.is_none()) {
            client.options.execute = Some(script);
        }
        client.begin(call.container, call.cluster, &mut out);
    }
    if let Some(what) = client.take_assumed() {
        call.shell.grant(&what);
    }
    match client.stage {
        Stage::Ended(code) => {
            if code == 0 {
                call.out.push_str(&out)
            } else {
                call.err.push_str(&out)
            }
            Outcome::Exit(code)
        }
        _ if !call.shell.streams.stdin => Outcome::Exit(0),
        _ => {
            call.out.push_str(&out);
            Outcome::Launch(Box::new(Program::Client(Box::new(client))))
        }
    }
}

impl Client {
    /// The first statement or name that this lab does not know and took to work, once.
    pub fn take_assumed(&mut self) -> Option<String> {
        self.connection.assumed.take()
    }

    fn is_at_localhost(&self) -> bool {
        self.options.host.as_deref().is_none_or(|host| host == "localhost")
    }

    /// The server that the options lead to.
    fn find(&self, own: &Container, cluster: &Cluster) -> Result<Container, SqlError> {
        if self.is_at_localhost() {
            let mut containers = Container::all_running(cluster, &own.pod).into_iter();
            return containers.find(|found| runs_in(found, cluster)).ok_or_else(|| {
                let what = if self.is_mysql { "local MySQL server" } else { "local server" };
                let socket = if self.is_mysql { "/var/run/mysqld/mysqld.sock" } else { "/run/mysqld/mysqld.sock" };
                SqlError::new(2002, format!("Can't connect to {what} through socket '{socket}' (2)"))
            });
        }
        let host = self.options.host.clone().unwrap_or_default();
        let Some(address) = address_of(own, cluster, &host) else {
            let what = if self.is_mysql { "Unknown MySQL server host" } else { "Unknown server host" };
            return Err(SqlError::new(2005, format!("{what} '{host}' (-2)")));
        };
        let port = self.options.port.unwrap_or(PORT);
        let is_up = || !containers_at(own, cluster, &address).is_empty();
        let found = reach(own, cluster, &address, port).map(|(found, _)| found);
        found.ok().filter(|found| runs_in(found, cluster)).ok_or_else(|| match (self.is_mysql, is_up()) {
            (true, true) => SqlError::new(2003, format!("Can't connect to MySQL server on '{host}:{port}' (111)")),
            (true, false) => SqlError::new(2003, format!("Can't connect to MySQL server on '{host}:{port}' (110)")),
            (false, _) => SqlError::new(2002, format!("Can't connect to server on '{host}' (115)")),
        })
    }

    fn connect(&mut self, own: &Container, cluster: &mut Cluster) -> Result<(), SqlError> {
        let found = self.find(own, cluster)?;
        let from = if self.is_at_localhost() { "localhost" } else { own.ip() };
        let password = self.options.password.clone().unwrap_or_default();
        let mut server = Server { container: &found, cluster };
        let mut connection = server.connect(&self.options.user, from, &password)?;
        if let Some(database) = self.connection.database.take().or_else(|| self.options.database.clone()) {
            server.run(&format!("use `{}`", database.replace('`', "")), &mut connection)?;
        }
        self.connection = connection;
        self.server = Some(found);
        self.is_lost = false;
        Ok(())
    }

    /// Connects for the first time. Says whether that worked.
    fn open(&mut self, own: &Container, cluster: &mut Cluster, out: &mut String) -> bool {
        match self.connect(own, cluster) {
            Ok(()) => {
                self.stage = Stage::Ready;
                true
            }
            Err(error) => {
                out.push_str(&error.shown(None));
                self.stage = Stage::Ended(1);
                false
            }
        }
    }

    /// Does what the command line asks for, or greets.
    fn begin(&mut self, own: &Container, cluster: &mut Cluster, out: &mut String) {
        if let Some(script) = self.options.execute.take() {
            let code = self.batch(&script, own, cluster, out);
            self.stage = Stage::Ended(code);
            return;
        }
        if !self.has_terminal {
            return;
        }
        let Some(server) = &self.server else { return };
        let version = server.image.full_version();
        let id = self.connection.id;
        out.push_str(&match self.is_mysql {
            true => format!(
                "Welcome to the MySQL monitor.  Commands end with ; or \\g.\nYour MySQL connection id is {id}\nServer version: {version} MySQL Community Server - GPL\n\nCopyright (c) 2000, 2025, Oracle and/or its affiliates.\n\nOracle is a registered trademark of Oracle Corporation and/or its\naffiliates. Other names may be trademarks of their respective\nowners.\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n"
            ),
            false => format!(
                "Welcome to the MariaDB monitor.  Commands end with ; or \\g.\nYour MariaDB connection id is {id}\nServer version: {version}-MariaDB-{} mariadb.org binary distribution\n\nCopyright (c) 2000, 2018, Oracle, MariaDB Corporation Ab and others.\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n",
                server.image.package_version()
            ),
        });
    }

    /// Takes a line that was typed.
    pub fn line(&mut self, text: &str, own: &Container, cluster: &mut Cluster, out: &mut String) {
        if self.stage == Stage::Password {
            self.options.password = Some(text.to_string());
            if self.open(own, cluster, out) {
                self.begin(own, cluster, out);
            }
            return;
        }
        self.lines += 1;
        if self.buffer.trim().is_empty() && self.command(text.trim(), own, cluster, out) {
            self.buffer.clear();
            return;
        }
        if self.buffer.len() + text.len() > STATEMENT_BYTES_MAX {
            self.buffer.clear();
            out.push_str("ERROR 1153 (08S01): Got a packet bigger than 'max_allowed_packet' bytes\n");
            return;
        }
        self.buffer.push_str(text);
        self.buffer.push('\n');
        while let Some((statement, end)) = take_statement(&mut self.buffer) {
            if end == End::Cleared {
                continue;
            }
            if self.command(statement.trim(), own, cluster, out) {
                continue;
            }
            if !self.has_terminal {
                self.run_piped(&statement, end, own, cluster, out);
                if self.stage != Stage::Ready {
                    return;
                }
                continue;
            }
            match self.execute(&statement, own, cluster, out) {
                Ok((reply, seconds)) => {
                    out.push_str(&print(&reply, Style::Interactive, end == End::Vertical, true, seconds));
                }
                Err(text) => out.push_str(&text),
            }
            if self.stage != Stage::Ready {
                return;
            }
        }
        if self.buffer.trim().is_empty() {
            self.buffer.clear();
        }
    }

    /// The client's own commands. Says whether it was one.
    fn command(&mut self, text: &str, own: &Container, cluster: &mut Cluster, out: &mut String) -> bool {
        let text = text.trim_end_matches([';', ' ']);
        let mut words = text.split_whitespace();
        let first = words.next().unwrap_or("").to_ascii_lowercase();
        match (first.as_str(), words.next(), words.next()) {
            ("exit" | "quit" | "\\q", None, _) => {
                self.forsake(cluster);
                out.push_str("Bye\n");
                self.stage = Stage::Ended(0);
            }
            ("help" | "\\h" | "?" | "\\?", None, _) => out.push_str(HELP),
            ("clear" | "\\c", None, _) => {}
            ("source" | "\\.", Some(file), None) => match own.read(cluster, file) {
                Ok(script) => script.to_string().lines().for_each(|line| {
                    // A script that ends the client is read no further.
                    if self.stage == Stage::Ready {
                        self.line(line, own, cluster, out);
                    }
                }),
                Err(_) => out.push_str(&format!("ERROR: Failed to open file '{file}', error: 2\n")),
            },
            ("status" | "\\s", None, _) => self.status(out),
            ("use" | "\\u", Some(name), None) => {
                let name = name.trim_matches('`').replace('`', "");
                match self.execute(&format!("use `{name}`"), own, cluster, out) {
                    Ok((reply, seconds)) => out.push_str(&print(&reply, Style::Interactive, false, true, seconds)),
                    Err(text) => out.push_str(&text),
                }
            }
            _ => return false,
        }
        true
    }

    /// Leaves a transaction that was not committed.
    fn forsake(&mut self, cluster: &mut Cluster) {
        if let (Some(server), Some(_)) = (self.server.clone(), &self.connection.undo) {
            // A full disk is told to nobody any more.
            _ = Server { container: &server, cluster }.run("rollback", &mut self.connection);
        }
    }

    fn status(&self, out: &mut String) {
        let Some(server) = &self.server else { return };
        let database = self.connection.database.as_deref().unwrap_or("");
        let via = if self.is_at_localhost() {
            "Localhost via UNIX socket".to_string()
        } else {
            format!("{} via TCP/IP", self.options.host.as_deref().unwrap_or(""))
        };
        let version = server.image.full_version();
        let (product, whole) = match self.is_mysql {
            true => ("MySQL", format!("{version} MySQL Community Server - GPL")),
            false => {
                let package = server.image.package_version();
                ("MariaDB", format!("{version}-MariaDB-{package} mariadb.org binary distribution"))
            }
        };
        let lines = [
            ("Connection id:\t\t", self.connection.id.to_string()),
            ("Current database:\t", database.to_string()),
            ("Current user:\t\t", format!("{}@{}", self.connection.user, self.connection.from)),
            ("SSL:\t\t\t", "Not in use".to_string()),
            ("Current pager:\t\t", "stdout".to_string()),
            ("Using outfile:\t\t", "''".to_string()),
            ("Using delimiter:\t", ";".to_string()),
            ("Server:\t\t\t", product.to_string()),
            ("Server version:\t\t", whole),
            ("Protocol version:\t", "10".to_string()),
            ("Connection:\t\t", via),
            ("Server characterset:\t", "utf8mb4".to_string()),
            ("TCP port:\t\t", self.options.port.unwrap_or(PORT).to_string()),
        ];
        out.push_str("--------------\n");
        for (name, value) in lines {
            out.push_str(&format!("{name}{value}\n"));
        }
        out.push_str("--------------\n\n");
    }

    /// Connects again. Says whether that worked.
    fn reconnect(&mut self, own: &Container, cluster: &mut Cluster, out: &mut String) -> bool {
        let gone = if self.is_mysql { "MySQL server has gone away" } else { "Server has gone away" };
        out.push_str(&format!("ERROR 2006 (HY000): {gone}\nNo connection. Trying to reconnect...\n"));
        self.is_lost = true;
        let database = self.connection.database.clone();
        match self.connect(own, cluster) {
            Ok(()) => {
                let database = self.connection.database.as_deref().unwrap_or("*** NONE ***");
                out.push_str(&format!("Connection id:    {}\nCurrent database: {database}\n\n", self.connection.id));
                true
            }
            Err(error) => {
                self.connection.database = database;
                let whom = if self.is_mysql { "the MySQL server" } else { "the server" };
                out.push_str(&format!("{}ERROR: \nCan't connect to {whom}\n\n", error.shown(None)));
                false
            }
        }
    }

    /// What it waits for, or how it ended.
    ///
    /// # Errors
    /// The exit code.
    pub fn prompt(&self) -> Result<Prompt, i64> {
        let visible = |text: String| Ok(Prompt { text, is_hidden: false });
        match self.stage {
            Stage::Ended(code) => Err(code),
            Stage::Password => Ok(Prompt { text: "Enter password: ".to_string(), is_hidden: true }),
            Stage::Ready if !self.has_terminal => visible(String::new()),
            Stage::Ready if !self.buffer.is_empty() => {
                let mark = open_quote(&self.buffer).unwrap_or('-');
                visible(format!("    {mark}> "))
            }
            Stage::Ready if self.is_mysql => visible("mysql> ".to_string()),
            Stage::Ready => {
                let database = self.connection.database.as_deref().unwrap_or("(none)");
                let name = match &self.server {
                    _ if self.is_lost => "unknown",
                    Some(server) if server.image.family == Family::Mysql => "MySQL",
                    _ => "MariaDB",
                };
                visible(format!("{name} [{database}]> "))
            }
        }
    }

    /// Ctrl-C: forgets the statement that was begun, or ends it. Says whether it ends.
    pub fn interrupt(&mut self, out: &mut String) -> bool {
        if self.stage == Stage::Ready && (self.is_mysql || !self.buffer.is_empty()) {
            self.buffer.clear();
            return false;
        }
        if self.stage == Stage::Ready {
            out.push_str("Ctrl-C -- exit!\nAborted\n");
        }
        true
    }

    /// Ctrl-D.
    pub fn farewell(&self, out: &mut String) {
        if !self.has_terminal {
            return;
        }
        out.push_str(if self.is_mysql { "^DBye\n" } else { "Bye\n" });
    }
}

/// How long a statement is said to have taken.
fn seconds(sql: &str, is_mysql: bool) -> &'static str {
    let first = sql.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
    match (first.as_str(), is_mysql) {
        ("create" | "drop" | "alter" | "truncate", false) => "0.006",
        ("insert" | "update" | "delete" | "replace", false) => "0.003",
        (_, false) => "0.001",
        ("create" | "drop" | "alter" | "truncate", true) => "0.02",
        ("insert" | "update" | "delete" | "replace", true) => "0.01",
        (_, true) => "0.00",
    }
}

const HELP: &str = "
List of all client commands:
Note that all text commands must be first on line and end with ';'
?         (\\?) Synonym for `help'.
clear     (\\c) Clear the current input statement.
ego       (\\G) Send command to server, display result vertically.
exit      (\\q) Exit. Same as quit.
go        (\\g) Send command to server.
help      (\\h) Display this help.
quit      (\\q) Quit.
status    (\\s) Get status information from the server.
use       (\\u) Use another database. Takes database name as argument.

";
