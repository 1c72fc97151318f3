//! A place in a YAML text that moves on character by character, and what is wrong there; knows no token.
//!
//! Breaks, blanks and marks are those of the library that kubectl reads YAML with: go.yaml.in/yaml/v2, `yamlprivateh.go`.

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Offset in bytes.
    pub at: usize,
    /// Line, from 0.
    pub line: usize,
    /// Column, in characters from 0.
    pub column: usize,
}

/// Which half of the library found a fault: they count lines differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finder {
    /// It looked for a token.
    Scanner,
    /// It put tokens together.
    Parser,
}

/// Why a text is not YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The library's words.
    pub problem: String,
    /// Where.
    pub mark: Mark,
    /// Where the thing began that could not be read; the start of the text if none is named.
    pub context: Mark,
    /// Who found it.
    pub finder: Finder,
}

impl Fault {
    /// A fault of the scanner in what began at `context`.
    pub fn scanner(problem: &str, mark: Mark, context: Mark) -> Fault {
        Fault { problem: problem.to_string(), mark, context, finder: Finder::Scanner }
    }

    /// A fault of the parser in what began at `context`.
    pub fn parser(problem: &str, mark: Mark, context: Mark) -> Fault {
        Fault { problem: problem.to_string(), mark, context, finder: Finder::Parser }
    }

    /// The line that the library's message names; 0 for none.
    pub fn line(&self) -> usize {
        let one = usize::from(self.finder == Finder::Scanner);
        match (self.mark.line, self.context.line) {
            (0, 0) => 0,
            (0, line) => line,
            (line, _) => line + one,
        }
    }
}

/// Moves through a text. Behind its end stands `'\0'`, which no text that is read has.
pub(super) struct Cursor<'a> {
    text: &'a str,
    mark: Mark,
}

impl<'a> Cursor<'a> {
    /// At the beginning of `text`.
    pub fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, mark: Mark::default() }
    }

    /// Where it stands.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.mark.at..).unwrap_or("")
    }

    /// The character here.
    pub fn here(&self) -> char {
        self.rest().chars().next().unwrap_or('\0')
    }

    /// The character `count` places on.
    pub fn ahead(&self, count: usize) -> char {
        self.rest().chars().nth(count).unwrap_or('\0')
    }

    /// Whether the text goes on so.
    pub fn sees(&self, word: &str) -> bool {
        self.rest().starts_with(word)
    }

    /// Steps over one character that is no break, and returns it.
    pub fn step(&mut self) -> char {
        let Some(c) = self.rest().chars().next() else { return '\0' };
        self.mark.at += c.len_utf8();
        self.mark.column += 1;
        c
    }

    /// Steps over `count` characters that are no breaks.
    pub fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.step();
        }
    }

    /// Steps over the break that stands here, and returns what it means in a text: `\n`, or a break of Unicode's own.
    pub fn step_line(&mut self) -> char {
        let c = self.here();
        let length = if self.sees("\r\n") { 2 } else { c.len_utf8() };
        self.mark = Mark { at: self.mark.at + length, line: self.mark.line + 1, column: 0 };
        if matches!(c, '\u{2028}' | '\u{2029}') { c } else { '\n' }
    }

    /// Goes to the next line where the text ends within one.
    pub fn end_line(&mut self) {
        if self.mark.column != 0 {
            self.mark = Mark { at: self.mark.at, line: self.mark.line + 1, column: 0 };
        }
    }

    /// Steps over characters as long as they are of the kind, and returns them.
    pub fn take_while(&mut self, is_wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c: char| !is_wanted(c)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or("");
        self.mark.at += length;
        self.mark.column += word.chars().count();
        word
    }

    /// Steps over blanks, and over a comment behind them.
    pub fn skip_to_line_end(&mut self) {
        self.take_while(is_blank);
        if self.here() == '#' {
            self.take_while(|c| !is_break_or_end(c));
        }
    }

    /// Whether a document's mark, `---` or `...`, begins this line.
    pub fn is_at_document_mark(&self) -> bool {
        self.mark.column == 0 && (self.sees("---") || self.sees("...")) && is_blank_or_end(self.ahead(3))
    }
}

/// A space or a tab.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// An end of a line.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// An end of a line or of the text.
pub(super) fn is_break_or_end(c: char) -> bool {
    is_break(c) || c == '\0'
}

/// What may stand behind an indicator.
pub(super) fn is_blank_or_end(c: char) -> bool {
    is_blank(c) || is_break_or_end(c)
}

/// What names of anchors and directives are made of.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether the library takes the character at all.
pub(super) fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{10000}'..)
        || (matches!(c, '\u{e000}'..='\u{fffd}'))
}
