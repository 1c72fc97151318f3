//! Plays arbitrary lines and opens the link to that session as a stranger does: it holds the same, and shows the same.
//!
//! A text in braces is taken for what somebody put into a link by hand: it is refused in words, or played within bounds.
//! Elsewhere a line that begins with `@` is not typed: `@800` lets 800 ms pass, `@c` is Ctrl-C, `@u` takes the last input
//! back, `@s800` looks at that moment, `@e` puts the lines after it into the editor, `@j` goes to the first branch.

#![no_main]

use libfuzzer_sys::fuzz_target;
use statefulset_lab::model::Millis;
use statefulset_lab::playground::{Options, Playground};
use statefulset_lab::world::Environment;

/// What one input may hold; more says nothing new and takes long.
const LINES_MAX: usize = 16;
/// The longest pause, in ms of virtual time.
const PAUSE_MAX: i64 = 60_000;

fn number(text: &str) -> i64 {
    text.parse().unwrap_or(1000).clamp(0, PAUSE_MAX)
}

fn play(text: &str) -> Playground {
    let environment = Environment::named("minikube").expect("a world");
    let mut playground = Playground::new(Options { seed: 1, environment, manifest: String::new(), lines: Vec::new() });
    let mut lines = text.lines().take(LINES_MAX);
    while let Some(line) = lines.next() {
        match line.strip_prefix('@') {
            Some("c") => playground.interrupt(),
            Some("u") => _ = playground.undo(),
            Some("j") => playground.switch_branch(0),
            Some("e") => playground.set_editor(&lines.by_ref().collect::<Vec<_>>().join("\n")),
            Some(rest) => match rest.strip_prefix('s') {
                Some(at) => playground.seek(Millis(number(at))),
                None => _ = playground.advance(number(rest)),
            },
            None => playground.enter(line),
        }
    }
    // What is due at this moment happens in the next one's frame.
    playground.advance(0);
    playground
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if text.starts_with('{') {
        match Playground::restore_shared(&text) {
            Err(words) => assert!(!words.is_empty(), "a refusal says why"),
            Ok(playground) => assert!(playground.end() <= Millis::seconds(7 * 24 * 3600), "within bounds"),
        }
        return;
    }
    let played = play(&text);
    let stored = played.save();
    let opened = Playground::restore_shared(&stored).expect("a short session is opened");
    assert_eq!(opened.save(), stored);
    assert_eq!(opened.now(), played.now());
    assert_eq!(opened.entries(), played.entries(), "the console shows the same");
    assert_eq!(opened.record_count(), played.record_count(), "and the cluster has seen the same");
});
