//! The tree of one of Perl's patterns, and the steps that it comes to.

use super::Step;
use crate::regex::Unread;
use crate::regex::syntax::{Edge, One};

/// The most steps of a program once its repetitions are written out.
const PROGRAM_MAX: usize = 5000;

pub(super) enum Node {
    One(One, bool),
    At(Edge),
    Group(Option<usize>, Box<Node>),
    Either(Vec<Node>),
    Row(Vec<Node>),
    Again(usize, bool),
    Repeat(Box<Node>, usize, Option<usize>, Kind),
    Look {
        inside: Box<Node>,
        is_behind: bool,
        is_negated: bool,
    },
    Only(Box<Node>),
    /// What was found begins here (`\K`).
    Keep,
}

/// How a repetition goes on: as long as it can, as short as it can, or as long as it can without a way back.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Greedy,
    Lazy,
    Possessive,
}

pub(super) type Read<T> = Result<T, Unread>;

pub(super) fn wrong<T>(why: &str) -> Read<T> {
    Err(Unread::Wrong(why.to_string()))
}

/// Writes trees as steps.
pub(super) struct Writer {
    next_slot: usize,
    size: usize,
}

impl Writer {
    /// For a pattern with so many groups.
    pub(super) fn new(groups: usize) -> Writer {
        Writer { next_slot: groups * 2, size: 0 }
    }

    /// How many places its steps remember.
    pub(super) fn slots(&self) -> usize {
        self.next_slot
    }

    /// The steps of a part that is followed by itself.
    pub(super) fn program(&mut self, node: &Node) -> Read<Vec<Step>> {
        let mut program = Vec::new();
        self.write(node, &mut program)?;
        program.push(Step::Match);
        Ok(program)
    }

    fn write(&mut self, node: &Node, program: &mut Vec<Step>) -> Read<()> {
        self.size += 1;
        if self.size > PROGRAM_MAX {
            return Err(Unread::Unknown);
        }
        match node {
            Node::One(one, folds) => program.push(Step::One(one.clone(), *folds)),
            Node::At(edge) => program.push(Step::At(*edge)),
            Node::Again(number, folds) => program.push(Step::Again(*number, *folds)),
            Node::Keep => program.push(Step::Save(0)),
            Node::Row(nodes) => nodes.iter().try_for_each(|node| self.write(node, program))?,
            Node::Group(None, inside) => self.write(inside, program)?,
            Node::Group(Some(number), inside) => {
                program.push(Step::Save(number * 2));
                self.write(inside, program)?;
                program.push(Step::Save(number * 2 + 1));
            }
            Node::Look { inside, is_behind, is_negated } => {
                let inside = self.program(inside)?;
                program.push(Step::Look { inside, is_behind: *is_behind, is_negated: *is_negated });
            }
            Node::Only(inside) => {
                let inside = self.program(inside)?;
                program.push(Step::Only(inside));
            }
            Node::Either(nodes) => {
                let mut jumps = Vec::new();
                for (at, node) in nodes.iter().enumerate() {
                    let split = program.len();
                    let is_last = at + 1 == nodes.len();
                    if !is_last {
                        program.push(Step::Match);
                    }
                    self.write(node, program)?;
                    if !is_last {
                        jumps.push(program.len());
                        program.push(Step::Match);
                        let next = program.len();
                        set(program, split, Step::Split(split + 1, next));
                    }
                }
                let end = program.len();
                jumps.into_iter().for_each(|at| set(program, at, Step::Jump(end)));
            }
            Node::Repeat(inside, least, most, Kind::Possessive) => {
                let mut own = Vec::new();
                self.repeat(inside, *least, *most, false, &mut own)?;
                own.push(Step::Match);
                program.push(Step::Only(own));
            }
            Node::Repeat(inside, least, most, kind) => {
                self.repeat(inside, *least, *most, *kind == Kind::Lazy, program)?;
            }
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        inside: &Node,
        least: usize,
        most: Option<usize>,
        is_lazy: bool,
        program: &mut Vec<Step>,
    ) -> Read<()> {
        for _ in 0..least {
            self.write(inside, program)?;
        }
        let split =
            |inside: usize, end: usize| if is_lazy { Step::Split(end, inside) } else { Step::Split(inside, end) };
        let Some(most) = most else {
            let (start, slot) = (program.len(), self.next_slot);
            // One character moves on by itself.
            let is_plain = matches!(inside, Node::One(..));
            program.push(Step::Match);
            if !is_plain {
                self.next_slot += 1;
                program.push(Step::Save(slot));
            }
            self.write(inside, program)?;
            if !is_plain {
                program.push(Step::Moved(slot));
            }
            program.push(Step::Jump(start));
            let end = program.len();
            set(program, start, split(start + 1, end));
            return Ok(());
        };
        let mut splits = Vec::new();
        for _ in least..most {
            splits.push(program.len());
            program.push(Step::Match);
            self.write(inside, program)?;
        }
        let end = program.len();
        splits.into_iter().for_each(|at| set(program, at, split(at + 1, end)));
        Ok(())
    }
}

fn set(program: &mut [Step], at: usize, step: Step) {
    if let Some(slot) = program.get_mut(at) {
        *slot = step;
    }
}
