//! What Redis' client asks of a server: keys with texts and lists, kept with the server's data, and a few words about it.

use super::redis_reply::{Reply, shown};
use super::stored_keys::server;
use super::{Arguments, Call, Outcome, redis_cluster, redis_replication};
use crate::cluster::Cluster;
use crate::shell::container::Container;
use crate::shell::images::Family;
use crate::shell::server_files::KEPT;
use crate::world::disk::{Entry, Owner};

/// The flags of the client that a value follows.
const VALUED: &[&str] = &["-h", "-p", "-a", "-u", "-n", "-r", "-i", "-s", "-t", "--user", "--pass", "--cacert"];
/// The longest list.
const ITEMS_MAX: usize = 10_000;
/// What a key's file begins with when it is a list.
const LIST: &str = "\u{1}list\n";

const WRONG_TYPE: Reply = Reply::Error("WRONGTYPE Operation against a key holding the wrong kind of value");
const NO_NUMBER: Reply = Reply::Error("ERR value is not an integer or out of range");

/// A value under a key.
enum Kept {
    Text(String),
    List(Vec<String>),
}

/// The words behind the client's own flags.
pub(super) fn asked(words: &[String]) -> Vec<String> {
    let mut rest = words.arguments().iter().peekable();
    while let Some(word) = rest.next_if(|word| word.starts_with('-') && !word.starts_with("--cluster")) {
        if VALUED.contains(&word.as_str()) {
            rest.next();
        }
    }
    rest.cloned().collect()
}

/// Carries out what the client asks. `None` if this lab does not know it, or nobody answers.
pub fn run(call: &mut Call<'_>) -> Option<Outcome> {
    if !matches!(call.words.name(), "redis-cli" | "valkey-cli" | "keydb-cli") {
        return None;
    }
    let words = asked(call.words);
    // Whom it asks then stands behind its own word.
    if words.first().is_some_and(|word| word == "--cluster") {
        return redis_cluster::run(call, &words);
    }
    let server = server(call).filter(|server| server.image.family == Family::Redis)?;
    let name = words.first()?.to_ascii_lowercase();
    let rest: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    if let Some(refusal) = redis_replication::refusal(&server, call.cluster, &name) {
        call.out.push_str(refusal);
        return Some(Outcome::Exit(0));
    }
    let reply = redis_cluster::answer(call, &server, &name, &rest)
        .or_else(|| redis_replication::answer(&server, call.cluster, &name, &rest));
    // What it follows is what it has.
    let server = redis_replication::master_of(&server, call.cluster).unwrap_or(server);
    let reply = reply
        .or_else(|| about_server(&server, call.cluster, &name, &rest))
        .or_else(|| about_key(&server, call.cluster, &name, &rest))?;
    let has_terminal = call.shell.streams.tty && call.destination.is_none() && call.stdin.is_none();
    let text = shown(&reply, has_terminal);
    call.out.push_str(&text);
    Some(Outcome::Exit(0))
}

fn about_server(server: &Container, cluster: &mut Cluster, name: &str, rest: &[&str]) -> Option<Reply> {
    Some(match (name, rest) {
        ("ping", []) => Reply::Status("PONG".to_string()),
        ("ping" | "echo", [text]) => Reply::Bulk(Some((*text).to_string())),
        ("select", [_]) => Reply::Status("OK".to_string()),
        ("dbsize", []) => Reply::Number(i64::try_from(keys(server, cluster).len()).unwrap_or(i64::MAX)),
        ("keys", [pattern]) => {
            let all = keys(server, cluster).into_iter();
            Reply::List(all.filter(|key| crate::shell::language::matches_glob(pattern, key)).collect())
        }
        ("flushall" | "flushdb", _) => {
            for key in keys(server, cluster) {
                forget(server, cluster, &key);
            }
            Reply::Status("OK".to_string())
        }
        ("save", []) => Reply::Status("OK".to_string()),
        ("bgsave", []) => Reply::Status("Background saving started".to_string()),
        _ => return None,
    })
}

fn about_key(server: &Container, cluster: &mut Cluster, name: &str, rest: &[&str]) -> Option<Reply> {
    if matches!(name, "del" | "unlink" | "exists") && !rest.is_empty() {
        let found = rest.iter().filter(|key| find(server, cluster, key).is_some()).count();
        if name != "exists" {
            rest.iter().for_each(|key| forget(server, cluster, key));
        }
        return Some(Reply::Number(i64::try_from(found).unwrap_or(i64::MAX)));
    }
    let (key, more) = rest.split_first()?;
    let kept = find(server, cluster, key);
    if name == "type" && more.is_empty() {
        let kind = match kept {
            None => "none",
            Some(Kept::Text(_)) => "string",
            Some(Kept::List(_)) => "list",
        };
        return Some(Reply::Status(kind.to_string()));
    }
    match name {
        "rpush" | "lpush" | "lrange" | "llen" | "lpop" | "rpop" | "lindex" => {
            let items = match kept {
                None => Vec::new(),
                Some(Kept::List(items)) => items,
                Some(Kept::Text(_)) => return Some(WRONG_TYPE),
            };
            about_list(server, cluster, name, key, more, items)
        }
        // A set has no order: what is put in it is no list.
        "set" if !more.is_empty() => {
            if more.get(1).is_some_and(|option| option.eq_ignore_ascii_case("nx")) && kept.is_some() {
                return Some(Reply::Bulk(None));
            }
            keep(server, cluster, key, &Kept::Text(more[0].to_string()));
            Some(Reply::Status("OK".to_string()))
        }
        "get" | "strlen" | "append" | "incr" | "decr" | "incrby" | "decrby" => {
            let text = match kept {
                None => None,
                Some(Kept::Text(text)) => Some(text),
                Some(Kept::List(_)) => return Some(WRONG_TYPE),
            };
            about_text(server, cluster, name, key, more, text)
        }
        _ => None,
    }
}

