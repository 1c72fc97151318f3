//! Trees to YAML as `kubectl -o yaml` prints it: its order of keys, quotes, literal blocks and line breaks.

use super::scalar::resolve_plain;
use crate::model::json::go_float;
use crate::model::{Map, Value};
use crate::ordering::Order;
use std::cmp::Ordering;

/// Columns after which a long text breaks at the next blank.
const WIDTH: usize = 80;

/// `value` as YAML, with a final line break.
pub fn to_yaml(value: &Value) -> String {
    let mut out = Writer { text: String::new(), column: 0 };
    match value {
        Value::Map(map) if !map.is_empty() => out.map(map, 0, true),
        Value::List(list) if !list.is_empty() => out.list(list, 0, true),
        scalar => {
            out.scalar(scalar, 2, false);
            out.end_line();
        }
    }
    out.text
}

struct Writer {
    text: String,
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
    }

    fn end_line(&mut self) {
        if self.column > 0 {
            self.text.push('\n');
            self.column = 0;
        }
    }

    fn indent(&mut self, indent: usize) {
        self.end_line();
        self.put(&" ".repeat(indent));
    }

    fn map(&mut self, map: &Map, indent: usize, mut is_first_inline: bool) {
        let mut entries: Vec<_> = map.iter().collect();
        entries.order_by(|(a, _), (b, _)| natural(a, b));
        for (key, value) in entries {
            if !is_first_inline {
                self.indent(indent);
            }
            is_first_inline = false;
            self.string(key, indent, true);
            self.put(":");
            match value {
                Value::Map(map) if !map.is_empty() => {
                    self.indent(indent + 2);
                    self.map(map, indent + 2, true);
                }
                Value::List(list) if !list.is_empty() => {
                    self.indent(indent);
                    self.list(list, indent, true);
                }
                scalar => {
                    self.put(" ");
                    self.scalar(scalar, indent + 2, false);
                }
            }
            self.end_line();
        }
    }

    fn list(&mut self, list: &[Value], indent: usize, mut is_first_inline: bool) {
        for value in list {
            if !is_first_inline {
                self.indent(indent);
            }
            is_first_inline = false;
            self.put("- ");
            match value {
                Value::Map(map) if !map.is_empty() => self.map(map, indent + 2, true),
                Value::List(list) if !list.is_empty() => self.list(list, indent + 2, true),
                scalar => self.scalar(scalar, indent + 2, false),
            }
            self.end_line();
        }
    }

    fn scalar(&mut self, value: &Value, indent: usize, is_key: bool) {
        match value {
            Value::Null => self.put("null"),
            Value::Bool(flag) => self.put(if *flag { "true" } else { "false" }),
            Value::Int(number) => self.put(&number.to_string()),
            Value::Float(number) => self.put(&go_float(*number)),
            Value::Str(text) => self.string(text, indent, is_key),
            Value::List(_) => self.put("[]"),
            Value::Map(_) => self.put("{}"),
        }
    }

    fn string(&mut self, text: &str, indent: usize, is_key: bool) {
        let shape = Shape::of(text);
        if text.contains('\n') {
            match shape.is_block_allowed && !is_key {
                true => self.literal(text, indent),
                false => self.double_quoted(text, indent, is_key),
            }
        } else if is_read_as_other(text) {
            self.double_quoted(text, indent, is_key);
        } else if shape.is_plain_allowed {
            self.folded(text, indent, is_key, false);
        } else if shape.is_single_allowed {
            self.put("'");
            self.folded(text, indent, is_key, true);
            self.put("'");
        } else {
            self.double_quoted(text, indent, is_key);
        }
    }

    /// Plain or single-quoted text; breaks after [`WIDTH`] columns.
    fn folded(&mut self, text: &str, indent: usize, is_key: bool, is_quoted: bool) {
        let chars: Vec<char> = text.chars().collect();
        let mut was_blank = false;
        for (at, c) in chars.iter().enumerate() {
            let next_is_blank = chars.get(at + 1) == Some(&' ');
            let is_inside = !is_quoted || (at > 0 && at + 1 < chars.len());
            if *c == ' ' && !is_key && !was_blank && self.column > WIDTH && !next_is_blank && is_inside {
                self.indent(indent);
            } else if *c == '\'' && is_quoted {
                self.put("''");
            } else {
                self.text.push(*c);
                self.column += 1;
            }
            was_blank = *c == ' ';
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        if !text.ends_with('\n') {
            self.put("-");
        } else if text == "\n" || text.ends_with("\n\n") {
            self.put("+");
        }
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.text.push('\n');
            if !line.is_empty() {
                self.text.push_str(&" ".repeat(indent));
                self.text.push_str(line);
            }
        }
        self.column = 1;
    }

    fn double_quoted(&mut self, text: &str, indent: usize, is_key: bool) {
        self.put("\"");
        let chars: Vec<char> = text.chars().collect();
        let mut was_blank = false;
        for (at, c) in chars.iter().enumerate() {
            let is_inside = at > 0 && at + 1 < chars.len();
            match c {
                ' ' if !is_key && !was_blank && self.column > WIDTH && is_inside => {
                    self.indent(indent);
                    if chars.get(at + 1) == Some(&' ') {
                        self.put("\\");
                    }
                }
                '"' => self.put("\\\""),
                '\\' => self.put("\\\\"),
                c if is_printable(*c) && *c != '\n' => {
                    self.text.push(*c);
                    self.column += 1;
                }
                c => self.put(&escaped(*c)),
            }
            was_blank = *c == ' ';
        }
        self.put("\"");
    }
}

