//! The text that stands for a page of somebody's that this lab does not have: shells take it for a comment.

/// How it begins and ends.
const ENDS: (&str, &str) = ("# What ", " says is not known in this lab.");

/// The page of a host.
pub fn of(host: &str) -> String {
    format!("{}{host}{}\n", ENDS.0, ENDS.1)
}

/// Whether a text is such a page.
pub fn is_one(text: &str) -> bool {
    let line = text.trim_end();
    line.starts_with(ENDS.0) && line.ends_with(ENDS.1) && !line.contains('\n')
}
