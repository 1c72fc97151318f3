//! `kubectl get`: tables and other formats of objects, once or watched; lays nothing out itself.

use super::scale::scale_of;
use crate::cluster::{self, Change, Cluster};
use crate::kubectl::columns::{self, label_cell, label_header, labels_text};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::custom_columns;
use crate::kubectl::duration::parse_go_duration;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::jsonpath;
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output::{Output, Style};
use crate::kubectl::print::{self, Format};
use crate::kubectl::resources::{Resource, Scope, fetch, namespace_of};
use crate::kubectl::selection::{self, Labelled, Rules, Selection, select};
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::verb::{Completes, Verb};
use crate::kubectl::views::{cells, view};
use crate::model::{JsonStyle, Kind, Millis, Object, Text, Value};
use std::rc::Rc;

/// The row of `kubectl get`.
pub const GET: Verb = Verb {
    name: "get",
    flags: FLAGS,
    run,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help(
        "Display one or many resources.",
        &[
            ("Sets, pods and claims", "kubectl get sts,pods,pvc"),
            ("Pods with their addresses and nodes", "kubectl get pods -o wide"),
            ("Watch pods come and go", "kubectl get pods -w"),
            (
                "Names and images only",
                "kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image",
            ),
        ],
        &[
            help::OUTPUT,
            help::SELECTOR,
            help::ALL_NAMESPACES,
            ("--field-selector=''", "Only objects whose fields match, as in status.phase=Running."),
            ("--show-labels=false", "A column with all labels."),
            ("-L, --label-columns=[]", "A column for each of these labels."),
            ("--show-managed-fields=false", "With yaml and json: who owns which fields."),
            ("--sort-by=''", "A JSONPath to sort by."),
            ("--no-headers=false", "Leave the header out."),
            ("--ignore-not-found=false", "A missing object is no error."),
            ("-w, --watch=false", "Go on listing changes; Ctrl-C ends it."),
            help::FILE,
        ],
        "get [(-o|--output=)...] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE/NAME ...) [flags] [options]",
    ),
};

/// The flags of `get`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    print::FLAGS,
    &[
        selection::SELECTOR,
        selection::FIELD_SELECTOR,
        selection::ALL_NAMESPACES,
        short("watch", 'w', Takes::Bool),
        short("label-columns", 'L', Takes::List),
        long("show-labels", Takes::Bool),
        long("show-kind", Takes::Bool),
        long("no-headers", Takes::Bool),
        long("sort-by", Takes::Text),
        long("ignore-not-found", Takes::Bool),
        long("watch-only", Takes::Bool),
        long("output-watch-events", Takes::Bool),
        long("chunk-size", Takes::Int).ignored(),
        long("raw", Takes::Text),
        long("server-print", Takes::Bool),
        long("subresource", Takes::Text),
    ],
];

/// How rows of a table look.
#[derive(Clone, Debug, Default)]
struct Look {
    is_wide: bool,
    has_namespace: bool,
    has_kind: bool,
    labels: Vec<String>,
    shows_labels: bool,
    /// Names and ages alone, as the client prints what it knows nothing of (`--server-print=false`).
    is_generic: bool,
    /// The columns of the scale.
    is_scale: bool,
}

impl Look {
    fn header(&self, kind: Kind, cluster: &Cluster) -> Vec<Cell> {
        let mut row = Vec::new();
        if self.has_namespace {
            row.push("NAMESPACE".to_string());
        }
        if self.is_scale {
            row.extend(["NAME", "DESIRED", "AVAILABLE", "AGE"].map(str::to_string));
        } else if self.is_generic {
            row.extend(["NAME", "AGE"].map(str::to_string));
        } else if kind.is_custom() {
            let all = custom_columns::headers(kind, cluster).into_iter();
            row.extend(all.filter(|(_, is_wide)| self.is_wide || !is_wide).map(|(name, _)| name));
        } else {
            let kubernetes = cluster.kubernetes();
            let all = view(kind).columns.iter().filter(|column| columns::is_printed(column, kubernetes));
            row.extend(all.filter(|(_, is_wide)| self.is_wide || !is_wide).map(|(name, _)| (*name).to_string()));
        }
        row.extend(self.labels.iter().map(|key| label_header(key)));
        if self.shows_labels {
            row.push("LABELS".into());
        }
        row.into_iter().map(|text| Cell::styled(text, Style::Header)).collect()
    }