fn escaped(c: char) -> String {
    match c {
        '\0' => "\\0".into(),
        '\u{7}' => "\\a".into(),
        '\u{8}' => "\\b".into(),
        '\t' => "\\t".into(),
        '\n' => "\\n".into(),
        '\u{b}' => "\\v".into(),
        '\u{c}' => "\\f".into(),
        '\r' => "\\r".into(),
        '\u{1b}' => "\\e".into(),
        '\u{85}' => "\\N".into(),
        '\u{a0}' => "\\_".into(),
        '\u{2028}' => "\\L".into(),
        '\u{2029}' => "\\P".into(),
        c if (c as u32) <= 0xff => format!("\\x{:02X}", c as u32),
        c if (c as u32) <= 0xffff => format!("\\u{:04X}", c as u32),
        c => format!("\\U{:08X}", c as u32),
    }
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether an unquoted text would be read as something else than a string.
fn is_read_as_other(text: &str) -> bool {
    !matches!(resolve_plain(text), Value::Str(_))
        || matches!(text, "<<" | ".nan" | ".NaN" | ".NAN")
        || matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF")
        || is_timestamp(text)
        || is_base_60(text)
}

/// `2006-1-2`, alone or followed by a time.
fn is_timestamp(text: &str) -> bool {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at).unwrap_or(""), text.get(at + 1..)),
        None => (text, None),
    };
    let is_number = |part: &str, longest: usize| {
        !part.is_empty() && part.len() <= longest && part.bytes().all(|b| b.is_ascii_digit())
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let is_date = year.len() == 4
        && is_number(year, 4)
        && is_number(month, 2)
        && is_number(day, 2)
        && (1..=12).contains(&month.parse::<u32>().unwrap_or(0))
        && (1..=31).contains(&day.parse::<u32>().unwrap_or(0));
    let is_time = |time: &str| {
        let (clock, zone) = match time.find(['Z', '+', '-']) {
            Some(at) => (time.get(..at).unwrap_or(""), time.get(at..).unwrap_or("")),
            None => (time, ""),
        };
        let parts: Vec<&str> = clock.split(':').collect();
        let [hour, minute, second] = parts.as_slice() else { return false };
        let (second, fraction) = second.split_once('.').map_or((*second, None), |(s, f)| (s, Some(f)));
        let is_zone = match zone {
            "" => !text.contains(['T', 't']),
            "Z" => text.contains(['T', 't']),
            _ => zone.len() == 6 && zone.get(3..4) == Some(":") && text.contains(['T', 't']),
        };
        is_number(hour, 2)
            && is_number(minute, 2)
            && is_number(second, 2)
            && fraction.is_none_or(|fraction| is_number(fraction, 9))
            && is_zone
    };
    is_date && time.is_none_or(is_time)
}

/// `1:30`, a number in YAML 1.1.
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or("");
    let is_first =
        first.starts_with(|c: char| c.is_ascii_digit()) && first.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let rest: Vec<&str> = parts.collect();
    let last_at = rest.len().saturating_sub(1);
    is_first
        && !rest.is_empty()
        && rest.iter().enumerate().all(|(at, part)| {
            let part = match part.split_once('.') {
                Some((whole, fraction))
                    if at == last_at && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_') =>
                {
                    whole
                }
                _ => part,
            };
            let is_two = part.len() == 2 && part.starts_with(|c: char| ('0'..='5').contains(&c));
            (part.len() == 1 || is_two) && part.bytes().all(|b| b.is_ascii_digit())
        })
}

/// In which forms a text may be written.
struct Shape {
    is_plain_allowed: bool,
    is_single_allowed: bool,
    is_block_allowed: bool,
}

