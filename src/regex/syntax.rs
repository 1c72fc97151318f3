//! Reads patterns as the tools of a shell write them, basic and extended, into a tree.

use std::rc::Rc;

/// The deepest nesting of groups.
const DEPTH_MAX: usize = 50;

#[derive(Clone, Debug)]
pub(super) enum One {
    Char(char),
    Any,
    /// Characters from one to the other; true means all others.
    Class(Rc<Vec<(char, char)>>, bool),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Edge {
    Start,
    End,
    WordStart,
    WordEnd,
    Word,
    NoWord,
    TextStart,
    TextEnd,
}

pub(super) enum Node {
    One(One),
    At(Edge),
    Group(usize, Box<Node>),
    Either(Vec<Node>),
    Row(Vec<Node>),
    /// What a group found, once more.
    Again(usize),
    /// The node, at least and at most so often.
    Repeat(Box<Node>, usize, Option<usize>),
}

pub(super) struct Reader {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) is_extended: bool,
    pub(super) depth: usize,
    pub(super) groups: usize,
}

impl Reader {
    /// The next sign with a meaning of its own, and its length; basic patterns have a backslash before most of them.
    fn sign(&self) -> Option<(char, usize)> {
        let c = *self.chars.get(self.at)?;
        let next = self.chars.get(self.at + 1).copied();
        match (c, next) {
            ('.' | '*' | '[' | '^' | '$', _) => Some((c, 1)),
            ('+' | '?' | '(' | ')' | '|' | '{', _) if self.is_extended => Some((c, 1)),
            ('\\', Some(next @ ('+' | '?' | '(' | ')' | '|' | '{'))) if !self.is_extended => Some((next, 2)),
            _ => None,
        }
    }

    pub(super) fn either(&mut self) -> Result<Node, String> {
        let mut all = vec![self.row()?];
        while let Some(('|', length)) = self.sign() {
            self.at += length;
            all.push(self.row()?);
        }
        Ok(Node::Either(all))
    }

    fn row(&mut self) -> Result<Node, String> {
        let mut nodes: Vec<Node> = Vec::new();
        while self.at < self.chars.len() {
            let sign = self.sign();
            let (least, most) = match sign {
                Some(('|', _)) => break,
                Some((')', _)) if self.depth > 0 || !self.is_extended => break,
                Some(('*', _)) => (0, None),
                Some(('+', _)) => (1, None),
                Some(('?', _)) => (0, Some(1)),
                Some(('{', length)) if !nodes.is_empty() => match self.interval(length)? {
                    Some((least, most, length)) => {
                        self.at += length;
                        let node = nodes.pop().unwrap_or(Node::Row(Vec::new()));
                        nodes.push(Node::Repeat(Box::new(node), least, most));
                        continue;
                    }
                    None => {
                        self.at += 1;
                        nodes.push(Node::One(One::Char('{')));
                        continue;
                    }
                },
                _ => {
                    let is_first = nodes.is_empty();
                    let node = self.node(sign, is_first)?;
                    nodes.push(node);
                    continue;
                }
            };
            self.at += sign.map_or(1, |(_, length)| length);
            match nodes.pop() {
                None | Some(Node::At(Edge::Start)) if !self.is_extended => {
                    nodes.push(Node::One(One::Char(sign.map_or('*', |(c, _)| c))));
                }
                None => {}
                Some(node) => nodes.push(Node::Repeat(Box::new(node), least, most)),
            }
        }
        Ok(Node::Row(nodes))
    }

