//! `echo`, `printf` and `test` as programs of a console's pipe; a shell has its own (`shell/language/printf.rs`, `shell/language/condition.rs`).

use super::Arguments;
use super::filter::Filter;
use crate::shell::container::FileError;
use crate::shell::language::ShellKind;
use crate::shell::language::printf::{self, Problem};

/// `echo` as a program.
pub fn echo(filter: &mut Filter<'_>) -> i64 {
    let mut words = filter.words.arguments();
    let (mut ends_line, mut reads_escapes) = (true, filter.kind == ShellKind::Dash);
    while let Some((flag, rest)) = words.split_first() {
        match flag.as_str() {
            "-n" => ends_line = false,
            "-e" => reads_escapes = true,
            "-E" => reads_escapes = false,
            "-ne" | "-en" => (ends_line, reads_escapes) = (false, true),
            _ => break,
        }
        words = rest;
    }
    let mut text = words.join(" ");
    if reads_escapes {
        text = crate::shell::language::unescape(&text);
    }
    if ends_line {
        text.push('\n');
    }
    filter.out.push_str(&text);
    0
}

/// `printf` as a program.
pub fn printf(filter: &mut Filter<'_>) -> i64 {
    let words: Vec<&str> = filter.words.arguments().iter().map(String::as_str).collect();
    let Some((format, values)) = words.split_first() else {
        return filter.fail("usage: printf format [arguments]");
    };
    let (text, problems) = printf::printf(format, values);
    filter.out.push_str(&text);
    for problem in &problems {
        _ = filter.fail(&match problem {
            Problem::NotANumber(value) => format!("'{value}': expected a numeric value"),
            Problem::HalfANumber(value) => format!("'{value}': value not completely converted"),
            Problem::TooLarge(value) => format!("'{value}': Numerical result out of range"),
            Problem::Directive(field, _) => format!("{field}: invalid conversion specification"),
        });
    }
    i64::from(!problems.is_empty())
}

/// `test` and `[` as programs.
pub fn test(filter: &mut Filter<'_>) -> i64 {
    let mut words: Vec<&str> = filter.words.arguments().iter().map(String::as_str).collect();
    if filter.words.name() == "[" && words.pop() != Some("]") {
        let message = filter.kind.complain("[: missing `]'");
        filter.err.push_str(&message);
        return 2;
    }
    let mut holds = false;
    for alternative in words.split(|word| *word == "-o") {
        holds |= alternative.split(|word| *word == "-a").all(|words| condition(filter, words));
    }
    i64::from(!holds)
}

fn condition(filter: &Filter<'_>, words: &[&str]) -> bool {
    // A directory cannot be read, yet it is there.
    let found = |name: &str| match (filter.read)(name) {
        Ok(text) => Some((false, text.len())),
        Err(FileError::IsDirectory) => Some((true, 1)),
        Err(_) => None,
    };
    match words {
        [] => false,
        ["!", rest @ ..] => !condition(filter, rest),
        [only] => !only.is_empty(),
        ["-z", text] => text.is_empty(),
        ["-n", text] => !text.is_empty(),
        ["-d", name] => found(name).is_some_and(|found| found.0),
        ["-f", name] => found(name).is_some_and(|found| !found.0),
        ["-e" | "-r" | "-w" | "-x", name] => found(name).is_some(),
        ["-s", name] => found(name).is_some_and(|found| found.1 > 0),
        [left, "=" | "==", right] => left == right,
        [left, "!=", right] => left != right,
        [left, operator, right] => match (left.trim().parse::<i64>(), right.trim().parse::<i64>()) {
            (Ok(left), Ok(right)) => match *operator {
                "-eq" => left == right,
                "-ne" => left != right,
                "-lt" => left < right,
                "-le" => left <= right,
                "-gt" => left > right,
                "-ge" => left >= right,
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}
