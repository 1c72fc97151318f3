//! Somebody takes a lesson: how far they are, what they predicted, and what this very run says about it.

use super::lesson::{LESSON_MAX, Lesson, LessonError, Progress};
use super::{Input, Playground};
use crate::i18n::Lang;
use crate::kubernetes::Kubernetes;
use crate::model::{Millis, Value};
use crate::obj;
use std::rc::Rc;

/// A lesson that is being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The name of the lesson's file without its ending, or its address; progress is remembered under it.
    pub name: Rc<str>,
    /// The lesson's text.
    pub source: Rc<str>,
    /// What it says.
    pub lesson: Rc<Lesson>,
    /// How far the reader is.
    pub progress: Progress,
    /// The answer that the reader chose, for each step.
    answers: Vec<Option<usize>>,
    /// The step that the reader looked at last.
    shown: Option<usize>,
    /// When the reader came.
    begun_at: Millis,
    /// When each step that is done was done.
    done_at: Vec<Millis>,
    /// What was the cause of what a question asks about when its step was done, for each step that is done.
    told: Vec<Vec<Explanation>>,
}

/// A cause in words, with its moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Since when it is one, or when it was found.
    pub at: Millis,
    en: String,
    ja: String,
}

impl Explanation {
    pub(super) fn new(at: Millis, en: String, ja: String) -> Explanation {
        Explanation { at, en, ja }
    }

    /// Its sentence.
    pub fn say(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ja => &self.ja,
        }
    }

    fn to_value(&self) -> Value {
        obj! { "at" => self.at.0, "en" => self.en.clone(), "ja" => self.ja.clone() }
    }

    fn from_value(value: &Value) -> Option<Explanation> {
        let text = |key: &str| value.str_at(&[key]).to_string();
        Some(Explanation { at: Millis(value.i64_at(&["at"])?), en: text("en"), ja: text("ja") })
    }
}

/// How often goals are looked at while time goes on, at the rarest in so many looks, and how long they are waited for.
const LOOK_MS: i64 = 250;
const LOOKS_MAX: i64 = 4000;
const PATIENCE_MS: i64 = 900_000;

/// How long the opening lines have at most, and how often it is looked whether they have had their effect.
const OPENING_MS: i64 = 180_000;
const OPENING_LOOK_MS: i64 = 5_000;

impl Attempt {
    fn new(name: &str, source: &str, begun_at: Millis) -> Result<Attempt, LessonError> {
        let lesson = Rc::new(Lesson::read(source)?);
        let answers = vec![None; lesson.steps.len()];
        let (name, source) = (name.into(), source.into());
        let (progress, done_at, told) = (Progress::default(), Vec::new(), Vec::new());
        Ok(Attempt { name, source, lesson, progress, answers, shown: None, begun_at, done_at, told })
    }

    /// Whether all steps are done.
    pub fn is_done(&self) -> bool {
        self.progress.step >= self.lesson.steps.len()
    }

    /// How many of a step's goals were reached.
    pub fn reached(&self, step: usize) -> usize {
        match self.progress.step.cmp(&step) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => self.progress.goals,
            std::cmp::Ordering::Greater => usize::MAX,
        }
    }

    /// The step to go on with: the one at hand, but for one that was done meanwhile and whose question the reader has not
    /// seen yet, or not answered.
    pub fn shown(&self) -> usize {
        let here = self.progress.step;
        let is_open = |step: &usize| self.lesson.steps.get(*step).is_some_and(|it| it.question.is_some());
        let mut done = self.shown.unwrap_or(here)..here;
        done.find(|step| is_open(step) && self.answer(*step).is_none()).unwrap_or(here)
    }

    /// What the reader predicted in a step.
    pub fn answer(&self, step: usize) -> Option<usize> {
        self.answers.get(step).copied().flatten()
    }

    /// When a step began, and when it was done; the first one begins with the lesson.
    pub(super) fn stretch(&self, step: usize) -> (Millis, Option<Millis>) {
        let begun = step.checked_sub(1).and_then(|before| self.done_at.get(before));
        (begun.copied().unwrap_or(self.begun_at), self.done_at.get(step).copied())
    }

    /// The causes that were found when a step was done.
    pub(super) fn told(&self, step: usize) -> &[Explanation] {
        self.told.get(step).map_or(&[], |told| told)
    }

    pub(super) fn to_value(&self) -> Value {
        let answers = self.answers.iter().map(|it| it.map_or(-1, |answer| answer as i64));
        obj! {
            "name" => self.name.to_string(),
            "source" => self.source.to_string(),
            "step" => self.progress.step as i64,
            "begun" => self.begun_at.0,
            "goals" => self.progress.goals as i64,
            "shown" => self.shown.map_or(-1, |shown| shown as i64),
            "answers" => answers.map(Value::Int).collect::<Vec<_>>(),
            "done" => self.done_at.iter().map(|at| Value::Int(at.0)).collect::<Vec<_>>(),
            "told" => self.told.iter().map(|all| Value::from(all.iter().map(Explanation::to_value).collect::<Vec<_>>())).collect::<Vec<_>>(),
        }
    }

    /// What [`Attempt::to_value`] wrote; `None` where it does not fit, as with a text of a newer lab.
    pub(super) fn from_value(value: &Value) -> Option<Attempt> {
        let begun = Millis(value.i64_at(&["begun"])?);
        let mut attempt = Attempt::new(value.str_at(&["name"]), value.str_at(&["source"]), begun).ok()?;
        let count = |key: &str| usize::try_from(value.i64_at(&[key])?).ok();
        let numbers = |key: &str| value.list_at(&[key]).iter().filter_map(Value::as_i64).collect::<Vec<_>>();
        let step = count("step")?.min(attempt.lesson.steps.len());
        attempt.progress = Progress { step, goals: count("goals")? };
        attempt.shown = count("shown");
        attempt.done_at = numbers("done").into_iter().map(Millis).take(step).collect();
        let told = value.list_at(&["told"]).iter().take(step);
        attempt.told = told.map(|all| all.list_at(&[]).iter().filter_map(Explanation::from_value).collect()).collect();
        let answers = numbers("answers").into_iter().map(|it| usize::try_from(it).ok());
        attempt.answers.iter_mut().zip(answers).for_each(|(known, answer)| *known = answer);
        (attempt.done_at.len() == step).then_some(attempt)
    }
}

