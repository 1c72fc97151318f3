//! What Go templates say, read into nodes; runs nothing.
//!
//! Follows `text/template/parse/parse.go` of Go.

use super::functions::FUNCTIONS;
use super::lexer::{Piece, Token, Word, next_piece};
use crate::model::Value;
use std::rc::Rc;

/// The deepest nesting of actions and parentheses.
const DEPTH_MAX: usize = 40;

/// A template with those that it defines.
#[derive(Debug, PartialEq)]
pub(super) struct Parsed {
    pub(super) source: String,
    pub(super) nodes: Rc<Vec<Node>>,
    pub(super) named: Vec<(String, Rc<Vec<Node>>)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    Print(Pipe),
    If(Pipe, Vec<Node>, Vec<Node>),
    With(Pipe, Vec<Node>, Vec<Node>),
    Range(Pipe, Vec<Node>, Vec<Node>),
    /// `{{template "name" pipe}}`.
    Template(String, Option<Pipe>, Place),
    Break,
    Continue,
}

/// Where something stands in the source, and its text, for messages.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) text: String,
}

/// Commands joined by `|`, with the variables that take what comes out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pipe {
    pub(super) names: Vec<String>,
    /// Whether the variables are new.
    pub(super) declares: bool,
    pub(super) commands: Vec<Command>,
    pub(super) place: Place,
}

/// Operands, the first of which may be a function.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Command {
    pub(super) operands: Vec<Operand>,
    pub(super) place: Place,
}

/// An operand; `place` is where a mistake in it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    pub(super) what: What,
    pub(super) place: Place,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Literal(Value),
    Nil,
    /// `.a.b`; without a name it is the dot itself.
    Fields(Vec<String>),
    /// `$x.a`.
    Variable(String, Vec<String>),
    /// `( … ).a`.
    Inner(Pipe, Vec<String>),
    Function(String),
}

/// Reads a template.
///
/// # Errors
/// What Go says of it: `template: output:1: unclosed action`.
pub(super) fn parse(source: &str) -> Result<Parsed, String> {
    let mut parser = Parser {
        source,
        at: 0,
        trims: false,
        words: Vec::new(),
        word: 0,
        depth: 0,
        ranges: 0,
        named: Vec::new(),
        variables: vec!["$".into()],
    };
    let nodes = parser.whole()?;
    Ok(Parsed { source: source.to_string(), nodes: Rc::new(nodes), named: parser.named })
}

/// What ended a list of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Source,
    Closed,
    Else,
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
    trims: bool,
    /// The words of the action at hand, and how far they were read.
    words: Vec<Word>,
    word: usize,
    depth: usize,
    ranges: usize,
    named: Vec<(String, Rc<Vec<Node>>)>,
    variables: Vec<String>,
}

type Parse<T> = Result<T, String>;

