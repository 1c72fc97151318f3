//! What `s` puts in the place of what it found.

use super::syntax::Part;

/// Reads what comes in the place of a pattern: `&`, `\1`, `\n`, `\U` and the like.
pub(super) fn parts_of(text: &str) -> Vec<Part> {
    let (mut parts, mut plain) = (Vec::new(), String::new());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let part = match c {
            '&' => Part::Group(0),
            '\\' => match chars.next() {
                Some(digit @ '0'..='9') => Part::Group(digit as usize - '0' as usize),
                Some(case @ ('U' | 'L' | 'u' | 'l' | 'E')) => Part::Case(case),
                Some('n') => Part::Text("\n".to_string()),
                Some('t') => Part::Text("\t".to_string()),
                Some('r') => Part::Text("\r".to_string()),
                Some(base @ ('x' | 'd' | 'o')) => Part::Text(coded(base, &mut chars)),
                Some(c) => Part::Text(c.to_string()),
                None => Part::Text("\\".to_string()),
            },
            c => {
                plain.push(c);
                continue;
            }
        };
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(part);
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}

/// The character behind `\x`, `\d` or `\o`, by its number of base 16, 10 or 8; the letter itself where none follows.
fn coded(base: char, chars: &mut std::str::Chars<'_>) -> String {
    let (radix, most) = match base {
        'x' => (16, 2),
        'd' => (10, 3),
        _ => (8, 3),
    };
    let digits: String = chars.as_str().chars().take(most).take_while(|c| c.is_digit(radix)).collect();
    digits.chars().for_each(|_| _ = chars.next());
    match u32::from_str_radix(&digits, radix).ok().and_then(char::from_u32) {
        Some(c) => c.to_string(),
        None => base.to_string(),
    }
}
