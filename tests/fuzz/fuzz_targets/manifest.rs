//! Feeds arbitrary text to the front: nothing may panic, hang, or grow without bound.
//!
//! Run it from this folder's parent with
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz --sanitizer none manifest`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use statefulset_lab::api;
use statefulset_lab::kubernetes::Kubernetes;
use statefulset_lab::manifest;
use statefulset_lab::model::to_json;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let read = manifest::read(&text, Kubernetes::default());
    for problem in &read.problems {
        assert!(problem.span.start <= problem.span.end && problem.span.end <= text.len(), "a place in the text");
        assert!(text.get(problem.span.start..problem.span.end).is_some(), "whole characters");
        _ = problem.hint.as_ref().map(|hint| (hint.english(), hint.japanese()));
    }
    for document in &read.documents {
        let Some(value) = &document.value else { continue };
        // What is printed is read again as the same.
        let yaml = manifest::to_yaml(value);
        if let Some(again) = manifest::parse(&yaml).first().and_then(|document| document.value.clone()) {
            assert_eq!(to_json(&again), to_json(value), "{yaml}");
        }
    }
    for (_, object) in &read.objects {
        let admitted = api::admit_update(object, object.clone(), Kubernetes::default());
        assert!(admitted.is_ok_and(|it| it.object == *object), "an accepted object changes into itself");
        let decoded = api::decode(&object.to_value(), Kubernetes::default()).expect("an accepted object is read again");
        assert!(decoded.unknown_fields.is_empty());
    }
});
