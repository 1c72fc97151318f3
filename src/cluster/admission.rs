//! What the API server adds to, or refuses about, a new object because of what else the cluster holds.

use super::error::ApiError;
use super::pod_defaults::PodDefaults;
use super::rng::NAME_ALPHABET;
use super::store::Cluster;
use super::{limit_range, node_ports, pod_security, quota, runtime_class, service_addresses};
use crate::api::{default_made_pod, default_object, label_job, messages, validate_job_labels};
use crate::model::claim::{PVC_PROTECTION, class_name};
use crate::model::node::has_taint;
use crate::model::pod::{containers, given_priority, init_containers, priority_class, qos_class};
use crate::model::{Kind, Object, Text, Value};
use crate::world::machines::DEFAULT_CLASS;
use crate::{list, obj};
use std::rc::Rc;

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
        Kind::Ingress => admit_ingress(cluster, object),
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
    const NOT_READY: &str = "node.kubernetes.io/not-ready";
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
    tolerate(object.at_mut(&["spec", "tolerations"]), &cluster.pod_defaults());
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
    let request = ["spec", "resources", "requests", "storage"];
    let grows = super::quantity_at(object, &request) > super::quantity_at(old, &request);
    let class = Text::new(class_name(object));
    let class = cluster.find(Kind::StorageClass, &Text::default(), &class);
    let can_grow = class.and_then(|class| class.at(&["allowVolumeExpansion"])).and_then(Value::as_bool) == Some(true);
    if grows && !can_grow {
        let why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must \
                   support resize";
        return Err(ApiError::Forbidden { kind: object.kind, name: object.meta.name.clone(), why: why.to_string() });
    }
    Ok(())
}

/// The class that claims without a class get: the newest that is marked.
pub fn default_class(cluster: &Cluster) -> Option<&Rc<Object>> {
    let marked = cluster.list(Kind::StorageClass).filter(|class| class.meta.annotation(DEFAULT_CLASS) == "true");
    marked.min_by_key(|class| (std::cmp::Reverse(class.meta.created), class.meta.name.clone()))
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
    super::label_keys::merge_label_keys(pod);
    let spec = pod.at_mut(&["spec"]).map_mut();
    spec.insert("serviceAccountName", (&account).into());
    spec.insert("serviceAccount", account.into());
    spec.get_or_insert_with("enableServiceLinks", || true.into());
    spec.insert("preemptionPolicy", preempts.into());
    spec.insert("priority", priority.into());
    spec.get_or_insert_with("schedulerName", || "default-scheduler".into());
    tolerate(spec.get_or_insert_with("tolerations", || Value::Null), &parts);
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

/// The account that a pod's programs act for.
///
/// # Errors
/// `Forbidden` if there is none of that name.
fn account_of(cluster: &Cluster, pod: &Object) -> Result<Text, ApiError> {
    let account = match pod.str_at(&["spec", "serviceAccountName"]) {
        "" => Text::from("default"),
        name => Text::new(name),
    };
    let namespace = &pod.meta.namespace;
    let is_known = cluster.find(Kind::ServiceAccount, namespace, &account).is_some();
    if is_known || cluster.count(Kind::ServiceAccount) == 0 {
        return Ok(account);
    }
    let why = format!("error looking up service account {namespace}/{account}: serviceaccount \"{account}\" not found");
    Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why })
}

/// What an account brings its pods unless they say otherwise: secrets for images, and whether its token is mounted.
///
/// Follows `Admit` in plugin/pkg/admission/serviceaccount.
fn brought_by(cluster: &Cluster, namespace: &Text, account: &Text) -> (Option<Value>, Option<bool>) {
    let Some(account) = cluster.find(Kind::ServiceAccount, namespace, account) else { return (None, None) };
    let secrets = account.at(&["imagePullSecrets"]).filter(|it| it.as_list().is_some_and(|list| !list.is_empty()));
    (secrets.cloned(), account.at(&["automountServiceAccountToken"]).and_then(Value::as_bool))
}

fn is_default(class: &Object) -> bool {
    class.at(&["globalDefault"]).and_then(Value::as_bool) == Some(true)
}

/// An Ingress without a class gets the newest of those that are marked.
///
/// Follows plugin/pkg/admission/network/defaultingressclass.
fn admit_ingress(cluster: &Cluster, ingress: &mut Object) {
    let has_class = ingress.at(&["spec", "ingressClassName"]).is_some()
        || ingress.meta.annotations.iter().any(|(name, _)| name.as_str() == "kubernetes.io/ingress.class");
    let marked = cluster
        .list(Kind::IngressClass)
        .filter(|class| class.meta.annotation("ingressclass.kubernetes.io/is-default-class") == "true");
    let newest = marked.min_by_key(|class| (std::cmp::Reverse(class.meta.created), class.meta.name.clone()));
    if let Some(class) = newest.filter(|_| !has_class) {
        ingress.set_at(&["spec", "ingressClassName"], &class.meta.name);
    }
}

