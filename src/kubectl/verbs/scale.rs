//! `kubectl scale`: the wanted number of replicas, by the scale subresource; waits for nothing but what it is told to.
//!
//! Follows `pkg/cmd/scale/scale.go` of kubectl.

use super::dry_run::{self, DRY_RUN, is_dry, is_local};
use super::requests::{RECORD, record};
use crate::cluster::{ApiError, Client, Cluster, FieldValidation};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests;
use crate::kubectl::manifests::are_named;
use crate::kubectl::output_formats::{self, print_operation};
use crate::kubectl::selection::{self, All, Rules, objects_in_files, select_named};
use crate::kubectl::subresource::NO_SUBRESOURCE;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Millis, Object, Text, Value, to_json};
use crate::obj;
use std::rc::Rc;

/// The row of `kubectl scale`.
pub const SCALE: Verb = Verb {
    name: "scale",
    flags: FLAGS,
    run: scale,
    manager: "kubectl",
    completes: Completes::Sets,
    listed: Group::Deploy.at(2),
    ways: Ways { changes_sizes: true, ..Ways::USUAL },
    help: help(
        "Set a new size for a StatefulSet, a Deployment or whatever else has one.",
        &[
            ("Five pods", "kubectl scale sts/web --replicas=5"),
            ("Two pods, if there are five now", "kubectl scale --current-replicas=5 --replicas=2 sts/web"),
        ],
        &[
            ("--replicas=0", "The new number of pods. Required."),
            ("--current-replicas=-1", "Only scale if this is the number now."),
            help::SELECTOR,
            help::FILE,
            help::TIMEOUT,
        ],
        "scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]",
    ),
};

/// The flags of `scale`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[
        selection::SELECTOR,
        DRY_RUN,
        long("replicas", Takes::Int),
        long("current-replicas", Takes::Int),
        long("resource-version", Takes::Text),
        long("timeout", Takes::Duration),
        long("all", Takes::Bool),
        RECORD,
    ],
];

/// `kubectl scale`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn scale(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some(replicas) = args.int("replicas") else {
        return Err(Failure::client("required flag(s) \"replicas\" not set"));
    };
    if replicas < 0 {
        return Err(Failure::client(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ));
    }
    if args.int("current-replicas").is_some_and(|wanted| wanted < -1) {
        return Err(Failure::client("The --current-replicas must specify an integer of -1 or greater"));
    }
    dry_run::check(args, cx)?;
    let found = select_named(args, Rules { all: All::Type, ..Rules::default() }, cx)?;
    if !args.text("resource-version").is_empty() && found.objects.len() > 1 {
        return Err(Failure::client("cannot use --resource-version with multiple resources"));
    }
    if found.objects.is_empty() && found.failures.is_empty() {
        return Err(Failure::client("no objects passed to scale"));
    }
    // What is printed is what the command began with.
    let read = if are_named(args) { objects_in_files(args, cx)?.objects } else { found.objects.clone() };
    let left = found.objects.into_iter().rev().collect();
    Ok(Scaling { args: args.clone(), replicas, read, left, awaited: None, failures: found.failures }.go_on(cx))
}

/// Objects that are scaled one after the other; with `--timeout` each is waited for.
#[derive(Clone, Debug)]
struct Scaling {
    args: Args,
    replicas: i64,
    /// The objects as they were read.
    read: Vec<Rc<Object>>,
    /// The next one comes last.
    left: Vec<Rc<Object>>,
    /// What is waited for, and until when.
    awaited: Option<(Rc<Object>, Millis)>,
    failures: Vec<Failure>,
}

impl Scaling {
    /// Scales what is left; the first that is refused ends it.
    fn go_on(mut self, cx: &mut Cx<'_>) -> Flow {
        let mut is_first = self.awaited.is_none();
        loop {
            match self.is_awaited_done(cx) {
                Ok(true) => {}
                Ok(false) => return Flow::Wait(Box::new(self)),
                Err(failure) => return Flow::Done(cx.fail(&failure)),
            }
            let Some(object) = self.left.pop() else { return Flow::Done(cx.fail_all(&self.failures)) };
            if !std::mem::replace(&mut is_first, false) {
                cx.host.pause(crate::kubectl::host::Pause::Request);
            }
            let object = cx.cluster().get(&object.key()).unwrap_or(&object).clone();
            let timeout = self.args.duration("timeout").filter(|length| length.0 != 0 && !is_dry(&self.args));
            let done = match (scale_one(&self.args, &object, self.replicas, cx), timeout) {
                (Ok(scaled), None) => self.tell(&scaled, cx),
                (Ok(scaled), Some(length)) => {
                    self.awaited = Some((scaled, cx.now() + length));
                    Ok(())
                }
                (Err(failure), _) => Err(failure),
            };
            if let Err(failure) = done {
                return Flow::Done(cx.fail_all(&[failure]));
            }
        }
    }

