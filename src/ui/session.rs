//! The session in the browser's storage: read at the start, written when it has changed, never trusted.

use super::browser;
use super::view;
use crate::playground::{Playground, SCENARIOS, Scenario};

const KEY: &str = "statefulset-lab/session";

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

/// Forgets the stored session.
pub fn forget() {
    browser::forget(KEY);
}
