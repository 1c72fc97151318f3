//! A session takes its place once it was played: in slices of a frame each, so that the page stays responsive, and its
//! reader can do without it.

use super::notice::Notice;
use super::opening;
use super::session_loading::{Loading, Source, Started};
use super::sessions::Left;
use super::shelf::{About, Kept};
use super::time::Micros;
use super::{Effect, OpenFiles, State};
use crate::playground::{Playground, Restoring};

/// So much is done between two looks at the clock.
const SLICE_WORK: usize = 300;
/// So much of a frame is spent on it, in microseconds.
const FRAME_BUDGET: i64 = 12_000;

impl State {
    /// How far a session is that is being played, in thousandths. `None` if there is none.
    pub fn loading_progress(&self) -> Option<u32> {
        self.loading.as_ref().map(|loading| loading.restoring.progress())
    }

    /// Begins to play a session of the list or of a file.
    pub(super) fn load(&mut self, restoring: Result<Restoring, String>, source: Source, effects: &mut Vec<Effect>) {
        match Loading::start(restoring, source) {
            Ok(Started::Done(playground, source)) => self.put_loaded(*playground, source, effects),
            Ok(Started::Slow(loading)) => {
                self.loading = Some(*loading);
                self.shows_sessions = false;
                effects.push(Effect::Frame);
            }
            Err(why) => self.notice = Some(Notice::filled(self.view.lang, "sessions.broken", &[("why", &why)])),
        }
    }

    /// Plays as much of it as fits into a frame.
    pub(super) fn load_some(&mut self, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        let begun = now();
        let Some(mut loading) = self.loading.take() else { return };
        let mut is_done = Ok(false);
        while is_done == Ok(false) && now().0 - begun.0 < FRAME_BUDGET {
            is_done = loading.restoring.go_on(SLICE_WORK);
        }
        match is_done {
            Ok(false) => {
                self.loading = Some(loading);
                effects.push(Effect::Frame);
            }
            is_done => self.end_loading(loading, is_done.map(|_| ()), effects),
        }
        effects.push(Effect::Render);
    }

    /// Plays the rest of it at once, for somebody who cannot wait.
    pub(super) fn load_all(&mut self, effects: &mut Vec<Effect>) {
        let Some(mut loading) = self.loading.take() else { return };
        let mut is_done = Ok(false);
        while is_done == Ok(false) {
            is_done = loading.restoring.go_on(usize::MAX);
        }
        self.end_loading(loading, is_done.map(|_| ()), effects);
    }

    /// Does without the session that is being played. One that was stored is kept in the list.
    pub(super) fn stop_loading(&mut self, effects: &mut Vec<Effect>) {
        let Some(loading) = self.loading.take() else { return };
        if let Source::Stored(kept) = loading.source {
            self.keep(kept, "sessions.earlier_kept", effects);
            effects.push(Effect::Forget);
        }
        self.go_on_after(effects);
    }

    fn end_loading(&mut self, loading: Loading, played: Result<(), String>, effects: &mut Vec<Effect>) {
        let Loading { restoring, source, others } = loading;
        match played {
            Ok(()) => {
                let mut playground = restoring.finish();
                let compared = opening::play_under(&mut playground, &others);
                self.put_loaded(playground, source, effects);
                self.compared = compared;
            }
            Err(why) => self.refuse_loaded(&why, source, effects),
        }
        self.go_on_after(effects);
    }

    fn go_on_after(&mut self, effects: &mut Vec<Effect>) {
        effects.push(Effect::Loaded);
        self.refresh(effects);
    }

    fn put_loaded(&mut self, playground: Playground, source: Source, effects: &mut Vec<Effect>) {
        match source {
            Source::Given => self.put_new(playground, None, effects),
            Source::Stored(kept) => self.put_new(playground, kept.files.as_deref(), effects),
            Source::File(files) => self.turn_to(playground, files.as_deref(), effects),
            Source::Shelf(kept) => {
                if let Some(at) = self.shelf.all().iter().position(|it| it.session == kept.session) {
                    self.shelf.take(at);
                }
                self.turn_to(playground, kept.files.as_deref(), effects);
                effects.push(Effect::StoreShelf(self.shelf.write()));
            }
        }
    }

    fn refuse_loaded(&mut self, why: &str, source: Source, effects: &mut Vec<Effect>) {
        let key = if matches!(source, Source::Given | Source::Stored(_)) { "store.broken" } else { "sessions.broken" };
        let mut notice = Notice::filled(self.view.lang, key, &[("why", why)]);
        if let Source::Stored(kept) = source {
            self.keep_broken(kept, effects);
            notice = notice.and(Notice::of(self.view.lang, "store.in_list"));
            effects.push(Effect::Forget);
        }
        self.notice = Some(notice);
    }

    /// Keeps a session that could not be played, marked so.
    pub(super) fn keep_broken(&mut self, kept: Kept, effects: &mut Vec<Effect>) {
        let about = About { has_failed: true, ..kept.about };
        self.keep(Kept { about, ..kept }, "sessions.earlier_kept", effects);
    }

    fn put_new(&mut self, playground: Playground, files: Option<&str>, effects: &mut Vec<Effect>) {
        let files = OpenFiles::new(files, &playground);
        self.put_in_place(Left::new(playground, files), effects);
    }
}
