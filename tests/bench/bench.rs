//! Measures the core as a native program: sets of growing size through their life; judges nothing and needs no browser.
//!
//! `script/bench native` runs it. The exponent says how the time grows with the number of pods: 1 is linear.
#![allow(clippy::disallowed_types, reason = "measuring needs the machine's clock")]

mod seeks;
mod sets;

use statefulset_lab::model::Kind;
use statefulset_lab::playground::{Options, Playground};
use statefulset_lab::world::Environment;
use std::time::Instant;

const SIZES: [usize; 4] = [10, 100, 1_000, 4_000];

fn manifest(replicas: usize, image: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: web\nspec:\n  serviceName: web\n  replicas: {replicas}\n  \
         podManagementPolicy: Parallel\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      \
         labels:\n        app: web\n    spec:\n      terminationGracePeriodSeconds: 1\n      containers:\n      - name: web\n        \
         image: nginx:{image}\n"
    )
}

/// A cluster with room for thousands of pods.
fn playground() -> Playground {
    let mut environment = Environment::minikube();
    for node in &mut environment.nodes {
        (node.cpu, node.memory_gib, node.pods) = (100_000, 100_000, 100_000);
    }
    Playground::new(Options { seed: 1, environment, manifest: String::new(), lines: Vec::new() })
}

/// Lets time go on until `done`; returns the seconds it took and the virtual milliseconds that passed.
fn until(playground: &mut Playground, limit_ms: i64, done: impl Fn(&Playground) -> bool) -> Option<(f64, i64)> {
    let (started, start) = (Instant::now(), playground.now().0);
    while !done(playground) {
        if playground.now().0 - start > limit_ms {
            return None;
        }
        playground.advance(1_000);
    }
    Some((started.elapsed().as_secs_f64(), playground.now().0 - start))
}

/// The pods that are ready and of the newest revision, as the set itself says: to count them would take longer than
/// what is measured.
fn pods_ready(playground: &Playground) -> usize {
    let Some(set) = playground.cluster().list(Kind::StatefulSet).next() else { return 0 };
    let number = |field: &str| set.i64_at(&["status", field]).unwrap_or(0);
    let is_seen = number("observedGeneration") == set.meta.generation;
    if is_seen { number("readyReplicas").min(number("updatedReplicas")) as usize } else { 0 }
}

/// An hour of a cluster in which nothing happens but that 100 pods are probed every 10 seconds.
fn idle() {
    let probe = "        readinessProbe: {httpGet: {port: 80}, periodSeconds: 10}\n        \
                 livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 10}\n";
    let mut playground = playground();
    playground.set_editor(&format!("{}{probe}", manifest(100, "1")));
    playground.apply_editor();
    if until(&mut playground, 600_000, |it| pods_ready(it) == 100).is_none() {
        return println!("{:<12} {:>6} {:>12}", "idle", 100, "not reached");
    }
    playground.advance(120_000);
    let (records, started) = (playground.records().len(), Instant::now());
    playground.advance(3_600_000);
    let (records, ms) = (playground.records().len() - records, started.elapsed().as_secs_f64() * 1e3);
    println!("{:<12} {:>6} {ms:>12.1} {records:>12} records in {:>8.1}s", "idle", 100, 3600.0);
}

fn main() {
    // `bench sets 100 1000` measures only the cluster, with these sizes; `bench seeks 100` only moving through time.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let sizes: Vec<usize> = words.iter().skip(1).filter_map(|word| word.parse().ok()).collect();
    let or = |usual: &[usize]| if sizes.is_empty() { usual.to_vec() } else { sizes.clone() };
    match words.first().map(String::as_str) {
        Some("sets") => return sets::measure(&or(&sets::SIZES)),
        Some("seeks") => return seeks::measure(&or(&[10, 100, 1_000])),
        _ => {}
    }
    println!("{:<12} {:>6} {:>12} {:>12} {:>10} {:>9}", "what", "pods", "ms", "µs a pod", "exponent", "virtual");
    idle();
    let mut before: Vec<(&str, usize, f64)> = Vec::new();
    for size in SIZES {
        let mut playground = playground();
        let mut row = |what: &'static str, measured: Option<(f64, i64)>| {
            let Some((seconds, virtual_ms)) = measured else {
                println!("{what:<12} {size:>6} {:>12}", "not reached");
                return;
            };
            let last = before.iter().rev().find(|(name, ..)| *name == what);
            let exponent = last.map_or("-".to_owned(), |(_, pods, time)| {
                format!("{:.2}", (seconds / time).ln() / (size as f64 / *pods as f64).ln())
            });
            let (ms, each) = (seconds * 1e3, seconds * 1e6 / size as f64);
            println!("{what:<12} {size:>6} {ms:>12.1} {each:>12.1} {exponent:>10} {:>8.1}s", virtual_ms as f64 / 1e3);
            before.push((what, size, seconds));
        };
        let limit = 20_000 * size as i64 + 600_000;
        playground.set_editor(&manifest(size, "1"));
        playground.apply_editor();
        row("create", until(&mut playground, limit, |it| pods_ready(it) == size));
        playground.set_editor(&manifest(size, "2"));
        playground.apply_editor();
        row("roll", until(&mut playground, limit, |it| pods_ready(it) == size));
        let started = Instant::now();
        let (middle, end) = (playground.now().0 / 2, playground.now());
        playground.seek(statefulset_lab::model::Millis(middle));
        playground.seek(end);
        row("seek twice", Some((started.elapsed().as_secs_f64(), 0)));
        let started = Instant::now();
        playground.enter("kubectl get pods");
        row("get pods", Some((started.elapsed().as_secs_f64(), 0)));
        playground.enter("kubectl scale statefulset web --replicas=0");
        row(
            "scale to 0",
            until(&mut playground, limit, |it| it.cluster().list_in(Kind::Pod, "default").next().is_none()),
        );
        println!("{:<12} {size:>6} {:>12}", "records", playground.records().len());
    }
}
