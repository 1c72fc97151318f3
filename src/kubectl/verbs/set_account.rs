//! `kubectl set serviceaccount`: in whose name the pods of a template run.
//!
//! Follows `set_serviceaccount.go` of kubectl.

use super::dry_run::is_local;
use super::requests::RECORD;
use super::set::{COMMON, change_all, needs_template, pod_spec_path};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::Args;
use crate::kubectl::help::help;
use crate::kubectl::manifests;
use crate::kubectl::output_formats;
use crate::kubectl::verb::{Completes, Help, Verb, Ways};
use crate::model::{Kind, Text};

/// The row of `kubectl set serviceaccount`.
pub const SET_SERVICE_ACCOUNT: Verb = Verb {
    name: "set serviceaccount",
    flags: &[manifests::FLAGS, output_formats::FLAGS, COMMON, &[RECORD]],
    run: service_account,
    manager: "kubectl-set",
    completes: Completes::Sets,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: HELP,
};

/// The same by its short name.
pub const SET_SA: Verb = Verb { name: "set sa", ..SET_SERVICE_ACCOUNT };

const HELP: Help = help(
    "Update the service account of pod template resources.",
    &[("Let the set's pods run as default", "kubectl set serviceaccount sts/web default")],
    &[("--all=false", "All objects of the type.")],
    "set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT [options]",
);

fn service_account(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some((name, objects)) = args.before_dash().split_last() else {
        return Err(Failure::client("serviceaccount is required"));
    };
    // Beside a file the last word alone is the name.
    let mut chosen = args.clone();
    chosen.words = objects.to_vec();
    chosen.dash_at = None;
    if args.is("local") {
        chosen.words.clear();
    }
    change_all(args, &chosen, "serviceaccount updated", cx, &|object| {
        if object.at(pod_spec_path(object.kind)).is_none() || object.kind == Kind::Service {
            return needs_template(args, object);
        }
        let spec = object.at_mut(pod_spec_path(object.kind));
        spec.set_at(&["serviceAccountName"], Text::new(name));
        if args.is("local") || is_local(args) {
            // Only the API server knows that the field has an older name.
            _ = spec.remove_at(&["serviceAccount"]);
        } else {
            spec.set_at(&["serviceAccount"], Text::new(name));
        }
        Ok(())
    })
}
