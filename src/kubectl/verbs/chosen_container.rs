//! Which of a pod's containers somebody means (`-c`, the annotation, `Defaulted container`), and what is said when there is none
//! of that name.
//!
//! Follows `pkg/cmd/util/podcmd` of kubectl.

use crate::cluster::ApiError;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::kubernetes::Difference;
use crate::model::{Object, Text, Value};

/// Who asks for a container: before 1.36 each says in words of its own that there is none of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// `exec` and `cp`: the API server says it.
    Server,
    /// `attach`.
    Attach,
    /// `logs`.
    Logs,
}

impl Asking {
    fn missing(self, asked: &str, pod: &Object, cx: &Cx<'_>) -> Failure {
        let name = &pod.meta.name;
        if cx.cluster().kubernetes().has(Difference::ContainersAreListed) {
            let list = container_list(pod);
            return Failure::client(format!("container {asked} is not valid for pod {name} out of: {list}"));
        }
        let invalid = || format!("container {asked} is not valid for pod {name}");
        match self {
            Asking::Server => ApiError::BadRequest(invalid()).into(),
            Asking::Attach => Failure::client(format!("container {asked} not found in pod {name}")),
            Asking::Logs => Failure::client(invalid()),
        }
    }
}

/// The names of the containers in one of a pod's lists.
pub(super) fn names(pod: &Object, field: &'static str) -> Vec<Text> {
    let all = pod.list_at(&["spec", field]).iter();
    all.filter_map(|container| container.get("name").and_then(Value::as_text)).cloned().collect()
}

/// All containers of a pod as kubectl lists them: `nginx, prepare (init)`.
pub fn container_list(pod: &Object) -> String {
    let mut all: Vec<String> = names(pod, "containers").iter().map(ToString::to_string).collect();
    all.extend(names(pod, "ephemeralContainers").iter().map(|name| format!("{name} (ephem)")));
    all.extend(names(pod, "initContainers").iter().map(|name| format!("{name} (init)")));
    all.join(", ")
}

/// The container that is meant: by `-c`, by the annotation, or the first one.
///
/// # Errors
/// A container that the pod does not have.
pub fn container_of(pod: &Object, by: Asking, args: &Args, cx: &mut Cx<'_>) -> Result<Text, Failure> {
    container_named(pod, args.text("container"), by, args, cx)
}

/// The container of a name; without one the pod's usual one, which is said.
///
/// # Errors
/// A container that the pod does not have.
pub fn container_named(pod: &Object, name: &str, by: Asking, args: &Args, cx: &mut Cx<'_>) -> Result<Text, Failure> {
    let (main, init) = (names(pod, "containers"), names(pod, "initContainers"));
    let debugging = names(pod, "ephemeralContainers");
    let usual = pod.meta.annotation("kubectl.kubernetes.io/default-container");
    let asked = if name.is_empty() { usual } else { name };
    let found = main.iter().chain(&init).chain(&debugging).find(|it| it.as_str() == asked);
    // A usual one that is not there was passed over once.
    let must_be = !name.is_empty() || cx.cluster().kubernetes().has(Difference::ContainersAreListed);
    match found {
        Some(found) => return Ok(found.clone()),
        None if !asked.is_empty() && must_be => return Err(by.missing(asked, pod, cx)),
        None => {}
    }
    let first = main.first().cloned().unwrap_or_default();
    if main.len() + init.len() + debugging.len() > 1 && !args.is("quiet") {
        let list = container_list(pod);
        cx.out.err(format!("Defaulted container \"{first}\" out of: {list}"));
    }
    Ok(first)
}
