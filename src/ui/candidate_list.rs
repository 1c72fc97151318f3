//! A list of candidates beside a text field that keeps the focus; holds no truth.

use yew::prelude::*;

/// A candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What would be inserted.
    pub text: String,
    /// A few words about it.
    pub note: String,
}

/// Props of [`Popup`].
#[derive(Clone, PartialEq, Properties)]
pub struct PopupProps {
    /// The list's id; an item's is this, a hyphen and its number.
    pub id: AttrValue,
    /// The list's name.
    pub label: AttrValue,
    /// The candidates.
    pub items: Vec<Choice>,
    /// The number of the marked one.
    pub active: usize,
    /// Called with the number of the chosen one.
    pub choose: Callback<usize>,
}

/// The most candidates that are drawn around the marked one.
const DRAWN_MAX: usize = 100;

/// The list.
#[component]
pub fn Popup(props: &PopupProps) -> Html {
    let marked = use_node_ref();
    {
        let marked = marked.clone();
        use_effect_with(props.active, move |_| {
            if let Some(element) = marked.cast::<web_sys::Element>() {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                element.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
    let first = props.active.saturating_sub(DRAWN_MAX / 2);
    let items = props.items.iter().enumerate().skip(first).take(DRAWN_MAX).map(|(index, item)| {
        let is_active = index == props.active;
        let choose = props.choose.clone();
        // On pressing, not on release: the field must not lose the focus.
        let onmousedown = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            choose.emit(index);
        });
        html! {
            <li key={index} id={format!("{}-{index}", props.id)} role="option" aria-selected={is_active.to_string()}
                class={classes!("choice", is_active.then_some("choice-active"))} {onmousedown}
                ref={if is_active { marked.clone() } else { NodeRef::default() }}>
                <span class="choice-text">{ &item.text }</span>
                <span class="choice-note">{ &item.note }</span>
            </li>
        }
    });
    html! { <ul class="popup" id={props.id.clone()} role="listbox" aria-label={props.label.clone()}>{ for items }</ul> }
}
