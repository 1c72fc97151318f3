//! Commands that ask other pods; no packet leaves.

use super::web_page::is_api;
use super::{Arguments, Call, Outcome};
use crate::cluster::{Cluster, dns};
use crate::model::{Millis, Text};
use crate::shell::addresses::{address_of, containers_at, is_address};
use crate::shell::bound_addresses::are_own_hosts;
use crate::shell::container::Container;
use crate::shell::language::{duration, fail_after};
use crate::shell::reach::{Unreached, reach};
use crate::world::Listener;

/// Whether a name is one of the internet, which is taken to answer.
pub fn is_outside(container: &Container, host: &str) -> bool {
    const ENDS: &[&str] = &[
        "ai", "app", "at", "au", "be", "biz", "br", "ca", "ch", "cloud", "cn", "co", "com", "cz", "de", "dev", "dk",
        "edu", "es", "eu", "fi", "fr", "gov", "in", "info", "io", "it", "jp", "kr", "me", "net", "nl", "no", "org",
        "pl", "pt", "ru", "se", "sh", "tech", "tv", "tw", "ua", "uk", "us", "xyz",
    ];
    let names: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    names.len() > 1 && names.last().is_some_and(|end| ENDS.contains(end)) && !container.resolver().servers.is_empty()
}

/// `ip` and `ifconfig`.
pub fn interfaces(call: &mut Call<'_>) -> Outcome {
    let ip = call.container.ip().to_string();
    let asked = call.words.operands().first().cloned().unwrap_or_default();
    let net = ip.rsplit_once('.').map_or("", |parts| parts.0);
    let text = match call.words.name() {
        "ip" if !asked.is_empty() && "route".starts_with(&asked) => {
            format!("default via {net}.1 dev eth0 \n{net}.0/24 dev eth0 proto kernel scope link src {ip} \n")
        }
        "ip" if !asked.is_empty() && !"address".starts_with(&asked) && !"link".starts_with(&asked) => {
            return Outcome::Assumed;
        }
        "ifconfig" => format!(
            "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet {ip}  netmask 255.255.255.0\n"
        ),
        _ => format!(
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: eth0@if9: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500\n    inet {ip}/24 scope global eth0\n"
        ),
    };
    call.out.push_str(&text);
    Outcome::Exit(0)
}

/// `ping`.
pub fn ping(call: &mut Call<'_>) -> Outcome {
    let count = call.words.option("-c");
    let mut words = call.words.arguments().iter();
    let mut operand = None;
    while let Some(word) = words.next() {
        match word.as_str() {
            "-c" | "-i" | "-w" | "-W" | "-s" | "-I" | "-t" | "-l" | "-p" | "-Q" => _ = words.next(),
            word if word.starts_with('-') => {}
            word => operand = Some(word.to_string()),
        }
    }
    let Some(name) = operand else { return call.fail("usage error: Destination address required") };
    // As a container's own program it goes on until somebody ends it.
    let runs_on = count.is_none() && call.shell.role != crate::shell::language::Role::Other;
    let asked = if runs_on { 1 } else { 4 };
    let count = count.and_then(|text| text.parse::<usize>().ok()).unwrap_or(asked).clamp(1, 20);
    let outside = is_outside(call.container, &name).then(|| dns::OUTSIDE.to_string());
    let Some(address) = address_of(call.container, call.cluster, &name).or(outside) else {
        let message = match call.container.image.is_busybox {
            true => format!("bad address '{name}'"),
            false => format!("{name}: Name or service not known"),
        };
        call.fail(&message);
        return Outcome::Exit(if call.container.image.is_busybox { 1 } else { 2 });
    };
    let is_public =
        is_address(&address) && !["10.", "172.", "192.168.", "127."].iter().any(|own| address.starts_with(own));
    let is_own = address.starts_with("127.") || address == call.container.ip();
    let is_up = is_public || is_own || !containers_at(call.container, call.cluster, &address).is_empty();
    let is_small = call.container.image.has_small_network();
    let mut text = match is_small {
        true => format!("PING {name} ({address}): 56 data bytes\n"),
        false => format!("PING {name} ({address}) 56(84) bytes of data.\n"),
    };
    for at in (1..=count).filter(|_| is_up) {
        text.push_str(&match is_small {
            true => format!("64 bytes from {address}: seq={} ttl=64 time=0.05{} ms\n", at - 1, at % 10),
            false => format!("64 bytes from {address}: icmp_seq={at} ttl=64 time=0.05{} ms\n", at % 10),
        });
    }
    if runs_on {
        call.out.push_str(&text);
        return Outcome::Sleep(crate::shell::FOREVER);
    }
    let received = if is_up { count } else { 0 };
    let loss = if is_up { 0 } else { 100 };
    text.push_str(&format!("\n--- {name} ping statistics ---\n{count} packets transmitted, {received} "));
    text.push_str(&match is_small {
        true => format!("packets received, {loss}% packet loss\n"),
        false => format!("received, {loss}% packet loss, time {}ms\n", (count - 1) * 1000),
    });
    if is_small && is_up {
        let (most, mean) = (if count > 8 { 9 } else { count }, count.min(9).div_ceil(2));
        text.push_str(&format!("round-trip min/avg/max = 0.051/0.05{mean}/0.05{most} ms\n"));
    }
    call.out.push_str(&text);
    Outcome::Exit(i64::from(!is_up))
}

/// Whether somebody answers at an address and a port.
pub fn answers(own: &Container, cluster: &Cluster, address: &str, port: i64) -> bool {
    is_api(cluster, address) && port == 443
        || matches!(reach(own, cluster, address, port), Ok(_) | Err(Unreached::Outside))
}

