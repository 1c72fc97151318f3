//! The consoles of a lab: each has a shell, lines and a history of its own; the files and the kubeconfig are the machine's.

use super::{Entry, Input, Lab, Playground};
use crate::kubectl::{Console, Prompt, Waiting};
use std::collections::VecDeque;
use std::rc::Rc;

/// The most terminals that are open at once.
pub const TERMINALS_MAX: usize = 4;

/// One console and what stands in it.
#[derive(Clone, Default)]
pub(super) struct Terminal {
    pub console: Console,
    pub entries: Rc<Vec<Rc<Entry>>>,
    /// Lines that were typed while a command waits.
    pub queue: Rc<VecDeque<String>>,
}

/// What stands in a terminal.
#[derive(Clone)]
pub struct TerminalView {
    /// What was typed and said.
    pub entries: Rc<Vec<Rc<Entry>>>,
    /// What stands before the cursor.
    pub prompt: Prompt,
    /// The command in the foreground that takes no lines.
    pub waiting: Option<Waiting>,
    /// The lines that were typed while it waits.
    pub queued: Rc<VecDeque<String>>,
    /// The commands in the background: number and line.
    pub jobs: Vec<(u32, String)>,
}

/// All consoles.
///
/// Invariant: there is at least one, and `at` and `latest` are numbers of some.
#[derive(Clone)]
pub(super) struct Terminals {
    all: Vec<Terminal>,
    /// The one that acts now.
    at: usize,
    /// The one that acted last: its files are the machine's.
    latest: usize,
}

impl Default for Terminals {
    fn default() -> Terminals {
        Terminals { all: vec![Terminal::default()], at: 0, latest: 0 }
    }
}

impl Terminals {
    /// The one that is looked at.
    pub fn here(&self) -> &Terminal {
        &self.all[self.at]
    }

    /// The one that is looked at.
    pub fn here_mut(&mut self) -> &mut Terminal {
        &mut self.all[self.at]
    }

    /// The one whose files are the machine's.
    pub fn latest(&self) -> &Terminal {
        &self.all[self.latest]
    }

    /// The one in which something was typed last.
    pub fn latest_mut(&mut self) -> &mut Terminal {
        &mut self.all[self.latest]
    }

    /// The one of a number; the first where there is none of it.
    pub fn numbered(&self, number: usize) -> &Terminal {
        self.all.get(number).unwrap_or(&self.all[0])
    }

    /// All of them, in the order of their tabs.
    pub fn iter(&self) -> impl Iterator<Item = &Terminal> {
        self.all.iter()
    }

    /// All of them, in the order of their tabs.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Terminal> {
        self.all.iter_mut()
    }

    /// The console is about to act: it finds what the others did to the files.
    pub fn take_console(&mut self) -> Console {
        let latest = std::mem::replace(&mut self.latest, self.at);
        if latest != self.at {
            let shared = self.all[latest].console.clone();
            self.all[self.at].console.share(&shared);
        }
        let others = self.all.iter().enumerate().filter(|(number, _)| *number != self.at);
        let doors = others.flat_map(|(_, terminal)| terminal.console.doors()).cloned().collect();
        self.all[self.at].console.see_doors(doors);
        std::mem::take(&mut self.all[self.at].console)
    }

    /// Turns to a terminal; the next number opens one.
    fn turn_to(&mut self, number: usize) {
        if number == self.all.len() && number < TERMINALS_MAX {
            let shared = self.all[self.latest].console.clone();
            let mut opened = Terminal::default();
            opened.console.set_lang(shared.lang());
            opened.console.share(&shared);
            self.all.push(opened);
        }
        self.at = number.min(self.all.len() - 1);
    }

    /// Closes a terminal, and what runs in it ends; the last one stays.
    fn close(&mut self, number: usize) {
        if number >= self.all.len() || self.all.len() == 1 {
            return;
        }
        let shared = self.all[self.latest].console.clone();
        self.all.remove(number);
        self.at = (self.at - usize::from(self.at >= number && self.at > 0)).min(self.all.len() - 1);
        self.latest = self.at;
        self.all[self.at].console.share(&shared);
    }
}

