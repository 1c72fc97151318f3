//! What a schema asks of texts: `pattern`, in Go's syntax, and `format`; knows no object.
//!
//! Follows kube-openapi's `pkg/validation` and its `strfmt`.

use crate::model::Millis;
use crate::regex::Pattern;

/// The formats that are checked here. Others, as the API server has them, are taken.
pub(super) const FORMATS: [&str; 13] = [
    "byte",
    "cidr",
    "date",
    "date-time",
    "datetime",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "mac",
    "uri",
    "uuid",
];
/// Formats that say something of numbers, or nothing.
pub(super) const FREE_FORMATS: [&str; 7] = ["double", "float", "int32", "int64", "password", "int-or-string", "string"];

/// Reads a pattern in Go's syntax. `None` if it has something that is not read here.
pub(super) fn read_pattern(text: &str) -> Option<Pattern> {
    let (text, ignores_case) = text.strip_prefix("(?i)").map_or((text, false), |text| (text, true));
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let rest = chars.get(at + 1..).unwrap_or_default();
        at += 1;
        match c {
            '\\' => {
                let next = *rest.first()?;
                at += 1;
                out.push_str(&escaped(next)?);
            }
            '[' => at += class(rest, &mut out)?,
            '(' if rest.starts_with(&['?', ':']) => {
                out.push('(');
                at += 2;
            }
            '(' if rest.first() == Some(&'?') => return None,
            '*' | '+' | '?' | '}' => {
                out.push(c);
                // Whether as little as possible is taken does not matter where only the finding counts.
                if rest.first() == Some(&'?') {
                    at += 1;
                }
            }
            c => out.push(c),
        }
    }
    Pattern::read(&out, true, ignores_case).ok()
}

/// What a backslash and a character mean outside brackets.
fn escaped(c: char) -> Option<String> {
    Some(match c {
        'd' | 'w' | 's' => format!("[{}]", members(c)?),
        'D' | 'W' | 'S' => format!("[^{}]", members(c.to_ascii_lowercase())?),
        'A' => "^".to_string(),
        'z' => "$".to_string(),
        'n' => "\n".to_string(),
        't' => "\t".to_string(),
        'b' | 'B' => format!("\\{c}"),
        c if c.is_ascii_alphanumeric() => return None,
        c => format!("\\{c}"),
    })
}

fn members(c: char) -> Option<&'static str> {
    match c {
        'd' => Some("0-9"),
        'w' => Some("0-9A-Za-z_"),
        's' => Some(" \t\n\r\x0c"),
        _ => None,
    }
}

/// Writes what stands in brackets, as POSIX has it; returns how many characters it was.
fn class(rest: &[char], out: &mut String) -> Option<usize> {
    let mut at = 0;
    let is_negated = rest.first() == Some(&'^');
    at += usize::from(is_negated);
    let (mut text, mut has_dash, mut has_end) = (String::new(), false, false);
    let start = at;
    loop {
        let c = *rest.get(at)?;
        at += 1;
        match c {
            ']' if at > start + 1 => break,
            ']' => has_end = true,
            '[' if rest.get(at) == Some(&':') => {
                let length = rest.get(at..)?.iter().position(|c| *c == ']')?;
                text.push('[');
                text.extend(rest.get(at..=at + length)?);
                at += length + 1;
            }
            '\\' => {
                let next = *rest.get(at)?;
                at += 1;
                match next {
                    '-' => has_dash = true,
                    ']' => has_end = true,
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    '\\' => text.push('\\'),
                    c if c.is_ascii_alphanumeric() => text.push_str(members(c)?),
                    c => text.push(c),
                }
            }
            '-' if at == start + 1 || rest.get(at) == Some(&']') => has_dash = true,
            c => text.push(c),
        }
    }
    out.push_str(if is_negated { "[^" } else { "[" });
    if has_end {
        out.push(']');
    }
    // A caret at the beginning would turn the meaning round.
    match text.strip_prefix('^').filter(|_| !is_negated && !has_end) {
        Some(rest) if !rest.is_empty() => out.push_str(&format!("{rest}^")),
        Some(_) => return None,
        None => out.push_str(&text),
    }
    if has_dash {
        out.push('-');
    }
    out.push(']');
    Some(at)
}

