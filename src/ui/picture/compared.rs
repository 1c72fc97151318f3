//! Another branch at the same moment, beside the picture; it can be looked at, not acted on.

use crate::controllers::{Decision, Outcome};
use crate::i18n::scene::{say, word};
use crate::i18n::{Lang, decisions};
use crate::model::{Millis, Text};
use crate::playground::Playground;
use crate::scene::{self, Cursors, Difference, Item, Level, Memory, View};
use crate::ui::drawing::items::ItemView;
use crate::ui::drawing::squares::{Run, Squares, square};
use crate::ui::drawing::stage::Stage;
use crate::ui::drawing::{Mode, labels, says};
use crate::ui::lights::view_broken;
use crate::ui::observed_size::SizeWatch;
use crate::ui::page::page_of;
use crate::ui::props::{Lab, TimeListener};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// How often, in virtual time, the other branch is drawn anew.
const EVERY: i64 = 250;

/// What the other branch is drawn from.
#[derive(Clone, PartialEq, Properties)]
pub struct ComparedProps {
    /// What is looked at.
    pub lab: Lab,
    /// The page's language.
    pub lang: Lang,
    /// The number of the branch.
    pub branch: usize,
    /// Which picture.
    pub mode: Mode,
    /// How much of each thing the picture beside it shows.
    pub level: Level,
    /// Told what is otherwise in the picture beside it, as it is there.
    pub differ: Callback<(usize, Rc<Vec<Difference>>)>,
}

/// What happens to it.
pub enum Msg {
    /// Its place has another size.
    Resized,
    /// Time has moved.
    Time,
}

/// The other branch.
pub struct Compared {
    root: NodeRef,
    size: (i32, i32),
    stage: Stage,
    at: Millis,
    /// What is otherwise than in the branch beside it, as it is in this one.
    different: Rc<Vec<Difference>>,
    version: String,
    size_watch: Option<SizeWatch>,
    _listener: TimeListener,
}

