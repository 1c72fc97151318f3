//! A running container as its programs see it: files, environment, names; changes no object of the API.

use super::expansion::{expand, value_of};
use super::images::{DIRECTORIES, Image};
use super::ownership::{Access, User};
use super::programs;
use super::spec_variables;
use super::target::Target;
use super::volumes::Projection;
use crate::cluster::Cluster;
use crate::model::{Kind, Millis, Object, Quantity, Text, Value};
use crate::ordering::Order;
use crate::sorted::SharedMap;
use crate::world::disk::{DiskId, Entry, Node, Owner, Table};
use crate::world::{Life, Run};
use std::rc::Rc;

pub use super::found::{FileError, Found};

/// What a program's file holds.
pub const PROGRAM: &str = "\u{7f}ELF";

/// The longest file.
pub const FILE_BYTES_MAX: usize = 128 * 1024;
/// The most that is read of a file whose text is not kept, in bytes.
const BULK_READ_MAX: usize = 1024 * 1024;
/// The most entries on one disk.
const ENTRIES_MAX: usize = 2000;

/// What stands behind a mount.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Disk { id: DiskId, prefix: String, root: Owner },
    Files(Projection),
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
    limit: Option<u64>,
    is_read_only: bool,
    pub(super) source: Source,
}

impl Mount {
    /// The disk behind it, if it is one.
    pub fn disk(&self) -> Option<&DiskId> {
        match &self.source {
            Source::Disk { id, .. } => Some(id),
            Source::Files(_) => None,
        }
    }
}

/// One run of a container.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its pod, as it was when this was made.
    pub pod: Rc<Object>,
    /// Its name.
    pub name: Text,
    /// Its image.
    pub image: Image,
    /// How often it was restarted before this run.
    pub restarts: i64,
    /// When this run began.
    pub started: Millis,
    pub(super) life: Option<Life>,
    pub(super) spec: Value,
    pub(super) mounts: Vec<Mount>,
    /// As whom its programs run.
    pub(super) user: User,
}

impl Mount {
    /// Whether nothing in it can be written.
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Whether it is a single file of its disk.
    fn is_file(&self, cluster: &Cluster) -> bool {
        match &self.source {
            Source::Disk { id, prefix, .. } => {
                cluster.disks().get(id, prefix).is_some_and(|node| node.entry != Entry::Directory)
            }
            Source::Files(_) => false,
        }
    }
}

impl Container {
    /// The container of a life that begins now. Its environment is fixed from here on.
    pub fn begin(cluster: &Cluster, pod: &Rc<Object>, run: &Run, ip: &Text) -> Option<Container> {
        let mut container = Container::of(cluster, pod, &run.container)?;
        container.restarts = run.number;
        container.started = cluster.now();
        let life = Life {
            number: run.number,
            started: container.started,
            ip: if ip.is_empty() { Text::new(container.ip()) } else { ip.clone() },
            environment: Rc::default(),
            command: Rc::default(),
            serves_since: None,
            listeners: Rc::default(),
        };
        container.life = Some(life);
        let environment = Rc::new(container.environment_now(cluster));
        let known = spec_variables::variables(cluster, pod, &container.spec, container.ip());
        let expanded = |field: &str| {
            let words = container.spec.list_at(&[field]).iter().filter_map(Value::as_str);
            words.map(|word| expand(word, |name| value_of(&known, name))).collect::<Vec<_>>()
        };
        let command = Rc::new([expanded("command"), expanded("args")]);
        if let Some(life) = &mut container.life {
            (life.environment, life.command) = (environment, command);
        }
        Some(container)
    }

    /// The same container as its own server sees it, whom this lab lets read and write everything.
    pub fn trusted(&self) -> Container {
        Container { user: User::ROOT, ..self.clone() }
    }

