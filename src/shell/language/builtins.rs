//! What a shell does by itself: variables, jumps, other shells' scripts, jobs. Programs are the world's.

use super::aliases::{change_aliases, shown};
use super::condition;
use super::declare::{declare, sum, unset};
use super::directories::{cd, pop_directory, push_directory, show_directories};
use super::getopts::getopts;
use super::lexer::unescape;
use super::mapfile::mapfile;
use super::parse::{CHOICES, CHOSEN};
use super::printf::printf_at;
use super::set_options::{set, shopt, ulimit};
use super::state::{Role, Shell, ShellKind, Task};
use super::streams::Io;
use std::rc::Rc;

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
    "complete",
    "compopt",
    "coproc",
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
    "shopt",
    "typeset",
];

/// Whether the shell does `name` by itself.
pub fn is_builtin(kind: ShellKind, name: &str) -> bool {
    NAMES.contains(&name)
        || (kind != ShellKind::Dash && EXTRA_NAMES.contains(&name))
        || (kind == ShellKind::Bash && BASH_NAMES.contains(&name))
}

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
            let levels = arguments.first().and_then(|word| word.parse().ok()).unwrap_or(1);
            shell.leave_loop(name == "break", levels);
        }
        "eval" => {
            shell.status = before;
            shell.load(&arguments.join(" "));
            if arguments.concat().trim().is_empty() {
                shell.status = 0;
            }
        }
        "exec" => {
            let rest = words.get(1..).unwrap_or(&[]).to_vec();
            shell.tasks.push(Task::Replace);
            shell.dispatch_program(rest);
        }
        "command" | "builtin" => command(shell, &words, io),
        "source" | "." => source(shell, &arguments, io),
        "type" if arguments.first().is_some_and(|flag| matches!(*flag, "-t" | "-p" | "-P")) => {
            arguments.iter().skip(1).for_each(|word| kind_of(shell, arguments[0], word, io));
        }
        "type" | "hash" => arguments.iter().for_each(|word| describe(shell, &name, word, io)),
        "export" | "readonly" | "local" | "declare" | "typeset" => declare(shell, &name, &arguments, io),
        "unset" => unset(shell, &arguments, io),
        "set" => set(shell, &words, io),
        "shift" => shift(shell, &arguments, io),
        "read" => {
            ask(shell, &arguments, io);
            shell.tasks.push(Task::Read(Rc::new(words)));
        }
        "caller" => caller(shell, &arguments, io),
        "mapfile" | "readarray" => mapfile(shell, &arguments),
        // Nobody here runs a command beside the shell with both its streams.
        "coproc" => shell.take_for_granted("coproc", false),
        CHOICES => show_choices(shell, &arguments, io),
        CHOSEN => choose(shell, &arguments),
        "let" => arguments.iter().for_each(|source| shell.status = i64::from(sum(shell, source, "let: ", io) == 0)),
        "trap" => super::traps::trap(shell, &arguments, io),
        "wait" if arguments.first() == Some(&"-n") => {
            let running = shell.jobs.iter().filter(|job| job.status.is_none()).map(|job| job.pid).collect();
            shell.tasks.push(Task::WaitNext(running));
        }
        "wait" => {
            let wanted: Vec<u32> = arguments.iter().filter_map(|word| super::kill::job_pid(shell, word)).collect();
            shell.tasks.push(Task::Wait(if arguments.is_empty() { None } else { Some(wanted) }));
        }
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

/// `caller [N]`: where the function that is under way, or one around it, was called.
fn caller(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let out = arguments.first().and_then(|word| word.parse().ok());
    match (shell.caller(out.unwrap_or(0)), out) {
        (Some((line, name, file)), Some(_)) => shell.emit(1, &format!("{line} {name} {file}\n"), io),
        (Some((line, _, file)), None) => shell.emit(1, &format!("{line} {file}\n"), io),
        (None, _) => shell.status = 1,
    }
}

