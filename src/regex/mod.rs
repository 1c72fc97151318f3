//! Regular expressions as `grep`, `sed`, `awk` and `[[ =~ ]]` take them: basic and extended, leftmost and longest,
//! with references back. The time grows with the line times the pattern, whatever the pattern is; a pattern with
//! references back is tried path by path, and given up after so many steps. Perl's patterns (`grep -P`) are so, too.

mod perl;
mod syntax;

use std::cell::Cell;
pub use syntax::named_class;
use syntax::{Edge, Node, One, Reader};

/// A pattern that was read.
#[derive(Debug)]
pub struct Pattern {
    program: Vec<Step>,
    groups: usize,
    ignores_case: bool,
    /// Whether lines inside the text have a beginning and an end, too.
    is_by_lines: bool,
    has_references: bool,
    /// The same as Perl reads it, where it is one of Perl's.
    perl: Option<perl::Perl>,
    /// Whether a search was given up.
    is_spent: Cell<bool>,
}

/// Why a pattern of Perl's cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is wrong: how, in the library's words.
    Wrong(String),
    /// It has something that is not known here.
    Unknown,
}

/// The most steps that are gone for references back in one line.
const PATHS_MAX: usize = 500_000;

/// The most steps of a pattern once its repetitions are written out.
const STEPS_MAX: usize = 5000;

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
    /// What a group found, once more.
    Again(usize),
    Match,
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
        let has_references = program.iter().any(|step| matches!(step, Step::Again(_)));
        Ok(Pattern { groups: reader.groups + 1, has_references, ..Pattern::of_program(program, ignores_case) })
    }

    fn of_program(program: Vec<Step>, ignores_case: bool) -> Pattern {
        Pattern {
            program,
            groups: 1,
            ignores_case,
            is_by_lines: false,
            has_references: false,
            perl: None,
            is_spent: Cell::new(false),
        }
    }

    /// Reads a pattern as Perl does.
    ///
    /// # Errors
    /// When it is wrong, or has something that is not known here.
    pub fn perl(text: &str, ignores_case: bool) -> Result<Pattern, Unread> {
        let perl = perl::Perl::read(text, ignores_case)?;
        let groups = perl.group_count() + 1;
        Ok(Pattern { groups, perl: Some(perl), ..Pattern::of_program(Vec::new(), ignores_case) })
    }

    /// Whether a search was given up, so that nobody knows whether it would have found something.
    pub fn is_spent(&self) -> bool {
        self.is_spent.get()
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
        Pattern::of_program(program, ignores_case)
    }

    /// The same pattern, for which lines inside the text begin and end, too.
    pub fn by_lines(self) -> Pattern {
        Pattern { is_by_lines: true, ..self }
    }

    /// How many groups it has.
    pub fn group_count(&self) -> usize {
        self.groups - 1
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
        if let Some(perl) = &self.perl {
            let found = perl.find(line, from);
            self.is_spent.set(self.is_spent.get() || found.is_err());
            return found.ok().flatten();
        }
        if self.has_references {
            return self.find_by_paths(line, from);
        }
        let mut run = Run { pattern: self, line, seen: vec![usize::MAX; self.program.len()], threads: Vec::new() };
        let mut best: Option<Vec<Option<usize>>> = None;
        let mut now: Vec<Thread> = Vec::new();
        for at in from..=line.len() {
            if best.is_none() {
                run.threads = std::mem::take(&mut now);
                run.add(0, at, vec![None; self.groups * 2]);
                now = std::mem::take(&mut run.threads);
            }
            if now.is_empty() && best.is_some() {
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
        best.map(|saved| pairs(&saved))
    }

    /// The same for a pattern with references back: every path is tried, the longest is kept.
    fn find_by_paths(&self, line: &[char], from: usize) -> Option<Found> {
        let run = Run { pattern: self, line, seen: Vec::new(), threads: Vec::new() };
        let mut left = PATHS_MAX;
        for start in from..=line.len() {
            let mut best: Option<Vec<Option<usize>>> = None;
            let mut stack = vec![(0, start, vec![None; self.groups * 2])];
            while let Some((place, at, mut saved)) = stack.pop() {
                left = left.saturating_sub(1);
                if left == 0 || stack.len() > STEPS_MAX {
                    return best.map(|saved| pairs(&saved));
                }
                match self.program.get(place) {
                    Some(Step::One(one)) if line.get(at).is_some_and(|c| self.fits(one, *c)) => {
                        stack.push((place + 1, at + 1, saved));
                    }
                    Some(Step::At(edge)) if run.is_at(*edge, at) => stack.push((place + 1, at, saved)),
                    Some(Step::Split(one, other)) => {
                        stack.push((*other, at, saved.clone()));
                        stack.push((*one, at, saved));
                    }
                    Some(Step::Jump(to)) => stack.push((*to, at, saved)),
                    Some(Step::Save(slot)) => {
                        if let Some(slot) = saved.get_mut(*slot) {
                            *slot = Some(at);
                        }
                        stack.push((place + 1, at, saved));
                    }
                    Some(Step::Again(group)) => {
                        let found = saved.get(group * 2..group * 2 + 2);
                        let Some([Some(from), Some(to)]) = found else { continue };
                        let wanted = line.get(*from..*to).unwrap_or(&[]);
                        let here = line.get(at..at + wanted.len());
                        let is_same = |here: &[char]| {
                            let pairs = here.iter().zip(wanted);
                            here == wanted
                                || self.ignores_case
                                    && pairs.into_iter().all(|(a, b)| a.to_lowercase().eq(b.to_lowercase()))
                        };
                        if here.is_some_and(is_same) {
                            let next = at + wanted.len();
                            stack.push((place + 1, next, saved));
                        }
                    }
                    Some(Step::Match) => {
                        let end = |saved: &Vec<Option<usize>>| saved.get(1).copied().flatten();
                        if best.as_ref().is_none_or(|best| end(&saved) > end(best)) {
                            best = Some(saved);
                        }
                    }
                    _ => {}
                }
            }
            if let Some(saved) = best {
                return Some(pairs(&saved));
            }
        }
        None
    }

    fn fits(&self, one: &One, c: char) -> bool {
        fits(one, c, self.ignores_case)
    }
}

/// Whether a character fits; `folds` says whether large and small letters are the same.
fn fits(one: &One, c: char, folds: bool) -> bool {
    let is = |c: char| match one {
        One::Char(wanted) => *wanted == c,
        One::Class(ranges, is_negated) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *is_negated,
        One::Any => true,
    };
    is(c) || folds && (c.to_lowercase().any(is) || c.to_uppercase().any(is))
}

fn pairs(saved: &[Option<usize>]) -> Found {
    let pair = |pair: &[Option<usize>]| match pair {
        [Some(from), Some(to)] => Some((*from, *to)),
        _ => None,
    };
    saved.chunks(2).map(pair).collect()
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
                Some(Step::At(_) | Step::Again(_)) | None => {}
            }
        }
    }

    fn is_at(&self, edge: Edge, at: usize) -> bool {
        is_at(self.line, edge, at, self.pattern.is_by_lines)
    }
}

