//! What a Job's `podFailurePolicy` says of a pod that failed; counts nothing.
//!
//! Follows pkg/controller/job/pod_failure_policy.go.

use crate::model::conditions::all_conditions;
use crate::model::container_status::exit_code;
use crate::model::{Object, Text, Value};

/// What the first rule that fits a failed pod asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It counts against the limits, as without a policy.
    Counts,
    /// It does not count; another pod takes its place.
    Ignored,
    /// The whole Job fails; the sentence says why.
    FailsJob(Text),
    /// The pod's number is given up.
    FailsIndex,
}

/// What the policy of `job` says of `pod`, which failed.
///
/// Follows `matchPodFailurePolicy`.
pub(super) fn verdict(job: &Object, pod: &Object) -> Verdict {
    for (place, rule) in job.list_at(&["spec", "podFailurePolicy", "rules"]).iter().enumerate() {
        let Some(what) = match_rule(rule, pod) else { continue };
        let action = rule.str_at(&["action"]);
        return match action {
            "Ignore" => Verdict::Ignored,
            "FailIndex" => Verdict::FailsIndex,
            "FailJob" => Verdict::FailsJob(format!("{what} matching {action} rule at index {place}").into()),
            _ => Verdict::Counts,
        };
    }
    Verdict::Counts
}

/// What of a pod a rule fits, as the message has it.
fn match_rule(rule: &Value, pod: &Object) -> Option<String> {
    let place = || format!("{}/{}", pod.meta.namespace, pod.meta.name);
    if let Some(codes) = rule.get("onExitCodes") {
        let (name, code) = match_exit_code(codes, pod)?;
        return Some(format!("Container {name} for pod {} failed with exit code {code}", place()));
    }
    let patterns = rule.list_at(&["onPodConditions"]);
    let is_like = |condition: &&Value, pattern: &Value| {
        let same = |field: &'static str| condition.str_at(&[field]) == pattern.str_at(&[field]);
        same("type") && same("status")
    };
    let mut conditions = all_conditions(pod).iter();
    let found = conditions.find(|condition| patterns.iter().any(|pattern| is_like(condition, pattern)))?;
    Some(format!("Pod {} has condition {}", place(), found.str_at(&["type"])))
}

/// The first container whose exit code fits.
///
/// Follows `matchOnExitCodes`: a container that ended well fits nothing.
fn match_exit_code<'p>(codes: &Value, pod: &'p Object) -> Option<(&'p str, i64)> {
    let (wanted, values) = (codes.str_at(&["containerName"]), codes.list_at(&["values"]));
    let lists = ["containerStatuses", "initContainerStatuses"].into_iter();
    let ended = lists.flat_map(|list| pod.list_at(&["status", list])).filter_map(|status| {
        let code = exit_code(status)?;
        Some((status.str_at(&["name"]), code))
    });
    let is_listed = |code: i64| values.iter().any(|value| value.as_i64() == Some(code));
    let fits = |code: i64| is_listed(code) == (codes.str_at(&["operator"]) == "In");
    ended.filter(|(name, code)| *code != 0 && (wanted.is_empty() || *name == wanted)).find(|(_, code)| fits(*code))
}
