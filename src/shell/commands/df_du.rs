//! `df`, `du` and `mount`: what is mounted, and how full it is.

use super::cut_join::Given;
use super::{Arguments, Call, Outcome};
use crate::model::claim::capacity;
use crate::model::{Kind, Quantity, pod};
use crate::shell::container::Found;
use crate::shell::ownership::{capabilities, capability};

/// `df`.
pub fn df(call: &mut Call<'_>) -> Outcome {
    let is_human = call.words.has_flag('h');
    let heading = if is_human { "Size  Used Avail Use%" } else { "1K-blocks    Used Available Use%" };
    call.out.push_str(&format!("Filesystem      {heading} Mounted on\n"));
    let row = |size_kib: i64, used_kib: i64| {
        let free = (size_kib - used_kib).max(0);
        let percent = if size_kib > 0 { used_kib * 100 / size_kib } else { 0 };
        match is_human {
            true => format!("{:>4}  {:>4}  {:>4} {percent:>3}%", human(size_kib), human(used_kib), human(free)),
            false => format!("{size_kib:>9} {used_kib:>7} {free:>9} {percent:>3}%"),
        }
    };
    call.out.push_str(&format!("overlay         {} /\n", row(61_202_244, 18_360_673)));
    let wanted: Vec<String> = call.words.operands().iter().map(|name| call.shell.path(name)).collect();
    let mounts = shown_mounts(call, &wanted);
    if !mounts.is_empty() && !wanted.is_empty() {
        let heading_end = call.out.find('\n').map_or(0, |end| end + 1);
        call.out.truncate(heading_end);
    }
    for (path, volume, is_memory) in mounts {
        let limit = if is_memory { memory_size_kib(call, &volume) } else { claim_size_kib(call, &volume) };
        let size = limit.unwrap_or(if is_memory { 8_131_072 } else { 61_202_244 });
        let used = used_kib(call, &path) - if is_memory { 4 } else { 0 };
        let name = if is_memory { "tmpfs" } else { "/dev/vda1" };
        call.out.push_str(&format!("{name:<15} {} {path}\n", row(size, used)));
    }
    Outcome::Exit(0)
}

/// The mounts that hold these paths, or all: path, volume, and whether it is in memory.
fn shown_mounts(call: &Call<'_>, wanted: &[String]) -> Vec<(String, String, bool)> {
    let holds =
        |mount: &str, path: &str| path == mount || path.starts_with(&format!("{}/", mount.trim_end_matches('/')));
    let all = call.container.mounts();
    let chosen = |path: &String| all.iter().find(|mount| holds(&mount.path, path)).map(|mount| mount.path.clone());
    let chosen: Vec<String> = wanted.iter().filter_map(chosen).collect();
    let mounts = all.iter().rev().filter(|mount| !mount.is_device);
    let mounts = mounts.filter(|mount| wanted.is_empty() || chosen.contains(&mount.path));
    mounts.map(|mount| (mount.path.clone(), mount.volume.clone(), mount.is_memory)).collect()
}

/// The size of an `emptyDir` in memory: its limit, if it has one.
fn memory_size_kib(call: &Call<'_>, volume: &str) -> Option<i64> {
    let volumes = pod::volumes(&call.container.pod);
    let volume = volumes.iter().find(|found| found.str_at(&["name"]) == volume)?;
    let limit = Quantity::parse(volume.str_at(&["emptyDir", "sizeLimit"])).ok()?;
    Some(limit.value() / 1024)
}

/// Sizes as GNU's programs write them: rounded up, with one place behind the point below ten.
fn human(kib: i64) -> String {
    let scaled = |unit: i64, letter: char| match (kib * 10 + unit - 1) / unit {
        tenths if tenths < 100 => format!("{}.{}{letter}", tenths / 10, tenths % 10),
        _ => format!("{}{letter}", (kib + unit - 1) / unit),
    };
    match kib {
        0 => "0".to_string(),
        kib if kib >= 1024 * 1024 => scaled(1024 * 1024, 'G'),
        kib if kib >= 1024 => scaled(1024, 'M'),
        _ => scaled(1, 'K'),
    }
}

