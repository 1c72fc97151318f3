//! Programs that make and change users and groups: `useradd`, `adduser`, `groupadd`, `usermod` and their like.

use super::{Arguments, Call, Outcome};
use crate::shell::container::parent_of;
use crate::shell::passwd::{GROUPS, USERS};
use crate::world::disk::Owner;

/// The first number of people's users and groups.
const FIRST: i64 = 1000;
/// The highest number of the system's own on Debian.
const SYSTEM_LAST: i64 = 999;
/// The lowest one on Alpine.
const SYSTEM_FIRST: i64 = 100;

/// What a user or a group is to be.
#[derive(Default)]
struct Given {
    id: Option<i64>,
    group: Option<String>,
    more: Option<String>,
    adds: bool,
    home: Option<String>,
    shell: Option<String>,
    name: Option<String>,
    makes_home: bool,
    is_system: bool,
    is_quiet: bool,
    operands: Vec<String>,
}

fn read(words: &[String]) -> Given {
    let is_adduser = matches!(words.name(), "adduser" | "addgroup");
    let mut given = Given { makes_home: is_adduser, ..Given::default() };
    let mut rest = words.arguments().iter().flat_map(|word| match word.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") => vec![flag.to_string(), value.to_string()],
        _ => vec![word.clone()],
    });
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-u" | "--uid" | "-g" | "--gid"
                if word.ends_with('u') || word.contains("uid") || words.name().contains("group") =>
            {
                given.id = rest.next().and_then(|value| value.parse().ok());
            }
            // BusyBox's `adduser -g` is a remark.
            "-g" if is_adduser => _ = rest.next(),
            "-g" | "--gid" | "--ingroup" => given.group = rest.next(),
            "-G" if is_adduser => given.group = rest.next(),
            "-G" | "--groups" => given.more = rest.next(),
            "-a" | "--append" => given.adds = true,
            "-aG" | "-Ga" => (given.adds, given.more) = (true, rest.next()),
            "-d" | "--home" | "--home-dir" | "-h" => given.home = rest.next(),
            "-s" | "--shell" => given.shell = rest.next(),
            "-l" | "--login" | "-n" | "--new-name" => given.name = rest.next(),
            "-m" | "--create-home" => given.makes_home = true,
            "-M" | "-H" | "--no-create-home" => given.makes_home = false,
            "-r" | "--system" | "-S" => given.is_system = true,
            "-f" | "--force" | "-q" | "--quiet" => given.is_quiet = true,
            "-c" | "--comment" | "--gecos" | "-k" | "-p" | "--password" | "-e" | "-K" => _ = rest.next(),
            flag if flag.starts_with('-') => flag.chars().skip(1).for_each(|letter| match letter {
                'm' => given.makes_home = true,
                'M' | 'H' => given.makes_home = false,
                'r' | 'S' => given.is_system = true,
                _ => {}
            }),
            _ => given.operands.push(word),
        }
    }
    given
}

/// A number that no line of a list has.
fn free_number(list: &str, is_system: bool, is_busybox: bool) -> i64 {
    let is_free = |number: &i64| !list.lines().any(|line| line.split(':').nth(2) == Some(&number.to_string()));
    let found = match (is_system, is_busybox) {
        (false, _) => (FIRST..).find(is_free),
        (true, true) => (SYSTEM_FIRST..).find(is_free),
        (true, false) => (SYSTEM_FIRST..=SYSTEM_LAST).rev().find(is_free),
    };
    found.unwrap_or(FIRST)
}

/// `useradd` and the like.
pub(super) fn run(call: &mut Call<'_>) -> Outcome {
    let given = read(call.words);
    let name = call.words.name().to_string();
    let Some(who) = given.operands.first().cloned() else { return call.fail("no name was given") };
    if call.container.user().id != 0 {
        let text = match call.container.image.is_busybox {
            true => format!("{name}: permission denied (are you root?)"),
            false => format!("{name}: Permission denied.\n{name}: cannot lock /etc/passwd; try again later."),
        };
        call.err.push_str(&format!("{text}\n"));
        return Outcome::Exit(1);
    }
    match (name.as_str(), given.operands.get(1)) {
        ("adduser" | "addgroup", Some(group)) => join(call, &who, std::slice::from_ref(group)),
        ("useradd" | "adduser", _) => add_user(call, &who, &given),
        ("groupadd" | "addgroup", _) => add_group(call, &who, &given),
        ("usermod", _) => change_user(call, &who, &given),
        ("groupmod", _) => change_group(call, &who, &given),
        _ => remove(call, &who, name.contains("group")),
    }
}

