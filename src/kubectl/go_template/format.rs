//! Go's `Printf` for the values of a tree.
//!
//! Follows `fmt/print.go` and `fmt/format.go` of Go.

use crate::model::Value;
use crate::model::json::go_general;

/// The widest field that is filled.
const WIDTH_MAX: usize = 1000;

/// What a verb is told: `%-08.3f`.
#[derive(Clone, Debug, Default)]
struct Spec {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// An argument and whether it stands in the template itself, where whole numbers have another type.
pub(super) struct Argument {
    pub(super) value: Value,
    pub(super) is_literal: bool,
}

/// The name of a value's type in Go.
pub(super) fn type_name(value: &Value, is_literal: bool) -> &'static str {
    match value {
        Value::Int(_) if is_literal => "int",
        value => value.go_type(),
    }
}

/// Prints the arguments as the format says.
pub(super) fn printf(format: &str, arguments: &[Argument]) -> String {
    let (mut out, mut next, mut is_reordered) = (String::new(), 0, false);
    let mut rest = format;
    while let Some((text, behind)) = rest.split_once('%') {
        out.push_str(text);
        let mut spec = Spec::default();
        let behind = flags(behind, &mut spec);
        let behind = index(behind, &mut next, &mut is_reordered);
        let behind = size(behind, arguments, &mut next, &mut spec);
        let behind = index(behind, &mut next, &mut is_reordered);
        let Some(verb) = behind.chars().next() else {
            out.push_str("%!(NOVERB)");
            return out;
        };
        rest = behind.get(verb.len_utf8()..).unwrap_or("");
        if verb == '%' {
            out.push('%');
            continue;
        }
        match arguments.get(next) {
            None => out.push_str(&format!("%!{verb}(MISSING)")),
            Some(argument) => out.push_str(&printed(verb, &spec, argument)),
        }
        next += 1;
    }
    out.push_str(rest);
    let extra = arguments.get(next..).unwrap_or(&[]);
    if !is_reordered && !extra.is_empty() {
        let shown = extra.iter().map(|it| match &it.value {
            Value::Null => "<nil>".to_string(),
            value => format!("{}={}", type_name(value, it.is_literal), plain(value)),
        });
        out.push_str(&format!("%!(EXTRA {})", shown.collect::<Vec<_>>().join(", ")));
    }
    out
}

fn flags<'a>(text: &'a str, spec: &mut Spec) -> &'a str {
    let end = text.find(|c| !matches!(c, '-' | '+' | '#' | ' ' | '0')).unwrap_or(text.len());
    for c in text.get(..end).unwrap_or("").chars() {
        match c {
            '-' => (spec.minus, spec.zero) = (true, false),
            '+' => spec.plus = true,
            '#' => spec.sharp = true,
            ' ' => spec.space = true,
            _ => spec.zero = !spec.minus,
        }
    }
    text.get(end..).unwrap_or("")
}

/// `[2]`: which argument comes next.
fn index<'a>(text: &'a str, next: &mut usize, is_reordered: &mut bool) -> &'a str {
    let inside = text.strip_prefix('[').and_then(|inside| inside.split_once(']'));
    match inside.and_then(|(number, behind)| Some((number.parse::<usize>().ok()?.checked_sub(1)?, behind))) {
        Some((number, behind)) => {
            (*next, *is_reordered) = (number, true);
            behind
        }
        None => text,
    }
}

fn size<'a>(text: &'a str, arguments: &[Argument], next: &mut usize, spec: &mut Spec) -> &'a str {
    let (width, text) = count(text, arguments, next);
    spec.width = width;
    let Some(behind) = text.strip_prefix('.') else { return text };
    let (precision, behind) = count(behind, arguments, next);
    spec.precision = Some(precision.unwrap_or(0));
    behind
}

/// A number, or `*` for one that is an argument.
fn count<'a>(text: &'a str, arguments: &[Argument], next: &mut usize) -> (Option<usize>, &'a str) {
    if let Some(behind) = text.strip_prefix('*') {
        let given = arguments.get(*next).and_then(|it| it.value.as_i64()).and_then(|it| usize::try_from(it).ok());
        *next += 1;
        return (given.map(|it| it.min(WIDTH_MAX)), behind);
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, behind) = text.split_at(end);
    (digits.parse::<usize>().ok().map(|it| it.min(WIDTH_MAX)), behind)
}

fn printed(verb: char, spec: &Spec, argument: &Argument) -> String {
    match (verb, &argument.value) {
        ('T', value) => padded(type_name(value, argument.is_literal).to_string(), spec),
        ('v', Value::Null) => padded("<nil>".into(), spec),
        (verb, Value::Null) => format!("%!{verb}(<nil>)"),
        (verb, value) => leaf(verb, spec, value, argument.is_literal),
    }
}

fn leaf(verb: char, spec: &Spec, value: &Value, is_literal: bool) -> String {
    let inner = |value: &Value| leaf(verb, spec, value, is_literal);
    let text = match value {
        Value::Null => Some("<nil>".to_string()),
        Value::List(list) => return format!("[{}]", list.iter().map(inner).collect::<Vec<_>>().join(" ")),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}:{}", inner(&key.into()), inner(value)));
            return format!("map[{}]", entries.collect::<Vec<_>>().join(" "));
        }
        Value::Bool(flag) => matches!(verb, 't' | 'v').then(|| flag.to_string()),
        Value::Int(number) => return int(verb, spec, *number, is_literal),
        Value::Float(number) => return float(verb, spec, *number),
        Value::Str(text) => string(verb, spec, text),
    };
    match text {
        Some(text) => padded(text, spec),
        None => bad(verb, value, is_literal),
    }
}

