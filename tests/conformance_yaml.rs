//! Holds the reading of YAML against what the real kubectl (1.32) made of the same texts: small files of every form that
//! people write, and random ones, valid or not.
//!
//! `CONFORMANCE_DIR` names another folder with a `yaml.jsonl.gz`: a text, the objects that kubectl printed, and what it
//! said of the first document that it could not read. Recorded by `kubectl annotate --local -f FILE x=y -o json`.

use flate2::read::GzDecoder;
use statefulset_lab::kubectl::manifests::objects_of;
use statefulset_lab::model::{Value, parse_json, to_json};
use std::io::Read;

#[test]
fn yaml_is_read_as_kubectl_reads_it() {
    let own = format!("{}/tests/conformance", env!("CARGO_MANIFEST_DIR"));
    let folder = std::env::var("CONFORMANCE_DIR").unwrap_or(own);
    let packed = std::fs::read(format!("{folder}/yaml.jsonl.gz")).expect("the corpus");
    let mut rows = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut rows).expect("a gzip file of text");
    let (mut passed, mut complaints) = (0, Vec::new());
    for line in rows.lines() {
        let row = parse_json(line).expect("one JSON object a line");
        match check(&row) {
            Ok(()) => passed += 1,
            Err(why) => complaints.push(format!("{:?}\n{why}", row.str_at(&["text"]))),
        }
    }
    println!("conformance yaml: {passed} of {}", passed + complaints.len());
    for complaint in complaints.iter().take(20) {
        println!("--- {complaint}");
    }
    assert!(complaints.is_empty(), "{} texts are read otherwise", complaints.len());
}

fn check(row: &Value) -> Result<(), String> {
    let (objects, error) = objects_of("f.yaml", row.str_at(&["text"]));
    let ours: Vec<String> = objects.iter().map(|object| to_json(&annotated(object))).collect();
    let recorded: Vec<String> = row.list_at(&["objects"]).iter().map(to_json).collect();
    let error = error.unwrap_or_default();
    let error = error.trim_start_matches("error: ").trim_start_matches("error parsing f.yaml: ");
    if ours != recorded {
        return Err(format!("  recorded {recorded:?}\n  ours     {ours:?}"));
    }
    match error == row.str_at(&["error"]) {
        true => Ok(()),
        false => Err(format!("  recorded {}\n  ours     {error}", row.str_at(&["error"]))),
    }
}

/// With the annotation that kubectl was asked to set.
fn annotated(object: &Value) -> Value {
    let mut object = object.clone();
    object.set_at(&["metadata", "annotations", "x"], "y");
    object
}
