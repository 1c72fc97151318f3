//! What JSONPath templates say: text, paths and ranges, read into steps; looks at no tree.

use crate::model::Value;

/// The deepest nesting of ranges and filters.
pub(super) const DEPTH_MAX: usize = 32;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// Printed as it is.
    Text(String),
    /// Alternatives of paths whose values are printed with blanks between.
    Paths(Vec<Vec<Step>>),
    /// An `end` that ends nothing: an error once it is printed.
    StrayEnd,
    /// Repeated for each value.
    Range(Vec<Step>, Vec<Action>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
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
pub(super) enum Operand {
    Literal(Value),
    Path(Vec<Step>),
    /// The left side only has to exist.
    Nothing,
}

pub(super) fn parse(template: &str) -> Result<Vec<Action>, String> {
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
            let Some((path, around)) = levels.pop() else {
                actions.push(Action::StrayEnd);
                continue;
            };
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

/// The parts of an action, which blanks part outside of brackets and quotes.
fn words(action: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (at, c) in action.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, c) if c.is_whitespace() && depth == 0 => {
                parts.push(&action[start..at]);
                start = at + c.len_utf8();
            }
            (None, _) => {}
        }
    }
    parts.push(&action[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn parse_action(action: &str) -> Result<Action, String> {
    if let Some(text) = quoted(action) {
        return Ok(Action::Text(text));
    }
    match action {
        "" => return Ok(Action::Paths(vec![vec![Step::This]])),
        "." => return Ok(Action::Paths(vec![vec![Step::Field(String::new())]])),
        _ => {}
    }
    let mut paths = Vec::new();
    for part in words(action) {
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

pub(super) fn parse_steps(path: &str) -> Result<Vec<Step>, String> {
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
    // Only single quotes make a key.
    if let Some(name) = quoted(inner).filter(|_| inner.starts_with('\'')) {
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

/// The operator is the first run of its characters, whatever they are; an unknown one fits nothing.
fn parse_filter(condition: &str, depth: usize) -> Result<Step, String> {
    let is_operator = |c: char| matches!(c, '!' | '<' | '>' | '=');
    let Some(at) = condition.find(is_operator).filter(|at| *at > 0) else {
        return Ok(Step::Filter(parse_steps_at(condition.trim(), depth + 1)?, String::new(), Operand::Nothing));
    };
    let (left, rest) = condition.split_at(at);
    let (operator, right) = rest.split_at(rest.find(|c| !is_operator(c)).unwrap_or(rest.len()));
    let right = right.trim();
    let left = parse_steps_at(left.trim(), depth + 1)?;
    let operand = if let Some(text) = quoted(right) {
        Operand::Literal(text.into())
    } else if right.starts_with(['@', '$', '.']) {
        Operand::Path(parse_steps_at(right, depth + 1)?)
    } else {
        match (right, right.parse::<i64>()) {
            ("true", _) => Operand::Literal(true.into()),
            ("false", _) => Operand::Literal(false.into()),
            (_, Ok(number)) => Operand::Literal(number.into()),
            _ => return Err(format!("unrecognized character in action: {}", go_quote(stray(right)))),
        }
    };
    Ok(Step::Filter(left, operator.to_string(), operand))
}

/// The first character of an operand that nobody can read: behind a text, or at the beginning.
fn stray(operand: &str) -> char {
    let behind = match operand.chars().next() {
        Some(open @ ('"' | '\'')) => operand.get(1..).and_then(|rest| rest.split_once(open)).map(|(_, behind)| behind),
        _ => None,
    };
    behind.unwrap_or(operand).trim_start().chars().next().unwrap_or(' ')
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
