//! Commands on files and directories; knows no network.

use super::{Arguments, Call, Outcome};
use crate::shell::container::{FileError, PROGRAM};
use crate::shell::language::Program;
use crate::shell::ownership::changed_mode;
use crate::world::disk::{Entry, Owner};

/// `chmod` and `chown`.
pub fn give(call: &mut Call<'_>) -> Outcome {
    let (is_mode, is_group) = (call.words.name() == "chmod", call.words.name() == "chgrp");
    let is_deep = call.words.has_flag('R');
    // A change like `-w` looks like a flag.
    let flags = ["-R", "-v", "-f", "-c", "-h", "-Rf", "-fR", "-Rv", "-vR"];
    let mut words =
        call.words.arguments().iter().filter(|word| !flags.contains(&word.as_str()) && !word.starts_with("--"));
    let Some(change) = words.next().cloned() else { return call.fail("missing operand") };
    let names: Vec<String> = words.cloned().collect();
    let is_busybox = call.container.image.is_busybox;
    if is_mode && !is_mode_text(&change) {
        return call.fail(&match is_busybox {
            true => format!("invalid mode '{change}'"),
            false => format!("invalid mode: '{change}'\nTry 'chmod --help' for more information."),
        });
    }
    if names.is_empty() && !is_busybox {
        return call.fail(&format!("missing operand after '{change}'"));
    }
    let change = if is_group { format!(":{change}") } else { change };
    let mut code = 0;
    for name in names {
        let mut pending = vec![call.shell.path(&name)];
        while let Some(path) = pending.pop() {
            if let Err(error) = give_one(call, &change, &path, is_mode) {
                if error == FileError::NoSuchUser {
                    return nobody(call, &change);
                }
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

/// Whether a text can say what permissions become.
fn is_mode_text(text: &str) -> bool {
    let is_number = u16::from_str_radix(text, 8).is_ok_and(|mode| mode <= 0o7777);
    is_number || text.contains(['+', '-', '=']) && text.chars().all(|c| "ugoa+-=rwxXst,01234567".contains(c))
}

fn refusal(call: &Call<'_>, name: &str, error: &FileError, is_mode: bool) -> String {
    match error {
        _ if call.container.image.is_busybox => format!("{name}: {error}"),
        FileError::NotFound => format!("cannot access '{name}': {error}"),
        _ if is_mode => format!("changing permissions of '{name}': {error}"),
        _ => format!("changing ownership of '{name}': {error}"),
    }
}

/// A change names a user or a group that there is not.
fn nobody(call: &mut Call<'_>, change: &str) -> Outcome {
    let (user, group) = change.split_once([':', '.']).unwrap_or((change, ""));
    let is_user = !user.is_empty() && call.container.user_number(call.cluster, user).is_none();
    match (call.container.image.is_busybox, is_user) {
        (true, true) => call.fail(&format!("unknown user {user}")),
        (true, false) => call.fail(&format!("unknown group {group}")),
        (false, true) => call.fail(&format!("invalid user: '{change}'")),
        (false, false) if call.words.name() == "chgrp" => call.fail(&format!("invalid group: '{group}'")),
        (false, false) => call.fail(&format!("invalid group: '{change}'")),
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
        let container = call.container;
        let group_of = |name: &str| container.group_number(call.cluster, name).ok_or(FileError::NoSuchUser);
        let user = match user {
            "" => old.user,
            name => container.user_number(call.cluster, name).ok_or(FileError::NoSuchUser)?,
        };
        let group = if group.is_empty() { old.group } else { group_of(group)? };
        Owner { user, group, ..old }
    };
    call.container.give(call.cluster, path, owner)
}

/// `cat`.
pub fn cat(call: &mut Call<'_>) -> Outcome {
    let operands = call.words.operands();
    if operands.is_empty() && call.stdin.is_none() {
        return Outcome::Launch(Box::new(Program::Reader { path: call.destination.clone() }));
    }
    // What would be read for ever, since it is written to, is left out.
    let is_own = |name: &String| {
        let path = call.container.resolved(call.cluster, &call.shell.path(name)).into_owned();
        let is_destination = call.destination.as_deref() == Some(path.as_str());
        is_destination && call.read(name).is_ok_and(|text| !text.is_empty()) && !call.container.image.is_busybox
    };
    let (own, operands): (Vec<String>, Vec<String>) = operands.into_iter().partition(is_own);
    for name in &own {
        call.fail(&format!("{name}: input file is output file"));
    }
    if !own.is_empty() && operands.is_empty() {
        return Outcome::Exit(1);
    }
    let (text, code) = call.input(&operands);
    let code = code.max(i64::from(!own.is_empty()));
    let shown = super::tac_nl_od::shown(call.words, &text, call.container.image.is_busybox);
    call.out.push_str(&shown.unwrap_or(text));
    Outcome::Exit(code)
}

/// `rm` and `rmdir`.
pub fn rm(call: &mut Call<'_>) -> Outcome {
    let is_rmdir = call.words.name() == "rmdir";
    let with_parents = has_long(call, 'p', "--parents");
    let with_contents = call.words.has_flag('r') || call.words.has_flag('R');
    let is_forced = call.words.has_flag('f');
    let operands = call.words.operands();
    if operands.is_empty() && is_forced && !is_rmdir {
        return Outcome::Exit(0);
    }
    let tells = has_long(call, 'v', "--verbose");
    each(call, &operands, |call, name, path| {
        if is_rmdir {
            let entries = call.container.list(call.cluster, path);
            let result = match entries {
                Ok(entries) if entries.is_empty() => call.container.remove(call.cluster, path, true),
                Ok(_) => Err(FileError::NotEmpty),
                Err(error) => Err(error),
            };
            result.map_err(|error| format!("failed to remove '{name}': {error}"))?;
            // `-p`: what it stood in goes as well.
            let mut above = name.trim_end_matches('/');
            while let Some((folder, _)) = above.rsplit_once('/').filter(|_| with_parents) {
                above = folder;
                let path = call.shell.path(above);
                match call.container.list(call.cluster, &path) {
                    Ok(entries) if entries.is_empty() && !above.is_empty() => {
                        let removed = call.container.remove(call.cluster, &path, true);
                        removed.map_err(|error| format!("failed to remove directory '{above}': {error}"))?;
                    }
                    Ok(entries) if entries.is_empty() => break,
                    _ => return Err(format!("failed to remove directory '{above}': {}", FileError::NotEmpty)),
                }
            }
            return Ok(());
        }
        let told = if tells { told_of_removal(call, name, path) } else { String::new() };
        match call.container.remove(call.cluster, path, with_contents) {
            Ok(()) => {
                call.out.push_str(&told);
                Ok(())
            }
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

/// What `rm -v` says of a file, or of a directory with what is in it.
fn told_of_removal(call: &Call<'_>, name: &str, path: &str) -> String {
    let mut told = String::new();
    let names = tree(call, name, path);
    for (name, is_directory) in names.iter().rev() {
        told += &match (is_directory, call.container.image.is_busybox) {
            (false, _) => format!("removed '{name}'\n"),
            (true, false) => format!("removed directory '{name}'\n"),
            (true, true) => format!("removed directory: '{name}'\n"),
        };
    }
    told
}

/// The names of a file, or of a directory and all that is in it, and which are directories; what holds something
/// stands before it.
fn tree(call: &Call<'_>, name: &str, path: &str) -> Vec<(String, bool)> {
    let Some(found) = call.container.lookup_itself(call.cluster, path) else { return Vec::new() };
    let is_directory = found.is_directory();
    let mut all = vec![(name.to_string(), is_directory)];
    let entries = if is_directory { call.container.list(call.cluster, path).unwrap_or_default() } else { Vec::new() };
    for (entry, _) in entries {
        let below = |place: &str| format!("{}/{entry}", place.trim_end_matches('/'));
        all.extend(tree(call, &below(name), &below(path)));
    }
    all
}

/// Does something to each of the operands, by its name and its path.
pub(super) fn each(
    call: &mut Call<'_>,
    operands: &[String],
    act: impl Fn(&mut Call<'_>, &str, &str) -> Result<(), String>,
) -> Outcome {
    if operands.is_empty() {
        return call.fail(if call.words.name() == "touch" { "missing file operand" } else { "missing operand" });
    }
    let mut code = 0;
    for name in operands {
        let path = call.shell.path(name);
        if let Err(message) = act(call, name, &path) {
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
    let (mut operands, target) = copy_operands(call.words);
    let target = target.or_else(|| operands.pop());
    let Some(target) = target else { return call.fail("missing file operand") };
    if operands.is_empty() {
        return call.fail(&format!("missing destination file operand after '{target}'"));
    }
    let target_path = call.shell.path(&target);
    let (is_kept, is_plain) = (has_long(call, 'n', "--no-clobber"), has_long(call, 'T', "--no-target-directory"));
    let into = !is_plain && call.container.lookup(call.cluster, &target_path).is_some_and(|found| found.is_directory());
    if operands.len() > 1 && !into {
        let words = match call.container.image.is_busybox {
            true => format!("can't create '{target}/{}': No such file or directory", last_of(&operands)),
            false => format!("target '{target}': No such file or directory"),
        };
        return call.fail(&words);
    }
    let tells = has_long(call, 'v', "--verbose");
    let mut code = 0;
    for name in operands {
        let from = call.shell.path(&name);
        let last = from.rsplit('/').next().unwrap_or("").to_string();
        // `cp -a DIR/. DEST` copies what is in it.
        let is_contents = name.ends_with("/.") || name == ".";
        let to = if into && !is_contents {
            format!("{}/{last}", target_path.trim_end_matches('/'))
        } else {
            target_path.clone()
        };
        // What is there already stays.
        if is_kept && call.container.lookup_itself(call.cluster, &to).is_some_and(|found| !found.is_directory()) {
            continue;
        }
        let problem = match call.container.lookup_itself(call.cluster, &from) {
            None => Some(format!("cannot stat '{name}': No such file or directory")),
            Some(found) if found.is_directory() && !is_deep && !keeps_links => {
                Some(format!("-r not specified; omitting directory '{name}'"))
            }
            Some(_) if to == from => Some(format!("'{name}' and '{target}' are the same file")),
            Some(_) if to.starts_with(&format!("{from}/")) => {
                let last = if into && !is_contents { format!("/{last}") } else { String::new() };
                let shown = format!("{}{last}", target.trim_end_matches('/'));
                Some(match is_move {
                    true => format!("cannot move '{name}' to a subdirectory of itself, '{shown}'"),
                    false => {
                        // The directory is there by then.
                        _ = call.container.make_directory(call.cluster, &to, true);
                        format!("cannot copy a directory, '{name}', into itself, '{shown}'")
                    }
                })
            }
            Some(_) => {
                if is_move && call.container.link_at(call.cluster, &to).is_some() {
                    _ = call.container.remove(call.cluster, &to, false);
                }
                if tells {
                    let shown = if into && !is_contents {
                        format!("{}/{last}", target.trim_end_matches('/'))
                    } else {
                        target.clone()
                    };
                    let told = told_of_copy(call, &name, &from, &shown);
                    call.out.push_str(&told);
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

/// What `cp -v` and `mv -v` say.
fn told_of_copy(call: &Call<'_>, name: &str, from: &str, to: &str) -> String {
    let word = if call.words.name() == "mv" && !call.container.image.is_busybox { "renamed " } else { "" };
    let names = if call.words.name() == "mv" { vec![(name.to_string(), false)] } else { tree(call, name, from) };
    let line = |(own, _): &(String, bool)| {
        let below = own.strip_prefix(name).unwrap_or("");
        format!("{word}'{own}' -> '{to}{below}'\n")
    };
    names.iter().map(line).collect()
}

/// What `cp`, `mv` and `install` copy, and where to if a flag says so.
fn copy_operands(words: &[String]) -> (Vec<String>, Option<String>) {
    const LONG: &[(&str, char)] =
        &[("target-directory", 't'), ("suffix", 'S'), ("mode", 'm'), ("owner", 'o'), ("group", 'g')];
    let valued = if words.name() == "install" { "tSmog" } else { "tS" };
    let given = super::cut_join::Given::of(words, valued, LONG);
    let target = given.value('t').map(str::to_string);
    (given.operands, target)
}

/// The first operand's name without its folder.
fn last_of(operands: &[String]) -> &str {
    operands.first().map_or("", |name| name.rsplit('/').next().unwrap_or(name))
}

/// Whether a flag is given, short or long.
fn has_long(call: &Call<'_>, short: char, long: &str) -> bool {
    call.words.has_flag(short) || call.words.iter().any(|word| word == long)
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
        let entry = match found.entry {
            // A program stays what it is under another name.
            Entry::File(text) if text.as_str() == PROGRAM => {
                let real = call.container.resolved(call.cluster, from).into_owned();
                let name = real.rsplit('/').next().unwrap_or("");
                Entry::File(format!("{PROGRAM}{name}").into())
            }
            entry => entry,
        };
        call.container.put(call.cluster, to, entry)?;
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
    if call.container.image.holds(&format!("{from}/*")) && call.container.mount_at(from).is_none() {
        // What else the image has there came along.
        let (uid, own) = (call.container.pod.meta.uid.clone(), call.container.name.clone());
        let what = format!("copy of all that is in {from}");
        call.cluster.runtime_mut().note_assumed(&uid, &own, Some(&what));
        call.shell.grant(&what);
    }
    for (name, _) in call.container.list(call.cluster, from)? {
        copy_tree(call, &format!("{from}/{name}"), &format!("{to}/{name}"), depth + 1)?;
    }
    Ok(())
}

/// `tee [-a] FILE…`.
pub fn tee(call: &mut Call<'_>) -> Outcome {
    let text = call.stdin.clone().unwrap_or_default();
    let mut code = 0;
    for name in call.words.operands() {
        let path = call.shell.path(&name);
        match path.as_str() {
            "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => {
                call.err.push_str(&text);
                continue;
            }
            "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => {
                call.out.push_str(&text);
                continue;
            }
            _ => {}
        }
        if let Err(error) = call.container.write(call.cluster, &path, &text, call.words.has_flag('a')) {
            call.fail(&format!("{name}: {error}"));
            code = 1;
        }
    }
    call.out.push_str(&text);
    Outcome::Exit(code)
}
