//! What a shell wrote as lines of the screen, with the meaning that their programs gave them.

use crate::kubectl::screen_text::{Line, Output, Span, Stream, Style};
use crate::shell::language::{ASIDE, Piece};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// The most lines whose meaning is kept for one typed line.
const MARKS_MAX: usize = 20_000;

/// What lines mean, by their text: pipes carry text alone, and what comes out of them still means the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(Rc<SharedMap<String, Vec<Span>>>);

impl Marks {
    /// Forgets everything.
    pub fn clear(&mut self) {
        if !self.0.is_empty() {
            self.0 = Rc::default();
        }
    }

    /// Keeps what a line means.
    pub fn note(&mut self, line: &Line) {
        let means = line.spans.iter().any(|span| span.style != Style::Plain);
        if means && self.0.len() < MARKS_MAX {
            Rc::make_mut(&mut self.0).insert(line.text(), line.spans.clone());
        }
    }

    fn spans(&self, text: &str) -> Vec<Span> {
        let plain = || vec![Span { text: text.to_string(), style: Style::Plain }];
        if self.0.is_empty() {
            return plain();
        }
        if let Some(spans) = self.0.get(text) {
            return spans.clone();
        }
        // `grep -n` puts a number in front.
        let numbered = text.split_once(':').filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
        match numbered.and_then(|(number, rest)| Some((number, self.0.get(rest)?))) {
            Some((number, spans)) => {
                let number = Span { text: format!("{number}:"), style: Style::Dim };
                [number].into_iter().chain(spans.iter().cloned()).collect()
            }
            None => plain(),
        }
    }
}

/// Puts what was written on the screen.
pub(super) fn show(pieces: Vec<Piece>, marks: &Marks, out: &mut Output) {
    for piece in pieces {
        let stream = match piece.stream {
            1 => Stream::Out,
            ASIDE => Stream::Hint,
            _ => Stream::Err,
        };
        let is_open = !piece.text.ends_with('\n');
        let text = piece.text.strip_suffix('\n').unwrap_or(&piece.text);
        let mut said = Output::default();
        for line in text.split('\n') {
            let spans = match stream {
                Stream::Out => marks.spans(line),
                _ => vec![Span { text: line.to_string(), style: Style::Plain }],
            };
            said.lines.push(Line { stream, spans, job: piece.job });
        }
        said.is_unterminated = is_open && stream == Stream::Out;
        out.append(said);
    }
}

/// What a program said as pieces of text, in its order.
pub(super) fn pieces_of(said: &Output) -> Vec<(u8, String)> {
    let mut pieces: Vec<(u8, String)> = Vec::new();
    let last_out = said.lines.iter().rposition(|line| line.stream == Stream::Out).filter(|_| said.is_unterminated);
    for (at, line) in said.lines.iter().enumerate() {
        let stream = match line.stream {
            Stream::Out => 1,
            Stream::Err => 2,
            Stream::Hint => ASIDE,
        };
        if pieces.last().is_none_or(|piece| piece.0 != stream) {
            pieces.push((stream, String::new()));
        }
        if let Some((_, text)) = pieces.last_mut() {
            line.spans.iter().for_each(|span| text.push_str(&span.text));
            if last_out != Some(at) {
                text.push('\n');
            }
        }
    }
    pieces
}
