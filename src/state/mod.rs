//! What one lab shows and does, as plain data: a state, actions that change it, and effects for somebody to carry out.
//!
//! Knows no browser: `ui` dispatches what a reader does, draws the state, and carries the effects out.
//! **Invariant:** nothing but [`State::reduce`] changes the state, and the same actions at the same real times give the
//! same states.

mod action;
mod applied_text;
mod editing;
mod effect;
mod kubernetes_versions;
mod lessons;
mod loaded_session;
mod notice;
mod open_files;
mod opening;
mod read_only;
mod saving;
mod session_loading;
mod sessions;
mod shelf;
mod shown_plan;
mod time;
mod view_settings;

pub use action::{Action, Field, Marker, Panel, Storing, TerminalAction, Theme};
pub use applied_text::Standing;
pub use effect::{Effect, Event, Session};
pub use lessons::{LessonAction, Lessons};
pub use notice::Notice;
pub use open_files::OpenFiles;
pub use opening::{COMPARED_MAX, Opening};
pub use read_only::only_reads;
pub use sessions::SessionAction;
pub use shelf::{About, KEPT_MAX, Kept, Shelf};
pub use shown_plan::ShownPlan;
pub use time::{Micros, Pace, SPEEDS};
pub use view_settings::View;

use crate::model::Key;
use crate::playground::{Entry, Outlook, Playground, is_lesson};
use crate::scene::Mode;
use crate::tutorial::{self, Answer};
use std::cell::RefCell;
use std::rc::Rc;

/// What is known of the place where the lab stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaFeatures {
    /// Whether there is room for one panel at a time only.
    pub is_narrow: bool,
    /// The height of the place in pixels; nought if nobody knows.
    pub height: i32,
    /// Whether the reader wants no motion.
    pub is_calm: bool,
}

/// Everything about one lab.
pub struct State {
    /// The cluster, its console and its past; views read it, only the reducer writes.
    pub playground: Rc<RefCell<Playground>>,
    /// Rises with everything that can be seen.
    pub version: u64,
    /// Rises with each new playground.
    pub epoch: u32,
    /// How the reader has arranged things.
    pub view: View,
    /// How time goes on.
    pub pace: Pace,
    /// Which panel is shown where there is room for one.
    pub panel: Panel,
    /// What is selected in the picture.
    pub selected: Option<Key>,
    /// The branch that lies beside the picture.
    pub compared: Vec<usize>,
    /// The plan that is shown, and what becomes of it.
    pub shown_plan: Option<Rc<ShownPlan>>,
    /// The open texts.
    pub files: OpenFiles,
    /// The number of the scenario.
    pub scenario: usize,
    /// How the text is called that the lab began with, where it is no scenario's.
    own: Option<String>,
    /// What the reader is told across the top.
    pub notice: Option<Notice>,
    /// Whether the list of keys is shown.
    pub shows_keys: bool,
    /// Whether it is shown which Kubernetes it is, with its feature gates.
    pub shows_gates: bool,
    /// The lessons.
    pub lessons: Lessons,
    /// What the cluster said to the line of a page that was played last.
    pub answered: Option<Answer>,
    /// Whether the picture shows the pods by machine.
    pub mode: Mode,
    /// The moments to which the page around has given words.
    pub markers: Rc<[Marker]>,
    /// What it was to begin with and is not there, see `Opening::unread`.
    pub unread: Vec<&'static str>,
    /// The text that shall be closed although it is not saved: the reader is asked.
    pub asked_to_close: Option<usize>,
    /// The sessions that were left.
    pub shelf: Shelf,
    /// Whether they are shown.
    pub shows_sessions: bool,
    /// What lies ahead, as far as it was looked.
    pub outlook: Outlook,
    /// How the text that is edited stands to the cluster.
    pub standing: Standing,
    /// Whether it is to be looked at only: what would change it is refused in words.
    pub is_read_only: bool,
    /// Where the lab stands.
    pub media: MediaFeatures,
    /// When real time was nought, in milliseconds since 1970.
    opened_at: i64,
    /// Real time at the last action.
    acted_at: Micros,
    /// The session that is being played, to take the place of this one.
    loading: Option<session_loading::Loading>,
    /// The session that was left last: an undo brings it back.
    left: Option<sessions::Left>,
    compared_text: applied_text::Compared,
    /// Whether the last thing done was to undo: going on then leaves what was undone to its branch.
    has_undone: bool,
    clock: time::Clock,
}

