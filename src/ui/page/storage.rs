//! What a lab keeps in the browser: in the storage of all its tabs, and in that of this tab alone. What is kept, and when,
//! the state says (`state/shelf.rs`, `state/effect.rs`).

use web_sys::{Storage, Window};

/// What each browser tab has of its own in the storage, the session first.
const OF_TAB: [&str; 3] = ["session", "files", "about"];

/// The storage of a lab. Where there is none (a sandboxed frame), nothing is remembered.
pub(super) struct BrowserStorage {
    all: Storage,
    /// That of this browser tab alone: two tabs have a session each.
    tab: Option<Storage>,
    /// What every key begins with.
    prefix: String,
}

impl BrowserStorage {
    pub(super) fn of(window: &Window, prefix: String) -> Option<BrowserStorage> {
        // Throws where storage is forbidden.
        let all = window.local_storage().ok().flatten()?;
        Some(BrowserStorage { all, tab: window.session_storage().ok().flatten(), prefix })
    }

    fn name(&self, key: &str) -> String {
        format!("{}/{key}", self.prefix)
    }

    /// The storage of the tab for what is its own matter.
    fn tab_for(&self, key: &str) -> Option<&Storage> {
        self.tab.as_ref().filter(|_| OF_TAB.contains(&key))
    }

    /// What is stored under `key`: by this tab if it is its own matter and it has a session, else by the one that stored
    /// last.
    pub(super) fn read(&self, key: &str) -> Option<String> {
        let has_session = |tab: &&Storage| tab.get_item(&self.name(OF_TAB[0])).is_ok_and(|it| it.is_some());
        match self.tab_for(key).filter(has_session) {
            Some(tab) => tab.get_item(&self.name(key)).ok().flatten(),
            None => self.last_read(key),
        }
    }

    /// What any tab stored last under `key`.
    pub(super) fn last_read(&self, key: &str) -> Option<String> {
        self.all.get_item(&self.name(key)).ok().flatten()
    }

    /// Stores `text` under `key`. Returns whether it could.
    pub(super) fn write(&self, key: &str, text: &str) -> bool {
        if let Some(tab) = self.tab_for(key) {
            // Where there is no room for it twice, the tabs share one.
            let is_stored = tab.set_item(&self.name(key), text).is_ok();
            if !is_stored {
                OF_TAB.iter().for_each(|key| drop(tab.remove_item(&self.name(key))));
            }
        }
        self.all.set_item(&self.name(key), text).is_ok()
    }

    /// Forgets what is stored under `key`.
    pub(super) fn forget(&self, key: &str) {
        let _ = self.all.remove_item(&self.name(key));
        if let Some(tab) = self.tab_for(key) {
            let _ = tab.remove_item(&self.name(key));
        }
    }
}
