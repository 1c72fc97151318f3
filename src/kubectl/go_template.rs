//! Go templates as `-o go-template` takes them: the practical part of Go's `text/template`; knows trees, not objects.
//!
//! Text, `{{ pipelines }}` with fields, variables, parentheses and functions, `if`, `range` and `with` with their
//! `else`, `break`, `continue`, comments and trim marks. Templates inside templates and methods are left out.

use crate::cluster::patch::go_dump;
use crate::model::{Map, Value};
use std::rc::Rc;

/// The deepest nesting of actions and parentheses.
const DEPTH_MAX: usize = 40;
/// The most text that is printed.
const TEXT_MAX: usize = 1 << 20;
/// The most nodes that are run, so that nested ranges cannot hold the page.
const STEPS_MAX: u32 = 200_000;

/// A template that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(Rc<Vec<Node>>);

/// What a template prints for `value`, whatever of it could be printed, and why it stopped, if it did.
///
/// With `is_strict` a key that a map does not have is an error.
pub fn render(template: &Template, value: &Value, is_strict: bool) -> (String, Option<String>) {
    let mut run = Run { is_strict, out: String::new(), variables: vec![("$".into(), Some(value.clone()))], steps: 0 };
    let stopped = run.nodes(&template.0, &Some(value.clone())).err();
    let error = match stopped {
        Some(Stop::Error(error)) => Some(format!("template: output:{error}")),
        _ => None,
    };
    (run.out, error)
}

/// Reads a template.
///
/// # Errors
/// What Go says of it: `template: output:1: unclosed action`.
pub fn parse(text: &str) -> Result<Template, String> {
    let pieces = split(text)?;
    let mut parser = Parser { pieces: &pieces, at: 0, depth: 0 };
    let (nodes, end) = parser.nodes()?;
    match end {
        End::Text => Ok(Template(Rc::new(nodes))),
        other => Err(fail(parser.line(), format!("unexpected {{{{{}}}}}", other.word()))),
    }
}

fn fail(line: usize, what: impl std::fmt::Display) -> String {
    format!("template: output:{line}: {what}")
}

/// What may be missing: Go's `<no value>`.
type Found = Option<Value>;

#[derive(Clone, Debug, PartialEq)]
enum Node {
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
struct Place {
    line: usize,
    column: usize,
    text: String,
}

/// Commands joined by `|`; each is operands, the first of which may be a function.
type Pipe = Vec<Vec<Operand>>;

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Literal(Value),
    /// `.a.b`; without a name it is the dot itself.
    Fields(Vec<String>),
    /// `$x.a`.
    Variable(String, Vec<String>),
    /// `( … ).a`.
    Inner(Pipe, Vec<String>),
    Function(String),
}

// Reading.

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

// Running.

const FUNCTIONS: &[&str] = &[
    "and",
    "base64decode",
    "eq",
    "exists",
    "ge",
    "gt",
    "index",
    "le",
    "len",
    "lt",
    "ne",
    "not",
    "or",
    "print",
    "printf",
    "println",
];

enum Stop {
    Break,
    Continue,
    /// What went wrong, with the place before it.
    Error(String),
}

struct Run {
    is_strict: bool,
    out: String,
    variables: Vec<(String, Found)>,
    steps: u32,
}

impl Run {
    fn nodes(&mut self, nodes: &[Node], dot: &Found) -> Result<(), Stop> {
        let scope = self.variables.len();
        let done = nodes.iter().try_for_each(|node| self.node(node, dot));
        self.variables.truncate(scope);
        done
    }

