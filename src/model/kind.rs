//! The kinds of objects that a cluster holds, and their names in the API; knows nothing of their fields.

use super::custom_kind::CustomKind;
use super::kind_info::{KindInfo, row};
use crate::schema::{self, Struct};
use std::fmt;

impl Kind {
    /// The API's names for this kind.
    pub const fn names(self) -> &'static KindInfo {
        self.info()
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
        Kind::ALL.into_iter().find(|kind| kind.is_called(word))
    }

    /// Whether a user means this kind by `word`: see [`Kind::from_resource`].
    pub fn is_called(self, word: &str) -> bool {
        // Short forms are known as they are only.
        let short = word.split_once('.').map_or(word, |(short, _)| short);
        let word = word.to_ascii_lowercase();
        let (name, group) = word.split_once('.').unwrap_or((&word, ""));
        let names = self.names();
        let is_version =
            |word: &str| word.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let group = match group.split_once('.') {
            // A short name is known whatever version stands behind it.
            Some((version, _))
                if is_version(version) && !names.short.contains(&short) && !self.is_served_as(version) =>
            {
                return false;
            }
            Some((version, group)) if is_version(version) => group,
            // `pods.v1.`: a version alone ends with a dot.
            Some((version, "")) if is_version(version) => "",
            _ => group,
        };
        (name == names.plural || name == names.singular || names.short.contains(&short))
            && (group.is_empty() || group == names.group)
    }

    /// Whether the API server knows its objects in this version of the group.
    fn is_served_as(self, version: &str) -> bool {
        let own = self.api_version().rsplit('/').next();
        // The definition of a custom kind says which it has.
        self.is_custom() || own == Some(version) || self == Kind::HorizontalPodAutoscaler && version == "v1"
    }

    /// The struct of its objects in the schema; of custom kinds only the metadata is known there.
    pub fn structure(self) -> Option<&'static Struct> {
        match self {
            Kind::Custom(_) => schema::structure("meta.CustomObject"),
            kind => schema::root(kind.api_version(), kind.names().kind),
        }
    }

    /// Whether a definition brought it.
    pub const fn is_custom(self) -> bool {
        matches!(self, Kind::Custom(_))
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

/// Makes the kinds and their rows of one list: a kind that is not in it does not exist.
macro_rules! kinds {
    ($($name:ident: $row:expr;)*) => {
        /// A kind of object that the model keeps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the names are the API's own")]
        pub enum Kind {
            $($name,)*
            /// One that a CustomResourceDefinition brought.
            Custom(CustomKind),
        }

        /// The kinds of Kubernetes itself, for their places alone.
        enum Place {
            $($name,)*
        }

        impl Kind {
            /// Its place in [`Kind::ALL`]; custom kinds have none.
            pub const fn place(self) -> Option<usize> {
                match self {
                    $(Kind::$name => Some(Place::$name as usize),)*
                    Kind::Custom(_) => None,
                }
            }

            /// All kinds of Kubernetes itself, in alphabetical order.
            pub const ALL: [Kind; [$(stringify!($name)),*].len()] = [$(Kind::$name),*];

            /// What the API says about this kind.
            pub const fn info(self) -> &'static KindInfo {
                match self {
                    $(Kind::$name => {
                        const ROW: KindInfo = $row;
                        &ROW
                    })*
                    Kind::Custom(kind) => kind.info(),
                }
            }
        }
    };
}

/// Where most of what runs pods has their spec.
const IN_TEMPLATE: &[&str] = &["spec", "template", "spec"];

