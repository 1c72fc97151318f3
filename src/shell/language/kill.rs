//! Signals: what `kill` sends, what `trap` catches, and what they do to a shell.

use super::expand::quoted;
use super::signals::{SIGNALS, is_ignored, signal_name, signal_number};
use super::state::{Role, Shell, ShellKind, Task};
use super::streams::Io;
use std::rc::Rc;

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
        ["-l"] => list(shell, io),
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

fn list(shell: &mut Shell, io: &mut Io<'_>) {
    let lines: String = SIGNALS.iter().map(|name| format!("{name}\n")).collect();
    shell.emit(1, &lines, io);
}

/// `kill [-SIGNAL] PID…` and `kill -l [NUMBER]`.
pub(super) fn kill(shell: &mut Shell, words: Vec<String>, io: &mut Io<'_>) {
    let mut signal = "TERM".to_string();
    let mut rest = words.iter().skip(1);
    let mut pids = Vec::new();
    while let Some(word) = rest.next() {
        match word.strip_prefix('-') {
            Some("l" | "L") if pids.is_empty() => {
                return match rest.next() {
                    None => list(shell, io),
                    Some(word) => {
                        let number = word.parse::<i64>().map(|number| if number > 128 { number - 128 } else { number });
                        let text = match number {
                            Ok(number) => signal_name(&number.to_string()),
                            Err(_) => Some(signal_number(word).to_string()),
                        };
                        shell.emit(1, &format!("{}\n", text.unwrap_or_default()), io);
                    }
                };
            }
            Some("s" | "n") => signal = rest.next().cloned().unwrap_or_default(),
            Some("-") => {}
            Some(name) if pids.is_empty() && !name.is_empty() => signal = name.to_string(),
            _ => pids.push(word.clone()),
        }
    }
    let signal = signal_name(&signal).unwrap_or(signal);
    let own = shell.parameter("$", io.world.now()).unwrap_or_default();
    let above = shell.parameter("PPID", io.world.now()).unwrap_or_default();
    let mut others = Vec::new();
    for word in &pids {
        match job_pid(shell, word) {
            Some(pid) if shell.kill_job(pid, &signal) => {
                let said = shell.end_of_killed(pid).unwrap_or_default();
                shell.emit(1, &said, io);
            }
            // `$$` is the shell around a subshell.
            _ if *word == own && shell.is_subshell => shell.sent.push((own.clone(), signal.clone())),
            _ if *word == own => shell.receive(&signal),
            _ if *word == above && above != "0" => shell.sent.push((above.clone(), signal.clone())),
            _ => others.push(word.clone()),
        }
    }
    // Everything else is the world's.
    if !others.is_empty() || pids.is_empty() {
        let head: Vec<String> = words.iter().take_while(|word| !pids.contains(word)).cloned().collect();
        shell.tasks.push(Task::Invoke(Rc::new([head, others].concat())));
    }
}

/// The process that a word behind `wait` or `kill` names.
pub(super) fn job_pid(shell: &Shell, word: &str) -> Option<u32> {
    match word.strip_prefix('%') {
        Some(_) => {
            let number = shell.job_number(word)?;
            shell.jobs.iter().rev().find(|job| job.number == number).map(|job| job.pid)
        }
        None => word.parse().ok(),
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
