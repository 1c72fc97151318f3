//! Commands about the container itself: its name, its processes, its time; they change nothing.

use super::{Arguments, Call, Outcome};
use crate::model::Millis;
use crate::shell::container::{INSTALLED, PROGRAM};
use crate::shell::images::Family;
use crate::shell::images::package_programs;
use crate::shell::ownership::{User, known_name, number_of};
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
    if let Some(name) = call.words.operands().first() {
        let number = number_of(name);
        user = User { id: number, group: number, ..User::ROOT };
    }
    let named = call.words.operands().first().cloned().filter(|name| name.parse::<i64>().is_err());
    let own = |number| call.container.image.named(number).or_else(|| known_name(number)).map(str::to_string);
    let known_name = |number: i64| named.clone().or_else(|| own(number));
    let shown = |number: i64| known_name(number).map_or_else(|| number.to_string(), |name| format!("{number}({name})"));
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
    let plain = |number: i64| match call.words.has_flag('n') {
        true => call.container.user_name(number),
        false => number.to_string(),
    };
    let has = |flag| call.words.has_flag(flag);
    let text = match (has('u'), has('g'), has('G')) {
        (true, ..) => plain(user.id),
        (_, true, _) => plain(user.group),
        (_, _, true) => list(&plain, " "),
        _ => format!("uid={} gid={} groups={}", shown(user.id), shown(user.group), list(&shown, ",")),
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
    match call.container.image.named(number).or_else(|| known_name(number)) {
        Some(name) => say(call, name),
        None if call.container.image.is_busybox => call.fail(&format!("unknown uid {number}")),
        None => call.fail(&format!("cannot find name for user ID {number}")),
    }
}

/// A time in the words of `strftime`.
pub fn format_time(at: Millis, format: &str) -> String {
    let (long, short) = (at.rfc3339(), at.rfc1123z());
    let part = |from: usize, to: usize| long.get(from..to).unwrap_or("").to_string();
    let words: Vec<&str> = short.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let word = |at: usize| words.get(at).copied().unwrap_or("").to_string();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let text = match chars.next() {
            Some('Y') => part(0, 4),
            Some('m') => part(5, 7),
            Some('d') => part(8, 10),
            Some('e') => format!("{:>2}", part(8, 10).trim_start_matches('0')),
            Some('H') => part(11, 13),
            Some('M') => part(14, 16),
            Some('S') => part(17, 19),
            Some('F') => part(0, 10),
            Some('T') => part(11, 19),
            Some('R') => part(11, 16),
            Some('a') => word(0),
            Some('b' | 'h') => word(2),
            Some('A') => full(DAYS, &word(0)),
            Some('B') => full(MONTHS, &word(2)),
            Some('u') => (at_in(DAYS, &word(0)) + 1).to_string(),
            Some('w') => ((at_in(DAYS, &word(0)) + 1) % 7).to_string(),
            Some('j') => format!("{:03}", day_of_year(&long)),
            Some('I') => format!("{:02}", (part(11, 13).parse::<i64>().unwrap_or(0) + 11) % 12 + 1),
            Some('p') => if part(11, 13).as_str() < "12" { "AM" } else { "PM" }.to_string(),
            Some('D') => format!("{}/{}/{}", part(5, 7), part(8, 10), part(2, 4)),
            Some('C') => part(0, 2),
            Some('t') => "\t".to_string(),
            Some('-') => match chars.next() {
                Some(c) => {
                    let text = format_time(at, &format!("%{c}"));
                    let plain = text.trim_start_matches(['0', ' ']);
                    if plain.is_empty() { "0".to_string() } else { plain.to_string() }
                }
                None => "%-".to_string(),
            },
            Some('y') => part(2, 4),
            Some('Z') => "UTC".to_string(),
            Some('z') => "+0000".to_string(),
            Some('s') => at.unix_millis().div_euclid(1000).to_string(),
            Some('N') => format!("{:03}000000", at.0.rem_euclid(1000)),
            Some('n') => "\n".to_string(),
            Some('%') | None => "%".to_string(),
            Some(c) => format!("%{c}"),
        };
        out.push_str(&text);
    }
    out
}

const DAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Which of these names begins so.
fn at_in(names: &[&str], short: &str) -> usize {
    names.iter().position(|name| name.starts_with(short)).unwrap_or(0)
}

fn full(names: &[&str], short: &str) -> String {
    names.get(at_in(names, short)).map_or_else(String::new, |name| (*name).to_string())
}

/// The number of a day in its year, of `2026-03-01…`.
fn day_of_year(date: &str) -> i64 {
    let number = |from: usize, to: usize| date.get(from..to).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(1);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = usize::try_from(month - 1).unwrap_or(0);
    lengths.iter().take(before).sum::<i64>() + day
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
            let ends = !matches!(signal.trim_start_matches("SIG"), "HUP" | "1" | "0" | "USR1" | "10" | "USR2" | "12");
            if ends {
                let (pod, name) = (other.pod.key(), other.name.clone());
                call.cluster.runtime_mut().end_container(&pod, &name, 0);
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
