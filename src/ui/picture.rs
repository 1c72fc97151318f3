//! The picture: asks `scene` what is where, draws each item by a memo component, and lets the browser move them.

mod compared;
mod pointer_and_keys;

use super::drawing::stage::{Known, Stage};
use super::drawing::{Drawing, Mode, TILE, Touch, view_of};
use super::icons::{Glyph, icon};
use super::inspector::causes::remedy;
use super::lights::Lights;
use super::log::Log;
use super::observed_size::SizeWatch;
use super::page::{Page, page_of};
use super::props::PartProps;
use super::svg_file::svg_file;
use crate::explain::cause::{End, Link, answer};
use crate::explain::remedies;
use crate::i18n::Lang;
use crate::i18n::scene::{say, word};
use crate::model::{Key, Kind, Text};
use crate::playground::Playground;
use crate::scene::{Difference, Level, Scene, View};
use crate::state::Action;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent};
use yew::prelude::*;

/// What happens to the picture.
pub enum Msg {
    /// Its place on the page has another size.
    Resized,
    /// It was scrolled.
    Scrolled,
    /// More (or less) detail.
    Zoom(i32),
    /// As it fits.
    Fit,
    /// The rest of a large change is drawn.
    More,
    /// What has faded is taken out.
    Sweep,
    /// Something was clicked.
    Click(MouseEvent),
    /// A key was pressed.
    Key(KeyboardEvent),
    /// The log is opened or closed.
    Log,
    /// The buttons above the picture are shown or hidden, where there is little room.
    Tools,
    /// The picture is to be saved as a file.
    Save,
    /// The picture is dragged.
    Drag(PointerEvent),
    /// What is otherwise in a branch that lies beside it, by its number.
    Differ(usize, Rc<Vec<Difference>>),
}

/// The sizes of one unit in percent.
const SCALES: [i32; 7] = [50, 67, 80, 100, 125, 150, 200];
/// Of so many sets it is said what helps, where pictures lie side by side.
const WORDS_MAX: usize = 4;
/// The index of 100 %.
const NATURAL: usize = 3;

/// The picture.
pub struct Picture {
    page: Page,
    scroll: NodeRef,
    panes: NodeRef,
    svg: NodeRef,
    mode: Mode,
    scale: usize,
    detail: i32,
    /// Width, height and the first seen line of its place on the page.
    size: (i32, i32),
    top: i32,
    known: Known,
    stage: Stage,
    /// The key of the item at which Tab stops.
    stop: Option<Text>,
    focus_next: bool,
    sweep: Option<Timeout>,
    more: Option<Timeout>,
    listeners: Vec<EventListener>,
    size_watch: Option<SizeWatch>,
    drag_from: Option<(i32, i32)>,
    has_log: bool,
    /// Whether the buttons are shown where there is little room.
    shows_tools: bool,
    /// What is otherwise in each branch that lies beside it.
    differ: Vec<(usize, Rc<Vec<Difference>>)>,
    /// How those tell of it: one callback for all pictures, so that they are not drawn anew for its sake.
    told: Callback<(usize, Rc<Vec<Difference>>)>,
}

impl Component for Picture {
    type Message = Msg;
    type Properties = PartProps;

