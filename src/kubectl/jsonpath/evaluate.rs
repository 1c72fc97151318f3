//! What the nodes of a JSONPath template find in a tree; reads no template.
//!
//! Follows `util/jsonpath/jsonpath.go` of client-go.

use super::syntax::{Node, Slice};
use crate::cluster::patch::go_dump;
use crate::model::Value;
use std::cmp::Ordering;

/// The most values that one template may look at.
const VALUES_MAX: usize = 5_000_000;

/// One evaluation: how deep it is in ranges, and how much it has looked at.
pub(super) struct Evaluation {
    allows_missing: bool,
    /// How many ranges begin with the action that was just looked at.
    begins: usize,
    inside: usize,
    ends: usize,
    /// The action that ended the last range.
    last_end: Option<usize>,
    looked_at: usize,
}

type Found = Result<Vec<Value>, String>;

impl Evaluation {
    /// One that has looked at nothing; `allows_missing` says whether a field may be missing.
    pub(super) fn new(allows_missing: bool) -> Evaluation {
        Evaluation { allows_missing, begins: 0, inside: 0, ends: 0, last_end: None, looked_at: 0 }
    }

    /// What each piece of a template finds in a value, from the piece number `from` on.
    ///
    /// # Errors
    /// What does not fit the value.
    pub(super) fn results(&mut self, nodes: &[Node], from: usize, value: &Value) -> Result<Vec<Vec<Value>>, String> {
        let this = std::slice::from_ref(value);
        let mut all = Vec::new();
        let mut at = from;
        while let Some(node) = nodes.get(at) {
            let found = self.step(this, node)?;
            if self.ends > 0 && self.ends <= self.inside {
                self.ends -= 1;
                self.last_end = Some(at);
                break;
            }
            if self.begins == 0 {
                all.push(found);
                at += 1;
                continue;
            }
            self.begins -= 1;
            self.inside += 1;
            for value in &found {
                all.extend(self.results(nodes, at + 1, value)?);
            }
            if found.is_empty() {
                // Only to find where it ends.
                self.results(nodes, at + 1, &Value::Null)?;
            }
            self.inside -= 1;
            at = self.last_end.filter(|end| *end > at).unwrap_or(at) + 1;
        }
        Ok(all)
    }

    fn steps(&mut self, values: &[Value], steps: &[Node]) -> Found {
        let mut found = values.to_vec();
        for step in steps {
            found = self.step(&found, step)?;
        }
        Ok(found)
    }

    fn step(&mut self, values: &[Value], step: &Node) -> Found {
        self.looked_at += values.len() + 1;
        if self.looked_at > VALUES_MAX {
            return Err("more values than this lab looks at".into());
        }
        let each = |value: Value| Ok(vec![value; values.len()]);
        match step {
            Node::Text(text) => Ok(vec![Value::text(text)]),
            Node::Action(steps) => self.steps(values, steps),
            Node::Int(number) => each(Value::Int(*number)),
            Node::Float(number) => each(Value::Float(*number)),
            Node::Bool(flag) => each(Value::Bool(*flag)),
            Node::Word(word) => self.word(values, word),
            Node::Field(name) => self.field(values, name),
            Node::All => Ok(values.iter().flat_map(children).collect()),
            Node::Below => {
                let mut all = Vec::new();
                self.below(values, &mut all)?;
                Ok(all)
            }
            Node::Slice(slice) => elements(values, slice),
            Node::Union(actions) => {
                let mut all = Vec::new();
                for action in actions {
                    all.extend(self.steps(values, action)?);
                }
                Ok(all)
            }
            Node::Filter(left, operator, right) => self.filter(values, left, operator, right),
        }
    }

    fn word(&mut self, values: &[Value], word: &str) -> Found {
        match word {
            "range" => {
                self.begins += 1;
                Ok(values.to_vec())
            }
            "end" if self.inside > 0 => {
                self.ends += 1;
                Ok(Vec::new())
            }
            "end" => Err("not in range, nothing to end".into()),
            word => Err(format!("unrecognized identifier {word}")),
        }
    }

    fn field(&self, values: &[Value], name: &str) -> Found {
        let found: Vec<Value> = values.iter().filter_map(|value| value.get(name).cloned()).collect();
        match found.is_empty() && !values.is_empty() && !self.allows_missing {
            true => Err(format!("{name} is not found")),
            false => Ok(found),
        }
    }

