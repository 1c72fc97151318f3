//! JSON as Go's `encoding/json` writes it, and a reader for it; knows nothing of Kubernetes.

use super::text::Text;
use super::value::{Map, Value};
use std::fmt::Write;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonStyle {
    /// Blanks for each level; 0 writes one line without blanks.
    pub indent: usize,
    /// Whether `<`, `>` and `&` become `\u003c`, `\u003e` and `\u0026`, as Go does unless told otherwise.
    pub escape_html: bool,
}

impl JsonStyle {
    /// One line, with Go's HTML escapes: the bytes that revisions and annotations hold.
    pub const COMPACT: JsonStyle = JsonStyle { indent: 0, escape_html: true };
}

/// `value` on one line as Go's `json.Marshal` writes it.
pub fn to_json(value: &Value) -> String {
    to_json_styled(value, JsonStyle::COMPACT)
}

/// `value` in the given style, without a final line break.
pub fn to_json_styled(value: &Value, style: JsonStyle) -> String {
    let mut out = String::new();
    write_value(&mut out, value, style, 0);
    out
}

fn write_value(out: &mut String, value: &Value, style: JsonStyle, level: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => _ = write!(out, "{number}"),
        Value::Float(number) => out.push_str(&go_float(*number)),
        Value::Str(text) => write_string(out, text, style.escape_html),
        Value::List(list) => write_sequence(out, '[', ']', list.iter(), style, level, |out, item, level| {
            write_value(out, item, style, level);
        }),
        Value::Map(map) => write_sequence(out, '{', '}', map.iter(), style, level, |out, (key, item), level| {
            write_string(out, key, style.escape_html);
            out.push_str(if style.indent > 0 { ": " } else { ":" });
            write_value(out, item, style, level);
        }),
    }
}

fn write_sequence<T>(
    out: &mut String,
    open: char,
    close: char,
    items: impl ExactSizeIterator<Item = T>,
    style: JsonStyle,
    level: usize,
    mut write_item: impl FnMut(&mut String, T, usize),
) {
    out.push(open);
    let is_empty = items.len() == 0;
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        line_break(out, style, level + 1);
        write_item(out, item, level + 1);
    }
    if !is_empty {
        line_break(out, style, level);
    }
    out.push(close);
}

fn line_break(out: &mut String, style: JsonStyle, level: usize) {
    if style.indent > 0 {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', style.indent * level));
    }
}

/// Writes a JSON string with Go's escapes.
fn write_string(out: &mut String, text: &str, escape_html: bool) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' if escape_html => _ = write!(out, "\\u{:04x}", c as u32),
            '\u{2028}' | '\u{2029}' => _ = write!(out, "\\u{:04x}", c as u32),
            c if (c as u32) < 0x20 => _ = write!(out, "\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number as Go prints a `float64` in JSON: plain between 1e-6 and 1e21, with an exponent outside.
pub fn go_float(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return match exponent.strip_prefix('-') {
            Some(exponent) => format!("{digits}e-{exponent:0>2}"),
            None => format!("{digits}e+{exponent:0>2}"),
        };
    }
    format!("{number}")
}

/// A number as Go prints a `float64` by `%v`: plain between 1e-4 and a million, with an exponent outside.
pub fn go_general(number: f64) -> String {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if exponent < -4 => format!("{digits}e-{:02}", exponent.unsigned_abs()),
        Ok(exponent) if exponent >= 6 => format!("{digits}e+{exponent:02}"),
        _ => format!("{number}"),
    }
}

/// What a JSON text is wrong about, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Byte offset into the text.
    pub at: usize,
    /// In Go's words, without a prefix.
    pub message: String,
}

/// What is said of a text that ends too early.
const UNFINISHED: &str = "unexpected end of JSON input";

impl JsonError {
    /// Whether the text ends before its value does.
    pub fn is_unfinished(&self) -> bool {
        self.message == UNFINISHED
    }
}

