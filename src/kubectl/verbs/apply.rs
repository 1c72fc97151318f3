//! `kubectl apply`: a manifest and what was applied before become a patch, at the client or at the API server.
//!
//! Follows `pkg/cmd/apply/apply.go` of kubectl.

use super::apply_force::{self, Renewal};
use super::delete;
use super::dry_run::{self, DRY_RUN, is_dry, is_local};
use super::patch::patched_here;
use super::prune::{self, Pruning};
use super::requests::{
    FIELD_MANAGER, OnFailure, RECORD, VALIDATE, create_at, dry_patch, for_each, key_of, long_name, patch_type_of,
    validation, warn,
};
use crate::api::kept_version;
use crate::cluster::{Answer, ApiError, Client, Cluster, FieldValidation, LAST_APPLIED as ANNOTATION, last_applied};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, Source, are_named};
use crate::kubectl::output_formats::{self, Format, print_operation};
use crate::kubectl::selection;
use crate::kubectl::subresource::Place;
use crate::kubectl::three_way::three_way_patch;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Key, Kind, Map, Object, Text, Value, to_json};
use std::rc::Rc;

/// The row of `kubectl apply`.
pub const APPLY: Verb = Verb {
    name: "apply",
    flags: FLAGS,
    run: apply,
    manager: CLIENT_SIDE_APPLY,
    completes: Completes::Nothing,
    listed: Group::Advanced.at(2),
    ways: Ways { changes_sizes: true, ..Ways::USUAL },
    help: help(
        "Apply a configuration to a resource by file name or stdin.",
        &[
            ("Apply what stands in the editor", "kubectl apply -f manifest.yaml"),
            ("See what the server would store", "kubectl apply -f manifest.yaml --dry-run=server -o yaml"),
        ],
        &[
            help::FILE,
            help::DRY_RUN,
            ("--force=false", "Delete and create anew what cannot be changed."),
            ("--server-side=false", "Let the server merge, and refuse what other managers own."),
            ("--force-conflicts=false", "With --server-side: take such fields over."),
            ("--field-manager=''", "The name that owns what is applied."),
            ("--validate='strict'", "strict refuses unknown fields, warn names them, ignore drops them."),
            help::OUTPUT,
        ],
        "apply -f FILENAME [options]",
    ),
};

/// The field manager of `apply` without `--server-side`.
pub const CLIENT_SIDE_APPLY: &str = "kubectl-client-side-apply";

/// Where `apply` keeps the manifest as it was applied last.
pub const LAST_APPLIED: &str = ANNOTATION;

/// The flags of `apply`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    prune::FLAGS,
    &[
        selection::SELECTOR,
        DRY_RUN,
        VALIDATE,
        FIELD_MANAGER,
        long("server-side", Takes::Bool),
        long("force-conflicts", Takes::Bool),
        long("force", Takes::Bool),
        long("overwrite", Takes::Bool),
        long("wait", Takes::Bool).ignored(),
        long("timeout", Takes::Duration),
        long("grace-period", Takes::Int),
        long("cascade", Takes::TextOr("background")),
        RECORD,
        long("openapi-patch", Takes::Bool).ignored(),
        long("all", Takes::Bool),
        long("subresource", Takes::Text),
    ],
];

