//! Commands that ask the cluster's DNS: `nslookup`, `dig`, `host`, `getent`.

use super::format_time;
use super::hostname_uname::say;
use super::{Arguments, Call, Outcome};
use crate::cluster::Cluster;
use crate::cluster::dns::{self, Answer, QueryKind, Record};
use crate::model::{Kind, Text};
use crate::shell::addresses::is_address;
use crate::shell::images::Family;

/// The address of the DNS server.
fn server(cluster: &Cluster) -> String {
    let service = cluster.find(Kind::Service, &"kube-system".into(), &"kube-dns".into());
    let address = service.map_or("", |service| service.str_at(&["spec", "clusterIP"]));
    if address.is_empty() { dns::SERVER.to_string() } else { address.to_string() }
}

fn reversed(address: &str) -> String {
    let parts: Vec<&str> = address.split('.').rev().collect();
    format!("{}.in-addr.arpa", parts.join("."))
}

fn kind_of(word: &str) -> Option<QueryKind> {
    match word.to_ascii_lowercase().as_str() {
        "a" | "any" => Some(QueryKind::A),
        "aaaa" => Some(QueryKind::Aaaa),
        "srv" => Some(QueryKind::Srv),
        "ptr" => Some(QueryKind::Ptr),
        _ => None,
    }
}

/// `nslookup`.
pub fn nslookup(call: &mut Call<'_>) -> Outcome {
    let operands = call.words.operands();
    let Some(name) = operands.first().cloned() else {
        return call.fail("usage: nslookup NAME: give a name or an address");
    };
    let kind = call.words.arguments().iter().find_map(|word| {
        let value = ["-type=", "-query=", "-q=", "-querytype="].iter().find_map(|flag| word.strip_prefix(flag))?;
        kind_of(value)
    });
    let image = &call.container.image;
    if image.family == Family::Busybox && matches!(image.version.as_str(), "1.28" | "1.28.4" | "1.27" | "1.26") {
        return old_nslookup(call, &name);
    }
    let server = server(call.cluster);
    let port_mark = if image.has_small_network() { ":" } else { "#" };
    call.out.push_str(&format!("Server:\t\t{server}\nAddress:\t{server}{port_mark}53\n\n"));
    if is_address(&name) {
        return reverse_lookup(call, &name);
    }
    let kind = kind.unwrap_or(QueryKind::A);
    let found = call.container.find_name(call.cluster, &name, kind);
    if found.is_none() && super::is_outside(call.container, &name) {
        call.out.clear();
        return Outcome::Assumed;
    }
    let Some((full, answer)) = found else {
        let shown = name.trim_end_matches('.');
        call.out.push_str(&format!("** server can't find {shown}: NXDOMAIN\n\n"));
        return Outcome::Exit(1);
    };
    let Answer::Records { answers, additional } = answer else { return Outcome::Exit(1) };
    if answers.is_empty() {
        call.out.push_str(&format!("*** Can't find {name}: No answer\n\n"));
        return Outcome::Exit(1);
    }
    let is_alias = matches!(answers.first(), Some(Record::Cname { .. }));
    let is_small = call.container.image.has_small_network();
    for record in answers {
        call.out.push_str(&match record {
            Record::A { address, name } => {
                let name = if is_alias { &name } else { &full };
                format!("Name:\t{name}\nAddress: {address}\n")
            }
            Record::Cname { name, target } => {
                format!("{name}\tcanonical name = {target}{}\n", if is_small { "" } else { "." })
            }
            Record::Srv { name, weight, port, target } => format!("{name}\tservice = 0 {weight} {port} {target}.\n"),
            Record::Ptr { name, target } => format!("{name}\tname = {target}.\n"),
        });
    }
    if kind == QueryKind::Srv && !additional.is_empty() {
        call.out.push_str("\nAuthoritative answers can be found from:\n");
        for record in additional {
            if let Record::A { name, address } = record {
                call.out.push_str(&format!("Name:\t{name}\nAddress: {address}\n"));
            }
        }
    }
    call.out.push('\n');
    Outcome::Exit(0)
}

