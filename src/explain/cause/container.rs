//! Why the containers of a pod that has a machine do not run, or are not ready.

use super::probe::{killed, not_ready, restarting};
use super::template::with_template_remedy;
use super::{End, Link, clock, event_where, in_namespace, latest_event};
use crate::cluster::Cluster;
use crate::controllers::attach_detach::{UNMOUNT_WAIT, UNUSED_SINCE};
use crate::model::claim::volume_name;
use crate::model::conditions::is_true;
use crate::model::container_status::{exit_code, is_running, restarts};
use crate::model::node::OUT_OF_SERVICE;
use crate::model::pod::{init_containers, node_name};
use crate::model::volume_attachment::{attached_node, attached_volume};
use crate::model::{Key, Kind, Millis, Object, Text, Value, container_status, pod};
use crate::shell::container_log;

pub(super) fn link(cluster: &Cluster, pod: &Object) -> Link {
    if let Some(link) = missing_references(cluster, pod).into_iter().next() {
        return link;
    }
    if let Some(link) = attached_elsewhere(cluster, pod) {
        return link;
    }
    if let Some(link) = not_mounted(cluster, pod) {
        return link;
    }
    for status in pod::init_statuses(pod) {
        let name = status.str_at(&["name"]);
        let is_over = exit_code(status) == Some(0);
        // One that goes on is a sidecar; any other has to end, however long it has been running.
        let is_sidecar = |it: &Value| it.str_at(&["name"]) == name && it.str_at(&["restartPolicy"]) == "Always";
        let has_started = status.at(&["started"]).and_then(Value::as_bool) == Some(true);
        let serves = has_started && init_containers(pod).iter().any(is_sidecar);
        if is_over || serves {
            continue;
        }
        return match troubled(cluster, pod, status) {
            Some(link) => link,
            None if is_running(status) => init_runs(cluster, pod, name),
            None => Link::of(pod, "container.init").fact("container", name).by_itself(),
        };
    }
    for status in pod::container_statuses(pod) {
        if let Some(link) = troubled(cluster, pod, status) {
            return link;
        }
    }
    for status in pod::container_statuses(pod) {
        if is_running(status) && !container_status::is_ready(status) {
            return not_ready(cluster, pod, status.str_at(&["name"]));
        }
    }
    if pod::container_statuses(pod).iter().any(|status| !is_running(status)) {
        return Link::of(pod, "container.starting").by_itself();
    }
    gated(pod).unwrap_or_else(|| Link::of(pod, "pod.soon-ready").by_itself())
}

/// Everything that keeps a pod's containers from running, the same thing once; of those that are only on their way,
/// nothing.
pub(super) fn all(cluster: &Cluster, pod: &Object) -> Vec<Link> {
    let mut found = missing_references(cluster, pod);
    let is_reference_missing = !found.is_empty();
    found.extend(attached_elsewhere(cluster, pod));
    // A mount fails, or a container is refused, because of what is missing.
    found.extend(not_mounted(cluster, pod).filter(|_| !is_reference_missing));
    let of_init = pod::init_statuses(pod).iter().filter(|status| exit_code(status) != Some(0));
    for status in of_init.chain(pod::container_statuses(pod)) {
        let link = troubled(cluster, pod, status).or_else(|| {
            let is_unready = is_running(status) && !container_status::is_ready(status);
            is_unready.then(|| not_ready(cluster, pod, status.str_at(&["name"])))
        });
        found.extend(link.filter(|link| !(is_reference_missing && link.rule == "container.refused")));
    }
    found
}

/// An init container that runs: whether it ends is its own affair, and what it says is the best clue.
fn init_runs(cluster: &Cluster, pod: &Object, name: &str) -> Link {
    let line = format!("kubectl logs {}{} -c {name}", pod.meta.name, in_namespace(&pod.meta.namespace));
    let link = Link::of(pod, "container.init-runs").fact("container", name);
    saying(cluster, pod, name, link).remedy(line, "container.init-logs")
}

/// The longest line of a log that stands in a sentence.
const WORDS_MAX: usize = 160;

