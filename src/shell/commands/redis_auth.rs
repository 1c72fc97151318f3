//! Whether a Redis that has a password answers a client.

use super::asked_server::{self, Asked};
use super::{Arguments, Call};
use crate::cluster::Cluster;
use crate::shell::container::Container;
use crate::shell::images::Family;

/// The password that a server was told, as far as its words and its files of settings say.
fn password(server: &Container, cluster: &Cluster) -> Option<String> {
    let words = [server.words("command"), server.words("args")].concat();
    let by_option = words.windows(2).find(|pair| pair[0] == "--requirepass").map(|pair| pair[1].clone());
    let by_file = || {
        let files = words.iter().filter(|word| word.ends_with(".conf"));
        let texts = files.filter_map(|path| server.read(cluster, path).ok());
        texts
            .filter_map(|text| {
                let line = text.lines().rev().find_map(|line| line.trim().strip_prefix("requirepass "))?;
                Some(line.trim().trim_matches(['"', '\'']).to_string())
            })
            .next()
    };
    by_option.or_else(by_file).filter(|password| !password.is_empty())
}

/// The password that a client was given.
fn given(call: &Call<'_>) -> Option<String> {
    let by_flag = ["-a", "--pass"].iter().find_map(|flag| {
        let at = call.words.iter().position(|word| word == flag)?;
        call.words.get(at + 1).cloned()
    });
    by_flag.or_else(|| call.shell.variable("REDISCLI_AUTH")).filter(|password| !password.is_empty())
}

/// What a client is told instead of an answer. `None` if it may ask.
pub fn refusal(call: &Call<'_>) -> Option<&'static str> {
    if !matches!(call.words.name(), "redis-cli" | "valkey-cli") {
        return None;
    }
    let server = match asked_server::of(call)? {
        Asked::Server(server, _) => *server,
        Asked::Own => call.container.clone(),
        Asked::Nobody(..) | Asked::Outside => return None,
    };
    if server.image.family != Family::Redis || !server.serves(call.cluster) {
        return None;
    }
    let wanted = password(&server, call.cluster)?;
    match given(call) {
        Some(own) if own == wanted => None,
        Some(_) => Some(
            "AUTH failed: WRONGPASS invalid username-password pair or user is disabled.\nNOAUTH Authentication required.\n",
        ),
        None => Some("NOAUTH Authentication required.\n"),
    }
}
