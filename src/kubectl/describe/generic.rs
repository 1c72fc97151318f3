//! Kinds without a layout of their own: every field, with its name in words.

use super::{Page, scalar};
use crate::model::{Map, Object, Value};

/// Writes every field of the object. Always ends with its events.
pub(in crate::kubectl) fn object(page: &mut Page<'_>, object: &Object) -> bool {
    page.field(0, "Name", &object.meta.name);
    page.field(0, "Namespace", &object.meta.namespace);
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

/// `terminationGracePeriodSeconds` as `Termination Grace Period Seconds`; acronyms stay large, and what is no plain name
/// stays as it is.
///
/// Follows `smartLabelFor` in pkg/describe of kubectl, which splits as the package `camelcase` does.
fn in_words(name: &str) -> String {
    const ACRONYMS: [&str; 4] = ["API", "URL", "UID", "GUID"];
    if name.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return name.to_string();
    }
    let parts = camel_parts(name);
    let mut words: Vec<String> = Vec::new();
    let mut rest = parts.iter().peekable();
    while let Some(part) = rest.next() {
        let is_large = part.chars().count() >= 2 && part.chars().all(|c| !c.is_alphabetic() || c.is_uppercase());
        match rest.next_if(|next| is_large && next.starts_with(char::is_uppercase)) {
            Some(next) => words.push(format!("{part}{next}")),
            None => words.push(part.clone()),
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

/// A name in runs of small and of large letters; the last large one belongs to the small ones behind it.
fn camel_parts(name: &str) -> Vec<String> {
    let class = |c: char| (c.is_lowercase(), c.is_uppercase());
    let mut parts: Vec<String> = Vec::new();
    for c in name.chars() {
        match parts.last_mut() {
            Some(part) if part.chars().next_back().map(class) == Some(class(c)) => part.push(c),
            _ => parts.push(c.to_string()),
        }
    }
    for at in 1..parts.len() {
        let (before, after) = parts.split_at_mut(at);
        if let (Some(large), Some(small)) = (before.last_mut(), after.first_mut())
            && large.ends_with(char::is_uppercase)
            && small.starts_with(char::is_lowercase)
            && let Some(c) = large.pop()
        {
            small.insert(0, c);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
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
            ("kubernetes.io/os", "kubernetes.io/os"),
            ("podIPs", "Pod I Ps"),
            ("clusterIP", "Cluster IP"),
            ("externalIDName", "External IDName"),
            ("terminationGracePeriodSeconds", "Termination Grace Period Seconds"),
            ("", ""),
        ] {
            assert_eq!(in_words(name), words);
        }
    }
}
