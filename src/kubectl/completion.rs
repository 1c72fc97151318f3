//! What could stand at the cursor: verbs, flags, kinds, live names, files; changes nothing.

use super::command::State;
use super::console_commands::NAMES;
use super::files::EDITOR_FILE;
use super::flags::{Flag, GLOBAL, Takes};
use super::resources::Resource;
use super::verb::{Completes, Verb};
use super::verbs;
use crate::cluster::Cluster;
use crate::model::{Kind, Text};
use crate::ordering::Order;

/// What could stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Byte offset in the line where the completed word begins.
    pub from: usize,
    /// The candidates: the text to insert and a short explanation, in order.
    pub items: Vec<(String, String)>,
}

/// Candidates for the word that ends at byte offset `cursor` of `line`.
pub fn complete(line: &str, cursor: usize, state: &State, cluster: &Cluster) -> Completions {
    let before = line.get(..cursor.min(line.len())).unwrap_or(line);
    let command_at = before.rfind(['|', ';', '&', '\n']).map_or(0, |at| at + 1);
    let command = before.get(command_at..).unwrap_or("");
    let from = command.rfind([' ', '\t']).map_or(0, |at| at + 1) + command_at;
    let word = before.get(from..).unwrap_or("");
    let words: Vec<&str> = before.get(command_at..from).unwrap_or("").split_whitespace().collect();
    let words = words.strip_prefix(&["$"]).unwrap_or(&words);
    let mut found = match words.split_first() {
        None => NAMES.iter().map(|name| ((*name).to_string(), String::new())).collect(),
        Some((&("kubectl" | "k"), rest)) => kubectl(rest, word, state, cluster),
        Some(_) => files(state),
    };
    found.retain(|(text, _)| text.starts_with(word));
    found.order();
    found.dedup_by(|a, b| a.0 == b.0);
    let mut completions = Completions { from, items: found };
    // A list of values is completed value by value.
    if let Some(comma) = word.rfind(',').filter(|_| completions.items.is_empty()) {
        let last = word.get(comma + 1..).unwrap_or("");
        let mut kinds = kinds(cluster);
        kinds.retain(|(text, _)| text.starts_with(last));
        completions = Completions { from: from + comma + 1, items: kinds };
    }
    completions
}

type Items = Vec<(String, String)>;

fn kubectl(words: &[&str], word: &str, state: &State, cluster: &Cluster) -> Items {
    let plain: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let Some(first) = plain.first() else {
        return verbs::names().map(|name| (name.to_string(), verbs::summary(name).to_string())).collect();
    };
    let Some((verb, count)) = verbs::find_in(&plain) else {
        return verbs::subcommands(first).into_iter().map(|name| (name.to_string(), String::new())).collect();
    };
    if let Some(items) = flag_value(words.last().copied().unwrap_or(""), word, verb.flags, state, cluster) {
        return items;
    }
    if word.starts_with('-') {
        let all = verb.flags.iter().copied().flatten().chain(GLOBAL);
        return all.map(|flag| (format!("--{}{}", flag.long, equals(flag)), String::new())).collect();
    }
    let arguments = plain.get(count..).unwrap_or(&[]);
    let namespace = namespace_of(words, state);
    match verb.completes {
        Completes::Pods if arguments.is_empty() => names(Kind::Pod, &namespace, cluster, ""),
        Completes::Nodes => names(Kind::Node, &namespace, cluster, ""),
        Completes::Pods | Completes::Nothing => Items::new(),
        Completes::Kinds => kinds(cluster),
        Completes::Objects | Completes::Sets | Completes::Images => objects(verb, arguments, word, &namespace, cluster),
    }
}

fn equals(flag: &Flag) -> &'static str {
    match flag.takes {
        Takes::Bool | Takes::TextOr(_) => "",
        _ => "=",
    }
}

fn namespace_of(words: &[&str], state: &State) -> Text {
    let behind = |flags: &[&str]| {
        let at = words.iter().position(|word| flags.contains(word))?;
        words.get(at + 1).copied()
    };
    let joined = words.iter().find_map(|word| word.strip_prefix("--namespace="));
    match behind(&["-n", "--namespace"]).or(joined) {
        Some(namespace) => Text::new(namespace),
        None if state.namespace.is_empty() => "default".into(),
        None => Text::new(&state.namespace),
    }
}

