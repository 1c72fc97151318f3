//! The signals of Linux: their names and numbers.

/// The signals of Linux, by their numbers from 1.
const SIGNALS: &[&str] = &[
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
    "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
    "PWR", "SYS",
];

/// The name of a signal: `SIGTERM`, `term` and `15` are `TERM`; `0` is itself.
pub(super) fn signal_name(word: &str) -> Option<String> {
    if word == "0" {
        return Some(word.to_string());
    }
    if let Ok(number) = word.parse::<usize>() {
        return SIGNALS.get(number.checked_sub(1)?).map(|name| (*name).to_string());
    }
    let name = word.to_ascii_uppercase();
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    SIGNALS.iter().find(|known| **known == name).map(|name| (*name).to_string())
}

/// All names, a line each, as `kill -l` and `trap -l` list them.
pub(super) fn signal_lines() -> String {
    SIGNALS.iter().map(|name| format!("{name}\n")).collect()
}

/// The number of the signal that `word` names; that of `TERM` if it names none.
pub fn signal_number(word: &str) -> i64 {
    let name = signal_name(word).unwrap_or_default();
    let at = SIGNALS.iter().position(|known| *known == name);
    at.and_then(|at| i64::try_from(at + 1).ok()).unwrap_or(15)
}

/// Whether a process without a handler goes on when this signal comes. Stopping signals end nothing here, and stop
/// nothing either: no process is ever stopped.
pub(super) fn is_ignored(name: &str) -> bool {
    matches!(name, "0" | "CHLD" | "CONT" | "URG" | "WINCH" | "STOP" | "TSTP" | "TTIN" | "TTOU")
}
