//! Runs the examples of every verb's `--help`: each does what its comment says, or ends as the example implies.

use statefulset_lab::kubectl::Stream;
use statefulset_lab::kubectl::verbs::all;
use statefulset_lab::playground::{Entry, Options, Playground};
use statefulset_lab::world::Environment;
use std::path::Path;

/// The examples that do not end with status 0, and why.
const ENDS: &[(&str, i32, &str)] = &[
    ("kubectl diff -f manifest.yaml", 1, "the living set has another image: 1 says that there are differences"),
    ("kubectl get pods -w", 130, "Ctrl-C ends it"),
    ("kubectl logs -f web-0", 130, "Ctrl-C ends it"),
    ("kubectl port-forward web-0 8080:80", 130, "Ctrl-C ends it"),
    ("kubectl proxy", 130, "Ctrl-C ends it"),
];

/// Three nodes called `node-1` and so on, a set `web` with a second revision, and the pod `my-client` to go back to.
fn playground(verb: &str) -> Playground {
    let mut environment = Environment::zones();
    for (number, node) in environment.nodes.iter_mut().enumerate() {
        node.name = format!("node-{}", number + 1).into();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/scenarios/web.yaml");
    let manifest = std::fs::read_to_string(path).expect("the scenario");
    let mut playground = Playground::new(Options { seed: 1, environment, manifest, lines: Vec::new() });
    if verb == "create" {
        return playground;
    }
    if verb == "auth reconcile" {
        playground.enter(
            "kubectl create role reader --verb=get --resource=pods --dry-run=client -o yaml > my-rbac-rules.yaml",
        );
    }
    let lines = [
        "kubectl apply -f manifest.yaml",
        "kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25",
        "kubectl run -it my-client --image=busybox:1.36 -- sh",
    ];
    for line in &lines[..if verb == "attach" { 3 } else { 2 }] {
        playground.enter(line);
        for _ in 0..60 {
            playground.advance(1000);
        }
        if playground.is_busy() || !playground.prompt().text.starts_with('$') {
            playground.enter("exit");
            playground.advance(5000);
        }
    }
    // The second revision stays unlike the first.
    playground.enter("kubectl rollout status sts/web");
    playground.advance(60_000);
    assert!(!playground.is_busy(), "the set is ready");
    // A pod that crashed has a log of its last run.
    playground.enter("lab kill web-0");
    playground.advance(30_000);
    playground
}

/// Runs a line to its end: shells are left, watches interrupted, the editor's text saved with more replicas.
fn run(playground: &mut Playground, line: &str) -> (i32, String) {
    let before = playground.entries().len();
    playground.enter(line);
    for _ in 0..90 {
        if playground.is_editing() {
            let text = playground.opened().map(|opened| opened.2.replace("replicas: 3", "replicas: 4"));
            playground.answer_edit(text.as_deref());
        }
        let is_over = !playground.is_busy() && playground.prompt().text == "$ ";
        if is_over {
            break;
        }
        if !playground.is_busy() {
            playground.enter("exit");
        }
        playground.advance(1000);
    }
    if playground.is_busy() {
        playground.interrupt();
    }
    let mut text = String::new();
    let mut exit = 0;
    for entry in playground.entries().iter().skip(before) {
        if let Entry::Said { output, .. } = &**entry {
            let said = output.lines.iter().filter(|line| line.stream != Stream::Hint);
            said.for_each(|line| text.push_str(&format!("{}\n", line.text())));
            exit = output.exit.unwrap_or(exit);
        }
    }
    (exit, text)
}

#[test]
fn every_example_does_what_it_says() {
    let mut failures = String::new();
    let mut ends: Vec<&str> = Vec::new();
    for verb in all() {
        // Two names of one verb share its examples.
        if matches!(verb.name, "top nodes" | "top pods") {
            continue;
        }
        let mut playground = playground(verb.name);
        for (comment, line) in verb.help.examples {
            if verb.name == "delete" {
                // What one example deletes the next cannot delete again.
                playground = self::playground(verb.name);
            }
            let (exit, said) = run(&mut playground, line);
            let expected = ENDS.iter().find(|end| end.0 == *line).map_or(0, |end| end.1);
            ends.extend(ENDS.iter().filter(|end| end.0 == *line).map(|end| end.0));
            let has_error = said.lines().any(|line| line.to_lowercase().starts_with("error"));
            if exit != expected || has_error {
                failures.push_str(&format!("\n# {comment}\n$ {line}\n{said}[{exit}]\n"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert_eq!(ends.len(), ENDS.len(), "each of {ENDS:?} is an example");
}
