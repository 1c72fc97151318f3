//! What a shell writes of itself: prompts, messages, the trace of `set -x`.

use super::arithmetic::INNER;
use super::expand::Expander;
use super::file_descriptors::Target;
use super::glob::Style;
use super::limits::{BOUND, LIMITS, NO_ROOM};
use super::parse::parse_quoted;
use super::state::{Shell, ShellKind};
use super::syntax::Dialect;
use super::turn_io::Io;
use super::variables::SetError;
use super::world::ASIDE;
use crate::shell::path_kind::FileError;

impl Shell {
    /// What stands before the cursor.
    pub fn prompt(&self) -> String {
        if !self.streams.tty {
            return String::new();
        }
        if self.has_partial() {
            return "> ".to_string();
        }
        let host = self.variable("HOSTNAME").unwrap_or_default();
        let place = match self.directory.strip_prefix("/root") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("~{rest}"),
            _ => self.directory.clone(),
        };
        match self.kind {
            ShellKind::Bash => format!("root@{host}:{place}# "),
            ShellKind::Dash => "# ".to_string(),
            ShellKind::Ash => format!("{place} # "),
        }
    }

    /// `bash: what`: how this shell begins a message.
    pub fn complain(&self, what: &str) -> String {
        // Bash names the file that the function under way comes from.
        let own_name = self.arguments.first().map_or("sh", String::as_str);
        let name = self.calls.last().map_or(own_name, |call| call.source.as_str());
        let own = self.kind.name();
        match self.kind {
            ShellKind::Bash if self.has_lines => format!("{name}: line {}: {what}\n", self.line),
            ShellKind::Bash => format!("{own}: {what}\n"),
            ShellKind::Dash => format!("{name}: {}: {what}\n", self.line),
            // BusyBox names lines only where it names the script, too.
            ShellKind::Ash if self.script.is_some() && !self.is_interactive => {
                format!("{name}: line {}: {what}\n", self.line)
            }
            ShellKind::Ash => format!("{name}: {what}\n"),
        }
    }

    /// What a program says that is a part of BusyBox's shell, but none of its own commands: `test`, `printf`.
    pub(super) fn complain_of_tool(&self, what: &str) -> String {
        match self.kind {
            ShellKind::Ash => format!("sh: {what}\n"),
            _ => self.complain(what),
        }
    }

    /// Writes `+ what` to the error stream (`set -x`).
    pub(super) fn trace(&mut self, what: &str, io: &mut Io<'_>) {
        let sign = self.trace_sign(io);
        let deeper = match self.kind {
            ShellKind::Bash => self.trace_depth.saturating_sub(1),
            _ => 0,
        };
        let more: String = sign.chars().next().map(|first| first.to_string().repeat(deeper)).unwrap_or_default();
        self.emit(2, &format!("{more}{sign}{what}\n"), io);
    }

    /// `PS4`: what stands before each line of the trace.
    fn trace_sign(&mut self, io: &mut Io<'_>) -> String {
        let Some(sign) = self.variable("PS4") else { return "+ ".to_string() };
        if !sign.contains(['$', '`', '\\']) {
            return sign;
        }
        let Ok(word) = parse_quoted(&sign, self.kind.dialect()) else { return sign };
        let mut expander = Expander { shell: self, world: &mut *io.world, captured: &[], used: 0 };
        expander.text(&word).unwrap_or(sign)
    }

    /// What is wrong with setting a variable. That a bound of this lab is met is remembered: no container fails for it.
    pub(super) fn refused(&mut self, name: &str, error: SetError) -> String {
        if !matches!(error, SetError::ReadOnly) {
            self.grant(BOUND);
        }
        match error {
            SetError::ReadOnly if self.kind != ShellKind::Bash => format!("{name}: is read only"),
            SetError::ReadOnly => format!("{name}: readonly variable"),
            SetError::TooMany => format!("{name}: arrays end at {} values in this lab", LIMITS.word_count),
            SetError::TooLong => format!("{name}: values end at {} KiB in this lab", LIMITS.value / 1024),
        }
    }

    /// Writes to one of the streams.
    pub(super) fn emit(&mut self, stream: u8, text: &str, io: &mut Io<'_>) {
        if text.is_empty() {
            return;
        }
        if stream == ASIDE {
            return io.push(ASIDE, text);
        }
        match self.fds.target(stream).clone() {
            Target::Stream(number) => io.push(number, text),
            Target::File(path) | Target::Both(path, _) => {
                if let Err(error) = io.world.write_open(&path, text) {
                    if error == FileError::NoRoom {
                        self.grant(NO_ROOM);
                    }
                    let message = self.cannot_write(error);
                    self.status = 1;
                    if let Target::Stream(number) = self.fds.target(2) {
                        io.push(*number, &message);
                    }
                }
            }
            Target::Outlet(path) => _ = self.write_outlet(&path, text),
            Target::Input(_) | Target::Null | Target::Closed => {}
        }
    }

    /// What is said where a command's text does not go into its file.
    fn cannot_write(&self, error: FileError) -> String {
        match (self.running.first().map(String::as_str), self.kind) {
            (Some("yes"), ShellKind::Ash) => format!("yes: {error}\n"),
            (Some("yes"), _) => format!("yes: standard output: {error}\n"),
            _ => self.complain(&format!("write error: {error}")),
        }
    }

    /// Says what is wrong with a command of the shell.
    pub(super) fn object(&mut self, what: &str, status: i64, io: &mut Io<'_>) {
        let message = self.complain(what);
        self.emit(2, &message, io);
        self.status = status;
    }
}

