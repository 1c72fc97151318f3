//! The sentences in the picture as bubbles: whole, with the line that helps first. Measures and places, draws nothing; what
//! is said stands in `bubble_causes.rs`.

use super::bubble_causes::causes;
use super::cards::{Cards, SetFacts};
use super::item::{CursorPart, Item, Part, Place, RemedyPart, View};
use super::labels::{cursor_words, width, wrap, wrap_mono};
use crate::i18n::Lang;
use crate::i18n::causes::said;
use crate::model::{Key, Text};
use std::rc::Rc;

/// The sizes of the letters, and of a line of them.
pub const WORDS: (i32, i32) = (12, 15);
/// The same of a line for the console.
pub const LINE: (i32, i32) = (11, 15);
/// The same of what comes of it.
pub const EFFECT: (i32, i32) = (11, 14);
/// Where the words begin, and what is left free behind them.
pub const LEFT: i32 = 36;
const RIGHT: i32 = 12;
/// Above and below the words.
const PADDING: i32 = 9;
/// Between the sentence and the button, and between the button and its effect.
const GAP: i32 = 7;
/// Between one cause and the next.
const ALSO_GAP: i32 = 9;
/// The least height.
pub const LEAST: i32 = 54;

/// A cause beside the first, in lines.
pub struct Also {
    /// The sentence.
    pub words: Vec<String>,
    /// The line for the console; empty where nothing helps.
    pub line: Vec<String>,
    /// Its upper edge in the bubble.
    pub top: i32,
}

impl Also {
    fn height(&self) -> i32 {
        let button = if self.line.is_empty() { 0 } else { GAP + button_height(&self.line) };
        self.words.len() as i32 * WORDS.1 + button
    }

    /// The place of its button in a bubble that is so wide, if it has one.
    pub fn button(&self, w: i32) -> Option<Place> {
        let y = self.top + self.words.len() as i32 * WORDS.1 + GAP;
        let place = Place { x: LEFT, y, w: w - LEFT - RIGHT, h: button_height(&self.line) };
        (!self.line.is_empty()).then_some(place)
    }
}

/// The height of a button with a line in so many rows.
fn button_height(line: &[String]) -> i32 {
    line.len() as i32 * LINE.1 + 14
}

/// A bubble's texts in lines.
pub struct Lines {
    /// The sentence.
    pub words: Vec<String>,
    /// The line for the console.
    pub line: Vec<String>,
    /// What comes of it.
    pub effect: Vec<String>,
    /// That there is more behind a click; empty where there is not.
    pub more: String,
    /// Whether that has room beside the button.
    pub is_beside: bool,
    /// The causes beside the first.
    pub also: Vec<Also>,
}

impl Lines {
    /// The texts of a part that is so wide.
    pub fn of(lang: Lang, part: &CursorPart, w: i32) -> Lines {
        let (all, room) = (usize::MAX, (w - LEFT - RIGHT).max(60));
        let remedy = part.remedy.as_ref();
        let line = remedy.map(|it| wrap_mono(it.line(), room - 20, LINE.0)).unwrap_or_default();
        let more = match (&part.cause, part.more) {
            (None, _) => String::new(),
            (Some(_), 0) => said(lang, "why.open", &[]),
            (Some(_), 1) => said(lang, "why.way", &[]),
            (Some(_), more) => said(lang, "why.ways", &[("n", &more.to_string())]),
        };
        let more = match part.further {
            0 => more,
            n => format!("{} · {more}", said(lang, "why.further-short", &[("n", &n.to_string())])),
        };
        let is_beside = !line.is_empty() && button_width(&line) + width(&more, EFFECT.0) + 16 <= room;
        let mut lines = Lines {
            more,
            is_beside,
            words: wrap(&cursor_words(lang, part), room, WORDS.0, all),
            line,
            effect: remedy.map(|it| wrap(&it.effect(lang), room, EFFECT.0, all)).unwrap_or_default(),
            also: Vec::new(),
        };
        for cause in &part.also {
            let top = lines.own_height() + lines.also.iter().map(|also| also.height() + ALSO_GAP).sum::<i32>();
            let line = cause.remedies.first().map(|it| wrap_mono(&it.line, room - 20, LINE.0)).unwrap_or_default();
            let words = wrap(&said(lang, "why.also", &[("text", &cause.say(lang))]), room, WORDS.0, all);
            lines.also.push(Also { words, line, top });
        }
        lines
    }

