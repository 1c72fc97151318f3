//! `sort` and `uniq`: lines in order, by parts of them.

mod compare;

use super::Arguments;
use super::filter::{Filter, Written};
use crate::ordering::Order;
use compare::{How, blanks, compare, is_blank, turned};
use std::cmp::Ordering;

/// `-k`: from a field and a character in it, to another.
#[derive(Clone, Copy)]
struct Key {
    from: (usize, usize),
    to: Option<(usize, usize)>,
    how: How,
    ends_behind_blanks: bool,
}

#[derive(Default)]
struct Sort {
    keys: Vec<Key>,
    how: How,
    separator: Option<u8>,
    is_unique: bool,
    is_stable: bool,
    /// Only whether it is in order: in silence, or not.
    checks: Option<bool>,
    output: Option<String>,
    mark: char,
    files: Vec<String>,
}

/// The long flags and the letters that mean the same.
const FLAGS: &[(&str, char)] = &[
    ("check", 'c'),
    ("dictionary-order", 'd'),
    ("field-separator", 't'),
    ("general-numeric-sort", 'g'),
    ("human-numeric-sort", 'h'),
    ("ignore-case", 'f'),
    ("ignore-leading-blanks", 'b'),
    ("key", 'k'),
    ("merge", 'm'),
    ("month-sort", 'M'),
    ("numeric-sort", 'n'),
    ("output", 'o'),
    ("random-sort", 'R'),
    ("reverse", 'r'),
    ("stable", 's'),
    ("unique", 'u'),
    ("version-sort", 'V'),
    ("zero-terminated", 'z'),
];

impl Sort {
    fn of(words: &[String]) -> Result<Sort, String> {
        let mut sort = Sort { mark: '\n', ..Sort::default() };
        let mut rest = words.arguments().iter();
        while let Some(word) = rest.next() {
            match word.strip_prefix("--") {
                Some("") => sort.files.extend(rest.by_ref().cloned()),
                Some(long) => {
                    let (name, own) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
                    let Some((_, letter)) = FLAGS.iter().find(|flag| flag.0 == name) else {
                        // How it goes about its work changes nothing here.
                        const QUIET: &[&str] =
                            &["batch-size", "buffer-size", "debug", "parallel", "temporary-directory"];
                        if QUIET.contains(&name) {
                            if own.is_none() && name != "debug" {
                                rest.next();
                            }
                            continue;
                        }
                        return Err(format!("unrecognized option '{word}'"));
                    };
                    match letter {
                        't' | 'k' | 'o' => {
                            let value = own.map(str::to_string).or_else(|| rest.next().cloned()).unwrap_or_default();
                            sort.value(*letter, &value)?;
                        }
                        'c' if matches!(own, Some("quiet" | "silent")) => sort.checks = Some(true),
                        letter => sort.flag(*letter)?,
                    }
                }
                None if word.len() > 1 && word.starts_with('-') => {
                    let mut letters = word.chars().skip(1);
                    while let Some(letter) = letters.next() {
                        if matches!(letter, 't' | 'k' | 'o' | 'S' | 'T') {
                            let own: String = letters.by_ref().collect();
                            let value = if own.is_empty() { rest.next().cloned() } else { Some(own) };
                            let Some(value) = value else {
                                return Err(format!("option requires an argument -- '{letter}'"));
                            };
                            sort.value(letter, &value)?;
                        } else {
                            sort.flag(letter)?;
                        }
                    }
                }
                None => sort.files.push(word.clone()),
            }
        }
        Ok(sort)
    }

    fn flag(&mut self, letter: char) -> Result<(), String> {
        match letter {
            'u' => self.is_unique = true,
            's' => self.is_stable = true,
            'c' => self.checks = Some(false),
            'C' => self.checks = Some(true),
            'z' => self.mark = '\0',
            'm' => {}
            letter if self.how.take(letter) => {}
            letter => return Err(format!("invalid option -- '{letter}'")),
        }
        Ok(())
    }

    fn value(&mut self, letter: char, value: &str) -> Result<(), String> {
        match (letter, value) {
            ('o', _) => self.output = Some(value.to_string()),
            ('t', "\\0") => self.separator = Some(0),
            ('t', "\\t") => self.separator = Some(b'\t'),
            ('t', "") => return Err("empty tab".to_string()),
            ('t', value) if value.len() > 1 => return Err(format!("multi-character tab '{value}'")),
            ('t', value) => self.separator = value.bytes().next(),
            ('k', value) => self.keys.push(key(value)?),
            _ => {}
        }
        Ok(())
    }