    fn row(&self, object: &Object, cluster: &Cluster) -> Vec<Cell> {
        let name = if self.has_kind {
            format!("{}/{}", object.kind.qualified_singular(), object.meta.name)
        } else {
            object.meta.name.to_string()
        };
        let mut row = Vec::new();
        if self.has_namespace {
            row.push(Cell::new(object.meta.namespace.as_str()));
        }
        let age = || Cell::new(columns::since(object.meta.created, cluster.now()));
        if self.is_scale {
            let (wanted, there) = cluster.replicas_of(object);
            row.extend([Cell::new(name), Cell::new(wanted.to_string()), Cell::new(there.to_string()), age()]);
        } else if self.is_generic {
            row.extend([Cell::new(name), age()]);
        } else if object.kind.is_custom() {
            let all = custom_columns::cells(object, columns::name_cell(object, &name), cluster).into_iter();
            row.extend(all.filter(|(_, is_wide)| self.is_wide || !is_wide).map(|(cell, _)| cell));
        } else {
            let all = view(object.kind).columns.iter().zip(cells(object, &name, cluster));
            let all = all.filter(|(column, _)| columns::is_printed(column, cluster.kubernetes()));
            row.extend(all.filter(|((_, is_wide), _)| self.is_wide || !is_wide).map(|(_, cell)| cell));
        }
        row.extend(self.labels.iter().map(|key| label_cell(object, key)));
        if self.shows_labels {
            row.push(Cell::new(labels_text(&object.meta.labels)));
        }
        row
    }
}

/// Runs the command.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.has("raw") {
        return raw(args.text("raw"), cx);
    }
    let is_watch = args.is("watch") || args.is("watch-only");
    if args.is("output-watch-events") && !is_watch {
        return Err(Failure::client("--output-watch-events option can only be used with --watch or --watch-only"));
    }
    if args.before_dash().is_empty() && !are_named(args) {
        return Err(Failure::Raw(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of \
             supported resources.\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a \
             detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and \
             examples"
                .into(),
        ));
    }
    let format = Format::of(args, cx)?;
    // The server prints tables itself: what is read of files then has no labels.
    let labelled = if format.is_table() { Labelled::Not } else { Labelled::Live };
    let found = select(args, Rules { type_is_all: true, labelled, ..Rules::default() }, cx)?;
    if is_watch {
        return watch(args, &format, found, cx);
    }
    let found = of_subresource(args, found)?;
    if format.is_table() { get_table(args, &format, found, cx) } else { get_whole(args, &format, found, cx) }
}

/// What `--subresource` leaves of the objects: their status and scale have forms of their own.
fn of_subresource(args: &Args, found: Selection) -> Result<Selection, Failure> {
    let has = |object: &Rc<Object>| match args.text("subresource") {
        "" => true,
        "status" => object.kind.info().has_status,
        "scale" => object.kind.info().is_scalable,
        _ => false,
    };
    if found.objects.iter().all(has) && (args.text("subresource").is_empty() || found.types.is_empty()) {
        return Ok(found);
    }
    Err(Failure::Raw("Error from server (NotFound): the server could not find the requested resource".into()))
}

