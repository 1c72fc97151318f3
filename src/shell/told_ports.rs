//! Numbers of ports in what a pod gives its programs: their words, their variables, files of settings. A server that is
//! told a port in a way that this lab does not read is taken to listen there.

use super::addresses::{address_of, containers_at, is_address};
use super::container::{Container, Source};
use super::env_of_spec;
use crate::cluster::Cluster;

/// Folders with files that are no settings.
const APART: &[&str] = &["/var/run/secrets", "/docker-entrypoint-initdb.d"];

/// What stands before each place where a text has the number of a port, remarks left out.
fn places<'t>(text: &'t str, port: &'t str) -> impl Iterator<Item = &'t str> {
    let lines =
        text.lines().map(str::trim_start).filter(|line| !line.starts_with(['#', ';']) && !line.starts_with("//"));
    lines.flat_map(move |line| {
        line.match_indices(port).filter_map(move |(at, _)| {
            let (before, behind) = (line.get(..at)?, line.get(at + port.len()..)?);
            (may_precede(before) && may_follow(behind)).then_some(before)
        })
    })
}

/// Whether a number that stands behind this may be a port's: not a part of a longer number, of an address or of a name.
fn may_precede(before: &str) -> bool {
    let mut signs = before.chars().rev();
    match (signs.next(), signs.next()) {
        (None, _) => true,
        // `-P3310`, `${PORT:-8080}`.
        (Some(letter), Some('-')) if letter.is_ascii_alphabetic() => true,
        (Some('-'), Some(':')) => true,
        (Some(sign), _) => !sign.is_alphanumeric() && !matches!(sign, '.' | '-' | '_'),
    }
}

/// The same of what stands behind it: neither digits nor a unit.
fn may_follow(behind: &str) -> bool {
    let mut signs = behind.chars();
    match (signs.next(), signs.next()) {
        (None, _) => true,
        (Some('.'), next) => !next.is_some_and(|sign| sign.is_ascii_digit()),
        (Some(sign), _) => !sign.is_alphanumeric() && !matches!(sign, '_' | '%'),
    }
}

/// The host in `host:`, the end of what stands before a port's number.
fn host_before(before: &str) -> &str {
    let Some(rest) = before.strip_suffix(':') else { return "" };
    let from = rest.rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_'));
    from.and_then(|at| rest.get(at..)?.char_indices().nth(1).and_then(|(next, _)| rest.get(at + next..))).unwrap_or(
        // The host is all that there is.
        if from.is_none() { rest } else { "" },
    )
}

impl Container {
    /// Whether its program is told a port in a way that this lab does not read: the number stands in its words, its
    /// variables or its files of settings, and not as the port of somebody else.
    pub(super) fn mentions_port(&self, cluster: &Cluster, port: i64) -> bool {
        let number = port.to_string();
        self.is_told(cluster, |text| {
            places(text, &number).any(|before| !self.is_elsewhere(cluster, host_before(before)))
        })
    }

    /// Whether something is meant of what a pod gives the container's programs: their words, their variables, files of
    /// settings.
    pub fn is_told(&self, cluster: &Cluster, is_meant: impl Fn(&str) -> bool) -> bool {
        let words = [self.words("command"), self.words("args"), self.server_words(cluster)].concat();
        if words.iter().any(|word| is_meant(word)) {
            return true;
        }
        let told = env_of_spec::told(cluster, &self.pod, &self.spec, self.ip(), Vec::new());
        let environment = self.environment(cluster);
        let now = |name: &String| environment.iter().find(|variable| variable.0 == *name);
        if told.iter().any(|(name, value)| is_meant(now(name).map_or(value, |variable| &variable.1))) {
            return true;
        }
        let is_apart = |path: &str| APART.iter().any(|apart| path.starts_with(apart));
        let shown = self.mounts().iter().filter(|mount| !is_apart(&mount.path));
        let mut shown = shown.filter_map(|mount| match &mount.source {
            Source::Files(files) => Some(files),
            Source::Disk { .. } | Source::Image { .. } => None,
        });
        if shown.any(|files| files.texts().any(&is_meant)) {
            return true;
        }
        let paths = words.iter().filter_map(|word| word.get(word.find('/')?..));
        paths.filter_map(|path| self.read(cluster, path).ok()).any(|text| is_meant(&text))
    }

    /// Whether a host is another one than this container's.
    fn is_elsewhere(&self, cluster: &Cluster, host: &str) -> bool {
        if host.is_empty() || host == "0.0.0.0" {
            return false;
        }
        let address = if is_address(host) { Some(host.to_string()) } else { address_of(self, cluster, host) };
        let is_own = |other: &Container| other.pod.meta.uid == self.pod.meta.uid;
        address.is_some_and(|address| !containers_at(self, cluster, &address).iter().any(is_own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_a_number_by_itself() {
        let has = |text: &str| places(text, "8080").next().is_some();
        for text in ["8080", "-P8080", "--port=8080", ":8080", "http: 8080\n", "${PORT:-8080}", "a:8080/x", "[8080, 1]"]
        {
            assert!(has(text), "{text}");
        }
        for text in ["18080", "80801", "8080Mi", "1.8080", "8080.5", "a8080", "# port 8080", "x-8080", "8080ms"] {
            assert!(!has(text), "{text}");
        }
    }

    #[test]
    fn a_port_stands_behind_its_host() {
        assert_eq!(host_before("http://redis-0.redis:"), "redis-0.redis");
        assert_eq!(host_before("0.0.0.0:"), "0.0.0.0");
        assert_eq!(host_before("port: "), "");
        assert_eq!(host_before("=:"), "");
        assert_eq!(host_before("--port="), "");
    }
}
