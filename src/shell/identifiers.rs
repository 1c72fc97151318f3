//! Numbers that look like chance and follow from what they are for: of processes, servers, starts.

/// So many hexadecimal digits that follow from `seed`.
pub(super) fn hex_digits(seed: &str, length: usize) -> String {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut digits = String::new();
    for round in 0_u8.. {
        if digits.len() >= length {
            break;
        }
        for byte in seed.bytes().chain([round]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        digits.push_str(&format!("{state:016x}"));
    }
    digits.truncate(length);
    digits
}
