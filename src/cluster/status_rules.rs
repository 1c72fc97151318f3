//! What the API server refuses about a status; knows nothing of how it came about.

use super::error::ApiError;
use crate::model::conditions::phase;
use crate::model::{Kind, Object, Value};

/// What a kind's status counts, and what of it may not be more than `replicas`.
struct Counts {
    /// None of them is negative.
    all: &'static [&'static str],
    /// None of them is more than `replicas`.
    parts: &'static [&'static str],
    /// How the message calls `readyReplicas`, which those that are available cannot exceed.
    ready: &'static str,
}

/// The rules of a kind; `None` for kinds whose statuses are not looked at here.
///
/// Follows the functions `Validate…Status` in pkg/apis/apps/validation and pkg/apis/batch/validation.
fn counts(kind: Kind) -> Option<Counts> {
    Some(match kind {
        Kind::StatefulSet => Counts {
            all: &[
                "replicas",
                "readyReplicas",
                "currentReplicas",
                "updatedReplicas",
                "availableReplicas",
                "observedGeneration",
                "collisionCount",
            ],
            parts: &["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
            ready: "status.readyReplicas",
        },
        Kind::Deployment => Counts {
            all: &[
                "observedGeneration",
                "replicas",
                "updatedReplicas",
                "readyReplicas",
                "availableReplicas",
                "unavailableReplicas",
                "terminatingReplicas",
                "collisionCount",
            ],
            parts: &["updatedReplicas", "readyReplicas", "availableReplicas"],
            ready: "readyReplicas",
        },
        Kind::ReplicaSet => Counts {
            all: &[
                "replicas",
                "fullyLabeledReplicas",
                "readyReplicas",
                "availableReplicas",
                "observedGeneration",
                "terminatingReplicas",
            ],
            parts: &["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
            ready: "readyReplicas",
        },
        Kind::DaemonSet => Counts {
            all: &[
                "currentNumberScheduled",
                "numberMisscheduled",
                "desiredNumberScheduled",
                "numberReady",
                "observedGeneration",
                "updatedNumberScheduled",
                "numberAvailable",
                "numberUnavailable",
                "collisionCount",
            ],
            parts: &[],
            ready: "",
        },
        Kind::Job => Counts { all: &["active", "succeeded", "failed", "ready", "terminating"], parts: &[], ready: "" },
        _ => return None,
    })
}

/// Checks the counts of a status that takes the place of that of `old`.
///
/// # Errors
/// `Invalid` with a cause for each count that cannot be.
pub fn check_status(old: &Object, object: &Object) -> Result<(), ApiError> {
    if object.kind == Kind::Namespace {
        return check_phase(object);
    }
    let Some(Counts { all, parts, ready }) = counts(object.kind) else { return Ok(()) };
    let count_of = |object: &Object, field: &str| object.at(&["status", field]).and_then(Value::as_i64);
    let count = |field: &str| count_of(object, field).unwrap_or(0);
    let mut causes = Vec::new();
    let mut refuse = |field: &str, detail: &str| {
        causes.push(format!("status.{field}: Invalid value: {}: {detail}", count(field)));
    };
    for field in all.iter().filter(|field| count(field) < 0) {
        refuse(field, "must be greater than or equal to 0");
    }
    for field in parts.iter().filter(|field| count(field) > count("replicas")) {
        refuse(field, "cannot be greater than status.replicas");
    }
    if !parts.is_empty() && count("availableReplicas") > count("readyReplicas") {
        refuse("availableReplicas", &format!("cannot be greater than {ready}"));
    }
    // It counts names that were taken, and no name is given back.
    let collisions = "collisionCount";
    let before = count_of(old, collisions).filter(|_| all.contains(&collisions) && object.kind != Kind::ReplicaSet);
    if before.is_some_and(|before| count(collisions) < before) {
        refuse(collisions, "cannot be decremented");
    }
    if causes.is_empty() {
        return Ok(());
    }
    Err(ApiError::Invalid { kind: object.kind, name: object.meta.name.clone(), causes })
}

/// Follows `ValidateNamespaceStatusUpdate` in pkg/apis/core/validation.
fn check_phase(namespace: &Object) -> Result<(), ApiError> {
    let (wanted, when) = match namespace.meta.is_terminating() {
        true => ("Terminating", "is not empty"),
        false => ("Active", "is empty"),
    };
    let phase = phase(namespace);
    if phase == wanted {
        return Ok(());
    }
    let why = format!("status.Phase: Invalid value: {phase:?}: may only be '{wanted}' if `deletionTimestamp` {when}");
    Err(ApiError::Invalid { kind: Kind::Namespace, name: namespace.meta.name.clone(), causes: vec![why] })
}
