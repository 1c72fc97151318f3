//! Why a rule does not compile, in the words of cel-go; works nothing out.
//!
//! Only what is certain is said: names that nothing has, fields that a schema does not know, types that do not go together,
//! and what is no expression at all.

use super::syntax::{self, Node};
use super::types::{self, Type};
use super::{FUNCTIONS, is_known};
use crate::model::Value;
use crate::ordering::Order;

/// Names that are there without anybody's doing: types.
const TYPES: [&str; 11] =
    ["bool", "bytes", "double", "dyn", "int", "list", "map", "null_type", "string", "type", "uint"];

/// What a rule has to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Wanted {
    /// Whether the object is well: `rule`.
    Verdict,
    /// A text: `messageExpression`.
    Text,
}

/// The words of the compiler about a rule below a schema; `None` if it compiles, as far as that is known here.
pub(in crate::api) fn fault(rule: &str, schema: &Value, is_root: bool, wanted: Wanted) -> Option<String> {
    let place_of = |letters: usize| rule.char_indices().nth(letters).map_or(rule.len(), |(at, _)| at);
    let Some(node) = syntax::read(rule) else {
        let found = syntax::troubles(rule).into_iter();
        return told(rule, found.map(|(letters, why)| (place_of(letters), why)).collect());
    };
    if !is_known(&node) {
        return None;
    }
    let own = types::of_schema(schema);
    let mut walk = Walk { rule, is_root, names: vec![("self", own.clone()), ("oldSelf", own)], found: Vec::new() };
    let result = walk.look(&node);
    walk.found.order();
    walk.found.dedup();
    told(rule, walk.found).or_else(|| match (wanted, result) {
        (Wanted::Verdict, it) if it.is_certain() && it != Type::Plain("bool") => {
            Some("cel expression must evaluate to a bool".to_string())
        }
        (Wanted::Text, it) if it.is_certain() && it != Type::Plain("string") => {
            Some("messageExpression must evaluate to a string".to_string())
        }
        _ => None,
    })
}

/// All faults of a rule, as the compiler lists them.
fn told(rule: &str, found: Vec<(usize, String)>) -> Option<String> {
    let texts: Vec<String> = found.iter().map(|(at, why)| shown(rule, *at, why)).collect();
    (!texts.is_empty()).then(|| format!("compilation failed: {}", texts.join("\n")))
}

struct Walk<'a> {
    rule: &'a str,
    /// Whether the schema is that of whole objects.
    is_root: bool,
    /// What each name stands for.
    names: Vec<(&'a str, Type<'a>)>,
    /// Where something is wrong, in bytes from the start, and what.
    found: Vec<(usize, String)>,
}

impl<'a> Walk<'a> {
    /// Looks through a part of the rule; gives its type, as far as it is known.
    fn look(&mut self, node: &'a Node) -> Type<'a> {
        match node {
            Node::Literal(value) => literal(value),
            Node::Name(name) => match self.names.iter().rev().find(|(known, _)| known == name) {
                Some((_, kind)) => kind.clone(),
                None if TYPES.contains(&name.as_str()) => Type::Unknown,
                None => {
                    let places = places(self.rule, name, false);
                    let why = format!("undeclared reference to '{name}' (in container '')");
                    self.found.extend(places.into_iter().map(|at| (at, why.clone())));
                    Type::Unknown
                }
            },
            Node::Field(of, field) => self.selected(of, field),
            Node::Has(of, field) => {
                self.selected(of, field);
                Type::Plain("bool")
            }
            Node::Index(of, index) => {
                self.look(index);
                match self.look(of) {
                    Type::List(inner) | Type::Map(inner) => *inner,
                    _ => Type::Unknown,
                }
            }
            Node::Each(macro_name, list, name, test) => self.each(macro_name, list, name, test),
            Node::Not(of) => {
                self.look(of);
                Type::Plain("bool")
            }
            Node::Negative(of) => self.look(of),
            Node::Two(sign, a, b, at) => self.two(sign, a, b, *at),
            Node::If(test, yes, no) => {
                self.look(test);
                let (yes, no) = (self.look(yes), self.look(no));
                if yes == no { yes } else { Type::Unknown }
            }
            Node::Call(name, all) => {
                debug_assert!(FUNCTIONS.iter().any(|(known, _)| known == name), "it is known");
                let kinds: Vec<Type<'a>> = all.iter().map(|it| self.look(it)).collect();
                result_of(name, kinds.first())
            }
            Node::List(all) => {
                let kinds: Vec<Type<'a>> = all.iter().map(|it| self.look(it)).collect();
                match kinds.split_first() {
                    Some((first, rest)) if rest.iter().all(|kind| kind == first) => Type::List(Box::new(first.clone())),
                    _ => Type::Unknown,
                }
            }
        }
    }

    fn two(&mut self, sign: &str, a: &'a Node, b: &'a Node, letters: usize) -> Type<'a> {
        let (a, b) = (self.look(a), self.look(b));
        Type::of_two(sign, &a, &b).unwrap_or_else(|| {
            let at = self.rule.char_indices().nth(letters).map_or(self.rule.len(), |(at, _)| at);
            let name = if sign == "in" { "@in".to_string() } else { format!("_{sign}_") };
            if a.is_certain() && b.is_certain() {
                self.found.push((at, format!("found no matching overload for '{name}' applied to '({a}, {b})'")));
            }
            Type::Unknown
        })
    }

