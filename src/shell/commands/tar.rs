//! `tar`, `gzip`, `gunzip` and `zcat`: packed files hold their texts behind a mark of this lab, not the real bytes.

use super::cut_join::Given;
use super::{Arguments, Call, Outcome};
use crate::shell::container::parent_of;
use crate::world::disk::Entry;

/// What a packed text begins with.
const PACKED: &str = "\u{1f}gzip\n";
/// What an archive begins with.
const ARCHIVE: &str = "ustar\n";
/// The most entries of an archive.
const ENTRIES_MAX: usize = 500;

/// `gzip`, `gunzip` and `zcat`.
pub fn gzip(call: &mut Call<'_>) -> Outcome {
    let long = [("decompress", 'd'), ("stdout", 'c'), ("to-stdout", 'c'), ("keep", 'k'), ("force", 'f'), ("test", 't')];
    let given = Given::of(call.words, "S", &long);
    let name = call.words.name().to_string();
    let unpacks = given.has('d') || given.has('t') || name != "gzip";
    let to_output = given.has('c') || name == "zcat";
    if given.operands.iter().all(|name| name == "-") {
        let text = call.stdin.take().unwrap_or_default();
        return match if unpacks { unpacked(&text) } else { Some(format!("{PACKED}{text}")) } {
            Some(text) => {
                call.out.push_str(if given.has('t') { "" } else { &text });
                Outcome::Exit(0)
            }
            None => call.fail("stdin: not in gzip format"),
        };
    }
    let mut code = 0;
    for name in &given.operands {
        if let Err(why) = gzip_one(call, name, unpacks, to_output, &given) {
            call.fail(&why);
            code = 1;
        }
    }
    Outcome::Exit(code)
}

