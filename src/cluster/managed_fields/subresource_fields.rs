//! What of a configuration counts where it is applied to a part of an object.
//!
//! Follows `GetResetFields` and `GetResetFieldsFilter` of the strategies below pkg/registry.

use super::field_sets::{all_of, minus, owned};
use super::shape::Shape;
use crate::model::{Kind, Value};

/// Where a pod's containers are listed.
const CONTAINERS: [&str; 2] = ["containers", "initContainers"];
/// What of a container can be resized.
const RESIZED: [&str; 2] = ["resources", "resizePolicy"];

/// The configuration as far as it counts below `subresource`; what tells elements of lists apart stays in them.
pub(in crate::cluster) fn counting(config: &Value, kind: Kind, subresource: &str) -> Value {
    let mut config = config.clone();
    match subresource {
        "status" => {
            config.map_mut().remove("spec");
            if kind == Kind::Deployment && config.at(&["metadata"]).is_some() {
                config.at_mut(&["metadata"]).map_mut().remove("labels");
            }
        }
        "resize" => {
            config.map_mut().remove("status");
            keep_in_containers(&mut config, &RESIZED);
        }
        _ => _ = config.map_mut().remove("status"),
    }
    config
}

/// Leaves nothing of a pod's spec but its containers' names and these fields.
fn keep_in_containers(config: &mut Value, fields: &[&str]) {
    let Some(mut spec) = config.map_mut().remove("spec") else { return };
    let mut left = Value::map();
    for list in CONTAINERS {
        let Some(mut containers) = spec.map_mut().remove(list) else { continue };
        for container in containers.list_mut() {
            container.map_mut().retain(|name, _| name.as_str() == "name" || fields.contains(&name.as_str()));
        }
        left.map_mut().insert(list, containers);
    }
    config.map_mut().insert("spec", left);
}

/// The fields that somebody owns who applies such a configuration.
pub(super) fn set_of(config: &Value, shape: &Shape, subresource: &str) -> Value {
    let set = all_of(config, shape, false);
    let set = match subresource {
        // The names say only whose resources they are.
        "resize" => {
            let mut names = config.clone();
            keep_in_containers(&mut names, &[]);
            minus(&set, &all_of(&names, shape, false))
        }
        _ => set,
    };
    owned(set, subresource)
}
