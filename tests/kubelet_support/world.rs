//! A cluster of one node like the recorder's, in which a recording's objects are applied and its deeds done; keeps what
//! became of each pod. Compares nothing.

use super::fake_runtime::{Processes, profile};
use super::recording::{Recording, Story, add, mask, state_text};
use statefulset_lab::cluster::{Change, Cluster, Fault, Refusal, Verb};

use statefulset_lab::i18n::Lang;
use statefulset_lab::kubectl::{Console, Host, Pause};
use statefulset_lab::kubernetes::Kubernetes;
use statefulset_lab::model::pod_status_word::pod_state;
use statefulset_lab::model::{Kind, Millis, Object, Text, Value};
use statefulset_lab::sim::Sim;
use statefulset_lab::world::Environment;
use statefulset_lab::world::environment::Delays;
use std::collections::BTreeMap;

/// When the first pod of a recording is applied.
const START: Millis = Millis(60_370);

struct World {
    sim: Sim,
    processes: Processes,
    changes: Vec<Change>,
}

impl Host for World {
    fn cluster(&self) -> &Cluster {
        &self.sim.cluster
    }

    fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.sim.cluster
    }

    fn pause(&mut self, _: Pause) {
        let until = self.sim.now() + Millis(10);
        self.advance(until);
    }

    fn news(&self) -> &[Change] {
        &[]
    }

    fn editor_text(&self) -> &str {
        ""
    }

    fn fault(&mut self, fault: Fault) -> Result<(), Refusal> {
        self.sim.fault(fault)
    }

    fn upgrade(&mut self, _: Kubernetes) {}

    fn start_over(&mut self, _: Kubernetes) {}

    fn plan(&mut self, _: &[Value], _: &str, _: Kubernetes, _: Lang) -> Vec<String> {
        Vec::new()
    }
}

impl World {
    fn new(recording: &Recording, seed: u64) -> World {
        let mut environment = Environment::minikube();
        environment.nodes[0].name = "knode-1".into();
        environment.nodes[0].cpu = 2;
        environment.system = &[];
        environment.delays =
            Delays { pull: Millis(300), start: Millis(430), stop: Millis::ZERO, ..environment.delays.clone() };
        let mut sim = Sim::new(seed, environment);
        sim.play_elsewhere();
        let runtime = sim.cluster.runtime_mut();
        for line in recording.manifest.lines().chain(recording.deeds.iter().map(|deed| deed.command.as_str())) {
            let Some(image) = line.split_whitespace().find_map(|word| word.split_once("fake/").map(|(_, rest)| rest))
            else {
                continue;
            };
            let image = format!("fake/{}", image.trim_matches('"'));
            let profile = profile(&image, !recording.pulled.contains(&image));
            if profile.is_present && profile.refuses.is_none() {
                runtime.add_image(&"knode-1".into(), &Text::new(&image));
            }
            runtime.set_image(&Text::new(&image), profile);
        }
        let mut world = World { sim, processes: Processes::default(), changes: Vec::new() };
        world.advance(START + Millis(seed as i64 * 170));
        world
    }

    fn advance(&mut self, until: Millis) {
        self.settle();
        loop {
            let (work, process) = (self.sim.next_at(), self.processes.next_at());
            let due = work.into_iter().chain(process).min().filter(|at| *at <= until);
            let Some(due) = due else { break };
            if process == Some(due) {
                self.sim.advance_to(Millis(due.0 - 1).max(self.sim.now()));
                self.sim.cluster.set_now(due);
                self.processes.act(&mut self.sim.cluster);
            } else {
                self.sim.step(until);
            }
            self.settle();
        }
        self.sim.advance_to(until);
    }

    /// Lets the controllers hear of what was written, and the processes of what was ordered.
    fn settle(&mut self) {
        self.sim.act(|_| ());
        self.processes.obey(&mut self.sim.cluster);
        self.sim.act(|_| ());
        self.changes.extend(self.sim.take_changes());
    }
}

