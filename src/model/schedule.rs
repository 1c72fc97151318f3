//! Schedules of CronJobs: five fields of minutes to weekdays, or a name for them; knows no clock.
//!
//! Follows the parser of github.com/robfig/cron, in its words.

use super::time::civil_from_days;
use super::{Millis, TimeZone};

/// When something is to happen, again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// At moments of the calendar.
    Calendar(Calendar),
    /// So long after the last time: `@every 1h30m`.
    Every(Millis),
}

/// Which minutes, hours, days, months and weekdays a schedule takes, each as a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Both fields of days are restricted: either is enough then.
    takes_either_day: bool,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// As many days are looked at: a leap day comes at least once in eight years.
const DAYS_MAX: i64 = 3000;

impl Schedule {
    /// Reads `*/5 * * * *`, `0 3 * * mon-fri`, `@daily`.
    ///
    /// # Errors
    /// What is wrong with it, in the parser's words.
    pub fn parse(text: &str) -> Result<Schedule, String> {
        let text = match text {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            name if name.starts_with("@every ") => return every(name),
            name if name.starts_with('@') => return Err(format!("unrecognized descriptor: {name}")),
            text => text,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(format!("expected exactly 5 fields, found {}: [{}]", fields.len(), fields.join(" ")));
        };
        let is_free = |field: &str| field.starts_with('*') || field.starts_with('?');
        Ok(Schedule::Calendar(Calendar {
            minutes: read(minutes, 0, 59, &[])?,
            hours: read(hours, 0, 23, &[])?,
            days: read(days, 1, 31, &[])?,
            months: read(months, 1, 12, &MONTHS)?,
            weekdays: read(weekdays, 0, 6, &WEEKDAYS)?,
            takes_either_day: !is_free(days) && !is_free(weekdays),
        }))
    }

    /// The first moment after `after` that the schedule takes in a time zone; `None` if there is none within some years.
    pub fn next_after(&self, zone: TimeZone, after: Millis) -> Option<Millis> {
        match self {
            Schedule::Every(delay) => {
                let whole = after.unix_millis().div_euclid(1000) * 1000;
                Some(Millis::from_unix_millis(whole) + *delay)
            }
            Schedule::Calendar(calendar) => {
                let mut local = zone.local(after);
                loop {
                    local = calendar.next_after(local)?;
                    // What clocks jump over never comes; what they show twice comes once.
                    if let Some(at) = zone.moment(local).filter(|at| *at > after) {
                        return Some(at);
                    }
                }
            }
        }
    }
}

/// Reads `@every 1h30m`: at least a second, in whole seconds.
fn every(text: &str) -> Result<Schedule, String> {
    let duration = text.trim_start_matches("@every ");
    let wrong = || format!("failed to parse duration {text}: time: invalid duration {duration:?}");
    let (mut rest, mut total) = (duration, 0_i64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0).ok_or_else(wrong)?;
        let (number, unit) = rest.split_at(digits);
        let end = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        let millis = match &unit[..end] {
            "h" => 60 * MINUTE,
            "m" => MINUTE,
            "s" => 1000,
            "ms" => 1,
            _ => return Err(wrong()),
        };
        total = total.saturating_add(number.parse::<i64>().map_err(|_| wrong())?.saturating_mul(millis));
        rest = &unit[end..];
    }
    if duration.is_empty() {
        return Err(wrong());
    }
    Ok(Schedule::Every(Millis::seconds((total / 1000).clamp(1, 100 * 366 * 24 * 3600))))
}

impl Calendar {
    /// The first moment after `after` that is taken; `None` if there is none within some years.
    fn next_after(&self, after: Millis) -> Option<Millis> {
        let from = (after.unix_millis().div_euclid(MINUTE) + 1) * MINUTE;
        let first_day = from.div_euclid(DAY);
        for day in first_day..first_day + DAYS_MAX {
            if !self.takes_day(day) {
                continue;
            }
            let start = if day == first_day { from.rem_euclid(DAY) / MINUTE } else { 0 };
            for minute in start..24 * 60 {
                if has(self.hours, minute / 60) && has(self.minutes, minute % 60) {
                    return Some(Millis::from_unix_millis(day * DAY + minute * MINUTE));
                }
            }
        }
        None
    }

    /// Whether a day, counted from 1 January 1970, is taken.
    fn takes_day(&self, day: i64) -> bool {
        let (_, month, of_month) = civil_from_days(day);
        // 1 January 1970 was a Thursday.
        let weekday = (day + 4).rem_euclid(7);
        let (by_day, by_weekday) = (has(self.days, of_month), has(self.weekdays, weekday));
        has(self.months, month) && if self.takes_either_day { by_day || by_weekday } else { by_day && by_weekday }
    }
}

fn has(set: u64, number: i64) -> bool {
    set & (1 << number) != 0
}

