//! Links and stored sessions of each form that was ever written are read for good: `tests/sessions` keeps one of each.
//! A new form gets a file of its own here; the old ones stay.

use flate2::read::DeflateDecoder;
use statefulset_lab::kubernetes::{Kubernetes, Version};
use statefulset_lab::model::{Millis, Value, parse_json, to_json};
use statefulset_lab::playground::Playground;
use statefulset_lab::{list, obj, report};
use std::io::Read;

/// The bytes behind a text in base64url.
fn bytes_of(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |letter: u8| alphabet.iter().position(|it| *it == letter).expect("a digit of base64url");
    let bits = text.bytes().flat_map(|letter| (0..6).rev().map(move |bit| digit(letter) >> bit & 1));
    let bits: Vec<usize> = bits.collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | *bit as u8)).collect()
}

/// What `www/permalink.js` reads out of a link.
fn unpacked(link: &str) -> Value {
    let text = link.trim_end().strip_prefix("#v1.").expect("the first form of links");
    let mut json = String::new();
    DeflateDecoder::new(bytes_of(text).as_slice()).read_to_string(&mut json).expect("deflated text");
    parse_json(&json).expect("JSON")
}

fn restored(link: &str) -> Playground {
    let session = unpacked(link);
    Playground::restore_shared(&to_json(session.get("session").expect("a session"))).expect("it is read")
}

fn output(playground: &mut Playground, line: &str) -> String {
    report::run(playground, line).str_at(&["output"]).trim_end().to_string()
}

#[test]
fn a_session_that_names_no_kubernetes_keeps_the_one_it_was_made_under() {
    let mut playground = restored(include_str!("sessions/no_kubernetes.link"));
    assert_eq!(playground.cluster().kubernetes(), Kubernetes::of(Version::new(36, 2)));
    assert!(output(&mut playground, "kubectl version").contains("Server Version: v1.36.2"));
    // The budget was not a field of that version, and is not one afterwards.
    assert_eq!(
        output(&mut playground, "kubectl get sts web -o jsonpath='{.spec.updateStrategy}'"),
        "{\"rollingUpdate\":{\"partition\":0},\"type\":\"RollingUpdate\"}"
    );
    assert!(output(&mut playground, "kubectl get sts").contains("web    2/2"));
    // What is stored from now on says it.
    assert_eq!(parse_json(&playground.save()).expect("JSON").str_at(&["kubernetes"]), "v1.36.2");
}

#[test]
fn a_session_keeps_its_kubernetes_and_its_branches() {
    let mut playground = restored(include_str!("sessions/with_kubernetes.link"));
    let kubernetes = Kubernetes::read("v1.37.0", "StatefulSetRecreateStrategy=true").expect("the lab knows it");
    assert_eq!(playground.cluster().kubernetes(), kubernetes);
    assert_eq!(playground.branch_count(), 2);
    assert!(playground.editor().contains("nginx:1.28"));
    assert!(output(&mut playground, "kubectl get ns other").contains("Active"));
    assert_eq!(output(&mut playground, "kubectl get pods -o name"), "pod/web-0\npod/web-1\npod/web-2");
    assert!(output(&mut playground, "kubectl get events").contains("Killing"), "web-0 was deleted in this branch");
    playground.switch_branch(0);
    assert!(!output(&mut playground, "kubectl get events").contains("Killing"));
}

#[test]
fn an_unknown_kubernetes_is_refused_in_words() {
    let mut session = unpacked(include_str!("sessions/with_kubernetes.link")).get("session").expect("one").clone();
    for (version, gates, named) in [("v1.99.0", "", "v1.99.0"), ("v1.37.0", "Nothing=true", "Nothing")] {
        session.set_at(&["kubernetes"], Value::text(version));
        session.set_at(&["gates"], Value::text(gates));
        let why = Playground::restore_shared(&to_json(&session)).err().expect("it is refused");
        assert!(why.contains("Kubernetes that the lab does not know") && why.contains(named), "{why}");
    }
}

/// A session of 500 lines over 300 pods, as it is stored; two more branches leave it on the way.
fn long_session() -> String {
    let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  serviceName: web\n  replicas: 300\n  podManagementPolicy: Parallel\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c, image: nginx}]}\n";
    let lines =
        ["kubectl get pods | tail -n 3", "kubectl get sts web", "kubectl label pod web-0 a=b --overwrite", "true"];
    let line = |at: i64, text: &str| list![at, list!["line", text.to_string()]];
    let mut inputs = vec![list![0, list!["file", "web.yaml", set]], line(0, "kubectl apply -f web.yaml")];
    inputs.extend((0..500_i64).map(|at| line(20_000 + at * 500, lines[usize::try_from(at % 4).unwrap_or(0)])));
    let branch = |name: &'static str, at: i64| {
        let count = 2 + usize::try_from((at - 20_000) / 500).unwrap_or(0);
        let mut own = inputs[..count].to_vec();
        own.extend((1..20).map(|number| line(at + number * 1000, "kubectl delete pod web-1 --wait=false")));
        obj! { "name" => name, "parent" => list![0, at], "inputs" => own, "end" => at + 30_000 }
    };
    let first = obj! { "name" => "main", "inputs" => inputs.clone(), "end" => 270_000 };
    let saved = obj! {
        "version" => 1,
        "seed" => "1",
        "environment" => "minikube",
        "kubernetes" => "1.36",
        "branches" => list![first, branch("one", 145_000), branch("two", 245_000)],
        "current" => 1,
        "at" => 150_000,
    };
    to_json(&saved)
}

#[test]
fn a_long_session_of_three_branches_comes_back_in_small_steps() {
    let mut restoring = Playground::restoring(&long_session()).expect("it is sound");
    let mut seen = Vec::new();
    while !restoring.go_on(300).expect("it has no bounds") {
        seen.push(restoring.progress());
    }
    seen.dedup();
    assert!(seen.is_sorted() && seen.len() > 15, "the bar moves: {seen:?}");
    let mut playground = restoring.finish();
    assert_eq!((playground.branch_count(), playground.now()), (3, Millis(150_000)));
    assert!(output(&mut playground, "kubectl get pods --no-headers | wc -l").contains("300"));
}
