//! Turns words of the shell's language into text: variables, commands in commands, sums, file patterns.

mod file_patterns;
mod parameter;

use super::arithmetic::{Numbers, evaluate};
use super::braces::with_braces;
use super::glob;
use super::limits::{BOUND, LIMITS};
use super::parse::parse_quoted;
use super::state::{Shell, ShellKind};
use super::syntax::{DECLARING, List, Part, Word, is_name};
use super::variables::{Array, Key, SetError};
use super::world::World;
use crate::model::Millis;
use std::rc::Rc;

/// Why words cannot be expanded now.
#[derive(Clone, Debug)]
pub(super) enum Halt {
    /// These commands have to run first; their text is needed.
    Capture(Rc<List>, bool),
    /// It cannot be done: the message without the shell's name.
    Fail(String),
    /// A variable has no value, and the script wants all to have one.
    Unset(String),
    /// No file fits this pattern, and the script wants one to (`failglob`).
    NoMatch(String),
}

pub(super) type Expanded<T> = Result<T, Halt>;

/// Words of a shell with what is around it.
pub(super) struct Expander<'a> {
    pub shell: &'a mut Shell,
    pub world: &'a mut dyn World,
    /// What commands in the words said when they were run, in order.
    pub captured: &'a [(String, i64)],
    pub used: usize,
}

/// A field: its text, and the same as a pattern in which quoted characters have a backslash.
type Field = (String, String);

/// Words as they grow.
#[derive(Default)]
struct Fields {
    done: Vec<Field>,
    current: Option<Field>,
}

impl Fields {
    fn quoted(&mut self, text: &str) {
        let (whole, pattern) = self.current.get_or_insert_with(Default::default);
        whole.push_str(text);
        glob::escape(text, pattern);
    }

    fn literal(&mut self, text: &str) {
        let (whole, pattern) = self.current.get_or_insert_with(Default::default);
        whole.push_str(text);
        pattern.push_str(text);
    }

    fn end(&mut self) {
        self.done.extend(self.current.take());
    }

    /// Adds text that is split at the characters of `IFS`.
    pub(super) fn split(&mut self, text: &str, separators: &str) {
        let is_blank = |c: char| c.is_ascii_whitespace() && separators.contains(c);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if !separators.contains(c) {
                let mut buffer = [0; 4];
                let text = c.encode_utf8(&mut buffer);
                if c == '\\' {
                    self.quoted(text);
                } else {
                    self.literal(text);
                }
                continue;
            }
            if !is_blank(c) {
                // A mark that is no blank ends a field even if it is empty.
                self.current.get_or_insert_with(Default::default);
            }
            self.end();
            while chars.peek().is_some_and(|c| is_blank(*c)) {
                chars.next();
            }
            if is_blank(c) && chars.peek().is_some_and(|next| separators.contains(*next)) && !self.done.is_empty() {
                // Blanks around a mark belong to it.
                chars.next();
                while chars.peek().is_some_and(|c| is_blank(*c)) {
                    chars.next();
                }
            }
        }
    }
}

/// What is said where a command gets more than it may.
fn too_many_words() -> String {
    let (count, size) = (LIMITS.word_count, LIMITS.words / 1024);
    format!("argument list too long: one command gets {count} words and {size} KiB at most in this lab")
}

/// The value of a parameter.
pub(super) enum Value {
    One(Option<String>),
    /// `$@`, `${a[@]}`; joined to one in quotes if the sign is `*`.
    Many(Vec<String>, bool),
}

