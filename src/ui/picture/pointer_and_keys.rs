//! What the picture does when it is clicked, typed in or dragged: it selects, breaks, and moves the focus.

use super::Picture;
use crate::model::{Key, Text};
use crate::scene::{Item, Part};
use crate::state::Action;
use crate::ui::drawing::arrow_keys::{Direction, neighbour};
use crate::ui::drawing::faults::Fault;
use crate::ui::page::origin;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent, PointerEvent};
use yew::prelude::*;

impl Picture {
    pub(super) fn element(&self, key: &Text) -> Option<Element> {
        let svg = self.svg.cast::<Element>()?;
        let is_plain = !key.contains(['"', '\\']);
        let selector = format!("[data-key=\"{key}\"] > .hit, [data-key=\"{key}\"].grid");
        svg.query_selector(&selector).ok().flatten().filter(|_| is_plain)
    }

    fn item_at(&self, event: &web_sys::Event) -> Option<Rc<Item>> {
        let element: Element = event.target()?.dyn_into().ok()?;
        let key = element.closest("[data-key]").ok()??.get_attribute("data-key")?;
        self.stage.drawn.iter().find(|item| item.key.as_str() == key).cloned()
    }

    fn select(&mut self, ctx: &Context<Self>, item: &Item) {
        self.stop = Some(item.key.clone());
        if let Part::Remedy(remedy) = &item.part {
            return ctx.props().act.emit(Action::Run(remedy.line().to_string()));
        }
        let wanted: Option<Key> = item.target.clone();
        let is_same = wanted == ctx.props().selected;
        ctx.props().act.emit(Action::Select(if is_same { None } else { wanted }));
    }

    /// Breaks what an item offers to break; a machine that stands still comes back.
    fn break_it(&self, ctx: &Context<Self>, item: &Item) -> bool {
        let Some((fault, key)) = Fault::of(item).zip(item.target.as_ref()) else { return false };
        let is_stopped = || ctx.props().lab.read().cluster().runtime().stopped(&key.name).is_some();
        let line = match fault {
            Fault::Kill if key.namespace == "default" => format!("lab kill {}", key.name),
            // The faults of the console mean its own namespace.
            Fault::Kill => format!("kubectl exec {} -n {} -- kill 1", key.name, key.namespace),
            Fault::Switch if is_stopped() => format!("lab start {}", key.name),
            Fault::Switch => format!("lab stop {}", key.name),
        };
        ctx.props().act.emit(Action::Run(line));
        true
    }

    pub(super) fn click(&mut self, ctx: &Context<Self>, event: &MouseEvent) -> bool {
        let Some(item) = self.item_at(event).filter(|item| item.target.is_some()) else { return false };
        let target: Option<Element> = event.target().and_then(|it| it.dyn_into().ok());
        if target.is_some_and(|it| it.closest("[data-fault]").ok().flatten().is_some()) {
            return self.break_it(ctx, &item);
        }
        self.select(ctx, &item);
        true
    }

    pub(super) fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let Some(item) = self.item_at(event) else { return false };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return false;
        }
        let direction = match event.key().as_str() {
            "Enter" | " " => {
                event.prevent_default();
                event.stop_propagation();
                self.select(ctx, &item);
                return true;
            }
            "Escape" if ctx.props().selected.is_some() => {
                event.stop_propagation();
                ctx.props().act.emit(Action::Select(None));
                return true;
            }
            "k" | "K" if Fault::of(&item) == Some(Fault::Kill) => return self.break_it(ctx, &item),
            "s" | "S" if Fault::of(&item) == Some(Fault::Switch) => return self.break_it(ctx, &item),
            "ArrowLeft" => Direction::Left,
            "ArrowRight" => Direction::Right,
            "ArrowUp" => Direction::Up,
            "ArrowDown" => Direction::Down,
            "Home" => Direction::First,
            "End" => Direction::Last,
            _ => return false,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(next) = neighbour(&self.stage.drawn, &item, direction) {
            self.stop = Some(next.key.clone());
            self.focus_next = true;
        }
        true
    }

    /// The mouse moves the picture by its background; fingers scroll by themselves.
    pub(super) fn drag(&mut self, event: &PointerEvent) -> bool {
        let Some(element) = self.scroll.cast::<Element>() else { return false };
        match event.type_().as_str() {
            "pointerdown" if event.pointer_type() == "mouse" && event.button() == 0 => {
                // Whoever catches the pointer gets the click as well, so a press on a button is not for moving.
                let is_control =
                    origin(event).is_some_and(|it| it.closest("button, a, summary").ok().flatten().is_some());
                if !is_control && self.item_at(event).is_none() {
                    self.drag_from = Some((event.client_x(), event.client_y()));
                    _ = element.set_pointer_capture(event.pointer_id());
                }
            }
            "pointermove" => {
                if let Some((x, y)) = self.drag_from {
                    element.set_scroll_left(element.scroll_left() + x - event.client_x());
                    element.set_scroll_top(element.scroll_top() + y - event.client_y());
                    self.drag_from = Some((event.client_x(), event.client_y()));
                }
            }
            _ => self.drag_from = None,
        }
        false
    }
}
