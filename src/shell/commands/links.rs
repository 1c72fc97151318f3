//! `ln`, `readlink` and `realpath`: links, and where they lead.

use super::cut_join::Given;
use super::{Call, Outcome};
use crate::shell::container::FileError;

/// `ln [-sfnrvT] TARGET LINK`, `ln TARGET… DIRECTORY`. A hard link is a copy here.
pub fn ln(call: &mut Call<'_>) -> Outcome {
    let long = [
        ("symbolic", 's'),
        ("force", 'f'),
        ("no-dereference", 'n'),
        ("no-target-directory", 'T'),
        ("target-directory", 't'),
    ];
    let given = Given::of(call.words, "tS", &long);
    let mut targets = given.operands.clone();
    let keeps_link = given.has('n') || given.has('T');
    let directory = |call: &Call<'_>, name: &str| {
        let path = call.shell.path(name);
        let is_link = call.container.link_at(call.cluster, &path).is_some();
        call.container.lookup(call.cluster, &path).is_some_and(|found| found.is_directory()) && !(keeps_link && is_link)
    };
    let place = match given.value('t') {
        Some(place) => place.to_string(),
        None if targets.len() == 1 => ".".to_string(),
        None => match targets.pop() {
            Some(place) => place,
            None => return call.fail("missing file operand\nTry 'ln --help' for more information."),
        },
    };
    let into = directory(call, &place) && !given.has('T');
    if targets.len() > 1 && !into {
        return call.fail(&format!("target '{place}' is not a directory"));
    }
    let mut code = 0;
    for target in targets {
        let last = target.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_string();
        let name = if into { format!("{}/{last}", place.trim_end_matches('/')) } else { place.clone() };
        let name = name.strip_prefix("./").map(str::to_string).filter(|_| place == ".").unwrap_or(name);
        if let Err(why) = link(call, &target, &name, given.has('s'), given.has('f')) {
            code = 1;
            call.fail(&why);
        }
    }
    Outcome::Exit(code)
}

fn link(call: &mut Call<'_>, target: &str, name: &str, is_symbolic: bool, is_forced: bool) -> Result<(), String> {
    let path = call.shell.path(name);
    let source = call.shell.path(target);
    let kind = if is_symbolic { "symbolic" } else { "hard" };
    if !is_symbolic && call.container.lookup(call.cluster, &source).is_none() {
        return Err(format!("failed to access '{target}': {}", FileError::NotFound));
    }
    if !is_symbolic && call.container.lookup(call.cluster, &source).is_some_and(|found| found.is_directory()) {
        return Err(format!("{target}: hard link not allowed for directory"));
    }
    if call.container.lookup_itself(call.cluster, &path).is_some() {
        let is_directory = call.container.link_at(call.cluster, &path).is_none()
            && call.container.lookup(call.cluster, &path).is_some_and(|found| found.is_directory());
        if is_directory && is_forced {
            return Err(format!("{name}: cannot overwrite directory"));
        }
        if !is_forced {
            return Err(format!("failed to create {kind} link '{name}': {}", FileError::Exists));
        }
        if source == path {
            return Err(format!("'{target}' and '{name}' are the same file"));
        }
        call.container
            .remove(call.cluster, &path, false)
            .map_err(|error| format!("cannot remove '{name}': {error}"))?;
    }
    let made = match is_symbolic {
        true => call.container.link(call.cluster, &path, target),
        false => match call.container.lookup(call.cluster, &source) {
            Some(found) => {
                let put = call.container.put(call.cluster, &path, found.entry);
                put.and_then(|()| call.container.give(call.cluster, &path, found.owner))
            }
            None => Err(FileError::NotFound),
        },
    };
    made.map_err(|error| format!("failed to create {kind} link '{name}': {error}"))
}

/// `readlink [-femn] NAME…` and `realpath [-ems] NAME…`.
pub fn real_path(call: &mut Call<'_>) -> Outcome {
    let long = [
        ("canonicalize", 'f'),
        ("canonicalize-existing", 'e'),
        ("canonicalize-missing", 'm'),
        ("no-newline", 'n'),
        ("strip", 's'),
        ("no-symlinks", 's'),
    ];
    let given = Given::of(call.words, "", &long);
    let is_readlink = super::Arguments::name(call.words) == "readlink";
    let is_plain = is_readlink && !['f', 'e', 'm'].iter().any(|letter| given.has(*letter));
    if given.operands.is_empty() {
        return call.fail("missing operand");
    }
    let (mut code, mut lines) = (0, Vec::new());
    for name in &given.operands {
        let path = call.shell.path(name);
        if is_plain {
            let link = call.container.lookup_itself(call.cluster, &path).and_then(|found| found.link);
            match link {
                Some(target) => lines.push(target.to_string()),
                None => code = 1,
            }
            continue;
        }
        let real =
            if given.has('s') { path.clone() } else { call.container.resolved(call.cluster, &path).into_owned() };
        let exists = |path: &str| call.container.lookup(call.cluster, path).is_some();
        let above = crate::shell::container::parent_of(&real);
        let is_there = match (given.has('m'), given.has('e')) {
            (true, _) => true,
            (_, true) => exists(&real),
            _ => exists(&above),
        };
        if is_there || call.container.is_unknown_place(call.cluster, &real) {
            lines.push(real);
        } else {
            code = 1;
            if !is_readlink {
                call.fail(&format!("{name}: {}", FileError::NotFound));
            }
        }
    }
    let end = if given.has('n') && lines.len() == 1 { "" } else { "\n" };
    lines.iter().for_each(|line| call.out.push_str(&format!("{line}{end}")));
    Outcome::Exit(code)
}
