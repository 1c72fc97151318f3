//! Aliases: words that stand for texts where a command begins.
//!
//! Follows bash's parser (`alias_expand_token`): the text is read in the word's place, and what stands in it may begin
//! with another alias, but not with one that is being expanded.

use super::{Lexer, is_meta};
use crate::shell::language::limits::LIMITS;
use crate::sorted::SharedMap;

/// The aliases of a shell, by name.
pub type Aliases = SharedMap<String, String>;

/// The most aliases that one text is expanded by.
const EXPANSIONS_MAX: usize = 200;

/// What a reader knows of aliases.
pub struct Expansion {
    pub aliases: Aliases,
    /// The texts that are being read in place of aliases: name, and how many letters are left behind their end.
    open: Vec<(String, usize)>,
    count: usize,
}

impl Expansion {
    /// Expands nothing.
    pub fn none() -> Expansion {
        Expansion { aliases: Aliases::new(), open: Vec::new(), count: 0 }
    }
}

impl Lexer {
    /// Puts the text of an alias in the place of the word that is next, where a command begins.
    pub fn expand_alias(&mut self) {
        let mut at = self.at;
        while let Some(ends_blank) = self.expand_at(at) {
            // Behind a text that ends in a blank the next word may be one, too.
            let Some(end) = ends_blank else { continue };
            at = end;
            while matches!(self.chars.get(at), Some(' ' | '\t')) {
                at += 1;
            }
        }
    }

    /// Expands the word at a place. `None` if it is no alias; else where its text ends, if that is with a blank.
    fn expand_at(&mut self, at: usize) -> Option<Option<usize>> {
        if self.expansion.aliases.is_empty() {
            return None;
        }
        let left = self.chars.len().checked_sub(at)?;
        let word: String = self.chars.get(at..)?.iter().take_while(|c| !is_meta(**c)).collect();
        let text = self.expansion.aliases.get(&word)?.clone();
        self.expansion.open.retain(|(_, behind)| *behind < left);
        let is_open = self.expansion.open.iter().any(|(name, _)| *name == word);
        let is_too_much = self.expansion.count >= EXPANSIONS_MAX || self.chars.len() + text.len() > LIMITS.words;
        if is_open || is_too_much {
            return None;
        }
        self.expansion.count += 1;
        let length = word.chars().count();
        self.expansion.open.push((word, left - length));
        self.chars.splice(at..at + length, text.chars());
        // Places that were noted before are no longer where they were.
        self.groups_from = std::cell::OnceCell::new();
        Some(text.ends_with([' ', '\t']).then_some(at + text.chars().count()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::language::state::ShellKind;

    fn expanded(text: &str) -> String {
        let pairs = [
            ("k", "kubectl -n kube-system"),
            ("ls", "ls -l"),
            ("a", "b x"),
            ("b", "a y"),
            ("sudo", "sudo "),
            ("f", "g() { echo \"$1\"; }; g"),
        ];
        let mut lexer = Lexer::new(text, ShellKind::Bash.dialect());
        lexer.expansion.aliases = pairs.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
        lexer.script().unwrap();
        lexer.chars.iter().collect()
    }

    #[test]
    fn the_first_word_of_a_command_is_replaced() {
        for (typed, read) in [
            ("k get pods", "kubectl -n kube-system get pods"),
            (
                "echo k | k get; (k); if k; then k; fi",
                "echo k | kubectl -n kube-system get; (kubectl -n kube-system); if kubectl -n kube-system; then kubectl -n kube-system; fi",
            ),
            ("A=1 B='x y' k", "A=1 B='x y' kubectl -n kube-system"),
            ("\\k; 'k'; kk; k=1; echo k", "\\k; 'k'; kk; k=1; echo k"),
            ("ls", "ls -l"),
            ("a", "a y x"),
            ("sudo k k", "sudo  kubectl -n kube-system k"),
            ("f 1", "g() { echo \"$1\"; }; g 1"),
            ("! k && time k", "! kubectl -n kube-system && time kubectl -n kube-system"),
        ] {
            assert_eq!(expanded(typed), read, "{typed}");
        }
    }
}
