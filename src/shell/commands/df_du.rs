//! `df`, `du` and `mount`: what is mounted, and how full it is.

use super::{Arguments, Call, Outcome};
use crate::model::claim::capacity;
use crate::model::{Kind, Quantity, pod};

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
        let used = used_kib(call, &path, 0) - if is_memory { 4 } else { 0 };
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
    let mounts = all.iter().rev().filter(|mount| wanted.is_empty() || chosen.contains(&mount.path));
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

fn used_kib(call: &Call<'_>, path: &str, depth: u32) -> i64 {
    let entries = call.container.list(call.cluster, path).unwrap_or_default();
    let mut total = 4;
    for (name, found) in entries {
        let inner = format!("{}/{name}", path.trim_end_matches('/'));
        total += match found.is_directory() {
            true if depth < 20 => used_kib(call, &inner, depth + 1),
            _ => i64::try_from(found.size().div_ceil(4096) * 4).unwrap_or(0),
        };
    }
    total
}

/// `du -sh`.
pub fn du(call: &mut Call<'_>) -> Outcome {
    let mut operands = call.words.operands();
    if operands.is_empty() {
        operands.push(".".to_string());
    }
    let mut code = 0;
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
        let kib = match found.is_directory() {
            true => used_kib(call, &path, 0),
            false => i64::try_from(found.size().div_ceil(4096) * 4).unwrap_or(0),
        };
        let size = if call.words.has_flag('h') { human(kib) } else { kib.to_string() };
        call.out.push_str(&format!("{size}\t{name}\n"));
    }
    Outcome::Exit(code)
}

/// `mount`.
pub fn mount(call: &mut Call<'_>) -> Outcome {
    call.out.push_str(
        "overlay on / type overlay (rw,relatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n",
    );
    for mount in call.container.mounts().iter().rev() {
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