/// `kubectl apply`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn apply(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.before_dash().is_empty() {
        return Err(Failure::Usage(format!("Unexpected args: [{}]", args.before_dash().join(" ")), "apply".into()));
    }
    dry_run::check(args, cx)?;
    delete::propagation(args, cx)?;
    if !are_named(args) {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    let validation = validation(args)?;
    let mut pruning = Pruning::of(args)?;
    validate(args)?;
    let mut all = Vec::new();
    let mut ways: Vec<(&'static str, Text)> = Vec::new();
    let mut renewals = Vec::new();
    let exit = for_each(args, cx, "no objects passed to apply", OnFailure::GoOn, &mut |source, kind, cx| {
        let source = &source.noting_cause(cx);
        let applied = apply_one(args, source, kind, validation, cx);
        if let Err(failure) = &applied
            && let Some(renewal) = renewal(args, source, kind, validation, failure, cx)?
        {
            renewal.begin(args, cx)?;
            renewals.push(renewal);
            return Ok(());
        }
        let (object, verb) = match applied {
            Ok(applied) => applied,
            Err(failure) => {
                let old = key_of(source, kind, args, cx).ok().and_then(|key| cx.cluster().get(&key).cloned());
                ways.extend(way_out(source, old.as_deref(), &failure));
                return Err(failure);
            }
        };
        if let Some(pruning) = &mut pruning {
            pruning.keep(&object);
        }
        let format = Format::of(args, cx)?;
        if format.is_table() || format == Format::Name {
            print_operation(args, &object, verb, cx)?;
        } else {
            all.push(object);
        }
        Ok(())
    })?;
    ways.iter().for_each(|(key, name)| cx.hint(key, &[("name", name)]));
    if !all.is_empty() {
        output_formats::print_made(&Format::of(args, cx)?, &all, &mut cx.out);
    }
    if let Some(pruning) = pruning.filter(|_| exit == 0) {
        pruning.delete_gone(args, cx)?;
    }
    Ok(if renewals.is_empty() { Flow::Done(exit) } else { apply_force::finish(renewals, args, exit, cx) })
}

/// What `--force` does about a refusal: an object that cannot be changed gives way to a new one.
fn renewal(
    args: &Args,
    source: &Source,
    kind: Kind,
    validation: FieldValidation,
    failure: &Failure,
    cx: &Cx<'_>,
) -> Result<Option<Renewal>, Failure> {
    if !args.is("force") || is_dry(args) || !apply_force::helps_against(failure) {
        return Ok(None);
    }
    let key = key_of(source, kind, args, cx)?;
    let modified = source.with_last_applied(&key.namespace);
    let old = cx.cluster().get(&key).cloned();
    Ok(old.map(|old| Renewal { key, modified, old, file: source.file.clone(), validation }))
}

/// The flags that may not stand beside each other; no file is read before.
///
/// Follows `ApplyOptions.Validate` in pkg/cmd/apply/apply.go.
fn validate(args: &Args) -> Result<(), Failure> {
    let (is_at_server, is_forced) = (args.is("server-side"), args.is("force"));
    let why = match () {
        () if args.is("force-conflicts") && !is_at_server => "--force-conflicts only works with --server-side",
        () if is_at_server && is_local(args) => {
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)"
        }
        () if is_at_server && is_forced => "--force cannot be used with --server-side",
        () if args.text("dry-run") == "server" && is_forced => "--dry-run=server cannot be used with --force",
        () if !args.text("subresource").is_empty() && !is_at_server => {
            return prune::validate(args)
                .and(Err(Failure::client("--subresource can only be specified for --server-side")));
        }
        () => return prune::validate(args),
    };
    Err(Failure::client(why))
}

/// The hint at what one can do about a StatefulSet that was refused, by its key, and the set's name.
fn way_out(source: &Source, old: Option<&Object>, failure: &Failure) -> Option<(&'static str, Text)> {
    let (Failure::Server(error) | Failure::ServerAt(_, error)) = failure else { return None };
    let set = old.filter(|it| it.kind == Kind::StatefulSet)?;
    if !error.to_string().contains("updates to statefulset spec") {
        return None;
    }
    // Pods that a new selector does not find are not taken over.
    let labels = ["spec", "selector", "matchLabels"];
    let is_same = set.at(&labels) == source.value.at(&labels);
    Some((if is_same { "set_fixed" } else { "set_fixed_selector" }, set.meta.name.clone()))
}

fn apply_one(
    args: &Args,
    source: &Source,
    kind: Kind,
    validation: FieldValidation,
    cx: &mut Cx<'_>,
) -> Result<(Rc<Object>, &'static str), Failure> {
    let key = key_of(source, kind, args, cx)?;
    let prefix = source.value.str_at(&["metadata", "generateName"]);
    if key.name.is_empty() && !prefix.is_empty() {
        return Err(Failure::client(format!("from {prefix}: cannot use generate name with apply")));
    }
    let retrieving = || {
        let name = long_name(&key);
        format!("error when retrieving current configuration of:\n{name}\nfrom server for: {:?}", source.file)
    };
    if key.name.is_empty() {
        return Err(Failure::client(format!("{}: resource name may not be empty", retrieving())));
    }
    if args.is("server-side") {
        return Ok((apply_server_side(args, source, &key, validation, cx)?, "serverside-applied"));
    }
    cx.check_access("get", kind, "", &key.namespace, &key.name)
        .map_err(|error| Failure::ServerAt(retrieving(), error))?;
    let yields = !args.is_unless_false("overwrite");
    let modified = source.with_last_applied(&key.namespace);
    let Some(old) = cx.cluster().get(&key).cloned() else {
        let sent = without_nulls(&modified);
        return Ok((create_at(&sent, &source.file, &key, validation, args, cx)?, "created"));
    };
    if old.meta.is_terminating() {
        cx.out.err(format!("Warning: Detected changes to resource {} which is currently being deleted.", key.name));
    }
    let original = last_applied(&old).map(|it| kept_version(&it).unwrap_or(it));
    if original.is_none() {
        cx.out.err(format!(
            "Warning: resource {}/{} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. \
             kubectl apply should only be used on resources created declaratively by either kubectl create \
             --save-config or kubectl apply. The missing annotation will be patched automatically.",
            kind.names().plural,
            key.name
        ));
    }
    if is_local(args) && !cx.is_kubectl(36) {
        // The client does not look what would change.
        return Ok((old, "configured"));
    }
    let patch = patch_between(&key, original.as_ref(), &modified, &old);
    if is_empty(&patch) {
        return Ok((old, "unchanged"));
    }
    if is_local(args) {
        return Ok((Rc::new(patched_here(&old, patch_type_of(kind), &patch)?), "configured"));
    }
    if yields && takes_away(&patch, original.as_ref(), &old.to_value()) {
        let why = "the patch conflicts with changes made from original to current";
        return Err(Failure::client(format!("{}: {why}", retrieving_patch(&source.file, &key))));
    }
    let object = patch_one(&key, &patch, &source.file, validation, args, &old, cx)?;
    let is_list_alone = patch.at(&["spec", "volumeClaimTemplates"]).is_some() && !is_dry(args);
    if is_list_alone && object.meta.resource_version == old.meta.resource_version {
        cx.hint("apply_same", &[]);
    }
    Ok((object, "configured"))
}

