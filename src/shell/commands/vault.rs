//! `vault`: what HashiCorp's Vault is asked and told. A server that is not told to be one for development begins sealed,
//! until somebody has initialized it and given it its keys.

use super::asked_server::{self, Asked};
use super::vault_state::{GIVEN, Made, Vault, keep, leader, seal_status};
use super::{Arguments, Call, Outcome, address_of, containers_at};
use crate::cluster::Cluster;
use crate::model::Millis;
use crate::shell::container::Container;
use crate::shell::identifiers::hex_digits;
use crate::shell::language::ShellKind;
use crate::shell::server_files::KEPT;
use crate::world::disk::{Entry, Owner};

/// How many keys are made, and how many open it, if nobody says.
const SHARES: (usize, usize) = (5, 3);

/// `vault …`; `None` for what this lab does not know of it.
pub(super) fn run(call: &mut Call<'_>) -> Option<Outcome> {
    let server = match asked_server::of(call)? {
        Asked::Own => call.container.clone(),
        Asked::Server(server, _) => *server,
        Asked::Nobody(..) | Asked::Outside => return None,
    };
    let vault = Vault::of(&server, call.cluster)?;
    let words: Vec<String> = call.words.operands();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["status", ..] => Some(status(call, &vault)),
        ["operator", "init", ..] => Some(init(call, &vault)),
        ["operator", "unseal", rest @ ..] => Some(unseal(call, &vault, rest.first().copied())),
        ["operator", "seal", ..] => {
            let (layer, now) = (server.layer(), call.cluster.now());
            let empty = Entry::File("".into());
            call.cluster.disks_mut().put(&layer, GIVEN, empty, now, Owner::root(0o600));
            call.out.push_str("Success! Vault is sealed.\n");
            Some(Outcome::Exit(0))
        }
        ["operator", "raft", "join", address, ..] => Some(join(call, &vault, address)),
        ["operator", "raft", "list-peers", ..] if !vault.is_sealed() => Some(list_peers(call, &vault)),
        ["version" | "server" | "agent" | "proxy" | "print" | "path-help", ..] | [] => None,
        [first, ..] if vault.is_sealed() => Some(sealed(call, &vault, first)),
        _ => None,
    }
}

fn is_json(call: &Call<'_>) -> bool {
    let by_variable = call.shell.variable("VAULT_FORMAT").is_some_and(|format| format == "json");
    by_variable || call.words.iter().any(|word| matches!(word.trim_start_matches('-'), "format=json"))
}

/// What it says to everything else while it is sealed.
fn sealed(call: &mut Call<'_>, vault: &Vault<'_>, word: &str) -> Outcome {
    let why = if vault.is_initialized() { "Vault is sealed" } else { "server is not yet initialized" };
    let path = if word == "login" { "auth/token/lookup-self" } else { word };
    call.err.push_str(&format!(
        "Error making API request.\n\nURL: GET http://127.0.0.1:8200/v1/{path}\nCode: 503. Errors:\n\n* {why}\n"
    ));
    Outcome::Exit(2)
}

/// The rows of `vault status`.
fn rows(vault: &Vault<'_>, cluster: &Cluster) -> Vec<(&'static str, String)> {
    let (shares, threshold, given) = vault.counts();
    let mut rows = vec![
        ("Seal Type", "shamir".to_string()),
        ("Initialized", vault.is_initialized().to_string()),
        ("Sealed", vault.is_sealed().to_string()),
        ("Total Shares", shares.to_string()),
        ("Threshold", threshold.to_string()),
    ];
    if vault.is_sealed() {
        rows.push(("Unseal Progress", format!("{given}/{threshold}")));
        rows.push(("Unseal Nonce", if given > 0 { nonce(vault) } else { "n/a".to_string() }));
    }
    rows.push(("Version", vault.server.image.full_version()));
    rows.push(("Build Date", "n/a".to_string()));
    rows.push(("Storage Type", vault.storage().to_string()));
    if !vault.is_sealed() {
        let id = hex_digits("vault", 8);
        rows.push(("Cluster Name", format!("vault-cluster-{id}")));
    }
    rows.push(("HA Enabled", vault.has_others().to_string()));
    if vault.has_others() && !vault.is_sealed() {
        let leader = leader(vault, cluster).unwrap_or_else(|| vault.server.clone());
        let is_leader = leader.pod.meta.uid == vault.server.pod.meta.uid;
        rows.push(("HA Cluster", format!("https://{}:8201", short_name(&leader))));
        rows.push(("HA Mode", if is_leader { "active" } else { "standby" }.to_string()));
        match is_leader {
            true => rows.push(("Active Since", vault.opened.unwrap_or(Millis::ZERO).rfc3339())),
            false => rows.push(("Active Node Address", format!("http://{}:8200", leader.ip()))),
        }
    }
    rows
}

