//! `tac`, `rev`, `nl`, `od`, and the flags of `cat`: lines turned, numbered and made visible.

use super::Arguments;
use super::cut_join::Given;
use super::filter::Filter;
use crate::regex::Pattern;

/// The long flags of `cat` and the letters that mean the same.
const CAT_LONG: &[(&str, char)] = &[
    ("number", 'n'),
    ("number-nonblank", 'b'),
    ("show-all", 'A'),
    ("show-ends", 'E'),
    ("show-nonprinting", 'v'),
    ("show-tabs", 'T'),
    ("squeeze-blank", 's'),
];

/// What `cat` makes of a text by its flags; `None` if it has none.
pub fn shown(words: &[String], text: &str, is_busybox: bool) -> Option<String> {
    let given = Given::of(words, "", CAT_LONG);
    let has = |letters: &str| letters.chars().any(|letter| given.has(letter));
    if !has("nbAEvTset") {
        return None;
    }
    let (mut out, mut number, mut was_empty) = (String::new(), 0, false);
    for line in text.split_inclusive('\n') {
        let (inner, end) = line.strip_suffix('\n').map_or((line, ""), |inner| (inner, "\n"));
        let is_empty = inner.is_empty() && !end.is_empty();
        if is_empty && was_empty && has("s") {
            continue;
        }
        was_empty = is_empty;
        if has("nb") && !(is_empty && has("b")) {
            number += 1;
            out.push_str(&format!("{number:>6}\t"));
        }
        match (has("Avet"), has("ATt")) {
            (true, shows_tabs) => inner.bytes().for_each(|byte| out.push_str(&visible(byte, shows_tabs))),
            (false, true) => out.push_str(&inner.replace('\t', "^I")),
            (false, false) => out.push_str(inner),
        }
        if has("AEe") && !end.is_empty() {
            out.push('$');
        }
        out.push_str(end);
    }
    if is_busybox && has("nb") && !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    Some(out)
}

/// A byte as `cat -v` shows it, a tab only where that is wanted.
fn visible(byte: u8, shows_tabs: bool) -> String {
    match byte {
        b'\t' if !shows_tabs => "\t".to_string(),
        128.. => format!("M-{}", visible(byte - 128, true)),
        127 => "^?".to_string(),
        ..32 => format!("^{}", char::from(byte + 64)),
        byte => char::from(byte).to_string(),
    }
}

/// `tac`, `rev` and `nl`.
pub fn turned(filter: &mut Filter<'_>) -> i64 {
    if filter.words.name() == "nl" {
        return numbered(filter);
    }
    let (text, code) = filter.input(&filter.words.operands());
    let lines: Vec<String> = match filter.words.name() {
        "tac" => text.split_terminator('\n').rev().map(str::to_string).collect(),
        _ => text.split_terminator('\n').map(|line| line.chars().rev().collect()).collect(),
    };
    filter.lines(&lines);
    code
}

/// `nl [-b a|t|n] [-n ln|rn|rz] [-w WIDTH] [-s SEPARATOR] [-v FIRST] [-i STEP]`.
fn numbered(filter: &mut Filter<'_>) -> i64 {
    const LONG: &[(&str, char)] = &[
        ("body-numbering", 'b'),
        ("line-increment", 'i'),
        ("number-format", 'n'),
        ("number-separator", 's'),
        ("number-width", 'w'),
        ("starting-line-number", 'v'),
    ];
    let given = Given::of(filter.words, "bdfhilnsvw", LONG);
    let (text, code) = filter.input(&given.operands);
    let width = given.number('w').unwrap_or(6).min(100);
    let separator = given.value('s').unwrap_or("\t").to_string();
    let integer = |letter: char, usual: i64| given.value(letter).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (mut number, step) = (integer('v', 1), integer('i', 1));
    let style = given.value('b').unwrap_or("t").to_string();
    let line = |line: &str| {
        let is_counted = match style.as_str() {
            "a" => true,
            "n" => false,
            style => match style.strip_prefix('p') {
                Some(pattern) => Pattern::new(pattern, false, false).is_in(line),
                None => !line.is_empty(),
            },
        };
        if !is_counted {
            return format!("{}{line}", " ".repeat(width + separator.chars().count()));
        }
        let own = match given.value('n') {
            Some("ln") => format!("{number:<width$}"),
            Some("rz") => format!("{number:0>width$}"),
            _ => format!("{number:>width$}"),
        };
        number += step;
        format!("{own}{separator}{line}")
    };
    let lines: Vec<String> = text.split_terminator('\n').map(line).collect();
    filter.lines(&lines);
    code
}