impl Expander<'_> {
    /// The words of a command: split, with file patterns replaced.
    pub fn words(&mut self, words: &[Word]) -> Expanded<Vec<String>> {
        let mut all = Vec::new();
        let has_braces = self.shell.kind.dialect().is_bash;
        let mut size = 0;
        for word in words {
            for word in if has_braces { with_braces(word) } else { vec![word.clone()] } {
                for (text, pattern) in self.fields(&word)? {
                    size += text.len();
                    if size > LIMITS.words || all.len() >= LIMITS.word_count {
                        return Err(self.bounded(too_many_words()));
                    }
                    let style = self.shell.kind.pattern_style();
                    let is_pattern = glob::has_pattern(style, &pattern) && !self.shell.options.noglob;
                    let found = if is_pattern { self.files(&pattern) } else { Vec::new() };
                    if is_pattern && found.is_empty() && self.shell.options.failglob {
                        return Err(Halt::NoMatch(text));
                    }
                    match found.is_empty() && !(is_pattern && self.shell.options.nullglob) {
                        true => all.push(text),
                        false => all.extend(found),
                    }
                }
            }
        }
        Ok(all)
    }

    /// The words of a command; what stands behind `NAME=` among those of `export` and the like is one word, whatever it
    /// holds.
    pub fn command_words(&mut self, words: &[Word]) -> Expanded<Vec<String>> {
        let declares = words.first().and_then(Word::literal).is_some_and(|word| DECLARING.contains(&word));
        if !declares {
            return self.words(words);
        }
        let mut all = Vec::new();
        for word in words {
            match is_assignment(word) {
                true => all.push(self.text(word)?),
                false => all.extend(self.words(std::slice::from_ref(word))?),
            }
        }
        Ok(all)
    }

    fn separators(&self) -> String {
        self.shell.variable("IFS").unwrap_or_else(|| " \t\n".to_string())
    }

    pub(super) fn fields(&mut self, word: &Word) -> Expanded<Vec<Field>> {
        let separators = self.separators();
        let mut fields = Fields::default();
        self.add_parts(word, &separators, false, &mut fields)?;
        fields.end();
        Ok(fields.done)
    }

    /// Adds what the parts of a word come to. `is_split` says whether its own text is split as well: that of `${x:-a b}`.
    fn add_parts(&mut self, word: &Word, separators: &str, is_split: bool, fields: &mut Fields) -> Expanded<()> {
        for (at, (part, is_quoted)) in word.0.iter().enumerate() {
            match part {
                Part::Text(text) if *is_quoted => fields.quoted(text),
                Part::Text(text) if is_split && at == 0 => fields.split(&self.tilde(text), separators),
                Part::Text(text) if is_split => fields.split(text, separators),
                Part::Text(text) if at == 0 => fields.literal(&self.tilde(text)),
                Part::Text(text) => fields.literal(text),
                Part::Parameter(parameter) => {
                    // The words of `${x:-a b}` are split and quoted by themselves.
                    if let Some(other) = self.instead(parameter)? {
                        // In quotes it is a word even where it is empty, but for `"${x+$@}"` and `"${@+x}"`.
                        let is_none = other.0.is_empty() && is_arguments(part);
                        if *is_quoted && !is_none && !other.0.iter().any(|(part, _)| is_arguments(part)) {
                            fields.quoted("");
                        }
                        self.add_parts(&other, separators, !is_quoted, fields)?;
                        continue;
                    }
                    match (self.parameter(parameter)?, *is_quoted) {
                        (Value::One(value), true) => fields.quoted(&value.unwrap_or_default()),
                        (Value::One(value), false) => fields.split(&value.unwrap_or_default(), separators),
                        (Value::Many(values, true), true) => {
                            let joint = separators.chars().next().map(String::from).unwrap_or_default();
                            fields.quoted(&values.join(&joint));
                        }
                        (Value::Many(values, _), is_quoted) => {
                            for (at, value) in values.iter().enumerate() {
                                if at > 0 {
                                    fields.end();
                                }
                                if is_quoted { fields.quoted(value) } else { fields.split(value, separators) }
                            }
                        }
                    }
                }
                part => {
                    let text = self.plain_part(part)?;
                    if *is_quoted { fields.quoted(&text) } else { fields.split(&text, separators) }
                }
            }
        }
        Ok(())
    }

    /// A bound of this lab ends the script: no container fails for that.
    fn bounded(&mut self, message: String) -> Halt {
        self.shell.grant(BOUND);
        Halt::Fail(message)
    }

    /// A word as one text, without splitting.
    pub fn text(&mut self, word: &Word) -> Expanded<String> {
        self.text_within(word, LIMITS.words)
    }

    /// The same for a here-document: it may be as long as a file.
    pub fn document(&mut self, word: &Word) -> Expanded<String> {
        self.text_within(word, LIMITS.file)
    }

    fn text_within(&mut self, word: &Word, most: usize) -> Expanded<String> {
        let mut whole = String::new();
        for (at, (part, is_quoted)) in word.0.iter().enumerate() {
            match part {
                Part::Text(text) if at == 0 && !is_quoted => whole.push_str(&self.tilde(text)),
                Part::Text(text) => whole.push_str(text),
                Part::Parameter(parameter) => whole.push_str(&self.joined(parameter)?),
                part => whole.push_str(&self.plain_part(part)?),
            }
            if whole.len() > most {
                return Err(self.bounded(format!("a text ends at {} KiB in this lab", most / 1024)));
            }
        }
        Ok(whole)
    }

    /// A word as a file pattern: what is quoted has no meaning.
    pub fn pattern(&mut self, word: &Word) -> Expanded<String> {
        Ok(pattern_of(&self.pattern_parts(word)?))
    }

    /// The texts that a pattern is made of, with whether they are quoted.
    pub(super) fn pattern_parts(&mut self, word: &Word) -> Expanded<Vec<(String, bool)>> {
        let part = |(part, is_quoted): &(Part, bool)| Ok((self.text(&Word(vec![(part.clone(), true)]))?, *is_quoted));
        word.0.iter().map(part).collect()
    }

    /// A word as a regular expression: what is quoted has no meaning.
    pub fn regex(&mut self, word: &Word) -> Expanded<String> {
        let mut regex = String::new();
        for (part, is_quoted) in &word.0 {
            let text = self.text(&Word(vec![(part.clone(), true)]))?;
            for c in text.chars() {
                if *is_quoted && ".*+?()[]{}|^$\\".contains(c) {
                    regex.push('\\');
                }
                regex.push(c);
            }
        }
        Ok(regex)
    }

    fn plain_part(&mut self, part: &Part) -> Expanded<String> {
        Ok(match part {
            Part::Command(list) => self.capture(list, true)?,
            Part::Process(list) => self.process(list)?,
            Part::Outlet(list) => {
                let count = self.shell.jobs.len() + self.shell.outlets.len() + self.shell.process_files.len();
                let path = format!("/dev/fd/{}", 63 - count.min(60));
                self.shell.outlets.push((path.clone(), Rc::clone(list)));
                path
            }
            Part::Sum(source) => self.sum(source)?.to_string(),
            Part::Text(text) => text.clone(),
            Part::Parameter(parameter) => self.joined(parameter)?,
        })
    }

    fn capture(&mut self, list: &Rc<List>, trims: bool) -> Expanded<String> {
        let Some((text, status)) = self.captured.get(self.used) else {
            return Err(Halt::Capture(Rc::clone(list), trims));
        };
        self.used += 1;
        // In other shells `$?` is still what it was before the command.
        if self.shell.kind == ShellKind::Bash {
            self.shell.status = *status;
        }
        self.shell.capture_status = Some(*status);
        Ok(text.clone())
    }

    /// What the commands of `<(…)` say, under the name of a file.
    fn process(&mut self, list: &Rc<List>) -> Expanded<String> {
        let text = self.capture(list, false)?;
        let number = self.shell.process_files.len();
        let path = format!("/dev/fd/{}", 63 - number.min(60));
        self.shell.process_files.insert(path.clone(), text);
        Ok(path)
    }

    /// The value of a sum.
    pub fn sum(&mut self, source: &str) -> Expanded<i64> {
        let dialect = self.shell.kind.dialect();
        let word = parse_quoted(source, dialect).map_err(|_| Halt::Fail(format!("{source}: syntax error")))?;
        let text = self.text(&word)?;
        let now = self.world.now();
        // Dash counts no further: two signs are two signs.
        let counted = match self.shell.kind {
            ShellKind::Dash => text.replace("++", "+ +").replace("--", "- -"),
            // Bash takes double quotes away, as it does between double quotes.
            ShellKind::Bash => text.replace('"', ""),
            ShellKind::Ash => text.clone(),
        };
        let mut sums = Sums { shell: self.shell, now, unset: None, refused: None };
        let result = evaluate(&counted, &mut sums);
        let (unset, refused) = (sums.unset, sums.refused);
        if let Some(name) = unset.filter(|_| self.shell.options.nounset && self.shell.kind == ShellKind::Bash) {
            return Err(Halt::Unset(self.shell.kind.unset_message(&name)));
        }
        if let Some((name, error)) = refused {
            return Err(Halt::Fail(self.shell.refused(&name, error)));
        }
        result.map_err(|why| Halt::Fail(self.shell.kind.sum_error(&text, &why)))
    }

    /// The place in an array that a word means.
    pub fn key(&mut self, name: &str, index: &Word) -> Expanded<Key> {
        match self.shell.variables.array(name) {
            Some(Array::Map(_)) => Ok(Key::Text(self.text(index)?)),
            _ => {
                let text = self.text(index)?.replace('"', "");
                let now = self.world.now();
                let value = evaluate(&text, &mut Sums { shell: self.shell, now, unset: None, refused: None });
                value.map(Key::Number).map_err(|why| Halt::Fail(self.shell.kind.sum_error(&text, &why)))
            }
        }
    }

    fn tilde(&self, text: &str) -> String {
        match text.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                format!("{}{rest}", self.shell.variable("HOME").unwrap_or_else(|| "/root".to_string()))
            }
            // Bash's `~-` is the directory before.
            Some(rest @ ("-" | "+")) if self.shell.kind == ShellKind::Bash => {
                let name = if rest == "-" { "OLDPWD" } else { "PWD" };
                self.shell.variable(name).unwrap_or_else(|| text.to_string())
            }
            Some(rest) => {
                let (name, behind) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                self.world.home_of(name).map_or_else(|| text.to_string(), |home| format!("{home}{behind}"))
            }
            None => text.to_string(),
        }
    }

    /// The value of an assignment: a `~` behind a colon is a home directory, too.
    pub(super) fn value_text(&mut self, word: &Word) -> Expanded<String> {
        let holds =
            |(part, is_quoted): &(Part, bool)| !is_quoted && matches!(part, Part::Text(text) if text.contains(":~"));
        if !word.0.iter().any(holds) {
            return self.text(word);
        }
        let homes = |text: &str| {
            let pieces: Vec<String> = text
                .split(':')
                .enumerate()
                .map(|(at, piece)| if at > 0 { self.tilde(piece) } else { piece.to_string() })
                .collect();
            pieces.join(":")
        };
        let parts = word.0.iter().map(|(part, is_quoted)| match part {
            Part::Text(text) if !is_quoted => (Part::Text(homes(text)), false),
            part => (part.clone(), *is_quoted),
        });
        let word = Word(parts.collect());
        self.text(&word)
    }
}

