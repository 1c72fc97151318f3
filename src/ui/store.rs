//! What the page's parts are given and what they may ask for: cheap props, one action type; draws nothing.

use crate::i18n::Lang;
use crate::model::{Key, Millis};
use crate::playground::Playground;
use std::cell::{Ref, RefCell};
use std::rc::{Rc, Weak};
use yew::prelude::*;

/// What a reader can ask of the page. Components emit actions; the root alone carries them out.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Let time go on, or stop it.
    TogglePlay,
    /// Stop time.
    Pause,
    /// Another pace, as an index into [`SPEEDS`].
    Speed(usize),
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
    Compare(Option<usize>),
    /// Give a branch a name.
    RenameBranch(usize, String),
    /// Run a line in the console, as if it had been typed.
    Run(String),
    /// Ctrl-C in the console.
    Interrupt,
    /// The editor's text changed.
    Edit(Rc<str>),
    /// Apply the editor's text.
    Apply,
    /// Put a text into the editor (a file that was dropped, a scenario, `kubectl edit`).
    Open(String),
    /// Edit another of the open texts.
    File(usize),
    /// Close an open text.
    CloseFile(usize),
    /// Select an object in the picture and open the inspector, or close it.
    Select(Option<Key>),
    /// Another language.
    Language(Lang),
    /// Another theme.
    Theme(Theme),
    /// Show a panel where there is room for one only.
    Show(Panel),
    /// Start another scenario, by its index in the list.
    Scenario(usize),
    /// Another width of the editor, in pixels.
    EditorWidth(i32),
    /// Another height of the console, in pixels.
    ConsoleHeight(i32),
    /// Show or hide the guide.
    Guide(bool),
    /// Show or hide the list of keys.
    Keys(bool),
    /// Close the notice.
    CloseNotice,
}

/// The parts of the page; on a phone they are tabs.
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

/// The paces of time, in thousandths of real time.
pub const SPEEDS: [u32; 7] = [250, 500, 1000, 2000, 4000, 8000, 16000];

/// How time goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Whether it does.
    pub is_playing: bool,
    /// Index into [`SPEEDS`].
    pub speed: usize,
    /// Whether motion is unwanted: states are shown at once.
    pub is_still: bool,
}

impl Pace {
    /// Thousandths of real time.
    pub fn permille(self) -> u32 {
        SPEEDS.get(self.speed).copied().unwrap_or(1000)
    }
}

/// A handle on the playground to read from. Equal to another when nothing visible changed in between.
#[derive(Clone)]
pub struct Lab {
    playground: Rc<RefCell<Playground>>,
    frames: Frames,
    version: u64,
    epoch: u32,
}

impl Lab {
    /// A handle as of now. Only the root makes them.
    pub(super) fn new(playground: &Rc<RefCell<Playground>>, frames: &Frames, version: u64, epoch: u32) -> Lab {
        Lab { playground: Rc::clone(playground), frames: frames.clone(), version, epoch }
    }

    /// Rises when another playground takes the place of the one before: what was learned of that one is worth nothing.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// A handle that never differs from others like it: for parts that read only when asked.
    pub(super) fn timeless(&self) -> Lab {
        Lab { version: 0, ..self.clone() }
    }

    /// The playground as it is now. Do not hold it beyond the render or the event.
    pub fn read(&self) -> Ref<'_, Playground> {
        self.playground.borrow()
    }

    /// Rises with every visible change; the mere passing of time is not one (see [`Lab::on_time`]).
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Calls `listener` with the virtual time whenever it moves, also when nothing else changes: for clocks,
    /// countdowns and playheads that write to their element themselves. Ends when the result is dropped.
    #[must_use]
    pub fn on_time(&self, listener: impl Fn(Millis) + 'static) -> TimeListener {
        self.frames.listen(listener)
    }
}

impl PartialEq for Lab {
    fn eq(&self, other: &Lab) -> bool {
        self.version == other.version && Rc::ptr_eq(&self.playground, &other.playground)
    }
}

/// The props of the picture, the inspector and the timeline.
#[derive(Clone, PartialEq, Properties)]
pub struct PartProps {
    /// What is looked at.
    pub lab: Lab,
    /// The page's language.
    pub lang: Lang,
    /// What is selected.
    pub selected: Option<Key>,
    /// The branch that lies beside the picture.
    pub compared: Option<usize>,
    /// How time goes on.
    pub pace: Pace,
    /// Where to ask for something. The same callback for the life of the page.
    pub act: Callback<Action>,
}

type Listeners = RefCell<Vec<Weak<dyn Fn(Millis)>>>;

/// Who wants to hear when virtual time moves.
#[derive(Clone, Default)]
pub(super) struct Frames(Rc<Listeners>);

/// Keeps a listener of [`Lab::on_time`] alive.
pub struct TimeListener(#[allow(dead_code, reason = "held, so that the listener lives")] Rc<dyn Fn(Millis)>);

impl Frames {
    fn listen(&self, listener: impl Fn(Millis) + 'static) -> TimeListener {
        let listener: Rc<dyn Fn(Millis)> = Rc::new(listener);
        self.0.borrow_mut().push(Rc::downgrade(&listener));
        TimeListener(listener)
    }

    /// Tells everybody.
    pub(super) fn tell(&self, now: Millis) {
        let living: Vec<_> = {
            let mut listeners = self.0.borrow_mut();
            listeners.retain(|listener| listener.strong_count() > 0);
            listeners.iter().filter_map(Weak::upgrade).collect()
        };
        for listener in living {
            listener(now);
        }
    }
}
