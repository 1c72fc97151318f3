//! What a shell says of a script that it cannot read.

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
        if let (ShellKind::Bash, ParseError::Unexpected(_, line)) = (self.kind, &broken.error) {
            message.push_str(&format!("{}`{}'\n", self.error_place(*line, by), broken.text));
        }
        message
    }

    /// What is wrong with a script of so many lines.
    fn syntax_error_at(&self, error: &ParseError, last: u32, by: Option<&str>) -> String {
        let at = |line: u32| self.error_place(line, by);
        match (error, self.kind) {
            (ParseError::Incomplete | ParseError::InHere(_), ShellKind::Bash) => {
                format!("{}syntax error: unexpected end of file\n", at(last + 1))
            }
            (ParseError::Incomplete | ParseError::InHere(_), ShellKind::Ash) => {
                format!("{}syntax error: unexpected end of file\n", at(last))
            }
            (ParseError::Incomplete | ParseError::InHere(_), _) => {
                format!("{}Syntax error: end of file unexpected\n", at(last))
            }
            (ParseError::Open(sign, line), ShellKind::Bash) => {
                format!("{}unexpected EOF while looking for matching `{sign}'\n", at(*line))
            }
            (ParseError::Open('`', line), _) => format!("{}Syntax error: EOF in backquote substitution\n", at(*line)),
            (ParseError::Open(_, line), ShellKind::Dash) => {
                format!("{}Syntax error: Unterminated quoted string\n", at(*line))
            }
            (ParseError::Open(_, line), _) => format!("{}syntax error: unterminated quoted string\n", at(*line)),
            (ParseError::Unexpected(token, line), ShellKind::Dash) if token == REDIRECTION => {
                format!("{}Syntax error: {token} unexpected\n", at(*line))
            }
            (ParseError::Unexpected(token, line), ShellKind::Ash) if token == REDIRECTION => {
                format!("{}syntax error: unexpected {token}\n", at(*line))
            }
            (ParseError::Unexpected(token, line), ShellKind::Dash)
                if matches!(token.as_str(), BAD_VARIABLE | BAD_FUNCTION) =>
            {
                format!("{}Syntax error: {token}\n", at(*line))
            }
            (ParseError::Unexpected(token, line), ShellKind::Ash)
                if matches!(token.as_str(), BAD_VARIABLE | BAD_FUNCTION) =>
            {
                format!("{}syntax error: {}\n", at(*line), token.to_ascii_lowercase())
            }
            (ParseError::Unexpected(token, line), ShellKind::Bash) => {
                format!("{}syntax error near unexpected token `{token}'\n", at(*line))
            }
            (ParseError::Unexpected(token, line), ShellKind::Dash) => {
                format!("{}Syntax error: \"{token}\" unexpected\n", at(*line))
            }
            (ParseError::Unexpected(token, line), ShellKind::Ash) => {
                format!("{}syntax error: unexpected \"{token}\"\n", at(*line))
            }
            (ParseError::Unknown(what), _) => format!("{}{what} is not in this lab\n", at(last)),
        }
    }
}
