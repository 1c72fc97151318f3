//! `kubectl events`: what happened, by time.
//!
//! Follows `pkg/cmd/events/events.go` of kubectl.

use crate::cluster::{self, Change};
use crate::kubectl::columns::{event_times, since};
use crate::kubectl::command::{Cx, Failure, Flow, Job, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::output_formats::{self, Format};
use crate::kubectl::resources::{Resource, namespace_of};
use crate::kubectl::screen_text::{Output, Style};
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::typed_json::typed_value;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Kind, Object, Text, Value};
use crate::obj;
use crate::ordering::Order;
use std::rc::Rc;

/// The row of `kubectl events`.
pub const EVENTS: Verb = Verb {
    name: "events",
    flags: &[output_formats::FLAGS, EVENTS_FLAGS],
    run: events,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: Group::Troubleshooting.at(10),
    ways: Ways::USUAL,
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
    short("watch", 'w', Takes::Bool),
    long("chunk-size", Takes::Int).ignored(),
];

/// Which events are meant.
#[derive(Clone, Debug)]
struct Filter {
    /// Empty for all.
    namespace: Text,
    /// Kind and name of what they are about.
    about: Option<(&'static str, String)>,
    types: Vec<String>,
}

impl Filter {
    fn of(args: &Args, cx: &Cx<'_>) -> Result<Filter, Failure> {
        let about = match args.get("for") {
            Some(word) => {
                let Some((kind, name)) = word.split_once('/') else {
                    return Err(Failure::client("--for must be in resource/name form"));
                };
                // The mapper's own words, to which nothing is added.
                let unknown = || Failure::Raw(format!("the server doesn't have a resource type {kind:?}"));
                let kind = match Resource::find(kind, &cx.custom_kinds()).ok_or_else(unknown)? {
                    Resource::Kept(kind) => kind.names().kind,
                    Resource::Absent(it) => it.kind,
                };
                Some((kind, name.to_string()))
            }
            None => None,
        };
        let types = args.list("types").to_vec();
        if types.iter().any(|kind| !matches!(kind.to_ascii_lowercase().as_str(), "normal" | "warning")) {
            return Err(Failure::client("valid --types are Normal or Warning"));
        }
        let namespace = if args.is("all-namespaces") { Text::default() } else { namespace_of(args, cx) };
        Ok(Filter { namespace, about, types })
    }

    fn takes(&self, event: &Object) -> bool {
        let about = |field: &str| event.str_at(&["involvedObject", field]);
        (self.namespace.is_empty() || event.meta.namespace == self.namespace)
            && self.about.as_ref().is_none_or(|(kind, name)| about("kind") == *kind && about("name") == name)
            && (self.types.is_empty()
                || self.types.iter().any(|kind| kind.eq_ignore_ascii_case(event.str_at(&["type"]))))
    }
}

/// `kubectl events`.
///
/// # Errors
/// What kubectl refuses.
pub fn events(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let filter = Filter::of(args, cx)?;
    let format = Format::of(args, cx)?;
    let is_watch = args.is("watch");
    cx.check_access(if is_watch { "watch" } else { "list" }, Kind::Event, "", &filter.namespace, "")?;
    let mut all: Vec<Rc<Object>> =
        cx.cluster().list(Kind::Event).filter(|event| filter.takes(event)).cloned().collect();
    if is_watch {
        let version = cx.cluster().resource_version();
        let shows_header = !args.is("no-headers");
        let mut watch = Watch { filter, format, shows_header, table: Table::default(), version };
        all.iter().for_each(|event| watch.show(event, cx));
        return Ok(Flow::Wait(Box::new(watch)));
    }
    let has_namespace = filter.namespace.is_empty();
    if all.is_empty() {
        cx.out.err(if has_namespace {
            "No events found.".to_string()
        } else {
            format!("No events found in {} namespace.", filter.namespace)
        });
        return OK;
    }
    all.order_by_key(|event| event_times(event).0);
    if !format.is_table() {
        return Ok(print_list(&format, &all, cx));
    }
    let mut rows = Vec::new();
    if !args.is("no-headers") {
        rows.push(header(has_namespace));
    }
    for event in &all {
        rows.push(row(event, has_namespace, cx));
    }
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}

/// Prints events as the list that the client holds, without the types of what is in it.
fn print_list(format: &Format, events: &[Rc<Object>], cx: &mut Cx<'_>) -> Flow {
    let item = |event: &Rc<Object>| {
        let mut value = output_formats::value_of(event, matches!(format, Format::Yaml(true) | Format::Json(true)));
        _ = value.remove_at(&["kind"]);
        _ = value.remove_at(&["apiVersion"]);
        value
    };
    let items: Vec<Value> = events.iter().map(item).collect();
    let list = obj! { "apiVersion" => "v1", "items" => items, "kind" => "EventList", "metadata" => obj! {} };
    match format {
        Format::Json(_) => output_formats::text_lines(&(typed_value(&list) + "\n"), &mut cx.out),
        Format::Name => return Flow::Done(output_formats::print(format, events, false, &mut cx.out)),
        format => return Flow::Done(output_formats::print_value(format, &list, &mut cx.out)),
    }
    Flow::Done(0)
}

fn header(has_namespace: bool) -> Vec<Cell> {
    let names = ["NAMESPACE", "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"];
    names.into_iter().skip(usize::from(!has_namespace)).map(|text| Cell::styled(text, Style::Header)).collect()
}

/// `events --watch`: those that are there, and then each as it comes; none is printed because it goes.
#[derive(Clone, Debug)]
struct Watch {
    filter: Filter,
    format: Format,
    /// Whether the header is still to be printed.
    shows_header: bool,
    table: Table,
    /// The version of the store up to which everything was shown.
    version: u64,
}

impl Watch {
    fn show(&mut self, event: &Rc<Object>, cx: &mut Cx<'_>) {
        if !self.format.is_table() {
            let mut out = Output::default();
            output_formats::print(&self.format, std::slice::from_ref(event), true, &mut out);
            cx.out.lines.extend(out.lines);
            return;
        }
        let has_namespace = self.filter.namespace.is_empty();
        let mut rows = Vec::new();
        if std::mem::take(&mut self.shows_header) {
            rows.push(header(has_namespace));
        }
        rows.push(row(event, has_namespace, cx));
        cx.out.lines.extend(self.table.lines(&rows));
    }
}

impl Job for Watch {
    fn is_endless(&self) -> bool {
        true
    }

    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let is_new = |change: &&Change| {
            change.kind() == Kind::Event
                && change.resource_version > self.version
                && change.verb != cluster::Verb::Deleted
        };
        let news: Vec<Rc<Object>> =
            cx.host.news().iter().filter(is_new).map(|change| Rc::clone(&change.object)).collect();
        self.version = cx.cluster().resource_version();
        for event in news.iter().filter(|event| self.filter.takes(event)).cloned().collect::<Vec<_>>() {
            self.show(&event, cx);
        }
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }
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
