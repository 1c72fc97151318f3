//! `kubectl explain` for custom kinds: what their definitions say of their fields, laid out as kubectl does.

use super::explain::{DEPTH_MAX, describe, wrap};
use crate::i18n::{Lang, fields};
use crate::model::{Kind, Map, Value};
use std::fmt::Write as _;

/// What `kubectl explain` prints for a field of a custom kind; `schema` is the whole object's. With a `depth` so many
/// levels of fields are listed.
///
/// # Errors
/// What kubectl says of a field that does not exist.
pub fn explain(kind: Kind, schema: &Value, path: &[&str], depth: Option<usize>, lang: Lang) -> Result<String, String> {
    let names = kind.names();
    let mut out = format!("GROUP:      {}\nKIND:       {}\nVERSION:    {}\n\n", names.group, names.kind, names.version);
    let mut place = schema;
    for name in path {
        let inner = fields_of(place).and_then(|fields| fields.get(name));
        place = inner.ok_or_else(|| format!("error: field \"{name}\" does not exist"))?;
    }
    if let Some(name) = path.last() {
        _ = writeln!(out, "FIELD: {name} <{}>", type_of(place));
        let values: Vec<&str> = place.list_at(&["enum"]).iter().filter_map(Value::as_str).collect();
        match values.as_slice() {
            [] => out.push('\n'),
            values => _ = writeln!(out, "ENUM:\n    {}", values.join("\n    ")),
        }
        out.push('\n');
    }
    let description = place.str_at(&["description"]);
    describe(&mut out, if description.is_empty() { "<empty>" } else { description });
    match fields_of(place) {
        Some(_) => {
            out.push_str("FIELDS:\n");
            list_fields(&mut out, place, 1, depth, path.is_empty(), lang);
            out.push('\n');
        }
        None => out.push('\n'),
    }
    Ok(out)
}

/// The fields behind lists and maps of an object.
fn fields_of(schema: &Value) -> Option<&Map> {
    let inner = ["items", "additionalProperties"].into_iter().find_map(|name| schema.get(name)?.as_map());
    let own = schema.get("properties").and_then(Value::as_map);
    own.or_else(|| inner?.get("properties")?.as_map())
}

fn type_of(schema: &Value) -> String {
    let of = |name: &str| schema.get(name).filter(|it| it.as_map().is_some()).map(type_of);
    match schema.str_at(&["type"]) {
        "array" => format!("[]{}", of("items").unwrap_or_else(|| "Object".into())),
        "object" => of("additionalProperties").map_or_else(|| "Object".into(), |it| format!("map[string]{it}")),
        "" => "Object".into(),
        other => other.into(),
    }
}

fn list_fields(out: &mut String, schema: &Value, level: usize, depth: Option<usize>, is_top: bool, lang: Lang) {
    let indent = 2 * level;
    let mut all: Vec<(&str, String, &Value)> = Vec::new();
    for (name, kind) in [("apiVersion", "string"), ("kind", "string"), ("metadata", "ObjectMeta")] {
        if is_top {
            all.push((name, kind.into(), &Value::Null));
        }
    }
    let own = fields_of(schema).into_iter().flat_map(Map::iter);
    let own = own.filter(|(name, _)| !is_top || !matches!(name.as_str(), "apiVersion" | "kind" | "metadata"));
    all.extend(own.map(|(name, inner)| (name.as_str(), type_of(inner), inner)));
    let required = schema.list_at(&["required"]);
    for (name, kind, inner) in all {
        let mark = if required.iter().any(|it| it.as_str() == Some(name)) { " -required-" } else { "" };
        _ = writeln!(out, "{:indent$}{name}\t<{kind}>{mark}", "");
        let values: Vec<&str> = inner.list_at(&["enum"]).iter().filter_map(Value::as_str).collect();
        if !values.is_empty() {
            _ = writeln!(out, "{:indent$}enum: {}", "", values.join(", "));
        }
        if let Some(most) = depth {
            if level < most.min(DEPTH_MAX) && fields_of(inner).is_some() {
                list_fields(out, inner, level + 1, depth, false, lang);
            }
            continue;
        }
        let own = Some(inner.str_at(&["description"])).filter(|text| !text.is_empty());
        let known = if is_top { fields::field_doc(lang, "meta.CustomObject", name) } else { None };
        wrap(out, own.or(known).unwrap_or("<no description>"), indent + 2);
        out.push('\n');
    }
}
