//! The functions that every `awk` has.

use super::math;
use super::run::{Done, Flow, Runner, Slot, seconds, seeded, too_long};
use super::separators::{split, split_by};
use super::syntax::{Builtin, Expr, Place};
use super::value::Value;
use crate::model::Millis;
use crate::regex::Pattern;
use crate::shell::commands::{format_time, moment};
use std::rc::Rc;

/// The longest text that a value holds, in bytes.
const TEXT_MAX: usize = 1 << 20;

impl Runner<'_> {
    /// The text of an argument.
    fn text_at(&mut self, arguments: &[Expr], at: usize) -> Done<Rc<str>> {
        let value = match arguments.get(at) {
            Some(expr) => self.value(expr)?,
            None => Value::Unset,
        };
        let text = self.text(&value);
        self.step_over(text.len())?;
        Ok(text)
    }

    pub(super) fn own(&mut self, builtin: Builtin, arguments: &[Expr]) -> Done<Value> {
        let count = |count: usize| Value::Number(count as f64);
        Ok(match builtin {
            Builtin::Length => match arguments.first() {
                Some(Expr::Get(Place::Variable(name))) if matches!(self.slot(name), Some(Slot::Array(_))) => {
                    let at = self.array(name)?;
                    count(self.arrays.get(at).map_or(0, |array| array.len()))
                }
                Some(_) => count(self.text_at(arguments, 0)?.chars().count()),
                None => {
                    let record = self.field(0.0)?;
                    count(self.text(&record).chars().count())
                }
            },
            Builtin::Substr => self.substring(arguments)?,
            Builtin::Index => {
                let (text, part) = (self.text_at(arguments, 0)?, self.text_at(arguments, 1)?);
                let before = text.find(&*part).and_then(|at| text.get(..at));
                count(before.map_or(0, |before| before.chars().count() + 1))
            }
            Builtin::Split => self.split(arguments)?,
            Builtin::Sub => self.substituted(arguments, false)?,
            Builtin::Gsub => self.substituted(arguments, true)?,
            Builtin::Match => self.find(arguments)?,
            Builtin::Sprintf => Value::Text(self.formatted(arguments)?.into()),
            Builtin::ToLower => Value::Text(self.text_at(arguments, 0)?.to_ascii_lowercase().into()),
            Builtin::ToUpper => Value::Text(self.text_at(arguments, 0)?.to_ascii_uppercase().into()),
            Builtin::TimeText => {
                let format = match arguments.first() {
                    Some(_) => self.text_at(arguments, 0)?,
                    None => "%a %b %e %H:%M:%S %Y".into(),
                };
                let at = match arguments.get(1) {
                    Some(_) => self.number_at(arguments, 1)?,
                    None => seconds(self.now),
                };
                let at = Millis::from_unix_millis((at as i64).saturating_mul(1000));
                Value::Text(format_time(at, &format).into())
            }
            builtin => Value::Number(self.number_of(builtin, arguments)?),
        })
    }

    /// What the functions come to whose value is a number.
    fn number_of(&mut self, builtin: Builtin, arguments: &[Expr]) -> Done<f64> {
        Ok(match builtin {
            // There is no negative nothing.
            Builtin::Int => self.number_at(arguments, 0)?.trunc() + 0.0,
            Builtin::Rand => {
                self.random =
                    self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (self.random >> 11) as f64 / (1_u64 << 53) as f64
            }
            Builtin::Srand => {
                let now = seconds(self.now);
                let seed = if arguments.is_empty() { now } else { self.number_at(arguments, 0)? };
                self.random = seeded(seed);
                std::mem::replace(&mut self.seed, seed)
            }
            Builtin::Flush => {
                self.flush();
                0.0
            }
            Builtin::Close => {
                let name = self.text_at(arguments, 0)?;
                self.close(&name)?
            }
            Builtin::System => {
                let command = self.text_at(arguments, 0)?;
                self.flush();
                self.command(&command, None, false)?.1 as f64
            }
            Builtin::Math(function) => function(self.number_at(arguments, 0)?),
            Builtin::Atan2 => math::atan2(self.number_at(arguments, 0)?, self.number_at(arguments, 1)?),
            Builtin::Bits(function) => {
                let (one, other) = (self.number_at(arguments, 0)?, self.number_at(arguments, 1)?);
                function(one as u64, other as u64) as f64
            }
            Builtin::Now => seconds(self.now),
            Builtin::TimeOf => {
                let text = self.text_at(arguments, 0)?;
                let parts: Vec<&str> = text.split_whitespace().collect();
                let [year, month, day, hour, minute, second, ..] = parts.as_slice() else { return Ok(-1.0) };
                let text = format!("{year:0>4}-{month:0>2}-{day:0>2} {hour:0>2}:{minute:0>2}:{second:0>2}Z");
                moment(&text, self.now, true).map_or(-1.0, seconds)
            }
            _ => 0.0,
        })
    }

    fn number_at(&mut self, arguments: &[Expr], at: usize) -> Done<f64> {
        arguments.get(at).map_or(Ok(0.0), |expr| self.value(expr).map(|value| value.as_number()))
    }

    pub(super) fn formatted(&mut self, arguments: &[Expr]) -> Done<String> {
        let format = self.text_at(arguments, 0)?;
        let mut values = Vec::new();
        for argument in arguments.iter().skip(1) {
            values.push(self.value(argument)?);
        }
        let places = super::format::places(&format);
        if self.has_mawk && places > values.len() {
            let name = self.global("FILENAME");
            let (name, lines) = (self.text(&name), ["FNR", "NR"].map(|name| self.global(name).as_number()));
            return Err(Flow::Fail(format!(
                "run time error: not enough arguments passed to printf(\"{format}\")\n\tFILENAME=\"{name}\" FNR={} NR={}",
                lines[0], lines[1]
            )));
        }
        let text = super::format::sprintf(&format, &values, self.has_mawk, &|value| self.text(value));
        self.fits_in(&text)?;
        Ok(text)
    }

    /// Counts what it takes to make a text, and sees to it that it is not too long.
    pub(super) fn fits_in(&mut self, text: &str) -> Done<()> {
        self.step_over(text.len())?;
        if text.len() > TEXT_MAX { Err(too_long()) } else { Ok(()) }
    }

    fn substring(&mut self, arguments: &[Expr]) -> Done<Value> {
        let text = self.text_at(arguments, 0)?;
        let mut number = |at: usize| match arguments.get(at) {
            Some(expr) => self.value(expr).map(|value| Some(value.as_number().trunc())),
            None => Ok(None),
        };
        // What begins before the text begins with it, and is no shorter for that.
        let begin = number(1)?.unwrap_or(1.0);
        let taken = number(2)?.unwrap_or(f64::INFINITY);
        // `mawk` takes as many more as it begins before the text.
        let more = if self.has_mawk { (-begin).max(0.0) } else { 0.0 };
        let (skipped, taken) = (begin.max(1.0) as usize - 1, (taken + more).max(0.0) as usize);
        Ok(Value::Text(text.chars().skip(skipped).take(taken).collect::<String>().into()))
    }

    fn split(&mut self, arguments: &[Expr]) -> Done<Value> {
        let text = self.text_at(arguments, 0)?;
        let Some(Expr::Get(Place::Variable(name))) = arguments.get(1) else { return Err(Flow::Unknown) };
        let parts = match arguments.get(2) {
            Some(Expr::Regex(_)) if text.is_empty() => Vec::new(),
            Some(Expr::Regex(pattern)) => split_by(&text, pattern),
            Some(_) => {
                let separator = self.text_at(arguments, 2)?;
                split(&text, &separator, self.has_mawk, |text| self.pattern(text))
            }
            None => {
                let separator = self.global("FS");
                let separator = self.text(&separator);
                split(&text, &separator, self.has_mawk, |text| self.pattern(text))
            }
        };
        let at = self.array(name)?;
        let entries = parts.iter().enumerate().map(|(at, part)| ((at + 1).to_string().into(), Value::of_input(part)));
        if let Some(array) = self.arrays.get_mut(at) {
            *array = entries.collect();
        }
        Ok(Value::Number(parts.len() as f64))
    }

    fn find(&mut self, arguments: &[Expr]) -> Done<Value> {
        let text = self.text_at(arguments, 0)?;
        let pattern = match arguments.get(1) {
            Some(expr) => self.pattern_of(expr)?,
            None => return Err(Flow::Unknown),
        };
        let found = pattern.find(&text.chars().collect::<Vec<_>>(), 0);
        let (start, length) = found.map_or((0.0, -1.0), |(from, to)| (from as f64 + 1.0, (to - from) as f64));
        self.set_global("RSTART", Value::Number(start));
        self.set_global("RLENGTH", Value::Number(length));
        Ok(Value::Number(start))
    }

    /// `sub` and `gsub`.
    fn substituted(&mut self, arguments: &[Expr], is_global: bool) -> Done<Value> {
        let Some(first) = arguments.first() else { return Err(Flow::Unknown) };
        let pattern = self.pattern_of(first)?;
        let with = self.text_at(arguments, 1)?;
        let whole = Place::Field(Rc::new(Expr::Number(0.0)));
        let place = match arguments.get(2) {
            None => Some(&whole),
            Some(Expr::Get(place)) => Some(place),
            Some(_) => None,
        };
        let before = match (place, arguments.get(2)) {
            (Some(place), _) => self.get(place)?,
            (None, Some(expr)) => self.value(expr)?,
            (None, None) => Value::Unset,
        };
        let chars: Vec<char> = self.text(&before).chars().collect();
        let (text, count) = replaced(&chars, &pattern, &with, is_global);
        self.fits_in(&text)?;
        if let Some(place) = place.filter(|_| count > 0) {
            self.assign(place, Value::Text(text.into()))?;
        }
        Ok(Value::Number(count as f64))
    }
}

/// A text in which what fits is replaced; `&` stands for what fitted.
fn replaced(chars: &[char], pattern: &Pattern, with: &str, is_global: bool) -> (String, usize) {
    let mut out = String::new();
    let (mut at, mut count) = (0, 0);
    let mut last_end = None;
    while at <= chars.len() {
        let Some((from, to)) = pattern.find(chars, at).filter(|_| count == 0 || is_global) else { break };
        out.extend(chars.get(at..from).unwrap_or(&[]));
        // Nothing behind a find is none of its own.
        if from < to || last_end != Some(from) {
            put(&mut out, with, chars.get(from..to).unwrap_or(&[]));
            count += 1;
        }
        last_end = Some(to);
        at = to;
        if from == to {
            out.extend(chars.get(at));
            at += 1;
        }
    }
    out.extend(chars.get(at..).unwrap_or(&[]));
    (out, count)
}

fn put(out: &mut String, with: &str, found: &[char]) {
    let mut letters = with.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek().is_some_and(|next| matches!(next, '&' | '\\')) => out.extend(letters.next()),
            '&' => out.extend(found),
            letter => out.push(letter),
        }
    }
}
