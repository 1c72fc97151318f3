//! The picture by owner: a tree of objects, each below the one that keeps it alive, and what stays when that goes; draws
//! nothing.
//!
//! Whose owner reference names a living object stands below it. A claim that was made for a set without an owner
//! reference stands below the set as well, and says so: it stays when the set is deleted.

use super::bubble;
use super::cards::{Cards, SetFacts, Source};
use super::item::{Edge, Item, Level, OwnedPart, Part, Place, Scene, View};
use super::set_members::split_ordinal;
use super::style::{claim_status, lost_nodes, pod_status, pod_style, ready_containers};
use super::workloads::revision_of;
use crate::cluster::Cluster;
use crate::model::claim::capacity;
use crate::model::pod::node_of;
use crate::model::stateful_set::claim_templates;
use crate::model::workload::DEPLOYMENT_REVISION;
use crate::model::{Kind, Object, Text};
use crate::ordering::Order;
use crate::sorted::{SharedMap, SharedSet};
use std::rc::Rc;

const MARGIN: i32 = 14;
/// A row's height, and the distance of two rows.
const ROW: i32 = 40;
const STEP: i32 = 46;
/// How far what is owned stands to the right of its owner.
const INDENT: i32 = 26;
/// The widest that a row gets.
const WIDEST: i32 = 720;
/// Deeper levels stand where this one does: chains of owners are short, and one that is not keeps its room.
const DEPTH_MAX: i32 = 6;

/// The kinds that are shown, in the order in which they stand below one owner; custom kinds come first.
const KINDS: [Kind; 9] = [
    Kind::StatefulSet,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::DaemonSet,
    Kind::CronJob,
    Kind::Job,
    Kind::ControllerRevision,
    Kind::Pod,
    Kind::PersistentVolumeClaim,
];

/// Draws a cluster by owner.
pub fn by_owner(source: Source<'_>, view: &View) -> Scene {
    let cluster = source.cluster;
    let shown = objects(cluster);
    let tree = Tree::new(cluster, &shown);
    let mut draft = Draft { cluster, view: *view, items: Vec::new(), y: MARGIN, lost: lost_nodes(cluster) };
    let facts: Vec<SetFacts> = source.groups.set_rows.iter().map(|row| SetFacts::of(row, cluster)).collect();
    let place = (MARGIN, draft.y, (view.width - 2 * MARGIN).min(WIDEST + MARGIN));
    (draft.items, draft.y) = bubble::column(&Cards::new(source), view, &facts, place);
    for root in &tree.roots {
        draft.branch(&tree, root, 0, 0);
    }
    let pods = shown.iter().filter(|object| object.kind == Kind::Pod).count();
    Scene { width: view.width, height: draft.y.max(1), level: Level::Card, items: draft.items, pods }
}

/// What is shown, in order. The cluster's own objects are not: the same ones stand in every cluster.
fn objects(cluster: &Cluster) -> Vec<Rc<Object>> {
    let kinds = cluster.custom_kinds().iter().copied().chain(KINDS);
    let all = kinds.flat_map(|kind| cluster.list(kind));
    all.filter(|object| object.meta.namespace != "kube-system").cloned().collect()
}

/// Who stands below whom.
struct Tree {
    roots: Vec<(Rc<Object>, Edge)>,
    below: SharedMap<Text, Vec<(Rc<Object>, Edge)>>,
}

impl Tree {
    fn new(cluster: &Cluster, shown: &[Rc<Object>]) -> Tree {
        let uids: SharedSet<Text> = shown.iter().map(|object| object.meta.uid.clone()).collect();
        let mut tree = Tree { roots: Vec::new(), below: SharedMap::new() };
        for object in shown {
            match owner_of(cluster, object).filter(|(uid, _)| uids.contains(uid)) {
                Some((uid, edge)) => tree.below.entry(uid).or_default().push((Rc::clone(object), edge)),
                None => {
                    let edge = if object.meta.owner_references.is_empty() { Edge::None } else { Edge::OwnerGone };
                    tree.roots.push((Rc::clone(object), edge));
                }
            }
        }
        let order = |(object, _): &(Rc<Object>, Edge)| {
            let place = KINDS.iter().position(|kind| *kind == object.kind).map_or(0, |place| place + 1);
            // `web-10` stands behind `web-9`.
            let (stem, ordinal) = split_ordinal(&object.meta.name).unwrap_or((&object.meta.name, -1));
            (place, object.meta.namespace.clone(), Text::new(stem), ordinal)
        };
        tree.below.values_mut().for_each(|rows| rows.order_by_key(order));
        tree.roots.order_by_key(order);
        tree
    }
}

