//! A cluster of Redis servers: how its client makes one, and what a server says of it afterwards.

use super::redis_reply::Reply;
use super::{Call, Outcome};
use crate::cluster::Cluster;
use crate::shell::container::Container;
use crate::shell::identifiers::hex_digits;
use crate::shell::language::{Program, Talker};
use crate::shell::server_files::KEPT;
use crate::world::disk::{Entry, Owner};

/// How many slots the keys of a cluster fall into.
const SLOTS: usize = 16_384;
/// Where a server keeps who is in its cluster, beside its keys: a line for each, as `ADDRESS MASTER`.
const MEMBERS: &str = "cluster-members";
/// What comes of the question whether a cluster may be made.
const ANSWER: &str = "--cluster-answer";

/// A server of a cluster.
struct Member {
    address: String,
    /// The address of the one that it follows; its own if it leads.
    master: String,
}

impl Member {
    fn id(&self) -> String {
        id_of(&self.address)
    }

    fn leads(&self) -> bool {
        self.master == self.address
    }
}

/// A server's own number, 40 signs, made of its address.
fn id_of(address: &str) -> String {
    hex_digits(address, 40)
}

/// Whether a server was told to be one of a cluster.
fn is_enabled(server: &Container, cluster: &Cluster) -> bool {
    let words = server.server_words(cluster);
    let by_option = words.windows(2).any(|pair| pair[0] == "--cluster-enabled" && pair[1] == "yes");
    let has_line = |path: &String| {
        let text = server.read(cluster, path).unwrap_or_default();
        text.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == ["cluster-enabled", "yes"])
    };
    by_option
        || words
            .iter()
            .flat_map(|word| word.split_whitespace())
            .any(|word| word.ends_with(".conf") && has_line(&word.trim_matches(['"', '\'']).to_string()))
}

/// How a server says that it runs: as one of a cluster, or alone.
pub fn mode(server: &Container, cluster: &Cluster) -> &'static str {
    if is_enabled(server, cluster) { "cluster" } else { "standalone" }
}

fn members_of(server: &Container, cluster: &Cluster) -> Vec<Member> {
    let found = cluster.disks().get(&server.data_disk(), &format!("{KEPT}-{MEMBERS}"));
    let Some(Entry::File(text)) = found.map(|node| &node.entry) else { return Vec::new() };
    let members = text.lines().filter_map(|line| line.split_once(' '));
    members.map(|(address, master)| Member { address: address.to_string(), master: master.to_string() }).collect()
}

/// The slots of the masters, in order, as `first-last`.
fn slots(at: usize, masters: usize) -> (usize, usize) {
    let edge = |at: usize| (at * SLOTS + masters / 2) / masters.max(1);
    (edge(at), edge(at + 1).saturating_sub(1))
}

/// `redis-cli --cluster …`. `None` if this lab does not know what is asked.
pub(super) fn run(call: &mut Call<'_>, words: &[String]) -> Option<Outcome> {
    match words.get(1).map(String::as_str)? {
        "create" => create(call, words),
        _ => Some(Outcome::AssumedOver),
    }
}

