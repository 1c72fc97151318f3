//! What stands in the foreground of a shell: programs, the lines that are typed to them, signals.

use super::file_descriptors::Target;
use super::limits::{BOUND, LIMITS, left_out};
use super::state::{Broken, Event, Program, Role, Shell, ShellKind, Signalled, Task};
use super::syntax::{ParseError, Timing};
use super::turn_io::Io;
use super::unfinished_line::Partial;
use super::world::{Invocation, Message, Outcome};
use crate::model::Millis;
use crate::shell::waiting::{FOREVER, Prompt};
use std::rc::Rc;

/// How much a program that writes without end writes at once for others to read, in bytes.
const ENDLESS_PART: usize = 8192;

/// In how many parts it fills the longest file.
const ENDLESS_PARTS: usize = 20;

impl Shell {
    /// The rest of the script cannot be read.
    pub(super) fn broken(&mut self, broken: &Broken, io: &mut Io<'_>) {
        if let ParseError::Unknown(what) = &broken.error {
            self.take_for_granted(what, true);
            self.status = 0;
            if self.role == Role::Main {
                self.tasks.push(Task::Program(Box::new(Program::Wait(FOREVER))));
            }
            return;
        }
        let message = self.syntax_error_of(broken);
        self.emit(2, &message, io);
        self.status = 2;
        // What `eval` or a file cannot be read as ends other shells than bash.
        if broken.by.is_some() && self.kind != ShellKind::Bash {
            self.break_off(2);
        }
    }

    pub(super) fn say_time(&mut self, began: Millis, timing: Timing, io: &mut Io<'_>) {
        let ms = (io.world.now() - began).0;
        let (minutes, seconds, hundredths) = (ms / 60_000, ms / 1000 % 60, ms % 1000 / 10);
        let text = match timing {
            Timing::Usual if self.variable("TIMEFORMAT").is_some() => {
                time_by(&self.variable("TIMEFORMAT").unwrap_or_default(), ms)
            }
            Timing::Usual => {
                format!("\nreal\t{minutes}m{seconds}.{:03}s\nuser\t0m0.000s\nsys\t0m0.000s\n", ms % 1000)
            }
            Timing::Portable => format!("real {}.{hundredths:02}\nuser 0.00\nsys 0.00\n", ms / 1000),
            Timing::OfBusybox => {
                format!("real\t{minutes}m {seconds}.{hundredths:02}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n")
            }
        };
        self.emit(2, &text, io);
    }

    /// One step of a program in the foreground.
    pub(super) fn program_step(&mut self, program: Program, io: &mut Io<'_>) -> Option<Event> {
        let event = match &program {
            Program::Wait(until) if *until > io.world.now() => Event::Sleep(*until),
            Program::Wait(_) => {
                self.status = 0;
                return None;
            }
            Program::Reader { .. } | Program::Read(_) if self.streams.stdin => {
                Event::Line(Prompt { text: String::new(), is_hidden: false })
            }
            Program::Reader { .. } => {
                self.status = 0;
                return None;
            }
            Program::Read(_) => {
                self.status = 1;
                return None;
            }
            Program::Client(client) => match client.prompt() {
                Ok(prompt) => Event::Line(prompt),
                Err(status) => {
                    self.status = status;
                    return None;
                }
            },
            Program::Talker(talker) => Event::Line(Prompt { text: talker.prompt(), is_hidden: false }),
            Program::Yes(line) => {
                let (is_shown, is_file) = match self.fds.out {
                    Target::Stream(_) => (true, false),
                    Target::File(_) | Target::Both(..) => (false, true),
                    _ => (false, false),
                };
                let size = if is_file { LIMITS.file / ENDLESS_PARTS } else { ENDLESS_PART };
                let text = line.repeat((size / line.len().max(1)).max(1));
                self.status = 0;
                // A file is full at once.
                for _ in 0..if is_file { ENDLESS_PARTS + 1 } else { 1 } {
                    self.emit(1, &text, io);
                    if self.status != 0 {
                        return None;
                    }
                }
                self.tasks.push(Task::Program(Box::new(Program::Yes(Rc::clone(line)))));
                // Others have their turn. Of what goes into a file, or nowhere, nobody waits for more.
                return Some(Event::Sleep(if is_shown { io.world.now() } else { io.world.now() + LIMITS.busy }));
            }
            Program::Follow(path, at) => {
                let text = io.world.read(path).map(|text| text.to_string()).unwrap_or_default();
                let more =
                    text.get(*at..).or(Some(text.as_str()).filter(|_| *at > text.len())).unwrap_or("").to_string();
                let follow = Program::Follow(Rc::clone(path), text.len());
                self.tasks.push(Task::Program(Box::new(follow)));
                self.emit(1, &more, io);
                return Some(Event::Sleep(io.world.now() + LIMITS.busy));
            }
            Program::Job(number) => {
                let mut call = Invocation::default();
                let outcome = io.world.poll(*number, &mut call);
                self.emit_call(call, io);
                match (outcome, io.world.prompt_of(*number)) {
                    (Outcome::Exit(status), _) => {
                        self.status = status;
                        return None;
                    }
                    (_, Some(prompt)) => Event::Line(prompt),
                    (Outcome::Sleep(until), None) => Event::Sleep(until),
                    _ => Event::Sleep(FOREVER),
                }
            }
        };
        self.tasks.push(Task::Program(Box::new(program)));
        Some(event)
    }

