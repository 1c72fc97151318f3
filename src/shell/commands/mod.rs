//! The programs that a container has, and what a shell does by itself; knows nothing of who asked.

mod files;
mod network;
mod pattern;
mod program;
mod shell;
mod system;
pub mod text;

pub use network::{address_of, containers_at};
pub use system::format_time;

use super::container::{Container, FileError};
use super::machine::Shell;
use super::session::Program;
use crate::cluster::Cluster;
use crate::model::Millis;

/// A command with what it works with.
pub struct Call<'a> {
    /// Its name and arguments; never empty.
    pub words: &'a [String],
    /// Where it runs.
    pub container: &'a Container,
    /// The cluster around it.
    pub cluster: &'a mut Cluster,
    /// The shell that runs it.
    pub shell: &'a mut Shell,
    /// What comes in, if it is not the terminal.
    pub stdin: Option<String>,
    /// The file that its output goes to, if one does.
    pub destination: Option<String>,
    /// Its output.
    pub out: String,
    /// Its messages.
    pub err: String,
}

/// What a command comes to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It ended.
    Exit(i64),
    /// It ends the shell.
    Quit(i64),
    /// It waits.
    Sleep(Millis),
    /// It is a program that talks to the user.
    Launch(Box<Program>),
    /// Leave the loop.
    Break,
    /// Begin the loop's next round.
    Continue,
}

/// The words of a command: its name, then what stands behind it.
pub trait Arguments {
    /// The name, without a directory.
    fn name(&self) -> &str;
    /// The words behind the name.
    fn arguments(&self) -> &[String];
    /// The arguments that are not flags.
    fn operands(&self) -> Vec<String>;
    /// Whether one of the short flags is given: `-la` has `l` and `a`.
    fn has_flag(&self, flag: char) -> bool;
    /// The value of an option, as `-n 5` or `-n5`.
    fn option(&self, name: &str) -> Option<String>;
}

impl Arguments for [String] {
    fn name(&self) -> &str {
        let word = self.first().map_or("", String::as_str);
        word.rsplit('/').next().unwrap_or(word)
    }

    fn arguments(&self) -> &[String] {
        self.get(1..).unwrap_or(&[])
    }

    fn operands(&self) -> Vec<String> {
        let mut is_over = false;
        let mut operands = Vec::new();
        for word in self.arguments() {
            match word.as_str() {
                "--" if !is_over => is_over = true,
                text if !is_over && text.starts_with('-') && text.len() > 1 => {}
                text => operands.push(text.to_string()),
            }
        }
        operands
    }

    fn has_flag(&self, flag: char) -> bool {
        let words = self.arguments().iter().take_while(|word| *word != "--");
        words.filter(|word| word.starts_with('-') && !word.starts_with("--")).any(|word| word.contains(flag))
    }

    fn option(&self, name: &str) -> Option<String> {
        let mut words = self.arguments().iter();
        while let Some(word) = words.next() {
            if word == name {
                return words.next().cloned();
            }
            if let Some(value) = word.strip_prefix(name) {
                return Some(value.trim_start_matches('=').to_string());
            }
        }
        None
    }
}

impl Call<'_> {
    /// Says `name: what` on the error stream and gives exit code 1.
    pub fn fail(&mut self, what: &str) -> Outcome {
        let name = self.words.name().to_string();
        self.err.push_str(&format!("{name}: {what}\n"));
        Outcome::Exit(1)
    }

    /// The text of a file, or of what comes in for `-`.
    pub fn read(&self, name: &str) -> Result<String, FileError> {
        if name == "-" {
            return Ok(self.stdin.clone().unwrap_or_default());
        }
        self.container.read(self.cluster, &self.shell.path(name)).map(|text| text.to_string())
    }

    /// The text of all operands from `first` on, or of what comes in if there is none. Messages are written for files
    /// that cannot be read.
    pub fn input(&mut self, operands: &[String]) -> (String, i64) {
        let stdin = self.stdin.clone().unwrap_or_default();
        let (text, problems) = text::gather(&stdin, operands, |name| self.read(name));
        problems.iter().for_each(|problem| _ = self.fail(problem));
        (text, i64::from(!problems.is_empty()))
    }
}

/// Whether `name` is a program of the container or a command of its shell.
pub fn is_program(name: &str, container: &Container) -> bool {
    NAMES.contains(&name) && container.image.has_program(name)
}

