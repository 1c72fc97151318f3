//! What a shell does by itself: variables, jumps, other shells' scripts, jobs. Programs are the world's.

use super::aliases::change_aliases;
use super::condition;
use super::declare::{declare, sum, unset};
use super::directories::{cd, pop_directory, push_directory, show_directories};
use super::getopts::getopts;
use super::jumps::{exit, leave, leave_loop, shift};
use super::lexer::unescape;
use super::mapfile::mapfile;
use super::names::{compgen, describe, hash, is_builtin, kind_of, place_of, refuse_missing};
use super::parse::{CHOICES, CHOSEN, PROMPT};
use super::printf::{Problem, Reader, printf_at};
use super::set_options::{set, shopt, ulimit};
use super::state::{Shell, ShellKind, Task};
use super::turn_io::Io;
use std::rc::Rc;

/// Runs a command of the shell.
pub(super) fn run(shell: &mut Shell, words: Vec<String>, io: &mut Io<'_>) {
    let name = words.first().map_or("", String::as_str).to_string();
    let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let before = shell.status;
    shell.status = 0;
    match name.as_str() {
        "false" => shell.status = 1,
        "cd" => cd(shell, &arguments, io),
        "pwd" if arguments.contains(&"-P") => {
            let path = io.world.real_path(&shell.directory);
            shell.emit(1, &format!("{path}\n"), io);
        }
        "pwd" => shell.emit(1, &format!("{}\n", shell.directory), io),
        "pushd" => push_directory(shell, &arguments, io),
        "popd" => pop_directory(shell, &arguments, io),
        "dirs" => show_directories(shell, &arguments, io),
        "echo" => echo(shell, &arguments, io),
        "printf" => print(shell, &arguments, io),
        "test" | "[" => test(shell, &words, io),
        "exit" => exit(shell, &arguments, before, io),
        "return" => leave(shell, &arguments, before, io),
        "break" | "continue" => {
            leave_loop(shell, &name, arguments.first().copied(), io);
        }
        "eval" => {
            shell.status = before;
            let text = arguments.join(" ");
            io.fuel = io.fuel.saturating_sub(cost_of(&text));
            shell.load_of(&text, Some("eval"));
            if arguments.concat().trim().is_empty() {
                shell.status = 0;
            }
        }
        "exec" => {
            let rest = words_of_exec(&words);
            if refuse_missing(shell, &rest, io) {
                return;
            }
            // Only what the shell ignores is still ignored by what takes its place.
            shell.traps =
                shell.traps.iter().filter(|trap| trap.1.is_empty()).map(|(k, v)| (k.clone(), v.clone())).collect();
            shell.tasks.push(Task::Replace);
            shell.dispatch_program(rest);
        }
        "command" | "builtin" => command(shell, &words, io),
        "source" | "." => source(shell, &arguments, io),
        "type" if arguments.first().is_some_and(|flag| matches!(*flag, "-t" | "-p" | "-P")) => {
            arguments.iter().skip(1).for_each(|word| kind_of(shell, arguments[0], word, io));
        }
        "hash" => hash(shell, &arguments, io),
        "type" => arguments.iter().for_each(|word| describe(shell, word, io)),
        "export" | "readonly" | "local" | "declare" | "typeset" => declare(shell, &name, &arguments, io),
        "unset" => unset(shell, &arguments, io),
        "set" => set(shell, &words, io),
        "shift" => shift(shell, &arguments, io),
        "read" => begin_read(shell, words, io),
        "caller" => caller(shell, &arguments, io),
        "compgen" => compgen(shell, &arguments, io),
        "mapfile" | "readarray" => mapfile(shell, &arguments),
        CHOICES => show_choices(shell, &arguments, io),
        PROMPT => {
            let prompt = shell.variable("PS3").unwrap_or_else(|| "#? ".to_string());
            shell.emit(2, &prompt, io);
        }
        CHOSEN => choose(shell, &arguments, before, io),
        "let" if arguments.is_empty() => shell.misuse("let", "expression expected", 1, io),
        "let" => arguments.iter().for_each(|source| shell.status = i64::from(sum(shell, source, "let: ", io) == 0)),
        "trap" => super::traps::trap(shell, &arguments, io),
        "wait" => wait(shell, &arguments, io),
        "jobs" => jobs(shell, &arguments, io),
        "fg" => bring_back(shell, arguments.first().copied(), io),
        "kill" => super::kill::kill(shell, words, io),
        "umask" => super::umask::umask(shell, &arguments, io),
        "ulimit" => ulimit(shell, &arguments, io),
        "getopts" => getopts(shell, &arguments, io),
        "shopt" => shopt(shell, &arguments, io),
        "alias" | "unalias" => change_aliases(shell, &name, &arguments, io),
        _ => {}
    }
}

