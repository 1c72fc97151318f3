//! Programs that run what stands behind their own words: `env`, `xargs`, `timeout`, `nohup` and the like.

use super::lexer::unescape;
use super::limits::BOUND;
use super::split_quoted::quoted_words;
use super::state::{Shell, Task};
use super::syntax::is_name;
use super::world::{Invocation, Outcome};
use crate::model::Millis;
use crate::shell::waiting::FOREVER;

/// The programs of this file that run what stands behind their own words.
pub const WRAPPERS: &[&str] = &[
    "busybox",
    "catatonit",
    "chpst",
    "chroot",
    "dumb-init",
    "flock",
    "gosu",
    "ionice",
    "linux64",
    "nice",
    "nohup",
    "numactl",
    "prlimit",
    "runuser",
    "s6-setuidgid",
    "setpriv",
    "setsid",
    "setuidgid",
    "stdbuf",
    "su",
    "su-exec",
    "sudo",
    "taskset",
    "tini",
    "tini-static",
    "unshare",
];

/// Their flags that a value follows.
const VALUED: &[(&str, &[&str])] = &[
    ("chpst", &["-u", "-U", "-b", "-e", "-/", "-n", "-l", "-L", "-m", "-d", "-o", "-p", "-f", "-c", "-r", "-t"]),
    ("dumb-init", &["-r", "--rewrite"]),
    ("flock", &["-w", "--timeout", "-E", "--conflict-exit-code"]),
    ("ionice", &["-c", "-n", "--class", "--classdata"]),
    ("nice", &["-n", "--adjustment"]),
    ("numactl", &["-C", "-N", "-m", "-i", "-p"]),
    ("runuser", &["-u", "-g", "-G", "-s", "--user", "--group", "--shell"]),
    ("setpriv", &["--reuid", "--regid", "--groups", "--inh-caps", "--bounding-set"]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-D", "-R", "-T", "-U", "--user", "--group"]),
    ("tini", &["-e", "-p"]),
];

/// How many words stand between their flags and the program.
fn words_before(name: &str) -> usize {
    usize::from(matches!(name, "chroot" | "gosu" | "s6-setuidgid" | "setuidgid" | "su-exec"))
}

impl Shell {
    /// Takes commands that run one after another, as `xargs` does: if one fails, the exit code is 123.
    pub fn load_each(&mut self, mut commands: Vec<Vec<String>>) {
        commands.reverse();
        self.status = 0;
        self.tasks.push(Task::Each(commands, false));
    }

    /// Takes nothing of what it still had to run, as `xargs` does whose program is not there.
    pub fn give_up(&mut self, status: i64) {
        if let Some(Task::Each(..)) = self.tasks.last() {
            self.tasks.pop();
            self.status = status;
        }
    }
}

/// Runs one of the programs of this file; `None` if it is none of them.
pub fn run_wrapper(shell: &mut Shell, call: &mut Invocation, now: Millis) -> Option<Outcome> {
    let name = name_of(&call.words).to_string();
    Some(match name.as_str() {
        "env" => env(shell, call),
        "printenv" => printenv(shell, call),
        "xargs" => xargs(shell, call),
        "timeout" => timeout(shell, call, now),
        name if WRAPPERS.contains(&name) => wrapper(shell, call),
        _ => return None,
    })
}

/// The name of a program, without a directory.
fn name_of(words: &[String]) -> &str {
    let word = words.first().map_or("", String::as_str);
    word.rsplit('/').next().unwrap_or(word)
}

/// A shell in which nothing but these words run.
fn inner(shell: &mut Shell, call: &mut Invocation) -> Option<Shell> {
    let child = shell.program(shell.kind);
    if child.is_none() {
        shell.grant(BOUND);
        let message = shell.complain("fork: retry: Resource temporarily unavailable");
        call.err.push_str(&message);
    }
    let mut child = child?;
    child.arguments = shell.arguments.clone();
    child.role = shell.role_of_last();
    child.wrapper = call.words.first().map(|_| name_of(&call.words).into());
    if let Some(text) = call.stdin.take() {
        child.set_input(&text);
    }
    Some(child)
}

/// `nohup`, `gosu` and the like: runs what stands behind its flags and `user` words.
fn wrapper(shell: &mut Shell, call: &mut Invocation) -> Outcome {
    let name = name_of(&call.words).to_string();
    let own = call.words.get(1..).unwrap_or(&[]).to_vec();
    let words = match name.as_str() {
        "su" => as_user(&own),
        "flock" => locked(&own),
        "runuser" if !own.iter().any(|word| word.starts_with("-u") || word.starts_with("--user")) => as_user(&own),
        name => behind_flags(name, &own).get(words_before(name)..).unwrap_or(&[]).to_vec(),
    };
    // `sudo NAME=value …` and a mask of processors stand before the program as well.
    let is_own = |word: &&String| match name.as_str() {
        "sudo" => word.split_once('=').is_some_and(|pair| is_name(pair.0)),
        "taskset" => word.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, 'x' | ',' | '-')),
        _ => false,
    };
    let skipped = words.iter().take_while(is_own).count();
    let words = words.get(skipped..).unwrap_or(&[]).to_vec();
    if words.is_empty() {
        return Outcome::Exit(0);
    }
    let Some(mut child) = inner(shell, call) else { return Outcome::Exit(254) };
    child.load_words(&words);
    Outcome::Shell(Box::new(child))
}

