//! Colours for YAML, line by line; understands no more of it than an eye does at a glance.

use std::ops::Range;
use yew::prelude::*;

/// What a piece of text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// A key.
    Key,
    /// A string in quotes, or plain text.
    Text,
    /// A number, a boolean, nothing.
    Literal,
    /// `-`, `:`, brackets.
    Mark,
    /// A comment.
    Comment,
    /// `---`.
    Rule,
}

impl Paint {
    /// The class of its colour.
    pub fn class(self) -> &'static str {
        match self {
            Paint::Key => "y-key",
            Paint::Text => "y-text",
            Paint::Literal => "y-literal",
            Paint::Mark => "y-mark",
            Paint::Comment => "y-comment",
            Paint::Rule => "y-rule",
        }
    }
}

/// One line: its pieces, each with its look and whether a problem lies there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaintedLine {
    /// The pieces in order; together they are the line.
    pub pieces: Vec<(Paint, bool, String)>,
    /// Whether a problem lies in the line.
    pub is_marked: bool,
}

/// Paints the lines `rows` of a text. `problems` are places as (line, range of bytes in it).
pub fn paint(text: &str, rows: Range<usize>, problems: &[(usize, Range<usize>)]) -> Vec<PaintedLine> {
    let problems: Vec<_> = problems.iter().filter(|(row, _)| rows.contains(row)).collect();
    let mut block: Option<usize> = None;
    let mut painted = Vec::new();
    for (row, line) in text.split('\n').enumerate().take(rows.end) {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let in_block = block.is_some_and(|base| indent > base || line.trim().is_empty());
        if !in_block {
            block = opens_block(line).then_some(indent);
        }
        if row >= rows.start {
            let pieces = if in_block { vec![(Paint::Text, line)] } else { paint_line(line) };
            let here: Vec<&Range<usize>> = problems.iter().filter(|it| it.0 == row).map(|it| &it.1).collect();
            painted.push(PaintedLine { pieces: cut(&pieces, &here), is_marked: !here.is_empty() });
        }
    }
    painted
}

/// Whether the lines below that stand deeper are one text.
fn opens_block(line: &str) -> bool {
    let end = line.trim_end();
    line.split(" #").next().unwrap_or(line).trim_end().ends_with(['|', '>'])
        || end.ends_with("|-")
        || end.ends_with(">-")
}

/// Cuts pieces where problems begin and end.
fn cut(pieces: &[(Paint, &str)], problems: &[&Range<usize>]) -> Vec<(Paint, bool, String)> {
    let mut out: Vec<(Paint, bool, String)> = Vec::with_capacity(pieces.len());
    let mut at = 0;
    for (paint, text) in pieces {
        if problems.is_empty() {
            out.push((*paint, false, (*text).to_string()));
            continue;
        }
        for c in text.chars() {
            let is_bad = problems.iter().any(|it| it.contains(&at));
            match out.last_mut() {
                Some((last, bad, run)) if *last == *paint && *bad == is_bad => run.push(c),
                _ => out.push((*paint, is_bad, c.to_string())),
            }
            at += c.len_utf8();
        }
    }
    out
}

fn paint_line(line: &str) -> Vec<(Paint, &str)> {
    if line.starts_with("---") || line.starts_with("...") {
        return vec![(Paint::Rule, line)];
    }
    let mut out = Vec::new();
    let mut rest = line;
    loop {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let dash = rest[blanks..].starts_with("- ") || &rest[blanks..] == "-";
        let (head, tail) = rest.split_at(blanks + usize::from(dash));
        if !head.is_empty() {
            out.push((Paint::Mark, head));
        }
        rest = tail;
        if !dash {
            break;
        }
    }
    if let Some(end) = key_end(rest) {
        let (key, tail) = rest.split_at(end);
        let (colon, tail) = tail.split_at(1);
        out.extend([(Paint::Key, key), (Paint::Mark, colon)]);
        rest = tail;
    }
    paint_value(rest, &mut out);
    out
}

/// Where the key at the beginning of `text` ends, if there is one: before a colon that a blank or nothing follows.
pub fn key_end(text: &str) -> Option<usize> {
    if text.starts_with(['#', '{', '[', '|', '>', '&', '*', '!']) {
        return None;
    }
    let quote = text.chars().next().filter(|c| *c == '"' || *c == '\'');
    let from = match quote {
        Some(quote) => text[1..].find(quote)? + 2,
        None => 0,
    };
    let at = text[from..]
        .char_indices()
        .find(|(at, c)| *c == ':' && matches!(text[from + at + 1..].chars().next(), None | Some(' ' | '\t' | '\r')))?;
    let end = from + at.0;
    let is_key = end > 0 && !text[..end].contains(" #");
    is_key.then_some(end)
}

fn paint_value<'a>(text: &'a str, out: &mut Vec<(Paint, &'a str)>) {
    let (value, comment) = match find_comment(text) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let bare = value.trim();
    if bare.starts_with(['[', '{']) {
        paint_flow(value, out);
    } else if !value.is_empty() {
        out.push((paint_of_scalar(bare), value));
    }
    if !comment.is_empty() {
        out.push((Paint::Comment, comment));
    }
}

fn paint_flow<'a>(value: &'a str, out: &mut Vec<(Paint, &'a str)>) {
    let mut rest = value;
    while !rest.is_empty() {
        let mark = rest.len() - rest.trim_start_matches(['[', ']', '{', '}', ',', ' ', ':']).len();
        let (head, tail) = rest.split_at(mark);
        if !head.is_empty() {
            out.push((Paint::Mark, head));
        }
        let end = tail.find(['[', ']', '{', '}', ',', ':']).unwrap_or(tail.len());
        let (word, tail) = tail.split_at(end);
        if !word.is_empty() {
            let paint = if tail.starts_with(':') { Paint::Key } else { paint_of_scalar(word.trim()) };
            out.push((paint, word));
        }
        rest = tail;
    }
}

fn paint_of_scalar(text: &str) -> Paint {
    let digits = text.trim_start_matches(['-', '+']);
    // No float is read here: that would bring ten kilobytes of tables into the page.
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.matches('.').count() < 2;
    match text {
        "" | "|" | ">" | "|-" | ">-" => Paint::Mark,
        "true" | "false" | "null" | "~" | "yes" | "no" | "on" | "off" => Paint::Literal,
        _ if is_number => Paint::Literal,
        _ => Paint::Text,
    }
}

/// Where a comment begins: at a `#` outside quotes, at the start or after a blank.
fn find_comment(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') if before == ' ' || before == '[' || before == ',' => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '#') if before == ' ' || before == '\t' => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

/// A line of the text.
#[derive(Clone, PartialEq, Properties)]
pub struct LineProps {
    /// Its number, from 1.
    pub number: usize,
    /// Its pieces.
    pub line: PaintedLine,
}

/// Draws a line in its colours.
#[component]
pub fn LineView(props: &LineProps) -> Html {
    let pieces = props.line.pieces.iter().map(|(paint, is_bad, text)| {
        html! { <span class={classes!(paint.class(), is_bad.then_some("y-bad"))}>{ text }</span> }
    });
    let class = classes!("pl", props.line.is_marked.then_some("pl-bad"));
    html! { <div {class} data-line={props.number.to_string()}>{ for pieces }{ "\n" }</div> }
}
