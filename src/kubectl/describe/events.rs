//! The events about an object, as `kubectl describe` ends with.

use super::{Page, scalar};
use crate::kubernetes::Difference;
use crate::model::{Kind, Object, Value};
use crate::ordering::Order;

/// Writes the events about `object`, in the order of their last time.
pub(in crate::kubectl) fn events(page: &mut Page<'_>, object: &Object) {
    // Events about objects without a namespace live in `default`.
    let namespace = if object.meta.namespace.is_empty() { "default" } else { object.meta.namespace.as_str() };
    let mut events: Vec<_> =
        page.cluster.list_in(Kind::Event, namespace).filter(|event| is_about(event, object)).cloned().collect();
    events.order_by(|a, b| a.str_at(&["lastTimestamp"]).cmp(b.str_at(&["lastTimestamp"])));
    if events.is_empty() {
        page.field(0, "Events", "<none>");
        return;
    }
    page.line(0, "Events:");
    page.line(1, "Type\tReason\tAge\tFrom\tMessage");
    page.line(1, "----\t------\t----\t----\t-------");
    for event in &events {
        let (kind, reason) = (event.str_at(&["type"]), event.str_at(&["reason"]));
        let from = match event.str_at(&["source", "component"]) {
            "" => event.str_at(&["reportingComponent"]),
            component => component,
        };
        let line = format!("{kind}\t{reason}\t{}\t{from}\t{}", age(page, event), message(page, event));
        page.line(1, line);
    }
}

/// An event's message as `describe` writes it.
fn message(page: &Page<'_>, event: &Object) -> String {
    match page.cluster.kubernetes().has(Difference::EventPartIsShown) {
        true => event_message(event),
        false => event.str_at(&["message"]).trim().to_string(),
    }
}

fn is_about(event: &Object, object: &Object) -> bool {
    let about = |field: &str| event.str_at(&["involvedObject", field]);
    let uid = about("uid");
    about("kind") == object.kind.names().kind
        && about("name") == object.meta.name.as_str()
        // The kubelet and the node controller name nodes by their names.
        && (uid == object.meta.uid.as_str() || (object.kind == Kind::Node && uid == object.meta.name.as_str()))
}

/// An event's message, with the part of the object that it is about before it.
pub fn event_message(event: &Object) -> String {
    let message = event.str_at(&["message"]).trim();
    match event.str_at(&["involvedObject", "fieldPath"]) {
        "" => message.to_string(),
        path => format!("{path}: {message}"),
    }
}

/// `12s`, or `12s (x3 over 40s)` for a repeated event.
fn age(page: &Page<'_>, event: &Object) -> String {
    if let Some(series) = event.body.get("series").filter(|series| !series.is_null()) {
        let last = page.since_value(series.get("lastObservedTime"));
        let count = series.get("count").map(scalar).unwrap_or_default();
        return format!("{last} (x{count} over {})", page.since_value(event.body.get("eventTime")));
    }
    let first = match event.body.get("firstTimestamp").and_then(Value::as_str) {
        Some(_) => page.since_value(event.body.get("firstTimestamp")),
        None => page.since_value(event.body.get("eventTime")),
    };
    match event.i64_at(&["count"]) {
        Some(count) if count > 1 => {
            format!("{} (x{count} over {first})", page.since_value(event.body.get("lastTimestamp")))
        }
        _ => first,
    }
}
