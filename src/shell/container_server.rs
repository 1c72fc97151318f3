//! What a container's server does: whether it runs, and on which ports it listens.

use super::bound_addresses::are_own_hosts;
use super::container::{Container, Mount, Source};
use super::images::{Family, is_of_bases};
use super::runnable_programs::NAMES;
use crate::cluster::Cluster;
use crate::model::{Kind, Millis, Object, Text, Value};
use crate::world::Listener;
use std::rc::Rc;

/// Stands for a port that settings name in a way that this lab does not read.
const ANY_PORT: i64 = 0;

/// What people give as a pod's own program in any image (`kubectl run NAME --image=IMAGE -- sleep 1000`).
const PLAIN_PROGRAMS: &[&str] = &[
    "apk", "apt", "apt-get", "ash", "awk", "bash", "busybox", "cat", "chroot", "cp", "curl", "dash", "date", "dd",
    "df", "dig", "echo", "egrep", "env", "false", "grep", "hostname", "id", "ip", "ls", "mariadb", "mkdir", "mv",
    "mysql", "nc", "nginx", "nice", "nohup", "nslookup", "openssl", "perl", "ping", "printenv", "printf", "ps", "rm",
    "sed", "seq", "setsid", "sh", "sleep", "stdbuf", "su", "sysctl", "tar", "tee", "timeout", "touch", "true", "uname",
    "wc", "wget", "which", "whoami", "xargs", "yes",
];

impl Container {
    /// Whether its server runs and listens. Where nobody plays the processes, what it begins with tells.
    pub fn serves(&self, cluster: &Cluster) -> bool {
        match cluster.runtime().life(&self.pod.meta.uid, &self.name) {
            Some(life) => life.serves_since.is_some_and(|since| since <= cluster.now()),
            None => self.runs_default() && self.is_running(),
        }
    }

    /// Whether a program that this lab cannot run is taken to run in it.
    pub fn is_assumed(&self, cluster: &Cluster) -> bool {
        self.is_running() && cluster.runtime().assumed(&self.pod.meta.uid, &self.name).is_some()
    }

    /// The words of its own process, if that is not the image's server.
    pub fn main_words(&self) -> Option<Vec<String>> {
        let (mut command, args) = (self.words("command"), self.words("args"));
        if command.is_empty() && self.is_for_own_program(&args) {
            return None;
        }
        let whole = [command.as_slice(), args.as_slice()].concat();
        let is_named = whole.first().is_some_and(|first| self.image.is_server(first));
        let is_served = command.is_empty() && !is_named
            || self.image.is_start(whole.get(1..).unwrap_or(&[]))
                && (command.is_empty() || !self.image.steps_behind(&whole));
        if self.runs_default() && is_served && (command.is_empty() || self.image.main_shell().is_none()) {
            return None;
        }
        let mut args = args.as_slice();
        if command.is_empty() {
            let entrypoint = self.image.entrypoint(args.first().map(String::as_str));
            command.extend(entrypoint.map(|(program, _)| program.to_string()));
            args = args.get(entrypoint.map_or(0, |(_, taken)| taken)..).unwrap_or(&[]);
        }
        command.extend_from_slice(args);
        match (command.is_empty(), self.image.main_shell()) {
            (false, _) => Some(command),
            (true, shell) => shell.filter(|_| self.image.is_known()).map(|shell| vec![shell.to_string()]),
        }
    }

    /// Whether the pod leaves it to an image that nobody here knows which program begins.
    pub fn has_own_program(&self) -> bool {
        !self.image.is_known() && self.words("command").is_empty()
    }

    /// Whether `args` are meant for the program that an unknown image begins with, although their first word could be
    /// a program by itself: `sync`, `migrate` and `install` are what tools call their parts, and a file of a volume
    /// that nobody may run is one to be read.
    pub(super) fn is_for_own_program(&self, args: &[String]) -> bool {
        let Some((first, rest)) = args.split_first().filter(|_| self.has_own_program()) else { return false };
        if first.starts_with('/') {
            return self.mount_at(first).is_some_and(|mount| mount.is_no_program(first));
        }
        let is_word = NAMES.contains(&first.as_str()) || is_of_bases(first) || first == "migrate";
        if !is_word || PLAIN_PROGRAMS.contains(&first.as_str()) {
            return false;
        }
        let flag = |name: &str| self.field(&[name]).and_then(Value::as_bool) == Some(true);
        let is_watched = flag("stdin") || flag("tty");
        let has_place = rest.iter().any(|word| word.starts_with(['/', '.']));
        let has_setting = rest.iter().any(|word| word.starts_with("--") && word.contains('='));
        let is_short = !matches!(self.pod.str_at(&["spec", "restartPolicy"]), "" | "Always");
        has_setting || !(is_watched || has_place && (is_short || first == "tail"))
    }

