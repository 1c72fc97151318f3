//! Where a lab stands: its root in somebody's document, and everything that it may know of a browser.
//!
//! The one file, with those of `page/`, that asks for a document, a window, storage or the like (`tests/tidy.rs` holds it): a lab shares its page
//! with others and with the host, so it looks for nothing outside its own root and writes nothing outside it.

mod focus;
mod storage;

use crate::i18n::Lang;
use crate::state::{MediaFeatures, Micros, Theme, View};
use gloo_events::EventListener;
use std::cell::RefCell;
use std::rc::Rc;
use storage::BrowserStorage;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, HtmlElement, Node, Window};
use yew::prelude::*;

/// Where a lab stands; a context of its components. Copies are the same place.
#[derive(Clone)]
pub struct Page(Rc<Place>);

struct Place {
    window: Window,
    document: Document,
    root: HtmlElement,
    /// What the browser keeps for it; without, nothing is remembered.
    storage: Option<BrowserStorage>,
    /// Whether motion is unwanted, if somebody said so.
    is_calm: Option<bool>,
    /// Gives the text of a lesson.
    lessons: Option<js_sys::Function>,
    /// Where the lessons' pictures are.
    pictures: Option<String>,
    /// The style sheets that came along.
    styles: Vec<Element>,
    /// What had the focus before the inspector took it.
    before: RefCell<Option<Element>>,
    /// What the keyboard gave the focus to last, and what that stands in, the nearest first.
    path: RefCell<Vec<Element>>,
}

impl PartialEq for Page {
    fn eq(&self, other: &Page) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A moment as the reader's clock and calendar say it.
pub struct Moment {
    /// How many midnights ago.
    pub days_ago: i64,
    /// `11-28`.
    pub day: String,
    /// `16:20`.
    pub time: String,
}

/// What the host says of the place.
#[derive(Clone, Debug, Default)]
pub struct PageOptions {
    /// What every key in the browser's storage begins with; without, nothing is stored.
    pub storage: Option<String>,
    /// Whether to do without motion; without, as the system says.
    pub is_calm: Option<bool>,
    /// The style sheets that the root is to bring along.
    pub styles: Vec<String>,
    /// Gives, by its name or address, a promise of the text of a lesson, which fails with a key of the catalogue.
    pub lessons: Option<js_sys::Function>,
    /// Where the lessons' pictures are.
    pub pictures: Option<String>,
}

impl Page {
    /// A place in `host`, an element or a shadow root, behind what it has. `used` is a root from an earlier lab.
    pub fn new(host: &Node, used: Option<HtmlElement>, options: &PageOptions) -> Result<Page, JsValue> {
        let window = web_sys::window().ok_or("there is no window here")?;
        let document = host.owner_document().ok_or("the host belongs to no document")?;
        let root = match used {
            Some(root) => root,
            None => document.create_element("div")?.dyn_into::<HtmlElement>()?,
        };
        root.set_class_name("lab");
        root.set_tab_index(-1);
        // Ids are shared with the host and other labs, whose code may be another instance of this: chance keeps them apart.
        root.set_id(&format!("lab-{:08x}", (js_sys::Math::random() * f64::from(u32::MAX)) as u32));
        let mut styles = Vec::new();
        for style in &options.styles {
            let link = document.create_element("link")?;
            link.set_attribute("rel", "stylesheet")?;
            link.set_attribute("href", style)?;
            host.append_child(&link)?;
            styles.push(link);
        }
        host.append_child(&root)?;
        let prefix = options.storage.clone().filter(|prefix| !prefix.is_empty());
        let storage = prefix.and_then(|prefix| BrowserStorage::of(&window, prefix));
        let lessons = options.lessons.clone();
        let pictures = options.pictures.clone();
        Ok(Page(Rc::new(Place {
            window,
            document,
            root,
            storage,
            is_calm: options.is_calm,
            lessons,
            pictures,
            styles,
            before: RefCell::default(),
            path: RefCell::default(),
        })))
    }

    /// The lab's own root.
    pub fn root(&self) -> &HtmlElement {
        &self.0.root
    }

