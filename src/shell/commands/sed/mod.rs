//! `sed`: its command line, and the files that it reads and writes.

mod new_text;
mod parser;
mod run;
mod syntax;

use super::Arguments;
use super::filter::{Filter, Written};
use crate::shell::container::FileError;
use crate::shell::language::ShellKind;
use parser::read_script;
use run::{Files, Run};
use syntax::Script;

/// What the command line asks for.
#[derive(Default)]
struct Asked {
    scripts: Vec<String>,
    files: Vec<String>,
    is_quiet: bool,
    is_extended: bool,
    is_separate: bool,
    ends_with_nul: bool,
    /// Files are changed in place; the text is put behind the names of their copies.
    in_place: Option<String>,
}

/// `sed [-nErsz] [-i[SUFFIX]] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE…]`.
pub fn sed(filter: &mut Filter<'_>) -> i64 {
    let asked = match asked(filter) {
        Ok(asked) => asked,
        Err((code, why)) => {
            filter.err.push_str(&format!("sed: {why}\n"));
            return code;
        }
    };
    let script = match read_script(&asked.scripts, asked.is_extended) {
        Ok(mut script) => {
            script.is_quiet |= asked.is_quiet;
            script
        }
        Err((code, why)) => {
            let own = busybox_complaint(&why).filter(|_| filter.kind == ShellKind::Ash);
            filter.err.push_str(&format!("sed: {}\n", own.unwrap_or(why)));
            return code;
        }
    };
    edit(filter, &asked, &script)
}

fn edit(filter: &mut Filter<'_>, asked: &Asked, script: &Script) -> i64 {
    let mut code = 0;
    let mut texts = Vec::new();
    let names = if asked.files.is_empty() { vec!["-".to_string()] } else { asked.files.clone() };
    for name in names {
        let found = match (name.as_str(), &asked.in_place) {
            ("-", None) => Ok(filter.stdin.clone()),
            _ => (filter.read)(&name),
        };
        match found {
            Ok(text) => texts.push((name, text)),
            Err(error) => code = code.max(unread(filter, &name, &error, asked.in_place.is_some())),
        }
    }
    let mark = if asked.ends_with_nul { '\0' } else { '\n' };
    let is_separate = asked.is_separate || asked.in_place.is_some();
    let mut files = Files::new(script, filter.read);
    let groups: Vec<&[(String, String)]> = if is_separate { texts.chunks(1).collect() } else { vec![texts.as_slice()] };
    for group in groups {
        let mut run = Run::new(script, group, mark);
        run.is_in_place = asked.in_place.is_some();
        let exit = run.all(&mut files);
        if let Some(bound) = run.bound() {
            filter.is_bounded = true;
            filter.err.push_str(&format!("sed: {bound}\n"));
        }
        let out = run.into_text();
        match (&asked.in_place, group) {
            (Some(suffix), [(name, old)]) => {
                if !suffix.is_empty() {
                    filter.written.push(Written::new(copy_name(name, suffix), old.clone()));
                }
                filter.written.push(Written::new(name.clone(), out));
                filter.out.push_str(&files.take_out());
            }
            _ => filter.out.push_str(&out),
        }
        if let Some(exit) = exit {
            code = code.max(exit);
            break;
        }
    }
    filter.err.push_str(&files.err);
    filter.written.extend(files.written().map(|(name, text)| Written::new(name, text)));
    code
}

/// What is said of a file that cannot be read, and the exit code.
fn unread(filter: &mut Filter<'_>, name: &str, error: &FileError, in_place: bool) -> i64 {
    let is_directory = matches!(error, FileError::IsDirectory);
    let error = if matches!(error, FileError::IsDirectory | FileError::Denied) { error } else { &FileError::NotFound };
    let (code, text) = match (filter.kind == ShellKind::Ash, is_directory, in_place) {
        (true, false, _) => (1, format!("{name}: {error}")),
        (true, true, _) => (1, format!("read error on '{name}': {error}")),
        (false, true, true) => (4, format!("couldn't edit {name}: not a regular file")),
        (false, true, false) => (4, format!("read error on {name}: {error}")),
        (false, false, _) => (2, format!("can't read {name}: {error}")),
    };
    filter.err.push_str(&format!("sed: {text}\n"));
    code
}

