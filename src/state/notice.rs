//! What the reader is told above the lab, and what that is about: which buttons stand beside it, and whether it goes by itself.

use super::State;
use crate::i18n::Lang;
use crate::i18n::ui::{t, tf};
use std::fmt;
use std::ops::Deref;

/// What the reader is told: sentences, each with its key in the catalogue, so that nobody searches the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    text: String,
    /// The keys of its sentences; empty for what others said, such as a refusal.
    keys: Vec<&'static str>,
}

impl Notice {
    /// A sentence of the catalogue.
    pub(super) fn of(lang: Lang, key: &'static str) -> Notice {
        Notice::keyed(key, t(lang, key).to_string())
    }

    /// A sentence of the catalogue with its arguments.
    pub(super) fn filled(lang: Lang, key: &'static str, arguments: &[(&str, &str)]) -> Notice {
        Notice::keyed(key, tf(lang, key, arguments))
    }

    /// A sentence that was made of what stands under `key`.
    fn keyed(key: &'static str, text: String) -> Notice {
        Notice { text, keys: vec![key] }
    }

    /// This, and another one behind it.
    pub(super) fn and(mut self, next: Notice) -> Notice {
        self.text = format!("{} {}", self.text, next.text);
        self.keys.extend(next.keys);
        self
    }

    /// Whether a sentence of it stands under one of `keys`.
    pub(super) fn has(&self, keys: &[&str]) -> bool {
        self.keys.iter().any(|key| keys.contains(key))
    }

    /// Whether all of its sentences stand under `keys`.
    fn is_only(&self, keys: &[&str]) -> bool {
        self.keys.iter().all(|key| keys.contains(key))
    }
}

/// What others said.
impl From<String> for Notice {
    fn from(text: String) -> Notice {
        Notice::keyed("", text)
    }
}

impl Deref for Notice {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl State {
    /// Whether what the reader is told is about the sessions that are kept.
    pub fn tells_of_sessions(&self) -> bool {
        self.tells(&["sessions.kept", "sessions.earlier_kept", "store.in_list"])
    }

    /// Whether what the reader is told is about something that an undo brings back.
    pub fn tells_of_a_way_back(&self) -> bool {
        self.can_return() && self.tells(&["sessions.kept", "sessions.text_kept"])
    }

    /// Whether what the reader is told only confirms something, so that it may go by itself after a while: what failed, and
    /// what is left to be done by hand, stays until it is closed.
    pub fn tells_in_passing(&self) -> bool {
        const PASSING: &[&str] =
            &["sessions.kept", "sessions.earlier_kept", "sessions.text_kept", "share.copied", "app.version.begun"];
        self.notice.as_ref().is_some_and(|notice| notice.is_only(PASSING))
    }

    fn tells(&self, keys: &[&str]) -> bool {
        self.notice.as_ref().is_some_and(|notice| notice.has(keys))
    }
}
