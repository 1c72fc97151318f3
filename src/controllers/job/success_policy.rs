//! Whether a Job's `successPolicy` is met before all of its completions are; counts nothing.
//!
//! Follows pkg/controller/job/success_policy.go.

use super::counts::Counts;
use super::end::End;
use super::indexes;
use crate::model::{Object, Value};

/// Follows `matchSuccessPolicy`.
pub(super) fn met(job: &Object, counts: &Counts) -> Option<End> {
    let is_met = |rule: &Value| {
        let enough = rule.i64_at(&["succeededCount"]);
        match rule.get("succeededIndexes").and_then(Value::as_str) {
            Some(text) => {
                let wanted = indexes::read(text);
                let found = wanted.iter().filter(|number| counts.done.binary_search(number).is_ok()).count() as i64;
                enough.map_or(found == wanted.len() as i64, |enough| found >= enough)
            }
            None => enough.is_some_and(|enough| counts.done.len() as i64 >= enough),
        }
    };
    let mut rules = job.list_at(&["spec", "successPolicy", "rules"]).iter();
    let place = rules.position(is_met).filter(|_| !counts.done.is_empty())?;
    let message = format!("Matched rules at index {place}").into();
    Some(End { is_good: true, reason: "SuccessPolicy".into(), message })
}
