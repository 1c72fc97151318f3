//! `kubectl scale`: the wanted number of replicas, by the scale subresource; waits for nothing but what it is told to.

use super::dry_run::{self, DRY_RUN, finish, is_dry, is_local};
use crate::cluster::{ApiError, Client, FieldValidation};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests;
use crate::kubectl::print::print_operation;
use crate::kubectl::selection::{self, All, Rules, select_named};
use crate::kubectl::verb::{Completes, Verb};
use crate::model::{Object, to_json};
use crate::obj;
use std::rc::Rc;

/// The row of `kubectl scale`.
pub const SCALE: Verb = Verb {
    name: "scale",
    flags: FLAGS,
    run: scale,
    manager: "kubectl",
    completes: Completes::Sets,
    help: help(
        "Set a new size for a StatefulSet.",
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

/// What the API server says of a subresource that a kind does not have.
pub const NO_SUBRESOURCE: &str = "Error from server (NotFound): the server could not find the requested resource";

/// The flags of `scale`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    &[
        selection::SELECTOR,
        DRY_RUN,
        long("replicas", Takes::Int),
        long("current-replicas", Takes::Int),
        long("resource-version", Takes::Text),
        long("timeout", Takes::Duration).ignored(),
        long("all", Takes::Bool),
        short("output", 'o', Takes::Text),
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
    dry_run::check(args, cx)?;
    let found = select_named(args, Rules { all: All::Type, ..Rules::default() }, cx)?;
    if !args.text("resource-version").is_empty() && found.objects.len() > 1 {
        return Err(Failure::client("cannot use --resource-version with multiple resources"));
    }
    if found.objects.is_empty() && found.failures.is_empty() {
        return Err(Failure::client("no objects passed to scale"));
    }
    // The first that is refused ends it.
    let mut refused = Vec::new();
    for (number, object) in found.objects.iter().enumerate() {
        if number > 0 {
            cx.host.pause(crate::kubectl::host::Pause::Request);
        }
        let object = cx.cluster().get(&object.key()).unwrap_or(object).clone();
        if let Err(failure) = scale_one(args, &object, replicas, cx) {
            refused.push(failure);
            break;
        }
    }
    finish(if refused.is_empty() { &found.failures } else { &refused }, cx)
}

fn scale_one(args: &Args, object: &Rc<Object>, replicas: i64, cx: &mut Cx<'_>) -> Result<(), Failure> {
    if is_local(args) {
        return print_operation(args, object, "scaled", cx);
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
        return Err(too_large(object, (replicas, there)));
    }
    if is_dry(args) {
        return print_operation(args, object, "scaled", cx);
    }
    let key = object.key();
    let answer = cx.send(false, &mut |cluster, manager| {
        cluster.scale(&key, replicas, Client { manager, validation: FieldValidation::Ignore })
    })?;
    print_operation(args, &answer.object, "scaled", cx)
}

/// The answer to a number that no Scale holds: it comes with the Scale as the patch made it.
pub fn too_large(object: &Object, numbers: (i64, i64)) -> Failure {
    let (value, replicas) = (scale_of(object, numbers), numbers.0);
    let why =
        format!("json: cannot unmarshal number {replicas} into Go struct field ScaleSpec.spec.replicas of type int32");
    Failure::Server(ApiError::InvalidRequest(format!("patch: Invalid value: {:?}: {why}", to_json(&value))))
}

/// The Scale of an object, with these numbers of replicas, wanted and there.
pub fn scale_of(object: &Object, (replicas, there): (i64, i64)) -> crate::model::Value {
    let meta = object.to_value();
    let meta = |field: &str| meta.at(&["metadata", field]).cloned().unwrap_or_default();
    let selector = crate::kubectl::describe::selector_text(object.at(&["spec", "selector"]));
    obj! {
        "apiVersion" => "autoscaling/v1", "kind" => "Scale",
        "metadata" => obj! {
            "creationTimestamp" => meta("creationTimestamp"), "name" => meta("name"), "namespace" => meta("namespace"),
            "resourceVersion" => meta("resourceVersion"), "uid" => meta("uid"),
        },
        "spec" => obj! { "replicas" => replicas },
        "status" => obj! {
            "replicas" => there, "selector" => selector,
        },
    }
}
