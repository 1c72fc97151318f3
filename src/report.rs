//! What a program outside asks of a playground, as plain values: what was said, objects, decisions, blocks of a page.
//!
//! One form for scripts in a page, for Node and for the native program's lines of JSON; knows none of them.

use crate::cluster::Change;
use crate::controllers::Outcome;
use crate::explain::{self, cause::End as Ending};
use crate::i18n::{self, Lang, decisions};
use crate::kubectl::{Output, Stream};
use crate::model::{Key, Kind, Millis, Value, parse_json};
use crate::obj;
use crate::playground::{Entry, Playground, Record};
use crate::tutorial::{self, Answer, Block, Content};
use std::rc::Rc;

/// The longest that a command is waited for where somebody asks from outside.
const WAIT_MAX: Millis = Millis::seconds(600);

/// Why there is no answer. Its code is stable, its words are for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// `bad-kind`, `not-found`, `bad-manifest`, `bad-session`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Types a line and waits for its end, ten minutes of virtual time at most: `output` is the text, `lines` are its lines with
/// their `stream` (`out`, `err`), `hints` the lab's own remarks, `exit` the exit status, null while it goes on.
pub fn run(playground: &mut Playground, line: &str) -> Value {
    let before = playground.entries().last().cloned();
    playground.enter(line);
    wait(playground);
    said(playground, before.as_ref())
}

/// Types a line that others follow, as in a file: what has not ended after ten minutes of virtual time is ended as by
/// Ctrl-C, and a hint says so. The rest is as for [`run`].
pub fn play(playground: &mut Playground, line: &str) -> Value {
    let before = playground.entries().last().cloned();
    playground.enter(line);
    wait(playground);
    let is_endless = playground.is_busy();
    if is_endless {
        playground.interrupt();
    }
    let mut told = said(playground, before.as_ref());
    if is_endless {
        let words = i18n::console::find(playground.lang(), "run.endless").unwrap_or_default();
        told.at_mut(&["hints"]).list_mut().push(Value::text(&format!("hint: {words}")));
        told.set_at(&["exit"], 130);
    }
    told
}

/// Waits for the command in the foreground.
pub fn wait(playground: &mut Playground) {
    let end = playground.now().0 + WAIT_MAX.0;
    while playground.is_busy() && playground.now().0 < end {
        let next = playground.next_at().map_or(end, |at| at.0.min(end));
        playground.advance(next.saturating_sub(playground.now().0).max(1));
    }
}

/// The outputs behind `before`.
fn outputs<'p>(playground: &'p Playground, before: Option<&Rc<Entry>>) -> impl Iterator<Item = &'p Output> {
    let entries = playground.entries();
    // A line typed in the past plays its branch anew: what was said before stands there once more.
    let find = |is_it: fn(&Rc<Entry>, &Rc<Entry>) -> bool| {
        before.and_then(|before| entries.iter().rposition(|entry| is_it(entry, before)))
    };
    let at = find(Rc::ptr_eq).or_else(|| find(|a, b| a == b));
    let after = entries.get(at.map_or(0, |at| at + 1)..).unwrap_or_default();
    after.iter().filter_map(|entry| match &**entry {
        Entry::Said { output, .. } => Some(output),
        Entry::Typed { .. } => None,
    })
}

/// What is seen behind `before` as one text: each hint at its place, and lines of jobs with their numbers.
pub fn seen(playground: &Playground, before: Option<&Rc<Entry>>) -> String {
    outputs(playground, before).flat_map(|output| &output.lines).map(|line| line.marked() + "\n").collect()
}

/// What was said behind `before`, see [`run`].
pub fn said(playground: &Playground, before: Option<&Rc<Entry>>) -> Value {
    let (mut text, mut lines, mut hints, mut exit) = (String::new(), Vec::new(), Vec::new(), Value::Null);
    for output in outputs(playground, before) {
        exit = output.exit.map_or(Value::Null, |exit| Value::Int(exit.into()));
        for line in &output.lines {
            let stream = match line.stream {
                Stream::Hint => {
                    hints.push(Value::text(&line.text()));
                    continue;
                }
                Stream::Out => "out",
                Stream::Err => "err",
            };
            text += &line.text();
            text.push('\n');
            lines.push(obj! { "text" => line.text(), "stream" => stream });
        }
    }
    obj! { "output" => text, "lines" => lines, "hints" => hints, "exit" => exit }
}

