//! The root component: owns the playground, carries out actions, lets time go on.

use super::browser;
use super::console::{Entries, Terminal};
use super::controls::Controls;
use super::crash;
use super::editor::{Editor, Given};
use super::frames::FrameLoop;
use super::guide::Guide;
use super::header::Header;
use super::icons::{Glyph, icon};
use super::inspector::Inspector;
use super::keys::{self, Keys};
use super::picture::Picture;
use super::session::{self, Stored};
use super::splitter::Splitter;
use super::store::{Action, Frames, Lab, Pace, Panel, PartProps};
use super::timeline::Timeline;
use super::view::View;
use crate::i18n::ui::{t, tf};
use crate::model::{Key, Millis};
use crate::playground::{Entry, Input, Playground, SCENARIOS};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// A frame that comes later than this (a sleeping tab) moves time no further.
const FRAME_MAX_MS: f64 = 100.0;

/// So much of a frame may be spent on letting time go on.
const FRAME_BUDGET_MS: f64 = 10.0;

/// So much virtual time goes by between two looks at the clock.
const SLICE_MS: i64 = 40;

/// How often it is looked whether anything will still happen.
const SETTLE_EVERY_MS: f64 = 1500.0;

/// How far ahead it is looked, and how far time moves at most when the reader comes back.
const HORIZON: Millis = Millis::seconds(3600);

/// How long after the last input the session is stored.
const SAVE_AFTER_MS: u32 = 700;

/// The most lines that wait for the console.
const PENDING_MAX: usize = 500;

/// What the root hears of.
pub enum Msg {
    /// Somebody asks for something.
    Act(Action),
    /// A frame.
    Frame(f64),
    /// A key that no field wanted.
    Key(KeyboardEvent),
    /// It is time to store the session.
    Save,
}

