//! The functions of Go templates.
//!
//! Follows `text/template/funcs.go` of Go, and kubectl's own `base64decode` and `exists`.

use super::Found;
use super::format::{Argument, printf, type_name};
use crate::api::base64_fault;
use crate::cluster::patch::go_dump;
use crate::model::{Map, Value};

/// An argument of a function.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) found: Found,
    /// Whether it stands in the template itself.
    pub(super) is_literal: bool,
}

impl Given {
    fn value(&self) -> Value {
        self.found.clone().unwrap_or_default()
    }

    fn type_name(&self) -> &'static str {
        type_name(&self.value(), self.is_literal)
    }

    fn is_nil(&self) -> bool {
        matches!(self.found, None | Some(Value::Null))
    }
}

pub(super) const FUNCTIONS: &[&str] = &[
    "and",
    "base64decode",
    "call",
    "eq",
    "exists",
    "ge",
    "gt",
    "html",
    "index",
    "js",
    "le",
    "len",
    "lt",
    "ne",
    "not",
    "or",
    "print",
    "printf",
    "println",
    "slice",
    "urlquery",
];

pub(super) fn shown(found: &Found) -> String {
    match found {
        None | Some(Value::Null) => "<no value>".into(),
        Some(value) => go_dump(value),
    }
}

pub(super) fn is_true(found: &Found) -> bool {
    match found {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Int(number)) => *number != 0,
        Some(Value::Float(number)) => *number != 0.0,
        Some(Value::Str(text)) => !text.is_empty(),
        Some(Value::List(list)) => !list.is_empty(),
        Some(Value::Map(map)) => !map.is_empty(),
    }
}

/// What is wrong with the number of arguments of a function, in Go's words.
pub(super) fn wrong_count(name: &str, count: usize) -> Option<String> {
    let (least, most) = match name {
        "not" | "len" | "base64decode" => (1, 1),
        "ne" | "lt" | "le" | "gt" | "ge" => (2, 2),
        "and" | "or" | "index" | "slice" | "printf" | "eq" | "call" | "exists" => (1, usize::MAX),
        _ => (0, usize::MAX),
    };
    let wants = if least == most { format!("want {least}") } else { format!("want at least {least}") };
    let is_wrong = count < least || count > most;
    is_wrong.then(|| format!("wrong number of args for {name}: {wants} got {count}"))
}

/// Whether the first argument must be a text.
pub(super) fn wants_text(name: &str) -> bool {
    matches!(name, "printf" | "base64decode")
}

/// Calls a function; the error is in its words.
pub(super) fn call(name: &str, arguments: &[Given]) -> Result<Found, String> {
    let found: Vec<Found> = arguments.iter().map(|given| given.found.clone()).collect();
    let first = arguments.first().map(Given::value).unwrap_or_default();
    let value: Value = match name {
        "not" => (!is_true(&Some(first))).into(),
        "len" => len(arguments)?.into(),
        "index" => return index(arguments),
        "exists" => index(arguments).is_ok_and(|found| found.is_some()).into(),
        "print" => print(&found, "<nil>").into(),
        "println" => {
            let shown: Vec<String> = found.iter().map(|it| it.as_ref().map_or("<nil>".into(), go_dump)).collect();
            (shown.join(" ") + "\n").into()
        }
        "html" => escaped(&print(&found, "<no value>"), HTML),
        "js" => escaped(&print(&found, "<no value>"), SCRIPT),
        "urlquery" => urlquery(&print(&found, "<no value>")).into(),
        "slice" => return slice(arguments),
        "printf" => {
            let rest = arguments.iter().skip(1);
            let rest: Vec<Argument> =
                rest.map(|given| Argument { value: given.value(), is_literal: given.is_literal }).collect();
            printf(first.as_str().unwrap_or(""), &rest).into()
        }
        "base64decode" => {
            let text = first.as_str().unwrap_or("");
            if let Some(at) = base64_fault(text) {
                return Err(format!("base64 decode failed: illegal base64 data at input byte {at}"));
            }
            crate::model::decode_base64(text).into()
        }
        "call" => {
            let of_type = arguments.first().map_or("", Given::type_name);
            return Err(format!("non-function of type {of_type}"));
        }
        _ => return compare(name, arguments),
    };
    Ok(Some(value))
}

const HTML: &[(char, &str)] = &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&#34;"), ('\'', "&#39;")];

const SCRIPT: &[(char, &str)] = &[
    ('\\', "\\\\"),
    ('\'', "\\'"),
    ('"', "\\\""),
    ('<', "\\u003C"),
    ('>', "\\u003E"),
    ('&', "\\u0026"),
    ('=', "\\u003D"),
    ('\n', "\\u000A"),
    ('\t', "\\u0009"),
    ('\r', "\\u000D"),
];

fn len(arguments: &[Given]) -> Result<i64, String> {
    let Some(first) = arguments.first() else { return Ok(0) };
    let length = match &first.found {
        Some(Value::Str(text)) => text.len(),
        Some(Value::List(list)) => list.len(),
        Some(Value::Map(map)) => map.len(),
        None => return Err("reflect: call of reflect.Value.Type on zero Value".into()),
        Some(Value::Null) => return Err("len of nil pointer".into()),
        Some(_) => return Err(format!("len of type {}", first.type_name())),
    };
    Ok(i64::try_from(length).unwrap_or(i64::MAX))
}

