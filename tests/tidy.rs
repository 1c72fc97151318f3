//! The repository's rules as ordinary tests, whose messages say what to do instead; knows the text of files, not their meaning.

#[path = "tidy_support/architecture.rs"]
mod architecture;
#[path = "tidy_support/core.rs"]
mod core_rules;
#[path = "tidy_support/modules.rs"]
mod modules;
#[path = "tidy_support/page.rs"]
mod page_rules;
#[path = "tidy_support/paths.rs"]
mod paths;
#[path = "tidy_support/source.rs"]
mod source;

use source::{
    IGNORED, assert_none, code_of, files_below, folder_of, functions_of, read, root, rust_files, uses_of, words,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What may stand at the repository's root, besides dotfiles and what `.gitignore` names.
const ROOT_ENTRIES: &[&str] =
    &["Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "Trunk.toml", "index.html", "script", "src", "tests", "www"];

/// The folders of `src` in order: each may use what stands before it, and nothing else.
const ORDER: &[&str] = &[
    "sorted",
    "fnv",
    "ordering",
    "regex",
    "kubernetes",
    "schema",
    "i18n",
    "model",
    "world",
    "api",
    "manifest",
    "cluster",
    "shell",
    "kubectl",
    "controllers",
    "sim",
    "explain",
    "scene",
    "playground",
    "tutorial",
    "report",
    "state",
    "script",
    "ui",
];

/// How long a file may be, its tests not counted.
const LINES_MAX: usize = 500;

/// How long a function may be, and what half of all functions stay below.
const FUNCTION_LINES_MAX: usize = 80;
const FUNCTION_MEDIAN_BELOW: usize = 15;

/// Files that are longer for a reason: tables of data, and one list of tests.
const LONG_FILES: &[(&str, &str)] = &[("tests/versions.rs", "a test for each difference between versions")];

#[test]
fn dependencies_point_one_way() {
    let mut findings = Vec::new();
    let place = |name: &str| ORDER.iter().position(|it| *it == name);
    for path in rust_files("src") {
        let folder = folder_of(&path);
        if matches!(folder, "lib" | "main" | "lab") {
            continue;
        }
        let Some(own) = place(folder) else {
            findings.push(format!("{path}: `{folder}` has no place in the order; add it to ORDER in tests/tidy.rs"));
            continue;
        };
        for (line, used) in uses_of(&code_of(&read(&path).expect("a text"))) {
            if place(&used).is_some_and(|used| used > own) {
                findings.push(format!(
                    "{path}:{line}: `{folder}` may not use `{used}`; let the caller pass plain data in, or move the code"
                ));
            }
        }
    }
    assert_none("dependencies point one way (see src/ARCHITECTURE.md)", &findings);
}

#[test]
fn no_folder_has_a_circle_inside() {
    let files: Vec<(String, String)> = rust_files("src")
        .into_iter()
        .map(|path| {
            let code = code_of(&read(&path).expect("a text"));
            (path, code)
        })
        .collect();
    let say = |circle: &Vec<String>| {
        let files = circle.join(", ");
        format!("{files}: these use each other; move what both need into a file below both")
    };
    let findings: Vec<String> = modules::circles(&modules::uses(&files)).iter().map(say).collect();
    assert_none("no folder has a circle inside", &findings);
}

#[test]
fn circles_are_found_in_texts() {
    let file = |path: &str, code: &str| (path.to_owned(), code.to_owned());
    let files = [
        file("src/a/mod.rs", "mod b;\nmod c;\nmod d;\n"),
        file("src/a/b.rs", "use super::{c::{X, Y}, d};\n"),
        file("src/a/c.rs", "fn f() { crate::a::b::g() }\n"),
        file("src/a/d.rs", "use crate::a::E;\n"),
    ];
    assert_eq!(modules::circles(&modules::uses(&files)), [["a/b", "a/c"]]);
}

/// A kind that nothing here acts on and whose columns are fields: what `How to add a kind` names, and no more.
#[test]
fn a_plain_kind_stands_in_three_files() {
    let mut files = Vec::new();
    for path in files_below("src").into_iter().filter(|path| path.ends_with(".rs") || path.ends_with(".txt")) {
        let text = read(&path).expect("a text");
        let names_it = match path.ends_with(".rs") {
            true => code_of(&text).lines().any(|line| {
                line.contains("Kind::VolumeAttributesClass") || line.contains(" VolumeAttributesClass: row(")
            }),
            false => text.lines().any(|line| words(line).iter().any(|(word, _)| *word == "VolumeAttributesClass")),
        };
        if names_it {
            files.push(path);
        }
    }
    assert_eq!(files, ["src/api/kinds.rs", "src/model/kind.rs", "src/schema/types.txt"]);
}

/// Files of `src/api/` that name a kind beside its row, and why.
const NAMES_KINDS: &[(&str, &str)] = &[
    ("src/api/custom.rs", "the metadata of a custom object is read as any kind's"),
    ("src/api/kinds.rs", "the rows"),
    ("src/api/older_version.rs", "a kind that is served in two versions"),
    ("src/api/pipeline.rs", "a set's trees are its clients' own"),
];

/// What the API server does with a kind stands in its row in `api/kinds.rs`, and what kubectl shows of it in its row in
/// `kubectl/kinds.rs` or as columns of its row in `model/kind.rs`: each kind has one of each sort.
#[test]
fn the_row_of_a_kind_says_what_it_has() {
    let names = |text: &str, before: &str, behind: &str| -> Vec<String> {
        let found = text.lines().filter_map(|line| line.trim().split_once(before)?.1.split_once(behind));
        found.map(|(name, _)| name.to_owned()).collect()
    };
    let model = code_of(&read("src/model/kind.rs").unwrap_or_default());
    let kinds: Vec<String> = model
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.split_once(": row("))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert!(kinds.len() > 30);
    let rules = code_of(&read("src/api/kinds.rs").unwrap_or_default());
    let table = rules.split("static ROWS").nth(1).unwrap_or_default();
    let table = table.split("\n];").next().unwrap_or_default();
    assert_eq!(names(table, "row(Kind::", ")"), kinds, "src/api/kinds.rs: one row a kind, in the order of the kinds");
    let mut findings = Vec::new();
    for path in rust_files("src/api").iter().filter(|path| NAMES_KINDS.iter().all(|(known, _)| known != path)) {
        for (at, line) in code_of(&read(path).unwrap_or_default()).lines().enumerate() {
            if kinds.iter().any(|kind| words(line).windows(2).any(|pair| pair[0].0 == "Kind" && pair[1].0 == kind)) {
                findings.push(format!("{path}:{}: let the kind's row in src/api/kinds.rs say it", at + 1));
            }
        }
    }
    assert_none("the rows of the kinds say what the API server does with them", &findings);
}

/// Lists of names that look like a path and are none.
const NO_PATHS: &[&[&str]] = &[&["spec", "status"]];

#[test]
fn paths_lead_to_fields_of_the_api() {
    let types = paths::Types::read(&read("src/schema/types.txt").expect("a text"));
    assert!(types.has(&["spec", "template", "spec", "containers", "image"]));
    assert!(!types.has(&["spec", "template", "containers"]));
    let mut findings = Vec::new();
    for path in rust_files("src") {
        let code = code_of(&read(&path).expect("a text"));
        for (line, found) in paths::in_text(&code) {
            if !types.has(&found) && !NO_PATHS.contains(&found.as_slice()) {
                findings.push(format!("{path}:{line}: no kind has a field `{}`", found.join(".")));
            }
        }
    }
    assert_none("paths lead to fields of the API", &findings);
}

/// What a tree is called that is no object and so has no reader: a manifest that is not stored, or a part of an object.
const TREES: &[&str] = &["applied", "manifest", "template", "value"];

/// The calls that read a field inside another one, with the line and the word before the call: `str_at(&["status",
/// "phase"])` of `pod`.
fn nested_reads(code: &str) -> Vec<(usize, &str, String)> {
    let word_before = |end: usize| {
        let start = code[..end].rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        &code[start..end]
    };
    let mut reads = Vec::new();
    for (at, opening) in code.match_indices("at(&[\"") {
        let method = word_before(at + 2);
        let Some(dot) = (at + 2).checked_sub(method.len() + 1).filter(|dot| code[*dot..].starts_with('.')) else {
            continue;
        };
        let path = code[at + opening.len() - 1..].split_once("])").map_or("", |(path, _)| path);
        let fields: Vec<&str> = path.split(',').map(str::trim).filter(|field| !field.is_empty()).collect();
        let is_read = matches!(method, "at" | "str_at" | "i64_at" | "list_at");
        if is_read && fields.len() > 1 && fields.iter().all(|field| field.starts_with('"') && field.ends_with('"')) {
            let line = code[..at].matches('\n').count() + 1;
            reads.push((line, word_before(dot), format!("{method}(&[{}])", fields.join(", "))));
        }
    }
    reads
}

#[test]
fn nested_reads_are_found() {
    let code = "a\n  x.str_at(&[\"a\",\n \"b\"]) y.z().at(&[\"a\"]) q.set_at(&[\"a\", \"b\"], 1) list_at(&[\"a\", b])";
    assert_eq!(nested_reads(code), [(2, "x", "str_at(&[\"a\", \"b\"])".to_string())]);
}

#[test]
fn what_an_object_says_is_read_by_name() {
    let code = |path: &str| code_of(&read(path).unwrap_or_default());
    let mut readers: BTreeMap<String, String> = BTreeMap::new();
    for path in rust_files("src/model").iter().filter(|path| !path.ends_with("tests.rs")) {
        for (_, _, call) in nested_reads(&code(path)) {
            readers.entry(call).or_insert_with(|| path.clone());
        }
    }
    assert!(readers.len() > 40, "the readers were found");
    let mut findings = Vec::new();
    let is_reader = |path: &str| path.starts_with("src/model/") || path.starts_with("src/api/");
    for path in rust_files("src").iter().filter(|path| !is_reader(path) && !path.ends_with("tests.rs")) {
        for (line, tree, call) in nested_reads(&code(path)) {
            if let Some(reader) = readers.get(&call).filter(|_| !TREES.contains(&tree)) {
                findings.push(format!("{path}:{line}: `{call}` has a reader in {reader}"));
            }
        }
    }
    assert_none("what an object says is read by name", &findings);
}

/// Names that say nothing about what is in a file.
const EMPTY_NAMES: &[&str] = &[
    "other",
    "others",
    "elsewhere",
    "rest",
    "parts",
    "words",
    "tools",
    "misc",
    "live",
    "utils",
    "util",
    "helpers",
    "common",
    "stuff",
];

#[test]
fn files_are_named_after_what_is_in_them() {
    let mut findings = Vec::new();
    let all = rust_files("src");
    for path in &all {
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
        // What a name is of stands last in it: `plan_words` says no more than `words`.
        if EMPTY_NAMES.iter().any(|name| stem.rsplit('_').next() == Some(*name)) {
            findings.push(format!("{path}: name the thing that is in it"));
        }
    }
    assert_none("files are named after what is in them", &findings);
}

#[test]
fn groups_of_uses_are_read_whole() {
    let uses = uses_of(
        "use crate::model::Key;\nuse crate::{\n    cluster::{Change, store::Store}, sim,\n};\nfn f() { crate::ui::g() }\n",
    );
    let names: Vec<_> = uses.iter().map(|(line, name)| (*line, name.as_str())).collect();
    assert_eq!(names, [(1, "model"), (2, "cluster"), (2, "sim"), (5, "ui")]);
}

#[test]
fn every_file_says_first_what_it_is() {
    let mut findings = Vec::new();
    for path in rust_files("src").into_iter().chain(rust_files("tests")) {
        let text = read(&path).expect("a text");
        if !text.lines().next().unwrap_or_default().starts_with("//! ") {
            findings.push(format!("{path}: the first line is `//! what the file is, and what it does not depend on`"));
        }
    }
    for path in files_below("script").into_iter().chain(files_below("tests/e2e")).chain(files_below("www")) {
        // A picture has no first line.
        let Some(text) = read(&path) else { continue };
        let said = match path.rsplit('.').next() {
            Some("mjs" | "js") => text.starts_with("// "),
            Some("css") => text.starts_with("/* "),
            _ if text.starts_with("#!") => text.lines().nth(1).unwrap_or_default().starts_with("# "),
            _ => true,
        };
        if !said {
            findings.push(format!("{path}: begin with a comment that says what the file is"));
        }
    }
    assert_none("every file says first what it is", &findings);
}

#[test]
fn every_file_is_compiled() {
    let mut findings = Vec::new();
    for path in rust_files("src").into_iter().filter(|path| !path.ends_with("/mod.rs")) {
        let (folder, name) = path.rsplit_once('/').expect("a folder");
        let name = name.trim_end_matches(".rs");
        if folder == "src" && matches!(name, "lib" | "main" | "lab") {
            continue;
        }
        let parents = [format!("{folder}.rs"), format!("{folder}/mod.rs"), "src/lib.rs".to_string()];
        let is_named = |parent: &String| {
            let text = read(parent).unwrap_or_default();
            text.lines().any(|line| {
                line.trim_start_matches("pub ").trim_end() == format!("mod {name};")
                    || line.contains(&format!(") mod {name};"))
            })
        };
        if !parents.iter().any(is_named) {
            findings.push(format!("{path}: no file names it as a module, so nothing compiles it"));
        }
    }
    assert_none("every file is compiled", &findings);
}

#[test]
fn files_stay_short() {
    let mut findings = Vec::new();
    for path in rust_files("src").into_iter().chain(rust_files("tests")) {
        let lines = code_of(&read(&path).expect("a text")).lines().count();
        let excused = LONG_FILES.iter().any(|(long, _)| *long == path);
        if lines > LINES_MAX && !excused {
            findings.push(format!(
                "{path}: {lines} lines without its tests, {LINES_MAX} is the limit; a second idea hides in it: give it a file"
            ));
        }
        if lines <= LINES_MAX && excused {
            findings.push(format!("{path}: short enough now; take it out of LONG_FILES in tests/tidy.rs"));
        }
    }
    assert_none("files stay short", &findings);
}

#[test]
fn functions_stay_short() {
    let mut findings = Vec::new();
    let mut lengths = Vec::new();
    for path in rust_files("src").into_iter().filter(|path| !path.ends_with("tests.rs")) {
        for (line, name, length) in functions_of(&code_of(&read(&path).expect("a text"))) {
            lengths.push(length);
            if length > FUNCTION_LINES_MAX {
                findings.push(format!(
                    "{path}:{line}: `{name}` has {length} lines, {FUNCTION_LINES_MAX} is the limit; give its steps names"
                ));
            }
        }
    }
    assert_none("functions stay short", &findings);
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median < FUNCTION_MEDIAN_BELOW, "the median of all functions is {median} lines");
}

