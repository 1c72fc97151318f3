//! The repository's rules as ordinary tests, whose messages say what to do instead; knows the text of files, not their meaning.

#[path = "tidy_support/modules.rs"]
mod modules;
#[path = "tidy_support/paths.rs"]
mod paths;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What may stand at the repository's root, besides dotfiles and what `.gitignore` names.
const ROOT_ENTRIES: &[&str] =
    &["Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "Trunk.toml", "index.html", "script", "src", "tests", "www"];

/// Folders of built or fetched things.
const IGNORED: &[&str] = &["target", "dist", "shots", "node_modules", ".git", "pkg"];

/// The folders of `src` in order: each may use what stands before it, and nothing else.
const ORDER: &[&str] = &[
    "sorted",
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

/// Words that the core does without: the word, and what to write in its place.
const BANNED: &[(&str, &str)] = &[
    ("HashMap", "its order differs from run to run; use `SharedMap`"),
    ("HashSet", "its order differs from run to run; use `SharedSet`"),
    ("Instant", "the core knows virtual time only; take a `Millis`"),
    ("SystemTime", "the core knows virtual time only; take a `Millis`"),
    ("thread", "the core is one state machine; return work as a `Timer`"),
    ("thread_local", "state belongs to a value that the caller owns"),
    ("web_sys", "only `ui`, `script` and `main` know a browser; return plain data"),
    ("js_sys", "only `ui`, `script` and `main` know a browser; return plain data"),
    ("wasm_bindgen", "only `ui`, `script` and `main` know a browser; return plain data"),
    ("yew", "only `ui`, `script` and `main` know a browser; return plain data"),
    ("sqrt", "float functions differ between platforms; calculate in integers"),
    ("powf", "float functions differ between platforms; calculate in integers"),
    ("powi", "float functions differ between platforms; calculate in integers"),
    ("exp", "float functions differ between platforms; calculate in integers"),
    ("ln", "float functions differ between platforms; calculate in integers"),
    ("log2", "float functions differ between platforms; calculate in integers"),
    ("log10", "float functions differ between platforms; calculate in integers"),
    ("sin", "float functions differ between platforms; calculate in integers"),
    ("cos", "float functions differ between platforms; calculate in integers"),
    ("todo", "finish it, or return an error that says what is not supported"),
    ("unimplemented", "finish it, or return an error that says what is not supported"),
    ("dbg", "remove it; write a test instead"),
    ("println", "the core prints nothing; return the text"),
    ("eprintln", "the core prints nothing; return the text"),
];

/// The words of `BANNED` that count only as calls or macros, for they are words of ordinary code, too.
const BANNED_AS_CALL: &[&str] = &[
    "sqrt",
    "powf",
    "powi",
    "exp",
    "ln",
    "log2",
    "log10",
    "sin",
    "cos",
    "todo",
    "unimplemented",
    "dbg",
    "println",
    "eprintln",
    "thread_local",
];

/// How long a file may be, its tests not counted.
const LINES_MAX: usize = 800;

/// Style sheets of whole pages of ours: there is no host in them.
const PAGES: &[&str] = &["www/page.css", "www/embed.css"];

/// Files that are longer for a reason: tables of data and one flat `match`.
const LONG_FILES: &[(&str, &str)] = &[];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` by its path from the root, in order, without what is built or fetched.
fn files_below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if IGNORED.contains(&name.as_str()) || path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

fn rust_files(folder: &str) -> Vec<String> {
    files_below(folder).into_iter().filter(|path| path.ends_with(".rs")).collect()
}

/// The text of a file, or nothing where it is not text.
fn read(path: &str) -> Option<String> {
    String::from_utf8(fs::read(root().join(path)).ok()?).ok()
}

/// The part of a Rust file that is not its tests, with comments emptied so that line numbers stay.
fn code_of(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("#[cfg(test)]") && !out.is_empty() {
            break;
        }
        let code = if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap_or("") };
        out.push_str(code);
        out.push('\n');
    }
    out
}

/// The words of a line: runs of letters, digits and underscores, each with what directly follows it.
fn words(line: &str) -> Vec<(&str, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_word) {
        let from = &rest[start..];
        let end = from.find(|c| !is_word(c)).unwrap_or(from.len());
        out.push((&from[..end], &from[end..]));
        rest = &from[end..];
    }
    out
}

/// The folder of `src` that a file belongs to: `src/cluster/api.rs` and `src/cluster.rs` are both `cluster`.
fn folder_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// What a file takes from other folders: `crate::name`, and the names in `crate::{…}`, each with its line number.
fn uses_of(code: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            out.extend(words(rest).first().map(|(word, _)| (line, (*word).to_owned())));
            continue;
        };
        let mut depth = 1;
        let mut first = true;
        for (word, before) in group_words(group) {
            depth += before.matches('{').count();
            let closed = before.matches('}').count();
            if closed >= depth {
                break;
            }
            depth -= closed;
            first |= before.contains(',');
            if depth == 1 && first {
                out.push((line, word));
            }
            first = false;
        }
    }
    out
}

/// The words of a `{…}` group, each with what stands between it and the word before.
fn group_words(group: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = group;
    for (word, after) in words(group) {
        let offset = group.len() - after.len() - word.len();
        let before = &rest[..offset - (group.len() - rest.len())];
        out.push((word.to_owned(), before.to_owned()));
        rest = after;
    }
    out
}

/// Fails with all findings at once.
fn assert_none(rule: &str, findings: &[String]) {
    let mut message = String::new();
    for finding in findings {
        let _ = write!(message, "\n  {finding}");
    }
    assert!(findings.is_empty(), "{rule}:{message}\n");
}

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
        for (line, used) in uses_of(&code_of(&read(&path).unwrap_or_default())) {
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
            let code = code_of(&read(&path).unwrap_or_default());
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

#[test]
fn the_architecture_names_what_is_there() {
    let text = read("src/ARCHITECTURE.md").unwrap_or_default();
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split('`').skip(1).step_by(2) {
            let is_path = word.ends_with(".rs") || word.ends_with(".txt") || word.ends_with('/');
            let is_there = ["", "src/", "src/api/"].iter().any(|folder| root().join(folder).join(word).exists());
            if is_path && !word.contains(['*', ' ']) && !is_there {
                findings.push(format!("src/ARCHITECTURE.md:{}: there is no `{word}`", number + 1));
            }
        }
    }
    assert_none("the architecture names what is there", &findings);
}

