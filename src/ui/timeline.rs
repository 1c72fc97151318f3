//! The timeline: a lane for each ordinal, what was done as marks, and a slider over time; holds no truth.

mod host_markers;

use super::drawing::labels::{attr, fit_end, moment};
use super::observed_size::SizeWatch;
use super::page::page_of;
use super::props::{PartProps, TimeListener};
use crate::i18n::Lang;
use crate::i18n::scene::{say, word};
use crate::model::{Millis, Text};
use crate::playground::{Input, Playground, Record};
use crate::scene::Lanes;
use crate::scene::timeline_lanes::{Axis, Lane, LaneKey};
use crate::state::Action;
use std::rc::Rc;
use web_sys::{Element, HtmlInputElement, MouseEvent, PointerEvent};
use yew::prelude::*;

/// The width of the lanes' names.
const GUTTER: i32 = 84;
/// The space to the right of the lanes.
const RIGHT: i32 = 14;
/// The height of the line with times and marks.
const AXIS: i32 = 22;
/// More lanes than this are drawn thin.
const WIDE_MAX: usize = 16;

/// What happens to the timeline.
pub enum Msg {
    /// Its place has another size.
    Resized,
    /// Time has left the drawn part.
    Outgrown,
    /// The slider was moved.
    Scrub,
    /// The lanes were pressed or dragged over.
    Point(PointerEvent),
    /// The lanes were scrolled.
    Scrolled,
    /// A mark was clicked.
    Go(Millis),
    /// A marker is wanted, or no more wanted, at this moment.
    Mark,
}

/// What the lanes are drawn with.
#[derive(Clone, Copy, PartialEq)]
struct Scale {
    /// How many units of the axis are shown.
    total: i64,
    /// On how many pixels.
    width: i32,
}

impl Scale {
    fn x(self, place: i64) -> i32 {
        let x = place.max(0).saturating_mul(i64::from(self.width)) / self.total.max(1);
        i32::try_from(x).unwrap_or(i32::MAX)
    }
}

/// The timeline.
pub struct Timeline {
    root: NodeRef,
    slider: NodeRef,
    head: NodeRef,
    edge: NodeRef,
    lanes: Lanes,
    axis: Rc<Axis>,
    epoch: u32,
    branch: usize,
    seen: usize,
    seen_inputs: usize,
    width: i32,
    /// The place of the lanes, its height, and its first seen line: what lies outside is not drawn.
    scroll: NodeRef,
    height: i32,
    top: i32,
    markers: Vec<(usize, Millis)>,
    is_dragging: bool,
    size_watch: Option<SizeWatch>,
    listener: Option<TimeListener>,
    /// What tells the last record that was seen from another in its place.
    last: Option<Sign>,
    lang: Lang,
}

/// The moment of a record and what it says.
type Sign = (Millis, Text);

