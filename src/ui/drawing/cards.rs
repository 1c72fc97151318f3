//! The drawings of the picture's parts as SVG; positions within a part are its own affair, colours the style sheet's.

use super::glyphs::{claim_glyph, pod_glyph};
use super::labels::{self, fit, fit_end, fit_mono};
use crate::i18n::Lang;
use crate::i18n::plural::number;
use crate::i18n::scene::{say, word};
use crate::model::{Millis, Text};
use crate::scene::item::{
    ChipPart, ClaimPart, Countdown, Level, NodePart, Place, PodPart, ServicePart, SetRowPart, WorkloadPart,
};
use crate::scene::style::{ClaimStyle, PodStyle};
use crate::ui::props::{Lab, TimeListener};
use yew::prelude::*;

pub(super) fn text(class: &'static str, x: i32, y: i32, words: impl Into<AttrValue>) -> Html {
    html! { <text {class} x={x.to_string()} y={y.to_string()}>{ words.into() }</text> }
}

pub(super) fn rect(class: &'static str, x: i32, y: i32, w: i32, h: i32, r: i32) -> Html {
    html! {
        <rect {class} x={x.to_string()} y={y.to_string()} width={w.max(0).to_string()} height={h.max(0).to_string()}
            rx={r.to_string()} />
    }
}

/// Bold letters of 12 and of 14 are as wide as others of these sizes.
const BOLD: i32 = 13;
const BOLD_LARGE: i32 = 15;

/// The mark of the pod where the controller stands.
fn ring(pod: &PodPart, w: i32, h: i32, out: i32, r: i32) -> Html {
    if pod.is_at_cursor { rect("ring", -out, -out, w + 2 * out, h + 2 * out, r) } else { Html::default() }
}

/// The background of a set.
pub fn area(place: Place) -> Html {
    rect("plate", 0, 0, place.w, place.h, 14)
}

/// A set's header.
pub fn set_row(set_row: &SetRowPart, place: Place, lang: Lang) -> Html {
    let w = place.w;
    if !set_row.exists {
        return html! { <>
            { text("kind", 0, 14, "StatefulSet") }
            { text("title", 0, 37, fit(&set_row.name, w, 19)) }
            { facts(set_row, place, lang) }
        </> };
    }
    let (ready, wanted) = (set_row.ready.to_string(), set_row.wanted.to_string());
    let meter = say(lang, "ready-of", &[("ready", &ready), ("wanted", &wanted)]);
    let kind = match (set_row.namespace.as_str(), set_row.is_terminating) {
        (_, true) => format!("StatefulSet · {}", word(lang, "set-terminating")),
        ("default", _) => "StatefulSet".to_string(),
        (namespace, _) => format!("StatefulSet · {namespace}"),
    };
    let meter_w = labels::width(&meter, 14) + 22;
    let name = fit(&set_row.name, (w - meter_w - 14).max(60), 19);
    let name_w = labels::width(&name, 19);
    let is_whole = set_row.ready == set_row.wanted && set_row.replicas == set_row.wanted;
    let class = if is_whole { "meter is-whole" } else { "meter" };
    html! { <>
        { text("kind", 0, 14, fit(&kind, w, 11)) }
        { text("title", 0, 37, name) }
        <g class={class} transform={format!("translate({} 20)", name_w + 14)}>
            { rect("pill", 0, 0, meter_w, 22, 11) }
            { text("pill-text", 11, 15, meter) }
        </g>
        { legend(set_row, name_w + meter_w + 34, w, lang) }
        { facts(set_row, place, lang) }
    </> }
}

/// What the glyphs of a dense picture mean, and how many pods have each: to the right of `x`.
fn legend(set_row: &SetRowPart, mut x: i32, w: i32, lang: Lang) -> Html {
    let entries = set_row.counts.iter().map(|(style, count)| {
        let label = format!("{} {}", number(*count as i64), word(lang, &format!("style-{}", style.name())));
        let (at, label_w) = (x, labels::width(&label, 12) + 30);
        x += label_w;
        if x > w {
            return Html::default();
        }
        html! {
            <g class={classes!("pod", "legend", style.name())} transform={format!("translate({at} 24)")}>
                { pod_glyph(*style, 7, 7, 7) }{ text("facts", 19, 11, label) }
            </g>
        }
    });
    entries.collect()
}

