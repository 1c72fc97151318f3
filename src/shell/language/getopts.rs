//! `getopts`: options of a script, one after another.

use super::state::{Shell, ShellKind};
use super::turn_io::Io;

pub(super) fn getopts(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let [options, name, rest @ ..] = arguments else {
        return match shell.kind {
            ShellKind::Bash => {
                shell.status = 2;
                shell.emit(2, "getopts: usage: getopts optstring name [arg ...]\n", io);
            }
            ShellKind::Dash => shell.misuse("getopts", "Usage: getopts optstring var [arg...]", 2, io),
            ShellKind::Ash => shell.misuse("getopts", "usage: getopts optstring var [arg]", 2, io),
        };
    };
    let own = shell.arguments.get(1..).unwrap_or(&[]).to_vec();
    let words: Vec<String> = if rest.is_empty() { own } else { rest.iter().map(|word| (*word).to_string()).collect() };
    let mut at = shell.variable("OPTIND").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).max(1);
    let mut place = shell.variable("_OPTPLACE").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
    let word = words.get(at - 1).cloned().unwrap_or_default();
    let letter = word.strip_prefix('-').filter(|flags| !flags.is_empty()).and_then(|_| word.chars().nth(place));
    let Some(letter) = letter.filter(|_| word != "--") else {
        if word == "--" {
            at += 1;
        }
        shell.set("OPTIND", at.to_string());
        shell.status = 1;
        return set_option(shell, name, "?".to_string(), io);
    };
    let found = options.trim_start_matches(':').split_once(letter).filter(|_| letter != ':');
    place += 1;
    let is_over = word.chars().count() <= place;
    let (mut value, mut argument) = (letter.to_string(), None);
    match found {
        None => {
            argument = options.starts_with(':').then(|| letter.to_string());
            value = "?".to_string();
            if !options.starts_with(':') {
                let text = match shell.kind {
                    ShellKind::Bash => format!("illegal option -- {letter}"),
                    _ => format!("Illegal option -{letter}"),
                };
                refuse(shell, &text, io);
            }
        }
        Some((_, behind)) if behind.starts_with(':') => {
            let attached: String = word.chars().skip(place).collect();
            at += 1;
            place = 1;
            argument = match attached.is_empty() {
                false => Some(attached),
                true => {
                    at += 1;
                    words.get(at - 2).cloned()
                }
            };
            if argument.is_none() {
                at = words.len() + 1;
                value = if options.starts_with(':') { ":" } else { "?" }.to_string();
                argument = options.starts_with(':').then(|| letter.to_string());
                if argument.is_none() {
                    let text = match shell.kind {
                        ShellKind::Bash => format!("option requires an argument -- {letter}"),
                        _ => format!("No arg for -{letter} option"),
                    };
                    refuse(shell, &text, io);
                }
            }
        }
        Some(_) => {}
    }
    if place > 1 && is_over {
        at += 1;
        place = 1;
    }
    shell.set("OPTIND", at.to_string());
    shell.set("_OPTPLACE", place.to_string());
    match argument {
        Some(argument) => shell.set("OPTARG", argument),
        None if shell.kind != ShellKind::Bash && value != "?" => shell.set("OPTARG", String::new()),
        None => shell.variables.unset("OPTARG"),
    }
    set_option(shell, name, value, io);
}

/// Puts the option that was found into its variable, which may be one that may not be changed.
fn set_option(shell: &mut Shell, name: &str, value: String, io: &mut Io<'_>) {
    if let Err(error) = shell.try_set(name, value) {
        let text = shell.refused(name, error);
        match shell.kind {
            ShellKind::Bash => shell.object(&text, 2, io),
            _ => shell.misuse("getopts", &text, 2, io),
        }
    }
}

/// Says what is wrong with an option: bash names no line, others not even themselves.
fn refuse(shell: &mut Shell, text: &str, io: &mut Io<'_>) {
    if shell.kind != ShellKind::Bash {
        return shell.emit(2, &format!("{text}\n"), io);
    }
    let name = shell.arguments.first().cloned().unwrap_or_default();
    shell.emit(2, &format!("{name}: {text}\n"), io);
}
