//! The faults that an item of the picture offers as a button: a pod's container is killed, a node's machine is switched.

use crate::i18n::Lang;
use crate::i18n::scene::word;
use crate::scene::item::{Item, Level, Part, Place};
use crate::scene::style::PodStyle;
use yew::prelude::*;

/// What a button in the picture breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process of a pod's container.
    Kill,
    /// A node's machine: it stops, or comes back.
    Switch,
}

impl Fault {
    /// What an item offers.
    pub fn of(item: &Item) -> Option<Fault> {
        match &item.part {
            Part::Pod(pod) if matches!(pod.level, Level::Card | Level::Compact) => {
                matches!(pod.style, PodStyle::Ready | PodStyle::NotReady).then_some(Fault::Kill)
            }
            Part::Node(_) => Some(Fault::Switch),
            _ => None,
        }
    }

    /// Its name in the document.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Kill => "kill",
            Fault::Switch => "switch",
        }
    }

    /// The button, above everything else of the item.
    pub fn button(self, place: Place, lang: Lang) -> Html {
        let (x, y, key, strokes) = match self {
            Fault::Kill => (place.w - 14, 14, "do-kill", "M-3 -3L3 3M3 -3L-3 3"),
            Fault::Switch => (place.w - 18, place.h.min(44) / 2, "do-switch", "M0 -5V0M-3.6 -3A5 5 0 1 0 3.6 -3"),
        };
        html! {
            <g class={classes!("fault", self.name())} transform={format!("translate({x} {y})")} data-fault={self.name()}
                role="button" aria-label={word(lang, key)}>
                <title>{ word(lang, key) }</title>
                <circle r="10" /><path d={strokes} />
            </g>
        }
    }
}
