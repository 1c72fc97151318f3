//! What containers write to their logs: the lines of well-known servers, told from status and virtual time, and what
//! scripts wrote. Runs nothing.

use super::container::Container;
use super::images::Family;
use super::sql;
use crate::cluster::Cluster;
use crate::model::pod::status_of;
use crate::model::{Kind, Millis, Object, Value, container_status, pod};
use crate::ordering::Order;
use crate::world::disk::{DiskId, Entry, Owner};
use std::rc::Rc;

/// A line of a container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Millis,
    /// The line without its end.
    pub text: String,
}

/// One run of a container.
struct Run {
    started: Millis,
    finished: Option<Millis>,
    exit_code: i64,
    restarts: i64,
    /// Whether its process could not be started, so that nobody wrote anything.
    never_began: bool,
}

/// Where the lines of one run are kept.
const PATH: &str = "/proc/1/log";
/// The most that is kept.
const BYTES_MAX: usize = 64 * 1024;

/// The log of a container's present run, or of the one before (`--previous`), oldest line first. `None` if there was
/// no such run. While a container waits to be started again its present log is that of its last run.
pub fn container_log(cluster: &Cluster, pod: &Object, container: &str, is_previous: bool) -> Option<Vec<LogLine>> {
    let run = find_run(pod, container, is_previous)?;
    if run.never_began {
        return Some(Vec::new());
    }
    let found = Container::of(cluster, &Rc::new(pod.clone()), container)?;
    let until = run.finished.unwrap_or_else(|| cluster.now());
    let mut lines = server_lines(cluster, &found, &run);
    lines.retain(|line| line.at <= until);
    let kept = cluster.disks().get(&layer(&found, run.restarts), PATH);
    if let Some(Entry::File(text)) = kept.map(|node| &node.entry) {
        let written = text.lines().filter_map(read_line);
        // A script speaks before the server that it starts.
        match begins_with_server(&found) {
            true => lines.extend(written),
            false => lines.splice(0..0, written).for_each(drop),
        }
    }
    lines.order_by_key(|line| line.at);
    Some(lines)
}

/// Adds lines to the log of a container's present run.
pub fn write(container: &Container, cluster: &mut Cluster, text: &str) {
    if text.is_empty() {
        return;
    }
    let (id, now) = (layer(container, container.restarts), cluster.now());
    let mut whole = match cluster.disks().get(&id, PATH).map(|node| &node.entry) {
        Some(Entry::File(text)) => text.to_string(),
        _ => String::new(),
    };
    for line in text.lines() {
        whole.push_str(&format!("{}\t{line}\n", now.0));
    }
    if whole.len() > BYTES_MAX {
        let kept: Vec<&str> = whole
            .lines()
            .rev()
            .scan(0, |size, line| {
                *size += line.len() + 1;
                (*size <= BYTES_MAX / 2).then_some(line)
            })
            .collect();
        whole = kept.into_iter().rev().map(|line| format!("{line}\n")).collect();
    }
    cluster.disks_mut().put(&id, PATH, Entry::File(whole.into()), now, Owner::root(0o640));
}

/// The lines that a container's scripts wrote in its present run.
pub fn written(container: &Container, cluster: &Cluster) -> Vec<String> {
    let kept = cluster.disks().get(&layer(container, container.restarts), PATH);
    match kept.map(|node| &node.entry) {
        Some(Entry::File(text)) => text.lines().filter_map(read_line).map(|line| line.text).collect(),
        _ => Vec::new(),
    }
}

fn layer(container: &Container, restarts: i64) -> DiskId {
    DiskId::Layer { pod_uid: container.pod.meta.uid.clone(), container: container.name.clone(), restarts }
}

fn read_line(line: &str) -> Option<LogLine> {
    let (at, text) = line.split_once('\t')?;
    Some(LogLine { at: Millis(at.parse().ok()?), text: text.to_string() })
}

fn find_run(pod: &Object, name: &str, is_previous: bool) -> Option<Run> {
    let status = status_of(pod, name)?;
    let restarts = container_status::restarts(status);
    let time = |value: &Value, field: &str| Millis::parse_rfc3339(value.str_at(&[field]));
    let ended = |value: &Value, restarts| {
        let started = time(value, "startedAt").or_else(|| time(value, "finishedAt"))?;
        let exit_code = value.i64_at(&["exitCode"]).unwrap_or(0);
        let never_began = value.str_at(&["reason"]) == "StartError";
        Some(Run { started, finished: time(value, "finishedAt"), exit_code, restarts, never_began })
    };
    let last = status.at(&["lastState", "terminated"]);
    let present = match (container_status::running(status), container_status::ended(status)) {
        (Some(running), _) => {
            let started = time(running, "startedAt")?;
            Some(Run { started, finished: None, exit_code: 0, restarts, never_began: false })
        }
        (None, Some(terminated)) => ended(terminated, restarts),
        (None, None) => None,
    };
    match (is_previous, present) {
        (false, Some(present)) => Some(present),
        (true, Some(_)) => ended(last?, restarts.checked_sub(1)?),
        // While it waits, the last run is both.
        (_, None) => ended(last?, restarts),
    }
}