/// `get --raw`: what the API server answers at a path.
fn raw(path: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let parts: Vec<&str> = path.split(['/', '?']).filter(|part| !part.is_empty()).collect();
    let kinds: Vec<Kind> = cx.cluster().kinds().collect();
    let find = |version: &str, plural: &str| {
        kinds.iter().copied().find(|kind| kind.api_version() == version && kind.names().plural == plural)
    };
    let (version, rest) = match parts.as_slice() {
        ["healthz" | "livez" | "readyz", ..] => {
            cx.out.out("ok");
            cx.out.is_unterminated = true;
            return Ok(Flow::Done(0));
        }
        ["version"] => {
            let version = cx.cluster().kubernetes().version();
            let value = crate::obj! {
                "gitVersion" => version.to_string(), "major" => "1", "minor" => version.minor.to_string(),
                "platform" => "linux/amd64",
            };
            print::text_lines(
                &crate::model::to_json_styled(&value, JsonStyle { indent: 2, escape_html: false }),
                &mut cx.out,
            );
            return Ok(Flow::Done(0));
        }
        ["api", version, rest @ ..] => ((*version).to_string(), rest),
        ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
        _ => (String::new(), parts.as_slice()),
    };
    let (namespace, plural, name) = match rest {
        ["namespaces", namespace, plural, name @ ..] => (Some(Text::new(namespace)), *plural, name.first().copied()),
        [plural, name @ ..] => (None, *plural, name.first().copied()),
        [] => (None, "", None),
    };
    let Some(kind) = find(&version, plural) else {
        let text = "Error from server (NotFound): the server could not find the requested resource";
        return Err(Failure::Raw(text.into()));
    };
    let value = match name {
        Some(name) => fetch(Resource::Kept(kind), &namespace.unwrap_or_default(), name, cx)?.to_value(),
        None => {
            let all = cx.cluster().list(kind).filter(|it| namespace.as_ref().is_none_or(|ns| it.meta.namespace == *ns));
            let items: Vec<crate::model::Value> = all.map(|object| object.to_value()).collect();
            let version = cx.cluster().resource_version().to_string();
            crate::obj! {
                "apiVersion" => kind.api_version(), "items" => items, "kind" => format!("{}List", kind.names().kind),
                "metadata" => crate::obj! { "resourceVersion" => version },
            }
        }
    };
    print::text_lines(&(crate::model::to_json(&value) + "\n"), &mut cx.out);
    Ok(Flow::Done(0))
}

fn look(args: &Args, format: &Format, has_kind: bool) -> Look {
    Look {
        is_wide: *format == Format::Table(true),
        has_namespace: args.is("all-namespaces"),
        has_kind: has_kind || args.is("show-kind"),
        labels: args.list("label-columns").to_vec(),
        shows_labels: args.is("show-labels"),
        is_generic: !args.is_unless_false("server-print"),
        is_scale: args.text("subresource") == "scale",
    }
}

/// Prints tables: a group for each kind, and what went wrong below.
fn get_table(args: &Args, format: &Format, found: Selection, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let ignores_missing = args.is("ignore-not-found");
    let mut failures = found.failures;
    if ignores_missing {
        failures.retain(|failure| !failure.is_not_found());
    }
    let kinds = |at: usize| found.objects.get(at).map(|object| object.kind);
    let has_several = found.types.len() > 1 || (1..found.objects.len()).any(|at| kinds(at) != kinds(0));
    let before = cx.out.lines.len();
    match show_tables(args, format, &found.objects, has_several, cx) {
        // The error about one table is lost on the way; that about several is said.
        // What cannot be sorted at all ends the program there and then.
        Err(Failure::Raw(text)) => {
            cx.out.err(text);
            return Ok(Flow::Done(255));
        }
        Err(_) if !has_several && jsonpath::find(args.text("sort-by"), &Value::Null).is_ok() => {}
        shown => shown?,
    }
    if cx.out.lines.len() == before && !ignores_missing && failures.is_empty() {
        cx.out.err(nothing_found(args, &found.types, cx));
    }
    if !ignores_missing {
        for resource in &found.types {
            if let Resource::Absent(kind) = resource {
                let is_alone = found.types.iter().all(|it| matches!(it, Resource::Absent(_)));
                if is_alone {
                    cx.hint("unmodelled_kind", &[("kind", kind.plural)]);
                }
            }
        }
    }
    Ok(Flow::Done(cx.fail_listed(&failures)))
}

