//! The list of sessions that were left, with export and import; holds no truth.

use super::dialog::Dialog;
use super::icons::{Glyph, icon};
use super::page::{Page, use_page};
use crate::i18n::Lang;
use crate::i18n::plural::plural;
use crate::i18n::ui::{t, tf};
use crate::state::{About, Action, Kept, SessionAction};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The longest file that is read, in bytes.
const FILE_MAX: f64 = 8_000_000.0;

/// Props of [`Sessions`].
#[derive(Clone, PartialEq, Properties)]
pub struct SessionsProps {
    /// The sessions, the latest first.
    pub kept: Vec<About>,
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// What the list shows of each.
pub fn abouts(kept: &[Kept]) -> Vec<About> {
    kept.iter().map(|it| it.about.clone()).collect()
}

/// The list, above everything else of the lab, whose other parts are inert meanwhile.
#[component]
pub fn Sessions(props: &SessionsProps) -> Html {
    let SessionsProps { kept, lang, act } = props.clone();
    let page = use_page();
    let ask = |action: SessionAction| act.reform(move |_: MouseEvent| Action::Sessions(action.clone()));
    let rows = kept.iter().enumerate().map(|(at, about)| {
        let name = name_of(&page, about, lang);
        html! {
            <li class="session">
                <button type="button" class="session-open" onclick={ask(SessionAction::Open(at))}>{ name.clone() }
                    if about.has_failed { <span class="chip chip-wait">{ t(lang, "sessions.failed") }</span> }
                </button>
                <button type="button" class="tool" title={t(lang, "sessions.export")} aria-label={format!("{}: {name}", t(lang, "sessions.export"))}
                    onclick={ask(SessionAction::Export(Some(at)))}>{ icon(Glyph::Save) }</button>
                <button type="button" class="tool" title={t(lang, "sessions.forget")} aria-label={format!("{}: {name}", t(lang, "sessions.forget"))}
                    onclick={ask(SessionAction::Forget(at))}>{ icon(Glyph::Close) }</button>
            </li>
        }
    });
    html! {
        <Dialog name="sessions-title" title={t(lang, "sessions.title")} {lang} close={Action::Sessions(SessionAction::Show(false))} act={act.clone()}>
                <div class="session-tools">
                    <button type="button" class="button" onclick={ask(SessionAction::Export(None))}>{ t(lang, "sessions.save") }</button>
                    <label class="button session-import">
                        { t(lang, "sessions.import") }
                        <input type="file" class="visually-hidden" accept=".json,application/json" onchange={import(&act)} />
                    </label>
                    <button type="button" class="button" onclick={ask_close(&act, Action::Reset)}>{ t(lang, "time.reset") }</button>
                </div>
                <p class="dialog-note">{ if kept.is_empty() { t(lang, "sessions.none") } else { t(lang, "sessions.note") } }</p>
                <ul class="session-list">{ for rows }</ul>
        </Dialog>
    }
}

/// Closes the list, and asks for something.
fn ask_close(act: &Callback<Action>, action: Action) -> Callback<MouseEvent> {
    let act = act.clone();
    Callback::from(move |_| {
        act.emit(Action::Sessions(SessionAction::Show(false)));
        act.emit(action.clone());
    })
}

/// `yesterday 16:20, web, 3 branches`.
fn name_of(page: &Page, about: &About, lang: Lang) -> String {
    let moment = page.moment(about.at);
    let day = match moment.days_ago {
        0 => t(lang, "sessions.today").to_string(),
        1 => t(lang, "sessions.yesterday").to_string(),
        _ => moment.day,
    };
    let sets = if about.sets.is_empty() { t(lang, "sessions.no_set").to_string() } else { about.sets.clone() };
    let branches = plural(lang, "sessions.branch.one", "sessions.branch.many", about.branches);
    let values = [("day", &*day), ("time", &moment.time), ("sets", &sets), ("branches", &branches)];
    let name = tf(lang, "sessions.name", &values);
    let more = [&about.kubernetes, &about.last].into_iter().filter(|it| !it.is_empty());
    more.fold(name, |name, more| format!("{name} · {more}"))
}

/// Reads the file that was chosen. One that is no text is given on as it is: the reducer says what is wrong with it.
fn import(act: &Callback<Action>) -> Callback<Event> {
    let act = act.clone();
    Callback::from(move |event: Event| {
        let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        let Some(file) = file else { return };
        let act = act.clone();
        spawn_local(async move {
            let text = if file.size() > FILE_MAX { None } else { JsFuture::from(file.text()).await.ok() };
            let text = text.and_then(|it| it.as_string()).unwrap_or_default();
            act.emit(Action::Sessions(SessionAction::Import(text)));
        });
    })
}
