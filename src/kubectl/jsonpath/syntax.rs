//! What JSONPath templates say: text and actions, read into nodes; looks at no tree.
//!
//! Follows `util/jsonpath/parser.go` of client-go.

/// The deepest nesting of ranges, filters and lists of keys.
pub(super) const DEPTH_MAX: usize = 32;

/// A piece of a template, or a step within an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Printed as it is.
    Text(String),
    /// What stands between a pair of braces: each step goes on from what the one before found.
    Action(Vec<Node>),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// Any other word: `range`, `end`, or one that nobody knows.
    Word(String),
    /// A field.
    Field(String),
    /// Every element, or every field's value.
    All,
    /// Every value below.
    Below,
    /// Elements of a list.
    Slice(Slice),
    /// What several actions find, one behind the other.
    Union(Vec<Vec<Node>>),
    /// The elements that pass: left side, operator (`exists` without one), right side.
    Filter(Vec<Node>, String, Vec<Node>),
}

/// Which elements of a list are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    /// The first; from the end if it is negative.
    pub from: Option<i64>,
    /// The one behind the last; from the end if it is negative.
    pub to: Option<i64>,
    /// Whether `to` only follows from `from`: one element is meant.
    pub is_one: bool,
    /// Every how many.
    pub every: Option<i64>,
}

/// Reads a template.
///
/// # Errors
/// As it stands behind `error: error parsing jsonpath TEMPLATE, `.
pub(super) fn parse(template: &str) -> Result<Vec<Node>, String> {
    Parser::new(template, 0).template()
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn new(text: &str, depth: usize) -> Parser {
        Parser { chars: text.chars().collect(), at: 0, depth }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).unwrap_or(&[]).iter().collect()
    }

    fn begins_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(number, c)| self.chars.get(self.at + number) == Some(&c))
    }

    fn template(&mut self) -> Result<Vec<Node>, String> {
        let (mut nodes, mut ranges) = (Vec::new(), 0_usize);
        let mut start = self.at;
        while let Some(c) = self.next() {
            if c != '{' {
                continue;
            }
            if start + 1 < self.at {
                nodes.push(Node::Text(self.text(start, self.at - 1)));
            }
            let action = self.action()?;
            let words = |word: &str| action.iter().filter(|node| matches!(node, Node::Word(it) if it == word)).count();
            ranges = (ranges + words("range")).saturating_sub(words("end"));
            if ranges > DEPTH_MAX {
                return Err("too many ranges".into());
            }
            nodes.push(Node::Action(action));
            start = self.at;
        }
        if start < self.at {
            nodes.push(Node::Text(self.text(start, self.at)));
        }
        Ok(nodes)
    }

    /// What stands up to the closing brace.
    fn action(&mut self) -> Result<Vec<Node>, String> {
        let mut steps = Vec::new();
        loop {
            if self.begins_with("[?(") {
                self.at += 3;
                steps.push(self.filter()?);
                continue;
            }
            if self.begins_with("..") {
                if steps.last() == Some(&Node::Below) {
                    return Err("invalid multiple recursive descent".into());
                }
                self.at += 2;
                steps.push(Node::Below);
                if self.peek().is_some_and(is_alphanumeric) {
                    steps.push(self.field());
                }
                continue;
            }
            match self.next() {
                Some('}') => return Ok(steps),
                None | Some('\n' | '\r') => return Err("unclosed action".into()),
                // The value that is looked at is taken anyway.
                Some(' ' | '@' | '$') => {}
                Some('[') => self.bracket(&mut steps)?,
                Some(quote @ ('"' | '\'')) => steps.push(Node::Text(self.quoted(quote)?)),
                Some('.') => steps.push(self.field()),
                Some(c) if matches!(c, '+' | '-') || c.is_ascii_digit() => steps.push(self.number()?),
                Some(c) if is_alphanumeric(c) => steps.push(self.word()),
                Some(c) => return Err(format!("unrecognized character in action: {}", shown(c))),
            }
        }
    }

    /// An action that stands inside of another one.
    fn inner(&self, text: &str) -> Result<Vec<Node>, String> {
        if self.depth >= DEPTH_MAX {
            return Err("nested too deeply".into());
        }
        match Parser::new(&format!("{{{text}}}"), self.depth + 1).template()?.into_iter().next() {
            Some(Node::Action(steps)) => Ok(steps),
            _ => Ok(Vec::new()),
        }
    }

    /// A field's name up to the next step; a backslash keeps the character after it.
    fn field(&mut self) -> Node {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| !is_end(*c)) {
            self.at += 1;
            match c {
                '\\' => name.extend(self.next().filter(|c| *c != '\\')),
                c => name.push(c),
            }
        }
        if name == "*" { Node::All } else { Node::Field(name) }
    }

    fn word(&mut self) -> Node {
        let start = self.at - 1;
        while self.peek().is_some_and(|c| !is_end(c)) {
            self.at += 1;
        }
        match self.text(start, self.at).as_str() {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            word => Node::Word(word.to_string()),
        }
    }

    fn number(&mut self) -> Result<Node, String> {
        let start = self.at - 1;
        while self.peek().is_some_and(|c| c == '.' || c.is_ascii_digit()) {
            self.at += 1;
        }
        let text = self.text(start, self.at);
        let has_digits = text.contains(|c: char| c.is_ascii_digit());
        match (text.parse(), text.parse::<f64>()) {
            (Ok(number), _) => Ok(Node::Int(number)),
            (_, Ok(number)) if has_digits => Ok(Node::Float(number)),
            _ => Err(format!("cannot parse number {text}")),
        }
    }

    /// The text between quotes, with `\n`, `\t` and the like replaced.
    fn quoted(&mut self, quote: char) -> Result<String, String> {
        let start = self.at;
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated quoted string".into()),
                Some(c) if c == quote && self.chars.get(self.at.wrapping_sub(2)) != Some(&'\\') => break,
                Some(_) => {}
            }
        }
        let inside = self.text(start, self.at - 1);
        unescaped(&inside, quote).ok_or_else(|| format!("unquote string {quote}{inside}{quote} error invalid syntax"))
    }

    /// `[0]`, `[1:3]`, `['a']`, `[*]` or several of them.
    fn bracket(&mut self, steps: &mut Vec<Node>) -> Result<(), String> {
        let start = self.at;
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated array".into()),
                Some(']') => break,
                Some(_) => {}
            }
        }
        let text = self.text(start, self.at - 1);
        let text = if text == "*" { ":" } else { text.as_str() };
        if text.contains(',') {
            let parts = text.split(',').map(|part| self.inner(&format!("[{}]", part.trim_matches(' '))));
            steps.push(Node::Union(parts.collect::<Result<_, _>>()?));
            return Ok(());
        }
        // Only single quotes make a key, and a key may be a path.
        let key = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).filter(|key| !key.contains('\''));
        if let Some(key) = key {
            steps.extend(self.inner(&format!(".{key}"))?);
            return Ok(());
        }
        steps.push(Node::Slice(slice(text)?));
        Ok(())
    }

    /// `[?(@.a=="b")]`: the operator is the first run of its characters, whatever they are.
    fn filter(&mut self) -> Result<Node, String> {
        let start = self.at;
        let (mut begins, mut ends, mut pair) = (false, false, ' ');
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated filter".into()),
                Some(quote @ ('"' | '\'')) if !begins => (begins, pair) = (true, quote),
                Some(quote @ ('"' | '\'')) => {
                    ends |= quote == pair && self.chars.get(self.at.wrapping_sub(2)) != Some(&'\\');
                }
                Some(')') if begins == ends => break,
                Some(_) => {}
            }
        }
        if self.next() != Some(']') {
            return Err("unclosed array expect ]".into());
        }
        let text = self.text(start, self.at - 2);
        let is_operator = |c: char| matches!(c, '!' | '<' | '>' | '=');
        let parts = text.find(is_operator).filter(|at| *at > 0).map(|at| {
            let (left, rest) = text.split_at(at);
            (left, rest.split_at(rest.find(|c| !is_operator(c)).unwrap_or(rest.len())))
        });
        match parts {
            Some((left, (operator, right))) if !right.is_empty() => {
                Ok(Node::Filter(self.inner(left)?, operator.to_string(), self.inner(right)?))
            }
            _ => Ok(Node::Filter(self.inner(&text)?, "exists".into(), Vec::new())),
        }
    }
}

