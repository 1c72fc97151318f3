//! `touch`, `mkdir`, `mktemp` and `install`: files and directories made with a name, a time or permissions.

use super::cut_join::Given;
use super::files::each;
use super::hostname_uname::say;
use super::{Call, Outcome};
use crate::model::Millis;
use crate::shell::ownership::changed_mode;
use crate::world::disk::Owner;

/// `touch [-acm] [-d TIME] [-t STAMP] [-r FILE] FILE…`.
pub fn touch(call: &mut Call<'_>) -> Outcome {
    let long = [("date", 'd'), ("reference", 'r'), ("no-create", 'c'), ("time", 'T'), ("no-dereference", 'h')];
    let given = Given::of(call.words, "dtrT", &long);
    let moment = match (given.value('d'), given.value('t'), given.value('r')) {
        (Some(text), ..) => {
            let now = call.cluster.now();
            // A time in words that nobody here reads is now; the file is there all the same.
            Some(super::date::read(text, now, false).unwrap_or(now))
        }
        (_, Some(stamp), _) => match stamped(stamp, call.cluster.now()) {
            Some(moment) => Some(moment),
            None => return call.fail(&format!("invalid date format '{stamp}'")),
        },
        (.., Some(name)) => match call.container.lookup(call.cluster, &call.shell.path(name)) {
            Some(found) => Some(found.modified),
            None => return call.fail(&format!("failed to get attributes of '{name}': No such file or directory")),
        },
        _ => None,
    };
    let (is_careful, names) = (given.has('c'), given.operands.clone());
    each(call, &names, |call, name, path| {
        let found = call.container.lookup(call.cluster, path);
        match &found {
            None if is_careful => return Ok(()),
            Some(found) if found.is_directory() => {}
            _ => {
                let made = call.container.write(call.cluster, path, "", true);
                made.map_err(|error| format!("cannot touch '{name}': {error}"))?;
            }
        }
        match moment {
            Some(moment) => call.container.date(call.cluster, path, moment),
            None => Ok(()),
        }
        .map_err(|error| format!("setting times of '{name}': {error}"))
    })
}

/// `[[CC]YY]MMDDhhmm[.ss]`.
fn stamped(stamp: &str, now: Millis) -> Option<Millis> {
    let (digits, seconds) = stamp.split_once('.').unwrap_or((stamp, "00"));
    let year = now.rfc3339().get(..4)?.to_string();
    let whole = match digits.len() {
        8 => format!("{year}{digits}"),
        10 => format!("{}{digits}", year.get(..2)?),
        12 => digits.to_string(),
        _ => return None,
    };
    let part = |from: usize, to: usize| whole.get(from..to);
    let date = format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?);
    Millis::parse_rfc3339(&format!("{date}T{}:{}:{seconds}Z", part(8, 10)?, part(10, 12)?))
}

/// `mkdir [-p] [-m MODE] DIRECTORY…`.
pub fn mkdir(call: &mut Call<'_>) -> Outcome {
    let given = Given::of(call.words, "m", &[("mode", 'm'), ("parents", 'p'), ("verbose", 'v')]);
    let tells = given.has('v');
    let (with_parents, names) = (given.has('p'), given.operands.clone());
    let mode = given.value('m').map(|text| (text.to_string(), changed_mode(0o777, text, true)));
    if let Some((text, None)) = &mode {
        return call.fail(&format!("invalid mode '{text}'"));
    }
    each(call, &names, |call, name, path| {
        let is_new = call.container.lookup(call.cluster, path).is_none();
        // Those that are made on the way are told of, too.
        let folders = name.trim_end_matches('/').match_indices('/').map(|(at, _)| name.get(..at).unwrap_or(""));
        let names: Vec<&str> = folders.filter(|folder| with_parents && !folder.is_empty()).chain([name]).collect();
        let is_missing = |name: &&str| call.container.lookup(call.cluster, &call.shell.path(name)).is_none();
        let told: Vec<&str> = names.into_iter().filter(|_| tells).filter(is_missing).collect();
        let made = call.container.make_directory(call.cluster, path, with_parents);
        if made.is_ok() {
            for name in told {
                call.out.push_str(&match call.container.image.is_busybox {
                    true => format!("created directory: '{name}'\n"),
                    false => format!("mkdir: created directory '{name}'\n"),
                });
            }
        }
        made.map_err(|error| format!("cannot create directory '{name}': {error}"))?;
        let found = call.container.lookup(call.cluster, path).filter(|_| is_new);
        if let (Some((_, Some(mode))), Some(found)) = (&mode, found) {
            let owner = Owner { mode: *mode, ..found.owner };
            let given = call.container.give(call.cluster, path, owner);
            given.map_err(|error| format!("cannot create directory '{name}': {error}"))?;
        }
        Ok(())
    })
}

/// `mktemp [-d] [-u] [-p DIRECTORY] [TEMPLATE]`.
pub fn mktemp(call: &mut Call<'_>) -> Outcome {
    let long = [("directory", 'd'), ("dry-run", 'u'), ("quiet", 'q'), ("tmpdir", 'p')];
    let given = Given::of(call.words, "p", &long);
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
        return call.fail(&format!("too few X's in template '{template}'"));
    };
    let (template_head, suffix) = template.split_at(end_of_mark);
    let number = call.cluster.disks().version() % 1_000_000;
    let end = template_head.trim_end_matches('X');
    let mark: String = format!("{number:0>10}").chars().rev().take(template_head.len() - end.len()).collect();
    let name = format!("{end}{mark}{suffix}");
    if given.has('u') {
        return say(call, &name);
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
            say(call, &name)
        }
        Err(error) => call.fail(&format!("failed to create file via template '{template}': {error}")),
    }
}

/// `install -d DIRECTORY…` and `install [-m MODE] FROM… TO`: what it makes can be run by everybody, unless it is told
/// otherwise.
pub fn install(call: &mut Call<'_>) -> Outcome {
    let long = [("mode", 'm'), ("owner", 'o'), ("group", 'g'), ("target-directory", 't'), ("directory", 'd')];
    let given = Given::of(call.words, "mogt", &long);
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
