//! What expressions of `awk` come to.

use super::math;
use super::run::{Done, Flow, Runner, Slot};
use super::syntax::{Binary, Comparison, Expr, Name, Place};
use super::value::{Value, compared};
use crate::regex::Pattern;
use std::rc::Rc;

/// How deep functions may call each other.
const CALLS_MAX: usize = 100;

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
            Expr::GetLine(into, from) => self.get_line(into.as_ref(), from)?,
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
    pub(super) fn pattern_of(&mut self, expr: &Expr) -> Done<Rc<Pattern>> {
        if let Expr::Regex(pattern) = expr {
            return Ok(Rc::clone(pattern));
        }
        let value = self.value(expr)?;
        let text = self.text(&value);
        Ok(self.pattern(&text))
    }

    pub(super) fn slot(&mut self, name: &Name) -> Option<&mut Slot> {
        match name {
            Name::Local(at) => self.locals.last_mut()?.get_mut(*at),
            Name::Global(name) => Some(self.globals.entry(Rc::clone(name)).or_default()),
        }
    }

    pub(super) fn get(&mut self, place: &Place) -> Done<Value> {
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
            return Err(Flow::Fail("cmd. line:1: Call to undefined function".into()));
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
            Binary::Power => math::pow(left, right),
        })
    }
}
