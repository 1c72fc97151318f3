//! The timeline; holds no truth.

use super::store::PartProps;
use yew::prelude::*;

/// The timeline.
#[component]
pub fn Timeline(props: &PartProps) -> Html {
    let _ = props;
    html! { <div class="timeline"></div> }
}