/// Whether the image's server is what it begins with.
fn begins_with_server(container: &Container) -> bool {
    container.runs_default() && container.main_words().is_none()
}

/// What the image's server says that begins now.
pub fn of_server(container: &Container, cluster: &Cluster) -> String {
    let restarts = container.restarts;
    let run = Run { started: cluster.now(), finished: None, exit_code: 0, restarts, never_began: false };
    let mut log = Log { lines: Vec::new(), at: cluster.now() };
    begin_lines(&mut log, cluster, container, &run);
    log.lines.iter().map(|line| format!("{}\n", line.text)).collect()
}

/// What the image's server says at its start, and from then on.
fn begin_lines(log: &mut Log, cluster: &Cluster, container: &Container, run: &Run) {
    match container.image.family {
        Family::Nginx => nginx(log, cluster, container),
        Family::Httpd => httpd(log, container),
        Family::Mariadb => mariadb(log, cluster, container, run),
        Family::Mysql => mysql(log, container),
        Family::Postgres => postgres(log),
        Family::Redis => redis(log, cluster, container),
        Family::Elasticsearch => elasticsearch(log, container),
        Family::Busybox | Family::Other => {}
    }
    from_table(log, cluster, container, run);
}

/// The lines of an image's own server.
fn server_lines(cluster: &Cluster, container: &Container, run: &Run) -> Vec<LogLine> {
    let begins = begins_with_server(container);
    let serves = container.life().and_then(|life| life.serves_since);
    let is_refused = begins && serves.is_none() && container.refusal(cluster).is_some();
    if !begins && (serves.is_none() || container.is_quiet(cluster)) || is_refused {
        return Vec::new();
    }
    let mut log = Log { lines: Vec::new(), at: serves.filter(|_| !begins).unwrap_or(run.started) };
    let fails = run.finished.is_some() && run.exit_code != 0 && !matches!(run.exit_code, 137 | 143);
    begin_lines(&mut log, cluster, container, run);
    if let Some(at) = run.finished {
        log.at = at;
        match (container.image.family, fails) {
            (_, true) => log.say(&format!("fatal: the process ended by itself with exit code {}", run.exit_code)),
            (Family::Nginx, _) => {
                let stamp = slashed(at);
                log.say(&format!("{stamp} [notice] 1#1: signal 3 (SIGQUIT) received, shutting down"));
                log.say(&format!("{stamp} [notice] 1#1: exit"));
            }
            (Family::Mariadb, _) => {
                let stamp = spaced(at);
                log.say(&format!("{stamp} 0 [Note] mariadbd (initiated by: unknown): Normal shutdown"));
                log.say(&format!("{stamp} 0 [Note] mariadbd: Shutdown complete"));
            }
            _ => {}
        }
    }
    log.lines
}

struct Log {
    lines: Vec<LogLine>,
    at: Millis,
}

impl Log {
    fn say(&mut self, text: &str) {
        self.lines.extend(text.lines().map(|line| LogLine { at: self.at, text: line.to_string() }));
    }

    fn wait(&mut self, ms: i64) {
        self.at += Millis(ms);
    }
}

/// `2026/01/01 00:00:05`.
pub(super) fn slashed(at: Millis) -> String {
    at.rfc3339().replacen('-', "/", 2).replace('T', " ").trim_end_matches('Z').to_string()
}

/// `2026-01-01  0:00:05`, as MariaDB writes times.
fn spaced(at: Millis) -> String {
    at.rfc3339().replace("T0", "  ").replace('T', " ").trim_end_matches('Z').to_string()
}

/// What the entrypoint of nginx says before its server begins.
/// `changes_settings`: whether it may write the settings of its default site; `None` if these are not there.
pub(super) fn nginx_entrypoint(changes_settings: Option<bool>) -> String {
    let settings = match changes_settings {
        None => "/etc/nginx/conf.d/default.conf is not a file or does not exist",
        Some(true) => {
            "Getting the checksum of /etc/nginx/conf.d/default.conf
10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf"
        }
        Some(false) => "can not modify /etc/nginx/conf.d/default.conf (read-only file system?)",
    };
    format!(
        "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
10-listen-on-ipv6-by-default.sh: info: {settings}
/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up"
    )
}

