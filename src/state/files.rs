//! The open texts of the editor: the manifest first, then what `kubectl edit` opened.

use crate::model::{Value, parse_json, to_json};
use crate::obj;
use crate::playground::Playground;
use std::rc::Rc;

/// The open texts.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenFiles {
    /// Name and text of each; the first is the manifest.
    all: Vec<(Rc<str>, Rc<str>)>,
    /// The names, shared with whoever draws them.
    pub names: Rc<Vec<Rc<str>>>,
    /// The number of the one that is edited.
    pub current: usize,
    /// The number of the one that `kubectl edit` waits for.
    pub edited: Option<usize>,
    /// The number of the text that a command opened last, see `Playground::opened`.
    pub opened: u64,
    /// Rises whenever the editor gets another text than the one that was typed.
    pub given: u32,
}

impl OpenFiles {
    /// The texts of a playground: those that were stored, if they belong to it.
    pub fn new(stored: Option<&str>, playground: &Playground) -> OpenFiles {
        let text = Rc::clone(playground.editor());
        let (all, current) = stored
            .and_then(decode)
            .filter(|(files, current)| files.get(*current).is_some_and(|open| open.1 == text))
            .unwrap_or_else(|| (vec![(Playground::MANIFEST_NAME.into(), text)], 0));
        let waits_for = playground.opened().filter(|_| playground.is_editing()).map(|it| Rc::clone(&it.1));
        let edited = waits_for.and_then(|name| all.iter().position(|file| file.0 == name));
        let opened = playground.opened().map_or(0, |it| it.0);
        let mut files = OpenFiles { all, names: Rc::default(), current, edited, opened, given: 0 };
        files.name();
        files
    }

    /// The text that is edited.
    pub fn text(&self) -> Rc<str> {
        self.all.get(self.current).map_or_else(|| "".into(), |file| Rc::clone(&file.1))
    }

    /// Notes what was typed.
    pub(super) fn set_text(&mut self, text: Rc<str>) {
        if let Some(file) = self.all.get_mut(self.current) {
            file.1 = text;
        }
    }

    /// The editor takes over the current text.
    pub(super) fn give(&mut self) {
        self.given += 1;
        self.name();
    }

    fn name(&mut self) {
        self.names = Rc::new(self.all.iter().map(|file| Rc::clone(&file.0)).collect());
    }

    /// Turns to another text. Returns whether there is one.
    pub(super) fn turn_to(&mut self, index: usize) -> bool {
        let is_there = index < self.all.len();
        if is_there {
            self.current = index;
            self.give();
        }
        is_there
    }

    /// Puts a text under a name of its own, and turns to it. A text that was refused comes again under its name.
    pub(super) fn put(&mut self, name: Rc<str>, text: Rc<str>) {
        let known = self.all.iter().skip(1).position(|file| file.0 == name).map(|at| at + 1);
        self.current = known.unwrap_or(self.all.len());
        match self.all.get_mut(self.current) {
            Some(file) => file.1 = text,
            None => self.all.push((name, text)),
        }
    }

    /// Closes a text; the manifest stays.
    pub(super) fn close(&mut self, index: usize) {
        if index == 0 || index >= self.all.len() {
            return;
        }
        self.all.remove(index);
        self.edited = self.edited.filter(|edited| *edited != index).map(|edited| edited - usize::from(edited > index));
        let shown = if self.current == index { index - 1 } else { self.current - usize::from(self.current > index) };
        self.turn_to(shown);
    }

    /// The texts as they are stored: `None` if there is only the manifest, or if they are longer than `max` bytes.
    pub(super) fn encode(&self, max: usize) -> Option<String> {
        let size: usize = self.all.iter().map(|file| file.1.len()).sum();
        if self.all.len() < 2 || size > max {
            return None;
        }
        let text = |(name, text): &(Rc<str>, Rc<str>)| obj! { "name" => name.to_string(), "text" => text.to_string() };
        let texts: Vec<Value> = self.all.iter().map(text).collect();
        Some(to_json(&obj! { "files" => texts, "file" => self.current as i64 }))
    }
}

type Decoded = (Vec<(Rc<str>, Rc<str>)>, usize);

fn decode(stored: &str) -> Option<Decoded> {
    let stored = parse_json(stored).ok()?;
    let text = |file: &Value| (file.str_at(&["name"]).into(), file.str_at(&["text"]).into());
    let current = stored.i64_at(&["file"]).and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    Some((stored.list_at(&["files"]).iter().map(text).collect(), current))
}
