//! A dialog above everything else of the lab: takes the focus, gives it back, and closes by Escape.

use super::icons::{Glyph, icon};
use super::page::use_page;
use crate::i18n::Lang;
use crate::i18n::ui::t;
use crate::state::Action;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// Props of [`Dialog`].
#[derive(Clone, PartialEq, Properties)]
pub struct DialogProps {
    /// Tells its title's id from those of other dialogs.
    pub name: &'static str,
    /// What it is about.
    pub title: AttrValue,
    /// A line beside the title.
    #[prop_or_default]
    pub lead: Option<AttrValue>,
    /// Its own class beside `dialog`.
    #[prop_or_default]
    pub class: Classes,
    /// Told when something is dragged over it, and dropped.
    #[prop_or_default]
    pub drop: Option<Callback<DragEvent>>,
    /// The page's language.
    pub lang: Lang,
    /// What closes it.
    pub close: Action,
    /// Where to ask for something.
    pub act: Callback<Action>,
    /// What stands in it.
    pub children: Html,
}

/// A dialog; the lab's other parts are inert meanwhile.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let DialogProps { lang, .. } = *props;
    let page = use_page();
    let dialog = use_node_ref();
    {
        let (dialog, page) = (dialog.clone(), page.clone());
        use_effect_with((), move |()| {
            if let Some(close) = dialog.cast::<Element>().and_then(|it| it.query_selector("button").ok().flatten()) {
                let _ = close.unchecked_ref::<HtmlElement>().focus();
            }
            // The focus must not fall out of the lab with the dialog.
            move || drop(page.root().focus())
        });
    }
    let onclick = {
        let (act, close) = (props.act.clone(), props.close.clone());
        Callback::from(move |_: MouseEvent| act.emit(close.clone()))
    };
    let onkeydown = {
        let (act, close) = (props.act.clone(), props.close.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && !event.is_composing() {
                event.stop_propagation();
                act.emit(close.clone());
            }
        })
    };
    let ondragover = props.drop.as_ref().map(|_| Callback::from(|event: DragEvent| event.prevent_default()));
    let title = page.id(props.name);
    html! {
        <div class="cover">
            <dialog class={classes!("dialog", props.class.clone())} open=true ref={dialog} aria-modal="true" aria-labelledby={title.clone()}
                {onkeydown} {ondragover} ondrop={props.drop.clone()}>
                <div class="panel-head">
                    <h2 id={title}>{ props.title.clone() }</h2>
                    if let Some(lead) = &props.lead { <span class="dialog-lead">{ lead.clone() }</span> }
                    <span class="grow"></span>
                    <button type="button" class="tool" {onclick} aria-label={t(lang, "app.close")}>{ icon(Glyph::Close) }</button>
                </div>
                { props.children.clone() }
            </dialog>
        </div>
    }
}
