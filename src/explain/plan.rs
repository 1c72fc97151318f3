//! What would happen if manifests were applied: a copy of the world runs until it settles; changes nothing.
//!
//! A plan tells what the change causes: what the same copy does without it is left out.

use super::cause::{self, Link, way_out};
use super::changed_fields::fields_of;
use super::reasons::is_complete;
use crate::cluster::{Change, Cluster, Verb};
use crate::model::pod::{claims_of, is_ready};
use crate::model::workload::replicas;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::sorted::{SharedMap, SharedSet};

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is created.
    Created,
    /// Its deletion begins.
    Terminating,
    /// It is gone.
    Deleted,
    /// A pod becomes ready.
    Ready,
    /// A pod stops being ready.
    Unready,
}

impl What {
    /// As the tables say it.
    pub fn word(self) -> &'static str {
        match self {
            What::Created => "Created",
            What::Terminating => "Terminating",
            What::Deleted => "Deleted",
            What::Ready => "Ready",
            What::Unready => "NotReady",
        }
    }
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStep {
    /// How long after the manifests are applied.
    pub after: Millis,
    /// The pod, claim, volume or set.
    pub key: Key,
    /// What happens to it.
    pub what: What,
}

/// What became of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A new object.
    Created,
    /// An object that was there is another now.
    Configured,
    /// It asks for what is there.
    Unchanged,
    /// The API server refuses it.
    Refused,
}

/// An object of the manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub key: Key,
    /// What became of it.
    pub verdict: Verdict,
    /// The fields that change: `spec.replicas 3 → 5`.
    pub fields: Vec<String>,
}

/// How few pods of a set are ready at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worst {
    /// The set.
    pub set: Key,
    /// How many pods are ready then.
    pub ready: i64,
    /// Of how many that are wanted before and after.
    pub of: i64,
    /// How long after the manifests are applied.
    pub after: Millis,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every set is as its spec wants it.
    Settled,
    /// Nothing moves any more, but a set is not complete.
    Stuck,
    /// The manifests were refused, all of them.
    Refused,
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The objects of the manifests, in their order.
    pub asked: Vec<Asked>,
    /// Everything that happens, in order.
    pub steps: Vec<PlanStep>,
    /// How it ends.
    pub end: End,
    /// How long it takes until the last step.
    pub duration: Millis,
    /// What the API server warns of.
    pub warnings: Vec<String>,
    /// What is refused, in kubectl's words.
    pub refused: Vec<String>,
    /// The ways out of a refusal: the lines in their order.
    pub ways: Vec<Link>,
    /// Why each set that is not complete, or not updated on purpose, is so: the cause first.
    pub why: Vec<Vec<Link>>,
    /// The worst moment of each set whose pods are fewer for a time.
    pub worst: Vec<Worst>,
    /// The claims that stay when their pods go for good.
    pub kept: Vec<Key>,
    /// What happens meanwhile with or without the change.
    pub anyway: Vec<PlanStep>,
    /// How much work it took to find out.
    pub work: usize,
    /// The last write before it: what comes of the text is later.
    pub seen: u64,
}

