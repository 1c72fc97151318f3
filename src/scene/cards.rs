//! Builds the parts of a picture from objects: a pod's card, a claim's, a set's header; knows no place.

use super::Cursors;
use super::item::{
    BudgetPart, ChipPart, ClaimPart, Countdown, CountdownKind, Level, NodePart, PodPart, RevisionMark, ServicePart,
    SetRowPart,
};
use super::labels::moment;
use super::set_members::{Column, Groups, SetRow};
use super::style::{
    PodStyle, claim_status, lost_nodes, node_style, pod_status, pod_style, ready_containers, restarts, short_revision,
};
use super::workloads::{Workload, revision_of};
use crate::cluster::Cluster;
use crate::cluster::dns::{QueryKind, ZONE, query};
use crate::cluster::service_endpoints::ready_endpoints;
use crate::controllers::stateful_set::max_unavailable;
use crate::controllers::{ControllerId, Decision, Subject, Timers};
use crate::kubernetes::Difference;
use crate::model::claim::access_modes;
use crate::model::conditions::{all_conditions, changed_at, phase};
use crate::model::node::{UNREACHABLE, taints};
use crate::model::pod::{has_ended, node_name};
use crate::model::stateful_set::is_updating;
use crate::model::workload::{available_replicas, min_ready, replicas, update_type};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::ordering::Order;
use crate::sorted::SharedSet;
use crate::world::disk::{DiskId, Tree};
use std::rc::Rc;

/// What a picture is made from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The API server.
    pub cluster: &'a Cluster,
    /// The work that will be done, for countdowns.
    pub timers: &'a Timers,
    /// Its pods and claims by set and ordinal.
    pub groups: &'a Groups,
    /// Where the controllers stand.
    pub cursors: &'a Cursors,
}

/// A source, and what is looked up once for the whole picture.
pub(super) struct Cards<'a> {
    pub source: Source<'a>,
    lost: Vec<Text>,
}

/// What a pod's set says about it.
#[derive(Default)]
pub(super) struct SetFacts {
    name: Text,
    pub current: Text,
    pub update: Text,
    min_ready: Millis,
    service: Text,
    has_service: bool,
}

impl SetFacts {
    /// What is read of a set once for all of its pods.
    pub fn of(set_row: &SetRow, cluster: &Cluster) -> SetFacts {
        let Some(set) = &set_row.set else { return SetFacts { name: set_row.name.clone(), ..SetFacts::default() } };
        let text = |path: &[&str]| set.at(path).and_then(Value::as_text).cloned().unwrap_or_default();
        let service = text(&["spec", "serviceName"]);
        SetFacts {
            name: set_row.name.clone(),
            current: text(&["status", "currentRevision"]),
            update: text(&["status", "updateRevision"]),
            min_ready: min_ready(set),
            has_service: cluster.find(Kind::Service, &set.meta.namespace, &service).is_some(),
            service,
        }
    }
}

impl SetFacts {
    /// Which hash the pods of an object beside the sets have before and after an update: the newest pod has the one that
    /// is wanted.
    pub fn of_workload(row: &Workload) -> SetFacts {
        let hash = |pod: &Rc<Object>| Text::new(revision_of(pod));
        let update = row.pods.last().map(hash).unwrap_or_default();
        let current = row.pods.first().map(hash).unwrap_or_default();
        SetFacts { current, update, ..SetFacts::default() }
    }

    /// Whether the set's status says that all of it is as wanted, and the controller has seen the latest change.
    pub fn rests(&self, set_row: &SetRow) -> bool {
        let Some(set) = set_row.set.as_deref().filter(|set| !set.meta.is_terminating()) else { return false };
        let number = |field: &str| set.i64_at(&["status", field]).unwrap_or(0);
        let wanted = replicas(set);
        let fields = ["replicas", "readyReplicas", "availableReplicas", "updatedReplicas"];
        self.current == self.update
            && number("observedGeneration") == set.meta.generation
            && fields.iter().all(|field| number(field) == wanted)
    }
}

