//! `kubectl completion`: the script for a shell; the page completes without one.
//!
//! Follows `pkg/cmd/completion/completion.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::Args;
use crate::kubectl::help::help;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};

/// The row of `kubectl completion`.
pub const COMPLETION: Verb = Verb {
    name: "completion",
    flags: &[],
    run: completion,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: Group::Settings.at(3),
    ways: Ways { needs_server: false, ..Ways::USUAL },
    help: help(
        "Output shell completion code for the specified shell. Tab completes here without it.",
        &[("Load it, as on a real machine", "source <(kubectl completion bash)")],
        &[],
        "completion SHELL",
    ),
};

/// `kubectl completion`: Tab completes here without a script.
///
/// # Errors
/// A shell that kubectl does not know.
pub fn completion(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.before_dash().len() > 1 {
        let text = "Too many arguments. Expected only the shell type.";
        return Err(Failure::Usage(text.into(), "completion".into()));
    }
    match args.before_dash().first().map(String::as_str) {
        None => Err(Failure::Usage("Shell not specified.".into(), "completion".into())),
        Some(shell @ ("bash" | "zsh" | "fish" | "powershell")) => {
            cx.out.out(format!("# {shell} completion for kubectl"));
            cx.hint("tab_completes", &[]);
            OK
        }
        Some(other) => Err(Failure::Usage(format!("Unsupported shell type {other:?}."), "completion".into())),
    }
}