    fn node(&mut self, node: &Node, dot: &Found) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > STEPS_MAX || self.out.len() > TEXT_MAX {
            return Err(Stop::Error("1:1: executing \"output\": exceeded maximum template depth".into()));
        }
        match node {
            Node::Text(text) => self.out.push_str(text),
            Node::Break => return Err(Stop::Break),
            Node::Continue => return Err(Stop::Continue),
            Node::Print(pipe, place) => {
                let found = self.pipe(pipe, dot, place)?;
                self.out.push_str(&shown(&found));
            }
            Node::Set(name, declares, pipe, place) => {
                let found = self.pipe(pipe, dot, place)?;
                match self.variables.iter_mut().rev().find(|known| !declares && known.0 == *name) {
                    Some(known) => known.1 = found,
                    None if *declares => self.variables.push((name.clone(), found)),
                    None => return Err(at(place, format!("undefined variable: {name}"))),
                }
            }
            Node::If(pipe, body, otherwise, place) => {
                let chosen = if is_true(&self.pipe(pipe, dot, place)?) { body } else { otherwise };
                self.nodes(chosen, dot)?;
            }
            Node::With(pipe, body, otherwise, place) => {
                let found = self.pipe(pipe, dot, place)?;
                if is_true(&found) {
                    self.nodes(body, &found)?;
                } else {
                    self.nodes(otherwise, dot)?;
                }
            }
            Node::Range { names, pipe, body, otherwise, place } => {
                let elements: Vec<(Value, Value)> = match self.pipe(pipe, dot, place)? {
                    Some(Value::List(list)) => (0_i64..).map(Value::Int).zip(list.iter().cloned()).collect(),
                    Some(Value::Map(map)) => {
                        map.iter().map(|(key, value)| (Value::Str(key.clone()), value.clone())).collect()
                    }
                    Some(Value::Int(count)) => (0..count.clamp(0, 1000)).map(|n| (n.into(), n.into())).collect(),
                    None | Some(Value::Null) => Vec::new(),
                    Some(other) => {
                        return Err(at(place, format!("range can't iterate over {}", go_dump(&other))));
                    }
                };
                if elements.is_empty() {
                    return self.nodes(otherwise, dot);
                }
                self.each(names, elements, body)?;
            }
        }
        Ok(())
    }

    fn each(&mut self, names: &[String], elements: Vec<(Value, Value)>, body: &[Node]) -> Result<(), Stop> {
        let scope = self.variables.len();
        for (key, value) in elements {
            match names {
                [] => {}
                [only] => self.variables.push((only.clone(), Some(value.clone()))),
                [first, second, ..] => {
                    self.variables.push((first.clone(), Some(key)));
                    self.variables.push((second.clone(), Some(value.clone())));
                }
            }
            let done = self.nodes(body, &Some(value));
            self.variables.truncate(scope);
            match done {
                Ok(()) | Err(Stop::Continue) => {}
                Err(Stop::Break) => break,
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Found, place: &Place) -> Result<Found, Stop> {
        let mut last: Option<Found> = None;
        for command in pipe {
            last = Some(self.command(command, last, dot, place)?);
        }
        Ok(last.flatten())
    }

    fn command(
        &mut self,
        command: &[Operand],
        piped: Option<Found>,
        dot: &Found,
        place: &Place,
    ) -> Result<Found, Stop> {
        let Some((first, rest)) = command.split_first() else { return Ok(None) };
        let Operand::Function(name) = first else {
            if !rest.is_empty() || piped.is_some() {
                let text = format!("can't give argument to non-function {}", place.text);
                return Err(at(place, text));
            }
            return self.operand(first, dot, place);
        };
        let mut arguments: Vec<Found> =
            rest.iter().map(|operand| self.operand(operand, dot, place)).collect::<Result<_, _>>()?;
        arguments.extend(piped);
        call(name, &arguments).map_err(|why| at(place, format!("error calling {name}: {why}")))
    }

    fn operand(&mut self, operand: &Operand, dot: &Found, place: &Place) -> Result<Found, Stop> {
        match operand {
            Operand::Literal(value) => Ok(Some(value.clone())),
            Operand::Fields(names) => walk(dot.clone(), names, place, self.is_strict),
            Operand::Variable(name, names) => {
                let known = self.variables.iter().rev().find(|known| known.0 == *name).map(|known| known.1.clone());
                walk(
                    known.ok_or_else(|| at(place, format!("undefined variable: {name}")))?,
                    names,
                    place,
                    self.is_strict,
                )
            }
            Operand::Inner(pipe, names) => walk(self.pipe(pipe, dot, place)?, names, place, self.is_strict),
            Operand::Function(_) => self.command(std::slice::from_ref(operand), None, dot, place),
        }
    }
}

fn at(place: &Place, why: String) -> Stop {
    Stop::Error(format!("{}:{}: executing \"output\" at <{}>: {why}", place.line, place.column, place.text))
}

fn walk(found: Found, names: &[String], place: &Place, is_strict: bool) -> Result<Found, Stop> {
    let mut found = found;
    for name in names {
        found = match found {
            Some(Value::Map(map)) => match map.get(name) {
                None if is_strict => return Err(at(place, format!("map has no entry for key {name:?}"))),
                found => found.cloned(),
            },
            None | Some(Value::Null) => None,
            Some(other) => {
                let kind = match other {
                    Value::Str(_) => "string",
                    Value::List(_) => "[]interface {}",
                    Value::Bool(_) => "bool",
                    Value::Int(_) => "int64",
                    _ => "float64",
                };
                return Err(at(place, format!("can't evaluate field {name} in type {kind}")));
            }
        };
    }
    Ok(found)
}

fn shown(found: &Found) -> String {
    match found {
        None | Some(Value::Null) => "<no value>".into(),
        Some(value) => go_dump(value),
    }
}

fn is_true(found: &Found) -> bool {
    match found {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Int(number)) => *number != 0,
        Some(Value::Float(number)) => *number != 0.0,
        Some(Value::Str(text)) => !text.is_empty(),
        Some(Value::List(list)) => !list.is_empty(),
        Some(Value::Map(map)) => !map.is_empty(),
    }
}

