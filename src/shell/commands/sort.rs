//! `sort` and `uniq`: lines in order, by parts of them.

use super::Arguments;
use super::filter::Filter;
use crate::ordering::Order;
use std::cmp::Ordering;

/// How a part of a line is compared.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct How {
    is_numeric: bool,
    is_general: bool,
    is_human: bool,
    is_version: bool,
    is_month: bool,
    is_random: bool,
    ignores_case: bool,
    is_dictionary: bool,
    is_reversed: bool,
    skips_blanks: bool,
}

impl How {
    /// Takes a letter; gives whether it is one of these.
    fn take(&mut self, letter: char) -> bool {
        match letter {
            'n' => self.is_numeric = true,
            'g' => self.is_general = true,
            'h' => self.is_human = true,
            'V' => self.is_version = true,
            'M' => self.is_month = true,
            'R' => self.is_random = true,
            'f' => self.ignores_case = true,
            'd' => self.is_dictionary = true,
            'r' => self.is_reversed = true,
            'b' => self.skips_blanks = true,
            'i' => {}
            _ => return false,
        }
        true
    }
}

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

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|byte| is_blank(**byte)).count()
}

fn turned(order: Ordering, how: How) -> Ordering {
    if how.is_reversed { order.reverse() } else { order }
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

fn compare(one: &[u8], other: &[u8], how: How) -> Ordering {
    if how.is_numeric {
        return number(one).cmp_to(&number(other));
    }
    if how.is_general {
        return general(one).cmp_to(&general(other));
    }
    if how.is_human {
        return human(one).cmp(&human(other)).then_with(|| number(one).cmp_to(&number(other)));
    }
    if how.is_version {
        return by_version(one, other);
    }
    if how.is_month {
        return month(one).cmp(&month(other));
    }
    if how.is_random {
        return mixed(one).cmp(&mixed(other));
    }
    let shown = |bytes: &[u8]| -> Vec<u8> {
        let kept =
            bytes.iter().copied().filter(|byte| !how.is_dictionary || byte.is_ascii_alphanumeric() || is_blank(*byte));
        kept.map(|byte| if how.ignores_case { byte.to_ascii_uppercase() } else { byte }).collect()
    };
    if how.is_dictionary || how.ignores_case { shown(one).cmp(&shown(other)) } else { one.cmp(other) }
}

/// A decimal number: whether it is below zero, its digits before the point and behind it.
struct Decimal {
    is_negative: bool,
    whole: Vec<u8>,
    rest: Vec<u8>,
}

impl Decimal {
    fn cmp_to(&self, other: &Decimal) -> Ordering {
        let size = |one: &Decimal, other: &Decimal| {
            let whole = one.whole.len().cmp(&other.whole.len()).then_with(|| one.whole.cmp(&other.whole));
            whole.then_with(|| one.rest.cmp(&other.rest))
        };
        match (self.is_negative, other.is_negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

fn number(text: &[u8]) -> Decimal {
    decimal(text, 0)
}

/// A number whose point stands so many places further right.
fn decimal(text: &[u8], shift: i32) -> Decimal {
    let text = &text[blanks(text)..];
    let (is_negative, text) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        _ => (false, text),
    };
    let whole_end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let mut whole = text[..whole_end].to_vec();
    let mut rest: Vec<u8> = match text.get(whole_end) {
        Some(b'.') => text[whole_end + 1..].iter().copied().take_while(u8::is_ascii_digit).collect(),
        _ => Vec::new(),
    };
    for _ in 0..shift.unsigned_abs().min(400) {
        if shift > 0 {
            whole.push(if rest.is_empty() { b'0' } else { rest.remove(0) });
        } else {
            rest.insert(0, whole.pop().unwrap_or(b'0'));
        }
    }
    let zeros = whole.iter().take_while(|byte| **byte == b'0').count();
    whole.drain(..zeros);
    while rest.last() == Some(&b'0') {
        rest.pop();
    }
    let is_zero = whole.is_empty() && rest.is_empty();
    Decimal { is_negative: is_negative && !is_zero, whole, rest }
}

/// `-g`: a number with an exponent.
fn general(text: &[u8]) -> Decimal {
    let text = String::from_utf8_lossy(text).trim_start_matches([' ', '\t']).trim_start_matches('+').to_string();
    let exponent = text.find(['e', 'E']).and_then(|at| {
        let digits = text.get(at + 1..)?.trim_start_matches('+');
        let end = digits.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-'));
        digits.get(..end.map_or(digits.len(), |(at, _)| at))?.parse::<i32>().ok()
    });
    decimal(text.as_bytes(), exponent.unwrap_or(0))
}

/// `-h`: how large the letter behind a number makes it.
fn human(text: &[u8]) -> i32 {
    let value = number(text);
    let text = &text[blanks(text)..];
    let rest = text.iter().find(|byte| !byte.is_ascii_digit() && !matches!(byte, b'.' | b'-'));
    let size = rest.and_then(|letter| b"KMGTPEZY".iter().position(|own| own == &letter.to_ascii_uppercase()));
    let size = size.and_then(|size| i32::try_from(size + 1).ok()).unwrap_or(0);
    match (value.whole.is_empty() && value.rest.is_empty(), value.is_negative) {
        (true, _) => 0,
        (_, true) => -size - 1,
        _ => size + 1,
    }
}

fn month(text: &[u8]) -> usize {
    let text = String::from_utf8_lossy(text).trim_start().to_ascii_lowercase();
    const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    MONTHS.iter().position(|month| text.starts_with(month)).map_or(0, |at| at + 1)
}

/// A number that looks like chance and is always the same.
fn mixed(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// `-V`: digits count as numbers, `~` stands before everything, letters before other signs.
fn by_version(one: &[u8], other: &[u8]) -> Ordering {
    let rank = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let (mut a, mut b) = (one, other);
    while !a.is_empty() || !b.is_empty() {
        let is_word = |rest: &[u8]| rest.first().is_some_and(|byte| !byte.is_ascii_digit());
        while is_word(a) || is_word(b) {
            let order = rank(a.first()).cmp(&rank(b.first()));
            if order != Ordering::Equal {
                return order;
            }
            a = a.get(1..).unwrap_or(&[]);
            b = b.get(1..).unwrap_or(&[]);
        }
        let digits = |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (own, others) = (digits(a), digits(b));
        let order = number(&a[..own]).cmp_to(&number(&b[..others]));
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (&a[own..], &b[others..]);
    }
    one.cmp(other)
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
        Some(name) => filter.written.push((name, out)),
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
    for line in text.lines() {
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
        Some(name) => filter.written.push((name, out)),
        None => filter.out.push_str(&out),
    }
    code
}