/// For how many commands the reading of a script counts.
fn cost_of(script: &str) -> u32 {
    const BYTES_PER_COMMAND: usize = 256;
    u32::try_from(script.len() / BYTES_PER_COMMAND).unwrap_or(u32::MAX)
}

/// The program behind `exec`, and its words; `-a NAME`, `-c` and `-l` change what it is called by and its environment.
fn words_of_exec(words: &[String]) -> Vec<String> {
    let mut rest = words.get(1..).unwrap_or(&[]);
    while let Some((word, behind)) = rest.split_first() {
        rest = match word.as_str() {
            "--" => return behind.to_vec(),
            "-a" => behind.get(1..).unwrap_or(&[]),
            "-c" | "-l" | "-cl" | "-lc" => behind,
            _ => break,
        };
    }
    rest.to_vec()
}

/// `caller [N]`: where the function that is under way, or one around it, was called.
fn caller(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let out = arguments.first().and_then(|word| word.parse().ok());
    match (shell.caller(out.unwrap_or(0)), out) {
        (Some((line, name, file)), Some(_)) => shell.emit(1, &format!("{line} {name} {file}\n"), io),
        (Some((line, _, file)), None) => shell.emit(1, &format!("{line} {file}\n"), io),
        (None, _) => shell.status = 1,
    }
}

/// `read`: once a line is there, it is cut into variables.
fn begin_read(shell: &mut Shell, words: Vec<String>, io: &mut Io<'_>) {
    let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let refused = if shell.kind == ShellKind::Dash { dash_refuses(&arguments) } else { None };
    match refused {
        Some(text) => shell.misuse("read", &text, 2, io),
        None => {
            ask(shell, &arguments, io);
            shell.tasks.push(Task::Read(Rc::new(words)));
        }
    }
}

/// What dash's `read` says, which has few options and wants a name.
fn dash_refuses(arguments: &[&str]) -> Option<String> {
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let letters = word.strip_prefix('-').filter(|letters| !letters.is_empty())?;
        if letters == "-" {
            break;
        }
        if let Some(letter) = letters.chars().take_while(|c| *c != 'p').find(|c| *c != 'r') {
            return Some(format!("Illegal option -{letter}"));
        }
        if letters.ends_with('p') {
            rest.next();
        }
    }
    rest.next().is_none().then(|| "arg count".to_string())
}

/// The prompt of `read -p`, where somebody can see it.
fn ask(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let prompt = arguments.iter().position(|word| *word == "-p").and_then(|at| arguments.get(at + 1));
    if let Some(prompt) = prompt.filter(|_| shell.streams.tty) {
        shell.emit(2, prompt, io);
    }
}

