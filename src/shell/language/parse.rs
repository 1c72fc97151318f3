//! Reads the shell's language into a tree; runs nothing and knows no container.

mod background;
mod condition;
mod select;
mod simple_command;

use super::lexer::{Aliases, Lexer, is_meta};
use super::syntax::{Arm, Command, Dialect, Joint, List, ParseError, Pipeline, Redirect, Stage, Timing, Word, is_name};
use std::rc::Rc;

/// Reads a whole script.
///
/// # Errors
/// When it is not complete or not in the language.
pub fn parse(text: &str, dialect: Dialect) -> Result<List, ParseError> {
    Lexer::new(text, dialect).script()
}

/// Reads a whole script in which aliases stand for their texts.
///
/// # Errors
/// When it is not complete or not in the language.
pub fn parse_expanded(text: &str, dialect: Dialect, aliases: &Aliases) -> Result<List, ParseError> {
    let mut lexer = Lexer::new(text, dialect);
    lexer.expansion.aliases = aliases.clone();
    lexer.script()
}

/// Reads a text as it stands between double quotes.
///
/// # Errors
/// When something in it is not closed.
pub fn parse_quoted(text: &str, dialect: Dialect) -> Result<Word, ParseError> {
    Lexer::new(text, dialect).inside_quotes()
}

/// The commands of a text as they are written, each with what `&&` and `||` join to it.
///
/// # Errors
/// When something in it is not closed, or not in the language.
pub fn written_commands(text: &str, dialect: Dialect) -> Result<Vec<String>, ParseError> {
    Lexer::new(text, dialect).written_commands()
}

/// The words that begin or end compound commands.
const RESERVED: &[&str] = &["do", "done", "then", "fi", "else", "elif", "esac", "}"];

/// What dash and BusyBox call `<<<`, which they do not have.
pub(super) const REDIRECTION: &str = "redirection";
/// What other shells than bash say of `for 1`; it stands in place of a word.
pub(super) const BAD_VARIABLE: &str = "Bad for loop variable";
/// What other shells than bash say of a function whose name is no name of a variable; it stands in place of a word.
pub(super) const BAD_FUNCTION: &str = "Bad function name";

/// What `select` shows, as a command of the shell's own.
pub(super) const CHOICES: &str = "select list";
/// What it asks with.
pub(super) const PROMPT: &str = "select prompt";
/// What it makes of an answer.
pub(super) const CHOSEN: &str = "select answer";

type Read<T> = Result<T, ParseError>;

impl Lexer {
    /// Reads everything that is left.
    pub(super) fn script(&mut self) -> Read<List> {
        let list = self.list(&[])?;
        self.skip_blanks();
        if self.peek().is_some() {
            return Err(self.unexpected());
        }
        self.check_documents()?;
        Ok(list)
    }

    fn unexpected(&self) -> ParseError {
        match self.peek() {
            None => ParseError::Incomplete,
            Some('\n') => ParseError::Unexpected("newline".to_string(), self.line),
            Some(_) => ParseError::Unexpected(self.token(), self.line),
        }
    }

    /// The same where only one word can stand.
    fn missing(&self, wanted: &'static str) -> ParseError {
        match self.unexpected() {
            ParseError::Unexpected(found, line) => ParseError::Missing(wanted, found, line),
            _ => ParseError::Missing(wanted, String::new(), self.line),
        }
    }

    /// The operator or the word that is next, as messages show it.
    fn token(&self) -> String {
        for operator in [";;", "&&", "||", ";", "&", "|", "(", ")", "<", ">"] {
            if self.looking_at(operator) {
                return operator.to_string();
            }
        }
        self.keyword()
    }

    /// The plain letters that are next, up to a blank or an operator.
    fn keyword(&self) -> String {
        self.chars.get(self.at..).unwrap_or(&[]).iter().take_while(|c| !is_meta(**c)).collect()
    }

    fn is_keyword(&self, word: &str) -> bool {
        self.looking_at(word) && self.chars.get(self.at + word.len()).is_none_or(|c| is_meta(*c))
    }

    fn skip_lines(&mut self) -> Read<()> {
        self.skip_blanks();
        while self.peek() == Some('\n') {
            self.newline()?;
            self.skip_blanks();
        }
        Ok(())
    }

    fn expect(&mut self, keyword: &'static str) -> Read<()> {
        self.skip_lines()?;
        if self.looking_at(";") && !self.looking_at(";;") {
            self.at += 1;
            self.skip_lines()?;
        }
        if !self.is_keyword(keyword) {
            return Err(self.missing(keyword));
        }
        self.take(keyword);
        Ok(())
    }

