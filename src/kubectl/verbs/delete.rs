//! `kubectl delete`: asks for the deletion and waits until the objects are gone; what goes along with them is decided
//! elsewhere.

use super::dry_run::{self, DRY_RUN};
use crate::cluster::{DeleteOptions, Propagation};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::print::Format;
use crate::kubectl::resources::{fetch_for, qualified_name};
use crate::kubectl::selection::{self, All, Rules, has_selector, named_in_files, select_named};
use crate::kubectl::verb::{Completes, Verb};
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::ordering::Order;
use std::rc::Rc;

/// The row of `kubectl delete`.
pub const DELETE: Verb = Verb {
    name: "delete",
    flags: FLAGS,
    run,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help(
        "Delete resources by file names, stdin, resources and names, or by resources and label selector.",
        &[
            ("Delete a pod; its set creates it anew", "kubectl delete pod web-0"),
            ("Delete a set and keep its pods", "kubectl delete sts web --cascade=orphan"),
            ("Delete everything that the manifest names", "kubectl delete -f manifest.yaml"),
        ],
        &[
            ("--all=false", "Every object of the type in the namespace."),
            (
                "--cascade='background'",
                "background, foreground or orphan: what happens to the objects that belong to it.",
            ),
            ("--force=false", "Remove pods at once, without waiting for their node."),
            ("--grace-period=-1", "Seconds of grace; -1 takes the pod's own."),
            ("--now=false", "A grace of one second."),
            ("--wait=true", "Wait until the objects are gone."),
            ("--ignore-not-found=false", "A missing object is no error."),
            help::FILE,
            help::SELECTOR,
            help::ALL_NAMESPACES,
            help::TIMEOUT,
        ],
        "delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)]) [options]",
    ),
};

/// The flags of `delete`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    &[
        selection::SELECTOR,
        selection::FIELD_SELECTOR,
        selection::ALL_NAMESPACES,
        DRY_RUN,
        short("output", 'o', Takes::Text),
        short("interactive", 'i', Takes::Bool).refused(),
        long("all", Takes::Bool),
        long("cascade", Takes::TextOr("background")),
        long("force", Takes::Bool),
        long("grace-period", Takes::Int),
        long("now", Takes::Bool),
        long("wait", Takes::Bool),
        long("timeout", Takes::Duration),
        long("ignore-not-found", Takes::Bool),
        long("raw", Takes::Text).refused(),
    ],
];

/// Waits until deleted objects are gone.
#[derive(Clone, Debug)]
pub struct Deletion {
    left: Vec<(Key, Text)>,
    until: Option<Millis>,
    exit: i32,
}

/// Runs the command.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let grace = args.int("grace-period");
    if args.is("force") && grace.is_some_and(|grace| grace > 0) {
        return Err(Failure::client("--force and --grace-period greater than 0 cannot be specified together"));
    }
    if args.is("now") && grace.is_some_and(|grace| grace >= 0) {
        return Err(Failure::client("--now and --grace-period cannot be specified together"));
    }
    if !matches!(args.text("output"), "" | "name") {
        return Err(Failure::client(format!(
            "unexpected -o output mode: {}. We only support '-o name'",
            args.text("output")
        )));
    }
    dry_run::check(args, cx)?;
    let propagation = propagation(args, cx)?;
    let (count, objects, mut failures) = chosen(args, cx)?;
    if args.is("force") && !args.has("dry-run") {
        cx.out.err(
            "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. \
             The resource may continue to run on the cluster indefinitely.",
        );
    }
    // Whoever takes what there is does not miss what is gone meanwhile.
    let takes_what_is = args.is("all") || has_selector(args);
    let ignores_missing = if args.has("ignore-not-found") { args.is("ignore-not-found") } else { takes_what_is };
    // What is left of several errors stays a list, even if it is one.
    let is_list = ignores_missing && failures.len() > 1;
    if ignores_missing {
        failures.retain(|failure| !failure.is_not_found());
    }
    let is_forced = args.is("force") && grace.unwrap_or(0) == 0;
    let grace = match grace {
        _ if is_forced => Some(0),
        _ if args.is("now") => Some(1),
        Some(0) => Some(1),
        Some(grace) if grace < 0 => None,
        grace => grace,
    };
    if count == 0 && failures.is_empty() {
        cx.out.out("No resources found");
        return Ok(Flow::Done(0));
    }
    let options = DeleteOptions { grace_period_seconds: grace, propagation, uid: None };
    let left = delete_all(args, &objects, &options, is_forced, &mut failures, cx)?;
    let exit = if is_list { cx.fail_listed(&failures) } else { cx.fail_all(&failures) };
    let timeout = args.duration("timeout").filter(|length| length.0 > 0);
    let job = Deletion { left, until: timeout.map(|length| cx.now() + length), exit };
    if !args.is_unless_false("wait")
        || is_forced && !args.has("wait")
        || args.has("dry-run") && args.text("dry-run") != "none"
    {
        return Ok(Flow::Done(exit));
    }
    Ok(Box::new(job).poll(cx))
}

