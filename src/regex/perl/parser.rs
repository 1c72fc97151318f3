//! Reads Perl's regular expressions into a tree.

use super::Perl;
use super::tree::{Kind, Node, Read, Writer, wrong};
use crate::regex::Unread;
use crate::regex::syntax::{Edge, One, named_class};
use std::rc::Rc;

/// The deepest nesting of groups.
const DEPTH_MAX: usize = 50;

impl Perl {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is wrong, or has something that is not known here.
    pub(in crate::regex) fn read(text: &str, ignores_case: bool) -> Read<Perl> {
        let chars = text.chars().collect();
        let mut reader = Reader { chars, at: 0, depth: 0, groups: 1, names: Vec::new(), folds: ignores_case };
        let node = reader.either()?;
        if reader.at < reader.chars.len() {
            return wrong("unmatched closing parenthesis");
        }
        let mut writer = Writer::new(reader.groups);
        let program = writer.program(&node)?;
        Ok(Perl { program, groups: reader.groups, slots: writer.slots() })
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    groups: usize,
    names: Vec<(String, usize)>,
    /// Whether large and small letters are the same from here on.
    folds: bool,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, text: &str) -> bool {
        let is_there = text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        self.at += if is_there { text.chars().count() } else { 0 };
        is_there
    }

    fn either(&mut self) -> Read<Node> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Unread::Unknown);
        }
        let mut all = vec![self.row()?];
        while self.take("|") {
            all.push(self.row()?);
        }
        self.depth -= 1;
        Ok(Node::Either(all))
    }

    fn row(&mut self) -> Read<Node> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) {
            if matches!(c, '*' | '+' | '?') {
                return wrong("quantifier does not follow a repeatable item");
            }
            self.atom(&mut nodes)?;
            let Some((least, most)) = self.quantifier()? else { continue };
            let kind = match self.peek() {
                Some('?') => Kind::Lazy,
                Some('+') => Kind::Possessive,
                _ => Kind::Greedy,
            };
            self.at += usize::from(kind != Kind::Greedy);
            if let Some(node) = nodes.pop() {
                nodes.push(Node::Repeat(Box::new(node), least, most, kind));
            }
        }
        Ok(Node::Row(nodes))
    }

    fn quantifier(&mut self) -> Read<Option<(usize, Option<usize>)>> {
        let bounds = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.interval(),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(bounds))
    }

    /// `{2}`, `{2,}`, `{2,3}`; anything else stands for itself.
    fn interval(&mut self) -> Read<Option<(usize, Option<usize>)>> {
        let rest: String = self.chars.iter().skip(self.at + 1).take_while(|c| **c != '}').collect();
        let is_closed = self.chars.get(self.at + 1 + rest.chars().count()) == Some(&'}');
        let (least, most) = match rest.split_once(',') {
            None => (rest.parse().ok(), Some(rest.parse().ok())),
            Some((least, "")) => (least.parse().ok(), None),
            Some((least, most)) => (least.parse().ok(), Some(most.parse::<usize>().ok())),
        };
        let (Some(least), true) = (least, is_closed && most != Some(None)) else { return Ok(None) };
        let most: Option<usize> = most.flatten();
        if most.is_some_and(|most| most < least) {
            return wrong("numbers out of order in {} quantifier");
        }
        self.at += rest.chars().count() + 2;
        Ok(Some((least, most)))
    }

    fn atom(&mut self, nodes: &mut Vec<Node>) -> Read<()> {
        let c = self.peek().unwrap_or('\\');
        self.at += 1;
        nodes.push(match c {
            '.' => Node::One(One::Any, false),
            '^' => Node::At(Edge::Start),
            '$' => Node::At(Edge::End),
            '[' => Node::One(self.class()?, self.folds),
            '(' => return self.group(nodes),
            '\\' => return self.escaped(nodes),
            c => Node::One(One::Char(c), self.folds),
        });
        Ok(())
    }

    fn group(&mut self, nodes: &mut Vec<Node>) -> Read<()> {
        if self.take("*") {
            return Err(Unread::Unknown);
        }
        if self.take("?#") {
            self.at += self.chars.iter().skip(self.at).take_while(|c| **c != ')').count();
            return self.close();
        }
        let looks = [("?=", false, false), ("?!", false, true), ("?<=", true, false), ("?<!", true, true)];
        let before = self.folds;
        if let Some((_, is_behind, is_negated)) = looks.into_iter().find(|look| self.take(look.0)) {
            let inside = Box::new(self.either()?);
            if is_behind && !has_fixed_length(&inside) {
                return wrong("lookbehind assertion is not fixed length");
            }
            nodes.push(Node::Look { inside, is_behind, is_negated });
        } else if self.take("?>") {
            nodes.push(Node::Only(Box::new(self.either()?)));
        } else if self.take("?:") || !self.take("?") {
            let is_counted = self.chars.get(self.at.wrapping_sub(1)) == Some(&'(');
            self.numbered(is_counted, nodes)?;
        } else if let Some(name) = self.name() {
            self.names.push((name, self.groups));
            self.numbered(true, nodes)?;
        } else if self.take("P=") {
            let name = self.until(')');
            let number = self.names.iter().find(|known| known.0 == name).map(|known| known.1);
            nodes.push(Node::Again(number.ok_or(Unread::Unknown)?, self.folds));
        } else if !self.flags()? {
            // What was switched goes on to the end of the group around.
            return Ok(());
        } else {
            self.numbered(false, nodes)?;
        }
        self.folds = before;
        self.close()
    }

    fn numbered(&mut self, is_counted: bool, nodes: &mut Vec<Node>) -> Read<()> {
        let number = is_counted.then_some(self.groups);
        self.groups += usize::from(is_counted);
        let before = self.folds;
        let inside = self.either()?;
        self.folds = before;
        nodes.push(Node::Group(number, Box::new(inside)));
        Ok(())
    }

    fn close(&mut self) -> Read<()> {
        if self.take(")") { Ok(()) } else { wrong("missing closing parenthesis") }
    }

    /// The name of a group, if one stands here: `<name>`, `P<name>`, `'name'`.
    fn name(&mut self) -> Option<String> {
        let end = match () {
            () if self.take("P<") || self.take("<") => '>',
            () if self.take("'") => '\'',
            () => return None,
        };
        let name = self.until(end);
        self.at += 1;
        Some(name)
    }

    /// The text up to a sign, which is next then.
    fn until(&mut self, end: char) -> String {
        let text: String = self.chars.iter().skip(self.at).take_while(|c| **c != end).collect();
        self.at += text.chars().count();
        text
    }

    /// `i`, `-i`, `m`, `s` and the like. Whether a group follows them.
    fn flags(&mut self) -> Read<bool> {
        let mut is_on = true;
        loop {
            self.at += 1;
            match self.chars.get(self.at - 1) {
                Some('-') => is_on = false,
                Some('i') => self.folds = is_on,
                // A line holds no line ends.
                Some('m' | 's' | 'n') => {}
                Some(':') => return Ok(true),
                Some(')') => return Ok(false),
                _ => return Err(Unread::Unknown),
            }
        }
    }

    fn escaped(&mut self, nodes: &mut Vec<Node>) -> Read<()> {
        let Some(c) = self.peek() else { return wrong("\\ at end of pattern") };
        self.at += 1;
        if let Some(one) = class_of(c) {
            nodes.push(Node::One(one, false));
            return Ok(());
        }
        nodes.push(match c {
            'b' => Node::At(Edge::Word),
            'B' => Node::At(Edge::NoWord),
            'A' | 'G' => Node::At(Edge::TextStart),
            'z' | 'Z' => Node::At(Edge::TextEnd),
            'K' => Node::Keep,
            'E' => return Ok(()),
            'Q' => {
                while self.at < self.chars.len() && !self.take("\\E") {
                    nodes.push(Node::One(One::Char(self.peek().unwrap_or('\\')), self.folds));
                    self.at += 1;
                }
                return Ok(());
            }
            '1'..='9' => Node::Again(self.reference(&c.to_string())?, self.folds),
            'g' | 'k' => {
                let end = match self.peek() {
                    Some('{') => '}',
                    Some('<') => '>',
                    Some('\'') => '\'',
                    Some(digit) if c == 'g' && digit.is_ascii_digit() => {
                        self.at += 1;
                        nodes.push(Node::Again(self.reference(&digit.to_string())?, self.folds));
                        return Ok(());
                    }
                    _ => return Err(Unread::Unknown),
                };
                self.at += 1;
                let text = self.until(end);
                self.at += 1;
                Node::Again(self.reference(&text)?, self.folds)
            }
            c => Node::One(One::Char(self.sign(c)?), self.folds),
        });
        Ok(())
    }

    /// The group that a reference means, by its number or its name.
    fn reference(&self, text: &str) -> Read<usize> {
        let by_name = self.names.iter().find(|known| known.0 == text).map(|known| known.1);
        match by_name.or_else(|| text.parse().ok()) {
            Some(number) if number < self.groups => Ok(number),
            Some(_) if by_name.is_none() && !text.starts_with('-') => wrong("reference to non-existent subpattern"),
            _ => Err(Unread::Unknown),
        }
    }

    /// The character that stands behind a backslash.
    fn sign(&mut self, c: char) -> Read<char> {
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\u{c}',
            'e' => '\u{1b}',
            'a' => '\u{7}',
            'x' => {
                let is_long = self.take("{");
                let rest = self.chars.iter().skip(self.at).take(if is_long { 8 } else { 2 });
                let digits: String = rest.take_while(|c| c.is_ascii_hexdigit()).collect();
                self.at += digits.len();
                if is_long && !self.take("}") {
                    return Err(Unread::Unknown);
                }
                let number = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                number.ok_or(Unread::Unknown)?
            }
            c if c.is_ascii_alphanumeric() => return Err(Unread::Unknown),
            c => c,
        })
    }

    fn class(&mut self) -> Read<One> {
        let is_negated = self.take("^");
        let start = self.at;
        let mut ranges = Vec::new();
        loop {
            let Some(c) = self.peek() else { return wrong("missing terminating ] for character class") };
            let is_first = self.at == start;
            self.at += 1;
            match c {
                ']' if !is_first => return Ok(One::Class(Rc::new(ranges), is_negated)),
                '[' if self.peek() == Some(':') => {
                    let name = self.until(']');
                    let name = name.trim_matches(':');
                    let known = named_class(name.trim_start_matches('^'));
                    if known.is_empty() {
                        return wrong("unknown POSIX class name");
                    }
                    self.at += 1;
                    ranges.extend(if name.starts_with('^') { all_but(known) } else { known.to_vec() });
                    continue;
                }
                _ => {}
            }
            let low = match (c, self.peek()) {
                ('\\', Some(letter)) => {
                    self.at += 1;
                    if let Some(One::Class(own, is_negated)) = class_of(letter) {
                        ranges.extend(if is_negated { all_but(&own) } else { own.to_vec() });
                        continue;
                    }
                    if letter == 'b' { '\u{8}' } else { self.sign(letter)? }
                }
                (c, _) => c,
            };
            let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
            let mut high = low;
            if is_range {
                high = self.chars.get(self.at + 1).copied().unwrap_or(low);
                self.at += 2;
                if high == '\\' {
                    let letter = self.peek().unwrap_or('\\');
                    self.at += 1;
                    high = self.sign(letter)?;
                }
                if high < low {
                    return wrong("range out of order in character class");
                }
            }
            ranges.push((low, high));
        }
    }
}

