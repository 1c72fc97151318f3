//! Draws a row of the picture by owner: a seven-sided figure with the kind's short name, and the line to its owner.

use super::glyphs::pod_glyph;
use super::labels::fit;
use crate::i18n::Lang;
use crate::i18n::scene::word;
use crate::model::Kind;
use crate::scene::item::{Edge, OwnedPart, Place};
use yew::prelude::*;

/// A figure of seven sides around (20, 20), as cluster diagrams have them.
const HEPTAGON: &str = "M20 4.6L32 10.4L35 23.4L26.7 33.9H13.3L5 23.4L8 10.4Z";

/// What stands in the figure: the name that people type.
fn short_name(kind: Kind) -> String {
    let names = kind.names();
    match kind {
        Kind::Pod => "pod".into(),
        Kind::ControllerRevision => "rev".into(),
        Kind::Job => "job".into(),
        _ => names.short.first().map_or_else(|| names.singular, |it| *it).chars().take(4).collect(),
    }
}

/// The row of an object.
pub fn row(part: &OwnedPart, place: Place, lang: Lang) -> Html {
    let mut facts = vec![part.facts.as_str()];
    if part.is_leaving {
        facts.push(word(lang, "set-terminating"));
    }
    facts.push(word(lang, part.edge.key()));
    facts.retain(|words| !words.is_empty());
    let title = format!("{} {}", part.kind.names().kind, part.name);
    let glyph = part.style.map(|style| pod_glyph(style, 33, 31, 6));
    html! { <>
        if part.edge != Edge::None && part.reach > 0 {
            <path class="thread" d={format!("M-6 {}V20H4", -part.reach)} />
        }
        <path class="heptagon" d={HEPTAGON} />
        <text class="short" x="20" y="23" text-anchor="middle">{ short_name(part.kind) }</text>
        <text class="who" x="44" y="17">{ fit(&title, place.w - 80, 13) }</text>
        <text class="facts" x="44" y="33">{ fit(&facts.join(" · "), place.w - 80, 11) }</text>
        { for glyph }
    </> }
}

/// The classes of a row.
pub fn classes(part: &OwnedPart) -> Classes {
    let style = part.style.map(|style| style.name());
    classes!(part.edge.name(), style, part.is_leaving.then_some("is-leaving-soon"))
}