    /// Reads pipelines until one of the words, a closing bracket, `;;` or the end.
    pub(super) fn list(&mut self, ends: &[&str]) -> Read<List> {
        self.deeper()?;
        let mut list = Vec::new();
        let mut joint = Joint::Always;
        loop {
            self.skip_lines()?;
            let is_end = match self.peek() {
                None => true,
                Some(')') => joint == Joint::Always,
                Some(';') => self.looking_at(";;") || self.looking_at(";&"),
                Some(_) => {
                    joint == Joint::Always && {
                        // Any other of these words is a mistake, which is told with the one that should stand there.
                        ends.iter().chain(RESERVED.iter().filter(|_| !list.is_empty())).any(|end| self.is_keyword(end))
                    }
                }
            };
            if is_end {
                if joint != Joint::Always {
                    return Err(self.unexpected());
                }
                break;
            }
            let mut pipeline = self.pipeline()?;
            self.skip_blanks();
            let is_background = self.looking_at("&") && !self.looking_at("&&");
            pipeline.is_background = is_background && joint == Joint::Always;
            list.push((joint, Rc::new(pipeline)));
            if is_background && joint != Joint::Always {
                background::behind(&mut list);
            }
            joint = match self.peek() {
                _ if self.take("&&") => Joint::And,
                _ if self.take("||") => Joint::Or,
                _ if self.looking_at(";;") || self.looking_at(";&") => break,
                Some(';' | '&') => {
                    self.at += 1;
                    Joint::Always
                }
                Some('\n') => Joint::Always,
                _ => break,
            };
        }
        self.depth -= 1;
        Ok(list)
    }

    /// Reads a list that must not be empty.
    fn block(&mut self, ends: &[&str]) -> Read<Rc<List>> {
        let list = self.list(ends)?;
        match list.is_empty() && self.peek().is_some() {
            true => Err(self.unexpected()),
            false => Ok(Rc::new(list)),
        }
    }

    fn pipeline(&mut self) -> Read<Pipeline> {
        let (mut is_negated, mut timing) = (false, None);
        loop {
            self.skip_blanks();
            if self.is_keyword("!") {
                self.at += 1;
                is_negated = !is_negated;
            } else if self.dialect.is_bash && self.is_keyword("time") {
                self.at += 4;
                timing = Some(Timing::Usual);
                self.skip_blanks();
                if self.is_keyword("-p") {
                    self.at += 2;
                    timing = Some(Timing::Portable);
                }
            } else {
                break;
            }
        }
        let mut stages = vec![Rc::new(self.stage()?)];
        loop {
            self.skip_blanks();
            if self.looking_at("||") || !self.take("|") {
                break;
            }
            if self.dialect.is_bash && self.take("&") {
                // `a |& b` is `a 2>&1 | b`.
                if let Some(last) = stages.last_mut() {
                    let mut stage = Stage::clone(last);
                    stage.redirects.push(Redirect::Join(2, Word::quoted("1")));
                    *last = Rc::new(stage);
                }
            }
            self.skip_lines()?;
            if self.peek().is_none() {
                return Err(ParseError::Incomplete);
            }
            stages.push(Rc::new(self.stage()?));
        }
        Ok(Pipeline { is_negated, timing, stages, is_background: false })
    }

    fn stage(&mut self) -> Read<Stage> {
        self.skip_blanks();
        self.expand_alias();
        self.skip_blanks();
        let line = self.line;
        let Some(command) = self.compound()? else {
            let mut stage = self.simple()?;
            stage.line = line;
            return Ok(stage);
        };
        let mut redirects = Vec::new();
        while self.redirect(&mut redirects)? {}
        Ok(Stage { command, redirects, line })
    }

    /// Reads a command that has an end of its own, if one begins here.
    fn compound(&mut self) -> Read<Option<Command>> {
        let keyword = self.keyword();
        let command = match keyword.as_str() {
            "for" => self.for_loop()?,
            "while" | "until" => {
                self.take(&keyword);
                let condition = self.block(&["do"])?;
                let body = self.do_block()?;
                Command::While { is_until: keyword == "until", condition, body }
            }
            "if" => self.condition()?,
            "case" => self.case()?,
            "{" => {
                self.at += 1;
                let body = self.block(&["}"])?;
                self.expect("}")?;
                Command::Group { body, is_subshell: false }
            }
            "[[" if self.dialect.has_extras => {
                self.at += 2;
                let test = self.test_or()?;
                self.skip_lines()?;
                if !self.take("]]") {
                    return Err(self.unexpected());
                }
                Command::Test(Rc::new(test))
            }
            "function" if self.dialect.has_extras => {
                self.take("function");
                self.skip_blanks();
                let name = self.keyword();
                self.take(&name);
                self.skip_blanks();
                if self.take("(") {
                    self.skip_blanks();
                    self.take(")");
                }
                self.function(name)?
            }
            "select" if self.dialect.is_bash => self.select()?,
            "coproc" if self.dialect.is_bash => self.beside()?,
            word if RESERVED.contains(&word) => return Err(self.unexpected()),
            "" if self.looking_at("((") && self.dialect.is_bash && self.closes_sum() => {
                self.at += 2;
                let source = self.until_closed('(', ')')?;
                self.at += 1;
                Command::Sum(source)
            }
            "" if self.take("(") => {
                let body = self.block(&[])?;
                self.skip_lines()?;
                if !self.take(")") {
                    return Err(self.missing(")"));
                }
                Command::Group { body, is_subshell: true }
            }
            word => match self.function_name(word) {
                Some(length) => {
                    let name = word.to_string();
                    self.at += length;
                    self.function(name)?
                }
                None => return Ok(None),
            },
        };
        Ok(Some(command))
    }

