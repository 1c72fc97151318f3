//! What an action leaves to be done outside: drawing, frames, storage, the focus, news for the host page.

use super::Field;
use crate::model::Millis;
use std::rc::Rc;

/// Something that the owner of a state carries out, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Draw: something that can be seen is another.
    Render,
    /// Virtual time has moved to this moment: clocks and playheads follow.
    Time(Millis),
    /// Ask for a frame of the screen, then dispatch `Action::Frame`.
    Frame,
    /// Dispatch `Action::Save` when nothing was done for a while.
    SaveSoon,
    /// Fetch the text of a lesson by its name or address, then dispatch `LessonAction::Fetched`.
    FetchLesson(Rc<str>),
    /// Store how far the reader is in which lesson, a short line.
    StoreMarks(String),
    /// Store the arrangement, a short line.
    SaveView(String),
    /// Store the session, then dispatch `Action::Stored`.
    Store(Session),
    /// Forget the stored session: it could not be read.
    Forget,
    /// What was being played is there, or was given up: it did not make the page hang.
    Loaded,
    /// Store the list of the sessions that were left.
    StoreShelf(String),
    /// Offer a text as a file.
    SaveFile {
        /// The file's name.
        name: String,
        /// What it holds.
        text: String,
    },
    /// Put a line back that was typed at the console and did not run.
    Refill(String),
    /// Give the focus to a field, once what was changed is drawn.
    Focus(Field),
    /// Tell the host page.
    Tell(Event),
}

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The playground; `None` if it is too large.
    pub session: Option<String>,
    /// The open texts, if there are several and they are not too large.
    pub files: Option<String>,
    /// What can be said of it, see `About`.
    pub about: String,
}

/// What a host page can hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something that can be seen in the cluster or the console is another.
    Change,
    /// The reader chose a language.
    Language,
    /// The reader chose a theme.
    Theme,
    /// The reader wants a link to the session.
    Share,
}

impl Event {
    /// The event's name for scripts: `change`, `language`, `theme`, `share`.
    pub fn name(self) -> &'static str {
        match self {
            Event::Change => "change",
            Event::Language => "language",
            Event::Theme => "theme",
            Event::Share => "share",
        }
    }
}
