//! The file descriptors of a shell's commands: what a pipe holds, what is read from, where each number writes to.

use crate::sorted::SharedMap;
use std::rc::Rc;

/// Text on its way, in the pieces in which it came: copies share them, and adding one moves none of the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Rope {
    pieces: Rc<Vec<Rc<str>>>,
    /// How much of the first piece was read.
    at: usize,
    /// How much was not read, in bytes and in line ends.
    size: usize,
    lines: usize,
}

/// Pieces shorter than this are put together.
const SHORT: usize = 1024;

impl Rope {
    fn new(text: &str) -> Rope {
        let mut rope = Rope::default();
        rope.push(text);
        rope
    }

    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.size += text.len();
        self.lines += line_ends(text);
        let pieces = Rc::make_mut(&mut self.pieces);
        match pieces.last_mut().filter(|last| last.len() + text.len() <= SHORT) {
            Some(last) => *last = [&**last, text].concat().into(),
            None => pieces.push(text.into()),
        }
    }

    /// Everything that was not read.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.size);
        self.parts().for_each(|part| text.push_str(part));
        text
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        let cut = |(number, piece): (usize, &Rc<str>)| if number == 0 { self.at } else { 0 }.min(piece.len());
        self.pieces.iter().enumerate().map(move |it| it.1.get(cut(it)..).unwrap_or(""))
    }

    /// The same as one piece.
    fn whole(&mut self) -> &str {
        if self.pieces.len() > 1 {
            self.pieces = Rc::new(vec![self.text().into()]);
            self.at = 0;
        }
        self.pieces.first().and_then(|piece| piece.get(self.at..)).unwrap_or("")
    }

    /// Takes so many bytes away from the front.
    fn skip(&mut self, count: usize) {
        let count = count.min(self.size);
        let read = self.whole().get(..count).map_or(0, line_ends);
        self.lines = self.lines.saturating_sub(read);
        self.at += count;
        self.size -= count;
        if self.size == 0 {
            *self = Rope::default();
        }
    }

    /// How much there is, in bytes.
    pub fn len(&self) -> usize {
        self.size
    }

    /// How many line ends there are.
    pub fn line_count(&self) -> usize {
        self.lines
    }

    /// The piece that came last.
    pub fn last(&self) -> &str {
        self.parts().last().unwrap_or("")
    }
}

fn line_ends(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// Something that is read from.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A terminal, or nothing.
    Terminal,
    /// Text; more may come while it is open.
    Text { text: Rope, is_open: bool },
    /// A server that nobody here knows the answers of, by its host and port.
    Peer(Rc<str>),
}

impl Input {
    /// A text to its end.
    pub fn text(text: &str) -> Input {
        Input::Text { text: Rope::new(text), is_open: false }
    }

    /// A pipe into which nobody has written.
    pub fn pipe() -> Input {
        Input::Text { text: Rope::default(), is_open: true }
    }

    /// Adds to a pipe.
    pub fn write(&mut self, more: &str) {
        if let Input::Text { text, .. } = self {
            text.push(more);
        }
    }

    /// Nothing more comes through a pipe.
    pub fn close(&mut self) {
        if let Input::Text { is_open, .. } = self {
            *is_open = false;
        }
    }

    /// What is there and was not read, and whether more may come; in one piece.
    pub fn rest(&mut self) -> Option<(&str, bool)> {
        match self {
            Input::Terminal => None,
            Input::Peer(_) => Some(("", false)),
            Input::Text { text, is_open } => Some((text.whole(), *is_open)),
        }
    }

    /// The same in pieces. `None` for what is not there yet as text.
    pub fn pieces(&self) -> Option<(&Rope, bool)> {
        match self {
            Input::Text { text, is_open } => Some((text, *is_open)),
            _ => None,
        }
    }

    /// Reads so many bytes.
    pub fn skip(&mut self, count: usize) {
        if let Input::Text { text, .. } = self {
            text.skip(count);
        }
    }

    /// How much is there that was not read, in bytes.
    pub fn unread(&self) -> usize {
        self.pieces().map_or(0, |(text, _)| text.len())
    }
}

/// Where a stream leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The process's own stream of this number, or a pipe.
    Stream(u8),
    /// The end of a file.
    File(Rc<str>),
    /// It is read from: the number of the input.
    Input(usize),
    /// The end of a file that is read from as well.
    Both(Rc<str>, usize),
    /// The commands of `>(…)`, by the name that they have.
    Outlet(Rc<str>),
    /// `/dev/null`: what is written there is gone.
    Null,
    Closed,
}

/// The streams of a command.
#[derive(Clone, Debug)]
pub(super) struct Fds {
    pub input: usize,
    pub out: Target,
    pub err: Target,
    pub more: SharedMap<u8, Target>,
}

impl Default for Fds {
    fn default() -> Fds {
        Fds { input: 0, out: Target::Stream(1), err: Target::Stream(2), more: SharedMap::new() }
    }
}

impl Fds {
    /// Where a number writes to.
    pub fn target(&self, stream: u8) -> &Target {
        match stream {
            1 => &self.out,
            2 => &self.err,
            stream => self.more.get(&stream).unwrap_or(&Target::Closed),
        }
    }

    /// Lets a number write elsewhere.
    pub fn set(&mut self, stream: u8, target: Target) {
        match (stream, target) {
            (0, Target::Input(at) | Target::Both(_, at)) => self.input = at,
            (0, _) => self.input = usize::MAX,
            (1, target) => self.out = target,
            (2, target) => self.err = target,
            (stream, target) => _ = self.more.insert(stream, target),
        }
    }

    /// The names of `>(…)` and of commands beside the shell that are written to.
    pub fn outlets(&self) -> Vec<Rc<str>> {
        let all = [&self.out, &self.err].into_iter().chain(self.more.values());
        let path = |target: &Target| if let Target::Outlet(path) = target { Some(Rc::clone(path)) } else { None };
        all.filter_map(path).collect()
    }

    /// The file that the output goes to, if one does.
    pub fn out_file(&self) -> Option<String> {
        match &self.out {
            Target::File(path) | Target::Both(path, _) => Some(path.to_string()),
            _ => None,
        }
    }
}