/// What `get` says where it finds nothing.
fn nothing_found(args: &Args, types: &[Resource], cx: &Cx<'_>) -> String {
    let is_everywhere = args.is("all-namespaces") || types.iter().any(|resource| !resource.is_namespaced());
    match is_everywhere {
        true => "No resources found".into(),
        false => format!("No resources found in {} namespace.", namespace_of(args, cx)),
    }
}

/// Prints objects in a format of their own: alone, or as one list.
///
/// Follows `printGeneric` in kubectl's `cmd/get`: where one thing was asked for, a failure is all that is said.
fn get_whole(args: &Args, format: &Format, found: Selection, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut failures = found.failures;
    if args.is("ignore-not-found") {
        failures.retain(|failure| !failure.is_not_found());
        if found.objects.is_empty() && found.types.is_empty() {
            return Ok(Flow::Done(cx.fail_all(&failures)));
        }
    }
    if found.is_single && !failures.is_empty() {
        return Ok(Flow::Done(cx.fail_all(&failures)));
    }
    let mut objects = found.objects;
    warn_of_endpoints(&objects, cx);
    sort(args, &mut objects)?;
    if args.text("subresource") == "scale"
        && let [only] = objects.as_slice()
        && *format != Format::Name
    {
        let scale = scale_of(only, cx.cluster().replicas_of(only));
        return Ok(Flow::Done(print::print_value(format, &scale, &mut cx.out)));
    }
    let exit = print::print(format, &objects, found.is_single && objects.len() == 1, &mut cx.out);
    Ok(Flow::Done(cx.fail_all(&failures).max(exit)))
}

/// It comes with the answer's headers, before what is printed.
fn warn_of_endpoints(objects: &[Rc<Object>], cx: &mut Cx<'_>) {
    if objects.iter().any(|object| object.kind == Kind::Endpoints) {
        cx.out.err("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
    }
}

fn sort(args: &Args, objects: &mut [Rc<Object>]) -> Result<(), Failure> {
    match args.text("sort-by") {
        "" => Ok(()),
        path => print::sort_by(objects, path),
    }
}

fn show_tables(
    args: &Args,
    format: &Format,
    objects: &[Rc<Object>],
    has_several: bool,
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    warn_of_endpoints(objects, cx);
    let mut objects = objects.to_vec();
    if has_several && args.has("sort-by") && !args.text("sort-by").is_empty() {
        // Tables are compared as they are, without the objects that their rows stand for.
        return Err(print::no_such_field(args.text("sort-by")));
    }
    sort(args, &mut objects)?;
    let look = look(args, format, has_several);
    let has_header = !args.is("no-headers");
    let mut rest = objects.as_slice();
    while let Some(first) = rest.first() {
        let kind = first.kind;
        let count = rest.iter().take_while(|object| object.kind == kind).count();
        let is_first = rest.len() == objects.len();
        let (group, behind) = rest.split_at(count);
        rest = behind;
        if !is_first && has_header {
            cx.out.out("");
        }
        let mut rows = if has_header { vec![look.header(kind, cx.cluster())] } else { Vec::new() };
        rows.extend(group.iter().map(|object| look.row(object, cx.cluster())));
        cx.out.lines.extend(Table::default().lines(&rows));
    }
    Ok(())
}

/// `get --watch`.
#[derive(Clone, Debug)]
pub struct Watch {
    kind: Kind,
    scope: Scope,
    /// Only the object of this name.
    name: Option<Text>,
    look: Look,
    format: Format,
    table: Table,
    has_header: bool,
    shows_events: bool,
    /// The version of the store up to which everything was shown.
    version: u64,
    /// When it ends by itself.
    until: Option<Millis>,
}

fn watch(args: &Args, format: &Format, found: Selection, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let scope = Scope::of(args, cx)?;
    let mut failures = found.failures.into_iter();
    let (resource, name, namespace) = match (found.types.as_slice(), found.objects.as_slice()) {
        ([resource], _) => (*resource, None, scope.namespace.clone()),
        ([], [only]) => (Resource::Kept(only.kind), Some(only.meta.name.clone()), Some(only.meta.namespace.clone())),
        ([], []) if failures.len() == 1 => return Err(failures.next().unwrap_or(Failure::Said)),
        _ => return Err(Failure::client("you may only specify a single resource type")),
    };
    let Resource::Kept(kind) = resource else { return Ok(Flow::Done(0)) };
    let scope = Scope { namespace, ..scope };
    if let Some(failure) = failures.next() {
        return Err(failure);
    }
    cx.check_access("watch", kind, "", scope.namespace.as_deref().unwrap_or(""), "")?;
    let timeout = args.get("request-timeout").and_then(parse_go_duration).filter(|length| length.0 > 0);
    let mut watch = Watch {
        kind,
        scope,
        name,
        look: look(args, format, false),
        format: format.clone(),
        table: Table::default(),
        has_header: args.is("no-headers"),
        shows_events: args.is("output-watch-events"),
        version: cx.cluster().resource_version(),
        until: timeout.map(|length| cx.now() + length),
    };
    let all = watch.objects(cx);
    if !args.is("watch-only") {
        let rows: Vec<(&str, Rc<Object>)> = all.into_iter().map(|object| ("ADDED", object)).collect();
        watch.show(&rows, cx);
    }
    Ok(Flow::Wait(Box::new(watch)))
}

impl Job for Watch {
    fn is_endless(&self) -> bool {
        true
    }

    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let news: Vec<Change> = cx.host.news().iter().filter(|change| change.kind() == self.kind).cloned().collect();
        for change in news {
            if change.resource_version <= self.version {
                continue;
            }
            self.version = change.resource_version;
            let event = self.event_of(&change);
            if !event.is_empty() {
                self.show(&[(event, change.object)], cx);
            }
        }
        if self.until.is_some_and(|until| cx.now() >= until) {
            return Flow::Done(0);
        }
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        self.until
    }
}

