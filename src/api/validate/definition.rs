//! The rules for CustomResourceDefinitions: names, versions, and schemas that say the type of everything.
//!
//! Follows `pkg/apis/apiextensions/validation/validation.go`. `structural` has what schemas are as a whole, `keywords`
//! what they may say, `version` what versions say beside them. The server's own type has what all versions say alike only
//! once, and beside the versions: its messages name that place.

mod keywords;
mod structural;
mod version;

use super::super::custom_values::{check_value, says};
use super::super::field_error::{Errors, Path};
use super::super::template_dump::struct_dump;
use super::update::{Change, check_same};
use super::{at, entries, text};
use crate::model::conditions::is_true;
use crate::model::{Object, Value};

/// The annotation that Kubernetes' own groups need.
const APPROVAL: &str = "api-approved.kubernetes.io";

/// What names an established kind stays as it is; its group and its plural always do.
///
/// Follows `validateCustomResourceDefinitionSpecUpdate`.
pub(in crate::api) fn check_update(errors: &mut Errors, change: &Change<'_>) {
    change.check(errors);
    let always: [&[&str]; 2] = [&["spec", "group"], &["spec", "names", "plural"]];
    let once_established: [&[&str]; 2] = [&["spec", "scope"], &["spec", "names", "kind"]];
    let fixed = once_established.into_iter().filter(|_| is_true(change.old, "Established")).chain(always);
    for field in fixed {
        let (old, new) = (change.old.at(field), change.new.at(field));
        check_same(errors, &Path::new(&field.join(".")), old, new);
    }
}

pub(in crate::api) fn check(errors: &mut Errors, object: &Object) {
    let (path, spec) = (Path::new("spec"), object.body.get("spec").unwrap_or(&Value::Null));
    let (group, names) = (text(spec, "group"), at(spec, "names"));
    let expected = format!("{}.{group}", text(names, "plural"));
    if object.meta.name != *expected.as_str() {
        let name = Path::new("metadata").child("name");
        errors.invalid_text(&name, &object.meta.name, "must be spec.names.plural+\".\"+spec.group");
    }
    check_group(errors, &path.child("group"), group);
    match text(spec, "scope") {
        "" => errors.required(&path.child("scope"), ""),
        scope => errors.check_one_of(&path.child("scope"), scope, &["Cluster", "Namespaced"]),
    }
    let shared = Shared::of(spec);
    check_versions(errors, &path.child("versions"), spec, &shared);
    let place = path.child("names");
    for name in ["plural", "singular", "kind", "listKind"] {
        if text(names, name).is_empty() {
            errors.required(&place.child(name), "");
        }
    }
    check_names(errors, &place, names);
    let first = spec.list_at(&["versions"]).first().unwrap_or(&Value::Null);
    shared.check(errors, &path, "validation", first, true);
    version::check_conversion(errors, &path.child("conversion"), at(spec, "conversion"));
    let is_protected = group == "k8s.io" || group.ends_with(".k8s.io") || group.ends_with(".kubernetes.io");
    if is_protected && object.meta.annotation(APPROVAL).is_empty() {
        let place = Path::new("metadata").child("annotations").key(APPROVAL);
        let detail = "protected groups must have approval annotation \"api-approved.kubernetes.io\", see \
                      https://github.com/kubernetes/enhancements/pull/1111";
        errors.required(&place, detail);
    }
    if says(spec, "preserveUnknownFields") {
        let detail = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in \
                      spec.versions[*].schema instead";
        errors.invalid(&path.child("preserveUnknownFields"), &true.into(), detail);
    }
}

/// Whether a field says something.
fn is_set(value: &Value, name: &str) -> bool {
    match at(value, name) {
        Value::Null => false,
        _ if name == "default" => true,
        Value::Bool(false) => name == "additionalProperties",
        Value::Str(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => matches!(name, "items" | "additionalProperties") || !map.is_empty(),
        _ => true,
    }
}

/// The schema under a word that may have something else.
fn sub_schema<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    schema.get(name).filter(|inner| inner.as_map().is_some())
}

/// Names are labels as DNS has them; those of kinds may have capitals.
///
/// Follows `ValidateCustomResourceDefinitionNames`.
fn check_names(errors: &mut Errors, path: &Path, names: &Value) {
    let faults =
        |word: &str| if word.is_empty() { String::new() } else { super::names::dns_1035_label(word).join(",") };
    for name in ["plural", "singular"] {
        let (word, why) = (text(names, name), faults(text(names, name)));
        if !why.is_empty() {
            errors.invalid_text(&path.child(name), word, why);
        }
    }
    for name in ["kind", "listKind"] {
        let (word, why) = (text(names, name), faults(&text(names, name).to_lowercase()));
        if !why.is_empty() {
            let detail = format!("may have mixed case, but should otherwise match: {why}");
            errors.invalid_text(&path.child(name), word, detail);
        }
    }
    let check_list = |errors: &mut Errors, list: &str| {
        for (number, word) in names.list_at(&[list]).iter().filter_map(Value::as_str).enumerate() {
            let why = faults(word);
            if !why.is_empty() {
                errors.invalid_text(&path.child(list).index(number), word, why);
            }
        }
    };
    check_list(errors, "shortNames");
    if !text(names, "kind").is_empty() && text(names, "kind") == text(names, "listKind") {
        errors.invalid_text(&path.child("listKind"), text(names, "listKind"), "kind and listKind may not be the same");
    }
    check_list(errors, "categories");
}

