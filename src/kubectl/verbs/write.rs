//! `kubectl apply`, `create`, `replace` and `diff`: manifests to requests, and what is said of the answers.

use super::change::{is_dry, read_patch};
use super::files::{self, Source, resource_of, sources};
use super::local::{self, is_local};
use crate::api::{self, Gates};
use crate::cluster::patch::{json_merge, json_patch, strategic_merge};
use crate::cluster::{
    Answer, ApiError, Client, FieldValidation, LAST_APPLIED as ANNOTATION, PatchType, last_applied, patched,
    with_last_applied,
};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::host::Pause;
use crate::kubectl::print::{self, Format, told};
use crate::kubectl::resources::{Resource, namespace_of};
use crate::kubectl::three_way::three_way_patch;
use crate::manifest::to_yaml;
use crate::model::{Key, Kind, Object, Text, Value, to_json};
use crate::ordering::Order;
use crate::{obj, schema};
use std::rc::Rc;

/// The field manager of `apply` without `--server-side`.
pub const CLIENT_SIDE_APPLY: &str = "kubectl-client-side-apply";

/// Where `apply` keeps the manifest as it was applied last.
pub const LAST_APPLIED: &str = ANNOTATION;

/// The flags of `apply`.
pub const APPLY_FLAGS: &[Flag] = &[
    short("filename", 'f', Takes::List),
    short("recursive", 'R', Takes::Bool),
    short("kustomize", 'k', Takes::Text),
    short("selector", 'l', Takes::Text),
    short("output", 'o', Takes::Text),
    long("dry-run", Takes::TextOr("unchanged")),
    long("validate", Takes::TextOr("strict")),
    long("server-side", Takes::Bool),
    long("force-conflicts", Takes::Bool),
    long("field-manager", Takes::Text),
    long("force", Takes::Bool),
    long("overwrite", Takes::Bool),
    long("prune", Takes::Bool),
    long("all", Takes::Bool),
    long("wait", Takes::Bool),
    long("timeout", Takes::Duration),
    long("grace-period", Takes::Int),
    long("cascade", Takes::TextOr("background")),
    long("record", Takes::Bool),
    long("template", Takes::Text),
];

/// The flags of `create`.
pub const CREATE_FLAGS: &[Flag] = &[
    short("filename", 'f', Takes::List),
    short("recursive", 'R', Takes::Bool),
    short("kustomize", 'k', Takes::Text),
    short("selector", 'l', Takes::Text),
    short("output", 'o', Takes::Text),
    long("dry-run", Takes::TextOr("unchanged")),
    long("validate", Takes::TextOr("strict")),
    long("save-config", Takes::Bool),
    long("edit", Takes::Bool),
    long("field-manager", Takes::Text),
    long("template", Takes::Text),
    long("from-literal", Takes::Each),
    long("from-file", Takes::List),
    long("tcp", Takes::List),
    long("clusterip", Takes::Text),
    long("type", Takes::Text),
    long("image", Takes::List),
    long("replicas", Takes::Int),
    long("min-available", Takes::Text),
    long("max-unavailable", Takes::Text),
    long("hard", Takes::List),
    long("external-name", Takes::Text),
    long("value", Takes::Int),
    long("global-default", Takes::Bool),
    long("description", Takes::Text),
    long("preemption-policy", Takes::Text),
];

/// The flags of `replace`.
pub const REPLACE_FLAGS: &[Flag] = &[
    short("filename", 'f', Takes::List),
    short("recursive", 'R', Takes::Bool),
    short("kustomize", 'k', Takes::Text),
    short("output", 'o', Takes::Text),
    long("dry-run", Takes::TextOr("unchanged")),
    long("validate", Takes::TextOr("strict")),
    long("force", Takes::Bool),
    long("cascade", Takes::TextOr("background")),
    long("grace-period", Takes::Int),
    long("save-config", Takes::Bool),
    long("timeout", Takes::Duration),
    long("wait", Takes::Bool),
    long("subresource", Takes::Text),
    long("raw", Takes::Text),
];

/// The flags of `diff`.
pub const DIFF_FLAGS: &[Flag] = &[
    short("filename", 'f', Takes::List),
    short("recursive", 'R', Takes::Bool),
    short("kustomize", 'k', Takes::Text),
    short("selector", 'l', Takes::Text),
    long("server-side", Takes::Bool),
    long("force-conflicts", Takes::Bool),
    long("field-manager", Takes::Text),
    long("prune", Takes::Bool),
    long("concurrency", Takes::Int),
    long("show-managed-fields", Takes::Bool),
];

