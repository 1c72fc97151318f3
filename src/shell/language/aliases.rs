//! `alias` and `unalias`; what an alias stands for is the lexer's matter.

use super::lexer::Aliases;
use super::state::{Shell, ShellKind};
use super::turn_io::Io;

/// A definition as `alias` shows it, so that it could be typed.
pub(super) fn shown(kind: ShellKind, name: &str, text: &str) -> String {
    let word = if kind == ShellKind::Bash { "alias " } else { "" };
    format!("{word}{name}='{}'", text.replace('\'', "'\\''"))
}

/// What the name of an alias cannot hold.
const NO_NAME: [char; 15] = ['/', '$', '`', '\\', '\'', '"', ' ', '\t', '&', '|', ';', '<', '>', '(', ')'];

/// `alias` and `unalias`.
pub(super) fn change_aliases(shell: &mut Shell, name: &str, arguments: &[&str], io: &mut Io<'_>) {
    match name {
        "alias" => alias(shell, arguments, io),
        _ => unalias(shell, arguments, io),
    }
}

/// `alias NAME=TEXT…`, `alias NAME…` and `alias`.
fn alias(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let arguments: Vec<&str> = arguments.iter().copied().filter(|word| !matches!(*word, "-p" | "--")).collect();
    if arguments.is_empty() {
        let lines: String = shell.aliases.iter().map(|(name, text)| shown(shell.kind, name, text) + "\n").collect();
        return shell.emit(1, &lines, io);
    }
    for word in arguments {
        match word.split_once('=').filter(|(name, _)| !name.is_empty()) {
            Some((name, _)) if name.contains(NO_NAME) => {
                shell.object(&format!("alias: `{name}': invalid alias name"), 1, io);
            }
            Some((name, text)) => _ = shell.aliases.insert(name.to_string(), text.to_string()),
            None => match shell.aliases.get(word).map(|text| shown(shell.kind, word, text)) {
                Some(line) => shell.emit(1, &format!("{line}\n"), io),
                None => missing(shell, "alias", word, io),
            },
        }
    }
}

/// `unalias NAME…` and `unalias -a`.
fn unalias(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    match arguments {
        [] if shell.kind == ShellKind::Bash => shell.object("unalias: usage: unalias [-a] name [name ...]", 2, io),
        ["-a", ..] => shell.aliases = Aliases::new(),
        names => {
            for name in names.iter().filter(|name| **name != "--") {
                if shell.aliases.remove(*name).is_none() {
                    missing(shell, "unalias", name, io);
                }
            }
        }
    }
}

fn missing(shell: &mut Shell, command: &str, name: &str, io: &mut Io<'_>) {
    match shell.kind {
        ShellKind::Bash => shell.object(&format!("{command}: {name}: not found"), 1, io),
        _ => {
            shell.emit(2, &format!("{command}: {name} not found\n"), io);
            shell.status = 1;
        }
    }
}
