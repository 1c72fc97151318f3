//! Lessons: what one is made of, and playing its solution. The text that one is read from is `lesson_text`, who takes one
//! is a `lesson_attempt`; draws nothing.

use super::terminals::Terminals;
use super::{Attempt, Lab, Options, Playground};
use crate::i18n::Lang;
use crate::i18n::lessons::say;
use crate::kubectl::flags::Args;
use crate::kubectl::resources::Resource;
use crate::kubectl::verbs::wait;
use crate::kubectl::verbs::wait_condition::Condition;
use crate::kubernetes::Kubernetes;
use crate::model::Millis;
use crate::scene::Mode;
use crate::shell::language::quoted_words;
use crate::sim::World;
use crate::world::Environment;
use std::fmt;

/// Words in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: String,
    /// Japanese; the English words where nobody wrote any.
    pub ja: String,
}

impl Words {
    /// The words in a language.
    pub fn say(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja if !self.ja.is_empty() => &self.ja,
            _ => &self.en,
        }
    }

    /// `English / 日本語`.
    pub(super) fn split(text: &str) -> Words {
        let (en, ja) = text.split_once(" / ").unwrap_or((text, ""));
        Words { en: en.trim().to_string(), ja: ja.trim().to_string() }
    }
}

/// What a reader is asked before a step runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: Words,
    /// The answers, and whether each is right.
    pub answers: Vec<(Words, bool)>,
    /// The rules whose decisions in the run explain the right answer, or `why OBJECT` for the cause of what is seen
    /// there; without any, what was decided or reported about the objects of the goals.
    pub because: Vec<String>,
}

/// A condition that ends a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goal {
    /// What `kubectl wait` takes: `--for=condition=Ready pod/web-2`.
    pub condition: String,
    /// The condition in the author's words, if there are any.
    pub words: Words,
}

impl Goal {
    /// `CONDITION # English / 日本語`.
    pub(super) fn read(line: &str) -> Goal {
        let (condition, words) = line.split_once(" # ").unwrap_or((line, ""));
        Goal { condition: condition.trim().to_string(), words: Words::split(words) }
    }

    /// What `kubectl wait` makes of it. `None` if it refuses that.
    fn condition(&self) -> Option<(Condition, Args)> {
        let (mut conditions, args) = wait::read(&quoted_words(&self.condition)).ok()?;
        Some((conditions.pop()?, args))
    }

    /// Whether it can hold at all: a condition that there is, about objects of a type that there is. Types that the lesson
    /// defines itself are not known here: `has_own_types` takes every word for one.
    pub(super) fn can_be_read(&self, has_own_types: bool) -> bool {
        let Some((_, args)) = self.condition() else { return false };
        let types = args.before_dash().first().map_or("", |object| object.split('/').next().unwrap_or_default());
        let is_type = |word: &str| word == "all" || Resource::find(word, &[]).is_some();
        has_own_types || types.is_empty() || types.split(',').all(is_type)
    }

    /// The condition in words.
    pub fn say(&self, lang: Lang) -> String {
        if !self.words.en.is_empty() {
            return self.words.say(lang).to_string();
        }
        let Some((condition, args)) = self.condition() else { return self.condition.clone() };
        let around = [args.text("namespace"), args.text("selector")].into_iter().filter(|it| !it.is_empty());
        let object = args.before_dash().iter().map(String::as_str).chain(around).collect::<Vec<_>>().join(" ");
        let told = |key: &'static str, what: &str, value: &str| {
            say(lang, key, &[("object", &object), ("what", what), ("value", value)])
        };
        let plain = |path: &str| path.trim_start_matches(['{', '.']).trim_end_matches('}').to_string();
        match condition {
            Condition::Delete => told("goal.delete", "", ""),
            Condition::Create => told("goal.create", "", ""),
            Condition::Status { name, value } if value == "true" => told("goal.condition", &name, ""),
            Condition::Status { name, value } => told("goal.is", &name, &value),
            Condition::Path { path, value: Some(value) } => told("goal.is", &plain(&path), &value),
            Condition::Path { path, value: None } => told("goal.has", &plain(&path), ""),
        }
    }
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LessonStep {
    /// Its title.
    pub title: Words,
    /// What to do and why.
    pub text: Words,
    /// Lines that are offered as buttons.
    pub lines: Vec<String>,
    /// How many of the goals are to be reached before each line is offered: those that stand above it in the text.
    pub after: Vec<usize>,
    /// The conditions that end it, in order.
    pub goals: Vec<Goal>,
    /// What helps, one after the other.
    pub hints: Vec<Words>,
    /// Lines that reach the goals.
    pub solution: Vec<String>,
    /// What to predict first.
    pub question: Option<Question>,
    /// The line of its title in the text, from 1.
    pub line: usize,
}