/// `vault-0.vault-internal`.
fn short_name(server: &Container) -> String {
    let subdomain = server.pod.str_at(&["spec", "subdomain"]);
    let name = server.hostname();
    if subdomain.is_empty() { name } else { format!("{name}.{subdomain}") }
}

fn nonce(vault: &Vault<'_>) -> String {
    let digits = hex_digits(&format!("nonce{}", vault.server.pod.meta.uid), 32);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("");
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// `vault status`: 2 is the exit code of a sealed one.
fn status(call: &mut Call<'_>, vault: &Vault<'_>) -> Outcome {
    let rows = rows(vault, call.cluster);
    let text = if is_json(call) { seal_status(vault) } else { table(&rows) };
    call.out.push_str(&text);
    Outcome::Exit(if vault.is_sealed() { 2 } else { 0 })
}

fn table(rows: &[(&'static str, String)]) -> String {
    let width = rows.iter().map(|row| row.0.len()).max().unwrap_or(0).max(3);
    let head = format!("{:<width$}    Value\n{:<width$}    -----\n", "Key", "---");
    rows.iter().fold(head, |text, (name, value)| text + &format!("{name:<width$}    {value}\n"))
}

/// A number behind a flag: `-key-shares=1`.
fn number(call: &Call<'_>, names: &[&str], usual: usize) -> usize {
    let values = call.words.iter().filter_map(|word| word.trim_start_matches('-').split_once('='));
    values.filter(|pair| names.contains(&pair.0)).find_map(|pair| pair.1.parse().ok()).unwrap_or(usual)
}

/// `vault operator init`.
fn init(call: &mut Call<'_>, vault: &Vault<'_>) -> Outcome {
    let is_asked = call.words.iter().any(|word| matches!(word.trim_start_matches('-'), "status"));
    if is_asked {
        let text = if vault.is_initialized() { "Vault is initialized\n" } else { "Vault is not initialized\n" };
        call.out.push_str(text);
        return Outcome::Exit(if vault.is_initialized() { 0 } else { 2 });
    }
    if vault.is_initialized() {
        call.err.push_str("Error initializing: Error making API request.\n\nURL: PUT http://127.0.0.1:8200/v1/sys/init\nCode: 400. Errors:\n\n* Vault is already initialized\n");
        return Outcome::Exit(2);
    }
    let shares = number(call, &["key-shares", "n", "recovery-shares"], SHARES.0).clamp(1, 255);
    let usual = if shares == 1 { 1 } else { SHARES.1 };
    let threshold = number(call, &["key-threshold", "t", "recovery-threshold"], usual).clamp(1, shares);
    let uid = vault.server.pod.meta.uid.clone();
    let made = Made {
        threshold,
        keys: (1..=shares).map(|at| hex_digits(&format!("key{at}{uid}"), 64)).collect(),
        token: format!("hvs.{}", hex_digits(&format!("token{uid}"), 24)),
    };
    keep(call.cluster, vault.server, &made);
    let text = if is_json(call) { init_json(&made) } else { init_text(&made) };
    call.out.push_str(&text);
    Outcome::Exit(0)
}

/// A key as it is shown: 44 letters of base 64.
fn shown(key: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u32> =
        (0..key.len() / 2).filter_map(|at| u32::from_str_radix(key.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    let letter = |value: u32| LETTERS.get((value & 63) as usize).map_or('A', |letter| char::from(*letter));
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let part = |at: usize| three.get(at).copied().unwrap_or(0);
        let whole = part(0) << 16 | part(1) << 8 | part(2);
        let signs = [letter(whole >> 18), letter(whole >> 12), letter(whole >> 6), letter(whole)];
        text.extend(signs.iter().take(three.len() + 1));
        text.extend(std::iter::repeat_n('=', 3 - three.len()));
    }
    text
}

fn init_text(made: &Made) -> String {
    let keys: String =
        made.keys.iter().enumerate().map(|(at, key)| format!("Unseal Key {}: {}\n", at + 1, shown(key))).collect();
    let (count, needed) = (made.keys.len(), made.threshold);
    format!(
        "{keys}\nInitial Root Token: {}\n\nVault initialized with {count} key shares and a key threshold of {needed}. Please securely\ndistribute the key shares printed above. When the Vault is re-sealed,\nrestarted, or stopped, you must supply at least {needed} of these keys to unseal it\nbefore it can start servicing requests.\n\nVault does not store the generated root key. Without at least {needed} keys to\nreconstruct the root key, Vault will remain permanently sealed!\n\nIt is possible to generate new unseal keys, provided you have a quorum of\nexisting unseal keys shares. See \"vault operator rekey\" for more information.\n",
        made.token
    )
}

fn init_json(made: &Made) -> String {
    let list = |each: &dyn Fn(&String) -> String| {
        made.keys.iter().map(|key| format!("    \"{}\"", each(key))).collect::<Vec<_>>().join(",\n")
    };
    format!(
        "{{\n  \"unseal_keys_b64\": [\n{}\n  ],\n  \"unseal_keys_hex\": [\n{}\n  ],\n  \"unseal_shares\": {},\n  \"unseal_threshold\": {},\n  \"recovery_keys_b64\": [],\n  \"recovery_keys_hex\": [],\n  \"recovery_keys_shares\": 0,\n  \"recovery_keys_threshold\": 0,\n  \"root_token\": \"{}\"\n}}\n",
        list(&|key| shown(key)),
        list(&String::clone),
        made.keys.len(),
        made.threshold,
        made.token
    )
}

/// `vault operator unseal [KEY]`.
fn unseal(call: &mut Call<'_>, vault: &Vault<'_>, key: Option<&str>) -> Outcome {
    let Some(key) = key.map(str::to_string).or_else(|| call.stdin.take().map(|text| text.trim().to_string())) else {
        return ask_for_key(call);
    };
    let server = vault.server.clone();
    let Some(made) = vault.made.clone() else {
        call.err.push_str("Error unsealing: Error making API request.\n\nURL: PUT http://127.0.0.1:8200/v1/sys/unseal\nCode: 400. Errors:\n\n* Vault is not initialized\n");
        return Outcome::Exit(2);
    };
    if let Some(known) = made.keys.iter().find(|known| **known == key || shown(known) == key) {
        if vault.is_sealed() && !vault.given.contains(known) {
            let mut given = vault.given.clone();
            given.push(known.clone());
            let (layer, now) = (server.layer(), call.cluster.now());
            call.cluster.disks_mut().put(&layer, GIVEN, Entry::File(given.join("\n").into()), now, Owner::root(0o600));
        }
    } else {
        call.err.push_str("Error unsealing: Error making API request.\n\nURL: PUT http://127.0.0.1:8200/v1/sys/unseal\nCode: 400. Errors:\n\n* 'key' must be a valid hex or base64 string\n");
        return Outcome::Exit(2);
    }
    if let Some(vault) = Vault::of(&server, call.cluster) {
        let rows = rows(&vault, call.cluster);
        let text = if is_json(call) { seal_status(&vault) } else { table(&rows) };
        call.out.push_str(&text);
    }
    Outcome::Exit(0)
}

/// Without a key it asks the person at the terminal for one.
fn ask_for_key(call: &mut Call<'_>) -> Outcome {
    let Some(mut child) = call.shell.program(ShellKind::Bash) else { return Outcome::Exit(254) };
    child.load("read -rsp 'Unseal Key (will be hidden): ' key; echo; exec vault operator unseal \"$key\"");
    Outcome::Shell(Box::new(child))
}

/// `vault operator raft join ADDRESS`: takes over what the other was initialized with.
fn join(call: &mut Call<'_>, vault: &Vault<'_>, address: &str) -> Outcome {
    let host = address.split_once("://").map_or(address, |pair| pair.1);
    let host = host.split([':', '/']).next().unwrap_or(host);
    let found = address_of(call.container, call.cluster, host);
    let others = found.map(|address| containers_at(call.container, call.cluster, &address)).unwrap_or_default();
    let made = others.iter().find_map(|other| Vault::of(other, call.cluster)?.made);
    let server = vault.server.clone();
    let Some(made) = made.filter(|_| vault.storage() == "raft") else {
        call.err.push_str("Error joining the node to the Raft cluster: Error making API request.\n\nURL: POST http://127.0.0.1:8200/v1/sys/storage/raft/join\nCode: 500. Errors:\n\n* failed to join raft cluster: failed to join any raft leader node\n");
        return Outcome::Exit(2);
    };
    let (disk, now) = (server.data_disk(), call.cluster.now());
    let entry = Entry::File(made.text().into());
    call.cluster.disks_mut().put(&disk, &format!("{KEPT}/vault"), entry, now, Owner::root(0o600));
    call.out.push_str("Key       Value\n---       -----\nJoined    true\n");
    Outcome::Exit(0)
}

/// `vault operator raft list-peers`.
fn list_peers(call: &mut Call<'_>, vault: &Vault<'_>) -> Outcome {
    let leader = leader(vault, call.cluster);
    let members = vault.server.members(call.cluster);
    let opened = members.iter().filter(|member| Vault::of(member, call.cluster).is_some_and(|it| !it.is_sealed()));
    let mut text = format!(
        "{:<11}{:<31}{:<12}Voter\n{:<11}{:<31}{:<12}-----\n",
        "Node", "Address", "State", "----", "-------", "-----"
    );
    for member in opened {
        let is_leader = leader.as_ref().is_some_and(|leader| leader.pod.meta.uid == member.pod.meta.uid);
        let state = if is_leader { "leader" } else { "follower" };
        text.push_str(&format!(
            "{:<11}{:<31}{state:<12}true\n",
            member.hostname(),
            format!("{}:8201", short_name(member))
        ));
    }
    call.out.push_str(&text);
    Outcome::Exit(0)
}
