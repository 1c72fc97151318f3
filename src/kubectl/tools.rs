//! The few tools of a shell beside kubectl: files of the working directory and filters of pipes; no real programs.

use super::command::{Cx, Failure, Flow, OK};
use super::duration::parse_go_duration;
use super::jobs::Job;
use super::output::{Line, Output, Stream};
use crate::model::Millis;
use crate::ordering::Order;
use std::rc::Rc;

/// Runs the tool `name`. `input` are the lines of a pipe, with their meaning kept.
///
/// # Errors
/// What the tool refuses.
pub fn run(name: &str, args: &[String], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match name {
        "cat" | "type" | "less" | "more" => cat(&words, input, cx),
        "tee" => tee(&words, input, cx),
        "ls" | "dir" => ls(&words, cx),
        "rm" | "del" => rm(&words, cx),
        "cp" | "mv" => copy(name, &words, cx),
        "touch" => touch(&words, cx),
        "echo" | "printf" => echo(name, &words, cx),
        "clear" | "cls" => {
            cx.out.clears = true;
            OK
        }
        "pwd" => say(cx, "/home/lab"),
        "whoami" => say(cx, "lab"),
        "hostname" => say(cx, "lab"),
        "date" => {
            let now = cx.now().rfc1123z();
            say(cx, &now)
        }
        "cd" | "mkdir" | "true" | ":" | "set" | "alias" | "source" | "chmod" | "exit" => OK,
        "false" => Ok(Flow::Done(1)),
        "sleep" => sleep(&words, cx),
        "export" => export(&words, cx),
        "grep" | "egrep" | "findstr" | "Select-String" | "sls" => grep(&words, input, cx),
        "head" | "tail" => head_or_tail(name == "head", &words, input, cx),
        "wc" => count(&words, input, cx),
        "sort" => sort(&words, input, cx),
        "uniq" => uniq(input, cx),
        "minikube" => super::minikube::run(&words, cx),
        "help" => help(cx),
        "watch" => watch(args, cx),
        "lab" => {
            let namespace = cx.default_namespace();
            Ok(Flow::Done(super::lab::run(args, &namespace, cx.host, &mut cx.out)))
        }
        _ => unknown(name, &words, cx),
    }
}

/// What this console can do beside kubectl.
fn help(cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    super::print::text_lines(&super::help::overview(), &mut cx.out);
    cx.hint("not_here", &[]);
    OK
}

/// The names of the tools, for completion.
pub const NAMES: &[&str] = &[
    "cat", "clear", "cp", "echo", "grep", "head", "help", "history", "kubectl", "lab", "ls", "minikube", "mv", "rm",
    "sleep", "sort", "tail", "tee", "uniq", "wc",
];

fn say(cx: &mut Cx<'_>, text: &str) -> Result<Flow, Failure> {
    cx.out.out(text);
    OK
}

fn unknown(name: &str, words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if let Some((variable, value)) = name.split_once('=').filter(|_| words.is_empty()) {
        Rc::make_mut(&mut cx.state.variables).insert(variable.to_string(), value.to_string());
        return OK;
    }
    if matches!(name, "vi" | "vim" | "nano" | "code" | "emacs") {
        cx.out.opens = words.first().map(|file| {
            let text = cx.state.files.get(*file).cloned().unwrap_or_default();
            ((*file).to_string(), text)
        });
        return OK;
    }
    cx.out.err(format!("{name}: command not found"));
    match super::suggest::nearest(name, super::verbs::names().chain(["kubectl", "minikube"])) {
        Some("kubectl") => cx.hint("did_you_mean", &[("word", "kubectl")]),
        Some("minikube") => cx.hint("did_you_mean", &[("word", "minikube")]),
        Some(verb) => cx.hint("did_you_mean", &[("word", &format!("kubectl {verb}"))]),
        None => cx.hint("not_here", &[]),
    }
    Ok(Flow::Done(127))
}

/// `watch kubectl get pods` is shown as `--watch`.
fn watch(args: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let at = args.iter().position(|word| word == "kubectl" || word == "k");
    match at.and_then(|at| args.get(at + 1..)) {
        Some(rest) if rest.first().is_some_and(|verb| verb == "get") => {
            let mut rest = rest.to_vec();
            rest.push("--watch".into());
            super::verbs::run(&rest, cx)
        }
        Some(rest) => super::verbs::run(rest, cx),
        None => unknown("watch", &[], cx),
    }
}

