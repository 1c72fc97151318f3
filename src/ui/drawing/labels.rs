//! The scene's words where the page needs them, and texts as attributes; draws nothing.

pub use crate::scene::labels::*;

use crate::model::Text;
use yew::AttrValue;

/// A text as an attribute, without a copy.
pub fn attr(text: &Text) -> AttrValue {
    match text {
        Text::Static(text) => AttrValue::Static(text),
        Text::Shared(text) => AttrValue::Rc(text.clone()),
    }
}
