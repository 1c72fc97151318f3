//! The types of the Common Expression Language, as far as a schema tells them, and what signs make of them.
//!
//! Follows apiserver's `pkg/cel/common/schemas.go` for schemas, and cel-spec for the signs.

use crate::model::Value;
use std::fmt;

/// What is known of a part of a rule.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type<'a> {
    /// Nothing, or that it may be anything.
    Unknown,
    /// A type without parts: `int`, `string`.
    Plain(&'static str),
    List(Box<Type<'a>>),
    /// A map from texts.
    Map(Box<Type<'a>>),
    /// An object with the fields of a schema.
    Object(&'a Value),
}

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Unknown | Type::Object(_) => f.write_str("dyn"),
            Type::Plain(name) => f.write_str(name),
            Type::List(item) => write!(f, "list({item})"),
            Type::Map(value) => write!(f, "map(string, {value})"),
        }
    }
}

/// The type of the values of a schema.
pub(super) fn of_schema(schema: &Value) -> Type<'_> {
    let says = |name: &str| schema.get(name).and_then(Value::as_bool) == Some(true);
    if says("x-kubernetes-int-or-string") {
        return Type::Unknown;
    }
    let inner = |name: &str| schema.get(name).filter(|it| it.as_map().is_some());
    match (schema.str_at(&["type"]), schema.str_at(&["format"])) {
        ("boolean", _) => Type::Plain("bool"),
        ("integer", _) => Type::Plain("int"),
        ("number", _) => Type::Plain("double"),
        // Bytes, times and lengths of time are types of their own.
        ("string", "byte" | "date" | "date-time" | "duration") => Type::Unknown,
        ("string", _) => Type::Plain("string"),
        ("array", _) => inner("items").map_or(Type::Unknown, |items| Type::List(Box::new(of_schema(items)))),
        ("object", _) => match (inner("properties"), inner("additionalProperties")) {
            (Some(_), _) => Type::Object(schema),
            (None, Some(values)) => Type::Map(Box::new(of_schema(values))),
            (None, None) => Type::Unknown,
        },
        _ => Type::Unknown,
    }
}

impl<'a> Type<'a> {
    /// Whether all of it is known, and has a name that can be told.
    pub(super) fn is_certain(&self) -> bool {
        match self {
            Type::Unknown | Type::Object(_) => false,
            Type::Plain(_) => true,
            Type::List(inner) | Type::Map(inner) => inner.is_certain(),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, Type::Plain("int" | "double"))
    }

    /// What a sign makes of two parts. `None` if there is nothing that it does with them.
    pub(super) fn of_two(sign: &str, a: &Type<'a>, b: &Type<'a>) -> Option<Type<'a>> {
        const BOOL: Type<'static> = Type::Plain("bool");
        let is_certain = a.is_certain() && b.is_certain();
        let has = |it: &Type<'_>, names: &[&str]| match it {
            Type::Plain(name) => names.contains(name),
            other => !other.is_certain(),
        };
        let result = match sign {
            "&&" | "||" => (has(a, &["bool"]) && has(b, &["bool"])).then_some(BOOL)?,
            "==" | "!=" => (!is_certain || a == b).then_some(BOOL)?,
            "<" | "<=" | ">" | ">=" => {
                let fits = |it: &Type<'_>| has(it, &["bool", "int", "double", "string"]);
                let is_alike = !is_certain || a == b || a.is_number() && b.is_number();
                (fits(a) && fits(b) && is_alike).then_some(BOOL)?
            }
            "in" => match b {
                Type::List(item) => (!is_certain || **item == *a).then_some(BOOL)?,
                Type::Map(_) => has(a, &["string"]).then_some(BOOL)?,
                other => (!other.is_certain()).then_some(BOOL)?,
            },
            "+" if matches!((a, b), (Type::List(_), Type::List(_))) => (!is_certain || a == b).then(|| a.clone())?,
            "+" => one_of(a, b, is_certain, &["int", "double", "string"])?,
            "%" => one_of(a, b, is_certain, &["int"])?,
            _ => one_of(a, b, is_certain, &["int", "double"])?,
        };
        Some(result)
    }
}

/// What becomes of two parts that have to be of one type, and that one of `names`.
fn one_of<'a>(a: &Type<'a>, b: &Type<'a>, is_certain: bool, names: &[&str]) -> Option<Type<'a>> {
    let fits = |it: &Type<'_>| matches!(it, Type::Plain(name) if names.contains(name)) || !it.is_certain();
    let is_alike = !is_certain || a == b;
    (fits(a) && fits(b) && is_alike).then(|| if is_certain { a.clone() } else { Type::Unknown })
}
