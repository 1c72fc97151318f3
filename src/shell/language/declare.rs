//! Builtins that make and unmake variables: `declare` and its kin, `unset`.

use super::expand::{Expander, Halt};
use super::state::{Shell, ShellKind};
use super::syntax::is_name;
use super::turn_io::Io;
use super::variables::{Array, Key};
use crate::sorted::SharedMap;

/// The flags of `declare` and its kin: those that give something, and those that take it away (`+x`).
#[derive(Debug, Default)]
pub(super) struct Flags {
    pub set: String,
    pub unset: String,
}

impl Flags {
    fn has(&self, flag: char) -> bool {
        self.set.contains(flag)
    }
}

/// The flags that stand before the names, and the names.
fn read_flags<'w>(arguments: &[&'w str]) -> (Flags, Vec<&'w str>) {
    let mut flags = Flags::default();
    let mut rest = arguments;
    while let Some((word, behind)) = rest.split_first().filter(|(word, _)| word.len() > 1) {
        match (word.strip_prefix('-'), word.strip_prefix('+')) {
            (Some("-"), _) => return (flags, behind.to_vec()),
            (Some(letters), _) => flags.set.push_str(letters),
            (_, Some(letters)) => flags.unset.push_str(letters),
            _ => break,
        }
        rest = behind;
    }
    (flags, rest.to_vec())
}

pub(super) fn declare(shell: &mut Shell, name: &str, arguments: &[&str], io: &mut Io<'_>) {
    let (flags, names) = read_flags(arguments);
    let is_local = matches!(name, "local" | "declare" | "typeset") && !flags.has('g');
    let in_function = shell.is_in_function();
    if name == "local" && !in_function {
        let text = match shell.kind {
            ShellKind::Bash => "can only be used in a function",
            _ => "not in a function",
        };
        return shell.misuse(name, text, 1, io);
    }
    let is_bash = shell.kind == ShellKind::Bash;
    let letters = flags.set.chars().chain(flags.unset.chars()).find(|letter| !has_flag(shell.kind, name, *letter));
    if let Some(letter) = letters {
        let text = match shell.kind {
            ShellKind::Bash => format!("-{letter}: invalid option"),
            _ if name == "local" => format!("-{}: bad variable name", flags.set),
            ShellKind::Dash => format!("Illegal option -{letter}"),
            ShellKind::Ash => format!("illegal option -{letter}"),
        };
        return shell.misuse(name, &text, 2, io);
    }
    if is_bash && (flags.has('f') || flags.has('F')) {
        return match names.is_empty() {
            true => shell.show_functions(flags.has('F'), io),
            false => functions(shell, name, &flags, &names, io),
        };
    }
    if flags.has('p') && (names.is_empty() || is_bash) || names.is_empty() && name != "local" {
        return shell.show_variables(name, &flags, &names, io);
    }
    for word in names {
        let (target, value) = match word.split_once('=') {
            Some((target, value)) => (target, Some(value.to_string())),
            None => (word, None),
        };
        let appends = target.ends_with('+');
        let target = target.trim_end_matches('+');
        if !is_name(target) {
            if is_bash {
                shell.misuse(name, &format!("`{word}': not a valid identifier"), 1, io);
                continue;
            }
            return shell.misuse(name, &format!("{target}: bad variable name"), 2, io);
        }
        declare_one(shell, (name, &flags), target, value, (appends, is_local && in_function), io);
    }
}

/// Whether a command of this shell that makes variables has such a flag.
fn has_flag(kind: ShellKind, name: &str, letter: char) -> bool {
    match (kind, name) {
        (ShellKind::Bash, "export") => "fnp".contains(letter),
        (ShellKind::Bash, "readonly") => "aAfp".contains(letter),
        (ShellKind::Bash, _) => "aAfFgiIlnrtuxp".contains(letter),
        (_, "local") => false,
        (ShellKind::Ash, "export") => "np".contains(letter),
        _ => letter == 'p',
    }
}

/// `export -f NAME`, `declare -F NAME`, `declare -f NAME`: what bash does with functions by their names.
fn functions(shell: &mut Shell, name: &str, flags: &Flags, names: &[&str], io: &mut Io<'_>) {
    for target in names {
        let Some(body) = shell.functions.get(*target).cloned() else {
            match name {
                "export" | "readonly" => shell.object(&format!("{name}: {target}: not a function"), 1, io),
                _ => shell.status = 1,
            }
            continue;
        };
        match name {
            "export" if flags.has('n') => _ = shell.exported_functions.remove(*target),
            "export" => _ = shell.exported_functions.insert((*target).to_string(), body),
            _ if flags.has('x') => _ = shell.exported_functions.insert((*target).to_string(), body),
            _ if flags.has('F') => shell.emit(1, &format!("{target}\n"), io),
            "readonly" => {}
            _ => {
                let text = shell.shown_function(target).unwrap_or_default();
                shell.emit(1, &text, io);
            }
        }
    }
}

