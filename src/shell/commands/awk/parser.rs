//! Reads programs of `awk`: rules, functions, statements. Expressions stand in `expression.rs`.

use super::lexer::{Keyword, Lexer, Token};
use super::syntax::{Expr, Function, Name, Place, Redirect, Rule, Script, Statement, Way, When};
use std::rc::Rc;

/// Why a program cannot be run.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is none: what stands where nothing like it may, and in which line.
    Syntax(String, usize),
    /// A block has no end; the line behind the last.
    NoEnd(usize),
    /// This lab does not have what it asks for.
    Unknown(String),
}

/// What was read, or what is wrong with the program.
pub type Read<T> = Result<T, Trouble>;

/// How deep a program may be nested.
const DEPTH_MAX: usize = 60;

/// Reads a program from its words.
pub struct Parser {
    pub(super) lexer: Lexer,
    pub(super) token: Token,
    /// Where the present token begins.
    pub(super) start: usize,
    /// The parameters of the function that is read.
    pub(super) parameters: Vec<Rc<str>>,
    /// Whether `>` belongs to `print`, and `in` to `for`.
    pub(super) no_greater: bool,
    pub(super) no_in: bool,
    pub(super) depth: usize,
    /// The functions that are called.
    called: Vec<Rc<str>>,
}

/// Reads a program.
///
/// # Errors
/// What is wrong with it.
pub fn parse(program: &str) -> Read<Script> {
    let mut parser = Parser {
        lexer: Lexer::new(program),
        token: Token::NewLine,
        start: 0,
        parameters: Vec::new(),
        no_greater: false,
        no_in: false,
        depth: 0,
        called: Vec::new(),
    };
    parser.advance()?;
    let mut script = Script::default();
    loop {
        while matches!(parser.token, Token::NewLine | Token::Sign(";")) {
            parser.advance()?;
        }
        match parser.token.clone() {
            Token::End => break,
            Token::Keyword(Keyword::Begin) => {
                parser.advance()?;
                script.begin.append(&mut parser.block()?);
            }
            Token::Keyword(Keyword::End) => {
                parser.advance()?;
                script.has_end = true;
                script.end.append(&mut parser.block()?);
            }
            Token::Keyword(Keyword::Function) => {
                let function = parser.function()?;
                script.functions.push(function);
            }
            Token::Name(name, _) if matches!(&*name, "BEGINFILE" | "ENDFILE") => {
                return Err(Trouble::Unknown(name.to_string()));
            }
            _ => script.rules.push(parser.rule()?),
        }
    }
    let is_there = |name: &Rc<str>| script.functions.iter().any(|function| function.name == **name);
    let missing = parser.called.iter().find(|name| !is_there(name));
    script.missing = missing.map(|name| (name.to_string(), parser.lexer.line() + 1));
    Ok(script)
}

impl Parser {
    /// Goes on to the next token.
    pub(super) fn advance(&mut self) -> Read<()> {
        self.start = self.lexer.at;
        self.token = self.lexer.next().map_err(|what| Trouble::Syntax(what, self.lexer.line()))?;
        if self.token == Token::Sign("@") {
            return Err(Trouble::Unknown("@".into()));
        }
        Ok(())
    }

    pub(super) fn unexpected<T>(&self) -> Read<T> {
        let near = match &self.token {
            Token::End => "end of file".to_string(),
            Token::NewLine => "end of line".to_string(),
            _ => self
                .lexer
                .chars
                .get(self.start..self.lexer.at)
                .unwrap_or(&[])
                .iter()
                .collect::<String>()
                .trim()
                .to_string(),
        };
        let before = Lexer { at: self.start, ..self.lexer.clone() };
        Err(Trouble::Syntax(near, before.line()))
    }

    pub(super) fn is(&self, sign: &'static str) -> bool {
        self.token == Token::Sign(sign)
    }

    pub(super) fn take(&mut self, sign: &'static str) -> Read<bool> {
        let is_there = self.is(sign);
        if is_there {
            self.advance()?;
        }
        Ok(is_there)
    }

    pub(super) fn expect(&mut self, sign: &'static str) -> Read<()> {
        if self.take(sign)? { Ok(()) } else { self.unexpected() }
    }

    pub(super) fn skip_lines(&mut self) -> Read<()> {
        while self.token == Token::NewLine {
            self.advance()?;
        }
        Ok(())
    }