    /// The id of a named element of this lab.
    pub fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.0.root.id())
    }

    /// Whether anything is stored.
    pub fn has_storage(&self) -> bool {
        self.0.storage.is_some()
    }

    /// What is stored under `key`: by this browser tab if it is its own matter, else by the one that stored last.
    pub fn stored(&self, key: &str) -> Option<String> {
        self.0.storage.as_ref()?.read(key)
    }

    /// What any tab of this browser stored last under `key`.
    pub fn last_stored(&self, key: &str) -> Option<String> {
        self.0.storage.as_ref()?.last_read(key)
    }

    /// Stores `text` under `key`. Returns whether it could; where nothing is to be stored, that is no failure.
    pub fn store(&self, key: &str, text: &str) -> bool {
        self.0.storage.as_ref().is_none_or(|storage| storage.write(key, text))
    }

    /// Forgets what is stored under `key`.
    pub fn forget(&self, key: &str) {
        self.0.storage.iter().for_each(|storage| storage.forget(key));
    }

    /// A promise of the text of a lesson, by its name or address; `None` where the host has none.
    pub fn lesson(&self, name: &str) -> Option<js_sys::Promise> {
        let asked = self.0.lessons.as_ref()?.call1(&JsValue::NULL, &name.into()).ok()?;
        asked.dyn_into().ok()
    }

    /// The address of a lesson's picture in a language.
    pub fn lesson_picture(&self, name: &str, lang: Lang) -> Option<String> {
        let ending = if lang == Lang::Ja { ".ja.svg" } else { ".svg" };
        Some(format!("{}{name}{ending}", self.0.pictures.as_ref()?))
    }

    /// The language that the browser prefers.
    pub fn language(&self) -> Option<Lang> {
        Lang::from_tag(&self.0.window.navigator().language()?)
    }

    /// The root's width and height in pixels.
    pub fn size(&self) -> (i32, i32) {
        (self.0.root.client_width(), self.0.root.client_height())
    }

    /// What the reducer is to know of the place.
    pub fn media_features(&self) -> MediaFeatures {
        let (width, height) = self.size();
        // The style sheets have the same query. A root that is not shown has no size.
        let is_narrow = width > 0 && (width < 800 || height < 500);
        let motion = || self.0.window.match_media("(prefers-reduced-motion: reduce)").ok().flatten();
        let is_calm = self.0.is_calm.unwrap_or_else(|| motion().is_some_and(|list| list.matches()));
        MediaFeatures { is_narrow, is_calm, height }
    }

    /// Makes the root follow: its language, its theme, the sizes of its panels.
    pub fn dress(&self, view: View) {
        let root = &self.0.root;
        let _ = root.set_attribute("lang", view.lang.tag());
        let _ = match view.theme {
            Theme::System => root.remove_attribute("data-theme"),
            theme => root.set_attribute("data-theme", theme.name()),
        };
        // By the style object: a host's policy may allow no style attributes.
        let _ = root.style().set_property("--editor", &format!("{}px", view.editor));
        let _ = root.style().set_property("--console", &format!("{}px", view.console));
        let _ = match view.lesson {
            0 => root.style().remove_property("--lesson").map(drop),
            height => root.style().set_property("--lesson", &format!("{height}px")),
        };
    }

    /// The first element of this lab that a selector finds.
    pub fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.0.root.query_selector(selector).ok().flatten()?.dyn_into().ok()
    }

    /// Puts a line at the console's prompt where nothing stands: of several consoles, at the one in which was typed last.
    pub fn refill(&self, line: &str) {
        let found = self.find(".console-input:focus").or_else(|| self.find(".console-here .console-input"));
        let input = found.and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input.filter(|it| it.value().is_empty()) {
            input.set_value(line);
        }
    }

    /// Asks the page's script to copy a text, as the event `lab-copy` on the root; `then` gets whether it could. Where it
    /// could not, the script shows the text selected.
    pub fn copy(&self, text: &str, then: Callback<bool>) {
        let then = Closure::once_into_js(move |is_copied: bool| then.emit(is_copied));
        let detail = js_sys::Object::new();
        for (key, value) in [("text", text.into()), ("then", then)] {
            let _ = js_sys::Reflect::set(&detail, &key.into(), &value);
        }
        let init = web_sys::CustomEventInit::new();
        init.set_detail(&detail);
        if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict("lab-copy", &init) {
            let _ = self.0.root.dispatch_event(&event);
        }
    }

    /// Whether the reader has selected text.
    pub fn has_selection(&self) -> bool {
        // Some browsers keep the selection inside a shadow root to themselves.
        let node: JsValue = self.0.root.get_root_node().into();
        let own = js_sys::Reflect::get(&node, &"getSelection".into()).ok();
        let own = own.and_then(|it| it.dyn_into::<js_sys::Function>().ok()).and_then(|it| it.call0(&node).ok());
        let selection = own.and_then(|it| it.dyn_into::<web_sys::Selection>().ok());
        let selection = selection.or_else(|| self.0.window.get_selection().ok().flatten());
        selection.is_some_and(|it| !it.is_collapsed())
    }

    /// Types a text at the cursor, so that the browser can undo it.
    pub fn type_text(&self, text: &str) {
        if let Some(document) = self.0.document.dyn_ref::<web_sys::HtmlDocument>() {
            let _ = document.exec_command_with_show_ui_and_value("insertText", false, text);
        }
    }

    /// Real time since the page was opened.
    pub fn now(&self) -> Micros {
        Micros((self.0.window.performance().map_or(0.0, |it| it.now()) * 1000.0) as i64)
    }

    /// When real time was nought, in milliseconds since 1970.
    pub fn opened_at(&self) -> i64 {
        js_sys::Date::now() as i64 - self.now().0 / 1000
    }

    /// A moment in milliseconds since 1970 as the reader's clock and calendar say it.
    pub fn moment(&self, at: i64) -> Moment {
        let day_of = |date: &js_sys::Date| {
            (date.get_time() as i64 - i64::from(date.get_timezone_offset() as i32) * 60_000).div_euclid(86_400_000)
        };
        let date = js_sys::Date::new(&(at as f64).into());
        Moment {
            days_ago: day_of(&js_sys::Date::new_0()) - day_of(&date),
            day: format!("{}-{:02}", date.get_month() + 1, date.get_date()),
            time: format!("{}:{:02}", date.get_hours(), date.get_minutes()),
        }
    }

    /// Asks for a frame; `None` where the browser gives none.
    pub fn request_frame(&self, closure: &js_sys::Function) -> Option<i32> {
        self.0.window.request_animation_frame(closure).ok()
    }

    /// Wants the frame no more.
    pub fn cancel_frame(&self, handle: i32) {
        let _ = self.0.window.cancel_animation_frame(handle);
    }

    /// Calls back when the page may be about to go, until the result is dropped.
    pub fn on_leave(&self, leave: impl Fn() + Clone + 'static) -> [EventListener; 2] {
        let (hide, document) = (leave.clone(), self.0.document.clone());
        [
            EventListener::new(&self.0.window, "pagehide", move |_| leave()),
            EventListener::new(&self.0.document, "visibilitychange", move |_| {
                if document.hidden() {
                    hide();
                }
            }),
        ]
    }

    /// Offers a text as a file.
    pub fn save_file(&self, name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
        let options = web_sys::BlobPropertyBag::new();
        options.set_type(kind);
        let blob = web_sys::Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &options)?;
        let url = web_sys::Url::create_object_url_with_blob(&blob)?;
        let link = self.0.document.create_element("a")?.dyn_into::<HtmlElement>()?;
        link.set_attribute("href", &url)?;
        link.set_attribute("download", name)?;
        link.click();
        web_sys::Url::revoke_object_url(&url)
    }

    /// Takes the root, and what came with it, out of the page.
    pub fn leave(&self) {
        self.0.styles.iter().for_each(Element::remove);
        self.0.root.remove();
    }
}

/// The place of the lab that a component belongs to.
pub fn page_of<C: Component>(ctx: &Context<C>) -> Page {
    let found = ctx.link().context::<Page>(Callback::noop());
    found.map(|it| it.0).expect("every component of a lab stands below the provider of its page")
}

/// The same for a component that is a function.
#[hook]
pub fn use_page() -> Page {
    use_context::<Page>().expect("every component of a lab stands below the provider of its page")
}

/// The element at which an event began, also inside a shadow root.
pub fn origin(event: &web_sys::Event) -> Option<Element> {
    event.composed_path().get(0).dyn_into().ok()
}
