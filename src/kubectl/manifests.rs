//! The manifests behind `-f` and `-k`: names, documents and what kubectl says when they cannot be read. Of the cluster
//! it asks the custom kinds alone.

use super::command::{Cx, Failure};
use super::files::{EDITOR_FILE, files_in, is_directory, place_of, read_file};
use super::flags::{Args, Flag, Takes, short};
use super::kustomize;
use super::metadata_types;
use super::resources::{ABSENT, Resource};
use crate::api::kept_version;
use crate::cluster::{LAST_APPLIED, with_last_applied};
use crate::manifest::{flatten_lists, parse, typed_item};
use crate::model::{Value, parse_json_at, to_json};
use crate::ordering::Order;

/// The flags that name manifests; [`sources`] reads them.
pub const FLAGS: &[Flag] = &[FILENAME, RECURSIVE, KUSTOMIZE];

/// The same for verbs without `-k`.
pub const FILES: &[Flag] = &[FILENAME, RECURSIVE];

/// `-f`.
pub const FILENAME: Flag = short("filename", 'f', Takes::List);

const RECURSIVE: Flag = short("recursive", 'R', Takes::Bool);
const KUSTOMIZE: Flag = short("kustomize", 'k', Takes::Text);

/// A document out of a file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's name as it was given.
    pub file: String,
    /// What it says, in the version that the lab keeps.
    pub value: Value,
    /// The same as it stands there, if that is an older version.
    written: Option<Value>,
    /// Whether it stood in a list.
    pub is_listed: bool,
    /// The document as it is typed, if that is JSON.
    json: Option<String>,
}

impl Source {
    /// What came back from an editor.
    pub fn edited(value: Value) -> Source {
        Source::new("edited-file", value, false)
    }

    /// A document out of a file.
    fn new(file: &str, value: Value, is_listed: bool) -> Source {
        let kept = kept_version(&value);
        let written = kept.is_some().then(|| value.clone());
        Source { file: file.into(), value: kept.unwrap_or(value), written, is_listed, json: None }
    }

    /// What it says, with the annotation that keeps it as it stands in the file.
    pub fn with_last_applied(&self, namespace: &str) -> Value {
        let mut modified = with_last_applied(&self.value, namespace);
        if let Some(written) = &self.written {
            let kept = with_last_applied(written, namespace);
            let path = ["metadata", "annotations", LAST_APPLIED];
            modified.set_at(&path, Value::text(kept.str_at(&path)));
        }
        modified
    }

    /// The same with the cause of the change, if that is noted.
    #[must_use]
    pub fn noting_cause(&self, cx: &Cx<'_>) -> Source {
        let mut noting = self.clone();
        cx.note_cause_in(&mut noting.value);
        if let Some(written) = &mut noting.written {
            cx.note_cause_in(written);
        }
        noting
    }

    /// The document as JSON, as messages show it.
    fn body(&self) -> String {
        self.json.clone().unwrap_or_else(|| to_json(&self.value))
    }
}

/// Whether the flags name manifests.
pub fn are_named(args: &Args) -> bool {
    !args.list("filename").is_empty() || !args.text("kustomize").is_empty()
}

fn is_manifest(name: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
}

/// The files that a pattern fits which the shell has left as it is.
fn matching(pattern: &str, cx: &Cx<'_>) -> Vec<String> {
    if !pattern.contains(['*', '?']) {
        return Vec::new();
    }
    let wanted = place_of(pattern, cx.state);
    let folder = wanted.rsplit_once('/').map_or("", |(folder, _)| folder);
    let near = files_in(folder, cx).into_iter();
    let all =
        near.chain(cx.state.files.keys().filter(|file| folder.contains(['*', '?']) && file.contains('/')).cloned());
    all.filter(|file| fits(&wanted, file)).collect()
}

/// Whether a pattern fits a path: a star stands for signs, a question mark for one, neither for a slash.
fn fits(pattern: &str, path: &str) -> bool {
    let mut goals = vec![path];
    for c in pattern.chars() {
        let mut next: Vec<&str> = Vec::new();
        for goal in goals {
            let mut behind = goal.chars();
            match (c, behind.next()) {
                ('*', _) => {
                    let end = goal.find('/').unwrap_or(goal.len());
                    let ends = (0..=end).filter(|at| goal.is_char_boundary(*at));
                    next.extend(ends.filter_map(|at| goal.get(at..)));
                }
                ('?', Some(found)) if found != '/' => next.push(behind.as_str()),
                (c, Some(found)) if c == found => next.push(behind.as_str()),
                _ => {}
            }
        }
        // All of them are ends of one path: those of one length are the same.
        next.order_by_key(|goal| goal.len());
        next.dedup();
        goals = next;
    }
    goals.contains(&"")
}