/// The prompt of `read -p`, where somebody can see it.
fn ask(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let prompt = arguments.iter().position(|word| *word == "-p").and_then(|at| arguments.get(at + 1));
    if let Some(prompt) = prompt.filter(|_| shell.streams.tty) {
        shell.emit(2, prompt, io);
    }
}

/// What `select` offers, and its prompt.
fn show_choices(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let lines: String = arguments.iter().enumerate().map(|(at, word)| format!("{}) {word}\n", at + 1)).collect();
    let prompt = shell.variable("PS3").unwrap_or_else(|| "#? ".to_string());
    shell.emit(2, &format!("{lines}{prompt}"), io);
}

/// What was chosen of it becomes the variable's value.
fn choose(shell: &mut Shell, arguments: &[&str]) {
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
        text = unescape_echo(&text);
    }
    if has_end {
        text.push('\n');
    }
    shell.emit(1, &text, io);
}

/// `\0101` counts beside what `$'…'` knows; quotes keep their backslash.
fn unescape_echo(text: &str) -> String {
    unescape(&text.replace("\\'", "\\\\'").replace("\\\"", "\\\\\"").replace("\\?", "\\\\?"))
}

fn print(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let (name, rest) = match arguments {
        ["-v", name, rest @ ..] if shell.kind == ShellKind::Bash => (Some(*name), rest),
        ["--", rest @ ..] => (None, rest),
        rest => (None, rest),
    };
    let Some((format, values)) = rest.split_first() else {
        return shell.object("printf: usage: printf [-v var] format [arguments]", 2, io);
    };
    // Dash knows no numbers of base 16 behind a backslash.
    let format = match shell.kind {
        ShellKind::Dash => format.replace("\\x", "\\\\x"),
        _ => (*format).to_string(),
    };
    let times = (shell.kind == ShellKind::Bash).then(|| (io.world.now(), shell.started));
    let (text, problems) = printf_at(&format, values, times);
    match name {
        Some(name) => shell.set(name, text),
        None => shell.emit_bounded([(1, text)], shell.room("printf"), io),
    }
    for problem in problems {
        let text = match shell.kind {
            ShellKind::Dash => format!("printf: {problem}: expected numeric value"),
            _ => format!("printf: {problem}: invalid number"),
        };
        shell.object(&text, 1, io);
    }
}

fn test(shell: &mut Shell, words: &[String], io: &mut Io<'_>) {
    match condition::answer(shell, io.world, words) {
        Ok(holds) => shell.status = i64::from(!holds),
        Err(message) => shell.object(&message, 2, io),
    }
}

/// What `exit` without a number means: in a trap the status at its beginning, else that of the last command. For bash
/// only the trap on the shell's end is so.
fn status_of_end(shell: &Shell, before: i64) -> i64 {
    if shell.kind == ShellKind::Bash && !shell.is_over {
        return before;
    }
    let trapped = shell.tasks.iter().rev().find_map(|task| match task {
        Task::Trapped(status) => Some(*status),
        _ => None,
    });
    trapped.unwrap_or(before)
}

fn exit(shell: &mut Shell, arguments: &[&str], before: i64, io: &mut Io<'_>) {
    let status = match arguments.first() {
        None => status_of_end(shell, before),
        Some(word) => match word.parse::<i64>() {
            Ok(status) => status.rem_euclid(256),
            Err(_) => {
                let text = match shell.kind {
                    ShellKind::Bash => format!("exit: {word}: numeric argument required"),
                    _ => format!("exit: Illegal number: {word}"),
                };
                shell.object(&text, 2, io);
                2
            }
        },
    };
    if shell.is_interactive && shell.streams.tty && shell.kind == ShellKind::Bash && shell.role != Role::Console {
        shell.emit(2, "exit\n", io);
    }
    shell.quit(status);
}

