//! Keys of the page's words are all used, and all used ones are there.

use super::*;
use crate::sorted::SharedSet;
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            out.push(path);
        }
    }
}

/// String literals in `code` that look like keys of this catalogue.
fn keys_in(code: &str) -> SharedSet<String> {
    let heads: SharedSet<&str> = UI.iter().filter_map(|entry| entry.0.split('.').next()).collect();
    let literals = code.split('"').skip(1).step_by(2);
    let is_key = |text: &&str| {
        let mut parts = text.split('.');
        parts.next().is_some_and(|head| heads.contains(head))
            && text.contains('.')
            && text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '_' | '-'))
    };
    literals.filter(is_key).map(str::to_string).collect()
}

#[test]
fn every_key_that_the_page_uses_is_in_the_catalogue_and_none_is_idle() {
    let mut files = Vec::new();
    for folder in ["src/state", "src/ui"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    let used: SharedSet<String> =
        files.iter().flat_map(|path| keys_in(&fs::read_to_string(path).unwrap_or_default())).collect();
    let all: SharedSet<&str> = UI.iter().map(|entry| entry.0).collect();
    assert_eq!(all.len(), UI.len(), "a key stands twice");
    // Titles of scenarios are looked up by the scenario's id.
    let known: SharedSet<String> =
        all.into_iter().filter(|key| !key.starts_with("scenario.")).map(str::to_string).collect();
    let missing: Vec<_> = used.difference(&known).collect();
    assert!(missing.is_empty(), "used, but not in the catalogue: {missing:?}");
    let idle: Vec<_> = known.difference(&used).collect();
    assert!(idle.is_empty(), "in the catalogue, but nobody uses it: {idle:?}");
}

#[test]
fn both_languages_have_the_same_places() {
    let places = |text: &str| -> SharedSet<String> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|it| it.0.to_string())).collect()
    };
    for (key, en, ja) in UI {
        assert_eq!(places(en), places(ja), "{key}");
        assert!(!en.is_empty() && !ja.is_empty(), "{key}");
    }
}

#[test]
fn numbers_and_plurals() {
    assert_eq!(number(1_234_567), "1,234,567");
    assert_eq!(number(-12), "-12");
    assert_eq!(plural(Lang::En, "editor.problem.one", "editor.problem.many", 1), "1 problem");
    assert_eq!(plural(Lang::En, "editor.problem.one", "editor.problem.many", 2000), "2,000 problems");
    assert_eq!(plural(Lang::Ja, "editor.problem.one", "editor.problem.many", 1), "問題 1 件");
}
