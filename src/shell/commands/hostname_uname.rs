//! `hostname`, `uname`, `uptime`, `free` and `sysctl`: the container's name and its machine.

use super::{Arguments, Call, Outcome};
use crate::shell::time_format::format_time;

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

/// `pwd` as a program.
pub(super) fn pwd(call: &mut Call<'_>) -> Outcome {
    let directory = call.shell.directory.clone();
    say(call, &directory)
}

/// `tty`: the terminal that somebody types at.
pub(super) fn tty(call: &mut Call<'_>) -> Outcome {
    let is_terminal = call.shell.streams.tty;
    say(call, if is_terminal { "/dev/pts/0" } else { "not a tty" });
    Outcome::Exit(i64::from(!is_terminal))
}
