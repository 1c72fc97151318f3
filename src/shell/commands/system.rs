//! Commands about the container itself: its name, its processes, its time; they change nothing.

use super::{Arguments, Call, Outcome};
use crate::shell::container::{INSTALLED, PROGRAM};
use crate::shell::images::Family;
use crate::shell::images::package_programs;
use crate::shell::ownership::User;
use crate::shell::time_format::format_time;
use crate::world::disk::Owner;

/// Says a fixed line.
pub fn say(call: &mut Call<'_>, text: &str) -> Outcome {
    call.out.push_str(&format!("{text}\n"));
    Outcome::Exit(0)
}

/// `hostname`.
pub fn hostname(call: &mut Call<'_>) -> Outcome {
    let container = call.container;
    let text = match call.words.arguments().first().map(String::as_str) {
        None => container.hostname().to_string(),
        Some("-f" | "--fqdn" | "--long" | "-A") => container.full_hostname(),
        Some("-i" | "-I" | "--ip-address" | "--all-ip-addresses") => container.ip().to_string(),
        Some("-s" | "--short") => container.hostname().to_string(),
        Some("-d" | "--domain") => {
            container.full_hostname().split_once('.').map(|pair| pair.1.to_string()).unwrap_or_default()
        }
        Some(flag) if flag.starts_with('-') => {
            return call.fail(&format!("invalid option -- '{}'", flag.trim_start_matches('-')));
        }
        Some(_) => return call.fail("you must be root to change the host name"),
    };
    say(call, &text)
}

/// `id`.
pub fn id(call: &mut Call<'_>) -> Outcome {
    let mut user = call.container.user().clone();
    let named = call.words.operands().first().cloned();
    if let Some(name) = &named {
        user = match (call.container.account(call.cluster, name), call.container.user_number(call.cluster, name)) {
            (Some(account), _) => call.container.as_account(call.cluster, &account),
            (None, Some(number)) if name.parse::<i64>().is_err() => User { id: number, group: number, ..User::ROOT },
            _ if call.container.image.is_busybox => return call.fail(&format!("unknown user {name}")),
            _ => return call.fail(&format!("‘{name}’: no such user")),
        };
    }
    let shown = |number: i64, is_group: bool| {
        let own = match is_group {
            true => call.container.group_name(call.cluster, number),
            false => call.container.user_name(call.cluster, number),
        };
        let name = named.clone().filter(|name| name.parse::<i64>().is_err() && own == number.to_string());
        let name = name.unwrap_or(own);
        if name == number.to_string() { name } else { format!("{number}({name})") }
    };
    let mut groups = user.more.clone();
    // BusyBox's own image has root in one more group.
    if user.id == 0 && call.container.image.family == Family::Busybox {
        groups.push(10);
    }
    let at = if call.container.image.is_busybox { groups.partition_point(|group| *group < user.group) } else { 0 };
    groups.insert(at, user.group);
    let list = |each: &dyn Fn(i64) -> String, separator: &str| {
        groups.iter().map(|group| each(*group)).collect::<Vec<_>>().join(separator)
    };
    let plain = |number: i64, is_group: bool| match (call.words.has_flag('n'), is_group) {
        (true, true) => call.container.group_name(call.cluster, number),
        (true, false) => call.container.user_name(call.cluster, number),
        (false, _) => number.to_string(),
    };
    let has = |flag| call.words.has_flag(flag);
    let text = match (has('u'), has('g'), has('G')) {
        (true, ..) => plain(user.id, false),
        (_, true, _) => plain(user.group, true),
        (_, _, true) => list(&|group| plain(group, true), " "),
        _ => {
            let groups = list(&|group| shown(group, true), ",");
            format!("uid={} gid={} groups={groups}", shown(user.id, false), shown(user.group, true))
        }
    };
    say(call, &text)
}

/// `groups`.
pub fn groups(call: &mut Call<'_>) -> Outcome {
    let words = ["id", "-G", "-n"].map(str::to_string);
    let mut inner = call.with_words(&words);
    let outcome = id(&mut inner);
    let out = std::mem::take(&mut inner.out);
    call.out.push_str(&out);
    outcome
}

/// `whoami`.
pub fn whoami(call: &mut Call<'_>) -> Outcome {
    let number = call.container.user().id;
    match call.container.account(call.cluster, &number.to_string()).map(|account| account.name) {
        Some(name) => say(call, &name),
        None if call.container.image.is_busybox => call.fail(&format!("unknown uid {number}")),
        None => call.fail(&format!("cannot find name for user ID {number}")),
    }
}

