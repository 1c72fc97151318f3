//! Shells that run inside a shell: the commands of a pipeline side by side, subshells, what stands in `$(…)`, other
//! shells.

use super::file_descriptors::{Input, Target};
use super::limits::{BOUND, LIMITS};
use super::server_process::Left;
use super::state::{Event, Member, ProcessGroup, Purpose, Shell, ShellKind, Signalled, Task};
use super::syntax::{Command, List, Pipeline, Redirect, Stage};
use super::turn_io::{Io, PIPES};
use crate::model::Millis;
use crate::shell::waiting::FOREVER;
use std::rc::Rc;

impl ProcessGroup {
    /// Shells that run side by side, and what for.
    pub fn new(shells: Vec<Shell>, purpose: Purpose) -> ProcessGroup {
        let member = |shell| Member { shell, status: None, wake: Millis(i64::MIN), has_news: true, wants_line: false };
        ProcessGroup { members: shells.into_iter().map(member).collect(), purpose, sent: Vec::new() }
    }

    /// The member that talks to the user: the last one that wants a line, else the last one that runs.
    fn front(&mut self) -> Option<&mut Member> {
        let runs = |member: &Member| member.status.is_none();
        let asks = self.members.iter().rposition(|member| runs(member) && member.wants_line);
        let at = asks.or_else(|| self.members.iter().rposition(runs))?;
        self.members.get_mut(at)
    }

    /// Whether its first member reads what the shell around it would.
    fn has_our_input(&self) -> bool {
        !matches!(self.purpose, Purpose::Front)
    }

    /// Gives a line that was typed to whoever reads.
    pub fn line(&mut self, text: &str, io: &mut Io<'_>) {
        if let Some(member) = self.front() {
            member.shell.line(text, io);
            member.has_news = true;
        }
    }

    /// Ctrl-C. Returns whether somebody was there to hear it.
    pub fn interrupt(&mut self, io: &mut Io<'_>) -> bool {
        self.front().is_some_and(|member| {
            member.has_news = true;
            member.shell.interrupt(io)
        })
    }

    /// Ctrl-D.
    pub fn end_of_input(&mut self, io: &mut Io<'_>) {
        if let Some(member) = self.front() {
            member.has_news = true;
            member.shell.end_of_input(io);
        }
    }

    /// A program that one of them is taken to have run; it stays.
    pub fn peek_assumed(&self) -> Option<String> {
        self.members.iter().rev().find_map(|member| member.shell.peek_assumed())
    }

    /// The same, and it is told once.
    pub fn take_assumed(&mut self) -> Option<String> {
        self.members.iter_mut().filter_map(|member| member.shell.take_assumed()).last()
    }

    /// The stop signal comes to its only member.
    pub fn take_term(&mut self) -> Signalled {
        self.only_process().map_or(Signalled::Not, Shell::take_term)
    }

    /// Its only member, if that is a process of its own; something has come for it.
    pub fn only_process(&mut self) -> Option<&mut Shell> {
        match self.members.as_mut_slice() {
            [member] if member.status.is_none() && matches!(self.purpose, Purpose::Subshell | Purpose::Front) => {
                member.has_news = true;
                Some(&mut member.shell)
            }
            _ => None,
        }
    }

    /// What its members are, as far as words tell.
    pub fn text(&self) -> String {
        let lines = self.members.iter().map(|member| member.shell.front_text().unwrap_or_else(|| "…".to_string()));
        lines.collect::<Vec<_>>().join(" | ")
    }

    /// The program of the world that stands in front.
    pub fn front_program(&self) -> Option<u32> {
        let runs = |member: &&Member| member.status.is_none();
        let asks = self.members.iter().rev().filter(runs).find(|member| member.wants_line);
        let mut all = asks.into_iter().chain(self.members.iter().rev().filter(runs));
        all.find_map(|member| member.shell.front_program())
    }

    /// Gathers the programs of the world that run in it.
    pub fn programs(&self, all: &mut Vec<u32>) {
        self.members.iter().filter(|member| member.status.is_none()).for_each(|member| member.shell.programs(all));
    }

    /// Whether the image's server runs in it.
    pub fn serves(&self) -> bool {
        self.members.iter().any(|member| member.status.is_none() && member.shell.runs_server())
    }

