//! The page in a real browser, by wasm-bindgen-test: mounts labs, uses them, reads the DOM. Nothing here runs on the host.
#![cfg(target_arch = "wasm32")]

#[path = "support/digest.rs"]
mod digest;

use statefulset_lab::state::Action;
use statefulset_lab::ui::mount::{Handle, Options, mount};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement, HtmlInputElement, Node};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a browser has a document")
}

/// An element of its own in the page.
fn slot() -> Element {
    let slot = document().create_element("div").expect("an element");
    document().body().expect("a body").append_child(&slot).expect("appended");
    slot
}

/// The text of what was said.
fn output(said: &JsValue) -> String {
    js_sys::Reflect::get(said, &"output".into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A lab with nothing stored, at the beginning of a scenario.
fn lab(host: &Node, scenario: &str) -> Handle {
    let mut options = Options::default();
    options.opening.scenario = Some(scenario.to_string());
    mount(host, options).expect("mounted")
}

fn root(handle: &Handle) -> HtmlElement {
    handle.root().expect("it is mounted")
}

/// Lets the scheduler run until `probe` finds something.
async fn eventually<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    for _ in 0..2_000 {
        if let Some(found) = probe() {
            return found;
        }
        yew::platform::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("still not after twenty seconds: {what}");
}

fn find<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok().flatten().and_then(|found| found.dyn_into().ok())
}

/// Types a line into a lab's console and waits until `answer` stands in what was said.
async fn ask(root: &Element, line: &str, answer: &str) {
    let input: HtmlInputElement = eventually("the console", || find(root, ".console-input")).await;
    input.set_value(line);
    let enter = web_sys::KeyboardEventInit::new();
    enter.set_key("Enter");
    enter.set_bubbles(true);
    let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &enter).expect("an event");
    input.dispatch_event(&event).expect("dispatched");
    eventually(answer, || find::<HtmlElement>(root, ".said:last-child").filter(|it| it.inner_text().contains(answer)))
        .await;
    assert_eq!(input.value(), "");
}

