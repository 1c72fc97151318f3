//! Programs that start others: shells, `env`, `xargs`, `timeout` and the like; and those that only wait.

use super::{Arguments, Call, Found, NAMES, Outcome, find, is_program};
use crate::model::Millis;
use crate::shell::language::syntax::is_name;
use crate::shell::language::{Invocation, Program, Shell};
use crate::shell::session::FOREVER;

/// The programs of this file that run what stands behind their own words.
pub const WRAPPERS: &[&str] = &[
    "chroot",
    "chpst",
    "dumb-init",
    "gosu",
    "ionice",
    "nice",
    "nohup",
    "setpriv",
    "setsid",
    "stdbuf",
    "su-exec",
    "sudo",
    "tini",
    "unshare",
];

/// A shell, as a program.
pub fn shell(call: &mut Call<'_>) -> Outcome {
    let mut invocation = Invocation { words: call.words.to_vec(), stdin: call.stdin.take(), ..Invocation::default() };
    let (container, cluster, directory) = (call.container, &*call.cluster, call.shell.directory.clone());
    let mut read = |name: &str| {
        let path = crate::shell::container::normalize(&directory, name);
        container.read(cluster, &path).map(|text| text.to_string()).map_err(|error| error.to_string())
    };
    let outcome = call.shell.start_words(&mut invocation, &mut read);
    call.out.push_str(&invocation.out);
    call.err.push_str(&invocation.err);
    outcome
}

/// A script in a file, run by what its first line names.
pub fn script(call: &mut Call<'_>, path: &str) -> Outcome {
    let text = match call.container.read(call.cluster, path) {
        Ok(text) => text.to_string(),
        Err(error) => return call.fail(&error.to_string()),
    };
    let interpreter = text.lines().next().and_then(|line| line.strip_prefix("#!")).unwrap_or("/bin/sh").trim();
    let mut words: Vec<String> = interpreter.split_whitespace().map(str::to_string).collect();
    if words.first().is_some_and(|word| word.ends_with("/env")) {
        words.remove(0);
    }
    let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word)).to_string();
    if !matches!(name.as_str(), "sh" | "bash" | "dash" | "ash") {
        return Outcome::Assumed;
    }
    if let Some(first) = words.first_mut() {
        *first = name;
    }
    words.push(path.to_string());
    words.extend_from_slice(call.words.arguments());
    let mut inner = call.with_words(&words);
    let outcome = shell(&mut inner);
    let (out, err) = (std::mem::take(&mut inner.out), std::mem::take(&mut inner.err));
    call.out.push_str(&out);
    call.err.push_str(&err);
    outcome
}

/// A shell in which nothing but these words run.
fn inner(call: &mut Call<'_>) -> Option<Shell> {
    let child = call.shell.program(call.shell.kind);
    if child.is_none() {
        let message = call.shell.complain("fork: retry: Resource temporarily unavailable");
        call.err.push_str(&message);
    }
    let mut child = child?;
    child.arguments = call.shell.arguments.clone();
    child.role = call.shell.role_of_last();
    if let Some(text) = call.stdin.take() {
        child.set_input(&text);
    }
    Some(child)
}

/// `nohup`, `gosu` and the like: runs what stands behind its flags and `user` words.
pub fn wrapper(call: &mut Call<'_>) -> Outcome {
    let name = call.words.name().to_string();
    let takes_value = ["-n", "-u", "-o", "-i", "-e", "-c", "--reuid", "--regid"];
    let mut words = call.words.arguments();
    while let Some((word, rest)) = words.split_first().filter(|(word, _)| word.starts_with('-')) {
        words = rest;
        if word == "--" {
            break;
        }
        if takes_value.contains(&word.as_str()) && name != "tini" && name != "setsid" && name != "sudo" {
            words = words.get(1..).unwrap_or(&[]);
        }
    }
    if matches!(name.as_str(), "gosu" | "su-exec" | "chroot") {
        words = words.get(1..).unwrap_or(&[]);
    }
    let words = words.to_vec();
    if words.is_empty() {
        return Outcome::Exit(0);
    }
    let Some(mut child) = inner(call) else { return Outcome::Exit(254) };
    child.load_words(&words);
    Outcome::Shell(Box::new(child))
}

