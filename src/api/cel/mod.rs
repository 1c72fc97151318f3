//! Rules in the Common Expression Language, as schemas of custom kinds have them: `self.least <= self.most`.
//!
//! `syntax` reads a rule; here it is worked out. What is not known here is no answer: the rule then counts as unchecked.
//! Follows cel-spec, and apiextensions-apiserver's `pkg/apiserver/schema/cel`.

mod faults;
mod syntax;
mod types;

use super::custom_text::read_pattern;
use crate::model::{Text, Value};
pub(super) use faults::{Wanted, fault};
use syntax::Node;

/// What one rule may cost on one value. A step counts as one of cel-go's units of cost.
///
/// Follows `PerCallLimit` in apiserver's `pkg/apis/cel/config.go`.
const STEPS_MAX: usize = 1_000_000;

/// What all rules of an object may cost together: `RuntimeCELCostBudget`.
pub(super) const BUDGET: usize = 10 * STEPS_MAX;

/// A rule that was read.
#[derive(Clone, Debug)]
pub(super) struct Rule(Node);

impl Rule {
    /// Reads a rule. `None` if it has something that is not known here.
    pub(super) fn read(text: &str) -> Option<Rule> {
        let node = syntax::read(text)?;
        is_known(&node).then_some(Rule(node))
    }

    /// Whether the rule looks at what was stored before: then it counts for updates alone.
    pub(super) fn is_about_change(&self) -> bool {
        names_old(&self.0)
    }

    /// What becomes of a value under the rule, and what it costs to find out.
    pub(super) fn verdict(&self, now: &Value, old: Option<&Value>) -> (Verdict, usize) {
        let mut run = Run::of(now, old);
        let answer = run.work_out(&self.0).and_then(|value| value.as_bool());
        let verdict = match (answer, run.fault) {
            _ if run.steps > STEPS_MAX => Verdict::TooCostly,
            (Some(true), _) => Verdict::Kept,
            (Some(false), _) => Verdict::Broken,
            (None, Some(why)) => Verdict::Fails(why),
            (None, None) => Verdict::Unknown,
        };
        (verdict, run.steps)
    }

    /// The text that it comes to, as `messageExpression` asks for: in one line, and not empty. `None` if it is no such.
    pub(super) fn text(&self, now: &Value, old: Option<&Value>) -> Option<String> {
        let value = Run::of(now, old).work_out(&self.0)?;
        let text = value.as_str()?.trim();
        (!text.is_empty() && !text.contains('\n')).then(|| text.to_string())
    }
}

/// What a rule says of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Kept,
    Broken,
    /// It cannot be worked out: it asks for a field that is not there, an item past the end. Why.
    Fails(String),
    /// It takes more than any rule may.
    TooCostly,
    /// It cannot be said here.
    Unknown,
}

/// The functions, and how many arguments each has.
const FUNCTIONS: [(&str, usize); 14] = [
    ("size", 1),
    ("string", 1),
    ("int", 1),
    ("double", 1),
    ("startsWith", 2),
    ("endsWith", 2),
    ("contains", 2),
    ("matches", 2),
    ("lowerAscii", 1),
    ("upperAscii", 1),
    ("trim", 1),
    ("isSorted", 1),
    ("sum", 1),
    ("split", 2),
];

fn is_known(node: &Node) -> bool {
    let own = match node {
        Node::Call(name, arguments) => FUNCTIONS.contains(&(name.as_str(), arguments.len())),
        _ => true,
    };
    own && children(node).into_iter().all(is_known)
}

fn names_old(node: &Node) -> bool {
    matches!(node, Node::Name(name) if name == "oldSelf") || children(node).into_iter().any(names_old)
}

fn children(node: &Node) -> Vec<&Node> {
    match node {
        Node::Literal(_) | Node::Name(_) => Vec::new(),
        Node::Field(of, _) | Node::Has(of, _) | Node::Not(of) | Node::Negative(of) => vec![of],
        Node::Index(a, b) | Node::Two(_, a, b, _) | Node::Each(_, a, _, b) => vec![a, b],
        Node::Call(_, all) | Node::List(all) => all.iter().collect(),
        Node::If(a, b, c) => vec![a, b, c],
    }
}

struct Run {
    names: Vec<(String, Value)>,
    steps: usize,
    /// What could not be done last, in the words of cel-go: a field that is not there, an index past the end.
    fault: Option<String>,
}