fn declare_one(
    shell: &mut Shell,
    (name, flags): (&str, &Flags),
    target: &str,
    value: Option<String>,
    (appends, is_local): (bool, bool),
    io: &mut Io<'_>,
) {
    let inherited = if shell.kind == ShellKind::Bash { None } else { shell.variable(target) };
    if is_local && shell.variables.make_local(target) && value.is_none() {
        // In dash a local variable begins with the value that it had.
        if let Some(value) = inherited.filter(|_| shell.kind == ShellKind::Dash) {
            shell.set(target, value);
        }
    }
    if flags.has('n') && name != "export" {
        return shell.variables.refer(target, value.as_deref().unwrap_or(""));
    }
    if flags.has('i') {
        shell.variables.make_integer(target);
    }
    if flags.has('l') != flags.has('u') {
        shell.variables.set_case(target, Some(flags.has('u')));
    }
    if flags.unset.contains(['l', 'u']) {
        shell.variables.set_case(target, None);
    }
    if flags.unset.contains('x') {
        shell.variables.unexport(target);
    }
    let mut result = Ok(());
    let empty = match () {
        () if flags.has('A') => Some(Array::Map(SharedMap::new())),
        () if flags.has('a') => Some(Array::List(SharedMap::new())),
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
            value = sum(shell, &value, "", io).to_string();
        }
        result = shell.variables.set(target, value);
    }
    if name == "export" && flags.has('n') {
        shell.variables.unexport(target);
    } else if name == "export" || flags.has('x') {
        result = result.and_then(|()| shell.variables.export(target, None));
    }
    if name == "readonly" || flags.has('r') {
        shell.variables.make_read_only(target);
    }
    if let Err(error) = result {
        let text = shell.refused(target, error);
        match (shell.kind, name) {
            (ShellKind::Bash, "export" | "readonly") => shell.object(&text, 1, io),
            _ => shell.misuse(name, &text, 1, io),
        }
    }
}

pub(super) fn unset(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let is_function = arguments.contains(&"-f");
    let flags = arguments.iter().take_while(|word| word.starts_with('-')).flat_map(|word| word.chars().skip(1));
    let known = if shell.kind == ShellKind::Bash { "fvn-" } else { "fv-" };
    if let Some(letter) = flags.into_iter().find(|letter| !known.contains(*letter)) {
        let text = match shell.kind {
            ShellKind::Bash => format!("-{letter}: invalid option"),
            ShellKind::Dash => format!("Illegal option -{letter}"),
            ShellKind::Ash => format!("illegal option -{letter}"),
        };
        return shell.misuse("unset", &text, 2, io);
    }
    for name in arguments.iter().filter(|word| !word.starts_with('-')) {
        if arguments.contains(&"-n") {
            shell.variables.refer(name, "");
        } else if is_function {
            shell.functions.remove(*name);
        } else if let Some((name, key)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            let key = match shell.variables.array(name) {
                Some(Array::Map(_)) => Key::Text(key.to_string()),
                _ => Key::Number(sum(shell, key, "", io)),
            };
            shell.variables.unset_element(name, &key);
        } else if shell.variables.is_read_only(name) {
            match shell.kind {
                ShellKind::Bash => shell.misuse("unset", &format!("{name}: cannot unset: readonly variable"), 1, io),
                _ => return shell.misuse("unset", &format!("{name}: is read only"), 2, io),
            }
        } else if !is_name(name) && shell.kind != ShellKind::Bash {
            return shell.misuse("unset", &format!("{name}: bad variable name"), 2, io);
        } else if shell.variables.elements(name).is_empty() && shell.functions.contains_key(*name) {
            shell.functions.remove(*name);
        } else {
            shell.variables.unset(name);
        }
    }
}

pub(super) fn sum(shell: &mut Shell, source: &str, name: &str, io: &mut Io<'_>) -> i64 {
    let mut expander = Expander { shell: &mut *shell, world: &mut *io.world, captured: &[], used: 0 };
    match expander.sum(source) {
        Ok(value) => value,
        Err(Halt::Fail(message) | Halt::Unset(message) | Halt::NoMatch(message)) => {
            let is_named = shell.kind == ShellKind::Bash;
            shell.object(&if is_named { format!("{name}{message}") } else { message }, 1, io);
            0
        }
        Err(Halt::Capture(..)) => 0,
    }
}
