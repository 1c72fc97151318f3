//! The picture: asks `scene` what is where, draws each item by a memo component, and lets the browser move them.

mod cards;
mod glyphs;
mod items;
mod other;
mod squares;
mod stage;
pub mod words;

use super::live::Live;
use super::sizes::SizeWatch;
use super::store::{Action, PartProps};
use crate::controllers::{Decision, Outcome};
use crate::i18n::scene::{say, word};
use crate::i18n::{Lang, decisions};
use crate::model::{Key, Text};
use crate::scene::{self, Item, Level, Scene, View};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use items::ItemView;
use squares::{Run, Squares};
use stage::{Direction, Known, Motion, Stage, neighbour};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent};
use yew::prelude::*;

/// What a decision says in words.
pub fn reason(lang: Lang, decision: &Decision) -> String {
    let facts: Vec<(&str, &str)> = decision.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    decisions::say(lang, decision.rule, &facts)
}

/// An outcome's name in the style sheet.
fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Acts => "act",
        Outcome::Waits => "wait",
        Outcome::Skips => "skip",
    }
}

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A column for each ordinal.
    Identity,
    /// Zones and nodes.
    Nodes,
}

/// What happens to the picture.
pub enum Msg {
    /// Its place on the page has another size.
    Resized,
    /// It was scrolled.
    Scrolled,
    /// Another picture is asked for.
    Mode(Mode),
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
    /// The picture is dragged.
    Drag(PointerEvent),
}

/// The sizes of one unit in percent.
const SCALES: [i32; 7] = [50, 67, 80, 100, 125, 150, 200];
/// The index of 100 %.
const NATURAL: usize = 3;
/// How far beyond what is seen is drawn, so that scrolling finds something.
const TILE: i32 = 240;

/// The picture.
pub struct Picture {
    scroll: NodeRef,
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
}