/// The files that `-f` names; a directory names all manifests in it, with `-R` also those below.
///
/// # Errors
/// A directory without manifests.
fn file_names(args: &Args, cx: &Cx<'_>) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for name in args.list("filename") {
        let matching = if read_file(name, cx).is_some() { Vec::new() } else { matching(name, cx) };
        if !matching.is_empty() {
            names.extend(matching);
            continue;
        }
        if name == "-" || read_file(name, cx).is_some() || !is_directory(name, cx) {
            names.push(name.clone());
            continue;
        }
        let directory = place_of(name, cx.state);
        let mut found = files_in(&directory, cx);
        if args.is("recursive") {
            let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
            let below = cx.state.files.keys().filter(|file| file.starts_with(prefix.as_str()));
            found.extend(below.filter(|file| file.get(prefix.len()..).is_some_and(|rest| rest.contains('/'))).cloned());
        }
        found.retain(|name| is_manifest(name));
        if found.is_empty() {
            let text = format!("error reading [{name}]: recognized file extensions are [.json .yaml .yml]");
            return Err(Failure::client(text));
        }
        names.extend(found);
    }
    Ok(names)
}

/// Whether the flags name one file, or one kustomization: what is read elsewhere may be several things.
pub fn is_one_file(args: &Args, cx: &Cx<'_>) -> bool {
    if args.has("kustomize") {
        return true;
    }
    let names = file_names(args, cx).unwrap_or_default();
    names.len() == 1 && names.iter().all(|name| name != "-")
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
        cx.hint("no_network", &[("file", &last)]);
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

/// Reads the documents of all files. What cannot be read is counted as a failure, as kubectl does: documents before it
/// are still returned.
///
/// # Errors
/// A file that is missing.
pub fn sources(args: &Args, cx: &mut Cx<'_>) -> Result<(Vec<Source>, Vec<Failure>), Failure> {
    if args.has("kustomize") && args.has("filename") {
        return Err(Failure::client("only one of -f or -k can be specified"));
    }
    if args.has("kustomize") && args.is("recursive") {
        return Err(Failure::client("the -k flag can't be used with -f or -R"));
    }
    if args.has("kustomize") {
        let folder = args.text("kustomize").to_string();
        let values = match kustomized(&folder, cx) {
            Ok(values) => values.into_iter(),
            Err(failure) => return Ok((Vec::new(), vec![failure])),
        };
        let sources = values.map(|value| Source::new(&folder, value, false)).collect();
        return Ok((sources, Vec::new()));
    }
    let mut texts = Vec::new();
    for name in file_names(args, cx)? {
        let text = text_of(&name, cx)?;
        texts.push((name, text));
    }
    let (mut sources, mut failures) = (Vec::new(), Vec::new());
    for (file, text) in texts {
        let file = if file == "-" { "STDIN".to_string() } else { file };
        failures.extend(read_documents(&file, &text, &mut sources).err());
    }
    Ok((sources, failures))
}

/// The objects of a text, up to the first document that cannot be read, and kubectl's words for that one.
pub fn objects_of(file: &str, text: &str) -> (Vec<Value>, Option<String>) {
    let mut sources = Vec::new();
    let failure = read_documents(file, text, &mut sources).err();
    (sources.into_iter().map(|source| source.value).collect(), failure.map(|failure| failure.to_string()))
}

/// Reads the documents of one text, up to the first that cannot be read: what begins with a brace is first taken for JSON
/// values in a row.
///
/// Follows `YAMLOrJSONDecoder` in pkg/util/yaml/decoder.go of apimachinery.
fn read_documents(file: &str, text: &str, sources: &mut Vec<Source>) -> Result<(), Failure> {
    let failed = |why: &str| Failure::client(format!("error parsing {file}: {why}"));
    let (mut at, mut count, mut first_error) = (0, 0, None);
    let may_be_json = text.trim_start().starts_with('{');
    while may_be_json && first_error.is_none() {
        match parse_json_at(text, at) {
            Ok(None) => return Ok(()),
            Ok(Some((value, end))) => {
                let json = text.get(at..end).unwrap_or_default().trim();
                add_document(file, value, Some(json), sources)?;
                (at, count) = (end, count + 1);
            }
            Err(error) if error.is_unfinished() => first_error = Some("unexpected EOF".into()),
            // A second value is no chance any more.
            Err(error) if count > 1 => return Err(failed(&error.message)),
            Err(error) => first_error = Some(format!("json: offset {}: {}", error.at + 1, error.message)),
        }
    }
    for document in parse(text.get(at..).unwrap_or_default()) {
        if let Some(error) = document.error {
            let of_yaml = || match error.is_separator {
                true => error.message.clone(),
                false => format!("error converting YAML to JSON: {}", error.message),
            };
            return Err(failed(&first_error.take().unwrap_or_else(of_yaml)));
        }
        first_error = None;
        add_document(file, document.value.unwrap_or_default(), None, sources)?;
    }
    Ok(())
}

/// Adds a document, or what is in it if it is a list.
fn add_document(file: &str, value: Value, json: Option<&str>, sources: &mut Vec<Source>) -> Result<(), Failure> {
    let items = value.as_map().and_then(|map| map.get("items"));
    let why = match items {
        Some(Value::List(items)) => items
            .iter()
            .find(|item| !matches!(item, Value::Map(_) | Value::Null))
            .map(|item| format!("{} into Go value of type map[string]interface {{}}", item.json_type())),
        None | Some(Value::Null) => None,
        Some(items) => {
            Some(format!("{} into Go struct field decodeList.items of type []json.RawMessage", items.json_type()))
        }
    };
    if let Some(why) = why {
        return Err(Failure::client(format!("unable to decode {file:?}: json: cannot unmarshal {why}")));
    }
    let Some(items) = items.and_then(Value::as_list) else {
        let values = flatten_lists(&value).into_iter().filter(|value| !value.is_null());
        let json = json.map(str::to_string);
        sources.extend(values.map(|value| Source { json: json.clone(), ..Source::new(file, value, false) }));
        return Ok(());
    };
    for item in items {
        if item.get("items").is_some_and(|items| items.as_list().is_some()) && is_list_kind(item) {
            return Err(Failure::client("*unstructured.Unstructured is not a list: no Items field in this object"));
        }
        let item = typed_item(&value, item);
        let value = flatten_lists(&item).into_iter().next().unwrap_or(item);
        sources.push(Source::new(file, value, true));
    }
    Ok(())
}

fn is_list_kind(value: &Value) -> bool {
    value.str_at(&["kind"]).ends_with("List")
}

/// What a kustomization builds, with its warnings said.
///
/// # Errors
/// kustomize's words for what is wrong with it.
pub fn kustomized(folder: &str, cx: &mut Cx<'_>) -> Result<Vec<Value>, Failure> {
    match kustomize::build(folder, cx) {
        Ok(build) => {
            build.warnings.into_iter().for_each(|warning| cx.out.err(warning));
            Ok(build.objects)
        }
        Err((why, warnings)) => {
            warnings.into_iter().for_each(|warning| cx.out.err(warning));
            Err(Failure::Client(why))
        }
    }
}

/// Refuses a document that a verb with `--validate` does not even decode.
///
/// Follows `getObjectKind` in pkg/validation of kubectl.
///
/// # Errors
/// kubectl's words for it.
pub fn validate(source: &Source) -> Result<(), Failure> {
    let mut faults: Vec<String> = Vec::new();
    for field in ["apiVersion", "kind"].into_iter().filter(|_| source.value.as_map().is_some() && !source.is_listed) {
        match source.value.get(field) {
            None | Some(Value::Null) => faults.push(format!("{field} not set")),
            Some(Value::Str(text)) if text.is_empty() => faults.push(format!("{field} not set")),
            Some(Value::Str(text)) if field == "apiVersion" && text.matches('/').count() > 1 => {
                faults.push(format!("unexpected GroupVersion string: {text}"));
            }
            Some(Value::Str(_)) => {}
            Some(_) => faults.push(format!("{field} isn't string type")),
        }
    }
    if source.value.as_map().is_none() {
        faults.push("invalid object to validate".into());
    }
    let what = match faults.as_slice() {
        [] => return Ok(()),
        [only] => only.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    let file = &source.file;
    Err(Failure::client(format!(
        "error validating {file:?}: error validating data: {what}; if you choose to ignore these errors, turn validation off \
         with --validate=false"
    )))
}

/// Refuses a document that is no object.
///
/// Follows the unstructured scheme of apimachinery and `metadataValidatingDecoder` of cli-runtime.
fn decode(source: &Source) -> Result<(), Failure> {
    let failed = |why: String| Err(Failure::client(format!("unable to decode {:?}: {why}", source.file)));
    let wrong =
        |value: &Value, into: &str| failed(format!("json: cannot unmarshal {} into Go {into}", value.json_type()));
    let (api_version, kind) = type_of(&source.value);
    // What stands in a list was decoded with it.
    let missing = match (kind.as_str(), api_version.as_str()) {
        ("", _) => Some("'Kind' is missing in 'object has no kind field '"),
        (_, "") => Some("'apiVersion' is missing in 'object has no apiVersion field'"),
        _ => None,
    };
    if let Some(missing) = missing.filter(|_| source.is_listed) {
        let lead = "unable to get type info from the object \"*unstructured.Unstructured\": Object";
        return Err(Failure::Raw(format!("{lead} {missing}")));
    }
    if source.value.as_map().is_none() {
        return wrong(&source.value, "value of type unstructured.detector");
    }
    if kind.is_empty() || api_version.matches('/').count() > 1 {
        return failed(format!("Object 'Kind' is missing in '{}'", source.body()));
    }
    let is_text = |value: &Value| matches!(value, Value::Str(_) | Value::Null);
    if let Some(other) = source.value.get("apiVersion").filter(|value| !is_text(value)) {
        return wrong(other, "struct field metadataOnlyObject.apiVersion of type string");
    }
    match source.value.get("metadata") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Map(metadata)) => metadata_types::fault(metadata).map_or(Ok(()), failed),
        Some(other) => wrong(other, "struct field metadataOnlyObject.metadata of type v1.ObjectMeta"),
    }
}

