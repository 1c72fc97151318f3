//! `kubectl rollout`: status, history, pause, resume, undo, restart; the controller does the work.
//!
//! Follows `pkg/cmd/rollout` of kubectl.

use super::apply::LAST_APPLIED;
use super::dry_run::{self, DRY_RUN, finish, is_dry, is_local};
use super::requests::{FIELD_MANAGER, update};
use super::rollout_kinds::{self, Revision, group_kind, is_paused, is_rolled};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::describe::template_text;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats::{self, Format, print_operation};
use crate::kubectl::resources::{namespace_of, qualified_name};
use crate::kubectl::selection::{self, Labelled, Rules, select};
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::kubernetes::Difference;
use crate::model::workload::update_type;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use std::rc::Rc;

/// The row of `kubectl rollout undo`.
pub const ROLLOUT_UNDO: Verb = Verb {
    name: "rollout undo",
    flags: UNDO_FLAGS,
    run: undo,
    manager: "kubectl-rollout",
    completes: Completes::Sets,
    listed: None,
    ways: Ways::USUAL,
    help: help(
        "Roll back to a previous rollout.",
        &[("Back to the template before", "kubectl rollout undo sts/web")],
        &[("--to-revision=0", "Which revision; 0 is the one before."), help::DRY_RUN],
        "rollout undo (TYPE NAME | TYPE/NAME) [flags] [options]",
    ),
};

/// The row of `kubectl rollout status`.
pub const ROLLOUT_STATUS: Verb = Verb {
    name: "rollout status",
    flags: STATUS_FLAGS,
    run: status,
    manager: "kubectl-rollout",
    completes: Completes::Sets,
    listed: None,
    ways: Ways::USUAL,
    help: help(
        "Show the status of the rollout, and wait for its end.",
        &[("Wait for a rollout", "kubectl rollout status sts/web --timeout=60s")],
        &[("-w, --watch=true", "Wait for the end."), help::TIMEOUT],
        "rollout status (TYPE NAME | TYPE/NAME) [flags] [options]",
    ),
};

/// The row of `kubectl rollout resume`.
pub const ROLLOUT_RESUME: Verb = Verb {
    name: "rollout resume",
    flags: CHANGE_FLAGS,
    run: resume,
    manager: "kubectl-rollout",
    completes: Completes::Sets,
    listed: None,
    ways: Ways::USUAL,
    help: help("Resume a paused resource.", &[], &[], "rollout resume RESOURCE [options]"),
};

/// The row of `kubectl rollout restart`.
pub const ROLLOUT_RESTART: Verb = Verb {
    name: "rollout restart",
    flags: CHANGE_FLAGS,
    run: restart,
    manager: "kubectl-rollout",
    completes: Completes::Sets,
    listed: None,
    ways: Ways::USUAL,
    help: help(
        "Restart a resource: its pods are replaced one after the other.",
        &[("Restart a set", "kubectl rollout restart sts/web")],
        &[help::SELECTOR],
        "rollout restart RESOURCE [options]",
    ),
};

/// The row of `kubectl rollout pause`.
pub const ROLLOUT_PAUSE: Verb = Verb {
    name: "rollout pause",
    flags: CHANGE_FLAGS,
    run: pause,
    manager: "kubectl-rollout",
    completes: Completes::Sets,
    listed: None,
    ways: Ways::USUAL,
    help: help("Mark the provided resource as paused.", &[], &[], "rollout pause RESOURCE [options]"),
};

/// The row of `kubectl rollout history`.
pub const ROLLOUT_HISTORY: Verb = Verb {
    name: "rollout history",
    flags: HISTORY_FLAGS,
    run: history,
    manager: "kubectl-rollout",
    completes: Completes::Sets,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "View previous rollout revisions and configurations.",
        &[("The revisions of a set", "kubectl rollout history sts/web")],
        &[("--revision=0", "One revision in detail.")],
        "rollout history (TYPE NAME | TYPE/NAME) [flags] [options]",
    ),
};

/// What says which objects a subcommand is about.
pub const OBJECTS: &[Flag] = &[selection::SELECTOR];

/// The flags of `rollout status`.
pub const STATUS_FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    OBJECTS,
    &[short("watch", 'w', Takes::Bool), long("timeout", Takes::Duration), long("revision", Takes::Int)],
];

/// The flags of `rollout history`.
pub const HISTORY_FLAGS: &[&[Flag]] =
    &[manifests::FLAGS, OBJECTS, output_formats::FLAGS, &[long("revision", Takes::Int)]];

