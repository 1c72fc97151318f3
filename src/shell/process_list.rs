//! The processes that a container sees: its own, or those of its whole pod.

use super::container::Container;
use super::images::Family;
use crate::cluster::Cluster;
use crate::world::Life;
use std::rc::Rc;

/// A process, as `ps` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i64,
    /// The one that started it.
    pub parent: i64,
    /// As whom it runs.
    pub user: i64,
    /// Its words.
    pub words: String,
    /// The container that it runs in; none of the pod's first process.
    pub container: Option<String>,
}

/// The number of the first process beside those of the runtime, where a pod's containers see each other.
const FIRST_SHARED: i64 = 8;
/// Between the numbers of two containers' first processes.
const APART: i64 = 8;
/// The first number that nginx gives its workers' processes in a container of its own.
const FIRST_WORKER: i64 = 29;
/// How far behind a script's number that of the server is which it has started.
const BEHIND: i64 = 6;
/// How many workers it has: one for each processor of the machine.
const WORKERS: i64 = 2;

impl Container {
    /// Whether its pod's containers see each other's processes.
    pub fn shares_processes(&self) -> bool {
        let field = self.pod.at(&["spec", "shareProcessNamespace"]);
        field.and_then(crate::model::Value::as_bool) == Some(true)
    }

    /// The processes that its programs see, as far as this lab knows them, in order of their numbers.
    pub fn processes(&self, cluster: &Cluster) -> Vec<Process> {
        if !self.shares_processes() {
            return own(self, cluster, 1, FIRST_WORKER, 0);
        }
        let first = Process { pid: 1, parent: 0, user: 0, words: "/pause".to_string(), container: None };
        let pod = cluster.by_uid(&self.pod.meta.uid).unwrap_or(&self.pod);
        let mut all = vec![first];
        for container in Container::all_running(cluster, pod) {
            let at =
                FIRST_SHARED + APART * ((all.last().map_or(1, |last| last.pid) + APART - FIRST_SHARED) / APART).max(0);
            all.extend(own(&container, cluster, at, at + 1, 0));
        }
        all
    }

    /// Whether its server is its first process, and not what a script has started.
    fn begins_with_server(&self) -> bool {
        let Some(words) = self.main_words() else { return true };
        let is_first = self.life().is_some_and(|life| life.server_is_first);
        script_of(&words).is_none() || is_first
    }

    /// Its server ends, and with it the container, if it is the first process there.
    pub fn end_server(&self, cluster: &mut Cluster, code: i64) {
        let uid = &self.pod.meta.uid;
        // What a script did since its turn began is not noted yet.
        let now = cluster.runtime().life(uid, &self.name).is_some_and(|life| life.server_is_first);
        if self.main_words().is_none_or(|words| script_of(&words).is_none()) || now {
            return cluster.runtime_mut().end_container(&self.pod.key(), &self.name, code);
        }
        self.remove_marks(cluster);
        if let Some(life) = cluster.runtime().life(uid, &self.name).cloned() {
            let life = Life { serves_since: None, listeners: Rc::default(), ..life };
            cluster.runtime_mut().set_life(uid, &self.name, Some(life));
        }
        cluster.runtime_mut().end_server(uid, &self.name, code);
    }

    /// The number of its server's process, as its own programs see it.
    pub fn server_number(&self, cluster: &Cluster) -> i64 {
        let is_first = self.begins_with_server();
        let first = match self.shares_processes() {
            true => self.processes(cluster).into_iter().find(|it| it.container.as_deref() == Some(&self.name)),
            false => None,
        };
        first.map_or(1, |first| first.pid) + if is_first { 0 } else { BEHIND }
    }

    /// The container of the pod whose process has this number, if the containers see each other.
    pub fn behind_process(&self, cluster: &Cluster, pid: i64) -> Option<Container> {
        if !self.shares_processes() {
            return None;
        }
        let name = self.processes(cluster).into_iter().find(|process| process.pid == pid)?.container?;
        let pod = cluster.by_uid(&self.pod.meta.uid).unwrap_or(&self.pod);
        Container::all_running(cluster, pod).into_iter().find(|container| container.name == name.as_str())
    }
}

/// Whether words are those of a shell that runs a script, and whether that puts another program in its place.
fn script_of(words: &[String]) -> Option<&String> {
    let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
    words.last().filter(|_| matches!(name, "sh" | "bash" | "ash" | "dash") && words.len() > 1)
}

/// A server's words as the pod gives them, or the image's own.
fn told_server(container: &Container, usual: &str) -> String {
    let (command, args) = (container.words("command"), container.words("args"));
    let told = [command.as_slice(), args.as_slice()].concat();
    match (command.is_empty(), told.first()) {
        _ if container.image.family == Family::Nginx => usual.to_string(),
        (_, None) => usual.to_string(),
        (true, Some(first)) if !container.image.is_server(first) => {
            let program = usual.split(' ').next().unwrap_or(usual);
            format!("{program} {}", told.join(" "))
        }
        (_, Some(_)) => told.join(" "),
    }
}

fn own(container: &Container, cluster: &Cluster, pid: i64, worker: i64, parent: i64) -> Vec<Process> {
    let user = container.user().id;
    let process = |pid, parent, user, words: String| {
        let container = Some(container.name.to_string());
        Process { pid, parent, user, words, container }
    };
    let server = container.image.main_process().to_string();
    let serves = container.serves(cluster) && container.image.knows_process();
    let words = container.main_words();
    let script = words.as_deref().and_then(script_of);
    let has_child = serves && script.is_some() && !container.begins_with_server();
    let first = match &words {
        Some(_) if serves && script.is_some() && !has_child => server.clone(),
        Some(words) => words.join(" "),
        None if container.image.knows_process() => told_server(container, &server),
        None => {
            let name = container.field(&["image"]).and_then(|image| image.as_str()).unwrap_or("");
            let last = name.rsplit('/').next().unwrap_or(name);
            last.split([':', '@']).next().unwrap_or(last).to_string()
        }
    };
    let mut all = vec![process(pid, parent, user, first)];
    if has_child {
        all.push(process(pid + BEHIND, pid, user, server));
    }
    if serves && container.image.family == Family::Nginx {
        let master = if has_child { pid + BEHIND } else { pid };
        let number = if user == 0 { super::ownership::number_of("nginx") } else { user };
        let from = worker.max(master + 1);
        all.extend((0..WORKERS).map(|at| process(from + at, master, number, "nginx: worker process".to_string())));
    }
    all
}