/// The set of numbers that a field takes.
fn read(field: &str, least: i64, most: i64, names: &[&str]) -> Result<u64, String> {
    field.split(',').filter(|part| !part.is_empty()).try_fold(0, |set, part| Ok(set | range(part, least, most, names)?))
}

fn range(part: &str, least: i64, most: i64, names: &[&str]) -> Result<u64, String> {
    let (span, step) = part.split_once('/').map_or((part, None), |(span, step)| (span, Some(step)));
    if step.is_some_and(|step| step.contains('/')) {
        return Err(format!("too many slashes: {part}"));
    }
    let (from, to) = match span {
        "*" | "?" => (least, most),
        span => match span.split_once('-') {
            Some((_, to)) if to.contains('-') => return Err(format!("too many hyphens: {part}")),
            Some((from, to)) => (number(from, least, names)?, number(to, least, names)?),
            None => {
                let from = number(span, least, names)?;
                (from, if step.is_some() { most } else { from })
            }
        },
    };
    let step = step.map_or(Ok(1), |step| number(step, 0, &[]))?;
    if from < least {
        return Err(format!("beginning of range ({from}) below minimum ({least}): {part}"));
    }
    if to > most {
        return Err(format!("end of range ({to}) above maximum ({most}): {part}"));
    }
    if from > to {
        return Err(format!("beginning of range ({from}) beyond end of range ({to}): {part}"));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {part}"));
    }
    Ok((from..=to).step_by(step.unsigned_abs() as usize).fold(0, |set, number| set | 1 << number))
}

fn number(text: &str, least: i64, names: &[&str]) -> Result<i64, String> {
    if let Some(place) = names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(place as i64 + least);
    }
    match text.parse::<i64>() {
        Ok(number) if number < 0 => Err(format!("negative number ({number}) not allowed: {text}")),
        // A week's Sunday is 0 alone; what does not fit a set of 64 bits fits no field.
        Ok(number) => Ok(number.min(1_000_000)),
        Err(_) => Err(format!("failed to parse int from {text}: strconv.Atoi: parsing {text:?}: invalid syntax")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, after: &str) -> String {
        let after = Millis::parse_rfc3339(after).unwrap();
        Schedule::parse(schedule).unwrap().next_after(TimeZone::UTC, after).map_or("never".into(), |at| at.rfc3339())
    }

    #[test]
    fn the_next_moment_is_found() {
        assert_eq!(next("*/5 * * * *", "2026-01-01T00:00:00Z"), "2026-01-01T00:05:00Z");
        assert_eq!(next("0 3 1 1 *", "2026-01-01T03:00:00Z"), "2027-01-01T03:00:00Z");
        assert_eq!(next("30 2 * * mon-fri", "2026-01-02T02:30:00Z"), "2026-01-05T02:30:00Z");
        assert_eq!(next("0 0 29 2 *", "2026-01-01T00:00:00Z"), "2028-02-29T00:00:00Z");
        assert_eq!(next("0 0 13 * fri", "2026-01-01T00:00:00Z"), "2026-01-02T00:00:00Z");
        assert_eq!(next("0 0 31 2 *", "2026-01-01T00:00:00Z"), "never");
        assert_eq!(next("@weekly", "2026-01-01T00:00:00Z"), "2026-01-04T00:00:00Z");
    }

    #[test]
    fn places_have_their_own_clocks() {
        let at = |zone, after| {
            let zone = TimeZone::named(zone).unwrap();
            let schedule = Schedule::parse("30 2 * * *").unwrap();
            schedule.next_after(zone, Millis::parse_rfc3339(after).unwrap()).unwrap().rfc3339()
        };
        assert_eq!(at("Asia/Tokyo", "2026-01-01T00:00:00Z"), "2026-01-01T17:30:00Z");
        assert_eq!(at("Europe/Berlin", "2026-03-28T12:00:00Z"), "2026-03-30T00:30:00Z");
    }

    #[test]
    fn a_delay_counts_from_the_last_time() {
        assert_eq!(next("@every 1h30m", "2026-01-01T00:00:00Z"), "2026-01-01T01:30:00Z");
        assert!(Schedule::parse("@every soon").is_err());
    }

    #[test]
    fn mistakes_are_told_as_the_parser_does() {
        let wrong = |text| Schedule::parse(text).unwrap_err();
        assert_eq!(wrong("every day"), "expected exactly 5 fields, found 2: [every day]");
        assert_eq!(wrong("61 * * * *"), "end of range (61) above maximum (59): 61");
        assert_eq!(wrong("* * 0 * *"), "beginning of range (0) below minimum (1): 0");
        assert_eq!(wrong("*/0 * * * *"), "step of range should be a positive number: */0");
        assert_eq!(wrong("@never"), "unrecognized descriptor: @never");
    }
}
