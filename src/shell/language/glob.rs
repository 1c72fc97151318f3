//! File patterns: `*`, `?`, `[a-z]`, bash's `@(a|b)`, and backslashes before literal characters. Takes time that grows
//! with the text times the pattern; only `!(…)`, and repeated groups, take as much once more for each character.

use crate::regex::named_class;

/// One step of a pattern.
enum Step {
    Char(char),
    Any,
    /// Any number of characters.
    Many,
    /// Characters from one to the other; true means all others.
    Class(Vec<(char, char)>, bool),
    /// Bash's `@(a|b)` and its like: the sign, and what may stand there.
    Group(char, Vec<Vec<Step>>),
}

/// How patterns are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As every program reads them.
    Plain,
    /// With bash's groups.
    Extended,
}

/// Whether the whole of `text` fits the pattern.
pub fn matches(pattern: &str, text: &str) -> bool {
    matches_as(Style::Plain, pattern, text)
}

/// Whether the whole of `text` fits a pattern that is written in this style.
pub fn matches_as(style: Style, pattern: &str, text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    beginnings(&steps(pattern, style), chars.iter().copied(), &mut 0).last() == Some(&chars.len())
}

/// Takes the shortest or the longest beginning or end that fits away.
pub fn trim(style: Style, text: &str, pattern: &str, is_end: bool, is_long: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut steps = steps(pattern, style);
    let fits = if is_end {
        reverse(&mut steps);
        beginnings(&steps, chars.iter().rev().copied(), &mut 0)
    } else {
        beginnings(&steps, chars.iter().copied(), &mut 0)
    };
    let length = (if is_long { fits.last() } else { fits.first() }).copied().unwrap_or(0);
    let kept = if is_end { chars.get(..chars.len() - length) } else { chars.get(length..) };
    kept.unwrap_or(&[]).iter().collect()
}

/// What comes in the place of what fits: pieces of text, and `None` for what fitted itself.
pub type NewText = Vec<Option<String>>;

fn put_new(new: &[Option<String>], found: &[char], out: &mut String) {
    for piece in new {
        match piece {
            Some(text) => out.push_str(text),
            None => out.extend(found),
        }
    }
}