/// `wait [-fn] [-p NAME] [PID…]`.
fn wait(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let (mut wanted, mut is_next, mut name) = (Vec::new(), false, None);
    let mut rest = arguments;
    while let Some((word, behind)) = rest.split_first().filter(|(word, _)| word.starts_with('-')) {
        rest = behind;
        match *word {
            _ if shell.kind != ShellKind::Bash => {}
            "-p" => {
                name = rest.first().map(ToString::to_string);
                rest = rest.get(1..).unwrap_or(&[]);
            }
            word => is_next |= word.contains('n'),
        }
    }
    let arguments = rest;
    if let Some(name) = &name {
        shell.variables.unset(name);
    }
    for word in arguments {
        match super::kill::job_pid(shell, word) {
            Some(pid) => {
                let is_child = shell.jobs.iter().any(|job| job.pid == pid);
                if !is_child && shell.kind == ShellKind::Bash && !word.starts_with('%') {
                    shell.object(&format!("wait: pid {word} is not a child of this shell"), 127, io);
                }
                wanted.push(pid);
            }
            None if word.starts_with('%') && shell.kind == ShellKind::Bash => {
                return shell.object(&format!("wait: {word}: no such job"), 127, io);
            }
            None if word.starts_with('%') => return shell.misuse("wait", &format!("No such job: {word}"), 2, io),
            None if shell.kind == ShellKind::Bash => {
                return shell.object(&format!("wait: `{word}': not a pid or valid job spec"), 1, io);
            }
            None => return shell.misuse("wait", &format!("Illegal number: {word}"), 2, io),
        }
    }
    if is_next {
        let open = shell.jobs.iter().filter(|job| job.status.is_none()).map(|job| job.pid);
        let pids = if arguments.is_empty() { open.collect() } else { wanted };
        return shell.tasks.push(Task::WaitNext(pids, name));
    }
    if let (Some(name), Some(pid)) = (name, wanted.last()) {
        shell.set(&name, pid.to_string());
    }
    shell.tasks.push(Task::Wait(if arguments.is_empty() { None } else { Some(wanted) }));
}

/// What `select` offers.
fn show_choices(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let lines: String = arguments.iter().enumerate().map(|(at, word)| format!("{}) {word}\n", at + 1)).collect();
    shell.emit(2, &lines, io);
}

/// What was chosen of it becomes the variable's value. Without an answer (`read` has failed) the loop is over.
fn choose(shell: &mut Shell, arguments: &[&str], read: i64, io: &mut Io<'_>) {
    if read != 0 {
        shell.emit(1, "\n", io);
        shell.leave_loop(true, 1);
        shell.status = 1;
        return;
    }
    let number = shell.variable("REPLY").and_then(|text| text.trim().parse::<usize>().ok()).unwrap_or(0);
    let chosen = arguments.get(number).filter(|_| number > 0).map_or("", |word| *word).to_string();
    if let Some(name) = arguments.first() {
        shell.set(name, chosen);
    }
}

impl Shell {
    /// Runs a program in place of the shell, or beside its functions.
    fn dispatch_program(&mut self, words: Vec<String>) {
        if !words.is_empty() {
            self.tasks.push(Task::Invoke(Rc::new(words)));
        }
    }
}

fn echo(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let (mut has_end, mut has_escapes, mut rest) = (true, shell.kind == ShellKind::Dash, arguments);
    while let Some((first, behind)) = rest.split_first() {
        let flags = first.strip_prefix('-').unwrap_or("");
        let is_flag = !flags.is_empty()
            && flags.chars().all(|c| c == 'n' || (matches!(c, 'e' | 'E') && shell.kind != ShellKind::Dash))
            && (shell.kind != ShellKind::Dash || flags == "n");
        if !is_flag {
            break;
        }
        has_end &= !flags.contains('n');
        if let Some(last) = flags.chars().rev().find(|c| matches!(c, 'e' | 'E')) {
            has_escapes = last == 'e';
        }
        rest = behind;
    }
    let mut text = rest.join(" ");
    if has_escapes {
        if let Some((before, _)) = text.clone().split_once("\\c") {
            text = before.to_string();
            has_end = false;
        }
        text = unescape_echo(shell.kind, &text);
    }
    if has_end {
        text.push('\n');
    }
    shell.emit(1, &text, io);
}

/// `\0101` counts beside what `$'…'` knows; quotes keep their backslash, as do numbers that the shell does not read.
fn unescape_echo(kind: ShellKind, text: &str) -> String {
    let mut text = super::printf::with_octal(text);
    let unknown: &[&str] = match kind {
        ShellKind::Bash => &[],
        ShellKind::Dash => &["\\x", "\\u", "\\U"],
        ShellKind::Ash => &["\\u", "\\U"],
    };
    for sign in unknown {
        text = text.replace(sign, &format!("\\{sign}"));
    }
    unescape(&text.replace("\\'", "\\\\'").replace("\\\"", "\\\\\"").replace("\\?", "\\\\?"))
}

