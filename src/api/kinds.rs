//! What the API server does with objects of each kind: names, defaults, the status of a new one, rules, what an update may
//! not change, what it warns of. One row a kind, in the order of the kinds; no other file of this folder asks for a kind, but for the three
//! that `tests/tidy.rs` names with their reasons.

use super::default::{self, fill};
use super::field_error::{Errors, FieldError, Path};
use super::validate::update::{self, Change};
use super::validate::{
    access, api_service, autoscaler, budget, cron_job, definition, endpoints, job, limits, meta, network, of, pod,
    pod_update, runtime_class, service, small_kinds, stateful_set, stateful_set_update, storage, webhooks, workload,
};
use super::{names, prepare_by_kind, warnings as warn, workload_defaults};
use crate::kubernetes::Kubernetes;
use crate::model::{Kind, Object, Value};
use crate::obj;

/// What the API server does with objects of a kind: its row.
struct Row {
    kind: Kind,
    /// What is wrong with a name.
    name: fn(&str) -> Vec<String>,
    /// Texts that stand for fields of the object itself that a manifest leaves out.
    texts: &'static [(&'static str, &'static str)],
    /// Fills in what else a manifest leaves out; idempotent, and cheap on what is complete.
    defaults: fn(&mut Object),
    /// The status of a new object; null for none.
    status: fn(&Object) -> Value,
    /// What it does before it checks a new object, or one that takes the place of the stored one.
    prepare: fn(&mut Object, Option<&Object>, Kubernetes),
    /// What an object may say.
    check: fn(&mut Errors, &Object, Kubernetes),
    /// What only a new object may not say.
    check_new: fn(&mut Errors, &Object),
    /// What may become of a stored object; calls the rules above where they belong.
    update: fn(&mut Errors, &Change<'_>),
    /// Whether an object asks for something else than the stored one, by which generations are counted.
    is_other: fn(&Object, &Object) -> bool,
    /// What it warns of when it accepts an object.
    warnings: fn(&mut Vec<String>, &warn::Accepted<'_>),
}

/// A kind without rules of its own: its objects are stored as they are, with their metadata checked.
const fn row(kind: Kind) -> Row {
    Row {
        kind,
        name: names::dns_subdomain,
        texts: &[],
        defaults: |_| {},
        status: |_| Value::Null,
        prepare: |_, _, _| {},
        check: |_, _, _| {},
        check_new: |_, _| {},
        update: |errors, change| change.check(errors),
        is_other: |object, old| old.body.get("spec") != object.body.get("spec"),
        warnings: |_, _| {},
    }
}

impl Row {
    const fn name(self, name: fn(&str) -> Vec<String>) -> Row {
        Row { name, ..self }
    }

    const fn texts(self, texts: &'static [(&'static str, &'static str)]) -> Row {
        Row { texts, ..self }
    }

    const fn defaults(self, defaults: fn(&mut Object)) -> Row {
        Row { defaults, ..self }
    }

    const fn status(self, status: fn(&Object) -> Value) -> Row {
        Row { status, ..self }
    }

    const fn prepare(self, prepare: fn(&mut Object, Option<&Object>, Kubernetes)) -> Row {
        Row { prepare, ..self }
    }

    const fn check(self, check: fn(&mut Errors, &Object, Kubernetes)) -> Row {
        Row { check, ..self }
    }

    const fn check_new(self, check_new: fn(&mut Errors, &Object)) -> Row {
        Row { check_new, ..self }
    }

    const fn update(self, update: fn(&mut Errors, &Change<'_>)) -> Row {
        Row { update, ..self }
    }

    const fn differing(self, is_other: fn(&Object, &Object) -> bool) -> Row {
        Row { is_other, ..self }
    }

    const fn warnings(self, warnings: fn(&mut Vec<String>, &warn::Accepted<'_>)) -> Row {
        Row { warnings, ..self }
    }
}

/// The rules that look at nothing but the spec, and at the version if they have pods to look at.
macro_rules! spec {
    ($check:expr) => {
        |errors, object, _| $check(errors, &Path::new("spec"), of(&object.body, "spec"))
    };
    ($check:expr, with version) => {
        |errors, object, kubernetes| $check(errors, &Path::new("spec"), of(&object.body, "spec"), kubernetes)
    };
}

/// The rules that look at the whole object.
macro_rules! whole {
    ($check:expr) => {
        |errors, object, _| $check(errors, object)
    };
}

/// The row of each kind.
static ROWS: [Row; Kind::ALL.len()] = [
    row(Kind::APIService)
        .name(names::path_segment)
        .defaults(|it| workload_defaults::api_service(&mut it.body))
        .status(|_| obj! {})
        .check(whole!(api_service::check)),
    row(Kind::ClusterRole).name(names::path_segment).check(whole!(access::check_role)),
    row(Kind::ClusterRoleBinding)
        .name(names::path_segment)
        .defaults(workload_defaults::binding)
        .check(whole!(access::check_binding))
        .update(update::check_binding),
    row(Kind::ComponentStatus),
    row(Kind::ConfigMap).check(whole!(small_kinds::check_config)).update(update::check_config),
    row(Kind::ControllerRevision).check(whole!(small_kinds::check_revision)).update(update::check_revision),
    row(Kind::CronJob)
        .defaults(|it| workload_defaults::cron_job(&mut it.body))
        .status(|_| obj! {})
        .check(|errors, it, kubernetes| {
            cron_job::check(errors, it, of(&it.body, "spec"), kubernetes);
        })
        .warnings(warn::cron_job),
    row(Kind::CustomResourceDefinition)
        .defaults(|it| default::definition(&mut it.body))
        .status(stored_versions)
        .check(whole!(definition::check))
        .update(definition::check_update),
    row(Kind::DaemonSet)
        .defaults(|it| workload_defaults::daemon_set(&mut it.body))
        .status(|_| {
            obj! {
                "currentNumberScheduled" => 0, "desiredNumberScheduled" => 0, "numberMisscheduled" => 0,
                "numberReady" => 0,
            }
        })
        .prepare(prepare_by_kind::daemon_set)
        .check(spec!(workload::check_daemon_set, with version))
        .update(update::check_selector)
        .warnings(warn::workload),
    row(Kind::Deployment)
        .defaults(|it| workload_defaults::deployment(&mut it.body))
        .status(|_| obj! {})
        .check(spec!(workload::check_deployment, with version))
        .update(update::check_selector)
        .warnings(warn::workload),
    row(Kind::Endpoints)
        .name(names::path_segment)
        .defaults(|it| workload_defaults::protocols(&mut it.body))
        .check(whole!(endpoints::check_endpoints))
        .warnings(warn::endpoints),
    row(Kind::EndpointSlice)
        .name(names::path_segment)
        .check(whole!(endpoints::check_slice))
        .update(update::check_slice)
        .defaults(|it| workload_defaults::protocols(&mut it.body))
        .differing(|object, old| object.body != old.body),
    row(Kind::Event).name(names::path_segment).check(whole!(endpoints::check_event)),
    row(Kind::HorizontalPodAutoscaler)
        .defaults(|it| workload_defaults::autoscaler(&mut it.body))
        .status(|_| obj! { "currentMetrics" => Value::Null, "desiredReplicas" => 0 })
        .check(spec!(autoscaler::check)),
    row(Kind::Ingress)
        .status(|_| obj! { "loadBalancer" => obj! {} })
        .check(spec!(network::check_ingress))
        .check_new(network::check_new_ingress)
        .warnings(warn::ingress),
    row(Kind::IngressClass).check(whole!(network::check_ingress_class)).update(update::check_ingress_class),
    row(Kind::Job)
        .defaults(workload_defaults::job)
        .status(|_| obj! {})
        .check(|errors, it, kubernetes| job::check_object(errors, it, of(&it.body, "spec"), kubernetes))
        .update(update::check_job)
        .warnings(warn::job),
    row(Kind::Lease).check(whole!(small_kinds::check_lease)),
    row(Kind::LimitRange)
        .defaults(|it| workload_defaults::limit_range(&mut it.body))
        .check(whole!(limits::check_limit_range)),
    row(Kind::MutatingWebhookConfiguration)
        .defaults(|it| workload_defaults::webhooks(&mut it.body, true))
        .check(|errors, it, _| webhooks::check(errors, &it.body, true))
        .differing(|old, object| old.body.get("webhooks") != object.body.get("webhooks")),
    row(Kind::Namespace)
        .name(names::dns_label)
        .defaults(workload_defaults::namespace)
        .status(|_| obj! { "phase" => "Active" })
        .prepare(prepare_by_kind::namespace),
    row(Kind::NetworkPolicy)
        .defaults(|it| workload_defaults::network_policy(&mut it.body))
        .check(spec!(network::check_policy)),
    row(Kind::Node)
        .defaults(|it| default::node(&mut it.body))
        .check(whole!(small_kinds::check_node))
        .update(update::check_node),
    row(Kind::PersistentVolume)
        .defaults(|it| default::volume(&mut it.body))
        .status(|_| obj! { "phase" => "Pending" })
        .check(spec!(storage::check_volume))
        .update(update::check_volume)
        .warnings(warn::volume),
    row(Kind::PersistentVolumeClaim)
        .defaults(|it| default::stored_claim(&mut it.body))
        .status(|_| obj! { "phase" => "Pending" })
        .check(spec!(storage::check_claim_spec))
        .update(update::check_claim)
        .warnings(warn::claim),
    row(Kind::Pod)
        .defaults(|it| default::pod(&mut it.body))
        .status(|_| obj! { "phase" => "Pending" })
        .check(|errors, it, kubernetes| pod::check(errors, &Path::new("spec"), of(&it.body, "spec"), kubernetes))
        .check_new(|errors, it| pod::check_new(errors, &Path::new("spec"), of(&it.body, "spec")))
        .update(pod_update::check)
        .warnings(warn::pod),
    row(Kind::PodDisruptionBudget)
        .status(|_| {
            obj! { "currentHealthy" => 0, "desiredHealthy" => 0, "disruptionsAllowed" => 0, "expectedPods" => 0 }
        })
        .check(spec!(budget::check)),
    row(Kind::PodTemplate)
        .defaults(|it| workload_defaults::pod_template(&mut it.body))
        .check(|errors, it, kubernetes| {
            let (path, template) = (Path::new("template"), of(&it.body, "template"));
            workload::check_pod_template(errors, &path, template, kubernetes);
        })
        .differing(|object, old| object.body.get("template") != old.body.get("template")),
    row(Kind::PriorityClass)
        .texts(&[("preemptionPolicy", "PreemptLowerPriority")])
        .check(whole!(small_kinds::check_priority))
        .update(update::check_priority),
    row(Kind::ReplicaSet)
        .defaults(workload_defaults::replica_set)
        .status(|_| obj! { "replicas" => 0 })
        .check(spec!(workload::check_replica_set, with version))
        .update(update::check_selector)
        .warnings(warn::workload),
    row(Kind::ResourceQuota).status(|_| obj! {}).check(whole!(limits::check_quota)).update(update::check_quota),
    row(Kind::Role).name(names::path_segment).check(whole!(access::check_role)),
    row(Kind::RoleBinding)
        .name(names::path_segment)
        .defaults(workload_defaults::binding)
        .check(whole!(access::check_binding))
        .update(update::check_binding),
    row(Kind::RuntimeClass).check(whole!(runtime_class::check_runtime_class)).update(update::check_runtime_class),
    row(Kind::Secret)
        .texts(&[("type", "Opaque")])
        .prepare(prepare_by_kind::secret)
        .check(whole!(small_kinds::check_secret))
        .update(update::check_secret),
    row(Kind::Service)
        .name(names::dns_1035_label)
        .defaults(|it| default::service(&mut it.body))
        .status(|_| obj! { "loadBalancer" => obj! {} })
        .prepare(prepare_by_kind::service)
        .check(spec!(service::check))
        .update(update::check_service)
        .warnings(warn::service),
    row(Kind::ServiceAccount),
    row(Kind::StatefulSet)
        .name(names::dns_label)
        .defaults(|it| default::stateful_set(&mut it.body))
        .status(|_| obj! { "availableReplicas" => 0, "replicas" => 0 })
        .prepare(prepare_by_kind::stateful_set)
        .check(|errors, it, kubernetes| {
            let scope = stateful_set::Scope::create();
            stateful_set::check(errors, &Path::new("spec"), of(&it.body, "spec"), scope, kubernetes);
        })
        .update(stateful_set_update::check)
        .warnings(warn::stateful_set),
    row(Kind::StorageClass)
        .texts(&[("reclaimPolicy", "Delete"), ("volumeBindingMode", "Immediate")])
        .check(|errors, it, _| storage::check_class(errors, &it.body))
        .update(update::check_class),
    row(Kind::ValidatingWebhookConfiguration)
        .defaults(|it| workload_defaults::webhooks(&mut it.body, false))
        .check(|errors, it, _| webhooks::check(errors, &it.body, false))
        .differing(|old, object| old.body.get("webhooks") != object.body.get("webhooks")),
    row(Kind::VolumeAttachment).check(whole!(storage::check_attachment)),
    row(Kind::VolumeAttributesClass)
        .check(whole!(storage::check_attributes_class))
        .update(update::check_attributes_class),
];

/// Each kind has a row, and it stands at the kind's place.
const _: () = {
    let mut place = 0;
    while place < ROWS.len() {
        assert!(matches!(ROWS[place].kind.place(), Some(own) if own == place));
        place += 1;
    }
};

/// The row of a kind. Objects of custom kinds go by their schema: see [`super::admit_custom`].
fn row_of(kind: Kind) -> &'static Row {
    static CUSTOM: Row = row(Kind::CustomResourceDefinition);
    kind.place().map_or(&CUSTOM, |place| &ROWS[place])
}

/// A definition knows from the start in which version its objects are stored.
fn stored_versions(object: &Object) -> Value {
    let versions = object.list_at(&["spec", "versions"]).iter();
    let stored = versions.filter(|it| it.get("storage").and_then(Value::as_bool) == Some(true));
    let names: Vec<Value> = stored.filter_map(|it| it.get("name").cloned()).collect();
    obj! { "acceptedNames" => obj! { "kind" => "", "plural" => "" }, "conditions" => Value::Null, "storedVersions" => names }
}

/// Fills in the defaults of the object's kind.
pub fn default_object(object: &mut Object) {
    let row = row_of(object.kind);
    for (field, text) in row.texts {
        fill(&mut object.body, field, || (*text).into());
    }
    (row.defaults)(object);
}

/// The status of a new object; null for none.
pub fn empty_status(object: &Object) -> Value {
    (row_of(object.kind).status)(object)
}

/// What is done to an object of its kind before it is checked; `old` is the stored one, if it takes its place.
pub(super) fn prepare(object: &mut Object, old: Option<&Object>, kubernetes: Kubernetes) {
    (row_of(object.kind).prepare)(object, old, kubernetes);
}

/// Whether an object asks for something else than before: its spec counts, of kinds without one what they have instead.
pub fn raises_generation(object: &Object, old: &Object) -> bool {
    object.kind.info().has_generation && (row_of(object.kind).is_other)(object, old)
}

/// The warnings that come with a new object, or with one that takes the place of `old`.
pub fn warnings(object: &Object, old: Option<&Object>, kubernetes: Kubernetes) -> Vec<String> {
    let mut out = Vec::new();
    (row_of(object.kind).warnings)(&mut out, &warn::Accepted { object, old, kubernetes });
    out
}

/// Everything that keeps a new object from being stored, in the API server's order.
pub fn validate_create(object: &Object, kubernetes: Kubernetes) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let row = row_of(object.kind);
    meta::check(&mut errors, object, row.name);
    (row.check)(&mut errors, object, kubernetes);
    (row.check_new)(&mut errors, object);
    errors.0
}

/// Everything that keeps a stored object from being changed from `old` to `new`, in the API server's order.
pub fn validate_update(old: &Object, new: &Object, kubernetes: Kubernetes) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let row = row_of(new.kind);
    meta::check_stored(&mut errors, new);
    meta::check_kept(&mut errors, old, new);
    (row.update)(&mut errors, &Change { old, new, kubernetes, rules: row.check });
    errors.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{admit_create, admit_update, messages};
    use crate::model::parse_json;

    fn object(kind: &str, spec: &str) -> Object {
        let text = format!("{{{kind},\"metadata\":{{\"name\":\"web\",\"namespace\":\"default\"}},\"spec\":{spec}}}");
        Object::from_value(&parse_json(&text).unwrap()).unwrap()
    }

    #[test]
    fn a_volume_of_an_image_names_it_when_it_is_made_and_when_it_is_changed() {
        let pod = |reference: &str| {
            format!(
                r#"{{"containers":[{{"name":"a","image":"a:1"}}],"volumes":[{{"name":"m","image":{{"reference":"{reference}"}}}}]}}"#
            )
        };
        let deployment = |reference: &str| {
            let template = format!(r#"{{"metadata":{{"labels":{{"app":"web"}}}},"spec":{}}}"#, pod(reference));
            let spec = format!(r#"{{"selector":{{"matchLabels":{{"app":"web"}}}},"template":{template}}}"#);
            object(r#""apiVersion":"apps/v1","kind":"Deployment""#, &spec)
        };
        let (old, new) = (Kubernetes::read("1.36", "").unwrap(), Kubernetes::read("1.37", "").unwrap());
        let said = "spec.template.spec.volumes[0].image.reference: Required value";
        let stored = admit_create(deployment("models:1"), new).unwrap().object;
        assert_eq!(messages(&admit_update(&stored, deployment(""), new).unwrap_err()), [said]);
        assert_eq!(messages(&admit_create(deployment(""), new).unwrap_err()), [said]);
        assert!(admit_update(&stored, deployment(""), old).is_ok());
        let pod = object(r#""apiVersion":"v1","kind":"Pod""#, &pod(""));
        let said = "spec.volumes[0].image.reference: Required value";
        assert_eq!(messages(&admit_create(pod, old).unwrap_err()), [said]);
    }
}
