//! The functions of Go templates.

use super::Found;
use crate::cluster::patch::go_dump;
use crate::model::{Map, Value};

pub(super) const FUNCTIONS: &[&str] = &[
    "and",
    "base64decode",
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

pub(super) fn call(name: &str, arguments: &[Found]) -> Result<Found, String> {
    let first = arguments.first().cloned().flatten();
    let value: Value = match name {
        "and" => return Ok(arguments.iter().find(|it| !is_true(it)).or(arguments.last()).cloned().flatten()),
        "or" => return Ok(arguments.iter().find(|it| is_true(it)).or(arguments.last()).cloned().flatten()),
        "not" => (!is_true(&first)).into(),
        "len" => match first {
            Some(Value::Str(text)) => text.len() as i64,
            Some(Value::List(list)) => list.len() as i64,
            Some(Value::Map(map)) => map.len() as i64,
            _ => return Err("len of nil pointer".into()),
        }
        .into(),
        "index" => return index(arguments),
        "exists" => index(arguments).is_ok_and(|found| found.is_some()).into(),
        "print" => print(arguments).into(),
        "html" => {
            escaped(&print(arguments), &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&#34;"), ('\'', "&#39;")])
        }
        "js" => escaped(
            &print(arguments),
            &[
                ('\\', "\\\\"),
                ('\'', "\\'"),
                ('"', "\\\""),
                ('<', "\\u003C"),
                ('>', "\\u003E"),
                ('&', "\\u0026"),
                ('=', "\\u003D"),
            ],
        ),
        "urlquery" => urlquery(&print(arguments)).into(),
        "slice" => return slice(arguments),
        "println" => (arguments.iter().map(shown).collect::<Vec<_>>().join(" ") + "\n").into(),
        "printf" => printf(arguments).into(),
        "base64decode" => crate::shell::decode_base64(first.as_ref().and_then(Value::as_str).unwrap_or("")).into(),
        _ => return compare(name, arguments),
    };
    Ok(Some(value))
}

/// Go's `Sprint`: blanks between two operands of which none is a text.
fn print(arguments: &[Found]) -> String {
    let mut out = String::new();
    let is_text = |found: &Found| matches!(found, Some(Value::Str(_)));
    for (at, argument) in arguments.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| arguments.get(before));
        if before.is_some_and(|before| !is_text(before) && !is_text(argument)) {
            out.push(' ');
        }
        out.push_str(&shown(argument));
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
fn slice(arguments: &[Found]) -> Result<Found, String> {
    let number = |at: usize| match arguments.get(at) {
        None => Ok(None),
        Some(Some(Value::Int(number))) => usize::try_from(*number).map(Some).map_err(|_| *number),
        Some(_) => Err(-1),
    };
    let outside = |at: i64| format!("error calling slice: index out of range: {at}");
    let (from, to) = (number(1).map_err(outside)?.unwrap_or(0), number(2).map_err(outside)?);
    let part = match arguments.first() {
        Some(Some(Value::Str(text))) => {
            text.get(from..to.unwrap_or(text.len())).map(|text| Value::from(text.to_string()))
        }
        Some(Some(Value::List(list))) => {
            list.get(from..to.unwrap_or(list.len())).map(|list| Value::from(list.to_vec()))
        }
        _ => return Err("error calling slice: can't slice item of type untyped nil".into()),
    };
    part.map(Some).ok_or_else(|| outside(i64::try_from(to.unwrap_or(from)).unwrap_or(0)))
}

pub(super) fn index(arguments: &[Found]) -> Result<Found, String> {
    let mut found = arguments.first().cloned().flatten();
    for key in arguments.iter().skip(1) {
        found = match (found, key) {
            (Some(Value::List(list)), Some(Value::Int(at))) => {
                match usize::try_from(*at).ok().and_then(|at| list.get(at)) {
                    Some(element) => Some(element.clone()),
                    None => return Err(format!("index out of range: {at}")),
                }
            }
            (Some(Value::Map(map)), Some(Value::Str(key))) => Map::get(&map, key).cloned(),
            (None | Some(Value::Null), _) => return Err("index of untyped nil".into()),
            (Some(other), _) => return Err(format!("can't index item of type {}", go_dump(&other))),
        };
    }
    Ok(found)
}

pub(super) fn compare(name: &str, arguments: &[Found]) -> Result<Found, String> {
    let [first, others @ ..] = arguments else { return Err("missing argument for comparison".into()) };
    let Some(second) = others.first() else { return Err("missing argument for comparison".into()) };
    if name == "eq" || name == "ne" {
        let is_equal = others.iter().any(|other| other == first);
        return Ok(Some((is_equal == (name == "eq")).into()));
    }
    let order = match (first, second) {
        (Some(Value::Int(a)), Some(Value::Int(b))) => a.cmp(b),
        (Some(Value::Str(a)), Some(Value::Str(b))) => a.cmp(b),
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

/// `printf` with `%s`, `%v`, `%d`, `%q`, `%t` and widths.
pub(super) fn printf(arguments: &[Found]) -> String {
    let format = arguments.first().map(shown).unwrap_or_default();
    let mut rest = arguments.iter().skip(1);
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut width = String::new();
        while let Some(c) = chars.next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) {
            width.push(c);
        }
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        let Some(argument) = rest.next() else {
            out.push_str(&format!("%!{verb}(MISSING)"));
            continue;
        };
        let text = match (verb, argument) {
            ('q', Some(Value::Str(text))) => format!("{:?}", text.as_str()),
            _ => shown(argument),
        };
        let (least, precision) = match width.split_once('.') {
            Some((least, precision)) => (least, Some(precision.parse::<usize>().unwrap_or(0))),
            None => (width.as_str(), None),
        };
        let text = match precision {
            Some(length) if matches!(verb, 's' | 'v') => text.chars().take(length).collect(),
            _ => text,
        };
        let least = least.trim_start_matches('-').parse::<usize>().unwrap_or(0).min(1000);
        let filler = if width.starts_with('0') && verb == 'd' { "0" } else { " " };
        let blanks = filler.repeat(least.saturating_sub(text.chars().count()));
        if width.starts_with('-') {
            out.push_str(&(text + &blanks));
        } else {
            out.push_str(&(blanks + &text));
        }
    }
    out
}
