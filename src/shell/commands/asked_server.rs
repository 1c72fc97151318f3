//! Which server a client asks: its own container's, or the one that its words or variables name.

use super::{Arguments, Call, Outcome, is_outside};
use crate::shell::addresses::address_of;
use crate::shell::container::Container;
use crate::shell::reach::{Unreached, reach};
use std::sync::OnceLock;

/// Whom a client asks.
pub enum Asked {
    /// A server of its own pod, or whatever it asks without being told.
    Own,
    /// This server, by the host and the port that were named.
    Server(Box<Container>, String),
    /// Nobody is there: the host and the port that were named, and why there is no answer.
    Nobody(String, i64, &'static str),
    /// Somebody outside of the cluster, of whom nobody here knows anything.
    Outside,
}

/// A line of the table `clients.txt`.
struct Client {
    names: Vec<&'static str>,
    port: i64,
    hosts: Vec<&'static str>,
    ports: Vec<&'static str>,
    takes_operand: bool,
    /// What it says where nobody answers, and its exit code.
    fails: (i64, &'static str),
}

/// `NAMES | PORT | FLAGS AND VARIABLES OF THE HOST | THOSE OF THE PORT`; `@` stands for the first operand.
fn clients() -> &'static [Client] {
    static CLIENTS: OnceLock<Vec<Client>> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let lines = include_str!("../clients.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let read = |line: &'static str| {
            let mut columns = line.splitn(5, '|').map(str::trim);
            let mut column = || columns.next().unwrap_or_default();
            let words = |column: &'static str| column.split_whitespace().collect::<Vec<_>>();
            let (names, port, hosts, ports) = (words(column()), column(), words(column()), words(column()));
            let (code, text) = column().split_once(' ').unwrap_or(("1", ""));
            let fails = (code.parse().unwrap_or(1), text);
            Client { names, port: port.parse().unwrap_or(0), takes_operand: hosts.contains(&"@"), hosts, ports, fails }
        };
        lines.map(read).collect()
    })
}

/// The value of a flag, as `-h X`, `-hX` (of short ones), `--host X` or `--host=X`, or of a variable.
fn value(call: &Call<'_>, names: &[&str]) -> Option<String> {
    let words = call.words.arguments();
    let flags = names.iter().filter(|name| name.starts_with('-'));
    let given = flags.filter_map(|flag| {
        words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix(flag) {
            Some("") => words.get(at + 1).cloned(),
            Some(rest) if rest.starts_with('=') => Some(rest.get(1..)?.to_string()),
            Some(rest) if flag.len() == 2 => Some(rest.to_string()),
            _ => None,
        })
    });
    let variables = names.iter().filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    let mut variables = variables.filter_map(|name| call.shell.variable(name).filter(|value| !value.is_empty()));
    given.into_iter().next().or_else(|| variables.next())
}

/// The host and the port of `scheme://user:pw@host:port/path`, `host:port,other:port`, `host/path` and the like.
fn host_and_port(text: &str) -> (String, Option<i64>) {
    let rest = text.split_once("://").map_or(text, |pair| pair.1);
    let rest = rest.split(['/', ',', '?']).next().unwrap_or(rest);
    let rest = rest.rsplit_once('@').map_or(rest, |pair| pair.1);
    match rest.rsplit_once(':') {
        Some((host, port)) if port.parse::<i64>().is_ok() => (host.to_string(), port.parse().ok()),
        _ => (rest.to_string(), None),
    }
}

/// Whether a client of a database asks a server that nobody here knows, and that may be one.
pub fn is_unknown_database(call: &Call<'_>) -> bool {
    match of(call) {
        Some(Asked::Server(server, _)) => !server.image.is_database(),
        Some(Asked::Outside) => true,
        Some(Asked::Nobody(..)) | None => false,
        Some(Asked::Own) => {
            let all = Container::all_running(call.cluster, &call.container.pod);
            let port = clients().iter().find(|client| client.names.contains(&"mysql")).map_or(0, |client| client.port);
            !all.iter().any(|it| it.image.is_database()) && all.iter().any(|it| it.listens_on(call.cluster, port))
        }
    }
}

/// A text with the host and the port that were named, or what stands in their place: `{asked:TEXT}`.
pub fn with_asked(text: &str, named: Option<&str>) -> String {
    let Some((before, rest)) = text.split_once("{asked:") else { return text.to_string() };
    let (usual, behind) = rest.split_once('}').unwrap_or((rest, ""));
    format!("{before}{}{behind}", named.unwrap_or(usual))
}

/// What a client says where nobody answers.
pub fn no_answer(call: &mut Call<'_>, host: &str, port: i64, why: &str) -> Outcome {
    let client = clients().iter().find(|client| client.names.contains(&call.words.name()));
    let Some((code, text)) = client.map(|client| client.fails) else { return Outcome::Assumed };
    let text = text.replace("\\n", "\n").replace("\\t", "\t").replace("{name}", call.words.name());
    let text = text.replace("{host}", host).replace("{port}", &port.to_string()).replace("{why}", why);
    call.err.push_str(&text);
    call.err.push('\n');
    Outcome::Exit(code)
}

