//! `--dry-run`: what is not to be stored, and where a request stops; sends nothing itself.
//!
//! Follows `GetDryRunStrategy` in `pkg/cmd/util/helpers.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, parse_bool};

/// `--dry-run`; [`is_dry`], [`is_local`] and what says `(dry run)` read it.
pub const DRY_RUN: Flag = long("dry-run", Takes::TextOr("unchanged"));

/// Whether nothing is to be stored.
pub fn is_dry(args: &Args) -> bool {
    args.dry_run() != "none"
}

/// Whether the flags ask to stay at the client.
pub fn is_local(args: &Args) -> bool {
    args.dry_run() == "client"
}

/// Refuses to try something at the server that is not to be asked.
///
/// # Errors
/// kubectl's words for it.
pub fn check_place(args: &Args) -> Result<(), Failure> {
    match args.is("local") && args.text("dry-run") == "server" {
        true => Err(Failure::client("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")),
        false => Ok(()),
    }
}

/// Refuses a value that `--dry-run` does not have, and warns of the old form.
///
/// # Errors
/// kubectl's words for it.
pub fn check(args: &Args, cx: &mut Cx<'_>) -> Result<(), Failure> {
    check_place(args)?;
    let Some(text) = args.get("dry-run") else { return Ok(()) };
    let instead = args.dry_run();
    let (line, what) = match (text, parse_bool(text)) {
        ("none" | "client" | "server", _) => return Ok(()),
        ("unchanged", _) => (719, "--dry-run is deprecated".to_string()),
        (_, Some(is)) => (if is { 733 } else { 736 }, format!("--dry-run={text} is deprecated (boolean value)")),
        (other, None) => {
            return Err(Failure::client(format!(
                "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
            )));
        }
    };
    let lead = cx.log_lead('W');
    cx.out.err(format!("{lead} helpers.go:{line}] {what} and can be replaced with --dry-run={instead}."));
    Ok(())
}

/// Says what went wrong beside, and gives the exit status.
///
/// # Errors
/// None.
pub fn finish(failures: &[Failure], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    Ok(Flow::Done(cx.fail_all(failures)))
}
