//! `date`: which moment is meant, and how it is written. Follows GNU's and BusyBox' programs.

use super::format_time;
use super::hostname_uname::say;
use super::{Arguments, Call, Outcome};
use crate::model::Millis;
use crate::shell::language::ShellKind;

/// How a moment is written when nothing else is asked for.
const USUAL: &str = "%a %b %e %H:%M:%S %Z %Y";

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const WEEK_DAYS: [&str; 7] = ["thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// What the words of `date` ask for.
#[derive(Default)]
struct Asked {
    moment: Option<String>,
    reference: Option<String>,
    /// BusyBox's format of the moment that is given.
    read_by: Option<String>,
    /// The moment that the clock is to be set to.
    set: Option<String>,
    format: Option<String>,
    /// Words that mean nothing here.
    others: Vec<String>,
}

impl Asked {
    fn of(words: &[String]) -> Asked {
        let mut asked = Asked::default();
        let mut rest = words.arguments().iter();
        while let Some(word) = rest.next() {
            if let Some(format) = word.strip_prefix('+') {
                asked.format = Some(format.to_string());
            } else if let Some(format) = named_format(word) {
                asked.format.get_or_insert_with(|| format.to_string());
            } else if let Some(long) = word.strip_prefix("--") {
                let (name, own) =
                    long.split_once('=').map_or((long, None), |(name, own)| (name, Some(own.to_string())));
                let mut value = || own.clone().or_else(|| rest.next().cloned());
                match name {
                    "date" => asked.moment = value(),
                    "reference" => asked.reference = value(),
                    "set" => asked.set = value(),
                    _ => {}
                }
            } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
                for (at, letter) in letters.char_indices() {
                    let behind = letters.get(at + 1..).unwrap_or("");
                    let place = match letter {
                        'd' => &mut asked.moment,
                        'r' => &mut asked.reference,
                        'D' => &mut asked.read_by,
                        's' => &mut asked.set,
                        _ => continue,
                    };
                    *place = if behind.is_empty() { rest.next().cloned() } else { Some(behind.to_string()) };
                    break;
                }
            } else {
                asked.others.push(word.clone());
            }
        }
        asked
    }
}

/// Writes the present moment, or the one that is asked for.
pub fn date(call: &mut Call<'_>) -> Outcome {
    let asked = Asked::of(call.words);
    let now = call.cluster.now();
    let is_busybox = call.shell.kind == ShellKind::Ash;
    if let Some(word) = asked.others.first() {
        return call.fail(&format!("invalid date '{word}'"));
    }
    let at = match (&asked.moment, &asked.reference) {
        (Some(text), _) => match moment_by(&asked, text, is_busybox).or_else(|| read(text, now, is_busybox)) {
            Some(at) => at,
            None => return call.fail(&format!("invalid date '{text}'")),
        },
        (None, Some(name)) => match call.container.lookup(call.cluster, &call.shell.path(name)) {
            Some(found) => found.modified,
            None => return call.fail(&format!("{name}: No such file or directory")),
        },
        (None, None) => now,
    };
    if let Some(text) = &asked.set {
        let Some(at) = read(text, now, is_busybox) else { return call.fail(&format!("invalid date '{text}'")) };
        let text = format_time(at, asked.format.as_deref().unwrap_or(USUAL));
        call.err.push_str(match is_busybox {
            true => "date: can't set date: Operation not permitted\n",
            false => "date: cannot set date: Operation not permitted\n",
        });
        _ = say(call, &text);
        return Outcome::Exit(1);
    }
    let text = format_time(at, asked.format.as_deref().unwrap_or(USUAL));
    say(call, &text)
}

