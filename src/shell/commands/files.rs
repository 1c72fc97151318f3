//! Commands on files and directories; knows no network.

use super::{Arguments, Call, Outcome};
use crate::model::{Kind, Quantity, Text};
use crate::shell::container::{FileError, Found};
use crate::shell::language::Program;
use crate::shell::ownership::{changed_mode, mode_text, name_of, number_of};
use crate::world::disk::Owner;

/// `ls`.
pub fn ls(call: &mut Call<'_>) -> Outcome {
    let look = Look {
        is_long: call.words.has_flag('l'),
        shows_all: call.words.has_flag('a'),
        shows_hidden: call.words.has_flag('a') || call.words.has_flag('A'),
        is_deep: call.words.has_flag('R'),
        is_numeric: call.words.has_flag('n'),
        follows: call.words.has_flag('L'),
        is_terminal: call.shell.streams.tty && call.destination.is_none() && !call.words.has_flag('1'),
    };
    let is_flat = call.words.has_flag('d');
    let mut operands = call.words.operands();
    if operands.is_empty() {
        operands.push(".".to_string());
    }
    let (mut files, mut directories, mut code) = (Vec::new(), Vec::new(), 0);
    for name in operands {
        let path = call.shell.path(&name);
        let is_link_itself = look.is_long && !look.follows && !name.ends_with('/');
        match call.container.lookup_itself(call.cluster, &path) {
            None => {
                code = if call.container.image.is_busybox { 1 } else { 2 };
                let message = if code == 1 {
                    format!("{name}: No such file or directory")
                } else {
                    format!("cannot access '{name}': No such file or directory")
                };
                call.fail(&message);
            }
            Some(found) if found.is_directory() && !is_flat && (found.link.is_none() || !is_link_itself) => {
                directories.push((name, path));
            }
            Some(found) => files.push((name, found)),
        }
    }
    let names_headers = directories.len() + files.len() > 1 || look.is_deep;
    let mut out = look.lines(&files);
    directories.reverse();
    let mut count = 0;
    while let Some((name, path)) = directories.pop() {
        let entries = look.entries(call, &path);
        if names_headers {
            out.push_str(&format!("{}{name}:\n", if out.is_empty() { "" } else { "\n" }));
        }
        if look.is_long {
            let sizes = entries.iter().filter(|entry| entry.1.link.is_none()).map(|entry| entry.1.size());
            let blocks: usize = sizes.map(|size| size.div_ceil(4096) * 4).sum();
            out.push_str(&format!("total {blocks}\n"));
        }
        out.push_str(&look.lines(&entries));
        count += 1;
        if look.is_deep && count < LISTED_MAX {
            let is_below = |(name, found): &&(String, Found)| {
                found.is_directory() && found.link.is_none() && !matches!(name.as_str(), "." | "..")
            };
            let inner = |above: &str, name: &str| format!("{}/{name}", above.trim_end_matches('/'));
            let below = entries.iter().rev().filter(is_below);
            directories.extend(below.map(|entry| (inner(&name, &entry.0), inner(&path, &entry.0))));
        }
    }
    call.out.push_str(&out);
    Outcome::Exit(code)
}

/// The most directories that `ls -R` goes through.
const LISTED_MAX: usize = 500;

/// How `ls` was asked to show things.
struct Look {
    is_long: bool,
    shows_all: bool,
    shows_hidden: bool,
    is_deep: bool,
    is_numeric: bool,
    follows: bool,
    is_terminal: bool,
}

impl Look {
    /// What is in a directory, as far as it is to be shown.
    fn entries(&self, call: &Call<'_>, path: &str) -> Vec<(String, Found)> {
        let mut entries = call.container.list(call.cluster, path).unwrap_or_default();
        if self.follows {
            entries.iter_mut().for_each(|entry| entry.1.link = None);
        }
        if !self.shows_hidden {
            entries.retain(|entry| !entry.0.starts_with('.'));
        } else if self.shows_all {
            let above = crate::shell::container::parent_of(path);
            let found = [path, above.as_str()].map(|path| call.container.lookup(call.cluster, path));
            let names = [".".to_string(), "..".to_string()].into_iter().zip(found);
            entries.splice(0..0, names.filter_map(|(name, found)| Some((name, Found { link: None, ..found? }))));
        }
        entries
    }

