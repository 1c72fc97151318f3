//! `kubectl config`: contexts and where they are kept.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::print::text_lines;
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl config view`.
pub const CONFIG_VIEW: Verb = Verb {
    name: "config view",
    flags: &[CONTEXT_FLAGS],
    run: view,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help(
        "Display merged kubeconfig settings or a specified kubeconfig file.",
        &[],
        &[],
        "config view [flags] [options]",
    ),
};

/// The row of `kubectl config use-context`.
pub const CONFIG_USE_CONTEXT: Verb = Verb {
    name: "config use-context",
    flags: &[],
    run: use_context,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help("Set the current-context in a kubeconfig file.", &[], &[], "config use-context CONTEXT_NAME [options]"),
};

/// The row of `kubectl config set-context`.
pub const CONFIG_SET_CONTEXT: Verb = Verb {
    name: "config set-context",
    flags: &[CONTEXT_FLAGS],
    run: set_context,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help(
        "Set a context entry in kubeconfig.",
        &[],
        &[],
        "config set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]",
    ),
};

/// The row of `kubectl config get-contexts`.
pub const CONFIG_GET_CONTEXTS: Verb = Verb {
    name: "config get-contexts",
    flags: &[CONTEXT_FLAGS],
    run: get_contexts,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help(
        "Display one or many contexts from the kubeconfig file.",
        &[],
        &[],
        "config get-contexts [(-o|--output=)name)] [options]",
    ),
};

/// The row of `kubectl config get-clusters`.
pub const CONFIG_GET_CLUSTERS: Verb = Verb {
    name: "config get-clusters",
    flags: &[CONTEXT_FLAGS],
    run: get_clusters,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help("Display clusters defined in the kubeconfig.", &[], &[], "config get-clusters [options]"),
};

/// The row of `kubectl config current-context`.
pub const CONFIG_CURRENT_CONTEXT: Verb = Verb {
    name: "config current-context",
    flags: &[],
    run: current_context,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help("Display the current-context.", &[], &[], "config current-context [options]"),
};

/// The flags of `config` subcommands.
pub const CONTEXT_FLAGS: &[Flag] = &[
    long("current", Takes::Bool),
    long("minify", Takes::Bool),
    long("raw", Takes::Bool),
    long("no-headers", Takes::Bool),
    short("output", 'o', Takes::Text),
];

/// The name of the only context.
pub const CONTEXT: &str = "minikube";

/// `kubectl config current-context`.
///
/// # Errors
/// None.
pub fn current_context(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    cx.out.out(CONTEXT);
    OK
}

/// `kubectl config get-clusters`.
///
/// # Errors
/// None.
pub fn get_clusters(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    cx.out.out("NAME");
    cx.out.out(CONTEXT);
    OK
}

/// `kubectl config get-contexts`.
///
/// # Errors
/// None.
pub fn get_contexts(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let namespace = cx.default_namespace();
    let row = |cells: [&str; 5]| cells.into_iter().map(Cell::new).collect::<Vec<_>>();
    let rows = [
        row(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]),
        row(["*", CONTEXT, CONTEXT, CONTEXT, &namespace]),
    ];
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}

/// `kubectl config set-context --current --namespace=…`.
///
/// # Errors
/// A context that does not exist.
pub fn set_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.has("namespace") {
        cx.state.namespace = args.text("namespace").to_string();
    }
    let name = args.before_dash().first().map_or(CONTEXT, String::as_str).to_string();
    cx.out.out(format!("Context {name:?} modified."));
    OK
}

/// `kubectl config use-context`.
///
/// # Errors
/// A context that does not exist.
pub fn use_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    match args.before_dash().first().map(String::as_str) {
        Some(CONTEXT) => {
            cx.out.out(format!("Switched to context {CONTEXT:?}."));
            OK
        }
        Some(other) => Err(Failure::client(format!("no context exists with the name: {other:?}"))),
        None => Err(Failure::client("accepts 1 arg(s), received 0")),
    }
}

/// `kubectl config view`.
///
/// # Errors
/// None.
pub fn view(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let namespace = cx.default_namespace();
    text_lines(
        &format!(
            "apiVersion: v1\nclusters:\n- cluster:\n    server: https://192.168.49.2:8443\n  name: {CONTEXT}\n\
             contexts:\n- context:\n    cluster: {CONTEXT}\n    namespace: {namespace}\n    user: {CONTEXT}\n  \
             name: {CONTEXT}\ncurrent-context: {CONTEXT}\nkind: Config\nusers:\n- name: {CONTEXT}\n"
        ),
        &mut cx.out,
    );
    OK
}