impl Playground {
    /// A playground at the start of a lesson; `kubernetes` is what the cluster is where the lesson asks for none.
    ///
    /// # Errors
    /// What is wrong with the lesson's text.
    pub fn of_lesson(name: &str, source: &str, kubernetes: Kubernetes) -> Result<Playground, LessonError> {
        let mut attempt = Attempt::new(name, source, Millis::ZERO)?;
        let unknown = || LessonError { line: 1, key: "error.setting", what: attempt.lesson.world.clone() };
        let options = attempt.lesson.options(kubernetes).ok_or_else(unknown)?;
        let mut playground = Playground::new(options);
        match attempt.lesson.wait {
            Some(wait) => drop(playground.advance(wait.0)),
            None if attempt.lesson.lines.is_empty() => {}
            None => playground.settle_down(),
        }
        attempt.begun_at = playground.now();
        playground.attempt = Some(Rc::new(attempt));
        Ok(playground)
    }

    /// Lets the opening lines have their effect before the reader comes.
    fn settle_down(&mut self) {
        for _ in 0..OPENING_MS / OPENING_LOOK_MS {
            if self.is_settled(Millis(OPENING_LOOK_MS * 2)) {
                break;
            }
            self.advance(OPENING_LOOK_MS);
        }
    }

    /// Takes a lesson from here on, if this is how it begins. Returns whether it is.
    pub fn take_lesson(&mut self, name: &str, source: &str) -> bool {
        let Ok(attempt) = Attempt::new(name, source, self.now()) else { return false };
        // Under whichever Kubernetes it runs.
        let here = self.options.environment.kubernetes;
        let own = attempt
            .lesson
            .options(here)
            .map(|own| super::Options { environment: own.environment.clone().with_kubernetes(here), ..own });
        let fits = own.as_ref() == Some(&self.options);
        if fits {
            self.attempt = Some(Rc::new(attempt));
            self.version += 1;
            self.follow_lesson();
        }
        fits
    }

    /// The lesson that is taken here.
    pub fn attempt(&self) -> Option<&Rc<Attempt>> {
        self.attempt.as_ref()
    }

    /// The same lesson from its start; the branches so far are gone, the language stays. `None` without a lesson.
    pub fn lesson_anew(&self, kubernetes: Kubernetes) -> Option<Playground> {
        let attempt = self.attempt.as_ref()?;
        Playground::of_lesson(&attempt.name, &attempt.source, kubernetes).ok()
    }

    /// Is no lesson any more; the cluster stays as it is.
    pub fn leave_lesson(&mut self) {
        self.attempt = None;
        self.version += 1;
    }

    /// How far the lesson is.
    pub fn progress(&self) -> Progress {
        self.attempt.as_ref().map_or_else(Progress::default, |it| it.progress)
    }

    /// Remembers which step the reader looks at.
    pub fn look_at_step(&mut self, step: usize) {
        if let Some(attempt) = self.attempt.as_mut().filter(|it| it.shown != Some(step)) {
            Rc::make_mut(attempt).shown = Some(step);
            self.version += 1;
        }
    }

