//! A whole text for an editor: what was understood, and every problem with its place, exact words and a hint.

use super::hint::{Hint, field_hint, kind_hint, rule_hint, type_hint, yaml_hint};
use super::yaml::{Document, Span, parse};
use crate::api::{DecodeError, Decoded, FieldErrorKind, admit_create, decode};
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::{Kind, Object, TimeZone, Value};
use crate::ordering::Order;
use crate::schema;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It keeps the document from being applied.
    Error,
    /// The document is accepted, with this warning.
    Warning,
    /// Ours alone: nobody else would say anything.
    Note,
}

/// Something wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which document, from 0.
    pub document: usize,
    /// The place in the whole text.
    pub span: Span,
    /// How bad it is.
    pub severity: Severity,
    /// The words of kubectl or the API server, or none for a note of ours.
    pub message: String,
    /// Our sentence beside it.
    pub hint: Option<Hint>,
}

/// A text as far as it was understood.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// Its documents, also those that are not good.
    pub documents: Vec<Document>,
    /// The objects that could be read, by document; lists give several.
    pub objects: Vec<(usize, Object)>,
    /// Everything that is wrong, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads a text as if it was created in an empty cluster of that version, in the namespace `default` where it names none.
/// Objects of kinds that definitions in the text bring are taken as they stand.
pub fn read(text: &str, kubernetes: Kubernetes) -> Manifest {
    read_with(text, kubernetes, &[])
}

/// The same where definitions have brought kinds before.
pub fn read_with(text: &str, kubernetes: Kubernetes, custom: &[CustomType]) -> Manifest {
    let mut manifest = Manifest { documents: parse(text), ..Manifest::default() };
    let values = manifest.documents.iter().filter_map(|document| document.value.as_ref());
    let own = values.flat_map(flatten_lists).flat_map(|value| types_of_definition(&value));
    let custom: Vec<CustomType> = own.chain(custom.iter().cloned()).collect();
    for at in 0..manifest.documents.len() {
        let document = manifest.documents.get(at).cloned().unwrap_or_default();
        let mut reader = Reader {
            text,
            kubernetes,
            custom: &custom,
            document: &document,
            at,
            prefix: String::new(),
            problems: Vec::new(),
        };
        let objects = reader.read();
        manifest.problems.append(&mut reader.problems);
        manifest.objects.extend(objects.into_iter().map(|object| (at, object)));
    }
    manifest.problems.order_by_key(|problem| (problem.document, problem.span.start, problem.severity));
    manifest
}

/// A kind that a definition brings, in one version: `db.example.com/v1` and `Backup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomType {
    /// The group and the version.
    pub api_version: String,
    /// The kind.
    pub kind: String,
}

/// The kinds that a definition brings; none for another object.
pub fn types_of_definition(value: &Value) -> Vec<CustomType> {
    if value.str_at(&["kind"]) != "CustomResourceDefinition" {
        return Vec::new();
    }
    let (group, kind) = (value.str_at(&["spec", "group"]), value.str_at(&["spec", "names", "kind"]));
    let of = |version: &Value| CustomType {
        api_version: format!("{group}/{}", version.str_at(&["name"])),
        kind: kind.to_string(),
    };
    value.list_at(&["spec", "versions"]).iter().map(of).collect()
}

/// The objects of a tree as they are written: a `List`'s items, or the tree itself. Null gives none.
pub fn flatten_lists(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        value if is_list(value) => {
            value.list_at(&["items"]).iter().flat_map(|it| flatten_lists(&typed_item(value, it))).collect()
        }
        value => vec![value.clone()],
    }
}

/// An item with the type that its list says: `ConfigMapList`.
pub fn typed_item(list: &Value, item: &Value) -> Value {
    let kind = list.str_at(&["kind"]);
    let kind = kind.strip_suffix("List").unwrap_or(kind);
    let mut item = item.clone();
    let is_bare = item.str_at(&["kind"]).is_empty() && item.str_at(&["apiVersion"]).is_empty();
    if is_bare && !kind.is_empty() && item.as_map().is_some() {
        item.set_at(&["apiVersion"], Value::text(list.str_at(&["apiVersion"])));
        item.set_at(&["kind"], Value::text(kind));
    }
    item
}

fn is_list(value: &Value) -> bool {
    value.str_at(&["kind"]).ends_with("List") && value.get("items").is_some()
}

