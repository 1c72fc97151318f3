//! Builtins that switch what the shell does: `set`, `shopt`, `ulimit`. What `set -e` does then stands in `errexit`.

use super::state::{Shell, ShellKind};
use super::turn_io::Io;

pub(super) fn set(shell: &mut Shell, words: &[String], io: &mut Io<'_>) {
    if words.len() == 1 {
        return shell.show_all(io);
    }
    let mut rest = words.iter().skip(1);
    let mut arguments: Option<Vec<String>> = None;
    while let Some(word) = rest.next() {
        let (flags, is_on) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
            (Some("-"), _) => {
                arguments = Some(rest.by_ref().cloned().collect());
                break;
            }
            (Some(""), _) => {
                shell.options.xtrace = false;
                continue;
            }
            (Some(flags), _) => (flags, true),
            (None, Some(flags)) if !flags.is_empty() => (flags, false),
            _ => {
                arguments = Some([word].into_iter().chain(rest.by_ref()).cloned().collect());
                break;
            }
        };
        let name = if flags.ends_with('o') { rest.next().cloned() } else { None };
        if !shell.switch(flags, name.as_deref(), is_on) {
            let text = match (shell.kind, &name) {
                (ShellKind::Bash, Some(name)) => format!("{name}: invalid option name"),
                (ShellKind::Bash, None) => format!("{word}: invalid option"),
                (ShellKind::Dash, Some(name)) => format!("Illegal option -o {name}"),
                (ShellKind::Dash, None) => format!("Illegal option {word}"),
                (ShellKind::Ash, Some(name)) => format!("illegal option -o {name}"),
                (ShellKind::Ash, None) => format!("illegal option {word}"),
            };
            if shell.kind == ShellKind::Ash && name.is_some() {
                let message = shell.complain_of("set", &text);
                shell.status = 1;
                return shell.emit(2, &message, io);
            }
            return shell.misuse("set", &text, 2, io);
        }
    }
    if let Some(arguments) = arguments {
        shell.arguments.truncate(1);
        shell.arguments.extend(arguments);
    }
}

impl Shell {
    /// Switches options by letters, and by a name behind `-o`. Returns whether all are known.
    pub(super) fn switch(&mut self, letters: &str, name: Option<&str>, is_on: bool) -> bool {
        let options = &mut self.options;
        for letter in letters.chars() {
            match letter {
                'e' => options.errexit = is_on,
                'u' => options.nounset = is_on,
                'x' => options.xtrace = is_on,
                'f' => options.noglob = is_on,
                'E' if self.kind == ShellKind::Bash => options.errtrace = is_on,
                'a' => options.allexport = is_on,
                'n' if !self.is_interactive => options.noexec = is_on,
                'C' => options.noclobber = is_on,
                'E' | 'T' | 'H' | 'B' | 'P' | 'p' | 'k' if self.kind == ShellKind::Bash => {}
                'b' | 'h' | 'm' | 'v' | 'n' | 'i' | 's' | 'l' | 'o' | 'c' => {}
                _ => return false,
            }
        }
        match name {
            None => {}
            Some("errexit") => options.errexit = is_on,
            Some("nounset") => options.nounset = is_on,
            Some("xtrace") => options.xtrace = is_on,
            Some("noglob") => options.noglob = is_on,
            Some("errtrace") => options.errtrace = is_on,
            Some("allexport") => options.allexport = is_on,
            Some("noclobber") => options.noclobber = is_on,
            Some("noexec") => options.noexec |= is_on && !self.is_interactive,
            Some("pipefail") if self.kind != ShellKind::Dash => options.pipefail = is_on,
            Some("functrace" | "posix" | "history" | "braceexpand") if self.kind == ShellKind::Bash => {}
            Some("monitor" | "notify" | "verbose" | "vi" | "emacs" | "ignoreeof") => {}
            Some(_) => return false,
        }
        true
    }
}

/// `shopt`: of its options those that are not named below change nothing here.
pub(super) fn shopt(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let flags: String = arguments.iter().filter_map(|word| word.strip_prefix('-')).collect();
    for name in arguments.iter().filter(|word| !word.starts_with('-')) {
        let option = match *name {
            "nullglob" => &mut shell.options.nullglob,
            "failglob" => &mut shell.options.failglob,
            "globstar" => &mut shell.options.globstar,
            "dotglob" => &mut shell.options.dotglob,
            "expand_aliases" => &mut shell.options.expand_aliases,
            "nocasematch" => &mut shell.options.nocasematch,
            "lastpipe" => &mut shell.options.lastpipe,
            _ => continue,
        };
        match () {
            () if flags.contains('s') => *option = true,
            () if flags.contains('u') => *option = false,
            () => {
                let is_on = *option;
                shell.status |= i64::from(!is_on);
                if !flags.contains('q') {
                    shell.emit(1, &format!("{name:<15}\t{}\n", if is_on { "on" } else { "off" }), io);
                }
            }
        }
    }
}

pub(super) fn ulimit(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let text = match arguments {
        [] | ["-f" | "-u" | "-v" | "-c" | "-t" | "-m" | "-l"] => "unlimited\n",
        ["-n"] | ["-Sn"] | ["-Hn"] => "1048576\n",
        ["-s"] => "8192\n",
        _ => "",
    };
    shell.emit(1, text, io);
}