/// A verb that does not fit.
fn bad(verb: char, value: &Value, is_literal: bool) -> String {
    format!("%!{verb}({}={})", type_name(value, is_literal), plain(value))
}

fn plain(value: &Value) -> String {
    leaf('v', &Spec::default(), value, false)
}

fn string(verb: char, spec: &Spec, text: &str) -> Option<String> {
    let cut: String = text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
    Some(match verb {
        's' | 'v' => cut,
        'q' if spec.sharp && !cut.contains('`') => format!("`{cut}`"),
        'q' => crate::api::go_quoted(&cut),
        'x' => cut.bytes().map(|byte| format!("{byte:02x}")).collect(),
        'X' => cut.bytes().map(|byte| format!("{byte:02X}")).collect(),
        _ => return None,
    })
}

fn int(verb: char, spec: &Spec, number: i64, is_literal: bool) -> String {
    let size = number.unsigned_abs();
    let c = || u32::try_from(number).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
    let (lead, digits) = match verb {
        'v' | 'd' => ("", size.to_string()),
        'b' => (if spec.sharp { "0b" } else { "" }, format!("{size:b}")),
        'o' => (if spec.sharp { "0" } else { "" }, format!("{size:o}")),
        'O' => ("0o", format!("{size:o}")),
        'x' => (if spec.sharp { "0x" } else { "" }, format!("{size:x}")),
        'X' => (if spec.sharp { "0X" } else { "" }, format!("{size:X}")),
        'c' => return padded(c().to_string(), spec),
        'q' => return padded(format!("'{}'", character(c())), spec),
        'U' => return padded(format!("U+{size:04X}"), spec),
        _ => return bad(verb, &number.into(), is_literal),
    };
    let least = spec.precision.unwrap_or(0).min(WIDTH_MAX);
    let digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
    signed(number < 0, lead, digits, spec, spec.precision.is_none())
}

/// A character as it stands between single quotes.
fn character(c: char) -> String {
    match c {
        '\'' => "\\'".into(),
        '\\' => "\\\\".into(),
        '\n' => "\\n".into(),
        '\t' => "\\t".into(),
        '\r' => "\\r".into(),
        c if (c as u32) < 0x20 || c as u32 == 0x7f => format!("\\x{:02x}", c as u32),
        c if c as u32 > 0xffff && c.is_control() || matches!(c as u32, 0xe0000..=0x10_ffff) => {
            format!("\\U{:08x}", c as u32)
        }
        c => c.to_string(),
    }
}

fn float(verb: char, spec: &Spec, number: f64) -> String {
    let size = number.abs();
    let digits = match (verb, spec.precision) {
        ('f' | 'F', precision) => format!("{size:.*}", precision.unwrap_or(6)),
        ('e' | 'E', precision) => with_exponent(&format!("{size:.*e}", precision.unwrap_or(6))),
        ('g' | 'G' | 'v', None) => go_general(size),
        ('g' | 'G' | 'v', Some(precision)) => rounded(size, precision.max(1)),
        _ => return bad(verb, &Value::Float(number), false),
    };
    let digits = if verb.is_uppercase() { digits.to_uppercase() } else { digits };
    signed(number.is_sign_negative(), "", digits, spec, true)
}

/// Rust's `1.5e3` as Go's `1.5e+03`.
fn with_exponent(text: &str) -> String {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}

/// `%.3g`: so many digits, without zeros at the end.
fn rounded(size: f64, precision: usize) -> String {
    let precision = precision.min(60);
    let text = format!("{size:.*e}", precision - 1);
    let exponent = text.split_once('e').and_then(|(_, it)| it.parse::<i64>().ok()).unwrap_or(0);
    let cut = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    let precision = i64::try_from(precision).unwrap_or(i64::MAX);
    if exponent < -4 || exponent >= precision {
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return with_exponent(&format!("{}e{exponent}", cut(digits)));
    }
    cut(&format!("{size:.*}", usize::try_from(precision - 1 - exponent).unwrap_or(0)))
}

fn signed(is_negative: bool, lead: &str, digits: String, spec: &Spec, may_fill: bool) -> String {
    let sign = match (is_negative, spec.plus, spec.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    let width = spec.width.unwrap_or(0);
    let taken = sign.len() + lead.len() + digits.len();
    let zeros = if spec.zero && may_fill { "0".repeat(width.saturating_sub(taken)) } else { String::new() };
    let plain = Spec { zero: false, ..spec.clone() };
    padded(format!("{sign}{lead}{zeros}{digits}"), &plain)
}

fn padded(text: String, spec: &Spec) -> String {
    let missing = spec.width.unwrap_or(0).saturating_sub(text.chars().count());
    match (spec.minus, spec.zero) {
        (true, _) => text + &" ".repeat(missing),
        (false, true) => "0".repeat(missing) + &text,
        (false, false) => " ".repeat(missing) + &text,
    }
}
