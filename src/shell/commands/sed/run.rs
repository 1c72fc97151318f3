//! Runs a `sed` script over the lines of texts.

use super::syntax::{Address, Edit, Kind, Part, Replace, Script};
use crate::regex::Pattern;
use crate::shell::container::FileError;
use std::rc::Rc;

/// The most commands that one text takes, so that no script runs without end.
const STEPS_MAX: usize = 1_000_000;
/// A command looks at so many bytes at most; what looks at more counts as more commands.
const STEP_BYTES: usize = 256;
/// The most bytes that come out, and that a line may have in a script.
const BYTES_MAX: usize = 1 << 20;

/// The files that a script reads and writes.
pub(super) struct Files<'r> {
    read: &'r dyn Fn(&str) -> Result<String, FileError>,
    written: Vec<(String, String)>,
    /// How many lines of a file were read one by one.
    lines_read: Vec<(String, usize)>,
    pub err: String,
}

impl<'r> Files<'r> {
    /// The files that a script reads and writes; those that it writes are empty from the start.
    pub fn new(script: &Script, read: &'r dyn Fn(&str) -> Result<String, FileError>) -> Files<'r> {
        let written = script.outputs.iter().map(|name| (name.clone(), String::new())).collect();
        Files { read, written, lines_read: Vec::new(), err: String::new() }
    }

    fn write(&mut self, name: &str, text: &str) {
        if name == "/dev/stderr" {
            self.err.push_str(text);
        } else if let Some(file) = self.written.iter_mut().find(|file| file.0 == name) {
            file.1.push_str(text);
        }
    }

    /// The next line of a file, if it has one.
    fn line(&mut self, name: &str) -> Option<String> {
        let text = (self.read)(name).ok()?;
        if !self.lines_read.iter().any(|known| known.0 == name) {
            self.lines_read.push((name.to_string(), 0));
        }
        let known = self.lines_read.iter_mut().find(|known| known.0 == name)?;
        known.1 += 1;
        text.split_terminator('\n').nth(known.1 - 1).map(|line| format!("{line}\n"))
    }

    /// What was written to the script's own output while a file was changed.
    pub fn take_out(&mut self) -> String {
        let own = self.written.iter_mut().find(|file| file.0 == "/dev/stdout");
        own.map(|file| std::mem::take(&mut file.1)).unwrap_or_default()
    }

    /// The files with what was written to them.
    pub fn written(self) -> impl Iterator<Item = (String, String)> {
        self.written.into_iter().filter(|file| !file.0.starts_with("/dev/std"))
    }
}

/// What runs over the lines.
pub(super) struct Run<'s> {
    script: &'s Script,
    lines: Vec<&'s str>,
    /// For each text the number of its first line, and its name.
    names: Vec<(usize, &'s str)>,
    mark: char,
    /// Whether what comes out goes into the file itself.
    pub is_in_place: bool,
    /// Whether the last line has no end.
    lacks_end: bool,
    /// The number of the present line among these, from 1.
    number: usize,
    pattern: String,
    hold: String,
    out: String,
    /// Whether a line end is still to come.
    owes_end: bool,
    steps: usize,
    /// How much was written to files, in bytes.
    sent: usize,
    has_replaced: bool,
    /// What comes behind the line.
    behind: String,
    last_pattern: Option<Rc<Pattern>>,
    /// Where the range of each command began, if it is inside.
    began: Vec<Option<usize>>,
}

/// How a line goes on after its commands.
enum Goes {
    /// The line is over; its end prints it, or not.
    Over(bool),
    /// The script begins anew without a new line.
    Again,
    /// Everything is over.
    Quit(bool, i64),
}

impl<'s> Run<'s> {
    /// A run over the lines of texts, each with its file's name; `mark` ends a line.
    pub fn new(script: &'s Script, texts: &'s [(String, String)], mark: char) -> Run<'s> {
        let (mut lines, mut names) = (Vec::new(), Vec::new());
        for (name, text) in texts {
            names.push((lines.len() + 1, name.as_str()));
            if !text.is_empty() {
                lines.extend(text.strip_suffix(mark).unwrap_or(text).split(mark));
            }
        }
        let lacks_end = texts.iter().rev().find(|text| !text.1.is_empty()).is_some_and(|text| !text.1.ends_with(mark));
        Run {
            script,
            lines,
            names,
            mark,
            is_in_place: false,
            lacks_end,
            number: 0,
            pattern: String::new(),
            hold: String::new(),
            out: String::new(),
            owes_end: false,
            steps: 0,
            sent: 0,
            has_replaced: false,
            behind: String::new(),
            last_pattern: None,
            began: vec![None; script.edits.len()],
        }
    }

