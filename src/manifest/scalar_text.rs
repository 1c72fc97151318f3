//! The texts within a YAML text: quoted, plain and block scalars, names of anchors, tags, directives.
//!
//! Follows the scanner of the library that kubectl reads YAML with: go.yaml.in/yaml/v2, `scannerc.go`. It is less strict
//! than YAML 1.2: what stands in quotes or brackets may go on in lines that are not indented at all.

use super::cursor::{Cursor, Fault, Mark, is_blank, is_blank_or_end, is_break, is_break_or_end, is_word};

type Read<T> = Result<T, Fault>;

/// What a scalar is folded from: its text, and the blanks and breaks that stand before its next word.
#[derive(Default)]
struct Folded {
    text: String,
    blanks: String,
    first_break: Option<char>,
    more_breaks: String,
}

impl Folded {
    /// Takes the blanks and breaks that stand here. A tab that stands for indentation is a fault where one is named.
    fn take_gap(&mut self, cursor: &mut Cursor, tab: Option<(usize, Mark)>) -> Read<()> {
        while is_blank(cursor.here()) || is_break(cursor.here()) {
            let c = cursor.here();
            if is_break(c) {
                let end = cursor.step_line();
                match self.first_break {
                    Some(_) => self.more_breaks.push(end),
                    None => self.first_break = Some(end),
                }
                self.blanks.clear();
                continue;
            }
            if let Some((indent, start)) = tab
                && self.first_break.is_some()
                && c == '\t'
                && cursor.mark().column < indent
            {
                return Err(Fault::scanner("found a tab character that violates indentation", cursor.mark(), start));
            }
            cursor.step();
            if self.first_break.is_none() {
                self.blanks.push(c);
            }
        }
        Ok(())
    }

    /// Writes the gap: one break is a space, more are one less.
    fn close_gap(&mut self) {
        match self.first_break.take() {
            None => self.text.push_str(&self.blanks),
            Some('\n') if self.more_breaks.is_empty() => self.text.push(' '),
            Some('\n') => self.text.push_str(&self.more_breaks),
            Some(own) => {
                self.text.push(own);
                self.text.push_str(&self.more_breaks);
            }
        }
        self.blanks.clear();
        self.more_breaks.clear();
    }
}

/// Reads a scalar in quotes; the cursor stands at the first one.
pub(super) fn quoted(cursor: &mut Cursor, quote: char) -> Read<String> {
    let start = cursor.mark();
    let mut folded = Folded::default();
    cursor.step();
    loop {
        if cursor.is_at_document_mark() {
            return Err(Fault::scanner("found unexpected document indicator", cursor.mark(), start));
        }
        if cursor.here() == '\0' {
            return Err(Fault::scanner("found unexpected end of stream", cursor.mark(), start));
        }
        let is_joined = quoted_word(cursor, quote, start, &mut folded.text)?;
        if cursor.here() == quote {
            cursor.step();
            return Ok(folded.text);
        }
        if is_joined {
            // The break was taken back: only further ones count.
            while is_blank(cursor.here()) || is_break(cursor.here()) {
                match is_break(cursor.here()) {
                    true => folded.more_breaks.push(cursor.step_line()),
                    false => _ = cursor.step(),
                }
            }
            folded.text.push_str(&std::mem::take(&mut folded.more_breaks));
            continue;
        }
        folded.take_gap(cursor, None)?;
        folded.close_gap();
    }
}

/// Reads up to a blank, a break or the closing quote; true if it ended with a break that a backslash takes back.
fn quoted_word(cursor: &mut Cursor, quote: char, start: Mark, text: &mut String) -> Read<bool> {
    while !is_blank_or_end(cursor.here()) {
        let c = cursor.here();
        if c == '\'' && quote == '\'' && cursor.ahead(1) == '\'' {
            text.push('\'');
            cursor.skip(2);
        } else if c == quote {
            break;
        } else if c == '\\' && quote == '"' && is_break(cursor.ahead(1)) {
            cursor.step();
            cursor.step_line();
            return Ok(true);
        } else if c == '\\' && quote == '"' {
            text.push(escaped(cursor, start)?);
        } else {
            text.push(cursor.step());
        }
    }
    Ok(false)
}

