//! Programs that run commands of their own, as `awk` with `system`: such a program stops where it needs one, the shell
//! runs it, and the program runs anew with what it was told so far, up to where it stopped and on.

use super::file_descriptors::{Input, Target};
use super::inner_answers::{Answer, Asked, Asker};
use super::state::{Event, Purpose, Shell, Task};
use super::turn_io::Io;
use super::world::{Invocation, Outcome};
use std::rc::Rc;

impl Shell {
    /// Runs a command for a program, which goes on behind it.
    pub(super) fn ask(&mut self, words: Rc<Vec<String>>, asked: Asked, io: &mut Io<'_>) {
        let Asked { command, stdin, is_heard, told } = asked;
        self.tasks.push(Task::Asker(Box::new(Asker { words, told, heard: String::new(), left: String::new() })));
        let mut call = Invocation { words: vec!["sh".into(), "-c".into(), command], ..Invocation::default() };
        let outcome = self.start_words(&mut call, &mut |_| Err(String::new()));
        self.emit_call(call, io);
        let mut child = match outcome {
            Outcome::Shell(child) => *child,
            outcome => {
                self.status = if let Outcome::Exit(status) = outcome { status } else { 0 };
                return;
            }
        };
        if let Some(text) = stdin {
            child.fds.input = child.inputs.len();
            child.inputs.push(Input::text(&text));
        }
        if !is_heard {
            return self.start_shell(child);
        }
        child.fds.out = Target::Stream(self.pipe_number());
        self.push_group(vec![child], Purpose::Capture(String::new(), false, false));
    }

    /// The command is over that somebody asked for: what it was given and has not read is kept.
    pub(super) fn keep_left(&mut self, command: &mut Shell) {
        if let Some(Task::Asker(asker)) = self.tasks.last_mut()
            && command.inputs.len() > self.inputs.len()
            && let Some((rest, _)) = command.inputs.last_mut().and_then(Input::rest)
        {
            asker.left = rest.to_string();
        }
    }

    /// The command is over: the program goes on.
    pub(super) fn answer(&mut self, asker: Asker, io: &mut Io<'_>) -> Option<Event> {
        let Asker { words, mut told, heard, left } = asker;
        told.answers.push(Answer::Command { said: heard.into(), status: self.status, left });
        let stdin = told.stdin.take();
        self.run_program(&words, stdin, told, None, io)
    }
}
