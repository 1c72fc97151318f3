//! What a sync does about a set's pods, ordinal by ordinal; reads and writes through the rest of the controller.
//!
//! Follows `updateStatefulSet` in pkg/controller/statefulset/stateful_set_control.go.
//! There every phase walks over all pods. Here the indexes of [`Pods`] name the ordinals at which something can
//! happen; the others are healthy, and passing over them gives the same writes.

use super::cache::{Phase, PodFacts, Pods};
use super::claims::ClaimOwner;
use super::identity;
use super::pods::{complete_claims, create_pod, delete_pod, repair_claims, repair_pod};
use super::revisions::{Revisions, revision_template};
use super::spec::{SetSpec, Strategy};
use super::status::Status;
use super::{RevisionCache, StatefulSetError};
use crate::controllers::{ControllerId, Ctx, Work};
use crate::kubernetes::Difference;
use crate::model::{Key, Kind, Millis, Text, Value};
use crate::ordering::Order;
use crate::sorted::{SharedMap, SharedSet};

/// The most pods that one pass creates, so that a set of millions does not hold the page.
const MADE_MAX: i64 = 5_000;

/// Whether a phase lets the next one happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Go,
    Exit,
}

type Step = Result<Flow, StatefulSetError>;

/// One pass over a set's pods.
pub struct Control<'a, 'b> {
    /// What the controller works with.
    pub ctx: &'a mut Ctx<'b>,
    /// What the set asks for.
    pub spec: &'a SetSpec,
    /// What there is.
    pub pods: &'a Pods,
    /// What pods are to look like.
    pub revisions: &'a Revisions,
    /// The revisions of the pods made in this pass, by ordinal.
    made: SharedMap<i64, Text>,
}

impl<'a, 'b> Control<'a, 'b> {
    /// A pass that is about to begin.
    pub fn new(ctx: &'a mut Ctx<'b>, spec: &'a SetSpec, pods: &'a Pods, revisions: &'a Revisions) -> Control<'a, 'b> {
        Control { ctx, spec, pods, revisions, made: SharedMap::new() }
    }

    /// Does what is to be done and counts the pods. The status stands even if something failed.
    pub fn run(&mut self, revisions_known: &mut RevisionCache) -> (Status, Result<(), StatefulSetError>) {
        let mut status = self.count();
        if self.spec.set.meta.is_terminating() {
            self.report("sts.set.terminating").waits();
            return (status, Ok(()));
        }
        let result = self.phases(&mut status, revisions_known);
        (status, result)
    }

    fn has(&self, difference: Difference) -> bool {
        self.ctx.cluster.kubernetes().has(difference)
    }

    fn phases(&mut self, status: &mut Status, revisions_known: &mut RevisionCache) -> Result<(), StatefulSetError> {
        if self.spec.strategy == Strategy::Recreate && self.recreate(status)? == Flow::Exit {
            return Ok(());
        }
        if self.replicas(revisions_known)? == Flow::Exit || self.condemned_claims()? == Flow::Exit {
            return Ok(());
        }
        if self.condemned()? == Flow::Exit {
            return Ok(());
        }
        match &self.spec.strategy {
            Strategy::OnDelete => {
                self.report_on_delete();
                Ok(())
            }
            Strategy::Recreate => {
                self.report_recreated(status);
                Ok(())
            }
            Strategy::RollingUpdate(rolling) if self.has(Difference::MaxUnavailable) => {
                let max = max_unavailable(
                    rolling.as_ref().and_then(|rolling| rolling.max_unavailable.as_ref()),
                    self.spec.replicas,
                );
                match self.has(Difference::UnavailableCostNothing) && !self.spec.is_ordered {
                    true => self.update_unavailable_first(status, max),
                    false => self.update_within_budget(status, max),
                }
            }
            Strategy::RollingUpdate(_) => self.update_one(status),
        }
    }

    /// The conditions that the set has: newer controllers carry them along.
    fn kept_conditions(&self) -> Value {
        let stored = self.spec.set.at(&["status", "conditions"]).cloned();
        stored.filter(|_| self.has(Difference::ConditionsAreKept)).unwrap_or_default()
    }

