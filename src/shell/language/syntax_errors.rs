//! What a shell says of a script that it cannot read.

use super::lexer::CLOSING;
use super::names::KEYWORDS;
use super::parse::{BAD_FUNCTION, BAD_VARIABLE, REDIRECTION};
use super::state::{Broken, Shell, ShellKind};
use super::syntax::ParseError;

impl Shell {
    /// What stands before a message about the language: `by` is what the script came by.
    fn error_place(&self, line: u32, by: Option<&str>) -> String {
        let own = self.arguments.first().map_or("sh", String::as_str);
        let name = self.calls.last().map_or(own, |call| call.source.as_str());
        match (self.kind, by) {
            (ShellKind::Bash, _) if !self.has_lines => "bash: ".to_string(),
            (ShellKind::Bash, Some("eval")) => format!("{name}: eval: line {line}: "),
            (ShellKind::Bash, Some(file)) => format!("{file}: line {line}: "),
            (ShellKind::Bash, None) if self.is_command => format!("{own}: -c: line {line}: "),
            (ShellKind::Bash, None) => format!("{own}: line {line}: "),
            (ShellKind::Dash, Some(by)) => format!("{own}: {line}: {by}: "),
            (ShellKind::Dash, None) => format!("{own}: {line}: "),
            (ShellKind::Ash, _) if self.is_interactive || !self.has_lines => format!("{own}: "),
            (ShellKind::Ash, Some("eval")) if self.is_command => {
                format!("{own}: eval: line {}: ", line.saturating_sub(1))
            }
            (ShellKind::Ash, Some(by)) => format!("{own}: {by}: line {line}: "),
            (ShellKind::Ash, None) if self.is_command => format!("{own}: "),
            (ShellKind::Ash, None) => format!("{own}: line {line}: "),
        }
    }

    /// What is wrong with a script that stands at a terminal, as this shell says it.
    pub fn syntax_error(&self, error: &ParseError) -> String {
        self.syntax_error_at(error, self.line, None)
    }

    /// The same with one that was read whole; bash shows the line, too.
    pub(super) fn syntax_error_of(&self, broken: &Broken) -> String {
        let by = broken.by.as_deref();
        let mut message = self.syntax_error_at(&broken.error, broken.lines, by);
        if let (ShellKind::Bash, ParseError::Unexpected(_, line) | ParseError::Missing(_, _, line)) =
            (self.kind, &broken.error)
            && !broken.error.is_incomplete()
        {
            message.push_str(&format!("{}`{}'\n", self.error_place(*line, by), broken.text));
        }
        message
    }

    /// What is wrong with a script of so many lines.
    fn syntax_error_at(&self, error: &ParseError, last: u32, by: Option<&str>) -> String {
        let at = |line: u32| self.error_place(line, by);
        let is_bash = self.kind == ShellKind::Bash;
        match error {
            ParseError::Missing(CLOSING, found, _) if is_bash && found.is_empty() => {
                format!("{}unexpected EOF while looking for matching `)'\n", at(last + 1))
            }
            ParseError::Missing(_, found, line) if is_bash && !found.is_empty() => {
                format!("{}syntax error near unexpected token `{found}'\n", at(*line))
            }
            ParseError::Incomplete | ParseError::InHere(_) | ParseError::Missing(..) if is_bash => {
                format!("{}syntax error: unexpected end of file\n", at(last + 1))
            }
            ParseError::Open(sign, line) if is_bash => {
                format!("{}unexpected EOF while looking for matching `{sign}'\n", at(*line))
            }
            ParseError::Unexpected(token, line) if is_bash => {
                format!("{}syntax error near unexpected token `{token}'\n", at(*line))
            }
            ParseError::Incomplete | ParseError::InHere(_) => at(last) + &self.found_instead("", None),
            ParseError::Missing(wanted, found, line) => {
                let line = if found.is_empty() { last } else { *line };
                at(line) + &self.found_instead(found, Some(wanted.trim_start_matches('$')))
            }
            ParseError::Open('`', line) => format!("{}Syntax error: EOF in backquote substitution\n", at(*line)),
            ParseError::Open(_, line) if self.kind == ShellKind::Dash => {
                format!("{}Syntax error: Unterminated quoted string\n", at(*line))
            }
            ParseError::Open(_, line) => format!("{}syntax error: unterminated quoted string\n", at(*line)),
            ParseError::Unexpected(token, line) if matches!(token.as_str(), BAD_VARIABLE | BAD_FUNCTION) => {
                match self.kind {
                    ShellKind::Ash => format!("{}syntax error: {}\n", at(*line), token.to_ascii_lowercase()),
                    _ => format!("{}Syntax error: {token}\n", at(*line)),
                }
            }
            ParseError::Unexpected(token, line) => at(*line) + &self.found_instead(token, None),
            ParseError::Unknown(what) => format!("{}{what} is not in this lab\n", at(last)),
        }
    }

    /// What dash and BusyBox say of a token, and of the word that should stand there. They show operators and the
    /// language's own words; all others are `word`.
    fn found_instead(&self, token: &str, wanted: Option<&str>) -> String {
        let shown = match token {
            "" => "end of file".to_string(),
            "newline" | REDIRECTION => token.to_string(),
            "<" | ">" => REDIRECTION.to_string(),
            ";" | ";;" | "&" | "&&" | "|" | "||" | "(" | ")" => format!("\"{token}\""),
            token if KEYWORDS.contains(&token) => format!("\"{token}\""),
            _ => "word".to_string(),
        };
        let wanted = wanted.map(|wanted| format!(" (expecting \"{wanted}\")")).unwrap_or_default();
        match self.kind {
            ShellKind::Ash => format!("syntax error: unexpected {shown}{wanted}\n"),
            _ => format!("Syntax error: {shown} unexpected{wanted}\n"),
        }
    }
}
