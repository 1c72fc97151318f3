//! What a shell is made of: its variables and streams, what it still has to do, and the shells inside it; does nothing.

use super::file_descriptors::{Fds, Input};
use super::inner_answers::Asker;
use super::lexer::Aliases;
use super::syntax::{List, ParseError, Stage, Timing};
use super::talker::Talker;
use super::unfinished_line::Partial;
use super::variables::Variables;
use crate::model::Millis;
use crate::shell::exec_target::Streams;
use crate::shell::ownership::User;
use crate::shell::sql::Client;
use crate::shell::waiting::Prompt;
use crate::sorted::SharedMap;
use crate::world::Listener;
use std::rc::Rc;

/// Which shell it is, as far as its language, prompts and messages differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellKind {
    /// `bash`.
    Bash,
    /// Debian's `sh`.
    Dash,
    /// BusyBox's `sh`.
    Ash,
}

/// What the shell's process is for: it decides what happens with programs that this lab does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// The first process of a container that is to run on.
    Main,
    /// The first process of an init container.
    Init,
    /// The first process of a container that is to end, as a Job's; or what a container's script waits for.
    Task,
    /// The shell behind the page's own prompt: it is never over.
    Console,
    /// Anything else.
    #[default]
    Other,
}

/// What the stop signal does to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signalled {
    /// Nothing: the first process of a container gets only signals that it has a handler for.
    Not,
    /// A trap runs.
    Traps,
    /// A server ends.
    Ends,
}

/// A program in the foreground.
#[derive(Clone, Debug)]
pub enum Program {
    /// A database client.
    Client(Box<Client>),
    /// A client that asks line by line.
    Talker(Box<Talker>),
    /// `cat` without a file: repeats lines, or writes them to a file.
    Reader {
        /// The file that gets the lines.
        path: Option<String>,
    },
    /// `read` at a terminal: the line goes into these variables.
    Read(Rc<Vec<String>>),
    /// Something that only waits.
    Wait(Millis),
    /// Writes the same text again and again.
    Yes(Rc<str>),
    /// `tail -f`: writes what is added to a file, from this byte on.
    Follow(Rc<str>, usize),
    /// Something that the world keeps, by its number.
    Job(u32),
}

/// What `set` switches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `-e`.
    pub errexit: bool,
    /// `-u`.
    pub nounset: bool,
    /// `-x`.
    pub xtrace: bool,
    /// `-f`.
    pub noglob: bool,
    /// `-n`: commands are read and not run.
    pub noexec: bool,
    /// `-C`: `>` writes over no file.
    pub noclobber: bool,
    /// `-a`.
    pub allexport: bool,
    /// `-o pipefail`.
    pub pipefail: bool,
    /// `-E`: functions and subshells have the trap on `ERR` too.
    pub errtrace: bool,
    /// `shopt -s nocasematch`: patterns do not tell large letters from small ones.
    pub nocasematch: bool,
    /// `shopt -s nullglob`: a pattern that fits no file is nothing.
    pub nullglob: bool,
    /// `shopt -s dotglob`: patterns mean hidden files as well.
    pub dotglob: bool,
    /// `shopt -s globstar`: `**` means directories in directories.
    pub globstar: bool,
    /// `shopt -s expand_aliases`: a script's aliases stand for their texts, as they always do in other shells.
    pub expand_aliases: bool,
    /// `shopt -s failglob`: a pattern that fits no file is a mistake.
    pub failglob: bool,
    /// `shopt -s lastpipe`: what the last command of a pipe sets stays set in a script.
    pub lastpipe: bool,
}

