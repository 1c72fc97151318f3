//! What a command that failed brings about: `set -e` ends the shell, a trap on `ERR` runs.

use super::state::{Shell, ShellKind, Task};

impl Shell {
    /// A command has ended whose failing counts.
    pub(super) fn check_status(&mut self) {
        if self.status == 0 || self.unchecked > 0 {
            return;
        }
        if self.options.errexit {
            self.tasks.push(Task::Leave(self.status));
        }
        let is_inside = self.tasks.iter().any(|task| matches!(task, Task::Call(_)));
        let trap = self.traps.get("ERR").filter(|trap| !trap.is_empty() && (!is_inside || self.options.errtrace));
        if let Some(trap) = trap.cloned() {
            // What fails in it is not trapped again, and it is told of the line that failed.
            self.is_line_kept = self.kind == ShellKind::Bash;
            self.unchecked += 1;
            self.tasks.push(Task::Unguard);
            self.tasks.push(Task::Trapped(self.status));
            self.load(&trap);
        }
    }
}