    /// Lets every member run that can. What they write goes to the next one, or on to `io`.
    fn run(&mut self, pipe: u8, io: &mut Io<'_>) -> Event {
        loop {
            let mut has_moved = false;
            let mut wake = FOREVER;
            let mut is_waiting = false;
            let mut held = None;
            for at in 0..self.members.len() {
                // A full pipe lets its writer wait.
                if self.has_full_pipe(at) {
                    held = Some(at);
                    continue;
                }
                match self.run_member(at, pipe, io) {
                    Moved::Not => {}
                    Moved::Yes => has_moved = true,
                    Moved::Wakes(until) => {
                        is_waiting = true;
                        wake = wake.min(until);
                    }
                    Moved::Wants(event) => return event,
                }
            }
            if let Some(status) = self.members.last().and_then(|member| member.status)
                && self.members.iter().all(|member| member.status.is_some())
            {
                return Event::Exit(status);
            }
            has_moved |= held.is_some_and(|at| !self.has_full_pipe(at));
            if io.is_spent() {
                return io.end_turn();
            }
            if !has_moved {
                return if is_waiting { Event::Sleep(wake) } else { Event::Blocked };
            }
        }
    }

    /// Whether what a member writes to has not read enough to take more.
    fn has_full_pipe(&self, at: usize) -> bool {
        let is_there = self.members.get(at).is_some_and(|member| member.status.is_none());
        let next = self.members.get(at + 1).filter(|next| is_there && next.status.is_none());
        next.is_some_and(|next| next.shell.has_full_pipe())
    }

    fn run_member(&mut self, at: usize, pipe: u8, io: &mut Io<'_>) -> Moved {
        let is_last = at + 1 == self.members.len();
        let Some(member) = self.members.get_mut(at).filter(|member| member.status.is_none()) else {
            return Moved::Not;
        };
        if member.shell.deadline.is_some_and(|at| at <= io.world.now()) {
            // BusyBox's `timeout` ends as what it ended.
            let usual = if member.shell.kind == super::state::ShellKind::Ash { 143 } else { 124 };
            member.status = Some(member.shell.deadline_status.unwrap_or(usual));
            return Moved::Yes;
        }
        if member.wake > io.world.now() && !member.has_news && !io.has_news {
            return if member.wake == FOREVER { Moved::Not } else { Moved::Wakes(member.wake) };
        }
        member.has_news = false;
        let mut inner = io.inner();
        let event = member.shell.run(&mut inner);
        self.sent.append(&mut member.shell.sent);
        let (fuel, has_more, written) = (inner.fuel, inner.has_more, inner.take());
        io.fuel = fuel;
        io.has_more |= has_more;
        member.wants_line = matches!(event, Event::Line(_));
        let mut moved = match event {
            Event::Exit(status) => {
                member.status = Some(status);
                Moved::Yes
            }
            Event::Sleep(until) => {
                let until = member.shell.deadline.map_or(until, |at| at.min(until));
                member.wake = until;
                if until == FOREVER { Moved::Not } else { Moved::Wakes(until) }
            }
            Event::Blocked => {
                member.wake = member.shell.deadline.unwrap_or(FOREVER);
                if member.wake == FOREVER { Moved::Not } else { Moved::Wakes(member.wake) }
            }
            Event::Line(_) if !member.shell.streams.stdin && !is_last => Moved::Not,
            event => Moved::Wants(event),
        };
        let has_ended = member.status.is_some();
        for piece in written {
            match (piece.stream == pipe, is_last, &mut self.purpose) {
                (true, false, _) => {
                    if !self.write(at + 1, &piece.text) {
                        // Nobody reads any more: it is killed by its next write.
                        if let Some(member) = self.members.get_mut(at)
                            && member.status.is_none()
                        {
                            member.status = Some(141);
                        }
                    }
                    if !matches!(moved, Moved::Wants(_)) {
                        moved = Moved::Yes;
                    }
                }
                (true, true, Purpose::Capture(said, ..)) if said.len() + piece.text.len() <= LIMITS.words => {
                    said.push_str(&piece.text);
                }
                (true, true, Purpose::Capture(..)) => {
                    let most = LIMITS.words / 1024;
                    self.members.iter_mut().take(at + 1).for_each(|member| member.shell.grant(BOUND));
                    io.push(2, &format!("bash: what $(…) takes ends at {most} KiB in this lab\n"));
                }
                _ => io.push_piece(piece),
            }
        }
        if has_ended && let Some(next) = self.members.get_mut(at + 1) {
            next.shell.close_input();
            next.has_news = true;
        }
        moved
    }

    /// Gives text to a member. Returns whether it still reads.
    fn write(&mut self, at: usize, text: &str) -> bool {
        let Some(next) = self.members.get_mut(at).filter(|next| next.status.is_none()) else { return false };
        next.shell.feed(text);
        next.has_news = true;
        true
    }
}

enum Moved {
    Not,
    Yes,
    Wakes(Millis),
    Wants(Event),
}

impl Shell {
    /// Whether nobody may write to it before it has read.
    fn has_full_pipe(&self) -> bool {
        if let Some(inner) = self.inner_reader() {
            return inner.shell.has_full_pipe();
        }
        // A program gets everything at once.
        let gathers = matches!(self.tasks.last(), Some(Task::Invoke(_)));
        self.inputs.first().map_or(0, Input::unread) >= if gathers { LIMITS.gathered } else { LIMITS.pipe }
    }

