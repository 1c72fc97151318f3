//! The old `vars` of a kustomization: `$(NAME)` in certain fields stands for a field of another object.
//!
//! Follows `api/internal/accumulator` and `varReference` in `api/internal/konfig/builtinpluginconsts` of kustomize.

use super::references::{pod_spec, visit};
use super::resource::Resource;
use crate::model::{Map, Text, Value, to_json};

/// One of them.
#[derive(Clone, Debug)]
pub struct Var {
    name: String,
    object: Value,
    path: String,
}

/// Adds what a kustomization says to the vars so far.
///
/// # Errors
/// kustomize's words for a name that is there already, or that could mean several objects.
pub fn collect(kustomization: &Value, resources: &[Resource], vars: &mut Vec<Var>) -> Result<(), String> {
    let listed = kustomization.list_at(&["vars"]);
    let all: Vec<String> = listed.iter().map(|it| told(it, "[noVer]", "[noGrp]", "")).collect();
    let merging = |why: String| format!("merging vars [{}]: {why}", all.join(" "));
    for var in listed {
        let name = var.str_at(&["name"]);
        if vars.iter().any(|known| known.name == name) {
            return Err(merging(format!("var '{name}' already encountered")));
        }
        let object = var.get("objref").cloned().unwrap_or_default();
        let count = resources.iter().filter(|it| is_meant(it, &object)).count();
        if count > 1 {
            let shown = told(var, object.str_at(&["apiVersion"]), "[noGrp]", "");
            return Err(merging(format!("found {count} resId matches for var {shown} (unable to disambiguate)")));
        }
        let path = var.str_at(&["fieldref", "fieldpath"]).to_string();
        vars.push(Var { name: name.into(), object, path });
    }
    Ok(())
}

/// A var as kustomize prints it: `{NAME Deployment.[noVer].[noGrp] {}}`.
fn told(var: &Value, version: &str, group: &str, path: &str) -> String {
    let (name, kind) = (var.str_at(&["name"]), var.str_at(&["objref", "kind"]));
    format!("{{{name} {kind}.{version}.{group} {{{path}}}}}")
}

fn is_meant(resource: &Resource, object: &Value) -> bool {
    let text = |name: &'static str| object.str_at(&[name]);
    resource.kind() == text("kind")
        && (text("apiVersion").is_empty() || resource.value.str_at(&["apiVersion"]) == text("apiVersion"))
        && resource.is_called(text("name"))
        && (text("namespace").is_empty() || resource.is_in(text("namespace")))
}

/// Puts the values in their places. Gives the names of those that nothing asked for.
///
/// # Errors
/// kustomize's words for an object or a field that is not there.
pub fn resolve(vars: &[Var], resources: &mut [Resource]) -> Result<Vec<String>, String> {
    let mut values = Vec::new();
    for var in vars {
        let path = if var.path.is_empty() { "metadata.name" } else { &var.path };
        let api_version = var.object.str_at(&["apiVersion"]);
        let (group, version) = api_version.split_once('/').unwrap_or(("[noGrp]", api_version));
        let kind = var.object.str_at(&["kind"]);
        let shown = format!("{{{} {kind}.{version}.{group} {{{path}}}}}", var.name);
        let found = resources
            .iter()
            .find(|it| is_meant(it, &var.object))
            .ok_or_else(|| format!("var '{shown}' cannot be mapped to a field in the set of known resources"))?;
        let value = at_path(&found.value, path);
        let missing = || format!("field specified in var '{shown}' not found in corresponding resource");
        values.push((var.name.clone(), value.cloned().ok_or_else(missing)?, false));
    }
    for resource in resources.iter_mut() {
        for path in places(resource.kind()) {
            visit(&mut resource.value, &path, &mut |value| fill(value, &mut values));
        }
        for field in ["labels", "annotations"] {
            visit(&mut resource.value, &["metadata", field], &mut |value| fill(value, &mut values));
        }
    }
    Ok(values.into_iter().filter(|(.., is_used)| !is_used).map(|(name, ..)| name).collect())
}

/// `spec.containers[0].image` in a tree.
fn at_path<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let parts = path.split(['.', '[']).map(|part| part.trim_end_matches(']')).filter(|part| !part.is_empty());
    let mut at = value;
    for part in parts {
        at = match at {
            Value::List(list) => list.get(part.parse::<usize>().ok()?)?,
            other => other.get(part)?,
        };
    }
    Some(at)
}

/// Where values may stand in objects of a kind.
fn places(kind: &str) -> Vec<Vec<&'static str>> {
    const IN_PODS: [&[&str]; 4] =
        [&["args"], &["command"], &["env", "*", "value"], &["volumeMounts", "*", "mountPath"]];
    let elsewhere: &[&[&'static str]] = match kind {
        "Ingress" => {
            &[&["spec", "rules", "*", "host"], &["spec", "tls", "*", "hosts"], &["spec", "tls", "*", "secretName"]]
        }
        "Service" => &[&["spec", "ports", "*", "port"], &["spec", "ports", "*", "targetPort"]],
        "PersistentVolume" => &[&["spec", "nfs", "server"]],
        "StatefulSet" => &[&["spec", "volumeClaimTemplates", "*", "spec", "nfs", "server"]],
        _ => &[],
    };
    let mut all: Vec<Vec<&'static str>> = elsewhere.iter().map(|path| path.to_vec()).collect();
    if let Some(spec) = pod_spec(kind).filter(|_| kind != "ReplicationController") {
        for list in ["containers", "initContainers"] {
            all.extend(IN_PODS.iter().map(|path| [spec, &[list, "*"], path].concat()));
        }
        all.push([spec, &["volumes", "*", "nfs", "server"]].concat());
    }
    all
}

type Known = [(String, Value, bool)];

/// Fills a text, the texts of a list, or those of a map.
fn fill(value: &mut Value, values: &mut Known) {
    match value {
        Value::Str(text) => {
            let filled = filled(text, values);
            *value = filled;
        }
        Value::List(_) => value.list_mut().iter_mut().for_each(|inner| fill(inner, values)),
        Value::Map(_) => {
            let keys: Vec<Text> = value.as_map().into_iter().flat_map(Map::keys).cloned().collect();
            for key in keys {
                if let Some(inner) = value.map_mut().get_mut(&key).filter(|inner| inner.as_str().is_some()) {
                    fill(inner, values);
                }
            }
        }
        _ => {}
    }
}

/// A text with the values in it. What is nothing but a name becomes the value itself; `$$` is a dollar.
fn filled(text: &str, values: &mut Known) -> Value {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('$') {
        let (before, behind) = rest.split_at(at);
        out.push_str(before);
        let name = behind.strip_prefix("$(").and_then(|inside| inside.split_once(')'));
        rest = match name {
            Some((name, after)) => {
                match values.iter_mut().find(|(known, ..)| known == name) {
                    Some((_, value, is_used)) => {
                        *is_used = true;
                        if out.is_empty() && after.is_empty() {
                            return value.clone();
                        }
                        out.push_str(&value.as_str().map_or_else(|| to_json(value), str::to_string));
                    }
                    None => out.push_str(&format!("$({name})")),
                }
                after
            }
            None => {
                out.push('$');
                // Of two the second is no beginning.
                behind.strip_prefix("$$").or(behind.strip_prefix('$')).unwrap_or("")
            }
        };
    }
    out.push_str(rest);
    Value::from(out)
}