/// `env` and `printenv`.
pub fn env(call: &mut Call<'_>) -> Outcome {
    if call.words.name() == "printenv" {
        let names = call.words.operands();
        let exported = call.shell.variables.exported.clone();
        let mut code = 0;
        for name in &names {
            match exported.iter().find(|pair| pair.0 == *name) {
                Some((_, value)) => call.out.push_str(&format!("{value}\n")),
                None => code = 1,
            }
        }
        if names.is_empty() {
            list(call, &exported);
        }
        return Outcome::Exit(code);
    }
    let mut variables = call.shell.variables.clone();
    let mut words = call.words.arguments().iter();
    let mut rest = Vec::new();
    while let Some(word) = words.next() {
        match word.split_once('=') {
            _ if word == "-" || word == "-i" => variables.exported.clear(),
            _ if word == "-u" => words.next().into_iter().for_each(|name| variables.unset(name)),
            _ if word == "--" => {}
            Some((name, value)) if is_name(name) => _ = variables.export(name, Some(value.to_string())),
            _ => {
                rest.push(word.clone());
                rest.extend(words.by_ref().cloned());
            }
        }
    }
    if rest.is_empty() {
        list(call, &variables.exported);
        return Outcome::Exit(0);
    }
    let Some(mut child) = inner(call) else { return Outcome::Exit(254) };
    child.variables = variables;
    child.load_words(&rest);
    Outcome::Shell(Box::new(child))
}

fn list(call: &mut Call<'_>, variables: &[(String, String)]) {
    let lines: String = variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    call.out.push_str(&lines);
}

/// `xargs [-n N] [-I PLACE] [-r] COMMAND`.
pub fn xargs(call: &mut Call<'_>) -> Outcome {
    let text = call.stdin.take().unwrap_or_default();
    let commands = super::text::xargs(call.words, &text);
    let Some(mut child) = inner(call) else { return Outcome::Exit(254) };
    child.load_each(commands);
    Outcome::Shell(Box::new(child))
}

/// `timeout [-s SIGNAL] [-k TIME] TIME COMMAND`.
pub fn timeout(call: &mut Call<'_>) -> Outcome {
    let mut words = call.words.arguments();
    while let Some((word, rest)) = words.split_first().filter(|(word, _)| word.starts_with('-')) {
        words = rest.get(usize::from(matches!(word.as_str(), "-s" | "-k" | "-t"))..).unwrap_or(&[]);
        // BusyBox once took the time behind `-t`.
        if word == "-t" {
            words = rest;
        }
    }
    let Some((time, rest)) = words.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return call.fail("missing operand");
    };
    let Some(length) = duration(time) else {
        let text = format!("invalid time interval '{time}'");
        call.fail(&text);
        return Outcome::Exit(125);
    };
    let rest = rest.to_vec();
    let Some(mut child) = inner(call) else { return Outcome::Exit(254) };
    child.set_deadline(call.cluster.now() + length);
    child.load_words(&rest);
    Outcome::Shell(Box::new(child))
}

/// `sleep`.
pub fn sleep(call: &mut Call<'_>) -> Outcome {
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

/// `tail -f`: the last lines of a file, and what is added to it.
pub fn follow(call: &mut Call<'_>) -> Outcome {
    let Some(name) = super::text::files_of(call.words).pop() else { return Outcome::Sleep(FOREVER) };
    if name.starts_with("/dev/") {
        return Outcome::Sleep(FOREVER);
    }
    match call.read(&name) {
        Ok(text) => {
            let lines: Vec<&str> = text.lines().collect();
            let range = super::text::kept_range(call.words, lines.len()).unwrap_or(0..lines.len());
            let shown: String = lines.get(range).unwrap_or(&[]).iter().map(|line| format!("{line}\n")).collect();
            call.out.push_str(&shown);
            let path = call.shell.path(&name);
            Outcome::Launch(Box::new(Program::Follow(path.into(), text.len())))
        }
        Err(error) => call.fail(&format!("cannot open '{name}' for reading: {error}")),
    }
}

/// `yes`.
pub fn yes(call: &mut Call<'_>) -> Outcome {
    let words = call.words.arguments();
    let line = if words.is_empty() { "y".to_string() } else { words.join(" ") };
    Outcome::Launch(Box::new(Program::Yes(line.into())))
}

/// `which`.
pub fn which(call: &mut Call<'_>) -> Outcome {
    let mut code = 0;
    for name in call.words.operands() {
        match find(&name, call.container, call.cluster, &call.shell.directory) {
            Found::Missing => code = 1,
            Found::File(path) => call.out.push_str(&format!("{path}\n")),
            _ if name.contains('/') => call.out.push_str(&format!("{name}\n")),
            _ => call.out.push_str(&format!("/usr/bin/{name}\n")),
        }
    }
    Outcome::Exit(code)
}

/// `help`: what this container can do.
pub fn help(call: &mut Call<'_>) -> Outcome {
    let names: Vec<&str> = NAMES.iter().copied().filter(|name| is_program(name, call.container)).collect();
    call.out.push_str("Commands of this simulated container:\n");
    for line in names.chunks(12) {
        call.out.push_str(&format!("  {}\n", line.join(" ")));
    }
    Outcome::Exit(0)
}
