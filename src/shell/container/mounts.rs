//! What is mounted in a container, and where.

use super::{Container, normalize};
use crate::cluster::Cluster;
use crate::model::claim::volume_name;
use crate::model::pod::node_name;
use crate::model::{Kind, Object, Quantity, Text, Value, pod};
use crate::ordering::Order;
use crate::shell::env_of_spec;
use crate::shell::images::{DIRECTORIES, Image};
use crate::shell::kubelet_expansion::{expand, value_of};
use crate::shell::node_files;
use crate::shell::volumes::Projection;
use crate::world::disk::{DiskId, Entry, Owner};
use std::rc::Rc;

/// What stands behind a mount.
#[derive(Clone, Debug)]
pub(in crate::shell) enum Source {
    Disk {
        id: DiskId,
        prefix: String,
        root: Owner,
    },
    Files(Projection),
    /// The root of an image, or what stands in it under a path.
    Image {
        shown: Rc<Container>,
        prefix: String,
    },
}

/// Something that is mounted into the container.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Where, in the container.
    pub path: String,
    /// The volume's name in the pod.
    pub volume: String,
    /// Whether it is kept in memory.
    pub is_memory: bool,
    /// How many bytes it holds at most, if it is a file system of its own.
    pub(super) limit: Option<u64>,
    pub(super) is_read_only: bool,
    /// Whether it is a device, and not a file system.
    pub is_device: bool,
    pub(in crate::shell) source: Source,
}

/// Where a volume's disk keeps what was written to it as a device.
const DEVICE: &str = "/device";
/// Whose a machine's disks are: root's, and of the group `disk`.
const DEVICE_OWNER: Owner = Owner { user: 0, group: 6, mode: 0o660 };

impl Mount {
    /// The disk behind it, if it is one.
    pub fn disk(&self) -> Option<&DiskId> {
        match &self.source {
            Source::Disk { id, .. } => Some(id),
            Source::Files(_) | Source::Image { .. } => None,
        }
    }

    /// Whether a path in it is its own folder, or a shown file that nobody may run.
    pub(in crate::shell) fn is_no_program(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.path.trim_end_matches('/')).unwrap_or("").trim_start_matches('/');
        match &self.source {
            Source::Disk { .. } | Source::Image { .. } => rest.is_empty(),
            Source::Files(shown) => {
                shown.lookup(rest).is_none_or(|found| found.is_directory() || found.owner.mode & 0o111 == 0)
            }
        }
    }

    /// Whether it is a folder, as far as that is known without its disk.
    pub(in crate::shell) fn shows_folder(&self) -> bool {
        match &self.source {
            Source::Files(shown) => shown.lookup("").is_some_and(|found| found.is_directory()),
            Source::Disk { prefix, .. } | Source::Image { prefix, .. } => prefix.is_empty(),
        }
    }

    /// Whether it may show files that this lab does not know.
    pub(in crate::shell) fn is_open(&self) -> bool {
        matches!(&self.source, Source::Files(shown) if shown.is_open)
    }

    /// Whether nothing in it can be written.
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Whether it is a single file of its disk.
    pub(super) fn is_file(&self, cluster: &Cluster) -> bool {
        match &self.source {
            Source::Disk { id: DiskId::Host { node }, prefix, .. } => {
                node_files::lookup(cluster, node, prefix).is_none_or(|found| found.0 != Entry::Directory)
            }
            Source::Disk { id, prefix, .. } => {
                cluster.disks().get(id, prefix).is_some_and(|node| node.entry != Entry::Directory)
            }
            Source::Files(_) | Source::Image { .. } => false,
        }
    }
}

