//! The door: puts a lab into an element or a shadow root of somebody's page, and hands out a handle on it.
//!
//! A page may have many labs. `www/lab.js` gives each an instance of the compiled module, so that a panic ends one lab and
//! not its neighbours; several labs in one instance work as well, and then share its fate.

use super::app::{App, AppProps};
use super::driver::{ABOUT, Driver, FILES, LOADING, MARKS, SESSION, SHELF, VIEW};
use super::page::{Page, PageOptions};
use crate::i18n::Lang;
use crate::i18n::ui::t;
use crate::model::Millis;
use crate::playground::SCENARIOS;
use crate::scene::Mode;
use crate::script::error;
use crate::state::{Action, Event, Marker, Opening, SPEEDS, State, Theme, View};
use crate::tutorial::Block;
use js_sys::{Array, Function, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit, HtmlElement, Node};
use yew::{AppHandle, Callback};

/// What a host asks for. Everything may be left out.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The place: storage, motion, style sheets.
    pub page: PageOptions,
    /// What to begin with.
    pub opening: Opening,
    /// The language; without, as it was left, else as the browser prefers.
    pub lang: Option<Lang>,
    /// The theme; without, as it was left, else the system's.
    pub theme: Option<Theme>,
    /// The pace, as an index into `SPEEDS`.
    pub speed: Option<usize>,
    /// Whether the guide is shown.
    pub has_guide: Option<bool>,
    /// Which picture.
    pub mode: Option<Mode>,
    /// Whether it is to be looked at only.
    pub is_read_only: Option<bool>,
    /// The moments to which the host gives words.
    pub markers: Option<Rc<[Marker]>>,
    /// Whether the stored session is to be forgotten.
    pub is_fresh: bool,
    /// Called with the name of each event.
    pub on_event: Option<Function>,
}

impl Options {
    /// Reads a script's object; what is of another type than expected is left out.
    pub fn read(value: &JsValue) -> Options {
        let get = |key: &str| Reflect::get(value, &key.into()).ok().filter(|it| !it.is_undefined() && !it.is_null());
        let text = |key: &str| get(key).and_then(|it| it.as_string());
        let texts = |key: &str| {
            let list = get(key).and_then(|it| it.dyn_into::<Array>().ok()).unwrap_or_default();
            list.iter().filter_map(|it| it.as_string()).collect::<Vec<_>>()
        };
        let flag = |key: &str| get(key).and_then(|it| it.as_bool());
        let number = |key: &str| get(key).and_then(|it| it.as_f64().or_else(|| it.as_string()?.trim().parse().ok()));
        let seed = number("seed").and_then(seed_of);
        let lang = text("lang").and_then(|tag| Lang::from_tag(&tag));
        let theme = text("theme").and_then(|name| Theme::named(&name));
        let speed = number("speed").and_then(speed_of);
        let is_given = |key: &str| get(key).is_some_and(|it| it.as_string().is_none_or(|text| !text.is_empty()));
        let misread = [
            ("seed", seed.is_some()),
            ("lang", lang.is_some()),
            ("theme", theme.is_some()),
            ("speed", speed.is_some()),
            ("view", text("view").is_some_and(|view| Mode::named(&view).is_some())),
        ]
        .into_iter();
        Options {
            page: PageOptions {
                storage: text("storage"),
                is_calm: flag("calm"),
                styles: texts("styles"),
                lessons: get("readLesson").and_then(|it| it.dyn_into().ok()),
                pictures: text("lessonPictures"),
            },
            opening: Opening {
                scenario: text("scenario"),
                environment: text("environment"),
                lesson: text("lesson").zip(text("lessonText")),
                lesson_error: text("lessonError"),
                given: text("session"),
                manifest: text("manifest"),
                lines: texts("commands"),
                seed: seed.unwrap_or(1),
                version: text("version"),
                gates: text("gates"),
                compare: text("compare"),
                kept: text("kept"),
                misread: misread.filter(|(name, is_read)| is_given(name) && !is_read).map(|(name, _)| name).collect(),
                is_paused: flag("paused"),
                ..Opening::default()
            },
            lang,
            theme,
            speed,
            has_guide: flag("guide"),
            mode: text("view").map(|view| Mode::named(&view).unwrap_or_default()),
            is_read_only: flag("readonly"),
            markers: get("markers").and_then(|it| it.dyn_into().ok()).map(|list| markers_of(&list)),
            is_fresh: flag("fresh").unwrap_or(false),
            on_event: get("onEvent").and_then(|it| it.dyn_into().ok()),
        }
    }

