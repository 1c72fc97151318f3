//! `kubectl version`, `cluster-info`, `config`, `api-resources`, `events` and `options`: about the cluster as a whole.

use crate::kubectl::columns::{event_times, since};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::output::Style;
use crate::kubectl::print::text_lines;
use crate::kubectl::resources::{ABSENT, Absent, Resource, namespace_of};
use crate::kubectl::table::{Cell, Table};
use crate::manifest::to_yaml;
use crate::model::{JsonStyle, Kind, Object, to_json_styled};
use crate::obj;
use crate::ordering::Order;
use std::rc::Rc;

/// The flags of `api-resources`.
pub const API_FLAGS: &[Flag] = &[
    long("namespaced", Takes::Bool),
    long("api-group", Takes::Text),
    long("no-headers", Takes::Bool),
    long("verbs", Takes::List),
    long("sort-by", Takes::Text),
    long("cached", Takes::Bool),
    long("categories", Takes::List),
    short("output", 'o', Takes::Text),
];

/// The flags of `config` subcommands.
pub const CONTEXT_FLAGS: &[Flag] = &[
    long("current", Takes::Bool),
    long("minify", Takes::Bool),
    long("raw", Takes::Bool),
    long("no-headers", Takes::Bool),
    short("output", 'o', Takes::Text),
];

/// The flags of `events`.
pub const EVENTS_FLAGS: &[Flag] = &[
    long("for", Takes::Text),
    long("types", Takes::List),
    long("no-headers", Takes::Bool),
    short("all-namespaces", 'A', Takes::Bool),
    short("watch", 'w', Takes::Bool),
    short("output", 'o', Takes::Text),
];

/// The flags of `version`.
pub const VERSION_FLAGS: &[Flag] =
    &[long("client", Takes::Bool), long("short", Takes::Bool), short("output", 'o', Takes::Text)];

/// `kubectl version`.
///
/// # Errors
/// None.
pub fn version(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    match args.text("output") {
        "" => {}
        format @ ("json" | "yaml") => {
            let of = |version: &'static str| {
                obj! { "compiler" => "gc", "gitVersion" => version, "major" => "1", "minor" => "36", "platform" => "linux/amd64" }
            };
            let mut value = obj! { "clientVersion" => of("v1.36.4"), "kustomizeVersion" => "v5.8.1" };
            if !args.is("client") {
                value.set_at(&["serverVersion"], of("v1.36.2"));
            }
            let style = JsonStyle { indent: 2, escape_html: false };
            let text = if format == "yaml" { to_yaml(&value) } else { to_json_styled(&value, style) + "\n" };
            text_lines(&text, &mut cx.out);
            return OK;
        }
        _ => return Err(Failure::client("--output must be 'yaml' or 'json'")),
    }
    cx.out.out("Client Version: v1.36.4");
    cx.out.out("Kustomize Version: v5.8.1");
    if !args.is("client") {
        cx.out.out("Server Version: v1.36.2");
    }
    OK
}

