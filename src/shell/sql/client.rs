//! The client of a MariaDB or MySQL server: options, password, prompts, statements line by line.

use super::connection::{Connection, Server};
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
use crate::shell::waiting::Prompt;

/// What was asked for on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Options {
    host: Option<String>,
    user: String,
    password: Option<String>,
    asks_password: bool,
    execute: Option<String>,
    database: Option<String>,
    hides_names: bool,
    is_batch: bool,
    is_table: bool,
    is_forced: bool,
}

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
        Ok(options) => options,
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

fn read_options(words: &[String]) -> Result<Options, String> {
    let mut options = Options { user: "root".to_string(), ..Options::default() };
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let (name, value) = match word.strip_prefix("--") {
            Some(long) => long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.to_string()))),
            None => match word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                Some(short) => {
                    let end = short.chars().next().map_or(0, char::len_utf8);
                    let (name, rest) = short.split_at(end);
                    (name, if rest.is_empty() { None } else { Some(rest.to_string()) })
                }
                None => {
                    options.database = Some(word.clone());
                    continue;
                }
            },
        };
        if matches!(name, "p" | "password") {
            options.asks_password = value.is_none();
            options.password = value;
            continue;
        }
        let takes_value = matches!(
            name,
            "h" | "host"
                | "u"
                | "user"
                | "e"
                | "execute"
                | "D"
                | "database"
                | "P"
                | "port"
                | "S"
                | "socket"
                | "protocol"
                | "default-character-set"
                | "connect-timeout"
                | "defaults-file"
                | "defaults-extra-file"
                | "defaults-group-suffix"
                | "login-path"
                | "init-command"
                | "ssl-ca"
                | "ssl-cert"
                | "ssl-key"
                | "default-auth"
                | "plugin-dir"
                | "max-allowed-packet"
        );
        let value = match value {
            None if takes_value => {
                at += 1;
                words.get(at - 1).cloned()
            }
            value => value,
        };
        match name {
            "h" | "host" => options.host = value,
            "u" | "user" => options.user = value.unwrap_or_default(),
            "e" | "execute" => options.execute = Some(value.unwrap_or_default()),
            "D" | "database" => options.database = value,
            "N" | "skip-column-names" => options.hides_names = true,
            "s" | "B" | "batch" | "silent" => options.is_batch = true,
            "t" | "table" => options.is_table = true,
            "f" | "force" => options.is_forced = true,
            _ if takes_value => {}
            "v"
            | "A"
            | "C"
            | "q"
            | "n"
            | "w"
            | "verbose"
            | "ssl"
            | "skip-ssl"
            | "disable-ssl"
            | "ssl-mode"
            | "skip-ssl-verify-server-cert"
            | "compress"
            | "no-defaults"
            | "no-beep"
            | "reconnect"
            | "raw"
            | "unbuffered"
            | "quick"
            | "column-names"
            | "comments"
            | "local-infile"
            | "enable-cleartext-plugin"
            | "get-server-public-key"
            | "no-auto-rehash"
            | "wait" => {}
            _ => return Err(word.clone()),
        }
    }
    Ok(options)
}

impl Client {
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
        let found = containers_at(own, cluster, &address);
        let is_up = !found.is_empty();
        found.into_iter().find(|found| runs_in(found, cluster)).ok_or_else(|| match (self.is_mysql, is_up) {
            (true, true) => SqlError::new(2003, format!("Can't connect to MySQL server on '{host}:3306' (111)")),
            (true, false) => SqlError::new(2003, format!("Can't connect to MySQL server on '{host}:3306' (110)")),
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
            ("TCP port:\t\t", "3306".to_string()),
        ];
        out.push_str("--------------\n");
        for (name, value) in lines {
            out.push_str(&format!("{name}{value}\n"));
        }
        out.push_str("--------------\n\n");
    }

    /// Runs a statement, over a new connection if the server went away.
    fn execute(
        &mut self,
        sql: &str,
        own: &Container,
        cluster: &mut Cluster,
        out: &mut String,
    ) -> Result<(super::connection::Reply, &'static str), String> {
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

    /// Runs statements without a person. Gives the exit code.
    fn batch(&mut self, script: &str, own: &Container, cluster: &mut Cluster, out: &mut String) -> i64 {
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
    fn run_piped(&mut self, statement: &str, end: End, own: &Container, cluster: &mut Cluster, out: &mut String) {
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
    ) -> Result<super::connection::Reply, SqlError> {
        if self.server.is_none() {
            self.connect(own, cluster)?;
        }
        let Some(server) = self.server.clone() else { return Err(SqlError::new(2006, "Server has gone away")) };
        Server { container: &server, cluster }.run(statement, &mut self.connection)
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
