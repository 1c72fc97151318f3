//! ConfigMaps and Secrets that a kustomization generates, and the hash that their names end with.

use super::Folder;
use super::resource::Resource;
use super::sha256::sha256;
use crate::model::{Map, Text, Value, encode_base64, to_json};
use crate::obj;

/// Adds what the generators of a kustomization say to the objects so far.
///
/// # Errors
/// What cannot be read, and merging with what is not there.
pub fn generate(kustomization: &Value, folder: &Folder<'_>, resources: &mut Vec<Resource>) -> Result<(), String> {
    for (field, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
        for generator in kustomization.list_at(&[field]) {
            let made = made(kustomization, generator, kind, folder)?;
            absorb(generator.str_at(&["behavior"]), made, resources)?;
        }
    }
    Ok(())
}

/// Adds what a generator says that is an object of its own.
///
/// # Errors
/// The same.
pub fn generate_one(config: &Value, folder: &Folder<'_>, resources: &mut Vec<Resource>) -> Result<(), String> {
    let kind = match config.str_at(&["kind"]) {
        "ConfigMapGenerator" => "ConfigMap",
        "SecretGenerator" => "Secret",
        kind => return Err(format!("this lab's kustomize has no {kind}")),
    };
    let mut generator = config.clone();
    for field in ["name", "namespace"] {
        generator.set_at(&[field], Value::text(config.str_at(&["metadata", field])));
    }
    let made = made(&Value::Null, &generator, kind, folder)?;
    absorb(generator.str_at(&["behavior"]), made, resources)
}

fn made(kustomization: &Value, generator: &Value, kind: &'static str, folder: &Folder<'_>) -> Result<Resource, String> {
    let mut data = Map::new();
    for (key, text) in pairs(generator, folder).map_err(|why| format!("loading KV pairs: {why}"))? {
        if data.contains_key(&key) {
            let (kind, name) = (kind.to_lowercase(), generator.str_at(&["name"]));
            return Err(format!("{kind} {name} illegally repeats the key `{key}`"));
        }
        let value = if kind == "Secret" { Value::from(encode_base64(text.as_bytes())) } else { Value::text(&text) };
        data.insert(key, value);
    }
    let mut metadata = obj! { "name" => Text::new(generator.str_at(&["name"])) };
    let namespace = generator.str_at(&["namespace"]);
    if !namespace.is_empty() {
        metadata.set_at(&["namespace"], Text::new(namespace));
    }
    let options = [kustomization.get("generatorOptions"), generator.get("options")];
    for option in options.into_iter().flatten() {
        for field in ["labels", "annotations"] {
            for (key, value) in option.at(&[field]).and_then(Value::as_map).into_iter().flat_map(Map::iter) {
                metadata.at_mut(&[field]).map_mut().insert(key.clone(), value.clone());
            }
        }
    }
    let is_on = |field: &'static str| options.iter().flatten().any(|it| it.get(field) == Some(&Value::Bool(true)));
    let mut value = obj! { "apiVersion" => "v1", "kind" => kind, "metadata" => metadata };
    if !data.is_empty() {
        value.set_at(&["data"], data);
    }
    if kind == "Secret" {
        let sort = generator.str_at(&["type"]);
        value.set_at(&["type"], Text::new(if sort.is_empty() { "Opaque" } else { sort }));
    }
    if is_on("immutable") {
        value.set_at(&["immutable"], true);
    }
    Ok(Resource { needs_hash: !is_on("disableNameSuffixHash"), ..Resource::new(value) })
}

/// The keys and texts of literals, files and files of variables.
fn pairs(generator: &Value, folder: &Folder<'_>) -> Result<Vec<(String, String)>, String> {
    let list = |field: &'static str| generator.list_at(&[field]).iter().filter_map(Value::as_str).map(str::to_string);
    let mut pairs = Vec::new();
    for file in list("envs").chain(Some(generator.str_at(&["env"]).to_string()).filter(|file| !file.is_empty())) {
        let text = folder.read(&file).map_err(|why| format!("env source files: [{file}]: {why}"))?;
        let lines = text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pair = |line: &str| line.split_once('=').map(|(key, value)| (key.to_string(), value.to_string()));
        pairs.extend(lines.filter_map(pair));
    }
    let literals: Vec<String> = list("literals").collect();
    for literal in &literals {
        let Some((key, value)) = literal.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            let all = literals.join(" ");
            return Err(format!("literal sources [{all}]: invalid literal source {literal}, expected key=value"));
        };
        pairs.push((key.to_string(), unquoted(value)));
    }
    let files: Vec<String> = list("files").collect();
    for source in &files {
        let (key, file) = source.split_once('=').unwrap_or((source.rsplit('/').next().unwrap_or(source), source));
        let text = folder.read(file).map_err(|why| format!("file sources: [{}]: {why}", files.join(" ")))?;
        pairs.push((key.to_string(), text));
    }
    Ok(pairs)
}