/// The values of a flag, if the cursor stands at one.
fn flag_value(last: &str, word: &str, flags: &[&[Flag]], state: &State, cluster: &Cluster) -> Option<Items> {
    let (name, prefix) = match word.split_once('=').filter(|_| word.starts_with("--")) {
        Some((name, _)) => (name, format!("{name}=")),
        None if last.starts_with('-') && !last.contains('=') => (last, String::new()),
        None => return None,
    };
    let find = |flag: &&Flag| format!("--{}", flag.long) == name || name == format!("-{}", flag.short);
    let flag = flags.iter().copied().flatten().chain(GLOBAL).find(find)?;
    if flag.takes == Takes::Bool {
        return None;
    }
    let words = |words: &[&str]| words.iter().map(|word| ((*word).to_string(), String::new())).collect::<Items>();
    let items = match flag.long {
        "filename" => files(state),
        "namespace" => names(Kind::Namespace, &Text::default(), cluster, ""),
        "output" => words(&["wide", "yaml", "json", "name", "jsonpath=", "custom-columns="]),
        "cascade" => words(&["background", "foreground", "orphan"]),
        "dry-run" => words(&["client", "server", "none"]),
        "for" => words(&["condition=Ready", "delete", "create", "jsonpath="]),
        "type" => words(&["strategic", "merge", "json"]),
        "validate" => words(&["strict", "warn", "ignore"]),
        _ => Items::new(),
    };
    Some(items.into_iter().map(|(text, about)| (format!("{prefix}{text}"), about)).collect())
}

fn files(state: &State) -> Items {
    let mut items: Items = state.files.keys().map(|name| (name.clone(), String::new())).collect();
    items.push((EDITOR_FILE.to_string(), String::new()));
    items
}

fn kinds(cluster: &Cluster) -> Items {
    let mut items = vec![("all".to_string(), String::new())];
    for kind in cluster.kinds() {
        let names = kind.names();
        items.push((names.plural.to_string(), names.kind.to_string()));
        items.extend(names.short.iter().map(|short| ((*short).to_string(), names.kind.to_string())));
    }
    items
}

fn names(kind: Kind, namespace: &Text, cluster: &Cluster, prefix: &str) -> Items {
    let all = cluster.list(kind).filter(|object| !kind.names().is_namespaced || object.meta.namespace == *namespace);
    all.map(|object| (format!("{prefix}{}", object.meta.name), kind.names().kind.to_string())).collect()
}

fn objects(verb: &Verb, arguments: &[&str], word: &str, namespace: &Text, cluster: &Cluster) -> Items {
    if let Some((kind, _)) = word.split_once('/') {
        return match Resource::find(kind, cluster.custom_kinds()) {
            Some(Resource::Kept(found)) => names(found, namespace, cluster, &format!("{kind}/")),
            _ => Items::new(),
        };
    }
    match arguments.first().and_then(|kind| Resource::find(kind, cluster.custom_kinds())) {
        None => {
            let mut items = kinds(cluster);
            if verb.completes != Completes::Objects {
                items.retain(|(_, about)| about == "StatefulSet");
                items.extend(names(Kind::StatefulSet, namespace, cluster, "sts/"));
            }
            items
        }
        Some(Resource::Kept(kind)) => {
            let mut items = names(kind, namespace, cluster, "");
            items.retain(|(name, _)| !arguments.contains(&name.as_str()));
            if verb.completes == Completes::Images {
                items.extend(images(arguments, namespace, cluster));
            }
            items
        }
        Some(Resource::Absent(_)) => Items::new(),
    }
}

/// `nginx=` for the containers of a set.
fn images(arguments: &[&str], namespace: &Text, cluster: &Cluster) -> Items {
    let sets = cluster
        .list_in(Kind::StatefulSet, namespace)
        .filter(|set| arguments.iter().any(|word| word.rsplit('/').next() == Some(set.meta.name.as_str())));
    let containers = sets.flat_map(|set| set.list_at(&["spec", "template", "spec", "containers"]).to_vec());
    containers.map(|it| (format!("{}=", it.str_at(&["name"])), it.str_at(&["image"]).to_string())).collect()
}
