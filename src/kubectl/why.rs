//! `why`: the console's own question, whose answer is the cause of what one sees; nothing of it is Kubernetes'.

use super::command::{Cx, Failure, Flow, OK};
use super::resources::{Resource, not_found};
use crate::model::{Key, Kind, Text};

/// Runs `why [OBJECT …] [-n NAMESPACE]`.
///
/// # Errors
/// An object that does not exist.
pub fn run(words: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut namespace = cx.default_namespace();
    let mut rest: Vec<&str> = Vec::new();
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "-n" | "--namespace" => namespace = words.next().map_or(namespace, Text::new),
            "not" | "is" => {}
            word => match word.strip_prefix("--namespace=") {
                Some(name) => namespace = Text::new(name),
                None => rest.push(word.trim_end_matches('?')),
            },
        }
    }
    let keys = asked(&rest, &namespace, cx)?;
    let lang = cx.state.lang;
    if let Some(key) = keys.iter().find(|key| !is_known(key, &namespace, cx)) {
        return Err(not_found(key.kind, &key.name));
    }
    for line in cx.host.why(&keys, &namespace, lang) {
        cx.out.out(line);
    }
    OK
}

/// The objects that words name, as kubectl reads them: `kind/name …`, `kind name …`, or a name alone.
fn asked(words: &[&str], namespace: &Text, cx: &Cx<'_>) -> Result<Vec<Key>, Failure> {
    let mut keys: Vec<Key> = Vec::new();
    let kind = words.first().filter(|word| words.len() > 1 && !word.contains('/'));
    for word in words.iter().skip(usize::from(kind.is_some())) {
        let key = match (kind, word.split_once('/')) {
            (_, Some((kind, name))) => named(kind, name, namespace, cx)?,
            (Some(kind), None) => named(kind, word, namespace, cx)?,
            (None, None) => guessed(word, namespace, cx)?,
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

fn named(kind: &str, name: &str, namespace: &Text, cx: &Cx<'_>) -> Result<Key, Failure> {
    match Resource::named(kind, cx)? {
        Resource::Kept(kind) => Ok(key_of(kind, namespace, name)),
        Resource::Absent(it) => {
            Err(Failure::client(format!("the server doesn't have a resource type {:?}", it.plural)))
        }
    }
}

/// Whether there is something to say of an object: it is there, or it is a pod that has a reason not to be.
fn is_known(key: &Key, namespace: &str, cx: &Cx<'_>) -> bool {
    let lang = cx.state.lang;
    let may_be_told = || key.kind == Kind::Pod && !cx.host.why(std::slice::from_ref(key), namespace, lang).is_empty();
    cx.cluster().get(key).is_some() || may_be_told()
}

fn key_of(kind: Kind, namespace: &Text, name: &str) -> Key {
    let namespace = if kind.names().is_namespaced { namespace.clone() } else { Text::default() };
    Key::new(kind, namespace, Text::new(name))
}

/// The object that a name alone means.
fn guessed(name: &str, namespace: &Text, cx: &Cx<'_>) -> Result<Key, Failure> {
    const KINDS: [Kind; 6] = [
        Kind::Pod,
        Kind::StatefulSet,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::Node,
        Kind::PodDisruptionBudget,
    ];
    let mut keys = KINDS.into_iter().map(|kind| key_of(kind, namespace, name));
    let pod = key_of(Kind::Pod, namespace, name);
    let found = keys
        .find(|key| cx.cluster().get(key).is_some())
        .or_else(|| Some(pod).filter(|pod| is_known(pod, namespace, cx)));
    found.ok_or_else(|| not_found(Kind::Pod, name))
}
