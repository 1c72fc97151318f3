//! Objects of custom kinds by the schemas of their definitions: what is unknown goes, defaults come, rules are checked;
//! knows no store.
//!
//! Follows apiextensions-apiserver's `pkg/apiserver/schema` (pruning, defaulting).

use super::cel::BUDGET;
use super::custom_rules::Rules;
use super::custom_values::{check_map, field_schema, join, says};
use super::decode::{DecodeError, Decoded, decode_as};
use super::field_error::{Errors, FieldError};
use super::pipeline::{Admitted, clear_metadata, keep_metadata};
use super::validate::validate_metadata;
use super::{custom_lists, custom_rules};
use crate::kubernetes::Kubernetes;
use crate::model::{Kind, Map, Object, Text, Value};
use crate::obj;

/// What a definition says of one version.
#[derive(Clone, Copy, Debug)]
pub struct CustomSchema<'a> {
    /// The `openAPIV3Schema`.
    pub root: &'a Value,
}

/// Reads `value` as an object of a custom kind: fields that the schema does not know are left out and named.
///
/// # Errors
/// Metadata of a wrong type.
pub fn decode_custom(
    kind: Kind,
    value: &Value,
    schema: CustomSchema<'_>,
    kubernetes: Kubernetes,
) -> Result<Decoded, DecodeError> {
    let meta = obj! { "metadata" => value.get("metadata").cloned().unwrap_or_default() };
    let read = decode_as(Kind::ConfigMap, &meta, kubernetes)?;
    let mut walk = Pruning { unknown: read.unknown_fields };
    let mut body = value.as_map().cloned().unwrap_or_default();
    for name in ["apiVersion", "kind", "metadata"] {
        body.remove(name);
    }
    let mut body = match walk.prune(&body.into(), schema.root, "") {
        Value::Map(body) => body,
        _ => Map::new(),
    };
    drop_nulls(&mut body, schema.root);
    fill_fields(&mut body, schema.root);
    Ok(Decoded { object: Object { kind, meta: read.object.meta, body }, unknown_fields: walk.unknown })
}

/// Rules for an object of a custom kind that is new, or takes the place of `old`.
///
/// # Errors
/// Everything that keeps it from being stored.
pub fn admit_custom(
    old: Option<&Object>,
    mut object: Object,
    schema: CustomSchema<'_>,
    kubernetes: Kubernetes,
) -> Result<Admitted, Vec<FieldError>> {
    let has_status = object.kind.info().has_status;
    match old {
        Some(old) => {
            keep_metadata(old, &mut object);
            if has_status {
                object.body.remove("status");
                if let Some(status) = old.body.get("status") {
                    object.body.insert("status", status.clone());
                }
            }
            if old.body.get("spec") != object.body.get("spec") {
                object.meta.generation += 1;
            }
        }
        None => {
            clear_metadata(&mut object);
            object.meta.generation = 1;
            if has_status {
                object.body.remove("status");
            }
        }
    }
    let mut errors = validate_metadata(&object);
    let mut found = Errors::default();
    check_map(&mut found, "", &object.body, schema.root);
    custom_lists::check(&mut found, &object.body, schema.root);
    let mut rules = Rules { kubernetes, errors: &mut found, warnings: Vec::new(), budget: Some(BUDGET) };
    custom_rules::check(&mut rules, &errors, &object, old, schema.root);
    let warnings = rules.warnings;
    errors.append(&mut found.0);
    if errors.is_empty() { Ok(Admitted { object, warnings }) } else { Err(errors) }
}

struct Pruning {
    unknown: Vec<String>,
}

impl Pruning {
    fn prune(&mut self, value: &Value, schema: &Value, path: &str) -> Value {
        match value {
            Value::Map(map) => {
                let keeps_all = says(schema, "x-kubernetes-preserve-unknown-fields")
                    || schema.get("additionalProperties").and_then(Value::as_bool) == Some(true);
                let is_object = says(schema, "x-kubernetes-embedded-resource");
                let mut kept = Map::new();
                for (name, inner) in map.iter() {
                    let at = join(path, name);
                    match field_schema(schema, name) {
                        Some(schema) => _ = kept.insert(name.clone(), self.prune(inner, schema, &at)),
                        None if keeps_all => _ = kept.insert(name.clone(), inner.clone()),
                        None if is_object && matches!(name.as_str(), "apiVersion" | "kind" | "metadata") => {
                            kept.insert(name.clone(), inner.clone());
                        }
                        None => self.unknown.push(at),
                    }
                }
                kept.into()
            }
            Value::List(list) => match schema.get("items").filter(|it| it.as_map().is_some()) {
                Some(items) => {
                    let each = list.iter().enumerate();
                    each.map(|(at, item)| self.prune(item, items, &format!("{path}[{at}]"))).collect::<Vec<_>>().into()
                }
                None => value.clone(),
            },
            other => other.clone(),
        }
    }
}

/// Leaves out the nulls of fields that may not be null and have no default to come in their place.
///
/// Follows `PruneNonNullableNullsWithoutDefaults` in `pkg/apiserver/schema/defaulting`.
fn drop_nulls(map: &mut Map, schema: &Value) {
    let own = |name: &str| schema.get("properties").and_then(|properties| properties.get(name));
    let has_default = |schema: &Value| schema.get("default").is_some_and(|it| !it.is_null());
    map.retain(|name, value| {
        !value.is_null() || own(name).is_none_or(|schema| says(schema, "nullable") || has_default(schema))
    });
    below(map, schema, drop_nulls);
}

/// Does something to every object right below another, as their schemas say what they are.
fn below(map: &mut Map, schema: &Value, act: fn(&mut Map, &Value)) {
    let names: Vec<Text> = map.keys().cloned().collect();
    for name in names {
        if let (Some(schema), Some(value)) = (field_schema(schema, &name), map.get_mut(&name)) {
            within(value, schema, act);
        }
    }
}

fn within(value: &mut Value, schema: &Value, act: fn(&mut Map, &Value)) {
    match value {
        Value::Map(map) => act(map, schema),
        Value::List(_) => {
            if let Some(items) = schema.get("items").filter(|it| it.as_map().is_some()) {
                value.list_mut().iter_mut().for_each(|item| within(item, items, act));
            }
        }
        _ => {}
    }
}

/// Fills in the defaults below an object.
fn fill_fields(map: &mut Map, schema: &Value) {
    let properties = schema.get("properties").and_then(Value::as_map);
    for (name, inner) in properties.into_iter().flat_map(Map::iter) {
        let Some(default) = inner.get("default").filter(|it| !it.is_null()) else { continue };
        let is_unset = map.get(name).is_none_or(|value| value.is_null() && !says(inner, "nullable"));
        if is_unset {
            map.insert(name.clone(), default.clone());
        }
    }
    below(map, schema, fill_fields);
}