    /// Writes what a program said.
    pub(super) fn emit_call(&mut self, call: Invocation, io: &mut Io<'_>) {
        let room = self.room(self.running.first().map_or("", String::as_str));
        self.emit_bounded([(1, call.out), (2, call.err)].into_iter().chain(call.pieces), room, io);
    }

    /// Writes texts to their streams, up to the `most` bytes that one command may write.
    pub(super) fn emit_bounded(&mut self, texts: impl IntoIterator<Item = (u8, String)>, most: usize, io: &mut Io<'_>) {
        let mut left = most;
        for (stream, text) in texts {
            if text.len() <= left {
                left -= text.len();
                self.emit(stream, &text, io);
                continue;
            }
            // The lines that fit, and a sentence.
            let mut end = left;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let fits = text.get(..end).unwrap_or("");
            let fits = fits.get(..fits.rfind('\n').map_or(0, |at| at + 1)).unwrap_or("");
            self.emit(stream, fits, io);
            self.grant(BOUND);
            let message = self.complain(&left_out(most));
            return self.emit(2, &message, io);
        }
    }

    /// Takes a line that was typed.
    pub fn line(&mut self, text: &str, io: &mut Io<'_>) {
        match self.tasks.pop() {
            Some(Task::Group(mut group)) => {
                group.line(text, io);
                self.tasks.push(Task::Group(group));
            }
            Some(Task::Program(mut program)) => {
                match program.as_mut() {
                    Program::Client(client) => {
                        let mut out = String::new();
                        io.world.tell(client, text, &mut out);
                        self.emit(1, &out, io);
                        if let Some(what) = client.take_assumed() {
                            self.take_for_granted(&what, false);
                        }
                    }
                    Program::Talker(talker) => match talker.take(text) {
                        Ok(Some(words)) => {
                            self.ask_server(words, io);
                            if talker.is_once {
                                return;
                            }
                        }
                        Ok(None) => {}
                        Err(_) => {
                            self.status = 0;
                            return;
                        }
                    },
                    Program::Reader { path: Some(path) } => {
                        if let Err(error) = io.world.write_open(path, &format!("{text}\n")) {
                            self.emit(2, &format!("cat: write error: {error}\n"), io);
                        }
                    }
                    Program::Reader { path: None } => self.emit(1, &format!("{text}\n"), io),
                    Program::Read(words) => {
                        let words = Rc::clone(words);
                        self.status = self.assign_line(&words, text, true, io);
                        return;
                    }
                    Program::Job(number) => _ = io.world.send(*number, Message::Line(text)),
                    Program::Wait(_) | Program::Yes(_) | Program::Follow(..) => {}
                }
                self.tasks.push(Task::Program(program));
            }
            Some(task) => self.tasks.push(task),
            None => self.own_line(text, io),
        }
    }

    /// A client's call for a line that was typed.
    fn ask_server(&mut self, words: Vec<String>, io: &mut Io<'_>) {
        let (name, asked) = (words.first().cloned().unwrap_or_default(), words.last().cloned().unwrap_or_default());
        let mut call = Invocation { words, ..Invocation::default() };
        let outcome = io.world.run(self, &mut call);
        self.emit_call(call, io);
        if matches!(outcome, Outcome::Assumed | Outcome::AssumedOver) {
            self.take_for_granted(&format!("{name} ({asked})"), false);
        }
    }

    pub(super) fn own_line(&mut self, text: &str, io: &mut Io<'_>) {
        match self.partial.add(text, self.kind.dialect(), &self.aliases) {
            None => {}
            Some(Ok(list)) => self.tasks.push(Task::List(Rc::new(list), 0)),
            Some(Err(error)) => {
                self.status = 2;
                let message = self.syntax_error(&error);
                self.emit(2, &message, io);
            }
        }
    }