/// Whom a client asks with these words. `None` if the lab knows no such client.
pub fn of(call: &Call<'_>) -> Option<Asked> {
    let client = clients().iter().find(|client| client.names.contains(&call.words.name()))?;
    let operand = || {
        let words = call.words.arguments();
        let first = words.first().filter(|word| !word.starts_with('-') && !word.ends_with(".js"))?;
        (first.contains("://") || first.contains('.') || first.contains(':') || call.words.name() == "cqlsh")
            .then(|| first.clone())
    };
    let named = value(call, &client.hosts).or_else(|| client.takes_operand.then(operand).flatten());
    let Some(named) = named.filter(|named| !named.starts_with('/')) else {
        // Some ask through a socket that only their own container has.
        let by_socket = matches!(client.port, 3306 | 5432);
        return Some(if by_socket { Asked::Own } else { at(call, client, "127.0.0.1") });
    };
    // Of several the first that answers counts.
    let mut all = named.split(',').map(|one| at(call, client, one));
    let first = all.next()?;
    Some(match first {
        Asked::Nobody(..) => all.find(|asked| !matches!(asked, Asked::Nobody(..))).unwrap_or(first),
        first => first,
    })
}

/// The host and the port that a client names, or those that it asks by itself.
pub fn address(call: &Call<'_>) -> (String, i64) {
    let client = clients().iter().find(|client| client.names.contains(&call.words.name()));
    let usual = client.map_or(0, |client| client.port);
    let named = client.and_then(|client| value(call, &client.hosts));
    let (host, own) = named.map_or((String::new(), None), |named| host_and_port(&named));
    let given = client.and_then(|client| value(call, &client.ports)?.parse().ok());
    let host = if host.is_empty() { "127.0.0.1".to_string() } else { host };
    (host, own.or(given).unwrap_or(usual))
}

/// The host and the port, if a client was told a host.
pub fn named(call: &Call<'_>) -> Option<String> {
    let client = clients().iter().find(|client| client.names.contains(&call.words.name()))?;
    let host = value(call, &client.hosts).filter(|host| !host.starts_with('/'))?;
    let (host, own) = host_and_port(&host);
    let port = own.or_else(|| value(call, &client.ports)?.parse().ok()).unwrap_or(client.port);
    Some(format!("{host}:{port}"))
}

/// Another container of the pod that listens on a port, where its own does not: they share their network.
fn beside(call: &Call<'_>, port: i64) -> Option<Container> {
    if call.container.serves(call.cluster) {
        return None;
    }
    let pod = call.cluster.by_uid(&call.container.pod.meta.uid)?;
    let all = Container::all_running(call.cluster, pod).into_iter();
    let mut others = all.filter(|other| other.name != call.container.name && other.serves(call.cluster));
    others.find(|other| other.listens_on(call.cluster, port))
}

/// Whom a client asks that is told this host.
fn at(call: &Call<'_>, client: &Client, named: &str) -> Asked {
    let (mut host, own_port) = host_and_port(named);
    // `rabbit@host`.
    if let Some((_, behind)) = host.clone().rsplit_once('@') {
        host = behind.to_string();
    }
    let port = own_port.or_else(|| value(call, &client.ports)?.parse().ok()).unwrap_or(client.port);
    if host.is_empty() || matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1" | "[::1]") {
        if let Some(beside) = beside(call, port) {
            return Asked::Server(Box::new(beside), format!("{host}:{port}"));
        }
        // Where a server of its own was told another port, nobody listens on the usual one.
        let is_told = || call.container.serves(call.cluster) && call.container.is_told_its_port(call.cluster);
        let is_own = call.container.listens_on(call.cluster, port) || port == client.port && !is_told();
        return if is_own { Asked::Own } else { Asked::Nobody(host, port, "Connection refused") };
    }
    let Some(address) = address_of(call.container, call.cluster, &host) else {
        return match is_outside(call.container, &host) {
            true => Asked::Outside,
            false => Asked::Nobody(host, port, "Name or service not known"),
        };
    };
    match reach(call.container, call.cluster, &address, port) {
        Ok((server, _)) => Asked::Server(Box::new(server), format!("{host}:{port}")),
        Err(Unreached::Outside) => Asked::Outside,
        Err(_) => Asked::Nobody(host, port, "Connection refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_stands_in_many_forms() {
        assert_eq!(host_and_port("redis"), ("redis".into(), None));
        assert_eq!(host_and_port("mongodb://u:p@m-0.m:27018,m-1.m:27018/db"), ("m-0.m".into(), Some(27018)));
        assert_eq!(host_and_port("http://etcd-0.etcd:2379"), ("etcd-0.etcd".into(), Some(2379)));
        assert_eq!(host_and_port("m-0/admin"), ("m-0".into(), None));
    }

    #[test]
    fn each_client_stands_in_the_table_once() {
        let mut names: Vec<&str> = clients().iter().flat_map(|client| client.names.iter().copied()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        assert!(
            clients().iter().all(|client| client.port > 0 && !client.hosts.is_empty() && !client.fails.1.is_empty())
        );
    }
}
