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
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// The tabs, and a button for one more.
#[component]
pub fn TerminalTabs(props: &TerminalTabsProps) -> Html {
    let TerminalTabsProps { waiting, current, lang, act } = props.clone();
    let ask = |asked: TerminalAction| act.reform(move |_: MouseEvent| Action::Terminal(asked));
    let has_several = waiting.len() > 1;
    let tabs = waiting.iter().enumerate().filter(|_| has_several).map(|(at, line)| {
        let name = tf(lang, "console.terminal", &[("number", &(at + 1).to_string())]);
        let title = line.as_ref().map_or_else(|| name.clone(), |line| format!("{name}: {line}"));
        html! {
            <span class={classes!("file", (at == current).then_some("file-active"))}>
                <button type="button" class="file-name" aria-pressed={(at == current).to_string()} {title} onclick={ask(TerminalAction::Show(at))}>
                    { name.clone() }{ line.as_ref().map(|_| html! { <span class="file-mark" aria-hidden="true">{ "●" }</span> }) }
                </button>
                <button type="button" class="tool tool-small" aria-label={format!("{} {name}", t(lang, "app.close"))}
                    title={t(lang, "console.terminal.close")} onclick={ask(TerminalAction::Close(at))}>{ icon(Glyph::Close) }</button>
            </span>
        }
    });
    html! {
        <span class="files terminals">
            { for tabs }
            if waiting.len() < TERMINALS_MAX {
                <button type="button" class="tool" title={t(lang, "console.terminal.new")} aria-label={t(lang, "console.terminal.new")}
                    onclick={ask(TerminalAction::New)}>{ icon(Glyph::Add) }</button>
            }
        </span>
    }
}
