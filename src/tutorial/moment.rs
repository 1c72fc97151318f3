//! The moment at which a line is typed: the first at which its answer fits what the author printed.

use super::answer::{Answer, WAIT_MAX, answer_of, is_settled};
use super::compare::is_said;
use super::rollout_lines::told_differences;
use super::turn::Turn;
use crate::model::Millis;
use crate::playground::Playground;

/// The longest that a moment is looked for which fits what was printed.
const FITTING_MAX: Millis = Millis::seconds(900);
/// The most moments that are tried.
const MOMENTS_MAX: usize = 400;

/// Goes on to the first moment at which the answer is the printed one; if there is none, to where nothing more happens.
pub(super) fn find_moment(playground: &mut Playground, turn: &Turn) {
    let end = playground.now() + FITTING_MAX;
    for _ in 0..MOMENTS_MAX {
        let entries = playground.would_say(&turn.typed, WAIT_MAX);
        let is_done = is_said(&turn.printed, &answer_of(&entries).said);
        if is_done || playground.now() > end || is_settled(playground) || !playground.step() {
            return;
        }
    }
}

/// How far an answer is from what its author printed; less is better.
type Distance = (usize, bool, usize);

/// Goes on to the first moment at which the answer to a line that waits or asks comes nearest to what is printed: an author
/// types when what he waits for has begun, and it takes him a while. If nothing is printed, that is when the line succeeds. What
/// it says may stand in the output of a line `below`, with that of others.
pub(super) fn find_nearest_moment(playground: &mut Playground, turn: &Turn, below: Option<&Turn>) {
    let start = playground.now();
    let mut best: Option<(Distance, Millis)> = None;
    playground.would_say_on_the_way(&turn.typed, (start + FITTING_MAX, WAIT_MAX, MOMENTS_MAX), &mut |at, entries| {
        let distance = distance(&answer_of(entries), turn, below);
        if best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, at));
        }
        // Beside the output of others it is open whether a later answer has more of it.
        distance == Distance::default() && below.is_none()
    });
    if let Some((_, at)) = best.filter(|(_, at)| *at > start) {
        playground.advance(at.0 - start.0);
    }
}

fn distance(answer: &Answer, turn: &Turn, below: Option<&Turn>) -> Distance {
    let has_failed = answer.exit != Some(0);
    match below {
        Some(below) if turn.printed.is_empty() => {
            let is_printed = |line: &&String| is_said(std::slice::from_ref(*line), &below.printed);
            let found = answer.said.iter().filter(is_printed).count();
            (below.printed.len().saturating_sub(found), has_failed, answer.said.len() - found)
        }
        _ if turn.printed.is_empty() => (0, has_failed, 0),
        _ => (told_differences(&turn.printed, &answer.said).len(), has_failed, 0),
    }
}