struct Reader<'d> {
    text: &'d str,
    kubernetes: Kubernetes,
    custom: &'d [CustomType],
    document: &'d Document,
    at: usize,
    /// Path of the object in the document: `items[0].` in a list.
    prefix: String,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn read(&mut self) -> Vec<Object> {
        for (_, span) in &self.document.duplicates {
            let hint = Some(Hint::new("duplicate-key", &[]));
            self.add(*span, Severity::Note, String::new(), hint);
        }
        if let Some(error) = &self.document.error {
            let hint = yaml_hint(&error.message);
            self.add(error.span, Severity::Error, error.message.clone(), hint);
        }
        match &self.document.value {
            None | Some(Value::Null) => Vec::new(),
            Some(value) => self.value(value),
        }
    }

    fn value(&mut self, value: &Value) -> Vec<Object> {
        if is_list(value) {
            let outer = self.prefix.clone();
            let mut out = Vec::new();
            for (at, item) in value.list_at(&["items"]).iter().enumerate() {
                self.prefix = format!("{outer}items[{at}].");
                // Lists in lists do not occur; one level is enough and bounds the work.
                out.extend(self.object(item));
            }
            self.prefix = outer;
            return out;
        }
        self.object(value).into_iter().collect()
    }

    fn add(&mut self, span: Span, severity: Severity, message: String, hint: Option<Hint>) {
        self.problems.push(Problem { document: self.at, span, severity, message, hint });
    }

    /// A place that covers a whole block is shown by its first character.
    fn beginning(&self, span: Span) -> Span {
        let first = self.text.get(span.start..span.end).and_then(|text| text.chars().next());
        Span { end: span.start + first.map_or(0, char::len_utf8), ..span }
    }

    fn at_key(&self, path: &str) -> Span {
        self.document.place(&format!("{}{path}", self.prefix)).key
    }

    fn at_value(&self, path: &str) -> Span {
        self.document.place(&format!("{}{path}", self.prefix)).value
    }

    fn object(&mut self, value: &Value) -> Option<Object> {
        const TAIL: &str = "; if you choose to ignore these errors, turn validation off with --validate=false";
        if !matches!(value, Value::Map(_)) {
            let message = format!("error validating data: invalid object to validate{TAIL}");
            self.add(
                self.beginning(self.at_value("")),
                Severity::Error,
                message,
                Some(Hint::new("not-an-object", &[])),
            );
            return None;
        }
        for field in ["apiVersion", "kind"] {
            if matches!(value.get(field), None | Some(Value::Null))
                || value.str_at(&[field]).is_empty() && value.get(field).is_some_and(|it| it.as_str().is_some())
            {
                let message = format!("error validating data: {field} not set{TAIL}");
                let place =
                    if value.get(field).is_some() { self.at_key(field) } else { self.beginning(self.at_value("")) };
                self.add(place, Severity::Error, message, Some(Hint::new("not-an-object", &[])));
                return None;
            }
        }
        if let Some(root) = schema::root(value.str_at(&["apiVersion"]), value.str_at(&["kind"])) {
            self.note_fields_without_effect(value, root, "");
        }
        match decode(value, self.kubernetes) {
            Ok(decoded) => self.decoded(decoded),
            Err(error) => {
                self.decode_error(value, &error);
                None
            }
        }
    }

    /// What the API takes and nothing in this lab acts on is said at its place.
    fn note_fields_without_effect(&mut self, value: &Value, of: &'static schema::Struct, path: &str) {
        for (name, inner) in value.as_map().into_iter().flat_map(|map| map.iter()) {
            let Some(field) = of.field(name).filter(|_| !inner.is_null()) else { continue };
            let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
            if !field.is_in(self.kubernetes) {
                // It is refused as unknown.
                continue;
            }
            if !schema::has_effect(of, field) {
                let hint = Some(Hint::new("no-effect", &[name]));
                self.add(self.at_key(&path), Severity::Note, String::new(), hint);
                continue;
            }
            let zone = inner.as_str().filter(|_| of.name == "batch.CronJobSpec" && name == "timeZone");
            if let Some(zone) = zone.filter(|zone| TimeZone::named(zone).is_none()) {
                let hint = Some(Hint::new("time-zone", &[zone]));
                self.add(self.at_value(&path), Severity::Note, String::new(), hint);
            }
            let Some(within) = field.kind.structure() else { continue };
            match inner {
                Value::List(items) => {
                    for (at, item) in items.iter().enumerate() {
                        self.note_fields_without_effect(item, within, &format!("{path}[{at}]"));
                    }
                }
                // Structs behind a map from strings have no fields of this kind.
                _ => self.note_fields_without_effect(inner, within, &path),
            }
        }
    }

    fn decode_error(&mut self, value: &Value, error: &DecodeError) {
        let (version, kind) = (value.str_at(&["apiVersion"]), value.str_at(&["kind"]));
        let span = match error {
            DecodeError::Type { path, .. } => self.at_value(path),
            DecodeError::NotRegistered(..) if Kind::ALL.into_iter().all(|known| known.names().kind != kind) => {
                self.at_value("kind")
            }
            _ => self.at_value("apiVersion"),
        };
        // kubectl finds a kind in any case; the server then wants it to the letter.
        let found = Kind::ALL
            .into_iter()
            .find(|known| known.names().kind.eq_ignore_ascii_case(kind) && known.api_version() == version);
        let is_custom = |known: &CustomType| known.api_version == version && known.kind == kind;
        if self.custom.iter().any(is_custom) {
            return;
        }
        if let (DecodeError::NotRegistered(..), None) = (error, found) {
            let message = format!("no matches for kind \"{kind}\" in version \"{version}\"");
            self.add(span, Severity::Error, message, Some(kind_hint(kind)));
            return;
        }
        if let (DecodeError::NotRegistered(..), Some(found)) = (error, found) {
            let (version, wanted) = (found.names().version, found.names().kind);
            let message = format!("{kind} in version \"{version}\" cannot be handled as a {wanted}: {error}");
            self.add(span, Severity::Error, message, Some(Hint::new("did-you-mean", &[wanted])));
            return;
        }
        let hint = type_hint(&error.to_string(), self.source(error.path(), value).as_ref());
        let version = version.rsplit('/').next().unwrap_or("");
        let message = format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {error}");
        self.add(span, Severity::Error, message, hint);
    }

    /// The value in the tree at a path of the decoder.
    fn source(&self, path: &str, value: &Value) -> Option<Value> {
        let mut place = value;
        for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
            place = match step.strip_suffix(']').and_then(|index| index.parse::<usize>().ok()) {
                Some(index) => place.as_list()?.get(index)?,
                None => place.get(step)?,
            };
        }
        Some(place.clone())
    }

    fn decoded(&mut self, decoded: Decoded) -> Option<Object> {
        let Decoded { mut object, unknown_fields } = decoded;
        let kind = object.kind.names();
        for path in &unknown_fields {
            let message = format!(
                "{0} in version \"{1}\" cannot be handled as a {0}: strict decoding error: unknown field \"{path}\"",
                kind.kind, kind.version
            );
            let hint = field_hint(object.kind, path, self.kubernetes);
            self.add(self.at_key(path), Severity::Error, message, hint);
        }
        if !kind.is_namespaced {
            object.meta.namespace = Default::default();
        } else if object.meta.namespace.is_empty() {
            object.meta.namespace = "default".into();
        }
        if object.meta.name.is_empty() && object.meta.generate_name.is_empty() {
            self.add(self.at_key("metadata"), Severity::Error, "resource name may not be empty".into(), None);
        }
        if object.kind == Kind::StatefulSet {
            let path = ["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"];
            if object.at(&path).is_some() && !self.kubernetes.has(Difference::MaxUnavailable) {
                let hint = Some(Hint::new("max-unavailable-dropped", &[]));
                self.add(self.at_key(&path.join(".")), Severity::Note, String::new(), hint);
            }
            if object.meta.name.len() > 52 && object.meta.name.len() <= 63 {
                let hint = Some(Hint::new("name-length", &[]));
                self.add(self.at_value("metadata.name"), Severity::Note, String::new(), hint);
            }
        }
        match admit_create(object.clone(), self.kubernetes) {
            Ok(admitted) => {
                for warning in &admitted.warnings {
                    let path = warning.split(": ").next().unwrap_or("");
                    self.add(self.at_value(path), Severity::Warning, warning.clone(), None);
                }
                if unknown_fields.is_empty() { Some(admitted.object) } else { None }
            }
            Err(errors) => {
                for error in errors {
                    // Said above in kubectl's words.
                    if error.field == "metadata.name" && error.kind == FieldErrorKind::Required {
                        continue;
                    }
                    let is_value = !matches!(error.kind, FieldErrorKind::Required | FieldErrorKind::Forbidden);
                    let span = if is_value { self.at_value(&error.field) } else { self.at_key(&error.field) };
                    let span = if matches!(error.kind, FieldErrorKind::Required) { self.beginning(span) } else { span };
                    let message = error.to_string();
                    if self.problems.iter().any(|problem| problem.span == span && problem.message == message) {
                        continue;
                    }
                    let hint = rule_hint(&object, &error);
                    self.add(span, Severity::Error, message, hint);
                }
                None
            }
        }
    }
}