impl Component for Timeline {
    type Message = Msg;
    type Properties = PartProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut timeline = Timeline {
            root: NodeRef::default(),
            slider: NodeRef::default(),
            head: NodeRef::default(),
            edge: NodeRef::default(),
            lanes: Lanes::default(),
            axis: Rc::default(),
            epoch: 0,
            branch: 0,
            seen: 0,
            seen_inputs: 0,
            width: 0,
            scroll: NodeRef::default(),
            height: 0,
            top: 0,
            markers: Vec::new(),
            is_dragging: false,
            size_watch: None,
            listener: None,
            last: None,
            lang: ctx.props().lang,
        };
        timeline.follow(ctx);
        timeline
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &PartProps) -> bool {
        self.follow(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let act = &ctx.props().act;
        match msg {
            Msg::Resized => {
                let width = self.root.cast::<Element>().map_or(0, |element| element.client_width());
                let height = self.scroll.cast::<Element>().map_or(0, |element| element.client_height());
                let is_new = (width, height) != (self.width, self.height);
                (self.width, self.height) = (width, height);
                is_new
            }
            Msg::Scrolled => {
                let top = self.scroll.cast::<Element>().map_or(0, |element| element.scroll_top());
                let step = row_height(self.lanes.len());
                let is_new = top / step != self.top / step;
                self.top = top;
                is_new
            }
            Msg::Outgrown => true,
            Msg::Scrub => {
                let value = self.slider.cast::<HtmlInputElement>().and_then(|slider| slider.value().parse().ok());
                if let Some(place) = value {
                    act.emit(Action::Seek(self.axis.moment(place)));
                }
                false
            }
            Msg::Point(event) => {
                self.point(ctx, &event);
                false
            }
            Msg::Go(at) => {
                act.emit(Action::Seek(at));
                false
            }
            Msg::Mark => {
                let now = ctx.props().lab.read().now();
                let marker = (self.branch, now);
                match self.markers.iter().position(|it| *it == marker) {
                    Some(index) => drop(self.markers.remove(index)),
                    None => self.markers.push(marker),
                }
                true
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let (lang, link) = (ctx.props().lang, ctx.link());
        let scale = self.scale(&ctx.props().lab.read());
        let now = ctx.props().lab.read().now();
        let oninput = link.callback(|_: InputEvent| Msg::Scrub);
        let is_marked = self.markers.contains(&(self.branch, now));
        let mark = word(lang, if is_marked { "unmark" } else { "mark" });
        let onpointer = link.callback(Msg::Point);
        let row = row_height(self.lanes.len());
        let height = self.lanes.len() as i32 * row + 4;
        let first = (self.top / row - 2).max(0) as usize;
        let count = (self.height / row + 5) as usize;
        html! {
            <div class="timeline" ref={self.root.clone()}>
                <div class="tl-axis">
                    <button type="button" class="tl-mark" aria-label={mark} title={mark} aria-pressed={is_marked.to_string()}
                        onclick={link.callback(|_: MouseEvent| Msg::Mark)}>
                        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path d="M3 1v12M3 2h8l-2 3l2 3h-8" /></svg>
                    </button>
                    <svg class="tl-ticks" width={self.width.to_string()} height={AXIS.to_string()}>
                        { self.ticks(scale) }
                        { self.marks(ctx, scale) }
                    </svg>
                    <input ref={self.slider.clone()} class="tl-slider" type="range" min="0" max={scale.total.to_string()}
                        step="100" aria-label={word(lang, "scrub")} aria-valuetext={say(lang, "at", &[("time", &moment(now))])} {oninput} />
                </div>
                <div class="tl-lanes" ref={self.scroll.clone()} onscroll={link.callback(|_: Event| Msg::Scrolled)} onpointerdown={onpointer.clone()} onpointermove={onpointer.clone()}
                    onpointerup={onpointer.clone()} onpointercancel={onpointer}>
                    <svg width={self.width.to_string()} height={height.to_string()} role="img" aria-label={word(lang, "lanes")}>
                        { self.breaks(scale, height) }
                        { for self.lanes.iter().enumerate().skip(first).take(count).map(|(index, (key, lane))| html! {
                            <LaneView key={format!("{}/{}/{:?}", key.namespace, key.name, key.ordinal)} lane={Rc::clone(lane)}
                                name={key.clone()} {lang} axis={AxisRef(Rc::clone(&self.axis))} {scale} y={index as i32 * row} {row} />
                        }) }
                        <rect ref={self.edge.clone()} class="tl-beyond" x="0" y="0" width={self.width.to_string()} height={height.to_string()} />
                        <g ref={self.head.clone()} class="tl-head">
                            <rect class="tl-future" x="1" y="0" width={self.width.to_string()} height={height.to_string()} />
                            <path class="tl-now" d={format!("M0 0V{height}")} />
                        </g>
                    </svg>
                </div>
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first_render: bool) {
        if first_render && let Some(element) = self.root.cast::<Element>() {
            let link = ctx.link().clone();
            self.size_watch = SizeWatch::new(&page_of(ctx), &element, move || link.send_message(Msg::Resized));
            ctx.link().send_message(Msg::Resized);
        }
        self.listen(ctx);
    }
}

impl Timeline {
    /// Learns what is new in the branch; another branch, or one that was cut, begins anew.
    fn follow(&mut self, ctx: &Context<Self>) {
        let lab = &ctx.props().lab;
        self.lang = ctx.props().lang;
        let playground = lab.read();
        let records = playground.records();
        let inputs = playground.inputs();
        let branch = playground.current_branch();
        let is_another = lab.epoch() != self.epoch || branch != self.branch;
        let last = self.seen.checked_sub(1).and_then(|at| records.get(at)).map(sign_of);
        if is_another || last != self.last || inputs.len() < self.seen_inputs {
            self.lanes = Lanes::default();
            (self.epoch, self.branch, self.seen, self.seen_inputs) = (lab.epoch(), branch, 0, 0);
        }
        let (mut fresh, mut done) =
            (records.get(self.seen..).unwrap_or(&[]).iter(), inputs.get(self.seen_inputs..).unwrap_or(&[]).iter());
        let mut next = fresh.next();
        // In order of time: what was done comes before what followed from it.
        for timed in done.by_ref() {
            while let Some(record) = next.filter(|record| at_of(record) < timed.at) {
                self.note(record);
                next = fresh.next();
            }
            self.lanes.note_input(timed.at);
        }
        while let Some(record) = next {
            self.note(record);
            next = fresh.next();
        }
        (self.seen, self.seen_inputs) = (records.len(), inputs.len());
        self.last = records.last().map(sign_of);
        if !self.axis.is_like(self.lanes.axis()) || *self.axis != *self.lanes.axis() {
            self.axis = Rc::new(self.lanes.axis().clone());
        }
    }

    fn note(&mut self, record: &Record) {
        if let Record::Change(change) = record {
            self.lanes.note(change);
        }
    }

    /// So many units that the end of the branch is in view with some room, and that it changes seldom.
    fn scale(&self, playground: &Playground) -> Scale {
        let end = self.axis.place(playground.end().max(playground.now())) + 1500;
        let mut total = 30_000;
        while total < end {
            total += total / 2;
        }
        Scale { total, width: (self.width - GUTTER - RIGHT).max(40) }
    }

    fn ticks(&self, scale: Scale) -> Html {
        let mut ticks = Vec::new();
        let mut last = -100;
        // Units between two ticks: at least so many that their words fit.
        let apart = 62 * scale.total / i64::from(scale.width);
        let step =
            [1, 2, 5, 10, 15, 30, 60, 120, 300].iter().map(|s| s * 1000).find(|s| *s >= apart).unwrap_or(600_000);
        let end = self.axis.moment(scale.total).0;
        let mut at = 0;
        while at <= end && ticks.len() < 200 {
            let x = scale.x(self.axis.place(Millis(at)));
            if x - last >= 56 && x <= scale.width - 4 {
                last = x;
                let place = (GUTTER + x).to_string();
                ticks.push(html! { <>
                    <path class="tl-tick" d={format!("M{place} 18v4")} />
                    <text class="tl-time" x={place} y="12">{ moment(Millis(at)) }</text>
                </> });
            }
            // Where time is not to scale, whole minutes are enough.
            let near = self.axis.place(Millis(at + step)) - self.axis.place(Millis(at)) >= step / 2;
            at = if near { at + step } else { (at / 60_000 + 1) * 60_000 };
        }
        html! { <>{ self.scale_breaks(scale, end) }{ for ticks }</> }
    }

    /// Where the axis is not to scale, it is drawn so: from the first moment of an idle stretch that is shortened.
    fn scale_breaks(&self, scale: Scale, end: i64) -> Html {
        let title = word(self.lang, "not-to-scale");
        let shown = self.axis.breaks(Millis(end)).map(|(from, until)| {
            let (x, right) = (GUTTER + scale.x(self.axis.place(from)), GUTTER + scale.x(self.axis.place(until)));
            let waves: String = (x..right).step_by(8).skip(1).map(|_| "q2 -3 4 0t4 0").collect();
            html! { <g class="tl-short"><title>{ title }</title><path d={format!("M{x} 19{waves}")} /></g> }
        });
        html! { <>{ for shown }</> }
    }

    fn marks(&self, ctx: &Context<Self>, scale: Scale) -> Html {
        let (lang, link) = (ctx.props().lang, ctx.link());
        let playground = ctx.props().lab.read();
        let lines = playground.inputs().iter().filter_map(|timed| match &timed.input {
            Input::Line(line) | Input::Ask(line) => Some((timed.at, line.clone())),
            Input::Interrupt => Some((timed.at, "Ctrl-C".to_string())),
            Input::Background => Some((timed.at, "Ctrl-Z, bg".to_string())),
            Input::End(number) => Some((timed.at, format!("kill %{number}"))),
            Input::Answer(_) => Some((timed.at, "kubectl edit".to_string())),
            Input::File(name, _) => Some((timed.at, name.to_string())),
            Input::Close(_) => Some((timed.at, "exit".to_string())),
            Input::Editor(_) | Input::Lang(_) | Input::Forget | Input::Terminal(_) => None,
        });
        let inputs = lines.map(|(at, line)| {
            let x = GUTTER + scale.x(self.axis.place(at));
            let label = say(lang, "input-at", &[("time", &moment(at)), ("line", &line)]);
            html! {
                <g class="tl-input" transform={format!("translate({x} 17)")} onclick={link.callback(move |_| Msg::Go(at))}>
                    <title>{ label }</title>
                    <rect class="tl-hit" x="-6" y="-8" width="12" height="13" /><path d="M0 -5L4 0L0 5L-4 0Z" />
                </g>
            }
        });
        let markers = self.markers.iter().filter(|(branch, _)| *branch == self.branch).map(|(_, at)| {
            let at = *at;
            let x = GUTTER + scale.x(self.axis.place(at));
            let label = say(lang, "marker", &[("time", &moment(at))]);
            html! {
                <g class="tl-marker" transform={format!("translate({x} 0)")} role="button" tabindex="0" aria-label={label.clone()}
                    onclick={link.callback(move |_| Msg::Go(at))}
                    onkeydown={link.batch_callback(move |event: KeyboardEvent| {
                        matches!(event.key().as_str(), "Enter" | " ").then(|| { event.prevent_default(); Msg::Go(at) })
                    })}>
                    <title>{ label }</title><path d="M0 22V2M0 3h8l-2 3l2 3h-8" />
                </g>
            }
        });
        let place =
            |at: Millis| Some(self.axis.place(at)).filter(|at| *at <= scale.total).map(|at| GUTTER + scale.x(at));
        let told = host_markers::told(&ctx.props().markers, lang, place, &link.callback(Msg::Go));
        html! { <>{ for inputs }{ told }{ for markers }</> }
    }

    fn breaks(&self, scale: Scale, height: i32) -> Html {
        let shown = self.axis.breaks(self.axis.moment(scale.total)).map(|(from, until)| {
            let (x, end) = (scale.x(self.axis.place(from)), scale.x(self.axis.place(until)));
            html! {
                <rect class="tl-break" x={(GUTTER + x).to_string()} y="0" width={(end - x).max(2).to_string()} height={height.to_string()}>
                    <title>{ format!("{} – {}", moment(from), moment(until)) }</title>
                </rect>
            }
        });
        html! { <>{ for shown }</> }
    }

    /// Keeps playhead and slider where time is, without a render.
    fn listen(&mut self, ctx: &Context<Self>) {
        let scale = self.scale(&ctx.props().lab.read());
        let (axis, head, edge) = (Rc::clone(&self.axis), self.head.clone(), self.edge.clone());
        let (slider, link, is_asked) = (self.slider.clone(), ctx.link().clone(), std::cell::Cell::new(false));
        let end = ctx.props().lab.read().end();
        let show = move |now: Millis| {
            let place = axis.place(now);
            let shift = |element: &NodeRef, place: i64| {
                if let Some(element) = element.cast::<Element>() {
                    _ = element.set_attribute("transform", &format!("translate({} 0)", GUTTER + scale.x(place)));
                }
            };
            shift(&head, place);
            // Nothing is known beyond the end of the branch.
            shift(&edge, axis.place(now.max(end)));
            if let Some(slider) = slider.cast::<HtmlInputElement>() {
                slider.set_value(&place.to_string());
            }
            // Time has left the drawn part: it is drawn anew with more room.
            if place > scale.total && !is_asked.replace(true) {
                link.send_message(Msg::Outgrown);
            }
        };
        show(ctx.props().lab.read().now());
        self.listener = Some(ctx.props().lab.on_time(show));
    }

    fn point(&mut self, ctx: &Context<Self>, event: &PointerEvent) {
        let Some(target) = event.current_target().and_then(|it| wasm_bindgen::JsCast::dyn_into::<Element>(it).ok())
        else {
            return;
        };
        match event.type_().as_str() {
            "pointerdown" if event.button() == 0 => {
                self.is_dragging = true;
                _ = target.set_pointer_capture(event.pointer_id());
            }
            "pointermove" if self.is_dragging => {}
            "pointermove" => return,
            _ => {
                self.is_dragging = false;
                return;
            }
        }
        let x = event.client_x() - target.get_bounding_client_rect().left() as i32 - GUTTER;
        let scale = self.scale(&ctx.props().lab.read());
        let place = i64::from(x.clamp(0, scale.width)) * scale.total / i64::from(scale.width);
        let at = self.axis.moment(place);
        let end = ctx.props().lab.read().end();
        ctx.props().act.emit(Action::Seek(at.min(end)));
    }
}

fn at_of(record: &Record) -> Millis {
    match record {
        Record::Change(change) => change.at,
        Record::Decision(decision) => decision.at,
    }
}

fn sign_of(record: &Record) -> Sign {
    match record {
        Record::Change(change) => (change.at, change.object.meta.resource_version.to_string().into()),
        Record::Decision(decision) => (decision.at, decision.rule.into()),
    }
}

fn row_height(lanes: usize) -> i32 {
    if lanes <= WIDE_MAX { 17 } else { 6 }
}

/// An axis whose equality asks for what was drawn, not for what came after.
#[derive(Clone)]
struct AxisRef(Rc<Axis>);

impl PartialEq for AxisRef {
    fn eq(&self, other: &AxisRef) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.is_like(&other.0)
    }
}

#[derive(Clone, PartialEq, Properties)]
struct LaneProps {
    lane: Rc<Lane>,
    name: LaneKey,
    lang: Lang,
    axis: AxisRef,
    scale: Scale,
    y: i32,
    row: i32,
}

/// One lane: pods above, the claim below.
#[component]
fn LaneView(props: &LaneProps) -> Html {
    let LaneProps { lane, name, lang, axis, scale, y, row } = props;
    let is_thin = *row < 10;
    let (pod_h, claim_y, claim_h) = if is_thin { (3, 3, 2) } else { (8, 9, 4) };
    let label: Text = name.label();
    let rect = |class: &'static str, kind: &'static str, from: Millis, until: Option<Millis>, y: i32, h: i32| {
        let x = scale.x(axis.0.place(from));
        let end = until.map_or(scale.width, |until| scale.x(axis.0.place(until)));
        let (x, w) = ((GUTTER + x).to_string(), (end - x).max(1).to_string());
        let style = word(*lang, &format!("{kind}-{class}"));
        let times = match until {
            Some(until) => format!("{} – {}", moment(from), moment(until)),
            None => format!("{} –", moment(from)),
        };
        let what = say(*lang, "lane", &[("name", &label), ("style", style), ("time", &times)]);
        html! { <rect class={class} {x} y={y.to_string()} width={w} height={h.to_string()} rx="1"><title>{ what }</title></rect> }
    };
    html! {
        <g class="tl-lane" transform={format!("translate(0 {})", y + 2)}>
            { if is_thin { Html::default() } else { html! {
                <text class="tl-name" x={(GUTTER - 10).to_string()} y="10"><title>{ attr(&label) }</title>{ fit_end(&label, GUTTER - 18, 11) }</text>
            } } }
            <g class="tl-pods">{ for lane.pods.iter().map(|s| rect(s.style.name(), "style", s.from, s.until, 0, pod_h)) }</g>
            <g class="tl-claims">{ for lane.claims.iter().map(|s| rect(s.style.name(), "claim", s.from, s.until, claim_y, claim_h)) }</g>
        </g>
    }
}
