//! What a picture consists of: items with stable keys, integer places and style names; draws nothing.

use super::style::{ClaimStyle, NodeStyle, PodStyle};
use crate::controllers::{Decision, Outcome};
use crate::explain::cause::Link;
use crate::i18n::Lang;
use crate::model::{Key, Kind, Millis, Text};
use std::rc::Rc;

/// How much of each thing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Squares in a dense grid.
    Grid,
    /// Small squares with the ordinal.
    Cell,
    /// Small cards.
    Compact,
    /// Cards with everything.
    Card,
}

impl Level {
    /// The level's name in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Level::Grid => "grid",
            Level::Cell => "cell",
            Level::Compact => "compact",
            Level::Card => "card",
        }
    }
}

/// What the reader asks to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The width that the picture may take.
    pub width: i32,
    /// The height that is seen at once.
    pub height: i32,
    /// What lies above this is not drawn.
    pub top: i32,
    /// What lies below this is not drawn.
    pub bottom: i32,
    /// Steps of detail that the reader asked for beyond what fits: negative for less.
    pub detail: i32,
    /// How much of each thing is shown, whether it fits or not: as in the picture beside it.
    pub level: Option<Level>,
    /// Whether it is one of several pictures side by side: what is said stands in words below it.
    pub is_beside: bool,
    /// The language: sentences that are told whole take as much room as they need.
    pub lang: Lang,
}

/// A rectangle in whole units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

impl Place {
    /// The middle.
    pub fn center(self) -> (i32, i32) {
        (self.x + self.w / 2, self.y + self.h / 2)
    }
}

/// Which of a set's revisions a pod has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RevisionMark {
    /// It has none.
    None,
    /// The only one, or the one before an update.
    Current,
    /// The one that an update brings.
    Update,
    /// Neither.
    Other,
}

impl RevisionMark {
    /// The mark's name in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            RevisionMark::None => "none",
            RevisionMark::Current => "current",
            RevisionMark::Update => "update",
            RevisionMark::Other => "other",
        }
    }
}

/// What a countdown leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CountdownKind {
    /// The end of a deletion's grace period.
    Grace,
    /// The next attempt of the kubelet.
    BackOff,
    /// The pod counting as available (`minReadySeconds`).
    MinReady,
    /// The eviction from a node (`tolerationSeconds`).
    Toleration,
}

impl CountdownKind {
    /// The key of its word in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            CountdownKind::Grace => "grace",
            CountdownKind::BackOff => "back-off",
            CountdownKind::MinReady => "min-ready",
            CountdownKind::Toleration => "toleration",
        }
    }
}

/// Something that happens by itself at a known time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// What happens.
    pub kind: CountdownKind,
    /// When.
    pub until: Millis,
    /// How long the whole wait is; zero if not known.
    pub total: Millis,
}

/// A pod, or its empty outline.
#[derive(Clone, Debug, PartialEq)]
pub struct PodPart {
    /// Its name.
    pub name: Text,
    /// Its ordinal; `None` for a pod without a set.
    pub ordinal: Option<i64>,
    /// How it is drawn.
    pub style: PodStyle,
    /// kubectl's STATUS; empty for an outline.
    pub status: Text,
    /// Ready containers of all.
    pub ready: (usize, usize),
    /// Restarts.
    pub restarts: i64,
    /// Its revision's hash; empty if it has none.
    pub revision: Text,
    /// Which revision that is.
    pub mark: RevisionMark,
    /// Its node; empty if it has none.
    pub node: Text,
    /// What it waits for, if that has a time.
    pub countdown: Option<Countdown>,
    /// Whether its set wants it.
    pub is_wanted: bool,
    /// Whether it belongs to nobody although it is named after a set.
    pub is_orphan: bool,
    /// Whether the controller stands here.
    pub is_at_cursor: bool,
    /// How many of its claims are bound, and how many there are.
    pub claims: (usize, usize),
    /// Whether its own DNS name resolves; `None` without a Service.
    pub resolves: Option<bool>,
    /// How much of it is shown.
    pub level: Level,
}

