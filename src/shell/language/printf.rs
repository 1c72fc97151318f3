//! `printf`: texts and numbers in a format.

use super::decimals::real;
use super::lexer::unescape;
use super::limits::LIMITS;
use super::quoting::{quoted, with_escapes};
use super::state::ShellKind;
use crate::model::Millis;
use crate::shell::time_format::format_time;

/// The longest field that a format makes: longer than what a program may write, so that this is said of it.
const WIDTH_MAX: usize = LIMITS.program_output + 1;
/// The most rounds that a format makes through its values.
const ROUNDS_MAX: usize = 10_000;

/// What is wrong with a value, or with the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A value is no number.
    NotANumber(String),
    /// Only the beginning of a value is a number.
    HalfANumber(String),
    /// A value is a larger number than there are.
    TooLarge(String),
    /// The format asks for something that there is not: the field, and the format from there on.
    Directive(String, String),
}

/// Which `printf` it is: what a format may ask for, and the moments of now and of the shell's start, for `%(…)T`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    /// The shell whose own command it is; a program of the system's else.
    pub kind: Option<ShellKind>,
    pub times: Option<(Millis, Millis)>,
}

/// Fills a format in, again and again while there are values. Gives the text, and what is wrong with values and format.
pub fn printf(format: &str, values: &[&str]) -> (String, Vec<Problem>) {
    printf_at(format, values, Reader { kind: None, times: None })
}

/// The same as a shell's own command.
pub(super) fn printf_at(format: &str, values: &[&str], reader: Reader) -> (String, Vec<Problem>) {
    let mut out = String::new();
    let mut problems = Vec::new();
    let mut rest = values;
    for _ in 0..ROUNDS_MAX {
        let before = rest.len();
        if !round(format, &mut rest, &mut out, (&mut problems, reader))
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
    (problems, reader): (&mut Vec<Problem>, Reader),
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
                Some('c') if !matches!(reader.kind, Some(ShellKind::Bash | ShellKind::Dash)) => {
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
        let field = Field::read(&mut chars, &mut next, reader);
        let Some(sign) = chars.next() else {
            out.push('%');
            return false;
        };
        let Some((text, stops)) = field.shown(sign, &mut chars, &mut next, (&mut *problems, reader)) else {
            let behind: usize = chars.clone().map(char::len_utf8).sum();
            let own = format.get(..format.len() - behind).unwrap_or("");
            let start = own.rfind('%').unwrap_or(0);
            let from_there = |text: &str| text.get(start..).unwrap_or("").to_string();
            problems.push(Problem::Directive(from_there(own), from_there(format)));
            return false;
        };
        out.push_str(&padded(text, field.width, &field.flags, sign));
        if stops {
            return false;
        }
    }
    out.push_str(&unescape(&plain));
    true
}

type Chars<'f> = std::iter::Peekable<std::str::Chars<'f>>;

/// A format's `%…`, without its letter.
struct Field {
    flags: String,
    width: i64,
    precision: Option<usize>,
}

impl Field {
    fn read<'v>(chars: &mut Chars<'_>, next: &mut dyn FnMut() -> &'v str, reader: Reader) -> Field {
        let flags: String = std::iter::from_fn(|| chars.next_if(|c| "-+ #0'".contains(*c))).collect();
        let mut number = |chars: &mut Chars<'_>| {
            if chars.next_if_eq(&'*').is_some() {
                return next().parse::<i64>().ok();
            }
            let digits: String = std::iter::from_fn(|| chars.next_if(char::is_ascii_digit)).collect();
            digits.parse::<i64>().ok()
        };
        let width = number(chars).unwrap_or(0);
        let precision = chars.next_if_eq(&'.').map(|_| number(chars).unwrap_or(0));
        // The size of a number means nothing; dash does not know it.
        if reader.kind != Some(ShellKind::Dash) {
            while chars.next_if(|c| "hlLjzt".contains(*c)).is_some() {}
        }
        Field { flags, width, precision: precision.and_then(|precision| usize::try_from(precision).ok()) }
    }

    /// The next value in the way of a letter, and whether nothing is written behind it; `None` if there is no such
    /// letter.
    fn shown<'v>(
        &self,
        sign: char,
        chars: &mut Chars<'_>,
        next: &mut dyn FnMut() -> &'v str,
        (problems, reader): (&mut Vec<Problem>, Reader),
    ) -> Option<(String, bool)> {
        let text = match sign {
            's' => cut(next(), self.precision),
            'b' => {
                let text = next();
                let before = text.split("\\c").next().unwrap_or("");
                return Some((cut(&unescape(&with_octal(before)), self.precision), before.len() < text.len()));
            }
            '(' if reader.times.is_some() => {
                let words: String = chars.by_ref().take_while(|c| *c != ')').collect();
                chars.next_if_eq(&'T');
                moment(&words, next(), reader.times.unwrap_or_default())
            }
            'q' if reader.kind == Some(ShellKind::Bash) => slashed(next()),
            'q' if reader.kind.is_none() => in_quotes(next()),
            'c' => next().chars().take(1).collect(),
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                let text = next();
                let before = problems.len();
                let shown = integer(text, sign, &self.flags, self.precision, problems);
                // BusyBox takes nothing of what is not a number as a whole.
                match problems.len() > before && reader.kind == Some(ShellKind::Ash) {
                    true => integer("0", sign, &self.flags, self.precision, problems),
                    false => shown,
                }
            }
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
                let text = next();
                // These two have shorter numbers.
                let bits = if matches!(reader.kind, Some(ShellKind::Dash | ShellKind::Ash)) { 53 } else { 64 };
                let how = (self.precision, self.flags.contains('#'), bits);
                let (mut shown, length) = real(sign, text, how);
                if length < text.len() {
                    problems.push(unread(text, length));
                    if reader.kind == Some(ShellKind::Ash) {
                        shown = real(sign, "0", how).0;
                    }
                }
                with_sign(shown, &self.flags)
            }
            _ => return None,
        };
        Some((text, false))
    }
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

