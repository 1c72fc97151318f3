//! The root component: draws a lab's state, and hands what its parts ask for to the driver.

use super::console::{Drafts, Entries, Terminal};
use super::driver::Driver;
use super::editor::{Editor, Given};
use super::feature_gates::Gates;
use super::gallery::{Gallery, GalleryProps};
use super::header::Header;
use super::icons::{Glyph, icon};
use super::inspector::Inspector;
use super::lesson::{LessonPane, LessonPaneProps};
use super::page::Page;
use super::picture::Picture;
use super::plan::PlanPane;
use super::props::{Lab, PartProps};
use super::session_loading::Loading;
use super::sessions::{Sessions, abouts};
use super::shortcuts::Keys;
use super::splitter::Splitter;
use super::time_controls::Controls;
use super::timeline::Timeline;
use crate::i18n::Lang;
use crate::i18n::scene::word;
use crate::i18n::ui::t;
use crate::state::{Action, Panel, SessionAction, State, TerminalAction, View};
use std::rc::Rc;
use yew::prelude::*;

/// What the root hears of.
pub enum Msg {
    /// Somebody asks for something.
    Act(Action),
    /// Something that can be seen is another.
    Draw,
}

/// Props of [`App`].
#[derive(Clone, PartialEq, Properties)]
pub struct AppProps {
    /// The lab; without one, nothing is drawn.
    pub lab: Option<Driver>,
}

/// The root component of a lab.
pub struct App {
    act: Callback<Action>,
    drafts: Drafts,
    /// How much the console had said when it was looked at last.
    heard: std::cell::Cell<Option<usize>>,
}

impl Component for App {
    type Message = Msg;
    type Properties = AppProps;

    fn create(ctx: &Context<Self>) -> Self {
        follow(ctx);
        App { act: ctx.link().callback(Msg::Act), drafts: Drafts::default(), heard: std::cell::Cell::default() }
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &AppProps) -> bool {
        // Another lab in the same root finds nothing of what was begun in the one before.
        self.drafts = Drafts::default();
        self.heard.set(None);
        follow(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Act(action) => {
                if let Some(driver) = &ctx.props().lab {
                    driver.dispatch(action);
                }
                false
            }
            Msg::Draw => true,
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        if let Some(driver) = &ctx.props().lab {
            driver.drawn();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Some(driver) = &ctx.props().lab else { return Html::default() };
        let page = driver.page();
        // Another lab in the same root begins with components of its own.
        html! {
            <ContextProvider<Page> key={page.id("app")} context={page.clone()}>{ self.lab(driver) }</ContextProvider<Page>>
        }
    }
}

fn follow(ctx: &Context<App>) {
    if let Some(driver) = &ctx.props().lab {
        driver.draw_with(ctx.link().callback(|()| Msg::Draw));
    }
}

fn panel_name(panel: Panel) -> &'static str {
    match panel {
        Panel::Picture => "picture",
        Panel::Editor => "editor",
        Panel::Console => "console",
        Panel::Inspector => "inspector",
    }
}

impl App {
    fn lab(&self, driver: &Driver) -> Html {
        let state = driver.state();
        let part = self.part(driver, &state);
        let lang = state.view.lang;
        let has_inspector = state.selected.is_some() || state.shown_plan.is_some();
        let class = classes!(
            "app",
            format!("show-{}", panel_name(state.panel)),
            has_inspector.then_some("has-inspector"),
            (state.compared.len() > 1).then_some("has-several"),
            (state.view.console * 5 > state.media.height * 2).then_some("has-tall-console")
        );
        html! {
            <div {class} role="group" aria-label="StatefulSet Lab">
                <div class="frame" inert={state.shows_keys || state.shows_gates || state.shows_sessions || state.lessons.shows_gallery || state.loading_progress().is_some()}>
                    <Header {lang} theme={state.view.theme} scenario={state.scenario} kubernetes={state.playground.borrow().cluster().kubernetes()} own={state.title()} act={self.act.clone()} />
                    { self.notice(&state) }
                    { self.work(&state, &part) }
                    { self.tabs(&state) }
                </div>
                if state.shows_sessions { <Sessions kept={abouts(state.shelf.all())} {lang} act={self.act.clone()} /> }
                if let Some(progress) = state.loading_progress() { <Loading {progress} {lang} act={self.act.clone()} /> }
                if state.shows_gates { <Gates kubernetes={state.playground.borrow().cluster().kubernetes()} {lang} act={self.act.clone()} /> }
                if state.shows_keys { <Keys {lang} act={self.act.clone()} /> }
                if state.lessons.shows_gallery {
                    <Gallery ..GalleryProps::of(&state.lessons, state.notice.as_deref(), lang, &self.act) />
                }
                { crash(lang, driver.page()) }
            </div>
        }
    }