fn leave(shell: &mut Shell, arguments: &[&str], before: i64, io: &mut Io<'_>) {
    let status = arguments.first().map_or(Some(before), |word| word.parse().ok()).unwrap_or(2);
    let is_bound = |task: &Task| matches!(task, Task::Call(_) | Task::Sourced(_));
    if !shell.tasks.iter().any(is_bound) {
        if shell.kind == ShellKind::Bash && !shell.is_of_function {
            return shell.object("return: can only `return' from a function or sourced script", 2, io);
        }
        return shell.quit(status);
    }
    shell.unwind(is_bound);
    shell.status = status.rem_euclid(256);
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
                    _ => describe(shell, "type", name, io),
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
                Some(name) if is_builtin(shell.kind, name) => run(shell, rest, io),
                Some(_) => shell.dispatch_program(rest),
                None => {}
            }
        }
    }
}

/// The words that begin or end compound commands.
const KEYWORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "while", "until", "do", "done", "{", "}", "!", "[[",
    "]]", "function", "time", "select",
];

/// What `command -v` says of a name.
fn place_of(shell: &Shell, name: &str, io: &Io<'_>) -> Option<String> {
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
fn kind_of(shell: &mut Shell, flag: &str, name: &str, io: &mut Io<'_>) {
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

fn describe(shell: &mut Shell, command: &str, name: &str, io: &mut Io<'_>) {
    if matches!(name, "-t" | "-p" | "-a" | "-P") || (command == "hash" && name.starts_with('-')) {
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
            _ => format!("{name} is a shell function\n"),
        },
        () if is_builtin(shell.kind, name) => format!("{name} is a shell builtin\n"),
        () if KEYWORDS.contains(&name) => format!("{name} is a shell keyword\n"),
        () => match io.world.find_program(shell, name) {
            Some(place) => format!("{name} is {place}\n"),
            None => {
                return match shell.kind {
                    ShellKind::Bash => shell.object(&format!("{command}: {name}: not found"), 1, io),
                    _ => {
                        shell.emit(1, &format!("{name}: not found\n"), io);
                        shell.status = 127;
                    }
                };
            }
        },
    };
    if command == "type" {
        let shown = shell.shown_function(name).filter(|_| shell.kind == ShellKind::Bash).unwrap_or_default();
        shell.emit(1, &format!("{text}{shown}"), io);
    }
}

fn source(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let Some((name, rest)) = arguments.split_first() else {
        return shell.object(".: filename argument required", 2, io);
    };
    let path = shell.path(name);
    let kept = shell.process_files.get(&path).cloned().or_else(|| shell.rest_of_input(&path));
    let found = kept.map_or_else(|| io.world.read(&path), |text| Ok(text.into()));
    match found {
        Ok(text) => {
            let own = shell.arguments.first().cloned().unwrap_or_default();
            let before = (!rest.is_empty()).then(|| {
                let arguments = [own].into_iter().chain(rest.iter().map(|word| (*word).to_string())).collect();
                std::mem::replace(&mut shell.arguments, arguments)
            });
            shell.tasks.push(Task::Sourced(before));
            shell.enter_call("source", name.to_string());
            shell.load(&text);
        }
        // The image's own functions: what they are called is not known here either.
        Err(_) if io.world.is_unknown_place(&path) => {
            shell.take_for_granted(name, true);
            shell.has_unknown_functions = true;
        }
        Err(error) => match shell.kind {
            ShellKind::Bash => shell.object(&format!("{name}: {error}"), 1, io),
            ShellKind::Dash => shell.fail(&format!(".: cannot open {name}: No such file"), 2, io),
            ShellKind::Ash => shell.fail(&format!(".: can't open '{name}': {error}"), 2, io),
        },
    }
}

fn shift(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let count = arguments.first().and_then(|word| word.parse::<usize>().ok()).unwrap_or(1);
    if count >= shell.arguments.len() && count > 0 {
        match shell.kind {
            ShellKind::Dash => shell.fail("shift: can't shift that many", 2, io),
            _ => shell.status = 1,
        }
        return;
    }
    shell.arguments.drain(1..=count);
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
