//! A server's settings, and one server that follows another: what the primary holds is seen on its replicas at once.
//!
//! A replica keeps whom it follows in its data directory, so that a volume brings it along. Positions in logs are told
//! and not kept.

use super::{DATA, runs_in};
use crate::cluster::Cluster;
use crate::model::Kind;
use crate::model::pod::containers;
use crate::shell::addresses::{address_of, containers_at};
use crate::shell::container::Container;
use crate::shell::server_files::server_lines;
use crate::world::disk::Entry;

/// Where a replica keeps whom it follows: host, user, and whether it does so now.
pub(super) const FOLLOWS: &str = "/var/lib/mysql/master.info";
/// What a stream of a backup begins with, before the pod's namespace and name and the container's name.
const STREAM: &str = "xbstream ";
/// The position in the primary's log that is told.
pub(super) const POSITION: &str = "154";
/// How deep a data directory is copied.
const DEPTH_MAX: usize = 8;

/// Statements about replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// `CHANGE MASTER TO …`: the host and the user, where they are said.
    Follow(Option<String>, Option<String>),
    /// `START SLAVE` or `STOP SLAVE`.
    Go(bool),
    /// `RESET SLAVE ALL`.
    Forget,
    /// `SHOW SLAVE STATUS`.
    ReplicaStatus,
    /// `SHOW MASTER STATUS`.
    PrimaryStatus,
}

/// Reads a statement, if it is one about replication.
pub(super) fn request(sql: &str) -> Option<Request> {
    let words: Vec<String> =
        sql.trim().trim_end_matches([';', ' ', '\n']).split_whitespace().map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Some(match words.as_slice() {
        ["change", "master" | "replication", "to" | "source", ..] => {
            Request::Follow(option(sql, &["master_host", "source_host"]), option(sql, &["master_user", "source_user"]))
        }
        ["start", "slave" | "replica", ..] => Request::Go(true),
        ["stop", "slave" | "replica", ..] => Request::Go(false),
        ["reset", "slave" | "replica", ..] => Request::Forget,
        ["show", "slave" | "replica", "status", ..] => Request::ReplicaStatus,
        ["show", "master", "status"] | ["show", "binary", "log", "status"] => Request::PrimaryStatus,
        _ => return None,
    })
}

/// The text that one of the options is given: `MASTER_HOST='mysql-0.mysql'`.
fn option(sql: &str, names: &[&str]) -> Option<String> {
    let lower = sql.to_ascii_lowercase();
    let at = names.iter().find_map(|name| lower.find(name).map(|at| at + name.len()))?;
    let mut parts = sql.get(at..)?.splitn(3, ['\'', '"']);
    parts.next().filter(|between| between.trim() == "=")?;
    parts.next().map(str::to_string)
}

/// What the server's files and options say of a setting: its value, or nothing where it is only named.
pub(super) fn setting(container: &Container, cluster: &Cluster, name: &str) -> Option<String> {
    let plain = |text: &str| text.trim().replace('-', "_").to_ascii_lowercase();
    let words = container.words("args");
    let by_option = words.iter().filter_map(|word| word.strip_prefix("--"));
    let by_option = by_option.map(|word| word.split_once('=').unwrap_or((word, "")));
    let found = by_option.rev().find(|(key, _)| plain(key) == name).map(|(_, value)| value.to_string());
    let texts = ["/etc/my.cnf", "/etc/mysql/my.cnf"].iter().filter_map(|path| container.read(cluster, path).ok());
    let mut texts: Vec<_> = texts.collect();
    for folder in ["/etc/mysql/conf.d", "/etc/mysql/mysql.conf.d", "/etc/mysql/mariadb.conf.d", "/etc/my.cnf.d"] {
        let files = container.list(cluster, folder).unwrap_or_default().into_iter();
        texts.extend(files.filter_map(|file| container.read(cluster, &format!("{folder}/{}", file.0)).ok()));
    }
    let lines =
        texts.iter().flat_map(|text| server_lines(text)).filter(|line| !line.trim_start().starts_with(['#', '[']));
    let pairs = lines.map(|line| line.split_once('=').unwrap_or((line, "")));
    found.or_else(|| pairs.rev().find(|(key, _)| plain(key) == name).map(|(_, value)| value.trim().to_string()))
}

/// Whether a setting is on: named, or given a value that says so.
pub(super) fn is_on(container: &Container, cluster: &Cluster, name: &str) -> bool {
    let value = setting(container, cluster, name).map(|value| value.to_ascii_lowercase());
    value.is_some_and(|value| matches!(value.as_str(), "" | "1" | "on" | "true"))
}

/// Whether a container's database takes connections from the network, and not through its socket alone.
pub fn takes_connections(container: &Container, cluster: &Cluster) -> bool {
    !is_on(container, cluster, "skip_networking")
}

/// Whom a server follows: host, user, and whether it does so now.
pub(super) fn followed(container: &Container, cluster: &Cluster) -> Option<(String, String, bool)> {
    let text = container.trusted().read(cluster, FOLLOWS).ok()?;
    let mut lines = text.lines().map(str::to_string);
    Some((lines.next()?, lines.next()?, lines.next()? == "1"))
}

/// The server that a replica follows now, as far as it can be reached.
pub(super) fn primary_of(container: &Container, cluster: &Cluster) -> Option<Container> {
    let (host, _, follows) = followed(container, cluster)?;
    let address = address_of(container, cluster, &host).filter(|_| follows)?;
    containers_at(container, cluster, &address).into_iter().find(|found| runs_in(found, cluster))
}

