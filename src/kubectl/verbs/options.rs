//! `kubectl options`: the flags of every command.
//!
//! Follows `pkg/cmd/options/options.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::Args;
use crate::kubectl::help::help;
use crate::kubectl::output_formats::text_lines;
use crate::kubectl::verb::{Completes, Verb, Ways};

/// The row of `kubectl options`.
pub const OPTIONS: Verb = Verb {
    name: "options",
    flags: &[],
    run: options,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: None,
    ways: Ways { needs_server: false, ..Ways::USUAL },
    help: help("Print the list of flags inherited by all commands.", &[], &[], "options"),
};

/// `kubectl options`.
///
/// # Errors
/// None.
pub fn options(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    text_lines(&crate::kubectl::help::global_options(), &mut cx.out);
    OK
}
