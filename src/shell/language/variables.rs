//! The variables of a shell: values, arrays, what is exported, what is local to a function.

use super::limits::LIMITS;
use crate::sorted::{SharedMap, SharedSet};

/// Several values under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Array {
    /// By number.
    List(SharedMap<i64, String>),
    /// By key.
    Map(SharedMap<String, String>),
}

/// Why a variable cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetError {
    /// It was made `readonly`.
    ReadOnly,
    /// The value is longer than the limit.
    TooLong,
    /// An array has as many values as it may.
    TooMany,
}

/// What a variable was before a function made it its own.
#[derive(Clone, Debug)]
struct Before {
    name: String,
    exported: Option<String>,
    plain: Option<String>,
    array: Option<Array>,
    reference: Option<String>,
}

/// All variables of a shell. A copy costs pointers but for the exported ones.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// The exported variables, in order.
    pub exported: Vec<(String, String)>,
    plain: SharedMap<String, String>,
    arrays: SharedMap<String, Array>,
    read_only: SharedSet<String>,
    integers: SharedSet<String>,
    /// Those without a value that become part of the environment with their first.
    marked: SharedSet<String>,
    /// Those whose letters become large (true) or small.
    cases: SharedMap<String, bool>,
    /// Names that stand for others.
    references: SharedMap<String, String>,
    scopes: Vec<Vec<Before>>,
}

impl Variables {
    /// The variables of a program at its start: what it is given in its environment.
    pub fn of_environment(exported: Vec<(String, String)>) -> Variables {
        Variables { exported, ..Variables::default() }
    }

    /// The value of a variable; of an array its first.
    pub fn get(&self, name: &str) -> Option<String> {
        let real = self.real(name);
        let name = real.as_deref().unwrap_or(name);
        if let Some(array) = self.arrays.get(name) {
            return match array {
                Array::List(list) => list.get(&0).cloned(),
                Array::Map(map) => map.get("0").cloned(),
            };
        }
        let exported = self.exported.iter().find(|pair| pair.0 == name).map(|pair| &pair.1);
        self.plain.get(name).or(exported).cloned()
    }

    /// Sets a variable; of an array its first value.
    ///
    /// # Errors
    /// When it may not be changed, or the value is too long.
    pub fn set(&mut self, name: &str, value: String) -> Result<(), SetError> {
        let real = self.real(name);
        let name = real.as_deref().unwrap_or(name);
        let value = self.cased(name, value);
        self.check(name, &value)?;
        match (self.arrays.get_mut(name), self.exported.iter_mut().find(|pair| pair.0 == name)) {
            (Some(Array::List(list)), _) => _ = list.insert(0, value),
            (Some(Array::Map(map)), _) => _ = map.insert("0".to_string(), value),
            (None, Some(pair)) => pair.1 = value,
            (None, None) if self.marked.remove(name) => self.exported.push((name.to_string(), value)),
            (None, None) => _ = self.plain.insert(name.to_string(), value),
        }
        Ok(())
    }

    /// The name that a name stands for, if it stands for another.
    fn real(&self, name: &str) -> Option<String> {
        let mut found = self.references.get(name)?;
        for _ in 0..8 {
            match self.references.get(found) {
                Some(next) if next != name => found = next,
                _ => break,
            }
        }
        Some(found.clone())
    }

    /// Lets a name stand for another, or for itself again.
    pub fn refer(&mut self, name: &str, target: &str) {
        if target.is_empty() || target == name {
            self.references.remove(name);
        } else {
            self.references.insert(name.to_string(), target.to_string());
        }
    }

    fn check(&self, name: &str, value: &str) -> Result<(), SetError> {
        match () {
            () if self.read_only.contains(name) => Err(SetError::ReadOnly),
            () if value.len() > LIMITS.value => Err(SetError::TooLong),
            () => Ok(()),
        }
    }

