//! The open texts of the editor: the manifest first, then files of the console and what `kubectl edit` opened.

use crate::model::{Value, parse_json, to_json};
use crate::obj;
use crate::playground::Playground;
use std::rc::Rc;

/// One open text.
#[derive(Clone, Debug, PartialEq)]
struct OpenFile {
    name: Rc<str>,
    text: Rc<str>,
    /// The text as the console's file had it when both were compared last; another one is still to be written.
    written: Rc<str>,
}

/// The open texts.
///
/// But for the manifest, which commands read from the editor, and the text that `kubectl edit` waits for, each is a file
/// of the console's working directory: what is typed here is written there before a line runs, and what the line writes
/// is shown here.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenFiles {
    /// The first is the manifest.
    all: Vec<OpenFile>,
    /// The names, shared with whoever draws them.
    pub names: Rc<Vec<Rc<str>>>,
    /// The number of the one that is edited.
    pub current: usize,
    /// The number of the one that `kubectl edit` waits for.
    pub edited: Option<usize>,
    /// The number of the one that it waits for at another moment than the one that is looked at.
    pub paused: Option<usize>,
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
            .filter(|(files, current)| *current < files.len() && files.first().is_some_and(|open| open.text == text))
            .unwrap_or_else(|| (vec![OpenFile::new(Playground::MANIFEST_NAME.into(), text)], 0));
        let waits_for = playground.opened().filter(|_| playground.is_editing()).map(|it| Rc::clone(&it.1));
        let edited = waits_for.and_then(|name| all.iter().position(|file| file.name == name));
        let opened = playground.opened().map_or(0, |it| it.0);
        let mut files = OpenFiles { all, names: Rc::default(), current, edited, paused: None, opened, given: 0 };
        files.list();
        files
    }

    /// The text that is edited.
    pub fn text(&self) -> Rc<str> {
        self.text_of(self.current)
    }

    /// The text of a number.
    pub(super) fn text_of(&self, index: usize) -> Rc<str> {
        self.all.get(index).map_or_else(|| "".into(), |file| Rc::clone(&file.text))
    }

    /// The name of the one that is edited.
    pub fn name(&self) -> Rc<str> {
        self.all.get(self.current).map_or_else(|| Playground::MANIFEST_NAME.into(), |file| Rc::clone(&file.name))
    }

    /// Whether closing a text would lose something: `kubectl edit` waits for it, and it is another than was opened.
    pub fn is_unsaved(&self, index: usize) -> bool {
        self.edited == Some(index) && self.all.get(index).is_some_and(|file| file.text != file.written)
    }

    /// Notes what was typed.
    pub(super) fn set_text(&mut self, text: Rc<str>) {
        if let Some(file) = self.all.get_mut(self.current) {
            file.text = text;
        }
    }

    /// The files of the console among the texts.
    fn of_console(&mut self) -> impl Iterator<Item = (usize, &mut OpenFile)> {
        let (edited, paused) = (self.edited, self.paused);
        let waits_for = move |at: usize| edited == Some(at) || paused == Some(at);
        self.all.iter_mut().enumerate().skip(1).filter(move |(at, _)| !waits_for(*at))
    }

    /// Learns whether `kubectl edit` waits at the moment that is looked at now: its text stays open meanwhile.
    pub(super) fn follow_time(&mut self, playground: &Playground) {
        let is_editing = playground.is_editing();
        let (Some(known), false) = (self.edited.or(self.paused), is_editing && self.edited.is_some()) else { return };
        let opened = playground.opened().filter(|_| is_editing).map(|it| Rc::clone(&it.1));
        let is_it = opened.is_some_and(|name| self.all.get(known).is_some_and(|file| file.name == name));
        (self.edited, self.paused) = if is_it { (Some(known), None) } else { (None, Some(known)) };
    }

    /// Writes what was typed here into the console's files, as far as they have another text.
    pub(super) fn write(&mut self, playground: &mut Playground) {
        for (_, file) in self.of_console() {
            let is_stale = match playground.file(&file.name) {
                Some(text) => text != &*file.text,
                // One that the console has removed comes back only with what was typed since.
                None => file.text != file.written,
            };
            if is_stale {
                playground.put_file(&file.name, &file.text);
                file.written = Rc::clone(&file.text);
            }
        }
    }

    /// The texts of the console's files, to see what becomes of them.
    pub(super) fn in_console(&mut self, playground: &Playground) -> Vec<Option<String>> {
        self.of_console().map(|(_, file)| playground.file(&file.name).map(str::to_string)).collect()
    }

    /// Shows what the console has written since its files had the texts `before`.
    pub(super) fn read(&mut self, playground: &Playground, before: &[Option<String>]) {
        let current = self.current;
        let mut is_given = false;
        for ((at, file), before) in self.of_console().zip(before) {
            if let Some(text) = playground.file(&file.name).filter(|text| Some(*text) != before.as_deref()) {
                is_given |= at == current && text != &*file.text;
                file.text = text.into();
                file.written = Rc::clone(&file.text);
            }
        }
        self.given += u32::from(is_given);
    }

    /// The text is written when a command asks for it, whatever the file was before.
    pub(super) fn write_one(&mut self, index: usize, playground: &mut Playground) {
        let Some((_, file)) = self.of_console().find(|(at, _)| *at == index) else { return };
        if playground.file(&file.name) != Some(&*file.text) {
            playground.put_file(&file.name, &file.text);
            file.written = Rc::clone(&file.text);
        }
    }

    /// The manifest's text.
    pub(super) fn manifest(&self) -> Rc<str> {
        self.all.first().map_or_else(|| "".into(), |file| Rc::clone(&file.text))
    }

    /// The console's files are gone, the texts are not.
    pub(super) fn forget_console(&mut self) {
        if let Some(edited) = self.edited.take().or(self.paused.take()) {
            self.close(edited);
        }
        self.opened = 0;
        self.of_console().for_each(|(_, file)| file.written = "".into());
    }

    /// What the reader wrote: the manifest if it is another than `begun`, and the files of the console, by name.
    pub(super) fn of_reader(&self, begun: &str) -> Vec<(Option<Rc<str>>, Rc<str>)> {
        let manifest = self.manifest();
        let is_own = &*manifest != begun && !manifest.trim().is_empty();
        let files = self.all.iter().enumerate().skip(1).filter(|(at, _)| self.edited != Some(*at));
        let files = files.map(|(_, file)| (Some(Rc::clone(&file.name)), Rc::clone(&file.text)));
        is_own.then_some((None, manifest)).into_iter().chain(files).collect()
    }

    /// Adds a text from another session behind the others. One without a name gets that of what it describes; a number
    /// tells it from others of that name. A text that is there already is not added.
    pub(super) fn bring(&mut self, name: Option<&str>, text: &Rc<str>) {
        if self.all.len() > OPEN_MAX || self.all.iter().any(|file| file.text == *text) {
            return;
        }
        let named = name.map_or_else(|| first_name(text), str::to_string);
        let stem = named.strip_suffix(".yaml").unwrap_or(&named);
        let names = std::iter::once(format!("{stem}.yaml")).chain((2..).map(|number| format!("{stem}-{number}.yaml")));
        let is_free = |name: &String| self.all.iter().all(|file| *file.name != **name);
        let name = names.into_iter().find(is_free).unwrap_or(named);
        self.all.push(OpenFile { name: name.into(), text: Rc::clone(text), written: "".into() });
        self.list();
    }

    /// Puts the text of a file from outside under its name, and turns to it: it is still to be written.
    pub(super) fn receive(&mut self, name: &str, text: Rc<str>) {
        self.put(name.into(), text);
        let current = self.current;
        if let Some((_, file)) = self.of_console().find(|(at, _)| *at == current) {
            file.written = "".into();
        }
    }

    /// The editor takes over the current text.
    pub(super) fn give(&mut self) {
        self.given += 1;
        self.list();
    }

    fn list(&mut self) {
        self.names = Rc::new(self.all.iter().map(|file| Rc::clone(&file.name)).collect());
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
        let known = self.all.iter().skip(1).position(|file| file.name == name).map(|at| at + 1);
        let is_manifest = &*name == Playground::MANIFEST_NAME && self.all.first().is_some_and(|it| it.text == text);
        self.current = if is_manifest { 0 } else { known.unwrap_or(self.all.len()) };
        match self.all.get_mut(self.current) {
            Some(file) => {
                file.text = Rc::clone(&text);
                file.written = text;
            }
            None => self.all.push(OpenFile::new(name, text)),
        }
    }

    /// Closes a text; the manifest stays.
    pub(super) fn close(&mut self, index: usize) {
        if index == 0 || index >= self.all.len() {
            return;
        }
        self.all.remove(index);
        let behind = |at: Option<usize>| at.filter(|at| *at != index).map(|at| at - usize::from(at > index));
        (self.edited, self.paused) = (behind(self.edited), behind(self.paused));
        let shown = if self.current == index { index - 1 } else { self.current - usize::from(self.current > index) };
        self.turn_to(shown);
    }

    /// The texts as they are stored: `None` if there is only the manifest, or if they are longer than `max` bytes.
    pub(super) fn encode(&self, max: usize) -> Option<String> {
        let size: usize = self.all.iter().map(|file| file.text.len()).sum();
        if self.all.len() < 2 || size > max {
            return None;
        }
        let text = |file: &OpenFile| {
            let mut value = obj! { "name" => file.name.to_string(), "text" => file.text.to_string() };
            if file.written != file.text {
                value.set_at(&["written"], Value::text(&file.written));
            }
            value
        };
        let texts: Vec<Value> = self.all.iter().map(text).collect();
        Some(to_json(&obj! { "files" => texts, "file" => self.current as i64 }))
    }
}

