//! `kubectl set selector`: which pods a Service speaks for.
//!
//! Follows `set_selector.go` of kubectl.

use super::requests::RECORD;
use super::set::{COMMON, change_all};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::help;
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats;
use crate::kubectl::resources::NOTHING_NAMED;
use crate::kubectl::selector::LabelSelector;
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::{Kind, Value};

/// The row of `kubectl set selector`.
pub const SET_SELECTOR: Verb = Verb {
    name: "set selector",
    flags: &[manifests::FILES, output_formats::FLAGS, COMMON, &[RESOURCE_VERSION, RECORD]],
    run: selector,
    manager: "kubectl-set",
    completes: Completes::Objects,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Set the selector on a resource. A selector that was there is overwritten.",
        &[("Let a Service speak for the set's pods", "kubectl set selector service nginx app=nginx")],
        &[("--resource-version=''", "Only if this is the object's current version.")],
        "set selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]",
    ),
};

const RESOURCE_VERSION: Flag = long("resource-version", Takes::Text);

fn selector(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some((text, objects)) = args.before_dash().split_last() else {
        return Err(Failure::client("one selector is required"));
    };
    let selector = LabelSelector::parse_kept(text).map_err(Failure::client)?.to_value();
    if objects.is_empty() && !are_named(args) {
        return Err(Failure::client(NOTHING_NAMED));
    }
    let labels = selector.at(&["matchLabels"]).cloned();
    let mut chosen = args.clone();
    chosen.words = objects.to_vec();
    chosen.dash_at = None;
    change_all(args, &chosen, "selector updated", cx, &|object| {
        if object.kind != Kind::Service {
            return Err(Failure::client("setting a selector is only supported for Services"));
        }
        if args.has("resource-version") {
            object.meta.resource_version = args.text("resource-version").parse().unwrap_or(0);
        }
        if !selector.list_at(&["matchExpressions"]).is_empty() {
            return Err(Failure::client(format!("match expression {} not supported on this object", dump(&selector))));
        }
        match &labels {
            Some(labels) => object.set_at(&["spec", "selector"], labels.clone()),
            None => _ = object.remove_at(&["spec", "selector"]),
        }
        Ok(())
    })
}

/// The expressions of a selector as Go prints them: `[{a In [b c]}]`.
fn dump(selector: &Value) -> String {
    let expressions = selector.list_at(&["matchExpressions"]).iter().map(|one| {
        let values: Vec<&str> = one.list_at(&["values"]).iter().filter_map(Value::as_str).collect();
        format!("{{{} {} [{}]}}", one.str_at(&["key"]), one.str_at(&["operator"]), values.join(" "))
    });
    format!("[{}]", expressions.collect::<Vec<_>>().join(" "))
}
