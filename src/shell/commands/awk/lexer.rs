//! The words of a program of `awk`.

use std::rc::Rc;

/// A word of a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Number(f64),
    Text(Rc<str>),
    /// A name; whether `(` stands right behind it.
    Name(Rc<str>, bool),
    Keyword(Keyword),
    Sign(&'static str),
    NewLine,
    End,
}

/// The words that no variable may have for its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    Begin,
    End,
    Function,
    If,
    Else,
    While,
    Do,
    For,
    In,
    Break,
    Continue,
    Next,
    NextFile,
    Exit,
    Return,
    Delete,
    Print,
    Printf,
    GetLine,
}

const KEYWORDS: &[(&str, Keyword)] = &[
    ("BEGIN", Keyword::Begin),
    ("END", Keyword::End),
    ("function", Keyword::Function),
    ("func", Keyword::Function),
    ("if", Keyword::If),
    ("else", Keyword::Else),
    ("while", Keyword::While),
    ("do", Keyword::Do),
    ("for", Keyword::For),
    ("in", Keyword::In),
    ("break", Keyword::Break),
    ("continue", Keyword::Continue),
    ("next", Keyword::Next),
    ("nextfile", Keyword::NextFile),
    ("exit", Keyword::Exit),
    ("return", Keyword::Return),
    ("delete", Keyword::Delete),
    ("print", Keyword::Print),
    ("printf", Keyword::Printf),
    ("getline", Keyword::GetLine),
];

/// The signs, the longest first.
const SIGNS: &[&str] = &[
    "**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "**", "==", "<=", ">=", "!=", "!~", ">>", "{",
    "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", ">", "<", "|", "?", ":", "~", "$", "=", "&",
    "@",
];

/// Reads tokens from a place on.
#[derive(Clone, Debug)]
pub struct Lexer {
    pub chars: Rc<[char]>,
    pub at: usize,
}

impl Lexer {
    /// At the begin of a program's text.
    pub fn new(program: &str) -> Lexer {
        Lexer { chars: program.chars().collect(), at: 0 }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// In which line it is, from 1 on.
    pub fn line(&self) -> usize {
        1 + self.chars.iter().take(self.at).filter(|c| **c == '\n').count()
    }

    fn skip_blanks(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(' ' | '\t' | '\r'), _) => self.at += 1,
                (Some('\\'), Some('\n')) => self.at += 2,
                (Some('\\'), Some('\r')) if self.peek(2) == Some('\n') => self.at += 3,
                (Some('#'), _) => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// The next token. A sign that begins a pattern comes as `/`.
    ///
    /// # Errors
    /// The character that nothing begins with.
    pub fn next(&mut self) -> Result<Token, String> {
        self.skip_blanks();
        let Some(c) = self.peek(0) else { return Ok(Token::End) };
        if c == '\n' {
            self.at += 1;
            return Ok(Token::NewLine);
        }
        if c == '"' {
            self.at += 1;
            return self.text();
        }
        if c.is_ascii_digit() || c == '.' && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
            return Ok(Token::Number(self.number()));
        }
        if c.is_ascii_alphabetic() || c == '_' {
            return Ok(self.name());
        }
        let fits = |sign: &&&str| sign.chars().enumerate().all(|(at, c)| self.peek(at) == Some(c));
        let Some(sign) = SIGNS.iter().find(fits).copied() else { return Err(c.to_string()) };
        self.at += sign.len();
        Ok(Token::Sign(match sign {
            "**" => "^",
            "**=" => "^=",
            sign => sign,
        }))
    }

    fn name(&mut self) -> Token {
        let from = self.at;
        while self.peek(0).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.at += 1;
        }
        let name: String = self.chars.get(from..self.at).unwrap_or(&[]).iter().collect();
        match KEYWORDS.iter().find(|keyword| keyword.0 == name) {
            Some((_, keyword)) => Token::Keyword(*keyword),
            None => Token::Name(name.into(), self.peek(0) == Some('(')),
        }
    }

    fn number(&mut self) -> f64 {
        let rest: String = self.chars.get(self.at..).unwrap_or(&[]).iter().take(400).collect();
        let length = super::value::number_length(&rest);
        self.at += length.max(1);
        rest.get(..length).and_then(|text| text.parse().ok()).unwrap_or(0.0)
    }

    fn text(&mut self) -> Result<Token, String> {
        let mut raw = String::new();
        loop {
            match self.peek(0) {
                None | Some('\n') => return Err("unterminated string".into()),
                Some('"') => break,
                Some('\\') if self.peek(1) == Some('\n') => self.at += 2,
                Some('\\') => {
                    raw.push('\\');
                    raw.extend(self.peek(1));
                    self.at += 2;
                }
                Some(c) => {
                    raw.push(c);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Ok(Token::Text(unescaped(&raw).into()))
    }

    /// The rest of a pattern; its first `/` was read.
    ///
    /// # Errors
    /// When it has no end.
    pub fn regex(&mut self) -> Result<String, String> {
        let mut text = String::new();
        let mut is_class = false;
        loop {
            match self.peek(0) {
                None | Some('\n') => return Err("regular expression compile failed".into()),
                Some('/') if !is_class => break,
                Some('\\') if self.peek(1) == Some('/') => {
                    text.push('/');
                    self.at += 1;
                }
                Some('\\') => {
                    text.push('\\');
                    text.extend(self.peek(1));
                    self.at += 1;
                }
                Some(c) => {
                    // `/` in a class ends nothing.
                    is_class = match c {
                        '[' if !is_class => self.closes_class(),
                        ']' => false,
                        _ => is_class,
                    };
                    text.push(c);
                }
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(text)
    }

    /// Whether a class that begins here has an end in its line.
    fn closes_class(&self) -> bool {
        let rest = self.chars.get(self.at + 2..).unwrap_or(&[]);
        rest.iter().take_while(|c| **c != '\n').any(|c| *c == ']')
    }
}

/// A text with what its backslashes mean.
pub fn unescaped(raw: &str) -> String {
    let mut out = String::new();
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some(c @ ('"' | '\\')) => out.push(c),
            Some(c @ '0'..='7') => {
                let mut code = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = chars.next_if(|c| c.is_digit(8)) else { break };
                    code = code * 8 + digit.to_digit(8).unwrap_or(0);
                }
                out.extend(char::from_u32(code));
            }
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

/// A pattern as the regular expressions of this lab take it: escapes of texts are resolved in it.
pub fn for_pattern(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('t') => out.push('\t'),
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('f') => out.push('\u{c}'),
                Some('v') => out.push('\u{b}'),
                Some(c @ ('"' | '/')) => out.push(c),
                Some(c) => out.extend(['\\', c]),
                None => out.push_str("\\\\"),
            },
            (c, false) => out.push(c),
        }
    }
    out
}