/// The words behind a program's flags.
fn behind_flags<'w>(name: &str, mut words: &'w [String]) -> &'w [String] {
    let valued = VALUED.iter().find(|row| row.0 == name).map_or(&[][..], |row| row.1);
    while let Some((word, rest)) = words.split_first().filter(|(word, _)| word.starts_with('-')) {
        words = rest;
        if word == "--" {
            break;
        }
        if valued.contains(&word.as_str()) {
            words = words.get(1..).unwrap_or(&[]);
        }
    }
    words
}

/// `su [-] [-s SHELL] [-c COMMAND] [USER [ARGUMENT…]]`: the shell that it starts.
fn as_user(words: &[String]) -> Vec<String> {
    let (mut program, mut command, mut operands) = ("sh".to_string(), None, Vec::new());
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-c" | "--command" => command = rest.next().cloned(),
            "-s" | "--shell" => program = rest.next().cloned().unwrap_or(program),
            "-g" | "-G" | "-w" | "--group" | "--supp-group" => _ = rest.next(),
            "--" => operands.extend(rest.by_ref().cloned()),
            word => match (word.strip_prefix("--command="), word.strip_prefix("--shell=")) {
                (Some(text), _) => command = Some(text.to_string()),
                (_, Some(path)) => program = path.to_string(),
                _ if word.starts_with('-') => {}
                _ => operands.push(word.to_string()),
            },
        }
    }
    let mut all = vec![program];
    if let Some(command) = command {
        all.extend(["-c".to_string(), command]);
    }
    all.extend(operands.into_iter().skip(1));
    all
}

/// `flock FILE COMMAND…`, `flock FILE -c COMMAND`: nobody else holds the lock. A stream's number alone runs nothing.
fn locked(words: &[String]) -> Vec<String> {
    match behind_flags("flock", words) {
        [_, flag, command, ..] if flag == "-c" || flag == "--command" => {
            vec!["sh".to_string(), "-c".to_string(), command.clone()]
        }
        [_, command @ ..] => command.to_vec(),
        [] => Vec::new(),
    }
}

/// `printenv [-0] [NAME…]`.
fn printenv(shell: &Shell, call: &mut Invocation) -> Outcome {
    let is_flag = |word: &String| word.starts_with('-');
    let end = if call.words.iter().skip(1).any(|word| word == "-0" || word == "--null") { '\0' } else { '\n' };
    let names: Vec<String> = call.words.iter().skip(1).filter(|word| !is_flag(word)).cloned().collect();
    let exported = &shell.variables.exported;
    let mut code = 0;
    for name in &names {
        match exported.iter().find(|pair| pair.0 == *name) {
            Some((_, value)) => call.out.push_str(&format!("{value}{end}")),
            None => code = 1,
        }
    }
    if names.is_empty() {
        list(call, exported, end);
    }
    Outcome::Exit(code)
}

