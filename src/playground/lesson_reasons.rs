//! Why an answer to a lesson's question is right, by what happened in this very run.

use super::lesson_attempt::{Attempt, Explanation};
use super::{Playground, Record};
use crate::controllers::{Decision, Outcome, Subject};
use crate::explain;
use crate::i18n::{Lang, decisions};
use crate::model::pod_ordinal::ordinal_in;
use crate::model::{Key, Kind, Millis, Object};

/// How many reasons explain an answer.
const REASONS_MAX: usize = 3;

/// What asks for the cause of an object instead of a rule: `because: why node/node-b`.
const WHY: &str = "why ";

/// One reason.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason<'a> {
    /// What a controller decided.
    Decided(&'a Decision),
    /// The cause of what there was to be seen when the step was done.
    Cause(&'a Explanation),
    /// What a component reported of an object.
    Reported(Millis, String),
}

/// The objects that words name as `kind/name`.
fn objects<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Key> {
    let mut found: Vec<Key> = Vec::new();
    for word in words.filter(|word| !word.starts_with('-')) {
        let named = word.split_once('/').and_then(|(kind, name)| Some((Kind::from_resource(kind)?, name)));
        let Some((kind, name)) = named else { continue };
        let namespace = if kind.names().is_namespaced { "default" } else { "" };
        let key = Key::new(kind, namespace, name.to_string());
        if !found.contains(&key) {
            found.push(key);
        }
    }
    found
}

/// The objects that the goals of a step speak of.
fn goal_objects(attempt: &Attempt, step: usize) -> Vec<Key> {
    let goals = attempt.lesson.steps.get(step).map_or(&[][..], |it| &it.goals);
    objects(goals.iter().flat_map(|goal| goal.condition.split_whitespace()))
}

/// The rules, or the questions, that a step's author wants to be quoted.
fn because(attempt: &Attempt, step: usize) -> Option<&[String]> {
    Some(&attempt.lesson.steps.get(step)?.question.as_ref()?.because)
}

impl Playground {
    /// The causes of what a step's question is about, now that the step is done: of the objects that `because` names,
    /// or without one of those that the goals speak of.
    pub(super) fn causes_of(&self, attempt: &Attempt, step: usize) -> Vec<Explanation> {
        let Some(because) = because(attempt, step) else { return Vec::new() };
        let asked = objects(because.iter().filter_map(|it| it.strip_prefix(WHY)));
        let keys = if because.is_empty() { goal_objects(attempt, step) } else { asked };
        let cluster = self.cluster();
        let mut told: Vec<Explanation> = Vec::new();
        for key in keys {
            for link in explain::answer(cluster, &key) {
                let at = explain::cause::since(cluster, &link).unwrap_or(self.now());
                let one = Explanation::new(at, link.say(Lang::En), link.say(Lang::Ja));
                if told.len() < REASONS_MAX && told.iter().all(|other| other.say(Lang::En) != one.say(Lang::En)) {
                    told.push(one);
                }
            }
        }
        told
    }

    /// What explains the answer to a step's question in this run, once the step is done; three reasons at most. The
    /// author's `because` says what to quote. Without it that is what controllers decided about the objects of the
    /// goals, or what keeps these as they are, or what components reported of them.
    pub fn reasons(&self, step: usize) -> Vec<Reason<'_>> {
        let Some(attempt) = &self.attempt else { return Vec::new() };
        let (begun, Some(done)) = attempt.stretch(step) else { return Vec::new() };
        let told = || attempt.told(step).iter().map(Reason::Cause).collect::<Vec<_>>();
        let Some(because) = because(attempt, step) else { return Vec::new() };
        if because.iter().any(|it| it.starts_with(WHY)) {
            return told();
        }
        if !because.is_empty() {
            return self.by_rules(because, begun, done);
        }
        let keys = goal_objects(attempt, step);
        let about = |it: &Decision| keys.iter().any(|key| is_about(it, key));
        let is_act = |it: &Decision| it.outcome == Outcome::Acts && !is_routine(it.rule);
        let decided = distinct(self.decisions(begun, done).filter(|it| is_act(it) && about(it)));
        let reasons = if decided.is_empty() { told() } else { decided };
        let reasons = if reasons.is_empty() { self.reports(&keys, begun, done) } else { reasons };
        if reasons.is_empty() { distinct(self.decisions(begun, done).filter(|it| is_act(it))) } else { reasons }
    }

    /// What was decided by the first of these rules that decided anything.
    fn by_rules(&self, rules: &[String], begun: Millis, done: Millis) -> Vec<Reason<'_>> {
        let first = rules.iter().find(|rule| self.decisions(begun, done).any(|it| it.rule == **rule));
        match first {
            Some(rule) => distinct(self.decisions(begun, done).filter(|it| it.rule == *rule)),
            // What goes on to wait was decided once, maybe before the step began.
            None => {
                let earlier = |rule: &String| self.decisions(Millis::ZERO, begun).filter(|it| it.rule == *rule).last();
                rules.iter().find_map(earlier).map(Reason::Decided).into_iter().collect()
            }
        }
    }

    /// What was decided in this run from one moment to another.
    fn decisions(&self, from: Millis, until: Millis) -> impl Iterator<Item = &Decision> {
        let records = self.records().get(..self.record_count()).unwrap_or(&[]).iter();
        records.filter_map(move |record| match record {
            Record::Decision(it) if (from..=until).contains(&it.at) => Some(it),
            _ => None,
        })
    }

    /// What components reported of these objects from one moment to another, the latest first.
    fn reports(&self, keys: &[Key], from: Millis, until: Millis) -> Vec<Reason<'_>> {
        let records = self.records().get(..self.record_count()).unwrap_or(&[]).iter().rev();
        let events = records.filter_map(|record| match record {
            Record::Change(change) if change.kind() == Kind::Event && (from..=until).contains(&change.at) => {
                Some((change.at, &change.object))
            }
            _ => None,
        });
        let of_keys = events.filter(|(_, event)| keys.iter().any(|key| is_of(event, key)));
        let said = of_keys.map(|(at, event)| {
            let component = event.str_at(&["source", "component"]);
            let component = if component.is_empty() { event.str_at(&["reportingComponent"]) } else { component };
            let (reason, message) = (event.str_at(&["reason"]), event.str_at(&["message"]));
            Reason::Reported(at, format!("{component}: {reason}: {message}"))
        });
        let mut said: Vec<Reason<'_>> = said.take(REASONS_MAX).collect();
        said.reverse();
        said
    }
}

