//! Builtins that make and unmake variables: `declare` and its kin, `unset`.

use super::expand::{Expander, Halt, quoted, set_message};
use super::state::{Shell, ShellKind, Task};
use super::streams::Io;
use super::syntax::is_name;
use super::variables::{Array, Key};
use crate::sorted::SharedMap;

pub(super) fn declare(shell: &mut Shell, name: &str, arguments: &[&str], io: &mut Io<'_>) {
    let flags: String = arguments.iter().filter_map(|word| word.strip_prefix('-')).collect();
    let names: Vec<&str> = arguments.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let is_local = matches!(name, "local" | "declare" | "typeset") && !flags.contains('g');
    let in_function = shell.tasks.iter().any(|task| matches!(task, Task::Call(_)));
    if name == "local" && !in_function {
        let text = "local: can only be used in a function";
        return if shell.kind == ShellKind::Dash {
            shell.fail("local: not in a function", 2, io)
        } else {
            shell.object(text, 1, io)
        };
    }
    if flags.contains(['f', 'F']) && shell.kind == ShellKind::Bash && !names.is_empty() {
        return functions(shell, name, &flags, &names, io);
    }
    if names.is_empty() && (flags.contains('p') || name == "export" || name == "readonly") {
        let word = if shell.kind == ShellKind::Bash { "declare -x" } else { "export" };
        let mut all = shell.variables.exported.clone();
        crate::ordering::Order::order(all.as_mut_slice());
        let mark = |value: &str| match shell.kind {
            ShellKind::Bash => format!("\"{}\"", value.replace('"', "\\\"")),
            _ => quoted(value),
        };
        let text: String = all.iter().map(|(name, value)| format!("{word} {name}={}\n", mark(value))).collect();
        return shell.emit(1, &text, io);
    }
    for word in names {
        let (target, value) = match word.split_once('=') {
            Some((target, value)) => (target, Some(value.to_string())),
            None => (word, None),
        };
        let appends = target.ends_with('+');
        let target = target.trim_end_matches('+');
        if !is_name(target) {
            let text = match shell.kind {
                ShellKind::Bash => format!("{name}: `{word}': not a valid identifier"),
                _ => format!("{name}: {target}: bad variable name"),
            };
            match shell.kind {
                ShellKind::Dash => shell.fail(&text, 2, io),
                _ => shell.object(&text, 1, io),
            }
            continue;
        }
        declare_one(shell, (name, &flags), target, value, (appends, is_local && in_function), io);
    }
}

/// `export -f NAME`, `declare -F NAME`, `declare -f NAME`: what bash does with functions by their names.
fn functions(shell: &mut Shell, name: &str, flags: &str, names: &[&str], io: &mut Io<'_>) {
    for target in names {
        let Some(body) = shell.functions.get(*target).cloned() else {
            match name {
                "export" | "readonly" => shell.object(&format!("{name}: {target}: not a function"), 1, io),
                _ => shell.status = 1,
            }
            continue;
        };
        match name {
            "export" if flags.contains('n') => _ = shell.exported_functions.remove(*target),
            "export" => _ = shell.exported_functions.insert((*target).to_string(), body),
            _ if flags.contains('x') => _ = shell.exported_functions.insert((*target).to_string(), body),
            _ if flags.contains('F') => shell.emit(1, &format!("{target}\n"), io),
            _ => {}
        }
    }
}

fn declare_one(
    shell: &mut Shell,
    (name, flags): (&str, &str),
    target: &str,
    value: Option<String>,
    (appends, is_local): (bool, bool),
    io: &mut Io<'_>,
) {
    let inherited = if shell.kind == ShellKind::Bash { None } else { shell.variable(target) };
    if is_local && shell.variables.make_local(target) && value.is_none() {
        // In dash a local variable begins with the value that it had.
        if let Some(value) = inherited {
            shell.set(target, value);
        }
    }
    if flags.contains('n') && name != "export" {
        return shell.variables.refer(target, value.as_deref().unwrap_or(""));
    }
    if flags.contains('i') {
        shell.variables.make_integer(target);
    }
    let mut result = Ok(());
    let empty = match () {
        () if flags.contains('A') => Some(Array::Map(SharedMap::new())),
        () if flags.contains('a') => Some(Array::List(SharedMap::new())),
        () => None,
    };
    if let Some(empty) = empty.filter(|_| shell.variables.array(target).is_none()) {
        result = shell.variables.set_array(target, empty);
    }
    if let Some(mut value) = value {
        if appends {
            value = shell.variable(target).unwrap_or_default() + &value;
        }
        if shell.variables.is_integer(target) {
            value = sum(shell, &value, io).to_string();
        }
        result = shell.variables.set(target, value);
    }
    if name == "export" && flags.contains('n') {
        shell.variables.unexport(target);
    } else if name == "export" || flags.contains('x') {
        result = result.and_then(|()| shell.variables.export(target, None));
    }
    if name == "readonly" || flags.contains('r') {
        shell.variables.make_read_only(target);
    }
    if let Err(error) = result {
        shell.object(&set_message(shell.kind, target, error), 1, io);
    }
}

pub(super) fn unset(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let is_function = arguments.contains(&"-f");
    for name in arguments.iter().filter(|word| !word.starts_with('-')) {
        if arguments.contains(&"-n") {
            shell.variables.refer(name, "");
        } else if is_function {
            shell.functions.remove(*name);
        } else if let Some((name, key)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            let key = match (shell.variables.array(name), key.parse()) {
                (Some(Array::Map(_)), _) | (_, Err(_)) => Key::Text(key.to_string()),
                (_, Ok(number)) => Key::Number(number),
            };
            shell.variables.unset_element(name, &key);
        } else if shell.variables.is_read_only(name) {
            shell.object(&format!("unset: {name}: cannot unset: readonly variable"), 1, io);
        } else if shell.variables.elements(name).is_empty() && shell.functions.contains_key(*name) {
            shell.functions.remove(*name);
        } else {
            shell.variables.unset(name);
        }
    }
}

pub(super) fn sum(shell: &mut Shell, source: &str, io: &mut Io<'_>) -> i64 {
    let mut expander = Expander { shell: &mut *shell, world: &mut *io.world, captured: &[], used: 0 };
    match expander.sum(source) {
        Ok(value) => value,
        Err(Halt::Fail(message) | Halt::Unset(message)) => {
            shell.object(&message, 1, io);
            0
        }
        Err(Halt::Capture(..)) => 0,
    }
}
