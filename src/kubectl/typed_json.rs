//! JSON as Go writes its own types: the fields of a struct in the order of the API's source, not of their names.
//!
//! kubectl prints objects this way that it has put together itself; what it has from the API server goes by name.

use crate::model::{JsonStyle, Map, Object, Text, Value, to_json, to_json_styled};
use crate::schema::{self, Struct, Type};

/// Blanks for each level.
const INDENT: usize = 4;

/// An object as JSON over several lines, without a final line break.
pub fn typed_json(object: &Object) -> String {
    written_as(object, true)
}

/// An object as JSON in one line, as kubectl keeps it in an annotation.
pub fn typed_json_line(object: &Object) -> String {
    written_as(object, false)
}

fn written_as(object: &Object, has_lines: bool) -> String {
    written_value(&object.to_value(), has_lines)
}

/// A tree that says its type, or a list of such, in one line, as the API server answers.
pub fn typed_value_line(value: &Value) -> String {
    written_value(value, false)
}

/// The same over several lines.
pub fn typed_value(value: &Value) -> String {
    written_value(value, true)
}

fn written_value(value: &Value, has_lines: bool) -> String {
    let level = has_lines.then_some(0);
    let (version, kind) = (value.str_at(&["apiVersion"]), value.str_at(&["kind"]));
    let of_list = || kind.strip_suffix("List").and_then(|kind| schema::root(version, kind));
    match (schema::root(version, kind), of_list(), value) {
        (Some(root), _, Value::Map(map)) => structure(root, map, level),
        (None, Some(root), Value::Map(map)) => list(root, map, level),
        _ if has_lines => to_json_styled(value, JsonStyle { indent: INDENT, escape_html: true }),
        _ => to_json(value),
    }
}

/// A list of one kind: what it says of itself comes first.
fn list(of: &Struct, map: &Map, level: Level) -> String {
    let inside = level.map(|level| level + 2);
    let items = map.get("items").and_then(Value::as_list).unwrap_or(&[]);
    let items = items.iter().map(|item| match item {
        Value::Map(item) => structure(of, item, inside),
        other => to_json(other),
    });
    let items = enclosed('[', &items.collect::<Vec<_>>(), ']', level.map(|level| level + 1));
    let blank = if level.is_some() { " " } else { "" };
    let member = |name: &str| map.get(name).map(|value| member(&Text::new(name), &Type::Any, value, level));
    let mut members: Vec<String> = ["kind", "apiVersion", "metadata"].into_iter().filter_map(member).collect();
    members.push(format!("\"items\":{blank}{items}"));
    enclosed('{', &members, '}', level)
}

/// How far in a line stands; `None` where all is one line.
type Level = Option<usize>;

fn structure(of: &Struct, map: &Map, level: Level) -> String {
    let known = of.fields.iter().filter_map(|field| Some((Text::new(field.name), &field.kind, map.get(field.name)?)));
    let others = map.iter().filter(|(name, _)| of.field(name).is_none());
    let members = known.chain(others.map(|(name, value)| (name.clone(), &Type::Any, value)));
    let members: Vec<String> = members.map(|(name, kind, value)| member(&name, kind, value, level)).collect();
    enclosed('{', &members, '}', level)
}

fn member(name: &Text, kind: &Type, value: &Value, level: Level) -> String {
    let blank = if level.is_some() { " " } else { "" };
    format!("{}:{blank}{}", to_json(&name.into()), written(kind, value, level.map(|level| level + 1)))
}

fn written(kind: &Type, value: &Value, level: Level) -> String {
    match (kind, value) {
        (Type::Struct(name), Value::Map(map)) if let Some(of) = schema::structure(name) => structure(of, map, level),
        (Type::List(kind), Value::List(list)) => elements(kind, list, level),
        (Type::Map(kind), Value::Map(map)) => members(kind, map, level),
        (_, Value::Map(map)) => members(&Type::Any, map, level),
        (_, Value::List(list)) => elements(&Type::Any, list, level),
        (_, value) => to_json(value),
    }
}

fn members(kind: &Type, map: &Map, level: Level) -> String {
    let members: Vec<String> = map.iter().map(|(name, value)| member(name, kind, value, level)).collect();
    enclosed('{', &members, '}', level)
}

fn elements(kind: &Type, list: &[Value], level: Level) -> String {
    let level_inside = level.map(|level| level + 1);
    let elements: Vec<String> = list.iter().map(|element| written(kind, element, level_inside)).collect();
    enclosed('[', &elements, ']', level)
}

/// Lines one level further in between two brackets; nothing between them if there are none.
fn enclosed(open: char, parts: &[String], close: char, level: Level) -> String {
    let Some(level) = level.filter(|_| !parts.is_empty()) else {
        return format!("{open}{}{close}", parts.join(","));
    };
    let (inner, outer) = (" ".repeat(INDENT * (level + 1)), " ".repeat(INDENT * level));
    format!("{open}\n{inner}{}\n{outer}{close}", parts.join(&format!(",\n{inner}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse;

    #[test]
    fn fields_stand_in_the_order_of_their_types() {
        let text = "{apiVersion: v1, kind: Pod, metadata: {labels: {b: '1', a: '2'}, name: p}, spec: {restartPolicy: \
                    Never, containers: [{resources: {}, image: i, name: c}]}}";
        let object = Object::from_value(&parse(text).remove(0).value.unwrap()).unwrap();
        let json = typed_json(&object);
        let order =
            ["\"kind\"", "\"apiVersion\"", "\"name\": \"p\"", "\"a\"", "\"b\"", "\"containers\"", "\"c\"", "\"i\""];
        let places: Vec<usize> = order.iter().map(|part| json.find(part).unwrap()).collect();
        assert!(places.is_sorted(), "{json}");
        assert!(json.ends_with("\"restartPolicy\": \"Never\"\n    }\n}"), "{json}");
        let line = "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\",\"labels\":{\"a\":\"2\",\"b\":\"1\"}},\
                    \"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"resources\":{}}],\"restartPolicy\":\"Never\"}}";
        assert_eq!(typed_json_line(&object), line);
    }
}
