//! What the editor does with keys, the pointer, and what is pasted or dropped.

use super::field_help;
use super::{Editor, HOVER_AFTER_MS, Msg, TEXT_MAX};
use crate::i18n::Lang;
use crate::i18n::ui::tf;
use crate::state::Action;
use crate::ui::utf16_offsets::{byte_offset, utf16_offset};
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

impl Editor {
    pub(super) fn input(&mut self, ctx: &Context<Self>, area: &HtmlTextAreaElement) {
        if area.text_length() > TEXT_MAX {
            self.message = Some(too_long(ctx.props().lang, f64::from(area.text_length())));
            area.set_value(&self.text);
            return;
        }
        self.has_typed = true;
        self.message = None;
        self.hover = None;
        self.text = area.value().into();
        self.caret(area);
        if self.completion.is_some() {
            self.complete(ctx, area, false);
        }
        self.check_soon(ctx);
        ctx.props().act.emit(Action::Edit(Rc::clone(&self.text)));
    }

    fn cursor(&self, area: &HtmlTextAreaElement) -> usize {
        let units = area.selection_end().ok().flatten().unwrap_or(0);
        byte_offset(&self.text, units as usize)
    }

    pub(super) fn caret(&mut self, area: &HtmlTextAreaElement) -> bool {
        let before = self.text.get(..self.cursor(area)).unwrap_or_default();
        let row = before.matches('\n').count();
        std::mem::replace(&mut self.row, row) != row
    }

