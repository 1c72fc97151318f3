//! `dd`, `truncate` and `fallocate`: files of a size, and bytes that go from one to another.

use super::{Arguments, Call, Outcome};
use crate::shell::container::{FILE_BYTES_MAX, FileError};
use crate::shell::language::limits::LIMITS;
use crate::shell::path_kind::is_endless;
use crate::world::disk::Entry;

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

/// `truncate -s SIZE FILE`.
pub fn truncate(call: &mut Call<'_>) -> Outcome {
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
pub fn fallocate(call: &mut Call<'_>) -> Outcome {
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
pub fn dd(call: &mut Call<'_>) -> Outcome {
    let value = |name: &str| call.words.arguments().iter().find_map(|word| word.strip_prefix(name)).map(str::to_string);
    let (from, to, count) = (value("if="), value("of="), value("count=").and_then(|text| text.parse::<usize>().ok()));
    let block = value("bs=").map_or(Some(512), |text| size(&text)).unwrap_or(512).max(1);
    let is_quiet = value("status=").is_some_and(|text| text == "none");
    let wanted = count.map(|count| count.saturating_mul(block));
    if let (Some(name), None) = (&to, wanted)
        && from.as_deref().is_some_and(is_endless)
        && name != "/dev/null"
    {
        // It ends where the disk does.
        let error = call.container.has_no_room(call.cluster);
        return call.fail(&format!("error writing '{name}': {error}"));
    }
    // Of what goes into a file only the size counts; else it is more than may be written, so that this is said.
    let most = if to.is_some() { FILE_BYTES_MAX + 1 } else { LIMITS.gathered + 1 };
    let endless = |name: &str| {
        let count = wanted.unwrap_or(usize::MAX).min(most);
        call.container.endless_bytes(call.cluster.now(), name, count)
    };
    let device = from.as_deref().and_then(endless);
    let text = match (device, from.as_deref()) {
        (Some(text), _) => text,
        (None, Some(name)) => match call.read(name) {
            Ok(text) => text,
            Err(error) => {
                return call.fail(&format!("failed to open '{name}': {error}"));
            }
        },
        (None, None) => call.stdin.take().unwrap_or_default(),
    };
    let text = match wanted {
        Some(most) if most < text.len() => text.chars().take(most).collect(),
        _ => text,
    };
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
                Err(error @ (FileError::NoSpace | FileError::NoRoom)) => {
                    return call.fail(&format!("error writing '{name}': {error}"));
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
