//! A long list as YAML or JSON, piece by piece: what reads it goes on meanwhile, and Ctrl-C ends it.

use super::command::{Cx, Flow, Job};
use super::output_formats::{Format, text_lines, value_of};
use crate::manifest::to_yaml;
use crate::model::{JsonStyle, Millis, Object, Value, to_json_styled};
use crate::shell::language::limits::left_out;
use std::rc::Rc;

/// Lists of so many objects are written at once.
const SHORT: usize = 100;
/// How many objects are written at a time.
const PIECE: usize = 50;
/// How long it takes until the next ones come.
const PAUSE: Millis = Millis(1);

const JSON: JsonStyle = JsonStyle { indent: 4, escape_html: false };
/// What stands before the items of a list in JSON, at its end, and before each line of an item.
const JSON_HEAD: &str = "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n";
const JSON_TAIL: &str =
    "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n";
const JSON_INDENT: &str = "        ";

/// A list that is being written.
#[derive(Clone, Debug)]
struct LongList {
    format: Format,
    objects: Rc<Vec<Rc<Object>>>,
    /// How many of them were written, and how many bytes that were.
    count: usize,
    size: usize,
    /// The most bytes that it may write.
    room: usize,
    next_at: Millis,
}

/// Writes a long list. `None` if it is short, or its format has to be seen as a whole.
pub fn write(format: &Format, objects: &[Rc<Object>], cx: &mut Cx<'_>) -> Option<Flow> {
    if objects.len() <= SHORT || !matches!(format, Format::Yaml(_) | Format::Json(_)) {
        return None;
    }
    let list = LongList {
        format: format.clone(),
        objects: Rc::new(objects.to_vec()),
        count: 0,
        size: 0,
        room: cx.room,
        next_at: Millis::ZERO,
    };
    Some(Box::new(list).poll(cx))
}

impl Job for LongList {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let now = cx.cluster().now();
        if now < self.next_at {
            return Flow::Wait(self);
        }
        let text = self.next_text();
        self.size += text.len();
        let is_complete = self.count == self.objects.len();
        if self.size > self.room {
            let left = self.room.saturating_sub(self.size - text.len());
            let lines = text.get(..text.floor_char_boundary(left)).and_then(|fits| Some(fits.rsplit_once('\n')?.0));
            lines.into_iter().flat_map(|lines| lines.split('\n')).for_each(|line| cx.out.out(line));
            cx.out.err(format!("bash: {}", left_out(self.room)));
            return Flow::Done(0);
        }
        text_lines(&text, &mut cx.out);
        if is_complete {
            return Flow::Done(0);
        }
        self.next_at = now + PAUSE;
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        Some(self.next_at)
    }

    fn is_at_work(&self) -> bool {
        true
    }
}

impl LongList {
    /// The text of the next objects, with what stands around the list.
    fn next_text(&mut self) -> String {
        let (from, to) = (self.count, (self.count + PIECE).min(self.objects.len()));
        let (is_first, is_last) = (from == 0, to == self.objects.len());
        self.count = to;
        let shows_managers = !matches!(self.format, Format::Yaml(false) | Format::Json(false));
        let objects = self.objects.get(from..to).unwrap_or(&[]).iter();
        let values: Vec<Value> = objects.map(|object| value_of(object, shows_managers)).collect();
        match self.format {
            Format::Yaml(_) => yaml(values, is_first, is_last),
            _ => json(&values, is_first, is_last),
        }
    }
}

fn yaml(values: Vec<Value>, is_first: bool, is_last: bool) -> String {
    let head = if is_first { "apiVersion: v1\nitems:\n" } else { "" };
    let tail = if is_last { "kind: List\nmetadata:\n  resourceVersion: \"\"\n" } else { "" };
    [head, &to_yaml(&Value::from(values)), tail].concat()
}

fn json(values: &[Value], is_first: bool, is_last: bool) -> String {
    let mut text = String::from(if is_first { JSON_HEAD } else { "" });
    for (number, value) in values.iter().enumerate() {
        if number > 0 || !is_first {
            text.push_str(",\n");
        }
        let item = to_json_styled(value, JSON);
        let lines: Vec<String> = item.split('\n').map(|line| format!("{JSON_INDENT}{line}")).collect();
        text.push_str(&lines.join("\n"));
    }
    text.push_str(if is_last { JSON_TAIL } else { "" });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::obj;

    #[test]
    fn pieces_are_together_what_the_whole_list_is() {
        let items: Vec<Value> = (0..7)
            .map(|at| obj! { "kind" => "Pod", "list" => vec![Value::from(at), Value::from("a\nb")], "map" => Value::map() })
            .collect();
        let list = obj! {
            "apiVersion" => "v1",
            "items" => items.clone(),
            "kind" => "List",
            "metadata" => obj! { "resourceVersion" => "" },
        };
        let pieces = |write: &dyn Fn(&[Value], bool, bool) -> String| -> String {
            let cut = [&items[..3], &items[3..6], &items[6..]];
            cut.iter().enumerate().map(|(at, part)| write(part, at == 0, at == 2)).collect()
        };
        assert_eq!(pieces(&|values, first, last| yaml(values.to_vec(), first, last)), to_yaml(&list));
        assert_eq!(pieces(&json), to_json_styled(&list, JSON) + "\n");
    }
}