    pub(super) fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent, area: &HtmlTextAreaElement) -> bool {
        if event.is_composing() || event.key_code() == 229 {
            return false;
        }
        let has_control = event.ctrl_key() || event.meta_key();
        let has_list = self.completion.is_some();
        let leaves = std::mem::take(&mut self.leaves_on_tab);
        match event.key().as_str() {
            "Enter" if has_control => {
                event.prevent_default();
                ctx.props().act.emit(Action::Apply);
            }
            " " if has_control => {
                event.prevent_default();
                self.complete(ctx, area, true);
            }
            "ArrowDown" | "ArrowUp" if has_list => {
                event.prevent_default();
                let is_down = event.key() == "ArrowDown";
                if let Some((completion, active)) = &mut self.completion {
                    let count = completion.items.len().max(1);
                    *active = if is_down { (*active + 1) % count } else { (*active + count - 1) % count };
                }
            }
            "Enter" | "Tab" if has_list && !event.shift_key() => {
                event.prevent_default();
                let index = self.completion.as_ref().map_or(0, |(_, active)| *active);
                self.choose(index, area);
            }
            "Escape" => {
                self.leaves_on_tab = !has_list;
                self.completion = None;
                if has_list {
                    event.stop_propagation();
                }
            }
            "Tab" if self.has_typed && !leaves && !event.shift_key() && !has_control && !event.alt_key() => {
                event.prevent_default();
                self.page.type_text("  ");
            }
            "Enter" if !event.shift_key() && !event.alt_key() => {
                event.prevent_default();
                self.page.type_text(&format!("\n{}", self.next_indent(area)));
            }
            _ => return false,
        }
        true
    }

    /// The blanks that a new line begins with: those of this one, two more behind a colon.
    fn next_indent(&self, area: &HtmlTextAreaElement) -> String {
        let before = self.text.get(..self.cursor(area)).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let trimmed = line.trim_start_matches(' ');
        let deeper = line.trim_end().ends_with(':') || trimmed.starts_with("- ") && !trimmed.trim_end().is_empty();
        " ".repeat(line.len() - trimmed.len() + if deeper { 2 } else { 0 })
    }

    fn complete(&mut self, ctx: &Context<Self>, area: &HtmlTextAreaElement, is_asked: bool) {
        let found = field_help::complete(&self.text, self.cursor(area), ctx.props().lang, ctx.props().lab.kubernetes());
        let typed = found.as_ref().map_or(0, |it| self.cursor(area) - it.from);
        self.completion = found.filter(|it| !it.items.is_empty() && (is_asked || typed > 0)).map(|it| (it, 0));
    }

    pub(super) fn choose(&mut self, index: usize, area: &HtmlTextAreaElement) {
        let Some((completion, _)) = self.completion.take() else { return };
        let Some(text) = completion.texts.get(index) else { return };
        let (from, to) = (completion.from, self.cursor(area));
        // What stands behind the cursor already, such as the colon, is not inserted twice.
        let rest = self.text.get(to..).unwrap_or_default().trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        let text = if rest.starts_with(':') { text.split(':').next().unwrap_or(text) } else { text };
        let _ = area.focus();
        let _ = area.set_selection_range(utf16_offset(&self.text, from), utf16_offset(&self.text, to));
        self.page.type_text(text);
    }

    pub(super) fn go_to(&mut self, index: usize, area: &HtmlTextAreaElement) {
        let Some(mark) = self.marks.get(index) else { return };
        let start: usize = self.text.split('\n').take(mark.row).map(|line| line.len() + 1).sum();
        let from = utf16_offset(&self.text, start + mark.range.start);
        let to = utf16_offset(&self.text, start + mark.range.end);
        let _ = area.focus();
        let _ = area.set_selection_range(from, to);
        self.row = mark.row;
        if let (Some(layers), Some((_, height))) = (self.layers.cast::<HtmlElement>(), self.cell())
            && let Some(scroll) = layers.parent_element()
        {
            scroll.set_scroll_top((mark.row as f64 * height) as i32 - scroll.client_height() / 3);
        }
    }

    /// The width of a character and the height of a line, in pixels.
    pub(super) fn cell(&self) -> Option<(f64, f64)> {
        let probe = self.probe.cast::<Element>()?.get_bounding_client_rect();
        (probe.width() > 0.0).then(|| (probe.width() / 10.0, probe.height()))
    }

    pub(super) fn pointer(&mut self, ctx: &Context<Self>, event: &MouseEvent) -> bool {
        let Some((_, height)) = self.cell() else { return false };
        let Some(probe) = self.probe.cast::<Element>() else { return false };
        let row = ((f64::from(event.client_y()) - probe.get_bounding_client_rect().top()) / height).max(0.0) as usize;
        if self.hover == Some(row) {
            return false;
        }
        let link = ctx.link().clone();
        self.hover_timer = Some(Timeout::new(HOVER_AFTER_MS, move || link.send_message(Msg::Hover(row))));
        self.hover.take().is_some()
    }

    /// Puts the list and the help where they belong, inside the lab; the policy allows no inline styles in the
    /// markup.
    pub(super) fn place_floats(&self) {
        // To ask for a place costs a layout of the page.
        if self.completion.is_none() && self.hover.is_none() {
            return;
        }
        let Some(panel) = self.panel.cast::<Element>() else { return };
        let Some((width, height)) = self.cell() else { return };
        let (frame, lab) = (panel.get_bounding_client_rect(), self.page.root().get_bounding_client_rect());
        let Some(origin) = self.probe.cast::<Element>().map(|it| it.get_bounding_client_rect()) else { return };
        let find = |selector: &str| {
            panel.query_selector(selector).ok().flatten().and_then(|it| it.dyn_into::<HtmlElement>().ok())
        };
        let put = |element: &HtmlElement, column: usize, row: usize| {
            let size = element.get_bounding_client_rect();
            let left =
                (origin.left() + column as f64 * width).min(lab.right() - size.width() - 8.0).max(lab.left() + 4.0);
            let above = origin.top() + row as f64 * height - 2.0;
            let below = above + height + 4.0;
            let has_room = below + size.height() <= lab.bottom() - 4.0;
            let top = if has_room { below } else { (above - size.height()).max(lab.top() + 4.0) };
            let _ = element.style().set_property("left", &format!("{}px", left - frame.left()));
            let _ = element.style().set_property("top", &format!("{}px", top - frame.top()));
        };
        if let (Some(popup), Some((completion, _))) = (find(".float-popup"), &self.completion) {
            let before = self.text.get(..completion.from).unwrap_or_default();
            put(&popup, before.rsplit('\n').next().unwrap_or_default().chars().count(), self.row);
        }
        if let (Some(tip), Some(row)) = (find(".float-tip"), self.hover) {
            let line = self.text.split('\n').nth(row).unwrap_or_default();
            put(&tip, line.len() - line.trim_start().len(), row);
        }
    }

    pub(super) fn paste(&mut self, ctx: &Context<Self>, event: &Event) -> bool {
        let Some(data) = event.dyn_ref::<web_sys::ClipboardEvent>().and_then(|it| it.clipboard_data()) else {
            return false;
        };
        if data.files().is_some_and(|files| files.length() > 0) {
            event.prevent_default();
            read_first(ctx, data.files());
            return false;
        }
        // The length is asked of the browser's own string: a long text never reaches the page's memory.
        let text = js_sys::Reflect::get(&data, &JsValue::from_str("getData")).ok();
        let text = text.and_then(|it| it.dyn_into::<js_sys::Function>().ok());
        let text = text.and_then(|it| it.call1(&data, &JsValue::from_str("text")).ok());
        let length = text.and_then(|it| it.dyn_into::<js_sys::JsString>().ok()).map_or(0, |it| it.length());
        let area = event.target_dyn_into::<HtmlTextAreaElement>();
        if length + area.map_or(0, |it| it.text_length()) <= TEXT_MAX {
            return false;
        }
        event.prevent_default();
        self.message = Some(too_long(ctx.props().lang, f64::from(length)));
        true
    }

    pub(super) fn drop(&mut self, ctx: &Context<Self>, event: &DragEvent) {
        let Some(data) = event.data_transfer() else { return };
        if data.files().is_some_and(|files| files.length() > 0) {
            event.prevent_default();
            read_first(ctx, data.files());
        }
    }
}

/// Reads the first of some files, unless it is too long.
pub(super) fn read_first(ctx: &Context<Editor>, files: Option<web_sys::FileList>) {
    let Some(file) = files.and_then(|it| it.get(0)) else { return };
    let link = ctx.link().clone();
    if file.size() > f64::from(TEXT_MAX) {
        link.send_message(Msg::TooLong(file.size()));
        return;
    }
    let (name, text) = (file.name(), file.text());
    wasm_bindgen_futures::spawn_local(async move {
        let text = wasm_bindgen_futures::JsFuture::from(text).await.ok().and_then(|it| it.as_string());
        let read = text.filter(|it| !it.contains('\0')).map(|text| (name, text));
        link.send_message(Msg::Read(read.ok_or(())));
    });
}

pub(super) fn too_long(lang: Lang, length: f64) -> String {
    let size = format!("{:.1}", length / 1_000_000.0);
    let max = format!("{:.1}", f64::from(TEXT_MAX) / 1_000_000.0);
    tf(lang, "editor.too_long", &[("size", &size), ("max", &max)])
}