/// `env [-i] [-0] [-u NAME] [-C DIRECTORY] [-S TEXT] [NAME=VALUE…] [COMMAND…]`.
fn env(shell: &mut Shell, call: &mut Invocation) -> Outcome {
    let (mut variables, mut directory, mut end) = (shell.variables.clone(), shell.directory.clone(), '\n');
    let own = call.words.clone();
    let mut words = own.iter().skip(1);
    let mut rest = Vec::new();
    while let Some(word) = words.next() {
        let (flag, value) = match word.split_once('=').filter(|_| word.starts_with("--")) {
            Some((flag, value)) => (flag, Some(value.to_string())),
            None if word.len() > 2 && ["-u", "-C", "-S"].iter().any(|flag| word.starts_with(flag)) => {
                let (flag, value) = word.split_at(2);
                (flag, Some(value.to_string()))
            }
            None => (word.as_str(), None),
        };
        let mut value = || value.clone().or_else(|| words.next().cloned()).unwrap_or_default();
        match flag {
            "-" | "-i" | "--ignore-environment" => variables.exported.clear(),
            "-0" | "--null" => end = '\0',
            "-u" | "--unset" => variables.unset(&value()),
            "-C" | "--chdir" => directory = shell.path(&value()),
            "-S" | "--split-string" => rest.extend(quoted_words(&value())),
            "--" => {}
            _ => match word.split_once('=') {
                Some((name, value)) if is_name(name) && rest.is_empty() => {
                    // A value that is too long stays away, as the lab's bound.
                    if let Err(error) = variables.export(name, Some(value.to_string())) {
                        shell.refused(name, error);
                    }
                }
                _ => {
                    rest.push(word.clone());
                    rest.extend(words.by_ref().cloned());
                }
            },
        }
    }
    if rest.is_empty() {
        list(call, &variables.exported, end);
        return Outcome::Exit(0);
    }
    let Some(mut child) = inner(shell, call) else { return Outcome::Exit(254) };
    (child.variables, child.directory) = (variables, directory);
    child.load_words(&rest);
    Outcome::Shell(Box::new(child))
}

fn list(call: &mut Invocation, variables: &[(String, String)], end: char) {
    let lines: String = variables.iter().map(|(name, value)| format!("{name}={value}{end}")).collect();
    call.out.push_str(&lines);
}

/// `xargs [-n N] [-I PLACE] [-r] COMMAND`.
fn xargs(shell: &mut Shell, call: &mut Invocation) -> Outcome {
    let text = call.stdin.take().unwrap_or_default();
    let commands = xargs_commands(&call.words, &text);
    let Some(mut child) = inner(shell, call) else { return Outcome::Exit(254) };
    child.load_each(commands);
    Outcome::Shell(Box::new(child))
}

/// A program that waits first, then says what is wrong and ends with this exit code.
pub fn fail_after(shell: &mut Shell, wait: Millis, text: &str, code: i64) -> Outcome {
    let mut call = Invocation::default();
    let Some(mut child) = inner(shell, &mut call) else { return Outcome::Exit(254) };
    child.arguments = vec![String::new(), text.to_string(), code.to_string()];
    let seconds = format!("{}.{:03}", wait.0 / 1000, wait.0 % 1000);
    child.load(&format!("sleep {seconds}; printf '%s' \"$1\" >&2; exit \"$2\""));
    Outcome::Shell(Box::new(child))
}

/// Commands that `find` runs one after another; then it ends with this exit code, whatever they came to.
pub fn run_each(shell: &mut Shell, commands: Vec<Vec<String>>, code: i64) -> Outcome {
    let mut call = Invocation::default();
    let Some(mut child) = inner(shell, &mut call) else { return Outcome::Exit(254) };
    child.tasks.push(Task::Leave(code));
    child.load_each(commands);
    Outcome::Shell(Box::new(child))
}

/// `timeout [-s SIGNAL] [-k TIME] [--preserve-status] TIME COMMAND`.
fn timeout(shell: &mut Shell, call: &mut Invocation, now: Millis) -> Outcome {
    let own = call.words.clone();
    let mut words = own.get(1..).unwrap_or(&[]);
    let (mut signal, mut keeps_status) = ("TERM".to_string(), false);
    while let Some((word, rest)) = words.split_first().filter(|(word, _)| word.starts_with('-')) {
        let has_value = matches!(word.as_str(), "-s" | "-k" | "-t" | "--signal" | "--kill-after");
        match word.as_str() {
            "-s" | "--signal" => signal = rest.first().cloned().unwrap_or_default(),
            "--preserve-status" => keeps_status = true,
            word => {
                let own = word.strip_prefix("--signal=").or_else(|| word.strip_prefix("-s"));
                signal = own.map_or(signal, str::to_string);
            }
        }
        words = rest.get(usize::from(has_value)..).unwrap_or(&[]);
        // BusyBox once took the time behind `-t`.
        if word == "-t" {
            words = rest;
        }
    }
    let Some((time, rest)) = words.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        call.err.push_str("timeout: missing operand\n");
        return Outcome::Exit(125);
    };
    let Some(length) = duration(time) else {
        let text = format!("timeout: invalid time interval '{time}'\n");
        call.err.push_str(&text);
        return Outcome::Exit(125);
    };
    let rest = rest.to_vec();
    let Some(mut child) = inner(shell, call) else { return Outcome::Exit(254) };
    let number = super::signal_names::signal_number(&signal);
    let is_ash = shell.kind == super::state::ShellKind::Ash;
    if length > Millis::ZERO {
        child.set_deadline(now + length, (number == 9 || keeps_status || is_ash).then_some(128 + number));
    }
    child.load_words(&rest);
    Outcome::Shell(Box::new(child))
}

