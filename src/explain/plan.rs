//! What would happen if manifests were applied: a copy of the simulation runs until it settles; changes nothing.

use super::why::{About, Sentence, is_complete, length, say, why};
use crate::cluster::{Change, Client, Cluster, FieldValidation, PatchType, Verb, last_applied, with_last_applied};
use crate::controllers::Decision;
use crate::i18n::{self, Lang};
use crate::kubectl::three_way::three_way_patch;
use crate::model::pod::is_ready;
use crate::model::{Key, Kind, Millis, Object, Value};
use crate::schema;
use crate::sim::Sim;

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
    fn word(self) -> &'static str {
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

/// How it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Every set is as its spec wants it.
    Settled,
    /// Nothing moves any more, but a set is not complete.
    Stuck {
        /// Why, about each set that is not complete and its pods.
        why: Vec<Sentence>,
    },
    /// The manifests were refused.
    Refused {
        /// In the API server's words.
        errors: Vec<String>,
    },
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Everything that happens to sets, pods, claims and volumes, in order.
    pub steps: Vec<PlanStep>,
    /// How it ends.
    pub end: End,
    /// How long it takes until the last step.
    pub duration: Millis,
    /// What the API server warns of.
    pub warnings: Vec<String>,
}

impl Plan {
    /// The pods that exist before and are replaced, in the order in which they go.
    pub fn restarted(&self) -> Vec<Key> {
        let gone = self.of(Kind::Pod, What::Deleted);
        let made = self.of(Kind::Pod, What::Created);
        let is_replaced = |key: &Key| made.contains(key) && !self.is_made_first(key);
        let mut keys: Vec<Key> = Vec::new();
        for key in gone {
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

    fn is_made_first(&self, key: &Key) -> bool {
        let first =
            self.steps.iter().find(|step| step.key == *key && matches!(step.what, What::Created | What::Deleted));
        first.is_some_and(|step| step.what == What::Created)
    }
}

/// The most names that a sentence lists.
const NAMES_MAX: usize = 12;

/// A plan in words, a line each: what happens when, then how it ends, which pods and claims go, and why it gets stuck.
pub fn say_plan(lang: Lang, plan: &Plan) -> Vec<String> {
    let text = |key: &str, values: &[(&str, &str)]| {
        let found = i18n::find(i18n::lab::ENTRIES, lang, key).unwrap_or_default();
        i18n::fill(found, values)
    };
    let duration = length(plan.duration);
    let mut lines: Vec<String> = plan.warnings.iter().map(|warning| format!("Warning: {warning}")).collect();
    // The steps may be many; what one wants to know stands behind them, next to the prompt.
    let object = |step: &PlanStep| format!("{}/{}", step.key.kind.names().singular, step.key.name);
    let width = plan.steps.iter().map(|step| object(step).len()).max().unwrap_or(0).max(6);
    if !plan.steps.is_empty() {
        lines.push(format!("{:>8}  {:<width$}  WHAT", "AFTER", "OBJECT"));
    }
    for step in &plan.steps {
        let after = format!("{}.{}s", step.after.0 / 1000, step.after.0 % 1000 / 100);
        lines.push(format!("{after:>8}  {:<width$}  {}", object(step), step.what.word()));
    }
    if !plan.steps.is_empty() {
        lines.push(String::new());
    }
    match &plan.end {
        End::Settled => lines.push(text("plan.settled", &[("duration", &duration)])),
        End::Stuck { .. } => lines.push(text("plan.stuck", &[("duration", &duration)])),
        End::Refused { errors } => {
            lines.push(text("plan.refused", &[]));
            lines.extend(errors.iter().cloned());
            return lines;
        }
    }
    if plan.steps.is_empty() {
        lines.push(text("plan.nothing", &[]));
    }
    let restarted = plan.restarted();
    let mut say_names = |key: &str, none: &str, names: Vec<Key>| {
        let shown = names.iter().take(NAMES_MAX).map(|key| key.name.as_str()).collect::<Vec<_>>().join(", ");
        let more = if names.len() > NAMES_MAX { format!(", … ({})", names.len()) } else { String::new() };
        match (names.is_empty(), none) {
            (false, _) => lines.push(text(key, &[("names", &(shown + &more))])),
            (true, "") => {}
            (true, none) => lines.push(text(none, &[])),
        }
    };
    let others = |what| plan.of(Kind::Pod, what).into_iter().filter(|key| !restarted.contains(key));
    say_names("plan.restarted", "plan.no-restart", restarted.clone());
    say_names("plan.created", "", others(What::Created).collect());
    say_names("plan.deleted", "", others(What::Deleted).filter(|key| !plan.is_made_first(key)).collect());
    say_names("plan.claims", "plan.no-claims", plan.of(Kind::PersistentVolumeClaim, What::Deleted));
    if let End::Stuck { why } = &plan.end {
        lines.push(text("plan.because", &[]));
        lines.extend(why.iter().map(|sentence| format!("  {}", say(lang, sentence))));
    }
    lines
}

/// The most work that a plan does.
const WORK_MAX: u32 = 400_000;
/// Who applies what is planned.
const CLIENT: Client<'_> = Client { manager: "kubectl-client-side-apply", validation: FieldValidation::Strict };
/// How long nothing may happen before it counts as the end.
const QUIET: Millis = Millis::seconds(120);
/// How long a set that is not complete may stand still: longer than tolerations and back-offs.
const STILL: Millis = Millis::seconds(900);
/// The longest time that is looked at.
const TIME_MAX: Millis = Millis::seconds(24 * 3600);

/// Applies `manifests` to a copy of `sim`, as `kubectl apply` does, and lets it run until it settles or is stuck.
pub fn plan(sim: &Sim, manifests: &[Value], namespace: &str) -> Plan {
    let mut fork = sim.clone();
    fork.take_changes();
    fork.take_decisions();
    fork.listen(true);
    let begin = fork.now();
    let (mut errors, mut warnings, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for manifest in manifests {
        match fork.act(|ctx| apply(ctx.cluster, manifest, namespace)) {
            Ok((key, more)) => {
                keys.push(key);
                warnings.extend(more);
            }
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Plan { steps: Vec::new(), end: End::Refused { errors }, duration: Millis::ZERO, warnings };
    }
    let mut run = Run { begin, last: begin, steps: Vec::new(), decisions: Vec::new() };
    run.take(&mut fork);
    for _ in 0..WORK_MAX {
        let Some(next) = fork.next_at() else { break };
        let limit = if are_complete(&fork.cluster, &keys) { QUIET } else { STILL };
        if next > run.last + limit || next > begin + TIME_MAX {
            break;
        }
        fork.step(next);
        run.take(&mut fork);
    }
    let end = match are_complete(&fork.cluster, &keys) {
        true => End::Settled,
        false => End::Stuck { why: reasons(&fork, &run.decisions, &keys) },
    };
    Plan { duration: run.last - begin, steps: run.steps, end, warnings }
}

/// Creates an object or patches it as `kubectl apply` does.
fn apply(cluster: &mut Cluster, manifest: &Value, namespace: &str) -> Result<(Key, Vec<String>), String> {
    let modified = with_last_applied(manifest, namespace);
    let (version, kind) = (manifest.str_at(&["apiVersion"]), manifest.str_at(&["kind"]));
    let found = Kind::of(version, kind).zip(schema::root(version, kind));
    let Some((kind, root)) = found else {
        return Err(format!("no matches for kind \"{kind}\" in version \"{version}\""));
    };
    let at = modified.str_at(&["metadata", "namespace"]).to_string();
    let key = Key::new(kind, at, modified.str_at(&["metadata", "name"]).to_string());
    let answer = match cluster.get(&key).cloned() {
        None => cluster.create_from(&modified, namespace, CLIENT),
        Some(old) => {
            let patch = three_way_patch(last_applied(&old).as_ref(), &modified, &old.to_value(), root);
            cluster.patch_value(&key, PatchType::Strategic, &patch, CLIENT)
        }
    };
    answer.map(|answer| (key, answer.warnings)).map_err(|error| error.to_string())
}

struct Run {
    begin: Millis,
    last: Millis,
    steps: Vec<PlanStep>,
    decisions: Vec<Decision>,
}

/// The most decisions that are kept for the reasons at the end.
const DECISIONS_MAX: usize = 4000;

impl Run {
    fn take(&mut self, fork: &mut Sim) {
        for change in fork.take_changes() {
            let step = |what| PlanStep { after: change.at - self.begin, key: change.object.key(), what };
            let steps: Vec<PlanStep> = happenings(&change).into_iter().map(step).collect();
            if !steps.is_empty() {
                self.last = change.at;
            }
            self.steps.extend(steps);
        }
        self.decisions.extend(fork.take_decisions());
        if self.decisions.len() > 2 * DECISIONS_MAX {
            self.decisions.drain(..DECISIONS_MAX);
        }
    }
}

pub(super) fn happenings(change: &Change) -> Vec<What> {
    let kinds = [Kind::StatefulSet, Kind::Pod, Kind::PersistentVolumeClaim, Kind::PersistentVolume];
    if !kinds.contains(&change.kind()) {
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

fn reasons(fork: &Sim, decisions: &[Decision], keys: &[Key]) -> Vec<Sentence> {
    let mut all: Vec<Sentence> = Vec::new();
    for key in keys.iter().filter(|key| key.kind == Kind::StatefulSet) {
        let Some(set) = fork.cluster.get(key).filter(|set| !is_complete(set)) else { continue };
        let mut abouts = vec![About::Object(key.clone())];
        let pods = fork.cluster.dependents(&set.meta.uid).filter(|key| key.kind == Kind::Pod);
        let is_bad = |key: &&Key| fork.cluster.get(key).is_some_and(|pod| !is_ready(pod));
        abouts.extend(pods.filter(is_bad).take(3).map(|key| About::Object(key.clone())));
        for about in abouts {
            all.extend(why(fork, decisions, &about).into_iter().filter(|sentence| sentence.is_wait));
        }
    }
    let mut seen: Vec<Sentence> = Vec::new();
    all.retain(|sentence| {
        let is_new = !seen.contains(sentence);
        if is_new {
            seen.push(sentence.clone());
        }
        is_new
    });
    all
}
