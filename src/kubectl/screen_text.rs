//! What a command says at the console, as lines of marked-up text; colours belong to the view, `-o` to `output_formats`.

use crate::model::Kind;

/// Where a line belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
    /// Our own help, never part of what kubectl says.
    Hint,
}

/// What a piece of text means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Nothing special.
    #[default]
    Plain,
    /// A table's header or a heading.
    Header,
    /// The name of a living object.
    Name {
        /// The object's kind.
        kind: Kind,
        /// Its namespace; empty for kinds without.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// All is well.
    Good,
    /// Not there yet.
    Warn,
    /// Something failed.
    Bad,
    /// Of little weight.
    Dim,
}

/// What stands before the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// `$ `, `root@my-pod:/# `, `MariaDB [(none)]> `, `Enter password: `.
    pub text: String,
    /// Whether what is typed stays invisible.
    pub is_hidden: bool,
}

/// A piece of text with one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The characters, without a line break.
    pub text: String,
    /// What they mean.
    pub style: Style,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it belongs.
    pub stream: Stream,
    /// Its pieces, in order.
    pub spans: Vec<Span>,
    /// The number of the command behind the prompt that said it; 0 for what stands in front.
    pub job: u32,
}

impl Line {
    /// A line of plain text.
    pub fn plain(stream: Stream, text: impl Into<String>) -> Line {
        Line { stream, spans: vec![Span { text: text.into(), style: Style::Plain }], job: 0 }
    }

    /// The characters, behind the number of the command that said them in the background.
    pub fn marked(&self) -> String {
        if self.job > 0 { format!("[{}] {}", self.job, self.text()) } else { self.text() }
    }

    /// The characters without their meaning.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// What a command said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// Whether the last line of standard output lacks its line break.
    pub is_unterminated: bool,
    /// The exit status, once the command has ended.
    pub exit: Option<i32>,
    /// Whether the screen is to be cleared first.
    pub clears: bool,
    /// A text that the command hands to the editor (`kubectl edit`), with its file name.
    pub opens: Option<(String, String)>,
}

impl Output {
    /// Adds a plain line of standard output.
    pub fn out(&mut self, text: impl Into<String>) {
        self.lines.push(Line::plain(Stream::Out, text));
    }

    /// Adds a plain line of standard error.
    pub fn err(&mut self, text: impl Into<String>) {
        self.lines.push(Line::plain(Stream::Err, text));
    }

    /// Adds a hint.
    pub fn hint(&mut self, text: impl Into<String>) {
        self.lines.push(Line::plain(Stream::Hint, text));
    }

    /// Appends what came after.
    pub fn append(&mut self, mut later: Output) {
        // What comes after an open line stands on it.
        let is_out = |line: Option<&Line>| line.is_some_and(|line| line.stream == Stream::Out);
        let is_one = self.lines.last().map(|line| line.job) == later.lines.first().map(|line| line.job);
        if self.is_unterminated && is_one && is_out(self.lines.last()) && is_out(later.lines.first()) {
            let first = later.lines.remove(0);
            if let Some(last) = self.lines.last_mut() {
                last.spans.extend(first.spans);
            }
        } else if later.lines.is_empty() {
            later.is_unterminated |= self.is_unterminated;
        }
        self.lines.append(&mut later.lines);
        self.is_unterminated = later.is_unterminated;
        self.exit = later.exit.or(self.exit);
        self.clears |= later.clears;
        self.opens = later.opens.or(self.opens.take());
    }

    /// Whether nothing was said and nothing ended.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.exit.is_none() && !self.clears && self.opens.is_none()
    }
}
