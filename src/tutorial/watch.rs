//! The second terminal of a page: an author who says "watch this in another terminal" lets it run while he types on.

use super::answer::{Answer, WAIT_MAX, answer_of, is_settled, since};
use super::compare::{is_watched, watched_differences};
use super::turn::Turn;
use crate::i18n::console::find;
use crate::ordering::Order as _;
use crate::playground::{Entry, Playground};
use std::rc::Rc;

/// What a line watches, however it is written: `get pod -l app=a --watch` is `get pods -w -l app=a`.
fn watched(typed: &str) -> Vec<&str> {
    let line = typed.split(" #").next().unwrap_or_default();
    let mut words: Vec<&str> = line.split_whitespace().collect();
    for word in &mut words {
        *word = match *word {
            "--watch" | "--watch=true" => "-w",
            "--follow" | "--follow=true" => "-f",
            "pod" | "po" => "pods",
            word => word,
        };
    }
    words.order();
    words
}

/// Plays a watch of which nothing is printed: it goes on in the second terminal, so that what comes while the reader types
/// on is there when he looks. It is waited for what comes by itself.
pub(super) fn begin(playground: &mut Playground, turn: &Turn) -> Answer {
    let mut answer = in_second_terminal(playground, |playground| {
        let before = enter(playground, &turn.typed);
        told(playground, &before, &[])
    });
    answer.hints.extend(find(playground.lang(), "tutorial.watching").map(|text| format!("hint: {text}")));
    answer
}

/// What the watch of a line has told that began above and still runs: all that is printed, as soon as it is there. `None`
/// where no such watch runs, or one that begins now tells more of it.
pub(super) fn go_on(playground: &mut Playground, turn: &Turn) -> Option<Answer> {
    let waiting = playground.terminal_lines().into_iter().nth(1)??;
    if watched(&waiting) != watched(&turn.typed) {
        return None;
    }
    let mut answer = in_second_terminal(playground, |playground| {
        let typed = playground.entries().iter().rposition(|entry| matches!(&**entry, Entry::Typed { .. }))?;
        let before = typed.checked_sub(1).and_then(|at| playground.entries().get(at).cloned());
        Some(told(playground, &before, &turn.printed))
    })?;
    answer.differences = watched_differences(&turn.printed, &answer.said);
    let is_better_begun = || {
        let begun = answer_of(&playground.would_say(&turn.typed, WAIT_MAX));
        watched_differences(&turn.printed, &begun.said).len() < answer.differences.len()
    };
    (answer.differences.is_empty() || !is_better_begun()).then_some(answer)
}

/// Does something in the second terminal, and comes back.
fn in_second_terminal<T>(playground: &mut Playground, act: impl FnOnce(&mut Playground) -> T) -> T {
    let home = playground.terminal();
    if playground.terminal_count() == 1 {
        playground.open_terminal();
    }
    playground.look_at_terminal(1);
    let done = act(playground);
    playground.look_at_terminal(home);
    done
}

/// Types a line in place of what runs there; returns the entry before it.
fn enter(playground: &mut Playground, line: &str) -> Option<Rc<Entry>> {
    if playground.is_busy() {
        playground.interrupt();
    }
    let before = playground.entries().last().cloned();
    playground.enter(line);
    before
}

/// Lets time go by until all that is printed was told, or nothing more happens by itself.
fn told(playground: &mut Playground, before: &Option<Rc<Entry>>, printed: &[String]) -> Answer {
    let end = playground.now() + WAIT_MAX;
    loop {
        let answer = answer_of(&since(playground.entries(), before.as_ref()));
        let has_all = !printed.is_empty() && is_watched(printed, &answer.said);
        if has_all || !playground.is_busy() || playground.now() >= end || is_settled(playground) || !playground.step() {
            return answer;
        }
    }
}