fn print(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let (name, rest) = match arguments {
        ["-v", name, rest @ ..] if shell.kind == ShellKind::Bash => (Some(*name), rest),
        ["--", rest @ ..] => (None, rest),
        rest => (None, rest),
    };
    let Some((format, values)) = rest.split_first() else {
        let text = match shell.kind {
            ShellKind::Bash => "printf: usage: printf [-v var] format [arguments]\n".to_string(),
            ShellKind::Dash => shell.complain("printf: usage: printf format [arg ...]"),
            ShellKind::Ash => shell.complain_of_tool("usage: printf FORMAT [ARGUMENT...]"),
        };
        shell.status = 2;
        return shell.emit(2, &text, io);
    };
    // Dash knows no numbers of base 16 behind a backslash.
    let format = match shell.kind {
        ShellKind::Dash => format.replace("\\x", "\\\\x"),
        _ => (*format).to_string(),
    };
    let times = (shell.kind == ShellKind::Bash).then(|| (io.world.now(), shell.started));
    let (text, problems) = printf_at(&format, values, Reader { kind: Some(shell.kind), times });
    // The text comes when everything was read.
    problems.into_iter().for_each(|problem| object_to_value(shell, problem, io));
    match name {
        Some(name) => shell.set(name, text),
        None => shell.emit_bounded([(1, text)], shell.room("printf"), io),
    }
}

/// What is wrong with a value of `printf`, or with its format.
fn object_to_value(shell: &mut Shell, problem: Problem, io: &mut Io<'_>) {
    let (text, status) = match (shell.kind, problem) {
        (ShellKind::Bash, Problem::TooLarge(value)) => {
            (format!("printf: warning: {value}: Numerical result out of range"), 0)
        }
        (ShellKind::Bash, Problem::NotANumber(value) | Problem::HalfANumber(value)) => {
            (format!("printf: {value}: invalid number"), 1)
        }
        (ShellKind::Bash, Problem::Directive(field, _)) => {
            let letter = field.chars().last().unwrap_or('%');
            (format!("printf: `{letter}': invalid format character"), 1)
        }
        (ShellKind::Dash, Problem::NotANumber(value)) => (format!("printf: {value}: expected numeric value"), 1),
        (ShellKind::Dash, Problem::HalfANumber(value)) => (format!("printf: {value}: not completely converted"), 1),
        (ShellKind::Dash, Problem::TooLarge(value)) => (format!("printf: {value}: Numerical result out of range"), 1),
        (ShellKind::Dash, Problem::Directive(field, _)) => (format!("printf: {field}: invalid directive"), 2),
        (ShellKind::Ash, Problem::Directive(_, rest)) => (format!("{rest}: invalid format"), 1),
        (ShellKind::Ash, Problem::NotANumber(value) | Problem::HalfANumber(value) | Problem::TooLarge(value)) => {
            (format!("invalid number '{value}'"), 1)
        }
    };
    let message = shell.complain_of_tool(&text);
    shell.emit(2, &message, io);
    shell.status = shell.status.max(status);
}

fn test(shell: &mut Shell, words: &[String], io: &mut Io<'_>) {
    match condition::answer(shell, io.world, words) {
        Ok(holds) => shell.status = i64::from(!holds),
        Err(message) => {
            let message = shell.complain_of_tool(&message);
            shell.emit(2, &message, io);
            shell.status = 2;
        }
    }
}

fn command(shell: &mut Shell, words: &[String], io: &mut Io<'_>) {
    match words.get(1..).unwrap_or(&[]) {
        [] => {}
        [flag, names @ ..] if flag == "-v" || flag == "-V" => {
            let mut found = 0;
            for name in names.iter().filter(|_| flag == "-V") {
                let is_there = place_of(shell, name, io).is_some();
                found += usize::from(is_there);
                match (is_there, shell.kind) {
                    (false, ShellKind::Bash) => shell.object(&format!("command: {name}: not found"), 1, io),
                    _ => describe(shell, name, io),
                }
            }
            for name in names.iter().filter(|_| flag == "-v") {
                let place = place_of(shell, name, io);
                found += usize::from(place.is_some());
                if let Some(place) = place {
                    shell.emit(1, &format!("{place}\n"), io);
                }
            }
            let missing = if shell.kind == ShellKind::Bash { 1 } else { 127 };
            shell.status = if found > 0 { 0 } else { missing };
        }
        rest => {
            let rest: Vec<String> = rest.iter().skip_while(|word| *word == "-p" || *word == "--").cloned().collect();
            match rest.first() {
                Some(name) if is_builtin(shell.kind, name) => {
                    let before = std::mem::replace(&mut shell.is_shielded, true);
                    run(shell, rest, io);
                    shell.is_shielded = before;
                }
                Some(_) => shell.dispatch_program(rest),
                None => {}
            }
        }
    }
}

