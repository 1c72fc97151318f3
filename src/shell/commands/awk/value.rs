//! Values of `awk`: texts and numbers, and texts that look like numbers.

use std::cmp::Ordering;
use std::rc::Rc;

/// A value of a variable, a field or an expression.
#[derive(Clone, Debug)]
pub enum Value {
    /// What nobody set: empty and 0.
    Unset,
    Number(f64),
    Text(Rc<str>),
    /// What came in and looks like a number.
    Numeric(Rc<str>, f64),
}

impl Value {
    /// What comes from outside: a field, a line.
    pub fn of_input(text: &str) -> Value {
        let trimmed = text.trim_matches(|c: char| c.is_ascii_whitespace());
        match number_length(trimmed) {
            length if length > 0 && length == trimmed.len() => Value::Numeric(text.into(), number(trimmed)),
            _ => Value::Text(text.into()),
        }
    }

    /// 1 or 0.
    pub fn truth(holds: bool) -> Value {
        Value::Number(f64::from(u8::from(holds)))
    }

    /// The number that it begins with; 0 where it begins with none.
    pub fn as_number(&self) -> f64 {
        match self {
            Value::Unset => 0.0,
            Value::Number(number) | Value::Numeric(_, number) => *number,
            Value::Text(text) => number(text),
        }
    }

    /// Whether a condition of it holds: a number that is not 0, a text that is not empty.
    pub fn is_true(&self) -> bool {
        match self {
            Value::Unset => false,
            Value::Number(number) | Value::Numeric(_, number) => *number != 0.0,
            Value::Text(text) => !text.is_empty(),
        }
    }

    fn has_number(&self) -> bool {
        !matches!(self, Value::Text(_))
    }
}

/// How many bytes of a text are a number.
pub fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    at += whole;
    let mut part = 0;
    if bytes.get(at) == Some(&b'.') {
        part = digits(at + 1);
        at += part + 1;
    }
    if whole + part == 0 {
        return 0;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let power = digits(at + 1 + sign);
        if power > 0 {
            at += 1 + sign + power;
        }
    }
    at
}

/// The number that a text begins with, or 0.
pub fn number(text: &str) -> f64 {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let length = number_length(text);
    text.get(..length).map(|text| text.trim_start_matches('+')).and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

/// A number in the largest integer that is printed as one: of `mawk` it has 31 bits.
pub fn as_integer(number: f64, has_mawk: bool) -> Option<i64> {
    let most = if has_mawk { 2_147_483_647.0 } else { 1e18 };
    (number.trunc() == number && number.abs() <= most).then_some(number as i64)
}

/// Compares two values: as numbers if both are, else as texts.
pub fn compared(left: &Value, right: &Value, text: impl Fn(&Value) -> Rc<str>) -> Option<Ordering> {
    if left.has_number() && right.has_number() {
        return left.as_number().partial_cmp(&right.as_number());
    }
    Some(text(left).cmp(&text(right)))
}
