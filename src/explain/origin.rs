//! From a visible change back to what the user did: which rule made a controller act, and which input made the rule
//! hold; kept as things happen, one entry an object.

use super::changed_fields;
use super::plan::{What, happenings};
use crate::cluster::{Change, Verb};
use crate::controllers::{Decision, Outcome, Subject};
use crate::i18n::{self, Lang, causes};
use crate::model::pod::node_of;
use crate::model::{Key, Kind, Millis, Text};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// What a user did to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub at: Millis,
    /// The line.
    pub line: Text,
    /// The fields that it changed, as far as there are few; empty for a new object.
    pub fields: Text,
}

/// A controller's rule by its id, its facts, and the object that the controller looked after.
type Rule = (&'static str, Vec<(&'static str, Text)>, Key);

/// The last thing that happened to an object.
#[derive(Clone, Debug)]
struct Move {
    at: Millis,
    what: What,
    /// The rule by which a controller did it.
    rule: Option<Rule>,
    /// What a user did, if it was a user.
    deed: Option<Rc<Deed>>,
    /// The object that it belongs to.
    owner: Option<Key>,
    /// The machine that it runs on.
    node: Option<Key>,
    /// How the pod of this name before it went, if there was one.
    before: Option<Rc<Gone>>,
}

/// How a pod went whose name another one has now.
#[derive(Clone, Debug)]
struct Gone {
    /// What a user did to it last.
    deed: Option<Rc<Deed>>,
    /// The machine that made it go.
    node: Option<Key>,
}

/// One step on the way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Millis,
    /// What happened.
    pub how: How,
    /// Whether it stands for itself: it did not lead to the step before it in a list.
    pub is_apart: bool,
}

impl Step {
    fn new(at: Millis, how: How) -> Step {
        Step { at, how, is_apart: false }
    }
}

/// What happened at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Something happened to an object.
    Happened(What, Key),
    /// A controller followed a rule.
    Rule(&'static str, Vec<(&'static str, Text)>),
    /// A user did it.
    Deed(Rc<Deed>, Key),
}

/// What happened to each object last, and what users did to it last.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    moves: SharedMap<Key, Rc<Move>>,
    deeds: SharedMap<Key, Rc<Deed>>,
    /// Pods in whose containers a user wrote files since they became ready.
    files: SharedMap<Key, Rc<Deed>>,
}

/// The most objects that are remembered.
const KEPT_MAX: usize = 20_000;

impl Origins {
    /// Learns of writes and of what was decided together with them. `line` is what a user did, if it was a user.
    pub fn note(&mut self, changes: &[Change], decisions: &[Decision], line: Option<&Text>) {
        for change in changes.iter().filter(|change| is_told(change.kind())) {
            let key = change.object.key();
            let deed = line.map(|line| Rc::new(Deed { at: change.at, line: line.clone(), fields: fields_of(change) }));
            let before = self.before(&key, change.verb == Verb::Added);
            match &deed {
                Some(deed) => self.remember_deed(&key, deed),
                // What was done to an earlier object of that name was not done to this one.
                None if change.verb == Verb::Added => drop(self.deeds.remove(&key)),
                None => {}
            }
            let Some(what) = happenings(change).into_iter().next() else { continue };
            if what != What::Unready {
                drop(self.files.remove(&key));
            }
            let is_known = self.moves.contains_key(&key);
            if !is_known && self.moves.len() >= KEPT_MAX {
                continue;
            }
            let rule = decisions.iter().rev().find(|decision| is_about(decision, &key));
            let rule = rule.map(|it| (it.rule, it.facts.clone(), it.key.clone()));
            let owner = change.object.meta.controller().and_then(|owner| {
                let kind = Kind::of(&owner.api_version, &owner.kind)?;
                Some(Key::new(kind, key.namespace.clone(), owner.name.clone()))
            });
            let node = (key.kind == Kind::Pod).then(|| Key::new(Kind::Node, "", node_of(&change.object)));
            self.moves.insert(key, Rc::new(Move { at: change.at, what, rule, deed, owner, node, before }));
        }
    }

