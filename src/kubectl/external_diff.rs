//! The program that `kubectl diff` compares with: `diff` and its options, or what `KUBECTL_EXTERNAL_DIFF` names.
//!
//! Follows `DiffProgram` in pkg/cmd/diff/diff.go; of programs the lab has `diff`, `true` and `false`.

use super::unified_diff::{beside, normal, unified_around};

/// A program and its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    name: String,
    words: Vec<String>,
}

/// A file that is compared: its name, and what it holds in both folders; the first is empty for what is new.
pub type Pair = (String, String, String);

/// The folders that are compared.
const FOLDERS: (&str, &str) = ("/tmp/LIVE-2718281828", "/tmp/MERGED-3141592653");

/// Lines of context, unless an option says so.
const CONTEXT: usize = 3;

impl Program {
    /// The program that a variable's text names; of its words those count that have no sign but `-` and `=`.
    pub fn of(text: &str) -> Program {
        let mut words = text.split(' ').filter(|word| !word.is_empty()).map(str::to_string);
        let Some(name) = words.next() else {
            return Program { name: "diff".into(), words: vec!["-u".into(), "-N".into()] };
        };
        let is_plain = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '='));
        Program { name, words: words.filter(is_plain).collect() }
    }

    /// What it prints of pairs that differ, and its exit status; `at` is the moment that the files are from.
    ///
    /// # Errors
    /// A program that is not there.
    pub fn run(&self, pairs: &[Pair], at: &str) -> Result<(Vec<String>, i32), String> {
        match self.name.as_str() {
            "diff" => {}
            "true" => return Ok((Vec::new(), 0)),
            "false" => return Ok((Vec::new(), 1)),
            other => return Err(format!("failed to run {other:?}: executable file not found in $PATH")),
        }
        let mut out = Vec::new();
        for pair in pairs {
            self.compare(pair, at, &mut out);
        }
        Ok((out, i32::from(!pairs.is_empty())))
    }

    fn has(&self, short: char, long: &str) -> bool {
        let is_meant = |word: &String| match word.strip_prefix("--") {
            Some(word) => word == long,
            None => word.strip_prefix('-').is_some_and(|letters| letters.contains(short)),
        };
        self.words.iter().any(is_meant)
    }

    /// The lines around a change: `-u`, `-U1`, `-u1`, `--unified=1`. `None` for the plain form.
    fn context(&self) -> Option<usize> {
        let mut found = None;
        for (number, word) in self.words.iter().enumerate() {
            let digits = match word.strip_prefix("--unified") {
                Some(rest) => Some(rest.trim_start_matches('=')),
                None => word.strip_prefix('-').and_then(|word| word.strip_prefix(['u', 'U'])),
            };
            let digits = match digits {
                Some("") if word == "-U" => self.words.get(number + 1).map(String::as_str),
                digits => digits,
            };
            found = digits.map(|digits| digits.parse().unwrap_or(CONTEXT)).or(found);
        }
        found
    }

    fn compare(&self, (name, live, merged): &Pair, at: &str, out: &mut Vec<String>) {
        let (old, new) = (format!("{}/{name}", FOLDERS.0), format!("{}/{name}", FOLDERS.1));
        if !self.has('N', "new-file") && (live.is_empty() || merged.is_empty()) {
            let folder = if live.is_empty() { FOLDERS.1 } else { FOLDERS.0 };
            out.push(format!("Only in {folder}: {name}"));
            return;
        }
        if self.has('q', "brief") {
            out.push(format!("Files {old} and {new} differ"));
            return;
        }
        let words: Vec<&str> =
            std::iter::once(self.name.as_str()).chain(self.words.iter().map(String::as_str)).collect();
        out.push(format!("{} {old} {new}", words.join(" ")));
        if self.has('y', "side-by-side") {
            out.extend(beside(live, merged, !self.words.iter().any(|word| word == "--suppress-common-lines")));
            return;
        }
        match self.context() {
            Some(lines) => {
                out.extend([format!("--- {old}\t{at}"), format!("+++ {new}\t{at}")]);
                out.extend(unified_around(live, merged, lines));
            }
            None => out.extend(normal(live, merged)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_run_with_its_words() {
        let pairs = [("f".to_string(), "a\nb\n".to_string(), "a\nc\n".to_string())];
        let run = |text: &str| Program::of(text).run(&pairs, "now");
        let (old, new) = ("/tmp/LIVE-2718281828/f", "/tmp/MERGED-3141592653/f");
        let lines = run("diff -u0").unwrap().0;
        assert_eq!(lines[0], format!("diff -u0 {old} {new}"));
        assert_eq!(lines[3..], ["@@ -2 +2 @@", "-b", "+c"]);
        assert_eq!(run("diff").unwrap().0[1..], ["2c2", "< b", "---", "> c"]);
        assert_eq!(run("diff --brief").unwrap().0, [format!("Files {old} and {new} differ")]);
        assert_eq!(run("true"), Ok((Vec::new(), 0)));
        assert_eq!(run("false"), Ok((Vec::new(), 1)));
        assert_eq!(run("").unwrap().0[0], format!("diff -u -N {old} {new}"));
        assert!(run("meld x").is_err());
    }
}
