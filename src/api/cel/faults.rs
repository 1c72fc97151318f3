//! Why a rule does not compile, in the words of cel-go; works nothing out.
//!
//! Only what is certain is said: names that nothing has, and fields that a schema does not know.

use super::syntax::{self, Node};
use super::{FUNCTIONS, is_known};
use crate::model::Value;
use crate::ordering::Order;

/// Names that are there without anybody's doing: types.
const TYPES: [&str; 11] =
    ["bool", "bytes", "double", "dyn", "int", "list", "map", "null_type", "string", "type", "uint"];

/// The words of the compiler about a rule below a schema; `None` if it compiles, as far as that is known here.
pub(in crate::api) fn fault(rule: &str, schema: &Value, is_root: bool) -> Option<String> {
    let node = syntax::read(rule).filter(is_known)?;
    let mut walk =
        Walk { rule, is_root, names: vec![("self", Some(schema)), ("oldSelf", Some(schema))], found: Vec::new() };
    walk.look(&node);
    walk.found.order();
    walk.found.dedup();
    let texts: Vec<String> = walk.found.iter().map(|(at, why)| shown(rule, *at, why)).collect();
    (!texts.is_empty()).then(|| format!("compilation failed: {}", texts.join("\n")))
}

struct Walk<'a> {
    rule: &'a str,
    /// Whether the schema is that of whole objects.
    is_root: bool,
    /// What each name stands for: a value of a schema, or something of which nothing is known.
    names: Vec<(&'a str, Option<&'a Value>)>,
    /// Where something is wrong, in bytes from the start, and what.
    found: Vec<(usize, String)>,
}

