//! `base64`: bytes as letters, and back.

use super::cut_join::Given;
use super::filter::Filter;
use crate::model::{decode_base64, encode_base64};
use crate::shell::language::ShellKind;

/// `base64` and `base64 -d`.
pub fn base64(filter: &mut Filter<'_>) -> i64 {
    let long = [("decode", 'd'), ("wrap", 'w'), ("ignore-garbage", 'i')];
    let given = Given::of(filter.words, "w", &long);
    let (text, code) = filter.input(&given.operands);
    if given.has('d') || given.has('D') {
        filter.out.push_str(&decode_base64(&text));
        let is_meant = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\n');
        let is_right = given.has('i') || filter.kind == ShellKind::Ash || text.chars().all(is_meant);
        return if is_right { code } else { filter.fail("invalid input") };
    }
    let letters: Vec<char> = encode_base64(text.as_bytes()).chars().collect();
    match given.value('w').map_or(Some(76), |width| width.parse::<usize>().ok()) {
        None => return filter.fail(&format!("invalid wrap size: '{}'", given.value('w').unwrap_or(""))),
        Some(0) => filter.out.extend(letters),
        Some(width) => {
            let lines: Vec<String> = letters.chunks(width).map(|line| line.iter().collect()).collect();
            filter.lines(&lines);
        }
    }
    code
}