/// The deepest nesting that is read.
const DEPTH_MAX: usize = 500;

/// Reads one JSON value that fills the whole text.
///
/// # Errors
/// The first place where the text is not JSON, in the words of Go's `encoding/json`.
pub fn parse_json(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0 };
    reader.skip_blanks();
    let value = reader.value(0)?;
    reader.skip_blanks();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.unexpected("after top-level value")),
    }
}

/// A tree as Go writes it in source (`%#v`); `keys` is the Go type of its maps' keys.
pub fn go_source(value: &Value, keys: &str) -> String {
    match value {
        Value::Null => "interface {}(nil)".into(),
        Value::Str(text) => format!("{:?}", text.as_str()),
        Value::List(list) => {
            let items: Vec<String> = list.iter().map(|item| go_source(item, keys)).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| format!("{:?}:{}", key.as_str(), go_source(value, keys)));
            format!("map[{keys}]interface {{}}{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => to_json(other),
    }
}

/// Reads the JSON value that begins at `at`, or behind blanks there. Returns it and where it ends; `None` if only blanks
/// are left.
///
/// # Errors
/// The first place where the text is not JSON, in the words of Go's `encoding/json`.
pub fn parse_json_at(text: &str, at: usize) -> Result<Option<(Value, usize)>, JsonError> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at };
    reader.skip_blanks();
    if reader.peek().is_none() {
        return Ok(None);
    }
    let value = reader.value(0)?;
    Ok(Some((value, reader.at)))
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn error(&self, message: impl Into<String>) -> JsonError {
        JsonError { at: self.at, message: message.into() }
    }

    fn unexpected(&self, place: &str) -> JsonError {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => self.error(UNFINISHED),
            Some('\'') => self.error(format!(r"invalid character '\'' {place}")),
            Some(c) => self.error(format!("invalid character '{}' {place}", c.escape_default())),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        if depth > DEPTH_MAX {
            return Err(self.error("exceeded max depth"));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Value::Str(self.string()?.into())),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(&format!("in literal {word} (expecting '{}')", expected as char)));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        if let Ok(number) = digits.parse::<i64>() {
            return Ok(Value::Int(number));
        }
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            _ => Err(JsonError { at: start, message: "invalid character in numeric literal".into() }),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut list = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(list.into());
        }
        loop {
            self.skip_blanks();
            list.push(self.value(depth + 1)?);
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(list.into());
                }
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut map = Map::new();
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(map.into());
        }
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.skip_blanks();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            self.skip_blanks();
            map.insert(Text::from(key), self.value(depth + 1)?);
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(map.into());
                }
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| c == '"' || c == '\\' || (c as u32) < 0x20).unwrap_or(rest.len());
            out.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                _ => return Err(self.unexpected("in string literal")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let c = match self.peek() {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            Some(c @ (b'"' | b'\\' | b'/')) => c as char,
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.hex4()?;
        if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(digits) = digits else {
            return Err(self.unexpected("in \\u hexadecimal character escape"));
        };
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.error("invalid hexadecimal escape"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        for text in
            [r#"{"a":[1,-2,true,null,"x\n\u003c\u003e\u0026"],"b":{}}"#, r#"[]"#, r#"1.5"#, r#"1e+21"#, r#""日本😀""#]
        {
            assert_eq!(to_json(&parse_json(text).unwrap()), text);
        }
        assert_eq!(parse_json(r#""\ud83d\ude00""#).unwrap(), Value::from("😀"));
    }

    #[test]
    fn errors_speak_as_go_does() {
        for (text, message) in [
            ("", "unexpected end of JSON input"),
            ("{a", "invalid character 'a' looking for beginning of object key string"),
            ("[1 2]", "invalid character '2' after array element"),
            ("tru", "unexpected end of JSON input"),
            ("{} x", "invalid character 'x' after top-level value"),
        ] {
            assert_eq!(parse_json(text).unwrap_err().message, message, "{text}");
        }
    }
}
