//! What a name stands for, as `command -v`, `type`, `hash` and `exec` ask.

use super::aliases::shown;
use super::parse::{CHOICES, CHOSEN, PROMPT};
use super::state::{Role, Shell, ShellKind};
use super::turn_io::Io;

/// What every shell does by itself, in order.
const NAMES: &[&str] = &[
    ".", ":", "[", "alias", "bg", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export",
    "false", "fg", "getopts", "hash", "jobs", "kill", "local", "printf", "pwd", "read", "readonly", "return", "set",
    "shift", "test", "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset", "wait",
];
/// What only bash and BusyBox do by themselves.
const EXTRA_NAMES: &[&str] = &["let", "source"];
/// What only bash does by itself.
const BASH_NAMES: &[&str] = &[
    "builtin",
    "bind",
    "caller",
    "compgen",
    "complete",
    "compopt",
    "declare",
    "dirs",
    "disown",
    "enable",
    "mapfile",
    "popd",
    "pushd",
    "readarray",
    CHOSEN,
    CHOICES,
    PROMPT,
    "shopt",
    "typeset",
];

/// Whether the shell does `name` by itself.
pub fn is_builtin(kind: ShellKind, name: &str) -> bool {
    NAMES.contains(&name)
        || (kind != ShellKind::Dash && EXTRA_NAMES.contains(&name))
        || (kind == ShellKind::Bash && BASH_NAMES.contains(&name))
}

/// The words that begin or end compound commands.
pub(super) const KEYWORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "while", "until", "do", "done", "{", "}", "!", "[[",
    "]]", "function", "time", "select",
];

/// What `command -v` says of a name.
pub(super) fn place_of(shell: &Shell, name: &str, io: &Io<'_>) -> Option<String> {
    if let Some(text) = shell.aliases.get(name) {
        return Some(shown(ShellKind::Bash, name, text));
    }
    let is_own = shell.functions.contains_key(name)
        || is_builtin(shell.kind, name)
        || (KEYWORDS.contains(&name)
            && (shell.kind == ShellKind::Bash || name.len() > 2 && !matches!(name, "function" | "time" | "select")));
    if is_own { Some(name.to_string()) } else { io.world.find_program(shell, name) }
}

/// `type -t`: what a name is, in one word; `type -p`, `type -P`: where its program stands.
pub(super) fn kind_of(shell: &mut Shell, flag: &str, name: &str, io: &mut Io<'_>) {
    let own = match () {
        () if shell.aliases.contains_key(name) => Some("alias"),
        () if KEYWORDS.contains(&name) => Some("keyword"),
        () if shell.functions.contains_key(name) => Some("function"),
        () if is_builtin(shell.kind, name) => Some("builtin"),
        () => None,
    };
    let place = io.world.find_program(shell, name);
    let text = match (flag, own, place) {
        ("-t", Some(kind), _) => kind.to_string(),
        ("-t", None, Some(_)) => "file".to_string(),
        ("-p", Some(_), _) => return,
        (_, _, Some(place)) => place,
        _ => {
            shell.status = 1;
            return;
        }
    };
    shell.emit(1, &format!("{text}\n"), io);
}

/// `hash NAME…`: whether there are such programs.
pub(super) fn hash(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    for name in arguments.iter().filter(|word| !word.starts_with('-')) {
        let is_own = shell.functions.contains_key(*name) || is_builtin(shell.kind, name);
        if !is_own && io.world.find_program(shell, name).is_none() {
            let message = shell.complain_of("hash", &format!("{name}: not found"));
            shell.emit(2, &message, io);
            shell.status = 1;
        }
    }
}

