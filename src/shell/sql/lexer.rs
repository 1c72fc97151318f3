//! Cuts SQL text into tokens and statements; knows no grammar.

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword or a name.
    Word,
    /// A name in backquotes.
    Name,
    /// Text in quotes.
    Text,
    /// A number.
    Number,
    /// `@@name` or `@name`.
    Variable,
    /// Anything else: `(`, `<=`, `*`.
    Symbol,
}

/// A token and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its value, without quotes.
    pub text: String,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// Cuts a statement into tokens. Comments are left out.
pub fn tokenize(sql: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = sql.char_indices().collect();
    let place = |at: usize| chars.get(at).map_or(sql.len(), |pair| pair.0);
    let peek = |at: usize| chars.get(at).map(|pair| pair.1);
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = peek(at) {
        let start = at;
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        if let Some(end) = comment_end(&chars, at) {
            at = end;
            continue;
        }
        let (kind, text) = match c {
            '\'' | '"' | '`' => {
                let (text, end) = quoted(&chars, at, c);
                at = end;
                (if c == '`' { TokenKind::Name } else { TokenKind::Text }, text)
            }
            c if c.is_ascii_digit() || (c == '.' && peek(at + 1).is_some_and(|c| c.is_ascii_digit())) => {
                while peek(at).is_some_and(|c| c.is_ascii_digit() || c == '.') {
                    at += 1;
                }
                (TokenKind::Number, sql.get(place(start)..place(at)).unwrap_or("").to_string())
            }
            '@' => {
                while peek(at).is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '_' | '.')) {
                    at += 1;
                }
                (TokenKind::Variable, sql.get(place(start)..place(at)).unwrap_or("").to_string())
            }
            c if c.is_alphabetic() || c == '_' || c == '$' => {
                while peek(at).is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
                    at += 1;
                }
                (TokenKind::Word, sql.get(place(start)..place(at)).unwrap_or("").to_string())
            }
            c => {
                let two = [c, peek(at + 1).unwrap_or(' ')];
                let is_double =
                    matches!(two, ['<', '='] | ['>', '='] | ['<', '>'] | ['!', '='] | ['|', '|'] | ['&', '&']);
                at += if is_double { 2 } else { 1 };
                (TokenKind::Symbol, sql.get(place(start)..place(at)).unwrap_or("").to_string())
            }
        };
        tokens.push(Token { kind, text, start: place(start), end: place(at) });
    }
    tokens
}

/// Where the comment that begins at `at` ends.
fn comment_end(chars: &[(usize, char)], at: usize) -> Option<usize> {
    let peek = |at: usize| chars.get(at).map(|pair| pair.1);
    let is_line = peek(at) == Some('#')
        || (peek(at) == Some('-') && peek(at + 1) == Some('-') && peek(at + 2).is_none_or(char::is_whitespace));
    let mut end = at;
    if is_line {
        while peek(end).is_some_and(|c| c != '\n') {
            end += 1;
        }
        return Some(end);
    }
    if peek(at) == Some('/') && peek(at + 1) == Some('*') {
        end += 2;
        while peek(end).is_some() && !(peek(end) == Some('*') && peek(end + 1) == Some('/')) {
            end += 1;
        }
        return Some(end + 2);
    }
    None
}

/// The value of quoted text and the place behind it.
fn quoted(chars: &[(usize, char)], start: usize, quote: char) -> (String, usize) {
    let (mut at, mut text) = (start + 1, String::new());
    while let Some((_, c)) = chars.get(at) {
        at += 1;
        match *c {
            '\\' if quote != '`' => {
                let next = chars.get(at).map_or('\\', |pair| pair.1);
                at += 1;
                text.push(match next {
                    'n' => '\n',
                    't' => '\t',
                    '0' => '\0',
                    c => c,
                });
            }
            c if c == quote => {
                if chars.get(at).is_some_and(|pair| pair.1 == quote) {
                    at += 1;
                    text.push(quote);
                } else {
                    break;
                }
            }
            c => text.push(c),
        }
    }
    (text, at)
}

/// How a statement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// `;` or `\g`.
    Plain,
    /// `\G`: rows are shown as lists.
    Vertical,
    /// `\c`: it is thrown away.
    Cleared,
}

/// Takes the first complete statement off `buffer`.
pub fn take_statement(buffer: &mut String) -> Option<(String, End)> {
    let chars: Vec<(usize, char)> = buffer.char_indices().collect();
    let mut at = 0;
    while let Some((place, c)) = chars.get(at).copied() {
        if let Some(end) = comment_end(&chars, at) {
            at = end;
            continue;
        }
        let next = chars.get(at + 1).map(|pair| pair.1);
        let found = match (c, next) {
            ('\'' | '"' | '`', _) => {
                at = quoted(&chars, at, c).1;
                continue;
            }
            (';', _) => Some((End::Plain, 1)),
            ('\\', Some('g')) => Some((End::Plain, 2)),
            ('\\', Some('G')) => Some((End::Vertical, 2)),
            ('\\', Some('c')) => Some((End::Cleared, 2)),
            _ => None,
        };
        if let Some((end, length)) = found {
            let statement = buffer.get(..place).unwrap_or("").to_string();
            let rest = buffer.get(place + length..).unwrap_or("").trim_start().to_string();
            *buffer = rest;
            return Some((statement, end));
        }
        at += 1;
    }
    None
}

/// The quote that is open at the end of `buffer`.
pub fn open_quote(buffer: &str) -> Option<char> {
    let chars: Vec<(usize, char)> = buffer.char_indices().collect();
    let mut at = 0;
    while let Some((_, c)) = chars.get(at).copied() {
        if let Some(end) = comment_end(&chars, at) {
            at = end;
        } else if matches!(c, '\'' | '"' | '`') {
            let end = quoted(&chars, at, c).1;
            let is_closed = end > at + 1 && chars.get(end - 1).is_some_and(|pair| pair.1 == c);
            if end >= chars.len() && !is_closed {
                return Some(c);
            }
            at = end;
        } else {
            at += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_where_they_end() {
        let mut buffer = "select ';' -- x;\n; show\\G rest".to_string();
        assert_eq!(take_statement(&mut buffer), Some(("select ';' -- x;\n".to_string(), End::Plain)));
        assert_eq!(take_statement(&mut buffer), Some(("show".to_string(), End::Vertical)));
        assert_eq!(take_statement(&mut buffer), None);
        assert_eq!(buffer, "rest");
        assert_eq!(open_quote("select 'a"), Some('\''));
        assert_eq!(open_quote("select 'a''b'"), None);
    }
}
