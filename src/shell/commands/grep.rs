//! `grep`: its command line, and what it shows of one text or of many.

use super::Arguments;
use super::filter::Filter;
use crate::regex::{Pattern, Unread};
use crate::shell::container::FileError;
use crate::shell::language::ShellKind;

/// What `grep` looks for, and what it shows.
#[derive(Default)]
struct Grep {
    texts: Vec<String>,
    patterns: Vec<Pattern>,
    files: Vec<String>,
    ignores_case: bool,
    is_extended: bool,
    is_perl: bool,
    is_fixed: bool,
    inverts: bool,
    before: usize,
    after: usize,
    counts: bool,
    is_quiet: bool,
    /// Missing files are not told.
    is_silent: bool,
    numbers: bool,
    only_found: bool,
    whole_line: bool,
    whole_word: bool,
    /// Only the names of files are wanted that have a line, or have none.
    names: Option<bool>,
    /// Whether names stand before lines, if that was said.
    with_names: Option<bool>,
    is_deep: bool,
    /// Whether the number of bytes before a line, or before a part of it, is shown.
    places: bool,
    most: Option<usize>,
    /// Whether a pattern has something that nobody here knows.
    is_unknown: bool,
    /// The names that are searched, or not, below directories.
    included: Vec<String>,
    excluded: Vec<String>,
}

/// The long flags and the letters that mean the same.
const FLAGS: &[(&str, char)] = &[
    ("byte-offset", 'b'),
    ("count", 'c'),
    ("dereference-recursive", 'R'),
    ("extended-regexp", 'E'),
    ("files-with-matches", 'l'),
    ("files-without-match", 'L'),
    ("fixed-strings", 'F'),
    ("ignore-case", 'i'),
    ("invert-match", 'v'),
    ("line-number", 'n'),
    ("line-regexp", 'x'),
    ("no-filename", 'h'),
    ("no-messages", 's'),
    ("only-matching", 'o'),
    ("perl-regexp", 'P'),
    ("quiet", 'q'),
    ("recursive", 'r'),
    ("silent", 'q'),
    ("with-filename", 'H'),
    ("word-regexp", 'w'),
];

/// The long flags that have a value, and the letters that mean the same.
const VALUES: &[(&str, char)] = &[
    ("after-context", 'A'),
    ("before-context", 'B'),
    ("context", 'C'),
    ("exclude", 'x'),
    ("file", 'f'),
    ("include", 'i'),
    ("max-count", 'm'),
    ("regexp", 'e'),
];

fn usage(name: &str) -> String {
    format!("Usage: {name} [OPTION]... PATTERNS [FILE]...\nTry '{name} --help' for more information.")
}

impl Grep {
    /// Reads the command line; fails with what is wrong.
    fn of(filter: &Filter<'_>) -> Result<Grep, String> {
        let mut grep = Grep { is_extended: filter.words.name() == "egrep", ..Grep::default() };
        grep.is_fixed = filter.words.name() == "fgrep";
        let (mut operands, mut has_pattern) = (Vec::new(), false);
        let mut rest = filter.words.arguments().iter();
        while let Some(word) = rest.next() {
            match word.strip_prefix("--") {
                Some("") => operands.extend(rest.by_ref().cloned()),
                Some(long) => {
                    let (name, own) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
                    match (VALUES.iter().find(|it| it.0 == name), FLAGS.iter().find(|it| it.0 == name)) {
                        (Some((_, letter)), _) => {
                            let value = own.map(str::to_string).or_else(|| rest.next().cloned()).unwrap_or_default();
                            match letter {
                                'i' => grep.included.push(value),
                                'x' => grep.excluded.push(value),
                                letter => has_pattern |= grep.value(*letter, &value, filter)?,
                            }
                        }
                        (None, Some((_, letter))) => grep.flag(*letter),
                        _ => {}
                    }
                }
                None if word.len() > 1 && word.starts_with('-') => {
                    has_pattern |= grep.letters(word.get(1..).unwrap_or(""), &mut rest, filter)?;
                }
                None => operands.push(word.clone()),
            }
        }
        if !has_pattern {
            if operands.is_empty() {
                return Err(usage(filter.words.name()));
            }
            grep.texts.extend(operands.remove(0).split('\n').map(str::to_string));
        }
        grep.files = operands;
        grep.read_patterns()?;
        Ok(grep)
    }