/// A literal's value without quotes around the whole of it.
fn unquoted(value: &str) -> String {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value).to_string()
}

/// Puts a generated object beside the others, or into the one of its name.
fn absorb(behavior: &str, made: Resource, resources: &mut Vec<Resource>) -> Result<(), String> {
    let is_same = |it: &&mut Resource| {
        it.kind() == made.kind()
            && it.is_called(made.name())
            && (made.namespace().is_empty() || it.namespace() == made.namespace())
    };
    let known = resources.iter_mut().find(is_same);
    let id = format!(
        "id resid.ResId{{Gvk:resid.Gvk{{Group:\"\", Version:\"v1\", Kind:{:?}, isClusterScoped:false}}, Name:{:?}, \
         Namespace:{:?}}}",
        made.kind(),
        made.name(),
        made.namespace()
    );
    match (known, behavior) {
        (None, "merge" | "replace") => {
            Err(format!("merging from generator &{{0xc000000000 <nil>}}: {id} does not exist; cannot merge or replace"))
        }
        (None, _) => {
            resources.push(made);
            Ok(())
        }
        (Some(known), "merge" | "replace") => {
            let mut metadata = known.value.get("metadata").cloned().unwrap_or_else(Value::map);
            for field in ["labels", "annotations"] {
                for (key, value) in
                    made.value.at(&["metadata", field]).and_then(Value::as_map).into_iter().flat_map(Map::iter)
                {
                    metadata.at_mut(&[field]).map_mut().insert(key.clone(), value.clone());
                }
            }
            let mut value = made.value.clone();
            value.set_at(&["metadata"], metadata);
            if behavior == "merge" {
                let mut data = known.value.at(&["data"]).and_then(Value::as_map).cloned().unwrap_or_default();
                for (key, text) in made.value.at(&["data"]).and_then(Value::as_map).into_iter().flat_map(Map::iter) {
                    data.insert(key.clone(), text.clone());
                }
                value.set_at(&["data"], data);
            }
            known.value = value;
            Ok(())
        }
        (Some(_), behavior) => {
            let behavior = if behavior.is_empty() { "unspecified" } else { behavior };
            Err(format!(
                "merging from generator &{{0xc000000000 <nil>}}: {id} exists; can not use behavior: '{behavior}', behavior must \
                 be merge or replace"
            ))
        }
    }
}

/// Adds the hashes to the names that want them.
pub fn add_hashes(resources: &mut [Resource]) {
    for resource in resources.iter_mut().filter(|resource| resource.needs_hash) {
        let name = format!("{}-{}", resource.name(), hash_of(&resource.value));
        resource.rename(&name);
    }
}

/// The hash of an object's content.
///
/// Follows `api/hasher` of kustomize: the name does not count.
fn hash_of(value: &Value) -> String {
    hash_with_name(value, "")
}

/// The hash that `kubectl create --append-hash` gives a ConfigMap or Secret: here its name counts.
///
/// Follows `pkg/util/hash` of kubectl.
pub fn content_hash(value: &Value) -> String {
    let mut stored = value.clone();
    if let Some(texts) = stored.remove_at(&["stringData"]) {
        let texts = texts.as_map().cloned().unwrap_or_default();
        let data = texts
            .iter()
            .map(|(key, text)| (key.clone(), Value::from(encode_base64(text.as_str().unwrap_or_default().as_bytes()))));
        stored.set_at(&["data"], data.collect::<Map>());
    }
    if stored.get("data").is_none() {
        stored.set_at(&["data"], Value::Null);
    }
    hash_with_name(&stored, value.str_at(&["metadata", "name"]))
}

fn hash_with_name(value: &Value, name: &str) -> String {
    let data = value.get("data").cloned().unwrap_or_else(|| "".into());
    let kind = Text::new(value.str_at(&["kind"]));
    let mut content = obj! { "data" => data, "kind" => kind, "name" => Text::new(name) };
    if value.str_at(&["kind"]) == "Secret" {
        content.set_at(&["type"], Text::new(value.str_at(&["type"])));
    }
    if let Some(binary) = value.get("binaryData") {
        content.set_at(&["binaryData"], binary.clone());
    }
    let letter = |c: char| match c {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        c => c,
    };
    sha256(&to_json(&content)).chars().take(10).map(letter).collect()
}