/// The lines of numbers below a set's name, then its revisions as far as there is room.
fn facts(set_row: &SetRowPart, place: Place, lang: Lang) -> Html {
    let w = place.w;
    let (size, step) = labels::SET_FACTS;
    let lines = labels::set_facts(lang, set_row, w);
    if lines.is_empty() {
        return Html::default();
    }
    let rows: Html = lines.iter().zip(0..).map(|(line, at)| text("facts", 0, 57 + at * step, line.clone())).collect();
    let is_rolling = set_row.current_revision != set_row.update_revision && !set_row.update_revision.is_empty();
    // Where there is room for one only, it is the one that the pods are to have.
    let current = ("rev-current", word(lang, "rev-current"), &set_row.current_revision);
    let shown = match is_rolling {
        true => vec![("rev-update", word(lang, "rev-update"), &set_row.update_revision), current],
        false => vec![("rev-current", "", &set_row.current_revision)],
    };
    let mut x = lines.last().map_or(0, |line| labels::width(line, size)) + 18;
    let mut y = 48 + (lines.len() as i32 - 1) * step;
    let mut swatches = Vec::new();
    for (class, hint, name) in shown {
        let label = format!("{hint} {name}");
        let label = label.trim_start();
        let label_w = labels::width(label, size) + 22;
        if x + label_w > w && y + 2 * step <= place.h {
            (x, y) = (0, y + step);
        }
        if name.is_empty() || x + label_w > w {
            break;
        }
        swatches.push(html! {
            <g {class} transform={format!("translate({x} {y})")}>
                { rect("swatch", 0, 1, 10, 10, 3) }
                { text("facts", 15, 9, label.to_string()) }
            </g>
        });
        x += label_w + 8;
    }
    html! { <>{ rows }{ for swatches }</> }
}

/// The governing Service.
pub fn service(service: &ServicePart, place: Place, lang: Lang) -> Html {
    let facts = if !service.exists {
        word(lang, "service-missing").to_string()
    } else {
        let n = service.endpoints.to_string();
        match service.is_headless {
            true if service.endpoints == 1 => word(lang, "service-one").to_string(),
            true => say(lang, "service-headless", &[("n", &n)]),
            false => say(lang, "service-ip", &[("ip", &service.cluster_ip), ("n", &n)]),
        }
    };
    let title = format!("{} {}", word(lang, "service"), service.name);
    html! { <>
        { rect("plate", 0, 0, place.w, place.h, 9) }
        <path class="icon" d="M12 18a6 6 0 1 0 12 0a6 6 0 1 0 -12 0M12 18h12M18 12c-3 3 -3 9 0 12c3 -3 3 -9 0 -12" />
        { text("who", 32, 15, fit(&title, place.w - 42, 12)) }
        { text("facts", 32, 29, fit(&facts, place.w - 42, 11)) }
    </> }
}

/// Something that belongs to a set beside its pods.
pub fn chip(chip: &ChipPart, place: Place) -> Html {
    html! { <>
        { rect("plate", 0, 0, place.w, place.h, place.h / 2) }
        { text("facts", 8, 13, labels::chip_text(chip)) }
    </> }
}

/// The way from one ordinal to the next.
pub fn gate(place: Place) -> Html {
    let (x, y) = (place.w / 2, place.h / 2);
    html! { <path class="chevron" d={format!("M{} {}l5 6l-5 6", x - 2, y - 6)} /> }
}

/// A DNS name.
pub fn name(name: &Text, place: Place) -> Html {
    let label = fit(name, place.w - 30, 12);
    let w = labels::width(&label, 12) + 28;
    let x = (place.w - w) / 2;
    html! { <>
        { rect("plate", x, 0, w, place.h, place.h / 2) }
        <circle class="lamp" cx={(x + 12).to_string()} cy={(place.h / 2).to_string()} r="4" />
        { text("label", x + 21, place.h / 2 + 4, label) }
    </> }
}

