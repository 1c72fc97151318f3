//! What a shell does by itself: variables, tests, other shells; touches no file but to read a script.

use super::{Arguments, Call, NAMES, Outcome, is_program};
use crate::model::Millis;
use crate::shell::machine::{Shell, ShellKind};
use crate::shell::parse::is_name;
use crate::shell::session::{FOREVER, Program};

/// Runs a command of the shell.
pub fn run(call: &mut Call<'_>) -> Outcome {
    match call.words.name().to_string().as_str() {
        ":" | "true" | "trap" | "wait" | "umask" => Outcome::Exit(0),
        "false" => Outcome::Exit(1),
        "cd" => cd(call),
        "pwd" => {
            call.out.push_str(&format!("{}\n", call.shell.directory));
            Outcome::Exit(0)
        }
        "env" | "printenv" => env(call),
        "export" => export(call),
        "set" => set(call),
        "unset" => unset(call),
        "shift" => {
            if call.shell.arguments.len() > 1 {
                call.shell.arguments.remove(1);
            }
            Outcome::Exit(0)
        }
        "read" => read(call),
        "sleep" => sleep(call),
        "exit" | "return" => exit(call),
        "break" => Outcome::Break,
        "continue" => Outcome::Continue,
        "eval" => {
            let script = call.words.arguments().join(" ");
            call.shell.load(&script, &mut call.err);
            Outcome::Exit(call.shell.status)
        }
        "exec" | "command" => prefixed(call),
        "source" | "." => source(call),
        "type" | "which" => {
            let name = call.words.operands().first().cloned().unwrap_or_default();
            locate(call, &name)
        }
        "help" => help(call),
        _ => start_shell(call),
    }
}

/// Starts a shell in which a script runs.
pub fn script(call: &mut Call<'_>, text: &str, arguments: Vec<String>) -> Outcome {
    let kind = match text.lines().next() {
        Some(first) if first.starts_with("#!") && first.contains("bash") => ShellKind::Bash,
        _ => call.shell.kind,
    };
    let Some(mut child) = nested(call, kind) else { return Outcome::Exit(1) };
    child.arguments = arguments;
    child.load(text, &mut call.err);
    Outcome::Launch(Box::new(Program::Shell(Box::new(child))))
}

fn nested(call: &mut Call<'_>, kind: ShellKind) -> Option<Shell> {
    if !call.shell.may_nest() {
        let message = call.shell.complain("fork: retry: Resource temporarily unavailable");
        call.err.push_str(&message);
        return None;
    }
    let mut child = call.shell.child();
    child.kind = kind;
    child.variables.clear();
    child.status = 0;
    Some(child)
}

fn start_shell(call: &mut Call<'_>) -> Outcome {
    let kind = ShellKind::of(call.words.name(), call.container).unwrap_or(ShellKind::Dash);
    let words = call.words.arguments().to_vec();
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-') && word.len() > 1) {
        at += 1;
        let is_command = !word.starts_with("--") && word.ends_with('c');
        if !is_command {
            continue;
        }
        let Some(text) = words.get(at).cloned() else { return call.fail("-c: option requires an argument") };
        let Some(mut child) = nested(call, kind) else { return Outcome::Exit(1) };
        let rest = words.get(at + 1..).unwrap_or(&[]);
        if !rest.is_empty() {
            child.arguments = rest.to_vec();
        }
        child.load(&text, &mut call.err);
        return Outcome::Launch(Box::new(Program::Shell(Box::new(child))));
    }
    if let Some(file) = words.get(at) {
        return match call.read(file) {
            Ok(text) => script(call, &text, words.get(at..).unwrap_or(&[]).to_vec()),
            Err(error) => {
                call.fail(&format!("{file}: {error}"));
                Outcome::Exit(127)
            }
        };
    }
    if let Some(text) = call.stdin.clone() {
        return script(call, &text, vec![kind.name().to_string()]);
    }
    let Some(mut child) = nested(call, kind) else { return Outcome::Exit(1) };
    child.arguments = vec![kind.name().to_string()];
    child.is_interactive = true;
    Outcome::Launch(Box::new(Program::Shell(Box::new(child))))
}

