//! How `sort` compares two texts: as text, numbers, months, sizes or versions.

use crate::fnv::Fnv1a64;
use std::cmp::Ordering;

/// How a part of a line is compared.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct How {
    is_numeric: bool,
    is_general: bool,
    is_human: bool,
    is_version: bool,
    is_month: bool,
    is_random: bool,
    pub(super) ignores_case: bool,
    is_dictionary: bool,
    pub(super) is_reversed: bool,
    pub(super) skips_blanks: bool,
}

impl How {
    /// Takes a letter; gives whether it is one of these.
    pub(super) fn take(&mut self, letter: char) -> bool {
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

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

pub(super) fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|byte| is_blank(**byte)).count()
}

pub(super) fn turned(order: Ordering, how: How) -> Ordering {
    if how.is_reversed { order.reverse() } else { order }
}

pub(super) fn compare(one: &[u8], other: &[u8], how: How) -> Ordering {
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
pub(super) struct Decimal {
    is_negative: bool,
    whole: Vec<u8>,
    pub(super) rest: Vec<u8>,
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

pub(super) fn number(text: &[u8]) -> Decimal {
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
pub(super) fn general(text: &[u8]) -> Decimal {
    let text = String::from_utf8_lossy(text).trim_start_matches([' ', '\t']).trim_start_matches('+').to_string();
    let exponent = text.find(['e', 'E']).and_then(|at| {
        let digits = text.get(at + 1..)?.trim_start_matches('+');
        let end = digits.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-'));
        digits.get(..end.map_or(digits.len(), |(at, _)| at))?.parse::<i32>().ok()
    });
    decimal(text.as_bytes(), exponent.unwrap_or(0))
}

/// `-h`: how large the letter behind a number makes it.
pub(super) fn human(text: &[u8]) -> i32 {
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

pub(super) fn month(text: &[u8]) -> usize {
    let text = String::from_utf8_lossy(text).trim_start().to_ascii_lowercase();
    const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    MONTHS.iter().position(|month| text.starts_with(month)).map_or(0, |at| at + 1)
}

/// A number that looks like chance and is always the same.
fn mixed(text: &[u8]) -> u64 {
    Fnv1a64::of(text.iter().copied())
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