impl Parser<'_> {
    fn fail<T>(&self, why: impl std::fmt::Display) -> Parse<T> {
        let at = self.words.get(self.word).or(self.words.last()).map_or(self.at, |word| word.from);
        let line = self.source.get(..at).unwrap_or("").matches('\n').count() + 1;
        Err(format!("template: output:{line}: {why}"))
    }

    /// The next word, if the action has one.
    fn peek(&self) -> Option<&Token> {
        self.words.get(self.word).map(|word| &word.token)
    }

    fn next(&mut self) -> Option<Word> {
        let word = self.words.get(self.word).cloned();
        self.word += usize::from(word.is_some());
        word
    }

    /// The action must be over.
    fn ends(&mut self, context: &str) -> Parse<()> {
        if self.peek().is_some() { self.unexpected(context) } else { Ok(()) }
    }

    fn unexpected<T>(&self, context: &str) -> Parse<T> {
        let Some(word) = self.words.get(self.word) else {
            return self.fail(format!("unexpected \"}}}}\" in {context}"));
        };
        let text = self.source.get(word.from..word.to).unwrap_or("");
        match &word.token {
            Token::Wrong(why) => self.fail(why),
            Token::Name(name) if WORDS.contains(&name.as_str()) => {
                self.fail(format!("unexpected <{name}> in {context}"))
            }
            Token::Dot => self.fail(format!("unexpected <.> in {context}")),
            _ => self.fail(format!("unexpected {} in {context}", crate::api::go_quoted(text))),
        }
    }

    fn whole(&mut self) -> Parse<Vec<Node>> {
        let mut all = Vec::new();
        match self.nodes(&mut all, true)? {
            End::Source => Ok(all),
            End::Closed => self.fail("unexpected {{end}}"),
            End::Else => self.fail("unexpected {{else}}"),
        }
    }

    fn nodes(&mut self, nodes: &mut Vec<Node>, is_top: bool) -> Parse<End> {
        while let Some((piece, behind)) = next_piece(self.source, self.at, &mut self.trims) {
            self.at = behind;
            let first = match piece {
                Piece::Text(text) => {
                    if !text.is_empty() {
                        nodes.push(Node::Text(text));
                    }
                    continue;
                }
                Piece::Action(words, first) => {
                    (self.words, self.word) = (words, 0);
                    first
                }
            };
            let word = match self.peek() {
                Some(Token::Name(name)) if WORDS.contains(&name.as_str()) => name.clone(),
                _ => String::new(),
            };
            self.word += usize::from(!word.is_empty());
            match word.as_str() {
                "" => nodes.push(Node::Print(self.pipe("command")?)),
                "end" => return self.ends("end").map(|()| End::Closed),
                "else" => return Ok(End::Else),
                "define" if is_top => self.define()?,
                "define" => {
                    self.word -= 1;
                    return self.unexpected("command");
                }
                word => nodes.push(self.action(word, first)?),
            }
        }
        Ok(End::Source)
    }

    fn action(&mut self, word: &str, first: usize) -> Parse<Node> {
        match word {
            "break" | "continue" => {
                self.ends(&format!("{{{{{word}}}}}"))?;
                if self.ranges == 0 {
                    return self.fail(format!("{{{{{word}}}}} outside {{{{range}}}}"));
                }
                Ok(if word == "break" { Node::Break } else { Node::Continue })
            }
            "template" => {
                let at = self.words.get(self.word).map_or(first, |word| word.from);
                let name = self.name("template clause")?;
                let pipe = if self.peek().is_some() { Some(self.pipe("template clause")?) } else { None };
                let argument = pipe.as_ref().map(|pipe| format!(" {}", pipe.place.text)).unwrap_or_default();
                let text = format!("{{{{template {}{argument}}}}}", crate::api::go_quoted(&name));
                Ok(Node::Template(name, pipe, Place { at, text }))
            }
            "block" => {
                let at = self.words.get(self.word).map_or(first, |word| word.from);
                let name = self.name("block clause")?;
                let pipe = self.pipe("block clause")?;
                self.body_of(name.clone())?;
                let text = format!("{{{{template {} {}}}}}", crate::api::go_quoted(&name), pipe.place.text);
                Ok(Node::Template(name, Some(pipe), Place { at, text }))
            }
            word => self.control(word),
        }
    }

    /// The name of a template.
    fn name(&mut self, context: &str) -> Parse<String> {
        match self.peek() {
            Some(Token::Text(name)) => {
                let name = name.clone();
                self.word += 1;
                Ok(name)
            }
            _ => self.unexpected(context),
        }
    }

    fn define(&mut self) -> Parse<()> {
        let name = self.name("define clause")?;
        self.ends("define clause")?;
        self.body_of(name)
    }

    /// What stands up to the `end` is the template `name`.
    fn body_of(&mut self, name: String) -> Parse<()> {
        let outside = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let ranges = std::mem::take(&mut self.ranges);
        let mut body = Vec::new();
        self.deeper()?;
        match self.nodes(&mut body, false)? {
            End::Closed => {}
            End::Else => return self.fail("unexpected {{else}} in define clause"),
            End::Source => return self.fail("unexpected EOF"),
        }
        self.depth -= 1;
        (self.variables, self.ranges) = (outside, ranges);
        if self.named.iter().any(|(known, _)| *known == name) {
            let name = crate::api::go_quoted(&name);
            return self.fail(format!("template: multiple definition of template {name}"));
        }
        self.named.push((name, Rc::new(body)));
        Ok(())
    }

    fn deeper(&mut self) -> Parse<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { self.fail("too deeply nested") } else { Ok(()) }
    }

    /// `if`, `with` or `range` with what belongs to it.
    fn control(&mut self, word: &str) -> Parse<Node> {
        self.deeper()?;
        let scope = self.variables.len();
        let pipe = self.pipe(word)?;
        let is_range = word == "range";
        self.ranges += usize::from(is_range);
        let (mut body, mut otherwise) = (Vec::new(), Vec::new());
        let end = self.nodes(&mut body, false)?;
        self.ranges -= usize::from(is_range);
        match end {
            End::Closed => {}
            End::Source => return self.fail("unexpected EOF"),
            End::Else => self.otherwise(word, &mut otherwise)?,
        }
        self.variables.truncate(scope);
        self.depth -= 1;
        Ok(match word {
            "if" => Node::If(pipe, body, otherwise),
            "with" => Node::With(pipe, body, otherwise),
            _ => Node::Range(pipe, body, otherwise),
        })
    }

    /// What stands behind `else`; `else if` takes the `end` of what it stands in.
    fn otherwise(&mut self, word: &str, otherwise: &mut Vec<Node>) -> Parse<()> {
        if let Some(Token::Name(next)) = self.peek() {
            if *next == word && word != "range" {
                self.word += 1;
                otherwise.push(self.control(word)?);
                return Ok(());
            }
            return self.unexpected(if word == "range" { "else" } else { "input" });
        }
        self.ends("else")?;
        match self.nodes(otherwise, false)? {
            End::Closed => Ok(()),
            End::Source => self.fail("unexpected EOF"),
            End::Else => self.fail("expected end; found {{else}}"),
        }
    }

    /// A pipeline up to the end of the action.
    fn pipe(&mut self, context: &str) -> Parse<Pipe> {
        let (names, declares) = self.declared(context)?;
        let mut pipe = self.commands(context, false)?;
        (pipe.names, pipe.declares) = (names, declares);
        if declares {
            self.variables.extend(pipe.names.iter().cloned());
        }
        Ok(pipe)
    }

    /// `$x :=`, `$x =`, or in a range `$i, $x :=`.
    fn declared(&mut self, context: &str) -> Parse<(Vec<String>, bool)> {
        let tokens: Vec<&Token> = self.words.iter().skip(self.word).take(4).map(|word| &word.token).collect();
        let (names, sign) = match tokens.as_slice() {
            [Token::Variable(name), sign @ (Token::Declare | Token::Assign), ..] => (vec![name.clone()], *sign),
            [Token::Variable(one), Token::Comma, Token::Variable(two), sign @ (Token::Declare | Token::Assign)]
                if context == "range" =>
            {
                (vec![one.clone(), two.clone()], *sign)
            }
            [Token::Variable(_), Token::Comma, Token::Variable(_), Token::Comma] if context == "range" => {
                return self.fail("too many declarations in range");
            }
            _ => return Ok((Vec::new(), false)),
        };
        let declares = *sign == Token::Declare;
        self.word += names.len() * 2;
        Ok((names, declares))
    }

    fn commands(&mut self, context: &str, is_inner: bool) -> Parse<Pipe> {
        let mut commands = Vec::<Command>::new();
        loop {
            let command = match self.peek() {
                None if is_inner => return self.fail("unclosed left paren"),
                Some(Token::Close) if is_inner => None,
                None => None,
                Some(Token::Close) => return self.fail("unexpected right paren"),
                Some(_) => Some(self.command(context)?),
            };
            let Some(command) = command else { break };
            if let Some(first) = command.operands.first().filter(|_| !commands.is_empty())
                && matches!(first.what, What::Literal(_) | What::Nil)
            {
                return self.fail(format!("non executable command in pipeline stage {}", commands.len() + 1));
            }
            commands.push(command);
        }
        let (Some(first), Some(last)) = (commands.first(), commands.last()) else {
            return self.fail(format!("missing value for {context}"));
        };
        // A function's mistakes are shown at the command, not at the pipeline.
        let text = commands.iter().map(|command| command.place.text.as_str()).collect::<Vec<_>>().join(" | ");
        let place = Place { at: first.place.at.min(last.place.at), text };
        Ok(Pipe { names: Vec::new(), declares: false, commands, place })
    }

    fn command(&mut self, context: &str) -> Parse<Command> {
        let mut operands = Vec::new();
        let from = self.words.get(self.word).map_or(0, |word| word.from);
        loop {
            match self.peek() {
                None | Some(Token::Close) => break,
                Some(Token::Pipe) if !operands.is_empty() => {
                    self.word += 1;
                    break;
                }
                Some(_) => {
                    let context = if operands.is_empty() { context } else { "operand" };
                    operands.push(self.operand(context)?);
                }
            }
        }
        let text = operands.iter().map(|it: &Operand| it.place.text.as_str()).collect::<Vec<_>>().join(" ");
        Ok(Command { operands, place: Place { at: from, text } })
    }

    fn operand(&mut self, context: &str) -> Parse<Operand> {
        let Some(word) = self.next() else { return self.unexpected(context) };
        let (mut what, mut fields_at) = match word.token {
            Token::Field(name) => (What::Fields(vec![name]), None),
            Token::Dot => (What::Fields(Vec::new()), None),
            Token::Text(text) => (What::Literal(text.into()), None),
            Token::Number(value) => (What::Literal(value), None),
            Token::Bool(flag) => (What::Literal(flag.into()), None),
            Token::Nil => (What::Nil, None),
            Token::Variable(name) => {
                if !self.variables.contains(&name) {
                    return self.fail(format!("undefined variable {}", crate::api::go_quoted(&name)));
                }
                (What::Variable(name, Vec::new()), None)
            }
            Token::Open => {
                self.deeper()?;
                let pipe = self.commands("parenthesized pipeline", true)?;
                self.word += 1;
                self.depth -= 1;
                (What::Inner(pipe, Vec::new()), None)
            }
            Token::Name(ref name) if FUNCTIONS.contains(&name.as_str()) => (What::Function(name.clone()), None),
            Token::Name(ref name) if !WORDS.contains(&name.as_str()) => {
                return self.fail(format!("function {} not defined", crate::api::go_quoted(name)));
            }
            _ => {
                self.word -= 1;
                return self.unexpected(context);
            }
        };
        let mut to = self.words.get(self.word.saturating_sub(1)).map_or(word.to, |word| word.to);
        while let Some(Word { token: Token::Field(name), from, to: end, is_glued: true }) = self.words.get(self.word) {
            let is_plain = matches!(&what, What::Literal(_) | What::Nil) || what == What::Fields(Vec::new());
            if is_plain {
                let term = crate::api::go_quoted(self.source.get(word.from..word.to).unwrap_or("."));
                return self.fail(format!("unexpected . after term {term}"));
            }
            match &mut what {
                What::Fields(names) | What::Variable(_, names) | What::Inner(_, names) => names.push(name.clone()),
                _ => break,
            }
            fields_at.get_or_insert(*from);
            to = *end;
            self.word += 1;
        }
        if matches!(
            (&what, self.words.get(self.word)),
            (What::Fields(_), Some(Word { token: Token::Dot, is_glued: true, .. }))
        ) {
            return self.unexpected("operand");
        }
        let text = self.source.get(word.from..to).unwrap_or("").to_string();
        Ok(Operand { what, place: Place { at: fields_at.unwrap_or(word.from), text } })
    }
}

/// The words of the language.
const WORDS: &[&str] = &["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"];
