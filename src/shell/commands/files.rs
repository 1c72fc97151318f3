//! Commands on files and directories; knows no network.

use super::{Arguments, Call, Outcome};
use crate::model::{Kind, Text};
use crate::shell::container::{FileError, Found};
use crate::shell::language::Program;
use crate::world::disk::Entry;

/// `ls`.
pub fn ls(call: &mut Call<'_>) -> Outcome {
    let is_long = call.words.has_flag('l');
    let shows_all = call.words.has_flag('a') || call.words.has_flag('A');
    let is_flat = call.words.has_flag('d');
    let mut operands = call.words.operands();
    if operands.is_empty() {
        operands.push(".".to_string());
    }
    let (mut files, mut directories, mut code) = (Vec::new(), Vec::new(), 0);
    for name in operands {
        let path = call.shell.path(&name);
        match call.container.lookup(call.cluster, &path) {
            None => {
                code = if call.container.image.is_busybox { 1 } else { 2 };
                let message = if code == 1 {
                    format!("{name}: No such file or directory")
                } else {
                    format!("cannot access '{name}': No such file or directory")
                };
                call.fail(&message);
            }
            Some(found) if found.is_directory() && !is_flat => directories.push((name, path)),
            Some(found) => files.push((name, found)),
        }
    }
    let names_headers = directories.len() + files.len() > 1;
    let mut out = listing(&files, is_long, call.shell.streams.tty && call.destination.is_none());
    for (name, path) in directories {
        let mut entries = call.container.list(call.cluster, &path).unwrap_or_default();
        if !shows_all {
            entries.retain(|entry| !entry.0.starts_with('.'));
        } else if call.words.has_flag('a') {
            let own = Found { entry: Entry::Directory, modified: call.container.started };
            entries.splice(0..0, [(".".to_string(), own.clone()), ("..".to_string(), own)]);
        }
        if names_headers {
            out.push_str(&format!("{}{name}:\n", if out.is_empty() { "" } else { "\n" }));
        }
        if is_long {
            let blocks: usize = entries.iter().map(|entry| entry.1.size().div_ceil(4096) * 4).sum();
            out.push_str(&format!("total {blocks}\n"));
        }
        out.push_str(&listing(&entries, is_long, call.shell.streams.tty && call.destination.is_none()));
    }
    call.out.push_str(&out);
    Outcome::Exit(code)
}

fn listing(entries: &[(String, Found)], is_long: bool, is_terminal: bool) -> String {
    if !is_long {
        let separator = if is_terminal { "  " } else { "\n" };
        let names: Vec<&str> = entries.iter().map(|entry| entry.0.as_str()).collect();
        return if names.is_empty() { String::new() } else { format!("{}\n", names.join(separator)) };
    }
    let width = entries.iter().map(|entry| entry.1.size().to_string().len()).max().unwrap_or(0);
    let line = |(name, found): &(String, Found)| {
        let (mode, links) = if found.is_directory() { ("drwxr-xr-x", 2) } else { ("-rw-r--r--", 1) };
        format!("{mode} {links} root root {:>width$} {} {name}\n", found.size(), short_date(found))
    };
    entries.iter().map(line).collect()
}

/// `Jan  1 00:00`.
fn short_date(found: &Found) -> String {
    let text = found.modified.rfc1123z();
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [_, day, month, _, time, ..] => {
            format!("{month} {:>2} {}", day.trim_start_matches('0'), time.get(..5).unwrap_or(time))
        }
        _ => text,
    }
}

/// `cat`.
pub fn cat(call: &mut Call<'_>) -> Outcome {
    let operands = call.words.operands();
    if operands.is_empty() && call.stdin.is_none() {
        return Outcome::Launch(Box::new(Program::Reader { path: call.destination.clone() }));
    }
    let (text, code) = call.input(&operands);
    call.out.push_str(&text);
    Outcome::Exit(code)
}

/// `touch`.
pub fn touch(call: &mut Call<'_>) -> Outcome {
    each(call, |call, name, path| {
        match call.container.lookup(call.cluster, path) {
            Some(found) if found.is_directory() => Ok(()),
            _ => call.container.write(call.cluster, path, "", true),
        }
        .map_err(|error| format!("cannot touch '{name}': {error}"))
    })
}

/// `mkdir`.
pub fn mkdir(call: &mut Call<'_>) -> Outcome {
    let with_parents = call.words.has_flag('p');
    each(call, |call, name, path| {
        let made = call.container.make_directory(call.cluster, path, with_parents);
        made.map_err(|error| format!("cannot create directory '{name}': {error}"))
    })
}