/// Whether a place in a line is such a place; `is_by_lines` says whether lines inside the text have ends, too.
fn is_at(line: &[char], edge: Edge, at: usize, is_by_lines: bool) -> bool {
    let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let before = at.checked_sub(1).is_some_and(|at| is_word(line.get(at)));
    let behind = is_word(line.get(at));
    let is_end = |at: usize| is_by_lines && line.get(at) == Some(&'\n');
    match edge {
        Edge::Start => at == 0 || is_end(at - 1),
        Edge::End => at == line.len() || is_end(at),
        Edge::TextStart => at == 0,
        Edge::TextEnd => at == line.len(),
        Edge::WordStart => !before && behind,
        Edge::WordEnd => before && !behind,
        Edge::Word => before != behind,
        Edge::NoWord => before == behind,
    }
}

fn compile(node: &Node, program: &mut Vec<Step>) -> Result<(), String> {
    if program.len() > STEPS_MAX {
        return Err("Regular expression too big".to_string());
    }
    match node {
        Node::One(one) => program.push(Step::One(one.clone())),
        Node::At(edge) => program.push(Step::At(*edge)),
        Node::Again(number) => program.push(Step::Again(*number)),
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
            ("(a)b\\1", true, "aba", true),
            ("(a|b)\\1", true, "ab", false),
            ("\\(.\\)\\1", false, "hello", true),
            ("\\(ab*\\)\\1$", false, "abbab", false),
        ];
        for (pattern, is_extended, line, expected) in cases {
            assert_eq!(Pattern::new(pattern, is_extended, false).is_in(line), expected, "{pattern} {line}");
        }
        assert!(Pattern::new("running", false, true).is_in("Running"));
        let line: Vec<char> = "a web-10 b".chars().collect();
        assert_eq!(Pattern::new("web-[0-9]*", false, false).find(&line, 0), Some((2, 8)));
        let line: Vec<char> = "xabcab".chars().collect();
        assert_eq!(Pattern::new("a|ab|abc", true, false).find(&line, 0), Some((1, 4)));
        assert_eq!(Pattern::new("$", true, false).find(&line, 0), Some((6, 6)));
        assert_eq!(Pattern::new("\\bab", true, false).find(&['x', ' ', 'a', 'b'], 0), Some((2, 4)));
        let groups = Pattern::new("(a)(b)?(z)?", true, false).find_groups(&line, 0);
        assert_eq!(groups, Some(vec![Some((1, 3)), Some((1, 2)), Some((2, 3)), None]));
    }

    #[test]
    fn long_lines_and_patterns_that_explode_are_answered() {
        let line = "a".repeat(50_000) + "b";
        assert!(Pattern::new("(a*)*(a*)*(a*)*b$", true, false).is_in(&line));
        assert!(!Pattern::new("(a*)*(a*)*(a*)*c", true, false).is_in(&line));
        assert!(!Pattern::new("(a*)*(a*)*\\1c", true, false).is_in(&line));
        assert!(Pattern::read("(a{500}){500}", true, false).is_err());
    }
}
