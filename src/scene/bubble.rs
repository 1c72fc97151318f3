//! The sentences in the picture: why a set's controller waits, or what else is not as asked; whole, with the line that
//! helps first. Measures, draws nothing.

use super::groups::{Column, SetRow};
use super::item::{CursorPart, Place, RemedyPart};
use super::labels::{cursor_words, width, wrap, wrap_mono};
use super::look::{Look, SetFacts, cause_of, rest_of};
use crate::cluster::Cluster;
use crate::controllers::Outcome;
use crate::explain::cause::{End, Link};
use crate::explain::{beside, remedies};
use crate::i18n::Lang;
use crate::i18n::causes::said;
use crate::model::conditions::phase;
use crate::model::volume::{claim_name, claim_namespace};
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
/// The least height.
pub const LEAST: i32 = 54;

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
        let is_beside = !line.is_empty() && button_width(&line) + width(&more, EFFECT.0) + 16 <= room;
        Lines {
            more,
            is_beside,
            words: wrap(&cursor_words(lang, part), room, WORDS.0, all),
            line,
            effect: remedy.map(|it| wrap(&it.effect(lang), room, EFFECT.0, all)).unwrap_or_default(),
        }
    }

    fn words_height(&self) -> i32 {
        self.words.len() as i32 * WORDS.1
    }

    fn button_height(&self) -> i32 {
        if self.line.is_empty() { 0 } else { self.line.len() as i32 * LINE.1 + 14 }
    }

    /// The height of the whole, without a tail.
    pub fn height(&self) -> i32 {
        let more = if self.more.is_empty() || self.is_beside { 0 } else { EFFECT.1 + 2 };
        let below = match self.line.is_empty() {
            true => 0,
            false => 2 * GAP + self.button_height() + self.effect.len() as i32 * EFFECT.1,
        };
        (2 * PADDING + self.words_height() + below + more).max(LEAST)
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

/// The sentence of a set, with the ordinal that it points at.
pub(super) fn of_band(look: &Look<'_>, set_row: &SetRow, facts: &SetFacts) -> Option<(CursorPart, Option<i64>)> {
    let cluster = look.source.cluster;
    if let Some((decision, ordinal)) = look.cursor(set_row) {
        let links = set_row.set.as_deref().map(|set| cause_of(cluster, set, &decision)).unwrap_or_default();
        let outcome = decision.outcome;
        return Some((CursorPart { decision: Some(decision), outcome, ..of_links(&links) }, ordinal));
    }
    let links = set_row.set.as_deref().map(|set| rest_of(cluster, set)).unwrap_or_default();
    if facts.rests(set_row) && links.is_empty() {
        let (kept, released) = (kept(set_row), released(cluster, set_row));
        return Some((CursorPart { outcome: Outcome::Skips, kept, released, ..of_links(&[]) }, None));
    }
    (!links.is_empty()).then(|| (of_links(&links), None))
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
        cause: links.first().map(|root| Rc::new(root.clone())),
        remedy,
        more: helps.len().saturating_sub(1),
        pointer: None,
        outcome: Outcome::Waits,
        kept: 0,
        released: None,
    }
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
    (all.into_iter().filter_map(|(key, links)| Some((key?, of_links(&links)))).collect(), more)
}
