//! `kubectl auth`: who asks, and what they may do.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::resources::Resource;
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl auth whoami`.
pub const AUTH_WHOAMI: Verb = Verb {
    name: "auth whoami",
    flags: &[WHOAMI_FLAGS],
    run: who_am_i,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help("Check self subject attributes.", &[("Who am I?", "kubectl auth whoami")], &[], "auth whoami [options]"),
};

/// The row of `kubectl auth can-i`.
pub const AUTH_CAN_I: Verb = Verb {
    name: "auth can-i",
    flags: &[AUTH_FLAGS],
    run: can_i,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help(
        "Check whether an action is allowed.",
        &[("May I create pods?", "kubectl auth can-i create pods"), ("What may I do?", "kubectl auth can-i --list")],
        &[("--list=false", "Print all allowed actions."), ("-q, --quiet=false", "Only the exit code tells.")],
        "auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]",
    ),
};

/// The flags of `auth`.
pub const AUTH_FLAGS: &[Flag] = &[
    short("quiet", 'q', Takes::Bool),
    short("all-namespaces", 'A', Takes::Bool),
    long("list", Takes::Bool),
    long("subresource", Takes::Text).ignored(),
    long("no-headers", Takes::Bool).ignored(),
];

/// The flags of `auth whoami`.
pub const WHOAMI_FLAGS: &[Flag] = &[short("output", 'o', Takes::Text).ignored()];

/// `kubectl auth can-i`: whoever types here may do everything, nobody else may do anything.
///
/// # Errors
/// What is wrong with the arguments.
pub fn can_i(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.is("list") {
        let row = |cells: [&str; 4]| cells.map(Cell::new).to_vec();
        let mut rows = vec![
            row(["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]),
            row(["*.*", "[]", "[]", "[*]"]),
            row(["", "[*]", "[]", "[*]"]),
        ];
        for name in ["selfsubjectreviews.authentication.k8s.io", "selfsubjectaccessreviews.authorization.k8s.io"] {
            rows.push(row([name, "[]", "[]", "[create]"]));
        }
        for path in ["/api/*", "/api", "/apis/*", "/apis", "/healthz", "/livez", "/readyz", "/version"] {
            rows.push(row(["", &format!("[{path}]"), "[]", "[get]"]));
        }
        cx.out.lines.extend(Table::default().lines(&rows));
        return OK;
    }
    let (verb, what) = match args.before_dash() {
        [verb, what] | [verb, what, _] => (verb, what),
        _ => {
            return Err(Failure::client(
                "you must specify two arguments: verb resource or verb resource/resourceName.",
            ));
        }
    };
    let resource = what.split(['/', '.']).next().unwrap_or(what);
    if !what.starts_with('/') && resource != "*" {
        match Resource::find(resource) {
            None => cx.out.err(format!("Warning: the server doesn't have a resource type '{resource}'")),
            Some(found) if !found.is_namespaced() && !args.has("all-namespaces") => {
                cx.out.err(format!("Warning: resource '{}' is not namespace scoped", found.plural()));
            }
            Some(_) => {}
        }
    }
    let known = [
        "get",
        "list",
        "watch",
        "create",
        "update",
        "patch",
        "delete",
        "deletecollection",
        "use",
        "bind",
        "impersonate",
        "*",
        "approve",
        "sign",
        "escalate",
        "attest",
    ];
    if !known.contains(&verb.as_str()) {
        cx.out.err(format!("Warning: verb '{verb}' is not a known verb"));
    }
    let may = !args.has("as") || args.list("as-group").iter().any(|group| group == "system:masters");
    if !args.is("quiet") {
        cx.out.out(if may { "yes" } else { "no" });
    }
    Ok(Flow::Done(i32::from(!may)))
}

/// `kubectl auth whoami`.
///
/// # Errors
/// None.
pub fn who_am_i(_: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let rows =
        [["ATTRIBUTE", "VALUE"], ["Username", "minikube-user"], ["Groups", "[system:masters system:authenticated]"]];
    let rows: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(|text| Cell::new(*text)).collect()).collect();
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}
