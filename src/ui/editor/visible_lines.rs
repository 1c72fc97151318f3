//! Which lines of a long text are drawn: those that are seen, and some around them.

use super::Editor;
use std::ops::Range;
use web_sys::{Element, HtmlElement};

/// A text of so many lines is drawn whole.
const WHOLE_MAX: usize = 600;
/// So many lines are drawn above and below what is seen.
const AROUND: usize = 120;

/// The lines that are drawn of a long text, and what the page was told of its size.
#[derive(Default)]
pub(super) struct Seen {
    first: usize,
    count: usize,
    placed: Placed,
}

/// How many lines stand above those that are drawn, how many there are, and the columns of the longest.
type Placed = Option<(usize, usize, usize)>;

impl Seen {
    /// Which of `count` lines are drawn.
    pub(super) fn rows(&self, count: usize) -> Range<usize> {
        if count <= WHOLE_MAX {
            return 0..count;
        }
        let length = self.count.max(80) + 2 * AROUND;
        let first = self.first.saturating_sub(AROUND).min(count.saturating_sub(length));
        first..(first + length).min(count)
    }
}

impl Editor {
    fn line_count(&self) -> usize {
        self.text.matches('\n').count() + 1
    }

    /// Looks which lines are seen. Returns whether others are to be drawn.
    pub(super) fn scrolled(&mut self) -> bool {
        let count = self.line_count();
        if count <= WHOLE_MAX {
            return false;
        }
        let Some((_, height)) = self.cell() else { return false };
        let Some(scroll) = self.layers.cast::<Element>().and_then(|it| it.parent_element()) else { return false };
        let first = (f64::from(scroll.scroll_top()) / height) as usize;
        let length = (f64::from(scroll.client_height()) / height) as usize + 2;
        let drawn = self.seen.rows(count);
        // Half of what is drawn around serves the next lines.
        let above = first.saturating_sub(AROUND / 2);
        let below = (first + length + AROUND / 2).min(count);
        if drawn.start <= above && below <= drawn.end {
            return false;
        }
        (self.seen.first, self.seen.count) = (first, length);
        true
    }

    /// Gives the painted lines the place and the size that all of them would have.
    pub(super) fn place_paint(&mut self) {
        let count = self.line_count();
        let rows = self.seen.rows(count);
        let is_whole = rows.len() == count;
        let columns = if is_whole { 0 } else { self.text.split('\n').map(columns).max().unwrap_or(0) };
        let placed = (!is_whole).then_some((rows.start, count, columns));
        if self.seen.placed == placed {
            return;
        }
        let Some(paint) = self.paint.cast::<HtmlElement>() else { return };
        let (width, height) = self.cell().unwrap_or((8.0, 20.0));
        let style = paint.style();
        let put = |name: &str, units: usize, size: f64| match placed {
            Some(_) => drop(style.set_property(name, &format!("{}px", units as f64 * size))),
            None => drop(style.remove_property(name)),
        };
        put("padding-top", rows.start, height);
        put("min-height", count, height);
        // Room for the numbers of the lines as well.
        put("min-width", columns + 12, width);
        self.seen.placed = placed;
    }
}

/// How many columns a line takes: letters of the far east take two.
fn columns(line: &str) -> usize {
    if line.is_ascii() { line.len() } else { line.chars().map(|c| 1 + usize::from(c >= '\u{1100}')).sum() }
}