fn file_name(name: &str) -> &str {
    name.trim_start_matches("./").trim_start_matches(".\\")
}

/// The text of a file; the editor's text counts as one.
pub fn read_file(name: &str, cx: &Cx<'_>) -> Option<String> {
    let name = file_name(name);
    if let Some(text) = cx.state.files.get(name) {
        return Some(text.clone());
    }
    (name == EDITOR_FILE).then(|| cx.host.editor_text().to_string())
}

/// The name under which commands read the editor's text.
pub const EDITOR_FILE: &str = "manifest.yaml";

fn put_text(cx: &mut Cx<'_>, text: &str) {
    if text.is_empty() {
        return;
    }
    cx.out.is_unterminated = !text.ends_with('\n');
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        cx.out.out(line);
    }
}

fn put_lines(cx: &mut Cx<'_>, lines: impl IntoIterator<Item = Line>) {
    cx.out.lines.extend(lines);
}

/// The lines of the files named, or of the pipe.
fn lines(files: &[&str], input: Option<&Output>, cx: &mut Cx<'_>, tool: &str) -> Result<Vec<Line>, Failure> {
    if files.is_empty() {
        return Ok(match (input, &cx.stdin) {
            (Some(input), _) => input.lines.clone(),
            (None, Some(text)) => text.lines().map(|line| Line::plain(Stream::Out, line)).collect(),
            (None, None) => Vec::new(),
        });
    }
    let mut all = Vec::new();
    for file in files {
        match read_file(file, cx) {
            Some(text) => all.extend(text.lines().map(|line| Line::plain(Stream::Out, line))),
            None => return Err(Failure::Raw(format!("{tool}: {file}: No such file or directory"))),
        }
    }
    Ok(all)
}

fn cat(words: &[&str], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let files: Vec<&&str> = words.iter().filter(|word| !word.starts_with('-')).collect();
    if files.is_empty() {
        match input {
            Some(input) => {
                cx.out.is_unterminated = input.is_unterminated;
                put_lines(cx, input.lines.clone());
            }
            None => {
                let text = cx.stdin.take().unwrap_or_default();
                put_text(cx, &text);
            }
        }
        return OK;
    }
    let mut exit = 0;
    for file in files {
        match read_file(file, cx) {
            Some(text) => put_text(cx, &text),
            None => {
                cx.out.err(format!("cat: {file}: No such file or directory"));
                exit = 1;
            }
        }
    }
    Ok(Flow::Done(exit))
}

fn tee(words: &[&str], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let all = lines(&[], input, cx, "tee")?;
    let text: String = all.iter().map(|line| line.text() + "\n").collect();
    for file in words.iter().filter(|word| !word.starts_with('-')) {
        Rc::make_mut(&mut cx.state.files).insert(file_name(file).to_string(), text.clone());
    }
    put_lines(cx, all);
    OK
}

fn ls(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let files = Rc::clone(&cx.state.files);
    let mut names: Vec<&str> = files.keys().map(String::as_str).collect();
    if !cx.host.editor_text().is_empty() && !names.contains(&EDITOR_FILE) {
        names.push(EDITOR_FILE);
        names.order();
    }
    let mut exit = 0;
    let wanted: Vec<&&str> = words.iter().filter(|word| !word.starts_with('-') && **word != ".").collect();
    if wanted.is_empty() {
        for name in names {
            cx.out.out(name);
        }
        return OK;
    }
    for file in wanted {
        if names.contains(&file_name(file)) {
            cx.out.out(*file);
        } else {
            cx.out.err(format!("ls: cannot access '{file}': No such file or directory"));
            exit = 2;
        }
    }
    Ok(Flow::Done(exit))
}

fn rm(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut exit = 0;
    let is_quiet = words.iter().any(|word| word.starts_with('-') && word.contains('f'));
    for file in words.iter().filter(|word| !word.starts_with('-')) {
        if Rc::make_mut(&mut cx.state.files).remove(file_name(file)).is_none() && !is_quiet {
            cx.out.err(format!("rm: cannot remove '{file}': No such file or directory"));
            exit = 1;
        }
    }
    Ok(Flow::Done(exit))
}

