//! What the API server adds to, or refuses about, a new or changed object because of what else the cluster holds: the
//! plugins in their order. Most have a file of their own beside this one.

use super::error::ApiError;
use super::pod_account::{account_of, brought_by, has_token, mount_token};
use super::pod_priority::{check_default, priority};
use super::rng::NAME_ALPHABET;
use super::store::Cluster;
use super::{
    claim_growth, default_classes, limit_range, node_ports, pod_security, quota, runtime_class, service_addresses,
};
use crate::api::{default_made_pod, default_object, label_job, messages, validate_job_labels};
use crate::model::claim::PVC_PROTECTION;
use crate::model::node::{NOT_READY, has_taint};
use crate::model::pod::{containers, init_containers, qos_class};
use crate::model::{Kind, Object, Value};
use crate::{list, obj};

/// Keeps a volume while a claim uses it.
pub const PV_PROTECTION: &str = "kubernetes.io/pv-protection";
/// The longest value of a label.
const LABEL_VALUE_MAX: usize = 63;

/// The most pods that the lab simulates.
pub const PODS_MAX: usize = 5000;

/// Completes `object` before it is stored.
///
/// # Errors
/// `NotFound` for a missing namespace, `Forbidden` for what a plugin refuses.
pub fn admit_create(cluster: &mut Cluster, object: &mut Object) -> Result<(), ApiError> {
    check_namespace(cluster, object)?;
    cluster.check_escalation(object)?;
    match object.kind {
        // The cluster's own pods are not counted.
        Kind::Pod if cluster.count(Kind::Pod) >= PODS_MAX + cluster.list_in(Kind::Pod, "kube-system").count() => {
            let why = format!("this lab simulates at most {PODS_MAX} pods");
            return Err(ApiError::Forbidden { kind: Kind::Pod, name: object.meta.name.clone(), why });
        }
        Kind::Pod => {
            // A template is filled in with its set; some defaults, like requests from limits, only pods get.
            default_made_pod(object);
            limit_range::admit(cluster, object)?;
            admit_pod(cluster, object)?;
            runtime_class::admit(cluster, object)?;
            pod_security::check_pod(cluster, object)?;
        }
        Kind::PersistentVolumeClaim => {
            admit_claim(cluster, object);
            limit_range::admit(cluster, object)?;
        }
        Kind::PersistentVolume => {
            object.meta.add_finalizer(PV_PROTECTION);
            object.set_at(&["status"], obj! { "phase" => "Pending" });
        }
        Kind::Namespace => {
            pod_security::check_labels(object)?;
            object.meta.labels.insert("kubernetes.io/metadata.name", object.meta.name.clone());
            object.set_at(&["spec", "finalizers"], list!["kubernetes"]);
            object.set_at(&["status"], obj! { "phase" => "Active" });
        }
        Kind::Service => service_addresses::admit(cluster, object)?,
        Kind::Job => {
            object.meta.uid = cluster.new_uid();
            label_job(object);
            let errors = validate_job_labels(object);
            if !errors.is_empty() {
                let (kind, name) = (object.kind, object.meta.name.clone());
                return Err(ApiError::Invalid { kind, name, causes: messages(&errors) });
            }
        }
        Kind::ReplicaSet => default_object(object),
        Kind::Ingress => default_classes::admit_ingress(cluster, object),
        Kind::PriorityClass => check_default(cluster, object)?,
        _ => {}
    }
    quota::check(cluster, None, object)
}

/// What plugins refuse about a new object before its rules are looked at: a namespace, an account, a class of priority or
/// a way to run that does not exist.
///
/// # Errors
/// `NotFound` for a missing namespace, `Forbidden` for what a plugin refuses.
pub fn look_up(cluster: &Cluster, object: &Object) -> Result<(), ApiError> {
    check_namespace(cluster, object)?;
    if object.kind == Kind::Service {
        return service_addresses::begin(cluster, object);
    }
    if object.kind != Kind::Pod {
        return Ok(());
    }
    account_of(cluster, object)?;
    let mut pod = object.clone();
    if !pod.str_at(&["spec", "runtimeClassName"]).is_empty() {
        runtime_class::admit(cluster, &mut pod)?;
    }
    priority(cluster, &mut pod).map(|_| ())
}

/// What plugins add to an object that somebody creates, before its rules are looked at: a node takes no pods until its
/// kubelet says that it can.
///
/// Follows plugin/pkg/admission/nodetaint.
pub fn complete_new(object: &mut Object) {
    if object.kind == Kind::Node && !has_taint(object, NOT_READY, "NoSchedule") {
        let taint = obj! { "effect" => "NoSchedule", "key" => NOT_READY };
        object.at_mut(&["spec", "taints"]).list_mut().push(taint);
    }
}

/// What plugins add to an object that takes the place of `old`, before its rules are looked at: a pod keeps what its
/// priority was found to be, and gets the tolerations for lost nodes again.
///
/// Follows plugin/pkg/admission/priority and plugin/pkg/admission/defaulttolerationseconds.
pub fn complete_update(cluster: &Cluster, old: &Object, object: &mut Object) {
    if object.kind != Kind::Pod || object.at(&["spec"]).and_then(Value::as_map).is_none() {
        return;
    }
    for field in ["preemptionPolicy", "priority"] {
        let path = ["spec", field];
        if let (None, Some(value)) = (object.at(&path).filter(|value| !value.is_null()), old.at(&path)) {
            object.set_at(&path, value.clone());
        }
    }
    cluster.pod_defaults().tolerate(object.at_mut(&["spec", "tolerations"]));
}

