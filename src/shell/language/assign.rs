//! Assignments: what variables and arrays become.

use super::expand::{Expanded, Expander, Halt};
use super::quoting::{quoted, shown_word};
use super::state::ShellKind;
use super::syntax::{Assigned, Assignment};
use super::variables::{Array, Key};
use crate::model::Millis;
use crate::sorted::SharedMap;

/// The values of an array with their places.
pub(super) type Entries = Vec<(Key, String)>;

/// The array that a word of `declare` and its kin makes, as `set -x` shows it.
pub(super) fn shown_array(assignment: &Assignment, entries: &Entries, is_map: bool) -> String {
    let one = |(key, value): &(Key, String)| match key {
        Key::Text(key) if is_map => format!("[{}]={}", quoted(key), quoted(value)),
        _ => quoted(value),
    };
    let shown: Vec<String> = entries.iter().map(one).collect();
    format!("{}{}=({})", assignment.name, if assignment.appends { "+" } else { "" }, shown.join(" "))
}

impl Expander<'_> {
    /// Makes an assignment, into the environment if it is for one command. Gives it as `set -x` shows it.
    pub(super) fn assign_value(&mut self, assignment: &Assignment, is_temporary: bool) -> Expanded<String> {
        let name = &assignment.name;
        let word = match &assignment.value {
            Assigned::Array(_, written) => {
                let is_map = self.is_map(name);
                let entries = self.array_entries(assignment, is_map)?;
                self.assign_array(assignment, entries, is_map)?;
                let sign = if assignment.appends { "+" } else { "" };
                return Ok(format!("{name}{sign}=({written})"));
            }
            Assigned::Word(word) => word,
        };
        let mut value = self.value_text(word)?;
        let place = assignment.index.as_ref().map(|index| format!("[{}]", index.source())).unwrap_or_default();
        let sign = if assignment.appends { "+" } else { "" };
        let shown = if value.is_empty() { String::new() } else { shown_word(self.shell.kind, &value) };
        let shown = format!("{name}{place}{sign}={shown}");
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
                    return Err(Halt::Fail(self.shell.refused(name, super::variables::SetError::ReadOnly)));
                }
                variables.make_local(name);
                variables.export(name, Some(value))
            }
            None if self.shell.options.allexport => variables.export(name, Some(value)),
            None => variables.set(name, value),
        }
        .map_err(|error| Halt::Fail(self.shell.refused(name, error)))?;
        Ok(shown)
    }

    /// The values of `( … )` with their places, expanded while the array is still as it was.
    pub(super) fn array_entries(&mut self, assignment: &Assignment, is_map: bool) -> Expanded<Entries> {
        let Assigned::Array(values, _) = &assignment.value else { return Ok(Vec::new()) };
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
        if !assignment.appends {
            let empty = if is_map { Array::Map(SharedMap::new()) } else { Array::List(SharedMap::new()) };
            let cleared = self.shell.variables.set_array(name, empty);
            cleared.map_err(|error| Halt::Fail(self.shell.refused(name, error)))?;
        }
        for (key, value) in entries {
            let set = self.shell.variables.set_element(name, &key, value);
            set.map_err(|error| Halt::Fail(self.shell.refused(name, error)))?;
        }
        Ok(())
    }
}