/// A shell's variables in a sum.
struct Sums<'s> {
    shell: &'s mut Shell,
    now: Millis,
    unset: Option<String>,
    /// The first variable that may not be changed, and was to be.
    refused: Option<(String, SetError)>,
}

impl Numbers for Sums<'_> {
    fn has_keys(&self, name: &str) -> bool {
        matches!(self.shell.variables.array(name), Some(Array::Map(_)))
    }

    fn text(&mut self, name: &str, index: Option<&Key>) -> Option<String> {
        let value = match index {
            Some(key) => self.shell.variables.element(name, key),
            None => self.shell.parameter(name, self.now),
        };
        if value.is_none() {
            self.unset = Some(name.to_string());
        }
        value
    }

    fn assign(&mut self, name: &str, index: Option<&Key>, value: i64) {
        let set = match index {
            Some(key) => self.shell.variables.set_element(name, key, value.to_string()),
            None => self.shell.variables.set(name, value.to_string()),
        };
        if let Err(error) = set {
            self.refused.get_or_insert_with(|| (name.to_string(), error));
        }
    }
}

/// A pattern made of texts: what is quoted has no meaning.
pub(super) fn pattern_of(parts: &[(String, bool)]) -> String {
    let mut pattern = String::new();
    for (text, is_quoted) in parts {
        if *is_quoted { glob::escape(text, &mut pattern) } else { pattern.push_str(text) }
    }
    pattern
}

/// Whether it is `$@`, or all values of an array.
fn is_arguments(part: &Part) -> bool {
    let Part::Parameter(parameter) = part else { return false };
    parameter.name == "@" || parameter.index.as_ref().and_then(Word::literal) == Some("@")
}

/// Whether a word begins with `NAME=` or `NAME+=`, as it is written.
fn is_assignment(word: &Word) -> bool {
    let Some((Part::Text(text), false)) = word.0.first() else { return false };
    text.split_once('=').is_some_and(|(name, _)| is_name(name.strip_suffix('+').unwrap_or(name)))
}
