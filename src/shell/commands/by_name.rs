//! `ps`, `pidof`, `pgrep`, `pkill` and `killall`: a container's processes and their names.

use super::system::{format_time, say};
use super::{Arguments, Call, Outcome};
use crate::regex::Pattern;
use crate::shell::language::Role;
use crate::shell::ownership::name_of;

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

/// The first process as `ps` shows it. Of an image that nobody here knows it is called as the image is.
fn shown(call: &mut Call<'_>) -> String {
    let container = call.container;
    let is_known = container.main_words().is_some() || container.image.knows_process();
    // What a script has put into the background is not listed here.
    let is_script = container.main_words().is_some_and(|words| {
        let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
        matches!(name, "sh" | "bash" | "ash" | "dash") && words.len() > 1
    });
    let is_looked_through = call.shell.is_piped() && (is_script || call.shell.role != Role::Other);
    if process(call).is_none() || is_looked_through {
        call.shell.grant("a list of all that runs here");
    }
    match container.main_words() {
        Some(words) => words.join(" "),
        None if is_known => container.image.main_process().to_string(),
        None => {
            let name = container.field(&["image"]).and_then(|image| image.as_str()).unwrap_or("");
            let last = name.rsplit('/').next().unwrap_or(name);
            last.split([':', '@']).next().unwrap_or(last).to_string()
        }
    }
}

/// `ps`.
pub fn ps(call: &mut Call<'_>) -> Outcome {
    let main = shown(call);
    let own = call.words.join(" ");
    let user = name_of(call.container.user().id, false);
    let text = match call.words.arguments().first().map(String::as_str) {
        _ if call.container.image.is_busybox => {
            format!("PID   USER     TIME  COMMAND\n    1 {user:<8}  0:00 {main}\n   12 {user:<8}  0:00 {own}\n")
        }
        Some(flags) if flags.trim_start_matches('-').starts_with("ef") => {
            let start = format_time(call.container.started, "%H:%M");
            format!(
                "UID          PID    PPID  C STIME TTY          TIME CMD\n{user:<8}       1       0  0 {start} ?        00:00:00 {main}\n{user:<8}      12       0  0 {start} pts/0    00:00:00 {own}\n"
            )
        }
        Some(flags) if flags.contains('a') || flags.contains('x') => {
            let start = format_time(call.container.started, "%H:%M");
            format!(
                "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n{user:<8}       1  0.0  0.1  11472  7412 ?        Ss   {start}   0:00 {main}\n{user:<8}      12  0.0  0.0   8100  4096 pts/0    R+   {start}   0:00 {own}\n"
            )
        }
        _ => format!("    PID TTY          TIME CMD\n     12 pts/0    00:00:00 {own}\n"),
    };
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
        let (pod, name, code) =
            (call.container.pod.key(), call.container.name.clone(), call.container.image.stop_code());
        call.cluster.runtime_mut().end_container(&pod, &name, code);
    }
    Outcome::Exit(0)
}
