//! Objects as the client holds them before it sends them, for `--dry-run=client`: nothing is asked of the API server.

use crate::api::empty_status;
use crate::kubectl::flags::Args;
use crate::model::{Key, Kind, Object, Text, Value, encode_base64};
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
    let path = object.kind.info().pods.unwrap_or_default();
    for list in ["initContainers", "containers"] {
        let place = [path, &[list]].concat();
        if object.list_at(&place).is_empty() {
            continue;
        }
        for container in object.at_mut(&place).list_mut().iter_mut().filter(|it| it.get("resources").is_none()) {
            container.set_at(&["resources"], Value::map());
        }
    }
    if object.kind.info().pods.is_none() && object.kind != Kind::Service {
        return object;
    }
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
        let status = unwritten_status(&object);
        object.set_at(&["status"], status);
    }
    object
}

/// What kubectl's types print of a status that nobody wrote: the API server knows more of a pod and a namespace alone.
fn unwritten_status(object: &Object) -> Value {
    match object.kind {
        Kind::Pod | Kind::Namespace => Value::map(),
        _ => empty_status(object),
    }
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
            // What `--overrides` says stays.
            let containers = object.at_mut(&["spec", "containers"]).list_mut().iter_mut();
            for container in containers.filter(|it| it.get("resources").is_none_or(Value::is_null)) {
                container.set_at(&["resources"], Value::map());
            }
            if object.str_at(&["spec", "dnsPolicy"]).is_empty() {
                object.set_at(&["spec", "dnsPolicy"], "ClusterFirst");
            }
        }
        Kind::Namespace => object.set_at(&["spec"], Value::map()),
        Kind::Job => object.set_at(&["spec", "template", "metadata"], Value::map()),
        Kind::CronJob => object.set_at(&["spec", "jobTemplate", "spec", "template", "metadata"], Value::map()),
        Kind::PriorityClass if object.at(&["preemptionPolicy"]).is_none() => {
            object.set_at(&["preemptionPolicy"], "PreemptLowerPriority");
        }
        Kind::Secret => {
            let texts = object.remove_at(&["stringData"]).unwrap_or_default();
            let data = texts.as_map().into_iter().flat_map(crate::model::Map::iter);
            let data: crate::model::Map = data
                .map(|(name, text)| (name.clone(), encode_base64(text.as_str().unwrap_or_default().as_bytes()).into()))
                .collect();
            object.set_at(&["data"], data);
        }
        _ => {}
    }
    let status = unwritten_status(&object);
    if !status.is_null() {
        object.set_at(&["status"], status);
    }
    Some(Rc::new(object))
}
