//! Which priority a pod gets from its PriorityClass, and that only one class may be the default.
//!
//! Follows plugin/pkg/admission/priority.

use super::error::ApiError;
use super::store::Cluster;
use crate::model::pod::{given_priority, priority_class};
use crate::model::{Kind, Object, Text, Value};

fn is_default(class: &Object) -> bool {
    class.at(&["globalDefault"]).and_then(Value::as_bool) == Some(true)
}

/// Only one class may be for the pods that name none.
pub(super) fn check_default(cluster: &Cluster, object: &Object) -> Result<(), ApiError> {
    let mut others = cluster.list(Kind::PriorityClass).filter(|it| is_default(it) && it.meta.name != object.meta.name);
    match others.next() {
        Some(other) if is_default(object) => {
            let other = &other.meta.name;
            let why = format!("PriorityClass {other} is already marked as default. Only one default can exist");
            Err(ApiError::Forbidden { kind: object.kind, name: object.meta.name.clone(), why })
        }
        _ => Ok(()),
    }
}

/// The priority that a pod's class gives it, and whether it may take the place of others.
///
/// # Errors
/// `Forbidden` if there is no such class, or the pod says something else.
pub(super) fn priority(cluster: &Cluster, pod: &mut Object) -> Result<(i64, Text), ApiError> {
    let forbidden = |why: String| Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why });
    let name = Text::new(priority_class(pod));
    let class = if name.is_empty() {
        cluster.list(Kind::PriorityClass).filter(|it| is_default(it)).min_by_key(|class| class.i64_at(&["value"]))
    } else {
        cluster.find(Kind::PriorityClass, &Text::default(), &name)
    };
    let (value, policy) = match class {
        None if !name.is_empty() => return forbidden(format!("no PriorityClass with name {name} was found")),
        None => (0, ""),
        Some(class) => (class.i64_at(&["value"]).unwrap_or(0), class.str_at(&["preemptionPolicy"])),
    };
    let policy = if policy.is_empty() { "PreemptLowerPriority" } else { policy };
    let computed = |what: &str, given: &str, own: &str| {
        format!(
            "the {what} ({given}) must not be provided in pod spec; priority admission controller computed {own} from \
             the given PriorityClass name"
        )
    };
    if let Some(given) = given_priority(pod).filter(|given| *given != value) {
        return forbidden(computed("integer value of priority", &given.to_string(), &value.to_string()));
    }
    let given = pod.str_at(&["spec", "preemptionPolicy"]);
    if !given.is_empty() && given != policy {
        return forbidden(computed("string value of PreemptionPolicy", given, policy));
    }
    let policy = Text::new(policy);
    if let (true, Some(class)) = (name.is_empty(), class) {
        pod.set_at(&["spec", "priorityClassName"], &class.meta.name);
    }
    Ok((value, policy))
}
