//! Folders that `kubectl cp` copies, with all that is in them; links stay behind.
//!
//! Follows `copyToPod` and `untarAll` in pkg/cmd/cp/cp.go.

use crate::cluster::Cluster;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::files;
use crate::shell::container::{Container, normalize};
use std::rc::Rc;

/// The most files of one copy.
const FILES_MAX: usize = 1000;

/// Copies a folder of the working directory into a container: into the folder `to` if there is one, else as it.
pub(super) fn put(from: &str, to: &str, container: &Container, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let folder = files::tidy_path(from);
    let mut target = normalize(container.directory(), to);
    if container.list(cx.cluster(), &target).is_ok() {
        let name = folder.rsplit('/').next().unwrap_or(&folder);
        target = format!("{}/{name}", target.trim_end_matches('/'));
    }
    let below = |path: &String| path.strip_prefix(folder.as_str())?.strip_prefix('/').map(str::to_string);
    let folders: Vec<String> = cx.state.directories.iter().filter_map(below).collect();
    let all: Vec<(String, String)> =
        cx.state.files.iter().filter_map(|(path, text)| Some((below(path)?, text.clone()))).collect();
    let refused = |error: &dyn std::fmt::Display| Failure::Raw(format!("tar: {to}: Cannot open: {error}"));
    let cluster = cx.cluster_mut();
    if container.list(cluster, &target).is_err() {
        container.make_directory(cluster, &target, false).map_err(|error| refused(&error))?;
    }
    for inner in &folders {
        container.make_directory(cluster, &format!("{target}/{inner}"), true).map_err(|error| refused(&error))?;
    }
    for (inner, text) in all.iter().take(FILES_MAX) {
        let path = format!("{target}/{inner}");
        if let Some((folder, _)) = path.rsplit_once('/') {
            container.make_directory(cluster, folder, true).map_err(|error| refused(&error))?;
        }
        container.write(cluster, &path, text, false).map_err(|error| refused(&error))?;
    }
    if all.len() > FILES_MAX {
        cx.hint("files_cut", &[("count", &FILES_MAX.to_string())]);
    }
    Ok(())
}

/// Copies a folder of a container into the working directory, as the folder `to`.
pub(super) fn take(from: &str, to: &str, container: &Container, cx: &mut Cx<'_>) {
    let to = files::tidy_path(to);
    let found = inside(from, container, cx.cluster());
    let is_cut = found.len() > FILES_MAX;
    for (inner, text) in found.into_iter().take(FILES_MAX) {
        let path = files::tidy_path(&format!("{to}/{inner}"));
        match text {
            Some(text) => files::write_file(&path, text, cx),
            None => _ = Rc::make_mut(&mut cx.state.directories).insert(path),
        }
    }
    if is_cut {
        cx.hint("files_cut", &[("count", &FILES_MAX.to_string())]);
    }
}

/// What is in a folder, at its path below that: the text of each file, and nothing for a folder. One more than may be
/// copied at the most.
fn inside(folder: &str, container: &Container, cluster: &Cluster) -> Vec<(String, Option<String>)> {
    let (mut found, mut open) = (vec![(String::new(), None)], vec![String::new()]);
    while let Some(inner) = open.pop() {
        let place = format!("{}{inner}", folder.trim_end_matches('/'));
        for (name, entry) in container.list(cluster, &place).unwrap_or_default() {
            if found.len() > FILES_MAX {
                return found;
            }
            let path = format!("{inner}/{name}");
            if entry.is_directory() {
                found.push((path.clone(), None));
                open.push(path);
            } else if let Ok(text) = container.read(cluster, &format!("{place}/{name}")) {
                found.push((path, Some(text.to_string())));
            }
        }
    }
    found
}
