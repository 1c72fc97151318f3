//! Time zones of schedules: how far a place's clocks are from UTC, with summer time; one table of the places people name.
//!
//! What is not in the table is read as UTC, and the lab says so. Today's rules hold for all years. Follows the IANA time
//! zone database.

use super::Millis;
use super::time::{civil_from_days, days_from_civil};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// When clocks go forward, and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Summer {
    None,
    /// From the last Sunday of March to the last of October, at 01:00 UTC everywhere.
    Europe,
    /// From the second Sunday of March to the first of November, at 02:00 local time.
    America,
    /// From the first Sunday of October to the first of April, at 02:00 standard time.
    Australia,
}

/// A place's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone {
    /// Minutes that standard time is ahead of UTC.
    offset: i64,
    summer: Summer,
}

impl TimeZone {
    /// Clocks without a zone.
    pub const UTC: TimeZone = TimeZone { offset: 0, summer: Summer::None };

    /// The zone called `name`, if it is in the table.
    pub fn named(name: &str) -> Option<TimeZone> {
        if let Some(hours) = name.strip_prefix("Etc/GMT").filter(|rest| !rest.is_empty()) {
            // The sign is the other way round there, as POSIX has it.
            let hours: i64 = hours.parse().ok().filter(|hours| (-14..=12).contains(hours))?;
            return Some(TimeZone { offset: -60 * hours, summer: Summer::None });
        }
        let of = |offset, summer| Some(TimeZone { offset, summer });
        for (offset, summer, places) in TABLE {
            if places.split(' ').any(|place| place == name) {
                return of(*offset, *summer);
            }
        }
        None
    }

    /// How long its clocks are ahead of UTC at a moment.
    fn ahead_at(&self, at: i64) -> i64 {
        let standard = self.offset * MINUTE;
        let (year, _, _) = civil_from_days((at + standard).div_euclid(DAY));
        let hour = 60 * MINUTE;
        let is_summer = match self.summer {
            Summer::None => false,
            Summer::Europe => {
                let (begin, end) = (sunday(year, 3, None) + hour, sunday(year, 10, None) + hour);
                (begin..end).contains(&at)
            }
            Summer::America => {
                let begin = sunday(year, 3, Some(2)) + 2 * hour - standard;
                let end = sunday(year, 11, Some(1)) + hour - standard;
                (begin..end).contains(&at)
            }
            Summer::Australia => {
                let end = sunday(year, 4, Some(1)) + 2 * hour - standard;
                let begin = sunday(year, 10, Some(1)) + 2 * hour - standard;
                !(end..begin).contains(&at)
            }
        };
        standard + if is_summer { hour } else { 0 }
    }

    /// What its clocks show at a moment, as if they stood in UTC.
    pub fn local(&self, at: Millis) -> Millis {
        let unix = at.unix_millis();
        Millis::from_unix_millis(unix + self.ahead_at(unix))
    }

    /// The moment when its clocks show this; the first of two, and none where they jump over it.
    pub fn moment(&self, local: Millis) -> Option<Millis> {
        let shown = local.unix_millis();
        let standard = self.offset * MINUTE;
        let fits = |ahead: i64| (self.ahead_at(shown - ahead) == ahead).then_some(shown - ahead);
        fits(standard + 60 * MINUTE).or_else(|| fits(standard)).map(Millis::from_unix_millis)
    }
}

/// The start of the `nth` Sunday of a month, of the last without a number, in UTC.
fn sunday(year: i64, month: i64, nth: Option<i64>) -> i64 {
    let weekday = |day: i64| (day + 4).rem_euclid(7);
    let day = match nth {
        Some(nth) => {
            let first = days_from_civil(year, month, 1);
            first + (7 - weekday(first)) % 7 + 7 * (nth - 1)
        }
        None => {
            let last = days_from_civil(year, month + 1, 1) - 1;
            last - weekday(last)
        }
    };
    day * DAY
}

