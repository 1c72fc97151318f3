//! Turns words of the shell's language into text: variables, commands in commands, sums, file patterns.

use super::parse::{Part, Word, double_quoted};

/// Where words are expanded: a shell in a container, or a console.
pub trait Surroundings {
    /// The value of a variable, the special ones (`?`, `#`, `1`) included.
    fn variable(&self, name: &str) -> Option<String>;
    /// Sets a variable.
    fn set(&mut self, name: &str, value: String);
    /// What a script says, without the last line ends: `$(…)`.
    fn capture(&mut self, script: &str) -> String;
    /// Says what is wrong.
    fn complain(&mut self, what: &str);
    /// The names of the files in a directory; the empty string is the working directory.
    fn files(&self, directory: &str) -> Vec<String>;
    /// The home directory.
    fn home(&self) -> &str;
    /// Whether `{1..3}` stands for several words, as in `bash`.
    fn has_braces(&self) -> bool;
}

/// The most words that one command gets.
const WORDS_MAX: usize = 1000;

/// The words of a command: split at blanks that came from variables, with file patterns replaced.
pub fn words(around: &mut dyn Surroundings, words: &[Word]) -> Vec<String> {
    let mut all = Vec::new();
    let has_braces = around.has_braces();
    for word in words.iter().flat_map(|word| if has_braces { with_braces(word) } else { vec![word.clone()] }) {
        // The text so far, and the same as a pattern in which quoted characters have a backslash.
        let mut current: Option<(String, String)> = None;
        for (part, is_quoted) in &word.0 {
            let is_literal = matches!(part, Part::Text(_));
            let value = value(around, part);
            let value = match part {
                Part::Text(text) if !is_quoted && current.is_none() => tilde(text, around.home()),
                _ => value,
            };
            if *is_quoted || is_literal {
                let (text, pattern) = current.get_or_insert_with(Default::default);
                text.push_str(&value);
                if *is_quoted {
                    escape(&value, pattern)
                } else {
                    pattern.push_str(&value)
                }
                continue;
            }
            let mut fields = value.split_whitespace().peekable();
            if value.starts_with(char::is_whitespace) {
                all.extend(current.take());
            }
            while let Some(field) = fields.next() {
                let (text, pattern) = current.get_or_insert_with(Default::default);
                text.push_str(field);
                pattern.push_str(field);
                if fields.peek().is_some() || value.ends_with(char::is_whitespace) {
                    all.extend(current.take());
                }
            }
        }
        all.extend(current);
    }
    all.truncate(WORDS_MAX);
    let mut out = Vec::new();
    for (text, pattern) in all {
        let found = if has_pattern(&pattern) { files(around, &pattern) } else { Vec::new() };
        if found.is_empty() { out.push(text) } else { out.extend(found) }
    }
    out.truncate(WORDS_MAX);
    out
}

/// A word as one text, without splitting.
pub fn text(around: &mut dyn Surroundings, word: &Word) -> String {
    word.0.iter().map(|(part, _)| value(around, part)).collect()
}

/// A word with `{1..3}` and `{a,b}` outside of quotes as several words.
fn with_braces(word: &Word) -> Vec<Word> {
    let found = word.0.iter().enumerate().find_map(|(at, (part, is_quoted))| match part {
        Part::Text(text) if !is_quoted => braces(text).map(|found| (at, found)),
        _ => None,
    });
    let Some((at, (before, values, after))) = found else { return vec![word.clone()] };
    let mut all = Vec::new();
    for value in values {
        let mut parts = word.0.get(..at).unwrap_or(&[]).to_vec();
        parts.push((Part::Text(format!("{before}{value}{after}")), false));
        parts.extend_from_slice(word.0.get(at + 1..).unwrap_or(&[]));
        all.extend(if all.len() < WORDS_MAX { with_braces(&Word(parts)) } else { Vec::new() });
    }
    all
}

/// The first `{1..3}` or `{a,b}` of a text: what stands before it, its values, what stands behind it.
fn braces(text: &str) -> Option<(&str, Vec<String>, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    if let Some((from, to)) = inside.split_once("..") {
        let (from, to) = (from.parse::<i64>().ok()?, to.parse::<i64>().ok()?);
        let count = from.abs_diff(to).min(WORDS_MAX as u64) as i64;
        let step = if from <= to { 1 } else { -1 };
        return Some((before, (0..=count).map(|n| (from + n * step).to_string()).collect(), after));
    }
    let is_list = inside.contains(',') && !inside.contains(['{', ' ']);
    is_list.then(|| (before, inside.split(',').map(str::to_string).collect(), after))
}

