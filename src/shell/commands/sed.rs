//! `sed`: a program that runs over the lines of a text; it reads what its filter reads.

use super::Arguments;
use super::text::Filter;
use crate::regex::Pattern;

/// One command of a script.
struct Edit {
    from: Option<Address>,
    to: Option<Address>,
    is_negated: bool,
    kind: Kind,
}

enum Address {
    Line(usize),
    Last,
    Fits(Pattern),
    /// Every so many lines, from one on.
    Step(usize, usize),
    /// So many lines behind the beginning.
    More(usize),
}

enum Kind {
    Print,
    Delete,
    Quit(bool),
    Number,
    Next,
    AddNext,
    Replace {
        from: Pattern,
        to: String,
        is_global: bool,
        which: usize,
        prints: bool,
    },
    Translate(Vec<char>, Vec<char>),
    Before(String),
    After(String),
    Instead(String),
    Hold(bool),
    Get(bool),
    Exchange,
    /// Skips to the end of the block if the address does not fit: how many commands there are.
    Block(usize),
}

/// The most lines that come out, so that no script grows without end.
const LINES_MAX: usize = 100_000;

/// `sed [-n] [-E] [-i] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE…]`.
pub fn sed(filter: &mut Filter<'_>) -> i64 {
    let (mut scripts, mut files) = (Vec::new(), Vec::new());
    let mut words = filter.words.arguments().iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-e" | "--expression" => scripts.extend(words.next().cloned()),
            "-f" | "--file" => {
                let text = words.next().and_then(|name| (filter.read)(name).ok());
                scripts.push(text.unwrap_or_default());
            }
            "--" => {}
            word if word.starts_with("--expression=") => scripts.push(word.get(13..).unwrap_or("").to_string()),
            word if word.starts_with('-') && word.len() > 1 => {}
            word => files.push(word.to_string()),
        }
    }
    if scripts.is_empty() && !files.is_empty() {
        scripts.push(files.remove(0));
    }
    if scripts.is_empty() {
        return filter.fail("usage: sed [OPTION]... {script} [input-file]...");
    }
    let is_extended = filter.words.has_flag('E') || filter.words.has_flag('r');
    let mut edits = Vec::new();
    for (at, script) in scripts.iter().enumerate() {
        let mut reader = Reader { chars: script.chars().collect(), at: 0, is_extended };
        if let Err(why) = reader.commands(&mut edits, false) {
            return filter.fail(&format!("-e expression #{}, {why}", at + 1));
        }
    }
    let is_quiet = filter.words.has_flag('n');
    let in_place = filter.words.arguments().iter().any(|word| {
        word.starts_with("-i") || word.starts_with("--in-place") || matches!(word.as_str(), "-ni" | "-ri" | "-Ei")
    });
    if !in_place {
        let (text, code) = filter.input(&files);
        let text = edited(&text, &edits, is_quiet);
        filter.out.push_str(&text);
        return code;
    }
    let mut code = 0;
    for file in files {
        let (text, failed) = filter.input(std::slice::from_ref(&file));
        if failed == 0 {
            let text = edited(&text, &edits, is_quiet);
            filter.written.push((file, text));
        }
        code = code.max(failed);
    }
    code
}

/// What runs over the lines.
struct Run<'t> {
    lines: Vec<&'t str>,
    /// The number of the present line, from 1.
    number: usize,
    pattern: String,
    hold: String,
    out: String,
    count: usize,
    /// Where the range of each command began, if it is inside.
    began: Vec<Option<usize>>,
}

/// How a line goes on after a command.
enum Goes {
    On,
    /// The line is over; its end prints it, or not.
    Over(bool),
    /// Everything is over.
    Quit(bool),
}