/// The page's root component.
pub struct App {
    playground: Rc<RefCell<Playground>>,
    frames: Frames,
    version: u64,
    /// Rises with each new playground.
    epoch: u32,
    act: Callback<Action>,
    view: View,
    pace: Pace,
    panel: Panel,
    selected: Option<Key>,
    compared: Option<usize>,
    given: Given,
    /// The open texts: name and text. The first is the manifest.
    files: Vec<(Rc<str>, Rc<str>)>,
    names: Rc<Vec<Rc<str>>>,
    file: usize,
    /// The number of the text that `kubectl edit` waits for.
    edited: Option<usize>,
    opened: u64,
    scenario: usize,
    /// Whether the last thing done was to undo: going on then leaves what was undone to its branch.
    has_undone: bool,
    /// Lines that wait for the command in the foreground.
    pending: VecDeque<String>,
    notice: Option<String>,
    shows_keys: bool,
    frame_loop: FrameLoop,
    last_frame: Option<f64>,
    /// Thousandths of virtual milliseconds that are not spent yet.
    carry: f64,
    settle_at: f64,
    /// Since when nothing was left to happen, in real time.
    asleep: Option<f64>,
    save: Option<Timeout>,
    root: NodeRef,
    _listeners: Vec<EventListener>,
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let view = View::load();
        view.show();
        let begun = session::begin();
        let mut playground = begun.playground;
        if let Some(kept) = crash::take_kept() {
            playground.set_editor(&kept);
        }
        playground.set_lang(view.lang);
        let text = Rc::clone(playground.editor());
        crash::keep(&text);
        let (files, file) = session::files(&text);
        let waits_for = playground.opened().filter(|_| playground.is_editing()).map(|it| Rc::clone(&it.1));
        let manifest = &playground.options().manifest;
        let link = ctx.link();
        let mut app = App {
            scenario: SCENARIOS.iter().position(|it| it.manifest == manifest).unwrap_or(0),
            opened: playground.opened().map_or(0, |it| it.0),
            edited: waits_for.and_then(|name| files.iter().position(|file| file.0 == name)),
            playground: Rc::new(RefCell::new(playground)),
            frames: Frames::default(),
            version: 0,
            epoch: 0,
            act: link.callback(Msg::Act),
            view,
            pace: Pace { is_playing: !view.is_paused, speed: view.speed, is_still: is_calm() },
            panel: Panel::default(),
            selected: None,
            compared: None,
            given: Given { number: 0, text },
            names: Rc::new(files.iter().map(|file| Rc::clone(&file.0)).collect()),
            files,
            file,
            has_undone: false,
            pending: VecDeque::new(),
            notice: begun.broken.map(|why| tf(view.lang, "store.broken", &[("why", &why)])),
            shows_keys: false,
            frame_loop: FrameLoop::new(link.callback(Msg::Frame)),
            last_frame: None,
            carry: 0.0,
            settle_at: 0.0,
            asleep: None,
            save: None,
            root: NodeRef::default(),
            _listeners: listeners(ctx),
        };
        app.refresh();
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Act(action) => self.carry_out(ctx, action),
            Msg::Frame(at) => self.frame(at),
            Msg::Key(event) => {
                let Some(action) = keys::action_of(&event, self.pace, self.view) else { return false };
                if action == Action::Select(None) && self.selected.is_none() {
                    return false;
                }
                event.prevent_default();
                self.carry_out(ctx, action)
            }
            Msg::Save => self.save(),
        }
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        let part = self.part();
        let lang = self.view.lang;
        let has_inspector = self.selected.is_some();
        let class =
            classes!("app", format!("show-{}", panel_name(self.panel)), has_inspector.then_some("has-inspector"));
        html! {
            <div {class} ref={self.root.clone()}>
                <Header {lang} theme={self.view.theme} scenario={self.scenario} has_guide={self.view.has_guide} act={self.act.clone()} />
                { self.view_notice() }
                <main class="work">
                    { self.view_editor(&part) }
                    <Splitter label={t(lang, "app.resize.editor")} is_upright=true value={self.view.editor} min=240 max=900
                        change={self.act.reform(Action::EditorWidth)} />
                    <section class="stage" aria-label={t(lang, "panel.picture")}>
                        if self.view.has_guide {
                            <Guide scenario={self.scenario} {lang} act={self.act.clone()} />
                        }
                        <Picture ..part.clone() />
                    </section>
                    <section class="time" aria-label={t(lang, "panel.time")}>
                        <Controls part={part.clone()} is_settled={self.asleep.is_some()} />
                        <Timeline ..part.clone() />
                    </section>
                    <Splitter label={t(lang, "app.resize.console")} is_upright=false is_before=true value={self.view.console} min=96 max=700
                        change={self.act.reform(Action::ConsoleHeight)} />
                    { self.view_console(&part) }
                    if has_inspector {
                        <aside class="drawer" aria-label={t(lang, "panel.inspector")}><Inspector ..part.clone() /></aside>
                    }
                </main>
                { self.view_tabs() }
                if self.shows_keys { <Keys {lang} act={self.act.clone()} /> }
            </div>
        }
    }

    fn rendered(&mut self, _ctx: &Context<Self>, first: bool) {
        if first {
            self.show_sizes();
        }
    }
}

/// What the page listens to besides its own elements.
fn listeners(ctx: &Context<App>) -> Vec<EventListener> {
    let (Some(window), Some(document)) = (browser::window(), browser::document()) else { return Vec::new() };
    let key = ctx.link().callback(Msg::Key);
    let save = ctx.link().callback(|()| Msg::Save);
    let hide = save.clone();
    let hidden = document.clone();
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    vec![
        EventListener::new_with_options(&document, "keydown", options, move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                key.emit(event.clone());
            }
        }),
        EventListener::new(&window, "pagehide", move |_| save.emit(())),
        EventListener::new(&document, "visibilitychange", move |_| {
            if hidden.hidden() {
                hide.emit(());
            }
        }),
    ]
}

/// Whether the user wants no motion.
fn is_calm() -> bool {
    browser::matches("(prefers-reduced-motion: reduce)")
}

fn panel_name(panel: Panel) -> &'static str {
    match panel {
        Panel::Picture => "picture",
        Panel::Editor => "editor",
        Panel::Console => "console",
        Panel::Inspector => "inspector",
    }
}

