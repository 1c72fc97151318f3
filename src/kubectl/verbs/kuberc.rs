//! kuberc: a person's own aliases of commands and defaults of flags, put into a line before it is read.
//!
//! Follows pkg/kuberc/kuberc.go of kubectl.

use super::{find_in, leading_flags, subcommand_of};
use crate::kubectl::command::Cx;
use crate::kubectl::files::{HOME, read_file};
use crate::kubectl::flags::{Flag, GLOBAL};
use crate::manifest::parse;
use crate::model::Value;

/// Where it is kept, below the home directory.
const FILE: &str = ".kube/kuberc";
/// The group of its versions.
const GROUP: &str = "kubectl.config.k8s.io/";

/// The words of a line as kuberc makes them.
///
/// # Errors
/// What is wrong with the file, in kubectl's words.
pub(super) fn expanded(words: &[String], cx: &mut Cx<'_>) -> Result<Vec<String>, String> {
    if words.is_empty() || !cx.is_kubectl(34) || variable("KUBECTL_KUBERC", cx) == "false" {
        return Ok(words.to_vec());
    }
    let Some(preference) = load(words, cx)? else { return Ok(words.to_vec()) };
    validate(&preference)?;
    let (words, is_alias) = with_alias(&preference, words)?;
    if is_alias { Ok(words) } else { with_defaults(&preference, words, cx) }
}

fn variable(name: &str, cx: &Cx<'_>) -> String {
    cx.state.variables.get(name).cloned().unwrap_or_default()
}

/// The file that a line, a variable or the default names, if it is there.
fn load(words: &[String], cx: &mut Cx<'_>) -> Result<Option<Value>, String> {
    let (given, own) = (explicit(words)?, variable("KUBERC", cx));
    let (path, is_explicit) = match (given, own.as_str()) {
        (None, "off") => return Ok(None),
        (Some(_), "off") => {
            let why = "disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive";
            return Err(format!("kuberc error {why}"));
        }
        (Some(path), _) => (path, true),
        (None, "") => (format!("{HOME}/{FILE}"), false),
        (None, own) => (own.to_string(), true),
    };
    let Some(text) = read_file(&path, cx) else {
        let missing = format!("kuberc error kuberc: open {path}: no such file or directory");
        return if is_explicit { Err(missing) } else { Ok(None) };
    };
    let documents: Vec<Value> = parse(&text).into_iter().filter_map(|document| document.value).collect();
    let is_ours = |value: &&Value| {
        let version = value.str_at(&["apiVersion"]).strip_prefix(GROUP);
        value.str_at(&["kind"]) == "Preference" && matches!(version, Some("v1alpha1" | "v1beta1"))
    };
    match documents.iter().find(is_ours) {
        Some(preference) => {
            let unknown = unknown_fields(preference);
            if !unknown.is_empty() {
                let why = format!("strict decoding error: {}", unknown.join(", "));
                cx.out.err(format!("kuberc: ignoring strict decoding error in {path}: {why}"));
            }
            Ok(Some(preference.clone()))
        }
        None if text.trim().is_empty() => Ok(None),
        None => {
            let why = format!("no valid preferences found in {path}, use --v=5 to see details");
            if is_explicit {
                return Err(format!("kuberc error kuberc: {why}"));
            }
            cx.out.err(format!("kuberc: no preferences loaded from {path}: {why}"));
            Ok(None)
        }
    }
}

/// The file that `--kuberc` names.
fn explicit(words: &[String]) -> Result<Option<String>, String> {
    let missing = || Err("kuberc error kuberc file is not found".to_string());
    for (at, word) in words.iter().enumerate().take_while(|(_, word)| *word != "--") {
        match word.strip_prefix("--kuberc") {
            Some("") => return words.get(at + 1).map_or_else(missing, |path| Ok(Some(path.clone()))),
            Some("=") => return missing(),
            Some(path) if path.starts_with('=') => return Ok(path.strip_prefix('=').map(str::to_string)),
            _ => {}
        }
    }
    Ok(None)
}

/// The entries of a list, whichever version names it.
fn entries<'v>(value: &'v Value, names: [&'static str; 2]) -> impl Iterator<Item = &'v Value> {
    names.into_iter().flat_map(|name| value.list_at(&[name]))
}

/// The flags of an entry, each with its value.
fn options(entry: &Value) -> Vec<(&str, &str)> {
    entries(entry, ["options", "flags"]).map(|it| (it.str_at(&["name"]), it.str_at(&["default"]))).collect()
}

fn words_at(entry: &Value, field: &'static str) -> Vec<String> {
    entry.list_at(&[field]).iter().filter_map(Value::as_str).map(str::to_string).collect()
}

/// What the types do not have.
fn unknown_fields(preference: &Value) -> Vec<String> {
    const TOP: &[&str] = &[
        "apiVersion",
        "kind",
        "defaults",
        "overrides",
        "aliases",
        "credentialPluginPolicy",
        "credentialPluginAllowlist",
    ];
    const ENTRY: &[&str] = &["command", "options", "flags", "name", "prependArgs", "appendArgs"];
    let mut found = Vec::new();
    let mut check = |value: &Value, known: &[&str], place: &str| {
        let names = value.as_map().into_iter().flat_map(|map| map.keys());
        found.extend(
            names.filter(|name| !known.contains(&name.as_str())).map(|name| format!("unknown field \"{place}{name}\"")),
        );
    };
    check(preference, TOP, "");
    for list in ["defaults", "overrides", "aliases"] {
        for (at, entry) in preference.list_at(&[list]).iter().enumerate() {
            check(entry, ENTRY, &format!("{list}[{at}]."));
        }
    }
    found
}

fn validate(preference: &Value) -> Result<(), String> {
    let check = |entry: &Value| match options(entry).into_iter().find(|(name, _)| name.starts_with('-')) {
        Some((name, _)) => Err(format!("flag name {name} should be in long form without dashes")),
        None => Ok(()),
    };
    let mut names = Vec::new();
    for alias in preference.list_at(&["aliases"]) {
        let name = alias.str_at(&["name"]);
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err("invalid alias name, can only include alphabetical characters".into());
        }
        check(alias)?;
        if names.contains(&name) {
            return Err(format!("duplicate alias name {name}"));
        }
        names.push(name);
    }
    entries(preference, ["defaults", "overrides"]).try_for_each(check)
}

