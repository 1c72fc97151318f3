//! `--raw`: what the API server answers at a path, and what the flag may not stand beside.
//!
//! Follows `pkg/rawhttp` of kubectl; answers are written as the API server writes them.

use super::discovery;
use super::scale::scale_of;
use crate::cluster::{ApiError, Client, DeleteOptions, FieldValidation, Part, PatchType, Propagation};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::files::read_file;
use crate::kubectl::flags::Args;
use crate::kubectl::print;
use crate::kubectl::resources::{Resource, Scope, fetch_for};
use crate::kubectl::typed_json::typed_value_line;
use crate::model::{Key, Kind, Object, Text, Value, encode_base64, parse_json, to_json};
use crate::obj;
use std::rc::Rc;

/// Objects that a path leads to.
struct Place {
    kind: Kind,
    namespace: Option<Text>,
    /// The name of one of them.
    name: Option<String>,
    /// A part of that one: `status`, `log`.
    part: String,
}

/// A path, and what stands behind its question mark.
struct Url {
    parts: Vec<String>,
    query: Vec<(String, String)>,
}

impl Url {
    fn of(text: &str) -> Url {
        // Which server is named makes no difference: there is one.
        let path = text.split_once("://").map_or(text, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        };
        Url { parts, query: query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect() }
    }

    fn asked(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.query.iter().any(|(known, _)| known == name)
    }

    fn parts(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }

    /// The objects that the path leads to.
    fn place(&self, cx: &Cx<'_>) -> Result<Place, Failure> {
        let parts = self.parts();
        let (version, rest) = match parts.as_slice() {
            ["api", version, rest @ ..] => ((*version).to_string(), rest),
            ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
            _ => return Err(nothing_there()),
        };
        let kinds: Vec<Kind> = cx.cluster().kinds().collect();
        let find = |plural: &str| {
            kinds.iter().copied().find(|kind| kind.api_version() == version && kind.names().plural == plural)
        };
        let (namespace, plural, rest) = match rest {
            // A namespace itself is one of the objects.
            ["namespaces", namespace, plural, rest @ ..] if !matches!(*plural, "status" | "finalize") => {
                (Some(Text::new(namespace)), *plural, rest)
            }
            [plural, rest @ ..] => (None, *plural, rest),
            [] => return Err(nothing_there()),
        };
        let kind = find(plural).ok_or_else(nothing_there)?;
        let (name, part) = match rest {
            [] => (None, String::new()),
            [name, part @ ..] => (Some((*name).to_string()), part.join("/")),
        };
        if kind.names().is_namespaced != namespace.is_some() && name.is_some() {
            return Err(nothing_there());
        }
        Ok(Place { kind, namespace, name, part })
    }
}

/// A text of an address with its `%2C` and `+` replaced.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or(&[]);
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn nothing_there() -> Failure {
    Failure::Raw("Error from server (NotFound): the server could not find the requested resource".into())
}

/// The answer to a method that a path does not have.
pub fn not_allowed() -> Failure {
    Failure::Raw(
        "Error from server (MethodNotAllowed): the server does not allow this method on the requested resource".into(),
    )
}

/// Puts out what the API server answers: a line of JSON.
fn answer(value: &Value, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    print::text_lines(&(typed_value_line(value) + "\n"), &mut cx.out);
    OK
}