    /// The running containers of its set that run the same image, itself included, in order of their names.
    pub fn members(&self, cluster: &Cluster) -> Vec<Container> {
        let owner = |pod: &Object| pod.meta.controller().map(|owner| owner.uid.clone());
        let own = owner(&self.pod);
        let pods = cluster.list_in(Kind::Pod, self.namespace());
        let pods = pods.filter(|pod| own.is_some() && owner(pod) == own || pod.meta.uid == self.pod.meta.uid);
        let pods: Vec<Rc<Object>> = pods.cloned().collect();
        let members = pods.iter().flat_map(|pod| Container::all_running(cluster, pod));
        members.filter(|member| member.image == self.image && member.serves(cluster)).collect()
    }

    /// The ports that its specification names.
    pub fn declared_ports(&self) -> Vec<i64> {
        self.spec.list_at(&["ports"]).iter().filter_map(|port| port.i64_at(&["containerPort"])).collect()
    }

    /// Whether the pod gives its program settings that this lab does not read.
    fn is_configured(&self) -> bool {
        let has_files = self.mounts.iter().any(|mount| matches!(mount.source, Source::Files(_)));
        let names = ["args", "env", "envFrom", "command"];
        has_files || names.iter().any(|name| !self.spec.list_at(&[name]).is_empty())
    }

    /// The ports that its programs have opened by themselves.
    pub(super) fn listeners(&self, cluster: &Cluster) -> Rc<Vec<Listener>> {
        let life = cluster.runtime().life(&self.pod.meta.uid, &self.name);
        life.map_or_else(Rc::default, |life| Rc::clone(&life.listeners))
    }

    /// The directory that a small web server of its own shows.
    pub fn opened_root(&self, cluster: &Cluster) -> Option<Text> {
        self.listeners(cluster).iter().find_map(|listener| listener.root.clone())
    }

    /// The command that answers on a port.
    pub fn command_behind(&self, cluster: &Cluster, port: i64) -> Option<String> {
        let pod = cluster.by_uid(&self.pod.meta.uid)?;
        let all = Container::all_running(cluster, pod);
        let mut opened = all.iter().flat_map(|container| container.listeners(cluster).to_vec());
        opened.find(|listener| listener.port == port)?.command.map(|command| command.to_string())
    }