/// The moment that a text names by BusyBox's `-D FORMAT`.
fn moment_by(asked: &Asked, text: &str, is_busybox: bool) -> Option<Millis> {
    let format = asked.read_by.as_ref().filter(|_| is_busybox)?;
    let mut parts = [1900, 1, 1, 0, 0, 0];
    let (mut rest, mut signs) = (text, format.chars());
    while let Some(sign) = signs.next() {
        if sign != '%' {
            rest = rest.strip_prefix(sign)?;
            continue;
        }
        let (place, most) = match signs.next()? {
            'Y' => (0, 4),
            'm' => (1, 2),
            'd' | 'e' => (2, 2),
            'H' => (3, 2),
            'M' => (4, 2),
            'S' => (5, 2),
            's' => return moment_of(&format!("@{rest}")),
            _ => return None,
        };
        let length = rest.chars().take(most).take_while(char::is_ascii_digit).count();
        let (digits, behind) = rest.split_at(length);
        *parts.get_mut(place)? = digits.parse().ok()?;
        rest = behind;
    }
    let [year, month, day, hour, minute, second] = parts;
    moment_of(&format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

/// The format that a flag stands for.
fn named_format(word: &str) -> Option<&'static str> {
    Some(match word {
        "-I" | "-Idate" | "--iso-8601" | "--iso-8601=date" | "--rfc-3339=date" => "%Y-%m-%d",
        "-Ihours" | "--iso-8601=hours" => "%Y-%m-%dT%H+00:00",
        "-Iminutes" | "--iso-8601=minutes" => "%Y-%m-%dT%H:%M+00:00",
        "-Iseconds" | "--iso-8601=seconds" => "%Y-%m-%dT%H:%M:%S+00:00",
        "--rfc-3339=seconds" => "%Y-%m-%d %H:%M:%S+00:00",
        "-R" | "--rfc-email" | "--rfc-2822" => "%a, %d %b %Y %H:%M:%S +0000",
        _ => return None,
    })
}

/// The moment that a text names.
///
/// BusyBox reads numbers alone, GNU's program words as well: `yesterday`, `7 days ago`, `2024-02-28 +1 month`.
pub fn read(text: &str, now: Millis, is_busybox: bool) -> Option<Millis> {
    if let Some(at) = moment_of(text) {
        return Some(at);
    }
    if is_busybox {
        return None;
    }
    let (text, ahead) = without_zone(text);
    let at = moment_of(text).or_else(|| relative_moment(text, now))?;
    Some(Millis(at.0 - ahead))
}

/// A text without a zone at its end (`+02:00`, `-0500`), and how far the zone is ahead.
fn without_zone(text: &str) -> (&str, i64) {
    let whole = (text, 0);
    let Some(at) = text.rfind(['+', '-']).filter(|at| text.get(..*at).is_some_and(|before| before.contains(':')))
    else {
        return whole;
    };
    let (before, zone) = text.split_at(at);
    let digits: String = zone.chars().skip(1).filter(|c| *c != ':').collect();
    let is_zone = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) && zone.len() <= 6;
    let (Some(hours), Some(minutes)) = (digits.get(..2), digits.get(2..)) else { return whole };
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let ahead = (number(hours) * 60 + number(minutes)) * 60_000;
    match is_zone {
        true => (before.trim_end(), if zone.starts_with('-') { -ahead } else { ahead }),
        false => whole,
    }
}

/// The moment that a text names, if it is one in numbers: `@SECONDS`, `2024-01-02 03:04:05`, `2024-01-02T03:04:05Z`,
/// `2024-01-02`.
pub fn moment_of(text: &str) -> Option<Millis> {
    if let Some(seconds) = text.strip_prefix('@') {
        let seconds = seconds.split('.').next().unwrap_or(seconds);
        return Some(Millis::from_unix_millis(seconds.parse::<i64>().ok()?.saturating_mul(1000)));
    }
    let text = text.trim().trim_end_matches("UTC").trim_end_matches('Z').trim_end().replace(' ', "T");
    let (date, time) = text.split_once('T').unwrap_or((&text, "00:00:00"));
    let time = if time.len() == 5 { format!("{time}:00") } else { time.to_string() };
    // The thirtieth of February is no day.
    Millis::parse_rfc3339(&format!("{date}T{time}Z")).filter(|at| at.rfc3339().starts_with(date))
}

/// What is added to a moment.
#[derive(Clone, Copy)]
enum Span {
    /// Milliseconds.
    Time(i64),
    /// Months of the calendar.
    Months(i64),
}

fn span(unit: &str, count: i64) -> Option<Span> {
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    let time = |length: i64| Some(Span::Time(count.saturating_mul(length)));
    match unit {
        "sec" | "second" => time(1000),
        "min" | "minute" => time(60_000),
        "hour" => time(3_600_000),
        "day" => time(DAY),
        "week" => time(7 * DAY),
        "fortnight" => time(14 * DAY),
        "month" => Some(Span::Months(count)),
        "year" => Some(Span::Months(count.saturating_mul(12))),
        _ => None,
    }
}

