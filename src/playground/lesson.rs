//! Lessons: text files whose steps end by a condition on the cluster. Reading one, asking whether a step's goal holds, and
//! playing the solution; draws nothing.
//!
//! A lesson is Markdown. Before the first `## step` stand its title, what it is about, and its beginning; in each step
//! its words, and fenced blocks:
//! - `lab` (beginning): `world: zones`, `seed: 1`; `yaml` (beginning): the manifest in the editor; `console`: the opening
//!   lines at the beginning, the lines that are offered in a step.
//! - `goal`: what `kubectl wait` takes, a condition a line: `--for=condition=Ready pod/web-2`. They are reached in
//!   order, whoever typed what.
//! - `hint`: one more step towards it; `solution`: lines that reach it.
//! - `predict`: a question, then `- [ ]` and `- [x]` answers, of which one is right.
//! - `ja`: the words before it in Japanese. Titles, hints and answers have it behind ` / `.

use super::{Lab, Options, Playground};
use crate::i18n::Lang;
use crate::kubectl::Console;
use crate::sim::World;
use crate::world::Environment;

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
    fn split(text: &str) -> Words {
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
    /// The conditions that end it, in order, as `kubectl wait` takes them.
    pub goals: Vec<String>,
    /// What helps, one after the other.
    pub hints: Vec<Words>,
    /// Lines that reach the goals.
    pub solution: Vec<String>,
    /// What to predict first.
    pub question: Option<Question>,
}

/// A lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    /// Its title.
    pub title: Words,
    /// What it is about.
    pub about: Words,
    /// The surroundings' name.
    pub world: String,
    /// The seed.
    pub seed: u64,
    /// The text in the editor.
    pub manifest: String,
    /// The lines that are typed at the start.
    pub lines: Vec<String>,
    /// The steps.
    pub steps: Vec<LessonStep>,
}

/// What is wrong with a lesson's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl std::fmt::Display for LessonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
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

struct Reader {
    lesson: Lesson,
    /// The paragraph lines since the last heading or `ja` block.
    text: String,
    errors: Option<LessonError>,
}

impl Lesson {
    /// Reads a lesson.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn read(source: &str) -> Result<Lesson, LessonError> {
        if source.len() > LESSON_MAX {
            return Err(LessonError { line: 1, message: format!("a lesson has at most {LESSON_MAX} bytes") });
        }
        let lesson = Lesson { world: "minikube".into(), seed: 1, ..Lesson::default() };
        let mut reader = Reader { lesson, text: String::new(), errors: None };
        let mut lines = source.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            if let Some(kind) = line.strip_prefix("```") {
                let mut body = Vec::new();
                let mut is_closed = false;
                for (_, line) in lines.by_ref() {
                    if line.trim_end() == "```" {
                        is_closed = true;
                        break;
                    }
                    body.push(line);
                }
                match is_closed {
                    true => reader.block(kind.trim(), &body, number + 1),
                    false => reader.complain(number + 1, "this block is not closed"),
                }
            } else {
                reader.line(line);
            }
        }
        reader.end_text();
        reader.check(source.lines().count())
    }

    /// What its playground begins with. `None` if its surroundings are unknown.
    pub fn options(&self) -> Option<Options> {
        Some(Options {
            seed: self.seed,
            environment: Environment::named(&self.world)?,
            manifest: self.manifest.clone(),
            lines: self.lines.clone(),
        })
    }

    /// Goes on as far as goals hold now. Returns whether anything was reached.
    pub fn advance(&self, progress: &mut Progress, playground: &Playground) -> bool {
        let before = *progress;
        while let Some(step) = self.steps.get(progress.step) {
            match step.goals.get(progress.goals) {
                Some(goal) if playground.holds(goal) => progress.goals += 1,
                Some(_) => break,
                None => *progress = Progress { step: progress.step + 1, goals: 0 },
            }
        }
        before != *progress
    }

    /// Plays the solution of every step.
    ///
    /// # Errors
    /// The step that cannot be solved, or that is solved before anything is done.
    pub fn play(&self) -> Result<(), String> {
        let options = self.options().ok_or_else(|| format!("there is no world called {}", self.world))?;
        let mut playground = Playground::new(options);
        playground.advance(START_MS);
        let mut progress = Progress::default();
        for (number, step) in self.steps.iter().enumerate() {
            let name = format!("step {} ({})", number + 1, step.title.en);
            self.advance(&mut progress, &playground);
            if progress.step > number {
                return Err(format!("{name} is done before anything is done"));
            }
            step.solution.iter().for_each(|line| playground.ask(line));
            for _ in 0..PATIENCE_MS / SLICE_MS {
                self.advance(&mut progress, &playground);
                if progress.step > number {
                    break;
                }
                playground.advance(SLICE_MS);
            }
            if progress.step <= number {
                let goal = step.goals.get(progress.goals).map_or("", String::as_str);
                return Err(format!("{name} is not solved by its solution: `kubectl wait {goal}` does not hold"));
            }
        }
        Ok(())
    }
}

