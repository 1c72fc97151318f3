//! Traps: what `trap` sets, and what a signal that comes does to a shell with and without one.

use super::quoting::quoted_as;
use super::signal_names::{is_ignored, signal_lines, signal_name, signal_number};
use super::state::{Role, Shell, ShellKind};
use super::turn_io::Io;
use crate::ordering::Order;

/// Behind the signals stand what only bash catches.
const AFTER_SIGNALS: i64 = 65;

/// Where a trap stands among those that `trap` lists: the end first, then signals by their numbers.
fn place_of(signal: &str) -> i64 {
    match signal {
        "EXIT" => 0,
        "DEBUG" => AFTER_SIGNALS,
        "ERR" => AFTER_SIGNALS + 1,
        "RETURN" => AFTER_SIGNALS + 2,
        signal => signal_number(signal),
    }
}

/// `trap [ACTION] [SIGNAL…]`.
pub(super) fn trap(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    match arguments {
        [] | ["-p", ..] => {
            let mut all: Vec<(i64, String)> = shell
                .traps
                .iter()
                .map(|(signal, trap)| {
                    let place = place_of(signal);
                    let is_signal = shell.kind == ShellKind::Bash && (1..AFTER_SIGNALS).contains(&place);
                    let sign = if is_signal { "SIG" } else { "" };
                    (place, format!("trap -- {} {sign}{signal}\n", quoted_as(shell.kind, trap)))
                })
                .collect();
            all.order_by_key(|it| it.0);
            let text: String = all.into_iter().map(|it| it.1).collect();
            shell.emit(1, &text, io);
        }
        ["-l"] => shell.emit(1, &signal_lines(), io),
        ["--", rest @ ..] => trap(shell, rest, io),
        ["-"] if shell.kind == ShellKind::Bash => trap_usage(shell, io),
        [signal] if shell.kind == ShellKind::Bash && !is_signal(shell.kind, signal) => trap_usage(shell, io),
        [signal] => take_trap(shell, signal, None, io),
        ["-", signals @ ..] => signals.iter().for_each(|signal| take_trap(shell, signal, None, io)),
        [action, signals @ ..] => signals.iter().for_each(|signal| take_trap(shell, signal, Some(action), io)),
    }
}

fn trap_usage(shell: &mut Shell, io: &mut Io<'_>) {
    shell.status = 2;
    shell.emit(2, "trap: usage: trap [-lp] [[arg] signal_spec ...]\n", io);
}

/// Whether a word names what this shell can catch. Dash knows no names with `SIG`, and nothing but signals.
fn is_signal(kind: ShellKind, word: &str) -> bool {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    let plain = match word.get(..3).filter(|start| start.eq_ignore_ascii_case("SIG")) {
        Some(_) if kind == ShellKind::Dash => return false,
        Some(_) => word.get(3..).unwrap_or(""),
        None => word,
    };
    match plain.to_ascii_uppercase().as_str() {
        "" => false,
        "EXIT" => true,
        "ERR" => kind != ShellKind::Dash,
        "DEBUG" | "RETURN" => kind == ShellKind::Bash,
        // The signals from 32 on have no names of their own here.
        _ if is_number => word.parse::<u8>().is_ok_and(|number| number <= 64),
        _ => signal_name(word).is_some(),
    }
}

/// Sets what is done at a signal, or what is done without a trap.
fn take_trap(shell: &mut Shell, word: &str, action: Option<&str>, io: &mut Io<'_>) {
    if !is_signal(shell.kind, word) {
        let message = match shell.kind {
            ShellKind::Dash => format!("trap: {word}: bad trap\n"),
            _ => shell.complain_of("trap", &format!("{word}: invalid signal specification")),
        };
        shell.status = 1;
        return shell.emit(2, &message, io);
    }
    let name = match word {
        "0" | "EXIT" | "exit" => "EXIT".to_string(),
        word => signal_name(word).unwrap_or_else(|| word.trim_start_matches("SIG").to_ascii_uppercase()),
    };
    match action {
        Some(action) => _ = shell.traps.insert(name, action.to_string()),
        None => _ = shell.traps.remove(&name),
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
