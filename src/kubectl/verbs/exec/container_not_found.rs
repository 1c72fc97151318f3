//! Who asks for a container, and what it is told when there is none of that name.
//!
//! Follows `pkg/cmd/util/podcmd` of kubectl.

use super::container_list;
use crate::cluster::ApiError;
use crate::kubectl::command::{Cx, Failure};
use crate::kubernetes::Difference;
use crate::model::Object;

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
    pub(super) fn missing(self, asked: &str, pod: &Object, cx: &Cx<'_>) -> Failure {
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