    /// `{2}`, `{2,}`, `{,3}`, `{2,3}`: the bounds and the length; none if it is no such thing.
    fn interval(&self, open: usize) -> Result<Option<(usize, Option<usize>, usize)>, String> {
        let close = if self.is_extended { "}" } else { "\\}" };
        let rest: String = self.chars.get(self.at + open..).unwrap_or(&[]).iter().collect();
        let Some((inside, _)) = rest.split_once(close) else {
            return if self.is_extended { Ok(None) } else { Err("Unmatched \\{".to_string()) };
        };
        let length = open + inside.chars().count() + close.len();
        let (least, most) = match inside.split_once(',') {
            None => (inside, Some(inside)),
            Some((least, "")) => (least, None),
            Some((least, most)) => (least, Some(most)),
        };
        let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<usize>().ok() };
        let (Some(least), Some(most)) = (number(least), most.map_or(Some(None), |most| number(most).map(Some))) else {
            return if self.is_extended { Ok(None) } else { Err("Invalid content of \\{\\}".to_string()) };
        };
        if most.is_some_and(|most| most < least) {
            return Err("Invalid content of \\{\\}".to_string());
        }
        if least.max(most.unwrap_or(0)) > 1000 {
            return Err("Regular expression too big".to_string());
        }
        Ok(Some((least, most, length)))
    }

    fn node(&mut self, sign: Option<(char, usize)>, is_first: bool) -> Result<Node, String> {
        let Some((sign, length)) = sign else { return self.plain() };
        self.at += length;
        Ok(match sign {
            '.' => Node::One(One::Any),
            '^' if is_first || self.is_extended => Node::At(Edge::Start),
            '$' if self.is_extended || self.is_at_end() => Node::At(Edge::End),
            '[' => Node::One(self.class()?),
            '(' => {
                self.depth += 1;
                self.groups += 1;
                let number = self.groups;
                if self.depth > DEPTH_MAX {
                    return Err("Regular expression too big".to_string());
                }
                let inside = self.either()?;
                self.depth -= 1;
                let Some((')', length)) = self.sign() else { return Err("Unmatched ( or \\(".to_string()) };
                self.at += length;
                Node::Group(number, Box::new(inside))
            }
            c => Node::One(One::Char(c)),
        })
    }

    /// Whether a basic pattern, or a branch of it, ends here.
    fn is_at_end(&self) -> bool {
        self.at >= self.chars.len() || matches!(self.sign(), Some((')' | '|', 2)))
    }

    fn plain(&mut self) -> Result<Node, String> {
        let c = self.chars.get(self.at).copied().unwrap_or('\\');
        self.at += 1;
        if c != '\\' {
            return Ok(Node::One(One::Char(c)));
        }
        let Some(c) = self.chars.get(self.at).copied() else { return Err("Trailing backslash".to_string()) };
        self.at += 1;
        let class = |name: &str, is_negated| Ok(Node::One(One::Class(Rc::new(named_class(name).to_vec()), is_negated)));
        match c {
            'w' => class("word", false),
            'W' => class("word", true),
            's' => class("space", false),
            'S' => class("space", true),
            'd' => class("digit", false),
            '<' => Ok(Node::At(Edge::WordStart)),
            '>' => Ok(Node::At(Edge::WordEnd)),
            'b' => Ok(Node::At(Edge::Word)),
            'B' => Ok(Node::At(Edge::NoWord)),
            'n' => Ok(Node::One(One::Char('\n'))),
            't' => Ok(Node::One(One::Char('\t'))),
            '`' => Ok(Node::At(Edge::TextStart)),
            '\'' => Ok(Node::At(Edge::TextEnd)),
            '1'..='9' => {
                let number = c as usize - '0' as usize;
                if number > self.groups { Err("Invalid back reference".to_string()) } else { Ok(Node::Again(number)) }
            }
            c => Ok(Node::One(One::Char(c))),
        }
    }

    fn next(&mut self) -> Result<char, String> {
        let c = self.chars.get(self.at).copied();
        self.at += 1;
        c.ok_or_else(|| "Unmatched [, [^, [:, [., or [=".to_string())
    }

    fn class(&mut self) -> Result<One, String> {
        let is_negated = self.chars.get(self.at) == Some(&'^');
        self.at += usize::from(is_negated);
        let start = self.at;
        let mut ranges = Vec::new();
        loop {
            let is_first = self.at == start;
            let c = self.next()?;
            match (c, self.chars.get(self.at), self.chars.get(self.at + 1)) {
                (']', ..) if !is_first => return Ok(One::Class(Rc::new(ranges), is_negated)),
                ('[', Some(':'), _) => {
                    self.at += 1;
                    let mut name = String::new();
                    while let Some(c) = self.chars.get(self.at).filter(|c| c.is_ascii_alphabetic()) {
                        name.push(*c);
                        self.at += 1;
                    }
                    if (self.next()?, self.next()?) != (':', ']') {
                        return Err("Unmatched [, [^, [:, [., or [=".to_string());
                    }
                    ranges.extend_from_slice(named_class(&name));
                }
                (low, Some('-'), Some(high)) if *high != ']' => {
                    ranges.push((low, *high));
                    self.at += 2;
                }
                ('\\', Some('n'), _) => {
                    ranges.extend([('\\', '\\'), ('\n', '\n')]);
                }
                (c, ..) => ranges.push((c, c)),
            }
        }
    }
}

/// The characters of `[:name:]`.
pub fn named_class(name: &str) -> &'static [(char, char)] {
    match name {
        "digit" => &[('0', '9')],
        "space" => &[(' ', ' '), ('\t', '\r')],
        "blank" => &[(' ', ' '), ('\t', '\t')],
        "upper" => &[('A', 'Z')],
        "lower" => &[('a', 'z')],
        "alpha" => &[('a', 'z'), ('A', 'Z')],
        "alnum" => &[('a', 'z'), ('A', 'Z'), ('0', '9')],
        "xdigit" => &[('0', '9'), ('a', 'f'), ('A', 'F')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "cntrl" => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
        "print" => &[(' ', '~')],
        "graph" => &[('!', '~')],
        "word" => &[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        _ => &[],
    }
}