/// `rm` and `rmdir`.
pub fn rm(call: &mut Call<'_>) -> Outcome {
    let is_rmdir = call.words.name() == "rmdir";
    let with_contents = call.words.has_flag('r') || call.words.has_flag('R');
    let is_forced = call.words.has_flag('f');
    each(call, |call, name, path| {
        if is_rmdir {
            let entries = call.container.list(call.cluster, path);
            let result = match entries {
                Ok(entries) if entries.is_empty() => call.container.remove(call.cluster, path, true),
                Ok(_) => Err(FileError::NotEmpty),
                Err(error) => Err(error),
            };
            return result.map_err(|error| format!("failed to remove '{name}': {error}"));
        }
        match call.container.remove(call.cluster, path, with_contents) {
            Err(FileError::NotFound) if is_forced => Ok(()),
            // A mount point stays, what is in it goes.
            Err(FileError::Busy) if with_contents => {
                for (entry, _) in call.container.list(call.cluster, path).unwrap_or_default() {
                    let inner = format!("{}/{entry}", path.trim_end_matches('/'));
                    if path != "/" {
                        _ = call.container.remove(call.cluster, &inner, true);
                    }
                }
                Err(format!("cannot remove '{name}': {}", FileError::Busy))
            }
            result => result.map_err(|error| format!("cannot remove '{name}': {error}")),
        }
    })
}

fn each(call: &mut Call<'_>, act: impl Fn(&mut Call<'_>, &str, &str) -> Result<(), String>) -> Outcome {
    let operands = call.words.operands();
    if operands.is_empty() {
        return call.fail("missing operand");
    }
    let mut code = 0;
    for name in operands {
        let path = call.shell.path(&name);
        if let Err(message) = act(call, &name, &path) {
            call.fail(&message);
            code = 1;
        }
    }
    Outcome::Exit(code)
}

/// `cp` and `mv`.
pub fn copy(call: &mut Call<'_>) -> Outcome {
    let is_move = call.words.name() == "mv";
    let is_deep = is_move || call.words.has_flag('r') || call.words.has_flag('R') || call.words.has_flag('a');
    let mut operands = call.words.operands();
    let Some(target) = operands.pop().filter(|_| !operands.is_empty()) else {
        return call.fail("missing file operand");
    };
    let target_path = call.shell.path(&target);
    let into = call.container.lookup(call.cluster, &target_path).is_some_and(|found| found.is_directory());
    let mut code = 0;
    for name in operands {
        let from = call.shell.path(&name);
        let last = from.rsplit('/').next().unwrap_or("").to_string();
        let to = if into { format!("{}/{last}", target_path.trim_end_matches('/')) } else { target_path.clone() };
        let problem = match call.container.lookup(call.cluster, &from) {
            None => Some(format!("cannot stat '{name}': No such file or directory")),
            Some(found) if found.is_directory() && !is_deep => {
                Some(format!("-r not specified; omitting directory '{name}'"))
            }
            Some(_) if to == from || to.starts_with(&format!("{from}/")) => {
                Some(format!("'{name}' and '{target}' are the same file"))
            }
            Some(_) => {
                let copied = copy_tree(call, &from, &to, 0);
                let moved = copied
                    .and_then(|()| if is_move { call.container.remove(call.cluster, &from, true) } else { Ok(()) });
                moved.err().map(|error| format!("cannot create regular file '{target}': {error}"))
            }
        };
        if let Some(problem) = problem {
            call.fail(&problem);
            code = 1;
        }
    }
    Outcome::Exit(code)
}

fn copy_tree(call: &mut Call<'_>, from: &str, to: &str, depth: u32) -> Result<(), FileError> {
    let Some(found) = call.container.lookup(call.cluster, from) else { return Err(FileError::NotFound) };
    if !found.is_directory() {
        return call.container.put(call.cluster, to, found.entry);
    }
    if depth > 20 {
        return Err(FileError::NoSpace);
    }
    call.container.make_directory(call.cluster, to, true)?;
    for (name, _) in call.container.list(call.cluster, from)? {
        copy_tree(call, &format!("{from}/{name}"), &format!("{to}/{name}"), depth + 1)?;
    }
    Ok(())
}

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
    let mounts: Vec<(String, String)> =
        call.container.mounts().iter().rev().map(|mount| (mount.path.clone(), mount.volume.clone())).collect();
    for (path, volume) in mounts {
        let size = claim_size_kib(call, &volume).unwrap_or(61_202_244);
        let used = used_kib(call, &path, 0);
        call.out.push_str(&format!("/dev/vda1       {} {path}\n", row(size, used)));
    }
    Outcome::Exit(0)
}

