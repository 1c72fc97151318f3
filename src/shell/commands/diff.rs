//! `cmp` and `diff` in a container: whether files are the same, and the lines that are not. Follows GNU's programs and
//! BusyBox', which always shows lines in their context.

use super::cut_join::Given;
use super::{Arguments, Call, Outcome};
use crate::ordering::Order;
use crate::shell::container::FileError;
use crate::shell::time_format::format_time;

/// `cmp`: the first place where files differ.
pub fn cmp(call: &mut Call<'_>) -> Outcome {
    let given = Given::of(call.words, "ni", &[("silent", 's'), ("quiet", 's'), ("bytes", 'n')]);
    let [one, other] = given.operands.as_slice() else { return lacks_operand(call, &given.operands) };
    let (left, right) = match (call.read(one), call.read(other)) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(error), _) => return unreadable(call, one, &error),
        (_, Err(error)) => return unreadable(call, other, &error),
    };
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let most = given.number('n').unwrap_or(usize::MAX);
    let (left, right) = (left.get(..most).unwrap_or(left), right.get(..most).unwrap_or(right));
    if left == right {
        return Outcome::Exit(0);
    }
    if given.has('s') {
        return Outcome::Exit(1);
    }
    let same = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let line_ends = left.iter().take(same).filter(|byte| **byte == b'\n').count();
    let name = if left.len() < right.len() { one } else { other };
    match (same < left.len().min(right.len()), call.container.image.is_busybox) {
        (true, _) => {
            call.out.push_str(&format!("{one} {other} differ: char {}, line {}\n", same + 1, line_ends + 1));
        }
        (false, true) => call.err.push_str(&format!("cmp: EOF on {name}\n")),
        (false, false) if same == 0 => call.err.push_str(&format!("cmp: EOF on {name} which is empty\n")),
        (false, false) => {
            let begins = left.get(same.wrapping_sub(1)) != Some(&b'\n');
            let line = format!("{}line {}", if begins { "in " } else { "" }, line_ends + usize::from(begins));
            call.err.push_str(&format!("cmp: EOF on {name} after byte {same}, {line}\n"));
        }
    }
    Outcome::Exit(1)
}

fn lacks_operand(call: &mut Call<'_>, operands: &[String]) -> Outcome {
    let name = call.words.name().to_string();
    let last = operands.last().cloned().unwrap_or_else(|| name.clone());
    let what = if operands.len() > 2 { "extra operand" } else { "missing operand after" };
    call.err.push_str(&format!("{name}: {what} '{last}'\n{name}: Try '{name} --help' for more information.\n"));
    Outcome::Exit(2)
}

fn unreadable(call: &mut Call<'_>, name: &str, error: &FileError) -> Outcome {
    let is_busybox = call.container.image.is_busybox && *error == FileError::NotFound;
    let text = match is_busybox && call.words.name() == "diff" {
        true => format!("can't stat '{name}': {error}"),
        false => format!("{name}: {error}"),
    };
    call.fail(&text);
    Outcome::Exit(2)
}

/// How files are compared, and what is said of it.
struct Look {
    /// So many lines stand around each change.
    context: Option<usize>,
    is_brief: bool,
    says_same: bool,
    is_deep: bool,
    /// Files that are missing are taken to be empty.
    has_new: bool,
    ignores_case: bool,
    ignores_blanks: bool,
    joins_blanks: bool,
    is_busybox: bool,
    /// The options as they were written.
    options: String,
}

/// `diff`.
pub fn diff(call: &mut Call<'_>) -> Outcome {
    let long = [
        ("unified", 'u'),
        ("brief", 'q'),
        ("report-identical-files", 's'),
        ("recursive", 'r'),
        ("new-file", 'N'),
        ("ignore-case", 'i'),
        ("ignore-all-space", 'w'),
        ("ignore-space-change", 'b'),
        ("text", 'a'),
    ];
    let given = Given::of(call.words, "UCLxI", &long);
    let is_busybox = call.container.image.is_busybox;
    let options = call.words.arguments().iter().filter(|word| word.len() > 1 && word.starts_with('-'));
    let look = Look {
        context: given.number('U').or_else(|| (given.has('u') || is_busybox).then_some(3)),
        is_brief: given.has('q'),
        says_same: given.has('s') && !is_busybox,
        is_deep: given.has('r'),
        has_new: given.has('N'),
        ignores_case: given.has('i'),
        ignores_blanks: given.has('w'),
        joins_blanks: given.has('b'),
        is_busybox,
        options: options.map(|word| format!("{word} ")).collect(),
    };
    let [one, other] = given.operands.as_slice() else { return lacks_operand(call, &given.operands) };
    let is_folder = |name: &str| {
        let found = call.container.lookup(call.cluster, &call.shell.path(name));
        name != "-" && found.is_some_and(|found| found.is_directory())
    };
    let last = |name: &str| name.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_string();
    match (is_folder(one), is_folder(other)) {
        (true, true) => Outcome::Exit(folders(call, &look, one, other)),
        // A file is compared with the one of its name.
        (true, false) => files(call, &look, &format!("{}/{}", one.trim_end_matches('/'), last(other)), other),
        (false, true) => files(call, &look, one, &format!("{}/{}", other.trim_end_matches('/'), last(one))),
        (false, false) => files(call, &look, one, other),
    }
}

