//! The branches of the past: one to go on in, those to be laid beside it, and another name; holds no truth.

use super::icons::{Glyph, icon};
use super::props::PartProps;
use crate::i18n::Lang;
use crate::i18n::scene::{say, word};
use crate::i18n::ui::t;
use crate::state::{Action, COMPARED_MAX};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the controls of branches show.
#[derive(Clone, PartialEq, Properties)]
pub struct BranchesProps {
    /// What every part gets.
    pub part: PartProps,
}

/// The branches of the past, once there is more than one.
#[component]
pub fn Branches(props: &BranchesProps) -> Html {
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
