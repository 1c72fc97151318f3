//! The containers' own processes: scripts that run from a container's start on; what they write lands on the disks.

use super::container::{Container, FileError};
use super::logs;
use super::machine::{Event, Shell, ShellKind};
use super::session::{FOREVER, Program, Streams};
use super::sql;
use crate::cluster::{Change, Cluster, Verb};
use crate::model::{Kind, Millis, Object, Text, Value};
use crate::sorted::BTreeMap;
use crate::world::Wish;
use std::rc::Rc;

/// The most commands that one process runs in its life, so that an endless loop cannot hold the page.
const STEPS_MAX: u32 = 400_000;

/// Which run of which container: the pod's UID, the container's name, its restarts.
type Place = (Text, Text, i64);

#[derive(Clone, Debug)]
struct Process {
    container: Container,
    stack: Vec<Shell>,
    wake: Millis,
    steps: u32,
}

/// All scripts that run as the first process of a container. A copy costs pointers.
///
/// Invariants:
/// - A process runs while its container does, and not after.
/// - What it does depends on the changes that were observed and on virtual time, not on how often time is advanced.
#[derive(Clone, Debug, Default)]
pub struct Processes {
    running: BTreeMap<Place, Rc<Process>>,
    /// The containers with files that their probes look for.
    watched: BTreeMap<Place, Rc<(Container, Vec<Text>)>>,
    /// The version of the disks that was looked at last.
    seen: u64,
}

impl Processes {
    /// Learns of a stored write: containers that start or end.
    pub fn observe(&mut self, change: &Change, cluster: &mut Cluster) {
        if change.kind() != Kind::Pod {
            return;
        }
        let pod = &change.object;
        let before = change.old.as_deref().map(running_containers).unwrap_or_default();
        let after = if change.verb == Verb::Deleted { BTreeMap::new() } else { running_containers(pod) };
        if before == after {
            return;
        }
        for (name, restarts) in &before {
            if after.get(name) != Some(restarts) {
                let place = (pod.meta.uid.clone(), name.clone(), *restarts);
                self.running.remove(&place);
                for file in self.watched.remove(&place).iter().flat_map(|watched| &watched.1) {
                    let file = (pod.meta.uid.clone(), name.clone(), file.clone());
                    cluster.runtime_mut().note_file(file, None);
                }
            }
        }
        for (name, restarts) in &after {
            if before.get(name) != Some(restarts)
                && let Some(container) = Container::of(cluster, pod, name)
            {
                self.start(container, cluster, change.at);
            }
        }
    }

    /// Lets every process run up to `until`.
    pub fn advance(&mut self, cluster: &mut Cluster, until: Millis) {
        loop {
            let next = self.running.iter().filter(|(_, process)| process.wake <= until);
            let Some((_, place)) = next.map(|(place, process)| (process.wake, place.clone())).min() else { return };
            let Some(process) = self.running.get_mut(&place) else { return };
            let process = Rc::make_mut(process);
            let at = process.wake;
            cluster.at_time(at, |cluster| process.run(cluster));
            if process.stack.is_empty() {
                self.running.remove(&place);
            }
        }
    }

    /// Says which of the files that probes look for are there, if anything was written since the last time; the kubelet
    /// hears of what changed.
    pub fn look_for_files(&mut self, cluster: &mut Cluster) {
        let version = cluster.disks().version();
        if self.watched.is_empty() || std::mem::replace(&mut self.seen, version) == version {
            return;
        }
        for watched in self.watched.values() {
            if note_files(watched, cluster) {
                cluster.runtime_mut().wish(Wish::LookAtPod(watched.0.pod.key()));
            }
        }
    }

    /// When a script goes on next in a container with such files.
    pub fn next_watched(&self) -> Option<Millis> {
        self.watched.keys().filter_map(|place| self.running.get(place)).map(|process| process.wake).min()
    }

    fn start(&mut self, container: Container, cluster: &mut Cluster, at: Millis) {
        sql::initialize(&container, cluster);
        let fields = ["startupProbe", "livenessProbe", "readinessProbe"];
        let files: Vec<Text> = fields.into_iter().filter_map(|field| container.file_of_probe(field)).collect();
        if !files.is_empty() {
            let place = (container.pod.meta.uid.clone(), container.name.clone(), container.restarts);
            let watched = Rc::new((container.clone(), files));
            note_files(&watched, cluster);
            self.watched.insert(place, watched);
        }
        let flag = |name: &str| container.field(&[name]).and_then(Value::as_bool) == Some(true);
        let Some(words) = container.main_words().filter(|_| !flag("tty") && !flag("stdin")) else { return };
        if words.len() == 1 && container.words("command").is_empty() && container.words("args").is_empty() {
            return;
        }
        let streams = Streams { stdin: false, tty: false };
        let kind = ShellKind::of("sh", &container).unwrap_or(ShellKind::Dash);
        let mut shell = Shell::new(kind, &container, cluster, streams);
        shell.load_words(&words);
        let place = (container.pod.meta.uid.clone(), container.name.clone(), container.restarts);
        let process = Process { container, stack: vec![shell], wake: at, steps: 0 };
        self.running.insert(place, Rc::new(process));
    }
}

/// Says which of the files are there. Returns whether that is news.
fn note_files((container, files): &(Container, Vec<Text>), cluster: &mut Cluster) -> bool {
    let mut is_news = false;
    for file in files {
        let is_there = matches!(container.read(cluster, file), Ok(_) | Err(FileError::IsDirectory));
        let file = (container.pod.meta.uid.clone(), container.name.clone(), file.clone());
        is_news |= cluster.runtime().has_file(&file) != Some(is_there);
        cluster.runtime_mut().note_file(file, Some(is_there));
    }
    is_news
}

impl Process {
    /// Runs until it waits or is over; then the stack is empty.
    fn run(&mut self, cluster: &mut Cluster) {
        let mut out = String::new();
        let mut is_waiting = false;
        while let Some(shell) = self.stack.last_mut().filter(|_| !is_waiting) {
            shell.refuel();
            let event = shell.run(&self.container, cluster, &mut out);
            self.steps = self.steps.saturating_add(shell.used_fuel()).saturating_add(1);
            match event {
                Event::Sleep(until) => {
                    self.wake = until.max(cluster.now() + Millis(1));
                    is_waiting = true;
                }
                Event::Launch(Program::Shell(child)) if !child.is_interactive => self.stack.push(*child),
                Event::Launch(Program::Wait(_)) => {
                    self.wake = FOREVER;
                    is_waiting = true;
                }
                Event::Launch(_) => {}
                Event::Exit(status) => {
                    self.stack.pop();
                    if let Some(parent) = self.stack.last_mut() {
                        parent.status = status;
                    }
                }
                Event::Line(_) => _ = self.stack.pop(),
            }
            if self.steps > STEPS_MAX {
                self.wake = FOREVER;
                is_waiting = true;
            }
        }
        logs::write(&self.container, cluster, &out);
    }
}

/// The containers that run, with their restarts.
fn running_containers(pod: &Object) -> BTreeMap<Text, i64> {
    let lists = [pod.list_at(&["status", "containerStatuses"]), pod.list_at(&["status", "initContainerStatuses"])];
    let running = lists.into_iter().flatten().filter(|status| status.at(&["state", "running"]).is_some());
    let entry = |status: &Value| {
        let restarts = status.i64_at(&["restartCount"]).unwrap_or(0);
        Some((status.get("name")?.as_text()?.clone(), restarts))
    };
    running.filter_map(entry).collect()
}