fn claim_size_kib(call: &Call<'_>, volume: &str) -> Option<i64> {
    let volumes = pod::volumes(&call.container.pod);
    let volume = volumes.iter().find(|found| found.str_at(&["name"]) == volume)?;
    let claim = pod::claim_name(volume)?;
    let claim = call.cluster.find(Kind::PersistentVolumeClaim, call.container.namespace(), claim)?;
    let text = capacity(claim);
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = text.get(..end)?.parse::<i64>().ok()?;
    let factor = match text.get(end..)? {
        "Ki" => 1,
        "Mi" => 1024,
        "Gi" => 1024 * 1024,
        "Ti" => 1024 * 1024 * 1024,
        "M" => 977,
        "G" => 976_563,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// How `du` was asked.
struct Shown {
    /// Whether files have lines of their own.
    has_files: bool,
    /// How deep below an operand something has a line of its own.
    depth: u32,
    /// How many KiB make one of the shown size; `None`: with a letter.
    unit: Option<i64>,
}

impl Shown {
    fn line(&self, kib: i64, name: &str) -> String {
        let size = self.unit.map_or_else(|| human(kib), |unit| (kib + unit - 1).div_euclid(unit).to_string());
        format!("{size}\t{name}\n")
    }

    /// Adds the lines of a directory, what is in it first. Returns how many KiB it has.
    fn directory(&self, call: &Call<'_>, (name, path): (&str, &str), depth: u32, out: &mut String) -> i64 {
        let mut total = 4;
        for (entry, found) in call.container.list(call.cluster, path).unwrap_or_default() {
            let below = |place: &str| format!("{}/{entry}", place.trim_end_matches('/'));
            let (name, path) = (below(name), below(path));
            if found.is_directory() && found.link.is_none() && depth < 20 {
                total += self.directory(call, (&name, &path), depth + 1, out);
                continue;
            }
            let kib = kib_of(&found);
            total += kib;
            if self.has_files && depth < self.depth {
                out.push_str(&self.line(kib, &name));
            }
        }
        if depth <= self.depth {
            out.push_str(&self.line(total, name));
        }
        total
    }
}

/// How many KiB a directory has in all.
fn used_kib(call: &Call<'_>, path: &str) -> i64 {
    let shown = Shown { has_files: false, depth: 0, unit: Some(1) };
    shown.directory(call, ("", path), 0, &mut String::new())
}

fn kib_of(found: &Found) -> i64 {
    i64::try_from(found.size().div_ceil(4096) * 4).unwrap_or(0)
}

/// `du [-s] [-a] [-c] [-h] [-k] [-m] [-d DEPTH] [FILE…]`.
pub fn du(call: &mut Call<'_>) -> Outcome {
    let long = [
        ("summarize", 's'),
        ("all", 'a'),
        ("total", 'c'),
        ("human-readable", 'h'),
        ("max-depth", 'd'),
        ("exclude", 'E'),
        ("block-size", 'B'),
    ];
    let given = Given::of(call.words, "dBtXE", &long);
    let unit = match (given.has('h'), given.has('m') || matches!(given.value('B'), Some("M" | "1M"))) {
        (true, _) => None,
        (false, is_mib) => Some(if is_mib { 1024 } else { 1 }),
    };
    let depth = if given.has('s') { 0 } else { given.number('d').unwrap_or(usize::MAX) };
    let shown = Shown { has_files: given.has('a'), depth: u32::try_from(depth).unwrap_or(u32::MAX), unit };
    let mut operands = given.operands.clone();
    if operands.is_empty() {
        operands.push(".".to_string());
    }
    let (mut code, mut total) = (0, 0);
    for name in operands {
        let path = call.shell.path(&name);
        let Some(found) = call.container.lookup_itself(call.cluster, &path) else {
            call.fail(&match call.container.image.is_busybox {
                true => format!("{name}: No such file or directory"),
                false => format!("cannot access '{name}': No such file or directory"),
            });
            code = 1;
            continue;
        };
        let mut out = String::new();
        if found.is_directory() {
            total += shown.directory(call, (&name, &path), 0, &mut out);
        } else {
            total += kib_of(&found);
            out = shown.line(kib_of(&found), &name);
        }
        call.out.push_str(&out);
    }
    if given.has('c') {
        call.out.push_str(&shown.line(total, "total"));
    }
    Outcome::Exit(code)
}

/// `mount`: what is mounted. To mount something takes a capability that containers do not have by themselves.
pub fn mount(call: &mut Call<'_>) -> Outcome {
    let long = [("types", 't'), ("options", 'o'), ("source", 'S'), ("target", 'T'), ("bind", 'B'), ("all", 'a')];
    let given = Given::of(call.words, "toLUST", &long);
    if let Some(target) = given.operands.last().filter(|_| given.operands.len() > 1) {
        let mask = capabilities(call.container.spec.get("securityContext"));
        let may = capability("SYS_ADMIN").is_some_and(|bit| mask & bit != 0) && call.container.user().id == 0;
        return match (may, call.container.image.is_busybox) {
            (true, _) => Outcome::Exit(0),
            (false, true) => call.fail("permission denied (are you root?)"),
            (false, false) => {
                call.fail(&format!("{target}: permission denied."));
                Outcome::Exit(32)
            }
        };
    }
    call.out.push_str(
        "overlay on / type overlay (rw,relatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n",
    );
    for mount in call.container.mounts().iter().rev().filter(|mount| !mount.is_device) {
        let access = if mount.is_read_only() { "ro" } else { "rw" };
        let line = match mount.is_memory {
            true => format!("tmpfs on {} type tmpfs ({access},relatime)\n", mount.path),
            false => format!("/dev/vda1 on {} type ext4 ({access},relatime)\n", mount.path),
        };
        call.out.push_str(&line);
    }
    Outcome::Exit(0)
}

/// `mountpoint [-q] DIRECTORY`.
pub fn mountpoint(call: &mut Call<'_>) -> Outcome {
    let is_quiet = call.words.has_flag('q');
    let Some(name) = call.words.operands().first().cloned() else { return call.fail("bad usage") };
    let path = call.shell.path(&name);
    let is_mounted = path == "/" || call.container.mounts().iter().any(|mount| mount.path == path);
    if !is_quiet {
        call.out.push_str(&format!("{name} is {}a mountpoint\n", if is_mounted { "" } else { "not " }));
    }
    Outcome::Exit(if is_mounted { 0 } else { 32 })
}
