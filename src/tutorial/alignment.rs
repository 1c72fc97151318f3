//! Lays the lines of two texts side by side, in their order on both sides.

/// For each of `left` lines its partner among `right` ones, so that the sum of what the pairs are worth is greatest. What
/// is worth nothing is no pair.
pub(super) fn best(left: usize, right: usize, worth: impl Fn(usize, usize) -> u64) -> Vec<Option<usize>> {
    let width = right + 1;
    let mut sums = vec![0_u64; (left + 1) * width];
    let get = |sums: &[u64], a: usize, b: usize| sums.get(a * width + b).copied().unwrap_or(0);
    for a in (0..left).rev() {
        for b in (0..right).rev() {
            let both = match worth(a, b) {
                0 => 0,
                worth => worth + get(&sums, a + 1, b + 1),
            };
            sums[a * width + b] = both.max(get(&sums, a + 1, b)).max(get(&sums, a, b + 1));
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut out = vec![None; left];
    while a < left && b < right {
        let (sum, own) = (get(&sums, a, b), worth(a, b));
        if own > 0 && sum == own + get(&sums, a + 1, b + 1) {
            out[a] = Some(b);
            (a, b) = (a + 1, b + 1);
        } else if sum == get(&sums, a + 1, b) {
            a += 1;
        } else {
            b += 1;
        }
    }
    out
}