impl State {
    /// A lab at its beginning, and what is to be done first.
    pub fn new(opening: &Opening, view: View, media: MediaFeatures) -> (State, Vec<Effect>) {
        let mut begun = opening.begin(view.lang);
        let unread = opening.unread(&begun);
        let files = OpenFiles::new(opening.files.as_deref().filter(|_| begun.is_stored), &begun.playground);
        let mut effects = std::mem::take(&mut begun.effects);
        let (is_stored, has_failed) = (begun.is_stored, begun.has_failed);
        let is_awaited = begun.loading.is_some() && opening.given.is_none();
        let is_paused = opening.is_paused.unwrap_or(view.is_paused && (is_stored || is_awaited));
        let mut state = State {
            files,
            scenario: 0,
            own: None,
            playground: Rc::new(RefCell::new(begun.playground)),
            version: 0,
            epoch: 0,
            view,
            pace: Pace { is_playing: !is_paused, speed: view.speed, is_still: media.is_calm },
            panel: Panel::default(),
            selected: None,
            compared: begun.compared,
            shown_plan: None,
            notice: None,
            shows_keys: false,
            shows_gates: false,
            lessons: Lessons::new(opening.marks.as_deref().unwrap_or("")),
            answered: None,
            mode: Mode::default(),
            markers: Rc::default(),
            unread,
            asked_to_close: None,
            shelf: opening.shelf.as_deref().map(Shelf::read).unwrap_or_default(),
            shows_sessions: false,
            outlook: Outlook::Unknown,
            standing: Standing::default(),
            is_read_only: false,
            media,
            opened_at: opening.opened_at,
            acted_at: Micros(0),
            loading: begun.loading,
            left: None,
            compared_text: applied_text::Compared::default(),
            has_undone: false,
            clock: time::Clock::default(),
        };
        state.note_beginning();
        if begun.is_scenario {
            state.fetch_scenarios_lesson(&mut effects);
        }
        if state.loading.is_some() {
            effects.push(Effect::Frame);
        }
        match (has_failed, is_stored || is_awaited) {
            (true, _) => state.keep_failed(opening, &mut effects),
            (false, false) => state.keep_stored(opening, &mut effects),
            (false, true) => {}
        }
        // What went wrong is more than what was kept.
        state.notice = begun.notice.or(state.notice);
        state.refresh(&mut effects);
        (state, effects)
    }

    /// Whether nothing more will happen by itself.
    pub fn is_settled(&self) -> bool {
        self.clock.is_asleep()
    }

    /// Carries an action out. `now` is real time; it is asked several times where a long stretch of virtual time goes by.
    pub fn reduce(&mut self, action: Action, now: &dyn Fn() -> Micros) -> Vec<Effect> {
        let mut effects = Vec::new();
        match action {
            Action::Frame if self.loading.is_some() => self.load_some(now, &mut effects),
            Action::Frame => self.frame(now, &mut effects),
            // What was stored is still the session that is being played.
            Action::Save if self.loading.is_some() => {}
            Action::Save => self.save(&mut effects),
            Action::Stored(storing) => self.stored(storing, &mut effects),
            action => {
                self.acted_at = now();
                self.asked_to_close = self.asked_to_close.filter(|_| matches!(action, Action::CloseFile(_)));
                let beside = (self.epoch, self.versions_beside());
                self.act(action, now, &mut effects);
                self.follow_beside(beside);
                effects.push(Effect::Render);
            }
        }
        effects
    }

    fn act(&mut self, action: Action, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        if self.loading.is_some() && !action.waits_for_nothing() {
            self.load_all(effects);
        }
        if self.is_read_only && read_only::changes(&action) {
            self.notice = Some(Notice::of(self.view.lang, "editor.read_only"));
            return;
        }
        self.carry_out(action, now, effects);
        self.forget_waiting();
    }

