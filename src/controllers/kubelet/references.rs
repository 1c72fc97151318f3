//! What a pod names and what has to be there: Secrets, ConfigMaps and their keys, variables in paths, users.
//! Says what is missing in the kubelet's words; changes nothing.

use crate::cluster::Cluster;
use crate::model::claim::{is_bound, volume_of};
use crate::model::{Key, Kind, Object, Text, Value, volume_attachment};
use crate::shell;
use crate::shell::kubelet_expansion::{expand, value_of};
use crate::shell::node_files;

/// Where a key is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Secret,
    ConfigMap,
}

impl Source {
    fn kind(self) -> Kind {
        if self == Source::Secret { Kind::Secret } else { Kind::ConfigMap }
    }

    fn word(self) -> &'static str {
        if self == Source::Secret { "secret" } else { "configmap" }
    }
}

pub(super) fn is_optional(reference: &Value) -> bool {
    reference.at(&["optional"]).and_then(Value::as_bool) == Some(true)
}

pub(super) fn present<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|value| !value.is_null())
}

/// Whether an object of this kind holds a key, in either of its maps.
fn has_key(object: &Object, key: &str) -> bool {
    ["data", "binaryData"].iter().any(|map| object.at(&[map, key]).is_some())
}

/// Why a container's environment cannot be made. Follows `makeEnvironmentVariables`: `envFrom` comes first.
pub(super) fn environment_error(cluster: &Cluster, pod: &Object, container: &Value) -> Option<String> {
    let namespace = &pod.meta.namespace;
    for entry in container.list_at(&["envFrom"]) {
        for (field, source) in [("configMapRef", Source::ConfigMap), ("secretRef", Source::Secret)] {
            let Some(reference) = present(entry, field) else { continue };
            let name = Text::new(reference.str_at(&["name"]));
            if cluster.find(source.kind(), namespace, &name).is_none() && !is_optional(reference) {
                return Some(format!("{} \"{name}\" not found", source.word()));
            }
        }
    }
    for entry in container.list_at(&["env"]) {
        let Some(from) = present(entry, "valueFrom") else { continue };
        if let Some(name) = present(from, "resourceFieldRef").map(|field| field.str_at(&["containerName"])) {
            let mut all = ["containers", "initContainers"].into_iter().flat_map(|list| pod.list_at(&["spec", list]));
            if !name.is_empty() && !all.any(|other| other.str_at(&["name"]) == name) {
                return Some(format!("container {name} not found"));
            }
        }
        for (field, source) in [("configMapKeyRef", Source::ConfigMap), ("secretKeyRef", Source::Secret)] {
            let Some(reference) = present(from, field).filter(|reference| !is_optional(reference)) else { continue };
            let (name, key) = (Text::new(reference.str_at(&["name"])), reference.str_at(&["key"]));
            match cluster.find(source.kind(), namespace, &name) {
                None => return Some(format!("{} \"{name}\" not found", source.word())),
                Some(object) if !has_key(object, key) => {
                    let word = source.kind().names().kind;
                    return Some(format!("couldn't find key {key} in {word} {namespace}/{name}"));
                }
                _ => {}
            }
        }
    }
    None
}

/// Why a mount's path inside its volume cannot be made.
pub(super) fn sub_path_error(cluster: &Cluster, pod: &Object, container: &Value, ip: &str) -> Option<String> {
    container.list_at(&["volumeMounts"]).iter().find_map(|mount| {
        let expression = mount.str_at(&["subPathExpr"]);
        if expression.is_empty() {
            return None;
        }
        let known = shell::variables(cluster, pod, container, ip);
        let mut missing = None;
        let path = expand(expression, |name| {
            let value = value_of(&known, name);
            if value.is_none() {
                missing.get_or_insert_with(|| name.to_string());
            }
            value
        });
        if let Some(name) = missing {
            return Some(format!("missing value for {name}"));
        }
        let climbs = path.split('/').any(|part| part == "..");
        climbs.then(|| format!("unable to provision SubPath `{path}`: must not contain '..'"))
    })
}

