//! Reads the shell's language into a tree; runs nothing and knows no container.

use std::rc::Rc;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it stands; patterns in it count only outside quotes.
    Text(String),
    /// A variable, perhaps with an operator and its word: `${NAME:-x}` has `:-` and `x`.
    Variable {
        /// Its name, or `?`, `$`, `#`, `@`, a digit.
        name: String,
        /// `:-`, `-`, `:=`, `:+`, `+`, `#`, `##`, `%`, `%%`, `length`, or empty.
        operator: &'static str,
        /// What stands behind the operator.
        word: String,
    },
    /// `$(…)` or backquotes.
    Command(String),
    /// `$((…))`.
    Arithmetic(String),
}

/// A word: parts, each inside quotes or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(pub Vec<(Part, bool)>);

impl Word {
    /// The text, if it is one unquoted literal.
    pub fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [(Part::Text(text), false)] => Some(text),
            _ => None,
        }
    }
}

/// Where input comes from or output goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// `> file`, `>> file`, with the number of the stream.
    Out {
        /// 1 or 2; 3 stands for both (`&>`).
        stream: u8,
        /// Whether it adds to the end.
        appends: bool,
        /// The file.
        file: Word,
    },
    /// `2>&1` and `1>&2`: the stream and where it goes.
    Join(u8, u8),
    /// `< file`.
    In(Word),
    /// `<<END … END` or `<<< word`.
    Here(Word),
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Words with assignments before them.
    Simple {
        /// `NAME=value` before the first word.
        assignments: Vec<(String, Word)>,
        /// The program and its arguments.
        words: Vec<Word>,
    },
    /// `for name in words; do body; done`.
    For {
        /// The variable.
        name: String,
        /// Its values.
        values: Vec<Word>,
        /// What is done for each.
        body: Rc<List>,
    },
    /// `while condition; do body; done`, or `until`.
    While {
        /// Whether it stops when the condition holds (`until`).
        is_until: bool,
        /// The condition.
        condition: Rc<List>,
        /// What is done.
        body: Rc<List>,
    },
    /// `if condition; then …; elif …; else …; fi`.
    If {
        /// Conditions and what is done when one holds.
        branches: Vec<(Rc<List>, Rc<List>)>,
        /// What is done when none holds.
        otherwise: Option<Rc<List>>,
    },
    /// `{ …; }`, or `( … )` when it has its own variables.
    Group {
        /// What is inside.
        body: Rc<List>,
        /// Whether it is `( … )`.
        is_subshell: bool,
    },
}

/// A command with its redirections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What runs.
    pub command: Command,
    /// Where its streams go.
    pub redirects: Vec<Redirect>,
}

/// Commands joined by `|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Whether `!` stands before it.
    pub is_negated: bool,
    /// The commands from left to right.
    pub stages: Vec<Stage>,
    /// Whether what comes after it does not wait for it (`&`).
    pub is_background: bool,
}

/// When a pipeline runs, seen from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// Always (`;`, `&`, a new line).
    Always,
    /// When the one before succeeded (`&&`).
    And,
    /// When the one before failed (`||`).
    Or,
}

/// Pipelines in order.
pub type List = Vec<(Joint, Pipeline)>;

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// More lines are needed.
    Incomplete,
    /// More lines are needed, up to one that is this word: a here-document is open.
    InHere(String),
    /// Something stands where it cannot: the shell says ``syntax error near unexpected token `…'``.
    Unexpected(String),
}

/// How deep commands may stand inside each other.
const DEPTH_MAX: usize = 20;