/// A line from a pod to its claim.
pub fn link(place: Place) -> Html {
    html! { <path class="thread" d={format!("M1 0V{}", place.h)} /> }
}

/// A heading.
pub fn heading(key: &'static str, place: Place, lang: Lang) -> Html {
    text("facts", 0, place.h - 12, word(lang, key))
}

/// The heading over the pods of an object beside the sets: its kind, its name, and how many there are of how many.
pub fn workload(row: &WorkloadPart, place: Place) -> Html {
    let numbers = match row.want {
        Some(want) => format!("{}/{want}", row.have),
        None => row.have.to_string(),
    };
    text("facts", 0, place.h - 12, format!("{} {} · {numbers}", row.kind.names().kind, row.name))
}

/// A zone.
pub fn zone(name: &Text, place: Place, lang: Lang) -> Html {
    let title = if name.is_empty() { word(lang, "no-zone").to_string() } else { say(lang, "zone", &[("name", name)]) };
    html! { <>
        { rect("plate", 0, 0, place.w, place.h, 14) }
        { text("kind", 14, 20, title) }
    </> }
}

/// A node.
pub fn node(node: &NodePart, place: Place, lang: Lang) -> Html {
    let state = word(lang, &format!("node-{}", node.style.name()));
    let pods = match node.pods {
        1 => word(lang, "pods-one").to_string(),
        n => say(lang, "pods", &[("n", &n.to_string())]),
    };
    let mut facts = format!("{state} · {pods}");
    for taint in &node.taints {
        facts = format!("{facts} · {taint}");
    }
    html! { <>
        { rect("plate", 0, 0, place.w, place.h, 10) }
        <path class="icon" d="M12 12h18v6h-18zM12 21h18v6h-18zM15 15h1M15 24h1" />
        { text("who", 40, 19, fit(&node.name, place.w - 50, 13)) }
        { text("facts", 40, 34, fit(&facts, place.w - 50, 11)) }
    </> }
}

/// A pod, as large as its level says.
pub fn pod(pod: &PodPart, place: Place, lang: Lang, lab: &Lab) -> Html {
    match pod.level {
        Level::Card => pod_card(pod, place, lang, lab),
        Level::Compact => pod_compact(pod, place, lang, lab),
        Level::Cell | Level::Grid => pod_cell(pod, place),
    }
}

fn pod_card(pod: &PodPart, place: Place, lang: Lang, lab: &Lab) -> Html {
    let (w, h) = (place.w, place.h);
    if pod.style == PodStyle::Absent {
        return html! { <>
            { rect("card", 0, 0, w, h, 10) }
            { text("who", 16, 29, fit_end(&pod.name, w - 28, BOLD_LARGE)) }
            { text("facts", 16, 50, labels::absent(lang, pod)) }
        </> };
    }
    let mut ready = format!("{}/{}", pod.ready.0, pod.ready.1);
    if pod.restarts > 0 {
        ready = format!("↻ {}  {ready}", pod.restarts);
    }
    let node = if pod.node.is_empty() { word(lang, "no-node") } else { pod.node.as_str() };
    let tag = if pod.is_orphan { Some("orphan") } else { (!pod.is_wanted).then_some("leaving") };
    html! { <>
        { ring(pod, w, h, 3, 13) }
        { rect("card", 0, 0, w, h, 10) }
        { rect("stripe", 7, 12, 4, h - 24, 2) }
        { pod_glyph(pod.style, 28, 24, 10) }
        { text("who", 45, 29, fit_end(&pod.name, w - 55, BOLD_LARGE)) }
        { text("status", 20, 53, fit(&pod.status, w - 26, 13)) }
        { text("facts", 20, 71, fit(node, w - 42 - labels::width(&ready, 12), 12)) }
        { text("ready", w - 12, 71, ready) }
        { countdown_or(pod, lang, lab, w, text("mono", 20, 88, fit_mono(&pod.revision, w - 32, 11))) }
        { tag.map(|key| {
            let label = word(lang, key);
            let tag_w = labels::width(label, 11) + 16;
            html! { <g class="tag" transform={format!("translate({} -8)", w - tag_w - 8)}>
                { rect("pill", 0, 0, tag_w, 16, 8) }{ text("pill-text", 8, 11, label) }
            </g> }
        }) }
    </> }
}

