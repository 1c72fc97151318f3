//! Traps: what `trap` sets, and what a signal that comes does to a shell with and without one.

use super::expand::quoted;
use super::signal_names::{is_ignored, signal_lines, signal_name, signal_number};
use super::state::{Role, Shell, ShellKind};
use super::streams::Io;

/// `trap [ACTION] [SIGNAL…]`.
pub(super) fn trap(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let name = |word: &str| match word {
        "0" | "EXIT" | "exit" => "EXIT".to_string(),
        word => signal_name(word).unwrap_or_else(|| word.trim_start_matches("SIG").to_ascii_uppercase()),
    };
    match arguments {
        [] | ["-p", ..] => {
            let text: String = shell
                .traps
                .iter()
                .map(|(signal, trap)| {
                    let is_signal = shell.kind == ShellKind::Bash && signal != "EXIT";
                    format!("trap -- {} {}{signal}\n", quoted(trap), if is_signal { "SIG" } else { "" })
                })
                .collect();
            shell.emit(1, &text, io);
        }
        ["-l"] => shell.emit(1, &signal_lines(), io),
        ["--", rest @ ..] => trap(shell, rest, io),
        ["-", signals @ ..] => signals.iter().for_each(|signal| _ = shell.traps.remove(&name(signal))),
        [signal] => _ = shell.traps.remove(&name(signal)),
        [action, signals @ ..] => {
            for signal in signals {
                shell.traps.insert(name(signal), (*action).to_string());
            }
        }
    }
}

impl Shell {
    /// A signal comes to it.
    pub(super) fn receive(&mut self, signal: &str) {
        let is_first = matches!(self.role, Role::Main | Role::Init | Role::Task) && !self.is_subshell;
        match self.traps.get(signal) {
            Some(trap) if trap.is_empty() => {}
            Some(_) if signal != "KILL" => self.signal = Some(signal.to_string()),
            // The first process of a container gets only signals that it has a handler for.
            _ if is_ignored(signal) || is_first => {}
            _ => {
                if signal == "KILL" || self.kind != ShellKind::Bash {
                    self.traps.remove("EXIT");
                }
                self.quit(128 + signal_number(signal));
            }
        }
    }

    /// Signals that a shell inside has sent: to this one, to a job, or to a shell around it.
    pub(super) fn take_sent(&mut self, sent: Vec<(String, String)>, io: &Io<'_>) {
        for (pid, signal) in sent {
            let own = self.parameter("$", io.world.now()).unwrap_or_default();
            let is_job = pid.parse().is_ok_and(|pid| own != pid_text(pid) && self.kill_job(pid, &signal));
            match () {
                () if is_job => {}
                () if pid == own && !self.is_subshell => self.receive(&signal),
                () => self.sent.push((pid, signal)),
            }
        }
    }
}

fn pid_text(pid: u32) -> String {
    pid.to_string()
}
