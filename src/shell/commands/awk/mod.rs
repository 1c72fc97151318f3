//! `awk`: a language that runs over records and fields. It reads what its filter reads; commands that it starts are
//! run by the shell (`shell/language/inner_commands.rs`).

mod evaluate;
mod expression;
mod format;
mod functions;
mod lexer;
mod math;
mod outlet;
mod outside;
mod parser;
mod records;
mod run;
mod separators;
mod syntax;
mod value;

use super::filter::Filter;
use crate::shell::language::ShellKind;
use parser::{Trouble, parse};
use run::{Flow, Runner};
use syntax::Script;

/// What stands on its command line.
#[derive(Default)]
struct Options {
    separator: Option<String>,
    variables: Vec<String>,
    files: Vec<String>,
    operands: Vec<String>,
    unknown: Option<String>,
}

fn options(words: &[String]) -> Options {
    let mut options = Options::default();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let mut value = |length: usize| match word.get(length..) {
            Some("") | None => rest.next().cloned().unwrap_or_default(),
            Some(text) => text.to_string(),
        };
        match word.get(..2).unwrap_or(word) {
            "-F" => options.separator = Some(value(2)),
            "-v" => options.variables.push(value(2)),
            "-f" => options.files.push(value(2)),
            "--" if word == "--" => {
                options.operands.extend(rest.cloned());
                break;
            }
            "--" => options.unknown = Some(word.clone()),
            flag if flag.len() == 2 && flag.starts_with('-') => options.unknown = Some(word.clone()),
            _ => {
                options.operands.push(word.clone());
                options.operands.extend(rest.cloned());
                break;
            }
        }
    }
    options
}

/// The program that its words mean; the exit code where there is none.
fn program(filter: &mut Filter<'_>, options: &mut Options) -> Result<Script, i64> {
    let mut programs = Vec::new();
    for file in &options.files {
        match (filter.read)(file) {
            Ok(text) => programs.push(text),
            Err(error) => return Err(complain(filter, &format!("cannot open {file} ({error})"))),
        }
    }
    if options.files.is_empty() {
        if options.operands.is_empty() {
            return Err(complain(filter, "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]"));
        }
        programs.push(options.operands.remove(0));
    }
    let is_ash = filter.kind == ShellKind::Ash;
    let trouble = match parse(&programs.join("\n")) {
        Ok(script) => match &script.missing {
            Some((name, line)) if !is_ash => format!("line {line}: function {name} never defined"),
            _ => return Ok(script),
        },
        Err(Trouble::Unknown(_)) => {
            filter.is_unknown = true;
            return Err(2);
        }
        Err(Trouble::Syntax(_, line)) if is_ash => format!("cmd. line:{line}: Unexpected token"),
        Err(Trouble::NoEnd(line)) if is_ash => format!("cmd. line:{}: Unexpected end of string", line - 1),
        Err(Trouble::NoEnd(line)) => format!("line {line}: missing }} near end of file"),
        Err(Trouble::Syntax(near, line)) => format!("line {line}: syntax error at or near {near}"),
    };
    Err(complain(filter, &trouble))
}

/// `awk [-F fs] [-v name=value] [-f file | 'program'] [file …]`.
pub fn awk(filter: &mut Filter<'_>) -> i64 {
    let mut options = options(filter.words.get(1..).unwrap_or(&[]));
    if options.unknown.is_some() {
        filter.is_unknown = true;
        return 2;
    }
    let script = match program(filter, &mut options) {
        Ok(script) => script,
        Err(code) => return code,
    };
    let (read, stdin) = (filter.read, std::mem::take(&mut filter.stdin));
    let told = filter.told.take();
    let may_ask = told.is_some();
    let told = told.unwrap_or_default();
    let said = told.said;
    let mut arguments = vec!["awk".to_string()];
    arguments.extend(options.operands.iter().cloned());
    let mut runner = Runner::new(&script, read, stdin, options.operands, filter.has_mawk, (filter.now, told));
    let count = arguments.len();
    runner.set_array("ARGV", arguments.into_iter().enumerate().map(|(at, word)| (at.to_string(), word)));
    runner.set_from_outside("ARGC", &count.to_string());
    runner.set_array("ENVIRON", filter.environment.iter().cloned());
    if let Some(separator) = options.separator {
        runner.set_from_outside("FS", &separator);
    }
    for variable in &options.variables {
        let (name, text) = variable.split_once('=').unwrap_or((variable, ""));
        runner.set_from_outside(name, text);
    }
    let mut done = runner.run();
    let shown = if matches!(done, Err(Flow::Ask(_))) { runner.flushed } else { runner.out.len() };
    // What it said before it was run anew is there already.
    filter.out.push_str(runner.out.get(said.0..shown).unwrap_or(""));
    filter.err.push_str(runner.err.get(said.1..).unwrap_or(""));
    filter.written.extend(runner.take_written());
    if let Err(Flow::Ask(asked)) = &mut done {
        match runner.take_told() {
            Ok(told) => asked.told = told,
            Err(flow) => done = Err(flow),
        }
    }
    match done {
        Ok(code) => code,
        Err(Flow::Ask(asked)) if may_ask => {
            filter.asks = Some(asked);
            0
        }
        Err(Flow::Fail(message)) => complain(filter, &message),
        Err(Flow::Unknown | Flow::Ask(_)) => {
            filter.is_unknown = true;
            2
        }
        // What it said and wrote so far stands; that the lab ends it is no fault of the program.
        Err(Flow::Spent(what)) => {
            filter.is_bounded = true;
            complain(filter, &format!("{what} in this lab"));
            0
        }
        // `next` and `return` where nothing goes on.
        Err(_) => 0,
    }
}

fn complain(filter: &mut Filter<'_>, message: &str) -> i64 {
    filter.err.push_str(&format!("awk: {message}\n"));
    if filter.kind == ShellKind::Ash { 1 } else { 2 }
}
