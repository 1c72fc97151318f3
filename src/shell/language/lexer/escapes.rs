//! What stands for signs behind a backslash.

/// Puts characters in place of `\n`, `\t`, `\x41`, `\u20ac` and the like.
pub fn unescape(text: &str) -> String {
    joined_bytes(&unescape_each(text))
}

/// Where bytes above 127 were written one by one and make up letters together, these letters.
fn joined_bytes(text: &str) -> String {
    let is_byte = |c: char| (BYTE..BYTE + 0x100).contains(&u32::from(c));
    if !text.contains(is_byte) {
        return text.to_string();
    }
    let (mut out, mut bytes) = (String::new(), Vec::new());
    for c in text.chars().chain(['\0']) {
        match u8::try_from(u32::from(c).wrapping_sub(BYTE)) {
            Ok(byte) if is_byte(c) => bytes.push(byte),
            _ => {
                match std::str::from_utf8(&bytes) {
                    Ok(letters) => out.push_str(letters),
                    Err(_) => out.extend(bytes.iter().map(|byte| char::from(*byte))),
                }
                bytes.clear();
                out.push(c);
            }
        }
    }
    out.pop();
    out
}

/// Stands for a byte until its neighbours are known: a private place of Unicode.
const BYTE: u32 = 0x10_ff00;

fn byte(c: char) -> char {
    match u32::from(c) {
        number @ 0x80..=0xff => char::from_u32(BYTE + number).unwrap_or(c),
        _ => c,
    }
}

fn unescape_each(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(letter) = chars.next() else {
            out.push('\\');
            break;
        };
        let mut digits = |most: usize, radix: u32, first: &str| {
            let mut number = first.to_string();
            while number.len() < most && chars.peek().is_some_and(|c| c.is_digit(radix)) {
                number.extend(chars.next());
            }
            u32::from_str_radix(&number, radix).ok().and_then(char::from_u32)
        };
        match letter {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            'e' | 'E' => out.push('\u{1b}'),
            'x' => out.extend(digits(2, 16, "").map(byte)),
            'u' => out.extend(digits(4, 16, "")),
            '0'..='7' => out.extend(digits(3, 8, &letter.to_string()).map(byte)),
            '\\' | '\'' | '"' | '?' => out.push(letter),
            other => out.extend(['\\', other]),
        }
    }
    out
}
