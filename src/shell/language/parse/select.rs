//! `select`: a list to choose from, and what is done with each answer.

use super::{CHOICES, CHOSEN, PROMPT, Read};
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
        let compound = |command: Command| {
            let stages = vec![Rc::new(Stage { command, redirects: Vec::new(), line })];
            let pipeline = Pipeline { is_negated: false, timing: None, stages, is_background: false };
            (Joint::Always, Rc::new(pipeline))
        };
        let step = |own: &[&str], values: &[Word]| {
            let words = own.iter().map(|word| Word::quoted(*word)).chain(values.iter().cloned()).collect();
            compound(Command::Simple { assignments: Vec::new(), words, arrays: Vec::new() })
        };
        let condition =
            vec![step(&[PROMPT], &[]), step(&["read", "-r", "REPLY"], &[]), step(&[CHOSEN, &name], &values)];
        // After an empty line all is shown again.
        let reply = Lexer::new("\"$REPLY\"", self.dialect).word()?;
        let is_empty = vec![step(&["test", "-z"], &[reply])];
        let shows = vec![step(&[CHOICES], &values)];
        let branches = Rc::new(vec![(Rc::new(is_empty), Rc::new(shows.clone()))]);
        let body = Rc::new(vec![compound(Command::If { branches, otherwise: Some(body) })]);
        let rounds = compound(Command::While { is_until: false, condition: Rc::new(condition), body });
        Ok(Command::Group { body: Rc::new(shows.into_iter().chain([rounds]).collect()), is_subshell: false })
    }
}