fn nginx(log: &mut Log, cluster: &Cluster, container: &Container) {
    // The small image of the Kubernetes project has no entrypoint script and starts without a word.
    if container.field(&["image"]).and_then(Value::as_str).is_some_and(|image| image.contains("nginx-slim")) {
        return;
    }
    let command = container.words("command").join(" ");
    if command.is_empty() || command.contains("docker-entrypoint.sh") {
        let has_site = container.lookup(cluster, "/etc/nginx/conf.d/default.conf").is_some();
        log.say(&nginx_entrypoint(has_site.then_some(true)));
    }
    let stamp = slashed(log.at);
    let version = container.image.full_version();
    for text in [
        "using the \"epoll\" event method".to_string(),
        format!("nginx/{version}"),
        "OS: Linux 6.8.0".to_string(),
        "getrlimit(RLIMIT_NOFILE): 1048576:1048576".to_string(),
        "start worker processes".to_string(),
        "start worker process 29".to_string(),
        "start worker process 30".to_string(),
    ] {
        log.say(&format!("{stamp} [notice] 1#1: {text}"));
    }
}

fn httpd(log: &mut Log, container: &Container) {
    let (ip, version) = (container.ip().to_string(), container.image.full_version());
    log.say(&format!("AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using {ip}. Set the 'ServerName' directive globally to suppress this message"));
    log.say(&format!(
        "[mpm_event:notice] [pid 1:tid 1] AH00489: Apache/{version} (Unix) configured -- resuming normal operations"
    ));
    log.say("[core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'");
}

fn mariadb(log: &mut Log, cluster: &Cluster, container: &Container, run: &Run) {
    let package = container.image.package_version();
    let version = container.image.full_version();
    let entry = |log: &mut Log, text: &str| {
        let stamp = log.at.rfc3339().replace('T', " ").replace('Z', "+00:00");
        log.say(&format!("{stamp} [Note] [Entrypoint]: {text}"));
    };
    let greeting = format!("Entrypoint script for MariaDB Server {package} started.");
    entry(log, &greeting);
    entry(log, "Switching to dedicated user 'mysql'");
    entry(log, &greeting);
    if is_first_start(cluster, container, run) {
        entry(log, "Initializing database files");
        log.wait(400);
        entry(log, "Database files initialized");
        entry(log, "Starting temporary server");
        entry(log, "Waiting for server startup");
        log.wait(200);
        entry(log, "Temporary server started.");
        if container.variable(cluster, "MARIADB_RANDOM_ROOT_PASSWORD").is_some_and(|value| !value.is_empty()) {
            entry(log, &format!("GENERATED ROOT PASSWORD: {}", sql::random_password(container)));
        }
        entry(log, "Securing system users (equivalent to running mysql_secure_installation)");
        entry(log, "Stopping temporary server");
        entry(log, "Temporary server stopped");
        entry(log, "MariaDB init process done. Ready for start up.");
        log.wait(100);
    } else {
        entry(log, "MariaDB upgrade not required");
    }
    let stamp = spaced(log.at);
    for text in [
        format!("Starting MariaDB {version}-MariaDB-{package} as process 1"),
        "InnoDB: Compressed tables use zlib 1.2.11".to_string(),
        "InnoDB: Initializing buffer pool, total size = 128.000MiB, chunk size = 2.000MiB".to_string(),
        "InnoDB: Completed initialization of buffer pool".to_string(),
        "Plugin 'FEEDBACK' is disabled.".to_string(),
        "Server socket created on IP: '0.0.0.0'.".to_string(),
        "Server socket created on IP: '::'.".to_string(),
        "mariadbd: ready for connections.".to_string(),
    ] {
        log.say(&format!("{stamp} 0 [Note] {text}"));
    }
    log.say(&format!("Version: '{version}-MariaDB-{package}'  socket: '/run/mysqld/mysqld.sock'  port: 3306  mariadb.org binary distribution"));
}

/// Whether the data directory was empty: no volume, or a claim made together with the pod.
fn is_first_start(cluster: &Cluster, container: &Container, run: &Run) -> bool {
    if run.restarts > 0 {
        return !container.mounts().iter().any(|mount| mount.path == "/var/lib/mysql");
    }
    let Some(mount) = container.mounts().iter().find(|mount| mount.path == "/var/lib/mysql") else { return true };
    let volumes = pod::volumes(&container.pod);
    let volume = volumes.iter().find(|volume| volume.str_at(&["name"]) == mount.volume);
    let claim = volume.and_then(pod::claim_name).cloned().unwrap_or_default();
    let claim = cluster.find(Kind::PersistentVolumeClaim, container.namespace(), &claim);
    claim.is_none_or(|claim| claim.meta.created + Millis::seconds(1) >= container.pod.meta.created)
}

