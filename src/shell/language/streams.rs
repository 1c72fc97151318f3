//! Where a shell's text comes from and goes to: streams, files, pipes.

use super::expand::{Expanded, Expander};
use super::limits::LIMITS;
use super::syntax::Redirect;
use super::world::World;
use crate::shell::found::FileError;
use crate::sorted::SharedMap;
use std::rc::Rc;

/// The streams of pipes, by how deep their shell stands.
pub(super) const PIPES: u8 = 16;

/// What runs need: the world, where text goes, how much may still be done.
pub struct Io<'w> {
    /// What is around.
    pub world: &'w mut dyn World,
    /// How many commands may still run before time has to pass.
    pub fuel: u32,
    /// Whether something around may have changed that a program of the world waits for.
    pub has_news: bool,
    /// Pieces of text as they were written, oldest first.
    written: Vec<Piece>,
    size: usize,
}

/// A piece of text on its way to the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// 1, 2, or [`super::world::ASIDE`].
    pub stream: u8,
    /// The number of the job behind the prompt that wrote it; 0 for what stands in front.
    pub job: u32,
    /// The text.
    pub text: String,
}

impl<'w> Io<'w> {
    /// Everything that may be done in one turn.
    pub fn new(world: &'w mut dyn World) -> Io<'w> {
        Io { world, fuel: LIMITS.steps, has_news: false, written: Vec::new(), size: 0 }
    }

    /// The same world and what is left to be done, with text of its own.
    pub(super) fn inner(&mut self) -> Io<'_> {
        let (fuel, has_news, size) = (self.fuel, self.has_news, self.size);
        Io { world: &mut *self.world, fuel, has_news, written: Vec::new(), size }
    }

    /// Writes to a stream.
    pub fn push(&mut self, stream: u8, text: &str) {
        self.push_piece(Piece { stream, job: 0, text: text.to_string() });
    }

    /// Passes on what something inside wrote.
    pub(super) fn push_piece(&mut self, piece: Piece) {
        self.size += piece.text.len();
        match self.written.last_mut() {
            Some(last) if last.stream == piece.stream && last.job == piece.job => last.text.push_str(&piece.text),
            _ => self.written.push(piece),
        }
    }

    /// Whether no more may be done before time has passed.
    pub fn is_spent(&self) -> bool {
        self.fuel == 0 || self.size > LIMITS.output
    }

    /// Takes what was written.
    pub fn take(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.written)
    }

    /// What is left of the turn: commands, and the text that was written.
    pub fn left(&self) -> (u32, usize) {
        (self.fuel, self.size)
    }

    /// Goes on with what was left of the turn.
    pub fn set_left(&mut self, (fuel, size): (u32, usize)) {
        (self.fuel, self.size) = (fuel, size);
    }

    /// Takes what was written as one text.
    pub fn take_text(&mut self) -> String {
        self.take().into_iter().map(|piece| piece.text).collect()
    }
}

/// Something that is read from.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A terminal, or nothing.
    Terminal,
    /// Text, read up to a place; more may come while it is open.
    Text { text: Rc<String>, at: usize, is_open: bool },
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

    fn set(&mut self, stream: u8, target: Target) {
        match (stream, target) {
            (0, Target::Input(at)) => self.input = at,
            (0, _) => self.input = usize::MAX,
            (1, target) => self.out = target,
            (2, target) => self.err = target,
            (stream, target) => _ = self.more.insert(stream, target),
        }
    }

    /// The file that the output goes to, if one does.
    pub fn out_file(&self) -> Option<String> {
        match &self.out {
            Target::File(path) => Some(path.to_string()),
            _ => None,
        }
    }
}

/// The streams of a command with what it reads beside that, or what is wrong.
pub(super) type Routes = Result<(Fds, Vec<Input>), String>;

