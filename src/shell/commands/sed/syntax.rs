//! The commands of a `sed` script, as `parser` reads them.

use crate::regex::Pattern;
use std::rc::Rc;

/// A script that was read.
#[derive(Default)]
pub(super) struct Script {
    pub edits: Vec<Edit>,
    /// Whether it begins with `#n`.
    pub is_quiet: bool,
    /// The files that it writes.
    pub outputs: Vec<String>,
}

/// One command of a script.
pub(super) struct Edit {
    pub from: Option<Address>,
    pub to: Option<Address>,
    pub is_negated: bool,
    pub kind: Kind,
}

pub(super) enum Address {
    Line(usize),
    Last,
    /// An empty pattern is the one that was used last.
    Fits(Option<Rc<Pattern>>),
    /// Every so many lines, from one on.
    Step(usize, usize),
    /// So many lines behind the beginning.
    More(usize),
    /// The next line whose number can be divided by it.
    Multiple(usize),
}

/// A part of what comes in the place of a pattern.
pub(super) enum Part {
    Text(String),
    Group(usize),
    /// `\U`, `\L`, `\u`, `\l`, `\E`.
    Case(char),
}

/// `s`.
pub(super) struct Replace {
    pub from: Option<Rc<Pattern>>,
    pub to: Vec<Part>,
    pub is_global: bool,
    pub which: usize,
    pub prints: bool,
    pub file: Option<String>,
}

pub(super) enum Kind {
    Print,
    PrintFirst,
    Delete,
    DeleteFirst,
    /// Whether the line is printed, and the exit code.
    Quit(bool, i64),
    Number,
    FileName,
    /// `l`: the line without ambiguity.
    Plain,
    Next,
    AddNext,
    Replace(Replace),
    Translate(Vec<char>, Vec<char>),
    Before(String),
    After(String),
    Instead(String),
    ReadFile(String),
    ReadLine(String),
    Write(String),
    WriteFirst(String),
    Hold(bool),
    Get(bool),
    Exchange,
    Clear,
    /// Goes on at a command; with a sign only if something was replaced (`t`), or nothing was (`T`).
    Branch(Option<char>, usize),
    /// Skips to the end of the block if the address does not fit: where that is.
    Block(usize),
    /// A label, or something that does nothing.
    Nothing,
}
