//! What is shown while a session is played again: how far it is, and the way to do without it.

use super::page::use_page;
use crate::i18n::Lang;
use crate::i18n::ui::t;
use crate::state::{Action, SessionAction};
use yew::prelude::*;

/// Props of [`Loading`].
#[derive(Clone, PartialEq, Properties)]
pub struct LoadingProps {
    /// How far it is, in thousandths.
    pub progress: u32,
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// The bar, above everything else of the lab, whose other parts are inert meanwhile.
#[component]
pub fn Loading(props: &LoadingProps) -> Html {
    let LoadingProps { progress, lang, act } = props.clone();
    let title = use_page().id("loading-title");
    let stop = act.reform(|_: MouseEvent| Action::Sessions(SessionAction::StopLoading));
    html! {
        <div class="cover">
            <div class="dialog loading" role="dialog" aria-modal="true" aria-labelledby={title.clone()}>
                <p id={title.clone()}>{ t(lang, "loading.title") }</p>
                <progress max="1000" value={progress.to_string()} aria-labelledby={title}></progress>
                <button type="button" class="button" onclick={stop}>{ t(lang, "loading.stop") }</button>
            </div>
        </div>
    }
}
