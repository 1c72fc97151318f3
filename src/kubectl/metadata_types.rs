//! Whether the metadata in a file has the types that kubectl's decoder wants, in Go's words; knows no file.
//!
//! Follows `metadataValidatingDecoder` of cli-runtime, which reads it as an `ObjectMeta`.

use crate::model::{Map, Value};

/// What a field holds.
#[derive(Clone, Copy)]
enum Holds {
    /// Text, under a name of its own in Go.
    Text(&'static str),
    Flag,
    Number,
    Time,
    /// A map of texts.
    Texts,
    /// A list of texts.
    List,
    /// A list of structs: their name in Go, how fields of them are named, and the fields.
    Structs(&'static str, &'static str, &'static [(&'static str, Holds)]),
}

const TEXT: Holds = Holds::Text("string");

const OWNER: &[(&str, Holds)] = &[
    ("apiVersion", TEXT),
    ("blockOwnerDeletion", Holds::Flag),
    ("controller", Holds::Flag),
    ("kind", TEXT),
    ("name", TEXT),
    ("uid", Holds::Text("types.UID")),
];

const MANAGER: &[(&str, Holds)] = &[
    ("apiVersion", TEXT),
    ("fieldsType", TEXT),
    ("manager", TEXT),
    ("operation", Holds::Text("v1.ManagedFieldsOperationType")),
    ("subresource", TEXT),
    ("time", Holds::Time),
];

const METADATA: &[(&str, Holds)] = &[
    ("annotations", Holds::Texts),
    ("creationTimestamp", Holds::Time),
    ("deletionGracePeriodSeconds", Holds::Number),
    ("deletionTimestamp", Holds::Time),
    ("finalizers", Holds::List),
    ("generateName", TEXT),
    ("generation", Holds::Number),
    ("labels", Holds::Texts),
    ("managedFields", Holds::Structs("v1.ManagedFieldsEntry", "ManagedFieldsEntry.metadata.managedFields.", MANAGER)),
    ("name", TEXT),
    ("namespace", TEXT),
    ("ownerReferences", Holds::Structs("v1.OwnerReference", "OwnerReference.metadata.ownerReferences.", OWNER)),
    ("resourceVersion", TEXT),
    ("selfLink", TEXT),
    ("uid", Holds::Text("types.UID")),
];

/// What is wrong with the metadata of an object. `None` if nothing is.
pub(super) fn fault(metadata: &Map) -> Option<String> {
    first_fault(metadata, "ObjectMeta.metadata.", METADATA)
}

fn first_fault(map: &Map, lead: &str, fields: &[(&str, Holds)]) -> Option<String> {
    map.iter().find_map(|(name, value)| {
        let (_, holds) = fields.iter().find(|(known, _)| *known == name.as_str())?;
        fault_of(value, *holds, &format!("{lead}{name}"))
    })
}

fn fault_of(value: &Value, holds: Holds, field: &str) -> Option<String> {
    let wrong = |value: &Value, of: &str| {
        let number = match value {
            Value::Float(number) => format!(" {number}"),
            _ => String::new(),
        };
        let sort = value.json_type();
        Some(format!("json: cannot unmarshal {sort}{number} into Go struct field {field} of type {of}"))
    };
    match (holds, value) {
        (_, Value::Null)
        | (Holds::Text(_), Value::Str(_))
        | (Holds::Flag, Value::Bool(_))
        | (Holds::Number, Value::Int(_)) => None,
        (Holds::Text(name), value) => match value {
            Value::Float(_) => {
                Some(format!("json: cannot unmarshal number into Go struct field {field} of type {name}"))
            }
            value => wrong(value, name),
        },
        (Holds::Flag, value) => wrong(value, "bool"),
        (Holds::Number, value) => wrong(value, "int64"),
        (Holds::Time, Value::Str(text)) => time_fault(text),
        (Holds::Time, value) => wrong(value, "string"),
        (Holds::Texts, Value::Map(map)) => map
            .iter()
            .find(|(_, value)| !matches!(value, Value::Str(_) | Value::Null))
            .and_then(|(_, it)| wrong(it, "string")),
        (Holds::Texts, value) => wrong(value, "map[string]string"),
        (Holds::List, Value::List(list)) => {
            list.iter().find(|it| !matches!(it, Value::Str(_) | Value::Null)).and_then(|it| wrong(it, "string"))
        }
        (Holds::List, value) => wrong(value, "[]string"),
        (Holds::Structs(name, lead, fields), Value::List(list)) => list.iter().find_map(|item| match item {
            Value::Map(map) => first_fault(map, lead, fields),
            Value::Null => None,
            item => wrong(item, name),
        }),
        (Holds::Structs(name, ..), value) => wrong(value, &format!("[]{name}")),
    }
}

