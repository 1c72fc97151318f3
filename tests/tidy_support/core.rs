//! Rules of the core: the same inputs give the same bytes, and sorting exists once.

use super::source::{assert_none, code_of, folder_of, read, rust_files, words};

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

/// Whether a letter is one of Japanese.
fn is_japanese(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
}

/// The page's texts are in the catalogues, so that none lacks a language. `tutorial` reads other people's.
#[test]
fn texts_stand_in_the_catalogues() {
    let mut findings = Vec::new();
    for path in rust_files("src") {
        if matches!(folder_of(&path), "i18n" | "tutorial") || path.ends_with("/tests.rs") {
            continue;
        }
        for (number, line) in code_of(&read(&path).expect("a text")).lines().enumerate() {
            if line.contains(is_japanese) {
                findings.push(format!("{path}:{}: a text of the page; give it a key in src/i18n", number + 1));
            }
        }
    }
    assert_none("texts stand in the catalogues", &findings);
}

#[test]
fn the_core_is_deterministic_and_meets_no_browser() {
    let mut findings = Vec::new();
    for path in rust_files("src") {
        if matches!(folder_of(&path), "ui" | "script" | "main" | "lib" | "lab") {
            continue;
        }
        let code = code_of(&read(&path).expect("a text"));
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
        let code = code_of(&read(&path).expect("a text"));
        for (number, line) in code.lines().enumerate() {
            if SORTS.iter().any(|name| line.contains(&format!(".{name}("))) {
                findings.push(format!("{path}:{}: use `crate::ordering::Order`", number + 1));
            }
        }
    }
    assert_none("each use of the standard `sort` makes the page 3 kB larger", &findings);
}
