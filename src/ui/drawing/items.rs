//! One memo component for every item of the picture: shapes, glyphs and short texts; decides nothing.

use super::faults::Fault;
use super::stage::Motion;
use super::{bubbles, cards, labels, owner_rows};
use crate::i18n::Lang;
use crate::scene::bubble_causes::is_trouble;
use crate::scene::item::{Item, Part, PodPart};
use crate::ui::props::Lab;
use std::rc::Rc;
use yew::prelude::*;

/// What one item is drawn from.
#[derive(Clone, Properties)]
pub struct ItemProps {
    /// The item.
    pub item: Rc<Item>,
    /// The page's language.
    pub lang: Lang,
    /// Whether it is selected.
    pub is_selected: bool,
    /// Whether the Tab key stops here.
    pub is_stop: bool,
    /// How it may move.
    pub motion: Motion,
    /// Whether it is gone and only fades.
    pub is_leaving: bool,
    /// Whether it can only be looked at.
    #[prop_or_default]
    pub is_inert: bool,
    /// What is otherwise in a branch that it is compared with, in words.
    #[prop_or_default]
    pub difference: Option<AttrValue>,
    /// For countdowns.
    pub lab: Lab,
}

impl PartialEq for ItemProps {
    /// The handle on the playground does not count: an item is a value.
    fn eq(&self, other: &ItemProps) -> bool {
        self.is_selected == other.is_selected
            && self.is_stop == other.is_stop
            && self.motion == other.motion
            && self.is_leaving == other.is_leaving
            && self.difference == other.difference
            && self.lang == other.lang
            && (Rc::ptr_eq(&self.item, &other.item) || self.item == other.item)
    }
}

/// Draws an item.
#[component]
pub fn ItemView(props: &ItemProps) -> Html {
    let item = &*props.item;
    let place = item.place;
    let transform = format!("translate({} {})", place.x, place.y);
    let (kind, style) = classes_of(&item.part);
    let class = classes!(
        "item",
        kind,
        style,
        props.motion.enters.then_some("enters"),
        props.motion.changes.then_some("changes"),
        props.is_selected.then_some("is-selected"),
        props.is_leaving.then_some("is-leaving"),
        props.difference.as_ref().map(|_| "is-different"),
    );
    let mark = props.difference.as_ref().map(|_| {
        html! { <g class="differs"><circle r="8" /><path d="M-3.5 -1.5h7M-3.5 1.5h7M-1.8 4l3.6 -8" /></g> }
    });
    let body = html! { <g class="body" aria-hidden="true">{ body(props) }{ mark }</g> };
    if item.target.is_none() || props.is_leaving || props.is_inert {
        return html! { <g {class} {transform} aria-hidden="true">{ body }</g> };
    }
    let tabindex = if props.is_stop { "0" } else { "-1" };
    let mut label = labels::label(props.lang, item);
    if let Some(difference) = &props.difference {
        label = format!("{label}. {difference}");
    }
    if label.is_empty() {
        return html! { <g {class} {transform} data-key={labels::attr(&item.key)} aria-hidden="true">{ body }</g> };
    }
    // The name is the whole sentence, not the words that are drawn: so what is named holds no text.
    html! {
        <g {class} {transform} data-key={labels::attr(&item.key)}>
            { body }
            <rect class="hit" width={place.w.to_string()} height={place.h.to_string()} rx="8" role="button" {tabindex}
                aria-label={label} aria-pressed={if props.is_selected { "true" } else { "false" }} />
            { Fault::of(item).map(|fault| fault.button(place, props.lang)) }
        </g>
    }
}

/// The classes for what an item is and how it looks.
fn classes_of(part: &Part) -> (&'static str, Classes) {
    match part {
        Part::SetRow(set_row) => ("set", classes!((!set_row.exists).then_some("is-gone"))),
        Part::Area { exists } => ("set-area", classes!((!exists).then_some("is-gone"))),
        Part::Service(service) => ("service", classes!((!service.exists).then_some("is-missing"))),
        Part::Chip(chip) => {
            ("chip-item", classes!((!chip.exists).then_some("is-missing"), (&*chip.note == "0").then_some("holds")))
        }
        Part::Cursor(cursor) => {
            let does = super::outcome_name(cursor.outcome);
            ("cursor", classes!(format!("does-{does}"), is_trouble(cursor).then_some("is-cause")))
        }
        Part::Remedy(_) => ("remedy", classes!()),
        Part::MoreCauses(_) => ("heading", classes!()),
        Part::Gate { is_open } => ("gate", classes!(is_open.then_some("is-open"))),
        Part::Name { is_lit, .. } => ("dns", classes!(is_lit.then_some("is-lit"))),
        Part::Pod(pod) => ("pod", pod_classes(pod)),
        Part::Claim(claim) => {
            ("claim", classes!(claim.style.name(), claim.level.name(), claim.is_retained.then_some("is-retained")))
        }
        Part::Link { is_live } => ("link", classes!(is_live.then_some("is-live"))),
        Part::Heading(_) => ("heading", classes!()),
        Part::Workload(_) => ("workload", classes!()),
        Part::Owned(part) => ("owned", owner_rows::classes(part)),
        Part::Zone { .. } => ("zone", classes!()),
        Part::Node(node) => ("node", classes!(node.style.name())),
    }
}

/// The classes for how a pod looks.
pub fn pod_classes(pod: &PodPart) -> Classes {
    classes!(
        pod.style.name(),
        pod.level.name(),
        format!("rev-{}", pod.mark.name()),
        (!pod.is_wanted && pod.ordinal.is_some()).then_some("is-condemned"),
        pod.is_orphan.then_some("is-orphan"),
        pod.is_at_cursor.then_some("is-at-cursor"),
    )
}

fn body(props: &ItemProps) -> Html {
    let (place, lang) = (props.item.place, props.lang);
    match &props.item.part {
        Part::SetRow(set_row) => cards::set_row(set_row, place, lang),
        Part::Area { .. } => cards::area(place),
        Part::Service(service) => cards::service(service, place, lang),
        Part::Chip(chip) => cards::chip(chip, place),
        Part::Cursor(cursor) => bubbles::cursor(cursor, place, lang),
        Part::Remedy(remedy) => bubbles::remedy(remedy, place),
        Part::MoreCauses(count) => bubbles::more_causes(*count, lang),
        Part::Gate { .. } => cards::gate(place),
        Part::Name { text, .. } => cards::name(text, place),
        Part::Pod(pod) => cards::pod(pod, place, lang, &props.lab),
        Part::Claim(claim) => cards::claim(claim, place, lang),
        Part::Link { .. } => cards::link(place),
        Part::Heading(key) => cards::heading(key, place, lang),
        Part::Workload(row) => cards::workload(row, place),
        Part::Owned(part) => owner_rows::row(part, place, lang),
        Part::Zone { name } => cards::zone(name, place, lang),
        Part::Node(node) => cards::node(node, place, lang),
    }
}
