//! JSONPath templates as kubectl understands them; knows trees, not objects.
//!
//! Follows `util/jsonpath` of client-go: text with actions in braces, `range … end`, fields, indexes, slices, filters.

use crate::cluster::patch::go_dump;
use crate::model::{Value, to_json};

/// The deepest nesting of ranges and filters.
const DEPTH_MAX: usize = 32;

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

#[derive(Clone, Debug, PartialEq)]
enum Action {
    /// Printed as it is.
    Text(String),
    /// Alternatives of paths whose values are printed with blanks between.
    Paths(Vec<Vec<Step>>),
    /// Repeated for each value.
    Range(Vec<Step>, Vec<Action>),
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// The tree's root.
    Root,
    /// The value that is looked at.
    This,
    /// A field.
    Field(String),
    /// Every element or every field's value.
    All,
    /// Every value below, then the field.
    Below,
    /// One element; negative counts from the end.
    Index(i64),
    /// Elements from, to (not included), every how many.
    Slice(Option<i64>, Option<i64>, i64),
    /// Several of the above at once.
    Union(Vec<Step>),
    /// The elements that pass.
    Filter(Vec<Step>, String, Operand),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Literal(Value),
    Path(Vec<Step>),
    /// The left side only has to exist.
    Nothing,
}

// Reading.

fn parse(template: &str) -> Result<Vec<Action>, String> {
    // Each open range keeps its path and the actions so far of the level around it.
    let mut levels: Vec<(Vec<Step>, Vec<Action>)> = Vec::new();
    let mut actions = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (text, after) = rest.split_at(open);
        if !text.is_empty() {
            actions.push(Action::Text(text.to_string()));
        }
        let inside = after.get(1..).unwrap_or("");
        let close = closing_brace(inside).ok_or("unclosed action")?;
        let (action, after) = inside.split_at(close);
        rest = after.get(1..).unwrap_or("");
        let action = action.trim();
        if action == "end" {
            let (path, around) = levels.pop().ok_or("not in range, nothing to end")?;
            let body = std::mem::replace(&mut actions, around);
            actions.push(Action::Range(path, body));
        } else if let Some(path) = action.strip_prefix("range").filter(|path| path.starts_with([' ', '.', '['])) {
            if levels.len() >= DEPTH_MAX {
                return Err("too many ranges".into());
            }
            levels.push((parse_steps(path.trim())?, std::mem::take(&mut actions)));
        } else {
            actions.push(parse_action(action)?);
        }
    }
    if !rest.is_empty() {
        actions.push(Action::Text(rest.to_string()));
    }
    // A range that is never ended reaches to the end of the template.
    while let Some((path, around)) = levels.pop() {
        let body = std::mem::replace(&mut actions, around);
        actions.push(Action::Range(path, body));
    }
    Ok(actions)
}

/// Where the action ends: at the first brace outside of quotes.
fn closing_brace(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (_, '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '}') => return Some(at),
            (None, _) => {}
        }
    }
    None
}

fn parse_action(action: &str) -> Result<Action, String> {
    if let Some(text) = quoted(action) {
        return Ok(Action::Text(text));
    }
    let mut paths = Vec::new();
    for part in action.split_whitespace() {
        paths.push(parse_steps(part)?);
    }
    Ok(Action::Paths(paths))
}

/// The text between quotes, with `\n`, `\t` and the like replaced.
fn quoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    Some(out)
}

fn parse_steps(path: &str) -> Result<Vec<Step>, String> {
    parse_steps_at(path, 0)
}

fn parse_steps_at(path: &str, depth: usize) -> Result<Vec<Step>, String> {
    if depth > DEPTH_MAX {
        return Err("nested too deeply".into());
    }
    let mut steps = Vec::new();
    let mut rest = path;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or("");
        match c {
            '$' => {
                steps.push(Step::Root);
                rest = after;
            }
            '@' => {
                steps.push(Step::This);
                rest = after;
            }
            '.' if after.starts_with('.') => {
                steps.push(Step::Below);
                rest = after;
            }
            '.' if after.starts_with('[') => rest = after,
            '.' => {
                let (name, left) = field_name(after);
                match name.as_str() {
                    "" => {}
                    "*" => steps.push(Step::All),
                    _ => steps.push(Step::Field(name)),
                }
                rest = left;
            }
            '[' => {
                let close = closing_bracket(after).ok_or("unterminated array")?;
                let (inner, left) = after.split_at(close);
                steps.push(parse_bracket(inner.trim(), depth)?);
                rest = left.get(1..).unwrap_or("");
            }
            _ if steps.is_empty() => return Err(format!("unrecognized character in action: {}", go_quote(c))),
            _ => return Err(format!("unexpected path {rest}")),
        }
    }
    Ok(steps)
}

