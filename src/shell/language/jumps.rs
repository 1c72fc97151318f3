//! Builtins that go elsewhere in a script: `exit`, `return`, `break`, `continue`; and `shift`.

use super::state::{Role, Shell, ShellKind, Task};
use super::turn_io::Io;

/// What `exit` without a number means: in a trap the status at its beginning, else that of the last command. For bash
/// only the trap on the shell's end is so.
pub(super) fn status_of_end(shell: &Shell, before: i64) -> i64 {
    if shell.kind == ShellKind::Bash && !shell.is_over {
        return before;
    }
    let trapped = shell.tasks.iter().rev().find_map(|task| match task {
        Task::Trapped(status) => Some(*status),
        _ => None,
    });
    trapped.unwrap_or(before)
}

pub(super) fn exit(shell: &mut Shell, arguments: &[&str], before: i64, io: &mut Io<'_>) {
    let status = match arguments.first() {
        None => status_of_end(shell, before),
        Some(word) => match word.parse::<i64>() {
            Ok(status) => status.rem_euclid(256),
            Err(_) => {
                let text = match shell.kind {
                    ShellKind::Bash => format!("{word}: numeric argument required"),
                    _ => format!("Illegal number: {word}"),
                };
                shell.misuse("exit", &text, 2, io);
                2
            }
        },
    };
    if shell.is_interactive && shell.streams.tty && shell.kind == ShellKind::Bash && shell.role != Role::Console {
        shell.emit(2, "exit\n", io);
    }
    shell.quit(status);
}

pub(super) fn leave(shell: &mut Shell, arguments: &[&str], before: i64, io: &mut Io<'_>) {
    let status = arguments.first().map_or(Some(before), |word| word.parse().ok());
    if let (None, Some(word)) = (status, arguments.first()) {
        let text = match shell.kind {
            ShellKind::Bash => format!("{word}: numeric argument required"),
            _ => format!("Illegal number: {word}"),
        };
        shell.misuse("return", &text, 2, io);
        if shell.kind != ShellKind::Bash {
            return;
        }
    }
    let status = status.unwrap_or(2);
    let is_bound = |task: &Task| matches!(task, Task::Call(_) | Task::Sourced(_));
    if !shell.tasks.iter().any(is_bound) {
        if shell.kind == ShellKind::Bash && !shell.is_of_function {
            return shell.object("return: can only `return' from a function or sourced script", 2, io);
        }
        return shell.quit(status);
    }
    shell.unwind(is_bound);
    shell.status = status.rem_euclid(256);
}

/// `break` and `continue`.
pub(super) fn leave_loop(shell: &mut Shell, name: &str, word: Option<&str>, io: &mut Io<'_>) {
    match word.map_or(Ok(1), str::parse::<usize>) {
        Ok(levels) if levels > 0 => {
            if !shell.leave_loop(name == "break", levels) && shell.kind == ShellKind::Bash {
                let text = format!("{name}: only meaningful in a `for', `while', or `until' loop");
                shell.object(&text, 0, io);
            }
        }
        levels => {
            let word = word.unwrap_or("");
            let text = match (shell.kind, levels) {
                (ShellKind::Bash, Ok(_)) => format!("{word}: loop count out of range"),
                (ShellKind::Bash, Err(_)) => format!("{word}: numeric argument required"),
                _ => format!("Illegal number: {word}"),
            };
            shell.misuse(name, &text, 1, io);
            match word.parse::<usize>() {
                _ if shell.kind != ShellKind::Bash => {}
                Ok(_) => {
                    _ = shell.leave_loop(true, usize::MAX);
                    shell.status = 1;
                }
                Err(_) => shell.break_off(128),
            }
        }
    }
}

pub(super) fn shift(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let word = arguments.first().copied().unwrap_or("1");
    let count = match word.parse::<usize>() {
        Ok(count) => count,
        Err(_) if shell.kind != ShellKind::Bash => {
            return shell.misuse("shift", &format!("Illegal number: {word}"), 2, io);
        }
        Err(_) if word.parse::<i64>().is_ok() => {
            return shell.misuse("shift", &format!("{word}: shift count out of range"), 1, io);
        }
        Err(_) => return shell.misuse("shift", &format!("{word}: numeric argument required"), 1, io),
    };
    if count >= shell.arguments.len() && count > 0 {
        match shell.kind {
            ShellKind::Dash => shell.misuse("shift", "can't shift that many", 2, io),
            _ => shell.status = 1,
        }
        return;
    }
    shell.arguments.drain(1..=count);
}
