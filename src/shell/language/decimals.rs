//! `%f`, `%e` and `%g` of `printf`: decimal numbers as text; no platform's floats are asked.

use std::cmp::Ordering;

/// The most places that are shown behind the point.
const PLACES_MAX: usize = 400;

/// A decimal number: its digits, without zeros before them, and how many of them stand before the point.
#[derive(Clone)]
struct Decimal {
    /// How many binary digits the number has that stands for it.
    bits: u32,
    is_negative: bool,
    digits: Vec<u8>,
    point: i64,
}

/// What a text holds of a number.
enum Found {
    Number(Decimal),
    /// `inf` and `nan`, with their sign.
    Word(bool, &'static str),
}

/// A number in the way of a letter of `printf`, with its sign: so many places, with a point in any case or not, and
/// rounded as a number of so many binary digits is. The second tells how much of the text was a number.
pub(super) fn real(
    sign: char,
    text: &str,
    (precision, is_alternate, bits): (Option<usize>, bool, u32),
) -> (String, usize) {
    let (found, length) = read(text, bits);
    let places = precision.unwrap_or(6).min(PLACES_MAX);
    let (is_negative, shown) = match found {
        Found::Word(is_negative, word) => (is_negative, word.to_string()),
        Found::Number(number) => {
            let shown = match sign.to_ascii_lowercase() {
                'e' => number.scientific(places, is_alternate),
                'g' => number.general(places.max(1), is_alternate),
                _ => number.fixed(places, is_alternate),
            };
            (number.is_negative, shown)
        }
    };
    let shown = if sign.is_ascii_uppercase() { shown.to_ascii_uppercase() } else { shown };
    (format!("{}{shown}", if is_negative { "-" } else { "" }), length)
}

/// The number that a text begins with, and how long it is.
fn read(text: &str, bits: u32) -> (Found, usize) {
    let blanks = text.len() - text.trim_start().len();
    let behind = text.get(blanks..).unwrap_or("");
    let is_negative = behind.starts_with('-');
    let signs = usize::from(behind.starts_with(['-', '+']));
    let body = behind.get(signs..).unwrap_or("");
    let start = blanks + signs;
    let small = body.to_ascii_lowercase();
    for (word, shown) in [("infinity", "inf"), ("inf", "inf"), ("nan", "nan")] {
        if small.starts_with(word) {
            return (Found::Word(is_negative, shown), start + word.len());
        }
    }
    let hex = small.strip_prefix("0x").map(|rest| rest.bytes().take_while(u8::is_ascii_hexdigit).count());
    if let Some(count) = hex.filter(|count| *count > 0) {
        let value = small.get(2..2 + count).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let decimal = Decimal::of((is_negative, bits), value.unwrap_or(u64::MAX).to_string().as_bytes(), 0);
        return (Found::Number(decimal), start + 2 + count);
    }
    let digits_at = |at: usize| body.bytes().skip(at).take_while(u8::is_ascii_digit).count();
    let whole = digits_at(0);
    let fraction = if body.get(whole..).is_some_and(|rest| rest.starts_with('.')) { digits_at(whole + 1) } else { 0 };
    if whole + fraction == 0 {
        return (Found::Number(Decimal::of((is_negative, bits), b"", 0)), 0);
    }
    let mut length = whole + if fraction > 0 || body.get(whole..whole + 1) == Some(".") { fraction + 1 } else { 0 };
    let mut digits = body.as_bytes().get(..whole).unwrap_or(&[]).to_vec();
    digits.extend_from_slice(body.as_bytes().get(whole + 1..whole + 1 + fraction).unwrap_or(&[]));
    let mut power = 0;
    if small.get(length..).is_some_and(|rest| rest.starts_with('e')) {
        let has_sign = small.get(length + 1..).is_some_and(|rest| rest.starts_with(['-', '+']));
        let from = length + 1 + usize::from(has_sign);
        let count = digits_at(from);
        if count > 0 {
            let value = small.get(from..from + count).and_then(|digits| digits.parse::<i64>().ok());
            let value = value.unwrap_or(i64::from(u16::MAX)).min(i64::from(u16::MAX));
            power = if small.get(length + 1..length + 2) == Some("-") { -value } else { value };
            length = from + count;
        }
    }
    let shift = power - i64::try_from(fraction).unwrap_or(0);
    (Found::Number(Decimal::of((is_negative, bits), &digits, shift)), start + length)
}

impl Decimal {
    /// Digits, moved by a power of ten.
    fn of((is_negative, bits): (bool, u32), digits: &[u8], shift: i64) -> Decimal {
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let mut digits = digits.get(zeros..).unwrap_or(&[]).to_vec();
        let point = i64::try_from(digits.len()).unwrap_or(0) + shift;
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        Decimal { bits, is_negative, point: if digits.is_empty() { 1 } else { point }, digits }
    }