/// Writes a list anew.
fn keep(call: &mut Call<'_>, path: &str, text: &str) {
    _ = call.container.write(call.cluster, path, text, false);
}

fn list(call: &Call<'_>, path: &str) -> String {
    call.container.account_list(call.cluster, path)
}

fn has(text: &str, name: &str) -> bool {
    text.lines().any(|line| line.split(':').next() == Some(name))
}

fn exists(call: &mut Call<'_>, what: &str, name: &str) -> Outcome {
    let program = call.words.name().to_string();
    if call.container.image.is_busybox {
        call.err.push_str(&format!("{program}: {what} '{name}' in use\n"));
        return Outcome::Exit(1);
    }
    call.err.push_str(&format!("{program}: {what} '{name}' already exists\n"));
    Outcome::Exit(9)
}

fn add_group(call: &mut Call<'_>, name: &str, given: &Given) -> Outcome {
    let groups = list(call, GROUPS);
    if has(&groups, name) {
        return if given.is_quiet { Outcome::Exit(0) } else { exists(call, "group", name) };
    }
    let is_busybox = call.container.image.is_busybox;
    let number = given.id.unwrap_or_else(|| free_number(&groups, given.is_system, is_busybox));
    keep(call, GROUPS, &format!("{groups}{name}:x:{number}:\n"));
    if call.words.name() == "addgroup" && !is_busybox {
        call.out.push_str(&format!("Adding group `{name}' (GID {number}) ...\nDone.\n"));
    }
    Outcome::Exit(0)
}

fn add_user(call: &mut Call<'_>, name: &str, given: &Given) -> Outcome {
    let (users, is_busybox) = (list(call, USERS), call.container.image.is_busybox);
    if has(&users, name) {
        return exists(call, "user", name);
    }
    let id = given.id.unwrap_or_else(|| free_number(&users, given.is_system, is_busybox));
    let group = match &given.group {
        Some(group) => match call.container.group_number(call.cluster, group) {
            Some(number) => number,
            None => {
                let program = call.words.name().to_string();
                call.err.push_str(&format!("{program}: group '{group}' does not exist\n"));
                return Outcome::Exit(6);
            }
        },
        None => own_group(call, name, id),
    };
    let home = given.home.clone().unwrap_or_else(|| format!("/home/{name}"));
    let usual = if is_busybox { "/bin/ash" } else { "/bin/sh" };
    let shell = given.shell.clone().unwrap_or_else(|| usual.to_string());
    keep(call, USERS, &format!("{users}{name}:x:{id}:{group}::{home}:{shell}\n"));
    let more: Vec<String> = given.more.iter().flat_map(|more| more.split(',').map(str::to_string)).collect();
    if !more.is_empty() {
        join(call, name, &more);
    }
    if given.makes_home && call.container.lookup(call.cluster, &home).is_none() {
        _ = call.container.make_directory(call.cluster, &parent_of(&home), true);
        _ = call.container.make_directory(call.cluster, &home, true);
        _ = call.container.give(call.cluster, &home, Owner { user: id, group, mode: 0o755 });
    }
    if call.words.name() == "adduser" && !is_busybox && !given.is_quiet {
        call.out.push_str(&format!(
            "Adding user `{name}' ...\nAdding new group `{name}' ({group}) ...\nAdding new user `{name}' ({id}) with group `{name} ({group})' ...\n"
        ));
        if given.makes_home {
            call.out.push_str(&format!("Creating home directory `{home}' ...\nCopying files from `/etc/skel' ...\n"));
        }
    }
    Outcome::Exit(0)
}

/// The group that a new user has for itself: it is called as the user is, and has its number, if that is free.
fn own_group(call: &mut Call<'_>, name: &str, id: i64) -> i64 {
    let groups = list(call, GROUPS);
    if let Some(line) = groups.lines().find(|line| line.split(':').next() == Some(name)) {
        return line.split(':').nth(2).and_then(|number| number.parse().ok()).unwrap_or(id);
    }
    let is_taken = groups.lines().any(|line| line.split(':').nth(2) == Some(&id.to_string()));
    let number = if is_taken { free_number(&groups, false, call.container.image.is_busybox) } else { id };
    keep(call, GROUPS, &format!("{groups}{name}:x:{number}:\n"));
    number
}