/// The text after all edits.
fn edited(text: &str, edits: &[Edit], is_quiet: bool) -> String {
    let mut run = Run {
        lines: text.lines().collect(),
        number: 0,
        pattern: String::new(),
        hold: String::new(),
        out: String::new(),
        count: 0,
        began: vec![None; edits.len()],
    };
    while run.number < run.lines.len() && run.count < LINES_MAX {
        run.pattern = run.lines.get(run.number).copied().unwrap_or("").to_string();
        run.number += 1;
        let mut behind = String::new();
        let goes = run.commands(edits, is_quiet, &mut behind);
        if !is_quiet && matches!(goes, Goes::On | Goes::Over(true) | Goes::Quit(true)) {
            run.say(None);
        }
        run.out.push_str(&behind);
        if matches!(goes, Goes::Quit(_)) {
            break;
        }
    }
    // A text whose last line has no end keeps it so.
    if !text.is_empty() && !text.ends_with('\n') && run.out.ends_with('\n') && run.number == run.lines.len() {
        run.out.pop();
    }
    run.out
}

impl Run<'_> {
    fn say(&mut self, text: Option<&str>) {
        let text = text.map_or_else(|| self.pattern.clone(), str::to_string);
        self.out.push_str(&text);
        self.out.push('\n');
        self.count += 1;
    }

    fn fits(&self, address: &Address) -> bool {
        match address {
            Address::Line(number) => self.number == *number,
            Address::Last => self.number == self.lines.len(),
            Address::Fits(pattern) => pattern.is_in(&self.pattern),
            Address::Step(first, step) => {
                self.number >= *first && (self.number - first).checked_rem(*step).is_none_or(|r| r == 0)
            }
            Address::More(_) => false,
        }
    }

    /// Whether a command is for the present line.
    fn is_meant(&mut self, at: usize, edit: &Edit) -> bool {
        let Some(from) = &edit.from else { return !edit.is_negated };
        let Some(to) = &edit.to else { return self.fits(from) != edit.is_negated };
        let began = self.began.get(at).copied().flatten();
        let (is_inside, next) = match began {
            Some(start) => {
                let is_end = match to {
                    Address::Line(number) => self.number >= *number,
                    Address::More(count) => self.number >= start + count,
                    to => self.fits(to),
                };
                (true, if is_end { None } else { Some(start) })
            }
            None if self.fits(from) => {
                // A line number that is past ends the range at once.
                let is_single = match to {
                    Address::Line(number) => *number <= self.number,
                    Address::More(count) => *count == 0,
                    _ => false,
                };
                (true, if is_single { None } else { Some(self.number) })
            }
            None => (false, None),
        };
        if let Some(slot) = self.began.get_mut(at) {
            *slot = next;
        }
        is_inside != edit.is_negated
    }

    fn commands(&mut self, edits: &[Edit], is_quiet: bool, behind: &mut String) -> Goes {
        let mut at = 0;
        while let Some(edit) = edits.get(at) {
            at += 1;
            let is_meant = self.is_meant(at - 1, edit);
            if let Kind::Block(length) = edit.kind {
                at += if is_meant { 0 } else { length };
                continue;
            }
            if !is_meant {
                continue;
            }
            match &edit.kind {
                Kind::Print => self.say(None),
                Kind::Delete => return Goes::Over(false),
                Kind::Quit(prints) => return Goes::Quit(*prints),
                Kind::Number => self.say(Some(&self.number.to_string())),
                Kind::Next | Kind::AddNext => {
                    let Some(line) = self.lines.get(self.number).copied() else {
                        return Goes::Quit(true);
                    };
                    if let Kind::Next = edit.kind {
                        if !is_quiet {
                            self.say(None);
                        }
                        self.pattern = line.to_string();
                    } else {
                        self.pattern.push('\n');
                        self.pattern.push_str(line);
                    }
                    self.number += 1;
                }
                Kind::Replace { from, to, is_global, which, prints } => {
                    let (text, has_found) = replaced(&self.pattern, from, to, *is_global, *which);
                    self.pattern = text;
                    if has_found && *prints {
                        self.say(None);
                    }
                }
                Kind::Translate(from, to) => {
                    let map = |c: char| from.iter().position(|own| *own == c).and_then(|at| to.get(at)).copied();
                    self.pattern = self.pattern.chars().map(|c| map(c).unwrap_or(c)).collect();
                }
                Kind::Before(text) => self.say(Some(text)),
                Kind::After(text) => behind.push_str(&format!("{text}\n")),
                Kind::Instead(text) => {
                    if self.began.get(at - 1).copied().flatten().is_none() {
                        self.say(Some(text));
                    }
                    return Goes::Over(false);
                }
                Kind::Hold(appends) => {
                    self.hold =
                        if *appends { format!("{}\n{}", self.hold, self.pattern) } else { self.pattern.clone() };
                }
                Kind::Get(appends) => {
                    self.pattern =
                        if *appends { format!("{}\n{}", self.pattern, self.hold) } else { self.hold.clone() };
                }
                Kind::Exchange => std::mem::swap(&mut self.pattern, &mut self.hold),
                Kind::Block(_) => {}
            }
        }
        Goes::On
    }
}