fn create(call: &mut Call<'_>, words: &[String]) -> Option<Outcome> {
    let value = |flag: &str| words.iter().position(|word| word == flag).and_then(|at| words.get(at + 1));
    let replicas: usize = value("--cluster-replicas").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut addresses: Vec<String> = Vec::new();
    let mut rest = words.iter().skip(2);
    while let Some(word) = rest.next() {
        match word.as_str() {
            ANSWER => break,
            "--cluster-replicas" | "-a" => _ = rest.next(),
            "--cluster-yes" => {}
            word if word.contains(':') => addresses.extend(word.split_whitespace().map(str::to_string)),
            _ => return None,
        }
    }
    let masters = addresses.len() / (replicas + 1);
    if masters < 3 {
        call.out.push_str(&format!(
            "*** ERROR: Invalid configuration for cluster creation.\n*** Redis Cluster requires at least 3 master nodes.\n*** This is not possible with {} nodes and {replicas} replicas per node.\n*** At least {} nodes are required.\n",
            addresses.len(),
            3 * (replicas + 1)
        ));
        return Some(Outcome::Exit(1));
    }
    let servers: Vec<Option<Container>> = addresses.iter().map(|address| server_at(call, address)).collect();
    if let Some(at) = servers.iter().position(Option::is_none) {
        let address = addresses.get(at).map_or("", String::as_str);
        call.out.push_str(&format!("Could not connect to Redis at {address}: Connection refused\n"));
        return Some(Outcome::Exit(1));
    }
    let servers: Vec<Container> = servers.into_iter().flatten().collect();
    let alone = servers.iter().zip(&addresses).find(|(server, _)| !is_enabled(server, call.cluster));
    if let Some((_, address)) = alone {
        call.out.push_str(&format!("[ERR] Node {address} is not configured as a cluster node.\n"));
        return Some(Outcome::Exit(1));
    }
    if servers.iter().any(|server| !members_of(server, call.cluster).is_empty()) {
        let address = addresses.first().map_or("", String::as_str);
        call.out.push_str(&format!(
            "[ERR] Node {address} is not empty. Either the node already knows other nodes (check with CLUSTER NODES) or contains some key in database 0.\n"
        ));
        return Some(Outcome::Exit(1));
    }
    let members = plan(&addresses, masters);
    let answer = match value(ANSWER) {
        Some(answer) => Some(answer.clone()),
        None if words.iter().any(|word| word == "--cluster-yes") => Some("yes".to_string()),
        None => call.stdin.take().map(|text| text.trim().to_string()),
    };
    let has_asked = value(ANSWER).is_some();
    if !has_asked {
        let text = proposal(&members, masters);
        call.out.push_str(&text);
    }
    match answer {
        Some(answer) if answer == "yes" => {
            let text = make(call, &members, &servers, masters);
            call.out.push_str(&text);
            Some(Outcome::Exit(0))
        }
        Some(_) => Some(Outcome::Exit(1)),
        None if call.shell.streams.stdin => Some(Outcome::Launch(Box::new(Program::Talker(Box::new(Talker {
            words: call.words.iter().cloned().chain([ANSWER.to_string()]).collect(),
            prompt: "Can I set the above configuration? (type 'yes' to accept): ".to_string(),
            is_once: true,
            ..Talker::default()
        }))))),
        None => Some(Outcome::Exit(1)),
    }
}

/// Who leads and who follows whom.
fn plan(addresses: &[String], masters: usize) -> Vec<Member> {
    let member = |(at, address): (usize, &String)| {
        // The first replica is of the first master, and so on.
        let leader = if at < masters { at } else { (at - masters) % masters };
        let master = addresses.get(leader).unwrap_or(address).clone();
        Member { address: address.clone(), master }
    };
    addresses.iter().enumerate().map(member).collect()
}

fn proposal(members: &[Member], masters: usize) -> String {
    let mut text = format!(">>> Performing hash slots allocation on {} nodes...\n", members.len());
    for at in 0..masters {
        let (first, last) = slots(at, masters);
        text.push_str(&format!("Master[{at}] -> Slots {first} - {last}\n"));
    }
    for member in members.iter().filter(|member| !member.leads()) {
        text.push_str(&format!("Adding replica {} to {}\n", member.address, member.master));
    }
    text.push_str(&listed(members, masters, false));
    text
}

fn listed(members: &[Member], masters: usize, is_checked: bool) -> String {
    let mut text = String::new();
    for (at, member) in members.iter().enumerate() {
        let master = id_of(&member.master);
        match member.leads() {
            true => {
                let (first, last) = slots(at, masters);
                let count = last + 1 - first;
                text.push_str(&format!(
                    "M: {} {}\n   slots:[{first}-{last}] ({count} slots) master\n",
                    member.id(),
                    member.address
                ));
                let replicas = members.iter().filter(|it| !it.leads() && it.master == member.address).count();
                if is_checked && replicas > 0 {
                    text.push_str(&format!("   {replicas} additional replica(s)\n"));
                }
            }
            false if is_checked => {
                text.push_str(&format!(
                    "S: {} {}\n   slots: (0 slots) slave\n   replicates {master}\n",
                    member.id(),
                    member.address
                ));
            }
            false => text.push_str(&format!("S: {} {}\n   replicates {master}\n", member.id(), member.address)),
        }
    }
    text
}

