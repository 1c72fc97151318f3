//! The page: Yew components that hold no truth. The one folder, with `main`, that knows a browser.

use yew::prelude::*;

/// The page's root component.
#[component]
pub fn App() -> Html {
    let count = use_state(|| 0);
    let onclick = {
        let count = count.clone();
        Callback::from(move |_| count.set(*count + 1))
    };
    html! {
        <main class="app">
            <h1>{ "StatefulSet Lab" }</h1>
            <button id="count" {onclick}>{ format!("{} clicks", *count) }</button>
        </main>
    }
}

/// Mounts the page in `#app`, in place of the skeleton of `index.html`.
pub fn mount() {
    let root = root_element();
    yew::Renderer::<App>::with_root(root).render();
}

fn root_element() -> web_sys::Element {
    let document = web_sys::window().and_then(|window| window.document()).expect("the page has a document");
    document.get_element_by_id("app").expect("index.html has an element with the id `app`")
}
