//! What a subcommand is whose verb makes objects of flags (`create deployment`): one row with its names, its flags, its
//! help and what it makes; knows none of them.

use super::command::{Cx, Failure, Flow};
use super::flags::{Args, Flag};
use crate::model::Value;

/// One short form of `create`.
#[derive(Clone, Copy)]
pub struct Subcommand {
    /// Its whole name behind the verb: `namespace`, `service clusterip`.
    pub name: &'static str,
    /// Other words for the first of the name's.
    pub aliases: &'static [&'static str],
    /// Its flags.
    pub flags: &'static [&'static [Flag]],
    /// The flags that must be written, in the order of their names.
    pub required: &'static [&'static str],
    /// What it makes, in a sentence.
    pub summary: &'static str,
    /// How it is called behind its name.
    pub form: &'static str,
    /// What it does with a name.
    pub makes: Makes,
    /// Whether kubectl itself refuses an empty name; with the others the API server does.
    pub asks_for_name: bool,
    /// Whether `--save-config` is looked at.
    pub saves_config: bool,
    /// What it says that it failed to create when the server refuses; `None` passes the answer on as it is.
    pub failed: Option<&'static str>,
}

/// What a subcommand does with the name that it was given.
#[derive(Clone, Copy)]
pub enum Makes {
    /// An object, which is sent then.
    Object(fn(&str, &Args, &mut Cx<'_>) -> Result<Value, Failure>),
    /// Something that is no object: it answers itself.
    Answer(fn(&str, &Args, &mut Cx<'_>) -> Result<Flow, Failure>),
}

impl Subcommand {
    /// What is said of the flags that are missing. `None` if all are there.
    pub fn missing(&self, args: &Args) -> Option<String> {
        let missing: Vec<String> =
            self.required.iter().filter(|flag| !args.has(flag)).map(|flag| format!("{flag:?}")).collect();
        (!missing.is_empty()).then(|| format!("required flag(s) {} not set", missing.join(", ")))
    }
}

/// The subcommand that `words` begin with, and what stands behind its name.
pub fn find<'a>(rows: &'static [Subcommand], words: &'a [String]) -> Option<(&'static Subcommand, &'a [String])> {
    let first = words.first()?;
    let is_first = |row: &Subcommand, name: &str| name == first || row.aliases.contains(&first.as_str());
    rows.iter().find_map(|row| match row.name.split_once(' ') {
        Some((name, sort)) => {
            let is_meant = is_first(row, name) && words.get(1).is_some_and(|word| word == sort);
            is_meant.then(|| (row, words.get(2..).unwrap_or(&[])))
        }
        None => is_first(row, row.name).then(|| (row, words.get(1..).unwrap_or(&[]))),
    })
}
