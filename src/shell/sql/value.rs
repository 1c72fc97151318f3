//! Values of SQL expressions: numbers without floats, text, and null; knows no table.

use std::cmp::Ordering;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Val {
    /// `NULL`.
    Null,
    /// A whole number.
    Int(i64),
    /// Text, or a number with a fraction.
    Text(String),
}

/// The longest text in a column.
const TEXT_BYTES_MAX: usize = 65_535;
/// A millionth.
const SCALE: i128 = 1_000_000;

impl Val {
    /// The text that is stored or shown; `None` for `NULL`.
    pub fn text(&self) -> Option<String> {
        match self {
            Val::Null => None,
            Val::Int(number) => Some(number.to_string()),
            Val::Text(text) => Some(text.clone()),
        }
    }

    /// `true` or `false` as SQL has them.
    pub fn of_bool(flag: bool) -> Val {
        Val::Int(i64::from(flag))
    }

    /// Whether it counts as true; `None` for `NULL`.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Val::Null => None,
            Val::Int(number) => Some(*number != 0),
            Val::Text(text) => Some(scaled(text).unwrap_or(0) != 0),
        }
    }

    /// The value in millionths; text that is no number counts as its leading digits.
    fn millionths(&self) -> Option<i128> {
        match self {
            Val::Null => None,
            Val::Int(number) => Some(i128::from(*number) * SCALE),
            Val::Text(text) => Some(scaled(text).unwrap_or(0)),
        }
    }

    /// How many digits stand behind the point.
    fn digits(&self) -> u32 {
        match self {
            Val::Text(text) if scaled(text).is_some() => {
                let fraction = text.trim().split_once('.').map_or("", |(_, fraction)| fraction);
                u32::try_from(fraction.len()).unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// Which one is less; `None` if one is `NULL`. Text is compared without regard to case.
    pub fn compare(&self, other: &Val) -> Option<Ordering> {
        match (self, other) {
            (Val::Null, _) | (_, Val::Null) => None,
            (Val::Text(left), Val::Text(right)) => match (scaled(left), scaled(right)) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => Some(left.to_lowercase().cmp(&right.to_lowercase())),
            },
            (left, right) => Some(left.millionths()?.cmp(&right.millionths()?)),
        }
    }

    /// The order of rows: `NULL` first.
    pub fn sort_order(&self, other: &Val) -> Ordering {
        match (self, other) {
            (Val::Null, Val::Null) => Ordering::Equal,
            (Val::Null, _) => Ordering::Less,
            (_, Val::Null) => Ordering::Greater,
            _ => self.compare(other).unwrap_or(Ordering::Equal),
        }
    }

    /// A sum, difference, product, quotient or remainder.
    pub fn calculate(operator: &str, left: &Val, right: &Val) -> Val {
        let (Some(a), Some(b)) = (left.millionths(), right.millionths()) else { return Val::Null };
        let is_whole = matches!((left, right), (Val::Int(_), Val::Int(_)));
        let result = match operator {
            "+" => a.checked_add(b),
            "-" => a.checked_sub(b),
            "*" => a.checked_mul(b).map(|product| product / SCALE),
            "/" if b != 0 => a.checked_mul(SCALE).map(|scaled| scaled / b),
            "%" if b != 0 => a.checked_rem(b),
            _ => None,
        };
        let Some(result) = result else { return Val::Null };
        let digits = match operator {
            "*" => left.digits() + right.digits(),
            "/" => left.digits() + 4,
            _ => left.digits().max(right.digits()),
        };
        match i64::try_from(result / SCALE) {
            Ok(number) if is_whole && operator != "/" => Val::Int(number),
            _ => Val::Text(decimal(result, digits.min(6))),
        }
    }

    /// The mean of values that sum up to `sum`.
    pub fn mean(sum: &Val, count: i64) -> Val {
        if count == 0 { Val::Null } else { Val::calculate("/", sum, &Val::Int(count)) }
    }
}

/// Reads a number with up to six digits behind the point.
fn scaled(text: &str) -> Option<i128> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || (whole.is_empty() && fraction.is_empty()) || whole.len() > 18 {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse::<i128>().ok()? };
    let fraction = format!("{fraction:0<6}").get(..6)?.parse::<i128>().ok()?;
    Some(sign * (whole * SCALE + fraction))
}