fn tilde(text: &str, home: &str) -> String {
    match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
        _ => text.to_string(),
    }
}

fn escape(text: &str, pattern: &mut String) {
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
}

fn value(around: &mut dyn Surroundings, part: &Part) -> String {
    match part {
        Part::Text(text) => text.clone(),
        Part::Command(script) => around.capture(script),
        Part::Arithmetic(source) => {
            let source = match double_quoted(source) {
                Ok(word) => text(around, &word),
                Err(_) => source.clone(),
            };
            match arithmetic(around, &source) {
                Some(number) => number.to_string(),
                None => {
                    around.complain(&format!("{source}: arithmetic syntax error"));
                    String::new()
                }
            }
        }
        Part::Variable { name, operator, word } => {
            let found = around.variable(name);
            let is_set = found.as_ref().is_some_and(|value| !value.is_empty());
            let other = |around: &mut dyn Surroundings| match double_quoted(word) {
                Ok(word) => text(around, &word),
                Err(_) => word.clone(),
            };
            match *operator {
                ":-" if !is_set => other(around),
                "-" if found.is_none() => other(around),
                ":=" if !is_set => {
                    let value = other(around);
                    around.set(name, value.clone());
                    value
                }
                ":+" => {
                    if is_set {
                        other(around)
                    } else {
                        String::new()
                    }
                }
                "+" => {
                    if found.is_some() {
                        other(around)
                    } else {
                        String::new()
                    }
                }
                "length" => found.unwrap_or_default().chars().count().to_string(),
                operator @ ("#" | "##" | "%" | "%%") => {
                    let pattern = other(around);
                    trim(&found.unwrap_or_default(), operator, &pattern)
                }
                _ => found.unwrap_or_default(),
            }
        }
    }
}

/// Takes the shortest or longest matching beginning or end away.
fn trim(value: &str, operator: &str, pattern: &str) -> String {
    let cuts: Vec<usize> = value.char_indices().map(|(at, _)| at).chain([value.len()]).collect();
    let found = match operator {
        "#" => cuts.iter().find(|at| matches(pattern, value.get(..**at).unwrap_or(""))),
        "##" => cuts.iter().rev().find(|at| matches(pattern, value.get(..**at).unwrap_or(""))),
        "%" => cuts.iter().rev().find(|at| matches(pattern, value.get(**at..).unwrap_or(""))),
        _ => cuts.iter().find(|at| matches(pattern, value.get(**at..).unwrap_or(""))),
    };
    let kept = match (found, operator) {
        (None, _) => Some(value),
        (Some(at), "#" | "##") => value.get(*at..),
        (Some(at), _) => value.get(..*at),
    };
    kept.unwrap_or("").to_string()
}

fn has_pattern(text: &str) -> bool {
    let mut is_escaped = false;
    text.chars().any(|c| {
        let is_special = !is_escaped && matches!(c, '*' | '?' | '[');
        is_escaped = c == '\\' && !is_escaped;
        is_special
    })
}

/// The files that a pattern in the last part of a path means, in order.
fn files(around: &dyn Surroundings, pattern: &str) -> Vec<String> {
    let (directory, last) = match pattern.rsplit_once('/') {
        Some((directory, last)) => (Some(directory), last),
        None => (None, pattern),
    };
    let names = around.files(directory.unwrap_or("")).into_iter();
    let names = names.filter(|name| matches(last, name) && (!name.starts_with('.') || last.starts_with('.')));
    names.map(|name| directory.map_or(name.clone(), |directory| format!("{directory}/{name}"))).collect()
}

/// Whether the whole of `text` fits a file pattern: `*`, `?`, `[a-z]`, and backslashes before literal characters.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = text.get(t) {
        let one = one_matches(&pattern, p, *c);
        if pattern.get(p) == Some(&'*') {
            star = Some((p + 1, t));
            p += 1;
        } else if let Some(next) = one {
            p = next;
            t += 1;
        } else if let Some((after, from)) = star {
            p = after;
            t = from + 1;
            star = Some((after, from + 1));
        } else {
            return false;
        }
    }
    pattern.get(p..).unwrap_or(&[]).iter().all(|c| *c == '*')
}

