//! The files of a container: of its image, its own layer and its volumes, looked up, read and changed.

use super::mounts::Place;
use super::{Container, PROGRAM, parent_of};
use crate::cluster::Cluster;
use crate::model::{Millis, Text};
use crate::shell::images::{DIRECTORIES, PLACES};
use crate::shell::language::limits::{LIMITS, NO_ROOM};
use crate::shell::ownership::Access;
use crate::shell::path_kind::{FileError, Found};
use crate::shell::{node_files, runnable_programs};
use crate::sorted::SharedMap;
use crate::world::disk::{DiskId, Entry, Node, Owner, Table};
use std::rc::Rc;

/// The longest file that grows by small pieces.
pub const FILE_BYTES_MAX: usize = 128 * 1024;

/// Which part of a longer file one write must be, so that a file costs what is written to it and not the square.
const PIECE_MIN: usize = 32;

/// The most text that a disk keeps, in bytes.
const DISK_TEXT_MAX: u64 = 64 * 1024 * 1024;

/// The most that is read of a file whose text is not kept, in bytes.
const BULK_READ_MAX: usize = 1024 * 1024;

/// How much there is to read of a device that is a disk, in bytes.
const BLOCK: usize = 4096;

/// The file system in memory that a runtime gives every container, and how many bytes it holds.
const SHARED_MEMORY: &str = "/dev/shm/";
const SHARED_MEMORY_BYTES: u64 = 64 * 1024 * 1024;

/// The most entries on one disk.
const ENTRIES_MAX: usize = 10_000;

/// Whether there is room for a file of so many bytes after a write of so many.
fn fits(whole: usize, piece: usize) -> bool {
    whole <= FILE_BYTES_MAX || whole <= LIMITS.file && piece * PIECE_MIN >= whole
}

impl Container {
    /// What stands under `path`.
    pub fn lookup(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        if let Some((other, path)) = self.seen_through(cluster, path) {
            return other.lookup(cluster, &path);
        }
        let real = self.resolved(cluster, path);
        let found = self.lookup_real(cluster, &real)?;
        match real == path {
            true => Some(found),
            false => Some(Found { link: self.link_at(cluster, path).or(found.link), ..found }),
        }
    }

    /// The container and the path that are meant by `/proc/PID/root/…`, where a pod's containers see each other.
    fn seen_through(&self, cluster: &Cluster, path: &str) -> Option<(Container, String)> {
        if !path.starts_with("/proc/") || !self.shares_processes() {
            return None;
        }
        let (pid, rest) = path.strip_prefix("/proc/")?.split_once('/')?;
        let rest = rest.strip_prefix("root").filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        let other = self.behind_process(cluster, pid.parse().ok()?)?;
        Some((other, if rest.is_empty() { "/".to_string() } else { rest.to_string() }))
    }

    /// What stands under a path without links.
    fn lookup_real(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        let disks = cluster.disks();
        // A link that is left leads in a circle.
        let of = |node: &Node| (!matches!(node.entry, Entry::Link(_))).then(|| Found::of(node));
        match self.place(path) {
            Place::Disk { id: DiskId::Host { node }, path, root, mount } => {
                let root = root.filter(|_| self.host_path_kind(&mount.volume, &path) != "File");
                self.lookup_on_node(cluster, node, &path, root)
            }
            Place::Disk { id, path, root, .. } => match (disks.get(id, &path), root) {
                (Some(node), _) => of(node),
                (None, root) => Some(Found::new(Entry::Directory, self.started, root?)),
            },
            Place::Files { projection, path } => projection.lookup(&path),
            // What the kernel and the kubelet make for a container is not in its image.
            Place::Image { shown, path } => {
                let is_made = ["/dev/", "/proc/", "/sys/"].iter().any(|folder| path.starts_with(folder));
                shown.lookup_real(cluster, &path).filter(|_| !is_made)
            }
            Place::Layer => match disks.get(&self.layer(), path) {
                Some(node) if node.entry == Entry::Removed => None,
                Some(node) => of(node),
                // `/bin` is `/usr/bin`: what was moved away there is gone here.
                None => match path.strip_prefix("/bin/").filter(|name| !name.contains('/')) {
                    Some(name) if self.lookup_image(cluster, path).is_none() => {
                        self.lookup_real(cluster, &format!("/usr/bin/{name}"))
                    }
                    _ => self.lookup_image(cluster, path),
                },
            },
        }
    }

    fn node(&self, cluster: &Cluster, path: &str) -> Option<Node> {
        match self.place(path) {
            Place::Disk { id, path, .. } => cluster.disks().get(id, &path).cloned(),
            Place::Files { .. } | Place::Image { .. } => None,
            Place::Layer => cluster.disks().get(&self.layer(), path).cloned(),
        }
    }

