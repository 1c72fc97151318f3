//! The controls of time: play, step, skip, undo, pace, branches, and the clock; hold no truth.

use super::icons::{Glyph, icon};
use super::props::PartProps;
use crate::i18n::Lang;
use crate::i18n::scene::{say, word};
use crate::i18n::ui::{t, tf};
use crate::model::Millis;
use crate::playground::Outlook;
use crate::state::{Action, COMPARED_MAX, SPEEDS};
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
struct ToolProps {
    glyph: Glyph,
    name: AttrValue,
    keys: AttrValue,
    action: Action,
    act: Callback<Action>,
    #[prop_or_default]
    is_main: bool,
    #[prop_or_default]
    is_off: bool,
}

/// A button with an icon, a name and its key.
#[component]
fn Tool(props: &ToolProps) -> Html {
    let onclick = {
        let (act, action) = (props.act.clone(), props.action.clone());
        Callback::from(move |_: MouseEvent| act.emit(action.clone()))
    };
    html! {
        <button type="button" class={classes!("tool", props.is_main.then_some("tool-main"))} {onclick}
            title={format!("{} ({})", props.name, props.keys)} aria-label={props.name.clone()} disabled={props.is_off}
            aria-keyshortcuts={props.keys.clone()}>
            { icon(props.glyph) }
        </button>
    }
}

/// `1×`, `0.25×`.
fn speed_text(permille: u32) -> String {
    match permille {
        250 => "0.25×".into(),
        500 => "0.5×".into(),
        _ => format!("{}×", permille / 1000),
    }
}

/// Props of [`Controls`].
#[derive(Clone, PartialEq, Properties)]
pub struct ControlsProps {
    /// What every part gets.
    pub part: PartProps,
    /// What lies ahead, as far as it was looked.
    pub outlook: Outlook,
}

/// The bar of controls.
#[component]
pub fn Controls(props: &ControlsProps) -> Html {
    let PartProps { lang, pace, act, lab, .. } = props.part.clone();
    let (play, name) =
        if pace.is_playing { (Glyph::Pause, t(lang, "time.pause")) } else { (Glyph::Play, t(lang, "time.play")) };
    let is_past = lab.read().now() < lab.read().end();
    let speed = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            if let Some(index) = event.target_dyn_into::<HtmlSelectElement>().and_then(|it| it.value().parse().ok()) {
                act.emit(Action::Speed(index));
            }
        })
    };
    let speeds = SPEEDS.iter().enumerate().map(|(index, permille)| {
        html! { <option value={index.to_string()} selected={index == pace.speed}>{ speed_text(*permille) }</option> }
    });
    let state = state_of(props);
    // Acting here begins a branch only where something was done later.
    let key = if lab.read().has_future_inputs() { "time.past" } else { "time.past.free" };
    let past = is_past.then(|| html! { <span class="chip chip-wait">{ t(lang, key) }</span> });
    html! {
        <div class="controls" role="group" aria-label={t(lang, "panel.time")}>
            <div class="tools">
                <Tool glyph={Glyph::Reset} name={t(lang, "time.reset")} keys="R" action={Action::Reset} act={act.clone()} />
                <Tool glyph={Glyph::Back} name={t(lang, "time.back")} keys="," action={Action::StepBack} act={act.clone()} />
                <Tool glyph={play} {name} keys="Space" action={Action::TogglePlay} act={act.clone()} is_main=true />
                <Tool glyph={Glyph::Step} name={t(lang, "time.step")} keys="." action={Action::Step} act={act.clone()} />
                <Tool glyph={Glyph::Skip} name={t(lang, "time.skip")} keys="N" action={Action::SkipIdle} act={act.clone()} />
                <Tool glyph={Glyph::Undo} name={t(lang, "time.undo")} keys="U" action={Action::Undo} act={act.clone()} />
            </div>
            <Clock lab={lab.clone()} {lang} />
            <select class="select" aria-label={t(lang, "time.speed")} title={t(lang, "time.speed")} onchange={speed}>
                { for speeds }
            </select>
            { state }
            { past }
            <Branches part={props.part.clone()} />
        </div>
    }
}

/// What time is at: stopped, waiting for somebody, waiting for a moment, or done.
fn state_of(props: &ControlsProps) -> Html {
    let PartProps { lang, pace, lab, .. } = &props.part;
    let lang = *lang;
    if !pace.is_playing {
        return html! { <span class="chip">{ t(lang, "time.paused") }</span> };
    }
    if props.outlook == Outlook::Unknown {
        return Html::default();
    }
    let stuck = lab.read().stuck(lang).map(|cause| {
        html! { <span class="chip chip-wait" title={cause}>{ t(lang, "time.stuck") }</span> }
    });
    let waits = match props.outlook {
        Outlook::Until(at) => {
            let until = tf(lang, "time.until", &[("at", &moment_text(at))]);
            html! { <span class="chip" title={t(lang, "time.until.hint")}>{ until }</span> }
        }
        _ if stuck.is_some() => Html::default(),
        _ => html! { <span class="chip" title={t(lang, "time.settled.hint")}>{ t(lang, "time.settled") }</span> },
    };
    html! { <>{ stuck }{ waits }</> }
}

