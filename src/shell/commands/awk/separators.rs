//! How texts are cut in `awk`: into records by `RS`, into fields by `FS`; knows no files and no variables.

use crate::regex::Pattern;
use crate::sorted::SharedMap;
use std::rc::Rc;

/// A text that is read record by record.
#[derive(Clone, Debug, Default)]
pub struct Source {
    chars: Rc<[char]>,
    at: usize,
}

impl Source {
    /// At the begin of a text.
    pub fn new(text: &str) -> Source {
        Source { chars: text.chars().collect(), at: 0 }
    }

    /// The next record, by what separates them.
    pub fn next(&mut self, separator: &str, pattern: impl FnOnce(&str) -> Rc<Pattern>) -> Option<String> {
        let mut signs = separator.chars();
        let (first, second) = (signs.next(), signs.next());
        if first.is_none() {
            return self.paragraph();
        }
        let rest = self.chars.get(self.at..).filter(|rest| !rest.is_empty())?;
        let found = match second {
            None => rest.iter().position(|c| Some(*c) == first).map(|at| (at, at + 1)),
            Some(_) => pattern(separator).find(rest, 0).filter(|(from, to)| to > from),
        };
        // The end of the text ends a record as well.
        let (end, next) = found.unwrap_or((rest.len(), rest.len()));
        let record = rest.get(..end).unwrap_or(&[]).iter().collect();
        self.at += next;
        Some(record)
    }

    /// Lines up to an empty one.
    fn paragraph(&mut self) -> Option<String> {
        while self.chars.get(self.at) == Some(&'\n') {
            self.at += 1;
        }
        let rest = self.chars.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = rest.windows(2).position(|pair| pair == ['\n', '\n']).unwrap_or(rest.len());
        let record: String = rest.get(..end).unwrap_or(&[]).iter().collect();
        self.at += end;
        Some(record.strip_suffix('\n').map_or(record.clone(), str::to_string))
    }
}

/// Cuts a text by a separator: blanks for ` `, letters for none, one character, or a pattern.
pub fn split(text: &str, separator: &str, has_mawk: bool, pattern: impl FnOnce(&str) -> Rc<Pattern>) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut signs = separator.chars();
    match (signs.next(), signs.next()) {
        (Some(' '), None) => {
            // BusyBox takes a carriage return for a blank.
            let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n') || !has_mawk && c.is_ascii_whitespace();
            text.split(is_blank).filter(|part| !part.is_empty()).map(str::to_string).collect()
        }
        (None, _) => text.chars().map(String::from).collect(),
        (Some(one), None) => text.split(one).map(str::to_string).collect(),
        _ => split_by(text, &pattern(separator)),
    }
}

/// Cuts a text wherever a pattern fits.
pub fn split_by(text: &str, pattern: &Pattern) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some((start, end)) = pattern.find(&chars, at) {
        if start == end {
            at = end + 1;
            if at > chars.len() {
                break;
            }
            continue;
        }
        parts.push(chars.get(from..start).unwrap_or(&[]).iter().collect());
        (from, at) = (end, end);
    }
    parts.push(chars.get(from..).unwrap_or(&[]).iter().collect());
    parts
}

/// A pattern of a text, read once.
pub fn kept(patterns: &mut SharedMap<String, Rc<Pattern>>, text: &str) -> Rc<Pattern> {
    if let Some(pattern) = patterns.get(text) {
        return Rc::clone(pattern);
    }
    let pattern = Rc::new(Pattern::new(&super::lexer::for_pattern(text), true, false));
    patterns.insert(text.to_string(), Rc::clone(&pattern));
    pattern
}
