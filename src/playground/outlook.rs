//! What lies ahead, and how a text compares with the cluster: found out on copies.

use super::{Entry, Input, Lab, Playground, Record, SETTLED_WORK_MAX, is_visible};
use crate::explain;
use crate::i18n::Lang;
use crate::model::{Kind, Millis};
use crate::sim::World as _;
use std::rc::Rc;

/// What lies ahead if nobody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing that can be seen will change.
    Settled,
    /// The next thing that can be seen changes at this moment.
    Until(Millis),
    /// It would take long to find out.
    Unknown,
}

/// How much more work autoscalers may do meanwhile: they look every few seconds for ever, and mostly find nothing new.
const MEASURED_WORK_MAX: usize = 8_000;

/// Whether it is what an autoscaler leaves behind that has found nothing new.
fn is_measuring(record: &Record) -> bool {
    match record {
        Record::Decision(decision) => decision.key.kind == Kind::HorizontalPodAutoscaler,
        Record::Change(change) => {
            let about = change.object.str_at(&["involvedObject", "kind"]);
            change.kind() == Kind::Event && about == "HorizontalPodAutoscaler"
        }
    }
}

/// How a text compares with the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Applying it would change nothing.
    Same,
    /// Applying it would change objects that are there.
    Differs,
    /// An object of it is not there.
    Missing,
    /// It cannot be applied.
    Refused,
}

/// The name of a text while it is compared.
const COMPARED_FILE: &str = "compared.yaml";

impl Playground {
    /// Whether nothing that can be seen will change within `within` unless somebody acts. Where that would take long to
    /// find out, as with many probes that fail, the answer is no.
    pub fn is_settled(&self, within: Millis) -> bool {
        self.outlook(within) == Outlook::Settled
    }

    /// What lies ahead within `within`, if nobody acts.
    pub fn outlook(&self, within: Millis) -> Outlook {
        let records = self.history.branch().records();
        let later = records.get(self.lab().count..).unwrap_or(&[]);
        if self.history.has_future_inputs() {
            return Outlook::Unknown;
        }
        if let Some(next) = later.iter().find(|record| is_visible(record)) {
            return Outlook::Until(super::record_at(next));
        }
        let mut lab = self.lab().clone();
        let (until, seen) = (self.now() + within, lab.seen_in_terminals());
        let mut enough = lab.work_count() + SETTLED_WORK_MAX;
        let most = enough + MEASURED_WORK_MAX;
        lab.fresh.clear();
        while let Some(next) = lab.next_at().filter(|next| *next <= until) {
            let before = lab.work_count();
            lab.advance_to(next.max(lab.now()));
            if !lab.fresh.is_empty() && lab.fresh.iter().all(is_measuring) {
                enough = (enough + lab.work_count() - before).min(most);
            }
            if lab.fresh.iter().any(is_visible) || lab.seen_in_terminals() != seen {
                return Outlook::Until(lab.now());
            }
            if lab.work_count() > enough {
                return Outlook::Unknown;
            }
            lab.fresh.clear();
        }
        Outlook::Settled
    }

    /// What keeps something from being as asked until somebody acts, in words; `None` if nothing does. The namespace
    /// `default` comes first.
    pub fn stuck(&self, lang: Lang) -> Option<String> {
        let others = self.cluster().list(Kind::Namespace).map(|it| it.meta.name.to_string());
        let others = others.filter(|name| name != "default" && !name.starts_with("kube-"));
        let mut namespaces = std::iter::once("default".to_string()).chain(others).take(NAMESPACES_MAX);
        namespaces.find_map(|namespace| explain::stuck(self.sim(), &namespace)).map(|root| root.say(lang))
    }

    /// What `kubectl diff` would find for a text, in a terminal like the one that is looked at.
    pub fn compare(&self, text: &str) -> Compared {
        let exit_of = |line: &str| {
            let mut lab = Lab::clone(self.lab());
            lab.terminals.here_mut().entries = Rc::default();
            lab.apply(&Input::File(COMPARED_FILE.into(), text.into()));
            lab.apply(&Input::Ask(format!("{line} -f {COMPARED_FILE}")));
            let said = lab.terminals.here().entries.iter().rev().find_map(|entry| match &**entry {
                Entry::Said { output, .. } => output.exit,
                Entry::Typed { .. } => None,
            });
            said.unwrap_or(0)
        };
        match exit_of("kubectl diff") {
            0 => Compared::Same,
            1 if exit_of("kubectl get") == 0 => Compared::Differs,
            1 => Compared::Missing,
            _ => Compared::Refused,
        }
    }
}

/// The most namespaces that are searched for what is stuck.
const NAMESPACES_MAX: usize = 20;