/// What a container said last is the best clue to what ails it: the latest line that speaks of a fault, or else the
/// latest of all.
fn saying(cluster: &Cluster, pod: &Object, container: &str, link: Link) -> Link {
    let log = |is_previous| container_log(cluster, pod, container, is_previous).filter(|lines| !lines.is_empty());
    let lines = log(false).or_else(|| log(true)).unwrap_or_default();
    let said = || lines.iter().rev().map(|line| line.text.trim()).filter(|text| !text.is_empty());
    let is_fault = |text: &&str| {
        let text = text.to_ascii_lowercase();
        ["error", "fatal", "denied", "cannot", "can't", "not found", "no such"].iter().any(|word| text.contains(word))
    };
    match said().find(is_fault).or_else(|| said().next()) {
        Some(text) => {
            let is_long = text.chars().count() > WORDS_MAX;
            let short: String = text.chars().take(WORDS_MAX).collect();
            let text = if is_long { format!("{short}…") } else { short };
            link.fact("words", &text).and("container.said")
        }
        None => link,
    }
}

/// A container that cannot be pulled, made or kept running.
fn troubled(cluster: &Cluster, pod: &Object, status: &Value) -> Option<Link> {
    let waiting = container_status::waiting(status);
    let reason = waiting.map_or("", |state| state.str_at(&["reason"]));
    let ended = status.at(&["lastState", "terminated"]).or_else(|| container_status::ended(status));
    let named =
        |rule| Link::of(pod, rule).fact("container", status.str_at(&["name"])).fact("image", status.str_at(&["image"]));
    match reason {
        "ErrImagePull" | "ImagePullBackOff" => Some(with_template_remedy(cluster, pod, named("container.no-image"))),
        "InvalidImageName" => Some(with_template_remedy(cluster, pod, named("container.image-name"))),
        "ErrImageNeverPull" => Some(with_template_remedy(cluster, pod, named("container.never-pull"))),
        "" | "ContainerCreating" | "PodInitializing" if ended.is_none() => None,
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => {
            let message = waiting.map_or("", |state| state.str_at(&["message"]));
            let link = not_started(named, message);
            Some(if link.rule == "reference.tried-soon" { link } else { with_template_remedy(cluster, pod, link) })
        }
        _ => {
            let ended = ended.filter(|_| !is_running(status))?;
            Some(ends_again(cluster, pod, named("container.crashes"), ended, status))
        }
    }
}

/// Whether a message says that a ConfigMap or Secret, or an entry of one, is missing.
fn is_about_reference(message: &str) -> bool {
    let names = |kind: &str| message.contains(&format!("{kind} \"")) && message.contains("not found");
    names("secret")
        || names("configmap")
        || message.contains("couldn't find key")
        || message.contains("references non-existent")
}

