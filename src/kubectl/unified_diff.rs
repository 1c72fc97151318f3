//! The difference of two texts as `diff -u` prints it; knows no files.

use crate::api::{Edit, hunks, line_edits};
use std::collections::VecDeque;

/// How much of a line stands on each side of `diff -y`.
const HALF: usize = 61;

/// The hunks between two texts with so many lines around each change, without the file names.
pub fn unified_around(old: &str, new: &str, context: usize) -> Vec<String> {
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    let edits = line_edits(&old, &new);
    let range = |at: usize, len: usize| match len {
        0 => format!("{at},0"),
        1 => (at + 1).to_string(),
        len => format!("{},{len}", at + 1),
    };
    let mut out = Vec::new();
    for hunk in hunks(&edits, context) {
        let (from, to) = (&hunk.old, &hunk.new);
        out.push(format!("@@ -{} +{} @@", range(from.start, from.len()), range(to.start, to.len())));
        out.extend(hunk.lines(&edits, &old, &new).into_iter().map(|(sign, line)| format!("{sign}{line}")));
    }
    out
}

/// The two texts beside each other as `diff -y` prints them: what changed, went or came is marked between them.
pub fn beside(old: &str, new: &str, shows_common: bool) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let edits = line_edits(&old, &new);
    let line = |left: &str, mark: char, right: &str| {
        let cut = |text: &str| text.chars().take(HALF).collect::<String>();
        format!("{:HALF$} {mark} {}", cut(left), cut(right)).trim_end().to_string()
    };
    let (mut out, mut gone, mut i, mut j) = (Vec::new(), VecDeque::new(), 0, 0);
    for edit in &edits {
        let (left, right) = (old.get(i).copied().unwrap_or(""), new.get(j).copied().unwrap_or(""));
        match edit {
            Edit::Remove => gone.push_back(left),
            Edit::Add => out.push(match gone.pop_front() {
                Some(left) => line(left, '|', right),
                None => line("", '>', right),
            }),
            Edit::Keep => {
                out.extend(gone.drain(..).map(|left| line(left, '<', "")));
                if shows_common {
                    out.push(line(left, ' ', right));
                }
            }
        }
        i += usize::from(*edit != Edit::Add);
        j += usize::from(*edit != Edit::Remove);
    }
    out.extend(gone.into_iter().map(|left| line(left, '<', "")));
    out
}

/// The difference as `diff` prints it without options: `2c2`, `< old`, `---`, `> new`.
pub fn normal(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let edits = line_edits(&old, &new);
    let (mut out, mut at, mut i, mut j) = (Vec::new(), 0, 0, 0);
    while at < edits.len() {
        if !is_change(&edits, at) {
            (at, i, j) = (at + 1, i + 1, j + 1);
            continue;
        }
        let run = edits.get(at..).unwrap_or(&[]).iter().take_while(|edit| **edit != Edit::Keep);
        let (gone, come): (Vec<Edit>, Vec<Edit>) = run.copied().partition(|edit| *edit == Edit::Remove);
        let (gone, come) = (gone.len(), come.len());
        let range = |at: usize, len: usize| match len {
            0 => at.to_string(),
            1 => (at + 1).to_string(),
            len => format!("{},{}", at + 1, at + len),
        };
        let verb = if come == 0 {
            'd'
        } else if gone == 0 {
            'a'
        } else {
            'c'
        };
        out.push(format!("{}{verb}{}", range(i, gone), range(j, come)));
        out.extend(old.iter().skip(i).take(gone).map(|line| format!("< {line}")));
        if gone > 0 && come > 0 {
            out.push("---".into());
        }
        out.extend(new.iter().skip(j).take(come).map(|line| format!("> {line}")));
        (at, i, j) = (at + gone + come, i + gone, j + come);
    }
    out
}

fn is_change(edits: &[Edit], at: usize) -> bool {
    edits.get(at).is_some_and(|edit| *edit != Edit::Keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_have_three_lines_around() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = "1\n2\n3\n4\nX\n6\n7\n8\n9\n";
        let expected = ["@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+X", " 6", " 7", " 8"];
        assert_eq!(unified_around(old, new, 3), expected);
        assert_eq!(unified_around("", "a\nb\n", 3), ["@@ -0,0 +1,2 @@", "+a", "+b"]);
        assert_eq!(unified_around("a\n", "a\n", 3), Vec::<String>::new());
        assert_eq!(normal("a\nb\nc\n", "b\nx\ny\n"), ["1d0", "< a", "3c2,3", "< c", "---", "> x", "> y"]);
    }
}
