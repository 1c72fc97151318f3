//! Sets of growing size through their life in the simulated cluster itself: scale-up, rollout and scale-down under
//! both policies, in time on the processor; measures, judges nothing.

use statefulset_lab::model::{Key, Kind, Millis, Object, parse_json};
use statefulset_lab::sim::Sim;
use statefulset_lab::world::Environment;

/// The numbers of pods that are measured.
pub const SIZES: [usize; 3] = [100, 1_000, 5_000];

/// What is measured: its name, and how it begins.
type Step = (&'static str, fn(&mut Run));

/// Prints a table of both policies.
pub fn measure(sizes: &[usize]) {
    println!("\nthe simulated cluster alone: controllers, API server, kubelets; no history, no page");
    println!(
        "{:<14} {:<11} {:>6} {:>10} {:>10} {:>9} {:>9}",
        "policy", "what", "pods", "ms", "µs a pod", "exponent", "virtual"
    );
    for policy in ["OrderedReady", "Parallel"] {
        let mut before: [Option<(usize, f64)>; 3] = [None; 3];
        for &size in sizes {
            let mut run = Run::new(policy, size);
            let steps: [Step; 3] = [("scale-up", |_| ()), ("rollout", Run::roll_out), ("scale-down", Run::scale_down)];
            for ((what, act), last) in steps.into_iter().zip(&mut before) {
                let virtual_start = run.sim.now();
                let started = cpu_seconds();
                act(&mut run);
                let is_done = run.advance_until_done();
                let seconds = cpu_seconds() - started;
                let exponent = last.map_or("-".to_owned(), |(pods, time)| {
                    format!("{:.2}", (seconds / time).ln() / (size as f64 / pods as f64).ln())
                });
                *last = Some((size, seconds));
                let (ms, each) = (seconds * 1e3, seconds * 1e6 / size as f64);
                let passed = (run.sim.now() - virtual_start).whole_seconds();
                let note = if is_done { "" } else { "  not reached" };
                println!("{policy:<14} {what:<11} {size:>6} {ms:>10.1} {each:>10.1} {exponent:>9} {passed:>8}s{note}");
            }
        }
    }
}

/// Seconds that this thread has spent on a processor, or that have passed where the system does not say.
fn cpu_seconds() -> f64 {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = text.as_deref().and_then(|text| text.split(' ').next()).and_then(|word| word.parse::<f64>().ok());
    let start = START.get_or_init(std::time::Instant::now);
    nanos.map_or_else(|| start.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

/// A set in a cluster with room for it.
struct Run {
    sim: Sim,
    set: Key,
    replicas: usize,
}

impl Run {
    fn new(policy: &str, size: usize) -> Run {
        let mut environment = Environment::minikube();
        for node in &mut environment.nodes {
            (node.cpu, node.memory_gib, node.pods) = (100_000, 100_000, 100_000);
        }
        let text = format!(
            r#"{{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{{"name":"web","namespace":"default"}},
            "spec":{{"replicas":{size},"serviceName":"web","podManagementPolicy":"{policy}","revisionHistoryLimit":10,
            "selector":{{"matchLabels":{{"app":"web"}}}},
            "updateStrategy":{{"type":"RollingUpdate","rollingUpdate":{{"partition":0}}}},
            "template":{{"metadata":{{"labels":{{"app":"web"}}}},"spec":{{"terminationGracePeriodSeconds":1,
            "dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{{}},
            "containers":[{{"name":"web","image":"nginx:1","imagePullPolicy":"IfNotPresent","resources":{{}},
            "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}}]}}}}}}}}"#
        );
        let set = parse_json(&text).ok().and_then(|value| Object::from_value(&value)).expect("a set");
        let mut sim = Sim::new(1, environment);
        sim.listen(false);
        let key = set.key();
        sim.act(|ctx| ctx.cluster.create(set)).expect("the set is new");
        Run { sim, set: key, replicas: size }
    }

    fn roll_out(&mut self) {
        self.modify(|set| {
            set.at_mut(&["spec", "template", "spec", "containers"]).list_mut()[0].set_at(&["image"], "nginx:2");
        });
    }

    fn scale_down(&mut self) {
        self.replicas = 0;
        self.modify(|set| set.set_at(&["spec", "replicas"], 0));
    }

    fn modify(&mut self, change: impl FnOnce(&mut Object)) {
        let key = self.set.clone();
        self.sim.act(|ctx| ctx.cluster.modify(&key, change)).expect("the set exists");
    }

    /// Lets time go on until the set says that it is done; whether it does.
    fn advance_until_done(&mut self) -> bool {
        let limit = self.sim.now() + Millis::seconds(100_000);
        while !self.is_done() && self.sim.now() < limit {
            self.sim.advance_to(self.sim.now() + Millis::seconds(1));
            self.sim.take_changes();
        }
        self.is_done()
    }

    fn is_done(&self) -> bool {
        let Some(set) = self.sim.cluster.get(&self.set) else { return false };
        let count = |field: &str| set.i64_at(&["status", field]).unwrap_or(0);
        let wanted = self.replicas as i64;
        count("observedGeneration") == set.meta.generation
            && set.str_at(&["status", "currentRevision"]) == set.str_at(&["status", "updateRevision"])
            && [count("replicas"), count("readyReplicas"), count("updatedReplicas")] == [wanted; 3]
            && self.sim.cluster.list_in(Kind::Pod, "default").count() == self.replicas
    }
}
