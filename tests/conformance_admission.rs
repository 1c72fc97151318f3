//! Holds the front of the API server against recorded answers of the real one.
//!
//! `CONFORMANCE_DIR` names another folder with an `admission.jsonl.gz`. Messages that list entries of a map follow
//! Go's random order: causes are compared as sorted lists.

use flate2::read::GzDecoder;
use statefulset_lab::api;
use statefulset_lab::kubernetes::{Kubernetes, Version};
use statefulset_lab::manifest;
use statefulset_lab::model::{Object, Value, parse_json, to_json};
use std::collections::BTreeMap;
use std::io::Read;

#[test]
fn admission_answers_as_recorded() {
    let own = format!("{}/tests/conformance", env!("CARGO_MANIFEST_DIR"));
    let folder = std::env::var("CONFORMANCE_DIR").unwrap_or_else(|_| own.clone());
    let packed = std::fs::read(format!("{folder}/admission.jsonl.gz")).expect("the corpus");
    let mut rows = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut rows).expect("a gzip file of text");
    let known: BTreeMap<String, String> = std::fs::read_to_string(format!("{own}/admission-known-failures.txt"))
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_once(' ').unwrap_or((line, "")))
        .map(|(id, why)| (id.to_string(), why.to_string()))
        .collect();

    let (mut passed, mut count) = (0, 0);
    let mut complaints = Vec::new();
    for line in rows.lines() {
        let row = parse_json(line).expect("one JSON object a line");
        let id = row.str_at(&["id"]).to_string();
        count += 1;
        let result = if row.get("old").is_some() { check_update(&row) } else { check_create(&row) };
        match (result, known.contains_key(&id)) {
            (Ok(()), false) => passed += 1,
            (Err(why), false) => complaints.push(format!("{id}\n{why}")),
            (Ok(()), true) => complaints.push(format!("{id} passes: take it off admission-known-failures.txt")),
            (Err(_), true) => {}
        }
    }
    println!("conformance admission: {passed} of {count}");
    for complaint in complaints.iter().take(40) {
        println!("--- {complaint}");
    }
    assert!(complaints.is_empty(), "{} rows differ", complaints.len());
}

/// The Kubernetes that was recorded.
fn recorded() -> Kubernetes {
    Kubernetes::of(Version::RECORDED)
}

fn decode(text: &str) -> Result<api::Decoded, String> {
    let documents = manifest::parse(text);
    let document = documents.first().ok_or("no document")?;
    let value = document.value.as_ref().ok_or_else(|| format!("{:?}", document.error))?;
    let mut decoded = api::decode(value, recorded()).map_err(|error| error.to_string())?;
    if decoded.object.meta.namespace.is_empty() {
        decoded.object.meta.namespace = "default".into();
    }
    Ok(decoded)
}

fn expect(what: &str, ours: &str, recorded: &str) -> Result<(), String> {
    if ours == recorded { Ok(()) } else { Err(format!("{what}\n  recorded {recorded}\n  ours     {ours}")) }
}

fn check_create(row: &Value) -> Result<(), String> {
    let decoded = match decode(row.str_at(&["manifest"])) {
        Ok(decoded) => decoded,
        Err(error) => return expect("decodeError", &error, row.str_at(&["decodeError"])),
    };
    expect("decodeError", "", row.str_at(&["decodeError"]))?;
    expect("strict", &decoded.strict_error().unwrap_or_default(), row.str_at(&["strictDecodingError"]))?;
    let object = decoded.object;
    let (name, kind) = (object.meta.name.clone(), object.kind);
    match api::admit_create(object, recorded()) {
        Err(errors) => {
            let causes: Vec<String> =
                errors.iter().map(|error| format!("{} {} {}", error.field, error.reason(), error.body())).collect();
            let recorded = row.list_at(&["causes"]).iter();
            let recorded: Vec<String> = recorded
                .map(|cause| {
                    format!("{} {} {}", cause.str_at(&["field"]), cause.str_at(&["reason"]), cause.str_at(&["message"]))
                })
                .collect();
            same_list("causes", causes, recorded)?;
            let error = statefulset_lab::cluster::ApiError::Invalid { kind, name, causes: api::messages(&errors) };
            expect("invalid", &error.to_string(), row.str_at(&["invalid"]))
        }
        Ok(admitted) => {
            if row.get("causes").is_some() {
                return Err(format!("accepted, but recorded {}", row.str_at(&["invalid"])));
            }
            let recorded = row.list_at(&["warnings"]).iter().map(|it| it.as_str().unwrap_or("").to_string()).collect();
            same_list("warnings", admitted.warnings, recorded)?;
            if row.get("object").is_none() {
                return Ok(());
            }
            expect("object", &to_json(&stored(&admitted.object)), &to_json(row.get("object").unwrap_or(&Value::Null)))
        }
    }
}

fn same_list(what: &str, ours: Vec<String>, recorded: Vec<String>) -> Result<(), String> {
    if ours == recorded {
        return Ok(());
    }
    let (mut a, mut b) = (ours.clone(), recorded.clone());
    a.sort();
    b.sort();
    if a == b && std::env::var("STRICT_ORDER").is_err() {
        return Ok(());
    }
    Err(format!("{what}\n  recorded {recorded:#?}\n  ours     {ours:#?}"))
}

fn stored(object: &Object) -> Value {
    let mut value = object.to_value();
    for key in ["apiVersion", "kind"] {
        value.map_mut().remove(key);
    }
    value
}

fn check_update(row: &Value) -> Result<(), String> {
    let old = decode(row.str_at(&["old"]))?.object;
    let mut new = decode(row.str_at(&["new"]))?.object;
    // The recording read both into one namespace, whatever the manifest says.
    new.meta.namespace = old.meta.namespace.clone();
    let old = api::admit_create(old, recorded()).map_err(|errors| format!("{errors:?}"))?.object;
    let (name, kind) = (new.meta.name.clone(), new.kind);
    match api::admit_update(&old, new, recorded()) {
        Err(errors) => {
            let error = statefulset_lab::cluster::ApiError::Invalid { kind, name, causes: api::messages(&errors) };
            expect("invalid", &error.to_string(), row.str_at(&["invalid"]))
        }
        Ok(admitted) => {
            expect("invalid", "", row.str_at(&["invalid"]))?;
            let generation = admitted.object.meta.generation;
            let recorded = row.i64_at(&["generation"]).unwrap_or(0);
            expect("generation", &generation.to_string(), &recorded.to_string())
        }
    }
}
