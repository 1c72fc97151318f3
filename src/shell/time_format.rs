//! Moments in the words of `strftime`, as `date` and bash's `printf` take them.

use crate::model::Millis;

/// A time in the words of `strftime`.
pub fn format_time(at: Millis, format: &str) -> String {
    let (long, short) = (at.rfc3339(), at.rfc1123z());
    let part = |from: usize, to: usize| long.get(from..to).unwrap_or("").to_string();
    let words: Vec<&str> = short.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let word = |at: usize| words.get(at).copied().unwrap_or("").to_string();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let text = match chars.next() {
            Some('Y') => part(0, 4),
            Some('m') => part(5, 7),
            Some('d') => part(8, 10),
            Some('e') => format!("{:>2}", part(8, 10).trim_start_matches('0')),
            Some('H') => part(11, 13),
            Some('k') => format!("{:>2}", part(11, 13).parse::<i64>().unwrap_or(0)),
            Some('M') => part(14, 16),
            Some('S') => part(17, 19),
            Some('F') => part(0, 10),
            Some('T') => part(11, 19),
            Some('R') => part(11, 16),
            Some('a') => word(0),
            Some('b' | 'h') => word(2),
            Some('A') => full(DAYS, &word(0)),
            Some('B') => full(MONTHS, &word(2)),
            Some('u') => (at_in(DAYS, &word(0)) + 1).to_string(),
            Some('w') => ((at_in(DAYS, &word(0)) + 1) % 7).to_string(),
            Some('j') => format!("{:03}", day_of_year(&long)),
            Some('P') => format_time(at, "%p").to_lowercase(),
            Some('q') => ((part(5, 7).parse::<i64>().unwrap_or(1) + 2) / 3).to_string(),
            Some('I') => format!("{:02}", (part(11, 13).parse::<i64>().unwrap_or(0) + 11) % 12 + 1),
            Some('p') => if part(11, 13).as_str() < "12" { "AM" } else { "PM" }.to_string(),
            Some(sign @ ('V' | 'G' | 'g' | 'U' | 'W')) => by_week(sign, &long, &word(0)),
            Some(sign @ ('_' | '^' | '1'..='9')) => flagged(at, sign, &mut chars),
            Some('D') => format!("{}/{}/{}", part(5, 7), part(8, 10), part(2, 4)),
            Some('C') => part(0, 2),
            Some('t') => "\t".to_string(),
            Some('-') => match chars.next() {
                Some(c) => {
                    let text = format_time(at, &format!("%{c}"));
                    let plain = text.trim_start_matches(['0', ' ']);
                    if plain.is_empty() { "0".to_string() } else { plain.to_string() }
                }
                None => "%-".to_string(),
            },
            Some('y') => part(2, 4),
            Some('Z') => "UTC".to_string(),
            Some('z') => "+0000".to_string(),
            Some('s') => at.unix_millis().div_euclid(1000).to_string(),
            Some('N') => format!("{:03}000000", at.0.rem_euclid(1000)),
            Some('n') => "\n".to_string(),
            Some('%') | None => "%".to_string(),
            Some(c) => joint(c).map_or_else(|| format!("%{c}"), |format| format_time(at, format)),
        };
        out.push_str(&text);
    }
    out
}

/// Letters that stand for several.
fn joint(letter: char) -> Option<&'static str> {
    Some(match letter {
        'c' => "%a %b %e %H:%M:%S %Y",
        'x' => "%m/%d/%y",
        'X' => "%H:%M:%S",
        'r' => "%I:%M:%S %p",
        'l' => "%_I",
        _ => return None,
    })
}

/// A letter behind a flag: `_` for blanks in place of zeros, `^` for large letters, so many places of a second.
fn flagged(at: Millis, flag: char, chars: &mut std::str::Chars<'_>) -> String {
    let Some(letter) = chars.next() else { return format!("%{flag}") };
    let text = format_time(at, &format!("%{letter}"));
    match (flag, letter) {
        ('_', _) => {
            let plain = text.trim_start_matches('0');
            let plain = if plain.is_empty() { "0" } else { plain };
            format!("{plain:>width$}", width = text.len())
        }
        ('^', _) => text.to_uppercase(),
        (places, 'N') => text.chars().take(places.to_digit(10).unwrap_or(9) as usize).collect(),
        _ => format!("%{flag}{letter}"),
    }
}

/// The number of a week, or the year that the week belongs to.
fn by_week(sign: char, date: &str, day: &str) -> String {
    match sign {
        'V' => format!("{:02}", week_of(date, day).1),
        'G' => format!("{:04}", week_of(date, day).0),
        'g' => format!("{:02}", week_of(date, day).0.rem_euclid(100)),
        sign => {
            // How long ago the day was that a week begins with.
            let since = (at_in(DAYS, day) + usize::from(sign == 'U')) % 7;
            format!("{:02}", (day_of_year(date) + 6 - since as i64) / 7)
        }
    }
}

const DAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Which of these names begins so.
fn at_in(names: &[&str], short: &str) -> usize {
    names.iter().position(|name| name.starts_with(short)).unwrap_or(0)
}

fn full(names: &[&str], short: &str) -> String {
    names.get(at_in(names, short)).map_or_else(String::new, |name| (*name).to_string())
}

/// The year and the number of a day's week: one that begins on a Monday and has four days of its year.
fn week_of(date: &str, day: &str) -> (i64, i64) {
    let year = date.get(..4).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(1970);
    let number = day_of_year(date);
    let place = at_in(DAYS, day) as i64 + 1;
    // The day of the week that a year ends with.
    let last = |year: i64| (year + year / 4 - year / 100 + year / 400) % 7;
    let weeks = |year: i64| if last(year) == 4 || last(year - 1) == 3 { 53 } else { 52 };
    match (number - place + 10) / 7 {
        0 => (year - 1, weeks(year - 1)),
        week if week > weeks(year) => (year + 1, 1),
        week => (year, week),
    }
}

/// The number of a day in its year, of `2026-03-01…`.
fn day_of_year(date: &str) -> i64 {
    let number = |from: usize, to: usize| date.get(from..to).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(1);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = usize::try_from(month - 1).unwrap_or(0);
    lengths.iter().take(before).sum::<i64>() + day
}