    fn lines(&self, entries: &[(String, Found)]) -> String {
        if !self.is_long {
            let separator = if self.is_terminal { "  " } else { "\n" };
            let names: Vec<&str> = entries.iter().map(|entry| entry.0.as_str()).collect();
            return if names.is_empty() { String::new() } else { format!("{}\n", names.join(separator)) };
        }
        let whose = |number: i64, is_group: bool| {
            if self.is_numeric { number.to_string() } else { name_of(number, is_group) }
        };
        let widest =
            |text: &dyn Fn(&Found) -> String| entries.iter().map(|entry| text(&entry.1).len()).max().unwrap_or(0);
        let user = |found: &Found| whose(found.owner.user, false);
        let group = |found: &Found| whose(found.owner.group, true);
        let size = |found: &Found| found.size().to_string();
        let (users, groups, sizes) = (widest(&user), widest(&group), widest(&size));
        let line = |(name, found): &(String, Found)| {
            let (kind, links) = if found.is_directory() { ('d', 2) } else { ('-', 1) };
            let (mode, links, name) = match &found.link {
                Some(target) => ("lrwxrwxrwx".to_string(), 1, format!("{name} -> {target}")),
                None => (mode_text(found.owner.mode, kind), links, name.clone()),
            };
            let (user, group, size) = (user(found), group(found), size(found));
            format!("{mode} {links} {user:<users$} {group:<groups$} {size:>sizes$} {} {name}\n", short_date(found))
        };
        entries.iter().map(line).collect()
    }
}

/// `chmod` and `chown`.
pub fn give(call: &mut Call<'_>) -> Outcome {
    let (is_mode, is_group) = (call.words.name() == "chmod", call.words.name() == "chgrp");
    let is_deep = call.words.has_flag('R');
    // A change like `-w` looks like a flag.
    let flags = ["-R", "-v", "-f", "-c", "-h", "-Rf", "-fR", "-Rv", "-vR"];
    let mut words =
        call.words.arguments().iter().filter(|word| !flags.contains(&word.as_str()) && !word.starts_with("--"));
    let Some(change) = words.next().cloned() else { return call.fail("missing operand") };
    let change = if is_group { format!(":{change}") } else { change };
    let names: Vec<String> = words.cloned().collect();
    let mut code = 0;
    for name in names {
        let mut pending = vec![call.shell.path(&name)];
        while let Some(path) = pending.pop() {
            if let Err(error) = give_one(call, &change, &path, is_mode) {
                call.fail(&refusal(call, &name, &error, is_mode));
                code = 1;
            }
            let entries =
                if is_deep { call.container.list(call.cluster, &path).unwrap_or_default() } else { Vec::new() };
            let entries = entries.into_iter().filter(|entry| entry.1.link.is_none());
            pending.extend(entries.map(|entry| format!("{}/{}", path.trim_end_matches('/'), entry.0)));
        }
    }
    Outcome::Exit(code)
}

fn refusal(call: &Call<'_>, name: &str, error: &FileError, is_mode: bool) -> String {
    match error {
        _ if call.container.image.is_busybox => format!("{name}: {error}"),
        FileError::NotFound => format!("cannot access '{name}': {error}"),
        _ if is_mode => format!("changing permissions of '{name}': {error}"),
        _ => format!("changing ownership of '{name}': {error}"),
    }
}

