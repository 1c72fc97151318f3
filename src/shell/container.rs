//! A running container as its programs see it: files, environment, names; changes no object of the API.

use super::commands;
use super::environment::expand_references;
use super::images::{DIRECTORIES, Image};
use super::session::Target;
use crate::cluster::{Cluster, dns};
use crate::model::{Kind, Millis, Object, Text, Value};
use crate::ordering::Order;
use crate::sorted::SharedMap;
use crate::world::disk::{DiskId, Entry, Table};
use crate::world::{Life, Run};
use std::fmt;
use std::rc::Rc;

pub use super::environment::decode_base64;

/// What a program's file holds.
pub const PROGRAM: &str = "\u{7f}ELF";

/// The longest file.
pub const FILE_BYTES_MAX: usize = 128 * 1024;
/// The most entries on one disk.
const ENTRIES_MAX: usize = 2000;

/// Why a file cannot be read or written. `Display` gives the C library's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileError {
    /// Nothing is there.
    NotFound,
    /// A directory was wanted.
    NotDirectory,
    /// A file was wanted.
    IsDirectory,
    /// Something is there already.
    Exists,
    /// The directory holds something.
    NotEmpty,
    /// The volume is mounted for reading.
    ReadOnly,
    /// The disk is full.
    NoSpace,
    /// Something is mounted there.
    Busy,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileError::NotFound => "No such file or directory",
            FileError::NotDirectory => "Not a directory",
            FileError::IsDirectory => "Is a directory",
            FileError::Exists => "File exists",
            FileError::NotEmpty => "Directory not empty",
            FileError::ReadOnly => "Read-only file system",
            FileError::NoSpace => "No space left on device",
            FileError::Busy => "Device or resource busy",
        })
    }
}

/// What stands under a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is; never `Removed`.
    pub entry: Entry,
    /// When it was last written.
    pub modified: Millis,
}

impl Found {
    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.entry == Entry::Directory
    }

    /// Its size in bytes, as `ls -l` shows it.
    pub fn size(&self) -> usize {
        match &self.entry {
            Entry::File(text) => text.len(),
            Entry::Table(_) => 65_536,
            Entry::Directory | Entry::Removed => 4096,
        }
    }
}

/// What stands behind a mount.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Disk { id: DiskId, prefix: String },
    Files(SharedMap<String, Text>),
}

