//! The data on volumes and in containers: small trees of files; knows no pod and no command.

use crate::model::{Millis, Text};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// Where a tree of files lives, and so how long.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DiskId {
    /// A PersistentVolume, by its name: lives as long as the object.
    Volume(Text),
    /// An `emptyDir` of a pod: lives as long as the pod.
    EmptyDir {
        /// The pod's UID.
        pod_uid: Text,
        /// The volume's name in the pod.
        volume: Text,
    },
    /// What one run of a container wrote beside its volumes: gone with the next restart.
    Layer {
        /// The pod's UID.
        pod_uid: Text,
        /// The container's name.
        container: Text,
        /// How often it was restarted before this run.
        restarts: i64,
    },
    /// What pods wrote on a node's own disk (`hostPath`), by its paths there.
    Host {
        /// The node's name.
        node: Text,
    },
}

/// A column of a database table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Text,
    /// Its type as the server shows it: `int(11)`.
    pub kind: Text,
    /// Whether it takes `NULL`.
    pub is_nullable: bool,
    /// Whether it is the primary key.
    pub is_primary: bool,
    /// Whether rows that bring no value get the next number.
    pub is_auto_increment: bool,
    /// What rows that bring no value get.
    pub default: Option<Text>,
}

/// A database table with its rows; a cell is `None` for `NULL`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns in order.
    pub columns: Vec<Column>,
    /// The rows in order of insertion.
    pub rows: Vec<Vec<Option<Text>>>,
    /// The next number for an automatic column.
    pub next_id: i64,
}

/// What stands under a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A directory.
    Directory,
    /// A file with its text.
    File(Text),
    /// A file of so many bytes whose text is not kept.
    Bulk(u64),
    /// The data file of a database table.
    Table(Rc<Table>),
    /// A symbolic link, with where it leads.
    Link(Text),
    /// The place of a server's socket in the file system.
    Socket,
    /// A device.
    Device {
        /// Whether it is a disk, and not one that takes and gives characters.
        is_block: bool,
        /// What was written to it; characters are not kept.
        text: Text,
    },
    /// Nothing, although the image below has something there.
    Removed,
}

/// Whose an entry is, and who may do what with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user's number.
    pub user: i64,
    /// The group's number.
    pub group: i64,
    /// The permissions, as `chmod` takes them.
    pub mode: u16,
}

impl Owner {
    /// Everything of root's that others may read.
    pub const fn root(mode: u16) -> Owner {
        Owner { user: 0, group: 0, mode }
    }
}

impl Entry {
    /// How many bytes it takes on its disk.
    pub fn bytes(&self) -> u64 {
        match self {
            Entry::File(text) => text.len() as u64,
            Entry::Bulk(bytes) => *bytes,
            Entry::Table(_) => 65_536,
            Entry::Device { text, .. } => text.len() as u64,
            Entry::Directory | Entry::Link(_) | Entry::Socket | Entry::Removed => 0,
        }
    }
}

/// An entry and when it was last written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub entry: Entry,
    /// When it was last written.
    pub modified: Millis,
    /// Whose it is.
    pub owner: Owner,
}

/// A tree of files. Paths begin with `/` and have no `/` at the end. The root is listed, by an empty path, once somebody
/// changed its owner.
pub type Tree = SharedMap<Text, Node>;

/// All trees of a cluster. A copy costs a pointer.
///
/// Invariants:
/// - A tree exists from the first write to it until its owner goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Disks {
    trees: Rc<SharedMap<DiskId, Rc<Tree>>>,
    version: u64,
    /// The disks that were written since somebody asked for them.
    touched: Vec<DiskId>,
    /// Whether there ever was a link.
    has_links: bool,
}

impl Disks {
    /// Rises with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The disks that were written since the last call.
    pub fn take_touched(&mut self) -> Vec<DiskId> {
        std::mem::take(&mut self.touched)
    }

    fn touch(&mut self, id: &DiskId) {
        self.version += 1;
        if !self.touched.contains(id) {
            self.touched.push(id.clone());
        }
    }

    /// Whether any path may lead elsewhere.
    pub fn has_links(&self) -> bool {
        self.has_links
    }