/// A claim with its volume and what is stored there.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimPart {
    /// Its name.
    pub name: Text,
    /// How it is drawn.
    pub style: ClaimStyle,
    /// kubectl's STATUS.
    pub status: Text,
    /// The volume's name; empty before binding.
    pub volume: Text,
    /// `1Gi`; empty before binding.
    pub capacity: Text,
    /// `RWO`.
    pub access: Text,
    /// The storage class.
    pub class: Text,
    /// What is stored: the names of the newest entries at the top, and how many there are.
    pub holds: (Vec<Text>, usize),
    /// Whether it outlived its pod.
    pub is_retained: bool,
    /// Since when no pod uses it, on the lab's clock; empty where the claim does not say so.
    pub unused_since: Text,
    /// How much of it is shown.
    pub level: Level,
}

/// A set's header.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SetRowPart {
    /// The set's name.
    pub name: Text,
    /// Its namespace.
    pub namespace: Text,
    /// Whether the set exists; if not, only what it left behind is shown.
    pub exists: bool,
    /// Whether it is being deleted.
    pub is_terminating: bool,
    /// `spec.replicas`.
    pub wanted: i64,
    /// `status.replicas`.
    pub replicas: i64,
    /// `status.readyReplicas`.
    pub ready: i64,
    /// `status.availableReplicas`.
    pub available: i64,
    /// `status.updatedReplicas`.
    pub updated: i64,
    /// Hash of `status.currentRevision`.
    pub current_revision: Text,
    /// Hash of `status.updateRevision`.
    pub update_revision: Text,
    /// Whether `status.observedGeneration` is behind.
    pub is_behind: bool,
    /// Whether its place is low, so that what the pods tell as well is left out.
    pub is_low: bool,
    /// `OrderedReady` or `Parallel`.
    pub policy: Text,
    /// `RollingUpdate`, `OnDelete` or `Recreate`.
    pub strategy: Text,
    /// What an update may take away, where `maxUnavailable` counts.
    pub budget: Option<BudgetPart>,
    /// `partition`, if above 0.
    pub partition: i64,
    /// Pods by style, in the order of [`PodStyle::ALL`]: the legend of a dense picture, empty in others.
    pub counts: Vec<(PodStyle, usize)>,
    /// Claims without a pod.
    pub retained: usize,
}

/// The budget of an update.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetPart {
    /// How many of the wanted pods are unavailable, while an update is on its way.
    pub unavailable: Option<i64>,
    /// How many may be, as it is written: a number or a percentage.
    pub written: Text,
    /// And as a number.
    pub max: i64,
}

/// The Service that governs a set.
#[derive(Clone, Debug, PartialEq)]
pub struct ServicePart {
    /// Its name.
    pub name: Text,
    /// Whether it exists.
    pub exists: bool,
    /// Whether it is headless.
    pub is_headless: bool,
    /// Its address, if it has one.
    pub cluster_ip: Text,
    /// How many addresses stand behind it.
    pub endpoints: usize,
}

/// The controller's cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct CursorPart {
    /// Why it stands here; `None` when all is as the set wants it and nothing is left to do.
    pub decision: Option<Rc<Decision>>,
    /// What is at the end of the chain, where something waits.
    pub cause: Option<Rc<Link>>,
    /// What helps first.
    pub remedy: Option<RemedyPart>,
    /// How many more things help.
    pub more: usize,
    /// What else is a cause at the same time, each with what helps.
    pub also: Vec<Rc<Link>>,
    /// How many causes there are beyond those.
    pub further: usize,
    /// Where the middle of the column is, counted from the item's left; `None` without a column.
    pub pointer: Option<i32>,
    /// Whether it acts or waits.
    pub outcome: Outcome,
    /// For how many ordinals a set at rest keeps claims whose pods are gone.
    pub kept: usize,
    /// The claim of a set at rest before which there was another of its name, whose data a volume still has.
    pub released: Option<Text>,
}

impl CursorPart {
    /// The causes that it tells.
    pub fn causes(&self) -> Vec<Rc<Link>> {
        self.cause.iter().chain(&self.also).cloned().collect()
    }
}

/// A line that helps, on a button of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct RemedyPart {
    /// The link of the chain that it belongs to.
    pub link: Rc<Link>,
    /// Its number among the link's remedies.
    pub number: usize,
}

