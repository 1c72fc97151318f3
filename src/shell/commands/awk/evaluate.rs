//! What expressions of `awk` come to.

use super::input::{split, split_by};
use super::run::{Done, Flow, Runner, Slot, too_long};
use super::syntax::{Binary, Builtin, Comparison, Expr, Name, Place};
use super::value::{Value, compared};
use crate::regex::Pattern;
use std::rc::Rc;

/// How deep functions may call each other.
const CALLS_MAX: usize = 100;
/// The longest text that a value holds, in bytes.
const TEXT_MAX: usize = 1 << 20;

impl Runner<'_> {
    pub(super) fn value(&mut self, expr: &Expr) -> Done<Value> {
        Ok(match expr {
            Expr::Number(number) => Value::Number(*number),
            Expr::Text(text) => Value::Text(Rc::clone(text)),
            Expr::Regex(pattern) => {
                let record = self.field(0.0)?;
                Value::truth(pattern.is_in(&self.text(&record)))
            }
            Expr::Group(inner) => self.value(inner)?,
            Expr::Get(place) => self.get(place)?,
            Expr::Assign(place, value) => {
                let value = self.value(value)?;
                self.assign(place, value.clone())?;
                value
            }
            Expr::Change(place, binary, value) => {
                let right = self.value(value)?.as_number();
                let left = self.get(place)?.as_number();
                let value = Value::Number(self.calculated(*binary, left, right)?);
                self.assign(place, value.clone())?;
                value
            }
            Expr::Step(place, by, is_behind) => {
                let before = self.get(place)?.as_number();
                self.assign(place, Value::Number(before + by))?;
                Value::Number(if *is_behind { before } else { before + by })
            }
            Expr::Binary(binary, left, right) => {
                let (left, right) = (self.value(left)?.as_number(), self.value(right)?.as_number());
                Value::Number(self.calculated(*binary, left, right)?)
            }
            Expr::Compare(comparison, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                Value::truth(self.holds(*comparison, &left, &right))
            }
            Expr::Concat(left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                let text = format!("{}{}", self.text(&left), self.text(&right));
                self.fits_in(&text)?;
                Value::Text(text.into())
            }
            Expr::And(left, right) => Value::truth(self.value(left)?.is_true() && self.value(right)?.is_true()),
            Expr::Or(left, right) => Value::truth(self.value(left)?.is_true() || self.value(right)?.is_true()),
            Expr::Not(value) => Value::truth(!self.value(value)?.is_true()),
            // There is no negative nothing.
            Expr::Minus(value) => Value::Number(0.0 - self.value(value)?.as_number()),
            Expr::Plus(value) => Value::Number(self.value(value)?.as_number()),
            Expr::If(condition, yes, no) => match self.value(condition)?.is_true() {
                true => self.value(yes)?,
                false => self.value(no)?,
            },
            Expr::Match(text, pattern, is_negated) => {
                let text = self.value(text)?;
                let pattern = self.pattern_of(pattern)?;
                Value::truth(pattern.is_in(&self.text(&text)) != *is_negated)
            }
            Expr::In(keys, array) => {
                let key = self.key(keys)?;
                let at = self.array(array)?;
                Value::truth(self.arrays.get(at).is_some_and(|array| array.contains_key(&*key)))
            }
            Expr::Call(name, arguments) => self.call(name, arguments)?,
            Expr::Own(builtin, arguments) => self.own(*builtin, arguments)?,
            Expr::GetLine(into, from) => self.get_line(into.as_ref(), from.as_deref())?,
        })
    }

    fn holds(&self, comparison: Comparison, left: &Value, right: &Value) -> bool {
        let Some(order) = compared(left, right, |value| self.text(value)) else {
            return comparison == Comparison::NotEqual;
        };
        match comparison {
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }

    /// What a text is held against: a pattern, or what a text says.
    fn pattern_of(&mut self, expr: &Expr) -> Done<Rc<Pattern>> {
        if let Expr::Regex(pattern) = expr {
            return Ok(Rc::clone(pattern));
        }
        let value = self.value(expr)?;
        let text = self.text(&value);
        Ok(self.pattern(&text))
    }

    fn slot(&mut self, name: &Name) -> Option<&mut Slot> {
        match name {
            Name::Local(at) => self.locals.last_mut()?.get_mut(*at),
            Name::Global(name) => Some(self.globals.entry(Rc::clone(name)).or_default()),
        }
    }

    fn get(&mut self, place: &Place) -> Done<Value> {
        match place {
            Place::Variable(Name::Global(name)) => {
                if let Some(Slot::Array(_)) = self.globals.get(&**name) {
                    return Err(Flow::Fail(format!("type error in use of {name}")));
                }
                Ok(self.global(name))
            }
            Place::Variable(name) => Ok(match self.slot(name) {
                Some(Slot::Value(value)) => value.clone(),
                _ => Value::Unset,
            }),
            Place::Field(index) => {
                let index = self.value(index)?.as_number();
                self.field(index)
            }
            Place::Element(name, keys) => {
                let key = self.key(keys)?;
                let at = self.array(name)?;
                let Some(array) = self.arrays.get_mut(at) else { return Ok(Value::Unset) };
                // Who asks for an element makes it.
                Ok(array.entry(key).or_insert(Value::Unset).clone())
            }
        }
    }

    pub(super) fn assign(&mut self, place: &Place, value: Value) -> Done<()> {
        match place {
            Place::Variable(Name::Global(name)) => self.set_global(name, value),
            Place::Variable(name) => {
                if let Some(slot) = self.slot(name) {
                    *slot = Slot::Value(value);
                }
            }
            Place::Field(index) => {
                let index = self.value(index)?.as_number();
                self.set_field(index, value)?;
            }
            Place::Element(name, keys) => {
                let key = self.key(keys)?;
                let at = self.array(name)?;
                if let Some(array) = self.arrays.get_mut(at) {
                    array.insert(key, value);
                }
            }
        }
        Ok(())
    }

    /// The keys of an element as one text.
    pub(super) fn key(&mut self, keys: &[Expr]) -> Done<Rc<str>> {
        if let [key] = keys {
            let value = self.value(key)?;
            return Ok(self.text(&value));
        }
        let separator = self.global("SUBSEP");
        let separator = self.text(&separator);
        let mut texts = Vec::new();
        for key in keys {
            let value = self.value(key)?;
            texts.push(self.text(&value));
        }
        Ok(texts.join(&*separator).into())
    }

    /// The number of the array that a name stands for; it is made if need be.
    pub(super) fn array(&mut self, name: &Name) -> Done<usize> {
        let next = self.arrays.len();
        match self.slot(name) {
            Some(Slot::Array(at)) => return Ok(*at),
            Some(slot @ Slot::Unset) => *slot = Slot::Array(next),
            _ => return Err(Flow::Fail("scalar in context requiring array".into())),
        }
        self.arrays.push(Default::default());
        Ok(next)
    }

    fn call(&mut self, name: &str, arguments: &[Expr]) -> Done<Value> {
        let script = self.script;
        let Some(function) = script.functions.iter().find(|function| function.name == name) else {
            return Err(Flow::Unknown);
        };
        self.step()?;
        if self.locals.len() >= CALLS_MAX {
            return Err(Flow::Spent(format!("functions call each other {CALLS_MAX} deep at most")));
        }
        let mut slots = Vec::new();
        for argument in arguments {
            let slot = match argument {
                Expr::Get(Place::Variable(name)) => match self.slot(name).cloned() {
                    Some(slot @ Slot::Array(_)) => slot,
                    Some(Slot::Unset) => Slot::Unset,
                    _ => Slot::Value(self.value(argument)?),
                },
                _ => Slot::Value(self.value(argument)?),
            };
            slots.push(slot);
        }
        slots.resize_with(function.parameters.max(slots.len()), Slot::default);
        self.locals.push(slots);
        let done = self.block(&function.body);
        let slots = self.locals.pop().unwrap_or_default();
        // What the function used as an array is one for its caller.
        for (argument, slot) in arguments.iter().zip(slots) {
            if let (Expr::Get(Place::Variable(name)), Slot::Array(_)) = (argument, &slot)
                && let Some(own @ Slot::Unset) = self.slot(name)
            {
                *own = slot;
            }
        }
        match done {
            Ok(()) => Ok(Value::Unset),
            Err(Flow::Return(value)) => Ok(value),
            Err(flow) => Err(flow),
        }
    }

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

    fn own(&mut self, builtin: Builtin, arguments: &[Expr]) -> Done<Value> {
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
            Builtin::Int => {
                let value = arguments.first().map_or(Ok(Value::Unset), |expr| self.value(expr))?;
                // There is no negative nothing.
                Value::Number(value.as_number().trunc() + 0.0)
            }
            Builtin::Rand => {
                self.random =
                    self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                Value::Number((self.random >> 11) as f64 / (1_u64 << 53) as f64)
            }
            Builtin::Srand => {
                let seed = arguments.first().map_or(Ok(Value::Unset), |expr| self.value(expr))?.as_number();
                self.random = (seed as u64).wrapping_mul(2).wrapping_add(1);
                Value::Number(0.0)
            }
            Builtin::Flush => Value::Number(0.0),
            Builtin::Close => {
                let name = self.text_at(arguments, 0)?;
                self.close(&name);
                Value::Number(0.0)
            }
        })
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
        let text = super::format::sprintf(&format, &values, &|value| self.text(value));
        self.fits_in(&text)?;
        Ok(text)
    }

    /// Counts what it takes to make a text, and sees to it that it is not too long.
    fn fits_in(&mut self, text: &str) -> Done<()> {
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
        let skipped = (number(1)?.unwrap_or(1.0).max(1.0) - 1.0) as usize;
        let taken = number(2)?.unwrap_or(f64::INFINITY).max(0.0) as usize;
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
                split(&text, &separator, |text| self.pattern(text))
            }
            None => {
                let separator = self.global("FS");
                let separator = self.text(&separator);
                split(&text, &separator, |text| self.pattern(text))
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

impl Runner<'_> {
    fn calculated(&self, binary: Binary, left: f64, right: f64) -> Done<f64> {
        Ok(match binary {
            Binary::Add => left + right,
            Binary::Subtract => left - right,
            Binary::Multiply => left * right,
            Binary::Divide if right == 0.0 && !self.has_mawk => return Err(Flow::Fail("division by zero".into())),
            Binary::Remainder if right == 0.0 => return Err(Flow::Fail("division by zero in %".into())),
            Binary::Divide => left / right,
            Binary::Remainder => left % right,
            Binary::Power => {
                // Only whole powers come out the same everywhere.
                if right.trunc() != right || right.abs() > 1100.0 {
                    return Err(Flow::Unknown);
                }
                let whole = (0..right.abs() as u32).fold(1.0, |product, _| product * left);
                if right < 0.0 { 1.0 / whole } else { whole }
            }
        })
    }
}
