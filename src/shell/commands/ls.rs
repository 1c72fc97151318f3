//! `ls` and `stat`: what stands in a directory.

use super::cut_join::Given;
use super::files::each;
use super::{Arguments, Call, Outcome};
use crate::cluster::Cluster;
use crate::ordering::Order;
use crate::shell::container::{Container, Found};
use crate::shell::language::unescape;
use crate::shell::ownership::mode_text;
use crate::shell::time_format::format_time;
use crate::world::disk::Owner;

/// `ls`.
pub fn ls(call: &mut Call<'_>) -> Outcome {
    let look = Look {
        is_long: ['l', 'n'].into_iter().any(|flag| call.words.has_flag(flag)),
        mark: ['F', 'p'].into_iter().find(|flag| call.words.has_flag(*flag)),
        has_commas: call.words.has_flag('m') && !call.container.image.is_busybox,
        times: call.words.option("--time-style").and_then(|style| style.strip_prefix('+').map(str::to_string)),
        shows_all: call.words.has_flag('a'),
        shows_hidden: call.words.has_flag('a') || call.words.has_flag('A'),
        is_deep: call.words.has_flag('R'),
        is_numeric: call.words.has_flag('n'),
        follows: call.words.has_flag('L'),
        order: ['t', 'S'].into_iter().find(|flag| call.words.has_flag(*flag)),
        is_turned: call.words.has_flag('r'),
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
    look.put_in_order(&mut files);
    let names_headers = directories.len() + files.len() > 1 || look.is_deep;
    let mut out = look.lines(&files, call.container, call.cluster);
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
        out.push_str(&look.lines(&entries, call.container, call.cluster));
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
    /// `p`: a slash stands behind directories; `F`: signs stand behind links and programs, too.
    mark: Option<char>,
    has_commas: bool,
    /// The format of the times.
    times: Option<String>,
    pub(super) shows_all: bool,
    shows_hidden: bool,
    pub(super) is_deep: bool,
    pub(super) is_numeric: bool,
    pub(super) follows: bool,
    /// `t`: the newest first; `S`: the largest.
    order: Option<char>,
    is_turned: bool,
    is_terminal: bool,
}

impl Look {
    /// What stands behind a name.
    fn sign(&self, found: &Found) -> &'static str {
        match self.mark {
            Some('F') if found.link.is_some() => "@",
            Some(_) if found.is_directory() && found.link.is_none() => "/",
            Some('F') if found.link.is_none() && found.owner.mode & 0o111 != 0 => "*",
            _ => "",
        }
    }

    /// The newest or the largest come first where that is asked for, or all the other way round.
    fn put_in_order(&self, entries: &mut [(String, Found)]) {
        match self.order {
            Some('t') => entries.order_by_key(|entry| std::cmp::Reverse(entry.1.modified)),
            Some(_) => entries.order_by_key(|entry| std::cmp::Reverse(entry.1.size())),
            None => {}
        }
        if self.is_turned {
            entries.reverse();
        }
    }

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
        self.put_in_order(&mut entries);
        entries
    }

    pub(super) fn lines(&self, entries: &[(String, Found)], container: &Container, cluster: &Cluster) -> String {
        if !self.is_long {
            let separator = match () {
                () if self.has_commas => ", ",
                () if self.is_terminal => "  ",
                () => "\n",
            };
            let names: Vec<String> =
                entries.iter().map(|(name, found)| format!("{name}{}", self.sign(found))).collect();
            return if names.is_empty() { String::new() } else { format!("{}\n", names.join(separator)) };
        }
        let whose = |number: i64, is_group: bool| match (self.is_numeric, is_group) {
            (true, _) => number.to_string(),
            (false, true) => container.group_name(cluster, number),
            (false, false) => container.user_name(cluster, number),
        };
        let widest =
            |text: &dyn Fn(&Found) -> String| entries.iter().map(|entry| text(&entry.1).len()).max().unwrap_or(0);
        let user = |found: &Found| whose(found.owner.user, false);
        let group = |found: &Found| whose(found.owner.group, true);
        let size = |found: &Found| found.size().to_string();
        let (users, groups, sizes) = (widest(&user), widest(&group), widest(&size));
        let line = |(name, found): &(String, Found)| {
            let (kind, links) = (found.letter(), if found.is_directory() { 2 } else { 1 });
            let (mode, links, name) = match &found.link {
                Some(target) => ("lrwxrwxrwx".to_string(), 1, format!("{name} -> {target}")),
                None => (mode_text(found.owner.mode, kind), links, format!("{name}{}", self.sign(found))),
            };
            let (user, group, size) = (user(found), group(found), size(found));
            let time =
                self.times.as_ref().map_or_else(|| short_date(found), |style| format_time(found.modified, style));
            format!("{mode} {links} {user:<users$} {group:<groups$} {size:>sizes$} {time} {name}\n")
        };
        entries.iter().map(line).collect()
    }
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

