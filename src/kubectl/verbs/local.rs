//! Objects as the client holds them before it sends them, for `--dry-run=client`: nothing is asked of the API server.

use crate::api::base64;
use crate::kubectl::flags::Args;
use crate::model::{Key, Kind, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// An object of a file: as it stands there, in its namespace. `None` for a kind that is not kept.
pub fn of_file(value: &Value, key: &Key) -> Option<Rc<Object>> {
    let mut value = value.clone();
    // The client knows a kind in small letters as well.
    value.set_at(&["kind"], key.kind.names().kind);
    let mut object = Object::from_value(&value)?;
    object.meta.namespace = if key.kind.names().is_namespaced { key.namespace.clone() } else { Text::default() };
    Some(Rc::new(object))
}

/// An object of a file that a command holds as one of kubectl's own types: with what these print even when it is empty.
pub fn typed(mut object: Object) -> Object {
    let path: &[&'static str] = match object.kind {
        Kind::Pod => &["spec"],
        Kind::CronJob => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    };
    for list in ["initContainers", "containers"] {
        let place = [path, &[list]].concat();
        if object.list_at(&place).is_empty() {
            continue;
        }
        for container in object.at_mut(&place).list_mut().iter_mut().filter(|it| it.get("resources").is_none()) {
            container.set_at(&["resources"], Value::map());
        }
    }
    let status = match object.kind {
        Kind::StatefulSet => obj! { "availableReplicas" => 0, "replicas" => 0 },
        Kind::DaemonSet => obj! {
            "currentNumberScheduled" => 0, "desiredNumberScheduled" => 0, "numberMisscheduled" => 0, "numberReady" => 0,
        },
        Kind::ReplicaSet => obj! { "replicas" => 0 },
        Kind::Service => obj! { "loadBalancer" => Value::map() },
        Kind::Pod | Kind::Deployment | Kind::Job | Kind::CronJob => Value::map(),
        _ => return object,
    };
    let fields: &[(&'static str, Value)] = match object.kind {
        Kind::StatefulSet => &[("serviceName", "".into()), ("updateStrategy", Value::map())],
        Kind::DaemonSet => &[("updateStrategy", Value::map())],
        Kind::Deployment => &[("strategy", Value::map())],
        _ => &[],
    };
    for (field, value) in fields {
        if object.at(&["spec", field]).is_none() {
            object.set_at(&["spec", field], value.clone());
        }
    }
    if object.kind == Kind::Service && !object.list_at(&["spec", "ports"]).is_empty() {
        for port in object.at_mut(&["spec", "ports"]).list_mut().iter_mut().filter(|it| it.get("targetPort").is_none())
        {
            port.set_at(&["targetPort"], 0);
        }
    }
    if object.body.get("status").is_none() {
        object.set_at(&["status"], status);
    }
    object
}

/// An object that a command has put together: with what kubectl's types print even when it is empty, and with the
/// namespace only if a flag names it. `None` for a kind that is not kept.
pub fn of_command(value: &Value, args: &Args) -> Option<Rc<Object>> {
    let mut object = Object::from_value(value)?;
    if args.has("namespace") && object.kind.names().is_namespaced {
        object.meta.namespace = Text::new(args.text("namespace"));
    }
    match object.kind {
        Kind::Pod => {
            for container in object.at_mut(&["spec", "containers"]).list_mut() {
                container.set_at(&["resources"], Value::map());
            }
            object.set_at(&["spec", "dnsPolicy"], "ClusterFirst");
            object.set_at(&["status"], Value::map());
        }
        Kind::Service => object.set_at(&["status"], obj! { "loadBalancer" => Value::map() }),
        Kind::Namespace => {
            object.set_at(&["spec"], Value::map());
            object.set_at(&["status"], Value::map());
        }
        Kind::ResourceQuota | Kind::Deployment => object.set_at(&["status"], Value::map()),
        Kind::Job => {
            object.set_at(&["spec", "template", "metadata"], Value::map());
            object.set_at(&["status"], Value::map());
        }
        Kind::CronJob => {
            object.set_at(&["spec", "jobTemplate", "spec", "template", "metadata"], Value::map());
            object.set_at(&["status"], Value::map());
        }
        Kind::Ingress => object.set_at(&["status"], obj! { "loadBalancer" => Value::map() }),
        Kind::HorizontalPodAutoscaler => {
            object.set_at(&["status"], obj! { "currentMetrics" => Value::Null, "desiredReplicas" => 0 });
        }
        Kind::PodDisruptionBudget => object.set_at(
            &["status"],
            obj! { "currentHealthy" => 0, "desiredHealthy" => 0, "disruptionsAllowed" => 0, "expectedPods" => 0 },
        ),
        Kind::PriorityClass if object.at(&["preemptionPolicy"]).is_none() => {
            object.set_at(&["preemptionPolicy"], "PreemptLowerPriority");
        }
        Kind::Secret => {
            let texts = object.remove_at(&["stringData"]).unwrap_or_default();
            let data = texts.as_map().into_iter().flat_map(crate::model::Map::iter);
            let data: crate::model::Map = data
                .map(|(name, text)| (name.clone(), base64(text.as_str().unwrap_or_default().as_bytes()).into()))
                .collect();
            object.set_at(&["data"], data);
        }
        _ => {}
    }
    Some(Rc::new(object))
}
