//! The plan in a pane of its own: what applying the text would lead to, and what became of it; holds no truth.

mod other_version;

use super::drawing::labels::{fit_end, moment};
use super::inspector::causes::step;
use super::page::use_page;
use super::props::PartProps;
use crate::explain::plan_lanes::lanes;
use crate::explain::plan_sentences::{end, name_of, names, tenths, verdict_key, worst};
use crate::explain::{self, End, Link, Outcome, Plan, Remedy, Verdict};
use crate::i18n::Lang;
use crate::i18n::plan::said;
use crate::i18n::scene::{say, word};
use crate::model::Millis;
use crate::state::{Action, ShownPlan};
use other_version::{Others, named};
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`PlanPane`].
#[derive(Clone, PartialEq, Properties)]
pub struct PlanProps {
    /// What every part gets.
    pub part: PartProps,
    /// The plan.
    pub shown_plan: Rc<ShownPlan>,
}

/// The pane.
#[component]
pub fn PlanPane(props: &PlanProps) -> Html {
    let PlanProps { part, shown_plan } = props;
    let (lang, plan) = (part.lang, &shown_plan.plan);
    let outcome = shown_plan.outcome(&part.lab.read());
    let close = part.act.reform(|_: MouseEvent| Action::ClosePlan);
    let title = match shown_plan.under {
        Some(under) => say(lang, "plan-under", &[("version", &named(under))]),
        None if shown_plan.begun.is_some() => say(lang, "plan-applied", &[("time", &moment(shown_plan.at))]),
        None => say(lang, "plan-at", &[("time", &moment(shown_plan.at))]),
    };
    html! {
        <div class="inspector plan">
            <div class="ins-head">
                <div><p class="ins-kind">{ title }</p><h2>{ word(lang, "plan") }</h2></div>
                { chip(lang, plan, outcome.as_ref(), shown_plan.is_way_over(&part.lab.read())) }
                <button type="button" class="tool ins-close" aria-label={word(lang, "close")} onclick={close}>{ "×" }</button>
            </div>
            if !is_on_the_way(props) { { outdated(props) } }
            { became(lang, plan, outcome.as_ref()) }
            if outcome.is_none() { <p class="plan-end">{ end(lang, plan) }</p> }
            { buttons(props) }
            { other_version::otherwise(props) }
            { refused(props) }
            { section(word(lang, "plan-asks"), asked(lang, plan)) }
            { why(props) }
            { section(word(lang, "plan-order"), order(lang, plan)) }
            if plan.end != End::Refused {
                { section(word(lang, "plan-sum"), sum(lang, plan)) }
            }
            { steps(lang, plan, outcome.as_ref()) }
        </div>
    }
}

fn section(title: &'static str, inner: Html) -> Html {
    if inner == Html::default() {
        return inner;
    }
    html! { <section class="ins-section"><h3>{ title }</h3>{ inner }</section> }
}

/// Whether lines of the way out were run: that is said where they stand.
fn is_on_the_way(props: &PlanProps) -> bool {
    props.shown_plan.way_so_far(&props.part.lab.read()).0 > 0
}

/// That something was done since the plan was made, and the way to another.
fn outdated(props: &PlanProps) -> Html {
    let PlanProps { part, shown_plan } = props;
    let lang = part.lang;
    if !shown_plan.is_outdated(&part.lab.read()) {
        return Html::default();
    }
    let under = shown_plan.under;
    let again = part.act.reform(move |_: MouseEvent| Action::Plan(under));
    let (done, all) = shown_plan.way_so_far(&part.lab.read());
    let told = match done {
        0 => say(lang, "plan-outdated", &[("time", &moment(shown_plan.at))]),
        done if done == all => word(lang, "plan-way-done").to_string(),
        done => say(lang, "plan-way-part", &[("done", &done.to_string()), ("all", &all.to_string())]),
    };
    let is_over = done > 0 && done == all;
    html! {
        <div class="plan-outdated" role="status">
            <p>{ told }</p>
            if done == 0 || is_over {
                <button type="button" class={classes!("button", is_over.then_some("button-main"))} onclick={again}>{ word(lang, "plan-again") }</button>
            }
        </div>
    }
}

fn chip(lang: Lang, plan: &Plan, outcome: Option<&Outcome>, is_way_over: bool) -> Html {
    let (style, key) = match (outcome, plan.end) {
        (None, _) if is_way_over => ("ready", "plan-way-over"),
        (Some(outcome), _) if !outcome.is_as_foretold() => ("failing", "plan-otherwise"),
        (Some(_), End::Refused) => ("not-ready", "plan-refused-true"),
        (Some(outcome), _) if outcome.is_over => ("ready", "plan-true"),
        (Some(_), _) => ("starting", "plan-running"),
        (None, End::Settled) if !plan.refused.is_empty() => ("not-ready", "plan-partly"),
        (None, End::Settled) => ("ready", "plan-settles"),
        (None, End::Stuck) => ("not-ready", "plan-stuck"),
        (None, End::Refused) => ("failing", "plan-refused"),
    };
    html! { <span class={classes!("ins-chip", style)}>{ word(lang, key) }</span> }
}