fn validation(args: &Args) -> Result<FieldValidation, Failure> {
    match args.get("validate") {
        None | Some("strict" | "true") => Ok(FieldValidation::Strict),
        Some("warn") => Ok(FieldValidation::Warn),
        Some("ignore" | "false") => Ok(FieldValidation::Ignore),
        Some(other) => Err(Failure::client(format!(
            "invalid - validate option {other:?}; must be one of: strict (or true), warn, ignore (or false)"
        ))),
    }
}

fn warn(warnings: &[String], cx: &mut Cx<'_>) {
    for warning in warnings {
        cx.out.err(format!("Warning: {warning}"));
    }
}

/// Runs `each` over the documents of `-f`, going on after failures.
fn for_each(
    args: &Args,
    cx: &mut Cx<'_>,
    nothing: &str,
    mut each: impl FnMut(&Source, Kind, &mut Cx<'_>) -> Result<(), Failure>,
) -> Result<Flow, Failure> {
    let (sources, mut failures) = sources(args, cx)?;
    let sources: Vec<Source> = sources.into_iter().filter(|source| !source.value.is_null()).collect();
    if sources.is_empty() && failures.is_empty() {
        return Err(Failure::client(nothing));
    }
    for (number, source) in sources.iter().enumerate() {
        if number > 0 && !is_dry(args) {
            cx.host.pause(Pause::Request);
        }
        let done = match kind_of(source) {
            Ok(kind) => each(source, kind, cx),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = done {
            failures.push(failure);
        }
    }
    for failure in failures.iter().filter(|failure| **failure != Failure::Said) {
        cx.fail(failure);
    }
    for source in &sources {
        if let Ok(Resource::Absent(absent)) = resource_of(source) {
            cx.hint("unmodelled_kind", &[("kind", absent.plural)]);
        }
    }
    Ok(Flow::Done(i32::from(!failures.is_empty())))
}

fn kind_of(source: &Source) -> Result<Kind, Failure> {
    let name = source.value.at(&["metadata", "name"]);
    if let Some(Value::Int(_) | Value::Float(_) | Value::Bool(_)) = name {
        let what = if matches!(name, Some(Value::Bool(_))) { "bool" } else { "number" };
        return Err(Failure::client(format!(
            "unable to decode {:?}: json: cannot unmarshal {what} into Go struct field ObjectMeta.metadata.name of \
             type string",
            source.file
        )));
    }
    // Kinds in another case are known to the client, which ignores it; the server is the one to refuse.
    let kind_name = source.value.str_at(&["kind"]).to_string();
    let other_case = Kind::ALL.into_iter().find(|kind| {
        kind.names().kind.eq_ignore_ascii_case(&kind_name) && kind.api_version() == source.value.str_at(&["apiVersion"])
    });
    if let Some(kind) = other_case {
        return Ok(kind);
    }
    match resource_of(source)? {
        Resource::Kept(kind) => Ok(kind),
        Resource::Absent(_) => Err(files::no_mapping(source)),
    }
}

fn key_of(source: &Source, kind: Kind, args: &Args, cx: &Cx<'_>) -> Result<Key, Failure> {
    let own = source.value.str_at(&["metadata", "namespace"]);
    let namespace = namespace_of(args, cx);
    if !own.is_empty() && args.has("namespace") && own != namespace.as_str() && kind.names().is_namespaced {
        return Err(Failure::client(format!(
            "the namespace from the provided object {own:?} does not match the namespace {:?}. You must pass \
             '--namespace={own}' to perform this operation.",
            namespace.as_str()
        )));
    }
    let namespace = if own.is_empty() { namespace } else { Text::new(own) };
    Ok(Key::new(kind, namespace, Text::new(source.value.str_at(&["metadata", "name"]))))
}

/// `apps/v1, Resource=statefulsets` and so on: how kubectl names what it was at.
fn long_name(key: &Key) -> String {
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

/// `kubectl apply`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn apply(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.before_dash().is_empty() {
        return Err(Failure::Usage(format!("Unexpected args: [{}]", args.before_dash().join(" ")), "apply".into()));
    }
    if !args.has("filename") && !args.has("kustomize") {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    if args.is("force-conflicts") && !args.is("server-side") {
        return Err(Failure::client("--force-conflicts only works with --server-side"));
    }
    if args.is("server-side") && args.is("force") {
        return Err(Failure::client("--force cannot be used with --server-side"));
    }
    if args.is("server-side") && is_local(args) {
        return Err(Failure::client(
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
        ));
    }
    let validation = validation(args)?;
    let mut all = Vec::new();
    let flow = for_each(args, cx, "no objects passed to apply", |source, kind, cx| {
        let (object, verb) = apply_one(args, source, kind, validation, cx)?;
        let format = Format::of(args, cx)?;
        if format.is_table() || format == Format::Name {
            told(args, &object, verb, cx)?;
        } else {
            all.push(object);
        }
        Ok(())
    })?;
    if !all.is_empty() {
        print::print(&Format::of(args, cx)?, &all, all.len() == 1, &mut cx.out);
    }
    Ok(flow)
}

fn apply_one(
    args: &Args,
    source: &Source,
    kind: Kind,
    validation: FieldValidation,
    cx: &mut Cx<'_>,
) -> Result<(Rc<Object>, &'static str), Failure> {
    let key = key_of(source, kind, args, cx)?;
    if key.name.is_empty() {
        return Err(Failure::client(format!(
            "error when retrieving current configuration of:\n{}\nfrom server for: {:?}: resource name may not be empty",
            long_name(&key),
            source.file
        )));
    }
    if args.is("server-side") {
        return Ok((apply_server_side(args, source, &key, validation, cx)?, "serverside-applied"));
    }
    let modified = with_last_applied(&source.value, &key.namespace);
    let Some(old) = cx.cluster().get(&key).cloned() else {
        return Ok((create_at(&modified, &source.file, &key, validation, args, cx)?, "created"));
    };
    if old.meta.is_terminating() {
        cx.out.err(format!("Warning: Detected changes to resource {} which is currently being deleted.", key.name));
    }
    let original = last_applied(&old);
    if original.is_none() {
        cx.out.err(format!(
            "Warning: resource {}/{} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. \
             kubectl apply should only be used on resources created declaratively by either kubectl create \
             --save-config or kubectl apply. The missing annotation will be patched automatically.",
            kind.names().plural,
            key.name
        ));
    }
    if is_local(args) {
        // The client does not look what would change.
        return Ok((old, "configured"));
    }
    let patch = patch_between(&key, original.as_ref(), &modified, &old);
    if is_empty(&patch) {
        return Ok((old, "unchanged"));
    }
    let object = patch_one(&key, &patch, &source.file, validation, args, &old, cx)?;
    Ok((object, "configured"))
}

/// Sends the manifest as it is and lets the API server merge it; conflicts with other managers refuse it.
fn apply_server_side(
    args: &Args,
    source: &Source,
    key: &Key,
    validation: FieldValidation,
    cx: &mut Cx<'_>,
) -> Result<Rc<Object>, Failure> {
    const WAYS_OUT: &str = "\
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts";
    let is_forced = args.is("force-conflicts");
    let sent = cx.send(is_dry(args), &mut |cluster, manager| {
        let answer = cluster.apply_from(&source.value, key, Client { manager, validation }, is_forced)?;
        if manager != "kubectl" || last_applied(&answer.object).is_none() {
            return Ok(answer);
        }
        // Who goes over from the client's apply takes along what that owned.
        let object = cluster.hand_over_fields(key, CLIENT_SIDE_APPLY, manager)?;
        Ok(Answer { object, ..answer })
    });
    match sent {
        Ok(answer) => {
            warn(&answer.warnings, cx);
            Ok(answer.object)
        }
        Err(ApiError::ApplyConflict(text)) => Err(Failure::client(format!("{text}\n{WAYS_OUT}"))),
        Err(error) => Err(error.into()),
    }
}

fn is_empty(patch: &Value) -> bool {
    patch.as_map().is_none_or(crate::model::Map::is_empty)
}

/// The patch that makes `modified` of `old`, given what was applied before.
pub fn patch_between(key: &Key, original: Option<&Value>, modified: &Value, old: &Object) -> Value {
    match schema::root(key.kind.api_version(), key.kind.names().kind) {
        Some(root) => three_way_patch(original, modified, &old.to_value(), root),
        None => Value::map(),
    }
}

fn patch_one(
    key: &Key,
    patch: &Value,
    file: &str,
    validation: FieldValidation,
    args: &Args,
    old: &Rc<Object>,
    cx: &mut Cx<'_>,
) -> Result<Rc<Object>, Failure> {
    let answer = if is_dry(args) {
        dry_patch(old, patch, validation)
    } else {
        cx.send(false, &mut |cluster, manager| {
            cluster.patch_value(key, PatchType::Strategic, patch, Client { manager, validation })
        })
    };
    match answer {
        Ok(answer) => {
            warn(&answer.warnings, cx);
            Ok(answer.object)
        }
        Err(error @ (ApiError::Invalid { .. } | ApiError::InvalidRequest(_))) => Err(error.into()),
        Err(error) => {
            let at = format!(
                "error when applying patch:\n{}\nto:\n{}\nfor: {file:?}: error when patching {file:?}",
                to_json(patch),
                long_name(key)
            );
            Err(Failure::ServerAt(at, error))
        }
    }
}

/// What a patch would make of an object, without storing it.
fn dry_patch(old: &Rc<Object>, patch: &Value, validation: FieldValidation) -> Result<Answer, ApiError> {
    let (object, mut warnings) = patched(old, PatchType::Strategic, patch, validation)?;
    let admitted = api::admit_update(old, object, &Gates::default()).map_err(|errors| ApiError::Invalid {
        kind: old.kind,
        name: old.meta.name.clone(),
        causes: api::messages(&errors),
    })?;
    warnings.extend(admitted.warnings);
    Ok(Answer { object: Rc::new(admitted.object), is_changed: true, warnings })
}

/// Creates an object of a file where the flags say: in the cluster, at the API server for show, or not even there.
fn create_at(
    value: &Value,
    file: &str,
    key: &Key,
    validation: FieldValidation,
    args: &Args,
    cx: &mut Cx<'_>,
) -> Result<Rc<Object>, Failure> {
    match local::of_file(value, key) {
        Some(object) if is_local(args) => Ok(object),
        _ => create_one(value, file, key, validation, is_dry(args), cx),
    }
}

fn create_one(
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
            warn(&answer.warnings, cx);
            Ok(answer.object)
        }
        Err(error @ ApiError::Invalid { .. }) => Err(error.into()),
        Err(error) => Err(Failure::ServerAt(format!("error when creating {file:?}"), error)),
    }
}