/// What `od` makes of so many bytes: a letter of `cdoux`, and how many.
#[derive(Clone, Copy)]
struct Unit(char, usize);

impl Unit {
    fn of(given: &Given) -> Unit {
        let kind = given.value('t').unwrap_or("");
        let short = [('c', Unit('c', 1)), ('b', Unit('o', 1)), ('x', Unit('x', 2)), ('d', Unit('u', 2))];
        let usual = short.into_iter().find(|it| given.has(it.0)).map_or(Unit('o', 2), |it| it.1);
        let letter = kind.chars().next().filter(|c| "cdoux".contains(*c));
        let size = kind.get(1..).unwrap_or("").trim_end_matches('z');
        let size = match size {
            "1" | "C" => 1,
            "2" | "S" => 2,
            "8" | "L" => 8,
            _ => 4,
        };
        letter.map_or(usual, |letter| Unit(letter, if letter == 'c' { 1 } else { size }))
    }

    fn shown(self, bytes: &[u8]) -> String {
        let number = bytes.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        let at = self.1.trailing_zeros() as usize;
        let width = |widths: [usize; 4]| widths.get(at).copied().unwrap_or(0);
        match (self.0, bytes.first().copied().unwrap_or(0)) {
            ('c', b'\n') => "  \\n".to_string(),
            ('c', b'\t') => "  \\t".to_string(),
            ('c', byte @ (7..=8 | 11..=13)) => format!("  \\{}", char::from(b"ab__vfr"[usize::from(byte - 7)])),
            ('c', 0) => "  \\0".to_string(),
            ('c', byte) if byte.is_ascii_graphic() || byte == b' ' => format!("   {}", char::from(byte)),
            ('c', byte) => format!(" {byte:03o}"),
            ('x', _) => format!(" {number:0width$x}", width = self.1 * 2),
            ('u', _) => format!(" {number:width$}", width = width([3, 5, 10, 20])),
            ('d', _) => {
                let unused = 64 - 8 * self.1;
                let number = (number << unused).cast_signed() >> unused;
                format!(" {number:width$}", width = width([4, 6, 11, 20]))
            }
            _ => format!(" {number:0width$o}", width = width([3, 6, 11, 22])),
        }
    }
}

/// `od [-c | -x | -t TYPE] [-A RADIX] [-N COUNT] [-j SKIPPED] [-w WIDTH] [-v]`.
pub fn od(filter: &mut Filter<'_>) -> i64 {
    let long = [("format", 't'), ("address-radix", 'A'), ("read-bytes", 'N'), ("skip-bytes", 'j'), ("width", 'w')];
    let given = Given::of(filter.words, "tANjw", &long);
    let (text, code) = filter.input(&given.operands);
    let number = |letter: char| given.value(letter).and_then(|text| text.parse::<usize>().ok());
    let skipped = number('j').unwrap_or(0).min(text.len());
    let rest = text.as_bytes().get(skipped..).unwrap_or(&[]);
    let bytes = rest.get(..number('N').unwrap_or(usize::MAX).min(rest.len())).unwrap_or(&[]);
    let unit = Unit::of(&given);
    let place = |at: usize| match given.value('A').unwrap_or("o") {
        "n" => String::new(),
        "x" => format!("{:06x}", at + skipped),
        "d" => format!("{:07}", at + skipped),
        _ => format!("{:07o}", at + skipped),
    };
    let width = number('w').unwrap_or(16).max(unit.1);
    let (mut out, mut before, mut is_left_out) = (String::new(), &[][..], false);
    for (at, row) in bytes.chunks(width).enumerate() {
        // What repeats a row is shown once, as `*`.
        if !given.has('v') && row == before {
            out.push_str(if std::mem::replace(&mut is_left_out, true) { "" } else { "*\n" });
            continue;
        }
        (before, is_left_out) = (row, false);
        let body: String = row.chunks(unit.1).map(|bytes| unit.shown(bytes)).collect();
        out.push_str(&format!("{}{body}\n", place(at * width)));
    }
    let end = place(bytes.len());
    if !end.is_empty() {
        out.push_str(&format!("{end}\n"));
    }
    filter.out.push_str(&out);
    code
}