/// What a runtime's message comes down to.
fn not_started(named: impl Fn(&'static str) -> Link, message: &str) -> Link {
    let program = message.split_once("exec: \"").and_then(|(_, rest)| rest.split_once('"'));
    let is_absent =
        |rest: &str| rest.contains("executable file not found") || rest.contains("no such file or directory");
    if let Some((program, _)) = program.filter(|(_, rest)| is_absent(rest)) {
        return named("container.no-program").fact("program", program);
    }
    // What it asks for is there by now, or another cause would be told: the kubelet has not tried again yet.
    if is_about_reference(message) {
        return named("reference.tried-soon").by_itself();
    }
    if message.contains("runAsNonRoot and image will run as root") {
        return named("container.runs-as-root");
    }
    named("container.refused").fact("message", message)
}

fn ends_again(cluster: &Cluster, pod: &Object, link: Link, ended: &Value, status: &Value) -> Link {
    let place = in_namespace(&pod.meta.namespace);
    let code = ended.i64_at(&["exitCode"]).unwrap_or(0);
    let mut link = link.number("code", code).number("restarts", restarts(status));
    if ended.str_at(&["reason"]) == "OOMKilled" {
        link.rule = "container.out-of-memory";
        return with_template_remedy(cluster, pod, link);
    }
    if cluster.runtime().breakage(&pod.key()).crashes {
        return link.remedy(format!("lab crash {} off", pod.meta.name), "lab.mend");
    }
    let finished = Millis::parse_rfc3339(ended.str_at(&["finishedAt"])).unwrap_or(Millis::ZERO);
    if latest_event(cluster, pod, &["FailedPostStartHook"]).is_some_and(|(at, _)| at >= finished) {
        link.rule = "container.hook-fails";
        return with_template_remedy(cluster, pod, link);
    }
    if let Some(link) = killed(cluster, pod, status) {
        return link;
    }
    let container = status.str_at(&["name"]);
    if code == 0 {
        link.rule = "container.ends-well";
    }
    let link = saying(cluster, pod, container, link);
    let line = format!("kubectl logs {}{place} -c {container} --previous", pod.meta.name);
    with_template_remedy(cluster, pod, link).remedy(line, "container.logs")
}

/// The ConfigMaps and Secrets, or their entries, that the pod names and that do not exist.
fn missing_references(cluster: &Cluster, pod: &Object) -> Vec<Link> {
    let mut wanted: Vec<(Kind, &str, &str)> = Vec::new();
    for volume in pod::volumes(pod) {
        let projected = volume.list_at(&["projected", "sources"]).iter();
        for source in projected.chain(std::iter::once(volume)) {
            files_of(source, &mut wanted);
        }
    }
    for field in ["initContainers", "containers"] {
        for container in pod.list_at(&["spec", field]) {
            references_of(container, &mut wanted);
        }
    }
    let namespace = &pod.meta.namespace;
    let lacks = |(kind, name, key): &(Kind, &str, &str)| {
        let object = cluster.find(*kind, namespace, &Text::new(name));
        let has_key = |object: &Object| {
            let has = |field| object.at(&[field]).and_then(|data| data.get(key)).is_some();
            key.is_empty() || has("data") || has("stringData") || has("binaryData")
        };
        !name.is_empty() && object.is_none_or(|object| !has_key(object))
    };
    wanted.into_iter().filter(lacks).map(|it| missing_reference(cluster, pod, it)).collect()
}

fn missing_reference(cluster: &Cluster, pod: &Object, (kind, name, key): (Kind, &str, &str)) -> Link {
    let namespace = &pod.meta.namespace;
    let is_there = cluster.find(kind, namespace, &Text::new(name)).is_some();
    let (verb, word) = match kind {
        Kind::Secret => ("secret generic", "Secret"),
        _ => ("configmap", "ConfigMap"),
    };
    let entry = if key.is_empty() { "key" } else { key };
    let place = in_namespace(namespace);
    let link = Link::of(pod, if is_there { "reference.key-missing" } else { "reference.missing" });
    let link = link.fact("kind", word).fact("name", name).fact("key", entry);
    if is_there {
        let short = if kind == Kind::Secret { "secret" } else { "configmap" };
        let field = if kind == Kind::Secret { "stringData" } else { "data" };
        let patch = format!("'{{\"{field}\":{{\"{entry}\":\"value\"}}}}'");
        link.remedy(format!("kubectl patch {short} {name}{place} -p {patch}"), "reference.create")
    } else {
        link.remedy(format!("kubectl create {verb} {name}{place} --from-literal={entry}=value"), "reference.create")
    }
}

/// What a volume, or a part of a projected one, shows as files.
fn files_of<'a>(source: &'a Value, wanted: &mut Vec<(Kind, &'a str, &'a str)>) {
    for (field, kind) in [("configMap", Kind::ConfigMap), ("secret", Kind::Secret)] {
        let Some(files) = source.get(field) else { continue };
        if files.at(&["optional"]).and_then(Value::as_bool) == Some(true) {
            continue;
        }
        let name = files.str_at(&["secretName"]);
        let name = if name.is_empty() { files.str_at(&["name"]) } else { name };
        wanted.push((kind, name, ""));
        wanted.extend(files.list_at(&["items"]).iter().map(|item| (kind, name, item.str_at(&["key"]))));
    }
}

/// What a container's environment names.
fn references_of<'a>(container: &'a Value, wanted: &mut Vec<(Kind, &'a str, &'a str)>) {
    let is_needed = |reference: &&Value| reference.at(&["optional"]).and_then(Value::as_bool) != Some(true);
    for (field, kind) in [("configMapKeyRef", Kind::ConfigMap), ("secretKeyRef", Kind::Secret)] {
        let env = container.list_at(&["env"]).iter();
        let found = env.filter_map(|entry| entry.at(&["valueFrom", field])).filter(is_needed);
        wanted.extend(found.map(|it| (kind, it.str_at(&["name"]), it.str_at(&["key"]))));
    }
    for (field, kind) in [("configMapRef", Kind::ConfigMap), ("secretRef", Kind::Secret)] {
        let env = container.list_at(&["envFrom"]).iter();
        let found = env.filter_map(|entry| entry.get(field)).filter(is_needed);
        wanted.extend(found.map(|it| (kind, it.str_at(&["name"]), "")));
    }
}

