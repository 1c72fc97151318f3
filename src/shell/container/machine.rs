//! What a container sees of its machine's own files.

use super::Container;
use super::mounts::Place;
use crate::cluster::Cluster;
use crate::model::Text;
use crate::shell::images::is_kernels;
use crate::shell::node_files;
use crate::shell::path_kind::Found;
use crate::world::disk::{DiskId, Entry, Owner};

impl Container {
    /// What stands under a path of the container's machine; `root` is there where the path is what is mounted.
    pub(super) fn lookup_on_node(
        &self,
        cluster: &Cluster,
        node: &Text,
        path: &str,
        root: Option<Owner>,
    ) -> Option<Found> {
        if let Some((entry, owner, modified)) = node_files::lookup(cluster, node, path) {
            let is_link = matches!(entry, Entry::Link(_));
            return (!is_link).then(|| Found::new(entry, modified, owner));
        }
        let is_process = ["/proc/1", "/proc/self"].iter().any(|process| path.starts_with(process));
        if is_kernels(path)
            && !is_process
            && let Some(text) = self.generated_file(cluster, path)
        {
            return Some(Found::new(Entry::File(text.into()), self.pod.meta.created, Owner::root(0o444)));
        }
        let is_unknown = node_files::is_unknown(cluster, node, path);
        root.filter(|_| !is_unknown).map(|root| Found::new(Entry::Directory, self.started, root))
    }

    /// Whether a path leads to what a machine has of its own and nobody here knows.
    pub(super) fn is_machines_own(&self, cluster: &Cluster, path: &str) -> bool {
        match self.place(path) {
            Place::Disk { id: DiskId::Host { node }, path: there, mount, .. } => {
                mount.path == path || node_files::is_unknown(cluster, node, &there)
            }
            _ => false,
        }
    }
}