impl Watch {
    fn objects(&self, cx: &Cx<'_>) -> Vec<Rc<Object>> {
        let all = self.scope.list(Resource::Kept(self.kind), cx).unwrap_or_default();
        all.into_iter().filter(|object| self.name.as_ref().is_none_or(|name| *name == object.meta.name)).collect()
    }

    fn show(&mut self, rows: &[(&str, Rc<Object>)], cx: &mut Cx<'_>) {
        if rows.is_empty() {
            return;
        }
        if !self.format.is_table() {
            for (_, object) in rows {
                let mut out = Output::default();
                print::print(&self.format, std::slice::from_ref(object), true, &mut out);
                cx.out.lines.extend(out.lines);
            }
            return;
        }
        let mut cells = Vec::new();
        if !std::mem::replace(&mut self.has_header, true) {
            cells.push(self.with_event("EVENT", self.look.header(self.kind, cx.cluster())));
        }
        for (event, object) in rows {
            cells.push(self.with_event(&format!("{event:<8}"), self.look.row(object, cx.cluster())));
        }
        // The first rows are printed together, later ones one by one.
        cx.out.lines.extend(self.table.lines(&cells));
    }

    fn with_event(&self, event: &str, mut row: Vec<Cell>) -> Vec<Cell> {
        if self.shows_events {
            row.insert(0, Cell::new(event));
        }
        row
    }

    /// What a change means to this watch: objects come and go with what it selects. Empty if nothing.
    fn event_of(&self, change: &Change) -> &'static str {
        let takes = |object: &Object| {
            self.scope.takes(object) && self.name.as_ref().is_none_or(|name| *name == object.meta.name)
        };
        let (before, now) = (change.old.as_deref().is_some_and(takes), takes(&change.object));
        match (change.verb, before, now) {
            (cluster::Verb::Deleted, true, _) | (cluster::Verb::Modified, true, false) => "DELETED",
            (cluster::Verb::Added, _, true) | (cluster::Verb::Modified, false, true) => "ADDED",
            (cluster::Verb::Modified, true, true) => "MODIFIED",
            _ => "",
        }
    }
}