/// Something that is mounted into the container.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Where, in the container.
    pub path: String,
    /// The volume's name in the pod.
    pub volume: String,
    is_read_only: bool,
    pub(super) source: Source,
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
            serves_since: None,
        };
        container.life = Some(life);
        let environment = Rc::new(container.environment_now(cluster));
        if let Some(life) = &mut container.life {
            life.environment = environment;
        }
        Some(container)
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
        let lists = [pod.list_at(&["spec", "containers"]), pod.list_at(&["spec", "initContainers"])];
        let spec = lists.into_iter().flatten().find(|spec| spec.str_at(&["name"]) == name)?.clone();
        let status = status_of(pod, name);
        let restarts = status.and_then(|status| status.i64_at(&["restartCount"])).unwrap_or(0);
        let started = status.map_or("", |status| status.str_at(&["state", "running", "startedAt"]));
        let name = Text::new(name);
        // What the status says comes later than what is.
        let life = cluster.runtime().life(&pod.meta.uid, &name).cloned();
        let mut container = Container {
            pod: Rc::clone(pod),
            name,
            image: Image::of(spec.str_at(&["image"])),
            restarts: life.as_ref().map_or(restarts, |life| life.number),
            started: match &life {
                Some(life) => life.started,
                None => Millis::parse_rfc3339(started).unwrap_or(pod.meta.created),
            },
            life,
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

    /// The running containers of a pod, in order.
    pub fn all_running(cluster: &Cluster, pod: &Rc<Object>) -> Vec<Container> {
        let names = pod.list_at(&["spec", "containers"]).iter().map(|spec| spec.str_at(&["name"]));
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

    /// What `hostname` says.
    pub fn hostname(&self) -> &str {
        match self.pod.str_at(&["spec", "hostname"]) {
            "" => &self.pod.meta.name,
            name => name,
        }
    }

    /// What `hostname -f` says.
    pub fn full_hostname(&self) -> String {
        match self.pod.str_at(&["spec", "subdomain"]) {
            "" => self.hostname().to_string(),
            subdomain => format!("{}.{subdomain}.{}.svc.{}", self.hostname(), self.namespace(), dns::ZONE),
        }
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

    /// The words of `command` or `args`.
    pub fn words(&self, field: &str) -> Vec<String> {
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
                text => expand_references(text, &self.own_variables(cluster)),
            };
            let mut source = self.source_of(cluster, volume, name);
            match &mut source {
                Source::Disk { prefix, .. } => *prefix = normalize("/", &sub_path).trim_end_matches('/').to_string(),
                Source::Files(files) if !sub_path.is_empty() => {
                    *files = files.remove(&sub_path).map(|text| (String::new(), text)).into_iter().collect();
                }
                Source::Files(_) => {}
            }
            let is_read_only = mount.get("readOnly").and_then(Value::as_bool) == Some(true)
                || matches!(source, Source::Files(_))
                || volume.at(&["persistentVolumeClaim", "readOnly"]).and_then(Value::as_bool) == Some(true);
            let path = normalize("/", mount.str_at(&["mountPath"]));
            mounts.push(Mount { path, volume: name.to_string(), is_read_only, source });
        }
        mounts.order_by_key(|mount| std::cmp::Reverse(mount.path.len()));
        mounts
    }

    fn source_of(&self, cluster: &Cluster, volume: &Value, name: &str) -> Source {
        let disk = |id: DiskId| Source::Disk { id, prefix: String::new() };
        let own = || DiskId::EmptyDir { pod_uid: self.pod.meta.uid.clone(), volume: Text::new(name) };
        if let Some(claim) = volume.at(&["persistentVolumeClaim", "claimName"]).and_then(Value::as_text) {
            let claim = cluster.find(Kind::PersistentVolumeClaim, self.namespace(), claim);
            let bound = claim.map_or("", |claim| claim.str_at(&["spec", "volumeName"]));
            return disk(if bound.is_empty() { own() } else { DiskId::Volume(Text::new(bound)) });
        }
        if let Some(path) = volume.at(&["hostPath", "path"]).and_then(Value::as_text) {
            let node = Text::new(self.pod.str_at(&["spec", "nodeName"]));
            return disk(DiskId::Host { node, path: path.clone() });
        }
        if let Some(name) = volume.at(&["configMap", "name"]).and_then(Value::as_str) {
            return Source::Files(self.data_of(cluster, Kind::ConfigMap, name));
        }
        if let Some(name) = volume.at(&["secret", "secretName"]).and_then(Value::as_str) {
            return Source::Files(self.data_of(cluster, Kind::Secret, name));
        }
        if volume.get("projected").is_some() {
            let files = [("ca.crt", "-----BEGIN CERTIFICATE-----\n"), ("namespace", self.namespace()), ("token", "")];
            return Source::Files(files.into_iter().map(|(name, text)| (name.to_string(), Text::new(text))).collect());
        }
        disk(own())
    }

    fn layer(&self) -> DiskId {
        DiskId::Layer { pod_uid: self.pod.meta.uid.clone(), container: self.name.clone(), restarts: self.restarts }
    }

    fn place(&self, path: &str) -> Place<'_> {
        for mount in &self.mounts {
            let Some(rest) = path.strip_prefix(mount.path.trim_end_matches('/')) else { continue };
            if !rest.is_empty() && !rest.starts_with('/') {
                continue;
            }
            return match &mount.source {
                Source::Disk { id, prefix } => {
                    Place::Disk { id, path: format!("{prefix}{rest}"), is_root: rest.is_empty(), mount }
                }
                Source::Files(files) => Place::Files { files, path: rest.trim_start_matches('/').to_string() },
            };
        }
        Place::Layer
    }
}