/// `kubectl create`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn create(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words = args.before_dash();
    if !args.has("filename") {
        return match words.split_first() {
            None => Err(Failure::client("must specify one of -f and -k")),
            Some((what, rest)) => super::other::create_object(what, rest, args, cx),
        };
    }
    if !words.is_empty() {
        return Err(Failure::Usage(format!("Unexpected args: [{}]", words.join(" ")), "create".into()));
    }
    let validation = validation(args)?;
    for_each(args, cx, "no objects passed to create", |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        let value = if args.is("save-config") {
            with_last_applied(&source.value, &key.namespace)
        } else {
            source.value.clone()
        };
        let object = create_at(&value, &source.file, &key, validation, args, cx)?;
        told(args, &object, "created", cx)
    })
}

/// `kubectl replace`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn replace(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.has("filename") {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    let validation = validation(args)?;
    for_each(args, cx, "no objects passed to replace", |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        let value = match cx.cluster().get(&key) {
            // The annotation is kept up to date where there is one.
            Some(old) if old.meta.annotations.contains_key(LAST_APPLIED) || args.is("save-config") => {
                with_last_applied(&source.value, &key.namespace)
            }
            _ => source.value.clone(),
        };
        if args.is("force") {
            if cx.cluster().get(&key).is_some() {
                cx.cluster_mut().delete(&key, &crate::cluster::DeleteOptions::BACKGROUND)?;
                let place =
                    if key.namespace.is_empty() { String::new() } else { format!(" from {} namespace", key.namespace) };
                cx.out.out(format!("{} \"{}\" deleted{place}", kind.qualified_singular(), key.name));
            }
            let object = create_at(&value, &source.file, &key, validation, args, cx)?;
            return told(args, &object, "replaced", cx);
        }
        if is_local(args)
            && let Some(object) = local::of_file(&value, &key)
        {
            return told(args, &object, "replaced", cx);
        }
        let answer = cx.send(is_dry(args), &mut |cluster, manager| {
            cluster.replace_from(&value, &key.namespace, Client { manager, validation })
        });
        match answer {
            Ok(answer) => {
                warn(&answer.warnings, cx);
                told(args, &answer.object, "replaced", cx)
            }
            Err(error @ ApiError::Invalid { .. }) => Err(error.into()),
            Err(error) => Err(Failure::ServerAt(format!("error when replacing {:?}", source.file), error)),
        }
    })
}

