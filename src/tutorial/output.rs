//! Whether a block holds what the lines of the block above it print. Judged by `www/block-kinds.js` as well.

use super::block::{Block, Content, first_line};
use super::line::{Prints, is_watch, only_asks, prints};
use super::line_look::{Language, is_done, is_heading, is_printed};
use super::partial_manifest::has_field;
use super::text_between::{Lead, is_of_another_terminal, lead_of};

/// What stands between two blocks, and what the lower one is called.
#[derive(Default)]
pub(super) struct Between<'a> {
    /// The text between them, its lines parted by line breaks.
    pub text: &'a str,
    /// Whether there is a heading in it.
    pub has_heading: bool,
    /// The title of the lower block.
    pub title: &'a str,
}

/// Whether `below` holds what the lines of `above` print.
pub(super) fn is_output(above: &Block, below: &Block, between: &Between) -> bool {
    let Some(last) = above.turns().last().filter(|turn| turn.printed.is_empty()) else { return false };
    let prints = prints(&last.typed);
    let lead = match lead_of(between.text, between.has_heading) {
        Lead::Apart => return false,
        _ if is_called_output(between.title) => Lead::Strong,
        lead => lead,
    };
    let asks = only_asks(&last.typed) && !last.is_inside;
    if prints == Prints::Nothing || is_of_another_terminal(between.text) && !asks && !is_watch(&last.typed) {
        return false;
    }
    match below.content {
        Content::Session(_) => false,
        Content::Manifest => is_printed_object(below, prints, lead),
        Content::Text if is_file_title(between.title) => false,
        Content::Text => match below.language {
            Language::Output => true,
            _ if asks && is_heading(first_line(&below.text)) => true,
            _ if prints == Prints::Lines && !asks && is_done(first_line(&below.text)) => true,
            _ if prints == Prints::Objects && is_stored(&below.text) => true,
            Language::Plain | Language::Console => lead != Lead::Elsewhere,
            Language::Script => lead == Lead::Strong || lead != Lead::Elsewhere && is_printed(first_line(&below.text)),
            Language::Yaml | Language::Code | Language::Other => {
                lead == Lead::Strong || lead != Lead::Elsewhere && prints != Prints::Lines
            }
        },
    }
}

/// Whether a manifest is what a line prints, and none to apply.
fn is_printed_object(below: &Block, prints: Prints, lead: Lead) -> bool {
    let is_stored = is_stored(&below.text);
    let is_from_server =
        is_stored || has_field(&below.text, &["creationTimestamp"]) || has_line(&below.text, "status:");
    match (prints, lead) {
        (Prints::Objects, Lead::Elsewhere) => is_stored,
        (Prints::Objects, Lead::None | Lead::Strong) | (Prints::Text, Lead::Strong) => {
            is_from_server || below.name.is_none()
        }
        (Prints::Objects, Lead::Weak) | (Prints::Text, Lead::None | Lead::Weak) => is_from_server,
        _ => false,
    }
}

/// Whether a text has what nobody writes by hand.
fn is_stored(text: &str) -> bool {
    has_field(text, &["uid", "resourceVersion"])
}

fn has_line(text: &str, start: &str) -> bool {
    text.lines().any(|line| line.starts_with(start))
}

/// A title that says that something is printed.
fn is_called_output(title: &str) -> bool {
    let title = title.trim().to_lowercase();
    ["output", "expected output", "result", "response", "出力", "結果", "実行結果"]
        .iter()
        .any(|it| title.starts_with(it))
}

/// A title that is the name of a file.
fn is_file_title(title: &str) -> bool {
    let title = title.trim();
    let end = title.rsplit_once('.').map_or("", |(name, end)| if name.is_empty() { "" } else { end });
    !title.contains(char::is_whitespace) && !end.is_empty() && end.chars().all(|c| c.is_ascii_alphanumeric())
}
