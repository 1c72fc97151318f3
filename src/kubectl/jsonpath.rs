//! JSONPath templates as kubectl understands them; knows trees, not objects.
//!
//! Follows `util/jsonpath` of client-go: text with actions in braces, `range … end`, fields, indexes, slices, filters.

mod syntax;

use crate::cluster::patch::go_dump;
use crate::model::{Value, to_json};
use syntax::{Action, DEPTH_MAX, Operand, Step, parse, parse_steps};

/// What a template prints for `value`; missing fields print nothing, or are an error where they are not allowed.
///
/// # Errors
/// What is wrong with the template, as it stands behind `error: error parsing jsonpath TEMPLATE, `, or what went wrong
/// in printing.
pub fn render(template: &str, value: &Value, allows_missing: bool) -> Result<String, String> {
    let actions = parse(template)?;
    let mut printer = Printer { root: value, allows_missing, out: String::new() };
    printer.print(&actions, value, 0)?;
    Ok(printer.out)
}

/// Says what is wrong with a template.
///
/// # Errors
/// As it stands behind `error: error parsing jsonpath TEMPLATE, `.
pub fn check(template: &str) -> Result<(), String> {
    parse(template).map(|_| ())
}

/// The values at a path such as `.metadata.name` or `{.spec.containers[*].image}`, as a column shows them: joined by
/// commas, `<none>` if there are none.
///
/// # Errors
/// What is wrong with the path.
pub fn cell(path: &str, value: &Value) -> Result<String, String> {
    let found = find(path, value)?;
    let texts: Vec<String> = found.iter().map(go_dump).collect();
    Ok(if texts.is_empty() { "<none>".into() } else { texts.join(",") })
}

/// The values at a path such as `.metadata.name`, with or without braces.
///
/// # Errors
/// What is wrong with the path.
pub fn find(path: &str, value: &Value) -> Result<Vec<Value>, String> {
    let path = path.trim();
    let inner = path.strip_prefix('{').and_then(|path| path.strip_suffix('}')).unwrap_or(path);
    let inner = if inner.starts_with(['.', '[', '$', '@']) { inner.to_string() } else { format!(".{inner}") };
    let steps = parse_steps(&inner)?;
    Ok(walk(&steps, value, value))
}

/// A value as kubectl prints it: strings as they are, trees as JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        Value::Null => String::new(),
        other => to_json(other),
    }
}

struct Printer<'a> {
    root: &'a Value,
    allows_missing: bool,
    out: String,
}

