//! How a shell shows a text so that it could be typed.

use super::state::ShellKind;

/// A text in quotes, as a shell of this kind shows it.
pub(super) fn quoted_as(kind: ShellKind, text: &str) -> String {
    match kind {
        ShellKind::Bash => quoted(text),
        _ => in_single_quotes(text),
    }
}

/// The same as bash shows it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A value as dash and BusyBox quote it: single quotes stand between double ones.
pub(super) fn in_single_quotes(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    loop {
        let (plain, behind) = rest.split_at(rest.find('\'').unwrap_or(rest.len()));
        let (marks, after) = behind.split_at(behind.len() - behind.trim_start_matches('\'').len());
        out.push_str(&format!("'{plain}'"));
        if marks.is_empty() {
            return out;
        }
        out.push_str(&format!("\"{marks}\""));
        if after.is_empty() {
            return out;
        }
        rest = after;
    }
}

/// Whether bash shows a text in quotes: signs of its language stand in it.
pub(super) fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || text.starts_with(['#', '~'])
        || text.contains("=~")
        || text.contains(":~")
        || text.contains(|c: char| " \t\n'\"\\|&;()<>!{}*[]?^$`".contains(c))
}

/// Whether a sign is shown by its number.
pub(super) fn is_escaped(c: char) -> bool {
    c.is_ascii_control() || !c.is_ascii()
}

/// A word as `set -x` shows it.
pub(super) fn shown_word(kind: ShellKind, text: &str) -> String {
    match kind {
        ShellKind::Dash => text.to_string(),
        ShellKind::Bash if needs_quotes(text) => quoted(text),
        ShellKind::Bash if text.contains(is_escaped) => with_escapes(text),
        ShellKind::Bash => text.to_string(),
        ShellKind::Ash => {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "+,-./:@]^_".contains(c);
            if text.chars().all(is_plain) { text.to_string() } else { in_single_quotes(text) }
        }
    }
}

/// A text as `$'…'`.
pub(super) fn with_escapes(text: &str) -> String {
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\E"),
            '\'' | '\\' => out.extend(['\\', c]),
            c if c.is_ascii() && !c.is_ascii_control() => out.push(c),
            // Containers have no locale that knows other letters.
            c => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| out.push_str(&format!("\\{byte:03o}"))),
        }
    }
    out.push('\'');
    out
}
