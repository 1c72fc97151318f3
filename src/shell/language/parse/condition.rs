//! `[[ … ]]`: how conditions are read.

use super::Read;
use crate::shell::language::lexer::Lexer;
use crate::shell::language::syntax::{Command, Condition, ParseError, Word};
use std::rc::Rc;

impl Lexer {
    pub(super) fn condition(&mut self) -> Read<Command> {
        let mut branches = Vec::new();
        self.take("if");
        loop {
            let condition = self.block(&["then"])?;
            self.expect("then")?;
            branches.push((condition, self.block(&["elif", "else", "fi"])?));
            if !self.is_keyword("elif") {
                break;
            }
            self.take("elif");
        }
        let otherwise = match self.is_keyword("else") {
            true => {
                self.take("else");
                Some(self.block(&["fi"])?)
            }
            false => None,
        };
        self.expect("fi")?;
        Ok(Command::If { branches: Rc::new(branches), otherwise })
    }

    pub(super) fn test_or(&mut self) -> Read<Condition> {
        let mut left = self.test_and()?;
        for _ in 0..TERMS_MAX {
            self.skip_lines()?;
            if !self.take("||") {
                return Ok(left);
            }
            left = Condition::Or(Box::new(left), Box::new(self.test_and()?));
        }
        Err(too_many_terms())
    }

    fn test_and(&mut self) -> Read<Condition> {
        let mut left = self.test_one()?;
        for _ in 0..TERMS_MAX {
            self.skip_lines()?;
            if !self.take("&&") {
                return Ok(left);
            }
            left = Condition::And(Box::new(left), Box::new(self.test_one()?));
        }
        Err(too_many_terms())
    }

    fn test_one(&mut self) -> Read<Condition> {
        self.deeper()?;
        let condition = self.test_inside()?;
        self.depth -= 1;
        Ok(condition)
    }

    fn test_inside(&mut self) -> Read<Condition> {
        self.skip_lines()?;
        if self.is_keyword("!") {
            self.at += 1;
            return Ok(Condition::Not(Box::new(self.test_one()?)));
        }
        if self.take("(") {
            let inside = self.test_or()?;
            self.skip_lines()?;
            return if self.take(")") { Ok(inside) } else { Err(self.unexpected()) };
        }
        let word = self.word()?;
        if word.0.is_empty() || word.literal() == Some("]]") {
            return Err(self.unexpected());
        }
        self.skip_blanks();
        let operand_is_next = !self.is_keyword("]]") && !self.looking_at("&&") && !self.looking_at("||");
        if let Some(operator) = word.literal().filter(|text| is_unary(text) && operand_is_next && !self.looking_at(")"))
        {
            return Ok(Condition::Unary(operator.to_string(), self.word()?));
        }
        if !operand_is_next || self.looking_at(")") {
            return Ok(Condition::Word(word));
        }
        let operator = match self.peek() {
            Some(c @ ('<' | '>')) => {
                self.at += 1;
                c.to_string()
            }
            _ => self.word()?.constant().unwrap_or_default(),
        };
        self.skip_blanks();
        let right = match operator.as_str() {
            "=~" => self.regex()?,
            _ => {
                let before = std::mem::replace(&mut self.takes_groups, true);
                let word = self.word();
                self.takes_groups = before;
                word?
            }
        };
        Ok(Condition::Binary(word, operator, right))
    }

    /// Reads the pattern behind `=~`: brackets and bars belong to it, blanks inside brackets too.
    fn regex(&mut self) -> Read<Word> {
        let depth = std::cell::Cell::new(0_u32);
        self.word_until(|c| {
            match c {
                '(' => depth.set(depth.get() + 1),
                ')' if depth.get() == 0 => return true,
                ')' => depth.set(depth.get() - 1),
                ' ' | '\t' | '\n' => return depth.get() == 0,
                _ => {}
            }
            false
        })
    }
}

/// The most conditions that `&&` or `||` join inside of `[[`.
const TERMS_MAX: usize = 200;

fn too_many_terms() -> ParseError {
    ParseError::Unknown(format!("a [[ of more than {TERMS_MAX} conditions"))
}

/// Whether `[[` knows it as a question about one word.
pub(super) fn is_unary(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('-')
        && chars.next().is_some_and(|c| "abcdefghknoprstuvwxzGLNORS".contains(c))
        && chars.next().is_none()
}
