//! Where a shell is: `cd`, and bash's stack of directories.

use super::state::{Shell, ShellKind};
use super::turn_io::Io;

/// Goes to another directory.
pub(super) fn cd(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let word = match arguments.iter().find(|word| **word == "-" || !word.starts_with('-')) {
        None => shell.variable("HOME").unwrap_or_else(|| "/root".to_string()),
        Some(&"-") => shell.variable("OLDPWD").unwrap_or_else(|| shell.directory.clone()),
        Some(word) => (*word).to_string(),
    };
    let count = arguments.iter().filter(|word| **word == "-" || !word.starts_with('-')).count();
    if count > 1 && shell.kind == ShellKind::Bash {
        return shell.object("cd: too many arguments", 1, io);
    }
    let by_list = found_by_list(shell, &word, io);
    if let Some(path) = &by_list {
        shell.emit(1, &format!("{path}\n"), io);
    }
    let path = by_list.unwrap_or_else(|| shell.path(&word));
    let path = if arguments.contains(&"-P") { io.world.real_path(&path) } else { path };
    let Err(problem) = go_to(shell, &path, io) else {
        if arguments.first() == Some(&"-") {
            shell.emit(1, &format!("{path}\n"), io);
        }
        return;
    };
    match shell.kind {
        ShellKind::Bash => shell.object(&format!("cd: {word}: {problem}"), 1, io),
        ShellKind::Dash => shell.misuse("cd", &format!("can't cd to {word}"), 2, io),
        ShellKind::Ash => shell.misuse("cd", &format!("can't cd to {word}: {problem}"), 2, io),
    }
}

/// The first directory of `CDPATH` that has one of this name, where that is not the present one.
fn found_by_list(shell: &Shell, word: &str, io: &Io<'_>) -> Option<String> {
    let list = shell.variable("CDPATH").filter(|list| !list.is_empty())?;
    if word.is_empty() || word.starts_with('/') || matches!(word.split('/').next(), Some("." | "..")) {
        return None;
    }
    let path = |folder: &str| shell.path(&format!("{}/{word}", if folder.is_empty() { "." } else { folder }));
    let is_there = |path: &String| io.world.stat(path).is_some_and(|stat| stat.is_directory);
    let (folder, found) = list.split(':').map(|folder| (folder, path(folder))).find(|found| is_there(&found.1))?;
    (!matches!(folder, "" | ".")).then_some(found)
}

/// Makes a path the shell's directory, or says what it is instead of one.
fn go_to(shell: &mut Shell, path: &str, io: &Io<'_>) -> Result<(), &'static str> {
    match io.world.stat(path) {
        stat if io.world.is_unknown_place(path) || stat.is_some_and(|stat| stat.is_directory) => {
            let before = std::mem::replace(&mut shell.directory, path.to_string());
            shell.set("OLDPWD", before);
            Ok(())
        }
        Some(_) => Err("Not a directory"),
        None => Err("No such file or directory"),
    }
}

/// How many directories are kept.
const KEPT_MAX: usize = 1000;

/// `pushd`: goes to a directory and keeps the present one; without a word it changes places with the last one.
pub(super) fn push_directory(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let here = shell.directory.clone();
    if let Some(word) = arguments.iter().find(|word| !word.starts_with(['-', '+'])) {
        if arguments.contains(&"-n") {
            let path = shell.path(word);
            shell.directory_stack.insert(0, path);
        } else {
            cd_for("pushd", shell, word, io);
            if shell.status != 0 {
                return;
            }
            shell.directory_stack.insert(0, here);
        }
        shell.directory_stack.truncate(KEPT_MAX);
        return show_directories(shell, &[], io);
    }
    if shell.directory_stack.is_empty() {
        return shell.object("pushd: no other directory", 1, io);
    }
    let place = arguments.first().map_or(Some(1), |word| place_of(shell, word));
    let Some(place) = place else {
        let word = arguments.first().copied().unwrap_or("");
        return shell.object(&format!("pushd: {word}: directory stack index out of range"), 1, io);
    };
    // The whole stack is turned until that place is on top.
    let mut all: Vec<String> = std::iter::once(here).chain(std::mem::take(&mut shell.directory_stack)).collect();
    match arguments.is_empty() {
        true => all.swap(0, 1),
        false => all.rotate_left(place),
    }
    let top = all.remove(0);
    shell.directory_stack = all;
    cd_for("pushd", shell, &top, io);
    if shell.status == 0 {
        show_directories(shell, &[], io);
    }
}

/// `popd`: goes back to the directory that was kept last.
pub(super) fn pop_directory(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    if shell.directory_stack.is_empty() {
        return shell.object("popd: directory stack empty", 1, io);
    }
    let place = arguments.iter().find(|word| **word != "-n").map_or(Some(0), |word| place_of(shell, word));
    match place {
        None => {
            let word = arguments.first().copied().unwrap_or("");
            return shell.object(&format!("popd: {word}: directory stack index out of range"), 1, io);
        }
        Some(0) if arguments.contains(&"-n") => _ = shell.directory_stack.remove(0),
        Some(0) => {
            let next = shell.directory_stack.remove(0);
            cd_for("popd", shell, &next, io);
            if shell.status != 0 {
                return;
            }
        }
        Some(place) => _ = shell.directory_stack.remove(place - 1),
    }
    show_directories(shell, &[], io);
}

/// `dirs`: the present directory and those that are kept.
pub(super) fn show_directories(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    if arguments.contains(&"-c") {
        shell.directory_stack.clear();
        return;
    }
    let has = |letter: char| arguments.iter().any(|word| word.starts_with('-') && word.contains(letter));
    let home = shell.variable("HOME").filter(|home| !home.is_empty() && !has('l'));
    let short = |path: &String| match home.as_ref().and_then(|home| path.strip_prefix(home.as_str())) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("~{rest}"),
        _ => path.clone(),
    };
    let all: Vec<String> = std::iter::once(&shell.directory).chain(&shell.directory_stack).map(short).collect();
    let chosen = arguments.iter().find(|word| place_of(shell, word).is_some()).and_then(|word| place_of(shell, word));
    let text = match chosen.and_then(|place| all.get(place)) {
        Some(one) => format!("{one}\n"),
        None if has('v') => all.iter().enumerate().map(|(at, path)| format!("{at:>2}  {path}\n")).collect(),
        None if has('p') => all.iter().map(|path| format!("{path}\n")).collect(),
        None => format!("{}\n", all.join(" ")),
    };
    shell.emit(1, &text, io);
}

/// The place in the whole stack that `+N` or `-N` means, if there is such a place.
fn place_of(shell: &Shell, word: &str) -> Option<usize> {
    let last = shell.directory_stack.len();
    match (word.strip_prefix('+'), word.strip_prefix('-')) {
        (Some(number), _) => number.parse().ok().filter(|place| *place <= last),
        (_, Some(number)) => last.checked_sub(number.parse().ok()?),
        _ => None,
    }
}

/// Goes to a directory; what is wrong is said in the name of `command`.
fn cd_for(command: &str, shell: &mut Shell, word: &str, io: &mut Io<'_>) {
    let path = shell.path(word);
    if let Err(problem) = go_to(shell, &path, io) {
        shell.object(&format!("{command}: {word}: {problem}"), 1, io);
    }
}
