//! What a server leaves in the file system: the files of its data, and what is there only while it runs, the file with
//! its number and its sockets. Which these are stands in the table of images.

use super::container::{Container, normalize, parent_of};
use super::images::{Mark, Place};
use crate::cluster::Cluster;
use crate::model::Text;
use crate::world::disk::{DiskId, Entry, Owner};

/// Where a life of a container keeps the words that its server began with, if others than its own did.
const WORDS: &str = "/proc/1/server";
/// Is there once a server writes its log into a file.
const QUIET: &str = "/proc/1/quiet";
/// Where clients' keys and values stand below a server's data.
pub const KEPT: &str = "/.kept";
/// How many bytes a file of data has of which nothing else is known.
const DATA_BYTES: u64 = 4096;

/// The lines of a text of settings that are for servers: not those in the sections of a database's clients.
pub fn server_lines(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    const CLIENTS: &[&str] = &["client", "mysql", "mysqladmin", "mysqldump", "client-mariadb", "mariadb-client"];
    let mut is_for_clients = false;
    let lines = text.lines().filter(|line| {
        if let Some(section) = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_for_clients = CLIENTS.contains(&section);
        }
        !is_for_clients
    });
    lines.collect::<Vec<_>>().into_iter()
}

/// The value that the last line `NAME VALUE`, `NAME = VALUE` or `NAME: VALUE` of a text of settings gives to a name.
fn setting_in(text: &str, name: &str) -> Option<String> {
    server_lines(text).rev().find_map(|line| {
        let rest = line.trim_start().strip_prefix(name)?.trim_end().trim_end_matches(';');
        let value = rest.strip_prefix([' ', '\t', '=', ':'])?.trim_start_matches([' ', '\t', '=', ':']);
        Some(value.trim_matches(['"', '\'']).to_string())
    })
}

