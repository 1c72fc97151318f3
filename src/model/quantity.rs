//! Amounts of resources as the API writes them (`500m`, `1Gi`, `1e3`); knows nothing of what is measured.

use std::fmt;

/// How an amount is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityFormat {
    /// `500m`, `2`, `70k`.
    DecimalSi,
    /// `256Mi`.
    BinarySi,
    /// `12e6`.
    DecimalExponent,
}

/// An amount with a resolution of 10⁻⁹. Comparison ignores how it is written.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    nanos: i128,
    format: QuantityFormat,
}

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// It does not look like one.
    Format,
    /// The unit is unknown.
    Suffix,
    /// There is no number.
    Numeric,
}

const NANOS: i128 = 1_000_000_000;
/// Larger amounts count as this, as they do upstream.
const LARGEST: i128 = (i64::MAX as i128) * NANOS;

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity { nanos: 0, format: QuantityFormat::DecimalSi };

    /// A whole number of units.
    pub const fn from_units(units: i64) -> Quantity {
        Quantity { nanos: units as i128 * NANOS, format: QuantityFormat::DecimalSi }
    }

    /// A whole number of bytes, to be written as `Ki`, `Mi` and so on.
    pub const fn from_bytes(bytes: i64) -> Quantity {
        Quantity { nanos: bytes as i128 * NANOS, format: QuantityFormat::BinarySi }
    }

    /// Thousandths of a unit.
    pub const fn from_millis(millis: i64) -> Quantity {
        Quantity { nanos: millis as i128 * 1_000_000, format: QuantityFormat::DecimalSi }
    }

    /// Reads an amount.
    ///
    /// # Errors
    /// Says what is wrong, in the words of the API server.
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        let (is_negative, rest) = match text.as_bytes().first() {
            None => return Err(QuantityError::Format),
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            Some(_) => (false, text),
        };
        let (whole, rest) = split_digits(rest);
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => split_digits(rest),
            None => ("", rest),
        };
        check_shape(suffix)?;
        let (scale, format) = read_suffix(suffix).ok_or(QuantityError::Suffix)?;
        if whole.is_empty() && fraction.is_empty() {
            return Err(QuantityError::Numeric);
        }
        let nanos = scaled(whole, fraction, scale).min(LARGEST);
        Ok(Quantity { nanos: if is_negative { -nanos } else { nanos }, format })
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// Whether it is below nothing.
    pub fn is_negative(self) -> bool {
        self.nanos < 0
    }

    /// Whole units, rounded up.
    pub fn value(self) -> i64 {
        clamp(ceiling(self.nanos, NANOS))
    }

    /// Thousandths of a unit, rounded up.
    pub fn milli_value(self) -> i64 {
        clamp(ceiling(self.nanos, 1_000_000))
    }

    /// Whether it is a whole number of thousandths.
    pub fn is_in_millis(self) -> bool {
        self.nanos % 1_000_000 == 0
    }

    /// How it is written.
    pub fn format(self) -> QuantityFormat {
        self.format
    }

    /// The sum, written as this amount is.
    #[must_use]
    pub fn plus(self, other: Quantity) -> Quantity {
        let format = if self.is_zero() { other.format } else { self.format };
        Quantity { nanos: (self.nanos + other.nanos).clamp(-LARGEST, LARGEST), format }
    }

    /// The difference, written as this amount is.
    #[must_use]
    pub fn minus(self, other: Quantity) -> Quantity {
        self.plus(Quantity { nanos: -other.nanos, format: other.format })
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Quantity) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Quantity) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Quantity) -> std::cmp::Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl fmt::Display for Quantity {
    /// The canonical form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_whole = self.nanos % NANOS == 0;
        let is_small = self.nanos.abs() < 1024 * NANOS;
        match self.format {
            _ if self.nanos == 0 => f.write_str("0"),
            QuantityFormat::BinarySi if is_whole && !is_small => {
                let (mut number, mut power) = (self.nanos / NANOS, 0);
                while number % 1024 == 0 && power < 6 {
                    number /= 1024;
                    power += 1;
                }
                write!(f, "{number}{}", ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][power])
            }
            format => {
                let (mut number, mut power) = (self.nanos, -9i32);
                while number % 1000 == 0 && power < 18 {
                    number /= 1000;
                    power += 3;
                }
                match format {
                    QuantityFormat::DecimalExponent if power == 0 => write!(f, "{number}"),
                    QuantityFormat::DecimalExponent => write!(f, "{number}e{power}"),
                    _ => {
                        let at = usize::try_from((power + 9) / 3).unwrap_or(0);
                        write!(f, "{number}{}", ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][at])
                    }
                }
            }
        }
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            QuantityError::Format => {
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            }
            QuantityError::Suffix => "unable to parse quantity's suffix",
            QuantityError::Numeric => "unable to parse numeric part of quantity",
        })
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Letters of units, then a sign, then digits, and nothing behind.
fn check_shape(suffix: &str) -> Result<(), QuantityError> {
    let rest = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    if split_digits(rest).1.is_empty() { Ok(()) } else { Err(QuantityError::Format) }
}

