//! YAML text to tokens: where lists, maps, keys and values begin and end.
//!
//! Follows the scanner of the library that kubectl reads YAML with: go.yaml.in/yaml/v2, `scannerc.go`. A key is known to
//! be one only by the `:` behind it, so a place where one may stand is kept until its line ends.

use super::cursor::{Cursor, Fault, Mark, is_blank, is_blank_or_end, is_break};
use super::scalar_text::{self, Directive};
use std::collections::VecDeque;

/// How far behind its beginning the `:` of a key may stand, in bytes.
const KEY_LENGTH_MAX: usize = 1024;
/// How deep brackets, or lists and maps by their indentation, may stand in each other.
const DEPTH_MAX: usize = 10_000;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes, on one line or folded.
    Plain,
    /// In quotes, or as a block.
    Quoted,
}

/// What a token is; what it says is with the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The text is over.
    End,
    /// `%YAML`.
    VersionDirective {
        /// Whether the library reads that version.
        is_known: bool,
    },
    /// `%TAG`.
    TagDirective,
    /// `---`.
    DocumentStart,
    /// `...`.
    DocumentEnd,
    /// A list by indentation begins.
    BlockList,
    /// A map by indentation begins.
    BlockMap,
    /// The list or map by indentation ends.
    BlockEnd,
    /// `[`.
    FlowList,
    /// `]`.
    FlowListEnd,
    /// `{`.
    FlowMap,
    /// `}`.
    FlowMapEnd,
    /// `-`.
    Entry,
    /// `,`.
    Comma,
    /// A key follows, with `?` or without.
    Key,
    /// `:`.
    Value,
    /// `*name`.
    Alias,
    /// `&name`.
    Anchor,
    /// `!handle!suffix`.
    Tag,
    /// A text.
    Scalar(Style),
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// What it says: a scalar's text, the name of an alias or an anchor, what stands behind a tag's handle, or what a
    /// directive writes a handle for; empty for the others.
    pub text: String,
    /// The handle of a tag with its marks, or of its directive; empty for a whole tag and for the others.
    pub handle: String,
    /// Its first character.
    pub start: Mark,
    /// Behind its last character.
    pub end: Mark,
}

impl Token {
    /// One that stands for nothing but itself, and takes no room at `mark`.
    fn silent(kind: Kind, mark: Mark) -> Token {
        Token { kind, text: String::new(), handle: String::new(), start: mark, end: mark }
    }
}

/// Where a key may have begun.
#[derive(Clone, Copy, Default)]
struct PossibleKey {
    is_possible: bool,
    /// Nothing else can stand there: the line is too far out for it.
    is_required: bool,
    /// The library forgot to wait for its `:`: empty brackets stand there.
    is_forgotten: bool,
    /// The number of the token that it would begin with.
    number: usize,
    mark: Mark,
}

/// Reads tokens one by one.
pub(super) struct Scanner<'a> {
    cursor: Cursor<'a>,
    tokens: VecDeque<Token>,
    /// How many tokens were given away.
    taken: usize,
    is_over: bool,
    /// Depth of brackets.
    flow: usize,
    /// Column of the innermost list or map by indentation; -1 outside of all.
    indent: isize,
    indents: Vec<isize>,
    is_key_allowed: bool,
    /// For each depth of brackets.
    keys: Vec<PossibleKey>,
}

