//! What a program of `awk` has to do with what is around it: the files that it reads and writes, the commands that it
//! runs.

use super::outlet::Outlet;
use super::run::{Done, Flow, OUTPUT_MAX, Runner, too_long};
use super::syntax::{Redirect, Way};
use crate::shell::commands::filter::Written;
use crate::shell::container::FileError;
use crate::shell::language::{Answer, Asked, Told};
use std::rc::Rc;

impl Runner<'_> {
    /// The text of a file, with what the program itself has written into it.
    pub(super) fn file(&mut self, name: &str) -> Result<Rc<str>, FileError> {
        let found = match self.told.answers.get(self.next_answer) {
            Some(Answer::File(found)) => found.clone(),
            _ => {
                let found = (self.read)(name).map(Rc::from);
                self.told.answers.push(Answer::File(found.clone()));
                found
            }
        };
        self.next_answer += 1;
        let own = self.outlets.iter().filter(|outlet| outlet.name == name && outlet.way != Way::Command);
        own.fold(found, |found, outlet| match outlet.way {
            Way::Append => Ok([&*found.unwrap_or_default(), &outlet.text].concat().into()),
            _ => Ok(outlet.text.as_str().into()),
        })
    }

    /// What a command says, if somebody listens, and its exit code.
    pub(super) fn command(&mut self, command: &str, stdin: Option<String>, is_heard: bool) -> Done<(Rc<str>, i64)> {
        // What nobody has read is there for the command.
        let is_shared = stdin.is_none();
        let stdin = stdin.or_else(|| self.stdin.take().filter(|text| !text.is_empty()));
        let Some(Answer::Command { said, status, left }) = self.told.answers.get(self.next_answer) else {
            let (command, told) = (command.to_string(), Told::default());
            return Err(Flow::Ask(Box::new(Asked { command, stdin, is_heard, told })));
        };
        let answer = (Rc::clone(said), *status);
        if is_shared && stdin.is_some() {
            self.stdin = Some(left.clone());
        }
        self.next_answer += 1;
        // What was written before has been passed on.
        self.outlets.retain(|outlet| outlet.is_open);
        for outlet in self.outlets.iter_mut().filter(|outlet| outlet.way != Way::Command) {
            outlet.way = Way::Append;
            outlet.text.clear();
        }
        Ok(answer)
    }

    /// What was written so far is seen before anything else happens.
    pub(super) fn flush(&mut self) {
        self.flushed = self.out.len();
    }

    pub(super) fn write(&mut self, text: &str, to: Option<&Redirect>) -> Done<()> {
        let Some(redirect) = to else {
            self.out.push_str(text);
            return Ok(());
        };
        let name = self.value(&redirect.to)?;
        let name = self.text(&name).to_string();
        let is_command = redirect.way == Way::Command;
        match name.as_str() {
            "/dev/stdout" | "-" if !is_command => self.out.push_str(text),
            "/dev/stderr" if !is_command => self.err.push_str(text),
            _ => match self.outlets.iter_mut().find(|outlet| outlet.is_of(&name, is_command)) {
                Some(outlet) if outlet.text.len() < OUTPUT_MAX => outlet.text.push_str(text),
                Some(_) => return Err(too_long()),
                None => {
                    if is_command {
                        self.flush();
                    }
                    self.outlets.push(Outlet { name, way: redirect.way, text: text.to_string(), is_open: true });
                }
            },
        }
        Ok(())
    }

    /// `close`: what it returns.
    pub(super) fn close(&mut self, name: &str) -> Done<f64> {
        let mut result = None;
        // BusyBox gives the status as the system does.
        let unit = if self.has_mawk { 1 } else { 256 };
        if let Some((_, status)) = self.heard.remove(name) {
            result = Some((status * unit) as f64);
        }
        if self.opened.remove(name).is_some() {
            result = Some(0.0);
        }
        if let Some(outlet) = self.outlets.iter_mut().find(|outlet| outlet.is_of(name, false)) {
            outlet.is_open = false;
            result = Some(0.0);
        }
        if let Some(at) = self.outlets.iter().position(|outlet| outlet.is_of(name, true)) {
            let text = self.outlets.remove(at).text;
            let status = self.command(name, Some(text), false)?.1;
            result = Some((status * unit) as f64);
        }
        Ok(result.unwrap_or(-1.0))
    }

    /// The end: the commands that the program writes to come to theirs.
    pub(super) fn close_all(&mut self) -> Done<()> {
        if !self.has_mawk {
            self.flush();
        }
        loop {
            let mut open = self.outlets.iter().filter(|outlet| outlet.way == Way::Command);
            let next = if self.has_mawk { open.next_back() } else { open.next() };
            let Some(name) = next.map(|outlet| outlet.name.clone()) else { return Ok(()) };
            self.close(&name)?;
        }
    }

    /// Takes the files that it wrote.
    pub fn take_written(&mut self) -> Vec<Written> {
        let files = self.outlets.extract_if(.., |outlet| outlet.way != Way::Command);
        files
            .map(|outlet| Written { name: outlet.name, text: outlet.text, appends: outlet.way == Way::Append })
            .collect()
    }
}
