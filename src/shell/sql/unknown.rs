//! Statements that a server knows and this lab does not: they are taken to work, and named.

use super::connection::{Answer, Connection, Reply};
use super::error::SqlError;
use super::lexer::{TokenKind, tokenize};
use super::statement::{Statement, SyntaxError};

/// What statements begin with that this lab cannot read.
const VERBS: &[&str] = &[
    "analyze",
    "backup",
    "binlog",
    "cache",
    "call",
    "change",
    "check",
    "checksum",
    "clone",
    "deallocate",
    "declare",
    "desc",
    "describe",
    "do",
    "execute",
    "explain",
    "get",
    "handler",
    "help",
    "import",
    "install",
    "kill",
    "load",
    "prepare",
    "purge",
    "release",
    "rename",
    "repair",
    "reset",
    "resignal",
    "restart",
    "savepoint",
    "shutdown",
    "signal",
    "table",
    "uninstall",
    "values",
    "with",
    "xa",
];

/// What statements begin with that this lab can read in part.
const READ: &[&str] = &["alter", "create", "delete", "drop", "insert", "replace", "select", "show", "update"];

/// Words of the language that this lab does not read where they stand in such a statement.
const BEYOND: &[&str] = &[
    "against",
    "algorithm",
    "binary",
    "case",
    "cast",
    "collate",
    "comment",
    "convert",
    "definer",
    "div",
    "duplicate",
    "engine",
    "event",
    "events",
    "except",
    "extract",
    "for",
    "foreign",
    "fulltext",
    "function",
    "having",
    "index",
    "intersect",
    "interval",
    "join",
    "lateral",
    "logfile",
    "logs",
    "match",
    "mod",
    "natural",
    "over",
    "partition",
    "plugins",
    "procedure",
    "procedures",
    "profile",
    "recursive",
    "references",
    "regexp",
    "returning",
    "rlike",
    "role",
    "rollup",
    "row",
    "sequence",
    "server",
    "spatial",
    "status",
    "straight_join",
    "tablespace",
    "temporary",
    "trigger",
    "triggers",
    "union",
    "using",
    "view",
    "window",
    "with",
];

/// How a statement is called that this lab cannot read and a server may, in upper case.
fn name_of(sql: &str) -> Option<String> {
    let tokens = tokenize(sql);
    let words: Vec<String> = tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Word)
        .map(|token| token.text.to_ascii_lowercase())
        .collect();
    let first = tokens.first().filter(|token| token.kind == TokenKind::Word).and(words.first())?.as_str();
    let mut rest = words.iter().skip(1);
    let is_beyond = match first {
        _ if VERBS.contains(&first) => true,
        "insert" | "replace" | "create" if rest.clone().any(|word| word == "select") => true,
        _ => READ.contains(&first) && rest.clone().any(|word| BEYOND.contains(&word.as_str())),
    };
    let second = rest.next().filter(|_| matches!(first, "alter" | "create" | "drop" | "show"));
    let name = second.map_or(first.to_string(), |second| format!("{first} {second}"));
    is_beyond.then(|| name.to_ascii_uppercase())
}

/// What comes of a statement that could not be read: it is taken to work if a server may know it.
///
/// # Errors
/// What the server says of a text that is no SQL.
pub(super) fn unread(sql: &str, error: SyntaxError, product: &str, connection: &mut Connection) -> Answer<Reply> {
    let name = match &error {
        SyntaxError::Unsupported(what) => Some((*what).to_string()),
        SyntaxError::Near(..) => name_of(sql),
        SyntaxError::Empty => None,
    };
    let name = name.ok_or_else(|| SqlError::syntax(error, product))?;
    connection.assumed.get_or_insert(name);
    Ok(Reply::done(0))
}

/// What a server has that this lab does not know: variables, functions, what statements show.
///
/// # Errors
/// What the server says of anything else.
pub(super) fn granted(result: Answer<Reply>, shown: Option<&Statement>, connection: &mut Connection) -> Answer<Reply> {
    let unknown = match (&result, shown) {
        // `Unknown system variable 'X'`, `FUNCTION X does not exist`.
        (Err(SqlError { number: 1193, text, .. }), _) => text.split('\'').nth(1),
        (Err(SqlError { number: 1305, text, .. }), _) => text.split(' ').nth(1),
        (Ok(_), Some(Statement::ShowNothing(what))) if what != "SHOW ERRORS" => Some(what.as_str()),
        (Ok(Reply::Rows { rows, .. }), Some(Statement::ShowVariables(Some(pattern)))) if rows.is_empty() => {
            Some(pattern.as_str())
        }
        _ => None,
    };
    let Some(unknown) = unknown else { return result };
    connection.assumed.get_or_insert_with(|| unknown.to_string());
    result.or(Ok(Reply::done(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_know_is_named() {
        for (sql, name) in [
            ("explain select 1", "EXPLAIN"),
            ("RESET MASTER", "RESET"),
            ("call p()", "CALL"),
            ("create view v as select 1", "CREATE VIEW"),
            ("insert into a select * from b", "INSERT"),
            ("select a from b union select 1", "SELECT"),
        ] {
            assert_eq!(name_of(sql).as_deref(), Some(name), "{sql}");
        }
        for sql in ["creat database b", "selct 1", "select * form t", "insert int t values (1)", "`call` x", ""] {
            assert_eq!(name_of(sql), None, "{sql}");
        }
    }
}
