//! What a sync does about a set's pods, ordinal by ordinal; reads and writes through the rest of the controller.
//!
//! Follows `updateStatefulSet` in pkg/controller/statefulset/stateful_set_control.go.
//! There every phase walks over all pods. Here the indexes of [`Pods`] name the ordinals at which something can
//! happen; the others are healthy, and passing over them gives the same writes.

mod rollout;

use super::claims::ClaimOwner;
use super::identity;
use super::pod_cache::{Phase, PodFacts, Pods};
use super::pods::{complete_claims, create_pod, delete_pod, repair_claims, repair_pod};
use super::revisions::{Revisions, revision_template};
use super::spec::{SetSpec, Strategy};
use super::status::Status;
use super::{RevisionCache, StatefulSetError, max_unavailable};
use crate::controllers::{ControllerId, Ctx, Work};
use crate::kubernetes::Difference;
use crate::model::stateful_set::pods_at_current;
use crate::model::{Millis, Text, Value};
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
                let is_current = self.revisions.current.meta.name == self.revisions.update.meta.name;
                if !is_current {
                    let message = "Waiting for new-revision pods to be created";
                    status.set_progress(self.ctx.cluster.now(), "RecreateInProgress", message);
                }
                self.report_recreated();
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
        self.report_claims_found(&owner);
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
            Strategy::RollingUpdate(None) => ordinal < self.spec.start.saturating_add(pods_at_current(&self.spec.set)),
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
