//! What a command that turns text into text works with: its words, what it reads, what it writes.

use crate::model::Millis;
use crate::shell::busybox_errors::busybox_words;
use crate::shell::call::{Arguments, gather, shown_name};
use crate::shell::container::FileError;
use crate::shell::language::{Asked, ShellKind, Told};

/// A file that a command writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name, as the command was told.
    pub name: String,
    /// Its text, or what is added to it.
    pub text: String,
    /// Whether it keeps what is in it.
    pub appends: bool,
}

impl Written {
    /// A file that is written anew.
    pub fn new(name: String, text: String) -> Written {
        Written { name, text, appends: false }
    }
}

/// A command that turns text into text.
pub struct Filter<'a> {
    /// Its name and arguments; never empty.
    pub words: &'a [String],
    /// What comes in.
    pub stdin: String,
    /// Reads a file.
    pub read: &'a dyn Fn(&str) -> Result<String, FileError>,
    /// The files below a directory, in order, by their names seen from it.
    pub below: &'a dyn Fn(&str) -> Vec<String>,
    /// Its output.
    pub out: String,
    /// Its messages.
    pub err: String,
    /// The files that it changed; who runs it writes them.
    pub written: Vec<Written>,
    /// The shell that it runs in, for its way of complaining.
    pub kind: ShellKind,
    /// The variables of its environment.
    pub environment: Vec<(String, String)>,
    /// Whether its `awk` is `mawk`, as in Debian's images.
    pub has_mawk: bool,
    /// What it knows of the commands that it has run itself; `None` where it can run none.
    pub told: Option<Told>,
    /// The command that it runs now: it goes on, told more, when that is over.
    pub asks: Option<Box<Asked>>,
    /// Virtual time.
    pub now: Millis,
    /// Whether it was asked for something that this lab cannot do.
    pub is_unknown: bool,
    /// Whether a bound of this lab ended it.
    pub is_bounded: bool,
}

impl<'a> Filter<'a> {
    /// A command outside of any container: with bash's way of complaining, no environment and no directories.
    pub fn plain(
        words: &'a [String],
        stdin: String,
        read: &'a dyn Fn(&str) -> Result<String, FileError>,
    ) -> Filter<'a> {
        Filter {
            words,
            stdin,
            read,
            below: &|_| Vec::new(),
            out: String::new(),
            err: String::new(),
            written: Vec::new(),
            kind: ShellKind::Bash,
            environment: Vec::new(),
            has_mawk: false,
            told: None,
            asks: None,
            now: Millis::ZERO,
            is_unknown: false,
            is_bounded: false,
        }
    }

    /// Complains under the command's name, and gives exit code 1.
    pub fn fail(&mut self, what: &str) -> i64 {
        let name = self.words.name();
        let own = match self.kind {
            ShellKind::Ash => busybox_words(name, what),
            _ if what == "missing operand" || what.starts_with("extra operand '") => {
                format!("{what}\nTry '{name} --help' for more information.")
            }
            _ => what.to_string(),
        };
        self.err.push_str(&format!("{name}: {own}\n"));
        1
    }

    /// A name as messages show it.
    pub fn shown(&self, name: &str) -> String {
        if self.kind == ShellKind::Ash { name.to_string() } else { shown_name(name) }
    }

    /// The text of all operands, or of what comes in if there is none. Messages are written for files that cannot be
    /// read.
    pub fn input(&mut self, operands: &[String]) -> (String, i64) {
        let (text, problems) =
            gather(&self.stdin, operands, self.kind != ShellKind::Ash && self.words.name() != "grep", self.read);
        problems.iter().for_each(|problem| _ = self.fail(problem));
        (text, i64::from(!problems.is_empty()))
    }

    /// Puts lines out.
    pub fn lines<T: AsRef<str>>(&mut self, lines: &[T]) {
        for line in lines {
            self.out.push_str(line.as_ref());
            self.out.push('\n');
        }
    }
}