    /// The status that the pods as they were at the start of the pass give.
    fn count(&self) -> Status {
        let (current, update) = (&self.revisions.current.meta.name, &self.revisions.update.meta.name);
        let counts = self.pods.counts();
        let mut status = Status {
            observed_generation: self.spec.set.meta.generation,
            replicas: counts.existing,
            ready_replicas: counts.ready,
            available_replicas: counts.available,
            current_replicas: self.pods.living_of(current),
            updated_replicas: self.pods.living_of(update),
            current_revision: current.clone(),
            update_revision: update.clone(),
            collision_count: self.revisions.collision_count,
            conditions: self.kept_conditions(),
        };
        if self.spec.set.meta.is_terminating() {
            for stray in self.pods.strays() {
                let lives = stray.phase != Phase::Unset && !stray.is_terminating;
                status.replicas += i64::from(stray.phase != Phase::Unset);
                status.ready_replicas += i64::from(stray.is_ready());
                status.available_replicas += i64::from(stray.is_available);
                status.current_replicas += i64::from(lives && stray.revision == *current);
                status.updated_replicas += i64::from(lives && stray.revision == *update);
            }
        }
        status
    }

    /// The pods that the set wants: creates, awaits and repairs them.
    fn replicas(&mut self, revisions_known: &mut RevisionCache) -> Step {
        let (mut at, end) = (self.spec.start, self.spec.end());
        let mut errors = Vec::new();
        let mut stop = end;
        while let Some(ordinal) = self.next_of_interest(at).filter(|ordinal| *ordinal < stop) {
            self.report_healthy(at, ordinal);
            if self.pauses() {
                return Ok(Flow::Exit);
            }
            let step = self.replica(ordinal, revisions_known);
            at = ordinal.saturating_add(1);
            if self.spec.is_ordered {
                if step? == Flow::Exit {
                    return Ok(Flow::Exit);
                }
            } else if let Err(error) = step {
                // The rest of the batch goes on; the batches after it do not happen.
                stop = stop.min(self.spec.start.saturating_add(batch_end(ordinal - self.spec.start)));
                errors.push(error);
            }
        }
        StatefulSetError::all(errors)?;
        self.report_healthy(at, end);
        self.report_not_awaited();
        Ok(Flow::Go)
    }

    /// Whether enough pods were made at once; then another pass follows later.
    fn pauses(&mut self) -> bool {
        if self.spec.is_ordered || self.spec.replicas <= MADE_MAX {
            return false;
        }
        let work = Work { controller: ControllerId::StatefulSet, key: self.spec.set.key(), task: "more" };
        let is_enough = i64::try_from(self.made.len()).is_ok_and(|made| made >= MADE_MAX);
        if !is_enough && self.ctx.timers.due_at(&work).is_none() {
            return false;
        }
        self.report("sts.replica.more-later").number("count", MADE_MAX).waits();
        self.ctx.timers.add(self.ctx.cluster.now() + Millis::seconds(1), work);
        true
    }

    /// The lowest wanted ordinal at or after `from` at which something can happen.
    fn next_of_interest(&self, from: i64) -> Option<i64> {
        let first = |set: &SharedSet<i64>| set.range(from..).next().copied();
        let missing = Some(self.pods.next_missing(from));
        let unavailable = if self.spec.is_ordered { first(self.pods.unavailable()) } else { None };
        let next = [missing, unavailable, first(self.pods.attention())].into_iter().flatten().min();
        next.filter(|ordinal| *ordinal < self.spec.end())
    }

    fn replica(&mut self, ordinal: i64, revisions_known: &mut RevisionCache) -> Step {
        match self.pods.get(ordinal) {
            None => self.missing_replica(ordinal, revisions_known),
            Some(facts) => self.existing_replica(facts),
        }
    }

