//! Plays transcripts: what one types and what one sees, on virtual time; knows the playground and nothing behind it.
//!
//! The form of a transcript (`tests/transcripts/*.txt`):
//! - `# …` says what to expect and why.
//! - `! world minikube seed 7` (before anything else) chooses the environment; `minikube` and seed 1 without it.
//! - `$ …` types a line at the console; the lines behind `> ` right after it are typed as well, as into `<<EOF`.
//! - `$ wait 30s` lets virtual time go on and shows what changed meanwhile; `$ interrupt` presses Ctrl-C.
//! - `$ open mariadb` puts `www/scenarios/mariadb.yaml` into the editor, from where `-f manifest.yaml` reads it.
//! - `$ answer s/from/to/` changes the text that `kubectl edit` opened and saves it, `$ answer` saves it as it is; the
//!   comments of a text that is opened again are shown.
//! - `$ edit` puts the lines after it, each behind `> `, there in its place.
//! - Everything else is what is seen, up to the next step or the comment above it.
//!
//! `UPDATE_EXPECT=1` writes the files anew. UIDs are shown as `…-000000000001` and so on, in order of appearance.
#![allow(dead_code, reason = "each test takes what it needs")]

use statefulset_lab::cluster::{Change, Verb};
use statefulset_lab::model::{Kind, Millis, Object};
use statefulset_lab::playground::{Entry, Options, Playground, Record};
use statefulset_lab::world::Environment;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One step of a transcript: the lines before it that say why, what is done, what was seen.
pub struct Step {
    /// Comments, directives and empty lines before the step, as they stand.
    pub before: String,
    /// What is done, without the `$ `.
    pub line: String,
    /// The lines behind `> `.
    pub input: String,
    /// What was seen.
    pub seen: String,
}

impl Step {
    /// Takes the empty lines at the end away: those inside belong to what was seen, those do not.
    fn end(&mut self) -> String {
        let kept = self.seen.trim_end_matches('\n').len();
        self.seen.split_off(if kept == 0 { 0 } else { (kept + 1).min(self.seen.len()) })
    }
}

/// A whole transcript.
pub struct Transcript {
    /// The environment's name.
    pub world: String,
    /// The seed.
    pub seed: u64,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// What stands behind the last step.
    pub after: String,
}

/// The transcripts of `tests/transcripts` and `tests/cases`, in order, by their file names without ending; `TRANSCRIPTS`
/// names another folder instead.
pub fn transcripts() -> Vec<(String, PathBuf)> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = match std::env::var_os("TRANSCRIPTS") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => vec![own.join("tests/transcripts"), own.join("tests/cases")],
    };
    let mut found: Vec<_> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path))
        .collect();
    found.sort();
    found
}

/// Reads a transcript.
pub fn parse(text: &str) -> Transcript {
    let mut transcript = Transcript { world: "minikube".into(), seed: 1, steps: Vec::new(), after: String::new() };
    let mut before = String::new();
    let mut was_empty = true;
    for line in text.lines() {
        let starts_step = line.starts_with("$ ");
        let ends_step = starts_step || was_empty && (line.starts_with("# ") || line.starts_with("! "));
        was_empty = line.is_empty();
        let step = transcript.steps.last_mut();
        if let Some(step) = step.filter(|_| ends_step && before.is_empty()) {
            before = step.end();
        }
        if let Some(line) = line.strip_prefix("$ ") {
            let before = std::mem::take(&mut before);
            transcript.steps.push(Step { before, line: line.into(), input: String::new(), seen: String::new() });
            continue;
        }
        let is_before = transcript.steps.is_empty() || ends_step || !before.is_empty();
        match transcript.steps.last_mut().filter(|_| !is_before) {
            Some(step) => {
                let (to, line) = match line.strip_prefix('>').filter(|_| step.seen.is_empty()) {
                    Some(line) => (&mut step.input, line.strip_prefix(' ').unwrap_or(line)),
                    None => (&mut step.seen, line),
                };
                to.push_str(line);
                to.push('\n');
            }
            None => {
                if let Some((world, seed)) = line.strip_prefix("! world ").and_then(|it| it.split_once(" seed ")) {
                    (transcript.world, transcript.seed) = (world.into(), seed.parse().expect("a number as seed"));
                }
                before.push_str(line);
                before.push('\n');
            }
        }
    }
    if let Some(step) = transcript.steps.last_mut().filter(|_| before.is_empty()) {
        before = step.end();
    }
    transcript.after = before;
    transcript
}

