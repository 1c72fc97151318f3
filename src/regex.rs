//! Regular expressions as `grep`, `sed`, `awk` and `[[ =~ ]]` take them: basic and extended, leftmost and longest,
//! without references back. The time grows with the line times the pattern, whatever the pattern is.

use std::rc::Rc;

/// A pattern that was read.
#[derive(Debug)]
pub struct Pattern {
    program: Vec<Step>,
    groups: usize,
    ignores_case: bool,
}

/// The most steps of a pattern once its repetitions are written out, and the deepest nesting of groups.
const STEPS_MAX: usize = 5000;
const DEPTH_MAX: usize = 50;

#[derive(Clone, Debug)]
enum Step {
    /// One character that fits.
    One(One),
    /// A place that fits.
    At(Edge),
    /// Goes on at both places, the first before the second.
    Split(usize, usize),
    Jump(usize),
    /// Remembers the place.
    Save(usize),
    Match,
}

#[derive(Clone, Debug)]
enum One {
    Char(char),
    Any,
    /// Characters from one to the other; true means all others.
    Class(Rc<Vec<(char, char)>>, bool),
}

#[derive(Clone, Copy, Debug)]
enum Edge {
    Start,
    End,
    WordStart,
    WordEnd,
    Word,
    NoWord,
}

enum Node {
    One(One),
    At(Edge),
    Group(usize, Box<Node>),
    Either(Vec<Node>),
    Row(Vec<Node>),
    /// The node, at least and at most so often.
    Repeat(Box<Node>, usize, Option<usize>),
}

/// Where a pattern was found: the whole, then its groups.
pub type Found = Vec<Option<(usize, usize)>>;

impl Pattern {
    /// Reads a pattern, basic (`a\|b`) or extended (`a|b`).
    ///
    /// # Errors
    /// What is wrong with it, in the GNU tools' words.
    pub fn read(text: &str, is_extended: bool, ignores_case: bool) -> Result<Pattern, String> {
        let mut reader = Reader { chars: text.chars().collect(), at: 0, is_extended, depth: 0, groups: 0 };
        let node = reader.either()?;
        if reader.at < reader.chars.len() {
            return Err("Unmatched ) or \\)".to_string());
        }
        let mut program = vec![Step::Save(0)];
        compile(&node, &mut program)?;
        program.extend([Step::Save(1), Step::Match]);
        Ok(Pattern { program, groups: reader.groups + 1, ignores_case })
    }

    /// Reads a pattern; one that cannot be read is taken letter by letter.
    pub fn new(text: &str, is_extended: bool, ignores_case: bool) -> Pattern {
        Pattern::read(text, is_extended, ignores_case).unwrap_or_else(|_| Pattern::literal(text, ignores_case))
    }

    /// A pattern without signs.
    pub fn literal(text: &str, ignores_case: bool) -> Pattern {
        let mut program = vec![Step::Save(0)];
        program.extend(text.chars().map(|c| Step::One(One::Char(c))));
        program.extend([Step::Save(1), Step::Match]);
        Pattern { program, groups: 1, ignores_case }
    }

    /// Whether the pattern is found in a line.
    pub fn is_in(&self, line: &str) -> bool {
        self.find(&line.chars().collect::<Vec<_>>(), 0).is_some()
    }

    /// The first place at or behind `from` where the pattern is found: from, to.
    pub fn find(&self, line: &[char], from: usize) -> Option<(usize, usize)> {
        self.find_groups(line, from)?.first().copied().flatten()
    }

    /// The same with the places of its groups.
    pub fn find_groups(&self, line: &[char], from: usize) -> Option<Found> {
        let mut run = Run { pattern: self, line, seen: vec![usize::MAX; self.program.len()], threads: Vec::new() };
        let mut best: Option<Vec<Option<usize>>> = None;
        let mut now: Vec<Thread> = Vec::new();
        for at in from..=line.len() {
            if best.is_none() {
                run.threads = std::mem::take(&mut now);
                run.add(0, at, vec![None; self.groups * 2]);
                now = std::mem::take(&mut run.threads);
            }
            if now.is_empty() {
                break;
            }
            let threads = std::mem::take(&mut now);
            for (place, saved) in threads {
                let is_later = best.as_ref().is_some_and(|best| saved.first() > best.first());
                match self.program.get(place) {
                    Some(Step::Match) if !is_later => {
                        let is_better = best.as_ref().is_none_or(|best| {
                            saved.first() < best.first()
                                || saved.get(1).copied().flatten() > best.get(1).copied().flatten()
                        });
                        if is_better {
                            best = Some(saved);
                        }
                    }
                    Some(Step::One(one)) if !is_later && line.get(at).is_some_and(|c| self.fits(one, *c)) => {
                        run.add(place + 1, at + 1, saved);
                    }
                    _ => {}
                }
            }
            now = std::mem::take(&mut run.threads);
        }
        let pair = |pair: &[Option<usize>]| match pair {
            [Some(from), Some(to)] => Some((*from, *to)),
            _ => None,
        };
        best.map(|saved| saved.chunks(2).map(pair).collect())
    }

    fn fits(&self, one: &One, c: char) -> bool {
        let is = |c: char| match one {
            One::Char(wanted) => *wanted == c,
            One::Class(ranges, is_negated) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *is_negated,
            One::Any => true,
        };
        is(c) || self.ignores_case && (c.to_lowercase().any(is) || c.to_uppercase().any(is))
    }
}

