//! The console's working directory: files that were written, and the page's editor as one of them; reads no manifest.

use super::command::{Cx, State};
use crate::sorted::SharedSet;
use std::rc::Rc;

/// The directory in which everything happens.
pub const HOME: &str = "/home/lab";

/// The name under which commands read the editor's text.
pub const EDITOR_FILE: &str = "manifest.yaml";

/// A path as it is kept: below [`HOME`], without `.` and `..`. What leads out of the directory stays as it is.
pub fn tidy_path(path: &str) -> String {
    let path = path.strip_prefix(HOME).map_or(path, |rest| rest.trim_start_matches('/'));
    let path = path.strip_prefix(".\\").unwrap_or(path);
    if path.starts_with('/') {
        return path.to_string();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A path that somebody typed, as it is kept: seen from the directory in which the console is. What is only there when
/// it is seen from [`HOME`] is meant so, as tutorials go into directories that are not here.
pub fn place_of(path: &str, state: &State) -> String {
    let plain = tidy_path(path);
    let near = place_for(path, state);
    let exists = |place: &String| state.files.contains_key(place) || has_kept_directory(place, state);
    if near != plain && !exists(&near) && exists(&plain) { plain } else { near }
}

/// The place of a file that is to be written.
pub fn place_for(path: &str, state: &State) -> String {
    match state.directory.as_str() {
        "" => tidy_path(path),
        _ if path.starts_with('/') => tidy_path(path),
        here => tidy_path(&format!("{here}/{path}")),
    }
}

/// The text of a file; the editor's text counts as one.
pub fn find<'f>(name: &str, state: &'f State, editor: &'f str) -> Option<&'f str> {
    let name = place_of(name, state);
    match state.files.get(&name) {
        Some(text) => Some(text),
        None => (name == EDITOR_FILE).then_some(editor),
    }
}

/// The text of a file that a command names.
pub fn read_file(name: &str, cx: &Cx<'_>) -> Option<String> {
    find(name, cx.state, cx.host.editor_text()).map(str::to_string)
}

/// Writes a file anew.
pub fn write_file(name: &str, text: String, cx: &mut Cx<'_>) {
    let place = place_for(name, cx.state);
    Rc::make_mut(&mut cx.state.files).insert(place, text);
}

/// Whether there is a directory of this name: one that was made, or one with a file in it.
pub fn has_directory(name: &str, state: &State) -> bool {
    has_kept_directory(&place_of(name, state), state)
}

/// Whether a path leads through a place.
pub fn is_below(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

fn has_kept_directory(name: &str, state: &State) -> bool {
    let is_root = matches!(name, "" | "/" | "/home" | "/tmp");
    is_root || state.directories.contains(name) || state.files.keys().any(|file| is_below(file, name))
}

/// Whether there is a directory of this name.
pub fn is_directory(name: &str, cx: &Cx<'_>) -> bool {
    has_directory(name, cx.state)
}

/// The names of the files directly inside a directory, in order; the editor's comes last.
pub fn names_in(directory: &str, state: &State, editor: &str) -> Vec<String> {
    let directory = place_of(directory, state);
    let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    let is_inside = |name: &&String| name.strip_prefix(prefix.as_str()).is_some_and(|rest| !rest.contains('/'));
    let mut names: Vec<String> = state.files.keys().filter(is_inside).cloned().collect();
    let has_editor = directory.is_empty() && !editor.is_empty();
    if has_editor && !names.iter().any(|name| name == EDITOR_FILE) {
        names.push(EDITOR_FILE.into());
    }
    names
}

/// What stands directly inside a directory, files and directories, in order, each without the directory's own name.
pub fn entries_of(directory: &str, state: &State, editor: &str) -> Vec<String> {
    let directory = place_of(directory, state);
    let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    let all = state.files.keys().chain(state.directories.iter());
    let inside = all.filter_map(|path| path.strip_prefix(prefix.as_str())?.split('/').next());
    let mut names: SharedSet<String> = inside.filter(|name| !name.is_empty()).map(str::to_string).collect();
    if directory.is_empty() && !editor.is_empty() {
        names.insert(EDITOR_FILE.to_string());
    }
    names.iter().cloned().collect()
}

/// The names of the files directly inside a directory, in order.
pub fn files_in(directory: &str, cx: &Cx<'_>) -> Vec<String> {
    names_in(directory, cx.state, cx.host.editor_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_kept_in_one_form() {
        let cases = [
            ("a.yaml", "a.yaml"),
            ("./a.yaml", "a.yaml"),
            ("base/../over//k.yaml", "over/k.yaml"),
            ("/home/lab/base/k.yaml", "base/k.yaml"),
            ("..", ".."),
            ("/etc/x", "/etc/x"),
            (".", ""),
        ];
        for (path, kept) in cases {
            assert_eq!(tidy_path(path), kept, "{path}");
        }
    }
}
