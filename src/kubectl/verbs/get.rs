//! `kubectl get`: tables and other formats of objects, once or watched; lays nothing out itself.

use crate::cluster::{Change, Cluster, Verb};
use crate::kubectl::columns::{self, cells, label_cell, label_header, labels_text};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::duration::parse_go_duration;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::jobs::Job;
use crate::kubectl::output::{Output, Style};
use crate::kubectl::print::{self, Format};
use crate::kubectl::resources::{Resource, Scope, Targets, fetch, namespace_of};
use crate::kubectl::table::{Cell, Table};
use crate::model::{JsonStyle, Kind, Millis, Object, Text};
use std::rc::Rc;

/// The flags of `get`.
pub const FLAGS: &[Flag] = &[
    short("output", 'o', Takes::Text),
    short("selector", 'l', Takes::Text),
    short("all-namespaces", 'A', Takes::Bool),
    short("watch", 'w', Takes::Bool),
    short("label-columns", 'L', Takes::List),
    short("filename", 'f', Takes::List),
    short("recursive", 'R', Takes::Bool),
    short("kustomize", 'k', Takes::Text),
    long("field-selector", Takes::Text),
    long("show-labels", Takes::Bool),
    long("show-kind", Takes::Bool),
    long("show-managed-fields", Takes::Bool),
    long("no-headers", Takes::Bool),
    long("sort-by", Takes::Text),
    long("ignore-not-found", Takes::Bool),
    long("watch-only", Takes::Bool),
    long("output-watch-events", Takes::Bool),
    long("template", Takes::Text),
    long("chunk-size", Takes::Int),
    long("raw", Takes::Text),
    long("server-print", Takes::Bool),
    long("subresource", Takes::Text),
    long("allow-missing-template-keys", Takes::Bool),
];

/// How rows of a table look.
#[derive(Clone, Debug, Default)]
struct Look {
    is_wide: bool,
    has_namespace: bool,
    has_kind: bool,
    labels: Vec<String>,
    shows_labels: bool,
}

