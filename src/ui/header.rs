//! The lab's head: name, scenario, language, theme; holds no truth.

use super::icons::{Glyph, icon};
use super::page::use_page;
use crate::i18n::Lang;
use crate::i18n::find;
use crate::i18n::ui::{UI, t, tf};
use crate::i18n::units::name_of;
use crate::kubernetes::{Difference, GATES, Kubernetes, Version};
use crate::ordering::Order;
use crate::playground::SCENARIOS;
use crate::state::{Action, LessonAction, Panel, SessionAction, Theme};
use web_sys::{HtmlElement, HtmlSelectElement};
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
    /// The title of what runs, where no scenario is its beginning.
    pub own: Option<String>,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// What a `select` was set to.
fn chosen(event: &Event) -> Option<String> {
    event.target_dyn_into::<HtmlSelectElement>().map(|it| it.value())
}

/// The head. Where there is little room, what is not needed at every moment stands behind a button.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let HeaderProps { lang, act, .. } = props.clone();
    let is_open = use_state(|| false);
    let page = use_page();
    let button = use_node_ref();
    let shut = {
        let (is_open, button) = (is_open.clone(), button.clone());
        Callback::from(move |()| {
            is_open.set(false);
            if let Some(button) = button.cast::<HtmlElement>() {
                let _ = button.focus();
            }
        })
    };
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let onkeydown = {
        let (shut, is_open) = (shut.clone(), *is_open);
        Callback::from(move |event: KeyboardEvent| {
            if is_open && event.key() == "Escape" {
                event.stop_propagation();
                shut.emit(());
            }
        })
    };
    // Whatever was asked for in the menu, the menu has done its part.
    let rest = HeaderProps {
        act: {
            let (act, is_open) = (act.clone(), is_open.clone());
            Callback::from(move |action: Action| {
                is_open.set(false);
                act.emit(action);
            })
        },
        ..props.clone()
    };
    let id = page.id("head-rest");
    html! {
        <div class="head" part="header" {onkeydown}>
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
            { scenarios(props) }
            <button type="button" class="button guide-button" aria-label={t(lang, "lessons.title")} title={t(lang, "keys.lessons")}
                onclick={act.reform(|_: MouseEvent| Action::Lesson(LessonAction::Gallery(true)))}>
                { icon(Glyph::Guide) }<span>{ t(lang, "lessons.title") }</span>
            </button>
            <span class="grow"></span>
            <button type="button" class="tool head-menu" ref={button} title={t(lang, "app.more")} aria-label={t(lang, "app.more")}
                aria-expanded={is_open.to_string()} aria-controls={id.clone()} onclick={toggle}>{ icon(Glyph::Menu) }</button>
            if *is_open { <div class="head-shade" aria-hidden="true" onclick={shut.reform(|_: MouseEvent| ())}></div> }
            <div {id} class={classes!("head-rest", is_open.then_some("is-open"))}>
                <p class="only-menu head-about">{ t(lang, "app.about") }</p>
                { versions(&rest) }
                { languages(&rest) }
                { tools(&rest) }
            </div>
        </div>
    }
}

fn scenarios(props: &HeaderProps) -> Html {
    let HeaderProps { lang, scenario, own, act, .. } = props.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Some(index) = chosen(&event).and_then(|it| it.parse().ok()) {
            act.emit(Action::Scenario(index));
        }
    });
    let all = SCENARIOS.iter().enumerate().map(|(at, it)| {
        let title = find(UI, lang, &format!("scenario.{}", it.id)).unwrap_or(it.id);
        html! { <option value={at.to_string()} selected={at == scenario && own.is_none()}>{ title }</option> }
    });
    html! {
        <label class="field field-scenario">
            <span class="field-name">{ t(lang, "app.scenario") }</span>
            <select class="select" {onchange} aria-label={t(lang, "app.scenario")}>
                if let Some(title) = &own { <option value="" selected=true>{ title }</option> }
                { for all }
            </select>
        </label>
    }
}

