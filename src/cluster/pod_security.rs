//! Pod Security: what the labels of a namespace allow its pods to ask for, in the words of the admission plugin.
//!
//! Follows admission/admission.go of k8s.io/pod-security-admission: whom the levels concern, and what is said to whom.

mod checks;

use super::error::ApiError;
use super::refusals::POD_SECURITY;
use super::store::Cluster;
use crate::model::object::labels_from_value;
use crate::model::pod::is_over;
use crate::model::{Kind, Object, Text, Value};
use crate::sorted::SharedMap;
pub use checks::is_safe_sysctl;
use checks::{Subject, Violation};

/// How much pods may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Privileged,
    Baseline,
    Restricted,
}

/// A level with the version whose rules count, as the label has it.
struct Policy {
    level: Level,
    version: Text,
}

const PREFIX: &str = "pod-security.kubernetes.io/";

impl Level {
    fn read(text: &str) -> Option<Level> {
        match text {
            "privileged" => Some(Level::Privileged),
            "baseline" => Some(Level::Baseline),
            "restricted" => Some(Level::Restricted),
            _ => None,
        }
    }
}

impl Policy {
    /// The policy of a mode: `enforce`, `warn` or `audit`.
    fn of(namespace: &Object, mode: &str) -> Option<Policy> {
        let level = Level::read(namespace.meta.labels.get(format!("{PREFIX}{mode}").as_str())?)?;
        let version = namespace.meta.labels.get(format!("{PREFIX}{mode}-version").as_str());
        Some(Policy { level, version: version.cloned().unwrap_or_else(|| "latest".into()) })
    }

    fn name(&self) -> String {
        let level = match self.level {
            Level::Privileged => "privileged",
            Level::Baseline => "baseline",
            Level::Restricted => "restricted",
        };
        format!("{level}:{}", self.version)
    }

    /// What an object's pods ask for that is not allowed, by the rules of the version that the label names; a version
    /// that is still to come has the rules of this one.
    fn violations(&self, object: &Object, cluster: &Cluster) -> Vec<Violation> {
        let own = cluster.kubernetes().version().minor;
        let asked = self.version.strip_prefix("v1.").and_then(|minor| minor.parse::<u8>().ok());
        let subject = subject(object);
        subject
            .map(|it| checks::violations(self.level, asked.map_or(own, |asked| asked.min(own)), &it))
            .unwrap_or_default()
    }
}

/// Refuses a pod that its namespace does not allow.
///
/// # Errors
/// `Forbidden`.
pub fn check_pod(cluster: &Cluster, pod: &Object) -> Result<(), ApiError> {
    let Some(policy) = namespace_of(cluster, pod).and_then(|namespace| Policy::of(namespace, "enforce")) else {
        return Ok(());
    };
    let violations = policy.violations(pod, cluster);
    if violations.is_empty() {
        return Ok(());
    }
    let why = format!("{POD_SECURITY}{}\": {}", policy.name(), listed(&violations));
    Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why })
}

/// What the server warns of when a pod, or an object with a template for pods, is stored.
pub fn warnings(cluster: &Cluster, object: &Object) -> Vec<String> {
    let Some(namespace) = namespace_of(cluster, object) else { return Vec::new() };
    // Without a level of its own for warnings, what would be refused is warned of.
    let Some(policy) = Policy::of(namespace, "warn").or_else(|| Policy::of(namespace, "enforce")) else {
        return Vec::new();
    };
    let violations = policy.violations(object, cluster);
    match violations.is_empty() {
        true => Vec::new(),
        false => vec![format!("would violate PodSecurity \"{}\": {}", policy.name(), listed(&violations))],
    }
}

