//! `cd`, and `pushd`, `popd` and `dirs`: directories that one comes back to.

use super::state::{Shell, ShellKind};
use super::streams::Io;
use super::variables::Array;

/// The variable that holds them, the present one left out.
const STACK: &str = "DIRSTACK";

/// `cd`.
pub(super) fn cd(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let word = match arguments.iter().find(|word| **word == "-" || !word.starts_with('-')) {
        None => shell.variable("HOME").unwrap_or_else(|| "/root".to_string()),
        Some(&"-") => shell.variable("OLDPWD").unwrap_or_else(|| shell.directory.clone()),
        Some(word) => (*word).to_string(),
    };
    let path = shell.path(&word);
    let path = if arguments.contains(&"-P") { io.world.real_path(&path) } else { path };
    let is_unknown = io.world.is_unknown_place(&path);
    let problem = match io.world.stat(&path) {
        stat if is_unknown || stat.is_some_and(|stat| stat.is_directory) => {
            let before = std::mem::replace(&mut shell.directory, path.clone());
            shell.set("OLDPWD", before);
            if arguments.first() == Some(&"-") {
                shell.emit(1, &format!("{path}\n"), io);
            }
            return;
        }
        Some(_) => "Not a directory",
        None => "No such file or directory",
    };
    match shell.kind {
        ShellKind::Bash => shell.object(&format!("cd: {word}: {problem}"), 1, io),
        ShellKind::Dash => shell.object(&format!("cd: can't cd to {word}"), 2, io),
        ShellKind::Ash => shell.object(&format!("cd: can't cd to {word}: {problem}"), 1, io),
    }
}

fn kept(shell: &Shell) -> Vec<String> {
    shell.variables.elements(STACK).into_iter().map(|element| element.1).collect()
}

fn keep(shell: &mut Shell, directories: Vec<String>) {
    let list = directories.into_iter().enumerate();
    let list = list.map(|(at, path)| (i64::try_from(at).unwrap_or(0), path)).collect();
    // It is nobody else's variable.
    _ = shell.variables.set_array(STACK, Array::List(list));
}

/// Runs one of the three.
pub(super) fn run(shell: &mut Shell, name: &str, arguments: &[&str], io: &mut Io<'_>) {
    let mut all = kept(shell);
    let before = shell.directory.clone();
    let is_silent = arguments.contains(&"-n");
    match (name, arguments.iter().find(|word| !word.starts_with(['-', '+']))) {
        ("dirs", _) if arguments.contains(&"-c") => return keep(shell, Vec::new()),
        ("dirs", _) => {}
        ("popd", _) => {
            if all.is_empty() {
                return shell.object("popd: directory stack empty", 1, io);
            }
            let next = all.remove(0);
            cd(shell, &[next.as_str()], io);
        }
        (_, Some(word)) => {
            cd(shell, &[word], io);
            if shell.status == 0 {
                all.insert(0, before);
            }
        }
        (_, None) => {
            if all.is_empty() {
                return shell.object("pushd: no other directory", 1, io);
            }
            let next = std::mem::replace(&mut all[0], before);
            cd(shell, &[next.as_str()], io);
        }
    }
    keep(shell, all.clone());
    if shell.status != 0 || is_silent {
        return;
    }
    let home = shell.variable("HOME").unwrap_or_default();
    let short = |path: &String| match path.strip_prefix(home.as_str()).filter(|_| !home.is_empty()) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("~{rest}"),
        _ => path.clone(),
    };
    let shown: Vec<String> = std::iter::once(&shell.directory).chain(&all).map(short).collect();
    let separator = if arguments.contains(&"-p") { "\n" } else { " " };
    shell.emit(1, &format!("{}\n", shown.join(separator)), io);
}
