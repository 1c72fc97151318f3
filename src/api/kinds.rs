//! What the API server does with objects of each kind: defaults, the status of a new one, rules, what an update may not
//! change. One row a kind.
//!
//! A kind without a row has none of these: its objects are stored as they are, with their metadata checked.

use super::default::{self, fill, sub};
use super::field_error::{Errors, FieldError, Path};
use super::validate::update::{self, Change};
use super::validate::{
    access, autoscaler, cron_job, definition, endpoints, job, limits, meta, network, of, pod, pod_update, pod_volume,
    service, small_kinds,
};
use super::validate::{stateful_set, storage, workload};
use super::workload_defaults;
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::{Kind, Object, Value};
use crate::{list, obj};

/// What the API server does with objects of a kind: its row.
#[derive(Clone, Copy)]
struct Row {
    /// Fills in what a manifest leaves out; idempotent, and cheap on what is complete.
    defaults: fn(&mut Object),
    /// The status of a new object; null for none.
    status: fn(&Object) -> Value,
    /// What an object may say.
    check: fn(&mut Errors, &Object, Kubernetes),
    /// What may become of a stored object; calls the rules above where they belong.
    update: fn(&mut Errors, &Change<'_>),
}

/// A kind without rules of its own.
const PLAIN: Row = Row {
    defaults: |_| {},
    status: |_| Value::Null,
    check: |_, _, _| {},
    update: |errors, change| change.check(errors),
};

impl Row {
    const fn defaults(self, defaults: fn(&mut Object)) -> Row {
        Row { defaults, ..self }
    }

    const fn status(self, status: fn(&Object) -> Value) -> Row {
        Row { status, ..self }
    }

    const fn check(self, check: fn(&mut Errors, &Object, Kubernetes)) -> Row {
        Row { check, ..self }
    }