/// The type of a document.
///
/// # Errors
/// kubectl's words for a document that is no object, or of a kind that nobody knows.
pub fn resource_of(source: &Source, cx: &Cx<'_>) -> Result<Resource, Failure> {
    decode(source)?;
    let (api_version, kind) = type_of(&source.value);
    // Without a version the mapper takes what the core group has.
    let api_version = if api_version.is_empty() { "v1".to_string() } else { api_version };
    // The client knows a kind in small letters as well.
    let is_meant = |name: &str| name == kind || name.to_lowercase() == kind;
    let gone = || {
        let mut known = cx.state.discovered.iter().copied();
        known.find(|it| is_meant(it.names().kind) && it.api_version() == api_version)
    };
    let in_small = || cx.cluster().kinds().find(|it| is_meant(it.names().kind) && it.api_version() == api_version);
    if let Some(kind) = cx.cluster().kind_of(&api_version, &kind).or_else(in_small).or_else(gone) {
        let version = api_version.rsplit('/').next().unwrap_or(&api_version);
        return Ok(Resource::Kept(cx.cluster().in_version(kind, version).unwrap_or(kind)));
    }
    if let Some(absent) = ABSENT.iter().find(|absent| is_meant(absent.kind) && absent.api_version() == api_version) {
        return Ok(Resource::Absent(absent));
    }
    Err(no_mapping(source))
}

