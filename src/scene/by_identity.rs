//! The picture by identity: a column for each ordinal of each set, top to bottom DNS name, pod, claims; draws nothing.

mod card_sizes;

use super::bubble::{self, Lines};
use super::bubble_causes;
use super::cards::{Cards, SetFacts, Source, bound_claims};
use super::item::{CursorPart, Item, Level, Part, Place, Scene, SetRowPart, View};
use super::labels::{SET_FACTS, chip_width, set_facts};
use super::related_objects::beside;
use super::set_members::{Column, Groups, SetRow, Sign};
use super::style::PodStyle;
use super::workloads::Workload;
use crate::explain::cause::Link;
use crate::model::stateful_set::{is_parallel, service_name};
use crate::model::{Key, Kind, Object, Text};
use card_sizes::{
    BESIDE, CHIP, HEADER, HEADING, MARGIN, PADDING, SERVICE, Sizes, WORDS, facts_lines, fit, is_low, is_narrow,
    is_service_below, per_row, pods_of, quiet, rail_height, row_height, set_row_height,
};
use std::rc::Rc;

/// Draws a cluster by identity.
pub fn by_identity(source: Source<'_>, view: &View) -> Scene {
    let groups = source.groups;
    let sizes = fit(groups, view);
    let mut draft = Draft { cards: Cards::new(source), view: *view, sizes, y: MARGIN, items: Vec::new() };
    let facts: Vec<SetFacts> = groups.set_rows.iter().map(|set_row| SetFacts::of(set_row, source.cluster)).collect();
    let of_band = |(set_row, facts)| bubble_causes::of_band(&draft.cards, set_row, facts);
    // Beside another picture the words stand below.
    let bubbles: Vec<Bubble> = match view.is_beside {
        true => groups.set_rows.iter().map(|_| None).collect(),
        false => groups.set_rows.iter().zip(&facts).map(of_band).collect(),
    };
    draft.notes(&bubbles);
    for ((set_row, facts), bubble) in groups.set_rows.iter().zip(&facts).zip(bubbles) {
        draft.set_row(set_row, facts, bubble);
    }
    groups.workloads.iter().for_each(|row| draft.workload(row));
    draft.loose(groups);
    let beside = groups.workloads.iter().map(|row| row.pods.len()).sum::<usize>();
    let pods = beside + groups.pods.len() + groups.set_rows.iter().map(pods_of).sum::<usize>();
    Scene { width: view.width, height: draft.y.max(1), level: sizes.level, items: draft.items, pods }
}

/// What a set's controller says, and the ordinal that it is about.
type Bubble = Option<(CursorPart, Option<i64>)>;

/// A picture in the making.
struct Draft<'a> {
    cards: Cards<'a>,
    view: View,
    sizes: Sizes,
    y: i32,
    items: Vec<Rc<Item>>,
}