    /// Where the link leads that stands at a path without links above it.
    pub(in crate::shell) fn own_link(&self, cluster: &Cluster, path: &str) -> Option<Text> {
        match self.node(cluster, path)?.entry {
            Entry::Link(target) => Some(target),
            _ => None,
        }
    }

    /// Whose the link at a path is, and when it was made.
    pub(in crate::shell) fn link_owner(&self, cluster: &Cluster, path: &str) -> Option<(Owner, Millis)> {
        let node = self.node(cluster, &self.resolved_above(cluster, path))?;
        Some((node.owner, node.modified))
    }

    fn lookup_image(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        let found = |entry: Entry| {
            let owner = match self.image.own_place(path) {
                Some((user, group)) => {
                    Owner { user, group, mode: if entry == Entry::Directory { 0o775 } else { 0o664 } }
                }
                // Where such an image starts is not known, and so not what `/` stands for.
                None if path == "/" && !self.image.is_known() => Owner::root(0o777),
                None => crate::shell::ownership::of_image(path, entry == Entry::Directory),
            };
            Some(Found::new(entry, self.pod.meta.created, owner))
        };
        if let Some(text) = self.generated_file(cluster, path) {
            return found(Entry::File(text.into()));
        }
        if let Some(entry) = self.mark_at(cluster, path) {
            return found(entry);
        }
        let files = self.image.files();
        if let Some((_, text)) = files.iter().find(|(place, _)| *place == path) {
            let made = found(Entry::File(Text::Static(text)));
            let is_script = text.starts_with("#!");
            return made.map(|made| match is_script {
                true => Found { owner: Owner { mode: 0o755, ..made.owner }, ..made },
                false => made,
            });
        }
        let has_own = |name: &str| self.image.has_own(name) && self.image.place_of(name).is_none();
        let is_program = |name: &str| runnable_programs::runs_in(name, &self.image) || has_own(name);
        if path.strip_prefix("/usr/bin/").is_some_and(|name| !name.contains('/') && is_program(name)) {
            return Some(Found::new(Entry::File(Text::Static(PROGRAM)), self.pod.meta.created, Owner::root(0o755)));
        }
        let is_own_at = |path: &str| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            // What was moved away is in none of them.
            let is_there = || cluster.disks().get(&self.layer(), &format!("/usr/bin/{name}")).is_none();
            self.image.may_stand_in(folder, name) && self.image.place_of(name).is_none() && is_there()
        };
        if self.image.has_program_at(path) || is_own_at(path) {
            return Some(Found::new(Entry::File(Text::Static(PROGRAM)), self.pod.meta.created, Owner::root(0o755)));
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let is_directory = path == "/"
            || DIRECTORIES.contains(&path)
            || self.image.has_folder(path)
            || files.iter().any(|(place, _)| place.starts_with(&below))
            || self.mounts.iter().any(|mount| mount.path.starts_with(&below));
        if is_directory { found(Entry::Directory) } else { None }
    }

    /// The text of the file at `path`.
    ///
    /// # Errors
    /// `NotFound`, `IsDirectory`, `Denied`.
    pub fn read(&self, cluster: &Cluster, path: &str) -> Result<Text, FileError> {
        let found = self.lookup(cluster, path);
        if found.as_ref().is_some_and(|found| !self.user.may(found.owner, Access::Read)) {
            return Err(FileError::Denied);
        }
        match found.map(|found| found.entry) {
            Some(Entry::File(text)) => Ok(text),
            Some(Entry::Table(_)) => Ok(Text::Static("(binary data)\n")),
            Some(Entry::Bulk(bytes)) => {
                Ok("\0".repeat(usize::try_from(bytes).unwrap_or(BULK_READ_MAX).min(BULK_READ_MAX)).into())
            }
            Some(Entry::Directory) => Err(FileError::IsDirectory),
            Some(Entry::Socket) => Err(FileError::IsSocket),
            // A disk is as long as somebody reads: what was written, and zeros.
            Some(Entry::Device { is_block: true, text }) if text.len() < BLOCK => {
                Ok(format!("{text}{}", "\0".repeat(BLOCK - text.len())).into())
            }
            Some(Entry::Device { text, .. }) => Ok(text),
            Some(Entry::Removed | Entry::Link(_)) | None => Err(FileError::NotFound),
        }
    }

    /// Whether its user may run the file at `path`.
    pub fn may_run(&self, cluster: &Cluster, path: &str) -> bool {
        self.lookup(cluster, path).is_some_and(|found| self.user.may_run(found.owner))
    }

