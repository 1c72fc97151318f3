//! The shell that a container begins with, and what is known of it.

use super::MOMENT;
use crate::cluster::Cluster;
use crate::model::container_status::is_running;
use crate::model::pod::{all_statuses, containers, init_containers};
use crate::model::{Object, Text, Value, container_status};
use crate::shell::container::Container;
use crate::shell::exec_target::Streams;
use crate::shell::language::{Role, Shell};
use crate::shell::terminal_session::{first_shell, load_started};
use crate::shell::waiting::FOREVER;
use crate::sorted::SharedMap;
use crate::world::Listener;

/// The ports that a process and what it started have opened.
pub(super) fn listeners(shell: &Shell) -> Vec<Listener> {
    let mut all = Vec::new();
    shell.listeners(&mut all);
    all
}

/// The containers that run, with their restarts.
pub(super) fn running_containers(pod: &Object) -> SharedMap<Text, i64> {
    let running = all_statuses(pod).filter(|status| is_running(status));
    let entry = |status: &Value| {
        let restarts = container_status::restarts(status);
        Some((status.get("name")?.as_text()?.clone(), restarts))
    };
    running.filter_map(entry).collect()
}

/// The container as it is now: its address and its environment are those of its start, its volumes are not.
pub(super) fn present(container: Container, cluster: &Cluster) -> Container {
    let pod = cluster.by_uid(&container.pod.meta.uid).cloned();
    pod.and_then(|pod| Container::of(cluster, &pod, &container.name)).unwrap_or(container)
}

/// The shell in which a container's first process begins.
pub(super) fn main_shell(container: &Container, words: Option<&[String]>, cluster: &Cluster) -> Shell {
    let is_init = is_init(&container.pod, &container.name);
    let flag = |name: &str| !is_init && container.field(&[name]).and_then(Value::as_bool) == Some(true);
    // A terminal is an input as well: what reads from it waits until somebody types.
    let streams = Streams { stdin: flag("tty") || flag("stdin"), tty: flag("tty") };
    let mut shell = first_shell(container, cluster, streams);
    let is_told = words.is_some() || !container.words("args").is_empty();
    let is_short = is_told && !matches!(container.pod.str_at(&["spec", "restartPolicy"]), "" | "Always");
    let is_to_end =
        is_init || is_short && !is_sidecar(&container.pod, &container.name) || is_task(&container.pod, &container.name);
    shell.role = match is_to_end {
        true if is_init => Role::Init,
        true => Role::Task,
        false => Role::Main,
    };
    if !streams.stdin {
        shell.set_input("");
    }
    let is_awaited = streams.stdin
        && container.restarts == 0
        && cluster.runtime().is_awaited(&container.pod.meta.uid, &container.name);
    match words {
        // Who is about to attach runs it.
        Some(_) if is_awaited => shell.wait_until(FOREVER),
        Some(words) => load_started(&mut shell, words, container, cluster),
        None if is_to_end && !container.image.is_known() => {
            shell.assume_until("its own program", cluster.now() + MOMENT)
        }
        None if container.runs_default() || container.has_own_program() => shell.serve(),
        None => shell.wait_until(cluster.now()),
    }
    shell
}

/// A first process that fails at once.
pub(super) fn failed_shell(container: &Container, code: i64, cluster: &Cluster) -> Shell {
    let mut shell = first_shell(container, cluster, Streams { stdin: false, tty: false });
    match code {
        1 => shell.load_words(&["false".to_string()]),
        code => shell.load_words(&["sh", "-c", &format!("exit {code}")].map(str::to_string)),
    }
    shell
}

/// What a server says that does not begin, and its exit code: 1, or N where `(N) ` stands before it.
pub(super) fn with_code(text: &str) -> (i64, &str) {
    let coded = text.strip_prefix('(').and_then(|rest| rest.split_once(") "));
    coded.and_then(|(code, rest)| Some((code.parse().ok()?, rest))).unwrap_or((1, text))
}

/// Whether a container is to end before the others begin.
fn is_init(pod: &Object, name: &str) -> bool {
    init_containers(pod)
        .iter()
        .any(|spec| spec.str_at(&["name"]) == name && spec.str_at(&["restartPolicy"]) != "Always")
}

/// Whether a container is to run beside the others.
fn is_sidecar(pod: &Object, name: &str) -> bool {
    init_containers(pod)
        .iter()
        .any(|spec| spec.str_at(&["name"]) == name && spec.str_at(&["restartPolicy"]) == "Always")
}

/// Whether a container is one whose end its pod's Job waits for.
fn is_task(pod: &Object, name: &str) -> bool {
    let is_of_job = pod.meta.controller().is_some_and(|owner| owner.kind == "Job");
    is_of_job && containers(pod).iter().any(|spec| spec.str_at(&["name"]) == name)
}