impl Expander<'_> {
    /// Follows redirections, and empties the files that are written anew.
    pub fn routes(&mut self, redirects: &[Redirect]) -> Expanded<Routes> {
        let (mut fds, mut inputs) = (self.shell.fds.clone(), Vec::new());
        let first = self.shell.inputs.len();
        for redirect in redirects {
            let followed = match redirect {
                Redirect::Join(stream, word) => {
                    let to = self.text(word)?;
                    join(&mut fds, *stream, &to)
                }
                Redirect::Document(word) => {
                    let text = word.get().map(|word| self.text(word)).transpose()?.unwrap_or_default();
                    inputs.push(Input::text(&text));
                    fds.input = first + inputs.len() - 1;
                    Ok(())
                }
                Redirect::Text(word) => {
                    let text = self.text(word)?;
                    inputs.push(Input::text(&format!("{text}\n")));
                    fds.input = first + inputs.len() - 1;
                    Ok(())
                }
                Redirect::In(stream, word) => {
                    let name = self.text(word)?;
                    self.open(&name, &fds).map(|input| match input {
                        Some(input) => {
                            inputs.push(input);
                            fds.set(*stream, Target::Input(first + inputs.len() - 1));
                        }
                        None => fds.set(*stream, Target::Input(fds.input)),
                    })
                }
                Redirect::Out { stream, appends, file } => {
                    let name = self.text(file)?;
                    self.create(&name, *appends, &fds).map(|target| match stream {
                        255 => (fds.out, fds.err) = (target.clone(), target),
                        stream => fds.set(*stream, target),
                    })
                }
            };
            if let Err(message) = followed {
                return Ok(Err(message));
            }
        }
        Ok(Ok((fds, inputs)))
    }

    /// What a file has to be read; `None` for what is read already.
    fn open(&mut self, name: &str, _: &Fds) -> Result<Option<Input>, String> {
        let path = self.shell.path(name);
        if let Some(text) = self.shell.process_files.get(&path) {
            return Ok(Some(Input::text(text)));
        }
        match path.as_str() {
            "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0" => return Ok(None),
            "/dev/tty" => return Ok(Some(Input::Terminal)),
            _ => {}
        }
        if let Some(connected) = self.connect(name, &path) {
            return connected.map(|()| Some(Input::text("")));
        }
        match self.world.read(&path) {
            Ok(text) => Ok(Some(Input::text(&text))),
            Err(error) if self.shell.kind == super::machine::ShellKind::Bash => Err(format!("{name}: {error}")),
            Err(error) if self.shell.kind == super::machine::ShellKind::Ash => {
                Err(format!("can't open {name}: {}", of_busybox(&error, "no such file")))
            }
            Err(error) => Err(format!("cannot open {name}: {}", short(&error.to_string()))),
        }
    }

    /// Bash's `/dev/tcp/HOST/PORT`: whether something listens there. `None` for other paths.
    fn connect(&mut self, name: &str, path: &str) -> Option<Result<(), String>> {
        let (host, port) =
            path.strip_prefix("/dev/tcp/").or_else(|| path.strip_prefix("/dev/udp/"))?.split_once('/')?;
        if self.shell.kind != super::machine::ShellKind::Bash {
            return None;
        }
        match self.world.connects(host, port)? {
            true => Some(Ok(())),
            false => Some(Err(format!(
                "connect: Connection refused\n{}: {name}: Connection refused",
                self.shell.kind.name()
            ))),
        }
    }

    fn create(&mut self, name: &str, appends: bool, fds: &Fds) -> Result<Target, String> {
        if name.is_empty() {
            return Err(": No such file or directory".to_string());
        }
        let path = self.world.real_path(&self.shell.path(name));
        if self.shell.is_outlet(&path) {
            return Ok(Target::Outlet(path.into()));
        }
        match path.as_str() {
            "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => return Ok(fds.out.clone()),
            "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => return Ok(fds.err.clone()),
            "/dev/tty" => return Ok(Target::Stream(1)),
            "/dev/null" => return Ok(Target::Closed),
            _ => {}
        }
        if let Some(connected) = self.connect(name, &path) {
            return connected.map(|()| Target::Closed);
        }
        match self.world.write(&path, "", appends) {
            Ok(()) => Ok(Target::File(path.into())),
            Err(error) if self.shell.kind == super::machine::ShellKind::Bash => Err(format!("{name}: {error}")),
            Err(error) if self.shell.kind == super::machine::ShellKind::Ash => {
                Err(format!("can't create {name}: {}", of_busybox(&error, "nonexistent directory")))
            }
            Err(error) => {
                let why = match short(&error.to_string()) {
                    "No such file" => "Directory nonexistent".to_string(),
                    why => why.to_string(),
                };
                Err(format!("cannot create {name}: {why}"))
            }
        }
    }
}

/// Why a file cannot be opened, as BusyBox says it.
fn of_busybox(error: &FileError, missing: &str) -> String {
    if *error == FileError::NotFound { missing.to_string() } else { error.to_string() }
}

/// `No such file or directory` as dash says it.
fn short(message: &str) -> &str {
    message.strip_suffix(" or directory").unwrap_or(message)
}

fn join(fds: &mut Fds, stream: u8, to: &str) -> Result<(), String> {
    let target = match (to, to.trim_end_matches('-').parse::<u8>()) {
        ("-", _) => Target::Closed,
        (_, Ok(0)) => Target::Input(fds.input),
        (_, Ok(number)) => match fds.target(number) {
            Target::Closed if number > 2 => return Err(format!("{to}: Bad file descriptor")),
            target => target.clone(),
        },
        _ => return Err(format!("{to}: ambiguous redirect")),
    };
    fds.set(stream, target);
    Ok(())
}
