//! Where a word leads that names a program: what the image has, scripts, directories, nothing.

use crate::cluster::Cluster;
use crate::shell::container::{Container, INSTALLED, PROGRAM, normalize};
use crate::shell::language::Shell;
use crate::shell::runnable_programs;
use crate::shell::runnable_programs::NAMES;

/// Whether `name` is a program of the container that this lab can run.
pub fn is_program(name: &str, container: &Container) -> bool {
    runnable_programs::runs_in(name, &container.image)
}

/// Where a word leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A program that this lab can run.
    Program,
    /// A script at this path.
    File(String),
    /// A directory.
    Directory,
    /// The image's server.
    Server,
    /// The image has it, or may have it, and this lab cannot run it.
    Foreign,
    /// Nothing.
    Missing,
}

/// The directories that programs are looked for in.
const PLACES: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Where a word leads that names a program.
pub fn find(word: &str, container: &Container, cluster: &Cluster, directory: &str) -> Found {
    let name = word.rsplit('/').next().unwrap_or(word);
    // A program that was moved away is not there any more.
    let has_file = |name: &str| container.lookup(cluster, &format!("/usr/bin/{name}")).is_some();
    // Nobody here knows what packages bring.
    let has_installed = container.lookup(cluster, INSTALLED).is_some();
    let file = |path: String| {
        let found = container.lookup(cluster, &path)?;
        Some(if found.is_directory() { Found::Directory } else { Found::File(path) })
    };
    if word.contains('/') {
        let path = normalize(directory, word);
        let is_place =
            PLACES.iter().any(|place| path.strip_prefix(place).is_some_and(|rest| rest == format!("/{name}")));
        if let Some(found) = file(path.clone()).filter(|_| !is_place || !is_program(name, container)) {
            // The script that an image begins with starts its server.
            return match () {
                () if container.image.is_server(word) => Found::Server,
                () if is_untouched(&path, container, cluster) => Found::Foreign,
                () => found,
            };
        }
        return match () {
            () if container.image.is_server(word) => Found::Server,
            () if is_place && is_program(name, container) && has_file(name) => Found::Program,
            () if container.image.has_program_at(&path) => Found::Missing,
            () if container.image.has_own(word) => Found::Foreign,
            // What a volume would hold is known, as far as only programs that run here wrote it; what an image holds
            // beside its base is not.
            () if container.mount_at(&path).is_some_and(|mount| container.knows_contents(cluster, mount)) => {
                Found::Missing
            }
            () if container.mount_at(&path).is_some() => Found::Foreign,
            () if is_place && is_of_base(name) && !container.image.may_bring(name) => Found::Missing,
            () if container.image.has_more() || has_installed => Found::Foreign,
            () => Found::Missing,
        };
    }
    match () {
        () if container.image.is_server(name) => Found::Server,
        () if is_program(name, container) && has_file(name) => Found::Program,
        () => match PLACES.iter().find_map(|place| file(format!("{place}/{name}"))) {
            Some(Found::File(path)) if is_untouched(&path, container, cluster) => {
                if NAMES.contains(&name) {
                    Found::Program
                } else {
                    Found::Foreign
                }
            }
            Some(found) => found,
            None if container.image.place_of(name).is_some_and(|path| container.lookup(cluster, path).is_none()) => {
                Found::Missing
            }
            None if container.image.has_own(name) && has_file(name) => Found::Foreign,
            None if is_of_base(name) && !container.image.may_bring(name) => Found::Missing,
            None if container.image.has_more() || has_installed => Found::Foreign,
            None => Found::Missing,
        },
    }
}

/// Where a word leads that names a program, by the directories of the shell's `PATH`.
pub fn find_on_path(shell: &Shell, word: &str, container: &Container, cluster: &Cluster) -> Found {
    find_in(shell.variable("PATH").as_deref().unwrap_or(""), word, container, cluster, &shell.directory)
}

/// The same as the runtime looks, by the `PATH` that the container has from its start on.
pub fn find_at_start(word: &str, container: &Container, cluster: &Cluster) -> Found {
    let variables = container.environment(cluster);
    let path = variables.iter().rev().find(|variable| variable.0 == "PATH").map_or("", |variable| &variable.1);
    find_in(path, word, container, cluster, container.directory())
}

/// The same by a list of directories.
fn find_in(path: &str, word: &str, container: &Container, cluster: &Cluster, directory: &str) -> Found {
    let usual = || find(word, container, cluster, directory);
    if path.is_empty() || word.contains('/') {
        return usual();
    }
    let own = |folder: &str| {
        let file = normalize(&normalize(directory, folder), word);
        let is_program = container.lookup(cluster, &file).is_some_and(|found| !found.is_directory());
        (is_program && container.may_run(cluster, &file)).then_some(Found::File(file))
    };
    let folders: Vec<&str> = path.split(':').collect();
    let first = folders.iter().position(|folder| PLACES.contains(folder));
    let (before, behind) = folders.split_at(first.unwrap_or(folders.len()));
    if let Some(found) = before.iter().find_map(|folder| own(folder)) {
        return found;
    }
    match usual() {
        found @ (Found::Missing | Found::Foreign) => {
            let later = behind.iter().filter(|folder| !PLACES.contains(folder)).find_map(|folder| own(folder));
            later.unwrap_or(found)
        }
        // Where an image has its programs that nobody here knows is not known either.
        Found::Program if first.is_none() && container.image.is_known() => Found::Missing,
        found => found,
    }
}

/// Whether a program is still the image's own.
fn is_untouched(path: &str, container: &Container, cluster: &Cluster) -> bool {
    container.read(cluster, path).is_ok_and(|text| text.as_str() == PROGRAM)
}

/// Whether a program is one that bases have or do not have, and no image brings.
fn is_of_base(name: &str) -> bool {
    NAMES.contains(&name) || name.is_empty()
}