/// A command that a line names: how many words its name has, and its flags.
struct Command {
    count: usize,
    /// The last word of its name, by which kuberc knows it.
    name: String,
    flags: &'static [&'static [Flag]],
}

/// The command that words begin with.
fn command(words: &[String]) -> Option<Command> {
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let (verb, count) = find_in(&plain)?;
    let subcommand = subcommand_of(verb, words.get(count..).unwrap_or(&[]));
    let name = subcommand.map_or(verb.name, |row| row.name);
    let flags = subcommand.map_or(verb.flags, |row| row.flags);
    let own_words = subcommand.map_or(0, |row| row.name.split(' ').count());
    Some(Command { count: count + own_words, name: name.rsplit(' ').next().unwrap_or(name).to_string(), flags })
}

impl Command {
    fn flag(&self, name: &str) -> Option<&'static Flag> {
        self.flags.iter().copied().flatten().chain(GLOBAL).find(|flag| flag.long == name)
    }

    /// Whether somebody has written a flag in a line.
    fn is_written(&self, flag: &Flag, words: &[String]) -> bool {
        let (long, short) = (format!("--{}", flag.long), format!("-{}", flag.short));
        words.iter().any(|word| {
            *word == long
                || word.strip_prefix(&long).is_some_and(|rest| rest.starts_with('='))
                || flag.short != ' ' && !word.starts_with("--") && word.starts_with(&short)
        })
    }

    /// Flags that nobody has written, with the values that an entry gives them.
    fn defaults(
        &self,
        entry: &Value,
        words: &[String],
        unknown: &dyn Fn(&str) -> String,
    ) -> Result<Vec<String>, String> {
        let mut added = Vec::new();
        for (name, value) in options(entry) {
            let flag = self.flag(name).ok_or_else(|| unknown(name))?;
            if !self.is_written(flag, words) {
                added.push(format!("--{name}={value}"));
            }
        }
        Ok(added)
    }
}

/// A line with the command that its alias stands for, and whether it had one.
fn with_alias(preference: &Value, words: &[String]) -> Result<(Vec<String>, bool), String> {
    let (_, behind) = leading_flags(words);
    let is_known = behind.first().is_none_or(|first| super::names().any(|name| name == first) || first == "help");
    let Some(at) = words.iter().position(|word| !word.starts_with('-')).filter(|_| !is_known) else {
        return Ok((words.to_vec(), false));
    };
    let name = words.get(at).map_or("", String::as_str);
    let Some(alias) = preference.list_at(&["aliases"]).iter().find(|alias| alias.str_at(&["name"]) == name) else {
        return Ok((words.to_vec(), false));
    };
    let text = alias.str_at(&["command"]);
    let own: Vec<String> = text.split_whitespace().map(str::to_string).collect();
    let Some(command) = command(&own).filter(|command| command.count == own.len()) else {
        return Err(format!("command {text:?} not found to set alias {name:?}: [{}]", own.join(" ")));
    };
    let unknown = |flag: &str| format!("invalid alias flag {flag} in alias kubectl");
    let mut line = own;
    line.extend(command.defaults(alias, words, &unknown)?);
    line.extend(words.iter().take(at).cloned());
    line.extend(words_at(alias, "prependArgs"));
    line.extend(words.iter().skip(at + 1).cloned());
    line.extend(words_at(alias, "appendArgs"));
    Ok((line, true))
}

/// A line with the flags that have other defaults for its command.
fn with_defaults(preference: &Value, words: Vec<String>, cx: &mut Cx<'_>) -> Result<Vec<String>, String> {
    let (global, behind) = leading_flags(&words);
    let Some(own) = command(behind) else { return Ok(words) };
    let mut added = Vec::new();
    for entry in entries(preference, ["defaults", "overrides"]) {
        let text = entry.str_at(&["command"]);
        let named: Vec<String> = text.split_whitespace().map(str::to_string).collect();
        let Some(meant) = command(&named) else {
            cx.out.err(format!("Warning: command {text:?} not found to set kuberc override"));
            continue;
        };
        if meant.name == own.name {
            added.extend(own.defaults(entry, &words, &|flag| format!("invalid flag {flag} for command {text}"))?);
        }
    }
    let mut line = global.to_vec();
    line.extend(behind.iter().take(own.count).cloned());
    line.extend(added);
    line.extend(behind.iter().skip(own.count).cloned());
    Ok(line)
}