/// Plan and outcome, once the text was applied.
fn became(lang: Lang, plan: &Plan, outcome: Option<&Outcome>) -> Html {
    let Some(outcome) = outcome else { return Html::default() };
    let style = if outcome.is_as_foretold() { "act" } else { "wait" };
    let lines = explain::say_outcome(lang, plan, outcome);
    html! {
        <ul class="ins-why plan-became" aria-live="polite">
            <li class={style}>{ for lines.iter().map(|line| html! { <p>{ line }</p> }) }</li>
        </ul>
    }
}

fn buttons(props: &PlanProps) -> Html {
    let PlanProps { part, shown_plan } = props;
    let (lang, act) = (part.lang, &part.act);
    let button = |key: &'static str, action: Action, is_main: bool| {
        let class = classes!("button", is_main.then_some("button-main"));
        let onclick = act.reform(move |_: MouseEvent| action.clone());
        html! { <button type="button" {class} {onclick}>{ word(lang, key) }</button> }
    };
    let can_play = shown_plan.plan.end != End::Refused && shown_plan.under.is_none() && shown_plan.begun.is_none();
    let here = shown_plan.under.is_some().then(|| {
        let back = say(lang, "plan-here", &[("version", &named(shown_plan.kubernetes))]);
        html! { <button type="button" class="button" onclick={act.reform(|_: MouseEvent| Action::Plan(None))}>{ back }</button> }
    });
    html! {
        <div class="plan-buttons">
            if can_play {
                { button("plan-apply", Action::ApplyPlan, true) }
                { button("plan-play", Action::PlayPlan(false), false) }
                { button("plan-compare", Action::PlayPlan(true), false) }
            }
            { here }
            if shown_plan.begun.is_none() {
                <Others act={act.clone()} {lang} under={shown_plan.under} others={other_version::others(shown_plan)} />
            }
            <Copy text={explain::say_plan(lang, &shown_plan.plan).join("\n")} {lang} />
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct CopyProps {
    text: AttrValue,
    lang: Lang,
}

/// Puts the plan's text on the clipboard.
#[component]
fn Copy(props: &CopyProps) -> Html {
    // What was copied: another text is another copy.
    let copied = use_state_eq(|| None::<AttrValue>);
    let page = use_page();
    let onclick = {
        let (text, copied) = (props.text.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            let (copied, done) = (copied.clone(), text.clone());
            page.copy(&text, Callback::from(move |is_copied: bool| copied.set(is_copied.then(|| done.clone()))));
        })
    };
    let key = if (*copied).as_ref() == Some(&props.text) { "plan-copied" } else { "plan-copy" };
    html! { <button type="button" class="button" {onclick}>{ word(props.lang, key) }</button> }
}

/// What is refused, and the way out line by line.
fn refused(props: &PlanProps) -> Html {
    let (lang, act, plan) = (props.part.lang, &props.part.act, &props.shown_plan.plan);
    if plan.refused.is_empty() {
        return Html::default();
    }
    let playground = props.part.lab.read();
    let way = |way: &Link| {
        let line = |it: &Remedy| {
            let is_done = props.shown_plan.was_run(&playground, &it.line);
            html! { <li>{ step(way, it, Some(is_done), lang, act) }</li> }
        };
        html! { <>
            <p class="ins-root">{ way.say(lang) }</p>
            <ol class="plan-way">{ for way.remedies.iter().map(line) }</ol>
        </> }
    };
    let said = plan.refused.iter().map(|line| html! { <p class="plan-refused">{ line }</p> });
    let note = if is_on_the_way(props) { outdated(props) } else { Html::default() };
    let inner = html! { <div class="ins-cause">{ for said }{ for plan.ways.iter().map(way) }{ note }</div> };
    section(word(lang, "plan-no"), inner)
}

fn asked(lang: Lang, plan: &Plan) -> Html {
    if plan.asked.is_empty() {
        return Html::default();
    }
    let one = |asked: &explain::Asked| {
        let class = if asked.verdict == Verdict::Unchanged { "is-quiet" } else { "" };
        let text = said(lang, verdict_key(asked.verdict), &[("name", &name_of(&asked.key))]);
        html! {
            <li {class}>
                <p>{ text }</p>
                if !asked.fields.is_empty() {
                    <ul class="plan-fields">{ for asked.fields.iter().map(|field| html! { <li><code>{ field }</code></li> }) }</ul>
                }
            </li>
        }
    };
    let warnings = plan
        .warnings
        .iter()
        .map(|warning| html! { <li class="is-warning"><p>{ format!("Warning: {warning}") }</p></li> });
    html! { <ul class="plan-asked">{ for plan.asked.iter().map(one) }{ for warnings }</ul> }
}