/// `0:40`: a moment as it is read, to the second.
fn moment_text(at: Millis) -> String {
    let seconds = at.0.div_euclid(1000) + i64::from(at.0 % 1000 > 0);
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ClockProps {
    lab: super::props::Lab,
    lang: Lang,
}

/// The clock writes to its element itself with every frame.
#[component]
fn Clock(props: &ClockProps) -> Html {
    let node = use_node_ref();
    let now = props.lab.read().now();
    {
        let node = node.clone();
        use_effect_with(props.lab.clone(), move |lab| {
            let show = move |now: Millis| {
                if let Some(element) = node.cast::<Element>() {
                    element.set_text_content(Some(&clock_text(now)));
                }
            };
            show(lab.read().now());
            let listener = lab.on_time(show);
            move || drop(listener)
        });
    }
    html! {
        <time class="clock" title={t(props.lang, "time.clock")} role="timer" aria-label={t(props.lang, "time.clock")}
            datetime={format!("PT{}S", now.whole_seconds())}>
            <span ref={node}></span>
        </time>
    }
}

/// `00:12.3`: tenths are as much as an eye can follow.
fn clock_text(now: Millis) -> String {
    let text = now.to_string();
    text.get(..text.len().saturating_sub(2)).unwrap_or(&text).to_string()
}

#[derive(Clone, PartialEq, Properties)]
struct BranchesProps {
    part: PartProps,
}

/// The branches of the past, once there is more than one.
#[component]
fn Branches(props: &BranchesProps) -> Html {
    let PartProps { lang, act, lab, compared, .. } = props.part.clone();
    let is_named = use_state(|| false);
    let playground = lab.read();
    let (count, current) = (playground.branch_count(), playground.current_branch());
    if count < 2 {
        return html! {};
    }
    let options = (0..count).filter_map(|index| {
        let facts = playground.branch_facts(index)?;
        Some(
            html! { <option value={index.to_string()} selected={index == current}>{ facts.name.to_string() }</option> },
        )
    });
    // The other branches, to be laid beside this one.
    let others = (0..count).filter(|index| *index != current);
    let all: Vec<usize> = others.clone().take(COMPARED_MAX + 1).collect();
    let others = others.filter_map(|index| {
        let facts = playground.branch_facts(index)?;
        let name = say(lang, "compare-with", &[("name", &facts.name)]);
        Some(html! { <option value={index.to_string()} selected={compared == [index]}>{ name }</option> })
    });
    let has_all = (2..=COMPARED_MAX).contains(&all.len()).then_some(compared.len() > 1);
    let on_compare = act.reform(move |event: Event| {
        let value = event.target_dyn_into::<HtmlSelectElement>().map(|it| it.value()).unwrap_or_default();
        Action::Compare(if value == "all" { all.clone() } else { value.parse().into_iter().collect() })
    });
    let onchange = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            if let Some(index) = event.target_dyn_into::<HtmlSelectElement>().and_then(|it| it.value().parse().ok()) {
                act.emit(Action::SwitchBranch(index));
            }
        })
    };
    let old = playground.branch_facts(current).map(|facts| facts.name.to_string()).unwrap_or_default();
    if *is_named {
        let close = Callback::from(move |()| is_named.set(false));
        return html! { <BranchName {lang} branch={current} {old} {act} {close} /> };
    }
    let rename = Callback::from(move |_: MouseEvent| is_named.set(true));
    html! {
        <span class="branches">
            <select class="select" aria-label={t(lang, "time.branch")} {onchange}>{ for options }</select>
            <button type="button" class="tool" aria-label={t(lang, "time.rename")} title={t(lang, "time.rename")} onclick={rename}>
                { icon(Glyph::Pencil) }
            </button>
            <select class="select" aria-label={word(lang, "compare")} onchange={on_compare}>
                <option value="" selected={compared.is_empty()}>
                    { word(lang, if compared.is_empty() { "compare" } else { "compare-none" }) }
                </option>
                { for others }
                if let Some(is_chosen) = has_all {
                    <option value="all" selected={is_chosen}>{ word(lang, "compare-all") }</option>
                }
            </select>
        </span>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct BranchNameProps {
    lang: Lang,
    branch: usize,
    old: String,
    act: Callback<Action>,
    close: Callback<()>,
}

/// The field in which a branch gets another name: Enter takes it, Escape does not.
#[component]
fn BranchName(props: &BranchNameProps) -> Html {
    let field = use_node_ref();
    {
        let (field, old) = (field.clone(), props.old.clone());
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.set_value(&old);
                let _ = field.focus();
                field.select();
            }
        });
    }
    let onkeydown = {
        let (act, close, branch) = (props.act.clone(), props.close.clone(), props.branch);
        Callback::from(move |event: KeyboardEvent| {
            let is_taken = match event.key().as_str() {
                "Enter" if !event.is_composing() => true,
                "Escape" => false,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            let name = event.target_dyn_into::<HtmlInputElement>().map(|it| it.value().trim().to_string());
            if let Some(name) = name.filter(|it| is_taken && !it.is_empty()) {
                act.emit(Action::RenameBranch(branch, name));
            }
            close.emit(());
        })
    };
    let onblur = props.close.reform(|_: FocusEvent| ());
    html! {
        <span class="branches">
            <input class="select" type="text" ref={field} aria-label={t(props.lang, "time.rename.ask")} {onkeydown} {onblur} />
        </span>
    }
}
