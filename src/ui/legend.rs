//! What the picture's colours, stripes, cylinders and lanes mean, and which faults can be made; holds no truth.

use super::drawing::glyphs::{claim_glyph, pod_glyph};
use crate::i18n::Lang;
use crate::i18n::find;
use crate::i18n::lab::ENTRIES as LAB;
use crate::i18n::scene::word;
use crate::i18n::ui::t;
use crate::scene::style::{ClaimStyle, PodStyle};
use crate::state::Action;
use yew::prelude::*;

/// Props of [`Legend`].
#[derive(Clone, PartialEq, Properties)]
pub struct LegendProps {
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// The legend of the picture and of the timeline.
#[component]
pub fn Legend(props: &LegendProps) -> Html {
    let lang = props.lang;
    let pods = PodStyle::ALL.iter().map(|style| {
        let glyph = html! { <g class={classes!("pod", "legend", style.name())}>{ pod_glyph(*style, 10, 10, 8) }</g> };
        sample(glyph, word(lang, &format!("style-{}", style.name())))
    });
    let claims = [ClaimStyle::Pending, ClaimStyle::Bound, ClaimStyle::Terminating, ClaimStyle::Lost].map(|style| {
        let glyph = html! { <g class={classes!("claim", style.name())}>{ claim_glyph(style, 10, 10, 8) }</g> };
        sample(glyph, word(lang, &format!("claim-{}", style.name())))
    });
    let stripe = |class: &'static str, key: &'static str| {
        let drawn = html! { <g class={classes!("pod", "ready", class)}><rect class="card" x="1" y="2" width="18" height="16" rx="4" /><rect class="stripe" x="1" y="5" width="4" height="10" /></g> };
        sample(drawn, t(lang, key))
    };
    let lanes = html! { <><g class="tl-pods"><rect class="ready" x="0" y="4" width="20" height="8" rx="1" /></g><g class="tl-claims"><rect class="bound" x="0" y="13" width="20" height="4" rx="1" /></g></> };
    let done = html! { <g class="tl-input"><path d="M10 4L15 10L10 16L5 10Z" /></g> };
    let quiet = html! { <g class="tl-quiet"><rect x="0" y="3" width="20" height="14" /></g> };
    let name = html! { <g class="dns is-lit"><circle class="lamp" cx="10" cy="10" r="4" /></g> };
    let tag = |class: &'static str| html! { <g class={class}><g class="tag"><rect class="pill" x="0" y="5" width="20" height="10" rx="5" /></g></g> };
    let light = html! { <circle class="light-sample" cx="10" cy="10" r="4" /> };
    let differs = html! { <g class="differs" transform="translate(10 10)"><circle r="8" /><path d="M-3.5 -1.5h7M-3.5 1.5h7M-1.8 4l3.6 -8" /></g> };
    html! {
        <>
            <h3>{ t(lang, "legend.pods") }</h3>
            <ul class="legend-list">{ for pods }</ul>
            <h3>{ t(lang, "legend.more") }</h3>
            <ul class="legend-list">
                { for claims }
                { stripe("rev-current", "legend.current") }
                { stripe("rev-update", "legend.update") }
                { sample(lanes, t(lang, "legend.lanes")) }
                { sample(done, t(lang, "legend.inputs")) }
                { sample(quiet, t(lang, "legend.quiet")) }
            </ul>
            <h3>{ t(lang, "legend.words") }</h3>
            <ul class="legend-list">
                { sample(name, t(lang, "legend.name")) }
                { sample(tag("pod"), t(lang, "legend.leaving")) }
                { sample(tag("claim is-retained"), t(lang, "legend.unused")) }
                { sample(light, t(lang, "legend.light")) }
                { sample(differs, t(lang, "legend.differs")) }
            </ul>
        </>
    }
}

/// What can be broken, as lines: each goes into the console's line, to be completed there.
#[component]
pub fn Faults(props: &LegendProps) -> Html {
    let lang = props.lang;
    let rows = crate::kubectl::lab_command::USES.iter().filter(|(_, key)| !LOOKS.contains(key)).map(|(line, key)| {
        html! { <><dt><code>{ *line }</code></dt><dd>{ find(LAB, lang, key).unwrap_or("") }</dd></> }
    });
    html! {
        <>
            <h3>{ t(lang, "legend.faults") }</h3>
            <p>{ t(lang, "legend.faults.where") }</p>
            <dl class="fault-list">{ for rows }</dl>
        </>
    }
}

/// Uses of `lab` that break nothing.
const LOOKS: [&str; 2] = ["use.plan", "use.versions"];

fn sample(drawn: Html, words: &'static str) -> Html {
    html! {
        <li>
            <svg class="scene legend-sample" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">{ drawn }</svg>
            <span>{ words }</span>
        </li>
    }
}
