//! The short forms of `kubectl create` for workloads: Deployments, Jobs and CronJobs.
//!
//! Follows create_deployment.go, create_job.go and create_cronjob.go in pkg/cmd/create of kubectl.

use super::requests::tree;
use crate::cluster::NAME_ALPHABET;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::kubectl::resources::{Targets, fetch, go_type, namespace_of};
use crate::model::{Kind, Map, Object, OwnerReference, Text, Value};
use crate::{list, obj};

/// A Job of an image.
fn job_of_image(name: &str, args: &Args) -> Result<Value, Failure> {
    if args.text("image").is_empty() {
        return Err(Failure::client("either --image or --from must be specified"));
    }
    Ok(tree(Kind::Job, name, obj! { "spec" => job_spec(name, "Never", args) }))
}

/// `docker.io/library/nginx:1.27` is `nginx`.
fn name_of_image(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    let name = last.split(['@', ':']).next().unwrap_or(last);
    name.replace(['_', '.'], "-")
}

/// Gives containers whose image has letters that a name may not have an ending of their own (`sanitizeAndUniquify`).
fn make_names_unique(value: &mut Value, args: &Args, ending: &mut dyn FnMut() -> String) {
    let images = args.list("image");
    let containers = value.at_mut(&["spec", "template", "spec", "containers"]).list_mut();
    for (image, container) in images.iter().zip(containers) {
        let last = image.rsplit('/').next().unwrap_or(image);
        let plain = last.split(['@', ':']).next().unwrap_or(last);
        if plain.contains(['_', '.']) {
            container.set_at(&["name"], format!("{}-{}", name_of_image(image), ending()));
        }
    }
}

fn command(args: &Args) -> Option<Value> {
    let words: Vec<Value> = args.after_dash().iter().map(|word| Value::text(word)).collect();
    (!words.is_empty()).then(|| words.into())
}

/// A Deployment with a container for each image.
///
/// # Errors
/// What kubectl says of flags that do not go together.
pub(super) fn deployment(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    if args.list("image").len() > 1 && command(args).is_some() {
        return Err(Failure::client("cannot specify multiple --image options and command"));
    }
    let mut containers = Vec::new();
    for image in args.list("image") {
        let mut container =
            obj! { "image" => Text::new(image), "name" => name_of_image(image), "resources" => Value::map() };
        if let Some(command) = command(args) {
            container.set_at(&["command"], command);
        }
        containers.push(container);
    }
    if let (Some(port), Some(first)) = (args.int("port").filter(|port| *port >= 0), containers.first_mut()) {
        first.set_at(&["ports"], list![obj! { "containerPort" => port }]);
    }
    let labels = || obj! { "app" => Text::new(name) };
    let spec = obj! {
        "replicas" => args.int("replicas").unwrap_or(1), "selector" => obj! { "matchLabels" => labels() },
        "strategy" => Value::map(),
        "template" => obj! { "metadata" => obj! { "labels" => labels() }, "spec" => obj! { "containers" => containers } },
    };
    let mut value = tree(Kind::Deployment, name, obj! { "spec" => spec });
    value.set_at(&["metadata", "labels"], labels());
    make_names_unique(&mut value, args, &mut || cx.cluster_mut().rng().word(NAME_ALPHABET, 5));
    Ok(value)
}

fn job_spec(name: &str, restart: &str, args: &Args) -> Value {
    let mut container = obj! {
        "image" => Text::new(args.text("image")), "name" => Text::new(name),
        "resources" => Value::map(),
    };
    if let Some(command) = command(args) {
        container.set_at(&["command"], command);
    }
    let pod = obj! { "containers" => list![container], "restartPolicy" => Text::new(restart) };
    obj! { "template" => obj! { "spec" => pod } }
}

/// A CronJob of an image and a schedule.
///
/// # Errors
/// None; the API server looks at the schedule.
pub(super) fn cron_job(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    let restart = if args.text("restart").is_empty() { "OnFailure" } else { args.text("restart") };
    let template = obj! { "metadata" => obj! { "name" => Text::new(name) }, "spec" => job_spec(name, restart, args) };
    let spec = obj! { "jobTemplate" => template, "schedule" => Text::new(args.text("schedule")) };
    Ok(tree(Kind::CronJob, name, obj! { "spec" => spec }))
}

/// A Job: of an image, or of `--from=cronjob/NAME`.
///
/// # Errors
/// What kubectl says of missing or wrong flags; that there is no such CronJob.
pub(super) fn job(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    if !args.has("from") {
        return job_of_image(name, args);
    }
    if args.text("image").is_empty() == args.text("from").is_empty() {
        return Err(Failure::client("either --image or --from must be specified"));
    }
    if args.text("from").is_empty() {
        return job_of_image(name, args);
    }
    if command(args).is_some() {
        return Err(Failure::client("cannot specify --from and command"));
    }
    let from = args.text("from").to_string();
    let Targets::Names(names) = Targets::parse(&[from], cx)? else {
        return Err(Failure::client("resource(s) were provided, but no name was specified"));
    };
    let namespace = namespace_of(args, cx);
    let [(resource, source)] = names.as_slice() else {
        return Err(Failure::client("from must be an existing cronjob"));
    };
    let cron_job = fetch(*resource, &namespace, source, cx)?;
    if cron_job.kind != Kind::CronJob {
        return Err(Failure::client(format!("unknown object type {}", go_type(cron_job.kind))));
    }
    Ok(job_of(name, &cron_job))
}

/// A Job by the template of a CronJob. It does not hold up the deletion of its owner: for that one would need more
/// rights.
fn job_of(name: &str, cron_job: &Object) -> Value {
    let template = cron_job.at(&["spec", "jobTemplate"]).cloned().unwrap_or_default();
    let spec = template.get("spec").cloned().unwrap_or_else(Value::map);
    let mut value = tree(Kind::Job, name, obj! { "spec" => spec });
    let mut annotations = obj! { "cronjob.kubernetes.io/instantiate" => "manual" };
    let own = template.at(&["metadata", "annotations"]).and_then(Value::as_map);
    own.into_iter().flat_map(Map::iter).for_each(|(key, text)| {
        annotations.map_mut().insert(key.clone(), text.clone());
    });
    value.set_at(&["metadata", "annotations"], annotations);
    if let Some(labels) = template.at(&["metadata", "labels"]) {
        value.set_at(&["metadata", "labels"], labels.clone());
    }
    let owner = OwnerReference::controller_of(cron_job);
    value.set_at(
        &["metadata", "ownerReferences"],
        list![obj! {
            "apiVersion" => owner.api_version, "controller" => true, "kind" => owner.kind, "name" => owner.name,
            "uid" => owner.uid,
        }],
    );
    value
}