fn human(kib: i64) -> String {
    match kib {
        kib if kib >= 1024 * 1024 => format!("{}G", (kib + 524_288) / (1024 * 1024)),
        kib if kib >= 1024 => format!("{}M", kib / 1024),
        0 => "0".to_string(),
        kib => format!("{kib}K"),
    }
}

fn claim_size_kib(call: &Call<'_>, volume: &str) -> Option<i64> {
    let volumes = call.container.pod.list_at(&["spec", "volumes"]);
    let volume = volumes.iter().find(|found| found.str_at(&["name"]) == volume)?;
    let claim = Text::new(volume.str_at(&["persistentVolumeClaim", "claimName"]));
    let claim = call.cluster.find(Kind::PersistentVolumeClaim, call.container.namespace(), &claim)?;
    let text = claim.str_at(&["status", "capacity", "storage"]);
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
    for name in operands {
        let kib = used_kib(call, &call.shell.path(&name), 0);
        let size = if call.words.has_flag('h') { human(kib) } else { kib.to_string() };
        call.out.push_str(&format!("{size}\t{name}\n"));
    }
    Outcome::Exit(0)
}

/// `find DIRECTORY [-name PATTERN] [-type f|d]`.
pub fn find(call: &mut Call<'_>) -> Outcome {
    let start = call.words.arguments().first().filter(|word| !word.starts_with('-')).cloned();
    let start = start.unwrap_or_else(|| ".".to_string());
    let (name, kind) = (call.words.option("-name"), call.words.option("-type"));
    let mut out = String::new();
    let path = call.shell.path(&start);
    let Some(found) = call.container.lookup(call.cluster, &path) else {
        return call.fail(&format!("‘{start}’: No such file or directory"));
    };
    let mut pending = vec![(start, path, found)];
    let mut count = 0;
    while let Some((shown, path, found)) = pending.pop() {
        count += 1;
        if count > 2000 {
            break;
        }
        let last = shown.rsplit('/').next().unwrap_or("");
        let is_kind = kind.as_deref().is_none_or(|kind| (kind == "d") == found.is_directory());
        if is_kind && name.as_deref().is_none_or(|pattern| crate::shell::language::glob::matches(pattern, last)) {
            out.push_str(&format!("{shown}\n"));
        }
        if found.is_directory() {
            let entries = call.container.list(call.cluster, &path).unwrap_or_default();
            let inner = |place: &str, name: &str| format!("{}/{name}", place.trim_end_matches('/'));
            pending.extend(
                entries.into_iter().rev().map(|(name, found)| (inner(&shown, &name), inner(&path, &name), found)),
            );
        }
    }
    call.out.push_str(&out);
    Outcome::Exit(0)
}

/// `mount`.
pub fn mount(call: &mut Call<'_>) -> Outcome {
    call.out.push_str(
        "overlay on / type overlay (rw,relatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n",
    );
    for mount in call.container.mounts().iter().rev() {
        let line = format!("/dev/vda1 on {} type ext4 (rw,relatime)\n", mount.path);
        call.out.push_str(&line);
    }
    Outcome::Exit(0)
}

/// `stat`.
pub fn stat(call: &mut Call<'_>) -> Outcome {
    each(call, |call, name, path| {
        let found = call.container.lookup(call.cluster, path);
        let found = found.ok_or_else(|| format!("cannot statx '{name}': No such file or directory"))?;
        let kind = if found.is_directory() { "directory" } else { "regular file" };
        let modified = found.modified.rfc3339().replace('T', " ").replace('Z', ".000000000 +0000");
        call.out.push_str(&format!("  File: {name}\n  Size: {}\t{kind}\nModify: {modified}\n", found.size()));
        Ok(())
    })
}

/// `tee [-a] FILE…`.
pub fn tee(call: &mut Call<'_>) -> Outcome {
    let text = call.stdin.clone().unwrap_or_default();
    let mut code = 0;
    for name in call.words.operands() {
        let path = call.shell.path(&name);
        if let Err(error) = call.container.write(call.cluster, &path, &text, call.words.has_flag('a')) {
            call.fail(&format!("{name}: {error}"));
            code = 1;
        }
    }
    call.out.push_str(&text);
    Outcome::Exit(code)
}