/// Writes a transcript with what was seen this time.
pub fn format(transcript: &Transcript, seen: &[String]) -> String {
    let mut out = String::new();
    for (step, seen) in transcript.steps.iter().zip(seen) {
        let _ = writeln!(out, "{}$ {}", step.before, step.line);
        for line in step.input.lines() {
            let _ = writeln!(out, "{}", format!("> {line}").trim_end());
        }
        // Empty lines at the end stand before the next step already.
        out.push_str(seen.trim_end_matches('\n'));
        out.push_str(if seen.trim_end_matches('\n').is_empty() { "" } else { "\n" });
    }
    out + &transcript.after
}

/// Plays a transcript; returns the playground and what was seen at each step.
pub fn play(transcript: &Transcript) -> (Playground, Vec<String>) {
    play_with(transcript, |_, _| ())
}

/// The same; `before` is called before each step.
pub fn play_with(transcript: &Transcript, mut before: impl FnMut(&Playground, &Step)) -> (Playground, Vec<String>) {
    let environment = Environment::named(&transcript.world).expect("a world of that name");
    let options = Options { seed: transcript.seed, environment, manifest: String::new(), lines: Vec::new() };
    let mut playground = Playground::new(options);
    let mut eyes = Eyes::default();
    let mut see = |step: &Step| {
        before(&playground, step);
        eyes.see(&mut playground, step)
    };
    let seen = transcript.steps.iter().map(&mut see).collect();
    (playground, seen)
}

/// `30s`, `1.5s`, `250ms`, `2m`, `1h` as a length of time.
fn duration(text: &str) -> Millis {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit = match text.get(digits.len()..) {
        Some("ms") => 1,
        Some("s") => 1_000,
        Some("m") => 60_000,
        Some("h") => 3_600_000,
        _ => panic!("`wait {text}`: write a length such as 30s, 250ms or 2m"),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let thousandths: i64 = format!("{part:0<3}").get(..3).and_then(|it| it.parse().ok()).expect("a number");
    Millis((whole.parse::<i64>().expect("a number") * 1000 + thousandths) * unit / 1000)
}

/// Remembers what was already seen.
#[derive(Default)]
struct Eyes {
    entries: usize,
    records: usize,
    uids: BTreeMap<String, usize>,
}

impl Eyes {
    fn see(&mut self, playground: &mut Playground, step: &Step) -> String {
        let mut seen = String::new();
        let mut words = step.line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("edit"), None) => playground.set_editor(&step.input),
            (Some("open"), Some(name)) => {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("www/scenarios/{name}.yaml"));
                playground.set_editor(&std::fs::read_to_string(path).expect("a scenario of that name"));
            }
            (Some("interrupt"), None) => playground.interrupt(),
            (Some("answer"), _) => seen = answer(playground, step.line.strip_prefix("answer ").unwrap_or("")),
            (Some("wait"), Some(length)) => {
                playground.advance(duration(length).0);
                seen = self.transitions(playground);
            }
            _ => {
                playground.enter(&step.line);
                step.input.lines().for_each(|line| playground.enter(line));
            }
        }
        seen.push_str(&self.said(playground));
        self.uids_masked(&seen)
    }

    /// What was written since the last look, in words of the API.
    fn transitions(&mut self, playground: &Playground) -> String {
        let mut out = String::new();
        for record in playground.records().iter().take(playground.record_count()).skip(self.records) {
            let Record::Change(change) = record else { continue };
            if let Some(what) = transition(change) {
                let (minutes, seconds, ms) = (change.at.0 / 60_000, change.at.0 / 1000 % 60, change.at.0 % 1000);
                let object = &change.object;
                let name = format!("{}/{}", object.kind.names().singular, object.meta.name);
                let _ = writeln!(out, "{minutes:02}:{seconds:02}.{ms:03}  {name}  {what}");
            }
        }
        self.records = playground.record_count();
        out
    }

    /// What the console said since the last look.
    fn said(&mut self, playground: &Playground) -> String {
        let mut out = String::new();
        let entries = playground.entries();
        if entries.len() < self.entries {
            self.entries = 0;
        }
        for entry in entries.iter().skip(self.entries) {
            if let Entry::Said { output, .. } = &**entry {
                for line in &output.lines {
                    let _ = writeln!(out, "{}", line.text());
                }
            }
        }
        self.entries = entries.len();
        out
    }

    /// UIDs as numbers in order of appearance, so that goldens hold no random text.
    fn uids_masked(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match rest.get(..36).filter(|word| is_uid(word)) {
                Some(word) => {
                    let next = self.uids.len() + 1;
                    let number = *self.uids.entry(word.to_owned()).or_insert(next);
                    let _ = write!(out, "00000000-0000-0000-0000-{number:012}");
                    rest = rest.get(36..).unwrap_or_default();
                }
                None => {
                    out.push(c);
                    rest = rest.get(c.len_utf8()..).unwrap_or_default();
                }
            }
        }
        out
    }
}