impl RemedyPart {
    /// The line for the console.
    pub fn line(&self) -> &str {
        self.link.remedies.get(self.number).map_or("", |remedy| &remedy.line)
    }

    /// What comes of it.
    pub fn effect(&self, lang: Lang) -> String {
        self.link.remedies.get(self.number).map(|remedy| self.link.effect(lang, remedy)).unwrap_or_default()
    }
}

/// The heading over the pods of an object beside the sets.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkloadPart {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: Text,
    /// How many pods are ready, have succeeded, or how many Jobs are active.
    pub have: i64,
    /// How many there shall be, if there is such a number.
    pub want: Option<i64>,
}

/// An object that belongs to a set beside its pods and claims.
#[derive(Clone, Debug, PartialEq)]
pub struct ChipPart {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: Text,
    /// Whether it exists.
    pub exists: bool,
    /// What is to be said of it in a few letters; empty for nothing.
    pub note: Text,
}

/// A node of the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct NodePart {
    /// Its name.
    pub name: Text,
    /// How it is drawn.
    pub style: NodeStyle,
    /// How many pods are on it.
    pub pods: usize,
    /// Its taints, as `key:Effect`.
    pub taints: Vec<Text>,
}

/// How an object hangs on the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// It stands for itself.
    None,
    /// Its owner reference names the object as its controller.
    Controller,
    /// Its owner reference names the object, which does not control it.
    Owner,
    /// It has no owner reference: only its name says what it was made for.
    NameOnly,
    /// Its owner references lead to nothing any more.
    OwnerGone,
}

impl Edge {
    /// Its name in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Edge::None => "edge-none",
            Edge::Controller => "edge-controller",
            Edge::Owner => "edge-owner",
            Edge::NameOnly => "edge-name",
            Edge::OwnerGone => "edge-gone",
        }
    }

    /// The key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Edge::None => "",
            edge => edge.name(),
        }
    }
}

/// An object in the tree of owners.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnedPart {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: Text,
    /// How it hangs on the object above.
    pub edge: Edge,
    /// How far up its line begins.
    pub reach: i32,
    /// Numbers and states in the API's words.
    pub facts: Text,
    /// How a pod is.
    pub style: Option<PodStyle>,
    /// Whether it is being deleted.
    pub is_leaving: bool,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A set's header.
    SetRow(SetRowPart),
    /// The background of a set's area.
    Area {
        /// Whether the set exists.
        exists: bool,
    },
    /// The governing Service.
    Service(ServicePart),
    /// Something that belongs to the set beside its pods and claims.
    Chip(ChipPart),
    /// The controller, or the cause of something that is not as asked.
    Cursor(CursorPart),
    /// A line that helps.
    Remedy(RemedyPart),
    /// So many causes more are not shown.
    MoreCauses(usize),
    /// The way from one ordinal to the next, where order counts.
    Gate {
        /// Whether the next one may go.
        is_open: bool,
    },
    /// A pod's DNS name.
    Name {
        /// The name inside the namespace.
        text: Text,
        /// Whether it resolves.
        is_lit: bool,
    },
    /// A pod.
    Pod(PodPart),
    /// A claim.
    Claim(ClaimPart),
    /// A line between a pod and its claim.
    Link {
        /// Whether the pod uses the claim now.
        is_live: bool,
    },
    /// A heading for things without a set.
    Heading(&'static str),
    /// The heading over the pods of a Deployment, a DaemonSet, a Job or a CronJob.
    Workload(WorkloadPart),
    /// An object in the tree of owners.
    Owned(OwnedPart),
    /// A zone.
    Zone {
        /// Its name; empty for none.
        name: Text,
    },
    /// A node.
    Node(NodePart),
}

/// One thing of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Stays the same as long as it is the same thing: a UID where there is one.
    pub key: Text,
    /// Where it is.
    pub place: Place,
    /// What a click on it means; `None` where there is nothing to say.
    pub target: Option<Key>,
    /// What it is.
    pub part: Part,
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// How much is shown.
    pub level: Level,
    /// What is in view, in drawing order.
    pub items: Vec<Rc<Item>>,
    /// How many pods there are, seen or not.
    pub pods: usize,
}
