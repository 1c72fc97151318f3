//! What Go templates say: text and actions, read into nodes; runs nothing.

use super::functions::FUNCTIONS;
use crate::model::Value;

/// The deepest nesting of actions and parentheses.
const DEPTH_MAX: usize = 40;

/// Reads a template into nodes.
///
/// # Errors
/// What Go says of it: `template: output:1: unclosed action`.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, String> {
    let pieces = split(text)?;
    let mut parser = Parser { pieces: &pieces, at: 0, depth: 0 };
    let (nodes, end) = parser.nodes()?;
    match end {
        End::Text => Ok(nodes),
        other => Err(fail(parser.line(), format!("unexpected {{{{{}}}}}", other.word()))),
    }
}

fn fail(line: usize, what: impl std::fmt::Display) -> String {
    format!("template: output:{line}: {what}")
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    Print(Pipe, Place),
    /// `{{ $x := … }}`; true declares it anew.
    Set(String, bool, Pipe, Place),
    If(Pipe, Vec<Node>, Vec<Node>, Place),
    With(Pipe, Vec<Node>, Vec<Node>, Place),
    Range {
        names: Vec<String>,
        pipe: Pipe,
        body: Vec<Node>,
        otherwise: Vec<Node>,
        place: Place,
    },
    Break,
    Continue,
}

/// Where an action stands, and its text, for messages.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) text: String,
}

/// Commands joined by `|`; each is operands, the first of which may be a function.
pub(super) type Pipe = Vec<Vec<Operand>>;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Literal(Value),
    /// `.a.b`; without a name it is the dot itself.
    Fields(Vec<String>),
    /// `$x.a`.
    Variable(String, Vec<String>),
    /// `( … ).a`.
    Inner(Pipe, Vec<String>),
    Function(String),
}

/// A piece of the source: text, or what stands in `{{ }}` with its place.
enum Piece {
    Text(String),
    Action(String, usize, usize),
}

fn split(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let (mut rest, mut done) = (text, 0);
    let mut trims = false;
    loop {
        let open = rest.find("{{");
        let (before, after) = rest.split_at(open.unwrap_or(rest.len()));
        let mut before = if trims { before.trim_start() } else { before };
        let inside = after.get(2..).unwrap_or("");
        let is_trimming = inside.starts_with("- ") || inside.starts_with("-\n") || inside.starts_with("-\t");
        if open.is_some() && is_trimming {
            before = before.trim_end();
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_string()));
        }
        let Some(open) = open else { return Ok(pieces) };
        done += open + 2;
        let line = text.get(..done).unwrap_or("").matches('\n').count() + 1;
        let column = done - text.get(..done).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let close = action_end(inside).ok_or_else(|| fail(line, "unclosed action"))?;
        let (action, behind) = inside.split_at(close);
        trims = action.ends_with(" -") || action.ends_with("\n-");
        let action = if is_trimming { action.get(1..).unwrap_or("") } else { action };
        let action = if trims { action.get(..action.len() - 1).unwrap_or("") } else { action };
        done += close + 2;
        rest = behind.get(2..).unwrap_or("");
        let action = action.trim();
        if !action.starts_with("/*") {
            pieces.push(Piece::Action(action.to_string(), line, column));
        }
    }
}

/// Where the action ends: at the first `}}` outside of quotes and comments.
fn action_end(text: &str) -> Option<usize> {
    if text.trim_start_matches(['-', ' ']).starts_with("/*") {
        let comment = text.find("*/")?;
        return text.get(comment..)?.find("}}").map(|at| comment + at);
    }
    let (mut quote, mut is_escaped) = (None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (Some('"'), '\\') => is_escaped = true,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(c),
            (None, '}') if text.get(at..).is_some_and(|rest| rest.starts_with("}}")) => return Some(at),
            (None, _) => {}
        }
    }
    None
}

/// What ended a list of nodes.
#[derive(Clone, Debug, PartialEq)]
enum End {
    Text,
    Closed,
    /// `else`, with the action that stands behind it (`if …`).
    Else(String),
}

impl End {
    fn word(&self) -> &'static str {
        if *self == End::Closed { "end" } else { "else" }
    }
}

