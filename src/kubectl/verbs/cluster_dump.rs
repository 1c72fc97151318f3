//! `kubectl cluster-info dump`: the objects and logs that help to find what is wrong, in one text or in files.
//!
//! Follows `clusterinfo_dump.go` of kubectl.

use super::logs::lines_of;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::files::write_file;
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::help;
use crate::kubectl::output_formats::{self, Format};
use crate::kubectl::resources::{Resource, Scope, namespace_of};
use crate::kubectl::screen_text::Output;
use crate::kubectl::selection;
use crate::kubectl::typed_json::typed_value;
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::{Kind, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// The row of `kubectl cluster-info dump`.
pub const CLUSTER_INFO_DUMP: Verb = Verb {
    name: "cluster-info dump",
    flags: &[
        output_formats::FLAGS,
        &[
            selection::ALL_NAMESPACES,
            long("output-directory", Takes::Text),
            long("namespaces", Takes::List),
            RUNNING_TIMEOUT,
        ],
    ],
    run,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Dump cluster information out suitable for debugging and diagnosing cluster problems.",
        &[(
            "Everything of one namespace, into files",
            "kubectl cluster-info dump --namespaces default --output-directory=state",
        )],
        &[
            ("-A, --all-namespaces=false", "All namespaces; --namespaces does not count then."),
            ("--namespaces=[]", "These namespaces in place of kube-system and the current one."),
            ("--output-directory=''", "A directory for the files; without one all is printed."),
        ],
        "cluster-info dump [options]",
    ),
};

/// Logs are there at once.
const RUNNING_TIMEOUT: Flag = long("pod-running-timeout", Takes::Duration).ignored();

/// The kinds of each namespace, and the files that they go to.
const KINDS: [(Option<Kind>, &str, &str); 7] = [
    (Some(Kind::Event), "events", "v1"),
    (None, "replication-controllers", "v1"),
    (Some(Kind::Service), "services", "v1"),
    (Some(Kind::DaemonSet), "daemonsets", "apps/v1"),
    (Some(Kind::Deployment), "deployments", "apps/v1"),
    (Some(Kind::ReplicaSet), "replicasets", "apps/v1"),
    (Some(Kind::Pod), "pods", "v1"),
];

fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let is_plain = args.text("output").is_empty() && args.text("template").is_empty();
    let format = if is_plain { Format::Json(args.is("show-managed-fields")) } else { Format::of(args, cx)? };
    let end = match format {
        Format::Yaml(_) => ".yaml",
        Format::Json(_) => ".json",
        _ => ".txt",
    };
    put(args, &format!("nodes{end}"), &dumped(&format, Some(Kind::Node), "v1", "", cx)?, cx);
    for namespace in namespaces(args, cx)? {
        for (kind, file, version) in KINDS {
            let text = dumped(&format, kind, version, &namespace, cx)?;
            put(args, &format!("{namespace}/{file}{end}"), &text, cx);
        }
        for pod in objects(Kind::Pod, &namespace, cx)? {
            let text = logs(args, &pod, cx);
            put(args, &format!("{namespace}/{}/logs.txt", pod.meta.name), &text, cx);
        }
    }
    if let Some(directory) = directory(args) {
        cx.out.out(format!("Cluster info dumped to {directory}"));
    }
    OK
}

fn namespaces(args: &Args, cx: &Cx<'_>) -> Result<Vec<String>, Failure> {
    if args.is("all-namespaces") {
        return Ok(objects(Kind::Namespace, "", cx)?.iter().map(|it| it.meta.name.to_string()).collect());
    }
    match args.list("namespaces") {
        [] => Ok(vec!["kube-system".into(), namespace_of(args, cx).to_string()]),
        named => Ok(named.to_vec()),
    }
}

/// The directory that is written to; without one all is printed.
fn directory(args: &Args) -> Option<&str> {
    Some(args.text("output-directory")).filter(|name| !matches!(*name, "" | "-"))
}

fn put(args: &Args, file: &str, text: &str, cx: &mut Cx<'_>) {
    match directory(args) {
        Some(directory) => write_file(&format!("{}/{file}", directory.trim_end_matches('/')), text.to_string(), cx),
        None => output_formats::text_lines(text, &mut cx.out),
    }
}

fn objects(kind: Kind, namespace: &str, cx: &Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let namespace = (!namespace.is_empty()).then(|| Text::new(namespace));
    Scope { namespace, ..Scope::default() }.list(Resource::Kept(kind), cx)
}

/// A list of a kind in the format that is asked for.
fn dumped(format: &Format, kind: Option<Kind>, version: &str, namespace: &str, cx: &Cx<'_>) -> Result<String, Failure> {
    let shows_managers = matches!(format, Format::Json(true) | Format::Yaml(true));
    let all = kind.map_or(Ok(Vec::new()), |kind| objects(kind, namespace, cx))?;
    let items = all.iter().map(|object| {
        let mut value = output_formats::value_of(object, shows_managers);
        _ = value.remove_at(&["kind"]);
        _ = value.remove_at(&["apiVersion"]);
        value
    });
    let name = kind.map_or("ReplicationController", |kind| kind.names().kind);
    let value = obj! {
        "apiVersion" => Text::new(version), "items" => items.collect::<Vec<Value>>(), "kind" => format!("{name}List"),
        "metadata" => obj! { "resourceVersion" => cx.cluster().resource_version().to_string() },
    };
    if let Format::Json(_) = format {
        return Ok(typed_value(&value) + "\n");
    }
    let mut out = Output::default();
    output_formats::print_value(format, &value, &mut out);
    Ok(out.lines.iter().map(|line| line.text() + "\n").collect())
}

/// What the containers of a pod have said.
fn logs(args: &Args, pod: &Rc<Object>, cx: &Cx<'_>) -> String {
    let mut text = String::new();
    for path in [&["spec", "initContainers"][..], &["spec", "containers"]] {
        for container in pod.list_at(path) {
            let name = container.str_at(&["name"]);
            let place = format!("logs for container {name} of pod {}/{} ====\n", pod.meta.namespace, pod.meta.name);
            text.push_str(&format!("==== START {place}"));
            match lines_of(args, pod, &Text::new(name), cx) {
                Ok(lines) => lines.iter().for_each(|line| text.push_str(&format!("{}\n", line.text))),
                Err(failure) => {
                    let why = failure.to_string();
                    let why = why.split_once("): ").map_or(why.as_str(), |(_, why)| why);
                    text.push_str(&format!("Request log error: {why}\n"));
                }
            }
            text.push_str(&format!("==== END {place}"));
        }
    }
    text
}
