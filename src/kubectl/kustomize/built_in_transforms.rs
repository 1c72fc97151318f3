//! What a kustomization does to all of its objects: names, namespace, labels, annotations, replicas and images.
//!
//! Follows the tables in `api/internal/konfig/builtinpluginconsts` of kustomize.

use super::references::visit;
use super::resource::Resource;
use crate::model::{Map, Text, Value};

/// The kinds that keep their names.
pub const KEEPS_NAME: &[&str] = &["CustomResourceDefinition", "APIService", "Namespace"];

/// Puts something before and behind the names.
pub fn rename(kustomization: &Value, resources: &mut [Resource]) {
    let (prefix, suffix) = (kustomization.str_at(&["namePrefix"]), kustomization.str_at(&["nameSuffix"]));
    if prefix.is_empty() && suffix.is_empty() {
        return;
    }
    for resource in resources.iter_mut().filter(|resource| !KEEPS_NAME.contains(&resource.kind())) {
        let name = format!("{prefix}{}{suffix}", resource.name());
        resource.rename(&name);
    }
}

/// Moves everything that lives in a namespace into one.
pub fn set_namespace(kustomization: &Value, resources: &mut [Resource]) {
    let namespace = kustomization.str_at(&["namespace"]).to_string();
    if namespace.is_empty() {
        return;
    }
    for resource in resources {
        move_to_namespace(resource, &namespace, false, true);
    }
}

/// Moves an object into a namespace, and accounts that it names as subjects: all of them, those called `default` as far
/// as `has_default`, or none.
pub fn move_to_namespace(resource: &mut Resource, namespace: &str, has_all: bool, has_default: bool) {
    if resource.kind() == "Namespace" {
        resource.rename(namespace);
    } else if resource.is_namespaced() {
        resource.remember();
        resource.value.set_at(&["metadata", "namespace"], Text::new(namespace));
    }
    let has_subjects = matches!(resource.kind(), "RoleBinding" | "ClusterRoleBinding");
    if !has_subjects || resource.value.list_at(&["subjects"]).is_empty() {
        return;
    }
    for subject in resource.value.at_mut(&["subjects"]).list_mut() {
        // Others follow their accounts.
        let is_meant = has_all || has_default && subject.str_at(&["name"]) == "default";
        if is_meant && subject.str_at(&["kind"]) == "ServiceAccount" {
            subject.set_at(&["namespace"], Text::new(namespace));
        }
    }
}

/// The fields to which labels go, each with whether it is made where it is missing.
type Fields = Vec<(Vec<&'static str>, bool)>;

/// Where the labels of a kind's template stand.
fn template_labels(kind: &str) -> Fields {
    match kind {
        "Deployment" | "ReplicaSet" | "DaemonSet" | "Job" | "ReplicationController" | "StatefulSet" => {
            vec![(vec!["spec", "template", "metadata", "labels"], true)]
        }
        "CronJob" => vec![
            (vec!["spec", "jobTemplate", "metadata", "labels"], true),
            (vec!["spec", "jobTemplate", "spec", "template", "metadata", "labels"], true),
        ],
        _ => Vec::new(),
    }
}

/// Where the selectors of a kind stand.
fn selectors(kind: &str) -> Fields {
    match kind {
        "Service" | "ReplicationController" => vec![(vec!["spec", "selector"], true)],
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" => {
            vec![(vec!["spec", "selector", "matchLabels"], true)]
        }
        "Job" | "PodDisruptionBudget" => vec![(vec!["spec", "selector", "matchLabels"], false)],
        "NetworkPolicy" => vec![(vec!["spec", "podSelector", "matchLabels"], false)],
        _ => Vec::new(),
    }
}

/// Selectors in lists, which get labels where they are: the kinds, and the way to a map of labels.
const IN_LISTS: &[(&[&str], &[&str])] = &[
    (&["NetworkPolicy"], &["spec", "ingress", "*", "from", "*", "podSelector", "matchLabels"]),
    (&["NetworkPolicy"], &["spec", "egress", "*", "to", "*", "podSelector", "matchLabels"]),
    (
        &["Deployment", "StatefulSet"],
        &["spec", "template", "spec", "topologySpreadConstraints", "*", "labelSelector", "matchLabels"],
    ),
];

/// Where the terms of a pod's affinity stand that select other pods.
const AFFINITIES: &[&[&str]] = &[
    &["requiredDuringSchedulingIgnoredDuringExecution", "*", "labelSelector", "matchLabels"],
    &["preferredDuringSchedulingIgnoredDuringExecution", "*", "podAffinityTerm", "labelSelector", "matchLabels"],
];

