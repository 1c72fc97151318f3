//! A running container as its programs see it: files, environment, names; changes no object of the API.

mod files;
mod machine;
mod mounts;

use super::env_of_spec;
use super::exec_target::Target;
use super::images::{Image, is_kernels};
use super::kubelet_expansion::{expand, value_of};
use super::ownership::User;
use crate::cluster::Cluster;
use crate::model::pod::{container_of_name, containers, init_containers, status_of};
use crate::model::{Kind, Millis, Object, Text, Value, container_status, pod};
use crate::world::disk::DiskId;
use crate::world::{Life, Run};
pub use files::FILE_BYTES_MAX;
pub use mounts::Mount;
pub(in crate::shell) use mounts::Source;
use std::rc::Rc;

pub use super::path_kind::{FileError, Found};
pub use super::path_text::{normalize, parent_of};

/// What a program's file holds.
pub const PROGRAM: &str = "\u{7f}ELF";

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
    /// Whether a kubelet asks in it, as probes and hooks do.
    pub(super) is_asked: bool,
}

/// Is there once packages were installed.
pub const INSTALLED: &str = "/var/cache/packages";

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
            server_is_first: false,
            listeners: Rc::default(),
        };
        container.life = Some(life);
        let environment = Rc::new(container.environment_now(cluster));
        let known = env_of_spec::variables(cluster, pod, &container.spec, container.ip());
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
        let mut container = Container { user: User::ROOT, ..self.clone() };
        if self.is_sealed("/") {
            container.spec.set_at(&["securityContext", "readOnlyRootFilesystem"], Value::from(false));
        }
        container
    }

    /// The same container as a program sees it that makes files by a mask of its own.
    pub fn with_umask(&self, umask: u16) -> Container {
        Container { user: self.user.with_umask(umask), ..self.clone() }
    }

    /// The same container as a kubelet's question sees it.
    pub fn asked(self) -> Container {
        Container { is_asked: true, ..self }
    }

    /// The same container as a program sees it that was started with these variables.
    pub fn with_environment(&self, variables: &[(String, String)]) -> Container {
        let life = self.life.clone().map(|life| Life { environment: Rc::new(variables.to_vec()), ..life });
        Container { life, ..self.clone() }
    }

    /// As whom its programs run.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Whether nobody here knows what its image has at a place: a directory of the image's own, that no base has.
    pub fn is_unknown_place(&self, cluster: &Cluster, path: &str) -> bool {
        const OWN: &[&str] = &["opt", "usr", "var", "etc", "app", "srv", "home", "bitnami"];
        /// What is empty in every image.
        const EMPTY: &[&str] = &["dev", "media", "mnt", "proc", "run", "sys", "tmp"];
        let first = path.split('/').nth(1).unwrap_or("");
        if let mounts::Place::Image { shown, path } = self.place(path) {
            return shown.is_unknown_place(cluster, &path);
        }
        if let Some(mount) = self.mount_at(path) {
            let is_open = mount.is_open() || self.may_be_filled(cluster, mount) || self.is_machines_own(cluster, path);
            return is_open && self.lookup(cluster, path).is_none();
        }
        let is_free = self.lookup(cluster, path).is_none();
        let is_removed = || cluster.disks().get(&self.layer(), path).is_some();
        // A program that nobody here knows may leave its marks there: a heartbeat, a socket, its number.
        let has_unknown = || self.is_asked && self.is_assumed(cluster) && !path.starts_with("/proc/");
        if first == "tmp" && self.has_own_program() || has_unknown() {
            return is_free && !is_removed() && path != "/tmp";
        }
        if self.image.holds(path) || is_kernels(path) {
            return is_free && !is_removed();
        }
        // What packages bring is not known either.
        let is_plain = self.image.is_plain() && self.lookup(cluster, INSTALLED).is_none();
        if is_plain || !is_free || EMPTY.contains(&first) || path.starts_with("/var/run/") || is_removed() {
            return false;
        }
        match self.image.is_known() {
            false => cluster.disks().get(&self.layer(), &parent_of(path)).is_none(),
            true => {
                (OWN.contains(&first) || first.starts_with("docker-")) && !self.knows_folder(cluster, &parent_of(path))
            }
        }
    }

    /// Whether a place beside its volumes may not be written.
    pub(super) fn is_sealed(&self, path: &str) -> bool {
        const OF_KUBELET: &[&str] = &["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];
        let is_kernels = path.starts_with("/proc/sys/") || path.starts_with("/sys/");
        if is_kernels && !self.is_privileged() {
            return true;
        }
        let is_apart = path.starts_with("/dev/") || path.starts_with("/proc/") || OF_KUBELET.contains(&path);
        let field = self.spec.at(&["securityContext", "readOnlyRootFilesystem"]).and_then(Value::as_bool);
        field == Some(true) && !is_apart
    }

    /// Whether it may do what the machine may.
    pub fn is_privileged(&self) -> bool {
        self.spec.at(&["securityContext", "privileged"]).and_then(Value::as_bool) == Some(true)
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
        let spec = container_of_name(pod, name)?.clone();
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
            is_asked: false,
            image,
            spec,
            mounts: Vec::new(),
        };
        container.mounts = container.find_mounts(cluster);
        Some(container)
    }

    /// The running containers of the pods whose address is `ip`: several share that of their node. `None` if there is no
    /// such pod.
    pub fn at_address(cluster: &Cluster, ip: &str) -> Option<Vec<Container>> {
        let pods = cluster.list(Kind::Pod).filter(|pod| !pod::is_over(pod) && pod::ip(pod) == ip);
        let all: Vec<Vec<Container>> = pods.map(|pod| Container::all_running(cluster, pod)).collect();
        (!all.is_empty()).then(|| all.concat())
    }

    /// The running containers of a pod, in order, its sidecars last.
    pub fn all_running(cluster: &Cluster, pod: &Rc<Object>) -> Vec<Container> {
        let is_sidecar = |spec: &&Value| spec.str_at(&["restartPolicy"]) == "Always";
        let sidecars = init_containers(pod).iter().filter(is_sidecar);
        let names = containers(pod).iter().chain(sidecars).map(|spec| spec.str_at(&["name"]));
        names.filter_map(|name| Container::of(cluster, pod, name)).filter(Container::is_running).collect()
    }

    /// Whether it ran when this was made.
    pub fn is_running(&self) -> bool {
        self.life.is_some() || status_of(&self.pod, &self.name).is_some_and(container_status::is_running)
    }

    /// Whether it is still the same run of the same container.
    pub fn is_same_run(&self, cluster: &Cluster) -> bool {
        if self.life.is_some() {
            let life = cluster.runtime().life(&self.pod.meta.uid, &self.name);
            return life.is_some_and(|life| life.number == self.restarts);
        }
        let now = cluster.by_uid(&self.pod.meta.uid).and_then(|pod| status_of(pod, &self.name));
        now.is_some_and(|status| {
            container_status::is_running(status) && container_status::restarts(status) == self.restarts
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
            _ => pod::ip(&self.pod),
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
            (None, Some(word)) => {
                let is_told = self.image.is_for_server(word) || self.image.is_server(word);
                self.image.starts_server() && (is_told || self.is_for_own_program(&args))
            }
            (None, None) => self.image.starts_server(),
        }
    }

    /// Where it writes beside its volumes.
    pub fn layer(&self) -> DiskId {
        DiskId::Layer { pod_uid: self.pod.meta.uid.clone(), container: self.name.clone(), restarts: self.restarts }
    }
}
