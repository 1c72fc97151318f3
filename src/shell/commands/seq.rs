//! `seq`: numbers from one to another.

use super::filter::Filter;
use crate::shell::language::limits::LIMITS;
use crate::shell::language::printf::printf;

/// The most digits behind a point.
const DECIMALS_MAX: usize = 9;

/// What it was told.
#[derive(Default)]
struct Given {
    separator: Option<String>,
    format: Option<String>,
    is_even: bool,
    operands: Vec<String>,
}

fn read(words: &[String]) -> Given {
    let mut given = Given::default();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-s" | "--separator" => given.separator = rest.next().cloned(),
            "-f" | "--format" => given.format = rest.next().cloned(),
            "-w" | "--equal-width" => given.is_even = true,
            "--" => {}
            word => match (word.strip_prefix("--separator="), word.strip_prefix("--format=")) {
                (Some(text), _) => given.separator = Some(text.to_string()),
                (_, Some(text)) => given.format = Some(text.to_string()),
                _ if word.starts_with("-s") => given.separator = word.get(2..).map(str::to_string),
                _ if word.starts_with("-f") => given.format = word.get(2..).map(str::to_string),
                _ => given.operands.push(word.to_string()),
            },
        }
    }
    given
}

/// A decimal number as whole units of the last place that is counted, and how many places it was written with.
fn parse(word: &str) -> Option<(i128, usize)> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || fraction.len() > DECIMALS_MAX || whole.len() + fraction.len() == 0 {
        return None;
    }
    let text = format!("{whole}{fraction:0<width$}", width = DECIMALS_MAX);
    Some((sign * text.parse::<i128>().ok()?, fraction.len()))
}

/// A number with so many digits behind its point.
fn shown(value: i128, places: usize) -> String {
    let unit = 10_i128.pow(u32::try_from(DECIMALS_MAX).unwrap_or(9));
    let sign = if value < 0 { "-" } else { "" };
    let (whole, fraction) = (value.abs() / unit, format!("{:09}", value.abs() % unit));
    match places {
        0 => format!("{sign}{whole}"),
        places => format!("{sign}{whole}.{}", fraction.get(..places).unwrap_or(&fraction)),
    }
}

/// `seq [-w] [-s SEPARATOR] [-f FORMAT] [FIRST [STEP]] LAST`.
pub(super) fn seq(filter: &mut Filter<'_>) -> i64 {
    let given = read(filter.words.get(1..).unwrap_or(&[]));
    let between = given.separator.as_deref().unwrap_or("\n").to_string();
    let numbers: Vec<Option<(i128, usize)>> = given.operands.iter().map(|word| parse(word)).collect();
    if let Some(at) = numbers.iter().position(Option::is_none) {
        let word = given.operands.get(at).cloned().unwrap_or_default();
        let text = format!("invalid floating point argument: '{word}'\nTry 'seq --help' for more information.");
        return filter.fail(&text);
    }
    let numbers: Vec<(i128, usize)> = numbers.into_iter().flatten().collect();
    let one = (10_i128.pow(9), 0);
    let (first, step, last) = match numbers.as_slice() {
        [last] => (one, one, *last),
        [first, last] => (*first, one, *last),
        [first, step, last] => (*first, *step, *last),
        [] => return filter.fail("missing operand"),
        _ => return filter.fail(&format!("extra operand '{}'", given.operands.get(3).cloned().unwrap_or_default())),
    };
    if step.0 == 0 {
        return filter.fail("invalid Zero increment value: '0'");
    }
    let places = first.1.max(step.1);
    let mut at = first.0;
    let (mut values, mut size) = (Vec::new(), 0);
    // One more than what is written at most, so that this is said.
    while size <= LIMITS.file && !((step.0 > 0 && at > last.0) || (step.0 < 0 && at < last.0)) {
        let plain = shown(at, places);
        let value = given.format.as_ref().map_or_else(|| plain.clone(), |format| printf(format, &[&plain]).0);
        size += value.len() + between.len();
        values.push(value);
        at += step.0;
    }
    if given.is_even {
        let width = values.iter().map(String::len).max().unwrap_or(0);
        values.iter_mut().for_each(|value| *value = even(value, width));
    }
    if !values.is_empty() {
        filter.out.push_str(&values.join(&between));
        filter.out.push('\n');
    }
    0
}

/// A number with zeros before it, behind its sign.
fn even(value: &str, width: usize) -> String {
    match value.strip_prefix('-') {
        Some(digits) => format!("-{digits:0>width$}", width = width.saturating_sub(1)),
        None => format!("{value:0>width$}"),
    }
}