/// The flags of `rollout undo`.
pub const UNDO_FLAGS: &[&[Flag]] =
    &[manifests::FLAGS, OBJECTS, output_formats::FLAGS, &[long("to-revision", Takes::Int), DRY_RUN]];

/// The flags of `rollout restart`, `pause` and `resume`.
pub const CHANGE_FLAGS: &[&[Flag]] = &[manifests::FLAGS, OBJECTS, output_formats::FLAGS, &[FIELD_MANAGER]];

/// The objects that a subcommand is about; with a type alone, all of it. One that `says_none` says that there are none.
fn objects(args: &Args, says_none: bool, cx: &mut Cx<'_>) -> Result<(Vec<Rc<Object>>, Vec<Failure>), Failure> {
    if args.before_dash().is_empty() && !are_named(args) {
        return Err(Failure::client("required resource not specified"));
    }
    let rules = Rules { type_is_all: true, labelled: Labelled::Live, needs_types: true, ..Rules::default() };
    let found = select(args, rules, cx)?;
    if found.objects.is_empty() && found.failures.is_empty() && says_none {
        let namespace = namespace_of(args, cx);
        cx.out.err(format!("No resources found in {namespace} namespace."));
    }
    Ok((found.objects, found.failures))
}

/// `rollout status`, while it waits.
#[derive(Clone, Debug)]
pub struct Status {
    /// The objects whose turn is not over.
    left: Vec<(Key, Text)>,
    failures: Vec<Failure>,
    /// What could not be read.
    unread: Vec<Failure>,
    /// The revision that it shall become, or zero.
    revision: i64,
    /// The version of the first that was told last.
    version: u64,
    until: Option<Millis>,
    is_once: bool,
    /// Whether one of them is a set that is updated in a way of which kubectl tells nothing.
    is_unwatched: bool,
}

/// `rollout status`.
///
/// # Errors
/// What kubectl refuses.
pub fn status(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (objects, unread) = objects(args, true, cx)?;
    if objects.is_empty() {
        return finish(&unread, cx);
    }
    let wanted = args.int("revision").unwrap_or(0);
    if wanted < 0 {
        return Err(Failure::client(format!("revision must be a positive integer: {wanted}")));
    }
    let timeout = args.duration("timeout").filter(|length| length.0 > 0);
    let status = Status {
        left: objects.iter().map(|object| (object.key(), object.meta.uid.clone())).collect(),
        failures: Vec::new(),
        unread,
        revision: wanted,
        version: 0,
        until: timeout.map(|length| cx.now() + length),
        is_once: !args.is_unless_false("watch"),
        is_unwatched: false,
    };
    Ok(Box::new(status).poll(cx))
}

impl Job for Status {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        while let Some((key, uid)) = self.left.first().cloned() {
            let found = cx.cluster().get(&key).filter(|set| set.meta.uid == uid).cloned();
            let strategy = found.as_ref().map_or("", |it| update_type(it));
            self.is_unwatched |= key.kind == Kind::StatefulSet && matches!(strategy, "Recreate" | "OnDelete");
            match self.look(found.as_deref(), cx) {
                Ok(false) if self.until.is_none_or(|until| cx.now() < until) => return Flow::Wait(self),
                Ok(false) => self.failures.push(Failure::client("timed out waiting for the condition")),
                Ok(true) => {}
                Err(failure) => self.failures.push(failure),
            }
            self.left.remove(0);
            self.version = 0;
        }
        self.failures.append(&mut self.unread);
        let code = cx.fail_all(&self.failures);
        if self.is_unwatched {
            cx.hint("rollout_unwatched", &[]);
        }
        Flow::Done(code)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        self.until
    }
}

impl Status {
    /// Looks at the object whose turn it is. Returns whether its turn is over.
    fn look(&mut self, set: Option<&Object>, cx: &mut Cx<'_>) -> Result<bool, Failure> {
        let Some(set) = set else { return Err(Failure::client("object has been deleted")) };
        if !is_rolled(set.kind) {
            let kind = group_kind(set.kind);
            return Err(Failure::client(format!("no status viewer has been implemented for {kind}")));
        }
        // Only the viewer of Deployments looks at it.
        if self.revision > 0 && set.kind == Kind::Deployment {
            let newest = rollout_kinds::revisions(set, cx.cluster()).last().map_or(0, |revision| revision.number);
            if newest != self.revision {
                let text =
                    format!("desired revision ({}) is different from the running revision ({newest})", self.revision);
                return Err(Failure::client(text));
            }
        }
        if set.meta.resource_version == self.version {
            return Ok(false);
        }
        self.version = set.meta.resource_version;
        let (text, is_done) = rollout_kinds::status(set).map_err(Failure::Client)?;
        cx.out.out(text);
        Ok(is_done || self.is_once)
    }
}