/// Runs what stands behind `exec`, `command` or `env`, with assignments before it.
fn prefixed(call: &mut Call<'_>) -> Outcome {
    let words = call.words.to_vec();
    let mut at = 0;
    let before = call.shell.exported.clone();
    while let Some(word) = words.get(at) {
        match word.split_once('=') {
            Some((name, value)) if at > 0 && is_name(name) => call.shell.export(name, Some(value.to_string())),
            _ if matches!(word.as_str(), "exec" | "command" | "env" | "-") => {}
            _ => break,
        }
        at += 1;
    }
    let rest = words.get(at..).unwrap_or(&[]);
    let outcome = match rest {
        [] => Outcome::Exit(0),
        [flag, name, ..] if flag == "-v" => locate(call, name),
        rest => {
            let mut inner = Call {
                words: rest,
                container: call.container,
                cluster: &mut *call.cluster,
                shell: &mut *call.shell,
                stdin: call.stdin.take(),
                destination: call.destination.take(),
                out: String::new(),
                err: String::new(),
            };
            let outcome = super::run(&mut inner);
            let (out, err) = (std::mem::take(&mut inner.out), std::mem::take(&mut inner.err));
            call.out.push_str(&out);
            call.err.push_str(&err);
            outcome
        }
    };
    call.shell.exported = before;
    outcome
}

fn cd(call: &mut Call<'_>) -> Outcome {
    let word = match call.words.operands().first().map(String::as_str) {
        None => call.shell.variable("HOME").unwrap_or_else(|| "/root".to_string()),
        Some("-") => call.shell.variable("OLDPWD").unwrap_or_else(|| call.shell.directory.clone()),
        Some(word) => word.to_string(),
    };
    let path = call.shell.path(&word);
    let problem = match call.container.lookup(call.cluster, &path) {
        Some(found) if found.is_directory() => {
            let before = std::mem::replace(&mut call.shell.directory, path);
            call.shell.set("OLDPWD", before);
            return Outcome::Exit(0);
        }
        Some(_) => "Not a directory",
        None => "No such file or directory",
    };
    let message = match call.shell.kind {
        ShellKind::Bash => format!("cd: {word}: {problem}"),
        _ => format!("cd: can't cd to {word}"),
    };
    let message = call.shell.complain(&message);
    call.err.push_str(&message);
    Outcome::Exit(1)
}

fn env(call: &mut Call<'_>) -> Outcome {
    let words = call.words.arguments();
    if call.words.name() == "env" && !words.is_empty() {
        return prefixed(call);
    }
    if let Some(name) = words.first() {
        return match call.shell.exported.iter().find(|pair| pair.0 == *name) {
            Some((_, value)) => {
                call.out.push_str(&format!("{value}\n"));
                Outcome::Exit(0)
            }
            None => Outcome::Exit(1),
        };
    }
    let lines: String = call.shell.exported.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    call.out.push_str(&lines);
    Outcome::Exit(0)
}

fn export(call: &mut Call<'_>) -> Outcome {
    for word in call.words.operands() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (word.as_str(), None),
        };
        if !is_name(name) {
            let message = call.shell.complain(&format!("export: `{word}': not a valid identifier"));
            call.err.push_str(&message);
            return Outcome::Exit(1);
        }
        call.shell.export(name, value);
    }
    Outcome::Exit(0)
}

fn set(call: &mut Call<'_>) -> Outcome {
    let words = call.words.arguments().to_vec();
    if words.is_empty() {
        let lines = call.shell.variables.iter().filter(|pair| is_name(pair.0));
        let lines: String = lines.map(|(name, value)| format!("{name}={value}\n")).collect();
        call.out.push_str(&lines);
    } else if let Some(at) = words.iter().position(|word| word == "--") {
        call.shell.arguments.truncate(1);
        call.shell.arguments.extend(words.get(at + 1..).unwrap_or(&[]).iter().cloned());
    }
    Outcome::Exit(0)
}

fn unset(call: &mut Call<'_>) -> Outcome {
    for name in call.words.operands() {
        call.shell.variables.remove(&name);
        call.shell.exported.retain(|pair| pair.0 != name);
    }
    Outcome::Exit(0)
}

