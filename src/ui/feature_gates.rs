//! Which Kubernetes it is: its feature gates, to be switched, and the way to what differs between the versions; holds no
//! truth.

use super::dialog::Dialog;
use crate::i18n::ui::{t, tf};
use crate::i18n::{self, Lang};
use crate::kubernetes::{DIFFERENCES, GATES, Gate, Kubernetes, Stage, has_effect};
use crate::state::{Action, Panel};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Props of [`Gates`].
#[derive(Clone, PartialEq, Properties)]
pub struct GatesProps {
    /// The version with its gates.
    pub kubernetes: Kubernetes,
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// The gates that matter here, above everything else of the lab, whose other parts are inert meanwhile.
#[component]
pub fn Gates(props: &GatesProps) -> Html {
    let GatesProps { kubernetes, lang, act } = props.clone();
    let version = kubernetes.version();
    let known = GATES.iter().map(|history| history.gate).filter(|gate| kubernetes.knows(*gate) && has_effect(*gate));
    let title = tf(lang, "gates.title", &[("version", &version.to_string())]);
    let differences = act.reform(|_: MouseEvent| Action::Run("lab versions".into()));
    let differences = {
        let act = act.clone();
        Callback::from(move |event: MouseEvent| {
            act.emit(Action::Gates(false));
            differences.emit(event);
            act.emit(Action::Show(Panel::Console));
        })
    };
    html! {
        <Dialog name="gates-title" {title} class="dialog-wide" {lang} close={Action::Gates(false)} act={act.clone()}>
            <p class="dialog-note">{ t(lang, "gates.note") }</p>
            <ul class="gates">{ for known.map(|gate| row(gate, props)) }</ul>
            <p class="dialog-note"><button type="button" class="button" onclick={differences}>{ t(lang, "gates.differences") }</button></p>
        </Dialog>
    }
}

/// A gate with what it switches.
fn row(gate: Gate, props: &GatesProps) -> Html {
    let GatesProps { kubernetes, lang, act } = props.clone();
    let stage = gate.stage(kubernetes.version());
    let default = match gate.is_on_by_default(kubernetes.version()) {
        true => "gates.default.on",
        false => "gates.default.off",
    };
    let rows = DIFFERENCES.iter().filter(|row| row.gate == Some(gate) && row.covers(kubernetes.version()));
    let what =
        rows.map(|row| html! { <p>{ i18n::find(i18n::versions::ENTRIES, lang, row.key).unwrap_or(row.key) }</p> });
    let onchange = act.reform(move |event: Event| {
        let is_on = event.target_dyn_into::<HtmlInputElement>().is_some_and(|it| it.checked());
        Action::Run(start(kubernetes.with(gate, is_on)))
    });
    html! {
        <li>
            <label>
                <input type="checkbox" checked={kubernetes.gate(gate)} disabled={stage == Stage::Locked} {onchange} />
                <code>{ gate.name() }</code>
                <span class="gates-stage">{ format!("{} · {}", stage.word(), t(lang, default)) }</span>
            </label>
            { for what }
        </li>
    }
}

/// The line that makes the cluster this Kubernetes.
fn start(kubernetes: Kubernetes) -> String {
    let gates = kubernetes.gates_text();
    let line = format!("minikube start --kubernetes-version={}", kubernetes.version());
    if gates.is_empty() { line } else { format!("{line} --feature-gates={gates}") }
}
