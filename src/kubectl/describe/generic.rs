//! Kinds without a layout of their own: every field, with its name in words.

use super::{Page, scalar};
use crate::model::{Map, Object, Value};

/// Writes every field of the object. Always ends with its events.
pub(in crate::kubectl) fn object(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    page.metadata(object);
    let Value::Map(mut fields) = object.to_value() else { return true };
    if let Some(Value::Map(meta)) = fields.get_mut("metadata") {
        for shown in ["name", "namespace", "labels", "annotations", "managedFields"] {
            meta.remove(shown);
        }
    }
    content(page, 0, &fields);
    true
}

fn content(page: &mut Page<'_>, level: usize, fields: &Map) {
    for (name, value) in fields.iter() {
        let label = in_words(name);
        match value {
            Value::Map(inner) => {
                page.line(level, format_args!("{label}:"));
                content(page, level + 1, inner);
            }
            Value::List(items) => {
                page.line(level, format_args!("{label}:"));
                for item in items.iter() {
                    match item {
                        Value::Map(inner) => content(page, level + 1, inner),
                        other => page.line(level + 1, scalar(other)),
                    }
                }
            }
            other => page.field(level, &label, scalar(other)),
        }
    }
}

/// `terminationGracePeriodSeconds` as `Termination Grace Period Seconds`; acronyms stay large.
fn in_words(name: &str) -> String {
    const ACRONYMS: [&str; 5] = ["API", "URL", "UID", "OSB", "GUID"];
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in name.chars() {
        if words.is_empty() || (was_lower && c.is_uppercase()) {
            words.push(String::new());
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    let titled = words.into_iter().map(|word| {
        let large = word.to_uppercase();
        if ACRONYMS.contains(&large.as_str()) {
            return large;
        }
        let mut chars = word.chars();
        chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
    });
    titled.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn field_names_become_words() {
        for (name, words) in [
            ("apiVersion", "API Version"),
            ("tcpSocket", "Tcp Socket"),
            ("$patch", "$patch"),
            ("uid", "UID"),
            ("terminationGracePeriodSeconds", "Termination Grace Period Seconds"),
            ("", ""),
        ] {
            assert_eq!(in_words(name), words);
        }
    }
}
