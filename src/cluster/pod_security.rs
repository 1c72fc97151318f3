//! Pod Security: what the labels of a namespace allow its pods to ask for, in the words of the admission plugin.
//!
//! Follows k8s.io/pod-security-admission: the checks of the levels `baseline` and `restricted`, what they say, and
//! whom they warn.

use super::error::ApiError;
use super::refusals::POD_SECURITY;
use super::store::Cluster;
use crate::model::pod::is_over;
use crate::model::{Kind, Object, Text, Value};
use crate::sorted::SharedMap;

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

/// Something that a level does not allow: its name, and where it was found.
struct Violation {
    reason: &'static str,
    detail: String,
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

    fn violations(&self, spec: &Value) -> Vec<Violation> {
        match self.level {
            Level::Privileged => Vec::new(),
            Level::Baseline => baseline(spec, false),
            Level::Restricted => {
                let mut all = baseline(spec, true);
                restricted(spec, &mut all);
                all
            }
        }
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
    let violations = policy.violations(pod.at(&["spec"]).unwrap_or(&Value::Null));
    if violations.is_empty() {
        return Ok(());
    }
    let why = format!("{POD_SECURITY}{}\": {}", policy.name(), listed(&violations));
    Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why })
}

/// What the server warns of when a pod, or an object with a template for pods, is stored.
pub fn warnings(cluster: &Cluster, object: &Object) -> Vec<String> {
    let Some(spec) = pod_spec(object) else { return Vec::new() };
    let Some(namespace) = namespace_of(cluster, object) else { return Vec::new() };
    // Without a level of its own for warnings, what would be refused is warned of.
    let Some(policy) = Policy::of(namespace, "warn").or_else(|| Policy::of(namespace, "enforce")) else {
        return Vec::new();
    };
    let violations = policy.violations(spec);
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
        let violations = policy.violations(pod.at(&["spec"]).unwrap_or(&Value::Null));
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

/// The pod spec in an object: its own, or that of its template.
fn pod_spec(object: &Object) -> Option<&Value> {
    object.at(object.kind.info().pods?)
}

fn listed(violations: &[Violation]) -> String {
    let one = |violation: &Violation| match violation.detail.as_str() {
        "" => violation.reason.to_string(),
        detail => format!("{} ({detail})", violation.reason),
    };
    violations.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    lists.into_iter().flat_map(|list| spec.list_at(&[list]))
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// `container "a"` or `containers "a", "b"`.
fn plural(noun: &str, names: &[&str]) -> String {
    let ending = if names.len() == 1 { "" } else { "s" };
    format!("{noun}{ending} {}", quoted(names.iter().copied()))
}

/// The names of the containers for which `is_bad`.
fn bad_containers(spec: &Value, is_bad: impl Fn(&Value) -> bool) -> Vec<&str> {
    containers(spec).filter(|container| is_bad(container)).map(|container| container.str_at(&["name"])).collect()
}

fn flag(value: &Value, path: &[&str]) -> Option<bool> {
    value.at(path).and_then(Value::as_bool)
}

const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

const SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];

/// The checks of `baseline`, in the order of their ids; those that `restricted` replaces only without it.
fn baseline(spec: &Value, is_replaced: bool) -> Vec<Violation> {
    let mut all = Vec::new();
    let mut add = |reason: &'static str, detail: String| {
        if !detail.is_empty() {
            all.push(Violation { reason, detail });
        }
    };
    if !is_replaced {
        add("non-default capabilities", added_capabilities(spec, CAPABILITIES));
    }
    let host = ["hostNetwork", "hostPID", "hostIPC"].into_iter().filter(|field| flag(spec, &[field]) == Some(true));
    add("host namespaces", host.map(|field| format!("{field}=true")).collect::<Vec<_>>().join(", "));
    if !is_replaced {
        let volumes =
            spec.list_at(&["volumes"]).iter().filter(|volume| volume.get("hostPath").is_some_and(|it| !it.is_null()));
        let names: Vec<&str> = volumes.map(|volume| volume.str_at(&["name"])).collect();
        add("hostPath volumes", if names.is_empty() { String::new() } else { plural("volume", &names) });
    }
    add("hostPort", host_ports(spec));
    let privileged = bad_containers(spec, |it| flag(it, &["securityContext", "privileged"]) == Some(true));
    add("privileged", must(&privileged, "must not set securityContext.privileged=true"));
    let unmasked = bad_containers(spec, |it| it.str_at(&["securityContext", "procMount"]) == "Unmasked");
    add("procMount", must(&unmasked, "must not set securityContext.procMount to \"Unmasked\""));
    if !is_replaced {
        add("seccompProfile", unconfined(spec));
    }
    let sysctls = spec.list_at(&["securityContext", "sysctls"]).iter().map(|it| it.str_at(&["name"]));
    let forbidden: Vec<&str> = sysctls.filter(|name| !SYSCTLS.contains(name)).collect();
    add("forbidden sysctls", forbidden.join(", "));
    all
}