/// A user becomes a member of groups.
fn join(call: &mut Call<'_>, user: &str, wanted: &[String]) -> Outcome {
    let groups = list(call, GROUPS);
    if let Some(missing) = wanted.iter().find(|name| !has(&groups, name)) {
        let program = call.words.name().to_string();
        call.err.push_str(&format!("{program}: group '{missing}' does not exist\n"));
        return Outcome::Exit(6);
    }
    let line = |line: &str| {
        let (before, members) = line.rsplit_once(':').unwrap_or((line, ""));
        let is_meant = line.split(':').next().is_some_and(|name| wanted.iter().any(|own| own == name));
        let is_in = members.split(',').any(|member| member == user);
        match (is_meant && !is_in, members.is_empty()) {
            (false, _) => format!("{line}\n"),
            (true, true) => format!("{before}:{user}\n"),
            (true, false) => format!("{before}:{members},{user}\n"),
        }
    };
    let text: String = groups.lines().map(line).collect();
    keep(call, GROUPS, &text);
    Outcome::Exit(0)
}

/// A user leaves all groups.
fn leave(call: &mut Call<'_>, user: &str) {
    let line = |line: &str| {
        let (before, members) = line.rsplit_once(':').unwrap_or((line, ""));
        let kept: Vec<&str> = members.split(',').filter(|member| *member != user).collect();
        format!("{before}:{}\n", kept.join(","))
    };
    let text: String = list(call, GROUPS).lines().map(line).collect();
    keep(call, GROUPS, &text);
}

/// Changes the fields of a line of a list.
fn change(call: &mut Call<'_>, path: &str, name: &str, fields: &[(usize, Option<String>)]) {
    let line = |line: &str| {
        let mut parts: Vec<String> = line.split(':').map(str::to_string).collect();
        if parts.first().is_some_and(|own| own == name) {
            for (at, value) in fields {
                if let (Some(part), Some(value)) = (parts.get_mut(*at), value) {
                    part.clone_from(value);
                }
            }
        }
        format!("{}\n", parts.join(":"))
    };
    let text: String = list(call, path).lines().map(line).collect();
    keep(call, path, &text);
}

fn change_user(call: &mut Call<'_>, name: &str, given: &Given) -> Outcome {
    if !has(&list(call, USERS), name) {
        call.err.push_str(&format!("usermod: user '{name}' does not exist\n"));
        return Outcome::Exit(6);
    }
    let group = given.group.as_ref().and_then(|group| call.container.group_number(call.cluster, group));
    let fields = [
        (2, given.id.map(|id| id.to_string())),
        (3, group.map(|group| group.to_string())),
        (5, given.home.clone()),
        (6, given.shell.clone()),
        (0, given.name.clone()),
    ];
    let more: Option<Vec<String>> = given.more.as_ref().map(|more| more.split(',').map(str::to_string).collect());
    if more.is_some() && !given.adds {
        leave(call, name);
    }
    let outcome = more.map_or(Outcome::Exit(0), |more| join(call, name, &more));
    change(call, USERS, name, &fields);
    outcome
}

fn change_group(call: &mut Call<'_>, name: &str, given: &Given) -> Outcome {
    if !has(&list(call, GROUPS), name) {
        call.err.push_str(&format!("groupmod: group '{name}' does not exist\n"));
        return Outcome::Exit(6);
    }
    change(call, GROUPS, name, &[(2, given.id.map(|id| id.to_string())), (0, given.name.clone())]);
    Outcome::Exit(0)
}

fn remove(call: &mut Call<'_>, name: &str, is_group: bool) -> Outcome {
    let path = if is_group { GROUPS } else { USERS };
    let text = list(call, path);
    if !has(&text, name) {
        let (program, what) = (call.words.name().to_string(), if is_group { "group" } else { "user" });
        call.err.push_str(&format!("{program}: {what} '{name}' does not exist\n"));
        return Outcome::Exit(6);
    }
    let text: String =
        text.lines().filter(|line| line.split(':').next() != Some(name)).map(|line| format!("{line}\n")).collect();
    keep(call, path, &text);
    if !is_group {
        leave(call, name);
    }
    Outcome::Exit(0)
}
