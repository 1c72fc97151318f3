//! The words of a Go template's actions, with their places in the source.
//!
//! Follows `text/template/parse/lex.go` of Go.

use crate::model::Value;

/// What a word is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `.name`.
    Field(String),
    /// `.` alone.
    Dot,
    /// `$x`.
    Variable(String),
    /// A name: a function or a word of the language.
    Name(String),
    /// A text in quotes.
    Text(String),
    /// A number or a character.
    Number(Value),
    Nil,
    Bool(bool),
    Pipe,
    Open,
    Close,
    Comma,
    /// `:=`.
    Declare,
    /// `=`.
    Assign,
    /// Any other character; the parser says where it does not fit.
    Char(char),
    /// What cannot be read, in Go's words.
    Wrong(String),
}

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) token: Token,
    /// The bytes of the source.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether it follows the word before it without a blank.
    pub(super) is_glued: bool,
}

/// A piece of the source.
#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    /// The words between `{{` and `}}`, and where the first one stands.
    Action(Vec<Word>, usize),
}

/// The next piece of the source from `at` on, and where the one after it begins. `trims` says whether blanks are cut
/// at its beginning, and is told whether they are cut behind it.
pub(super) fn next_piece(source: &str, at: usize, trims: &mut bool) -> Option<(Piece, usize)> {
    let rest = source.get(at..).filter(|rest| !rest.is_empty())?;
    if let Some(inside) = rest.strip_prefix("{{") {
        let from = if is_trimming(inside) { at + 3 } else { at + 2 };
        return Some(action(source, from, trims));
    }
    let end = rest.find("{{").unwrap_or(rest.len());
    let (text, behind) = rest.split_at(end);
    let text = if std::mem::take(trims) { text.trim_start() } else { text };
    let text = if behind.get(2..).is_some_and(is_trimming) { text.trim_end() } else { text };
    Some((Piece::Text(text.to_string()), at + end))
}

fn is_trimming(inside: &str) -> bool {
    let mut chars = inside.chars();
    chars.next() == Some('-') && chars.next().is_some_and(is_blank)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Where the action that ends at `rest` ends, if it does: the length of `}}` or ` -}}`.
fn closing(rest: &str) -> Option<usize> {
    ["}}", " -}}", "\n-}}", "\t-}}"].into_iter().find(|end| rest.starts_with(end)).map(str::len)
}

fn action(source: &str, from: usize, trims: &mut bool) -> (Piece, usize) {
    let (mut words, mut at, mut is_glued) = (Vec::new(), from, false);
    let comment = source.get(from..).unwrap_or("");
    if let Some(inside) = comment.trim_start_matches(is_blank).strip_prefix("/*") {
        let begin = source.len() - inside.len();
        let end = inside.find("*/").map(|end| begin + end + 2);
        let close = end.and_then(|end| Some((end, closing(source.get(end..)?)?)));
        return match (end, close) {
            (_, Some((end, length))) => {
                *trims = length > 2;
                (Piece::Text(String::new()), end + length)
            }
            (None, _) => wrong(words, from, from, source, "unclosed comment"),
            (Some(_), None) => wrong(words, from, from, source, "comment ends before closing delimiter"),
        };
    }
    let first = source.len() - comment.trim_start_matches(is_blank).len();
    loop {
        let rest = source.get(at..).unwrap_or("");
        if let Some(length) = closing(rest) {
            *trims = length > 2;
            return (Piece::Action(words, first), at + length);
        }
        let Some(c) = rest.chars().next() else { return wrong(words, first, at, source, "unclosed action") };
        if is_blank(c) {
            (at, is_glued) = (at + 1, false);
            continue;
        }
        let (token, length) = token(rest, c);
        if let Token::Wrong(why) = &token {
            let why = why.clone();
            return wrong(words, first, at, source, &why);
        }
        words.push(Word { token, from: at, to: at + length, is_glued });
        (at, is_glued) = (at + length, true);
    }
}

/// The rest of the source cannot be read.
fn wrong(mut words: Vec<Word>, first: usize, at: usize, source: &str, why: &str) -> (Piece, usize) {
    words.push(Word { token: Token::Wrong(why.to_string()), from: at, to: source.len(), is_glued: false });
    (Piece::Action(words, first), source.len())
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// How many bytes of `text` belong to a name.
fn name_length(text: &str) -> usize {
    text.find(|c: char| !is_name(c)).unwrap_or(text.len())
}

/// Says what a name must not be followed by.
fn ended(token: Token, rest: &str, length: usize) -> (Token, usize) {
    match rest.get(length..).and_then(|rest| rest.chars().next()) {
        None | Some('.' | ',' | '|' | ':' | ')' | '(') => (token, length),
        Some('}') if rest.get(length..).is_some_and(|rest| rest.starts_with("}}")) => (token, length),
        Some(c) if is_blank(c) => (token, length),
        Some(c) => (Token::Wrong(format!("bad character U+{:04X} '{c}'", c as u32)), length),
    }
}

fn token(rest: &str, c: char) -> (Token, usize) {
    let after = rest.get(c.len_utf8()..).unwrap_or("");
    let is_number = |c: char| c.is_ascii_digit();
    match c {
        '|' => (Token::Pipe, 1),
        '(' => (Token::Open, 1),
        ')' => (Token::Close, 1),
        ',' => (Token::Comma, 1),
        '=' => (Token::Assign, 1),
        ':' if after.starts_with('=') => (Token::Declare, 2),
        ':' => (Token::Wrong("expected :=".into()), 1),
        '"' => quoted(rest).map_or((Token::Wrong("unterminated quoted string".into()), 1), |(text, length)| {
            (Token::Text(text), length)
        }),
        '`' => match after.split_once('`') {
            Some((raw, _)) => (Token::Text(raw.to_string()), raw.len() + 2),
            None => (Token::Wrong("unterminated raw quoted string".into()), 1),
        },
        '\'' => character(rest),
        '.' if after.starts_with(is_name) && !after.starts_with(is_number) => {
            let length = name_length(after);
            ended(Token::Field(after.get(..length).unwrap_or("").to_string()), rest, length + 1)
        }
        '.' if !after.starts_with(is_number) => (Token::Dot, 1),
        '$' => {
            let length = name_length(after) + 1;
            ended(Token::Variable(rest.get(..length).unwrap_or("$").to_string()), rest, length)
        }
        '+' | '-' | '.' => number(rest),
        c if is_number(c) => number(rest),
        c if is_name(c) => {
            let length = name_length(rest);
            let token = match rest.get(..length).unwrap_or("") {
                "true" => Token::Bool(true),
                "false" => Token::Bool(false),
                "nil" => Token::Nil,
                name => Token::Name(name.to_string()),
            };
            ended(token, rest, length)
        }
        c => (Token::Char(c), c.len_utf8()),
    }
}

/// The text in double quotes at the start, and its length in the source.
fn quoted(text: &str) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, at + 1)),
            '\n' => return None,
            '\\' => out.push(match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'a' => '\x07',
                'u' => {
                    let hex: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32)?
                }
                other => other,
            }),
            c => out.push(c),
        }
    }
    None
}

