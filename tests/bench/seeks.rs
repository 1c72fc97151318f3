//! How long it takes to look at any moment of a long session, and what its checkpoints weigh; measures, judges nothing.

use super::{manifest, playground, pods_ready, until};
use statefulset_lab::model::Millis;
use std::time::Instant;

/// Prints a row for each size: a Parallel set is created and rolled, then moments all over the session are visited.
pub fn measure(sizes: &[usize]) {
    println!("\nmoments of a session in random order");
    println!(
        "{:>6} {:>9} {:>12} {:>9} {:>12} {:>12} {:>12}",
        "pods", "records", "checkpoints", "MB", "median ms", "95 % ms", "longest ms"
    );
    for &size in sizes {
        let mut playground = playground();
        let before = resident_mb();
        for tag in ["1", "2"] {
            playground.set_editor(&manifest(size, tag));
            playground.apply_editor();
            until(&mut playground, 10_000_000, |it| pods_ready(it) == size);
        }
        let held = resident_mb() - before;
        let end = playground.now().0;
        let mut state = 1_u64;
        let mut times: Vec<f64> = (0..200)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = Millis((state >> 33) as i64 % end.max(1));
                let started = Instant::now();
                playground.seek(at);
                started.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let at = |share: usize| times[(times.len() - 1) * share / 100];
        let (records, checkpoints) = (playground.records().len(), playground.checkpoint_count());
        println!(
            "{size:>6} {records:>9} {checkpoints:>12} {held:>9.0} {:>12.2} {:>12.2} {:>12.2}",
            at(50),
            at(95),
            at(100)
        );
    }
}

/// What the process holds in memory, where the system says so.
fn resident_mb() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = text.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0.0);
    pages * 4096.0 / 1e6
}
