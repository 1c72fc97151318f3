//! The moments on the timeline to which the page around has given words.

use super::super::drawing::labels::moment;
use crate::i18n::Lang;
use crate::i18n::scene::say;
use crate::model::Millis;
use crate::state::Marker;
use yew::prelude::*;

/// A tick for each marker that has a `place`, with its words; who presses one goes there.
pub(super) fn told(
    markers: &[Marker],
    lang: Lang,
    place: impl Fn(Millis) -> Option<i32>,
    go: &Callback<Millis>,
) -> Html {
    let shown = markers.iter().filter_map(|marker| Some((marker, place(marker.at)?))).map(|(marker, x)| {
        let at = marker.at;
        let label = say(lang, "told", &[("time", &moment(at)), ("label", &marker.label)]);
        let go_there = go.clone();
        let press = move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                go_there.emit(at);
            }
        };
        html! {
            <g class="tl-told" transform={format!("translate({x} 0)")} role="button" tabindex="0" aria-label={label.clone()}
                onclick={go.reform(move |_: MouseEvent| at)}
                onkeydown={press}>
                <title>{ label }</title>
                <rect class="tl-hit" x="-6" y="0" width="12" height="22" /><path d="M0 22V14M0 14l-3 -4h6z" />
            </g>
        }
    });
    html! { <>{ for shown }</> }
}