fn character(text: &str) -> (Token, usize) {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let closes = *c == '\'' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        closes
    });
    let Some((end, _)) = end else { return (Token::Wrong("unterminated character constant".into()), 1) };
    let inside = text.get(1..end).unwrap_or("");
    let inner = format!("\"{}\"", inside.replace('"', "\\\""));
    let text = quoted(&inner).map(|(text, _)| text).unwrap_or_default();
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => (Token::Number(i64::from(u32::from(c)).into()), end + 1),
        _ => (Token::Wrong(format!("malformed character constant: '{inside}'")), end + 1),
    }
}

fn number(text: &str) -> (Token, usize) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let mut length = text.find(|c: char| !is_part(c) && !matches!(c, '+' | '-')).unwrap_or(text.len());
    // A sign stands at the beginning and behind an exponent.
    let sign = text.char_indices().skip(1).take_while(|(at, _)| *at < length).find(|(at, c)| {
        matches!(c, '+' | '-') && !text.get(..*at).is_some_and(|before| before.ends_with(['e', 'E', 'p', 'P']))
    });
    length = sign.map_or(length, |(at, _)| at);
    let digits = text.get(..length).unwrap_or("");
    match number_of(&digits.replace('_', "")) {
        Some(value) => (Token::Number(value), length),
        None => (Token::Wrong(format!("bad number syntax: {digits:?}")), length),
    }
}

fn number_of(digits: &str) -> Option<Value> {
    let (sign, plain) = match digits.strip_prefix('-') {
        Some(plain) => (-1, plain),
        None => (1, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let lower = plain.to_ascii_lowercase();
    let base =
        [("0x", 16), ("0b", 2), ("0o", 8)].into_iter().find_map(|(lead, base)| Some((lower.strip_prefix(lead)?, base)));
    if let Some((digits, base)) = base {
        return i64::from_str_radix(digits, base).ok().map(|number| (sign * number).into());
    }
    if let Ok(number) = plain.parse::<i64>() {
        return Some((sign * number).into());
    }
    let number = plain.parse::<f64>().ok().filter(|_| !plain.contains(['n', 'N', 'i', 'I']))?;
    let number = if sign < 0 { -number } else { number };
    // What is whole is a whole number: `1e3`.
    let text = format!("{number}");
    match text.parse::<i64>() {
        Ok(whole) if !plain.contains('.') => Some(whole.into()),
        _ => Some(Value::Float(number)),
    }
}
