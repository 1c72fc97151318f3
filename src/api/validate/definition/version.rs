//! What a version of a definition says beside its schema: columns, the paths of its Scale, fields to select by; and how
//! versions are converted.
//!
//! Follows pkg/apis/apiextensions/validation/validation.go.

use crate::api::field_error::{Errors, Path};
use crate::api::names;
use crate::api::validate::{at, list, text};
use crate::model::Value;

const COLUMN_TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS: [&str; 8] = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
/// The most fields that objects may be selected by.
const SELECTABLE_MAX: usize = 8;

/// Follows `ValidateCustomResourceColumnDefinition`.
pub(super) fn check_columns(errors: &mut Errors, path: &Path, columns: &Value) {
    for (number, column) in columns.as_list().unwrap_or_default().iter().enumerate() {
        let path = path.index(number);
        if text(column, "name").is_empty() {
            errors.required(&path.child("name"), "");
        }
        let (kind, format, source) = (text(column, "type"), text(column, "format"), text(column, "jsonPath"));
        let detail = format!("must be one of {}", COLUMN_TYPES.join(","));
        match kind {
            "" => errors.required(&path.child("type"), &detail),
            kind if !COLUMN_TYPES.contains(&kind) => errors.invalid_text(&path.child("type"), kind, detail),
            _ => {}
        }
        if !format.is_empty() && !COLUMN_FORMATS.contains(&format) {
            let detail = format!("must be one of {}", COLUMN_FORMATS.join(","));
            errors.invalid_text(&path.child("format"), format, detail);
        }
        match source {
            "" => errors.required(&path.child("JSONPath"), ""),
            source => _ = check_path(errors, &path.child("JSONPath"), source),
        }
    }
}

/// Whether a path begins as one does.
fn check_path(errors: &mut Errors, path: &Path, text: &str) -> bool {
    let is_path = text.starts_with('.');
    if !is_path {
        errors.invalid_text(path, text, "must be a simple json path starting with .");
    }
    is_path
}

/// Follows `ValidateCustomResourceDefinitionSubresources`.
pub(super) fn check_subresources(errors: &mut Errors, path: &Path, subresources: &Value) {
    const PATHS: [(&str, &[&str], &str); 3] = [
        ("specReplicasPath", &[".spec."], ".spec"),
        ("statusReplicasPath", &[".status."], ".status"),
        ("labelSelectorPath", &[".spec.", ".status."], "either .spec or .status"),
    ];
    let scale = at(subresources, "scale");
    for (name, places, words) in PATHS.into_iter().filter(|_| !scale.is_null()) {
        let (path, given) = (path.child("scale").child(name), text(scale, name));
        if given.is_empty() {
            if name != "labelSelectorPath" {
                errors.required(&path, "");
            }
        } else if check_path(errors, &path, given) && !places.iter().any(|place| given.starts_with(place)) {
            errors.invalid_text(&path, given, format!("should be a json path under {words}"));
        }
    }
}

/// Follows `ValidateCustomResourceSelectableFields`.
pub(super) fn check_selectable(errors: &mut Errors, path: &Path, fields: &Value, schema: &Value) {
    let mut seen: Vec<&str> = Vec::new();
    for (number, field) in fields.as_list().unwrap_or_default().iter().enumerate() {
        let (place, given) = (path.index(number).child("jsonPath"), text(field, "jsonPath"));
        if given.is_empty() {
            errors.required(&place, "");
            continue;
        }
        let found = match find(given, schema) {
            Ok(found) => found,
            Err(why) => {
                errors.invalid_text(&place, given, format!("is an invalid path: {why}"));
                continue;
            }
        };
        if given == ".metadata" || given.starts_with(".metadata.") {
            errors.invalid_text(&place, given, "must not point to fields in metadata");
        }
        if !matches!(text(found, "type"), "string" | "boolean" | "integer") {
            let detail = "must point to a field of type string, boolean or integer. Enum string fields and strings \
                          with formats are allowed.";
            errors.invalid_text(&place, given, detail);
        }
        match seen.contains(&given) {
            true => errors.duplicate(&place, &Value::text(given)),
            false => seen.push(given),
        }
    }
    if seen.len() > SELECTABLE_MAX {
        errors.too_many(path, seen.len() as i64, SELECTABLE_MAX as i64);
    }
}

