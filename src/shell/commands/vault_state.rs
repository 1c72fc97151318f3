//! What a Vault is at a moment: whether it was initialized, how many keys it was given, which of several leads. What it was
//! initialized with is kept with its data, what opened it ends with its process.

use crate::cluster::Cluster;
use crate::model::Millis;
use crate::shell::container::Container;
use crate::shell::server_files::KEPT;
use crate::world::disk::{Entry, Owner};

/// Where the keys that one life of a server was given are noted.
pub(super) const GIVEN: &str = "/proc/1/vault";
/// A server as it stands now.
pub(super) struct Vault<'a> {
    pub(super) server: &'a Container,
    pub(super) config: String,
    pub(super) is_for_development: bool,
    /// How many keys open it, all its keys, and the first token; nothing before it was initialized.
    pub(super) made: Option<Made>,
    /// The keys that it was given since its start.
    pub(super) given: Vec<String>,
    /// When it was opened.
    pub(super) opened: Option<Millis>,
}

#[derive(Clone)]
pub(super) struct Made {
    pub(super) threshold: usize,
    pub(super) keys: Vec<String>,
    pub(super) token: String,
}

impl Made {
    pub(super) fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.threshold, self.token, self.keys.join("\n"))
    }

    pub(super) fn of(text: &str) -> Option<Made> {
        let mut lines = text.lines();
        let (threshold, token) = (lines.next()?.parse().ok()?, lines.next()?.to_string());
        Some(Made { threshold, token, keys: lines.map(str::to_string).collect() })
    }
}

/// Whether an image's server is one.
fn is_vault(server: &Container) -> bool {
    server.image.is_server("vault") || server.image.is_server("bao")
}

/// The word in quotes that stands behind another one in settings: `storage "raft"`.
fn quoted_behind<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let rest = text.split_once(word)?.1.trim_start_matches(['"', ' ', ':', '=', '{', '\n', '\t']);
    rest.split(['"', ' ', '\n', '{']).next().filter(|found| !found.is_empty())
}

impl<'a> Vault<'a> {
    pub(super) fn of(server: &'a Container, cluster: &Cluster) -> Option<Vault<'a>> {
        if !is_vault(server) || !server.serves(cluster) {
            return None;
        }
        let words = server.server_words(cluster);
        let is_told = |word: &String| matches!(word.as_str(), "-dev" | "-dev=true" | "-dev-tls");
        let is_for_development = words.is_empty() || words.iter().any(is_told);
        let made = match cluster.disks().get(&server.data_disk(), &format!("{KEPT}/vault")).map(|node| &node.entry) {
            Some(Entry::File(text)) => Made::of(text),
            _ => None,
        };
        let node = cluster.disks().get(&server.layer(), GIVEN);
        let given = match node.map(|node| &node.entry) {
            Some(Entry::File(text)) => text.lines().map(str::to_string).collect(),
            _ => Vec::new(),
        };
        let is_open = made.as_ref().is_some_and(|made| given.len() >= made.threshold);
        let opened = node.filter(|_| is_open).map(|node| node.modified);
        let config = config(server, cluster, &words);
        Some(Vault { server, config, is_for_development, made, given, opened })
    }

    pub(super) fn storage(&self) -> &str {
        let found = quoted_behind(&self.config, "storage").or_else(|| quoted_behind(&self.config, "backend"));
        if self.is_for_development { "inmem" } else { found.unwrap_or("file") }
    }

    /// Whether something outside opens it by itself.
    pub(super) fn opens_itself(&self) -> bool {
        self.is_for_development || quoted_behind(&self.config, "seal ").is_some_and(|seal| seal != "shamir")
    }

    pub(super) fn has_others(&self) -> bool {
        !matches!(self.storage(), "inmem" | "file")
    }

    pub(super) fn is_initialized(&self) -> bool {
        self.is_for_development || self.made.is_some()
    }

    pub(super) fn is_sealed(&self) -> bool {
        !(self.is_for_development || self.made.is_some() && self.opens_itself() || self.opened.is_some())
    }

    /// How many keys there are, how many open it, and how many of them it has been given.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        match &self.made {
            _ if self.is_for_development => (1, 1, 0),
            Some(made) => (made.keys.len(), made.threshold, self.given.len()),
            None => (0, 0, 0),
        }
    }
}