/// A line with the places of a pattern replaced: all from the `which`th on, or that one; and whether there was any.
fn replaced(line: &str, pattern: &Pattern, to: &str, is_global: bool, which: usize) -> (String, bool) {
    let chars: Vec<char> = line.chars().collect();
    let (mut out, mut at, mut count, mut has_found) = (String::new(), 0, 0, false);
    while let Some(found) = pattern.find_groups(&chars, at) {
        let Some((from, end)) = found.first().copied().flatten() else { break };
        out.extend(chars.get(at..from).unwrap_or(&[]));
        count += 1;
        let whole: String = chars.get(from..end).unwrap_or(&[]).iter().collect();
        if count >= which {
            has_found = true;
            let group = |number: usize| -> String {
                let place = found.get(number).copied().flatten();
                place.map_or(String::new(), |(from, to)| chars.get(from..to).unwrap_or(&[]).iter().collect())
            };
            out.push_str(&filled(to, &group));
        } else {
            out.push_str(&whole);
        }
        at = end;
        if from == end {
            out.extend(chars.get(at));
            at += 1;
        }
        if (has_found && !is_global) || at > chars.len() {
            break;
        }
    }
    out.extend(chars.get(at..).unwrap_or(&[]));
    (out, has_found)
}

/// The new text: `&` and `\\1` are what was found.
fn filled(to: &str, group: &dyn Fn(usize) -> String) -> String {
    let mut out = String::new();
    let mut chars = to.chars();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str(&group(0)),
            '\\' => match chars.next() {
                Some(digit @ '0'..='9') => out.push_str(&group(digit as usize - '0' as usize)),
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c) => out.push(c),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    is_extended: bool,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip(&mut self, wanted: &[char]) {
        while self.peek().is_some_and(|c| wanted.contains(&c)) {
            self.at += 1;
        }
    }

    /// Reads commands up to the end, or to the end of a block.
    fn commands(&mut self, edits: &mut Vec<Edit>, is_block: bool) -> Result<(), String> {
        loop {
            self.skip(&[' ', '\t', '\n', ';']);
            let Some(c) = self.peek() else {
                return if is_block { Err("char 0: unmatched `{'".to_string()) } else { Ok(()) };
            };
            if c == '}' {
                self.at += 1;
                return if is_block { Ok(()) } else { Err(format!("char {}: unexpected `}}'", self.at)) };
            }
            if c == '#' {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
                continue;
            }
            self.command(edits)?;
        }
    }

    fn command(&mut self, edits: &mut Vec<Edit>) -> Result<(), String> {
        let from = self.address()?;
        self.skip(&[' ']);
        let mut to = None;
        if from.is_some() && self.peek() == Some(',') {
            self.at += 1;
            self.skip(&[' ']);
            to = self.address()?;
            if to.is_none() {
                return Err(format!("char {}: unexpected `,'", self.at));
            }
        }
        self.skip(&[' ']);
        let is_negated = self.peek() == Some('!');
        self.at += usize::from(is_negated);
        self.skip(&[' ']);
        let Some(c) = self.peek() else { return Err(format!("char {}: missing command", self.at)) };
        self.at += 1;
        if c == '{' {
            let place = edits.len();
            edits.push(Edit { from, to, is_negated, kind: Kind::Block(0) });
            self.commands(edits, true)?;
            let length = edits.len() - place - 1;
            if let Some(block) = edits.get_mut(place) {
                block.kind = Kind::Block(length);
            }
            return Ok(());
        }
        let kind = match c {
            'p' => Kind::Print,
            'd' | 'D' => Kind::Delete,
            'q' => Kind::Quit(true),
            'Q' => Kind::Quit(false),
            '=' => Kind::Number,
            'n' => Kind::Next,
            'N' => Kind::AddNext,
            'h' | 'H' => Kind::Hold(c == 'H'),
            'g' | 'G' => Kind::Get(c == 'G'),
            'x' => Kind::Exchange,
            's' => self.replace()?,
            'y' => {
                let mark = self.peek().unwrap_or('/');
                let parts = self.delimited(mark).zip(self.delimited(mark));
                let Some((from, to)) = parts else {
                    return Err(format!("char {}: unterminated `y' command", self.chars.len()));
                };
                self.at += 1;
                Kind::Translate(from.chars().collect(), to.chars().collect())
            }
            'a' => Kind::After(self.text()),
            'i' => Kind::Before(self.text()),
            'c' => Kind::Instead(self.text()),
            c => return Err(format!("char {}: unknown command: `{c}'", self.at)),
        };
        edits.push(Edit { from, to, is_negated, kind });
        Ok(())
    }

    fn number(&mut self) -> Option<usize> {
        let digits: String = self.chars.get(self.at..)?.iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        digits.parse().ok()
    }

    fn address(&mut self) -> Result<Option<Address>, String> {
        Ok(match self.peek() {
            Some('$') => {
                self.at += 1;
                Some(Address::Last)
            }
            Some('+') => {
                self.at += 1;
                self.number().map(Address::More)
            }
            Some('/' | '\\') => {
                if self.peek() == Some('\\') {
                    self.at += 1;
                }
                let mark = self.peek().unwrap_or('/');
                let Some(pattern) = self.delimited(mark) else {
                    return Err(format!("char {}: unterminated address regex", self.chars.len()));
                };
                self.at += 1;
                let ignores_case = self.peek() == Some('I');
                self.at += usize::from(ignores_case);
                Some(Address::Fits(Pattern::new(&pattern, self.is_extended, ignores_case)))
            }
            _ => match (self.number(), self.peek()) {
                (Some(first), Some('~')) => {
                    self.at += 1;
                    Some(Address::Step(first, self.number().unwrap_or(0)))
                }
                (number, _) => number.map(Address::Line),
            },
        })
    }

    fn replace(&mut self) -> Result<Kind, String> {
        let mark = self.peek().unwrap_or('/');
        let parts = self.delimited(mark).zip(self.delimited(mark));
        let Some((from, to)) = parts else {
            return Err(format!("char {}: unterminated `s' command", self.chars.len()));
        };
        self.at += 1;
        let (mut is_global, mut prints, mut ignores_case, mut which) = (false, false, false, 1);
        loop {
            match self.peek() {
                Some('g') => is_global = true,
                Some('p') => prints = true,
                Some('i' | 'I') => ignores_case = true,
                Some('e' | 'm' | 'M') => {}
                Some(c) if c.is_ascii_digit() => {
                    which = self.number().unwrap_or(1).max(1);
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        let from = Pattern::new(&from, self.is_extended, ignores_case);
        Ok(Kind::Replace { from, to, is_global, which, prints })
    }

    /// The text between the mark here and the next; afterwards it stands on that next mark.
    fn delimited(&mut self, mark: char) -> Option<String> {
        let (mut text, mut in_class) = (String::new(), false);
        loop {
            self.at += 1;
            match self.peek()? {
                '\\' => {
                    self.at += 1;
                    let next = self.peek()?;
                    if next != mark || mark == '|' {
                        text.push('\\');
                    }
                    if next != mark || mark != '|' {
                        text.push(next);
                    } else {
                        text.pop();
                        text.push(next);
                    }
                }
                c if c == mark && !in_class => return Some(text),
                c => {
                    in_class = match c {
                        '[' => true,
                        ']' => false,
                        _ => in_class,
                    } && mark != '[';
                    text.push(c);
                }
            }
        }
    }

    /// What stands behind `a`, `i` and `c`: the rest of the line, or the next lines.
    fn text(&mut self) -> String {
        self.skip(&[' ']);
        if self.peek() == Some('\\') {
            self.at += 1;
            self.skip(&[' ', '\n']);
        }
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\n' => break,
                '\\' => {
                    let next = self.peek();
                    self.at += 1;
                    text.extend(next);
                }
                c => text.push(c),
            }
        }
        text
    }
}
