//! Words as they are typed at the console: prompts that were copied along, variables, files; runs nothing.

use super::{Console, Host};
use crate::kubectl::files;
use crate::kubectl::output::Output;
use crate::ordering::Order;
use crate::shell::expand::{self, Surroundings};
use crate::shell::parse::{self, Redirect, Stage, Word};

/// A command with its words as they are, and where they come from and go to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub words: Vec<String>,
    /// `< file`.
    pub input_file: Option<String>,
    /// `<<EOF`: the text that stands behind the line.
    pub here: Option<String>,
    /// `> file` or `>> file`; true appends.
    pub output_file: Option<(String, bool)>,
    /// `2> file`; `None` inside means `2>&1`.
    pub error_file: Option<Option<String>>,
    /// `1>&2`.
    pub is_error: bool,
}

impl Console {
    /// The commands of stages with their words and files as text.
    pub(super) fn expand(&mut self, stages: &[Stage], host: &mut dyn Host, out: &mut Output) -> Vec<Command> {
        let mut commands = Vec::new();
        for stage in stages {
            let mut command = Command::default();
            let mut typing = Typing { console: self, host: &mut *host, out: &mut *out };
            if let parse::Command::Simple { assignments, words } = &stage.command {
                command.words = expand::words(&mut typing, words);
                if words.is_empty() {
                    for (name, word) in assignments {
                        let value = expand::text(&mut typing, word);
                        typing.console.set(name, value);
                    }
                }
            }
            for redirect in &stage.redirects {
                match redirect {
                    Redirect::Join(2, 1) => command.error_file = Some(None),
                    Redirect::Join(..) => command.is_error = true,
                    Redirect::Here(word) => {
                        let text = expand::text(&mut typing, word);
                        command.here = Some(if text.ends_with('\n') || text.is_empty() { text } else { text + "\n" });
                    }
                    Redirect::In(word) => command.input_file = Some(expand::text(&mut typing, word)),
                    Redirect::Out { stream, appends, file } => {
                        let file = expand::text(&mut typing, file);
                        match stream {
                            2 => command.error_file = Some(Some(file)),
                            3 => (command.output_file, command.error_file) = (Some((file, *appends)), Some(None)),
                            _ => command.output_file = Some((file, *appends)),
                        }
                    }
                }
            }
            commands.push(command);
        }
        commands
    }
}

pub(super) fn stdin_of(command: &Command) -> Option<&str> {
    command.here.as_deref().or(command.input_file.as_deref())
}

/// Whether a stage is a command with words; `xargs` makes commands of what it reads.
pub(super) fn is_plain(stage: &Stage) -> bool {
    match &stage.command {
        parse::Command::Simple { words, .. } => words.first().and_then(Word::literal) != Some("xargs"),
        _ => false,
    }
}

/// The commands that `xargs` runs, each with its words.
pub(super) fn xargs(words: &[String], lines: &str) -> Vec<Vec<String>> {
    let (mut each, mut place, mut command) = (usize::MAX, None, Vec::new());
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-n" => each = rest.next().and_then(|number| number.parse().ok()).unwrap_or(1).max(1),
            "-I" => place = rest.next().cloned(),
            "-r" | "-t" | "--no-run-if-empty" => {}
            flag if flag.starts_with("-n") => each = flag.trim_start_matches("-n").parse().unwrap_or(1).max(1),
            flag if flag.starts_with("-I") => place = flag.get(2..).map(str::to_string),
            _ => {
                command.push(word.clone());
                command.extend(rest.by_ref().cloned());
            }
        }
    }
    if command.is_empty() {
        command.push("echo".into());
    }
    if let Some(place) = place.filter(|place| !place.is_empty()) {
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        return lines.map(|line| command.iter().map(|word| word.replace(&place, line)).collect()).collect();
    }
    let arguments: Vec<String> = lines.split_whitespace().map(str::to_string).collect();
    arguments.chunks(each.min(arguments.len()).max(1)).map(|some| [command.as_slice(), some].concat()).collect()
}

