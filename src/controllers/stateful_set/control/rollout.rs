//! How pods of older revisions are replaced: one by one, within a budget, or all before any comes back.
//!
//! Follows the last part of `updateStatefulSet`.

use super::{Control, Flow, Step, batch_end};
use crate::controllers::stateful_set::StatefulSetError;
use crate::controllers::stateful_set::pod_cache::PodFacts;
use crate::controllers::stateful_set::pods::delete_pod;
use crate::controllers::stateful_set::status::Status;
use crate::model::{Key, Kind, Text};
use crate::ordering::Order;
use crate::sorted::SharedSet;

impl<'a> Control<'a, '_> {
    /// Replaces the highest pod of another revision, once all above it are available.
    pub(super) fn update_one(&mut self, status: &mut Status) -> Result<(), StatefulSetError> {
        let update = &self.revisions.update.meta.name;
        let unavailable = self.highest_to_update(self.pods.unavailable().range(self.to_update()).next_back());
        let Some(ordinal) = unavailable.max(self.pods.outdated().range(self.to_update()).next_back().copied()) else {
            self.report_updated();
            return Ok(());
        };
        match self.pods.get(ordinal) {
            Some(facts) if facts.revision != *update && !facts.is_terminating => {
                self.report_replaced_in_order(facts);
                self.delete_old(facts, status)
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
    pub(super) fn to_update(&self) -> std::ops::Range<i64> {
        let end = self.spec.end();
        self.spec.partition().min(end)..end
    }

    /// The higher of `ordinal` and the highest pod that this pass made.
    pub(super) fn highest_to_update(&self, ordinal: Option<&i64>) -> Option<i64> {
        let made = self.made.range(self.to_update()).next_back().map(|(ordinal, _)| *ordinal);
        made.max(ordinal.copied())
    }

    pub(super) fn replace(
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
    pub(super) fn replace_within(
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

    pub(super) fn delete_old(&mut self, facts: &'a PodFacts, status: &mut Status) -> Result<(), StatefulSetError> {
        let deleted = delete_pod(self.ctx, self.spec, &facts.pod.key());
        status.current_replicas -= 1;
        deleted
    }

    /// Deletes a pod that this very pass made of the current revision.
    pub(super) fn replace_made(&mut self, ordinal: i64, status: &mut Status) -> Result<(), StatefulSetError> {
        let key = Key::new(Kind::Pod, self.spec.namespace(), self.spec.pod_name(ordinal));
        self.report("sts.update.delete-made").ordinal(ordinal).acts();
        let deleted = delete_pod(self.ctx, self.spec, &key);
        status.current_replicas -= 1;
        deleted
    }

    /// How many of the wanted pods cannot serve, those counted that this pass made.
    pub(super) fn unavailable_count(&self) -> i64 {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let wanted = self.spec.start..self.spec.end();
        count(self.pods.unavailable().range(wanted).count()).saturating_add(count(self.made.len()))
    }

    /// Replaces every pod of another revision that cannot serve anyway, then as many others as may be unavailable.
    ///
    /// Follows `updateStatefulSetAfterInvariantEstablished` of 1.37 for `Parallel`.
    pub(super) fn update_unavailable_first(&mut self, status: &mut Status, max: i64) -> Result<(), StatefulSetError> {
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
    pub(super) fn recreate(&mut self, status: &mut Status) -> Step {
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
    pub(super) fn update_within_budget(&mut self, status: &mut Status, max: i64) -> Result<(), StatefulSetError> {
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
