//! `printf`: texts and numbers in a format.

use super::lexer::unescape;
use super::limits::LIMITS;
use crate::model::Millis;
use crate::shell::time_format::format_time;

/// The longest field that a format makes: longer than what a program may write, so that this is said of it.
const WIDTH_MAX: usize = LIMITS.program_output + 1;
/// The most rounds that a format makes through its values.
const ROUNDS_MAX: usize = 10_000;

/// Fills a format in, again and again while there are values. Gives the text, and the values that are no numbers.
pub fn printf(format: &str, values: &[&str]) -> (String, Vec<String>) {
    printf_at(format, values, None)
}

/// The same with the moments of now and of the shell's start, for `%(…)T`.
pub(super) fn printf_at(format: &str, values: &[&str], times: Option<(Millis, Millis)>) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut problems = Vec::new();
    let mut rest = values;
    for _ in 0..ROUNDS_MAX {
        let before = rest.len();
        if !round(format, &mut rest, &mut out, (&mut problems, times))
            || rest.is_empty()
            || rest.len() == before
            || out.len() > LIMITS.program_output
        {
            break;
        }
    }
    (out, problems)
}

/// Goes through the format once. Returns whether it may go on.
fn round(
    format: &str,
    values: &mut &[&str],
    out: &mut String,
    (problems, times): (&mut Vec<String>, Option<(Millis, Millis)>),
) -> bool {
    let mut chars = format.chars().peekable();
    let mut plain = String::new();
    while let Some(c) = chars.next() {
        if out.len() + plain.len() > LIMITS.program_output {
            break;
        }
        if c == '\\' {
            plain.push(c);
            match chars.next() {
                Some('c') => {
                    plain.pop();
                    out.push_str(&unescape(&plain));
                    return false;
                }
                next => plain.extend(next),
            }
            continue;
        }
        if c != '%' {
            plain.push(c);
            continue;
        }
        if chars.next_if_eq(&'%').is_some() {
            plain.push('%');
            continue;
        }
        out.push_str(&unescape(&std::mem::take(&mut plain)));
        let mut next = || {
            let (first, behind) = values.split_first().map_or(("", &[][..]), |(first, behind)| (*first, behind));
            *values = behind;
            first
        };
        let flags: String = std::iter::from_fn(|| chars.next_if(|c| "-+ #0".contains(*c))).collect();
        let mut number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            if chars.next_if_eq(&'*').is_some() {
                return next().parse::<i64>().ok();
            }
            let digits: String = std::iter::from_fn(|| chars.next_if(char::is_ascii_digit)).collect();
            digits.parse::<i64>().ok()
        };
        let width = number(&mut chars).unwrap_or(0);
        let precision = chars.next_if_eq(&'.').map(|_| number(&mut chars).unwrap_or(0));
        let precision = precision.and_then(|precision| usize::try_from(precision).ok());
        let Some(sign) = chars.next() else {
            out.push('%');
            return false;
        };
        let mut stops = false;
        let text = match sign {
            's' => cut(next(), precision),
            'b' => {
                let text = next();
                stops = text.contains("\\c");
                cut(&unescape(text.split("\\c").next().unwrap_or("")), precision)
            }
            '(' if times.is_some() => {
                let words: String = chars.by_ref().take_while(|c| *c != ')').collect();
                chars.next_if_eq(&'T');
                moment(&words, next(), times.unwrap_or_default())
            }
            'q' => slashed(next()),
            'c' => next().chars().take(1).collect(),
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => integer(next(), sign, &flags, precision, problems),
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => real(sign, next(), precision.unwrap_or(6), problems),
            other => format!("%{flags}{other}"),
        };
        out.push_str(&padded(text, width, &flags, sign));
        if stops {
            return false;
        }
    }
    out.push_str(&unescape(&plain));
    true
}

/// A moment, by its seconds since 1970; `-1` and nothing are now, `-2` is when the shell began.
fn moment(words: &str, value: &str, (now, began): (Millis, Millis)) -> String {
    let at = match value.parse::<i64>() {
        Ok(-2) => began,
        Ok(seconds) if seconds >= 0 => Millis::from_unix_millis(seconds.saturating_mul(1000)),
        _ => now,
    };
    format_time(at, if words.is_empty() { "%T" } else { words })
}

