//! The files of a machine, as a pod sees them through `hostPath`: those that every machine has are known, of the rest of
//! its system's folders nobody here knows what there is, and everything else is as pods left it. Knows no pod.

use super::identifiers::hex_digits;
use super::images::{DIRECTORIES, Image};
use super::path_kind::is_device;
use super::path_text::{normalize, parent_of};
use crate::cluster::Cluster;
use crate::model::node::internal_ip;
use crate::model::{Kind, Millis, Text};
use crate::world::disk::{DiskId, Entry, Owner};

/// The folders of a machine's system: what stands in them is the machine's own.
const SYSTEM: &[&str] = &[
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/opt/cni",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib/cni",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/log",
];
/// The server of names that the machines themselves ask.
pub(super) const NODE_SERVER: &str = "192.168.0.1";
/// The sockets that every machine has.
const SOCKETS: &[&str] = &["/run/containerd/containerd.sock"];
/// How the names of files end that are mounted alone.
const ENDINGS: &[&str] =
    &["cfg", "conf", "crt", "env", "ini", "json", "key", "kubeconfig", "lock", "log", "pem", "toml", "yaml", "yml"];

/// A path of a machine as it is called there.
pub fn host_path(path: &str) -> String {
    let path = normalize("/", path);
    let path = match path.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ => path,
    };
    path.trim_end_matches('/').to_string()
}

/// What every machine has under a path.
fn own(cluster: &Cluster, node: &Text, path: &str) -> Option<Entry> {
    let text = match path {
        "" => return Some(Entry::Directory),
        "/etc/hostname" => format!("{node}\n"),
        "/etc/hosts" => {
            let address =
                cluster.find(Kind::Node, &Text::default(), node).map_or("127.0.1.1", |node| internal_ip(node));
            format!("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{address}\t{node}\n")
        }
        "/etc/machine-id" => format!("{}\n", hex_digits(node, 32)),
        "/etc/resolv.conf" => format!("nameserver {NODE_SERVER}\n"),
        "/lib64" => return Some(Entry::Directory),
        path if is_device(path) => return Some(Entry::Device { is_block: false, text: Text::default() }),
        path if SOCKETS.contains(&path) => return Some(Entry::Socket),
        path if SYSTEM.contains(&path) => return Some(Entry::Directory),
        path if DIRECTORIES.contains(&path) => {
            let is_process = ["/proc/1", "/proc/self"].iter().any(|process| path.starts_with(process));
            return (!is_process).then_some(Entry::Directory);
        }
        path => {
            let system = Image::of("debian:12");
            let text = system.files().into_iter().find(|file| file.0 == path)?.1;
            match path {
                "/etc/passwd" => system.user_list(),
                "/etc/group" => system.group_list(),
                _ => text.to_string(),
            }
        }
    };
    Some(Entry::File(text.into()))
}

/// What stands under a path of a machine, with its owner and when it was written; nothing where that is not known.
pub fn lookup(cluster: &Cluster, node: &Text, path: &str) -> Option<(Entry, Owner, Millis)> {
    let disk = DiskId::Host { node: node.clone() };
    if let Some(found) = cluster.disks().get(&disk, path) {
        return (found.entry != Entry::Removed).then(|| (found.entry.clone(), found.owner, found.modified));
    }
    let entry = own(cluster, node, path)?;
    let mode = match entry {
        Entry::Directory => 0o755,
        Entry::Device { .. } => 0o666,
        Entry::Socket => 0o660,
        _ => 0o644,
    };
    Some((entry, Owner::root(mode), Millis::ZERO))
}

/// Whether nobody here knows what a machine has under a path.
pub fn is_unknown(cluster: &Cluster, node: &Text, path: &str) -> bool {
    let disk = DiskId::Host { node: node.clone() };
    is_system(path) && cluster.disks().get(&disk, path).is_none() && own(cluster, node, path).is_none()
}

/// The names of what is known to stand in a folder of a machine, by their whole paths.
pub fn paths() -> Vec<&'static str> {
    const OWN: &[&str] = &["/etc/hostname", "/etc/hosts", "/etc/machine-id", "/etc/resolv.conf", "/lib64"];
    let files = Image::of("debian:12").files().into_iter().map(|file| file.0);
    OWN.iter().chain(SYSTEM).chain(SOCKETS).chain(DIRECTORIES).copied().chain(files).collect()
}