fn about_text(
    server: &Container,
    cluster: &mut Cluster,
    name: &str,
    key: &str,
    more: &[&str],
    text: Option<String>,
) -> Option<Reply> {
    let length = |text: &str| Reply::Number(i64::try_from(text.len()).unwrap_or(i64::MAX));
    Some(match (name, more) {
        ("get", []) => Reply::Bulk(text),
        ("strlen", []) => length(text.as_deref().unwrap_or("")),
        ("append", [more]) => {
            let whole = text.unwrap_or_default() + more;
            keep(server, cluster, key, &Kept::Text(whole.clone()));
            length(&whole)
        }
        ("incr" | "decr", []) | ("incrby" | "decrby", [_]) => {
            let step = more.first().map_or(Some(1), |step| step.parse::<i64>().ok());
            let now = text.as_deref().map_or(Some(0), |text| text.parse::<i64>().ok());
            let (Some(step), Some(now)) = (step, now) else { return Some(NO_NUMBER) };
            let sum = if name.starts_with("incr") { now.checked_add(step) } else { now.checked_sub(step) };
            let Some(sum) = sum else { return Some(NO_NUMBER) };
            keep(server, cluster, key, &Kept::Text(sum.to_string()));
            Reply::Number(sum)
        }
        _ => return None,
    })
}

fn about_list(
    server: &Container,
    cluster: &mut Cluster,
    name: &str,
    key: &str,
    more: &[&str],
    mut items: Vec<String>,
) -> Option<Reply> {
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let place = |text: &str| text.parse::<i64>().ok().map(|at| if at < 0 { at + count } else { at });
    Some(match (name, more) {
        ("llen", []) => Reply::Number(count),
        ("rpush" | "lpush", [_, ..]) => {
            for item in more.iter().take(ITEMS_MAX.saturating_sub(items.len())) {
                let at = if name == "rpush" { items.len() } else { 0 };
                items.insert(at, (*item).to_string());
            }
            let length = Reply::Number(i64::try_from(items.len()).unwrap_or(i64::MAX));
            keep(server, cluster, key, &Kept::List(items));
            length
        }
        ("lpop" | "rpop", []) => {
            let item = match name {
                "rpop" => items.pop(),
                _ if items.is_empty() => None,
                _ => Some(items.remove(0)),
            };
            keep(server, cluster, key, &Kept::List(items));
            Reply::Bulk(item)
        }
        ("lindex", [at]) => Reply::Bulk(items.get(usize::try_from(place(at)?).ok()?).cloned()),
        ("lrange", [from, to]) => {
            let (Some(from), Some(to)) = (place(from), place(to)) else { return Some(NO_NUMBER) };
            let from = usize::try_from(from.max(0)).unwrap_or(0);
            let end = usize::try_from((to + 1).clamp(0, count)).unwrap_or(0);
            Reply::List(items.get(from..end).unwrap_or(&[]).to_vec())
        }
        _ => return None,
    })
}

fn path_of(key: &str) -> String {
    format!("{KEPT}/{}", key.replace('/', "%"))
}

fn keys(server: &Container, cluster: &Cluster) -> Vec<String> {
    let below = format!("{KEPT}/");
    let all = cluster.disks().tree(&server.data_disk()).into_iter().flatten();
    let keys = all.filter(|(_, node)| matches!(node.entry, Entry::File(_)));
    keys.filter_map(|(path, _)| Some(path.strip_prefix(&below)?.replace('%', "/"))).collect()
}

fn find(server: &Container, cluster: &Cluster, key: &str) -> Option<Kept> {
    let Entry::File(text) = &cluster.disks().get(&server.data_disk(), &path_of(key))?.entry else { return None };
    Some(match text.strip_prefix(LIST) {
        Some(items) => Kept::List(items.split('\n').map(|item| item.replace('\u{1}', "\n")).collect()),
        None => Kept::Text(text.to_string()),
    })
}

fn keep(server: &Container, cluster: &mut Cluster, key: &str, value: &Kept) {
    let text = match value {
        Kept::Text(text) => text.clone(),
        Kept::List(items) if items.is_empty() => return forget(server, cluster, key),
        Kept::List(items) => {
            let lines: Vec<String> = items.iter().map(|item| item.replace('\n', "\u{1}")).collect();
            format!("{LIST}{}", lines.join("\n"))
        }
    };
    let now = cluster.now();
    cluster.disks_mut().put(&server.data_disk(), &path_of(key), Entry::File(text.into()), now, Owner::root(0o600));
}

fn forget(server: &Container, cluster: &mut Cluster, key: &str) {
    cluster.disks_mut().remove(&server.data_disk(), &path_of(key));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_own_flags_stand_first() {
        let words: Vec<String> = "redis-cli -h redis -p 6379 lrange job2 0 -1".split(' ').map(str::to_string).collect();
        assert_eq!(asked(&words), ["lrange", "job2", "0", "-1"]);
    }
}