/// `apiVersion` and `kind`, as far as they are texts.
fn type_of(value: &Value) -> (String, String) {
    let read = |field: &str| match value.get(field) {
        Some(Value::Str(text)) => text.to_string(),
        _ => String::new(),
    };
    (read("apiVersion"), read("kind"))
}

/// What kubectl says of a kind that the server does not know.
pub fn no_mapping(source: &Source) -> Failure {
    let read = |path: &[&str]| source.value.str_at(path);
    let (api_version, kind) = (read(&["apiVersion"]), read(&["kind"]));
    let no_matches = format!("no matches for kind {kind:?} in version {api_version:?}");
    if source.is_listed {
        return Failure::Raw(format!("unable to recognize {no_matches}"));
    }
    let (name, namespace) = (read(&["metadata", "name"]), read(&["metadata", "namespace"]));
    let known = ABSENT.iter().any(|absent| absent.kind == kind && absent.api_version() == api_version);
    // What is missing of Kubernetes' own kinds no definition brings.
    let advice = if known { "" } else { "\nensure CRDs are installed first" };
    Failure::client(format!(
        "resource mapping not found for name: {name:?} namespace: {namespace:?} from {:?}: {no_matches}{advice}",
        source.file
    ))
}

/// What the verbs say that need Go types for what they read.
pub fn not_decoded(source: &Source) -> Failure {
    if source.value.as_map().is_none() {
        return Failure::client(format!(
            "unable to decode {:?}: couldn't get version/kind; json parse error: json: cannot unmarshal {} into Go value of \
             type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \
             \"json:\\\"kind,omitempty\\\"\" }}",
            source.file,
            source.value.json_type()
        ));
    }
    let (api_version, kind) = type_of(&source.value);
    Failure::client(format!(
        "unable to decode {:?}: no kind {kind:?} is registered for version {api_version:?} in scheme \
         \"pkg/scheme/scheme.go:28\"",
        source.file
    ))
}