    fn work(&self, state: &State, part: &PartProps) -> Html {
        let (lang, view) = (state.view.lang, state.view);
        html! {
            <div class="work">
                { self.lesson(state, part) }
                { self.editor(state, part) }
                { self.lesson_bar(state) }
                <Splitter label={t(lang, "app.resize.editor")} title={t(lang, "app.resize.title")} is_upright=true value={view.editor} min={View::EDITOR_MIN} max={View::EDITOR_MAX}
                    usual={View::EDITOR} change={self.act.reform(Action::EditorWidth)} />
                <div role="group" class="stage" part="picture" aria-label={t(lang, "panel.picture")}>
                    <Picture ..part.clone() />
                </div>
                <div role="group" class="time" part="timeline" aria-label={t(lang, "panel.time")}>
                    <Controls part={part.clone()} outlook={state.outlook} />
                    <Timeline ..part.clone() />
                </div>
                <Splitter label={t(lang, "app.resize.console")} title={t(lang, "app.resize.title")} is_upright=false is_before=true value={view.console} min={View::CONSOLE_MIN} max={View::console_max(state.media.height)}
                    usual={View::console_at(state.media.height)} change={self.act.reform(Action::ConsoleHeight)} />
                { self.console(state, part) }
                if state.selected.is_some() {
                    <div role="group" class="drawer" part="inspector" aria-label={t(lang, "panel.inspector")}><Inspector ..part.clone() /></div>
                } else if let Some(shown_plan) = &state.shown_plan {
                    <div role="group" class="drawer" part="plan" aria-label={word(lang, "plan")}>
                        <PlanPane part={part.clone()} shown_plan={Rc::clone(shown_plan)} />
                    </div>
                }
            </div>
        }
    }

    fn lesson(&self, state: &State, part: &PartProps) -> Html {
        let attempt = state.playground.borrow().attempt().cloned();
        if !state.view.has_guide || attempt.is_none() && !state.lessons.is_awaited() {
            return Html::default();
        }
        let following = attempt.as_ref().and_then(|it| state.lessons.following(it));
        html! { <LessonPane ..LessonPaneProps { part: part.clone(), attempt, following } /> }
    }

    /// Between the step of a lesson and the manifest below it.
    fn lesson_bar(&self, state: &State) -> Html {
        let (lang, height) = (state.view.lang, state.media.height);
        if !state.view.has_guide || state.playground.borrow().attempt().is_none() && !state.lessons.is_awaited() {
            return Html::default();
        }
        html! {
            <Splitter label={t(lang, "app.resize.lesson")} title={t(lang, "app.resize.title")} class={classes!("splitter-lesson")} is_upright=false
                value={state.view.lesson_at(height)} min={View::LESSON_MIN} max={View::lesson_max(height)} usual=0
                change={self.act.reform(Action::LessonHeight)} />
        }
    }

    fn part(&self, driver: &Driver, state: &State) -> PartProps {
        PartProps {
            lab: Lab::new(&state.playground, driver.frames(), state.version, state.epoch),
            lang: state.view.lang,
            selected: state.selected.clone(),
            compared: state.compared.clone(),
            mode: state.mode,
            markers: Rc::clone(&state.markers),
            pace: state.pace,
            act: self.act.clone(),
        }
    }

    fn notice(&self, state: &State) -> Html {
        let close = self.act.reform(|_: MouseEvent| Action::CloseNotice);
        let gone = self.act.reform(|_: AnimationEvent| Action::CloseNotice);
        let back = self.act.reform(|_: MouseEvent| Action::Undo);
        let list = self.act.reform(|_: MouseEvent| Action::Sessions(SessionAction::Show(true)));
        let lang = state.view.lang;
        let notice = state.notice.as_ref().map(|notice| {
            html! {
                <p key={notice.to_string()} class={classes!("notice", state.tells_in_passing().then_some("passes"))} onanimationend={gone}>
                    <span>{ notice.to_string() }</span>
                    <span class="grow"></span>
                    if state.tells_of_a_way_back() {
                        <button type="button" class="button" onclick={back}>{ t(lang, "sessions.back") }</button>
                    }
                    if state.tells_of_sessions() {
                        <button type="button" class="button" onclick={list}>{ t(lang, "sessions.title") }</button>
                    }
                    <button type="button" class="tool" onclick={close} aria-label={t(lang, "app.close")}>{ icon(Glyph::Close) }</button>
                </p>
            }
        });
        html! { <div role="status" class="notices">{ notice }</div> }
    }

