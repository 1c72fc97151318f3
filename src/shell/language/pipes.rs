//! Where the text of a shell's commands comes from and goes to: terminals, files, pipes.

use crate::sorted::SharedMap;
use std::rc::Rc;

/// Something that is read from.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A terminal, or nothing.
    Terminal,
    /// Text, read up to a place; more may come while it is open.
    Text { text: Rc<String>, at: usize, is_open: bool },
    /// A server that nobody here knows the answers of, by its host and port.
    Peer(Rc<str>),
}

impl Input {
    pub fn text(text: &str) -> Input {
        Input::Text { text: Rc::new(text.to_string()), at: 0, is_open: false }
    }

    pub fn pipe() -> Input {
        Input::Text { text: Rc::default(), at: 0, is_open: true }
    }

    pub fn write(&mut self, more: &str) {
        if let Input::Text { text, at, .. } = self {
            let text = Rc::make_mut(text);
            text.drain(..*at);
            *at = 0;
            text.push_str(more);
        }
    }

    pub fn close(&mut self) {
        if let Input::Text { is_open, .. } = self {
            *is_open = false;
        }
    }

    /// What is there and was not read, and whether more may come.
    pub fn rest(&self) -> Option<(&str, bool)> {
        match self {
            Input::Terminal => None,
            Input::Peer(_) => Some(("", false)),
            Input::Text { text, at, is_open } => Some((text.get(*at..).unwrap_or(""), *is_open)),
        }
    }

    /// Reads so many bytes.
    pub fn skip(&mut self, count: usize) {
        if let Input::Text { text, at, .. } = self {
            *at = (*at + count).min(text.len());
        }
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
    pub fn target(&self, stream: u8) -> &Target {
        match stream {
            1 => &self.out,
            2 => &self.err,
            stream => self.more.get(&stream).unwrap_or(&Target::Closed),
        }
    }

    pub fn set(&mut self, stream: u8, target: Target) {
        match (stream, target) {
            (0, Target::Input(at) | Target::Both(_, at)) => self.input = at,
            (0, _) => self.input = usize::MAX,
            (1, target) => self.out = target,
            (2, target) => self.err = target,
            (stream, target) => _ = self.more.insert(stream, target),
        }
    }

    /// The file that the output goes to, if one does.
    pub fn out_file(&self) -> Option<String> {
        match &self.out {
            Target::File(path) | Target::Both(path, _) => Some(path.to_string()),
            _ => None,
        }
    }
}
