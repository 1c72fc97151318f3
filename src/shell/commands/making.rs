//! `touch` and `mkdir`: files and directories with a time or permissions that are asked for.

use super::columns::Given;
use super::files::each;
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
    let given = Given::of(call.words, "m", &[("mode", 'm'), ("parents", 'p')]);
    let (with_parents, names) = (given.has('p'), given.operands.clone());
    let mode = given.value('m').map(|text| (text.to_string(), changed_mode(0o777, text, true)));
    if let Some((text, None)) = &mode {
        return call.fail(&format!("invalid mode '{text}'"));
    }
    each(call, &names, |call, name, path| {
        let is_new = call.container.lookup(call.cluster, path).is_none();
        let made = call.container.make_directory(call.cluster, path, with_parents);
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
