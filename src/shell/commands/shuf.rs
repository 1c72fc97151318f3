//! `shuf`: lines, words or numbers in an order that looks like chance; it follows from the pod and the moment.

use super::cut_join::Given;
use super::{Call, Outcome};

/// `shuf [-n N] [-r] [-e WORD…] [-i LOW-HIGH] [-o FILE] [FILE]`.
pub fn shuf(call: &mut Call<'_>) -> Outcome {
    const RANGE_MAX: i64 = 100_000;
    let long = [("head-count", 'n'), ("echo", 'e'), ("input-range", 'i'), ("repeat", 'r'), ("output", 'o')];
    let long: Vec<(&str, char)> = long.into_iter().chain([("zero-terminated", 'z'), ("random-source", 'R')]).collect();
    let given = Given::of(call.words, "nioR", &long);
    let mut lines: Vec<String> = match given.value('i').and_then(|range| range.split_once('-')) {
        Some((low, high)) => {
            let (Ok(low), Ok(high)) = (low.parse::<i64>(), high.parse::<i64>()) else {
                return call.fail(&format!("invalid input range: '{}'", given.value('i').unwrap_or("")));
            };
            (low..=high.min(low.saturating_add(RANGE_MAX))).map(|number| number.to_string()).collect()
        }
        None if given.has('e') => given.operands.clone(),
        None => {
            let (text, code) = call.input(&given.operands);
            if code != 0 {
                return Outcome::Exit(code);
            }
            text.split_terminator('\n').map(str::to_string).collect()
        }
    };
    let wanted = given.number('n').unwrap_or(if given.has('r') { 1000 } else { lines.len() });
    let count = if given.has('r') { wanted } else { wanted.min(lines.len()) };
    // Three letters for each draw: enough for as many lines as there may be.
    let noise = call.container.noise(call.cluster.now(), 3 * count.max(1));
    let mut draws =
        noise.as_bytes().chunks(3).map(|some| some.iter().fold(0, |sum, byte| sum * 128 + usize::from(*byte)));
    let mut out = String::new();
    for at in 0..count {
        let draw = draws.next().unwrap_or(0);
        let chosen = match given.has('r') {
            true => lines.get(draw % lines.len().max(1)).cloned(),
            false => {
                let other = at + draw % (lines.len() - at);
                lines.swap(at, other);
                lines.get(at).cloned()
            }
        };
        out.extend(chosen.map(|line| line + if given.has('z') { "\0" } else { "\n" }));
    }
    match given.value('o') {
        Some(name) => {
            let path = call.shell.path(name);
            if let Err(error) = call.container.write(call.cluster, &path, &out, false) {
                return call.fail(&format!("{name}: {error}"));
            }
        }
        None => call.out.push_str(&out),
    }
    Outcome::Exit(0)
}
