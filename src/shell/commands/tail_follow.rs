//! `tail -f` and `tail -F`: the last lines of a file, and what is added to it.

use super::text_filters::{files_of, kept_range};
use super::{Arguments, Call, Outcome};
use crate::shell::language::Program;
use crate::shell::waiting::FOREVER;

/// `tail -f`: the last lines of a file, and what is added to it.
pub fn follow(call: &mut Call<'_>) -> Outcome {
    let Some(name) = files_of(call.words).pop() else { return Outcome::Sleep(FOREVER) };
    if name.starts_with("/dev/") {
        return Outcome::Sleep(FOREVER);
    }
    let found = call.read(&name);
    // `-F` waits for a file that is not there yet.
    if found.is_err() && call.words.has_flag('F') {
        let message = match call.container.image.is_busybox {
            true => format!("tail: can't open '{name}': No such file or directory\n"),
            false => format!("tail: cannot open '{name}' for reading: No such file or directory\n"),
        };
        call.err.push_str(&message);
        let path = call.shell.path(&name);
        return Outcome::Launch(Box::new(Program::Follow(path.into(), 0)));
    }
    match found {
        Ok(text) => {
            let lines: Vec<&str> = text.split_terminator('\n').collect();
            let range = kept_range(call.words, lines.len()).unwrap_or(0..lines.len());
            let shown: String = lines.get(range).unwrap_or(&[]).iter().map(|line| format!("{line}\n")).collect();
            call.out.push_str(&shown);
            let path = call.shell.path(&name);
            Outcome::Launch(Box::new(Program::Follow(path.into(), text.len())))
        }
        Err(error) => call.fail(&format!("cannot open '{name}' for reading: {error}")),
    }
}
