//! The difference of two texts as `diff -u` prints it; knows no files.

/// How much of a line stands on each side of `diff -y`.
const HALF: usize = 61;
/// Beyond this many pairs of lines everything counts as changed.
const PAIRS_MAX: usize = 4_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    Keep,
    Remove,
    Add,
}

/// The hunks between two texts with so many lines around each change, without the file names.
pub fn unified_around(old: &str, new: &str, context: usize) -> Vec<String> {
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    let edits = edits(&old, &new);
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = (at..edits.len()).find(|i| is_change(&edits, *i)) {
        let from = first.saturating_sub(context).max(at);
        let mut to = first + 1;
        while let Some(next) = (to..edits.len().min(to + 2 * context + 1)).find(|i| is_change(&edits, *i)) {
            to = next + 1;
        }
        let to = (to + context).min(edits.len());
        hunk(&edits, from, to, &old, &new, &mut out);
        at = to;
    }
    out
}

/// The two texts beside each other as `diff -y` prints them: what changed, went or came is marked between them.
pub fn beside(old: &str, new: &str, shows_common: bool) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let edits = edits(&old, &new);
    let line = |left: &str, mark: char, right: &str| {
        let cut = |text: &str| text.chars().take(HALF).collect::<String>();
        format!("{:HALF$} {mark} {}", cut(left), cut(right)).trim_end().to_string()
    };
    let (mut out, mut gone, mut i, mut j) = (Vec::new(), Vec::new(), 0, 0);
    for edit in &edits {
        let (left, right) = (old.get(i).copied().unwrap_or(""), new.get(j).copied().unwrap_or(""));
        match edit {
            Edit::Remove => gone.push(left),
            Edit::Add if !gone.is_empty() => out.push(line(gone.remove(0), '|', right)),
            Edit::Add => out.push(line("", '>', right)),
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
    let edits = edits(&old, &new);
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

fn hunk(edits: &[Edit], from: usize, to: usize, old: &[&str], new: &[&str], out: &mut Vec<String>) {
    let count = |range: &[Edit], other: Edit| range.iter().filter(|edit| **edit != other).count();
    let before = edits.get(..from).unwrap_or(&[]);
    let inside = edits.get(from..to).unwrap_or(&[]);
    let (mut i, mut j) = (count(before, Edit::Add), count(before, Edit::Remove));
    let (olds, news) = (count(inside, Edit::Add), count(inside, Edit::Remove));
    let range = |at: usize, len: usize| match len {
        0 => format!("{at},0"),
        1 => (at + 1).to_string(),
        len => format!("{},{len}", at + 1),
    };
    out.push(format!("@@ -{} +{} @@", range(i, olds), range(j, news)));
    for edit in inside {
        let (sign, text) = match edit {
            Edit::Keep => (' ', old.get(i)),
            Edit::Remove => ('-', old.get(i)),
            Edit::Add => ('+', new.get(j)),
        };
        out.push(format!("{sign}{}", text.unwrap_or(&"")));
        i += usize::from(*edit != Edit::Add);
        j += usize::from(*edit != Edit::Remove);
    }
}

/// The shortest way from one text to the other, removals before additions.
fn edits(old: &[&str], new: &[&str]) -> Vec<Edit> {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.get(same..).unwrap_or(&[]), new.get(same..).unwrap_or(&[]));
    let mut edits = vec![Edit::Keep; same];
    let (n, m) = (old_rest.len(), new_rest.len());
    if n.saturating_mul(m) > PAIRS_MAX {
        edits.extend(std::iter::repeat_n(Edit::Remove, n));
        edits.extend(std::iter::repeat_n(Edit::Add, m));
        return edits;
    }
    // common[i][j]: the longest common part of old_rest[i..] and new_rest[j..].
    let mut common = vec![vec![0_u32; m + 1]; n + 1];
    for (i, a) in old_rest.iter().enumerate().rev() {
        for (j, b) in new_rest.iter().enumerate().rev() {
            let value = if a == b { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
            common[i][j] = value;
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n || j < m {
        if i < n && j < m && old_rest[i] == new_rest[j] {
            edits.push(Edit::Keep);
            i += 1;
            j += 1;
        } else if i < n && (j >= m || common[i + 1][j] >= common[i][j + 1]) {
            edits.push(Edit::Remove);
            i += 1;
        } else {
            edits.push(Edit::Add);
            j += 1;
        }
    }
    edits
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
