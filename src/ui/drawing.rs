//! How a scene is drawn: one SVG element, by the same code in the page, in the built `index.html` and in a file.
//!
//! Only the marks that follow time are moved past Yew, in a page alone.

pub mod arrow_keys;
pub mod faults;
pub mod items;
pub mod labels;
mod owner_rows;
pub mod squares;
pub mod stage;
pub mod still;

mod bubbles;
mod cards;
#[cfg(feature = "web")]
pub(super) mod glyphs;
#[cfg(not(feature = "web"))]
mod glyphs;

use super::props::Lab;
use crate::controllers::{Decision, Outcome};
use crate::i18n::scene::word;
use crate::i18n::{Lang, decisions};
use crate::model::{Key, Text};
pub use crate::scene::Mode;
use crate::scene::{Item, Part, View};
use items::ItemView;
use squares::{Run, Squares};
use stage::{Motion, Stage};
use std::rc::Rc;
use yew::prelude::*;

/// What a decision says in words.
pub fn reason(lang: Lang, decision: &Decision) -> String {
    let facts: Vec<(&str, &str)> = decision.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    decisions::say(lang, decision.rule, &facts)
}

/// An outcome's name in the style sheet.
pub fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Acts => "act",
        Outcome::Waits => "wait",
        Outcome::Skips => "skip",
    }
}

/// How far beyond what is seen is drawn, so that scrolling finds something.
pub const TILE: i32 = 240;

/// What a scene is asked for where a place of `size` shows the part below `top`, at `scale` percent.
pub fn view_of(lang: Lang, size: (i32, i32), top: i32, scale: i32, detail: i32) -> View {
    let (width, height, top) = (size.0 * 100 / scale, size.1 * 100 / scale, top * 100 / scale);
    View {
        width: width.max(160),
        height,
        top: (top / TILE - 1) * TILE,
        bottom: ((top + height) / TILE + 2) * TILE,
        detail,
        is_beside: false,
        level: None,
        lang,
    }
}

/// A picture to be drawn.
pub struct Drawing<'a> {
    /// What stands on it.
    pub stage: &'a Stage,
    /// For countdowns.
    pub lab: &'a Lab,
    /// The language.
    pub lang: Lang,
    /// The size of one unit in percent.
    pub scale: i32,
    /// Whether nothing may move.
    pub is_still: bool,
    /// What is selected.
    pub selected: Option<&'a Key>,
    /// The key of the item at which Tab stops.
    pub stop: Option<&'a Text>,
    /// What is otherwise in the branches that lie beside it: the object, and how, in words.
    pub different: &'a [(Key, AttrValue)],
}

/// Whether an item says something of its object, and is not a drawing of it.
pub fn says(item: &Item) -> bool {
    matches!(item.part, Part::Cursor(_) | Part::Remedy(_))
}

/// What a picture answers to; nothing, where it can only be looked at.
#[derive(Clone, Default)]
pub struct Touch {
    /// Its element.
    pub node: NodeRef,
    /// Called for clicks.
    pub onclick: Option<Callback<MouseEvent>>,
    /// Called for keys.
    pub onkeydown: Option<Callback<KeyboardEvent>>,
}

impl Drawing<'_> {
    /// The picture's element.
    pub fn svg(&self, touch: Touch) -> Html {
        let scene = &self.stage.scene;
        let (w, h) = (scene.width, scene.height);
        let is_still = self.stage.is_still || self.is_still;
        let class = classes!("scene", scene.level.name(), is_still.then_some("is-still"));
        let Touch { node, onclick, onkeydown } = touch;
        html! {
            <svg ref={node} {class} role="group" aria-label={word(self.lang, "picture")}
                width={(w * self.scale / 100).to_string()} height={(h * self.scale / 100).to_string()}
                viewBox={format!("0 0 {w} {h}")} {onclick} {onkeydown}>
                { self.items() }
            </svg>
        }
    }

    /// Everything that is drawn, squares by the dozen.
    fn items(&self) -> Html {
        let mut drawn: Vec<Html> = Vec::new();
        let mut run: Vec<Rc<Item>> = Vec::new();
        for (item, motion, is_leaving) in self.stage.in_order() {
            if squares::square(item).is_some() {
                run.push(Rc::clone(item));
                if run.len() == squares::RUN {
                    drawn.push(self.squares(std::mem::take(&mut run), drawn.len()));
                }
                continue;
            }
            if !run.is_empty() {
                drawn.push(self.squares(std::mem::take(&mut run), drawn.len()));
            }
            drawn.push(self.item(item, motion, is_leaving));
        }
        if !run.is_empty() {
            drawn.push(self.squares(run, drawn.len()));
        }
        drawn.into_iter().collect()
    }

    fn squares(&self, run: Vec<Rc<Item>>, number: usize) -> Html {
        let place = |is: &dyn Fn(&Item) -> bool| run.iter().position(|item| is(item));
        let selected = self.selected.and_then(|key| place(&|item| item.target.as_ref() == Some(key)));
        let stop = self.stop.and_then(|key| place(&|item| item.key == *key));
        html! { <Squares key={number} run={Run(run)} lang={self.lang} {selected} {stop} /> }
    }

    fn item(&self, item: &Rc<Item>, motion: Motion, is_leaving: bool) -> Html {
        let is_selected = item.target.is_some() && item.target.as_ref() == self.selected;
        let is_stop = self.stop == Some(&item.key);
        let is_it = |(key, _): &&(Key, AttrValue)| !says(item) && item.target.as_ref() == Some(key);
        let difference = self.different.iter().find(is_it).map(|it| it.1.clone());
        html! {
            <ItemView key={&*item.key} item={Rc::clone(item)} lang={self.lang} lab={self.lab.clone()}
                {is_selected} {is_stop} {motion} {is_leaving} {difference} />
        }
    }
}
