//! Lists, loops and conditions of the shell's language as a stack of what is still to be done; runs no command itself.

use super::parse::{Command, Joint, List, Pipeline, Stage, Word};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// What a subshell may change without its parent seeing it.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The working directory.
    pub directory: String,
    /// The exported variables.
    pub exported: Vec<(String, String)>,
    /// The other variables.
    pub variables: SharedMap<String, String>,
}

/// What still has to be done; the last is next.
#[derive(Clone, Debug)]
enum Task {
    List(Rc<List>, usize),
    For { name: String, values: Vec<String>, body: Rc<List> },
    While { is_until: bool, condition: Rc<List>, body: Rc<List> },
    WhileTest { is_until: bool, condition: Rc<List>, body: Rc<List> },
    IfTest { branches: Vec<(Rc<List>, Rc<List>)>, at: usize, otherwise: Option<Rc<List>> },
    Negate,
    Restore(Box<Scope>),
    Mark,
}

/// The next thing to do for whoever runs the commands.
#[derive(Clone, Debug)]
pub enum Next {
    /// Nothing: a condition was looked at.
    Nothing,
    /// Run these commands; their exit code counts from then on.
    Run(Pipeline),
    /// A loop's variable has this value.
    Set(String, String),
    /// A subshell is over.
    Restore(Box<Scope>),
    /// What was marked is over.
    Mark,
}

/// The stack.
#[derive(Clone, Debug, Default)]
pub struct Tasks(Vec<Task>);

impl Tasks {
    /// Whether everything is done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Puts everything that another stack holds on top.
    pub fn put_on_top(&mut self, more: Tasks) {
        self.0.extend(more.0);
    }

    /// Puts a list on top.
    pub fn push(&mut self, list: Rc<List>) {
        self.0.push(Task::List(list, 0));
    }

    /// Puts one pipeline of one command on top.
    pub fn push_command(&mut self, stage: Stage) {
        let pipeline = Pipeline { is_negated: false, stages: vec![stage], is_background: false };
        self.push(Rc::new(vec![(Joint::Always, pipeline)]));
    }

    /// Says so when everything that is put on top from now on is done.
    pub fn push_mark(&mut self) {
        self.0.push(Task::Mark);
    }

    /// Turns the next exit code around.
    pub fn push_negation(&mut self) {
        self.0.push(Task::Negate);
    }

    /// Puts a loop, a condition or a group on top. `words` makes a loop's values of its words, `scope` keeps what a
    /// subshell may change. Returns whether the command is one of these.
    pub fn enter(
        &mut self,
        command: &Command,
        words: &mut dyn FnMut(&[Word]) -> Vec<String>,
        scope: &dyn Fn() -> Option<Scope>,
    ) -> bool {
        match command {
            Command::Simple { .. } => return false,
            Command::For { name, values, body } => {
                let mut values = words(values);
                values.reverse();
                self.0.push(Task::For { name: name.clone(), values, body: Rc::clone(body) });
            }
            Command::While { is_until, condition, body } => {
                self.0.push(Task::While { is_until: *is_until, condition: Rc::clone(condition), body: Rc::clone(body) })
            }
            Command::If { branches, otherwise } => {
                let first = branches.first().map(|branch| Task::List(Rc::clone(&branch.0), 0));
                self.0.push(Task::IfTest { branches: branches.clone(), at: 0, otherwise: otherwise.clone() });
                self.0.extend(first);
            }
            Command::Group { body, is_subshell } => {
                if let Some(scope) = is_subshell.then(scope).flatten() {
                    self.0.push(Task::Restore(Box::new(scope)));
                }
                self.push(Rc::clone(body));
            }
        }
        true
    }

    /// Takes what is next. `status` is the last exit code; conditions and `!` change it.
    pub fn next(&mut self, status: &mut i64) -> Option<Next> {
        Some(match self.0.pop()? {
            Task::List(list, at) => {
                let Some((joint, pipeline)) = list.get(at) else { return Some(Next::Nothing) };
                let runs = match joint {
                    Joint::Always => true,
                    Joint::And => *status == 0,
                    Joint::Or => *status != 0,
                };
                let pipeline = pipeline.clone();
                if at + 1 < list.len() {
                    self.0.push(Task::List(list, at + 1));
                }
                if runs { Next::Run(pipeline) } else { Next::Nothing }
            }
            Task::For { name, mut values, body } => match values.pop() {
                Some(value) => {
                    self.0.push(Task::For { name: name.clone(), values, body: Rc::clone(&body) });
                    self.push(body);
                    Next::Set(name, value)
                }
                None => Next::Nothing,
            },
            Task::While { is_until, condition, body } => {
                self.0.push(Task::WhileTest { is_until, condition: Rc::clone(&condition), body });
                self.push(condition);
                Next::Nothing
            }
            Task::WhileTest { is_until, condition, body } => {
                let goes_on = (*status == 0) != is_until;
                *status = 0;
                if goes_on {
                    self.0.push(Task::While { is_until, condition, body: Rc::clone(&body) });
                    self.push(body);
                }
                Next::Nothing
            }
            Task::IfTest { branches, at, otherwise } => {
                if *status == 0 {
                    self.0.extend(branches.get(at).map(|branch| Task::List(Rc::clone(&branch.1), 0)));
                } else if let Some((condition, _)) = branches.get(at + 1) {
                    let condition = Rc::clone(condition);
                    self.0.push(Task::IfTest { branches, at: at + 1, otherwise });
                    self.push(condition);
                } else {
                    self.0.extend(otherwise.map(|list| Task::List(list, 0)));
                }
                *status = 0;
                Next::Nothing
            }
            Task::Negate => {
                *status = i64::from(*status == 0);
                Next::Nothing
            }
            Task::Restore(scope) => Next::Restore(scope),
            Task::Mark => Next::Mark,
        })
    }

    /// Leaves the innermost loop (`break`) or goes on with its next round (`continue`). Returns what ended on the way.
    pub fn leave_loop(&mut self, is_break: bool) -> Vec<Next> {
        let mut ended = Vec::new();
        while let Some(task) = self.0.pop() {
            match task {
                Task::For { .. } | Task::While { .. } => {
                    if !is_break {
                        self.0.push(task);
                    }
                    break;
                }
                Task::Restore(scope) => ended.push(Next::Restore(scope)),
                Task::Mark => ended.push(Next::Mark),
                _ => {}
            }
        }
        ended
    }
}
