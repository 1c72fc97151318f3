//! `${…}`: which parameter is meant, and what is done to it.

use super::{Lexer, is_name_start};
use crate::shell::language::syntax::{Change, Parameter, ParseError, Part, Word};

impl Lexer {
    /// Reads what stands in `${…}`.
    pub(super) fn braced(&self, source: &str, is_quoted: bool) -> Result<Part, ParseError> {
        // The shells see that only when they come to it.
        let bad = || {
            let parameter = Parameter { name: source.to_string(), change: Change::Bad, ..Parameter::default() };
            Part::Parameter(Box::new(parameter))
        };
        let mut parameter = Parameter::default();
        let mut rest = source;
        if let Some(behind) = rest.strip_prefix('#').filter(|behind| !behind.is_empty()) {
            (parameter.is_length, rest) = (true, behind);
        } else if let Some(behind) = rest.strip_prefix('!').filter(|behind| may_be_indirect(behind)) {
            (parameter.is_indirect, rest) = (true, behind);
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (name, behind) = match end {
            0 => rest.split_at(rest.chars().next().map_or(0, char::len_utf8)),
            end => rest.split_at(end),
        };
        if name.is_empty() || (end == 0 && !name.contains(['?', '$', '#', '@', '*', '!', '-'])) {
            return Ok(bad());
        }
        (parameter.name, rest) = (name.to_string(), behind);
        if let Some(inside) = rest.strip_prefix('[').filter(|_| self.dialect.is_bash) {
            let mut inner = self.inner(inside);
            let index = inner.until_closed('[', ']')?;
            rest = inside.get(index.len() + 1..).unwrap_or("");
            parameter.index = Some(self.inside(&index)?.whole_word()?);
        }
        if parameter.is_indirect && matches!(rest, "*" | "@") {
            (parameter.is_indirect, parameter.change) = (false, Change::NamesOf(rest == "*"));
            return Ok(Part::Parameter(Box::new(parameter)));
        }
        Ok(match self.change(rest, is_quoted)? {
            None | Some(Change::Bad) => bad(),
            Some(change) => Part::Parameter(Box::new(Parameter { change, ..parameter })),
        })
    }

    /// Reads what stands behind a name in `${…}`.
    fn change(&self, rest: &str, is_quoted: bool) -> Result<Option<Change>, ParseError> {
        let operand = |text: &str| match is_quoted {
            true => self.inside(text)?.inside_double_quotes(),
            false => self.inside(text)?.whole_word(),
        };
        let pattern = |text: &str| self.inside(text)?.whole_word();
        let mut letters = rest.chars();
        let (first, second) = (letters.next(), letters.next());
        let from = |n: usize| rest.get(n..).unwrap_or("");
        Ok(Some(match (first, second) {
            (None, _) => Change::None,
            // Bash takes the quotes of a message away wherever it stands.
            (Some(':'), Some('?')) if self.dialect.is_bash => Change::Instead('?', true, pattern(from(2))?),
            (Some('?'), _) if self.dialect.is_bash => Change::Instead('?', false, pattern(from(1))?),
            (Some(':'), Some(c @ ('-' | '=' | '+' | '?'))) => Change::Instead(c, true, operand(from(2))?),
            (Some(c @ ('-' | '=' | '+' | '?')), _) => Change::Instead(c, false, operand(from(1))?),
            (Some(c @ ('#' | '%')), second) => {
                let is_long = second == Some(c);
                Change::Trim(c == '%', is_long, pattern(from(1 + usize::from(is_long)))?)
            }
            // Dash sees that only when it comes to it.
            (Some('/' | ':' | '^' | ',' | '@' | '~'), _) if !self.dialect.has_extras => Change::Bad,
            _ if !self.dialect.has_extras => return Ok(None),
            (Some('/'), second) => {
                let place = second.filter(|c| matches!(c, '/' | '#' | '%')).unwrap_or('1');
                let body = from(if place == '1' { 1 } else { 2 });
                let (from, to) = split_unquoted(body);
                // Quotes and backslashes in the new text count as they do outside quotes.
                Change::Replace(place, pattern(from)?, pattern(to).or_else(|_| operand(to))?)
            }
            (Some(':'), _) => {
                let (offset, length) = match split_sum(from(1)) {
                    (offset, Some(length)) => (offset, Some(self.inside(length)?.inside_quotes()?)),
                    (offset, None) => (offset, None),
                };
                Change::Slice(self.inside(offset)?.inside_quotes()?, length)
            }
            (Some(c @ ('^' | ',')), second) if self.dialect.is_bash => {
                let is_all = second == Some(c);
                Change::Case(c == '^', is_all, pattern(from(1 + usize::from(is_all)))?)
            }
            (Some('~'), second) if self.dialect.is_bash => Change::Swap(second == Some('~')),
            (Some('@'), Some(letter)) if self.dialect.is_bash => Change::Transform(letter),
            _ => return Ok(None),
        }))
    }

    /// As between double quotes, with quotes inside that only keep things together.
    fn inside_double_quotes(&mut self) -> Result<Word, ParseError> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek() {
            if c == '"' || self.looking_at("\\}") {
                self.at += 1;
            } else {
                self.quoted_piece(&mut parts, '"')?;
            }
        }
        Ok(Word(parts))
    }
}

/// Whether what stands behind `${!` is the parameter that names another: a variable, or an argument (`${!1}`, `${!#}`).
fn may_be_indirect(text: &str) -> bool {
    text.starts_with(|c: char| is_name_start(c) || c.is_ascii_digit()) || text == "#"
}

/// The parts before and behind the first slash that stands outside quotes.
fn split_unquoted(text: &str) -> (&str, &str) {
    let (mut quote, mut escaped, mut depth) = (None, false, 0_u32);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (q, '\\') if q != Some('\'') => escaped = true,
            (Some(mark), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') => depth = depth.saturating_sub(1),
            (None, '/') if depth == 0 => return (text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or("")),
            _ => {}
        }
    }
    (text, "")
}

/// The parts before and behind the first colon that stands outside brackets.
fn split_sum(text: &str) -> (&str, Option<&str>) {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' | '?' => depth += 1,
            ')' | '}' => depth -= 1,
            ':' if depth > 0 && text.get(..at).is_some_and(|before| before.contains('?')) => depth -= 1,
            ':' if depth == 0 => return (text.get(..at).unwrap_or(""), text.get(at + 1..)),
            _ => {}
        }
    }
    (text, None)
}
