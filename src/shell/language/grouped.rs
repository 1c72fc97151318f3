//! Bash's patterns with groups: `@(a|b)`, `+(a)`, `*(a)`, `?(a)`, `!(a)`. They are turned into regular expressions, which
//! take no longer than the text times the pattern.

use crate::regex::Pattern;

/// Whether the whole of a text fits a pattern with groups.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let fits = |wanted: &str| Pattern::new(&format!("^({wanted})$"), true, false).is_in(text);
    match without_refusal(pattern) {
        // What is between is anything but what is refused.
        Some((any, refused)) => fits(&translated(&any)) && !fits(&translated(&refused)),
        None => fits(&translated(pattern)),
    }
}

/// A pattern with `*` in the place of its first `!(…)`, and with `@(…)` there: a text fits the first and not the second.
fn without_refusal(pattern: &str) -> Option<(String, String)> {
    let at = pattern
        .match_indices("!(")
        .map(|found| found.0)
        .find(|at| !pattern.get(..*at).unwrap_or("").ends_with('\\'))?;
    let (before, rest) = pattern.split_at(at);
    let inner = rest.get(1..)?;
    let end = closing(inner)?;
    let (group, behind) = inner.split_at(end + 1);
    Some((format!("{before}*{behind}"), format!("{before}@{group}{behind}")))
}

/// Where the bracket is closed with which a text begins.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut is_escaped) = (0_usize, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' => depth += 1,
            ')' if depth == 1 => return Some(at),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The regular expression that means the same.
fn translated(pattern: &str) -> String {
    let mut out = String::new();
    let mut signs = Vec::new();
    let mut chars = pattern.chars().peekable();
    let literal = |c: char, out: &mut String| {
        if !c.is_ascii_alphanumeric() && !c.is_whitespace() && c.is_ascii() {
            out.push('\\');
        }
        out.push(c);
    };
    while let Some(c) = chars.next() {
        let opens = matches!(c, '@' | '+' | '*' | '?') && chars.peek() == Some(&'(');
        match c {
            _ if opens => {
                chars.next();
                out.push('(');
                signs.push(c);
            }
            '\\' => literal(chars.next().unwrap_or('\\'), &mut out),
            '*' => out.push_str(".*"),
            '?' => out.push('.'),
            '|' if !signs.is_empty() => out.push('|'),
            ')' if !signs.is_empty() => {
                out.push(')');
                match signs.pop() {
                    Some('@') | None => {}
                    Some(sign) => out.push(sign),
                }
            }
            '[' => {
                out.push('[');
                if chars.next_if(|c| matches!(c, '!' | '^')).is_some() {
                    out.push('^');
                }
                if chars.next_if_eq(&']').is_some() {
                    out.push(']');
                }
                let mut is_named = false;
                while let Some(c) = chars.next() {
                    out.push(c);
                    match c {
                        '[' if chars.peek() == Some(&':') => is_named = true,
                        ']' if is_named => is_named = false,
                        ']' => break,
                        _ => {}
                    }
                }
            }
            c => literal(c, &mut out),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_match_as_in_bash() {
        let cases = [
            ("@(foo|bar)", "foo", true),
            ("@(foo|bar)", "foobar", false),
            ("+([0-9])", "123", true),
            ("+([0-9])", "12a", false),
            ("!(bar)", "x", true),
            ("!(bar)", "bar", false),
            ("!(*.log)", "a.txt", true),
            ("!(*.log)", "a.log", false),
            ("a?(b)c", "ac", true),
            ("*(ab)", "abab", true),
            ("x.@(y|z*)", "x.zz", true),
            ("x.@(y|z*)", "xay", false),
            ("+([[:digit:]])", "7", true),
        ];
        for (pattern, text, is_match) in cases {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
    }
}