impl Plan {
    /// The pods that exist before and are replaced, in the order in which they go.
    pub fn restarted(&self) -> Vec<Key> {
        let gone = self.of(Kind::Pod, What::Deleted);
        let made = self.of(Kind::Pod, What::Created);
        let is_replaced = |key: &Key| gone.contains(key) && made.contains(key) && !self.is_made_first(key);
        let mut keys: Vec<Key> = Vec::new();
        // Of those that go together, the one that is gone first need not be the one that was asked first.
        for key in self.of(Kind::Pod, What::Terminating).into_iter().chain(gone.clone()) {
            if is_replaced(&key) && !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The objects of a kind to which something happens, in order.
    pub fn of(&self, kind: Kind, what: What) -> Vec<Key> {
        let steps = self.steps.iter().filter(|step| step.key.kind == kind && step.what == what);
        steps.map(|step| step.key.clone()).collect()
    }

    /// Whether the manifests ask for what is there.
    pub fn changes_nothing(&self) -> bool {
        self.steps.is_empty()
            && self.refused.is_empty()
            && self.asked.iter().all(|asked| asked.verdict == Verdict::Unchanged)
    }

    /// Whether an object is new in the plan.
    pub fn is_made_first(&self, key: &Key) -> bool {
        let first =
            self.steps.iter().find(|step| step.key == *key && matches!(step.what, What::Created | What::Deleted));
        first.is_some_and(|step| step.what == What::Created)
    }
}

/// What a copy of a world says to manifests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// What was refused, in kubectl's words.
    pub errors: Vec<String>,
    /// What was warned of.
    pub warnings: Vec<String>,
}

/// A copy of a world that can be let run ahead.
pub trait Ahead: Clone {
    /// The API server.
    fn cluster(&self) -> &Cluster;

    /// Applies manifests, as `kubectl apply` does.
    fn apply(&mut self, manifests: &[Value], namespace: &str) -> Applied;

    /// When something is due next.
    fn next_at(&self) -> Option<Millis>;

    /// Lets time go on to a moment.
    fn run_to(&mut self, at: Millis);

    /// Takes what was written since the last time.
    fn take_changes(&mut self) -> Vec<Change>;

