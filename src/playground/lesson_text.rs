//! Reading a lesson's text; knows no cluster.
//!
//! A lesson is Markdown. Before the first `## step` stand its title, what it is about, and its beginning; in each step
//! its words, and fenced blocks:
//! - `lab` (beginning): `world: zones`, `seed: 1`, `version: 1.37`, `gates: NAME=true`, `compare: 1.36, 1.37`, `next: NAME`,
//!   `picture: 2 nodes +5s`: the moment of its picture, when so many steps are done, or so long after the next one's
//!   solution; `wait: 30s`, how long the opening lines have before the reader comes (else until they have had their effect);
//!   `yaml` (beginning): the manifest in the editor; `console`: the opening lines at the beginning, the lines that are
//!   offered in a step; those below a goal once it is reached.
//! - `goal`: what `kubectl wait` takes, a condition a line, and its words: `--for=condition=Ready pod/web-2 # web-2 is
//!   ready / web-2 が Ready`. They are reached in order, whoever typed what.
//! - `hint`: one more step towards it, a line each; `solution`: lines that reach it.
//! - `predict`: a question, then `- [ ]` and `- [x]` answers, of which one is right, and `because: RULE, RULE`, the rules
//!   whose decisions in the run explain it, or `because: why KIND/NAME` for a cause.
//! - `ja`: the words before it in Japanese. Titles, hints and answers have it behind ` / `.
//! - `learned` (anywhere): what a reader knows at the end, a line each.

use super::lesson::{Goal, LESSON_MAX, Lesson, LessonError, LessonStep, Question, Shot, Words};
use crate::kubernetes::{Kubernetes, Version};
use crate::model::Millis;
use crate::world::Environment;

/// The most steps of a lesson, and the most lines of a block that are typed.
const STEPS_MAX: usize = 100;
const LINES_MAX: usize = 100;

struct Reader {
    lesson: Lesson,
    /// The paragraph lines since the last heading or `ja` block.
    text: String,
    /// The first thing that is wrong.
    error: Option<LessonError>,
    version: Option<(Version, usize)>,
    gates: Option<(String, usize)>,
    /// Whether its text defines types of its own.
    has_own_types: bool,
}

impl Lesson {
    /// Reads a lesson.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn read(source: &str) -> Result<Lesson, LessonError> {
        if source.len() > LESSON_MAX {
            return Err(LessonError { line: 1, key: "error.long", what: LESSON_MAX.to_string() });
        }
        let lesson = Lesson {
            world: "minikube".into(),
            seed: 1,
            picture: Shot { step: 1, ..Shot::default() },
            ..Lesson::default()
        };
        let has_own_types = source.contains("CustomResourceDefinition");
        let (text, error, version, gates) = (String::new(), None, None, None);
        let mut reader = Reader { lesson, text, error, version, gates, has_own_types };
        let mut lines = source.lines().enumerate();
        while let Some((at, line)) = lines.next() {
            let Some(kind) = line.strip_prefix("```") else {
                reader.line(line, at + 1);
                continue;
            };
            let mut body = Vec::new();
            let mut is_closed = false;
            for (_, line) in lines.by_ref() {
                is_closed = line.trim_end() == "```";
                if is_closed {
                    break;
                }
                body.push(line);
            }
            match is_closed {
                true => reader.block(kind.trim(), &body, at + 1),
                false => reader.complain(at + 1, "error.open", kind),
            }
        }
        reader.end_text();
        reader.choose_kubernetes();
        reader.check()
    }
}

impl Reader {
    fn complain(&mut self, line: usize, key: &'static str, what: &str) {
        let error = LessonError { line, key, what: what.to_string() };
        if self.error.as_ref().is_none_or(|known| line < known.line) {
            self.error = Some(error);
        }
    }

