//! `md5sum`, `sha1sum`, `sha256sum` and the longer ones: sums of texts, by RFC 1321 and FIPS 180-4, and checks by them.

use super::Arguments;
use super::cksum::long_sum;
use super::cut_join::Given;
use super::filter::Filter;
use crate::shell::language::ShellKind;

/// Runs one of them.
pub fn run(filter: &mut Filter<'_>) -> i64 {
    let long = [("check", 'c'), ("status", 's'), ("quiet", 'q'), ("ignore-missing", 'i'), ("strict", 'S')];
    let mut given = Given::of(filter.words, "", &long);
    if given.operands.is_empty() {
        given.operands.push("-".to_string());
    }
    let mut code = 0;
    for name in given.operands.clone() {
        let (text, failed) = filter.input(std::slice::from_ref(&name));
        code = code.max(failed);
        match (failed, given.has('c')) {
            (0, true) => code = code.max(check(filter, &given, &name, &text)),
            (0, false) => {
                let sum = sum(filter.words.name(), text.as_bytes());
                filter.out.push_str(&format!("{sum}  {name}\n"));
            }
            _ => {}
        }
    }
    code
}

/// The sum that a program makes.
fn sum(program: &str, bytes: &[u8]) -> String {
    match program {
        "md5sum" => md5(bytes),
        "sha1sum" => sha1(bytes),
        "sha256sum" => sha256(bytes),
        name => long_sum(bytes, name == "sha384sum"),
    }
}

/// `-c`: whether files have the sums that a list says.
fn check(filter: &mut Filter<'_>, given: &Given, list: &str, text: &str) -> i64 {
    let (program, is_ash) = (filter.words.name().to_string(), filter.kind == ShellKind::Ash);
    let (mut wrong, mut missing, mut read) = (0, 0, 0);
    for line in text.lines() {
        let is_sum = |word: &str| word.len() >= 32 && word.chars().all(|c| c.is_ascii_hexdigit());
        let Some((wanted, name)) = line.split_once(' ').filter(|pair| is_sum(pair.0)) else { continue };
        let name = name.strip_prefix([' ', '*']).unwrap_or(name);
        read += 1;
        let end = match (filter.read)(name) {
            Ok(text) if sum(&program, text.as_bytes()) == wanted.to_ascii_lowercase() => "OK",
            Ok(_) => {
                wrong += 1;
                "FAILED"
            }
            Err(_) if given.has('i') => continue,
            Err(error) => {
                missing += 1;
                filter.fail(&format!("{name}: {error}"));
                if is_ash { "FAILED" } else { "FAILED open or read" }
            }
        };
        let is_hidden = given.has('s') || given.has('q') && end == "OK";
        if !is_hidden {
            filter.lines(&[format!("{name}: {end}")]);
        }
    }
    let say = |filter: &mut Filter<'_>, count: usize, one: &str, many: &str| {
        if count > 0 && !given.has('s') {
            let text = if count == 1 { one } else { many };
            filter.err.push_str(&format!("{program}: WARNING: {count} {text}\n"));
        }
    };
    if read == 0 {
        let list = if list == "-" { "'standard input'" } else { list };
        return filter.fail(&format!("{list}: no properly formatted checksum lines found"));
    }
    if is_ash {
        let all = format!("of {read} computed checksums did NOT match");
        say(filter, wrong + missing, &all, &all);
    } else {
        say(filter, missing, "listed file could not be read", "listed files could not be read");
        say(filter, wrong, "computed checksum did NOT match", "computed checksums did NOT match");
    }
    i64::from(wrong + missing > 0)
}

