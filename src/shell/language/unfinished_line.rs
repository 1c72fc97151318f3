//! What was typed of a command that goes on in the next line.

use super::lexer::Aliases;
use super::limits::LIMITS;
use super::parse::parse_expanded;
use super::syntax::{Dialect, List, ParseError};

/// The lines of a command that is not whole yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Partial {
    text: String,
    /// The line that ends the here-document that it is in.
    end: Option<String>,
    /// Whether lines of the here-document were left out, because there is no room for them.
    is_too_long: bool,
}

impl Partial {
    /// Whether nothing was typed yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds a line, in which aliases stand for their texts. `None` while more lines belong to the command.
    pub fn add(&mut self, line: &str, dialect: Dialect, aliases: &Aliases) -> Option<Result<List, ParseError>> {
        let ends_document = self.end.as_deref().is_none_or(|end| line.trim_start_matches('\t') == end);
        // Inside a here-document nothing needs to be read: each line of a long one costs the same.
        if !ends_document {
            self.is_too_long |= self.text.len() + line.len() >= LIMITS.file;
            if !self.is_too_long {
                self.text.push_str(line);
                self.text.push('\n');
            }
            return None;
        }
        if self.is_too_long {
            *self = Partial::default();
            let what = format!("a here-document of more than {} KiB", LIMITS.file / 1024);
            return Some(Err(ParseError::Unknown(what)));
        }
        self.text.push_str(line);
        self.text.push('\n');
        let read = parse_expanded(&self.text, dialect, aliases);
        match &read {
            Err(ParseError::InHere(end)) => self.end = Some(end.clone()),
            Err(error) if error.is_incomplete() && self.text.len() < LIMITS.words => self.end = None,
            _ => {
                *self = Partial::default();
                return Some(read);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::language::state::ShellKind;

    fn add(partial: &mut Partial, line: &str) -> Option<Result<List, ParseError>> {
        partial.add(line, ShellKind::Bash.dialect(), &Aliases::new())
    }

    #[test]
    fn a_long_document_is_read_whole_and_a_longer_one_is_refused_at_its_end() {
        let mut partial = Partial::default();
        for (count, fits) in [(30_000, true), (60_000, false)] {
            assert!(add(&mut partial, "cat > f <<'X'; echo on").is_none());
            let line = "0123456789".repeat(10);
            for _ in 0..count {
                assert!(add(&mut partial, &line).is_none());
            }
            let read = add(&mut partial, "X").expect("it is whole");
            assert_eq!(read.is_ok(), fits, "{count}");
            assert!(partial.is_empty());
        }
    }

    #[test]
    fn documents_and_open_quotes_follow_each_other() {
        let mut partial = Partial::default();
        for line in ["cat <<-A <<B; echo '", "x", "' && if true; then", "\tA", "B", "B", "echo", "fi"] {
            assert!(!partial.text.contains("fi\n"));
            if let Some(read) = add(&mut partial, line) {
                assert_eq!((read.is_ok(), line), (true, "fi"));
            }
        }
        assert!(partial.is_empty());
    }
}