fn countdown_or(pod: &PodPart, lang: Lang, lab: &Lab, w: i32, otherwise: Html) -> Html {
    match pod.countdown {
        Some(countdown) => html! {
            <g transform="translate(20 88)"><CountdownView {countdown} width={w - 32} {lang} lab={lab.clone()} /></g>
        },
        None => otherwise,
    }
}

fn pod_compact(pod: &PodPart, place: Place, lang: Lang, lab: &Lab) -> Html {
    let (w, h) = (place.w, place.h);
    if pod.style == PodStyle::Absent {
        return html! { <>
            { rect("card", 0, 0, w, h, 8) }
            { text("who", 10, 22, fit_end(&pod.name, w - 16, BOLD)) }
            { text("facts", 10, 40, fit(labels::absent(lang, pod), w - 14, 11)) }
        </> };
    }
    let lamp = match pod.resolves {
        Some(true) => "lamp is-lit",
        Some(false) => "lamp",
        None => "lamp is-off",
    };
    let ready = format!("{}/{}", pod.ready.0, pod.ready.1);
    html! { <>
        { ring(pod, w, h, 3, 11) }
        { rect("card", 0, 0, w, h, 8) }
        { rect("stripe", 5, 9, 3, h - 18, 1) }
        { pod_glyph(pod.style, 20, 18, 7) }
        { text("who", 32, 22, fit_end(&pod.name, w - 38, BOLD)) }
        { text("status", 13, 40, fit(&pod.status, w - 18, 11)) }
        { match pod.countdown {
            Some(countdown) => html! {
                <g transform="translate(13 56)"><CountdownView {countdown} width={w - 20} {lang} lab={lab.clone()} /></g>
            },
            None => html! { <>
                { text("facts", 13, 56, fit(&ready, w / 3, 11)) }
                { if pod.restarts > 0 { text("facts", 42, 56, format!("↻ {}", pod.restarts)) } else { Html::default() } }
                <circle class={lamp} cx={(w - 13).to_string()} cy="52" r="4" />
            </> },
        } }
    </> }
}

fn pod_cell(pod: &PodPart, place: Place) -> Html {
    let (w, h) = (place.w, place.h);
    let label = pod.ordinal.map(|ordinal| ordinal.to_string()).unwrap_or_else(|| fit(&pod.name, w - 12, 10));
    html! { <>
        { ring(pod, w, h, 2, 7) }
        { rect("card", 0, 0, w, h, 5) }
        { rect("stripe", 0, 6, 3, h - 12, 1) }
        { if pod.style == PodStyle::Absent { Html::default() } else { pod_glyph(pod.style, 10, h / 2, 5) } }
        { text("number", w - 4, h / 2 + 4, label) }
    </> }
}

/// A claim with its volume.
pub fn claim(claim: &ClaimPart, place: Place, lang: Lang) -> Html {
    match claim.level {
        Level::Card => claim_card(claim, place, lang),
        Level::Compact => claim_compact(claim, place, lang),
        _ => rect("bar", 0, 0, place.w, place.h, 2),
    }
}

/// A cylinder's outline.
fn cylinder(w: i32, h: i32, cap: i32) -> String {
    let r = w / 2;
    format!("M0 {cap}A{r} {cap} 0 0 1 {w} {cap}V{b}A{r} {cap} 0 0 1 0 {b}Z", b = h - cap)
}

