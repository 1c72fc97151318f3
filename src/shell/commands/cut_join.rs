//! `cut`, `paste`, `comm` and `join`: parts of lines, and lines beside each other.

use super::Arguments;
use super::filter::Filter;
use crate::shell::language::ShellKind;
use std::cmp::Ordering;

/// A command line that was taken apart: letters with their values, and operands.
pub(super) struct Given {
    flags: Vec<(char, String)>,
    pub operands: Vec<String>,
}

impl Given {
    /// Reads a command line: `valued` are the letters that have a value, `long` long flags and the letters that mean
    /// the same.
    pub fn of(words: &[String], valued: &str, long: &[(&str, char)]) -> Given {
        let (mut flags, mut operands) = (Vec::new(), Vec::new());
        let mut rest = words.arguments().iter();
        while let Some(word) = rest.next() {
            match word.strip_prefix("--") {
                Some("") => operands.extend(rest.by_ref().cloned()),
                Some(name) => {
                    let (name, own) = name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
                    let Some((_, letter)) = long.iter().find(|it| it.0 == name) else { continue };
                    let value = match own {
                        Some(value) => value.to_string(),
                        None if valued.contains(*letter) => rest.next().cloned().unwrap_or_default(),
                        None => String::new(),
                    };
                    flags.push((*letter, value));
                }
                None if word.len() > 1 && word.starts_with('-') => {
                    let mut letters = word.chars().skip(1);
                    while let Some(letter) = letters.next() {
                        if !valued.contains(letter) {
                            flags.push((letter, String::new()));
                            continue;
                        }
                        let own: String = letters.by_ref().collect();
                        let value = if own.is_empty() { rest.next().cloned().unwrap_or_default() } else { own };
                        flags.push((letter, value));
                    }
                }
                None => operands.push(word.clone()),
            }
        }
        Given { flags, operands }
    }

    /// Whether a flag was given.
    pub fn has(&self, letter: char) -> bool {
        self.flags.iter().any(|flag| flag.0 == letter)
    }

    /// The value that was given last.
    pub fn value(&self, letter: char) -> Option<&str> {
        self.flags.iter().rev().find(|flag| flag.0 == letter).map(|flag| flag.1.as_str())
    }

    /// All values that were given, in their order.
    pub fn values(&self, letter: char) -> impl Iterator<Item = &str> {
        self.flags.iter().filter(move |flag| flag.0 == letter).map(|flag| flag.1.as_str())
    }

    /// The value that was given last, as a number; `None` if it is none.
    pub fn number(&self, letter: char) -> Option<usize> {
        self.value(letter)?.parse().ok()
    }
}

const CUT_LONG: &[(&str, char)] = &[
    ("bytes", 'b'),
    ("characters", 'c'),
    ("complement", 'C'),
    ("delimiter", 'd'),
    ("fields", 'f'),
    ("only-delimited", 's'),
    ("output-delimiter", 'O'),
];

/// `cut -d D -f LIST`, `cut -c LIST` and `cut -b LIST`; a list is `1,3-5,7-`.
pub fn cut(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "bcdfO", CUT_LONG);
    let fail =
        |filter: &mut Filter<'_>, what: &str| filter.fail(&format!("{what}\nTry 'cut --help' for more information."));
    let fields = given.value('f');
    let Some(list) = fields.or(given.value('c')).or(given.value('b')) else {
        return fail(filter, "you must specify a list of bytes, characters, or fields");
    };
    let delimiter = given.value('d').unwrap_or("\t").to_string();
    if delimiter.chars().count() > 1 {
        return fail(filter, "the delimiter must be a single character");
    }
    let mut ranges = Vec::new();
    for part in list.split([',', ' ']) {
        let (from, to) = match part.split_once('-') {
            Some((from, to)) => (from.parse().unwrap_or(1), to.parse().unwrap_or(usize::MAX)),
            None => match part.parse::<usize>() {
                Ok(at) => (at, at),
                Err(_) => return fail(filter, &format!("invalid field value '{part}'")),
            },
        };
        if from == 0 {
            let what = if fields.is_some() {
                "fields are numbered from 1"
            } else {
                "byte/character positions are numbered from 1"
            };
            return fail(filter, what);
        }
        if from > to {
            return fail(filter, "invalid decreasing range");
        }
        ranges.push((from, to));
    }
    let is_kept = |at: usize| ranges.iter().any(|(from, to)| (*from..=*to).contains(&(at + 1))) != given.has('C');
    let between = given.value('O').map_or_else(|| delimiter.clone(), str::to_string);
    let (text, code) = filter.input(&given.operands);
    let mut lines = Vec::new();
    for line in text.split_terminator('\n') {
        if fields.is_none() {
            lines.push(line.chars().enumerate().filter(|(at, _)| is_kept(*at)).map(|(_, c)| c).collect());
        } else if delimiter.is_empty() || !line.contains(delimiter.as_str()) {
            lines.extend((!given.has('s')).then(|| line.to_string()));
        } else {
            let parts: Vec<&str> = line.split(delimiter.as_str()).collect();
            // BusyBox leaves a place for each part that is not there.
            let is_missing = |range: &&(usize, usize)| filter.kind == ShellKind::Ash && range.0 > parts.len();
            let missing = ranges.iter().filter(is_missing).map(|_| "");
            let kept = parts.iter().enumerate().filter(|(at, _)| is_kept(*at)).map(|(_, part)| *part);
            lines.push(kept.chain(missing).collect::<Vec<_>>().join(&between));
        }
    }
    filter.lines(&lines);
    code
}

