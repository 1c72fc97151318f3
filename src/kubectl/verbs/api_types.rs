//! `kubectl api-resources` and `api-versions`: the types that the API server knows.
//!
//! Follows `pkg/cmd/apiresources` of kubectl.

use super::discovery::{category, verbs_of};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::resources::{ABSENT, Absent, SECOND_GROUPS};
use crate::kubectl::screen_text::Style;
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::ordering::Order;

/// The row of `kubectl api-versions`.
pub const API_VERSIONS: Verb = Verb {
    name: "api-versions",
    flags: &[],
    run: api_versions,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: Group::Other.at(2),
    ways: Ways::USUAL,
    help: help(
        "Print the supported API versions on the server, in the form of \"group/version\".",
        &[("List the versions", "kubectl api-versions")],
        &[],
        "api-versions",
    ),
};

/// The row of `kubectl api-resources`.
pub const API_RESOURCES: Verb = Verb {
    name: "api-resources",
    flags: &[API_FLAGS],
    run: api_resources,
    manager: "kubectl",
    completes: Completes::Kinds,
    listed: Group::Other.at(1),
    ways: Ways::USUAL,
    help: help(
        "Print the supported API resources on the server.",
        &[("List the types with their short names", "kubectl api-resources")],
        &[("--namespaced=true", "Only types with, or without, a namespace."), ("-o, --output=''", "wide or name.")],
        "api-resources [options]",
    ),
};

/// The flags of `api-resources`.
pub const API_FLAGS: &[Flag] = &[
    long("namespaced", Takes::Bool),
    long("api-group", Takes::Text),
    long("no-headers", Takes::Bool),
    long("verbs", Takes::List),
    long("sort-by", Takes::Text),
    long("cached", Takes::Bool).ignored(),
    long("categories", Takes::List),
    long("show-managed-fields", Takes::Bool).ignored(),
    short("output", 'o', Takes::Text),
];

/// `kubectl api-versions`.
///
/// # Errors
/// None.
pub fn api_versions(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    refuse_words(args, "api-versions")?;
    let cluster = cx.cluster();
    let kept = cluster.kinds().flat_map(|kind| cluster.api_versions(kind));
    let second = SECOND_GROUPS.iter().map(|(_, group)| format!("{group}/v1"));
    let mut versions: Vec<String> = kept.chain(ABSENT.iter().map(Absent::api_version)).chain(second).collect();
    versions.order();
    versions.dedup();
    versions.into_iter().for_each(|version| cx.out.out(version));
    OK
}

fn refuse_words(args: &Args, verb: &str) -> Result<(), Failure> {
    match args.before_dash() {
        [] => Ok(()),
        words => Err(Failure::Usage(format!("unexpected arguments: [{}]", words.join(" ")), verb.into())),
    }
}

/// `kubectl api-resources`.
///
/// # Errors
/// None.
pub fn api_resources(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    refuse_words(args, "api-resources")?;
    let mut all: Vec<(String, [String; 5])> = Vec::new();
    let kept = cx.cluster().kinds().map(|kind| (kind, kind.names().group, kind.api_version().to_string()));
    let second = SECOND_GROUPS.iter().map(|(kind, group)| (*kind, *group, format!("{group}/v1")));
    for (kind, group, version) in kept.chain(second) {
        let names = kind.names();
        let row = [
            names.plural.to_string(),
            names.short.join(","),
            version,
            names.is_namespaced.to_string(),
            names.kind.to_string(),
        ];
        all.push((format!("{group}/{}", names.plural), row));
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
    if args.has("categories") {
        all.retain(|(_, row)| args.list("categories").iter().all(|it| it == category(&row[0])));
    }
    all.retain(|(_, row)| args.list("verbs").iter().all(|verb| verbs_of(&row[0]).contains(&verb.as_str())));
    match args.text("sort-by") {
        "" => {}
        "name" => all.order_by_key(|(_, row)| row[0].clone()),
        "kind" => all.order_by_key(|(_, row)| row[4].clone()),
        _ => return Err(Failure::client("--sort-by accepts only name or kind")),
    }
    if args.text("output") == "name" {
        for (key, row) in &all {
            let group = key.split('/').next().unwrap_or("");
            cx.out.out(if group.is_empty() { row[0].clone() } else { format!("{}.{group}", row[0]) });
        }
        return OK;
    }
    let is_wide = match args.text("output") {
        "" => false,
        "wide" => true,
        other => {
            return Err(Failure::client(format!(
                "unable to match a printer suitable for the output format {other:?}, allowed formats are: \
                 json,kyaml,name,wide,yaml"
            )));
        }
    };
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    if !args.is("no-headers") {
        let header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", "VERBS", "CATEGORIES"];
        let count = if is_wide { 7 } else { 5 };
        rows.push(header.into_iter().take(count).map(|text| Cell::styled(text, Style::Header)).collect());
    }
    for (_, row) in all {
        let (category, plural) = (category(&row[0]), row[0].clone());
        let mut cells: Vec<Cell> = row.into_iter().map(Cell::new).collect();
        if is_wide {
            let verbs = verbs_of(&plural).join(",");
            cells.extend([Cell::new(verbs), Cell::new(category)]);
        }
        rows.push(cells);
    }
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}