/// Up to three numbers with colons between.
fn slice(text: &str) -> Result<Slice, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_number = |part: &&str| part.strip_prefix('-').unwrap_or(part).chars().all(|c| c.is_ascii_digit());
    if text.is_empty() {
        // Without a number it is the first one.
        return Ok(Slice { from: None, to: Some(1), is_one: true, every: None });
    }
    if parts.len() > 3 || !parts.iter().all(is_number) {
        return Err(format!("invalid array index {text}"));
    }
    let number = |at: usize| match parts.get(at) {
        None | Some(&"") => Ok(None),
        Some(part) => part.parse::<i64>().map(Some).map_err(|_| format!("array index {part} is not a number")),
    };
    let from = number(0)?;
    match parts.len() {
        1 => Ok(Slice { from, to: Some(from.unwrap_or(0).saturating_add(1)), is_one: true, every: None }),
        _ => Ok(Slice { from, to: number(1)?, is_one: false, every: number(2)? }),
    }
}

/// What Go makes of a text between such quotes; nothing if it has an escape that Go does not know.
fn unescaped(text: &str, quote: char) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let digits = |chars: &mut std::str::Chars<'_>, count: usize| {
            let text: String = chars.take(count).collect();
            u32::from_str_radix(&text, 16).ok().filter(|_| text.len() == count).and_then(char::from_u32)
        };
        out.push(match chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'v' => '\x0b',
            'x' => digits(&mut chars, 2)?,
            'u' => digits(&mut chars, 4)?,
            'U' => digits(&mut chars, 8)?,
            c if c == '\\' || c == quote => c,
            _ => return None,
        });
    }
    Some(out)
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Whether a name or a word ends before a character.
fn is_end(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}

/// A character as Go's `%#U` shows it.
fn shown(c: char) -> String {
    let number = c as u32;
    if c.is_control() || c.is_whitespace() { format!("U+{number:04X}") } else { format!("U+{number:04X} '{c}'") }
}