impl LessonStep {
    /// The lines that are offered once so many goals are reached.
    pub fn offered(&self, reached: usize) -> &[String] {
        let count = self.after.iter().take_while(|goals| **goals <= reached).count();
        self.lines.get(..count).unwrap_or(&[])
    }
}

/// A lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    /// Its title.
    pub title: Words,
    /// What it is about.
    pub about: Words,
    /// The environment's name.
    pub world: String,
    /// The Kubernetes that it asks for, if it asks for one.
    pub kubernetes: Option<Kubernetes>,
    /// The other versions that it is played under beside.
    pub beside: Vec<Kubernetes>,
    /// The seed.
    pub seed: u64,
    /// The text in the editor.
    pub manifest: String,
    /// The lines that are typed at the start.
    pub lines: Vec<String>,
    /// The steps.
    pub steps: Vec<LessonStep>,
    /// What a reader knows at the end.
    pub learned: Vec<Words>,
    /// The lesson that comes next: a name or an address.
    pub next: Option<String>,
    /// How much time goes by before the reader comes; without, the opening lines have their effect.
    pub wait: Option<Millis>,
    /// Where its picture is taken.
    pub picture: Shot,
}

/// What is wrong with a lesson's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonError {
    /// The line, from 1.
    pub line: usize,
    /// The key of its words in the catalogue.
    pub key: &'static str,
    /// What the words speak of.
    pub what: String,
}

impl LessonError {
    /// What is wrong and where, in words.
    pub fn say(&self, lang: Lang) -> String {
        let message = say(lang, self.key, &[("what", &self.what)]);
        say(lang, "error.place", &[("line", &self.line.to_string()), ("message", &message)])
    }
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

/// The longest lesson that is read, in bytes.
pub const LESSON_MAX: usize = 256 << 10;

/// Where a reader of a lesson stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The step; the number of steps when all are done.
    pub step: usize,
    /// How many of its goals were reached.
    pub goals: usize,
}

impl Lesson {
    /// What its playground begins with; `kubernetes` is what the cluster is where the lesson asks for none. `None` if its
    /// environment is unknown.
    pub fn options(&self, kubernetes: Kubernetes) -> Option<Options> {
        let environment = Environment::named(&self.world)?;
        Some(Options {
            seed: self.seed,
            environment: environment.with_kubernetes(self.kubernetes.unwrap_or(kubernetes)),
            manifest: self.manifest.clone(),
            lines: self.lines.clone(),
        })
    }

    /// Goes on as far as goals hold now. Returns whether anything was reached.
    pub fn advance(&self, progress: &mut Progress, playground: &Playground) -> bool {
        let before = *progress;
        while let Some(step) = self.steps.get(progress.step) {
            match step.goals.get(progress.goals) {
                Some(goal) if playground.holds(&goal.condition) => progress.goals += 1,
                Some(_) => break,
                None => *progress = Progress { step: progress.step + 1, goals: 0 },
            }
        }
        before != *progress
    }
}

/// The moment of a lesson's picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shot {
    /// So many steps are done.
    pub step: usize,
    /// So long after the next step's solution; without, the steps are just done.
    pub later: Option<Millis>,
    /// What it shows.
    pub mode: Mode,
}