/// What the containers of a pod ask for, in order.
fn resources_of(pod: &Object) -> Vec<&Value> {
    let lists = [init_containers(pod), containers(pod)];
    lists.into_iter().flatten().filter_map(|container| container.get("resources")).collect()
}

/// Looks at a changed object before it is stored.
///
/// # Errors
/// `Forbidden` for a claim that cannot grow, or a second default class of priority.
pub fn admit_update(cluster: &mut Cluster, old: &Object, object: &mut Object) -> Result<(), ApiError> {
    cluster.check_escalation(object)?;
    if object.kind == Kind::Service {
        service_addresses::allocate(cluster, object)?;
        node_ports::allocate(cluster, object)?;
        return quota::check(cluster, Some(old), object);
    }
    if object.kind == Kind::Pod && old.body.get("spec") != object.body.get("spec") {
        // Of all changes only one of resources is looked at, not that a container to debug with comes.
        if resources_of(old) != resources_of(object) {
            limit_range::check_pod(cluster, object)?;
        }
        return quota::check(cluster, Some(old), object);
    }
    if object.kind == Kind::Namespace && old.meta.labels != object.meta.labels {
        pod_security::check_labels(object)?;
    }
    if object.kind == Kind::PriorityClass {
        return check_default(cluster, object);
    }
    if object.kind != Kind::PersistentVolumeClaim {
        return Ok(());
    }
    limit_range::admit(cluster, object)?;
    quota::check(cluster, Some(old), object)?;
    claim_growth::check(cluster, old, object)
}

fn check_namespace(cluster: &Cluster, object: &Object) -> Result<(), ApiError> {
    if !object.kind.names().is_namespaced || cluster.count(Kind::Namespace) == 0 {
        return Ok(());
    }
    let name = &object.meta.namespace;
    match cluster.find(Kind::Namespace, name, name) {
        None => Err(ApiError::NotFound { kind: Kind::Namespace, name: name.clone() }),
        Some(namespace) if namespace.meta.is_terminating() => Err(ApiError::Forbidden {
            kind: object.kind,
            name: object.meta.name.clone(),
            why: format!("unable to create new content in namespace {name} because it is being terminated"),
        }),
        Some(_) => Ok(()),
    }
}

fn admit_pod(cluster: &mut Cluster, pod: &mut Object) -> Result<(), ApiError> {
    // Controllers derive labels from names, which may be longer than a label's value.
    if let Some(value) = pod.meta.labels.iter().map(|(_, value)| value).find(|value| value.len() > LABEL_VALUE_MAX) {
        let cause = format!("metadata.labels: Invalid value: \"{value}\": must be no more than 63 bytes");
        return Err(ApiError::Invalid { kind: Kind::Pod, name: pod.meta.name.clone(), causes: vec![cause] });
    }
    let account = account_of(cluster, pod)?;
    let (secrets, mounts) = brought_by(cluster, &pod.meta.namespace, &account);
    let (priority, preempts) = priority(cluster, pod)?;
    let token = format!("kube-api-access-{}", cluster.rng().word(NAME_ALPHABET, 5));
    let parts = cluster.pod_defaults();
    let qos = qos_class(pod);
    super::match_label_keys::merge_label_keys(pod);
    let spec = pod.at_mut(&["spec"]).map_mut();
    spec.insert("serviceAccountName", (&account).into());
    spec.insert("serviceAccount", account.into());
    spec.get_or_insert_with("enableServiceLinks", || true.into());
    spec.insert("preemptionPolicy", preempts.into());
    spec.insert("priority", priority.into());
    spec.get_or_insert_with("schedulerName", || "default-scheduler".into());
    parts.tolerate(spec.get_or_insert_with("tolerations", || Value::Null));
    if spec.get("imagePullSecrets").and_then(Value::as_list).is_none_or(<[Value]>::is_empty)
        && let Some(secrets) = secrets
    {
        spec.insert("imagePullSecrets", secrets);
    }
    let own = spec.get("automountServiceAccountToken").and_then(Value::as_bool);
    let is_mounted = own.or(mounts).unwrap_or(true);
    if is_mounted && !has_token(spec.get("volumes")) {
        mount_token(spec, &token, parts.token);
    }
    pod.set_at(&["status"], obj! { "phase" => "Pending", "qosClass" => qos });
    if !pod.list_at(&["spec", "schedulingGates"]).is_empty() {
        let condition = obj! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => Value::Null,
            "message" => "Scheduling is blocked due to non-empty scheduling gates",
            "observedGeneration" => pod.meta.generation, "reason" => "SchedulingGated", "status" => "False",
            "type" => "PodScheduled",
        };
        pod.set_at(&["status", "conditions"], list![condition]);
    }
    Ok(())
}

fn admit_claim(cluster: &Cluster, claim: &mut Object) {
    // A template leaves out what only claims get.
    default_object(claim);
    claim.meta.add_finalizer(PVC_PROTECTION);
    claim.set_at(&["status"], obj! { "phase" => "Pending" });
    default_classes::admit_claim(cluster, claim);
}