impl Component for Compared {
    type Message = Msg;
    type Properties = ComparedProps;

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link().clone();
        let last = std::cell::Cell::new(i64::MIN);
        let listener = ctx.props().lab.on_time(move |now| {
            if last.replace(now.0 / EVERY) != now.0 / EVERY {
                link.send_message(Msg::Time);
            }
        });
        Compared {
            root: NodeRef::default(),
            size: (0, 0),
            stage: Stage::default(),
            at: Millis::ZERO,
            different: Rc::default(),
            version: String::new(),
            size_watch: None,
            _listener: listener,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &ComparedProps) -> bool {
        self.refresh(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if let Msg::Resized = msg {
            let Some(root) = self.root.cast::<Element>() else { return false };
            self.size = (root.client_width(), root.client_height());
        }
        self.refresh(ctx);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let playground = props.lab.read();
        let name = playground.branch_facts(props.branch).map(|facts| facts.name.to_string()).unwrap_or_default();
        let is_version = playground.is_same_story(props.branch);
        let key = if is_version { "compare-version" } else { "compare-title" };
        let title = say(props.lang, key, &[("name", &name)]);
        let version = (!name.contains(&self.version)).then(|| self.version.clone());
        let own = playground.branch_facts(playground.current_branch()).map(|facts| facts.name.to_string());
        let own = own.unwrap_or_default();
        let differs = match self.different.len() {
            0 => word(props.lang, "compare-same").to_string(),
            1 => word(props.lang, "compare-one").to_string(),
            n => say(props.lang, "compare-many", &[("n", &n.to_string())]),
        };
        let list = self.different.iter().map(|it| html! { <li>{ it.say(props.lang, &own) }</li> });
        let difference = |item: &Item| {
            let found =
                self.different.iter().find(|it| !it.is_slight && !says(item) && item.target.as_ref() == Some(&it.key));
            found.map(|it| AttrValue::from(it.say(props.lang, &own)))
        };
        let (w, h) = (self.stage.scene.width, self.stage.scene.height);
        let mut squares = Vec::new();
        let mut others = Vec::new();
        for (item, motion, is_leaving) in self.stage.in_order() {
            match square(item) {
                Some(_) => squares.push(Rc::clone(item)),
                None => others.push((item, motion, is_leaving)),
            }
        }
        html! {
            <div class="picture-other" ref={self.root.clone()}>
                <div class="picture-head">
                    <p class="picture-caption">{ title.clone() }<span>{ version }</span></p>
                    if self.different.is_empty() {
                        <p class="picture-differs">{ format!("{differs} · {}", labels::moment(self.at)) }</p>
                    } else {
                        <details class="picture-differs">
                            <summary>{ format!("{differs} · {}", labels::moment(self.at)) }</summary>
                            <ul>{ for list }</ul>
                        </details>
                    }
                </div>
                if playground.stands_still(props.branch) {
                    <p class="picture-still" role="status">{ say(props.lang, "compare-still", &[("name", &own)]) }</p>
                }
                { view_broken(&playground, props.branch, self.at, props.lang) }
                { course(&playground, props.branch, self.at, props.lang) }
                <svg class={classes!("scene", self.stage.scene.level.name())} role="img" aria-label={title}
                    width={w.to_string()} height={h.to_string()} viewBox={format!("0 0 {w} {h}")}>
                    <Squares run={Run(squares)} lang={props.lang} selected={None} stop={None} is_inert=true />
                    { for others.into_iter().map(|(item, motion, is_leaving)| html! {
                        <ItemView key={&*item.key} item={Rc::clone(item)} lang={props.lang} lab={props.lab.clone()}
                            is_selected=false is_stop=false {motion} {is_leaving} is_inert=true difference={difference(item)} />
                    }) }
                </svg>
                if is_version {
                    { reasons(&playground, props.branch, self.at, props.lang) }
                }
            </div>
        }
    }

    fn destroy(&mut self, ctx: &Context<Self>) {
        ctx.props().differ.emit((ctx.props().branch, Rc::default()));
    }

    fn rendered(&mut self, ctx: &Context<Self>, first_render: bool) {
        if first_render && let Some(element) = self.root.cast::<Element>() {
            let link = ctx.link().clone();
            self.size_watch = SizeWatch::new(&page_of(ctx), &element, move || link.send_message(Msg::Resized));
            ctx.link().send_message(Msg::Resized);
        }
    }
}

/// Which pictures lie below one another, and where they are.
#[derive(Clone, PartialEq, Properties)]
pub struct JumpsProps {
    /// What is looked at.
    pub lab: Lab,
    /// The page's language.
    pub lang: Lang,
    /// The branches beside this one.
    pub beside: Vec<usize>,
    /// What holds the pictures.
    pub panes: NodeRef,
}

/// Where the pictures have no room side by side: that there are several, and the way to each.
#[component]
pub fn Jumps(props: &JumpsProps) -> Html {
    if props.beside.is_empty() {
        return Html::default();
    }
    let playground = props.lab.read();
    let all = std::iter::once(playground.current_branch()).chain(props.beside.iter().copied());
    let button = |(number, branch): (usize, usize)| {
        let name = playground.branch_facts(branch).map(|facts| facts.name.to_string()).unwrap_or_default();
        let panes = props.panes.clone();
        let onclick = move |_: MouseEvent| jump(&panes, number);
        // The bar says what they are, and has little room.
        let name = name.trim_start_matches("Kubernetes ").to_string();
        html! { <button type="button" {onclick}>{ name }</button> }
    };
    html! {
        <div class="picture-jumps" role="group" aria-label={word(props.lang, "compare-jumps")}>
            <span>{ say(props.lang, "compare-count", &[("n", &(props.beside.len() + 1).to_string())]) }</span>
            { for all.enumerate().map(button) }
        </div>
    }
}

/// Scrolls to one of the pictures.
fn jump(panes: &NodeRef, number: usize) {
    let Some(panes) = panes.cast::<HtmlElement>() else { return };
    let children = panes.children();
    let at = |number: usize| {
        let child = children.item(u32::try_from(number).ok()?)?;
        Some(child.dyn_into::<HtmlElement>().ok()?.offset_top())
    };
    if let (Some(first), Some(own)) = (at(0), at(number)) {
        panes.set_scroll_top(own - first);
    }
}

/// How the latest update went in a branch, in a line: which pods it replaced in which order, and how few were ready.
pub(super) fn course(playground: &Playground, branch: usize, at: Millis, lang: Lang) -> Html {
    let Some(course) = playground.course_at(branch, at) else { return Html::default() };
    // A name is not broken at its hyphen, nor torn from its moment.
    let name =
        |(at, pod): &(Millis, Text)| format!("{}\u{a0}{}", pod.as_str().replace('-', "\u{2011}"), labels::moment(*at));
    let names: Vec<String> = course.replaced.iter().take(COURSE_MAX).map(name).collect();
    let more =
        if course.replaced.len() > COURSE_MAX { format!(" … ({})", course.replaced.len()) } else { String::new() };
    let order = match names.is_empty() {
        true => word(lang, "course-none").to_string(),
        false => say(lang, "course-order", &[("names", &(names.join(" → ") + &more))]),
    };
    let fewest = course
        .fewest
        .map(|(ready, of)| say(lang, "course-fewest", &[("ready", &ready.to_string()), ("of", &of.to_string())]));
    html! { <p class="picture-course"><strong>{ order }</strong>if let Some(fewest) = fewest { <span>{ fewest }</span> }</p> }
}

/// The most pods that the line about an update names.
const COURSE_MAX: usize = 6;

/// What decided the way of the latest update in a branch, what its controller did last, and what it waits for since.
pub(super) fn reasons(playground: &Playground, branch: usize, at: Millis, lang: Lang) -> Html {
    let first = playground.course_at(branch, at).and_then(|course| course.first);
    let since = first.as_ref().map_or(Millis::ZERO, |it| it.at);
    // What was before the update says nothing of it.
    let now: Vec<Decision> = playground.reasons_at(branch, at).into_iter().filter(|it| it.at >= since).collect();
    let is_like = |a: &Decision, b: &Decision| a.rule == b.rule && a.facts == b.facts;
    let is_over = |it: &Decision| it.outcome == Outcome::Waits && !now.iter().any(|other| is_like(it, other));
    let was = first.iter().filter(|it| is_over(it)).map(|it| (it, true));
    let begun = first.iter().filter(|it| !is_over(it));
    let later = now.iter().filter(|it| !first.iter().any(|first| is_like(first, it)));
    // What is so comes first, what was waited for last.
    let told = begun.chain(later).map(|it| (it, false)).chain(was).map(|(decision, is_past)| {
        let facts: Vec<(&str, &str)> = decision.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let waits = decision.outcome == Outcome::Waits && !is_past;
        let until = decisions::until(lang, decision.rule, &facts).filter(|_| waits);
        html! {
            <p class={classes!("picture-reason", is_past.then_some("is-past"))} tabindex="0">
                <time>{ labels::moment(decision.at) }</time>
                if is_past { <strong>{ word(lang, "reason-past") }{ " " }</strong> }
                { decisions::say(lang, decision.rule, &facts) }
                if let Some(until) = until { <span>{ until }</span> }
            </p>
        }
    });
    html! { <>{ for told }</> }
}

impl Compared {
    fn refresh(&mut self, ctx: &Context<Self>) {
        let props = ctx.props();
        let playground = props.lab.read();
        // Beyond its end the branch goes on by itself, as it would have.
        let at = playground.now();
        if self.size.0 == 0 {
            return;
        }
        let Some((sim, decisions)) = playground.branch_at(props.branch, at) else { return };
        let mut memory = Memory::default();
        for record in playground.records() {
            if let crate::playground::Record::Change(change) = record {
                memory.note(change);
            }
        }
        let view = View {
            width: self.size.0,
            height: self.size.1 - 48,
            top: 0,
            bottom: 4000,
            detail: 0,
            level: Some(props.level),
            is_beside: playground.is_same_story(props.branch),
            lang: props.lang,
        };
        let mut cursors = Cursors::default();
        decisions.iter().for_each(|decision| cursors.note(decision));
        let different = Rc::new(scene::differences(&sim.cluster, playground.cluster()));
        if self.different != different {
            let turned = different.iter().map(Difference::turned).collect();
            props.differ.emit((props.branch, Rc::new(turned)));
            self.different = different;
        }
        let groups = scene::groups(&sim.cluster, &memory);
        let source = scene::Source { cluster: &sim.cluster, timers: &sim.timers, groups: &groups, cursors: &cursors };
        let scene = props.mode.scene(source, &view);
        self.at = at;
        self.version = sim.cluster.kubernetes().version().to_string();
        self.stage.show(scene, false);
        self.stage.sweep();
    }
}