impl Look {
    fn header(&self, kind: Kind) -> Vec<Cell> {
        let mut row = Vec::new();
        if self.has_namespace {
            row.push("NAMESPACE".to_string());
        }
        let all = columns::columns(kind).iter();
        row.extend(all.filter(|(_, is_wide)| self.is_wide || !is_wide).map(|(name, _)| (*name).to_string()));
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
        let all = columns::columns(object.kind).iter().zip(cells(object, &name, cluster));
        row.extend(all.filter(|((_, is_wide), _)| self.is_wide || !is_wide).map(|(_, cell)| cell));
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
    let words = args.before_dash();
    let mut targets = Vec::new();
    if args.has("raw") {
        return raw(args.text("raw"), cx);
    }
    if args.has("filename") {
        for (resource, name, namespace) in super::files::names(args, cx)? {
            targets.push((resource, name, namespace));
        }
    } else if words.is_empty() {
        return Err(Failure::Raw(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of \
             supported resources.\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a \
             detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and \
             examples"
                .into(),
        ));
    }
    let format = Format::of(args, cx)?;
    let scope = Scope::of(args, cx)?;
    let namespace = namespace_of(args, cx);
    let types = if targets.is_empty() {
        match Targets::parse(words)? {
            Targets::Types(types) => types,
            Targets::Names(names) => {
                if args.is("all-namespaces") {
                    return Err(Failure::client("a resource cannot be retrieved by name across all namespaces"));
                }
                if args.has("selector") {
                    return Err(Failure::client("name cannot be provided when a selector is specified"));
                }
                targets.extend(names.into_iter().map(|(resource, name)| (resource, name, namespace.clone())));
                Vec::new()
            }
        }
    } else {
        Vec::new()
    };
    if args.is("watch") || args.is("watch-only") {
        return watch(args, &format, scope, &types, &targets, cx);
    }
    if types.is_empty() {
        return get_names(args, &format, &targets, cx);
    }
    get_types(args, &format, &scope, &types, cx)
}

/// `get --raw`: what the API server answers at a path.
fn raw(path: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let parts: Vec<&str> = path.split(['/', '?']).filter(|part| !part.is_empty()).collect();
    let find = |version: &str, plural: &str| {
        Kind::ALL.into_iter().find(|kind| kind.api_version() == version && kind.names().plural == plural)
    };
    let (version, rest) = match parts.as_slice() {
        ["healthz" | "livez" | "readyz", ..] => {
            cx.out.out("ok");
            cx.out.is_unterminated = true;
            return Ok(Flow::Done(0));
        }
        ["version"] => {
            let value =
                crate::obj! { "gitVersion" => "v1.36.2", "major" => "1", "minor" => "36", "platform" => "linux/amd64" };
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
        Some(name) => fetch(Resource::Kept(kind), &namespace.unwrap_or_default(), name, cx.cluster())?.to_value(),
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
    }
}

fn get_names(
    args: &Args,
    format: &Format,
    targets: &[(Resource, String, Text)],
    cx: &mut Cx<'_>,
) -> Result<Flow, Failure> {
    let mut objects = Vec::new();
    let mut failures = Vec::new();
    for (resource, name, namespace) in targets {
        match fetch(*resource, namespace, name, cx.cluster()) {
            Ok(object) => objects.push(object),
            Err(failure) if failure.is_not_found() && args.is("ignore-not-found") => {}
            Err(failure) => failures.push(failure),
        }
    }
    let is_single = targets.len() == 1;
    let has_several = targets.iter().any(|(resource, ..)| Some(resource) != targets.first().map(|(first, ..)| first));
    show(args, format, &objects, is_single, has_several, cx)?;
    for failure in &failures {
        cx.fail(failure);
    }
    Ok(Flow::Done(i32::from(!failures.is_empty())))
}

fn get_types(
    args: &Args,
    format: &Format,
    scope: &Scope,
    types: &[Resource],
    cx: &mut Cx<'_>,
) -> Result<Flow, Failure> {
    let objects: Vec<Rc<Object>> = types.iter().flat_map(|resource| scope.list(*resource, cx.cluster())).collect();
    if objects.is_empty()
        && !matches!(
            format,
            Format::Yaml(_)
                | Format::Json(_)
                | Format::JsonPath(_)
                | Format::JsonPathAsJson(_)
                | Format::GoTemplate(..)
        )
    {
        if matches!(format, Format::Columns(_, false)) {
            print::print(format, &objects, false, &mut cx.out);
        }
        if !args.is("ignore-not-found") && !matches!(format, Format::Name) || format.is_table() {
            let is_everywhere = types.iter().any(|resource| !resource.is_namespaced());
            cx.out.err(match &scope.namespace {
                Some(namespace) if !is_everywhere => format!("No resources found in {namespace} namespace."),
                _ => "No resources found".into(),
            });
        }
        if let [Resource::Absent(kind)] = types {
            cx.hint("unmodelled_kind", &[("kind", kind.plural)]);
        }
        return Ok(Flow::Done(0));
    }
    show(args, format, &objects, false, types.len() > 1, cx)?;
    Ok(Flow::Done(0))
}

fn show(
    args: &Args,
    format: &Format,
    objects: &[Rc<Object>],
    is_single: bool,
    has_several: bool,
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    if objects.is_empty() && format.is_table() {
        return Ok(());
    }
    // It comes with the answer's headers, before what is printed.
    if objects.iter().any(|object| object.kind == Kind::Endpoints) {
        cx.out.err("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
    }
    let mut objects = objects.to_vec();
    if args.has("sort-by") {
        print::sort_by(&mut objects, args.text("sort-by"))?;
    }
    if !format.is_table() {
        if !(objects.is_empty() && is_single) {
            print::print(format, &objects, is_single, &mut cx.out);
        }
    } else {
        let look = look(args, format, has_several);
        let mut rest = objects.as_slice();
        let mut is_first = true;
        while let Some(first) = rest.first() {
            let kind = first.kind;
            let count = rest.iter().take_while(|object| object.kind == kind).count();
            let (group, behind) = rest.split_at(count);
            rest = behind;
            if !is_first {
                cx.out.out("");
            }
            is_first = false;
            let mut rows = if args.is("no-headers") { Vec::new() } else { vec![look.header(kind)] };
            rows.extend(group.iter().map(|object| look.row(object, cx.cluster())));
            cx.out.lines.extend(Table::default().lines(&rows));
        }
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

fn watch(
    args: &Args,
    format: &Format,
    scope: Scope,
    types: &[Resource],
    targets: &[(Resource, String, Text)],
    cx: &mut Cx<'_>,
) -> Result<Flow, Failure> {
    let (resource, name, namespace) = match (types, targets) {
        ([resource], []) => (*resource, None, scope.namespace.clone()),
        ([], [(resource, name, namespace)]) => (*resource, Some(Text::new(name)), Some(namespace.clone())),
        _ => return Err(Failure::client("you may only specify a single resource type")),
    };
    let Resource::Kept(kind) = resource else { return Ok(Flow::Done(0)) };
    let scope = Scope { namespace, ..scope };
    if let (Some(name), Some(namespace)) = (&name, &scope.namespace) {
        fetch(resource, namespace, name, cx.cluster())?;
    }
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
    let all = watch.objects(cx.cluster());
    if !args.is("watch-only") {
        let rows: Vec<(&str, Rc<Object>)> = all.into_iter().map(|object| ("ADDED", object)).collect();
        watch.show(&rows, cx);
    }
    Ok(Flow::Wait(Job::Watch(Box::new(watch))))
}

impl Watch {
    fn objects(&self, cluster: &Cluster) -> Vec<Rc<Object>> {
        let all = self.scope.list(Resource::Kept(self.kind), cluster);
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
            cells.push(self.with_event("EVENT", self.look.header(self.kind)));
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

    /// Shows what was written since the last look.
    pub fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
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
        Flow::Wait(Job::Watch(self))
    }

    /// What a change means to this watch: objects come and go with what it selects. Empty if nothing.
    fn event_of(&self, change: &Change) -> &'static str {
        let takes = |object: &Object| {
            self.scope.takes(object) && self.name.as_ref().is_none_or(|name| *name == object.meta.name)
        };
        let (before, now) = (change.old.as_deref().is_some_and(takes), takes(&change.object));
        match (change.verb, before, now) {
            (Verb::Deleted, true, _) | (Verb::Modified, true, false) => "DELETED",
            (Verb::Added, _, true) | (Verb::Modified, false, true) => "ADDED",
            (Verb::Modified, true, true) => "MODIFIED",
            _ => "",
        }
    }

    /// When it ends by itself.
    pub fn wakes_at(&self) -> Option<Millis> {
        self.until
    }
}
