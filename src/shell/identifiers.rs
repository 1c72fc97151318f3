//! Numbers that look like chance and follow from what they are for: of processes, servers, starts.

use crate::fnv::Fnv1a64;

/// So many hexadecimal digits that follow from `seed`.
pub(super) fn hex_digits(seed: &str, length: usize) -> String {
    let mut state = Fnv1a64::default();
    let mut digits = String::new();
    for round in 0_u8.. {
        if digits.len() >= length {
            break;
        }
        seed.bytes().chain([round]).for_each(|byte| state.add(byte));
        digits.push_str(&format!("{:016x}", state.0));
    }
    digits.truncate(length);
    digits
}