fn source(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let Some((name, rest)) = arguments.split_first() else {
        match shell.kind {
            ShellKind::Bash => {
                shell.object(".: filename argument required", 2, io);
                shell.emit(2, ".: usage: . filename [arguments]\n", io);
            }
            ShellKind::Dash => {}
            ShellKind::Ash => shell.status = 2,
        }
        return;
    };
    let Some(path) = path_of_script(shell, name, io) else {
        return shell.misuse(".", &format!("{name}: not found"), 1, io);
    };
    let kept = shell.process_files.get(&path).cloned().or_else(|| shell.rest_of_input(&path));
    let found = kept.map_or_else(|| io.world.read(&path), |text| Ok(text.into()));
    match found {
        Ok(_) if shell.is_called_too_deep(name, io) => {}
        Ok(text) => {
            let own = shell.arguments.first().cloned().unwrap_or_default();
            // Dash hands on no arguments.
            let before = (!rest.is_empty() && shell.kind != ShellKind::Dash).then(|| {
                let arguments = [own].into_iter().chain(rest.iter().map(|word| (*word).to_string())).collect();
                std::mem::replace(&mut shell.arguments, arguments)
            });
            shell.tasks.push(Task::Sourced(before));
            shell.enter_call("source", name.to_string());
            io.fuel = io.fuel.saturating_sub(cost_of(&text));
            shell.load_of(&text, Some(name));
        }
        // The image's own functions: what they are called is not known here either.
        Err(_) if io.world.is_unknown_place(&path) => {
            shell.take_for_granted(name, true);
            shell.has_unknown_functions = true;
        }
        Err(error) => match shell.kind {
            ShellKind::Bash => shell.object(&format!("{name}: {error}"), 1, io),
            ShellKind::Dash => shell.misuse(".", &format!("cannot open {name}: No such file"), 2, io),
            ShellKind::Ash => shell.misuse(".", &format!("can't open '{name}': {error}"), 2, io),
        },
    }
}

/// Where the file is that is to be read: a plain name is looked for among the programs, and only bash looks here, too.
fn path_of_script(shell: &Shell, name: &str, io: &Io<'_>) -> Option<String> {
    let here = shell.path(name);
    if name.contains('/') || shell.process_files.contains_key(&here) {
        return Some(here);
    }
    let places = shell.variable("PATH").unwrap_or_default();
    let is_file = |path: &String| io.world.stat(path).is_some_and(|stat| !stat.is_directory);
    let found = places.split(':').map(|place| shell.path(&format!("{place}/{name}"))).find(is_file);
    // What nobody here knows may have it in any place.
    let is_unknown = shell.is_of_unknown_image || places.split(':').any(|place| io.world.is_unknown_place(place));
    found.or_else(|| (shell.kind == ShellKind::Bash || is_unknown).then_some(here))
}

fn jobs(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let own = shell.job_lines();
    // Part of a pipe of bash's still shows the jobs of its shell.
    let lines = if own.is_empty() && shell.kind == ShellKind::Bash { shell.jobs_above.as_ref().clone() } else { own };
    let text: String = match arguments.contains(&"-p") {
        true => lines.iter().map(|(pid, _)| format!("{pid}\n")).collect(),
        false => lines.iter().map(|(_, line)| format!("{line}\n")).collect(),
    };
    shell.emit(1, &text, io);
}

/// `fg`: a job goes on in front.
fn bring_back(shell: &mut Shell, word: Option<&str>, io: &mut Io<'_>) {
    match shell.job_number(word.unwrap_or("%%")).and_then(|number| shell.bring_back(number)) {
        Some(line) => shell.emit(1, &format!("{line}\n"), io),
        None => shell.object(&format!("fg: {}: no such job", word.unwrap_or("current")), 1, io),
    }
}
