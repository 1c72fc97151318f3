//! The session in the browser's storage: read at the start, written when it has changed, never trusted.

use super::browser;
use super::view;
use crate::model::{Value, parse_json, to_json};
use crate::obj;
use crate::playground::{Playground, SCENARIOS, Scenario};
use std::rc::Rc;

const KEY: &str = "statefulset-lab/session";
const FILES: &str = "statefulset-lab/files";

/// The longest session that is stored, in bytes; browsers give a page about five million.
const STORED_MAX: usize = 2 << 20;

/// What a page begins with.
pub struct Beginning {
    /// The playground.
    pub playground: Playground,
    /// Why the stored session could not be read, if there was one.
    pub broken: Option<String>,
}

/// The scenario that the address asks for, else the stored session, else the first scenario.
pub fn begin() -> Beginning {
    let seed = view::asked("seed").and_then(|text| text.parse().ok()).unwrap_or(1);
    let asked = view::asked("scenario").and_then(|id| Scenario::named(&id));
    let stored = if asked.is_some() { None } else { browser::stored(KEY) };
    let broken = match stored.map(|text| Playground::restore(&text)) {
        Some(Ok(playground)) => return Beginning { playground, broken: None },
        Some(Err(why)) => {
            browser::forget(KEY);
            Some(why)
        }
        None => None,
    };
    Beginning { playground: start(asked.or(SCENARIOS.first()), seed), broken }
}

/// A playground at the start of a scenario.
pub fn start(scenario: Option<&Scenario>, seed: u64) -> Playground {
    let options = scenario.and_then(|it| it.options(seed));
    Playground::new(
        options.expect("every scenario names an environment that exists; a test of the playground checks it"),
    )
}

/// What became of storing a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is stored.
    Yes,
    /// The browser refused.
    Refused,
    /// It is larger than we store.
    TooLarge,
}

/// Stores the session.
pub fn save(playground: &Playground) -> Stored {
    let text = playground.save();
    if text.len() > STORED_MAX {
        browser::forget(KEY);
        return Stored::TooLarge;
    }
    if browser::store(KEY, &text) { Stored::Yes } else { Stored::Refused }
}

/// The open texts, with their names.
pub type Files = Vec<(Rc<str>, Rc<str>)>;

/// The open texts as they were stored, and the number of the one that is edited; its text is `edited`.
pub fn files(edited: &Rc<str>) -> (Files, usize) {
    let stored = browser::stored(FILES).and_then(|text| parse_json(&text).ok());
    let texts = stored.as_ref().map(|it| it.list_at(&["files"])).unwrap_or_default();
    let mut files: Files =
        texts.iter().map(|file| (file.str_at(&["name"]).into(), file.str_at(&["text"]).into())).collect();
    let file = stored.as_ref().and_then(|it| it.i64_at(&["file"])).and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    match files.get_mut(file) {
        Some(open) if open.1 == *edited => (files, file),
        // The session is of another time than the files.
        _ => (vec![(Playground::MANIFEST_NAME.into(), Rc::clone(edited))], 0),
    }
}

/// Stores the open texts if there are several.
pub fn save_files(files: &Files, file: usize) {
    let size: usize = files.iter().map(|file| file.1.len()).sum();
    if files.len() < 2 || size > STORED_MAX {
        browser::forget(FILES);
        return;
    }
    let texts: Vec<Value> =
        files.iter().map(|(name, text)| obj! { "name" => name.to_string(), "text" => text.to_string() }).collect();
    browser::store(FILES, &to_json(&obj! { "files" => texts, "file" => file as i64 }));
}

/// Forgets the stored session.
pub fn forget() {
    browser::forget(KEY);
}