/// What `kubectl get KIND [NAME] -o json` says: an object, `web-0` or `namespace/web-0`, or a list of all namespaces.
///
/// # Errors
/// `bad-kind` for what is no kind, `not-found` for a name that is not there.
pub fn objects(playground: &Playground, kind: &str, name: Option<&str>) -> Result<Value, Refused> {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|it| it.is_ascii_alphanumeric() || b"-.".contains(&it));
    let place = name.map(|name| name.split_once('/').unwrap_or(("default", name)));
    if !kind.split('/').all(is_word) || !place.is_none_or(|(namespace, name)| is_word(namespace) && is_word(name)) {
        let what = format!("{kind:?} {name:?} is no kind and name");
        return Err(Refused { code: "bad-kind", message: what });
    }
    let line = match place {
        Some((namespace, name)) => format!("kubectl get {kind} {name} -n {namespace} -o json"),
        None => format!("kubectl get {kind} -A -o json"),
    };
    let (text, complaint) = texts(&playground.aside(&[], &line));
    parse_json(&text).map_err(|_| {
        let code =
            if complaint.contains("NotFound") || complaint.contains("not found") { "not-found" } else { "bad-kind" };
        Refused { code, message: complaint.trim_end().to_string() }
    })
}

/// What applying a manifest would lead to, as sentences.
pub fn plan(playground: &Playground, manifest: &str) -> Value {
    let (text, complaint) = texts(&playground.aside(&[("plan.yaml", manifest)], "lab plan -f plan.yaml"));
    let lines = |text: &str| text.lines().map(Value::text).collect::<Vec<_>>();
    obj! { "lines" => lines(&text), "errors" => lines(&complaint) }
}

/// Why an object is not as asked: `object`, `fine`, `causes` (the cause first, what follows from it after), `ends` (`itself`,
/// `somebody`; null if all is well), `since` and `until` in milliseconds or null, `remedies` with `line` and `effect`, and
/// `came`, the way back to what somebody did, the latest first.
///
/// # Errors
/// `bad-kind` for what is no kind, `not-found` for a name that is not there and that no set will make.
pub fn why(playground: &Playground, lang: Lang, kind: &str, name: &str) -> Result<Value, Refused> {
    let Some(kind) = Kind::from_resource(kind) else {
        return Err(Refused { code: "bad-kind", message: format!("the server doesn't have a resource type {kind:?}") });
    };
    let (namespace, name) = name.split_once('/').unwrap_or(("default", name));
    let namespace = if kind.names().is_namespaced { namespace } else { "" };
    let key = Key::new(kind, namespace.to_string(), name.to_string());
    let cluster = playground.cluster();
    let links = explain::answer(cluster, &key);
    if links.is_empty() && cluster.get(&key).is_none() {
        let message = format!("{} {name:?} not found", kind.names().plural);
        return Err(Refused { code: "not-found", message });
    }
    let named = |key: &Key| format!("{:?}/{}", key.kind, key.name);
    let root = links.first();
    let (ends, until) = match root.map(|root| root.end) {
        None => (Value::Null, Value::Null),
        Some(Ending::Somebody) => (Value::text("somebody"), Value::Null),
        Some(Ending::ByItself(Some(until))) => (Value::text("itself"), Value::Int(until.0)),
        Some(Ending::ByItself(None) | Ending::Follows) => (Value::text("itself"), Value::Null),
    };
    let since = root.and_then(|root| explain::cause::since(cluster, root));
    let causes =
        links.iter().map(|link| obj! { "object" => named(&link.key), "rule" => link.rule, "text" => link.say(lang) });
    let remedies = links.iter().flat_map(|link| link.remedies.iter().map(move |remedy| (link, remedy)));
    let remedies =
        remedies.map(|(link, remedy)| obj! { "line" => remedy.line.clone(), "effect" => link.effect(lang, remedy) });
    let came = explain::came(playground.origins(), &key, &links).into_iter();
    let came = came.map(|step| obj! { "at" => step.at.0, "text" => explain::origin::say_step(lang, &step) });
    Ok(obj! {
        "object" => named(&key),
        "fine" => links.is_empty(),
        "causes" => causes.collect::<Vec<_>>(),
        "ends" => ends,
        "since" => since.map_or(Value::Null, |since| Value::Int(since.0)),
        "until" => until,
        "remedies" => remedies.collect::<Vec<_>>(),
        "came" => came.collect::<Vec<_>>(),
    })
}

