//! The picture by node: zones, their nodes, the pods on them, and the volumes where they can be used; draws nothing.

use super::bubble;
use super::cards::{Cards, SetFacts, Source, bound_claims};
use super::item::{Item, Level, Part, Place, Scene, View};
use super::set_members::identity_of;
use crate::model::node::ZONE;
use crate::model::pod::node_of;
use crate::model::volume::{claim_name, claim_namespace, node_terms};
use crate::model::{Key, Kind, Object, Text, Value};
use crate::sorted::SharedMap;
use std::rc::Rc;

const MARGIN: i32 = 12;
const PADDING: i32 = 12;
const NODE_HEAD: i32 = 46;
/// Zones stand side by side where each has this width.
const ZONE_WIDTH: i32 = 270;
const ZONE_HEAD: i32 = 30;

/// Up to so many pods have the room for whole cards.
const CARDS_MAX: usize = 9;

/// The size of a tile: width at least and at most, height, gap.
type Tile = (i32, i32, i32, i32);

/// A pod's place on a node, by level.
fn tile(level: Level) -> Tile {
    match level {
        Level::Card => (176, 212, 100, 10),
        Level::Compact => (104, 148, 66, 8),
        Level::Cell => (36, 36, 28, 6),
        Level::Grid => (14, 14, 12, 3),
    }
}

/// A volume's.
fn flat(level: Level) -> Tile {
    match level {
        Level::Card => (176, 212, 76, 10),
        Level::Compact => (104, 148, 34, 8),
        Level::Cell => (36, 36, 8, 6),
        Level::Grid => (14, 14, 4, 3),
    }
}

/// Where a volume can be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pin {
    Node(Text),
    Zone(Text),
    Anywhere,
}

/// A pod with its ordinal and what its set says.
type Resident<'a> = (Rc<Object>, Option<i64>, &'a SetFacts, (usize, usize));

/// Draws a cluster by node.
pub fn by_node(source: Source<'_>, view: &View) -> Scene {
    let groups = source.groups;
    let none = SetFacts::default();
    let facts: Vec<SetFacts> = groups.set_rows.iter().map(|set_row| SetFacts::of(set_row, source.cluster)).collect();
    let mut pods: SharedMap<Text, Vec<Resident<'_>>> = SharedMap::new();
    let mut count = 0;
    for (set_row, facts) in groups.set_rows.iter().zip(&facts) {
        for column in set_row.columns.values() {
            if let Some(pod) = &column.pod {
                count += 1;
                let ordinal = identity_of(pod).map(|(_, ordinal)| ordinal);
                pods.entry(node_of(pod)).or_default().push((Rc::clone(pod), ordinal, facts, bound_claims(column)));
            }
        }
    }
    let beside = groups.workloads.iter().flat_map(|row| &row.pods);
    for pod in groups.pods.iter().chain(beside) {
        count += 1;
        pods.entry(node_of(pod)).or_default().push((Rc::clone(pod), None, &none, (0, 0)));
    }
    let fits = match count {
        _ if count <= CARDS_MAX && view.width >= ZONE_WIDTH => 3,
        ..=60 => 2,
        61..=300 => 1,
        _ => 0,
    };
    let level = view.level.unwrap_or(match fits + view.detail {
        3.. => Level::Card,
        2 => Level::Compact,
        1 => Level::Cell,
        _ => Level::Grid,
    });
    let mut draft = Draft {
        cards: Cards::new(source),
        view: *view,
        level,
        items: Vec::new(),
        span: (MARGIN, view.width - MARGIN),
        y: MARGIN,
    };
    let place = (MARGIN, draft.y, (draft.span.1 - draft.span.0).min(740));
    (draft.items, draft.y) = bubble::column(&draft.cards, view, &facts, place);
    draft.zones(&mut pods, &mut pins(source));
    Scene { width: view.width, height: draft.y, level, items: draft.items, pods: count }
}

/// The claims (or volumes without a claim that is there) by the place where they can be used.
fn pins(source: Source<'_>) -> SharedMap<Pin, Vec<Rc<Object>>> {
    let mut pins: SharedMap<Pin, Vec<Rc<Object>>> = SharedMap::new();
    for volume in source.cluster.list(Kind::PersistentVolume) {
        let namespace = Text::new(claim_namespace(volume));
        let name = Text::new(claim_name(volume));
        let claim = source.cluster.find(Kind::PersistentVolumeClaim, &namespace, &name);
        pins.entry(pin_of(volume)).or_default().push(Rc::clone(claim.unwrap_or(volume)));
    }
    pins
}

fn pin_of(volume: &Object) -> Pin {
    let terms = node_terms(volume);
    for expression in terms.iter().flat_map(|term| term.list_at(&["matchExpressions"])) {
        let Some(value) = expression.list_at(&["values"]).first().and_then(Value::as_text) else { continue };
        match expression.str_at(&["key"]) {
            "kubernetes.io/hostname" => return Pin::Node(value.clone()),
            ZONE => return Pin::Zone(value.clone()),
            _ => {}
        }
    }
    Pin::Anywhere
}

struct Draft<'a> {
    cards: Cards<'a>,
    view: View,
    level: Level,
    items: Vec<Rc<Item>>,
    /// The part of the width that is being filled: from, to.
    span: (i32, i32),
    y: i32,
}