/// The commands that `xargs` runs, each with its words.
fn xargs_commands(words: &[String], lines: &str) -> Vec<Vec<String>> {
    let (mut each, mut place, mut command, mut skips_empty) = (usize::MAX, None, Vec::new(), false);
    let mut separator = None;
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--no-run-if-empty" => skips_empty = true,
            "--null" => separator = Some("\0".to_string()),
            "-i" => place = Some("{}".to_string()),
            "--max-args" | "--max-lines" => {
                each = rest.next().and_then(|number| number.parse().ok()).unwrap_or(1).max(1);
            }
            "--delimiter" => separator = rest.next().map(|word| unescape(word)),
            "--replace" => place = Some("{}".to_string()),
            "--max-procs" | "--max-chars" => _ = rest.next(),
            flag if flag.starts_with("--") => match flag.split_once('=') {
                Some(("--max-args" | "--max-lines", number)) => each = number.parse().unwrap_or(1).max(1),
                Some(("--delimiter", text)) => separator = Some(unescape(text)),
                Some(("--replace", text)) => place = Some(text.to_string()),
                _ => {}
            },
            flag if flag.starts_with('-') && command.is_empty() && flag.len() > 1 => {
                // Letters that are put together: `-rn1`, `-0r`, `-rI{}`.
                for (at, letter) in flag.char_indices().skip(1) {
                    let behind = flag.get(at + 1..).unwrap_or("");
                    let mut value = || match behind {
                        "" => rest.next().cloned(),
                        text => Some(text.to_string()),
                    };
                    match letter {
                        'r' => skips_empty = true,
                        '0' => separator = Some("\0".to_string()),
                        'n' | 'L' => each = value().and_then(|number| number.parse().ok()).unwrap_or(1).max(1),
                        'I' => place = value(),
                        'd' => separator = value().map(|text| unescape(&text)),
                        'P' | 's' => _ = value(),
                        _ => {}
                    }
                    if "nLIdPs".contains(letter) {
                        break;
                    }
                }
            }
            _ => {
                command.push(word.clone());
                command.extend(rest.by_ref().cloned());
            }
        }
    }
    if command.is_empty() {
        command.push("echo".into());
    }
    if let Some(place) = place.filter(|place| !place.is_empty()) {
        let end = separator.as_deref().filter(|end| !end.is_empty());
        let blanks: &[char] = if end.is_some() { &[] } else { &[' ', '\t'] };
        let lines = lines.split(end.unwrap_or("\n")).map(|line| line.trim_matches(blanks));
        let lines = lines.filter(|line| !line.is_empty());
        return lines.map(|line| command.iter().map(|word| word.replace(&place, line)).collect()).collect();
    }
    let arguments: Vec<String> = match separator.filter(|it| !it.is_empty()) {
        Some(separator) => {
            lines.strip_suffix(&separator).unwrap_or(lines).split(&separator).map(str::to_string).collect()
        }
        None => quoted_words(lines),
    };
    if arguments.is_empty() {
        return if skips_empty { Vec::new() } else { vec![command] };
    }
    arguments.chunks(each.min(arguments.len()).max(1)).map(|some| [command.as_slice(), some].concat()).collect()
}

/// Reads `5`, `0.5`, `2m`, `1e3`, `infinity`.
pub fn duration(word: &str) -> Option<Millis> {
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
    let (number, power) = match number.split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse::<i64>().ok()?.clamp(-20, 20)),
        None => (number, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    // The digits of a number of milliseconds: three places behind the point, and as many as the power says.
    let digits = format!("{whole}{fraction}");
    let count = i64::try_from(whole.len()).unwrap_or(i64::MAX).saturating_add(power).saturating_add(3);
    let count = usize::try_from(count.clamp(0, 40)).unwrap_or(0);
    let ms: String = digits.chars().chain(std::iter::repeat('0')).take(count).collect();
    let ms = if ms.is_empty() { 0 } else { ms.parse::<i64>().unwrap_or(i64::MAX / 1000) };
    Some(Millis(ms.saturating_mul(unit)))
}
