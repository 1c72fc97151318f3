//! Regular expressions as `grep`, `sed` and `awk` take them: basic and extended, without references back.

use crate::ordering::Order;

/// A pattern that was read. A pattern that cannot be read is taken letter by letter.
pub struct Pattern {
    alternatives: Vec<Vec<Node>>,
    ignores_case: bool,
}

enum Node {
    Char(char),
    Any,
    /// Characters from one to the other; true means all others.
    Class(Vec<(char, char)>, bool),
    Start,
    End,
    Group(Vec<Vec<Node>>),
    /// The node, at least and at most so often.
    Repeat(Box<Node>, usize, usize),
}

/// The most steps that one line takes, so that a pattern cannot hold the page.
const STEPS_MAX: u32 = 20_000;
/// The deepest nesting of groups.
const DEPTH_MAX: usize = 20;

impl Pattern {
    /// Reads a pattern, basic (`a\|b`) or extended (`a|b`).
    pub fn new(text: &str, is_extended: bool, ignores_case: bool) -> Pattern {
        let mut reader = Reader { chars: text.chars().collect(), at: 0, is_extended, depth: 0 };
        let alternatives = reader.alternatives();
        let alternatives = match reader.at < reader.chars.len() {
            true => vec![text.chars().map(Node::Char).collect()],
            false => alternatives,
        };
        Pattern { alternatives, ignores_case }
    }

    /// Whether the pattern is found in a line.
    pub fn is_in(&self, line: &str) -> bool {
        self.find(&line.chars().collect::<Vec<_>>(), 0).is_some()
    }

    /// The first place at or behind `from` where the pattern is found: from, to.
    pub fn find(&self, line: &[char], from: usize) -> Option<(usize, usize)> {
        let mut run = Run { line, ignores_case: self.ignores_case, steps: 0 };
        (from..=line.len()).find_map(|start| {
            let mut end = None;
            run.any(&self.alternatives, start, &mut |at| {
                end = Some(at);
                true
            });
            end.map(|end| (start, end))
        })
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    is_extended: bool,
    depth: usize,
}

impl Reader {
    /// The next sign with a meaning of its own, and its length; basic patterns have a backslash before most of them.
    fn sign(&self) -> Option<(char, usize)> {
        let c = *self.chars.get(self.at)?;
        let next = self.chars.get(self.at + 1).copied();
        match (c, next) {
            ('.' | '*' | '[' | '^' | '$', _) => Some((c, 1)),
            ('+' | '?' | '(' | ')' | '|', _) if self.is_extended => Some((c, 1)),
            ('\\', Some(next @ ('+' | '?' | '(' | ')' | '|'))) if !self.is_extended => Some((next, 2)),
            _ => None,
        }
    }

    fn alternatives(&mut self) -> Vec<Vec<Node>> {
        let mut all = vec![self.sequence()];
        while let Some(('|', length)) = self.sign() {
            self.at += length;
            all.push(self.sequence());
        }
        all
    }

    fn sequence(&mut self) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        while self.at < self.chars.len() {
            let sign = self.sign();
            let (min, max) = match sign {
                Some(('|' | ')', _)) => break,
                Some(('*', _)) => (0, usize::MAX),
                Some(('+', _)) => (1, usize::MAX),
                Some(('?', _)) => (0, 1),
                _ => {
                    let Some(node) = self.node(sign) else { break };
                    nodes.push(node);
                    continue;
                }
            };
            self.at += sign.map_or(1, |(_, length)| length);
            match nodes.pop() {
                Some(Node::Start) | None => nodes.push(Node::Char(sign.map_or('*', |(c, _)| c))),
                Some(node) => nodes.push(Node::Repeat(Box::new(node), min, max)),
            }
        }
        nodes
    }

