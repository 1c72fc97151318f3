//! A command that runs in a container: its words and what it works with; knows no command.

use super::busybox_errors::busybox_words;
use super::container::{Container, FileError};
use super::language::{Outcome, Shell, Told, is_input};
use crate::cluster::Cluster;

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
    /// What it knows of the commands that it has run itself.
    pub told: Told,
    /// The file that its output goes to, if one does.
    pub destination: Option<String>,
    /// Its output.
    pub out: String,
    /// Its messages.
    pub err: String,
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
    /// The same call with other words, and with output of its own.
    pub fn with_words<'b>(&'b mut self, words: &'b [String]) -> Call<'b> {
        Call {
            words,
            container: self.container,
            cluster: &mut *self.cluster,
            shell: &mut *self.shell,
            stdin: self.stdin.take(),
            told: std::mem::take(&mut self.told),
            destination: self.destination.take(),
            out: String::new(),
            err: String::new(),
        }
    }

    /// Says `name: what` on the error stream and gives exit code 1.
    pub fn fail(&mut self, what: &str) -> Outcome {
        let name = self.words.name().to_string();
        let is_busybox = self.container.image.is_busybox;
        let mut own = if is_busybox { busybox_words(&name, what) } else { what.to_string() };
        let is_misuse =
            ["missing operand", "missing file operand", "missing destination file operand", "extra operand"];
        if !is_busybox && !what.contains('\n') && is_misuse.iter().any(|start| what.starts_with(start)) {
            own.push_str(&format!("\nTry '{name} --help' for more information."));
        }
        self.err.push_str(&format!("{name}: {own}\n"));
        Outcome::Exit(1)
    }

    /// The text of a file, or of what comes in for `-`.
    pub fn read(&self, name: &str) -> Result<String, FileError> {
        if name == "-" || is_input(name) && self.stdin.is_some() {
            return Ok(self.stdin.clone().unwrap_or_default());
        }
        read(self.container, self.cluster, self.shell, name)
    }

    /// The text of all operands from `first` on, or of what comes in if there is none. Messages are written for files
    /// that cannot be read.
    pub fn input(&mut self, operands: &[String]) -> (String, i64) {
        let stdin = self.stdin.clone().unwrap_or_default();
        let is_gnu = !self.container.image.is_busybox;
        let (text, problems) = gather(&stdin, operands, is_gnu, |name| self.read(name));
        problems.iter().for_each(|problem| _ = self.fail(problem));
        (text, i64::from(!problems.is_empty()))
    }
}

/// The text of a file as a program of the shell sees it.
pub fn read(container: &Container, cluster: &Cluster, shell: &Shell, name: &str) -> Result<String, FileError> {
    let path = shell.path(name);
    match shell.process_file(&path) {
        Some(text) => Ok(text),
        None => container.read(cluster, &path).map(|text| text.to_string()),
    }
}

/// A name as the GNU tools show it: in quotes if a shell would not read it as one word.
pub fn shown_name(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:=@_{}#~]".contains(c) || !c.is_ascii();
    let needs_quotes = name.is_empty() || name.starts_with(['#', '~']) || !name.chars().all(is_plain);
    match needs_quotes {
        true if name.contains('\'') && name.chars().all(|c| is_plain(c) || " '".contains(c)) => format!("\"{name}\""),
        true => format!("'{}'", name.replace('\'', "'\\''")),
        false => name.to_string(),
    }
}

/// The text of all operands (`-` is what comes in), or of what comes in if there is none; and what could not be read.
/// The GNU tools quote names.
pub fn gather(
    stdin: &str,
    operands: &[String],
    is_gnu: bool,
    read: impl Fn(&str) -> Result<String, FileError>,
) -> (String, Vec<String>) {
    if operands.is_empty() {
        return (stdin.to_string(), Vec::new());
    }
    let (mut text, mut problems) = (String::new(), Vec::new());
    for name in operands {
        let is_meant = name == "-" || is_input(name) && !stdin.is_empty();
        let found = if is_meant { Ok(stdin.to_string()) } else { read(name) };
        match found {
            Ok(more) => text.push_str(&more),
            Err(error) => {
                let is_told = matches!(error, FileError::IsDirectory | FileError::Denied);
                let error = if is_told { error } else { FileError::NotFound };
                let name = if is_gnu { shown_name(name) } else { name.clone() };
                problems.push(format!("{name}: {error}"));
            }
        }
    }
    (text, problems)
}
