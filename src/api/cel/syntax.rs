//! Reads rules in the Common Expression Language: words, then a tree; calculates nothing.
//!
//! Follows the language's definition (cel-spec), as far as schemas of custom kinds use it.

use crate::model::Value;

/// The deepest nesting of a rule.
const DEPTH_MAX: usize = 60;

/// A rule as a tree.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Literal(Value),
    /// `self`, `oldSelf`, or what a macro has named.
    Name(String),
    Field(Box<Node>, String),
    Index(Box<Node>, Box<Node>),
    /// A function, or a method of the first argument: `size(self.list)`, `self.list.size()`.
    Call(String, Vec<Node>),
    /// `has(self.spec.field)`: the object, and the field.
    Has(Box<Node>, String),
    /// `list.all(name, test)`: macro, list, name, test.
    Each(String, Box<Node>, String, Box<Node>),
    List(Vec<Node>),
    Not(Box<Node>),
    Negative(Box<Node>),
    /// A sign between two parts, and where it stands: letters from the start.
    Two(&'static str, Box<Node>, Box<Node>, usize),
    If(Box<Node>, Box<Node>, Box<Node>),
}

#[derive(Clone, Debug, PartialEq)]
enum Word {
    Name(String),
    Number(Value),
    Text(String),
    Sign(&'static str),
}

/// The signs, the longer ones first.
const SIGNS: [&str; 22] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", "(", ")", "[", "]", ".", ",", "+", "-", "*", "/", "%",
];

/// The signs between two parts, by rank: those of a lower rank bind less.
const RANKS: [&[&str]; 5] =
    [&["||"], &["&&"], &["==", "!=", "<=", ">=", "<", ">", "in"], &["+", "-"], &["*", "/", "%"]];

/// Macros that go through a list or a map.
const MACROS: [&str; 5] = ["all", "exists", "exists_one", "filter", "map"];

/// What begins a part of a rule, as the parser lists it.
const BEGINNINGS: &str = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, \
                          BYTES, IDENTIFIER}";

/// Reads a rule. `None` if it has something that is not read here.
pub(super) fn read(text: &str) -> Option<Node> {
    let mut reader = Reader::of(words(text)?);
    let node = reader.choice()?;
    (reader.at == reader.words.len()).then_some(node)
}

/// What the parser says of a rule that is certainly none, with the place: letters from the start. Empty for the others.
pub(super) fn troubles(text: &str) -> Vec<(usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut clean = chars.clone();
    for at in lone_signs(&chars) {
        let shown: String = chars.iter().skip(at).take(2).collect();
        found.push((at, format!("Syntax error: token recognition error at: '{shown}'")));
        clean.iter_mut().skip(at).take(2).for_each(|c| *c = ' ');
    }
    let Some(words) = words(&clean.iter().collect::<String>()) else { return found };
    let mut reader = Reader::of(words);
    match reader.choice() {
        Some(_) if reader.at + 1 == reader.words.len() && !found.is_empty() => {
            let Some((place, _)) = reader.words.last() else { return found };
            let shown: String = clean.iter().skip(*place).collect();
            found.push((*place, format!("Syntax error: extraneous input '{}' expecting <EOF>", shown.trim_end())));
        }
        None if reader.is_ended && reader.opened == 0 => {
            found.push((chars.len(), format!("Syntax error: mismatched input '<EOF>' expecting {BEGINNINGS}")));
        }
        _ => {}
    }
    found
}

/// Where `=`, `&` or `|` stand alone outside of texts: they are no signs.
fn lone_signs(chars: &[char]) -> Vec<usize> {
    let mut found = Vec::new();
    let (mut at, mut quote) = (0, None);
    while let Some(c) = chars.get(at).copied() {
        let next = chars.get(at + 1).copied();
        match quote {
            Some(_) if c == '\\' => at += 1,
            Some(end) if c == end => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if matches!(c, '=' | '!' | '<' | '>') && next == Some('=') => at += 1,
            None if matches!(c, '&' | '|') && next == Some(c) => at += 1,
            None if matches!(c, '=' | '&' | '|') && next.is_some() => found.push(at),
            None => {}
        }
        at += 1;
    }
    found
}

fn words(text: &str) -> Option<Vec<(usize, Word)>> {
    let chars: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let end_of =
            |from: usize, fits: &dyn Fn(char) -> bool| from + chars.iter().skip(from).take_while(|c| fits(**c)).count();
        let is_raw = c == 'r' && matches!(chars.get(at + 1), Some('"' | '\''));
        match c {
            c if c.is_whitespace() => at += 1,
            '"' | '\'' => at = quoted(&chars, at, false, &mut words)?,
            _ if is_raw => at = quoted(&chars, at + 1, true, &mut words)?,
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = end_of(at, &|c| c.is_ascii_alphanumeric() || c == '_');
                words.push((at, Word::Name(chars.get(at..end)?.iter().collect())));
                at = end;
            }
            c if c.is_ascii_digit() => {
                let end = end_of(at, &|c| c.is_ascii_digit() || c == '.');
                let number: String = chars.get(at..end)?.iter().collect();
                let value = match number.contains('.') {
                    true => Value::Float(number.parse().ok()?),
                    false => Value::Int(number.parse().ok()?),
                };
                words.push((at, Word::Number(value)));
                at = end;
            }
            _ => {
                let rest: String = chars.get(at..(at + 2).min(chars.len()))?.iter().collect();
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
                words.push((at, Word::Sign(sign)));
                at += sign.len();
            }
        }
    }
    Some(words)
}

