//! PodDisruptionBudgets as `kubectl describe` shows them.

use super::{Page, scalar, selector_text};
use crate::model::Object;

/// Writes a disruption budget. Always ends with its events.
pub(in crate::kubectl) fn budget(page: &mut Page<'_>, budget: &Object) -> bool {
    page.name(budget);
    if let Some(least) = budget.at(&["spec", "minAvailable"]) {
        page.field(0, "Min available", scalar(least));
    } else if let Some(most) = budget.at(&["spec", "maxUnavailable"]) {
        page.field(0, "Max unavailable", scalar(most));
    }
    match budget.at(&["spec", "selector"]) {
        Some(selector) => page.field(0, "Selector", selector_text(Some(selector))),
        None => page.field(0, "Selector", "<unset>"),
    }
    page.line(0, "Status:");
    for (label, field) in [
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ] {
        page.field(2, label, budget.i64_at(&["status", field]).unwrap_or(0));
    }
    true
}
