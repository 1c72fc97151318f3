//! Completions and their list, and earlier lines; which key does what is in `keys`.

use super::{Terminal, insert};
use crate::kubectl::Completions;
use crate::playground::Entry;
use crate::ui::utf16_offsets::byte_offset;
use web_sys::HtmlInputElement;
use yew::prelude::*;

impl Terminal {
    /// Completes as far as all candidates agree; shows them when they part.
    pub(super) fn complete(&mut self, ctx: &Context<Self>, input: &HtmlInputElement) {
        if self.choices.is_some() {
            let index = self.choices.as_ref().map_or(0, |(_, active)| *active);
            self.choose(index, input);
            return;
        }
        let line = input.value();
        let units = input.selection_end().ok().flatten().unwrap_or(u32::MAX);
        let cursor = byte_offset(&line, units as usize);
        let found = ctx.props().lab.read().complete(&line, cursor);
        let shared = common_start(&found);
        let typed = line.get(found.from..cursor).unwrap_or_default();
        match found.items.len() {
            0 => {}
            1 => {
                self.choices = Some((found, 0));
                self.choose(0, input);
            }
            _ if shared.len() > typed.len() && shared.starts_with(typed) => insert(input, found.from, cursor, &shared),
            _ => self.choices = Some((found, 0)),
        }
    }

    pub(super) fn choose(&mut self, index: usize, input: &HtmlInputElement) {
        let Some((found, _)) = self.choices.take() else { return };
        let Some((text, _)) = found.items.get(index) else { return };
        let line = input.value();
        let units = input.selection_end().ok().flatten().unwrap_or(u32::MAX);
        let cursor = byte_offset(&line, units as usize);
        // A word that may go on (`--replicas=`, a path) gets no blank behind it.
        let goes_on = text.ends_with(['=', '/', ',']);
        let text = if goes_on { text.clone() } else { format!("{text} ") };
        insert(input, found.from, cursor, &text);
        let _ = input.focus();
    }

    pub(super) fn move_choice(&mut self, is_down: bool) {
        if let Some((found, active)) = &mut self.choices {
            let count = found.items.len().max(1);
            *active = if is_down { (*active + 1) % count } else { (*active + count - 1) % count };
        }
    }

    /// Walks through what was typed before.
    pub(super) fn recall(&mut self, ctx: &Context<Self>, input: &HtmlInputElement, is_back: bool) {
        let typed: Vec<&str> = ctx
            .props()
            .entries
            .0
            .iter()
            .filter_map(|entry| match &**entry {
                Entry::Typed { text, .. } if !text.trim().is_empty() => Some(text.as_str()),
                _ => None,
            })
            .collect();
        let (at, begun) = self.recall.take().unwrap_or_else(|| (0, input.value()));
        let at = if is_back { (at + 1).min(typed.len()) } else { at.saturating_sub(1) };
        match typed.len().checked_sub(at).and_then(|index| typed.get(index)) {
            Some(line) if at > 0 => input.set_value(line),
            _ => input.set_value(&begun),
        }
        let end = u32::try_from(input.value().encode_utf16().count()).unwrap_or(u32::MAX);
        let _ = input.set_selection_range(end, end);
        self.recall = (at > 0).then_some((at, begun));
    }
}

fn common_start(found: &Completions) -> String {
    let mut items = found.items.iter().map(|(text, _)| text.as_str());
    let Some(first) = items.next() else { return String::new() };
    let end = items.fold(first.len(), |end, text| {
        let same = first.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
        end.min(same)
    });
    let end = (0..=end).rev().find(|at| first.is_char_boundary(*at)).unwrap_or(0);
    first.get(..end).unwrap_or_default().to_string()
}