    const fn update(self, update: fn(&mut Errors, &Change<'_>)) -> Row {
        Row { update, ..self }
    }
}

/// The rules that look at nothing but the spec.
macro_rules! spec {
    ($check:expr) => {
        |errors, object, _| $check(errors, &Path::new("spec"), of(&object.body, "spec"))
    };
}

/// The rules that look at the whole object.
macro_rules! whole {
    ($check:expr) => {
        |errors, object, _| $check(errors, object)
    };
}

/// The row of a kind.
fn row(kind: Kind) -> Row {
    match kind {
        Kind::Pod => PLAIN
            .defaults(|it| default::pod(&mut it.body))
            .status(|_| obj! { "phase" => "Pending" })
            .check(|errors, it, _| {
                pod::check_spec(errors, &Path::new("spec"), of(&it.body, "spec"), &pod_volume::Extra::none());
                pod::check_images(errors, &Path::new("spec"), of(&it.body, "spec"));
            })
            .update(pod_update::check),
        Kind::StatefulSet => PLAIN
            .defaults(|it| default::stateful_set(&mut it.body))
            .status(|_| obj! { "availableReplicas" => 0, "replicas" => 0 })
            .check(|errors, it, kubernetes| {
                let scope = stateful_set::Scope::create();
                stateful_set::check(errors, &Path::new("spec"), of(&it.body, "spec"), scope, kubernetes);
            })
            .update(update::check_set),
        Kind::Deployment => PLAIN
            .defaults(|it| workload_defaults::deployment(&mut it.body))
            .status(|_| obj! {})
            .check(spec!(workload::check_deployment))
            .update(update::check_selector),
        Kind::ReplicaSet => PLAIN
            .defaults(workload_defaults::replica_set)
            .status(|_| obj! { "replicas" => 0 })
            .check(spec!(workload::check_replica_set))
            .update(update::check_selector),
        Kind::DaemonSet => PLAIN
            .defaults(|it| workload_defaults::daemon_set(&mut it.body))
            .status(|_| {
                obj! {
                    "currentNumberScheduled" => 0, "desiredNumberScheduled" => 0, "numberMisscheduled" => 0,
                    "numberReady" => 0,
                }
            })
            .check(spec!(workload::check_daemon_set))
            .update(update::check_selector),
        Kind::Job => PLAIN
            .defaults(workload_defaults::job)
            .status(|_| obj! {})
            .check(|errors, it, _| job::check_object(errors, it, of(&it.body, "spec")))
            .update(update::check_job),
        Kind::CronJob => PLAIN
            .defaults(|it| workload_defaults::cron_job(&mut it.body))
            .status(|_| obj! {})
            .check(|errors, it, _| cron_job::check(errors, it, of(&it.body, "spec"))),
        Kind::HorizontalPodAutoscaler => PLAIN
            .defaults(|it| workload_defaults::autoscaler(&mut it.body))
            .status(|_| obj! { "currentMetrics" => Value::Null, "desiredReplicas" => 0 })
            .check(spec!(autoscaler::check)),
        Kind::PodDisruptionBudget => PLAIN
            .status(|_| {
                obj! {
                    "currentHealthy" => 0, "desiredHealthy" => 0, "disruptionsAllowed" => 0, "expectedPods" => 0,
                }
            })
            .check(spec!(service::check_budget)),
        kind => storage_row(kind).unwrap_or_else(|| network_row(kind)),
    }
}

/// The rows of what keeps data, of configuration and of what marks nodes and pods.
fn storage_row(kind: Kind) -> Option<Row> {
    Some(match kind {
        Kind::PersistentVolumeClaim => PLAIN
            .defaults(|it| default::claim(&mut it.body))
            .status(|_| obj! { "phase" => "Pending" })
            .check(spec!(storage::check_claim_spec))
            .update(update::check_claim),
        Kind::PersistentVolume => PLAIN
            .defaults(|it| default::volume(&mut it.body))
            .status(|_| obj! { "phase" => "Pending" })
            .check(spec!(storage::check_volume))
            .update(update::check_volume),
        Kind::StorageClass => {
            PLAIN.check(|errors, it, _| storage::check_class(errors, &it.body)).update(update::check_class)
        }
        Kind::ConfigMap => PLAIN.check(whole!(small_kinds::check_config)).update(update::check_config),
        Kind::Secret => PLAIN.check(whole!(small_kinds::check_secret)).update(update::check_config),
        Kind::ControllerRevision => PLAIN.check(whole!(small_kinds::check_revision)).update(update::check_revision),
        Kind::PriorityClass => PLAIN.check(whole!(small_kinds::check_priority)).update(update::check_priority),
        Kind::RuntimeClass => PLAIN.check(whole!(access::check_runtime_class)).update(update::check_runtime_class),
        Kind::ResourceQuota => PLAIN.status(|_| obj! {}).check(whole!(limits::check_quota)).update(update::check_quota),
        Kind::LimitRange => {
            PLAIN.defaults(|it| workload_defaults::limit_range(&mut it.body)).check(whole!(limits::check_limit_range))
        }
        Kind::VolumeAttributesClass => {
            PLAIN.check(whole!(storage::check_attributes_class)).update(update::check_attributes_class)
        }
        Kind::Node => PLAIN.check(whole!(small_kinds::check_node)).update(update::check_node),
        _ => return None,
    })
}

/// The rows of what leads to pods, of rules about who may do what, and of what holds other objects.
fn network_row(kind: Kind) -> Row {
    match kind {
        Kind::Service => PLAIN
            .defaults(|it| default::service(&mut it.body))
            .status(|_| obj! { "loadBalancer" => obj! {} })
            .check(spec!(service::check))
            .update(update::check_service),
        Kind::Ingress => PLAIN.status(|_| obj! { "loadBalancer" => obj! {} }).check(spec!(network::check_ingress)),
        Kind::IngressClass => PLAIN.check(whole!(network::check_ingress_class)).update(update::check_ingress_class),
        Kind::NetworkPolicy => {
            PLAIN.defaults(|it| workload_defaults::network_policy(&mut it.body)).check(spec!(network::check_policy))
        }
        Kind::Role | Kind::ClusterRole => PLAIN.check(whole!(access::check_role)),
        Kind::RoleBinding | Kind::ClusterRoleBinding => PLAIN
            .defaults(workload_defaults::binding)
            .check(whole!(access::check_binding))
            .update(update::check_binding),
        Kind::EndpointSlice => PLAIN.check(whole!(endpoints::check_slice)),
        Kind::Endpoints => PLAIN.check(whole!(endpoints::check_endpoints)),
        Kind::Event => PLAIN.check(whole!(endpoints::check_event)),
        Kind::Namespace => PLAIN
            .defaults(|it| {
                it.meta.labels.insert("kubernetes.io/metadata.name", it.meta.name.clone());
                fill(sub(&mut it.body, "spec"), "finalizers", || list!["kubernetes"]);
                fill(sub(&mut it.body, "status"), "phase", || "Active".into());
            })
            .status(|_| obj! { "phase" => "Active" }),
        Kind::CustomResourceDefinition => PLAIN
            .defaults(|it| default::definition(&mut it.body))
            .status(stored_versions)
            .check(whole!(definition::check)),
        _ => PLAIN,
    }
}

/// A definition knows from the start in which version its objects are stored.
fn stored_versions(object: &Object) -> Value {
    let versions = object.list_at(&["spec", "versions"]).iter();
    let stored = versions.filter(|it| it.get("storage").and_then(Value::as_bool) == Some(true));
    let names: Vec<Value> = stored.filter_map(|it| it.get("name").cloned()).collect();
    obj! { "acceptedNames" => obj! { "kind" => "", "plural" => "" }, "conditions" => Value::Null, "storedVersions" => names }
}

/// Fills in the defaults of the object's kind: the texts of its row in `model/kind.rs`, and what its row here works out.
pub fn default_object(object: &mut Object) {
    for (field, text) in object.kind.info().defaults {
        fill(&mut object.body, field, || (*text).into());
    }
    (row(object.kind).defaults)(object);
}

/// The status of a new object; null for none.
pub(super) fn empty_status(object: &Object) -> Value {
    (row(object.kind).status)(object)
}

/// Everything that keeps a new object from being stored, in the API server's order.
pub fn validate_create(object: &Object, kubernetes: Kubernetes) -> Vec<FieldError> {
    let mut errors = Errors::default();
    meta::check(&mut errors, object);
    (row(object.kind).check)(&mut errors, object, kubernetes);
    if object.kind == Kind::Pod {
        pod::check_new(&mut errors, &Path::new("spec"), of(&object.body, "spec"));
    }
    if object.kind == Kind::Ingress {
        network::check_new_ingress(&mut errors, object);
    }
    check_image_volumes(&mut errors, object, kubernetes);
    errors.0
}

/// Volumes that are images name them: in pods, and since 1.37 in templates as well.
fn check_image_volumes(errors: &mut Errors, object: &Object, kubernetes: Kubernetes) {
    let place: &[&str] = match object.kind {
        Kind::Pod => &["spec"],
        Kind::CronJob => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    };
    if object.kind != Kind::Pod && !kubernetes.has(Difference::TemplatesNameImages) {
        return;
    }
    let volumes = object.at(place).map(|spec| spec.list_at(&["volumes"])).unwrap_or_default();
    let path = Path::new(&place.join(".")).child("volumes");
    for (at, volume) in volumes.iter().enumerate() {
        let is_image = volume.get("image").is_some_and(|image| *image != Value::Null);
        if is_image && volume.str_at(&["image", "reference"]).is_empty() {
            errors.required(&path.index(at).child("image").child("reference"), "");
        }
    }
}

/// Everything that keeps a stored object from being changed from `old` to `new`, in the API server's order.
pub fn validate_update(old: &Object, new: &Object, kubernetes: Kubernetes) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let row = row(new.kind);
    meta::check_stored(&mut errors, new);
    meta::check_kept(&mut errors, old, new);
    (row.update)(&mut errors, &Change { old, new, kubernetes, rules: row.check });
    errors.0
}
