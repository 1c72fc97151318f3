//! From one session to another: what is left is kept, and an undo brings it back.

use super::notice::Notice;
use super::opening;
use super::saving::STORED_MAX;
use super::session_loading::Source;
use super::shelf::{About, Kept, Shelf};
use super::{Effect, OpenFiles, Opening, State};
use crate::i18n::plural::plural;
use crate::i18n::ui::t;
use crate::kubernetes::{Kubernetes, Version};
use crate::playground::{Playground, SCENARIOS};

/// A session in memory, with what belongs to it.
pub(super) struct Left {
    playground: Playground,
    files: OpenFiles,
}

/// What a session may be asked of the sessions that are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionAction {
    /// Show or hide the list.
    Show(bool),
    /// Go on in one of the list, by its place.
    Open(usize),
    /// Take one out of the list.
    Forget(usize),
    /// Go on in the session that a file holds.
    Import(String),
    /// Save one of the list as a file, or the present one.
    Export(Option<usize>),
    /// The list as it is stored: another page may have changed it.
    Stored(Option<String>),
    /// A session that another page stored in the place of this one's: its three parts.
    Others(Kept),
    /// Do without the session that is being played.
    StopLoading,
}

impl Left {
    /// A session with the texts that are open in it.
    pub fn new(playground: Playground, files: OpenFiles) -> Left {
        Left { playground, files }
    }
}

impl SessionAction {
    /// Whether the list as it is stored has to be known first.
    pub fn needs_list(&self) -> bool {
        !matches!(self, SessionAction::Stored(_) | SessionAction::Others(_) | SessionAction::Show(false))
    }
}

impl State {
    /// Real time, in milliseconds since 1970.
    fn wall(&self) -> i64 {
        self.opened_at + self.acted_at.0 / 1000
    }

    /// What is stored beside the session.
    pub(super) fn about(&self) -> About {
        About::of(&self.playground.borrow(), self.wall(), self.opened_at)
    }

    fn as_kept(&self) -> Kept {
        let session = self.playground.borrow().save();
        Kept { about: self.about(), session, files: self.files.encode(STORED_MAX) }
    }

    pub(super) fn on_sessions(&mut self, action: SessionAction, effects: &mut Vec<Effect>) {
        match action {
            SessionAction::Show(shows) => self.shows_sessions = shows,
            SessionAction::Open(index) => self.open_kept(index, effects),
            SessionAction::Forget(index) => {
                self.shelf.take(index);
                effects.push(Effect::StoreShelf(self.shelf.write()));
            }
            SessionAction::Import(text) => self.import(&text, effects),
            SessionAction::Export(index) => {
                let kept = match index {
                    Some(index) => self.shelf.all().get(index).cloned(),
                    None => Some(self.as_kept()),
                };
                if let Some(kept) = kept {
                    effects.push(Effect::SaveFile { name: file_name(&kept.about), text: kept.write_file() });
                }
            }
            SessionAction::StopLoading => self.stop_loading(effects),
            SessionAction::Stored(text) => self.shelf = text.as_deref().map(Shelf::read).unwrap_or_default(),
            SessionAction::Others(kept) => {
                let gone = self.shelf.keep_others(kept);
                self.tell_of_gone(&gone);
                effects.push(Effect::StoreShelf(self.shelf.write()));
            }
        }
    }

    /// Begins a scenario, in the version of Kubernetes that is asked for.
    pub(super) fn begin_scenario(&mut self, index: usize, version: Option<Version>, effects: &mut Vec<Effect>) {
        let Some(scenario) = SCENARIOS.get(index) else { return };
        // A scenario's own version ends with it.
        let is_own = SCENARIOS.get(self.scenario).is_some_and(|it| it.kubernetes() == Some(self.kubernetes()));
        let kept = if is_own { Kubernetes::default() } else { self.kubernetes() };
        let kubernetes = version.map(Kubernetes::of).or(scenario.kubernetes()).unwrap_or(kept);
        let mut playground = opening::start(Some(scenario), 1, kubernetes);
        let compared = opening::play_under(&mut playground, &opening::others_of(scenario, kubernetes));
        self.begin_with(playground, effects);
        self.compared = compared;
        self.fetch_scenarios_lesson(effects);
    }

    /// Goes on with another playground, from its start; what is left for it is kept.
    pub(super) fn begin_with(&mut self, playground: Playground, effects: &mut Vec<Effect>) {
        let mut files = OpenFiles::new(None, &playground);
        let left = self.leave(effects);
        // What the reader wrote comes along.
        let texts = left.files.of_reader(&left.playground.options().manifest);
        for (name, text) in &texts {
            files.bring(name.as_deref(), text);
        }
        if !texts.is_empty() && self.notice.is_none() {
            self.notice = Some(Notice::of(self.view.lang, "sessions.text_kept"));
        }
        self.put_in_place(Left { playground, files }, effects);
        self.left = Some(left);
        self.pace.is_playing = true;
    }