// What is shown.
impl App {
    fn part(&self) -> PartProps {
        PartProps {
            lab: Lab::new(&self.playground, &self.frames, self.version, self.epoch),
            lang: self.view.lang,
            selected: self.selected.clone(),
            compared: self.compared,
            pace: self.pace,
            act: self.act.clone(),
        }
    }

    fn view_notice(&self) -> Html {
        let close = self.act.reform(|_: MouseEvent| Action::CloseNotice);
        let notice = self.notice.as_ref().map(|notice| {
            html! {
                <p class="notice">
                    <span>{ notice }</span>
                    <button type="button" class="tool" onclick={close} aria-label={t(self.view.lang, "app.close")}>{ icon(Glyph::Close) }</button>
                </p>
            }
        });
        html! { <div role="status" class="notices">{ notice }</div> }
    }

    fn view_editor(&self, part: &PartProps) -> Html {
        let playground = self.playground.borrow();
        html! {
            <Editor lab={part.lab.timeless()} given={self.given.clone()} files={Rc::clone(&self.names)} file={self.file}
                is_edited={self.edited == Some(self.file)} applied={applied(&playground)} lang={self.view.lang} act={self.act.clone()} />
        }
    }

    fn view_console(&self, part: &PartProps) -> Html {
        let playground = self.playground.borrow();
        let entries = Entries(Rc::clone(playground.entries()));
        html! {
            <Terminal lab={part.lab.timeless()} {entries} prompt={playground.prompt()} is_busy={playground.is_busy()}
                is_playing={self.pace.is_playing} lang={self.view.lang} act={self.act.clone()} />
        }
    }

    fn view_tabs(&self) -> Html {
        let tabs = [
            (Panel::Picture, Glyph::Picture, "panel.picture"),
            (Panel::Editor, Glyph::Editor, "panel.editor"),
            (Panel::Console, Glyph::Console, "panel.console"),
            (Panel::Inspector, Glyph::Inspector, "panel.inspector"),
        ];
        let tabs = tabs.into_iter().map(|(panel, glyph, name)| {
            let is_off = panel == Panel::Inspector && self.selected.is_none();
            html! {
                <button type="button" class="tab" aria-pressed={(panel == self.panel).to_string()} disabled={is_off}
                    onclick={self.act.reform(move |_: MouseEvent| Action::Show(panel))}>
                    { icon(glyph) }<span>{ t(self.view.lang, name) }</span>
                </button>
            }
        });
        html! { <nav class="tabs" aria-label={t(self.view.lang, "panel.tabs")}>{ for tabs }</nav> }
    }

    /// Sizes are custom properties, set by the style object: the policy allows no style attributes.
    fn show_sizes(&self) {
        if let Some(root) = self.root.cast::<HtmlElement>() {
            let _ = root.style().set_property("--editor", &format!("{}px", self.view.editor));
            let _ = root.style().set_property("--console", &format!("{}px", self.view.console));
        }
    }
}

