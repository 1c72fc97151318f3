//! The patches of a kustomization: strategic merges and JSON patches, by name or by target.

use super::Folder;
use super::resource::{Resource, id_of};
use crate::cluster::patch::json_patch;
use crate::kubectl::selector::LabelSelector;
use crate::manifest::{parse_as, to_yaml};
use crate::model::{Labels, Map, Value};
use crate::schema::{self, Merge, Struct};

/// Applies `patches`, `patchesStrategicMerge` and `patchesJson6902`.
///
/// # Errors
/// What cannot be read, and patches that find nothing to change.
pub fn apply(kustomization: &Value, folder: &Folder<'_>, resources: &mut Vec<Resource>) -> Result<(), String> {
    for patch in kustomization.list_at(&["patchesStrategicMerge"]) {
        let word = patch.as_str().unwrap_or("");
        let text = if word.contains('\n') { word.to_string() } else { folder.read(word)? };
        for value in documents(&text)? {
            merge_by_name(&value, resources)?;
        }
    }
    for patch in kustomization.list_at(&["patches"]).iter().chain(kustomization.list_at(&["patchesJson6902"])) {
        apply_one(patch, folder, resources)?;
    }
    Ok(())
}

fn documents(text: &str) -> Result<Vec<Value>, String> {
    let mut values = Vec::new();
    for document in parse_as(text, true) {
        match (document.value, document.error) {
            (_, Some(error)) => {
                return Err(format!("unable to parse SM or JSON patch from [{text}]: {}", error.message));
            }
            (Some(value), None) if !value.is_null() => values.push(value),
            _ => {}
        }
    }
    Ok(values)
}

fn apply_one(patch: &Value, folder: &Folder<'_>, resources: &mut Vec<Resource>) -> Result<(), String> {
    let path = patch.str_at(&["path"]);
    let config = to_yaml(patch);
    let trouble =
        |why: String| format!("trouble configuring builtin PatchTransformer with config: `\n{config}`: {why}");
    let (text, source) = match (path, patch.str_at(&["patch"])) {
        ("", "") => return Err(trouble(format!("must specify one of patch and path in\n{config}"))),
        ("", text) => (text.to_string(), format!("[patch: {text:?}]")),
        (path, "") => {
            let missing = |why| trouble(format!("failed to get the patch file from path({path}): {why}"));
            (folder.read(path).map_err(missing)?, format!("[path: {path:?}]"))
        }
        _ => return Err(trouble(format!("patch and path can't be set at the same time\n{config}"))),
    };
    // What begins as a JSON list is read as nothing else.
    if text.trim_start().starts_with('[') && crate::model::parse_json(&text).is_err() {
        return Err(trouble(format!("unable to parse SM or JSON patch from {source}")));
    }
    let values = documents(&text)?;
    let target = patch.get("target");
    for value in &values {
        match (value.as_list(), target) {
            (Some(operations), Some(target)) => {
                for resource in resources.iter_mut().filter(|it| is_target(it, target)) {
                    for operation in operations {
                        apply_operation(resource, operation)?;
                    }
                }
            }
            (Some(_), None) => return Err(format!("must specify a target for JSON patch {source}")),
            (None, None) => merge_by_name(value, resources)?,
            (None, Some(target)) => {
                for resource in resources.iter_mut().filter(|it| is_target(it, target)) {
                    if patch.at(&["options", "allowNameChange"]) == Some(&Value::Bool(true)) {
                        resource.rename(value.str_at(&["metadata", "name"]));
                    }
                    // With a target the patch need not say what it is for, and what it says does not count.
                    let mut value = value.clone();
                    if patch.at(&["options", "allowKindChange"]) != Some(&Value::Bool(true)) {
                        _ = value.remove_at(&["kind"]);
                        _ = value.remove_at(&["apiVersion"]);
                    }
                    merge_into(resource, &value);
                }
                resources.retain(|resource| !resource.value.is_null());
            }
        }
    }
    Ok(())
}

