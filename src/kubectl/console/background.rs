//! Commands that go on behind the prompt: who stands there, how one gets there and back.

use super::Console;
use crate::kubectl::host::Host;
use crate::kubectl::screen_text::Output;

/// A command that waits, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What was typed, as far as it is still to be done.
    pub line: String,
    /// Whether it goes on until somebody ends it, such as `get --watch`.
    pub is_endless: bool,
}

impl Console {
    /// The command in the foreground that takes no lines.
    pub fn waiting(&self) -> Option<Waiting> {
        if !self.is_busy() {
            return None;
        }
        let line = self.shell.front_text().unwrap_or_else(|| "…".to_string());
        let work = self.shell.front_program().and_then(|number| self.kept.works.get(&number));
        Some(Waiting { line, is_endless: work.is_some_and(|work| work.job().is_endless()) })
    }

    /// The commands behind the prompt: number and line.
    pub fn jobs(&self) -> Vec<(u32, String)> {
        self.shell.running_jobs().collect()
    }

    /// Runs a line that nobody typed at the prompt: a button, the guide, the editor. What waits goes behind the prompt
    /// first; a session in a container, a text in `kubectl edit` and an open line stay as they are.
    pub fn ask(&mut self, line: &str, host: &mut dyn Host) -> Output {
        if !self.is_attached() && self.pending.is_empty() {
            let mut out = self.to_background();
            out.append(self.enter(line, host));
            return out;
        }
        self.shell.programs(&mut self.aside);
        let front = (self.shell.put_aside(), std::mem::take(&mut self.waits));
        let open = (std::mem::take(&mut self.typed), std::mem::take(&mut self.pending), self.here_end.take());
        let mut out = self.enter(line, host);
        out.append(self.to_background());
        (self.typed, self.pending, self.here_end) = open;
        self.shell.put_back(front.0);
        self.aside.clear();
        self.waits = front.1;
        out
    }

    /// Sends the command in the foreground behind the prompt, as Ctrl-Z and `bg` do; nothing if none waits there.
    pub fn to_background(&mut self) -> Output {
        let mut out = Output::default();
        if let Some((number, line)) = self.shell.to_background() {
            out.out(format!("[{number}]+ {line} &"));
        }
        self.waits = super::Waits::Home;
        out
    }

    /// Ends a command behind the prompt. Returns whether there was one of that number.
    pub fn end_job(&mut self, number: u32) -> bool {
        let has_ended = self.shell.end_job(number);
        self.sweep();
        has_ended
    }

    /// Whether what is in front is a session that somebody talks to, or becomes one.
    fn is_attached(&self) -> bool {
        let work = self.shell.front_program().and_then(|number| self.kept.works.get(&number));
        matches!(self.waits, super::Waits::Line(_)) || work.is_some_and(|work| work.job().is_session())
    }
}
