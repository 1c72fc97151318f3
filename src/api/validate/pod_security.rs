//! The rules for what a pod and its containers may do: users, profiles, sysctls, and what another system has not got.
//!
//! Follows pkg/apis/core/validation/validation.go.

use super::super::field_error::{Errors, Path};
use super::super::template_dump::struct_dump;
use super::{at, list, text};
use crate::model::Value;
use crate::sorted::SharedSet;

/// The highest number of a user or a group.
const ID_MAX: i64 = i32::MAX as i64;
/// The longest name of a sysctl.
const SYSCTL_MAX: usize = 253;
const SYSCTL: &str = "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

/// Follows `validatePodSpecSecurityContext`; `spec` is the pod's, with the fields of the host.
pub(super) fn check_pod(errors: &mut Errors, path: &Path, spec: &Value) {
    let context = at(spec, "securityContext");
    let says = |field: &str| at(spec, field).as_bool() == Some(true);
    check_id(errors, path, context, "fsGroup");
    check_id(errors, path, context, "runAsUser");
    check_id(errors, path, context, "runAsGroup");
    for (place, group) in list(context, "supplementalGroups").iter().enumerate() {
        check_number(errors, &path.child("supplementalGroups").index(place), group);
    }
    if says("shareProcessNamespace") && says("hostPID") {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.invalid(&path.child("shareProcessNamespace"), &true.into(), detail);
    }
    check_sysctls(errors, &path.child("sysctls"), list(context, "sysctls"));
    check_policy(errors, &path.child("fsGroupChangePolicy"), context, &["Always", "OnRootMismatch"]);
    check_seccomp(errors, &path.child("seccompProfile"), at(context, "seccompProfile"));
    check_app_armor(errors, &path.child("appArmorProfile"), at(context, "appArmorProfile"));
    check_policy(errors, &path.child("supplementalGroupsPolicy"), context, &["Merge", "Strict"]);
}

fn check_policy(errors: &mut Errors, path: &Path, context: &Value, known: &[&str]) {
    let field = path.as_str().rsplit('.').next().unwrap_or("");
    if let Some(policy) = context.get(field).and_then(Value::as_str) {
        errors.check_one_of(path, policy, known);
    }
}

fn check_id(errors: &mut Errors, path: &Path, context: &Value, field: &str) {
    check_number(errors, &path.child(field), at(context, field));
}

fn check_number(errors: &mut Errors, path: &Path, id: &Value) {
    if id.as_i64().is_some_and(|id| !(0..=ID_MAX).contains(&id)) {
        errors.invalid(path, id, format!("must be between 0 and {ID_MAX}, inclusive"));
    }
}

/// Follows `validateSysctls`.
fn check_sysctls(errors: &mut Errors, path: &Path, sysctls: &[Value]) {
    let mut seen = SharedSet::new();
    for (place, sysctl) in sysctls.iter().enumerate() {
        let (path, name) = (path.index(place).child("name"), text(sysctl, "name"));
        match name {
            "" => errors.required(&path, ""),
            name if !is_sysctl(name) => errors.invalid_text(&path, name, SYSCTL),
            name if !seen.insert(name) => errors.duplicate(&path, at(sysctl, "name")),
            _ => {}
        }
    }
}

fn is_sysctl(name: &str) -> bool {
    let is_edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let is_segment =
        |part: &str| is_edge(part.bytes().next()) && is_edge(part.bytes().next_back()) && part.bytes().all(is_inner);
    name.len() <= SYSCTL_MAX && name.split(['.', '/']).all(is_segment)
}

/// Follows `validateSeccompProfileField`.
fn check_seccomp(errors: &mut Errors, path: &Path, profile: &Value) {
    if profile.is_null() {
        return;
    }
    let (kind, file_path) = (text(profile, "type"), path.child("localhostProfile"));
    match kind {
        "" => errors.required(&path.child("type"), "type is required when seccompProfile is set"),
        kind => errors.check_one_of(&path.child("type"), kind, &PROFILES),
    }
    match (kind, profile.get("localhostProfile").and_then(Value::as_str)) {
        ("Localhost", None) => errors.required(&file_path, "must be set when seccomp type is Localhost"),
        ("Localhost", Some(file)) => super::pod_mounts::check_relative(errors, &file_path, file),
        (_, Some(_)) => {
            let shown = struct_dump("core.SeccompProfile", profile);
            errors.invalid_shown(&file_path, shown, "can only be set when seccomp type is Localhost");
        }
        (_, None) => {}
    }
}

/// Follows `ValidateAppArmorProfileField`.
fn check_app_armor(errors: &mut Errors, path: &Path, profile: &Value) {
    if profile.is_null() {
        return;
    }
    let file_path = path.child("localhostProfile");
    let file = profile.get("localhostProfile").and_then(Value::as_str);
    match (text(profile, "type"), file) {
        ("Localhost", Some(file)) if file.trim() != file => {
            errors.invalid_text(&file_path, file, "must not be padded with whitespace");
        }
        ("Localhost", None | Some("")) => errors.required(&file_path, "must be set when AppArmor type is Localhost"),
        ("RuntimeDefault" | "Unconfined", Some(file)) => {
            errors.invalid_text(&file_path, file, "can only be set when AppArmor type is Localhost");
        }
        ("", _) => errors.required(&path.child("type"), "type is required when appArmorProfile is set"),
        (kind, _) => errors.check_one_of(&path.child("type"), kind, &PROFILES),
    }
}