/// Saves the text that `kubectl edit` opened, changed by `s/from/to/`, and shows the comments if it is opened again.
fn answer(playground: &mut Playground, change: &str) -> String {
    let (number, text) = playground.opened().map(|opened| (opened.0, opened.2.to_string())).expect("an opened text");
    let text = match change.split('/').collect::<Vec<_>>().as_slice() {
        ["s", from, to, ""] => {
            assert!(text.contains(from), "the opened text has no {from:?}:\n{text}");
            text.replace(from, &to.replace("\\n", "\n"))
        }
        _ => text,
    };
    playground.answer_edit(Some(&text));
    let again = playground.opened().filter(|opened| opened.0 != number);
    let comments = again.map(|opened| opened.2.to_string()).unwrap_or_default();
    // The first lines say how to edit.
    comments.lines().filter(|line| line.starts_with('#')).skip(3).map(|line| format!("{line}\n")).collect()
}

fn is_uid(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_hexdigit() || c == '-') && word.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// What a change means to a reader, if anything.
fn transition(change: &Change) -> Option<String> {
    if !matches!(change.kind(), Kind::Pod | Kind::PersistentVolumeClaim | Kind::StatefulSet | Kind::Node) {
        return None;
    }
    if change.verb == Verb::Deleted {
        return Some("deleted".into());
    }
    let now = state(&change.object);
    match &change.old {
        None => Some(now),
        Some(old) => {
            let before = state(old);
            (before != now).then(|| format!("{before} → {now}"))
        }
    }
}

/// An object's state in a few words.
fn state(object: &Object) -> String {
    if object.meta.is_terminating() {
        return "Terminating".into();
    }
    let is_ready = object
        .list_at(&["status", "conditions"])
        .iter()
        .any(|condition| condition.str_at(&["type"]) == "Ready" && condition.str_at(&["status"]) == "True");
    match object.kind {
        Kind::StatefulSet => {
            let count = |path: &[&str]| object.i64_at(path).unwrap_or(0);
            format!("{}/{}", count(&["status", "readyReplicas"]), count(&["spec", "replicas"]))
        }
        Kind::Node => if is_ready { "Ready" } else { "NotReady" }.into(),
        Kind::Pod if is_ready => "Ready".into(),
        _ => match object.str_at(&["status", "phase"]) {
            "" => "Pending".into(),
            phase => phase.into(),
        },
    }
}
