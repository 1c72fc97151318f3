//! Perl's regular expressions, as `grep -P` takes them: what stands around a place, lazy repetitions, `\K`, groups
//! with names. Every path is tried in Perl's order, the first that fits is the answer, and a search is given up after
//! so many steps; patterns without such signs are the linear automaton's.

mod parser;
mod tree;

use super::Found;
use super::syntax::{Edge, One};

/// A pattern that was read.
#[derive(Debug)]
pub(super) struct Perl {
    program: Vec<Step>,
    groups: usize,
    /// How many places it remembers: both ends of its groups, then where repetitions began.
    slots: usize,
}

/// The most steps that are gone in one line.
const STEPS_MAX: usize = 300_000;

/// The most paths that are open at once.
const PATHS_MAX: usize = 20_000;

/// How far back something may begin that has to stand before a place.
const BEHIND_MAX: usize = 255;

#[derive(Debug)]
enum Step {
    /// One character that fits; whether large and small letters are the same.
    One(One, bool),
    At(Edge),
    /// Goes on at both places, the first before the second.
    Split(usize, usize),
    Jump(usize),
    /// Remembers the place.
    Save(usize),
    /// What a group found, once more.
    Again(usize, bool),
    /// Ends a path on which a repetition has found nothing since it began.
    Moved(usize),
    /// Something that stands here, or does not; behind the place or before it.
    Look {
        inside: Vec<Step>,
        is_behind: bool,
        is_negated: bool,
    },
    /// What fits first here, and nothing else.
    Only(Vec<Step>),
    Match,
}

/// Why there is no answer.
pub(super) struct Spent;

/// A place in the line with what was remembered on the way there.
type Path = (usize, usize, Vec<Option<usize>>);

struct Search<'l> {
    line: &'l [char],
    steps: usize,
}

impl Perl {
    /// The first place at or behind `from` where it is found, with its groups.
    ///
    /// # Errors
    /// When that takes too many steps.
    pub(super) fn find(&self, line: &[char], from: usize) -> Result<Option<Found>, Spent> {
        let mut search = Search { line, steps: 0 };
        for start in from..=line.len() {
            let mut saved = vec![None; self.slots];
            saved.iter_mut().take(1).for_each(|first| *first = Some(start));
            if let Some((end, mut saved)) = search.run(&self.program, start, saved, None)? {
                saved.iter_mut().skip(1).take(1).for_each(|last| *last = Some(end));
                saved.truncate(self.groups * 2);
                return Ok(Some(super::pairs(&saved)));
            }
        }
        Ok(None)
    }

    pub(super) fn group_count(&self) -> usize {
        self.groups - 1
    }
}

/// Where a path ends, with what it remembers.
type Ended = Option<(usize, Vec<Option<usize>>)>;

