//! The cells of Events.

use crate::kubectl::cells::since;
use crate::kubectl::screen_text::Style;
use crate::kubectl::table::Cell;
use crate::model::{Millis, Object};

/// When an event was seen last and first, and how often.
pub fn event_times(event: &Object) -> (Option<Millis>, Option<Millis>, i64) {
    let read = |path: &[&str]| Millis::parse_rfc3339(event.str_at(path));
    let series = event.at(&["series"]).filter(|series| !series.is_null());
    let first = read(&["firstTimestamp"]).or_else(|| read(&["eventTime"]));
    let last = match series {
        Some(_) => read(&["series", "lastObservedTime"]),
        None => read(&["lastTimestamp"]).or(first),
    };
    let count = match series {
        Some(_) => event.i64_at(&["series", "count"]).unwrap_or(1),
        None => event.i64_at(&["count"]).unwrap_or(1).max(1),
    };
    (last, first, count)
}

/// `kubelet, node-1` or `kubelet`: who wrote an event.
fn event_source(event: &Object) -> String {
    let component = match event.str_at(&["source", "component"]) {
        "" => event.str_at(&["reportingComponent"]),
        component => component,
    };
    let host = match event.str_at(&["source", "host"]) {
        "" => event.str_at(&["reportingInstance"]),
        host => host,
    };
    let is_repeated = host.is_empty() || event.str_at(&["source", "component"]) == host;
    if is_repeated { component.to_string() } else { format!("{component}, {host}") }
}

pub(in crate::kubectl) fn event(event: &Object, now: Millis) -> Vec<Cell> {
    let (last, first, count) = event_times(event);
    let text = |at: Option<Millis>| at.map_or_else(|| "<unknown>".to_string(), |at| since(at, now));
    let kind = event.str_at(&["involvedObject", "kind"]).to_ascii_lowercase();
    let type_of = event.str_at(&["type"]);
    vec![
        Cell::new(text(last)),
        Cell::styled(type_of, if type_of == "Warning" { Style::Bad } else { Style::Plain }),
        Cell::new(event.str_at(&["reason"])),
        Cell::new(format!("{kind}/{}", event.str_at(&["involvedObject", "name"]))),
        Cell::new(event.str_at(&["involvedObject", "fieldPath"])),
        Cell::new(event_source(event)),
        Cell::new(event.str_at(&["message"]).trim()),
        Cell::new(text(first)),
        Cell::new(count.to_string()),
        Cell::new(event.meta.name.as_str()),
    ]
}
