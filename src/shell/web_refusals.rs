//! What nginx finds wrong in settings that it could read: hosts that have no address, keys that are not there, two servers
//! for everything. What nobody here knows is taken to be right.

use super::addresses::address_of;
use super::container::{Container, normalize};
use super::web_settings::{Setting, WebSettings};
use crate::cluster::Cluster;
use crate::model::{Kind, Text};

/// Settings whose value is the address of another server.
const PASSES: &[&str] = &["proxy_pass", "fastcgi_pass", "grpc_pass", "memcached_pass", "scgi_pass", "uwsgi_pass"];

/// The host of an address as nginx has it: without scheme, port and path. `None` for what is found out later, or is no name.
fn host_of(address: &str) -> Option<&str> {
    let rest = address.split_once("://").map_or(address, |pair| pair.1);
    let host = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = host.rsplit_once(':').map_or(host, |pair| pair.0);
    let is_name = !rest.contains('$') && !rest.starts_with("unix:") && !host.starts_with('[') && !host.is_empty();
    is_name.then_some(host)
}

/// An address to listen at with everything that may be left out.
fn whole_address(listen: &str) -> String {
    match listen.strip_prefix("*:") {
        Some(port) => format!("0.0.0.0:{port}"),
        None if listen.bytes().all(|byte| byte.is_ascii_digit()) => format!("0.0.0.0:{listen}"),
        None => listen.to_string(),
    }
}

impl WebSettings {
    /// Why nginx does not begin with these settings although it could read them, in its words.
    ///
    /// Follows `ngx_http_upstream_init_round_robin` and `ngx_http_upstream_server` in src/http, `ngx_ssl_certificate` in
    /// src/event, and `ngx_http_add_addresses`.
    pub fn wrong_value(&self, container: &Container, cluster: &Cluster) -> Option<String> {
        let every = self.every();
        self.second_default()
            .or_else(|| missing_server(&every, container, cluster))
            .or_else(|| missing_key(&every, container, cluster))
            .or_else(|| missing_host(&every, container, cluster))
    }

    /// Two servers that are for everything at the same address.
    fn second_default(&self) -> Option<String> {
        let mut seen: Vec<String> = Vec::new();
        for listen in self.servers().flatten().filter(|setting| setting.words.first().is_some_and(|it| it == "listen"))
        {
            let is_default = listen.words.iter().any(|word| matches!(word.as_str(), "default_server" | "default"));
            let Some(address) = listen.words.get(1).filter(|_| is_default) else { continue };
            let address = whole_address(address);
            if seen.contains(&address) {
                return Some(format!("a duplicate default server for {address} in {}", listen.place()));
            }
            seen.push(address);
        }
        None
    }
}

/// Whether a host surely has no address: its name could only be one of the cluster's own.
fn is_nowhere(host: &str, container: &Container, cluster: &Cluster) -> bool {
    let name = host.trim_end_matches('.');
    let is_own = match name.split_once('.') {
        None => true,
        Some((_, rest)) if rest.contains('.') => name.ends_with(".svc") || name.ends_with(".cluster.local"),
        Some((_, namespace)) => {
            let namespace = Text::new(namespace);
            namespace == "svc" || cluster.find(Kind::Namespace, &namespace, &namespace).is_some()
        }
    };
    is_own && address_of(container, cluster, host).is_none()
}

/// A server of a group whose name has no address.
fn missing_server(every: &[&Setting], container: &Container, cluster: &Cluster) -> Option<String> {
    let groups = every.iter().filter(|setting| setting.words.first().is_some_and(|name| name == "upstream"));
    let servers = groups.flat_map(|group| group.inner.iter().flatten());
    let mut servers = servers.filter(|setting| setting.words.first().is_some_and(|name| name == "server"));
    servers.find_map(|setting| {
        let address = setting.words.get(1).filter(|_| !setting.words.iter().any(|word| word == "resolve"))?;
        is_nowhere(host_of(address)?, container, cluster)
            .then(|| format!("host not found in upstream \"{address}\" in {}", setting.place()))
    })
}

/// A host that requests are passed on to, that is no group and has no address.
fn missing_host(every: &[&Setting], container: &Container, cluster: &Cluster) -> Option<String> {
    let is_group = |host: &str| {
        every.iter().any(|setting| matches!(setting.words.as_slice(), [name, own] if name == "upstream" && own == host))
    };
    every.iter().find_map(|setting| {
        let (name, address) = (setting.words.first()?, setting.words.get(1)?);
        let host = PASSES.contains(&name.as_str()).then(|| host_of(address)).flatten()?;
        (!is_group(host) && is_nowhere(host, container, cluster))
            .then(|| format!("host not found in upstream \"{host}\" in {}", setting.place()))
    })
}

/// A certificate that is surely not there.
fn missing_key(every: &[&Setting], container: &Container, cluster: &Cluster) -> Option<String> {
    // What a program may have made that nobody here can run.
    if cluster.runtime().assumed(&container.pod.meta.uid, &container.name).is_some() {
        return None;
    }
    every.iter().find_map(|setting| {
        let [name, path] = setting.words.as_slice() else { return None };
        if name != "ssl_certificate" || path.contains(['$', ':']) {
            return None;
        }
        let path = normalize("/etc/nginx", path);
        let is_missing = container.lookup(cluster, &path).is_none() && !container.is_unknown_place(cluster, &path);
        let is_filled = container.mount_at(&path).is_some_and(|mount| !container.knows_contents(cluster, mount));
        (is_missing && !is_filled).then(|| {
            format!(
                "cannot load certificate \"{path}\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen({path}, r) error:10000080:BIO routines::no such file)"
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_stands_between_scheme_and_port() {
        assert_eq!(host_of("http://api:8080/x"), Some("api"));
        assert_eq!(host_of("api:9000"), Some("api"));
        assert_eq!(host_of("grpc://api.default.svc"), Some("api.default.svc"));
        for later in ["http://$backend", "unix:/run/x.sock", "http://unix:/run/x.sock:/", "http://[::1]:80"] {
            assert_eq!(host_of(later), None, "{later}");
        }
    }

    #[test]
    fn addresses_are_compared_whole() {
        assert_eq!(whole_address("80"), whole_address("*:80"));
        assert_ne!(whole_address("80"), whole_address("[::]:80"));
    }
}
