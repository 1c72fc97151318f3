//! Paths of fields that stand in the text of files, and whether the API's types have them; knows no rule.

use std::collections::BTreeMap;

/// The structs of the API: field names and types.
pub struct Types(BTreeMap<String, BTreeMap<String, String>>);

impl Types {
    /// Reads the table of `src/schema/types.txt`.
    pub fn read(text: &str) -> Types {
        let structure = |line: &str| {
            let mut words = line.split(' ');
            let name = words.next().unwrap_or_default().to_owned();
            (name, words.filter_map(field).collect())
        };
        Types(text.lines().map(structure).collect())
    }

    /// Whether any object, or a template in one, has a field at `path`.
    pub fn has(&self, path: &[&str]) -> bool {
        let is_root = |fields: &BTreeMap<String, String>| fields.contains_key("metadata");
        self.0.iter().filter(|(_, fields)| is_root(fields)).any(|(name, _)| self.leads(name, path))
    }

    fn leads(&self, kind: &str, path: &[&str]) -> bool {
        let kind = kind.trim_start_matches("[]");
        let Some((first, rest)) = path.split_first() else { return true };
        match (kind.strip_prefix("{}"), self.0.get(kind)) {
            (Some(values), _) => self.leads(values, rest),
            (None, Some(fields)) => fields.get(*first).is_some_and(|kind| self.leads(kind, rest)),
            (None, None) => kind == "any",
        }
    }
}

fn field(word: &str) -> Option<(String, String)> {
    let (word, _) = word.split_once('^').unwrap_or((word, ""));
    let (name, kind) = word.split_once(':')?;
    let kind = kind.split(['?', '+', '=', '&']).next().unwrap_or_default();
    Some((name.to_owned(), kind.trim_start_matches('*').to_owned()))
}

/// The paths in a text: lists of plain strings that begin with a part of an object. With their line numbers.
pub fn in_text(code: &str) -> Vec<(usize, Vec<&str>)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("[\"") {
        let Some(inside) = code[at + 1..].split(']').next() else { continue };
        let words: Vec<&str> = inside.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        let path: Vec<&str> = words.iter().filter_map(|word| word.strip_prefix('"')?.strip_suffix('"')).collect();
        let is_path = path.len() == words.len()
            && path.len() > 1
            && matches!(path[0], "spec" | "status" | "metadata")
            && path.iter().all(|word| word.chars().all(char::is_alphanumeric));
        if is_path {
            found.push((code[..at].matches('\n').count() + 1, path));
        }
    }
    found
}
