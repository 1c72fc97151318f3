//! What StatefulSets promise, as lights above the picture; a click on a broken one goes to the moment. Holds no truth.

use super::drawing::labels::moment;
use super::store::PartProps;
use crate::explain::lights::applies;
use crate::explain::{Break, Promise};
use crate::i18n::Lang;
use crate::i18n::causes::said;
use crate::playground::Playground;
use crate::state::Action;
use yew::prelude::*;

/// The row of lights.
#[component]
pub fn Lights(props: &PartProps) -> Html {
    let playground = props.lab.read();
    let shown = Promise::ALL.into_iter().map(|promise| light(props, &playground, promise));
    html! { <ul class="lights">{ for shown }</ul> }
}

fn light(props: &PartProps, playground: &Playground, promise: Promise) -> Html {
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
    let told = tell(lang, playground, broken);
    let at = broken.at;
    let onclick = props.act.reform(move |_: MouseEvent| Action::Seek(at));
    html! {
        <li class="light is-broken">
            <button type="button" {onclick} title={format!("{text}\n{told}")} aria-label={format!("{name}. {told}")}>
                { name }{ " · " }{ moment(at) }
            </button>
        </li>
    }
}

/// What broke it, when, and by which input.
fn tell(lang: Lang, playground: &Playground, broken: &Break) -> String {
    let values = [("at", moment(broken.at)), ("text", broken.say(lang))];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut lines = vec![said(lang, "light.broken", &values)];
    if let Some(deed) = &broken.deed {
        lines.push(said(lang, "light.by", &[("line", &deed.line)]));
    }
    let count = playground.lights().breaks().iter().filter(|it| it.promise == broken.promise).count();
    if count > 1 {
        lines.push(said(lang, "light.again", &[("n", &count.to_string())]));
    }
    lines.join("\n")
}