impl Draft<'_> {
    fn add(&mut self, key: Text, place: Place, target: Option<Key>, part: impl FnOnce(&Cards<'_>) -> Part) {
        if place.y + place.h >= self.view.top && place.y <= self.view.bottom {
            let part = part(&self.cards);
            self.items.push(Rc::new(Item { key, place, target, part }));
        }
    }

    fn zones(&mut self, pods: &mut SharedMap<Text, Vec<Resident<'_>>>, pins: &mut SharedMap<Pin, Vec<Rc<Object>>>) {
        if let Some(waiting) = pods.remove("") {
            self.shelf("unscheduled", &waiting, &[]);
        }
        let mut zones: SharedMap<Text, Vec<Rc<Object>>> = SharedMap::new();
        for node in self.cards.source.cluster.list(Kind::Node) {
            let zone = Text::new(node.meta.label(ZONE));
            zones.entry(zone).or_default().push(Rc::clone(node));
        }
        let (left, right) = self.span;
        let columns = ((right - left + MARGIN) / (ZONE_WIDTH + MARGIN)).clamp(1, zones.len().max(1) as i32);
        let width = (right - left + MARGIN) / columns - MARGIN;
        let (mut row_top, mut row_end) = (self.y, self.y);
        for (index, (zone, nodes)) in zones.into_iter().enumerate() {
            let in_row = index as i32 % columns;
            if in_row == 0 {
                row_top = row_end;
            }
            self.y = row_top;
            let from = left + in_row * (width + MARGIN);
            self.span = (from, from + width);
            self.zone(zone, &nodes, pods, pins);
            row_end = row_end.max(self.y + MARGIN);
        }
        self.span = (left, right);
        self.y = row_end;
        // The node objects of the rest are gone.
        for left in std::mem::take(pods).into_values() {
            self.shelf("unscheduled", &left, &[]);
        }
        let rest: Vec<Rc<Object>> = std::mem::take(pins).into_values().flatten().collect();
        if !rest.is_empty() {
            self.shelf("volumes-anywhere", &[], &rest);
        }
    }

    fn zone(
        &mut self,
        zone: Text,
        nodes: &[Rc<Object>],
        pods: &mut SharedMap<Text, Vec<Resident<'_>>>,
        pins: &mut SharedMap<Pin, Vec<Rc<Object>>>,
    ) {
        let (top, (from, to)) = (self.y, self.span);
        // The plate lies below what stands on it, and its height is known at the end.
        let at = self.items.len();
        self.y += ZONE_HEAD;
        self.span = (from + PADDING, to - PADDING);
        for node in nodes {
            let pods = pods.remove(&node.meta.name).unwrap_or_default();
            let volumes = pins.remove(&Pin::Node(node.meta.name.clone())).unwrap_or_default();
            self.node(node, &pods, &volumes);
        }
        if let Some(volumes) = pins.remove(&Pin::Zone(zone.clone())) {
            self.y += 4;
            self.volumes(&volumes);
        }
        self.span = (from, to);
        let place = Place { x: from, y: top, w: to - from, h: self.y - top + 2 };
        let item = Item { key: format!("zone/{zone}").into(), place, target: None, part: Part::Zone { name: zone } };
        self.items.insert(at.min(self.items.len()), Rc::new(item));
    }

    fn shelf(&mut self, key: &'static str, pods: &[Resident<'_>], volumes: &[Rc<Object>]) {
        let place = Place { x: self.span.0 + 2, y: self.y, w: self.span.1 - self.span.0 - 2, h: 30 };
        self.add(format!("heading/{key}/{}", self.y).into(), place, None, |_| Part::Heading(key));
        self.y += 30;
        self.pods(pods);
        self.volumes(volumes);
        self.y += 6;
    }

    fn node(&mut self, node: &Object, pods: &[Resident<'_>], volumes: &[Rc<Object>]) {
        let (top, (from, to)) = (self.y, self.span);
        let at = self.items.len();
        self.y += NODE_HEAD;
        self.span = (from + PADDING, to - PADDING);
        self.pods(pods);
        self.volumes(volumes);
        self.span = (from, to);
        let place = Place { x: from, y: top, w: to - from, h: self.y - top + 2 };
        let part = Part::Node(Cards::node(node, pods.len()));
        let item = Item { key: node.meta.uid.clone(), place, target: Some(node.key()), part };
        self.items.insert(at.min(self.items.len()), Rc::new(item));
        self.y += 10;
    }

    /// The places of `count` tiles in the width that is left; moves on to below them.
    fn tiles(&mut self, count: usize, (least, most, h, gap): Tile) -> impl Iterator<Item = Place> + use<> {
        let (left, right) = self.span;
        let columns = ((right - left + gap) / (least + gap)).max(1);
        let w = ((right - left + gap) / columns - gap).clamp(least.min(right - left), most);
        let top = self.y;
        self.y += (count as i32 + columns - 1) / columns * (h + gap);
        (0..count as i32).map(move |index| {
            let (row, in_row) = (index / columns, index % columns);
            Place { x: left + in_row * (w + gap), y: top + row * (h + gap), w, h }
        })
    }

    fn pods(&mut self, pods: &[Resident<'_>]) {
        let level = self.level;
        let places = self.tiles(pods.len(), tile(level));
        for ((pod, ordinal, facts, claims), place) in pods.iter().zip(places) {
            self.add(pod.meta.uid.clone(), place, Some(pod.key()), |cards| {
                let mut part = cards.pod(pod, *ordinal, facts, level);
                part.claims = if level == Level::Grid { (0, 0) } else { *claims };
                Part::Pod(part)
            });
        }
    }

    fn volumes(&mut self, claims: &[Rc<Object>]) {
        let level = self.level;
        let places = self.tiles(claims.len(), flat(level));
        for (claim, place) in claims.iter().zip(places) {
            self.add(claim.meta.uid.clone(), place, Some(claim.key()), |cards| {
                Part::Claim(cards.claim(claim, claim.kind == Kind::PersistentVolume, level))
            });
        }
    }
}