    /// Says that an object is scaled: it is printed as it was read, since 1.36 with its new size.
    fn tell(&self, scaled: &Object, cx: &mut Cx<'_>) -> Result<(), Failure> {
        let key = (scaled.kind, &scaled.meta.name);
        let Some(read) = self.read.iter().find(|read| (read.kind, &read.meta.name) == key) else { return Ok(()) };
        let mut shown = Object::clone(read);
        if shown.meta.namespace.is_empty() {
            shown.meta.namespace = scaled.meta.namespace.clone();
        }
        if cx.is_kubectl(36) {
            shown.set_at(&["spec", "replicas"], self.replicas);
        }
        print_operation(&self.args, &Rc::new(shown), "scaled", cx)
    }

    /// Whether nothing is waited for any more; what is, is told when it is there.
    ///
    /// Follows `scaleHasDesiredReplicas` of kubectl's `pkg/scale`.
    fn is_awaited_done(&mut self, cx: &mut Cx<'_>) -> Result<bool, Failure> {
        let Some((scaled, until)) = &self.awaited else { return Ok(true) };
        let latest = cx.cluster().fetch(&scaled.key())?;
        let (wanted, there) = cx.cluster().replicas_of(latest);
        if wanted != self.replicas || wanted == there {
            let scaled = Rc::clone(scaled);
            self.awaited = None;
            self.tell(&scaled, cx)?;
            return Ok(true);
        }
        match cx.now() >= *until {
            true => Err(Failure::client(format!("timed out waiting for {:?} to be synced", scaled.meta.name.as_str()))),
            false => Ok(false),
        }
    }
}

impl Job for Scaling {
    fn poll(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        self.go_on(cx)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        self.awaited.as_ref().map(|(_, until)| *until)
    }
}

/// Scales one object, and gives it as it is then.
fn scale_one(args: &Args, object: &Rc<Object>, replicas: i64, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    if is_local(args) {
        return Ok(Rc::clone(object));
    }
    if !object.kind.info().is_scalable {
        return Err(Failure::Raw(NO_SUBRESOURCE.into()));
    }
    let (now, there) = cx.cluster().replicas_of(object);
    if let Some(wanted) = args.int("current-replicas").filter(|wanted| *wanted >= 0 && *wanted != now) {
        return Err(Failure::client(format!("Expected replicas to be {wanted}, was {now}")));
    }
    let version = object.meta.resource_version;
    if let Some(wanted) = args.get("resource-version").filter(|it| !it.is_empty() && **it != *version.to_string()) {
        return Err(Failure::client(format!("Expected resource version to be {wanted}, was {version}")));
    }
    if i32::try_from(replicas).is_err() {
        return Err(too_large(object, (replicas, there), cx.cluster()));
    }
    if is_dry(args) {
        return Ok(Rc::clone(object));
    }
    let key = object.key();
    let answer = cx.send(false, &mut |cluster, manager| {
        cluster.scale(&key, replicas, Client { manager, validation: FieldValidation::Ignore })
    })?;
    record(answer.object, args, cx)
}

/// The answer to a number that no Scale holds: it comes with the Scale as the patch made it.
pub fn too_large(object: &Object, numbers: (i64, i64), cluster: &Cluster) -> Failure {
    let (value, replicas) = (scale_of(object, numbers, cluster), numbers.0);
    let why =
        format!("json: cannot unmarshal number {replicas} into Go struct field ScaleSpec.spec.replicas of type int32");
    Failure::Server(ApiError::InvalidRequest(format!("patch: Invalid value: {:?}: {why}", to_json(&value))))
}

/// The Scale of an object, with these numbers of replicas, wanted and there.
pub fn scale_of(object: &Object, (replicas, there): (i64, i64), cluster: &Cluster) -> Value {
    let meta = object.to_value();
    let meta = |field: &str| meta.at(&["metadata", field]).cloned().unwrap_or_default();
    let own = || Some(crate::kubectl::describe::selector_text(object.at(&["spec", "selector"])));
    let selector = if object.kind.is_custom() { cluster.scale_selector(object) } else { own() };
    let mut status = obj! { "replicas" => there };
    if let Some(selector) = selector {
        status.set_at(&["selector"], Text::from(selector));
    }
    obj! {
        "apiVersion" => "autoscaling/v1", "kind" => "Scale",
        "metadata" => obj! {
            "creationTimestamp" => meta("creationTimestamp"), "name" => meta("name"), "namespace" => meta("namespace"),
            "resourceVersion" => meta("resourceVersion"), "uid" => meta("uid"),
        },
        "spec" => obj! { "replicas" => replicas },
        "status" => status,
    }
}