    /// As whom its programs run.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Makes the directories that its mounts name inside their volumes, and gives the volumes to the pod's group.
    pub fn prepare_mounts(&self, cluster: &mut Cluster) {
        let now = cluster.now();
        for mount in &self.mounts {
            let Source::Disk { id, prefix, root } = &mount.source else { continue };
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

    /// Whether nobody here knows what its image has at a place: a directory of the image's own, that no base has.
    pub fn is_unknown_place(&self, cluster: &Cluster, path: &str) -> bool {
        const OWN: &[&str] = &["opt", "usr", "var", "etc", "app", "srv", "home", "bitnami"];
        /// What is empty in every image.
        const EMPTY: &[&str] = &["dev", "media", "mnt", "proc", "run", "sys", "tmp"];
        let first = path.split('/').nth(1).unwrap_or("");
        let is_free = self.mount_at(path).is_none() && self.lookup(cluster, path).is_none();
        let is_removed = || cluster.disks().get(&self.layer(), path).is_some();
        if self.image.holds(path) {
            return is_free && !is_removed();
        }
        if self.image.is_plain() || !is_free || EMPTY.contains(&first) || path.starts_with("/var/run/") || is_removed()
        {
            return false;
        }
        match self.image.is_known() {
            false => cluster.disks().get(&self.layer(), &parent_of(path)).is_none(),
            true => {
                (OWN.contains(&first) || first.starts_with("docker-")) && !self.knows_folder(cluster, &parent_of(path))
            }
        }
    }

    /// Whether it is known what its image has in a folder, and what its programs made of it.
    fn knows_folder(&self, cluster: &Cluster, path: &str) -> bool {
        const OPEN: &[&str] = &["/home", "/opt", "/srv", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/share"];
        let below = format!("{path}/");
        let is_of_image = self.image.has_folder(path)
            || DIRECTORIES.contains(&path) && !OPEN.contains(&path)
            || self.image.files().iter().any(|(place, _)| place.starts_with(&below));
        is_of_image || cluster.disks().get(&self.layer(), path).is_some()
    }

    /// Whether a place beside its volumes may not be written.
    fn is_sealed(&self, path: &str) -> bool {
        let is_apart = path.starts_with("/dev/") || path.starts_with("/proc/");
        let field = self.spec.at(&["securityContext", "readOnlyRootFilesystem"]).and_then(Value::as_bool);
        field == Some(true) && !is_apart
    }

    /// How it lives, if somebody plays its processes.
    pub fn life(&self) -> Option<&Life> {
        self.life.as_ref()
    }

    /// The container that `target` names, if it runs.
    pub fn find(cluster: &Cluster, target: &Target) -> Option<Container> {
        let pod = cluster.find(Kind::Pod, &target.namespace, &target.pod)?;
        Container::of(cluster, pod, &target.container).filter(|container| container.is_running())
    }

    /// The container called `name` of a pod, running or not.
    pub fn of(cluster: &Cluster, pod: &Rc<Object>, name: &str) -> Option<Container> {
        let lists = ["containers", "initContainers", "ephemeralContainers"].map(|list| pod.list_at(&["spec", list]));
        let spec = lists.into_iter().flatten().find(|spec| spec.str_at(&["name"]) == name)?.clone();
        let status = status_of(pod, name);
        let restarts = status.and_then(|status| status.i64_at(&["restartCount"])).unwrap_or(0);
        let started = status.map_or("", |status| status.str_at(&["state", "running", "startedAt"]));
        let name = Text::new(name);
        // What the status says comes later than what is.
        let life = cluster.runtime().life(&pod.meta.uid, &name).cloned();
        let image = Image::of(spec.str_at(&["image"]));
        let mut container = Container {
            pod: Rc::clone(pod),
            name,
            restarts: life.as_ref().map_or(restarts, |life| life.number),
            started: match &life {
                Some(life) => life.started,
                None => Millis::parse_rfc3339(started).unwrap_or(pod.meta.created),
            },
            life,
            user: User::of(pod, &spec, &image),
            image,
            spec,
            mounts: Vec::new(),
        };
        container.mounts = container.find_mounts(cluster);
        Some(container)
    }

    /// The pod whose address is `ip`, as its first running container.
    pub fn at_address(cluster: &Cluster, ip: &str) -> Option<Vec<Container>> {
        let pod = cluster.list(Kind::Pod).find(|pod| {
            let is_over = matches!(pod.str_at(&["status", "phase"]), "Succeeded" | "Failed");
            !is_over && pod.str_at(&["status", "podIP"]) == ip
        })?;
        Some(Container::all_running(cluster, pod))
    }

    /// The running containers of a pod, in order, its sidecars last.
    pub fn all_running(cluster: &Cluster, pod: &Rc<Object>) -> Vec<Container> {
        let is_sidecar = |spec: &&Value| spec.str_at(&["restartPolicy"]) == "Always";
        let sidecars = pod.list_at(&["spec", "initContainers"]).iter().filter(is_sidecar);
        let names = pod.list_at(&["spec", "containers"]).iter().chain(sidecars).map(|spec| spec.str_at(&["name"]));
        names.filter_map(|name| Container::of(cluster, pod, name)).filter(Container::is_running).collect()
    }

    /// Whether it ran when this was made.
    pub fn is_running(&self) -> bool {
        self.life.is_some()
            || status_of(&self.pod, &self.name).is_some_and(|status| status.at(&["state", "running"]).is_some())
    }

    /// Whether it is still the same run of the same container.
    pub fn is_same_run(&self, cluster: &Cluster) -> bool {
        if self.life.is_some() {
            let life = cluster.runtime().life(&self.pod.meta.uid, &self.name);
            return life.is_some_and(|life| life.number == self.restarts);
        }
        let now = cluster.by_uid(&self.pod.meta.uid).and_then(|pod| status_of(pod, &self.name));
        now.is_some_and(|status| {
            status.at(&["state", "running"]).is_some() && status.i64_at(&["restartCount"]).unwrap_or(0) == self.restarts
        })
    }

    /// Its namespace.
    pub fn namespace(&self) -> &Text {
        &self.pod.meta.namespace
    }

    /// The pod's address.
    pub fn ip(&self) -> &str {
        match &self.life {
            Some(life) if !life.ip.is_empty() => &life.ip,
            _ => self.pod.str_at(&["status", "podIP"]),
        }
    }

    /// The directory in which its programs start.
    pub fn directory(&self) -> &str {
        match self.spec.str_at(&["workingDir"]) {
            "" => self.image.directory(),
            directory => directory,
        }
    }

    /// A field of its specification.
    pub fn field(&self, path: &[&str]) -> Option<&Value> {
        self.spec.at(path)
    }

    /// The words of `command` or `args`, with the values that variables had when it began.
    pub fn words(&self, field: &str) -> Vec<String> {
        if let Some(life) = &self.life {
            return life.command[usize::from(field == "args")].clone();
        }
        self.spec.list_at(&[field]).iter().filter_map(Value::as_str).map(str::to_string).collect()
    }

    /// Whether the image's own server is what it begins with, and not something that the pod asks for instead.
    pub fn runs_default(&self) -> bool {
        let (command, args) = (self.words("command"), self.words("args"));
        match (command.first(), args.first()) {
            (Some(word), _) => self.image.is_server(word),
            (None, Some(word)) => self.image.starts_server() && (word.starts_with('-') || self.image.is_server(word)),
            (None, None) => self.image.starts_server(),
        }
    }

    /// Whether a disk is mounted somewhere.
    pub fn mounts_disk(&self, disk: &DiskId) -> bool {
        self.mounts.iter().any(|mount| matches!(&mount.source, Source::Disk { id, .. } if id == disk))
    }

    /// What is mounted, the longest path first.
    pub fn mounts(&self) -> &[Mount] {
        &self.mounts
    }

    fn find_mounts(&self, cluster: &Cluster) -> Vec<Mount> {
        let volumes = self.pod.list_at(&["spec", "volumes"]);
        let mut mounts: Vec<Mount> = Vec::new();
        for mount in self.spec.list_at(&["volumeMounts"]) {
            let name = mount.str_at(&["name"]);
            let Some(volume) = volumes.iter().find(|volume| volume.str_at(&["name"]) == name) else { continue };
            let sub_path = match mount.str_at(&["subPathExpr"]) {
                "" => mount.str_at(&["subPath"]).to_string(),
                text => {
                    let known = spec_variables::variables(cluster, &self.pod, &self.spec, self.ip());
                    expand(text, |name| value_of(&known, name))
                }
            };
            let mut source = self.source_of(cluster, volume, name, !sub_path.is_empty());
            match &mut source {
                Source::Disk { prefix, .. } => *prefix = normalize("/", &sub_path).trim_end_matches('/').to_string(),
                Source::Files(projection) => projection.narrow(&sub_path),
            }
            let is_read_only = mount.get("readOnly").and_then(Value::as_bool) == Some(true)
                || matches!(source, Source::Files(_))
                || volume.at(&["persistentVolumeClaim", "readOnly"]).and_then(Value::as_bool) == Some(true);
            let path = normalize("/", mount.str_at(&["mountPath"]));
            let is_memory = volume.at(&["emptyDir", "medium"]).and_then(Value::as_str) == Some("Memory");
            let limit = if is_memory {
                volume.str_at(&["emptyDir", "sizeLimit"]).to_string()
            } else {
                capacity(cluster, &source)
            };
            let limit = Quantity::parse(&limit).ok().and_then(|limit| u64::try_from(limit.value()).ok());
            let limit = limit.filter(|limit| *limit > 0);
            mounts.push(Mount { path, volume: name.to_string(), is_memory, limit, is_read_only, source });
        }
        mounts.order_by_key(|mount| std::cmp::Reverse(mount.path.len()));
        mounts
    }

    fn source_of(&self, cluster: &Cluster, volume: &Value, name: &str, is_alone: bool) -> Source {
        let disk = |id: DiskId, root: Owner| Source::Disk { id, prefix: String::new(), root };
        let own = || DiskId::EmptyDir { pod_uid: self.pod.meta.uid.clone(), volume: Text::new(name) };
        if let Some(projection) = super::volumes::files_of(cluster, &self.pod, volume, is_alone) {
            return Source::Files(projection);
        }
        let everybodys = self.user.root_of(Owner::root(0o777), true);
        let claim = volume.at(&["persistentVolumeClaim", "claimName"]).and_then(Value::as_text).cloned();
        let claim = claim.or_else(|| Some(crate::model::pod::ephemeral_claim(&self.pod, volume)?.name));
        if let Some(claim) = claim {
            let claim = cluster.find(Kind::PersistentVolumeClaim, self.namespace(), &claim);
            let bound = Text::new(claim.map_or("", |claim| claim.str_at(&["spec", "volumeName"])));
            let found = cluster.find(Kind::PersistentVolume, &Text::default(), &bound);
            // A fresh file system is root's; a directory of a node is made for everybody.
            let is_block = found.is_some_and(|volume| volume.at(&["spec", "csi"]).is_some());
            let root = self.user.root_of(Owner::root(if is_block { 0o755 } else { 0o777 }), is_block);
            return disk(if bound.is_empty() { own() } else { DiskId::Volume(bound) }, root);
        }
        if let Some(path) = volume.at(&["hostPath", "path"]).and_then(Value::as_text) {
            let node = Text::new(self.pod.str_at(&["spec", "nodeName"]));
            return disk(DiskId::Host { node, path: path.clone() }, Owner::root(0o755));
        }
        disk(own(), everybodys)
    }

    /// Where it writes beside its volumes.
    pub fn layer(&self) -> DiskId {
        DiskId::Layer { pod_uid: self.pod.meta.uid.clone(), container: self.name.clone(), restarts: self.restarts }
    }

    /// Whether nobody wrote into what is mounted but programs that run here: nodes' own directories hold what they hold,
    /// and a program of the pod that was taken for granted may have left something.
    pub fn knows_contents(&self, cluster: &Cluster, mount: &Mount) -> bool {
        let Source::Disk { id, .. } = &mount.source else { return true };
        let names = ["initContainers", "containers"].map(|list| self.pod.list_at(&["spec", list]));
        let mut names = names.into_iter().flatten().filter_map(|spec| spec.get("name")?.as_text());
        !matches!(id, DiskId::Host { .. })
            && !names.any(|name| cluster.runtime().assumed(&self.pod.meta.uid, name).is_some())
    }

    /// What is mounted at a path or above it.
    pub fn mount_at(&self, path: &str) -> Option<&Mount> {
        let holds = |mount: &&Mount| {
            let rest = path.strip_prefix(mount.path.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.mounts.iter().find(holds)
    }

    fn place(&self, path: &str) -> Place<'_> {
        let Some(mount) = self.mount_at(path) else { return Place::Layer };
        let rest = path.strip_prefix(mount.path.trim_end_matches('/')).unwrap_or("");
        match &mount.source {
            Source::Disk { id, prefix, root } => {
                Place::Disk { id, path: format!("{prefix}{rest}"), root: rest.is_empty().then_some(*root), mount }
            }
            Source::Files(projection) => Place::Files { projection, path: rest.trim_start_matches('/').to_string() },
        }
    }
}

/// Where a path leads.
enum Place<'a> {
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
    Layer,
}

/// Files. Paths are absolute and normal: see [`normalize`].
impl Container {
    /// What stands under `path`.
    pub fn lookup(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        let real = self.resolved(cluster, path);
        let found = self.lookup_real(cluster, &real)?;
        match real == path {
            true => Some(found),
            false => Some(Found { link: self.link_at(cluster, path).or(found.link), ..found }),
        }
    }

    /// What stands under a path without links.
    fn lookup_real(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        let disks = cluster.disks();
        // A link that is left leads in a circle.
        let of = |node: &Node| (!matches!(node.entry, Entry::Link(_))).then(|| Found::of(node));
        match self.place(path) {
            Place::Disk { id, path, root, .. } => match (disks.get(id, &path), root) {
                (Some(node), _) => of(node),
                (None, root) => Some(Found::new(Entry::Directory, self.started, root?)),
            },
            Place::Files { projection, path } => projection.lookup(&path),
            Place::Layer => match disks.get(&self.layer(), path) {
                Some(node) if node.entry == Entry::Removed => None,
                Some(node) => of(node),
                None => self.lookup_image(cluster, path),
            },
        }
    }

    fn node(&self, cluster: &Cluster, path: &str) -> Option<Node> {
        match self.place(path) {
            Place::Disk { id, path, .. } => cluster.disks().get(id, &path).cloned(),
            Place::Files { .. } => None,
            Place::Layer => cluster.disks().get(&self.layer(), path).cloned(),
        }
    }

    /// Where the link leads that stands at a path without links above it.
    pub(super) fn own_link(&self, cluster: &Cluster, path: &str) -> Option<Text> {
        match self.node(cluster, path)?.entry {
            Entry::Link(target) => Some(target),
            _ => None,
        }
    }

    /// Whose the link at a path is, and when it was made.
    pub(super) fn link_owner(&self, cluster: &Cluster, path: &str) -> Option<(Owner, Millis)> {
        let node = self.node(cluster, &self.resolved_above(cluster, path))?;
        Some((node.owner, node.modified))
    }

    fn lookup_image(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        let found = |entry: Entry| {
            let owner = super::ownership::of_image(path, entry == Entry::Directory);
            Some(Found::new(entry, self.pod.meta.created, owner))
        };
        if let Some(text) = self.generated_file(cluster, path) {
            return found(Entry::File(text.into()));
        }
        let files = self.image.files();
        if let Some((_, text)) = files.iter().find(|(place, _)| *place == path) {
            return found(Entry::File(Text::Static(text)));
        }
        let is_program = |name: &str| programs::runs_in(name, &self.image) || self.image.has_own(name);
        if path.strip_prefix("/usr/bin/").is_some_and(|name| !name.contains('/') && is_program(name)) {
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
            }
            Place::Files { projection, path } => {
                projection.names(&path).iter().for_each(|name| add(&format!("/{name}"), ""));
            }
            Place::Layer => {
                let layer = self.layer();
                cluster.disks().tree(&layer).into_iter().flatten().for_each(|(place, _)| add(place, above));
                self.image.files().iter().for_each(|(place, _)| add(place, above));
                DIRECTORIES.iter().for_each(|place| add(place, above));
                if above == "/usr/bin" {
                    let names = programs::NAMES.iter().filter(|name| programs::runs_in(name, &self.image));
                    names.for_each(|name| add(&format!("/usr/bin/{name}"), above));
                }
                ["/dev/null", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]
                    .iter()
                    .for_each(|place| add(place, above));
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
            Some(Entry::File(old)) if appends && old.len() + text.len() > FILE_BYTES_MAX => {
                return Err(FileError::NoSpace);
            }
            Some(Entry::File(old)) if appends => whole.push_str(&old),
            _ => {}
        }
        whole.push_str(text);
        if whole.len() > FILE_BYTES_MAX {
            return Err(FileError::NoSpace);
        }
        self.put(cluster, path, Entry::File(whole.into()))
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
            // The image has the directory, as far as anybody knows.
            self.trusted().make_directory(cluster, &parent_of(path), true)?;
        }
        let parent = match self.lookup(cluster, &parent_of(path)) {
            None => return Err(FileError::NotFound),
            Some(found) if !found.is_directory() => return Err(FileError::NotDirectory),
            Some(found) => found,
        };
        let layer = self.layer();
        let (id, place) = match self.place(path) {
            Place::Files { .. } => return Err(FileError::ReadOnly),
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
        if cluster.disks().tree(id).is_some_and(|tree| tree.len() >= ENTRIES_MAX) {
            return Err(FileError::NoSpace);
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
        let is_change_of_owner = (found.owner.user, found.owner.group) != (owner.user, owner.group);
        if self.user.id != 0 && (found.owner.user != self.user.id || is_change_of_owner) {
            return Err(FileError::NotOwner);
        }
        let layer = self.layer();
        let (id, place) = match self.place(path) {
            Place::Files { .. } => return Err(FileError::ReadOnly),
            Place::Disk { mount, .. } if mount.is_read_only => return Err(FileError::ReadOnly),
            Place::Disk { id, path, .. } => (id, path),
            Place::Layer if self.is_sealed(path) => return Err(FileError::ReadOnly),
            Place::Layer => (&layer, path.to_string()),
        };
        cluster.disks_mut().give(id, &place, found.entry, found.modified, owner);
        Ok(())
    }

    /// Makes a directory, with its parents if asked.
    ///
    /// # Errors
    /// As the system says it.
    pub fn make_directory(&self, cluster: &mut Cluster, path: &str, with_parents: bool) -> Result<(), FileError> {
        match self.lookup(cluster, path) {
            Some(found) if with_parents && found.is_directory() => return Ok(()),
            Some(_) => return Err(FileError::Exists),
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
            Place::Files { .. } => return Err(FileError::ReadOnly),
            Place::Disk { mount, .. } if mount.is_read_only => return Err(FileError::ReadOnly),
            Place::Layer if self.is_sealed(path) => return Err(FileError::ReadOnly),
            _ if !is_allowed => return Err(FileError::Denied),
            Place::Disk { id, path, .. } => _ = cluster.disks_mut().remove(id, &path),
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
                for place in hidden.into_iter().chain([path]) {
                    if self.lookup_image(cluster, place).is_some() {
                        cluster.disks_mut().put(&layer, place, Entry::Removed, now, Owner::root(0o644));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Makes a path absolute, seen from `directory`, without `.`, `..` and doubled slashes.
pub fn normalize(directory: &str, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_string() } else { format!("{directory}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The directory that `path` stands in.
pub fn parent_of(path: &str) -> String {
    match path.rsplit_once('/') {
        None | Some(("", _)) => "/".to_string(),
        Some((parent, _)) => parent.to_string(),
    }
}

/// The size of a volume that is a file system of its own.
fn capacity(cluster: &Cluster, source: &Source) -> String {
    let Source::Disk { id: DiskId::Volume(name), .. } = source else { return String::new() };
    let volume = cluster.find(Kind::PersistentVolume, &Text::default(), name);
    let volume = volume.filter(|volume| volume.at(&["spec", "csi"]).is_some());
    volume.map_or_else(String::new, |volume| volume.str_at(&["spec", "capacity", "storage"]).to_string())
}

fn status_of<'a>(pod: &'a Object, name: &str) -> Option<&'a Value> {
    let lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];
    let lists = lists.map(|list| pod.list_at(&["status", list]));
    lists.into_iter().flatten().find(|status| status.str_at(&["name"]) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_normal() {
        assert_eq!(normalize("/a/b", "../c/./d//"), "/a/c/d");
        assert_eq!(normalize("/", "../.."), "/");
        assert_eq!(parent_of("/a"), "/");
    }
}
