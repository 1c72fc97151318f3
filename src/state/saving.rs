//! What of a lab is handed over to be stored, and what is said where that could not be. When, the driver says (`ui/driver.rs`).

use super::effect::Session;
use super::notice::Notice;
use super::{Effect, State, Storing};

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
        let key = match storing {
            Storing::Done => return,
            Storing::Refused => "store.full",
            Storing::TooLarge => "store.large",
        };
        let notice = Some(Notice::of(self.view.lang, key));
        if self.notice != notice {
            self.notice = notice;
            effects.push(Effect::Render);
        }
    }
}
