//! `kubectl autoscale`: an autoscaler for what can be scaled.
//!
//! Follows `pkg/cmd/autoscale/autoscale.go` of kubectl.

use super::dry_run::{self, DRY_RUN, finish, is_local};
use super::requests::{FIELD_MANAGER, RECORD, create_value, tree, with_saved_config};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::help;
use crate::kubectl::manifests;
use crate::kubectl::output_formats::{self, print_typed_operation};
use crate::kubectl::selection::{Rules, objects_in_files, select_named};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Kind, Object, Quantity, Text, Value};
use crate::obj;

/// The row of `kubectl autoscale`.
pub const AUTOSCALE: Verb = Verb {
    name: "autoscale",
    flags: FLAGS,
    run: autoscale,
    manager: "kubectl-autoscale",
    completes: Completes::Objects,
    listed: Group::Deploy.at(3),
    ways: Ways::USUAL,
    help: help(
        "Look up a set or a Deployment and create an autoscaler for it. Without metrics only its bounds count.",
        &[("Between two and five pods", "kubectl autoscale sts/web --min=2 --max=5 --cpu=80%")],
        &[("--min=-1", "The least pods."), ("--max=-1", "The most pods. Required.")],
        "autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [options]",
    ),
};

/// The flags of `autoscale`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[
        DRY_RUN,
        FIELD_MANAGER,
        long("min", Takes::Int),
        long("max", Takes::Int),
        long("cpu-percent", Takes::Int),
        long("cpu", Takes::Text),
        long("memory", Takes::Text),
        long("name", Takes::Text),
        long("save-config", Takes::Bool),
        RECORD,
    ],
];

/// `kubectl autoscale`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn autoscale(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.has("cpu-percent") {
        cx.out.err(
            "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for \
             utilization or '500m' for milliCPU).",
        );
    }
    let Some(most) = args.int("max") else {
        return Err(Failure::client("required flag(s) \"max\" not set"));
    };
    dry_run::check(args, cx)?;
    if args.has("cpu-percent") && args.has("cpu") {
        return Err(Failure::client("--cpu-percent and --cpu are mutually exclusive"));
    }
    let least = args.int("min").filter(|least| *least > 0);
    if most < 1 {
        return Err(Failure::client(format!("--max=MAXPODS is required and must be at least 1, max: {most}")));
    }
    if let Some(least) = least.filter(|least| most < *least) {
        let text = format!("--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}");
        return Err(Failure::client(text));
    }
    // What a file says is not asked for.
    let found = match manifests::are_named(args) {
        true => objects_in_files(args, cx)?,
        false => select_named(args, Rules::default(), cx)?,
    };
    let mut failures = Vec::new();
    for object in &found.objects {
        failures.extend(autoscale_one(args, object, (least, most), cx).err());
    }
    failures.extend(found.failures);
    finish(&failures, cx)
}

fn autoscale_one(
    args: &Args,
    object: &Object,
    (least, most): (Option<i64>, i64),
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    if !object.kind.info().is_scalable {
        let (names, version) = (object.kind.names(), object.kind.api_version());
        let slash = if version.contains('/') { "" } else { "/" };
        return Err(Failure::client(format!(
            "cannot autoscale a {}: could not find scale subresource for {slash}{version}, Resource={} in discovery information",
            names.kind, names.plural
        )));
    }
    let mut spec = obj! {
        "maxReplicas" => most,
        "scaleTargetRef" => obj! {
            "apiVersion" => object.kind.api_version(), "kind" => object.kind.names().kind, "name" => &object.meta.name,
        },
    };
    // Without any the API server takes the CPU.
    let metrics = metrics(args)?;
    let has_metrics = !metrics.is_empty();
    if has_metrics {
        spec.set_at(&["metrics"], metrics);
    }
    if let Some(least) = least {
        spec.set_at(&["minReplicas"], least);
    }
    let name = if args.has("name") { args.text("name") } else { object.meta.name.as_str() };
    let mut value = tree(Kind::HorizontalPodAutoscaler, name, obj! { "spec" => spec });
    cx.note_cause_in(&mut value);
    let value = if is_local(args) { value } else { with_saved_config(value, args) };
    // Where the kept version is refused, kubectl tries the older one, which holds nothing but the CPU.
    let stored = create_value(&value, args, cx).map_err(|failure| match failure {
        Failure::Server(_) if !has_metrics => Failure::client(
            "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input",
        ),
        failure => failure,
    })?;
    print_typed_operation(args, &stored, if is_local(args) { "created" } else { "autoscaled" }, cx)
}

/// The metrics that `--cpu`, `--cpu-percent` and `--memory` ask for.
fn metrics(args: &Args) -> Result<Vec<Value>, Failure> {
    let mut found = Vec::new();
    let percent = args.int("cpu-percent").filter(|percent| *percent > 0).map(|percent| format!("{percent}%"));
    let cpu = args.get("cpu").map(str::to_string).or(percent);
    for (name, text) in [("cpu", cpu), ("memory", args.get("memory").map(str::to_string))] {
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        // A number alone counts thousandths of a CPU, or Mi.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let text = match (is_plain, name) {
            (true, "cpu") => text + "m",
            (true, _) => text + "Mi",
            _ => text,
        };
        let target = match text.strip_suffix('%').map(str::parse::<i64>) {
            Some(Ok(percent)) => obj! { "averageUtilization" => percent, "type" => "Utilization" },
            _ if Quantity::parse(&text).is_ok() => {
                obj! { "averageValue" => Text::new(&text), "type" => "AverageValue" }
            }
            _ => return Err(Failure::client(format!("invalid resource {name} value: {text}"))),
        };
        found.push(obj! { "resource" => obj! { "name" => name, "target" => target }, "type" => "Resource" });
    }
    Ok(found)
}
