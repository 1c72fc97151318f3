//! A container as the world of a shell: its files, its time, its programs.

use super::commands::{self, Call};
use super::container::{Container, FileError};
use super::language::{Invocation, Outcome, Shell, Stat, World};
use super::logs;
use super::sql::Client;
use crate::cluster::Cluster;
use crate::model::{Millis, Text};
use crate::shell::language::limits::NO_ROOM;
use crate::shell::ownership::User;
use crate::world::disk::{Entry, Owner};
use std::cell::RefCell;
use std::rc::Rc;

/// What is around the programs of a container.
pub struct ContainerWorld<'a> {
    container: &'a Container,
    cluster: &'a mut Cluster,
    /// Whoever runs what runs now, if that is not the container's own user, and the container as it is for that one.
    other: Option<(Rc<User>, Container)>,
    /// The first file that a question looked for of which nobody here knows whether it is there.
    unknown: RefCell<Option<String>>,
}

impl<'a> ContainerWorld<'a> {
    /// What is around the programs of this container, in this cluster.
    pub fn new(container: &'a Container, cluster: &'a mut Cluster) -> ContainerWorld<'a> {
        ContainerWorld { container, cluster, other: None, unknown: RefCell::default() }
    }

    /// The first file that a question looked for of which nobody here knows whether it is there.
    pub fn unknown_file(&self) -> Option<String> {
        self.unknown.borrow().clone()
    }

    /// The container as it is for whoever runs what runs now.
    fn seen(&self) -> &Container {
        self.other.as_ref().map_or(self.container, |other| &other.1)
    }
}

impl World for ContainerWorld<'_> {
    fn now(&self) -> Millis {
        self.cluster.now()
    }

    fn act_as(&mut self, user: Option<Rc<User>>) -> Option<Rc<User>> {
        let before = self.other.as_ref().map(|other| Rc::clone(&other.0));
        if before != user {
            self.other = user.map(|user| (Rc::clone(&user), self.container.as_user(&user)));
        }
        before
    }

    fn read(&mut self, path: &str) -> Result<Text, FileError> {
        self.seen().read(self.cluster, path)
    }

    fn write(&mut self, path: &str, text: &str, appends: bool) -> Result<(), FileError> {
        if matches!(path, "/proc/1/fd/1" | "/proc/1/fd/2") {
            logs::write(self.container, self.cluster, text);
            return Ok(());
        }
        let container = self.other.as_ref().map_or(self.container, |other| &other.1);
        container.write(self.cluster, path, text, appends)
    }

    fn write_open(&mut self, path: &str, text: &str) -> Result<(), FileError> {
        if matches!(path, "/proc/1/fd/1" | "/proc/1/fd/2") {
            return self.write(path, text, true);
        }
        let container = self.other.as_ref().map_or(self.container, |other| &other.1);
        container.trusted().write(self.cluster, path, text, true)
    }

    fn narrow(&mut self, path: &str, umask: u16) {
        let container = self.container.trusted();
        if let Some(found) = container.lookup(self.cluster, path) {
            let owner = Owner { mode: found.owner.mode & !umask, ..found.owner };
            // A place that cannot be changed was not made just now.
            _ = container.give(self.cluster, path, owner);
        }
    }

    fn stat(&self, path: &str) -> Option<Stat> {
        let Some(found) = self.container.lookup(self.cluster, path) else {
            let is_of_image = !self.container.image.is_known()
                || self.container.image.holds(path)
                || self.container.mount_at(path).is_some();
            let is_unknown = is_of_image && self.container.is_unknown_place(self.cluster, path);
            if is_unknown && self.container.is_asked {
                self.unknown.borrow_mut().get_or_insert_with(|| path.to_string());
            }
            let modified = self.container.pod.meta.created;
            return is_unknown.then_some(Stat { is_directory: true, size: 4096, modified, is_unknown });
        };
        let size = if matches!(found.entry, Entry::Directory) { 4096 } else { found.size() };
        Some(Stat { is_directory: found.is_directory(), size, modified: found.modified, is_unknown: false })
    }

    fn may_run(&self, path: &str) -> bool {
        match self.stat(path) {
            Some(stat) => stat.is_directory || stat.is_unknown || self.container.may_run(self.cluster, path),
            None => false,
        }
    }

    fn is_link(&self, path: &str) -> bool {
        match self.container.lookup_itself(self.cluster, path) {
            Some(found) => found.link.is_some(),
            // As every other question about a file that an image may have that nobody here knows.
            None => !self.container.image.is_known() && self.stat(path).is_some_and(|stat| stat.is_unknown),
        }
    }

    fn letter(&self, path: &str) -> Option<char> {
        self.container.lookup(self.cluster, path).map(|found| found.letter())
    }

    fn home_of(&self, user: &str) -> Option<String> {
        let is_name = user.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        self.container.account(self.cluster, user).filter(|_| is_name).map(|account| account.home)
    }

    fn real_path(&self, path: &str) -> String {
        self.container.resolved(self.cluster, path).into_owned()
    }

    fn entries(&self, directory: &str) -> Vec<String> {
        let entries = self.container.list(self.cluster, directory).unwrap_or_default();
        entries.into_iter().map(|entry| entry.0).collect()
    }

    fn find_program(&self, shell: &Shell, name: &str) -> Option<String> {
        match commands::find_on_path(shell, name, self.container, self.cluster) {
            commands::Found::Missing => None,
            _ if name.contains('/') => Some(name.to_string()),
            commands::Found::File(path) => Some(path),
            _ => Some(format!("{}/{name}", self.container.image.usual_place(name))),
        }
    }

    fn known_name(&self, shell: &Shell, word: &str) -> Option<String> {
        commands::known_name(shell, word, self.container, self.cluster)
    }

    fn is_unknown_place(&self, path: &str) -> bool {
        self.container.is_unknown_place(self.cluster, path)
    }

    fn connects(&self, host: &str, port: &str) -> Option<bool> {
        let port = port.parse().ok()?;
        let found = commands::address_of(self.container, self.cluster, host);
        let Some(address) = found else { return Some(commands::is_outside(self.container, host)) };
        Some(commands::answers(self.container, self.cluster, &address, port))
    }

    fn run(&mut self, shell: &mut Shell, call: &mut Invocation) -> Outcome {
        let words = std::mem::take(&mut call.words);
        // What it makes has the permissions that the shell's mask leaves.
        let container = self.other.as_ref().map_or(self.container, |other| &other.1);
        let masked = shell.own_umask().map(|umask| container.with_umask(umask));
        let mut inner = Call {
            words: &words,
            container: masked.as_ref().unwrap_or(container),
            cluster: self.cluster,
            shell,
            stdin: call.stdin.take(),
            told: std::mem::take(&mut call.told),
            destination: call.destination.take(),
            out: String::new(),
            err: String::new(),
        };
        let outcome = commands::run(&mut inner);
        call.out.push_str(&inner.out);
        call.err.push_str(&inner.err);
        let has_failed = matches!(outcome, Outcome::Exit(code) if code != 0);
        let assumed = self.cluster.runtime().assumed(&self.container.pod.meta.uid, &self.container.name);
        if has_failed && assumed.is_some_and(|what| *what == NO_ROOM) {
            shell.grant(NO_ROOM);
        }
        outcome
    }

    fn tell(&mut self, client: &mut Client, line: &str, out: &mut String) {
        client.line(line, self.container, self.cluster, out);
    }
}
