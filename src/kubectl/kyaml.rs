//! KYAML: YAML that is quoted and bracketed like JSON, with commas behind everything; knows trees, not objects.
//!
//! Follows `sigs.k8s.io/yaml/kyaml`.

use crate::model::Value;
use crate::model::to_json;

/// A tree as one document.
pub fn to_kyaml(value: &Value) -> String {
    let mut out = String::from("---\n");
    put(value, 0, &mut out);
    out.push('\n');
    out
}

fn put(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Map(map) if map.is_empty() => out.push_str("{}"),
        Value::Map(map) => {
            out.push_str("{\n");
            for (key, value) in map.iter() {
                indent(depth + 1, out);
                out.push_str(&key_of(key));
                out.push_str(": ");
                put(value, depth + 1, out);
                out.push_str(",\n");
            }
            indent(depth, out);
            out.push('}');
        }
        Value::List(list) if list.is_empty() => out.push_str("[]"),
        Value::List(list) if list.iter().all(is_cuddled) => {
            // Maps and lists stand directly inside the brackets.
            let texts = list.iter().map(|value| {
                let mut text = String::new();
                put(value, depth, &mut text);
                text
            });
            out.push_str(&format!("[{}]", texts.collect::<Vec<_>>().join(", ")));
        }
        Value::List(list) => {
            out.push_str("[\n");
            for value in list.iter() {
                indent(depth + 1, out);
                put(value, depth + 1, out);
                out.push_str(",\n");
            }
            indent(depth, out);
            out.push(']');
        }
        Value::Str(text) if text.contains('\n') => folded(text, depth + 1, out),
        Value::Str(text) => quoted(text, out),
        scalar => out.push_str(&to_json(scalar)),
    }
}

fn is_cuddled(value: &Value) -> bool {
    matches!(value, Value::Map(_) | Value::List(_))
}

/// A text in double quotes.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    text.chars().for_each(|c| escaped(c, out));
    out.push('"');
}

/// A text of several lines: each stands on its own, behind a break that does not count. Blanks at its beginning are held by
/// a backslash, a blank that is none of its own stands before all else.
fn folded(text: &str, depth: usize, out: &mut String) {
    out.push_str("\"\\\n");
    for line in text.split_inclusive('\n') {
        indent(depth, out);
        out.push(if line.starts_with([' ', '\t']) { '\\' } else { ' ' });
        line.trim_end_matches('\n').chars().for_each(|c| escaped(c, out));
        out.push_str(if line.ends_with('\n') { "\\n\\\n" } else { "\\\n" });
    }
    indent(depth, out);
    out.push('"');
}

/// A sign as YAML writes it between double quotes.
fn escaped(c: char, out: &mut String) {
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\t' => out.push(c),
        '\r' => out.push_str("\\r"),
        '\0' => out.push_str("\\0"),
        '\x1b' => out.push_str("\\e"),
        '\u{85}' => out.push_str("\\N"),
        '\u{a0}' => out.push_str("\\_"),
        '\u{2028}' => out.push_str("\\L"),
        '\u{2029}' => out.push_str("\\P"),
        '\u{feff}' => out.push_str("\\uFEFF"),
        c if c < ' ' || c == '\x7f' => out.push_str(&format!("\\x{:02X}", u32::from(c))),
        c => out.push(c),
    }
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A key bare where nothing can take it for something else.
fn key_of(key: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let is_word = matches!(
        key.to_ascii_lowercase().as_str(),
        "y" | "n" | "t" | "f" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "nan"
    );
    let starts_well = key.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    if starts_well && key.chars().all(is_plain) && !is_word && !is_number(key) {
        return key.to_string();
    }
    let mut out = String::new();
    quoted(key, &mut out);
    out
}

/// Whether a key can be read as a number or a date.
fn is_number(key: &str) -> bool {
    let digits = key.replace('_', "");
    let is_based = ["0x", "0o", "0b"].iter().any(|base| digits.starts_with(base));
    let is_date = key.split('-').count() == 3 && key.split('-').all(|part| part.bytes().all(|it| it.is_ascii_digit()));
    key.starts_with(|c: char| c.is_ascii_digit()) && (digits.parse::<f64>().is_ok() || is_based || is_date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    #[test]
    fn trees_are_quoted_and_bracketed() {
        let value = parse_json(r#"{"a":[{"b":1},{"c":"x"}],"d":["y"],"e":{},"f":[],"no":true}"#).unwrap();
        let expected = "---\n{\n  a: [{\n    b: 1,\n  }, {\n    c: \"x\",\n  }],\n  d: [\n    \"y\",\n  ],\n  e: {},\n  \
                        \"f\": [],\n  \"no\": true,\n}\n";
        assert_eq!(to_kyaml(&value), expected);
    }

    #[test]
    fn lines_are_folded_and_keys_are_bare_where_they_can_be() {
        let shown = |json: &str| to_kyaml(&parse_json(json).unwrap());
        assert_eq!(
            shown(r#"{"1a":"l1\n\n  l3"}"#),
            "---\n{\n  1a: \"\\\n     l1\\n\\\n     \\n\\\n    \\  l3\\\n    \",\n}\n"
        );
        assert_eq!(shown(r#"{"1.5":[{},[]]}"#), "---\n{\n  \"1.5\": [{}, []],\n}\n");
        assert_eq!(shown(r#"{"t":"a\tb\r"}"#), "---\n{\n  \"t\": \"a\tb\\r\",\n}\n");
    }
}
