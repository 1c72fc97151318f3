//! `ps`, `pidof`, `pgrep`, `pkill` and `killall`: a container's processes and their names.

use super::format_time;
use super::hostname_uname::say;
use super::{Arguments, Call, Outcome};
use crate::regex::Pattern;
use crate::shell::language::Role;
use crate::shell::process_list::Process;

/// The first process, as its words; `None` if nobody here knows what runs.
fn process(call: &Call<'_>) -> Option<String> {
    let container = call.container;
    if container.is_assumed(call.cluster) {
        return None;
    }
    match container.main_words() {
        Some(words) if !container.serves(call.cluster) => Some(words.join(" ")),
        Some(words) if !container.image.knows_process() => Some(words.join(" ")),
        Some(words) => Some(format!("{} {}", container.image.main_process(), words.join(" "))),
        None if container.image.knows_process() => Some(container.image.main_process().to_string()),
        None => None,
    }
}

/// Says once that a list may lack what runs here, if somebody looks through it.
fn note_looked_through(call: &mut Call<'_>) {
    // What a script has put into the background is not listed here.
    let is_script = call.container.main_words().is_some_and(|words| {
        let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
        matches!(name, "sh" | "bash" | "ash" | "dash") && words.len() > 1
    });
    let is_looked_through = call.shell.is_piped() && (is_script || call.shell.role != Role::Other);
    if process(call).is_none() || is_looked_through {
        call.shell.grant("list of all that runs here");
    }
}

/// `ps`.
pub fn ps(call: &mut Call<'_>) -> Outcome {
    note_looked_through(call);
    let mut all = call.container.processes(call.cluster);
    let own = Process {
        pid: all.last().map_or(1, |last| last.pid).max(6) + 6,
        parent: 0,
        user: call.container.user().id,
        words: call.words.join(" "),
        container: None,
    };
    let first = call.words.arguments().first().map_or("", String::as_str);
    let letters: Vec<char> = first.trim_start_matches('-').chars().collect();
    let has = |letter: char| letters.contains(&letter);
    let is_full = first.starts_with('-') && has('f');
    let is_all = has('e') || has('A') || has('a') || has('x');
    if !is_all && !call.container.image.is_busybox {
        all.clear();
    }
    all.push(own);
    let user = |process: &Process| {
        let name = call.container.user_name(call.cluster, process.user);
        if name.len() > 8 { format!("{}+", name.get(..7).unwrap_or(&name)) } else { name }
    };
    let start = format_time(call.container.started, "%H:%M");
    let last = all.len() - 1;
    let line = |(at, process): (usize, &Process)| {
        let Process { pid, parent, words, .. } = process;
        let user = user(process);
        let tty = if at == last { "pts/0" } else { "?" };
        let state = if at == last { "R" } else { "S" };
        match () {
            () if call.container.image.is_busybox => format!("{pid:>5} {user:<8}  0:00 {words}\n"),
            () if is_full && has('l') => format!(
                "{} {state} {user:<8} {pid:>7} {parent:>7}  0  80   0 -  1127 -      {start} {tty:<8} 00:00:00 {words}\n",
                if *pid == 1 { 4 } else { 0 }
            ),
            () if is_full => format!("{user:<8} {pid:>7} {parent:>7}  0 {start} {tty:<8} 00:00:00 {words}\n"),
            () if is_all && has('u') => {
                let (memory, size, resident) = if at == last { ("0.0", 8100, 4096) } else { ("0.1", 11_472, 7412) };
                let state = if at == last { "R+" } else { "Ss" };
                format!(
                    "{user:<8} {pid:>7}  0.0  {memory} {size:>6} {resident:>5} {tty:<8} {state:<4} {start}   0:00 {words}\n"
                )
            }
            () if is_all && !first.starts_with('-') => {
                let state = if at == last { "R+" } else { "Ss" };
                format!("{pid:>7} {tty:<8} {state:<6} 0:00 {words}\n")
            }
            () => {
                let name = words.split([' ', ':']).next().unwrap_or("");
                let name = if at == last { words.as_str() } else { name.rsplit('/').next().unwrap_or(name) };
                format!("{pid:>7} {tty:<8} 00:00:00 {name}\n")
            }
        }
    };
    let header = match () {
        () if call.container.image.is_busybox => "PID   USER     TIME  COMMAND\n",
        () if is_full && has('l') => {
            "F S UID          PID    PPID  C PRI  NI ADDR SZ WCHAN  STIME TTY          TIME CMD\n"
        }
        () if is_full => "UID          PID    PPID  C STIME TTY          TIME CMD\n",
        () if is_all && has('u') => "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
        () if is_all && !first.starts_with('-') => "    PID TTY      STAT   TIME COMMAND\n",
        () => "    PID TTY          TIME CMD\n",
    };
    let text: String = std::iter::once(header.to_string()).chain(all.iter().enumerate().map(line)).collect();
    call.out.push_str(&text);
    Outcome::Exit(0)
}

/// `pidof NAME`: the container's first process, if it is of that name.
pub fn pidof(call: &mut Call<'_>) -> Outcome {
    let Some(name) = call.words.operands().first().cloned() else { return Outcome::Exit(1) };
    let last = |word: &str| word.rsplit('/').next().unwrap_or(word).to_string();
    let main = call.container.main_words().and_then(|words| words.first().cloned()).unwrap_or_default();
    let is_server = call.container.serves(call.cluster) && call.container.image.is_server(&last(&name));
    let is_unknown = process(call).is_none();
    if is_server || is_unknown || last(&main) == last(&name) { say(call, "1") } else { Outcome::Exit(1) }
}

/// `pkill`, `killall` and `pgrep`: the container's first process by its name. Where nobody knows what runs, a process
/// that is looked for is taken to be there.
pub fn by_name(call: &mut Call<'_>) -> Outcome {
    let mut operands = call.words.operands();
    // Users and the like stand behind their flags.
    for flag in ["-u", "-U", "-P", "-g", "-G", "-t", "-s"] {
        let value = call.words.option(flag);
        operands.retain(|word| Some(word) != value.as_ref());
    }
    let Some(name) = operands.last().cloned() else { return Outcome::Exit(2) };
    let is_asked = call.words.name() == "pgrep" || call.words.iter().any(|word| word == "-0");
    let pattern = Pattern::new(&name, true, call.words.has_flag('i'));
    match process(call) {
        Some(process) if !pattern.is_in(&process) => return Outcome::Exit(1),
        None if !is_asked => return Outcome::Assumed,
        _ => {}
    }
    if is_asked {
        let shown = if call.words.has_flag('l') || call.words.has_flag('a') { format!("1 {name}") } else { "1".into() };
        return match (call.words.name(), call.words.has_flag('q')) {
            ("pgrep", false) => say(call, &shown),
            _ => Outcome::Exit(0),
        };
    }
    if call.container.serves(call.cluster) {
        call.container.end_server(call.cluster, call.container.image.stop_code());
    }
    Outcome::Exit(0)
}
