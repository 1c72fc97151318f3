//! The drawings of sentences in the picture: why something waits, and the line that helps, as a button.

use super::cards::{rect, text};
use super::labels::wrap_mono;
use crate::controllers::Outcome;
use crate::i18n::Lang;
use crate::i18n::causes::said;
use crate::scene::bubble::{EFFECT, LEFT, LINE, Lines, WORDS, button_width};
use crate::scene::bubble_causes::is_trouble;
use crate::scene::item::{CursorPart, Place, RemedyPart};
use yew::prelude::*;

/// A sentence, whole, with what comes of the line that helps below its button.
pub fn cursor(cursor: &CursorPart, place: Place, lang: Lang) -> Html {
    let (w, h) = (place.w, place.h - 10);
    let lines = Lines::of(lang, cursor, w);
    let column = |class: &'static str, x: i32, first: i32, step: i32, lines: &[String]| {
        let lines = lines.iter().enumerate();
        lines.map(|(n, line)| text(class, x, first + n as i32 * step, line.clone())).collect::<Html>()
    };
    // The bubble's tail points at the column.
    let outline = cursor.pointer.map_or_else(String::new, |x| {
        let x = x.clamp(18, w - 18);
        format!("M{} {h}l7 9l7 -9", x - 7)
    });
    let top = lines.words_top(h);
    let sign = match (&cursor.cause, &cursor.decision) {
        // What is so on purpose is told as a note.
        (Some(_), _) if cursor.outcome == Outcome::Skips => "M0 -1V5M0 -4V-4.2",
        (Some(_), _) if is_trouble(cursor) => "M0 -5V1M0 4V4.2",
        (Some(_), _) | (None, Some(_)) => "M0 -5V0L3.5 3",
        (None, None) => "M-4 .4L-1.2 3.2L4 -2.8",
    };
    html! { <>
        { rect("plate", 0, 0, w, h, 9) }
        <path class="tail" d={outline} />
        <g class="gear" transform={format!("translate(20 {})", top + 7)}><circle r="9" /><path d={sign} /></g>
        { column("reason", LEFT, top + 11, WORDS.1, &lines.words) }
        { column("effect", LEFT, lines.effect_top(w) + 10, EFFECT.1, &lines.effect) }
        { for lines.also.iter().map(|also| column("reason", LEFT, also.top + 11, WORDS.1, &also.words)) }
        { more(&lines, w, h) }
    </> }
}

/// That there is more behind a click: beside the button, or below.
fn more(lines: &Lines, w: i32, h: i32) -> Html {
    if lines.more.is_empty() {
        return Html::default();
    }
    let button = lines.button(w);
    let y = if lines.is_beside { button.y + 18 } else { h - 9 };
    // It ends at the right edge, whatever the letters take.
    text("more", w - 12, y, lines.more.clone())
}

/// A line for the console, as a button.
pub fn remedy(remedy: &RemedyPart, place: Place) -> Html {
    let lines = wrap_mono(remedy.line(), place.w - 20, LINE.0);
    let w = button_width(&lines);
    html! { <>
        { rect("plate", 0, 0, w.min(place.w), place.h, 6) }
        <path class="run" d={format!("M9 {}l6 4l-6 4z", place.h / 2 - 4)} />
        { for lines.into_iter().enumerate().map(|(n, line)| text("mono", 21, 18 + n as i32 * LINE.1, line)) }
    </> }
}

/// How many causes more there are.
pub fn more_causes(count: usize, lang: Lang) -> Html {
    text("kind", 14, 20, said(lang, "why.more-causes", &[("n", &count.to_string())]))
}