    fn letters(
        &mut self,
        letters: &str,
        rest: &mut std::slice::Iter<'_, String>,
        filter: &Filter<'_>,
    ) -> Result<bool, String> {
        let mut has_pattern = false;
        let mut all = letters.chars().peekable();
        while let Some(letter) = all.next() {
            match letter {
                'A' | 'B' | 'C' | 'e' | 'f' | 'm' => {
                    let own: String = all.by_ref().collect();
                    let value = if own.is_empty() { rest.next().cloned() } else { Some(own) };
                    let Some(value) = value else {
                        return Err(format!("grep: option requires an argument -- '{letter}'\n{}", usage("grep")));
                    };
                    has_pattern |= self.value(letter, &value, filter)?;
                }
                '0'..='9' => {
                    let mut number = letter.to_string();
                    while let Some(digit) = all.next_if(char::is_ascii_digit) {
                        number.push(digit);
                    }
                    self.value('C', &number, filter)?;
                }
                letter => self.flag(letter),
            }
        }
        Ok(has_pattern)
    }

    fn flag(&mut self, letter: char) {
        match letter {
            'i' | 'y' => self.ignores_case = true,
            'E' => self.is_extended = true,
            'P' => self.is_perl = true,
            'F' => self.is_fixed = true,
            'v' => self.inverts = true,
            'c' => self.counts = true,
            'q' => self.is_quiet = true,
            's' => self.is_silent = true,
            'n' => self.numbers = true,
            'b' => self.places = true,
            'o' => self.only_found = true,
            'x' => self.whole_line = true,
            'w' => self.whole_word = true,
            'l' => self.names = Some(true),
            'L' => self.names = Some(false),
            'H' => self.with_names = Some(true),
            'h' => self.with_names = Some(false),
            'r' | 'R' => self.is_deep = true,
            _ => {}
        }
    }