/// Takes the prompt away that was copied along with a command.
pub(super) fn strip_prompt(line: &str) -> &str {
    let trimmed = line.trim_start();
    for prompt in ["$ ", "PS> ", "% ", "> "] {
        if let Some(rest) = trimmed.strip_prefix(prompt) {
            return rest;
        }
    }
    if trimmed.starts_with("PS ")
        && let Some((_, rest)) = trimmed.split_once("> ")
    {
        return rest;
    }
    // `user@host:~$ `, `[user@host dir]$ `, `C:\Users\me>`: no command is called so.
    let is_place = |place: &str| match place.strip_suffix('>') {
        Some(path) => path.get(1..3) == Some(":\\"),
        None => place.ends_with(['$', '#', '%']) && place.split_once('@').is_some_and(|(user, _)| !user.contains('=')),
    };
    let end = if trimmed.starts_with('[') {
        trimmed.find("]").and_then(|at| trimmed.get(at..)?.find(' ').map(|more| at + more))
    } else {
        trimmed.find(' ')
    };
    match end.and_then(|end| trimmed.split_at_checked(end)) {
        Some((place, rest)) if is_place(place) => rest.trim_start(),
        _ => trimmed,
    }
}

/// Words that are typed at the console's prompt.
pub(super) struct Typing<'a> {
    pub console: &'a mut Console,
    pub host: &'a mut dyn Host,
    pub out: &'a mut Output,
}

impl Surroundings for Typing<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let known = self.console.state.variables.get(name).cloned();
        known.or_else(|| match name {
            "?" => Some(self.console.status.to_string()),
            "$" => Some("1".into()),
            "HOME" | "PWD" => Some(files::HOME.into()),
            "USER" | "HOSTNAME" => Some("lab".into()),
            "SHELL" => Some("/bin/bash".into()),
            _ => None,
        })
    }

    fn set(&mut self, name: &str, value: String) {
        self.console.set(name, value);
    }

    fn capture(&mut self, script: &str) -> String {
        self.console.capture(script, self.host, self.out)
    }

    fn complain(&mut self, what: &str) {
        self.out.err(format!("bash: {what}"));
    }

    fn files(&self, directory: &str) -> Vec<String> {
        let is_here = matches!(directory, "" | ".");
        let mut names: Vec<String> = self.console.state.files.keys().filter(|_| is_here).cloned().collect();
        if is_here && !self.host.editor_text().is_empty() && !names.iter().any(|name| name == files::EDITOR_FILE) {
            names.push(files::EDITOR_FILE.into());
            names.order();
        }
        names
    }

    fn home(&self) -> &str {
        files::HOME
    }

    fn has_braces(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_that_were_copied_along_are_taken_away() {
        for line in ["kubectl get pods", "$ kubectl get pods", "  PS> kubectl get pods", "PS C:\\x> kubectl get pods"] {
            assert_eq!(strip_prompt(line), "kubectl get pods", "{line}");
        }
    }

    #[test]
    fn xargs_makes_commands_of_lines() {
        let cases = [
            ("xargs kubectl delete", "a\nb\n", "kubectl delete a b"),
            ("xargs -n1 echo", "a b", "echo a|echo b"),
            ("xargs -n 2 echo x", "a b c", "echo x a b|echo x c"),
            ("xargs -I {} kubectl get {} -o name", "a\nb\n", "kubectl get a -o name|kubectl get b -o name"),
            ("xargs", "a\nb\n", "echo a b"),
            ("xargs kubectl delete", "", ""),
        ];
        for (line, input, expected) in cases {
            let words: Vec<String> = line.split(' ').map(str::to_string).collect();
            let commands: Vec<String> = xargs(&words, input).iter().map(|words| words.join(" ")).collect();
            assert_eq!(commands.join("|"), expected, "{line}");
        }
    }
}