/// Compares what stands in two directories.
fn folders(call: &mut Call<'_>, look: &Look, one: &str, other: &str) -> i64 {
    let (one, other) = (one.trim_end_matches('/'), other.trim_end_matches('/'));
    let entries = |name: &str| call.container.list(call.cluster, &call.shell.path(name)).unwrap_or_default();
    let of = |name: &str| entries(name).into_iter().map(|(entry, found)| (entry, found.is_directory()));
    let (left, right): (Vec<_>, Vec<_>) = (of(one).collect(), of(other).collect());
    let mut names: Vec<&String> = left.iter().chain(&right).map(|entry| &entry.0).collect();
    names.order_by_key(|name| name.to_string());
    names.dedup();
    let mut code = 0;
    for name in names {
        let kind = |entries: &[(String, bool)]| entries.iter().find(|entry| entry.0 == *name).map(|entry| entry.1);
        let (first, second) = (format!("{one}/{name}"), format!("{other}/{name}"));
        match (kind(&left), kind(&right)) {
            (Some(true), Some(true)) if look.is_deep => code = folders(call, look, &first, &second).max(code),
            (Some(true), Some(true)) => {
                call.out.push_str(&format!("Common subdirectories: {first} and {second}\n"));
            }
            (Some(false), Some(false)) => code = compared_below(call, look, &first, &second).max(code),
            (Some(false), None) | (None, Some(false)) if look.has_new => {
                code = compared_below(call, look, &first, &second).max(code);
            }
            (Some(_), None) => {
                call.out.push_str(&format!("Only in {one}: {name}\n"));
                code = 1;
            }
            (None, Some(_)) => {
                call.out.push_str(&format!("Only in {other}: {name}\n"));
                code = 1;
            }
            (Some(is_folder), _) => {
                let words = |is_folder: bool| if is_folder { "directory" } else { "regular file" };
                let (one, other) = (words(is_folder), words(!is_folder));
                call.out.push_str(&format!("File {first} is a {one} while file {second} is a {other}\n"));
                code = 1;
            }
            (None, None) => {}
        }
    }
    code
}

/// Compares two files of directories: GNU's program says which before it says how they differ.
fn compared_below(call: &mut Call<'_>, look: &Look, one: &str, other: &str) -> i64 {
    let before = call.out.len();
    let Outcome::Exit(code) = files(call, look, one, other) else { return 2 };
    let said = call.out.get(before..).unwrap_or("");
    let is_one_line = said.starts_with("Files ") || said.starts_with("Binary ");
    if code == 1 && !look.is_busybox && !look.is_brief && !is_one_line {
        call.out.insert_str(before, &format!("diff {}{one} {other}\n", look.options));
    }
    code
}

fn files(call: &mut Call<'_>, look: &Look, one: &str, other: &str) -> Outcome {
    let mut texts = Vec::new();
    for name in [one, other] {
        match call.read(name) {
            Ok(text) => texts.push(text),
            Err(FileError::NotFound) if look.has_new => texts.push(String::new()),
            Err(error) => return unreadable(call, name, &error),
        }
    }
    let lines = |at: usize| texts.get(at).map_or(Vec::new(), |text| text.split_inclusive('\n').collect::<Vec<_>>());
    let (left, right) = (lines(0), lines(1));
    let keys = |lines: &[&str]| lines.iter().map(|line| look.key(line)).collect::<Vec<_>>();
    let (left_keys, right_keys) = (keys(&left), keys(&right));
    if left_keys == right_keys {
        if look.says_same {
            call.out.push_str(&format!("Files {one} and {other} are identical\n"));
        }
        return Outcome::Exit(0);
    }
    let is_binary = texts.iter().any(|text| text.contains('\0'));
    if look.is_brief || is_binary {
        let kind = if is_binary && !look.is_brief && !look.is_busybox { "Binary files" } else { "Files" };
        call.out.push_str(&format!("{kind} {one} and {other} differ\n"));
        return Outcome::Exit(1);
    }
    let changes = changes(&left_keys, &right_keys);
    match look.context {
        None => changes.iter().for_each(|change| call.out += &plain(change, &left, &right)),
        Some(context) => {
            for (sign, name) in [("---", one), ("+++", other)] {
                let found = call.container.lookup(call.cluster, &call.shell.path(name));
                let at = found.map_or_else(|| call.cluster.now(), |found| found.modified);
                let time = if look.is_busybox { String::new() } else { format_time(at, "\t%F %T.%N %z") };
                call.out.push_str(&format!("{sign} {name}{time}\n"));
            }
            call.out += &unified(&changes, &left, &right, context);
        }
    }
    Outcome::Exit(1)
}