fn apply_operation(resource: &mut Resource, operation: &Value) -> Result<(), String> {
    let one = Value::from(vec![operation.clone()]);
    match json_patch(&resource.value, &one) {
        Ok(value) => {
            resource.value = value;
            Ok(())
        }
        Err(_) => {
            let (op, path) = (operation.str_at(&["op"]), operation.str_at(&["path"]));
            let key = path.rsplit('/').next().unwrap_or("");
            Err(match op {
                "remove" => format!(
                    "error in remove for path: '{path}': unable to remove nonexistent key: {key}: missing value"
                ),
                "replace" => {
                    let parent: Vec<&str> = path.split('/').skip(1).collect();
                    let parent = parent.split_last().map_or(&[][..], |(_, before)| before);
                    let what = if is_there(&resource.value, parent) { "key" } else { "path" };
                    format!("replace operation does not apply: doc is missing {what}: {path}: missing value")
                }
                "test" => format!("testing value {path} failed: test failed"),
                _ => format!("add operation does not apply: doc is missing path: \"{path}\": missing value"),
            })
        }
    }
}

/// Whether a JSON pointer's parts lead to something.
fn is_there(value: &Value, parts: &[&str]) -> bool {
    let Some((first, rest)) = parts.split_first() else { return true };
    let name = first.replace("~1", "/").replace("~0", "~");
    let inside = match value {
        Value::List(list) => name.parse::<usize>().ok().and_then(|at| list.get(at)),
        other => other.get(&name),
    };
    inside.is_some_and(|inside| is_there(inside, rest))
}

/// Whether a target means an object: its texts are patterns for whole names.
pub fn is_target(resource: &Resource, target: &Value) -> bool {
    let (group, version) = resource.group_version();
    let text = |field: &'static str| target.str_at(&[field]);
    let fits = |pattern: &str, text: &str| pattern.is_empty() || is_match(pattern, text);
    let labels = |field: &'static str| -> Labels {
        let map = resource.value.at(&["metadata", field]).and_then(Value::as_map);
        let pairs = map.into_iter().flat_map(Map::iter);
        pairs.filter_map(|(key, value)| Some((key.clone(), value.as_text()?.clone()))).collect()
    };
    let selects = |selector: &str, field: &'static str| {
        selector.is_empty() || LabelSelector::parse(selector).is_ok_and(|it| it.matches(&labels(field)))
    };
    let mut names = std::iter::once(resource.name()).chain(resource.past.iter().map(|(name, _)| name.as_str()));
    let wanted = text("name");
    (wanted.is_empty() || names.any(|name| is_match(wanted, name)))
        && fits(text("kind"), resource.kind())
        && fits(text("group"), group)
        && fits(text("version"), version)
        && fits(text("namespace"), resource.namespace())
        && selects(text("labelSelector"), "labels")
        && selects(text("annotationSelector"), "annotations")
}

/// Whether a pattern takes the whole of a text. Of patterns the usual parts are known: `.`, `*`, `+`, `?`, `|`.
fn is_match(pattern: &str, text: &str) -> bool {
    if pattern.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return pattern == text;
    }
    pattern.split('|').any(|one| {
        let one: Vec<char> = one.trim_start_matches('^').trim_end_matches('$').chars().collect();
        takes(&one, &text.chars().collect::<Vec<_>>())
    })
}

/// By the table of which beginnings fit, so that no pattern takes longer than its length times the text's.
fn takes(pattern: &[char], text: &[char]) -> bool {
    let mut parts: Vec<(char, char)> = Vec::new();
    let mut at = 0;
    while let Some(c) = pattern.get(at) {
        let (c, length) = if *c == '\\' { (pattern.get(at + 1).copied().unwrap_or('\\'), 2) } else { (*c, 1) };
        let is_any = c == '.' && length == 1;
        at += length;
        let times = pattern.get(at).copied().filter(|c| matches!(c, '*' | '+' | '?')).unwrap_or(' ');
        at += usize::from(times != ' ');
        parts.push((if is_any { '\0' } else { c }, times));
    }
    let mut fits = vec![false; text.len() + 1];
    fits[0] = true;
    for (c, times) in parts {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            let is_here = at > 0 && (c == '\0' || text[at - 1] == c);
            next[at] = match times {
                '*' => fits[at] || is_here && next[at - 1],
                '+' => is_here && (fits[at - 1] || next[at - 1]),
                '?' => fits[at] || is_here && fits[at - 1],
                _ => is_here && fits[at - 1],
            };
        }
        fits = next;
    }
    fits[text.len()]
}

