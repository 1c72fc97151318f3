//! Requests that verbs have in common: documents of files and objects that a command made up, sent to the API server or
//! as far as a dry run goes.

use super::client_objects;
use super::dry_run::{is_dry, is_local};
use crate::api::unchecked_rules;
use crate::cluster::patch::{json_merge, json_patch, strategic_merge};
use crate::cluster::{Answer, ApiError, Client, Cluster, FieldValidation, LAST_APPLIED, PatchType, patched};
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::{Args, Flag, Takes, long, parse_bool};
use crate::kubectl::host::Pause;
use crate::kubectl::manifests::{self, Source, no_mapping, resource_of, sources};
use crate::kubectl::output_formats::Format;
use crate::kubectl::resources::{Resource, Scope, as_asked, namespace_of};
use crate::kubectl::selection::{labels_of, placed_in};
use crate::kubectl::typed_json::typed_json_line;
use crate::manifest::parse;
use crate::model::{Key, Kind, Map, Object, Text, Value, parse_json};
use crate::{obj, schema};
use std::rc::Rc;

/// `--field-manager`, which is read before the verb runs.
pub const FIELD_MANAGER: Flag = long("field-manager", Takes::Text);

/// `--record`, which is read before the verb runs: [`Cx::note_cause`] and [`record`] do what it asks for.
pub const RECORD: Flag = long("record", Takes::Bool);

/// `--validate`; [`validation`] reads it.
pub const VALIDATE: Flag = long("validate", Takes::TextOr("strict"));

/// How strictly fields are taken that the API does not know.
///
/// # Errors
/// A value that the flag does not have.
pub fn validation(args: &Args) -> Result<FieldValidation, Failure> {
    let Some(how) = args.get("validate") else { return Ok(FieldValidation::Strict) };
    match (how, parse_bool(how)) {
        ("strict", _) | (_, Some(true)) => Ok(FieldValidation::Strict),
        ("warn", _) => Ok(FieldValidation::Warn),
        ("ignore", _) | (_, Some(false)) => Ok(FieldValidation::Ignore),
        (other, None) => Err(Failure::client(format!(
            "invalid - validate option {other:?}; must be one of: strict (or true), warn, ignore (or false)"
        ))),
    }
}

/// Says what the server warns of, and what of a definition's rules nobody checks here.
pub fn warn(answer: &Answer, cx: &mut Cx<'_>) {
    for warning in &answer.warnings {
        cx.out.err(format!("Warning: {warning}"));
    }
    if answer.is_changed && answer.object.kind == Kind::CustomResourceDefinition {
        const SHOWN_MAX: usize = 3;
        let rules = unchecked_rules(&answer.object);
        if rules.is_empty() {
            return;
        }
        let more = if rules.len() > SHOWN_MAX { format!(" … ({})", rules.len()) } else { String::new() };
        let shown: Vec<&str> = rules.iter().take(SHOWN_MAX).map(String::as_str).collect();
        cx.hint("unchecked_rules", &[("rules", &format!("{}{more}", shown.join(", ")))]);
    }
}

/// What `for_each` does when a document cannot be sent.
pub enum OnFailure {
    /// It goes on with the next and says so in the end. These verbs have `--validate`: a document that does not pass ends
    /// its file.
    GoOn,
    /// It ends there.
    Stop,
}

/// The documents of `-f` and `-k` that the selector takes, each with its kind.
///
/// # Errors
/// A file that is missing, words beside files, and no document at all.
pub fn chosen_sources(args: &Args, nothing: &str, cx: &mut Cx<'_>) -> Result<(Vec<Source>, Vec<Failure>), Failure> {
    let (mut sources, failures) = sources(args, cx)?;
    let labels = Scope::of(args, cx)?.read_by_client()?.labels;
    // What is no object, or of a kind that nobody knows, never comes to the selector.
    sources
        .retain(|source| labels.is_empty() || labels.matches(&labels_of(source)) || resource_of(source, cx).is_err());
    if sources.is_empty() && failures.is_empty() && !nothing.is_empty() {
        return Err(Failure::client(nothing));
    }
    Ok((sources, failures))
}

