//! Why an image's own server does not begin: what it was not told, what it may not write, what is wrong in its settings,
//! and ports that another container of its pod has.

use super::container::{Container, Mount};
use super::images::Family;
use super::logs::{nginx_entrypoint, slashed};
use super::ownership::{capabilities, capability};
use super::web_settings::WebSettings;
use crate::cluster::Cluster;
use crate::model::pod::{node_name, volumes};
use crate::model::{Millis, Object, Value};
use std::rc::Rc;

/// Where nginx keeps what it is being sent, unless it is told another place; the first one is made first.
const NGINX_CACHE: &str = "/var/cache/nginx/client_temp";

/// The pods that share a pod's network: those of its node, if it is in that one's.
fn pods_of_network<'c>(cluster: &'c Cluster, pod: &'c Rc<Object>) -> Vec<&'c Rc<Object>> {
    let is_hosts = |pod: &Rc<Object>| pod.at(&["spec", "hostNetwork"]).and_then(Value::as_bool) == Some(true);
    if !is_hosts(pod) {
        return vec![pod];
    }
    let all = cluster.pods_on(node_name(pod)).filter_map(|key| cluster.get(key));
    all.filter(|pod| is_hosts(pod)).collect()
}

impl Container {
    /// Why the image's server does not begin, as it says it.
    pub fn refusal(&self, cluster: &Cluster) -> Option<String> {
        self.missing_setting(cluster)
            .or_else(|| self.nginx_refusal(cluster))
            .or_else(|| self.wrong_root(cluster))
            .or_else(|| self.sealed_root(cluster))
            .or_else(|| self.repackaged_refusal(cluster))
            .or_else(|| self.missing_file(cluster))
            .or_else(|| self.port_in_use(cluster))
    }

    /// Root's server needs what root does not have here, or is none that root may run.
    fn wrong_root(&self, cluster: &Cluster) -> Option<String> {
        if self.user().id != 0 {
            return None;
        }
        let mask = capabilities(self.field(&["securityContext"]));
        let lacks = |name: &str| capability(name).is_some_and(|one| mask & one == 0);
        let missing = self.image.needs(self.words("command").is_empty()).find(|need| lacks(need.0)).map(|need| need.1);
        Some(self.said(cluster, missing.or_else(|| self.image.not_root())?))
    }

    /// A text of the table with the moment of the start.
    fn said(&self, cluster: &Cluster, text: &str) -> String {
        let started = self.started.max(Millis::ZERO);
        let text = super::commands::fill(self, cluster, text).replace("{slashed}", &slashed(started));
        text.replace("{iso}", &started.rfc3339())
    }

    /// What its server makes cannot be made on a root file system that is read-only.
    fn sealed_root(&self, cluster: &Cluster) -> Option<String> {
        let is_sealed = |path: &str| self.mount_at(path).is_none() && self.is_sealed(path);
        // `/var/run` leads to `/run`.
        let other =
            |path: &str| path.strip_prefix("/var").filter(|rest| rest.starts_with("/run/")).is_none_or(is_sealed);
        let found = self.image.opens().iter().find(|(path, _)| is_sealed(path) && other(path))?;
        Some(self.said(cluster, found.1))
    }

    /// What a build of others wants before it begins: a password, or to be told that there is none, and a volume that it
    /// may write.
    fn repackaged_refusal(&self, cluster: &Cluster) -> Option<String> {
        let (name, variable) = match self.image.family {
            Family::Redis => ("redis", "REDIS_PASSWORD"),
            Family::Mariadb => ("mariadb", "MARIADB_ROOT_PASSWORD"),
            Family::Mysql => ("mysql", "MYSQL_ROOT_PASSWORD"),
            Family::Postgres => ("postgresql", "POSTGRESQL_PASSWORD"),
            _ => return None,
        };
        if !self.image.is_repackaged() {
            return None;
        }
        let is_place = |path: &str| path == format!("/bitnami/{name}");
        if let Some(mount) = self.mounts().iter().find(|mount| is_place(&mount.path)) {
            let data = format!("{}/data", mount.path);
            let may = |path: &str| {
                let owner = self.lookup(cluster, path).map(|found| found.owner);
                owner.is_some_and(|owner| self.user().may(owner, super::ownership::Access::Write))
            };
            if !may(&mount.path) && !may(&data) {
                return Some(format!("mkdir: cannot create directory '{data}': Permission denied"));
            }
        }
        // Any word about passwords is taken to be enough.
        let is_told =
            self.environment(cluster).iter().any(|(name, value)| name.contains("PASSWORD") && !value.is_empty());
        let has_secrets =
            self.mounts().iter().any(|mount| mount.path.contains("secret") && mount.path.contains("bitnami"));
        (!is_told && !has_secrets).then(|| {
            let time = super::commands::format_time(self.started.max(Millis::ZERO), "%T");
            format!(
                "\u{1b}[38;5;6m{name} \u{1b}[38;5;5m{time}.00 \u{1b}[0m\u{1b}[38;5;1mERROR\u{1b}[0m ==> The {variable} environment \
                 variable is empty or not set. Set the environment variable ALLOW_EMPTY_PASSWORD=yes to allow the container \
                 to be started with blank passwords. This is recommended only for development."
            )
        })
    }

