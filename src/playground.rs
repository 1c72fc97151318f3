//! The façade: type a line, edit, break something, move through time, look. Plain owned values in and out; knows no
//! browser.

mod ahead;
mod branches;
mod host;
mod lab_state;
mod lesson;
mod lesson_attempt;
mod lesson_card;
mod lesson_reasons;
mod lesson_text;
mod line_queue;
mod outlook;
mod scenario;
mod session_replay;
mod session_text;
mod terminals;
mod travel;

pub use branches::Course;
use lab_state::Lab;
pub use lesson::{Goal, LESSON_MAX, Lesson, LessonError, LessonStep, Progress, Question, Words};
pub use lesson_attempt::{Attempt, Explanation, is_lesson};
pub use lesson_card::{LessonCard, lesson_cards};
pub use lesson_reasons::Reason;
pub use outlook::{Compared, Outlook};
pub use scenario::{SCENARIOS, Scenario};
pub use session_replay::Restoring;
pub use session_text::SAVED_MAX;
pub use terminals::{TERMINALS_MAX, TerminalView};

use crate::cluster::{Change, Cluster};
use crate::controllers::Decision;
use crate::explain::{self, Lights, Origins};
use crate::i18n::Lang;
use crate::kubectl::{Completions, Output, Prompt};
use crate::model::{Key, Kind, Millis};
use crate::sim::{Cursor, History, Sim, Timed, World as _};
use crate::world::Environment;
use std::cell::RefCell;
use std::rc::Rc;
use terminals::Terminals;

/// How much work may be done to find out whether a cluster is settled.
const SETTLED_WORK_MAX: usize = 400;

/// How much work playing a session under another Kubernetes may take.
const REPLAYED_WORK_MAX: usize = 1_000_000;

/// What a user did.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Typed a line at the console's prompt.
    Line(String),
    /// Asked the page for a line: by a button, in the guide, in the editor.
    Ask(String),
    /// Pressed Ctrl-C.
    Interrupt,
    /// Sent the command that waits to the background.
    Background,
    /// Ended a command in the background, by its number.
    End(u32),
    /// Took the lines back that wait for a command.
    Forget,
    /// Changed the text in the editor; recorded when a command may read it.
    Editor(Rc<str>),
    /// Chose the language of hints; recorded when a command may give one.
    Lang(Lang),
    /// Saved the text that `kubectl edit` opened, or closed it without saving.
    Answer(Option<Rc<str>>),
    /// Put a file into the console's working directory.
    File(Rc<str>, Rc<str>),
    /// Turned to a terminal; the next number opens one. Recorded when something is done there.
    Terminal(usize),
    /// Closed a terminal.
    Close(usize),
}

/// Something that happened, in the order in which it did.
#[derive(Clone, Debug)]
pub enum Record {
    /// A stored write.
    Change(Change),
    /// A branch that a controller took.
    Decision(Decision),
}

/// What stands in the console.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A line that was typed, behind its prompt; hidden input shows no text.
    Typed {
        /// When.
        at: Millis,
        /// What stood before it.
        prompt: String,
        /// What was typed.
        text: String,
    },
    /// What a command said.
    Said {
        /// When.
        at: Millis,
        /// The words.
        output: Output,
    },
}

