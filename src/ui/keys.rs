//! The keyboard's shortcuts: which key asks for what, and the list of them.

use super::icons::{Glyph, icon};
use super::store::{Action, Pace, Panel, SPEEDS};
use super::view::View;
use crate::i18n::Lang;
use crate::i18n::ui::t;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement};
use yew::prelude::*;

/// What a key asks for, if it was not meant for the element that has the focus.
pub fn action_of(event: &KeyboardEvent, pace: Pace, view: View) -> Option<Action> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() || event.default_prevented() {
        return None;
    }
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let is_in = |selector: &str| target.as_ref().is_some_and(|it| it.closest(selector).ok().flatten().is_some());
    if is_in("input, textarea, select, dialog, [contenteditable]") {
        return None;
    }
    let key = event.key();
    if key == " " {
        return (!is_in("button, a, summary, label, [role=button], [role=tab], [role=slider]"))
            .then_some(Action::TogglePlay);
    }
    Some(match key.to_ascii_lowercase().as_str() {
        "." => Action::Step,
        "," => Action::StepBack,
        "n" => Action::SkipIdle,
        "u" => Action::Undo,
        "r" => Action::Reset,
        "[" => Action::Speed(pace.speed.saturating_sub(1)),
        "]" => Action::Speed((pace.speed + 1).min(SPEEDS.len() - 1)),
        "c" => Action::Show(Panel::Console),
        "e" => Action::Show(Panel::Editor),
        "g" => Action::Guide(!view.has_guide),
        "?" => Action::Keys(true),
        "escape" => Action::Select(None),
        _ => return None,
    })
}

const LIST: &[(&[&str], &str)] = &[
    (&["Space"], "keys.play"),
    (&[".", ","], "keys.step"),
    (&["N"], "keys.skip"),
    (&["[", "]"], "keys.speed"),
    (&["U"], "keys.undo"),
    (&["R"], "keys.reset"),
    (&["C"], "keys.console"),
    (&["E"], "keys.editor"),
    (&["G"], "keys.guide"),
    (&["Ctrl Enter"], "keys.apply"),
    (&["Tab", "Ctrl Space"], "keys.complete"),
    (&["Ctrl C"], "keys.interrupt"),
    (&["Ctrl L"], "keys.clear"),
    (&["Esc"], "keys.close"),
    (&["?"], "keys.help"),
];

/// Props of [`Keys`].
#[derive(Clone, PartialEq, Properties)]
pub struct KeysProps {
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// The list of shortcuts, above everything else.
#[component]
pub fn Keys(props: &KeysProps) -> Html {
    let lang = props.lang;
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                let _ = dialog.show_modal();
            }
        });
    }
    let close = props.act.reform(|_: MouseEvent| Action::Keys(false));
    let onclose = props.act.reform(|_: Event| Action::Keys(false));
    let rows = LIST.iter().map(|(keys, what)| {
        let keys = keys.iter().map(|chord| {
            let parts = chord.split(' ').map(|key| html! { <kbd>{ key }</kbd> });
            html! { <span class="chord">{ for parts }</span> }
        });
        html! { <><dt>{ for keys }</dt><dd>{ t(lang, what) }</dd></> }
    });
    html! {
        <dialog class="dialog" ref={dialog} aria-labelledby="keys-title" {onclose}>
            <header class="panel-head">
                <h2 id="keys-title">{ t(lang, "keys.title") }</h2>
                <span class="grow"></span>
                <button type="button" class="tool" onclick={close} aria-label={t(lang, "app.close")}>{ icon(Glyph::Close) }</button>
            </header>
            <dl class="keys">{ for rows }</dl>
            <p class="dialog-note">{ t(lang, "keys.where") }</p>
        </dialog>
    }
}
