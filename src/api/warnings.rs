//! What the API server warns of while it accepts an object; kubectl prints it as `Warning: …`.

use crate::model::set::claim_templates;
use crate::model::{Object, Quantity, Value};

/// Those of a set: of its template and of its claim templates, too.
pub(super) fn stateful_set(out: &mut Vec<String>, set: &Object) {
    if set.i64_at(&["spec", "revisionHistoryLimit"]).is_some_and(|limit| limit < 0) {
        out.push(
            "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"
                .into(),
        );
    }
    if let Some(spec) = set.at(&["spec", "template", "spec"]) {
        pod_spec(out, "spec.template.spec", spec);
    }
    for (at, claim) in claim_templates(set).iter().enumerate() {
        claim_spec(out, &format!("spec.volumeClaimTemplates[{at}]"), claim.get("spec"));
    }
}

pub(super) fn pod(out: &mut Vec<String>, pod: &Object) {
    if let Some(spec) = pod.at(&["spec"]) {
        pod_spec(out, "spec", spec);
    }
}

pub(super) fn endpoints(out: &mut Vec<String>, _: &Object) {
    out.push("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice".into());
}

pub(super) fn claim(out: &mut Vec<String>, claim: &Object) {
    claim_spec(out, "spec", claim.at(&["spec"]));
}

fn pod_spec(out: &mut Vec<String>, path: &str, spec: &Value) {
    for key in ["initContainers", "containers"] {
        for (at, container) in spec.list_at(&[key]).iter().enumerate() {
            let path = format!("{path}.{key}[{at}]");
            for kind in ["limits", "requests"] {
                for name in ["memory", "ephemeral-storage"] {
                    if let Some(amount) = container.at(&["resources", kind, name]) {
                        fraction(out, &format!("{path}.resources.{kind}[{name}]"), amount);
                    }
                }
            }
            repeated(out, &path, container);
        }
    }
    if spec.i64_at(&["terminationGracePeriodSeconds"]).is_some_and(|seconds| seconds < 0) {
        out.push(format!(
            "{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"
        ));
    }
}

fn repeated(out: &mut Vec<String>, path: &str, container: &Value) {
    let env = container.list_at(&["env"]);
    for (at, variable) in env.iter().enumerate() {
        let name = variable.str_at(&["name"]);
        let before = env.get(..at).unwrap_or(&[]);
        if before.iter().any(|other| other.str_at(&["name"]) == name) {
            out.push(format!(
                "{path}.env[{at}]: hides previous definition of \"{name}\", which may be dropped when using apply"
            ));
        }
    }
    let ports = container.list_at(&["ports"]);
    for (at, port) in ports.iter().enumerate() {
        let same = |other: &Value| {
            other.get("containerPort") == port.get("containerPort") && other.get("protocol") == port.get("protocol")
        };
        if let Some(first) = ports.get(..at).unwrap_or(&[]).iter().position(same) {
            let is_known = port.get("containerPort").is_some();
            if is_known {
                out.push(format!("{path}.ports[{at}]: duplicate port definition with {path}.ports[{first}]"));
            }
        }
    }
}

fn claim_spec(out: &mut Vec<String>, path: &str, spec: Option<&Value>) {
    for kind in ["requests", "limits"] {
        if let Some(amount) = spec.and_then(|spec| spec.at(&["resources", kind, "storage"])) {
            fraction(out, &format!("{path}.resources.{kind}[storage]"), amount);
        }
    }
}

fn fraction(out: &mut Vec<String>, path: &str, amount: &Value) {
    let text = amount.as_str().unwrap_or("");
    if Quantity::parse(text).is_ok_and(|quantity| quantity.milli_value() % 1000 != 0) {
        out.push(format!("{path}: fractional byte value \"{text}\" is invalid, must be an integer"));
    }
}
