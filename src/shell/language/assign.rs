//! Assignments: what variables and arrays become.

use super::expand::{Expanded, Expander, Halt, set_message};
use super::quoting::quoted_as;
use super::simple_command::needs_quotes;
use super::state::ShellKind;
use super::syntax::{Assigned, Assignment};
use super::variables::{Array, Key};
use crate::model::Millis;
use crate::sorted::SharedMap;

/// The values of an array with their places.
pub(super) type Entries = Vec<(Key, String)>;

/// A value as `set -x` shows it.
fn shown_value(kind: ShellKind, value: &str) -> String {
    if needs_quotes(value) { quoted_as(kind, value) } else { value.to_string() }
}

impl Expander<'_> {
    /// Makes an assignment, into the environment if it is for one command. Gives it as `set -x` shows it.
    pub(super) fn assign_value(&mut self, assignment: &Assignment, is_temporary: bool) -> Expanded<String> {
        let name = &assignment.name;
        let kind = self.shell.kind;
        let failed = |name: &str, error| Halt::Fail(set_message(kind, name, error));
        let word = match &assignment.value {
            Assigned::Array(_) => {
                let is_map = self.is_map(name);
                let entries = self.array_entries(assignment, is_map)?;
                let shown: Vec<String> = entries.iter().map(|entry| shown_value(kind, &entry.1)).collect();
                self.assign_array(assignment, entries, is_map)?;
                let sign = if assignment.appends { "+" } else { "" };
                return Ok(format!("{name}{sign}=({})", shown.join(" ")));
            }
            Assigned::Word(word) => word,
        };
        let mut value = self.value_text(word)?;
        let shown = if needs_quotes(&value) && !value.is_empty() { quoted_as(kind, &value) } else { value.clone() };
        let shown = match self.shell.kind {
            ShellKind::Dash => format!("{name}={value}"),
            _ => format!("{name}{}={shown}", if assignment.appends { "+" } else { "" }),
        };
        let key = assignment.index.as_ref().map(|index| self.key(name, index)).transpose()?;
        let is_list = key.is_none() && assignment.appends && self.shell.variables.array(name).is_some();
        let key = if is_list { Some(Key::Number(0)) } else { key };
        if self.shell.variables.is_integer(name) {
            let before = if assignment.appends { self.shell.variable(name) } else { None };
            value = self.sum(&format!("{}+({value})", before.as_deref().unwrap_or("0")))?.to_string();
        } else if assignment.appends {
            let before = match &key {
                Some(key) => self.shell.variables.element(name, key),
                None => self.shell.variable(name),
            };
            value = before.unwrap_or_default() + &value;
        }
        if name == "SECONDS" && key.is_none() && self.shell.kind == ShellKind::Bash {
            let seconds = value.trim().parse::<i64>().unwrap_or(0);
            self.shell.started = self.world.now() - Millis(seconds.saturating_mul(1000));
            return Ok(shown);
        }
        let variables = &mut self.shell.variables;
        match key {
            Some(key) => variables.set_element(name, &key, value),
            None if is_temporary => {
                if variables.is_read_only(name) {
                    return Err(failed(name, super::variables::SetError::ReadOnly));
                }
                variables.make_local(name);
                variables.export(name, Some(value))
            }
            None if self.shell.options.allexport => variables.export(name, Some(value)),
            None => variables.set(name, value),
        }
        .map_err(|error| {
            self.shell.note_bound(error);
            failed(name, error)
        })?;
        Ok(shown)
    }

    /// The values of `( … )` with their places, expanded while the array is still as it was.
    pub(super) fn array_entries(&mut self, assignment: &Assignment, is_map: bool) -> Expanded<Entries> {
        let Assigned::Array(values) = &assignment.value else { return Ok(Vec::new()) };
        let name = &assignment.name;
        let mut next = if assignment.appends { self.shell.variables.next_place(name) } else { 0 };
        let mut all = Vec::new();
        for (key, word) in values {
            match key {
                Some(index) => {
                    let key = if is_map { Key::Text(self.text(index)?) } else { self.key(name, index)? };
                    if let Key::Number(at) = key {
                        next = at.saturating_add(1);
                    }
                    all.push((key, self.text(word)?));
                }
                None => {
                    for word in self.words(std::slice::from_ref(word))? {
                        all.push((Key::Number(next), word));
                        next = next.saturating_add(1);
                    }
                }
            }
        }
        Ok(all)
    }

    /// Whether an array is one with keys.
    pub(super) fn is_map(&self, name: &str) -> bool {
        matches!(self.shell.variables.array(name), Some(Array::Map(_)))
    }

    /// Puts values into an array, in place of those that it has or beside them.
    pub(super) fn assign_array(&mut self, assignment: &Assignment, entries: Entries, is_map: bool) -> Expanded<()> {
        let name = &assignment.name;
        let failed = |kind, error| Halt::Fail(set_message(kind, name, error));
        if !assignment.appends {
            let empty = if is_map { Array::Map(SharedMap::new()) } else { Array::List(SharedMap::new()) };
            let cleared = self.shell.variables.set_array(name, empty);
            cleared.map_err(|error| failed(self.shell.kind, error))?;
        }
        for (key, value) in entries {
            if let Err(error) = self.shell.variables.set_element(name, &key, value) {
                self.shell.note_bound(error);
                return Err(failed(self.shell.kind, error));
            }
        }
        Ok(())
    }
}
