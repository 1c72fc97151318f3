//! Links and stored sessions of each form that was ever written are read for good: `tests/sessions` keeps one of each.
//! A new form gets a file of its own here; the old ones stay.

use flate2::read::DeflateDecoder;
use statefulset_lab::kubernetes::{Kubernetes, Version};
use statefulset_lab::model::{Value, parse_json, to_json};
use statefulset_lab::playground::Playground;
use statefulset_lab::report;
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
