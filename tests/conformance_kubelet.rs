//! Plays what was recorded of a real kubelet and compares, pod by pod, what kubectl shows, what containers and
//! conditions go through, and which events are told.
//!
//! The recordings stand in `tests/conformance/kubelet`; `CONFORMANCE_DIR` names another folder that holds a `kubelet`
//! folder. `KUBELET=05-exit/always-1` plays one pod's file and shows every difference.
//! Waits that the kubelet draws by chance may be half as long again as others: a time is right if the time since the
//! line before it is within those bounds.

#[path = "kubelet_support/fake_runtime.rs"]
mod fake_runtime;
#[path = "kubelet_support/recording.rs"]
mod recording;
#[path = "kubelet_support/world.rs"]
mod world;

use recording::{Recording, Story};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/kubelet");
    std::env::var_os("CONFORMANCE_DIR").map_or(own, |folder| PathBuf::from(folder).join("kubelet"))
}

fn known_failures() -> BTreeSet<String> {
    let text = include_str!("conformance/kubelet-known-failures.txt");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_string).collect()
}

/// What is different between a pod's two stories; nothing if they agree.
fn differences(recorded: &Story, seen: &Story) -> Vec<String> {
    let mut found = Vec::new();
    compare_rows(&recorded.rows, &seen.rows, &mut found);
    for (what, recorded, seen) in
        [("container", &recorded.states, &seen.states), ("condition", &recorded.conditions, &seen.conditions)]
    {
        let names: BTreeSet<&String> = recorded.keys().chain(seen.keys()).collect();
        for name in names {
            let empty = Vec::new();
            let (a, b) = (recorded.get(name).unwrap_or(&empty), seen.get(name).unwrap_or(&empty));
            if alignment(a, b).is_none() {
                found.push(format!("{what} {name}:\n    recorded {a:?}\n    seen     {b:?}"));
            }
        }
    }
    compare_events(&recorded.events, &seen.events, &mut found);
    found
}

/// How many draws of the kubelet's chance are played.
const DRAWS: u64 = 6;

/// What did not stand longer than this may have been missed by a watcher, or written together with what came next.
const SHORT: i64 = 800;

/// The pairs of places that belong together, if the two rows of values are the same but for values that stood for a
/// moment only, and for as many at the end as chance may add to a long row.
fn alignment(recorded: &[(i64, String)], seen: &[(i64, String)]) -> Option<Vec<(usize, usize)>> {
    let (skips_a, skips_b) = (skippable(recorded), skippable(seen));
    // From which pairs of places the end can be reached, found from the end on.
    let mut fits = vec![vec![false; seen.len() + 1]; recorded.len() + 1];
    for a in (0..=recorded.len()).rev() {
        for b in (0..=seen.len()).rev() {
            let rest = (recorded.len() - a).max(seen.len() - b);
            let is_end = a == recorded.len() || b == seen.len();
            let slack = if a.min(b) > 8 { a.min(b) / 4 + 2 } else { 0 };
            fits[a][b] = is_end && rest <= slack
                || a < recorded.len() && b < seen.len() && recorded[a].1 == seen[b].1 && fits[a + 1][b + 1]
                || a < recorded.len() && skips_a[a] && fits[a + 1][b]
                || b < seen.len() && skips_b[b] && fits[a][b + 1];
        }
    }
    if !fits[0][0] {
        return None;
    }
    let (mut pairs, mut a, mut b) = (Vec::new(), 0, 0);
    while a < recorded.len() && b < seen.len() {
        if recorded[a].1 == seen[b].1 && fits[a + 1][b + 1] {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if skips_a[a] && fits[a + 1][b] {
            a += 1;
        } else if skips_b[b] && fits[a][b + 1] {
            b += 1;
        } else {
            break;
        }
    }
    Some(pairs)
}

/// Which values may be missing on the other side: those that stood for a moment, and those that only say again what
/// was said before such a moment.
fn skippable(rows: &[(i64, String)]) -> Vec<bool> {
    let mut lasting: Option<&String> = None;
    let mut skips = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let is_short = rows.get(at + 1).is_some_and(|next| next.0 - row.0 < SHORT);
        skips.push(is_short || lasting == Some(&row.1));
        if !is_short {
            lasting = Some(&row.1);
        }
    }
    skips
}