    fn each(&mut self, macro_name: &str, list: &'a Node, name: &'a str, test: &'a Node) -> Type<'a> {
        let list = self.look(list);
        let item = match &list {
            Type::List(item) => (**item).clone(),
            Type::Map(_) => Type::Plain("string"),
            _ => Type::Unknown,
        };
        self.names.push((name, item));
        let test = self.look(test);
        self.names.pop();
        match macro_name {
            "filter" => list,
            "map" => Type::List(Box::new(test)),
            _ => Type::Plain("bool"),
        }
    }

    /// A field of a part, which may not have it.
    fn selected(&mut self, of: &'a Node, field: &str) -> Type<'a> {
        let is_whole = self.is_root && matches!(of, Node::Name(name) if name == "self" || name == "oldSelf");
        match self.look(of) {
            Type::Object(schema) => self.field(schema, field, is_whole).map_or(Type::Unknown, types::of_schema),
            Type::Map(inner) => *inner,
            kind @ (Type::Plain(_) | Type::List(_)) if kind.is_certain() => {
                let places = places(self.rule, field, true);
                let why = format!("type '{kind}' does not support field selection");
                self.found.extend(places.first().map(|at| (*at, why)));
                Type::Unknown
            }
            _ => Type::Unknown,
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

fn literal(value: &Value) -> Type<'static> {
    match value {
        Value::Bool(_) => Type::Plain("bool"),
        Value::Int(_) => Type::Plain("int"),
        Value::Float(_) => Type::Plain("double"),
        Value::Str(_) => Type::Plain("string"),
        Value::Null => Type::Plain("null"),
        Value::List(_) | Value::Map(_) => Type::Unknown,
    }
}

/// What a function comes to.
fn result_of<'a>(name: &str, first: Option<&Type<'a>>) -> Type<'a> {
    match name {
        "size" | "int" => Type::Plain("int"),
        "double" => Type::Plain("double"),
        "startsWith" | "endsWith" | "contains" | "matches" | "isSorted" => Type::Plain("bool"),
        "string" | "lowerAscii" | "upperAscii" | "trim" => Type::Plain("string"),
        "split" => Type::List(Box::new(Type::Plain("string"))),
        "sum" => match first {
            Some(Type::List(item)) => (**item).clone(),
            _ => Type::Unknown,
        },
        _ => Type::Unknown,
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
      name: {type: string}
      either: {x-kubernetes-int-or-string: true}
      items: {type: array, items: {type: object, properties: {name: {type: string}}}}
      free: {type: object, additionalProperties: {type: string}}
      open: {type: object, x-kubernetes-preserve-unknown-fields: true}
";

    fn found(rule: &str) -> Option<String> {
        fault(rule, &parse(SCHEMA).remove(0).value.unwrap(), true, Wanted::Verdict)
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
            ("self.spec.least == 'a'", 16, "found no matching overload for '_==_' applied to '(int, string)'"),
            ("self.spec.name < 1 || true", 15, "found no matching overload for '_<_' applied to '(string, int)'"),
            ("self.spec.least in ['a']", 16, "found no matching overload for '@in' applied to '(int, list(string))'"),
            ("self.spec.least && true", 16, "found no matching overload for '_&&_' applied to '(int, bool)'"),
            ("self.spec.name == null", 15, "found no matching overload for '_==_' applied to '(string, null)'"),
            ("self.spec.name.size == 1", 14, "type 'string' does not support field selection"),
        ] {
            assert_eq!(found(rule), Some(text(at, why, rule)), "{rule}");
        }
    }

    #[test]
    fn what_is_no_rule_is_said() {
        let end = "mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', \
                   NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
        let expected =
            format!("compilation failed: ERROR: <input>:1:13: Syntax error: {end}\n | self.spec >=\n | ............^");
        assert_eq!(found("self.spec >="), Some(expected));
        assert_eq!(
            found("self.kind = 'a'").unwrap(),
            "compilation failed: ERROR: <input>:1:11: Syntax error: token recognition error at: '= '\n | self.kind = 'a'\n \
             | ..........^\nERROR: <input>:1:13: Syntax error: extraneous input ''a'' expecting <EOF>\n | self.kind = \
             'a'\n | ............^"
        );
        assert_eq!(found("self.spec.least").as_deref(), Some("cel expression must evaluate to a bool"));
        let schema = parse(SCHEMA).remove(0).value.unwrap();
        let text = |rule: &str| fault(rule, &schema, true, Wanted::Text);
        assert_eq!(text("self.spec.least").as_deref(), Some("messageExpression must evaluate to a string"));
        assert_eq!(text("'a' + self.spec.name"), None);
    }

    #[test]
    fn rules_that_compile_are_left_alone() {
        for rule in [
            "self.spec.least > 1",
            "self.metadata.name == 'most' && self.kind == 'A'",
            "self.spec.items.all(x, x.name.size() > 1)",
            "self.spec.free.anything == 'a' || self.spec.open.anything == 1",
            "self.spec.least > oldSelf.spec.least",
            "self.spec.least > 1.5 && self.spec.either == 'a' || self.spec.either == 1",
            "self.spec.items.map(x, x.name).exists(it, it == self.spec.name)",
            "self.spec.name + 'a' in ['b'] && size(self.spec.items) % 2 == 0",
            "self.spec.free.all(key, key != 'a' && self.spec.free[key] == 'b')",
            "self.spec.least == 1 ? self.spec.name == 'a' : has(self.spec.free)",
            "self.spec.?least.hasValue()",
            "math.greatest(1, 2) == 2",
        ] {
            assert_eq!(found(rule), None, "{rule}");
        }
    }
}
