//! Which transitions of different objects wait for each other, and whether two runs agree on those; plays nothing.
//!
//! The order of one object's transitions is compared as it is. Between objects only those pairs count of which one
//! cannot come before the other, whatever the threads of a control plane do: a claim before its pod, a volume before
//! its claim is bound, a revision before its pods, an ordinal before the one that waits for it.

use std::collections::BTreeMap;

/// A transition of one object.
struct Transition<'a> {
    kind: &'a str,
    namespace: &'a str,
    /// Of a pod or a claim with an ordinal: the part before it, and it.
    name: &'a str,
    ordinal: Option<u32>,
    /// `ADDED`, `DELETED`, or the status that it has now.
    became: &'a str,
    is_ready: bool,
    revision: &'a str,
}

fn read(line: &str) -> Transition<'_> {
    let mut words = line.split(' ');
    let (kind, name) = words.next().unwrap_or("").split_once('/').unwrap_or_default();
    let event = words.next().unwrap_or("");
    let rest: Vec<&str> = words.collect();
    let volume_of = if kind == "pv" { rest.last().copied() } else { None };
    let (namespace, whole) = volume_of.unwrap_or(name).rsplit_once('/').unwrap_or(("default", name));
    let numbered = whole.rsplit_once('-').filter(|_| kind != "controllerrevision");
    let numbered = numbered.and_then(|(name, ordinal)| Some((name, ordinal.parse().ok()?)));
    let status = rest.first().copied().unwrap_or("");
    Transition {
        kind,
        namespace,
        name: numbered.map_or(whole, |(name, _)| name),
        ordinal: numbered.map(|(_, ordinal)| ordinal),
        became: if event == "MODIFIED" { status } else { event },
        is_ready: rest.contains(&"ready") && status == "Running",
        revision: rest.iter().find_map(|word| word.strip_prefix("rev=")).unwrap_or(""),
    }
}

/// The object of a line; volumes go by their claims, for their names are chance.
pub fn object_of(line: &str) -> String {
    let name = line.split(' ').next().unwrap_or("");
    if name.starts_with("pv/pvc-<uid>") { format!("pv {}", line.rsplit(' ').next().unwrap_or("")) } else { name.into() }
}

/// Whether `later` cannot come before `earlier`, two transitions of different objects.
fn waits(later: &Transition<'_>, earlier: &Transition<'_>) -> bool {
    let is_same_place = later.ordinal == earlier.ordinal;
    if later.namespace != earlier.namespace {
        return false;
    }
    let serves = |claim: &Transition<'_>, pod: &Transition<'_>| claim.name.ends_with(&format!("-{}", pod.name));
    match (earlier.kind, later.kind) {
        // A claim, its volume, and the pod that uses them.
        ("pvc", "pv") if later.name == earlier.name && is_same_place => match earlier.became {
            "ADDED" => matches!(later.became, "ADDED" | "Bound"),
            "DELETED" => later.became == "Released",
            _ => false,
        },
        ("pv", "pvc") if later.name == earlier.name && is_same_place => {
            matches!((earlier.became, later.became), ("ADDED" | "Bound", "Bound"))
        }
        ("pvc", "pod") if serves(earlier, later) && is_same_place => {
            matches!((earlier.became, later.became), ("ADDED", "ADDED") | ("Bound", "ContainerCreating"))
        }
        ("pod", "pvc") if serves(later, earlier) && is_same_place => {
            earlier.became == "DELETED" && later.became == "DELETED"
        }
        // A revision and the pods made of it.
        ("controllerrevision", "pod") => {
            (earlier.became, later.became) == ("ADDED", "ADDED")
                && earlier.name == format!("{}-{}", later.name, later.revision)
        }
        // The ordinals of a set: going up the lower ones are waited for, going down the higher ones.
        ("pod", "pod") if later.name == earlier.name => match (earlier.ordinal, later.ordinal) {
            (Some(before), Some(after)) if before < after => earlier.is_ready && later.became == "ADDED",
            (Some(_), Some(_)) => (earlier.is_ready || earlier.became == "DELETED") && later.became == "Terminating",
            _ => false,
        },
        _ => false,
    }
}

/// The pairs of transitions of which one waits for the other and which come the other way round in `seen`. Both runs
/// have the same transitions of each object.
pub fn exchanged(recorded: &[String], seen: &[String]) -> Vec<String> {
    let places = |lines: &[String]| -> BTreeMap<(String, usize), usize> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let number = |(place, line): (usize, &String)| {
            let object = object_of(line);
            let count = counts.entry(object.clone()).or_default();
            *count += 1;
            ((object, *count), place)
        };
        lines.iter().enumerate().map(number).collect()
    };
    let seen_at = places(seen);
    let mut all: Vec<(usize, usize)> =
        places(recorded).into_iter().filter_map(|(key, at)| Some((at, *seen_at.get(&key)?))).collect();
    all.sort_unstable();
    let mut found = Vec::new();
    for (number, (at, seen_first)) in all.iter().enumerate() {
        for (later, seen_later) in all.iter().skip(number + 1) {
            let (first, second) = (&recorded[*at], &recorded[*later]);
            if seen_later < seen_first && object_of(first) != object_of(second) && waits(&read(second), &read(first)) {
                found.push(format!("{first}  before  {second}"));
            }
        }
    }
    found
}