    /// How two lines stand by the keys alone.
    fn by_keys(&self, one: &str, other: &str) -> Ordering {
        if self.keys.is_empty() {
            let skip = |line: &'_ str| if self.how.skips_blanks { blanks(line.as_bytes()) } else { 0 };
            let (a, b) = (&one.as_bytes()[skip(one)..], &other.as_bytes()[skip(other)..]);
            return turned(compare(a, b, self.how), self.how);
        }
        for key in &self.keys {
            // A key without letters of its own takes those of the line.
            let how = if key.how == How::default() { self.how } else { key.how };
            let (a, b) = (self.part(one.as_bytes(), key, how), self.part(other.as_bytes(), key, how));
            let order = turned(compare(a, b, how), how);
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }

    /// How two lines stand: by the keys, then as they are.
    fn order(&self, one: &str, other: &str) -> Ordering {
        let order = self.by_keys(one, other);
        if order != Ordering::Equal || self.is_stable || self.is_unique {
            return order;
        }
        let order = one.cmp(other);
        if self.how.is_reversed { order.reverse() } else { order }
    }

    /// The part of a line that a key means.
    fn part<'l>(&self, line: &'l [u8], key: &Key, how: How) -> &'l [u8] {
        let mut from = self.skip(line, key.from.0 - 1, false);
        if how.skips_blanks {
            from += blanks(&line[from..]);
        }
        from = (from + key.from.1 - 1).min(line.len());
        let to = match key.to {
            None => line.len(),
            Some((field, 0)) => self.skip(line, field, true),
            Some((field, character)) => {
                let mut at = self.skip(line, field - 1, false);
                if key.ends_behind_blanks || how.skips_blanks && key.how == How::default() {
                    at += blanks(&line[at..]);
                }
                (at + character).min(line.len())
            }
        };
        line.get(from..to.max(from)).unwrap_or(&[])
    }

    /// Where so many fields are over: before the sign behind them, if the end is asked for.
    fn skip(&self, line: &[u8], fields: usize, is_end: bool) -> usize {
        let mut at = 0;
        for number in 1..=fields {
            if at >= line.len() {
                break;
            }
            match self.separator {
                Some(sign) => {
                    at += line[at..].iter().position(|byte| *byte == sign).unwrap_or(line.len() - at);
                    if at < line.len() && !(is_end && number == fields) {
                        at += 1;
                    }
                }
                None => {
                    at += blanks(&line[at..]);
                    at += line[at..].iter().position(|byte| is_blank(*byte)).unwrap_or(line.len() - at);
                }
            }
        }
        at
    }
}

/// Reads `2`, `2,2nr`, `1.2,1.3`.
fn key(text: &str) -> Result<Key, String> {
    let mut key = Key { from: (1, 1), to: None, how: How::default(), ends_behind_blanks: false };
    let (from, to) = text.split_once(',').map_or((text, None), |(from, to)| (from, Some(to)));
    let mut place = |text: &str, usual: usize, is_end: bool| -> Result<(usize, usize), String> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, letters) = text.split_at(end);
        let (field, character) = numbers.split_once('.').unwrap_or((numbers, ""));
        let field: usize =
            field.parse().map_err(|_| format!("invalid number at field start: invalid count at start of '{text}'"))?;
        if field == 0 {
            return Err(format!("field number is zero: invalid field specification '{text}'"));
        }
        for letter in letters.chars() {
            if letter == 'b' && is_end {
                key.ends_behind_blanks = true;
            } else if !key.how.take(letter) {
                return Err(format!("stray character in field spec: invalid field specification '{text}'"));
            }
        }
        Ok((field, character.parse().unwrap_or(usual)))
    };
    let from = place(from, 1, false)?;
    let to = to.map(|to| place(to, 0, true)).transpose()?;
    (key.from, key.to) = ((from.0, from.1.max(1)), to);
    Ok(key)
}

