//! What can be asked of a lab, and the small words that it is asked in.

use super::{LessonAction, MediaFeatures, SessionAction};
use crate::i18n::Lang;
use crate::kubernetes::{Kubernetes, Version};
use crate::model::{Key, Millis};
use crate::scene::Mode;
use crate::tutorial::Block;
use std::rc::Rc;

/// What a reader, a host page or the passing of time asks of a lab.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Let time go on, or stop it.
    TogglePlay,
    /// Let time go on.
    Play,
    /// Stop time.
    Pause,
    /// Another pace, as an index into [`super::SPEEDS`].
    Speed(usize),
    /// Let so much virtual time go by at once.
    Advance(Millis),
    /// On to the next change.
    Step,
    /// Back to the change before.
    StepBack,
    /// On to the next moment at which something happens.
    SkipIdle,
    /// Look at a moment.
    Seek(Millis),
    /// Back to before the last input.
    Undo,
    /// Back to the start of the scenario.
    Reset,
    /// Look at another branch.
    SwitchBranch(usize),
    /// Lay another branch beside the picture, or no more.
    Compare(Vec<usize>),
    /// Give a branch a name.
    RenameBranch(usize, String),
    /// Run a line in the console at once, whatever waits there: a button, the guide.
    Run(String),
    /// A line was typed at the console's prompt.
    Type(String),
    /// Play a line of a page's session, at the moment that fits what its author printed.
    Turn(Rc<Block>, usize),
    /// Apply the manifest of a block.
    ApplyBlock(Rc<Block>),
    /// Put a page's files into the console's working directory: names and texts.
    PutFiles(Vec<(String, String)>),
    /// Show a file of the console's working directory in the editor.
    ShowFile(String),
    /// Let virtual time go on until nothing more happens by itself, ten minutes at most.
    Settle,
    /// Show the pods by machine, or by identity.
    Arrange(Mode),
    /// Show these moments on the timeline.
    Markers(Rc<[Marker]>),
    /// Another terminal.
    Terminal(TerminalAction),
    /// Refuse what would change the cluster, or no longer.
    ReadOnly(bool),
    /// Ctrl-C in the console.
    Interrupt,
    /// Let the command that waits in the console go on in the background.
    Background,
    /// End a command in the background, by its number.
    EndJob(u32),
    /// Take the lines back that wait in the console.
    ForgetQueued,
    /// The editor's text changed.
    Edit(Rc<str>),
    /// Apply the editor's text.
    Apply,
    /// Apply the text of the plan that is shown.
    ApplyPlan,
    /// Put a text into the editor (a file that was dropped, a scenario, `kubectl edit`).
    Open(String),
    /// Edit another of the open texts.
    File(usize),
    /// Close an open text.
    CloseFile(usize),
    /// Show what applying the editor's text would lead to, here or under another version.
    Plan(Option<Kubernetes>),
    /// Close the plan.
    ClosePlan,
    /// Play the plan as a branch: beside the picture, or in its place.
    PlayPlan(bool),
    /// Select an object in the picture and open the inspector, or close it.
    Select(Option<Key>),
    /// Something about the sessions that are kept.
    Sessions(SessionAction),
    /// Open a file from outside, in a tab of its own: its name and text.
    OpenFile(String, String),
    /// Another language.
    Language(Lang),
    /// Another theme.
    Theme(Theme),
    /// Show a panel where there is room for one only.
    Show(Panel),
    /// Start another scenario, by its index in the list.
    Scenario(usize),
    /// Start the scenario anew as another version of Kubernetes.
    Kubernetes(Version),
    /// Play everything so far as another version of Kubernetes, and lay it beside the picture.
    PlanVersion(Kubernetes),
    /// Another width of the editor, in pixels.
    EditorWidth(i32),
    /// Another height of the console, in pixels.
    ConsoleHeight(i32),
    /// Another height of a lesson's step, in pixels; nought for the usual one.
    LessonHeight(i32),
    /// Something about lessons.
    Lesson(LessonAction),
    /// Show or hide the guide: the lesson that is taken.
    Guide(bool),
    /// Hand a link to this session to the host page.
    Share,
    /// Tell the reader something: a key of the page's catalogue.
    Notify(&'static str),
    /// Show or hide the list of keys.
    Keys(bool),
    /// Show or hide which Kubernetes it is, with its feature gates.
    Gates(bool),
    /// Close the notice.
    CloseNotice,
    /// The place where the lab stands is another, or the reader's wish for motion is.
    Media(MediaFeatures),
    /// Play the rest of the session that is being played at once.
    Load,
    /// A frame of the screen: time goes on.
    Frame,
    /// It is time to store the session.
    Save,
    /// What became of storing the session.
    Stored(Storing),
}

/// The parts of a lab; where there is little room they are tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panel {
    /// The picture with the timeline.
    #[default]
    Picture,
    /// The manifest.
    Editor,
    /// The terminal.
    Console,
    /// What is selected.
    Inspector,
}

/// The fields that can have the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The console's line.
    Console,
    /// The editor's text.
    Manifest,
    /// The head of the inspector: what was chosen is told there.
    Inspector,
    /// What had the focus before the inspector took it.
    Back,
}

/// What is asked of the terminals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalAction {
    /// Look at one, by its number.
    Show(usize),
    /// Open one more.
    New,
    /// Close one, by its number.
    Close(usize),
    /// Type in one that stands beside others, by its number.
    Turn(usize),
    /// Lay them side by side, or one behind the other.
    Beside(bool),
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Action {
    /// Whether it is the same with a session that is still being played as with one that is there.
    pub(super) fn waits_for_nothing(&self) -> bool {
        matches!(
            self,
            Action::Sessions(SessionAction::StopLoading | SessionAction::Stored(_) | SessionAction::Others(_))
                | Action::Media(_)
                | Action::Language(_)
                | Action::Theme(_)
                | Action::EditorWidth(_)
                | Action::ConsoleHeight(_)
                | Action::LessonHeight(_)
                | Action::Guide(_)
                | Action::ReadOnly(_)
                | Action::Arrange(_)
                | Action::CloseNotice
                | Action::Lesson(_)
        )
    }

    /// Whether the session may be left by it, so that the list of those that are kept has to be known.
    pub fn needs_list(&self) -> bool {
        match self {
            Action::Sessions(action) => action.needs_list(),
            action => matches!(action, Action::Scenario(_) | Action::Kubernetes(_) | Action::Reset | Action::Undo),
        }
    }
}

impl Theme {
    /// `system`, `light` or `dark`.
    pub fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme called `name`; `auto` is the system's.
    pub fn named(name: &str) -> Option<Theme> {
        match name {
            "system" | "auto" => Some(Theme::System),
            "light" => Some(Theme::Light),
            "dark" => Some(Theme::Dark),
            _ => None,
        }
    }
}

/// What became of storing a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storing {
    /// It is stored.
    Done,
    /// The browser refused.
    Refused,
    /// It is larger than is stored.
    TooLarge,
}

/// A moment to which the page around has given words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// When it is.
    pub at: Millis,
    /// What the page says of it.
    pub label: Rc<str>,
}
