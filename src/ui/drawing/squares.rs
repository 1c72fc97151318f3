//! Pods in a dense picture: a square each, dozens of them in one component, with as few elements as can be.

use super::glyphs::small_strokes;
use super::items::pod_classes;
use super::labels;
use crate::i18n::Lang;
use crate::scene::item::{Item, Level, Part, PodPart, RevisionMark};
use crate::scene::style::PodStyle;
use std::fmt::Write as _;
use std::rc::Rc;
use yew::prelude::*;

/// How many squares one component draws: a change of one pod draws so many anew.
pub const RUN: usize = 48;

/// A pod that is drawn as a square; `None` for everything else.
pub fn square(item: &Item) -> Option<&PodPart> {
    match &item.part {
        Part::Pod(pod) if pod.level == Level::Grid => Some(pod),
        _ => None,
    }
}

/// The squares of a component, the same as others if nothing of them changed.
#[derive(Clone)]
pub struct Run(pub Vec<Rc<Item>>);

impl PartialEq for Run {
    fn eq(&self, other: &Run) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| Rc::ptr_eq(a, b))
    }
}

/// What squares are drawn from.
#[derive(Clone, PartialEq, Properties)]
pub struct SquaresProps {
    /// The pods.
    pub run: Run,
    /// The page's language.
    pub lang: Lang,
    /// The number of the selected one in the run.
    pub selected: Option<usize>,
    /// The number of the one at which the Tab key stops.
    pub stop: Option<usize>,
    /// Whether they can only be looked at.
    #[prop_or_default]
    pub is_inert: bool,
}

/// Draws a run: a path for each pod, and one each for the claims that are bound, those that are not, and the frames of
/// updated pods.
#[component]
pub fn Squares(props: &SquaresProps) -> Html {
    let (mut bound, mut open, mut updated) = (String::new(), String::new(), String::new());
    let pods: Vec<Html> = props
        .run
        .0
        .iter()
        .enumerate()
        .filter_map(|(number, item)| {
            let pod = square(item)?;
            let (x, y, w) = (item.place.x, item.place.y, item.place.w);
            let has_claims = pod.claims.1 > 0;
            let bar = if w >= 12 { 4 } else { 3 };
            let h = if has_claims { item.place.h - bar - 1 } else { item.place.h };
            if has_claims {
                let bars = if pod.claims.0 == pod.claims.1 { &mut bound } else { &mut open };
                _ = write!(bars, "M{x} {}h{w}v{bar}h-{w}z", y + h + 1);
            }
            if pod.mark == RevisionMark::Update && pod.style != PodStyle::Absent {
                _ = write!(updated, "M{x} {y}h{w}v{h}h-{w}z");
            }
            let glyph = small_strokes(pod.style);
            let mut d = format!("M{x} {y}h{w}v{h}h-{w}z");
            if !glyph.is_empty() {
                _ = write!(d, "M{} {}{glyph}", x + w / 2, y + h / 2);
            }
            let is_selected = props.selected == Some(number);
            let class = classes!("pod", pod_classes(pod), is_selected.then_some("is-selected"));
            if props.is_inert {
                return Some(html! { <path {class} {d} /> });
            }
            let tabindex = if props.stop == Some(number) { "0" } else { "-1" };
            Some(html! {
                <path {class} {d} data-key={labels::attr(&item.key)} role="button" {tabindex}
                    aria-label={labels::label(props.lang, item)} aria-pressed={if is_selected { "true" } else { "false" }} />
            })
        })
        .collect();
    html! {
        <g class="squares">
            <path class="bar is-bound" d={bound} /><path class="bar" d={open} />
            { for pods }
            <path class="updated" d={updated} />
        </g>
    }
}
