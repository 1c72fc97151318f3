//! Feeds arbitrary lines to the console: nothing may panic, hang, or grow without bound, and the next command is answered.
//!
//! A line that begins with `@` is not typed: `@800` lets 800 ms pass, `@c` is Ctrl-C, `@b` goes back a step.

#![no_main]

use libfuzzer_sys::fuzz_target;
use statefulset_lab::playground::{Options, Playground};
use statefulset_lab::world::Environment;

const MANIFEST: &str = include_str!("../../../www/scenarios/web.yaml");
/// What one input may hold; more says nothing new and takes long.
const LINES_MAX: usize = 24;
/// The longest pause, in ms of virtual time.
const PAUSE_MAX: i64 = 600_000;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let environment = Environment::named("zones").expect("a world");
    let mut playground = Playground::new(Options { seed: 1, environment, manifest: MANIFEST.into(), lines: Vec::new() });
    for line in text.lines().take(LINES_MAX) {
        match line.strip_prefix('@') {
            Some("c") => playground.interrupt(),
            Some("b") => _ = playground.step_back(),
            Some(pause) => _ = playground.advance(pause.parse().unwrap_or(1000).clamp(0, PAUSE_MAX)),
            None => {
                playground.complete(line, line.len());
                playground.enter(line);
                playground.advance(100);
            }
        }
    }
    for _ in 0..4 {
        playground.interrupt();
        playground.enter("EOF");
        playground.enter("exit");
    }
    playground.interrupt();
    playground.enter("kubectl version");
    let said = format!("{:?}", playground.entries().last());
    assert!(said.contains("Client Version"), "the console no longer answers: {said}");
});
