//! Why something is not as asked, what helps, and how it came, for the inspector; holds no truth.

use super::section;
use crate::cluster::Cluster;
use crate::explain::origin::say_step_of;
use crate::explain::{self, Link, Remedy};
use crate::i18n::scene::word;
use crate::i18n::{Lang, causes};
use crate::model::Key;
use crate::playground::Playground;
use crate::state::Action;
use crate::ui::icons::{Glyph, icon};
use yew::prelude::*;

/// The cause first, what follows from it, what ends it, and the lines that help. Nothing, if all is as asked.
pub fn cause(playground: &Playground, key: &Key, lang: Lang, act: &Callback<Action>) -> Html {
    let cluster = playground.cluster();
    let links = explain::answer(cluster, key);
    let Some(root) = links.first() else { return Html::default() };
    let later = links.iter().skip(1).map(|link| html! { <li>{ link.say(lang) }</li> });
    let all: Vec<(&Link, &Remedy)> =
        links.iter().flat_map(|link| link.remedies.iter().map(move |it| (link, it))).collect();
    let shown = explain::remedies(&links).len();
    let (first, rest) = all.split_at(shown.min(all.len()));
    let body = html! {
        <div class="ins-cause">
            <p class="ins-root">{ root.say(lang) }</p>
            if links.len() > 1 { <ol class="ins-chain">{ for later }</ol> }
            <p class="ins-end">{ explain::say_end(lang, cluster, root) }</p>
            { for first.iter().map(|(link, it)| remedy(link, it, lang, act)) }
            if !rest.is_empty() {
                <details class="ins-more">
                    <summary>{ word(lang, "why-more") }</summary>
                    { for rest.iter().map(|(link, it)| remedy(link, it, lang, act)) }
                </details>
            }
            { also(cluster, key, &links, lang, act) }
        </div>
    };
    section(lang, "why-not", body)
}

/// What else is a cause at the same time, with what helps; what is beyond a few is behind a click.
fn also(cluster: &Cluster, key: &Key, links: &[Link], lang: Lang, act: &Callback<Action>) -> Html {
    let all = explain::cause::further(cluster, key, links);
    let one = |link: &Link| {
        html! { <>
            <p class="ins-root">{ causes::said(lang, "why.also", &[("text", &link.say(lang))]) }</p>
            { for link.remedies.iter().map(|it| remedy(link, it, lang, act)) }
        </> }
    };
    let (first, rest) = all.split_at(explain::why_answer::ALSO_MAX.min(all.len()));
    html! { <>
        { for first.iter().map(one) }
        if !rest.is_empty() {
            <details class="ins-more">
                <summary>{ causes::said(lang, "why.further-short", &[("n", &rest.len().to_string())]) }</summary>
                { for rest.iter().map(one) }
            </details>
        }
    </> }
}

/// A line that helps, as a button, and what comes of it.
pub fn remedy(link: &Link, remedy: &Remedy, lang: Lang, act: &Callback<Action>) -> Html {
    step(link, remedy, None, lang, act)
}

/// The same as one of several that are run one after the other: whether this one was, where that is known.
pub fn step(link: &Link, remedy: &Remedy, is_done: Option<bool>, lang: Lang, act: &Callback<Action>) -> Html {
    let line = remedy.line.clone();
    let onclick = act.reform(move |_: MouseEvent| Action::Run(line.clone()));
    let done = (is_done == Some(true)).then(|| {
        html! { <span class="ins-done">{ icon(Glyph::Done) }<span class="visually-hidden">{ word(lang, "plan-step-done") }</span></span> }
    });
    html! {
        <div class={classes!("ins-remedy", done.is_some().then_some("is-done"))}>
            <button type="button" {onclick}>{ done }<code>{ remedy.line.clone() }</code></button>
            <p>{ link.effect(lang, remedy) }</p>
        </div>
    }
}

/// The way from what happened to an object last back to what somebody did.
pub fn came(playground: &Playground, key: &Key, lang: Lang) -> Html {
    let links = explain::answer(playground.cluster(), key);
    let steps = explain::came(playground.origins(), key, &links);
    if steps.is_empty() {
        return Html::default();
    }
    section(lang, "why-came", chain(&steps, lang))
}

/// Steps back in time, the latest first.
pub fn chain(steps: &[explain::origin::Step], lang: Lang) -> Html {
    html! { <ol class="ins-came">{ for steps.iter().enumerate().map(|(number, step)| html! { <li>{ say_step_of(lang, number, step) }</li> }) }</ol> }
}
