//! `kubectl config`: reads and changes the file of contexts.
//!
//! Follows `pkg/cmd/config/config.go` of kubectl.

use super::config_entries::{self, set_cluster, set_context, set_credentials};
use super::config_faults::{UNEXPECTED, one_name, unexpected};
use super::config_property::change;
use super::config_view::view;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::kubeconfig::{KubeConfig, Part};
use crate::kubectl::output_formats;
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::Value;

type Run = fn(&Args, &mut Cx<'_>) -> Result<Flow, Failure>;

const fn row(
    name: &'static str,
    flags: &'static [&'static [Flag]],
    run: Run,
    summary: &'static str,
    usage: &'static str,
) -> Verb {
    let (listed, ways) = (None, Ways { needs_server: false, ..Ways::USUAL });
    let help = help(summary, &[], &[], usage);
    Verb { name, flags, run, manager: "kubectl", completes: Completes::Nothing, listed, ways, help }
}

/// The rows of `kubectl config`.
pub static ROWS: &[Verb] = &[
    row(
        "config current-context",
        &[],
        current_context,
        "Display the current-context.",
        "config current-context [options]",
    ),
    row(
        "config delete-cluster",
        &[],
        delete_cluster,
        "Delete the specified cluster from the kubeconfig.",
        "config delete-cluster NAME [options]",
    ),
    row(
        "config delete-context",
        &[],
        delete_context,
        "Delete the specified context from the kubeconfig.",
        "config delete-context NAME [options]",
    ),
    row(
        "config delete-user",
        &[],
        delete_user,
        "Delete the specified user from the kubeconfig.",
        "config delete-user NAME [options]",
    ),
    row(
        "config get-clusters",
        &[],
        get_clusters,
        "Display clusters defined in the kubeconfig.",
        "config get-clusters [options]",
    ),
    row(
        "config get-contexts",
        &[&[long("no-headers", Takes::Bool), short("output", 'o', Takes::Text)]],
        get_contexts,
        "Display one or many contexts from the kubeconfig file.",
        "config get-contexts [(-o|--output=)name)] [options]",
    ),
    row("config get-users", &[], get_users, "Display users defined in the kubeconfig.", "config get-users [options]"),
    row(
        "config rename-context",
        &[],
        rename_context,
        "Rename a context from the kubeconfig file.",
        "config rename-context CONTEXT_NAME NEW_NAME [options]",
    ),
    row(
        "config set",
        &[&[long("set-raw-bytes", Takes::Bool)]],
        set,
        "Set an individual value in a kubeconfig file.",
        "config set PROPERTY_NAME PROPERTY_VALUE [options]",
    ),
    row(
        "config set-cluster",
        &[config_entries::CLUSTER_FLAGS],
        set_cluster,
        "Set a cluster entry in kubeconfig.",
        "config set-cluster NAME [--server=server] [--insecure-skip-tls-verify=true] [options]",
    ),
    row(
        "config set-context",
        &[&[long("current", Takes::Bool)]],
        set_context,
        "Set a context entry in kubeconfig.",
        "config set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]",
    ),
    row(
        "config set-credentials",
        &[config_entries::CREDENTIALS_FLAGS],
        set_credentials,
        "Set a user entry in kubeconfig.",
        "config set-credentials NAME [--token=bearer_token] [--username=basic_user] [--password=basic_password] [options]",
    ),
    row(
        "config unset",
        &[],
        unset,
        "Unset an individual value in a kubeconfig file.",
        "config unset PROPERTY_NAME [options]",
    ),
    row(
        "config use",
        &[],
        use_context,
        "Set the current-context in a kubeconfig file.",
        "config use-context CONTEXT_NAME [options]",
    ),
    row(
        "config use-context",
        &[],
        use_context,
        "Set the current-context in a kubeconfig file.",
        "config use-context CONTEXT_NAME [options]",
    ),
    row(
        "config view",
        &[
            &[
                long("minify", Takes::Bool),
                long("raw", Takes::Bool),
                long("flatten", Takes::Bool),
                long("merge", Takes::Bool),
            ],
            output_formats::FLAGS,
        ],
        view,
        "Display merged kubeconfig settings or a specified kubeconfig file.",
        "config view [flags] [options]",
    ),
];

fn current_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    match KubeConfig::load(args, cx).current().as_str() {
        "" => Err(Failure::client("current-context is not set")),
        current => {
            cx.out.out(current);
            OK
        }
    }
}

fn names(args: &Args, part: Part, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    cx.out.out("NAME");
    for name in KubeConfig::load(args, cx).names(part) {
        cx.out.out(name);
    }
    OK
}