    /// Everything that has something in it.
    fn below(&mut self, values: &[Value], all: &mut Vec<Value>) -> Result<(), String> {
        self.looked_at += values.len();
        if self.looked_at > VALUES_MAX {
            return Err("more values than this lab looks at".into());
        }
        for value in values {
            if matches!(value, Value::Str(text) if !text.is_empty()) {
                all.push(value.clone());
            }
            let inside = children(value);
            if !inside.is_empty() {
                all.push(value.clone());
                self.below(&inside, all)?;
            }
        }
        Ok(())
    }

    fn filter(&mut self, values: &[Value], left: &[Node], operator: &str, right: &[Node]) -> Found {
        let mut passed = Vec::new();
        for value in values {
            let Value::List(list) = value else {
                return Err(format!("{} is not array or slice and cannot be filtered", go_dump(value)));
            };
            for item in list.iter() {
                if self.passes(item, left, operator, right)? {
                    passed.push(item.clone());
                }
            }
        }
        Ok(passed)
    }

    fn passes(&mut self, item: &Value, left: &[Node], operator: &str, right: &[Node]) -> Result<bool, String> {
        let this = std::slice::from_ref(item);
        let lefts = self.steps(this, left);
        if operator == "exists" {
            return Ok(lefts.is_ok_and(|lefts| !lefts.is_empty()));
        }
        let Some(left) = only(lefts?)? else { return Ok(false) };
        let Some(right) = only(self.steps(this, right)?)? else { return Ok(false) };
        compare(&left, operator, &right)
    }
}

fn only(found: Vec<Value>) -> Result<Option<Value>, String> {
    match found.len() {
        0 | 1 => Ok(found.into_iter().next()),
        _ => Err("can only compare one element at a time".into()),
    }
}

/// Compares basic values of one sort, as templates do.
fn compare(left: &Value, operator: &str, right: &Value) -> Result<bool, String> {
    let is_basic = |value: &Value| !matches!(value, Value::Null | Value::List(_) | Value::Map(_));
    if !matches!(operator, "<" | ">" | "==" | "!=" | "<=" | ">=") {
        return Err(format!("unrecognized filter operator {operator}"));
    }
    if !is_basic(left) || !is_basic(right) {
        return Err("invalid type for comparison".into());
    }
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Greater),
        (Value::Str(a), Value::Str(b)) => a.as_str().cmp(b.as_str()),
        (Value::Bool(_), Value::Bool(_)) if !matches!(operator, "==" | "!=") => {
            return Err("invalid type for comparison".into());
        }
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => return Err("incompatible types for comparison".into()),
    };
    Ok(match operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// The elements of a list, or the values of a map.
fn children(value: &Value) -> Vec<Value> {
    match value {
        Value::List(list) => list.to_vec(),
        Value::Map(map) => map.iter().map(|(_, value)| value.clone()).collect(),
        _ => Vec::new(),
    }
}

fn elements(values: &[Value], slice: &Slice) -> Found {
    let mut all = Vec::new();
    for value in values {
        let list = match value {
            Value::List(list) => list,
            Value::Null => continue,
            other => return Err(format!("{} is not array or slice", other.go_type())),
        };
        let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
        let (mut from, mut to) = (slice.from.unwrap_or(0), slice.to.unwrap_or(length));
        if from < 0 {
            from += length;
        }
        if to < 0 || to == 0 && slice.is_one {
            to += length;
        }
        if from == to {
            return Ok(all);
        }
        let outside = |at: i64| format!("array index out of bounds: index {at}, length {length}");
        if from >= length || from < 0 {
            return Err(outside(from));
        }
        if to > length || to < 0 {
            return Err(outside(to - 1));
        }
        if from > to {
            return Err(format!("starting index {from} is greater than ending index {to}"));
        }
        let every = slice.every.unwrap_or(1);
        if every <= 0 {
            return Err("step must be > 0".into());
        }
        let place = |at: i64| usize::try_from(at).unwrap_or(0);
        let part = list.get(place(from)..place(to)).unwrap_or(&[]);
        all.extend(part.iter().step_by(place(every).max(1)).cloned());
    }
    Ok(all)
}
