//! The page in a real browser, by wasm-bindgen-test: mounts the app, uses it, reads the DOM. Nothing here runs on the host.
#![cfg(target_arch = "wasm32")]

#[path = "support/digest.rs"]
mod digest;

use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a browser has a document")
}

/// Mounts a fresh app in an element of its own.
fn mount() -> Element {
    let document = document();
    let root = document.create_element("div").expect("an element");
    document.body().expect("a body").append_child(&root).expect("appended");
    yew::Renderer::<statefulset_lab::ui::App>::with_root(root.clone()).render();
    root
}

/// Lets the scheduler run until `probe` finds something.
async fn eventually<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    for _ in 0..200 {
        if let Some(found) = probe() {
            return found;
        }
        yew::platform::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("still not after two seconds: {what}");
}

fn find(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten().and_then(|found| found.dyn_into().ok())
}

#[wasm_bindgen_test]
async fn a_typed_command_is_answered_in_the_console() {
    let root = mount();
    let input = eventually("the console", || find(&root, "#console-input")).await;
    let input: web_sys::HtmlInputElement = input.dyn_into().expect("an input");
    input.set_value("kubectl get nodes");
    let enter = web_sys::KeyboardEventInit::new();
    enter.set_key("Enter");
    enter.set_bubbles(true);
    let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &enter).expect("an event");
    input.dispatch_event(&event).expect("dispatched");
    let typed = |root: &Element| find(root, ".console-log").filter(|it| it.inner_text().contains("kubectl get nodes"));
    eventually("the typed line", || typed(&root)).await;
    assert_eq!(input.value(), "");
}

#[wasm_bindgen_test]
fn a_browser_has_the_same_bytes_as_a_native_program() {
    assert_eq!(digest::digest(), digest::RECORDED);
}