/// The texts of the files of settings that a server was told of.
fn config(server: &Container, cluster: &Cluster, words: &[String]) -> String {
    let mut told = words.iter().filter_map(|word| word.trim_start_matches('-').strip_prefix("config="));
    let place = told.next().map_or_else(|| "/vault/config".to_string(), str::to_string);
    let server = server.trusted();
    let text = match server.list(cluster, &place) {
        Ok(entries) => {
            let files = entries.into_iter().map(|entry| format!("{place}/{}", entry.0));
            files.filter_map(|path| server.read(cluster, &path).ok()).map(|text| text.to_string()).collect::<String>()
        }
        Err(_) => server.read(cluster, &place).map_or_else(|_| String::new(), |text| text.to_string()),
    };
    text + &server.variable(cluster, "VAULT_LOCAL_CONFIG").unwrap_or_default()
}

/// The opened servers of a set share their data, and one of them leads: the one that was opened first.
pub(super) fn leader(vault: &Vault<'_>, cluster: &Cluster) -> Option<Container> {
    let members = vault.server.members(cluster);
    let opened = members.iter().filter_map(|member| Some((Vault::of(member, cluster)?.opened?, member)));
    opened.min_by_key(|found| found.0).map(|found| found.1.clone())
}

/// What the API says of the seal.
pub(super) fn seal_status(vault: &Vault<'_>) -> String {
    let (shares, threshold, given) = vault.counts();
    let progress = if vault.is_sealed() { given } else { 0 };
    format!(
        "{{\n  \"type\": \"shamir\",\n  \"initialized\": {},\n  \"sealed\": {},\n  \"t\": {threshold},\n  \"n\": {shares},\n  \"progress\": {progress},\n  \"nonce\": \"\",\n  \"version\": \"{}\",\n  \"migration\": false,\n  \"recovery_seal\": false,\n  \"storage_type\": \"{}\",\n  \"ha_enabled\": {}\n}}\n",
        vault.is_initialized(),
        vault.is_sealed(),
        vault.server.image.full_version(),
        vault.storage(),
        vault.has_others(),
    )
}

/// What it answers over HTTP of its state: the status and the text. `None` for other paths.
pub(super) fn page(server: &Container, cluster: &Cluster, path: &str) -> Option<(i64, String)> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if !matches!(path, "/v1/sys/health" | "/v1/sys/seal-status") {
        return None;
    }
    let vault = Vault::of(server, cluster)?;
    if path.ends_with("seal-status") {
        return Some((200, seal_status(&vault)));
    }
    let is_standby = !vault.is_sealed()
        && vault.has_others()
        && leader(&vault, cluster).is_some_and(|leader| leader.pod.meta.uid != server.pod.meta.uid);
    let told = |name: &str| query.split('&').filter_map(|part| part.split_once('=')).find(|pair| pair.0 == name);
    let code = |name: &str, usual: i64| told(name).and_then(|pair| pair.1.parse().ok()).unwrap_or(usual);
    let stands_by = query.split('&').any(|part| matches!(part, "standbyok=true" | "standbyok" | "perfstandbyok=true"));
    let status = match () {
        () if !vault.is_initialized() => code("uninitcode", 501),
        () if vault.is_sealed() => code("sealedcode", 503),
        () if is_standby && !stands_by => code("standbycode", 429),
        () => code("activecode", 200),
    };
    let text = format!(
        "{{\"initialized\":{},\"sealed\":{},\"standby\":{is_standby},\"version\":\"{}\"}}\n",
        vault.is_initialized(),
        vault.is_sealed(),
        server.image.full_version()
    );
    Some((status, text))
}

/// Keeps what a server was initialized with; what several share is kept with all of them.
pub(super) fn keep(cluster: &mut Cluster, server: &Container, made: &Made) {
    let is_shared = Vault::of(server, cluster)
        .is_some_and(|vault| vault.has_others() && (vault.storage() != "raft" || vault.config.contains("retry_join")));
    let all = if is_shared { server.members(cluster) } else { vec![server.clone()] };
    let now = cluster.now();
    for member in all {
        let entry = Entry::File(made.text().into());
        cluster.disks_mut().put(&member.data_disk(), &format!("{KEPT}/vault"), entry, now, Owner::root(0o600));
    }
}