    /// How much work was done since its beginning.
    fn work_count(&self) -> usize;
}

/// The most work that a plan does.
const WORK_MAX: u32 = 400_000;
/// How long nothing may happen before it counts as the end.
const QUIET: Millis = Millis::seconds(120);
/// How long a set that is not complete may stand still: longer than tolerations and back-offs.
const STILL: Millis = Millis::seconds(900);
/// The longest time that is looked at.
const TIME_MAX: Millis = Millis::seconds(24 * 3600);

/// Applies `manifests` to a copy of a world, as `kubectl apply` does, and lets it run until it settles or is stuck.
pub fn plan(world: &impl Ahead, manifests: &[Value], namespace: &str) -> Plan {
    let (mut ahead, mut otherwise) = (world.clone(), world.clone());
    let keys: Vec<Key> = manifests.iter().filter_map(|manifest| key_of(manifest, namespace)).collect();
    let before = world.cluster();
    let begin = before.now();
    ahead.take_changes();
    otherwise.take_changes();
    let mut run = Run::new(before, &keys);
    let applied = ahead.apply(manifests, namespace);
    run.take(&mut ahead, &mut otherwise);
    let asked: Vec<Asked> = keys.iter().map(|key| asked(before, ahead.cluster(), key, &applied.errors)).collect();
    let mut ways: Vec<Link> = Vec::new();
    if !applied.errors.is_empty() {
        ways.extend(manifests.iter().filter_map(|manifest| way_out(before, manifest, namespace)));
    }
    let is_idle = |it: &Asked| matches!(it.verdict, Verdict::Refused | Verdict::Unchanged);
    let is_refused = !applied.errors.is_empty() && asked.iter().all(is_idle);
    if !is_refused {
        run.go_on(&mut ahead, &mut otherwise, &keys);
    }
    let duration = run.last - begin;
    let after = ahead.cluster();
    let end = match are_complete(after, &keys) {
        _ if is_refused => End::Refused,
        true => End::Settled,
        false => End::Stuck,
    };
    let sets = keys.iter().filter(|key| key.kind == Kind::StatefulSet && !is_refused);
    let why = sets.map(|key| cause::answer(after, key)).filter(|links| !links.is_empty()).collect();
    let work_before = world.work_count();
    let work_of = |copy: usize| copy.saturating_sub(work_before);
    Plan {
        kept: kept(before, after, &run.steps),
        worst: run.worst(before, after),
        asked,
        end,
        duration: if is_refused { Millis::ZERO } else { duration },
        steps: run.steps,
        anyway: run.anyway,
        work: work_of(ahead.work_count()) + work_of(otherwise.work_count()),
        seen: before.resource_version(),
        warnings: applied.warnings,
        refused: applied.errors,
        ways,
        why,
    }
}

/// The object that a manifest is about.
pub(super) fn key_of(manifest: &Value, namespace: &str) -> Option<Key> {
    let kind = Kind::of(manifest.str_at(&["apiVersion"]), manifest.str_at(&["kind"]))?;
    let own = manifest.str_at(&["metadata", "namespace"]);
    let namespace = match (kind.names().is_namespaced, own) {
        (false, _) => "",
        (true, "") => namespace,
        (true, own) => own,
    };
    Some(Key::new(kind, namespace.to_string(), manifest.str_at(&["metadata", "name"]).to_string()))
}

fn asked(before: &Cluster, after: &Cluster, key: &Key, errors: &[String]) -> Asked {
    let (old, new) = (before.get(key), after.get(key));
    let fields = match (old, new) {
        (Some(old), Some(new)) => fields_of(old, new),
        _ => Vec::new(),
    };
    let quoted = format!("\"{}\"", key.name);
    let is_named = errors.iter().any(|error| error.contains(&quoted) && error.contains(key.kind.names().kind));
    let verdict = match (old, new) {
        (_, None) => Verdict::Refused,
        (None, Some(_)) => Verdict::Created,
        (Some(_), Some(_)) if !fields.is_empty() => Verdict::Configured,
        (Some(_), Some(_)) if is_named || (errors.len() == 1 && key.kind == Kind::StatefulSet) => Verdict::Refused,
        (Some(_), Some(_)) => Verdict::Unchanged,
    };
    Asked { key: key.clone(), verdict, fields }
}

/// The claims of pods that go for good, as far as they stay.
fn kept(before: &Cluster, after: &Cluster, steps: &[PlanStep]) -> Vec<Key> {
    let gone = steps.iter().filter(|step| step.key.kind == Kind::Pod && step.what == What::Deleted);
    let gone = gone.filter(|step| after.get(&step.key).is_none()).filter_map(|step| before.get(&step.key));
    let mut claims: Vec<Key> = Vec::new();
    for claim in gone.flat_map(|pod| claims_of(pod)) {
        if after.get(&claim).is_some_and(|claim| !claim.meta.is_terminating()) && !claims.contains(&claim) {
            claims.push(claim);
        }
    }
    claims
}

/// The worst moment of a set so far.
#[derive(Clone, Debug)]
struct Low {
    ready: i64,
    at: Millis,
}

struct Run {
    begin: Millis,
    last: Millis,
    steps: Vec<PlanStep>,
    /// What happens without the change as well.
    anyway: Vec<PlanStep>,
    /// What happened without it and not with it so far.
    open: Vec<PlanStep>,
    /// By the set's key: its ready pods now, and how few there were.
    ready: SharedMap<Key, (SharedSet<Text>, Low)>,
}

impl Run {
    fn new(before: &Cluster, keys: &[Key]) -> Run {
        let begin = before.now();
        let mut ready = SharedMap::new();
        for set in keys.iter().filter_map(|key| before.get(key)).filter(|set| set.kind == Kind::StatefulSet) {
            let pods = before.dependents(&set.meta.uid).filter_map(|key| before.get(key));
            let names: SharedSet<Text> = pods.filter(|pod| serves(pod)).map(|pod| pod.meta.name.clone()).collect();
            let low = Low { ready: names.len() as i64, at: begin };
            ready.insert(set.key(), (names, low));
        }
        Run { begin, last: begin, steps: Vec::new(), anyway: Vec::new(), open: Vec::new(), ready }
    }

    fn go_on<W: Ahead>(&mut self, ahead: &mut W, otherwise: &mut W, keys: &[Key]) {
        for _ in 0..WORK_MAX {
            let Some(next) = ahead.next_at() else { break };
            let limit = if are_complete(ahead.cluster(), keys) { QUIET } else { STILL };
            if next > self.last + limit || next > self.begin + TIME_MAX {
                break;
            }
            ahead.run_to(next);
            self.take(ahead, otherwise);
        }
    }

