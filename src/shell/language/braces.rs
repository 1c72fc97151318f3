//! Brace expansion: `{a,b}` and `{1..3}`.

use super::limits::LIMITS;
use super::syntax::{Part, Word};

/// A word with `{1..3}` and `{a,b}` outside of quotes as several words.
pub(super) fn with_braces(word: &Word) -> Vec<Word> {
    let found = word.0.iter().enumerate().find_map(|(at, (part, is_quoted))| match part {
        Part::Text(text) if !is_quoted && text.contains('{') => braces(text).map(|found| (at, found)),
        _ => None,
    });
    let Some((at, (before, values, after))) = found else { return mixed_braces(word).unwrap_or(vec![word.clone()]) };
    let mut all = Vec::new();
    for value in values {
        let mut parts = word.0.get(..at).unwrap_or(&[]).to_vec();
        parts.push((Part::Text(format!("{before}{value}{after}")), false));
        parts.extend_from_slice(word.0.get(at + 1..).unwrap_or(&[]));
        // A value that leaves nothing at all is no word.
        if parts.iter().all(|(part, is_quoted)| !is_quoted && matches!(part, Part::Text(text) if text.is_empty())) {
            continue;
        }
        all.extend(if all.len() <= LIMITS.word_count { with_braces(&Word(parts)) } else { Vec::new() });
    }
    all
}

/// `{$a,"b c"}`: a list whose values are made of several parts.
fn mixed_braces(word: &Word) -> Option<Vec<Word>> {
    let sign = |part: &(Part, bool), sign: char| match part {
        (Part::Text(text), false) => text.find(sign),
        _ => None,
    };
    let (first, open) = word.0.iter().enumerate().find_map(|(at, part)| Some((at, sign(part, '{')?)))?;
    let (last, close) = word.0.iter().enumerate().skip(first).find_map(|(at, part)| Some((at, sign(part, '}')?)))?;
    if first == last {
        return None;
    }
    let text = |at: usize| match word.0.get(at) {
        Some((Part::Text(text), _)) => text.as_str(),
        _ => "",
    };
    let mut before = word.0.get(..first)?.to_vec();
    before.push((Part::Text(text(first).get(..open)?.to_string()), false));
    let mut after = vec![(Part::Text(text(last).get(close + 1..)?.to_string()), false)];
    after.extend_from_slice(word.0.get(last + 1..)?);
    let mut values: Vec<Vec<(Part, bool)>> = vec![Vec::new()];
    let inner = [(Part::Text(text(first).get(open + 1..)?.to_string()), false)].into_iter();
    let inner = inner.chain(word.0.get(first + 1..last)?.iter().cloned());
    for part in inner.chain([(Part::Text(text(last).get(..close)?.to_string()), false)]) {
        match part {
            (Part::Text(text), false) => {
                for (at, piece) in text.split(',').enumerate() {
                    if at > 0 {
                        values.push(Vec::new());
                    }
                    values.last_mut()?.push((Part::Text(piece.to_string()), false));
                }
            }
            part => values.last_mut()?.push(part),
        }
    }
    if values.len() < 2 {
        return None;
    }
    let whole = |value: Vec<(Part, bool)>| Word([before.clone(), value, after.clone()].concat());
    Some(values.into_iter().map(whole).flat_map(|word| with_braces(&word)).collect())
}

/// The first `{1..3}` or `{a,b}` of a text: what stands before it, its values, what stands behind it.
fn braces(text: &str) -> Option<(&str, Vec<String>, &str)> {
    let open = text.find('{')?;
    let (mut depth, mut commas, mut close) = (0, Vec::new(), None);
    for (at, c) in text.get(open..)?.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => commas.push(open + at),
            _ => {}
        }
        if depth == 0 {
            close = Some(open + at);
            break;
        }
    }
    let close = close?;
    let (before, inside, after) = (text.get(..open)?, text.get(open + 1..close)?, text.get(close + 1..)?);
    if !commas.is_empty() {
        let edges: Vec<usize> = [open].into_iter().chain(commas).chain([close]).collect();
        let values = edges.windows(2).filter_map(|pair| text.get(pair.first()? + 1..*pair.last()?));
        return Some((before, values.map(str::to_string).collect(), after));
    }
    let values = sequence(inside)?;
    Some((before, values, after))
}

/// `1..10`, `01..10..2`, `a..e`.
fn sequence(inside: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = inside.split("..").collect();
    let (from, to, step) = match parts.as_slice() {
        [from, to] => (*from, *to, 1),
        [from, to, step] => (*from, *to, step.parse::<i64>().ok()?.saturating_abs().max(1)),
        _ => return None,
    };
    let letter = |text: &str| text.chars().next().filter(|c| text.len() == 1 && c.is_ascii_alphabetic());
    let (first, last) = match (letter(from), letter(to)) {
        (Some(from), Some(to)) => (i64::from(u32::from(from)), i64::from(u32::from(to))),
        _ => (from.parse().ok()?, to.parse().ok()?),
    };
    let is_padded =
        |text: &str| text.trim_start_matches('-').len() > 1 && text.trim_start_matches('-').starts_with('0');
    let width = if is_padded(from) || is_padded(to) { from.len().max(to.len()) } else { 0 };
    // One more than what a command gets, so that this is said.
    let most = LIMITS.word_count.min(LIMITS.words / width.max(1) + 1);
    let count = (first.abs_diff(last) / step.unsigned_abs()).min(most as u64) as i64;
    let value = |n: i64| {
        let by = n.saturating_mul(step);
        let value = if first <= last { first.saturating_add(by) } else { first.saturating_sub(by) };
        match letter(from) {
            Some(_) => u32::try_from(value).ok().and_then(char::from_u32).map(String::from).unwrap_or_default(),
            None => {
                let (sign, digits) = (if value < 0 { "-" } else { "" }, value.unsigned_abs().to_string());
                sign.to_string() + &"0".repeat(width.saturating_sub(sign.len() + digits.len())) + &digits
            }
        }
    };
    Some((0..=count).map(value).collect())
}