/// `sort`.
pub fn sort(filter: &mut Filter<'_>) -> i64 {
    let sort = match Sort::of(filter.words) {
        Ok(sort) => sort,
        Err(why) => {
            filter.fail(&why);
            return 2;
        }
    };
    let files = if sort.files.is_empty() { vec!["-".to_string()] } else { sort.files.clone() };
    let mut text = String::new();
    for name in &files {
        let found = if name == "-" { Ok(filter.stdin.clone()) } else { (filter.read)(name) };
        match found {
            Ok(more) => {
                text.push_str(&more);
                if !more.is_empty() && !more.ends_with(sort.mark) {
                    text.push(sort.mark);
                }
            }
            Err(error) => {
                let name = filter.shown(name);
                filter.fail(&format!("cannot read: {name}: {error}"));
                return 2;
            }
        }
    }
    let mut lines: Vec<&str> = text.strip_suffix(sort.mark).map_or(Vec::new(), |text| text.split(sort.mark).collect());
    if let Some(is_silent) = sort.checks {
        let is_wrong = |pair: &[&str]| match sort.order(pair[0], pair[1]) {
            Ordering::Greater => true,
            Ordering::Equal => sort.is_unique,
            Ordering::Less => false,
        };
        let Some(at) = lines.windows(2).position(is_wrong) else { return 0 };
        if !is_silent {
            let name = files.first().map_or("-", String::as_str);
            filter.fail(&format!("{name}:{}: disorder: {}", at + 2, lines[at + 1]));
        }
        return 1;
    }
    lines.order_by(|one, other| sort.order(one, other));
    if sort.is_unique {
        lines.dedup_by(|one, other| sort.by_keys(one, other) == Ordering::Equal);
    }
    let out: String = lines.iter().flat_map(|line| [*line, if sort.mark == '\0' { "\0" } else { "\n" }]).collect();
    match sort.output {
        Some(name) => filter.written.push(Written::new(name, out)),
        None => filter.out.push_str(&out),
    }
    0
}

/// `uniq [-c] [-d] [-u] [-D] [-i] [-f N] [-s N] [-w N] [FROM [TO]]`.
pub fn uniq(filter: &mut Filter<'_>) -> i64 {
    let number = |name: &str| filter.words.option(name).and_then(|value| value.parse::<usize>().ok());
    let (fields, skipped, width) = (number("-f").unwrap_or(0), number("-s").unwrap_or(0), number("-w"));
    let has = |flag: char, long: &str| filter.words.has_flag(flag) || filter.words.iter().any(|word| word == long);
    let (counts, ignores_case) = (has('c', "--count"), has('i', "--ignore-case"));
    let (only_many, only_one, shows_all) = (has('d', "--repeated"), has('u', "--unique"), has('D', "--all-repeated"));
    let key = |line: &str| {
        let plain = Sort::default();
        let at = plain.skip(line.as_bytes(), fields, false);
        let rest: String =
            line.get(at..).unwrap_or("").chars().skip(skipped).take(width.unwrap_or(usize::MAX)).collect();
        if ignores_case { rest.to_lowercase() } else { rest }
    };
    let values: Vec<String> = ["-f", "-s", "-w"]
        .iter()
        .filter_map(|name| {
            let at = filter.words.iter().position(|word| word == name)?;
            filter.words.get(at + 1).cloned()
        })
        .collect();
    let mut operands: Vec<String> = filter.words.operands().into_iter().filter(|word| !values.contains(word)).collect();
    let output = if operands.len() > 1 { operands.pop() } else { None };
    let (text, code) = filter.input(&operands);
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for line in text.split_terminator('\n') {
        let own = key(line);
        match groups.last_mut() {
            Some((last, lines)) if *last == own => lines.push(line),
            _ => groups.push((own, vec![line])),
        }
    }
    let mut out = String::new();
    for (_, lines) in groups {
        let is_many = lines.len() > 1;
        if (only_many || shows_all) && !is_many || only_one && is_many {
            continue;
        }
        let shown = if shows_all { lines.as_slice() } else { lines.get(..1).unwrap_or(&[]) };
        for line in shown {
            let count = if counts { format!("{:>7} ", lines.len()) } else { String::new() };
            out.push_str(&format!("{count}{line}\n"));
        }
    }
    match output {
        Some(name) => filter.written.push(Written::new(name, out)),
        None => filter.out.push_str(&out),
    }
    code
}