/// A character as Go's `%#U` shows it.
fn go_quote(c: char) -> String {
    format!("U+{:04X} '{c}'", c as u32)
}

/// A field's name up to the next step; a backslash keeps the character after it.
fn field_name(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                if let Some((_, escaped)) = chars.next() {
                    name.push(escaped);
                }
            }
            '.' | '[' => return (name, text.get(at..).unwrap_or("")),
            c => name.push(c),
        }
    }
    (name, "")
}

fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']') if depth == 0 => return Some(at),
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
    }
    None
}

fn parse_bracket(inner: &str, depth: usize) -> Result<Step, String> {
    if let Some(condition) = inner.strip_prefix("?(").and_then(|inner| inner.strip_suffix(')')) {
        return parse_filter(condition, depth);
    }
    if let Some((first, others)) = split_outside_quotes(inner, ",") {
        if depth > DEPTH_MAX {
            return Err("nested too deeply".into());
        }
        let (first, others) = (parse_bracket(first.trim(), depth + 1)?, parse_bracket(others.trim(), depth + 1)?);
        return Ok(Step::Union(vec![first, others]));
    }
    if let Some(name) = quoted(inner) {
        return Ok(Step::Field(name));
    }
    if inner == "*" {
        return Ok(Step::All);
    }
    let number = |text: &str| -> Result<Option<i64>, String> {
        match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| format!("invalid array index {inner}")),
        }
    };
    let parts: Vec<&str> = inner.split(':').collect();
    match parts.as_slice() {
        [one] => Ok(Step::Index(number(one)?.ok_or_else(|| format!("invalid array index {inner}"))?)),
        [from, to] => Ok(Step::Slice(number(from)?, number(to)?, 1)),
        [from, to, every] => Ok(Step::Slice(number(from)?, number(to)?, number(every)?.unwrap_or(1))),
        _ => Err(format!("invalid array index {inner}")),
    }
}

fn parse_filter(condition: &str, depth: usize) -> Result<Step, String> {
    for operator in ["==", "!=", "<=", ">=", "<", ">"] {
        let Some((left, right)) = split_outside_quotes(condition, operator) else { continue };
        let right = right.trim();
        let operand = if let Some(text) = quoted(right) {
            Operand::Literal(text.into())
        } else if right.starts_with(['@', '$', '.']) {
            Operand::Path(parse_steps_at(right, depth + 1)?)
        } else {
            match right {
                "true" => Operand::Literal(true.into()),
                "false" => Operand::Literal(false.into()),
                _ => match right.parse::<i64>() {
                    Ok(number) => Operand::Literal(number.into()),
                    Err(_) => return Err(format!("unrecognized character in action: {right}")),
                },
            }
        };
        return Ok(Step::Filter(parse_steps_at(left.trim(), depth + 1)?, operator.to_string(), operand));
    }
    Ok(Step::Filter(parse_steps_at(condition.trim(), depth + 1)?, String::new(), Operand::Nothing))
}

fn split_outside_quotes<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, _) => {
                if let Some(right) = text.get(at..).and_then(|rest| rest.strip_prefix(separator)) {
                    return Some((text.get(..at)?, right));
                }
            }
        }
    }
    None
}

// Printing.

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
            let found: Vec<Value> = values.iter().flat_map(|value| take(step, self.root, value)).collect();
            match step {
                Step::Index(index) if found.is_empty() => {
                    if let Some(list) = values.iter().find_map(Value::as_list) {
                        let length = list.len();
                        return Err(format!("array index out of bounds: index {index}, length {length}"));
                    }
                }
                Step::Field(name) if found.is_empty() && !self.allows_missing => {
                    return Err(format!("{name} is not found"));
                }
                _ => {}
            }
            values = found;
        }
        Ok(values)
    }
}

fn walk(steps: &[Step], root: &Value, this: &Value) -> Vec<Value> {
    let mut values = vec![this.clone()];
    for step in steps {
        values = values.iter().flat_map(|value| take(step, root, value)).collect();
    }
    values
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