    fn editor(&self, state: &State, part: &PartProps) -> Html {
        let files = &state.files;
        let given = Given { number: files.given, text: files.text() };
        html! {
            <Editor lab={part.lab.timeless()} {given} files={Rc::clone(&files.names)} file={files.current}
                is_edited={files.edited == Some(files.current)} is_paused={files.paused == Some(files.current)} asks={state.asked_to_close == Some(files.current)} standing={state.standing} lang={part.lang} act={self.act.clone()} />
        }
    }

    /// The console: one terminal, or all of them side by side.
    fn console(&self, state: &State, part: &PartProps) -> Html {
        let (count, current, are_beside) = {
            let playground = state.playground.borrow();
            (playground.terminal_count(), playground.terminal(), playground.are_terminals_beside())
        };
        if count < 2 || !are_beside || state.media.is_narrow {
            return self.terminal(state, part, current, None);
        }
        let all = (0..count).map(|number| self.terminal(state, part, number, Some(number == current)));
        html! { <div class="consoles">{ for all }</div> }
    }

    fn terminal(&self, state: &State, part: &PartProps, terminal: usize, beside: Option<bool>) -> Html {
        let playground = state.playground.borrow();
        let view = playground.terminal_view(terminal);
        let act = self.act.clone();
        // What is asked for in one that is not typed in turns to it first.
        let act = match beside {
            Some(false) => Callback::from(move |action: Action| {
                act.emit(Action::Terminal(TerminalAction::Turn(terminal)));
                act.emit(action);
            }),
            _ => act,
        };
        html! {
            <Terminal key={beside.map_or(0, |_| terminal + 1)} lab={part.lab.timeless()} entries={Entries(view.entries)} prompt={view.prompt} waiting={view.waiting}
                queued={view.queued} jobs={view.jobs} terminals={playground.terminal_lines()} {terminal} {beside}
                drafts={self.drafts.clone()} is_playing={state.pace.is_playing} lang={part.lang} {act} />
        }
    }

    fn tabs(&self, state: &State) -> Html {
        let lang = state.view.lang;
        let said = state.playground.borrow().entries().len();
        if state.panel == Panel::Console || self.heard.get().is_none_or(|heard| heard > said) {
            self.heard.set(Some(said));
        }
        let has_news = self.heard.get() != Some(said);
        let tabs = [
            (Panel::Picture, Glyph::Picture, "panel.picture"),
            (Panel::Editor, Glyph::Editor, "panel.editor"),
            (Panel::Console, Glyph::Console, "panel.console"),
            (Panel::Inspector, Glyph::Inspector, "panel.inspector"),
        ];
        let tabs = tabs.into_iter().map(|(panel, glyph, name)| {
            let is_off = panel == Panel::Inspector && state.selected.is_none() && state.shown_plan.is_none();
            let shows_plan = panel == Panel::Inspector && state.selected.is_none() && state.shown_plan.is_some();
            let name = if shows_plan { word(lang, "plan") } else { t(lang, name) };
            let news = (panel == Panel::Console && has_news).then(|| {
                html! { <i class="tab-news"><span class="visually-hidden">{ t(lang, "panel.news") }</span></i> }
            });
            html! {
                <button type="button" class="tab" aria-pressed={(panel == state.panel).to_string()} disabled={is_off}
                    onclick={self.act.reform(move |_: MouseEvent| Action::Show(panel))}>
                    { icon(glyph) }<span>{ name }</span>{ news }
                </button>
            }
        });
        html! { <div role="group" class="tabs" aria-label={t(lang, "panel.tabs")}>{ for tabs }</div> }
    }
}

/// What is shown when the code of this lab has failed: hidden, in the reader's language, and filled in by `www/lab.js`,
/// since nothing in here may run by then.
fn crash(lang: Lang, page: &Page) -> Html {
    let title = page.id("crash-title");
    html! {
        <div class="crash" hidden=true role="alertdialog" aria-labelledby={title.clone()}>
            <div class="crash-inner">
                <h2 id={title}>{ t(lang, "crash.title") }</h2>
                <p>{ t(lang, "crash.text") }</p>
                <div class="crash-buttons">
                    <button type="button" class="button button-main crash-restart">{ t(lang, "crash.restart") }</button>
                    <button type="button" class="button crash-again">{ t(lang, "crash.reload") }</button>
                    <button type="button" class="button crash-report">{ t(lang, "crash.report") }</button>
                </div>
                <h3>{ t(lang, "crash.what") }</h3>
                <pre class="crash-text crash-what" tabindex="0"></pre>
                <h3>{ t(lang, "crash.manifest") }</h3>
                <textarea class="crash-text crash-manifest" readonly=true rows="12" aria-label={t(lang, "crash.manifest")} />
            </div>
        </div>
    }
}
