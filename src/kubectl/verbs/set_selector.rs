//! `kubectl set selector`: which pods a Service speaks for.
//!
//! Follows `set_selector.go` of kubectl.

use super::set::{COMMON, change_all};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::help;
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::resources::NOTHING_NAMED;
use crate::kubectl::selector::LabelSelector;
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::{Kind, Map, Text, Value};

/// The row of `kubectl set selector`.
pub const SET_SELECTOR: Verb = Verb {
    name: "set selector",
    flags: &[manifests::FLAGS, COMMON, &[RESOURCE_VERSION]],
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
    if objects.is_empty() && !are_named(args) {
        return Err(Failure::client(NOTHING_NAMED));
    }
    let mut labels = Map::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) else {
            return Err(Failure::client(format!("match expression {} not supported on this object", dump(part))));
        };
        labels.insert(Text::new(key.trim()), Value::text(value.trim()));
    }
    let mut chosen = args.clone();
    chosen.words = objects.to_vec();
    chosen.dash_at = None;
    if args.is("local") {
        chosen.words.clear();
    }
    change_all(args, &chosen, "selector updated", cx, &|object| {
        if object.kind != Kind::Service {
            return Err(Failure::client("setting a selector is only supported for Services"));
        }
        if args.has("resource-version") {
            object.meta.resource_version = args.text("resource-version").parse().unwrap_or(0);
        }
        object.set_at(&["spec", "selector"], labels.clone());
        Ok(())
    })
}

/// A requirement as Go prints it: `[{a In [b]}]`.
fn dump(part: &str) -> String {
    let selector = LabelSelector::parse(part).unwrap_or_default().to_value();
    let lone = selector.at(&["matchLabels"]).and_then(Value::as_map).into_iter().flat_map(Map::iter);
    let lone = lone.map(|(key, value)| format!("{{{key} In [{}]}}", value.as_str().unwrap_or_default()));
    let several = selector.list_at(&["matchExpressions"]).iter().map(|one| {
        let values: Vec<&str> = one.list_at(&["values"]).iter().filter_map(Value::as_str).collect();
        format!("{{{} {} [{}]}}", one.str_at(&["key"]), one.str_at(&["operator"]), values.join(" "))
    });
    format!("[{}]", lone.chain(several).collect::<Vec<_>>().join(" "))
}
