//! Redirections: which streams a command has.

use super::expand::{Expanded, Expander};
use super::file_descriptors::{Fds, Input, Target};
use super::reads_input::is_input;
use super::state::{Role, ShellKind};
use super::syntax::{Change, Part, Redirect, Word};
use crate::shell::path_kind::FileError;
use std::rc::Rc;

/// The streams of a command with what it reads beside that, or what is wrong.
pub(super) type Routes = Result<(Fds, Vec<Input>), String>;

impl Expander<'_> {
    /// Follows redirections, and empties the files that are written anew.
    pub fn routes(&mut self, redirects: &[Redirect]) -> Expanded<Routes> {
        let (mut fds, mut inputs) = (self.shell.fds.clone(), Vec::new());
        let first = self.shell.inputs.len();
        // The files that are read, and as which of the inputs.
        let mut read: Vec<(String, usize)> = Vec::new();
        for redirect in redirects {
            let followed = match redirect {
                Redirect::Join(stream, word) => {
                    let to = self.text(word)?;
                    join(&mut fds, *stream, &to)
                }
                Redirect::Document(stream, word) => {
                    let text = word.get().map(|word| self.document(word)).transpose()?.unwrap_or_default();
                    inputs.push(Input::text(&text));
                    fds.set(*stream, Target::Input(first + inputs.len() - 1));
                    Ok(())
                }
                Redirect::Text(stream, word) => {
                    let text = self.text(word)?;
                    inputs.push(Input::text(&format!("{text}\n")));
                    fds.set(*stream, Target::Input(first + inputs.len() - 1));
                    Ok(())
                }
                Redirect::In(stream, word) => {
                    let name = self.text(word)?;
                    read.push((self.world.real_path(&self.shell.path(&name)), inputs.len()));
                    self.open(&name, &fds).map(|input| match input {
                        Some(input) => {
                            inputs.push(input);
                            fds.set(*stream, Target::Input(first + inputs.len() - 1));
                        }
                        None => fds.set(*stream, Target::Input(fds.input)),
                    })
                }
                Redirect::Both(stream, word) => {
                    let name = self.text(word)?;
                    self.open_both(&name, &fds).map(|(target, input)| {
                        inputs.push(input);
                        let at = first + inputs.len() - 1;
                        fds.set(*stream, target.map_or(Target::Input(at), |path| Target::Both(path, at)));
                    })
                }
                Redirect::Out { file, .. } if self.is_ambiguous(file)? => {
                    Err(format!("{}: ambiguous redirect", file.source()))
                }
                Redirect::Out { stream, appends, forces, file } => {
                    let name = self.text(file)?;
                    let path = self.world.real_path(&self.shell.path(&name));
                    // What is emptied before anybody has read it is empty.
                    let is_emptied = |own: &&(String, usize)| !*appends && own.0 == path;
                    for (_, at) in read.iter().filter(is_emptied) {
                        inputs.get_mut(*at).into_iter().for_each(|input| *input = Input::text(""));
                    }
                    let protected = if *appends || *forces { None } else { self.protected(&name) };
                    protected.map_or_else(|| self.create(&name, *appends, &fds), Err).map(|target| match stream {
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

    /// Whether a word is not one name, as bash takes it. Words that do more than to show variables are taken as they are:
    /// nothing in them may happen twice.
    fn is_ambiguous(&mut self, file: &Word) -> Expanded<bool> {
        let is_plain = |(part, _): &(Part, bool)| match part {
            Part::Text(_) => true,
            Part::Parameter(parameter) => parameter.change == Change::None && parameter.index.is_none(),
            _ => false,
        };
        let is_looked_at = self.shell.kind == ShellKind::Bash && file.0.iter().all(is_plain);
        Ok(is_looked_at && self.fields(file)?.len() != 1)
    }

    /// What a file has to be read; `None` for what is read already.
    fn open(&mut self, name: &str, _: &Fds) -> Result<Option<Input>, String> {
        let path = self.shell.path(name);
        if let Some(text) = self.shell.process_files.get(&path) {
            return Ok(Some(Input::text(text)));
        }
        match path.as_str() {
            path if is_input(path) => return Ok(None),
            "/dev/tty" => return Ok(Some(Input::Terminal)),
            _ => {}
        }
        if let Some(connected) = self.connect(name, &path) {
            return connected.map(|()| Some(Input::Peer(peer(&path))));
        }
        match self.world.read(&path) {
            Ok(text) => Ok(Some(Input::text(&text))),
            // As with the programs that read it: it is taken to be there.
            Err(_) if self.is_granted(&path) => {
                self.shell.grant(&format!("file {path}"));
                Ok(Some(Input::text("")))
            }
            Err(error) if self.shell.kind == ShellKind::Bash => Err(format!("{name}: {error}")),
            Err(error) if self.shell.kind == ShellKind::Ash => {
                Err(format!("can't open {name}: {}", of_busybox(&error, "no such file")))
            }
            Err(error) => Err(format!("cannot open {name}: {}", short(&error.to_string()))),
        }
    }

    /// Whether a file that cannot be read may be one of the image's own, and does not end what its container is there
    /// for.
    fn is_granted(&self, path: &str) -> bool {
        let is_script = self.shell.role != Role::Other || self.shell.is_of_unknown_image;
        is_script && self.world.is_unknown_place(&self.world.real_path(path))
    }

    /// A file to be read and written: where its text goes, if that is a file, and what is read.
    fn open_both(&mut self, name: &str, fds: &Fds) -> Result<(Option<Rc<str>>, Input), String> {
        let path = self.shell.path(name);
        if let Some(connected) = self.connect(name, &path) {
            return connected.map(|()| (None, Input::Peer(peer(&path))));
        }
        let target = match self.create(name, true, fds)? {
            Target::File(path) => Some(path),
            _ => None,
        };
        let text = self.world.read(&path).unwrap_or_default();
        Ok((target, Input::text(&text)))
    }

    /// Bash's `/dev/tcp/HOST/PORT`: whether something listens there. `None` for other paths.
    fn connect(&mut self, name: &str, path: &str) -> Option<Result<(), String>> {
        let (host, port) =
            path.strip_prefix("/dev/tcp/").or_else(|| path.strip_prefix("/dev/udp/"))?.split_once('/')?;
        if self.shell.kind != ShellKind::Bash {
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

    /// What is said of a file that `set -C` protects, if it is one.
    fn protected(&mut self, name: &str) -> Option<String> {
        if !self.shell.options.noclobber {
            return None;
        }
        let path = self.world.real_path(&self.shell.path(name));
        let is_file = self.world.stat(&path).is_some_and(|stat| !stat.is_directory) && !path.starts_with("/dev/");
        is_file.then(|| match self.shell.kind {
            ShellKind::Bash => format!("{name}: cannot overwrite existing file"),
            ShellKind::Dash => format!("cannot create {name}: File exists"),
            ShellKind::Ash => format!("can't create {name}: File exists"),
        })
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
            "/dev/null" => return Ok(Target::Null),
            _ => {}
        }
        if let Some(connected) = self.connect(name, &path) {
            return connected.map(|()| Target::Null);
        }
        let mask = self.shell.own_umask().filter(|_| self.world.stat(&path).is_none());
        match self.world.write(&path, "", appends) {
            Ok(()) => {
                if let Some(mask) = mask {
                    self.world.narrow(&path, mask);
                }
                Ok(Target::File(path.into()))
            }
            Err(error) if self.shell.kind == ShellKind::Bash => Err(format!("{name}: {error}")),
            Err(error) if self.shell.kind == ShellKind::Ash => {
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

/// A server behind `/dev/tcp/HOST/PORT`, by its name.
fn peer(path: &str) -> Rc<str> {
    path.trim_start_matches("/dev/tcp/").trim_start_matches("/dev/udp/").replace('/', ":").into()
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