/// Replaces the variables that the container's own `env` gives plain values. Follows
/// `ExpandContainerCommandOnlyStatic`.
pub(super) fn expand_static(text: &str, container: &Value) -> Text {
    expand(text, |name| {
        let entry = container.list_at(&["env"]).iter().rev().find(|entry| entry.str_at(&["name"]) == name)?;
        present(entry, "value").and_then(Value::as_str).map(str::to_string)
    })
    .into()
}

/// Why the container may not run as the user that it would run as. Follows `verifyRunAsNonRoot`.
/// `image_user` is what the image says: a number, a name, or nothing for root.
pub(super) fn user_error(pod: &Object, container: &Value, image: &str, image_user: &str) -> Option<String> {
    let field = |name: &str| {
        let own = container.at(&["securityContext", name]).filter(|value| !value.is_null()).cloned();
        own.or_else(|| pod.at(&["spec", "securityContext", name]).filter(|value| !value.is_null()).cloned())
    };
    if field("runAsNonRoot").and_then(|value| value.as_bool()) != Some(true) {
        return None;
    }
    let whose = format!(
        "(pod: \"{}_{}({})\", container: {})",
        pod.meta.name,
        pod.meta.namespace,
        pod.meta.uid,
        container.str_at(&["name"])
    );
    match field("runAsUser").and_then(|value| value.as_i64()) {
        Some(0) => return Some(format!("container's runAsUser breaks non-root policy {whose}")),
        Some(_) => return None,
        None => {}
    }
    // Of an image that nobody here knows it is not said that it runs as root.
    let known = shell::images::Image::of(image).user().unwrap_or("1000");
    let user = if image_user.is_empty() { known } else { image_user };
    match user.parse::<i64>() {
        Ok(0) => Some(format!("container has runAsNonRoot and image will run as root {whose}")),
        Ok(_) => None,
        Err(_) => Some(format!(
            "container has runAsNonRoot and image has non-numeric user ({user}), cannot verify user is non-root {whose}"
        )),
    }
}

/// The ConfigMaps and Secrets whose data a volume shows.
pub(super) fn sources_of(pod: &Object, volume: &Value) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut add = |kind: Kind, name: &str| keys.push(Key::new(kind, pod.meta.namespace.clone(), Text::new(name)));
    if let Some(secret) = present(volume, "secret") {
        add(Kind::Secret, secret.str_at(&["secretName"]));
    }
    if let Some(map) = present(volume, "configMap") {
        add(Kind::ConfigMap, map.str_at(&["name"]));
    }
    for source in volume.list_at(&["projected", "sources"]) {
        for (field, kind) in [("secret", Kind::Secret), ("configMap", Kind::ConfigMap)] {
            if let Some(reference) = present(source, field) {
                add(kind, reference.str_at(&["name"]));
            }
        }
    }
    keys
}