/// What is done to one of several documents.
pub type EachSource<'e> = &'e mut dyn FnMut(&Source, Kind, &mut Cx<'_>) -> Result<(), Failure>;

/// Runs `each` over the documents of `-f` and `-k`. Returns the exit status.
///
/// # Errors
/// A file that is missing, words beside files, and no document at all.
pub fn for_each(
    args: &Args,
    cx: &mut Cx<'_>,
    nothing: &str,
    on_failure: OnFailure,
    each: EachSource<'_>,
) -> Result<i32, Failure> {
    let (sources, mut unread) = chosen_sources(args, nothing, cx)?;
    let mut failures = Vec::new();
    let validates = matches!(on_failure, OnFailure::GoOn) && validation(args)? != FieldValidation::Ignore;
    // All kinds are asked for before the first request: a definition in a file does not help what stands behind it.
    let (sources, kinds) = kinds_of(sources, validates, cx);
    for (number, (source, kind)) in sources.iter().zip(kinds).enumerate() {
        if number > 0 && !is_dry(args) {
            cx.host.pause(Pause::Request);
        }
        match kind {
            Ok(kind) => failures.extend(each(source, kind, cx).err()),
            Err(failure) => unread.push(failure),
        }
        if matches!(on_failure, OnFailure::Stop) && !(failures.is_empty() && unread.is_empty()) {
            break;
        }
    }
    failures.append(&mut unread);
    cx.fail_all(&failures);
    hint_of_absent(&sources, cx);
    Ok(i32::from(!failures.is_empty()))
}

/// The documents with their kinds, without those that stand in a file behind one that does not pass.
fn kinds_of(sources: Vec<Source>, validates: bool, cx: &Cx<'_>) -> (Vec<Source>, Vec<Result<Kind, Failure>>) {
    let mut ended: Option<String> = None;
    let (mut left, mut kinds) = (Vec::new(), Vec::new());
    for source in sources {
        if ended.as_ref() == Some(&source.file) {
            continue;
        }
        let checked = if validates { manifests::validate(&source) } else { Ok(()) };
        ended = checked.is_err().then(|| source.file.clone());
        kinds.push(checked.and_then(|()| kind_of(&source, cx)));
        left.push(source);
    }
    (left, kinds)
}

/// Names the kinds in files that Kubernetes has and this lab has not.
fn hint_of_absent(sources: &[Source], cx: &mut Cx<'_>) {
    let mut said: Vec<&str> = Vec::new();
    for source in sources {
        if let Ok(Resource::Absent(absent)) = resource_of(source, cx)
            && !said.contains(&absent.plural)
        {
            said.push(absent.plural);
            cx.hint("unmodelled_kind", &[("kind", absent.plural)]);
        }
    }
}

/// The kind of a document.
///
/// # Errors
/// kubectl's words for a kind that is not kept.
pub fn kind_of(source: &Source, cx: &Cx<'_>) -> Result<Kind, Failure> {
    match resource_of(source, cx)? {
        Resource::Kept(kind) => Ok(kind),
        Resource::Absent(_) => Err(no_mapping(source)),
    }
}

/// Where a document's object is kept.
///
/// # Errors
/// A namespace other than the one of the flag.
pub fn key_of(source: &Source, kind: Kind, args: &Args, cx: &Cx<'_>) -> Result<Key, Failure> {
    let namespace = placed_in(source, kind.names().is_namespaced, args, cx)?;
    Ok(Key::new(kind, namespace, Text::new(source.value.str_at(&["metadata", "name"]))))
}

/// `apps/v1, Resource=statefulsets` and so on: how kubectl names what it was at.
pub fn long_name(key: &Key) -> String {
    let names = key.kind.names();
    let version = key.kind.api_version();
    format!(
        "Resource: \"{version}, Resource={}\", GroupVersionKind: \"{version}, Kind={}\"\nName: {:?}, Namespace: {:?}",
        names.plural,
        names.kind,
        key.name.as_str(),
        key.namespace.as_str()
    )
}

/// What a patch would make of an object, without storing it.
///
/// # Errors
/// What the API server would refuse.
pub fn dry_patch(
    old: &Rc<Object>,
    patch: &Value,
    validation: FieldValidation,
    cluster: &Cluster,
) -> Result<Answer, ApiError> {
    let (object, warnings) = patched(old, patch_type_of(old.kind), patch, validation, cluster)?;
    let (object, warnings) = cluster.admitted(old, object, warnings)?;
    Ok(Answer { object: Rc::new(object), is_changed: true, warnings })
}

/// The kind of patch that `kubectl apply` sends: custom kinds know no strategic one.
pub fn patch_type_of(kind: Kind) -> PatchType {
    if kind.is_custom() { PatchType::Merge } else { PatchType::Strategic }
}

/// Creates an object of a file where the flags say: in the cluster, at the API server for show, or not even there.
///
/// # Errors
/// What the API server refuses.
pub fn create_at(
    value: &Value,
    file: &str,
    key: &Key,
    validation: FieldValidation,
    args: &Args,
    cx: &mut Cx<'_>,
) -> Result<Rc<Object>, Failure> {
    match client_objects::of_file(value, key) {
        Some(object) if is_local(args) => Ok(object),
        _ => create_one(value, file, key, validation, is_dry(args), cx),
    }
}

/// Creates an object of a file.
///
/// # Errors
/// What the API server refuses.
pub fn create_one(
    value: &Value,
    file: &str,
    key: &Key,
    validation: FieldValidation,
    is_dry: bool,
    cx: &mut Cx<'_>,
) -> Result<Rc<Object>, Failure> {
    let answer = cx.send(is_dry, &mut |cluster, manager| {
        cluster.create_from(value, &key.namespace, Client { manager, validation })
    });
    match answer {
        Ok(answer) => {
            warn(&answer, cx);
            let mut object = as_asked(answer.object, key.kind);
            if is_dry {
                // Nothing was stored.
                Rc::make_mut(&mut object).meta.resource_version = 0;
            }
            Ok(object)
        }
        Err(error) => Err(Failure::ServerAt(format!("error when creating {file:?}"), error)),
    }
}

/// Stores a changed object as the client's patch of it does: rules, admission, the store.
///
/// # Errors
/// What the API server refuses.
pub fn update(old: &Object, next: Object, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    update_at(old, next, false, cx)
}

fn update_at(old: &Object, next: Object, is_dry: bool, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    if *old == next {
        return Ok(Rc::new(next));
    }
    let namespace = next.meta.namespace.clone();
    let value = next.to_value();
    let answer = cx.send(is_dry, &mut |cluster, manager| {
        cluster.patch_from(&value, &namespace, Client { manager, validation: FieldValidation::Ignore })
    })?;
    warn(&answer, cx);
    Ok(answer.object)
}

/// Notes the cause of a change that has been made, with a request of its own if that was asked for.
///
/// Follows `MakeRecordMergePatch` of cli-runtime's genericclioptions.
///
/// # Errors
/// What the API server refuses.
pub fn record(object: Rc<Object>, args: &Args, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    if cx.cause.is_none() || is_local(args) {
        return Ok(object);
    }
    let mut noted = Object::clone(&object);
    cx.note_cause(&mut noted);
    if noted == *object || is_dry(args) {
        return Ok(Rc::new(noted));
    }
    update(&object, noted, cx)
}

/// The same as far as `--dry-run` lets it go: not to the server, to the server for show, or into the store.
///
/// # Errors
/// What the API server refuses.
pub fn update_as_asked(old: &Object, next: Object, args: &Args, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    if is_local(args) {
        return Ok(Rc::new(next));
    }
    let mut stored = update_at(old, next, is_dry(args), cx)?;
    if is_dry(args) {
        Rc::make_mut(&mut stored).meta.resource_version = old.meta.resource_version;
    }
    Ok(stored)
}

/// The tree of a new object of a kind.
pub fn tree(kind: Kind, name: &str, body: Value) -> Value {
    let mut value = obj! {
        "apiVersion" => kind.api_version(), "kind" => kind.names().kind,
        "metadata" => obj! { "name" => Text::new(name) },
    };
    for (key, part) in body.as_map().into_iter().flat_map(crate::model::Map::iter) {
        value.map_mut().insert(key.clone(), part.clone());
    }
    value
}

/// The same object with the annotation that a later `apply` compares with, as `--save-config` asks for: it holds the
/// object as kubectl's types write it.
///
/// Follows `CreateOrUpdateAnnotation` in pkg/util.
pub fn with_saved_config(mut value: Value, args: &Args) -> Value {
    if args.is("save-config")
        && let Some(object) = client_objects::of_command(&value, args)
    {
        value.set_at(&["metadata", "annotations", LAST_APPLIED], typed_json_line(&object) + "\n");
    }
    value
}

/// Creates an object that a command made up itself.
///
/// # Errors
/// What the API server refuses.
pub fn create_value(value: &Value, args: &Args, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    let overridden = overridden(value, args)?;
    create_made(overridden.as_ref().unwrap_or(value), args, cx)
}

/// The same without `--overrides`, for an object that comes beside the one that is meant.
///
/// # Errors
/// What the API server refuses.
pub fn create_made(value: &Value, args: &Args, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    if is_local(args)
        && let Some(object) = client_objects::of_command(value, args)
    {
        return Ok(object);
    }
    let namespace = namespace_of(args, cx);
    let answer = cx.send(is_dry(args), &mut |cluster, manager| {
        cluster.create_from(value, &namespace, Client { manager, validation: FieldValidation::Strict })
    })?;
    warn(&answer, cx);
    if is_dry(args) && !Format::of(args, cx)?.is_table() {
        let mut object = Object::clone(&answer.object);
        object.meta.resource_version = 0;
        // The server gives it a time and a UID before it stops short of the store.
        if is_local(args) {
            object.meta.uid = Text::default();
        }
        return Ok(Rc::new(object));
    }
    Ok(answer.object)
}

/// What `--overrides` makes of an object that a command has put together.
fn overridden(value: &Value, args: &Args) -> Result<Option<Value>, Failure> {
    let text = args.text("overrides");
    if text.is_empty() {
        return Ok(None);
    }
    let patch = read_patch(text).map_err(|_| Failure::client("Invalid JSON Patch"))?;
    let is_merged = !matches!(args.text("override-type"), "json" | "strategic");
    if is_merged && patch.as_map().is_none() {
        return Err(Failure::client("Invalid JSON Patch"));
    }
    let merged = match args.text("override-type") {
        "" | "merge" => json_merge(value, &patch),
        "json" => json_patch(value, &patch).map_err(|error| Failure::client(error.to_string()))?,
        "strategic" => match schema::root(value.str_at(&["apiVersion"]), value.str_at(&["kind"])) {
            Some(root) => strategic_merge(value, &patch, root).map_err(|error| Failure::client(error.to_string()))?,
            None => value.clone(),
        },
        other => return Err(Failure::client(format!("invalid override type: {other}"))),
    };
    Ok(Some(merged))
}

/// A patch as it is typed: JSON, or YAML.
///
/// # Errors
/// What is neither.
pub fn read_patch(text: &str) -> Result<Value, Failure> {
    if let Ok(value) = parse_json(text) {
        return Ok(value);
    }
    let documents = parse(text);
    match documents.first() {
        Some(document) => match (&document.value, &document.error) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(error)) => Err(Failure::client(format!("unable to parse {text:?}: {}", error.message))),
            (None, None) => Ok(Value::Null),
        },
        None => Ok(Value::Null),
    }
}

/// The labels that `--labels` names.
pub fn label_pairs(args: &Args) -> Map {
    pairs_of(args.text("labels"))
}

/// The pairs of `a=b,c=d`.
pub fn pairs_of(text: &str) -> Map {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (Text::new(key), Value::text(value))).collect()
}
