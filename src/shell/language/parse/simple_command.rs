//! Simple commands: assignments, words and redirections.

use super::{REDIRECTION, Read};
use crate::shell::language::lexer::{Lexer, is_meta};
use crate::shell::language::syntax::{
    ArrayWords, Assigned, Assignment, Command, DECLARING, ParseError, Redirect, Stage, Word, is_name,
};

impl Lexer {
    pub(super) fn simple(&mut self) -> Read<Stage> {
        let (mut assignments, mut words, mut arrays, mut redirects) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        loop {
            self.skip_blanks();
            if self.redirect(&mut redirects)? {
                continue;
            }
            let Some(c) = self.peek() else { break };
            if is_meta(c) && !self.is_process() {
                // `a (` is no command.
                if c == '(' && !words.is_empty() {
                    // Behind one word it could only be a function's.
                    if words.len() > 1 || !assignments.is_empty() || !redirects.is_empty() {
                        return Err(self.unexpected());
                    }
                    self.at += 1;
                    self.skip_blanks();
                    return Err(self.missing(")"));
                }
                break;
            }
            if words.is_empty() && !assignments.is_empty() {
                self.expand_alias();
            }
            let declares = words.first().and_then(Word::literal).is_some_and(|word| DECLARING.contains(&word));
            match self.assignment(words.is_empty(), declares)? {
                Some(assignment) if words.is_empty() => assignments.push(assignment),
                Some(assignment) => arrays.push(assignment),
                None => words.push(self.word()?),
            }
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.unexpected());
        }
        Ok(Stage { command: Command::Simple { assignments, words, arrays }, redirects, line: 0 })
    }

    /// Reads `NAME=…` if it stands here: any before the first word, only arrays behind `declare`.
    fn assignment(&mut self, is_first: bool, declares: bool) -> Read<Option<Assignment>> {
        let rest = self.chars.get(self.at..).unwrap_or(&[]);
        let name: String = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
        if !is_name(&name) || !(is_first || declares) {
            return Ok(None);
        }
        let start = (self.at, self.line);
        self.take(&name);
        let mut index = None;
        if self.dialect.is_bash && is_first && self.take("[") {
            match self.until_closed('[', ']') {
                Ok(text) => index = Some(Lexer::new(&text, self.dialect).word_until(|_| false)?),
                Err(_) => {
                    (self.at, self.line) = start;
                    return Ok(None);
                }
            }
        }
        let appends = self.dialect.is_bash && self.looking_at("+=");
        let is_array = self.dialect.is_bash && (self.looking_at("=(") || self.looking_at("+=("));
        if !(self.take("+=") && appends || self.take("=")) || !(is_first || is_array) {
            (self.at, self.line) = start;
            return Ok(None);
        }
        let value = match is_array && self.take("(") {
            true => {
                let (values, written) = self.array()?;
                Assigned::Array(values, written.into())
            }
            false => Assigned::Word(self.word()?),
        };
        Ok(Some(Assignment { name, index, appends, value }))
    }

    /// Reads the words of an array up to the closing bracket; gives them as they are written, too.
    fn array(&mut self) -> Read<(ArrayWords, String)> {
        let (mut all, mut written) = (Vec::new(), Vec::new());
        loop {
            self.skip_lines()?;
            if self.take(")") {
                return Ok((all, written.join(" ")));
            }
            let mut key = None;
            let start = (self.at, self.line);
            if self.take("[") {
                let text = self.until_closed('[', ']')?;
                if self.take("=") {
                    key = Some(Lexer::new(&text, self.dialect).word_until(|_| false)?);
                } else {
                    (self.at, self.line) = start;
                }
            }
            let word = self.word()?;
            if word.0.is_empty() && key.is_none() {
                return Err(self.unexpected());
            }
            all.push((key, word));
            written.push(self.text_since(start.0));
        }
    }

    /// Reads a redirection, if one stands here.
    pub(super) fn redirect(&mut self, redirects: &mut Vec<Redirect>) -> Read<bool> {
        self.skip_blanks();
        // Only bash has numbers with more than one digit.
        let most = if self.dialect.is_bash { 3 } else { 1 };
        let rest = self.chars.get(self.at..).unwrap_or(&[]);
        let number: String = rest.iter().take_while(|c| c.is_ascii_digit()).take(most).collect();
        let digit = number.parse::<u8>().ok().filter(|number| *number < u8::MAX);
        let operators: &[&str] = &["&>>", "&>", ">>", ">&", ">|", ">", "<<<", "<<-", "<<", "<&", "<>", "<"];
        let start = self.at;
        self.at += digit.map_or(0, |_| number.len());
        let is_known = |operator: &&&str| match **operator {
            "&>" | "&>>" => self.dialect.has_extras && digit.is_none(),
            _ => true,
        };
        if !self.dialect.is_bash && self.looking_at("<<<") {
            return Err(ParseError::Unexpected(REDIRECTION.to_string(), self.line));
        }
        let found = operators.iter().filter(|operator| self.looking_at(operator)).find(is_known);
        let Some(operator) = found.filter(|_| digit.is_some() || !self.is_process()) else {
            self.at = start;
            return Ok(false);
        };
        self.take(operator);
        let stream = digit.unwrap_or(u8::from(operator.contains('>')));
        if let "<<" | "<<-" = *operator {
            let document = self.begin_document(*operator == "<<-")?;
            redirects.push(Redirect::Document(digit.unwrap_or(0), document));
            return Ok(true);
        }
        self.skip_blanks();
        if self.peek().is_none_or(is_meta) && !self.is_process() {
            return Err(match self.peek() {
                None => ParseError::Unexpected("newline".to_string(), self.line),
                Some(_) => self.unexpected(),
            });
        }
        let file = self.word()?;
        let is_stream = |word: &Word| word.constant().is_none_or(|text| text == "-" || text.parse::<u8>().is_ok());
        redirects.push(match *operator {
            "<" => Redirect::In(if digit.is_some() { stream } else { 0 }, file),
            "<>" => Redirect::Both(if digit.is_some() { stream } else { 0 }, file),
            "<<<" => Redirect::Text(digit.unwrap_or(0), file),
            "<&" => Redirect::Join(stream, file),
            ">&" if digit.is_some() || is_stream(&file) => Redirect::Join(stream, file),
            ">&" | "&>" => Redirect::Out { stream: 255, appends: false, forces: false, file },
            "&>>" => Redirect::Out { stream: 255, appends: true, forces: false, file },
            operator => Redirect::Out { stream, appends: operator == ">>", forces: operator == ">|", file },
        });
        Ok(true)
    }
}
