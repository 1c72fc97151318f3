//! The checks of Pod Security's levels: one row each, with the version whose rules it belongs to; asks nobody.
//!
//! Follows policy/check_*.go of k8s.io/pod-security-admission.

use super::Level;
use crate::model::{Labels, Text, Value};
use crate::ordering::Order;

/// What is looked at: the spec of a pod or of a template, and its annotations.
pub(super) struct Subject<'a> {
    pub(super) annotations: Labels,
    pub(super) spec: &'a Value,
}

/// Something that a level does not allow: its name, and where it was found.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) reason: &'static str,
    pub(super) detail: String,
}

/// One check.
struct Row {
    name: &'static str,
    level: Level,
    /// The minor version in whose rules it stands first.
    since: u8,
    /// The check of `baseline` whose place it takes.
    replaces: &'static str,
    /// What is wrong by the rules of a minor version.
    check: fn(&Subject<'_>, u8) -> Option<Violation>,
}

const fn baseline(name: &'static str, since: u8, check: fn(&Subject<'_>, u8) -> Option<Violation>) -> Row {
    Row { name, level: Level::Baseline, since, replaces: "", check }
}

const fn restricted(
    name: &'static str,
    since: u8,
    replaces: &'static str,
    check: fn(&Subject<'_>, u8) -> Option<Violation>,
) -> Row {
    Row { name, level: Level::Restricted, since, replaces, check }
}

/// All checks, in the order in which they are told: those of `baseline` first, by name.
const ROWS: &[Row] = &[
    baseline("appArmorProfile", 0, app_armor),
    baseline("capabilities_baseline", 0, added_beyond_default),
    baseline("hostNamespaces", 0, host_namespaces),
    baseline("hostPathVolumes", 0, host_paths),
    baseline("hostPorts", 0, host_ports),
    baseline("hostProbesAndHostLifecycle", 34, asked_hosts),
    baseline("privileged", 0, privileged),
    baseline("procMount", 0, |it, minor| {
        proc_mount(it, minor).filter(|_| minor < USER_NAMESPACES || !it.has_own_users())
    }),
    baseline("seLinuxOptions", 0, se_linux),
    baseline("seccompProfile_baseline", 0, seccomp),
    baseline("sysctls", 0, sysctls),
    baseline("windowsHostProcess", 0, host_process),
    restricted("allowPrivilegeEscalation", 8, "", |it, minor| escalation(it).filter(|_| !it.is_spared(minor))),
    restricted("capabilities_restricted", 22, "capabilities_baseline", |it, minor| {
        kept_capabilities(it).filter(|_| !it.is_spared(minor))
    }),
    restricted("procMount_restricted", USER_NAMESPACES, "procMount", proc_mount),
    restricted("restrictedVolumes", 0, "hostPathVolumes", restricted_volumes),
    restricted("runAsNonRoot", 0, "", |it, minor| {
        may_be_root(it).filter(|_| minor < USER_NAMESPACES || !it.has_own_users())
    }),
    restricted("runAsUser", 23, "", |it, minor| is_root(it).filter(|_| minor < USER_NAMESPACES || !it.has_own_users())),
    restricted("seccompProfile_restricted", 19, "seccompProfile_baseline", |it, minor| {
        no_profile(it).filter(|_| !it.is_spared(minor))
    }),
];

/// The minor version whose rules let pods with users of their own do more.
const USER_NAMESPACES: u8 = 35;
/// The minor version whose rules spare pods of Windows.
const WINDOWS_IS_SPARED: u8 = 25;

/// What a level does not allow, by the rules of a minor version.
pub(super) fn violations(level: Level, minor: u8, subject: &Subject<'_>) -> Vec<Violation> {
    let counts = |row: &&Row| row.since <= minor && (row.level == Level::Baseline || level == Level::Restricted);
    let rows: Vec<&Row> = ROWS.iter().filter(|_| level != Level::Privileged).filter(counts).collect();
    let is_replaced = |row: &Row| rows.iter().any(|other| other.replaces == row.name);
    rows.iter().filter(|row| !is_replaced(row)).filter_map(|row| (row.check)(subject, minor)).collect()
}

impl Subject<'_> {
    fn containers(&self) -> impl Iterator<Item = &Value> {
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        lists.into_iter().flat_map(|list| self.spec.list_at(&[list]))
    }

    /// The names of the containers for which `is_bad`.
    fn bad_containers(&self, is_bad: impl Fn(&Value) -> bool) -> Vec<&str> {
        self.containers().filter(|container| is_bad(container)).map(|container| container.str_at(&["name"])).collect()
    }

    /// The pod and the containers whose security context `is_bad`: `pod and container "a"`; empty for none.
    fn setters(&self, is_bad: impl Fn(&Value) -> bool) -> String {
        let context = |it: &Value| it.get("securityContext").is_some_and(&is_bad);
        let pod = context(self.spec).then(|| "pod".to_string());
        let names = self.bad_containers(context);
        let containers = (!names.is_empty()).then(|| plural("container", &names));
        pod.into_iter().chain(containers).collect::<Vec<_>>().join(" and ")
    }

    /// What `read` finds in the security contexts of the pod and its containers, sorted, each once.
    fn found<'a>(&'a self, read: impl Fn(&'a Value) -> Option<&'a str>) -> Vec<&'a str> {
        let contexts = std::iter::once(self.spec).chain(self.containers()).filter_map(|it| it.get("securityContext"));
        once(contexts.filter_map(read).collect())
    }

    fn has_own_users(&self) -> bool {
        flag(self.spec, &["hostUsers"]) == Some(false)
    }

    fn is_spared(&self, minor: u8) -> bool {
        minor >= WINDOWS_IS_SPARED && self.spec.str_at(&["os", "name"]) == "windows"
    }
}