impl Shape {
    fn of(text: &str) -> Shape {
        let chars: Vec<char> = text.chars().collect();
        let is_blank = |at: usize| chars.get(at).is_none_or(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        let mut has_indicators = text.starts_with("---") || text.starts_with("...");
        let (mut has_special, mut break_blank, mut blank_break) = (false, false, false);
        for (at, c) in chars.iter().enumerate() {
            let is_blank_behind = is_blank(at + 1);
            has_indicators |= match c {
                '#' if at > 0 => is_blank(at - 1),
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                    at == 0
                }
                ':' => is_blank_behind,
                '?' | '-' => at == 0 && is_blank_behind,
                _ => false,
            };
            has_special |= !is_printable(*c);
            let before = at.checked_sub(1).and_then(|at| chars.get(at));
            break_blank |= *c == ' ' && before == Some(&'\n');
            blank_break |= *c == '\n' && before == Some(&' ');
        }
        let is_padded = text.starts_with([' ', '\n']) || text.ends_with([' ', '\n']);
        let is_broken = blank_break || has_special;
        Shape {
            is_plain_allowed: !is_padded && !break_blank && !is_broken && !text.contains('\n') && !has_indicators,
            is_single_allowed: !break_blank && !is_broken,
            is_block_allowed: !text.ends_with(' ') && !is_broken && !text.is_empty(),
        }
    }
}

/// The order of keys: letters behind other signs, numbers by their value.
fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else { return a.len().cmp(&b.len()) };
    let (Some(x), Some(y)) = (a.get(at), b.get(at)) else { return Ordering::Equal };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(y),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let digits_before = a.get(..at).unwrap_or(&[]).iter().rev().take_while(|c| c.is_ascii_digit());
    let leads = (*x == '0' || *y == '0') && digits_before.into_iter().any(|c| *c != '0');
    let number = |chars: &[char]| {
        let digits: String = chars.get(at..).unwrap_or(&[]).iter().take_while(|c| c.is_ascii_digit()).collect();
        let with_lead = if leads { format!("1{digits}") } else { digits.clone() };
        (with_lead.parse::<u128>().unwrap_or(if with_lead.is_empty() { 0 } else { u128::MAX }), digits.len())
    };
    number(&a).cmp(&number(&b)).then(x.cmp(y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    #[track_caller]
    fn check(json: &str, yaml: &str) {
        assert_eq!(to_yaml(&parse_json(json).unwrap()), yaml, "{json}");
    }

    #[test]
    fn texts_are_quoted_where_yaml_would_misread_them() {
        check(
            r#"{"a":"true","b":"1","c":"","d":"plain text","e":": x","f":"- x","g":"*","h":"2026-01-01T00:00:05Z","i":"1:30","j":"it's","k":"a: b","l":"\t","m":"y","n":" x","o":"1e3"}"#,
            "a: \"true\"\nb: \"1\"\nc: \"\"\nd: plain text\ne: ': x'\nf: '- x'\ng: '*'\nh: \"2026-01-01T00:00:05Z\"\ni: \"1:30\"\nj: it's\nk: 'a: b'\nl: \"\\t\"\nm: \"y\"\n\"n\": ' x'\no: \"1e3\"\n",
        );
    }

    #[test]
    fn lists_stand_below_their_key_without_indent() {
        check(
            r#"{"a":[{"b":1,"c":[1,2]},[3,[4]],"x"],"d":{},"e":[],"f":null}"#,
            "a:\n- b: 1\n  c:\n  - 1\n  - 2\n- - 3\n  - - 4\n- x\nd: {}\ne: []\nf: null\n",
        );
    }

    #[test]
    fn several_lines_become_a_block() {
        check(
            r#"{"a":"x\n","b":{"c":"x\n\n  y"},"d":"x\n\n"}"#,
            "a: |\n  x\nb:\n  c: |-\n    x\n\n      y\nd: |+\n  x\n\n",
        );
    }

    #[test]
    fn long_texts_break_at_a_blank_behind_column_80() {
        let word = "aaaaaaaaa ".repeat(12);
        check(
            &format!("{{\"k\":\"{}\"}}", word.trim()),
            &format!("k: {}\n  {}\n", "aaaaaaaaa ".repeat(8).trim(), "aaaaaaaaa ".repeat(4).trim()),
        );
    }

    #[test]
    fn keys_come_in_natural_order() {
        check(r#"{"a10":1,"a2":2,"a.b":3,"aB":4,"a":5}"#, "a: 5\na.b: 3\na2: 2\na10: 1\naB: 4\n");
    }
}