fn check_group(errors: &mut Errors, path: &Path, group: &str) {
    let faults = super::names::dns_subdomain(group);
    match group {
        "" => errors.required(path, ""),
        group if !faults.is_empty() => errors.invalid_text(path, group, faults.join(",")),
        group if !group.contains('.') => errors.invalid_text(path, group, "should be a domain with at least one dot"),
        _ => {}
    }
}

/// The parts of versions that are looked at, in their order.
const PARTS: [&str; 4] = ["schema", "subresources", "additionalPrinterColumns", "selectableFields"];

/// Which parts all versions have alike.
struct Shared([bool; PARTS.len()]);

impl Shared {
    fn of(spec: &Value) -> Shared {
        let versions = spec.list_at(&["versions"]);
        let first = versions.first().unwrap_or(&Value::Null);
        Shared(PARTS.map(|part| versions.iter().all(|version| at(version, part) == at(first, part))))
    }

    /// Looks at the parts of a version that are shared, or at the others.
    fn check(&self, errors: &mut Errors, path: &Path, schema_name: &str, version: &Value, is_shared: bool) {
        let schema = version.at(&["schema", "openAPIV3Schema"]).unwrap_or(&Value::Null);
        let is_active = at(at(version, "subresources"), "status").as_map().is_some();
        for (part, shared) in PARTS.iter().zip(self.0) {
            if shared != is_shared {
                continue;
            }
            let (place, value) = (path.child(part), at(version, part));
            match *part {
                "schema" if schema.is_null() => {}
                "schema" => check_schema(errors, &path.child(schema_name).child("openAPIV3Schema"), schema, is_active),
                "subresources" => version::check_subresources(errors, &place, value),
                "additionalPrinterColumns" => version::check_columns(errors, &place, value),
                _ => version::check_selectable(errors, &place, value, schema),
            }
        }
    }
}

fn check_versions(errors: &mut Errors, path: &Path, spec: &Value, shared: &Shared) {
    let versions = spec.list_at(&["versions"]);
    for (number, version) in versions.iter().enumerate() {
        if version.at(&["schema", "openAPIV3Schema"]).is_none_or(Value::is_null) {
            errors.required(&path.index(number).child("schema").child("openAPIV3Schema"), "");
        }
    }
    let mut names: Vec<&str> = Vec::new();
    for (number, version) in versions.iter().enumerate() {
        let (place, name) = (path.index(number), text(version, "name"));
        names.push(name);
        let faults = super::names::dns_1035_label(name);
        if !faults.is_empty() {
            errors.invalid_text(&place.child("name"), name, faults.join(","));
        }
        version::check_deprecation(errors, &place.child("deprecationWarning"), version);
        shared.check(errors, &place, "schema", version, false);
    }
    let own = || {
        let mut own: Vec<Value> = versions.to_vec();
        for (part, _) in PARTS.iter().zip(shared.0).filter(|(_, is_shared)| *is_shared) {
            own.iter_mut().for_each(|version| _ = version.remove_at(&[*part]));
        }
        let dump = |version: &Value| struct_dump("apiextensions.CustomResourceDefinitionVersion", version);
        format!("[{}]", own.iter().map(dump).collect::<Vec<_>>().join(","))
    };
    if names.iter().enumerate().any(|(number, name)| names[..number].contains(name)) {
        errors.invalid_shown(path, own(), "must contain unique version names");
    }
    if versions.iter().filter(|version| says(version, "storage")).count() != 1 {
        errors.invalid_shown(path, own(), "must have exactly one version marked as storage version");
    }
}

/// Follows `validateCustomResourceDefinitionValidation`: rules are compiled where the schema is right as a whole.
fn check_schema(errors: &mut Errors, path: &Path, schema: &Value, has_status: bool) {
    let detail =
        "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled";
    if has_status && !matches!(text(schema, "type"), "" | "object") {
        errors.invalid_text(&path.child("type"), text(schema, "type"), detail);
    }
    if says(schema, "nullable") {
        errors.forbidden(&path.child("nullable"), "nullable cannot be true at the root");
    }
    let mut found = keywords::Found::default();
    if !keywords::has_unknown(schema) {
        let before = errors.0.len();
        structural::check(errors, path, schema);
        if errors.0.len() == before {
            check_defaults(errors, path, schema);
        }
        found.compiles = errors.0.len() == before;
    }
    found.look_at(path, schema, keywords::Place::root());
    errors.0.extend(found.words.0);
    errors.0.extend(found.rules.0);
}

/// Defaults are as their schemas say.
fn check_defaults(errors: &mut Errors, path: &Path, schema: &Value) {
    if let Some(default) = schema.get("default").filter(|it| !it.is_null()) {
        check_value(errors, path.child("default").as_str(), default, schema);
    }
    for (name, inner) in entries(schema.get("properties")) {
        check_defaults(errors, &path.child("properties").key(name), inner);
    }
    for name in ["items", "additionalProperties"] {
        if let Some(inner) = sub_schema(schema, name) {
            check_defaults(errors, &path.child(name), inner);
        }
    }
}