    fn missing_replica(&mut self, ordinal: i64, revisions_known: &mut RevisionCache) -> Step {
        let owner = ClaimOwner { spec: self.spec, ordinal, uid: Text::default() };
        let needs_current = self.needs_current(ordinal);
        let revision = if needs_current { &self.revisions.current } else { &self.revisions.update };
        let name = revision.meta.name.clone();
        self.made.insert(ordinal, name.clone());
        if self.spec.retention.deletes_when_scaled && owner.facts(self.ctx.cluster).is_stale {
            self.report("sts.replica.stale-claim").ordinal(ordinal).waits();
            return Ok(Flow::Exit);
        }
        let template = revisions_known.template(revision, revision_template);
        let pod = identity::new_pod(self.spec, &template, &name, ordinal);
        let rule = if needs_current { "sts.replica.create-current" } else { "sts.replica.create" };
        self.report(rule).ordinal(ordinal).fact("revision", &name).acts();
        if let Err(error) = create_pod(self.ctx, self.spec, ordinal, pod) {
            let rule = if error.is_already_exists { "sts.replica.name-taken" } else { "sts.replica.create-failed" };
            self.report_failure(rule, ordinal, &error);
            return Err(error);
        }
        if self.spec.is_ordered {
            self.report("sts.replica.one-at-a-time").ordinal(ordinal).waits();
            return Ok(Flow::Exit);
        }
        Ok(Flow::Go)
    }

    /// Whether a new pod of this ordinal is made as pods were before the update.
    fn needs_current(&self, ordinal: i64) -> bool {
        match &self.spec.strategy {
            Strategy::OnDelete | Strategy::Recreate => false,
            Strategy::RollingUpdate(Some(_)) => ordinal < self.spec.partition(),
            Strategy::RollingUpdate(None) => {
                let current = self.spec.set.i64_at(&["status", "currentReplicas"]).unwrap_or(0);
                ordinal < self.spec.start.saturating_add(current)
            }
        }
    }

    fn existing_replica(&mut self, facts: &'a PodFacts) -> Step {
        let (ordinal, is_ordered) = (facts.ordinal, self.spec.is_ordered);
        if facts.phase.is_over() {
            return self.ended_replica(facts);
        }
        if facts.phase == Phase::Pending && !facts.claims.are_complete() {
            self.report("sts.replica.complete-claims").pod(facts).acts();
            let owner = ClaimOwner { spec: self.spec, ordinal, uid: facts.pod.meta.uid.clone() };
            if let Err(error) = complete_claims(self.ctx, &owner) {
                self.report_failure("sts.replica.claims-failed", ordinal, &error);
                return Err(error);
            }
        }
        if is_ordered && facts.is_unavailable() {
            self.report_unavailable(facts);
            return Ok(Flow::Exit);
        }
        let owners_are_repaired = facts.phase == Phase::Pending;
        let has_wrong_owners = facts.claims.has_wrong_owners && !owners_are_repaired;
        if facts.is_itself && !has_wrong_owners {
            return Ok(Flow::Go);
        }
        self.report(if facts.is_itself { "sts.replica.repair-claims" } else { "sts.replica.repair" }).pod(facts).acts();
        if let Err(error) = repair_pod(self.ctx, self.spec, ordinal, &facts.pod, has_wrong_owners) {
            self.report_failure("sts.replica.repair-failed", ordinal, &error);
            return Err(error);
        }
        Ok(Flow::Go)
    }

    fn ended_replica(&mut self, facts: &'a PodFacts) -> Step {
        if facts.is_terminating {
            self.report("sts.replica.ended-terminating").pod(facts).state(facts).waits();
            return Ok(Flow::Exit);
        }
        self.report("sts.replica.ended").pod(facts).state(facts).acts();
        delete_pod(self.ctx, self.spec, &facts.pod.key())?;
        Ok(Flow::Exit)
    }

    /// The claims of the pods that the set does not want.
    fn condemned_claims(&mut self) -> Step {
        let (pods, spec) = (self.pods, self.spec);
        let wrong = condemned(spec, pods.attention()).filter_map(|ordinal| pods.get(ordinal));
        self.run_for_all(wrong.filter(|facts| facts.claims.has_wrong_owners), |control, facts| {
            let owner = ClaimOwner { spec, ordinal: facts.ordinal, uid: facts.pod.meta.uid.clone() };
            control.report("sts.condemned.claims").pod(facts).acts();
            repair_claims(control.ctx, &owner)?;
            Ok(Flow::Go)
        })
    }