/// `kubectl cluster-info`.
///
/// # Errors
/// None.
pub fn cluster_info(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let address = cx
        .cluster()
        .list(Kind::Node)
        .flat_map(|node| node.list_at(&["status", "addresses"]).to_vec())
        .find(|address| address.str_at(&["type"]) == "InternalIP")
        .map_or_else(|| "127.0.0.1".to_string(), |address| address.str_at(&["address"]).to_string());
    cx.out.out(format!("Kubernetes control plane is running at https://{address}:8443"));
    cx.out.out(format!(
        "CoreDNS is running at https://{address}:8443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy"
    ));
    cx.out.out("");
    cx.out.out("To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
    OK
}

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

/// `kubectl options`.
///
/// # Errors
/// None.
pub fn options(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    text_lines(crate::kubectl::help::global_options(), &mut cx.out);
    OK
}

/// `kubectl api-versions`.
///
/// # Errors
/// None.
pub fn api_versions(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let kept = Kind::ALL.into_iter().map(|kind| kind.api_version().to_string());
    let mut versions: Vec<String> = kept.chain(ABSENT.iter().map(Absent::api_version)).collect();
    versions.order();
    versions.dedup();
    versions.into_iter().for_each(|version| cx.out.out(version));
    OK
}

/// `kubectl api-resources`.
///
/// # Errors
/// None.
pub fn api_resources(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut all: Vec<(String, [String; 5])> = Vec::new();
    for kind in Kind::ALL {
        let names = kind.names();
        let row = [
            names.plural.to_string(),
            names.short.join(","),
            kind.api_version().to_string(),
            names.is_namespaced.to_string(),
            names.kind.to_string(),
        ];
        all.push((format!("{}/{}", names.group, names.plural), row));
    }
    for it in ABSENT {
        let row = [
            it.plural.to_string(),
            it.short.to_string(),
            it.api_version(),
            it.is_namespaced.to_string(),
            it.kind.to_string(),
        ];
        all.push((format!("{}/{}", it.group, it.plural), row));
    }
    all.order();
    if args.has("namespaced") {
        all.retain(|(_, row)| row[3] == args.is("namespaced").to_string());
    }
    if let Some(group) = args.get("api-group") {
        all.retain(|(key, _)| key.split('/').next() == Some(group));
    }
    if args.text("output") == "name" {
        for (key, row) in &all {
            let group = key.split('/').next().unwrap_or("");
            cx.out.out(if group.is_empty() { row[0].clone() } else { format!("{}.{group}", row[0]) });
        }
        return OK;
    }
    let header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    if !args.is("no-headers") {
        rows.push(header.into_iter().map(|text| Cell::styled(text, Style::Header)).collect());
    }
    rows.extend(all.into_iter().map(|(_, row)| row.into_iter().map(Cell::new).collect()));
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}

/// `kubectl events`.
///
/// # Errors
/// What kubectl refuses.
pub fn events(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let namespace = namespace_of(args, cx);
    let is_everywhere = args.is("all-namespaces");
    let wanted = match args.get("for") {
        Some(word) => {
            let Some((kind, name)) = word.split_once('/') else {
                return Err(Failure::client("--for must be in resource/name form"));
            };
            let kind = match Resource::named(kind)? {
                Resource::Kept(kind) => kind.names().kind,
                Resource::Absent(it) => it.kind,
            };
            Some((kind, name.to_string()))
        }
        None => None,
    };
    for kind in args.list("types") {
        if !matches!(kind.to_ascii_lowercase().as_str(), "normal" | "warning") {
            return Err(Failure::client("valid --types are Normal or Warning"));
        }
    }
    let takes = |event: &&Rc<Object>| {
        let about = |field: &str| event.str_at(&["involvedObject", field]);
        (is_everywhere || event.meta.namespace == namespace)
            && wanted.as_ref().is_none_or(|(kind, name)| about("kind") == *kind && about("name") == name)
            && (args.list("types").is_empty()
                || args.list("types").iter().any(|kind| kind.eq_ignore_ascii_case(event.str_at(&["type"]))))
    };
    let mut all: Vec<Rc<Object>> = cx.cluster().list(Kind::Event).filter(takes).cloned().collect();
    if all.is_empty() {
        cx.out.err(if is_everywhere {
            "No events found.".to_string()
        } else {
            format!("No events found in {namespace} namespace.")
        });
        return OK;
    }
    all.order_by_key(|event| event_times(event).0);
    let mut rows = Vec::new();
    if !args.is("no-headers") {
        let mut header = vec!["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"];
        if is_everywhere {
            header.insert(0, "NAMESPACE");
        }
        rows.push(header.into_iter().map(|text| Cell::styled(text, Style::Header)).collect());
    }
    for event in &all {
        rows.push(row(event, is_everywhere, cx));
    }
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}

fn row(event: &Object, has_namespace: bool, cx: &Cx<'_>) -> Vec<Cell> {
    let (last, first, count) = event_times(event);
    let text = |at: Option<_>| at.map_or_else(|| "<unknown>".to_string(), |at| since(at, cx.now()));
    let seen = if count > 1 { format!("{} (x{count} over {})", text(last), text(first)) } else { text(last) };
    let about = |field: &str| event.str_at(&["involvedObject", field]).to_string();
    let kind = event.str_at(&["type"]);
    let mut cells = vec![
        Cell::new(seen),
        Cell::styled(kind, if kind == "Warning" { Style::Bad } else { Style::Plain }),
        Cell::new(event.str_at(&["reason"])),
        Cell::new(format!("{}/{}", about("kind"), about("name"))),
        Cell::new(event.str_at(&["message"]).trim()),
    ];
    if has_namespace {
        cells.insert(0, Cell::new(event.meta.namespace.as_str()));
    }
    cells
}
