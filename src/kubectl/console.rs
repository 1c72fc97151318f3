//! The terminal: a line goes in, marked-up text comes out, and a waiting command goes on as the cluster does.

mod api_door;
mod background;
mod fetch;
mod prompts;
mod request_route;
mod screen;
mod terminal;

pub use background::Waiting;

use super::command::Door;
use super::completion::{self, Completions};
use super::files;
use super::host::Host;
use super::screen_text::{Line, Output, Prompt, Stream};
use crate::i18n::Lang;
use crate::model::Millis;
use crate::shell::language::parse::parse_expanded;
use crate::shell::language::syntax::ParseError;
use crate::shell::language::{Event, Io, Role, Shell, ShellKind};
use crate::shell::{FOREVER, Streams};
use prompts::strip_prompt;
use std::collections::VecDeque;
use std::rc::Rc;
use terminal::{Kept, Terminal};

/// What a terminal waits for.
#[derive(Clone, Debug, Default)]
enum Waits {
    /// Nothing: its own prompt is there.
    #[default]
    Home,
    /// A line for what stands in front.
    Line(Prompt),
    /// This moment, or a change.
    Until(Millis),
}

/// A terminal session: its shell, files of the working directory, settings, and what waits.
///
/// Invariant: while something is in the foreground, commands wait in the shell and lines in `typed`.
#[derive(Clone, Debug)]
pub struct Console {
    shell: Box<Shell>,
    kept: Kept,
    waits: Waits,
    typed: VecDeque<String>,
    /// A line that is not complete.
    pending: String,
    /// The line that ends the open here-document of `pending`.
    here_end: Option<String>,
    /// Commands that were put aside while something else runs in their place.
    aside: Vec<u32>,
    /// Whether its turn was over before what is in front was.
    has_more: bool,
    work: usize,
}

/// The most lines that are remembered.
const HISTORY_MAX: usize = 500;

/// So many commands of a shell, or so many bytes that are written, are one piece of work.
const COMMANDS_PER_WORK: usize = 16;
const BYTES_PER_WORK: usize = 1024;

/// What is left of a turn: commands and text.
type Left = (u32, usize);

impl Default for Console {
    fn default() -> Console {
        let variables = [
            ("HOME", files::HOME),
            ("USER", "lab"),
            ("HOSTNAME", "lab"),
            ("SHELL", "/bin/bash"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ];
        let variables = variables.map(|(name, value)| (name.to_string(), value.to_string())).to_vec();
        let mut shell = Shell::new(ShellKind::Bash, variables, files::HOME, Streams { stdin: true, tty: true });
        shell.role = Role::Console;
        shell.is_interactive = true;
        Console {
            shell: Box::new(shell),
            kept: Kept::default(),
            waits: Waits::Home,
            typed: VecDeque::new(),
            pending: String::new(),
            here_end: None,
            aside: Vec::new(),
            has_more: false,
            work: 0,
        }
    }
}

impl Console {
    /// Runs a line, or several. A command that waits stays in the foreground; see [`Console::poll`].
    pub fn enter(&mut self, line: &str, host: &mut dyn Host) -> Output {
        self.typed.extend(line.trim_end_matches('\n').split('\n').map(|line| line.trim_end_matches('\r').to_string()));
        if !self.shell.is_working() {
            self.kept.has_started = false;
            if self.kept.works.is_empty() {
                self.kept.marks.clear();
            }
        }
        let mut out = Output::default();
        match self.waits {
            Waits::Until(_) if !self.is_editing() => {}
            _ => self.pump(false, host, &mut out),
        }
        out
    }

    /// Lets waiting commands look at the cluster again, after a change or when their time has come.
    pub fn poll(&mut self, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        let numbers: Vec<u32> = self.kept.works.keys().copied().collect();
        for number in numbers {
            if let Some(work) = self.kept.works.get_mut(&number) {
                work.is_due = true;
            }
        }
        match self.shell.is_working() {
            true => self.pump(true, host, &mut out),
            false => {
                let mut left = Io::new(&mut Terminal { host: &mut *host, kept: &mut self.kept }).left();
                self.go_on(true, &mut left, host, &mut out);
            }
        }
        out
    }

    /// Ctrl-C: ends what is in the foreground. Lines that wait for it are run then, as they were typed to be.
    pub fn interrupt(&mut self, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        self.pending.clear();
        self.here_end = None;
        if !self.shell.is_working() {
            return out;
        }
        self.with(host, &mut out, |shell, io| shell.interrupt(io));
        let is_over = !self.shell.is_working();
        if is_over {
            self.waits = Waits::Home;
            out.lines.push(Line::plain(Stream::Out, "^C"));
            out.exit = Some(130);
        }
        if !is_over || !self.typed.is_empty() {
            self.pump(false, host, &mut out);
        }
        self.sweep();
        out
    }

