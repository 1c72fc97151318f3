//! What applying the editor's text would change in the cluster, field by field; holds no truth.

use super::props::Lab;
use crate::api::kept_version;
use crate::cluster::Cluster;
use crate::i18n::Lang;
use crate::i18n::ui::t;
use crate::manifest::{flatten_lists, parse};
use crate::model::{Key, Kind, Value, parse_json, to_json};
use yew::prelude::*;

/// Props of [`Diff`].
#[derive(Clone, PartialEq, Properties)]
pub struct DiffProps {
    /// The cluster.
    pub lab: Lab,
    /// The editor's text.
    pub text: AttrValue,
    /// The page's language.
    pub lang: Lang,
}

/// The differences, field by field.
#[component]
pub fn Diff(props: &DiffProps) -> Html {
    let lang = props.lang;
    let objects = compare(&props.text, props.lab.read().cluster());
    let is_same = objects.iter().all(|object| object.is_known && object.rows.is_empty());
    let objects = objects.iter().filter(|object| !object.is_known || !object.rows.is_empty()).map(|object| {
        let rows = object.rows.iter().take(ROWS_MAX).map(|row| {
            html! {
                <div class="diff-row">
                    <span>{ &row.path }</span>
                    if let Some(old) = &row.old { <del class="diff-old">{ "- " }{ old }</del> }
                    if let Some(new) = &row.new { <ins class="diff-new">{ "+ " }{ new }</ins> }
                </div>
            }
        });
        html! {
            <div class="diff-object">
                <h3>{ &object.name }</h3>
                if !object.is_known { <p class="s-good">{ "+ " }{ t(lang, "editor.diff.new") }</p> }
                { for rows }
            </div>
        }
    });
    html! {
        <div role="group" class="diff" aria-label={t(lang, "editor.diff.head")} tabindex="0">
            <h3 class="diff-head">{ t(lang, "editor.diff.head") }</h3>
            if is_same { <p class="s-dim">{ t(lang, "editor.diff.none") }</p> }
            { for objects }
        </div>
    }
}

/// The most rows that one object shows.
const ROWS_MAX: usize = 100;

struct ObjectDiff {
    name: String,
    is_known: bool,
    rows: Vec<Row>,
}

struct Row {
    path: String,
    old: Option<String>,
    new: Option<String>,
}

fn compare(text: &str, cluster: &Cluster) -> Vec<ObjectDiff> {
    let documents = parse(text).into_iter().filter_map(|document| document.value);
    let kept = |value: Value| kept_version(&value).unwrap_or(value);
    let values: Vec<Value> = documents.flat_map(|value| flatten_lists(&value)).map(kept).collect();
    values.iter().filter_map(|value| compare_object(value, cluster)).collect()
}

fn compare_object(wanted: &Value, cluster: &Cluster) -> Option<ObjectDiff> {
    let kind = Kind::of(wanted.str_at(&["apiVersion"]), wanted.str_at(&["kind"]))?;
    let namespace = match wanted.str_at(&["metadata", "namespace"]) {
        "" => "default",
        name => name,
    };
    let name = wanted.str_at(&["metadata", "name"]);
    let title = format!("{}/{name}", kind.names().kind);
    let key = Key::new(kind, namespace.to_string(), name.to_string());
    let Some(live) = cluster.get(&key) else {
        return Some(ObjectDiff { name: title, is_known: false, rows: Vec::new() });
    };
    let mut rows = Vec::new();
    walk(String::new(), wanted, Some(&live.to_value()), &mut rows);
    // What was applied before and is no longer wanted goes.
    if let Ok(before) = parse_json(live.meta.annotation("kubectl.kubernetes.io/last-applied-configuration")) {
        missing(String::new(), &before, wanted, &mut rows);
    }
    Some(ObjectDiff { name: title, is_known: true, rows })
}

/// Notes every leaf of `wanted` that is not so in `live`.
fn walk(path: String, wanted: &Value, live: Option<&Value>, rows: &mut Vec<Row>) {
    match (wanted, live) {
        (Value::Map(map), Some(Value::Map(_))) => {
            for (key, value) in map.iter() {
                walk(join(&path, key.as_str()), value, live.and_then(|it| it.get(key.as_str())), rows);
            }
        }
        (Value::List(list), Some(Value::List(others))) => {
            for (at, value) in list.iter().enumerate() {
                let other = match value.str_at(&["name"]) {
                    "" => others.get(at),
                    name => others.iter().find(|it| it.str_at(&["name"]) == name),
                };
                walk(format!("{path}[{at}]"), value, other, rows);
            }
            if others.len() > list.len() {
                let gone = others.iter().skip(list.len()).map(to_json).collect::<Vec<_>>().join(", ");
                rows.push(Row { path, old: Some(gone), new: None });
            }
        }
        (wanted, Some(live)) if is_same(wanted, live) => {}
        (Value::Null, None) => {}
        (wanted, live) => {
            rows.push(Row { path, old: live.map(short), new: Some(short(wanted)) });
        }
    }
}

fn missing(path: String, before: &Value, wanted: &Value, rows: &mut Vec<Row>) {
    let (Value::Map(before), Value::Map(_)) = (before, wanted) else { return };
    for (key, value) in before.iter() {
        let path = join(&path, key.as_str());
        match wanted.get(key.as_str()) {
            Some(other) => missing(path, value, other, rows),
            // The API server adds these when the object is applied.
            None if path == "metadata.annotations" || path == "metadata.namespace" => {}
            None => rows.push(Row { path, old: Some(short(value)), new: None }),
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
}

/// Numbers and strings are told apart by the decoder, not here: `80` and `"80"` may mean the same.
fn is_same(wanted: &Value, live: &Value) -> bool {
    wanted == live || short(wanted) == short(live)
}

fn short(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_string(),
        None => to_json(value),
    }
}