    fn line(&mut self, line: &str, at: usize) {
        if let Some(title) = line.strip_prefix("## ") {
            self.end_text();
            self.lesson.steps.push(LessonStep { title: Words::split(title), line: at, ..LessonStep::default() });
            if self.lesson.steps.len() > STEPS_MAX {
                self.complain(at, "error.steps", &STEPS_MAX.to_string());
            }
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

    fn block(&mut self, kind: &str, body: &[&str], at: usize) {
        self.end_text();
        let lines = body.iter().map(|line| line.to_string()).filter(|line| !line.trim().is_empty());
        let is_long = matches!(kind, "console" | "goal" | "hint" | "solution") && body.len() > LINES_MAX;
        if is_long {
            return self.complain(at, "error.lines", &LINES_MAX.to_string());
        }
        match (kind, self.lesson.steps.last_mut()) {
            ("ja", _) => self.words().ja = body.join("\n").trim().to_string(),
            ("learned", _) => self.lesson.learned.extend(lines.map(|line| Words::split(line.trim_start_matches("- ")))),
            ("lab", None) => body.iter().enumerate().for_each(|(offset, setting)| self.set(setting, at + offset + 1)),
            ("yaml", None) => self.lesson.manifest = format!("{}\n", body.join("\n")),
            ("console", None) => self.lesson.lines = lines.collect(),
            ("console", Some(step)) => {
                step.lines.extend(lines);
                step.after.resize(step.lines.len(), step.goals.len());
            }
            ("goal", Some(step)) => {
                let (mut wrong, has_own_types) = (None, self.has_own_types);
                for (offset, line) in body.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                    let goal = Goal::read(line);
                    if !goal.can_be_read(has_own_types) {
                        wrong = wrong.or(Some((at + offset + 1, *line)));
                    }
                    step.goals.push(goal);
                }
                wrong.into_iter().for_each(|(at, line)| self.complain(at, "error.goal", line));
            }
            ("hint", Some(step)) => step.hints.extend(lines.map(|line| Words::split(&line))),
            ("solution", Some(step)) => step.solution.extend(lines),
            ("predict", Some(step)) => match question(body) {
                Some(question) => step.question = Some(question),
                None => self.complain(at, "error.question", ""),
            },
            (kind, _) => self.complain(at, "error.block", kind),
        }
    }

    fn set(&mut self, setting: &str, at: usize) {
        let (name, value) = setting.split_once(':').unwrap_or((setting, ""));
        let value = value.trim();
        match (name.trim(), value) {
            ("", "") => {}
            ("world", value) if Environment::named(value).is_some() => self.lesson.world = value.into(),
            ("seed", value) if value.parse::<u64>().is_ok() => self.lesson.seed = value.parse().unwrap_or(1),
            ("version", value) if Version::parse(value).is_some() => {
                self.version = Version::parse(value).map(|it| (it, at));
            }
            ("compare", value) => match value.split(',').map(|word| Version::parse(word.trim())).collect() {
                Some(versions) => self.lesson.beside = Vec::into_iter(versions).map(Kubernetes::of).collect(),
                None => self.complain(at, "error.setting", setting),
            },
            ("gates", value) => self.gates = Some((value.to_string(), at)),
            ("next", value) => self.lesson.next = Some(value.to_string()).filter(|it| !it.is_empty()),
            ("wait", value) if seconds(value).is_some() => self.lesson.wait = seconds(value),
            ("picture", value) => match Shot::read(value) {
                Some(shot) => self.lesson.picture = shot,
                None => self.complain(at, "error.setting", setting),
            },
            _ => self.complain(at, "error.setting", setting),
        }
    }

    fn choose_kubernetes(&mut self) {
        let kubernetes = self.version.map(|it| Kubernetes::of(it.0));
        match self.gates.take() {
            None => self.lesson.kubernetes = kubernetes,
            Some((gates, at)) => match kubernetes.unwrap_or_default().with_gates(&gates) {
                Ok(kubernetes) => self.lesson.kubernetes = Some(kubernetes),
                Err(_) => self.complain(at, "error.setting", &format!("gates: {gates}")),
            },
        }
    }

    fn check(mut self) -> Result<Lesson, LessonError> {
        if self.lesson.title.en.is_empty() {
            self.complain(1, "error.title", "");
        } else if self.lesson.steps.is_empty() {
            self.complain(1, "error.no-steps", "");
        }
        let steps = self.lesson.steps.iter();
        let hollow = steps.clone().find(|step| step.goals.is_empty()).map(|step| (step, "error.no-goal"));
        let hollow = hollow
            .or_else(|| steps.clone().find(|step| step.solution.is_empty()).map(|step| (step, "error.no-solution")));
        // What is broken in a block says more than that the block is missing.
        let hollow = hollow.filter(|_| self.error.is_none());
        if let Some((line, key, title)) = hollow.map(|(step, key)| (step.line, key, step.title.en.clone())) {
            self.complain(line, key, &title);
        }
        self.error.map_or(Ok(self.lesson), Err)
    }
}

/// `30s` as a length; ten minutes at most.
fn seconds(text: &str) -> Option<Millis> {
    text.strip_suffix('s')?.parse().ok().filter(|it| (0..=600).contains(it)).map(Millis::seconds)
}

fn question(body: &[&str]) -> Option<Question> {
    let mut question = Question::default();
    for line in body.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
        if let Some(answer) = line.strip_prefix("- [ ] ") {
            question.answers.push((Words::split(answer), false));
        } else if let Some(answer) = line.strip_prefix("- [x] ") {
            question.answers.push((Words::split(answer), true));
        } else if let Some(rules) = line.strip_prefix("because: ") {
            question.because = rules.split(',').map(|rule| rule.trim().to_string()).collect();
        } else {
            question.text = Words::split(line);
        }
    }
    let right = question.answers.iter().filter(|answer| answer.1).count();
    (right == 1 && question.answers.len() > 1 && !question.text.en.is_empty()).then_some(question)
}