    fn create(ctx: &Context<Self>) -> Self {
        Picture {
            page: page_of(ctx),
            scroll: NodeRef::default(),
            panes: NodeRef::default(),
            svg: NodeRef::default(),
            mode: mode_of(ctx.props()),
            scale: NATURAL,
            detail: 0,
            size: (0, 0),
            top: 0,
            known: Known::default(),
            stage: Stage::default(),
            stop: None,
            focus_next: false,
            sweep: None,
            more: None,
            listeners: Vec::new(),
            size_watch: None,
            drag_from: None,
            has_log: false,
            shows_tools: false,
            differ: Vec::new(),
            told: ctx.link().callback(|(branch, different)| Msg::Differ(branch, different)),
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &PartProps) -> bool {
        let props = ctx.props();
        let mode = mode_of(props);
        if props.lab != old.lab || mode != self.mode || props.compared != old.compared {
            self.mode = mode;
            self.refresh(ctx, false);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Resized => self.measure(ctx),
            Msg::Scrolled => self.scrolled(ctx),
            Msg::Zoom(by) => self.zoom(ctx, by),
            Msg::Fit => {
                (self.scale, self.detail) = (NATURAL, 0);
                self.refresh(ctx, true);
                true
            }
            Msg::More => {
                self.more = None;
                self.refresh(ctx, true);
                true
            }
            Msg::Sweep => {
                self.sweep = None;
                self.stage.sweep()
            }
            Msg::Log => {
                self.has_log = !self.has_log;
                true
            }
            Msg::Tools => {
                self.shows_tools = !self.shows_tools;
                true
            }
            Msg::Save => {
                self.save(ctx.props());
                false
            }
            Msg::Click(event) => self.click(ctx, &event),
            Msg::Key(event) => self.key(ctx, &event),
            Msg::Drag(event) => self.drag(&event),
            Msg::Differ(branch, different) => {
                self.differ.retain(|it| it.0 != branch);
                self.differ.push((branch, different));
                true
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let link = ctx.link();
        let touch = Touch {
            node: self.svg.clone(),
            onclick: Some(link.callback(Msg::Click)),
            onkeydown: Some(link.callback(Msg::Key)),
        };
        // Beside another branch the lights stand with the one that they are of.
        let beside = compared(props);
        html! {
            <div role="group" class={classes!("picture", self.shows_tools.then_some("shows-tools"))} aria-label={word(props.lang, "picture")}>
                <button type="button" class="picture-more" aria-expanded={self.shows_tools.to_string()} title={word(props.lang, "view")}
                    aria-label={word(props.lang, "view")} onclick={link.callback(|_| Msg::Tools)}>{ icon(Glyph::Menu) }</button>
                { self.tools(ctx) }
                if beside.is_empty() { <Lights ..props.clone() /> }
                <compared::Jumps lab={props.lab.clone()} lang={props.lang} beside={beside.clone()} panes={self.panes.clone()} />
                <div class="picture-panes" ref={self.panes.clone()}>
                <div class="picture-scroll" tabindex="0" ref={self.scroll.clone()} onscroll={link.callback(|_| Msg::Scrolled)}
                    onpointerdown={link.callback(Msg::Drag)} onpointermove={link.callback(Msg::Drag)}
                    onpointerup={link.callback(Msg::Drag)} onpointercancel={link.callback(Msg::Drag)}>
                    { self.caption(props) }
                    if !beside.is_empty() { <Lights ..props.clone() /> }
                    { self.drawing(props, &self.different(props)).svg(touch) }
                    { self.words(props) }
                    { self.empty(props.lang) }
                </div>
                { self.compared(props) }
                </div>
                <Log part={props.clone()} is_open={self.has_log} />
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first_render: bool) {
        if first_render {
            self.observe(ctx);
            ctx.link().send_message(Msg::Resized);
        }
        if std::mem::take(&mut self.focus_next)
            && let Some(element) = self.stop.as_ref().and_then(|key| self.element(key))
        {
            _ = element.unchecked_ref::<HtmlElement>().focus();
            element.scroll_into_view_with_scroll_into_view_options(&nearest());
        }
        self.page.keep_focus();
    }
}

/// A picture as a file of its own; `now` is its moment in words.
pub(super) fn file_of(svg: &Element, lang: Lang, now: &str) -> String {
    let title = say(lang, "file-title", &[("time", now.split('.').next().unwrap_or(now))]);
    svg_file(&svg.outer_html(), &title, word(lang, "file-description"))
}

/// Whether the same story lies beside itself under other versions: the reasons stand below the pictures then, and the
/// pods of all can be seen at once. Beside a plan's branch the bubbles stay.
fn has_versions(playground: &Playground, props: &PartProps) -> bool {
    compared(props).iter().any(|branch| playground.is_same_story(*branch))
}

/// Which picture is asked for.
fn mode_of(props: &PartProps) -> Mode {
    props.mode
}

/// The branches to compare with, those besides the current.
fn compared(props: &PartProps) -> Vec<usize> {
    let playground = props.lab.read();
    let is_other = |branch: &usize| *branch != playground.current_branch() && *branch < playground.branch_count();
    props.compared.iter().copied().filter(is_other).collect()
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
    options
}

impl Picture {
    /// What is otherwise in the branches beside, by object.
    fn different(&self, props: &PartProps) -> Vec<(Key, AttrValue)> {
        let (beside, playground) = (compared(props), props.lab.read());
        let mut said: Vec<(Key, AttrValue)> = Vec::new();
        // Of several versions this one is what the others are held against: the marks stand with them.
        if beside.len() > 1 {
            return said;
        }
        for (branch, different) in self.differ.iter().filter(|it| beside.contains(&it.0)) {
            let name = playground.branch_facts(*branch).map(|facts| facts.name.to_string()).unwrap_or_default();
            for it in different.iter().filter(|it| !it.is_slight) {
                let words = it.say(props.lang, &name);
                match said.iter_mut().find(|(key, _)| *key == it.key) {
                    Some((_, all)) => *all = format!("{all}. {words}").into(),
                    None => said.push((it.key.clone(), words.into())),
                }
            }
        }
        said
    }

    fn drawing<'a>(&'a self, props: &'a PartProps, different: &'a [(Key, AttrValue)]) -> Drawing<'a> {
        Drawing {
            stage: &self.stage,
            lab: &props.lab,
            lang: props.lang,
            scale: self.percent(),
            is_still: props.pace.is_still,
            selected: props.selected.as_ref(),
            stop: self.stop.as_ref(),
            different,
        }
    }

    /// The size of one unit.
    fn percent(&self) -> i32 {
        SCALES.get(self.scale).copied().unwrap_or(100)
    }

    /// What is said where there is nothing in the cluster.
    fn empty(&self, lang: Lang) -> Html {
        if !self.stage.scene.items.is_empty() || self.size.0 == 0 {
            return Html::default();
        }
        html! {
            <div class="picture-empty">
                <p>{ word(lang, "empty") }</p>
                <p>{ word(lang, "empty-hint") }</p>
            </div>
        }
    }

    /// Which branch this is, where there are two to look at.
    fn caption(&self, props: &PartProps) -> Html {
        let playground = props.lab.read();
        let current = playground.current_branch();
        let beside = compared(props);
        let facts = playground.branch_facts(current).filter(|_| !beside.is_empty());
        let is_version = beside.iter().any(|branch| playground.is_same_story(*branch));
        let own = if is_version { "compare-version" } else { "compare-own" };
        facts.map_or_else(Html::default, |facts| {
            let title = say(props.lang, own, &[("name", &facts.name)]);
            let version = playground.cluster().kubernetes().version().to_string();
            let version = (!facts.name.contains(&version)).then_some(version);
            html! {
                <>
                    <div class="picture-head">
                        <p class="picture-caption">{ title }<span>{ version }</span></p>
                        <p class="picture-differs">{ word(props.lang, "compare-here") }</p>
                    </div>
                    { compared::course(&playground, current, playground.now(), props.lang) }
                </>
            }
        })
    }

    /// What the controllers of this branch say, where it is one of several side by side, and what helps.
    fn words(&self, props: &PartProps) -> Html {
        let playground = props.lab.read();
        if !has_versions(&playground, props) {
            return Html::default();
        }
        let sets = playground.cluster().list(Kind::StatefulSet).take(WORDS_MAX);
        let links: Vec<Vec<Link>> = sets.map(|set| answer(playground.cluster(), &set.key())).collect();
        let stuck = links.iter().filter(|links| links.first().is_some_and(|root| root.end == End::Somebody));
        let helps = stuck.filter_map(|links| remedies(links).into_iter().next());
        // What is typed at the console goes on in each of them.
        let all = say(props.lang, "help-all", &[("n", &(compared(props).len() + 1).to_string())]);
        html! {
            <>
                { compared::reasons(&playground, playground.current_branch(), playground.now(), props.lang) }
                { for helps.map(|(link, it)| html! { <div class="picture-help">{ remedy(link, it, props.lang, &props.act) }<p class="help-all">{ all.clone() }</p></div> }) }
            </>
        }
    }

    /// The branches that are compared with.
    fn compared(&self, props: &PartProps) -> Html {
        let others = compared(props).into_iter().map(|branch| {
            html! { <compared::Compared key={branch} lab={props.lab.clone()} lang={props.lang} {branch} mode={self.mode} level={self.stage.scene.level} differ={self.told.clone()} /> }
        });
        html! { <>{ for others }</> }
    }

    fn tools(&self, ctx: &Context<Self>) -> Html {
        let (lang, link, act) = (ctx.props().lang, ctx.link(), &ctx.props().act);
        let mode = |mode: Mode, key: &'static str| {
            let pressed = if self.mode == mode { "true" } else { "false" };
            html! {
                <button type="button" aria-pressed={pressed} onclick={act.reform(move |_: MouseEvent| Action::Arrange(mode))}>
                    { word(lang, key) }
                </button>
            }
        };
        let zoom = |by: i32, key: &'static str, sign: &'static str| {
            html! {
                <button type="button" class="square" aria-label={word(lang, key)} title={word(lang, key)}
                    onclick={link.callback(move |_| Msg::Zoom(by))}>{ sign }</button>
            }
        };
        html! {
            <div class="picture-tools">
                <div class="segments" role="group" aria-label={word(lang, "view")}>
                    { mode(Mode::Identity, "view-identity") }
                    { mode(Mode::Nodes, "view-node") }
                    { mode(Mode::Owners, "view-owner") }
                </div>
                <button type="button" class="log-button" aria-pressed={self.has_log.to_string()}
                    onclick={link.callback(|_| Msg::Log)}>{ word(lang, "log") }</button>
                <button type="button" class="save-button" title={word(lang, "save-svg")} aria-label={word(lang, "save-svg")}
                    onclick={link.callback(|_| Msg::Save)}>{ "SVG" }</button>
                <div class="segments">
                    { zoom(-1, "zoom-out", "−") }
                    <button type="button" onclick={link.callback(|_| Msg::Fit)}>{ word(lang, "zoom-fit") }</button>
                    { zoom(1, "zoom-in", "+") }
                </div>
            </div>
        }
    }

    /// Offers the picture as it stands as a file.
    fn save(&self, props: &PartProps) {
        let Some(svg) = self.svg.cast::<Element>() else { return };
        let text = file_of(&svg, props.lang, &props.lab.read().now().to_string());
        // Nothing is lost where the host allows no downloads.
        let _ = self.page.save_file("statefulset-lab.svg", "image/svg+xml", &text);
    }

    /// Listens to the size of its place, and to the wheel with Ctrl.
    fn observe(&mut self, ctx: &Context<Self>) {
        let Some(element) = self.scroll.cast::<Element>() else { return };
        let link = ctx.link().clone();
        self.size_watch = SizeWatch::new(&self.page, &element, move || link.send_message(Msg::Resized));
        let link = ctx.link().clone();
        let options = EventListenerOptions::enable_prevent_default();
        self.listeners.push(EventListener::new_with_options(&element, "wheel", options, move |event| {
            let Some(wheel) = event.dyn_ref::<web_sys::WheelEvent>() else { return };
            if wheel.ctrl_key() || wheel.meta_key() {
                wheel.prevent_default();
                link.send_message(Msg::Zoom(if wheel.delta_y() < 0.0 { 1 } else { -1 }));
            }
        }));
    }

    /// Asks for the scene anew. `is_jump`: what moves does so at once.
    fn refresh(&mut self, ctx: &Context<Self>, is_jump: bool) {
        if self.size.0 == 0 {
            return;
        }
        let playground = ctx.props().lab.read();
        self.known.follow(&playground, ctx.props().lab.epoch());
        let Some(source) = self.known.source(&playground) else { return };
        let is_beside = has_versions(&playground, ctx.props());
        let view = view_of(ctx.props().lang, self.size, self.top, self.percent(), self.detail);
        let view = View { is_beside, ..view };
        let scene = self.mode.scene(source, &view);
        drop(playground);
        self.show(ctx, scene, is_jump);
    }

    fn show(&mut self, ctx: &Context<Self>, scene: Scene, is_jump: bool) {
        let stop = |stage: &Stage, key: &Text| stage.drawn.iter().find(|item| item.key == *key).cloned();
        let before = self.stop.as_ref().and_then(|key| stop(&self.stage, key));
        let is_complete = self.stage.show(scene, is_jump || ctx.props().pace.is_still);
        if !is_complete && self.more.is_none() {
            let link = ctx.link().clone();
            self.more = Some(Timeout::new(16, move || link.send_message(Msg::More)));
        }
        if !self.stage.leaving.is_empty() && self.sweep.is_none() {
            let link = ctx.link().clone();
            self.sweep = Some(Timeout::new(420, move || link.send_message(Msg::Sweep)));
        }
        if self.stop.as_ref().is_none_or(|key| stop(&self.stage, key).is_none()) {
            self.stop = self.stage.stop_near(before.as_deref());
        }
    }

    fn measure(&mut self, ctx: &Context<Self>) -> bool {
        let Some(element) = self.scroll.cast::<Element>() else { return false };
        let size = (element.client_width(), element.client_height());
        if size == self.size || size.0 == 0 {
            return false;
        }
        self.size = size;
        self.refresh(ctx, true);
        true
    }

    fn scrolled(&mut self, ctx: &Context<Self>) -> bool {
        let Some(element) = self.scroll.cast::<Element>() else { return false };
        let top = element.scroll_top();
        let is_far = top / TILE != self.top / TILE;
        self.top = top;
        if is_far {
            self.refresh(ctx, true);
        }
        is_far
    }

    /// First the scene shows more of each thing, then each thing larger.
    fn zoom(&mut self, ctx: &Context<Self>, by: i32) -> bool {
        let level = self.stage.scene.level;
        if by > 0 {
            if self.scale < NATURAL || level == Level::Card {
                self.scale = (self.scale + 1).min(SCALES.len() - 1);
            } else {
                self.detail += 1;
            }
        } else if self.scale > NATURAL || level == Level::Grid {
            self.scale = self.scale.saturating_sub(1);
        } else {
            self.detail -= 1;
        }
        self.refresh(ctx, true);
        true
    }
}