/// Stores a changed object as a client does: rules, admission, the store.
///
/// # Errors
/// What the API server refuses.
pub fn update(old: &Object, next: Object, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    if *old == next {
        return Ok(Rc::new(next));
    }
    let namespace = next.meta.namespace.clone();
    let value = next.to_value();
    let answer = cx.send(false, &mut |cluster, manager| {
        cluster.replace_from(&value, &namespace, Client { manager, validation: FieldValidation::Ignore })
    })?;
    warn(&answer.warnings, cx);
    Ok(answer.object)
}

/// `kubectl diff`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn diff(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.has("filename") {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    // The forms are compared as two folders of files, hence in the order of the files' names.
    let mut found: Vec<(String, String, String)> = Vec::new();
    let flow = for_each(args, cx, "no objects passed to diff", |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        let (live, merged) = both_forms(source, &key, cx)?;
        if live == merged {
            return Ok(());
        }
        let version = key.kind.api_version().replace('/', ".");
        found.push((format!("{version}.{}.{}.{}", kind.names().kind, key.namespace, key.name), live, merged));
        Ok(())
    })?;
    found.order();
    for (name, live, merged) in &found {
        let (old, new) = (format!("/tmp/LIVE-2718281828/{name}"), format!("/tmp/MERGED-3141592653/{name}"));
        let at = cx.now().rfc3339().replace('T', " ").replace('Z', ".000000000 +0000");
        cx.out.out(format!("diff -u -N {old} {new}"));
        cx.out.out(format!("--- {old}\t{at}"));
        cx.out.out(format!("+++ {new}\t{at}"));
        for line in crate::kubectl::diff::unified(live, merged) {
            cx.out.out(line);
        }
    }
    Ok(match flow {
        Flow::Done(0) if !found.is_empty() => Flow::Done(1),
        flow => flow,
    })
}

