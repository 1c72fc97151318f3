//! Numbers as text: what `printf` of `awk` makes of them.

use super::value::Value;
use std::rc::Rc;

/// The longest field that a format makes.
const WIDTH_MAX: usize = 4096;

/// A format's `%…`, without its letter.
#[derive(Default)]
struct Field {
    is_left: bool,
    has_sign: bool,
    has_blank: bool,
    is_alternate: bool,
    has_zeros: bool,
    width: usize,
    precision: Option<usize>,
    /// Whether numbers have 32 bits, as `mawk` has them.
    has_mawk: bool,
}

/// Fills a format in. `text` says what a value is as a text.
pub fn sprintf(format: &str, values: &[Value], has_mawk: bool, text: &dyn Fn(&Value) -> Rc<str>) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if chars.next_if_eq(&'%').is_some() {
            out.push('%');
            continue;
        }
        let mut field = Field { has_mawk, ..Field::default() };
        while let Some(flag) = chars.next_if(|c| "-+ #0".contains(*c)) {
            match flag {
                '-' => field.is_left = true,
                '+' => field.has_sign = true,
                ' ' => field.has_blank = true,
                '#' => field.is_alternate = true,
                _ => field.has_zeros = true,
            }
        }
        let mut size = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            if chars.next_if_eq(&'*').is_some() {
                return values.next().map_or(0.0, Value::as_number) as i64;
            }
            let mut digits = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            digits.parse().unwrap_or(0)
        };
        let width = size(&mut chars);
        field.is_left |= width < 0;
        field.width = usize::try_from(width.unsigned_abs()).unwrap_or(0).min(WIDTH_MAX);
        if chars.next_if_eq(&'.').is_some() {
            field.precision = Some(usize::try_from(size(&mut chars)).unwrap_or(0).min(WIDTH_MAX));
        }
        while chars.next_if(|c| matches!(c, 'l' | 'h' | 'q')).is_some() {}
        match chars.next() {
            Some(letter) => out.push_str(&field.shown(letter, values.next().unwrap_or(&Value::Unset), text)),
            None => out.push('%'),
        }
    }
    out
}

/// How many values a format takes.
pub fn places(format: &str) -> usize {
    let mut count = 0;
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' || chars.next_if_eq(&'%').is_some() {
            continue;
        }
        count += 1;
        while let Some(c) = chars.next_if(|c| "-+ #0123456789.*lhq".contains(*c)) {
            count += usize::from(c == '*');
        }
    }
    count
}

impl Field {
    fn shown(&self, letter: char, value: &Value, text: &dyn Fn(&Value) -> Rc<str>) -> String {
        match letter {
            's' => {
                let text = text(value);
                let kept: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
                self.padded("", &kept, false)
            }
            'c' => {
                let one = match value {
                    Value::Number(number) => char::from_u32(*number as i64 as u32 & 0xff).map(String::from),
                    // What is empty ends in what ends every text.
                    value if text(value).is_empty() => Some("\0".to_string()),
                    value => text(value).chars().next().map(String::from),
                };
                self.padded("", &one.unwrap_or_default(), false)
            }
            'd' | 'i' | 'u' => {
                let number = value.as_number().trunc() as i64;
                let most = if letter == 'u' { i64::from(u32::MAX) } else { i64::from(i32::MAX) };
                let number = if self.has_mawk { number.clamp(-most, most) } else { number };
                let digits = self.with_precision(number.unsigned_abs().to_string());
                self.padded(self.sign(number < 0), &digits, self.precision.is_none())
            }
            'o' | 'x' | 'X' => {
                let number = value.as_number().trunc() as i64;
                let (mark, digits) = match letter {
                    'o' => ("0", format!("{number:o}")),
                    'x' => ("0x", format!("{number:x}")),
                    _ => ("0X", format!("{number:X}")),
                };
                let mark = if self.is_alternate && number != 0 { mark } else { "" };
                self.padded(mark, &self.with_precision(digits), self.precision.is_none())
            }
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
                let number = value.as_number();
                let digits = self.digits(letter.to_ascii_lowercase(), number.abs());
                let digits = if letter.is_ascii_uppercase() { digits.to_uppercase() } else { digits };
                // No number has the same sign everywhere.
                let is_negative = number.is_sign_negative() || number.is_nan();
                self.padded(self.sign(is_negative), &digits, number.is_finite())
            }
            letter => format!("%{letter}"),
        }
    }

    fn digits(&self, letter: char, number: f64) -> String {
        let precision = self.precision.unwrap_or(6);
        match letter {
            _ if !number.is_finite() => if number.is_nan() { "nan" } else { "inf" }.to_string(),
            'f' => format!("{number:.precision$}"),
            'e' => scientific(number, precision),
            _ => general(number, precision, self.is_alternate),
        }
    }

    fn sign(&self, is_negative: bool) -> &'static str {
        match () {
            () if is_negative => "-",
            () if self.has_sign => "+",
            () if self.has_blank => " ",
            () => "",
        }
    }

    fn with_precision(&self, digits: String) -> String {
        let missing = self.precision.unwrap_or(0).saturating_sub(digits.len());
        format!("{}{digits}", "0".repeat(missing))
    }

    fn padded(&self, sign: &str, body: &str, may_zero: bool) -> String {
        let missing = self.width.saturating_sub(sign.len() + body.chars().count());
        match () {
            () if self.is_left => format!("{sign}{body}{}", " ".repeat(missing)),
            () if self.has_zeros && may_zero => format!("{sign}{}{body}", "0".repeat(missing)),
            () => format!("{}{sign}{body}", " ".repeat(missing)),
        }
    }
}

/// `1.5e+03`.
fn scientific(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    format!("{digits}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

/// The shorter of both forms, as `%g` has it.
fn general(number: f64, precision: usize, keeps_zeros: bool) -> String {
    let precision = precision.max(1);
    let text = format!("{number:.*e}", precision - 1);
    let power: i32 = text.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    let whole = i32::try_from(precision).unwrap_or(i32::MAX);
    let text = if power < -4 || power >= whole {
        scientific(number, precision - 1)
    } else {
        format!("{number:.*}", usize::try_from(whole - 1 - power).unwrap_or(0))
    };
    if keeps_zeros || !text.contains('.') {
        return text;
    }
    let (digits, end) =
        text.split_once('e').map_or((text.as_str(), String::new()), |(digits, end)| (digits, format!("e{end}")));
    format!("{}{end}", digits.trim_end_matches('0').trim_end_matches('.'))
}
