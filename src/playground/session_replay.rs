//! A stored session on its way back: what was done in it is played again, in slices that leave time for other things.

use super::branches::FIRST_BRANCH;
use super::session_text::{Bounds, ReadBranch, branch_from_value, read_options};
use super::{Attempt, Lab, Options, Playground};
use crate::i18n::Lang;
use crate::model::{Millis, Value};
use crate::sim::{History, Replay, Sim, World as _};
use std::cell::RefCell;
use std::rc::Rc;

/// A session that is being played again.
pub struct Restoring {
    options: Options,
    editor: Rc<str>,
    attempt: Option<Rc<Attempt>>,
    bounds: Bounds,
    history: History<Lab>,
    branches: Vec<ReadBranch>,
    /// How many of the branches were begun.
    begun: usize,
    /// Which branch was looked at, when, and how many of its inputs were done, where the moment does not tell.
    current: usize,
    at: Millis,
    seen: Option<usize>,
    are_beside: bool,
}

impl Playground {
    /// The session that [`Playground::save`] wrote, replayed.
    ///
    /// # Errors
    /// What is wrong with the text: too long, not JSON, another version, or a field that does not fit.
    pub fn restore(text: &str) -> Result<Playground, String> {
        Playground::restore_within(text, Bounds::NONE)
    }

    /// The same for a text from anybody, as in a link: with bounds on inputs, branches, virtual time and work.
    ///
    /// # Errors
    /// What is wrong with the text, or which bound it exceeds.
    pub fn restore_shared(text: &str) -> Result<Playground, String> {
        Playground::restore_within(text, Bounds::SHARED)
    }

    pub(super) fn restore_within(text: &str, bounds: Bounds) -> Result<Playground, String> {
        let mut restoring = Restoring::new(text, bounds)?;
        while !restoring.go_on(usize::MAX)? {}
        Ok(restoring.finish())
    }

    /// Begins to play the session that [`Playground::save`] wrote.
    ///
    /// # Errors
    /// What is wrong with the text: too long, not JSON, another version, or a field that does not fit.
    pub fn restoring(text: &str) -> Result<Restoring, String> {
        Restoring::new(text, Bounds::NONE)
    }

    /// The same for a text from anybody, as in a link: with bounds on inputs, branches, virtual time and work.
    ///
    /// # Errors
    /// What is wrong with the text, or which bound it exceeds.
    pub fn restoring_shared(text: &str) -> Result<Restoring, String> {
        Restoring::new(text, Bounds::SHARED)
    }

    /// The same for a text from a file that the reader chose: longer than what a link holds, and yet not without bounds.
    ///
    /// # Errors
    /// What is wrong with the text, or which bound it exceeds.
    pub fn restoring_file(text: &str) -> Result<Restoring, String> {
        Restoring::new(text, Bounds::FILE)
    }
}

impl Restoring {
    pub(super) fn new(text: &str, bounds: Bounds) -> Result<Restoring, String> {
        let (saved, options) = read_options(text)?;
        let sim = Sim::new(options.seed, options.environment.clone());
        let mut branches = Vec::new();
        for (number, branch) in saved.list_at(&["branches"]).iter().enumerate() {
            let read = branch_from_value(branch, number).ok_or_else(|| format!("branch {number} does not fit"))?;
            if number >= bounds.branches || read.inputs.len() > bounds.inputs || read.end > bounds.time {
                return Err("the session is longer than a shared one may be".into());
            }
            branches.push(read);
        }
        let number_at = |key: &str| saved.i64_at(&[key]).and_then(|count| usize::try_from(count).ok());
        Ok(Restoring {
            editor: saved.str_at(&["editor"]).into(),
            attempt: saved.get("lesson").and_then(Attempt::from_value).map(Rc::new),
            history: History::new(Lab::new(sim), FIRST_BRANCH),
            current: number_at("current").unwrap_or(0),
            at: Millis(saved.i64_at(&["at"]).unwrap_or(0)).max(Millis::ZERO),
            seen: number_at("seen"),
            are_beside: saved.get("beside").and_then(Value::as_bool) == Some(true),
            begun: 0,
            options,
            bounds,
            branches,
        })
    }

    /// Plays on for about so much work. Returns whether everything was played.
    ///
    /// # Errors
    /// The bound that the session exceeds.
    pub fn go_on(&mut self, work: usize) -> Result<bool, String> {
        let mut left = work;
        loop {
            let before = self.history.world().work_count();
            if self.begun > 0 && !self.history.replay_some(left) {
                return Ok(false);
            }
            if self.history.is_too_much() {
                return Err("the session takes more work than a shared one may".into());
            }
            left = left.saturating_sub(self.history.world().work_count().saturating_sub(before));
            let number = self.begun;
            let Some(branch) = self.branches.get_mut(number) else { return Ok(true) };
            let (name, inputs) = (std::mem::take(&mut branch.name), std::mem::take(&mut branch.inputs));
            let replay = Replay { number, name, parent: branch.parent, inputs, end: branch.end };
            self.history.begin_branch(replay, self.bounds.work);
            self.begun += 1;
        }
    }

    /// How much of the session's virtual time was played, in thousandths.
    pub fn progress(&self) -> u32 {
        let all: i64 = self.branches.iter().map(|branch| branch.end.0).sum();
        let before = self.branches.iter().take(self.begun.saturating_sub(1)).map(|branch| branch.end.0).sum::<i64>();
        let done = before + if self.begun > 0 { self.history.branch().end().0 } else { 0 };
        u32::try_from((done * 1000).checked_div(all).unwrap_or(1000)).unwrap_or(1000).min(1000)
    }

    /// The session at the moment that was looked at. What was not played is left out.
    pub fn finish(mut self) -> Playground {
        self.history.allow_all();
        self.history.switch(self.current);
        let at = self.at.min(self.history.branch().end());
        match self.seen {
            Some(count) => self.history.seek_before(count, at),
            None => self.history.seek(at),
        }
        Playground {
            terminal: self.history.world().terminal(),
            are_beside: self.are_beside,
            options: self.options,
            history: self.history,
            editor: self.editor,
            lang: Lang::En,
            version: 1,
            attempt: self.attempt,
            looked: (usize::MAX, 0, 0),
            cursor: RefCell::default(),
        }
    }
}
