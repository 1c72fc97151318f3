//! What a shell needs of what is around it: files, time, programs. A container is one such world, the console another.

use super::inner_answers::{Asked, Told};
use super::state::{Program, Shell};
use crate::model::{Millis, Text};
use crate::shell::container::FileError;
use crate::shell::ownership::User;
use crate::shell::sql::Client;
use crate::shell::waiting::Prompt;
use std::rc::Rc;

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Whether it is a directory.
    pub is_directory: bool,
    /// Its size in bytes.
    pub size: usize,
    /// When it was written last.
    pub modified: Millis,
    /// Whether nobody here knows what it is: it is whatever somebody asks for.
    pub is_unknown: bool,
}

/// A program that is to run.
#[derive(Debug, Default)]
pub struct Invocation {
    /// Its name and arguments; never empty.
    pub words: Vec<String>,
    /// What comes in, if it is not the terminal.
    pub stdin: Option<String>,
    /// What it knows of the commands that it has run itself.
    pub told: Told,
    /// The file that its output goes to, if one does.
    pub destination: Option<String>,
    /// How much it may write, in bytes.
    pub room: usize,
    /// Its output.
    pub out: String,
    /// Its messages.
    pub err: String,
    /// What it said as it came, with the streams 1, 2 and [`ASIDE`], if the order counts.
    pub pieces: Vec<(u8, String)>,
    /// How many commands it counts for beside itself.
    pub cost: u32,
}

/// So many bytes that a program writes count as a command.
const BYTES_PER_COMMAND: usize = 256;

impl Invocation {
    /// How many commands it counts for, with what it wrote.
    pub(super) fn cost_in_all(&self) -> u32 {
        let pieces: usize = self.pieces.iter().map(|piece| piece.1.len()).sum();
        let written = (self.out.len() + self.err.len() + pieces) / BYTES_PER_COMMAND;
        self.cost.saturating_add(u32::try_from(written).unwrap_or(u32::MAX))
    }
}

/// The stream of what the lab says beside everything: it goes to the screen, wherever the others go.
pub const ASIDE: u8 = 9;

/// What somebody sends to a program that the world keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'m> {
    /// A line that was typed.
    Line(&'m str),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D.
    EndOfInput,
}

/// What a program comes to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It ended.
    Exit(i64),
    /// It waits until then, and ends with 0.
    Sleep(Millis),
    /// It goes on: it talks to the user, or the world is asked again later.
    Launch(Box<Program>),
    /// A shell that runs inside.
    Shell(Box<Shell>),
    /// It runs a command itself, and goes on when that is over.
    Asks(Box<Asked>),
    /// The image has it, but this lab cannot run it.
    Assumed,
    /// The same, of a program that is known to end by itself.
    AssumedOver,
    /// It is the image's server, which runs on.
    Serves,
    /// It left the image's server in the background, and ended.
    ServesBehind,
}

/// What is around a shell.
pub trait World {
    /// Virtual time.
    fn now(&self) -> Millis;
    /// Somebody else runs what runs from now on; `None`: whoever began. Returns who did before.
    fn act_as(&mut self, user: Option<Rc<User>>) -> Option<Rc<User>> {
        let _ = user;
        None
    }
    /// The text of a file.
    ///
    /// # Errors
    /// As the system says it.
    fn read(&mut self, path: &str) -> Result<Text, FileError>;
    /// Writes a file, or adds to its end.
    ///
    /// # Errors
    /// As the system says it.
    fn write(&mut self, path: &str, text: &str, appends: bool) -> Result<(), FileError>;
    /// Adds to a file that was opened before. Whose it is was looked at then, and whoever writes now need not be the one
    /// who opened it.
    ///
    /// # Errors
    /// As the system says it.
    fn write_open(&mut self, path: &str, text: &str) -> Result<(), FileError> {
        self.write(path, text, true)
    }
    /// A file that was just made has no permissions that a mask leaves out.
    fn narrow(&mut self, path: &str, umask: u16) {
        let _ = (path, umask);
    }
    /// What stands under a path.
    fn stat(&self, path: &str) -> Option<Stat>;
    /// Whether a symbolic link stands under a path.
    fn is_link(&self, path: &str) -> bool {
        let _ = path;
        false
    }
    /// What kind of thing stands under a path, in the letter of `ls -l`, where a link leads; none where it is not known.
    fn letter(&self, path: &str) -> Option<char> {
        let _ = path;
        None
    }
    /// Whether the shell's user may run the file, or enter the directory, under a path.
    fn may_run(&self, path: &str) -> bool {
        self.stat(path).is_some()
    }
    /// Where a path leads, with every link on the way followed.
    fn real_path(&self, path: &str) -> String {
        path.to_string()
    }
    /// Where a user is at home.
    fn home_of(&self, user: &str) -> Option<String> {
        (user == "root").then(|| "/root".to_string())
    }
    /// The names of what is in a directory, in order.
    fn entries(&self, directory: &str) -> Vec<String>;
    /// Where a program stands, if there is one of that name.
    fn find_program(&self, shell: &Shell, name: &str) -> Option<String>;
    /// The name that a program is known by, if the file that a word names is one of another name.
    fn known_name(&self, shell: &Shell, word: &str) -> Option<String> {
        let _ = (shell, word);
        None
    }
    /// Whether nobody knows what there is at a place, so that what is read there is taken to be there.
    fn is_unknown_place(&self, path: &str) -> bool {
        let _ = path;
        false
    }
    /// Whether something listens at a host and a port, as bash's `/dev/tcp` asks; `None` where nobody can tell.
    fn connects(&self, host: &str, port: &str) -> Option<bool> {
        let _ = (host, port);
        None
    }
    /// Whether the world answers a command that the shell would otherwise do by itself.
    fn replaces(&self, words: &[String]) -> bool {
        let _ = words;
        false
    }
    /// Runs a program.
    fn run(&mut self, shell: &mut Shell, call: &mut Invocation) -> Outcome;
    /// Sends a line to a database client.
    fn tell(&mut self, client: &mut Client, line: &str, out: &mut String);
    /// Asks a program that the world itself keeps whether it goes on; its number is what [`Program::Job`] holds.
    fn poll(&mut self, job: u32, call: &mut Invocation) -> Outcome {
        let _ = (job, call);
        Outcome::Exit(0)
    }
    /// Sends something to such a program; what it says comes with the next [`World::poll`]. Returns whether it takes it.
    fn send(&mut self, job: u32, message: Message<'_>) -> bool {
        let _ = (job, message);
        false
    }
    /// What stands before the cursor, if such a program wants a line.
    fn prompt_of(&self, job: u32) -> Option<Prompt> {
        let _ = job;
        None
    }
}