impl Search<'_> {
    /// Follows the paths of a program from a place; the first that ends is the answer, at `end` if that is wanted.
    fn run(
        &mut self,
        program: &[Step],
        start: usize,
        saved: Vec<Option<usize>>,
        end: Option<usize>,
    ) -> Result<Ended, Spent> {
        let mut paths: Vec<Path> = vec![(0, start, saved)];
        while let Some((place, at, saved)) = paths.pop() {
            self.steps += 1;
            if self.steps > STEPS_MAX || paths.len() > PATHS_MAX {
                return Err(Spent);
            }
            match program.get(place) {
                Some(Step::Match) if end.is_none_or(|end| end == at) => return Ok(Some((at, saved))),
                Some(Step::Match) | None => {}
                Some(step) => self.step(step, (place, at, saved), &mut paths)?,
            }
        }
        Ok(None)
    }

    /// Goes one step on a path.
    fn step(&mut self, step: &Step, (place, at, mut saved): Path, paths: &mut Vec<Path>) -> Result<(), Spent> {
        let slot = |saved: &[Option<usize>], slot: usize| saved.get(slot).copied().flatten();
        match step {
            Step::One(one, folds) => {
                if self.line.get(at).is_some_and(|c| super::fits(one, *c, *folds)) {
                    paths.push((place + 1, at + 1, saved));
                }
            }
            Step::At(edge) if super::is_at(self.line, *edge, at, false) => paths.push((place + 1, at, saved)),
            Step::Split(first, second) => {
                paths.push((*second, at, saved.clone()));
                paths.push((*first, at, saved));
            }
            Step::Jump(to) => paths.push((*to, at, saved)),
            Step::Save(number) => {
                saved.iter_mut().skip(*number).take(1).for_each(|slot| *slot = Some(at));
                paths.push((place + 1, at, saved));
            }
            Step::Moved(number) if slot(&saved, *number) != Some(at) => paths.push((place + 1, at, saved)),
            Step::Again(group, folds) => {
                let ends = slot(&saved, group * 2).zip(slot(&saved, group * 2 + 1));
                let wanted = ends.and_then(|(from, to)| self.line.get(from..to));
                let is_same = |wanted: &[char]| {
                    let here = self.line.get(at..at + wanted.len());
                    here.is_some_and(|here| {
                        here.iter().zip(wanted).all(|(a, b)| super::fits(&One::Char(*b), *a, *folds))
                    })
                };
                if let Some(wanted) = wanted.filter(|wanted| is_same(wanted)) {
                    paths.push((place + 1, at + wanted.len(), saved));
                }
            }
            Step::Look { inside, is_behind, is_negated } => {
                let found = match is_behind {
                    false => self.run(inside, at, saved.clone(), None)?,
                    true => self.before(inside, at, &saved)?,
                };
                match found {
                    Some((_, found)) if !is_negated => paths.push((place + 1, at, found)),
                    None if *is_negated => paths.push((place + 1, at, saved)),
                    _ => {}
                }
            }
            Step::Only(inside) => {
                if let Some((end, saved)) = self.run(inside, at, saved, None)? {
                    paths.push((place + 1, end, saved));
                }
            }
            Step::At(_) | Step::Moved(_) | Step::Match => {}
        }
        Ok(())
    }

    /// What ends at a place.
    fn before(&mut self, inside: &[Step], at: usize, saved: &[Option<usize>]) -> Result<Ended, Spent> {
        for start in (at.saturating_sub(BEHIND_MAX)..=at).rev() {
            let found = self.run(inside, start, saved.to_vec(), Some(at))?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use crate::regex::Pattern;

    #[test]
    fn patterns_find_what_perl_finds() {
        for (pattern, line, found) in [
            (r"port=\K\d+", "port=80", Some("80")),
            ("(?<==).*", "a=b=c", Some("b=c")),
            ("^(?!#)", "# no", None),
            ("(?<=-)[0-9]+$", "web-3", Some("3")),
            ("<.+?>", "<a><b>", Some("<a>")),
            (r"(\w)\1", "abccd", Some("cc")),
            (r"(?<year>\d{4})-\k<year>", "1999-2024-2024", Some("2024-2024")),
            (r#""name":\s*"\K[^"]+(?=")"#, r#"{"name": "web"}"#, Some("web")),
            ("(?i)ERROR(?-i): x", "error: x", Some("error: x")),
            ("(?i)ERROR(?-i): x", "error: X", None),
            ("a++ab", "aaab", None),
            ("(?>a|ab)c", "abc", None),
            (r"(?:a*)*b", "aaac", None),
            (r"(?<!\d)\d{2}(?!\d)", "123 45", Some("45")),
            (r"[\w.-]+@[\w-]+\.\w{2,}", "to me@example.org now", Some("me@example.org")),
            (r"\bfoo\b|\Abar\z", "bar", Some("bar")),
            (r"[^\s\]]+", "] x]", Some("x")),
            (r"\Qa.b\E+", "a.bb", Some("a.bb")),
            (r"v\d+(\.\d+)*?$", "v1.2.3", Some("v1.2.3")),
        ] {
            let pattern = Pattern::perl(pattern, false).unwrap_or_else(|why| panic!("{pattern}: {why:?}"));
            let chars: Vec<char> = line.chars().collect();
            let text = pattern.find(&chars, 0).map(|(from, to)| chars[from..to].iter().collect::<String>());
            assert_eq!(text.as_deref(), found, "{pattern:?} {line}");
        }
        for pattern in ["(?(1)a|b)", r"\p{Greek}", "(?R)", "(*SKIP)", "(a", "[a", "(?<=a*)b", "a**"] {
            assert!(Pattern::perl(pattern, false).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_search_that_explodes_is_given_up() {
        let pattern = Pattern::perl("(?=x*)(a*)*(a*)*c", false).expect("a pattern");
        let line: Vec<char> = "a".repeat(40).chars().collect();
        assert!(pattern.find(&line, 0).is_none() && pattern.is_spent());
        let long: Vec<char> = ("a".repeat(50_000) + "b").chars().collect();
        assert!(Pattern::perl("(?<!x)a*?b", false).expect("a pattern").find(&long, 49_990).is_some());
    }
}