fn make(call: &mut Call<'_>, members: &[Member], servers: &[Container], masters: usize) -> String {
    let lines: String = members.iter().map(|member| format!("{} {}\n", member.address, member.master)).collect();
    let now = call.cluster.now();
    for server in servers {
        let entry = Entry::File(lines.clone().into());
        let path = format!("{KEPT}-{MEMBERS}");
        call.cluster.disks_mut().put(&server.data_disk(), &path, entry, now, Owner::root(0o600));
    }
    let first = members.first().map_or("", |member| member.address.as_str());
    format!(
        ">>> Nodes configuration updated\n>>> Assign a different config epoch to each node\n>>> Sending CLUSTER MEET messages to join the cluster\nWaiting for the cluster to join\n.\n>>> Performing Cluster Check (using node {first})\n{}[OK] All nodes agree about slots configuration.\n>>> Check for open slots...\n>>> Check slots coverage...\n[OK] All {SLOTS} slots covered.\n",
        listed(members, masters, true)
    )
}

/// The server behind an address with a port.
fn server_at(call: &Call<'_>, address: &str) -> Option<Container> {
    let (host, port) = address.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let ip = super::address_of(call.container, call.cluster, host)?;
    let all = super::containers_at(call.container, call.cluster, &ip);
    all.into_iter().find(|it| it.listens_on(call.cluster, port))
}

/// What a server says of itself: `None` for other words.
pub(super) fn answer(call: &Call<'_>, server: &Container, name: &str, rest: &[&str]) -> Option<Reply> {
    let cluster = &*call.cluster;
    let members = members_of(server, cluster);
    let of_server = |member: &&Member| member.address.rsplit_once(':').is_some_and(|(host, _)| host == server.ip());
    let own = members.iter().find(of_server);
    match (name, rest) {
        ("role", []) if !members.is_empty() => Some(Reply::List(match own.filter(|own| !own.leads()) {
            Some(own) => {
                let (host, port) = own.master.rsplit_once(':').unwrap_or((&own.master, "6379"));
                ["slave", host, port, "connected", "42"].map(str::to_string).to_vec()
            }
            None => {
                let own = own.map_or("", |own| own.address.as_str());
                let replicas = members.iter().filter(|it| !it.leads() && it.master == own);
                let lines = replicas.filter_map(|it| it.address.rsplit_once(':'));
                let lines = lines.flat_map(|(host, port)| [host.to_string(), port.to_string(), "42".to_string()]);
                ["master", "42"].map(str::to_string).into_iter().chain(lines).collect()
            }
        })),
        ("cluster", [_, ..]) if !is_enabled(server, cluster) => {
            Some(Reply::Error("ERR This instance has cluster support disabled"))
        }
        ("cluster", [what]) if what.eq_ignore_ascii_case("info") => {
            let masters = members.iter().filter(|member| member.leads()).count();
            let (state, assigned) = if members.is_empty() { ("fail", 0) } else { ("ok", SLOTS) };
            let known = members.len().max(1);
            Some(Reply::Status(format!(
                "cluster_state:{state}\ncluster_slots_assigned:{assigned}\ncluster_slots_ok:{assigned}\ncluster_slots_pfail:0\ncluster_slots_fail:0\ncluster_known_nodes:{known}\ncluster_size:{masters}\ncluster_current_epoch:{known}\ncluster_my_epoch:1"
            )))
        }
        ("cluster", [what]) if what.eq_ignore_ascii_case("nodes") => {
            let masters = members.iter().filter(|member| member.leads()).count();
            let line = |(at, member): (usize, &Member)| {
                let myself = if own.is_some_and(|own| own.address == member.address) { "myself," } else { "" };
                let port = member.address.rsplit_once(':').and_then(|pair| pair.1.parse::<i64>().ok()).unwrap_or(6379);
                let head = format!("{} {}@{}", member.id(), member.address, port + 10_000);
                match member.leads() {
                    true => {
                        let (first, last) = slots(at, masters);
                        format!("{head} {myself}master - 0 0 {} connected {first}-{last}", at + 1)
                    }
                    false => format!("{head} {myself}slave {} 0 0 {} connected", id_of(&member.master), at + 1),
                }
            };
            Some(Reply::Status(match members.is_empty() {
                true => format!("{} :6379@16379 myself,master - 0 0 0 connected", id_of(server.ip())),
                false => members.iter().enumerate().map(line).collect::<Vec<_>>().join("\n"),
            }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_shared_out_whole() {
        assert_eq!([slots(0, 3), slots(1, 3), slots(2, 3)], [(0, 5460), (5461, 10922), (10923, 16383)]);
    }

    #[test]
    fn a_server_has_a_number_of_its_own() {
        assert_eq!(id_of("10.0.0.1:6379").len(), 40);
        assert_ne!(id_of("10.0.0.1:6379"), id_of("10.0.0.2:6379"));
    }
}
