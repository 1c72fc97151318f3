//! What is wrong with a manifest, as places in its text; draws nothing.

use super::store::Lab;
use std::ops::Range;

/// A problem at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its line, from 0.
    pub row: usize,
    /// Where in the line, in bytes; never empty.
    pub range: Range<usize>,
    /// What is wrong.
    pub text: String,
    /// What could be done; empty if nobody knows.
    pub hint: String,
}

impl Mark {
    /// The column in characters, from 0.
    pub fn column(&self, text: &str) -> usize {
        let line = text.split('\n').nth(self.row).unwrap_or_default();
        line.get(..self.range.start).map_or(0, |before| before.chars().count())
    }
}

/// Checks a text.
pub fn check(lab: &Lab, text: &str) -> Vec<Mark> {
    let _ = (lab, text);
    Vec::new()
}
