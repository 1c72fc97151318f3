//! Virtual time in whole milliseconds and its written forms; reads no clock.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// Milliseconds of virtual time: a moment counted from the start of the simulation, or a length of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

/// Seconds from 1970 to the moment that virtual time 0 stands for: 2026-01-01T00:00:00Z.
const EPOCH_SECONDS: i64 = 1_767_225_600;

impl Millis {
    /// The start of the simulation, or no time at all.
    pub const ZERO: Millis = Millis(0);

    /// A length in seconds; what is too long to count is as long as can be counted.
    pub const fn seconds(seconds: i64) -> Millis {
        Millis(seconds.saturating_mul(1000))
    }

    /// Whole seconds, rounded towards the past.
    pub const fn whole_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The same moment with the milliseconds dropped, as the API stores times.
    pub const fn truncated(self) -> Millis {
        Millis(self.whole_seconds() * 1000)
    }

    /// As the API writes times: `2026-01-01T00:00:05Z`.
    pub fn rfc3339(self) -> String {
        let (y, m, d, h, min, s) = self.civil();
        format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}Z")
    }

    /// As the API writes times with microseconds: `2026-01-01T00:00:05.250000Z`.
    pub fn rfc3339_micro(self) -> String {
        let (y, m, d, h, min, s) = self.civil();
        let ms = self.0.rem_euclid(1000);
        format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}.{ms:03}000Z")
    }

    /// Milliseconds since 1970.
    pub const fn unix_millis(self) -> i64 {
        (EPOCH_SECONDS * 1000).saturating_add(self.0)
    }

    /// The moment so many milliseconds after the beginning of 1970.
    pub const fn from_unix_millis(millis: i64) -> Millis {
        Millis(millis.saturating_sub(EPOCH_SECONDS * 1000))
    }

    /// Nanoseconds since 1970, as event names count.
    pub const fn unix_nanos(self) -> i64 {
        (EPOCH_SECONDS * 1000 + self.0).saturating_mul(1_000_000)
    }

    /// As `kubectl describe` writes times: `Thu, 01 Jan 2026 00:00:05 +0000`.
    pub fn rfc1123z(self) -> String {
        const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (y, m, d, h, min, s) = self.civil();
        let day = (EPOCH_SECONDS + self.whole_seconds()).div_euclid(86_400).rem_euclid(7);
        format!("{}, {d:02} {} {y:04} {h:02}:{min:02}:{s:02} +0000", DAYS[day as usize], MONTHS[(m - 1) as usize])
    }

    /// Reads `2026-01-01T00:00:05Z`, with or without a fraction of a second. `None` if it is not such a time.
    pub fn parse_rfc3339(text: &str) -> Option<Millis> {
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
        let (y, m, d) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (h, min, s) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let rest = text.get(19..)?.strip_suffix('Z')?;
        let ms = match rest.strip_prefix('.') {
            Some(digits) => format!("{digits:0<3}").get(..3)?.parse::<i64>().ok()?,
            None if rest.is_empty() => 0,
            None => return None,
        };
        let seconds = days_from_civil(y, m, d) * 86_400 + h * 3600 + min * 60 + s - EPOCH_SECONDS;
        Some(Millis(seconds * 1000 + ms))
    }

    fn civil(self) -> (i64, i64, i64, i64, i64, i64) {
        let seconds = EPOCH_SECONDS + self.whole_seconds();
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (y, m, d) = civil_from_days(days);
        (y, m, d, rest / 3600, rest / 60 % 60, rest % 60)
    }
}

/// Year, month and day of a day counted from 1970-01-01.
pub(super) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (d, m) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    (yoe + era * 400 + i64::from(m <= 2), m, d)
}

/// The day, counted from 1970-01-01, of a year, month and day.
pub(super) fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

impl Add for Millis {
    type Output = Millis;
    fn add(self, other: Millis) -> Millis {
        Millis(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Millis {
    fn add_assign(&mut self, other: Millis) {
        *self = *self + other;
    }
}

impl Sub for Millis {
    type Output = Millis;
    fn sub(self, other: Millis) -> Millis {
        Millis(self.0.saturating_sub(other.0))
    }
}

/// Minutes, seconds and milliseconds since the start: `02:05.250`.
impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.max(0);
        write!(f, "{:02}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read() {
        assert_eq!(Millis(5_250).rfc3339(), "2026-01-01T00:00:05Z");
        assert_eq!(Millis(5_250).rfc3339_micro(), "2026-01-01T00:00:05.250000Z");
        assert_eq!(Millis(5_250).rfc1123z(), "Thu, 01 Jan 2026 00:00:05 +0000");
        assert_eq!(Millis::seconds(59 * 86_400).rfc3339(), "2026-03-01T00:00:00Z");
        for ms in [0, 999, 86_400_000, 5_000_000_000, -1000] {
            assert_eq!(Millis::parse_rfc3339(&Millis(ms).rfc3339_micro()), Some(Millis(ms)));
        }
        assert_eq!(Millis::parse_rfc3339("yesterday"), None);
    }
}