/// Standard output with hints, and standard error.
fn texts(entries: &[Rc<Entry>]) -> (String, String) {
    let (mut out, mut err) = (String::new(), String::new());
    for entry in entries {
        let Entry::Said { output, .. } = &**entry else { continue };
        for line in &output.lines {
            let text = if line.stream == Stream::Err { &mut err } else { &mut out };
            text.push_str(&line.text());
            text.push('\n');
        }
    }
    (out, err)
}

/// A stored write: `at`, `change` (`added`, `modified`, `deleted`), `object`, `namespace`, `resourceVersion`.
pub fn change(change: &Change) -> Value {
    obj! {
        "at" => change.at.0,
        "change" => format!("{:?}", change.verb).to_lowercase(),
        "object" => format!("{:?}/{}", change.kind(), change.object.meta.name),
        "namespace" => change.object.meta.namespace.to_string(),
        "resourceVersion" => change.resource_version.to_string(),
    }
}

/// The decisions so far, from the one with number `from` on.
pub fn decisions_since(playground: &Playground, lang: Lang, from: usize) -> Value {
    let decisions = playground.records().iter().filter_map(|record| match record {
        Record::Decision(decision) => Some(decision),
        Record::Change(_) => None,
    });
    let values = decisions.skip(from).map(|decision| {
        let facts: Vec<(&str, &str)> = decision.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut known = Value::map();
        for (name, value) in &facts {
            known.set_at(&[name], Value::text(value));
        }
        obj! {
            "at" => decision.at.0,
            "controller" => format!("{:?}", decision.controller),
            "object" => format!("{:?}/{}", decision.key.kind, decision.key.name),
            "namespace" => decision.key.namespace.to_string(),
            "rule" => decision.rule,
            "outcome" => match decision.outcome {
                Outcome::Acts => "acts",
                Outcome::Waits => "waits",
                Outcome::Skips => "skips",
            },
            "facts" => known,
            "text" => decisions::say(lang, decision.rule, &facts),
        }
    });
    values.collect::<Vec<_>>().into()
}

/// A block of a page: `kind` (`manifest`, `session`, `text`), `name`, and `turns` with `typed` and `printed`; `watches` if
/// it begins with a watch, so that no time is to go by before it.
pub fn block(block: &Block) -> Value {
    let texts = |lines: &[String]| lines.iter().map(|line| Value::text(line)).collect::<Vec<_>>();
    let turns: Vec<Value> = block
        .turns()
        .iter()
        .map(|turn| obj! { "typed" => turn.typed.clone(), "printed" => texts(&turn.printed), "line" => turn.line as i64 })
        .collect();
    let kind = match block.content {
        Content::Manifest => "manifest",
        Content::Session(_) => "session",
        Content::Text => "text",
    };
    obj! { "kind" => kind, "name" => block.name.as_deref().map_or(Value::Null, Value::text), "turns" => turns, "watches" => tutorial::watches(block) }
}

/// What the cluster said to a line of a page: `prompt`, `said`, `hints`, `exit`, and `differences`, each with the number of the
/// `printed` line and of the one `said` in its place, or null. Where `printed` is null nothing is printed, and the line fails.
pub fn answer(answer: &Answer) -> Value {
    let texts = |lines: &[String]| lines.iter().map(|line| Value::text(line)).collect::<Vec<_>>();
    let number = |at: Option<usize>| at.map_or(Value::Null, |at| Value::Int(at as i64));
    let exit = answer.exit.map_or(Value::Null, |exit| Value::Int(exit.into()));
    let differences: Vec<Value> = answer
        .differences
        .iter()
        .map(|it| obj! { "printed" => number(it.printed), "said" => number(it.said) })
        .collect();
    obj! { "prompt" => answer.prompt.clone(), "said" => texts(&answer.said), "hints" => texts(&answer.hints), "exit" => exit, "differences" => differences }
}
