//! The rules for APIServices: versions of groups that another server answers for.
//!
//! Follows kube-aggregator's pkg/apis/apiregistration/validation/validation.go.

use super::super::field_error::{Errors, Path, go_quoted};
use super::super::names;
use super::{at, number, of, text};
use crate::model::{Object, Value};

/// Follows `ValidateAPIService`.
pub(in crate::api) fn check(errors: &mut Errors, object: &Object) {
    let (path, spec) = (Path::new("spec"), of(&object.body, "spec"));
    let (group, version) = (text(spec, "group"), text(spec, "version"));
    let name = format!("{version}.{group}");
    if object.meta.name.as_str() != name {
        let detail = format!("must be `spec.version+\".\"+spec.group`: {}", go_quoted(&name));
        errors.invalid_text(&Path::new("metadata").child("name"), &object.meta.name, detail);
    }
    match group {
        "" if version != "v1" => {
            let detail = "only v1 may have an empty group and it better be legacy kube";
            errors.required(&path.child("group"), detail);
        }
        "" => {}
        group => errors.check_text(&path.child("group"), group, names::dns_subdomain(group)),
    }
    errors.check_text(&path.child("version"), version, names::dns_1035_label(version));
    for (field, most) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
        let priority = number(spec, field).unwrap_or(0);
        if !(1..=most).contains(&priority) {
            errors.invalid(&path.child(field), &priority.into(), format!("must be positive and less than {most}"));
        }
    }
    check_server(errors, &path, spec);
}

fn check_server(errors: &mut Errors, path: &Path, spec: &Value) {
    let (service, bundle) = (at(spec, "service"), text(spec, "caBundle"));
    let is_unsure = at(spec, "insecureSkipTLSVerify").as_bool() == Some(true);
    let unsure = path.child("insecureSkipTLSVerify");
    if service.is_null() {
        if !bundle.is_empty() {
            let detail = "local APIServices may not have a caBundle";
            errors.invalid_text(&path.child("caBundle"), &format!("{} bytes", bundle.len() / 4 * 3), detail);
        }
        if is_unsure {
            errors.invalid(&unsure, &true.into(), "local APIServices may not have insecureSkipTLSVerify");
        }
        return;
    }
    let path = path.child("service");
    for field in ["namespace", "name"] {
        if text(service, field).is_empty() {
            errors.required(&path.child(field), "");
        }
    }
    if let Some(port) = number(service, "port") {
        for fault in names::port_number(port) {
            errors.invalid(&path.child("port"), &port.into(), fault);
        }
    }
    if is_unsure && !bundle.is_empty() {
        errors.invalid(&unsure, &true.into(), "may not be true if caBundle is present");
    }
}