/// Adds labels to the selectors of lists.
fn add_in_lists(resource: &mut Resource, pairs: &Map) {
    let kind = resource.kind().to_string();
    let mut put = |value: &mut Value| {
        let map = value.map_mut();
        pairs.iter().for_each(|(key, value)| _ = map.insert(key.clone(), value.clone()));
    };
    for (_, path) in IN_LISTS.iter().filter(|(kinds, _)| kinds.contains(&kind.as_str())) {
        visit(&mut resource.value, path, &mut put);
    }
    if matches!(kind.as_str(), "Deployment" | "StatefulSet") {
        for affinity in ["podAffinity", "podAntiAffinity"] {
            for terms in AFFINITIES {
                let start = ["spec", "template", "spec", "affinity", affinity];
                let path: Vec<&str> = start.iter().chain(terms.iter()).copied().collect();
                visit(&mut resource.value, &path, &mut put);
            }
        }
    }
}

fn add(resource: &mut Resource, fields: &Fields, pairs: &Map) {
    for (path, is_made) in fields {
        if *is_made || resource.value.at(path).is_some() {
            let map = resource.value.at_mut(path).map_mut();
            pairs.iter().for_each(|(key, value)| _ = map.insert(key.clone(), value.clone()));
        }
    }
}

fn pairs_at(value: &Value, field: &'static str) -> Map {
    value.get(field).and_then(Value::as_map).cloned().unwrap_or_default()
}

/// Adds the labels of `labels` and `commonLabels`.
pub fn label(kustomization: &Value, resources: &mut [Resource]) {
    let is_on = |value: &Value, field: &'static str| value.get(field) == Some(&Value::Bool(true));
    let mut rules: Vec<(Map, bool, bool)> = kustomization
        .list_at(&["labels"])
        .iter()
        .map(|rule| (pairs_at(rule, "pairs"), is_on(rule, "includeSelectors"), is_on(rule, "includeTemplates")))
        .collect();
    rules.push((pairs_at(kustomization, "commonLabels"), true, true));
    for rule in kustomization.list_at(&["labels"]) {
        add_pairs(rule.list_at(&["fields"]), &pairs_at(rule, "pairs"), resources);
    }
    for (pairs, has_selectors, has_templates) in rules.iter().filter(|(pairs, ..)| !pairs.is_empty()) {
        for resource in resources.iter_mut() {
            let kind = resource.kind().to_string();
            add(resource, &vec![(vec!["metadata", "labels"], true)], pairs);
            if *has_selectors || *has_templates {
                add(resource, &template_labels(&kind), pairs);
                label_claims(resource, pairs);
            }
            if *has_selectors {
                add(resource, &selectors(&kind), pairs);
                add_in_lists(resource, pairs);
            }
        }
    }
}

/// Adds pairs to the fields that a list of field specs means.
pub fn add_pairs(fields: &[Value], pairs: &Map, resources: &mut [Resource]) {
    for resource in resources.iter_mut() {
        visit_fields(fields, resource, &Value::map(), &mut |value| {
            let map = value.map_mut();
            pairs.iter().for_each(|(key, value)| _ = map.insert(key.clone(), value.clone()));
        });
    }
}

/// Whether a field spec means the kind of an object.
pub fn is_field_of(field: &Value, resource: &Resource) -> bool {
    let (group, version) = resource.group_version();
    let fits = |name: &'static str, own: &str| matches!(field.str_at(&[name]), text if text.is_empty() || text == own);
    fits("kind", resource.kind()) && fits("group", group) && fits("version", version)
}

/// Calls `change` for each place in an object that field specs (`spec/foo/labels` of a kind) mean; one that is missing
/// is made with `blank` in it, where the spec says so.
pub fn visit_fields(fields: &[Value], resource: &mut Resource, blank: &Value, change: &mut dyn FnMut(&mut Value)) {
    for field in fields.iter().filter(|field| is_field_of(field, resource)).cloned().collect::<Vec<Value>>() {
        let path = field.str_at(&["path"]).replace("\\/", "\0");
        let steps: Vec<String> =
            path.split('/').filter(|step| !step.is_empty()).map(|step| step.replace('\0', "/")).collect();
        let blank = (field.get("create") == Some(&Value::Bool(true))).then_some(blank);
        visit_at(&mut resource.value, &steps, blank, change);
    }
}

/// Follows a path; `name[]` goes through a list, and so does a name whose field is one.
fn visit_at(value: &mut Value, steps: &[String], blank: Option<&Value>, change: &mut dyn FnMut(&mut Value)) {
    if value.as_list().is_some() {
        return value.list_mut().iter_mut().for_each(|item| visit_at(item, steps, blank, change));
    }
    let Some((first, rest)) = steps.split_first() else { return change(value) };
    let (name, is_list) = first.strip_suffix("[]").map_or((first.as_str(), false), |name| (name, true));
    if value.as_map().is_none() {
        return;
    }
    if let (None, Some(blank), false) = (value.get(name), blank, is_list) {
        value.map_mut().insert(Text::new(name), if rest.is_empty() { blank.clone() } else { Value::map() });
    }
    if value.get(name).is_some()
        && let Some(inner) = value.map_mut().get_mut(name)
    {
        visit_at(inner, rest, blank, change);
    }
}

