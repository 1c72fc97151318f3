//! The rules for roles and their bindings.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{at, check_selector, list, text};
use crate::model::{Object, Value};

/// Follows `ValidateRole` and `ValidateClusterRole` in pkg/apis/rbac/validation.
pub(in crate::api) fn check_role(errors: &mut Errors, object: &Object) {
    for (number, rule) in object.list_at(&["rules"]).iter().enumerate() {
        let path = Path::new("rules").index(number);
        if list(rule, "verbs").is_empty() {
            errors.required(&path.child("verbs"), "verbs must contain at least one value");
        }
        let addresses = list(rule, "nonResourceURLs");
        if !addresses.is_empty() {
            if object.kind.names().is_namespaced {
                let detail = "namespaced rules cannot apply to non-resource URLs";
                errors.invalid(&path.child("nonResourceURLs"), at(rule, "nonResourceURLs"), detail);
            }
            let lists = ["apiGroups", "resources", "resourceNames"];
            if lists.into_iter().any(|field| !list(rule, field).is_empty()) {
                let detail = "rules cannot apply to both regular resources and non-resource URLs";
                errors.invalid(&path.child("nonResourceURLs"), at(rule, "nonResourceURLs"), detail);
            }
            continue;
        }
        if list(rule, "apiGroups").is_empty() {
            errors.required(&path.child("apiGroups"), "resource rules must supply at least one api group");
        }
        if list(rule, "resources").is_empty() {
            errors.required(&path.child("resources"), "resource rules must supply at least one resource");
        }
    }
    if !object.kind.names().is_namespaced && object.at(&["aggregationRule"]).is_some_and(|it| !it.is_null()) {
        check_aggregation(errors, object.list_at(&["aggregationRule", "clusterRoleSelectors"]));
    }
}

fn check_aggregation(errors: &mut Errors, selectors: &[Value]) {
    let path = Path::new("aggregationRule").child("clusterRoleSelectors");
    if selectors.is_empty() {
        errors.required(&path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
    }
    for (number, selector) in selectors.iter().enumerate() {
        check_selector(errors, &path.index(number), selector);
    }
}

/// Follows `ValidateRoleBinding`.
pub(in crate::api) fn check_binding(errors: &mut Errors, object: &Object) {
    let none = Value::Null;
    let (path, role) = (Path::new("roleRef"), object.at(&["roleRef"]).unwrap_or(&none));
    let group = text(role, "apiGroup");
    errors.check_one_of(&path.child("apiGroup"), group, &["rbac.authorization.k8s.io"]);
    let kinds: &[&str] = if object.kind.names().is_namespaced { &["Role", "ClusterRole"] } else { &["ClusterRole"] };
    errors.check_one_of(&path.child("kind"), text(role, "kind"), kinds);
    match text(role, "name") {
        "" => errors.required(&path.child("name"), ""),
        name => errors.check_text(&path.child("name"), name, names::path_segment(name)),
    }
    for (number, subject) in object.list_at(&["subjects"]).iter().enumerate() {
        let is_namespaced = object.kind.names().is_namespaced;
        check_subject(errors, &Path::new("subjects").index(number), subject, is_namespaced);
    }
}

/// Follows `ValidateRoleBindingSubject`: in a namespace an account without one is of that namespace.
fn check_subject(errors: &mut Errors, path: &Path, subject: &Value, is_namespaced: bool) {
    let (name, group) = (text(subject, "name"), text(subject, "apiGroup"));
    if name.is_empty() {
        errors.required(&path.child("name"), "");
    }
    match text(subject, "kind") {
        "ServiceAccount" => {
            if !name.is_empty() {
                errors.check_text(&path.child("name"), name, names::dns_subdomain(name));
            }
            if !group.is_empty() {
                errors.check_one_of(&path.child("apiGroup"), group, &[""]);
            }
            if !is_namespaced && text(subject, "namespace").is_empty() {
                errors.required(&path.child("namespace"), "");
            }
        }
        "User" | "Group" => errors.check_one_of(&path.child("apiGroup"), group, &["rbac.authorization.k8s.io"]),
        kind => errors.check_one_of(&path.child("kind"), kind, &["ServiceAccount", "User", "Group"]),
    }
}