impl<'a> Cards<'a> {
    /// Cards of what stands in a cluster.
    pub fn new(source: Source<'a>) -> Cards<'a> {
        Cards { source, lost: lost_nodes(source.cluster) }
    }

    /// Whether a pod stands on a node that does not answer.
    pub fn is_lost(&self, pod: &Object) -> bool {
        !self.lost.is_empty() && self.lost.iter().any(|node| *node == node_name(pod))
    }

    /// How a column's pod is drawn.
    fn style(&self, column: &Column) -> Option<PodStyle> {
        let (style, status) = column.look()?;
        let lost = column.pod.as_deref().filter(|pod| self.is_lost(pod));
        Some(lost.map_or(*style, |pod| pod_style(pod, status, true)))
    }

    /// The card of a pod, with as much as its level of detail shows.
    pub fn pod(&self, pod: &Object, ordinal: Option<i64>, set: &SetFacts, level: Level) -> PodPart {
        let status = pod_status(pod);
        let style = pod_style(pod, &status, self.is_lost(pod));
        let text = |path: &[&str]| pod.at(path).and_then(Value::as_text).cloned().unwrap_or_default();
        let full = revision_of(pod);
        PodPart {
            name: pod.meta.name.clone(),
            ordinal,
            style,
            status,
            ready: ready_containers(pod),
            restarts: restarts(pod),
            revision: Text::new(short_revision(full, &set.name)),
            mark: mark(full, set),
            node: text(&["spec", "nodeName"]),
            countdown: (level >= Level::Compact).then(|| self.countdown(pod, style, set.min_ready)).flatten(),
            is_wanted: true,
            is_orphan: ordinal.is_some() && pod.meta.controller().is_none(),
            is_at_cursor: false,
            claims: (0, 0),
            resolves: (level >= Level::Compact && set.has_service).then(|| self.resolves(pod, set)),
            level,
        }
    }

    /// The outline of a pod that is not there.
    pub fn outline(name: Text, ordinal: i64, level: Level) -> PodPart {
        PodPart {
            name,
            ordinal: Some(ordinal),
            style: PodStyle::Absent,
            status: Text::default(),
            ready: (0, 0),
            restarts: 0,
            revision: Text::default(),
            mark: RevisionMark::None,
            node: Text::default(),
            countdown: None,
            is_wanted: false,
            is_orphan: false,
            is_at_cursor: false,
            claims: (0, 0),
            resolves: None,
            level,
        }
    }

    fn resolves(&self, pod: &Object, set: &SetFacts) -> bool {
        let host = pod.meta.name.as_str();
        let name = format!("{host}.{}.{}.svc.{ZONE}", set.service, pod.meta.namespace);
        !query(self.source.cluster, &name, QueryKind::A).addresses().is_empty()
    }

    fn countdown(&self, pod: &Object, style: PodStyle, min_ready: Millis) -> Option<Countdown> {
        let now = self.source.cluster.now();
        let countdown = match style {
            // Whose containers have ended waits for no grace period.
            _ if pod.meta.is_terminating() && has_ended(pod) => return None,
            _ if pod.meta.is_terminating() => Countdown {
                kind: CountdownKind::Grace,
                until: pod.meta.deletion_timestamp?,
                total: Millis::seconds(pod.meta.deletion_grace_period_seconds.unwrap_or(0)),
            },
            PodStyle::Lost => Countdown {
                kind: CountdownKind::Toleration,
                until: self.due(ControllerId::TaintEviction, pod)?,
                total: toleration(pod),
            },
            PodStyle::Failing => Countdown {
                kind: CountdownKind::BackOff,
                until: self.due(ControllerId::Kubelet, pod)?,
                total: Millis::ZERO,
            },
            PodStyle::Ready if min_ready > Millis::ZERO => Countdown {
                kind: CountdownKind::MinReady,
                until: changed_at(pod, "Ready")? + min_ready,
                total: min_ready,
            },
            _ => return None,
        };
        (countdown.until > now).then_some(countdown)
    }

    /// When a controller does something about an object next.
    fn due(&self, controller: ControllerId, object: &Object) -> Option<Millis> {
        let is_meant = |key: &Key| {
            key.kind == object.kind && key.name == object.meta.name && key.namespace == object.meta.namespace
        };
        let mut work = self.source.timers.iter();
        work.find(|(_, work)| work.controller == controller && is_meant(&work.key)).map(|(at, _)| at)
    }

    /// The card of a claim.
    pub fn claim(&self, claim: &Object, is_retained: bool, level: Level) -> ClaimPart {
        let (style, status) = claim_status(claim);
        let text = |path: &[&str]| claim.at(path).and_then(Value::as_text).cloned().unwrap_or_default();
        // A volume without a claim is drawn as the claim that it lacks.
        let is_volume = claim.kind == Kind::PersistentVolume;
        let volume = if is_volume { claim.meta.name.clone() } else { text(&["spec", "volumeName"]) };
        let modes = match claim.list_at(&["status", "accessModes"]) {
            [] => access_modes(claim),
            modes => modes,
        };
        let disk = (level == Level::Card && !volume.is_empty()).then(|| DiskId::Volume(volume.clone()));
        let tree = disk.and_then(|id| self.source.cluster.disks().tree(&id));
        ClaimPart {
            name: claim.meta.name.clone(),
            style,
            status,
            capacity: text(&[if is_volume { "spec" } else { "status" }, "capacity", "storage"]),
            access: access(modes),
            class: text(&["spec", "storageClassName"]),
            holds: tree.map(holds).unwrap_or_default(),
            volume,
            is_retained,
            unused_since: unused_since(claim),
            level,
        }
    }

    /// The header of a set's row.
    pub fn set_row(&self, set_row: &SetRow, level: Level) -> SetRowPart {
        let set = set_row.set.as_deref();
        let text = |path: &[&str]| set.and_then(|set| set.at(path)?.as_text().cloned()).unwrap_or_default();
        let number = |path: &[&str]| set.and_then(|set| set.i64_at(path)).unwrap_or(0);
        let hash = |path: &[&str]| Text::new(short_revision(&text(path), &set_row.name));
        let is_dense = level < Level::Compact;
        let all = PodStyle::ALL.iter().filter(|_| is_dense);
        let mut counts: Vec<(PodStyle, usize)> = all.map(|style| (*style, 0)).collect();
        for style in set_row.columns.values().filter(|_| is_dense).filter_map(|column| self.style(column)) {
            counts.iter_mut().filter(|(counted, _)| *counted == style).for_each(|(_, count)| *count += 1);
        }
        counts.retain(|(_, count)| *count > 0);
        let generation = set.map_or(0, |set| set.meta.generation);
        SetRowPart {
            name: set_row.name.clone(),
            namespace: set_row.namespace.clone(),
            exists: set.is_some(),
            is_terminating: set.is_some_and(|set| set.meta.is_terminating()),
            wanted: number(&["spec", "replicas"]),
            replicas: number(&["status", "replicas"]),
            ready: number(&["status", "readyReplicas"]),
            available: number(&["status", "availableReplicas"]),
            updated: number(&["status", "updatedReplicas"]),
            current_revision: hash(&["status", "currentRevision"]),
            update_revision: hash(&["status", "updateRevision"]),
            is_low: false,
            is_behind: set.is_some() && number(&["status", "observedGeneration"]) < generation,
            policy: text(&["spec", "podManagementPolicy"]),
            strategy: text(&["spec", "updateStrategy", "type"]),
            budget: set.and_then(|set| self.budget(set)),
            partition: number(&["spec", "updateStrategy", "rollingUpdate", "partition"]),
            counts,
            retained: set_row
                .columns
                .values()
                .filter(|it| it.pod.is_none() && !it.is_wanted && !it.claims.is_empty())
                .count(),
        }
    }

    /// What an update may take away, in a version in which that counts.
    fn budget(&self, set: &Object) -> Option<BudgetPart> {
        let rolling = set.at(&["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"]);
        let is_rolling = is_updating(set);
        let counts =
            self.source.cluster.kubernetes().has(Difference::MaxUnavailable) && update_type(set) == "RollingUpdate";
        let wanted = replicas(set);
        let missing = wanted - available_replicas(set);
        let max = max_unavailable(rolling, wanted);
        (counts && (is_rolling || rolling.is_some())).then(|| BudgetPart {
            unavailable: is_rolling.then_some(missing.max(0)),
            written: rolling.and_then(Value::as_text).cloned().unwrap_or_else(|| max.to_string().into()),
            max,
        })
    }

    /// The card of the Service that names a set's pods, and its key; `None` where the set names none.
    pub fn service(&self, set_row: &SetRow) -> Option<(ServicePart, Key)> {
        let set = set_row.set.as_deref()?;
        let name = set.at(&["spec", "serviceName"])?.as_text()?.clone();
        if name.is_empty() {
            return None;
        }
        let service = self.source.cluster.find(Kind::Service, &set.meta.namespace, &name);
        let ip = service.map_or("", |service| service.str_at(&["spec", "clusterIP"]));
        let slices = self.source.cluster.slices_of(&set.meta.namespace, &name);
        let part = ServicePart {
            exists: service.is_some(),
            is_headless: ip == "None",
            cluster_ip: Text::new(ip),
            endpoints: slices.map(|slice| ready_endpoints(slice).count()).sum(),
            name: name.clone(),
        };
        Some((part, Key::new(Kind::Service, set.meta.namespace.clone(), name)))
    }

    /// Something that belongs to a set beside its pods.
    pub fn chip(&self, key: &Key, exists: bool) -> ChipPart {
        let object = self.source.cluster.get(key).filter(|_| key.kind == Kind::PodDisruptionBudget);
        let allowed = object.and_then(|it| it.i64_at(&["status", "disruptionsAllowed"]));
        let note = allowed.map_or(Text::default(), |allowed| allowed.to_string().into());
        ChipPart { kind: key.kind, name: key.name.clone(), exists, note }
    }

    /// The header of a node with so many pods.
    pub fn node(node: &Object, pods: usize) -> NodePart {
        let taint = |taint: &Value| format!("{}:{}", taint.str_at(&["key"]), taint.str_at(&["effect"])).into();
        NodePart {
            name: node.meta.name.clone(),
            style: node_style(node),
            pods,
            taints: taints(node).iter().map(taint).collect(),
        }
    }

    /// Where a set's controller stands and why.
    pub fn cursor(&self, set_row: &SetRow) -> Option<(Rc<Decision>, Option<i64>)> {
        let set = set_row.set.as_deref()?;
        let decision = self.source.cursors.at(&set.key())?;
        let ordinal = match &decision.subject {
            Subject::Whole => None,
            Subject::Ordinal(ordinal) => Some(*ordinal),
            Subject::Object(key) => ordinal_of(set_row, key),
        };
        Some((Rc::clone(decision), ordinal.filter(|ordinal| set_row.columns.contains_key(ordinal))))
    }
}

/// The ordinal of a pod or claim of a set.
fn ordinal_of(set_row: &SetRow, key: &Key) -> Option<i64> {
    let (_, ordinal) = super::set_members::split_ordinal(&key.name)?;
    let column = set_row.columns.get(&ordinal)?;
    let is_own = key.kind == Kind::Pod || column.claims.iter().any(|claim| claim.meta.name == key.name);
    is_own.then_some(ordinal)
}

fn mark(full: &str, set: &SetFacts) -> RevisionMark {
    match full {
        "" => RevisionMark::None,
        full if set.update.is_empty() || (full == set.current.as_str() && set.current == set.update) => {
            RevisionMark::Current
        }
        full if full == set.update.as_str() => RevisionMark::Update,
        full if full == set.current.as_str() => RevisionMark::Current,
        _ => RevisionMark::Other,
    }
}

/// How long a pod stays on a node that nobody hears of.
fn toleration(pod: &Object) -> Millis {
    let tolerations = pod.list_at(&["spec", "tolerations"]).iter();
    let own = tolerations.filter(|toleration| toleration.str_at(&["key"]) == UNREACHABLE);
    Millis::seconds(own.filter_map(|toleration| toleration.i64_at(&["tolerationSeconds"])).min().unwrap_or(0))
}

fn access(modes: &[Value]) -> Text {
    let short = |mode: &str| match mode {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        _ => "?",
    };
    match modes {
        [only] => short(only.as_str().unwrap_or("")).into(),
        modes => modes.iter().filter_map(Value::as_str).map(short).collect::<Vec<_>>().join(",").into(),
    }
}

/// The newest names directly on a volume, and how many there are.
fn holds(tree: &Tree) -> (Vec<Text>, usize) {
    let mut tops: Vec<(Millis, &str)> = Vec::new();
    let mut seen = SharedSet::new();
    for (path, node) in tree {
        let name = path.trim_start_matches('/').split('/').next().unwrap_or("");
        if !name.is_empty() && seen.insert(name) {
            tops.push((node.modified, name));
        }
    }
    tops.order_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    (tops.iter().take(3).map(|(_, name)| Text::new(name)).collect(), tops.len())
}

/// How many of a column's claims are bound, and how many there are.
pub(super) fn bound_claims(column: &Column) -> (usize, usize) {
    let bound = column.claims.iter().filter(|claim| phase(claim) == "Bound").count();
    (bound, column.claims.len())
}

/// Since when a claim says that no pod uses it, as moments are written in the picture: `1:23`.
pub fn unused_since(claim: &Object) -> Text {
    let is_unused = |it: &&Value| it.str_at(&["type"]) == "Unused" && it.str_at(&["status"]) == "True";
    let condition = all_conditions(claim).iter().find(is_unused);
    let since = condition.and_then(|it| Millis::parse_rfc3339(it.str_at(&["lastTransitionTime"])));
    since.map_or_else(Text::default, |at| Text::from(moment(at)))
}
