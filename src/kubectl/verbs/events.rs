//! `kubectl events`: what happened, by time.

use crate::kubectl::columns::{event_times, since};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::output::Style;
use crate::kubectl::print::{self, Format};
use crate::kubectl::resources::{Resource, namespace_of};
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::verb::{Completes, Verb};
use crate::model::{Kind, Object};
use crate::ordering::Order;
use std::rc::Rc;

/// The row of `kubectl events`.
pub const EVENTS: Verb = Verb {
    name: "events",
    flags: &[EVENTS_FLAGS],
    run: events,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help(
        "List events, the latest last.",
        &[
            ("What happened in this namespace", "kubectl events"),
            ("What happened to one set", "kubectl events --for statefulset/web"),
        ],
        &[
            ("--for=''", "Only events about this object."),
            ("--types=[]", "Normal, Warning or both."),
            ("-w, --watch=false", "Go on listing."),
            help::ALL_NAMESPACES,
        ],
        "events [options]",
    ),
};

/// The flags of `events`.
pub const EVENTS_FLAGS: &[Flag] = &[
    long("for", Takes::Text),
    long("types", Takes::List),
    long("no-headers", Takes::Bool),
    short("all-namespaces", 'A', Takes::Bool),
    short("watch", 'w', Takes::Bool).ignored(),
    short("output", 'o', Takes::Text),
];

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
            let kind = match Resource::named(kind, cx)? {
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
    cx.check_access("list", Kind::Event, "", if is_everywhere { "" } else { &namespace }, "")?;
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
    let format = Format::of(args, cx)?;
    if !format.is_table() {
        return Ok(Flow::Done(print::print(&format, &all, false, &mut cx.out)));
    }
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