/// The most texts that come along from session to session.
const OPEN_MAX: usize = 12;

/// What a text describes first.
fn first_name(text: &str) -> String {
    let documents = crate::manifest::parse(text);
    let values = documents.iter().filter_map(|document| document.value.as_ref());
    let name = values.map(|value| value.str_at(&["metadata", "name"])).find(|name| !name.is_empty());
    name.unwrap_or("mine").to_string()
}

/// How a text is called: by its first set, else by what it describes first.
pub(super) fn title_of(text: &str) -> String {
    let documents = crate::manifest::parse(text);
    let values = documents.iter().filter_map(|document| document.value.as_ref());
    let named: Vec<&Value> = values.filter(|value| !value.str_at(&["metadata", "name"]).is_empty()).collect();
    let set = named.iter().find(|value| value.str_at(&["kind"]) == "StatefulSet");
    let title = |value: &Value| format!("{} {}", value.str_at(&["kind"]), value.str_at(&["metadata", "name"]));
    set.or(named.first()).map_or_else(|| Playground::MANIFEST_NAME.to_string(), |value| title(value))
}

impl OpenFile {
    fn new(name: Rc<str>, text: Rc<str>) -> OpenFile {
        OpenFile { name, written: Rc::clone(&text), text }
    }
}

type Decoded = (Vec<OpenFile>, usize);

fn decode(stored: &str) -> Option<Decoded> {
    let stored = parse_json(stored).ok()?;
    let text = |file: &Value| {
        let open = OpenFile::new(file.str_at(&["name"]).into(), file.str_at(&["text"]).into());
        match file.get("written").and_then(Value::as_str) {
            Some(written) => OpenFile { written: written.into(), ..open },
            None => open,
        }
    };
    let current = stored.i64_at(&["file"]).and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    Some((stored.list_at(&["files"]).iter().map(text).collect(), current))
}