    /// The shell inside that reads what comes in: it has this one's input.
    fn inner_reader(&self) -> Option<&Member> {
        match self.tasks.last() {
            Some(Task::Group(group)) => group.members.first().filter(|it| group.has_our_input() && it.status.is_none()),
            _ => None,
        }
    }

    fn inner_reader_mut(&mut self) -> Option<&mut Member> {
        match self.tasks.last_mut() {
            Some(Task::Group(group)) if group.has_our_input() => {
                group.members.first_mut().filter(|member| member.status.is_none())
            }
            _ => None,
        }
    }

    /// Gives text to it, to be read.
    pub(super) fn feed(&mut self, text: &str) {
        if let Some(inner) = self.inner_reader_mut() {
            inner.has_news = true;
            return inner.shell.feed(text);
        }
        if let Some(input) = self.inputs.first_mut() {
            input.write(text);
        }
    }

    /// Nothing more comes in.
    pub(super) fn close_input(&mut self) {
        if let Some(inner) = self.inner_reader_mut() {
            inner.has_news = true;
            inner.shell.close_input();
        }
        if let Some(input) = self.inputs.first_mut() {
            input.close();
        }
    }

    /// What a group has read is not read again.
    fn take_input(&mut self, group: &mut ProcessGroup) {
        let inputs = group.members.first_mut().map(|member| std::mem::take(&mut member.shell.inputs));
        if let Some(inputs) = inputs.filter(|inputs| group.has_our_input() && inputs.len() == self.inputs.len()) {
            self.inputs = inputs;
        }
    }

    pub(super) fn pipe_number(&self) -> u8 {
        PIPES.saturating_add(u8::try_from(self.depth).unwrap_or(u8::MAX))
    }

    pub(super) fn too_deep(&mut self, io: &mut Io<'_>) -> bool {
        self.is_deeper_than(LIMITS.depth, io)
    }

    /// Whether it may bring forth no more of what runs side by side.
    pub(super) fn branches_too_deep(&mut self, io: &mut Io<'_>) -> bool {
        self.is_deeper_than(LIMITS.branch_depth, io)
    }

    fn is_deeper_than(&mut self, most: u32, io: &mut Io<'_>) -> bool {
        let is_deeper = self.depth >= most;
        if is_deeper {
            self.grant(BOUND);
            let message = self.complain("fork: retry: Resource temporarily unavailable");
            self.emit(2, &message, io);
            self.status = 254;
        }
        is_deeper
    }

    pub(super) fn start_pipe(&mut self, stages: &[Rc<Stage>], io: &mut Io<'_>) {
        if self.branches_too_deep(io) {
            return;
        }
        let pipe = self.pipe_number();
        let mut members = Vec::new();
        for (at, stage) in stages.iter().enumerate() {
            let mut child = self.child();
            if at > 0 {
                child.inputs = vec![Input::pipe()];
                child.fds.input = 0;
            }
            if at + 1 < stages.len() {
                child.fds.out = Target::Stream(pipe);
            }
            child.tasks.push(Task::Stage(Rc::clone(stage), Vec::new()));
            members.push(child);
        }
        self.push_group(members, Purpose::Pipe);
    }

    pub(super) fn start_subshell(&mut self, body: &Rc<List>, io: &mut Io<'_>) {
        if self.too_deep(io) {
            return;
        }
        let mut child = self.child();
        child.tasks.push(Task::List(Rc::clone(body), 0));
        self.push_group(vec![child], Purpose::Subshell);
    }

    /// A shell that is a program of its own runs in the foreground.
    pub(super) fn start_shell(&mut self, shell: Shell) {
        self.push_group(vec![shell], Purpose::Subshell);
    }

    pub(super) fn start_capture(&mut self, list: &Rc<List>, trims: bool, io: &mut Io<'_>) {
        // `$(< file)`.
        if let [(_, pipeline)] = list.as_slice()
            && let [stage] = pipeline.stages.as_slice()
            && let Command::Simple { assignments, words, .. } = &stage.command
            && assignments.is_empty()
            && words.is_empty()
            && let [Redirect::In(0, _)] = stage.redirects.as_slice()
            && self.kind != ShellKind::Dash
        {
            let cat = Command::Simple {
                assignments: Vec::new(),
                words: vec![super::syntax::Word::quoted("cat")],
                arrays: Vec::new(),
            };
            let stage = Stage { command: cat, redirects: stage.redirects.clone(), line: stage.line };
            let pipeline = Pipeline { stages: vec![Rc::new(stage)], ..Pipeline::clone(pipeline) };
            let list = Rc::new(vec![(super::syntax::Joint::Always, Rc::new(pipeline))]);
            // Bash reads the file itself, and `-e` ends it at once when it cannot, wherever that stands.
            let ends = self.kind == ShellKind::Bash && self.options.errexit;
            return self.push_capture(&list, trims, ends, io);
        }
        self.push_capture(list, trims, false, io);
    }

