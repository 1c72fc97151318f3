//! `date`: which moment is meant, and how it is written. Follows GNU's and BusyBox' programs.

use super::format_time;
use super::system::say;
use super::{Arguments, Call, Outcome};
use crate::model::Millis;
use crate::shell::language::ShellKind;

const DAY: i64 = 86_400_000;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Writes the present moment, or the one that is asked for.
pub fn date(call: &mut Call<'_>) -> Outcome {
    let given = call.words.option("-d").or_else(|| call.words.option("--date"));
    let reference = call.words.option("-r").or_else(|| call.words.option("--reference"));
    let now = call.cluster.now();
    let at = match (given, reference) {
        (Some(text), _) => match moment_by(call, &text).or_else(|| read(&text, now, call.shell.kind == ShellKind::Ash))
        {
            Some(at) => at,
            None => return call.fail(&format!("invalid date '{text}'")),
        },
        (None, Some(name)) => match call.container.lookup(call.cluster, &call.shell.path(&name)) {
            Some(found) => found.modified,
            None => return call.fail(&format!("{name}: No such file or directory")),
        },
        (None, None) => now,
    };
    let asked = call.words.arguments().iter().find_map(|word| word.strip_prefix('+'));
    let flag = call.words.arguments().iter().find_map(|word| named_format(word));
    let text = format_time(at, asked.or(flag).unwrap_or("%a %b %e %H:%M:%S %Z %Y"));
    say(call, &text)
}

/// The moment that a text names by BusyBox's `-D FORMAT`.
fn moment_by(call: &Call<'_>, text: &str) -> Option<Millis> {
    let format = call.words.option("-D").filter(|_| call.shell.kind == ShellKind::Ash)?;
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
    moment_of(text).or_else(|| if is_busybox { None } else { relative_moment(text, now) })
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
    Millis::parse_rfc3339(&format!("{date}T{time}Z"))
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
            _ => word.replace('/', "-"),
        };
        self.day = Some(moment_of(&date)?);
        Some(())
    }

    fn moment(self, now: Millis) -> Option<Millis> {
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
        ] {
            let read = read(text, now, false).map(|at| format_time(at, "%F %T"));
            assert_eq!(read.as_deref(), Some(right), "{text}");
        }
        assert_eq!(read("nonsense", now, false), None);
        assert_eq!(read("7 days ago", now, true), None);
    }
}
