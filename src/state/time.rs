//! How time goes on: from frames of the screen to virtual time, and back and forth in it.

use super::{Action, Effect, Event, State};
use crate::model::Millis;
use crate::playground::Outlook;

/// Real time in microseconds since some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micros(pub i64);

/// The paces of time, in thousandths of real time.
pub const SPEEDS: [u32; 7] = [250, 500, 1000, 2000, 4000, 8000, 16000];

/// How time goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Whether it does.
    pub is_playing: bool,
    /// Index into [`SPEEDS`].
    pub speed: usize,
    /// Whether motion is unwanted: states are shown at once.
    pub is_still: bool,
}

impl Pace {
    /// Thousandths of real time.
    pub fn permille(self) -> u32 {
        SPEEDS.get(self.speed).copied().unwrap_or(1000)
    }
}

/// A frame that comes later than this (a sleeping tab) moves time no further.
const FRAME_MAX: i64 = 100_000;

/// So much of a frame may be spent on letting time go on.
const FRAME_BUDGET: i64 = 10_000;

/// So much virtual time goes by between two looks at the clock, at most.
const SLICE_MS: i64 = 40;

/// So much work is done between two looks at the clock, at most.
const SLICE_WORK: usize = 100;

/// How often it is looked whether anything will still happen.
const SETTLE_EVERY: i64 = 1_500_000;

/// What changes within so much real time, in milliseconds, is awaited without a word.
const SOON_MS: i64 = 3_000;

/// While time stands, so much of it goes by at most for a command that has more to do than fits into a moment.
const COMMAND_MAX: Millis = Millis::seconds(10);

/// How far ahead it is looked, and how far time moves at most when the reader comes back.
const HORIZON: Millis = Millis::seconds(3600);

/// What is known of real time.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last_frame: Option<Micros>,
    /// Millionths of virtual milliseconds that are not spent yet.
    carry: i64,
    settle_at: Micros,
    /// Since when nothing was left to happen.
    asleep: Option<Micros>,
    /// Up to when a command goes on that was typed while time stands.
    command_until: Millis,
}

impl Clock {
    pub(super) fn is_asleep(&self) -> bool {
        self.asleep.is_some()
    }

    pub(super) fn wake(&mut self) {
        self.asleep = None;
    }

    /// The time until the next frame does not count.
    pub(super) fn pause(&mut self) {
        self.last_frame = None;
    }

    /// The virtual time since the last frame, in whole milliseconds.
    fn spent(&mut self, now: Micros, permille: u32) -> i64 {
        let real = self.last_frame.map_or(0, |last| (now.0 - last.0).clamp(0, FRAME_MAX));
        self.last_frame = Some(now);
        self.carry += real * i64::from(permille);
        let ms = self.carry / 1_000_000;
        self.carry %= 1_000_000;
        ms
    }
}

impl State {
    pub(super) fn frame(&mut self, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        if !self.pace.is_playing || self.clock.is_asleep() {
            self.clock.pause();
            return self.end_command(now, effects);
        }
        let at = now();
        let ms = self.clock.spent(at, self.pace.permille());
        let has_changed = self.advance(ms, now);
        if has_changed {
            self.version += 1;
            self.note_progress(effects);
            self.outlook = Outlook::Unknown;
            self.compare_text();
            self.follow_kubernetes();
            effects.push(Effect::Tell(Event::Change));
            effects.push(Effect::Render);
        }
        effects.push(Effect::Time(self.playground.borrow().now()));
        // Where something happens in every frame, nothing is settled: to find that out would be to do the work twice.
        if !has_changed && at >= self.clock.settle_at {
            self.clock.settle_at = Micros(at.0 + SETTLE_EVERY);
            let before = self.outlook;
            self.outlook = self.look_ahead();
            if self.outlook != before {
                // Whether it is settled is part of what scripts ask for.
                effects.push(Effect::Tell(Event::Change));
                effects.push(Effect::Render);
            }
            if self.outlook == Outlook::Settled && !self.has_story_beside() {
                self.clock.asleep = Some(at);
                self.clock.pause();
                return;
            }
        }
        effects.push(Effect::Frame);
    }

    /// Something was done at the console.
    pub(super) fn commanded(&mut self, effects: &mut Vec<Effect>) {
        self.changed(effects);
        let playground = self.playground.borrow();
        if !self.pace.is_playing && playground.work_at().is_some() {
            self.clock.command_until = playground.now() + COMMAND_MAX;
            effects.push(Effect::Frame);
        }
    }