    /// Why the runtime cannot mount something: a folder where the image has a file.
    pub fn wrong_mount(&self) -> Option<String> {
        let is_wrong = |mount: &&Mount| mount.shows_folder() && self.image.has_file_at(&mount.path);
        let mount = self.mounts().iter().find(is_wrong)?;
        let volumes = volumes(&self.pod);
        let volume = volumes.iter().find(|volume| volume.str_at(&["name"]) == mount.volume)?;
        let plugins = [
            ("configMap", "configmap"),
            ("secret", "secret"),
            ("emptyDir", "empty-dir"),
            ("projected", "projected"),
            ("downwardAPI", "downward-api"),
            ("persistentVolumeClaim", "csi"),
        ];
        let plugin = plugins.iter().find(|plugin| volume.get(plugin.0).is_some_and(|part| !part.is_null()))?.1;
        let source =
            format!("/var/lib/kubelet/pods/{}/volumes/kubernetes.io~{plugin}/{}", self.pod.meta.uid, mount.volume);
        Some(format!(
            "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting \"{source}\" to rootfs at \"{0}\": mount src={source}, dst={0}, dstFd=/proc/thread-self/fd/11, flags=MS_BIND|MS_REC: not a directory: unknown",
            mount.path
        ))
    }

    /// Whether its first process does not hear the stop signal: what has no handler for it does not, as the first one.
    pub fn is_deaf(&self) -> bool {
        match self.main_words() {
            None => self.runs_default() && self.image.is_deaf(),
            Some(words) => {
                let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
                match name {
                    // Node and BusyBox's server leave the signal to its default, which the first process does not have.
                    "node" => words.len() > 1,
                    "httpd" => self.image.is_busybox && words.iter().any(|word| word == "-f"),
                    name => {
                        name.starts_with("python")
                            && words.windows(2).any(|pair| pair[0] == "-m" && pair[1] == "http.server")
                    }
                }
            }
        }
    }

    /// Nobody said what it has to know before it makes its data, or something is in their place.
    fn missing_setting(&self, cluster: &Cluster) -> Option<String> {
        let wanted = self.image.requirement()?;
        let is_set = |name: &&&str| self.variable(cluster, name).is_some_and(|value| !value.is_empty());
        let place = self.variable(cluster, "PGDATA").unwrap_or_else(|| wanted.directory.to_string());
        let entries = self.trusted().list(cluster, &place).unwrap_or_default();
        let spoils = |name: &str| self.image.spoiled_by().is_some_and(|spoiled| spoiled.0 == name);
        let has_data = entries.iter().any(|entry| entry.0 != "lost+found");
        let is_asked = self.words("args").iter().any(|word| word == "--help" || word == "--version");
        if has_data || is_asked {
            return None;
        }
        if !wanted.variables.iter().any(|name| is_set(&name)) {
            return Some(super::commands::fill(self, cluster, wanted.text));
        }
        let (_, text) = self.image.spoiled_by().filter(|_| entries.iter().any(|entry| spoils(&entry.0)))?;
        Some(super::commands::fill(self, cluster, text))
    }