fn once(mut words: Vec<&str>) -> Vec<&str> {
    words.order();
    words.dedup();
    words
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn ending(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// `container "a"` or `containers "a", "b"`.
fn plural(noun: &str, names: &[&str]) -> String {
    format!("{noun}{} {}", ending(names.len()), quoted(names.iter().copied()))
}

fn uses(names: &[&str]) -> &'static str {
    if names.len() == 1 { "uses" } else { "use" }
}

fn flag(value: &Value, path: &[&str]) -> Option<bool> {
    value.at(path).and_then(Value::as_bool)
}

/// A violation, if anything was found.
fn violation(reason: &'static str, detail: String) -> Option<Violation> {
    (!detail.is_empty()).then_some(Violation { reason, detail })
}

/// What `setters` must not do, if there are any.
fn must_not(setters: &str, what: &str) -> String {
    if setters.is_empty() { String::new() } else { format!("{setters} must not {what}") }
}

fn must(names: &[&str], what: &str) -> String {
    if names.is_empty() { String::new() } else { format!("{} {what}", plural("container", names)) }
}

fn joined(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("; ")
}

/// The type of a profile that is none of the usual two, if a security context names one.
fn strange_profile<'a>(context: &'a Value, field: &str) -> Option<&'a str> {
    let profile = context.get(field).filter(|profile| !profile.is_null())?;
    Some(profile.str_at(&["type"])).filter(|kind| !matches!(*kind, "RuntimeDefault" | "Localhost"))
}

