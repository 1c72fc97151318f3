//! What a user can break, as plain data; `sim` does it.

use super::ApiError;
use crate::model::{Key, Millis, Text};

/// Why something cannot be broken or mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The API server says no.
    Api(ApiError),
    /// A text of the catalogue `lab`, with the values for its places.
    Own(&'static str, Vec<(&'static str, Text)>),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Refusal {
        Refusal::Api(error)
    }
}

/// Something that a user breaks or mends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A container's process dies with exit code 137.
    KillContainer {
        /// The pod.
        pod: Key,
        /// The container; empty for the first.
        container: Text,
    },
    /// Every start of the pod's containers ends with exit code 1, until it is switched off.
    CrashLoop {
        /// The pod.
        pod: Key,
        /// Whether it begins or ends.
        is_on: bool,
    },
    /// The pod stops answering its readiness probe, until it is switched off.
    FailReadiness {
        /// The pod.
        pod: Key,
        /// Whether it begins or ends.
        is_on: bool,
    },
    /// The pod stops answering any probe, until it is switched off.
    Hang {
        /// The pod.
        pod: Key,
        /// Whether it begins or ends.
        is_on: bool,
    },
    /// The set's next update asks for an image that does not exist.
    BadImage {
        /// The StatefulSet.
        set: Key,
    },
    /// A machine stands still.
    StopNode(Text),
    /// A machine comes back.
    StartNode(Text),
    /// A machine's kubelet stands still; its containers go on.
    StopKubelet(Text),
    /// A machine's kubelet comes back.
    StartKubelet(Text),
    /// Machines are added to the cluster.
    AddNodes {
        /// Their zone; empty for that of the first machine.
        zone: Text,
        /// How many.
        count: usize,
    },
    /// A machine is taken out of the cluster, and its Node object is deleted.
    RemoveNode(Text),
    /// A Node object is deleted, as an administrator does when the machine will not come back.
    DeleteNode(Text),
    /// All machines of a zone stand still.
    StopZone(Text),
    /// All machines of a zone come back.
    StartZone(Text),
    /// A machine is short of memory, until it is switched off.
    LowMemory {
        /// The node.
        node: Text,
        /// Whether it begins or ends.
        is_on: bool,
    },
    /// A machine is short of disk space, until it is switched off.
    LowDisk {
        /// The node.
        node: Text,
        /// Whether it begins or ends.
        is_on: bool,
    },
    /// The pods of a StatefulSet, Deployment or ReplicaSet have this much to do together: a share, in percent, of what one
    /// of them asked for, times the pods that are ready. `None` ends the measuring.
    Load {
        /// What is measured.
        target: Key,
        /// In percent of the request.
        percent: Option<i64>,
    },
    /// Volumes take this long to be made; `None` for the usual time.
    SlowProvisioner(Option<Millis>),
    /// All storage classes are deleted.
    NoStorageClass,
    /// The storage classes of the environment are there again.
    RestoreStorageClasses,
    /// One storage class of the environment is there again.
    RestoreStorageClass(Text),
}
