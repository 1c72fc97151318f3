//! How a text stands to the cluster: applied, edited, or the cluster has moved on without it.

use super::State;
use crate::manifest::{flatten_lists, parse};
use crate::model::{Key, Kind, Value};
use crate::playground::{Compared as Found, Playground};
use std::rc::Rc;

/// How the text that is edited stands to the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It was never applied as it is.
    #[default]
    Edited,
    /// Applying it would change nothing.
    Applied,
    /// It was applied, and the objects are others now.
    Differs,
    /// It was applied, and an object of it is gone.
    Deleted,
    /// There is nothing in it that could be applied.
    Empty,
}

impl Standing {
    /// How a text stands that was never applied as it is.
    pub(super) fn of_new(text: &str) -> Standing {
        let says_nothing = |line: &str| line.is_empty() || line.starts_with('#') || line == "---";
        if text.lines().all(|line| says_nothing(line.trim())) { Standing::Empty } else { Standing::Edited }
    }
}

/// What was compared last: the text, its objects, and what they were.
#[derive(Default)]
pub(super) struct Compared {
    text: Rc<str>,
    keys: Vec<Key>,
    seen: Vec<Seen>,
    was_applied: bool,
}

/// What is left of an object until it is to be compared again: its uid, and what rises when somebody changes it.
type Seen = Option<(String, String)>;

/// The most objects of a text that are watched.
const OBJECTS_MAX: usize = 100;

/// The longest text that is compared while things happen, in bytes.
const TEXT_MAX: usize = 200_000;

impl State {
    /// Finds out how the text stands, where that may be another than before.
    pub(super) fn compare_text(&mut self) {
        let text = self.files.text();
        if text.len() > TEXT_MAX {
            return;
        }
        let was_applied = self.applied().as_ref() == Some(&text);
        let playground = self.playground.borrow();
        let compared = &mut self.compared_text;
        let is_other = compared.text != text || self.standing == Standing::Edited;
        if is_other {
            compared.keys = keys_in(&text);
            compared.text = Rc::clone(&text);
        }
        let seen: Vec<Seen> = compared.keys.iter().map(|key| seen(&playground, key)).collect();
        if !is_other && compared.seen == seen && compared.was_applied == was_applied {
            return;
        }
        self.standing = match playground.compare(&text) {
            Found::Same if !seen.is_empty() => Standing::Applied,
            Found::Differs if was_applied => Standing::Differs,
            Found::Missing if was_applied => Standing::Deleted,
            _ => Standing::of_new(&text),
        };
        compared.seen = seen;
        compared.was_applied = was_applied;
    }
}

fn seen(playground: &Playground, key: &Key) -> Seen {
    let object = playground.cluster().get(key)?;
    // Kinds with a status have a number that only their spec raises.
    let is_counted = object.meta.generation > 0;
    let moment = if is_counted { object.meta.generation.to_string() } else { object.meta.resource_version.to_string() };
    let applied = object.meta.annotation("kubectl.kubernetes.io/last-applied-configuration").len();
    Some((object.meta.uid.to_string(), format!("{moment}/{applied}")))
}

fn keys_in(text: &str) -> Vec<Key> {
    let documents = parse(text).into_iter().filter_map(|document| document.value);
    let values: Vec<Value> = documents.flat_map(|value| flatten_lists(&value)).take(OBJECTS_MAX).collect();
    values.iter().filter_map(key_of).collect()
}

fn key_of(value: &Value) -> Option<Key> {
    let kind = Kind::of(value.str_at(&["apiVersion"]), value.str_at(&["kind"]))?;
    let namespace = match value.str_at(&["metadata", "namespace"]) {
        "" => "default",
        name => name,
    };
    Some(Key::new(kind, namespace.to_string(), value.str_at(&["metadata", "name"]).to_string()))
}
