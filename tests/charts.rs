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

/// A chart: its name, its image before and after the upgrade, how many pods it has before and after.
struct Chart {
    name: &'static str,
    image: (&'static str, &'static str),
    replicas: (i64, i64),
    /// Where the data is.
    data: &'static str,
    /// A line of its configuration, and what takes its place.
    setting: (&'static str, &'static str),
}

const CHARTS: [Chart; 3] = [
    Chart {
        name: "postgres",
        image: ("postgres:16.4", "postgres:16.5"),
        replicas: (1, 2),
        data: "/var/lib/postgresql/data",
        setting: ("max_connections = 100", "max_connections = 200"),
    },
    Chart {
        name: "valkey",
        image: ("valkey/valkey:8.0.1", "valkey/valkey:8.0.2"),
        replicas: (3, 2),
        data: "/data",
        setting: ("appendonly yes", "appendonly no"),
    },
    Chart {
        name: "mongodb",
        image: ("mongo:7.0.14", "mongo:7.0.15"),
        replicas: (3, 4),
        data: "/data/db",
        setting: ("enabled: true", "enabled: false"),
    },
];

/// How many objects each chart has, and how many of them are told to be configured whenever they are applied.
const OBJECTS: usize = 13;
const REPEATED: usize = 3;

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
    for chart in CHARTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts").join(format!("{}.yaml", chart.name));
        let text = std::fs::read_to_string(path).expect("the chart");
        let mut lab = Lab::new();
        install(&mut lab, &chart, &text);
        run(&mut lab, &chart);
        upgrade(&mut lab, &chart, &text);
        roll_back(&mut lab, &chart);
        uninstall(&mut lab, &chart);
        install_again(&mut lab, &chart, &text);
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
        if name == "vault" {
            // It is sealed, and so not ready, until somebody has made its keys and given them to it.
            lab.playground.advance(30_000);
            assert!(!is_ready(&lab), "a sealed server is no use");
            let made = lab.say("kubectl exec vault-0 -- vault operator init -key-shares=1 -key-threshold=1");
            let key = made.lines().find_map(|line| line.strip_prefix("Unseal Key 1: ")).unwrap_or(&made).to_string();
            lab.say(&format!("kubectl exec vault-0 -- vault operator unseal {key}"));
        }
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

/// Applies a text, and gives how many objects it created, configured and left as they were.
fn apply(lab: &mut Lab, text: &str) -> [usize; 3] {
    lab.say(&format!("cat <<'EOF' > chart.yaml\n{text}EOF"));
    let said = lab.say("kubectl apply -f chart.yaml");
    let count = |end: &str| said.lines().filter(|line| line.ends_with(end)).count();
    let counts = [count(" created"), count(" configured"), count(" unchanged")];
    assert_eq!(counts.iter().sum::<usize>(), OBJECTS, "{said}");
    counts
}

/// Holds that the set's pods, its Service's addresses and its budget are so many.
fn assert_members(lab: &Lab, name: &str, wanted: i64) {
    let set = format!("db-{name}");
    assert_eq!(lab.number(Kind::StatefulSet, &set, &["status", "readyReplicas"]), wanted, "{name}");
    assert_eq!(lab.number(Kind::PodDisruptionBudget, &set, &["status", "expectedPods"]), wanted, "{name}");
    assert_eq!(lab.number(Kind::PodDisruptionBudget, &set, &["status", "disruptionsAllowed"]), 1, "{name}");
    for service in [set.clone(), format!("{set}-hl")] {
        let slices = lab.cluster().list_in(Kind::EndpointSlice, "default");
        let own = slices.filter(|slice| slice.meta.label("kubernetes.io/service-name") == service.as_str());
        let addresses: usize = own.map(|slice| slice.list_at(&["endpoints"]).len()).sum();
        assert_eq!(i64::try_from(addresses), Ok(wanted), "{service}");
    }
}