kinds! {
    APIService: row("APIService", "apiregistration.k8s.io/v1", "apiregistration.k8s.io", "apiservices", "apiservice", &[]).of_the_cluster().with_status().inert();
    ClusterRole: row("ClusterRole", "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io", "clusterroles", "clusterrole", &[]).of_the_cluster();
    ClusterRoleBinding: row("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io", "clusterrolebindings", "clusterrolebinding", &[]).of_the_cluster();
    ComponentStatus: row("ComponentStatus", "v1", "", "componentstatuses", "componentstatus", &["cs"]).of_the_cluster();
    ConfigMap: row("ConfigMap", "v1", "", "configmaps", "configmap", &["cm"]);
    ControllerRevision: row("ControllerRevision", "apps/v1", "apps", "controllerrevisions", "controllerrevision", &[]);
    CronJob: row("CronJob", "batch/v1", "batch", "cronjobs", "cronjob", &["cj"]).with_status().with_generation().pods(&["spec", "jobTemplate", "spec", "template", "spec"]);
    CustomResourceDefinition: row("CustomResourceDefinition", "apiextensions.k8s.io/v1", "apiextensions.k8s.io", "customresourcedefinitions", "customresourcedefinition", &["crd", "crds"]).of_the_cluster().with_status().with_generation();
    DaemonSet: row("DaemonSet", "apps/v1", "apps", "daemonsets", "daemonset", &["ds"]).with_status().with_generation().pods(IN_TEMPLATE);
    Deployment: row("Deployment", "apps/v1", "apps", "deployments", "deployment", &["deploy"]).with_status().with_generation().scalable().pods(IN_TEMPLATE);
    Endpoints: row("Endpoints", "v1", "", "endpoints", "endpoints", &["ep"]);
    EndpointSlice: row("EndpointSlice", "discovery.k8s.io/v1", "discovery.k8s.io", "endpointslices", "endpointslice", &[]).with_generation();
    Event: row("Event", "v1", "", "events", "event", &["ev"]).owns_nothing();
    HorizontalPodAutoscaler: row("HorizontalPodAutoscaler", "autoscaling/v2", "autoscaling", "horizontalpodautoscalers", "horizontalpodautoscaler", &["hpa"]).version("v2").with_status();
    Ingress: row("Ingress", "networking.k8s.io/v1", "networking.k8s.io", "ingresses", "ingress", &["ing"]).with_status().with_generation().inert();
    IngressClass: row("IngressClass", "networking.k8s.io/v1", "networking.k8s.io", "ingressclasses", "ingressclass", &[]).of_the_cluster().with_generation().inert();
    Job: row("Job", "batch/v1", "batch", "jobs", "job", &[]).with_status().with_generation().pods(IN_TEMPLATE);
    Lease: row("Lease", "coordination.k8s.io/v1", "coordination.k8s.io", "leases", "lease", &[]).columns(&[("HOLDER", &["spec", "holderIdentity"])]);
    LimitRange: row("LimitRange", "v1", "", "limitranges", "limitrange", &["limits"]);
    MutatingWebhookConfiguration: row("MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "mutatingwebhookconfiguration", &[]).of_the_cluster().with_generation().inert();
    Namespace: row("Namespace", "v1", "", "namespaces", "namespace", &["ns"]).of_the_cluster().with_status();
    NetworkPolicy: row("NetworkPolicy", "networking.k8s.io/v1", "networking.k8s.io", "networkpolicies", "networkpolicy", &["netpol"]).with_generation().inert();
    Node: row("Node", "v1", "", "nodes", "node", &["no"]).of_the_cluster().with_status();
    PersistentVolume: row("PersistentVolume", "v1", "", "persistentvolumes", "persistentvolume", &["pv"]).of_the_cluster().with_status();
    PersistentVolumeClaim: row("PersistentVolumeClaim", "v1", "", "persistentvolumeclaims", "persistentvolumeclaim", &["pvc"]).with_status();
    Pod: row("Pod", "v1", "", "pods", "pod", &["po"]).with_status().with_generation().pods(&["spec"]);
    PodDisruptionBudget: row("PodDisruptionBudget", "policy/v1", "policy", "poddisruptionbudgets", "poddisruptionbudget", &["pdb"]).with_status().with_generation();
    PodTemplate: row("PodTemplate", "v1", "", "podtemplates", "podtemplate", &[]).with_generation();
    PriorityClass: row("PriorityClass", "scheduling.k8s.io/v1", "scheduling.k8s.io", "priorityclasses", "priorityclass", &["pc"]).of_the_cluster();
    ReplicaSet: row("ReplicaSet", "apps/v1", "apps", "replicasets", "replicaset", &["rs"]).with_status().with_generation().scalable().pods(IN_TEMPLATE);
    ResourceQuota: row("ResourceQuota", "v1", "", "resourcequotas", "resourcequota", &["quota"]).with_status();
    Role: row("Role", "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io", "roles", "role", &[]);
    RoleBinding: row("RoleBinding", "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io", "rolebindings", "rolebinding", &[]);
    RuntimeClass: row("RuntimeClass", "node.k8s.io/v1", "node.k8s.io", "runtimeclasses", "runtimeclass", &[]).of_the_cluster().columns(&[("HANDLER", &["handler"])]);
    Secret: row("Secret", "v1", "", "secrets", "secret", &[]);
    Service: row("Service", "v1", "", "services", "service", &["svc"]).with_status();
    ServiceAccount: row("ServiceAccount", "v1", "", "serviceaccounts", "serviceaccount", &["sa"]);
    StatefulSet: row("StatefulSet", "apps/v1", "apps", "statefulsets", "statefulset", &["sts"]).with_status().with_generation().scalable().pods(IN_TEMPLATE);
    StorageClass: row("StorageClass", "storage.k8s.io/v1", "storage.k8s.io", "storageclasses", "storageclass", &["sc"]).of_the_cluster();
    ValidatingWebhookConfiguration: row("ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "validatingwebhookconfiguration", &[]).of_the_cluster().with_generation().inert();
    VolumeAttachment: row("VolumeAttachment", "storage.k8s.io/v1", "storage.k8s.io", "volumeattachments", "volumeattachment", &[]).of_the_cluster().with_status();
    VolumeAttributesClass: row("VolumeAttributesClass", "storage.k8s.io/v1", "storage.k8s.io", "volumeattributesclasses", "volumeattributesclass", &["vac"]).of_the_cluster().columns(&[("DRIVERNAME", &["driverName"])]).inert();
}

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
            assert_eq!(kind.place(), Some(at), "the table's rows stand in the order of the kinds");
            assert_eq!(kind.names().kind, format!("{kind:?}"));
            assert_eq!(Kind::of(kind.api_version(), kind.names().kind), Some(kind));
        }
    }
}
