//! `kill`: which processes a signal goes to, and what `kill -l` lists. What a signal does to a shell is `traps.rs`.

use super::signal_names::{signal_lines, signal_name, signal_number};
use super::state::{Shell, ShellKind, Task};
use super::turn_io::Io;
use std::rc::Rc;

/// `kill [-SIGNAL] PID…` and `kill -l [NUMBER]`.
pub(super) fn kill(shell: &mut Shell, words: Vec<String>, io: &mut Io<'_>) {
    let mut signal = "TERM".to_string();
    let mut rest = words.iter().skip(1);
    let mut pids = Vec::new();
    while let Some(word) = rest.next() {
        match word.strip_prefix('-') {
            Some("l" | "L") if pids.is_empty() => {
                return match rest.next() {
                    None => shell.emit(1, &signal_lines(), io),
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
    if let Some((text, status)) = refusal(shell.kind, &words, &signal, pids.is_empty()) {
        let text = match shell.kind {
            ShellKind::Bash if text.contains("usage") => format!("{text}\n"),
            ShellKind::Ash => shell.complain_of_tool(&text),
            _ => shell.complain(&text),
        };
        shell.emit(2, &text, io);
        shell.status = status;
        return;
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

/// What a shell says of a signal that there is not, or where no process is named, and its exit code.
fn refusal(kind: ShellKind, words: &[String], signal: &str, names_none: bool) -> Option<(String, i64)> {
    let is_number = signal.parse::<u8>().is_ok_and(|number| number <= 64);
    // Dash knows no names with `SIG`.
    let is_name = signal_name(signal).is_some() && (kind != ShellKind::Dash || !signal.starts_with("SIG"));
    let is_signal = is_number || is_name;
    let is_flag = words.get(1).is_some_and(|word| word.strip_prefix('-') == Some(signal));
    Some(match (is_signal, kind) {
        (true, _) if !names_none => return None,
        (false, ShellKind::Bash) => (format!("kill: {signal}: invalid signal specification"), 1),
        (false, ShellKind::Dash) if is_flag => {
            (format!("kill: Illegal option -{}", signal.chars().next().unwrap_or('-')), 2)
        }
        (false, ShellKind::Dash) => (format!("kill: invalid signal number or name: {signal}"), 2),
        (false, ShellKind::Ash) => (format!("bad signal name '{signal}'"), 1),
        (true, ShellKind::Bash) => (
            "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]".to_string(),
            2,
        ),
        (true, ShellKind::Dash) => (
            "kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]".to_string(),
            2,
        ),
        (true, ShellKind::Ash) => ("you need to specify whom to kill".to_string(), 1),
    })
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
