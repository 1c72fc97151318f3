//! Which field of the API stands at a place of a manifest, what could stand there, and what it means.

use super::yaml_highlight::key_end;
use crate::i18n::Lang;
use crate::i18n::fields::field_doc;
use crate::kubernetes::{Difference, Kubernetes};
use crate::ordering::Order;
use crate::schema::{self, Field, Struct, Type};
use crate::ui::candidate_list::Choice;

/// A line as far as its place in the tree tells: where its dash and its key stand.
struct Row<'a> {
    dash: Option<usize>,
    indent: usize,
    key: &'a str,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Row<'a>> {
        let mut indent = line.len() - line.trim_start_matches(' ').len();
        let mut rest = &line[indent..];
        let mut dash = None;
        while let Some(after) = rest.strip_prefix('-').filter(|it| it.is_empty() || it.starts_with(' ')) {
            dash = dash.or(Some(indent));
            let blanks = after.len() - after.trim_start_matches(' ').len();
            indent += 1 + blanks.max(1);
            rest = after.trim_start_matches(' ');
        }
        if rest.is_empty() && dash.is_none() || rest.starts_with('#') {
            return None;
        }
        let key = key_end(rest).map_or("", |end| rest[..end].trim_matches(['"', '\'']));
        Some(Row { dash, indent, key })
    }
}

/// A place in a manifest.
pub struct Place<'a> {
    /// The struct of the document's kind.
    root: &'static Struct,
    /// The keys from the root to the parent of the line.
    parents: Vec<&'a str>,
    /// The line's own key; empty if it has none yet.
    key: &'a str,
}

impl<'a> Place<'a> {
    /// The place of line `row` of `text`.
    pub fn at(text: &'a str, row: usize) -> Option<Place<'a>> {
        let lines: Vec<&str> = text.split('\n').take(row + 1).collect();
        let line = lines.get(row)?;
        let first = lines.iter().take(row).rposition(|it| it.starts_with("---")).map_or(0, |at| at + 1);
        let root = root_of(text, first)?;
        let blank = line.len() - line.trim_start_matches(' ').len();
        let own = Row::read(line).unwrap_or(Row { dash: None, indent: blank, key: "" });
        let mut parents = Vec::new();
        let mut limit = own.dash.map_or(own.indent, |dash| dash + 1);
        for above in lines.get(first..row)?.iter().rev() {
            let Some(above) = Row::read(above) else { continue };
            if above.indent < limit {
                if !above.key.is_empty() {
                    parents.push(above.key);
                }
                limit = above.dash.map_or(above.indent, |dash| dash + 1);
            } else if above.indent == limit && above.dash.is_some() {
                limit = above.dash.map_or(limit, |dash| dash + 1);
            }
            if limit == 0 {
                break;
            }
        }
        parents.reverse();
        Some(Place { root, parents, key: own.key })
    }

    fn parent(&self) -> Option<&'static Struct> {
        self.parents.iter().try_fold(self.root, |place, name| place.field(name)?.kind.structure())
    }