    /// How the pod before this one went: that is why its controller made another one of the name.
    fn before(&self, key: &Key, is_new: bool) -> Option<Rc<Gone>> {
        let last = self.moves.get(key).filter(|_| key.kind == Kind::Pod)?;
        if !is_new {
            return last.before.clone();
        }
        let facts = last.rule.as_ref().map_or(&[][..], |(_, facts, _)| facts);
        let node =
            facts.iter().find(|(name, _)| *name == "node").map(|(_, node)| Key::new(Kind::Node, "", node.clone()));
        Some(Rc::new(Gone { deed: self.deeds.get(key).cloned(), node }))
    }

    /// Learns of something that a user did to an object without writing it, such as stopping a machine.
    pub fn note_deed(&mut self, key: &Key, at: Millis, line: &Text) {
        self.remember_deed(key, &Rc::new(Deed { at, line: line.clone(), fields: Text::default() }));
    }

    /// Learns that a user wrote files in a pod's containers: a probe may miss them.
    pub fn note_files(&mut self, pod: &Key, at: Millis, line: &Text) {
        if self.files.contains_key(pod) || self.files.len() < KEPT_MAX {
            self.files.insert(pod.clone(), Rc::new(Deed { at, line: line.clone(), fields: Text::default() }));
        }
    }

    fn remember_deed(&mut self, key: &Key, deed: &Rc<Deed>) {
        if self.deeds.contains_key(key) || self.deeds.len() < KEPT_MAX {
            self.deeds.insert(key.clone(), Rc::clone(deed));
        }
    }

    /// The way back from what happened to an object last: what happened, the rule, the input behind it.
    pub fn chain(&self, key: &Key) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(last) = self.moves.get(key) else {
            steps.extend(self.deed_step(key, Millis(i64::MAX)));
            return steps;
        };
        // What was done to it at the same moment, by another line, came after it.
        let is_later = |deed: &Deed| {
            let own = last.deed.as_ref().filter(|_| deed.at == last.at);
            deed.at > last.at || own.is_some_and(|own| own.line != deed.line)
        };
        if let Some(deed) = self.deeds.get(key).filter(|deed| is_later(deed)) {
            return vec![Step::new(deed.at, How::Deed(Rc::clone(deed), key.clone()))];
        }
        steps.push(Step::new(last.at, How::Happened(last.what, key.clone())));
        if let Some(deed) = &last.deed {
            steps.push(Step::new(deed.at, How::Deed(Rc::clone(deed), key.clone())));
            return steps;
        }
        // Nothing that was done to its set at the same moment made it so.
        if let Some(deed) = self.files.get(key).filter(|deed| last.what == What::Unready && deed.at <= last.at) {
            steps.push(Step::new(deed.at, How::Deed(Rc::clone(deed), key.clone())));
            return steps;
        }
        let mut behind: Vec<&Key> = Vec::new();
        let nodes: Vec<Key>;
        if let Some((rule, facts, looked_at)) = &last.rule {
            steps.push(Step::new(last.at, How::Rule(rule, facts.clone())));
            nodes = facts
                .iter()
                .filter(|(name, _)| *name == "node")
                .map(|(_, node)| Key::new(Kind::Node, "", node.clone()))
                .collect();
            behind.extend(&nodes);
            behind.push(looked_at);
        }
        behind.extend(&last.owner);
        behind.push(key);
        behind.extend(&last.node);
        let before = last.before.as_ref();
        behind.extend(before.and_then(|it| it.node.as_ref()));
        // Of everything that it hangs on, what was done last is what moved it.
        let deeds = behind.into_iter().filter_map(|key| self.deed_step(key, last.at));
        let earlier = before.and_then(|it| it.deed.clone());
        let earlier = earlier.map(|deed| Step::new(deed.at, How::Deed(deed, key.clone())));
        steps.extend(deeds.chain(earlier).max_by_key(|step| step.at));
        steps
    }

    /// The line behind what happened to an object at a moment: what moved it last before. Also when more has happened to it
    /// since, as long as nobody had a hand in that.
    pub fn line_behind(&self, key: &Key, at: Millis) -> Option<Text> {
        let steps = self.chain(key);
        let mut deeds = steps.iter().filter(|step| step.at <= at).filter_map(|step| match &step.how {
            How::Deed(deed, _) => Some(deed.line.clone()),
            _ => None,
        });
        deeds.next_back()
    }

    fn deed_step(&self, key: &Key, until: Millis) -> Option<Step> {
        let deed = self.deeds.get(key).filter(|deed| deed.at <= until)?;
        Some(Step::new(deed.at, How::Deed(Rc::clone(deed), key.clone())))
    }
}