impl Run {
    fn of(now: &Value, old: Option<&Value>) -> Run {
        let mut names = vec![("self".to_string(), now.clone())];
        names.extend(old.map(|old| ("oldSelf".to_string(), old.clone())));
        Run { names, steps: 0, fault: None }
    }

    fn work_out(&mut self, node: &Node) -> Option<Value> {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return None;
        }
        Some(match node {
            Node::Literal(value) => value.clone(),
            Node::Name(name) => self.names.iter().rev().find(|(known, _)| known == name)?.1.clone(),
            Node::Field(of, field) => {
                let of = self.work_out(of)?;
                self.field(&of, field)?
            }
            Node::Has(of, field) => self.work_out(of)?.get(field).is_some_and(|value| !value.is_null()).into(),
            Node::Index(of, index) => match (self.work_out(of)?, self.work_out(index)?) {
                (Value::List(list), Value::Int(at)) => {
                    let found = usize::try_from(at).ok().and_then(|at| list.get(at)).cloned();
                    if found.is_none() {
                        self.fault = Some(format!("index out of bounds: {at}"));
                    }
                    found?
                }
                (map @ Value::Map(_), Value::Str(key)) => self.field(&map, &key)?,
                _ => return None,
            },
            Node::Call(name, arguments) => {
                let values: Vec<Value> = arguments.iter().map(|it| self.work_out(it)).collect::<Option<_>>()?;
                self.steps += values.iter().map(reading).sum::<usize>();
                call(name, &values)?
            }
            Node::List(all) => all.iter().map(|it| self.work_out(it)).collect::<Option<Vec<Value>>>()?.into(),
            Node::Not(of) => (!self.work_out(of)?.as_bool()?).into(),
            Node::Negative(of) => match self.work_out(of)? {
                Value::Int(number) => number.checked_neg()?.into(),
                Value::Float(number) => Value::Float(-number),
                _ => return None,
            },
            Node::If(test, yes, no) => match self.work_out(test)?.as_bool()? {
                true => self.work_out(yes)?,
                false => self.work_out(no)?,
            },
            Node::Each(name, list, variable, test) => self.each(name, list, variable, test)?,
            Node::Two("&&", a, b, _) => self.both(a, b, false)?,
            Node::Two("||", a, b, _) => self.both(a, b, true)?,
            Node::Two(sign, a, b, _) => {
                let (a, b) = (self.work_out(a)?, self.work_out(b)?);
                self.steps += reading(&a) + reading(&b);
                if let (Value::Int(_), Value::Int(0)) = (&a, &b) {
                    self.fault = match *sign {
                        "/" => Some("division by zero".into()),
                        "%" => Some("modulus by zero".into()),
                        _ => self.fault.take(),
                    };
                }
                two(sign, a, b)?
            }
        })
    }

    fn field(&mut self, of: &Value, key: &str) -> Option<Value> {
        let found = of.get(key).cloned();
        if found.is_none() && of.as_map().is_some() {
            self.fault = Some(format!("no such key: {key}"));
        }
        found
    }

    /// `&&` and `||`: what one side decides alone needs no other, even if that one cannot be worked out.
    fn both(&mut self, a: &Node, b: &Node, decides: bool) -> Option<Value> {
        let first = self.work_out(a).and_then(|value| value.as_bool());
        if first == Some(decides) {
            return Some(decides.into());
        }
        let second = self.work_out(b).and_then(|value| value.as_bool());
        match (first, second) {
            (_, Some(second)) if second == decides => Some(decides.into()),
            (Some(_), Some(_)) => Some((!decides).into()),
            _ => None,
        }
    }

    fn each(&mut self, name: &str, list: &Node, variable: &str, test: &Node) -> Option<Value> {
        let items: Vec<Value> = match self.work_out(list)? {
            Value::List(list) => list.to_vec(),
            Value::Map(map) => map.keys().map(|key| key.clone().into()).collect(),
            _ => return None,
        };
        // What one item decides needs no other, even if some before it cannot be worked out.
        let decides = match name {
            "all" => Some(false),
            "exists" => Some(true),
            _ => None,
        };
        let mut answers = Vec::new();
        let mut is_known = true;
        for item in &items {
            self.names.push((variable.to_string(), item.clone()));
            let answer = self.work_out(test);
            self.names.pop();
            match (answer, decides) {
                _ if self.steps > STEPS_MAX => return None,
                (Some(answer), Some(decides)) if answer.as_bool() == Some(decides) => return Some(decides.into()),
                (Some(answer), _) => answers.push(answer),
                (None, Some(_)) => is_known = false,
                (None, None) => return None,
            }
        }
        if !is_known {
            return None;
        }
        if name == "map" {
            return Some(answers.into());
        }
        let are: Vec<bool> = answers.iter().map(Value::as_bool).collect::<Option<_>>()?;
        let count = are.iter().filter(|is| **is).count();
        Some(match name {
            "all" => (count == are.len()).into(),
            "exists" => (count > 0).into(),
            "exists_one" => (count == 1).into(),
            _ => items.into_iter().zip(are).filter(|(_, is)| *is).map(|(item, _)| item).collect::<Vec<Value>>().into(),
        })
    }
}