fn call(name: &str, arguments: &[Found]) -> Result<Found, String> {
    let first = arguments.first().cloned().flatten();
    let value: Value = match name {
        "and" => return Ok(arguments.iter().find(|it| !is_true(it)).or(arguments.last()).cloned().flatten()),
        "or" => return Ok(arguments.iter().find(|it| is_true(it)).or(arguments.last()).cloned().flatten()),
        "not" => (!is_true(&first)).into(),
        "len" => match first {
            Some(Value::Str(text)) => text.len() as i64,
            Some(Value::List(list)) => list.len() as i64,
            Some(Value::Map(map)) => map.len() as i64,
            _ => return Err("len of nil pointer".into()),
        }
        .into(),
        "index" => return index(arguments),
        "exists" => index(arguments).is_ok_and(|found| found.is_some()).into(),
        "print" => arguments.iter().map(shown).collect::<Vec<_>>().join(" ").into(),
        "println" => (arguments.iter().map(shown).collect::<Vec<_>>().join(" ") + "\n").into(),
        "printf" => printf(arguments).into(),
        "base64decode" => crate::shell::decode_base64(first.as_ref().and_then(Value::as_str).unwrap_or("")).into(),
        _ => return compare(name, arguments),
    };
    Ok(Some(value))
}

fn index(arguments: &[Found]) -> Result<Found, String> {
    let mut found = arguments.first().cloned().flatten();
    for key in arguments.iter().skip(1) {
        found = match (found, key) {
            (Some(Value::List(list)), Some(Value::Int(at))) => {
                match usize::try_from(*at).ok().and_then(|at| list.get(at)) {
                    Some(element) => Some(element.clone()),
                    None => return Err(format!("index out of range: {at}")),
                }
            }
            (Some(Value::Map(map)), Some(Value::Str(key))) => Map::get(&map, key).cloned(),
            (None | Some(Value::Null), _) => return Err("index of untyped nil".into()),
            (Some(other), _) => return Err(format!("can't index item of type {}", go_dump(&other))),
        };
    }
    Ok(found)
}

fn compare(name: &str, arguments: &[Found]) -> Result<Found, String> {
    let [first, others @ ..] = arguments else { return Err("missing argument for comparison".into()) };
    let Some(second) = others.first() else { return Err("missing argument for comparison".into()) };
    if name == "eq" || name == "ne" {
        let is_equal = others.iter().any(|other| other == first);
        return Ok(Some((is_equal == (name == "eq")).into()));
    }
    let order = match (first, second) {
        (Some(Value::Int(a)), Some(Value::Int(b))) => a.cmp(b),
        (Some(Value::Str(a)), Some(Value::Str(b))) => a.cmp(b),
        _ => return Err("incompatible types for comparison".into()),
    };
    let holds = match name {
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        "gt" => order.is_gt(),
        _ => order.is_ge(),
    };
    Ok(Some(holds.into()))
}

