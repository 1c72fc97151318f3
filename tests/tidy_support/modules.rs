//! Which file of `src` uses which other, read from paths in the text, and the circles among them; knows no rule.

use std::collections::{BTreeMap, BTreeSet};

/// A module by its path: `["cluster", "store"]`.
pub type Module = Vec<String>;

/// The module that a file of `src` holds.
pub fn module_of(path: &str) -> Module {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Module = inside.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The paths that a text names from `at` on: one, or those of a `{…}` group.
fn paths(text: &str) -> Vec<Vec<String>> {
    let word = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (first, rest) = text.split_at(word);
    if let Some(group) = rest.strip_prefix('{').filter(|_| first.is_empty()) {
        return elements(group).iter().flat_map(|element| paths(element.trim())).collect();
    }
    let own = || vec![first.to_owned()];
    match rest.strip_prefix("::") {
        Some(rest) if !first.is_empty() => paths(rest).into_iter().map(|path| [own(), path].concat()).collect(),
        _ => vec![own()],
    }
}

/// The elements of a group up to its end.
fn elements(group: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(&group[from..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// What each module uses of its own folder. What a folder's own file hands on, or names as its parts, does not count.
pub fn uses(files: &[(String, String)]) -> BTreeMap<Module, BTreeSet<Module>> {
    let modules: BTreeSet<Module> = files.iter().map(|(path, _)| module_of(path)).collect();
    let mut all = BTreeMap::new();
    for (path, code) in files {
        let own = module_of(path);
        let mut found = BTreeSet::new();
        for named in named_in(code, &own) {
            let target = (1..=named.len()).rev().map(|count| named[..count].to_vec()).find(|it| modules.contains(it));
            let Some(target) = target.filter(|target| target.first() == own.first()) else { continue };
            if !own.starts_with(&target) && !target.starts_with(&own) {
                found.insert(target);
            }
        }
        all.insert(own, found);
    }
    all
}

fn named_in(code: &str, own: &[String]) -> Vec<Module> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        found.extend(paths(&code[at + "crate::".len()..]));
    }
    for (at, _) in code.match_indices("super::") {
        if code[..at].ends_with("super::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut base = own.to_vec();
        while let Some(after) = rest.strip_prefix("super::") {
            base.pop();
            rest = after;
        }
        found.extend(paths(rest).into_iter().map(|path| [base.clone(), path].concat()));
    }
    found
}

/// The circles: modules each of which leads to all others, in order.
pub fn circles(uses: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<String>> {
    let reach: BTreeMap<&Module, BTreeSet<&Module>> = uses.keys().map(|from| (from, reachable(from, uses))).collect();
    let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
    for (from, reached) in &reach {
        let circle: Vec<String> = reached
            .iter()
            .filter(|to| reach.get(**to).is_some_and(|back| back.contains(from)))
            .map(|module| module.join("/"))
            .collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

fn reachable<'a>(from: &'a Module, uses: &'a BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<&'a Module> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(next) = open.pop() {
        for target in uses.get(next).into_iter().flatten() {
            if seen.insert(target) {
                open.push(target);
            }
        }
    }
    seen
}