/// Reads a text in quotes; returns the place behind it.
fn quoted(chars: &[char], start: usize, is_raw: bool, words: &mut Vec<(usize, Word)>) -> Option<usize> {
    let quote = *chars.get(start)?;
    let mut text = String::new();
    let mut at = start + 1;
    loop {
        let c = *chars.get(at)?;
        at += 1;
        match c {
            c if c == quote => break,
            '\\' if !is_raw => {
                let next = *chars.get(at)?;
                at += 1;
                match next {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    '\\' | '"' | '\'' | '?' | '`' => text.push(next),
                    _ => return None,
                }
            }
            c => text.push(c),
        }
    }
    words.push((start, Word::Text(text)));
    Some(at)
}

/// A field's own name: what is a word of the language is written `__namespace__` in rules.
fn unescaped(name: String) -> String {
    let inner = name.strip_prefix("__").and_then(|name| name.strip_suffix("__"));
    inner.filter(|inner| !inner.is_empty()).map_or(name.clone(), str::to_string)
}

struct Reader {
    words: Vec<(usize, Word)>,
    at: usize,
    depth: usize,
    /// Whether a part was wanted where the rule ended.
    is_ended: bool,
    /// How many brackets are open.
    opened: usize,
}

impl Reader {
    fn of(words: Vec<(usize, Word)>) -> Reader {
        Reader { words, at: 0, depth: 0, is_ended: false, opened: 0 }
    }

    fn word(&self) -> Option<&Word> {
        self.words.get(self.at).map(|(_, word)| word)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is_there = matches!(self.word(), Some(Word::Sign(found)) if *found == sign);
        if is_there {
            self.opened += usize::from(matches!(sign, "(" | "["));
            self.opened -= usize::from(matches!(sign, ")" | "]") && self.opened > 0);
        }
        self.at += usize::from(is_there);
        is_there
    }

    fn needs(&mut self, sign: &str) -> Option<()> {
        self.takes(sign).then_some(())
    }

    fn name(&mut self) -> Option<String> {
        let Some(Word::Name(name)) = self.word() else { return None };
        let name = name.clone();
        self.at += 1;
        Some(name)
    }

    /// `a ? b : c`, or what binds more.
    fn choice(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let test = self.ranked(0)?;
        let node = if self.takes("?") {
            let yes = self.choice()?;
            self.needs(":")?;
            Node::If(Box::new(test), Box::new(yes), Box::new(self.choice()?))
        } else {
            test
        };
        self.depth -= 1;
        Some(node)
    }

    fn ranked(&mut self, rank: usize) -> Option<Node> {
        let Some(signs) = RANKS.get(rank) else { return self.one() };
        let mut left = self.ranked(rank + 1)?;
        while let Some(sign) = self.sign_of(signs) {
            let place = self.words.get(self.at).map_or(0, |(place, _)| *place);
            self.at += 1;
            let right = self.ranked(rank + 1)?;
            left = Node::Two(sign, Box::new(left), Box::new(right), place);
        }
        Some(left)
    }

    fn sign_of(&self, signs: &[&'static str]) -> Option<&'static str> {
        match self.word()? {
            Word::Sign(found) => signs.iter().copied().find(|sign| sign == found),
            Word::Name(name) if name == "in" => signs.iter().copied().find(|sign| *sign == "in"),
            _ => None,
        }
    }

    fn one(&mut self) -> Option<Node> {
        if self.takes("!") {
            return Some(Node::Not(Box::new(self.one()?)));
        }
        if self.takes("-") {
            return Some(Node::Negative(Box::new(self.one()?)));
        }
        let mut node = self.primary()?;
        loop {
            if self.takes(".") {
                let name = unescaped(self.name()?);
                node = match self.takes("(") {
                    true => self.method(node, name)?,
                    false => Node::Field(Box::new(node), name),
                };
            } else if self.takes("[") {
                let index = self.choice()?;
                self.needs("]")?;
                node = Node::Index(Box::new(node), Box::new(index));
            } else {
                return Some(node);
            }
        }
    }

    fn method(&mut self, of: Node, name: String) -> Option<Node> {
        let mut arguments = self.list(")")?;
        if MACROS.contains(&name.as_str()) {
            let test = arguments.pop()?;
            return match (arguments.pop()?, arguments.is_empty()) {
                (Node::Name(variable), true) => Some(Node::Each(name, Box::new(of), variable, Box::new(test))),
                _ => None,
            };
        }
        arguments.insert(0, of);
        Some(Node::Call(name, arguments))
    }

    /// What stands between commas up to a sign.
    fn list(&mut self, end: &str) -> Option<Vec<Node>> {
        let mut all = Vec::new();
        while !self.takes(end) {
            if !all.is_empty() {
                self.needs(",")?;
            }
            all.push(self.choice()?);
        }
        Some(all)
    }

    fn primary(&mut self) -> Option<Node> {
        if self.takes("(") {
            let inside = self.choice()?;
            self.needs(")")?;
            return Some(inside);
        }
        if self.takes("[") {
            return Some(Node::List(self.list("]")?));
        }
        self.is_ended |= self.word().is_none();
        let word = self.word()?.clone();
        self.at += 1;
        Some(match word {
            Word::Number(value) => Node::Literal(value),
            Word::Text(text) => Node::Literal(text.into()),
            Word::Name(name) if name == "true" || name == "false" => Node::Literal((name == "true").into()),
            Word::Name(name) if name == "null" => Node::Literal(Value::Null),
            Word::Name(name) if self.takes("(") => match (name.as_str(), self.list(")")?) {
                ("has", mut arguments) => match arguments.pop()? {
                    Node::Field(of, field) => Node::Has(of, field),
                    _ => return None,
                },
                (_, arguments) => Node::Call(name, arguments),
            },
            Word::Name(name) => Node::Name(name),
            Word::Sign(_) => return None,
        })
    }
}