    fn push_capture(&mut self, list: &Rc<List>, trims: bool, ends: bool, io: &mut Io<'_>) {
        if self.too_deep(io) {
            self.quit(254);
            return;
        }
        let mut child = self.child();
        child.fds.out = Target::Stream(self.pipe_number());
        child.trace_depth += 1;
        // Only dash hands `-e` down to `$(…)`.
        child.options.errexit &= self.kind == ShellKind::Dash;
        child.tasks.push(Task::List(Rc::clone(list), 0));
        self.push_group(vec![child], Purpose::Capture(String::new(), trims, ends));
    }

    /// What the last command of a pipe has set stays (`lastpipe`).
    fn take_after(&mut self, last: Shell) {
        (self.variables, self.functions, self.directory) = (last.variables, last.functions, last.directory);
        self.options = last.options;
    }

    /// Lets a group run. Takes over what it leaves when it is over.
    pub(super) fn group_step(&mut self, mut group: Box<ProcessGroup>, io: &mut Io<'_>) -> Option<Event> {
        let event = group.run(self.pipe_number(), io);
        let sent = std::mem::take(&mut group.sent);
        let Event::Exit(status) = event else {
            self.tasks.push(Task::Group(group));
            if !sent.is_empty() {
                self.take_sent(sent, io);
                // A signal may have ended what waits.
                return if self.tasks.is_empty() { None } else { Some(event) };
            }
            return Some(event);
        };
        self.take_sent(sent, io);
        let assumed = group.members.iter_mut().find_map(|member| member.shell.assumed.take());
        self.assumed = self.assumed.take().or(assumed);
        self.may_run_on |= group.members.iter().any(|member| member.shell.may_run_on());
        let granted = group.members.iter().fold(0_u32, |sum, member| sum.saturating_add(member.shell.granted));
        self.granted = self.granted.saturating_add(granted);
        self.has_unknown_functions |= group.members.iter().any(|member| member.shell.has_unknown_functions);
        let before = std::mem::replace(&mut self.status, status);
        let left: Vec<Left> = group.members.iter_mut().map(|member| member.shell.take_left()).collect();
        left.into_iter().for_each(|left| self.adopt(left));
        if let [member] = group.members.as_mut_slice() {
            self.keep_left(&mut member.shell);
        }
        self.take_input(&mut group);
        match group.purpose {
            Purpose::Pipe => {
                // What looks at words that nobody here knows finds what it looks for.
                let first = group.members.iter().position(|member| member.shell.granted > 0).unwrap_or(usize::MAX);
                let status = |(at, member): (usize, &Member)| if at > first { 0 } else { member.status.unwrap_or(0) };
                let statuses: Vec<i64> = group.members.iter().enumerate().map(status).collect();
                if first < group.members.len().saturating_sub(1) {
                    self.status = 0;
                }
                if self.options.pipefail {
                    self.status = statuses.iter().rev().copied().find(|status| *status != 0).unwrap_or(0);
                }
                if let Some(last) =
                    group.members.last().filter(|_| self.traps.contains_key("ERR") && !self.is_line_kept)
                {
                    self.running = Rc::clone(&last.shell.running);
                }
                if self.options.lastpipe && !self.is_interactive {
                    let last = group.members.pop().map(|member| member.shell);
                    last.into_iter().for_each(|last| self.take_after(last));
                }
                self.keep_statuses(&statuses);
            }
            Purpose::Subshell => {}
            Purpose::Front => {
                // What was typed in its line counts from then on.
                self.variables = group.members.pop().map(|member| member.shell.variables).unwrap_or_default();
            }
            Purpose::Capture(_, _, true) if status != 0 => self.tasks.push(Task::Leave(status)),
            Purpose::Capture(said, trims, _) => {
                let mut text = if trims { said.trim_end_matches('\n').to_string() } else { said };
                // No shell keeps in a value what ends its texts.
                if trims && text.contains('\0') {
                    text = text.replace('\0', "");
                    if self.kind == ShellKind::Bash {
                        let what = "warning: command substitution: ignored null byte in input";
                        let message = self.complain(what);
                        self.emit(2, &message, io);
                    }
                }
                match self.tasks.last_mut() {
                    // The command that it stands in is done anew.
                    Some(Task::Stage(_, captured)) => {
                        captured.push((text, status));
                        self.status = before;
                    }
                    Some(Task::Asker(asker)) => asker.heard = text,
                    _ => {}
                }
            }
        }
        None
    }
}