    /// The same with so many of its digits; half goes where the binary number that stands for it lies, or to the even.
    fn rounded(&self, keep: i64) -> Decimal {
        let keep = match usize::try_from(keep) {
            Ok(keep) if keep < self.digits.len() => keep,
            Ok(_) => return self.clone(),
            Err(_) => return Decimal::of((self.is_negative, self.bits), b"", 0),
        };
        let (kept, behind) = self.digits.split_at(keep);
        let mut kept = kept.to_vec();
        let is_odd = kept.last().is_some_and(|digit| digit % 2 == 1);
        let goes_up = match behind.cmp(b"5".as_slice()) {
            Ordering::Equal => match self.leans() {
                Ordering::Equal => is_odd,
                other => other == Ordering::Greater,
            },
            other => other == Ordering::Greater,
        };
        let mut point = self.point;
        if goes_up {
            let mut at = kept.len();
            loop {
                let Some(before) = at.checked_sub(1) else {
                    kept.insert(0, b'1');
                    point += 1;
                    break;
                };
                at = before;
                match kept.get_mut(at) {
                    Some(digit) if *digit < b'9' => {
                        *digit += 1;
                        break;
                    }
                    Some(digit) => *digit = b'0',
                    None => break,
                }
            }
        }
        let shift = point - i64::try_from(kept.len()).unwrap_or(0);
        Decimal::of((self.is_negative, self.bits), &kept, shift)
    }

    /// On which side of it the nearest number with so many binary digits lies.
    fn leans(&self) -> Ordering {
        let behind = i64::try_from(self.digits.len()).unwrap_or(0) - self.point;
        let number = std::str::from_utf8(&self.digits).ok().and_then(|digits| digits.parse::<u64>().ok());
        let ten = u32::try_from(behind).ok().filter(|behind| (1..=18).contains(behind)).map(|by| 10_u128.pow(by));
        let (Some(number), Some(ten)) = (number, ten) else { return Ordering::Equal };
        let mut number = u128::from(number);
        while number > 0 && number / ten < 1 << (self.bits - 1) && number.leading_zeros() > 0 {
            number <<= 1;
        }
        let (whole, rest) = (number / ten, number % ten);
        match (rest, (rest * 2).cmp(&ten)) {
            (0, _) => Ordering::Equal,
            (_, Ordering::Equal) if whole % 2 == 1 => Ordering::Greater,
            (_, Ordering::Equal) => Ordering::Less,
            (_, other) => other,
        }
    }

    /// So many of its digits from a place on, with zeros where it has none.
    fn run(&self, from: i64, count: usize) -> String {
        let digit = |at: usize| {
            let place = usize::try_from(from + i64::try_from(at).unwrap_or(0));
            char::from(place.ok().and_then(|place| self.digits.get(place)).copied().unwrap_or(b'0'))
        };
        (0..count).map(digit).collect()
    }

    fn fixed(&self, places: usize, has_point: bool) -> String {
        let number = self.rounded(self.point + i64::try_from(places).unwrap_or(0));
        let size = usize::try_from(number.point.max(1)).unwrap_or(1).min(PLACES_MAX * 20);
        let whole = if number.point < 1 { "0".to_string() } else { number.run(0, size) };
        joined(&whole, &number.run(number.point, places), has_point)
    }

    fn scientific(&self, places: usize, has_point: bool) -> String {
        let number = self.rounded(i64::try_from(places).unwrap_or(0) + 1);
        let power = number.point - 1;
        let mark = if power < 0 { '-' } else { '+' };
        format!("{}e{mark}{:02}", joined(&number.run(0, 1), &number.run(1, places), has_point), power.abs())
    }

    fn general(&self, digits: usize, keeps_zeros: bool) -> String {
        let count = i64::try_from(digits).unwrap_or(1);
        let power = self.rounded(count).point - 1;
        let is_short = (-4..count).contains(&power);
        let places = if is_short { count - 1 - power } else { count - 1 };
        let places = usize::try_from(places).unwrap_or(0);
        let shown = if is_short { self.fixed(places, keeps_zeros) } else { self.scientific(places, keeps_zeros) };
        let (number, behind) = shown.split_at(shown.find('e').unwrap_or(shown.len()));
        match keeps_zeros || !number.contains('.') {
            true => shown,
            false => format!("{}{behind}", number.trim_end_matches('0').trim_end_matches('.')),
        }
    }
}

fn joined(whole: &str, fraction: &str, has_point: bool) -> String {
    if fraction.is_empty() && !has_point { whole.to_string() } else { format!("{whole}.{fraction}") }
}
