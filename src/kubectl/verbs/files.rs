//! The files behind `-f`: names, documents and what kubectl says when they cannot be read; asks the cluster nothing.

use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::kubectl::resources::{ABSENT, Resource, namespace_of};
use crate::kubectl::tools::{EDITOR_FILE, read_file};
use crate::manifest::{flatten_lists, parse};
use crate::model::{Kind, Text, Value};

/// A document out of a file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's name as it was given.
    pub file: String,
    /// What it says.
    pub value: Value,
}

/// The files that `-f` names; a directory names all manifests in it.
fn file_names(args: &Args, cx: &Cx<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for name in args.list("filename") {
        if matches!(name.as_str(), "." | "./" | "*.yaml" | "./*.yaml") {
            let is_manifest =
                |name: &&String| name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
            names.extend(cx.state.files.keys().filter(is_manifest).cloned());
            if !cx.state.files.contains_key(EDITOR_FILE) && !cx.host.editor_text().is_empty() {
                names.push(EDITOR_FILE.into());
            }
        } else {
            names.push(name.clone());
        }
    }
    names
}

/// The manifests that the official tutorial names by address: there is no network here to fetch them.
fn tutorial_file(address: &str) -> Option<String> {
    const WEB: &str = include_str!("tutorial_web.yaml");
    let path = address.split_once("k8s.io/examples/").map_or("", |(_, path)| path);
    match path {
        "application/web/web.yaml" => Some(WEB.into()),
        "application/web/web-parallel.yaml" => {
            Some(WEB.replace("  replicas: 2\n", "  podManagementPolicy: \"Parallel\"\n  replicas: 2\n"))
        }
        _ => None,
    }
}

/// The text of one file.
fn text_of(name: &str, cx: &mut Cx<'_>) -> Result<String, Failure> {
    if name == "-" {
        return Ok(cx.stdin.clone().unwrap_or_default());
    }
    if name.starts_with("http://") || name.starts_with("https://") {
        // Pages of the tutorials name files that lie in the editor here.
        let last = name.rsplit('/').next().unwrap_or(name).to_string();
        if let Some(text) = cx.state.files.get(&last) {
            return Ok(text.clone());
        }
        if let Some(text) = tutorial_file(name) {
            return Ok(text);
        }
        let host = name.split('/').nth(2).unwrap_or("");
        return Err(Failure::client(format!("unable to read URL \"{name}\", dial tcp: lookup {host}: no such host")));
    }
    match read_file(name, cx) {
        Some(text) => Ok(text),
        None => {
            let mut files: Vec<&str> = cx.state.files.keys().map(String::as_str).collect();
            files.push(EDITOR_FILE);
            let files = files.join(", ");
            cx.fail(&Failure::client(format!("the path {name:?} does not exist")));
            cx.hint("file_missing", &[("name", EDITOR_FILE), ("files", &files)]);
            Err(Failure::Said)
        }
    }
}

/// Reads the documents of all files. What cannot be read is said and counted as a failure, as kubectl does: documents
/// before it are still returned.
///
/// # Errors
/// A file that is missing.
pub fn sources(args: &Args, cx: &mut Cx<'_>) -> Result<(Vec<Source>, Vec<Failure>), Failure> {
    let mut sources = Vec::new();
    let mut failures = Vec::new();
    if args.has("kustomize") {
        return Err(super::elsewhere::no_kustomization(args.text("kustomize")));
    }
    let names = file_names(args, cx);
    let mut texts = Vec::new();
    for name in names {
        let text = text_of(&name, cx)?;
        texts.push((name, text));
    }
    for (file, text) in texts {
        let shown = if file == "-" { "STDIN" } else { file.as_str() };
        for document in parse(&text) {
            if let Some(error) = document.error {
                failures.push(Failure::client(format!(
                    "error parsing {shown}: error converting YAML to JSON: {}",
                    error.message
                )));
                break;
            }
            let value = document.value.unwrap_or_default();
            for value in flatten_lists(&value) {
                sources.push(Source { file: shown.to_string(), value });
            }
        }
    }
    Ok((sources, failures))
}

/// The types and names in the files of `-f`.
///
/// # Errors
/// What cannot be read.
pub fn names(args: &Args, cx: &mut Cx<'_>) -> Result<Vec<(Resource, String, Text)>, Failure> {
    let (sources, failures) = sources(args, cx)?;
    if let Some(failure) = failures.into_iter().next() {
        return Err(failure);
    }
    sources.iter().map(|source| name_of(source, args, cx)).collect()
}

/// The types and names in one file.
///
/// # Errors
/// What cannot be read.
pub fn names_of(file: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Vec<(Resource, String, Text)>, Failure> {
    let all = names_by_file(args, cx)?;
    Ok(all.into_iter().filter(|(name, _)| name == file).map(|(_, it)| it).collect())
}

type Named = (Resource, String, Text);

fn names_by_file(args: &Args, cx: &mut Cx<'_>) -> Result<Vec<(String, Named)>, Failure> {
    let (sources, failures) = sources(args, cx)?;
    if let Some(failure) = failures.into_iter().next() {
        return Err(failure);
    }
    sources.iter().map(|source| Ok((source.file.clone(), name_of(source, args, cx)?))).collect()
}

fn name_of(source: &Source, args: &Args, cx: &Cx<'_>) -> Result<Named, Failure> {
    let resource = resource_of(source)?;
    let name = source.value.str_at(&["metadata", "name"]).to_string();
    let namespace = match source.value.str_at(&["metadata", "namespace"]) {
        "" => namespace_of(args, cx),
        namespace => Text::new(namespace),
    };
    Ok((resource, name, namespace))
}

/// The type of a document.
///
/// # Errors
/// kubectl's words for a document that is no object, or of a kind that nobody knows.
pub fn resource_of(source: &Source) -> Result<Resource, Failure> {
    let file = &source.file;
    let invalid = |what: &str| {
        Failure::client(format!(
            "error validating {file:?}: error validating data: {what}; if you choose to ignore these errors, turn \
             validation off with --validate=false"
        ))
    };
    if source.value.as_map().is_none() {
        return Err(invalid("invalid object to validate"));
    }
    let read = |field: &str| match source.value.get(field) {
        Some(Value::Str(text)) => text.to_string(),
        _ => String::new(),
    };
    let (api_version, kind) = (read("apiVersion"), read("kind"));
    match (api_version.is_empty(), kind.is_empty()) {
        (true, true) => return Err(invalid("[apiVersion not set, kind not set]")),
        (true, false) => return Err(invalid("apiVersion not set")),
        (false, true) => return Err(invalid("kind not set")),
        _ => {}
    }
    if let Some(kind) = Kind::of(&api_version, &kind) {
        return Ok(Resource::Kept(kind));
    }
    if let Some(absent) = ABSENT.iter().find(|absent| absent.kind == kind && absent.api_version() == api_version) {
        return Ok(Resource::Absent(absent));
    }
    Err(no_mapping(source))
}

/// What kubectl says of a kind that the server does not know.
pub fn no_mapping(source: &Source) -> Failure {
    let read = |path: &[&str]| source.value.str_at(path);
    let (name, namespace) = (read(&["metadata", "name"]), read(&["metadata", "namespace"]));
    let (api_version, kind) = (read(&["apiVersion"]), read(&["kind"]));
    Failure::client(format!(
        "resource mapping not found for name: {name:?} namespace: {namespace:?} from {:?}: no matches for kind \
         {kind:?} in version {api_version:?}\nensure CRDs are installed first",
        source.file
    ))
}
