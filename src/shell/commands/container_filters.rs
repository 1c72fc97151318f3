//! Filters inside of a container: what they read there, and what becomes of what they write.

use super::filter::{Filter, Written};
use super::{dd, text_filters};
use crate::cluster::Cluster;
use crate::shell::call::{Arguments, Call, read};
use crate::shell::container::{Container, FILE_BYTES_MAX, FileError};
use crate::shell::language::limits::{BOUND, LIMITS};
use crate::shell::language::{Outcome, is_input};
use crate::shell::path_kind::is_endless;
use crate::world::disk::Entry;

/// The most files that a program goes through below a directory.
const BELOW_MAX: usize = 1000;

/// The files below a directory, by their names seen from it.
fn files_below(container: &Container, cluster: &Cluster, path: &str) -> Vec<String> {
    let (mut files, mut pending) = (Vec::new(), vec![String::new()]);
    while let Some(folder) = pending.pop() {
        let place = format!("{}/{folder}", path.trim_end_matches('/'));
        let entries = container.list(cluster, place.trim_end_matches('/')).unwrap_or_default();
        let mut folders = Vec::new();
        for (name, found) in entries {
            let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match found.is_directory() {
                true if found.link.is_none() => folders.push(name),
                true => {}
                false => files.push(name),
            }
        }
        pending.extend(folders.into_iter().rev());
        if files.len() > BELOW_MAX {
            break;
        }
    }
    files
}

/// `head -c N /dev/zero`: so many bytes of what has no end. Of a large file only the size is kept.
fn head_of_device(call: &mut Call<'_>) -> Option<Outcome> {
    let number = text_filters::kept_bytes(call.words).filter(|_| call.words.name() == "head")?;
    let files = text_filters::files_of(call.words);
    let device = files.first().filter(|name| is_endless(name))?;
    let bytes = dd::size(&number)?;
    if let Some(name) = call.destination.clone().filter(|_| bytes > FILE_BYTES_MAX / 2) {
        let path = call.shell.path(&name);
        let put = call.container.put(call.cluster, &path, Entry::Bulk(bytes as u64));
        return Some(match put {
            Ok(()) => Outcome::Exit(0),
            Err(error) => call.fail(&format!("error writing 'standard output': {error}")),
        });
    }
    // More than may be written, so that this is said.
    let bytes = bytes.min(LIMITS.gathered + 1);
    call.out.push_str(&call.container.endless_bytes(call.cluster.now(), device, bytes).unwrap_or_default());
    Some(Outcome::Exit(0))
}

/// What `awk` says of a file that it cannot write.
fn cannot_open(name: &str, error: FileError, is_busybox: bool) -> String {
    match is_busybox {
        true => format!("awk: can't open '{name}': {error}\n"),
        false => format!("awk: cannot open \"{name}\" for output ({error})\n"),
    }
}

/// Runs one of the commands that turn text into text.
pub(super) fn filter(call: &mut Call<'_>) -> Outcome {
    if let Some(outcome) = head_of_device(call) {
        return outcome;
    }
    let read = |name: &str| match call.stdin.as_ref().filter(|_| is_input(name)) {
        Some(text) => Ok(text.clone()),
        None => read(call.container, call.cluster, call.shell, name),
    };
    let below = |name: &str| files_below(call.container, call.cluster, &call.shell.path(name));
    let is_awk = call.words.name() == "awk";
    let environment = if is_awk { call.shell.variables.exported.clone() } else { Vec::new() };
    let mut filter = Filter {
        words: call.words,
        stdin: call.stdin.clone().unwrap_or_default(),
        read: &read,
        below: &below,
        out: String::new(),
        err: String::new(),
        written: Vec::new(),
        kind: call.shell.kind,
        environment,
        has_mawk: !call.container.image.is_busybox,
        told: Some(std::mem::take(&mut call.told)),
        asks: None,
        now: call.cluster.now(),
        is_unknown: false,
        is_bounded: false,
    };
    let mut code = filter.run().unwrap_or(0);
    if filter.is_unknown {
        return Outcome::Assumed;
    }
    let is_bounded = filter.is_bounded;
    let (out, err, written, asks) = (filter.out, filter.err, filter.written, filter.asks);
    if is_bounded {
        call.shell.grant(BOUND);
    }
    call.out.push_str(&out);
    call.err.push_str(&err);
    for Written { name, text, appends } in written {
        let path = call.shell.path(&name);
        let Err(error) = call.container.write(call.cluster, &path, &text, appends) else { continue };
        match is_awk {
            true => {
                call.err.push_str(&cannot_open(&name, error, call.container.image.is_busybox));
                return Outcome::Exit(if call.container.image.is_busybox { 1 } else { 2 });
            }
            false => {
                call.fail(&format!("{name}: {error}"));
                code = 4;
            }
        }
    }
    match asks {
        Some(mut asked) => {
            asked.told.stdin = call.stdin.take();
            Outcome::Asks(asked)
        }
        None => Outcome::Exit(code),
    }
}
