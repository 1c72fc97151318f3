//! The controller's loop as pseudo-code beside a set, the lines marked where its latest sync was; holds no truth.

use crate::controllers::Outcome;
use crate::i18n::Lang;
use crate::i18n::scene::{say, word};
use crate::i18n::sync_loop::{LINES, line_of};
use crate::model::{Key, Kind};
use crate::playground::Playground;
use crate::ui::drawing::labels::moment;
use crate::ui::drawing::outcome_name;
use yew::prelude::*;

/// How strongly an outcome marks its line: where something was done or waits counts most.
fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Skips => 1,
        Outcome::Acts => 2,
        Outcome::Waits => 3,
    }
}

/// The loop of a set.
pub fn sync_loop(playground: &Playground, key: &Key, lang: Lang) -> Html {
    if key.kind != Kind::StatefulSet {
        return Html::default();
    }
    let sync = playground.latest_sync(key);
    let mut marks: Vec<Option<Outcome>> = vec![None; LINES.len()];
    for decision in &sync {
        let Some(mark) = line_of(decision.rule).and_then(|line| marks.get_mut(line)) else { continue };
        if mark.is_none_or(|before| weight(before) < weight(decision.outcome)) {
            *mark = Some(decision.outcome);
        }
    }
    let lines = LINES.iter().zip(marks).map(|(line, mark)| {
        let sign = match mark {
            Some(Outcome::Acts) => word(lang, "acts"),
            Some(Outcome::Waits) => word(lang, "waits"),
            _ => "",
        };
        let class =
            classes!("loop-line", format!("d{}", line.depth), mark.map(|it| format!("does-{}", outcome_name(it))));
        html! { <li {class}><code>{ line.text(lang) }</code>if !sign.is_empty() { <b>{ sign }</b> }</li> }
    });
    let at =
        sync.last().map(|it| html! { <p class="ins-by">{ say(lang, "loop-at", &[("time", &moment(it.at))]) }</p> });
    html! {
        <details class="ins-section loop">
            <summary>{ word(lang, "loop") }</summary>
            { at }
            <ol class="loop-lines" tabindex="0">{ for lines }</ol>
        </details>
    }
}
