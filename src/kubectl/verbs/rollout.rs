//! `kubectl rollout`: status, history, undo, restart; the controller does the work.

use super::write::update;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::jobs::Job;
use crate::kubectl::print::told;
use crate::kubectl::resources::{NOTHING_NAMED, Scope, Targets, fetch, namespace_of};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::ordering::Order;
use std::rc::Rc;

/// The flags of all `rollout` subcommands.
pub const FLAGS: &[Flag] = &[
    short("watch", 'w', Takes::Bool),
    long("timeout", Takes::Duration),
    long("revision", Takes::Int),
    long("to-revision", Takes::Int),
    long("dry-run", Takes::TextOr("unchanged")),
    short("filename", 'f', Takes::List),
    short("selector", 'l', Takes::Text),
    short("output", 'o', Takes::Text),
    long("field-manager", Takes::Text),
];

/// The objects that a subcommand is about; with a type alone, all of it.
fn objects(args: &Args, cx: &mut Cx<'_>) -> Result<(Vec<Rc<Object>>, Vec<Failure>), Failure> {
    let mut names = Vec::new();
    if args.has("filename") {
        names = super::files::names(args, cx)?;
    } else {
        if args.before_dash().is_empty() {
            return Err(Failure::client("required resource not specified"));
        }
        match Targets::parse(args.before_dash())? {
            Targets::Types(types) => {
                let scope = Scope::of(args, cx)?;
                let found: Vec<_> = types.iter().flat_map(|it| scope.list(*it, cx.cluster())).collect();
                if found.is_empty() {
                    let namespace = namespace_of(args, cx);
                    cx.out.err(format!("No resources found in {namespace} namespace."));
                }
                return Ok((found, Vec::new()));
            }
            Targets::Names(found) => {
                let namespace = namespace_of(args, cx);
                names.extend(found.into_iter().map(|(resource, name)| (resource, name, namespace.clone())));
            }
        }
    }
    let (mut objects, mut failures) = (Vec::new(), Vec::new());
    for (resource, name, namespace) in names {
        match fetch(resource, &namespace, &name, cx.cluster()) {
            Ok(object) => objects.push(object),
            Err(failure) => failures.push(failure),
        }
    }
    Ok((objects, failures))
}

fn finish(failures: &[Failure], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    for failure in failures {
        cx.fail(failure);
    }
    Ok(Flow::Done(i32::from(!failures.is_empty())))
}

/// `rollout status`, while it waits.
#[derive(Clone, Debug)]
pub struct Status {
    key: Key,
    uid: Text,
    /// The version that was told last.
    version: u64,
    until: Option<Millis>,
    is_once: bool,
}

/// `rollout status`.
///
/// # Errors
/// What kubectl refuses.
pub fn status(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (objects, failures) = objects(args, cx)?;
    let Some(set) = objects.first() else { return finish(&failures, cx) };
    if set.kind != Kind::StatefulSet {
        return Err(Failure::client(format!("no status viewer has been implemented for {}", set.kind)));
    }
    let timeout = args.duration("timeout").filter(|length| length.0 > 0);
    let status = Status {
        key: set.key(),
        uid: set.meta.uid.clone(),
        version: 0,
        until: timeout.map(|length| cx.now() + length),
        is_once: !args.is_unless_false("watch"),
    };
    Ok(Box::new(status).poll(cx))
}

impl Status {
    /// Tells what changed.
    pub fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let found = cx.cluster().get(&self.key).filter(|set| set.meta.uid == self.uid).cloned();
        let Some(set) = found else {
            cx.out.err("error: object has been deleted");
            return Flow::Done(1);
        };
        if set.meta.resource_version != self.version {
            self.version = set.meta.resource_version;
            match rollout_status(&set) {
                Ok((text, is_done)) => {
                    cx.out.out(text);
                    if is_done || self.is_once {
                        return Flow::Done(0);
                    }
                }
                Err(error) => {
                    cx.out.err(format!("error: {error}"));
                    return Flow::Done(1);
                }
            }
        }
        if self.until.is_some_and(|until| cx.now() >= until) {
            cx.out.err("error: timed out waiting for the condition");
            return Flow::Done(1);
        }
        Flow::Wait(Job::Rollout(self))
    }

    /// When its patience ends.
    pub fn wakes_at(&self) -> Option<Millis> {
        self.until
    }
}