    /// The pods that the set does not want, highest ordinal first.
    fn condemned(&mut self) -> Step {
        let (pods, spec) = (self.pods, self.spec);
        if spec.is_ordered {
            return self.run_for_all(pods.last_condemned(spec).into_iter(), Control::condemned_one);
        }
        self.report_leaving();
        let living = condemned(spec, pods.living()).filter_map(|ordinal| pods.get(ordinal));
        self.run_for_all(living, Control::condemned_one)
    }

    fn condemned_one(&mut self, facts: &'a PodFacts) -> Step {
        if facts.is_terminating {
            self.report("sts.condemned.terminating").pod(facts).waits();
            return Ok(Flow::Exit);
        }
        if self.spec.is_ordered && !facts.is_available && self.first_unavailable() != Some(facts.ordinal) {
            let first = self.first_unavailable().map(|ordinal| self.spec.pod_name(ordinal)).unwrap_or_default();
            let rule = if facts.is_ready() { "sts.condemned.not-available" } else { "sts.condemned.not-ready" };
            self.report(rule).pod(facts).fact("first", &first).waits();
            return Ok(Flow::Exit);
        }
        self.report("sts.condemned.delete").pod(facts).acts();
        delete_pod(self.ctx, self.spec, &facts.pod.key())?;
        Ok(if self.spec.is_ordered { Flow::Exit } else { Flow::Go })
    }

    /// The first wanted pod that is not available or, failing that, the lowest unwanted one.
    fn first_unavailable(&self) -> Option<i64> {
        let (start, end) = (self.spec.start, self.spec.end());
        let missing = Some(self.pods.next_missing(start)).filter(|ordinal| *ordinal < end);
        let unavailable = self.pods.unavailable().range(start..end).next().copied();
        missing.into_iter().chain(unavailable).min().or_else(|| self.pods.unavailable().first().copied())
    }

