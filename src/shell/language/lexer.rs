//! Reads words: quotes, variables, commands in commands, here-documents. What commands are made of words is the
//! parser's.

mod alias;
mod escapes;
mod group;
mod parameter;

use super::limits::LIMITS;
use super::syntax::{Dialect, Parameter, ParseError, Part, Word};
use std::cell::OnceCell;
use std::rc::Rc;

pub use alias::{Aliases, Expansion};
pub use escapes::unescape;

/// A here-document whose text begins with the next line.
#[derive(Clone)]
struct Pending {
    text: Rc<OnceCell<Word>>,
    end: String,
    strips: bool,
    is_literal: bool,
}

/// A text that is read from left to right.
pub(super) struct Lexer {
    pub chars: Vec<char>,
    pub at: usize,
    pub line: u32,
    pub dialect: Dialect,
    /// How deep commands stand inside each other.
    pub depth: usize,
    /// Whether a pattern is read that may have groups in any case.
    pub takes_groups: bool,
    /// From where on a pattern may have groups, once somebody has asked.
    groups_from: OnceCell<usize>,
    /// The aliases that words stand for.
    pub expansion: Expansion,
    pending: Vec<Pending>,
}

/// What a word cannot hold outside quotes.
pub(super) fn is_meta(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>')
}

type Parts = Vec<(Part, bool)>;

/// What is missing where `$(` is not closed: bash says another thing of it than of `(`.
pub const CLOSING: &str = "$)";

impl Lexer {
    /// At the begin of a text, read as one of the shells does.
    pub fn new(text: &str, dialect: Dialect) -> Lexer {
        Lexer {
            chars: text.chars().collect(),
            at: 0,
            line: 1,
            dialect,
            depth: 0,
            takes_groups: false,
            groups_from: OnceCell::new(),
            expansion: Expansion::none(),
            pending: Vec::new(),
        }
    }

