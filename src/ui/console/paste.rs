//! What is pasted into a terminal: several lines run one by one.

use super::Terminal;
use crate::state::Action;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Event, HtmlInputElement};
use yew::prelude::*;

/// The most lines that one paste runs.
const PASTED_LINES_MAX: usize = 200;

impl Terminal {
    /// Several pasted lines run one by one; what follows the last line break stays in the input.
    pub(super) fn paste(&mut self, ctx: &Context<Self>, event: &ClipboardEvent, input: &HtmlInputElement) -> bool {
        let Some(text) = event.clipboard_data().and_then(|it| it.get_data("text").ok()) else { return false };
        if !text.contains('\n') {
            return false;
        }
        event.prevent_default();
        let whole = format!("{}{}", input.value(), text.replace("\r\n", "\n"));
        let (lines, rest) = whole.rsplit_once('\n').unwrap_or(("", &whole));
        input.set_value("");
        for line in lines.split('\n').take(PASTED_LINES_MAX) {
            ctx.props().act.emit(Action::Type(line.to_string()));
        }
        if !input.value().is_empty() {
            // A line that could not run is back.
            return true;
        }
        input.set_value(rest.get(..rest.len().min(10_000)).unwrap_or_default());
        self.is_at_end = true;
        true
    }
}

/// Yew names no paste event of its own type.
pub(super) fn pasted(event: Event) -> ClipboardEvent {
    event.unchecked_into()
}
