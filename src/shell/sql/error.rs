//! What a database server answers when it refuses a statement, in its numbers and words.

use super::statement::SyntaxError;

/// A refused statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError {
    /// The server's number: 1049.
    pub number: u32,
    /// The standard's state: `42000`.
    pub state: &'static str,
    /// The message.
    pub text: String,
}

impl SqlError {
    /// An error with the state that belongs to its number.
    pub fn new(number: u32, text: impl Into<String>) -> SqlError {
        let state = match number {
            1044 | 1049 | 1064 | 1067 | 1102 | 1103 | 1109 | 1235 | 1305 => "42000",
            1045 => "28000",
            1046 => "3D000",
            1048 | 1062 => "23000",
            1050 => "42S01",
            1051 | 1146 => "42S02",
            1054 => "42S22",
            1060 => "42S21",
            1091 => "42000",
            1136 => "21S01",
            1264 => "22003",
            1366 => "22007",
            1406 => "22001",
            _ => "HY000",
        };
        SqlError { number, state, text: text.into() }
    }

    /// What the client shows: `ERROR 1049 (42000): …`, with a line number when it is not interactive.
    pub fn shown(&self, line: Option<usize>) -> String {
        let place = line.map(|line| format!(" at line {line}")).unwrap_or_default();
        format!("ERROR {} ({}){place}: {}\n", self.number, self.state, self.text)
    }

    /// The error of a statement that cannot be read.
    pub fn syntax(error: SyntaxError, product: &str) -> SqlError {
        match error {
            SyntaxError::Near(near, line) => SqlError::new(
                1064,
                format!(
                    "You have an error in your SQL syntax; check the manual that corresponds to your {product} server version for the right syntax to use near '{near}' at line {line}"
                ),
            ),
            SyntaxError::Unsupported(what) => {
                SqlError::new(1235, format!("This version of {product} doesn't yet support '{what}'"))
            }
            SyntaxError::Empty => SqlError::new(1065, "Query was empty"),
        }
    }
}