impl Component for Picture {
    type Message = Msg;
    type Properties = PartProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Picture {
            scroll: NodeRef::default(),
            svg: NodeRef::default(),
            mode: Mode::Identity,
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
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &PartProps) -> bool {
        let props = ctx.props();
        if props.lab != old.lab {
            self.refresh(ctx, false);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Resized => self.measure(ctx),
            Msg::Scrolled => self.scrolled(ctx),
            Msg::Mode(mode) => {
                self.mode = mode;
                self.refresh(ctx, false);
                true
            }
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
            Msg::Click(event) => self.click(ctx, &event),
            Msg::Key(event) => self.key(ctx, &event),
            Msg::Drag(event) => self.drag(&event),
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let link = ctx.link();
        let scale = SCALES.get(self.scale).copied().unwrap_or(100);
        let (w, h) = (self.stage.scene.width, self.stage.scene.height);
        let class = classes!(
            "scene",
            self.stage.scene.level.name(),
            (self.stage.is_still || props.pace.is_still).then_some("is-still"),
        );
        html! {
            <section class="picture" aria-label={word(props.lang, "picture")}>
                { self.tools(ctx) }
                <div class="picture-panes">
                <div class="picture-scroll" tabindex="0" ref={self.scroll.clone()} onscroll={link.callback(|_| Msg::Scrolled)}
                    onpointerdown={link.callback(Msg::Drag)} onpointermove={link.callback(Msg::Drag)}
                    onpointerup={link.callback(Msg::Drag)} onpointercancel={link.callback(Msg::Drag)}>
                    { self.caption(props) }
                    <svg ref={self.svg.clone()} {class} role="group" aria-label={word(props.lang, "picture")}
                        width={(w * scale / 100).to_string()} height={(h * scale / 100).to_string()}
                        viewBox={format!("0 0 {w} {h}")}
                        onclick={link.callback(Msg::Click)} onkeydown={link.callback(Msg::Key)}>
                        { self.items(props) }
                    </svg>
                    { self.empty(props.lang) }
                </div>
                { self.other(props) }
                </div>
                <Live part={props.clone()} is_open={self.has_log} />
            </section>
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
    }
}

/// The branch to compare with, if there is one besides the current.
fn compared(props: &PartProps) -> Option<usize> {
    let playground = props.lab.read();
    props.compared.filter(|branch| *branch != playground.current_branch() && *branch < playground.branch_count())
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
    options
}

impl Picture {
    /// Everything that is drawn, squares by the dozen.
    fn items(&self, props: &PartProps) -> Html {
        let mut drawn: Vec<Html> = Vec::new();
        let mut run: Vec<Rc<Item>> = Vec::new();
        for (item, motion, is_leaving) in self.stage.in_order() {
            if squares::square(item).is_some() {
                run.push(Rc::clone(item));
                if run.len() == squares::RUN {
                    drawn.push(self.squares(props, std::mem::take(&mut run), drawn.len()));
                }
                continue;
            }
            if !run.is_empty() {
                drawn.push(self.squares(props, std::mem::take(&mut run), drawn.len()));
            }
            drawn.push(self.item(props, item, motion, is_leaving));
        }
        if !run.is_empty() {
            drawn.push(self.squares(props, run, drawn.len()));
        }
        drawn.into_iter().collect()
    }

    fn squares(&self, props: &PartProps, run: Vec<Rc<Item>>, number: usize) -> Html {
        let place = |is: &dyn Fn(&Item) -> bool| run.iter().position(|item| is(item));
        let selected = props.selected.as_ref().and_then(|key| place(&|item| item.target.as_ref() == Some(key)));
        let stop = self.stop.as_ref().and_then(|key| place(&|item| item.key == *key));
        html! { <Squares key={number} run={Run(run)} lang={props.lang} {selected} {stop} /> }
    }

    fn item(&self, props: &PartProps, item: &Rc<Item>, motion: Motion, is_leaving: bool) -> Html {
        let is_selected = item.target.is_some() && item.target == props.selected;
        let is_stop = self.stop.as_ref() == Some(&item.key);
        html! {
            <ItemView key={&*item.key} item={Rc::clone(item)} lang={props.lang} lab={props.lab.clone()}
                {is_selected} {is_stop} {motion} {is_leaving} />
        }
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
        let facts = playground.branch_facts(playground.current_branch()).filter(|_| compared(props).is_some());
        facts.map_or_else(Html::default, |facts| {
            let title = say(props.lang, "compare-own", &[("name", &facts.name)]);
            html! { <p class="picture-caption">{ title }</p> }
        })
    }

    /// The branch that is compared with, if it is another one.
    fn other(&self, props: &PartProps) -> Html {
        match compared(props) {
            Some(branch) => {
                html! { <other::Other lab={props.lab.clone()} lang={props.lang} {branch} mode={self.mode} level={self.stage.scene.level} /> }
            }
            None => Html::default(),
        }
    }

    fn tools(&self, ctx: &Context<Self>) -> Html {
        let (lang, link) = (ctx.props().lang, ctx.link());
        let mode = |mode: Mode, key: &'static str| {
            let pressed = if self.mode == mode { "true" } else { "false" };
            html! {
                <button type="button" aria-pressed={pressed} onclick={link.callback(move |_| Msg::Mode(mode))}>
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
                </div>
                <button type="button" class="log-button" aria-pressed={self.has_log.to_string()}
                    onclick={link.callback(|_| Msg::Log)}>{ word(lang, "log") }</button>
                <div class="segments">
                    { zoom(-1, "zoom-out", "−") }
                    <button type="button" onclick={link.callback(|_| Msg::Fit)}>{ word(lang, "zoom-fit") }</button>
                    { zoom(1, "zoom-in", "+") }
                </div>
            </div>
        }
    }

    /// Listens to the size of its place, and to the wheel with Ctrl.
    fn observe(&mut self, ctx: &Context<Self>) {
        let Some(element) = self.scroll.cast::<Element>() else { return };
        let link = ctx.link().clone();
        self.size_watch = SizeWatch::new(&element, move || link.send_message(Msg::Resized));
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

    fn view_of_scene(&self) -> View {
        let scale = SCALES.get(self.scale).copied().unwrap_or(100);
        let (width, height) = (self.size.0 * 100 / scale, self.size.1 * 100 / scale);
        let top = self.top * 100 / scale;
        View {
            width: width.max(160),
            height,
            top: (top / TILE - 1) * TILE,
            bottom: ((top + height) / TILE + 2) * TILE,
            detail: self.detail,
            level: None,
        }
    }

    /// Asks for the scene anew. `is_jump`: what moves does so at once.
    fn refresh(&mut self, ctx: &Context<Self>, is_jump: bool) {
        if self.size.0 == 0 {
            return;
        }
        let playground = ctx.props().lab.read();
        self.known.follow(&playground, ctx.props().lab.epoch());
        let Some(source) = self.known.source(&playground) else { return };
        let view = self.view_of_scene();
        let scene = match self.mode {
            Mode::Identity => scene::identity(source, &view),
            Mode::Nodes => scene::by_node(source, &view),
        };
        drop(playground);
        self.show(ctx, scene, is_jump);
    }

    fn show(&mut self, ctx: &Context<Self>, scene: Scene, is_jump: bool) {
        let is_complete = self.stage.show(scene, is_jump || ctx.props().pace.is_still);
        if !is_complete && self.more.is_none() {
            let link = ctx.link().clone();
            self.more = Some(Timeout::new(16, move || link.send_message(Msg::More)));
        }
        if !self.stage.leaving.is_empty() && self.sweep.is_none() {
            let link = ctx.link().clone();
            self.sweep = Some(Timeout::new(420, move || link.send_message(Msg::Sweep)));
        }
        let is_there = |key: &Text| self.stage.drawn.iter().any(|item| item.key == *key);
        if !self.stop.as_ref().is_some_and(is_there) {
            let first = self.stage.drawn.iter().find(|item| item.target.is_some());
            self.stop = first.map(|item| item.key.clone());
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

    fn element(&self, key: &Text) -> Option<Element> {
        let svg = self.svg.cast::<Element>()?;
        let is_plain = !key.contains(['"', '\\']);
        let selector = format!("[data-key=\"{key}\"] > .hit, [data-key=\"{key}\"].grid");
        svg.query_selector(&selector).ok().flatten().filter(|_| is_plain)
    }

    fn item_at(&self, event: &web_sys::Event) -> Option<Rc<Item>> {
        let element: Element = event.target()?.dyn_into().ok()?;
        let key = element.closest("[data-key]").ok()??.get_attribute("data-key")?;
        self.stage.drawn.iter().find(|item| item.key.as_str() == key).cloned()
    }

    fn select(&mut self, ctx: &Context<Self>, item: &Item) {
        self.stop = Some(item.key.clone());
        let wanted: Option<Key> = item.target.clone();
        let is_same = wanted == ctx.props().selected;
        ctx.props().act.emit(Action::Select(if is_same { None } else { wanted }));
    }

    fn click(&mut self, ctx: &Context<Self>, event: &MouseEvent) -> bool {
        let Some(item) = self.item_at(event).filter(|item| item.target.is_some()) else { return false };
        self.select(ctx, &item);
        true
    }

    fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let Some(item) = self.item_at(event) else { return false };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return false;
        }
        let direction = match event.key().as_str() {
            "Enter" | " " => {
                event.prevent_default();
                event.stop_propagation();
                self.select(ctx, &item);
                return true;
            }
            "Escape" if ctx.props().selected.is_some() => {
                event.stop_propagation();
                ctx.props().act.emit(Action::Select(None));
                return true;
            }
            "ArrowLeft" => Direction::Left,
            "ArrowRight" => Direction::Right,
            "ArrowUp" => Direction::Up,
            "ArrowDown" => Direction::Down,
            "Home" => Direction::First,
            "End" => Direction::Last,
            _ => return false,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(next) = neighbour(&self.stage.drawn, &item, direction) {
            self.stop = Some(next.key.clone());
            self.focus_next = true;
        }
        true
    }

    /// The mouse moves the picture by its background; fingers scroll by themselves.
    fn drag(&mut self, event: &PointerEvent) -> bool {
        let Some(element) = self.scroll.cast::<Element>() else { return false };
        match event.type_().as_str() {
            "pointerdown" if event.pointer_type() == "mouse" && event.button() == 0 => {
                if self.item_at(event).is_none() {
                    self.drag_from = Some((event.client_x(), event.client_y()));
                    _ = element.set_pointer_capture(event.pointer_id());
                }
            }
            "pointermove" => {
                if let Some((x, y)) = self.drag_from {
                    element.set_scroll_left(element.scroll_left() + x - event.client_x());
                    element.set_scroll_top(element.scroll_top() + y - event.client_y());
                    self.drag_from = Some((event.client_x(), event.client_y()));
                }
            }
            _ => self.drag_from = None,
        }
        false
    }
}
