//! The lessons' part of the reducer: the gallery, opening a lesson, and what is remembered of those that were taken.

use super::open_files::title_of;
use super::opening::{lesson_refusal, play_under};
use super::{Effect, State};
use crate::kubernetes::Kubernetes;
use crate::playground::{Attempt, LessonCard, Playground, SCENARIOS, Words};
use std::rc::Rc;

/// What is asked of the lessons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LessonAction {
    /// Show or hide the gallery.
    Gallery(bool),
    /// Fetch a lesson by its name or address, and begin it.
    Fetch(Rc<str>),
    /// A text that was fetched has come: its name, and the text or the key of why there is none.
    Fetched(Rc<str>, Result<Rc<str>, String>),
    /// Begin a lesson from a text: its name, and the text.
    Begin(Rc<str>, Rc<str>),
    /// Begin the lesson that is open from its start.
    Again,
    /// Close the lesson that is open.
    Leave,
    /// Choose an answer: the step, and the number of the answer.
    Predict(usize, usize),
    /// Let time go on until there is something to do again.
    UntilGoal,
    /// A step is looked at.
    Look(usize),
}

/// What a lab knows of the lessons.
#[derive(Clone, Debug, Default)]
pub struct Lessons {
    /// Whether the gallery is shown.
    pub shows_gallery: bool,
    /// The lessons to choose from, once they have come.
    pub cards: Option<Rc<Vec<LessonCard>>>,
    /// How far the reader is in each lesson: name, steps done, steps; in the order in which they were begun.
    pub marks: Rc<Vec<(Rc<str>, usize, usize)>>,
    /// The lesson that is being fetched, and whether it is what the scenario at hand has to show.
    awaited: Option<(Rc<str>, bool)>,
}

/// The name under which the list of lessons is fetched.
const INDEX: &str = "index";

/// The most lessons whose marks are remembered.
const MARKS_MAX: usize = 200;

impl Lessons {
    /// What was remembered, as its line is written.
    pub fn new(line: &str) -> Lessons {
        let mark = |word: &str| {
            let (name, counts) = word.rsplit_once('=')?;
            let (done, all) = counts.split_once('/')?;
            Some((Rc::from(name), done.parse().ok()?, all.parse().ok()?))
        };
        Lessons { marks: Rc::new(line.split_whitespace().filter_map(mark).collect()), ..Lessons::default() }
    }

    /// The marks as they are remembered.
    fn line(&self) -> String {
        self.marks.iter().map(|(name, done, all)| format!("{name}={done}/{all}")).collect::<Vec<_>>().join(" ")
    }

    /// How many steps of a lesson were done, and how many it has.
    pub fn mark(&self, name: &str) -> Option<(usize, usize)> {
        self.marks.iter().find(|it| &*it.0 == name).map(|it| (it.1, it.2))
    }

    /// Whether a lesson is on its way.
    pub fn is_awaited(&self) -> bool {
        self.awaited.is_some()
    }

    /// The lesson that comes after another: the one that it names, else the next in the list.
    pub fn following(&self, attempt: &Attempt) -> Option<(Rc<str>, Words)> {
        let cards = self.cards.as_ref()?;
        let at = cards.iter().position(|card| *card.name == *attempt.name);
        let named = attempt.lesson.next.as_deref();
        let card = match named {
            Some(name) => cards.iter().find(|card| *card.name == *name),
            None => cards.get(at? + 1),
        };
        match (card, named) {
            (Some(card), _) => Some((card.name.as_str().into(), card.title.clone())),
            (None, Some(address)) => Some((address.into(), Words { en: address.to_string(), ja: String::new() })),
            (None, None) => None,
        }
    }

    /// Notes how far somebody is; what was done once stays done. Returns whether that is news.
    fn note(&mut self, name: &Rc<str>, done: usize, all: usize) -> bool {
        // A name with blanks is no name of a file of ours.
        if name.contains(char::is_whitespace) {
            return false;
        }
        let marks = Rc::make_mut(&mut self.marks);
        match marks.iter_mut().find(|it| it.0 == *name) {
            Some(mark) if mark.2 == all && mark.1 >= done => false,
            Some(mark) => {
                (mark.1, mark.2) = (done, all);
                true
            }
            None => {
                marks.truncate(MARKS_MAX - 1);
                marks.push((Rc::clone(name), done, all));
                true
            }
        }
    }
}

impl State {
    pub(super) fn learn(&mut self, action: LessonAction, effects: &mut Vec<Effect>) {
        match action {
            LessonAction::Gallery(shows) => self.show_gallery(shows, effects),
            LessonAction::Fetch(name) => self.fetch_lesson(name, false, effects),
            LessonAction::Fetched(name, text) => self.fetched(&name, text, effects),
            LessonAction::Begin(name, source) => self.begin_lesson(&name, &source, effects),
            LessonAction::Again => {
                let anew = self.playground.borrow().lesson_anew(self.kubernetes());
                if let Some(playground) = anew {
                    self.take(playground, effects);
                }
            }
            LessonAction::Leave => {
                self.playground.borrow_mut().leave_lesson();
                self.arrange_guide(false, effects);
                self.changed(effects);
            }
            LessonAction::Predict(step, answer) => {
                self.playground.borrow_mut().predict(step, answer);
                self.changed(effects);
            }
            LessonAction::UntilGoal => {
                self.playground.borrow_mut().until_next();
                self.changed(effects);
            }
            LessonAction::Look(step) => {
                self.playground.borrow_mut().look_at_step(step);
                effects.push(Effect::SaveSoon);
            }
        }
    }

