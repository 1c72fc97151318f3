//! The kinds of objects that a cluster holds, and their names in the API; knows nothing of their fields.

use std::fmt;

/// A kind of object that the model keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the API's own")]
pub enum Kind {
    ClusterRole,
    ClusterRoleBinding,
    ConfigMap,
    ControllerRevision,
    CronJob,
    DaemonSet,
    Deployment,
    Endpoints,
    EndpointSlice,
    Event,
    HorizontalPodAutoscaler,
    Ingress,
    Job,
    LimitRange,
    Namespace,
    NetworkPolicy,
    Node,
    PersistentVolume,
    PersistentVolumeClaim,
    Pod,
    PodDisruptionBudget,
    PriorityClass,
    ReplicaSet,
    ResourceQuota,
    Role,
    RoleBinding,
    RuntimeClass,
    Secret,
    Service,
    ServiceAccount,
    StatefulSet,
    StorageClass,
    VolumeAttachment,
}

/// What the API says about a kind: its row in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// `StatefulSet`.
    pub kind: &'static str,
    /// `apps`; empty for the core group.
    pub group: &'static str,
    /// `v1`.
    pub version: &'static str,
    /// `apps/v1`; `v1` for the core group.
    pub api_version: &'static str,
    /// `statefulsets`.
    pub plural: &'static str,
    /// `statefulset`.
    pub singular: &'static str,
    /// `sts`.
    pub short: &'static [&'static str],
    /// Whether its objects live in a namespace.
    pub is_namespaced: bool,
    /// Whether it has a status that is written on its own.
    pub has_status: bool,
    /// Whether the API server counts changes of its spec.
    pub has_generation: bool,
    /// Whether it has the subresource `scale`.
    pub is_scalable: bool,
}

impl Kind {
    /// All kinds, in alphabetical order.
    pub const ALL: [Kind; TABLE.len()] = all();

    /// The API's names for this kind.
    pub const fn names(self) -> &'static KindInfo {
        self.info()
    }

    /// What the API says about this kind.
    pub const fn info(self) -> &'static KindInfo {
        &TABLE[self as usize].1
    }

    /// `apps/v1`, or `v1` for the core group.
    pub const fn api_version(self) -> &'static str {
        self.info().api_version
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
            // Every version of a group that the API ever served is converted to the one that is kept.
            let is_version =
                |word: &str| word.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            let group = match group.split_once('.') {
                Some((version, group)) if is_version(version) => group,
                _ if is_version(group) => "",
                _ => group,
            };
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

const fn all() -> [Kind; TABLE.len()] {
    let mut all = [Kind::ConfigMap; TABLE.len()];
    let mut at = 0;
    while at < TABLE.len() {
        all[at] = TABLE[at].0;
        at += 1;
    }
    all
}