/// The characters that a letter behind a backslash means.
fn class_of(letter: char) -> Option<One> {
    let name = match letter.to_ascii_lowercase() {
        'd' => "digit",
        'w' => "word",
        's' => "space",
        'h' => "blank",
        _ => return None,
    };
    Some(One::Class(Rc::new(named_class(name).to_vec()), letter.is_ascii_uppercase()))
}

/// All characters that are in none of these ranges.
fn all_but(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut rest = vec![(0, u32::from(char::MAX))];
    for (low, high) in ranges.iter().map(|(low, high)| (u32::from(*low), u32::from(*high))) {
        let cut = |(from, to): (u32, u32)| [(from, to.min(low.wrapping_sub(1))), (from.max(high + 1), to)];
        rest = rest.into_iter().flat_map(cut).filter(|(from, to)| from <= to && *to != u32::MAX).collect();
    }
    let letters = |(from, to)| Some((char::from_u32(from)?, char::from_u32(to)?));
    rest.into_iter().filter_map(letters).collect()
}

/// Whether each way through what stands before a place is of a length that is known.
fn has_fixed_length(node: &Node) -> bool {
    match node {
        Node::Either(nodes) => nodes.iter().all(|node| length(node).is_some()),
        node => length(node).is_some(),
    }
}

fn length(node: &Node) -> Option<usize> {
    match node {
        Node::One(..) => Some(1),
        Node::At(_) | Node::Look { .. } | Node::Keep => Some(0),
        Node::Group(_, inside) | Node::Only(inside) => length(inside),
        Node::Row(nodes) => nodes.iter().map(length).sum(),
        Node::Either(nodes) => {
            let first = length(nodes.first()?)?;
            nodes.iter().all(|node| length(node) == Some(first)).then_some(first)
        }
        Node::Repeat(inside, least, most, _) if *most == Some(*least) => Some(length(inside)? * least),
        Node::Repeat(..) | Node::Again(..) => None,
    }
}
