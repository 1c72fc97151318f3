//! Assignments: what variables and arrays become.

use super::expand::{Expanded, Expander, Halt, quoted, set_message};
use super::simple::needs_quotes;
use super::state::ShellKind;
use super::syntax::{Assigned, Assignment};
use super::variables::{Array, Key};
use crate::sorted::SharedMap;

impl Expander<'_> {
    /// Makes an assignment, into the environment if it is for one command. Gives it as `set -x` shows it.
    pub(super) fn assign_value(&mut self, assignment: &Assignment, is_temporary: bool) -> Expanded<String> {
        let name = &assignment.name;
        let kind = self.shell.kind;
        let failed = |name: &str, error| Halt::Fail(set_message(kind, name, error));
        let word = match &assignment.value {
            Assigned::Array(values) => {
                self.assign_array(assignment, values)?;
                return Ok(format!("{name}=(…)"));
            }
            Assigned::Word(word) => word,
        };
        let mut value = self.text(word)?;
        let shown = if needs_quotes(&value) && !value.is_empty() { quoted(&value) } else { value.clone() };
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
        .map_err(|error| failed(name, error))?;
        Ok(shown)
    }

    fn assign_array(
        &mut self,
        assignment: &Assignment,
        values: &[(Option<super::syntax::Word>, super::syntax::Word)],
    ) -> Expanded<()> {
        let name = &assignment.name;
        let is_map = matches!(self.shell.variables.array(name), Some(Array::Map(_)));
        let mut next = match (assignment.appends, self.shell.variables.elements(name).last()) {
            (true, Some((key, _))) => key.parse::<i64>().map_or(0, |key| key + 1),
            _ => 0,
        };
        if !assignment.appends {
            let empty = if is_map { Array::Map(SharedMap::new()) } else { Array::List(SharedMap::new()) };
            let cleared = self.shell.variables.set_array(name, empty);
            cleared.map_err(|error| Halt::Fail(set_message(self.shell.kind, name, error)))?;
        }
        for (key, word) in values {
            let entries = match key {
                Some(index) => {
                    let key = self.key(name, index)?;
                    vec![(key, self.text(word)?)]
                }
                None => {
                    let words = self.words(std::slice::from_ref(word))?.into_iter().enumerate();
                    words.map(|(at, word)| (Key::Number(next + i64::try_from(at).unwrap_or(0)), word)).collect()
                }
            };
            for (key, value) in entries {
                if let Key::Number(at) = key {
                    next = at + 1;
                }
                let set = self.shell.variables.set_element(name, &key, value);
                set.map_err(|error| Halt::Fail(set_message(self.shell.kind, name, error)))?;
            }
        }
        Ok(())
    }
}