    fn show_gallery(&mut self, shows: bool, effects: &mut Vec<Effect>) {
        self.lessons.shows_gallery = shows;
        if shows && self.lessons.cards.as_ref().is_none_or(|cards| cards.is_empty()) {
            effects.push(Effect::FetchLesson(INDEX.into()));
        }
    }

    fn fetch_lesson(&mut self, name: Rc<str>, is_scenarios: bool, effects: &mut Vec<Effect>) {
        self.lessons.awaited = Some((Rc::clone(&name), is_scenarios));
        effects.push(Effect::FetchLesson(name));
    }

    /// Fetches what the scenario at hand has to show, unless a lesson is open.
    pub(super) fn fetch_scenarios_lesson(&mut self, effects: &mut Vec<Effect>) {
        let scenario = SCENARIOS.get(self.scenario).filter(|_| self.playground.borrow().attempt().is_none());
        if let Some(scenario) = scenario.filter(|it| self.view.has_guide && !it.lesson.is_empty()) {
            self.fetch_lesson(scenario.lesson.into(), true, effects);
        }
    }

    fn fetched(&mut self, name: &Rc<str>, text: Result<Rc<str>, String>, effects: &mut Vec<Effect>) {
        if &**name == INDEX {
            match text {
                Ok(text) => self.lessons.cards = Some(Rc::new(LessonCard::read_all(&text))),
                Err(why) => self.refuse(&why),
            }
            return;
        }
        let Some((_, is_scenarios)) = self.lessons.awaited.take_if(|it| it.0 == *name) else { return };
        match text {
            Ok(text) if is_scenarios => {
                if self.playground.borrow_mut().take_lesson(name, &text) {
                    self.changed(effects);
                }
            }
            Ok(text) => self.begin_lesson(name, &text, effects),
            // Where a host does not have the lessons' files, a scenario stands for itself.
            Err(_) if is_scenarios => {}
            Err(why) => self.refuse(&why),
        }
    }

    fn refuse(&mut self, why: &str) {
        self.notice = Some(lesson_refusal(why, self.view.lang).to_string().into());
    }

    /// Begins a lesson, or says what is wrong with its text.
    pub(super) fn begin_lesson(&mut self, name: &str, source: &str, effects: &mut Vec<Effect>) {
        match Playground::of_lesson(name, source, Kubernetes::default()) {
            Ok(playground) => {
                self.lessons.shows_gallery = false;
                self.take(playground, effects);
            }
            Err(error) => self.notice = Some(error.say(self.view.lang).into()),
        }
    }

    /// Goes on in a lesson; one about several versions lies beside itself under the others.
    fn take(&mut self, mut playground: Playground, effects: &mut Vec<Effect>) {
        self.lessons.awaited = None;
        let others = playground.attempt().map(|it| it.lesson.beside.clone()).unwrap_or_default();
        let compared = play_under(&mut playground, &others);
        self.begin_with(playground, effects);
        self.compared = compared;
        self.arrange_guide(true, effects);
    }

    fn arrange_guide(&mut self, is_shown: bool, effects: &mut Vec<Effect>) {
        if self.view.has_guide != is_shown {
            self.view.has_guide = is_shown;
            effects.push(Effect::SaveView(self.view.line()));
        }
    }

    /// Notes what the playground began with: the number of the scenario of that text, or how a text of somebody's own is
    /// called.
    pub(super) fn note_beginning(&mut self) {
        let playground = self.playground.borrow();
        let manifest = &playground.options().manifest;
        let number = SCENARIOS.iter().position(|it| it.manifest == *manifest);
        let own = number.is_none().then(|| title_of(manifest));
        drop(playground);
        (self.scenario, self.own) = (number.unwrap_or(0), own);
    }

    /// The title of what runs where no scenario is its beginning: the lesson's, or that of a text of somebody's own.
    pub fn title(&self) -> Option<String> {
        let playground = self.playground.borrow();
        let Some(attempt) = playground.attempt() else { return self.own.clone() };
        let is_scenarios = SCENARIOS.get(self.scenario).is_some_and(|it| it.lesson == &*attempt.name);
        (!is_scenarios).then(|| attempt.lesson.title.say(self.view.lang).to_string())
    }

    /// Remembers how far the lesson is that is open.
    pub(super) fn note_progress(&mut self, effects: &mut Vec<Effect>) {
        let attempt = self.playground.borrow().attempt().cloned();
        let Some(attempt) = attempt else { return };
        if attempt.is_done() && self.lessons.cards.is_none() {
            // The end says what comes next.
            effects.push(Effect::FetchLesson(INDEX.into()));
            self.lessons.cards = Some(Rc::default());
        }
        if self.lessons.note(&attempt.name, attempt.progress.step, attempt.lesson.steps.len()) {
            effects.push(Effect::StoreMarks(self.lessons.line()));
        }
    }
}
