//! The inspector; holds no truth.

use super::store::PartProps;
use yew::prelude::*;

/// The inspector.
#[component]
pub fn Inspector(props: &PartProps) -> Html {
    let _ = props;
    html! { <div class="inspector"></div> }
}
