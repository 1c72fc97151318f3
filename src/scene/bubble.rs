//! The sentences in the picture: why a set's controller waits, or what else is not as asked; whole, with the line that
//! helps first. Measures, draws nothing.

use super::cards::{Look, SEARCHED_MAX, SetFacts, cause_of, rest_of};
use super::groups::{Column, Groups, SetRow};
use super::item::{CursorPart, Part, Place, RemedyPart};
use super::labels::{cursor_words, width, wrap, wrap_mono};
use crate::cluster::Cluster;
use crate::controllers::Outcome;
use crate::explain::cause::{End, Link, further, told_alone};
use crate::explain::why_answer::{ALSO_MAX, is_on_purpose};
use crate::explain::{beside, remedies};
use crate::i18n::Lang;
use crate::i18n::causes::said;
use crate::model::conditions::phase;
use crate::model::volume::{claim_name, claim_namespace};
use crate::model::workload::replicas;
use crate::model::{Key, Kind, Object, Text};
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

/// Whether a bubble tells of something that somebody may have to mend: neither what is so on purpose nor a mere wait.
pub fn is_trouble(part: &CursorPart) -> bool {
    let is_mere_wait = |cause: &Link| cause.end != End::Somebody && cause.remedies.is_empty();
    part.outcome != Outcome::Skips && part.cause.as_ref().is_some_and(|cause| !is_mere_wait(cause))
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

/// The sentence of a set, with the ordinal that it points at.
pub(super) fn of_band(look: &Look<'_>, set_row: &SetRow, facts: &SetFacts) -> Option<(CursorPart, Option<i64>)> {
    let cluster = look.source.cluster;
    if let Some((decision, ordinal)) = look.cursor(set_row) {
        let links = set_row.set.as_deref().map(|set| cause_of(cluster, set, &decision)).unwrap_or_default();
        let outcome = decision.outcome;
        let own = set_row.set.as_deref().map(|set| of_set(cluster, set, links, outcome == Outcome::Waits));
        let own = own.unwrap_or_else(|| of_links(&[]));
        let outcome = if own.cause.is_some() { own.outcome } else { outcome };
        return Some((CursorPart { decision: Some(decision), outcome, ..own }, ordinal));
    }
    let links = set_row.set.as_deref().map(|set| rest_of(cluster, set)).unwrap_or_default();
    if facts.rests(set_row) && links.is_empty() {
        let (kept, released) = (kept(set_row), released(cluster, set_row));
        return Some((CursorPart { outcome: Outcome::Skips, kept, released, ..of_links(&[]) }, None));
    }
    let set = set_row.set.as_deref().filter(|_| !links.is_empty())?;
    Some((of_set(cluster, set, links, true), None))
}

/// A cause with what helps first.
fn of_links(links: &[Link]) -> CursorPart {
    let helps = remedies(links);
    let remedy = helps.first().map(|(link, remedy)| {
        let number = link.remedies.iter().position(|it| it == *remedy).unwrap_or(0);
        RemedyPart { link: Rc::new((*link).clone()), number }
    });
    CursorPart {
        decision: None,
        cause: told_alone(links).map(Rc::new),
        remedy,
        more: helps.len().saturating_sub(1),
        also: Vec::new(),
        further: 0,
        pointer: None,
        // What is so on purpose is no trouble.
        outcome: if is_on_purpose(links) { Outcome::Skips } else { Outcome::Waits },
        kept: 0,
        released: None,
    }
}

/// The same of a set, with the causes of its other pods. While it waits for one that is only on its way, another one's
/// cause is what there is to say.
fn of_set(cluster: &Cluster, set: &Object, mut links: Vec<Link>, waits: bool) -> CursorPart {
    if replicas(set) > SEARCHED_MAX || links.is_empty() && !waits {
        return of_links(&links);
    }
    let mut all = further(cluster, &set.key(), &links);
    if links.is_empty() && !all.is_empty() {
        links.push(all.remove(0));
    }
    with_also(&links, all)
}

/// The same of an object, with what else is a cause at the same time.
fn of_object(cluster: &Cluster, key: &Key, links: &[Link]) -> CursorPart {
    let all = if links.is_empty() { Vec::new() } else { further(cluster, key, links) };
    with_also(links, all)
}

fn with_also(links: &[Link], all: Vec<Link>) -> CursorPart {
    let further = all.len().saturating_sub(ALSO_MAX);
    CursorPart { also: all.into_iter().take(ALSO_MAX).map(Rc::new).collect(), further, ..of_links(links) }
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

/// The bubbles of a picture without bands: what sets wait for, as far as it is a cause, and what else is not as asked.
pub(super) fn causes(look: &Look<'_>, groups: &Groups, facts: &[SetFacts]) -> Vec<(Option<Key>, CursorPart)> {
    let mut told = Vec::new();
    let mut all: Vec<(Option<Key>, CursorPart)> = Vec::new();
    for (set_row, facts) in groups.set_rows.iter().zip(facts) {
        let said = of_band(look, set_row, facts).map(|(part, _)| part);
        if let Some(part) = said.filter(|part| part.cause.is_some()) {
            told.extend(part.causes());
            all.push((set_row.set.as_ref().map(|set| set.key()), part));
        }
    }
    let (notes, _) = notes(look, &told);
    all.extend(notes.into_iter().map(|(key, part)| (Some(key), part)));
    all
}

/// For how many ordinals a set keeps claims whose pods it wants no more.
fn kept(set_row: &SetRow) -> usize {
    let policy = ["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"];
    let keeps = set_row.set.as_ref().is_some_and(|set| set.str_at(&policy) != "Delete");
    let is_kept = |it: &&Column| keeps && it.pod.is_none() && !it.is_wanted && !it.claims.is_empty();
    set_row.columns.values().filter(is_kept).count()
}

/// A volume with the data of an earlier claim of a set: of a claim of that name that is gone.
fn released(cluster: &Cluster, set_row: &SetRow) -> Option<Text> {
    let is_of = |volume: &Object, claim: &Object| {
        claim_namespace(volume) == claim.meta.namespace.as_str() && claim_name(volume) == claim.meta.name.as_str()
    };
    let mut volumes = cluster.list(Kind::PersistentVolume).filter(|it| phase(it) == "Released");
    volumes.find_map(|volume| {
        let mut claims = set_row.columns.values().flat_map(|column| &column.claims);
        claims.find(|claim| is_of(volume, claim)).map(|claim| claim.meta.name.clone())
    })
}

/// The most sentences beside those of the sets.
const NOTES_MAX: usize = 3;

/// What is not as asked beside the sets, as far as no set's sentence says it already, and how much more there is.
pub(super) fn notes(look: &Look<'_>, told: &[Rc<Link>]) -> (Vec<(Key, CursorPart)>, usize) {
    // What waits for time says what waits; what waits for somebody, why.
    let shown = |links: Vec<Link>| match links.first().map(|root| root.end) {
        Some(End::Somebody) => links,
        _ => links.into_iter().next_back().into_iter().collect(),
    };
    let all = beside(look.source.cluster).into_iter();
    let mut all: Vec<(Option<Key>, Vec<Link>)> =
        all.map(|links| (links.last().map(|own| own.key.clone()), shown(links))).collect();
    all.retain(|(_, links)| links.first().is_some_and(|root| told.iter().all(|it| it.rule != root.rule)));
    let more = all.len().saturating_sub(NOTES_MAX);
    all.truncate(NOTES_MAX);
    let cluster = look.source.cluster;
    let note = |(key, links): (Option<Key>, Vec<Link>)| Some((key.clone()?, of_object(cluster, &key?, &links)));
    (all.into_iter().filter_map(note).collect(), more)
}