impl Look {
    /// What of a line counts.
    fn key(&self, line: &str) -> String {
        let mut key = if self.ignores_case { line.to_lowercase() } else { line.to_string() };
        if self.ignores_blanks {
            key.retain(|c| !c.is_whitespace());
        } else if self.joins_blanks {
            let words: Vec<&str> = key.split_whitespace().collect();
            let start = if key.starts_with([' ', '\t']) { " " } else { "" };
            key = start.to_string() + &words.join(" ");
        }
        key
    }
}

/// A stretch that differs: the lines that are gone, and those that came, by where they begin and end.
struct Change {
    gone: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

/// The most comparisons of lines for one difference; beyond that the rest is taken to differ as a whole.
const COMPARED_MAX: usize = 1_000_000;

/// The stretches of two texts that differ.
fn changes(left: &[String], right: &[String]) -> Vec<Change> {
    let same = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (a, b) = (left.get(same..).unwrap_or(&[]), right.get(same..).unwrap_or(&[]));
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(..a.len() - tail).unwrap_or(&[]), b.get(..b.len() - tail).unwrap_or(&[]));
    let width = b.len() + 1;
    let is_small = (a.len() + 1).saturating_mul(width) <= COMPARED_MAX;
    // How many lines the rests have in common, by where they begin.
    let mut common = vec![0_u32; if is_small { (a.len() + 1) * width } else { 0 }];
    if is_small {
        for at in (0..a.len()).rev() {
            for other in (0..b.len()).rev() {
                let (down, beside) = (common[(at + 1) * width + other], common[at * width + other + 1]);
                let met = common[(at + 1) * width + other + 1] + 1;
                common[at * width + other] = if a[at] == b[other] { met } else { down.max(beside) };
            }
        }
    }
    let (mut at, mut other, mut changes) = (0, 0, Vec::new());
    while at < a.len() || other < b.len() {
        let (from, to) = (at, other);
        while is_small && at < a.len() && other < b.len() && a[at] != b[other] {
            match common[(at + 1) * width + other] >= common[at * width + other + 1] {
                true => at += 1,
                false => other += 1,
            }
        }
        if !is_small || at == a.len() || other == b.len() {
            (at, other) = (a.len(), b.len());
        }
        if (from, to) != (at, other) {
            changes.push(Change { gone: same + from..same + at, new: same + to..same + other });
        }
        at += 1;
        other += 1;
    }
    changes
}

/// Lines behind a sign; one that does not end is told.
fn signed(sign: &str, lines: &[&str]) -> String {
    let line = |line: &&str| match line.strip_suffix('\n') {
        Some(line) => format!("{sign}{line}\n"),
        None => format!("{sign}{line}\n\\ No newline at end of file\n"),
    };
    lines.iter().map(line).collect()
}

/// What `diff` says without options: `2,3c2`, `4d3`, `5a6` and the lines behind `< ` and `> `.
fn plain(change: &Change, left: &[&str], right: &[&str]) -> String {
    let place = |range: &std::ops::Range<usize>| match range.len() {
        0 => range.start.to_string(),
        1 => range.end.to_string(),
        _ => format!("{},{}", range.start + 1, range.end),
    };
    let what = match (change.gone.is_empty(), change.new.is_empty()) {
        (true, _) => 'a',
        (_, true) => 'd',
        _ => 'c',
    };
    let mut text = format!("{}{what}{}\n", place(&change.gone), place(&change.new));
    text += &signed("< ", left.get(change.gone.clone()).unwrap_or(&[]));
    if what == 'c' {
        text += "---\n";
    }
    text + &signed("> ", right.get(change.new.clone()).unwrap_or(&[]))
}

/// What `diff -u` says: changes that stand near each other, with the lines around them.
fn unified(changes: &[Change], left: &[&str], right: &[&str], context: usize) -> String {
    let mut out = String::new();
    let mut rest = changes;
    while let Some(first) = rest.first() {
        let near = rest.windows(2).take_while(|pair| match pair {
            [one, next] => next.gone.start - one.gone.end <= context.saturating_mul(2),
            _ => false,
        });
        let (own, behind) = rest.split_at(near.count() + 1);
        rest = behind;
        let end = own.last().map_or(first.gone.end, |last| last.gone.end);
        let new_end = own.last().map_or(first.new.end, |last| last.new.end);
        let before = first.gone.start.min(context);
        let after = (left.len() - end).min(context);
        let place = |start: usize, count: usize| match count {
            0 => format!("{start},0"),
            1 => (start + 1).to_string(),
            count => format!("{},{count}", start + 1),
        };
        let (from, to) = (first.gone.start - before, first.new.start - before);
        let (old, new) = (end + after - from, new_end + after - to);
        out += &format!("@@ -{} +{} @@\n", place(from, old), place(to, new));
        let mut at = from;
        for change in own {
            out += &signed(" ", left.get(at..change.gone.start).unwrap_or(&[]));
            out += &signed("-", left.get(change.gone.clone()).unwrap_or(&[]));
            out += &signed("+", right.get(change.new.clone()).unwrap_or(&[]));
            at = change.gone.end;
        }
        out += &signed(" ", left.get(at..end + after).unwrap_or(&[]));
    }
    out
}
