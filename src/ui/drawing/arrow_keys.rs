//! The way of the arrow keys through the picture: which item comes next in a direction.

use crate::scene::Item;
use std::rc::Rc;

/// Where an arrow key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
    /// To the first of the row.
    First,
    /// To the last of the row.
    Last,
}

/// The next item that can be selected from `from`.
pub fn neighbour(items: &[Rc<Item>], from: &Item, direction: Direction) -> Option<Rc<Item>> {
    let (x, y) = from.place.center();
    let others = items.iter().filter(|item| item.target.is_some() && item.key != from.key);
    let distance = |item: &&Rc<Item>| {
        let (other_x, other_y) = item.place.center();
        let (dx, dy) = (other_x - x, other_y - y);
        let (ahead, aside) = match direction {
            Direction::Left => (-dx, dy.abs()),
            Direction::Right => (dx, dy.abs()),
            Direction::Up => (-dy, dx.abs()),
            Direction::Down => (dy, dx.abs()),
            Direction::First if dy.abs() < from.place.h / 2 => (10_000 + dx, 0),
            Direction::Last if dy.abs() < from.place.h / 2 => (10_000 - dx, 0),
            _ => return None,
        };
        // A set's header is wide: what lies within its width is straight ahead.
        let aside =
            if aside * 2 <= item.place.w.max(from.place.w) && matches!(direction, Direction::Up | Direction::Down) {
                aside / 8
            } else {
                aside
            };
        (ahead > 4).then_some(ahead + aside * 3)
    };
    others
        .filter_map(|item| distance(&item).map(|far| (far, item)))
        .min_by_key(|(far, _)| *far)
        .map(|(_, item)| Rc::clone(item))
}