/// What a manifest says without the fields that are null: of an object that is there they would be deleted, so one that
/// is new does not get them. The annotation keeps them.
///
/// Follows `pruneNullsFromMap` in pkg/cmd/apply/apply.go.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let kept = map.iter().filter(|(_, inner)| !inner.is_null());
            kept.map(|(name, inner)| (name.clone(), without_nulls(inner))).collect::<Map>().into()
        }
        Value::List(list) => list.iter().map(without_nulls).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
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
    let place = Place::named(args.text("subresource"), key.kind)?;
    let sent = cx.send(is_dry(args), &mut |cluster, manager| {
        let client = Client { manager, validation };
        match place {
            Place::Whole => apply_whole(&source.value, key, client, is_forced, cluster),
            Place::Part(part) => cluster.apply_part(&source.value, key, part, client, is_forced),
            Place::Scale => cluster.apply_scale(&source.value, key),
        }
    });
    match sent {
        Ok(answer) => {
            warn(&answer, cx);
            Ok(answer.object)
        }
        Err(ApiError::ApplyConflict(text)) => Err(Failure::client(format!("{text}\n{WAYS_OUT}"))),
        Err(error @ ApiError::Conflict { .. }) => Err(Failure::client(format!("{error}\n{WAYS_OUT}"))),
        Err(error) => Err(error.into()),
    }
}

/// Applies an object. Who goes over from the client's apply takes along what that owned, and applies once more: what
/// the manifest has dropped since then goes.
///
/// Follows `migrateToSSAIfNecessary` in pkg/cmd/apply/apply.go.
fn apply_whole(
    config: &Value,
    key: &Key,
    client: Client<'_>,
    is_forced: bool,
    cluster: &mut Cluster,
) -> Result<Answer, ApiError> {
    let answer = cluster.apply_from(config, key, client, is_forced)?;
    if client.manager == "kubectl" {
        cluster.keep_last_applied(key)?;
    }
    if !cluster.hand_over_fields(key, client.manager)? {
        return Ok(answer);
    }
    let mut answer = answer;
    match cluster.apply_from(config, key, client, is_forced) {
        Ok(again) => answer.object = again.object,
        Err(error) => answer.warnings.push(format!(
            "failed to re-apply configuration after performing Server-Side Apply migration. This is non-fatal and will \
             be retried next time you apply. Error: {error}"
        )),
    }
    Ok(answer)
}

/// Whether a patch changes nothing.
pub fn is_empty(patch: &Value) -> bool {
    patch.as_map().is_none_or(crate::model::Map::is_empty)
}

/// What stands before the reason why there is no patch.
fn retrieving_patch(file: &str, key: &Key) -> String {
    format!("creating patch for: {file:?}: {}", key.name)
}

/// Whether a patch changes what somebody else has changed since it was applied last.
///
/// Follows `MergingMapsHaveConflicts` in apimachinery's `strategicpatch`; what kubectl notes for itself does not count.
fn takes_away(patch: &Value, original: Option<&Value>, current: &Value) -> bool {
    let wanted = patch.as_map().into_iter().flat_map(crate::model::Map::iter);
    wanted.filter(|(name, _)| name.as_str() != LAST_APPLIED).any(|(name, wanted)| {
        let (before, now) = (original.and_then(|it| it.get(name)), current.get(name));
        match now {
            None => before.is_some(),
            Some(now) if before == Some(now) => false,
            Some(now) if now.as_map().is_some() && wanted.as_map().is_some() => takes_away(wanted, before, now),
            Some(now) => now != wanted,
        }
    })
}

/// The patch that makes `modified` of `old`, given what was applied before.
pub fn patch_between(key: &Key, original: Option<&Value>, modified: &Value, old: &Object) -> Value {
    match key.kind.structure() {
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
        dry_patch(old, patch, validation, cx.cluster())
    } else {
        cx.send(false, &mut |cluster, manager| {
            cluster.patch_value(key, patch_type_of(key.kind), patch, Client { manager, validation })
        })
    };
    match answer {
        Ok(answer) => {
            warn(&answer, cx);
            Ok(answer.object)
        }
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
