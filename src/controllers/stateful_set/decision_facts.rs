//! The decisions of a sync in the facts that their texts need; decides nothing.

use super::StatefulSetError;
use super::claims::ClaimOwner;
use super::control::Control;
use super::decisions::Report;
use super::pod_cache::PodFacts;
use crate::kubernetes::Difference;

impl Control<'_, '_> {
    pub(super) fn report(&mut self, rule: &'static str) -> Report<'_> {
        Report::new(self.ctx, &self.spec.set, rule)
    }

    pub(super) fn report_failure(&mut self, rule: &'static str, ordinal: i64, error: &StatefulSetError) {
        if self.is_listening() {
            self.report(rule).ordinal(ordinal).fact("error", &error.text()).waits();
        }
    }

    /// The ordinals from `from` up to `to` are as they should be.
    pub(super) fn report_healthy(&mut self, from: i64, to: i64) {
        if to > from && self.is_listening() {
            let (first, last) = (self.spec.pod_name(from), self.spec.pod_name(to - 1));
            let rule = if to - from == 1 { "sts.replica.healthy-one" } else { "sts.replica.healthy" };
            let report = self.report(rule).number("count", to - from);
            report.fact("first", &first).fact("last", &last).skips();
        }
    }

    /// The claims that a new pod finds: an earlier pod of its name has left them.
    pub(super) fn report_claims_found(&mut self, owner: &ClaimOwner<'_>) {
        if !self.is_listening() {
            return;
        }
        let found = owner.claims().map(|(key, _)| key).filter(|key| self.ctx.cluster.get(key).is_some());
        let names: Vec<String> = found.map(|key| key.name.to_string()).collect();
        if !names.is_empty() {
            self.report("sts.replica.claims-found")
                .ordinal(owner.ordinal)
                .fact("claims", &names.join(", ").into())
                .skips();
        }
    }

    /// What a `Parallel` set does not wait for.
    pub(super) fn report_not_awaited(&mut self) {
        if self.spec.is_ordered || !self.is_listening() {
            return;
        }
        if let Some(first) = self.pods.unavailable().range(self.spec.start..self.spec.end()).next() {
            self.report("sts.replica.not-awaited").ordinal(*first).skips();
        }
    }

    /// The unwanted pods that a `Parallel` set sees going.
    pub(super) fn report_leaving(&mut self) {
        if let Some(facts) = self.pods.last_condemned(self.spec).filter(|facts| facts.is_terminating) {
            self.report("sts.condemned.leaving").pod(facts).skips();
        }
    }

    /// The pod that an `OrderedReady` set waits for.
    pub(super) fn report_unavailable(&mut self, facts: &PodFacts) {
        let update = &self.revisions.update.meta.name;
        let rule = match facts {
            PodFacts { is_terminating: true, .. } => "sts.replica.terminating",
            facts if facts.is_ready() => "sts.replica.not-available",
            // The update would replace it, but does not get its turn (issue 67250).
            facts if facts.revision != *update && facts.ordinal >= self.spec.partition() => "sts.replica.stuck",
            _ => "sts.replica.not-ready",
        };
        self.report(rule).pod(facts).state(facts).fact("update", update).waits();
    }

    /// The highest old pod is replaced. Where a pod before it is not available either, what decides is that this
    /// version counts no unavailable pods.
    pub(super) fn report_replaced_in_order(&mut self, facts: &PodFacts) {
        let update = &self.revisions.update.meta.name;
        let down = self.pods.unavailable().range(self.spec.start..facts.ordinal).next().copied();
        let rule = if down.is_some() { "sts.update.delete-uncounted" } else { "sts.update.delete" };
        let version = self.ctx.cluster.kubernetes().version().short();
        let report = self.report(rule).pod(facts).fact("from", &facts.revision).fact("to", update);
        match down {
            Some(down) => report.fact("version", &version.into()).pod_as("down", down).acts(),
            None => report.acts(),
        }
    }

    pub(super) fn report_update_waits(&mut self, facts: &PodFacts) {
        self.report("sts.update.waits").pod(facts).state(facts).waits();
    }

    /// As many pods are unavailable as may be, or more: which of them the update waits for.
    pub(super) fn report_budget_spent(&mut self, unavailable: i64, max: i64) {
        let wanted = self.spec.start..self.spec.end();
        let from = self.spec.partition().min(self.spec.end());
        if !self.is_listening() || self.pods.outdated().range(from..self.spec.end()).next().is_none() {
            // There is nothing to be replaced anyway.
            return self.report_updated();
        }
        let update = &self.revisions.update.meta.name;
        let facts = self.pods.unavailable().range(wanted).next_back().and_then(|ordinal| self.pods.get(*ordinal));
        let report = match facts {
            // The update itself would mend it, and waits for it.
            Some(facts) if facts.revision != *update && !facts.is_terminating && facts.ordinal >= from => {
                self.report("sts.update.budget-stuck").pod(facts).state(facts)
            }
            Some(facts) => self.report("sts.update.budget-spent").pod(facts).state(facts),
            None => self.report("sts.update.budget-missing"),
        };
        report.number("unavailable", unavailable).number("max", max).waits();
    }

    pub(super) fn report_recreated(&mut self) {
        let update = &self.revisions.update.meta.name;
        self.report("sts.recreate.done").fact("revision", update).skips();
    }

    pub(super) fn report_on_delete(&mut self) {
        let update = &self.revisions.update.meta.name;
        let wanted = self.spec.start..self.spec.end();
        match self.pods.outdated().range(wanted).next_back() {
            Some(ordinal) => {
                self.report("sts.update.on-delete").ordinal(*ordinal).fact("revision", update).waits();
            }
            None if self.ctx.cluster.kubernetes().has(Difference::OnDeleteCompletes) => self.report_updated(),
            None => self.report("sts.update.on-delete-done").skips(),
        }
    }

    /// No pod that the update may touch is old.
    pub(super) fn report_updated(&mut self) {
        let update = &self.revisions.update.meta.name;
        let (start, from) = (self.spec.start, self.spec.partition().min(self.spec.end()));
        match self.pods.outdated().range(start..from).next_back() {
            Some(ordinal) => {
                let partition = from - start;
                self.report("sts.update.partition").ordinal(*ordinal).number("partition", partition).skips();
            }
            None => self.report("sts.update.done").fact("revision", update).skips(),
        }
    }

    fn is_listening(&self) -> bool {
        self.ctx.decisions.is_listening()
    }
}
