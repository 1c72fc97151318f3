//! What differs from cluster to cluster in a line: ages, addresses, generated names. Knows no tables.

use std::fmt::Write as _;

/// A cell without what differs: an age, an address, a generated name.
pub(super) fn cell_shape(column: &str, cell: &str) -> String {
    match column {
        "AGE" | "LAST SEEN" | "DURATION" | "LAST SCHEDULE" => "<age>".into(),
        "IP" | "CLUSTER-IP" | "INTERNAL-IP" | "EXTERNAL-IP" if cell.starts_with(|c: char| c.is_ascii_digit()) => {
            "<address>".into()
        }
        // `1 (21s ago)`: how often is the same everywhere, when is not.
        "RESTARTS" => cell.split(" (").next().unwrap_or_default().to_string(),
        // What runs below Kubernetes is the reader's own.
        "VERSION" | "KERNEL-VERSION" | "OS-IMAGE" | "CONTAINER-RUNTIME" => "<version>".into(),
        _ => masked(cell),
    }
}

/// Letters and digits of generated names; there are no vowels among them.
fn is_generated(word: &str) -> bool {
    word.chars().all(|c| "bcdfghjklmnpqrstvwxz2456789".contains(c))
}

/// A line with one space between words, and a word for what differs from cluster to cluster.
pub(super) fn masked(line: &str) -> String {
    // Since 1.34 kubectl says from which namespace something was deleted.
    let line = match line.split_once("\" deleted from ") {
        Some((before, rest)) if rest.ends_with(" namespace") => &format!("{before}\" deleted"),
        _ => line,
    };
    let mut out = String::new();
    let mut words = line.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let is_id =
            word.eq_ignore_ascii_case("id") || word == "resourceVersion:" || word == "uid:" || word == "generation:";
        let _ = write!(out, "{}{}", if out.is_empty() { "" } else { " " }, masked_word(word));
        if is_id {
            // `connection id is 3`, `resourceVersion: "812"`.
            while let Some(next) = words.next_if(|next| *next == "is" || next.contains(|c: char| c.is_ascii_digit())) {
                out.push_str(if next == "is" { " is" } else { " <number>" });
            }
        }
    }
    out
}

/// The pieces of a word, each either a name (letters, digits, `-`, `.`, `:`) or what stands between.
fn masked_word(word: &str) -> String {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':');
    let mut out = String::new();
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
        let (name, more) = rest.split_at(end);
        out.push_str(&masked_name(name));
        let next = more.find(is_inside).unwrap_or(more.len());
        out.push_str(&more[..next]);
        rest = &more[next..];
    }
    out
}

fn masked_name(name: &str) -> String {
    let (body, end) = match name.strip_suffix([':', '.']) {
        Some(body) => (body, &name[body.len()..]),
        None => (name, ""),
    };
    format!(
        "{}{end}",
        if is_age(body) {
            "<age>".into()
        } else if is_time(body) {
            "<time>".into()
        } else {
            parts_masked(body)
        }
    )
}

/// `22s`, `3m12s`, `5d`, `0.001`.
fn is_age(text: &str) -> bool {
    let is_fraction = text.split_once('.').is_some_and(|(a, b)| {
        !b.is_empty() && [a, b].iter().all(|it| it.bytes().all(|c| c.is_ascii_digit())) && b.len() == 3
    });
    let units = text.split(|c: char| c.is_ascii_digit() || c == '.').filter(|unit| !unit.is_empty());
    let has_units = text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_lowercase());
    is_fraction || has_units && units.clone().all(|unit| ["ms", "s", "m", "h", "d", "y"].contains(&unit))
}

/// `2026-11-28T10:00:00Z`, `10:00:00`.
fn is_time(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6 && text.contains(':') && text.bytes().all(|c| c.is_ascii_digit() || b":-.TZ".contains(&c))
}

/// Addresses, identifiers and generated ends inside a name.
fn parts_masked(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let is_octet = |part: &&str| part.parse::<u8>().is_ok();
    if parts.len() >= 4 && parts.iter().take(4).all(is_octet) {
        let rest = parts.get(4..).unwrap_or_default().join(".");
        return if rest.is_empty() { "<address>".into() } else { format!("<address>.{rest}") };
    }
    if let Some((before, _)) =
        name.split_once(':').filter(|(before, _)| before.split('.').filter(is_octet).count() == 4)
    {
        return parts_masked(before);
    }
    let words: Vec<&str> = name.split('-').collect();
    let is_hex = |word: &&str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_hexdigit());
    if words.len() >= 5 {
        let tail = &words[words.len() - 5..];
        let lengths: Vec<usize> = tail.iter().map(|word| word.len()).collect();
        if lengths == [8, 4, 4, 4, 12] && tail.iter().all(is_hex) {
            let before = words[..words.len() - 5].join("-");
            return if before.is_empty() { "<uid>".into() } else { format!("{before}-<uid>") };
        }
    }
    let is_end = |at: usize, word: &str| at > 0 && (5..=10).contains(&word.len()) && is_generated(word);
    let words = words.iter().enumerate().map(|(at, word)| if is_end(at, word) { "<generated>" } else { word });
    words.collect::<Vec<_>>().join("-")
}