    /// What a client of HTTP finds on a port where its server speaks something else, as far as its table and settings
    /// tell.
    pub fn speaks_instead(&self, cluster: &Cluster, port: i64) -> Option<&'static str> {
        if !self.image.is_named() || !self.serves(cluster) {
            return None;
        }
        // Its first port may have been given another number.
        let usual = self.image.ports().first().copied().unwrap_or(port);
        let port = if self.own_ports(cluster).first() == Some(&port) { usual } else { port };
        self.image.no_http(port)
    }

    /// Whether its server is told on which port to listen.
    pub fn is_told_its_port(&self, cluster: &Cluster) -> bool {
        self.said_port(cluster, &self.server_words(cluster)).is_some()
    }

    /// Whether something answers on a port. Programs that this lab cannot run and images that it does not know are
    /// taken to.
    pub fn listens_on(&self, cluster: &Cluster, port: i64) -> bool {
        let serves = self.serves(cluster);
        if self.image.is_database() && serves && !super::sql::takes_connections(self, cluster) {
            return false;
        }
        let opened = self.listeners(cluster);
        if opened.iter().any(|listener| listener.port == port) {
            return true;
        }
        if !serves {
            return self.is_assumed(cluster);
        }
        let own = self.own_ports(cluster);
        if own.is_empty() {
            let is_open = !self.image.is_plain() || self.is_assumed(cluster);
            return is_open || (opened.is_empty() && self.declared_ports().contains(&port));
        }
        let configured = self.configured_ports(cluster);
        if configured.contains(&ANY_PORT) {
            return true;
        }
        match configured.is_empty() {
            false => configured.contains(&port),
            true if own.contains(&port) => !self.is_closed(cluster, port),
            true => {
                let is_told = self.is_told_its_port(cluster);
                let is_declared = self.is_configured() && self.declared_ports().contains(&port);
                let is_web = self.image.family == Family::Nginx;
                // All that the makers' own web servers are told is read.
                let is_read = self.image.is_makers_own() && (is_web || self.image.family == Family::Httpd);
                is_declared
                    || !is_told && !is_web && self.may_listen_elsewhere(cluster)
                    || !is_read && self.mentions_port(cluster, port)
            }
        }
    }

    /// Whether its server answers otherwise as time goes by, or answers with errors by now.
    pub fn breaks(&self) -> Option<Millis> {
        let words = [self.words("command"), self.words("args")].concat();
        self.image.breaks_after(&words).map(|seconds| self.started + Millis::seconds(seconds))
    }

    /// The ports of the image's server, with the first one as its options, variables and settings say.
    pub(super) fn own_ports(&self, cluster: &Cluster) -> Vec<i64> {
        let words = self.server_words(cluster);
        let mut ports = self.image.ports_of(&words).unwrap_or(self.image.ports()).to_vec();
        let opened = || self.listeners(cluster).first().map(|listener| listener.port);
        if let Some(first) = ports.first_mut() {
            *first = self.said_port(cluster, &words).or_else(opened).unwrap_or(*first);
        }
        ports
    }

    /// Whether it is told not to open a port that its like have open.
    fn is_closed(&self, cluster: &Cluster, port: i64) -> bool {
        let words = self.server_words(cluster);
        let number = |text: &str| text.split('.').next().and_then(|first| first.parse::<u64>().ok());
        self.image.closes(port).iter().any(|way| match (way.strip_prefix('<'), way.split_once('=')) {
            (Some(version), _) => number(&self.image.full_version()) < number(version),
            (None, Some((name, values))) => {
                let told = self.told(cluster, &words, &[name]);
                told.is_some_and(|told| values.split('|').any(|value| told.eq_ignore_ascii_case(value)))
            }
            (None, None) => words.iter().any(|word| word == way),
        })
    }

    /// The port that the server is told to listen on: `--port 7000`, `PGPORT`, or `port 7000` in a file of settings.
    pub fn said_port(&self, cluster: &Cluster, words: &[String]) -> Option<i64> {
        let names = self.image.port_settings();
        if names.is_empty() {
            return None;
        }
        self.told(cluster, words, names)?.trim_end_matches('/').rsplit(':').next()?.parse().ok()
    }

    /// Whether its server has settings that this lab does not read, and that may give it any port.
    fn may_listen_elsewhere(&self, cluster: &Cluster) -> bool {
        const PARTS: &[&str] = &["port", "listen", "addr", "conf", "cnf", "defaults-file", "include", "cfg"];
        const FLAGS: &[&str] = &["-c", "-f", "-m"];
        let is_meant = |text: &str| PARTS.iter().any(|part| text.to_ascii_lowercase().contains(part));
        let words = self.server_words(cluster);
        let server = words.iter().position(|word| self.image.is_server(word)).map_or(0, |at| at + 1);
        let mut told = words.get(server..).unwrap_or(&[]).iter();
        let includes = |word: &String| {
            self.read(cluster, word)
                .map_or(true, |text| text.lines().any(|line| line.trim_start().starts_with("include")))
        };
        let is_redis = self.image.family == Family::Redis;
        let by_word = told.any(|word| match is_redis && word.ends_with(".conf") {
            true => includes(word),
            false => FLAGS.contains(&word.as_str()) || is_meant(word),
        });
        let mut names = self.spec.list_at(&["env"]).iter().map(|entry| entry.str_at(&["name"]));
        let by_variable = names.any(|name| is_meant(name) || name.contains("SERVERS"));
        // Whose settings are read here has none elsewhere.
        let is_read = !self.image.reads().is_empty() || matches!(self.image.family, Family::Redis | Family::Postgres);
        let is_settings = |mount: &Mount| {
            let is_data = self.image.data().iter().any(|data| data.place.usual == Some(mount.path.as_str()));
            let is_apart =
                ["/var/run/secrets", "/docker-entrypoint-initdb.d"].iter().any(|path| mount.path.starts_with(path));
            matches!(mount.source, Source::Files(_)) && !is_data && !is_apart
        };
        let by_file = !is_read && self.mounts.iter().any(is_settings);
        by_word || by_variable || by_file
    }

    /// The file of settings that nginx begins with: its own, or the one behind `-c`.
    pub(super) fn web_settings_file(&self, cluster: &Cluster) -> String {
        let words = self.server_words(cluster);
        let server = words.iter().position(|word| word.rsplit('/').next() == Some("nginx"));
        let told = server.and_then(|at| words.get(at + 1..)?.windows(2).find(|pair| pair[0] == "-c"));
        told.map_or_else(|| self.image.web_settings().to_string(), |pair| pair[1].clone())
    }

    /// The ports that Apache's settings name, if they are not the image's own, and whether they are open for its pod alone.
    fn apache_listens(&self, cluster: &Cluster) -> Vec<(i64, bool)> {
        const SETTINGS: &str = "/usr/local/apache2/conf/httpd.conf";
        let own = self.image.files().into_iter().find(|file| file.0 == SETTINGS).map_or("", |file| file.1);
        let text = self.read(cluster, SETTINGS).map_or_else(|_| String::new(), |text| text.to_string());
        if text == own {
            return Vec::new();
        }
        let listens = text.lines().filter_map(|line| {
            let address = line.trim().strip_prefix("Listen ")?.split_whitespace().next()?;
            let port = address.rsplit(':').next()?.parse().ok()?;
            Some((port, address.contains(':') && are_own_hosts(address)))
        });
        let ports: Vec<(i64, bool)> = listens.collect();
        if ports.is_empty() { vec![(ANY_PORT, false)] } else { ports }
    }

    /// The ports that a web server's own settings name (`listen 8080;`).
    pub(super) fn configured_ports(&self, cluster: &Cluster) -> Vec<i64> {
        self.configured_listens(cluster).into_iter().map(|listen| listen.0).collect()
    }

    /// The same with whether each is open for the container's pod alone.
    pub(super) fn configured_listens(&self, cluster: &Cluster) -> Vec<(i64, bool)> {
        if self.image.family == Family::Httpd {
            return self.apache_listens(cluster);
        }
        if self.image.family != Family::Nginx {
            return Vec::new();
        }
        let files = self.list(cluster, "/etc/nginx/conf.d").unwrap_or_default().into_iter();
        let files = files.filter(|file| file.0.ends_with(".conf")).map(|file| format!("/etc/nginx/conf.d/{}", file.0));
        let main = self.web_settings_file(cluster);
        // The entrypoint fills in templates, which may name any port; and so may what an unknown program has written.
        let templates = self.list(cluster, "/etc/nginx/templates").is_ok_and(|files| !files.is_empty());
        let is_unknown = |path: &str| self.mount_at(path).is_some_and(|mount| !self.knows_contents(cluster, mount));
        if templates || is_unknown("/etc/nginx/conf.d") || is_unknown(&main) {
            return vec![(ANY_PORT, false)];
        }
        let texts = files.chain([main]).filter_map(|path| self.read(cluster, &path).ok());
        // The image's own settings are those of its ports.
        let own = self.image.files();
        let texts = texts.filter(|text| !own.iter().any(|file| file.0.ends_with(".conf") && file.1 == text.as_str()));
        let mut ports = Vec::new();
        for text in texts {
            for line in text.split(['\n', ';', '{', '}']) {
                let Some(value) = line.trim().strip_prefix("listen").filter(|rest| rest.starts_with([' ', '\t']))
                else {
                    continue;
                };
                let address = value.split_whitespace().next().unwrap_or("");
                let port = address.rsplit(':').next().unwrap_or("");
                let port = if port.contains('$') { Some(ANY_PORT) } else { port.parse::<i64>().ok() };
                ports.extend(port.map(|port| (port, address.contains(':') && are_own_hosts(address))));
            }
        }
        ports
    }
}