/// The name of a file's copy: `*` stands for the name, else it comes first.
fn copy_name(name: &str, suffix: &str) -> String {
    let (folder, last) = name.rsplit_once('/').map_or((None, name), |(folder, last)| (Some(folder), last));
    let copy = if suffix.contains('*') { suffix.replace('*', last) } else { format!("{last}{suffix}") };
    match folder {
        Some(folder) if !copy.contains('/') => format!("{folder}/{copy}"),
        _ => copy,
    }
}

fn busybox_complaint(why: &str) -> Option<String> {
    if why.contains("unterminated") {
        return Some("unmatched '/'".to_string());
    }
    let (_, letter) = why.split_once("unknown command: `")?;
    Some(format!("unsupported command {}", letter.trim_end_matches('\'')))
}

fn asked(filter: &Filter<'_>) -> Result<Asked, (i64, String)> {
    let mut asked = Asked::default();
    let (mut operands, mut has_script) = (Vec::new(), false);
    let mut words = filter.words.arguments().iter();
    let script_of = |name: &str| match name {
        "-" | "/dev/stdin" => Ok(filter.stdin.clone()),
        name => (filter.read)(name).map_err(|_| (4, format!("couldn't open file {name}: No such file or directory"))),
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--" => operands.extend(words.by_ref().cloned()),
            "--quiet" | "--silent" => asked.is_quiet = true,
            "--regexp-extended" => asked.is_extended = true,
            "--separate" => asked.is_separate = true,
            "--null-data" | "--zero-terminated" => asked.ends_with_nul = true,
            "--in-place" => asked.in_place = Some(String::new()),
            "--expression" | "--file" => {
                let value = words.next().cloned().unwrap_or_default();
                has_script = true;
                asked.scripts.push(if word == "--file" { script_of(&value)? } else { value });
            }
            long if long.starts_with("--") => match long.split_once('=') {
                Some(("--expression", text)) => (has_script, _) = (true, asked.scripts.push(text.to_string())),
                Some(("--file", name)) => (has_script, _) = (true, asked.scripts.push(script_of(name)?)),
                Some(("--in-place", suffix)) => asked.in_place = Some(suffix.to_string()),
                _ if matches!(long, "--posix" | "--debug" | "--unbuffered" | "--sandbox" | "--follow-symlinks") => {}
                _ => return Err((1, format!("unrecognized option '{long}'"))),
            },
            letters if letters.len() > 1 && letters.starts_with('-') => {
                let mut rest = letters.chars().skip(1);
                while let Some(letter) = rest.next() {
                    match letter {
                        'n' => asked.is_quiet = true,
                        'E' | 'r' => asked.is_extended = true,
                        's' => asked.is_separate = true,
                        'z' => asked.ends_with_nul = true,
                        'i' => asked.in_place = Some(rest.by_ref().collect()),
                        'e' | 'f' | 'l' => {
                            let own: String = rest.by_ref().collect();
                            let value = if own.is_empty() { words.next().cloned().unwrap_or_default() } else { own };
                            match letter {
                                'e' => (has_script, _) = (true, asked.scripts.push(value)),
                                'f' => (has_script, _) = (true, asked.scripts.push(script_of(&value)?)),
                                _ => {}
                            }
                        }
                        'u' | 'b' => {}
                        letter => return Err((1, format!("invalid option -- '{letter}'"))),
                    }
                }
            }
            operand => operands.push(operand.to_string()),
        }
    }
    if !has_script {
        if operands.is_empty() {
            return Err((1, "usage: sed [OPTION]... {script} [input-file]...".to_string()));
        }
        asked.scripts.push(operands.remove(0));
    }
    asked.files = operands;
    Ok(asked)
}
