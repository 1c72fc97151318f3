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

/// A value as dash and BusyBox quote it.
pub(super) fn in_single_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\"'\"'"))
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
            c if c.is_ascii_control() => out.push_str(&format!("\\{:03o}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}