/// Why a volume cannot be mounted; `Ok` if it can, `Err(None)` if something else tells of it.
pub(super) fn mount_error(cluster: &Cluster, pod: &Object, volume: &Value, node: &Text) -> Result<(), Option<String>> {
    let namespace = &pod.meta.namespace;
    if volume.str_at(&["name"]).starts_with("kube-api-access-") {
        return Ok(());
    }
    let claim = present(volume, "persistentVolumeClaim").map(|claim| Text::new(claim.str_at(&["claimName"])));
    let claim = claim.map(|name| Key::new(Kind::PersistentVolumeClaim, namespace.clone(), name));
    if let Some(key) = claim.or_else(|| crate::model::pod::ephemeral_claim(pod, volume)) {
        if let Some(why) = mode_error(cluster, pod, volume, &key) {
            return Err(Some(why));
        }
        return if is_attached(cluster, &key, node) { Ok(()) } else { Err(None) };
    }
    let error = if let Some(projected) = present(volume, "projected") {
        let errors: Vec<String> = projected
            .list_at(&["sources"])
            .iter()
            .filter_map(|source| {
                let fields = [("secret", Source::Secret, "name"), ("configMap", Source::ConfigMap, "name")];
                fields.into_iter().find_map(|(field, kind, name)| {
                    source_error(cluster, namespace, present(source, field)?, kind, name)
                })
            })
            .collect();
        match errors.len() {
            0 => None,
            1 => errors.into_iter().next(),
            _ => Some(format!("[{}]", errors.join(", "))),
        }
    } else if let Some(secret) = present(volume, "secret") {
        source_error(cluster, namespace, secret, Source::Secret, "secretName")
    } else if let Some(map) = present(volume, "configMap") {
        source_error(cluster, namespace, map, Source::ConfigMap, "name")
    } else if let Some(path) = present(volume, "hostPath") {
        node_files::type_error(cluster, node, path.str_at(&["path"]), path.str_at(&["type"]))
    } else {
        None
    };
    match error {
        None => Ok(()),
        Some(error) => {
            Err(Some(format!("MountVolume.SetUp failed for volume \"{}\" : {error}", volume.str_at(&["name"]))))
        }
    }
}

/// Why a claim's volume is not what the pod takes it for: a device, or a file system.
///
/// Follows `createVolumeSpec` in pkg/kubelet/volumemanager/populator and `WaitForAttachAndMount`.
fn mode_error(cluster: &Cluster, pod: &Object, volume: &Value, claim: &Key) -> Option<String> {
    let claim = cluster.get(claim).filter(|claim| is_bound(claim))?;
    let found = cluster.find(Kind::PersistentVolume, &Text::default(), &volume_of(claim))?;
    let (mode, wrong) = match found.str_at(&["spec", "volumeMode"]) {
        "Block" => ("Block", "volumeMounts"),
        _ => ("Filesystem", "volumeDevices"),
    };
    let name = volume.str_at(&["name"]);
    let mut containers = ["containers", "initContainers"].into_iter().flat_map(|list| pod.list_at(&["spec", list]));
    let is_used = containers.any(|it| it.list_at(&[wrong]).iter().any(|used| used.str_at(&["name"]) == name));
    is_used.then(|| {
        format!(
            "Unable to attach or mount volumes: unmounted volumes=[{name}], unattached volumes=[], failed to process \
             volumes=[{name}]: volume {name} has volumeMode {mode}, but is specified in {wrong}"
        )
    })
}

fn source_error(cluster: &Cluster, namespace: &Text, source: &Value, kind: Source, name: &str) -> Option<String> {
    if is_optional(source) {
        return None;
    }
    let name = Text::new(source.str_at(&[name]));
    let Some(object) = cluster.find(kind.kind(), namespace, &name) else {
        return Some(format!("{} \"{name}\" not found", kind.word()));
    };
    let missing = source.list_at(&["items"]).iter().find(|item| !has_key(object, item.str_at(&["key"])))?;
    let key = missing.str_at(&["key"]);
    Some(match kind {
        Source::Secret => format!("references non-existent secret key: {key}"),
        Source::ConfigMap => format!("configmap references non-existent config key: {key}"),
    })
}

/// Whether a claim is bound, and its volume attached to the node as far as it has to be.
pub(super) fn is_attached(cluster: &Cluster, claim: &Key, node: &Text) -> bool {
    let Some(claim) = cluster.get(claim).filter(|claim| is_bound(claim)) else { return false };
    let name = volume_of(claim);
    let Some(volume) = cluster.find(Kind::PersistentVolume, &Text::default(), &name) else { return true };
    crate::controllers::attach_detach::attachment_name(volume, node).is_none_or(|attachment| {
        let found = cluster.find(Kind::VolumeAttachment, &Text::default(), &attachment);
        found.is_some_and(|it| volume_attachment::is_attached(it))
    })
}