fn propagation(args: &Args, cx: &mut Cx<'_>) -> Result<Propagation, Failure> {
    Ok(match args.get("cascade") {
        None | Some("background" | "true") => Propagation::Background,
        Some("foreground") => Propagation::Foreground,
        Some("orphan") => Propagation::Orphan,
        Some("false") => {
            cx.out.err(
                "warning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.",
            );
            Propagation::Orphan
        }
        Some(other) => {
            return Err(Failure::client(format!(
                "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
            )));
        }
    })
}

/// How many objects are meant, those that exist, and what went wrong.
type Chosen = (usize, Vec<Rc<Object>>, Vec<Failure>);

/// The objects that the command means.
fn chosen(args: &Args, cx: &mut Cx<'_>) -> Result<Chosen, Failure> {
    if args.is("all") && has_selector(args) {
        return Err(Failure::client("setting 'all' parameter but found a non empty selector. "));
    }
    if !are_named(args) {
        let found = select_named(args, Rules { all: All::Selector, asks: "delete", ..Rules::default() }, cx)?;
        return Ok((found.objects.len() + found.failures.len(), found.objects, found.failures));
    }
    let (names, mut failures) = named_in_files(args, Rules::default(), cx)?;
    let (count, mut objects) = (names.len(), Vec::new());
    for named in names {
        match fetch_for("delete", named.resource, &named.namespace, &named.name, cx) {
            Ok(object) => objects.push(object),
            Err(failure) => failures.push(failure.at(&format!("error when deleting {:?}", named.file))),
        }
    }
    // What is missing comes before what could not be read, as the files are asked for in turn.
    failures.order_by_key(|failure| !failure.is_not_found());
    Ok((count, objects, failures))
}

fn delete_all(
    args: &Args,
    objects: &[Rc<Object>],
    options: &DeleteOptions,
    is_forced: bool,
    failures: &mut Vec<Failure>,
    cx: &mut Cx<'_>,
) -> Result<Vec<(Key, Text)>, Failure> {
    let format = Format::of(args, cx)?;
    let dry_run = args.get("dry-run").filter(|how| *how != "none");
    let mut left = Vec::new();
    let mut has_sets = false;
    cx.one_by_one(objects, failures, &mut |object, cx| {
        if dry_run.is_none() {
            // The garbage collector may have been quicker than the next name of the list.
            cx.request(|cluster| cluster.delete(&object.key(), options))?;
        }
        has_sets |= object.kind == Kind::StatefulSet;
        left.push((object.key(), object.meta.uid.clone()));
        if format == Format::Name {
            cx.out.out(qualified_name(object));
            return Ok(());
        }
        let verb = if is_forced { "force deleted" } else { "deleted" };
        let place = if object.meta.namespace.is_empty() {
            String::new()
        } else {
            format!(" from {} namespace", object.meta.namespace)
        };
        let suffix = match dry_run {
            Some("server") => " (server dry run)",
            Some(_) => " (dry run)",
            None => "",
        };
        let kind = object.kind.qualified_singular();
        cx.out.out(format!("{kind} \"{}\" {verb}{place}{suffix}", object.meta.name));
        Ok(())
    });
    if has_sets && dry_run.is_none() {
        hint_of_claims(objects, cx);
    }
    Ok(left)
}

/// Says that claims outlive their set, where they do.
fn hint_of_claims(objects: &[Rc<Object>], cx: &mut Cx<'_>) {
    let keeps = |set: &&Rc<Object>| {
        set.kind == Kind::StatefulSet
            && !set.list_at(&["spec", "volumeClaimTemplates"]).is_empty()
            && set.str_at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]) != "Delete"
    };
    let names: Vec<String> = objects.iter().filter(keeps).map(|set| set.meta.name.to_string()).collect();
    if !names.is_empty() {
        cx.hint("pvc_kept", &[("name", &names.join(", "))]);
    }
}

impl Job for Deletion {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let cluster = cx.cluster();
        self.left.retain(|(key, uid)| cluster.get(key).is_some_and(|object| object.meta.uid == *uid));
        if self.left.is_empty() {
            return Flow::Done(self.exit);
        }
        if self.until.is_some_and(|until| cx.now() >= until) {
            for (key, _) in &self.left {
                let name = format!("{}/{}", key.kind.names().plural, key.name);
                cx.out.err(format!("error: timed out waiting for the condition on {name}"));
            }
            return Flow::Done(1);
        }
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        self.until
    }
}

impl Deletion {}