/// The text that was applied last and accepted, at the moment that is looked at.
fn applied(playground: &Playground) -> Option<Rc<str>> {
    let now = playground.now();
    let is_apply = |line: &str| line.contains(" apply ") && line.contains(Playground::MANIFEST_NAME);
    let mut text: Rc<str> = playground.options().manifest.as_str().into();
    let mut texts = Vec::new();
    for timed in playground.inputs().iter().take_while(|timed| timed.at <= now) {
        match &timed.input {
            Input::Editor(edited) => text = Rc::clone(edited),
            Input::Line(line) if is_apply(line) => texts.push(Rc::clone(&text)),
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

// What is done.
impl App {
    fn carry_out(&mut self, ctx: &Context<App>, action: Action) -> bool {
        match action {
            Action::TogglePlay
            | Action::Pause
            | Action::Speed(_)
            | Action::Step
            | Action::StepBack
            | Action::SkipIdle
            | Action::Seek(_)
            | Action::Undo
            | Action::Reset
            | Action::SwitchBranch(_)
            | Action::RenameBranch(..) => {
                self.move_in_time(action);
                self.save_soon(ctx);
                // In the past or future nobody may wait for the text any more.
                self.edited = self.edited.filter(|_| self.playground.borrow().is_editing());
            }
            Action::Run(line) => self.run(ctx, line),
            Action::Interrupt => {
                self.pending.clear();
                self.awake();
                self.playground.borrow_mut().interrupt();
                self.changed(ctx);
            }
            Action::Apply => self.apply(ctx),
            Action::Edit(text) => self.edit(ctx, text),
            Action::Open(text) => self.open(ctx, None, text.into()),
            Action::File(index) => self.show_file(index),
            Action::CloseFile(index) => self.close_file(ctx, index),
            Action::Scenario(index) => self.begin_scenario(ctx, index),
            Action::Select(selected) => self.select(selected),
            Action::Compare(branch) => self.compared = branch,
            Action::Show(panel) => self.show(panel),
            Action::Keys(shows) => self.shows_keys = shows,
            Action::CloseNotice => self.notice = None,
            Action::Language(_)
            | Action::Theme(_)
            | Action::EditorWidth(_)
            | Action::ConsoleHeight(_)
            | Action::Guide(_) => self.arrange(action),
        }
        true
    }

    fn arrange(&mut self, action: Action) {
        match action {
            Action::Language(lang) => {
                self.view.lang = lang;
                self.playground.borrow_mut().set_lang(lang);
            }
            Action::Theme(theme) => self.view.theme = theme,
            Action::EditorWidth(width) => self.view.editor = width,
            Action::ConsoleHeight(height) => self.view.console = height,
            Action::Guide(is_shown) => self.view.has_guide = is_shown,
            _ => {}
        }
        self.view.save();
        self.show_sizes();
    }

    fn move_in_time(&mut self, action: Action) {
        self.awake();
        let stops = matches!(
            action,
            Action::Pause | Action::Step | Action::StepBack | Action::Seek(_) | Action::Undo | Action::SwitchBranch(_)
        );
        self.pace.is_playing &= !stops;
        // Between two moments far apart nothing moved: what is there is there at once, and dragging costs no motion.
        self.pace.is_still = is_calm() || matches!(action, Action::Seek(_) | Action::SwitchBranch(_));
        let goes_on = matches!(action, Action::TogglePlay | Action::Step | Action::SkipIdle);
        let has_undone = std::mem::replace(&mut self.has_undone, action == Action::Undo);
        {
            let mut playground = self.playground.borrow_mut();
            if has_undone && goes_on {
                playground.branch_off();
            }
            match action {
                Action::TogglePlay => self.pace.is_playing = !self.pace.is_playing,
                Action::Speed(speed) => {
                    self.pace.speed = speed;
                    self.view.speed = speed;
                }
                Action::Step => drop(playground.step()),
                Action::StepBack => drop(playground.step_back()),
                Action::SkipIdle => drop(playground.skip_idle()),
                Action::Seek(at) => playground.seek(at),
                Action::Undo => drop(playground.undo()),
                Action::SwitchBranch(branch) => playground.switch_branch(branch),
                Action::RenameBranch(branch, ref name) => playground.rename_branch(branch, name),
                Action::Reset => {
                    self.pending.clear();
                    self.pace.is_playing = true;
                    self.epoch += 1;
                    playground.reset();
                }
                _ => {}
            }
        }
        if matches!(action, Action::Speed(_)) {
            self.view.save();
        }
        self.refresh();
    }

    fn run(&mut self, ctx: &Context<App>, line: String) {
        self.awake();
        self.pace.is_still = is_calm();
        if self.playground.borrow().is_busy() {
            if self.pending.len() < PENDING_MAX {
                self.pending.push_back(line);
            }
            return;
        }
        self.playground.borrow_mut().enter(&line);
        self.changed(ctx);
    }

    fn apply(&mut self, ctx: &Context<App>) {
        let is_narrow = browser::is_narrow();
        if self.edited == Some(self.file) {
            let text = self.playground.borrow().editor().to_string();
            self.answer(ctx, Some(&text));
        } else {
            self.run(ctx, format!("kubectl apply -f {}", Playground::MANIFEST_NAME));
        }
        if is_narrow {
            let failed = match self.playground.borrow().entries().last().map(Rc::as_ref) {
                Some(Entry::Said { output, .. }) => output.exit.unwrap_or(0) != 0,
                _ => false,
            };
            self.panel = if failed { Panel::Console } else { Panel::Picture };
        }
    }

    fn edit(&mut self, ctx: &Context<App>, text: Rc<str>) {
        crash::keep(&text);
        self.playground.borrow_mut().set_editor(&text);
        if let Some(file) = self.files.get_mut(self.file) {
            file.1 = text;
        }
        self.save_soon(ctx);
    }

    /// Puts a text into the editor: into the manifest, or under a name of its own.
    fn open(&mut self, ctx: &Context<App>, name: Option<Rc<str>>, text: Rc<str>) {
        match name {
            Some(name) => {
                // A text that was refused comes again under its name.
                let known = self.files.iter().skip(1).position(|file| file.0 == name).map(|at| at + 1);
                self.file = known.unwrap_or(self.files.len());
                match self.files.get_mut(self.file) {
                    Some(file) => file.1 = Rc::clone(&text),
                    None => self.files.push((name, Rc::clone(&text))),
                }
            }
            None => {
                if let Some(file) = self.files.get_mut(self.file) {
                    file.1 = Rc::clone(&text);
                }
            }
        }
        self.edit(ctx, text);
        self.show_file(self.file);
        self.panel = Panel::Editor;
    }

    fn show_file(&mut self, index: usize) {
        let Some((_, text)) = self.files.get(index).cloned() else { return };
        self.file = index;
        self.names = Rc::new(self.files.iter().map(|file| Rc::clone(&file.0)).collect());
        crash::keep(&text);
        self.playground.borrow_mut().set_editor(&text);
        self.given = Given { number: self.given.number + 1, text };
    }

    fn close_file(&mut self, ctx: &Context<App>, index: usize) {
        if self.edited == Some(index) {
            // Closed without saving, as another editor would be; the tab goes when the command has ended.
            return self.answer(ctx, None);
        }
        self.drop_file(index);
    }

    fn drop_file(&mut self, index: usize) {
        if index > 0 && index < self.files.len() {
            self.files.remove(index);
            self.edited =
                self.edited.filter(|edited| *edited != index).map(|edited| edited - usize::from(edited > index));
            let shown = if self.file == index { index - 1 } else { self.file - usize::from(self.file > index) };
            self.show_file(shown);
        }
    }

    /// Gives `kubectl edit` its text back.
    fn answer(&mut self, ctx: &Context<App>, text: Option<&str>) {
        self.awake();
        self.playground.borrow_mut().answer_edit(text);
        self.changed(ctx);
    }

    fn begin_scenario(&mut self, ctx: &Context<App>, index: usize) {
        let Some(scenario) = SCENARIOS.get(index) else { return };
        let playground = session::start(Some(scenario), 1);
        let text = Rc::clone(playground.editor());
        *self.playground.borrow_mut() = playground;
        self.epoch += 1;
        self.playground.borrow_mut().set_lang(self.view.lang);
        self.scenario = index;
        self.files = vec![(Playground::MANIFEST_NAME.into(), text)];
        self.edited = None;
        self.opened = 0;
        self.selected = None;
        self.pending.clear();
        self.pace.is_playing = true;
        self.asleep = None;
        self.show_file(0);
        self.changed(ctx);
    }

    fn select(&mut self, selected: Option<Key>) {
        let is_narrow = browser::is_narrow();
        match &selected {
            Some(_) if is_narrow => self.panel = Panel::Inspector,
            None if self.panel == Panel::Inspector => self.panel = Panel::Picture,
            _ => {}
        }
        self.selected = selected;
    }

    fn show(&mut self, panel: Panel) {
        self.panel = panel;
        let field = match panel {
            Panel::Console => "#console-input",
            Panel::Editor => "#manifest",
            _ => return,
        };
        // A phone's keyboard would cover what was asked for.
        if !browser::is_narrow() {
            browser::focus(field);
        }
    }

    /// After an input: look at what came of it, go on, and remember.
    fn changed(&mut self, ctx: &Context<App>) {
        let opened = self.playground.borrow().opened().cloned();
        let is_editing = self.playground.borrow().is_editing();
        if let Some((number, name, text)) = opened.filter(|it| it.0 != self.opened) {
            self.opened = number;
            self.open(ctx, Some(name), text);
            self.edited = is_editing.then_some(self.file);
        }
        if let Some(edited) = self.edited.filter(|_| !is_editing) {
            self.drop_file(edited);
        }
        self.refresh();
        self.save_soon(ctx);
    }

    fn refresh(&mut self) {
        self.version += 1;
        let now = self.playground.borrow().now();
        self.frames.tell(now);
        if self.pace.is_playing {
            self.last_frame = None;
            self.frame_loop.request();
        }
    }
}

// How time goes on.
impl App {
    fn frame(&mut self, at: f64) -> bool {
        self.frame_loop.arrived();
        if !self.pace.is_playing {
            self.last_frame = None;
            return false;
        }
        let real = self.last_frame.map_or(0.0, |last| (at - last).clamp(0.0, FRAME_MAX_MS));
        self.last_frame = Some(at);
        self.carry += real * f64::from(self.pace.permille());
        let ms = (self.carry / 1000.0).floor();
        self.carry -= ms * 1000.0;
        let mut has_changed = self.advance(ms as i64);
        has_changed |= self.run_pending();
        if has_changed {
            self.version += 1;
        }
        let now = self.playground.borrow().now();
        self.frames.tell(now);
        if at >= self.settle_at {
            self.settle_at = at + SETTLE_EVERY_MS;
            if self.pending.is_empty() && self.playground.borrow().is_settled(HORIZON) {
                self.asleep = Some(at);
                self.last_frame = None;
                return true;
            }
        }
        self.frame_loop.request();
        has_changed
    }

    /// Lets virtual time go on in slices. What does not fit into a frame is left out: time goes slower, the page does
    /// not stand still. Returns whether anything can be seen.
    fn advance(&mut self, ms: i64) -> bool {
        let begun = browser::real_ms();
        let (mut left, mut has_changed) = (ms, false);
        while left > 0 && browser::real_ms() - begun < FRAME_BUDGET_MS {
            let slice = left.min(SLICE_MS);
            has_changed |= self.playground.borrow_mut().advance(slice);
            left -= slice;
        }
        has_changed
    }

    fn run_pending(&mut self) -> bool {
        let mut has_run = false;
        while !self.pending.is_empty() && !self.playground.borrow().is_busy() {
            if let Some(line) = self.pending.pop_front() {
                self.playground.borrow_mut().enter(&line);
                has_run = true;
            }
        }
        has_run
    }

    /// Catches up on the time in which nothing was left to happen, so that ages are right.
    fn awake(&mut self) {
        let Some(since) = self.asleep.take() else { return };
        let slept = (browser::real_ms() - since).max(0.0) * f64::from(self.pace.permille()) / 1000.0;
        self.playground.borrow_mut().advance((slept as i64).min(HORIZON.0));
        self.last_frame = None;
        self.settle_at = 0.0;
    }

    fn save_soon(&mut self, ctx: &Context<App>) {
        let link = ctx.link().clone();
        self.save = Some(Timeout::new(SAVE_AFTER_MS, move || link.send_message(Msg::Save)));
    }

    fn save(&mut self) -> bool {
        if self.view.is_paused == self.pace.is_playing {
            self.view.is_paused = !self.pace.is_playing;
            self.view.save();
        }
        session::save_files(&self.files, self.file);
        let stored = session::save(&self.playground.borrow());
        let notice = match stored {
            Stored::Yes => return false,
            Stored::Refused => t(self.view.lang, "store.full"),
            Stored::TooLarge => t(self.view.lang, "store.large"),
        };
        let is_new = self.notice.as_deref() != Some(notice);
        self.notice = Some(notice.to_string());
        is_new
    }
}