    /// The field that the line's key names.
    pub fn field(&self) -> Option<&'static Field> {
        self.parent()?.field(self.key)
    }

    /// `spec.template.spec.containers.image`.
    pub fn path(&self) -> String {
        let mut path = self.parents.join(".");
        if !path.is_empty() {
            path.push('.');
        }
        path + self.key
    }

    /// What the line's field means.
    pub fn doc(&self, lang: Lang) -> Option<&'static str> {
        field_doc(lang, self.parent()?.name, self.key)
    }

    /// The keys that the line could begin with.
    pub fn keys(&self, typed: &str, lang: Lang, kubernetes: Kubernetes) -> Vec<Choice> {
        let Some(parent) = self.parent() else { return Vec::new() };
        let fits = |field: &&Field| {
            field.is_in(kubernetes)
                && field.name.starts_with(typed)
                && field.name != "status"
                && field.embedded_in != "-"
        };
        let note = |field: &Field| {
            let doc = field_doc(lang, parent.name, field.name).unwrap_or_default();
            format!("{}  {}", field.kind.explain_type(), doc)
        };
        let mut fields: Vec<&Field> = parent.fields.iter().filter(fits).collect();
        // Documented fields are those that matter here.
        fields.order_by_key(|field| field_doc(lang, parent.name, field.name).is_none());
        fields.into_iter().map(|field| Choice { text: field.name.to_string(), note: note(field) }).collect()
    }

    /// The values that the line's field could have.
    pub fn values(&self, typed: &str, kubernetes: Kubernetes) -> Vec<Choice> {
        let known: &[&str] = match (self.key, self.field().map(|it| &it.kind)) {
            ("podManagementPolicy", _) => &["OrderedReady", "Parallel"],
            ("type", _) if self.parents.last() == Some(&"updateStrategy") => match kubernetes.has(Difference::Recreate)
            {
                true => &["RollingUpdate", "OnDelete", "Recreate"],
                false => &["RollingUpdate", "OnDelete"],
            },
            ("whenDeleted" | "whenScaled", _) => &["Retain", "Delete"],
            ("restartPolicy", _) => &["Always"],
            ("imagePullPolicy", _) => &["IfNotPresent", "Always", "Never"],
            ("clusterIP", _) => &["None"],
            ("protocol", _) => &["TCP", "UDP"],
            ("volumeMode", _) => &["Filesystem", "Block"],
            ("storageClassName", _) => &["standard", "csi-hostpath-sc"],
            ("kind", _) if self.parents.is_empty() => {
                &["StatefulSet", "Service", "PersistentVolumeClaim", "Pod", "PodDisruptionBudget", "StorageClass"]
            }
            ("apiVersion", _) if self.parents.is_empty() => &["apps/v1", "v1", "policy/v1", "storage.k8s.io/v1"],
            (_, Some(Type::Bool)) => &["true", "false"],
            _ => &[],
        };
        let fits = known.iter().filter(|value| value.starts_with(typed) && **value != typed);
        fits.map(|value| Choice { text: (*value).to_string(), note: String::new() }).collect()
    }
}

/// The struct of the document that begins at line `first`; without a kind, a StatefulSet is meant.
fn root_of(text: &str, first: usize) -> Option<&'static Struct> {
    let document = text.split('\n').skip(first).take_while(|line| !line.starts_with("---"));
    let (mut version, mut kind) = ("", "");
    for line in document {
        if let Some(value) = line.strip_prefix("apiVersion:") {
            version = value.trim().trim_matches(['"', '\'']);
        } else if let Some(value) = line.strip_prefix("kind:") {
            kind = value.trim().trim_matches(['"', '\'']);
        }
    }
    match (version, kind) {
        ("", "") => schema::root("apps/v1", "StatefulSet"),
        _ => schema::root(version, kind),
    }
}

/// What a completion works on: from where to where the text is replaced, the candidates, and what follows a key.
pub struct Completion {
    /// Byte offset where the typed word begins.
    pub from: usize,
    /// The candidates.
    pub items: Vec<Choice>,
    /// The texts that are inserted for them.
    pub texts: Vec<String>,
}

/// What could stand at byte offset `cursor` of `text`.
pub fn complete(text: &str, cursor: usize, lang: Lang, kubernetes: Kubernetes) -> Option<Completion> {
    let before = text.get(..cursor)?;
    let row = before.matches('\n').count();
    let line = before.rsplit('\n').next()?;
    let place = Place::at(text, row)?;
    let word = line.rfind([' ', ':', '[', ',']).map_or(0, |at| at + 1);
    let typed = line.get(word..)?;
    let head = line.get(..word)?.trim_start_matches([' ', '-']);
    if head.is_empty() {
        let parent = place.parent()?;
        let items = place.keys(typed, lang, kubernetes);
        let indent = " ".repeat(word);
        let texts = items.iter().map(|item| key_text(parent, &item.text, &indent)).collect();
        return Some(Completion { from: cursor - typed.len(), items, texts });
    }
    let items = place.values(typed, kubernetes);
    let texts = items.iter().map(|item| item.text.clone()).collect();
    Some(Completion { from: cursor - typed.len(), items, texts })
}

fn key_text(parent: &Struct, key: &str, indent: &str) -> String {
    match parent.field(key).map(|field| &field.kind) {
        Some(Type::Struct(_) | Type::Map(_)) => format!("{key}:\n{indent}  "),
        Some(Type::List(_)) => format!("{key}:\n{indent}- "),
        _ => format!("{key}: "),
    }
}