/// Reads a whole text.
///
/// # Errors
/// When it is not complete or not in the language.
pub fn parse(text: &str) -> Result<List, ParseError> {
    let tokens = tokenize(text)?;
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let list = parser.list(&[])?;
    match parser.peek() {
        None => Ok(list),
        Some(token) => Err(ParseError::Unexpected(token.text())),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(Word),
    Operator(&'static str),
    Redirect { stream: u8, operator: &'static str },
    Here(Word),
}

impl Token {
    fn text(&self) -> String {
        match self {
            Token::Word(word) => word.literal().unwrap_or("word").to_string(),
            Token::Operator("\n") => "newline".to_string(),
            Token::Operator(text) | Token::Redirect { operator: text, .. } => (*text).to_string(),
            Token::Here(_) => "<<".to_string(),
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn is_operator(&self, wanted: &str) -> bool {
        matches!(self.peek(), Some(Token::Operator(operator)) if *operator == wanted)
    }

    fn keyword(&self) -> Option<&str> {
        match self.peek() {
            Some(Token::Word(word)) => word.literal(),
            _ => None,
        }
    }

    fn skip_lines(&mut self) {
        while self.is_operator("\n") || self.is_operator(";") {
            self.at += 1;
        }
    }

    fn expect(&mut self, keyword: &str) -> Result<(), ParseError> {
        self.skip_lines();
        match self.peek() {
            None => Err(ParseError::Incomplete),
            Some(_) if self.keyword() == Some(keyword) => {
                self.at += 1;
                Ok(())
            }
            Some(token) => Err(ParseError::Unexpected(token.text())),
        }
    }

    fn list(&mut self, ends: &[&str]) -> Result<List, ParseError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(ParseError::Unexpected("(".to_string()));
        }
        let mut list = Vec::new();
        let mut joint = Joint::Always;
        self.skip_lines();
        while let Some(token) = self.peek() {
            if self.keyword().is_some_and(|word| ends.contains(&word)) || *token == Token::Operator(")") {
                break;
            }
            let mut pipeline = self.pipeline()?;
            pipeline.is_background = self.is_operator("&");
            list.push((joint, pipeline));
            joint = match self.peek() {
                Some(Token::Operator("&&")) => Joint::And,
                Some(Token::Operator("||")) => Joint::Or,
                Some(Token::Operator(";" | "&" | "\n")) => Joint::Always,
                _ => break,
            };
            self.at += 1;
            self.skip_lines();
            if joint != Joint::Always && self.peek().is_none() {
                return Err(ParseError::Incomplete);
            }
        }
        self.depth -= 1;
        Ok(list)
    }

    fn block(&mut self, ends: &[&str]) -> Result<Rc<List>, ParseError> {
        let list = self.list(ends)?;
        match self.peek() {
            None => Err(ParseError::Incomplete),
            Some(token) if list.is_empty() => Err(ParseError::Unexpected(token.text())),
            Some(_) => Ok(Rc::new(list)),
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, ParseError> {
        let is_negated = self.keyword() == Some("!");
        if is_negated {
            self.at += 1;
        }
        let mut stages = vec![self.stage()?];
        while self.is_operator("|") {
            self.at += 1;
            while self.is_operator("\n") {
                self.at += 1;
            }
            if self.peek().is_none() {
                return Err(ParseError::Incomplete);
            }
            stages.push(self.stage()?);
        }
        Ok(Pipeline { is_negated, stages, is_background: false })
    }

    fn stage(&mut self) -> Result<Stage, ParseError> {
        let mut redirects = Vec::new();
        let command = match self.keyword() {
            Some("for") => self.for_loop()?,
            Some(word @ ("while" | "until")) => {
                let is_until = word == "until";
                self.while_loop(is_until)?
            }
            Some("if") => self.condition()?,
            Some("{") => {
                self.at += 1;
                let body = self.block(&["}"])?;
                self.expect("}")?;
                Command::Group { body, is_subshell: false }
            }
            _ if self.is_operator("(") => {
                self.at += 1;
                let body = self.block(&[])?;
                if !self.is_operator(")") {
                    return Err(self.peek().map_or(ParseError::Incomplete, |t| ParseError::Unexpected(t.text())));
                }
                self.at += 1;
                Command::Group { body, is_subshell: true }
            }
            Some(word @ ("do" | "done" | "then" | "fi" | "else" | "elif" | "}")) => {
                return Err(ParseError::Unexpected(word.to_string()));
            }
            _ => return self.simple(),
        };
        while matches!(self.peek(), Some(Token::Redirect { .. } | Token::Here(_))) {
            self.redirect(&mut redirects)?;
        }
        Ok(Stage { command, redirects })
    }

    fn simple(&mut self) -> Result<Stage, ParseError> {
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            match self.peek() {
                Some(Token::Word(word)) => {
                    let word = word.clone();
                    self.at += 1;
                    match assignment(&word) {
                        Some(pair) if words.is_empty() => assignments.push(pair),
                        _ => words.push(word),
                    }
                }
                Some(Token::Redirect { .. } | Token::Here(_)) => self.redirect(&mut redirects)?,
                _ => break,
            }
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.peek().map_or(ParseError::Incomplete, |token| ParseError::Unexpected(token.text())));
        }
        Ok(Stage { command: Command::Simple { assignments, words }, redirects })
    }

    fn redirect(&mut self, redirects: &mut Vec<Redirect>) -> Result<(), ParseError> {
        let (stream, operator) = match self.next() {
            Some(Token::Redirect { stream, operator }) => (stream, operator),
            Some(Token::Here(word)) => {
                redirects.push(Redirect::Here(word));
                return Ok(());
            }
            _ => return Ok(()),
        };
        let word = match self.next() {
            Some(Token::Word(word)) => word,
            Some(token) => return Err(ParseError::Unexpected(token.text())),
            None => return Err(ParseError::Unexpected("newline".to_string())),
        };
        redirects.push(match operator {
            "<" => Redirect::In(word),
            "<<<" => Redirect::Here(word),
            ">&" => match word.literal() {
                Some("1") => Redirect::Join(stream, 1),
                Some("2") => Redirect::Join(stream, 2),
                _ => Redirect::Out { stream: 3, appends: false, file: word },
            },
            "&>" => Redirect::Out { stream: 3, appends: false, file: word },
            operator => Redirect::Out { stream, appends: operator == ">>", file: word },
        });
        Ok(())
    }

    fn for_loop(&mut self) -> Result<Command, ParseError> {
        self.at += 1;
        let name = match self.next() {
            Some(Token::Word(word)) => word.literal().unwrap_or("_").to_string(),
            Some(token) => return Err(ParseError::Unexpected(token.text())),
            None => return Err(ParseError::Incomplete),
        };
        self.expect("in")?;
        let mut values = Vec::new();
        while let Some(Token::Word(word)) = self.peek() {
            values.push(word.clone());
            self.at += 1;
        }
        self.expect("do")?;
        let body = self.block(&["done"])?;
        self.expect("done")?;
        Ok(Command::For { name, values, body })
    }

    fn while_loop(&mut self, is_until: bool) -> Result<Command, ParseError> {
        self.at += 1;
        let condition = self.block(&["do"])?;
        self.expect("do")?;
        let body = self.block(&["done"])?;
        self.expect("done")?;
        Ok(Command::While { is_until, condition, body })
    }

    fn condition(&mut self) -> Result<Command, ParseError> {
        let mut branches = Vec::new();
        loop {
            self.at += 1;
            let condition = self.block(&["then"])?;
            self.expect("then")?;
            branches.push((condition, self.block(&["elif", "else", "fi"])?));
            if self.keyword() != Some("elif") {
                break;
            }
        }
        let otherwise = if self.keyword() == Some("else") {
            self.at += 1;
            Some(self.block(&["fi"])?)
        } else {
            None
        };
        self.expect("fi")?;
        Ok(Command::If { branches, otherwise })
    }
}

/// `NAME=value` as a name and a word.
fn assignment(word: &Word) -> Option<(String, Word)> {
    let Some((Part::Text(text), false)) = word.0.first() else { return None };
    let (name, value) = text.split_once('=')?;
    if !is_name(name) {
        return None;
    }
    let mut parts = vec![(Part::Text(value.to_string()), false)];
    parts.extend(word.0.iter().skip(1).cloned());
    Some((name.to_string(), Word(parts)))
}

/// Whether a variable can be called so.
pub fn is_name(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(is_inner)
}

const OPERATORS: &[&str] = &["&&", "||", ";;", ";", "&", "|", "(", ")", "\n"];

fn tokenize(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0 };
    let mut tokens = Vec::new();
    // Here-documents whose text begins with the next line: the place of the token, the end word, whether tabs go.
    let mut pending: Vec<(usize, String, bool, bool)> = Vec::new();
    while let Some(c) = reader.peek() {
        if c == '\n' && !pending.is_empty() {
            reader.at += 1;
            for (place, end, strips, is_quoted) in pending.drain(..) {
                let body = reader.here_document(&end, strips)?;
                let word = if is_quoted { Word(vec![(Part::Text(body), true)]) } else { double_quoted(&body)? };
                if let Some(token) = tokens.get_mut(place) {
                    *token = Token::Here(word);
                }
            }
            tokens.push(Token::Operator("\n"));
        } else if c == ' ' || c == '\t' || c == '\r' {
            reader.at += 1;
        } else if c == '\\' && reader.looking_at("\\\n") {
            reader.at += 2;
        } else if c == '#' {
            while reader.peek().is_some_and(|c| c != '\n') {
                reader.at += 1;
            }
        } else if reader.looking_at("<(") {
            // What a command says, as a file.
            reader.at += 2;
            reader.until_closed('(', ')')?;
            tokens.push(Token::Word(Word(vec![(Part::Text("/dev/fd/63".into()), true)])));
        } else if let Some(token) = reader.redirect() {
            if token == (Token::Redirect { stream: 0, operator: "<<" }) {
                let strips = reader.looking_at("-");
                reader.at += usize::from(strips);
                while reader.peek() == Some(' ') {
                    reader.at += 1;
                }
                let word = reader.word()?;
                let is_quoted = word.0.iter().any(|part| part.1);
                let end = word.0.iter().map(|(part, _)| if let Part::Text(text) = part { text.as_str() } else { "" });
                pending.push((tokens.len(), end.collect(), strips, is_quoted));
                tokens.push(Token::Here(Word::default()));
            } else {
                tokens.push(token);
            }
        } else if let Some(operator) = OPERATORS.iter().find(|operator| reader.looking_at(operator)) {
            reader.at += operator.len();
            tokens.push(Token::Operator(operator));
        } else {
            tokens.push(Token::Word(reader.word()?));
        }
    }
    match pending.into_iter().next() {
        None => Ok(tokens),
        Some((_, end, ..)) => Err(ParseError::InHere(end)),
    }
}

/// Reads text as it stands between double quotes, as here-documents are read.
pub fn double_quoted(text: &str) -> Result<Word, ParseError> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0 };
    let mut parts = Vec::new();
    reader.inside_double_quotes(&mut parts, false)?;
    Ok(Word(parts))
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += 1;
        c
    }

    fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    fn redirect(&mut self) -> Option<Token> {
        let digit = self.peek().and_then(|c| c.to_digit(10)).filter(|digit| *digit <= 2);
        let start = self.at;
        if digit.is_some() {
            self.at += 1;
        }
        let found = ["&>", ">>", ">&", ">", "<<<", "<<", "<"].into_iter().find(|operator| self.looking_at(operator));
        let Some(operator) = found else {
            self.at = start;
            return None;
        };
        self.at += operator.len();
        let stream = match digit {
            Some(2) => 2,
            _ if operator.starts_with('<') => 0,
            _ => 1,
        };
        Some(Token::Redirect { stream, operator })
    }

    fn here_document(&mut self, end: &str, strips: bool) -> Result<String, ParseError> {
        let mut body = String::new();
        loop {
            if self.peek().is_none() {
                return Err(ParseError::InHere(end.to_string()));
            }
            let mut line = String::new();
            while let Some(c) = self.next().filter(|c| *c != '\n') {
                line.push(c);
            }
            let line = if strips { line.trim_start_matches('\t') } else { &line };
            if line == end {
                return Ok(body);
            }
            body.push_str(line);
            body.push('\n');
        }
    }

    fn word(&mut self) -> Result<Word, ParseError> {
        let mut parts: Vec<(Part, bool)> = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => {
                    self.at += 1;
                    let mut text = String::new();
                    loop {
                        match self.next() {
                            None => return Err(ParseError::Incomplete),
                            Some('\'') => break,
                            Some(c) => text.push(c),
                        }
                    }
                    parts.push((Part::Text(text), true));
                }
                '"' => {
                    self.at += 1;
                    let before = parts.len();
                    self.inside_double_quotes(&mut parts, true)?;
                    if parts.len() == before {
                        parts.push((Part::Text(String::new()), true));
                    }
                }
                '\\' => {
                    self.at += 1;
                    match self.next() {
                        None => return Err(ParseError::Incomplete),
                        Some('\n') => {}
                        Some(c) => parts.push((Part::Text(c.to_string()), true)),
                    }
                }
                '$' | '`' => {
                    let part = self.expansion()?;
                    parts.push((part, false));
                }
                c => {
                    self.at += 1;
                    match parts.last_mut() {
                        Some((Part::Text(text), false)) => text.push(c),
                        _ => parts.push((Part::Text(c.to_string()), false)),
                    }
                }
            }
        }
        Ok(Word(parts))
    }

    fn inside_double_quotes(&mut self, parts: &mut Vec<(Part, bool)>, has_end: bool) -> Result<(), ParseError> {
        let mut text = String::new();
        loop {
            match self.peek() {
                None if has_end => return Err(ParseError::Incomplete),
                None => break,
                Some('"') if has_end => {
                    self.at += 1;
                    break;
                }
                Some('\\') => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') => {}
                        Some(c @ ('$' | '`' | '"' | '\\')) => text.push(c),
                        Some(c) => text.extend(['\\', c]),
                        None => text.push('\\'),
                    }
                }
                Some('$' | '`') => {
                    if !text.is_empty() {
                        parts.push((Part::Text(std::mem::take(&mut text)), true));
                    }
                    let part = self.expansion()?;
                    parts.push((part, true));
                }
                Some(c) => {
                    self.at += 1;
                    text.push(c);
                }
            }
        }
        if !text.is_empty() {
            parts.push((Part::Text(text), true));
        }
        Ok(())
    }

    /// Reads what begins with `$` or a backquote.
    fn expansion(&mut self) -> Result<Part, ParseError> {
        if self.next() == Some('`') {
            let mut source = String::new();
            loop {
                match self.next() {
                    None => return Err(ParseError::Incomplete),
                    Some('`') => return Ok(Part::Command(source)),
                    Some(c) => source.push(c),
                }
            }
        }
        let plain = |name: String| Part::Variable { name, operator: "", word: String::new() };
        match self.peek() {
            Some('(') if self.looking_at("((") => {
                self.at += 2;
                let source = self.until_closed('(', ')')?;
                if self.next() != Some(')') {
                    return Err(ParseError::Unexpected(")".to_string()));
                }
                Ok(Part::Arithmetic(source))
            }
            Some('(') => {
                self.at += 1;
                Ok(Part::Command(self.until_closed('(', ')')?))
            }
            Some('{') => {
                self.at += 1;
                let source = self.until_closed('{', '}')?;
                braced(&source)
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = String::new();
                while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    name.push(c);
                    self.at += 1;
                }
                Ok(plain(name))
            }
            Some(c) if c.is_ascii_digit() || matches!(c, '?' | '$' | '#' | '@' | '*' | '!') => {
                self.at += 1;
                Ok(plain(c.to_string()))
            }
            _ => Ok(Part::Text("$".to_string())),
        }
    }

    /// The text up to the closing mark, with quotes and nesting respected.
    fn until_closed(&mut self, open: char, close: char) -> Result<String, ParseError> {
        let (mut depth, mut source, mut quote) = (1, String::new(), None);
        loop {
            let c = self.next().ok_or(ParseError::Incomplete)?;
            match (quote, c) {
                (Some(mark), c) if c == mark => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(c),
                (None, c) if c == open => depth += 1,
                (None, c) if c == close => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(source);
                    }
                }
                _ => {}
            }
            source.push(c);
        }
    }
}