    /// The files of a disk, if anything was ever written to it.
    pub fn tree(&self, id: &DiskId) -> Option<&Tree> {
        self.trees.get(id).map(Rc::as_ref)
    }

    /// How many bytes a disk holds.
    pub fn bytes(&self, id: &DiskId) -> u64 {
        self.tree(id).into_iter().flatten().map(|(_, node)| node.entry.bytes()).sum()
    }

    /// How many bytes of text a disk keeps.
    pub fn text_bytes(&self, id: &DiskId) -> u64 {
        let texts = self.tree(id).into_iter().flatten().filter(|(_, node)| matches!(node.entry, Entry::File(_)));
        texts.map(|(_, node)| node.entry.bytes()).sum()
    }

    /// What stands under `path`.
    pub fn get(&self, id: &DiskId, path: &str) -> Option<&Node> {
        self.tree(id)?.get(path)
    }

    /// Writes `entry` under `path`. What is new there becomes `owner`'s.
    pub fn put(&mut self, id: &DiskId, path: &str, entry: Entry, now: Millis, owner: Owner) {
        self.touch(id);
        self.has_links |= matches!(entry, Entry::Link(_));
        let trees = Rc::make_mut(&mut self.trees);
        let tree = Rc::make_mut(trees.entry(id.clone()).or_default());
        let owner = tree.get(path).map_or(owner, |node| node.owner);
        tree.insert(Text::new(path), Node { entry, modified: now, owner });
    }

    /// Gives what stands under `path` to another owner; `entry` is what the disk does not list by itself.
    pub fn give(&mut self, id: &DiskId, path: &str, entry: Entry, now: Millis, owner: Owner) {
        self.put(id, path, entry, now, owner);
        let trees = Rc::make_mut(&mut self.trees);
        if let Some(node) = trees.get_mut(id).and_then(|tree| Rc::make_mut(tree).get_mut(path)) {
            node.owner = owner;
        }
    }

    /// Takes out what stands under `path` and below it. Returns how many entries went.
    pub fn remove(&mut self, id: &DiskId, path: &str) -> usize {
        let below = format!("{path}/");
        let is_meant = |place: &str| place == path || place.starts_with(&below);
        if !self.tree(id).is_some_and(|tree| tree.keys().any(|place| is_meant(place))) {
            return 0;
        }
        self.touch(id);
        let Some(tree) = Rc::make_mut(&mut self.trees).get_mut(id) else { return 0 };
        let before = tree.len();
        Rc::make_mut(tree).retain(|place, _| !is_meant(place));
        before - tree.len()
    }

    /// Forgets a volume's data.
    pub fn forget_volume(&mut self, name: &Text) {
        self.forget(|id| matches!(id, DiskId::Volume(volume) if volume == name));
    }

    /// Forgets what lived in a pod.
    pub fn forget_pod(&mut self, uid: &Text) {
        self.forget(
            |id| matches!(id, DiskId::EmptyDir { pod_uid, .. } | DiskId::Layer { pod_uid, .. } if pod_uid == uid),
        );
    }

    /// The disks that hold anything, in order.
    pub fn ids(&self) -> impl Iterator<Item = &DiskId> {
        self.trees.keys()
    }

    fn forget(&mut self, is_meant: impl Fn(&DiskId) -> bool) {
        if self.trees.keys().any(&is_meant) {
            self.version += 1;
            Rc::make_mut(&mut self.trees).retain(|id, _| !is_meant(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_keeps_its_files_until_it_goes() {
        let mut disks = Disks::default();
        let volume = DiskId::Volume("pvc-1".into());
        disks.put(&volume, "/a", Entry::Directory, Millis::ZERO, Owner::root(0o755));
        disks.put(&volume, "/a/b", Entry::File("x".into()), Millis::ZERO, Owner::root(0o644));
        disks.put(&volume, "/ab", Entry::File("y".into()), Millis::ZERO, Owner::root(0o644));
        let before = disks.clone();
        assert_eq!(disks.remove(&volume, "/a"), 2);
        assert!(disks.get(&volume, "/ab").is_some(), "a longer name is not below");
        assert!(before.get(&volume, "/a/b").is_some(), "a copy has its own life");
        disks.forget_volume(&"pvc-1".into());
        assert_eq!(disks.tree(&volume), None);
    }
}