    fn carry_out(&mut self, action: Action, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        match action {
            Action::Load => {}
            Action::ReadOnly(is_read_only) => self.is_read_only = is_read_only,
            Action::Run(line) | Action::Type(line) if !self.ends_edit(&line, now, effects) => {}
            Action::Run(line) => self.at_console(now, effects, |it| it.ask(&line)),
            Action::Type(line) => self.type_line(&line, now, effects),
            Action::Terminal(asked) => self.turn_to_terminal(asked, now, effects),
            Action::Interrupt => self.at_console(now, effects, Playground::interrupt),
            Action::Background => self.at_console(now, effects, Playground::to_background),
            Action::EndJob(number) => self.at_console(now, effects, |it| it.end_job(number)),
            Action::ForgetQueued => self.at_console(now, effects, Playground::forget_queued),
            Action::Turn(block, number) => {
                self.awake(now);
                self.play_turn(&block, number, effects);
            }
            Action::ApplyBlock(block) => {
                self.awake(now);
                self.apply_block(&block, effects);
            }
            Action::PutFiles(files) => self.put_files(&files, effects),
            Action::ShowFile(name) => {
                self.show_console_file(&name);
                self.changed(effects);
            }
            Action::Settle => {
                self.awake(now);
                tutorial::wait_until_settled(&mut self.playground.borrow_mut());
                self.changed(effects);
            }
            Action::Arrange(mode) => self.mode = mode,
            Action::Markers(markers) => self.markers = markers,
            Action::Share => effects.push(Effect::Tell(Event::Share)),
            Action::Notify(key) => self.notice = Some(Notice::of(self.view.lang, key)),
            Action::Lesson(action) => {
                self.awake(now);
                self.learn(action, effects);
            }
            Action::Apply => self.apply_and_go_on(now, effects),
            Action::ApplyPlan => self.apply_plan(now, effects),
            Action::Edit(text) => self.edit(text, effects),
            Action::Open(text) if is_lesson(&text) => self.begin_lesson("file:opened", &text, effects),
            Action::Open(text) => self.open(None, text.into(), effects),
            Action::OpenFile(name, text) => {
                self.files.receive(&name, text.into());
                self.open(None, self.files.text(), effects);
            }
            Action::Sessions(action) => self.on_sessions(action, effects),
            Action::Reset => self.reset(effects),
            Action::Undo if self.can_return() => self.come_back(effects),
            Action::File(index) => self.show_file(index),
            Action::CloseFile(index) => self.close_file(index, now, effects),
            Action::Scenario(index) => self.begin_scenario(index, None, effects),
            Action::Kubernetes(version) => self.begin_as(version, effects),
            Action::PlanVersion(kubernetes) => self.play_version(kubernetes, effects),
            Action::Plan(version) => self.show_plan(version),
            Action::ClosePlan => self.close_plan(),
            Action::PlayPlan(is_beside) => self.play_plan(is_beside, effects),
            Action::Select(selected) => self.select(selected, effects),
            Action::Compare(branches) => self.compared = branches,
            Action::Show(panel) => self.show(panel, effects),
            Action::Keys(shows) => self.shows_keys = shows,
            Action::Gates(shows) => self.shows_gates = shows,
            Action::CloseNotice => self.notice = None,
            Action::Media(media) => self.media = media,
            Action::Language(_)
            | Action::Theme(_)
            | Action::EditorWidth(_)
            | Action::ConsoleHeight(_)
            | Action::LessonHeight(_)
            | Action::Guide(_) => self.arrange(action, effects),
            action => {
                self.move_in_time(action, now, effects);
                effects.push(Effect::SaveSoon);
                // In the past or future nobody may wait for the text any more.
                self.files.follow_time(&self.playground.borrow());
            }
        }
    }

    fn type_line(&mut self, line: &str, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        let opened = self.files.opened;
        self.at_console(now, effects, |it| it.enter(line));
        // Who typed `vi` goes on typing in the file.
        if self.files.opened != opened {
            self.focus(Field::Manifest, effects);
        }
    }