/// What one unit of the suffix counts: a power of ten, or a power of 1024 of its own.
enum Scale {
    Ten(i32),
    Kibi(u32),
}

fn read_suffix(suffix: &str) -> Option<(Scale, QuantityFormat)> {
    let decimal = |power| Some((Scale::Ten(power), QuantityFormat::DecimalSi));
    let binary = |power| Some((Scale::Kibi(power), QuantityFormat::BinarySi));
    match suffix {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => {
            let power = suffix.strip_prefix(['e', 'E'])?.parse::<i64>().ok()?;
            let power = i32::try_from(power.clamp(-1000, 1000)).ok()?;
            Some((Scale::Ten(power), QuantityFormat::DecimalExponent))
        }
    }
}

/// The number in nanos, rounded away from zero, at most a little more than [`LARGEST`].
fn scaled(whole: &str, fraction: &str, scale: Scale) -> i128 {
    let whole = whole.trim_start_matches('0');
    // Beyond these lengths a number is out of range or below the resolution anyway.
    if whole.len() > 60 {
        return LARGEST;
    }
    let kept = fraction.get(..fraction.len().min(25)).unwrap_or("");
    let has_rest = fraction.get(kept.len()..).is_some_and(|rest| rest.bytes().any(|digit| digit != b'0'));
    let mut exponent = 9 - i32::try_from(kept.len()).unwrap_or(0);
    let mut factor = 1i128;
    match scale {
        Scale::Ten(power) => exponent += power,
        Scale::Kibi(power) => factor = 1i128 << (10 * power),
    }
    let mut number = 0i128;
    for digit in whole.bytes().chain(kept.bytes()) {
        number = match number.checked_mul(10).and_then(|n| n.checked_add(i128::from(digit - b'0'))) {
            Some(number) => number,
            None => return LARGEST,
        };
    }
    if number == 0 {
        return i128::from(has_rest);
    }
    let Some(mut number) = number.checked_mul(factor) else {
        // Only a long fraction of a large unit overflows here; its last digits are below the resolution.
        return scaled(whole, kept.get(..12).unwrap_or(kept), Scale::Ten(0)).saturating_mul(factor).min(LARGEST);
    };
    let mut has_rest = has_rest;
    for _ in 0..exponent.max(0) {
        number = number.saturating_mul(10);
        if number > LARGEST {
            return LARGEST;
        }
    }
    for _ in exponent.min(0)..0 {
        has_rest |= number % 10 != 0;
        number /= 10;
    }
    number + i128::from(has_rest)
}

fn ceiling(number: i128, unit: i128) -> i128 {
    number.div_euclid(unit) + i128::from(number.rem_euclid(unit) != 0)
}

fn clamp(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_canonical_form() {
        for (text, canonical) in [
            ("1000m", "1"),
            ("0.5", "500m"),
            ("2.5", "2500m"),
            ("70000", "70k"),
            ("1024Mi", "1Gi"),
            ("1536Mi", "1536Mi"),
            ("1e3", "1e3"),
            ("12e1", "120"),
            ("0.1Gi", "107374182400m"),
            ("100Ki", "100Ki"),
            ("1.5Gi", "1536Mi"),
            ("0", "0"),
            ("-5Gi", "-5Gi"),
            ("0.0000000001", "1n"),
            ("9999999999E", "9223372036854775807"),
            ("100m", "100m"),
            ("3000000000", "3G"),
        ] {
            assert_eq!(Quantity::parse(text).map(|q| q.to_string()), Ok(canonical.to_string()), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "three", "1GiB", "1 core", "1.5.2", "50%", "Parallel"] {
            assert_eq!(Quantity::parse(text), Err(QuantityError::Format), "{text}");
        }
        assert_eq!(Quantity::parse("1Kii"), Err(QuantityError::Suffix));
        assert_eq!(Quantity::parse("m"), Err(QuantityError::Numeric));
    }

    #[test]
    fn amounts_compare_by_what_they_are_worth() {
        let quantity = |text| Quantity::parse(text).unwrap();
        assert_eq!(quantity("1"), quantity("1000m"));
        assert!(quantity("1Gi") > quantity("1G"));
        assert_eq!(quantity("1.5").value(), 2);
        assert_eq!(quantity("250m").milli_value(), 250);
        assert_eq!(quantity("1Gi").plus(quantity("512Mi")).to_string(), "1536Mi");
    }
}
