//! Sets as charts render them. Three databases are applied, run, upgraded and removed as on a real cluster; many servers
//! are applied and start, whatever their scripts and probes do.
//!
//! Each file of `tests/charts` holds a set and what stands beside it; what is asked is what a user of the chart sees.

use statefulset_lab::cluster::Cluster;
use statefulset_lab::model::conditions::is_true;
use statefulset_lab::model::{Kind, Object, Text};
use statefulset_lab::playground::{Entry, Options, Playground};
use statefulset_lab::world::Environment;
use std::path::Path;

const CHARTS: [(&str, &str); 3] =
    [("postgres", "postgres:16.5"), ("valkey", "valkey/valkey:8.0.2"), ("mongodb", "mongo:7.0.15")];

struct Lab {
    playground: Playground,
    entries: usize,
}

impl Lab {
    fn new() -> Lab {
        let environment = Environment::named("minikube").expect("a profile");
        let options = Options { seed: 1, environment, manifest: String::new(), lines: Vec::new() };
        let mut lab = Lab { playground: Playground::new(options), entries: 0 };
        lab.playground.advance(10_000);
        lab
    }

    /// Types a line, waits for its end, and returns what it said.
    fn say(&mut self, line: &str) -> String {
        self.playground.enter(line);
        for _ in 0..2_000 {
            if !self.playground.is_busy() {
                break;
            }
            self.playground.advance(250);
        }
        assert!(!self.playground.is_busy(), "{line}: still at work");
        let entries = self.playground.entries().clone();
        let mut said = String::new();
        for entry in entries.iter().skip(self.entries.min(entries.len())) {
            if let Entry::Said { output, .. } = &**entry {
                output.lines.iter().for_each(|line| said.push_str(&format!("{}\n", line.text())));
            }
        }
        self.entries = entries.len();
        said
    }

    fn cluster(&self) -> &Cluster {
        self.playground.cluster()
    }

    fn find(&self, kind: Kind, name: &str) -> Option<&Object> {
        self.cluster().find(kind, &"default".into(), &Text::new(name)).map(|object| &**object)
    }

    fn number(&self, kind: Kind, name: &str, path: &[&str]) -> i64 {
        self.find(kind, name).and_then(|object| object.i64_at(path)).unwrap_or(0)
    }
}

#[test]
fn charts_of_databases_live_as_on_a_cluster() {
    for (name, next) in CHARTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts").join(format!("{name}.yaml"));
        let text = std::fs::read_to_string(path).expect("the chart");
        let mut lab = Lab::new();
        install(&mut lab, name, &text);
        upgrade(&mut lab, name, next);
        uninstall(&mut lab, name);
    }
}

/// How long a chart's pods may take until all of them are ready: probes wait for up to two minutes.
const START_MAX: u32 = 600;

#[test]
fn charts_of_servers_start() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts/sets");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the charts").flatten().map(|entry| entry.path()).collect();
    files.sort();
    assert!(files.len() >= 13, "{files:?}");
    let mut failures = String::new();
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("the chart");
        let mut lab = Lab::new();
        lab.say(&format!("cat <<'EOF' > chart.yaml\n{text}EOF"));
        let said = lab.say("kubectl apply -f chart.yaml");
        if said.lines().any(|line| !line.ends_with(" created")) {
            failures.push_str(&format!("{name}: {said}\n"));
            continue;
        }
        let is_ready = |lab: &Lab| {
            let wanted = lab.number(Kind::StatefulSet, &name, &["spec", "replicas"]);
            lab.number(Kind::StatefulSet, &name, &["status", "readyReplicas"]) == wanted
        };
        for _ in 0..START_MAX {
            if is_ready(&lab) {
                break;
            }
            lab.playground.advance(1000);
        }
        let restarts = |pod: &std::rc::Rc<Object>| {
            pod.list_at(&["status", "containerStatuses"])
                .iter()
                .filter_map(|it| it.i64_at(&["restartCount"]))
                .sum::<i64>()
        };
        let restarts: i64 = lab.cluster().list_in(Kind::Pod, "default").map(restarts).sum();
        if !is_ready(&lab) || restarts > 0 {
            let pods = lab.say("kubectl get pods");
            let events = lab.say("kubectl get events --field-selector type=Warning");
            let logs = lab.say(&format!("kubectl logs {name}-0 --all-containers"));
            failures.push_str(&format!("{name} does not start:\n{pods}{events}{logs}\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

fn install(lab: &mut Lab, name: &str, text: &str) {
    lab.say(&format!("cat <<'EOF' > chart.yaml\n{text}EOF"));
    let said = lab.say("kubectl apply -f chart.yaml");
    assert_eq!(said.lines().filter(|line| line.ends_with(" created")).count(), 13, "{name}: {said}");
    lab.playground.advance(240_000);
    let set = format!("db-{name}");
    let wanted = lab.number(Kind::StatefulSet, &set, &["spec", "replicas"]);
    assert_eq!(lab.number(Kind::StatefulSet, &set, &["status", "readyReplicas"]), wanted, "{name}");
    let metrics = format!("{set}-metrics");
    assert_eq!(lab.number(Kind::Deployment, &metrics, &["status", "availableReplicas"]), 1, "{name}");
    let job = lab.find(Kind::Job, &format!("{set}-init")).expect("the Job");
    assert!(is_true(job, "Complete"), "{name}: the Job ended");
    assert_eq!(lab.number(Kind::PodDisruptionBudget, &set, &["status", "expectedPods"]), wanted, "{name}");
}

fn upgrade(lab: &mut Lab, name: &str, image: &str) {
    let set = format!("db-{name}");
    lab.say(&format!("kubectl set image sts/{set} {name}={image}"));
    let said = lab.say(&format!("kubectl rollout status sts/{set}"));
    assert!(said.contains("complete"), "{name}: {said}");
    let said = lab.say("kubectl rollout restart deploy && kubectl rollout status deploy");
    assert!(said.contains("successfully rolled out"), "{name}: {said}");
    let sets = lab.cluster().list(Kind::ReplicaSet).count();
    assert_eq!(sets, 2, "{name}: the ReplicaSet before and the one after");
}

fn uninstall(lab: &mut Lab, name: &str) {
    let said = lab.say("kubectl delete -f chart.yaml");
    assert_eq!(said.matches("deleted").count(), 13, "{name}: {said}");
    lab.playground.advance(120_000);
    for kind in [Kind::Pod, Kind::ReplicaSet, Kind::Job, Kind::ControllerRevision, Kind::NetworkPolicy, Kind::Role] {
        let left = lab.cluster().list_in(kind, "default").count();
        assert_eq!(left, 0, "{name}: {kind} is left");
    }
    let claims = lab.cluster().list_in(Kind::PersistentVolumeClaim, "default").count();
    assert!(claims > 0, "{name}: the claims stay, as the retention policy says");
}