    /// Gives `kubectl edit` its text back; `None` if the editor was closed without saving.
    pub fn answer(&mut self, text: Option<&str>, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        if self.is_editing() {
            self.answer_edit(text, host);
            self.pump(true, host, &mut out);
        }
        out
    }

    fn answer_edit(&mut self, text: Option<&str>, host: &mut dyn Host) {
        if let Some(number) = self.shell.front_program() {
            Terminal { host, kept: &mut self.kept }.answer(number, text);
        }
    }

    /// Whether `kubectl edit` waits for its text.
    pub fn is_editing(&self) -> bool {
        let work = self.shell.front_program().and_then(|number| self.kept.works.get(&number));
        work.is_some_and(|work| work.job().is_editing())
    }

    /// Ctrl-D on an empty line: ends a shell in a container.
    pub fn end_of_input(&mut self, host: &mut dyn Host) -> Output {
        let mut out = Output::default();
        if self.shell.is_working() {
            self.with(host, &mut out, |shell, io| shell.end_of_input(io));
            self.pump(false, host, &mut out);
        }
        out
    }

    /// Whether a command is in the foreground that takes no lines.
    pub fn is_busy(&self) -> bool {
        matches!(self.waits, Waits::Until(_))
    }

    /// Whether what is in front waits for nothing: it has more to do than fits into a moment.
    pub fn is_at_work(&self) -> bool {
        let work = self.shell.front_program().and_then(|number| self.kept.works.get(&number));
        self.is_busy() && (self.has_more || work.is_some_and(|work| work.job().is_at_work()))
    }

    /// Whether a line that is typed next is read by the console's own shell, and not inside a container.
    pub fn is_at_home(&self) -> bool {
        matches!(self.waits, Waits::Home)
    }

    /// How much its shell has done since it began, in pieces of work that take about as long as one of the cluster's.
    pub fn work_count(&self) -> usize {
        self.work
    }

    /// When a waiting command wants to be polled even if nothing changes.
    pub fn wakes_at(&self) -> Option<Millis> {
        let own = match self.waits {
            Waits::Until(until) => Some(until),
            _ => None,
        };
        let works = self.kept.works.values().filter_map(|work| work.job().wakes_at());
        own.into_iter().chain(self.shell.jobs_wake()).chain(works).filter(|at| *at < FOREVER).min()
    }

    /// What stands before the cursor.
    pub fn prompt(&self) -> Prompt {
        let own = |text: &str| Prompt { text: text.into(), is_hidden: false };
        match &self.waits {
            Waits::Line(prompt) => prompt.clone(),
            Waits::Until(_) => Prompt::default(),
            Waits::Home if !self.pending.is_empty() => own("> "),
            Waits::Home => own("$ "),
        }
    }

    /// Whether a command was begun whose end is still to come: an open quote, a here-document.
    pub fn is_open(&self) -> bool {
        !self.pending.is_empty()
    }

    /// What could stand at byte offset `cursor` of `line`.
    pub fn complete(&self, line: &str, cursor: usize, host: &dyn Host) -> Completions {
        if self.shell.is_working() || !self.pending.is_empty() {
            return Completions::default();
        }
        completion::complete(line, cursor, &self.kept.state, host.cluster())
    }

    /// The lines that were typed, oldest first.
    pub fn history(&self) -> &[String] {
        &self.kept.history
    }

    /// The language of hints.
    pub fn lang(&self) -> Lang {
        self.kept.state.lang
    }

    /// Chooses the language of hints.
    pub fn set_lang(&mut self, lang: Lang) {
        self.kept.state.lang = lang;
    }

    /// Puts a file into the working directory.
    pub fn put_file(&mut self, name: &str, text: &str) {
        Rc::make_mut(&mut self.kept.state.files).insert(name.to_string(), text.to_string());
    }

    /// Lets something happen to the shell, and shows what it wrote.
    fn with<T>(&mut self, host: &mut dyn Host, out: &mut Output, act: impl FnOnce(&mut Shell, &mut Io<'_>) -> T) -> T {
        let mut world = Terminal { host, kept: &mut self.kept };
        let mut io = Io::new(&mut world);
        let result = act(&mut self.shell, &mut io);
        let pieces = io.take();
        screen::show(pieces, &self.kept.marks, out);
        out.clears |= std::mem::take(&mut self.kept.clears);
        out.opens = self.kept.opens.take().or(out.opens.take());
        result
    }

    /// Lets the shell run until it waits.
    fn go_on(&mut self, has_news: bool, left: &mut Left, host: &mut dyn Host, out: &mut Output) -> Event {
        let before = *left;
        let (event, after, has_more) = self.with(host, out, |shell, io| {
            io.set_left(before);
            io.has_news = has_news;
            (shell.run(io), io.left(), io.has_more)
        });
        *left = after;
        self.has_more = has_more;
        let (commands, bytes) = (before.0.saturating_sub(after.0), after.1.saturating_sub(before.1));
        self.work += commands as usize / COMMANDS_PER_WORK + bytes / BYTES_PER_WORK;
        self.sweep();
        event
    }

    /// Forgets commands that wait and that the shell does not know any more.
    fn sweep(&mut self) {
        if self.kept.works.is_empty() {
            return;
        }
        let mut alive = self.aside.clone();
        self.shell.programs(&mut alive);
        self.kept.works.retain(|number, _| alive.contains(number));
    }

    /// Takes over what terminals of one machine have in common from the one that acted last: the files, and the
    /// namespace, which stands in the kubeconfig.
    pub fn share(&mut self, latest: &Console) {
        self.kept.state.files = Rc::clone(&latest.kept.state.files);
        self.kept.state.directories = Rc::clone(&latest.kept.state.directories);
        self.kept.state.namespace.clone_from(&latest.kept.state.namespace);
    }

    /// The ports that commands of this console forward to pods.
    pub fn doors(&self) -> impl Iterator<Item = &Door> {
        self.kept.works.iter().filter_map(|(_, work)| work.job().door())
    }

    /// Learns of the ports that other terminals of the machine forward.
    pub fn see_doors(&mut self, doors: Vec<Door>) {
        self.kept.doors_elsewhere = doors;
    }

    /// The text of a file of the working directory.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.kept.state.files.get(name).map(String::as_str)
    }

