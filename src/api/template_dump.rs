//! A pod template as Go's JSON shows the API server's internal form of it: every field by its Go name, set or not.
//!
//! The API server prints it when a Job's template may not be changed.

use super::template_hash::go_field_name;
use crate::kubernetes::Kubernetes;
use crate::model::{Text, Value, to_json};
use crate::schema::{self, Field, Struct, Type};

/// The fields that stand in the pod's security context there, before its own.
const HOST_FIELDS: [&str; 5] = ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"];
/// The pod's fields in the order of the internal form, as far as it is another.
const POD_FIELDS: &[&str] = &[
    "volumes",
    "initContainers",
    "containers",
    "ephemeralContainers",
    "restartPolicy",
    "terminationGracePeriodSeconds",
    "activeDeadlineSeconds",
    "dnsPolicy",
    "nodeSelector",
    "serviceAccountName",
    "automountServiceAccountToken",
    "nodeName",
    "securityContext",
    "imagePullSecrets",
    "hostname",
    "subdomain",
    "setHostnameAsFQDN",
    "affinity",
    "schedulerName",
    "tolerations",
    "hostAliases",
    "priorityClassName",
    "priority",
    "preemptionPolicy",
    "dnsConfig",
    "readinessGates",
    "runtimeClassName",
    "overhead",
    "enableServiceLinks",
];
/// The same for its security context.
const SECURITY_FIELDS: &[&str] = &[
    "seLinuxOptions",
    "windowsOptions",
    "runAsUser",
    "runAsGroup",
    "runAsNonRoot",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
];

/// The template (`core.PodTemplateSpec`) as the API server shows it.
pub(super) fn template_dump(template: &Value, kubernetes: Kubernetes) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (key, value) in template.get("metadata").and_then(Value::as_map).into_iter().flat_map(crate::model::Map::iter) {
        parts.push(format!("{}:{}", quoted(key), to_json(value)));
    }
    let none = Value::map();
    let spec = template.get("spec").unwrap_or(&none);
    if let Some(of) = schema::structure("core.PodSpec") {
        parts.push(format!("\"Spec\":{}", pod_spec(of, spec, kubernetes)));
    }
    format!("{{{}}}", parts.join(","))
}

/// A pod's spec as the API server shows it.
pub(super) fn spec_dump(spec: &Value, kubernetes: Kubernetes) -> String {
    schema::structure("core.PodSpec").map(|of| pod_spec(of, spec, kubernetes)).unwrap_or_default()
}

/// A struct of the schema, such as `core.Toleration`, as the API server shows its internal form.
pub(super) fn struct_dump(name: &'static str, value: &Value) -> String {
    schema::structure(name).map(|of| fields(of, value)).unwrap_or_default()
}

/// The kinds of volumes in the order of the internal form, as far as it is another.
const SOURCES: &[&str] = &[
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "hostPath",
    "glusterfs",
    "nfs",
    "rbd",
    "quobyte",
    "iscsi",
    "flexVolume",
    "cinder",
    "cephfs",
    "fc",
    "flocker",
];

/// What a volume stands on (the source in `core.PersistentVolumeSpec`), as the API server shows it.
pub(super) fn volume_source_dump(spec: &Value, kubernetes: Kubernetes) -> String {
    let Some(of) = schema::structure("core.PersistentVolumeSpec") else { return String::new() };
    let sources = ordered(of, SOURCES, kubernetes).into_iter().filter(|field| !field.embedded_in.is_empty());
    let parts: Vec<String> = sources.map(|field| member(of, field, spec)).collect();
    format!("{{{}}}", parts.join(","))
}

fn fields(of: &'static Struct, value: &Value) -> String {
    let parts: Vec<String> = of.fields.iter().map(|field| member(of, field, value)).collect();
    format!("{{{}}}", parts.join(","))
}

fn quoted(text: &str) -> String {
    to_json(&Value::from(Text::new(text)))
}

/// The fields of a struct, those in `first` before the others.
fn ordered(of: &'static Struct, first: &[&str], kubernetes: Kubernetes) -> Vec<&'static Field> {
    let named = first.iter().filter_map(|name| of.field(name));
    let others = of.fields.iter().filter(|field| !first.contains(&field.name));
    named.chain(others).filter(|field| field.is_in(kubernetes)).collect()
}

fn pod_spec(of: &'static Struct, spec: &Value, kubernetes: Kubernetes) -> String {
    let is_elsewhere = |field: &&Field| HOST_FIELDS.contains(&field.name) || field.name == "serviceAccount";
    let fields = ordered(of, POD_FIELDS, kubernetes).into_iter().filter(|field| !is_elsewhere(field));
    let parts: Vec<String> = fields
        .map(|field| match (field.name, spec.get("securityContext")) {
            ("securityContext", Some(context)) => {
                format!("\"SecurityContext\":{}", security(of, spec, context, kubernetes))
            }
            _ => member(of, field, spec),
        })
        .collect();
    format!("{{{}}}", parts.join(","))
}

fn security(pod: &'static Struct, spec: &Value, context: &Value, kubernetes: Kubernetes) -> String {
    let host = HOST_FIELDS.iter().filter_map(|name| pod.field(name)).map(|field| member(pod, field, spec));
    let mut parts: Vec<String> = host.collect();
    if let Some(of) = schema::structure("core.PodSecurityContext") {
        parts.extend(ordered(of, SECURITY_FIELDS, kubernetes).into_iter().map(|field| member(of, field, context)));
    }
    format!("{{{}}}", parts.join(","))
}

fn member(of: &'static Struct, field: &'static Field, owner: &Value) -> String {
    let value = owner.get(field.name).filter(|value| !value.is_null());
    let shown = match value {
        None if field.is_pointer => "null".to_string(),
        value => shown(&field.kind, value),
    };
    format!("\"{}\":{shown}", go_field_name(of.name, field.name))
}

fn shown(kind: &'static Type, value: Option<&Value>) -> String {
    match (kind, value) {
        (Type::Struct(name), value) => match schema::structure(name) {
            Some(of) => fields(of, value.unwrap_or(&Value::Null)),
            None => "null".into(),
        },
        (Type::List(kind), Some(Value::List(list))) => {
            let parts: Vec<String> = list.iter().map(|element| shown(kind, Some(element))).collect();
            format!("[{}]", parts.join(","))
        }
        (_, Some(value)) => to_json(value),
        (Type::Text(_), None) => "\"\"".into(),
        (Type::Bool, None) => "false".into(),
        (Type::Int32 | Type::Int64 | Type::IntOrString, None) => "0".into(),
        (_, None) => "null".into(),
    }
}