impl ShellKind {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            ShellKind::Bash => "bash",
            ShellKind::Dash | ShellKind::Ash => "sh",
        }
    }

    /// `bash: what`: how it begins a message at its terminal.
    pub fn complain(self, what: &str) -> String {
        match self {
            ShellKind::Bash => format!("bash: {what}\n"),
            ShellKind::Dash => format!("sh: 1: {what}\n"),
            ShellKind::Ash => format!("sh: {what}\n"),
        }
    }

    /// How its patterns are written.
    pub(super) fn pattern_style(self) -> Style {
        if self == ShellKind::Bash { Style::Extended } else { Style::Plain }
    }

    /// What its language has.
    pub fn dialect(self) -> Dialect {
        Dialect { has_extras: self != ShellKind::Dash, is_bash: self == ShellKind::Bash }
    }

    /// What it says of a variable without a value (`set -u`).
    pub(super) fn unset_message(self, name: &str) -> String {
        match self {
            ShellKind::Bash if name.bytes().all(|byte| byte.is_ascii_digit()) => format!("${name}: unbound variable"),
            ShellKind::Bash => format!("{name}: unbound variable"),
            _ => format!("{name}: parameter not set"),
        }
    }

    /// What `test` says of a text that is no number.
    pub(super) fn not_a_number(self, text: &str) -> String {
        match self {
            ShellKind::Bash => format!("{text}: integer expression expected"),
            ShellKind::Dash => format!("Illegal number: {text}"),
            ShellKind::Ash => format!("{text}: bad number"),
        }
    }

    /// What it says of a wrong sum.
    pub(super) fn sum_error(self, source: &str, why: &str) -> String {
        match self {
            ShellKind::Bash if why.contains(INNER) => why.replace(INNER, ""),
            ShellKind::Bash => format!("{}: {why}", source.trim_start()),
            ShellKind::Ash if why.starts_with("division by 0") => "divide by zero".to_string(),
            ShellKind::Ash => "arithmetic syntax error".to_string(),
            _ if why.starts_with("division by 0") => format!("arithmetic expression: division by zero: \"{source}\""),
            _ if why.contains("operand expected") => format!("arithmetic expression: expecting primary: \"{source}\""),
            _ => format!("arithmetic expression: expecting EOF: \"{source}\""),
        }
    }
}