/// An object as it is and as it would be after an apply, in YAML.
fn both_forms(source: &Source, key: &Key, cx: &mut Cx<'_>) -> Result<(String, String), Failure> {
    let Some(old) = cx.cluster().get(key).cloned() else {
        let object = create_one(&source.value, &source.file, key, FieldValidation::Strict, true, cx)?;
        let mut value = object.to_value();
        if let Some(Value::Map(mut meta)) = value.get("metadata").cloned() {
            meta.remove("resourceVersion");
            value.set_at(&["metadata"], meta);
        }
        return Ok((String::new(), to_yaml(&value)));
    };
    let mut modified = source.value.clone();
    if key.kind.names().is_namespaced {
        modified.set_at(&["metadata", "namespace"], &key.namespace);
    }
    if modified.at(&["metadata", "annotations"]).is_none() {
        modified.set_at(&["metadata", "annotations"], Value::map());
    }
    let patch = patch_between(key, last_applied(&old).as_ref(), &modified, &old);
    let live = to_yaml(&old.to_value());
    if is_empty(&patch) {
        return Ok((live.clone(), live));
    }
    let merged = dry_patch(&old, &patch, FieldValidation::Strict)?.object;
    Ok((live, to_yaml(&merged.to_value())))
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

/// Creates an object that a command made up itself.
///
/// # Errors
/// What the API server refuses.
pub fn create_value(value: &Value, args: &Args, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    let overridden = overridden(value, args)?;
    let value = overridden.as_ref().unwrap_or(value);
    if is_local(args)
        && let Some(object) = local::of_command(value, args)
    {
        return Ok(object);
    }
    let namespace = namespace_of(args, cx);
    let answer = cx.send(is_dry(args), &mut |cluster, manager| {
        cluster.create_from(value, &namespace, Client { manager, validation: FieldValidation::Strict })
    })?;
    warn(&answer.warnings, cx);
    if is_dry(args) && !Format::of(args, cx)?.is_table() {
        // What was not stored has neither version nor times.
        let mut object = Object::clone(&answer.object);
        object.meta.resource_version = 0;
        object.meta.uid = Text::default();
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
    let patch = read_patch(text)?;
    let merged = match args.text("override-type") {
        "" | "merge" => json_merge(value, &patch),
        "json" => json_patch(value, &patch).map_err(|error| Failure::client(error.to_string()))?,
        "strategic" => match schema::root(value.str_at(&["apiVersion"]), value.str_at(&["kind"])) {
            Some(root) => strategic_merge(value, &patch, root).map_err(|error| Failure::client(error.to_string()))?,
            None => value.clone(),
        },
        other => return Err(Failure::client(format!("invalid override type: {other:?}"))),
    };
    Ok(Some(merged))
}

/// What `-f` names, for commands that change living objects.
///
/// # Errors
/// What cannot be read or found.
pub fn objects_of_files(args: &Args, cx: &mut Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let mut objects = Vec::new();
    for (resource, name, namespace) in files::names(args, cx)? {
        objects.push(crate::kubectl::resources::fetch(resource, &namespace, &name, cx.cluster())?);
    }
    Ok(objects)
}
