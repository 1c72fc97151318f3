//! `--raw`: what the API server answers at a path, and what the flag may not stand beside.
//!
//! Follows `pkg/rawhttp` of kubectl; answers are written as the API server writes them.

use super::discovery;
use super::patch::scaled_by;
use super::raw_absent;
use super::raw_log::get_log;
use super::raw_options::{Deletion, WriteOptions, invalid};
pub use super::raw_url::not_allowed;
use super::raw_url::{Place, Url, nothing_there};
use super::scale::scale_of;
use crate::cluster::{Answer, ApiError, Client, Cluster, Part, PatchType, check_version};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::files::read_file;
use crate::kubectl::flags::Args;
use crate::kubectl::json_in_order;
use crate::kubectl::output_formats;
use crate::kubectl::resources::{Resource, fetch_for};
use crate::kubectl::typed_json::typed_value_line;
use crate::manifest::parse;
use crate::model::{Key, Kind, Object, Value, encode_base64, parse_json};
use crate::obj;
use std::rc::Rc;

/// Puts out what the API server answers: a line of JSON.
pub(super) fn answer(value: &Value, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    output_formats::text_lines(&(typed_value_line(value) + "\n"), &mut cx.out);
    OK
}

/// `get --raw`: what the API server answers at a path.
///
/// # Errors
/// A path that the lab does not serve.
pub fn get(path: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let url = Url::of(path);
    if let Some(text) = discovery::document(&url.parts(), url.has("verbose"), cx) {
        output_formats::text_lines(&text, &mut cx.out);
        return OK;
    }
    if let Some(answered) = raw_absent::get(&url, cx) {
        return answered;
    }
    let place = url.place(cx).inspect_err(|_| {
        if matches!(url.parts().first(), Some(&("metrics" | "openapi"))) {
            cx.hint("raw_not_here", &[("path", path)]);
        }
    })?;
    let Some(name) = &place.name else { return list(&place, &url, cx) };
    if place.part == "log" && place.kind == Kind::Pod {
        return get_log(&place, name, &url, cx);
    }
    let namespace = place.namespace.clone().unwrap_or_default();
    let asks = if place.part.is_empty() { Resource::Kept(place.kind) } else { part_of(&place)? };
    let object = fetch_for("get", "", asks, &namespace, name, cx)?;
    match place.part.as_str() {
        "scale" => {
            let scale = scale_of(&object, cx.cluster().replicas_of(&object), cx.cluster());
            answer(&scale, cx)
        }
        _ => answer(&output_formats::value_of(&object, true), cx),
    }
}

/// Refuses parts that objects do not have.
fn part_of(place: &Place) -> Result<Resource, Failure> {
    let info = place.kind.info();
    match place.part.as_str() {
        "status" if info.has_status => {}
        "scale" if info.is_scalable => {}
        "ephemeralcontainers" | "resize" if place.kind == Kind::Pod => {}
        _ => return Err(nothing_there()),
    }
    Ok(Resource::Kept(place.kind))
}

fn list(place: &Place, url: &Url, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    for flag in ["watch", "continue"] {
        if !matches!(url.asked(flag), "" | "false" | "0") {
            // Something else would come than was asked for.
            cx.hint("raw_not_here", &[("path", &format!("?{flag}"))]);
            return Err(Failure::client(format!("this lab has no {flag} at --raw")));
        }
    }
    let scope = place.scope(url);
    cx.check_access("list", place.kind, "", place.namespace.as_deref().unwrap_or(""), scope.fields.name())?;
    if let Some(why) = scope.fault(place.kind, cx) {
        return Err(ApiError::BadRequest(why).into());
    }
    let mut objects = scope.list(Resource::Kept(place.kind), cx)?;
    let mut metadata = obj! { "resourceVersion" => cx.cluster().resource_version().to_string() };
    let limit = url.asked("limit").parse().unwrap_or(0_usize);
    if limit > 0 && objects.len() > limit {
        let left = objects.split_off(limit);
        let start = left.first().map_or_else(String::new, |next| match next.meta.namespace.as_str() {
            "" => next.meta.name.to_string(),
            namespace => format!("{namespace}/{}", next.meta.name),
        });
        let version = cx.cluster().resource_version();
        let token = format!("{{\"v\":\"meta.k8s.io/v1\",\"rv\":{version},\"start\":{start:?}}}");
        metadata.set_at(&["continue"], encode_base64(token.as_bytes()));
        metadata.set_at(&["remainingItemCount"], i64::try_from(left.len()).unwrap_or(i64::MAX));
    }
    answer(&list_of(place.kind, &objects, metadata), cx)
}

