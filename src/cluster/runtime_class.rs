//! What a pod gets of its RuntimeClass: overhead, a node selector, tolerations; or why it is refused.
//!
//! Follows plugin/pkg/admission/runtimeclass/admission.go.

use super::error::ApiError;
use super::store::Cluster;
use crate::model::{Kind, Object, Text, Value};

/// Completes a new pod by its class.
///
/// # Errors
/// `Forbidden` when the class is missing, or says something else than the pod.
pub fn admit(cluster: &Cluster, pod: &mut Object) -> Result<(), ApiError> {
    let refuse =
        |pod: &Object, why: String| Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why });
    let present = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
    let overhead = present(pod.at(&["spec", "overhead"]));
    let name = Text::new(pod.str_at(&["spec", "runtimeClassName"]));
    if name.is_empty() {
        return match overhead {
            None => Ok(()),
            Some(_) => {
                refuse(pod, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead".into())
            }
        };
    }
    let Some(class) = cluster.find(Kind::RuntimeClass, &Text::default(), &name).cloned() else {
        return refuse(pod, format!("pod rejected: RuntimeClass \"{name}\" not found"));
    };
    let fixed = present(class.at(&["overhead", "podFixed"]));
    match (overhead, fixed) {
        (Some(own), fixed) if Some(&own) != fixed.as_ref() => {
            let why = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
            return refuse(pod, why.into());
        }
        (None, Some(fixed)) => pod.set_at(&["spec", "overhead"], fixed),
        _ => {}
    }
    let wanted = class.at(&["scheduling", "nodeSelector"]).cloned().unwrap_or_default();
    for (label, value) in wanted.as_map().into_iter().flat_map(|map| map.iter()) {
        let own = pod.at(&["spec", "nodeSelector"]).and_then(|labels| labels.get(label)).cloned();
        if let Some(own) = own.filter(|own| own != value) {
            let text = |value: &Value| value.as_str().unwrap_or("").to_string();
            let (theirs, own) = (text(value), text(&own));
            let why = format!(
                "conflict: runtimeClass.scheduling.nodeSelector[{label}] = {theirs}; pod.spec.nodeSelector[{label}] = {own}"
            );
            return refuse(pod, why);
        }
        pod.at_mut(&["spec", "nodeSelector"]).map_mut().insert(label.clone(), value.clone());
    }
    let mut tolerations = pod.list_at(&["spec", "tolerations"]).to_vec();
    for toleration in class.list_at(&["scheduling", "tolerations"]) {
        if !tolerations.contains(toleration) {
            tolerations.push(toleration.clone());
        }
    }
    if !class.list_at(&["scheduling", "tolerations"]).is_empty() {
        pod.set_at(&["spec", "tolerations"], Value::from(tolerations));
    }
    Ok(())
}