/// Whether an event is about an object.
fn is_of(event: &Object, key: &Key) -> bool {
    event.str_at(&["involvedObject", "kind"]) == key.kind.names().kind
        && event.str_at(&["involvedObject", "name"]) == key.name.as_str()
}

/// Decisions that differ, the earliest first.
fn distinct<'a>(decisions: impl Iterator<Item = &'a Decision>) -> Vec<Reason<'a>> {
    let mut found: Vec<&Decision> = Vec::new();
    for decision in decisions {
        if found.len() < REASONS_MAX && found.iter().all(|it| it.rule != decision.rule || it.facts != decision.facts) {
            found.push(decision);
        }
    }
    found.into_iter().map(Reason::Decided).collect()
}

/// Whether a rule tells nothing that a reader asks for: the look at the set, and the writing of its status.
fn is_routine(rule: &str) -> bool {
    rule == "sts.sync" || rule.starts_with("sts.status.") || rule.starts_with("sts.sync.")
}

fn is_about(decision: &Decision, key: &Key) -> bool {
    match &decision.subject {
        Subject::Object(subject) => subject == key,
        Subject::Whole => decision.key == *key,
        Subject::Ordinal(ordinal) => {
            key.kind == Kind::Pod && ordinal_in(&decision.key.name, &key.name) == Some(*ordinal)
        }
    }
}

impl Reason<'_> {
    /// When it was so.
    pub fn at(&self) -> Millis {
        match self {
            Reason::Decided(decision) => decision.at,
            Reason::Cause(told) => told.at,
            Reason::Reported(at, _) => *at,
        }
    }

    /// Its words; those of components are theirs.
    pub fn say(&self, lang: Lang) -> String {
        match self {
            Reason::Decided(decision) => {
                let facts: Vec<(&str, &str)> = decision.facts.iter().map(|(name, it)| (*name, it.as_str())).collect();
                decisions::say(lang, decision.rule, &facts)
            }
            Reason::Cause(told) => told.say(lang).to_string(),
            Reason::Reported(_, text) => text.clone(),
        }
    }
}
