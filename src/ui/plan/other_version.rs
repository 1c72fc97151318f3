//! What another version of Kubernetes would do with the text of a plan, and why; holds no truth.

use super::PlanProps;
use crate::explain::{self, Plan};
use crate::i18n::scene::{say, word};
use crate::i18n::{self, Lang};
use crate::kubernetes::{Gate, Kubernetes, Version};
use crate::ordering::Order;
use crate::state::{Action, ShownPlan};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// A version with the gates that are not as it has them, as it is written in a sentence.
pub(in crate::ui) fn named(kubernetes: Kubernetes) -> String {
    let gates = kubernetes.gates_text();
    let version = kubernetes.version();
    // A minor alone stands for the patch that is known best.
    let name = match Version::all().any(|it| it == version) {
        true => version.short(),
        false => version.to_string().trim_start_matches('v').to_string(),
    };
    if gates.is_empty() { name } else { format!("{name} + {gates}") }
}

/// The other versions that a text can be planned under: the newest first, then those with a gate on that the text asks for.
pub(super) fn others(shown_plan: &ShownPlan) -> Vec<Kubernetes> {
    let mut all: Vec<Version> = Version::all().chain([Version::MAX_UNAVAILABLE_TRIED]).collect();
    all.order_by(|a, b| b.cmp(a));
    let asked = [("Recreate", Gate::StatefulSetRecreateStrategy), ("maxUnavailable", Gate::MaxUnavailableStatefulSet)];
    let asked = asked.into_iter().filter(|(word, _)| shown_plan.text.contains(word)).map(|(_, gate)| gate);
    let with_gate = asked.filter_map(|gate| {
        let newest = all.iter().map(|version| Kubernetes::of(*version)).find(|it| it.knows(gate) && !it.gate(gate));
        newest.map(|kubernetes| kubernetes.with(gate, true))
    });
    let with_gates: Vec<Kubernetes> = with_gate.collect();
    let plain = all.iter().map(|version| Kubernetes::of(*version));
    plain.chain(with_gates).filter(|it| *it != shown_plan.kubernetes).collect()
}

#[derive(Clone, PartialEq, Properties)]
/// Props of [`Others`].
pub(super) struct OthersProps {
    pub act: Callback<Action>,
    pub lang: Lang,
    pub under: Option<Kubernetes>,
    pub others: Vec<Kubernetes>,
}

/// What another version would do with the text, and with everything so far.
#[component]
pub(super) fn Others(props: &OthersProps) -> Html {
    let OthersProps { act, lang, under, others } = props.clone();
    let chosen = use_state_eq(|| 0_usize);
    let at = under.and_then(|under| others.iter().position(|it| *it == under)).unwrap_or(*chosen);
    let Some(other) = others.get(at).copied() else { return Html::default() };
    let onchange = {
        let (chosen, act, others) = (chosen.clone(), act.clone(), others.clone());
        Callback::from(move |event: Event| {
            let value = event.target_dyn_into::<HtmlSelectElement>().and_then(|it| it.value().parse::<usize>().ok());
            let Some(at) = value else { return };
            chosen.set(at);
            // Who looks at one under another version goes on to the next.
            if let (Some(_), Some(other)) = (under, others.get(at)) {
                act.emit(Action::Plan(Some(*other)));
            }
        })
    };
    let options = others.iter().enumerate().map(|(number, it)| {
        html! { <option value={number.to_string()} selected={number == at}>{ named(*it) }</option> }
    });
    let version = named(other);
    let same = act.reform(move |_: MouseEvent| Action::Plan(Some(other)));
    let all = act.reform(move |_: MouseEvent| Action::PlanVersion(other));
    html! {
        <span class="plan-others" role="group" aria-label={word(lang, "plan-other-choice")}>
            <select class="select" aria-label={word(lang, "plan-other-choice")} title={word(lang, "plan-other-choice")} {onchange}>{ for options }</select>
            if under != Some(other) {
                <button type="button" class="button" onclick={same}>{ say(lang, "plan-other", &[("version", &version)]) }</button>
            }
            <button type="button" class="button" title={say(lang, "plan-all-as-title", &[("version", &version)])} onclick={all}>
                { say(lang, "plan-all-as", &[("version", &version)]) }
            </button>
        </span>
    }
}

/// What is otherwise than under the cluster's own version, and what makes the difference.
pub(super) fn otherwise(props: &PlanProps) -> Html {
    let PlanProps { part, shown_plan } = props;
    let lang = part.lang;
    let (Some((here, matters)), Some(under)) = (&shown_plan.here, shown_plan.under) else { return Html::default() };
    let own = named(shown_plan.kubernetes);
    let lines = |plan: &Plan| explain::say_briefly(lang, plan);
    let (mine, theirs) = (lines(here), lines(&shown_plan.plan));
    if mine == theirs {
        return html! { <p class="plan-than-same">{ say(lang, "plan-than-same", &[("version", &own), ("other", &named(under))]) }</p> };
    }
    let only = |lines: &[String], others: &[String]| {
        let own = lines.iter().filter(|line| !others.contains(line) && !line.is_empty());
        html! { <ul>{ for own.map(|line| html! { <li>{ line }</li> }) }</ul> }
    };
    let because = matters.iter().map(|difference| {
        let row = difference.row();
        let has = if under.has(*difference) { named(under) } else { own.clone() };
        let words = i18n::find(i18n::versions::ENTRIES, lang, row.key).unwrap_or(row.key);
        html! { <li><strong>{ has }</strong>{ " " }{ words }</li> }
    });
    let inner = html! { <>
        <dl class="plan-than">
            <dt>{ own.clone() }</dt><dd>{ only(&mine, &theirs) }</dd>
            <dt>{ named(under) }</dt><dd>{ only(&theirs, &mine) }</dd>
        </dl>
        if !matters.is_empty() {
            <p class="plan-because">{ word(lang, "plan-than-because") }</p>
            <ul class="plan-because">{ for because }</ul>
        }
    </> };
    html! { <section class="ins-section"><h3>{ say(lang, "plan-than", &[("version", &own)]) }</h3>{ inner }</section> }
}
