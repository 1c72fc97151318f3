//! Whether what a process is connected to can be a terminal.

use super::Process;
use crate::kubectl::command::Cx;
use crate::shell::Streams;

/// The streams without a terminal where something is piped in, which is said.
///
/// Follows `SetupTTY` in pkg/cmd/exec/exec.go.
pub(super) fn without_false_terminal(process: Process<'_>, streams: Streams, cx: &mut Cx<'_>) -> Streams {
    if !streams.stdin || !streams.tty || cx.stdin.is_none() {
        return streams;
    }
    if !matches!(process, Process::Container(attachment) if attachment.is_quiet) {
        cx.out.err("Unable to use a TTY - input is not a terminal or the right kind of file");
    }
    Streams { tty: false, ..streams }
}