fn copy(name: &str, words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [from, to] = words else {
        return Err(Failure::Raw(format!("{name}: missing file operand")));
    };
    let Some(text) = read_file(from, cx) else {
        return Err(Failure::Raw(format!("{name}: cannot stat '{from}': No such file or directory")));
    };
    let files = Rc::make_mut(&mut cx.state.files);
    files.insert(file_name(to).to_string(), text);
    if name == "mv" {
        files.remove(file_name(from));
    }
    OK
}

fn touch(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    for file in words.iter().filter(|word| !word.starts_with('-')) {
        Rc::make_mut(&mut cx.state.files).entry(file_name(file).to_string()).or_default();
    }
    OK
}

fn echo(name: &str, words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (mut is_open, mut escapes) = (name == "printf", name == "printf");
    let mut words = words;
    while let Some((flag @ ("-n" | "-e" | "-ne" | "-en"), rest)) =
        words.split_first().map(|(first, rest)| (*first, rest))
    {
        is_open |= flag.contains('n');
        escapes |= flag.contains('e');
        words = rest;
    }
    let mut text = words.join(" ");
    if escapes {
        text = text.replace("\\n", "\n").replace("\\t", "\t");
    }
    if !is_open {
        text.push('\n');
    }
    put_text(cx, &text);
    OK
}

fn sleep(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let length =
        words.first().and_then(|word| parse_go_duration(word).or_else(|| parse_go_duration(&format!("{word}s"))));
    match length {
        Some(length) => Ok(Flow::Wait(Job::Sleep(cx.now() + length.max(Millis::ZERO)))),
        None => Err(Failure::Raw(format!("sleep: invalid time interval '{}'", words.first().unwrap_or(&"")))),
    }
}

fn export(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    for word in words {
        if let Some((name, value)) = word.split_once('=') {
            Rc::make_mut(&mut cx.state.variables).insert(name.to_string(), value.to_string());
        }
    }
    OK
}

struct Grep {
    ignores_case: bool,
    inverts: bool,
    counts: bool,
    is_quiet: bool,
    after: usize,
    before: usize,
    patterns: Vec<String>,
}

fn grep(words: &[&str], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut grep = Grep {
        ignores_case: false,
        inverts: false,
        counts: false,
        is_quiet: false,
        after: 0,
        before: 0,
        patterns: Vec::new(),
    };
    let mut files = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            if grep.patterns.is_empty() {
                grep.patterns.push((*word).to_string())
            } else {
                files.push(*word)
            }
            continue;
        };
        let letter = letters.chars().next().unwrap_or(' ');
        if matches!(letter, 'A' | 'B' | 'C' | 'e') {
            let value = match letters.get(1..).filter(|value| !value.is_empty()) {
                Some(value) => value,
                None => rest.next().copied().unwrap_or(""),
            };
            let number = value.parse().unwrap_or(0);
            match letter {
                'A' => grep.after = number,
                'B' => grep.before = number,
                'C' => (grep.before, grep.after) = (number, number),
                _ => grep.patterns.push(value.to_string()),
            }
            continue;
        }
        grep.ignores_case |= letters.contains('i');
        grep.inverts |= letters.contains('v');
        grep.counts |= letters.contains('c');
        grep.is_quiet |= letters.contains('q');
    }
    if grep.patterns.is_empty() {
        return Err(Failure::Raw("usage: grep [-ivcq] [-A n] [-B n] PATTERN [FILE]...".into()));
    }
    let all = lines(&files, input, cx, "grep")?;
    let hits: Vec<bool> = all.iter().map(|line| grep.takes(&line.text())).collect();
    let count = hits.iter().filter(|hit| **hit).count();
    if grep.counts {
        cx.out.out(count.to_string());
    } else if !grep.is_quiet {
        for (at, line) in all.into_iter().enumerate() {
            let from = at.saturating_sub(grep.after);
            let to = (at + grep.before + 1).min(hits.len());
            if hits.get(from..to).is_some_and(|near| near.contains(&true)) {
                cx.out.lines.push(line);
            }
        }
    }
    Ok(Flow::Done(i32::from(count == 0)))
}

impl Grep {
    fn takes(&self, line: &str) -> bool {
        let fold = |text: &str| if self.ignores_case { text.to_lowercase() } else { text.to_string() };
        let line = fold(line);
        let hit = self
            .patterns
            .iter()
            .any(|pattern| fold(pattern).replace("\\|", "|").split('|').any(|part| matches_pattern(part, &line)));
        hit != self.inverts
    }
}