    /// Takes what happened, and lets the copy without the change come to the same moment: what it does as well is none of
    /// the change's.
    fn take<W: Ahead>(&mut self, ahead: &mut W, otherwise: &mut W) {
        otherwise.run_to(ahead.cluster().now());
        self.open.extend(otherwise.take_changes().iter().flat_map(|change| steps_of(change, self.begin)));
        for change in ahead.take_changes() {
            self.count(&change);
            for step in steps_of(&change, self.begin) {
                match self.open.iter().position(|other| *other == step) {
                    Some(at) => self.anyway.push(self.open.remove(at)),
                    None => {
                        self.last = change.at;
                        self.steps.push(step);
                    }
                }
            }
        }
    }

    fn count(&mut self, change: &Change) {
        let pod = &change.object;
        let Some(owner) = pod.meta.controller().filter(|_| change.kind() == Kind::Pod) else { return };
        let key = Key::new(Kind::StatefulSet, pod.meta.namespace.clone(), owner.name.clone());
        let Some((names, low)) = self.ready.get_mut(&key) else { return };
        if change.verb != Verb::Deleted && serves(pod) {
            names.insert(pod.meta.name.clone());
        } else {
            names.remove(&pod.meta.name);
        }
        if (names.len() as i64) < low.ready {
            *low = Low { ready: names.len() as i64, at: change.at };
        }
    }

    fn worst(&self, before: &Cluster, after: &Cluster) -> Vec<Worst> {
        let wanted = |cluster: &Cluster, key: &Key| cluster.get(key).map(|set| replicas(set));
        let all = self.ready.iter().filter_map(|(key, (_, low))| {
            let of = wanted(before, key)?.min(wanted(after, key).unwrap_or(0));
            let worst = Worst { set: key.clone(), ready: low.ready, of, after: low.at - self.begin };
            (low.ready < of).then_some(worst)
        });
        all.collect()
    }
}

/// Whether a pod serves: it is ready and not on its way out.
fn serves(pod: &Object) -> bool {
    is_ready(pod) && !pod.meta.is_terminating()
}

pub(super) fn steps_of(change: &Change, begin: Millis) -> Vec<PlanStep> {
    let step = |what| PlanStep { after: change.at - begin, key: change.object.key(), what };
    happenings(change).into_iter().map(step).collect()
}

pub(super) fn happenings(change: &Change) -> Vec<What> {
    let kind = change.kind();
    // The control plane's own books.
    let is_books = matches!(kind, Kind::Event | Kind::EndpointSlice | Kind::Endpoints | Kind::ControllerRevision);
    if is_books || kind == Kind::VolumeAttachment {
        return Vec::new();
    }
    let was = |test: &dyn Fn(&Object) -> bool| change.old.as_ref().is_some_and(|old| test(old));
    match change.verb {
        Verb::Added => vec![What::Created],
        Verb::Deleted => vec![What::Deleted],
        Verb::Modified => {
            let mut all = Vec::new();
            let is_pod = change.kind() == Kind::Pod;
            match (was(&is_ready), is_ready(&change.object)) {
                (false, true) if is_pod => all.push(What::Ready),
                (true, false) if is_pod => all.push(What::Unready),
                _ => {}
            }
            if change.object.meta.is_terminating() && !was(&|old| old.meta.is_terminating()) {
                all.push(What::Terminating);
            }
            all
        }
    }
}

fn are_complete(cluster: &Cluster, keys: &[Key]) -> bool {
    let sets = keys.iter().filter(|key| key.kind == Kind::StatefulSet).filter_map(|key| cluster.get(key));
    let are_sets = sets.clone().all(|set| is_complete(set));
    let mut owned = sets.flat_map(|set| cluster.dependents(&set.meta.uid)).filter_map(|key| cluster.get(key));
    are_sets && !owned.any(|object| object.meta.is_terminating())
}