    /// How many lines there were, with those before.
    pub fn number(&self) -> usize {
        self.number
    }

    /// What came out.
    pub fn into_text(self) -> String {
        self.out
    }

    /// Runs over all lines. Gives an exit code if the script ended everything.
    pub fn all(&mut self, files: &mut Files<'_>) -> Option<i64> {
        let mut keeps_line = false;
        while (keeps_line || self.number < self.lines.len()) && !self.is_spent() {
            if !keeps_line {
                self.pattern = self.lines.get(self.number).copied().unwrap_or("").to_string();
                self.number += 1;
                self.has_replaced = false;
            }
            let goes = self.commands(files);
            let prints = matches!(goes, Goes::Over(true) | Goes::Quit(true, _));
            if prints && !self.script.is_quiet {
                self.say_line();
            }
            self.say_behind();
            keeps_line = matches!(goes, Goes::Again);
            if let Goes::Quit(_, code) = goes {
                return Some(code);
            }
        }
        None
    }

    fn is_spent(&self) -> bool {
        self.bound().is_some()
    }

    /// The bound that the script has met, if it has, and that ended it.
    pub fn bound(&self) -> Option<String> {
        let longest = self.pattern.len().max(self.hold.len()).max(self.behind.len()).max(self.out.len()).max(self.sent);
        match () {
            () if self.steps > STEPS_MAX => Some(format!("a script ends after {STEPS_MAX} commands in this lab")),
            () if longest > BYTES_MAX => Some(format!("a text ends at {} KiB in this lab", BYTES_MAX / 1024)),
            () => None,
        }
    }

    fn say(&mut self, text: &str) {
        if std::mem::take(&mut self.owes_end) {
            self.out.push(self.mark);
        }
        self.out.push_str(text);
    }

    /// Puts the present line out. The last has an end only if it had one.
    fn say_line(&mut self) {
        let text = self.pattern.clone();
        self.say(&text);
        self.owes_end = self.lacks_end && self.number == self.lines.len();
        if !self.owes_end {
            self.out.push(self.mark);
        }
    }

    fn say_behind(&mut self) {
        let behind = std::mem::take(&mut self.behind);
        if !behind.is_empty() {
            self.say(&behind);
        }
    }

    /// The pattern that is meant, if any was used before an empty one.
    fn used(&mut self, pattern: Option<&Rc<Pattern>>) -> Option<Rc<Pattern>> {
        if let Some(pattern) = pattern {
            self.last_pattern = Some(Rc::clone(pattern));
        }
        self.last_pattern.clone()
    }

    fn fits(&mut self, address: &Address) -> bool {
        let number = self.number();
        match address {
            Address::Line(wanted) => number == *wanted,
            Address::Last => self.number == self.lines.len(),
            Address::Fits(pattern) => self.used(pattern.as_ref()).is_some_and(|it| it.is_in(&self.pattern)),
            Address::Step(first, step) => {
                number >= *first && (number - first).checked_rem(*step).is_none_or(|r| r == 0)
            }
            Address::More(_) | Address::Multiple(_) => false,
        }
    }

    /// Whether a command is for the present line.
    fn is_meant(&mut self, at: usize, edit: &Edit) -> bool {
        let Some(from) = &edit.from else { return !edit.is_negated };
        let Some(to) = &edit.to else { return self.fits(from) != edit.is_negated };
        let number = self.number();
        let began = self.began.get(at).copied().flatten();
        // `0,/x/` is in its range from the beginning.
        let began = began.or_else(|| (matches!(from, Address::Line(0)) && number == 1).then_some(0));
        let (is_inside, next) = match began {
            Some(start) => match to {
                // A line number that is past by now belongs to the range no more, unless it is just there.
                Address::Line(end) if number > *end => (self.fits(from), None),
                Address::Line(end) => (true, (number < *end).then_some(start)),
                Address::More(count) => (true, (number < start + count).then_some(start)),
                Address::Multiple(count) => {
                    (true, number.checked_rem(*count).is_some_and(|rest| rest != 0).then_some(start))
                }
                to => (true, (!self.fits(to)).then_some(start)),
            },
            None if self.fits(from) => {
                let is_single = match to {
                    Address::Line(end) => *end <= number,
                    Address::More(count) => *count == 0,
                    Address::Multiple(count) => number.checked_rem(*count).is_none_or(|rest| rest == 0),
                    _ => false,
                };
                (true, (!is_single).then_some(number))
            }
            None => (false, None),
        };
        if let Some(slot) = self.began.get_mut(at) {
            *slot = next;
        }
        is_inside != edit.is_negated
    }