impl Lab {
    /// When something is due next: in the cluster, or for a command that waits.
    fn next_at(&self) -> Option<Millis> {
        match (self.sim.next_at(), self.wakes_at()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

/// What can be said of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchFacts {
    /// Its name.
    pub name: String,
    /// The branch that it came from and when, unless it is the first.
    pub parent: Option<(usize, Millis)>,
    /// The latest moment that was reached.
    pub end: Millis,
}

/// What a playground begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Everything random follows from it.
    pub seed: u64,
    /// The environment.
    pub environment: Environment,
    /// The text in the editor.
    pub manifest: String,
    /// Lines that are typed at the start.
    pub lines: Vec<String>,
}

/// A simulated cluster with its console, its editor text and its whole past.
pub struct Playground {
    options: Options,
    history: History<Lab>,
    /// What the editor holds now; becomes an input when a command may read it.
    editor: Rc<str>,
    /// The language that hints shall have; becomes an input when a command may give one.
    lang: Lang,
    /// The terminal that the reader looks at; becomes an input when something is done there.
    terminal: usize,
    /// Whether the terminals stand side by side.
    are_beside: bool,
    version: u64,
    /// The lesson that is taken.
    attempt: Option<Rc<Attempt>>,
    /// What was there when its goals were looked at last: branch, records, entries.
    looked: (usize, usize, usize),
    /// Where a branch beside this one was looked at last.
    cursor: RefCell<Option<Cursor<Lab>>>,
}

impl Playground {
    /// Boots a cluster and types the opening lines.
    pub fn new(options: Options) -> Playground {
        let sim = Sim::new(options.seed, options.environment.clone());
        let editor: Rc<str> = options.manifest.as_str().into();
        let history = History::new(Lab::new(sim), branches::FIRST_BRANCH);
        let lines = options.lines.clone();
        let mut playground = Playground {
            options,
            history,
            editor,
            lang: Lang::En,
            terminal: 0,
            are_beside: false,
            version: 1,
            attempt: None,
            looked: (0, 0, 0),
            cursor: RefCell::default(),
        };
        for line in lines {
            playground.enter(&line);
        }
        playground
    }

    /// Rises with everything that can be seen.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What it began with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The moment that is looked at.
    pub fn now(&self) -> Millis {
        self.lab().now()
    }

    /// The latest moment of this branch.
    pub fn end(&self) -> Millis {
        self.history.branch().end()
    }

