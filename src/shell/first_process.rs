//! The containers' own processes, and what probes and hooks ask of them: carries out the kubelets' orders and brings
//! them news. Decides nothing of the kubelets'.

mod first_scripts;
mod first_shell;
mod questions;

use super::commands;
use super::container::Container;
use super::container_world::ContainerWorld;
use super::language::{Event, Io, Role, Shell, Signalled};
use super::logs;
use super::sql;
use super::terminal_session::may_start;
use super::waiting::FOREVER;
use crate::cluster::{Change, Cluster, Verb};
use crate::model::{Key, Kind, Millis, Text, Value};
use crate::ordering::Order as _;
use crate::sorted::{SharedMap, SharedSet};
use crate::world::disk::DiskId;
use crate::world::{Life, Listener, Order, Question, Reply, Run, RuntimeEvent};
use first_shell::{failed_shell, listeners, main_shell, running_containers, with_code};
use questions::{Asked, answer_at_once, is_endless, last_words, look_up};
use std::rc::Rc;

/// The most commands that one process runs in its life, so that an endless loop cannot hold the page.
const STEPS_MAX: u32 = 400_000;
/// How long something takes that is taken for granted in an init container.
const MOMENT: Millis = Millis(1000);

/// A container's first process.
#[derive(Clone, Debug)]
struct Process {
    container: Container,
    shell: Shell,
    wake: Millis,
    steps: u32,
    /// Whether it is seen to go on for ever: it is run when somebody looks at what it did.
    is_endless: bool,
}

/// An answer that stays the same until what it was made of changes.
#[derive(Clone, Debug)]
struct Steady {
    container: Container,
    question: Rc<Question>,
    reply: Reply,
}

/// All first processes of containers, and the questions under way. A copy costs pointers.
///
/// Invariants:
/// - A process runs from its order until it ends or is killed, or its pod goes, and not after.
/// - What it does depends on orders and on virtual time, not on how often time is advanced.
#[derive(Clone, Debug, Default)]
pub struct Processes {
    running: SharedMap<Run, Rc<Process>>,
    /// When processes go on, for those that do by themselves: first those that are run in time, then the endless ones.
    due: SharedSet<(Millis, Run)>,
    lazy: SharedSet<(Millis, Run)>,
    asked: SharedMap<(Run, u64), Rc<Asked>>,
    steady: SharedMap<Run, Rc<Vec<Steady>>>,
    /// The pods whose kubelet gives orders, by their UIDs.
    ordered: SharedSet<Text>,
    /// The version of the disks that was looked at last.
    seen: u64,
}

