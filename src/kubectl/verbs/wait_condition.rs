//! What `kubectl wait --for` asks for: how conditions are read, and in which words they are refused; waits for nothing.
//!
//! Follows kubectl's `cmd/wait`.

use crate::kubectl::command::Failure;
use crate::kubectl::flags::Args;
use crate::kubectl::jsonpath;

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Until it is gone.
    Delete,
    /// Until it is there.
    Create,
    /// Until a condition of its status has a value.
    Status {
        /// The condition's type.
        name: String,
        /// The value; `true` where none is named.
        value: String,
    },
    /// Until there is something at a path.
    Path {
        /// The path as it was typed, with or without braces.
        path: String,
        /// What has to stand there, if not just anything.
        value: Option<String>,
    },
}

/// What is waited for, one after the other, or the last that is named.
pub(super) fn conditions(args: &Args, takes_several: bool) -> Result<Vec<Condition>, Failure> {
    match args.list("for") {
        [] if !takes_several => Err(Failure::client("unrecognized condition: \"\"")),
        [] => Err(Failure::client("unrecognized condition: []")),
        [.., last] if !takes_several => Ok(vec![condition(last)?]),
        texts => texts.iter().map(|text| condition(text)).collect(),
    }
}

fn condition(text: &str) -> Result<Condition, Failure> {
    let lower = text.to_ascii_lowercase();
    if lower == "delete" {
        return Ok(Condition::Delete);
    }
    if lower == "create" {
        return Ok(Condition::Create);
    }
    if let Some(condition) = text.strip_prefix("condition=") {
        let (name, value) = condition.split_once('=').unwrap_or((condition, "true"));
        return Ok(Condition::Status { name: name.into(), value: value.into() });
    }
    match text.strip_prefix("jsonpath=") {
        Some(path) => path_condition(path),
        None => Err(Failure::client(format!("unrecognized condition: {text:?}"))),
    }
}

/// Follows `processJSONPathInput`.
fn path_condition(text: &str) -> Result<Condition, Failure> {
    let (path, value) = match split_at_single_signs(text).as_slice() {
        [path] => (path.clone(), None),
        [path, value] => (path.clone(), Some(value.trim_matches(['\'', '"']).to_string())),
        _ => {
            return Err(Failure::client(
                "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or \
                 --for=jsonpath='{.status.readyReplicas}'",
            ));
        }
    };
    let inside = path.strip_prefix('{').and_then(|inside| inside.strip_suffix('}')).unwrap_or(&path);
    if !path.is_empty() && (inside.is_empty() || inside.contains(['{', '}'])) {
        return Err(Failure::client(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or \
             '{.name1.name2}'",
        ));
    }
    if value.as_ref().is_some_and(String::is_empty) {
        return Err(Failure::client(
            "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
        ));
    }
    if path.is_empty() {
        return Err(Failure::client("jsonpath expression cannot be empty"));
    }
    jsonpath::check_path(&path).map_err(Failure::client)?;
    Ok(Condition::Path { path, value })
}

/// The parts between single `=`; two of them belong to a comparison.
fn split_at_single_signs(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_single = c == '=' && rest.next_if_eq(&'=').is_none();
        match parts.last_mut() {
            _ if is_single => parts.push(String::new()),
            Some(last) if c == '=' => last.push_str("=="),
            Some(last) => last.push(c),
            None => {}
        }
    }
    parts
}