/// Objects of a kind as one list.
pub(super) fn list_of(kind: Kind, objects: &[Rc<Object>], metadata: Value) -> Value {
    let items: Vec<Value> = objects.iter().map(item).collect();
    let name = format!("{}List", kind.names().kind);
    obj! { "apiVersion" => kind.api_version(), "items" => items, "kind" => name, "metadata" => metadata }
}

/// An object within a list, whose type the list says; those of custom kinds say it themselves.
fn item(object: &Rc<Object>) -> Value {
    let mut value = output_formats::value_of(object, true);
    if !object.kind.is_custom() {
        _ = value.remove_at(&["kind"]);
        _ = value.remove_at(&["apiVersion"]);
    }
    value
}

/// What a file holds that is sent, or the input.
pub(super) fn body(file: &str, cx: &Cx<'_>) -> Result<String, Failure> {
    match file {
        "-" => Ok(cx.stdin.clone().unwrap_or_default()),
        file => read_file(file, cx).ok_or_else(|| Failure::client(format!("open {file}: no such file or directory"))),
    }
}

/// An object as it is sent to a place of its kind, which it need not name again.
pub(super) fn sent_object(text: &str, kind: Kind) -> Result<Value, Failure> {
    let mut value = read_json(text, kind.names().kind)?;
    for (field, own) in [("apiVersion", kind.api_version()), ("kind", kind.names().kind)] {
        if value.as_map().is_some() && value.str_at(&[field]).is_empty() {
            value.set_at(&[field], own);
        }
    }
    Ok(value)
}

