//! Redis servers that follow another one: whom they follow, what they say of it, and which words they refuse then (`READONLY`).

use super::redis_reply::Reply;
use crate::cluster::Cluster;
use crate::shell::addresses::{address_of, containers_at};
use crate::shell::container::Container;
use crate::shell::images::Family;

/// What a server that follows another one refuses.
const WRITES: &[&str] = &[
    "append", "decr", "decrby", "del", "flushall", "flushdb", "incr", "incrby", "lpop", "lpush", "rpop", "rpush",
    "set", "unlink",
];

/// The host and the port of the server that one was told to follow, by its words or its file of settings.
fn told(server: &Container, cluster: &Cluster) -> Option<(String, String)> {
    let words = [server.words("command"), server.words("args")].concat();
    let is_name = |name: &str| matches!(name, "replicaof" | "slaveof");
    let by_option = words.windows(3).find(|three| three[0].strip_prefix("--").is_some_and(is_name));
    let by_option = by_option.map(|three| (three[1].clone(), three[2].clone()));
    let by_file = || {
        let parts = words.iter().flat_map(|word| word.split_whitespace()).filter(|word| word.ends_with(".conf"));
        let texts = parts.filter_map(|path| server.read(cluster, path).ok());
        let lines = texts.flat_map(|text| text.lines().map(str::to_string).collect::<Vec<_>>());
        let mut found = lines.filter_map(|line| {
            let mut words = line.split_whitespace();
            let host = words.next().filter(|name| is_name(name)).and_then(|_| words.next())?;
            Some((host.to_string(), words.next()?.to_string()))
        });
        found.next_back()
    };
    by_option.or_else(by_file).filter(|(host, _)| host != "no")
}

/// The server that one follows, if it follows one and that is there.
pub(super) fn master_of(server: &Container, cluster: &Cluster) -> Option<Container> {
    let (host, port) = told(server, cluster)?;
    let port = port.parse().ok()?;
    let address = address_of(server, cluster, &host).filter(|address| *address != server.ip())?;
    let all = containers_at(server, cluster, &address).into_iter();
    all.into_iter().find(|it| it.image.family == Family::Redis && it.answers(cluster, port, false))
}

/// What a server that follows another one says to a word that writes.
pub(super) fn refusal(server: &Container, cluster: &Cluster, name: &str) -> Option<&'static str> {
    let is_refused = WRITES.contains(&name) && follows(server, cluster);
    is_refused.then_some("READONLY You can't write against a read only replica.\n\n")
}

/// Whether a server was told to follow another one.
fn follows(server: &Container, cluster: &Cluster) -> bool {
    let own = server.ip();
    told(server, cluster).is_some_and(|(host, _)| address_of(server, cluster, &host).is_none_or(|it| it != own))
}

/// The servers of its set that follow it.
fn followers(server: &Container, cluster: &Cluster) -> Vec<Container> {
    let is_own = |master: &Container| master.ip() == server.ip();
    let all = server.members(cluster).into_iter();
    all.filter(|other| other.ip() != server.ip() && master_of(other, cluster).is_some_and(|it| is_own(&it))).collect()
}

/// `role` and `info replication`: `None` for other words.
pub(super) fn answer(server: &Container, cluster: &Cluster, name: &str, rest: &[&str]) -> Option<Reply> {
    let is_info = name == "info" && matches!(rest, [] | ["replication" | "Replication"]);
    if !(is_info || name == "role" && rest.is_empty()) {
        return None;
    }
    if let Some((host, port)) = told(server, cluster).filter(|_| follows(server, cluster)) {
        let link = if master_of(server, cluster).is_some() { "up" } else { "down" };
        return Some(match is_info {
            true => Reply::Status(format!(
                "# Replication\nrole:slave\nmaster_host:{host}\nmaster_port:{port}\nmaster_link_status:{link}\nslave_read_only:1\nconnected_slaves:0"
            )),
            false => {
                let state = if link == "up" { "connected" } else { "connect" };
                Reply::List([String::from("slave"), host, port, state.to_string(), "42".to_string()].to_vec())
            }
        });
    }
    let all = followers(server, cluster);
    let port = |it: &Container| it.own_ports(cluster).first().copied().unwrap_or(6379);
    if !is_info {
        let lines = all.iter().flat_map(|it| [it.ip().to_string(), port(it).to_string(), "42".to_string()]);
        return Some(Reply::List(["master".to_string(), "42".to_string()].into_iter().chain(lines).collect()));
    }
    let mut text = format!("# Replication\nrole:master\nconnected_slaves:{}", all.len());
    for (at, it) in all.iter().enumerate() {
        text.push_str(&format!("\nslave{at}:ip={},port={},state=online,offset=42,lag=0", it.ip(), port(it)));
    }
    text.push_str("\nmaster_failover_state:no-failover");
    Some(Reply::Status(text))
}