impl<'a> Scanner<'a> {
    /// At the beginning of a text without characters that the library refuses.
    pub fn new(text: &'a str) -> Scanner<'a> {
        Scanner {
            cursor: Cursor::new(text),
            tokens: VecDeque::new(),
            taken: 0,
            is_over: false,
            flow: 0,
            indent: -1,
            indents: Vec::new(),
            is_key_allowed: true,
            keys: vec![PossibleKey::default()],
        }
    }

    /// The next token; it stays.
    pub fn peek(&mut self) -> Result<&Token, Fault> {
        while self.needs_more()? {
            self.fetch()?;
        }
        self.tokens.front().ok_or_else(no_more)
    }

    /// Takes the next token; the end stays, whoever asks.
    pub fn take(&mut self) -> Result<Token, Fault> {
        self.peek()?;
        let token = self.tokens.pop_front().ok_or_else(no_more)?;
        self.taken += 1;
        self.is_over = token.kind == Kind::End;
        if self.is_over {
            self.tokens.push_front(token.clone());
        }
        Ok(token)
    }

    /// Whether the first token could still turn out to be a key's.
    fn needs_more(&mut self) -> Result<bool, Fault> {
        if self.is_over {
            return Ok(false);
        }
        if self.tokens.is_empty() {
            return Ok(true);
        }
        let taken = self.taken;
        // The deeper the brackets, the later the token.
        let at = self.keys.partition_point(|key| key.number < taken);
        let same = self
            .keys
            .iter()
            .skip(at)
            .take_while(|key| key.number == taken)
            .position(|key| key.is_possible && !key.is_forgotten);
        same.map_or(Ok(false), |offset| self.is_still_key(at + offset))
    }

    /// Whether a key may still end here: on its line, and not too far on.
    fn is_still_key(&mut self, at: usize) -> Result<bool, Fault> {
        let mark = self.cursor.mark();
        let Some(key) = self.keys.get_mut(at) else { return Ok(false) };
        if !key.is_possible {
            return Ok(false);
        }
        if key.mark.line == mark.line && key.mark.at + KEY_LENGTH_MAX >= mark.at {
            return Ok(true);
        }
        key.is_possible = false;
        match key.is_required {
            true => Err(Fault::scanner("could not find expected ':'", mark, key.mark)),
            false => Ok(false),
        }
    }

    fn push(&mut self, kind: Kind, start: Mark) {
        self.push_text(kind, start, String::new(), String::new());
    }

    /// A token that says something, up to where the text is read.
    fn push_text(&mut self, kind: Kind, start: Mark, handle: String, text: String) {
        let end = self.cursor.mark();
        self.tokens.push_back(Token { kind, text, handle, start, end });
    }

    /// Reads one token, and what comes before it by indentation.
    fn fetch(&mut self) -> Result<(), Fault> {
        self.skip_to_token();
        self.unroll(self.column());
        let c = self.cursor.here();
        let is_last = is_blank_or_end(self.cursor.ahead(1));
        match c {
            '\0' => self.fetch_end(),
            '%' if self.cursor.mark().column == 0 => self.fetch_directive(),
            '-' | '.' if self.cursor.is_at_document_mark() => self.fetch_document_mark(),
            '[' => self.open_bracket(Kind::FlowList),
            '{' => self.open_bracket(Kind::FlowMap),
            ']' => self.close_bracket(Kind::FlowListEnd),
            '}' => self.close_bracket(Kind::FlowMapEnd),
            ',' => self.fetch_comma(),
            '-' if is_last => self.fetch_entry(),
            '?' if self.flow > 0 || is_last => self.fetch_key(),
            ':' if self.flow > 0 || is_last => self.fetch_value(),
            '*' | '&' | '!' => self.fetch_property(c),
            '|' | '>' if self.flow == 0 => self.fetch_block(),
            '\'' | '"' => self.fetch_quoted(c),
            _ if self.may_begin_plain(c) => self.fetch_plain(),
            _ => {
                let mark = self.cursor.mark();
                Err(Fault::scanner("found character that cannot start any token", mark, mark))
            }
        }
    }

    fn column(&self) -> isize {
        isize::try_from(self.cursor.mark().column).unwrap_or(isize::MAX)
    }

    fn may_begin_plain(&self, c: char) -> bool {
        let is_indicator = is_blank_or_end(c) || "-?:,[]{}#&*!|>'\"%@`".contains(c);
        let next = self.cursor.ahead(1);
        !is_indicator
            || (c == '-' && !is_blank(next))
            || (self.flow == 0 && matches!(c, '?' | ':') && !is_blank_or_end(next))
    }

    /// Steps over blanks, comments and breaks. A tab counts as a blank where no key can begin.
    fn skip_to_token(&mut self) {
        loop {
            if self.cursor.mark().column == 0 && self.cursor.here() == '\u{feff}' {
                self.cursor.step();
            }
            let takes_tabs = self.flow > 0 || !self.is_key_allowed;
            self.cursor.take_while(|c| c == ' ' || (takes_tabs && c == '\t'));
            if self.cursor.here() == '#' {
                self.cursor.skip_to_line_end();
            }
            if !is_break(self.cursor.here()) {
                return;
            }
            self.cursor.step_line();
            if self.flow == 0 {
                self.is_key_allowed = true;
            }
        }
    }

    /// Ends the lists and maps that stand deeper than `column`.
    fn unroll(&mut self, column: isize) {
        while self.flow == 0 && self.indent > column {
            self.push(Kind::BlockEnd, self.cursor.mark());
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Begins a list or map at `column` where that is deeper; before the token of that number, or last.
    fn roll(&mut self, column: isize, number: Option<usize>, kind: Kind, mark: Mark) -> Result<(), Fault> {
        if self.flow > 0 || self.indent >= column {
            return Ok(());
        }
        if self.indents.len() >= DEPTH_MAX {
            return Err(too_deep(mark));
        }
        self.indents.push(self.indent);
        self.indent = column;
        let at = number.map_or(self.tokens.len(), |number| number.saturating_sub(self.taken));
        self.tokens.insert(at.min(self.tokens.len()), Token::silent(kind, mark));
        Ok(())
    }

    /// Keeps that a key may begin here.
    fn save_key(&mut self) -> Result<(), Fault> {
        if !self.is_key_allowed {
            return Ok(());
        }
        self.drop_key()?;
        let key = PossibleKey {
            is_possible: true,
            is_required: self.flow == 0 && self.indent == self.column(),
            is_forgotten: false,
            number: self.taken + self.tokens.len(),
            mark: self.cursor.mark(),
        };
        if let Some(last) = self.keys.last_mut() {
            *last = key;
        }
        Ok(())
    }

    /// Gives up the key that may have begun at this depth.
    fn drop_key(&mut self) -> Result<(), Fault> {
        let mark = self.cursor.mark();
        let Some(key) = self.keys.last_mut() else { return Ok(()) };
        if key.is_possible && key.is_required {
            return Err(Fault::scanner("could not find expected ':'", mark, key.mark));
        }
        key.is_possible = false;
        Ok(())
    }

    fn fetch_end(&mut self) -> Result<(), Fault> {
        self.cursor.end_line();
        self.unroll(-1);
        self.drop_key()?;
        self.is_key_allowed = false;
        self.push(Kind::End, self.cursor.mark());
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Fault> {
        self.unroll(-1);
        self.drop_key()?;
        self.is_key_allowed = false;
        let start = self.cursor.mark();
        match scalar_text::directive(&mut self.cursor)? {
            Directive::Version { is_known } => self.push(Kind::VersionDirective { is_known }, start),
            Directive::Tag { handle, prefix } => self.push_text(Kind::TagDirective, start, handle, prefix),
        }
        Ok(())
    }

    fn fetch_document_mark(&mut self) -> Result<(), Fault> {
        self.unroll(-1);
        self.drop_key()?;
        self.is_key_allowed = false;
        let start = self.cursor.mark();
        let kind = if self.cursor.here() == '-' { Kind::DocumentStart } else { Kind::DocumentEnd };
        self.cursor.skip(3);
        self.push(kind, start);
        Ok(())
    }

    fn open_bracket(&mut self, kind: Kind) -> Result<(), Fault> {
        self.save_key()?;
        if self.flow >= DEPTH_MAX {
            return Err(too_deep(self.cursor.mark()));
        }
        self.keys.push(PossibleKey { number: self.taken + self.tokens.len(), ..PossibleKey::default() });
        self.flow += 1;
        self.is_key_allowed = true;
        self.step_as(kind);
        Ok(())
    }

    fn close_bracket(&mut self, kind: Kind) -> Result<(), Fault> {
        self.drop_key()?;
        if self.flow > 0 {
            self.flow -= 1;
            let inner = self.keys.pop().unwrap_or_default();
            if let Some(outer) = self.keys.last_mut() {
                outer.is_forgotten |= outer.number == inner.number;
            }
        }
        self.is_key_allowed = false;
        self.step_as(kind);
        Ok(())
    }

    /// A token of one character.
    fn step_as(&mut self, kind: Kind) {
        let start = self.cursor.mark();
        self.cursor.step();
        self.push(kind, start);
    }

    fn fetch_comma(&mut self) -> Result<(), Fault> {
        self.drop_key()?;
        self.is_key_allowed = true;
        self.step_as(Kind::Comma);
        Ok(())
    }

    /// Begins a list or map here where none is open at this column.
    fn begin(&mut self, kind: Kind, problem: &str) -> Result<(), Fault> {
        let mark = self.cursor.mark();
        if self.flow > 0 {
            return Ok(());
        }
        if !self.is_key_allowed {
            return Err(Fault::scanner(problem, mark, mark));
        }
        self.roll(self.column(), None, kind, mark)
    }

    fn fetch_entry(&mut self) -> Result<(), Fault> {
        self.begin(Kind::BlockList, "block sequence entries are not allowed in this context")?;
        self.drop_key()?;
        self.is_key_allowed = true;
        self.step_as(Kind::Entry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Fault> {
        self.begin(Kind::BlockMap, "mapping keys are not allowed in this context")?;
        self.drop_key()?;
        self.is_key_allowed = self.flow == 0;
        self.step_as(Kind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Fault> {
        let last = self.keys.len().saturating_sub(1);
        if self.is_still_key(last)? {
            let key = self.keys.get(last).copied().unwrap_or_default();
            let token = Token::silent(Kind::Key, key.mark);
            let at = key.number.saturating_sub(self.taken).min(self.tokens.len());
            self.tokens.insert(at, token);
            let column = isize::try_from(key.mark.column).unwrap_or(isize::MAX);
            self.roll(column, Some(key.number), Kind::BlockMap, key.mark)?;
            if let Some(key) = self.keys.get_mut(last) {
                key.is_possible = false;
            }
            self.is_key_allowed = false;
        } else {
            self.begin(Kind::BlockMap, "mapping values are not allowed in this context")?;
            self.is_key_allowed = self.flow == 0;
        }
        self.step_as(Kind::Value);
        Ok(())
    }

    fn fetch_property(&mut self, c: char) -> Result<(), Fault> {
        self.save_key()?;
        self.is_key_allowed = false;
        let start = self.cursor.mark();
        let (kind, (handle, text)) = match c {
            '*' => (Kind::Alias, (String::new(), scalar_text::anchor(&mut self.cursor)?)),
            '&' => (Kind::Anchor, (String::new(), scalar_text::anchor(&mut self.cursor)?)),
            _ => (Kind::Tag, scalar_text::tag(&mut self.cursor)?),
        };
        self.push_text(kind, start, handle, text);
        Ok(())
    }

    fn fetch_block(&mut self) -> Result<(), Fault> {
        self.drop_key()?;
        self.is_key_allowed = true;
        let start = self.cursor.mark();
        let (text, end) = scalar_text::block(&mut self.cursor, self.indent)?;
        self.tokens.push_back(Token { text, end, ..Token::silent(Kind::Scalar(Style::Quoted), start) });
        Ok(())
    }

    fn fetch_quoted(&mut self, quote: char) -> Result<(), Fault> {
        self.save_key()?;
        self.is_key_allowed = false;
        let start = self.cursor.mark();
        let text = scalar_text::quoted(&mut self.cursor, quote)?;
        self.push_text(Kind::Scalar(Style::Quoted), start, String::new(), text);
        Ok(())
    }

    fn fetch_plain(&mut self) -> Result<(), Fault> {
        self.save_key()?;
        self.is_key_allowed = false;
        let start = self.cursor.mark();
        let indent = (self.indent + 1).max(0).unsigned_abs();
        let plain = scalar_text::plain(&mut self.cursor, indent, self.flow > 0)?;
        if plain.is_followed_by_break {
            self.is_key_allowed = true;
        }
        let token = Token::silent(Kind::Scalar(Style::Plain), start);
        self.tokens.push_back(Token { text: plain.text, end: plain.end, ..token });
        Ok(())
    }
}

fn no_more() -> Fault {
    Fault::scanner("no more tokens", Mark::default(), Mark::default())
}

fn too_deep(mark: Mark) -> Fault {
    Fault::scanner(&format!("exceeded max depth of {DEPTH_MAX}"), mark, mark)
}
