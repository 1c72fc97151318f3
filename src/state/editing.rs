//! The editor's part of the reducer: typing, applying, `kubectl edit`; and what was applied last.

use super::notice::Notice;
use super::{Effect, Field, Micros, Panel, State};
use crate::playground::{Entry, Input, Playground};
use crate::tutorial::{self, Block};
use std::rc::Rc;

/// What is said where `kubectl edit` does not let a line run.
const EDIT_WAITS: &str = "editor.edit.waits";

impl State {
    /// Applies a block of a page: its manifest becomes the editor's text.
    pub(super) fn apply_block(&mut self, block: &Block, effects: &mut Vec<Effect>) {
        if block.name.is_none() {
            self.files.turn_to(0);
            self.edit(block.text.as_str().into(), effects);
        }
        self.answered = Some(tutorial::apply(&mut self.playground.borrow_mut(), block));
        block.name.iter().for_each(|name| self.show_console_file(name));
        self.changed(effects);
    }

    /// Plays a line of a page. The editor shows the file that it applies, as the reader has it.
    pub(super) fn play_turn(&mut self, block: &Block, number: usize, effects: &mut Vec<Effect>) {
        {
            let mut playground = self.playground.borrow_mut();
            self.files.write(&mut playground);
            let before = self.files.in_console(&playground);
            self.answered = tutorial::play(&mut playground, block, number);
            self.files.read(&playground, &before);
        }
        let applied = block.turns().get(number).and_then(|turn| tutorial::applied(&turn.typed).last().copied());
        applied.into_iter().for_each(|name| self.show_console_file(name));
        self.changed(effects);
    }

    /// Puts files into the console's working directory.
    pub(super) fn put_files(&mut self, files: &[(String, String)], effects: &mut Vec<Effect>) {
        files.iter().for_each(|(name, text)| self.playground.borrow_mut().put_file(name, text));
        self.changed(effects);
    }

    /// Shows a file of the console in the editor, if there is one.
    pub(super) fn show_console_file(&mut self, name: &str) {
        let text = self.playground.borrow().file(name).map(Rc::from);
        if let Some(text) = text {
            self.files.put(name.into(), text);
            self.files.give();
        }
    }

    /// Applies the editor's text; a text of `kubectl edit` is answered with it.
    pub(super) fn apply_and_go_on(&mut self, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        let was_edited = self.files.edited.is_some();
        self.apply(now, effects);
        // Who is done with what `kubectl edit` opened goes on at the prompt.
        if was_edited && self.files.edited.is_none() {
            self.focus(Field::Console, effects);
        }
    }

    pub(super) fn apply(&mut self, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        if self.files.edited == Some(self.files.current) {
            let text = self.files.text();
            self.answer(Some(&text), now, effects);
        } else {
            self.awake(now);
            self.plan_begins();
            self.files.write_one(self.files.current, &mut self.playground.borrow_mut());
            let line = format!("kubectl apply -f {}", quoted(&self.files.name()));
            self.at_console(now, effects, |it| it.ask(&line));
            self.show_way_out();
        }
        if self.media.is_narrow {
            self.panel = if self.has_failed() { Panel::Console } else { Panel::Picture };
        }
    }

    /// Where a refused text has a way out, the plan says which, beside the picture.
    fn show_way_out(&mut self) {
        if !self.has_failed() || self.media.is_narrow {
            return;
        }
        let before = self.shown_plan.take();
        let selected = self.selected.clone();
        self.show_plan(None);
        if self.shown_plan.as_ref().is_none_or(|it| it.plan.ways.is_empty()) {
            (self.shown_plan, self.selected) = (before, selected);
        }
    }

    pub(super) fn edit(&mut self, text: Rc<str>, effects: &mut Vec<Effect>) {
        if self.files.current == 0 {
            self.playground.borrow_mut().set_editor(&text);
        }
        self.standing = super::Standing::of_new(&text);
        self.files.set_text(text);
        if self.applied().as_ref() == Some(&self.files.text()) {
            self.compare_text();
        }
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
        self.files.turn_to(index);
        self.compare_text();
    }

    pub(super) fn close_file(&mut self, index: usize, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        if self.files.is_unsaved(index) && self.asked_to_close != Some(index) {
            // Asked once; the same button, or the one of the question, means it.
            self.asked_to_close = Some(index);
            self.show_file(index);
            return;
        }
        self.asked_to_close = None;
        if self.files.edited == Some(index) {
            // Closed without saving, as another editor would be; the tab goes when the command has ended.
            return self.answer(None, now, effects);
        }
        // The console keeps the file, so that nothing is lost with the tab.
        self.files.write_one(index, &mut self.playground.borrow_mut());
        self.files.close(index);
        effects.push(Effect::SaveSoon);
    }

    /// Gives `kubectl edit` its text back.
    fn answer(&mut self, text: Option<&str>, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) {
        self.awake(now);
        self.playground.borrow_mut().answer_edit(text);
        self.changed(effects);
    }

    /// Who types the next line at the console where `kubectl edit` waits is done with the text: it is saved as it stands in
    /// its tab. Returns whether the line may run; it may not where the text was refused and is open again, which is said, and
    /// the line stands at the prompt again.
    pub(super) fn ends_edit(&mut self, line: &str, now: &dyn Fn() -> Micros, effects: &mut Vec<Effect>) -> bool {
        let Some(edited) = self.files.edited.filter(|_| self.playground.borrow().is_editing_here()) else {
            return true;
        };
        let text = self.files.text_of(edited);
        self.answer(Some(&text), now, effects);
        let is_refused = self.playground.borrow().is_editing_here();
        if is_refused {
            self.notice = Some(Notice::filled(self.view.lang, EDIT_WAITS, &[("line", line)]));
            effects.push(Effect::Refill(line.to_string()));
        }
        !is_refused
    }

    /// Takes the word that `kubectl edit` waits back once it does not any more.
    pub(super) fn forget_waiting(&mut self) {
        if self.files.edited.is_none() {
            self.notice.take_if(|notice| notice.has(&[EDIT_WAITS]));
        }
    }

    /// The text of the file that is edited as it was applied last and accepted, at the moment that is looked at.
    pub fn applied(&self) -> Option<Rc<str>> {
        applied(&self.playground.borrow(), &self.files.name())
    }
}

/// A file's name as the shell reads it.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./".contains(letter);
    if name.chars().all(is_plain) { name.to_string() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

fn applied(playground: &Playground, name: &str) -> Option<Rc<str>> {
    let now = playground.now();
    let is_manifest = name == Playground::MANIFEST_NAME;
    let is_apply = |line: &str| line.contains(" apply ") && line.contains(name);
    let mut text: Rc<str> = if is_manifest { playground.options().manifest.as_str().into() } else { "".into() };
    let mut texts = Vec::new();
    for timed in playground.inputs().iter().take_while(|timed| timed.at <= now) {
        match &timed.input {
            Input::Editor(edited) if is_manifest => text = Rc::clone(edited),
            Input::File(file, written) if !is_manifest && &**file == name => text = Rc::clone(written),
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
