//! `kubectl plugin`: there are none.
//!
//! Follows `pkg/cmd/plugin/plugin.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::help;
use crate::kubectl::verb::{Completes, Verb, Ways};

/// The row of `kubectl plugin list`.
pub const PLUGIN_LIST: Verb = Verb {
    name: "plugin list",
    flags: FLAGS,
    run: plugin_list,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: None,
    ways: Ways { needs_server: false, ..Ways::USUAL },
    help: help("List all available plugin files on a user's PATH.", &[], &[], "plugin list [options]"),
};

/// The flags of `plugin list`.
pub const FLAGS: &[&[Flag]] = &[&[long("name-only", Takes::Bool).ignored()]];

/// `kubectl plugin list`.
///
/// # Errors
/// Always: there are no plugins.
pub fn plugin_list(_: &Args, _: &mut Cx<'_>) -> Result<Flow, Failure> {
    Err(Failure::client("unable to find any kubectl plugins in your PATH"))
}