/// Plays a recording with the chance of a seed. Returns what became of each pod.
pub fn play(recording: &Recording, seed: u64) -> BTreeMap<String, Story> {
    let mut world = World::new(recording, seed);
    let mut console = Console::default();
    let namespace = &recording.namespace;
    enter(&mut world, &mut console, &format!("kubectl create namespace {namespace}"));
    enter(&mut world, &mut console, &format!("kubectl config set-context --current --namespace={namespace}"));
    let text = &recording.manifest;
    enter(&mut world, &mut console, &format!("cat <<'EOF' > all.yaml\n{text}\nEOF"));
    enter(&mut world, &mut console, "kubectl apply -f all.yaml");
    let is_pod = |change: &&Change| change.kind() == Kind::Pod && change.verb == Verb::Added;
    let start = world.changes.iter().find(|change| is_pod(change)).map_or(START, |change| change.at);
    for deed in &recording.deeds {
        world.advance(Millis(start.0 + deed.at));
        let command = match deed.command.strip_prefix("apply ") {
            Some("second") => {
                let second = text.split("---").next().unwrap_or("").replace("name: fresh", "name: second");
                enter(&mut world, &mut console, &format!("cat <<'EOF' > second.yaml\n{second}\nEOF"));
                "kubectl apply -f second.yaml".to_string()
            }
            _ if deed.command == "kubelet: stop" => "lab stop-kubelet knode-1".to_string(),
            _ if deed.command == "kubelet: start" => "lab start-kubelet knode-1".to_string(),
            _ => quoted(&deed.command),
        };
        enter(&mut world, &mut console, &command);
    }
    world.advance(Millis(start.0 + recording.end));
    stories(&world.changes, namespace, start)
}

/// A command line with its JSON in quotes, as it was before the recorder split it.
fn quoted(command: &str) -> String {
    let words = command
        .split(' ')
        .map(|word| if word.starts_with(['{', '[']) { format!("'{word}'") } else { word.to_string() });
    words.collect::<Vec<_>>().join(" ")
}

fn enter(world: &mut World, console: &mut Console, line: &str) {
    let output = console.enter(line, world);
    if std::env::var_os("KUBELET").is_some() {
        output.lines.iter().for_each(|line| println!("{}", line.text()));
    }
    world.settle();
    let until = world.sim.now() + Millis(20);
    while console.is_busy() && world.sim.now() < until {
        let next = world.sim.now() + Millis(5);
        world.advance(next);
        console.poll(world);
    }
}

fn stories(changes: &[Change], namespace: &str, start: Millis) -> BTreeMap<String, Story> {
    let mut stories: BTreeMap<String, Story> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.object.meta.namespace == namespace) {
        let (object, at) = (&*change.object, change.at.0 - start.0);
        match object.kind {
            Kind::Pod if change.verb != Verb::Deleted => {
                see_pod(stories.entry(object.meta.name.to_string()).or_default(), object, at);
            }
            Kind::Event if object.str_at(&["involvedObject", "kind"]) == "Pod" => {
                let about = object.str_at(&["involvedObject", "fieldPath"]).to_string();
                let field = |name: &str| object.str_at(&[name]).to_string();
                let text = mask(&format!("{} {} {}", field("type"), field("reason"), field("message")));
                let count = object.i64_at(&["count"]).unwrap_or(1);
                let pod = object.str_at(&["involvedObject", "name"]).to_string();
                let told = stories.entry(pod).or_default().events.entry((about, text)).or_insert(0);
                *told = (*told).max(count);
            }
            _ => {}
        }
    }
    stories
}

fn see_pod(story: &mut Story, pod: &Object, at: i64) {
    let state = pod_state(pod);
    story.row(at, format!("{}/{} {} {}", state.ready, state.total, state.status, state.restarts));
    for condition in pod.list_at(&["status", "conditions"]) {
        let field = |name: &str| condition.str_at(&[name]);
        let text = format!("{} {} {}", field("status"), field("reason"), field("message"));
        add(&mut story.conditions, field("type"), at, text.trim().to_string());
    }
    for list in ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"] {
        for status in pod.list_at(&["status", list]) {
            let state = status.at(&["state"]).and_then(Value::as_map).and_then(|map| map.iter().next());
            let Some((kind, detail)) = state else { continue };
            let text = state_text(
                kind.as_str(),
                detail.str_at(&["reason"]),
                detail.i64_at(&["exitCode"]),
                detail.str_at(&["message"]),
            );
            add(&mut story.states, status.str_at(&["name"]), at, text);
        }
    }
}