/// Lists of names that look like a path and are none.
const NO_PATHS: &[&[&str]] = &[&["spec", "status"]];

#[test]
fn paths_lead_to_fields_of_the_api() {
    let types = paths::Types::read(&read("src/schema/types.txt").unwrap_or_default());
    assert!(types.has(&["spec", "template", "spec", "containers", "image"]));
    assert!(!types.has(&["spec", "template", "containers"]));
    let mut findings = Vec::new();
    for path in rust_files("src") {
        let code = code_of(&read(&path).unwrap_or_default());
        for (line, found) in paths::in_text(&code) {
            if !types.has(&found) && !NO_PATHS.contains(&found.as_slice()) {
                findings.push(format!("{path}:{line}: no kind has a field `{}`", found.join(".")));
            }
        }
    }
    assert_none("paths lead to fields of the API", &findings);
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
        if EMPTY_NAMES.contains(&stem) {
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
fn the_core_is_deterministic_and_meets_no_browser() {
    let mut findings = Vec::new();
    for path in rust_files("src") {
        if matches!(folder_of(&path), "ui" | "script" | "main" | "lib" | "lab") {
            continue;
        }
        let code = code_of(&read(&path).unwrap_or_default());
        for (number, line) in code.lines().enumerate() {
            if line.contains("std::collections::") && line.contains("BTree") {
                findings.push(format!(
                    "{path}:{}: std's `BTreeMap` makes the page large: use `crate::sorted::{{SharedMap, SharedSet}}`",
                    number + 1
                ));
            }
            for (word, after) in words(line) {
                let Some((banned, instead)) = BANNED.iter().find(|(banned, _)| *banned == word) else { continue };
                let is_call = after.starts_with('(') && line.contains(&format!(".{word}("))
                    || after.starts_with("!(")
                    || after.starts_with("! {");
                let is_path =
                    after.starts_with("::") || after.starts_with('<') || line.trim_start().starts_with("use ");
                if if BANNED_AS_CALL.contains(banned) { is_call } else { is_path } {
                    findings.push(format!("{path}:{}: `{word}` is banned here: {instead}", number + 1));
                }
            }
        }
    }
    assert_none("the core is deterministic and meets no browser", &findings);
}

#[test]
fn sorting_has_one_algorithm() {
    const SORTS: &[&str] = &[
        "sort",
        "sort_by",
        "sort_by_key",
        "sort_by_cached_key",
        "sort_unstable",
        "sort_unstable_by",
        "sort_unstable_by_key",
    ];
    let mut findings = Vec::new();
    for path in rust_files("src") {
        let code = code_of(&read(&path).unwrap_or_default());
        for (number, line) in code.lines().enumerate() {
            if SORTS.iter().any(|name| line.contains(&format!(".{name}("))) {
                findings.push(format!("{path}:{}: use `crate::ordering::Order`", number + 1));
            }
        }
    }
    assert_none("each use of the standard `sort` makes the page 3 kB larger", &findings);
}

#[test]
fn every_file_says_first_what_it_is() {
    let mut findings = Vec::new();
    for path in rust_files("src").into_iter().chain(rust_files("tests")) {
        let text = read(&path).unwrap_or_default();
        if !text.lines().next().unwrap_or_default().starts_with("//! ") {
            findings.push(format!("{path}: the first line is `//! what the file is, and what it does not depend on`"));
        }
    }
    for path in files_below("script").into_iter().chain(files_below("tests/e2e")).chain(files_below("www")) {
        let text = read(&path).unwrap_or_default();
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
fn files_stay_short() {
    let mut findings = Vec::new();
    for path in rust_files("src").into_iter().chain(rust_files("tests")) {
        let lines = code_of(&read(&path).unwrap_or_default()).lines().count();
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
fn styles_stand_in_the_style_sheet() {
    let mut findings = Vec::new();
    let pages = files_below("www").into_iter().filter(|path| path.ends_with(".html") || path.ends_with(".js"));
    // A picture that is saved as a file brings its style sheet along.
    let drawn = rust_files("src/ui").into_iter().filter(|path| path != "src/ui/svg_file.rs");
    for path in drawn.chain(pages).chain(["index.html".to_owned()]) {
        for (number, line) in read(&path).unwrap_or_default().lines().enumerate() {
            let inline =
                [" style=\"", " style={", "set_attribute(\"style\"", "<style"].iter().any(|it| line.contains(it));
            if inline && !line.trim_start().starts_with("//") {
                findings.push(format!(
                    "{path}:{}: the policy blocks inline styles; use a class, an SVG attribute, or the element's `style()` object",
                    number + 1
                ));
            }
        }
    }
    assert_none("styles stand in the style sheet", &findings);
}

#[test]
fn one_file_knows_the_page() {
    const ASKED: &[&str] = &[
        "window",
        "document",
        "owner_document",
        "local_storage",
        "session_storage",
        "location",
        "history",
        "Window",
        "Document",
        "Storage",
        "Location",
        "History",
        "get_element_by_id",
        "body",
    ];
    let mut findings = Vec::new();
    for path in rust_files("src/ui").into_iter().filter(|path| path != "src/ui/page.rs") {
        for (number, line) in code_of(&read(&path).unwrap_or_default()).lines().enumerate() {
            let is_web = |word: &str| {
                line.contains(&format!(".{word}()")) || line.contains(&format!("web_sys::{word}")) || {
                    line.trim_start().starts_with("use web_sys") && words(line).iter().any(|it| it.0 == word)
                }
            };
            for word in ASKED.iter().filter(|word| is_web(word)) {
                findings
                    .push(format!("{path}:{}: `{word}`: a lab shares its page; ask `Page` in ui/page.rs", number + 1));
            }
        }
    }
    assert_none("one file knows the page", &findings);
}

#[test]
fn styles_stay_inside_a_lab() {
    let mut findings = Vec::new();
    let sheets =
        files_below("www").into_iter().filter(|path| path.ends_with(".css") && !PAGES.contains(&path.as_str()));
    for path in sheets {
        let mut depth = 0;
        for (number, line) in read(&path).unwrap_or_default().lines().enumerate() {
            let code = line.split("/*").next().unwrap_or_default();
            if depth == 0 && code.contains('{') && !code.starts_with(".lab {") && !code.starts_with("@keyframes lab-") {
                findings.push(format!(
                    "{path}:{}: write the rule inside `.lab {{ }}`: the host has elements, too",
                    number + 1
                ));
            }
            let is_unit =
                |unit: &str| code.match_indices(unit).any(|(at, _)| code[..at].ends_with(|c: char| c.is_ascii_digit()));
            let window = [("vw", "cqw"), ("vh", "cqh")].into_iter().find(|(unit, _)| is_unit(unit));
            if let Some((unit, instead)) = window {
                findings.push(format!("{path}:{}: `{unit}` asks the window; use `{instead}`", number + 1));
            }
            if code.contains("position: fixed") || code.contains("@media (max-") || code.contains("@media (min-") {
                findings.push(format!("{path}:{}: asks the window; use the lab's root (`@container lab`)", number + 1));
            }
            depth += code.matches('{').count() as i32 - code.matches('}').count() as i32;
        }
    }
    assert_none("styles stay inside a lab", &findings);
}

#[test]
fn tests_stand_where_they_run() {
    let mut findings = Vec::new();
    for path in rust_files("src/ui") {
        for (number, line) in read(&path).unwrap_or_default().lines().enumerate() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                findings
                    .push(format!("{path}:{}: no host builds it; test it in tests/web.rs or tests/e2e", number + 1));
            }
        }
    }
    assert_none("tests stand where they run", &findings);
}

#[test]
fn the_page_asks_nobody_else() {
    const ALLOWED: &[&str] = &["http://www.w3.org/", "http://127.0.0.1"];
    let mut findings = Vec::new();
    let loaded = |path: &String| [".html", ".css", ".js", ".svg", ".json"].iter().any(|end| path.ends_with(end));
    for path in files_below("www").into_iter().filter(loaded).chain(["index.html".to_owned()]) {
        for (number, line) in read(&path).unwrap_or_default().lines().enumerate() {
            for (at, _) in line
                .match_indices("http")
                .filter(|(at, _)| line[*at..].starts_with("https://") || line[*at..].starts_with("http://"))
            {
                let is_link = line[..at].ends_with("href=\"") && line[..at].contains("<a ");
                if !is_link && !ALLOWED.iter().any(|allowed| line[at..].starts_with(allowed)) {
                    findings
                        .push(format!("{path}:{}: put the file into www/ and name it by a relative path", number + 1));
                }
            }
        }
    }
    assert_none("the page asks nobody else", &findings);
}

#[test]
fn the_policy_is_the_same_everywhere() {
    let policy_in = |path: &str, before: &str| {
        let text = read(path).unwrap_or_default();
        text.split_once(before).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("none").to_owned()
    };
    assert_eq!(
        policy_in("index.html", "http-equiv=\"Content-Security-Policy\" content=\""),
        policy_in("Trunk.toml", "Content-Security-Policy = \""),
        "index.html and Trunk.toml name different policies; make them equal"
    );
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