    /// Why something cannot be made at a place that only the image or a mount could give.
    fn cannot_write(&self, cluster: &Cluster, path: &str) -> Option<&'static str> {
        const SEALED: &str = "30: Read-only file system";
        // `/var/run` leads to `/run`.
        let short = path.strip_prefix("/var").filter(|rest| rest.starts_with("/run/")).unwrap_or(path);
        let long = format!("/var{short}");
        let places = if short.starts_with("/run/") { vec![short, long.as_str()] } else { vec![path] };
        let found = places.iter().find_map(|path| Some((*path, self.mount_at(path)?)));
        match found {
            Some((_, mount)) if mount.is_read_only() => Some(SEALED),
            Some((path, _)) => {
                let above = super::container::parent_of(path);
                let owner = self.lookup(cluster, &above).map(|found| found.owner);
                let may = owner.is_none_or(|owner| self.user().may(owner, super::ownership::Access::Write));
                (!may).then_some("13: Permission denied")
            }
            None if self.is_sealed(short) => Some(SEALED),
            None if short.starts_with("/tmp/") || self.user().id == 0 => None,
            None => Some("13: Permission denied"),
        }
    }

    /// Why nginx would not take its settings.
    pub fn web_refusal(&self, cluster: &Cluster) -> Option<String> {
        let settings = WebSettings::of(self, cluster);
        settings.refusal.clone().or_else(|| settings.wrong_value(self, cluster))
    }

    /// nginx reads its settings, then makes its folders and the file with its number.
    fn nginx_refusal(&self, cluster: &Cluster) -> Option<String> {
        if self.image.family != Family::Nginx || !self.image.is_makers_own() {
            return None;
        }
        let settings = WebSettings::of(self, cluster);
        let is_small = self.image.user_numbers().0 != 0;
        let cache = if is_small { "/tmp/client_temp" } else { NGINX_CACHE };
        // The small build brings settings of its own, that say so.
        let told = |name: &str| {
            let is_own = is_small && self.mount_at(self.image.web_settings()).is_none();
            settings.main_value(name).filter(|_| !is_own)
        };
        let cache = told("client_body_temp_path").unwrap_or_else(|| cache.to_string());
        let pid = if is_small { "/tmp/nginx.pid" } else { "/run/nginx.pid" };
        let pid = told("pid").unwrap_or_else(|| pid.to_string());
        let refused =
            |what: &str, path: &str| Some(format!("{what} \"{path}\" failed ({})", self.cannot_write(cluster, path)?));
        let main = self.web_settings_file(cluster);
        let is_hidden = self.lookup(cluster, &main).is_none()
            && match self.mount_at(&main) {
                Some(mount) => self.knows_contents(cluster, mount),
                None => main.starts_with('/') && !self.is_unknown_place(cluster, &main),
            };
        let missing = is_hidden.then(|| format!("open() \"{main}\" failed (2: No such file or directory)"));
        let why = missing.or_else(|| settings.refusal.clone()).or_else(|| settings.wrong_value(self, cluster));
        let why = why.or_else(|| refused("mkdir()", &cache)).or_else(|| refused("open()", &pid))?;
        let mut text = String::new();
        if self.words("command").is_empty() && !is_small {
            let site = "/etc/nginx/conf.d/default.conf";
            let has_site = self.lookup(cluster, site).is_some();
            text.push_str(&nginx_entrypoint(has_site.then(|| self.cannot_write(cluster, site).is_none())));
            text.push('\n');
        }
        let stamp = slashed(self.started);
        let mut say = |level: &str, what: &str| {
            text.push_str(&format!("{stamp} [{level}] 1#1: {what}\nnginx: [{level}] {what}\n"));
        };
        if let Some(place) = settings.place_of("user").filter(|_| self.user().id != 0 && settings.refusal.is_none()) {
            let what = "the \"user\" directive makes sense only if the master process runs with super-user privileges";
            say("warn", &format!("{what}, ignored in {place}"));
        }
        say("emerg", &why);
        Some(text)
    }

    /// A file of settings among the server's words is not there, and nobody but the image could have had it.
    fn missing_file(&self, cluster: &Cluster) -> Option<String> {
        if self.image.family != Family::Redis || !self.image.is_makers_own() {
            return None;
        }
        let words = [self.words("command"), self.words("args")].concat();
        let behind = words.iter().position(|word| word.ends_with("redis-server")).map(|at| at + 1);
        // The entrypoint puts the server before a file of settings.
        let at = behind.or_else(|| words.first().is_some_and(|word| self.image.is_for_server(word)).then_some(0))?;
        let name = words.get(at).filter(|word| word.starts_with('/'))?;
        let is_known = self.lookup(cluster, name).is_none() && !self.is_unknown_place(cluster, name);
        let is_filled = self.mount_at(name).is_some_and(|mount| !self.knows_contents(cluster, mount));
        let stamp = super::commands::format_time(self.started, "%d %b %Y %T");
        (is_known && !is_filled).then(|| {
            format!("1:C {stamp}.000 # Fatal error, can't open config file '{name}': No such file or directory\n")
        })
    }

    /// Another container of the pod, or of its node's network, listens already where this one's server wants to.
    fn port_in_use(&self, cluster: &Cluster) -> Option<String> {
        let text = self.image.text_in_use()?;
        let port = *self.own_ports(cluster).first()?;
        if !self.configured_ports(cluster).is_empty() {
            return None;
        }
        let pod = cluster.by_uid(&self.pod.meta.uid)?;
        let is_other = |other: &Container| other.name != self.name || other.pod.meta.uid != self.pod.meta.uid;
        let neighbours = pods_of_network(cluster, pod).into_iter().flat_map(|pod| Container::all_running(cluster, pod));
        let others = neighbours.filter(is_other);
        let mut others = others.filter(|other| other.life().is_some_and(|life| life.serves_since.is_some()));
        let has_it =
            |other: &Container| other.own_ports(cluster).contains(&port) && other.configured_ports(cluster).is_empty();
        others.any(|other| has_it(&other)).then(|| {
            let stamp = slashed(self.started.max(Millis::ZERO));
            super::commands::fill(self, cluster, text).replace("{port}", &port.to_string()).replace("{slashed}", &stamp)
        })
    }
}