fn mysql(log: &mut Log, container: &Container) {
    let version = container.image.full_version();
    let stamp = log.at.rfc3339_micro();
    log.say(&format!(
        "{} [Note] [Entrypoint]: Entrypoint script for MySQL Server {version} started.",
        log.at.rfc3339().replace('T', " ").replace('Z', "+00:00")
    ));
    log.say(&format!(
        "{stamp} 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld {version}) starting as process 1"
    ));
    log.say(&format!("{stamp} 1 [System] [MY-013576] [InnoDB] InnoDB initialization has started."));
    log.say(&format!("{stamp} 1 [System] [MY-013577] [InnoDB] InnoDB initialization has ended."));
    log.say(&format!("{stamp} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '{version}'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL."));
}

fn postgres(log: &mut Log) {
    let stamp = format!("{}.000 UTC [1]", log.at.rfc3339().replace('T', " ").trim_end_matches('Z'));
    log.say(&format!("{stamp} LOG:  starting PostgreSQL"));
    log.say(&format!("{stamp} LOG:  listening on IPv4 address \"0.0.0.0\", port 5432"));
    log.say(&format!("{stamp} LOG:  database system is ready to accept connections"));
}

/// What the table of images has of a server's words.
fn from_table(log: &mut Log, cluster: &Cluster, container: &Container, run: &Run) {
    /// The most that is said again and again.
    const TIMES_MAX: i64 = 60;
    let words = [container.words("command"), container.words("args")].concat();
    let (first, every) = container.image.log(&words);
    let ordinal = container.host_ordinal();
    let say = |log: &mut Log, text: &str| {
        let day = super::commands::format_time(log.at, "%m%d %T");
        let millis = log.at.0.rem_euclid(1000);
        let stamp = super::commands::format_time(log.at, "%Y-%m-%d %T");
        let text = text
            .replace("{ordinal}", &(ordinal + 1).to_string())
            .replace("{iso}", &format!("{}.{millis:03}Z", log.at.rfc3339().trim_end_matches('Z')))
            .replace("{klog}", &format!("I{day}.{millis:03}000"))
            .replace("{millis}", &format!("{stamp},{millis:03}"));
        let text = super::commands::fill(container, cluster, &text);
        let text = if text.is_empty() { "\n" } else { &text };
        log.say(text);
    };
    first.iter().for_each(|text| say(log, text));
    let Some((seconds, text)) = every else { return };
    let begun = log.at;
    let until = run.finished.unwrap_or_else(|| cluster.now());
    let times = (until - begun).0 / (seconds * 1000);
    for number in (times - TIMES_MAX).max(0) + 1..=times {
        log.at = begun + Millis::seconds(number * seconds);
        say(log, text);
    }
    log.at = begun;
}

fn redis(log: &mut Log, cluster: &Cluster, container: &Container) {
    let version = container.image.full_version();
    let stamp = format!("1:M {}.000", super::commands::format_time(log.at, "%d %b %Y %T"));
    log.say(&format!("{stamp} * Redis version={version}, bits=64, commit=00000000, modified=0, pid=1, just started"));
    let port = container.own_ports(cluster).first().copied().unwrap_or(6379);
    let words = container.server_words(cluster);
    let is_sentinel = words.iter().any(|word| word.ends_with("redis-sentinel") || word == "--sentinel");
    let mode = if is_sentinel { "sentinel" } else { super::commands::redis_mode(container, cluster) };
    log.say(&format!("{stamp} * Running mode={mode}, port={port}."));
    log.say(&format!("{stamp} * Ready to accept connections tcp"));
}

fn elasticsearch(log: &mut Log, container: &Container) {
    let name = container.hostname().to_string();
    for (ms, logger, message) in [
        (0, "o.e.n.Node", "version and build are those of the image"),
        (0, "o.e.n.Node", "initialized"),
        (300, "o.e.n.Node", "starting ..."),
        (300, "o.e.t.TransportService", "bound_addresses {[::]:9300}"),
        (200, "o.e.h.AbstractHttpServerTransport", "bound_addresses {[::]:9200}"),
        (0, "o.e.n.Node", "started"),
    ] {
        log.wait(ms);
        let stamp = format!("{}.{:03}Z", log.at.rfc3339().trim_end_matches('Z'), log.at.0.rem_euclid(1000));
        log.say(&format!("{{\"@timestamp\":\"{stamp}\", \"log.level\": \"INFO\", \"message\":\"{message}\", \"service.name\":\"ES_ECS\", \"log.logger\":\"{logger}\", \"elasticsearch.node.name\":\"{name}\"}}"));
    }
}
