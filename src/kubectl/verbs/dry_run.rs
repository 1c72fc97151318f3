//! `--dry-run`: what is not to be stored, and where a request stops; sends nothing itself.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};

/// `--dry-run`; [`is_dry`], [`is_local`] and what says `(dry run)` read it.
pub const DRY_RUN: Flag = long("dry-run", Takes::TextOr("unchanged"));

/// Whether nothing is to be stored.
pub fn is_dry(args: &Args) -> bool {
    args.get("dry-run").is_some_and(|how| how != "none")
}

/// Whether the flags ask to stay at the client.
pub fn is_local(args: &Args) -> bool {
    matches!(args.text("dry-run"), "client" | "unchanged" | "true")
}

/// Refuses a value that `--dry-run` does not have, and warns of the old form.
///
/// # Errors
/// kubectl's words for it.
pub fn check(args: &Args, cx: &mut Cx<'_>) -> Result<(), Failure> {
    match args.text("dry-run") {
        "" | "none" | "client" | "server" | "false" => Ok(()),
        "unchanged" | "true" => {
            let lead = cx.log_lead('W');
            cx.out.err(format!(
                "{lead} helpers.go:719] --dry-run is deprecated and can be replaced with --dry-run=client."
            ));
            Ok(())
        }
        other => Err(Failure::client(format!(
            "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
        ))),
    }
}

/// Says what went wrong beside, and gives the exit status.
///
/// # Errors
/// None.
pub fn finish(failures: &[Failure], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    Ok(Flow::Done(cx.fail_all(failures)))
}