    fn view(&self, page: &Page) -> View {
        let lang = page.language().unwrap_or_default();
        let mut view = View::new(lang, page.size().1).with_line(&page.stored(VIEW).unwrap_or_default());
        view.lang = self.lang.unwrap_or(view.lang);
        view.theme = self.theme.unwrap_or(view.theme);
        view.speed = self.speed.unwrap_or(view.speed);
        view.has_guide = self.has_guide.unwrap_or(view.has_guide);
        view
    }

    /// What these options change in a lab that runs.
    pub(super) fn actions(&self) -> Vec<Action> {
        let scenario = self.opening.scenario.as_deref();
        let scenario = scenario.and_then(|id| SCENARIOS.iter().position(|it| it.id == id));
        let wanted = [
            scenario.map(Action::Scenario),
            self.lang.map(Action::Language),
            self.theme.map(Action::Theme),
            self.speed.map(Action::Speed),
            self.opening.is_paused.map(|it| if it { Action::Pause } else { Action::Play }),
            self.has_guide.map(Action::Guide),
            self.mode.map(Action::Arrange),
            self.markers.clone().map(Action::Markers),
            self.is_read_only.map(Action::ReadOnly),
        ];
        wanted.into_iter().flatten().collect()
    }
}

/// The pace of a factor such as 0.5 or 4.
fn speed_of(factor: f64) -> Option<usize> {
    SPEEDS.iter().position(|permille| f64::from(*permille) == factor * 1000.0)
}

/// The largest number that a script has without a gap below it.
const WHOLE_MAX: f64 = 9_007_199_254_740_991.0;

/// A seed: a whole number that a script can tell from its neighbours.
fn seed_of(number: f64) -> Option<u64> {
    (number.fract() == 0.0 && (0.0..=WHOLE_MAX).contains(&number)).then_some(number as u64)
}

/// The most markers that are shown.
const MARKERS_MAX: usize = 100;

/// Markers as a script gives them: an array of `{ at, label }`, with `at` in milliseconds.
fn markers_of(list: &Array) -> Rc<[Marker]> {
    let read = |value: JsValue| {
        let get = |key: &str| Reflect::get(&value, &key.into()).ok();
        let at = get("at")?.as_f64().filter(|at| *at >= 0.0)?;
        Some(Marker { at: Millis(at as i64), label: get("label")?.as_string()?.into() })
    };
    list.iter().take(MARKERS_MAX).filter_map(read).collect()
}

thread_local! {
    /// The labs of this instance that run, for the panic hook.
    static RUNNING: RefCell<Vec<HtmlElement>> = const { RefCell::new(Vec::new()) };
    /// Roots of labs that are gone. Yew's listeners stay with a root for ever, so the next lab takes it over.
    static USED: RefCell<Vec<(HtmlElement, AppHandle<App>)>> = const { RefCell::new(Vec::new()) };
}

/// Prepares an instance of the module: a panic is told to the labs that it ends, as the event `lab-crash` on their roots.
pub fn prepare() {
    yew::set_custom_panic_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        let init = CustomEventInit::new();
        init.set_detail(&info.to_string().into());
        // Nothing to be done about a failure in here.
        let running = RUNNING.with(|running| running.try_borrow().map(|it| it.clone()).unwrap_or_default());
        for root in running {
            if let Ok(event) = CustomEvent::new_with_event_init_dict("lab-crash", &init) {
                let _ = root.dispatch_event(&event);
            }
        }
    }));
}

/// Mounts a lab in `host`, behind what it has. Fails where there is no browser's window, or the host takes no children.
pub fn mount(host: &Node, options: Options) -> Result<Handle, JsValue> {
    let used = USED.with_borrow_mut(|used| {
        // Yew empties a root a moment after its lab has gone.
        let empty = used.iter().position(|(root, _)| root.child_element_count() == 0)?;
        Some(used.swap_remove(empty))
    });
    let page = Page::new(host, used.as_ref().map(|it| it.0.clone()), &options.page)?;
    if options.is_fresh {
        page.forget(SESSION);
    }
    let mut opening = options.opening.clone();
    opening.session = page.stored(SESSION);
    // A session that made the page hang is not played twice: the mark is gone only once it was loaded.
    opening.has_failed = page.stored(LOADING).is_some();
    if opening.session.is_some() && opening.given.is_none() && !opening.has_failed {
        page.store(LOADING, "1");
    }
    opening.files = page.stored(FILES);
    opening.marks = page.stored(MARKS);
    opening.about = page.stored(ABOUT);
    opening.shelf = page.stored(SHELF);
    opening.opened_at = page.opened_at();
    let (state, effects) = State::new(&opening, options.view(&page), page.media_features());
    if state.loading_progress().is_none() {
        page.forget(LOADING);
    }
    let driver = Driver::new(page.clone(), state, effects);
    if let Some(mode) = options.mode.filter(|mode| *mode != Mode::default()) {
        driver.dispatch(Action::Arrange(mode));
    }
    if options.is_read_only == Some(true) {
        driver.dispatch(Action::ReadOnly(true));
    }
    if let Some(markers) = options.markers {
        driver.dispatch(Action::Markers(markers));
    }
    if let Some(on_event) = options.on_event {
        driver.tell_to(Callback::from(move |event: Event| {
            let _ = on_event.call1(&JsValue::NULL, &event.name().into());
        }));
    }
    let props = AppProps { lab: Some(driver.clone()) };
    let app = match used {
        Some((_, mut app)) => {
            app.update(props);
            app
        }
        None => yew::Renderer::<App>::with_root_and_props(page.root().clone().into(), props).render(),
    };
    RUNNING.with_borrow_mut(|running| running.push(page.root().clone()));
    Ok(Handle { running: Some((driver, app)), blocks: RefCell::default() })
}