    /// When something is due next, whether it can be seen or not.
    pub fn next_at(&self) -> Option<Millis> {
        let input = self.history.branch().inputs().get(self.history.seen()).map(|timed| timed.at);
        match (self.lab().next_at(), input) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// The API server at the moment that is looked at.
    pub fn cluster(&self) -> &Cluster {
        &self.lab().sim.cluster
    }

    /// The simulation at the moment that is looked at.
    pub fn sim(&self) -> &Sim {
        &self.lab().sim
    }

    /// What happened to each object last, and which input was behind it, at the moment that is looked at.
    pub fn origins(&self) -> &Origins {
        &self.lab().origins
    }

    /// What StatefulSets promise, and what was broken by the moment that is looked at.
    pub fn lights(&self) -> &Lights {
        &self.lab().lights
    }

    /// The way back from what had happened to an object by a moment of this branch, the latest first.
    pub fn came(&self, key: &Key, at: Millis) -> Vec<explain::origin::Step> {
        let world = self.history.world_at(self.history.current(), at);
        world.map(|lab| lab.origins.chain(key)).unwrap_or_default()
    }

    fn lab(&self) -> &Lab {
        self.history.world()
    }

    // Time.

    // History.

    /// Everything that happened in the branch, also after the moment that is looked at.
    pub fn records(&self) -> &[Record] {
        self.history.branch().records()
    }

    /// How many of the records have happened at the moment that is looked at.
    pub fn record_count(&self) -> usize {
        self.lab().count
    }

    /// How many checkpoints the branch keeps.
    pub fn checkpoint_count(&self) -> usize {
        self.history.branch().checkpoint_count()
    }

    /// Everything that was done in the branch, also after the moment that is looked at.
    pub fn inputs(&self) -> &[Timed<Input>] {
        self.history.branch().inputs()
    }

    fn act(&mut self, input: Input) {
        self.history.act(input, |number| format!("branch {number}"));
        self.version += 1;
        self.follow_lesson();
    }

    // The console.

    /// Types a line at the console's prompt.
    pub fn enter(&mut self, line: &str) {
        self.record_settings();
        self.act(Input::Line(line.to_string()));
    }

    /// Presses Ctrl-C.
    pub fn interrupt(&mut self) {
        self.record_terminal();
        self.act(Input::Interrupt);
    }

    /// Whether a command is in the foreground that takes no lines.
    pub fn is_busy(&self) -> bool {
        self.seen_terminal().console.is_busy()
    }

    /// When the command in the foreground goes on that waits for nothing: it has more to do than fits into a moment.
    /// `None` if there is none, or if this is a moment of the past.
    pub fn work_at(&self) -> Option<Millis> {
        let is_at_work = !self.history.has_future_inputs() && self.seen_terminal().console.is_at_work();
        let at = self.lab().wakes_at().filter(|_| is_at_work)?;
        Some(at.max(self.now() + Millis(1)))
    }

    /// What stands before the console's cursor.
    pub fn prompt(&self) -> Prompt {
        self.seen_terminal().console.prompt()
    }

    /// Whether the console stands at the reader's own shell, and not inside a container.
    pub fn is_at_home(&self) -> bool {
        self.seen_terminal().console.is_at_home()
    }

    /// What the console would have in it if a line were typed now, the line itself first: found out on a copy. A command
    /// that waits is waited for, `within` at most.
    pub fn would_say(&self, line: &str, within: Millis) -> Vec<Rc<Entry>> {
        self.said_by(self.lab().clone(), line, within)
    }

    /// The same for a line that is typed `later`, if nobody acts before. A command that waits is waited for as long again.
    pub fn would_say_later(&self, line: &str, later: Millis) -> Vec<Rc<Entry>> {
        let mut lab = self.lab().clone();
        lab.advance_to(self.now() + later);
        self.said_by(lab, line, later)
    }

    /// The same for a line that is typed at one of the moments to come, now first, if nobody acts before: `see` gets each
    /// moment at which something was written and what would be said then, and returns whether it has seen enough. It ends at a
    /// moment, for each line after a while, and after so many moments: the limits in this order.
    pub fn would_say_on_the_way(
        &self,
        line: &str,
        (until, within, most): (Millis, Millis, usize),
        see: &mut dyn FnMut(Millis, &[Rc<Entry>]) -> bool,
    ) {
        let mut lab = self.lab().clone();
        for _ in 0..most {
            if see(lab.now(), &self.said_by(lab.clone(), line, within)) {
                return;
            }
            let count = lab.count;
            while lab.count == count {
                let Some(next) = lab.next_at().filter(|next| *next <= until) else { return };
                lab.advance_to(next.max(lab.now()));
            }
        }
    }

    fn said_by(&self, lab: Lab, line: &str, within: Millis) -> Vec<Rc<Entry>> {
        let mut lab = Lab { editor: Rc::clone(&self.editor), ..lab };
        lab.apply(&Input::Terminal(self.terminal()));
        lab.terminals.here_mut().entries = Rc::default();
        lab.apply(&Input::Line(line.to_string()));
        let end = lab.now() + within;
        while let Some(next) = lab.next_at().filter(|next| lab.terminals.here().console.is_busy() && *next <= end) {
            lab.advance_to(next.max(lab.now()));
        }
        lab.terminals.here().entries.to_vec()
    }

    /// What the cluster answers to a line that is typed into another terminal, with these files beside it: found out on a
    /// copy, and nothing of it is left.
    pub fn aside(&self, files: &[(&str, &str)], line: &str) -> Vec<Rc<Entry>> {
        let mut lab = Lab { terminals: Terminals::default(), ..self.lab().clone() };
        let console = &mut lab.terminals.here_mut().console;
        console.set_lang(self.lang);
        for (name, text) in files {
            console.put_file(name, text);
        }
        lab.apply(&Input::Line(line.to_string()));
        lab.terminals.here().entries.to_vec()
    }

    /// Puts a file into the console's working directory, where `kubectl apply -f NAME` finds it.
    pub fn put_file(&mut self, name: &str, text: &str) {
        self.act(Input::File(name.into(), text.into()));
    }

    /// The text of a file in the console's working directory.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.lab().terminals.latest().console.file(name)
    }

