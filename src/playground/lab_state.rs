//! One state of the lab: a simulation with its consoles, as history keeps and replays it.

use super::ahead;
use super::terminals::Terminals;
use super::{Entry, Input, Record};
use crate::cluster::Change;
use crate::explain::{Lights, Origins};
use crate::kubectl::{Console, Host, Output};
use crate::model::{Millis, Text};
use crate::sim::{Sim, World};
use std::rc::Rc;

/// The most entries that the console keeps, and the most lines in all of them.
const ENTRIES_MAX: usize = 1000;
const LINES_MAX: usize = 100_000;

/// The most work that is done at one moment before time goes on.
const MOMENT_STEPS_MAX: u32 = 200_000;

/// A cluster and the console that is connected to it.
#[derive(Clone)]
pub(super) struct Lab {
    pub(super) sim: Sim,
    pub(super) terminals: Terminals,
    pub(super) editor: Rc<str>,
    /// Whether it was said what a command in the background is.
    pub(super) knows_background: bool,
    /// The text that a command handed to the editor last, with its name and a number that rises with each.
    pub(super) opened: Option<(u64, Rc<str>, Rc<str>)>,
    pub(super) fresh: Vec<Record>,
    /// What was written since waiting commands were polled last.
    pub(super) unheard: Vec<Change>,
    /// The part of it that is told in the console's turn.
    pub(super) news: Vec<Change>,
    pub(super) count: usize,
    /// How many pieces of work were done.
    pub(super) steps: usize,
    /// A moment, and how much was done at it.
    pub(super) moment: (Millis, u32),
    /// What happened to each object last, and which input was behind it.
    pub(super) origins: Origins,
    /// What a StatefulSet promises, and what was broken.
    pub(super) lights: Lights,
    /// The line whose writes are the console's now.
    pub(super) line: Text,
    /// Everything that was done so far.
    pub(super) past: ahead::Past,
    pub(super) plans: ahead::Plans,
}

impl Lab {
    pub(super) fn new(mut sim: Sim) -> Lab {
        // What was there before anybody looked is not news.
        sim.take_changes();
        sim.take_decisions();
        Lab {
            sim,
            terminals: Terminals::default(),
            editor: "".into(),
            knows_background: false,
            opened: None,
            fresh: Vec::new(),
            unheard: Vec::new(),
            news: Vec::new(),
            count: 0,
            steps: 0,
            moment: (Millis::ZERO, 0),
            origins: Origins::default(),
            lights: Lights::default(),
            line: Text::default(),
            past: ahead::Past::default(),
            plans: ahead::Plans::default(),
        }
    }

    /// Lets the console act, tells the controllers, and keeps what was said and what happened.
    pub(super) fn console<T>(&mut self, act: impl FnOnce(&mut Console, &mut dyn Host) -> (Output, T)) -> T {
        self.sim.catch_up();
        self.news = std::mem::take(&mut self.unheard);
        let mut console = self.terminals.take_console();
        let work = console.work_count();
        let (output, result) = act(&mut console, self);
        self.steps += console.work_count() - work;
        self.terminals.here_mut().console = console;
        self.news.clear();
        self.sim.act(|_| ());
        self.collect(true);
        self.say(output);
        result
    }

    /// Does the next thing that is due at `until` or before. Returns whether anything was written.
    pub(super) fn step(&mut self, until: Millis) -> bool {
        self.steps += 1;
        self.leave_busy_moment();
        self.sim.step(until);
        self.collect(false)
    }

    /// Controllers that undo each other's work at one moment do not hold time up for ever.
    fn leave_busy_moment(&mut self) {
        let now = self.sim.now();
        let count = if self.moment.0 == now { self.moment.1 + 1 } else { 0 };
        self.moment = (now, count);
        if count > MOMENT_STEPS_MAX {
            self.sim.cluster.set_now(now + Millis(1));
            self.hint("moment.busy", &[("count", &MOMENT_STEPS_MAX.to_string())]);
        }
    }

    pub(super) fn say(&mut self, mut output: Output) {
        if output.is_empty() {
            return;
        }
        if let Some((name, text)) = output.opens.take() {
            let number = self.opened.as_ref().map_or(0, |opened| opened.0) + 1;
            self.opened = Some((number, name.into(), text.into()));
        }
        if output.clears {
            self.terminals.here_mut().entries = Rc::default();
        }
        if !output.lines.is_empty() {
            let at = self.sim.now();
            self.keep(Entry::Said { at, output });
        }
    }