/// The claims of a set are labelled like its pods.
fn label_claims(resource: &mut Resource, pairs: &Map) {
    if resource.kind() != "StatefulSet" || resource.value.list_at(&["spec", "volumeClaimTemplates"]).is_empty() {
        return;
    }
    for claim in resource.value.at_mut(&["spec", "volumeClaimTemplates"]).list_mut() {
        let map = claim.at_mut(&["metadata", "labels"]).map_mut();
        pairs.iter().for_each(|(key, value)| _ = map.insert(key.clone(), value.clone()));
    }
}

/// Adds the annotations of `commonAnnotations`.
pub fn annotate(kustomization: &Value, resources: &mut [Resource]) {
    let pairs = pairs_at(kustomization, "commonAnnotations");
    if pairs.is_empty() {
        return;
    }
    for resource in resources {
        let kind = resource.kind().to_string();
        let mut fields = vec![(vec!["metadata", "annotations"], true)];
        for (mut path, is_made) in template_labels(&kind) {
            path.pop();
            path.push("annotations");
            fields.push((path, is_made));
        }
        add(resource, &fields, &pairs);
    }
}

/// Sets the replicas of `replicas`.
///
/// # Errors
/// A name that nothing has.
pub fn set_replicas(kustomization: &Value, resources: &mut [Resource]) -> Result<(), String> {
    const KINDS: [&str; 4] = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];
    for rule in kustomization.list_at(&["replicas"]) {
        let name = rule.str_at(&["name"]);
        let mut is_found = false;
        for resource in resources.iter_mut().filter(|it| KINDS.contains(&it.kind()) && it.is_called(name)) {
            is_found = true;
            resource.value.set_at(&["spec", "replicas"], rule.i64_at(&["count"]).unwrap_or(0));
        }
        if !is_found {
            let kinds = KINDS.map(|kind| format!("{kind}.[noVer].[noGrp]")).join(" ");
            return Err(format!("resource with name {name} does not match a config with the following GVK [{kinds}]"));
        }
    }
    Ok(())
}

/// Gives images the names, tags and digests of `images`.
pub fn set_images(kustomization: &Value, resources: &mut [Resource]) {
    for rule in kustomization.list_at(&["images"]) {
        resources.iter_mut().for_each(|resource| set_image(&mut resource.value, rule));
    }
}

fn set_image(value: &mut Value, rule: &Value) {
    match value {
        Value::Map(_) => {
            let keys: Vec<Text> = value.as_map().into_iter().flat_map(Map::keys).cloned().collect();
            for key in keys {
                let Some(inner) = value.map_mut().get_mut(&key) else { continue };
                let are_containers = matches!(key.as_str(), "containers" | "initContainers" | "ephemeralContainers");
                if are_containers && inner.as_list().is_some() {
                    for container in inner.list_mut() {
                        if let Some(image) = changed_image(container.str_at(&["image"]), rule) {
                            container.set_at(&["image"], image);
                        }
                    }
                } else {
                    set_image(inner, rule);
                }
            }
        }
        Value::List(_) => value.list_mut().iter_mut().for_each(|inner| set_image(inner, rule)),
        _ => {}
    }
}

/// What a rule makes of an image that it means.
fn changed_image(image: &str, rule: &Value) -> Option<String> {
    let (name_and_tag, digest) = image.split_once('@').map_or((image, ""), |(before, digest)| (before, digest));
    let slash = name_and_tag.rfind('/').map_or(0, |at| at + 1);
    let colon = name_and_tag.get(slash..)?.find(':').map(|at| at + slash);
    let (name, tag) = match colon {
        Some(at) => (name_and_tag.get(..at)?, name_and_tag.get(at + 1..)?),
        None => (name_and_tag, ""),
    };
    if name != rule.str_at(&["name"]) || name.is_empty() {
        return None;
    }
    let text = |field: &'static str| rule.str_at(&[field]).to_string();
    let name = if text("newName").is_empty() { name.to_string() } else { text("newName") };
    let (mut tag, mut digest) = (tag.to_string(), digest.to_string());
    if !text("newTag").is_empty() || !text("digest").is_empty() {
        (tag, digest) = (text("newTag"), text("digest"));
    } else if !text("tagSuffix").is_empty() {
        tag.push_str(&text("tagSuffix"));
        digest.clear();
    }
    let tag = if tag.is_empty() { tag } else { format!(":{tag}") };
    let digest = if digest.is_empty() { digest } else { format!("@{digest}") };
    Some(format!("{name}{tag}{digest}"))
}