/// What a `hostPath` of some type is where nothing is known to stand: it is made, or taken to be there.
fn taken(path: &str, kind: &str) -> Option<Entry> {
    let name = path.rsplit('/').next().unwrap_or(path);
    Some(match kind {
        "FileOrCreate" => Entry::File(Text::default()),
        "Socket" => Entry::Socket,
        "CharDevice" => Entry::Device { is_block: false, text: Text::default() },
        "BlockDevice" => Entry::Device { is_block: true, text: Text::default() },
        "" if name.ends_with(".sock") => Entry::Socket,
        // Nobody knows its text.
        "File" => return None,
        "" if is_system(path) && name.rsplit_once('.').is_some_and(|(_, end)| ENDINGS.contains(&end)) => return None,
        _ => Entry::Directory,
    })
}

fn is_system(path: &str) -> bool {
    SYSTEM.iter().any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
}

/// Makes what a `hostPath` of a pod on a machine shows, as far as it is not there.
pub fn make(cluster: &mut Cluster, node: &Text, path: &str, kind: &str) {
    let path = host_path(path);
    let now = cluster.now();
    let disk = DiskId::Host { node: node.clone() };
    let mut put = |path: &str, entry: Entry, mode: u16| {
        if lookup(cluster, node, path).is_none() {
            cluster.disks_mut().put(&disk, path, entry, now, Owner::root(mode));
        }
    };
    let folders = path.match_indices('/').map(|(at, _)| path.get(..at).unwrap_or(""));
    folders.filter(|folder| !folder.is_empty()).for_each(|folder| put(folder, Entry::Directory, 0o755));
    if let Some(entry) = taken(&path, kind) {
        let mode = match entry {
            Entry::Directory => 0o755,
            Entry::File(_) => 0o644,
            _ => 0o660,
        };
        put(&path, entry, mode);
    }
}

/// Why a path of a machine is not what a pod asks for, in the kubelet's words; `None` where it is, or where nobody
/// knows. Follows `checkTypeInternal` of pkg/volume/hostpath.
pub fn type_error(cluster: &Cluster, node: &Text, path: &str, kind: &str) -> Option<String> {
    let what = match kind {
        "Directory" | "DirectoryOrCreate" => "a directory",
        "File" | "FileOrCreate" => "a file",
        "Socket" => "a socket file",
        "CharDevice" => "a character device",
        "BlockDevice" => "a block device",
        _ => return None,
    };
    let place = host_path(path);
    let is_fine = match lookup(cluster, node, &place).map(|found| found.0) {
        Some(Entry::Directory) => what == "a directory",
        Some(Entry::Socket) => what == "a socket file",
        Some(Entry::Device { is_block: true, .. }) => what == "a block device",
        Some(Entry::Device { is_block: false, .. }) => what == "a character device",
        Some(_) => what == "a file",
        None if kind == "DirectoryOrCreate" => true,
        None if kind == "FileOrCreate" => {
            let parent = parent_of(&place);
            let parent = parent.trim_end_matches('/');
            let is_there = lookup(cluster, node, parent).is_some() || may_be_there(cluster, node, parent);
            return (!is_there).then(|| format!("open {path}: no such file or directory"));
        }
        None => may_be_there(cluster, node, &place),
    };
    (!is_fine).then(|| format!("hostPath type check failed: {path} is not {what}"))
}

/// Whether something may stand under a path of a machine of which nobody here knows: a fresh one has nothing of its own
/// beside the folders of its system and of its users.
fn may_be_there(cluster: &Cluster, node: &Text, path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or("");
    let disk = DiskId::Host { node: node.clone() };
    let is_removed = cluster.disks().get(&disk, path).is_some();
    let is_fresh = matches!(first, "media" | "srv");
    !is_removed && !is_fresh && DIRECTORIES.iter().chain(SYSTEM).any(|folder| folder.strip_prefix('/') == Some(first))
}