fn get_clusters(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    names(args, Part::Clusters, cx)
}

fn get_users(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    names(args, Part::Users, cx)
}

fn get_contexts(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !matches!(args.text("output"), "" | "name") {
        return Err(Failure::client(format!(
            "--output {} is not available in kubectl config get-contexts; resetting to default output format",
            args.text("output")
        )));
    }
    let config = KubeConfig::load(args, cx);
    let all = config.names(Part::Contexts);
    let (wanted, missing): (Vec<String>, Vec<String>) = match args.before_dash() {
        [] => (all, Vec::new()),
        named => named.iter().cloned().partition(|name| all.contains(name)),
    };
    if args.text("output") == "name" {
        wanted.iter().for_each(|name| cx.out.out(name.clone()));
    } else {
        let cells = |cells: [&str; 5]| cells.into_iter().map(Cell::new).collect::<Vec<_>>();
        let mut rows = Vec::new();
        if !args.is("no-headers") {
            rows.push(cells(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]));
        }
        for name in &wanted {
            let context = config.entry(Part::Contexts, name).unwrap_or_else(Value::map);
            let text = |field: &'static str| context.str_at(&[field]).to_string();
            let mark = if *name == config.current() { "*" } else { "" };
            rows.push(cells([mark, name, &text("cluster"), &text("user"), &text("namespace")]));
        }
        cx.out.lines.extend(Table::default().lines(&rows));
    }
    let failures: Vec<Failure> =
        missing.iter().map(|name| Failure::client(format!("context {name} not found"))).collect();
    Ok(Flow::Done(cx.fail_all(&failures)))
}

fn use_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = one_name(args, "config use-context", UNEXPECTED, cx)?.to_string();
    let mut config = KubeConfig::load(args, cx);
    if config.entry(Part::Contexts, &name).is_none() {
        return Err(Failure::client(format!("no context exists with the name: {name:?}")));
    }
    config.set_current(&name);
    config.store(cx);
    cx.out.out(format!("Switched to context {name:?}."));
    OK
}

fn rename_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [from, to] = args.before_dash() else {
        return Err(unexpected("config rename-context", UNEXPECTED, args.before_dash(), cx));
    };
    let mut config = KubeConfig::load(args, cx);
    let Some(body) = config.entry(Part::Contexts, from) else {
        return Err(Failure::client(format!("cannot rename the context {from:?}, it's not in {}", config.place)));
    };
    if config.entry(Part::Contexts, to).is_some() {
        return Err(Failure::client(format!(
            "cannot rename the context {from:?}, the context {to:?} already exists in {}",
            config.place
        )));
    }
    config.remove(Part::Contexts, from);
    config.put(Part::Contexts, to, body);
    if config.current() == *from {
        config.set_current(to);
    }
    config.store(cx);
    cx.out.out(format!("Context {from:?} renamed to {to:?}."));
    OK
}

fn delete(args: &Args, part: Part, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [name] = args.before_dash() else {
        let verb = format!("config delete-{}", part.singular());
        if part == Part::Users {
            return Err(Failure::Usage("user to delete is required".into(), verb));
        }
        // Without an error.
        unexpected(&verb, UNEXPECTED, &[], cx);
        return OK;
    };
    let name = name.clone();
    let mut config = KubeConfig::load(args, cx);
    let what = part.singular();
    if !config.remove(part, &name) {
        return Err(Failure::client(format!("cannot delete {what} {name}, not in {}", config.place)));
    }
    if part == Part::Contexts && config.current() == name {
        cx.out.err(
            "warning: this removed your active context, use \"kubectl config use-context\" to select a different one",
        );
    }
    config.store(cx);
    cx.out.out(format!("deleted {what} {name} from {}", config.place));
    OK
}

fn delete_cluster(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    delete(args, Part::Clusters, cx)
}

fn delete_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    delete(args, Part::Contexts, cx)
}

fn delete_user(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    delete(args, Part::Users, cx)
}

fn set(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [property, value] = args.before_dash() else {
        return Err(unexpected("config set", UNEXPECTED, args.before_dash(), cx));
    };
    if value.is_empty() {
        return Err(Failure::client("you cannot use set to unset a property"));
    }
    if property.is_empty() {
        return Err(Failure::client("you must specify a property"));
    }
    change(args, property, Some(value), cx)?;
    cx.out.out(format!("Property {property:?} set."));
    OK
}

fn unset(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let property = one_name(args, "config unset", UNEXPECTED, cx)?.to_string();
    change(args, &property, None, cx)?;
    cx.out.out(format!("Property {property:?} unset."));
    OK
}
