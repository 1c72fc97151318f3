//! What a plain word of YAML stands for, by the rules of kubectl's YAML 1.1 library.

use crate::api::base64_fault;
use crate::model::{Text, Value, decode_base64};

/// The value of an unquoted scalar.
pub fn resolve_plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return true.into(),
        "false" | "False" | "FALSE" | "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return false.into(),
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'.') if is_float(text) => float(text),
        Some(b'+' | b'-' | b'0'..=b'9') => number(text),
        _ => Value::Str(Text::new(text)),
    }
}

/// Whether a word stands for true or false in YAML 1.1 alone.
pub(super) fn is_word_of_truth(text: &str) -> bool {
    resolve_plain(text).as_bool().is_some() && !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false")
}

fn number(text: &str) -> Value {
    let plain = text.replace('_', "");
    if let Some(number) = integer(&plain) {
        return number.into();
    }
    if is_float(&plain) { float(&plain) } else { Value::Str(Text::new(text)) }
}

/// Reads what Go's `ParseInt` with base 0 takes: `0x`, `0o`, `0b` and a leading 0 for octal numbers.
fn integer(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_str() {
        hex if hex.starts_with("0x") => (16, hex.get(2..)?),
        octal if octal.starts_with("0o") => (8, octal.get(2..)?),
        binary if binary.starts_with("0b") => (2, binary.get(2..)?),
        octal if octal.len() > 1 && octal.starts_with('0') => (8, octal.get(1..)?),
        decimal => (10, decimal),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let number = i128::from_str_radix(digits, base).ok()?;
    i64::try_from(if is_negative { -number } else { number }).ok()
}

/// Digits with a point and an exponent where wanted: `1.5`, `.5`, `5.`, `1e3`.
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (number, exponent) = match text.find(['e', 'E']) {
        Some(at) => (text.get(..at).unwrap_or(""), text.get(at + 1..)),
        None => (text, None),
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_number = match number.split_once('.') {
        Some((whole, fraction)) => {
            all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty())
        }
        None => all_digits(number) && !number.is_empty(),
    };
    let is_exponent = |text: &str| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        !digits.is_empty() && all_digits(digits)
    };
    is_number && exponent.is_none_or(is_exponent)
}

/// A float; whole ones are integers in JSON, which is what the API server gets to see.
fn float(text: &str) -> Value {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number.fract() == 0.0 && number.abs() < 9.0e18 => Value::Int(number as i64),
        Ok(number) if number.is_finite() => Value::Float(number),
        _ => Value::Str(Text::new(text)),
    }
}

/// The value of a scalar with a tag, or of a plain one without.
///
/// # Errors
/// The words of kubectl for a value that is not of its tag's type, or that JSON has no number for.
pub(super) fn resolve(tag: &str, text: &str) -> Result<Value, String> {
    let short = tag.strip_prefix("tag:yaml.org,2002:").unwrap_or(if tag.is_empty() { "" } else { "own" });
    match short {
        "" => resolve_number_or_word(text),
        "bool" | "int" | "float" | "null" => {
            let value = resolve_number_or_word(text)?;
            let found = type_name(&value, text);
            match found == short || (short, found) == ("float", "int") {
                true => Ok(value),
                false => Err(format!("yaml: cannot decode !!{found} `{text}` as a !!{short}")),
            }
        }
        "binary" if base64_fault(text).is_none() => Ok(decode_base64(text).into()),
        "binary" => Err("yaml: !!binary value contains invalid base64 data".to_string()),
        _ => Ok(Value::Str(Text::new(text))),
    }
}

/// JSON has no word for what is no number.
fn resolve_number_or_word(text: &str) -> Result<Value, String> {
    let number = match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => "+Inf",
        "-.inf" | "-.Inf" | "-.INF" => "-Inf",
        ".nan" | ".NaN" | ".NAN" => "NaN",
        _ => return Ok(resolve_plain(text)),
    };
    Err(format!("json: unsupported value: {number}"))
}

fn type_name(value: &Value, text: &str) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) if integer(&text.replace('_', "")).is_some() => "int",
        Value::Int(_) | Value::Float(_) => "float",
        _ => "str",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_are_read_by_yaml_1_1() {
        for (text, value) in [
            ("on", Value::from(true)),
            ("N", false.into()),
            ("0644", 420.into()),
            ("0x1F", 31.into()),
            ("08", 8.into()),
            ("1_000", 1000.into()),
            ("1.10", Value::Float(1.1)),
            ("3.0", 3.into()),
            ("1e3", 1000.into()),
            ("1.", 1.into()),
            ("-", "-".into()),
            ("1Gi", "1Gi".into()),
            ("2001-01-01", "2001-01-01".into()),
            ("~", Value::Null),
            ("1.2.3", "1.2.3".into()),
        ] {
            assert_eq!(resolve_plain(text), value, "{text}");
        }
    }
}