fn reverse_lookup(call: &mut Call<'_>, address: &str) -> Outcome {
    // The answer to an address comes without the server's lines, except in BusyBox.
    if !call.container.image.has_small_network() {
        call.out.clear();
    }
    let name = reversed(address);
    match dns::query(call.cluster, &name, QueryKind::Ptr) {
        Answer::Records { answers, .. } => {
            for record in answers {
                if let Record::Ptr { name, target } = record {
                    let dot = if call.container.image.is_busybox { "" } else { "." };
                    call.out.push_str(&format!("{name}\tname = {target}{dot}\n"));
                }
            }
            call.out.push('\n');
            Outcome::Exit(0)
        }
        Answer::NxDomain => {
            call.out.push_str(&format!("** server can't find {name}: NXDOMAIN\n\n"));
            Outcome::Exit(1)
        }
    }
}

/// BusyBox 1.28, which the official tutorials use.
fn old_nslookup(call: &mut Call<'_>, name: &str) -> Outcome {
    let server = server(call.cluster);
    call.out.push_str(&format!("Server:    {server}\nAddress 1: {server} kube-dns.kube-system.svc.{}\n\n", dns::ZONE));
    let addresses = if is_address(name) {
        vec![Text::new(name)]
    } else {
        let found = call.container.find_name(call.cluster, name, QueryKind::A);
        found.map(|found| found.1.addresses()).unwrap_or_default()
    };
    if addresses.is_empty() {
        call.err.push_str(&format!("nslookup: can't resolve '{name}'\n"));
        return Outcome::Exit(1);
    }
    call.out.push_str(&format!("Name:      {name}\n"));
    for (at, address) in addresses.iter().enumerate() {
        let back = match dns::query(call.cluster, &reversed(address), QueryKind::Ptr) {
            Answer::Records { answers, .. } => match answers.into_iter().next() {
                Some(Record::Ptr { target, .. }) => format!(" {target}"),
                _ => String::new(),
            },
            Answer::NxDomain => String::new(),
        };
        call.out.push_str(&format!("Address {}: {address}{back}\n", at + 1));
    }
    Outcome::Exit(0)
}

/// `dig`.
pub fn dig(call: &mut Call<'_>) -> Outcome {
    let words = call.words.arguments().to_vec();
    let has = |flag: &str| words.iter().any(|word| word == flag);
    let (mut name, mut kind) = (String::new(), None);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        match word.as_str() {
            "-x" => {
                name = words.get(at).map(|address| reversed(address)).unwrap_or_default();
                kind = Some(QueryKind::Ptr);
                at += 1;
            }
            "-t" => {
                kind = words.get(at).and_then(|word| kind_of(word));
                at += 1;
            }
            word if word.starts_with(['+', '-', '@']) => {}
            word if kind.is_none() && kind_of(word).is_some() => kind = kind_of(word),
            word => name = word.trim_end_matches('.').to_string(),
        }
    }
    let kind = kind.unwrap_or(QueryKind::A);
    let found = match has("+search") {
        true => call.container.find_name(call.cluster, &name, kind),
        false => None,
    };
    let (full, answer) = found.unwrap_or_else(|| (name.clone(), dns::query(call.cluster, &name, kind)));
    let (answers, additional, status) = match answer {
        Answer::NxDomain => (Vec::new(), Vec::new(), "NXDOMAIN"),
        Answer::Records { answers, additional } => (answers, additional, "NOERROR"),
    };
    if has("+short") {
        for record in &answers {
            let line = match record {
                Record::A { address, .. } => address.to_string(),
                Record::Ptr { target, .. } | Record::Cname { target, .. } => format!("{target}."),
                Record::Srv { weight, port, target, .. } => format!("0 {weight} {port} {target}."),
            };
            call.out.push_str(&format!("{line}\n"));
        }
        return Outcome::Exit(0);
    }
    let lines = |records: &[Record]| records.iter().map(record_line).collect::<String>();
    if has("+noall") {
        call.out.push_str(&lines(&answers));
        return Outcome::Exit(0);
    }
    let server = server(call.cluster);
    let kind_name = match kind {
        QueryKind::A => "A",
        QueryKind::Aaaa => "AAAA",
        QueryKind::Ptr => "PTR",
        QueryKind::Srv => "SRV",
    };
    let mut text = format!("\n; <<>> DiG 9.18.28 <<>> {}\n;; global options: +cmd\n;; Got answer:\n", words.join(" "));
    text.push_str(&format!(
        ";; ->>HEADER<<- opcode: QUERY, status: {status}, id: 4711\n;; flags: qr aa rd; QUERY: 1, ANSWER: {}, AUTHORITY: 0, ADDITIONAL: {}\n;; WARNING: recursion requested but not available\n\n",
        answers.len(),
        additional.len() + 1
    ));
    text.push_str(&format!(";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n;{full}.\t\tIN\t{kind_name}\n\n"));
    for (title, records) in [("ANSWER", &answers), ("ADDITIONAL", &additional)] {
        if !records.is_empty() {
            text.push_str(&format!(";; {title} SECTION:\n{}\n", lines(records)));
        }
    }
    let when = format_time(call.cluster.now(), "%a %b %d %H:%M:%S UTC %Y");
    text.push_str(&format!(
        ";; Query time: 0 msec\n;; SERVER: {server}#53({server}) (UDP)\n;; WHEN: {when}\n;; MSG SIZE  rcvd: 107\n\n"
    ));
    call.out.push_str(&text);
    Outcome::Exit(0)
}

