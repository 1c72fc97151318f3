//! `select`: a list to choose from, and what is done with each answer.

use super::{CHOICES, CHOSEN, Read};
use crate::shell::language::lexer::Lexer;
use crate::shell::language::syntax::{Command, Joint, Pipeline, Stage, Word, is_name};
use std::rc::Rc;

impl Lexer {
    /// `select NAME in WORDS; do …; done`: as long as there are answers, a list to choose from is shown.
    pub(super) fn select(&mut self) -> Read<Command> {
        self.take("select");
        self.skip_blanks();
        let name = self.keyword();
        if !is_name(&name) {
            return Err(self.unexpected());
        }
        self.take(&name);
        self.skip_lines()?;
        let line = self.line;
        let values = match self.is_keyword("in") {
            true => {
                self.take("in");
                self.words()?
            }
            false => vec![Lexer::new("\"$@\"", self.dialect).word()?],
        };
        let body = self.do_block()?;
        let step = |joint: Joint, own: &[&str], values: &[Word]| {
            let words = own.iter().map(|word| Word::quoted(*word)).chain(values.iter().cloned()).collect();
            let command = Command::Simple { assignments: Vec::new(), words, arrays: Vec::new() };
            let stages = vec![Rc::new(Stage { command, redirects: Vec::new(), line })];
            (joint, Rc::new(Pipeline { is_negated: false, timing: None, stages, is_background: false }))
        };
        let condition = vec![
            step(Joint::Always, &[CHOICES], &values),
            step(Joint::Always, &["read", "-r", "REPLY"], &[]),
            step(Joint::And, &[CHOSEN, &name], &values),
        ];
        Ok(Command::While { is_until: false, condition: Rc::new(condition), body })
    }
}
