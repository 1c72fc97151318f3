//! What StatefulSets promise, as lights above the picture; a click on a broken one says what broke it and goes
//! to the moment. Holds no truth.

use super::drawing::labels::moment;
use super::icons::{Glyph, icon};
use super::props::PartProps;
use crate::explain::lights::applies;
use crate::explain::{Break, Promise};
use crate::i18n::Lang;
use crate::i18n::causes::said;
use crate::i18n::ui::t;
use crate::model::Millis;
use crate::playground::Playground;
use crate::state::Action;
use yew::prelude::*;

/// The row of lights, and below it what broke the one that was clicked.
#[component]
pub fn Lights(props: &PartProps) -> Html {
    let told = use_state_eq(|| None::<Promise>);
    let playground = props.lab.read();
    let shown = Promise::ALL.into_iter().map(|promise| light(props, &playground, promise, &told));
    let broken = told.and_then(|promise| playground.lights().latest(promise));
    let close = {
        let told = told.clone();
        Callback::from(move |_: MouseEvent| told.set(None))
    };
    html! {
        <div class="lights-place">
            <ul class="lights">{ for shown }</ul>
            <div role="status">
                if let Some(broken) = broken {
                    <div class="float float-tip light-told">
                        { for tell(props.lang, &playground, broken).lines().map(|line| html! { <p>{ line }</p> }) }
                        <button type="button" class="tool tool-small" onclick={close} aria-label={t(props.lang, "app.close")}>{ icon(Glyph::Close) }</button>
                    </div>
                }
            </div>
        </div>
    }
}

/// The lights of another branch: which promises were broken there and when. Nothing where all hold.
pub(super) fn view_broken(playground: &Playground, branch: usize, at: Millis, lang: Lang) -> Html {
    let Some(lights) = playground.lights_at(branch, at) else { return Html::default() };
    let broken = Promise::ALL.into_iter().filter_map(|promise| lights.latest(promise));
    let items: Vec<Html> = broken
        .map(|broken| {
            let name = said(lang, &format!("light.{}", broken.promise.name()), &[]);
            let words = broken.say(lang);
            html! { <li class={class_of(broken)} title={words.clone()}><span>{ name }{ " · " }{ moment(broken.at) }</span><span class="visually-hidden">{ words }</span></li> }
        })
        .collect();
    if items.is_empty() {
        Html::default()
    } else {
        html! { <ul class="lights">{ for items }</ul> }
    }
}

/// How a light looks that does not hold: what nobody promised is no alarm.
fn class_of(broken: &Break) -> &'static str {
    if broken.is_promised() { "light is-broken" } else { "light is-broken is-unpromised" }
}

fn light(props: &PartProps, playground: &Playground, promise: Promise, told: &UseStateHandle<Option<Promise>>) -> Html {
    let lang = props.lang;
    let name = said(lang, &format!("light.{}", promise.name()), &[]);
    let text = said(lang, &format!("light.{}.text", promise.name()), &[]);
    let Some(broken) = playground.lights().latest(promise) else {
        let (class, state) = match applies(playground.cluster(), promise) {
            true => ("light is-on", "light.holds"),
            false => ("light", "light.off"),
        };
        let title = format!("{text}\n{}", said(lang, state, &[]));
        return html! { <li {class} title={title.clone()}><span>{ name }</span><span class="visually-hidden">{ title }</span></li> };
    };
    let words = tell(lang, playground, broken);
    let at = broken.at;
    let (act, told, is_told) = (props.act.clone(), told.clone(), **told == Some(promise));
    // The words stay while the picture goes to the moment; the same light again takes them away.
    let onclick = Callback::from(move |_: MouseEvent| {
        told.set((!is_told).then_some(promise));
        if !is_told {
            act.emit(Action::Seek(at));
        }
    });
    html! {
        <li class={class_of(broken)}>
            <button type="button" {onclick} aria-expanded={is_told.to_string()} title={format!("{text}\n{words}")} aria-label={format!("{name}. {words}")}>
                { name }{ " · " }{ moment(at) }
            </button>
        </li>
    }
}

/// What broke it, when, and by which input.
fn tell(lang: Lang, playground: &Playground, broken: &Break) -> String {
    let values = [("at", moment(broken.at)), ("text", broken.say(lang))];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let key = if broken.is_promised() { "light.broken" } else { "light.unpromised" };
    let mut lines = vec![said(lang, key, &values)];
    if let Some(deed) = &broken.deed {
        lines.push(said(lang, "light.by", &[("line", &deed.line)]));
    }
    let is_like = |it: &&Break| it.promise == broken.promise && it.is_promised() == broken.is_promised();
    let count = playground.lights().breaks().iter().filter(is_like).count();
    if count > 1 {
        lines.push(said(lang, "light.again", &[("n", &count.to_string())]));
    }
    lines.join("\n")
}