/// Why it gets stuck, the cause first, with what helps.
fn why(props: &PlanProps) -> Html {
    let (lang, plan) = (props.part.lang, &props.shown_plan.plan);
    let one = |links: &Vec<Link>| {
        let root = links.first().map(|root| root.say(lang));
        let later = links.iter().skip(1).map(|link| html! { <li>{ link.say(lang) }</li> });
        // Nothing of this has happened: a line that helps then would do harm now, so it can be read and not pressed.
        let helps: Vec<Html> = explain::remedies(links)
            .into_iter()
            .map(|(link, it)| html! { <li><code>{ it.line.clone() }</code><p>{ link.effect(lang, it) }</p></li> })
            .collect();
        html! {
            <div class="ins-cause">
                <p class="ins-root">{ root }</p>
                if links.len() > 1 { <ol class="ins-chain">{ for later }</ol> }
                if !helps.is_empty() { <p class="ins-end">{ word(lang, "plan-then") }</p><ul class="plan-then">{ for helps }</ul> }
            </div>
        }
    };
    if plan.why.is_empty() {
        return Html::default();
    }
    let title = if plan.end == End::Stuck { "plan-why" } else { "plan-purpose" };
    section(word(lang, title), html! { <>{ for plan.why.iter().map(one) }</> })
}

/// The most lanes that are drawn.
const LANES_MAX: usize = 40;
/// The picture's measures: width, names, height of a lane.
const WIDTH: i32 = 340;
const NAMES: i32 = 128;
const ROW: i32 = 20;

/// Order and time as a small picture.
fn order(lang: Lang, plan: &Plan) -> Html {
    let all = lanes(plan);
    if all.is_empty() {
        return Html::default();
    }
    // What is so at the end is to be seen as well.
    let more = if plan.end == End::Stuck { 3 } else { 20 };
    let total = (plan.duration.0 + plan.duration.0 / more).max(1);
    let end_x = WIDTH - 8;
    let x = |at: Millis| NAMES + (at.0 * i64::from(WIDTH - NAMES - 8) / total) as i32;
    let shown = all.iter().take(LANES_MAX);
    let rows = shown.enumerate().map(|(row, lane)| {
        let y = row as i32 * ROW;
        let spans = lane.spans.iter().map(|(from, to, being)| {
            let (left, right) = (x(*from), if *to == plan.duration { end_x } else { x(*to) });
            html! {
                <rect class={being.name()} x={left.to_string()} y={(y + 4).to_string()} width={(right - left).max(3).to_string()}
                    height={(ROW - 8).to_string()} rx="3" />
            }
        });
        html! { <g>
            <text x="0" y={(y + 14).to_string()}>{ fit_end(&lane.key.name, NAMES - 8, 11) }</text>
            { for spans }
        </g> }
    });
    let height = all.len().min(LANES_MAX) as i32 * ROW;
    let label = explain::plan_sentences::in_order(lang, plan);
    let last = html! { <text class="axis is-end" x={(WIDTH - 4).to_string()} y={(height + 14).to_string()}>{ tenths(plan.duration) }</text> };
    html! { <>
        <svg class="plan-order" role="img" aria-label={label} viewBox={format!("0 0 {WIDTH} {}", height + 20)}>
            { for rows }
            <line x1={NAMES.to_string()} x2={(WIDTH - 8).to_string()} y1={height.to_string()} y2={height.to_string()} />
            <text class="axis" x={NAMES.to_string()} y={(height + 14).to_string()}>{ "0" }</text>
            { last }
        </svg>
        <p class="plan-key">
            <span class="there">{ word(lang, "plan-there") }</span><span class="ready">{ word(lang, "plan-ready") }</span><span class="leaving">{ word(lang, "plan-leaving") }</span>
        </p>
        if all.len() > LANES_MAX { <p class="ins-none">{ say(lang, "plan-more", &[("n", &(all.len() - LANES_MAX).to_string())]) }</p> }
    </> }
}

/// What comes, stays and goes, and how few pods there are at worst.
fn sum(lang: Lang, plan: &Plan) -> Html {
    let lines = names(lang, plan).into_iter().chain(worst(lang, plan));
    html! { <ul class="plan-sum">{ for lines.map(|line| html! { <li>{ line }</li> }) }</ul> }
}

/// Every step, with its time and whether it has happened.
fn steps(lang: Lang, plan: &Plan, outcome: Option<&Outcome>) -> Html {
    if plan.steps.is_empty() {
        return Html::default();
    }
    let rows = plan.steps.iter().enumerate().map(|(number, step)| {
        let done = outcome.map(|outcome| outcome.done.get(number).copied().flatten().is_some());
        let sign = match done {
            Some(true) => "✓",
            Some(false) if outcome.is_some_and(|it| it.is_over) => "✗",
            _ => "",
        };
        html! { <tr><td>{ tenths(step.after) }</td><td>{ name_of(&step.key) }</td><td>{ step.what.word() }</td><td>{ sign }</td></tr> }
    });
    let title = say(lang, "plan-steps", &[("n", &plan.steps.len().to_string())]);
    html! {
        <details class="ins-section"><summary>{ title }</summary><table class="plan-steps"><tbody>{ for rows }</tbody></table></details>
    }
}
