//! How much a shell may use before it is stopped: one set of bounds for the console and for containers.

use crate::model::Millis;

/// The bounds of a shell. Each one that is met is said in a plain sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most commands that run without virtual time passing.
    pub steps: u32,
    /// How long a loop that never waits is taken to have run when `steps` is met.
    pub busy: Millis,
    /// The most text of one turn, in bytes.
    pub output: usize,
    /// The most text that one program writes at once, in bytes.
    pub program_output: usize,
    /// The longest file of the console, in bytes.
    pub file: usize,
    /// The most text in all files of the console, in bytes.
    pub files: usize,
    /// The longest value of a variable, in bytes.
    pub value: usize,
    /// The most text that one command gets as its words, in bytes.
    pub words: usize,
    /// The most words of one command.
    pub word_count: usize,
    /// What a pipe holds before its writer has to wait, in bytes.
    pub pipe: usize,
    /// What a program gets at most that reads everything before it says something, as `sort` and `tail`: in bytes.
    pub gathered: usize,
    /// The same in lines.
    pub gathered_lines: usize,
    /// How deep shells may stand inside each other.
    pub depth: u32,
    /// How deep those may stand that bring forth several at once, pipes and jobs: what doubles itself ends there.
    pub branch_depth: u32,
    /// How deep commands, conditions and parameters may stand inside each other.
    pub nesting: usize,
    /// How deep functions may call each other.
    pub calls: usize,
    /// How deep traps may run inside each other; more signals wait.
    pub traps: usize,
    /// The most jobs in the background.
    pub jobs: usize,
}

/// What is said where a command would write more than these bytes.
pub fn left_out(most: usize) -> String {
    format!("the rest is left out: what one command writes ends at {} KiB in this lab", most / 1024)
}

/// What a container wanted that is refused as by a full disk, among what is taken for granted.
pub const NO_ROOM: &str = "room for such files";
/// A script that met another bound of this lab, among what is taken for granted.
pub const BOUND: &str = "room for such a script";

/// The bounds of all shells.
pub const LIMITS: Limits = Limits {
    steps: 5000,
    busy: Millis(1000),
    output: 256 * 1024,
    program_output: 1024 * 1024,
    file: 4 * 1024 * 1024,
    files: 16 * 1024 * 1024,
    value: 1024 * 1024,
    words: 2 * 1024 * 1024,
    word_count: 100_000,
    pipe: 64 * 1024,
    gathered: 32 * 1024 * 1024,
    gathered_lines: 1_200_000,
    depth: 30,
    branch_depth: 10,
    nesting: 40,
    calls: 1000,
    traps: 100,
    jobs: 50,
};
