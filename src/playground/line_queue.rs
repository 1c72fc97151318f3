//! Lines that come while a command waits: those that are typed stand in a queue, those that are asked for run at once.

use super::{Entry, Input, Lab, Playground};
use crate::i18n::{self, fill};
use crate::kubectl::{Output, Waiting};
use crate::model::Text;
use std::collections::VecDeque;
use std::rc::Rc;

/// The most lines that wait for the console.
const QUEUE_MAX: usize = 500;

impl Lab {
    /// Somebody typed a line. While a command waits, the line is kept for later, as a terminal does; a command that
    /// never ends by itself makes room for it.
    pub(super) fn type_in(&mut self, text: &str) {
        let Some(waiting) = self.terminals.here().console.waiting() else { return self.enter(text) };
        for line in text.trim_end_matches('\n').split('\n') {
            if line.trim().is_empty() {
                // An empty line separates what is seen, in every terminal.
                let at = self.sim.now();
                self.keep(Entry::Typed { at, prompt: String::new(), text: String::new() });
            } else if self.terminals.here().queue.len() < QUEUE_MAX {
                Rc::make_mut(&mut self.terminals.here_mut().queue).push_back(line.to_string());
            } else {
                self.hint("queue.full", &[("count", &QUEUE_MAX.to_string()), ("line", line)]);
            }
        }
        if waiting.is_endless && !self.terminals.here().queue.is_empty() {
            self.put_behind();
        }
    }

    /// The page asks for a line: what waits goes behind the prompt, and lines that wait for it are run first.
    pub(super) fn ask(&mut self, text: &str) {
        let is_for_console =
            matches!(text.split_whitespace().next(), Some("kubectl" | "k" | "lab" | "minikube" | "why"));
        if !is_for_console {
            // For the shell in a container that is there, or that a command is about to open.
            return self.type_in(text);
        }
        while self.terminals.here().console.waiting().is_some() && !self.terminals.here().queue.is_empty() {
            self.put_behind();
            self.take_queued();
        }
        let moves = self.terminals.here().console.waiting().is_some();
        let at = self.sim.now();
        let prompt = Playground::PROMPT.to_string();
        let typed = self.terminals.here().entries.len();
        self.keep(Entry::Typed { at, prompt, text: text.to_string() });
        let jobs = self.terminals.here().console.jobs().len();
        self.line = Text::new(text);
        self.console(|console, host| (console.ask(text, host), ()));
        if moves && self.terminals.here().console.jobs().len() > jobs && self.terminals.here().entries.len() > typed {
            self.hint_at_background();
        }
        self.poll_if_unheard();
    }

    /// Types a line at the prompt.
    fn enter(&mut self, text: &str) {
        // A command of several lines is known by its first.
        if !self.terminals.here().console.is_open() {
            self.line = Text::new(text);
        }
        let prompt = self.terminals.here().console.prompt();
        let shown = if prompt.is_hidden { String::new() } else { text.to_string() };
        let at = self.sim.now();
        self.keep(Entry::Typed { at, prompt: prompt.text, text: shown });
        self.console(|console, host| (console.enter(text, host), ()));
        self.poll_if_unheard();
    }

    /// Commands in the background hear of what a line wrote.
    fn poll_if_unheard(&mut self) {
        if !self.unheard.is_empty() {
            self.poll();
        }
    }

    /// Runs the lines that wait, as far as nothing else makes them wait.
    pub(super) fn take_queued(&mut self) {
        // Who edits a text is not at the prompt.
        while !self.terminals.here().queue.is_empty() && !self.terminals.here().console.is_editing() {
            match self.terminals.here().console.waiting() {
                Some(waiting) if waiting.is_endless => self.put_behind(),
                Some(_) => return,
                None => {
                    let line = Rc::make_mut(&mut self.terminals.here_mut().queue).pop_front().unwrap_or_default();
                    self.enter(&line);
                }
            }
        }
    }

    pub(super) fn put_behind(&mut self) {
        self.console(|console, _| (console.to_background(), ()));
        self.hint_at_background();
    }

    /// Says what a command behind the prompt is, once a session.
    fn hint_at_background(&mut self) {
        if !std::mem::replace(&mut self.knows_background, true) {
            self.hint("background", &[]);
        }
    }

    pub(super) fn hint(&mut self, key: &str, values: &[(&str, &str)]) {
        let mut output = Output::default();
        if let Some(text) = i18n::console::find(self.terminals.here().console.lang(), key) {
            output.hint(format!("hint: {}", fill(text, values)));
        }
        self.say(output);
    }
}

impl Playground {
    /// What stands before the cursor of the console's own shell.
    const PROMPT: &'static str = "$ ";

    /// Runs a line of the console that nobody typed at its prompt: a button, the guide, the editor. It runs at once:
    /// a command that waits goes on in the background, its lines marked; a session in a container stays as it is. What
    /// is no command of the console is typed as by [`Playground::enter`]; so is what comes before a lesson's opening
    /// lines have run, because the lesson is about what these lead to.
    pub fn ask(&mut self, line: &str) {
        self.record_settings();
        let line = line.to_string();
        self.act(if self.is_opening() { Input::Line(line) } else { Input::Ask(line) });
    }

    /// Whether a lesson's opening lines still wait for one another.
    fn is_opening(&self) -> bool {
        let Some(attempt) = &self.attempt else { return false };
        let terminal = self.lab().terminals.numbered(0);
        let is_typed = |entry: &&Rc<Entry>| matches!(&***entry, Entry::Typed { prompt, .. } if !prompt.is_empty());
        let typed = terminal.entries.iter().filter(is_typed).count();
        terminal.console.waiting().is_some() && typed < attempt.lesson.lines.len() && !terminal.console.is_editing()
    }

    /// The command that waits in the foreground.
    pub fn waiting(&self) -> Option<Waiting> {
        self.seen_terminal().console.waiting()
    }

    /// The lines that were typed while it waits, oldest first; they run when it has ended.
    pub fn queued(&self) -> &Rc<VecDeque<String>> {
        &self.seen_terminal().queue
    }

    /// Takes the lines back that wait.
    pub fn forget_queued(&mut self) {
        self.record_terminal();
        self.act(Input::Forget);
    }

    /// Lets the command that waits go on in the background; the lines that were typed behind it run.
    pub fn to_background(&mut self) {
        self.record_terminal();
        self.act(Input::Background);
    }

    /// The commands in the background: number and line.
    pub fn jobs(&self) -> Vec<(u32, String)> {
        self.seen_terminal().console.jobs()
    }

    /// Ends a command in the background.
    pub fn end_job(&mut self, number: u32) {
        self.record_terminal();
        self.act(Input::End(number));
    }
}