/// `paste`, `comm` and `join`.
pub fn beside(filter: &mut Filter<'_>) -> i64 {
    match filter.words.name() {
        "paste" => paste(filter),
        "comm" => comm(filter),
        _ => join(filter),
    }
}

/// The lines of the operands; what comes in is dealt out to all that are `-`.
fn sheets(filter: &mut Filter<'_>, operands: &[String], deals: bool) -> Result<Vec<Vec<String>>, i64> {
    let dashes = operands.iter().filter(|name| *name == "-").count();
    let (mut seen, mut sheets) = (0, Vec::new());
    for name in operands {
        if name == "-" {
            let own = filter.stdin.split_terminator('\n').enumerate().filter(|(at, _)| !deals || at % dashes == seen);
            sheets.push(own.map(|(_, line)| line.to_string()).collect());
            seen += 1;
            continue;
        }
        match (filter.read)(name) {
            Ok(text) => sheets.push(text.split_terminator('\n').map(str::to_string).collect()),
            Err(error) => return Err(filter.fail(&format!("{name}: {error}"))),
        }
    }
    Ok(sheets)
}

/// `paste [-s] [-d LIST] [FILE…]`.
fn paste(filter: &mut Filter<'_>) -> i64 {
    let mut given = Given::of(filter.words, "d", &[("delimiters", 'd'), ("serial", 's')]);
    if given.operands.is_empty() {
        given.operands.push("-".to_string());
    }
    let list = given.value('d').unwrap_or("\t").to_string();
    let mut signs: Vec<String> = Vec::new();
    let mut chars = list.chars();
    while let Some(c) = chars.next() {
        signs.push(match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => "\n".to_string(),
                Some('t') => "\t".to_string(),
                Some('0') => String::new(),
                Some(c) => c.to_string(),
                None => "\\".to_string(),
            },
            (c, _) => c.to_string(),
        });
    }
    let sign = |at: usize| signs.get(at % signs.len().max(1)).map_or("", String::as_str);
    let row = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                line.push_str(sign(at - 1));
            }
            line.push_str(cell);
        }
        line
    };
    let is_serial = given.has('s');
    let sheets = match sheets(filter, &given.operands, !is_serial) {
        Ok(sheets) => sheets,
        Err(code) => return code,
    };
    let lines: Vec<String> = if is_serial {
        sheets.iter().map(|sheet| row(&mut sheet.iter().map(String::as_str))).collect()
    } else {
        let count = sheets.iter().map(Vec::len).max().unwrap_or(0);
        let cells = |at: usize| sheets.iter().map(move |sheet| sheet.get(at).map_or("", String::as_str));
        (0..count).map(|at| row(&mut cells(at))).collect()
    };
    filter.lines(&lines);
    0
}

/// `comm [-1] [-2] [-3] ONE OTHER`: the lines of one file, of the other, of both.
fn comm(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "", &[]);
    let [_, _] = given.operands.as_slice() else { return filter.fail("missing operand") };
    let sheets = match sheets(filter, &given.operands, false) {
        Ok(sheets) => sheets,
        Err(code) => return code,
    };
    let (one, other) = (&sheets[0], &sheets[1]);
    let shows = ['1', '2', '3'].map(|letter| !given.has(letter));
    let margin = |column: usize| "\t".repeat(shows.iter().take(column).filter(|shown| **shown).count());
    let (mut at, mut beside, mut lines, mut is_unpaired) = (0, 0, Vec::new(), false);
    while at < one.len() || beside < other.len() {
        let order = match (one.get(at), other.get(beside)) {
            (Some(one), Some(other)) => one.cmp(other),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        is_unpaired |= order != Ordering::Equal;
        let (column, line) = match order {
            Ordering::Less => (0, &one[at]),
            Ordering::Greater => (1, &other[beside]),
            Ordering::Equal => (2, &one[at]),
        };
        at += usize::from(order != Ordering::Greater);
        beside += usize::from(order != Ordering::Less);
        if shows[column] {
            lines.push(format!("{}{line}", margin(column)));
        }
    }
    filter.lines(&lines);
    let mut is_wrong = false;
    for (at, sheet) in sheets.iter().enumerate().filter(|_| is_unpaired) {
        if !sheet.is_sorted() {
            filter.fail(&format!("file {} is not in sorted order", at + 1));
            is_wrong = true;
        }
    }
    if is_wrong { filter.fail("input is not in sorted order") } else { 0 }
}