    fn commands(&mut self, files: &mut Files<'_>) -> Goes {
        let script = self.script;
        let mut at = 0;
        while let Some(edit) = script.edits.get(at) {
            at += 1;
            self.steps += 1 + self.pattern.len() / STEP_BYTES;
            if self.is_spent() {
                return Goes::Quit(true, 0);
            }
            let is_meant = self.is_meant(at - 1, edit);
            match &edit.kind {
                Kind::Block(end) if !is_meant => at = *end,
                _ if !is_meant => {}
                Kind::Branch(sign, target) => {
                    let goes = match sign {
                        None => true,
                        Some('t') => std::mem::take(&mut self.has_replaced),
                        Some(_) => !std::mem::take(&mut self.has_replaced),
                    };
                    at = if goes { *target } else { at };
                }
                kind => {
                    if let Some(goes) = self.command(kind, at - 1, files) {
                        return goes;
                    }
                }
            }
        }
        Goes::Over(true)
    }

    fn command(&mut self, kind: &Kind, at: usize, files: &mut Files<'_>) -> Option<Goes> {
        match kind {
            Kind::Print => self.say_line(),
            Kind::PrintFirst => self.say(&format!("{}\n", first_line(&self.pattern))),
            Kind::Delete => return Some(Goes::Over(false)),
            Kind::DeleteFirst => {
                let Some((_, rest)) = self.pattern.split_once('\n') else { return Some(Goes::Over(false)) };
                self.pattern = rest.to_string();
                return Some(Goes::Again);
            }
            Kind::Quit(prints, code) => return Some(Goes::Quit(*prints, *code)),
            Kind::Number => self.say(&format!("{}\n", self.number())),
            Kind::FileName => {
                let name = self.names.iter().rev().find(|name| name.0 <= self.number).map_or("-", |name| name.1);
                self.say(&format!("{name}\n"));
            }
            Kind::Plain => self.say(&plain(&self.pattern)),
            Kind::Next | Kind::AddNext => return self.next(matches!(kind, Kind::AddNext)),
            Kind::Replace(replace) => self.replace(replace, files),
            Kind::Translate(from, to) => {
                let map = |c: char| from.iter().position(|own| *own == c).and_then(|at| to.get(at)).copied();
                self.pattern = self.pattern.chars().map(|c| map(c).unwrap_or(c)).collect();
            }
            Kind::Before(text) => self.say(text),
            Kind::After(text) => self.behind.push_str(text),
            Kind::Instead(text) => {
                if self.began.get(at).copied().flatten().is_none() {
                    self.say(text);
                }
                return Some(Goes::Over(false));
            }
            Kind::ReadFile(name) => self.behind.push_str(&(files.read)(name).unwrap_or_default()),
            Kind::ReadLine(name) => self.behind.push_str(&files.line(name).unwrap_or_default()),
            Kind::Write(name) => self.write(name, &format!("{}\n", self.pattern), files),
            Kind::WriteFirst(name) => self.write(name, &format!("{}\n", first_line(&self.pattern)), files),
            Kind::Hold(true) => self.hold = format!("{}\n{}", self.hold, self.pattern),
            Kind::Hold(false) => self.hold.clone_from(&self.pattern),
            Kind::Get(true) => self.pattern = format!("{}\n{}", self.pattern, self.hold),
            Kind::Get(false) => self.pattern.clone_from(&self.hold),
            Kind::Exchange => std::mem::swap(&mut self.pattern, &mut self.hold),
            Kind::Clear => self.pattern.clear(),
            Kind::Block(_) | Kind::Branch(..) | Kind::Nothing => {}
        }
        None
    }

