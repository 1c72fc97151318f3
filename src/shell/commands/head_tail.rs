//! `head` and `tail`: which lines or bytes of a text are kept.

use super::Arguments;
use super::filter::Filter;
use crate::shell::container::FileError;

/// Which lines `head` and `tail` keep of so many, and the files that they name.
///
/// # Errors
/// What is wrong with the number.
pub fn kept_range(words: &[String], count: usize) -> Result<std::ops::Range<usize>, String> {
    let number = words.option("-n").or_else(|| words.option("--lines")).or_else(|| {
        let flags = words.arguments().iter().find_map(|word| word.strip_prefix('-'))?;
        flags.starts_with(|c: char| c.is_ascii_digit()).then(|| flags.to_string())
    });
    let number = number.unwrap_or_else(|| "10".into());
    let size: usize =
        number.trim_start_matches(['+', '-']).parse().map_err(|_| format!("invalid number of lines: '{number}'"))?;
    Ok(match (words.name(), number.chars().next()) {
        ("head", Some('-')) => 0..count.saturating_sub(size),
        ("head", _) => 0..count.min(size),
        (_, Some('+')) => size.saturating_sub(1).min(count)..count,
        _ => count.saturating_sub(size)..count,
    })
}

/// The arguments that are neither flags nor the number behind `-n`.
pub fn files_of(words: &[String]) -> Vec<String> {
    let mut rest = words.arguments().iter();
    let mut files = Vec::new();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-n" | "-c" | "--lines" | "--bytes" => _ = rest.next(),
            "-" => files.push(word.clone()),
            word if word.starts_with('-') || (word.starts_with('+') && files.is_empty()) => {}
            word => files.push(word.to_string()),
        }
    }
    files
}

/// How many bytes `head -c` and `tail -c` keep.
pub fn kept_bytes(words: &[String]) -> Option<String> {
    words.option("-c").or_else(|| words.option("--bytes"))
}

/// The text that `head -c` and `tail -c` keep; `-c -N` and `-c +N` count from the other side.
///
/// # Errors
/// What is wrong with the number.
pub fn cut_bytes<'t>(words: &[String], number: &str, text: &'t str) -> Result<&'t str, String> {
    let digits = number.trim_start_matches(['+', '-']);
    let factor = match digits.chars().last() {
        Some('k' | 'K') => 1024,
        Some('M') => 1024 * 1024,
        _ => 1,
    };
    let size: usize =
        digits.trim_end_matches(['k', 'K', 'M']).parse().map_err(|_| format!("invalid number of bytes: '{number}'"))?;
    let size = size.saturating_mul(factor);
    let (from, to) = match (words.name(), number.chars().next()) {
        ("head", Some('-')) => (0, text.len().saturating_sub(size)),
        ("head", _) => (0, size.min(text.len())),
        (_, Some('+')) => (size.saturating_sub(1).min(text.len()), text.len()),
        _ => (text.len().saturating_sub(size), text.len()),
    };
    let near = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    Ok(text.get(near(from)..near(to)).unwrap_or(""))
}

/// Flags that are written together (`-qn1`), each as a word of its own.
fn one_by_one(words: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for word in words {
        let letters = word.strip_prefix('-').filter(|letters| letters.len() > 1 && !letters.starts_with('-'));
        let Some(letters) = letters.filter(|letters| letters.starts_with(|c: char| c.is_ascii_alphabetic())) else {
            all.push(word.clone());
            continue;
        };
        for (at, letter) in letters.char_indices() {
            if matches!(letter, 'n' | 'c' | 's') {
                all.push(format!("-{}", letters.get(at..).unwrap_or("")));
                break;
            }
            all.push(format!("-{letter}"));
        }
    }
    all
}

/// `head` and `tail`. With several files their names stand before them.
pub(super) fn head_or_tail(filter: &mut Filter<'_>) -> i64 {
    let words = one_by_one(filter.words);
    let files = files_of(&words);
    let has = |names: [&str; 3]| words.iter().any(|word| names.contains(&word.as_str()));
    let names = has(["-v", "--verbose", "-v"]) || files.len() > 1 && !has(["-q", "--quiet", "--silent"]);
    let (mut code, mut is_first) = (0, true);
    let groups: Vec<&[String]> = if files.is_empty() { vec![&[]] } else { files.chunks(1).collect() };
    for group in groups {
        let name = group.first().map_or("-", String::as_str);
        let found = if name == "-" { Ok(filter.stdin.clone()) } else { (filter.read)(name) };
        let text = match found {
            Ok(text) => text,
            Err(error) => {
                let is_told = matches!(error, FileError::IsDirectory | FileError::Denied);
                let error = if is_told { error } else { FileError::NotFound };
                code = filter.fail(&match error {
                    FileError::IsDirectory => format!("error reading '{name}': {error}"),
                    error => format!("cannot open '{name}' for reading: {error}"),
                });
                continue;
            }
        };
        if names {
            let shown = if name == "-" { "standard input" } else { name };
            filter.out.push_str(&format!("{}==> {shown} <==\n", if is_first { "" } else { "\n" }));
        }
        is_first = false;
        match kept(&words, &text) {
            Ok(kept) => filter.out.push_str(kept),
            Err(error) => return filter.fail(&error),
        }
    }
    code
}

/// What `head` or `tail` keeps of a text.
fn kept<'t>(words: &[String], text: &'t str) -> Result<&'t str, String> {
    if let Some(number) = kept_bytes(words) {
        return cut_bytes(words, &number, text);
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let range = kept_range(words, lines.len())?;
    let before: usize = lines.iter().take(range.start).map(|line| line.len()).sum();
    let length: usize = lines.get(range).unwrap_or(&[]).iter().map(|line| line.len()).sum();
    Ok(text.get(before..before + length).unwrap_or(""))
}
