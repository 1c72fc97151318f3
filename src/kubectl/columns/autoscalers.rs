//! The cells of autoscalers.

use super::number;
use crate::kubectl::cells::int_or_string;
use crate::kubectl::table::Cell;
use crate::model::{MetricSource, Object, Value};

/// What an autoscaler measures and aims at: `cpu: <unknown>/70%`.
///
/// Follows `formatHPAMetrics`.
pub fn targets(object: &Object) -> Vec<String> {
    let current = object.list_at(&["status", "currentMetrics"]);
    let specs = object.list_at(&["spec", "metrics"]).iter().enumerate();
    specs
        .map(|(at, spec)| {
            let kind = spec.str_at(&["type"]);
            let field = MetricSource::of(spec).unwrap_or(MetricSource::External).field();
            let target = |name: &str| spec.at(&[field, "target", name]);
            let measured = |name: &str| current.get(at).and_then(|it| it.at(&[field, "current", name]));
            let shown = |value: Option<&Value>| match value {
                Some(value) => int_or_string(Some(value)),
                None => "<unknown>".into(),
            };
            let amounts = match (target("averageUtilization"), target("averageValue")) {
                (Some(wanted), _) => {
                    let have = measured("averageUtilization").map(|have| format!("{}%", int_or_string(Some(have))));
                    format!("{}/{}%", have.unwrap_or_else(|| "<unknown>".into()), int_or_string(Some(wanted)))
                }
                (None, Some(wanted)) => format!("{}/{}", shown(measured("averageValue")), int_or_string(Some(wanted))),
                (None, None) => format!("{}/{}", shown(measured("value")), int_or_string(target("value"))),
            };
            match kind {
                "Resource" | "ContainerResource" => format!("{}: {amounts}", spec.str_at(&[field, "name"])),
                _ => amounts,
            }
        })
        .collect()
}

pub(in crate::kubectl) fn autoscaler(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    const SHOWN_MAX: usize = 2;
    let reference = format!(
        "{}/{}",
        object.str_at(&["spec", "scaleTargetRef", "kind"]),
        object.str_at(&["spec", "scaleTargetRef", "name"])
    );
    let mut all = targets(object);
    let more = all.len().saturating_sub(SHOWN_MAX);
    all.truncate(SHOWN_MAX);
    let mut text = if all.is_empty() { "<none>".to_string() } else { all.join(", ") };
    if more > 0 {
        text.push_str(&format!(" + {more} more..."));
    }
    let least = object.i64_at(&["spec", "minReplicas"]).map_or("<unset>".to_string(), |least| least.to_string());
    vec![
        name,
        Cell::new(reference),
        Cell::new(text),
        Cell::new(least),
        Cell::new(number(object, &["spec", "maxReplicas"]).to_string()),
        Cell::new(number(object, &["status", "currentReplicas"]).to_string()),
        age,
    ]
}