fn versions(props: &HeaderProps) -> Html {
    let HeaderProps { lang, kubernetes, act, .. } = props.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Some(version) = chosen(&event).and_then(|it| Version::parse(&it)) {
            act.emit(Action::Kubernetes(version));
        }
    });
    // The own one has a place of its own, whichever patch it is.
    let own = kubernetes.version();
    let mut all: Vec<Version> =
        Version::all().chain([Version::MAX_UNAVAILABLE_TRIED]).filter(|it| *it != own).collect();
    all.push(own);
    all.order();
    let option =
        |it: &Version| html! { <option value={it.to_string()} selected={*it == own}>{ it.to_string() }</option> };
    let all = all.chunk_by(|a, b| about(*a) == about(*b)).map(|alike| {
        let label = alike.first().map_or("", |it| t(lang, about(*it)));
        html! { <optgroup {label}>{ for alike.iter().map(&option) }</optgroup> }
    });
    let changed = GATES.iter().filter(|history| kubernetes.gate(history.gate) != history.gate.is_on_by_default(own));
    let count = changed.count();
    let gates = match count {
        0 => t(lang, "app.gates").to_string(),
        _ => tf(lang, "app.gates.some", &[("gates", &kubernetes.gates_text())]),
    };
    let open = props.act.reform(|_: MouseEvent| Action::Gates(true));
    html! { <>
        <label class="field">
            <span class="field-name only-menu">{ "Kubernetes" }</span>
            <select class="select select-version" {onchange} aria-label={t(lang, "app.version")} title={t(lang, "app.version")}>{ for all }</select>
        </label>
        <button type="button" class={classes!("tool", (count > 0).then_some("tool-on"))} title={gates.clone()} aria-label={gates.clone()} onclick={open}>
            { icon(Glyph::Gates) }
            if count > 0 { <span class="tool-count">{ format!("+{count}") }</span> }
            <span class="only-menu">{ gates }</span>
        </button>
    </> }
}

/// The words on what a version means to an update, the difference that people come for.
fn about(version: Version) -> &'static str {
    let kubernetes = Kubernetes::of(version);
    match (kubernetes.has(Difference::MaxUnavailable), kubernetes.has(Difference::UnavailableCostNothing)) {
        (false, _) => "version.without",
        (true, false) => "version.with",
        (true, true) => "version.newest",
    }
}

fn languages(props: &HeaderProps) -> Html {
    let HeaderProps { lang, act, .. } = props.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Some(lang) = chosen(&event).and_then(|it| Lang::from_tag(&it)) {
            act.emit(Action::Language(lang));
        }
    });
    let all = [Lang::En, Lang::Ja].map(|it| {
        html! { <option value={it.tag()} lang={it.tag()} selected={it == lang}>{ name_of(it) }</option> }
    });
    html! {
        <label class="field">
            <span class="field-name only-menu">{ t(lang, "app.language") }</span>
            <select class="select" {onchange} aria-label={t(lang, "app.language")} title={t(lang, "app.language")}>{ for all }</select>
        </label>
    }
}

fn tools(props: &HeaderProps) -> Html {
    let lang = props.lang;
    let (glyph, theme, next) = match props.theme {
        Theme::System => (Glyph::System, "app.theme.system", Theme::Light),
        Theme::Light => (Glyph::Sun, "app.theme.light", Theme::Dark),
        Theme::Dark => (Glyph::Moon, "app.theme.dark", Theme::System),
    };
    let tool = |glyph: Glyph, key: &'static str, action: Action| {
        let name = t(lang, key);
        html! {
            <button type="button" class="tool" title={name} aria-label={name} onclick={props.act.reform(move |_: MouseEvent| action.clone())}>
                { icon(glyph) }<span class="only-menu">{ name }</span>
            </button>
        }
    };
    html! { <>
        { tool(glyph, theme, Action::Theme(next)) }
        { tool(Glyph::Sessions, "sessions.title", Action::Sessions(SessionAction::Show(true))) }
        { tool(Glyph::Share, "app.share", Action::Share) }
        { tool(Glyph::Help, "app.help", Action::Keys(true)) }
    </> }
}
