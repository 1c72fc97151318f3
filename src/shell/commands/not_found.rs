//! What a shell says of a word that names no program.

use super::{Call, Outcome, ShellKind};

/// A word that names nothing.
pub(super) fn missing(call: &mut Call<'_>) -> Outcome {
    let word = call.words.first().cloned().unwrap_or_default();
    if let Some(message) = call.shell.wrapper.clone().and_then(|name| super::launch::not_wrapped(call, &name, &word)) {
        call.err.push_str(&message);
        call.shell.give_up(127);
        return Outcome::Exit(127);
    }
    let what = match (call.shell.kind, word.contains('/')) {
        (ShellKind::Bash, true) => "No such file or directory",
        (ShellKind::Bash, false) => "command not found",
        _ => "not found",
    };
    let message = call.shell.complain(&format!("{word}: {what}"));
    call.err.push_str(&message);
    Outcome::Exit(127)
}