    pub(super) fn keep(&mut self, entry: Entry) {
        let entries = Rc::make_mut(&mut self.terminals.here_mut().entries);
        if entries.len() >= ENTRIES_MAX {
            entries.drain(..ENTRIES_MAX / 4);
        }
        entries.push(Rc::new(entry));
        let lines = |entry: &Rc<Entry>| match entry.as_ref() {
            Entry::Said { output, .. } => output.lines.len(),
            Entry::Typed { .. } => 1,
        };
        let mut kept = 0;
        let first = entries.iter().rposition(|entry| {
            kept += lines(entry);
            kept > LINES_MAX
        });
        if let Some(first) = first.filter(|first| *first + 1 < entries.len()) {
            entries.drain(..=first);
        }
    }

    /// Takes what happened; the console's own writes are the user's.
    pub(super) fn collect(&mut self, is_users: bool) -> bool {
        let changes = self.sim.take_changes();
        let decisions = self.sim.take_decisions();
        self.origins.note(&changes, &decisions, is_users.then_some(&self.line));
        self.lights.note(&changes, &self.sim.cluster, &self.origins);
        let has_changes = !changes.is_empty();
        self.count += changes.len() + decisions.len();
        self.fresh.extend(decisions.into_iter().map(Record::Decision));
        self.unheard.extend(changes.iter().cloned());
        self.fresh.extend(changes.into_iter().map(Record::Change));
        has_changes
    }

    /// Commands that wait hear of what was written, in every terminal.
    pub(super) fn poll(&mut self) {
        let heard = std::mem::take(&mut self.unheard);
        let mut later = Vec::new();
        self.in_each_terminal(|lab| {
            lab.unheard.clone_from(&heard);
            if let Some(waiting) = lab.terminals.here().console.waiting() {
                lab.line = waiting.line.into();
            }
            lab.console(|console, host| (console.poll(host), ()));
            lab.take_queued();
            later.append(&mut lab.unheard);
        });
        self.unheard = later;
    }

    /// When a command that waits, in any terminal, is to look again.
    pub(super) fn wakes_at(&self) -> Option<Millis> {
        self.terminals.iter().filter_map(|it| it.console.wakes_at()).min()
    }
}

impl World for Lab {
    type Input = Input;
    type Record = Record;

    fn now(&self) -> Millis {
        self.sim.now()
    }

    fn record_count(&self) -> usize {
        self.count
    }

    fn take_records(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.fresh)
    }

    fn apply(&mut self, input: &Input) {
        self.past.note(self.now(), input);
        if self.arrange_terminals(input) {
            return;
        }
        match input {
            Input::Editor(text) => self.editor = Rc::clone(text),
            Input::Lang(lang) => self.terminals.iter_mut().for_each(|it| it.console.set_lang(*lang)),
            Input::File(name, text) => self.terminals.latest_mut().console.put_file(name, text),
            Input::Answer(text) => {
                self.turn_to_editing();
                self.console(|console, host| (console.answer(text.as_deref(), host), ()));
            }
            Input::Interrupt => self.console(|console, host| (console.interrupt(host), ())),
            Input::Line(text) => self.type_in(text),
            Input::Ask(text) => self.ask(text),
            Input::Background => self.put_behind(),
            Input::End(number) => drop(self.terminals.here_mut().console.end_job(*number)),
            Input::Forget => self.terminals.here_mut().queue = Rc::default(),
            Input::Terminal(_) | Input::Close(_) => {}
        }
        self.take_queued();
    }

    fn work_count(&self) -> usize {
        self.count + self.steps
    }

    fn advance_some(&mut self, until: Millis, work_max: usize) -> bool {
        let enough = self.work_count().saturating_add(work_max);
        loop {
            if self.work_count() >= enough {
                return false;
            }
            let wake = self.wakes_at().filter(|at| *at <= until);
            let due = self.sim.next_at().filter(|at| *at <= until);
            match (wake, due) {
                (Some(wake), due) if due.is_none_or(|due| wake < due) => {
                    self.steps += 1;
                    self.sim.advance_to(wake.max(self.sim.now()));
                    self.poll();
                    if self.wakes_at().is_some_and(|again| again <= wake) {
                        // A job that asks for the same moment again gets the next one.
                        self.sim.advance_to(Millis(wake.0.saturating_add(1)).min(until));
                        if wake >= until {
                            break;
                        }
                    }
                }
                (_, Some(_)) => {
                    if self.step(until) {
                        self.poll();
                    }
                }
                (_, None) => break,
            }
        }
        self.sim.advance_to(until);
        true
    }
}