/// Where the pattern goes on after matching one character, if it does.
fn one_matches(pattern: &[char], at: usize, c: char) -> Option<usize> {
    match pattern.get(at)? {
        '?' => Some(at + 1),
        '\\' => (pattern.get(at + 1) == Some(&c)).then_some(at + 2),
        '[' => {
            let end = pattern.iter().skip(at + 2).position(|c| *c == ']').map(|offset| at + 2 + offset);
            let Some(end) = end else { return (c == '[').then_some(at + 1) };
            let inner = pattern.get(at + 1..end)?;
            let (is_negated, inner) = match inner.first() {
                Some('!' | '^') => (true, inner.get(1..)?),
                _ => (false, inner),
            };
            let mut is_in = inner.contains(&c);
            is_in |= inner.windows(3).any(|range| matches!(range, [low, '-', high] if (*low..=*high).contains(&c)));
            (is_in != is_negated).then_some(end + 1)
        }
        own => (*own == c).then_some(at + 1),
    }
}

/// The value of a sum such as `1 + 2 * (x - 3)`.
fn arithmetic(around: &dyn Surroundings, source: &str) -> Option<i64> {
    let tokens: Vec<String> = split_sum(source)?;
    let mut at = 0;
    let value = sum(around, &tokens, &mut at, 0)?;
    (at == tokens.len()).then_some(value)
}

fn split_sum(source: &str) -> Option<Vec<String>> {
    let mut tokens: Vec<String> = Vec::new();
    let mut in_word = false;
    for c in source.chars() {
        let is_word = c.is_ascii_alphanumeric() || c == '_';
        match tokens.last_mut() {
            Some(last) if is_word && in_word => last.push(c),
            _ if c.is_whitespace() || c == '$' => {}
            _ if is_word || "+-*/%()".contains(c) => tokens.push(c.to_string()),
            _ => return None,
        }
        in_word = is_word;
    }
    (tokens.len() < 200).then_some(tokens)
}

fn sum(around: &dyn Surroundings, tokens: &[String], at: &mut usize, level: u32) -> Option<i64> {
    let mut left = product(around, tokens, at, level)?;
    while let Some(operator) = tokens.get(*at).filter(|token| matches!(token.as_str(), "+" | "-")) {
        *at += 1;
        let right = product(around, tokens, at, level)?;
        left = if operator == "+" { left.wrapping_add(right) } else { left.wrapping_sub(right) };
    }
    Some(left)
}

fn product(around: &dyn Surroundings, tokens: &[String], at: &mut usize, level: u32) -> Option<i64> {
    let mut left = factor(around, tokens, at, level)?;
    while let Some(operator) = tokens.get(*at).filter(|token| matches!(token.as_str(), "*" | "/" | "%")) {
        *at += 1;
        let right = factor(around, tokens, at, level)?;
        left = match operator.as_str() {
            "*" => left.wrapping_mul(right),
            "/" => left.checked_div(right)?,
            _ => left.checked_rem(right)?,
        };
    }
    Some(left)
}

fn factor(around: &dyn Surroundings, tokens: &[String], at: &mut usize, level: u32) -> Option<i64> {
    let token = tokens.get(*at)?;
    *at += 1;
    match token.as_str() {
        _ if level > 50 => None,
        "-" => Some(factor(around, tokens, at, level + 1)?.wrapping_neg()),
        "+" => factor(around, tokens, at, level + 1),
        "(" => {
            let value = sum(around, tokens, at, level + 1)?;
            let is_closed = tokens.get(*at).is_some_and(|token| token == ")");
            *at += 1;
            is_closed.then_some(value)
        }
        word if word.starts_with(|c: char| c.is_ascii_digit()) => word.parse().ok(),
        word if word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') => {
            Some(around.variable(word).and_then(|value| value.trim().parse().ok()).unwrap_or(0))
        }
        _ => None,
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
            ("\\*", "a", false),
            ("*.html", "index.htm", false),
            ("[", "[", true),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
        assert_eq!(trim("web-12", "##", "*-"), "12");
        assert_eq!(trim("a-b-c", "%", "-*"), "a-b");
        assert_eq!(trim("a-b-c", "%%", "-*"), "a");
    }
}
