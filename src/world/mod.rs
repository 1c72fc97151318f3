//! What stands around the control plane and the API does not show: machines, disks, processes, and how long things take.
//!
//! [`Environment`] is what stands around a cluster, as data; [`Runtime`] and [`Disks`] are the state of machines, processes
//! and storage. They know no controller; the store holds them, because everybody's client can reach it.

mod default_environments;
pub mod disk;
pub mod environment;
pub mod orders;
pub mod registered_objects;
pub mod runtime;
pub mod system_pods;

pub use disk::{DiskId, Disks};
pub use environment::{ClassProfile, Environment, KubeletKind, NodeProfile};
pub use orders::{Order, Question, Reply, Run};
pub use runtime::{
    Breakage, ImageProfile, Life, Listener, RefusedDrain, Runtime, RuntimeEvent, Shortage, Stopped, Written,
};
pub use system_pods::{Keeper, SystemPod};