    /// Chooses an answer to the question of a step that is not done yet.
    pub fn predict(&mut self, step: usize, answer: usize) {
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.progress.step <= step) else { return };
        if let Some(known) = Rc::make_mut(attempt).answers.get_mut(step) {
            *known = Some(answer);
            self.version += 1;
        }
        // What holds already counts from now on.
        self.looked = (usize::MAX, 0, 0);
        self.follow_lesson();
    }

    /// Looks whether goals hold now. Returns whether one more was reached.
    pub(super) fn follow_lesson(&mut self) -> bool {
        let seen = (self.history.current(), self.lab().count, self.lab().entry_count());
        let Some(attempt) = self.attempt.as_ref().filter(|it| !it.is_done() && self.looked != seen) else {
            return false;
        };
        self.looked = seen;
        let mut progress = attempt.progress;
        if !attempt.lesson.advance(&mut progress, self) {
            return false;
        }
        progress = self.up_to_a_question(attempt, progress);
        if progress == attempt.progress {
            return false;
        }
        let now = self.now();
        let before = attempt.progress.step;
        let told: Vec<Vec<Explanation>> = (before..progress.step).map(|step| self.causes_of(attempt, step)).collect();
        if let Some(attempt) = &mut self.attempt {
            let attempt = Rc::make_mut(attempt);
            attempt.progress = progress;
            attempt.told.resize(before, Vec::new());
            attempt.told.extend(told);
            attempt.done_at.resize(progress.step, now);
        }
        self.version += 1;
        true
    }

    /// How far goals lead, short of a step whose question nobody has answered: it is not done by what was done for the step
    /// before, nor before anything was done.
    fn up_to_a_question(&self, attempt: &Attempt, reached: Progress) -> Progress {
        let here = attempt.progress.step;
        let is_open = |step: &usize| {
            let asks = attempt.lesson.steps.get(*step).is_some_and(|it| it.question.is_some());
            asks && attempt.answer(*step).is_none() && (*step > here || self.run_since(*step).is_empty())
        };
        let open = (here..reached.step).find(is_open);
        open.map_or(reached, |step| Progress {
            step,
            goals: attempt.lesson.steps.get(step).map_or(0, |it| it.goals.len()),
        })
    }

    /// Lets time go on in short steps, so that no goal is missed that holds for a moment only.
    pub(super) fn advance_learning(&mut self, until: Millis) {
        let look = LOOK_MS.max((until.0 - self.now().0) / LOOKS_MAX);
        while self.now() < until {
            self.history.advance_to(until.min(Millis(self.now().0 + look)));
            self.follow_lesson();
        }
    }

    /// Lets time go on until one more step is done, a quarter of an hour at most. Returns whether one is.
    pub fn until_goal(&mut self) -> bool {
        let step = self.progress().step;
        self.go_on_until(|it| it.progress().step > step);
        self.progress().step > step
    }

    /// Lets time go on until there is something to do again: the step is done, or one more of its lines is offered.
    pub fn until_next(&mut self) {
        let (step, offered) = (self.progress().step, self.offered().len());
        self.go_on_until(|it| it.progress().step > step || it.offered().len() > offered);
    }

    fn go_on_until(&mut self, is_there: impl Fn(&Playground) -> bool) {
        self.follow_lesson();
        for _ in 0..PATIENCE_MS / LOOK_MS {
            if is_there(self) {
                break;
            }
            self.advance(LOOK_MS);
        }
    }

    /// The lines that the step at hand offers by now.
    fn offered(&self) -> &[String] {
        let attempt = self.attempt.as_ref();
        attempt.and_then(|it| Some(it.lesson.steps.get(it.progress.step)?.offered(it.progress.goals))).unwrap_or(&[])
    }

    /// What was run since a step began, in order.
    fn run_since(&self, step: usize) -> Vec<&str> {
        let begun = self.attempt.as_ref().filter(|it| it.progress.step >= step).map(|it| it.stretch(step).0);
        let Some(begun) = begun else { return Vec::new() };
        let inputs = self.inputs().get(..self.history.seen()).unwrap_or(&[]).iter().filter(|timed| timed.at >= begun);
        inputs.filter_map(|timed| line_of(&timed.input)).collect()
    }

    /// Which of these lines were run since a step began. A line that comes twice has to be run twice.
    pub fn lines_run(&self, step: usize, lines: &[String]) -> Vec<bool> {
        let mut run = self.run_since(step);
        let mut is_run = |line: &String| {
            let at = run.iter().position(|it| *it == line.trim());
            at.map(|at| run.swap_remove(at)).is_some()
        };
        lines.iter().map(&mut is_run).collect()
    }

    /// Whether what the step at hand asks for was done, so that it is time's turn: the lines that it offers by now were
    /// run, or where it offers none, anything that the step before does not offer.
    pub fn is_underway(&self) -> bool {
        let step = self.progress().step;
        let lines = |step: usize| self.attempt.as_ref().and_then(|it| it.lesson.steps.get(step)).map(|it| &it.lines);
        let before = step.checked_sub(1).and_then(lines);
        let is_earlier = |line: &&str| before.is_some_and(|it| it.iter().any(|offered| offered.trim() == *line));
        match self.offered() {
            [] => !self.run_since(step).iter().all(is_earlier),
            offered => self.lines_run(step, offered).iter().all(|it| *it),
        }
    }
}

fn line_of(input: &Input) -> Option<&str> {
    match input {
        Input::Line(line) | Input::Ask(line) => Some(line.trim()),
        _ => None,
    }
}

/// Whether a text is meant as a lesson: Markdown with goals, or with a lesson's settings.
pub fn is_lesson(text: &str) -> bool {
    let is_mark = |line: &str| matches!(line.trim_end(), "```goal" | "```lab");
    text.len() <= LESSON_MAX * 4 && text.lines().any(is_mark)
}
