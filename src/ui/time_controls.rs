//! The controls of time: play, step, skip, undo, pace, and the clock; hold no truth. Those of branches stand in `branches`.

use super::branches::Branches;
use super::icons::{Glyph, icon};
use super::props::PartProps;
use crate::i18n::Lang;
use crate::i18n::ui::{t, tf};
use crate::model::Millis;
use crate::playground::Outlook;
use crate::state::{Action, SPEEDS};
use web_sys::{Element, HtmlSelectElement};
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
