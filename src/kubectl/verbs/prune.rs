//! `--prune` of `apply` and `diff`: objects that were applied before and are not in the files any more.
//!
//! Follows `prune.go` in kubectl's `cmd/apply`.

use super::dry_run::is_dry;
use crate::cluster::{DeleteOptions, LAST_APPLIED};
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::output_formats::print_operation;
use crate::kubectl::resources::{ABSENT, Scope, namespace_of};
use crate::model::{Kind, Object, Text};
use std::rc::Rc;

/// The flags of pruning.
pub const FLAGS: &[Flag] = &[long("prune", Takes::Bool), long("prune-allowlist", Takes::Each)];

/// The kinds that are pruned where none are listed.
const KINDS: &[(&str, &str)] = &[
    ("v1", "ConfigMap"),
    ("v1", "Endpoints"),
    ("v1", "Namespace"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "PersistentVolume"),
    ("v1", "Pod"),
    ("v1", "ReplicationController"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("networking.k8s.io/v1", "Ingress"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("apps/v1", "StatefulSet"),
];

/// What is to be pruned, as far as the flags say it.
#[derive(Debug, Default)]
pub struct Pruning {
    kinds: Vec<Kind>,
    /// Whether the kinds are kubectl's own choice.
    is_default: bool,
    /// What is in the files.
    kept: Vec<Text>,
    namespaces: Vec<Text>,
}

impl Pruning {
    /// What the flags ask for. `None` without `--prune`.
    ///
    /// # Errors
    /// Kinds that there are not.
    pub fn of(args: &Args) -> Result<Option<Pruning>, Failure> {
        if !args.is("prune") {
            return Ok(None);
        }
        let listed = args.list("prune-allowlist");
        let kinds: Vec<Kind> = match listed {
            [] => KINDS.iter().filter_map(|(version, kind)| Kind::of(version, kind)).collect(),
            listed => listed
                .iter()
                .map(|text| listed_kind(text))
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .flatten()
                .collect(),
        };
        Ok(Some(Pruning { kinds, is_default: listed.is_empty(), ..Pruning::default() }))
    }

    /// Notes an object that is in the files.
    pub fn keep(&mut self, object: &Object) {
        self.kept.push(object.meta.uid.clone());
        if !object.meta.namespace.is_empty() && !self.namespaces.contains(&object.meta.namespace) {
            self.namespaces.push(object.meta.namespace.clone());
        }
    }

    /// The objects that are gone from the files: applied before, chosen by the selector, in a namespace of the files.
    ///
    /// # Errors
    /// A selector that cannot be read.
    pub fn gone(&self, args: &Args, cx: &mut Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
        if self.is_default {
            warn_of_namespaces(cx);
        }
        let labels = Scope::of(args, cx)?.read_by_client()?.labels;
        let mut namespaces = self.namespaces.clone();
        if namespaces.is_empty() {
            namespaces.push(namespace_of(args, cx));
        }
        let is_gone = |object: &&Rc<Object>| {
            let is_near = !object.kind.names().is_namespaced || namespaces.contains(&object.meta.namespace);
            is_near
                && labels.matches(&object.meta.labels)
                && object.meta.annotations.contains_key(LAST_APPLIED)
                && !self.kept.contains(&object.meta.uid)
        };
        for kind in &self.kinds {
            for namespace in &namespaces {
                cx.check_access("list", *kind, "", namespace, "")?;
            }
        }
        Ok(self
            .kinds
            .iter()
            .flat_map(|kind| cx.cluster().list(*kind).filter(is_gone).cloned().collect::<Vec<_>>())
            .collect())
    }

    /// Deletes what is gone from the files.
    ///
    /// # Errors
    /// What the API server refuses.
    pub fn delete_gone(&self, args: &Args, cx: &mut Cx<'_>) -> Result<(), Failure> {
        for object in self.gone(args, cx)? {
            if !is_dry(args) {
                cx.request(|cluster| cluster.delete(&object.key(), &DeleteOptions::BACKGROUND))?;
            }
            print_operation(args, &object, "pruned", cx)?;
        }
        if self.is_default {
            cx.out.err("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        }
        Ok(())
    }
}

/// Refuses flags of `apply` that may not stand beside `--prune`, and pruning of everything that was not said to be meant.
///
/// # Errors
/// kubectl's words for it.
pub fn validate(args: &Args) -> Result<(), Failure> {
    let selector = args.text("selector");
    let why = match () {
        () if args.is("all") && !selector.is_empty() => "cannot set --all and --selector at the same time",
        () if !args.is("prune") => return Ok(()),
        () if args.is("force") => "--force cannot be used with --prune",
        () if !args.is("all") && selector.is_empty() => {
            "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all \
             flag. If you did not mean to prune all resources, specify a label selector"
        }
        () if args.is("server-side") => {
            "--prune is in alpha and doesn't currently work on objects created by server-side apply"
        }
        () => return Ok(()),
    };
    Err(Failure::client(why))
}

/// `core/v1/ConfigMap` as a kind; nothing for one that Kubernetes has and the lab has not.
fn listed_kind(text: &str) -> Result<Option<Kind>, Failure> {
    let parts: Vec<&str> = text.split('/').collect();
    let [group, version, kind] = parts.as_slice() else {
        let text = format!("invalid GroupVersionKind format: {text}, please follow <group/version/kind>");
        return Err(Failure::client(text));
    };
    let api_version = if matches!(*group, "" | "core") { (*version).to_string() } else { format!("{group}/{version}") };
    if let Some(kind) = Kind::of(&api_version, kind) {
        return Ok(Some(kind));
    }
    match ABSENT.iter().any(|absent| absent.kind == *kind && absent.api_version() == api_version) {
        true => Ok(None),
        false => Err(Failure::client(format!("no matches for kind {kind:?} in version {api_version:?}"))),
    }
}

fn warn_of_namespaces(cx: &mut Cx<'_>) {
    let lead = cx.log_lead('W');
    cx.out.err(format!(
        "{lead} prune.go:71] Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with \
         the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target \
         explicitly in the --prune-allowlist flag."
    ));
}
