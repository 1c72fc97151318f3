//! The few tools of a shell beside kubectl: files of the working directory and filters of pipes; no real programs.

use super::command::{Cx, Failure, Flow, OK, Sleep};
use super::duration::parse_go_duration;
use super::files::{EDITOR_FILE, HOME, is_directory, read_file, tidy_path};
use super::output::{Line, Output, Span, Stream, Style};
use crate::model::Millis;
use crate::ordering::Order;
use crate::shell::commands::text::{Filter, Grep, NAMES as NAMES_OF_FILTERS, files_of, kept_range};
use crate::shell::container::FileError;
use crate::shell::language::ShellKind;
use std::rc::Rc;

/// Runs the tool `name`. `input` are the lines of a pipe, with their meaning kept.
///
/// # Errors
/// What the tool refuses.
pub fn run(name: &str, all: &[String], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let args = all.get(1..).unwrap_or(&[]);
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match name {
        "cat" | "type" | "less" | "more" => cat(&words, input, cx),
        "tee" => tee(&words, input, cx),
        "ls" | "dir" => ls(&words, cx),
        "rm" | "del" => rm(&words, cx),
        "cp" | "mv" => copy(name, &words, cx),
        "touch" => touch(&words, cx),
        "clear" | "cls" => {
            cx.out.clears = true;
            OK
        }
        "pwd" => say(cx, HOME),
        "whoami" => say(cx, "lab"),
        "hostname" => say(cx, "lab"),
        "date" => {
            let now = cx.now().rfc1123z();
            say(cx, &now)
        }
        "mkdir" => mkdir(&words, cx),
        "cd" | "true" | ":" | "set" | "alias" | "source" | "chmod" | "exit" => OK,
        "false" => Ok(Flow::Done(1)),
        "sleep" => sleep(&words, cx),
        "export" => export(&words, cx),
        "grep" | "egrep" | "findstr" | "Select-String" | "sls" => grep(all, input, cx),
        "head" | "tail" => head_or_tail(all, input, cx),
        _ if NAMES_OF_FILTERS.contains(&name) => filter(all, cx),
        "minikube" => super::minikube::run(&words, cx),
        "help" => help(cx),
        "watch" => watch(args, cx),
        "lab" => super::lab::run(args, cx),
        "why" => super::why::run(args, cx),
        "vi" | "vim" | "nano" | "code" | "emacs" => open_in_editor(&words, cx),
        _ => unknown(name, &words, cx),
    }
}

/// The page's editor is the editor that there is: the file opens there, in a tab of its own.
fn open_in_editor(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = words.iter().rev().find(|word| !word.starts_with(['-', '+'])).map_or(EDITOR_FILE, |name| *name);
    if is_directory(name, cx) {
        cx.out.err(format!("{name}: Is a directory"));
        return Ok(Flow::Done(1));
    }
    let text = read_file(name, cx).unwrap_or_default();
    cx.out.opens = Some((tidy_path(name), text));
    OK
}

/// What this console can do beside kubectl.
fn help(cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    super::print::text_lines(&super::help::overview(&super::verbs::summary), &mut cx.out);
    cx.hint("not_here", &[]);
    OK
}

/// The names of the tools, for completion.
pub const NAMES: &[&str] = &[
    "awk", "base64", "cat", "clear", "cp", "cut", "echo", "grep", "head", "help", "history", "kubectl", "lab", "ls",
    "minikube", "mv", "printf", "rm", "sed", "seq", "sleep", "sort", "tail", "tee", "uniq", "vi", "watch", "wc", "why",
    "xargs",
];

fn say(cx: &mut Cx<'_>, text: &str) -> Result<Flow, Failure> {
    cx.out.out(text);
    OK
}

