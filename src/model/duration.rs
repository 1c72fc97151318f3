//! Lengths of time as Go and kubectl read and write them; reads no clock.

use super::Millis;

/// A length of time as tables show it: `119s`, `2m5s`, `3h`, `5d3h`.
///
/// Follows `HumanDuration` in `pkg/util/duration`.
pub fn human_duration(length: Millis) -> String {
    let seconds = length.0 / 1000;
    if length.0 <= -2000 {
        return "<invalid>".into();
    }
    if length.0 < 0 {
        return "0s".into();
    }
    let two = |whole: i64, unit: char, part: i64, part_unit: char| match part {
        0 => format!("{whole}{unit}"),
        part => format!("{whole}{unit}{part}{part_unit}"),
    };
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let days = hours / 24;
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, 'm', seconds % 60, 's'),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, 'h', minutes % 60, 'm'),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(days, 'd', hours % 24, 'h'),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => two(days / 365, 'y', days % 365, 'd'),
        _ => format!("{}y", days / 365),
    }
}

/// Reads `30s`, `1m30s`, `1.5h`, `500ms`, `0`. `None` if it is no length of time.
pub fn parse_go_duration(text: &str) -> Option<Millis> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Millis::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at_checked(end)?;
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && part.is_empty() {
            return None;
        }
        let unit_end = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, next) = behind.split_at_checked(unit_end)?;
        let micros: i64 = match unit {
            "h" => 3_600_000_000,
            "m" => 60_000_000,
            "s" => 1_000_000,
            "ms" => 1_000,
            "us" | "µs" => 1,
            "ns" => 0,
            _ => return None,
        };
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let part: i64 = format!("{part:0<6}").get(..6)?.parse().ok()?;
        let length = whole.checked_mul(micros)?.checked_add(part.checked_mul(micros)? / 1_000_000)?;
        total = total.checked_add(length)?;
        rest = next;
    }
    Some(Millis(sign * total / 1000))
}

/// A length of time as Go prints it: `30s`, `1m30s`, `500ms`.
pub fn go_duration(length: Millis) -> String {
    let ms = length.0;
    if ms == 0 {
        return "0s".into();
    }
    let sign = if ms < 0 { "-" } else { "" };
    let ms = ms.saturating_abs();
    if ms < 1000 {
        return format!("{sign}{ms}ms");
    }
    let (hours, minutes, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
    let mut seconds = (rest / 1000).to_string();
    if rest % 1000 > 0 {
        seconds = format!("{seconds}.{:03}", rest % 1000).trim_end_matches('0').to_string();
    }
    match (hours, minutes) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_kubectl_does() {
        let cases = [
            (-5, "<invalid>"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (125, "2m5s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_800, "3h"),
            (10_860, "3h1m"),
            (28_800, "8h"),
            (172_800, "2d"),
            (180_000, "2d2h"),
            (691_200, "8d"),
            (63_072_000, "2y"),
        ];
        for (seconds, text) in cases {
            assert_eq!(human_duration(Millis::seconds(seconds)), text, "{seconds}");
        }
        assert_eq!(human_duration(Millis(-1_500)), "0s");
    }

    #[test]
    fn lengths_are_read_as_go_does() {
        let cases = [("30s", 30_000), ("1m30s", 90_000), ("1.5h", 5_400_000), ("250ms", 250), ("-1s", -1000), ("0", 0)];
        for (text, ms) in cases {
            assert_eq!(parse_go_duration(text), Some(Millis(ms)), "{text}");
        }
        for text in ["", "5", "s", "5x", "1..2s", "99999999999999999999s"] {
            assert_eq!(parse_go_duration(text), None, "{text}");
        }
        assert_eq!(go_duration(Millis(90_500)), "1m30.5s");
        assert_eq!(go_duration(Millis(8_000)), "8s");
    }
}
