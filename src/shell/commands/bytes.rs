//! Programs that move bytes between files, and those about paths; they know no network.

use super::{Arguments, Call, Outcome};
use crate::shell::container::{FILE_BYTES_MAX, FileError};
use crate::shell::ownership::changed_mode;
use crate::world::disk::{Entry, Owner};

/// Runs one of the programs of this file.
pub fn run(call: &mut Call<'_>) -> Outcome {
    match call.words.name() {
        "truncate" => truncate(call),
        "fallocate" => fallocate(call),
        "dd" => dd(call),
        "mktemp" => mktemp(call),
        "mountpoint" => mountpoint(call),
        "cmp" | "diff" => compare(call),
        "install" => install(call),
        // What they do needs bytes that are no text.
        _ => Outcome::Assumed,
    }
}

/// `xbstream -x`: the files of a database's backup.
pub fn unpack_backup(call: &mut Call<'_>) -> Outcome {
    let directory = call.words.option("-C").or_else(|| call.words.option("--directory")).unwrap_or_else(|| ".".into());
    let (directory, stream) = (call.shell.path(&directory), call.stdin.take().unwrap_or_default());
    match super::super::sql::unpack(call.container, call.cluster, &stream, &directory) {
        Some(()) => Outcome::Exit(0),
        None => Outcome::Assumed,
    }
}

/// `xtrabackup --prepare`: a backup is ready to be used as it is.
pub fn prepare_backup(call: &mut Call<'_>) -> Outcome {
    let directory = call.words.option("--target-dir").unwrap_or_else(|| ".".into());
    let path = format!("{}/xtrabackup_checkpoints", call.shell.path(&directory));
    if call.container.lookup(call.cluster, &path).is_none() {
        return Outcome::Assumed;
    }
    let stamp = super::format_time(call.cluster.now(), "%y%m%d %T");
    call.err.push_str(&format!("{stamp} completed OK!\n"));
    Outcome::Exit(0)
}

