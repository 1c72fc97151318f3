//! Which sentence of ours goes with a problem: what a reader can do about it.

use crate::api::{FieldError, FieldErrorKind};
use crate::i18n::{Lang, fill, hints};
use crate::kubernetes::{Kubernetes, Version};
use crate::model::stateful_set::claim_templates;
use crate::model::workload::update_type;
use crate::model::{Kind, Object, Value};
use crate::schema::{self, Struct};

/// A sentence of ours: an id of [`crate::i18n::hints`] and what to put into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The sentence's id.
    pub id: &'static str,
    /// What stands for `{0}`, `{1}` ….
    pub arguments: Vec<String>,
}

impl Hint {
    pub(super) fn new(id: &'static str, arguments: &[&str]) -> Hint {
        Hint { id, arguments: arguments.iter().map(|text| (*text).to_string()).collect() }
    }

    /// The sentence in English.
    pub fn english(&self) -> String {
        self.sentence(Lang::En)
    }

    /// The sentence in Japanese.
    pub fn japanese(&self) -> String {
        self.sentence(Lang::Ja)
    }

    /// The sentence in a language.
    pub fn sentence(&self, lang: Lang) -> String {
        let places: Vec<String> = (0..self.arguments.len()).map(|place| place.to_string()).collect();
        let values = places.iter().zip(&self.arguments);
        let values: Vec<(&str, &str)> = values.map(|(place, value)| (place.as_str(), value.as_str())).collect();
        hints::find(lang, self.id).map(|text| fill(text, &values)).unwrap_or_default()
    }
}

pub(super) fn yaml_hint(message: &str) -> Option<Hint> {
    let id = match message {
        _ if message.contains("bytes; at most") => "too-large",
        _ if message.contains("tab character") => "tab",
        _ if message.contains("mapping values are not allowed") || message.contains("did not find expected key") => {
            "indent"
        }
        _ if message.contains("expected ':'") => "missing-colon",
        _ if message.contains("unexpected end of stream") => "open-quote",
        _ if message.contains("node content") || message.contains("',' or") => "open-bracket",
        _ => return None,
    };
    Some(Hint::new(id, &[]))
}

pub(super) fn type_hint(message: &str, value: Option<&Value>) -> Option<Hint> {
    let wanted = message.rsplit(" of type ").next().unwrap_or("");
    let hint = match value {
        _ if message.contains("quantities must match") => Hint::new("quantity", &[]),
        Some(Value::Bool(_)) if wanted == "string" => Hint::new("yaml-boolean", &[]),
        Some(Value::Int(_) | Value::Float(_))
            if !wanted.starts_with("[]") && !wanted.starts_with("int") && wanted != "bool" && is_text_type(wanted) =>
        {
            Hint::new("quote-value", &["number"])
        }
        Some(Value::Str(text)) if wanted.starts_with("int") && text.parse::<i64>().is_ok() => {
            Hint::new("unquote-value", &[])
        }
        _ if wanted.starts_with("[]") => Hint::new("want-list", &[]),
        Some(value)
            if !matches!(value, Value::Map(_))
                && (wanted.starts_with("map[") || !is_text_type(wanted) && wanted.starts_with("v1.")) =>
        {
            Hint::new("want-map", &[])
        }
        _ => return None,
    };
    Some(hint)
}

/// Whether a Go type is a string: its name is not that of a struct in the table.
fn is_text_type(go_type: &str) -> bool {
    let Some(name) = go_type.strip_prefix("v1.") else { return go_type == "string" };
    ["core", "apps", "meta", "policy", "storage", "discovery"]
        .iter()
        .all(|group| schema::structure(&format!("{group}.{name}")).is_none())
}

pub(super) fn kind_hint(kind: &str) -> Hint {
    let exact = Kind::ALL.into_iter().find(|known| known.names().kind == kind);
    if let Some(exact) = exact {
        return Hint::new("kind-version", &[kind, exact.api_version()]);
    }
    let names = Kind::ALL.map(|kind| kind.names().kind);
    match nearest(kind, names.iter().copied()) {
        Some(name) => Hint::new("did-you-mean", &[name]),
        None => Hint::new("no-such-kind", &[&names.join(", ")]),
    }
}

/// For an unknown field: the versions that have it, a neighbour of nearly the same name, or the struct that knows it.
pub(super) fn field_hint(kind: Kind, path: &str, kubernetes: Kubernetes) -> Option<Hint> {
    let root = schema::root(kind.api_version(), kind.names().kind)?;
    let steps: Vec<&str> = path.split('.').map(|step| step.split('[').next().unwrap_or(step)).collect();
    let (name, parents) = steps.split_last()?;
    let parent = parents.iter().try_fold(root, |place, step| place.field(step)?.kind.structure())?;
    if let Some(field) = parent.field(name) {
        let versions: Vec<String> =
            Version::all().filter(|it| field.is_in(Kubernetes::of(*it))).map(Version::short).collect();
        let here = kubernetes.version().to_string();
        return Some(Hint::new("field-of-version", &[name, &versions.join(", "), &here]));
    }
    let there = parent.fields.iter().filter(|field| field.is_in(kubernetes));
    if let Some(near) = nearest(name, there.map(|field| field.name)) {
        return Some(Hint::new("did-you-mean", &[near]));
    }
    if let Some(home) = find_home(root, name) {
        return Some(Hint::new("field-elsewhere", &[name, &home]));
    }
    let explained: Vec<&str> = [kind.names().singular].into_iter().chain(parents.iter().copied()).collect();
    let shown = if parents.is_empty() { kind.names().kind.to_string() } else { parents.join(".") };
    Some(Hint::new("unknown-field", &[&shown, &explained.join(".")]))
}

