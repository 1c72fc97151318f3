//! The lab's head: name, scenario, language, theme; holds no truth.

use super::icons::{Glyph, icon};
use crate::i18n::Lang;
use crate::i18n::find;
use crate::i18n::ui::{UI, t};
use crate::kubernetes::{Kubernetes, Version};
use crate::playground::SCENARIOS;
use crate::state::{Action, LessonAction, Panel, SessionAction, Theme};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// Props of [`Header`].
#[derive(Clone, PartialEq, Properties)]
pub struct HeaderProps {
    /// The page's language.
    pub lang: Lang,
    /// The theme.
    pub theme: Theme,
    /// The number of the scenario.
    pub scenario: usize,
    /// The version of Kubernetes.
    pub kubernetes: Kubernetes,
    /// The title of the lesson that is taken, where no scenario is its beginning.
    pub lesson: Option<String>,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// The head.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let HeaderProps { lang, theme, scenario, kubernetes, lesson, act } = props.clone();
    let (glyph, name, next) = match theme {
        Theme::System => (Glyph::System, "app.theme.system", Theme::Light),
        Theme::Light => (Glyph::Sun, "app.theme.light", Theme::Dark),
        Theme::Dark => (Glyph::Moon, "app.theme.dark", Theme::System),
    };
    let index = |event: Event| event.target_dyn_into::<HtmlSelectElement>().map(|it| it.value());
    let on_scenario = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            if let Some(index) = index(event).and_then(|it| it.parse().ok()) {
                act.emit(Action::Scenario(index));
            }
        })
    };
    let on_lang = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            if let Some(lang) = index(event).and_then(|it| Lang::from_tag(&it)) {
                act.emit(Action::Language(lang));
            }
        })
    };
    let on_version = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            if let Some(version) = index(event).and_then(|it| Version::parse(&it)) {
                act.emit(Action::Kubernetes(version));
            }
        })
    };
    let versions = Version::all().map(|it| {
        let is_it = it.minor == kubernetes.version().minor;
        let shown = if is_it { kubernetes.version() } else { it };
        html! { <option value={it.to_string()} selected={is_it}>{ shown.to_string() }</option> }
    });
    let scenarios = SCENARIOS.iter().enumerate().map(|(at, it)| {
        let title = find(UI, lang, &format!("scenario.{}", it.id)).unwrap_or(it.id);
        html! { <option value={at.to_string()} selected={at == scenario && lesson.is_none()}>{ title }</option> }
    });
    let langs = [(Lang::En, "English"), (Lang::Ja, "日本語")].map(|(it, name)| {
        html! { <option value={it.tag()} lang={it.tag()} selected={it == lang}>{ name }</option> }
    });
    html! {
        <div class="head" part="header">
            <button type="button" class="skip" onclick={act.reform(|_: MouseEvent| Action::Show(Panel::Console))}>{ t(lang, "app.skip") }</button>
            <div class="brand">
                <svg class="logo" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                    <rect class="logo-a" x="1" y="2" width="5" height="16" rx="1.5" />
                    <rect class="logo-b" x="7.5" y="2" width="5" height="16" rx="1.5" />
                    <rect class="logo-c" x="14" y="2" width="5" height="16" rx="1.5" />
                </svg>
                <span class="brand-name">{ "StatefulSet Lab" }</span>
                <span class="brand-line">{ t(lang, "app.about") }</span>
            </div>
            <label class="field">
                <span class="field-name">{ t(lang, "app.scenario") }</span>
                <select class="select" onchange={on_scenario} aria-label={t(lang, "app.scenario")}>
                    if let Some(title) = &lesson { <option value="" selected=true>{ title }</option> }
                    { for scenarios }
                </select>
            </label>
            <select class="select" onchange={on_version} aria-label={t(lang, "app.version")} title={t(lang, "app.version")}>{ for versions }</select>
            <button type="button" class="button guide-button" aria-label={t(lang, "lessons.title")} title={t(lang, "keys.lessons")}
                onclick={act.reform(|_: MouseEvent| Action::Lesson(LessonAction::Gallery(true)))}>
                { icon(Glyph::Guide) }<span>{ t(lang, "lessons.title") }</span>
            </button>
            <span class="grow"></span>
            <select class="select" onchange={on_lang} aria-label={t(lang, "app.language")} title={t(lang, "app.language")}>{ for langs }</select>
            <button type="button" class="tool tool-theme" title={t(lang, name)} aria-label={t(lang, name)}
                onclick={act.reform(move |_: MouseEvent| Action::Theme(next))}>{ icon(glyph) }</button>
            <button type="button" class="tool" title={t(lang, "sessions.title")} aria-label={t(lang, "sessions.title")}
                onclick={act.reform(|_: MouseEvent| Action::Sessions(SessionAction::Show(true)))}>{ icon(Glyph::Sessions) }</button>
            <button type="button" class="tool" title={t(lang, "app.share")} aria-label={t(lang, "app.share")}
                onclick={act.reform(|_: MouseEvent| Action::Share)}>{ icon(Glyph::Share) }</button>
            <button type="button" class="tool" title={t(lang, "app.help")} aria-label={t(lang, "app.help")}
                onclick={act.reform(|_: MouseEvent| Action::Keys(true))}>{ icon(Glyph::Help) }</button>
        </div>
    }
}