/// `rollout history`.
///
/// # Errors
/// What kubectl refuses.
pub fn history(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (sets, unread) = objects(args, true, cx)?;
    let mut failures = Vec::new();
    let wanted = args.int("revision").unwrap_or(0);
    if wanted < 0 {
        return Err(Failure::client(format!("revision must be a positive integer: {wanted}")));
    }
    for set in &sets {
        if !is_rolled(set.kind) {
            failures.push(rollout_kinds::nothing_for(set.kind, "history viewer", "history"));
            continue;
        }
        let all = rollout_kinds::revisions(set, cx.cluster());
        let name = format!("{}/{}", set.kind.qualified_singular(), set.meta.name);
        if args.has("output") {
            print_history(args, set, &all, cx)?;
            continue;
        }
        match wanted {
            1.. => {
                let Some(revision) = all.iter().find(|it| it.number == wanted) else {
                    return Err(Failure::client("unable to find the specified revision"));
                };
                cx.out.out(format!("{name} with revision #{wanted}"));
                template_lines(&revision.template, cx);
                cx.out.out("");
            }
            _ => {
                cx.out.out(format!("{name} "));
                if all.is_empty() {
                    cx.out.out("No rollout history found.");
                    continue;
                }
                let mut text = "REVISION\tCHANGE-CAUSE\n".to_string();
                for revision in &all {
                    let cause = if revision.cause.is_empty() { "<none>" } else { &revision.cause };
                    text.push_str(&format!("{}\t{cause}\n", revision.number));
                }
                crate::kubectl::table::align_tabs(&text).into_iter().for_each(|line| cx.out.out(line));
                cx.out.out("");
            }
        }
    }
    // What could not be read is told last, and as one.
    let told: Vec<String> = unread.iter().map(rollout_kinds::bare).collect();
    match unread.as_slice() {
        [_, _, ..] if are_named(args) => failures.push(Failure::Raw(format!("[{}]", told.join(", ")))),
        few => failures.extend_from_slice(few),
    }
    finish(&failures, cx)
}

/// `-o`: the revisions as objects of their own; a set as it was by then, or a Deployment's ReplicaSet.
fn print_history(args: &Args, set: &Object, all: &[Revision], cx: &mut Cx<'_>) -> Result<(), Failure> {
    let wanted = args.int("revision").unwrap_or(0);
    let mut shown = all.iter().filter(|revision| wanted == 0 || revision.number == wanted).peekable();
    if shown.peek().is_none() && wanted != 0 {
        return Err(Failure::client("unable to find the specified revision"));
    }
    for revision in shown {
        let object = match set.kind {
            Kind::Deployment => Rc::clone(&revision.keeper),
            _ => {
                let mut then = set.clone();
                then.set_at(&["spec", "template"], revision.template.clone());
                Rc::new(then)
            }
        };
        print_operation(args, &object, "", cx)?;
    }
    Ok(())
}

/// The lines about a template, with their tabs.
fn template_lines(template: &Value, cx: &mut Cx<'_>) {
    let text = template_text(cx.cluster(), template);
    text.lines().filter(|line| !line.is_empty()).for_each(|line| cx.out.out(line.to_string()));
}

/// Warns that undo and apply do not know of each other.
fn warn_of_apply(set: &Object, cx: &mut Cx<'_>) {
    let warns = cx.cluster().kubernetes().has(Difference::UndoWarning);
    if warns && set.meta.annotations.contains_key(LAST_APPLIED) {
        cx.out.err(format!(
            "Warning: resource {}/{} was previously managed with 'kubectl apply'. Rolling back will not update the \
             {} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using \
             'kubectl apply' with your previous configuration file instead.",
            set.kind.names().plural,
            set.meta.name,
            LAST_APPLIED
        ));
    }
}

/// `rollout undo`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn undo(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    let (sets, mut failures) = objects(args, false, cx)?;
    cx.one_by_one(&sets, &mut failures, &mut |set, cx| {
        warn_of_apply(set, cx);
        match is_rolled(set.kind) {
            true => undo_one(args, set, cx),
            false => Err(rollout_kinds::nothing_for(set.kind, "rollbacker", "rollbacker")),
        }
    });
    finish(&failures, cx)
}