/// Reads an escape of a scalar in double quotes.
fn escaped(cursor: &mut Cursor, start: Mark) -> Read<char> {
    let digits = match cursor.ahead(1) {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        c => {
            let Some(meant) = escape_of(c) else {
                return Err(Fault::scanner("found unknown escape character", cursor.mark(), start));
            };
            cursor.skip(2);
            return Ok(meant);
        }
    };
    cursor.skip(2);
    let mut value: u32 = 0;
    for at in 0..digits {
        let Some(digit) = cursor.ahead(at).to_digit(16) else {
            return Err(Fault::scanner("did not find expected hexdecimal number", cursor.mark(), start));
        };
        value = value.wrapping_shl(4) | digit;
    }
    let Some(c) = char::from_u32(value) else {
        return Err(Fault::scanner("found invalid Unicode character escape code", cursor.mark(), start));
    };
    cursor.skip(digits);
    Ok(c)
}

fn escape_of(c: char) -> Option<char> {
    Some(match c {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        ' ' | '"' | '\'' | '\\' => c,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}

/// A plain scalar.
pub(super) struct Plain {
    /// What it says.
    pub text: String,
    /// Where its last word ends.
    pub end: Mark,
    /// Whether breaks were passed behind it: a key may follow.
    pub is_followed_by_break: bool,
}

/// Reads a scalar without quotes that stands deeper than `indent`, or within brackets.
pub(super) fn plain(cursor: &mut Cursor, indent: usize, is_in_flow: bool) -> Read<Plain> {
    let start = cursor.mark();
    let mut folded = Folded::default();
    let mut end = start;
    while !cursor.is_at_document_mark() && cursor.here() != '#' {
        while !is_blank_or_end(cursor.here()) && !ends_plain(cursor, is_in_flow) {
            if folded.first_break.is_some() || !folded.blanks.is_empty() {
                folded.close_gap();
            }
            folded.text.push(cursor.step());
            end = cursor.mark();
        }
        if !(is_blank(cursor.here()) || is_break(cursor.here())) {
            break;
        }
        folded.take_gap(cursor, Some((indent, start)))?;
        if !is_in_flow && cursor.mark().column < indent {
            break;
        }
    }
    Ok(Plain { text: folded.text, end, is_followed_by_break: folded.first_break.is_some() })
}

fn ends_plain(cursor: &Cursor, is_in_flow: bool) -> bool {
    let c = cursor.here();
    (c == ':' && is_blank_or_end(cursor.ahead(1))) || (is_in_flow && matches!(c, ',' | '?' | '[' | ']' | '{' | '}'))
}

/// A scalar of whole lines, `|` or `>`; the cursor stands at the indicator. `indent` is that of the lines around, -1
/// outside of all.
pub(super) fn block(cursor: &mut Cursor, indent: isize) -> Read<(String, Mark)> {
    let start = cursor.mark();
    let is_literal = cursor.step() == '|';
    let (chomping, wanted) = block_header(cursor, start)?;
    let around = indent.max(0).unsigned_abs();
    let mut depth = wanted.map_or(0, |it| if indent >= 0 { around + it } else { it });
    let (mut text, mut first, mut more) = (String::new(), String::new(), String::new());
    let mut end = block_breaks(cursor, &mut depth, indent, &mut more, start)?;
    let mut was_blank = false;
    while cursor.mark().column == depth && cursor.here() != '\0' {
        let starts_blank = is_blank(cursor.here());
        if !is_literal && first == "\n" && !was_blank && !starts_blank {
            if more.is_empty() {
                text.push(' ');
            }
        } else {
            text.push_str(&first);
        }
        first.clear();
        text.push_str(&std::mem::take(&mut more));
        was_blank = starts_blank;
        text.push_str(cursor.take_while(|c| !is_break_or_end(c)));
        if is_break(cursor.here()) {
            first.push(cursor.step_line());
        }
        end = block_breaks(cursor, &mut depth, indent, &mut more, start)?;
    }
    if chomping != Chomping::Strip {
        text.push_str(&first);
    }
    if chomping == Chomping::Keep {
        text.push_str(&more);
    }
    Ok((text, end))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Clip,
    Strip,
    Keep,
}

/// Reads what stands behind `|` or `>`: how the end is kept, and how deep the lines stand.
fn block_header(cursor: &mut Cursor, start: Mark) -> Read<(Chomping, Option<usize>)> {
    let (mut chomping, mut indent) = (None, None);
    for _ in 0..2 {
        let c = cursor.here();
        match c {
            '+' | '-' if chomping.is_none() => {
                chomping = Some(if c == '+' { Chomping::Keep } else { Chomping::Strip });
            }
            '0' if indent.is_none() => {
                return Err(Fault::scanner("found an indentation indicator equal to 0", cursor.mark(), start));
            }
            '1'..='9' if indent.is_none() => indent = c.to_digit(10).map(|it| it as usize),
            _ => break,
        }
        cursor.step();
    }
    cursor.skip_to_line_end();
    if !is_break_or_end(cursor.here()) {
        return Err(Fault::scanner("did not find expected comment or line break", cursor.mark(), start));
    }
    if is_break(cursor.here()) {
        cursor.step_line();
    }
    Ok((chomping.unwrap_or(Chomping::Clip), indent))
}

/// Steps over indentation and empty lines, and finds how deep the lines stand where nobody said it (`depth` is 0).
fn block_breaks(cursor: &mut Cursor, depth: &mut usize, indent: isize, breaks: &mut String, start: Mark) -> Read<Mark> {
    let mut end = cursor.mark();
    let mut deepest = 0;
    loop {
        while (*depth == 0 || cursor.mark().column < *depth) && cursor.here() == ' ' {
            cursor.step();
        }
        deepest = deepest.max(cursor.mark().column);
        if (*depth == 0 || cursor.mark().column < *depth) && cursor.here() == '\t' {
            let problem = "found a tab character where an indentation space is expected";
            return Err(Fault::scanner(problem, cursor.mark(), start));
        }
        if !is_break(cursor.here()) {
            break;
        }
        breaks.push(cursor.step_line());
        end = cursor.mark();
    }
    if *depth == 0 {
        *depth = deepest.max((indent + 1).max(1).unsigned_abs());
    }
    Ok(end)
}

/// Reads the name behind `&` or `*`.
pub(super) fn anchor(cursor: &mut Cursor) -> Read<String> {
    let start = cursor.mark();
    cursor.step();
    let name = cursor.take_while(is_word);
    let next = cursor.here();
    if name.is_empty() || !(is_blank_or_end(next) || "?:,]}%@`".contains(next)) {
        let problem = "did not find expected alphabetic or numeric character";
        return Err(Fault::scanner(problem, cursor.mark(), start));
    }
    Ok(name.to_string())
}

/// Reads a tag as handle and suffix: `!!str` is `!!` and `str`.
pub(super) fn tag(cursor: &mut Cursor) -> Read<(String, String)> {
    let start = cursor.mark();
    let parts = if cursor.ahead(1) == '<' {
        cursor.skip(2);
        let suffix = tag_uri(cursor, "", start)?;
        if cursor.here() != '>' {
            return Err(Fault::scanner("did not find the expected '>'", cursor.mark(), start));
        }
        cursor.step();
        (String::new(), suffix)
    } else {
        let handle = tag_handle(cursor);
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = tag_uri(cursor, "", start)?;
            (handle, suffix)
        } else {
            match tag_uri(cursor, handle.get(1..).unwrap_or(""), start)? {
                // The lone `!`.
                suffix if suffix.is_empty() => (String::new(), "!".to_string()),
                suffix => ("!".to_string(), suffix),
            }
        }
    };
    if !is_blank_or_end(cursor.here()) {
        return Err(Fault::scanner("did not find expected whitespace or line break", cursor.mark(), start));
    }
    Ok(parts)
}

fn tag_handle(cursor: &mut Cursor) -> String {
    let mut handle = cursor.step().to_string();
    handle.push_str(cursor.take_while(is_word));
    if cursor.here() == '!' {
        handle.push(cursor.step());
    }
    handle
}

/// Reads the rest of a tag behind `head`.
fn tag_uri(cursor: &mut Cursor, head: &str, start: Mark) -> Read<String> {
    let is_lone = cursor.mark().at == start.at + 1;
    let rest = cursor.take_while(|c| is_word(c) || ";/?:@&=+$,.!~*'()[]%".contains(c));
    if head.is_empty() && rest.is_empty() && !is_lone {
        return Err(Fault::scanner("did not find expected tag URI", cursor.mark(), start));
    }
    Ok(percent_decoded(&format!("{head}{rest}")))
}

/// Puts octets for `%41`; what is no number stays.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let code = behind.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(b'%'));
        rest = if code.is_some() { behind.get(2..).unwrap_or("") } else { behind };
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A line that begins with `%`.
pub(super) enum Directive {
    /// The version of YAML.
    Version {
        /// Whether it is one that the library reads: 1.1.
        is_known: bool,
    },
    /// What a handle stands for.
    Tag {
        /// `!x!`.
        handle: String,
        /// What it is written for.
        prefix: String,
    },
}

/// Reads a directive.
pub(super) fn directive(cursor: &mut Cursor) -> Read<Directive> {
    let start = cursor.mark();
    cursor.step();
    let name = cursor.take_while(is_word);
    if name.is_empty() {
        return Err(Fault::scanner("could not find expected directive name", cursor.mark(), start));
    }
    if !is_blank_or_end(cursor.here()) {
        return Err(Fault::scanner("found unexpected non-alphabetical character", cursor.mark(), start));
    }
    let read = match name {
        "YAML" => version(cursor, start)?,
        "TAG" => tag_directive(cursor, start)?,
        _ => return Err(Fault::scanner("found unknown directive name", cursor.mark(), start)),
    };
    cursor.skip_to_line_end();
    if !is_break_or_end(cursor.here()) {
        return Err(Fault::scanner("did not find expected comment or line break", cursor.mark(), start));
    }
    if is_break(cursor.here()) {
        cursor.step_line();
    }
    Ok(read)
}

fn version(cursor: &mut Cursor, start: Mark) -> Read<Directive> {
    cursor.take_while(is_blank);
    let mut numbers = [""; 2];
    for (at, number) in numbers.iter_mut().enumerate() {
        if at == 1 {
            if cursor.here() != '.' {
                return Err(Fault::scanner("did not find expected digit or '.' character", cursor.mark(), start));
            }
            cursor.step();
        }
        *number = cursor.take_while(|c| c.is_ascii_digit());
        if number.is_empty() {
            return Err(Fault::scanner("did not find expected version number", cursor.mark(), start));
        }
        if number.len() > 2 {
            return Err(Fault::scanner("found extremely long version number", cursor.mark(), start));
        }
    }
    Ok(Directive::Version { is_known: numbers == ["1", "1"] })
}

fn tag_directive(cursor: &mut Cursor, start: Mark) -> Read<Directive> {
    cursor.take_while(is_blank);
    if cursor.here() != '!' {
        return Err(Fault::scanner("did not find expected '!'", cursor.mark(), start));
    }
    let handle = tag_handle(cursor);
    if handle != "!" && !handle.ends_with('!') {
        return Err(Fault::scanner("did not find expected '!'", cursor.mark(), start));
    }
    if !is_blank(cursor.here()) {
        return Err(Fault::scanner("did not find expected whitespace", cursor.mark(), start));
    }
    cursor.take_while(is_blank);
    let prefix = tag_uri(cursor, "", start)?;
    if !is_blank_or_end(cursor.here()) {
        return Err(Fault::scanner("did not find expected whitespace or line break", cursor.mark(), start));
    }
    Ok(Directive::Tag { handle, prefix })
}
