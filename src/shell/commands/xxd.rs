//! `xxd` and `hexdump`: bytes as numbers, and back.

use super::cut_join::Given;
use super::filter::Filter;

/// The letter that stands for a byte.
fn letter(byte: u8) -> char {
    if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' }
}

/// A number as these programs read it: `0x10`, `16`, `-n16`.
fn number(text: Option<&str>) -> Option<usize> {
    let text = text?;
    match text.strip_prefix("0x") {
        Some(hex) => usize::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// `xxd [-p] [-r] [-u] [-c N] [-g N] [-l N] [-s N] [FILE]`.
pub fn xxd(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "cgls", &[]);
    let (text, code) = filter.input(given.operands.get(..1.min(given.operands.len())).unwrap_or(&[]));
    let is_plain = given.has('p');
    if given.has('r') {
        filter.out.push_str(&from_hex(&text, is_plain));
        return code;
    }
    let skipped = number(given.value('s')).unwrap_or(0).min(text.len());
    let rest = text.as_bytes().get(skipped..).unwrap_or(&[]);
    let bytes = rest.get(..number(given.value('l')).unwrap_or(rest.len()).min(rest.len())).unwrap_or(rest);
    let width = number(given.value('c')).unwrap_or(if is_plain { 30 } else { 16 }).max(1);
    let group = number(given.value('g')).unwrap_or(2).max(1);
    let hex = |byte: &u8| if given.has('u') { format!("{byte:02X}") } else { format!("{byte:02x}") };
    for (at, line) in bytes.chunks(width).enumerate() {
        if is_plain {
            let line: String = line.iter().map(hex).collect();
            filter.lines(&[line]);
            continue;
        }
        let groups: Vec<String> = line.chunks(group).map(|some| some.iter().map(hex).collect()).collect();
        let full = width * 2 + width.div_ceil(group) - 1;
        let letters: String = line.iter().map(|byte| letter(*byte)).collect();
        filter.lines(&[format!("{:08x}: {:<full$}  {letters}", skipped + at * width, groups.join(" "))]);
    }
    code
}

/// The bytes that numbers stand for: all digits, or those between a line's place and its letters.
fn from_hex(text: &str, is_plain: bool) -> String {
    let mut bytes = Vec::new();
    for line in text.split_terminator('\n') {
        let digits = match line.split_once(": ").filter(|_| !is_plain) {
            Some((_, rest)) => rest.split("  ").next().unwrap_or(rest),
            None => line,
        };
        let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(16)).collect();
        bytes.extend(digits.chunks_exact(2).filter_map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => error.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// `hexdump [-C] [-n N] [-s N] [-v] [FILE…]` and `hd`; formats of one's own (`-e`) are not known here.
pub fn hexdump(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "nsef", &[("length", 'n'), ("skip", 's'), ("canonical", 'C')]);
    let is_wide = given.has('C') || filter.words.first().is_some_and(|name| name.ends_with("hd"));
    if given.has('e') || given.has('f') || ['b', 'c', 'd', 'o'].iter().any(|flag| given.has(*flag)) {
        filter.is_unknown = true;
        return 0;
    }
    let (text, code) = filter.input(&given.operands);
    let skipped = number(given.value('s')).unwrap_or(0).min(text.len());
    let rest = text.as_bytes().get(skipped..).unwrap_or(&[]);
    let bytes = rest.get(..number(given.value('n')).unwrap_or(rest.len()).min(rest.len())).unwrap_or(rest);
    let width = if is_wide { 8 } else { 7 };
    let (mut before, mut is_starred): (&[u8], bool) = (&[], false);
    for (at, line) in bytes.chunks(16).enumerate() {
        if line == before && !given.has('v') {
            if !std::mem::replace(&mut is_starred, true) {
                filter.lines(&["*"]);
            }
            continue;
        }
        (before, is_starred) = (line, false);
        let place = skipped + at * 16;
        let shown = match is_wide {
            true => {
                let half = |part: &[u8]| part.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
                let (left, right) = line.split_at(line.len().min(8));
                let letters: String = line.iter().map(|byte| letter(*byte)).collect();
                format!("{place:0width$x}  {:<23}  {:<23}  |{letters}|", half(left), half(right))
            }
            false => {
                let pairs = line.chunks(2).map(|pair| {
                    let high = pair.get(1).copied().unwrap_or(0);
                    format!("{:02x}{:02x}", high, pair.first().copied().unwrap_or(0))
                });
                let padded = format!("{place:0width$x} {}", pairs.collect::<Vec<_>>().join(" "));
                format!("{padded:<47}")
            }
        };
        filter.lines(&[shown]);
    }
    if !bytes.is_empty() {
        filter.lines(&[format!("{:0width$x}", skipped + bytes.len())]);
    }
    code
}
