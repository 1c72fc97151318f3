//! The rules by which one container is started again, whatever its pod's policy.
//!
//! Follows `validateContainerRestartPolicy` in pkg/apis/core/validation/validation.go.

use super::super::field_error::{Errors, Path};
use super::{at, list, text};
use crate::kubernetes::Kubernetes;
use crate::model::Value;

/// The most rules of a container, and the most exit codes of a rule.
const RULES_MAX: usize = 20;
const CODES_MAX: usize = 255;

/// Checks `restartPolicy` of the container at `path`.
pub(super) fn check_policy(errors: &mut Errors, path: &Path, container: &Value) {
    if let Some(policy) = container.get("restartPolicy").and_then(Value::as_str) {
        errors.check_one_of(&path.child("restartPolicy"), policy, &["Always", "Never", "OnFailure"]);
    }
}

/// Checks `restartPolicyRules` of the container at `path`.
pub(super) fn check(errors: &mut Errors, path: &Path, container: &Value, kubernetes: Kubernetes) {
    let rules = list(container, "restartPolicyRules");
    if !rules.is_empty() && text(container, "restartPolicy").is_empty() {
        errors.required(&path.child("restartPolicy"), "must specify restartPolicy when restart rules are used");
    }
    let path = path.child("restartPolicyRules");
    if rules.len() > RULES_MAX {
        errors.too_many(&path, rules.len() as i64, RULES_MAX as i64);
    }
    for (place, rule) in rules.iter().enumerate() {
        let path = path.index(place);
        // The restart of all containers is on from 1.36.
        let actions: &[&str] =
            if kubernetes.version().minor < 36 { &["Restart"] } else { &["Restart", "RestartAllContainers"] };
        errors.check_one_of(&path.child("action"), text(rule, "action"), actions);
        let (codes, path) = (at(rule, "exitCodes"), path.child("exitCodes"));
        if codes.is_null() {
            errors.required(&path, "must be specified");
            continue;
        }
        errors.check_one_of(&path.child("operator"), text(codes, "operator"), &["In", "NotIn"]);
        let values = list(codes, "values").len();
        if values > CODES_MAX {
            errors.too_many(&path.child("values"), values as i64, CODES_MAX as i64);
        }
    }
}