/// A volume that still hangs on another machine.
fn attached_elsewhere(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let node = node_name(pod);
    let claims = crate::model::pod::claims_of(pod);
    let volumes = claims.iter().filter_map(|key| Some(volume_name(cluster.get(key)?)));
    for volume in volumes.filter(|name| !name.is_empty()) {
        let mut attachments = cluster.list(Kind::VolumeAttachment);
        let other = attachments.find(|it| attached_volume(it) == volume && attached_node(it) != node);
        if let Some(other) = other {
            let is_refused = latest_event(cluster, pod, &["FailedAttachVolume"]).is_some();
            let holder = Text::new(attached_node(other));
            let link = |rule| Link::of(pod, rule).fact("volume", volume).fact("node", &holder);
            let link = match taken_at(cluster, other, &holder) {
                Some(at) => {
                    let line = format!("kubectl taint nodes {holder} {OUT_OF_SERVICE}=nodeshutdown:NoExecute");
                    let link = link("volume.taken").fact("until", &clock(at)).ends(End::ByItself(Some(at)));
                    link.remedy(line, "node.out-of-service")
                }
                None => link("volume.attached-elsewhere").waits_for(Key::new(Kind::Node, "", holder.clone())),
            };
            return is_refused.then_some(link);
        }
    }
    None
}

/// When a volume that no pod uses any more is taken from a machine that does not answer.
fn taken_at(cluster: &Cluster, attachment: &Object, node: &Text) -> Option<Millis> {
    cluster.runtime().stopped(node)?;
    Some(Millis::parse_rfc3339(attachment.meta.annotation(UNUSED_SINCE))? + UNMOUNT_WAIT)
}

/// The longest pause between two tries to mount a volume.
const MOUNT_RETRY_MAX: Millis = Millis::seconds(130);

/// A volume that the kubelet tries in vain to mount.
fn not_mounted(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let has_begun = |status: &Value| container_status::waiting(status).is_none();
    if pod::init_statuses(pod).iter().chain(pod::container_statuses(pod)).any(has_begun) {
        return None;
    }
    // Of claims and empty folders the mounting never fails; who has nothing else need not be looked up.
    let may_fail = |volume: &Value| {
        let is_tame = volume.get("persistentVolumeClaim").is_some() || volume.get("emptyDir").is_some();
        !is_tame && !volume.str_at(&["name"]).starts_with("kube-api-access-")
    };
    if !pod::volumes(pod).iter().any(may_fail) {
        return None;
    }
    let (at, message) = event_where(cluster, pod, |reason, _| reason == "FailedMount")?;
    let link = Link::of(pod, "volume.not-mounted").fact("message", message.trim_end_matches('.'));
    // As with a container: nothing that is asked for is missing any more.
    let is_over = is_about_reference(&message);
    let soon = || Link::of(pod, "reference.mounted-soon").by_itself();
    let link = || if is_over { soon() } else { with_template_remedy(cluster, pod, link) };
    (cluster.now() - at <= MOUNT_RETRY_MAX).then(link)
}

/// The exit code of the container by which a pod failed, with what the container said last.
pub(super) fn failed(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let ended = |status: &&Value| exit_code(status).is_some_and(|code| code != 0);
    let status = pod::init_statuses(pod).iter().chain(pod::container_statuses(pod)).find(ended)?;
    let (name, code) = (status.str_at(&["name"]), exit_code(status)?);
    let link = Link::of(pod, "pod.failed-code").fact("container", name).number("code", code);
    Some(saying(cluster, pod, name, link))
}

/// What is wrong with a pod that is ready.
pub(super) fn of_ready(cluster: &Cluster, pod: &Object) -> Option<Link> {
    restarting(cluster, pod)
}

/// A readiness gate that nobody has opened.
fn gated(pod: &Object) -> Option<Link> {
    let gates = pod.list_at(&["spec", "readinessGates"]).iter();
    let mut closed = gates.map(|gate| gate.str_at(&["conditionType"])).filter(|gate| !is_true(pod, gate));
    let gate = closed.next()?;
    let patch = format!("{{\"status\":{{\"conditions\":[{{\"type\":\"{gate}\",\"status\":\"True\"}}]}}}}");
    let place = in_namespace(&pod.meta.namespace);
    let line = format!("kubectl patch pod {}{place} --subresource=status -p '{patch}'", pod.meta.name);
    Some(Link::of(pod, "pod.gate").fact("gate", gate).remedy(line, "pod.open-gate"))
}
