//! What comes of a command of the shell that cannot do what it is asked to: bash goes on, the others may end.

use super::limits::{BOUND, LIMITS};
use super::state::{Shell, ShellKind, Task};
use super::turn_io::Io;

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

    /// Whether functions and files that are read stand as deep in each other as they may: this is said, and ends all of
    /// them.
    pub(super) fn is_called_too_deep(&mut self, name: &str, io: &mut Io<'_>) -> bool {
        let is_inside = |task: &&Task| matches!(task, Task::Call(_) | Task::Sourced(_));
        let is_too_deep = self.tasks.iter().filter(is_inside).count() >= LIMITS.calls;
        if is_too_deep {
            let text = format!("{name}: functions call each other {} deep at most in this lab", LIMITS.calls);
            self.grant(BOUND);
            self.fail(&text, 1, io);
        }
        is_too_deep
    }
}