fn app_armor(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";
    let strange = |context: &Value| strange_profile(context, "appArmorProfile").is_some();
    let is_good = |value: &str| value.is_empty() || value == "runtime/default" || value.starts_with("localhost/");
    let annotations = subject.annotations.iter().filter(|(key, value)| key.starts_with(PREFIX) && !is_good(value));
    let annotations: Vec<String> = annotations.map(|(key, value)| format!("{key}={:?}", value.as_str())).collect();
    let mut setters = subject.setters(strange);
    let mut values = subject.found(|context| strange_profile(context, "appArmorProfile"));
    if !annotations.is_empty() {
        let between = if setters.is_empty() { "" } else { " and " };
        setters = format!("{setters}{between}annotation{}", ending(annotations.len()));
        values.extend(annotations.iter().map(String::as_str));
    }
    let reason = if values.len() == 1 { "forbidden AppArmor profile" } else { "forbidden AppArmor profiles" };
    violation(reason, must_not(&setters, &format!("set AppArmor profile type to {}", quoted(values))))
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

fn added_beyond_default(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    violation("non-default capabilities", added_capabilities(subject, CAPABILITIES))
}

fn added_capabilities(subject: &Subject<'_>, allowed: &[&str]) -> String {
    let added = |container: &Value| -> Vec<Text> {
        let list = container.list_at(&["securityContext", "capabilities", "add"]).iter();
        list.filter_map(Value::as_text).filter(|name| !allowed.contains(&name.as_str())).cloned().collect()
    };
    let names = subject.bad_containers(|it| !added(it).is_empty());
    let all: Vec<Text> = subject.containers().flat_map(added).collect();
    let quoted = quoted(once(all.iter().map(Text::as_str).collect()));
    must(&names, &format!("must not include {quoted} in securityContext.capabilities.add"))
}

fn host_namespaces(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    let fields = ["hostNetwork", "hostPID", "hostIPC"].into_iter();
    let shared = fields.filter(|field| flag(subject.spec, &[field]) == Some(true));
    violation("host namespaces", shared.map(|field| format!("{field}=true")).collect::<Vec<_>>().join(", "))
}

fn host_paths(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    let volumes = subject.spec.list_at(&["volumes"]).iter();
    let volumes = volumes.filter(|volume| volume.get("hostPath").is_some_and(|it| !it.is_null()));
    let names: Vec<&str> = volumes.map(|volume| volume.str_at(&["name"])).collect();
    violation("hostPath volumes", if names.is_empty() { String::new() } else { plural("volume", &names) })
}

fn host_ports(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    let ports = |container: &Value| -> Vec<String> {
        let ports = container.list_at(&["ports"]).iter().filter_map(|port| port.i64_at(&["hostPort"]));
        ports.filter(|port| *port != 0).map(|port| port.to_string()).collect()
    };
    let names = subject.bad_containers(|it| !ports(it).is_empty());
    let all: Vec<String> = subject.containers().flat_map(ports).collect();
    let all = once(all.iter().map(String::as_str).collect());
    let uses = |names: &[&str]| {
        format!("{} {} hostPort{} {}", plural("container", names), uses(names), ending(all.len()), all.join(", "))
    };
    violation("hostPort", if names.is_empty() { String::new() } else { uses(&names) })
}

/// The hosts that the probes and hooks of a container ask, where they name any.
fn hosts_asked(container: &Value) -> Vec<&str> {
    let handlers: [&[&str]; 5] = [
        &["livenessProbe"],
        &["readinessProbe"],
        &["startupProbe"],
        &["lifecycle", "postStart"],
        &["lifecycle", "preStop"],
    ];
    let handlers = handlers.into_iter().filter_map(|path| container.at(path));
    let hosts = handlers.flat_map(|it| [it.str_at(&["httpGet", "host"]), it.str_at(&["tcpSocket", "host"])]);
    hosts.filter(|host| !host.is_empty()).collect()
}

fn asked_hosts(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    let names = once(subject.bad_containers(|it| !hosts_asked(it).is_empty()));
    let hosts = once(subject.containers().flat_map(hosts_asked).collect());
    let detail =
        format!("{} {} {}", plural("container", &names), uses(&names), plural("probe or lifecycle host", &hosts));
    violation("probe or lifecycle host", if names.is_empty() { String::new() } else { detail })
}

fn privileged(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    let names = subject.bad_containers(|it| flag(it, &["securityContext", "privileged"]) == Some(true));
    violation("privileged", must(&names, "must not set securityContext.privileged=true"))
}

fn proc_mount(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    fn strange(container: &Value) -> Option<&str> {
        container.at(&["securityContext", "procMount"]).and_then(Value::as_str).filter(|mount| *mount != "Default")
    }
    let names = subject.bad_containers(|it| strange(it).is_some());
    let mounts = quoted(once(subject.containers().filter_map(strange).collect()));
    violation("procMount", must(&names, &format!("must not set securityContext.procMount to {mounts}")))
}

fn se_linux(subject: &Subject<'_>, minor: u8) -> Option<Violation> {
    let is_good = |kind: &str| match kind {
        "" | "container_t" | "container_init_t" | "container_kvm_t" => true,
        "container_engine_t" => minor >= 31,
        _ => false,
    };
    let option = |context: &Value, field: &str| !context.str_at(&["seLinuxOptions", field]).is_empty();
    let strange = |context: &Value| !is_good(context.str_at(&["seLinuxOptions", "type"]));
    let setters = subject.setters(|it| strange(it) || option(it, "user") || option(it, "role"));
    if setters.is_empty() {
        return None;
    }
    let types = subject.found(|it| Some(it.str_at(&["seLinuxOptions", "type"])).filter(|kind| !is_good(kind)));
    let is_set = |field: &str| match subject.setters(|it| option(it, field)).is_empty() {
        true => String::new(),
        false => format!("{field} may not be set"),
    };
    let types = if types.is_empty() { String::new() } else { plural("type", &types) };
    let what = joined(&[types, is_set("user"), is_set("role")]);
    violation("seLinuxOptions", format!("{setters} set forbidden securityContext.seLinuxOptions: {what}"))
}

/// What asks for no seccomp profile at all. Before 1.19 annotations said it.
fn seccomp(subject: &Subject<'_>, minor: u8) -> Option<Violation> {
    if minor < 19 {
        return violation("seccompProfile", annotated_seccomp(subject));
    }
    violation("seccompProfile", strange_seccomp(subject))
}

fn strange_seccomp(subject: &Subject<'_>) -> String {
    let setters = subject.setters(|context| strange_profile(context, "seccompProfile").is_some());
    let values = quoted(subject.found(|context| strange_profile(context, "seccompProfile")));
    must_not(&setters, &format!("set securityContext.seccompProfile.type to {values}"))
}

fn annotated_seccomp(subject: &Subject<'_>) -> String {
    const POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
    const CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
    let is_good =
        |value: &str| matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/");
    let keys = subject.containers().map(|it| format!("{CONTAINER}{}", it.str_at(&["name"])));
    let mut bad: Vec<String> = Vec::new();
    for key in keys.chain([POD.to_string()]) {
        if let Some(value) = subject.annotations.get(key.as_str()).filter(|value| !is_good(value)) {
            bad.push(format!("{key}={:?}", value.as_str()));
        }
    }
    bad.order();
    bad.dedup();
    match bad.is_empty() {
        true => String::new(),
        false => format!("forbidden annotation{} {}", ending(bad.len()), bad.join(", ")),
    }
}

/// The sysctls that a pod may set, each with the minor version whose rules allow it first.
const SYSCTLS: &[(&str, u8)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_notsent_lowat", 37),
];

/// Whether a pod may set something of its kernel, by the rules of a minor version.
pub fn is_safe_sysctl(name: &str, minor: u8) -> bool {
    SYSCTLS.iter().any(|(known, since)| *known == name && *since <= minor)
}

fn sysctls(subject: &Subject<'_>, minor: u8) -> Option<Violation> {
    let set = subject.spec.list_at(&["securityContext", "sysctls"]).iter().map(|it| it.str_at(&["name"]));
    let forbidden: Vec<&str> = set.filter(|name| !is_safe_sysctl(name, minor)).collect();
    violation("forbidden sysctls", forbidden.join(", "))
}

fn host_process(subject: &Subject<'_>, _: u8) -> Option<Violation> {
    let setters = subject.setters(|context| flag(context, &["windowsOptions", "hostProcess"]) == Some(true));
    violation("hostProcess", must_not(&setters, "set securityContext.windowsOptions.hostProcess=true"))
}

fn escalation(subject: &Subject<'_>) -> Option<Violation> {
    let path = ["securityContext", "allowPrivilegeEscalation"];
    let names = subject.bad_containers(|it| flag(it, &path) != Some(false));
    violation(
        "allowPrivilegeEscalation != false",
        must(&names, "must set securityContext.allowPrivilegeEscalation=false"),
    )
}

fn kept_capabilities(subject: &Subject<'_>) -> Option<Violation> {
    let keeping = subject.bad_containers(|it| {
        !it.list_at(&["securityContext", "capabilities", "drop"]).iter().any(|name| name.as_str() == Some("ALL"))
    });
    let capabilities = [
        must(&keeping, "must set securityContext.capabilities.drop=[\"ALL\"]"),
        added_capabilities(subject, &["NET_BIND_SERVICE"]),
    ];
    violation("unrestricted capabilities", joined(&capabilities))
}

fn restricted_volumes(subject: &Subject<'_>, _: u8) -> Option<Violation> {
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
    for volume in subject.spec.list_at(&["volumes"]) {
        let Some(map) = volume.as_map() else { continue };
        let source = map.iter().find(|(key, value)| *key != "name" && !value.is_null());
        if let Some((kind, _)) = source.filter(|(kind, _)| !ALLOWED.contains(&kind.as_str())) {
            names.push(volume.str_at(&["name"]));
            kinds.push(kind.as_str());
        }
    }
    let kinds = plural("restricted volume type", &once(kinds));
    let detail = format!("{} {} {kinds}", plural("volume", &names), uses(&names));
    violation("restricted volume types", if names.is_empty() { String::new() } else { detail })
}

fn may_be_root(subject: &Subject<'_>) -> Option<Violation> {
    let own = |it: &Value| flag(it, &["securityContext", "runAsNonRoot"]);
    let setters = subject.setters(|context| flag(context, &["runAsNonRoot"]) == Some(false));
    let unset = subject.bad_containers(|it| own(it).is_none());
    let detail = match setters.is_empty() {
        false => must_not(&setters, "set securityContext.runAsNonRoot=false"),
        true if own(subject.spec) == Some(true) || unset.is_empty() => String::new(),
        true => format!("pod or {} must set securityContext.runAsNonRoot=true", plural("container", &unset)),
    };
    violation("runAsNonRoot != true", detail)
}

fn is_root(subject: &Subject<'_>) -> Option<Violation> {
    let setters = subject.setters(|context| context.i64_at(&["runAsUser"]) == Some(0));
    violation("runAsUser=0", must_not(&setters, "set runAsUser=0"))
}

/// What has no seccomp profile, or one that is none.
fn no_profile(subject: &Subject<'_>) -> Option<Violation> {
    let has_own = |it: &Value| it.at(&["securityContext", "seccompProfile"]).is_some_and(|profile| !profile.is_null());
    let unset = subject.bad_containers(|it| !has_own(it));
    let wanted = "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
    let detail = match strange_seccomp(subject) {
        strange if !strange.is_empty() => strange,
        _ if has_own(subject.spec) || unset.is_empty() => String::new(),
        _ => format!("pod or {} must set {wanted}", plural("container", &unset)),
    };
    violation("seccompProfile", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    fn said_of(level: Level, minor: u8, annotations: &[(&str, &str)], spec: &str) -> Vec<String> {
        let spec = parse_json(spec).unwrap();
        let annotations = annotations.iter().map(|(key, value)| (Text::new(key), Text::new(value))).collect();
        let found = violations(level, minor, &Subject { annotations, spec: &spec });
        found.into_iter().map(|it| format!("{} ({})", it.reason, it.detail)).collect()
    }

    fn said(level: Level, spec: &str) -> String {
        said_of(level, 37, &[], spec).join(", ")
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

    #[test]
    fn profiles_of_the_kernel_are_looked_at() {
        let pod = |context: &str| format!(r#"{{"securityContext":{context},"containers":[{{"name":"c"}}]}}"#);
        let own = |context: &str| format!(r#"{{"containers":[{{"name":"c","securityContext":{context}}}]}}"#);
        let armor = r#"{"appArmorProfile":{"type":"Unconfined"}}"#;
        let says = "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")";
        assert_eq!(said(Level::Baseline, &pod(armor)), says);
        assert_eq!(said(Level::Baseline, &own(armor)), says.replace("(pod", "(container \"c\""));
        let key = "container.apparmor.security.beta.kubernetes.io/c";
        assert_eq!(
            said_of(Level::Baseline, 37, &[(key, "unconfined")], &own(armor)),
            ["forbidden AppArmor profiles (container \"c\" and annotation must not set AppArmor profile type to \
              \"Unconfined\", \"container.apparmor.security.beta.kubernetes.io/c=\"unconfined\"\")"]
        );
        assert!(said_of(Level::Baseline, 37, &[(key, "localhost/x")], &own("{}")).is_empty());
        let linux = r#"{"seLinuxOptions":{"user":"foo","type":"bar_t"}}"#;
        let says =
            "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"bar_t\"; user may not be set)";
        assert_eq!(said(Level::Baseline, &pod(linux)), says);
        let engine = own(r#"{"seLinuxOptions":{"type":"container_engine_t"}}"#);
        assert_eq!([30, 31].map(|minor| said_of(Level::Baseline, minor, &[], &engine).len()), [1, 0]);
        let windows = r#"{"windowsOptions":{"hostProcess":true}}"#;
        let says = "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)";
        assert_eq!(said(Level::Baseline, &pod(windows)), says);
    }

    #[test]
    fn probes_and_hooks_may_ask_nobody_else() {
        let probed = r#"{"containers":[{"name":"c","livenessProbe":{"httpGet":{"host":"1.2.3.4","port":80}},
            "lifecycle":{"preStop":{"tcpSocket":{"host":"a.b","port":1}}}}]}"#;
        let says = "probe or lifecycle host (container \"c\" uses probe or lifecycle hosts \"1.2.3.4\", \"a.b\")";
        assert_eq!(said(Level::Baseline, probed), says);
        assert!(said_of(Level::Baseline, 33, &[], probed).is_empty());
    }

    #[test]
    fn the_rules_of_a_version_are_those_of_its_time() {
        let plain = r#"{"containers":[{"name":"c","securityContext":{"runAsNonRoot":true,"runAsUser":0,
            "allowPrivilegeEscalation":false}}]}"#;
        let reasons = |minor| said_of(Level::Restricted, minor, &[], plain).len();
        assert_eq!([18, 19, 22, 23].map(reasons), [0, 1, 2, 3], "seccompProfile, capabilities, runAsUser");
        let own_users = r#"{"hostUsers":false,"containers":[{"name":"c","securityContext":{"procMount":"Unmasked"}}]}"#;
        assert_eq!([34, 35].map(|minor| said_of(Level::Baseline, minor, &[], own_users).len()), [1, 0]);
        assert!(said(Level::Restricted, own_users).contains("must not set securityContext.procMount to \"Unmasked\""));
        assert!(!said(Level::Restricted, own_users).contains("runAsNonRoot"));
        let windows =
            r#"{"os":{"name":"windows"},"securityContext":{"runAsNonRoot":true},"containers":[{"name":"c"}]}"#;
        assert_eq!([24, 25].map(|minor| said_of(Level::Restricted, minor, &[], windows).len()), [3, 0]);
        let sysctl =
            r#"{"securityContext":{"sysctls":[{"name":"net.ipv4.tcp_notsent_lowat","value":"1"}]},"containers":[]}"#;
        assert_eq!([36, 37].map(|minor| said_of(Level::Baseline, minor, &[], sysctl).len()), [1, 0]);
        let annotated = [("seccomp.security.alpha.kubernetes.io/pod", "unconfined")];
        assert_eq!(
            said_of(Level::Baseline, 18, &annotated, plain),
            ["seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")"]
        );
    }
}