    /// The next character, which stays.
    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The next character; lines are counted.
    pub fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += 1;
        self.line += u32::from(c == Some('\n'));
        c
    }

    /// Whether the text goes on so.
    pub fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    /// Goes over `text`, if it is next.
    pub fn take(&mut self, text: &str) -> bool {
        let is_there = self.looking_at(text);
        if is_there {
            self.at += text.chars().count();
        }
        is_there
    }

    /// Goes over blanks, continued lines and comments.
    pub fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.looking_at("\\\n") => {
                    self.at += 2;
                    self.line += 1;
                }
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Goes over the end of a line, and over the here-documents that begin behind it.
    pub fn newline(&mut self) -> Result<(), ParseError> {
        self.next();
        for pending in std::mem::take(&mut self.pending) {
            let body = self.document(&pending.end, pending.strips)?;
            let word = if pending.is_literal { Word::quoted(body) } else { self.inner(&body).inside_quotes()? };
            _ = pending.text.set(word);
        }
        Ok(())
    }

    /// An error if here-documents are still open.
    pub fn check_documents(&self) -> Result<(), ParseError> {
        match self.pending.first() {
            Some(pending) => Err(ParseError::InHere(pending.end.clone())),
            None => Ok(()),
        }
    }

    /// Reads what stands behind `<<`.
    pub fn begin_document(&mut self, strips: bool) -> Result<Rc<OnceCell<Word>>, ParseError> {
        self.skip_blanks();
        let word = self.word()?;
        let is_literal = word.0.iter().any(|part| part.1);
        let end = word.constant().unwrap_or_default();
        let text = Rc::new(OnceCell::new());
        self.pending.push(Pending { text: Rc::clone(&text), end, strips, is_literal });
        Ok(text)
    }

    fn document(&mut self, end: &str, strips: bool) -> Result<String, ParseError> {
        let mut body = String::new();
        loop {
            if self.peek().is_none() {
                return Err(ParseError::InHere(end.to_string()));
            }
            let mut line = String::new();
            while let Some(c) = self.next().filter(|c| *c != '\n') {
                line.push(c);
            }
            let line = if strips { line.trim_start_matches('\t') } else { &line };
            if line == end {
                return Ok(body);
            }
            body.push_str(line);
            body.push('\n');
        }
    }

    /// Goes one deeper into what stands inside each other; an error where that is too deep. Whoever gets out again takes
    /// one off.
    pub fn deeper(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        match self.depth > LIMITS.nesting {
            true => Err(ParseError::Unknown("commands so deep inside each other".to_string())),
            false => Ok(()),
        }
    }

    /// A lexer for a part of the text that stands inside it.
    fn inside(&self, text: &str) -> Result<Lexer, ParseError> {
        let mut inner = self.inner(text);
        inner.deeper()?;
        Ok(inner)
    }

    /// A lexer for a part of the text.
    fn inner(&self, text: &str) -> Lexer {
        let mut inner = Lexer::new(text, self.dialect);
        (inner.line, inner.depth) = (self.line, self.depth);
        inner
    }

    /// Reads a word up to the next blank or operator.
    pub fn word(&mut self) -> Result<Word, ParseError> {
        self.word_until(is_meta)
    }

    /// Reads a word up to a character that ends it.
    pub fn word_until(&mut self, ends: impl Fn(char) -> bool) -> Result<Word, ParseError> {
        let mut parts: Parts = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                '<' | '>' if self.dialect.is_bash && self.chars.get(self.at + 1) == Some(&'(') => {
                    self.at += 2;
                    let list = self.commands_until(')')?;
                    parts.push((if c == '<' { Part::Process(list) } else { Part::Outlet(list) }, false));
                }
                c if self.dialect.is_bash && self.begins_group(c) => self.group(&mut parts)?,
                c if ends(c) => break,
                '\'' => {
                    self.at += 1;
                    parts.push((Part::Text(self.single_quoted()?), true));
                }
                '"' => {
                    self.at += 1;
                    self.double_quoted(&mut parts)?;
                }
                '\\' => {
                    self.at += 1;
                    match self.next() {
                        None => return Err(ParseError::Incomplete),
                        Some('\n') => {}
                        Some(c) => parts.push((Part::Text(c.to_string()), true)),
                    }
                }
                '$' | '`' => {
                    let part = self.expansion(false)?;
                    parts.push(part);
                }
                c => {
                    self.next();
                    push_text(&mut parts, c, false);
                }
            }
        }
        Ok(Word(parts))
    }

    fn single_quoted(&mut self) -> Result<String, ParseError> {
        let (mut text, line) = (String::new(), self.line);
        loop {
            match self.next() {
                None => return Err(ParseError::Open('\'', line)),
                Some('\'') => return Ok(text),
                Some(c) => text.push(c),
            }
        }
    }

    fn double_quoted(&mut self, parts: &mut Parts) -> Result<(), ParseError> {
        let (before, line) = (parts.len(), self.line);
        loop {
            match self.peek() {
                None => return Err(ParseError::Open('"', line)),
                Some('"') => {
                    self.at += 1;
                    break;
                }
                Some(_) => self.quoted_piece(parts, '"')?,
            }
        }
        if parts.len() == before {
            parts.push((Part::Text(String::new()), true));
        }
        Ok(())
    }

    /// Reads the whole text as it stands between double quotes.
    pub fn inside_quotes(&mut self) -> Result<Word, ParseError> {
        let mut parts = Vec::new();
        while self.peek().is_some() {
            self.quoted_piece(&mut parts, '\\')?;
        }
        Ok(Word(parts))
    }

    /// Reads the whole text as one word in which blanks and operators have no meaning.
    fn whole_word(&mut self) -> Result<Word, ParseError> {
        self.word_until(|_| false)
    }

    fn quoted_piece(&mut self, parts: &mut Parts, quote: char) -> Result<(), ParseError> {
        match self.peek() {
            Some('\\') => {
                self.at += 1;
                match self.next() {
                    Some('\n') => {}
                    Some(c) if matches!(c, '$' | '`' | '\\') || c == quote => push_text(parts, c, true),
                    Some(c) => {
                        push_text(parts, '\\', true);
                        push_text(parts, c, true);
                    }
                    None => push_text(parts, '\\', true),
                }
            }
            Some('$' | '`') => {
                let (part, _) = self.expansion(true)?;
                parts.push((part, true));
            }
            Some(c) => {
                self.next();
                push_text(parts, c, true);
            }
            None => {}
        }
        Ok(())
    }

    /// Reads what begins with `$` or a backquote. The flag says whether it counts as quoted.
    fn expansion(&mut self, is_quoted: bool) -> Result<(Part, bool), ParseError> {
        if self.next() == Some('`') {
            return Ok((self.backquoted(is_quoted)?, is_quoted));
        }
        let part = match self.peek() {
            Some('(') if self.looking_at("((") && self.closes_sum() => {
                self.at += 2;
                let source = self.until_closed('(', ')')?;
                self.next();
                Part::Sum(source)
            }
            Some('(') => {
                self.at += 1;
                Part::Command(self.commands_until(')')?)
            }
            Some('{') => {
                self.at += 1;
                let source = self.until_closed('{', '}')?;
                self.braced(&source, is_quoted)?
            }
            Some('\'') if !is_quoted && self.dialect.has_extras => {
                self.at += 1;
                return Ok((Part::Text(self.ansi_quoted()?), true));
            }
            Some('"') if !is_quoted && self.dialect.is_bash => return Ok((Part::Text(String::new()), true)),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = String::new();
                while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    name.push(c);
                    self.at += 1;
                }
                plain(name)
            }
            Some(c) if c.is_ascii_digit() || matches!(c, '?' | '$' | '#' | '@' | '*' | '!' | '-') => {
                self.at += 1;
                plain(c.to_string())
            }
            _ => Part::Text("$".to_string()),
        };
        Ok((part, is_quoted))
    }

    fn backquoted(&mut self, is_quoted: bool) -> Result<Part, ParseError> {
        let (mut source, line) = (String::new(), self.line);
        loop {
            match self.next() {
                None => return Err(ParseError::Open('`', line)),
                Some('`') => break,
                Some('\\') => match self.next() {
                    Some(c @ ('`' | '\\' | '$')) => source.push(c),
                    Some('"') if is_quoted => source.push('"'),
                    Some(c) => source.extend(['\\', c]),
                    None => return Err(ParseError::Incomplete),
                },
                Some(c) => source.push(c),
            }
        }
        let mut inner = self.inner(&source);
        Ok(Part::Command(Rc::new(inner.script()?)))
    }

    /// Whether the `((` here is closed by `))`, and so is a sum.
    pub fn closes_sum(&self) -> bool {
        let mut look = self.inner("");
        look.chars = self.chars.get(self.at + 2..).unwrap_or(&[]).to_vec();
        look.until_closed('(', ')').is_ok() && look.peek() == Some(')')
    }

    /// Reads commands up to the closing mark.
    fn commands_until(&mut self, close: char) -> Result<Rc<super::syntax::List>, ParseError> {
        let pending = std::mem::take(&mut self.pending);
        let list = self.list(&[])?;
        self.check_documents()?;
        self.pending = pending;
        self.skip_blanks();
        match self.next() {
            Some(c) if c == close => Ok(Rc::new(list)),
            Some(c) => Err(ParseError::Unexpected(c.to_string(), self.line)),
            None => Err(ParseError::Missing(CLOSING, String::new(), self.line)),
        }
    }

    /// The text up to the closing mark, with quotes and nesting respected.
    pub fn until_closed(&mut self, open: char, close: char) -> Result<String, ParseError> {
        let (mut depth, mut source, mut quote) = (1, String::new(), None);
        loop {
            let c = self.next().ok_or(ParseError::Incomplete)?;
            match (quote, c) {
                (q, '\\') if q != Some('\'') => {
                    source.push(c);
                    source.push(self.next().ok_or(ParseError::Incomplete)?);
                    continue;
                }
                (Some(mark), c) if c == mark => quote = None,
                (Some(_), _) => {}
                // A single quote inside `"${…}"` is a letter as often as a quote: it counts if it is closed.
                (None, '\'') if !self.has_before_line_end('\'') => {}
                (None, '\'' | '"') => quote = Some(c),
                (None, c) if c == open => depth += 1,
                (None, c) if c == close => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(source);
                    }
                }
                _ => {}
            }
            source.push(c);
        }
    }

    fn has_before_line_end(&self, wanted: char) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or(&[]).iter();
        rest.take_while(|c| **c != '\n').any(|c| *c == wanted)
    }

    /// Reads `$'…'`.
    fn ansi_quoted(&mut self) -> Result<String, ParseError> {
        let mut source = String::new();
        loop {
            match self.next() {
                None => return Err(ParseError::Incomplete),
                Some('\'') => return Ok(unescape(&source)),
                Some('\\') => {
                    source.push('\\');
                    source.extend(self.next());
                }
                Some(c) => source.push(c),
            }
        }
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn plain(name: String) -> Part {
    Part::Parameter(Box::new(Parameter { name, ..Parameter::default() }))
}

fn push_text(parts: &mut Parts, c: char, is_quoted: bool) {
    match parts.last_mut() {
        Some((Part::Text(text), quoted)) if *quoted == is_quoted => text.push(c),
        _ => parts.push((Part::Text(c.to_string()), is_quoted)),
    }
}