fn install(lab: &mut Lab, chart: &Chart, text: &str) {
    let name = chart.name;
    assert_eq!(apply(lab, text), [OBJECTS, 0, 0], "{name}");
    lab.playground.advance(240_000);
    assert_members(lab, name, chart.replicas.0);
    let metrics = format!("db-{name}-metrics");
    assert_eq!(lab.number(Kind::Deployment, &metrics, &["status", "availableReplicas"]), 1, "{name}");
    let job = lab.find(Kind::Job, &format!("db-{name}-init")).expect("the Job");
    assert!(is_true(job, "Complete"), "{name}: the Job ended");
    let said = lab.say(&format!("kubectl logs job/db-{name}-init"));
    assert!(said.ends_with("initialised\n"), "{name}: {said}");
    // Lists that a patch replaces whole differ by what the server has filled in: the ports of the policy, the claims of
    // the set. kubectl sends them again each time, and so it does with the selector of the budget, which its patches
    // replace as a whole; nothing comes of it.
    assert_eq!(apply(lab, text), [0, REPEATED, OBJECTS - REPEATED], "{name}: nothing has changed");
    assert_eq!(lab.say("kubectl diff -f chart.yaml"), "", "{name}");
}

fn run(lab: &mut Lab, chart: &Chart) {
    let (name, last) = (chart.name, chart.replicas.0 - 1);
    // What is written to a volume outlives everything that follows.
    for ordinal in [0, last] {
        lab.say(&format!(
            "kubectl exec db-{name}-{ordinal} -c {name} -- sh -c 'echo kept-{ordinal} > {}/note'",
            chart.data
        ));
    }
    // The container's own file system is read-only, and the pod is nobody's root.
    let said = lab.say(&format!("kubectl exec db-{name}-0 -c {name} -- touch /etc/note"));
    assert!(said.contains("Read-only file system"), "{name}: {said}");
    let said = lab.say(&format!("kubectl exec db-{name}-0 -c {name} -- id -u"));
    assert_eq!(said, "1001\n", "{name}");
    // Saving by hand, as the CronJob would at three in the morning.
    let said = lab.say(&format!("kubectl create job save --from=cronjob/db-{name}-backup"));
    assert_eq!(said, "job.batch/save created\n", "{name}");
    lab.say("kubectl wait --for=condition=complete job/save --timeout=60s");
    assert_eq!(lab.say("kubectl logs job/save"), "saved\n", "{name}");
    assert_eq!(lab.say("kubectl delete job save"), "job.batch \"save\" deleted from default namespace\n", "{name}");
}