impl<'a> Walk<'a> {
    /// Looks through a part of the rule; gives its schema, if it has one.
    fn look(&mut self, node: &'a Node) -> Option<&'a Value> {
        match node {
            Node::Literal(_) => None,
            Node::Name(name) => match self.names.iter().rev().find(|(known, _)| known == name) {
                Some((_, schema)) => *schema,
                None if TYPES.contains(&name.as_str()) => None,
                None => {
                    let places = places(self.rule, name, false);
                    let why = format!("undeclared reference to '{name}' (in container '')");
                    self.found.extend(places.into_iter().map(|at| (at, why.clone())));
                    None
                }
            },
            Node::Field(of, field) | Node::Has(of, field) => {
                let is_whole = self.is_root && matches!(&**of, Node::Name(name) if name == "self" || name == "oldSelf");
                let schema = self.look(of)?;
                self.field(schema, field, is_whole)
            }
            Node::Index(of, index) => {
                self.look(index);
                self.look(of).and_then(|schema| schema.get("items")).filter(|it| it.as_map().is_some())
            }
            Node::Each(_, list, name, test) => {
                let items = self.look(list).and_then(|schema| schema.get("items"));
                self.names.push((name, items.filter(|it| it.as_map().is_some())));
                self.look(test);
                self.names.pop();
                None
            }
            Node::Not(of) | Node::Negative(of) => {
                self.look(of);
                None
            }
            Node::Two(_, a, b) => {
                self.look(a);
                self.look(b);
                None
            }
            Node::If(a, b, c) => {
                [a, b, c].into_iter().for_each(|it| _ = self.look(it));
                None
            }
            Node::Call(name, all) => {
                debug_assert!(FUNCTIONS.iter().any(|(known, _)| known == name), "it is known");
                all.iter().for_each(|it| _ = self.look(it));
                None
            }
            Node::List(all) => {
                all.iter().for_each(|it| _ = self.look(it));
                None
            }
        }
    }

    /// The schema of a field; one that an object does not have is noted.
    fn field(&mut self, schema: &'a Value, field: &str, is_whole: bool) -> Option<&'a Value> {
        let says = |name: &str| schema.get(name).and_then(Value::as_bool) == Some(true);
        let properties = schema.get("properties").and_then(Value::as_map)?;
        if let Some(inner) = properties.get(field) {
            // What every object has is not told by the schema.
            return (!(is_whole && field == "metadata")).then_some(inner);
        }
        let is_object = is_whole || says("x-kubernetes-embedded-resource");
        let is_open = is_object && ["apiVersion", "kind", "metadata"].contains(&field)
            || schema.get("additionalProperties").is_some()
            || says("x-kubernetes-preserve-unknown-fields")
            // Names that are written in another way in rules.
            || field.contains("__")
            || properties.keys().any(|name| !name.bytes().all(|c| c.is_ascii_alphanumeric()));
        if !is_open {
            let places = places(self.rule, field, true);
            self.found.extend(places.first().map(|at| (*at, format!("undefined field '{field}'"))));
        }
        None
    }
}

/// Where a name stands in a rule: behind a dot (the dot's place), or not.
fn places(rule: &str, name: &str, is_behind_dot: bool) -> Vec<usize> {
    let bytes = rule.as_bytes();
    let is_part = |at: usize| bytes.get(at).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
    let mut found = Vec::new();
    let (mut at, mut quote) = (0, None);
    while let Some(byte) = bytes.get(at).copied() {
        match quote {
            Some(_) if byte == b'\\' => at += 1,
            Some(end) if byte == end => quote = None,
            Some(_) => {}
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if rule.get(at..).is_some_and(|rest| rest.starts_with(name))
                && !is_part(at + name.len())
                && !(at > 0 && is_part(at - 1)) =>
            {
                let dot = rule.get(..at).map_or("", str::trim_end).strip_suffix('.').map(str::len);
                match dot {
                    Some(dot) if is_behind_dot => found.push(dot),
                    None if !is_behind_dot => found.push(at),
                    _ => {}
                }
            }
            None => {}
        }
        at += 1;
    }
    found
}

/// An error with its line, and a mark below the place.
fn shown(rule: &str, at: usize, why: &str) -> String {
    let before = rule.get(..at).unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    let line = rule.lines().nth(number - 1).unwrap_or_default();
    format!("ERROR: <input>:{number}:{}: {why}\n | {line}\n | {}^", column + 1, ".".repeat(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse;

    const SCHEMA: &str = "
type: object
properties:
  spec:
    type: object
    properties:
      least: {type: integer}
      items: {type: array, items: {type: object, properties: {name: {type: string}}}}
      free: {type: object, additionalProperties: {type: string}}
      open: {type: object, x-kubernetes-preserve-unknown-fields: true}
";

    fn found(rule: &str) -> Option<String> {
        fault(rule, &parse(SCHEMA).remove(0).value.unwrap(), true)
    }

    #[test]
    fn names_and_fields_that_are_not_there_are_said_with_their_places() {
        let text = |at: usize, why: &str, rule: &str| {
            format!("compilation failed: ERROR: <input>:1:{}: {why}\n | {rule}\n | {}^", at + 1, ".".repeat(at))
        };
        for (rule, at, why) in [
            ("spec.least > 1", 0, "undeclared reference to 'spec' (in container '')"),
            ("self.spec.least > most", 18, "undeclared reference to 'most' (in container '')"),
            ("self.spec.most > 1", 9, "undefined field 'most'"),
            ("self.spec.items.all(x, x.nam != '')", 24, "undefined field 'nam'"),
            ("has(self.status.ready)", 8, "undefined field 'status'"),
        ] {
            assert_eq!(found(rule), Some(text(at, why, rule)), "{rule}");
        }
    }

    #[test]
    fn rules_that_compile_are_left_alone() {
        for rule in [
            "self.spec.least > 1",
            "self.metadata.name == 'most' && self.kind == 'A'",
            "self.spec.items.all(x, x.name.size() > 1)",
            "self.spec.free.anything == 'a' || self.spec.open.anything == 1",
            "self.spec.least > oldSelf.spec.least",
            "self.spec.?least.hasValue()",
            "math.greatest(1, 2) == 2",
        ] {
            assert_eq!(found(rule), None, "{rule}");
        }
    }
}