/// A text with a backslash before what means something to a shell.
fn slashed(text: &str) -> String {
    if text.is_empty() {
        return "''".to_string();
    }
    let mut out = String::new();
    for c in text.chars() {
        if !(c.is_alphanumeric() || "-_./:,@%+=".contains(c)) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn cut(text: &str, precision: Option<usize>) -> String {
    text.chars().take(precision.unwrap_or(usize::MAX)).collect()
}

fn padded(text: String, width: i64, flags: &str, sign: char) -> String {
    let size = usize::try_from(width.unsigned_abs()).unwrap_or(WIDTH_MAX).min(WIDTH_MAX);
    let is_left = flags.contains('-') || width < 0;
    let missing = size.saturating_sub(text.chars().count());
    match () {
        () if is_left => text + &" ".repeat(missing),
        () if flags.contains('0') && sign != 's' => {
            let (minus, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
            format!("{minus}{}{digits}", "0".repeat(missing))
        }
        () => " ".repeat(missing) + &text,
    }
}

fn integer(text: &str, sign: char, flags: &str, precision: Option<usize>, problems: &mut Vec<String>) -> String {
    let trimmed = text.trim_start();
    let value = match trimmed.strip_prefix(['\'', '"']).and_then(|rest| rest.chars().next()) {
        Some(c) => i64::from(u32::from(c)),
        None => number(trimmed).unwrap_or_else(|| {
            problems.push(text.to_string());
            let end = trimmed.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(trimmed.len());
            trimmed.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0)
        }),
    };
    let digits = match sign {
        'x' => format!("{value:x}"),
        'X' => format!("{value:X}"),
        'o' => format!("{value:o}"),
        _ => value.unsigned_abs().to_string(),
    };
    let missing = precision.unwrap_or(0).min(WIDTH_MAX).saturating_sub(digits.len());
    let digits = "0".repeat(missing) + &digits;
    let is_signed = matches!(sign, 'd' | 'i');
    match () {
        () if is_signed && value < 0 => format!("-{digits}"),
        () if is_signed && flags.contains('+') => format!("+{digits}"),
        () if is_signed && flags.contains(' ') => format!(" {digits}"),
        () if sign == 'x' && flags.contains('#') && value != 0 => format!("0x{digits}"),
        () => digits,
    }
}

fn number(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = match digits {
        "" => return (text.is_empty()).then_some(0),
        digits if digits.starts_with("0x") || digits.starts_with("0X") => {
            i64::from_str_radix(digits.get(2..)?, 16).ok()?
        }
        digits if digits.starts_with('0') && digits.len() > 1 => i64::from_str_radix(digits, 8).ok()?,
        digits => digits.parse().ok()?,
    };
    Some(if is_negative { value.wrapping_neg() } else { value })
}

/// `6.700000e+00`: one digit, so many places, and the power of ten.
fn scientific(sign: char, text: &str, places: usize, problems: &mut Vec<String>) -> String {
    let trimmed = text.trim();
    let (minus, digits) = trimmed.strip_prefix('-').map_or(("", trimmed), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let zeros = all.len() - all.trim_start_matches('0').len();
    let (mut power, mut mantissa) = (0, digits.to_string());
    if let Some(first) = all.get(zeros..zeros + 1).filter(|_| all.bytes().all(|byte| byte.is_ascii_digit())) {
        power = i64::try_from(whole.len()).unwrap_or(0) - i64::try_from(zeros).unwrap_or(0) - 1;
        mantissa = format!("{first}.{}", all.get(zeros + 1..).unwrap_or(""));
    }
    let mut shown = decimal(&mantissa, places, problems);
    // What is rounded up may have a digit more.
    if shown.starts_with("10") {
        power += 1;
        shown = decimal("1", places, problems);
    }
    let mark = if power < 0 { '-' } else { '+' };
    format!("{minus}{shown}{sign}{mark}{:02}", power.abs())
}

/// A decimal number with so many places, for `%e` with its power of ten; for `%g` with so many digits that count, and no zeros at its end.
fn real(sign: char, text: &str, digits: usize, problems: &mut Vec<String>) -> String {
    if matches!(sign, 'e' | 'E') {
        return scientific(sign, text, digits, problems);
    }
    if !matches!(sign, 'g' | 'G') {
        return decimal(text, digits, problems);
    }
    let whole = text.trim().trim_start_matches('-').split('.').next().map_or(1, str::len);
    let text = decimal(text, digits.saturating_sub(whole), problems);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// A decimal number with so many places, half rounded to the even digit; no platform's floats are asked.
fn decimal(text: &str, places: usize, problems: &mut Vec<String>) -> String {
    let trimmed = text.trim();
    let (minus, digits) = trimmed.strip_prefix('-').map_or(("", trimmed), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_fine = whole.chars().chain(fraction.chars()).all(|c| c.is_ascii_digit());
    if !is_fine {
        problems.push(text.to_string());
    }
    let places = places.min(30);
    let whole = if is_fine && !whole.is_empty() { whole } else { "0" };
    let fraction = if is_fine { fraction } else { "" };
    let mut kept: Vec<u8> = whole.bytes().chain(format!("{fraction:0<places$}").bytes().take(places)).collect();
    let behind = fraction.get(places..).unwrap_or("").trim_end_matches('0');
    let is_odd = kept.last().is_some_and(|digit| digit % 2 == 1);
    if behind > "5" || (behind == "5" && is_odd) {
        for at in (0..kept.len()).rev() {
            let Some(digit) = kept.get_mut(at) else { break };
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
            if at == 0 {
                kept.insert(0, b'1');
                break;
            }
        }
    }
    let split = kept.len() - places;
    let text = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    let (whole, fraction) = (text(kept.get(..split).unwrap_or(&[])), text(kept.get(split..).unwrap_or(&[])));
    if places == 0 { format!("{minus}{whole}") } else { format!("{minus}{whole}.{fraction}") }
}
