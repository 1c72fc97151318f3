//! The console's tabs: one for each terminal, with what waits in it; holds no truth.

use super::icons::{Glyph, icon};
use crate::i18n::Lang;
use crate::i18n::ui::{t, tf};
use crate::playground::TERMINALS_MAX;
use crate::state::{Action, TerminalAction};
use yew::prelude::*;

/// Props of [`TerminalTabs`].
#[derive(Clone, PartialEq, Properties)]
pub struct TerminalTabsProps {
    /// The command that waits in each, if one does.
    pub waiting: Vec<Option<String>>,
    /// The number of the one that is shown.
    pub current: usize,
    /// Whether they stand side by side: then each has a head of its own, with what concerns it.
    pub are_beside: bool,
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// The tabs, and a button for one more.
#[component]
pub fn TerminalTabs(props: &TerminalTabsProps) -> Html {
    let TerminalTabsProps { waiting, current, are_beside, lang, act } = props.clone();
    let ask = |asked: TerminalAction| act.reform(move |_: MouseEvent| Action::Terminal(asked));
    let has_several = waiting.len() > 1;
    let is_last = current + 1 == waiting.len();
    let shown = |at: usize| has_several && (!are_beside || at == current);
    let tabs = waiting.iter().enumerate().filter(|(at, _)| shown(*at)).map(|(at, line)| {
        let name = tf(lang, "console.terminal", &[("number", &(at + 1).to_string())]);
        let title = line.as_ref().map_or_else(|| name.clone(), |line| format!("{name}: {line}"));
        html! {
            <span class={classes!("file", (at == current).then_some("file-active"))}>
                if !are_beside { <button type="button" class="file-name" aria-pressed={(at == current).to_string()} {title} onclick={ask(TerminalAction::Show(at))}>
                    { name.clone() }{ line.as_ref().map(|_| html! { <span class="file-mark" aria-hidden="true">{ "●" }</span> }) }
                </button> }
                <button type="button" class="tool tool-small" aria-label={format!("{} {name}", t(lang, "app.close"))}
                    title={t(lang, "console.terminal.close")} onclick={ask(TerminalAction::Close(at))}>{ icon(Glyph::Close) }</button>
            </span>
        }
    });
    html! {
        <span class="files terminals">
            { for tabs }
            if waiting.len() < TERMINALS_MAX && (is_last || !are_beside) {
                <button type="button" class="tool" title={t(lang, "console.terminal.new")} aria-label={t(lang, "console.terminal.new")}
                    onclick={ask(TerminalAction::New)}>{ icon(Glyph::Add) }</button>
            }
            if is_last || !are_beside {
                <button type="button" class={classes!("tool", "only-wide", are_beside.then_some("tool-on"))} title={t(lang, "console.beside")}
                    aria-label={t(lang, "console.beside")} aria-pressed={are_beside.to_string()}
                    onclick={ask(TerminalAction::Beside(!are_beside))}>{ icon(Glyph::Beside) }</button>
            }
        </span>
    }
}