fn record_line(record: &Record) -> String {
    match record {
        Record::A { name, address } => format!("{name}.\t30\tIN\tA\t{address}\n"),
        Record::Cname { name, target } => format!("{name}.\t30\tIN\tCNAME\t{target}.\n"),
        Record::Ptr { name, target } => format!("{name}.\t30\tIN\tPTR\t{target}.\n"),
        Record::Srv { name, weight, port, target } => format!("{name}.\t30\tIN\tSRV\t0 {weight} {port} {target}.\n"),
    }
}

/// `host`.
pub fn host(call: &mut Call<'_>) -> Outcome {
    let operands = call.words.operands();
    let Some(name) = operands.first().cloned() else { return call.fail("usage: host NAME") };
    let full = if is_address(&name) { reversed(&name) } else { name.clone() };
    let kind = if is_address(&name) { QueryKind::Ptr } else { QueryKind::A };
    let Some((full, Answer::Records { answers, .. })) = call.container.find_name(call.cluster, &full, kind) else {
        let shown = if is_address(&name) { format!("{}.", reversed(&name)) } else { name };
        call.out.push_str(&format!("Host {shown} not found: 3(NXDOMAIN)\n"));
        return Outcome::Exit(1);
    };
    let is_alias = matches!(answers.first(), Some(Record::Cname { .. }));
    for record in answers {
        call.out.push_str(&match record {
            Record::A { address, name } => {
                format!("{} has address {address}\n", if is_alias { &name } else { &full })
            }
            Record::Cname { name, target } => format!("{name} is an alias for {target}.\n"),
            Record::Ptr { name, target } => format!("{name} domain name pointer {target}.\n"),
            Record::Srv { weight, port, target, .. } => format!("{full} has SRV record 0 {weight} {port} {target}.\n"),
        });
    }
    Outcome::Exit(0)
}

/// `getent hosts NAME`.
pub fn getent(call: &mut Call<'_>) -> Outcome {
    let operands = call.words.operands();
    let [database, name, ..] = operands.as_slice() else { return call.fail("usage: getent hosts NAME") };
    match database.as_str() {
        "passwd" | "group" => {
            let text = call.read(&format!("/etc/{database}")).unwrap_or_default();
            let fits = |line: &&str| {
                let mut fields = line.split(':');
                fields.next() == Some(name) || fields.nth(1) == Some(name)
            };
            return match text.lines().find(fits) {
                Some(line) => say(call, line),
                // Whom `id` takes to be there is there.
                None if !call.container.image.is_known() => Outcome::Assumed,
                None => Outcome::Exit(2),
            };
        }
        "hosts" | "ahosts" | "ahostsv4" | "ahostsv6" => {}
        // Services, protocols and the like.
        _ => return Outcome::Assumed,
    }
    if name == "localhost" {
        return say(call, "::1             localhost ip6-localhost ip6-loopback");
    }
    let found = call.container.find_name(call.cluster, name, QueryKind::A);
    if found.is_none() && super::is_outside(call.container, name) {
        return Outcome::Assumed;
    }
    let own = (*name == call.container.hostname()).then(|| call.container.full_hostname());
    if let Some(address) = call.container.alias_address(name) {
        return say(call, &format!("{address:<15} {name}"));
    }
    match (found, own) {
        (_, Some(full)) => say(call, &format!("{:<15} {full}", call.container.ip())),
        (Some((full, answer)), None) => {
            let meant = answer.meant_name().unwrap_or(&full);
            let names = if *meant == full { full.clone() } else { format!("{meant} {name}") };
            for address in answer.addresses() {
                call.out.push_str(&format!("{address:<15} {names}\n"));
            }
            Outcome::Exit(0)
        }
        (None, None) => Outcome::Exit(2),
    }
}