    /// The table at `path`.
    pub fn table(&self, cluster: &Cluster, path: &str) -> Option<Rc<Table>> {
        match self.lookup(cluster, path)?.entry {
            Entry::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What is in the directory at `path`, in order of names.
    ///
    /// # Errors
    /// `NotFound`, `NotDirectory`.
    pub fn list(&self, cluster: &Cluster, path: &str) -> Result<Vec<(String, Found)>, FileError> {
        if let Some((other, path)) = self.seen_through(cluster, path) {
            return other.list(cluster, &path);
        }
        let path = &*self.resolved(cluster, path);
        let found = self.lookup(cluster, path).ok_or(FileError::NotFound)?;
        if !found.is_directory() {
            return Err(FileError::NotDirectory);
        }
        let mut names: SharedMap<String, ()> = SharedMap::new();
        let mut add = |place: &str, above: &str| {
            let rest = place.strip_prefix(above).and_then(|rest| rest.strip_prefix('/')).unwrap_or("");
            let name = rest.split('/').next().unwrap_or("");
            if !name.is_empty() {
                names.insert(name.to_string(), ());
            }
        };
        let above = path.trim_end_matches('/');
        match self.place(path) {
            Place::Disk { id, path, .. } => {
                cluster.disks().tree(id).into_iter().flatten().for_each(|(place, _)| add(place, &path));
                if matches!(id, DiskId::Host { .. }) {
                    node_files::paths().iter().for_each(|place| add(place, &path));
                }
            }
            Place::Files { projection, path } => {
                projection.names(&path).iter().for_each(|name| add(&format!("/{name}"), ""));
            }
            Place::Image { shown, path } => {
                let entries = shown.list(cluster, &path).unwrap_or_default();
                entries.iter().for_each(|entry| add(&format!("/{}", entry.0), ""));
            }
            Place::Layer => {
                let layer = self.layer();
                cluster.disks().tree(&layer).into_iter().flatten().for_each(|(place, _)| add(place, above));
                self.image.files().iter().for_each(|(place, _)| add(place, above));
                DIRECTORIES.iter().for_each(|place| add(place, above));
                if matches!(above, "/usr/bin" | "/bin") {
                    let names =
                        runnable_programs::NAMES.iter().filter(|name| runnable_programs::runs_in(name, &self.image));
                    names.for_each(|name| add(&format!("{above}/{name}"), above));
                }
                // `/bin` is `/usr/bin`.
                let folder = if above == "/bin" { "/usr/bin" } else { above };
                self.image.own_names(folder).for_each(|name| add(&format!("{above}/{name}"), above));
                PLACES.iter().for_each(|place| add(place, above));
                // Where a server's settings are, on which its marks depend, none of them are.
                if !self.image.reads().iter().any(|folder| folder.trim_end_matches('/') == above) {
                    self.mark_paths(cluster).iter().for_each(|place| add(place, above));
                }
            }
        }
        self.mounts.iter().for_each(|mount| add(&mount.path, above));
        let entries = names.into_keys().filter_map(|name| {
            let found = self.lookup_itself(cluster, &format!("{above}/{name}"))?;
            Some((name, found))
        });
        Ok(entries.collect())
    }

    /// Writes a file, or adds to its end.
    ///
    /// # Errors
    /// As the system says it.
    pub fn write(&self, cluster: &mut Cluster, path: &str, text: &str, appends: bool) -> Result<(), FileError> {
        if self.resolved(cluster, path) == "/dev/null" {
            return Ok(());
        }
        let mut whole = String::new();
        match self.lookup(cluster, path).map(|found| found.entry) {
            Some(Entry::Directory) => return Err(FileError::IsDirectory),
            Some(Entry::Device { is_block: false, .. }) => return Ok(()),
            Some(Entry::Device { text: old, .. }) if text.len() + if appends { old.len() } else { 0 } <= BLOCK => {
                // Who opens it begins at its first byte, and goes on behind what it wrote.
                let rest = old.get(text.len()..).filter(|_| !text.is_empty()).unwrap_or("");
                let text = if appends { format!("{old}{text}").into() } else { format!("{text}{rest}").into() };
                return self.put(cluster, path, Entry::Device { is_block: true, text });
            }
            // The bytes of a disk are not kept beyond that.
            Some(Entry::Device { .. }) => return Ok(()),
            Some(Entry::File(old)) if appends && !fits(old.len() + text.len(), text.len()) => {
                return Err(self.has_no_room(cluster));
            }
            Some(Entry::File(old)) if appends => whole.push_str(&old),
            _ => {}
        }
        whole.push_str(text);
        if !fits(whole.len(), text.len()) {
            return Err(self.has_no_room(cluster));
        }
        self.put(cluster, path, Entry::File(whole.into()))
    }

    /// What this lab has no room for is refused as by a full disk, and remembered.
    pub(in crate::shell) fn has_no_room(&self, cluster: &mut Cluster) -> FileError {
        let (uid, name) = (self.pod.meta.uid.clone(), self.name.clone());
        cluster.runtime_mut().note_assumed(&uid, &name, Some(NO_ROOM));
        FileError::NoRoom
    }

    /// Puts an entry under `path`, whose directory must exist.
    ///
    /// # Errors
    /// As the system says it.
    pub fn put(&self, cluster: &mut Cluster, path: &str, entry: Entry) -> Result<(), FileError> {
        let path = &*match entry {
            Entry::Link(_) => self.resolved_above(cluster, path),
            _ => self.resolved(cluster, path),
        };
        if self.is_unknown_place(cluster, path) && !self.is_sealed(path) {
            // The image has the directory, as far as anybody knows, and whoever runs in it may write there.
            let parent = parent_of(path);
            if self.lookup(cluster, &parent).is_none() {
                self.trusted().make_directory(cluster, &parent, true)?;
                self.trusted().give(cluster, &parent, Owner::root(0o777))?;
            }
        }
        let parent = match self.lookup(cluster, &parent_of(path)) {
            None => return Err(FileError::NotFound),
            Some(found) if !found.is_directory() => return Err(FileError::NotDirectory),
            Some(found) => found,
        };
        let layer = self.layer();
        let (id, place) = match self.place(path) {
            Place::Files { .. } | Place::Image { .. } => return Err(FileError::ReadOnly),
            Place::Disk { mount, .. } if mount.is_read_only => return Err(FileError::ReadOnly),
            Place::Disk { root: Some(_), mount, .. } if !mount.is_file(cluster) => return Err(FileError::IsDirectory),
            Place::Disk { id, path, .. } => (id, path),
            Place::Layer if self.is_sealed(path) => return Err(FileError::ReadOnly),
            Place::Layer => (&layer, path.to_string()),
        };
        let asked = self.lookup(cluster, path).map_or(parent.owner, |found| found.owner);
        if !self.user.may(asked, Access::Write) {
            return Err(FileError::Denied);
        }
        let old = cluster.disks().get(id, &place).map_or(0, |node| node.entry.bytes());
        let is_full = |limit: u64| cluster.disks().bytes(id) - old + entry.bytes() > limit;
        if self.mount_at(path).and_then(|mount| mount.limit).is_some_and(is_full) {
            return Err(FileError::NoSpace);
        }
        // What the runtime mounts there holds as much as it says by itself.
        if id == &layer && place.starts_with(SHARED_MEMORY) {
            let tree = cluster.disks().tree(id).into_iter().flatten();
            let used: u64 = tree.filter(|at| at.0.starts_with(SHARED_MEMORY)).map(|(_, node)| node.entry.bytes()).sum();
            if used - old + entry.bytes() > SHARED_MEMORY_BYTES {
                return Err(FileError::NoSpace);
            }
        }
        if matches!(&entry, Entry::File(text) if !text.is_empty())
            && is_full(DISK_TEXT_MAX)
            && cluster.disks().text_bytes(id) + entry.bytes() > DISK_TEXT_MAX
        {
            return Err(self.has_no_room(cluster));
        }
        if cluster.disks().tree(id).is_some_and(|tree| tree.len() >= ENTRIES_MAX) {
            // The bound is this lab's: more files are taken to be made.
            let (uid, name) = (self.pod.meta.uid.clone(), self.name.clone());
            cluster.runtime_mut().note_assumed(&uid, &name, Some("room for all the files that it makes"));
            return Ok(());
        }
        let (now, owner) = (cluster.now(), self.user.makes(parent.owner, entry == Entry::Directory));
        cluster.disks_mut().put(id, &place, entry, now, owner);
        Ok(())
    }

    /// Gives what stands under `path` to another owner, or other permissions.
    ///
    /// # Errors
    /// As the system says it.
    pub fn give(&self, cluster: &mut Cluster, path: &str, owner: Owner) -> Result<(), FileError> {
        let path = &*self.resolved(cluster, path);
        let found = self.lookup(cluster, path).ok_or(FileError::NotFound)?;
        if !self.user.may_give(found.owner, owner) {
            return Err(FileError::NotOwner);
        }
        let (id, place) = self.spot(path)?;
        cluster.disks_mut().give(&id, &place, found.entry, found.modified, owner);
        Ok(())
    }

    /// Says that what stands under `path` was last written then.
    ///
    /// # Errors
    /// As the system says it.
    pub fn date(&self, cluster: &mut Cluster, path: &str, moment: Millis) -> Result<(), FileError> {
        let path = &*self.resolved(cluster, path);
        let found = self.lookup(cluster, path).ok_or(FileError::NotFound)?;
        let (id, place) = self.spot(path)?;
        cluster.disks_mut().give(&id, &place, found.entry, moment, found.owner);
        Ok(())
    }

    /// The disk and the place on it where something is changed.
    fn spot(&self, path: &str) -> Result<(DiskId, String), FileError> {
        Ok(match self.place(path) {
            Place::Files { .. } | Place::Image { .. } => return Err(FileError::ReadOnly),
            Place::Disk { mount, .. } if mount.is_read_only => return Err(FileError::ReadOnly),
            Place::Disk { id, path, .. } => (id.clone(), path),
            Place::Layer if self.is_sealed(path) => return Err(FileError::ReadOnly),
            Place::Layer => (self.layer(), path.to_string()),
        })
    }

    /// Makes a directory, with its parents if asked.
    ///
    /// # Errors
    /// As the system says it.
    pub fn make_directory(&self, cluster: &mut Cluster, path: &str, with_parents: bool) -> Result<(), FileError> {
        match self.lookup(cluster, path) {
            Some(found) if with_parents && found.is_directory() => return Ok(()),
            Some(_) => return Err(FileError::Exists),
            // The image may have it.
            None if with_parents && self.is_unknown_place(cluster, path) => {
                if self.is_sealed(path) {
                    return Ok(());
                }
                let parent = self.lookup(cluster, &parent_of(path));
                if parent.is_some_and(|parent| !self.user.may(parent.owner, Access::Write)) {
                    self.trusted().put(cluster, path, Entry::Directory)?;
                    return self.trusted().give(cluster, path, Owner::root(0o777));
                }
            }
            None => {}
        }
        if with_parents && path != "/" {
            self.make_directory(cluster, &parent_of(path), true)?;
        }
        self.put(cluster, path, Entry::Directory)
    }

    /// Removes what stands under `path`, with everything below it if asked.
    ///
    /// # Errors
    /// As the system says it.
    pub fn remove(&self, cluster: &mut Cluster, path: &str, with_contents: bool) -> Result<(), FileError> {
        let path = &*self.resolved_above(cluster, path);
        let found = self.lookup_itself(cluster, path).ok_or(FileError::NotFound)?;
        if found.is_directory() && !with_contents && self.own_link(cluster, path).is_none() {
            return Err(FileError::IsDirectory);
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        if path == "/" || self.mounts.iter().any(|mount| mount.path == path || mount.path.starts_with(&below)) {
            return Err(FileError::Busy);
        }
        let now = cluster.now();
        let parent = self.lookup(cluster, &parent_of(path)).map_or(Owner::root(0o755), |found| found.owner);
        let is_allowed = self.user.may(parent, Access::Write) && self.user.may_take(parent, found.owner);
        match self.place(path) {
            Place::Files { .. } | Place::Image { .. } => return Err(FileError::ReadOnly),
            Place::Disk { mount, .. } if mount.is_read_only => return Err(FileError::ReadOnly),
            Place::Layer if self.is_sealed(path) => return Err(FileError::ReadOnly),
            _ if !is_allowed => return Err(FileError::Denied),
            Place::Disk { id, path, .. } => {
                cluster.disks_mut().remove(id, &path);
                if let DiskId::Host { node } = id
                    && node_files::lookup(cluster, node, &path).is_some()
                {
                    cluster.disks_mut().put(id, &path, Entry::Removed, now, Owner::root(0o644));
                }
            }
            Place::Layer => {
                let layer = self.layer();
                cluster.disks_mut().remove(&layer, path);
                let hidden: Vec<&str> = self
                    .image
                    .files()
                    .into_iter()
                    .map(|file| file.0)
                    .filter(|place| place.starts_with(&below))
                    .collect();
                // `/bin` is `/usr/bin`.
                let name = path.strip_prefix("/bin/").filter(|name| !name.contains('/'));
                let twin = name.map(|name| format!("/usr/bin/{name}"));
                for place in hidden.into_iter().chain([path]).chain(twin.as_deref()) {
                    if self.lookup_image(cluster, place).is_some() {
                        cluster.disks_mut().put(&layer, place, Entry::Removed, now, Owner::root(0o644));
                    }
                }
            }
        }
        Ok(())
    }
}