/// How long the opening lines have.
const START_MS: i64 = 60_000;
/// How long a solution has, and how often it is looked.
const PATIENCE_MS: i64 = 900_000;
const SLICE_MS: i64 = 250;

impl Reader {
    fn complain(&mut self, line: usize, message: impl Into<String>) {
        self.errors.get_or_insert(LessonError { line, message: message.into() });
    }

    fn line(&mut self, line: &str) {
        if let Some(title) = line.strip_prefix("## ") {
            self.end_text();
            self.lesson.steps.push(LessonStep { title: Words::split(title), ..LessonStep::default() });
        } else if let Some(title) = line.strip_prefix("# ") {
            self.lesson.title = Words::split(title);
        } else {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// The words that are being read belong to the step, or to the lesson.
    fn words(&mut self) -> &mut Words {
        match self.lesson.steps.last_mut() {
            Some(step) => &mut step.text,
            None => &mut self.lesson.about,
        }
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text).trim().to_string();
        if !text.is_empty() {
            let words = self.words();
            if !words.en.is_empty() {
                words.en.push_str("\n\n");
            }
            words.en.push_str(&text);
        }
    }

    fn block(&mut self, kind: &str, body: &[&str], line: usize) {
        self.end_text();
        let lines = body.iter().map(|line| line.to_string()).filter(|line| !line.trim().is_empty());
        let step = self.lesson.steps.last_mut();
        match (kind, step) {
            ("ja", _) => self.words().ja = body.join("\n").trim().to_string(),
            ("lab", None) => body.iter().enumerate().for_each(|(at, setting)| self.set(setting, line + at + 1)),
            ("yaml", None) => self.lesson.manifest = format!("{}\n", body.join("\n")),
            ("console", None) => self.lesson.lines = lines.collect(),
            ("console", Some(step)) => step.lines.extend(lines),
            ("goal", Some(step)) => {
                step.goals.extend(lines);
                if step.goals.iter().any(|goal| !goal.contains("--for=")) {
                    self.complain(line, "a goal is what `kubectl wait` takes: --for=condition=Ready pod/web-0");
                }
            }
            ("hint", Some(step)) => step.hints.extend(lines.map(|line| Words::split(&line))),
            ("solution", Some(step)) => step.solution.extend(lines),
            ("predict", Some(step)) => match question(body) {
                Some(question) => step.question = Some(question),
                None => self.complain(line, "a question has answers `- [ ] …`, and one right one `- [x] …`"),
            },
            (kind, _) => self.complain(line, format!("nobody knows a block `{kind}` here")),
        }
    }

    fn set(&mut self, setting: &str, line: usize) {
        match setting.split_once(':').map(|(name, value)| (name.trim(), value.trim())) {
            Some(("world", value)) if Environment::named(value).is_some() => self.lesson.world = value.into(),
            Some(("seed", value)) if value.parse::<u64>().is_ok() => self.lesson.seed = value.parse().unwrap_or(1),
            None if setting.trim().is_empty() => {}
            _ => self.complain(line, format!("nobody knows the setting `{setting}`")),
        }
    }

    fn check(self, last: usize) -> Result<Lesson, LessonError> {
        let missing = |message: String| Err(LessonError { line: last, message });
        if let Some(error) = self.errors {
            return Err(error);
        }
        if self.lesson.title.en.is_empty() || self.lesson.steps.is_empty() {
            return missing("a lesson has a title (`# …`) and steps (`## …`)".into());
        }
        for step in &self.lesson.steps {
            if step.goals.is_empty() || step.solution.is_empty() {
                return missing(format!("the step “{}” has no `goal` or no `solution`", step.title.en));
            }
        }
        Ok(self.lesson)
    }
}

fn question(body: &[&str]) -> Option<Question> {
    let mut question = Question::default();
    for line in body.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
        match (line.strip_prefix("- [ ] "), line.strip_prefix("- [x] ")) {
            (Some(answer), _) => question.answers.push((Words::split(answer), false)),
            (_, Some(answer)) => question.answers.push((Words::split(answer), true)),
            _ => question.text = Words::split(line),
        }
    }
    let right = question.answers.iter().filter(|answer| answer.1).count();
    (right == 1 && question.answers.len() > 1 && !question.text.en.is_empty()).then_some(question)
}

impl Playground {
    /// Whether what `kubectl wait` takes holds at the moment that is looked at. Changes nothing.
    pub fn holds(&self, goal: &str) -> bool {
        let mut lab: Lab = self.lab().clone();
        lab.console = Console::default();
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