/// Whether a signal ends a server.
fn ends_by(signal: &str) -> bool {
    !matches!(signal.trim_start_matches("SIG"), "HUP" | "1" | "0" | "USR1" | "10" | "USR2" | "12" | "WINCH" | "28")
}

/// `kill`: the container's first process takes signals if it is a server; no other lives longer than a line.
pub fn kill(call: &mut Call<'_>) -> Outcome {
    let (mut signal, mut pids) = ("TERM".to_string(), Vec::new());
    let mut words = call.words.arguments().iter();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            Some("s" | "n") => signal = words.next().cloned().unwrap_or_default(),
            Some(name) if pids.is_empty() && !name.is_empty() => signal = name.to_string(),
            _ => pids.push(word.clone()),
        }
    }
    if pids.is_empty() {
        let usage = "usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]";
        call.fail(usage);
        return Outcome::Exit(2);
    }
    let mut exit = 0;
    for pid in pids {
        if let Some(other) = pid.parse().ok().and_then(|pid| call.container.behind_process(call.cluster, pid)) {
            if ends_by(&signal) {
                let (pod, name) = (other.pod.key(), other.name.clone());
                call.cluster.runtime_mut().end_container(&pod, &name, 0);
            }
            continue;
        }
        let number: i64 = pid.parse().unwrap_or(0);
        let is_servers = call.container.serves(call.cluster)
            && (number == call.container.server_number(call.cluster)
                || number > 1 && call.container.processes(call.cluster).iter().any(|it| it.pid == number));
        if pid != "1" && is_servers {
            if ends_by(&signal) {
                call.container.end_server(call.cluster, call.container.image.stop_code());
            }
            continue;
        }
        if pid != "1" {
            let text = call.shell.kind.complain(&format!("kill: ({pid}) - No such process"));
            call.err.push_str(&text);
            exit = 1;
            continue;
        }
        // The kernel keeps what its first process has no handler for from it, also the signals that kill all others.
        let ends = matches!(signal.trim_start_matches("SIG"), "TERM" | "15" | "INT" | "2" | "QUIT" | "3");
        if ends && call.container.serves(call.cluster) {
            let (pod, name) = (call.container.pod.key(), call.container.name.clone());
            call.cluster.runtime_mut().end_container(&pod, &name, 0);
        }
    }
    Outcome::Exit(exit)
}

/// `uname`.
pub fn uname(call: &mut Call<'_>) -> Outcome {
    let host = call.container.hostname().to_string();
    match () {
        () if call.words.has_flag('a') => say(call, &format!("Linux {host} 6.8.0 #1 SMP x86_64 GNU/Linux")),
        () if call.words.has_flag('n') => say(call, &host),
        () if call.words.has_flag('r') => say(call, "6.8.0"),
        () if call.words.has_flag('m') => say(call, "x86_64"),
        () => say(call, "Linux"),
    }
}

/// `uptime`.
pub fn uptime(call: &mut Call<'_>) -> Outcome {
    let minutes = (call.cluster.now() - call.container.started).whole_seconds() / 60;
    let time = format_time(call.cluster.now(), "%T");
    say(call, &format!(" {time} up {minutes} min,  0 users,  load average: 0.05, 0.03, 0.00"))
}

/// `free [-b|-k|-m|-g|-h]`.
pub fn free(call: &mut Call<'_>) -> Outcome {
    const TOTAL: i64 = 8_131_072;
    let numbers = [TOTAL, 1_624_032, 4_265_344, 3_268, 2_241_696, 6_215_168];
    let shown = |kib: i64| match () {
        () if call.words.has_flag('h') && kib >= 1 << 20 => {
            format!("{}.{}Gi", kib >> 20, ((kib & 0xf_ffff) * 10) >> 20)
        }
        () if call.words.has_flag('h') && kib == 0 => "0B".to_string(),
        () if call.words.has_flag('h') => format!("{}.{}Mi", kib >> 10, ((kib & 0x3ff) * 10) >> 10),
        () if call.words.has_flag('b') => (kib * 1024).to_string(),
        () if call.words.has_flag('m') => (kib >> 10).to_string(),
        () if call.words.has_flag('g') => (kib >> 20).to_string(),
        () => kib.to_string(),
    };
    let line = |name: &str, numbers: &[i64]| {
        let cells: String = numbers.iter().map(|number| format!(" {:>11}", shown(*number))).collect();
        format!("{name:<8}{cells}\n")
    };
    call.out.push_str("               total        used        free      shared  buff/cache   available\n");
    call.out.push_str(&line("Mem:", &numbers));
    call.out.push_str(&line("Swap:", &[0, 0, 0]));
    Outcome::Exit(0)
}

