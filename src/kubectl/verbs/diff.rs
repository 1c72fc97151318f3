//! `kubectl diff`: what an apply would change, as two forms beside each other; changes nothing.

use super::apply::{is_empty, patch_between};
use super::requests::{FIELD_MANAGER, OnFailure, create_one, dry_patch, for_each, key_of};
use crate::cluster::{FieldValidation, last_applied};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, Source, are_named};
use crate::kubectl::selection;
use crate::kubectl::verb::{Completes, Verb};
use crate::manifest::to_yaml;
use crate::model::{Key, Value};
use crate::ordering::Order;

/// The row of `kubectl diff`.
pub const DIFF: Verb = Verb {
    name: "diff",
    flags: FLAGS,
    run: diff,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help(
        "Diff the live version against a would-be applied version.",
        &[("What would apply change?", "kubectl diff -f manifest.yaml")],
        &[help::FILE],
        "diff -f FILENAME [options]",
    ),
};

/// The flags of `diff`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    &[
        selection::SELECTOR,
        FIELD_MANAGER,
        long("server-side", Takes::Bool),
        long("force-conflicts", Takes::Bool),
        long("prune", Takes::Bool),
        long("prune-allowlist", Takes::List),
        long("concurrency", Takes::Int).ignored(),
        long("show-managed-fields", Takes::Bool),
    ],
];

/// `kubectl diff`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn diff(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    // 1 says that there are differences, anything above that there was an error.
    compare(args, cx).or_else(|failure| {
        if failure != Failure::Said {
            cx.fail(&failure);
        }
        Ok(Flow::Done(2))
    })
}

fn compare(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !are_named(args) {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    // The forms are compared as two folders of files, hence in the order of the files' names.
    let mut found: Vec<(String, String, String)> = Vec::new();
    let exit = for_each(args, cx, "", OnFailure::Stop, &mut |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        let (live, merged) = both_forms(source, &key, cx)?;
        if live == merged {
            return Ok(());
        }
        let version = key.kind.api_version().replace('/', ".");
        found.push((format!("{version}.{}.{}.{}", kind.names().kind, key.namespace, key.name), live, merged));
        Ok(())
    })?;
    if exit != 0 {
        return Ok(Flow::Done(2));
    }
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
    Ok(Flow::Done(i32::from(!found.is_empty())))
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
    let merged = dry_patch(&old, &patch, FieldValidation::Strict, cx.cluster().kubernetes())?.object;
    Ok((live, to_yaml(&merged.to_value())))
}
