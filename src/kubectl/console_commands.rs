//! The few tools of a shell beside kubectl: files of the working directory and filters of pipes; no real programs.

use super::command::{Cx, Failure, Flow, OK, Sleep};
use super::files::{EDITOR_FILE, entries_of, is_below, is_directory, place_for, place_of, read_file, write_file};
use crate::model::Millis;
use crate::model::duration::parse_go_duration;
use crate::shell::commands::filter::{Filter, Written};
use crate::shell::commands::text_filters::NAMES as NAMES_OF_FILTERS;
use crate::shell::commands::{format_time, moment};
use crate::shell::container::FileError;
use std::rc::Rc;

/// Runs a tool: its name and arguments. What is piped into it is the command's input.
///
/// # Errors
/// What the tool refuses.
pub fn run(all: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = all.first().map_or("", String::as_str);
    let args = all.get(1..).unwrap_or(&[]);
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match name {
        "cat" | "type" | "less" | "more" => cat(&words, cx),
        "tee" => tee(&words, cx),
        "ls" | "dir" => ls(&words, cx),
        "rm" | "del" => rm(&words, cx),
        "cp" | "mv" => copy(name, &words, cx),
        "touch" => touch(&words, cx),
        "clear" | "cls" => {
            cx.out.clears = true;
            OK
        }
        "whoami" => say(cx, "lab"),
        "hostname" => say(cx, "lab"),
        "date" => date(&words, cx),
        "which" => which(args, cx),
        "mkdir" => mkdir(&words, cx),
        "rmdir" => rmdir(&words, cx),
        "cd" | "true" | "source" | "." | "chmod" => OK,
        "sleep" => sleep(&words, cx),
        "findstr" | "Select-String" | "sls" => {
            let words: Vec<String> = ["grep".to_string()].into_iter().chain(args.iter().cloned()).collect();
            filter(&words, cx)
        }
        _ if NAMES_OF_FILTERS.contains(&name) => filter(all, cx),
        "minikube" => super::minikube::run(&words, cx),
        "help" => help(cx),
        "watch" => watch(args, cx),
        "lab" => super::lab_command::run(args, cx),
        "why" => super::why::run(args, cx),
        "vi" | "vim" | "nano" | "code" | "emacs" => open_in_editor(&words, cx),
        _ => unknown(name, cx),
    }
}

/// Where programs are. Ends with 1 if one is nowhere.
fn which(names: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut names: Vec<&String> = names.iter().filter(|name| !name.starts_with('-')).collect();
    let all = names.len();
    names.retain(|name| NAMES.contains(&name.as_str()));
    names.iter().for_each(|name| cx.out.out(format!("/usr/bin/{name}")));
    Ok(Flow::Done(i32::from(names.len() < all || all == 0)))
}

fn date(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let given =
        words.iter().position(|word| matches!(*word, "-d" | "--date")).and_then(|at| words.get(at + 1).copied());
    let given = given.or_else(|| words.iter().find_map(|word| word.strip_prefix("--date=")));
    let now = given.and_then(|text| moment(text, cx.now(), false)).unwrap_or_else(|| cx.now());
    let text = match words.iter().find_map(|word| word.strip_prefix('+')) {
        Some(format) => format_time(now, format),
        None => now.rfc1123z(),
    };
    say(cx, &text)
}

/// The page's editor is the editor that there is: the file opens there, in a tab of its own.
fn open_in_editor(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = words.iter().rev().find(|word| !word.starts_with(['-', '+'])).map_or(EDITOR_FILE, |name| *name);
    if is_directory(name, cx) {
        cx.out.err(format!("{name}: Is a directory"));
        return Ok(Flow::Done(1));
    }
    let text = read_file(name, cx).unwrap_or_default();
    cx.out.opens = Some((place_of(name, cx.state), text));
    OK
}

/// What this console can do beside kubectl.
fn help(cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    super::output_formats::text_lines(
        &super::help::overview(&super::verbs::listed(), &super::verbs::summary),
        &mut cx.out,
    );
    cx.hint("not_here", &[]);
    OK
}

/// The names of the tools, for completion.
pub const NAMES: &[&str] = &[
    "awk", "base64", "cat", "clear", "cp", "curl", "cut", "echo", "grep", "head", "help", "history", "kubectl", "lab",
    "ls", "minikube", "mv", "printf", "rm", "sed", "seq", "sleep", "sort", "tail", "tee", "uniq", "vi", "watch", "wc",
    "wget", "which", "why", "xargs",
];

fn say(cx: &mut Cx<'_>, text: &str) -> Result<Flow, Failure> {
    cx.out.out(text);
    OK
}