/// The checks that `restricted` has in addition.
fn restricted(spec: &Value, all: &mut Vec<Violation>) {
    let mut add = |reason: &'static str, detail: String| {
        if !detail.is_empty() {
            all.push(Violation { reason, detail });
        }
    };
    let escalating =
        bad_containers(spec, |it| flag(it, &["securityContext", "allowPrivilegeEscalation"]) != Some(false));
    add(
        "allowPrivilegeEscalation != false",
        must(&escalating, "must set securityContext.allowPrivilegeEscalation=false"),
    );
    let keeping = bad_containers(spec, |it| {
        !it.list_at(&["securityContext", "capabilities", "drop"]).iter().any(|name| name.as_str() == Some("ALL"))
    });
    let capabilities = [
        must(&keeping, "must set securityContext.capabilities.drop=[\"ALL\"]"),
        added_capabilities(spec, &["NET_BIND_SERVICE"]),
    ];
    add("unrestricted capabilities", joined(&capabilities));
    add("restricted volume types", restricted_volumes(spec));
    add("runAsNonRoot != true", may_be_root(spec));
    let pod_is_root = spec.i64_at(&["securityContext", "runAsUser"]) == Some(0);
    let root = bad_containers(spec, |it| it.i64_at(&["securityContext", "runAsUser"]) == Some(0));
    let roots = [
        if pod_is_root { "pod must not set runAsUser=0".to_string() } else { String::new() },
        must(&root, "must not set runAsUser=0"),
    ];
    add("runAsUser=0", joined(&roots));
    add("seccompProfile", no_profile(spec));
}

fn joined(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("; ")
}

fn must(names: &[&str], what: &str) -> String {
    if names.is_empty() { String::new() } else { format!("{} {what}", plural("container", names)) }
}

fn added_capabilities(spec: &Value, allowed: &[&str]) -> String {
    let added = |container: &Value| -> Vec<Text> {
        let list = container.list_at(&["securityContext", "capabilities", "add"]).iter();
        list.filter_map(Value::as_text).filter(|name| !allowed.contains(&name.as_str())).cloned().collect()
    };
    let names = bad_containers(spec, |it| !added(it).is_empty());
    let mut all: Vec<Text> = containers(spec).flat_map(added).collect();
    crate::ordering::Order::order(all.as_mut_slice());
    all.dedup();
    let quoted = quoted(all.iter().map(Text::as_str));
    must(&names, &format!("must not include {quoted} in securityContext.capabilities.add"))
}

fn host_ports(spec: &Value) -> String {
    let ports = |container: &Value| -> Vec<i64> {
        let ports = container.list_at(&["ports"]).iter().filter_map(|port| port.i64_at(&["hostPort"]));
        ports.filter(|port| *port != 0).collect()
    };
    let names = bad_containers(spec, |it| !ports(it).is_empty());
    let all: Vec<String> = containers(spec).flat_map(ports).map(|port| port.to_string()).collect();
    if names.is_empty() {
        return String::new();
    }
    let uses = if names.len() == 1 { "uses" } else { "use" };
    let ending = if all.len() == 1 { "" } else { "s" };
    format!("{} {uses} hostPort{ending} {}", plural("container", &names), all.join(", "))
}

/// What asks for no seccomp profile at all.
fn unconfined(spec: &Value) -> String {
    let is_off = |it: &Value| it.str_at(&["securityContext", "seccompProfile", "type"]) == "Unconfined";
    let what = "must not set securityContext.seccompProfile.type to \"Unconfined\"";
    let pod = if is_off(spec) { format!("pod {what}") } else { String::new() };
    joined(&[pod, must(&bad_containers(spec, is_off), what)])
}