/// `printf` with `%s`, `%v`, `%d`, `%q`, `%t` and widths.
fn printf(arguments: &[Found]) -> String {
    let format = arguments.first().map(shown).unwrap_or_default();
    let mut rest = arguments.iter().skip(1);
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut width = String::new();
        while let Some(c) = chars.next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) {
            width.push(c);
        }
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        let Some(argument) = rest.next() else {
            out.push_str(&format!("%!{verb}(MISSING)"));
            continue;
        };
        let text = match (verb, argument) {
            ('q', Some(Value::Str(text))) => format!("{:?}", text.as_str()),
            _ => shown(argument),
        };
        let (least, precision) = match width.split_once('.') {
            Some((least, precision)) => (least, Some(precision.parse::<usize>().unwrap_or(0))),
            None => (width.as_str(), None),
        };
        let text = match precision {
            Some(length) if matches!(verb, 's' | 'v') => text.chars().take(length).collect(),
            _ => text,
        };
        let least = least.trim_start_matches('-').parse::<usize>().unwrap_or(0).min(1000);
        let filler = if width.starts_with('0') && verb == 'd' { "0" } else { " " };
        let blanks = filler.repeat(least.saturating_sub(text.chars().count()));
        if width.starts_with('-') {
            out.push_str(&(text + &blanks));
        } else {
            out.push_str(&(blanks + &text));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    fn rendered(template: &str) -> String {
        let text = r#"{"items":[{"metadata":{"name":"web-0","labels":{"a.b/c":"x"}},"spec":{"replicas":3}},
            {"metadata":{"name":"web-1"},"spec":{"replicas":0}}],"kind":"List"}"#;
        let value = parse_json(text).unwrap();
        match parse(template) {
            Err(error) => error,
            Ok(template) => {
                let (out, error) = render(&template, &value, false);
                out + &error.map(|error| format!("!{error}")).unwrap_or_default()
            }
        }
    }

    #[test]
    fn templates_print_as_in_go() {
        let cases = [
            ("{{.kind}} {{ .nothing }}", "List <no value>"),
            ("{{range .items}}{{.metadata.name}}{{\"\\n\"}}{{end}}", "web-0\nweb-1\n"),
            ("{{range $i, $it := .items}}{{$i}}={{$it.metadata.name}} {{end}}", "0=web-0 1=web-1 "),
            ("{{range .items}}{{if .spec.replicas}}yes{{else}}no{{end}},{{end}}", "yes,no,"),
            ("{{range .nothing}}x{{else}}none{{end}}", "none"),
            ("{{with index .items 0}}{{.metadata.name}}{{end}}", "web-0"),
            ("{{(index .items 1).metadata.name}}", "web-1"),
            ("{{index .items 0 \"metadata\" \"labels\" \"a.b/c\"}}", "x"),
            ("{{len .items}} {{.items | len | printf \"%03d|%-4v|%q\" }}", "2 002|%!v(MISSING)|%!q(MISSING)"),
            ("{{if and (eq .kind \"List\" \"x\") (gt (len .items) 1)}}a{{else if .kind}}b{{end}}", "a"),
            ("{{if not .kind}}a{{else if eq .kind \"List\"}}b{{else}}c{{end}}", "b"),
            ("a {{- /* nothing */ -}} b", "ab"),
            ("a {{- `x` -}} \n b", "axb"),
            ("{{$n := 0}}{{range .items}}{{$n = .spec.replicas}}{{break}}{{end}}{{$n}}", "3"),
            (
                "{{.items}}",
                "[map[metadata:map[labels:map[a.b/c:x] name:web-0] spec:map[replicas:3]] map[metadata:map[name:web-1] spec:map[replicas:0]]]",
            ),
            ("{{base64decode \"aGk=\"}}", "hi"),
            ("{{printf \"%.2s|%4.1s|%-3s|\" .kind \"abc\" \"x\"}}", "Li|   a|x  |"),
        ];
        for (template, expected) in cases {
            assert_eq!(rendered(template), expected, "{template}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_go_does() {
        let cases = [
            ("{{.x", "template: output:1: unclosed action"),
            ("{{range .items}}", "template: output:1: unexpected EOF"),
            ("a\n{{foo}}", "template: output:2: function \"foo\" not defined"),
            ("{{end}}", "template: output:1: unexpected {{end}}"),
            ("{{}}", "template: output:1: missing value for command"),
            ("{{(.x}}", "template: output:1: unclosed left paren"),
            (
                "{{.kind.x}}",
                "!template: output:1:2: executing \"output\" at <.kind.x>: can't evaluate field x in type string",
            ),
            (
                "{{index .items 7}}",
                "!template: output:1:2: executing \"output\" at <index .items 7>: error calling index: index out of range: 7",
            ),
            (
                "{{range .kind}}{{end}}",
                "!template: output:1:2: executing \"output\" at <.kind>: range can't iterate over List",
            ),
        ];
        for (template, expected) in cases {
            assert_eq!(rendered(template), expected, "{template}");
        }
        let deep = "{{range .items}}".repeat(60);
        assert_eq!(rendered(&deep), "template: output:1: too deeply nested");
        let nested = "{{range $.items}}".repeat(30) + "x" + &"{{end}}".repeat(30);
        assert!(rendered(&nested).contains("exceeded maximum"));
    }
}