    /// Ctrl-C: ends what runs in front of the nearest shell that a person types to. Returns whether there is one.
    pub fn interrupt(&mut self, io: &mut Io<'_>) -> bool {
        match self.tasks.last_mut() {
            // Not a guard: what is asked changes.
            #[expect(clippy::collapsible_match, reason = "a guard may not change what it looks at")]
            Some(Task::Group(group)) => {
                if group.interrupt(io) {
                    return true;
                }
            }
            Some(Task::Program(program)) => {
                if let Program::Client(client) = program.as_mut() {
                    let mut out = String::new();
                    let ends = client.interrupt(&mut out);
                    if ends {
                        self.tasks.pop();
                        self.status = 130;
                    }
                    self.emit(1, &out, io);
                    return true;
                }
                if let Program::Talker(_) = program.as_ref() {
                    self.tasks.pop();
                    self.status = 130;
                    return true;
                }
                if let Program::Job(number) = program.as_ref()
                    && io.world.send(*number, Message::Interrupt)
                {
                    return true;
                }
            }
            _ => {}
        }
        if self.is_interactive {
            self.unwind(|_| false);
            self.partial = Partial::default();
            self.status = 130;
        }
        self.is_interactive
    }

    /// Ctrl-D on an empty line.
    pub fn end_of_input(&mut self, io: &mut Io<'_>) {
        match self.tasks.pop() {
            Some(Task::Group(mut group)) => {
                group.end_of_input(io);
                self.tasks.push(Task::Group(group));
            }
            Some(Task::Program(mut program)) => match program.as_mut() {
                Program::Client(client) => {
                    let mut out = String::new();
                    client.farewell(&mut out);
                    self.emit(1, &out, io);
                    self.status = 0;
                }
                Program::Reader { .. } | Program::Talker(_) => self.status = 0,
                Program::Read(_) => self.status = 1,
                Program::Job(number) => {
                    io.world.send(*number, Message::EndOfInput);
                    self.tasks.push(Task::Program(program));
                }
                _ => self.tasks.push(Task::Program(program)),
            },
            Some(task) => self.tasks.push(task),
            None => {
                if self.streams.tty && self.is_interactive {
                    self.emit(1, if self.kind == ShellKind::Bash { "exit\n" } else { "\n" }, io);
                }
                self.quit(self.status);
            }
        }
    }

    /// Whether it was told not to hear the stop signal.
    pub fn ignores_term(&self) -> bool {
        self.traps.get("TERM").is_some_and(|trap| trap.is_empty())
    }

    /// The stop signal comes to it as the first process of its container.
    pub fn take_term(&mut self) -> Signalled {
        match self.traps.get("TERM") {
            Some(trap) if trap.is_empty() => return Signalled::Not,
            Some(_) => {
                self.signal = Some("TERM".to_string());
                return Signalled::Traps;
            }
            None if self.serves => return Signalled::Ends,
            None => {}
        }
        // What a shell does last takes its place.
        match self.tasks.pop() {
            Some(Task::Group(mut group)) => {
                let signalled = if self.is_at_end() { group.take_term() } else { Signalled::Not };
                self.tasks.push(Task::Group(group));
                signalled
            }
            task => {
                self.tasks.extend(task);
                Signalled::Not
            }
        }
    }

    /// Puts a trap on top if a signal came and nothing is in its way.
    pub(super) fn take_signal(&mut self) {
        if self.signal.is_none() {
            return;
        }
        // A trap that brings about another goes on only so far.
        let is_trap = |task: &&Task| matches!(task, Task::Trapped(_));
        if self.tasks.iter().filter(is_trap).count() >= LIMITS.traps {
            return;
        }
        // A program in the foreground ends first, but `wait` does not hold a trap up.
        match self.tasks.last() {
            Some(Task::Wait(_) | Task::WaitNext(..)) => {
                self.tasks.pop();
                self.status = 128 + super::signal_names::signal_number(self.signal.as_deref().unwrap_or_default());
            }
            Some(Task::Program(_) | Task::Group(_)) => return,
            _ => {}
        }
        let signal = self.signal.take().unwrap_or_default();
        if let Some(trap) = self.traps.get(&signal).cloned() {
            self.tasks.push(Task::Trapped(self.status));
            self.load(&trap);
        }
    }
}

/// What bash makes of `TIMEFORMAT`: `%R`, `%3lR` and the like are the time that went by, `%U` and `%S` that of the
/// processor, `%P` its share.
fn time_by(format: &str, ms: i64) -> String {
    if format.is_empty() {
        return String::new();
    }
    let (mut out, mut chars) = (String::new(), format.chars().peekable());
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let digits = chars.next_if(char::is_ascii_digit).and_then(|digit| digit.to_digit(10)).unwrap_or(3).min(3);
        let is_long = chars.next_if_eq(&'l').is_some();
        let letter = chars.next();
        let own = if letter == Some('R') { ms } else { 0 };
        let fraction = format!("{:03}", own % 1000).get(..digits as usize).unwrap_or("").to_string();
        let point = if digits > 0 { "." } else { "" };
        match letter {
            Some('R' | 'U' | 'S') if is_long => {
                out.push_str(&format!("{}m{}{point}{fraction}s", own / 60_000, own / 1000 % 60));
            }
            Some('R' | 'U' | 'S') => out.push_str(&format!("{}{point}{fraction}", own / 1000)),
            Some('P') => out.push_str("0.00"),
            letter => out.extend(letter),
        }
    }
    out.push('\n');
    out
}