/// A day and a time of day, both as far as a text has named them, and what is added.
#[derive(Default)]
struct Reading {
    day: Option<Millis>,
    time: Option<i64>,
    /// A day of the week, counted from the one that 1970 began with.
    week_day: Option<usize>,
    spans: Vec<Span>,
}

fn relative_moment(text: &str, now: Millis) -> Option<Millis> {
    let text = text.to_ascii_lowercase().replace('+', " + ").replace(',', " ");
    let mut words = text.split_whitespace().peekable();
    let mut reading = Reading::default();
    let mut sign = 1;
    while let Some(word) = words.next() {
        match word {
            "now" | "today" | "utc" | "gmt" | "z" | "at" | "of" | "this" => {}
            "am" | "pm" => reading.half(word == "pm")?,
            word if WEEK_DAYS.iter().any(|day| word.len() > 2 && day.starts_with(word)) => {
                reading.week_day = WEEK_DAYS.iter().position(|day| day.starts_with(word));
            }
            "yesterday" => reading.spans.push(Span::Time(-DAY)),
            "tomorrow" => reading.spans.push(Span::Time(DAY)),
            "next" | "last" => {
                let count = if word == "next" { 1 } else { -1 };
                reading.spans.push(span(words.next()?, count)?);
            }
            "+" => sign = 1,
            "-" => sign = -1,
            "ago" => match reading.spans.last_mut()? {
                Span::Time(count) | Span::Months(count) => *count = count.saturating_neg(),
            },
            word => {
                let next = words.peek().copied();
                if let Some((count, unit)) = count_of(word, next) {
                    reading.spans.push(span(unit, count.saturating_mul(sign))?);
                    if Some(unit) == next {
                        words.next();
                    }
                    sign = 1;
                } else if let Some(month) = MONTHS.iter().position(|month| word.starts_with(month)) {
                    // `Jan 5 2024`.
                    let day = words.next()?;
                    let year = words.next_if(|word| word.len() == 4 && !word.contains(':'));
                    reading.day = Some(calendar_day(year, month, day, now)?);
                } else if let Some(month) = next.and_then(|next| MONTHS.iter().position(|it| next.starts_with(it))) {
                    // `5 Jan 2024`.
                    words.next();
                    let year = words.next_if(|word| word.len() == 4 && !word.contains(':'));
                    reading.day = Some(calendar_day(year, month, word, now)?);
                } else {
                    reading.take(word)?;
                }
            }
        }
    }
    reading.moment(now)
}

/// A number with its unit: `7 days`, `7days`, `-1 day`; a unit alone counts once.
fn count_of<'w>(word: &'w str, next: Option<&'w str>) -> Option<(i64, &'w str)> {
    if span(word, 1).is_some() {
        return Some((1, word));
    }
    let end = word.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-')).map(|(at, _)| at);
    let (number, unit) = word.split_at(end.unwrap_or(word.len()));
    let unit = if unit.is_empty() { next? } else { unit };
    span(unit, 1)?;
    Some((number.parse().ok()?, unit))
}

fn calendar_day(year: Option<&str>, month: usize, day: &str, now: Millis) -> Option<Millis> {
    let year = year.map_or_else(|| now.rfc3339().get(..4).unwrap_or("2026").to_string(), str::to_string);
    moment_of(&format!("{year}-{:02}-{:02}", month + 1, day.parse::<u8>().ok()?))
}