/// `get --raw`: what the API server answers at a path.
///
/// # Errors
/// A path that the lab does not serve.
pub fn get(path: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let url = Url::of(path);
    if let Some(text) = discovery::document(&url.parts(), url.has("verbose"), cx) {
        print::text_lines(&text, &mut cx.out);
        return OK;
    }
    let place = url.place(cx).inspect_err(|_| {
        if matches!(url.parts().first(), Some(&("metrics" | "openapi"))) {
            cx.hint("raw_not_here", &[("path", path)]);
        }
    })?;
    let Some(name) = &place.name else { return list(&place, &url, cx) };
    let namespace = place.namespace.clone().unwrap_or_default();
    let asks = if place.part.is_empty() { Resource::Kept(place.kind) } else { part_of(&place)? };
    let object = fetch_for("get", "", asks, &namespace, name, cx)?;
    match place.part.as_str() {
        "scale" => {
            let scale = scale_of(&object, cx.cluster().replicas_of(&object), cx.cluster());
            answer(&scale, cx)
        }
        _ => answer(&print::value_of(&object, true), cx),
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
    let scope = Scope::typed(url.asked("labelSelector"), url.asked("fieldSelector"));
    let scope = Scope { namespace: place.namespace.clone(), ..scope };
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
    let items: Vec<Value> = objects.iter().map(item).collect();
    let kind = format!("{}List", place.kind.names().kind);
    answer(
        &obj! { "apiVersion" => place.kind.api_version(), "items" => items, "kind" => kind, "metadata" => metadata },
        cx,
    )
}

/// An object within a list, whose type the list says; those of custom kinds say it themselves.
fn item(object: &Rc<Object>) -> Value {
    let mut value = print::value_of(object, true);
    if !object.kind.is_custom() {
        _ = value.remove_at(&["kind"]);
        _ = value.remove_at(&["apiVersion"]);
    }
    value
}

/// What a file holds that is sent, or the input.
fn body(file: &str, cx: &Cx<'_>) -> Result<String, Failure> {
    match file {
        "-" => Ok(cx.stdin.clone().unwrap_or_default()),
        file => read_file(file, cx).ok_or_else(|| Failure::client(format!("open {file}: no such file or directory"))),
    }
}

/// An object as it is sent to a place of its kind, which it need not name again.
fn sent_object(text: &str, kind: Kind) -> Result<Value, Failure> {
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
    let place = url.place(cx)?;
    match (&place.name, place.part.as_str()) {
        (None, _) => {}
        (Some(name), "eviction") if place.kind == Kind::Pod => {
            let key = Key::new(Kind::Pod, place.namespace.clone().unwrap_or_default(), Text::new(name));
            return evict(&key, &read_json(text, "Eviction")?, is_dry(&url), cx);
        }
        _ => return Err(not_allowed()),
    }
    let value = sent_object(text, place.kind)?;
    let namespace = place.namespace.clone().unwrap_or_default();
    let made = cx.send(is_dry(&url), &mut |cluster, manager| {
        cluster.create_from(&value, &namespace, Client { manager, validation: FieldValidation::Warn })
    })?;
    answer(&print::value_of(&made.object, true), cx)
}

/// Evicts a pod, as an Eviction says that is sent to it.
///
/// Follows `EvictionREST` in pkg/registry/core/pod/storage/eviction.go.
fn evict(key: &Key, eviction: &Value, is_dry: bool, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let own = eviction.str_at(&["metadata", "name"]);
    if own != key.name.as_str() {
        return Err(Failure::Server(ApiError::BadRequest("name in URL does not match name in Eviction object".into())));
    }
    let grace = eviction.i64_at(&["deleteOptions", "gracePeriodSeconds"]);
    if is_dry {
        fetch_for("create", "eviction", Resource::Kept(Kind::Pod), &key.namespace, &key.name, cx)?;
    } else {
        cx.request(|cluster| cluster.evict(key, grace))?;
    }
    success("\"code\":201", cx)
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
    let key = Key::new(place.kind, namespace.clone(), Text::new(name));
    let answered = cx.send(is_dry(&url), &mut |cluster, manager| {
        let client = Client { manager, validation: FieldValidation::Warn };
        match part {
            Some(part) => cluster.replace_part(&value, &key, part, client),
            None => cluster.replace_from(&value, &namespace, client),
        }
    })?;
    answer(&print::value_of(&answered.object, true), cx)
}

/// `delete --raw`: deletes what is at a path, as the file's options say.
///
/// # Errors
/// What the API server refuses.
pub(super) fn delete(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    check_delete(args)?;
    let text = match args.list("filename").first() {
        Some(file) => body(file, cx)?,
        None => String::new(),
    };
    delete_text(args.text("raw"), &text, cx)
}

/// Changes what is at a path, or a part of it, by a patch of the sort that its type of content names.
///
/// # Errors
/// What the API server refuses.
pub fn patch_text(path: &str, text: &str, content_type: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let url = Url::of(path);
    let place = url.place(cx)?;
    let Some(name) = &place.name else { return Err(not_allowed()) };
    let patch_type = match content_type {
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
    let patch = parse_json(text).map_err(|error| ApiError::BadRequest(error.message))?;
    let key = Key::new(place.kind, place.namespace.clone().unwrap_or_default(), Text::new(name));
    let part = match place.part.as_str() {
        "" => None,
        part => Some(Part::named(part, place.kind).ok_or_else(not_allowed)?),
    };
    let answered = cx.send(is_dry(&url), &mut |cluster, manager| {
        let client = Client { manager, validation: FieldValidation::Warn };
        match part {
            Some(part) => cluster.patch_part(&key, part, patch_type, &patch, client),
            None => cluster.patch_value(&key, patch_type, &patch, client),
        }
    })?;
    answer(&print::value_of(&answered.object, true), cx)
}

/// Deletes what is at a path, as the text's options say.
///
/// # Errors
/// What the API server refuses.
pub fn delete_text(path: &str, text: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let url = Url::of(path);
    let place = url.place(cx)?;
    let (Some(name), "") = (&place.name, place.part.as_str()) else {
        // All of them at once.
        return Err(not_allowed());
    };
    let asked = if text.trim().is_empty() { Value::map() } else { sent_object(text, place.kind)? };
    let grace = url.asked("gracePeriodSeconds").parse().ok();
    let propagation = match url.asked("propagationPolicy") {
        "" => asked.str_at(&["propagationPolicy"]),
        text => text,
    };
    let options = DeleteOptions {
        grace_period_seconds: grace.or(asked.i64_at(&["gracePeriodSeconds"])),
        propagation: match propagation {
            "Orphan" => Propagation::Orphan,
            "Foreground" => Propagation::Foreground,
            _ => Propagation::Background,
        },
        uid: None,
    };
    let key = Key::new(place.kind, place.namespace.clone().unwrap_or_default(), Text::new(name));
    if is_dry(&url) {
        let object = fetch_for("delete", "", Resource::Kept(place.kind), &key.namespace, name, cx)?;
        return answer(&print::value_of(&object, true), cx);
    }
    let object = cx.request(|cluster| cluster.delete(&key, &options))?;
    if cx.cluster().get(&key).is_some() {
        return answer(&print::value_of(&object, true), cx);
    }
    let text = |text: &str| to_json(&Value::text(text));
    let group = match place.kind.names().group {
        "" => String::new(),
        group => format!("\"group\":{},", text(group)),
    };
    let (name, plural) = (text(&object.meta.name), text(place.kind.names().plural));
    success(&format!("\"details\":{{\"name\":{name},{group}\"kind\":{plural},\"uid\":\"{}\"}}", object.meta.uid), cx)
}

/// Puts out that something was done, with one more member of the answer.
fn success(member: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let text =
        format!("{{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{{}},\"status\":\"Success\",{member}}}\n");
    print::text_lines(&text, &mut cx.out);
    OK
}

fn is_dry(url: &Url) -> bool {
    url.asked("dryRun") == "All"
}

fn check_delete(args: &Args) -> Result<(), Failure> {
    let (path, files) = (args.text("raw"), args.list("filename"));
    let is_remote = |file: &String| file.starts_with("http://") || file.starts_with("https://");
    Err(Failure::client(match () {
        () if args.is("interactive") => "--interactive can not be used with --raw",
        () if files.len() > 1 => "--raw can only use a single local file or stdin",
        () if files.iter().any(is_remote) => "--raw cannot read from a url",
        () if args.is("recursive") => "--raw and --recursive are mutually exclusive",
        () if !args.text("output").is_empty() => "--raw and --output are mutually exclusive",
        () => return check_path(path),
    }))
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
