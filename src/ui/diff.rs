//! What applying the editor's text would change in the cluster; holds no truth.

use super::store::Lab;
use crate::i18n::Lang;
use crate::i18n::ui::t;
use yew::prelude::*;

/// Props of [`Diff`].
#[derive(Clone, PartialEq, Properties)]
pub struct DiffProps {
    /// The cluster.
    pub lab: Lab,
    /// The editor's text.
    pub text: AttrValue,
    /// The page's language.
    pub lang: Lang,
}

/// The differences, field by field.
#[component]
pub fn Diff(props: &DiffProps) -> Html {
    let lang = props.lang;
    html! {
        <section class="diff" aria-label={t(lang, "editor.diff.head")}>
            <p class="s-dim">{ t(lang, "editor.diff.none") }</p>
        </section>
    }
}