/// The living object that keeps another one, or that it was made for.
fn owner_of(cluster: &Cluster, object: &Object) -> Option<(Text, Edge)> {
    let references = object.meta.owner_references.iter();
    let mut living = references.filter(|owner| cluster.by_uid(&owner.uid).is_some());
    let controller = object.meta.controller().filter(|owner| cluster.by_uid(&owner.uid).is_some());
    if let Some(owner) = controller {
        return Some((owner.uid.clone(), Edge::Controller));
    }
    if let Some(owner) = living.next() {
        return Some((owner.uid.clone(), Edge::Owner));
    }
    if object.kind != Kind::PersistentVolumeClaim || !object.meta.owner_references.is_empty() {
        return None;
    }
    let sets = cluster.list_in(Kind::StatefulSet, &object.meta.namespace);
    let set = sets.into_iter().find(|set| is_claim_of(set, &object.meta.name))?;
    Some((set.meta.uid.clone(), Edge::NameOnly))
}

/// Whether a claim has the name that a set gives to those of its pods: `www-web-0`.
fn is_claim_of(set: &Object, claim: &str) -> bool {
    let Some((stem, _)) = split_ordinal(claim) else { return false };
    let template = stem.strip_suffix(set.meta.name.as_str()).and_then(|rest| rest.strip_suffix('-'));
    let templates = claim_templates(set);
    template.is_some_and(|name| templates.iter().any(|it| it.str_at(&["metadata", "name"]) == name))
}

struct Draft<'a> {
    cluster: &'a Cluster,
    view: View,
    items: Vec<Rc<Item>>,
    y: i32,
    /// The nodes that nobody hears of.
    lost: Vec<Text>,
}

impl Draft<'_> {
    /// A row and everything below it. `above` is where the row stands from which its line comes.
    fn branch(&mut self, tree: &Tree, (object, edge): &(Rc<Object>, Edge), depth: i32, above: i32) {
        let (top, x) = (self.y, MARGIN + depth.min(DEPTH_MAX) * INDENT);
        self.y += STEP;
        if top + ROW >= self.view.top && top <= self.view.bottom {
            let place = Place { x, y: top, w: (self.view.width - x - MARGIN).clamp(120, WIDEST - x + MARGIN), h: ROW };
            let part = OwnedPart {
                kind: object.kind,
                name: object.meta.name.clone(),
                edge: *edge,
                reach: if depth == 0 { 0 } else { top - above },
                facts: facts(self.cluster, object).into(),
                style: (object.kind == Kind::Pod).then(|| {
                    let is_lost = self.lost.contains(&node_of(object));
                    pod_style(object, &pod_status(object), is_lost)
                }),
                is_leaving: object.meta.is_terminating(),
            };
            let (key, target) = (object.meta.uid.clone(), Some(object.key()));
            self.items.push(Rc::new(Item { key, place, target, part: Part::Owned(part) }));
        }
        let mut above = top + ROW;
        for row in tree.below.get(&object.meta.uid).into_iter().flatten() {
            let at = self.y;
            self.branch(tree, row, depth + 1, above);
            // The line of the next one begins where this one's bends.
            above = at + ROW / 2;
        }
    }
}

