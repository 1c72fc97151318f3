//! Quotas and limit ranges as `kubectl describe` shows them, alone and with their namespace.

use super::{Page, amount, scalar};
use crate::model::{Map, Object, Text, Value};
use crate::ordering::Order;

/// What each scope of a quota takes, in kubectl's words.
const SCOPES: &[(&str, &str)] = &[
    (
        "BestEffort",
        "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
    ),
    (
        "NotBestEffort",
        "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
    ),
    (
        "NotTerminating",
        "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
    ),
    (
        "Terminating",
        "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
    ),
];

pub(super) fn quota_scopes(page: &mut Page<'_>, level: usize, quota: &Object) {
    let mut scopes: Vec<&str> = quota.list_at(&["spec", "scopes"]).iter().filter_map(Value::as_str).collect();
    if scopes.is_empty() {
        return;
    }
    scopes.order();
    page.field(level, "Scopes", scopes.join(", "));
    for (_, text) in scopes.iter().filter_map(|scope| SCOPES.iter().find(|(name, _)| name == scope)) {
        // In its namespace it stands as far in as alone.
        page.line(0, format_args!("{:>width$} {text}", "*", width = 2 + level));
    }
}

/// Writes a quota. Has no events.
pub(in crate::kubectl) fn quota(page: &mut Page<'_>, quota: &Object) -> bool {
    page.name(quota);
    quota_scopes(page, 0, quota);
    quota_table(page, 0, quota);
    false
}

pub(super) fn quota_table(page: &mut Page<'_>, level: usize, quota: &Object) {
    page.line(level, "Resource\tUsed\tHard");
    page.line(level, if level == 0 { "--------\t----\t----" } else { "--------\t---\t---" });
    let hard = quota.at(&["status", "hard"]).or_else(|| quota.at(&["spec", "hard"])).and_then(Value::as_map);
    for (name, hard) in hard.into_iter().flat_map(Map::iter) {
        let used = amount(quota.at(&["status", "used", name]));
        page.line(level, format_args!("{name}\t{used}\t{}", amount(Some(hard))));
    }
}

/// Writes a limit range. Shows no events.
pub(in crate::kubectl) fn limit_range(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    limit_table(page, std::slice::from_ref(object), "");
    false
}

/// Writes what limit ranges allow, each line behind `lead`.
pub(super) fn limit_table<R: std::borrow::Borrow<Object>>(page: &mut Page<'_>, ranges: &[R], lead: &str) {
    page.line(
        0,
        format_args!("{lead}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"),
    );
    page.line(
        0,
        format_args!("{lead}----\t--------\t---\t---\t---------------\t-------------\t-----------------------"),
    );
    for range in ranges {
        limit_rows(page, range.borrow(), lead);
    }
}

fn limit_rows(page: &mut Page<'_>, object: &Object, lead: &str) {
    const FIELDS: [&str; 5] = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"];
    for item in object.list_at(&["spec", "limits"]) {
        let mut names: Vec<&Text> = Vec::new();
        for field in FIELDS {
            let map = item.get(field).and_then(Value::as_map);
            for name in map.into_iter().flat_map(crate::model::Map::keys) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        for name in names {
            let cells = FIELDS.map(|field| item.at(&[field, name]).map_or("-".to_string(), scalar));
            page.line(0, format_args!("{lead}{}\t{name}\t{}", item.str_at(&["type"]), cells.join("\t")));
        }
    }
}
