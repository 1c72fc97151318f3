//! Holds that every field of a pod is acted on or said to have no effect here.

use statefulset_lab::schema::{self, Struct};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The folders whose code acts on pods or runs what is in them.
const ACTORS: [&str; 6] = ["model", "world", "cluster", "shell", "controllers", "sim"];

fn source(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            source(&path, text);
        } else if path.extension().is_some_and(|end| end == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a text"));
        }
    }
}

/// Adds the fields under `of` that no code names and no table excuses.
fn collect(of: &'static Struct, text: &str, seen: &mut BTreeSet<&'static str>, silent: &mut Vec<String>) {
    if !seen.insert(of.name) {
        return;
    }
    for field in &of.fields {
        if !schema::has_effect(of, field) {
            continue;
        }
        if !text.contains(&format!("\"{}\"", field.name)) {
            silent.push(format!("{}.{}", of.name, field.name));
        } else if let Some(within) = field.kind.structure() {
            collect(within, text, seen, silent);
        }
    }
}

#[test]
fn every_field_is_acted_on_or_said_to_have_no_effect() {
    let mut text = String::new();
    for folder in ACTORS {
        source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder), &mut text);
    }
    let (mut seen, mut silent) = (BTreeSet::new(), Vec::new());
    collect(schema::structure("core.PodSpec").expect("the table has it"), &text, &mut seen, &mut silent);
    assert!(
        silent.is_empty(),
        "neither named by code that acts nor in src/schema/without_effect.txt:\n{}",
        silent.join("\n")
    );
}