fn log(root: &Element) -> String {
    find::<HtmlElement>(root, ".console-log").map(|it| it.inner_text()).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn two_labs_answer_each_its_own_line() {
    let (mut web, mut mariadb) = (lab(&slot(), "web"), lab(&slot(), "mariadb"));
    ask(&root(&web), "kubectl get nodes", "node-a").await;
    ask(&root(&mariadb), "kubectl get nodes", "minikube").await;
    assert!(!log(&root(&web)).contains("minikube") && !log(&root(&mariadb)).contains("node-a"));
    assert_ne!(root(&web).id(), root(&mariadb).id());
    web.destroy();
    mariadb.destroy();
}

#[wasm_bindgen_test]
async fn a_place_can_be_mounted_again() {
    let place = slot();
    let mut first = lab(&place, "web");
    ask(&root(&first), "echo lapwing", "lapwing").await;
    first.destroy();
    assert_eq!(place.inner_html(), "");
    assert!(first.run("echo two".to_string()).is_err());
    let mut second = lab(&place, "mariadb");
    ask(&root(&second), "kubectl get nodes", "minikube").await;
    assert!(!log(&root(&second)).contains("lapwing"), "the console of the lab before is still there");
    second.destroy();
}

#[wasm_bindgen_test]
async fn a_lab_that_goes_before_it_was_drawn_leaves_nothing() {
    let place = slot();
    for _ in 0..3 {
        lab(&place, "web").destroy();
    }
    eventually("the place is empty", || place.inner_html().is_empty().then_some(())).await;
    // The next one finds nothing of them.
    let mut handle = lab(&place, "mariadb");
    ask(&root(&handle), "kubectl get nodes", "minikube").await;
    assert_eq!(place.child_element_count(), 1);
    handle.destroy();
}

#[wasm_bindgen_test]
async fn ten_labs_share_a_page_and_each_goes_on_when_others_leave() {
    let mut labs: Vec<Handle> = (0..10).map(|_| lab(&slot(), "web")).collect();
    for (number, handle) in labs.iter().enumerate() {
        ask(&root(handle), &format!("echo lab-{number}"), &format!("lab-{number}")).await;
    }
    let mut left = labs.split_off(5);
    labs.iter_mut().for_each(Handle::destroy);
    for (number, handle) in left.iter().enumerate() {
        ask(&root(handle), "kubectl get nodes", "node-a").await;
        let said = log(&root(handle));
        assert!(said.contains(&format!("lab-{}", number + 5)) && !said.contains(&format!("lab-{number}\n")), "{said}");
    }
    left.iter_mut().for_each(Handle::destroy);
}

#[wasm_bindgen_test]
async fn what_is_mounted_out_of_the_document_works_once_it_is_put_in() {
    let place = document().create_element("div").expect("an element");
    let mut handle = lab(&place, "web");
    document().body().expect("a body").append_child(&place).expect("appended");
    ask(&root(&handle), "kubectl get nodes", "node-a").await;
    assert!(place.contains(Some(&root(&handle))));
    handle.destroy();
}

#[wasm_bindgen_test]
async fn a_lab_that_is_moved_keeps_what_was_said_and_goes_on() {
    let (first, second) = (slot(), slot());
    let place = document().create_element("div").expect("an element");
    first.append_child(&place).expect("appended");
    let mut handle = lab(&place, "web");
    ask(&root(&handle), "echo heron", "heron").await;
    second.append_child(&place).expect("moved");
    ask(&root(&handle), "kubectl get nodes", "node-a").await;
    assert!(log(&root(&handle)).contains("heron"));
    place.remove();
    yew::platform::time::sleep(Duration::from_millis(100)).await;
    first.append_child(&place).expect("added again");
    ask(&root(&handle), "echo egret", "egret").await;
    assert!(find::<Element>(&root(&handle), ".picture svg [data-key]").is_some(), "the picture is gone");
    handle.destroy();
    assert_eq!(place.inner_html(), "");
}

#[wasm_bindgen_test]
async fn a_lab_removed_while_it_begins_begins_when_it_is_back() {
    let place = slot();
    let mut handle = lab(&place, "web");
    place.remove();
    yew::platform::time::sleep(Duration::from_millis(100)).await;
    document().body().expect("a body").append_child(&place).expect("added");
    ask(&root(&handle), "kubectl get nodes", "node-a").await;
    handle.destroy();
}

#[wasm_bindgen_test]
async fn a_shadow_root_is_a_place_like_others() {
    let shadow = slot().attach_shadow(&web_sys::ShadowRootInit::new(web_sys::ShadowRootMode::Open)).expect("a shadow");
    let mut handle = lab(&shadow, "web");
    ask(&root(&handle), "kubectl get nodes", "node-b").await;
    let input: HtmlInputElement = find(&root(&handle), ".console-input").expect("the console");
    // What is typed is text and no shortcut, though the event seems to come from the host.
    let key = web_sys::KeyboardEventInit::new();
    key.set_key(" ");
    key.set_bubbles(true);
    key.set_composed(true);
    let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &key).expect("an event");
    input.dispatch_event(&event).expect("dispatched");
    let is_playing = handle.driver().is_some_and(|driver| driver.state().pace.is_playing);
    assert!(is_playing, "a blank in the console has stopped time");
    handle.destroy();
}

#[wasm_bindgen_test]
async fn nothing_is_stored_where_nobody_asked_for_it() {
    let storage = web_sys::window().and_then(|it| it.local_storage().ok().flatten()).expect("a storage");
    storage.clear().expect("cleared");
    let mut handle = lab(&slot(), "web");
    ask(&root(&handle), "echo plover", "plover").await;
    handle.destroy();
    assert_eq!(storage.length().expect("a length"), 0);
    let mut options = Options::default();
    options.page.storage = Some("mine".to_string());
    let mut handle = mount(&slot(), options).expect("mounted");
    ask(&root(&handle), "echo plover", "plover").await;
    handle.destroy();
    let stored = storage.get_item("mine/session").expect("readable").expect("destroying stores what is not stored yet");
    assert!(stored.contains("echo plover"));
    storage.clear().expect("cleared");
}

#[wasm_bindgen_test]
async fn a_handle_does_what_a_reader_could() {
    let mut handle = lab(&slot(), "web");
    eventually("the console", || find::<HtmlElement>(&root(&handle), ".console-input")).await;
    handle.pause().expect("it runs");
    handle.advance(60_000.0).expect("it runs");
    assert!(output(&handle.run("kubectl get sts".to_string()).expect("it runs")).contains("3/3"));
    let said = output(&handle.apply("apiVersion: v1\nkind: Pod\n".to_string()).expect("it runs"));
    assert!(said.contains("error"), "{said}");
    handle.seek(30_000.0).expect("it runs");
    let state = handle.state().expect("it runs");
    assert!(state.contains("\"now\":30000,") && state.contains("\"isPlaying\":false"), "{state}");
    handle.driver().expect("it runs").dispatch(Action::Select(None));
    assert!(handle.is_whole());
    handle.destroy();
}

#[wasm_bindgen_test]
fn a_browser_has_the_same_bytes_as_a_native_program() {
    assert_eq!(digest::digest(), digest::RECORDED);
}