    /// Takes the value of a flag. Gives whether it is a pattern.
    fn value(&mut self, letter: char, value: &str, filter: &Filter<'_>) -> Result<bool, String> {
        let number = value.parse().ok();
        match letter {
            'A' => self.after = number.unwrap_or(0),
            'B' => self.before = number.unwrap_or(0),
            'C' => (self.before, self.after) = (number.unwrap_or(0), number.unwrap_or(0)),
            'm' => self.most = number,
            'f' => {
                let text = if value == "-" { Ok(filter.stdin.clone()) } else { (filter.read)(value) };
                let text = text.map_err(|error| format!("grep: {value}: {error}"))?;
                self.texts.extend(text.split_terminator('\n').map(str::to_string));
                return Ok(true);
            }
            _ => {
                self.texts.extend(value.split('\n').map(str::to_string));
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read_patterns(&mut self) -> Result<(), String> {
        for text in &self.texts {
            let pattern = match self.is_fixed {
                true => Pattern::literal(text, self.ignores_case),
                false if self.is_perl => match Pattern::perl(text, self.ignores_case) {
                    Ok(pattern) => pattern,
                    Err(Unread::Wrong(why)) => return Err(format!("grep: {why}")),
                    Err(Unread::Unknown) => {
                        self.is_unknown = true;
                        return Ok(());
                    }
                },
                false => Pattern::read(text, self.is_extended, self.ignores_case).map_err(|why| {
                    format!("grep: {}", if why.contains("[^") { "Invalid regular expression" } else { &why })
                })?,
            };
            self.patterns.push(pattern);
        }
        Ok(())
    }

    /// For each line whether it fits.
    fn hits(&self, lines: &[&str]) -> Vec<bool> {
        let mut left = self.most.unwrap_or(usize::MAX);
        let mut hits = Vec::with_capacity(lines.len());
        for line in lines {
            let fits = left > 0 && self.patterns.iter().any(|pattern| self.fits(pattern, line)) != self.inverts;
            left -= usize::from(fits);
            hits.push(fits);
        }
        hits
    }

    /// Whether a pattern is in a line, as a whole line or word where that is wanted.
    fn fits(&self, pattern: &Pattern, line: &str) -> bool {
        match self.whole_line || self.whole_word {
            false => pattern.is_in(line),
            true => self.next_found(pattern, &line.chars().collect::<Vec<_>>(), 0).is_some(),
        }
    }

    /// Where a pattern is found next, as a whole line or word where that is wanted.
    fn next_found(&self, pattern: &Pattern, chars: &[char], mut at: usize) -> Option<(usize, usize)> {
        let is_word =
            |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric() || *c == '_');
        while let Some((from, to)) = pattern.find(chars, at) {
            let is_whole = match (self.whole_line, self.whole_word) {
                (true, _) => from == 0 && to == chars.len(),
                (_, true) => from < to && !is_word(from.checked_sub(1)) && !is_word(Some(to)),
                _ => true,
            };
            if is_whole {
                return Some((from, to));
            }
            at = from + 1;
            if at > chars.len() {
                break;
            }
        }
        None
    }

    /// Whether line `at` is shown: it fits, or one near it does.
    fn shows(&self, hits: &[bool], at: usize) -> bool {
        let (from, to) = (at.saturating_sub(self.after), (at + self.before + 1).min(hits.len()));
        hits.get(from..to).is_some_and(|near| near.contains(&true))
    }

    /// The parts of a line that fit, each with the number of bytes before it.
    fn found_in(&self, line: &str) -> Vec<(usize, String)> {
        let chars: Vec<char> = line.chars().collect();
        let (mut found, mut at) = (Vec::new(), 0);
        let (mut counted, mut before) = (0, 0);
        while let Some((from, to)) = self.patterns.iter().filter_map(|it| self.next_found(it, &chars, at)).min() {
            before += chars.get(counted..from).unwrap_or(&[]).iter().map(|c| c.len_utf8()).sum::<usize>();
            counted = from;
            found.push((before, chars.get(from..to).unwrap_or(&[]).iter().collect()));
            at = to.max(from + 1);
        }
        found.retain(|part: &(usize, String)| !part.1.is_empty());
        found
    }

    /// What is shown of one text, under the name that is to stand before its lines. `is_later` says whether something
    /// was shown before. Gives whether a line fits.
    fn show(&self, text: &str, name: Option<&str>, is_later: bool, out: &mut String) -> bool {
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        let hits = self.hits(&lines);
        let count = hits.iter().filter(|hit| **hit).count();
        let mut starts = vec![0; lines.len()];
        for at in 1..lines.len() {
            starts[at] = starts[at - 1] + lines[at - 1].len() + 1;
        }
        let before = |sign: char, at: usize, inside: usize| {
            let name = name.map(|name| format!("{name}{sign}")).unwrap_or_default();
            let number = if self.numbers { format!("{}{sign}", at + 1) } else { String::new() };
            let place = starts.get(at).filter(|_| self.places);
            format!("{name}{number}{}", place.map(|start| format!("{}{sign}", start + inside)).unwrap_or_default())
        };
        if self.counts {
            let name = name.map(|name| format!("{name}:")).unwrap_or_default();
            out.push_str(&format!("{name}{count}\n"));
        } else if self.only_found {
            for (at, line) in lines.iter().enumerate().filter(|(at, _)| hits.get(*at) == Some(&true)) {
                for (inside, part) in self.found_in(line) {
                    out.push_str(&format!("{}{part}\n", before(':', at, inside)));
                }
            }
        } else {
            let has_context = self.before + self.after > 0;
            let mut last = None;
            for (at, line) in lines.iter().enumerate().filter(|(at, _)| self.shows(&hits, *at)) {
                let is_gap = last.map_or(is_later && !out.is_empty(), |last| last + 1 < at);
                if has_context && is_gap {
                    out.push_str("--\n");
                }
                let sign = if hits.get(at) == Some(&true) { ':' } else { '-' };
                out.push_str(&format!("{}{line}\n", before(sign, at, 0)));
                last = Some(at);
            }
        }
        count > 0
    }
}

/// `grep`.
pub fn grep(filter: &mut Filter<'_>) -> i64 {
    let mut grep = match Grep::of(filter) {
        Ok(grep) => grep,
        Err(why) => {
            filter.err.push_str(&format!("{why}\n"));
            return 2;
        }
    };
    if grep.is_unknown {
        filter.is_unknown = true;
        return 0;
    }
    let is_alone = grep.files.is_empty();
    if is_alone {
        grep.files.push(if grep.is_deep { "." } else { "-" }.to_string());
    }
    let is_busybox = filter.kind == ShellKind::Ash;
    let (mut texts, mut has_failed, mut has_folder) = (Vec::new(), false, false);
    for name in &grep.files {
        let text = if name == "-" { Ok(filter.stdin.clone()) } else { (filter.read)(name) };
        match text {
            Ok(text) => texts.push((name.clone(), text)),
            Err(FileError::IsDirectory) if grep.is_deep => {
                has_folder = true;
                texts.extend(below(filter, &grep, name, is_alone));
            }
            // BusyBox passes by what is a directory.
            Err(FileError::IsDirectory) if is_busybox => {}
            Err(error) => {
                has_failed = true;
                let is_told = matches!(error, FileError::IsDirectory | FileError::Denied);
                let error = if is_told { error } else { FileError::NotFound };
                if !grep.is_silent {
                    filter.err.push_str(&format!("{}: {name}: {error}\n", filter.words.name()));
                }
            }
        }
    }
    let shows_names = grep.with_names.unwrap_or(grep.files.len() > 1 || has_folder);
    let (mut has_line, mut out) = (false, String::new());
    for (name, text) in &texts {
        let shown = if name == "-" { "(standard input)" } else { name };
        let mut own = String::new();
        let fits = grep.show(text, shows_names.then_some(shown), !out.is_empty(), &mut own);
        has_line |= fits;
        match grep.names {
            Some(wanted) if wanted == fits => out.push_str(&format!("{shown}\n")),
            Some(_) => {}
            None => {
                if grep.before + grep.after > 0 && !out.is_empty() && !own.is_empty() {
                    out.push_str("--\n");
                }
                out.push_str(&own);
            }
        }
    }
    // A search that was given up decides nothing.
    filter.is_unknown = grep.patterns.iter().any(Pattern::is_spent);
    if !grep.is_quiet {
        filter.out.push_str(&out);
    }
    match (has_line, has_failed) {
        (true, true) if grep.is_quiet => 0,
        (_, true) => 2,
        (has_line, _) => i64::from(!has_line),
    }
}

/// The texts below a directory.
fn below(filter: &Filter<'_>, grep: &Grep, folder: &str, is_alone: bool) -> Vec<(String, String)> {
    let fits = |pattern: &String, name: &str| {
        let last = name.rsplit('/').next().unwrap_or(name);
        crate::shell::language::matches_glob(pattern, last)
    };
    let names = (filter.below)(folder).into_iter();
    let names = names.filter(|name| {
        (grep.included.is_empty() || grep.included.iter().any(|it| fits(it, name)))
            && !grep.excluded.iter().any(|it| fits(it, name))
    });
    let text = |name: String| {
        let path = if is_alone { name } else { format!("{}/{name}", folder.trim_end_matches('/')) };
        let text = (filter.read)(&path).ok()?;
        Some((path, text))
    };
    names.filter_map(text).collect()
}