    /// What could stand at byte offset `cursor` of `line`.
    pub fn complete(&self, line: &str, cursor: usize) -> Completions {
        let lab = Lab { editor: Rc::clone(&self.editor), ..self.lab().clone() };
        self.seen_terminal().console.complete(line, cursor, &lab)
    }

    /// What stands in the console, oldest first.
    pub fn entries(&self) -> &Rc<Vec<Rc<Entry>>> {
        &self.seen_terminal().entries
    }

    // The editor.

    /// The name under which commands read the editor's text.
    pub const MANIFEST_NAME: &'static str = "manifest.yaml";

    /// What the editor holds.
    pub fn editor(&self) -> &Rc<str> {
        &self.editor
    }

    /// Tells what the editor holds now.
    pub fn set_editor(&mut self, text: &str) {
        if &*self.editor != text {
            self.editor = text.into();
            self.version += 1;
        }
    }

    /// Applies the editor's text: as the answer to `kubectl edit` if it waits for one, else as `kubectl apply` in the
    /// console.
    pub fn apply_editor(&mut self) {
        if self.is_editing() {
            let text = self.editor.to_string();
            return self.answer_edit(Some(&text));
        }
        self.ask(&format!("kubectl apply -f {}", Playground::MANIFEST_NAME));
    }

    /// The text that a command handed to the editor last: a number that rises with each, its name, the text.
    pub fn opened(&self) -> Option<&(u64, Rc<str>, Rc<str>)> {
        self.lab().opened.as_ref()
    }

    /// Whether `kubectl edit` waits for the text that it opened, see [`Playground::opened`].
    pub fn is_editing(&self) -> bool {
        self.lab().terminals.iter().any(|it| it.console.is_editing())
    }

    /// Whether it waits in the terminal that is looked at.
    pub fn is_editing_here(&self) -> bool {
        self.seen_terminal().console.is_editing()
    }

    /// Gives `kubectl edit` its text back; `None` closes the editor without saving. A text that is refused is opened
    /// again with the reasons above it, so that [`Playground::opened`] has a new number.
    pub fn answer_edit(&mut self, text: Option<&str>) {
        self.act(Input::Answer(text.map(Into::into)));
    }

    /// The language of hints.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Chooses the language of what the console adds to kubectl's words.
    pub fn set_lang(&mut self, lang: Lang) {
        self.lang = lang;
    }

    fn record_terminal(&mut self) {
        let number = self.terminal();
        if self.lab().terminal() != number {
            self.act(Input::Terminal(number));
        }
    }

    fn record_settings(&mut self) {
        self.record_terminal();
        if self.lab().terminals.here().console.lang() != self.lang {
            self.act(Input::Lang(self.lang));
        }
        if self.lab().editor != self.editor {
            let text = Rc::clone(&self.editor);
            self.act(Input::Editor(text));
        }
    }
}

/// Whether an input does nothing by itself: a text, a file, a language, a look at a terminal.
fn is_setting(input: &Input) -> bool {
    matches!(input, Input::Editor(_) | Input::Lang(_) | Input::File(..) | Input::Terminal(_))
}

fn record_at(record: &Record) -> Millis {
    match record {
        Record::Change(change) => change.at,
        Record::Decision(decision) => decision.at,
    }
}

/// Whether a record changes the picture: everything but decisions, events and the bookkeeping of endpoints.
fn is_visible(record: &Record) -> bool {
    match record {
        Record::Decision(_) => false,
        Record::Change(change) => {
            !matches!(change.kind(), Kind::Event | Kind::EndpointSlice | Kind::Endpoints | Kind::ConfigMap)
        }
    }
}