/// What still has to be done; the last is next.
#[derive(Clone, Debug)]
pub(super) enum Task {
    List(Rc<List>, usize),
    /// A command, with what the commands in its words said so far.
    Stage(Rc<Stage>, Vec<(String, i64)>),
    For {
        name: String,
        values: Vec<String>,
        body: Rc<List>,
        heading: Rc<str>,
    },
    Count {
        sums: Rc<[String; 3]>,
        body: Rc<List>,
    },
    /// A loop that counts, whose sums are commands, behind its condition; `last` is the status of its last round.
    CountTest {
        parts: Rc<[Rc<Stage>; 3]>,
        body: Rc<List>,
        last: i64,
    },
    /// The same behind a round.
    CountStep {
        parts: Rc<[Rc<Stage>; 3]>,
        body: Rc<List>,
    },
    While {
        is_until: bool,
        condition: Rc<List>,
        body: Rc<List>,
    },
    WhileTest {
        is_until: bool,
        condition: Rc<List>,
        body: Rc<List>,
        last: i64,
        /// How often something was taken for granted before it.
        granted: u32,
    },
    IfTest {
        branches: Rc<Vec<(Rc<List>, Rc<List>)>>,
        at: usize,
        otherwise: Option<Rc<List>>,
    },
    Negate,
    /// A failed command is trapped, and ends a shell with `set -e`, here.
    Check,
    /// The shell ends with this exit code.
    Leave(i64),
    /// `wait -n`: for the first of these jobs; the variable gets its number.
    WaitNext(Vec<u32>, Option<String>),
    /// A command is over that had these names of `>(…)`.
    Outlets(Vec<String>),
    /// A command is over that read from these names of `<(…)`.
    Shut(Vec<String>),
    /// What may fail is over.
    Unguard,
    /// The streams are as before; so many inputs are kept.
    Fds(Box<Fds>, usize),
    /// The variables of one command are as before.
    Scope,
    /// A function ends; the arguments are as before.
    Call(Vec<String>),
    /// A script that was read ends; the arguments are as before, if it had its own.
    Sourced(Option<Vec<String>>),
    Group(Box<ProcessGroup>),
    Program(Box<Program>),
    /// A program whose words are known, to be started once what it reads is there.
    Invoke(Rc<Vec<String>>),
    /// One that waits for a command that it runs.
    Asker(Box<Asker>),
    /// One that has worked on a part of what it reads, and the status of that part.
    GoOn(Rc<Vec<String>>, i64),
    /// `read`, once a line is there.
    Read(Rc<Vec<String>>),
    /// `wait` for these jobs, or for all.
    Wait(Option<Vec<u32>>),
    /// `exec`: the shell is over.
    Replace,
    /// `time`: when it began.
    Timed(Millis, Timing),
    /// The trap that comes before a command is over.
    Traced,
    /// A trap ends; the exit code is as before.
    Trapped(i64),
    /// Commands of `xargs`, the last first, and whether one has failed.
    Each(Vec<Vec<String>>, bool),
    /// The rest of a script, which is read once what stands before it has run, and what the script came by.
    Rest(Rc<str>, Option<Rc<str>>),
    /// The rest of the script cannot be read.
    Broken(Box<Broken>),
}

/// A mistake in a script.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) error: ParseError,
    /// The line that it stands on, as it is written.
    pub(super) text: String,
    /// How many lines the script has.
    pub(super) lines: u32,
    /// What the script came by, if it is not the shell's own: `eval`, or a file that was read.
    pub(super) by: Option<Rc<str>>,
}

/// A running shell.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Which one it is.
    pub kind: ShellKind,
    /// Whether it asks for lines.
    pub is_interactive: bool,
    /// Whether a person can type to its programs.
    pub streams: Streams,
    /// What its process is for.
    pub role: Role,
    /// The working directory.
    pub directory: String,
    /// The directories that `pushd` keeps, the last one first.
    pub(super) directory_stack: Vec<String>,
    /// Its variables.
    pub variables: Variables,
    /// `$0`, `$1` and so on.
    pub arguments: Vec<String>,
    /// The exit code of the last command.
    pub status: i64,
    /// What `set` switched.
    pub options: Options,
    /// The first program or construct that was taken for granted.
    pub assumed: Option<String>,
    /// The program that has started it for one other, as `env` and `xargs` do.
    pub wrapper: Option<Rc<str>>,
    /// How often something was taken for granted in it.
    pub(super) granted: u32,
    /// Whether one of them may be what its container is there for, and run on.
    pub(super) may_run_on: bool,
    /// Whether nobody here knows the image that it runs in: its `sh` may be any shell, and it may set any variable.
    pub is_of_unknown_image: bool,
    /// Whether it read a file of functions that this lab does not have.
    pub has_unknown_functions: bool,
    /// Whether the image's server runs in it.
    pub serves: bool,
    /// Whether it has left the image's server in the background.
    pub(super) left_server: bool,
    /// As whom its programs run, if that is not the container's own user.
    pub user: Option<Rc<User>>,
    /// The number of whoever runs it.
    pub uid: i64,
    /// The ports that its programs have opened.
    pub listeners: Vec<Listener>,
    /// Whether messages name the line: a script, and no terminal.
    pub(super) has_lines: bool,
    /// Whether the trap on `DEBUG` runs.
    pub(super) is_tracing: bool,
    /// Whether it ran for the command that is next.
    pub(super) has_traced: bool,
    /// Whether the script stood behind `-c`.
    pub(super) is_command: bool,
    pub(super) pid: u32,
    /// The process that it was started by.
    pub(super) parent: String,
    /// The number of the job that was started last.
    pub(super) last_job: Option<u32>,
    /// The jobs of the shell that it is a part of, as `jobs` shows them.
    pub(super) jobs_above: Rc<Vec<(u32, String)>>,
    /// Signals for shells around it: the process and the signal.
    pub(super) sent: Vec<(String, String)>,
    /// The functions and files that are under way, with the files that they come from.
    pub(super) calls: Vec<CallSite>,
    /// The files that functions come from.
    pub(super) sources: SharedMap<String, String>,
    /// The file of the script.
    pub(super) script: Option<String>,
    /// The commands of `>(…)` whose names stand in the command that is about to run.
    pub(super) outlets: Vec<(String, Rc<List>)>,
    /// The exit code at its deadline.
    pub(super) deadline_status: Option<i64>,
    pub(super) functions: SharedMap<String, Rc<Stage>>,
    /// What words stand for where a command begins.
    pub aliases: Aliases,
    /// What functions of these names do, as it was written.
    pub(super) function_texts: SharedMap<String, Rc<str>>,
    pub(super) capture_status: Option<i64>,
    /// What stands under `/dev/fd/…`.
    pub(super) process_files: SharedMap<String, String>,
    pub(super) traps: SharedMap<String, String>,
    pub(super) signal: Option<String>,
    pub(super) tasks: Vec<Task>,
    pub(super) fds: Fds,
    pub(super) inputs: Vec<Input>,
    pub(super) jobs: Vec<Job>,
    pub(super) job_count: u32,
    pub(super) partial: Partial,
    pub(super) depth: u32,
    /// How many conditions it is in, where failing ends nothing.
    pub(super) unchecked: u32,
    pub(super) line: u32,
    /// Whether a trap runs that is told of the line which it is for.
    pub(super) is_line_kept: bool,
    /// The functions that bash hands on to every bash inside.
    pub(super) exported_functions: SharedMap<String, Rc<Stage>>,
    pub(super) trace_depth: usize,
    /// Whether its command that is under way stands behind `command`, where a mistake ends nothing.
    pub(super) is_shielded: bool,
    /// Whether it is `(…)`, `$(…)` or part of a pipe.
    pub(super) is_subshell: bool,
    /// How many of these it stands in.
    pub(super) subshells: u32,
    /// Whether it began inside a function.
    pub(super) is_of_function: bool,
    /// How many shells stand around it, itself counted (`SHLVL`).
    pub(super) level: u32,
    /// Which bits new files lack.
    pub(super) umask: u32,
    /// Whether commands beside it have said something that it has not looked at.
    pub(super) has_answers: bool,
    pub(super) is_over: bool,
    pub(super) deadline: Option<Millis>,
    pub(super) random: u32,
    pub(super) started: Millis,
    /// The words of the program that was started last.
    pub(super) running: Rc<Vec<String>>,
}

