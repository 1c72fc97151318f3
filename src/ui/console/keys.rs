//! What each key does in the terminal's input: run, complete and choose, earlier lines, interrupt, clear.

use super::Terminal;
use crate::state::Action;
use web_sys::HtmlInputElement;
use yew::prelude::*;

impl Terminal {
    /// Does what a key means in the input: with the list of completions open, some choose there. Says whether to draw anew.
    pub(super) fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent, input: &HtmlInputElement) -> bool {
        // While an input method composes, keys are its own; Safari says so by the code 229 alone.
        if event.is_composing() || event.key_code() == 229 {
            return false;
        }
        let has_control = event.ctrl_key() && !event.meta_key() && !event.alt_key();
        match event.key().as_str() {
            "Enter" if self.choices.is_some() => {
                let index = self.choices.as_ref().map_or(0, |(_, active)| *active);
                event.prevent_default();
                self.choose(index, input);
            }
            "Enter" => {
                // The line may give the focus to the editor, which would get the line break.
                event.prevent_default();
                let line = input.value();
                input.set_value("");
                self.recall = None;
                self.is_at_end = true;
                ctx.props().act.emit(Action::Type(line));
            }
            "Tab" if !event.shift_key() && (self.choices.is_some() || !input.value().is_empty()) => {
                event.prevent_default();
                self.complete(ctx, input);
            }
            "ArrowUp" | "ArrowDown" if self.choices.is_some() => {
                event.prevent_default();
                self.move_choice(event.key() == "ArrowDown");
            }
            "ArrowUp" | "ArrowDown" => {
                event.prevent_default();
                self.recall(ctx, input, event.key() == "ArrowUp");
            }
            "Escape" if self.choices.is_some() => {
                event.prevent_default();
                event.stop_propagation();
                self.choices = None;
            }
            "c" if has_control && input.selection_start().ok() == input.selection_end().ok() => {
                event.prevent_default();
                input.set_value("");
                self.choices = None;
                ctx.props().act.emit(Action::Interrupt);
            }
            "z" if has_control && ctx.props().waiting.is_some() => {
                event.prevent_default();
                ctx.props().act.emit(Action::Background);
            }
            "l" if has_control => {
                event.prevent_default();
                self.hidden = ctx.props().entries.0.last().cloned();
            }
            "u" if has_control => {
                event.prevent_default();
                input.set_value("");
            }
            _ => return false,
        }
        true
    }
}
