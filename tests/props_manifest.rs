//! Random and mutated texts against the front: no panic, no hang, and places that lie in the text.
//! The same rules as the fuzz target in `tests/fuzz`, in seconds.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use statefulset_lab::api;
use statefulset_lab::kubernetes::Kubernetes;
use statefulset_lab::manifest;
use statefulset_lab::model::to_json;
use std::fs;

fn check(text: &str) {
    let read = manifest::read(text, Kubernetes::default());
    for problem in &read.problems {
        let span = problem.span;
        assert!(text.get(span.start..span.end).is_some(), "{span:?} of\n{text}");
        assert!(span.line >= 1 && span.column >= 1);
    }
    for value in read.documents.iter().filter_map(|document| document.value.as_ref()) {
        let yaml = manifest::to_yaml(value);
        let again = manifest::parse(&yaml).first().and_then(|document| document.value.clone()).unwrap_or_default();
        assert_eq!(to_json(&again), to_json(value), "{yaml}");
    }
    for (_, object) in &read.objects {
        let admitted = api::admit_update(object, object.clone(), Kubernetes::default());
        assert_eq!(admitted.map(|it| it.object).ok().as_ref(), Some(object), "an accepted object changes into itself");
    }
}

/// The sources of the error gallery.
fn sources() -> Vec<String> {
    let folder = format!("{}/tests/manifests", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = fs::read_dir(folder).expect("the gallery").map(|it| it.expect("a file").path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).expect("text"));
    texts.map(|text| text.split("=====\n").next().unwrap_or("").to_string()).collect()
}

#[derive(Clone, Debug)]
enum Change {
    Remove(usize, usize),
    Insert(usize, String),
    Swap(usize, usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let snippet = prop_oneof![
        "[ \\t\\n:\\-\\[\\]{}#&*!|>'\"%@,?~]{1,3}",
        "[a-z]{1,6}: ?",
        "\\PC{1,4}",
        Just("\r\n".to_string()),
        Just("\n---\n".to_string()),
        Just("<<: *a".to_string()),
        Just("&a ".to_string()),
        Just("-9223372036854775808".to_string()),
        Just("1e+400".to_string()),
        Just("\u{feff}".to_string()),
    ];
    let change = prop_oneof![
        (any::<usize>(), 1usize..20).prop_map(|(at, count)| Change::Remove(at, count)),
        (any::<usize>(), snippet).prop_map(|(at, text)| Change::Insert(at, text)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Change::Swap(a, b)),
    ];
    prop::collection::vec(change, 1..6)
}

fn mutated(source: &str, changes: &[Change]) -> String {
    let mut chars: Vec<char> = source.chars().collect();
    for change in changes {
        let length = chars.len().max(1);
        match change {
            Change::Remove(at, count) => {
                let at = at % length;
                let end = (at + count).min(chars.len());
                chars.drain(at.min(end)..end);
            }
            Change::Insert(at, text) => {
                let at = (at % length).min(chars.len());
                chars.splice(at..at, text.chars());
            }
            Change::Swap(a, b) if chars.len() > 1 => chars.swap(a % length, b % length),
            Change::Swap(..) => {}
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn yaml_like_text_is_read(text in "[ a-c\\n:\\-\\[\\]{}#&*!|>'\"%@,?~0-9<\\t]{0,200}") {
        check(&text);
    }

    #[test]
    fn mutated_manifests_are_read(at in any::<usize>(), changes in changes()) {
        let sources = sources();
        check(&mutated(&sources[at % sources.len()], &changes));
    }
}

#[test]
fn what_costs_too_much_is_refused() {
    // Ten megabytes are refused unread.
    let large = "a: b\n".repeat(2_000_000);
    let read = manifest::read(&large, Kubernetes::default());
    assert!(read.problems[0].message.contains("at most 3145728 are read"), "{:?}", read.problems[0]);
    // A billion laughs.
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_string();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        laughs.push_str(&format!("a{level}: &a{level} [{}]\n", [before.as_str(); 9].join(", ")));
    }
    assert_eq!(
        manifest::read(&laughs, Kubernetes::default()).problems[0].message,
        "yaml: document contains excessive aliasing"
    );
    // Depth, in both styles.
    for text in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(50_000),
        format!("{}1{}", "[".repeat(400), "]".repeat(400)),
    ] {
        let read = manifest::read(&text, Kubernetes::default());
        assert!(!read.problems.is_empty());
    }
    // Three megabytes of one line, and of many small values.
    let line =
        format!("{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{{\"a\":\"é{}\"}}}}", "x".repeat(3_000_000));
    assert!(!manifest::read(&line, Kubernetes::default()).problems.is_empty());
    let many = format!("a: [{}]", "1,".repeat(1_000_000));
    assert!(!manifest::read(&many, Kubernetes::default()).problems.is_empty());
}
