//! A server's settings, and one server that follows another: what the primary holds is seen on its replicas at once.
//!
//! A replica keeps whom it follows in its data directory, so that a volume brings it along. Positions in logs are told
//! and not kept.

use super::error::SqlError;
use super::server::{Answer, DATA, Heading, Reply, Server, runs_in};
use crate::cluster::Cluster;
use crate::model::Kind;
use crate::shell::commands::{address_of, containers_at};
use crate::shell::container::Container;
use crate::world::disk::Entry;

/// Where a replica keeps whom it follows: host, user, and whether it does so now.
const FOLLOWS: &str = "/var/lib/mysql/master.info";
/// What a stream of a backup begins with, before the pod's namespace and name and the container's name.
const STREAM: &str = "xbstream ";
/// The position in the primary's log that is told.
const POSITION: &str = "154";
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
    let found = by_option.filter(|(key, _)| plain(key) == name).last().map(|(_, value)| value.to_string());
    let mut texts = Vec::new();
    for folder in ["/etc/mysql/conf.d", "/etc/mysql/mysql.conf.d", "/etc/mysql/mariadb.conf.d", "/etc/my.cnf.d"] {
        let files = container.list(cluster, folder).unwrap_or_default().into_iter();
        texts.extend(files.filter_map(|file| container.read(cluster, &format!("{folder}/{}", file.0)).ok()));
    }
    texts.extend(["/etc/my.cnf", "/etc/mysql/my.cnf"].iter().filter_map(|path| container.read(cluster, path).ok()));
    let lines = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim_start().starts_with(['#', '[']));
    let pairs = lines.map(|line| line.split_once('=').unwrap_or((line, "")));
    found.or_else(|| pairs.filter(|(key, _)| plain(key) == name).last().map(|(_, value)| value.trim().to_string()))
}

/// Whether a setting is on: named, or given a value that says so.
pub(super) fn is_on(container: &Container, cluster: &Cluster, name: &str) -> bool {
    let value = setting(container, cluster, name).map(|value| value.to_ascii_lowercase());
    value.is_some_and(|value| matches!(value.as_str(), "" | "1" | "on" | "true"))
}

/// Whom a server follows: host, user, and whether it does so now.
fn followed(container: &Container, cluster: &Cluster) -> Option<(String, String, bool)> {
    let text = container.trusted().read(cluster, FOLLOWS).ok()?;
    let mut lines = text.lines().map(str::to_string);
    Some((lines.next()?, lines.next()?, lines.next()? == "1"))
}

/// The server that a replica follows now, as far as it can be reached.
fn primary_of(container: &Container, cluster: &Cluster) -> Option<Container> {
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
        let images = pod.list_at(&["spec", "containers"]).iter().map(|spec| spec.str_at(&["image"]));
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

impl Server<'_> {
    /// Refuses to write where the settings say so.
    pub(super) fn may_write(&self, user: &str) -> Answer<()> {
        let option = if is_on(self.container, self.cluster, "super_read_only") {
            "--super-read-only"
        } else if is_on(self.container, self.cluster, "read_only") && user != "root" {
            "--read-only"
        } else {
            return Ok(());
        };
        let product = self.product();
        let text =
            format!("The {product} server is running with the {option} option so it cannot execute this statement");
        Err(SqlError::new(1290, text))
    }

    /// Does what a statement about replication asks for.
    pub(super) fn replicate(&mut self, request: Request) -> Answer<Reply> {
        let trusted = self.container.trusted();
        let known = followed(self.container, self.cluster);
        let mut keep = |host: &str, user: &str, follows: bool| {
            let text = format!("{host}\n{user}\n{}\n", i32::from(follows));
            _ = trusted.write(self.cluster, FOLLOWS, &text, false);
        };
        match request {
            Request::Follow(host, user) => {
                let (old_host, old_user, follows) = known.unwrap_or_default();
                keep(&host.unwrap_or(old_host), &user.unwrap_or(old_user), follows);
            }
            Request::Go(follows) => {
                let Some((host, user, _)) = known.filter(|known| !known.0.is_empty()) else {
                    let text = "The server is not configured as slave; fix in config file or with CHANGE MASTER TO";
                    return Err(SqlError::new(1200, text));
                };
                keep(&host, &user, follows);
                catch_up(self.container, self.cluster);
            }
            Request::Forget => _ = trusted.remove(self.cluster, FOLLOWS, false),
            Request::ReplicaStatus => return Ok(self.replica_status(known)),
            Request::PrimaryStatus => {
                let file = format!("{}-bin.000001", self.container.hostname());
                let columns = ["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB", "Executed_Gtid_Set"];
                let columns = columns.map(|name| Heading::new(name, name == "Position")).to_vec();
                let row = [file.as_str(), POSITION, "", "", ""].map(|cell| Some(cell.to_string())).to_vec();
                let logs = is_on(self.container, self.cluster, "log_bin");
                return Ok(Reply::Rows { columns, rows: if logs { vec![row] } else { Vec::new() } });
            }
        }
        Ok(Reply::done(0))
    }

    fn replica_status(&self, known: Option<(String, String, bool)>) -> Reply {
        let Some((host, user, follows)) = known else { return Reply::Rows { columns: Vec::new(), rows: Vec::new() } };
        let is_up = primary_of(self.container, self.cluster).is_some();
        let state = match (follows, is_up) {
            (true, true) => "Waiting for master to send event",
            (true, false) => "Connecting to master",
            (false, _) => "",
        };
        let yes = |is: bool| if is { "Yes" } else { "No" };
        let reads = if follows && !is_up { "Connecting" } else { yes(follows) };
        let file = format!("{}-bin.000001", host.split('.').next().unwrap_or(&host));
        let cells = [
            ("Slave_IO_State", state),
            ("Master_Host", &host),
            ("Master_User", &user),
            ("Master_Port", "3306"),
            ("Connect_Retry", "10"),
            ("Master_Log_File", &file),
            ("Read_Master_Log_Pos", POSITION),
            ("Slave_IO_Running", reads),
            ("Slave_SQL_Running", yes(follows)),
            ("Last_Error", ""),
            ("Seconds_Behind_Master", if is_up { "0" } else { "NULL" }),
        ];
        let columns = cells.iter().map(|(name, _)| Heading::new(name, false)).collect();
        Reply::Rows { columns, rows: vec![cells.iter().map(|(_, cell)| Some(cell.to_string())).collect()] }
    }
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