struct Parser<'a> {
    pieces: &'a [Piece],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn line(&self) -> usize {
        let seen = self.pieces.iter().take(self.at).rev();
        seen.into_iter()
            .find_map(|piece| if let Piece::Action(_, line, _) = piece { Some(*line) } else { None })
            .unwrap_or(1)
    }

    fn nodes(&mut self) -> Result<(Vec<Node>, End), String> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.get(self.at) {
            self.at += 1;
            let (text, line, column) = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(text.clone()));
                    continue;
                }
                Piece::Action(text, line, column) => (text.clone(), *line, *column),
            };
            let (word, rest) = text.split_at(text.find([' ', '\n', '\t', '(']).unwrap_or(text.len()));
            match word {
                "end" if rest.trim().is_empty() => return Ok((nodes, End::Closed)),
                "else" => return Ok((nodes, End::Else(rest.trim().to_string()))),
                _ => nodes.push(self.action(word, rest.trim(), &text, line, column)?),
            }
        }
        Ok((nodes, End::Text))
    }

    fn action(&mut self, word: &str, rest: &str, text: &str, line: usize, column: usize) -> Result<Node, String> {
        let place = Place { line, column, text: text.to_string() };
        Ok(match word {
            "if" | "with" => {
                let pipe = parse_pipe(rest, line)?;
                let (body, otherwise) = self.bodies(word, line, column)?;
                let place = Place { text: rest.to_string(), ..place };
                if word == "if" {
                    Node::If(pipe, body, otherwise, place)
                } else {
                    Node::With(pipe, body, otherwise, place)
                }
            }
            "range" => {
                let (names, source) = match rest.split_once(":=") {
                    Some((names, source)) if names.trim_start().starts_with('$') => {
                        (names.split(',').map(|name| name.trim().to_string()).collect(), source)
                    }
                    _ => (Vec::new(), rest),
                };
                let pipe = parse_pipe(source.trim(), line)?;
                let (body, otherwise) = self.bodies(word, line, column)?;
                Node::Range { names, pipe, body, otherwise, place: Place { text: source.trim().to_string(), ..place } }
            }
            "break" if rest.is_empty() => Node::Break,
            "continue" if rest.is_empty() => Node::Continue,
            "define" | "template" | "block" => {
                return Err(fail(line, format!("{{{{{word}}}}} is not supported here")));
            }
            _ => {
                let declared = text.starts_with('$').then(|| text.split_once(":=")).flatten();
                let assigned = text.starts_with('$').then(|| text.split_once('=')).flatten();
                match declared.map(|pair| (pair, true)).or(assigned.map(|pair| (pair, false))) {
                    Some(((name, source), declares)) if is_variable(name.trim()) => {
                        Node::Set(name.trim().to_string(), declares, parse_pipe(source.trim(), line)?, place)
                    }
                    _ => Node::Print(parse_pipe(text, line)?, place),
                }
            }
        })
    }

    /// The body of an action and what stands behind its `else`.
    fn bodies(&mut self, word: &str, line: usize, column: usize) -> Result<(Vec<Node>, Vec<Node>), String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(fail(line, "too deeply nested"));
        }
        let (body, end) = self.nodes()?;
        let otherwise = match end {
            End::Text => return Err(fail(line, "unexpected EOF")),
            End::Closed => Vec::new(),
            End::Else(rest) if rest.is_empty() => match self.nodes()? {
                (otherwise, End::Closed) => otherwise,
                (_, End::Text) => return Err(fail(self.line(), "unexpected EOF")),
                (_, End::Else(_)) => return Err(fail(self.line(), "expected end; found {{else}}")),
            },
            // `else if` takes the `end` of what it stands in.
            End::Else(rest) => match rest.strip_prefix(word).filter(|rest| rest.starts_with([' ', '('])) {
                Some(condition) if word != "range" => {
                    vec![self.action(word, condition.trim(), &rest, line, column)?]
                }
                _ => return Err(fail(self.line(), format!("unexpected <{rest}> in {{{{else}}}}"))),
            },
        };
        self.depth -= 1;
        Ok((body, otherwise))
    }
}

