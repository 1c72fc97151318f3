//! An object of the API: typed metadata, and the rest as a tree; knows nothing of the store.

use super::field_managers::Manager;
use super::kind::Kind;
use super::text::Text;
use super::time::Millis;
use super::value::{Labels, Map, Value};
use crate::obj;
use std::rc::Rc;

/// Where an object lives: unique among the objects of its kind at any moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace; empty for kinds without.
    pub namespace: Text,
    /// Its name.
    pub name: Text,
}

impl Key {
    /// The key of `name` in `namespace`. For kinds without namespaces pass any.
    pub fn new(kind: Kind, namespace: impl Into<Text>, name: impl Into<Text>) -> Key {
        let namespace = if kind.names().is_namespaced { namespace.into() } else { Text::default() };
        Key { kind, namespace, name: name.into() }
    }
}

/// Says which object another one belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerReference {
    /// `apps/v1`.
    pub api_version: Text,
    /// `StatefulSet`.
    pub kind: Text,
    /// The owner's name.
    pub name: Text,
    /// The owner's UID.
    pub uid: Text,
    /// Whether the owner is the managing controller. `None` leaves the field out.
    pub controller: Option<bool>,
    /// Whether foreground deletion of the owner waits for this object. `None` leaves the field out.
    pub block_owner_deletion: Option<bool>,
}

impl OwnerReference {
    /// A reference that makes `owner` the managing controller.
    pub fn controller_of(owner: &Object) -> OwnerReference {
        OwnerReference {
            api_version: owner.kind.api_version().into(),
            kind: owner.kind.names().kind.into(),
            name: owner.meta.name.clone(),
            uid: owner.meta.uid.clone(),
            controller: Some(true),
            block_owner_deletion: Some(true),
        }
    }

    /// Whether this is the managing controller.
    pub fn is_controller(&self) -> bool {
        self.controller == Some(true)
    }
}

/// An object's metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// Unique within kind and namespace.
    pub name: Text,
    /// Empty for kinds without namespaces.
    pub namespace: Text,
    /// The prefix that a controller named the object by, kept as a fact; empty if none.
    pub generate_name: Text,
    /// Unique for ever.
    pub uid: Text,
    /// The store's version of the object; 0 before it is stored.
    pub resource_version: u64,
    /// Counts changes of the desired state; 0 where the kind keeps none.
    pub generation: i64,
    /// When it was created.
    pub created: Millis,
    /// When it should be gone; set by a deletion that has to wait.
    pub deletion_timestamp: Option<Millis>,
    /// The grace that the deletion was asked for, in seconds.
    pub deletion_grace_period_seconds: Option<i64>,
    /// For selectors.
    pub labels: Labels,
    /// For everything else.
    pub annotations: Labels,
    /// What it belongs to.
    pub owner_references: Rc<Vec<OwnerReference>>,
    /// What has to happen before it can go.
    pub finalizers: Rc<Vec<Text>>,
    /// Who owns which fields, as far as clients wrote it; `None` until one does.
    pub managers: Option<Rc<Vec<Manager>>>,
    /// When its status was written last.
    pub status_at: Millis,
}

impl Meta {
    /// Whether it is being deleted.
    pub fn is_terminating(&self) -> bool {
        self.deletion_timestamp.is_some()
    }

    /// Whether this very object controls it.
    ///
    /// Follows `IsControlledBy` in apimachinery's meta/v1.
    pub fn is_controlled_by(&self, owner: &Object) -> bool {
        self.controller().is_some_and(|controller| controller.uid == owner.meta.uid)
    }

