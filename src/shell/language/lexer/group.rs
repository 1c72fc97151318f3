//! Bash's groups in patterns: `@(a|b)`, `+(a)`, `*(a)`, `?(a)`, `!(a)`.

use super::{Lexer, Parts, push_text};
use crate::shell::language::syntax::{ParseError, Part};

impl Lexer {
    /// Whether bash's `@(a|b)` or the like stands here, and no command in brackets or product of a sum.
    pub(super) fn begins_group(&self, c: char) -> bool {
        let rest = self.chars.get(self.at + 1..).unwrap_or(&[]);
        if !matches!(c, '@' | '+' | '*' | '?' | '!') || rest.first() != Some(&'(') {
            return false;
        }
        if !self.takes_groups && !self.has_extended_patterns() {
            return false;
        }
        let inside = rest.iter().take_while(|c| **c != ')');
        matches!(c, '@' | '+' | '?') || !inside.into_iter().any(|c| c.is_whitespace())
    }

    /// Whether an earlier line has switched them on: bash reads line by line.
    fn has_extended_patterns(&self) -> bool {
        let from = self.groups_from.get_or_init(|| {
            let word: Vec<char> = "extglob".chars().collect();
            let at = self.chars.windows(word.len()).position(|part| part == word.as_slice());
            let line = at.and_then(|at| self.chars.iter().skip(at).position(|c| *c == '\n').map(|end| at + end));
            line.unwrap_or(usize::MAX)
        });
        self.at > *from
    }

    /// Reads such a group: it is part of a pattern.
    pub(super) fn group(&mut self, parts: &mut Parts) -> Result<(), ParseError> {
        let mut depth = 0_u32;
        while let Some(c) = self.peek() {
            match c {
                '\'' => {
                    self.at += 1;
                    parts.push((Part::Text(self.single_quoted()?), true));
                }
                '"' => {
                    self.at += 1;
                    self.double_quoted(parts)?;
                }
                '$' | '`' => {
                    let part = self.expansion(false)?;
                    parts.push(part);
                }
                c => {
                    self.next();
                    push_text(parts, c, false);
                    depth = if c == '(' { depth + 1 } else { depth - u32::from(c == ')' && depth > 0) };
                    if c == ')' && depth == 0 {
                        return Ok(());
                    }
                }
            }
        }
        Err(ParseError::Incomplete)
    }
}