impl Container {
    /// Makes the directories that its mounts name inside their volumes, and gives the volumes to the pod's group.
    pub fn prepare_mounts(&self, cluster: &mut Cluster) {
        let now = cluster.now();
        for mount in &self.mounts {
            let Source::Disk { id, prefix, root } = &mount.source else { continue };
            if let DiskId::Host { node } = id {
                node_files::make(cluster, node, prefix, self.host_path_kind(&mount.volume, prefix));
                continue;
            }
            if mount.is_device {
                if cluster.disks().get(id, prefix).is_none() {
                    let device = Entry::Device { is_block: true, text: Text::default() };
                    cluster.disks_mut().put(id, prefix, device, now, DEVICE_OWNER);
                }
                continue;
            }
            let parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
            for end in 1..=parts.len() {
                let path = format!("/{}", parts[..end].join("/"));
                if cluster.disks().get(id, &path).is_none() {
                    cluster.disks_mut().put(id, &path, Entry::Directory, now, *root);
                }
            }
            let Some(group) = self.user.volume_group.filter(|group| root.group == *group) else { continue };
            let nodes = cluster.disks().tree(id).into_iter().flatten();
            let foreign: Vec<_> = nodes.filter(|(_, node)| node.owner.group != group).collect();
            let foreign: Vec<_> =
                foreign.into_iter().map(|(path, node)| (path.clone(), node.entry.clone(), node.owner)).collect();
            for (path, entry, owner) in foreign {
                let more = if entry == Entry::Directory { 0o2770 } else { 0o660 };
                let owner = Owner { group, mode: owner.mode | more, ..owner };
                cluster.disks_mut().give(id, &path, entry, now, owner);
            }
        }
    }

    /// The type that the pod says a path of its node has; none for what stands below a volume's path.
    pub(super) fn host_path_kind(&self, volume: &str, path: &str) -> &str {
        let source = pod::volumes(&self.pod).iter().find(|own| own.str_at(&["name"]) == volume);
        let source = source.and_then(|volume| volume.get("hostPath"));
        let is_whole = |source: &&Value| node_files::host_path(source.str_at(&["path"])) == path;
        source.filter(is_whole).map_or("", |source| source.str_at(&["type"]))
    }

