//! Where the focus of a lab goes: to a field, to the inspector and back, and near a button that went with what it did.

use super::{Page, origin};
use crate::state::Field;
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

impl Page {
    /// Moves the focus to a field of this lab.
    pub fn focus(&self, field: Field) {
        let selector = match field {
            Field::Console if self.find(".console-here .console-input").is_some() => ".console-here .console-input",
            Field::Console => ".console-input",
            Field::Manifest => ".area",
            // It is drawn a moment later.
            Field::Inspector => return self.focus_soon(".ins-head"),
            Field::Back => return self.focus_back(),
        };
        if let Some(element) = self.find(selector) {
            let _ = element.focus();
        }
    }

    /// Moves the focus to an element that is about to be drawn; what has it now gets it back later.
    fn focus_soon(&self, selector: &'static str) {
        let focused = self.0.root.query_selector(":focus").ok().flatten();
        if let Some(focused) = focused.filter(|it| it.closest(".drawer").ok().flatten().is_none()) {
            *self.0.before.borrow_mut() = Some(focused);
        }
        let page = self.clone();
        gloo_timers::callback::Timeout::new(0, move || {
            if let Some(element) = page.find(selector) {
                let _ = element.focus();
            }
        })
        .forget();
    }

    /// Gives the focus back to what had it before, if that is still there; else to the root.
    fn focus_back(&self) {
        let before = self.0.before.take().filter(|it| it.is_connected());
        let page = self.clone();
        gloo_timers::callback::Timeout::new(0, move || {
            let focused = page.0.root.query_selector(":focus").ok().flatten();
            // Who has gone on to another place stays there.
            if focused.is_none_or(|it| it.closest(".drawer").ok().flatten().is_some()) {
                let target = before.unwrap_or_else(|| page.root().clone().into());
                // Parts of the picture take the focus as other elements do.
                let _ = target.unchecked_ref::<HtmlElement>().focus();
            }
        })
        .forget();
    }

    /// Learns what has the focus, until the result is dropped: see [`Page::keep_focus`].
    pub fn follow_focus(&self) -> [EventListener; 2] {
        let (root, focused, pressed) = (&self.0.root, self.clone(), self.clone());
        [
            EventListener::new(root, "focusin", move |event| {
                let own = focused.root().parent_element();
                let above = |it: &Element| it.parent_element().filter(|it| Some(it) != own.as_ref());
                let path = std::iter::successors(origin(event), above);
                *focused.0.path.borrow_mut() = path.collect();
            }),
            // Who points somewhere else has not lost anything.
            EventListener::new(root, "pointerdown", move |_| pressed.forget_focus()),
        ]
    }

    /// Somebody else says where the focus goes next.
    pub fn forget_focus(&self) {
        self.0.path.borrow_mut().clear();
    }

    /// Gives the focus to what is nearest, where the element that had it is gone from the page: a button that went with
    /// what it did leaves its reader where it stood, not at the top of the page.
    pub fn keep_focus(&self) {
        // Asked with every picture: the document is asked only where something went.
        if self.0.path.borrow().first().is_none_or(|it| it.is_connected())
            || self.0.document.active_element().is_some_and(|it| it.tag_name() != "BODY")
        {
            return;
        }
        let path = self.0.path.take();
        let near = path.into_iter().filter(|it| it.is_connected()).find_map(|it| {
            let within = || it.query_selector("[tabindex='0'], button:not(:disabled)").ok().flatten();
            if it.has_attribute("tabindex") { Some(it) } else { within() }
        });
        if let Some(near) = near {
            let _ = near.unchecked_ref::<HtmlElement>().focus();
        }
    }

    /// The element of this lab that has the focus.
    pub fn focused(&self) -> Option<HtmlElement> {
        self.find(":focus")
    }
}