/// Only one class may be for the pods that name none.
fn check_default(cluster: &Cluster, object: &Object) -> Result<(), ApiError> {
    let mut others = cluster.list(Kind::PriorityClass).filter(|it| is_default(it) && it.meta.name != object.meta.name);
    match others.next() {
        Some(other) if is_default(object) => {
            let other = &other.meta.name;
            let why = format!("PriorityClass {other} is already marked as default. Only one default can exist");
            Err(ApiError::Forbidden { kind: object.kind, name: object.meta.name.clone(), why })
        }
        _ => Ok(()),
    }
}

/// The priority that a pod's class gives it, and whether it may take the place of others.
///
/// Follows the admission plugin `Priority`.
fn priority(cluster: &Cluster, pod: &mut Object) -> Result<(i64, Text), ApiError> {
    let forbidden = |why: String| Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why });
    let name = Text::new(priority_class(pod));
    let class = if name.is_empty() {
        cluster.list(Kind::PriorityClass).filter(|it| is_default(it)).min_by_key(|class| class.i64_at(&["value"]))
    } else {
        cluster.find(Kind::PriorityClass, &Text::default(), &name)
    };
    let (value, policy) = match class {
        None if !name.is_empty() => return forbidden(format!("no PriorityClass with name {name} was found")),
        None => (0, ""),
        Some(class) => (class.i64_at(&["value"]).unwrap_or(0), class.str_at(&["preemptionPolicy"])),
    };
    let policy = if policy.is_empty() { "PreemptLowerPriority" } else { policy };
    let computed = |what: &str, given: &str, own: &str| {
        format!(
            "the {what} ({given}) must not be provided in pod spec; priority admission controller computed {own} from \
             the given PriorityClass name"
        )
    };
    if let Some(given) = given_priority(pod).filter(|given| *given != value) {
        return forbidden(computed("integer value of priority", &given.to_string(), &value.to_string()));
    }
    let given = pod.str_at(&["spec", "preemptionPolicy"]);
    if !given.is_empty() && given != policy {
        return forbidden(computed("string value of PreemptionPolicy", given, policy));
    }
    let policy = Text::new(policy);
    if let (true, Some(class)) = (name.is_empty(), class) {
        pod.set_at(&["spec", "priorityClassName"], &class.meta.name);
    }
    Ok((value, policy))
}

/// Adds the tolerations for lost nodes unless the pod brings its own.
fn tolerate(tolerations: &mut Value, parts: &PodDefaults) {
    let own = tolerations.as_list().unwrap_or(&[]);
    if own.is_empty() {
        *tolerations = parts.tolerations.clone();
        return;
    }
    let covers = |key: &str| {
        own.iter().any(|toleration| {
            let own_key = toleration.str_at(&["key"]);
            let effect = toleration.str_at(&["effect"]);
            (own_key == key || own_key.is_empty()) && (effect == "NoExecute" || effect.is_empty())
        })
    };
    let missing: Vec<Value> = [&parts.not_ready, &parts.unreachable]
        .into_iter()
        .filter(|toleration| !covers(toleration.str_at(&["key"])))
        .cloned()
        .collect();
    tolerations.list_mut().extend(missing);
}

fn has_token(volumes: Option<&Value>) -> bool {
    let volumes = volumes.and_then(Value::as_list).unwrap_or(&[]);
    volumes.iter().any(|volume| volume.str_at(&["name"]).starts_with("kube-api-access-"))
}

fn mount_token(spec: &mut crate::model::Map, token: &str, source: Value) {
    let name = Text::new(token);
    let mount = obj! {
        "mountPath" => "/var/run/secrets/kubernetes.io/serviceaccount", "name" => &name, "readOnly" => true,
    };
    for containers in ["initContainers", "containers"] {
        if let Some(Value::List(containers)) = spec.get_mut(containers) {
            for container in Rc::make_mut(containers) {
                container.at_mut(&["volumeMounts"]).list_mut().push(mount.clone());
            }
        }
    }
    let volume = obj! { "name" => name, "projected" => source };
    spec.get_or_insert_with("volumes", || Value::Null).list_mut().push(volume);
}

fn admit_claim(cluster: &Cluster, claim: &mut Object) {
    // A template leaves out what only claims get.
    default_object(claim);
    claim.meta.add_finalizer(PVC_PROTECTION);
    claim.set_at(&["status"], obj! { "phase" => "Pending" });
    if claim.at(&["spec", "storageClassName"]).is_none_or(Value::is_null)
        && let Some(class) = default_class(cluster)
    {
        let name = class.meta.name.clone();
        claim.set_at(&["spec", "storageClassName"], name);
    }
}