    fn node(&mut self, sign: Option<(char, usize)>) -> Option<Node> {
        let Some((sign, length)) = sign else {
            let mut c = *self.chars.get(self.at)?;
            self.at += 1;
            if c == '\\' {
                c = *self.chars.get(self.at)?;
                self.at += 1;
                let class = |ranges: &[(char, char)]| Some(Node::Class(ranges.to_vec(), false));
                match c {
                    'd' => return class(&[('0', '9')]),
                    's' => return class(&[(' ', ' '), ('\t', '\t')]),
                    'w' => return class(&[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
                    _ => {}
                }
            }
            return Some(Node::Char(c));
        };
        self.at += length;
        Some(match sign {
            '.' => Node::Any,
            '^' => Node::Start,
            '$' => Node::End,
            '[' => self.class()?,
            '(' if self.depth < DEPTH_MAX => {
                self.depth += 1;
                let inside = self.alternatives();
                self.depth -= 1;
                let Some((')', length)) = self.sign() else {
                    self.at -= 1;
                    return None;
                };
                self.at += length;
                Node::Group(inside)
            }
            c => Node::Char(c),
        })
    }

    fn class(&mut self) -> Option<Node> {
        let inside: String = self.chars.get(self.at..)?.iter().collect();
        let is_negated = inside.starts_with('^');
        let mut chars = inside.chars().skip(usize::from(is_negated)).peekable();
        let (mut ranges, mut length) = (Vec::new(), usize::from(is_negated));
        let mut is_first = true;
        loop {
            let c = chars.next()?;
            length += 1;
            if c == ']' && !is_first {
                break;
            }
            is_first = false;
            let mut rest = chars.clone();
            match (c, rest.next(), rest.next()) {
                ('[', Some(':'), _) => {
                    let name: String = chars.by_ref().skip(1).take_while(|c| *c != ':').collect();
                    chars.next();
                    length += name.chars().count() + 3;
                    ranges.extend_from_slice(match name.as_str() {
                        "digit" => &[('0', '9')],
                        "space" | "blank" => &[(' ', ' '), ('\t', '\t')],
                        "upper" => &[('A', 'Z')],
                        "lower" => &[('a', 'z')],
                        "alpha" => &[('a', 'z'), ('A', 'Z')],
                        _ => &[('a', 'z'), ('A', 'Z'), ('0', '9')],
                    });
                }
                (_, Some('-'), Some(end)) if end != ']' => {
                    chars.next();
                    chars.next();
                    length += 2;
                    ranges.push((c, end));
                }
                _ => ranges.push((c, c)),
            }
        }
        self.at += length;
        Some(Node::Class(ranges, is_negated))
    }
}

struct Run<'l> {
    line: &'l [char],
    ignores_case: bool,
    steps: u32,
}

/// What stands behind: whether the match goes on from this place.
type Behind<'b> = &'b mut dyn FnMut(usize) -> bool;

impl Run<'_> {
    fn any(&mut self, alternatives: &[Vec<Node>], at: usize, behind: Behind<'_>) -> bool {
        alternatives.iter().any(|nodes| self.all(nodes, at, behind))
    }

    fn all(&mut self, nodes: &[Node], at: usize, behind: Behind<'_>) -> bool {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return false;
        }
        let Some((first, rest)) = nodes.split_first() else { return behind(at) };
        match first {
            Node::Start => at == 0 && self.all(rest, at, behind),
            Node::End => at == self.line.len() && self.all(rest, at, behind),
            Node::Group(inside) => inside.iter().any(|nodes| {
                // The ends that this alternative reaches, then what follows from each.
                self.ends(nodes, at).into_iter().rev().any(|end| self.all(rest, end, behind))
            }),
            Node::Repeat(node, min, max) => {
                let mut ends = vec![vec![at]];
                while ends.len() <= *max {
                    let last = ends.last().cloned().unwrap_or_default();
                    let mut next: Vec<usize> =
                        last.iter().flat_map(|at| self.ends(std::slice::from_ref(node), *at)).collect();
                    next.order();
                    next.dedup();
                    next.retain(|end| !last.contains(end));
                    if next.is_empty() || self.steps > STEPS_MAX {
                        break;
                    }
                    ends.push(next);
                }
                // As many as possible first.
                let enough = ends.into_iter().skip(*min).rev().flatten();
                enough.into_iter().any(|end| self.all(rest, end, behind))
            }
            node => self.line.get(at).is_some_and(|c| self.fits(node, *c)) && self.all(rest, at + 1, behind),
        }
    }

    /// Where a sequence can end that begins at `at`.
    fn ends(&mut self, nodes: &[Node], at: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        self.all(nodes, at, &mut |end| {
            if !ends.contains(&end) {
                ends.push(end);
            }
            false
        });
        ends.order();
        ends
    }

    fn fits(&self, node: &Node, c: char) -> bool {
        let is = |c: char| match node {
            Node::Char(wanted) => *wanted == c,
            Node::Class(ranges, is_negated) => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *is_negated
            }
            _ => true,
        };
        is(c) || self.ignores_case && (c.to_lowercase().any(is) || c.to_uppercase().any(is))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_found() {
        let cases = [
            ("Taints", false, "  Taints:  <none>", true),
            ("^web-.$", false, "web-0", true),
            ("^web$", false, "web-0", false),
            ("web.*Running", false, "web-0   1/1   Running", true),
            ("a.*b$", false, "a b b", true),
            ("", false, "x", true),
            ("a|b", false, "b", false),
            ("a\\|b", false, "b", true),
            ("a|b", true, "b", true),
            ("web-[0-9]+ ", true, "web-12 x", true),
            ("web-[^0-9]", true, "web-1", false),
            ("(ab)+c", true, "xababc", true),
            ("(ab)+c", true, "xabac", false),
            ("colou?r", true, "color", true),
            ("1\\.2", true, "1x2", false),
            ("[[:digit:]]{", true, "3{", true),
            ("*a", false, "*a", true),
            ("(a", true, "(a", true),
            ("[", true, "[", true),
        ];
        for (pattern, is_extended, line, expected) in cases {
            assert_eq!(Pattern::new(pattern, is_extended, false).is_in(line), expected, "{pattern} {line}");
        }
        assert!(Pattern::new("running", false, true).is_in("Running"));
        let line: Vec<char> = "a web-10 b".chars().collect();
        assert_eq!(Pattern::new("web-[0-9]*", false, false).find(&line, 0), Some((2, 8)));
    }

    #[test]
    fn a_pattern_that_explodes_ends() {
        let line = "a".repeat(200);
        assert!(!Pattern::new("(a*)*(a*)*(a*)*b", true, false).is_in(&line));
    }
}