/// A namespaced kind without status and generation.
const fn row(
    kind: &'static str,
    api_version: &'static str,
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> KindInfo {
    KindInfo {
        kind,
        group,
        version: "v1",
        api_version,
        plural,
        singular,
        short,
        is_namespaced: true,
        has_status: false,
        has_generation: false,
        is_scalable: false,
    }
}

impl KindInfo {
    const fn version(mut self, version: &'static str) -> KindInfo {
        self.version = version;
        self
    }

    const fn of_the_cluster(mut self) -> KindInfo {
        self.is_namespaced = false;
        self
    }

    const fn with_status(mut self) -> KindInfo {
        self.has_status = true;
        self
    }

    const fn with_generation(mut self) -> KindInfo {
        self.has_generation = true;
        self
    }

    const fn scalable(mut self) -> KindInfo {
        self.is_scalable = true;
        self
    }
}

/// In the order of [`Kind`].
const TABLE: [(Kind, KindInfo); 33] = [
    (
        Kind::ClusterRole,
        row(
            "ClusterRole",
            "rbac.authorization.k8s.io/v1",
            "rbac.authorization.k8s.io",
            "clusterroles",
            "clusterrole",
            &[],
        )
        .of_the_cluster(),
    ),
    (
        Kind::ClusterRoleBinding,
        row(
            "ClusterRoleBinding",
            "rbac.authorization.k8s.io/v1",
            "rbac.authorization.k8s.io",
            "clusterrolebindings",
            "clusterrolebinding",
            &[],
        )
        .of_the_cluster(),
    ),
    (Kind::ConfigMap, row("ConfigMap", "v1", "", "configmaps", "configmap", &["cm"])),
    (
        Kind::ControllerRevision,
        row("ControllerRevision", "apps/v1", "apps", "controllerrevisions", "controllerrevision", &[]),
    ),
    (
        Kind::CronJob,
        row("CronJob", "batch/v1", "batch", "cronjobs", "cronjob", &["cj"]).with_status().with_generation(),
    ),
    (
        Kind::DaemonSet,
        row("DaemonSet", "apps/v1", "apps", "daemonsets", "daemonset", &["ds"]).with_status().with_generation(),
    ),
    (
        Kind::Deployment,
        row("Deployment", "apps/v1", "apps", "deployments", "deployment", &["deploy"])
            .with_status()
            .with_generation()
            .scalable(),
    ),
    (Kind::Endpoints, row("Endpoints", "v1", "", "endpoints", "endpoints", &["ep"])),
    (
        Kind::EndpointSlice,
        row("EndpointSlice", "discovery.k8s.io/v1", "discovery.k8s.io", "endpointslices", "endpointslice", &[]),
    ),
    (Kind::Event, row("Event", "v1", "", "events", "event", &["ev"])),
    (
        Kind::HorizontalPodAutoscaler,
        row(
            "HorizontalPodAutoscaler",
            "autoscaling/v2",
            "autoscaling",
            "horizontalpodautoscalers",
            "horizontalpodautoscaler",
            &["hpa"],
        )
        .version("v2")
        .with_status(),
    ),
    (
        Kind::Ingress,
        row("Ingress", "networking.k8s.io/v1", "networking.k8s.io", "ingresses", "ingress", &["ing"])
            .with_status()
            .with_generation(),
    ),
    (Kind::Job, row("Job", "batch/v1", "batch", "jobs", "job", &[]).with_status().with_generation()),
    (Kind::LimitRange, row("LimitRange", "v1", "", "limitranges", "limitrange", &["limits"])),
    (Kind::Namespace, row("Namespace", "v1", "", "namespaces", "namespace", &["ns"]).of_the_cluster().with_status()),
    (
        Kind::NetworkPolicy,
        row(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            "networking.k8s.io",
            "networkpolicies",
            "networkpolicy",
            &["netpol"],
        )
        .with_generation(),
    ),
    (Kind::Node, row("Node", "v1", "", "nodes", "node", &["no"]).of_the_cluster().with_status()),
    (
        Kind::PersistentVolume,
        row("PersistentVolume", "v1", "", "persistentvolumes", "persistentvolume", &["pv"])
            .of_the_cluster()
            .with_status(),
    ),
    (
        Kind::PersistentVolumeClaim,
        row("PersistentVolumeClaim", "v1", "", "persistentvolumeclaims", "persistentvolumeclaim", &["pvc"])
            .with_status(),
    ),
    (Kind::Pod, row("Pod", "v1", "", "pods", "pod", &["po"]).with_status().with_generation()),
    (
        Kind::PodDisruptionBudget,
        row("PodDisruptionBudget", "policy/v1", "policy", "poddisruptionbudgets", "poddisruptionbudget", &["pdb"])
            .with_status()
            .with_generation(),
    ),
    (
        Kind::PriorityClass,
        row("PriorityClass", "scheduling.k8s.io/v1", "scheduling.k8s.io", "priorityclasses", "priorityclass", &["pc"])
            .of_the_cluster(),
    ),
    (
        Kind::ReplicaSet,
        row("ReplicaSet", "apps/v1", "apps", "replicasets", "replicaset", &["rs"])
            .with_status()
            .with_generation()
            .scalable(),
    ),
    (Kind::ResourceQuota, row("ResourceQuota", "v1", "", "resourcequotas", "resourcequota", &["quota"]).with_status()),
    (Kind::Role, row("Role", "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io", "roles", "role", &[])),
    (
        Kind::RoleBinding,
        row(
            "RoleBinding",
            "rbac.authorization.k8s.io/v1",
            "rbac.authorization.k8s.io",
            "rolebindings",
            "rolebinding",
            &[],
        ),
    ),
    (
        Kind::RuntimeClass,
        row("RuntimeClass", "node.k8s.io/v1", "node.k8s.io", "runtimeclasses", "runtimeclass", &[]).of_the_cluster(),
    ),
    (Kind::Secret, row("Secret", "v1", "", "secrets", "secret", &[])),
    (Kind::Service, row("Service", "v1", "", "services", "service", &["svc"]).with_status()),
    (Kind::ServiceAccount, row("ServiceAccount", "v1", "", "serviceaccounts", "serviceaccount", &["sa"])),
    (
        Kind::StatefulSet,
        row("StatefulSet", "apps/v1", "apps", "statefulsets", "statefulset", &["sts"])
            .with_status()
            .with_generation()
            .scalable(),
    ),
    (
        Kind::StorageClass,
        row("StorageClass", "storage.k8s.io/v1", "storage.k8s.io", "storageclasses", "storageclass", &["sc"])
            .of_the_cluster(),
    ),
    (
        Kind::VolumeAttachment,
        row("VolumeAttachment", "storage.k8s.io/v1", "storage.k8s.io", "volumeattachments", "volumeattachment", &[])
            .of_the_cluster()
            .with_status(),
    ),
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
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, at, "the table's rows stand in the order of the kinds");
            assert_eq!(kind.names().kind, format!("{kind:?}"));
            assert_eq!(Kind::of(kind.api_version(), kind.names().kind), Some(kind));
        }
    }
}