/// `read NAME…`: takes a line of what comes in.
fn read(call: &mut Call<'_>) -> Outcome {
    let Some(text) = call.stdin.take() else { return Outcome::Exit(1) };
    let (line, rest) = text.split_once('\n').unwrap_or((&text, ""));
    call.shell.keep_input(rest);
    let names = call.words.operands();
    let mut fields = line.trim();
    for (at, name) in names.iter().enumerate() {
        let is_last = at + 1 == names.len();
        let (field, after) = if is_last { (fields, "") } else { fields.split_once(' ').unwrap_or((fields, "")) };
        call.shell.set(name, field.to_string());
        fields = after.trim_start();
    }
    Outcome::Exit(i64::from(text.is_empty()))
}

fn sleep(call: &mut Call<'_>) -> Outcome {
    let operands = call.words.operands();
    if operands.is_empty() {
        return call.fail("missing operand");
    }
    let mut total = Millis::ZERO;
    for word in operands {
        match duration(&word) {
            Some(length) => total += length,
            None => return call.fail(&format!("invalid time interval '{word}'")),
        }
    }
    Outcome::Sleep(if total >= FOREVER { FOREVER } else { call.cluster.now() + total })
}

/// Reads `5`, `0.5`, `2m`, `infinity`.
fn duration(word: &str) -> Option<Millis> {
    if matches!(word, "infinity" | "inf") {
        return Some(FOREVER);
    }
    let (number, unit) = match word.char_indices().last()? {
        (at, 's') => (word.get(..at)?, 1),
        (at, 'm') => (word.get(..at)?, 60),
        (at, 'h') => (word.get(..at)?, 3600),
        (at, 'd') => (word.get(..at)?, 86_400),
        _ => (word, 1),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let ms = format!("{fraction:0<3}").get(..3)?.parse::<i64>().ok()?;
    let whole = if whole.is_empty() { 0 } else { whole.parse::<i64>().unwrap_or(i64::MAX / 1000) };
    Some(Millis(whole.saturating_mul(1000).saturating_add(ms).saturating_mul(unit)))
}

fn exit(call: &mut Call<'_>) -> Outcome {
    let code = match call.words.arguments().first() {
        None => call.shell.status,
        Some(word) => match word.parse::<i64>() {
            Ok(code) => code.rem_euclid(256),
            Err(_) => {
                let message = call.shell.complain(&format!("exit: {word}: numeric argument required"));
                call.err.push_str(&message);
                2
            }
        },
    };
    if call.shell.is_interactive && call.shell.streams.tty && call.shell.kind == ShellKind::Bash {
        call.err.push_str("exit\n");
    }
    Outcome::Quit(code)
}

fn source(call: &mut Call<'_>) -> Outcome {
    let Some(name) = call.words.operands().first().cloned() else {
        return call.fail("filename argument required");
    };
    match call.read(&name) {
        Ok(text) => {
            call.shell.load(&text, &mut call.err);
            Outcome::Exit(call.shell.status)
        }
        Err(error) => {
            let message = call.shell.complain(&format!("{name}: {error}"));
            call.err.push_str(&message);
            Outcome::Exit(1)
        }
    }
}

fn locate(call: &mut Call<'_>, name: &str) -> Outcome {
    if !is_program(name, call.container) {
        return Outcome::Exit(1);
    }
    let builtins = ["cd", "echo", "exit", "export", "pwd", "read", "set", "test", "type", "unset", ":", ".", "["];
    let line = match (call.words.name(), builtins.contains(&name)) {
        ("type", true) => format!("{name} is a shell builtin\n"),
        ("type", false) => format!("{name} is /usr/bin/{name}\n"),
        (_, true) => format!("{name}\n"),
        (_, false) => format!("/usr/bin/{name}\n"),
    };
    call.out.push_str(&line);
    Outcome::Exit(0)
}

fn help(call: &mut Call<'_>) -> Outcome {
    let names: Vec<&str> = NAMES.iter().copied().filter(|name| is_program(name, call.container)).collect();
    call.out.push_str("Commands of this simulated container:\n");
    for line in names.chunks(12) {
        call.out.push_str(&format!("  {}\n", line.join(" ")));
    }
    Outcome::Exit(0)
}