/// `compgen -v|-e|-A ACTION|-W WORDS [PREFIX]`: names that begin so.
pub(super) fn compgen(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let (mut all, mut prefix) = (Vec::new(), "");
    let exported = |shell: &Shell| shell.variables.exported.iter().map(|pair| pair.0.clone()).collect::<Vec<_>>();
    let mut rest = arguments.iter().copied();
    while let Some(word) = rest.next() {
        let action = match word {
            "-A" => rest.next().unwrap_or(""),
            "-v" => "variable",
            "-e" => "export",
            "-b" => "builtin",
            "-k" => "keyword",
            "-a" => "alias",
            "-W" => {
                all.extend(rest.next().unwrap_or("").split_whitespace().map(str::to_string));
                continue;
            }
            // Files, users and services are no names of the shell.
            word if word.starts_with('-') => {
                shell.grant(&format!("compgen {word}"));
                continue;
            }
            word => {
                prefix = word;
                continue;
            }
        };
        match action {
            "variable" => all.extend(shell.variables.names()),
            "export" => all.extend(exported(shell)),
            "function" => all.extend(shell.functions.keys().cloned()),
            "alias" => all.extend(shell.aliases.keys().cloned()),
            "arrayvar" => {
                all.extend(shell.variables.names().into_iter().filter(|name| shell.variables.array(name).is_some()))
            }
            "keyword" => all.extend(KEYWORDS.iter().map(ToString::to_string)),
            "builtin" => {
                let own = NAMES.iter().chain(EXTRA_NAMES).chain(BASH_NAMES).filter(|name| !name.contains(' '));
                all.extend(own.map(ToString::to_string));
            }
            action => shell.grant(&format!("compgen -A {action}")),
        }
    }
    let fits: Vec<String> = all.into_iter().filter(|name| name.starts_with(prefix)).collect();
    shell.status = i64::from(fits.is_empty());
    let text: String = fits.iter().map(|name| format!("{name}\n")).collect();
    shell.emit(1, &text, io);
}

pub(super) fn describe(shell: &mut Shell, name: &str, io: &mut Io<'_>) {
    if matches!(name, "-t" | "-p" | "-a" | "-P") {
        return;
    }
    let aliased = shell.aliases.get(name).cloned();
    let text = match () {
        () if aliased.is_some() => match shell.kind {
            ShellKind::Bash => format!("{name} is aliased to `{}'\n", aliased.unwrap_or_default()),
            _ => format!("{name} is an alias for {}\n", aliased.unwrap_or_default()),
        },
        () if shell.functions.contains_key(name) => match shell.kind {
            ShellKind::Bash => format!("{name} is a function\n"),
            ShellKind::Ash => format!("{name} is a function\n"),
            ShellKind::Dash => format!("{name} is a shell function\n"),
        },
        () if is_builtin(shell.kind, name) => format!("{name} is a shell builtin\n"),
        () if KEYWORDS.contains(&name) => format!("{name} is a shell keyword\n"),
        () => match io.world.find_program(shell, name) {
            Some(place) => format!("{name} is {place}\n"),
            None => {
                return match shell.kind {
                    ShellKind::Bash => shell.object(&format!("type: {name}: not found"), 1, io),
                    _ => {
                        shell.emit(1, &format!("{name}: not found\n"), io);
                        shell.status = 127;
                    }
                };
            }
        },
    };
    let shown = shell.shown_function(name).filter(|_| shell.kind == ShellKind::Bash).unwrap_or_default();
    shell.emit(1, &format!("{text}{shown}"), io);
}

/// `exec` of a program that is not there: every shell says so in the name of `exec`, and ends.
pub(super) fn refuse_missing(shell: &mut Shell, words: &[String], io: &mut Io<'_>) -> bool {
    let Some(name) = words.first().filter(|name| !name.is_empty()) else { return false };
    let is_own = shell.role == Role::Console || shell.has_unknown_functions;
    // Bash says of a path why it cannot be run.
    let is_named = shell.kind != ShellKind::Bash || !name.contains('/');
    let is_missing = is_named && !is_own && io.world.find_program(shell, name).is_none();
    if is_missing {
        let message = shell.complain_of("exec", &format!("{name}: not found"));
        shell.emit(2, &message, io);
        shell.break_off(127);
    }
    is_missing
}