impl Shot {
    /// Reads `2`, `2 nodes`, `0 +7s`.
    pub(super) fn read(text: &str) -> Option<Shot> {
        let mut words = text.split_whitespace();
        let mut shot = Shot { step: words.next()?.parse().ok()?, ..Shot::default() };
        for word in words {
            match word.strip_prefix('+') {
                Some(time) => shot.later = Some(Millis::seconds(time.trim_end_matches('s').parse().ok()?)),
                None => shot.mode = Mode::named(word.trim_end_matches('s'))?,
            }
        }
        Some(shot)
    }
}

/// How long a reader looks at what there is before a step.
const LOOK_MS: i64 = 20_000;

impl Attempt {
    /// Plays the solution of the first `count` steps of a lesson, as a reader would, and answers its questions right.
    ///
    /// # Errors
    /// The step that cannot be solved, or that is solved before anything is done.
    pub fn play(name: &str, source: &str, count: usize) -> Result<Playground, String> {
        let mut playground = Playground::of_lesson(name, source, Kubernetes::default()).map_err(|it| it.to_string())?;
        playground.advance(LOOK_MS);
        let Some(lesson) = playground.attempt().map(|it| std::rc::Rc::clone(&it.lesson)) else { return Ok(playground) };
        for (number, step) in lesson.steps.iter().enumerate().take(count) {
            let name = format!("line {}: step {} ({})", step.line, number + 1, step.title.en);
            if number > 0 {
                playground.advance(LOOK_MS);
            }
            // The opening lines may lead on by themselves to where there is only to look.
            let reached = playground.progress();
            // A question that nobody has answered holds the step open.
            let is_done = reached.step > number || reached.step == number && reached.goals >= step.goals.len();
            if is_done && !step.solution.iter().all(|line| only_looks(line)) {
                return Err(format!("{name} is done before anything is done"));
            }
            let right = step.question.as_ref().and_then(|it| it.answers.iter().position(|answer| answer.1));
            right.into_iter().for_each(|answer| playground.predict(number, answer));
            step.solution.iter().for_each(|line| playground.ask(line));
            if playground.progress().step <= number && !playground.until_goal() {
                let goal = step.goals.get(playground.progress().goals).map_or("", |goal| &goal.condition);
                return Err(format!("{name} is not solved by its solution: `kubectl wait {goal}` does not hold"));
            }
        }
        Ok(playground)
    }

    /// Plays a lesson to the moment of its picture.
    ///
    /// # Errors
    /// What is wrong with the text, or the step that cannot be solved.
    pub fn play_to_picture(name: &str, source: &str) -> Result<(Playground, Mode), String> {
        let lesson = Lesson::read(source).map_err(|error| error.to_string())?;
        let shot = lesson.picture;
        let mut playground = Attempt::play(name, source, shot.step)?;
        if let Some(later) = shot.later {
            let next = lesson.steps.get(shot.step);
            playground.advance(LOOK_MS);
            next.into_iter().flat_map(|step| &step.solution).for_each(|line| playground.ask(line));
            playground.advance(later.0);
        }
        Ok((playground, shot.mode))
    }
}

/// Whether a line changes nothing.
fn only_looks(line: &str) -> bool {
    ["kubectl get ", "kubectl describe ", "kubectl logs ", "why"].iter().any(|verb| line.starts_with(verb))
}

impl Playground {
    /// Whether what `kubectl wait` takes holds at the moment that is looked at. Changes nothing.
    pub fn holds(&self, goal: &str) -> bool {
        let mut lab: Lab = self.lab().clone();
        lab.terminals = Terminals::default();
        let now = lab.now();
        let exit = lab.console(|console, host| {
            let output = console.enter(&format!("kubectl wait {goal} --timeout=0s"), host);
            let exit = output.exit;
            (output, exit)
        });
        debug_assert_eq!(now, lab.now());
        exit == Some(0)
    }
}