/// Why there is no answer.
pub(super) enum FetchError {
    Unresolved,
    Refused,
    Unreachable,
    /// A server of another protocol that hangs up.
    Silent,
    /// A server of another protocol that says something.
    Foreign,
}

impl From<Unreached> for FetchError {
    fn from(why: Unreached) -> FetchError {
        match why {
            Unreached::Refused => FetchError::Refused,
            Unreached::Lost | Unreached::Outside => FetchError::Unreachable,
        }
    }
}

/// `nc -z HOST PORT`: whether something listens there. `ruok` and the like are asked of ZooKeeper.
pub fn netcat(call: &mut Call<'_>) -> Outcome {
    let flags_with_value = ["-w", "-p", "-q", "-i", "-s", "-c", "-e", "--sh-exec", "--exec"];
    let mut wait = call.words.option("-w");
    let mut words = call.words.arguments().iter();
    let (mut operands, mut only_looks, mut is_loud, mut listens) = (Vec::new(), false, false, false);
    while let Some(word) = words.next() {
        match word.as_str() {
            word if flags_with_value.contains(&word) => _ = words.next(),
            "--listen" => listens = true,
            word if word.starts_with("--") => {}
            word if word.starts_with('-') => {
                // `-zvw1` and `-zvw 1`.
                if let Some((_, behind)) = word.split_once('w') {
                    let value = if behind.is_empty() { words.next().cloned() } else { Some(behind.to_string()) };
                    wait = value.or(wait);
                }
                only_looks |= word.contains('z');
                is_loud |= word.contains('v');
                listens |= word.contains('l');
            }
            word => operands.push(word.to_string()),
        }
    }
    if listens {
        // It listens for as long as somebody lets it.
        let port = call.words.option("-p").or_else(|| operands.pop()).and_then(|port| port.parse().ok());
        let command = ["-c", "--sh-exec", "-e", "--exec"].iter().find_map(|name| call.words.option(name));
        let command = command.map(Text::from);
        let is_inside_alone = call.words.option("-s").is_some_and(|address| are_own_hosts(&address));
        let listener = port.map(|port| Listener { port, root: None, command, is_inside_alone });
        call.shell.listeners.extend(listener);
        return Outcome::Serves;
    }
    let [host, port, ..] = operands.as_slice() else { return call.fail("missing hostname and port") };
    let Ok(port) = port.parse::<i64>() else { return call.fail(&format!("invalid port {port}")) };
    let Some(address) = address_of(call.container, call.cluster, host) else {
        if is_outside(call.container, host) {
            return Outcome::Exit(0);
        }
        let text = match call.container.image.is_busybox {
            true => format!("bad address '{host}'"),
            false => format!("getaddrinfo for host \"{host}\" port {port}: Name or service not known"),
        };
        return call.fail(&text);
    };
    let is_small = call.container.image.has_small_network();
    let found = answers(call.container, call.cluster, &address, port).then_some(());
    let containers = containers_at(call.container, call.cluster, &address);
    match found {
        None if is_lost(call, &containers, &address, port) && !address.starts_with("127.") && wait.is_some() => {
            let wait = wait.and_then(|text| duration(&text)).unwrap_or(Millis(1000));
            let text = match (is_loud, is_small) {
                (false, _) => String::new(),
                (true, true) => format!("nc: {host} ({address}:{port}): Connection timed out\n"),
                (true, false) => format!("nc: connect to {host} port {port} (tcp) timed out\n"),
            };
            fail_after(call.shell, wait, &text, 1)
        }
        None => {
            if is_loud {
                call.err.push_str(&match is_small {
                    true => format!("nc: {host} ({address}:{port}): Connection refused\n"),
                    false => format!("nc: connect to {host} port {port} (tcp) failed: Connection refused\n"),
                });
            }
            Outcome::Exit(1)
        }
        Some(_) if only_looks => {
            if is_loud {
                call.err.push_str(&match is_small {
                    true => format!("{host} ({address}:{port}) open\n"),
                    false => format!("Connection to {host} ({address}) {port} port [tcp/*] succeeded!\n"),
                });
            }
            Outcome::Exit(0)
        }
        Some(_) => exchange(call, &containers, port),
    }
}

/// Whether nobody answers at an address and a port, not even that nobody listens.
fn is_lost(call: &Call<'_>, containers: &[Container], address: &str, port: i64) -> bool {
    containers.is_empty() || matches!(reach(call.container, call.cluster, address, port), Err(Unreached::Lost))
}

/// What comes in goes to whoever listens there, and what is answered is put out.
fn exchange(call: &mut Call<'_>, containers: &[Container], port: i64) -> Outcome {
    let asked = call.stdin.take().unwrap_or_default();
    let stream =
        containers.iter().find_map(|it| super::super::sql::backup_stream(it, &it.command_behind(call.cluster, port)?));
    if let Some(stream) = stream {
        call.out.push_str(&stream);
        return Outcome::Exit(0);
    }
    let said = containers.iter().filter(|it| it.serves(call.cluster)).find_map(|server| {
        let text = server.image.raw_answer(asked.trim())?;
        if text.contains("{mode}") && super::zookeeper::mode(server, call.cluster).is_none() {
            return Some("This ZooKeeper instance is not currently serving requests\n".to_string());
        }
        Some(super::fill(server, call.cluster, text))
    });
    match said {
        Some(text) => {
            call.out.push_str(&text);
            Outcome::Exit(0)
        }
        None => Outcome::Assumed,
    }
}