/// `\0101`, which has a digit more than `\101`, as that.
pub(super) fn with_octal(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        match chars.next_if(|_| c == '\\') {
            Some('0') => {
                let mut digits = String::new();
                while digits.len() < 3 && chars.peek().is_some_and(|c| c.is_digit(8)) {
                    digits.extend(chars.next());
                }
                out.push_str(&format!("{digits:0>3}"));
            }
            next => out.extend(next),
        }
    }
    out
}

/// What is wrong with a number of which so much could be read.
fn unread(text: &str, length: usize) -> Problem {
    if length == 0 { Problem::NotANumber(text.to_string()) } else { Problem::HalfANumber(text.to_string()) }
}

/// A number with the sign that the flags ask for.
fn with_sign(number: String, flags: &str) -> String {
    match () {
        () if number.starts_with('-') => number,
        () if flags.contains('+') => format!("+{number}"),
        () if flags.contains(' ') => format!(" {number}"),
        () => number,
    }
}

/// A text as the system's own `printf` shows it for `%q`.
fn in_quotes(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_./:,@%+=".contains(c));
    if is_plain { text.to_string() } else { quoted(text) }
}

/// A text with a backslash before what means something to a shell; in `$'…'` with what cannot be shown.
fn slashed(text: &str) -> String {
    if text.is_empty() {
        return "''".to_string();
    }
    if text.contains(char::is_control) {
        return with_escapes(text);
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
            let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+', ' '])));
            format!("{sign}{}{digits}", "0".repeat(missing))
        }
        () => " ".repeat(missing) + &text,
    }
}

fn integer(text: &str, sign: char, flags: &str, precision: Option<usize>, problems: &mut Vec<Problem>) -> String {
    let trimmed = text.trim_start();
    let value = match trimmed.strip_prefix(['\'', '"']).and_then(|rest| rest.chars().next()) {
        Some(c) => i64::from(u32::from(c)),
        None => number(trimmed).unwrap_or_else(|| {
            let signs = usize::from(trimmed.starts_with(['-', '+']));
            let count = trimmed.bytes().skip(signs).take_while(u8::is_ascii_digit).count();
            let digits = trimmed.get(..signs + count).unwrap_or("");
            if count > 18 && digits.len() == trimmed.len() {
                problems.push(Problem::TooLarge(text.to_string()));
                return if digits.starts_with('-') { i64::MIN } else { i64::MAX };
            }
            problems.push(unread(text, count));
            digits.parse().unwrap_or(0)
        }),
    };
    let digits = match sign {
        'x' => format!("{value:x}"),
        'X' => format!("{value:X}"),
        'o' => format!("{value:o}"),
        'u' => (value as u64).to_string(),
        _ => value.unsigned_abs().to_string(),
    };
    let missing = precision.unwrap_or(0).min(WIDTH_MAX).saturating_sub(digits.len());
    let digits = "0".repeat(missing) + &digits;
    let is_signed = matches!(sign, 'd' | 'i');
    match () {
        () if is_signed && value < 0 => format!("-{digits}"),
        () if is_signed => with_sign(digits, flags),
        () if matches!(sign, 'x' | 'X') && flags.contains('#') && value != 0 => format!("0{sign}{digits}"),
        () if sign == 'o' && flags.contains('#') && !digits.starts_with('0') => format!("0{digits}"),
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
