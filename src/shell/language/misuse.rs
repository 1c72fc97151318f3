//! What comes of a command of the shell that cannot do what it is asked to: bash goes on, the others may end.

use super::state::{Shell, ShellKind};
use super::streams::Io;

/// The commands that are a part of the shell itself, whose failing ends it.
const SPECIAL: &[&str] = &[
    ".", ":", "break", "continue", "eval", "exec", "exit", "export", "local", "readonly", "return", "set", "shift",
    "times", "trap", "unset",
];

/// Whether a mistake at this command ends a script, but for bash.
pub(super) fn is_special(command: &str) -> bool {
    SPECIAL.contains(&command)
}

impl Shell {
    /// `sh: shift: line 0: what`: how this shell begins a message of one of its own commands.
    pub(super) fn complain_of(&self, command: &str, what: &str) -> String {
        match self.kind {
            ShellKind::Ash if !self.is_interactive && self.has_lines => {
                let name = self.arguments.first().map_or("sh", String::as_str);
                // The lines of a script behind `-c` are counted from 0.
                let line = self.line.saturating_sub(u32::from(self.is_command));
                format!("{name}: {command}: line {line}: {what}\n")
            }
            _ => self.complain(&format!("{command}: {what}")),
        }
    }

    /// Says what is wrong with a command of the shell. Bash goes on with this status, the others with 2, and a special
    /// command ends them, unless it stands behind `command`.
    pub(super) fn misuse(&mut self, command: &str, what: &str, status: i64, io: &mut Io<'_>) {
        let message = self.complain_of(command, what);
        self.emit(2, &message, io);
        match self.kind {
            ShellKind::Bash => self.status = status,
            _ if is_special(command) && !self.is_shielded => self.break_off(2),
            _ => self.status = 2,
        }
    }

    /// A mistake ends a script, and a line at a terminal.
    pub(super) fn break_off(&mut self, status: i64) {
        match self.is_interactive {
            true => {
                self.unwind(|_| false);
                self.status = status;
            }
            false => self.quit(status),
        }
    }
}
