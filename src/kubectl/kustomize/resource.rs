//! An object on its way through a build: its tree, and the names that it has had; knows no kustomization.

use crate::kubectl::resources::ABSENT;
use crate::model::{Kind, Value};

/// An object on its way through a build.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The object.
    pub value: Value,
    /// The names and namespaces that it had before, oldest first.
    pub past: Vec<(String, String)>,
    /// Whether its name gets the hash of its content.
    pub needs_hash: bool,
    /// Where it comes from, as an annotation says it; empty until that is known.
    pub origin: String,
}

impl Resource {
    /// An object as it is read.
    pub fn new(value: Value) -> Resource {
        Resource { value, past: Vec::new(), needs_hash: false, origin: String::new() }
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        self.value.str_at(&["kind"])
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        self.value.str_at(&["metadata", "name"])
    }

    /// `metadata.namespace`.
    pub fn namespace(&self) -> &str {
        self.value.str_at(&["metadata", "namespace"])
    }

    /// Its group and version: `("apps", "v1")`.
    pub fn group_version(&self) -> (&str, &str) {
        let api_version = self.value.str_at(&["apiVersion"]);
        api_version.split_once('/').unwrap_or(("", api_version))
    }

    /// Gives it another name; the old one stays known.
    pub fn rename(&mut self, name: &str) {
        self.remember();
        self.value.set_at(&["metadata", "name"], Value::text(name));
    }

    /// Notes the name that it has now.
    pub fn remember(&mut self) {
        let now = (self.name().to_string(), self.namespace().to_string());
        if !self.past.contains(&now) {
            self.past.push(now);
        }
    }

    /// Whether it has this name, or had it.
    pub fn is_called(&self, name: &str) -> bool {
        self.name() == name || self.past.iter().any(|(past, _)| past == name)
    }

    /// Whether it is in this namespace, or was; without one it is in `default`.
    pub fn is_in(&self, namespace: &str) -> bool {
        let or_default = |name: &str| if name.is_empty() { "default".to_string() } else { name.to_string() };
        let wanted = or_default(namespace);
        or_default(self.namespace()) == wanted || self.past.iter().any(|(_, past)| or_default(past) == wanted)
    }

    /// The name that it came with.
    pub fn first_name(&self) -> String {
        self.past.first().map_or(self.name(), |(name, _)| name.as_str()).to_string()
    }

    /// Whether it lives in a namespace; kinds that nobody knows do.
    pub fn is_namespaced(&self) -> bool {
        let (api_version, kind) = (self.value.str_at(&["apiVersion"]), self.kind());
        if let Some(kind) = Kind::of(api_version, kind) {
            return kind.names().is_namespaced;
        }
        let absent = ABSENT.iter().find(|absent| absent.kind == kind && absent.api_version() == api_version);
        absent.is_none_or(|absent| absent.is_namespaced)
    }

    /// Whether both are one object by kind, version, namespace and name. What differs most often is looked at first.
    pub fn is_same(&self, other: &Resource) -> bool {
        self.name() == other.name()
            && self.kind() == other.kind()
            && self.namespace() == other.namespace()
            && self.value.str_at(&["apiVersion"]) == other.value.str_at(&["apiVersion"])
    }

    /// `StatefulSet.v1.apps/web.[noNs]`, as messages name it.
    pub fn id(&self) -> String {
        id_of(&self.value)
    }
}

/// The same for a tree.
pub fn id_of(value: &Value) -> String {
    let api_version = value.str_at(&["apiVersion"]);
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let or = |text: &str, none: &'static str| if text.is_empty() { none.to_string() } else { text.to_string() };
    format!(
        "{}.{}.{}/{}.{}",
        or(value.str_at(&["kind"]), "[noKind]"),
        or(version, "[noVer]"),
        or(group, "[noGrp]"),
        or(value.str_at(&["metadata", "name"]), "[noName]"),
        or(value.str_at(&["metadata", "namespace"]), "[noNs]")
    )
}