impl Lab {
    /// Runs something in each terminal in turn.
    pub(super) fn in_each_terminal(&mut self, mut act: impl FnMut(&mut Lab)) {
        let at = self.terminals.at;
        for number in 0..self.terminals.all.len() {
            self.terminals.at = number;
            act(self);
        }
        self.terminals.at = at;
    }

    /// What happened to the terminals themselves. Returns whether the input was about that.
    pub(super) fn arrange_terminals(&mut self, input: &Input) -> bool {
        match input {
            Input::Terminal(number) => self.terminals.turn_to(*number),
            Input::Close(number) => self.terminals.close(*number),
            _ => return false,
        }
        true
    }

    /// In how many steps the terminals came to what stands there.
    pub(super) fn entry_count(&self) -> usize {
        self.terminals.iter().map(|it| it.entries.len()).sum()
    }

    /// What a reader of the terminals sees change: their entries, and how many of them wait for a command. One that ends
    /// without a word gives the prompt back.
    pub(super) fn seen_in_terminals(&self) -> (usize, usize) {
        (self.entry_count(), self.terminals.iter().filter(|it| it.console.is_busy()).count())
    }

    /// The terminal of an answer: the one in which an editor is open.
    pub(super) fn turn_to_editing(&mut self) {
        if !self.terminals.here().console.is_editing()
            && let Some(number) = self.terminals.all.iter().position(|it| it.console.is_editing())
        {
            self.terminals.at = number;
        }
    }

    /// The number of the terminal that acts.
    pub(super) fn terminal(&self) -> usize {
        self.terminals.at
    }
}

impl Playground {
    /// The number of terminals at the moment that is looked at.
    pub fn terminal_count(&self) -> usize {
        self.lab().terminals.all.len()
    }

    /// The number of the terminal that the reader looks at; the others are behind it.
    pub fn terminal(&self) -> usize {
        self.terminal.min(self.terminal_count() - 1)
    }

    /// Looks at another terminal. By itself that is no input: what is typed next is typed there.
    pub fn look_at_terminal(&mut self, number: usize) {
        self.terminal = number.min(self.terminal_count() - 1);
        self.version += 1;
    }

    /// Opens another terminal, as far as there may be more, and looks at it.
    pub fn open_terminal(&mut self) {
        let number = self.terminal_count();
        if number < TERMINALS_MAX {
            self.act(Input::Terminal(number));
            self.terminal = number;
        }
    }

    /// Closes a terminal; what runs in it ends. The last one stays.
    pub fn close_terminal(&mut self, number: usize) {
        if self.terminal_count() > 1 && number < self.terminal_count() {
            self.act(Input::Close(number));
            self.terminal -= usize::from(self.terminal >= number && self.terminal > 0);
        }
    }

    /// The terminals in words: the command that waits in each, if one does.
    pub fn terminal_lines(&self) -> Vec<Option<String>> {
        self.lab().terminals.iter().map(|it| it.console.waiting().map(|waiting| waiting.line)).collect()
    }

    /// What a terminal shows, by its number.
    pub fn terminal_view(&self, number: usize) -> TerminalView {
        let terminal = self.lab().terminals.numbered(number);
        TerminalView {
            entries: Rc::clone(&terminal.entries),
            prompt: terminal.console.prompt(),
            waiting: terminal.console.waiting(),
            queued: Rc::clone(&terminal.queue),
            jobs: terminal.console.jobs(),
        }
    }

    /// Whether the terminals stand side by side where there is room.
    pub fn are_terminals_beside(&self) -> bool {
        self.are_beside
    }

    /// Lays the terminals side by side, or one behind the other; a second one is opened if there is none.
    pub fn lay_terminals(&mut self, are_beside: bool) {
        if are_beside && self.terminal_count() == 1 {
            self.open_terminal();
        }
        self.are_beside = are_beside;
        self.version += 1;
    }

    pub(super) fn seen_terminal(&self) -> &Terminal {
        self.lab().terminals.numbered(self.terminal)
    }
}
