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
        scalar => out.push_str(&to_json(scalar)),
    }
}

fn is_cuddled(value: &Value) -> bool {
    match value {
        Value::Map(map) => !map.is_empty(),
        Value::List(list) => !list.is_empty(),
        _ => false,
    }
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A key bare where nothing can take it for something else.
fn key_of(key: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let is_word = matches!(
        key.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | ".inf" | ".nan"
    );
    let starts_well = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts_well && key.chars().all(is_plain) && !is_word { key.to_string() } else { format!("{key:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    #[test]
    fn trees_are_quoted_and_bracketed() {
        let value = parse_json(r#"{"a":[{"b":1},{"c":"x"}],"d":["y"],"e":{},"f":[],"no":true}"#).unwrap();
        let expected = "---\n{\n  a: [{\n    b: 1,\n  }, {\n    c: \"x\",\n  }],\n  d: [\n    \"y\",\n  ],\n  e: {},\n  \
                        f: [],\n  \"no\": true,\n}\n";
        assert_eq!(to_kyaml(&value), expected);
    }
}
