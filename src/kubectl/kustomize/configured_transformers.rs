//! Transformers that a kustomization configures itself, each an object of its own, in a file, a folder or in place.
//!
//! Follows `api/internal/builtins` of kustomize. Only those that come with it are known; plugins are refused as there.

use super::resource::{Resource, id_of};
use super::{Folder, built_in_transforms, patch, replace};
use crate::manifest::to_yaml;
use crate::model::{Text, Value};
use crate::obj;

/// Does what a transformer's configuration says.
///
/// # Errors
/// kustomize's words for one that it does not have, or that lacks something.
pub fn run(config: &Value, folder: &Folder<'_>, resources: &mut Vec<Resource>) -> Result<(), String> {
    check_origin(config)?;
    let fields = config.list_at(&["fieldSpecs"]);
    match config.str_at(&["kind"]) {
        "PrefixTransformer" | "SuffixTransformer" | "PrefixSuffixTransformer" => {
            if config.get("fieldSpecs").is_none_or(Value::is_null) {
                return Err(wrong(config, "fieldSpecs is not expected to be nil"));
            }
            let (prefix, suffix) = (config.str_at(&["prefix"]), config.str_at(&["suffix"]));
            let renamed = resources.iter_mut().filter(|it| !built_in_transforms::KEEPS_NAME.contains(&it.kind()));
            renamed.for_each(|resource| rename(resource, fields, prefix, suffix));
            Ok(())
        }
        "LabelTransformer" => {
            built_in_transforms::add_pairs(fields, &pairs(config, "labels"), resources);
            Ok(())
        }
        "AnnotationsTransformer" => {
            built_in_transforms::add_pairs(fields, &pairs(config, "annotations"), resources);
            Ok(())
        }
        "NamespaceTransformer" => {
            set_namespace(config, resources);
            Ok(())
        }
        "ImageTagTransformer" => {
            let rule = config.get("imageTag").cloned().unwrap_or_default();
            built_in_transforms::set_images(&obj! { "images" => vec![rule] }, resources);
            Ok(())
        }
        "ReplicaCountTransformer" => set_replicas(config, fields, resources),
        "PatchTransformer" => {
            if config.str_at(&["path"]).is_empty() && config.str_at(&["patch"]).is_empty() {
                let shown = to_yaml(config);
                return Err(wrong(config, &format!("must specify one of patch and path in\n{}", shown.trim_end())));
            }
            patch::apply(&obj! { "patches" => vec![config.clone()] }, folder, resources)
        }
        "PatchStrategicMergeTransformer" => {
            let inline = config.get("patches").filter(|it| it.as_str().is_some_and(|text| !text.is_empty()));
            let paths = config.list_at(&["paths"]).iter().chain(inline).cloned().map(in_lines);
            patch::apply(&obj! { "patchesStrategicMerge" => paths.collect::<Vec<Value>>() }, folder, resources)
        }
        "PatchJson6902Transformer" => {
            let mut one = config.clone();
            if let Some(operations) = config.get("jsonOp") {
                one.set_at(&["patch"], operations.clone());
            }
            patch::apply(&obj! { "patchesJson6902" => vec![one] }, folder, resources)
        }
        "ReplacementTransformer" => replace::replace(config, folder, resources),
        // The names get their hashes at the end anyway.
        "HashTransformer" => Ok(()),
        kind => Err(format!("this lab's kustomize has no {kind}")),
    }
}

/// The transformers that come with kustomize, and are not known here.
const UNKNOWN_HERE: [&str; 3] = ["IAMPolicyGenerator", "SortOrderTransformer", "ValueAddTransformer"];
/// Those that are.
const KNOWN: [&str; 14] = [
    "AnnotationsTransformer",
    "ConfigMapGenerator",
    "HashTransformer",
    "ImageTagTransformer",
    "LabelTransformer",
    "NamespaceTransformer",
    "PatchJson6902Transformer",
    "PatchStrategicMergeTransformer",
    "PatchTransformer",
    "PrefixSuffixTransformer",
    "PrefixTransformer",
    "ReplacementTransformer",
    "ReplicaCountTransformer",
    "SuffixTransformer",
];

/// Whether a configuration is for something that comes with kustomize.
///
/// # Errors
/// kustomize's words for one that does not.
pub fn check_origin(config: &Value) -> Result<(), String> {
    let kind = config.str_at(&["kind"]);
    let comes_along = KNOWN.contains(&kind) || UNKNOWN_HERE.contains(&kind) || kind == "SecretGenerator";
    match config.str_at(&["apiVersion"]) {
        "builtin" if comes_along => Ok(()),
        "builtin" => Err(format!("unable to load builtin {kind}.builtin.[noGrp]")),
        _ => Err(format!("external plugins disabled; unable to load external plugin '{kind}'")),
    }
}

/// What is said of a configuration that lacks something.
fn wrong(config: &Value, why: &str) -> String {
    format!("plugin {} fails configuration: {why}", id_of(config))
}

fn pairs(config: &Value, field: &'static str) -> crate::model::Map {
    config.get(field).and_then(Value::as_map).cloned().unwrap_or_default()
}

/// A patch that stands in place is told from a path by its lines.
fn in_lines(patch: Value) -> Value {
    match patch.as_str() {
        Some(text) if text.contains(": ") && !text.contains('\n') => Value::from(Text::from(format!("{text}\n"))),
        _ => patch,
    }
}

fn rename(resource: &mut Resource, fields: &[Value], prefix: &str, suffix: &str) {
    resource.remember();
    built_in_transforms::visit_fields(fields, resource, &Value::text(""), &mut |value| {
        let text = match &*value {
            Value::Str(text) => text.to_string(),
            other => crate::model::to_json(other),
        };
        *value = Value::from(Text::from(format!("{prefix}{text}{suffix}")));
    });
}

fn set_namespace(config: &Value, resources: &mut [Resource]) {
    let namespace = config.str_at(&["metadata", "namespace"]);
    let is_unset_only = config.get("unsetOnly") == Some(&Value::Bool(true));
    for resource in resources {
        let is_kept = is_unset_only && !resource.namespace().is_empty();
        if !is_kept && !namespace.is_empty() {
            let subjects = config.str_at(&["setRoleBindingSubjects"]);
            built_in_transforms::move_to_namespace(
                resource,
                namespace,
                subjects == "allServiceAccounts",
                subjects != "none",
            );
        }
    }
}

fn set_replicas(config: &Value, fields: &[Value], resources: &mut [Resource]) -> Result<(), String> {
    let rule = config.get("replica").cloned().unwrap_or_default();
    let (name, count) = (rule.str_at(&["name"]), rule.i64_at(&["count"]).unwrap_or(0));
    let mut is_found = false;
    for resource in resources.iter_mut().filter(|it| it.is_called(name)) {
        is_found |= fields.iter().any(|field| built_in_transforms::is_field_of(field, resource));
        built_in_transforms::visit_fields(fields, resource, &Value::Null, &mut |value| *value = count.into());
    }
    if is_found {
        return Ok(());
    }
    let or = |text: &str, none: &'static str| if text.is_empty() { none.to_string() } else { text.to_string() };
    let shown = |field: &Value| {
        let text = |name: &'static str| field.str_at(&[name]);
        format!("{}.{}.{}", or(text("kind"), "[noKind]"), or(text("version"), "[noVer]"), or(text("group"), "[noGrp]"))
    };
    let kinds: Vec<String> = fields.iter().map(shown).collect();
    Err(format!("resource with name {name} does not match a config with the following GVK [{}]", kinds.join(" ")))
}