/// Where a path leads.
enum Place<'a> {
    Disk { id: &'a DiskId, path: String, is_root: bool, mount: &'a Mount },
    Files { files: &'a SharedMap<String, Text>, path: String },
    Layer,
}

/// Files. Paths are absolute and normal: see [`normalize`].
impl Container {
    /// What stands under `path`.
    pub fn lookup(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        let directory = |modified| Some(Found { entry: Entry::Directory, modified });
        let disks = cluster.disks();
        match self.place(path) {
            Place::Disk { is_root: true, .. } => directory(self.started),
            Place::Disk { id, path, .. } => {
                let node = disks.get(id, &path)?;
                Some(Found { entry: node.entry.clone(), modified: node.modified })
            }
            Place::Files { files, path } => match files.get(&path) {
                Some(text) => Some(Found { entry: Entry::File(text.clone()), modified: self.started }),
                None => path.is_empty().then_some(Found { entry: Entry::Directory, modified: self.started }),
            },
            Place::Layer => match disks.get(&self.layer(), path) {
                Some(node) if node.entry == Entry::Removed => None,
                Some(node) => Some(Found { entry: node.entry.clone(), modified: node.modified }),
                None => self.lookup_image(cluster, path),
            },
        }
    }

    fn lookup_image(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        let found = |entry| Some(Found { entry, modified: self.pod.meta.created });
        if let Some(text) = self.generated_file(cluster, path) {
            return found(Entry::File(text.into()));
        }
        let files = self.image.files();
        if let Some((_, text)) = files.iter().find(|(place, _)| *place == path) {
            return found(Entry::File(Text::Static(text)));
        }
        let is_program = |name: &str| commands::is_program(name, self) || self.image.has_own(name);
        if path.strip_prefix("/usr/bin/").is_some_and(|name| !name.contains('/') && is_program(name)) {
            return found(Entry::File(Text::Static(PROGRAM)));
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let is_directory = path == "/"
            || DIRECTORIES.contains(&path)
            || files.iter().any(|(place, _)| place.starts_with(&below))
            || self.mounts.iter().any(|mount| mount.path.starts_with(&below));
        if is_directory { found(Entry::Directory) } else { None }
    }

    fn generated_file(&self, cluster: &Cluster, path: &str) -> Option<String> {
        Some(match path {
            "/dev/null" | "/dev/zero" | "/dev/urandom" | "/dev/random" | "/dev/tty" => String::new(),
            "/proc/cpuinfo" => "processor\t: 0\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2400.000\n\nprocessor\t: 1\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2400.000\n".to_string(),
            "/proc/meminfo" => "MemTotal:        8131072 kB\nMemFree:         4265344 kB\nMemAvailable:    6215168 kB\n".to_string(),
            "/proc/loadavg" => "0.05 0.03 0.00 1/120 12\n".to_string(),
            "/proc/uptime" => format!("{}.00 0.00\n", (cluster.now() - self.started).whole_seconds()),
            "/proc/1/cmdline" => {
                let words = self.main_words().unwrap_or_else(|| vec![self.image.main_process().to_string()]);
                words.iter().map(|word| format!("{word}\0")).collect()
            }
            "/var/run/secrets/kubernetes.io/serviceaccount/namespace" => self.namespace().to_string(),
            "/etc/hostname" => format!("{}\n", self.hostname()),
            "/etc/hosts" => {
                let full = self.full_hostname();
                let names = if full == self.hostname() { full } else { format!("{full}\t{}", self.hostname()) };
                format!(
                    "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nfe00::\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n{}\t{names}\n",
                    self.ip()
                )
            }
            "/etc/resolv.conf" => {
                let search = dns::search_path(self.namespace()).join(" ");
                format!("nameserver {}\nsearch {search}\noptions ndots:5\n", dns::SERVER)
            }
            _ => return None,
        })
    }

    /// The text of the file at `path`.
    ///
    /// # Errors
    /// `NotFound`, `IsDirectory`.
    pub fn read(&self, cluster: &Cluster, path: &str) -> Result<Text, FileError> {
        match self.lookup(cluster, path).map(|found| found.entry) {
            Some(Entry::File(text)) => Ok(text),
            Some(Entry::Table(_)) => Ok(Text::Static("(binary data)\n")),
            Some(Entry::Directory) => Err(FileError::IsDirectory),
            Some(Entry::Removed) | None => Err(FileError::NotFound),
        }
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
            Place::Files { files, .. } => files.keys().for_each(|name| add(&format!("/{name}"), "")),
            Place::Layer => {
                let layer = self.layer();
                cluster.disks().tree(&layer).into_iter().flatten().for_each(|(place, _)| add(place, above));
                self.image.files().iter().for_each(|(place, _)| add(place, above));
                DIRECTORIES.iter().for_each(|place| add(place, above));
                if above == "/usr/bin" {
                    let names = commands::NAMES.iter().filter(|name| commands::is_program(name, self));
                    names.for_each(|name| add(&format!("/usr/bin/{name}"), above));
                }
                ["/dev/null", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]
                    .iter()
                    .for_each(|place| add(place, above));
            }
        }
        self.mounts.iter().for_each(|mount| add(&mount.path, above));
        let entries = names.into_keys().filter_map(|name| {
            let found = self.lookup(cluster, &format!("{above}/{name}"))?;
            Some((name, found))
        });
        Ok(entries.collect())
    }

