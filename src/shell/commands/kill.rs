//! `kill` as a program: what a signal does to the processes of a container. The builtin is `shell/language/kill.rs`.

use super::{Arguments, Call, Outcome, ShellKind};

/// Whether a signal ends a server.
fn ends_by(signal: &str) -> bool {
    !matches!(signal.trim_start_matches("SIG"), "HUP" | "1" | "0" | "USR1" | "10" | "USR2" | "12" | "WINCH" | "28")
}

/// `kill`: the container's first process takes signals if it is a server; no other lives longer than a line.
pub fn kill(call: &mut Call<'_>) -> Outcome {
    let (mut signal, mut pids) = ("TERM".to_string(), Vec::new());
    let mut words = call.words.arguments().iter();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            Some("s" | "n") => signal = words.next().cloned().unwrap_or_default(),
            Some(name) if pids.is_empty() && !name.is_empty() => signal = name.to_string(),
            _ => pids.push(word.clone()),
        }
    }
    if pids.is_empty() {
        let usage = "usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]";
        call.fail(usage);
        return Outcome::Exit(2);
    }
    let mut exit = 0;
    for pid in pids {
        if let Some(other) = pid.parse().ok().and_then(|pid| call.container.behind_process(call.cluster, pid)) {
            if ends_by(&signal) {
                let (pod, name) = (other.pod.key(), other.name.clone());
                call.cluster.runtime_mut().end_container(&pod, &name, 0);
            }
            continue;
        }
        let number: i64 = pid.parse().unwrap_or(0);
        let is_servers = call.container.serves(call.cluster)
            && (number == call.container.server_number(call.cluster)
                || number > 1 && call.container.processes(call.cluster).iter().any(|it| it.pid == number));
        if pid != "1" && is_servers {
            if ends_by(&signal) {
                call.container.end_server(call.cluster, call.container.image.stop_code());
            }
            continue;
        }
        if pid != "1" {
            let text = match (call.shell.kind, number) {
                (ShellKind::Bash, 0) => format!("kill: {pid}: arguments must be process or job IDs"),
                (ShellKind::Bash, _) => format!("kill: ({pid}) - No such process"),
                (ShellKind::Dash, 0) => format!("kill: Illegal number: {pid}"),
                (ShellKind::Dash, _) => "kill: No such process\n".to_string(),
                (ShellKind::Ash, 0) => format!("invalid number '{pid}'"),
                (ShellKind::Ash, _) => format!("can't kill pid {pid}: No such process"),
            };
            let text = call.shell.complain(&text);
            call.err.push_str(&text);
            exit = 1;
            continue;
        }
        // The kernel keeps what its first process has no handler for from it, also the signals that kill all others.
        let ends = matches!(signal.trim_start_matches("SIG"), "TERM" | "15" | "INT" | "2" | "QUIT" | "3");
        if ends && call.container.serves(call.cluster) {
            let (pod, name) = (call.container.pod.key(), call.container.name.clone());
            call.cluster.runtime_mut().end_container(&pod, &name, 0);
        }
    }
    Outcome::Exit(exit)
}