/// What has no seccomp profile, or one that is none.
fn no_profile(spec: &Value) -> String {
    let profile = |it: &Value| it.at(&["securityContext", "seccompProfile", "type"]).and_then(Value::as_text).cloned();
    let is_good = |it: &Text| matches!(it.as_str(), "RuntimeDefault" | "Localhost");
    let wanted = "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
    let bad_pod = profile(spec).filter(|it| !is_good(it));
    let bad = bad_containers(spec, |it| profile(it).is_some_and(|it| !is_good(&it)));
    let unset = bad_containers(spec, |it| profile(it).is_none());
    let pod = match &bad_pod {
        Some(kind) => format!("pod must not set securityContext.seccompProfile.type to \"{kind}\""),
        None => String::new(),
    };
    let inherits = bad_pod.is_none() && profile(spec).is_none() && !unset.is_empty();
    let missing =
        if inherits { format!("pod or {} must set {wanted}", plural("container", &unset)) } else { String::new() };
    joined(&[pod, must(&bad, "must not set securityContext.seccompProfile.type to \"Unconfined\""), missing])
}

fn may_be_root(spec: &Value) -> String {
    let own = |it: &Value| flag(it, &["securityContext", "runAsNonRoot"]);
    let allowed = bad_containers(spec, |it| own(it) == Some(false));
    let unset = bad_containers(spec, |it| own(it).is_none());
    let pod = match own(spec) {
        Some(false) => "pod must not set securityContext.runAsNonRoot=false".to_string(),
        _ => String::new(),
    };
    let inherits = own(spec).is_none() && !unset.is_empty();
    let missing = match inherits {
        true => format!("pod or {} must set securityContext.runAsNonRoot=true", plural("container", &unset)),
        false => String::new(),
    };
    joined(&[pod, must(&allowed, "must not set securityContext.runAsNonRoot=false"), missing])
}

fn restricted_volumes(spec: &Value) -> String {
    const ALLOWED: &[&str] = &[
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
        "image",
    ];
    let (mut names, mut kinds) = (Vec::new(), Vec::new());
    for volume in spec.list_at(&["volumes"]) {
        let Some(map) = volume.as_map() else { continue };
        let source = map.iter().find(|(key, value)| *key != "name" && !value.is_null());
        if let Some((kind, _)) = source.filter(|(kind, _)| !ALLOWED.contains(&kind.as_str())) {
            names.push(volume.str_at(&["name"]));
            kinds.push(kind.as_str());
        }
    }
    if names.is_empty() {
        return String::new();
    }
    crate::ordering::Order::order(kinds.as_mut_slice());
    kinds.dedup();
    let uses = if names.len() == 1 { "uses" } else { "use" };
    let ending = if kinds.len() == 1 { "" } else { "s" };
    format!("{} {uses} restricted volume type{ending} {}", plural("volume", &names), quoted(kinds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    fn said(level: Level, spec: &str) -> String {
        let spec = parse_json(spec).unwrap();
        listed(&Policy { level, version: "latest".into() }.violations(&spec))
    }

    #[test]
    fn what_a_level_does_not_allow_is_said_as_recorded() {
        let host = r#"{"hostNetwork":true,"hostPID":true,"volumes":[{"name":"h","hostPath":{"path":"/etc"}}],
            "containers":[{"name":"c","ports":[{"containerPort":80,"hostPort":80}],
            "securityContext":{"capabilities":{"add":["NET_ADMIN"]}}}]}"#;
        assert_eq!(said(Level::Privileged, host), "");
        assert_eq!(
            said(Level::Baseline, host),
            "non-default capabilities (container \"c\" must not include \"NET_ADMIN\" in \
             securityContext.capabilities.add), host namespaces (hostNetwork=true, hostPID=true), hostPath volumes \
             (volume \"h\"), hostPort (container \"c\" uses hostPort 80)"
        );
        assert!(
            said(Level::Restricted, host)
                .contains("restricted volume types (volume \"h\" uses restricted volume type \"hostPath\")")
        );
    }

    #[test]
    fn what_the_pod_says_counts_for_its_containers() {
        let tight = r#"{"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},
            "containers":[{"name":"a","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}"#;
        assert_eq!(said(Level::Restricted, tight), "");
        let two = r#"{"containers":[{"name":"a"},{"name":"b"}]}"#;
        assert!(said(Level::Restricted, two).ends_with(
            "seccompProfile (pod or containers \"a\", \"b\" must set securityContext.seccompProfile.type to \
             \"RuntimeDefault\" or \"Localhost\")"
        ));
    }
}