impl Reading {
    /// Takes a date or a time in numbers.
    fn take(&mut self, word: &str) -> Option<()> {
        let word = word.trim_end_matches('z');
        for (half, is_later) in [("am", false), ("pm", true)] {
            if let Some(time) = word.strip_suffix(half) {
                self.take(&if time.contains(':') { time.to_string() } else { format!("{time}:00") })?;
                return self.half(is_later);
            }
        }
        if let Some((date, time)) = word.split_once('t') {
            self.take(date)?;
            return self.take(time);
        }
        if word.contains(':') {
            let mut parts = word.split(':').map(|part| part.split('.').next().unwrap_or(part).parse::<i64>().ok());
            let (hours, minutes) = (parts.next()??, parts.next()??);
            let seconds = parts.next().map_or(Some(0), |part| part)?;
            self.time = Some(((hours * 60 + minutes) * 60 + seconds) * 1000);
            return Some(());
        }
        let date = match word.len() {
            8 if word.bytes().all(|c| c.is_ascii_digit()) => {
                format!("{}-{}-{}", word.get(..4)?, word.get(4..6)?, word.get(6..)?)
            }
            // `MONTH/DAY/YEAR`.
            _ => match word.split('/').collect::<Vec<_>>().as_slice() {
                [month, day, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
                _ => word.replace('/', "-"),
            },
        };
        self.day = Some(moment_of(&date)?);
        Some(())
    }

    /// The time that was read is one before noon, or after it.
    fn half(&mut self, is_later: bool) -> Option<()> {
        let time = self.time.filter(|time| (HOUR..13 * HOUR).contains(time))?;
        self.time = Some(time % (12 * HOUR) + if is_later { 12 * HOUR } else { 0 });
        Some(())
    }

    fn moment(mut self, now: Millis) -> Option<Millis> {
        // A day of the week alone is the next one.
        if let (Some(wanted), None) = (self.week_day, self.day) {
            let today = now.unix_millis().div_euclid(DAY);
            let later = (wanted as i64 - today).rem_euclid(7);
            self.day = Some(Millis::from_unix_millis((today + later) * DAY));
        }
        let midnight = |at: Millis| Millis(at.0 - at.0.rem_euclid(DAY));
        let start = match (self.day, self.time) {
            (Some(day), time) => Millis(day.0 + time.unwrap_or(0)),
            (None, Some(time)) => Millis(midnight(now).0 + time),
            (None, None) => now,
        };
        self.spans.iter().try_fold(start, |at, span| match span {
            Span::Time(length) => Some(Millis(at.0.checked_add(*length)?)),
            Span::Months(count) => add_months(at, *count),
        })
    }
}

/// The same day and time so many months later; a day that the month has not is counted on into the next.
fn add_months(at: Millis, count: i64) -> Option<Millis> {
    let text = at.rfc3339();
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let months = number(0, 4)?.checked_mul(12)?.checked_add(number(5, 7)? - 1)?.checked_add(count)?;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let first = Millis::parse_rfc3339(&format!("{year:04}-{month:02}-01T00:00:00Z"))?;
    Some(Millis(first.0 + (number(8, 10)? - 1) * DAY + at.0.rem_euclid(DAY)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_gnus_program_reads_them() {
        let now = moment_of("2026-11-29 15:53:53").unwrap();
        for (text, right) in [
            ("now", "2026-11-29 15:53:53"),
            ("yesterday", "2026-11-28 15:53:53"),
            ("7 days ago", "2026-11-22 15:53:53"),
            ("7days ago", "2026-11-22 15:53:53"),
            ("-1 day", "2026-11-28 15:53:53"),
            ("+2 hours", "2026-11-29 17:53:53"),
            ("day", "2026-11-30 15:53:53"),
            ("2020-02-28 +1 day", "2020-02-29 00:00:00"),
            ("2024-01-31 +1 month", "2024-03-02 00:00:00"),
            ("last month", "2026-10-29 15:53:53"),
            ("next year", "2027-11-29 15:53:53"),
            ("1 fortnight ago", "2026-11-15 15:53:53"),
            ("2026-01-01 10:00:00 UTC + 90 min", "2026-01-01 11:30:00"),
            ("10:30", "2026-11-29 10:30:00"),
            ("yesterday 10:00", "2026-11-28 10:00:00"),
            ("2024-03-01 1 day ago", "2024-02-29 00:00:00"),
            ("20240102", "2024-01-02 00:00:00"),
            ("Jan 5 2024", "2024-01-05 00:00:00"),
            ("5 Jan 2024", "2024-01-05 00:00:00"),
            ("5 Jan 2020 3pm", "2020-01-05 15:00:00"),
            ("01/02/2020", "2020-01-02 00:00:00"),
            ("2020-01-01T00:00:00+02:00", "2019-12-31 22:00:00"),
            ("Thu, 02 Jan 2020 03:04:05 GMT", "2020-01-02 03:04:05"),
            ("monday", "2026-11-30 00:00:00"),
        ] {
            let read = read(text, now, false).map(|at| format_time(at, "%F %T"));
            assert_eq!(read.as_deref(), Some(right), "{text}");
        }
        assert_eq!(read("nonsense", now, false), None);
        assert_eq!(read("2020-02-30", now, false), None);
        assert_eq!(read("7 days ago", now, true), None);
    }
}