/// What is wrong with the labels of a namespace.
///
/// # Errors
/// `Invalid`.
pub fn check_labels(namespace: &Object) -> Result<(), ApiError> {
    let mut causes = Vec::new();
    for (key, value) in namespace.meta.labels.iter() {
        let Some(mode) = key.strip_prefix(PREFIX) else { continue };
        let wrong = match mode {
            "enforce" | "warn" | "audit" if Level::read(value).is_none() => {
                "must be one of privileged, baseline, restricted"
            }
            "enforce-version" | "warn-version" | "audit-version" if !is_version(value) => {
                "must be \"latest\" or \"v1.x\""
            }
            _ => continue,
        };
        causes.push(format!("metadata.labels[{key}]: Invalid value: \"{value}\": {wrong}"));
    }
    match causes.is_empty() {
        true => Ok(()),
        false => Err(ApiError::Invalid { kind: Kind::Namespace, name: namespace.meta.name.clone(), causes }),
    }
}

/// What the server says of the pods that are there when a namespace gets a stricter level.
pub fn label_warnings(cluster: &Cluster, old: &Object, namespace: &Object) -> Vec<String> {
    let Some(policy) = Policy::of(namespace, "enforce") else { return Vec::new() };
    let before = Policy::of(old, "enforce");
    if before.is_some_and(|before| before.level == policy.level && before.version == policy.version) {
        return Vec::new();
    }
    let mut groups: SharedMap<String, Vec<Text>> = SharedMap::new();
    for pod in cluster.list_in(Kind::Pod, &namespace.meta.name).filter(|pod| !is_over(pod)) {
        let violations = policy.violations(pod, cluster);
        if !violations.is_empty() {
            let reasons: Vec<&str> = violations.iter().map(|violation| violation.reason).collect();
            groups.entry(reasons.join(", ")).or_default().push(pod.meta.name.clone());
        }
    }
    if groups.is_empty() {
        return Vec::new();
    }
    let mut lines: Vec<String> = groups
        .iter()
        .map(|(reasons, pods)| match pods.as_slice() {
            [one] => format!("{one}: {reasons}"),
            [first, _] => format!("{first} (and 1 other pod): {reasons}"),
            pods => format!("{} (and {} other pods): {reasons}", pods.first().map_or("", Text::as_str), pods.len() - 1),
        })
        .collect();
    let (name, policy) = (&namespace.meta.name, policy.name());
    lines.insert(
        0,
        format!("existing pods in namespace \"{name}\" violate the new PodSecurity enforce level \"{policy}\""),
    );
    lines
}

fn is_version(text: &str) -> bool {
    let minor = text.strip_prefix("v1.").unwrap_or("");
    text == "latest" || !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())
}

fn namespace_of<'a>(cluster: &'a Cluster, object: &Object) -> Option<&'a Object> {
    let name = &object.meta.namespace;
    cluster.find(Kind::Namespace, name, name).map(|namespace| &**namespace)
}

/// What an object's pods ask for: its own spec, or that of its template.
fn subject(object: &Object) -> Option<Subject<'_>> {
    let path = object.kind.info().pods?;
    let spec = object.at(path)?;
    let annotations = match path.split_last()?.1 {
        [] => object.meta.annotations.clone(),
        template => labels_from_value(object.at(template)?.at(&["metadata", "annotations"])),
    };
    Some(Subject { annotations, spec })
}

/// Whether a change of a pod is looked at as if it were new: another image, or another container.
///
/// Follows `isSignificantPodUpdate`.
pub fn counts_as_new(old: &Object, pod: &Object) -> bool {
    let images = |pod: &Object| -> Vec<(Text, Text)> {
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        let containers = lists.into_iter().flat_map(|list| pod.list_at(&["spec", list]));
        let text = |it: &Value, field: &str| Text::new(it.str_at(&[field]));
        containers.map(|it| (text(it, "name"), text(it, "image"))).collect()
    };
    images(old) != images(pod)
}

fn listed(violations: &[Violation]) -> String {
    let one = |violation: &Violation| format!("{} ({})", violation.reason, violation.detail);
    violations.iter().map(one).collect::<Vec<_>>().join(", ")
}
