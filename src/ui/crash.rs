//! What the reader sees when the core has panicked: what happened, their text, a way on. Plain DOM, since Yew may be
//! in the middle of a render; needs nothing of the app.

use super::browser;
use super::session;
use super::view::View;
use crate::i18n::ui::t;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, HtmlElement};

thread_local! {
    /// The editor's text, kept beside the app so that no broken state of it can lose it.
    static TEXT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Where the text waits for the restart.
const KEPT: &str = "statefulset-lab/kept";

/// Remembers the editor's text.
pub fn keep(text: &str) {
    TEXT.with(|kept| {
        if let Ok(mut kept) = kept.try_borrow_mut() {
            kept.clear();
            kept.push_str(text);
        }
    });
}

/// Takes the text that a crash left behind.
pub fn take_kept() -> Option<String> {
    let text = browser::stored(KEPT)?;
    browser::forget(KEPT);
    Some(text)
}

/// Shows the crash view from now on when anything in WebAssembly fails.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        show(&info.to_string());
    }));
    let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(|event: web_sys::Event| {
        let error = js_sys::Reflect::get(&event, &"error".into()).unwrap_or_default();
        let name = js_sys::Reflect::get(&error, &"name".into()).ok().and_then(|it| it.as_string()).unwrap_or_default();
        // A trap without a panic: the stack or the memory ran out.
        if name == "RuntimeError" || name == "RangeError" {
            let message = js_sys::Reflect::get(&error, &"message".into()).ok().and_then(|it| it.as_string());
            show(&format!("{name}: {}", message.unwrap_or_default()));
        }
    });
    if let Some(window) = browser::window() {
        let _ = window.add_event_listener_with_callback("error", on_error.as_ref().unchecked_ref());
    }
    on_error.forget();
}

/// Puts the crash view over the page, once.
pub fn show(what: &str) {
    let Some(document) = browser::document() else { return };
    if document.get_element_by_id("crash").is_none() {
        // Nothing to be done about a failure in here.
        let _ = build(&document, what);
    }
}

fn build(document: &Document, what: &str) -> Option<()> {
    let lang = View::load().lang;
    let text = TEXT.with(|kept| kept.try_borrow().map(|it| it.clone()).unwrap_or_default());
    let report = format!("StatefulSet Lab {}\n{what}\n\n{text}", env!("CARGO_PKG_VERSION"));
    let view = add(document, &document.body()?.into(), "section", "crash", "")?;
    view.set_id("crash");
    view.set_attribute("role", "alertdialog").ok()?;
    view.set_attribute("aria-label", t(lang, "crash.title")).ok()?;
    let inner = add(document, &view, "div", "crash-inner", "")?;
    add(document, &inner, "h2", "", t(lang, "crash.title"))?;
    add(document, &inner, "p", "", t(lang, "crash.text"))?;
    let buttons = add(document, &inner, "div", "crash-buttons", "")?;
    let kept = text.clone();
    let restart = button(document, &buttons, "button button-main", t(lang, "crash.restart"), move || {
        session::forget();
        browser::store(KEPT, &kept);
        reload();
    })?;
    button(document, &buttons, "button", t(lang, "crash.reload"), reload)?;
    button(document, &buttons, "button", t(lang, "crash.report"), move || browser::copy(&report))?;
    add(document, &inner, "h3", "", t(lang, "crash.what"))?;
    add(document, &inner, "pre", "crash-text", what)?;
    add(document, &inner, "h3", "", t(lang, "crash.manifest"))?;
    let area = add(document, &inner, "textarea", "crash-text", &text)?;
    area.set_attribute("readonly", "").ok()?;
    area.set_attribute("rows", "12").ok()?;
    area.set_attribute("aria-label", t(lang, "crash.manifest")).ok()?;
    if let Some(app) = document.get_element_by_id("app") {
        let _ = app.set_attribute("inert", "");
    }
    restart.dyn_into::<HtmlElement>().ok()?.focus().ok()
}

fn reload() {
    if let Some(window) = browser::window() {
        let _ = window.location().reload();
    }
}

fn add(document: &Document, parent: &Element, tag: &str, class: &str, text: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    element.set_class_name(class);
    element.set_text_content(Some(text));
    parent.append_child(&element).ok()?;
    Some(element)
}

fn button(document: &Document, parent: &Element, class: &str, name: &str, act: impl Fn() + 'static) -> Option<Element> {
    let element = add(document, parent, "button", class, name)?;
    let onclick = Closure::<dyn Fn()>::new(act);
    element.add_event_listener_with_callback("click", onclick.as_ref().unchecked_ref()).ok()?;
    onclick.forget();
    Some(element)
}