#[test]
fn the_root_holds_only_what_a_reader_expects() {
    let mut findings = Vec::new();
    for entry in fs::read_dir(root()).expect("the repository's root").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !IGNORED.contains(&name.as_str()) && !ROOT_ENTRIES.contains(&name.as_str()) {
            findings.push(format!("{name}: move it into src, www, tests or script"));
        }
    }
    assert_none("the root holds only what a reader expects", &findings);
}

#[test]
fn text_is_clean() {
    let mut findings = Vec::new();
    // Recorded texts keep the blanks of the real thing.
    let recorded = |path: &str| {
        path.starts_with("tests/") && !path.ends_with(".rs") && !path.starts_with("tests/e2e/") || path == "LICENSE"
    };
    for path in files_below("").into_iter().filter(|path| !recorded(path)) {
        let Some(text) = read(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            if line.contains('\t') {
                findings.push(format!("{path}:{}: a tab; write `\\t` or blanks", number + 1));
            }
            // Prompts in tests end with a blank.
            let is_test = path.ends_with("tests.rs");
            if line.ends_with('\r') || line.ends_with(' ') && !is_test {
                findings.push(format!("{path}:{}: blanks at the end of the line; remove them", number + 1));
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            findings.push(format!("{path}: end the last line"));
        }
    }
    assert_none("text is clean", &findings);
}

#[test]
fn every_recorded_file_is_read_by_a_test() {
    let tests: Vec<(String, String)> = rust_files("tests")
        .into_iter()
        .chain(rust_files("src"))
        .filter(|path| path != "tests/tidy.rs")
        .filter_map(|path| read(&path).map(|text| (path, text)))
        .collect();
    let mut findings = Vec::new();
    for path in files_below("tests") {
        if path.ends_with(".rs")
            || path.ends_with(".md")
            || path.starts_with("tests/e2e/")
            || path.starts_with("tests/sites/")
            || path.starts_with("tests/package/")
            || path.starts_with("tests/fuzz/")
        {
            continue;
        }
        let path = Path::new(&path);
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        let folder = path.parent().and_then(Path::file_name).and_then(|it| it.to_str()).unwrap_or_default();
        // Read by its name, or with the whole folder.
        let is_read = tests.iter().any(|(_, text)| text.contains(name) || text.contains(&format!("/{folder}\"")));
        if !is_read {
            findings.push(format!("{}: no test reads it; delete it, or test with it", path.display()));
        }
    }
    assert_none("every recorded file is read by a test", &findings);
}

#[test]
fn public_texts_name_no_machine() {
    // Put together here, so that this file does not find itself.
    let places: Vec<String> = ["work", "root", "Users"].iter().map(|folder| format!("/{folder}/")).collect();
    let mut findings = Vec::new();
    let kept = |path: &PathBuf| !path.starts_with("tests/conformance");
    for path in files_below("").into_iter().map(PathBuf::from).filter(kept) {
        let path = path.to_string_lossy().into_owned();
        for (number, line) in read(&path).unwrap_or_default().lines().enumerate() {
            let named = places.iter().any(|place| {
                line.match_indices(place.as_str()).any(|(at, _)| {
                    // A path from the root of a machine, not the middle of another path or an address.
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}'))
                })
            });
            if named {
                findings.push(format!(
                    "{path}:{}: names a path of one machine; write it from the repository's root",
                    number + 1
                ));
            }
        }
    }
    assert_none("public texts name no machine", &findings);
}