fn give_one(call: &mut Call<'_>, change: &str, path: &str, is_mode: bool) -> Result<(), FileError> {
    let found = call.container.lookup(call.cluster, path).ok_or(FileError::NotFound)?;
    let old = found.owner;
    let owner = if is_mode {
        // What this lab does not read, it takes for granted.
        Owner { mode: changed_mode(old.mode, change, found.is_directory()).unwrap_or(old.mode), ..old }
    } else {
        let (user, group) = change.split_once([':', '.']).unwrap_or((change, ""));
        let number = |name: &str, old: i64| if name.is_empty() { old } else { number_of(name) };
        Owner { user: number(user, old.user), group: number(group, old.group), ..old }
    };
    call.container.give(call.cluster, path, owner)
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
    let keeps_links = keeps_links(call);
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
        let problem = match call.container.lookup_itself(call.cluster, &from) {
            None => Some(format!("cannot stat '{name}': No such file or directory")),
            Some(found) if found.is_directory() && !is_deep && !keeps_links => {
                Some(format!("-r not specified; omitting directory '{name}'"))
            }
            Some(_) if to == from || to.starts_with(&format!("{from}/")) => {
                Some(format!("'{name}' and '{target}' are the same file"))
            }
            Some(_) => {
                if is_move && call.container.link_at(call.cluster, &to).is_some() {
                    _ = call.container.remove(call.cluster, &to, false);
                }
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

/// Whether a link is copied as a link.
fn keeps_links(call: &Call<'_>) -> bool {
    let has = |flag: char| call.words.has_flag(flag);
    call.words.name() == "mv" || ['r', 'R', 'a', 'd', 'P'].into_iter().any(has) && !has('L') && !has('H')
}

fn copy_tree(call: &mut Call<'_>, from: &str, to: &str, depth: u32) -> Result<(), FileError> {
    if keeps_links(call)
        && let Some(target) = call.container.link_at(call.cluster, from)
    {
        if call.container.lookup_itself(call.cluster, to).is_some() {
            call.container.remove(call.cluster, to, false)?;
        }
        return call.container.link(call.cluster, to, &target);
    }
    let Some(found) = call.container.lookup(call.cluster, from) else { return Err(FileError::NotFound) };
    if !found.is_directory() {
        let is_new = call.container.lookup(call.cluster, to).is_none();
        call.container.put(call.cluster, to, found.entry)?;
        // What can be run can be run in its new place, too.
        if is_new && let Some(made) = call.container.lookup(call.cluster, to) {
            let keeps_all = call.words.name() == "mv" || call.words.has_flag('p') || call.words.has_flag('a');
            let mode = if keeps_all { found.owner.mode } else { found.owner.mode & 0o755 };
            call.container.give(call.cluster, to, Owner { mode, ..made.owner })?;
        }
        return Ok(());
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
    let volumes = call.container.pod.list_at(&["spec", "volumes"]);
    let volume = volumes.iter().find(|found| found.str_at(&["name"]) == volume)?;
    let limit = Quantity::parse(volume.str_at(&["emptyDir", "sizeLimit"])).ok()?;
    Some(limit.value() / 1024)
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

/// `stat`, with `-c FORMAT`.
pub fn stat(call: &mut Call<'_>) -> Outcome {
    let format = call.words.option("-c").or_else(|| call.words.option("-Lc"));
    let format_word = format.clone();
    each(call, |call, name, path| {
        if format_word.as_deref() == Some(name) {
            return Ok(());
        }
        let found = call.container.lookup_itself(call.cluster, path);
        let found = found.ok_or_else(|| format!("cannot statx '{name}': No such file or directory"))?;
        let link = found.link.clone().filter(|_| !call.words.has_flag('L'));
        let found = Found { link: link.clone(), ..found };
        let kind = match () {
            () if link.is_some() => "symbolic link",
            () if found.is_directory() => "directory",
            () if found.size() == 0 => "regular empty file",
            () => "regular file",
        };
        let owner = if link.is_some() { Owner { mode: 0o777, ..found.owner } } else { found.owner };
        let modified = found.modified.rfc3339().replace('T', " ").replace('Z', ".000000000 +0000");
        let mode = mode_text(
            owner.mode,
            if link.is_some() {
                'l'
            } else if found.is_directory() {
                'd'
            } else {
                '-'
            },
        );
        let text = match &format {
            Some(format) => {
                let seconds = found.modified.whole_seconds() + 1_767_225_600;
                let parts = [
                    ("%a", format!("{:o}", owner.mode)),
                    ("%A", mode),
                    ("%u", owner.user.to_string()),
                    ("%g", owner.group.to_string()),
                    ("%U", name_of(owner.user, false)),
                    ("%G", name_of(owner.group, true)),
                    ("%s", found.size().to_string()),
                    ("%n", name.to_string()),
                    ("%F", kind.to_string()),
                    ("%Y", seconds.to_string()),
                    ("%y", modified),
                ];
                let filled = parts.into_iter().fold(format.clone(), |text, (mark, value)| text.replace(mark, &value));
                format!("{filled}\n")
            }
            None => format!(
                "  File: {name}\n  Size: {}\t{kind}\nAccess: ({:04o}/{mode})  Uid: ({:>5}/{:>8})   Gid: ({:>5}/{:>8})\nModify: {modified}\n",
                found.size(),
                owner.mode,
                owner.user,
                name_of(owner.user, false),
                owner.group,
                name_of(owner.group, true)
            ),
        };
        call.out.push_str(&text);
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