fn upgrade(lab: &mut Lab, chart: &Chart, text: &str) {
    let (name, set) = (chart.name, format!("db-{}", chart.name));
    let next = text
        .replace(chart.image.0, chart.image.1)
        .replace(chart.setting.0, chart.setting.1)
        .replace("checksum/configuration: \"5f1c\"", "checksum/configuration: \"90ab\"")
        .replacen(&replicas_line(chart.replicas.0, &set), &replicas_line(chart.replicas.1, &set), 1);
    lab.say(&format!("cat <<'EOF' > chart.yaml\n{next}EOF"));
    let said = lab.say("kubectl diff -f chart.yaml");
    for line in [format!("+        image: {}", chart.image.1), format!("-        image: {}", chart.image.0)] {
        assert!(said.contains(&line), "{name}: {said}");
    }
    // The ConfigMap, beside those that always are; everything else is as it was.
    assert_eq!(apply(lab, &next), [0, REPEATED + 1, OBJECTS - REPEATED - 1], "{name}");
    let said = lab.say(&format!("kubectl rollout status sts/{set}"));
    assert!(said.contains("complete"), "{name}: {said}");
    lab.playground.advance(30_000);
    assert_members(lab, name, chart.replicas.1);
    // Updates go from the last to the first.
    let created = |ordinal: i64| lab.find(Kind::Pod, &format!("{set}-{ordinal}")).map(|pod| pod.meta.created);
    for ordinal in 1..chart.replicas.0.min(chart.replicas.1) {
        assert!(created(ordinal) < created(ordinal - 1), "{name}: {ordinal}");
    }
    let said = lab.say(&format!("kubectl exec {set}-0 -c {name} -- cat /etc/{name}/{}", configuration(name)));
    assert!(said.contains(chart.setting.1), "{name}: {said}");
    let said = lab.say(&format!("kubectl exec {set}-0 -c {name} -- cat {}/note", chart.data));
    assert_eq!(said, "kept-0\n", "{name}");
    let said = lab.say("kubectl rollout restart deploy && kubectl rollout status deploy");
    assert!(said.contains("successfully rolled out"), "{name}: {said}");
    let sets = lab.cluster().list_in(Kind::ReplicaSet, "default").count();
    assert_eq!(sets, 2, "{name}: the ReplicaSet before and the one after");
    // A Job's template cannot be changed: a chart that does so gets its other objects applied, and this word.
    let other = next.replacen("echo initialised", "echo changed", 1);
    lab.say(&format!("cat <<'EOF' > other.yaml\n{other}EOF"));
    let said = lab.say("kubectl apply -f other.yaml");
    assert!(
        said.contains(&format!("The Job \"{set}-init\" is invalid: spec.template: Invalid value: ")),
        "{name}: {said}"
    );
    assert_eq!(
        said.lines().filter(|line| line.ends_with(" unchanged")).count(),
        OBJECTS - REPEATED - 1,
        "{name}: {said}"
    );
}

fn roll_back(lab: &mut Lab, chart: &Chart) {
    let (name, set) = (chart.name, format!("db-{}", chart.name));
    let said = lab.say(&format!("kubectl rollout undo sts/{set} && kubectl rollout status sts/{set}"));
    assert!(said.contains("rolled back"), "{name}: {said}");
    let image = lab.say(&format!("kubectl get sts {set} -o jsonpath='{{.spec.template.spec.containers[0].image}}'"));
    assert_eq!(image.trim_end(), chart.image.0, "{name}");
    lab.playground.advance(30_000);
    // The number of pods is none of the template's: it stays.
    assert_members(lab, name, chart.replicas.1);
}

fn uninstall(lab: &mut Lab, chart: &Chart) {
    let name = chart.name;
    let said = lab.say("kubectl delete -f chart.yaml");
    assert_eq!(said.matches("deleted").count(), OBJECTS, "{name}: {said}");
    lab.playground.advance(120_000);
    for kind in [Kind::Pod, Kind::ReplicaSet, Kind::Job, Kind::ControllerRevision, Kind::NetworkPolicy, Kind::Role] {
        let left = lab.cluster().list_in(kind, "default").count();
        assert_eq!(left, 0, "{name}: {kind} is left");
    }
    let claims = lab.cluster().list_in(Kind::PersistentVolumeClaim, "default").count();
    let most = chart.replicas.0.max(chart.replicas.1);
    assert_eq!(i64::try_from(claims), Ok(most), "{name}: the claims stay, as the retention policy says");
}

/// Who installs the chart anew finds the data of the old one.
fn install_again(lab: &mut Lab, chart: &Chart, text: &str) {
    let (name, last) = (chart.name, chart.replicas.0 - 1);
    install(lab, chart, text);
    for ordinal in [0, last] {
        let said = lab.say(&format!("kubectl exec db-{name}-{ordinal} -c {name} -- cat {}/note", chart.data));
        assert_eq!(said, format!("kept-{ordinal}\n"), "{name}");
    }
}

/// The lines of a set that say how many pods it has: the Deployment has another Service.
fn replicas_line(count: i64, set: &str) -> String {
    format!("  replicas: {count}\n  serviceName: {set}-hl\n")
}

/// The file of a chart's configuration.
fn configuration(name: &str) -> &'static str {
    match name {
        "postgres" => "postgresql.conf",
        "valkey" => "valkey.conf",
        _ => "mongod.conf",
    }
}