    fn run_for_all(
        &mut self,
        pods: impl Iterator<Item = &'a PodFacts>,
        act: impl Fn(&mut Self, &'a PodFacts) -> Step,
    ) -> Step {
        let mut errors = Vec::new();
        let mut stop = i64::MAX;
        let (all, spec) = (self.pods, self.spec);
        // Batches count all unwanted pods, also those that need nothing.
        let place = |facts: &PodFacts| i64::try_from(all.condemned_above(spec, facts.ordinal)).unwrap_or(i64::MAX);
        for facts in pods {
            if stop < i64::MAX && place(facts) >= stop {
                break;
            }
            let step = act(self, facts);
            if self.spec.is_ordered {
                if step? == Flow::Exit {
                    return Ok(Flow::Exit);
                }
            } else if let Err(error) = step {
                stop = stop.min(batch_end(place(facts)));
                errors.push(error);
            }
        }
        StatefulSetError::all(errors)?;
        Ok(Flow::Go)
    }

    /// Replaces the highest pod of another revision, once all above it are available.
    fn update_one(&mut self, status: &mut Status) -> Result<(), StatefulSetError> {
        let update = &self.revisions.update.meta.name;
        let unavailable = self.highest_to_update(self.pods.unavailable().range(self.to_update()).next_back());
        let Some(ordinal) = unavailable.max(self.pods.outdated().range(self.to_update()).next_back().copied()) else {
            self.report_updated();
            return Ok(());
        };
        match self.pods.get(ordinal) {
            Some(facts) if facts.revision != *update && !facts.is_terminating => {
                self.replace(facts, status, "sts.update.delete")
            }
            Some(facts) => {
                self.report_update_waits(facts);
                Ok(())
            }
            None if self.made.get(&ordinal).is_some_and(|revision| revision != update) => {
                self.replace_made(ordinal, status)
            }
            None => {
                self.report("sts.update.made").ordinal(ordinal).waits();
                Ok(())
            }
        }
    }

    /// The ordinals that a rolling update touches.
    fn to_update(&self) -> std::ops::Range<i64> {
        let end = self.spec.end();
        self.spec.partition().min(end)..end
    }

    /// The higher of `ordinal` and the highest pod that this pass made.
    fn highest_to_update(&self, ordinal: Option<&i64>) -> Option<i64> {
        let made = self.made.range(self.to_update()).next_back().map(|(ordinal, _)| *ordinal);
        made.max(ordinal.copied())
    }

    fn replace(
        &mut self,
        facts: &'a PodFacts,
        status: &mut Status,
        rule: &'static str,
    ) -> Result<(), StatefulSetError> {
        let update = &self.revisions.update.meta.name;
        self.report(rule).pod(facts).fact("from", &facts.revision).fact("to", update).acts();
        self.delete_old(facts, status)
    }

    /// Replaces a pod that counts against the budget: so many are unavailable, so many may be.
    fn replace_within(
        &mut self,
        facts: &'a PodFacts,
        status: &mut Status,
        (unavailable, max): (i64, i64),
    ) -> Result<(), StatefulSetError> {
        let update = &self.revisions.update.meta.name;
        let report = self.report("sts.update.delete-within-budget").pod(facts).fact("from", &facts.revision);
        report.fact("to", update).number("unavailable", unavailable).number("max", max).acts();
        self.delete_old(facts, status)
    }

    fn delete_old(&mut self, facts: &'a PodFacts, status: &mut Status) -> Result<(), StatefulSetError> {
        let deleted = delete_pod(self.ctx, self.spec, &facts.pod.key());
        status.current_replicas -= 1;
        deleted
    }

    /// Deletes a pod that this very pass made of the current revision.
    fn replace_made(&mut self, ordinal: i64, status: &mut Status) -> Result<(), StatefulSetError> {
        let key = Key::new(Kind::Pod, self.spec.namespace(), self.spec.pod_name(ordinal));
        self.report("sts.update.delete-made").ordinal(ordinal).acts();
        let deleted = delete_pod(self.ctx, self.spec, &key);
        status.current_replicas -= 1;
        deleted
    }

    /// How many of the wanted pods cannot serve, those counted that this pass made.
    fn unavailable_count(&self) -> i64 {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let wanted = self.spec.start..self.spec.end();
        count(self.pods.unavailable().range(wanted).count()).saturating_add(count(self.made.len()))
    }

    /// Replaces every pod of another revision that cannot serve anyway, then as many others as may be unavailable.
    ///
    /// Follows `updateStatefulSetAfterInvariantEstablished` of 1.37 for `Parallel`.
    fn update_unavailable_first(&mut self, status: &mut Status, max: i64) -> Result<(), StatefulSetError> {
        let (unavailable, update) = (self.unavailable_count(), &self.revisions.update.meta.name);
        let pods = self.pods;
        let is_free = |ordinal: &i64| pods.unavailable().contains(ordinal);
        let wanted = self.spec.start..self.spec.end();
        let made_old = |(_, revision): &(&i64, &Text)| *revision != update;
        let exempt =
            pods.outdated().range(wanted.clone()).any(is_free) || self.made.range(wanted).any(|m| made_old(&m));
        if unavailable >= max && !exempt {
            self.report_budget_spent(unavailable, max);
            return Ok(());
        }
        let made: Vec<i64> = self.made.range(self.to_update()).filter(made_old).map(|(ordinal, _)| *ordinal).collect();
        let mut free: Vec<i64> = pods.outdated().range(self.to_update()).copied().filter(is_free).collect();
        free.extend(made);
        free.order_by(|a, b| b.cmp(a));
        let left = usize::try_from(max.saturating_sub(unavailable)).unwrap_or(0);
        let old = pods.outdated().range(self.to_update()).rev().copied().filter(|ordinal| !is_free(ordinal));
        let counted: Vec<i64> = old.take(left).collect();
        match (free.is_empty() && counted.is_empty(), pods.outdated().range(self.to_update()).next_back()) {
            (false, _) => {}
            (true, None) => self.report_updated(),
            (true, Some(_)) => self.report_budget_spent(unavailable, max),
        }
        for ordinal in free {
            match pods.get(ordinal) {
                Some(facts) => self.replace(facts, status, "sts.update.delete-unavailable")?,
                None => self.replace_made(ordinal, status)?,
            }
        }
        for facts in counted.into_iter().filter_map(|ordinal| pods.get(ordinal)) {
            self.replace_within(facts, status, (unavailable, max))?;
        }
        Ok(())
    }

    /// Deletes every pod of another revision at once, and waits until none is left.
    ///
    /// Follows `recreateDeleteAndWait` of 1.37.
    fn recreate(&mut self, status: &mut Status) -> Step {
        let (pods, update) = (self.pods, &self.revisions.update.meta.name);
        let old: Vec<i64> = pods.of_other_revisions(update).collect();
        if old.is_empty() {
            return Ok(Flow::Go);
        }
        status.set_progress(self.ctx.cluster.now(), "RecreateInProgress", "Deleting old revision pods");
        let (mut stop, mut errors) = (usize::MAX, Vec::new());
        for (place, facts) in old.iter().filter_map(|ordinal| pods.get(*ordinal)).enumerate() {
            if place >= stop {
                break;
            }
            if facts.is_terminating {
                self.report("sts.recreate.terminating").pod(facts).waits();
                continue;
            }
            self.report("sts.recreate.delete").pod(facts).fact("from", &facts.revision).fact("to", update).acts();
            if let Err(error) = delete_pod(self.ctx, self.spec, &facts.pod.key()) {
                let end = batch_end(i64::try_from(place).unwrap_or(i64::MAX));
                stop = stop.min(usize::try_from(end).unwrap_or(usize::MAX));
                errors.push(error);
            }
        }
        StatefulSetError::all(errors)?;
        Ok(Flow::Exit)
    }

    /// Replaces as many pods of other revisions as may be unavailable.
    fn update_within_budget(&mut self, status: &mut Status, max: i64) -> Result<(), StatefulSetError> {
        let unavailable = self.unavailable_count();
        if unavailable >= max {
            self.report_budget_spent(unavailable, max);
            return Ok(());
        }
        let update = &self.revisions.update.meta.name;
        let made = self.made.range(self.to_update()).filter(|(_, revision)| *revision != update);
        let made: SharedSet<i64> = made.map(|(ordinal, _)| *ordinal).collect();
        let left = usize::try_from(max - unavailable).unwrap_or(0);
        let outdated = self.pods.outdated().range(self.to_update()).rev().take(left);
        let mut old: Vec<i64> = outdated.chain(made.iter().rev().take(left)).copied().collect();
        old.order_by(|a, b| b.cmp(a));
        if old.is_empty() {
            self.report_updated();
        }
        for ordinal in old.into_iter().take(left) {
            match self.pods.get(ordinal) {
                Some(facts) => self.replace_within(facts, status, (unavailable, max))?,
                None => self.replace_made(ordinal, status)?,
            }
        }
        Ok(())
    }
}

/// The ordinals of `ordinals` that the set does not want, highest first.
fn condemned<'a>(spec: &SetSpec, ordinals: &'a SharedSet<i64>) -> impl Iterator<Item = i64> + use<'a> {
    let above = ordinals.range(spec.end()..).rev();
    above.chain(ordinals.range(..spec.start).rev()).copied()
}

/// The first place behind the batch that `place` is in: batches of 1, 2, 4 and so on, up to 500.
fn batch_end(place: i64) -> i64 {
    let (mut end, mut size) = (1, 1);
    while end <= place {
        size = (size * 2).min(500);
        end += size;
    }
    end
}

/// How many pods may be unavailable during an update: a number or a percentage of the replicas rounded down, at
/// least 1.
///
/// Follows `getStatefulSetMaxUnavailable` in pkg/controller/statefulset/stateful_set_utils.go.
pub fn max_unavailable(value: Option<&Value>, replicas: i64) -> i64 {
    let number = match value {
        Some(Value::Int(number)) => *number,
        Some(Value::Str(text)) => {
            let percent = text.strip_suffix('%').and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(0);
            percent.saturating_mul(replicas) / 100
        }
        _ => 1,
    };
    number.max(1)
}