/// What is said of an object in the API's own words and numbers.
fn facts(cluster: &Cluster, object: &Object) -> String {
    let number = |path: &[&str]| object.i64_at(path).unwrap_or(0);
    let ready = |there: &'static str, wanted: i64| format!("{}/{wanted}", number(&["status", there]));
    match object.kind {
        Kind::StatefulSet | Kind::Deployment => ready("readyReplicas", number(&["spec", "replicas"])),
        Kind::ReplicaSet => {
            let revision = object.meta.annotation(DEPLOYMENT_REVISION);
            let numbers = ready("readyReplicas", number(&["spec", "replicas"]));
            if revision.is_empty() { numbers } else { format!("revision {revision} · {numbers}") }
        }
        Kind::DaemonSet => ready("numberReady", number(&["status", "desiredNumberScheduled"])),
        Kind::CronJob => object.str_at(&["spec", "schedule"]).to_string(),
        Kind::Job => {
            let numbers = ready("succeeded", object.i64_at(&["spec", "completions"]).unwrap_or(1));
            match number(&["status", "failed"]) {
                0 => numbers,
                failed => format!("{numbers} · failed {failed}"),
            }
        }
        Kind::ControllerRevision => format!("revision {}{}", number(&["revision"]), uses_of(cluster, object)),
        Kind::Pod => {
            let (there, all) = ready_containers(object);
            let revision = revision_of(object).rsplit('-').next().unwrap_or("");
            let revision = if revision.is_empty() { String::new() } else { format!(" · {revision}") };
            format!("{there}/{all} {}{revision}", pod_status(object))
        }
        Kind::PersistentVolumeClaim => {
            let (_, status) = claim_status(object);
            format!("{status} {}", capacity(object)).trim_end().to_string()
        }
        _ => String::new(),
    }
}

/// Which of its set's revisions a ControllerRevision is: ` · current`, ` · update`.
fn uses_of(cluster: &Cluster, revision: &Object) -> String {
    let set = revision.meta.controller().and_then(|owner| cluster.by_uid(&owner.uid));
    let names = [("currentRevision", " · current"), ("updateRevision", " · update")];
    let is_named =
        |field: &'static str| set.is_some_and(|set| set.str_at(&["status", field]) == revision.meta.name.as_str());
    names.into_iter().filter(|(field, _)| is_named(field)).map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Cursors, Memory, groups};
    use super::*;
    use crate::controllers::Timers;
    use crate::model::OwnerReference;
    use crate::{list, obj};

    fn stored(cluster: &mut Cluster, kind: Kind, name: &'static str, owner: Option<&Object>) -> Rc<Object> {
        let mut object = Object::new(kind, "default", name);
        let owner = owner.map(OwnerReference::controller_of);
        object.meta.owner_references = Rc::new(owner.into_iter().collect());
        if kind == Kind::StatefulSet {
            let template = obj! { "metadata" => obj! { "name" => "www" } };
            object.set_at(&["spec", "volumeClaimTemplates"], list![template]);
        }
        cluster.insert(object).unwrap()
    }

    fn drawn(cluster: &Cluster) -> Scene {
        let (timers, cursors, groups) = (Timers::default(), Cursors::default(), groups(cluster, &Memory::default()));
        let view = View {
            width: 800,
            height: 600,
            top: 0,
            bottom: 2000,
            detail: 0,
            level: None,
            is_beside: false,
            lang: crate::i18n::Lang::En,
        };
        by_owner(Source { cluster, timers: &timers, groups: &groups, cursors: &cursors }, &view)
    }

    #[test]
    fn claims_without_an_owner_stand_below_their_set_and_say_so() {
        let mut cluster = Cluster::new(1);
        let set = stored(&mut cluster, Kind::StatefulSet, "web", None);
        stored(&mut cluster, Kind::Pod, "web-10", Some(&set));
        stored(&mut cluster, Kind::Pod, "web-9", Some(&set));
        stored(&mut cluster, Kind::PersistentVolumeClaim, "www-web-0", None);
        stored(&mut cluster, Kind::PersistentVolumeClaim, "mine", None);
        let scene = drawn(&cluster);
        let rows: Vec<(String, Edge, i32)> = scene
            .items
            .iter()
            .filter_map(|item| match &item.part {
                Part::Owned(part) => Some((part.name.to_string(), part.edge, item.place.x)),
                _ => None,
            })
            .collect();
        let (left, right) = (MARGIN, MARGIN + INDENT);
        let expected = [
            ("web", Edge::None, left),
            ("web-9", Edge::Controller, right),
            ("web-10", Edge::Controller, right),
            ("www-web-0", Edge::NameOnly, right),
            ("mine", Edge::None, left),
        ];
        assert_eq!(rows, expected.map(|(name, edge, x)| (name.to_string(), edge, x)));
        cluster.remove(&set.key());
        let scene = drawn(&cluster);
        let gone = scene.items.iter().filter(|it| matches!(&it.part, Part::Owned(it) if it.edge == Edge::OwnerGone));
        assert_eq!(gone.count(), 2);
    }
}
