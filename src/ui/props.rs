//! What the lab's parts are given: cheap props and a handle to read from; draws nothing.

use crate::i18n::Lang;
use crate::kubernetes::Kubernetes;
use crate::model::{Key, Millis};
use crate::playground::Playground;
use crate::state::{Action, Marker, Pace};
use std::cell::{Ref, RefCell};
use std::rc::{Rc, Weak};
use yew::prelude::*;

/// A handle on the playground to read from. Equal to another when nothing visible changed in between.
#[derive(Clone)]
pub struct Lab {
    playground: Rc<RefCell<Playground>>,
    frames: Frames,
    version: u64,
    epoch: u32,
}

impl Lab {
    /// A handle as of now. Only the root and [`super::svg_file`] make them.
    pub(super) fn new(playground: &Rc<RefCell<Playground>>, frames: &Frames, version: u64, epoch: u32) -> Lab {
        Lab { playground: Rc::clone(playground), frames: frames.clone(), version, epoch }
    }

    /// Which Kubernetes the cluster is.
    pub fn kubernetes(&self) -> Kubernetes {
        self.playground.borrow().cluster().kubernetes()
    }

    /// Rises when another playground takes the place of the one before: what was learned of that one is worth nothing.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// A handle that never differs from others like it: for parts that read only when asked.
    #[cfg(feature = "web")]
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
    pub compared: Vec<usize>,
    /// Whether the picture shows the pods by machine.
    pub mode: crate::scene::Mode,
    /// The moments to which the page around has given words.
    pub markers: Rc<[Marker]>,
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
    #[cfg(feature = "web")]
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