fn gzip_one(call: &mut Call<'_>, name: &str, unpacks: bool, to_output: bool, given: &Given) -> Result<(), String> {
    let other = match (unpacks, name.strip_suffix(".tgz")) {
        (false, _) => format!("{name}.gz"),
        (true, Some(base)) => format!("{base}.tar"),
        (true, None) => name.strip_suffix(".gz").unwrap_or(name).to_string(),
    };
    let text = match call.read(name) {
        Err(_) if unpacks && other == name => call.read(&format!("{name}.gz")),
        text => text,
    };
    let text = text.map_err(|error| format!("{name}: {error}"))?;
    let new = match unpacks {
        true => unpacked(&text).ok_or_else(|| format!("{name}: not in gzip format"))?,
        false => format!("{PACKED}{text}"),
    };
    if given.has('t') {
        return Ok(());
    }
    if to_output {
        call.out.push_str(&new);
        return Ok(());
    }
    let (from, to) = (call.shell.path(name), call.shell.path(&other));
    if call.container.lookup(call.cluster, &to).is_some() && !given.has('f') {
        return Err(format!("{other} already exists; not overwritten"));
    }
    call.container.write(call.cluster, &to, &new, false).map_err(|error| format!("{other}: {error}"))?;
    if !given.has('k') {
        call.container.remove(call.cluster, &from, false).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

fn unpacked(text: &str) -> Option<String> {
    text.strip_prefix(PACKED).map(str::to_string)
}

/// The words of `tar` with its first as flags, each of its own: `tar xfz a` is `tar -x -f a -z`, where those that want a
/// value take the words behind in their order.
fn with_signs(words: &[String]) -> Vec<String> {
    let Some(bundle) = words.get(1).filter(|word| !word.starts_with('-')) else { return words.to_vec() };
    let mut all: Vec<String> = words.iter().take(1).cloned().collect();
    let mut rest = words.iter().skip(2).cloned();
    for letter in bundle.chars() {
        all.push(format!("-{letter}"));
        if VALUED.contains(letter) {
            all.extend(rest.next());
        }
    }
    all.extend(rest);
    all
}

/// The flags of `tar` that have a value.
const VALUED: &str = "fCESUGMFTX";

/// `tar -c`, `-x` and `-t`, with `-f FILE`, `-C DIRECTORY`, `-z`, `-v`, `--strip-components N`.
pub fn tar(call: &mut Call<'_>) -> Outcome {
    let words = with_signs(call.words);
    let long = [
        ("create", 'c'),
        ("extract", 'x'),
        ("get", 'x'),
        ("list", 't'),
        ("file", 'f'),
        ("directory", 'C'),
        ("gzip", 'z'),
        ("verbose", 'v'),
        ("exclude", 'E'),
        ("strip-components", 'S'),
        ("to-stdout", 'O'),
        ("owner", 'U'),
        ("group", 'G'),
        ("mode", 'M'),
        ("transform", 'F'),
    ];
    let given = Given::of(&words, VALUED, &long);
    let base = given.value('C').map_or_else(|| call.shell.directory.clone(), |folder| call.shell.path(folder));
    if call.container.lookup(call.cluster, &base).is_none_or(|found| !found.is_directory()) {
        call.fail(&format!("{}: Cannot open: No such file or directory", given.value('C').unwrap_or(".")));
        call.fail("Error is not recoverable: exiting now");
        return Outcome::Exit(2);
    }
    match (given.has('c'), given.has('x'), given.has('t')) {
        (true, ..) => pack(call, &given, &base),
        (_, true, _) | (_, _, true) => unpack(call, &given, &base),
        // What changes archives is not in this lab.
        _ => Outcome::Assumed,
    }
}

fn pack(call: &mut Call<'_>, given: &Given, base: &str) -> Outcome {
    let (mut archive, mut code, mut count) = (ARCHIVE.to_string(), 0, 0);
    let mut pending: Vec<String> = given.operands.iter().rev().cloned().collect();
    while let Some(name) = pending.pop() {
        let path = crate::shell::container::normalize(base, &name);
        let Some(found) = call.container.lookup_itself(call.cluster, &path) else {
            call.fail(&format!("{name}: Cannot stat: No such file or directory"));
            code = 2;
            continue;
        };
        let is_left_out = given.values('E').any(|pattern| {
            let last = name.rsplit('/').next().unwrap_or(&name);
            let fits = crate::shell::language::matches_glob;
            fits(pattern, last) || fits(pattern, &name) || name.starts_with(&format!("{pattern}/"))
        });
        count += 1;
        if is_left_out || count > ENTRIES_MAX {
            continue;
        }
        let shown = name.trim_start_matches('/');
        let mode = found.owner.mode;
        let (kind, text) = match (&found.link, &found.entry) {
            (Some(target), _) => ('l', target.to_string()),
            (None, Entry::Directory) => ('d', String::new()),
            (None, Entry::Bulk(bytes)) => ('b', bytes.to_string()),
            _ => ('f', call.read(&path).unwrap_or_default()),
        };
        archive.push_str(&format!("{kind} {mode:o} {} {shown}\n{text}", text.len()));
        if given.has('v') {
            let mark = if kind == 'd' { "/" } else { "" };
            call.err.push_str(&format!("{}{mark}\n", shown.trim_end_matches('/')));
        }
        if kind == 'd' {
            let entries = call.container.list(call.cluster, &path).unwrap_or_default();
            pending
                .extend(entries.into_iter().rev().map(|entry| format!("{}/{}", name.trim_end_matches('/'), entry.0)));
        }
    }
    if code == 2 {
        call.fail("Exiting with failure status due to previous errors");
    }
    let file = given.value('f').unwrap_or("-");
    let is_packed = given.has('z') || file.ends_with(".tgz") && given.has('a');
    let archive = if is_packed { format!("{PACKED}{archive}") } else { archive };
    if file == "-" {
        call.out.push_str(&archive);
        return Outcome::Exit(code);
    }
    let path = call.shell.path(file);
    match call.container.write(call.cluster, &path, &archive, false) {
        Ok(()) => Outcome::Exit(code),
        Err(error) => {
            call.fail(&format!("{file}: Cannot open: {error}"));
            Outcome::Exit(2)
        }
    }
}

fn unpack(call: &mut Call<'_>, given: &Given, base: &str) -> Outcome {
    let file = given.value('f').unwrap_or("-").to_string();
    let text = if file == "-" { Ok(call.stdin.take().unwrap_or_default()) } else { call.read(&file) };
    let text = match text {
        Ok(text) => text,
        Err(error) => {
            call.fail(&format!("{file}: Cannot open: {error}"));
            call.fail("Error is not recoverable: exiting now");
            return Outcome::Exit(2);
        }
    };
    let Some(mut rest) = text.strip_prefix(PACKED).unwrap_or(&text).strip_prefix(ARCHIVE) else {
        // Somebody else's archive, whose files nobody here knows.
        return Outcome::Assumed;
    };
    let strips: usize = given.number('S').unwrap_or(0);
    while let Some((heading, behind)) = rest.split_once('\n') {
        let mut parts = heading.splitn(4, ' ');
        let (Some(kind), Some(mode), Some(length), Some(name)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            break;
        };
        let length = length.parse::<usize>().unwrap_or(0);
        let text = behind.get(..length).unwrap_or("");
        rest = behind.get(length..).unwrap_or("");
        let plain = name.trim_end_matches('/');
        let is_wanted = given.operands.is_empty()
            || given.operands.iter().any(|own| {
                let own = own.trim_end_matches('/');
                plain == own || plain.starts_with(&format!("{own}/"))
            });
        if !is_wanted {
            continue;
        }
        if given.has('t') || given.has('v') {
            let mark = if kind == "d" { "/" } else { "" };
            call.out.push_str(&format!("{plain}{mark}\n"));
        }
        if given.has('t') {
            continue;
        }
        if given.has('O') {
            call.out.push_str(text);
            continue;
        }
        let inner: Vec<&str> = plain.split('/').skip(strips).collect();
        if strips > 0 && inner.is_empty() {
            continue;
        }
        let path = crate::shell::container::normalize(base, &inner.join("/"));
        if let Err(error) = put(call, &path, kind, text, u16::from_str_radix(mode, 8).unwrap_or(0o644)) {
            call.fail(&format!("{plain}: Cannot open: {error}"));
            return Outcome::Exit(2);
        }
    }
    Outcome::Exit(0)
}

fn put(
    call: &mut Call<'_>,
    path: &str,
    kind: &str,
    text: &str,
    mode: u16,
) -> Result<(), crate::shell::container::FileError> {
    let container = call.container;
    if kind == "d" {
        return container.make_directory(call.cluster, path, true);
    }
    container.make_directory(call.cluster, &parent_of(path), true)?;
    if container.link_at(call.cluster, path).is_some() {
        container.remove(call.cluster, path, false)?;
    }
    match kind {
        "l" => return container.link(call.cluster, path, text),
        "b" => container.put(call.cluster, path, Entry::Bulk(text.parse().unwrap_or(0)))?,
        _ => container.write(call.cluster, path, text, false)?,
    }
    if let Some(found) = container.lookup(call.cluster, path) {
        let owner = crate::world::disk::Owner { mode, ..found.owner };
        container.give(call.cluster, path, owner)?;
    }
    Ok(())
}