fn undo_one(args: &Args, set: &Rc<Object>, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let wanted = args.int("to-revision").unwrap_or(0);
    if wanted < 0 {
        return Err(Failure::client(format!("unable to find specified revision {wanted} in history")));
    }
    let revision = rollout_kinds::revision_to_undo(set, wanted, cx.cluster())?;
    if is_local(args) {
        return say_template(args, set, &revision.template, cx);
    }
    if is_paused(set) {
        return Err(Failure::client(
            "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
        ));
    }
    let Some(next) = rollout_kinds::undone(set, &revision) else {
        let text = format!("skipped rollback (current template already matches revision {wanted})");
        return print_operation(args, set, &text, cx);
    };
    if is_dry(args) {
        return print_operation(args, set, "rolled back", cx);
    }
    let lead = format!("failed restoring revision {wanted}:");
    let stored = update(set, next, cx).map_err(|failure| failure.told_behind(&lead))?;
    print_operation(args, &stored, "rolled back", cx)
}

/// What a dry run of the client says: the template stands in the place of what was done.
fn say_template(args: &Args, set: &Rc<Object>, template: &Value, cx: &mut Cx<'_>) -> Result<(), Failure> {
    if !Format::of(args, cx)?.is_table() {
        return print_operation(args, set, "", cx);
    }
    let lead = if set.kind == Kind::Deployment { "" } else { "will roll back to " };
    let text = format!("{} {lead}{} (dry run)", qualified_name(set), template_text(cx.cluster(), template));
    text.lines().for_each(|line| cx.out.out(line.to_string()));
    Ok(())
}

/// `rollout restart`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn restart(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.before_dash().is_empty() && !are_named(args) {
        return Err(Failure::client("required resource not specified"));
    }
    let (sets, mut failures) = objects(args, true, cx)?;
    cx.one_by_one(&sets, &mut failures, &mut |set, cx| restart_one(args, set, cx));
    finish(&failures, cx)
}

fn restart_one(args: &Args, set: &Rc<Object>, cx: &mut Cx<'_>) -> Result<(), Failure> {
    const ANNOTATION: &str = "kubectl.kubernetes.io/restartedAt";
    let name = format!("{} {:?}", set.kind.qualified_plural(), set.meta.name.as_str());
    if !is_rolled(set.kind) {
        return Err(Failure::client(format!("error: {name} restarting is not supported")));
    }
    if is_paused(set) {
        return Err(Failure::client(format!(
            "error: {name} can't restart paused deployment (run rollout resume first)"
        )));
    }
    let at = cx.now().rfc3339();
    let path = ["spec", "template", "metadata", "annotations"];
    if set.at(&path).and_then(|it| it.get(ANNOTATION)) == Some(&Value::text(&at)) {
        return Err(Failure::client(format!(
            "failed to create patch for {}: if restart has already been triggered within the past second, please wait \
             before attempting to trigger another",
            set.meta.name
        )));
    }
    let mut next = Object::clone(set);
    next.at_mut(&path).map_mut().insert(ANNOTATION, at.into());
    let stored = update(set, next, cx).map_err(|failure| failure.told_behind("failed to patch:"))?;
    print_operation(args, &stored, "restarted", cx)
}

/// How `pause` and `resume` differ.
struct Switch {
    pauses: bool,
    doing: &'static str,
    done: &'static str,
    already: &'static str,
}

fn switch(args: &Args, how: &Switch, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.before_dash().is_empty() && !are_named(args) {
        return Err(Failure::client("required resource not specified"));
    }
    let (sets, mut failures) = objects(args, true, cx)?;
    cx.one_by_one(&sets, &mut failures, &mut |set, cx| {
        let name = format!("{} {:?}", set.kind.qualified_plural(), set.meta.name.as_str());
        if set.kind != Kind::Deployment {
            return Err(Failure::client(format!("error: {name} {} is not supported", how.doing)));
        }
        if is_paused(set) == how.pauses {
            return Err(Failure::client(format!("error: {name} is {}", how.already)));
        }
        let mut next = Object::clone(set);
        if how.pauses {
            next.set_at(&["spec", "paused"], true);
        } else {
            next.remove_at(&["spec", "paused"]);
        }
        let stored = update(set, next, cx).map_err(|failure| failure.told_behind("failed to patch:"))?;
        print_operation(args, &stored, how.done, cx)
    });
    finish(&failures, cx)
}

/// `rollout pause`: Deployments only.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn pause(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let how = Switch { pauses: true, doing: "pausing", done: "paused", already: "already paused" };
    switch(args, &how, cx)
}

/// `rollout resume`: Deployments only.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn resume(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let how = Switch { pauses: false, doing: "resuming", done: "resumed", already: "not paused" };
    switch(args, &how, cx)
}
