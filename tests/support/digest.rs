//! Long sessions and a number that stands for every byte of them: the same on every machine, natively and in a browser.

use statefulset_lab::playground::{Lesson, Playground, SCENARIOS};
use std::fmt::Write as _;

/// The digest as it was last recorded; `UPDATE_EXPECT=1` records it anew.
pub const RECORDED: &str = include_str!("digest.txt");

/// The lessons of the scenarios, in their order.
pub const LESSONS: [&str; 3] = [
    include_str!("../../www/lessons/tour.md"),
    include_str!("../../www/lessons/tutorial-mariadb.md"),
    include_str!("../../www/lessons/tutorial-self-healing.md"),
];

/// The lines of a lesson, in order.
pub fn lines(lesson: &str) -> Vec<String> {
    Lesson::read(lesson).expect("a lesson").steps.into_iter().flat_map(|step| step.solution).collect()
}

/// Plays every scenario's lesson, breaks and mends things, goes back and forth, and digests all that happened and was said.
pub fn digest() -> String {
    let mut out = String::new();
    for (scenario, lesson) in SCENARIOS.iter().zip(LESSONS) {
        let mut playground = Playground::new(scenario.options(7).expect("its environment exists"));
        for line in lines(lesson) {
            playground.advance(20_000);
            if playground.is_busy() {
                playground.interrupt();
            }
            playground.enter(&line);
        }
        for line in ["lab kill web-0", "lab crash web-1", "kubectl get events -A", "kubectl describe pods"] {
            playground.advance(40_000);
            playground.enter(line);
        }
        let now = playground.now();
        playground.seek(statefulset_lab::model::Millis(now.0 / 3));
        playground.seek(now);
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        for record in playground.records() {
            _ = write!(hash, "{record:?}");
        }
        for entry in playground.entries().iter() {
            _ = write!(hash, "{entry:?}");
        }
        _ = write!(hash, "{}", playground.save());
        _ = writeln!(out, "{} {} {:016x}", scenario.id, playground.records().len(), hash.0);
    }
    out
}

/// Fowler, Noll and Vo's hash 1a of 64 bits, over everything that is written to it.
struct Fnv(u64);

impl std::fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Ok(())
    }
}
