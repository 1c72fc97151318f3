//! Runs programs of `awk`: rules, statements, records. Expressions stand in `evaluate.rs`.

use super::outlet::Outlet;
use super::separators::{Source, kept};
use super::syntax::{Expr, Name, Place, Redirect, Script, Statement, When};
use super::value::{Value, as_integer};
use crate::model::Millis;
use crate::regex::Pattern;
use crate::shell::container::FileError;
use crate::shell::language::{Asked, Told};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// The most statements and calls that a program runs, so that no loop holds the page.
const STEPS_MAX: u32 = 5_000_000;
/// The same for one that runs commands, and is run anew after each.
const RERUN_STEPS_MAX: u32 = 2 * STEPS_MAX;
/// A step looks at so many bytes at most; what looks at more takes more steps.
const STEP_BYTES: usize = 1024;
/// The most fields of a record.
pub(super) const FIELDS_MAX: usize = 100_000;
/// The most text that a program writes, in bytes.
pub(super) const OUTPUT_MAX: usize = 1 << 20;

/// Why a statement does not go on to the next.
#[derive(Debug)]
pub enum Flow {
    Next,
    NextFile,
    Break,
    Continue,
    Return(Value),
    Exit(i64),
    /// It cannot: the message.
    Fail(String),
    /// This lab cannot do it.
    Unknown,
    /// It takes more than this lab gives: what ends where.
    Spent(String),
    /// It needs what a command comes to.
    Ask(Box<Asked>),
}

/// What a part of a program came to, or why it went elsewhere.
pub type Done<T> = Result<T, Flow>;

/// What a name stands for.
#[derive(Clone, Debug, Default)]
pub(super) enum Slot {
    #[default]
    Unset,
    Value(Value),
    /// The number of an array.
    Array(usize),
}

/// A program that runs.
pub struct Runner<'a> {
    pub(super) script: &'a Script,
    pub(super) read: &'a dyn Fn(&str) -> Result<String, FileError>,
    pub(super) globals: SharedMap<Rc<str>, Slot>,
    /// The parameters of the functions that run, the innermost last.
    pub(super) locals: Vec<Vec<Slot>>,
    pub(super) arrays: Vec<SharedMap<Rc<str>, Value>>,
    pub(super) record: String,
    pub(super) fields: Vec<Value>,
    pub(super) is_split: bool,
    /// Whether a field was set since the record was put together.
    pub(super) is_stale: bool,
    in_range: Vec<bool>,
    pub(super) patterns: SharedMap<String, Rc<Pattern>>,
    pub(super) operands: Vec<String>,
    pub(super) next_operand: usize,
    pub(super) has_read: bool,
    pub(super) source: Option<Source>,
    pub(super) stdin: Option<String>,
    pub(super) opened: SharedMap<String, Source>,
    /// What commands said, and their exit codes.
    pub(super) heard: SharedMap<String, (Source, i64)>,
    pub(super) outlets: Vec<Outlet>,
    pub(super) told: Told,
    /// The number of the answer that comes next.
    pub(super) next_answer: usize,
    /// How much of what it wrote cannot be held back any more.
    pub(super) flushed: usize,
    pub(super) random: u64,
    pub(super) seed: f64,
    pub(super) now: Millis,
    steps: u32,
    /// Whether numbers look as `mawk` prints them.
    pub(super) has_mawk: bool,
    pub out: String,
    pub err: String,
}