/// A function, or a file that is read, while it is under way.
#[derive(Clone, Debug)]
pub(super) struct CallSite {
    /// Its name; `source` for a file.
    pub(super) name: String,
    /// The file that it comes from.
    pub(super) source: String,
    /// The line that it was called on.
    pub(super) line: u32,
}

/// What a shell comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is over.
    Exit(i64),
    /// It, or a program in it, wants a line.
    Line(Prompt),
    /// It waits until then; [`crate::shell::FOREVER`] if it never goes on by itself.
    Sleep(Millis),
    /// It waits for what another command writes.
    Blocked,
}

/// What a group is for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// Commands joined by `|`.
    Pipe,
    /// `( … )`, or a shell that is a program of its own.
    Subshell,
    /// `$(…)`: what was said so far, whether its last line ends go, and whether its failing ends the shell.
    Capture(String, bool, bool),
    /// A job that was brought back to the front.
    Front,
}

/// A shell of a group.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) shell: Shell,
    pub(super) status: Option<i64>,
    /// It need not run before then.
    pub(super) wake: Millis,
    /// Something for it to read has come.
    pub(super) has_news: bool,
    /// It, or a program in it, asked for a line.
    pub(super) wants_line: bool,
}

/// Shells that run inside another: the commands of a pipeline, each reading what the one before it writes, or one shell
/// alone, as the purpose says.
#[derive(Clone, Debug)]
pub(super) struct ProcessGroup {
    pub(super) members: Vec<Member>,
    pub(super) purpose: Purpose,
    /// Signals that its members have sent to shells around them.
    pub(super) sent: Vec<(String, String)>,
}

/// A job in the background.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub number: u32,
    pub pid: u32,
    pub status: Option<i64>,
    pub text: String,
    /// Whether it stood in front before: its end is said then.
    pub was_in_front: bool,
    pub(super) shell: Shell,
    pub(super) wake: Millis,
    /// The signal that ended it, until somebody has waited for it.
    pub(super) signal: Option<i64>,
    /// The name under which others write to it: `>(…)`.
    pub(super) outlet: Option<String>,
    /// Whether a shell has started it that is over.
    pub(super) is_orphan: bool,
    /// Whether somebody has waited for its end.
    pub(super) is_collected: bool,
    /// Which of the shell's inputs gets what it says: `coproc`.
    pub(super) answers: Option<usize>,
}
