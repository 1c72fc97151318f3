//! `read`: a line, cut into variables.

use super::file_descriptors::{Input, Target};
use super::limits::LIMITS;
use super::state::{Event, Program, Shell, ShellKind, Task};
use super::turn_io::Io;
use super::variables::Array;
use std::rc::Rc;

impl Shell {
    /// What a server says that nobody here knows is about to be read.
    pub(super) fn note_peer(&mut self, at: usize) {
        if let Some(Input::Peer(name)) = self.inputs.get(at) {
            let what = format!("answer of {name}");
            self.take_for_granted(&what, false);
        }
    }

    /// `read`, once a line is there.
    pub(super) fn read(&mut self, words: Rc<Vec<String>>, io: &mut Io<'_>) -> Option<Event> {
        let stream = words.iter().position(|word| word == "-u").and_then(|at| words.get(at + 1)?.parse().ok());
        let at = match stream.map(|stream: u8| self.fds.target(stream)) {
            Some(Target::Input(at) | Target::Both(_, at)) => *at,
            _ => self.fds.input,
        };
        self.note_peer(at);
        let Some(input) = self.inputs.get_mut(at) else {
            self.status = 1;
            return None;
        };
        let Some((rest, is_open)) = input.rest() else {
            self.tasks.push(Task::Program(Box::new(Program::Read(words))));
            return None;
        };
        let end_of_line = delimiter(&words);
        let is_raw = words.iter().any(|word| word.starts_with('-') && word.contains('r'));
        let end = line_end(rest, end_of_line, is_raw);
        // Where a pipe is full, no end of the line will come.
        if end.is_none() && is_open && rest.len() < LIMITS.pipe {
            self.tasks.push(Task::Read(words));
            return Some(Event::Blocked);
        }
        let most = most_characters(&words).map(|count| rest.char_indices().nth(count).map_or(rest.len(), |it| it.0));
        let is_full = |cut: usize| {
            let taken = rest.get(..cut).map_or(0, |taken| taken.chars().count());
            most_characters(&words) == Some(taken)
        };
        if let Some(cut) = most.filter(|cut| is_full(*cut) && end.is_none_or(|end| *cut <= end)) {
            let line = rest.get(..cut).unwrap_or("").to_string();
            input.skip(cut);
            self.status = self.assign_line(&words, &line, true, io);
            return None;
        }
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or("").to_string();
        input.skip(line.len() + end_of_line.len_utf8());
        self.status = self.assign_line(&words, &line, end.is_some(), io);
        None
    }

    /// Puts a line into the variables of `read`. Gives its exit code.
    pub(super) fn assign_line(&mut self, words: &[String], line: &str, has_end: bool, io: &mut Io<'_>) -> i64 {
        let (mut names, mut is_raw, mut array) = (Vec::new(), false, None);
        let mut rest = words.iter().skip(1);
        while let Some(word) = rest.next() {
            match word.strip_prefix('-') {
                Some(flags) if names.is_empty() && !flags.is_empty() => {
                    is_raw |= flags.contains('r');
                    match flags.chars().last() {
                        Some('a') => array = rest.next().cloned(),
                        Some('d' | 'p' | 't' | 'n' | 'N' | 'u' | 'i') => _ = rest.next(),
                        _ => {}
                    }
                }
                _ => names.push(word.clone()),
            }
        }
        let line = if is_raw { line.to_string() } else { line.replace("\\\n", "") };
        let separators = self.variable("IFS").unwrap_or_else(|| " \t\n".to_string());
        if let Some(name) = array {
            let fields = split_line(&line, &separators, usize::MAX, is_raw).into_iter().enumerate();
            let list = fields.map(|(at, field)| (i64::try_from(at).unwrap_or(0), field)).collect();
            _ = self.variables.set_array(&name, Array::List(list));
            return i64::from(!has_end);
        }
        if names.is_empty() {
            self.set("REPLY", if is_raw { line } else { unslashed(&line) });
            return i64::from(!has_end);
        }
        let mut fields = split_line(&line, &separators, names.len(), is_raw).into_iter();
        for name in names {
            let value = fields.next().unwrap_or_default();
            if let Err(error) = self.variables.set(&name, value) {
                let text = self.refused(&name, error);
                match self.kind {
                    ShellKind::Bash => self.object(&text, 1, io),
                    _ => self.misuse("read", &text, 2, io),
                }
                return self.status;
            }
        }
        i64::from(!has_end)
    }
}

/// How many characters `read -n` takes at most.
fn most_characters(words: &[String]) -> Option<usize> {
    let at = words
        .iter()
        .position(|word| word.starts_with('-') && word.trim_end_matches(char::is_numeric).ends_with(['n', 'N']))?;
    let digits = words.get(at)?.trim_start_matches(|c: char| !c.is_ascii_digit());
    if digits.is_empty() { words.get(at + 1)?.parse().ok() } else { digits.parse().ok() }
}

/// The character that ends what `read` reads.
fn delimiter(words: &[String]) -> char {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if let Some(flags) = word.strip_prefix('-') {
            match flags.split_once('d') {
                Some((_, "")) => return rest.next().and_then(|word| word.chars().next()).unwrap_or('\0'),
                Some((_, text)) => return text.chars().next().unwrap_or('\0'),
                None => {}
            }
        }
    }
    '\n'
}

/// Where a line ends; a backslash before the end goes on with the next line.
fn line_end(text: &str, end: char, is_raw: bool) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if c == end && !is_escaped {
            return Some(at);
        }
        is_escaped = !is_raw && c == '\\' && !is_escaped;
    }
    None
}

fn unslashed(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

/// A line in at most so many fields.
fn split_line(line: &str, separators: &str, most: usize, is_raw: bool) -> Vec<String> {
    let is_blank = |c: char| c.is_ascii_whitespace() && separators.contains(c);
    let mut fields: Vec<String> = Vec::new();
    let mut rest = line.trim_matches(is_blank);
    while !rest.is_empty() {
        if fields.len() + 1 >= most {
            let last = rest.trim_end_matches(is_blank);
            // One mark at the end belongs to the field only if there are more.
            let mark = |c: char| separators.contains(c) && !is_blank(c);
            let last = match last.strip_suffix(mark) {
                Some(inner) if !inner.contains(|c| separators.contains(c)) => inner,
                _ => last,
            };
            fields.push(last.to_string());
            break;
        }
        let mut is_escaped = false;
        let end = rest.char_indices().find(|(_, c)| {
            let ends = !is_escaped && separators.contains(*c);
            is_escaped = !is_raw && *c == '\\' && !is_escaped;
            ends
        });
        let Some((at, c)) = end else {
            fields.push(rest.to_string());
            break;
        };
        fields.push(rest.get(..at).unwrap_or("").to_string());
        rest = rest.get(at..).unwrap_or("").trim_start_matches(is_blank);
        if !is_blank(c) || rest.starts_with(|c: char| separators.contains(c) && !is_blank(c)) {
            rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or("").trim_start_matches(is_blank);
        }
    }
    if is_raw { fields } else { fields.iter().map(|field| unslashed(field)).collect() }
}