    /// The reference to its managing controller.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.is_controller())
    }

    /// The value of a label, or the empty string.
    pub fn label(&self, key: &str) -> &str {
        self.labels.get(key).map_or("", Text::as_str)
    }

    /// The value of an annotation, or the empty string.
    pub fn annotation(&self, key: &str) -> &str {
        self.annotations.get(key).map_or("", Text::as_str)
    }

    /// Whether `finalizer` still holds the object.
    pub fn has_finalizer(&self, finalizer: &str) -> bool {
        self.finalizers.iter().any(|f| f == finalizer)
    }

    /// Adds `finalizer` unless it is there.
    pub fn add_finalizer(&mut self, finalizer: &'static str) {
        if !self.has_finalizer(finalizer) {
            Rc::make_mut(&mut self.finalizers).push(finalizer.into());
        }
    }

    /// Takes `finalizer` away.
    pub fn remove_finalizer(&mut self, finalizer: &str) {
        if self.has_finalizer(finalizer) {
            Rc::make_mut(&mut self.finalizers).retain(|f| f != finalizer);
        }
    }

    /// As the API writes it, without `managedFields`: kubectl hides them.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        let mut text = |key: &'static str, value: &Text| {
            if !value.is_empty() {
                map.insert(key, Value::Str(value.clone()));
            }
        };
        text("name", &self.name);
        text("namespace", &self.namespace);
        text("generateName", &self.generate_name);
        text("uid", &self.uid);
        if self.resource_version > 0 {
            map.insert("resourceVersion", self.resource_version.to_string().into());
        }
        // What a server made, but did not store, has a time as well.
        if self.resource_version > 0 || !self.uid.is_empty() {
            map.insert("creationTimestamp", self.created.rfc3339().into());
        }
        if self.generation != 0 {
            map.insert("generation", self.generation.into());
        }
        if let Some(at) = self.deletion_timestamp {
            map.insert("deletionTimestamp", at.rfc3339().into());
        }
        if let Some(seconds) = self.deletion_grace_period_seconds {
            map.insert("deletionGracePeriodSeconds", seconds.into());
        }
        if !self.labels.is_empty() {
            map.insert("labels", Value::from(&self.labels));
        }
        if !self.annotations.is_empty() {
            map.insert("annotations", Value::from(&self.annotations));
        }
        if !self.owner_references.is_empty() {
            let owners: Vec<Value> = self.owner_references.iter().map(owner_to_value).collect();
            map.insert("ownerReferences", owners.into());
        }
        if !self.finalizers.is_empty() {
            let finalizers: Vec<Value> = self.finalizers.iter().map(Value::from).collect();
            map.insert("finalizers", finalizers.into());
        }
        map.into()
    }

    /// Reads what [`Meta::to_value`] writes, and who owns which fields; fields of another type count as absent.
    pub fn from_value(value: &Value) -> Meta {
        let text = |key: &str| value.get(key).and_then(Value::as_text).cloned().unwrap_or_default();
        let time = |key: &str| value.get(key).and_then(Value::as_str).and_then(Millis::parse_rfc3339);
        let list = |key: &str| value.get(key).and_then(Value::as_list).unwrap_or(&[]);
        Meta {
            name: text("name"),
            namespace: text("namespace"),
            generate_name: text("generateName"),
            uid: text("uid"),
            resource_version: text("resourceVersion").parse().unwrap_or(0),
            generation: value.i64_at(&["generation"]).unwrap_or(0),
            created: time("creationTimestamp").unwrap_or_default(),
            deletion_timestamp: time("deletionTimestamp"),
            deletion_grace_period_seconds: value.i64_at(&["deletionGracePeriodSeconds"]),
            labels: labels_from_value(value.get("labels")),
            annotations: labels_from_value(value.get("annotations")),
            owner_references: Rc::new(list("ownerReferences").iter().map(owner_from_value).collect()),
            finalizers: Rc::new(list("finalizers").iter().filter_map(Value::as_text).cloned().collect()),
            managers: Manager::sent(value.get("managedFields")),
            status_at: Millis::ZERO,
        }
    }
}

/// Reads a map of strings; entries of another type are left out.
pub fn labels_from_value(value: Option<&Value>) -> Labels {
    let entries = value.and_then(Value::as_map).into_iter().flat_map(Map::iter);
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_text()?.clone()))).collect()
}

fn owner_to_value(owner: &OwnerReference) -> Value {
    let mut value = obj! {
        "apiVersion" => &owner.api_version, "kind" => &owner.kind, "name" => &owner.name, "uid" => &owner.uid,
    };
    if let Some(flag) = owner.controller {
        value.set_at(&["controller"], flag);
    }
    if let Some(flag) = owner.block_owner_deletion {
        value.set_at(&["blockOwnerDeletion"], flag);
    }
    value
}

fn owner_from_value(value: &Value) -> OwnerReference {
    let text = |key: &str| value.get(key).and_then(Value::as_text).cloned().unwrap_or_default();
    OwnerReference {
        api_version: text("apiVersion"),
        kind: text("kind"),
        name: text("name"),
        uid: text("uid"),
        controller: value.get("controller").and_then(Value::as_bool),
        block_owner_deletion: value.get("blockOwnerDeletion").and_then(Value::as_bool),
    }
}

