//! `kubectl replace`: whole objects of files in the place of the living ones.

use super::apply::LAST_APPLIED;
use super::dry_run::{self, DRY_RUN, is_dry, is_local};
use super::local;
use super::requests::{FIELD_MANAGER, OnFailure, VALIDATE, create_at, for_each, key_of, validation, warn};
use crate::cluster::{ApiError, Client, DeleteOptions, with_last_applied};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::print::print_operation;
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl replace`.
pub const REPLACE: Verb = Verb {
    name: "replace",
    flags: FLAGS,
    run: replace,
    manager: "kubectl-replace",
    completes: Completes::Nothing,
    help: help(
        "Replace a resource by file name or stdin.",
        &[("Put the manifest in the place of the living object", "kubectl replace -f manifest.yaml")],
        &[help::FILE, ("--force=false", "Delete and create anew."), help::DRY_RUN],
        "replace -f FILENAME [options]",
    ),
};

/// The flags of `replace`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    &[
        DRY_RUN,
        VALIDATE,
        FIELD_MANAGER,
        short("output", 'o', Takes::Text),
        long("force", Takes::Bool),
        long("cascade", Takes::TextOr("background")).refused(),
        long("grace-period", Takes::Int).refused(),
        long("save-config", Takes::Bool),
        long("timeout", Takes::Duration).ignored(),
        long("wait", Takes::Bool).ignored(),
        long("subresource", Takes::Text).refused(),
        long("raw", Takes::Text).refused(),
    ],
];

/// `kubectl replace`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn replace(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !are_named(args) {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    dry_run::check(args, cx)?;
    let validation = validation(args)?;
    let exit = for_each(args, cx, "no objects passed to replace", OnFailure::GoOn, &mut |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        cx.check_access("get", kind, "", &key.namespace, &key.name)
            .map_err(|error| Failure::ServerAt(format!("error when replacing {:?}", source.file), error))?;
        // The annotation is kept up to date where the file has one; that of the living object goes.
        let is_annotated = !source.value.str_at(&["metadata", "annotations", LAST_APPLIED]).is_empty();
        let value = match is_annotated || args.is("save-config") {
            true => with_last_applied(&source.value, &key.namespace),
            false => source.value.clone(),
        };
        if args.is("force") {
            if cx.cluster().get(&key).is_some() {
                cx.request(|cluster| cluster.delete(&key, &DeleteOptions::BACKGROUND))?;
                let place =
                    if key.namespace.is_empty() { String::new() } else { format!(" from {} namespace", key.namespace) };
                cx.out.out(format!("{} \"{}\" deleted{place}", kind.qualified_singular(), key.name));
            }
            let object = create_at(&value, &source.file, &key, validation, args, cx)?;
            return print_operation(args, &object, "replaced", cx);
        }
        if is_local(args)
            && let Some(object) = local::of_file(&value, &key)
        {
            return print_operation(args, &object, "replaced", cx);
        }
        let answer = cx.send(is_dry(args), &mut |cluster, manager| {
            cluster.replace_from(&value, &key.namespace, Client { manager, validation })
        });
        match answer {
            Ok(answer) => {
                warn(&answer, cx);
                print_operation(args, &answer.object, "replaced", cx)
            }
            Err(error @ ApiError::Invalid { .. }) => Err(error.into()),
            Err(error) => Err(Failure::ServerAt(format!("error when replacing {:?}", source.file), error)),
        }
    })?;
    Ok(Flow::Done(exit))
}
