//! A client that asks its server line by line: what is typed becomes the words of one call.

use super::split_quoted::quoted_words;

/// A client that talks to a person.
#[derive(Clone, Debug, Default)]
pub struct Talker {
    /// Its own words: each line is asked with them.
    pub words: Vec<String>,
    /// What stands before the cursor; empty without a terminal.
    pub prompt: String,
    /// The lines that end it.
    pub ends: Vec<&'static str>,
    /// The flag behind which a line is asked; empty where a line's own words are.
    pub flag: &'static str,
    /// Whether a statement ends with a semicolon, and may have several lines.
    pub has_statements: bool,
    /// Whether it is over with the first line.
    pub is_once: bool,
    /// What was typed of a statement.
    pub typed: String,
}

/// It was told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended;

impl Talker {
    /// Takes a line: the words of the call that it asks for, if it asks for one by now.
    ///
    /// # Errors
    /// The line ends it.
    pub fn take(&mut self, line: &str) -> Result<Option<Vec<String>>, Ended> {
        let trimmed = line.trim();
        if self.typed.is_empty() && self.ends.contains(&trimmed) {
            return Err(Ended);
        }
        if !self.typed.is_empty() {
            self.typed.push('\n');
        }
        self.typed.push_str(trimmed);
        let is_open = self.has_statements && !self.typed.ends_with(';') && !self.typed.starts_with('\\');
        if is_open || self.typed.is_empty() {
            return Ok(None);
        }
        let typed = std::mem::take(&mut self.typed);
        let mut words = self.words.clone();
        match self.flag {
            "" => words.extend(quoted_words(&typed)),
            flag => words.extend([flag.to_string(), typed]),
        }
        Ok(Some(words))
    }

    /// The prompt: that of a statement under way says so.
    pub fn prompt(&self) -> String {
        if self.typed.is_empty() { self.prompt.clone() } else { self.prompt.replacen("=#", "-#", 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talker(flag: &'static str) -> Talker {
        Talker {
            words: vec!["client".to_string()],
            prompt: "db=# ".to_string(),
            ends: vec!["quit"],
            flag,
            has_statements: flag == "-c",
            ..Talker::default()
        }
    }

    #[test]
    fn a_line_is_asked_with_its_own_words() {
        let mut client = talker("");
        let words = client.take("set a \"b c\"").expect("goes on").expect("asks");
        assert_eq!(words, ["client", "set", "a", "b c"]);
        assert_eq!((client.take(""), client.take(" quit ")), (Ok(None), Err(Ended)));
    }

    #[test]
    fn a_statement_ends_with_its_semicolon() {
        let mut client = talker("-c");
        assert_eq!((client.take("select"), client.prompt().as_str()), (Ok(None), "db-# "));
        let words = client.take("1;").expect("goes on").expect("asks");
        assert_eq!(words, ["client", "-c", "select\n1;"]);
        assert!(client.take("\\l").expect("goes on").is_some());
    }
}
