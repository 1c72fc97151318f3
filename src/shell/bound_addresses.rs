//! At which addresses a container's server is open: at all of its pod's, or for those alone who share its network. What
//! is told in a way that nobody here reads is taken for all addresses.

use super::container::Container;
use super::images::{BoundUsually, Family};
use super::server_files::server_lines;
use crate::cluster::Cluster;

/// Options that name a file or folder of settings.
const FILE_OPTIONS: &[&str] = &["-f", "-C", "--config", "-config", "--config-file", "-config-file", "-config-dir"];

/// Whether an address, perhaps with a scheme and a port, is one that a host has for itself alone.
fn is_own_host(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |pair| pair.1);
    // Redis: an address that may be missing.
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let host = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None if rest.matches(':').count() == 1 => rest.split(':').next().unwrap_or(rest),
        None => rest,
    };
    matches!(host, "localhost" | "::1" | "_local_") || host.starts_with("127.")
}

/// Whether all addresses of a list are such ones; nobody knows what an empty list says.
pub(super) fn are_own_hosts(text: &str) -> bool {
    let text = text.split('#').next().unwrap_or(text);
    let mut all =
        text.split([',', ' ', '\t', ';']).map(|part| part.trim_matches(['"', '\''])).filter(|it| !it.is_empty());
    let first = all.next();
    first.is_some_and(is_own_host) && all.all(is_own_host)
}

/// Further addresses behind the value of an option: `--bind 127.0.0.1 10.0.0.1`.
fn more_behind<'w>(words: &'w [String], name: &str) -> impl Iterator<Item = &'w str> {
    let at = words.iter().position(|word| word == name).map_or(words.len(), |at| at + 2);
    let is_address = |word: &&str| word.contains(['.', ':', '*']) && !word.contains('/') && !word.starts_with("--");
    words.get(at..).unwrap_or(&[]).iter().map(String::as_str).take_while(is_address)
}

impl Container {
    /// Whether something answers on a port; `is_inside` says that somebody asks who shares the container's network.
    pub fn answers(&self, cluster: &Cluster, port: i64, is_inside: bool) -> bool {
        self.listens_on(cluster, port) && (is_inside || !self.is_open_inside_alone(cluster, port))
    }

    /// Whether what listens on a port is known to be open for its own pod alone.
    fn is_open_inside_alone(&self, cluster: &Cluster, port: i64) -> bool {
        if self.listeners(cluster).iter().any(|listener| listener.port == port && listener.is_inside_alone) {
            return true;
        }
        if !self.serves(cluster) {
            return false;
        }
        if matches!(self.image.family, Family::Nginx | Family::Httpd) {
            let listens = self.configured_listens(cluster);
            let mut here = listens.iter().filter(|listen| listen.0 == port).peekable();
            return here.peek().is_some() && here.all(|listen| listen.1);
        }
        self.own_ports(cluster).first() == Some(&port) && self.is_bound_inside(cluster)
    }

    /// Whether its server's first port is open for its pod alone, by what it is told or else by itself.
    fn is_bound_inside(&self, cluster: &Cluster) -> bool {
        let (names, words) = (self.image.bound(), self.server_words(cluster));
        if names.is_empty() {
            return false;
        }
        if self.is_closed_by_word(cluster, &words) {
            return true;
        }
        if let Some(told) = self.told(cluster, &words, names) {
            return are_own_hosts(&told) && names.iter().flat_map(|name| more_behind(&words, name)).all(is_own_host);
        }
        self.is_usually_inside(cluster, &words)
    }

    /// Whether one of the words and settings is given that leave no address but the pod's own.
    fn is_closed_by_word(&self, cluster: &Cluster, words: &[String]) -> bool {
        let closing = self.image.bound_inside();
        let is_meant = |text: &str| {
            let (name, value) = text.split_once('=').map_or((text, ""), |(name, value)| (name.trim(), value.trim()));
            let name = name.trim_start_matches("--").replace('_', "-");
            let is_off = matches!(value.to_ascii_lowercase().as_str(), "0" | "off" | "false");
            closing.iter().any(|closing| *closing == text || *closing == name && !is_off)
        };
        if words.iter().any(|word| is_meant(word)) {
            return true;
        }
        let files = if closing.is_empty() { Vec::new() } else { self.own_settings(cluster) };
        let mut texts = files.iter().filter_map(|path| self.read(cluster, path).ok());
        texts.any(|text| server_lines(&text).any(|line| is_meant(line.trim())))
    }

    /// Whether it is open for its pod alone as long as nobody tells it otherwise, and nobody does, as far as is known.
    fn is_usually_inside(&self, cluster: &Cluster, words: &[String]) -> bool {
        let Some(usual) = self.image.bound_usually().filter(|_| self.image.is_makers_own()) else { return false };
        let major = self.image.full_version().split('.').next().and_then(|first| first.parse::<u64>().ok());
        let is_asked = match usual {
            BoundUsually::Always => true,
            BoundUsually::WhenTold => !words.is_empty(),
            BoundUsually::Bare { since } => self.begins_bare() && major.is_some_and(|major| major >= since),
            BoundUsually::BareWith { word } => self.begins_bare() && words.iter().any(|own| own == word),
        };
        let is_file = |word: &String| {
            FILE_OPTIONS
                .iter()
                .any(|option| word.strip_prefix(option).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')))
        };
        let mut variables = self.spec.list_at(&["env"]).iter().map(|entry| entry.str_at(&["name"]));
        let names = || self.image.bound().iter().map(|name| name.trim_start_matches('-'));
        is_asked
            && !words.iter().any(is_file)
            && !variables.any(|name| name.contains("CONFIG"))
            && !self.is_told(cluster, |text| names().any(|name| text.contains(name)))
    }

    /// Whether its server's program is begun by the pod itself, and not by the image's entrypoint.
    fn begins_bare(&self) -> bool {
        let (command, args) = (self.words("command"), self.words("args"));
        let mut whole = command.iter().chain(&args);
        let is_other = |word: &String| {
            !word.starts_with('-') && !self.image.is_server(word) && self.image.entrypoint(Some(word)).is_none()
        };
        !whole.any(|word| word.contains("entrypoint")) && (!command.is_empty() || args.first().is_some_and(is_other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hosts_own_addresses_are_known() {
        for text in
            ["127.0.0.1", "localhost", "127.0.0.1 -::1", "http://127.0.0.1:2379,http://localhost:4001", "[::1]:80"]
        {
            assert!(are_own_hosts(text), "{text}");
        }
        for text in ["", "*", "0.0.0.0", "127.0.0.1 10.0.0.1", ":9000", "http://0.0.0.0:2379", "::", "myhost", "$IP"] {
            assert!(!are_own_hosts(text), "{text}");
        }
    }
}