/// What it costs to read a value: a tenth of a text's length, each item of a list.
fn reading(value: &Value) -> usize {
    match value {
        Value::Str(text) => text.len() / 10,
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        _ => 0,
    }
}

fn two(sign: &str, a: Value, b: Value) -> Option<Value> {
    Some(match (sign, a, b) {
        ("==", a, b) => is_equal(&a, &b).into(),
        ("!=", a, b) => (!is_equal(&a, &b)).into(),
        ("in", a, Value::List(list)) => list.iter().any(|item| is_equal(item, &a)).into(),
        ("in", Value::Str(key), map @ Value::Map(_)) => map.get(&key).is_some().into(),
        ("+", Value::Str(a), Value::Str(b)) => format!("{a}{b}").into(),
        ("+", Value::List(a), Value::List(b)) => a.iter().chain(b.iter()).cloned().collect::<Vec<_>>().into(),
        ("<", Value::Str(a), Value::Str(b)) => (a < b).into(),
        ("<=", Value::Str(a), Value::Str(b)) => (a <= b).into(),
        (">", Value::Str(a), Value::Str(b)) => (a > b).into(),
        (">=", Value::Str(a), Value::Str(b)) => (a >= b).into(),
        (sign, Value::Int(a), Value::Int(b)) => match sign {
            "+" => a.checked_add(b)?.into(),
            "-" => a.checked_sub(b)?.into(),
            "*" => a.checked_mul(b)?.into(),
            "/" => a.checked_div(b)?.into(),
            "%" => a.checked_rem(b)?.into(),
            sign => compared(sign, a.cmp(&b))?,
        },
        (sign, a, b) => compared(sign, number(&a)?.partial_cmp(&number(&b)?)?)?,
    })
}

