//! The rules for webhooks that admission is to ask, validating and mutating ones.
//!
//! Follows pkg/apis/admissionregistration/validation/validation.go, and for their addresses apiserver's pkg/util/webhook.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{at, check_selector, list, number, of, text};
use crate::model::{Map, Value};
use crate::sorted::SharedSet;

/// The versions of reviews that the API server speaks.
const REVIEWS: [&str; 2] = ["v1", "v1beta1"];

/// Checks a list of webhooks; `are_mutating` ones may be asked again.
pub(in crate::api) fn check(errors: &mut Errors, body: &Map, are_mutating: bool) {
    let mut seen: SharedSet<&str> = SharedSet::new();
    for (index, hook) in of(body, "webhooks").as_list().unwrap_or_default().iter().enumerate() {
        let path = Path::new("webhooks").index(index);
        check_webhook(errors, &path, hook, are_mutating);
        check_reviews(errors, &path.child("admissionReviewVersions"), at(hook, "admissionReviewVersions"));
        let name = text(hook, "name");
        if !name.is_empty() && !seen.insert(name) {
            errors.duplicate(&path.child("name"), &Value::text(name));
        }
    }
}

fn check_webhook(errors: &mut Errors, path: &Path, hook: &Value, is_mutating: bool) {
    check_name(errors, &path.child("name"), text(hook, "name"));
    for (index, rule) in list(hook, "rules").iter().enumerate() {
        check_rule(errors, &path.child("rules").index(index), rule);
    }
    let mut check_policy = |field: &str, supported: &[&str]| {
        if !at(hook, field).is_null() {
            errors.check_one_of(&path.child(field), text(hook, field), supported);
        }
    };
    check_policy("failurePolicy", &["Fail", "Ignore"]);
    check_policy("matchPolicy", &["Equivalent", "Exact"]);
    match at(hook, "sideEffects").as_str() {
        None => errors.required(&path.child("sideEffects"), "must specify one of None, NoneOnDryRun"),
        Some(effects) => errors.check_one_of(&path.child("sideEffects"), effects, &["None", "NoneOnDryRun"]),
    }
    if let Some(seconds) = number(hook, "timeoutSeconds").filter(|seconds| !(1..=30).contains(seconds)) {
        let detail = "the timeout value must be between 1 and 30 seconds";
        errors.invalid(&path.child("timeoutSeconds"), &seconds.into(), detail);
    }
    for field in ["namespaceSelector", "objectSelector"] {
        check_selector(errors, &path.child(field), at(hook, field));
    }
    check_client(errors, &path.child("clientConfig"), at(hook, "clientConfig"));
    if is_mutating && !at(hook, "reinvocationPolicy").is_null() {
        let policy = text(hook, "reinvocationPolicy");
        errors.check_one_of(&path.child("reinvocationPolicy"), policy, &["IfNeeded", "Never"]);
    }
}

/// Follows `IsFullyQualifiedName`.
fn check_name(errors: &mut Errors, path: &Path, name: &str) {
    let faults = names::dns_subdomain(name);
    if name.is_empty() {
        errors.required(path, "");
    } else if !faults.is_empty() {
        errors.invalid_text(path, name, faults.join(","));
    } else if name.split('.').count() < 3 {
        errors.invalid_text(path, name, "should be a domain with at least three segments separated by dots");
    }
}

/// Follows `validateRuleWithOperations` and `validateRule`.
fn check_rule(errors: &mut Errors, path: &Path, rule: &Value) {
    let fields = [
        ("operations", "if '*' is present, must not specify other operations"),
        ("apiGroups", "if '*' is present, must not specify other API groups"),
        ("apiVersions", "if '*' is present, must not specify other API versions"),
        ("resources", "if '*/*' is present, must not specify other resources"),
    ];
    for (field, alone) in fields {
        let (path, all) = (path.child(field), list(rule, field));
        let every = if field == "resources" { "*/*" } else { "*" };
        if all.is_empty() {
            errors.required(&path, "");
        } else if all.len() > 1 && all.iter().any(|it| it.as_str() == Some(every)) {
            errors.invalid(&path, at(rule, field), alone);
        }
        for (index, each) in all.iter().enumerate() {
            match (field, each.as_str().unwrap_or_default()) {
                ("operations", operation) => {
                    let supported = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
                    errors.check_one_of(&path.index(index), operation, &supported);
                }
                ("apiVersions" | "resources", "") => errors.required(&path.index(index), ""),
                _ => {}
            }
        }
    }
    if !at(rule, "scope").is_null() {
        errors.check_one_of(&path.child("scope"), text(rule, "scope"), &["*", "Cluster", "Namespaced"]);
    }
}

/// Where the webhook is: at an address or behind a Service.
fn check_client(errors: &mut Errors, path: &Path, client: &Value) {
    match (at(client, "url").as_str(), at(client, "service")) {
        (Some(url), service) if service.is_null() => check_url(errors, &path.child("url"), url),
        (None, service) if !service.is_null() => check_service(errors, &path.child("service"), service),
        _ => errors.required(path, "exactly one of url or service is required"),
    }
}

/// Follows `ValidateWebhookURL`.
fn check_url(errors: &mut Errors, path: &Path, url: &str) {
    const FORM: &str = "; desired format: https://host[/path]";
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = url.split_once("://").unwrap_or(("", ""));
    let server = rest.split('/').next().unwrap_or_default();
    let (user, host) = server.rsplit_once('@').unwrap_or(("", server));
    if scheme != "https" {
        errors.invalid_text(path, scheme, format!("'https' is the only allowed URL scheme{FORM}"));
    }
    if host.is_empty() {
        errors.invalid_text(path, host, format!("host must be specified{FORM}"));
    }
    let unwanted = [
        (user, "user information is not permitted in the URL"),
        (fragment, "fragments are not permitted in the URL"),
        (query, "query parameters are not permitted in the URL"),
    ];
    for (part, detail) in unwanted.into_iter().filter(|(part, _)| !part.is_empty()) {
        errors.invalid_text(path, part, detail);
    }
}

/// Follows `ValidateWebhookService`.
fn check_service(errors: &mut Errors, path: &Path, service: &Value) {
    for (field, detail) in [("name", "service name is required"), ("namespace", "service namespace is required")] {
        if text(service, field).is_empty() {
            errors.required(&path.child(field), detail);
        }
    }
    if let Some(port) = number(service, "port") {
        let faults = names::port_number(port);
        if !faults.is_empty() {
            errors.invalid(&path.child("port"), &port.into(), format!("port is not valid: {}", faults.join(",")));
        }
    }
    match at(service, "path").as_str() {
        Some(place) if !place.starts_with('/') => {
            errors.invalid_text(&path.child("path"), place, "must start with a '/'");
        }
        _ => {}
    }
}

/// Follows `validateAdmissionReviewVersions`.
fn check_reviews(errors: &mut Errors, path: &Path, versions: &Value) {
    let all = versions.as_list().unwrap_or_default();
    if all.is_empty() {
        return errors.required(path, &format!("must specify one of {}", REVIEWS.join(", ")));
    }
    for (index, version) in all.iter().enumerate() {
        let version = version.as_str().unwrap_or_default();
        if all.iter().take(index).any(|it| it.as_str() == Some(version)) {
            errors.invalid_text(&path.index(index), version, "duplicate version");
        }
        errors.check_text(&path.index(index), version, names::dns_1035_label(version));
    }
    if !all.iter().any(|it| it.as_str().is_some_and(|it| REVIEWS.contains(&it))) {
        errors.invalid(path, versions, format!("must include at least one of {}", REVIEWS.join(", ")));
    }
}