impl Printer<'_> {
    fn print(&mut self, actions: &[Action], this: &Value, depth: usize) -> Result<(), String> {
        if depth > DEPTH_MAX {
            return Err("nested too deeply".into());
        }
        for action in actions {
            match action {
                Action::Text(text) => self.out.push_str(text),
                Action::StrayEnd => return Err("not in range, nothing to end".into()),
                Action::Paths(paths) => {
                    let mut texts = Vec::new();
                    for path in paths {
                        texts.extend(self.walk(path, this)?.iter().map(text_of));
                    }
                    self.out.push_str(&texts.join(" "));
                }
                Action::Range(path, body) => {
                    for value in self.walk(path, this)? {
                        self.print(body, &value, depth + 1)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The values at a path; an index behind the end of a list is an error, as is a field that nothing has if none may
    /// be missing.
    fn walk(&self, steps: &[Step], this: &Value) -> Result<Vec<Value>, String> {
        let mut values = vec![this.clone()];
        for step in steps {
            if let Step::Index(..) | Step::Slice(..) = step {
                values.iter().try_for_each(|value| check_bounds(step, value))?;
            }
            let found = taken(step, self.root, &values);
            match step {
                Step::Field(name) if found.is_empty() && !self.allows_missing => {
                    return Err(format!("{name} is not found"));
                }
                _ => values = found,
            }
        }
        Ok(values)
    }
}

fn walk(steps: &[Step], root: &Value, this: &Value) -> Vec<Value> {
    let mut values = vec![this.clone()];
    for step in steps {
        values = taken(step, root, &values);
    }
    values
}

/// What is wrong with an index or a slice of a value (`evalArray`).
fn check_bounds(step: &Step, value: &Value) -> Result<(), String> {
    let list = match value {
        Value::List(list) => list,
        Value::Null => return Ok(()),
        Value::Map(_) => return Err("map[string]interface {} is not array or slice".into()),
        Value::Str(_) => return Err("string is not array or slice".into()),
        Value::Bool(_) => return Err("bool is not array or slice".into()),
        Value::Int(_) => return Err("int64 is not array or slice".into()),
        Value::Float(_) => return Err("float64 is not array or slice".into()),
    };
    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
    let (from, to, every) = match step {
        Step::Index(at) if *at < 0 => (at + length, at + 1 + length, 1),
        Step::Index(at) => (*at, at + 1, 1),
        Step::Slice(from, to, every) => {
            let place = |at: i64| if at < 0 { at + length } else { at };
            (place(from.unwrap_or(0)), place(to.unwrap_or(length)), *every)
        }
        _ => return Ok(()),
    };
    let outside = |at: i64| Err(format!("array index out of bounds: index {at}, length {length}"));
    match (from, to) {
        (from, to) if from == to => Ok(()),
        (from, _) if from >= length || from < 0 => outside(from),
        (_, to) if to > length || to < 0 => outside(to - 1),
        (from, to) if from > to => Err(format!("starting index {from} is greater than ending index {to}")),
        _ if every <= 0 => Err("step must be > 0".into()),
        _ => Ok(()),
    }
}

/// What a step takes of several values; of several fields at once each is taken of all of them.
fn taken(step: &Step, root: &Value, values: &[Value]) -> Vec<Value> {
    match step {
        Step::Union(steps) => {
            steps.iter().flat_map(|step| values.iter().flat_map(move |value| take(step, root, value))).collect()
        }
        step => values.iter().flat_map(|value| take(step, root, value)).collect(),
    }
}

fn take(step: &Step, root: &Value, value: &Value) -> Vec<Value> {
    match step {
        Step::Root => vec![root.clone()],
        Step::This => vec![value.clone()],
        Step::Field(name) => value.get(name).cloned().into_iter().collect(),
        Step::All => match value {
            Value::List(list) => list.to_vec(),
            Value::Map(map) => map.iter().map(|(_, value)| value.clone()).collect(),
            _ => Vec::new(),
        },
        Step::Below => {
            let mut all = Vec::new();
            collect_below(value, &mut all);
            all
        }
        Step::Index(index) => {
            let list = value.as_list().unwrap_or(&[]);
            place(*index, list.len()).and_then(|at| list.get(at)).cloned().into_iter().collect()
        }
        Step::Slice(from, to, every) => slice(value.as_list().unwrap_or(&[]), *from, *to, *every),
        Step::Union(steps) => steps.iter().flat_map(|step| take(step, root, value)).collect(),
        Step::Filter(left, operator, operand) => {
            let passes = |item: &&Value| passes(left, operator, operand, root, item);
            value.as_list().unwrap_or(&[]).iter().filter(passes).cloned().collect()
        }
    }
}

fn place(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    usize::try_from(if index < 0 { index + length } else { index }).ok()
}

fn slice(list: &[Value], from: Option<i64>, to: Option<i64>, every: i64) -> Vec<Value> {
    let from = place(from.unwrap_or(0), list.len()).unwrap_or(0);
    let to = to.map_or(Some(list.len()), |to| place(to, list.len())).unwrap_or(0).min(list.len());
    let every = usize::try_from(every).unwrap_or(1).max(1);
    list.get(from..to).unwrap_or(&[]).iter().step_by(every).cloned().collect()
}

fn collect_below(value: &Value, all: &mut Vec<Value>) {
    all.push(value.clone());
    match value {
        Value::List(list) => list.iter().for_each(|value| collect_below(value, all)),
        Value::Map(map) => map.iter().for_each(|(_, value)| collect_below(value, all)),
        _ => {}
    }
}

fn passes(left: &[Step], operator: &str, operand: &Operand, root: &Value, item: &Value) -> bool {
    let found = walk(left, root, item);
    let Some(left) = found.first() else { return false };
    let right = match operand {
        Operand::Nothing => return true,
        Operand::Literal(value) => Some(value.clone()),
        Operand::Path(path) => walk(path, root, item).into_iter().next(),
    };
    let Some(right) = right else { return false };
    let order = match (left, &right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (a, b) if a == b => Some(std::cmp::Ordering::Equal),
        _ => None,
    };
    match operator {
        "==" => order.is_some_and(std::cmp::Ordering::is_eq),
        "!=" => !order.is_some_and(std::cmp::Ordering::is_eq),
        "<" => order.is_some_and(std::cmp::Ordering::is_lt),
        "<=" => order.is_some_and(std::cmp::Ordering::is_le),
        ">" => order.is_some_and(std::cmp::Ordering::is_gt),
        ">=" => order.is_some_and(std::cmp::Ordering::is_ge),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    fn tree() -> Value {
        parse_json(
            r#"{"kind":"List","items":[
                {"metadata":{"name":"a","labels":{"app.io/name":"x"}},"n":1,"list":[1,2,3]},
                {"metadata":{"name":"b"},"n":2}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn templates_print_as_kubectl_does() {
        for (template, printed) in [
            ("{.items[*].metadata.name}", "a b"),
            (r#"{range .items[*]}{.metadata.name} {.n}{"\n"}{end}"#, "a 1\nb 2\n"),
            ("{.items[0].list}", "[1,2,3]"),
            ("{.items[0].list[1:]}", "2 3"),
            ("{.items[-1].metadata.name}", "b"),
            ("{.items[0].nothing}", ""),
            (r"{.items[0].metadata.labels.app\.io/name}", "x"),
            ("{.items[0].metadata.labels['app.io/name']}", "x"),
            (r#"{.items[?(@.n==2)].metadata.name}"#, "b"),
            (r#"{.items[?(@.metadata.name=="a")].n}"#, "1"),
            ("{.items[?(@.list)].n}", "1"),
            ("{..name}", "a b"),
            ("n={.items[0]['n','list']}", "n=1 [1,2,3]"),
            ("{.kind} {.items[1].n}", "List 2"),
            ("plain", "plain"),
        ] {
            assert_eq!(render(template, &tree(), true).as_deref(), Ok(printed), "{template}");
        }
        assert_eq!(render("{.items", &tree(), true), Err("unclosed action".into()));
        assert_eq!(render("{end}", &tree(), true), Err("not in range, nothing to end".into()));
        assert_eq!(cell(".items[*].metadata.name", &tree()).unwrap(), "a,b");
        assert_eq!(cell("items[0].x", &tree()).unwrap(), "<none>");
    }

    #[test]
    fn broken_templates_are_refused_not_feared() {
        for template in ["{", "}", "{[}", "{.a[}", "{.a[1:2:0]}", "{.a[?(]}", "{range}", "{range .items[*]}{.n}", "{é}"]
        {
            _ = render(template, &tree(), true);
        }
    }
}