    /// Whether it is known what its image has in a folder, and what its programs made of it.
    pub(super) fn knows_folder(&self, cluster: &Cluster, path: &str) -> bool {
        const OPEN: &[&str] = &["/home", "/opt", "/srv", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/share"];
        let below = format!("{path}/");
        let is_of_image = self.image.has_folder(path)
            || DIRECTORIES.contains(&path) && !OPEN.contains(&path)
            || self.image.files().iter().any(|(place, _)| place.starts_with(&below));
        is_of_image || cluster.disks().get(&self.layer(), path).is_some()
    }

    /// Whether a disk is mounted somewhere.
    pub fn mounts_disk(&self, disk: &DiskId) -> bool {
        self.mounts.iter().any(|mount| matches!(&mount.source, Source::Disk { id, .. } if id == disk))
    }

    /// What is mounted, the longest path first.
    pub fn mounts(&self) -> &[Mount] {
        &self.mounts
    }

    pub(super) fn find_mounts(&self, cluster: &Cluster) -> Vec<Mount> {
        let volumes = pod::volumes(&self.pod);
        let mut mounts: Vec<Mount> = Vec::new();
        for mount in self.spec.list_at(&["volumeMounts"]) {
            let name = mount.str_at(&["name"]);
            let Some(volume) = volumes.iter().find(|volume| volume.str_at(&["name"]) == name) else { continue };
            let sub_path = match mount.str_at(&["subPathExpr"]) {
                "" => mount.str_at(&["subPath"]).to_string(),
                text => {
                    let known = env_of_spec::variables(cluster, &self.pod, &self.spec, self.ip());
                    expand(text, |name| value_of(&known, name))
                }
            };
            let mut source = self.source_of(cluster, volume, name, !sub_path.is_empty());
            match &mut source {
                Source::Disk { prefix, .. } => prefix.push_str(normalize("/", &sub_path).trim_end_matches('/')),
                Source::Files(projection) => projection.narrow(&sub_path),
                Source::Image { prefix, .. } => *prefix = normalize("/", &sub_path).trim_end_matches('/').to_string(),
            }
            let is_read_only = mount.get("readOnly").and_then(Value::as_bool) == Some(true)
                || matches!(source, Source::Files(_) | Source::Image { .. })
                || volume.at(&["persistentVolumeClaim", "readOnly"]).and_then(Value::as_bool) == Some(true);
            let path = normalize("/", mount.str_at(&["mountPath"]));
            let is_memory = volume.at(&["emptyDir", "medium"]).and_then(Value::as_str) == Some("Memory");
            let limit = if is_memory { memory_room(&self.pod, volume) } else { bytes_of(&capacity(cluster, &source)) };
            let volume = name.to_string();
            mounts.push(Mount { path, volume, is_memory, limit, is_read_only, is_device: false, source });
        }
        mounts.extend(self.devices(cluster));
        mounts.extend(self.own_data_mount(&mounts));
        mounts.order_by_key(|mount| std::cmp::Reverse(mount.path.len()));
        mounts
    }

    /// The volumes that the container has as devices.
    fn devices(&self, cluster: &Cluster) -> impl Iterator<Item = Mount> {
        self.spec.list_at(&["volumeDevices"]).iter().filter_map(move |device| {
            let name = device.str_at(&["name"]);
            let volume = pod::volumes(&self.pod).iter().find(|volume| volume.str_at(&["name"]) == name)?;
            let Source::Disk { id, root, .. } = self.source_of(cluster, volume, name, false) else { return None };
            Some(Mount {
                path: normalize("/", device.str_at(&["devicePath"])),
                volume: name.to_string(),
                is_memory: false,
                limit: None,
                is_read_only: volume.at(&["persistentVolumeClaim", "readOnly"]).and_then(Value::as_bool) == Some(true),
                is_device: true,
                source: Source::Disk { id, prefix: DEVICE.to_string(), root },
            })
        })
    }

    /// Builds of others keep a database below a folder of their own, where the claim is mounted.
    fn own_data_mount(&self, mounts: &[Mount]) -> Option<Mount> {
        let (own, place) = self.image.moved_data()?;
        let mount = mounts.iter().find(|mount| mount.path == own)?;
        let Source::Disk { id, prefix, root } = &mount.source else { return None };
        let source = Source::Disk { id: id.clone(), prefix: format!("{prefix}/data"), root: *root };
        Some(Mount { path: place.to_string(), source, ..mount.clone() })
    }

    fn source_of(&self, cluster: &Cluster, volume: &Value, name: &str, is_alone: bool) -> Source {
        let disk = |id: DiskId, root: Owner| Source::Disk { id, prefix: String::new(), root };
        let own = || DiskId::EmptyDir { pod_uid: self.pod.meta.uid.clone(), volume: Text::new(name) };
        if let Some(projection) = crate::shell::volumes::files_of(cluster, &self.pod, volume, is_alone) {
            return Source::Files(projection);
        }
        if let Some(reference) = volume.at(&["image", "reference"]).and_then(Value::as_str) {
            return Source::Image { shown: Rc::new(self.of_image(name, reference)), prefix: String::new() };
        }
        let everybodys = self.user.root_of(Owner::root(0o777), true);
        let claim = pod::claim_name(volume).cloned();
        let claim = claim.or_else(|| Some(crate::model::pod::ephemeral_claim(&self.pod, volume)?.name));
        if let Some(claim) = claim {
            let claim = cluster.find(Kind::PersistentVolumeClaim, self.namespace(), &claim);
            let bound = Text::new(claim.map_or("", |claim| volume_name(claim)));
            let found = cluster.find(Kind::PersistentVolume, &Text::default(), &bound);
            // A fresh file system is root's; a directory of a node is made for everybody.
            let is_block = found.is_some_and(|volume| volume.at(&["spec", "csi"]).is_some());
            let root = self.user.root_of(Owner::root(if is_block { 0o755 } else { 0o777 }), is_block);
            return disk(if bound.is_empty() { own() } else { DiskId::Volume(bound) }, root);
        }
        if let Some(path) = volume.at(&["hostPath", "path"]).and_then(Value::as_text) {
            let node = Text::new(node_name(&self.pod));
            let prefix = node_files::host_path(path);
            return Source::Disk { id: DiskId::Host { node }, prefix, root: Owner::root(0o755) };
        }
        disk(own(), everybodys)
    }

    /// An image as a volume shows it: as a container in which nothing runs and nothing was written.
    fn of_image(&self, volume: &str, reference: &str) -> Container {
        Container {
            // No container is called so.
            name: format!("volume/{volume}").into(),
            image: Image::of(reference),
            life: None,
            spec: Value::Null,
            mounts: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether nobody wrote into what is mounted but programs that run here: nodes' own directories hold what they hold,
    /// and a program of the pod that was taken for granted may have left something.
    pub fn knows_contents(&self, cluster: &Cluster, mount: &Mount) -> bool {
        let id = match &mount.source {
            Source::Disk { id, .. } => id,
            Source::Files(_) => return !mount.is_open(),
            Source::Image { shown, .. } => return shown.image.is_plain(),
        };
        !matches!(id, DiskId::Host { .. }) && !self.may_be_filled(cluster, mount)
    }

    /// Whether a program of the pod that was taken for granted may have left something in what is mounted.
    pub(in crate::shell) fn may_be_filled(&self, cluster: &Cluster, mount: &Mount) -> bool {
        let lists = ["initContainers", "containers"].map(|list| self.pod.list_at(&["spec", list]));
        let writes = |spec: &Value| {
            let mut own = spec.list_at(&["volumeMounts"]).iter();
            let is_mounted = own.any(|own| {
                own.str_at(&["name"]) == mount.volume && own.get("readOnly").and_then(Value::as_bool) != Some(true)
            });
            let name = spec.get("name").and_then(Value::as_text);
            let is_assumed = |name| cluster.runtime().assumed(&self.pod.meta.uid, name).is_some();
            // What an image begins with that nobody here knows is such a program as well.
            let begins_unknown = || {
                spec.list_at(&["command"]).is_empty()
                    && !Image::of(spec.str_at(&["image"])).is_known()
                    && name.is_some_and(|name| cluster.runtime().life(&self.pod.meta.uid, name).is_some())
            };
            is_mounted && (name.is_some_and(is_assumed) || begins_unknown())
        };
        matches!(mount.source, Source::Disk { .. }) && lists.into_iter().flatten().any(writes)
    }

    /// What is mounted at a path or above it.
    pub fn mount_at(&self, path: &str) -> Option<&Mount> {
        let holds = |mount: &&Mount| {
            let rest = path.strip_prefix(mount.path.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.mounts.iter().find(holds)
    }

    pub(super) fn place(&self, path: &str) -> Place<'_> {
        let Some(mount) = self.mount_at(path) else { return Place::Layer };
        let rest = path.strip_prefix(mount.path.trim_end_matches('/')).unwrap_or("");
        match &mount.source {
            Source::Disk { id, prefix, root } => {
                Place::Disk { id, path: format!("{prefix}{rest}"), root: rest.is_empty().then_some(*root), mount }
            }
            Source::Files(projection) => Place::Files { projection, path: rest.trim_start_matches('/').to_string() },
            Source::Image { shown, prefix } => {
                let path = format!("{prefix}{rest}");
                Place::Image { shown, path: if path.is_empty() { "/".to_string() } else { path } }
            }
        }
    }
}

/// Where a path leads.
pub(super) enum Place<'a> {
    /// On a disk; `root` is the owner of the mounted directory itself.
    Disk {
        id: &'a DiskId,
        path: String,
        root: Option<Owner>,
        mount: &'a Mount,
    },
    Files {
        projection: &'a Projection,
        path: String,
    },
    Image {
        shown: &'a Container,
        path: String,
    },
    Layer,
}

/// The size of a volume that is a file system of its own.
fn capacity(cluster: &Cluster, source: &Source) -> String {
    let Source::Disk { id: DiskId::Volume(name), .. } = source else { return String::new() };
    let volume = cluster.find(Kind::PersistentVolume, &Text::default(), name);
    let volume = volume.filter(|volume| volume.at(&["spec", "csi"]).is_some());
    volume.map_or_else(String::new, |volume| volume.str_at(&["spec", "capacity", "storage"]).to_string())
}

/// A quantity in bytes, if it is more than nothing.
fn bytes_of(text: &str) -> Option<u64> {
    let bytes = Quantity::parse(text).ok().and_then(|bytes| u64::try_from(bytes.value()).ok());
    bytes.filter(|bytes| *bytes > 0)
}

/// How much a volume in memory holds: as much as its own limit and the memory of its pod allow
/// (pkg/volume/emptydir/empty_dir.go, calculateEmptyDirMemorySize).
fn memory_room(pod: &Object, volume: &Value) -> Option<u64> {
    let limits = pod::containers(pod).iter().filter_map(|one| bytes_of(one.str_at(&["resources", "limits", "memory"])));
    let all = limits.fold(0_u64, u64::saturating_add);
    let pods = bytes_of(pod.str_at(&["spec", "resources", "limits", "memory"])).or(Some(all).filter(|all| *all > 0));
    let own = bytes_of(volume.str_at(&["emptyDir", "sizeLimit"]));
    own.into_iter().chain(pods).min()
}