/// How far a rollout is, and whether it is done.
///
/// Follows `StatefulSetStatusViewer` in kubectl's `polymorphichelpers`.
fn rollout_status(set: &Object) -> Result<(String, bool), String> {
    let number = |path: &[&str]| set.i64_at(path).unwrap_or(0);
    let status = |field: &str| number(&["status", field]);
    if set.str_at(&["spec", "updateStrategy", "type"]) != "RollingUpdate" {
        return Err("rollout status is only available for RollingUpdate strategy type".into());
    }
    let observed = status("observedGeneration");
    if observed == 0 || set.meta.generation > observed {
        return Ok(("Waiting for statefulset spec update to be observed...".into(), false));
    }
    let replicas = number(&["spec", "replicas"]);
    let ready = status("readyReplicas");
    if ready < replicas {
        return Ok((format!("Waiting for {} pods to be ready...", replicas - ready), false));
    }
    let updated = status("updatedReplicas");
    if set.at(&["spec", "updateStrategy", "rollingUpdate"]).is_some_and(|it| !it.is_null()) {
        if let Some(partition) = set.i64_at(&["spec", "updateStrategy", "rollingUpdate", "partition"]) {
            let wanted = replicas - partition;
            if updated < wanted {
                let text = format!(
                    "Waiting for partitioned roll out to finish: {updated} out of {wanted} new pods have been updated..."
                );
                return Ok((text, false));
            }
        }
        return Ok((format!("partitioned roll out complete: {updated} new pods have been updated..."), true));
    }
    let (current, update) = (set.str_at(&["status", "currentRevision"]), set.str_at(&["status", "updateRevision"]));
    if current != update {
        let text = format!("waiting for statefulset rolling update to complete {updated} pods at revision {update}...");
        return Ok((text, false));
    }
    let at_current = status("currentReplicas");
    Ok((format!("statefulset rolling update complete {at_current} pods at revision {current}..."), true))
}

/// The revisions of a set, oldest first.
fn revisions(set: &Object, cx: &Cx<'_>) -> Vec<Rc<Object>> {
    let all = cx.cluster().list_in(Kind::ControllerRevision, &set.meta.namespace);
    let owned = |it: &&Rc<Object>| it.meta.controller().is_some_and(|owner| owner.uid == set.meta.uid);
    let mut found: Vec<Rc<Object>> = all.filter(owned).cloned().collect();
    found.order_by_key(|it| number_of(it));
    found
}

fn number_of(revision: &Object) -> i64 {
    revision.i64_at(&["revision"]).unwrap_or(0)
}

/// `rollout history`.
///
/// # Errors
/// What kubectl refuses.
pub fn history(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (sets, failures) = objects(args, cx)?;
    for set in &sets {
        if set.kind != Kind::StatefulSet {
            return Err(Failure::client(format!("no history viewer has been implemented for \"{}\"", set.kind)));
        }
        let all = revisions(set, cx);
        let name = format!("statefulset.apps/{}", set.meta.name);
        match args.int("revision").filter(|number| *number != 0) {
            Some(wanted) => {
                let Some(revision) = all.iter().find(|it| number_of(it) == wanted) else {
                    return Err(Failure::client("unable to find the specified revision"));
                };
                cx.out.out(format!("{name} with revision #{wanted}"));
                let mut past = Object::clone(set);
                if let Some(template) = revision.at(&["data", "spec", "template"]) {
                    past.set_at(&["spec", "template"], template.clone());
                }
                for line in template_lines(&past, cx) {
                    cx.out.out(line);
                }
                cx.out.out("");
            }
            None => {
                cx.out.out(format!("{name} "));
                if all.is_empty() {
                    cx.out.out("No rollout history found.");
                    continue;
                }
                let mut text = "REVISION\tCHANGE-CAUSE\n".to_string();
                for revision in &all {
                    let cause = match revision.meta.annotation("kubernetes.io/change-cause") {
                        "" => "<none>",
                        cause => cause,
                    };
                    text.push_str(&format!("{}\t{cause}\n", number_of(revision)));
                }
                crate::kubectl::table::align_tabs(&text).into_iter().for_each(|line| cx.out.out(line));
                cx.out.out("");
            }
        }
    }
    finish(&failures, cx)
}

