//! `fold`, `expand`, `column` and `split`: lines and files of another size.

use super::Arguments;
use super::cut_join::Given;
use super::filter::{Filter, Written};

/// The most files that `split` makes.
const FILES_MAX: usize = 200;

/// `fold`, `expand`, `column` and `split`.
pub fn folded(filter: &mut Filter<'_>) -> i64 {
    match filter.words.name() {
        "fold" => fold(filter),
        "expand" => expand(filter),
        "column" => column(filter),
        _ => split(filter),
    }
}

/// `fold [-s] [-w N] [FILE…]`.
fn fold(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "w", &[("spaces", 's'), ("width", 'w')]);
    let plain = filter.words.arguments().iter().find_map(|word| word.strip_prefix('-')?.parse::<usize>().ok());
    let width = given.number('w').or(plain).unwrap_or(80).max(1);
    let (text, code) = filter.input(&given.operands);
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let mut rest: Vec<char> = line.trim_end_matches('\n').chars().collect();
        while rest.len() > width {
            let blank = rest.get(..width).unwrap_or(&[]).iter().rposition(|c| c.is_whitespace());
            let cut = blank.filter(|_| given.has('s')).map_or(width, |at| at + 1);
            let next = rest.split_off(cut);
            out.extend(rest);
            out.push('\n');
            rest = next;
        }
        out.extend(rest);
        out.push_str(end);
    }
    filter.out.push_str(&out);
    code
}

/// `expand [-t N] [FILE…]`.
fn expand(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "t", &[("tabs", 't')]);
    let width = given.number('t').unwrap_or(8).clamp(1, 100);
    let (text, code) = filter.input(&given.operands);
    let (mut out, mut column) = (String::new(), 0);
    for c in text.chars() {
        match c {
            '\t' => {
                let more = width - column % width;
                out.push_str(&" ".repeat(more));
                column += more;
            }
            '\n' => {
                out.push(c);
                column = 0;
            }
            c => {
                out.push(c);
                column += 1;
            }
        }
    }
    filter.out.push_str(&out);
    code
}

/// `column -t [-s SIGNS] [-o TEXT] [FILE…]`.
fn column(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "sol", &[("table", 't'), ("separator", 's'), ("output-separator", 'o')]);
    let (text, code) = filter.input(&given.operands);
    if !given.has('t') {
        filter.out.push_str(&text);
        return code;
    }
    let signs: Vec<char> = given.value('s').unwrap_or(" \t").chars().collect();
    let is_plain = !given.has('s');
    let cells = |line: &str| -> Vec<String> {
        let parts = line.split(signs.as_slice()).filter(|cell| !is_plain || !cell.is_empty());
        parts.map(str::to_string).collect()
    };
    let rows: Vec<Vec<String>> =
        text.split_terminator('\n').filter(|line| !line.trim().is_empty()).map(cells).collect();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| Some(row.get(at)?.chars().count())).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let between = given.value('o').unwrap_or("  ").to_string();
    for row in &rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            line.push_str(cell);
            if at + 1 < row.len() {
                let padding = widths.get(at).copied().unwrap_or(0).saturating_sub(cell.chars().count());
                line.push_str(&" ".repeat(padding));
                line.push_str(&between);
            }
        }
        filter.lines(&[line]);
    }
    code
}

/// `split [-l N] [-b SIZE] [-n N] [-d] [-a N] [FILE [PREFIX]]`.
fn split(filter: &mut Filter<'_>) -> i64 {
    let long = [("lines", 'l'), ("bytes", 'b'), ("number", 'n'), ("numeric-suffixes", 'd'), ("suffix-length", 'a')];
    let long: Vec<(&str, char)> = long.into_iter().chain([("additional-suffix", 'X')]).collect();
    let given = Given::of(filter.words, "lbnaX", &long);
    let name = given.operands.first().cloned().unwrap_or_else(|| "-".to_string());
    let text = if name == "-" { Ok(filter.stdin.clone()) } else { (filter.read)(&name) };
    let text = match text {
        Ok(text) => text,
        Err(error) => return filter.fail(&format!("cannot open '{name}' for reading: {error}")),
    };
    let size = |text: &str| {
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let factor = match text.get(digits.len()..).unwrap_or("").chars().next() {
            Some('k' | 'K') => 1 << 10,
            Some('m' | 'M') => 1 << 20,
            Some('G') => 1 << 30,
            _ => 1,
        };
        digits.parse::<usize>().ok().map(|number| number.saturating_mul(factor).max(1))
    };
    let bytes = given.value('b').and_then(size);
    let bytes = bytes.or_else(|| given.number('n').map(|parts| text.len().div_ceil(parts.max(1)).max(1)));
    let pieces: Vec<String> = match bytes {
        Some(bytes) => {
            let (mut pieces, mut rest) = (Vec::new(), text.as_str());
            while !rest.is_empty() && pieces.len() < FILES_MAX {
                let mut end = bytes.min(rest.len());
                while !rest.is_char_boundary(end) {
                    end += 1;
                }
                let (piece, next) = rest.split_at(end);
                pieces.push(piece.to_string());
                rest = next;
            }
            pieces
        }
        None => {
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            lines.chunks(given.number('l').unwrap_or(1000).max(1)).map(<[&str]>::concat).collect()
        }
    };
    if pieces.len() > FILES_MAX {
        return filter.fail("output file suffixes exhausted");
    }
    let prefix = given.operands.get(1).cloned().unwrap_or_else(|| "x".to_string());
    let length = given.number('a').unwrap_or(2).clamp(1, 10);
    let (base, first) = if given.has('d') { (10, b'0') } else { (26, b'a') };
    for (at, piece) in pieces.into_iter().enumerate() {
        let (mut rest, mut mark) = (at, Vec::new());
        for _ in 0..length {
            mark.insert(0, char::from(first + u8::try_from(rest % base).unwrap_or(0)));
            rest /= base;
        }
        let mark: String = mark.into_iter().collect();
        let name = format!("{prefix}{mark}{}", given.value('X').unwrap_or(""));
        filter.written.push(Written::new(name, piece));
    }
    0
}
