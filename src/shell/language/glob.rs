//! File patterns: `*`, `?`, `[a-z]`, and backslashes before literal characters. Takes time that grows with the text
//! times the pattern, never faster.

use super::grouped;
use crate::regex::named_class;

/// One step of a pattern.
enum Step {
    Char(char),
    Any,
    /// Any number of characters.
    Many,
    /// Characters from one to the other; true means all others.
    Class(Vec<(char, char)>, bool),
}

/// Whether the whole of `text` fits the pattern.
pub fn matches(pattern: &str, text: &str) -> bool {
    if has_group(pattern) {
        return grouped::matches(pattern, text);
    }
    let chars: Vec<char> = text.chars().collect();
    beginnings(&steps(pattern), chars.iter().copied()).last() == Some(&chars.len())
}

/// Takes the shortest or the longest beginning or end that fits away.
pub fn trim(text: &str, pattern: &str, is_end: bool, is_long: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    if has_group(pattern) {
        let cut = |length: usize| if is_end { chars.get(chars.len() - length..) } else { chars.get(..length) };
        let fits = |length: &usize| {
            let part: String = cut(*length).unwrap_or(&[]).iter().collect();
            grouped::matches(pattern, &part)
        };
        let mut lengths = 0..=chars.len().min(GROUPED_MAX);
        let found = if is_long { lengths.rev().find(fits) } else { lengths.find(fits) };
        let length = found.unwrap_or(0);
        let kept = if is_end { chars.get(..chars.len() - length) } else { chars.get(length..) };
        return kept.unwrap_or(&[]).iter().collect();
    }
    let mut steps = steps(pattern);
    let fits = if is_end {
        steps.reverse();
        beginnings(&steps, chars.iter().rev().copied())
    } else {
        beginnings(&steps, chars.iter().copied())
    };
    let length = (if is_long { fits.last() } else { fits.first() }).copied().unwrap_or(0);
    let kept = if is_end { chars.get(..chars.len() - length) } else { chars.get(length..) };
    kept.unwrap_or(&[]).iter().collect()
}

/// Puts `to` in place of what fits: once, everywhere, at the beginning (`#`) or at the end (`%`).
///
/// `None` if that takes too long, or makes the text longer than `most` bytes.
pub fn replace(text: &str, pattern: &str, to: &str, place: char, most: usize) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let steps = steps(pattern);
    if steps.is_empty() {
        return Some(match place {
            '#' => format!("{to}{text}"),
            '%' => format!("{text}{to}"),
            _ => text.to_string(),
        });
    }
    let mut out = String::new();
    let (mut at, mut looks) = (0, 0);
    while at < chars.len() || (at == 0 && chars.is_empty()) {
        let rest = chars.get(at..).unwrap_or(&[]);
        let fits = beginnings(&steps, rest.iter().copied().inspect(|_| looks += steps.len()));
        if looks > LOOKS_MAX || out.len() > most {
            return None;
        }
        let length = match place {
            '%' => fits.last().copied().filter(|length| *length == rest.len()),
            '#' if at > 0 => None,
            _ => fits.last().copied(),
        };
        match length.filter(|length| *length > 0 || chars.is_empty()) {
            Some(length) => {
                out.push_str(to);
                at += length.max(usize::from(chars.is_empty()));
                if place != '/' {
                    out.extend(chars.get(at..).unwrap_or(&[]));
                    return Some(out);
                }
            }
            None => {
                out.extend(chars.get(at));
                at += 1;
            }
        }
    }
    Some(out)
}

/// The longest text of which beginnings and ends are held against groups.
const GROUPED_MAX: usize = 2048;

/// Whether a pattern has one of bash's groups: `@(a|b)`, `+(…)`, `*(…)`, `?(…)`, `!(…)`.
fn has_group(pattern: &str) -> bool {
    let mut before = ' ';
    let mut is_escaped = false;
    pattern.chars().any(|c| {
        let is_group = c == '(' && matches!(before, '@' | '+' | '*' | '?' | '!');
        before = if is_escaped { ' ' } else { c };
        is_escaped = c == '\\' && !is_escaped;
        is_group
    })
}

/// The most steps of a pattern that are held against a text, so that no replacement holds the page.
const LOOKS_MAX: usize = 20_000_000;

/// Whether the text holds a sign with a meaning.
pub fn has_pattern(text: &str) -> bool {
    let mut is_escaped = false;
    has_group(text)
        || text.chars().any(|c| {
            let is_special = !is_escaped && matches!(c, '*' | '?' | '[');
            is_escaped = c == '\\' && !is_escaped;
            is_special
        })
}