/// Puts `to` in place of what fits: once, everywhere, at the beginning (`#`) or at the end (`%`).
///
/// `None` if that takes too long, or makes the text longer than `most` bytes.
pub fn replace(
    style: Style,
    text: &str,
    pattern: &str,
    to: &[Option<String>],
    place: char,
    most: usize,
) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let steps = steps(pattern, style);
    if steps.is_empty() {
        let mut new = String::new();
        put_new(to, &[], &mut new);
        return Some(match place {
            '#' => format!("{new}{text}"),
            '%' => format!("{text}{new}"),
            _ => text.to_string(),
        });
    }
    let mut out = String::new();
    let (mut at, mut looks) = (0, 0);
    while at < chars.len() || (at == 0 && chars.is_empty()) {
        let rest = chars.get(at..).unwrap_or(&[]);
        let fits = beginnings(&steps, rest.iter().copied(), &mut looks);
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
                put_new(to, rest.get(..length).unwrap_or(&[]), &mut out);
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

/// The most steps of a pattern that are held against a text, so that no replacement holds the page.
const LOOKS_MAX: usize = 20_000_000;

/// Whether the text holds a sign with a meaning.
pub fn has_pattern(style: Style, text: &str) -> bool {
    let (mut is_escaped, mut is_open, mut before) = (false, false, None);
    text.chars().any(|c| {
        let is_group = style == Style::Extended && c == '(' && matches!(before, Some('+' | '@' | '!'));
        // A bracket that nothing closes has no meaning.
        let is_class = c == ']' && is_open;
        let is_special = !is_escaped && (matches!(c, '*' | '?') || is_class || is_group);
        is_open |= c == '[' && !is_escaped;
        before = Some(c).filter(|_| !is_escaped);
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

/// How many characters from the beginning fit the whole pattern, shortest first. Adds to `looks` what it took; beyond
/// [`LOOKS_MAX`] no pattern with groups fits any more.
fn beginnings(steps: &[Step], chars: impl Iterator<Item = char>, looks: &mut usize) -> Vec<usize> {
    if steps.iter().any(|step| matches!(step, Step::Group(..))) {
        let chars: Vec<char> = chars.collect();
        let mut start = vec![false; chars.len() + 1];
        start.iter_mut().take(1).for_each(|first| *first = true);
        let mut search = Search { chars: &chars, looks: *looks };
        let ends = search.ends(steps, start);
        *looks = search.looks;
        return ends.iter().enumerate().filter(|(_, is_end)| **is_end).map(|(at, _)| at).collect();
    }
    // Which steps may be next.
    let mut now = vec![false; steps.len() + 1];
    let mut found = Vec::new();
    reach(steps, &mut now, 0);
    let is_over = |now: &[bool]| now.last() == Some(&true);
    if is_over(&now) {
        found.push(0);
    }
    for (at, c) in chars.enumerate() {
        *looks += steps.len();
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
        Step::Group(..) => false,
        Step::Class(ranges, is_negated) => ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *is_negated,
    }
}

/// A text that patterns with groups are held against.
struct Search<'c> {
    chars: &'c [char],
    /// How many steps were taken; beyond the limit nothing fits any more.
    looks: usize,
}

impl Search<'_> {
    /// Where the steps may end that begin at one of the marked places.
    fn ends(&mut self, steps: &[Step], mut places: Vec<bool>) -> Vec<bool> {
        for step in steps {
            self.looks += places.len();
            if self.looks > LOOKS_MAX {
                return vec![false; places.len()];
            }
            places = match step {
                Step::Many => {
                    let mut is_behind = false;
                    let reached = |place: &bool| {
                        is_behind |= *place;
                        is_behind
                    };
                    places.iter().map(reached).collect()
                }
                Step::Group(sign, choices) => self.group(*sign, choices, places),
                step => {
                    let fitting = places.iter().zip(self.chars).map(|(place, c)| *place && fits(step, *c));
                    std::iter::once(false).chain(fitting).collect()
                }
            };
        }
        if self.looks > LOOKS_MAX { vec![false; places.len()] } else { places }
    }

    fn any(&mut self, choices: &[Vec<Step>], places: &[bool]) -> Vec<bool> {
        let mut all = vec![false; places.len()];
        for choice in choices {
            add(&mut all, &self.ends(choice, places.to_vec()));
        }
        all
    }

    fn group(&mut self, sign: char, choices: &[Vec<Step>], places: Vec<bool>) -> Vec<bool> {
        match sign {
            '@' => self.any(choices, &places),
            '?' => {
                let mut all = self.any(choices, &places);
                add(&mut all, &places);
                all
            }
            '!' => self.others(choices, &places),
            sign => {
                let mut all = if sign == '*' { places.clone() } else { vec![false; places.len()] };
                let mut begun = places;
                // Each round is longer by a character at least, so there are no more than these.
                for _ in 0..=self.chars.len() {
                    let reached = self.any(choices, &begun);
                    if !add(&mut all, &reached) {
                        break;
                    }
                    begun = reached;
                }
                all
            }
        }
    }

    /// Where something ends that none of the choices fits.
    fn others(&mut self, choices: &[Vec<Step>], places: &[bool]) -> Vec<bool> {
        let mut all = vec![false; places.len()];
        for start in (0..places.len()).filter(|start| places.get(*start) == Some(&true)) {
            let mut one = vec![false; places.len()];
            one.iter_mut().skip(start).take(1).for_each(|place| *place = true);
            let fitting = self.any(choices, &one);
            let others = fitting.iter().enumerate().map(|(at, fits)| at >= start && !fits);
            add(&mut all, &others.collect::<Vec<_>>());
        }
        all
    }
}

/// Marks what `more` marks; whether anything is new.
fn add(all: &mut [bool], more: &[bool]) -> bool {
    let mut is_new = false;
    for (own, other) in all.iter_mut().zip(more) {
        is_new |= *other && !*own;
        *own |= *other;
    }
    is_new
}

/// The same steps for a text that is read from its end.
fn reverse(steps: &mut [Step]) {
    steps.reverse();
    for step in steps {
        if let Step::Group(_, choices) = step {
            choices.iter_mut().for_each(|choice| reverse(choice));
        }
    }
}

/// How deep groups may stand in each other.
const GROUPS_MAX: usize = 50;

fn steps(pattern: &str, style: Style) -> Vec<Step> {
    let chars: Vec<char> = pattern.chars().collect();
    steps_of(&chars, if style == Style::Extended { GROUPS_MAX } else { 0 })
}

/// Reads the group whose sign stands before `chars`: its choices, and how long it is with its brackets.
fn group(chars: &[char], depth: usize) -> Option<(Vec<Vec<Step>>, usize)> {
    let (mut choices, mut start, mut open, mut at) = (Vec::new(), 1, 0_usize, 0);
    loop {
        match chars.get(at)? {
            '\\' => at += 1,
            '(' => open += 1,
            ')' if open == 1 => {
                choices.push(steps_of(chars.get(start..at)?, depth));
                return Some((choices, at + 1));
            }
            ')' => open -= 1,
            '|' if open == 1 => {
                choices.push(steps_of(chars.get(start..at)?, depth));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
}

fn steps_of(chars: &[char], groups: usize) -> Vec<Step> {
    let (mut steps, mut at) = (Vec::new(), 0);
    while let Some(c) = chars.get(at) {
        at += 1;
        let is_group = matches!(c, '?' | '*' | '+' | '@' | '!') && chars.get(at) == Some(&'(') && groups > 0;
        if let Some((choices, length)) = if is_group { group(chars.get(at..).unwrap_or(&[]), groups - 1) } else { None }
        {
            at += length;
            steps.push(Step::Group(*c, choices));
            continue;
        }
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
        let plain = Style::Plain;
        assert_eq!(trim(plain, "web-12", "*-", false, true), "12");
        assert_eq!(trim(plain, "a-b-c", "-*", true, false), "a-b");
        assert_eq!(trim(plain, "a-b-c", "-*", true, true), "a");
        let new = |text: &str| vec![Some(text.to_string())];
        assert_eq!(replace(plain, "a.b.c", ".", &new("-"), '/', 9).as_deref(), Some("a-b-c"));
        assert_eq!(replace(plain, "abc", "*", &new("x"), '1', 9).as_deref(), Some("x"));
        assert_eq!(replace(plain, "abc", "?", &[None, None], '/', 9).as_deref(), Some("aabbcc"));
        // Repeated groups cost more than other patterns do, and count for it.
        let long = "a".repeat(5_000);
        assert_eq!(replace(Style::Extended, &long, "+(a|aa)b", &new("x"), '/', 9_000), None);
        assert!(!matches("@(a|b)", "a"));
        assert!(matches("@(a|b)", "@(a|b)"));
    }

    #[test]
    fn groups_of_patterns_match_as_in_bash() {
        let extended = Style::Extended;
        for (pattern, text, is_match) in [
            ("@(foo|bar)", "foo", true),
            ("@(foo|bar)", "foobar", false),
            ("+([0-9])", "123", true),
            ("+([0-9])", "", false),
            ("*(ab|c)d", "abcabd", true),
            ("?(a)b", "b", true),
            ("!(*.log)", "a.txt", true),
            ("!(*.log)", "a.log", false),
            ("a!(b)c", "abc", false),
            ("a!(b)c", "abbc", true),
            ("@(a|+(b|c))", "bcb", true),
            ("@(a\\|b)", "a|b", true),
            ("@(a", "@(a", true),
        ] {
            assert_eq!(matches_as(extended, pattern, text), is_match, "{pattern} {text}");
        }
        assert_eq!(trim(extended, "aaab", "+(a)", false, true), "b");
        assert_eq!(trim(extended, "x.tar.gz", "@(.tar|).gz", true, true), "x");
        assert_eq!(replace(extended, "a  b   c", "+( )", &[Some(" ".to_string())], '/', 99).as_deref(), Some("a b c"));
        assert!(!matches_as(extended, &"+(".repeat(60), "a"), "depth has a bound");
        assert!(!matches_as(extended, "!(!(!(!(a*b*c))))", &"ab".repeat(1500)), "work has a bound");
    }
}