fn claim_card(claim: &ClaimPart, place: Place, lang: Lang) -> Html {
    let (w, h) = (place.w, place.h);
    let facts = [&claim.status, &claim.capacity, &claim.access];
    let facts = facts.iter().filter(|text| !text.is_empty()).map(|text| text.as_str()).collect::<Vec<_>>().join(" · ");
    let below = labels::holds(lang, claim).unwrap_or_else(|| {
        let volume = if claim.volume.is_empty() { &claim.class } else { &claim.volume };
        volume.to_string()
    });
    let kept = claim.is_retained.then(|| {
        let label = labels::kept(lang, claim);
        let tag_w = labels::width(&label, 11) + 16;
        html! { <g class="tag" transform={format!("translate({} -4)", w - tag_w - 8)}>
            { rect("pill", 0, 0, tag_w, 16, 8) }{ text("pill-text", 8, 11, label) }
        </g> }
    });
    html! { <>
        <path class="card" d={cylinder(w, h, 8)} />
        <path class="fill" d={cylinder(w, h, 8)} />
        <path class="rim" d={format!("M0 8A{} 8 0 0 0 {w} 8", w / 2)} />
        { claim_glyph(claim.style, 24, 33, 8) }
        { text("who", 38, 37, fit_end(&claim.name, w - 46, 12)) }
        { text("facts", 16, 54, fit(&facts, w - 28, 11)) }
        { text("mono", 16, 68, fit_mono(&below, w - 28, 10)) }
        { kept }
    </> }
}

fn claim_compact(claim: &ClaimPart, place: Place, lang: Lang) -> Html {
    let (w, h) = (place.w, place.h);
    let label = if claim.is_retained && claim.style == ClaimStyle::Bound {
        let fits = |label: &String| labels::width(label, 11) <= w - 32;
        let unused = [labels::kept(lang, claim), labels::kept_briefly(lang, claim)].into_iter().find(fits);
        let short = || format!("{} · {}", word(lang, "retained"), claim.capacity);
        unused.filter(|_| !claim.unused_since.is_empty()).unwrap_or_else(short)
    } else if claim.capacity.is_empty() {
        claim.status.to_string()
    } else {
        format!("{} {}", claim.status, claim.capacity)
    };
    html! { <>
        <path class="card" d={cylinder(w, h, 5)} />
        <path class="fill" d={cylinder(w, h, 5)} />
        <path class="rim" d={format!("M0 5A{} 5 0 0 0 {w} 5", w / 2)} />
        { claim_glyph(claim.style, 16, 21, 6) }
        { text("facts", 27, 25, fit(&label, w - 32, 11)) }
    </> }
}

#[derive(Clone, PartialEq, Properties)]
struct CountdownProps {
    countdown: Countdown,
    width: i32,
    lang: Lang,
    lab: Lab,
}

/// A countdown that writes its own text while time moves.
#[component]
fn CountdownView(props: &CountdownProps) -> Html {
    let node = use_node_ref();
    let bar = use_node_ref();
    let deps = (props.countdown, props.lang, props.width);
    let (lab, text_ref, bar_ref) = (props.lab.clone(), node.clone(), bar.clone());
    use_effect_with(deps, move |(countdown, lang, width)| {
        let (countdown, lang, width) = (*countdown, *lang, *width);
        let shown = std::cell::Cell::new(i64::MIN);
        let write = move |now: Millis| {
            let left = countdown.until - now;
            if shown.replace((left.0 + 999) / 1000) == (left.0 + 999) / 1000 {
                return;
            }
            if let Some(text) = text_ref.get().and_then(|it| it.first_child()) {
                text.set_node_value(Some(&countdown_text(lang, countdown, width, now)));
            }
            if let Some(element) = bar_ref.cast::<web_sys::Element>() {
                _ = element.set_attribute("width", &countdown_width(countdown, width, now));
            }
        };
        write(lab.read().now());
        let listener: TimeListener = lab.on_time(write);
        move || drop(listener)
    });
    let now = props.lab.read().now();
    html! { <>
        <text class="countdown" ref={node} x="0" y="0">{ countdown_text(props.lang, props.countdown, props.width, now) }</text>
        <rect class="left" ref={bar} x="0" y="4" height="3" rx="1" width={countdown_width(props.countdown, props.width, now)} />
    </> }
}

fn countdown_text(lang: Lang, countdown: Countdown, width: i32, now: Millis) -> String {
    fit(&labels::countdown(lang, countdown, now), width, 11)
}

/// The length of the bar: so much is left.
fn countdown_width(countdown: Countdown, width: i32, now: Millis) -> String {
    let left = countdown.until - now;
    let share = if countdown.total.0 > 0 { left.0.clamp(0, countdown.total.0) * 100 / countdown.total.0 } else { 0 };
    (i64::from(width) * share / 100).to_string()
}