/// Puts a backslash before all signs with a meaning.
pub fn escape(text: &str, pattern: &mut String) {
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '(' | ')' | '|' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
}

/// How many characters from the beginning fit the whole pattern, shortest first.
fn beginnings(steps: &[Step], chars: impl Iterator<Item = char>) -> Vec<usize> {
    // Which steps may be next.
    let mut now = vec![false; steps.len() + 1];
    let mut found = Vec::new();
    reach(steps, &mut now, 0);
    let is_over = |now: &[bool]| now.last() == Some(&true);
    if is_over(&now) {
        found.push(0);
    }
    for (at, c) in chars.enumerate() {
        let mut next = vec![false; steps.len() + 1];
        let mut is_alive = false;
        for (place, step) in steps.iter().enumerate().filter(|(place, _)| now.get(*place) == Some(&true)) {
            let goes_to = match step {
                Step::Many => place,
                step if fits(step, c) => place + 1,
                _ => continue,
            };
            is_alive = true;
            reach(steps, &mut next, goes_to);
        }
        now = next;
        if is_over(&now) {
            found.push(at + 1);
        }
        if !is_alive {
            break;
        }
    }
    found
}

/// Marks a step as possible, and those behind it that need no character.
fn reach(steps: &[Step], now: &mut [bool], mut place: usize) {
    while let Some(slot) = now.get_mut(place) {
        *slot = true;
        if !matches!(steps.get(place), Some(Step::Many)) {
            return;
        }
        place += 1;
    }
}

fn fits(step: &Step, c: char) -> bool {
    match step {
        Step::Char(own) => *own == c,
        Step::Any | Step::Many => true,
        Step::Class(ranges, is_negated) => ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *is_negated,
    }
}

fn steps(pattern: &str) -> Vec<Step> {
    let chars: Vec<char> = pattern.chars().collect();
    let (mut steps, mut at) = (Vec::new(), 0);
    while let Some(c) = chars.get(at) {
        at += 1;
        steps.push(match c {
            '*' => Step::Many,
            '?' => Step::Any,
            '\\' if at < chars.len() => {
                at += 1;
                Step::Char(chars.get(at - 1).copied().unwrap_or('\\'))
            }
            '[' => match class(chars.get(at..).unwrap_or(&[])) {
                Some((class, length)) => {
                    at += length;
                    class
                }
                None => Step::Char('['),
            },
            c => Step::Char(*c),
        });
    }
    steps
}

/// Reads what stands behind `[`, and how long it is with its `]`.
fn class(chars: &[char]) -> Option<(Step, usize)> {
    let is_negated = matches!(chars.first(), Some('!' | '^'));
    let (mut at, mut ranges) = (usize::from(is_negated), Vec::new());
    let start = at;
    loop {
        let c = *chars.get(at)?;
        at += 1;
        match c {
            ']' if at > start + 1 => return Some((Step::Class(ranges, is_negated), at)),
            '[' if chars.get(at) == Some(&':') => {
                let name: String = chars.get(at + 1..)?.iter().take_while(|c| c.is_ascii_alphabetic()).collect();
                at += name.len() + 3;
                ranges.extend_from_slice(named_class(&name));
            }
            '\\' => {
                let c = *chars.get(at)?;
                at += 1;
                ranges.push((c, c));
            }
            low => match (chars.get(at), chars.get(at + 1)) {
                (Some('-'), Some(high)) if *high != ']' => {
                    at += 2;
                    ranges.push((low, *high));
                }
                _ => ranges.push((low, low)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, text, is_match) in [
            ("*", "abc", true),
            ("*-", "web-", true),
            ("a*c", "abbc", true),
            ("a?c", "abc", true),
            ("[a-c]x", "bx", true),
            ("[!a]x", "ax", false),
            ("[[:digit:]]*", "1x", true),
            ("\\*", "a", false),
            ("*.html", "index.htm", false),
            ("[", "[", true),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
        assert_eq!(trim("web-12", "*-", false, true), "12");
        assert_eq!(trim("a-b-c", "-*", true, false), "a-b");
        assert_eq!(trim("a-b-c", "-*", true, true), "a");
        assert_eq!(replace("a.b.c", ".", "-", '/', 9).as_deref(), Some("a-b-c"));
        assert_eq!(replace("abc", "*", "x", '1', 9).as_deref(), Some("x"));
    }
}
