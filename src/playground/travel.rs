//! Moving through time: on, step by step, back, and into another course.

use super::{Playground, is_setting, is_visible, record_at};
use crate::model::Millis;
use std::rc::Rc;

/// How far one step looks for something to happen.
const STEP_MAX: Millis = Millis::seconds(24 * 3600);

impl Playground {
    /// Lets virtual time go on for `ms` milliseconds. Returns whether anything was written.
    pub fn advance(&mut self, ms: i64) -> bool {
        self.advance_some(self.now() + Millis(ms.max(0)), usize::MAX).0
    }

    /// Lets virtual time go on until `until`, or until about so much work was done: a moment at which much happens is
    /// taken in several pieces. Returns whether anything was written, and whether it got there.
    pub fn advance_some(&mut self, until: Millis, work: usize) -> (bool, bool) {
        let before = (self.lab().count, self.lab().seen_in_terminals());
        let is_there = if self.attempt.as_ref().is_some_and(|it| !it.is_done()) {
            self.advance_learning(until);
            true
        } else {
            self.history.advance_some(until, work)
        };
        self.version += 1;
        (before != (self.lab().count, self.lab().seen_in_terminals()), is_there)
    }

    /// Goes on to the next moment at which something that can be seen changes. Returns whether there was one.
    pub fn step(&mut self) -> bool {
        let start = self.now();
        let (mut count, seen) = (self.lab().count, self.lab().seen_in_terminals());
        self.version += 1;
        while let Some(next) = self.next_at().filter(|next| *next <= start + STEP_MAX) {
            self.history.advance_to(next.max(self.now()));
            self.follow_lesson();
            if self.lab().count < count {
                count = 0;
            }
            let records = self.history.branch().records();
            let news = records.get(count..self.lab().count).unwrap_or(&[]);
            if self.lab().seen_in_terminals() != seen || news.iter().any(is_visible) {
                return true;
            }
            count = self.lab().count;
        }
        false
    }

    /// The same as [`Playground::step`]: one keypress over any stretch in which nothing changes.
    pub fn skip_idle(&mut self) -> bool {
        self.step()
    }

    /// Goes back to the last earlier moment at which something that can be seen changed. Returns whether there was
    /// one.
    pub fn step_back(&mut self) -> bool {
        let now = self.now();
        let mut before = now;
        loop {
            let records = self.history.branch().records();
            let changes = records.get(..self.lab().count.min(records.len())).unwrap_or(&[]).iter().rev();
            let earlier = changes.filter(|record| is_visible(record)).map(record_at).find(|at| *at < before);
            before = earlier.unwrap_or(Millis::ZERO);
            self.seek(before);
            // A command that writes several objects takes a moment: within it there is nothing to look at.
            if self.now() < now || earlier.is_none() {
                return self.now() < now;
            }
        }
    }

    /// Looks at another moment of the same branch.
    pub fn seek(&mut self, at: Millis) {
        let before = self.now();
        self.history.seek(at.max(Millis::ZERO));
        self.version += 1;
        if self.now() > before {
            self.follow_lesson();
        }
    }

    /// Goes to just before the last thing that was done, ready to act otherwise. Returns whether there was one.
    pub fn undo(&mut self) -> bool {
        self.version += 1;
        while self.history.undo() {
            // A text, a file or a language by itself does nothing.
            let undone = self.history.branch().inputs().get(self.history.seen());
            if !undone.is_some_and(|timed| is_setting(&timed.input)) {
                return true;
            }
        }
        false
    }

    /// Leaves the inputs that follow to the branch they are in, and goes on in a new one. Returns whether there were any.
    pub fn branch_off(&mut self) -> bool {
        self.version += 1;
        self.history.branch_off(|number| format!("branch {number}"))
    }

    /// Starts anew from the same options; the branches so far are gone.
    pub fn reset(&mut self) {
        let editor = Rc::clone(&self.editor);
        let (version, lang) = (self.version + 1, self.lang);
        let anew = self.lesson_anew(self.options.environment.kubernetes);
        *self = anew.unwrap_or_else(|| Playground::new(self.options.clone()));
        self.editor = editor;
        self.lang = lang;
        self.version = version;
    }
}