/// What Go's `time.Parse` says of a text that is no time as RFC 3339 writes it. `None` if it is one.
fn time_fault(text: &str) -> Option<String> {
    const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";
    // Signs and the numbers between them: how they stand in the layout, digits, the greatest value and what it is.
    const PARTS: [(&str, usize, u32, &str); 11] = [
        ("2006", 4, 9999, "year"),
        ("-", 0, 0, ""),
        ("01", 2, 12, "month"),
        ("-", 0, 0, ""),
        ("02", 2, 31, "day"),
        ("T", 0, 0, ""),
        ("15", 2, 23, "hour"),
        (":", 0, 0, ""),
        ("04", 2, 59, "minute"),
        (":", 0, 0, ""),
        ("05", 2, 59, "second"),
    ];
    let mut rest = text;
    let unread = |rest: &str, part: &str| {
        Some(format!("parsing time {text:?} as {LAYOUT:?}: cannot parse {rest:?} as {part:?}"))
    };
    for (part, digits, most, what) in PARTS {
        let taken = if digits == 0 { part.len() } else { digits };
        let Some(found) = rest.get(..taken) else { return unread(rest, part) };
        let is_read = if digits == 0 { found == part } else { found.bytes().all(|byte| byte.is_ascii_digit()) };
        if !is_read {
            return unread(rest, part);
        }
        let number = found.parse::<u32>().unwrap_or(0);
        if digits > 0 && (number > most || number == 0 && matches!(what, "month" | "day")) {
            return Some(format!("parsing time {text:?}: {what} out of range"));
        }
        rest = rest.get(taken..).unwrap_or("");
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let zone = |rest: &str| {
        let bytes = rest.as_bytes();
        let digits =
            |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|it| it.iter().all(u8::is_ascii_digit));
        matches!(bytes.first(), Some(b'+' | b'-')) && digits(1..3) && bytes.get(3) == Some(&b':') && digits(4..6)
    };
    match rest.strip_prefix('Z').or_else(|| rest.get(6..).filter(|_| zone(rest))) {
        Some("") => None,
        Some(more) => Some(format!("parsing time {text:?}: extra text: {more:?}")),
        None => unread(rest, "Z07:00"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    /// Said by a real kubectl.
    #[test]
    fn wrong_types_are_named_as_go_does() {
        let cases = [
            (
                r#"{"finalizers":"x"}"#,
                "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.finalizers of type []string",
            ),
            (
                r#"{"finalizers":[1]}"#,
                "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.finalizers of type string",
            ),
            (
                r#"{"ownerReferences":{}}"#,
                "json: cannot unmarshal object into Go struct field ObjectMeta.metadata.ownerReferences of type []v1.OwnerReference",
            ),
            (
                r#"{"ownerReferences":[{"controller":"x"}]}"#,
                "json: cannot unmarshal string into Go struct field OwnerReference.metadata.ownerReferences.controller of type bool",
            ),
            (
                r#"{"generation":1.5}"#,
                "json: cannot unmarshal number 1.5 into Go struct field ObjectMeta.metadata.generation of type int64",
            ),
            (
                r#"{"creationTimestamp":"x"}"#,
                r#"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#,
            ),
            (
                r#"{"deletionTimestamp":"2020-01-01"}"#,
                r#"parsing time "2020-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T""#,
            ),
            (
                r#"{"deletionTimestamp":"2020-13-01T00:00:00Z"}"#,
                r#"parsing time "2020-13-01T00:00:00Z": month out of range"#,
            ),
            (
                r#"{"managedFields":[{"time":"x"}]}"#,
                r#"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#,
            ),
            (
                r#"{"labels":{"a":1}}"#,
                "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
            ),
        ];
        for (json, said) in cases {
            let value = parse_json(json).unwrap();
            assert_eq!(fault(value.as_map().unwrap()).as_deref(), Some(said), "{json}");
        }
        for json in [
            r#"{"name":"a","finalizers":null,"creationTimestamp":"2020-01-01T00:00:00Z","deletionTimestamp":"2020-01-01T00:00:00.5+02:00"}"#,
            r#"{"unknown":3,"ownerReferences":[{"controller":true,"name":"x"}],"generation":3}"#,
        ] {
            assert_eq!(fault(parse_json(json).unwrap().as_map().unwrap()), None, "{json}");
        }
    }
}