    /// Goes one level deeper while `read` reads.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Parser) -> Read<T>) -> Read<T> {
        if self.depth >= DEPTH_MAX {
            return Err(Trouble::Unknown("a program that is nested so deep".into()));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn named(&self, name: Rc<str>) -> Name {
        match self.parameters.iter().position(|parameter| *parameter == name) {
            Some(at) => Name::Local(at),
            None => Name::Global(name),
        }
    }

    pub(super) fn note_call(&mut self, name: &Rc<str>) {
        self.called.push(Rc::clone(name));
    }

    fn function(&mut self) -> Read<Function> {
        self.advance()?;
        let Token::Name(name, _) = self.token.clone() else { return self.unexpected() };
        self.advance()?;
        self.expect("(")?;
        let mut parameters = Vec::new();
        while let Token::Name(parameter, _) = self.token.clone() {
            parameters.push(parameter);
            self.advance()?;
            if !self.take(",")? {
                break;
            }
            self.skip_lines()?;
        }
        self.expect(")")?;
        self.skip_lines()?;
        self.parameters = parameters;
        let body = self.block()?;
        let parameters = std::mem::take(&mut self.parameters).len();
        Ok(Function { name: name.to_string(), parameters, body })
    }

    fn rule(&mut self) -> Read<Rule> {
        if self.is("{") {
            return Ok(Rule { when: When::Always, body: Some(self.block()?) });
        }
        let from = self.expression()?;
        let when = match self.take(",")? {
            true => {
                self.skip_lines()?;
                When::Range(from, self.expression()?)
            }
            false => When::Fits(from),
        };
        let body = if self.is("{") { Some(self.block()?) } else { None };
        if body.is_none() && !matches!(self.token, Token::NewLine | Token::Sign(";") | Token::End) {
            return self.unexpected();
        }
        Ok(Rule { when, body })
    }

    /// `{ … }`.
    fn block(&mut self) -> Read<Vec<Statement>> {
        self.expect("{")?;
        let mut all = Vec::new();
        loop {
            while matches!(self.token, Token::NewLine | Token::Sign(";")) {
                self.advance()?;
            }
            if self.take("}")? {
                return Ok(all);
            }
            if self.token == Token::End {
                return Err(Trouble::NoEnd(self.lexer.line() + 1));
            }
            all.push(self.statement()?);
        }
    }

    fn statement(&mut self) -> Read<Statement> {
        self.deeper(Parser::statement_here)
    }

    fn statement_here(&mut self) -> Read<Statement> {
        let Token::Keyword(keyword) = self.token else {
            if self.is("{") {
                return Ok(Statement::Block(self.block()?));
            }
            if matches!(&self.token, Token::Name(name, _) if &**name == "switch") {
                return Err(Trouble::Unknown("switch".into()));
            }
            let statement = self.simple()?;
            return self.ended(statement);
        };
        match keyword {
            Keyword::If => self.condition(),
            Keyword::While => {
                self.advance()?;
                let condition = self.in_brackets()?;
                Ok(Statement::While(condition, Box::new(self.body()?)))
            }
            Keyword::Do => self.do_while(),
            Keyword::For => self.each(),
            Keyword::Begin | Keyword::End | Keyword::Function | Keyword::Else | Keyword::In => self.unexpected(),
            _ => {
                let statement = self.simple()?;
                self.ended(statement)
            }
        }
    }

    /// A statement has an end: `;`, a new line, or the end of its block.
    fn ended(&mut self, statement: Statement) -> Read<Statement> {
        match self.token {
            Token::NewLine | Token::Sign(";") => self.advance()?,
            // The end of the program is the block's matter.
            Token::Sign("}") | Token::End => {}
            _ => return self.unexpected(),
        }
        Ok(statement)
    }

    fn in_brackets(&mut self) -> Read<Expr> {
        self.expect("(")?;
        let expr = self.expression()?;
        self.expect(")")?;
        Ok(expr)
    }

    /// What a condition or a loop is for: a statement, or nothing.
    fn body(&mut self) -> Read<Statement> {
        if self.take(";")? {
            return Ok(Statement::Block(Vec::new()));
        }
        self.skip_lines()?;
        self.statement()
    }

    fn condition(&mut self) -> Read<Statement> {
        self.advance()?;
        let condition = self.in_brackets()?;
        let then = Box::new(self.body()?);
        // `else` may stand behind a `;` and behind lines.
        let before = (self.lexer.clone(), self.token.clone(), self.start);
        while matches!(self.token, Token::NewLine | Token::Sign(";")) {
            self.advance()?;
        }
        if self.token == Token::Keyword(Keyword::Else) {
            self.advance()?;
            return Ok(Statement::If(condition, then, Some(Box::new(self.body()?))));
        }
        (self.lexer, self.token, self.start) = before;
        Ok(Statement::If(condition, then, None))
    }

    fn do_while(&mut self) -> Read<Statement> {
        self.advance()?;
        let body = Box::new(self.body()?);
        while matches!(self.token, Token::NewLine | Token::Sign(";")) {
            self.advance()?;
        }
        if self.token != Token::Keyword(Keyword::While) {
            return self.unexpected();
        }
        self.advance()?;
        let condition = self.in_brackets()?;
        self.ended(Statement::Do(body, condition))
    }

    fn each(&mut self) -> Read<Statement> {
        self.advance()?;
        self.expect("(")?;
        let before = (self.lexer.clone(), self.token.clone(), self.start);
        if let Token::Name(variable, false) = self.token.clone() {
            self.advance()?;
            if self.token == Token::Keyword(Keyword::In) {
                self.advance()?;
                if let Token::Name(array, _) = self.token.clone() {
                    self.advance()?;
                    if self.take(")")? {
                        let place = Place::Variable(self.named(variable));
                        let array = self.named(array);
                        return Ok(Statement::ForIn(place, array, Box::new(self.body()?)));
                    }
                }
            }
            (self.lexer, self.token, self.start) = before;
        }
        let first = if self.is(";") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(";")?;
        self.skip_lines()?;
        let condition = if self.is(";") { None } else { Some(self.expression()?) };
        self.expect(";")?;
        self.skip_lines()?;
        let step = if self.is(")") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(")")?;
        Ok(Statement::For(first, condition, step, Box::new(self.body()?)))
    }

    /// A statement that `for (…)` may have.
    fn simple(&mut self) -> Read<Statement> {
        let Token::Keyword(keyword) = self.token else { return Ok(Statement::Expr(self.expression()?)) };
        if keyword == Keyword::GetLine {
            return Ok(Statement::Expr(self.expression()?));
        }
        self.advance()?;
        let has_value = !matches!(self.token, Token::NewLine | Token::Sign(";" | "}") | Token::End);
        Ok(match keyword {
            Keyword::Print | Keyword::Printf => return self.print(keyword),
            Keyword::Next => Statement::Next,
            Keyword::NextFile => Statement::NextFile,
            Keyword::Break => Statement::Break,
            Keyword::Continue => Statement::Continue,
            Keyword::Exit => Statement::Exit(if has_value { Some(self.expression()?) } else { None }),
            Keyword::Return => Statement::Return(if has_value { Some(self.expression()?) } else { None }),
            Keyword::Delete => {
                let Token::Name(name, _) = self.token.clone() else { return self.unexpected() };
                self.advance()?;
                let name = self.named(name);
                let keys = if self.take("[")? { Some(self.list("]")?) } else { None };
                Statement::Delete(name, keys)
            }
            _ => return self.unexpected(),
        })
    }

    fn print(&mut self, keyword: Keyword) -> Read<Statement> {
        let is_over = matches!(self.token, Token::NewLine | Token::Sign(";" | "}" | ">" | ">>" | "|") | Token::End);
        let before = std::mem::replace(&mut self.no_greater, true);
        let mut values = if is_over { Vec::new() } else { self.values()? };
        // `print (a, b)` has its list in brackets.
        if let [Expr::In(list, Name::Global(name))] = values.as_slice()
            && name.is_empty()
        {
            values = list.to_vec();
        }
        let redirect = match self.token {
            Token::Sign(sign @ (">" | ">>" | "|")) => {
                self.advance()?;
                let to = self.ternary()?;
                let way = match sign {
                    ">" => Way::File,
                    ">>" => Way::Append,
                    _ => Way::Command,
                };
                Some(Redirect { way, to })
            }
            _ => None,
        };
        self.no_greater = before;
        if keyword == Keyword::Print {
            Ok(Statement::Print(values, redirect))
        } else {
            Ok(Statement::Printf(values, redirect))
        }
    }

    fn values(&mut self) -> Read<Vec<Expr>> {
        let mut all = vec![self.expression()?];
        while self.take(",")? {
            self.skip_lines()?;
            all.push(self.expression()?);
        }
        Ok(all)
    }

    /// Values up to a closing sign.
    pub(super) fn list(&mut self, end: &'static str) -> Read<Vec<Expr>> {
        let before = (std::mem::take(&mut self.no_greater), std::mem::take(&mut self.no_in));
        self.skip_lines()?;
        let all = if self.is(end) { Vec::new() } else { self.values()? };
        self.skip_lines()?;
        (self.no_greater, self.no_in) = before;
        self.expect(end)?;
        Ok(all)
    }
}