/// Minutes ahead of UTC, summer time, places.
static TABLE: &[(i64, Summer, &str)] = &[
    (
        0,
        Summer::None,
        "UTC Etc/UTC GMT Etc/GMT Etc/UCT Etc/Universal Etc/Zulu Zulu Africa/Abidjan Africa/Accra Atlantic/Reykjavik",
    ),
    (0, Summer::Europe, "Europe/London Europe/Dublin Europe/Lisbon WET GB"),
    (60, Summer::None, "Africa/Lagos Africa/Algiers Africa/Tunis Africa/Kinshasa"),
    (
        60,
        Summer::Europe,
        "Europe/Amsterdam Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest \
         Europe/Copenhagen Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco Europe/Oslo \
         Europe/Paris Europe/Prague Europe/Rome Europe/Sarajevo Europe/Skopje Europe/Stockholm Europe/Tirane \
         Europe/Vaduz Europe/Vienna Europe/Warsaw Europe/Zagreb Europe/Zurich CET MET",
    ),
    (
        120,
        Summer::None,
        "Africa/Johannesburg Africa/Harare Africa/Lusaka Africa/Maputo Africa/Tripoli Europe/Kaliningrad",
    ),
    (
        120,
        Summer::Europe,
        "Europe/Athens Europe/Bucharest Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Riga Europe/Sofia Europe/Tallinn Europe/Vilnius Asia/Nicosia EET",
    ),
    (
        180,
        Summer::None,
        "Europe/Istanbul Asia/Istanbul Turkey Europe/Moscow Europe/Minsk Africa/Nairobi Africa/Addis_Ababa Asia/Baghdad Asia/Kuwait Asia/Qatar Asia/Riyadh Asia/Amman Asia/Damascus",
    ),
    (210, Summer::None, "Asia/Tehran Iran"),
    (240, Summer::None, "Asia/Dubai Asia/Baku Asia/Tbilisi Asia/Yerevan Asia/Muscat Europe/Samara Indian/Mauritius"),
    (270, Summer::None, "Asia/Kabul"),
    (300, Summer::None, "Asia/Karachi Asia/Tashkent Asia/Yekaterinburg Asia/Almaty Indian/Maldives"),
    (330, Summer::None, "Asia/Kolkata Asia/Calcutta Asia/Colombo"),
    (345, Summer::None, "Asia/Kathmandu Asia/Katmandu"),
    (360, Summer::None, "Asia/Dhaka Asia/Bishkek Asia/Omsk Asia/Urumqi"),
    (390, Summer::None, "Asia/Yangon Asia/Rangoon"),
    (420, Summer::None, "Asia/Bangkok Asia/Ho_Chi_Minh Asia/Saigon Asia/Jakarta Asia/Novosibirsk Asia/Krasnoyarsk"),
    (
        480,
        Summer::None,
        "Asia/Shanghai Asia/Chongqing Asia/Hong_Kong Hongkong PRC Asia/Taipei Asia/Singapore Singapore Asia/Kuala_Lumpur Asia/Manila Asia/Macau Asia/Irkutsk Australia/Perth Asia/Ulaanbaatar",
    ),
    (540, Summer::None, "Asia/Tokyo Japan Asia/Seoul ROK Asia/Pyongyang Asia/Yakutsk"),
    (570, Summer::None, "Australia/Darwin"),
    (570, Summer::Australia, "Australia/Adelaide"),
    (600, Summer::None, "Australia/Brisbane Asia/Vladivostok Pacific/Guam Pacific/Port_Moresby"),
    (600, Summer::Australia, "Australia/Sydney Australia/Melbourne Australia/Hobart Australia/Canberra"),
    (
        -180,
        Summer::None,
        "America/Sao_Paulo America/Argentina/Buenos_Aires America/Buenos_Aires America/Bahia America/Fortaleza America/Montevideo",
    ),
    (-240, Summer::None, "America/Caracas America/La_Paz America/Manaus America/Puerto_Rico America/Santo_Domingo"),
    (-240, Summer::America, "America/Halifax Atlantic/Bermuda"),
    (-300, Summer::None, "America/Bogota America/Lima America/Panama America/Jamaica America/Cancun EST"),
    (-300, Summer::America, "America/New_York US/Eastern America/Toronto America/Detroit America/Montreal EST5EDT"),
    (-360, Summer::None, "America/Mexico_City America/Costa_Rica America/Guatemala America/Regina"),
    (-360, Summer::America, "America/Chicago US/Central America/Winnipeg CST6CDT"),
    (-420, Summer::None, "America/Phoenix US/Arizona MST"),
    (-420, Summer::America, "America/Denver US/Mountain America/Edmonton MST7MDT"),
    (-480, Summer::America, "America/Los_Angeles US/Pacific America/Vancouver America/Tijuana PST8PDT"),
    (-540, Summer::America, "America/Anchorage US/Alaska"),
    (-600, Summer::None, "Pacific/Honolulu US/Hawaii HST"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn local(zone: &str, at: &str) -> String {
        let zone = TimeZone::named(zone).unwrap();
        zone.local(Millis::parse_rfc3339(at).unwrap()).rfc3339()
    }

    #[test]
    fn clocks_go_forward_and_back() {
        assert_eq!(local("Europe/Berlin", "2026-03-29T00:59:00Z"), "2026-03-29T01:59:00Z");
        assert_eq!(local("Europe/Berlin", "2026-03-29T01:00:00Z"), "2026-03-29T03:00:00Z");
        assert_eq!(local("Europe/Berlin", "2026-10-25T01:00:00Z"), "2026-10-25T02:00:00Z");
        assert_eq!(local("America/New_York", "2026-03-08T07:00:00Z"), "2026-03-08T03:00:00Z");
        assert_eq!(local("America/New_York", "2026-11-01T06:00:00Z"), "2026-11-01T01:00:00Z");
        assert_eq!(local("Australia/Sydney", "2026-01-01T00:00:00Z"), "2026-01-01T11:00:00Z");
        assert_eq!(local("Australia/Sydney", "2026-04-04T16:00:00Z"), "2026-04-05T02:00:00Z");
        assert_eq!(local("Asia/Tokyo", "2026-01-01T00:00:00Z"), "2026-01-01T09:00:00Z");
        assert_eq!(local("Etc/GMT+5", "2026-01-01T12:00:00Z"), "2026-01-01T07:00:00Z");
        assert_eq!(TimeZone::named("Mars/North"), None);
    }

    #[test]
    fn a_time_that_clocks_jump_over_never_comes() {
        let berlin = TimeZone::named("Europe/Berlin").unwrap();
        let moment = |text: &str| berlin.moment(Millis::parse_rfc3339(text).unwrap()).map(|at| at.rfc3339());
        assert_eq!(moment("2026-03-29T02:30:00Z"), None);
        assert_eq!(moment("2026-10-25T02:30:00Z").as_deref(), Some("2026-10-25T00:30:00Z"));
        assert_eq!(moment("2026-07-01T12:00:00Z").as_deref(), Some("2026-07-01T10:00:00Z"));
    }
}
