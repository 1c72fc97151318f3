//! `kubectl cp`: a file or a folder into a container, or out of it.
//!
//! Follows `pkg/cmd/cp/cp.go` of kubectl.

use super::chosen_container::{Asking, container_of};
use super::cp_folders;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::files;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::resources::{Resource, fetch, namespace_of};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Kind, Text};
use crate::shell::container::Container;
use crate::shell::terminal_session::no_container;
use std::rc::Rc;

/// The row of `kubectl cp`.
pub const CP: Verb = Verb {
    name: "cp",
    flags: &[CP_FLAGS],
    run: copy,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: Group::Troubleshooting.at(7),
    ways: Ways::USUAL,
    help: help(
        "Copy files and directories to and from containers.",
        &[
            ("A file out of a pod", "kubectl cp web-0:/etc/hostname name.txt"),
            ("A file into a pod", "kubectl cp manifest.yaml web-0:/tmp/manifest.yaml"),
        ],
        &[("-c, --container=''", "Which container.")],
        "cp <file-spec-src> <file-spec-dest> [options]",
    ),
};

/// The flags of `cp`.
pub const CP_FLAGS: &[Flag] = &[
    short("container", 'c', Takes::Text),
    long("no-preserve", Takes::Bool).ignored(),
    long("retries", Takes::Int).ignored(),
];

/// A place that `cp` copies from or to.
struct Place {
    /// The namespace and the pod, unless it is a file of the working directory.
    pod: Option<(Option<Text>, String)>,
    path: String,
}

fn place(word: &str) -> Result<Place, Failure> {
    let Some((before, path)) = word.split_once(':') else {
        return Ok(Place { pod: None, path: word.to_string() });
    };
    if before.is_empty() {
        return Err(Failure::client("filespec must match the canonical format: [[namespace/]pod:]file/path"));
    }
    if path.is_empty() {
        return Err(Failure::client("filepath can not be empty"));
    }
    if before.matches('/').count() > 1 {
        return Err(Failure::client("filespec must match the canonical format: [[namespace/]pod:]file/path"));
    }
    let pod = match before.split_once('/') {
        Some((namespace, pod)) => (Some(Text::new(namespace)), pod.to_string()),
        None => (None, before.to_string()),
    };
    Ok(Place { pod: Some(pod), path: path.to_string() })
}

/// `kubectl cp`: a file into a container, or out of it.
///
/// # Errors
/// What kubectl or the API server refuses, and files that do not exist.
pub fn copy(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [from, to] = args.before_dash() else {
        return Err(Failure::client("source and destination are required"));
    };
    let (from, to) = (place(from)?, place(to)?);
    match (&from.pod, &to.pod) {
        (Some(_), Some(_)) => Err(Failure::client("one of src or dest must be a local file specification")),
        (None, None) => Err(Failure::client("one of src or dest must be a remote file specification")),
        (None, Some(pod)) => {
            let Some(text) = files::read_file(&from.path, cx) else {
                if files::is_directory(&from.path, cx) {
                    let container = container(args, pod, cx)?;
                    cp_folders::put(&from.path, &to.path, &container, cx)?;
                    return OK;
                }
                return Err(Failure::client(format!("{} doesn't exist in local filesystem", from.path)));
            };
            let container = container(args, pod, cx)?;
            let is_directory = to.path.ends_with('/') || container.list(cx.cluster(), &to.path).is_ok();
            let name = from.path.rsplit('/').next().unwrap_or(&from.path);
            let path = if is_directory { format!("{}/{name}", to.path.trim_end_matches('/')) } else { to.path.clone() };
            let path = crate::shell::container::normalize(container.directory(), &path);
            let written = container.write(cx.cluster_mut(), &path, &text, false);
            written.map_err(|error| Failure::Raw(format!("tar: {}: Cannot open: {error}", to.path)))?;
            OK
        }
        (Some(pod), None) => {
            let container = container(args, pod, cx)?;
            let path = crate::shell::container::normalize(container.directory(), &from.path);
            let Ok(text) = container.read(cx.cluster(), &path) else {
                if container.list(cx.cluster(), &path).is_ok() {
                    if from.path.starts_with('/') {
                        cx.out.err("tar: Removing leading `/' from member names");
                    }
                    cp_folders::take(&path, &to.path, &container, cx);
                    return OK;
                }
                return Err(Failure::client(format!(
                    "{} no such file or directory\ntar: {}: Cannot stat: No such file or directory\ntar: Exiting with \
                     failure status due to previous errors",
                    from.path,
                    path.trim_start_matches('/')
                )));
            };
            if from.path.starts_with('/') {
                cx.out.err("tar: Removing leading `/' from member names");
            }
            let files = Rc::make_mut(&mut cx.state.files);
            files.insert(to.path.trim_start_matches("./").to_string(), text.to_string());
            OK
        }
    }
}

/// The running container that `cp` means.
fn container(args: &Args, pod: &(Option<Text>, String), cx: &mut Cx<'_>) -> Result<Container, Failure> {
    let namespace = pod.0.clone().unwrap_or_else(|| namespace_of(args, cx));
    let object = fetch(Resource::Kept(Kind::Pod), &namespace, &pod.1, cx)?;
    cx.check_access("create", Kind::Pod, "exec", &namespace, &object.meta.name)?;
    let name = container_of(&object, Asking::Server, args, cx)?;
    Container::of(cx.cluster(), &object, &name)
        .filter(Container::is_running)
        .ok_or_else(|| Failure::client(no_container(&name)))
}