/// The lines about a set's template, with their tabs.
fn template_lines(set: &Object, cx: &Cx<'_>) -> Vec<String> {
    let text = crate::kubectl::describe::describe(cx.cluster(), set, false);
    let from = text.lines().skip_while(|line| !line.starts_with("Pod Template:"));
    let mut lines: Vec<String> =
        from.take_while(|line| !line.starts_with("Volume Claims:")).map(str::to_string).collect();
    lines.retain(|line| !line.is_empty());
    lines
}

/// Warns that undo and apply do not know of each other.
fn warn_of_apply(set: &Object, cx: &mut Cx<'_>) {
    if set.meta.annotations.contains_key(super::write::LAST_APPLIED) {
        cx.out.err(format!(
            "Warning: resource {}/{} was previously managed with 'kubectl apply'. Rolling back will not update the \
             {} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using \
             'kubectl apply' with your previous configuration file instead.",
            set.kind.names().plural,
            set.meta.name,
            super::write::LAST_APPLIED
        ));
    }
}

/// `rollout undo`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn undo(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (sets, mut failures) = objects(args, cx)?;
    if let Some(other) = sets.iter().find(|set| set.kind != Kind::StatefulSet) {
        return Err(Failure::client(format!("no rollbacker has been implemented for \"{}\"", other.kind)));
    }
    cx.one_by_one(&sets, &mut failures, &mut |set, cx| {
        warn_of_apply(set, cx);
        undo_one(args, set, cx)
    });
    finish(&failures, cx)
}

fn undo_one(args: &Args, set: &Rc<Object>, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let wanted = args.int("to-revision").unwrap_or(0);
    if wanted < 0 {
        return Err(Failure::client(format!("revision must be a positive integer: {wanted}")));
    }
    let all = revisions(set, cx);
    let revision = if wanted == 0 {
        let before = all.len().checked_sub(2).and_then(|at| all.get(at));
        before.ok_or_else(|| Failure::client("no last revision to roll back to"))?
    } else {
        let found = all.iter().find(|it| number_of(it) == wanted);
        found.ok_or_else(|| Failure::client(format!("unable to find specified revision {wanted} in history")))?
    };
    let mut template = revision.at(&["data", "spec", "template"]).cloned().unwrap_or_default();
    template.map_mut().remove("$patch");
    if set.at(&["spec", "template"]) == Some(&template) {
        let text = format!("skipped rollback (current template already matches revision {wanted})");
        return told(args, set, &text, cx);
    }
    let mut next = Object::clone(set);
    next.set_at(&["spec", "template"], template);
    if args.get("dry-run").is_some_and(|how| how != "none") {
        for line in template_lines(&next, cx) {
            cx.out.out(line);
        }
        return told(args, set, "rolled back", cx);
    }
    let stored = update(set, next, cx)?;
    told(args, &stored, "rolled back", cx)
}

/// `rollout restart`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn restart(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.before_dash().is_empty() && !args.has("filename") {
        return Err(Failure::client(NOTHING_NAMED));
    }
    let (sets, mut failures) = objects(args, cx)?;
    cx.one_by_one(&sets, &mut failures, &mut |set, cx| restart_one(args, set, cx));
    finish(&failures, cx)
}

fn restart_one(args: &Args, set: &Rc<Object>, cx: &mut Cx<'_>) -> Result<(), Failure> {
    const ANNOTATION: &str = "kubectl.kubernetes.io/restartedAt";
    if set.kind != Kind::StatefulSet {
        let name = format!("{} {:?}", set.kind.qualified_plural(), set.meta.name.as_str());
        return Err(Failure::client(format!("{name} restarting is not supported")));
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
    let stored = update(set, next, cx)?;
    told(args, &stored, "restarted", cx)
}

fn not_supported(args: &Args, what: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.before_dash().is_empty() && !args.has("filename") {
        return Err(Failure::client(NOTHING_NAMED));
    }
    let (sets, mut failures) = objects(args, cx)?;
    for set in &sets {
        let name = format!("{} {:?}", set.kind.qualified_plural(), set.meta.name.as_str());
        failures.push(Failure::client(format!("{name} {what} is not supported")));
    }
    if failures.is_empty() { OK } else { finish(&failures, cx) }
}

/// `rollout pause`: Deployments only.
///
/// # Errors
/// Always, for a StatefulSet.
pub fn pause(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    not_supported(args, "pausing", cx)
}

/// `rollout resume`: Deployments only.
///
/// # Errors
/// Always, for a StatefulSet.
pub fn resume(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    not_supported(args, "resuming", cx)
}