/// What is sent of a type: JSON alone, since nothing else is announced.
fn read_json(text: &str, name: &str) -> Result<Value, Failure> {
    let refused = |why: &str| {
        let bytes = text.as_bytes();
        let shown = bytes.get(..bytes.len().min(SHOWN)).unwrap_or(bytes);
        let summary = match text.chars().next() {
            None => "<empty>".to_string(),
            Some('{') => String::from_utf8_lossy(shown).into_owned(),
            Some(_) => shown.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        let dots = if bytes.len() > SHOWN { " ..." } else { "" };
        Failure::Server(ApiError::BadRequest(format!(
            "the object provided is unrecognized (must be of type {name}): couldn't get version/kind; json parse error: \
             {why} ({summary}{dots})"
        )))
    };
    parse_json(text).map_err(|error| refused(&error.message))
}

/// So many bytes of what cannot be read are shown.
const SHOWN: usize = 30;

/// `create --raw`: sends a file to a path.
///
/// # Errors
/// What the API server refuses.
pub(super) fn post(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let text = body(args.list("filename").first().map_or("", String::as_str), cx)?;
    post_text(args.text("raw"), &text, cx)
}

/// Sends a text to a path: a new object.
///
/// # Errors
/// What the API server refuses.
pub fn post_text(path: &str, text: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let url = Url::of(path);
    if let Some(kind) = raw_absent::review(&url) {
        return raw_absent::answer_review(kind, &url, read_json(text, kind)?, cx);
    }
    let place = url.place(cx)?;
    let options = WriteOptions::of(&url, "CreateOptions")?;
    match (&place.name, place.part.as_str()) {
        (None, _) => {}
        (Some(name), "eviction") if place.kind == Kind::Pod => {
            let key = place.key(name);
            return evict(&url, &key, &read_json(text, "Eviction")?, options.is_dry, cx);
        }
        _ => return Err(not_allowed()),
    }
    let value = sent_object(text, place.kind)?;
    let namespace = place.namespace.clone().unwrap_or_default();
    check_namespace(&value, &namespace)?;
    let made = send(&options, cx, &mut |cluster, client| cluster.create_from(&value, &namespace, client))?;
    answer(&output_formats::value_of(&made.object, true), cx)
}

/// Sends a write as its options say.
fn send(
    options: &WriteOptions,
    cx: &mut Cx<'_>,
    write: &mut dyn FnMut(&mut Cluster, Client<'_>) -> Result<Answer, ApiError>,
) -> Result<Answer, ApiError> {
    let answered = cx.send(options.is_dry, &mut |cluster, manager| {
        let manager = options.manager.as_deref().unwrap_or(manager);
        write(cluster, Client { manager, validation: options.validation })
    })?;
    for warning in &answered.warnings {
        cx.out.err(format!("Warning: {warning}"));
    }
    Ok(answered)
}

/// Refuses an object that says another namespace than the path that it is sent to.
///
/// Follows `EnsureObjectNamespaceMatchesRequestNamespace` in apiserver's `pkg/registry/rest/meta.go`.
fn check_namespace(value: &Value, namespace: &str) -> Result<(), ApiError> {
    let own = value.str_at(&["metadata", "namespace"]);
    if own.is_empty() || own == namespace {
        return Ok(());
    }
    let why = "the namespace of the provided object does not match the namespace sent on the request";
    Err(ApiError::BadRequest(why.into()))
}

/// Evicts a pod, as an Eviction says that is sent to it.
///
/// Follows `EvictionREST` in pkg/registry/core/pod/storage/eviction.go.
fn evict(url: &Url, key: &Key, eviction: &Value, is_dry: bool, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let own = eviction.str_at(&["metadata", "name"]);
    if own != key.name.as_str() {
        return Err(Failure::Server(ApiError::BadRequest("name in URL does not match name in Eviction object".into())));
    }
    let deletion = Deletion::of(url, eviction.at(&["deleteOptions"]).cloned().or(Some(Value::map())))?;
    cx.request_or_try(is_dry || deletion.is_dry, |cluster| cluster.evict(key, &deletion.options))?;
    success(("code", "201".into()), cx)
}

/// `replace --raw`: writes a file over what is at a path.
///
/// # Errors
/// What the API server refuses.
pub(super) fn put(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let text = body(args.list("filename").first().map_or("", String::as_str), cx)?;
    put_text(args.text("raw"), &text, cx)
}

/// Writes a text over what is at a path.
///
/// # Errors
/// What the API server refuses.
pub fn put_text(path: &str, text: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let url = Url::of(path);
    let place = url.place(cx)?;
    let Some(name) = &place.name else { return Err(not_allowed()) };
    let options = WriteOptions::of(&url, "UpdateOptions")?;
    if place.part == "scale" && place.kind.info().is_scalable {
        return put_scale(&place, name, &read_json(text, "Scale")?, &options, cx);
    }
    let part = match place.part.as_str() {
        "" => None,
        part => Some(Part::named(part, place.kind).ok_or_else(nothing_there)?),
    };
    let value = sent_object(text, place.kind)?;
    let own = value.str_at(&["metadata", "name"]);
    if own != name {
        let why = format!("the name of the object ({own}) does not match the name on the URL ({name})");
        return Err(Failure::Server(ApiError::BadRequest(why)));
    }
    let namespace = place.namespace.clone().unwrap_or_default();
    check_namespace(&value, &namespace)?;
    let key = place.key(name);
    let answered = send(&options, cx, &mut |cluster, client| match part {
        Some(part) => cluster.replace_part(&value, &key, part, client),
        None => cluster.replace_from(&value, &namespace, client),
    })?;
    answer(&output_formats::value_of(&answered.object, true), cx)
}

/// Writes a Scale: the number of replicas is all that counts of it.
fn put_scale(
    place: &Place,
    name: &str,
    scale: &Value,
    options: &WriteOptions,
    cx: &mut Cx<'_>,
) -> Result<Flow, Failure> {
    let kind = scale.str_at(&["kind"]);
    if !matches!(kind, "" | "Scale") {
        let why = format!("expected input of type Scale, got {kind}");
        return Err(ApiError::BadRequest(why).into());
    }
    let namespace = place.namespace.clone().unwrap_or_default();
    let object = fetch_for("update", "scale", Resource::Kept(place.kind), &namespace, name, cx)?;
    check_version(&object, scale)?;
    let written = obj! { "spec" => scale.at(&["spec"]).cloned().unwrap_or_else(Value::map) };
    change_scale(&object, PatchType::Merge, &written, options, cx)
}

/// Changes the Scale of an object, and answers with it.
fn change_scale(
    object: &Object,
    patch_type: PatchType,
    patch: &Value,
    options: &WriteOptions,
    cx: &mut Cx<'_>,
) -> Result<Flow, Failure> {
    let replicas = scaled_by(object, patch_type, patch, cx)?;
    let key = object.key();
    let answered = send(options, cx, &mut |cluster, client| cluster.scale(&key, replicas, client))?.object;
    let there = cx.cluster().replicas_of(&answered).1;
    answer(&scale_of(&answered, (replicas, there), cx.cluster()), cx)
}

/// Changes what is at a path, or a part of it, by a patch of the sort that its type of content names.
///
/// # Errors
/// What the API server refuses.
pub fn patch_text(path: &str, text: &str, content_type: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let url = Url::of(path);
    let place = url.place(cx)?;
    let Some(name) = &place.name else { return Err(not_allowed()) };
    let options = WriteOptions::of(&url, "PatchOptions")?;
    let patch_type = match content_type.split(';').next().unwrap_or_default().trim() {
        "application/apply-patch+yaml" => return apply_text(&place, name, text, &options, cx),
        "application/json-patch+json" => PatchType::Json,
        "application/merge-patch+json" => PatchType::Merge,
        "application/strategic-merge-patch+json" => PatchType::Strategic,
        _ => {
            return Err(Failure::Raw(
                "Error from server (UnsupportedMediaType): the body of the request was in an unknown format - accepted \
                 media types include: application/json-patch+json, application/merge-patch+json, \
                 application/apply-patch+yaml, application/apply-patch+cbor"
                    .into(),
            ));
        }
    };
    if url.has("force") {
        let why =
            "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch";
        return Err(ApiError::InvalidRequest(why.into()).into());
    }
    let patch = parse_json(text).map_err(|error| ApiError::BadRequest(error.message))?;
    let key = place.key(name);
    if place.part == "scale" && place.kind.info().is_scalable {
        let object = fetch_for("patch", "scale", Resource::Kept(place.kind), &key.namespace, name, cx)?;
        return change_scale(&object, patch_type, &patch, &options, cx);
    }
    let part = match place.part.as_str() {
        "" => None,
        part => Some(Part::named(part, place.kind).ok_or_else(not_allowed)?),
    };
    let answered = send(&options, cx, &mut |cluster, client| match part {
        Some(part) => cluster.patch_part(&key, part, patch_type, &patch, client),
        None => cluster.patch_value(&key, patch_type, &patch, client),
    })?;
    answer(&output_formats::value_of(&answered.object, true), cx)
}

/// Applies a configuration on the server, in YAML or JSON.
///
/// Follows `applyPatcher` in apiserver's `pkg/endpoints/handlers/patch.go`.
fn apply_text(place: &Place, name: &str, text: &str, options: &WriteOptions, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if options.manager.is_none() {
        return Err(invalid("PatchOptions", "fieldManager: Required value: is required for apply patch").into());
    }
    if !place.part.is_empty() {
        return Err(not_allowed());
    }
    let documents = parse(text);
    let config = match documents.as_slice() {
        [document] => document.value.clone().filter(|value| value.as_map().is_some()),
        _ => None,
    };
    let config = config.ok_or_else(|| ApiError::BadRequest("error decoding YAML: it is no object".into()))?;
    let key = place.key(name);
    check_namespace(&config, &key.namespace)?;
    let forced = options.is_forced;
    let answered = send(options, cx, &mut |cluster, client| cluster.apply_from(&config, &key, client, forced))?;
    answer(&output_formats::value_of(&answered.object, true), cx)
}

/// Puts out that something was done, with one more member of the answer.
pub(super) fn success(member: (&str, String), cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    output_formats::text_lines(&json_in_order::status("Success", &[member]), &mut cx.out);
    OK
}

/// Refuses what is no path.
///
/// # Errors
/// Go's words for it.
pub(super) fn check_path(path: &str) -> Result<(), Failure> {
    if path.starts_with('/') || path.contains("://") {
        return Ok(());
    }
    let why = if path.is_empty() { "empty url" } else { "invalid URI for request" };
    Err(Failure::client(format!("--raw must be a valid URL path: parse {path:?}: {why}")))
}

/// What `--raw` of verbs that send a file may not stand beside.
///
/// # Errors
/// kubectl's words for it.
pub(super) fn check_sent_file(args: &Args) -> Result<(), Failure> {
    let path = args.text("raw");
    let files = args.list("filename");
    let is_remote = |file: &String| file.starts_with("http://") || file.starts_with("https://");
    let why = match () {
        () if path.is_empty() => return Ok(()),
        () if args.is("edit") => "--raw and --edit are mutually exclusive",
        () if files.len() != 1 => "--raw can only use a single local file or stdin",
        () if files.iter().any(is_remote) => "--raw cannot read from a url",
        () if args.is("recursive") => "--raw and --recursive are mutually exclusive",
        () if !args.text("selector").is_empty() => "--raw and --selector (-l) are mutually exclusive",
        () if !args.text("output").is_empty() => "--raw and --output are mutually exclusive",
        () => return check_path(path),
    };
    Err(Failure::client(why))
}
