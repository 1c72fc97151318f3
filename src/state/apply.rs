//! The editor's part of the reducer: typing, applying, `kubectl edit`; and what was applied last.

use super::{Effect, Micros, Panel, State};
use crate::playground::{Entry, Input, Playground};
use std::rc::Rc;

impl State {
    pub(super) fn apply(&mut self, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        if self.files.edited == Some(self.files.current) {
            let text = self.playground.borrow().editor().to_string();
            self.answer(Some(&text), now, effects);
        } else {
            self.awake(now);
            self.plan_begins();
            self.at_console(now, effects, Playground::apply_editor);
        }
        if self.media.is_narrow {
            self.panel = if self.has_failed() { Panel::Console } else { Panel::Picture };
        }
    }

    pub(super) fn edit(&mut self, text: Rc<str>, effects: &mut Vec<Effect>) {
        self.playground.borrow_mut().set_editor(&text);
        self.files.set_text(text);
        effects.push(Effect::SaveSoon);
    }

    /// Puts a text into the editor: into the current one, or under a name of its own.
    pub(super) fn open(&mut self, name: Option<Rc<str>>, text: Rc<str>, effects: &mut Vec<Effect>) {
        match name {
            Some(name) => self.files.put(name, Rc::clone(&text)),
            None => self.files.set_text(Rc::clone(&text)),
        }
        self.edit(text, effects);
        self.show_file(self.files.current);
        self.panel = Panel::Editor;
    }

    pub(super) fn show_file(&mut self, index: usize) {
        if self.files.turn_to(index) {
            self.use_current();
        }
    }

    /// Commands read the text that is edited.
    pub(super) fn use_current(&mut self) {
        let text = self.files.text();
        self.playground.borrow_mut().set_editor(&text);
    }

    pub(super) fn close_file(&mut self, index: usize, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        if self.files.edited == Some(index) {
            // Closed without saving, as another editor would be; the tab goes when the command has ended.
            return self.answer(None, now, effects);
        }
        self.files.close(index);
        self.use_current();
    }

    /// Gives `kubectl edit` its text back.
    fn answer(&mut self, text: Option<&str>, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        self.awake(now);
        self.playground.borrow_mut().answer_edit(text);
        self.changed(effects);
    }

    /// The text that was applied last and accepted, at the moment that is looked at.
    pub fn applied(&self) -> Option<Rc<str>> {
        applied(&self.playground.borrow())
    }
}

fn applied(playground: &Playground) -> Option<Rc<str>> {
    let now = playground.now();
    let is_apply = |line: &str| line.contains(" apply ") && line.contains(Playground::MANIFEST_NAME);
    let mut text: Rc<str> = playground.options().manifest.as_str().into();
    let mut texts = Vec::new();
    for timed in playground.inputs().iter().take_while(|timed| timed.at <= now) {
        match &timed.input {
            Input::Editor(edited) => text = Rc::clone(edited),
            Input::Line(line) | Input::Ask(line) if is_apply(line) => texts.push(Rc::clone(&text)),
            _ => {}
        }
    }
    // The console says what became of each; the oldest entries may be gone.
    let said = playground.entries().iter().rev();
    let mut has_failed = false;
    for entry in said {
        match &**entry {
            Entry::Said { output, .. } => has_failed = output.exit.is_some_and(|exit| exit != 0),
            Entry::Typed { text, .. } if is_apply(text) => {
                let applied = texts.pop();
                if !has_failed || applied.is_none() {
                    return applied;
                }
            }
            Entry::Typed { .. } => {}
        }
    }
    texts.pop()
}