    fn words_height(&self) -> i32 {
        self.words.len() as i32 * WORDS.1
    }

    fn button_height(&self) -> i32 {
        if self.line.is_empty() { 0 } else { button_height(&self.line) }
    }

    /// From the upper edge to the end of what is said of the first cause, with the gap behind it.
    fn own_height(&self) -> i32 {
        let below = match self.line.is_empty() {
            true => 0,
            false => 2 * GAP + self.button_height() + self.effect.len() as i32 * EFFECT.1,
        };
        PADDING + self.words_height() + below + ALSO_GAP
    }

    /// The height of the whole, without a tail.
    pub fn height(&self) -> i32 {
        let more = if self.more.is_empty() || self.is_beside { 0 } else { EFFECT.1 + 2 };
        let also: i32 = self.also.iter().map(|also| also.height() + ALSO_GAP).sum();
        (self.own_height() - ALSO_GAP + also + PADDING + more).max(LEAST)
    }

    /// The upper edge of the words in a bubble of this height: in the middle, where nothing stands below them.
    pub fn words_top(&self, h: i32) -> i32 {
        if self.line.is_empty() && self.more.is_empty() { (h - self.words_height()) / 2 } else { PADDING }
    }

    /// The place of the button in the bubble.
    pub fn button(&self, w: i32) -> Place {
        let y = PADDING + self.words_height() + GAP;
        Place { x: LEFT, y, w: w - LEFT - RIGHT, h: self.button_height() }
    }

    /// The upper edge of the effect.
    pub fn effect_top(&self, w: i32) -> i32 {
        let button = self.button(w);
        button.y + button.h + GAP - 2
    }
}

/// The part of a bubble's key that tells it from others.
pub(super) fn name_of(key: &Key) -> String {
    format!("{}/{}/{}", key.kind.names().singular, key.namespace, key.name)
}

/// The width of a button with a line in so many rows.
pub fn button_width(line: &[String]) -> i32 {
    let of = |line: &String| line.chars().map(|c| if (c as u32) < 0x2e80 { 62 } else { 100 }).sum::<i32>();
    line.iter().map(of).max().unwrap_or(0) * LINE.0 / 100 + 32
}

/// A bubble in the place that it was given room for, and its buttons upon it: what each is called, where, and what it is.
pub(super) fn parts(lang: Lang, what: &str, place: Place, part: CursorPart) -> Vec<(Text, Place, Part)> {
    let lines = Lines::of(lang, &part, place.w);
    let at = |button: Place| Place { x: place.x + button.x, y: place.y + button.y, ..button };
    let also = lines.also.iter().zip(&part.also).enumerate().filter_map(|(number, (also, cause))| {
        let remedy = RemedyPart { link: Rc::clone(cause), number: 0 };
        Some((format!("remedy/{what}/{}", number + 1).into(), at(also.button(place.w)?), Part::Remedy(remedy)))
    });
    let own =
        part.remedy.clone().map(|it| (format!("remedy/{what}").into(), at(lines.button(place.w)), Part::Remedy(it)));
    let buttons: Vec<_> = own.into_iter().chain(also).collect();
    let mut all = vec![(format!("cursor/{what}").into(), place, Part::Cursor(part))];
    all.extend(buttons);
    all
}

/// The bubbles of a picture without bands, one below the other from `y` on, as far as they are in sight; and where what is
/// below them begins.
pub(super) fn column(
    cards: &Cards<'_>,
    view: &View,
    facts: &[SetFacts],
    (x, y, w): (i32, i32, i32),
) -> (Vec<Rc<Item>>, i32) {
    let (mut items, mut y) = (Vec::new(), y);
    for (target, part) in causes(cards, facts) {
        let h = Lines::of(view.lang, &part, w).height() + 10;
        let what = target.as_ref().map(name_of).unwrap_or_default();
        for (key, place, part) in parts(view.lang, &what, Place { x, y, w, h }, part) {
            if place.y + place.h >= view.top && place.y <= view.bottom {
                items.push(Rc::new(Item { key, place, target: target.clone(), part }));
            }
        }
        y += h;
    }
    (items, y)
}