/// Whether a text has a format; one that is not known here is taken.
pub(super) fn has_format(format: &str, text: &str) -> bool {
    let fits = |pattern: &str| read_pattern(pattern).is_none_or(|pattern| pattern.is_in(text));
    match format {
        "byte" => fits("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"),
        "date" => fits("^\\d{4}-\\d{2}-\\d{2}$") && is_moment(&format!("{text}T00:00:00Z")),
        "date-time" | "datetime" => is_time(text),
        "duration" => fits("^(\\d+(\\.\\d+)?(ns|us|µs|ms|s|m|h|d|w))+$") || text == "0",
        "email" => fits("^[^@\\s]+@[^@\\s]+$"),
        "hostname" => {
            text.len() <= 255
                && fits("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\\.?$")
        }
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "cidr" => text.split_once('/').is_some_and(|(address, length)| {
            let most = if address.contains(':') { 128 } else { 32 };
            address.parse::<std::net::IpAddr>().is_ok() && length.parse::<u8>().is_ok_and(|it| it <= most)
        }),
        "mac" => fits("^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$"),
        "uri" => fits("^(/|[A-Za-z][A-Za-z0-9+.-]*:)\\S*$"),
        "uuid" => {
            let hex = "[0-9A-Fa-f]";
            fits(&format!("^{hex}{{8}}-?{hex}{{4}}-?{hex}{{4}}-?{hex}{{4}}-?{hex}{{12}}$"))
        }
        _ => true,
    }
}

/// A time with a zone: `2026-01-01T00:00:00Z`, also with an offset.
fn is_time(text: &str) -> bool {
    let shape = "^(\\d{4}-\\d{2}-\\d{2})[Tt](\\d{2}:\\d{2}:\\d{2})(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$";
    let is_shaped = read_pattern(shape).is_none_or(|pattern| pattern.is_in(text));
    let (date, time) = (text.get(..10).unwrap_or(""), text.get(11..19).unwrap_or(""));
    is_shaped && is_moment(&format!("{date}T{time}Z"))
}

/// Whether there is such a moment: a month 13 is read as the first of the next year, and written as that.
fn is_moment(text: &str) -> bool {
    Millis::parse_rfc3339(text).is_some_and(|at| at.rfc3339() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_in_gos_syntax_are_read() {
        let fits = |pattern: &str, text: &str| read_pattern(pattern).map(|pattern| pattern.is_in(text));
        for (pattern, good, bad) in [
            ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "a-b", "a-"),
            (r"^\d+(\.\d+)?(?:Mi|Gi)$", "1.5Gi", "1.5"),
            (r"^[\w.\-]+@\S+$", "a.b-c@d", "a b@c"),
            (r"^(?:0|[1-9]\d*?)$", "10", "01"),
            (r"^[^\s\]]+$", "abc", "a]"),
            (r"(?i)^yes$", "YES", "no"),
            (r"^[+\-*/]$", "-", "a"),
            (r"^\[\d+\]$", "[1]", "1"),
            (r"^[[:alpha:]_][[:word:]]*$", "a_1", "1a"),
        ] {
            assert_eq!((fits(pattern, good), fits(pattern, bad)), (Some(true), Some(false)), "{pattern}");
        }
        assert_eq!(fits(r"\p{Greek}", "a"), None);
        assert_eq!(fits("(?s).", "a"), None);
    }

    #[test]
    fn formats_are_told_apart() {
        for (format, good, bad) in [
            ("date-time", "2026-01-01T00:00:00+02:00", "2026-13-01T00:00:00Z"),
            ("date", "2026-02-28", "28.2.2026"),
            ("ipv4", "10.0.0.1", "10.0.0.256"),
            ("cidr", "10.0.0.0/8", "10.0.0.0/33"),
            ("uuid", "bc730140-5014-4d01-96bf-5d405151ec53", "bc730140"),
            ("byte", "aGk=", "a"),
            ("uri", "https://example.com/x", "example"),
            ("duration", "1h30m", "soon"),
            ("hostname", "a.example.com", "-a"),
            ("mac", "00:1b:44:11:3a:b7", "00:1b"),
        ] {
            assert!(has_format(format, good) && !has_format(format, bad), "{format}");
        }
    }
}