    /// How long `name()` is here, if it is that.
    fn function_name(&self, word: &str) -> Option<usize> {
        let is_fit = !word.is_empty() && !word.contains(['$', '\'', '"', '`', '\\', '=']);
        let mut at = self.at + word.chars().count();
        let mut skip = |wanted: char| {
            while matches!(self.chars.get(at), Some(' ' | '\t')) {
                at += 1;
            }
            at += 1;
            self.chars.get(at - 1) == Some(&wanted)
        };
        (is_fit && skip('(') && skip(')')).then_some(at - self.at)
    }

    fn function(&mut self, name: String) -> Read<Command> {
        if !self.dialect.is_bash && !is_name(&name) {
            return Err(ParseError::Unexpected(BAD_FUNCTION.to_string(), self.line));
        }
        self.skip_lines()?;
        if self.peek().is_none() {
            return Err(ParseError::Incomplete);
        }
        let (line, start) = (self.line, self.at);
        self.deeper()?;
        let Some(command) = self.compound()? else { return Err(self.unexpected()) };
        let mut redirects = Vec::new();
        while self.redirect(&mut redirects)? {}
        self.depth -= 1;
        let text = self.text_since(start).into();
        Ok(Command::Function { name, body: Rc::new(Stage { command, redirects, line }), text })
    }

    /// What was read since a place, without blanks around it.
    pub(super) fn text_since(&self, start: usize) -> String {
        let text: String = self.chars.get(start..self.at).unwrap_or(&[]).iter().collect();
        text.trim().to_string()
    }

    /// The commands of a list as they are written, each with what `&&` and `||` join to it.
    fn written_commands(&mut self) -> Read<Vec<String>> {
        let mut all = Vec::new();
        loop {
            self.skip_lines()?;
            if self.peek().is_none() {
                return Ok(all);
            }
            let start = self.at;
            self.pipeline()?;
            self.skip_blanks();
            while self.take("&&") || self.take("||") {
                self.skip_lines()?;
                self.pipeline()?;
                self.skip_blanks();
            }
            let text = self.text_since(start);
            let is_background = self.take("&");
            if !is_background && !self.take(";") && !matches!(self.peek(), None | Some('\n')) {
                return Err(self.unexpected());
            }
            all.push(if is_background { format!("{text} &") } else { text });
        }
    }

    fn do_block(&mut self) -> Read<Rc<List>> {
        self.expect("do")?;
        let body = self.block(&["done"])?;
        self.expect("done")?;
        Ok(body)
    }

    fn for_loop(&mut self) -> Read<Command> {
        self.take("for");
        self.skip_blanks();
        if self.dialect.is_bash && self.take("((") {
            let source = self.until_closed('(', ')')?;
            self.at += 1;
            let mut parts = source.splitn(3, ';').map(|part| part.trim_start().to_string());
            let mut part = || parts.next().unwrap_or_default();
            let sums = [part(), part(), part()];
            return Ok(Command::Count { sums, body: self.do_block()? });
        }
        let name = self.keyword();
        if !is_name(&name) {
            return Err(match self.unexpected() {
                ParseError::Unexpected(_, line) if !self.dialect.is_bash => {
                    ParseError::Unexpected(BAD_VARIABLE.to_string(), line)
                }
                error => error,
            });
        }
        self.take(&name);
        self.skip_lines()?;
        let mut values = None;
        if self.is_keyword("in") {
            self.take("in");
            values = Some(self.words()?);
        }
        Ok(Command::For { name, values, body: self.do_block()? })
    }

    fn words(&mut self) -> Read<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                None => break,
                Some(c) if is_meta(c) && !self.is_process() => break,
                Some(_) => words.push(self.word()?),
            }
        }
        Ok(words)
    }

    fn is_process(&self) -> bool {
        self.dialect.is_bash && (self.looking_at("<(") || self.looking_at(">("))
    }

    fn case(&mut self) -> Read<Command> {
        self.take("case");
        self.skip_blanks();
        let word = self.word()?;
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_lines()?;
            if self.is_keyword("esac") {
                self.take("esac");
                return Ok(Command::Case { word, arms: Rc::new(arms) });
            }
            self.take("(");
            let mut patterns = Vec::new();
            loop {
                self.skip_blanks();
                let pattern = self.word()?;
                if pattern.0.is_empty() {
                    return Err(if self.peek().is_none() { self.missing(")") } else { self.unexpected() });
                }
                patterns.push(pattern);
                self.skip_blanks();
                if !self.take("|") {
                    break;
                }
            }
            if !self.take(")") {
                return Err(self.missing(")"));
            }
            let body = Rc::new(self.list(&["esac"])?);
            self.skip_lines()?;
            let end = [";;&", ";;", ";&"].into_iter().find(|end| self.take(end)).unwrap_or("");
            arms.push(Arm { patterns, body, end });
            if end.is_empty() && !self.is_keyword("esac") {
                return Err(self.unexpected());
            }
        }
    }
}
