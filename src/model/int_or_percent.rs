//! Numbers that may be shares (`maxUnavailable: 25%`), and which way they are rounded; knows no field.

use super::Value;

/// A number, or a share of `total` rounded up or down: the API's `IntOrString`; 0 if it is neither.
///
/// Follows `GetScaledValueFromIntOrPercent` in apimachinery's util/intstr.
pub fn scaled(value: Option<&Value>, total: i64, rounds_up: bool) -> i64 {
    match value {
        Some(Value::Int(number)) => *number,
        Some(Value::Str(text)) => {
            let percent: i64 = text.strip_suffix('%').and_then(|digits| digits.parse().ok()).unwrap_or(0);
            let share = percent.saturating_mul(total);
            if rounds_up { share.saturating_add(99).div_euclid(100) } else { share.div_euclid(100) }
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_as_is_asked() {
        let of = |text: &'static str, rounds_up| scaled(Some(&Value::from(text)), 10, rounds_up);
        assert_eq!([of("25%", true), of("25%", false), of("a quarter", true)], [3, 2, 0]);
        assert_eq!([scaled(Some(&Value::Int(4)), 10, true), scaled(None, 10, true)], [4, 0]);
    }
}
