//! Amounts in words: one or many, and numbers with separators.

use super::Lang;
use super::ui::tf;

/// The text under `key` for a number: `key.one` for 1 where the language tells it apart, else `key.many`.
pub fn plural(lang: Lang, one: &'static str, many: &'static str, count: usize) -> String {
    let key = if count == 1 && lang == Lang::En { one } else { many };
    tf(lang, key, &[("count", &number(count as i64))])
}

/// A whole number with separators between thousands, as both languages write it.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