    /// Takes typed lines and what is still to be done as long as nothing waits.
    fn pump(&mut self, mut has_news: bool, host: &mut dyn Host, out: &mut Output) {
        let mut left = Io::new(&mut Terminal { host: &mut *host, kept: &mut self.kept }).left();
        let mut has_run = self.shell.is_working();
        loop {
            let event = self.go_on(std::mem::take(&mut has_news), &mut left, host, out);
            let is_home = !self.shell.is_working();
            self.waits = match event {
                Event::Line(_) | Event::Exit(_) if is_home => Waits::Home,
                Event::Line(prompt) => Waits::Line(Prompt { text: prompt.text, is_hidden: prompt.is_hidden }),
                Event::Sleep(until) => Waits::Until(until),
                Event::Blocked | Event::Exit(_) => Waits::Until(FOREVER),
            };
            if self.is_editing() && !self.typed.is_empty() {
                has_news = true;
                self.end_edit(host);
                continue;
            }
            if matches!(self.waits, Waits::Until(_)) {
                return;
            }
            let Some(line) = self.typed.pop_front() else { break };
            match is_home {
                true => has_run |= self.read(&line, out),
                false => self.with(host, out, |shell, io| shell.line(&line, io)),
            }
        }
        if !matches!(self.waits, Waits::Home) {
            return;
        }
        if has_run || out.exit.is_none() && self.pending.is_empty() {
            out.exit = Some(i32::try_from(self.shell.status).unwrap_or(1));
        }
    }

    /// A line is typed while `kubectl edit` waits: whatever the editor holds is its answer.
    fn end_edit(&mut self, host: &mut dyn Host) {
        let text = host.editor_text().to_string();
        // Applying what the editor holds means nothing but the answer.
        if self.typed.front().is_some_and(|line| line.trim() == format!("kubectl apply -f {}", files::EDITOR_FILE)) {
            self.typed.pop_front();
        }
        self.answer_edit(Some(&text), host);
    }

    /// Reads a line, together with the open ones before it, and gives its commands to the shell. Returns whether there
    /// are any.
    fn read(&mut self, line: &str, out: &mut Output) -> bool {
        let is_inside = self.here_end.as_ref().is_some_and(|end| *end != line.trim_start_matches('\t'));
        // A long here-document is not copied for each of its lines.
        let mut text = std::mem::take(&mut self.pending);
        match text.is_empty() {
            true => text.push_str(strip_prompt(line)),
            false => {
                text.push('\n');
                text.push_str(line);
            }
        }
        if is_inside {
            self.pending = text;
            return false;
        }
        self.here_end = None;
        let parse = |text: &str| parse_expanded(text, ShellKind::Bash.dialect(), &self.shell.aliases);
        match parse(&format!("{text}\n")) {
            // A line that ends in a backslash goes on in the next one.
            Ok(_) if text.ends_with('\\') && parse(&text).is_err() => {
                self.pending = text;
                false
            }
            Ok(list) => {
                let has_commands = !list.is_empty();
                if has_commands {
                    self.shell.load_list(list);
                }
                self.remember(text);
                has_commands
            }
            Err(error) if error.is_incomplete() => {
                if let ParseError::InHere(end) = error {
                    self.here_end = Some(end);
                }
                self.pending = text;
                false
            }
            Err(error) => {
                self.shell.status = 2;
                self.shell.syntax_error(&error).lines().for_each(|line| out.err(line));
                false
            }
        }
    }

    fn remember(&mut self, text: String) {
        if text.trim().is_empty() {
            return;
        }
        let history = Rc::make_mut(&mut self.kept.history);
        history.push(text);
        if history.len() > HISTORY_MAX {
            history.remove(0);
        }
    }
}
