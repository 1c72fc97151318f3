//! `kubectl get --watch`: what there is, and then each change as a row of its own.
//!
//! Follows `watch` in `pkg/cmd/get/get.go` of kubectl.

use super::get_rows::Look;
use crate::cluster::{self, Change};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::connection::request_timeout;
use crate::kubectl::custom_columns;
use crate::kubectl::flags::Args;
use crate::kubectl::output_formats::{self, Format};
use crate::kubectl::resources::{Resource, Scope};
use crate::kubectl::screen_text::Output;
use crate::kubectl::selection::Selection;
use crate::kubectl::table::{Cell, Table};
use crate::model::{Kind, Millis, Object, Text, Value, to_json};
use crate::obj;
use std::rc::Rc;

/// `get --watch`.
#[derive(Clone, Debug)]
struct Watch {
    kind: Kind,
    scope: Scope,
    /// Only the object of this name.
    name: Option<Text>,
    look: Look,
    format: Format,
    table: Table,
    has_header: bool,
    has_said: bool,
    shows_events: bool,
    /// The version of the store up to which everything was shown.
    version: u64,
    /// When it ends by itself.
    until: Option<Millis>,
}

/// Shows what there is, and goes on with what changes.
///
/// # Errors
/// More than one type, or what cannot be found.
pub(super) fn watch(args: &Args, format: &Format, found: Selection, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
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
    // One object is watched by its name.
    let asked = name.as_deref().unwrap_or(scope.fields.name());
    cx.check_access("watch", kind, "", scope.namespace.as_deref().unwrap_or(""), asked)?;
    let timeout = request_timeout(args);
    let mut watch = Watch {
        kind,
        scope,
        name,
        look: Look::of(args, format, false),
        format: format.clone(),
        table: Table::default(),
        has_header: args.is("no-headers"),
        has_said: false,
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
                // What goes at once was never marked; pods are.
                let last = change.old.as_ref().filter(|old| {
                    change.verb == cluster::Verb::Deleted && old.kind != Kind::Pod && !old.meta.is_terminating()
                });
                let object = last.unwrap_or(&change.object).clone();
                self.show(&[(event, object)], cx);
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
            return self.show_whole(rows, cx);
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

    /// The same in a format that is no table of the kind's own columns: one printer does all of it.
    fn show_whole(&mut self, rows: &[(&str, Rc<Object>)], cx: &mut Cx<'_>) {
        let is_first = !std::mem::replace(&mut self.has_said, true);
        if let Format::Columns(columns, no_headers) = &self.format {
            let values: Vec<Value> = rows.iter().map(|(_, object)| object.to_value()).collect();
            return custom_columns::put(columns, is_first && !no_headers, &values, &mut self.table, &mut cx.out);
        }
        for (number, (event, object)) in rows.iter().enumerate() {
            let mut out = Output::default();
            if matches!(self.format, Format::Yaml(_)) && !(is_first && number == 0) {
                out.out("---");
            }
            match self.format {
                Format::Json(shows) if self.shows_events => {
                    let value = to_json(&output_formats::value_of(object, shows));
                    out.out(format!("{{\"type\":{event:?},\"object\":{value}}}"));
                }
                Format::Yaml(shows) if self.shows_events => {
                    let value =
                        obj! { "object" => output_formats::value_of(object, shows), "type" => Text::new(event) };
                    output_formats::print_value(&self.format, &value, &mut out);
                }
                _ => output_formats::put_one(&self.format, object, &mut out),
            }
            cx.out.lines.extend(out.lines);
        }
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