    /// Writes a file, or adds to its end.
    ///
    /// # Errors
    /// As the system says it.
    pub fn write(&self, cluster: &mut Cluster, path: &str, text: &str, appends: bool) -> Result<(), FileError> {
        if path == "/dev/null" {
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
        let parent = parent_of(path);
        match self.lookup(cluster, &parent) {
            None => return Err(FileError::NotFound),
            Some(found) if !found.is_directory() => return Err(FileError::NotDirectory),
            Some(_) => {}
        }
        let layer = self.layer();
        let (id, place) = match self.place(path) {
            Place::Files { .. } => return Err(FileError::ReadOnly),
            Place::Disk { mount, .. } if mount.is_read_only => return Err(FileError::ReadOnly),
            Place::Disk { is_root: true, .. } => return Err(FileError::IsDirectory),
            Place::Disk { id, path, .. } => (id, path),
            Place::Layer => (&layer, path.to_string()),
        };
        if cluster.disks().tree(id).is_some_and(|tree| tree.len() >= ENTRIES_MAX) {
            return Err(FileError::NoSpace);
        }
        let now = cluster.now();
        cluster.disks_mut().put(id, &place, entry, now);
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
        let found = self.lookup(cluster, path).ok_or(FileError::NotFound)?;
        if found.is_directory() && !with_contents {
            return Err(FileError::IsDirectory);
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        if path == "/" || self.mounts.iter().any(|mount| mount.path == path || mount.path.starts_with(&below)) {
            return Err(FileError::Busy);
        }
        let now = cluster.now();
        match self.place(path) {
            Place::Files { .. } => return Err(FileError::ReadOnly),
            Place::Disk { mount, .. } if mount.is_read_only => return Err(FileError::ReadOnly),
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
                        cluster.disks_mut().put(&layer, place, Entry::Removed, now);
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

fn status_of<'a>(pod: &'a Object, name: &str) -> Option<&'a Value> {
    let lists = [pod.list_at(&["status", "containerStatuses"]), pod.list_at(&["status", "initContainerStatuses"])];
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
        assert_eq!(decode_base64("c2VjcmV0"), "secret");
        assert_eq!(expand_references("$(A)-$(B)-$(", &[("A".into(), "x".into())]), "x-$(B)-$(");
    }
}
