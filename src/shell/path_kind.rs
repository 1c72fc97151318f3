//! What kind of thing stands under a path of a container, and why it cannot be used. Looks nothing up.

use crate::model::{Millis, Text};
use crate::world::disk::{Entry, Node, Owner};
use std::fmt;

/// Why a file cannot be read or written. `Display` gives the C library's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileError {
    /// Nothing is there.
    NotFound,
    /// A directory was wanted.
    NotDirectory,
    /// A file was wanted.
    IsDirectory,
    /// Something is there already.
    Exists,
    /// The directory holds something.
    NotEmpty,
    /// The volume is mounted for reading.
    ReadOnly,
    /// The disk is full.
    NoSpace,
    /// The same, because this lab keeps no more.
    NoRoom,
    /// Something is mounted there.
    Busy,
    /// The user may not.
    Denied,
    /// Only the owner may.
    NotOwner,
    /// A socket is no file.
    IsSocket,
    /// Nobody is called so.
    NoSuchUser,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileError::NotFound => "No such file or directory",
            FileError::NotDirectory => "Not a directory",
            FileError::IsDirectory => "Is a directory",
            FileError::Exists => "File exists",
            FileError::NotEmpty => "Directory not empty",
            FileError::ReadOnly => "Read-only file system",
            FileError::NoSpace | FileError::NoRoom => "No space left on device",
            FileError::Busy => "Device or resource busy",
            FileError::Denied => "Permission denied",
            FileError::NotOwner => "Operation not permitted",
            FileError::NoSuchUser => "invalid user",
            FileError::IsSocket => "No such device or address",
        })
    }
}

/// Whether a path is one of the devices that every container has.
pub fn is_device(path: &str) -> bool {
    matches!(path, "/dev/null" | "/dev/zero" | "/dev/full" | "/dev/random" | "/dev/urandom" | "/dev/tty" | "/dev/ptmx")
}

/// Whether a device gives bytes without end.
pub fn is_endless(path: &str) -> bool {
    matches!(path, "/dev/zero" | "/dev/random" | "/dev/urandom")
}

/// What stands under a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is; never `Removed`, and never a link.
    pub entry: Entry,
    /// When it was last written.
    pub modified: Millis,
    /// Whose it is.
    pub owner: Owner,
    /// Where it leads, if it is only a link to what `entry` says.
    pub link: Option<Text>,
}

impl Found {
    pub(super) fn new(entry: Entry, modified: Millis, owner: Owner) -> Found {
        Found { entry, modified, owner, link: None }
    }

    pub(super) fn of(node: &Node) -> Found {
        Found::new(node.entry.clone(), node.modified, node.owner)
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.entry == Entry::Directory
    }

    /// What kind of thing it is, in the letter of `ls -l`, wherever a link leads.
    pub fn letter(&self) -> char {
        match self.entry {
            Entry::Directory => 'd',
            Entry::Socket => 's',
            Entry::Device { is_block: true, .. } => 'b',
            Entry::Device { is_block: false, .. } => 'c',
            _ => '-',
        }
    }

    /// Its size in bytes, as `ls -l` shows it.
    pub fn size(&self) -> usize {
        if let Some(link) = &self.link {
            return link.len();
        }
        match &self.entry {
            Entry::Directory | Entry::Removed => 4096,
            Entry::Device { .. } => 0,
            entry => usize::try_from(entry.bytes()).unwrap_or(usize::MAX),
        }
    }
}