/// Reads what stands in `${…}`.
fn braced(source: &str) -> Result<Part, ParseError> {
    let bad = || ParseError::Unexpected(format!("${{{source}}}"));
    if let Some(name) = source.strip_prefix('#').filter(|name| is_name(name)) {
        return Ok(Part::Variable { name: name.to_string(), operator: "length", word: String::new() });
    }
    let end = source.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(source.len());
    let (name, rest) = match end {
        0 => source.split_at(source.chars().next().map_or(0, char::len_utf8)),
        end => source.split_at(end),
    };
    if name.is_empty() {
        return Err(bad());
    }
    if rest.is_empty() {
        return Ok(Part::Variable { name: name.to_string(), operator: "", word: String::new() });
    }
    for operator in [":-", ":=", ":+", "##", "%%", "-", "+", "#", "%"] {
        if let Some(word) = rest.strip_prefix(operator) {
            return Ok(Part::Variable { name: name.to_string(), operator, word: word.to_string() });
        }
    }
    Err(bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        match parse(text) {
            Ok(list) => list
                .iter()
                .map(|(joint, pipeline)| format!("{joint:?}/{}", pipeline.stages.len()))
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn lists_pipelines_and_loops_are_read() {
        assert_eq!(shape("a && b || c; d | e # f"), "Always/1 And/1 Or/1 Always/2");
        assert_eq!(shape("for i in 0 1; do echo $i; done"), "Always/1");
        assert_eq!(shape("while true; do date >> /data/log; sleep 1; done"), "Always/1");
        assert_eq!(shape("if [ -f a ]; then b; else c; fi"), "Always/1");
        assert_eq!(shape("for i in 0 1; do"), "Incomplete");
        assert_eq!(shape("echo 'a"), "Incomplete");
        assert_eq!(shape("cat <<EOF > f\nx\nEOF\n"), "Always/1");
        assert_eq!(shape("a )"), "Unexpected(\")\")");
        assert_eq!(shape("; |"), "Unexpected(\"|\")");
        assert_eq!(shape(""), "");
    }
}
