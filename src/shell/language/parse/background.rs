//! What runs beside the shell: lists behind it (`a || b &`), and `coproc`.

use super::Read;
use crate::shell::language::lexer::Lexer;
use crate::shell::language::syntax::{Command, Joint, List, Pipeline, Stage, is_name};
use std::rc::Rc;

/// Puts what is joined at the end of a list behind the shell as a whole: all of it runs in one child.
pub(super) fn behind(list: &mut List) {
    let start = list.iter().rposition(|(joint, _)| *joint == Joint::Always).unwrap_or(0);
    let joined = list.split_off(start);
    let line = joined.first().and_then(|(_, pipeline)| pipeline.stages.first()).map_or(1, |stage| stage.line);
    let command = Command::Group { body: Rc::new(joined), is_subshell: false };
    let stages = vec![Rc::new(Stage { command, redirects: Vec::new(), line })];
    let pipeline = Pipeline { is_negated: false, timing: None, stages, is_background: true };
    list.push((Joint::Always, Rc::new(pipeline)));
}

impl Lexer {
    /// `coproc [NAME] COMMAND`.
    pub(super) fn beside(&mut self) -> Read<Command> {
        self.take("coproc");
        self.skip_blanks();
        let (name, start) = (self.keyword(), (self.at, self.line));
        let mut own = "COPROC".to_string();
        if is_name(&name) {
            self.take(&name);
            self.skip_blanks();
            let begins = ["{", "while", "until", "for", "if", "case", "[["].iter().any(|word| self.is_keyword(word));
            if !begins && !self.looking_at("(") {
                (self.at, self.line) = start;
            } else {
                own = name;
            }
        }
        Ok(Command::Beside { name: own, body: Rc::new(self.stage()?) })
    }
}