/// Lets a replica catch up with its primary.
pub(super) fn catch_up(container: &Container, cluster: &mut Cluster) {
    let Some(primary) = primary_of(container, cluster).filter(|it| it.pod.meta.uid != container.pod.meta.uid) else {
        return;
    };
    copy_databases(&primary, container, cluster);
}

/// Lets every replica that follows a server have what was written there.
pub(super) fn hand_on(primary: &Container, cluster: &mut Cluster) {
    let pods: Vec<_> = cluster.list_in(Kind::Pod, primary.namespace()).cloned().collect();
    for pod in pods.iter().filter(|pod| pod.meta.uid != primary.pod.meta.uid) {
        let images = containers(pod).iter().map(|spec| spec.str_at(&["image"]));
        if !images.into_iter().any(|image| crate::shell::images::Image::of(image).is_database()) {
            continue;
        }
        for replica in Container::all_running(cluster, pod) {
            let own = replica.image.is_database()
                && primary_of(&replica, cluster)
                    .is_some_and(|found| found.pod.meta.uid == primary.pod.meta.uid && found.name == primary.name);
            if own {
                copy_databases(primary, &replica, cluster);
            }
        }
    }
}

fn copy_databases(from: &Container, to: &Container, cluster: &mut Cluster) {
    let (from, to) = (from.trusted(), to.trusted());
    let names = |container: &Container, cluster: &Cluster| -> Vec<String> {
        let mut server = container.list(cluster, DATA).unwrap_or_default();
        server.retain(|entry| entry.1.is_directory() && !matches!(entry.0.as_str(), "lost+found" | "sys"));
        server.into_iter().map(|entry| entry.0).filter(|name| name != "performance_schema").collect()
    };
    let wanted = names(&from, cluster);
    for name in names(&to, cluster).iter().filter(|name| !wanted.contains(name)) {
        _ = to.remove(cluster, &format!("{DATA}/{name}"), true);
    }
    for name in &wanted {
        let path = format!("{DATA}/{name}");
        copy_directory(&from, &path, &to, &path, cluster, 0);
    }
}

/// Makes a directory the same as another container's.
fn copy_directory(from: &Container, path: &str, to: &Container, place: &str, cluster: &mut Cluster, depth: usize) {
    if depth > DEPTH_MAX || to.make_directory(cluster, place, true).is_err() {
        return;
    }
    let entries = from.list(cluster, path).unwrap_or_default();
    let old = to.list(cluster, place).unwrap_or_default();
    for (name, _) in old.iter().filter(|(name, _)| !entries.iter().any(|entry| entry.0 == *name)) {
        _ = to.remove(cluster, &format!("{place}/{name}"), true);
    }
    for (name, found) in entries {
        let (source, target) = (format!("{path}/{name}"), format!("{place}/{name}"));
        match found.entry {
            Entry::Directory => copy_directory(from, &source, to, &target, cluster, depth + 1),
            entry if to.lookup(cluster, &target).is_none_or(|there| there.entry != entry) => {
                _ = to.put(cluster, &target, entry);
            }
            _ => {}
        }
    }
}

/// What a backup's stream is, for a program that listens with `xtrabackup --backup` behind it.
pub fn backup_stream(server: &Container, command: &str) -> Option<String> {
    let is_backup = command.contains("backup") && command.contains("--stream");
    let place = &server.pod.meta;
    is_backup.then(|| format!("{STREAM}{} {} {}\n", place.namespace, place.name, server.name))
}

/// `xbstream -x`: puts a backup's files into a directory. `None` if no backup comes in.
pub fn unpack(container: &Container, cluster: &mut Cluster, stream: &str, directory: &str) -> Option<()> {
    let mut words = stream.strip_prefix(STREAM)?.split_whitespace().map(crate::model::Text::new);
    let (namespace, pod, _) = (words.next()?, words.next()?, words.next()?);
    let pod = cluster.find(Kind::Pod, &namespace, &pod).cloned()?;
    let source = Container::all_running(cluster, &pod).into_iter().find(|found| runs_in(found, cluster))?;
    copy_directory(&source.trusted(), DATA, container, directory, cluster, 0);
    let position = format!("{}-bin.000001", source.hostname());
    let mut write = |name: &str, text: &str| _ = container.write(cluster, &format!("{directory}/{name}"), text, false);
    write("xtrabackup_checkpoints", "backup_type = full-backuped\n");
    write("xtrabackup_binlog_info", &format!("{position}\t{POSITION}\n"));
    if followed(&source, cluster).is_some() {
        let text = format!("CHANGE MASTER TO MASTER_LOG_FILE='{position}', MASTER_LOG_POS={POSITION};\n");
        _ = container.write(cluster, &format!("{directory}/xtrabackup_slave_info"), &text, false);
    }
    _ = container.remove(cluster, &format!("{directory}/master.info"), false);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_about_replication_are_read() {
        let sql = "CHANGE MASTER TO MASTER_LOG_FILE='b.000001', MASTER_HOST='mysql-0.mysql', MASTER_USER='root', MASTER_PASSWORD=''";
        assert_eq!(request(sql), Some(Request::Follow(Some("mysql-0.mysql".into()), Some("root".into()))));
        assert_eq!(request("start slave;"), Some(Request::Go(true)));
        assert_eq!(request("START TRANSACTION"), None);
        assert_eq!(request("SHOW REPLICA STATUS\n"), Some(Request::ReplicaStatus));
    }
}