    /// Writes to a file; the script's own output is one of them.
    fn write(&mut self, name: &str, text: &str, files: &mut Files<'_>) {
        if name == "/dev/stdout" && !self.is_in_place {
            self.say(text);
        } else {
            self.sent += text.len();
            files.write(name, text);
        }
    }

    /// `n` and `N`. Without a next line the script ends.
    fn next(&mut self, adds: bool) -> Option<Goes> {
        let Some(line) = self.lines.get(self.number).copied() else { return Some(Goes::Quit(true, 0)) };
        if adds {
            self.pattern.push('\n');
            self.pattern.push_str(line);
        } else {
            if !self.script.is_quiet {
                self.say_line();
            }
            self.pattern = line.to_string();
        }
        self.say_behind();
        self.number += 1;
        None
    }

    fn replace(&mut self, replace: &Replace, files: &mut Files<'_>) {
        let Some(from) = self.used(replace.from.as_ref()) else { return };
        let Some(text) = replaced(&self.pattern, &from, replace) else { return };
        self.pattern = text;
        self.has_replaced = true;
        if replace.prints {
            self.say_line();
        }
        if let Some(name) = &replace.file {
            self.write(name, &format!("{}\n", self.pattern), files);
        }
    }
}

fn first_line(text: &str) -> &str {
    text.split_once('\n').map_or(text, |(first, _)| first)
}

/// `l`: a line with its signs spelled out, folded at 70 columns.
fn plain(text: &str) -> String {
    let mut pieces = Vec::new();
    for c in text.chars() {
        pieces.push(match c {
            '\\' => "\\\\".to_string(),
            '\n' => "\\n".to_string(),
            '\t' => "\\t".to_string(),
            '\r' => "\\r".to_string(),
            c if c.is_ascii_graphic() || c == ' ' => c.to_string(),
            c => c.to_string().bytes().map(|byte| format!("\\{byte:03o}")).collect(),
        });
    }
    let (mut out, mut column) = (String::new(), 0);
    for piece in pieces {
        if column + piece.len() > 69 {
            out.push_str("\\\n");
            column = 0;
        }
        column += piece.len();
        out.push_str(&piece);
    }
    out + "$\n"
}

/// A line with the places of a pattern replaced: all from the wanted one on, or that one; none if there is none.
fn replaced(line: &str, pattern: &Pattern, replace: &Replace) -> Option<String> {
    let chars: Vec<char> = line.chars().collect();
    let (mut out, mut at, mut count, mut has_found) = (String::new(), 0, 0, false);
    let mut last_end = None;
    while let Some(found) = pattern.find_groups(&chars, at) {
        let Some((from, end)) = found.first().copied().flatten() else { break };
        out.extend(chars.get(at..from).unwrap_or(&[]));
        // Nothing is not found right behind what was found.
        let counts = from < end || last_end != Some(from);
        count += usize::from(counts);
        if counts && count >= replace.which {
            has_found = true;
            fill(&mut out, &replace.to, &chars, &found);
        } else {
            out.extend(chars.get(from..end).unwrap_or(&[]));
        }
        at = end;
        last_end = Some(end);
        if from == end {
            out.extend(chars.get(at));
            at += 1;
        }
        if (has_found && !replace.is_global) || at > chars.len() || out.len() > BYTES_MAX {
            break;
        }
    }
    out.extend(chars.get(at..).unwrap_or(&[]));
    has_found.then_some(out)
}

/// Adds what comes in the place of what was found.
fn fill(out: &mut String, parts: &[Part], chars: &[char], found: &[Option<(usize, usize)>]) {
    let (mut case, mut next) = ('E', None);
    let mut add = |text: &mut dyn Iterator<Item = char>, case: char, next: &mut Option<char>| {
        for c in text {
            match next.take().unwrap_or(case) {
                'U' | 'u' => out.extend(c.to_uppercase()),
                'L' | 'l' => out.extend(c.to_lowercase()),
                _ => out.push(c),
            }
        }
    };
    for part in parts {
        match part {
            Part::Text(text) => add(&mut text.chars(), case, &mut next),
            Part::Group(number) => {
                if let Some((from, to)) = found.get(*number).copied().flatten() {
                    add(&mut chars.get(from..to).unwrap_or(&[]).iter().copied(), case, &mut next);
                }
            }
            Part::Case(sign @ ('u' | 'l')) => next = Some(*sign),
            Part::Case(sign) => (case, next) = (*sign, None),
        }
    }
}