/// The path of the shallowest struct, at most six levels deep, that has a field of this name.
fn find_home(root: &'static Struct, name: &str) -> Option<String> {
    let mut level: Vec<(&'static Struct, String)> = vec![(root, String::new())];
    for _ in 0..6 {
        let mut next = Vec::new();
        for (structure, path) in level {
            for field in structure.fields.iter().filter(|field| field.name != "status") {
                let inner = if path.is_empty() { field.name.to_string() } else { format!("{path}.{}", field.name) };
                if let Some(below) = field.kind.structure() {
                    if below.field(name).is_some() {
                        return Some(inner);
                    }
                    next.push((below, inner));
                }
            }
        }
        // The schema branches out quickly; what is further away is no help.
        level = next.into_iter().take(200).collect();
    }
    None
}

pub(super) fn rule_hint(object: &Object, error: &FieldError) -> Option<Hint> {
    let detail = error.detail.as_str();
    let is_set = object.kind == Kind::StatefulSet;
    let hint = match error.kind {
        FieldErrorKind::NotSupported => {
            let value = error.value.trim_matches('"');
            let supported: Vec<&str> = detail.split('"').skip(1).step_by(2).collect();
            if error.field.ends_with("template.spec.restartPolicy") && supported == ["Always"] {
                Hint::new("restart-policy", &[])
            } else {
                Hint::new("did-you-mean", &[nearest(value, supported.into_iter()).or_else(|| access_mode(value))?])
            }
        }
        FieldErrorKind::NotFound if error.field.contains("volumeMounts") => {
            let names = volume_names(object);
            let known = if names.is_empty() { "-".to_string() } else { names.join(", ") };
            match nearest(error.value.trim_matches('"'), names.iter().map(String::as_str)) {
                Some(near) => Hint::new("did-you-mean", &[near]),
                None => Hint::new("volume-missing", &[error.value.trim_matches('"'), &known]),
            }
        }
        _ if is_set && error.field.starts_with("spec.updateStrategy") && update_type(object) == "Recreate" => {
            Hint::new("recreate-off", &[])
        }
        _ if is_set && error.field == "spec.selector" && error.kind == FieldErrorKind::Required => {
            Hint::new("selector-missing", &[])
        }
        _ if detail.contains("does not match template") => Hint::new("selector-labels", &[]),
        _ if detail.contains("RFC 1123 label") || detail == "must not contain dots" => Hint::new("name-form", &[]),
        _ if detail.contains("access mode is required") => Hint::new("access-modes", &[]),
        _ if error.field.ends_with("resources[storage]") => Hint::new("claim-size", &[]),
        _ if detail.contains("must be 'OrderedReady'") => Hint::new(
            "did-you-mean",
            &[nearest(error.value.trim_matches('"'), ["OrderedReady", "Parallel"].into_iter())?],
        ),
        _ => return None,
    };
    Some(hint)
}

fn access_mode(short: &str) -> Option<&'static str> {
    match short {
        "RWO" => Some("ReadWriteOnce"),
        "RWX" => Some("ReadWriteMany"),
        "ROX" => Some("ReadOnlyMany"),
        "RWOP" => Some("ReadWriteOncePod"),
        _ => None,
    }
}

fn volume_names(object: &Object) -> Vec<String> {
    let spec: &[&str] =
        if object.kind == Kind::Pod { &["spec", "volumes"] } else { &["spec", "template", "spec", "volumes"] };
    let own = object.list_at(spec).iter().map(|volume| volume.str_at(&["name"]));
    let claims = claim_templates(object).iter().map(|claim| claim.str_at(&["metadata", "name"]));
    own.chain(claims).filter(|name| !name.is_empty()).map(str::to_string).collect()
}

/// The name that takes the fewest changes to become, if it is near enough; the first of several.
pub(crate) fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (word.chars().count() / 3).max(1);
    if word.is_empty() || word.len() > 64 {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let distance = distance(&word.to_ascii_lowercase(), &name.to_ascii_lowercase());
        if distance <= limit && best.is_none_or(|(before, _)| distance < before) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let width = b.len() + 1;
    let mut table: Vec<usize> = vec![0; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = usize::from(a[i - 1] != b[j - 1]);
                let mut least = table[(i - 1) * width + j - 1] + change;
                least = least.min(table[(i - 1) * width + j] + 1).min(table[i * width + j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(table[(i - 2) * width + j - 2] + 1);
                }
                least
            };
        }
    }
    table[a.len() * width + b.len()]
}