/// Whether a name is a variable's: `PGDATA`.
fn is_variable(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What a word among others is told: `--name value`, `--name=value`, or the first path behind `name`.
fn option_in(words: &[String], name: &str) -> Option<String> {
    words.iter().enumerate().find_map(|(at, word)| {
        let rest = word.strip_prefix(name)?;
        if let Some(value) = rest.strip_prefix('=') {
            return Some(value.to_string());
        }
        let behind = words.get(at + 1..).unwrap_or(&[]);
        match rest {
            "" if name.starts_with('-') => behind.first().cloned(),
            "" => behind.iter().find(|word| word.starts_with('/')).cloned(),
            _ => None,
        }
    })
}

impl Container {
    /// The disk that its server's data are on: its first claim's, else what it writes itself.
    pub fn data_disk(&self) -> DiskId {
        let volumes = self.mounts().iter().filter_map(|mount| mount.disk());
        let mut volumes = volumes.filter(|id| matches!(id, DiskId::Volume(_)));
        volumes.next().cloned().unwrap_or_else(|| self.layer())
    }

    /// The words that its server began with.
    pub fn server_words(&self, cluster: &Cluster) -> Vec<String> {
        match cluster.disks().get(&self.layer(), WORDS).map(|node| &node.entry) {
            Some(Entry::File(text)) => text.split('\0').map(str::to_string).collect(),
            _ => [self.words("command"), self.words("args")].concat(),
        }
    }

    /// Its server began with these words, and with these variables set.
    pub fn note_server(&self, cluster: &mut Cluster, words: &[String], variables: &[(String, String)]) {
        let set = variables.iter().map(|(name, value)| format!("{name}={value}"));
        let text = set.chain(words.iter().cloned()).collect::<Vec<_>>().join("\0");
        let (layer, now) = (self.layer(), cluster.now());
        cluster.disks_mut().put(&layer, WORDS, Entry::File(text.into()), now, Owner::root(0o600));
    }

    /// Its server writes its log into a file from now on.
    pub fn silence(&self, cluster: &mut Cluster) {
        let (layer, now) = (self.layer(), cluster.now());
        cluster.disks_mut().put(&layer, QUIET, Entry::File(Text::default()), now, Owner::root(0o600));
    }

    /// Whether its server writes its log into a file.
    pub fn is_quiet(&self, cluster: &Cluster) -> bool {
        cluster.disks().get(&self.layer(), QUIET).is_some()
    }

    /// What its server was told by one of these names: an option among its words, a variable, a setting in a file that
    /// it reads.
    pub fn told(&self, cluster: &Cluster, words: &[String], names: &[&str]) -> Option<String> {
        let by_word = names.iter().find_map(|name| option_in(words, name));
        let by_variable = || {
            let mut variables = names.iter().filter(|name| is_variable(name));
            variables.find_map(|name| self.variable(cluster, name).filter(|value| !value.is_empty()))
        };
        let by_file = || {
            const ENDS: &[&str] = &[".conf", ".cnf", ".cfg", ".hcl", ".properties", ".yaml", ".yml"];
            let is_setting = |name: &&&str| !name.starts_with('-') && !is_variable(name);
            let settings: Vec<&&str> = names.iter().filter(is_setting).collect();
            let is_file = |word: &&str| ENDS.iter().any(|end| word.ends_with(end));
            let own = words.iter().map(|word| word.split_once('=').map_or(word.as_str(), |pair| pair.1));
            let files = own.filter(is_file).chain(std::iter::once(self.image.web_settings())).map(str::to_string);
            // Of its own files the later ones count.
            let own = self.own_settings(cluster).into_iter().rev();
            let files = files.chain(own).filter(|_| !settings.is_empty());
            let mut texts = files.filter_map(|path| self.read(cluster, &normalize(self.directory(), &path)).ok());
            texts.find_map(|text| settings.iter().find_map(|name| setting_in(&text, name)))
        };
        by_word.or_else(by_variable).or_else(by_file).filter(|value| !value.contains('$'))
    }

    /// The files of settings that its server reads without being told.
    pub(super) fn own_settings(&self, cluster: &Cluster) -> Vec<String> {
        let all = self.image.reads().iter().flat_map(|path| match path.strip_suffix('/') {
            None => vec![(*path).to_string()],
            Some(folder) => {
                let entries = self.list(cluster, folder).unwrap_or_default();
                entries.into_iter().map(|entry| format!("{folder}/{}", entry.0)).collect()
            }
        });
        all.collect()
    }

    /// Where something of its server is.
    fn place_told(&self, cluster: &Cluster, words: &[String], place: &Place) -> Option<String> {
        let path = self.told(cluster, words, &place.names).or_else(|| place.usual.map(str::to_string))?;
        Some(self.own_words(&path))
    }

    /// A text of the table with its name and its address.
    fn own_words(&self, text: &str) -> String {
        text.replace("{hostname}", &self.hostname()).replace("{ip}", self.ip())
    }

    /// What is there while its server runs: where, and what.
    pub fn marks(&self, cluster: &Cluster) -> Vec<(String, Mark)> {
        let all = self.image.marks();
        if all.is_empty() {
            return Vec::new();
        }
        let words = self.server_words(cluster);
        let mut found = Vec::new();
        for (mark, place) in all {
            let Some(path) = self.place_told(cluster, &words, place) else { continue };
            let above = || self.image.data().first().and_then(|data| self.place_told(cluster, &words, &data.place));
            let path = match path.starts_with('/') {
                true => path,
                false => normalize(&above().unwrap_or_else(|| self.directory().to_string()), &path),
            };
            // `/var/run` is `/run`.
            let other = match path.strip_prefix("/var/run/") {
                Some(rest) => Some(format!("/run/{rest}")),
                None => path.strip_prefix("/run/").map(|rest| format!("/var/run/{rest}")),
            };
            found.extend(other.map(|other| (other, *mark)));
            found.push((path, *mark));
        }
        found
    }

    /// What its server has made at a path that is no volume's, if it runs.
    pub(super) fn mark_at(&self, cluster: &Cluster, path: &str) -> Option<Entry> {
        let last = path.rsplit('/').next().unwrap_or(path);
        let may_be = last.ends_with("pid") || last.contains("sock") || last.starts_with(".s.");
        if !may_be || !self.serves(cluster) {
            return None;
        }
        let (_, mark) = self.marks(cluster).into_iter().find(|mark| mark.0 == path)?;
        Some(self.entry_of(cluster, mark))
    }

    /// The names of what its server has made in a directory.
    pub(super) fn mark_paths(&self, cluster: &Cluster) -> Vec<String> {
        if !self.serves(cluster) {
            return Vec::new();
        }
        self.marks(cluster).into_iter().map(|mark| mark.0).collect()
    }

    fn entry_of(&self, cluster: &Cluster, mark: Mark) -> Entry {
        match mark {
            Mark::Number => Entry::File(format!("{}\n", self.server_number(cluster)).into()),
            Mark::Socket => Entry::Socket,
        }
    }

    /// As whom its server runs: the image's own user for it, or whoever the pod says.
    fn keeper(&self) -> Owner {
        let user = self.user();
        let (id, group) = match (self.image.keeper(), user.id) {
            (Some(keeper), 0) => (keeper.0, keeper.0),
            _ => (user.id, user.group),
        };
        Owner { user: id, group, mode: 0o600 }
    }

    /// What its server has made is of the user that it runs as.
    pub(super) fn keep(&self, cluster: &mut Cluster, path: &str) {
        let keeper = self.keeper();
        if let Some(found) = self.lookup(cluster, path).filter(|_| self.image.keeper().is_some()) {
            _ = self.trusted().give(cluster, path, Owner { mode: found.owner.mode, ..keeper });
        }
    }

    /// Its server begins: makes what it keeps, where that is not there yet, and what stands for it in volumes.
    pub(super) fn leave_files(&self, cluster: &mut Cluster, words: &[String]) {
        let container = self.trusted();
        let keeper = self.keeper();
        for data in self.image.data() {
            let is_asked = |(names, wanted): &(Vec<&str>, &str)| {
                container.told(cluster, words, names).is_some_and(|told| told == *wanted)
            };
            if data.only_if.as_ref().is_some_and(|condition| !is_asked(condition)) {
                continue;
            }
            let Some(folder) = container.place_told(cluster, words, &data.place) else { continue };
            let folder = normalize(self.directory(), folder.trim_start_matches("file:"));
            if self.mount_at(&folder).is_none() && self.is_sealed(&folder) {
                continue;
            }
            container.leave_data(cluster, &folder, &data.names, keeper, self.image.keeper().map(|keeper| keeper.1));
        }
        self.place_marks(cluster);
    }

    fn leave_data(
        &self,
        cluster: &mut Cluster,
        folder: &str,
        names: &[&'static str],
        keeper: Owner,
        mode: Option<u16>,
    ) {
        if self.make_directory(cluster, folder, true).is_err() {
            return;
        }
        if let Some(found) = self.lookup(cluster, folder).filter(|found| found.owner.user != keeper.user) {
            let group = if found.owner.mode & 0o2000 == 0 { keeper.group } else { found.owner.group };
            // A folder that hands its group on goes on with that.
            let mode = mode.map_or(found.owner.mode, |mode| mode | found.owner.mode & 0o2000);
            let owner = Owner { group, mode, ..keeper };
            _ = self.give(cluster, folder, owner);
        }
        for name in names {
            let is_folder = name.ends_with('/');
            let path = format!("{}/{}", folder.trim_end_matches('/'), self.own_words(name.trim_end_matches('/')));
            if self.lookup(cluster, &path).is_some() {
                continue;
            }
            let made = match is_folder {
                true => self.make_directory(cluster, &path, true),
                false => {
                    _ = self.make_directory(cluster, &parent_of(&path), true);
                    let text = self.image.data_text(name).map(|text| self.image.text(&self.own_words(text)));
                    let entry = text.map_or(Entry::Bulk(DATA_BYTES), |text| Entry::File(text.into()));
                    self.put(cluster, &path, entry)
                }
            };
            if made.is_ok() {
                let owner = Owner { mode: if is_folder { 0o700 } else { 0o600 }, ..keeper };
                _ = self.give(cluster, &path, owner);
            }
        }
    }

    /// What stands in volumes is seen by others as well, and so is made for real.
    fn place_marks(&self, cluster: &mut Cluster) {
        let container = self.trusted();
        for (path, mark) in self.marks(cluster) {
            if self.mount_at(&path).is_some() {
                let entry = self.entry_of(cluster, mark);
                _ = container.make_directory(cluster, &parent_of(&path), true);
                _ = container.put(cluster, &path, entry);
                let keeper = self.keeper();
                _ = container.give(
                    cluster,
                    &path,
                    Owner { mode: if mark == Mark::Socket { 0o777 } else { 0o644 }, ..keeper },
                );
            }
        }
    }

    /// Its server ends in order: what stood for it in volumes goes.
    pub(super) fn remove_marks(&self, cluster: &mut Cluster) {
        let container = self.trusted();
        for (path, _) in self.marks(cluster) {
            if self.mount_at(&path).is_some() && container.lookup(cluster, &path).is_some() {
                _ = container.remove(cluster, &path, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_in_their_usual_forms() {
        let text = "port 7000\ndir /data\n dbPath: \"/d\"\nlog.dirs=/logs\npid  /run/x.pid;\n";
        let found = |name| setting_in(text, name);
        assert_eq!(found("dir").as_deref(), Some("/data"));
        assert_eq!(found("dbPath").as_deref(), Some("/d"));
        assert_eq!(found("log.dirs").as_deref(), Some("/logs"));
        assert_eq!(found("pid").as_deref(), Some("/run/x.pid"));
        assert_eq!(found("log"), None);
    }

    #[test]
    fn options_bring_their_values_in_either_form() {
        let words = ["minio", "server", "--console-address", ":9001", "/data", "--x=1"].map(str::to_string);
        assert_eq!(option_in(&words, "server").as_deref(), Some("/data"));
        assert_eq!(option_in(&words, "--x").as_deref(), Some("1"));
        assert_eq!(option_in(&words, "--console-address").as_deref(), Some(":9001"));
        assert_eq!(option_in(&words, "--y"), None);
    }
}
