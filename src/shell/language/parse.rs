//! Reads the shell's language into a tree; runs nothing and knows no container.

use super::lexer::{Lexer, is_meta};
use super::syntax::{
    Arm, Assigned, Assignment, Command, Condition, Dialect, Joint, List, ParseError, Pipeline, Redirect, Stage, Word,
    is_name,
};
use std::rc::Rc;

/// How deep commands may stand inside each other.
const DEPTH_MAX: usize = 40;

/// Reads a whole script.
///
/// # Errors
/// When it is not complete or not in the language.
pub fn parse(text: &str, dialect: Dialect) -> Result<List, ParseError> {
    Lexer::new(text, dialect).script()
}

/// Reads a text as it stands between double quotes.
///
/// # Errors
/// When something in it is not closed.
pub fn parse_quoted(text: &str, dialect: Dialect) -> Result<Word, ParseError> {
    Lexer::new(text, dialect).inside_quotes()
}

/// The words that begin or end compound commands.
const RESERVED: &[&str] = &["do", "done", "then", "fi", "else", "elif", "esac", "}"];
/// The commands whose arguments may be assignments of arrays.
const DECLARING: &[&str] = &["declare", "typeset", "local", "export", "readonly"];

/// What dash says of `for 1`; it stands in place of a word.
pub(super) const BAD_VARIABLE: &str = "Bad for loop variable";

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

    fn expect(&mut self, keyword: &str) -> Read<()> {
        self.skip_lines()?;
        if self.looking_at(";") && !self.looking_at(";;") {
            self.at += 1;
            self.skip_lines()?;
        }
        if !self.is_keyword(keyword) {
            return Err(self.unexpected());
        }
        self.take(keyword);
        Ok(())
    }

    /// Reads pipelines until one of the words, a closing bracket, `;;` or the end.
    pub(super) fn list(&mut self, ends: &[&str]) -> Read<List> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(ParseError::Unknown("commands so deep inside each other".to_string()));
        }
        let mut list = Vec::new();
        let mut joint = Joint::Always;
        loop {
            self.skip_lines()?;
            let is_end = match self.peek() {
                None => true,
                Some(')') => joint == Joint::Always,
                Some(';') => self.looking_at(";;") || self.looking_at(";&"),
                Some(_) => joint == Joint::Always && ends.iter().any(|end| self.is_keyword(end)),
            };
            if is_end {
                if joint != Joint::Always {
                    return Err(self.unexpected());
                }
                break;
            }
            let mut pipeline = self.pipeline()?;
            self.skip_blanks();
            pipeline.is_background = self.looking_at("&") && !self.looking_at("&&");
            list.push((joint, Rc::new(pipeline)));
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
        match list.is_empty() {
            true => Err(self.unexpected()),
            false => Ok(Rc::new(list)),
        }
    }

    fn pipeline(&mut self) -> Read<Pipeline> {
        let (mut is_negated, mut is_timed) = (false, false);
        loop {
            self.skip_blanks();
            if self.is_keyword("!") {
                self.at += 1;
                is_negated = !is_negated;
            } else if self.dialect.is_bash && self.is_keyword("time") {
                self.at += 4;
                is_timed = true;
                self.skip_blanks();
                if self.is_keyword("-p") {
                    self.at += 2;
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
        Ok(Pipeline { is_negated, is_timed, stages, is_background: false })
    }

    fn stage(&mut self) -> Read<Stage> {
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
            "select" | "coproc" if self.dialect.is_bash => return Err(ParseError::Unknown(keyword)),
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
                    return Err(self.unexpected());
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
        self.skip_lines()?;
        if self.peek().is_none() {
            return Err(ParseError::Incomplete);
        }
        let line = self.line;
        let Some(command) = self.compound()? else { return Err(self.unexpected()) };
        let mut redirects = Vec::new();
        while self.redirect(&mut redirects)? {}
        Ok(Command::Function { name, body: Rc::new(Stage { command, redirects, line }) })
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
            let mut parts = source.splitn(3, ';').map(|part| part.trim().to_string());
            let mut part = || parts.next().unwrap_or_default();
            let sums = [part(), part(), part()];
            return Ok(Command::Count { sums, body: self.do_block()? });
        }
        let name = self.keyword();
        if !is_name(&name) {
            return Err(match self.unexpected() {
                ParseError::Unexpected(_, line) if !self.dialect.has_extras => {
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

    fn condition(&mut self) -> Read<Command> {
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
                    return Err(self.unexpected());
                }
                patterns.push(pattern);
                self.skip_blanks();
                if !self.take("|") {
                    break;
                }
            }
            if !self.take(")") {
                return Err(self.unexpected());
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

    fn simple(&mut self) -> Read<Stage> {
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
                    return Err(self.unexpected());
                }
                break;
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
            true => Assigned::Array(self.array()?),
            false => Assigned::Word(self.word()?),
        };
        Ok(Some(Assignment { name, index, appends, value }))
    }

    /// Reads the words of an array up to the closing bracket.
    fn array(&mut self) -> Read<Vec<(Option<Word>, Word)>> {
        let mut all = Vec::new();
        loop {
            self.skip_lines()?;
            if self.take(")") {
                return Ok(all);
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
        }
    }

    /// Reads a redirection, if one stands here.
    fn redirect(&mut self, redirects: &mut Vec<Redirect>) -> Read<bool> {
        self.skip_blanks();
        let digit = self.peek().and_then(|c| c.to_digit(10)).and_then(|digit| u8::try_from(digit).ok());
        let operators: &[&str] = &["&>>", "&>", ">>", ">&", ">|", ">", "<<<", "<<-", "<<", "<&", "<>", "<"];
        let start = self.at;
        self.at += usize::from(digit.is_some());
        let is_known = |operator: &&&str| match **operator {
            "&>" | "&>>" => self.dialect.has_extras && digit.is_none(),
            "<<<" => self.dialect.is_bash,
            _ => true,
        };
        let found = operators.iter().filter(|operator| self.looking_at(operator)).find(is_known);
        let Some(operator) = found.filter(|_| digit.is_some() || !self.is_process()) else {
            self.at = start;
            return Ok(false);
        };
        self.take(operator);
        let stream = digit.unwrap_or(u8::from(operator.contains('>')));
        if let "<<" | "<<-" = *operator {
            redirects.push(Redirect::Document(self.begin_document(*operator == "<<-")?));
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
            "<" | "<>" => Redirect::In(if digit.is_some() { stream } else { 0 }, file),
            "<<<" => Redirect::Text(file),
            "<&" => Redirect::Join(stream, file),
            ">&" if digit.is_some() || is_stream(&file) => Redirect::Join(stream, file),
            ">&" | "&>" => Redirect::Out { stream: 255, appends: false, file },
            "&>>" => Redirect::Out { stream: 255, appends: true, file },
            operator => Redirect::Out { stream, appends: operator == ">>", file },
        });
        Ok(true)
    }

    fn test_or(&mut self) -> Read<Condition> {
        let mut left = self.test_and()?;
        loop {
            self.skip_lines()?;
            if !self.take("||") {
                return Ok(left);
            }
            left = Condition::Or(Box::new(left), Box::new(self.test_and()?));
        }
    }

    fn test_and(&mut self) -> Read<Condition> {
        let mut left = self.test_one()?;
        loop {
            self.skip_lines()?;
            if !self.take("&&") {
                return Ok(left);
            }
            left = Condition::And(Box::new(left), Box::new(self.test_one()?));
        }
    }

    fn test_one(&mut self) -> Read<Condition> {
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
            _ => self.word()?,
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

/// Whether `[[` knows it as a question about one word.
pub(super) fn is_unary(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('-')
        && chars.next().is_some_and(|c| "abcdefghknoprstuvwxzGLNORS".contains(c))
        && chars.next().is_none()
}
