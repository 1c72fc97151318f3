//! `tac`, `rev`, `nl`, `od`, `expr`: small programs from text to text.

use super::Arguments;
use super::columns::Given;
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
        "tac" => text.lines().rev().map(str::to_string).collect(),
        _ => text.lines().map(|line| line.chars().rev().collect()).collect(),
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
    let lines: Vec<String> = text.lines().map(line).collect();
    filter.lines(&lines);
    code
}

/// `od [-c | -x | -t x1] [-An]`.
pub fn od(filter: &mut Filter<'_>) -> i64 {
    let kind = filter.words.option("-t").unwrap_or_default();
    let operands: Vec<String> = filter.words.operands().into_iter().filter(|word| *word != kind).collect();
    let (text, code) = filter.input(&operands);
    let has_places = !filter.words.iter().any(|word| word.starts_with("-A") && word.contains('n'));
    let as_chars = filter.words.has_flag('c') || kind == "c";
    let one = |byte: &u8| match (as_chars, byte) {
        (true, b'\n') => "  \\n".to_string(),
        (true, b'\t') => "  \\t".to_string(),
        (true, 0) => "  \\0".to_string(),
        (true, byte) if byte.is_ascii_graphic() || *byte == b' ' => format!("   {}", char::from(*byte)),
        (true, byte) => format!(" {byte:03o}"),
        (false, byte) => format!(" {byte:02x}"),
    };
    let word = |pair: &[u8]| {
        let low = pair.first().copied().unwrap_or(0);
        let high = pair.get(1).copied().unwrap_or(0);
        let number = u16::from(high) << 8 | u16::from(low);
        if filter.words.has_flag('x') { format!(" {number:04x}") } else { format!(" {number:06o}") }
    };
    let mut out = String::new();
    for (at, row) in text.as_bytes().chunks(16).enumerate() {
        let place = if has_places { format!("{:07o}", at * 16) } else { String::new() };
        let body: String = match as_chars || kind.starts_with("x1") {
            true => row.iter().map(one).collect(),
            false => row.chunks(2).map(word).collect(),
        };
        out.push_str(&format!("{place}{body}\n"));
    }
    if has_places {
        out.push_str(&format!("{:07o}\n", text.len()));
    }
    filter.out.push_str(&out);
    code
}

/// `expr`: sums, comparisons, `text : pattern`, `length`, `substr`, `index`, `match`.
pub fn expr(filter: &mut Filter<'_>) -> i64 {
    let words: Vec<&str> = filter.words.arguments().iter().map(String::as_str).collect();
    let mut reader = Reader { words: &words, at: 0 };
    match reader.either(0).and_then(|value| if reader.at == words.len() { Ok(value) } else { Err(()) }) {
        Ok(value) => {
            let code = i64::from(matches!(value.trim_start_matches('-').trim_start_matches('0'), ""));
            filter.out.push_str(&format!("{value}\n"));
            code
        }
        Err(()) => {
            filter.fail(if words.is_empty() { "missing operand" } else { "syntax error" });
            2
        }
    }
}

struct Reader<'w> {
    words: &'w [&'w str],
    at: usize,
}

/// The operators between two values, by how weakly they bind.
const LEVELS: &[&[&str]] =
    &[&["|"], &["&"], &["<", "<=", "=", "==", "!=", ">=", ">"], &["+", "-"], &["*", "/", "%"], &[":"]];

impl Reader<'_> {
    fn next(&mut self) -> Result<&str, ()> {
        self.at += 1;
        self.words.get(self.at - 1).copied().ok_or(())
    }

    fn either(&mut self, level: usize) -> Result<String, ()> {
        let Some(operators) = LEVELS.get(level) else { return self.one() };
        let mut left = self.either(level + 1)?;
        while let Some(operator) = self.words.get(self.at).filter(|word| operators.contains(word)) {
            self.at += 1;
            let right = self.either(level + 1)?;
            left = combined(&left, operator, &right)?;
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<String, ()> {
        let word = self.next()?.to_string();
        let is_last = self.at >= self.words.len();
        Ok(match word.as_str() {
            "(" => {
                let value = self.either(0)?;
                if self.next()? != ")" {
                    return Err(());
                }
                value
            }
            "length" if !is_last => self.one()?.chars().count().to_string(),
            "substr" if !is_last => {
                let (text, from, count) = (self.one()?, self.one()?, self.one()?);
                let number = |text: &str| text.parse::<usize>().map_err(|_| ());
                text.chars().skip(number(&from)?.saturating_sub(1)).take(number(&count)?).collect()
            }
            "index" if !is_last => {
                let (text, wanted) = (self.one()?, self.one()?);
                text.chars().position(|c| wanted.contains(c)).map_or(0, |at| at + 1).to_string()
            }
            "match" if !is_last => {
                let (text, pattern) = (self.one()?, self.one()?);
                combined(&text, ":", &pattern)?
            }
            _ => word,
        })
    }
}

fn combined(left: &str, operator: &str, right: &str) -> Result<String, ()> {
    let number = |text: &str| text.parse::<i64>().map_err(|_| ());
    let is_true = |text: &str| !matches!(text, "" | "0");
    let truth = |holds: bool| i64::from(holds).to_string();
    Ok(match operator {
        "|" => if is_true(left) {
            left
        } else if is_true(right) {
            right
        } else {
            "0"
        }
        .to_string(),
        "&" => if is_true(left) && is_true(right) { left } else { "0" }.to_string(),
        ":" => {
            let pattern = Pattern::new(&format!("^{}", right.trim_start_matches('^')), false, false);
            let chars: Vec<char> = left.chars().collect();
            let has_group = right.contains("\\(");
            match pattern.find_groups(&chars, 0) {
                Some(found) if has_group => {
                    let (from, to) = found.get(1).copied().flatten().unwrap_or((0, 0));
                    chars.get(from..to).unwrap_or(&[]).iter().collect()
                }
                Some(found) => found.first().copied().flatten().map_or(0, |(_, to)| to).to_string(),
                None if has_group => String::new(),
                None => "0".to_string(),
            }
        }
        "+" => number(left)?.wrapping_add(number(right)?).to_string(),
        "-" => number(left)?.wrapping_sub(number(right)?).to_string(),
        "*" => number(left)?.wrapping_mul(number(right)?).to_string(),
        "/" => number(left)?.checked_div(number(right)?).ok_or(())?.to_string(),
        "%" => number(left)?.checked_rem(number(right)?).ok_or(())?.to_string(),
        operator => {
            let order = match (number(left), number(right)) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                _ => left.cmp(right),
            };
            truth(match operator {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                ">=" => order.is_ge(),
                "!=" => order.is_ne(),
                _ => order.is_eq(),
            })
        }
    })
}