fn compare_rows(recorded: &[(i64, String)], seen: &[(i64, String)], found: &mut Vec<String>) {
    let Some(pairs) = alignment(recorded, seen) else {
        found.push(format!("rows:\n    recorded {recorded:?}\n    seen     {seen:?}"));
        return;
    };
    // When a wait is shown hangs on what else makes the kubelet look; how long it lasts is seen at the next row.
    let pairs: Vec<_> = pairs.into_iter().filter(|(a, _)| !recorded[*a].1.contains("CrashLoopBackOff")).collect();
    for pair in pairs.windows(2) {
        let ((a0, b0), (a1, b1)) = (pair[0], pair[1]);
        let (a, b) = (recorded[a1].0 - recorded[a0].0, seen[b1].0 - seen[b0].0);
        let (low, high) = (a * 2 / 3 - 3000, a * 3 / 2 + 3000);
        if b < low || b > high {
            found.push(format!("time before row {a1} ({}): recorded {a} ms, seen {b} ms", recorded[a1].1));
        }
    }
}

type Events = BTreeMap<(String, String), i64>;

fn compare_events(recorded: &Events, seen: &Events, found: &mut Vec<String>) {
    let keys: BTreeSet<&(String, String)> = recorded.keys().chain(seen.keys()).collect();
    for key in keys {
        let (a, b) = (recorded.get(key).copied().unwrap_or(0), seen.get(key).copied().unwrap_or(0));
        let slack = if a > 3 { (a / 4).max(2) } else { i64::from(a > 1) };
        if (a - b).abs() > slack || (a == 0) != (b == 0) {
            found.push(format!("event {} {}: recorded x{a}, seen x{b}", key.0, key.1));
        }
    }
}

#[test]
fn pods_live_as_recorded() {
    let only = std::env::var("KUBELET").unwrap_or_default();
    let known = known_failures();
    let (mut right, mut count) = (0, 0);
    let (mut broken, mut mended) = (Vec::new(), Vec::new());
    for name in recording::names(&folder()) {
        if !only.is_empty() && !only.starts_with(&name) {
            continue;
        }
        let recording = Recording::read(&folder(), &name);
        // The kubelet draws some waits by chance: a pod is right if it is so for one of a few draws.
        let plays: Vec<_> = (1..=DRAWS).map(|seed| world::play(&recording, seed)).collect();
        for (pod, recorded) in &recording.stories {
            let id = format!("{name}/{pod}");
            let nothing = Story::default();
            let tries = plays.iter().map(|seen| differences(recorded, seen.get(pod).unwrap_or(&nothing)));
            let found = tries.min_by_key(Vec::len).unwrap_or_default();
            count += 1;
            right += usize::from(found.is_empty());
            if !only.is_empty() && only.len() > name.len() && only != id {
                continue;
            }
            if !only.is_empty() {
                println!("{id}: {}", if found.is_empty() { "right".to_string() } else { found.join("\n  ") });
            }
            match (found.is_empty(), known.contains(&id)) {
                (false, false) => broken.push(format!("{id}: {}", found.join("\n  "))),
                (true, true) => mended.push(id),
                _ => {}
            }
        }
    }
    println!("conformance kubelet: {right} of {count}");
    if std::env::var_os("CONFORMANCE_DIR").is_some() || !only.is_empty() {
        return;
    }
    assert!(broken.is_empty(), "no longer as recorded:\n{}", broken.join("\n"));
    assert!(mended.is_empty(), "right now, to be struck off the list: {mended:?}");
}