/// The text with the bit that ends it and its length, in blocks of sixteen words.
fn blocks(bytes: &[u8], is_big: bool) -> Vec<Vec<u32>> {
    let mut all = bytes.to_vec();
    all.push(0x80);
    while all.len() % 64 != 56 {
        all.push(0);
    }
    let length = (bytes.len() as u64) << 3;
    all.extend(if is_big { length.to_be_bytes() } else { length.to_le_bytes() });
    let word = |four: &[u8]| {
        let four = <[u8; 4]>::try_from(four).unwrap_or_default();
        if is_big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    all.chunks(64).map(|block| block.chunks(4).map(word).collect()).collect()
}

/// The first 32 bits of the fraction of a root of each of the first primes: square roots, or cube roots. Whole numbers
/// alone are used, so that every platform has the same.
fn root_bits(count: usize, is_cube: bool) -> Vec<u32> {
    let is_prime = |n: &u128| (2..*n).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    let root = |prime: u128| {
        let target = if is_cube { prime << 96 } else { prime << 64 };
        let (mut low, mut high) = (0_u128, 1 << 40);
        while low + 1 < high {
            let middle = (low + high) / 2;
            let power = if is_cube {
                middle.checked_mul(middle).and_then(|p| p.checked_mul(middle))
            } else {
                Some(middle * middle)
            };
            if power.is_some_and(|power| power <= target) { low = middle } else { high = middle }
        }
        (low & 0xffff_ffff) as u32
    };
    (2_u128..).filter(is_prime).take(count).map(root).collect()
}

fn hex(words: &[u32], is_big: bool) -> String {
    words.iter().map(|word| format!("{:08x}", if is_big { *word } else { word.swap_bytes() })).collect()
}

fn at(words: &[u32], place: usize) -> u32 {
    words.get(place).copied().unwrap_or(0)
}

fn sha256(bytes: &[u8]) -> String {
    let keys = root_bits(64, true);
    let mut state = root_bits(8, false);
    for block in blocks(bytes, true) {
        let mut words = block;
        for place in 16..64 {
            let (a, b) = (at(&words, place - 15), at(&words, place - 2));
            let one = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let other = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            let sum = at(&words, place - 16).wrapping_add(one).wrapping_add(at(&words, place - 7)).wrapping_add(other);
            words.push(sum);
        }
        let mut now = state.clone();
        for place in 0..64 {
            let [a, b, c, d, e, f, g, h] = <[u32; 8]>::try_from(now.as_slice()).unwrap_or_default();
            let one = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let first = h
                .wrapping_add(one)
                .wrapping_add((e & f) ^ (!e & g))
                .wrapping_add(at(&keys, place))
                .wrapping_add(at(&words, place));
            let other = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let second = other.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            now = vec![first.wrapping_add(second), a, b, c, d.wrapping_add(first), e, f, g];
        }
        state = state.iter().zip(now).map(|(old, new)| old.wrapping_add(new)).collect();
    }
    hex(&state, true)
}

fn sha1(bytes: &[u8]) -> String {
    let mut state = vec![0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in blocks(bytes, true) {
        let mut words = block;
        for place in 16..80 {
            let mixed = at(&words, place - 3) ^ at(&words, place - 8) ^ at(&words, place - 14) ^ at(&words, place - 16);
            words.push(mixed.rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = <[u32; 5]>::try_from(state.as_slice()).unwrap_or_default();
        for place in 0..80 {
            let (mix, key) = match place / 20 {
                0 => ((b & c) | (!b & d), 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let next =
                a.rotate_left(5).wrapping_add(mix).wrapping_add(e).wrapping_add(key).wrapping_add(at(&words, place));
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        state = state.iter().zip([a, b, c, d, e]).map(|(old, new)| old.wrapping_add(new)).collect();
    }
    hex(&state, true)
}

/// `floor(2^32 · |sin(n)|)` for 1 to 64, by RFC 1321: written down, because sines differ between platforms.
const MD5_KEYS: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

fn md5(bytes: &[u8]) -> String {
    let turns = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut state = vec![0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for words in blocks(bytes, false) {
        let [mut a, mut b, mut c, mut d] = <[u32; 4]>::try_from(state.as_slice()).unwrap_or_default();
        for place in 0..64_usize {
            let (mix, word) = match place / 16 {
                0 => ((b & c) | (!b & d), place),
                1 => ((d & b) | (!d & c), (5 * place + 1) % 16),
                2 => (b ^ c ^ d, (3 * place + 5) % 16),
                _ => (c ^ (b | !d), (7 * place) % 16),
            };
            let turn = turns.get(place / 16).and_then(|row| row.get(place % 4)).copied().unwrap_or(0);
            let sum = a.wrapping_add(mix).wrapping_add(at(&MD5_KEYS, place)).wrapping_add(at(&words, word));
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(turn)));
        }
        state = state.iter().zip([a, b, c, d]).map(|(old, new)| old.wrapping_add(new)).collect();
    }
    hex(&state, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(md5(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(sha1(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
