//! The lessons to choose from, by topic, with a picture and the reader's progress each; holds no truth.

use super::dialog::Dialog;
use super::icons::{Glyph, icon};
use super::page::{Page, use_page};
use crate::i18n::Lang;
use crate::i18n::lessons::topic;
use crate::i18n::plural::plural;
use crate::i18n::ui::{t, tf};
use crate::playground::{LESSON_MAX, LessonCard};
use crate::state::{Action, LessonAction, Lessons};
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{FileList, HtmlInputElement};
use yew::prelude::*;

/// Props of [`Gallery`].
#[derive(Clone, PartialEq, Properties)]
pub struct GalleryProps {
    /// The page's language.
    pub lang: Lang,
    /// The lessons, once they have come.
    pub cards: Option<Rc<Vec<LessonCard>>>,
    /// How far the reader is in each: name, steps done, steps.
    pub marks: Rc<Vec<(Rc<str>, usize, usize)>>,
    /// What the reader is told, such as what is wrong with a file.
    pub notice: Option<String>,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

impl GalleryProps {
    /// The props for what a lab knows of the lessons.
    pub fn of(lessons: &Lessons, notice: Option<&str>, lang: Lang, act: &Callback<Action>) -> GalleryProps {
        let (cards, marks) = (lessons.cards.clone(), Rc::clone(&lessons.marks));
        GalleryProps { lang, cards, marks, notice: notice.map(str::to_owned), act: act.clone() }
    }
}

/// The gallery, above everything else of the lab, whose other parts are inert meanwhile.
#[component]
pub fn Gallery(props: &GalleryProps) -> Html {
    let GalleryProps { lang, act, .. } = props.clone();
    let ondrop = {
        let act = act.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            open_first(&act, event.data_transfer().and_then(|it| it.files()));
        })
    };
    let onchange = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                open_first(&act, input.files());
                input.set_value("");
            }
        })
    };
    let page = use_page();
    let example = {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| save_example(page.clone(), act.clone()))
    };
    html! {
        <Dialog name="lessons-title" title={t(lang, "lessons.title")} lead={t(lang, "lessons.lead")} class="gallery" drop={ondrop} {lang}
            close={Action::Lesson(LessonAction::Gallery(false))} act={act.clone()}>
                if let Some(notice) = &props.notice { <p class="notice" role="alert">{ notice }</p> }
                <div class="gallery-scroll">
                    { topics(props) }
                    <div class="gallery-own">
                        <label class="button">
                            { icon(Glyph::Open) }{ t(lang, "lessons.open") }
                            <input type="file" class="visually-hidden" accept=".md,.markdown,.txt,text/*" aria-label={t(lang, "lessons.open")} {onchange} />
                        </label>
                        <button type="button" class="button" onclick={example}>{ icon(Glyph::Save) }{ t(lang, "lessons.example") }</button>
                        <span>{ t(lang, "lessons.own") }</span>
                    </div>
                </div>
        </Dialog>
    }
}

fn topics(props: &GalleryProps) -> Html {
    let Some(cards) = &props.cards else {
        return html! { <p class="gallery-coming" role="status">{ t(props.lang, "lessons.coming") }</p> };
    };
    let groups = cards.chunk_by(|a, b| a.topic == b.topic).map(|group| {
        let name = group.first().map_or("", |card| card.topic.as_str());
        let cards = group.iter().map(|card| {
            let mark = props.marks.iter().find(|it| *it.0 == *card.name).map(|it| (it.1, it.2));
            html! { <li><Card card={card.clone()} {mark} lang={props.lang} act={props.act.clone()} /></li> }
        });
        html! {
            <section key={name.to_string()}>
                <h3>{ topic(props.lang, name) }</h3>
                <ul class="gallery-cards">{ for cards }</ul>
            </section>
        }
    });
    html! { <>{ for groups }</> }
}

#[derive(Clone, PartialEq, Properties)]
struct CardProps {
    card: LessonCard,
    mark: Option<(usize, usize)>,
    lang: Lang,
    act: Callback<Action>,
}

#[component]
fn Card(props: &CardProps) -> Html {
    let CardProps { card, mark, lang, act } = props;
    let picture = use_page().lesson_picture(&card.name, *lang);
    let name: Rc<str> = card.name.as_str().into();
    let onclick = act.reform(move |_: MouseEvent| Action::Lesson(LessonAction::Fetch(Rc::clone(&name))));
    let mark = mark.filter(|(done, _)| *done > 0).map(|(done, all)| match done >= all {
        true => html! { <span class="chip chip-good">{ icon(Glyph::Done) }{ t(*lang, "lessons.done") }</span> },
        false => {
            let (done, all) = (done.to_string(), all.to_string());
            html! { <span class="chip chip-wait">{ tf(*lang, "lessons.part", &[("done", &done), ("all", &all)]) }</span> }
        }
    });
    html! {
        <button type="button" class="card" {onclick}>
            if let Some(picture) = picture { <img src={picture} alt="" loading="lazy" width="480" height="300" /> }
            <strong>{ card.title.say(*lang) }</strong>
            <span class="card-about">{ card.about.say(*lang) }</span>
            <span class="card-facts">
                <span>{ plural(*lang, "lessons.steps.one", "lessons.steps.many", card.steps) }</span>
                if card.questions > 0 { <span>{ plural(*lang, "lessons.predict.one", "lessons.predict.many", card.questions) }</span> }
                { mark }
            </span>
        </button>
    }
}

/// The lesson that is offered as a start for one's own: it is short, and has each sort of block.
const EXAMPLE: &str = "blocked-scale";

/// Saves a lesson's text as a file, for somebody to change.
fn save_example(page: Page, act: Callback<Action>) {
    let Some(coming) = page.lesson(EXAMPLE) else { return act.emit(Action::Notify("lesson.missing")) };
    spawn_local(async move {
        let text = JsFuture::from(coming).await.ok().and_then(|it| it.as_string());
        let saved = text.is_some_and(|text| page.save_file(&format!("{EXAMPLE}.md"), "text/markdown", &text).is_ok());
        if !saved {
            act.emit(Action::Notify("lesson.missing"));
        }
    });
}

/// Opens the first of some files as a lesson.
fn open_first(act: &Callback<Action>, files: Option<FileList>) {
    let Some(file) = files.and_then(|it| it.get(0)) else { return };
    if file.size() > LESSON_MAX as f64 {
        return act.emit(Action::Notify("lesson.large"));
    }
    let (act, name, text) = (act.clone(), file.name(), file.text());
    spawn_local(async move {
        let text = JsFuture::from(text).await.ok().and_then(|it| it.as_string()).unwrap_or_default();
        let name = format!("file:{}", name.trim_end_matches(".md").replace(char::is_whitespace, "-"));
        act.emit(Action::Lesson(LessonAction::Begin(name.into(), text.into())));
    });
}