/// `nginx -v`, `nginx -t`, `nginx -s reload`.
pub fn nginx(call: &mut Call<'_>) -> Outcome {
    const FINE: &str = "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n";
    let version = call.container.image.full_version();
    // The files that it is to read may stand before what it is asked.
    let asked = ["-v", "-V", "-t", "-tq", "-T", "-s", "-h", "-?"];
    match call.words.arguments().iter().map(String::as_str).find(|word| asked.contains(word)) {
        Some("-h" | "-?") => call.err.push_str(&format!("nginx version: nginx/{version}\nUsage: nginx [-?hvVtTq] [-s signal] [-p prefix] [-e filename] [-c filename] [-g directives]\n")),
        Some("-v" | "-V") => call.err.push_str(&format!("nginx version: nginx/{version}\n")),
        Some("-t" | "-tq" | "-T") if call.container.web_refusal(call.cluster).is_some() => {
            let why = call.container.web_refusal(call.cluster).unwrap_or_default();
            call.err.push_str(&format!("nginx: [emerg] {why}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n"));
            return Outcome::Exit(1);
        }
        Some("-t") => call.err.push_str(FINE),
        Some("-T") => {
            call.err.push_str(FINE);
            let folder = call.container.list(call.cluster, "/etc/nginx/conf.d").unwrap_or_default();
            let more = folder.into_iter().map(|file| format!("/etc/nginx/conf.d/{}", file.0));
            for path in std::iter::once("/etc/nginx/nginx.conf".to_string()).chain(more) {
                let text = call.read(&path).unwrap_or_default();
                call.out.push_str(&format!("# configuration file {path}:\n{text}\n"));
            }
        }
        Some("-s" | "-tq") => {}
        _ => return Outcome::Serves,
    }
    Outcome::Exit(0)
}

/// `apt`, `apt-get` and `apk`: there is nothing to install from.
pub fn packages(call: &mut Call<'_>) -> Outcome {
    match call.words.operands().first().map(String::as_str) {
        Some("update") => say(call, "Reading package lists... Done"),
        Some("install" | "add") => {
            let names: Vec<String> = call.words.operands().into_iter().skip(1).collect();
            // What a package brings is called as the package is, as far as anybody here knows.
            _ = call.container.make_directory(call.cluster, INSTALLED, true);
            for name in &names {
                let name = name.split(['=', '<', '>', '~', ':', '@']).next().unwrap_or(name);
                for program in package_programs(name).unwrap_or_else(|| vec![name]) {
                    let path = format!("/usr/bin/{program}");
                    if !program.contains('/') && call.container.lookup(call.cluster, &path).is_none() {
                        _ = call.container.write(call.cluster, &path, PROGRAM, false);
                        _ = call.container.give(call.cluster, &path, Owner::root(0o755));
                    }
                }
            }
            let text = format!(
                "This simulated container installs nothing: what it can do is already there (type `help`).\nSkipped: {}",
                names.join(" ")
            );
            say(call, &text)
        }
        _ => say(call, "This simulated container installs nothing: what it can do is already there (type `help`)."),
    }
}

/// `sysctl`: only a privileged container may set what is the machine's.
pub fn sysctl(call: &mut Call<'_>) -> Outcome {
    let words = call.words.arguments().to_vec();
    let sets = words.iter().any(|word| word.contains('=') && !word.starts_with('-'));
    if sets && !call.container.is_privileged() {
        let named = words.iter().find_map(|word| word.split_once('=')).map_or("", |pair| pair.0.trim());
        return match call.container.image.is_busybox {
            true => call.fail(&format!("error setting key '{named}': Read-only file system")),
            false => call.fail(&format!("setting key \"{named}\": Read-only file system")),
        };
    }
    for word in words.iter().filter(|word| !word.starts_with('-')) {
        let (name, value) = word.split_once('=').map_or((word.as_str(), None), |pair| (pair.0, Some(pair.1)));
        let value =
            value.map(str::to_string).or_else(|| call.read(&format!("/proc/sys/{}", name.replace('.', "/"))).ok());
        if let Some(value) = value.filter(|_| !call.words.has_flag('q')) {
            let value = value.trim().to_string();
            call.out.push_str(&if call.words.has_flag('n') {
                format!("{value}\n")
            } else {
                format!("{name} = {value}\n")
            });
        }
    }
    Outcome::Exit(0)
}