/// Go's `Sprint`: blanks between two operands of which none is a text.
fn print(arguments: &[Found], nothing: &str) -> String {
    let mut out = String::new();
    let is_text = |found: &Found| matches!(found, Some(Value::Str(_)));
    for (at, argument) in arguments.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| arguments.get(before));
        if before.is_some_and(|before| !is_text(before) && !is_text(argument)) {
            out.push(' ');
        }
        match argument {
            None | Some(Value::Null) => out.push_str(nothing),
            Some(value) => out.push_str(&go_dump(value)),
        }
    }
    out
}

fn escaped(text: &str, escapes: &[(char, &str)]) -> Value {
    let mut out = String::new();
    for c in text.chars() {
        match escapes.iter().find(|(from, _)| *from == c) {
            Some((_, to)) => out.push_str(to),
            None => out.push(c),
        }
    }
    out.into()
}

fn urlquery(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// `slice X FROM TO` of a list or a text.
fn slice(arguments: &[Given]) -> Result<Found, String> {
    let Some(first) = arguments.first() else { return Ok(None) };
    let length = match &first.found {
        Some(Value::Str(text)) => text.len(),
        Some(Value::List(list)) => list.len(),
        None | Some(Value::Null) => return Err("slice of untyped nil".into()),
        _ => return Err(format!("can't slice item of type {}", first.type_name())),
    };
    let mut bounds = [0, length];
    for (bound, given) in bounds.iter_mut().zip(arguments.iter().skip(1)) {
        *bound = position(given, length + 1)?;
    }
    let [from, to] = bounds;
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    Ok(match &first.found {
        Some(Value::Str(text)) => {
            let part = text.as_bytes().get(from..to).unwrap_or(&[]);
            Some(String::from_utf8_lossy(part).into_owned().into())
        }
        Some(Value::List(list)) => list.get(from..to).map(|list| Value::from(list.to_vec())),
        _ => None,
    })
}

/// An argument as a place in a list that has `length` of them.
fn position(given: &Given, length: usize) -> Result<usize, String> {
    match given.found {
        Some(Value::Int(at)) => {
            let place = usize::try_from(at).ok().filter(|place| *place < length);
            place.ok_or_else(|| format!("index out of range: {at}"))
        }
        None | Some(Value::Null) => Err("cannot index slice/array with nil".into()),
        _ => Err(format!("cannot index slice/array with type {}", given.type_name())),
    }
}

fn index(arguments: &[Given]) -> Result<Found, String> {
    let Some((first, keys)) = arguments.split_first() else { return Ok(None) };
    if first.is_nil() {
        return Err("index of untyped nil".into());
    }
    let mut found = first.clone();
    for key in keys {
        found.found = match found.value() {
            Value::List(list) => list.get(position(key, list.len())?).cloned(),
            Value::Str(text) => text.as_bytes().get(position(key, text.len())?).map(|byte| i64::from(*byte).into()),
            Value::Map(map) => match &key.found {
                Some(Value::Str(name)) => Map::get(&map, name).cloned(),
                None | Some(Value::Null) => return Err("value is nil; should be of type string".into()),
                Some(_) => return Err(format!("value has type {}; should be string", key.type_name())),
            },
            Value::Null => return Err("index of nil pointer".into()),
            _ => return Err(format!("can't index item of type {}", found.type_name())),
        };
    }
    Ok(found.found)
}

/// What is compared with its like alone; nothing for what cannot be compared.
fn sort_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Str(_) => "string",
        Value::List(_) | Value::Map(_) => "",
    }
}

fn compare(name: &str, arguments: &[Given]) -> Result<Found, String> {
    let Some((first, others)) = arguments.split_first() else { return Err(MISSING.into()) };
    let (one, sort) = (first.value(), sort_of(&first.value()));
    if name == "eq" || name == "ne" {
        if sort.is_empty() {
            return Err(format!("non-comparable type {}: {}", go_dump(&one), first.type_name()));
        }
        if others.is_empty() {
            return Err(MISSING.into());
        }
        let mut is_equal = false;
        for other in others.iter().map(Given::value) {
            if sort_of(&other) != sort && sort != "nil" && other != Value::Null {
                return Err("incompatible types for comparison".into());
            }
            is_equal = is_equal || other == one;
        }
        return Ok(Some((is_equal == (name == "eq")).into()));
    }
    if !matches!(one, Value::Int(_) | Value::Float(_) | Value::Str(_)) {
        return Err("invalid type for comparison".into());
    }
    let order = match (&one, &others.first().map(Given::value).unwrap_or_default()) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Str(a), Value::Str(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        _ => return Err("incompatible types for comparison".into()),
    };
    let holds = match name {
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        "gt" => order.is_gt(),
        _ => order.is_ge(),
    };
    Ok(Some(holds.into()))
}

const MISSING: &str = "missing argument for comparison";
