//! `sh`, `bash` and their like as programs: their flags, and where their script comes from.

use super::file_descriptors::Input;
use super::limits::BOUND;
use super::state::{Shell, ShellKind};
use super::world::{Invocation, Outcome};

impl Shell {
    /// What `sh`, `bash` and the like come to as programs: a shell that runs a script, or one that asks for lines.
    /// `kind_of` says which shell a name means.
    pub fn start_words(
        &mut self,
        call: &mut Invocation,
        read: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Outcome {
        let words = std::mem::take(&mut call.words);
        let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
        let kind = match (name, self.kind) {
            ("bash", _) => ShellKind::Bash,
            (_, ShellKind::Ash) => ShellKind::Ash,
            // The one that takes most: what another would refuse may be right there.
            _ if self.is_of_unknown_image => ShellKind::Bash,
            _ => ShellKind::Dash,
        };
        let Some(mut child) = self.program(kind) else {
            self.grant(BOUND);
            call.err.push_str(&self.complain("fork: retry: Resource temporarily unavailable"));
            return Outcome::Exit(254);
        };
        child.arguments = vec![name.to_string()];
        child.role = self.role_of_last();
        let mut rest = words.iter().skip(1).peekable();
        let (mut is_command, mut from_input) = (false, false);
        while let Some(word) = rest.next_if(|word| word.len() > 1 && word.starts_with(['-', '+'])) {
            if word == "--" {
                break;
            }
            if word.starts_with("--") {
                if matches!(word.as_str(), "--rcfile" | "--init-file") {
                    rest.next();
                }
                if word == "--version" {
                    call.out.push_str("GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n");
                    return Outcome::Exit(0);
                }
                continue;
            }
            let letters = word.get(1..).unwrap_or("");
            is_command |= letters.contains('c');
            from_input |= letters.contains('s');
            let option = if letters.contains('o') { rest.next().map(String::as_str) } else { None };
            if letters.contains('O') {
                rest.next();
            }
            let plain: String = letters.chars().filter(|c| !"coOsil".contains(*c)).collect();
            if !child.switch(&plain, option, word.starts_with('-')) {
                call.err.push_str(&format!("{name}: {word}: invalid option\n"));
                return Outcome::Exit(2);
            }
        }
        let operands: Vec<String> = rest.cloned().collect();
        match (is_command, from_input) {
            (true, _) => child.start_command(call, name, &operands),
            (false, from_input) => child.start_script(call, name, operands, !from_input, read),
        }
    }

    /// `sh -c SCRIPT NAME …`.
    fn start_command(mut self, call: &mut Invocation, name: &str, operands: &[String]) -> Outcome {
        let Some((script, behind)) = operands.split_first() else {
            call.err.push_str(&format!("{name}: -c: option requires an argument\n"));
            return Outcome::Exit(2);
        };
        if !behind.is_empty() {
            self.arguments = behind.to_vec();
        }
        let own = self.arguments.first().cloned().unwrap_or_default();
        self.is_command = true;
        self.load_script(script, &own);
        Outcome::Shell(Box::new(self))
    }

    /// `sh FILE …`, or the script that comes in; without either it asks for lines.
    fn start_script(
        mut self,
        call: &mut Invocation,
        name: &str,
        operands: Vec<String>,
        may_be_file: bool,
        read: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Outcome {
        if let Some(file) = operands.first().cloned().filter(|_| may_be_file) {
            return match read(&file) {
                Ok(text) => {
                    self.arguments = operands;
                    self.script = Some(file.clone());
                    if let Some(text) = call.stdin.take() {
                        self.fds.input = self.inputs.len();
                        self.inputs.push(Input::text(&text));
                    }
                    self.note_calls();
                    self.load_script(&text, &file);
                    Outcome::Shell(Box::new(self))
                }
                Err(error) => {
                    let short = error.strip_suffix(" or directory").unwrap_or(&error);
                    let (text, code) = match self.kind {
                        ShellKind::Bash => (format!("{name}: {file}: {error}\n"), 127),
                        ShellKind::Dash => (format!("{name}: 0: cannot open {file}: {short}\n"), 2),
                        ShellKind::Ash => (format!("{name}: can't open '{file}': {error}\n"), 2),
                    };
                    call.err.push_str(&text);
                    Outcome::Exit(code)
                }
            };
        }
        self.arguments.extend(operands);
        match call.stdin.take() {
            Some(text) => {
                self.load_script(&text, name);
                self.set_input("");
            }
            None => self.is_interactive = true,
        }
        Outcome::Shell(Box::new(self))
    }
}
