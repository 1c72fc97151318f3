//! The kinds of objects that a cluster holds, and their names in the API; knows nothing of their fields.

use std::fmt;

/// A kind of object that the model keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the API's own")]
pub enum Kind {
    ConfigMap,
    ControllerRevision,
    Endpoints,
    EndpointSlice,
    Event,
    Namespace,
    Node,
    PersistentVolume,
    PersistentVolumeClaim,
    Pod,
    PodDisruptionBudget,
    PriorityClass,
    ResourceQuota,
    Secret,
    Service,
    ServiceAccount,
    StatefulSet,
    StorageClass,
    VolumeAttachment,
}

/// What the API calls a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindNames {
    /// `StatefulSet`.
    pub kind: &'static str,
    /// `apps`; empty for the core group.
    pub group: &'static str,
    /// `v1`.
    pub version: &'static str,
    /// `statefulsets`.
    pub plural: &'static str,
    /// `statefulset`.
    pub singular: &'static str,
    /// `sts`.
    pub short: &'static [&'static str],
    /// Whether its objects live in a namespace.
    pub is_namespaced: bool,
}

impl Kind {
    /// All kinds, in alphabetical order.
    pub const ALL: [Kind; 19] = [
        Kind::ConfigMap,
        Kind::ControllerRevision,
        Kind::Endpoints,
        Kind::EndpointSlice,
        Kind::Event,
        Kind::Namespace,
        Kind::Node,
        Kind::PersistentVolume,
        Kind::PersistentVolumeClaim,
        Kind::Pod,
        Kind::PodDisruptionBudget,
        Kind::PriorityClass,
        Kind::ResourceQuota,
        Kind::Secret,
        Kind::Service,
        Kind::ServiceAccount,
        Kind::StatefulSet,
        Kind::StorageClass,
        Kind::VolumeAttachment,
    ];

    /// The API's names for this kind.
    pub const fn names(self) -> &'static KindNames {
        &TABLE[self as usize]
    }

    /// `apps/v1`, or `v1` for the core group.
    pub fn api_version(self) -> &'static str {
        match self.names().group {
            "apps" => "apps/v1",
            "policy" => "policy/v1",
            "scheduling.k8s.io" => "scheduling.k8s.io/v1",
            "storage.k8s.io" => "storage.k8s.io/v1",
            "discovery.k8s.io" => "discovery.k8s.io/v1",
            _ => "v1",
        }
    }

    /// The kind that is called `kind` in `api_version`.
    pub fn of(api_version: &str, kind: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.names().kind == kind && k.api_version() == api_version)
    }

    /// The kind that a user means by a plural, singular, short or kind name, in any case, with or without
    /// `.version.group` or `.group` behind it.
    pub fn from_resource(word: &str) -> Option<Kind> {
        let word = word.to_ascii_lowercase();
        let (name, group) = word.split_once('.').unwrap_or((&word, ""));
        Kind::ALL.into_iter().find(|kind| {
            let names = kind.names();
            let group = group.strip_prefix(names.version).map_or(group, |rest| rest.strip_prefix('.').unwrap_or(rest));
            (name == names.plural || name == names.singular || names.short.contains(&name))
                && (group.is_empty() || group == names.group)
        })
    }

    /// `statefulset.apps`, or `pod` for the core group: how kubectl prefixes names.
    pub fn qualified_singular(self) -> String {
        with_group(self.names().singular, self.names().group)
    }

    /// `statefulsets.apps`, or `pods` for the core group: how the API server names the resource in errors.
    pub fn qualified_plural(self) -> String {
        with_group(self.names().plural, self.names().group)
    }
}

fn with_group(name: &str, group: &str) -> String {
    if group.is_empty() { name.to_string() } else { format!("{name}.{group}") }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names().kind)
    }
}

const fn row(
    kind: &'static str,
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
    is_namespaced: bool,
) -> KindNames {
    KindNames { kind, group, version: "v1", plural, singular, short, is_namespaced }
}

/// In the order of [`Kind`].
static TABLE: [KindNames; 19] = [
    row("ConfigMap", "", "configmaps", "configmap", &["cm"], true),
    row("ControllerRevision", "apps", "controllerrevisions", "controllerrevision", &[], true),
    row("Endpoints", "", "endpoints", "endpoints", &["ep"], true),
    row("EndpointSlice", "discovery.k8s.io", "endpointslices", "endpointslice", &[], true),
    row("Event", "", "events", "event", &["ev"], true),
    row("Namespace", "", "namespaces", "namespace", &["ns"], false),
    row("Node", "", "nodes", "node", &["no"], false),
    row("PersistentVolume", "", "persistentvolumes", "persistentvolume", &["pv"], false),
    row("PersistentVolumeClaim", "", "persistentvolumeclaims", "persistentvolumeclaim", &["pvc"], true),
    row("Pod", "", "pods", "pod", &["po"], true),
    row("PodDisruptionBudget", "policy", "poddisruptionbudgets", "poddisruptionbudget", &["pdb"], true),
    row("PriorityClass", "scheduling.k8s.io", "priorityclasses", "priorityclass", &["pc"], false),
    row("ResourceQuota", "", "resourcequotas", "resourcequota", &["quota"], true),
    row("Secret", "", "secrets", "secret", &[], true),
    row("Service", "", "services", "service", &["svc"], true),
    row("ServiceAccount", "", "serviceaccounts", "serviceaccount", &["sa"], true),
    row("StatefulSet", "apps", "statefulsets", "statefulset", &["sts"], true),
    row("StorageClass", "storage.k8s.io", "storageclasses", "storageclass", &["sc"], false),
    row("VolumeAttachment", "storage.k8s.io", "volumeattachments", "volumeattachment", &[], false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_find_kinds_by_any_of_their_names() {
        for word in ["sts", "statefulset", "StatefulSets", "statefulset.apps", "statefulsets.v1.apps"] {
            assert_eq!(Kind::from_resource(word), Some(Kind::StatefulSet), "{word}");
        }
        assert_eq!(Kind::from_resource("statefulset.batch"), None);
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.api_version(), kind.names().kind), Some(kind));
        }
    }
}