fn is_variable(name: &str) -> bool {
    let inner = name.strip_prefix('$').unwrap_or(" ");
    inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A word of a pipeline.
#[derive(Clone, Debug, PartialEq)]
enum Word {
    Operand(Operand),
    Pipe,
    Open,
    /// A closing parenthesis, with the fields behind it.
    Close(Vec<String>),
}

fn parse_pipe(text: &str, line: usize) -> Result<Pipe, String> {
    let words = words(text, line)?;
    let mut rest = words.as_slice();
    let pipe = commands(&mut rest, line, 0)?;
    match rest.first() {
        None => Ok(pipe),
        Some(_) => Err(fail(line, "unexpected right paren")),
    }
}

fn commands(rest: &mut &[Word], line: usize, depth: usize) -> Result<Pipe, String> {
    if depth > DEPTH_MAX {
        return Err(fail(line, "too deeply nested"));
    }
    let (mut pipe, mut command) = (Vec::new(), Vec::new());
    while let Some((word, behind)) = rest.split_first() {
        match word {
            Word::Close(_) => break,
            Word::Pipe => {
                if command.is_empty() {
                    return Err(fail(line, "missing value for command"));
                }
                pipe.push(std::mem::take(&mut command));
                *rest = behind;
            }
            Word::Open => {
                *rest = behind;
                let inner = commands(rest, line, depth + 1)?;
                let Some((Word::Close(fields), behind)) = rest.split_first() else {
                    return Err(fail(line, "unclosed left paren"));
                };
                command.push(Operand::Inner(inner, fields.clone()));
                *rest = behind;
            }
            Word::Operand(operand) => {
                command.push(operand.clone());
                *rest = behind;
            }
        }
    }
    if command.is_empty() {
        return Err(fail(line, "missing value for command"));
    }
    pipe.push(command);
    Ok(pipe)
}

fn words(text: &str, line: usize) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let (word, behind) = match c {
            '|' => (Word::Pipe, rest.get(1..).unwrap_or("")),
            '(' => (Word::Open, rest.get(1..).unwrap_or("")),
            ')' => {
                let (fields, behind) = fields(rest.get(1..).unwrap_or(""));
                (Word::Close(fields), behind)
            }
            '"' | '`' => {
                let (text, behind) = quoted(rest).ok_or_else(|| fail(line, "unterminated quoted string"))?;
                (Word::Operand(Operand::Literal(text.into())), behind)
            }
            '.' => {
                let (names, behind) = fields(rest);
                let behind = if names.is_empty() { behind.strip_prefix('.').unwrap_or(behind) } else { behind };
                (Word::Operand(Operand::Fields(names)), behind)
            }
            '$' => {
                let end =
                    rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
                let (name, behind) = rest.split_at(end);
                let (names, behind) = fields(behind);
                (Word::Operand(Operand::Variable(name.to_string(), names)), behind)
            }
            c if c.is_ascii_digit() || matches!(c, '-' | '+') => {
                let end = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')))
                    .unwrap_or(rest.len());
                let (number, behind) = rest.split_at(end);
                let value = number.parse::<i64>().map(Value::Int).or_else(|_| number.parse::<f64>().map(Value::Float));
                let value = value.map_err(|_| fail(line, format!("bad number syntax: {number:?}")))?;
                (Word::Operand(Operand::Literal(value)), behind)
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                let (name, behind) = rest.split_at(end);
                let operand = match name {
                    "true" | "false" => Operand::Literal((name == "true").into()),
                    "nil" => Operand::Literal(Value::Null),
                    _ if FUNCTIONS.contains(&name) => Operand::Function(name.to_string()),
                    _ => return Err(fail(line, format!("function {name:?} not defined"))),
                };
                (Word::Operand(operand), behind)
            }
            c => return Err(fail(line, format!("unexpected {:?} in operand", c.to_string()))),
        };
        words.push(word);
        rest = behind.trim_start();
    }
    Ok(words)
}

/// `.a.b` as names, and what follows.
fn fields(text: &str) -> (Vec<String>, &str) {
    let (mut names, mut rest) = (Vec::new(), text);
    while let Some(inner) = rest.strip_prefix('.') {
        let end = inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let (name, behind) = inner.split_at(end);
        if name.is_empty() {
            break;
        }
        names.push(name.to_string());
        rest = behind;
    }
    (names, rest)
}

/// The text in quotes at the start, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        let (raw, behind) = raw.split_once('`')?;
        return Some((raw.to_string(), behind));
    }
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, text.get(at + 1..).unwrap_or(""))),
            '\\' => out.push(match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            }),
            c => out.push(c),
        }
    }
    None
}