/// An object as the API server stores it.
///
/// Invariants:
/// - `body` holds every top-level field but `apiVersion`, `kind` and `metadata`.
/// - A copy shares `body` until it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its name and the rest of the metadata.
    pub meta: Meta,
    /// `spec`, `status`, `data` and so on.
    pub body: Map,
}

impl Object {
    /// Takes over another object's status, or that it has none.
    pub fn take_status(&mut self, from: &Object) {
        match from.body.get("status") {
            Some(status) => _ = self.body.insert("status", status.clone()),
            None => _ = self.body.remove("status"),
        }
    }

    /// An object without fields.
    pub fn new(kind: Kind, namespace: impl Into<Text>, name: impl Into<Text>) -> Object {
        let key = Key::new(kind, namespace, name);
        Object { kind, meta: Meta { name: key.name, namespace: key.namespace, ..Meta::default() }, body: Map::new() }
    }

    /// Where it lives.
    pub fn key(&self) -> Key {
        Key { kind: self.kind, namespace: self.meta.namespace.clone(), name: self.meta.name.clone() }
    }

    /// The value at a path that begins with a field of the body: `pod.at(&["status", "phase"])`.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        self.body.get(first)?.at(rest)
    }

    /// The string at `path`, or the empty string.
    pub fn str_at(&self, path: &[&str]) -> &str {
        self.at(path).and_then(Value::as_str).unwrap_or("")
    }

    /// The integer at `path`.
    pub fn i64_at(&self, path: &[&str]) -> Option<i64> {
        self.at(path).and_then(Value::as_i64)
    }

    /// The list at `path`, or an empty one.
    pub fn list_at(&self, path: &[&str]) -> &[Value] {
        self.at(path).and_then(Value::as_list).unwrap_or(&[])
    }

    /// The place at `path`, made of objects as far as it is missing.
    ///
    /// # Panics
    /// If `path` is empty.
    pub fn at_mut(&mut self, path: &[&'static str]) -> &mut Value {
        let (first, rest) = path.split_first().expect("a path names at least one field");
        self.body.get_or_insert_with(*first, || Value::Null).at_mut(rest)
    }

    /// Writes `value` at `path`.
    pub fn set_at(&mut self, path: &[&'static str], value: impl Into<Value>) {
        *self.at_mut(path) = value.into();
    }

    /// Takes out the value at `path`, if there is one.
    pub fn remove_at(&mut self, path: &[&str]) -> Option<Value> {
        match path {
            [] => None,
            [only] => self.body.remove(only),
            [first, rest @ ..] => {
                self.at(path)?;
                self.body.get_mut(first)?.remove_at(rest)
            }
        }
    }

    /// The whole object as one tree, as `-o json` shows it.
    pub fn to_value(&self) -> Value {
        let mut map = self.body.clone();
        map.insert("apiVersion", self.kind.api_version().into());
        map.insert("kind", self.kind.names().kind.into());
        map.insert("metadata", self.meta.to_value());
        map.into()
    }

    /// Reads what [`Object::to_value`] writes. `None` if the kind is not one of ours.
    pub fn from_value(value: &Value) -> Option<Object> {
        let kind = Kind::of(value.str_at(&["apiVersion"]), value.str_at(&["kind"]))?;
        let mut body = value.as_map()?.clone();
        let meta = body.remove("metadata").map(|meta| Meta::from_value(&meta)).unwrap_or_default();
        body.remove("apiVersion");
        body.remove("kind");
        Some(Object { kind, meta, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    #[test]
    fn an_object_keeps_what_it_was_read_from() {
        let text = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"a":"b"},"creationTimestamp":"2026-01-01T00:00:05Z","finalizers":["x"],"labels":{"app":"web"},"name":"web-0","namespace":"default","ownerReferences":[{"apiVersion":"apps/v1","blockOwnerDeletion":true,"controller":true,"kind":"StatefulSet","name":"web","uid":"u1"}],"resourceVersion":"7","uid":"u2"},"spec":{"nodeName":"n"}}"#;
        let object = Object::from_value(&parse_json(text).unwrap()).unwrap();
        assert_eq!(object.meta.controller().unwrap().name, "web");
        assert_eq!(crate::model::to_json(&object.to_value()), text);
    }
}