/// Whether a simple pattern (`^`, `$`, `.`, `.*`) is found in `line`.
fn matches_pattern(pattern: &str, line: &str) -> bool {
    let (pattern, at_start) = pattern.strip_prefix('^').map_or((pattern, false), |rest| (rest, true));
    let (pattern, at_end) = pattern.strip_suffix('$').map_or((pattern, false), |rest| (rest, true));
    let parts: Vec<Vec<char>> = pattern.split(".*").map(|part| part.replace('\\', "").chars().collect()).collect();
    let line: Vec<char> = line.chars().collect();
    let starts = if at_start { 0..=0 } else { 0..=line.len() };
    starts.into_iter().any(|start| parts_match(&parts, &line, start, at_end))
}

fn parts_match(parts: &[Vec<char>], line: &[char], start: usize, at_end: bool) -> bool {
    let fits = |part: &[char], at: usize| {
        line.get(at..at + part.len())
            .is_some_and(|there| part.iter().zip(there).all(|(wanted, found)| *wanted == '.' || wanted == found))
    };
    let Some((first, rest)) = parts.split_first() else { return true };
    if !fits(first, start) {
        return false;
    }
    let mut at = start + first.len();
    for (number, part) in rest.iter().enumerate() {
        let is_last = number + 1 == rest.len();
        let found = if is_last && at_end {
            line.len().checked_sub(part.len()).filter(|last| *last >= at && fits(part, *last))
        } else {
            (at..=line.len()).find(|at| fits(part, *at))
        };
        match found {
            Some(found) => at = found + part.len(),
            None => return false,
        }
    }
    !at_end || at == line.len()
}

fn head_or_tail(is_head: bool, words: &[&str], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut count = 10;
    let mut files = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.strip_prefix('-') {
            Some("n") => count = rest.next().and_then(|value| value.trim_start_matches('-').parse().ok()).unwrap_or(10),
            Some(number) => count = number.trim_start_matches('n').parse().unwrap_or(10),
            None => files.push(*word),
        }
    }
    let all = lines(&files, input, cx, if is_head { "head" } else { "tail" })?;
    let from = if is_head { 0 } else { all.len().saturating_sub(count) };
    put_lines(cx, all.into_iter().skip(from).take(count));
    OK
}

fn count(words: &[&str], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let files: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let all = lines(&files, input, cx, "wc")?;
    let flags: String = words.iter().filter_map(|word| word.strip_prefix('-')).collect();
    let word_count: usize = all.iter().map(|line| line.text().split_whitespace().count()).sum();
    let bytes: usize = all.iter().map(|line| line.text().len() + 1).sum();
    let text = match flags.as_str() {
        "l" => all.len().to_string(),
        "w" => word_count.to_string(),
        "c" => bytes.to_string(),
        _ => format!("{:7} {word_count:7} {bytes:7}", all.len()),
    };
    cx.out.out(text);
    OK
}

fn sort(words: &[&str], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let files: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let mut all = lines(&files, input, cx, "sort")?;
    all.order_by_key(Line::text);
    let flags: String = words.iter().filter_map(|word| word.strip_prefix('-')).collect();
    if flags.contains('n') {
        let number = |line: &Line| {
            let text = line.text();
            let digits = text.trim_start();
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            digits.get(..end).and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0)
        };
        all.order_by_key(number);
    }
    if flags.contains('r') {
        all.reverse();
    }
    if flags.contains('u') {
        all.dedup_by_key(|line| line.text());
    }
    put_lines(cx, all);
    OK
}

fn uniq(input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut all = lines(&[], input, cx, "uniq")?;
    all.dedup_by_key(|line| line.text());
    put_lines(cx, all);
    OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_patterns_are_found() {
        let cases = [
            ("Taints", "  Taints:  <none>", true),
            ("^web-.$", "web-0", true),
            ("^web$", "web-0", false),
            ("web.*Running", "web-0   1/1   Running", true),
            ("a.*b$", "a b b", true),
            ("", "x", true),
        ];
        for (pattern, line, expected) in cases {
            assert_eq!(matches_pattern(pattern, line), expected, "{pattern}");
        }
    }
}
