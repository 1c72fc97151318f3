//! The files of the repository and what can be read of them as text; knows no rule.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Folders of built or fetched things.
pub const IGNORED: &[&str] = &["target", "dist", "shots", "node_modules", ".git", "pkg"];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` by its path from the root, in order, without what is built or fetched.
pub fn files_below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(next) = open.pop() {
        let entries = fs::read_dir(&next).unwrap_or_else(|why| panic!("{}: {why}", next.display()));
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

pub fn rust_files(folder: &str) -> Vec<String> {
    files_below(folder).into_iter().filter(|path| path.ends_with(".rs")).collect()
}

/// The text of a file, or nothing where it is not text.
pub fn read(path: &str) -> Option<String> {
    String::from_utf8(fs::read(root().join(path)).ok()?).ok()
}

/// The part of a Rust file that is not its tests, with comments emptied so that line numbers stay.
pub fn code_of(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        // One item alone that is for tests ends nothing.
        let begins_tests =
            lines.peek().is_some_and(|next| next.trim_start().starts_with("mod ") && next.ends_with('{'));
        if line.trim_start().starts_with("#[cfg(test)]") && begins_tests && !out.is_empty() {
            break;
        }
        let code = if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap_or("") };
        out.push_str(code);
        out.push('\n');
    }
    out
}

/// The words of a line: runs of letters, digits and underscores, each with what directly follows it.
pub fn words(line: &str) -> Vec<(&str, &str)> {
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

/// The folder of `src` that a file belongs to: `src/cluster/verbs.rs` and `src/cluster.rs` are both `cluster`.
pub fn folder_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// What a file takes from other folders: `crate::name`, and the names in `crate::{…}`, each with its line number.
pub fn uses_of(code: &str) -> Vec<(usize, String)> {
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
pub fn group_words(group: &str) -> Vec<(String, String)> {
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
pub fn assert_none(rule: &str, findings: &[String]) {
    let mut message = String::new();
    for finding in findings {
        let _ = write!(message, "\n  {finding}");
    }
    assert!(findings.is_empty(), "{rule}:{message}\n");
}

/// The functions of a file as rustfmt writes them: line, name and length in lines.
pub fn functions_of(code: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let inside = line.trim_start();
        let indent = &line[..line.len() - inside.len()];
        let words = words(inside);
        let Some(place) = words.iter().position(|(word, _)| *word == "fn") else { continue };
        let is_definition = words[..place]
            .iter()
            .all(|(word, _)| ["pub", "super", "crate", "in", "const", "async", "unsafe"].contains(word));
        let Some((name, _)) = words.get(place + 1).filter(|_| is_definition) else { continue };
        // Its end is the first brace at its own depth; a signature without a body has none before the next item.
        let end = lines[at..].iter().position(|line| line.strip_prefix(indent).is_some_and(|rest| rest == "}"));
        let is_whole = line.ends_with('}') || line.ends_with(';');
        found.push((at + 1, (*name).to_owned(), if is_whole { 1 } else { end.map_or(1, |end| end + 1) }));
    }
    found
}
