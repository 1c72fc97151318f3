//! Between a lab's state and its place: dispatches actions to the reducer and carries the effects out.

use super::animation_frames::FrameLoop;
use super::observed_size::{SightWatch, SizeWatch};
use super::page::{Page, origin};
use super::props::Frames;
use super::shortcuts;
use crate::state::{About, Action, Effect, Event, Field, Kept, LessonAction, Session, SessionAction, State, Storing};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use std::cell::{Cell, Ref, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::Callback;

/// How long after the last input the session is stored.
const SAVE_AFTER_MS: u32 = 700;

/// The keys in the storage, behind the lab's own prefix.
pub const SESSION: &str = "session";
/// Stands in the storage while a stored session is played.
pub const LOADING: &str = "loading";
/// The open texts.
pub const FILES: &str = "files";
/// What can be said of the session.
pub const ABOUT: &str = "about";
/// The sessions that were left.
pub const SHELF: &str = "sessions";
/// The arrangement.
pub const VIEW: &str = "view";
/// How far the reader is in which lesson.
pub const MARKS: &str = "lessons";

/// A running lab. Copies are the same lab.
#[derive(Clone)]
pub struct Driver(Rc<Running>);

struct Running {
    state: RefCell<State>,
    page: Page,
    frames: Frames,
    draw: RefCell<Callback<()>>,
    tell: RefCell<Option<Callback<Event>>>,
    /// Whether it is in sight: elsewhere time stands still.
    is_seen: Cell<bool>,
    frame_loop: RefCell<Option<FrameLoop>>,
    save: RefCell<Option<Timeout>>,
    /// The session that this page stored or found last.
    stored: RefCell<Option<String>>,
    watches: RefCell<Option<Watches>>,
    /// The field that gets the focus when what was changed stands in the page.
    focus: Cell<Option<Field>>,
    /// Whether the picture that was asked for after a trap has come.
    is_drawn: Cell<bool>,
}

/// What a lab listens to besides its own elements.
struct Watches {
    _listeners: Vec<EventListener>,
    _size: Option<SizeWatch>,
    _sight: Option<SightWatch>,
}

impl PartialEq for Driver {
    fn eq(&self, other: &Driver) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Driver {
    /// Runs a lab, and carries out what its beginning asks for.
    pub fn new(page: Page, state: State, effects: Vec<Effect>) -> Driver {
        let stored = page.last_stored(SESSION);
        let running = Running {
            state: RefCell::new(state),
            page,
            frames: Frames::default(),
            draw: RefCell::default(),
            tell: RefCell::default(),
            is_seen: Cell::new(true),
            frame_loop: RefCell::default(),
            save: RefCell::default(),
            stored: RefCell::new(stored),
            watches: RefCell::default(),
            focus: Cell::default(),
            is_drawn: Cell::new(true),
        };
        let driver = Driver(Rc::new(running));
        driver.listen();
        driver.0.page.dress(driver.state().view);
        driver.carry_out(effects);
        driver
    }

    /// The state, to be read at once.
    pub fn state(&self) -> Ref<'_, State> {
        self.0.state.borrow()
    }

    /// Where the lab stands.
    pub fn page(&self) -> &Page {
        &self.0.page
    }

    /// Who wants to hear when virtual time moves.
    pub(super) fn frames(&self) -> &Frames {
        &self.0.frames
    }

    /// Calls `draw` from now on when something that can be seen is another.
    pub fn draw_with(&self, draw: Callback<()>) {
        *self.0.draw.borrow_mut() = draw;
    }

    /// Calls `tell` from now on with the news for the host page.
    pub fn tell_to(&self, tell: Callback<Event>) {
        *self.0.tell.borrow_mut() = Some(tell);
    }

    /// Changes the state, and carries out what follows.
    pub fn dispatch(&self, action: Action) {
        if action.needs_list() && self.0.page.has_storage() {
            // Another page of this browser may have kept one since.
            self.reduce(Action::Sessions(SessionAction::Stored(self.0.page.stored(SHELF))));
        }
        self.reduce(action);
    }

    /// Plays the rest of a session that is being played, at once.
    pub fn load_all(&self) {
        if self.state().loading_progress().is_some() {
            self.dispatch(Action::Load);
        }
    }

    fn reduce(&self, action: Action) {
        let page = &self.0.page;
        let effects = self.0.state.borrow_mut().reduce(action, &|| page.now());
        self.carry_out(effects);
    }

    /// Notes that what was asked to be drawn stands in the page, and gives the focus to the field that waits for it.
    pub fn drawn(&self) {
        self.0.is_drawn.set(true);
        self.0.page.keep_focus();
        if let Some(field) = self.0.focus.take() {
            self.0.page.focus(field);
        }
    }

    /// Asks for a picture, to see whether one comes: after a trap in the middle of drawing, none does.
    pub fn draw_again(&self) {
        self.0.is_drawn.set(false);
        self.draw();
    }

    /// Whether the picture that was asked for last has come.
    pub fn is_drawn(&self) -> bool {
        self.0.is_drawn.get()
    }

    /// Whether nothing was left half done, as by a trap in the middle of it.
    pub fn is_whole(&self) -> bool {
        let state = self.0.state.try_borrow_mut();
        state.is_ok_and(|state| state.playground.try_borrow_mut().is_ok())
    }

    /// Ends it: no frame, timer or listener is left, and nothing is drawn or told any more.
    pub fn stop(&self) {
        if self.0.save.take().is_some() {
            self.dispatch(Action::Save);
        }
        self.0.watches.take();
        self.0.frame_loop.take();
        self.0.tell.take();
        self.0.draw.take();
        self.0.save.take();
    }

    fn carry_out(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Render => self.draw(),
                Effect::Time(now) => self.0.frames.tell(now),
                Effect::Frame => self.request_frame(),
                Effect::SaveSoon => self.save_soon(),
                Effect::SaveView(line) => {
                    self.0.page.store(VIEW, &line);
                    self.0.page.dress(self.state().view);
                }
                Effect::Store(session) => self.dispatch(Action::Stored(self.store(&session))),
                Effect::FetchLesson(name) => self.fetch_lesson(name),
                Effect::StoreMarks(line) => drop(self.0.page.store(MARKS, &line)),
                Effect::Forget => self.0.page.forget(SESSION),
                Effect::Loaded => self.0.page.forget(LOADING),
                Effect::StoreShelf(text) => {
                    if !self.0.page.store(SHELF, &text) {
                        self.dispatch(Action::Stored(Storing::Refused));
                    }
                }
                Effect::SaveFile { name, text } => drop(self.0.page.save_file(&name, "application/json", &text)),
                Effect::Refill(line) => self.0.page.refill(&line),
                Effect::Focus(field) => {
                    self.0.page.forget_focus();
                    self.0.focus.set(Some(field));
                }
                Effect::Tell(event) => self.tell(event),
            }
        }
    }

    fn fetch_lesson(&self, name: Rc<str>) {
        let weak = Rc::downgrade(&self.0);
        let Some(coming) = self.0.page.lesson(&name) else {
            let none = Err("lesson.missing".to_string());
            // Not at once: what is carried out now is to be done first.
            wasm_bindgen_futures::spawn_local(async move { act(&weak, fetched(name, none)) });
            return;
        };
        wasm_bindgen_futures::spawn_local(async move {
            let text = wasm_bindgen_futures::JsFuture::from(coming).await;
            let text = text.map(|it| Rc::from(it.as_string().unwrap_or_default()));
            act(&weak, fetched(name, text.map_err(|it| it.as_string().unwrap_or_default())));
        });
    }

    fn draw(&self) {
        let draw = self.0.draw.borrow().clone();
        draw.emit(());
    }

    fn tell(&self, event: Event) {
        let tell = self.0.tell.borrow().clone();
        if let Some(tell) = tell {
            tell.emit(event);
        }
    }

    fn store(&self, session: &Session) -> Storing {
        let page = &self.0.page;
        self.keep_others();
        match &session.files {
            Some(files) => drop(page.store(FILES, files)),
            None => page.forget(FILES),
        }
        page.store(ABOUT, &session.about);
        *self.0.stored.borrow_mut() = session.session.clone();
        match &session.session {
            Some(session) if page.store(SESSION, session) => Storing::Done,
            Some(_) => Storing::Refused,
            None => {
                page.forget(SESSION);
                Storing::TooLarge
            }
        }
    }

    /// What another page of this browser stored since goes to the list of kept sessions before it is overwritten.
    fn keep_others(&self) {
        let page = &self.0.page;
        let Some(session) = page.last_stored(SESSION) else { return };
        if self.0.stored.borrow().as_ref() == Some(&session) {
            return;
        }
        let about = page.last_stored(ABOUT).as_deref().and_then(About::read);
        if let Some(about) = about.filter(|it| it.is_touched) {
            let kept = Kept { about, session, files: page.last_stored(FILES) };
            self.reduce(Action::Sessions(SessionAction::Stored(page.stored(SHELF))));
            self.reduce(Action::Sessions(SessionAction::Others(kept)));
        }
    }

    fn request_frame(&self) {
        if self.0.is_seen.get()
            && let Some(frame_loop) = self.0.frame_loop.borrow().as_ref()
        {
            frame_loop.request();
        }
    }

    fn save_soon(&self) {
        if !self.0.page.has_storage() {
            return;
        }
        let weak = Rc::downgrade(&self.0);
        *self.0.save.borrow_mut() = Some(Timeout::new(SAVE_AFTER_MS, move || act(&weak, Action::Save)));
    }

    fn seen(&self, is_seen: bool) {
        if self.0.is_seen.replace(is_seen) == is_seen {
            return;
        }
        if is_seen {
            self.request_frame();
        } else if let Some(frame_loop) = self.0.frame_loop.borrow().as_ref() {
            frame_loop.cancel();
        }
    }

    fn key(&self, event: &KeyboardEvent) {
        // While a session is played there is nothing to be done but to wait, or not to.
        if self.state().loading_progress().is_some() {
            return;
        }
        let action = {
            let state = self.state();
            let action = shortcuts::action_of(event, origin(event).as_ref(), state.pace, state.view);
            action.filter(|it| *it != Action::Select(None) || state.selected.is_some())
        };
        if let Some(action) = action {
            event.prevent_default();
            self.dispatch(action);
        }
    }

    fn listen(&self) {
        let page = &self.0.page;
        let weak = || Rc::downgrade(&self.0);
        let (framed, resized, seen, keyed, left) = (weak(), weak(), weak(), weak(), weak());
        *self.0.frame_loop.borrow_mut() = Some(FrameLoop::new(page, move || {
            act(&framed, Action::Frame);
        }));
        let options = EventListenerOptions::enable_prevent_default();
        let mut listeners = vec![EventListener::new_with_options(page.root(), "keydown", options, move |event| {
            if let (Some(running), Some(event)) = (keyed.upgrade(), event.dyn_ref::<KeyboardEvent>()) {
                Driver(running).key(event);
            }
        })];
        listeners.extend(page.follow_focus());
        if page.has_storage() {
            listeners.extend(page.on_leave(move || {
                // Who leaves a page that answers has not waited for ever.
                if let Some(running) = left.upgrade() {
                    running.page.forget(LOADING);
                }
                act(&left, Action::Save);
            }));
        }
        let size = SizeWatch::new(page, page.root(), move || {
            let Some(driver) = resized.upgrade().map(Driver) else { return };
            let media = driver.page().media_features();
            if driver.state().media != media {
                driver.dispatch(Action::Media(media));
            }
        });
        let sight = SightWatch::new(page.root(), move |is_seen| {
            if let Some(running) = seen.upgrade() {
                Driver(running).seen(is_seen);
            }
        });
        *self.0.watches.borrow_mut() = Some(Watches { _listeners: listeners, _size: size, _sight: sight });
    }
}

fn fetched(name: Rc<str>, text: Result<Rc<str>, String>) -> Action {
    Action::Lesson(LessonAction::Fetched(name, text))
}

fn act(running: &Weak<Running>, action: Action) {
    if let Some(running) = running.upgrade() {
        Driver(running).dispatch(action);
    }
}
