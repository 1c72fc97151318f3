//! A line of a session that was typed, with what its author printed below it.

/// A line that was typed, or several that belong together, and what was printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Its line in the block, from 0.
    pub line: usize,
    /// Whether it was typed inside a container.
    pub is_inside: bool,
    /// What was typed.
    pub typed: String,
    /// What the author printed below it.
    pub printed: Vec<String>,
    /// The line on which that begins, counted from the block's first one.
    pub printed_at: usize,
    /// How many lines right above this one may have their output in `printed` as well.
    pub printed_with: usize,
}

impl Turn {
    /// Empty lines around what was printed mean nothing.
    pub(super) fn tidy(&mut self) {
        while self.printed.last().is_some_and(|line| line.trim().is_empty()) {
            self.printed.pop();
        }
        let blank = self.printed.iter().take_while(|line| line.trim().is_empty()).count();
        self.printed.drain(..blank);
        self.printed_at += blank;
    }
}
