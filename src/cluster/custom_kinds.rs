//! The kinds that a cluster's CustomResourceDefinitions bring, with their versions and the paths of their scale.

use super::definition::{kind_in, served_versions};
use super::store::Cluster;
use crate::manifest::CustomType;
use crate::model::{Kind, Object, Text, Value};
use std::rc::Rc;

impl Cluster {
    /// All kinds of which there can be objects: those of Kubernetes, and the custom ones behind them.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().chain(self.custom_kinds().iter().copied())
    }

    /// The kind that is called `kind` in `api_version`.
    pub fn kind_of(&self, api_version: &str, kind: &str) -> Option<Kind> {
        Kind::of(api_version, kind).or_else(|| {
            let (group, version) = api_version.split_once('/')?;
            self.custom_kinds().iter().copied().find(|known| {
                let names = known.names();
                names.kind == kind && names.group == group && self.definition_version(*known, version).is_some()
            })
        })
    }

    /// The definition of a custom kind.
    pub fn definition(&self, kind: Kind) -> Option<&Rc<Object>> {
        let Kind::Custom(kind) = kind else { return None };
        self.find(Kind::CustomResourceDefinition, &Text::default(), &kind.definition().into())
    }

    /// What a definition says of a version that it serves.
    pub fn definition_version(&self, kind: Kind, version: &str) -> Option<&Value> {
        let definition = self.definition(kind)?;
        served_versions(definition).find(|it| it.str_at(&["name"]) == version)
    }

    /// A kind in the version of its group that somebody asks for: its objects say that version. `None` if the version is
    /// not served.
    pub fn in_version(&self, kind: Kind, version: &str) -> Option<Kind> {
        if !kind.is_custom() || kind.names().version == version {
            return Some(kind);
        }
        kind_in(self.definition(kind)?, self.definition_version(kind, version)?)
    }

    /// The versions in which a kind is served: `apps/v1`.
    pub fn api_versions(&self, kind: Kind) -> Vec<String> {
        match self.definition(kind) {
            None => vec![kind.api_version().to_string()],
            Some(definition) => {
                let names = served_versions(definition).map(|version| version.str_at(&["name"]));
                names.map(|name| format!("{}/{name}", kind.names().group)).collect()
            }
        }
    }

    /// The custom kinds in all versions in which they are served.
    pub fn custom_types(&self) -> Vec<CustomType> {
        let of = |kind: &Kind| {
            let name = kind.names().kind.to_string();
            self.api_versions(*kind).into_iter().map(move |api_version| CustomType { api_version, kind: name.clone() })
        };
        self.custom_kinds().iter().flat_map(of).collect()
    }

    /// What a definition says of the version that clients prefer.
    pub fn preferred_version(&self, kind: Kind) -> Option<&Value> {
        self.definition_version(kind, kind.names().version)
    }

    /// Where a custom kind has its number of replicas, wanted and there, as fields: `["spec", "count"]`.
    pub fn scale_paths(&self, kind: Kind) -> Option<(Vec<&str>, Vec<&str>)> {
        let scale = self.preferred_version(kind)?.at(&["subresources", "scale"])?;
        let path = |name: &'static str| scale.str_at(&[name]).split('.').filter(|part| !part.is_empty()).collect();
        Some((path("specReplicasPath"), path("statusReplicasPath")))
    }

    /// The selector that an object of a custom kind says its pods have; `None` without one.
    pub fn scale_selector(&self, object: &Object) -> Option<String> {
        let path = self.preferred_version(object.kind)?.at(&["subresources", "scale"])?.str_at(&["labelSelectorPath"]);
        let path: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
        Some(object.str_at(&path).to_string()).filter(|selector| !path.is_empty() && !selector.is_empty())
    }

    /// What is warned of with each request for a version of a custom kind that is deprecated.
    pub fn deprecation(&self, kind: Kind, version: &str) -> Option<String> {
        let served = self.definition_version(kind, version)?;
        let is_deprecated = served.get("deprecated").and_then(Value::as_bool) == Some(true);
        let usual = || format!("{}/{version} {} is deprecated", kind.names().group, kind.names().kind);
        is_deprecated.then(|| match served.str_at(&["deprecationWarning"]) {
            "" => usual(),
            own => own.to_string(),
        })
    }

    /// How many replicas an object wants, and has, where its kind can be scaled.
    pub fn replicas_of(&self, object: &Object) -> (i64, i64) {
        match self.scale_paths(object.kind) {
            Some((wanted, there)) => (object.i64_at(&wanted).unwrap_or(0), object.i64_at(&there).unwrap_or(0)),
            None => {
                let number = |path: &[&str]| object.i64_at(path).unwrap_or(0);
                (number(&["spec", "replicas"]), number(&["status", "replicas"]))
            }
        }
    }
}