    /// While time stands, a command that waits for nothing comes to its end all the same, a part of it in each frame.
    fn end_command(&mut self, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        let (begun, mut has_changed) = (now(), false);
        let mut playground = self.playground.borrow_mut();
        let until = self.clock.command_until;
        while now().0 - begun.0 < FRAME_BUDGET
            && let Some(at) = playground.work_at().filter(|at| *at <= until)
        {
            playground.advance_some(at, SLICE_WORK);
            has_changed = true;
        }
        drop(playground);
        if has_changed {
            self.refresh(effects);
            effects.push(Effect::Frame);
            effects.push(Effect::Render);
        }
    }

    /// Whether a branch that lies beside has still something to tell.
    fn has_story_beside(&self) -> bool {
        let playground = self.playground.borrow();
        let mut facts = self.compared.iter().filter_map(|branch| playground.branch_facts(*branch));
        facts.any(|facts| facts.end > playground.now())
    }

    /// What lies ahead. What comes so soon that nobody could read when is no news.
    fn look_ahead(&self) -> Outlook {
        let playground = self.playground.borrow();
        let soon = Millis(SOON_MS * i64::from(self.pace.permille()) / 1000);
        match playground.outlook(HORIZON) {
            Outlook::Until(at) if at < playground.now() + soon => Outlook::Unknown,
            outlook => outlook,
        }
    }

    /// Lets virtual time go on in slices, also inside of a moment at which much happens. What does not fit into a frame
    /// is left out: time goes slower, the page does not stand still. Returns whether anything can be seen.
    fn advance(&mut self, ms: i64, now: &dyn Fn() -> Micros) -> bool {
        let begun = now();
        let mut playground = self.playground.borrow_mut();
        let (mut until, mut has_changed) = (playground.now(), false);
        let end = until + Millis(ms);
        while until < end && now().0 - begun.0 < FRAME_BUDGET {
            until = end.min(until + Millis(SLICE_MS));
            loop {
                let (changes, is_there) = playground.advance_some(until, SLICE_WORK);
                has_changed |= changes;
                if is_there || now().0 - begun.0 >= FRAME_BUDGET {
                    break;
                }
            }
        }
        has_changed
    }

    /// Catches up on the time in which nothing was left to happen, so that ages are right.
    pub(super) fn awake(&mut self, now: &dyn Fn() -> Micros) {
        let Some(since) = self.clock.asleep.take() else { return };
        self.outlook = Outlook::Unknown;
        let slept = (now().0 - since.0).max(0) / 1000 * i64::from(self.pace.permille()) / 1000;
        self.playground.borrow_mut().advance(slept.min(HORIZON.0));
        self.clock.pause();
        self.clock.settle_at = Micros(0);
    }

    pub(super) fn move_in_time(&mut self, action: Action, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        self.awake(now);
        let stops = matches!(
            action,
            Action::Pause | Action::Step | Action::StepBack | Action::Seek(_) | Action::Undo | Action::SwitchBranch(_)
        );
        self.pace.is_playing &= !stops;
        // Between two moments far apart nothing moved: what is there is there at once, and dragging costs no motion.
        self.pace.is_still = self.media.is_calm || matches!(action, Action::Seek(_) | Action::SwitchBranch(_));
        let goes_on = matches!(action, Action::TogglePlay | Action::Play | Action::Step | Action::SkipIdle);
        let has_undone = std::mem::replace(&mut self.has_undone, action == Action::Undo);
        if has_undone && goes_on {
            self.playground.borrow_mut().branch_off();
        }
        match action {
            Action::TogglePlay => self.pace.is_playing = !self.pace.is_playing,
            Action::Play => self.pace.is_playing = true,
            Action::Speed(speed) => {
                self.pace.speed = speed;
                self.view.speed = speed;
                effects.push(Effect::SaveView(self.view.line()));
            }
            action => self.travel(&action),
        }
        self.refresh(effects);
    }

    fn travel(&mut self, action: &Action) {
        let mut playground = self.playground.borrow_mut();
        match action {
            Action::Advance(by) => drop(playground.advance(by.0.clamp(0, HORIZON.0 * 24))),
            Action::Step => drop(playground.step()),
            Action::StepBack => drop(playground.step_back()),
            Action::SkipIdle => drop(playground.skip_idle()),
            Action::Seek(at) => playground.seek(*at),
            Action::Undo => drop(playground.undo()),
            Action::SwitchBranch(branch) => playground.switch_branch(*branch),
            Action::RenameBranch(branch, name) => playground.rename_branch(*branch, name),
            _ => {}
        }
    }
}