impl<'a> Runner<'a> {
    /// A program at its begin.
    pub fn new(
        script: &'a Script,
        read: &'a dyn Fn(&str) -> Result<String, FileError>,
        stdin: String,
        operands: Vec<String>,
        has_mawk: bool,
        (now, told): (Millis, Told),
    ) -> Runner<'a> {
        let seed = if has_mawk { seconds(now) } else { 1.0 };
        let mut runner = Runner {
            script,
            read,
            globals: SharedMap::new(),
            locals: Vec::new(),
            arrays: Vec::new(),
            record: String::new(),
            fields: Vec::new(),
            is_split: true,
            is_stale: false,
            in_range: vec![false; script.rules.len()],
            patterns: SharedMap::new(),
            operands,
            next_operand: 0,
            has_read: false,
            source: None,
            stdin: Some(stdin),
            opened: SharedMap::new(),
            heard: SharedMap::new(),
            outlets: Vec::new(),
            told,
            next_answer: 0,
            flushed: 0,
            random: seeded(seed),
            seed,
            now,
            steps: 0,
            has_mawk,
            out: String::new(),
            err: String::new(),
        };
        for (name, text) in [
            ("FS", " "),
            ("OFS", " "),
            ("ORS", "\n"),
            ("RS", "\n"),
            ("OFMT", "%.6g"),
            ("CONVFMT", "%.6g"),
            ("SUBSEP", "\u{1c}"),
            ("FILENAME", ""),
        ] {
            runner.set_global(name, Value::Text(text.into()));
        }
        for (name, number) in [("NR", 0.0), ("FNR", 0.0), ("NF", 0.0), ("RSTART", 0.0), ("RLENGTH", -1.0)] {
            runner.set_global(name, Value::Number(number));
        }
        runner
    }

    /// Sets a variable from outside, as `-v` does.
    pub fn set_from_outside(&mut self, name: &str, text: &str) {
        self.set_global(name, Value::of_input(&super::lexer::unescaped(text)));
    }

    /// Fills an array from outside.
    pub fn set_array(&mut self, name: &str, entries: impl Iterator<Item = (String, String)>) {
        let entries = entries.map(|(key, text)| (key.into(), Value::of_input(&text))).collect();
        self.arrays.push(entries);
        self.globals.insert(name.into(), Slot::Array(self.arrays.len() - 1));
    }

    /// Runs the whole program.
    ///
    /// # Errors
    /// What stopped it, if that was not its own will.
    pub fn run(&mut self) -> Done<i64> {
        let script = self.script;
        let mut code = match self.block(&script.begin) {
            Ok(()) => None,
            Err(Flow::Exit(code)) => Some(code),
            Err(flow) => return Err(flow),
        };
        if code.is_none() && (script.has_end || !script.rules.is_empty()) {
            code = self.main_loop()?;
        }
        let code = match self.block(&script.end) {
            // `exit` without a number keeps the one before.
            Err(Flow::Exit(EXIT_PLAIN)) | Ok(()) => code.map_or(0, plain_code),
            Err(Flow::Exit(code)) => code,
            Err(flow) => return Err(flow),
        };
        self.close_all()?;
        Ok(code)
    }

    /// What it is told from now on: how far it came, all its runs together.
    ///
    /// # Errors
    /// When that is too much.
    pub fn take_told(&mut self) -> Done<Told> {
        let mut told = std::mem::take(&mut self.told);
        told.steps = told.steps.saturating_add(self.steps);
        told.said = (self.flushed, self.err.len());
        if told.steps > RERUN_STEPS_MAX {
            return Err(Flow::Spent(format!("a program ends after {RERUN_STEPS_MAX} steps")));
        }
        Ok(told)
    }

    fn main_loop(&mut self) -> Done<Option<i64>> {
        let script = self.script;
        while let Some(record) = self.next_record()? {
            self.set_record(record);
            for (at, rule) in script.rules.iter().enumerate() {
                let fits = self.fits(at, &rule.when)?;
                if !fits {
                    continue;
                }
                let done = match &rule.body {
                    Some(body) => self.block(body),
                    None => self.print(&[], None),
                };
                match done {
                    Ok(()) => {}
                    Err(Flow::Next) => break,
                    Err(Flow::NextFile) => {
                        self.source = None;
                        break;
                    }
                    Err(Flow::Exit(code)) => return Ok(Some(code)),
                    Err(flow) => return Err(flow),
                }
            }
        }
        Ok(None)
    }

    fn fits(&mut self, at: usize, when: &When) -> Done<bool> {
        let (from, to) = match when {
            When::Always => return Ok(true),
            When::Fits(expr) => return Ok(self.value(expr)?.is_true()),
            When::Range(from, to) => (from, to),
        };
        let is_inside = self.in_range.get(at) == Some(&true);
        if !is_inside && !self.value(from)?.is_true() {
            return Ok(false);
        }
        let is_last = self.value(to)?.is_true();
        if let Some(inside) = self.in_range.get_mut(at) {
            *inside = !is_last;
        }
        Ok(true)
    }

    /// Counts a step.
    pub(super) fn step(&mut self) -> Done<()> {
        self.step_over(0)
    }

    /// Counts a step that looks at so many bytes: long texts take as much of the time as many statements do.
    pub(super) fn step_over(&mut self, bytes: usize) -> Done<()> {
        let steps = u32::try_from(bytes / STEP_BYTES).unwrap_or(u32::MAX).saturating_add(1);
        self.steps = self.steps.saturating_add(steps);
        match () {
            () if self.steps > STEPS_MAX => Err(Flow::Spent(format!("a program ends after {STEPS_MAX} steps"))),
            () if self.out.len() > OUTPUT_MAX => Err(too_long()),
            () => Ok(()),
        }
    }

    /// The value of a variable of the whole program.
    pub(super) fn global(&mut self, name: &str) -> Value {
        if name == "NF" {
            self.split_record();
        }
        match self.globals.get(name) {
            Some(Slot::Value(value)) => value.clone(),
            _ => Value::Unset,
        }
    }

    pub(super) fn global_text(&self, name: &str) -> Rc<str> {
        match self.globals.get(name) {
            Some(Slot::Value(value)) => self.text(value),
            _ => "".into(),
        }
    }

    pub(super) fn set_global(&mut self, name: &str, value: Value) {
        if name == "NF" && self.has_begun() {
            self.split_record();
            let count = value.as_number().max(0.0) as usize;
            self.resize(count.min(FIELDS_MAX));
            return;
        }
        if name == "FS" && self.has_begun() {
            // It counts from the next record on.
            self.split_record();
        }
        self.globals.insert(name.into(), Slot::Value(value));
    }

    fn has_begun(&self) -> bool {
        self.globals.get("RLENGTH").is_some()
    }

    /// A value as text.
    pub(super) fn text(&self, value: &Value) -> Rc<str> {
        self.text_by(value, "CONVFMT")
    }

    fn text_by(&self, value: &Value, format: &str) -> Rc<str> {
        match value {
            Value::Unset => "".into(),
            Value::Text(text) | Value::Numeric(text, _) => Rc::clone(text),
            Value::Number(number) => match as_integer(*number, self.has_mawk) {
                Some(integer) => integer.to_string().into(),
                None => {
                    let format = match self.globals.get(format) {
                        Some(Slot::Value(Value::Text(text))) => Rc::clone(text),
                        _ => "%.6g".into(),
                    };
                    super::format::sprintf(&format, std::slice::from_ref(value), self.has_mawk, &|_| "".into()).into()
                }
            },
        }
    }

    /// A pattern that is made of a text.
    pub(super) fn pattern(&mut self, text: &str) -> Rc<Pattern> {
        kept(&mut self.patterns, text)
    }

    pub(super) fn block(&mut self, statements: &[Statement]) -> Done<()> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Statement) -> Done<()> {
        self.step()?;
        match statement {
            Statement::Expr(expr) => self.value(expr).map(|_| ()),
            Statement::Print(values, to) => self.print(values, to.as_ref()),
            Statement::Printf(values, to) => {
                let text = self.formatted(values)?;
                self.write(&text, to.as_ref())
            }
            Statement::If(condition, yes, no) => match (self.value(condition)?.is_true(), no) {
                (true, _) => self.statement(yes),
                (false, Some(no)) => self.statement(no),
                (false, None) => Ok(()),
            },
            Statement::While(condition, body) => self.repeat(Some(condition), None, body),
            Statement::Do(body, condition) => match self.round(body)? {
                true => self.repeat(Some(condition), None, body),
                false => Ok(()),
            },
            Statement::For(first, condition, step, body) => {
                if let Some(first) = first {
                    self.statement(first)?;
                }
                self.repeat(condition.as_ref(), step.as_deref(), body)
            }
            Statement::ForIn(place, array, body) => self.each(place, array, body),
            Statement::Block(statements) => self.block(statements),
            Statement::Next => Err(Flow::Next),
            Statement::NextFile => Err(Flow::NextFile),
            Statement::Break => Err(Flow::Break),
            Statement::Continue => Err(Flow::Continue),
            Statement::Exit(None) => Err(Flow::Exit(EXIT_PLAIN)),
            Statement::Exit(Some(code)) => Err(Flow::Exit((self.value(code)?.as_number() as i64) & 0xff)),
            Statement::Return(None) => Err(Flow::Return(Value::Unset)),
            Statement::Return(Some(value)) => Err(Flow::Return(self.value(value)?)),
            Statement::Delete(name, keys) => self.delete(name, keys.as_deref()),
        }
    }

    /// One round of a loop. Returns whether it goes on.
    fn round(&mut self, body: &Statement) -> Done<bool> {
        match self.statement(body) {
            Ok(()) | Err(Flow::Continue) => Ok(true),
            Err(Flow::Break) => Ok(false),
            Err(flow) => Err(flow),
        }
    }

    fn repeat(&mut self, condition: Option<&Expr>, step: Option<&Statement>, body: &Statement) -> Done<()> {
        loop {
            self.step()?;
            if let Some(condition) = condition
                && !self.value(condition)?.is_true()
            {
                return Ok(());
            }
            if !self.round(body)? {
                return Ok(());
            }
            if let Some(step) = step {
                self.statement(step)?;
            }
        }
    }

    fn each(&mut self, place: &Place, array: &Name, body: &Statement) -> Done<()> {
        let at = self.array(array)?;
        let keys: Vec<Rc<str>> = self.arrays.get(at).map(|array| array.keys().cloned().collect()).unwrap_or_default();
        for key in keys {
            self.assign(place, Value::of_input(&key))?;
            if !self.round(body)? {
                break;
            }
        }
        Ok(())
    }

    fn delete(&mut self, name: &Name, keys: Option<&[Expr]>) -> Done<()> {
        let key = keys.map(|keys| self.key(keys)).transpose()?;
        let at = self.array(name)?;
        let Some(array) = self.arrays.get_mut(at) else { return Ok(()) };
        match key {
            Some(key) => _ = array.remove(&*key),
            None => array.clear(),
        }
        Ok(())
    }

    fn print(&mut self, values: &[Expr], to: Option<&Redirect>) -> Done<()> {
        let mut text = String::new();
        if values.is_empty() {
            let record = self.field(0.0)?;
            text.push_str(&self.text(&record));
        }
        for (at, value) in values.iter().enumerate() {
            let value = self.value(value)?;
            if at > 0 {
                text.push_str(&self.global_text("OFS"));
            }
            text.push_str(&self.text_by(&value, "OFMT"));
        }
        text.push_str(&self.global_text("ORS"));
        self.write(&text, to)
    }
}

/// What is said of a text that gets too long, in a variable or on the way out.
pub(super) fn too_long() -> Flow {
    Flow::Spent(format!("a text ends at {} KiB", OUTPUT_MAX / 1024))
}

/// A moment as `awk` counts it.
pub(super) fn seconds(now: Millis) -> f64 {
    now.unix_millis().div_euclid(1000) as f64
}

/// What numbers by chance begin with.
pub(super) fn seeded(seed: f64) -> u64 {
    (seed as i64 as u64).wrapping_mul(2).wrapping_add(1)
}

/// `exit` without a number.
const EXIT_PLAIN: i64 = 1 << 20;

fn plain_code(code: i64) -> i64 {
    if code == EXIT_PLAIN { 0 } else { code }
}