    fn at_console(&mut self, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>, act: impl FnOnce(&mut Playground)) {
        self.awake(now);
        self.pace.is_still = self.media.is_calm;
        let playground = Rc::clone(&self.playground);
        let mut playground = playground.borrow_mut();
        self.files.write(&mut playground);
        let before = self.files.in_console(&playground);
        act(&mut playground);
        self.files.read(&playground, &before);
        drop(playground);
        self.commanded(effects);
    }

    fn turn_to_terminal(&mut self, asked: TerminalAction, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        match asked {
            TerminalAction::Show(number) => {
                self.playground.borrow_mut().look_at_terminal(number);
                self.version += 1;
            }
            TerminalAction::New => self.at_console(now, effects, Playground::open_terminal),
            TerminalAction::Close(number) => self.at_console(now, effects, |it| it.close_terminal(number)),
            TerminalAction::Turn(number) => {
                // Who types there has the focus there already.
                self.playground.borrow_mut().look_at_terminal(number);
                self.version += 1;
                return effects.push(Effect::Render);
            }
            TerminalAction::Beside(are_beside) => self.at_console(now, effects, |it| it.lay_terminals(are_beside)),
        }
        self.show(Panel::Console, effects);
    }

    fn select(&mut self, selected: Option<Key>, effects: &mut Vec<Effect>) {
        match &selected {
            Some(_) if self.media.is_narrow => self.panel = Panel::Inspector,
            None if self.panel == Panel::Inspector && self.shown_plan.is_none() => self.panel = Panel::Picture,
            _ => {}
        }
        // Who opens the inspector goes on reading there, and comes back to where he was.
        match (&self.selected, &selected) {
            (_, Some(_)) if self.selected != selected => effects.push(Effect::Focus(Field::Inspector)),
            (Some(_), None) => effects.push(Effect::Focus(Field::Back)),
            _ => {}
        }
        self.selected = selected;
    }

    fn show(&mut self, panel: Panel, effects: &mut Vec<Effect>) {
        self.panel = panel;
        let field = match panel {
            Panel::Console => Field::Console,
            Panel::Editor => Field::Manifest,
            _ => return,
        };
        self.focus(field, effects);
    }

    /// Gives the focus to a field that is typed in; a phone's keyboard would cover what was asked for.
    fn focus(&self, field: Field, effects: &mut Vec<Effect>) {
        if !self.media.is_narrow {
            effects.push(Effect::Focus(field));
        }
    }

    /// After an input: look at what came of it, go on, and remember.
    fn changed(&mut self, effects: &mut Vec<Effect>) {
        let opened = self.playground.borrow().opened().cloned();
        let is_editing = self.playground.borrow().is_editing();
        if let Some((number, name, text)) = opened.filter(|it| it.0 != self.files.opened) {
            self.files.opened = number;
            self.open(Some(name), text, effects);
            self.files.edited = is_editing.then_some(self.files.current);
        }
        if let Some(edited) = self.files.edited.filter(|_| !is_editing) {
            self.files.close(edited);
        }
        // Here goes on what was done here: nobody will wait for it any more.
        self.files.paused = None;
        self.refresh(effects);
        effects.push(Effect::SaveSoon);
    }

    fn refresh(&mut self, effects: &mut Vec<Effect>) {
        self.version += 1;
        self.note_progress(effects);
        self.outlook = Outlook::Unknown;
        self.compare_text();
        self.follow_kubernetes();
        effects.push(Effect::Time(self.playground.borrow().now()));
        effects.push(Effect::Tell(Event::Change));
        if self.pace.is_playing {
            self.clock.pause();
            effects.push(Effect::Frame);
        }
    }

    /// Whether the last command said that it failed.
    fn has_failed(&self) -> bool {
        match self.playground.borrow().entries().last().map(Rc::as_ref) {
            Some(Entry::Said { output, .. }) => output.exit.unwrap_or(0) != 0,
            _ => false,
        }
    }
}
