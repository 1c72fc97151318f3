//! The values that the API server fills in where a manifest is silent, kind by kind; idempotent, and cheap on what is complete.

use super::default::{self, fill, sub};
use super::workload_defaults as workload;
use crate::list;
use crate::model::{Kind, Object};

/// Fills in the defaults of the object's kind.
pub fn default_object(object: &mut Object) {
    match object.kind {
        Kind::StatefulSet => default::stateful_set(&mut object.body),
        Kind::Pod => default::pod(&mut object.body),
        Kind::PersistentVolumeClaim => default::claim(&mut object.body),
        Kind::PersistentVolume => default::volume(&mut object.body),
        Kind::StorageClass => {
            fill(&mut object.body, "reclaimPolicy", || "Delete".into());
            fill(&mut object.body, "volumeBindingMode", || "Immediate".into());
        }
        Kind::PriorityClass => fill(&mut object.body, "preemptionPolicy", || "PreemptLowerPriority".into()),
        Kind::Service => default::service(&mut object.body),
        Kind::Namespace => {
            object.meta.labels.insert("kubernetes.io/metadata.name", object.meta.name.clone());
            fill(sub(&mut object.body, "spec"), "finalizers", || list!["kubernetes"]);
            fill(sub(&mut object.body, "status"), "phase", || "Active".into());
        }
        Kind::Secret => fill(&mut object.body, "type", || "Opaque".into()),
        Kind::Deployment => workload::deployment(&mut object.body),
        Kind::ReplicaSet => workload::replica_set(object),
        Kind::DaemonSet => workload::daemon_set(&mut object.body),
        Kind::Job => workload::job(object),
        Kind::CronJob => workload::cron_job(&mut object.body),
        Kind::HorizontalPodAutoscaler => workload::autoscaler(&mut object.body),
        Kind::NetworkPolicy => workload::network_policy(&mut object.body),
        Kind::LimitRange => workload::limit_range(&mut object.body),
        Kind::CustomResourceDefinition => default::definition(&mut object.body),
        Kind::RoleBinding | Kind::ClusterRoleBinding => workload::binding(object),
        _ => {}
    }
}