/// `stat [-L] [-f] [-c FORMAT | --printf=FORMAT] FILE…`.
pub fn stat(call: &mut Call<'_>) -> Outcome {
    let long = [("format", 'c'), ("printf", 'p'), ("dereference", 'L'), ("file-system", 'f')];
    let given = Given::of(call.words, "cp", &long);
    let (format, is_printed) = match given.value('p') {
        Some(format) => (Some(unescape(format)), true),
        None => (given.value('c').map(str::to_string), false),
    };
    each(call, &given.operands, |call, name, path| {
        let found = call.container.lookup_itself(call.cluster, path);
        let found = found.ok_or_else(|| format!("cannot statx '{name}': No such file or directory"))?;
        let link = found.link.clone().filter(|_| !given.has('L'));
        let found = Found { link, ..found };
        let end = if is_printed { "" } else { "\n" };
        let text = match &format {
            Some(format) if given.has('f') => format!("{}{end}", filled(format, |mark| of_disk(mark, name))),
            Some(format) => {
                let part = |mark: char| of_file(call, &found, name, mark);
                format!("{}{end}", filled(format, part))
            }
            None => {
                let part = |mark: char| of_file(call, &found, name, mark).unwrap_or_default();
                format!(
                    "  File: {name}\n  Size: {}\t{}\nAccess: ({:0>4}/{})  Uid: ({:>5}/{:>8})   Gid: ({:>5}/{:>8})\nModify: {}\n",
                    part('s'),
                    part('F'),
                    part('a'),
                    part('A'),
                    part('u'),
                    part('U'),
                    part('g'),
                    part('G'),
                    part('y')
                )
            }
        };
        call.out.push_str(&text);
        Ok(())
    })
}

/// A format whose marks stand for what `part` says; `?` where it says nothing.
fn filled(format: &str, part: impl Fn(char) -> Option<String>) -> String {
    let (mut out, mut chars) = (String::new(), format.chars());
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut mark = chars.next();
        // `%04a`, `%-10n` and their like are shown without their width, `%Hd` and `%Ld` as one.
        while mark.is_some_and(|c| c.is_ascii_digit() || "-+ .#HL".contains(c)) {
            mark = chars.next();
        }
        match mark {
            None | Some('%') => out.push('%'),
            Some(mark) => out.push_str(&part(mark).unwrap_or_else(|| "?".to_string())),
        }
    }
    out
}

/// What `stat -f` says of the disk that a file is on.
fn of_disk(mark: char, name: &str) -> Option<String> {
    Some(match mark {
        'n' => name.to_string(),
        'T' => "overlayfs".to_string(),
        't' => "794c7630".to_string(),
        's' | 'S' => "4096".to_string(),
        'l' => "255".to_string(),
        'i' => "0".to_string(),
        _ => return None,
    })
}

/// What `stat` says of a file.
fn of_file(call: &Call<'_>, found: &Found, name: &str, mark: char) -> Option<String> {
    let letter = if found.link.is_some() { 'l' } else { found.letter() };
    let kind = match letter {
        'l' => "symbolic link",
        'd' => "directory",
        's' => "socket",
        'b' => "block special file",
        'c' => "character special file",
        _ if found.size() == 0 => "regular empty file",
        _ => "regular file",
    };
    let owner = if found.link.is_some() { Owner { mode: 0o777, ..found.owner } } else { found.owner };
    let size = found.size();
    Some(match mark {
        'a' => format!("{:o}", owner.mode),
        'A' => mode_text(owner.mode, letter),
        'u' => owner.user.to_string(),
        'g' => owner.group.to_string(),
        'U' => call.container.user_name(call.cluster, owner.user),
        'G' => call.container.group_name(call.cluster, owner.group),
        's' => size.to_string(),
        'b' => (size.div_ceil(4096) * 8).to_string(),
        'B' => "512".to_string(),
        'o' => "4096".to_string(),
        'h' => if letter == 'd' { "2" } else { "1" }.to_string(),
        'n' => name.to_string(),
        'N' => match &found.link {
            Some(target) => format!("'{name}' -> '{target}'"),
            None => format!("'{name}'"),
        },
        'F' => kind.to_string(),
        // All times are that of the last change.
        'X' | 'Y' | 'Z' => found.modified.unix_millis().div_euclid(1000).to_string(),
        'x' | 'y' | 'z' => found.modified.rfc3339().replace('T', " ").replace('Z', ".000000000 +0000"),
        'w' => "-".to_string(),
        'W' => "0".to_string(),
        _ => return None,
    })
}