/// The same for scripts: `options` is an object, see [`Options::read`] and `www/lab.js`.
#[wasm_bindgen(js_name = mount)]
pub fn mount_for_script(host: &Node, options: &JsValue) -> Result<Handle, JsValue> {
    mount(host, Options::read(options))
}

/// A handle on a mounted lab. When it is destroyed, every method but `destroy` fails with an error.
#[wasm_bindgen]
pub struct Handle {
    running: Option<(Driver, AppHandle<App>)>,
    /// The code blocks of the page around it, if it has told of them.
    pub(super) blocks: RefCell<Vec<Block>>,
}

impl Handle {
    /// The lab, to read its state or dispatch an action. `None` after `destroy`.
    pub fn driver(&self) -> Option<&Driver> {
        self.running.as_ref().map(|it| &it.0)
    }

    pub(super) fn act(&self, action: Action) -> Result<(), JsValue> {
        self.lab()?.dispatch(action);
        Ok(())
    }

    /// Fails where nothing may be changed and something `only_reads` not.
    pub(super) fn may(&self, only_reads: bool) -> Result<(), JsValue> {
        let state = self.lab()?.state();
        match state.is_read_only && !only_reads {
            true => Err(error("read-only", t(state.view.lang, "editor.read_only"))),
            false => Ok(()),
        }
    }

    /// The lab with its session: a script does not see one that is still being played.
    pub(super) fn lab(&self) -> Result<&Driver, JsValue> {
        let driver = self.driver().ok_or_else(|| error("destroyed", "this lab has been destroyed"))?;
        driver.load_all();
        Ok(driver)
    }
}

#[wasm_bindgen]
impl Handle {
    /// Ends the lab and takes it out of the page: no listener, timer, frame or element is left. More than once is no fault.
    pub fn destroy(&mut self) {
        let Some((driver, mut app)) = self.running.take() else { return };
        let root = driver.page().root().clone();
        driver.stop();
        driver.page().leave();
        RUNNING.with_borrow_mut(|running| running.retain(|it| *it != root));
        app.update(AppProps { lab: None });
        USED.with_borrow_mut(|used| used.push((root, app)));
    }

    /// The lab's own root element in the host.
    #[wasm_bindgen(getter)]
    pub fn root(&self) -> Option<HtmlElement> {
        Some(self.driver()?.page().root().clone())
    }

    /// Asks for a picture, to see by `isDrawn` whether one comes.
    #[wasm_bindgen(js_name = drawAgain)]
    pub fn draw_again(&self) {
        if let Some((driver, _)) = &self.running {
            driver.draw_again();
        }
    }

    /// Whether the picture that `drawAgain` asked for stands in the page.
    #[wasm_bindgen(js_name = isDrawn)]
    pub fn is_drawn(&self) -> bool {
        self.running.as_ref().is_none_or(|(driver, _)| driver.is_drawn())
    }

    /// Whether nothing was left half done, as by a trap in the middle of it. Yew draws a lab for the first time after the
    /// call that mounts it; until then the answer is no.
    #[wasm_bindgen(js_name = isWhole)]
    pub fn is_whole(&self) -> bool {
        self.running.as_ref().is_none_or(|(driver, app)| driver.is_whole() && app.get_component().is_some())
    }

    /// Whether a stored session is being played still. Any other method that asks for the lab plays the rest at once.
    #[wasm_bindgen(getter, js_name = isLoading)]
    pub fn is_loading(&self) -> bool {
        self.driver().is_some_and(|driver| driver.state().loading_progress().is_some())
    }
}