fn compared(sign: &str, order: std::cmp::Ordering) -> Option<Value> {
    Some(match sign {
        "<" => order.is_lt().into(),
        "<=" => order.is_le().into(),
        ">" => order.is_gt().into(),
        ">=" => order.is_ge().into(),
        _ => return None,
    })
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn is_equal(a: &Value, b: &Value) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn call(name: &str, arguments: &[Value]) -> Option<Value> {
    let text = |at: usize| arguments.get(at).and_then(Value::as_text).cloned();
    let first = arguments.first()?;
    Some(match name {
        "size" => match first {
            Value::Str(text) => (text.chars().count() as i64).into(),
            Value::List(list) => (list.len() as i64).into(),
            Value::Map(map) => (map.len() as i64).into(),
            _ => return None,
        },
        "string" => match first {
            Value::Str(text) => text.into(),
            Value::Int(number) => number.to_string().into(),
            Value::Bool(is) => is.to_string().into(),
            _ => return None,
        },
        "int" => match first {
            Value::Int(number) => (*number).into(),
            Value::Str(text) => text.parse::<i64>().ok()?.into(),
            _ => return None,
        },
        "double" => Value::Float(number(first)?),
        "startsWith" => text(0)?.starts_with(text(1)?.as_str()).into(),
        "endsWith" => text(0)?.ends_with(text(1)?.as_str()).into(),
        "contains" => text(0)?.contains(text(1)?.as_str()).into(),
        "matches" => read_pattern(&text(1)?)?.is_in(&text(0)?).into(),
        "lowerAscii" => text(0)?.to_ascii_lowercase().into(),
        "upperAscii" => text(0)?.to_ascii_uppercase().into(),
        "trim" => text(0)?.trim().to_string().into(),
        "split" => {
            let (text, joint) = (text(0)?, text(1)?);
            let parts: Vec<Value> = text.split(joint.as_str()).map(|part| Text::new(part).into()).collect();
            parts.into()
        }
        "isSorted" => {
            let list = first.as_list()?;
            let pairs = list.iter().zip(list.iter().skip(1));
            let mut ordered = pairs.map(|(a, b)| two("<=", a.clone(), b.clone()).and_then(|it| it.as_bool()));
            ordered.try_fold(true, |all, is| Some(all && is?))?.into()
        }
        "sum" => first.as_list()?.iter().try_fold(Value::Int(0), |sum, item| two("+", sum, item.clone()))?,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    fn verdict(rule: &str, now: &str) -> Verdict {
        Rule::read(rule).unwrap().verdict(&parse_json(now).unwrap(), None).0
    }

    #[test]
    fn rules_are_worked_out() {
        let set = r#"{"least": 2, "most": 5, "names": ["a", "b"], "labels": {"x": "1"}, "size": "5Gi", "on": true}"#;
        for rule in [
            "self.least <= self.most",
            "self.least <= self.most && self.most < 10",
            "!has(self.gone) || self.gone > 3",
            "has(self.names) ? size(self.names) == 2 : false",
            "self.names.all(it, it.matches('^[a-z]$'))",
            "self.names.exists(it, it == 'b') && !('c' in self.names)",
            "'x' in self.labels && self.labels['x'] == \"1\"",
            "self.size.endsWith('Gi') || self.on == false",
            "self.names.map(it, size(it)).sum() == 2",
            "self.most - self.least * 2 == 1",
            "self.names.filter(it, it > 'a').size() == 1",
            r"self.size.matches(r'^\d+Gi$')",
        ] {
            assert_eq!(verdict(rule, set), Verdict::Kept, "{rule}");
        }
        assert_eq!(verdict("self.least > self.most", set), Verdict::Broken);
        assert_eq!(verdict("self.gone > 1", set), Verdict::Fails("no such key: gone".into()));
        assert_eq!(verdict("self.names[2] == 'a'", set), Verdict::Fails("index out of bounds: 2".into()));
        assert_eq!(verdict("self.most / (self.least - 2) > 1", set), Verdict::Fails("division by zero".into()));
        let text = |rule: &str| Rule::read(rule).unwrap().text(&parse_json(set).unwrap(), None);
        assert_eq!(text("'least is ' + string(self.least)"), Some("least is 2".into()));
        assert_eq!(text("self.gone"), None);
        assert_eq!(verdict("self.names > 1", set), Verdict::Unknown);
        assert!(Rule::read("self.ip().isCanonical()").is_none(), "a function that is not known here");
        assert!(Rule::read("self.a ==").is_none());
    }

    #[test]
    fn what_costs_too_much_is_told_and_what_one_item_decides_costs_little() {
        let list = format!("[{}]", vec!["1"; 200].join(","));
        let deep = "self.all(a, self.all(b, self.all(c, self.all(d, a + b + c + d > 0))))";
        assert_eq!(verdict(deep, &list), Verdict::TooCostly);
        let (first, cost) = Rule::read("self.all(a, a > 1)").unwrap().verdict(&parse_json(&list).unwrap(), None);
        assert_eq!(first, Verdict::Broken);
        assert!(cost < 10, "{cost}");
        assert_eq!(verdict("self.exists(it, it.a == 1)", r#"[{"b": 1}, {"a": 1}]"#), Verdict::Kept);
        assert_eq!(
            verdict("self.all(it, it.a == 1)", r#"[{"b": 1}, {"a": 1}]"#),
            Verdict::Fails("no such key: a".into())
        );
    }

    #[test]
    fn changes_are_compared_with_what_was_there() {
        let rule = Rule::read("self.size == oldSelf.size").unwrap();
        assert!(rule.is_about_change());
        let value = |text: &str| parse_json(text).unwrap();
        let (one, two) = (value(r#"{"size": 1}"#), value(r#"{"size": 2}"#));
        assert_eq!(rule.verdict(&two, Some(&one)).0, Verdict::Broken);
        assert_eq!(rule.verdict(&one, Some(&one)).0, Verdict::Kept);
    }
}