impl Processes {
    /// Learns of a stored write: a pod that goes takes its processes with it.
    pub fn observe(&mut self, change: &Change, cluster: &mut Cluster) {
        if change.kind() != Kind::Pod {
            return;
        }
        let uid = &change.object.meta.uid;
        if !self.ordered.contains(uid) {
            self.follow_status(change, cluster);
        }
        if change.verb != Verb::Deleted {
            return;
        }
        self.ordered.remove(uid);
        let gone = self.runs_of(&change.object.key(), uid);
        gone.iter().for_each(|run| self.forget(run, cluster));
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            for spec in change.object.list_at(&["spec", list]) {
                let name = Text::new(spec.str_at(&["name"]));
                cluster.runtime_mut().set_life(uid, &name, None);
                cluster.runtime_mut().note_assumed(uid, &name, None);
                cluster.runtime_mut().set_awaited(uid, &name, false);
            }
        }
    }

    /// Begins and ends processes by what a pod's status says: the stand-in for a kubelet gives no orders.
    fn follow_status(&mut self, change: &Change, cluster: &mut Cluster) {
        let pod = &change.object;
        let before = change.old.as_deref().map(running_containers).unwrap_or_default();
        let after = if change.verb == Verb::Deleted { SharedMap::new() } else { running_containers(pod) };
        let run = |name: &Text, number: i64| Run {
            pod: pod.key(),
            uid: pod.meta.uid.clone(),
            container: name.clone(),
            number,
        };
        for (name, number) in before.iter().filter(|(name, number)| after.get(*name) != Some(*number)) {
            self.forget(&run(name, *number), cluster);
        }
        for (name, number) in after.iter().filter(|(name, number)| before.get(*name) != Some(*number)) {
            cluster.at_time(change.at, |cluster| self.start(&run(name, *number), &Text::default(), cluster));
        }
    }

    /// Carries out what the kubelets ordered.
    pub fn obey(&mut self, cluster: &mut Cluster) {
        for order in cluster.runtime_mut().take_orders() {
            match order {
                Order::Start { run, ip } => {
                    self.ordered.insert(run.uid.clone());
                    self.start(&run, &ip, cluster);
                }
                Order::Stop(run) => self.stop(&run, cluster),
                Order::Kill(run) => self.forget(&run, cluster),
                Order::Ask { run, number, question } => self.ask(&run, number, &question, cluster),
                Order::Forget { run, number } => _ = self.asked.remove(&(run, number)),
            }
        }
        self.end_servers(cluster);
    }

    /// Servers end that somebody told so: what started them goes on.
    fn end_servers(&mut self, cluster: &mut Cluster) {
        for (uid, name, code) in cluster.runtime_mut().take_server_ends() {
            let is_meant = |run: &&Run| run.uid == uid && run.container == name;
            let Some(run) = self.running.iter().map(|(run, _)| run).find(is_meant).cloned() else { continue };
            let Some(process) = self.running.get_mut(&run).map(Rc::make_mut) else { continue };
            if process.shell.end_server(code) {
                let before = std::mem::replace(&mut process.wake, cluster.now() + Millis(1));
                process.is_endless = false;
                self.note_wake(&run, before);
                self.forget_steady(&run, cluster);
            }
        }
    }

    /// Lets everything run up to `until`, also what is only run when somebody looks.
    pub fn advance(&mut self, cluster: &mut Cluster, until: Millis) {
        while let Some(at) = self.next(true).filter(|at| *at <= until) {
            self.run_at(at, true, cluster);
        }
    }

    /// When something has to be done next.
    pub fn next_at(&self) -> Option<Millis> {
        self.next(false)
    }

    /// Does what has to be done at this time.
    pub fn step(&mut self, cluster: &mut Cluster, at: Millis) {
        self.run_at(at, false, cluster);
        self.look(cluster);
    }

    fn next(&self, with_endless: bool) -> Option<Millis> {
        let process = self.due.first().map(|(wake, _)| *wake);
        let is_meant = |(_, run): &&(Millis, Run)| with_endless || self.is_watched(run);
        let looks = with_endless || !self.steady.is_empty();
        let endless = self.lazy.iter().filter(|_| looks).find(is_meant).map(|(wake, _)| *wake);
        let questions = self.asked.values().map(|asked| asked.wake).filter(|wake| *wake != FOREVER);
        questions.chain(process).chain(endless).min()
    }

    /// The processes of a pod: they stand side by side.
    fn runs_of(&self, pod: &Key, uid: &Text) -> Vec<Run> {
        let first = Run { pod: pod.clone(), uid: uid.clone(), container: Text::default(), number: i64::MIN };
        let runs = self.running.range(&first..).map(|(run, _)| run);
        runs.take_while(|run| run.pod == *pod && run.uid == *uid).cloned().collect()
    }

    /// A process goes on at another time than before.
    fn note_wake(&mut self, run: &Run, before: Millis) {
        self.unplan(run, before);
        let Some(process) = self.running.get(run).filter(|process| process.wake != FOREVER) else { return };
        let place = (process.wake, run.clone());
        if process.is_endless {
            self.lazy.insert(place)
        } else {
            self.due.insert(place)
        };
    }

    fn unplan(&mut self, run: &Run, wake: Millis) {
        if wake != FOREVER {
            let place = (wake, run.clone());
            self.due.remove(&place);
            self.lazy.remove(&place);
        }
    }

    fn is_watched(&self, run: &Run) -> bool {
        self.steady.contains_key(run)
    }

    fn run_at(&mut self, at: Millis, with_endless: bool, cluster: &mut Cluster) {
        let is_due = |(wake, _): &&(Millis, Run)| *wake <= at;
        let is_meant = |(_, run): &&(Millis, Run)| with_endless || self.is_watched(run);
        let looks = with_endless || !self.steady.is_empty();
        let lazy = self.lazy.iter().filter(|_| looks).take_while(is_due).filter(is_meant);
        let mut runs: Vec<Run> = self.due.iter().take_while(is_due).chain(lazy).map(|(_, run)| run.clone()).collect();
        runs.order_by_key(Run::clone);
        for run in runs {
            self.run_process(&run, cluster);
        }
        let questions: Vec<(Run, u64)> =
            self.asked.iter().filter(|(_, asked)| asked.wake <= at).map(|(key, _)| key.clone()).collect();
        for key in questions {
            self.go_on(&key, cluster);
        }
    }

    /// Finds out whether steady answers have changed, if anything was written since the last time; the kubelet hears
    /// of it.
    pub fn look(&mut self, cluster: &mut Cluster) {
        let version = cluster.disks().version();
        if std::mem::replace(&mut self.seen, version) == version {
            return;
        }
        let touched = cluster.disks_mut().take_touched();
        // Most writes are seen by one pod alone.
        let sees = |(run, all): &(&Run, &Rc<Vec<Steady>>)| {
            touched.iter().any(|id| match id {
                DiskId::EmptyDir { pod_uid, .. } | DiskId::Layer { pod_uid, .. } => run.uid == *pod_uid,
                DiskId::Volume(_) | DiskId::Host { .. } => all.iter().any(|steady| steady.container.mounts_disk(id)),
            })
        };
        let runs: Vec<Run> = self.steady.iter().filter(sees).map(|(run, _)| run.clone()).collect();
        runs.iter().for_each(|run| self.look_at(run, cluster));
        // What the questions themselves wrote is no news.
        cluster.disks_mut().take_touched();
        self.seen = cluster.disks().version();
    }

    fn look_at(&mut self, run: &Run, cluster: &mut Cluster) {
        let Some(all) = self.steady.get(run).cloned() else { return };
        let has_changed = all.iter().any(|steady| {
            let now = match steady.question.as_ref() {
                Question::Exec(words) => answer_at_once(&steady.container, words, cluster),
                question => Some(look_up(&steady.container, question, cluster)),
            };
            now.as_ref() != Some(&steady.reply)
        });
        if has_changed {
            self.steady.remove(run);
            cluster.runtime_mut().post(RuntimeEvent::LookAtPod(run.pod.clone()));
        }
    }

    fn start(&mut self, run: &Run, ip: &Text, cluster: &mut Cluster) {
        let pod = cluster.by_uid(&run.uid).cloned();
        let Some(container) = pod.and_then(|pod| Container::begin(cluster, &pod, run, ip)) else { return };
        // An earlier life that the kubelet ended by itself is over.
        let mut earlier = self.runs_of(&run.pod, &run.uid);
        earlier.retain(|other| other.container == run.container);
        earlier.iter().for_each(|run| self.forget(run, cluster));
        // What cannot begin in an image that nobody here knows is an argument of the program that this has.
        let is_argument =
            |words: &Vec<String>| container.has_own_program() && may_start(words, &container, cluster).is_err();
        let words = container.main_words().filter(|words| !is_argument(words));
        if let Some(Err(why)) = words.as_ref().map(|words| may_start(words, &container, cluster)) {
            let message =
                why.trim_start_matches("OCI runtime exec failed: exec failed: ").trim_end_matches(": unknown");
            let message = message.replace("container process:", "container process: error during container init:");
            let message = not_made(&message).into();
            return cluster.runtime_mut().post(RuntimeEvent::StartFailed { run: run.clone(), message });
        }
        if let Some(message) = container.wrong_mount() {
            return cluster.runtime_mut().post(RuntimeEvent::StartFailed { run: run.clone(), message: message.into() });
        }
        let directory = container.field(&["workingDir"]).and_then(Value::as_str).unwrap_or("");
        if !directory.is_empty() && !directory.starts_with('/') {
            let message = not_made("Cwd must be an absolute path").into();
            return cluster.runtime_mut().post(RuntimeEvent::StartFailed { run: run.clone(), message });
        }
        cluster.runtime_mut().set_life(&run.uid, &run.container, container.life().cloned());
        container.prepare_mounts(cluster);
        if directory.starts_with('/') && container.lookup(cluster, directory).is_none() {
            // The runtime makes it.
            _ = container.trusted().make_directory(cluster, directory, true);
        }
        let refusal = container.refusal(cluster).filter(|_| words.is_none() && container.runs_default());
        let shell = match refusal {
            Some(text) => {
                let (code, text) = with_code(&text);
                logs::write(&container, cluster, text);
                failed_shell(&container, code, cluster)
            }
            None => {
                let is_default = words.is_none() && container.runs_default();
                let scripts = first_scripts::script(&container, cluster).filter(|_| is_default);
                sql::initialize(&container, cluster);
                if words.is_none() && container.runs_default() {
                    let told = [container.words("command"), container.words("args")].concat();
                    commands::write_files(&container, cluster, &told);
                }
                let mut shell = main_shell(&container, words.as_deref(), cluster);
                if let Some(script) = scripts {
                    first_scripts::serve_meanwhile(&container, cluster);
                    shell.begin_with(&script, &first_scripts::server(&container));
                }
                shell
            }
        };
        let is_endless = words.is_some_and(|words| is_endless(&words));
        let process = Process { container, shell, wake: cluster.now(), steps: 0, is_endless };
        self.running.insert(run.clone(), Rc::new(process));
        self.note_wake(run, FOREVER);
        self.run_process(run, cluster);
    }

    /// Runs a process until it waits or is over.
    fn run_process(&mut self, run: &Run, cluster: &mut Cluster) {
        let Some(process) = self.running.get_mut(run) else { return };
        let process = Rc::make_mut(process);
        let before = process.wake;
        let at = process.wake.max(process.container.started);
        let served = (process.shell.runs_server(), listeners(&process.shell));
        let mut text = String::new();
        let container = process.container.clone();
        let shell = &mut process.shell;
        let (event, used) = cluster.at_time(at, |cluster| {
            let mut world = ContainerWorld::new(&container, cluster);
            let mut io = Io::new(&mut world);
            let fuel = io.fuel;
            let event = shell.run(&mut io);
            text.push_str(&io.take_text());
            (event, fuel - io.fuel)
        });
        process.steps = process.steps.saturating_add(used).saturating_add(1);
        process.wake = match &event {
            Event::Sleep(until) => (*until).max(at + Millis(1)),
            _ => FOREVER,
        };
        if process.steps > STEPS_MAX {
            process.wake = FOREVER;
        }
        self.note_wake(run, before);
        self.end_servers(cluster);
        let Some(process) = self.running.get(run) else { return };
        let serves = (process.shell.runs_server(), listeners(&process.shell));
        let assumed = process.shell.assumed.clone().or_else(|| process.shell.peek_assumed());
        let has_failed = matches!(event, Event::Exit(code) if code != 0);
        let may_run_on = process.shell.may_run_on() || assumed.is_some() && has_failed;
        let waits_on = process.shell.role == Role::Main && may_run_on;
        if let Some(what) = &assumed {
            cluster.runtime_mut().note_assumed(&run.uid, &run.container, Some(what));
        }
        cluster.at_time(at, |cluster| logs::write(&container, cluster, &text));
        if serves != served
            || serves.0 && cluster.runtime().life(&run.uid, &run.container).is_some_and(|l| l.serves_since.is_none())
        {
            self.note_serving(run, serves.0, serves.1, at, cluster);
        }
        let Event::Exit(code) = event else { return };
        // What is not known never ends a container badly.
        let code = if assumed.is_some() { 0 } else { code };
        match self.running.get_mut(run).filter(|_| waits_on) {
            Some(process) => {
                let before = std::mem::replace(&mut Rc::make_mut(process).wake, FOREVER);
                self.note_wake(run, before);
            }
            None => self.end(run, code, cluster),
        }
    }

    /// A server begins to listen, or stops.
    fn note_serving(&mut self, run: &Run, serves: bool, opened: Vec<Listener>, at: Millis, cluster: &mut Cluster) {
        let Some(life) = cluster.runtime().life(&run.uid, &run.container).cloned() else { return };
        let ready = self.running.get(run).map_or(0, |process| process.container.image.ready_seconds());
        // What runs already goes on while another one begins.
        let serves_since = serves.then(|| life.serves_since.unwrap_or(at + Millis::seconds(ready)));
        let server_is_first = self.running.get(run).is_some_and(|process| process.shell.is_server());
        let life = Life { serves_since, server_is_first, listeners: Rc::new(opened), ..life };
        cluster.runtime_mut().set_life(&run.uid, &run.container, Some(life));
        self.forget_steady(run, cluster);
    }

    /// What was found out about a pod counts no more.
    fn forget_steady(&mut self, run: &Run, cluster: &mut Cluster) {
        let near: Vec<Run> = self.steady.keys().filter(|other| other.uid == run.uid).cloned().collect();
        for other in &near {
            self.steady.remove(other);
        }
        if !near.is_empty() {
            cluster.runtime_mut().post(RuntimeEvent::LookAtPod(run.pod.clone()));
        }
    }

    fn end(&mut self, run: &Run, code: i64, cluster: &mut Cluster) {
        let Some(process) = self.running.get(run).cloned() else { return };
        let message = last_words(&process.container, code, cluster);
        self.forget(run, cluster);
        cluster.runtime_mut().post(RuntimeEvent::Ended { run: run.clone(), code, is_oom: false, message });
    }

    fn stop(&mut self, run: &Run, cluster: &mut Cluster) {
        let Some(process) = self.running.get_mut(run) else { return };
        let process = Rc::make_mut(process);
        // Only the first process of a namespace is spared signals that it has no handler for.
        let is_spared = !process.container.shares_processes();
        if process.container.is_deaf() && is_spared {
            return;
        }
        match process.shell.take_term() {
            Signalled::Not if !is_spared && !process.shell.ignores_term() => {
                self.end(run, 143, cluster);
            }
            Signalled::Not => {}
            Signalled::Traps => {
                let before = std::mem::replace(&mut process.wake, cluster.now());
                process.is_endless = false;
                self.note_wake(run, before);
                self.run_process(run, cluster);
            }
            Signalled::Ends => {
                process.container.clone().remove_marks(cluster);
                let Some(process) = self.running.get(run) else { return };
                let code = process.container.image.stop_code();
                self.end(run, code, cluster);
            }
        }
    }

    /// A process is no more.
    fn forget(&mut self, run: &Run, cluster: &mut Cluster) {
        if let Some(process) = self.running.remove(run) {
            self.unplan(run, process.wake);
        }
        let questions: Vec<(Run, u64)> = self.asked.keys().filter(|key| key.0 == *run).cloned().collect();
        questions.iter().for_each(|key| _ = self.asked.remove(key));
        self.steady.remove(run);
        let is_present = cluster.runtime().life(&run.uid, &run.container).is_some_and(|life| life.number == run.number);
        if is_present {
            cluster.runtime_mut().set_life(&run.uid, &run.container, None);
        }
    }
}

/// What the runtime says of a container that it cannot make.
fn not_made(why: &str) -> String {
    format!(
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: \
         {why}: unknown"
    )
}