fn is_told(kind: Kind) -> bool {
    !matches!(kind, Kind::Event | Kind::EndpointSlice | Kind::Endpoints | Kind::ControllerRevision)
}

fn is_about(decision: &Decision, key: &Key) -> bool {
    if decision.outcome != Outcome::Acts {
        return false;
    }
    match &decision.subject {
        Subject::Object(subject) => subject == key,
        Subject::Ordinal(ordinal) => {
            let set = &decision.key;
            key.kind == Kind::Pod
                && key.namespace == set.namespace
                && key.name.strip_prefix(set.name.as_str()).and_then(|rest| rest.strip_prefix('-'))
                    == Some(ordinal.to_string().as_str())
        }
        Subject::Whole => decision.key == *key,
    }
}

/// The most fields that are named.
const FIELDS_MAX: usize = 3;

/// The fields that a write changed: `spec.replicas 3 → 5`.
fn fields_of(change: &Change) -> Text {
    let Some(old) = change.old.as_ref().filter(|_| change.verb == Verb::Modified) else { return Text::default() };
    let mut found = changed_fields::fields_of(old, &change.object);
    let more = found.len().saturating_sub(FIELDS_MAX);
    found.truncate(FIELDS_MAX);
    if more > 0 {
        found.push(format!("… ({more})"));
    }
    found.join(", ").into()
}

/// A step in words, with the sign of how it hangs together with the one before it: an arrow to what it led to, or a word
/// where it stands for itself. `number` counts from 0.
pub fn say_step_of(lang: Lang, number: usize, step: &Step) -> String {
    let said = say_step(lang, step);
    match (number, step.is_apart) {
        (0, _) => said,
        (_, true) => causes::said(lang, "why.apart", &[("text", &said)]),
        (_, false) => format!("← {said}"),
    }
}

/// A step in words.
pub fn say_step(lang: Lang, step: &Step) -> String {
    let text = |key: &str, values: &[(&str, &str)]| causes::said(lang, key, values);
    let name = |key: &Key| format!("{}/{}", key.kind.names().singular, key.name);
    let at = super::cause::clock(step.at);
    let what = match &step.how {
        How::Happened(what, key) => {
            let key_of = match what {
                What::Created => "why.made",
                What::Deleted => "why.gone",
                What::Terminating => "why.going",
                What::Ready => "why.ready",
                What::Unready => "why.unready",
            };
            text(key_of, &[("name", &name(key))])
        }
        How::Rule(rule, facts) => {
            let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
            return i18n::decisions::say(lang, rule, &facts);
        }
        How::Deed(deed, _) if deed.fields.is_empty() => text("why.deed", &[("line", &deed.line)]),
        How::Deed(deed, key) => {
            let changed = text("why.changed", &[("name", &name(key)), ("fields", &deed.fields)]);
            format!("{}: {changed}", text("why.deed", &[("line", &deed.line)]))
        }
    };
    text("why.link", &[("text", &what), ("at", &at)])
}