/// A step that is next, with the places that were remembered on the way.
type Thread = (usize, Vec<Option<usize>>);

struct Run<'p> {
    pattern: &'p Pattern,
    line: &'p [char],
    /// For each step the place in the line at which it was added last.
    seen: Vec<usize>,
    threads: Vec<Thread>,
}

impl Run<'_> {
    /// Adds a step, and those behind it that need no character, in order.
    fn add(&mut self, first: usize, at: usize, saved: Vec<Option<usize>>) {
        let mut stack = vec![(first, saved)];
        while let Some((place, mut saved)) = stack.pop() {
            match self.seen.get_mut(place) {
                Some(seen) if *seen != at => *seen = at,
                _ => continue,
            }
            match self.pattern.program.get(place) {
                Some(Step::Jump(to)) => stack.push((*to, saved)),
                Some(Step::Split(one, other)) => {
                    stack.push((*other, saved.clone()));
                    stack.push((*one, saved));
                }
                Some(Step::Save(slot)) => {
                    if let Some(slot) = saved.get_mut(*slot) {
                        *slot = Some(at);
                    }
                    stack.push((place + 1, saved));
                }
                Some(Step::At(edge)) if self.is_at(*edge, at) => stack.push((place + 1, saved)),
                Some(Step::One(_) | Step::Match) => self.threads.push((place, saved)),
                Some(Step::At(_)) | None => {}
            }
        }
    }

    fn is_at(&self, edge: Edge, at: usize) -> bool {
        let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
        let before = at.checked_sub(1).is_some_and(|at| is_word(self.line.get(at)));
        let behind = is_word(self.line.get(at));
        match edge {
            Edge::Start => at == 0,
            Edge::End => at == self.line.len(),
            Edge::WordStart => !before && behind,
            Edge::WordEnd => before && !behind,
            Edge::Word => before != behind,
            Edge::NoWord => before == behind,
        }
    }
}

fn compile(node: &Node, program: &mut Vec<Step>) -> Result<(), String> {
    if program.len() > STEPS_MAX {
        return Err("Regular expression too big".to_string());
    }
    match node {
        Node::One(one) => program.push(Step::One(one.clone())),
        Node::At(edge) => program.push(Step::At(*edge)),
        Node::Row(nodes) => nodes.iter().try_for_each(|node| compile(node, program))?,
        Node::Group(number, inside) => {
            program.push(Step::Save(number * 2));
            compile(inside, program)?;
            program.push(Step::Save(number * 2 + 1));
        }
        Node::Either(nodes) => {
            let mut jumps = Vec::new();
            for (at, node) in nodes.iter().enumerate() {
                if at + 1 == nodes.len() {
                    compile(node, program)?;
                    break;
                }
                let split = program.len();
                program.push(Step::Match);
                compile(node, program)?;
                jumps.push(program.len());
                program.push(Step::Match);
                let end = program.len();
                set(program, split, Step::Split(split + 1, end));
            }
            let end = program.len();
            jumps.into_iter().for_each(|at| set(program, at, Step::Jump(end)));
        }
        Node::Repeat(inside, least, most) => compile_repeat(inside, *least, *most, program)?,
    }
    Ok(())
}

fn compile_repeat(inside: &Node, least: usize, most: Option<usize>, program: &mut Vec<Step>) -> Result<(), String> {
    for _ in 0..least {
        compile(inside, program)?;
    }
    let Some(most) = most else {
        let split = program.len();
        program.push(Step::Match);
        compile(inside, program)?;
        program.push(Step::Jump(split));
        let end = program.len();
        set(program, split, Step::Split(split + 1, end));
        return Ok(());
    };
    let mut splits = Vec::new();
    for _ in least..most {
        splits.push(program.len());
        program.push(Step::Match);
        compile(inside, program)?;
    }
    let end = program.len();
    splits.into_iter().for_each(|at| set(program, at, Step::Split(at + 1, end)));
    Ok(())
}

fn set(program: &mut [Step], at: usize, step: Step) {
    if let Some(slot) = program.get_mut(at) {
        *slot = step;
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    is_extended: bool,
    depth: usize,
    groups: usize,
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

    fn either(&mut self) -> Result<Node, String> {
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
            '1'..='9' => Err("references back are not in this lab".to_string()),
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
            ("^[0-9]{2,3}$", true, "1234", false),
            ("^[0-9]\\{2,3\\}$", false, "123", true),
            ("\\bweb\\b", true, "a web b", true),
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
        let line: Vec<char> = "xabcab".chars().collect();
        assert_eq!(Pattern::new("a|ab|abc", true, false).find(&line, 0), Some((1, 4)));
        let groups = Pattern::new("(a)(b)?(z)?", true, false).find_groups(&line, 0);
        assert_eq!(groups, Some(vec![Some((1, 3)), Some((1, 2)), Some((2, 3)), None]));
    }

    #[test]
    fn long_lines_and_patterns_that_explode_are_answered() {
        let line = "a".repeat(50_000) + "b";
        assert!(Pattern::new("(a*)*(a*)*(a*)*b$", true, false).is_in(&line));
        assert!(!Pattern::new("(a*)*(a*)*(a*)*c", true, false).is_in(&line));
        assert!(Pattern::read("(a{500}){500}", true, false).is_err());
    }
}