/// The schema that a path of fields leads to.
///
/// Follows `ValidFieldPath` in pkg/apiserver/schema/cel.
fn find<'a>(path: &str, schema: &'a Value) -> Result<&'a Value, String> {
    let Some(steps) = path.strip_prefix('.') else {
        let first = path.split(['.', '[', ']']).next().unwrap_or(path);
        return Err(match path.starts_with('[') {
            true => "array notation is not allowed".into(),
            false => format!("expected [ or . but got: {first}"),
        });
    };
    let mut found = schema;
    for step in steps.split('.') {
        let name = step.split('[').next().unwrap_or(step);
        if name.is_empty() {
            return Err("unexpected end of JSON path".into());
        }
        let others = at(found, "additionalProperties");
        let next = match at(found, "properties").as_map() {
            Some(map) => map.get(name),
            None => Some(others).filter(|others| others.as_map().is_some()),
        };
        found = next.ok_or("does not refer to a valid field")?;
        if name != step {
            return Err("array notation is not allowed".into());
        }
    }
    Ok(found)
}

/// Follows `validateDeprecationWarning`.
pub(super) fn check_deprecation(errors: &mut Errors, path: &Path, version: &Value) {
    let Some(warning) = version.get("deprecationWarning").and_then(Value::as_str) else { return };
    let unprintable = || warning.char_indices().find(|(_, c)| c.is_control());
    let why = match () {
        () if at(version, "deprecated").as_bool() != Some(true) => "can only be set for deprecated versions".into(),
        () if warning.len() > 256 => "must be <= 256 characters long".into(),
        () if warning.is_empty() => "must not be an empty string".into(),
        () => match unprintable() {
            Some((place, _)) => {
                format!("must only contain printable UTF-8 characters; non-printable character found at index {place}")
            }
            None => return,
        },
    };
    errors.invalid_text(path, warning, why);
}

/// Follows `validateCustomResourceConversion`; the server's own type has the parts of `webhook` beside the strategy.
pub(super) fn check_conversion(errors: &mut Errors, path: &Path, conversion: &Value) {
    if conversion.is_null() {
        return;
    }
    let (strategy, webhook) = (text(conversion, "strategy"), at(conversion, "webhook"));
    match strategy {
        "" => errors.required(&path.child("strategy"), ""),
        strategy => errors.check_one_of(&path.child("strategy"), strategy, &["None", "Webhook"]),
    }
    let (config, versions) = (at(webhook, "clientConfig"), list(webhook, "conversionReviewVersions"));
    let (config_path, versions_path) = (path.child("webhookClientConfig"), path.child("conversionReviewVersions"));
    if strategy != "Webhook" {
        let detail = "should not be set when strategy is not set to Webhook";
        let set = [(&config_path, !config.is_null()), (&versions_path, !versions.is_empty())];
        set.into_iter().filter(|(_, is_set)| *is_set).for_each(|(path, _)| errors.forbidden(path, detail));
        return;
    }
    if config.is_null() {
        errors.required(&config_path, "required when strategy is set to Webhook");
    } else if at(config, "url").is_null() == at(config, "service").is_null() {
        errors.required(&config_path, "exactly one of url or service is required");
    }
    if versions.is_empty() {
        return errors.required(&versions_path, "");
    }
    for (number, version) in versions.iter().enumerate() {
        let (path, version_text) = (versions_path.index(number), version.as_str().unwrap_or(""));
        match versions[..number].contains(version) {
            true => errors.invalid_text(&path, version_text, "duplicate version"),
            false => errors.check_text(&path, version_text, names::dns_1035_label(version_text)),
        }
    }
    if !versions.iter().any(|version| matches!(version.as_str(), Some("v1" | "v1beta1"))) {
        let shown = at(webhook, "conversionReviewVersions");
        errors.invalid(&versions_path, shown, "must include at least one of v1, v1beta1");
    }
}