/// Reads `10`, `4k`, `1M`, `2MB`; more than a file holds is that much.
pub fn size(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = text.get(..end)?.parse::<usize>().ok()?;
    let factor = match text.get(end..)?.trim_end_matches(['B', 'i']) {
        "" | "c" => 1,
        "k" | "K" => 1 << 10,
        "b" => 512,
        "M" | "m" => 1 << 20,
        "G" | "g" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

fn truncate(call: &mut Call<'_>) -> Outcome {
    let Some(text) = call.words.option("-s").or_else(|| call.words.option("--size")) else {
        return call.fail("you must specify either '--size' or '--reference'");
    };
    let Some(size) = size(&text) else { return call.fail(&format!("Invalid number: '{text}'")) };
    let files: Vec<String> = call.words.operands().into_iter().filter(|word| *word != text).collect();
    for name in files {
        let path = call.shell.path(&name);
        let old = call.read(&name).unwrap_or_default();
        let new: String = old.chars().take(size).collect();
        let entry = if size > new.len() { Entry::Bulk(size as u64) } else { Entry::File(new.into()) };
        if let Err(error) = call.container.put(call.cluster, &path, entry) {
            return call.fail(&format!("failed to truncate '{name}': {error}"));
        }
    }
    Outcome::Exit(0)
}

/// `fallocate -l SIZE FILE`.
fn fallocate(call: &mut Call<'_>) -> Outcome {
    let text = call.words.option("-l").or_else(|| call.words.option("--length"));
    let Some(bytes) = text.as_deref().and_then(size) else { return call.fail("no length argument specified") };
    let Some(name) = call.words.operands().into_iter().find(|word| Some(word) != text.as_ref()) else {
        return call.fail("no filename specified");
    };
    let path = call.shell.path(&name);
    match call.container.put(call.cluster, &path, Entry::Bulk(bytes as u64)) {
        Ok(()) => Outcome::Exit(0),
        Err(error) => call.fail(&format!("fallocate failed: {error}")),
    }
}

/// `dd if=… of=… bs=… count=…`.
fn dd(call: &mut Call<'_>) -> Outcome {
    let value = |name: &str| call.words.arguments().iter().find_map(|word| word.strip_prefix(name)).map(str::to_string);
    let (from, to, count) = (value("if="), value("of="), value("count=").and_then(|text| text.parse::<usize>().ok()));
    let block = value("bs=").map_or(Some(512), |text| size(&text)).unwrap_or(512).max(1);
    let is_quiet = value("status=").is_some_and(|text| text == "none");
    let wanted = count.map(|count| count.saturating_mul(block));
    let text = match from.as_deref() {
        Some("/dev/zero") => "\0".repeat(wanted.unwrap_or(usize::MAX).min(FILE_BYTES_MAX + 1)),
        Some("/dev/urandom" | "/dev/random") => {
            call.container.noise(call.cluster.now(), wanted.unwrap_or(usize::MAX).min(FILE_BYTES_MAX + 1))
        }
        Some(name) => match call.read(name) {
            Ok(text) => text,
            Err(error) => {
                return call.fail(&format!("failed to open '{name}': {error}"));
            }
        },
        None => call.stdin.take().unwrap_or_default(),
    };
    let text: String = text.chars().take(wanted.unwrap_or(usize::MAX)).collect();
    let size = wanted.filter(|_| from.as_deref().is_some_and(|name| name.starts_with("/dev/"))).unwrap_or(text.len());
    let (blocks, rest) = (size / block, usize::from(size % block > 0));
    match to {
        None => call.out.push_str(&text),
        Some(name) => {
            let path = call.shell.path(&name);
            // Of a large file only the size is kept.
            let entry = if size > FILE_BYTES_MAX / 2 { Entry::Bulk(size as u64) } else { Entry::File(text.into()) };
            match call.container.put(call.cluster, &path, entry) {
                Ok(()) => {}
                Err(FileError::NoSpace) => {
                    return call.fail(&format!("error writing '{name}': {}", FileError::NoSpace));
                }
                Err(error) => return call.fail(&format!("failed to open '{name}': {error}")),
            }
        }
    }
    if !is_quiet {
        call.err.push_str(&format!(
            "{blocks}+{rest} records in\n{blocks}+{rest} records out\n{size} bytes{} copied, 0.001 s, {} MB/s\n",
            human(size),
            size / 1000
        ));
    }
    Outcome::Exit(0)
}

/// ` (1.0 MB, 1.0 MiB)`, as `dd` shows sizes.
fn human(size: usize) -> String {
    let part = |unit: usize, name: &str| format!("{}.{} {name}", size / unit, size % unit * 10 / unit);
    match size {
        0..1000 => String::new(),
        1000..1_000_000 => format!(" ({}, {})", part(1000, "kB"), part(1024, "KiB")),
        1_000_000..1_000_000_000 => format!(" ({}, {})", part(1_000_000, "MB"), part(1 << 20, "MiB")),
        _ => format!(" ({}, {})", part(1_000_000_000, "GB"), part(1 << 30, "GiB")),
    }
}

fn mktemp(call: &mut Call<'_>) -> Outcome {
    let long = [("directory", 'd'), ("dry-run", 'u'), ("quiet", 'q'), ("tmpdir", 'p')];
    let given = super::columns::Given::of(call.words, "p", &long);
    let is_directory = given.has('d');
    let usual = || call.shell.variable("TMPDIR").filter(|path| !path.is_empty()).unwrap_or_else(|| "/tmp".to_string());
    let folder = match given.value('p').filter(|path| !path.is_empty()) {
        Some(path) => Some(path.to_string()),
        None => (given.has('t') || given.has('p') || given.operands.is_empty()).then(usual),
    };
    let own = given.operands.first().map_or("tmp.XXXXXXXXXX", String::as_str);
    let template = folder.map_or_else(|| own.to_string(), |folder| format!("{folder}/{own}"));
    // What stands behind the last `XXX` stays.
    let Some(end_of_mark) = template.rfind("XXX").map(|at| at + 3) else {
        return call.fail(&format!("too few X's in template ‘{template}’"));
    };
    let (template_head, suffix) = template.split_at(end_of_mark);
    let number = call.cluster.disks().version() % 1_000_000;
    let end = template_head.trim_end_matches('X');
    let mark: String = format!("{number:0>10}").chars().rev().take(template_head.len() - end.len()).collect();
    let name = format!("{end}{mark}{suffix}");
    if given.has('u') {
        return super::system::say(call, &name);
    }
    let path = call.shell.path(&name);
    let made = match is_directory {
        true => call.container.make_directory(call.cluster, &path, false),
        false => call.container.write(call.cluster, &path, "", false),
    };
    match made {
        Ok(()) => {
            if let Some(found) = call.container.lookup(call.cluster, &path) {
                let mode = if is_directory { 0o700 } else { 0o600 };
                // It was made just now.
                _ = call.container.give(call.cluster, &path, Owner { mode, ..found.owner });
            }
            super::system::say(call, &name)
        }
        Err(error) => call.fail(&format!("failed to create file via template '{template}': {error}")),
    }
}

fn mountpoint(call: &mut Call<'_>) -> Outcome {
    let is_quiet = call.words.has_flag('q');
    let Some(name) = call.words.operands().first().cloned() else { return call.fail("bad usage") };
    let path = call.shell.path(&name);
    let is_mounted = path == "/" || call.container.mounts().iter().any(|mount| mount.path == path);
    if !is_quiet {
        call.out.push_str(&format!("{name} is {}a mountpoint\n", if is_mounted { "" } else { "not " }));
    }
    Outcome::Exit(if is_mounted { 0 } else { 32 })
}

/// `cmp` and `diff`: whether files are the same, and the lines that are not.
fn compare(call: &mut Call<'_>) -> Outcome {
    let operands = call.words.operands();
    let [one, other] = operands.as_slice() else { return call.fail("missing operand") };
    let mut texts = Vec::new();
    for name in [one, other] {
        match call.read(name) {
            Ok(text) => texts.push(text),
            Err(error) => {
                let text = format!("{name}: {error}");
                call.fail(&text);
                return Outcome::Exit(2);
            }
        }
    }
    if texts.first() == texts.last() {
        return Outcome::Exit(0);
    }
    let is_brief = call.words.has_flag('q') || call.words.has_flag('s');
    match call.words.name() {
        "cmp" if !is_brief => call.out.push_str(&format!("{one} {other} differ\n")),
        "diff" if is_brief => call.out.push_str(&format!("Files {one} and {other} differ\n")),
        "diff" => {
            let lines =
                |at: usize| texts.get(at).map_or(Vec::new(), |text| text.split_terminator('\n').collect::<Vec<_>>());
            call.out.push_str(&normal_diff(&lines(0), &lines(1)));
        }
        _ => {}
    }
    Outcome::Exit(1)
}

/// The most comparisons of lines for one difference; beyond that the rest is taken to differ as a whole.
const COMPARED_MAX: usize = 1_000_000;

/// What `diff` says without options: for each stretch that differs its lines' numbers, `< ` and `> `.
fn normal_diff(left: &[&str], right: &[&str]) -> String {
    let same = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (a, b) = (left.get(same..).unwrap_or(&[]), right.get(same..).unwrap_or(&[]));
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(..a.len() - tail).unwrap_or(&[]), b.get(..b.len() - tail).unwrap_or(&[]));
    let width = b.len() + 1;
    let is_small = (a.len() + 1).saturating_mul(width) <= COMPARED_MAX;
    // How many lines the rests have in common, by where they begin.
    let mut common = vec![0_u32; if is_small { (a.len() + 1) * width } else { 0 }];
    if is_small {
        for at in (0..a.len()).rev() {
            for other in (0..b.len()).rev() {
                let (down, beside) = (common[(at + 1) * width + other], common[at * width + other + 1]);
                let met = common[(at + 1) * width + other + 1] + 1;
                common[at * width + other] = if a[at] == b[other] { met } else { down.max(beside) };
            }
        }
    }
    let (mut at, mut other, mut out) = (0, 0, String::new());
    while at < a.len() || other < b.len() {
        let (from, to) = (at, other);
        while is_small && at < a.len() && other < b.len() && a[at] != b[other] {
            match common[(at + 1) * width + other] >= common[at * width + other + 1] {
                true => at += 1,
                false => other += 1,
            }
        }
        if !is_small || at == a.len() || other == b.len() {
            (at, other) = (a.len(), b.len());
        }
        if (from, to) != (at, other) {
            out += &hunk(&a[from..at], &b[to..other], same + from, same + to);
        }
        at += 1;
        other += 1;
    }
    out
}

/// One stretch that differs: `2,3c2`, `4d3`, `5a6` and the lines.
fn hunk(gone: &[&str], new: &[&str], before: usize, after: usize) -> String {
    let place = |first: usize, count: usize| match count {
        0 => first.to_string(),
        1 => (first + 1).to_string(),
        count => format!("{},{}", first + 1, first + count),
    };
    let what = match (gone.is_empty(), new.is_empty()) {
        (true, _) => 'a',
        (_, true) => 'd',
        _ => 'c',
    };
    let mut text = format!("{}{what}{}\n", place(before, gone.len()), place(after, new.len()));
    gone.iter().for_each(|line| text += &format!("< {line}\n"));
    if what == 'c' {
        text += "---\n";
    }
    new.iter().for_each(|line| text += &format!("> {line}\n"));
    text
}

/// `install -d DIRECTORY…` and `install [-m MODE] FROM… TO`: what it makes can be run by everybody, unless it is told
/// otherwise.
fn install(call: &mut Call<'_>) -> Outcome {
    let long = [("mode", 'm'), ("owner", 'o'), ("group", 'g'), ("target-directory", 't'), ("directory", 'd')];
    let given = super::columns::Given::of(call.words, "mogt", &long);
    let mode = changed_mode(0o755, given.value('m').unwrap_or("755"), false).unwrap_or(0o755);
    let mut made = Vec::new();
    if given.has('d') {
        for name in &given.operands {
            let path = call.shell.path(name);
            if let Err(error) = call.container.make_directory(call.cluster, &path, true) {
                return call.fail(&format!("cannot create directory '{name}': {error}"));
            }
            made.push(path);
        }
    } else {
        if let (true, Some(target)) = (given.has('D'), given.operands.last()) {
            let folder = crate::shell::container::parent_of(&call.shell.path(target));
            if let Err(error) = call.container.make_directory(call.cluster, &folder, true) {
                return call.fail(&format!("cannot create directory '{folder}': {error}"));
            }
        }
        let outcome = super::files::copy(call);
        if !matches!(outcome, Outcome::Exit(0)) {
            return outcome;
        }
        let mut sources = given.operands.clone();
        let Some(target) = given.value('t').map(str::to_string).or_else(|| sources.pop()) else { return outcome };
        let target = call.shell.path(&target);
        let into = call.container.lookup(call.cluster, &target).is_some_and(|found| found.is_directory());
        let last = |name: &String| name.rsplit('/').next().unwrap_or(name).to_string();
        made.extend(sources.iter().map(|name| if into { format!("{target}/{}", last(name)) } else { target.clone() }));
    }
    for path in made {
        if let Some(found) = call.container.lookup(call.cluster, &path) {
            // What is mounted for reading keeps its permissions.
            _ = call.container.give(call.cluster, &path, Owner { mode, ..found.owner });
        }
    }
    Outcome::Exit(0)
}