fn unknown(name: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    cx.out.err(format!("{name}: command not found"));
    match super::edit_distance::nearest(name, super::verbs::names().chain(["kubectl", "minikube"])) {
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
        None => unknown("watch", cx),
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

fn cat(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let files: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-') || *word == "-").collect();
    let mut exit = 0;
    for file in if files.is_empty() { vec!["-"] } else { files } {
        let text = if file == "-" { Some(cx.stdin.take().unwrap_or_default()) } else { read_file(file, cx) };
        match text {
            Some(text) => put_text(cx, &text),
            None => {
                cx.out.err(format!("cat: {file}: No such file or directory"));
                exit = 1;
            }
        }
    }
    Ok(Flow::Done(exit))
}

fn tee(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let text = cx.stdin.take().unwrap_or_default();
    let appends = words.contains(&"-a");
    for file in words.iter().filter(|word| !word.starts_with('-')) {
        let before = if appends { read_file(file, cx).unwrap_or_default() } else { String::new() };
        write_file(file, before + &text, cx);
    }
    put_text(cx, &text);
    OK
}

fn ls(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let has_flag = |letter: char| words.iter().any(|word| word.starts_with('-') && word.contains(letter));
    let named: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let named = if named.is_empty() { vec!["."] } else { named };
    let mut exit = 0;
    let missing: Vec<&str> = named.iter().copied().filter(|name| !exists(name, cx)).collect();
    for name in missing {
        cx.out.err(format!("ls: cannot access '{name}': No such file or directory"));
        exit = 2;
    }
    let shows_itself = |name: &str, cx: &Cx<'_>| has_flag('d') || !is_directory(name, cx);
    let (own, folders): (Vec<&str>, Vec<&str>) =
        named.iter().copied().filter(|name| exists(name, cx)).partition(|name| shows_itself(name, cx));
    own.iter().for_each(|name| cx.out.out(*name));
    for (at, folder) in folders.iter().enumerate() {
        if named.len() > 1 {
            if at > 0 || !own.is_empty() {
                cx.out.out("");
            }
            cx.out.out(format!("{folder}:"));
        }
        let names = entries_of(folder, cx.state, cx.host.editor_text());
        let is_shown = |name: &&String| !name.starts_with('.') || has_flag('a') || has_flag('A');
        names.iter().filter(is_shown).for_each(|name| cx.out.out(name.clone()));
    }
    Ok(Flow::Done(exit))
}

fn exists(name: &str, cx: &Cx<'_>) -> bool {
    is_directory(name, cx) || read_file(name, cx).is_some_and(|text| !text.is_empty() || has_file(name, cx))
}

/// Whether there is a file of this name, and not only an editor without a text.
fn has_file(name: &str, cx: &Cx<'_>) -> bool {
    cx.state.files.contains_key(&place_of(name, cx.state))
}

/// What stands at a place and below it: files and directories, as they are kept.
fn tree_of(place: &str, cx: &Cx<'_>) -> (Vec<String>, Vec<String>) {
    let is_of = |path: &&String| path.as_str() == place || is_below(path, place);
    let files = cx.state.files.keys().filter(is_of).cloned().collect();
    (files, cx.state.directories.iter().filter(is_of).cloned().collect())
}

fn has_option(words: &[&str], letters: &[char], long: &str) -> bool {
    words.iter().any(|word| *word == long || word.starts_with('-') && !word.starts_with("--") && word.contains(letters))
}

fn rm(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut exit = 0;
    let is_quiet = has_option(words, &['f'], "--force");
    let takes_trees = has_option(words, &['r', 'R'], "--recursive");
    for file in words.iter().filter(|word| !word.starts_with('-')) {
        let place = place_of(file, cx.state);
        let last = file.trim_end_matches('/').rsplit('/').next().unwrap_or("");
        if takes_trees && matches!(last, "." | "..") {
            cx.out.err(format!("rm: refusing to remove '.' or '..' directory: skipping '{file}'"));
            exit = 1;
            continue;
        }
        let why = match () {
            () if has_file(file, cx) => None,
            // The directory in which everything stands.
            () if takes_trees && place.is_empty() => Some("Permission denied"),
            () if is_directory(file, cx) => (!takes_trees).then_some("Is a directory"),
            () if is_quiet => continue,
            () => Some("No such file or directory"),
        };
        match why {
            None => remove_tree(&place, cx),
            Some(why) => {
                cx.out.err(format!("rm: cannot remove '{file}': {why}"));
                exit = 1;
            }
        }
    }
    Ok(Flow::Done(exit))
}

fn remove_tree(place: &str, cx: &mut Cx<'_>) {
    let (files, directories) = tree_of(place, cx);
    files.iter().for_each(|path| drop(Rc::make_mut(&mut cx.state.files).remove(path)));
    directories.iter().for_each(|path| _ = Rc::make_mut(&mut cx.state.directories).remove(path));
}

fn rmdir(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut exit = 0;
    for word in words.iter().filter(|word| !word.starts_with('-')) {
        let why = match () {
            () if has_file(word, cx) => "Not a directory",
            () if !is_directory(word, cx) => "No such file or directory",
            () if !entries_of(word, cx.state, cx.host.editor_text()).is_empty() => "Directory not empty",
            () => {
                let place = place_of(word, cx.state);
                Rc::make_mut(&mut cx.state.directories).remove(&place);
                continue;
            }
        };
        cx.out.err(format!("rmdir: failed to remove '{word}': {why}"));
        exit = 1;
    }
    Ok(Flow::Done(exit))
}

/// `cp` and `mv`.
fn copy(name: &str, all: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words: Vec<&str> = all.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let takes_trees = name == "mv" || has_option(all, &['r', 'R', 'a'], "--recursive");
    let Some((to, sources)) = words.split_last() else {
        return Err(Failure::Raw(format!("{name}: missing file operand")));
    };
    if sources.is_empty() {
        return Err(Failure::Raw(format!("{name}: missing destination file operand after '{to}'")));
    }
    let is_into = is_directory(to, cx);
    let is_tree = |from: &&str| is_directory(from, cx);
    if !is_into && (sources.len() > 1 || to.ends_with('/') && !sources.iter().all(is_tree)) {
        let what = if sources.len() > 1 { "target" } else { "cannot create regular file" };
        let why = if sources.len() > 1 { "No such file or directory" } else { "Not a directory" };
        return Err(Failure::Raw(format!("{name}: {what} '{to}': {why}")));
    }
    let mut exit = 0;
    for from in sources {
        let last = from.trim_end_matches('/').rsplit('/').next().unwrap_or(from);
        let place = match () {
            // What stands in a directory goes into the other one.
            () if is_into && matches!(last, "." | "..") => (*to).to_string(),
            () if is_into => format!("{}/{last}", to.trim_end_matches('/')),
            () => (*to).to_string(),
        };
        let place = place_for(&place, cx.state);
        let done = match is_directory(from, cx) {
            true if !takes_trees => Err(format!("-r not specified; omitting directory '{from}'")),
            true => copy_tree(name, from, &place, cx),
            false => copy_file(name, from, &place, cx),
        };
        if let Err(why) = done {
            cx.out.err(format!("{name}: {why}"));
            exit = 1;
        }
    }
    Ok(Flow::Done(exit))
}

/// Copies or moves a file.
///
/// # Errors
/// What is wrong, without the program's name.
fn copy_file(name: &str, from: &str, to: &str, cx: &mut Cx<'_>) -> Result<(), String> {
    let text = read_file(from, cx).ok_or_else(|| format!("cannot stat '{from}': No such file or directory"))?;
    let from = place_of(from, cx.state);
    let files = Rc::make_mut(&mut cx.state.files);
    files.insert(to.to_string(), text);
    if name == "mv" && from != to {
        files.remove(&from);
    }
    Ok(())
}

/// The same for a directory with all that is in it.
fn copy_tree(name: &str, from: &str, to: &str, cx: &mut Cx<'_>) -> Result<(), String> {
    let place = place_of(from, cx.state);
    if place.is_empty() || to == place || is_below(to, &place) {
        return Err(match name {
            "mv" => format!("cannot move '{from}' to a subdirectory of itself, '{to}'"),
            _ => format!("cannot copy a directory, '{from}', into itself, '{to}'"),
        });
    }
    let (files, directories) = tree_of(&place, cx);
    let moved = |path: &String| format!("{to}{}", path.get(place.len()..).unwrap_or(""));
    let texts: Vec<(String, String)> =
        files.iter().filter_map(|path| Some((moved(path), cx.state.files.get(path)?.clone()))).collect();
    if name == "mv" {
        remove_tree(&place, cx);
    }
    let all = Rc::make_mut(&mut cx.state.directories);
    all.insert(to.to_string());
    directories.iter().for_each(|path| _ = all.insert(moved(path)));
    Rc::make_mut(&mut cx.state.files).extend(texts);
    Ok(())
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
        let path = place_for(word, cx.state);
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            Rc::make_mut(&mut cx.state.directories).insert(path.get(..end).unwrap_or("").to_string());
        }
    }
    Ok(Flow::Done(exit))
}

fn touch(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    for file in words.iter().filter(|word| !word.starts_with('-')) {
        let place = place_for(file, cx.state);
        Rc::make_mut(&mut cx.state.files).entry(place).or_default();
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

/// A command that turns text into text, as containers have it.
fn filter(all: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let stdin = cx.stdin.take().unwrap_or_default();
    let read = |name: &str| read_file(name, cx).ok_or(FileError::NotFound);
    let mut filter = Filter::plain(all, stdin, &read);
    let code = filter.run().unwrap_or(0);
    let (out, err, written, is_unknown) = (filter.out, filter.err, filter.written, filter.is_unknown);
    if is_unknown {
        cx.hint("no_program", &[("name", all.first().map_or("", String::as_str))]);
        return Ok(Flow::Done(0));
    }
    for Written { name, text, appends } in written {
        let before = if appends { read_file(&name, cx).unwrap_or_default() } else { String::new() };
        write_file(&name, before + &text, cx);
    }
    put_text(cx, &out);
    err.lines().for_each(|line| cx.out.err(line));
    Ok(Flow::Done(i32::try_from(code).unwrap_or(1)))
}