/// Every command, in order.
pub const NAMES: &[&str] = &[
    ".", ":", "[", "apk", "apt", "apt-get", "ash", "awk", "base64", "bash", "basename", "break", "cat", "cd", "chmod",
    "chown", "clear", "command", "continue", "cp", "curl", "cut", "dash", "date", "df", "dig", "dirname", "du", "echo",
    "env", "eval", "exec", "exit", "export", "false", "find", "free", "getent", "grep", "head", "help", "host",
    "hostname", "id", "ifconfig", "ip", "kill", "ln", "ls", "mariadb", "mkdir", "mount", "mv", "mysql", "nginx",
    "nproc", "nslookup", "ping", "printenv", "printf", "ps", "pwd", "read", "return", "rm", "rmdir", "sed", "seq",
    "set", "sh", "shift", "sleep", "sort", "source", "stat", "sync", "tail", "tee", "test", "touch", "tr", "trap",
    "true", "type", "umask", "uname", "uniq", "unset", "uptime", "wait", "wc", "wget", "which", "whoami",
];

/// Runs a command.
pub fn run(call: &mut Call<'_>) -> Outcome {
    let name = call.words.name().to_string();
    if !is_program(&name, call.container) {
        return missing(call);
    }
    match name.as_str() {
        "ls" => files::ls(call),
        "cat" => files::cat(call),
        "touch" => files::touch(call),
        "mkdir" => files::mkdir(call),
        "rmdir" | "rm" => files::rm(call),
        "cp" | "mv" => files::copy(call),
        "df" => files::df(call),
        "du" => files::du(call),
        "find" => files::find(call),
        "mount" => files::mount(call),
        "stat" => files::stat(call),
        "chmod" | "chown" | "sync" | "ln" => Outcome::Exit(0),
        "tee" => files::tee(call),
        _ if text::NAMES.contains(&name.as_str()) => filter(call),
        "apk" | "apt" | "apt-get" => system::packages(call),
        "clear" => Outcome::Exit(0),
        "date" => system::date(call),
        "free" => system::free(call),
        "hostname" => system::hostname(call),
        "id" => system::id(call),
        "kill" => system::kill(call),
        "nginx" => system::nginx(call),
        "nproc" => system::say(call, "2"),
        "ps" => system::ps(call),
        "uname" => system::uname(call),
        "uptime" => system::uptime(call),
        "whoami" => system::say(call, "root"),
        "curl" | "wget" => network::fetch(call),
        "dig" => network::dig(call),
        "getent" => network::getent(call),
        "host" => network::host(call),
        "ifconfig" | "ip" => network::interfaces(call),
        "nslookup" => network::nslookup(call),
        "ping" => network::ping(call),
        "mariadb" | "mysql" => super::sql::start(call),
        _ => shell::run(call),
    }
}

/// Runs one of the commands that turn text into text.
fn filter(call: &mut Call<'_>) -> Outcome {
    let read = |name: &str| call.container.read(call.cluster, &call.shell.path(name)).map(|text| text.to_string());
    let mut filter = text::Filter {
        words: call.words,
        stdin: call.stdin.clone().unwrap_or_default(),
        read: &read,
        out: String::new(),
        err: String::new(),
        written: Vec::new(),
        kind: call.shell.kind,
    };
    let mut code = filter.run().unwrap_or(0);
    let (out, err, written) = (filter.out, filter.err, filter.written);
    call.out.push_str(&out);
    call.err.push_str(&err);
    for (name, text) in written {
        let path = call.shell.path(&name);
        if let Err(error) = call.container.write(call.cluster, &path, &text, false) {
            call.fail(&format!("{name}: {error}"));
            code = 4;
        }
    }
    Outcome::Exit(code)
}

/// A word that names nothing: a script in a file, or an error.
fn missing(call: &mut Call<'_>) -> Outcome {
    let word = call.words.first().cloned().unwrap_or_default();
    if word.contains('/') {
        return match call.container.read(call.cluster, &call.shell.path(&word)) {
            Ok(script) => shell::script(call, &script, call.words.to_vec()),
            Err(error) => {
                let message = call.shell.complain(&format!("{word}: {error}"));
                call.err.push_str(&message);
                Outcome::Exit(if error == FileError::IsDirectory { 126 } else { 127 })
            }
        };
    }
    let what = match call.shell.kind {
        super::machine::ShellKind::Bash => "command not found",
        _ => "not found",
    };
    let message = call.shell.complain(&format!("{word}: {what}"));
    call.err.push_str(&message);
    Outcome::Exit(127)
}
