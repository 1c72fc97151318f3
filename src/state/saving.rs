//! What of a lab is handed over to be stored, and what is said where that could not be. When, the driver says (`ui/driver.rs`).

use super::effect::Session;
use super::{Effect, State, Storing};
use crate::i18n::ui::t;

/// The longest session and the longest open texts that are stored, in bytes; browsers give an origin about five million.
pub(super) const STORED_MAX: usize = 2 << 20;

impl State {
    pub(super) fn save(&mut self, effects: &mut Vec<Effect>) {
        if self.view.is_paused == self.pace.is_playing {
            self.view.is_paused = !self.pace.is_playing;
            effects.push(Effect::SaveView(self.view.line()));
        }
        let session = Some(self.playground.borrow().save()).filter(|text| text.len() <= STORED_MAX);
        effects.push(Effect::Store(Session {
            session,
            files: self.files.encode(STORED_MAX),
            about: self.about().write(),
        }));
    }

    pub(super) fn stored(&mut self, storing: Storing, effects: &mut Vec<Effect>) {
        let notice = match storing {
            Storing::Done => return,
            Storing::Refused => t(self.view.lang, "store.full"),
            Storing::TooLarge => t(self.view.lang, "store.large"),
        };
        if self.notice.as_deref() != Some(notice) {
            self.notice = Some(notice.to_string());
            effects.push(Effect::Render);
        }
    }
}