/// Follows `ValidateSecurityContext` of a container.
pub(super) fn check_container(errors: &mut Errors, path: &Path, context: &Value) {
    if context.is_null() {
        return;
    }
    check_id(errors, path, context, "runAsUser");
    check_id(errors, path, context, "runAsGroup");
    check_policy(errors, &path.child("procMount"), context, &["Default", "Unmasked"]);
    check_seccomp(errors, &path.child("seccompProfile"), at(context, "seccompProfile"));
    if at(context, "allowPrivilegeEscalation").as_bool() == Some(false) {
        let shown = || struct_dump("core.SecurityContext", context);
        if at(context, "privileged").as_bool() == Some(true) {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
            errors.invalid_shown(path, shown(), detail);
        }
        let added = list(at(context, "capabilities"), "add").iter();
        for _ in added.filter(|it| it.as_str() == Some("CAP_SYS_ADMIN")) {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
            errors.invalid_shown(path, shown(), detail);
        }
    }
    check_app_armor(errors, &path.child("appArmorProfile"), at(context, "appArmorProfile"));
}

/// Follows `validateHostUsers`: who has users of its own shares nothing else with the node.
pub(super) fn check_host_users(errors: &mut Errors, path: &Path, spec: &Value) {
    if at(spec, "hostUsers").as_bool() != Some(false) {
        return;
    }
    for (field, name) in [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")] {
        if at(spec, field).as_bool() == Some(true) {
            errors.forbidden(&path.child(name), "when `pod.Spec.HostUsers` is false");
        }
    }
}

const NOT_ON_WINDOWS: &str = "cannot be set for a windows pod";

/// What a pod's security context may not have on Windows, and whether it stands in the spec itself.
const POD_OF_LINUX: [(&str, bool); 14] = [
    ("appArmorProfile", false),
    ("seLinuxOptions", false),
    ("hostUsers", true),
    ("hostPID", true),
    ("hostIPC", true),
    ("seccompProfile", false),
    ("fsGroup", false),
    ("fsGroupChangePolicy", false),
    ("sysctls", false),
    ("shareProcessNamespace", true),
    ("runAsUser", false),
    ("runAsGroup", false),
    ("supplementalGroups", false),
    ("supplementalGroupsPolicy", false),
];

/// The same for a container's.
const CONTAINER_OF_LINUX: [&str; 10] = [
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
];

/// Follows `validateOS` and `validateWindows`.
pub(super) fn check_system(errors: &mut Errors, path: &Path, spec: &Value) {
    let system = at(spec, "os");
    if system.is_null() {
        return;
    }
    match text(system, "name") {
        "" => return errors.required(&path.child("os").child("name"), "cannot be empty"),
        "windows" => {}
        name => return errors.check_one_of(&path.child("os").child("name"), name, &["linux", "windows"]),
    }
    let is_set = |value: &Value| match value {
        Value::List(list) => !list.is_empty(),
        value => !value.is_null(),
    };
    let context_path = path.child("securityContext");
    for (field, is_own) in POD_OF_LINUX {
        let value = at(if is_own { spec } else { at(spec, "securityContext") }, field);
        // These two are no pointers: false is the same as nothing.
        let is_plain = matches!(field, "hostPID" | "hostIPC") && value.as_bool() == Some(false);
        if is_set(value) && !is_plain {
            errors.forbidden(&(if is_own { path } else { &context_path }).child(field), NOT_ON_WINDOWS);
        }
    }
    for kind in ["initContainers", "containers", "ephemeralContainers"] {
        for (place, container) in list(spec, kind).iter().enumerate() {
            let path = path.child(kind).index(place).child("securityContext");
            for field in CONTAINER_OF_LINUX {
                if is_set(at(at(container, "securityContext"), field)) {
                    errors.forbidden(&path.child(field), NOT_ON_WINDOWS);
                }
            }
        }
    }
}

/// Follows `validateResizePolicy`; `path` is the list's, whose entries are not told apart.
pub(super) fn check_resize_policy(errors: &mut Errors, path: &Path, container: &Value, restarts: &str) {
    let mut seen = SharedSet::new();
    for (place, policy) in list(container, "resizePolicy").iter().enumerate() {
        let (name, restart) = (text(policy, "resourceName"), text(policy, "restartPolicy"));
        if !seen.insert(name) {
            errors.duplicate(&path.index(place), &Value::text(name));
        }
        for (word, known) in [(name, ["cpu", "memory"]), (restart, ["NotRequired", "RestartContainer"])] {
            match word {
                "" => errors.required(path, ""),
                word => errors.check_one_of(path, word, &known),
            }
        }
        if restarts == "Never" && restart != "NotRequired" {
            errors.invalid_text(path, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'");
        }
    }
}

/// Follows `validatePodResourceClaims`; returns the names of the claims.
pub(super) fn check_resource_claims<'a>(errors: &mut Errors, path: &Path, spec: &'a Value) -> SharedSet<&'a str> {
    let mut seen = SharedSet::new();
    for (place, claim) in list(spec, "resourceClaims").iter().enumerate() {
        let (path, name) = (path.index(place), text(claim, "name"));
        match name {
            "" => errors.required(&path.child("name"), ""),
            name if seen.contains(name) => errors.duplicate(&path.child("name"), at(claim, "name")),
            name => {
                errors.check_text(&path.child("name"), name, super::names::dns_label(name));
                seen.insert(name);
            }
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        let detail = match sources.iter().filter(|field| !at(claim, field).is_null()).count() {
            0 => "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            1 => continue,
            _ => "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
        };
        errors.invalid_shown(&path, struct_dump("core.PodResourceClaim", claim), detail);
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::is_sysctl;

    #[test]
    fn names_of_sysctls_have_segments() {
        assert!(is_sysctl("net.ipv4/conf.all_x"));
        assert!(!is_sysctl("a b"));
        assert!(!is_sysctl("a..b"));
        assert!(!is_sysctl("-a"));
    }
}