impl Draft<'_> {
    /// Adds an item if it is in view.
    fn add(&mut self, key: Text, place: Place, target: Option<Key>, part: impl FnOnce() -> Part) {
        if self.is_seen(place.y, place.h) {
            self.items.push(Rc::new(Item { key, place, target, part: part() }));
        }
    }

    fn is_seen(&self, y: i32, h: i32) -> bool {
        y + h >= self.view.top && y <= self.view.bottom
    }

    /// What is not as asked beside the sets, above them.
    fn notes(&mut self, bubbles: &[Bubble]) {
        let told: Vec<Rc<Link>> = bubbles.iter().flatten().flat_map(|(part, _)| part.causes()).collect();
        if self.view.is_beside {
            return;
        }
        let (notes, more) = bubble_causes::notes(&self.cards, &told);
        let (x, w) = (MARGIN, (self.view.width - 2 * MARGIN).min(WORDS + 2 * PADDING));
        for (target, part) in notes {
            let h = Lines::of(self.view.lang, &part, w).height();
            let place = Place { x, y: self.y, w, h: h + 10 };
            let what = bubble::name_of(&target);
            self.y += h + 8;
            self.bubble(&what, place, Some(target), part);
        }
        if more > 0 {
            let place = Place { x, y: self.y, w, h: HEADING };
            self.add("heading/more-causes".into(), place, None, || Part::MoreCauses(more));
            self.y += HEADING;
        }
    }

    /// A sentence with its button, in a place with room for the tail.
    fn bubble(&mut self, what: &str, place: Place, target: Option<Key>, part: CursorPart) {
        for (key, place, part) in bubble::parts(self.view.lang, what, place, part) {
            self.add(key, place, target.clone(), || part);
        }
    }

    fn set_row(&mut self, set_row: &SetRow, facts: &SetFacts, bubble: Bubble) {
        let sizes = self.sizes;
        let (top, left) = (self.y, MARGIN + PADDING);
        let inner = self.view.width - 2 * left;
        let key = |what: &str| -> Text { format!("{what}/{}/{}", set_row.namespace, set_row.name).into() };
        let target = set_row.set.as_ref().map(|set| set.key());
        let rail_least = rail_height(&self.view);
        let words = inner.min(WORDS);
        let said = bubble.as_ref().map_or(0, |(part, _)| Lines::of(self.view.lang, part, words).height() + 20);
        let rail_height = rail_least.max(said);
        let service = self.cards.service(set_row);
        let is_narrow = is_narrow(self.view.width);
        let service_width = if is_narrow || service.is_none() { 0 } else { BESIDE };
        let part = SetRowPart { is_low: is_low(&self.view), ..self.cards.set_row(set_row, sizes.level) };
        let reserved = facts_lines(&self.view, set_row.set.is_some());
        let lines = set_facts(self.view.lang, &part, inner - service_width).len() as i32;
        let more = (lines - reserved).max(0) * SET_FACTS.1;
        let header = HEADER + more + (reserved - 1) * SET_FACTS.1;
        let height = set_row_height(set_row, &self.view, sizes) - MARGIN + rail_height - rail_least + more;
        let area = Place { x: MARGIN, y: top, w: self.view.width - 2 * MARGIN, h: height };
        self.add(key("area"), area, None, || Part::Area { exists: set_row.set.is_some() });
        let place = Place { x: left, y: top + 10, w: inner - service_width, h: header - 10 };
        self.add(key("set"), place, target, || Part::SetRow(part));
        self.y += header;
        self.chips(set_row, (left + 104, top + 8), left + inner - service_width);
        if let Some((part, target)) = service.filter(|_| !is_narrow || is_service_below(&self.view)) {
            let (x, w) = if is_narrow { (left, inner) } else { (left + inner - 220, 220) };
            let y = if is_narrow { self.y + 6 } else { top + 14 };
            self.add(key("service"), Place { x, y, w, h: 36 }, Some(target), || Part::Service(part));
        }
        if is_service_below(&self.view) && set_row.set.is_some() {
            self.y += SERVICE;
        }
        let rail = self.y;
        self.y += rail_height;
        let at = bubble.as_ref().and_then(|(_, ordinal)| *ordinal);
        let mut pointed = None;
        let is_ordered = set_row.set.as_ref().is_some_and(|set| !is_parallel(set));
        let (count, row_h) = (per_row(self.view.width, sizes), row_height(set_row, sizes));
        let mut may_go = None;
        for (index, (ordinal, column)) in set_row.columns.iter().enumerate() {
            let (row, in_row) = ((index / count) as i32, (index % count) as i32);
            let x = left + in_row * (sizes.column + sizes.gap);
            let y = self.y + row * (row_h + sizes.row_gap);
            if at == Some(*ordinal) {
                pointed = Some((row, x + sizes.column / 2));
            }
            if !self.is_seen(y, row_h) {
                may_go = None;
                continue;
            }
            if is_ordered && sizes.level == Level::Card && in_row > 0 {
                let place = Place { x: x - sizes.gap, y: y + sizes.name, w: sizes.gap, h: sizes.pod };
                let key = format!("gate/{}/{}/{ordinal}", set_row.namespace, set_row.name).into();
                let is_open = may_go == Some(true);
                self.add(key, place, None, || Part::Gate { is_open });
            }
            let style = self.column(set_row, *ordinal, column, facts, (x, y), at == Some(*ordinal));
            may_go = Some(style == PodStyle::Ready && may_go != Some(false));
        }
        if let Some((part, _)) = bubble {
            let pointer = pointed.filter(|(row, _)| *row == 0).map(|(_, x)| x);
            let x = pointer.map_or(left, |pointer| (pointer - words / 4).clamp(left, left + inner - words));
            let pointer = pointer.map(|pointer| pointer - x);
            let place = Place { x, y: rail + 4, w: words, h: rail_height - 10 };
            let what = format!("{}/{}", set_row.namespace, set_row.name);
            self.bubble(&what, place, set_row.set.as_ref().map(|set| set.key()), CursorPart { pointer, ..part });
        }
        self.y = top + height + MARGIN;
    }

    /// Draws what belongs to a set beside its pods, from `x` as far as there is room.
    fn chips(&mut self, set_row: &SetRow, (mut x, y): (i32, i32), end: i32) {
        let Some(set) = set_row.set.as_deref() else { return };
        let is_service_a_chip = is_narrow(self.view.width) && is_low(&self.view);
        let service = self.cards.service(set_row).filter(|_| is_service_a_chip);
        let service = service.map(|(part, target)| (target, part.exists));
        for (target, exists) in service.into_iter().chain(beside(self.cards.source.cluster, set)) {
            let part = self.cards.chip(&target, exists);
            let w = chip_width(&part);
            if x + w > end {
                break;
            }
            let key =
                format!("chip/{}/{}/{}/{}", set_row.namespace, set_row.name, target.kind.names().kind, target.name);
            self.add(key.into(), Place { x, y, w, h: CHIP }, Some(target), || Part::Chip(part));
            x += w + 6;
        }
    }

    /// Draws one ordinal with its left upper corner at `at`. Returns how the pod looks.
    fn column(
        &mut self,
        set_row: &SetRow,
        ordinal: i64,
        column: &Column,
        facts: &SetFacts,
        at: (i32, i32),
        is_at_cursor: bool,
    ) -> PodStyle {
        let (sizes, (x, mut y)) = (self.sizes, at);
        if sizes.level == Level::Grid {
            return self.square(set_row, ordinal, column, facts, at, is_at_cursor);
        }
        let place = |y: i32, h: i32| Place { x, y, w: sizes.column, h };
        let key = |what: &str| -> Text { format!("{what}/{}/{}/{ordinal}", set_row.namespace, set_row.name).into() };
        let mut part = match &column.pod {
            Some(pod) => self.cards.pod(pod, Some(ordinal), facts, sizes.level),
            None => Cards::outline(format!("{}-{ordinal}", set_row.name).into(), ordinal, sizes.level),
        };
        part.is_wanted = column.is_wanted;
        part.is_at_cursor = is_at_cursor;
        part.claims = bound_claims(column);
        let style = part.style;
        if sizes.name > 0 {
            if let Some(service) = set_row.set.as_ref().map(|set| service_name(set)) {
                let is_lit = part.resolves == Some(true);
                let text =
                    if service.is_empty() { part.name.clone() } else { format!("{}.{service}", part.name).into() };
                self.add(key("name"), place(y, sizes.name - 8), None, || Part::Name { text, is_lit });
            }
            y += sizes.name;
        }
        let (pod_key, target) = match &column.pod {
            Some(pod) => (pod.meta.uid.clone(), Some(pod.key())),
            None => (key("outline"), Some(Key::new(Kind::Pod, set_row.namespace.clone(), part.name.clone()))),
        };
        let pod_place = place(y, sizes.pod);
        y += sizes.pod + sizes.link;
        let is_retained = column.pod.is_none() && !column.is_wanted;
        if !column.claims.is_empty() && sizes.level >= Level::Compact {
            let link = Place { x: x + sizes.column / 2 - 1, y: y - sizes.link, w: 2, h: sizes.link };
            let is_live = column.pod.is_some();
            self.add(key("link"), link, None, || Part::Link { is_live });
        }
        self.add(pod_key, pod_place, target, || Part::Pod(part));
        for claim in &column.claims {
            self.claim(claim, is_retained, place(y, sizes.claim));
            y += sizes.claim + sizes.claim_gap;
        }
        style
    }

    /// Draws one ordinal of a dense picture: one item for the whole column, with the claims as a line below the pod. An
    /// item that would be the same as before is the same.
    fn square(
        &mut self,
        set_row: &SetRow,
        ordinal: i64,
        column: &Column,
        facts: &SetFacts,
        (x, y): (i32, i32),
        is_at_cursor: bool,
    ) -> PodStyle {
        let sizes = self.sizes;
        let h = sizes.pod + if column.claims.is_empty() { 0 } else { sizes.link + sizes.claim };
        let place = Place { x, y, w: sizes.column, h };
        let is_lost = column.pod.as_deref().is_some_and(|pod| self.cards.is_lost(pod));
        let revisions = (facts.current.clone(), facts.update.clone());
        let sign = Sign { place, revisions, is_at_cursor, is_lost };
        let mut drawn = column.drawn.borrow_mut();
        if drawn.as_ref().is_none_or(|(before, _)| *before != sign) {
            let name = || -> Text { format!("{}-{ordinal}", set_row.name).into() };
            let mut part = match &column.pod {
                Some(pod) => self.cards.pod(pod, Some(ordinal), facts, sizes.level),
                None => Cards::outline(name(), ordinal, sizes.level),
            };
            part.is_wanted = column.is_wanted;
            part.is_at_cursor = is_at_cursor;
            part.claims = bound_claims(column);
            let (key, target) = match &column.pod {
                Some(pod) => (pod.meta.uid.clone(), pod.key()),
                None => {
                    let key = format!("outline/{}/{}/{ordinal}", set_row.namespace, set_row.name).into();
                    (key, Key::new(Kind::Pod, set_row.namespace.clone(), name()))
                }
            };
            let item = Item { key, place, target: Some(target), part: Part::Pod(part) };
            *drawn = Some((sign, Rc::new(item)));
        }
        let Some((_, item)) = &*drawn else { return PodStyle::Absent };
        if self.is_seen(y, h) {
            self.items.push(Rc::clone(item));
        }
        match &item.part {
            Part::Pod(pod) => pod.style,
            _ => PodStyle::Absent,
        }
    }

    fn claim(&mut self, claim: &Object, is_retained: bool, place: Place) {
        if self.is_seen(place.y, place.h) {
            let part = self.cards.claim(claim, is_retained, self.sizes.level);
            self.add(claim.meta.uid.clone(), place, Some(claim.key()), || Part::Claim(part));
        }
    }

    /// Draws an object beside the sets with its pods, oldest revision first.
    fn workload(&mut self, row: &Workload) {
        let (sizes, left) = (quiet(self.sizes), MARGIN + PADDING);
        let place = Place { x: left, y: self.y, w: self.view.width - 2 * left, h: HEADING };
        self.add(row.object.meta.uid.clone(), place, Some(row.object.key()), || Part::Workload(row.part()));
        self.y += HEADING;
        let facts = SetFacts::of_workload(row);
        let count = per_row(self.view.width, sizes);
        for (index, pod) in row.pods.iter().enumerate() {
            let (line, in_line) = ((index / count) as i32, (index % count) as i32);
            let x = left + in_line * (sizes.column + sizes.gap);
            let y = self.y + line * (sizes.pod + sizes.row_gap);
            let place = Place { x, y, w: sizes.column, h: sizes.pod };
            if self.is_seen(place.y, place.h) {
                let part = self.cards.pod(pod, None, &facts, sizes.level);
                self.add(pod.meta.uid.clone(), place, Some(pod.key()), || Part::Pod(part));
            }
        }
        self.y += row.pods.len().div_ceil(count) as i32 * (sizes.pod + sizes.row_gap);
    }

    /// Draws the pods and claims that belong to no set.
    fn loose(&mut self, groups: &Groups) {
        let sizes = self.sizes;
        let claims: Vec<&Rc<Object>> = groups.claims.iter().chain(&groups.volumes).collect();
        if groups.pods.is_empty() && claims.is_empty() {
            return;
        }
        let left = MARGIN + PADDING;
        let place = Place { x: left, y: self.y, w: self.view.width - 2 * left, h: HEADING };
        self.add("heading/other".into(), place, None, || Part::Heading("other"));
        self.y += HEADING;
        let count = per_row(self.view.width, sizes);
        let corner = |index: usize, y: i32, h: i32| {
            let (row, in_row) = ((index / count) as i32, (index % count) as i32);
            Place {
                x: left + in_row * (sizes.column + sizes.gap),
                y: y + row * (h + sizes.row_gap),
                w: sizes.column,
                h,
            }
        };
        for (index, pod) in groups.pods.iter().enumerate() {
            let place = corner(index, self.y, sizes.pod);
            if self.is_seen(place.y, place.h) {
                let part = self.cards.pod(pod, None, &SetFacts::default(), sizes.level);
                self.add(pod.meta.uid.clone(), place, Some(pod.key()), || Part::Pod(part));
            }
        }
        self.y += groups.pods.len().div_ceil(count) as i32 * (sizes.pod + sizes.row_gap);
        for (index, claim) in claims.iter().enumerate() {
            self.claim(claim, true, corner(index, self.y, sizes.claim));
        }
        self.y += claims.len().div_ceil(count) as i32 * (sizes.claim + sizes.row_gap) + MARGIN;
    }
}