    /// Makes a variable part of the environment.
    ///
    /// # Errors
    /// When it may not be changed, or the value is too long.
    pub fn export(&mut self, name: &str, value: Option<String>) -> Result<(), SetError> {
        if let Some(value) = &value {
            self.check(name, value)?;
        }
        let Some(value) = value.or_else(|| self.get(name)) else {
            self.marked.insert(name.to_string());
            return Ok(());
        };
        self.plain.remove(name);
        match self.exported.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => pair.1 = value,
            None => self.exported.push((name.to_string(), value)),
        }
        Ok(())
    }

    /// Takes a variable out of the environment and keeps its value.
    pub fn unexport(&mut self, name: &str) {
        if let Some(at) = self.exported.iter().position(|pair| pair.0 == name) {
            let (name, value) = self.exported.remove(at);
            self.plain.insert(name, value);
        }
    }

    /// Forgets a variable.
    pub fn unset(&mut self, name: &str) {
        let real = self.real(name);
        let name = real.as_deref().unwrap_or(name);
        self.plain.remove(name);
        self.arrays.remove(name);
        self.integers.remove(name);
        self.cases.remove(name);
        self.marked.remove(name);
        self.exported.retain(|pair| pair.0 != name);
    }

    /// Whether it may not be changed.
    pub fn is_read_only(&self, name: &str) -> bool {
        self.read_only.contains(name)
    }

    /// Lets nobody change it any more.
    pub fn make_read_only(&mut self, name: &str) {
        self.read_only.insert(name.to_string());
    }

    /// Whether what is assigned to it is a sum.
    pub fn is_integer(&self, name: &str) -> bool {
        self.integers.contains(name)
    }

    /// Takes what is assigned to it as sums from now on.
    pub fn make_integer(&mut self, name: &str) {
        self.integers.insert(name.to_string());
    }

    /// Makes letters that are assigned to it large (true) or small from now on, or leaves them.
    pub fn set_case(&mut self, name: &str, is_upper: Option<bool>) {
        match is_upper {
            Some(is_upper) => _ = self.cases.insert(name.to_string(), is_upper),
            None => _ = self.cases.remove(name),
        }
    }

    fn cased(&self, name: &str, value: String) -> String {
        match self.cases.get(name) {
            Some(true) => value.to_uppercase(),
            Some(false) => value.to_lowercase(),
            None => value,
        }
    }

    /// What bash's `declare -p` says of a variable beside its value, in its letters.
    pub fn attributes(&self, name: &str) -> String {
        let array = self.arrays.get(name);
        let all = [
            ('a', matches!(array, Some(Array::List(_)))),
            ('A', matches!(array, Some(Array::Map(_)))),
            ('i', self.integers.contains(name)),
            ('n', self.references.contains_key(name)),
            ('r', self.read_only.contains(name)),
            ('x', self.exported.iter().any(|pair| pair.0 == name)),
            ('l', self.cases.get(name) == Some(&false)),
            ('u', self.cases.get(name) == Some(&true)),
        ];
        all.into_iter().filter(|attribute| attribute.1).map(|attribute| attribute.0).collect()
    }

    /// The names of all variables, in order.
    pub fn names(&self) -> Vec<String> {
        let exported = self.exported.iter().map(|pair| &pair.0);
        let all = self.plain.keys().chain(self.arrays.keys()).chain(self.read_only.iter()).chain(exported);
        let all: SharedMap<String, ()> = all.map(|name| (name.clone(), ())).collect();
        all.into_keys().collect()
    }

    /// The array under a name.
    pub fn array(&self, name: &str) -> Option<&Array> {
        let real = self.real(name);
        self.arrays.get(real.as_deref().unwrap_or(name))
    }

    /// Puts an array in place of what a name had.
    ///
    /// # Errors
    /// When it may not be changed.
    pub fn set_array(&mut self, name: &str, array: Array) -> Result<(), SetError> {
        let real = self.real(name);
        let name = real.as_deref().unwrap_or(name);
        self.check(name, "")?;
        self.unset(name);
        self.arrays.insert(name.to_string(), array);
        Ok(())
    }

    /// Sets one value of an array; a variable that was none becomes one.
    ///
    /// # Errors
    /// When it may not be changed, or the value is too long.
    pub fn set_element(&mut self, name: &str, key: &Key, value: String) -> Result<(), SetError> {
        let real = self.real(name);
        let name = real.as_deref().unwrap_or(name);
        self.check(name, &value)?;
        if !self.arrays.contains_key(name) {
            let first = self.get(name).map(|value| (0, value));
            self.unset(name);
            self.arrays.insert(name.to_string(), Array::List(first.into_iter().collect()));
        }
        match (self.arrays.get_mut(name), key) {
            (Some(Array::List(list)), Key::Number(at)) if list.len() < LIMITS.word_count => {
                list.insert(from_end(list, *at), value);
            }
            (Some(Array::Map(map)), Key::Text(key)) if map.len() < LIMITS.word_count => {
                map.insert(key.clone(), value);
            }
            (Some(_), _) => return Err(SetError::TooMany),
            (None, _) => {}
        }
        Ok(())
    }

    /// Forgets one value of an array.
    pub fn unset_element(&mut self, name: &str, key: &Key) {
        let real = self.real(name);
        match (self.arrays.get_mut(real.as_deref().unwrap_or(name)), key) {
            (Some(Array::List(list)), Key::Number(at)) => _ = list.remove(&from_end(list, *at)),
            (Some(Array::Map(map)), Key::Text(key)) => _ = map.remove(key),
            _ => {}
        }
    }

    /// One value of an array; a plain variable has one under 0.
    pub fn element(&self, name: &str, key: &Key) -> Option<String> {
        let real = self.real(name);
        let name = real.as_deref().unwrap_or(name);
        match (self.arrays.get(name), key) {
            (Some(Array::List(list)), Key::Number(at)) if *at < 0 => {
                let last = list.last_key_value().map_or(-1, |(key, _)| *key);
                list.get(&(last + 1 + at)).cloned()
            }
            (Some(Array::List(list)), Key::Number(at)) => list.get(at).cloned(),
            (Some(Array::Map(map)), Key::Text(key)) => map.get(key).cloned(),
            (None, Key::Number(0 | -1)) => self.get(name),
            _ => None,
        }
    }

    /// The same with what bash sets by itself.
    pub(super) fn of_bash(mut self) -> Variables {
        const VERSION: &[&str] = &["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"];
        let parts = VERSION.iter().zip(0_i64..).map(|(part, at)| (at, (*part).to_string()));
        self.arrays.insert("BASH_VERSINFO".to_string(), Array::List(parts.collect()));
        self
    }

    /// All keys and values under a name.
    pub fn elements(&self, name: &str) -> Vec<(String, String)> {
        let real = self.real(name);
        let name = real.as_deref().unwrap_or(name);
        match self.arrays.get(name) {
            Some(Array::List(list)) => list.iter().map(|(at, value)| (at.to_string(), value.clone())).collect(),
            Some(Array::Map(map)) => map.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
            None => self.get(name).map(|value| ("0".to_string(), value)).into_iter().collect(),
        }
    }

    /// The place behind the last value of an array.
    pub fn next_place(&self, name: &str) -> i64 {
        let real = self.real(name);
        let name = real.as_deref().unwrap_or(name);
        match self.arrays.get(name) {
            Some(Array::List(list)) => list.last_key_value().map_or(0, |(key, _)| key.saturating_add(1)),
            Some(Array::Map(_)) => 0,
            None => i64::from(self.get(name).is_some()),
        }
    }

    /// Whether a function, or a command with variables of its own, is under way.
    pub fn has_scopes(&self) -> bool {
        !self.scopes.is_empty()
    }

    /// A function begins.
    pub fn enter(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// A function ends: what was its own is as before.
    pub fn leave(&mut self) {
        for before in self.scopes.pop().unwrap_or_default().into_iter().rev() {
            self.read_only.remove(&before.name);
            self.references.remove(&before.name);
            self.unset(&before.name);
            if let Some(target) = before.reference {
                self.references.insert(before.name.clone(), target);
            }
            if let Some(value) = before.exported {
                self.exported.push((before.name.clone(), value));
            }
            if let Some(value) = before.plain {
                self.plain.insert(before.name.clone(), value);
            }
            if let Some(array) = before.array {
                self.arrays.insert(before.name, array);
            }
        }
    }

    /// Makes a variable the present function's own. Returns whether there is a function.
    pub fn make_local(&mut self, name: &str) -> bool {
        let before = Before {
            name: name.to_string(),
            exported: self.exported.iter().find(|pair| pair.0 == name).map(|pair| pair.1.clone()),
            plain: self.plain.get(name).cloned(),
            array: self.arrays.get(name).cloned(),
            reference: self.references.get(name).cloned(),
        };
        let Some(scope) = self.scopes.last_mut() else { return false };
        if scope.iter().all(|before| before.name != name) {
            scope.push(before);
            let is_exported = self.exported.iter().any(|pair| pair.0 == name);
            self.references.remove(name);
            self.unset(name);
            // What is part of the environment stays so.
            if is_exported {
                self.marked.insert(name.to_string());
            }
        }
        true
    }
}

/// A place in an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// By number; negative ones count from the end.
    Number(i64),
    /// By key.
    Text(String),
}

/// The place that a number means: one below zero counts from the end.
fn from_end(list: &SharedMap<i64, String>, at: i64) -> i64 {
    let last = list.last_key_value().map_or(-1, |(key, _)| *key);
    if at < 0 { last + 1 + at } else { at }
}
