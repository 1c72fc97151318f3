//! The keyboard's shortcuts: which key asks for what, and the list of them.

use super::dialog::Dialog;
use super::legend::{Faults, Legend};
use crate::i18n::Lang;
use crate::i18n::ui::t;
use crate::state::{Action, LessonAction, Pace, Panel, SPEEDS, Theme, View};
use web_sys::Element;
use yew::prelude::*;

/// What a key asks for, if it was not meant for `target`, the element at which it was pressed.
pub fn action_of(event: &KeyboardEvent, target: Option<&Element>, pace: Pace, view: View) -> Option<Action> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() || event.default_prevented() {
        return None;
    }
    let is_in = |selector: &str| target.is_some_and(|it| it.closest(selector).ok().flatten().is_some());
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
        "l" => Action::Lesson(LessonAction::Gallery(true)),
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
    (&["L"], "keys.lessons"),
    (&["G"], "keys.guide"),
    (&["Ctrl Enter"], "keys.apply"),
    (&["Tab", "Ctrl Space"], "keys.complete"),
    (&["Ctrl C"], "keys.interrupt"),
    (&["Ctrl L"], "keys.clear"),
    (&["Esc"], "keys.close"),
    (&["K"], "keys.kill"),
    (&["S"], "keys.stop"),
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

/// The list of shortcuts, above everything else of the lab, whose other parts are inert meanwhile.
#[component]
pub fn Keys(props: &KeysProps) -> Html {
    let lang = props.lang;
    let rows = LIST.iter().map(|(keys, what)| {
        let keys = keys.iter().map(|chord| {
            let parts = chord.split(' ').map(|key| html! { <kbd>{ key }</kbd> });
            html! { <span class="chord">{ for parts }</span> }
        });
        html! { <><dt>{ for keys }</dt><dd>{ t(lang, what) }</dd></> }
    });
    // On a phone, the head has no room for it.
    let themes = [Theme::System, Theme::Light, Theme::Dark].map(|theme| {
        let name = match theme {
            Theme::System => "app.theme.system",
            Theme::Light => "app.theme.light",
            Theme::Dark => "app.theme.dark",
        };
        html! {
            <button type="button" class="button" onclick={props.act.reform(move |_: MouseEvent| Action::Theme(theme))}>{ t(lang, name) }</button>
        }
    });
    html! {
        <Dialog name="keys-title" title={t(lang, "help.title")} class="dialog-wide" {lang} close={Action::Keys(false)} act={props.act.clone()}>
                <div class="help">
                    <p>{ t(lang, "app.about.long") }</p>
                    <p class="help-themes">{ for themes }</p>
                    <Legend {lang} act={props.act.clone()} />
                    <Faults {lang} act={props.act.clone()} />
                    <h3>{ t(lang, "keys.title") }</h3>
                </div>
                <dl class="keys">{ for rows }</dl>
                <p class="dialog-note">{ t(lang, "keys.where") }</p>
        </Dialog>
    }
}