/// `join [-t C] [-1 N] [-2 N] [-j N] [-a N] [-v N] [-o LIST] [-e TEXT] ONE OTHER`.
fn join(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "t12javoe", &[]);
    let [_, _] = given.operands.as_slice() else { return filter.fail("missing operand") };
    let sheets = match sheets(filter, &given.operands, false) {
        Ok(sheets) => sheets,
        Err(code) => return code,
    };
    let sign = given.value('t').map(str::to_string);
    let fields = |line: &str| -> Vec<String> {
        match &sign {
            Some(sign) => line.split(sign.as_str()).map(str::to_string).collect(),
            None => line.split_whitespace().map(str::to_string).collect(),
        }
    };
    let tables: Vec<Vec<Vec<String>>> =
        sheets.iter().map(|sheet| sheet.iter().map(|line| fields(line)).collect()).collect();
    let both = given.number('j').unwrap_or(1);
    let places = ['1', '2'].map(|letter| given.number(letter).unwrap_or(both).max(1) - 1);
    let key = |table: usize, row: &[String]| row.get(places[table]).cloned().unwrap_or_default();
    let empty = given.value('e').unwrap_or("").to_string();
    let list: Vec<String> = given.values('o').flat_map(|list| list.split([',', ' '])).map(str::to_string).collect();
    let between = sign.clone().unwrap_or_else(|| " ".to_string());
    let shown = |rows: [Option<&Vec<String>>; 2]| {
        let own = rows.iter().enumerate().find_map(|(at, row)| row.map(|row| key(at, row))).unwrap_or_default();
        let cell = |table: usize, at: usize| {
            let found = rows[table].and_then(|row| row.get(at)).filter(|cell| !cell.is_empty());
            found.cloned().unwrap_or_else(|| empty.clone())
        };
        let cells: Vec<String> = if list.is_empty() {
            let rest = rows.iter().enumerate().flat_map(|(at, row)| {
                let cells = row.iter().flat_map(|row| row.iter()).enumerate();
                cells.filter(move |(place, _)| *place != places[at]).map(|(_, cell)| cell.clone()).collect::<Vec<_>>()
            });
            std::iter::once(own).chain(rest).collect()
        } else {
            let one = |item: &String| match item.split_once('.') {
                Some((table, at)) => cell(usize::from(table == "2"), at.parse::<usize>().unwrap_or(1).max(1) - 1),
                None => own.clone(),
            };
            list.iter().map(one).collect()
        };
        cells.join(&between)
    };
    let alone = |number: &str| given.values('a').chain(given.values('v')).any(|value| value == number);
    let shows_pairs = !given.has('v');
    let (mut at, mut beside, mut lines) = (0, 0, Vec::new());
    let (one, other) = (&tables[0], &tables[1]);
    while at < one.len() || beside < other.len() {
        let order = match (one.get(at), other.get(beside)) {
            (Some(a), Some(b)) => key(0, a).cmp(&key(1, b)),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        match order {
            Ordering::Less => lines.extend(alone("1").then(|| shown([one.get(at), None]))),
            Ordering::Greater => lines.extend(alone("2").then(|| shown([None, other.get(beside)]))),
            Ordering::Equal => {
                let own = key(0, &one[at]);
                let same =
                    |table: usize, rows: &[Vec<String>]| rows.iter().take_while(|row| key(table, row) == own).count();
                let (left, right) = (same(0, &one[at..]), same(1, &other[beside..]));
                for a in one[at..at + left].iter().filter(|_| shows_pairs) {
                    lines.extend(other[beside..beside + right].iter().map(|b| shown([Some(a), Some(b)])));
                }
                (at, beside) = (at + left, beside + right);
                continue;
            }
        }
        at += usize::from(order == Ordering::Less);
        beside += usize::from(order == Ordering::Greater);
    }
    filter.lines(&lines);
    0
}
