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
    let value = object.to_value();
    let level = has_lines.then_some(0);
    match (schema::root(object.kind.api_version(), object.kind.names().kind), &value) {
        (Some(root), Value::Map(map)) => structure(root, map, level),
        _ if has_lines => to_json_styled(&value, JsonStyle { indent: INDENT, escape_html: true }),
        _ => to_json(&value),
    }
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