fn decimal(millionths: i128, digits: u32) -> String {
    let unit = 10_i128.pow(6_u32.saturating_sub(digits));
    let half = if millionths < 0 { -unit / 2 } else { unit / 2 };
    let rounded = (millionths + half) / unit;
    let base = 10_i128.pow(digits);
    let sign = if rounded < 0 { "-" } else { "" };
    let (whole, rest) = (rounded.abs() / base, rounded.abs() % base);
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    let width = digits as usize;
    format!("{sign}{whole}.{rest:0>width$}")
}

fn trimmed(millionths: i128) -> String {
    decimal(millionths, 6).trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Whether `text` fits a `like` pattern: `%` for anything, `_` for one character.
pub fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.to_lowercase().chars().collect(), pattern.to_lowercase().chars().collect());
    let (mut t, mut p) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = text.get(t) {
        match pattern.get(p) {
            Some('%') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(own) if own == c || *own == '_' => (t, p) = (t + 1, p + 1),
            _ => match star {
                Some((after, from)) => {
                    (t, p) = (from + 1, after);
                    star = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or(&[]).iter().all(|c| *c == '%')
}

/// Whether a column's type holds numbers.
pub fn is_numeric(kind: &str) -> bool {
    ["int", "bigint", "smallint", "tinyint", "mediumint", "decimal", "numeric", "float", "double", "year"]
        .iter()
        .any(|name| kind.starts_with(name))
}

/// Checks and completes a value for a column of type `kind`.
///
/// # Errors
/// What the server says about the type: number 1366 or 1406, and whether it is too long.
pub fn fit(kind: &str, value: &str) -> Result<String, u32> {
    let size = kind.split_once('(').and_then(|(_, rest)| rest.split([')', ',']).next()).and_then(|n| n.parse().ok());
    if is_numeric(kind) {
        let Some(number) = scaled(value) else { return Err(1366) };
        let digits = match kind.split_once(',').and_then(|(_, rest)| rest.split(')').next()) {
            Some(digits) if kind.starts_with("decimal") || kind.starts_with("numeric") => {
                digits.trim().parse().unwrap_or(0)
            }
            _ => 0,
        };
        if ["float", "double"].iter().any(|name| kind.starts_with(name)) {
            return Ok(trimmed(number));
        }
        let text = decimal(number, std::cmp::min(digits, 6));
        return Ok(text);
    }
    if value.len() > TEXT_BYTES_MAX {
        return Err(1406);
    }
    if kind.contains("char") && size.is_some_and(|size: usize| value.chars().count() > size) {
        return Err(1406);
    }
    if kind.starts_with("date") && !kind.starts_with("datetime") {
        return Ok(value.chars().take(10).collect());
    }
    Ok(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        assert_eq!(Val::calculate("/", &Val::Int(1), &Val::Int(2)), Val::Text("0.5000".into()));
        assert_eq!(Val::calculate("+", &Val::Text("0.1".into()), &Val::Text("0.2".into())), Val::Text("0.3".into()));
        assert_eq!(Val::calculate("+", &Val::Int(0), &Val::Text("3.50".into())), Val::Text("3.50".into()));
        assert_eq!(Val::mean(&Val::Text("3.50".into()), 2), Val::Text("1.750000".into()));
        assert_eq!(Val::calculate("*", &Val::Text("1.50".into()), &Val::Int(2)), Val::Text("3.00".into()));
        assert_eq!(Val::calculate("/", &Val::Int(1), &Val::Int(0)), Val::Null);
        assert_eq!(Val::calculate("*", &Val::Int(-3), &Val::Int(4)), Val::Int(-12));
        assert_eq!(fit("decimal(10,2)", "3.456"), Ok("3.46".to_string()));
        assert_eq!(fit("int(11)", "7"), Ok("7".to_string()));
        assert_eq!(fit("int(11)", "x"), Err(1366));
        assert_eq!(fit("varchar(2)", "abc"), Err(1406));
        assert!(is_like("performance_schema", "%SCHEMA"));
        assert!(!is_like("sys", "s_"));
    }
}