fn unknown(name: &str, words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
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
        Rc::make_mut(&mut cx.state.files).insert(tidy_path(file).to_string(), text.clone());
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
        if names.contains(&tidy_path(file).as_str()) {
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
        if Rc::make_mut(&mut cx.state.files).remove(&tidy_path(file)).is_none() && !is_quiet {
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
    files.insert(tidy_path(to).to_string(), text);
    if name == "mv" {
        files.remove(&tidy_path(from));
    }
    OK
}

fn mkdir(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut exit = 0;
    let makes_parents = words.iter().any(|word| word.starts_with('-') && word.contains('p'));
    for word in words.iter().filter(|word| !word.starts_with('-')) {
        if is_directory(word, cx) && !makes_parents {
            cx.out.err(format!("mkdir: cannot create directory '{word}': File exists"));
            exit = 1;
            continue;
        }
        let path = tidy_path(word);
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            Rc::make_mut(&mut cx.state.directories).insert(path.get(..end).unwrap_or("").to_string());
        }
    }
    Ok(Flow::Done(exit))
}

fn touch(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    for file in words.iter().filter(|word| !word.starts_with('-')) {
        Rc::make_mut(&mut cx.state.files).entry(tidy_path(file).to_string()).or_default();
    }
    OK
}

fn sleep(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let length =
        words.first().and_then(|word| parse_go_duration(word).or_else(|| parse_go_duration(&format!("{word}s"))));
    match length {
        Some(length) => Ok(Flow::Wait(Box::new(Sleep(cx.now() + length.max(Millis::ZERO))))),
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

/// `grep`, which keeps what the lines of a pipe mean.
fn grep(all: &[String], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some(grep) = Grep::of(all) else {
        return Err(Failure::Raw("usage: grep [OPTION]... PATTERNS [FILE]...".into()));
    };
    let files: Vec<&str> = grep.files.iter().map(String::as_str).collect();
    let all = lines(&files, input, cx, "grep")?;
    let texts: Vec<String> = all.iter().map(Line::text).collect();
    let hits = grep.hits(&texts);
    let count = hits.iter().filter(|hit| **hit).count();
    if grep.counts {
        cx.out.out(count.to_string());
    } else if grep.only_found && !grep.is_quiet {
        texts.iter().flat_map(|text| grep.found_in(text)).for_each(|found| cx.out.out(found));
    } else if !grep.is_quiet {
        for (at, mut line) in all.into_iter().enumerate().filter(|(at, _)| grep.shows(&hits, *at)) {
            if grep.numbers {
                line.spans.insert(0, Span { text: format!("{}:", at + 1), style: Style::Dim });
            }
            cx.out.lines.push(line);
        }
    }
    Ok(Flow::Done(i32::from(count == 0)))
}

/// `head` and `tail`, which keep what the lines of a pipe mean.
fn head_or_tail(all: &[String], input: Option<&Output>, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = all.first().map_or("head", String::as_str);
    let files = files_of(all);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let lines = lines(&files, input, cx, name)?;
    let range = kept_range(all, lines.len()).map_err(|why| Failure::Raw(format!("{name}: {why}")))?;
    put_lines(cx, lines.into_iter().skip(range.start).take(range.len()));
    OK
}

/// A command that turns text into text, as containers have it.
fn filter(all: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let stdin = cx.stdin.take().unwrap_or_default();
    let read = |name: &str| read_file(name, cx).ok_or(FileError::NotFound);
    let (out, err) = (String::new(), String::new());
    let mut filter = Filter {
        words: all,
        stdin,
        read: &read,
        out,
        err,
        written: Vec::new(),
        kind: ShellKind::Bash,
        is_unknown: false,
    };
    let code = filter.run().unwrap_or(0);
    let (out, err, written) = (filter.out, filter.err, filter.written);
    for (file, text) in written {
        Rc::make_mut(&mut cx.state.files).insert(tidy_path(&file).to_string(), text);
    }
    put_text(cx, &out);
    err.lines().for_each(|line| cx.out.err(line));
    Ok(Flow::Done(i32::try_from(code).unwrap_or(1)))
}