fn merge_by_name(patch: &Value, resources: &mut Vec<Resource>) -> Result<(), String> {
    let (kind, name) = (patch.str_at(&["kind"]), patch.str_at(&["metadata", "name"]));
    let namespace = patch.str_at(&["metadata", "namespace"]);
    let is_meant = |it: &&mut Resource| {
        it.kind() == kind
            && it.value.str_at(&["apiVersion"]) == patch.str_at(&["apiVersion"])
            && it.is_called(name)
            && (namespace.is_empty() || it.namespace() == namespace)
    };
    let id = id_of(patch);
    let Some(resource) = resources.iter_mut().find(is_meant) else {
        return Err(format!(
            "no resource matches strategic merge patch {id:?}: no matches for Id {id}; failed to find unique target for patch {id}"
        ));
    };
    merge_into(resource, patch);
    resources.retain(|resource| !resource.value.is_null());
    Ok(())
}

/// Merges a patch into an object, which keeps its name.
fn merge_into(resource: &mut Resource, patch: &Value) {
    if patch.str_at(&["$patch"]) == "delete" {
        resource.value = Value::Null;
        return;
    }
    let root = schema::root(resource.value.str_at(&["apiVersion"]), resource.kind());
    let mut patch = patch.clone();
    patch.remove_at(&["metadata", "name"]);
    merge(&mut resource.value, &patch, root);
}

/// Merges as kustomize does: what a list does not have yet comes first.
fn merge(value: &mut Value, patch: &Value, of: Option<&'static Struct>) {
    let Some(entries) = patch.as_map() else {
        *value = patch.clone();
        return;
    };
    if patch.str_at(&["$patch"]) == "replace" || value.as_map().is_none() {
        *value = without_nothing(patch);
        return;
    }
    for (key, change) in entries.iter().filter(|(key, _)| !key.starts_with('$')) {
        let field = of.and_then(|of| of.field(key));
        let inner = field.and_then(|field| field.kind.structure());
        if change.is_null() || change.str_at(&["$patch"]) == "delete" {
            value.map_mut().remove(key);
            continue;
        }
        let Some(known) = value.map_mut().get_mut(key) else {
            value.map_mut().insert(key.clone(), without_nothing(change));
            continue;
        };
        match (change, field.map(|field| field.merge)) {
            (Value::Map(_), _) => merge(known, change, inner),
            (Value::List(list), Some(Merge::ByKey(merge_key))) => merge_list(known, list, merge_key, inner),
            (Value::List(list), Some(Merge::AsSet)) => {
                known.list_mut().retain(|it| !list.contains(it));
                known.list_mut().splice(..0, list.iter().cloned());
            }
            _ => *known = change.clone(),
        }
    }
}

/// What a patch names comes first, in its order; then what it does not name (`kyaml/yaml/walk/associative_sequence.go`).
fn merge_list(known: &mut Value, changes: &[Value], merge_key: &str, of: Option<&'static Struct>) {
    let mut named = Vec::new();
    for change in changes {
        let is_same = |it: &Value| it.get(merge_key) == change.get(merge_key);
        let list = known.list_mut();
        match change.str_at(&["$patch"]) {
            "delete" => list.retain(|it| !is_same(it)),
            "replace" if change.get(merge_key).is_none() => list.clear(),
            _ => match list.iter().position(is_same) {
                Some(at) => {
                    let mut element = list.remove(at);
                    // An element is not replaced as a whole: the word leaves it as it is.
                    if change.str_at(&["$patch"]) != "replace" {
                        merge(&mut element, change, of);
                    }
                    named.push(element);
                }
                None => named.push(without_nothing(change)),
            },
        }
    }
    known.list_mut().splice(..0, named);
}

/// A tree without nulls and without the words of patches.
fn without_nothing(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let kept = map.iter().filter(|(key, value)| !value.is_null() && !key.starts_with('$'));
            kept.map(|(key, value)| (key.clone(), without_nothing(value))).collect::<Map>().into()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_match;

    #[test]
    fn targets_are_patterns_for_whole_names() {
        let cases = [
            ("web", "web", true),
            ("web", "web-1", false),
            ("web.*", "web-1", true),
            ("a|b", "b", true),
            ("w?eb+", "ebb", true),
        ];
        for (pattern, text, fits) in cases {
            assert_eq!(is_match(pattern, text), fits, "{pattern} {text}");
        }
    }
}
