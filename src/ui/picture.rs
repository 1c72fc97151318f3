//! The picture; holds no truth.

use super::store::PartProps;
use yew::prelude::*;

/// The picture.
#[component]
pub fn Picture(props: &PartProps) -> Html {
    let _ = props;
    html! { <div class="picture"></div> }
}
