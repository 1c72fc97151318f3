//! A bar between two panels that can be dragged, and moved by keys: arrows, Page up and down, Home and End; tells the
//! new size. A double click brings back the usual one.

use web_sys::Element;
use yew::prelude::*;

/// Props of [`Splitter`].
#[derive(Clone, PartialEq, Properties)]
pub struct SplitterProps {
    /// The bar's name.
    pub label: AttrValue,
    /// What can be done with it.
    pub title: AttrValue,
    /// Whether it is dragged sideways.
    pub is_upright: bool,
    /// The panel's size in pixels.
    pub value: i32,
    /// The least size.
    pub min: i32,
    /// The greatest size.
    pub max: i32,
    /// Whether the panel lies behind the bar: dragging towards it makes it smaller.
    #[prop_or_default]
    pub is_before: bool,
    /// The size that a double click brings back.
    pub usual: i32,
    /// Which panels it stands between, where the place of the bar depends on it.
    #[prop_or_default]
    pub class: Classes,
    /// Called with the new size.
    pub change: Callback<i32>,
}

/// The bar.
#[component]
pub fn Splitter(props: &SplitterProps) -> Html {
    let start = use_mut_ref(|| None::<(i32, i32)>);
    let place = {
        let is_upright = props.is_upright;
        move |event: &PointerEvent| if is_upright { event.client_x() } else { event.client_y() }
    };
    let sign = if props.is_before { -1 } else { 1 };
    let (min, max, value) = (props.min, props.max, props.value);
    let onpointerdown = {
        let start = start.clone();
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            if let Some(element) = event.target_dyn_into::<Element>() {
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            *start.borrow_mut() = Some((place(&event), value));
        })
    };
    let onpointermove = {
        let (start, change) = (start.clone(), props.change.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((from, size)) = *start.borrow() {
                change.emit((size + sign * (place(&event) - from)).clamp(min, max));
            }
        })
    };
    let end = Callback::from(move |_: PointerEvent| *start.borrow_mut() = None);
    let ondblclick = {
        let usual = props.usual;
        props.change.reform(move |_: MouseEvent| usual)
    };
    let onkeydown = {
        let change = props.change.clone();
        let is_upright = props.is_upright;
        Callback::from(move |event: KeyboardEvent| {
            let size = match (event.key().as_str(), is_upright) {
                ("ArrowRight", true) | ("ArrowDown", false) => value + sign * 24,
                ("ArrowLeft", true) | ("ArrowUp", false) => value - sign * 24,
                ("PageUp", _) => value + 120,
                ("PageDown", _) => value - 120,
                ("Home", _) => min,
                ("End", _) => max,
                _ => return,
            };
            event.prevent_default();
            change.emit(size.clamp(min, max));
        })
    };
    let (class, orientation) =
        if props.is_upright { ("splitter splitter-upright", "vertical") } else { ("splitter", "horizontal") };
    html! {
        <div class={classes!(class, props.class.clone())} title={props.title.clone()} role="separator" tabindex="0" aria-orientation={orientation} aria-label={props.label.clone()}
            aria-valuenow={value.to_string()} aria-valuemin={min.to_string()} aria-valuemax={max.to_string()}
            {onpointerdown} {onpointermove} onpointerup={end.clone()} onpointercancel={end} {ondblclick} {onkeydown}></div>
    }
}