    /// Starts over: the same beginning, the texts as they are.
    pub(super) fn reset(&mut self, effects: &mut Vec<Effect>) {
        let lesson = self.playground.borrow().lesson_anew(self.kubernetes());
        let mut playground = lesson.unwrap_or_else(|| Playground::new(self.playground.borrow().options().clone()));
        let mut files = self.files.clone();
        files.forget_console();
        playground.set_editor(&files.manifest());
        let left = self.leave(effects);
        self.put_in_place(Left { playground, files }, effects);
        self.left = Some(left);
        self.pace.is_playing = true;
    }

    /// Whether there is a session that an undo brings back: one was left, and nothing was done since.
    pub fn can_return(&self) -> bool {
        self.left.is_some() && !self.playground.borrow().is_touched()
    }

    /// Brings back what was left last, and takes it off the list.
    pub(super) fn come_back(&mut self, effects: &mut Vec<Effect>) {
        let Some(left) = self.left.take() else { return };
        let session = left.playground.save();
        if let Some(at) = self.shelf.all().iter().position(|kept| kept.session == session) {
            self.shelf.take(at);
            effects.push(Effect::StoreShelf(self.shelf.write()));
        }
        self.notice = None;
        self.put_in_place(left, effects);
    }

    /// Takes the session out of its place: it is kept if anything was done in it.
    fn leave(&mut self, effects: &mut Vec<Effect>) -> Left {
        self.notice = None;
        if self.playground.borrow().is_touched() {
            let kept = self.as_kept();
            self.keep(kept, "sessions.kept", effects);
        }
        let empty = opening::start(SCENARIOS.first(), 1, self.kubernetes());
        let playground = std::mem::replace(&mut *self.playground.borrow_mut(), empty);
        let mut none = OpenFiles::new(None, &playground);
        // The editor has seen what was given so far: what comes next is another text.
        none.given = self.files.given;
        let files = std::mem::replace(&mut self.files, none);
        Left { playground, files }
    }

    pub(super) fn keep(&mut self, kept: Kept, told: &'static str, effects: &mut Vec<Effect>) {
        self.notice = Some(Notice::of(self.view.lang, told));
        let gone = self.shelf.keep(kept);
        self.tell_of_gone(&gone);
        effects.push(Effect::StoreShelf(self.shelf.write()));
    }

    fn tell_of_gone(&mut self, gone: &[About]) {
        if !gone.is_empty() {
            let said = plural(self.view.lang, "sessions.gone.one", "sessions.gone.many", gone.len());
            let gone = Notice::from(said);
            self.notice = Some(match self.notice.take() {
                Some(notice) => notice.and(gone),
                None => gone,
            });
        }
    }

    pub(super) fn put_in_place(&mut self, next: Left, effects: &mut Vec<Effect>) {
        *self.playground.borrow_mut() = next.playground;
        self.playground.borrow_mut().set_lang(self.view.lang);
        let given = self.files.given;
        self.files = next.files;
        self.files.given = given;
        self.files.give();
        self.epoch += 1;
        self.note_beginning();
        self.selected = None;
        self.compared = Vec::new();
        self.shown_plan = None;
        self.has_undone = false;
        self.clock.wake();
        self.changed(effects);
    }

    fn open_kept(&mut self, index: usize, effects: &mut Vec<Effect>) {
        let Some(kept) = self.shelf.all().get(index).cloned() else { return };
        self.load(Playground::restoring(&kept.session), Source::Shelf(kept), effects);
    }

    fn import(&mut self, text: &str, effects: &mut Vec<Effect>) {
        let kept = Kept::read_file(text);
        let none = || t(self.view.lang, "sessions.no_file").to_string();
        let restoring = kept.as_ref().ok_or_else(none).and_then(|kept| Playground::restoring_file(&kept.session));
        self.load(restoring, Source::File(kept.and_then(|kept| kept.files)), effects);
        self.shows_sessions = false;
    }

    pub(super) fn turn_to(&mut self, playground: Playground, files: Option<&str>, effects: &mut Vec<Effect>) {
        let left = self.leave(effects);
        let files = OpenFiles::new(files, &playground);
        self.put_in_place(Left { playground, files }, effects);
        self.left = Some(left);
        self.shows_sessions = false;
        self.pace.is_playing = false;
    }

    /// What a stored session becomes that could not be played: it is never lost, whatever is known of it.
    pub(super) fn keep_failed(&mut self, opening: &Opening, effects: &mut Vec<Effect>) {
        if let Some(kept) = opening.stored() {
            self.keep_broken(kept, effects);
        }
    }

    /// What a stored session becomes when the lab begins with something else.
    pub(super) fn keep_stored(&mut self, opening: &Opening, effects: &mut Vec<Effect>) {
        let about = opening.about.as_deref().and_then(About::read);
        let Some((session, about)) = opening.session.as_ref().zip(about) else { return };
        if about.is_touched {
            let kept = Kept { about, session: session.clone(), files: opening.files.clone() };
            // It may be of another tab, in which nothing was done now.
            self.keep(kept, "sessions.earlier_kept", effects);
        }
    }
}

/// The name of a session's file.
fn file_name(about: &About) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
    let sets: String = about.sets.replace(", ", "-").chars().filter(is_plain).take(40).collect();
    if sets.is_empty() { "session.statefulset-lab.json".into() } else { format!("{sets}.statefulset-lab.json") }
}
